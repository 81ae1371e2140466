/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/sweep/mark.h"
#include "base/isa.h"

/* New depths are rare, a quotient is slow: this is for bars in which some lane may have one. */
static void lower(tw_sweep_lanes *restrict l, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double part = l->value[i] / l->peak[i];
        l->lowest[i] = part < l->lowest[i] ? part : l->lowest[i];
    }
}

static double any_of(const double *flag, size_t n)
{
    double any = 0;
    for (size_t i = 0; i < n; i++) any = flag[i] > any ? flag[i] : any;
    return any;
}

/* Loops over lanes without branches: each becomes vectors of whatever width there is, a lane's sums the same. */
int TW_ISA_NAME(tw_sweep_mark)(tw_sweep_lanes *restrict l, size_t n, float *restrict returns)
{
    double ruined[TW_SWEEP_LANES], deeper[TW_SWEEP_LANES];
    for (size_t i = 0; i < n; i++) {
        const double now = l->now[i], close = ((now > 0) & (now < __builtin_inf())) ? now : l->close[i];
        const double before = l->value[i], marked = l->cash[i] + l->position[i] * close;
        const double value = before > 0 ? marked : before;
        const double r = before > 0 ? marked / before - 1 : 0, loss = r < 0 ? r : 0;
        const double peak = value > l->peak[i] ? value : l->peak[i];
        l->close[i] = close;
        l->value[i] = value;
        l->peak[i] = peak;
        l->sum[i] += r;
        l->squares[i] += r * r;
        l->losses[i] += loss * loss;
        l->held[i] += l->position[i] != 0 ? 1 : 0;
        returns[i] = (float)r;
        /* A little more than is needed, for the product is rounded. */
        deeper[i] = value < l->lowest[i] * peak + 1e-14 * peak ? 1 : 0;
        ruined[i] = before > 0 && !(marked > 0) ? 1 : 0;
    }
    if (any_of(deeper, n) > 0) lower(l, n);
    return any_of(ruined, n) > 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/sweep/mark.h"
#include "base/isa.h"

/* Loops over lanes without branches: each becomes vectors of whatever width there is, a lane's sums the same. */
int TW_ISA_NAME(tw_sweep_mark)(tw_sweep_lanes *restrict l, size_t n, float *restrict returns)
{
    double ruined[TW_SWEEP_LANES];
    for (size_t i = 0; i < n; i++) {
        const double now = l->now[i], close = (now > 0) & (now < __builtin_inf()) ? now : l->close[i];
        const double before = l->value[i], value = l->cash[i] + l->position[i] * close;
        const double r = before > 0 ? value / before - 1 : 0, loss = r < 0 ? r : 0;
        const double peak = value > l->peak[i] ? value : l->peak[i], fall = value / peak - 1;
        l->close[i] = close;
        l->value[i] = before > 0 ? value : before;
        l->peak[i] = peak;
        l->sum[i] += r;
        l->squares[i] += r * r;
        l->losses[i] += loss * loss;
        l->worst[i] = fall < l->worst[i] ? fall : l->worst[i];
        l->held[i] += l->position[i] != 0 ? 1 : 0;
        returns[i] = (float)r;
        ruined[i] = before > 0 && !(value > 0) ? 1 : 0;
    }
    double any = 0;
    for (size_t i = 0; i < n; i++) any = ruined[i] > any ? ruined[i] : any;
    return any > 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* formulas.c - rows, options on present values, tails with powers. */
#include "pricing/closed/formulas.h"
#include "pricing/lane.h"

#include "tradewind/num.h"

#include <math.h>

const double tw_gauss_node[TW_GAUSS_HALF] = {
    0x1.3973df98b86b0p-4, 0x1.d281636928bc0p-3, 0x1.7eaccf15652c4p-2, 0x1.05905c13f7ff7p-1, 0x1.45a8d3fa710dbp-1,
    0x1.7e1f37346a54ep-1, 0x1.ada0bd5efd6e7p-1, 0x1.d31064173fd92p-1, 0x1.ed8dba7bd769fp-1, 0x1.fc7b5a0c71ce1p-1};
const double tw_gauss_weight[TW_GAUSS_HALF] = {
    0x1.38d6c490a3380p-3, 0x1.31819b52c59a4p-3, 0x1.230348f34a542p-3, 0x1.0db2c5db26e08p-3, 0x1.e41ff31573b56p-4,
    0x1.a1817a317a834p-4, 0x1.5519fe196e247p-4, 0x1.00b467df7e461p-4, 0x1.4c9b5ea53b638p-5, 0x1.209680274e74ep-6};

static double or_one(const double *column, size_t i) { return column ? column[i] : 1.0; }

tw_option_row tw_row_of(const tw_block *b, size_t i)
{
    tw_option_row o = {.w = or_one(b->col[TW_COL_type], i), .X = or_one(b->col[TW_COL_strike], i)};
    o.S = tw_at(b, TW_COL_spot, i), o.r = tw_at(b, TW_COL_r, i), o.q = tw_at(b, TW_COL_q, i), o.b = o.r - o.q;
    o.vol = tw_at(b, TW_COL_vol, i), o.T = tw_at(b, TW_COL_T, i);
    o.sd = o.vol * sqrt(o.T), o.df = tw_exp(-o.r * o.T), o.df_q = tw_exp(-o.q * o.T);
    return o;
}

void tw_price_rows(const tw_block *b, tw_row_fn *value)
{
    for (size_t i = 0; i < b->n; i++) {
        b->out[TW_VALUE_value][i] = value(b, i);
        const double sd = tw_at(b, TW_COL_vol, i) * sqrt(tw_at(b, TW_COL_T, i));
        if (!(sd > 1e-200) && tw_row_status_code(b->status[i]) == TW_ROW_OK)
            tw_fail_row(b, i, TW_ROW_LIMIT, TW_COLUMN_COUNT);
    }
}

/* Out of the money first, as the kernel of engine black does. */
double tw_vanilla(double w, double a, double k, double sd)
{
    const double intrinsic = fmax(w * (a - k), 0.0);
    if (!(a > 0.0) || !(k > 0.0) || !(sd > 1e-200)) return intrinsic;
    const double x = tw_lane_log_ratio(fmax(a, TW_PRICE_MIN), fmax(k, TW_PRICE_MIN)), d1 = x / sd + 0.5 * sd,
                 d2 = d1 - sd;
    const double density = a * tw_lane_density(d1), m1 = tw_lane_mills(fabs(d1)), m2 = tw_lane_mills(fabs(d2));
    const double near = x > 0.0 ? -d2 : d1;
    const double otm = near < 0.0 ? density * fabs(m1 - m2) : fmax(fmin(a, k) - density * (m1 + m2), 0.0);
    return (x > 0.0) == (w > 0.0) ? fmax(otm + w * (a - k), 0.0) : otm;
}

double tw_power_tail(double log_power, double x)
{
    if (x == -INFINITY) return 0.0;
    if (x >= 0.0) return tw_exp(log_power) * tw_norm_cdf(x);
    return TW_INV_SQRT_2PI * tw_exp(log_power - 0.5 * x * x) * tw_lane_mills(-x);
}

double tw_barrier_level(const tw_option_row *o, double level, double fixings, double up)
{
    if (!(fixings > 0.0)) return level;
    return level * tw_exp(up * 0.58259715793901 * o->vol * sqrt(o->T / fixings)); /* -zeta(1/2) / sqrt(2 pi) */
}

/* SPDX-License-Identifier: Apache-2.0 */
/* double_barrier.c - options and cash between two barriers: Ikeda and Kunitomo, "Pricing options with curved
 * boundaries", Mathematical Finance 2 (1992), with flat ones. The sum over images has as many terms as volatility and
 * width ask for. */
#include "pricing/closed/formulas.h"

#include "tradewind/num.h"

#include <math.h>

enum { IMAGES_MAX = 2000 };

/* A corridor, and the terms of either side of it that count. */
typedef struct corridor {
    tw_option_row o;
    double L, U, width; /* ln(U / L) */
    int images;
} corridor;

static corridor corridor_of(tw_option_row o, double L, double U)
{
    const double width = tw_log(U / L), reach = 9.0 * o.sd + fabs(o.b - 0.5 * o.vol * o.vol) * o.T + width;
    const double images = ceil(0.5 * reach / width) + 2.0;
    return (corridor){o, L, U, width, images < IMAGES_MAX ? (int)images : IMAGES_MAX};
}

/* Mass between a and b (L <= a <= b <= U) of the paths that stay inside; with `share` 1 weighted by the price over its
 * forward, with 0 as it is. A difference of tails is taken on the side where both are small. */
static double mass(const corridor *c, double a, double b, double share)
{
    const tw_option_row *o = &c->o;
    const double drift = (o->b + (share - 0.5) * o->vol * o->vol) * o->T;
    const double mu = 2.0 * o->b / (o->vol * o->vol) - 1.0 + 2.0 * share;
    double sum = 0.0;
    for (int n = -c->images; n <= c->images; n++) {
        const double shift = 2.0 * n * c->width, image = 2.0 * tw_log(c->L / o->S) - shift;
        const double x = tw_log(o->S / a) + shift, y = tw_log(o->S / b) + shift;
        const double power = mu * n * c->width, image_power = mu * (0.5 * image);
        const double da = (x + drift) / o->sd, db = (y + drift) / o->sd;
        const double ea = (x - shift + image + drift) / o->sd, eb = (y - shift + image + drift) / o->sd;
        const double s = da + db > 0.0 ? -1.0 : 1.0, t = ea + eb > 0.0 ? -1.0 : 1.0;
        sum += s * (tw_power_tail(power, s * da) - tw_power_tail(power, s * db));
        sum -= t * (tw_power_tail(image_power, t * ea) - tw_power_tail(image_power, t * eb));
    }
    return sum;
}

/* Option that dies at either barrier. */
static double knocked_out(const corridor *c)
{
    const tw_option_row *o = &c->o;
    const double a = o->w > 0.0 ? fmax(o->X, c->L) : c->L, b = o->w > 0.0 ? c->U : fmin(o->X, c->U);
    if (!(a < b)) return 0.0;
    return fmax(o->w * (o->S * o->df_q * mass(c, a, b, 1.0) - o->X * o->df * mass(c, a, b, 0.0)), 0.0);
}

static bool outside(const tw_option_row *o, double L, double U) { return o->S <= L || o->S >= U; }

static bool leaves_for_sure(const tw_option_row *o, double L, double U)
{
    const double end = o->S * tw_exp(o->b * o->T);
    return end <= L || end >= U;
}

static double option_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const double fixings = tw_at(b, TW_COL_fixings, i), rebate = tw_at(b, TW_COL_rebate, i);
    const double L = tw_barrier_level(&o, tw_at(b, TW_COL_barrier, i), fixings, -1.0);
    const double U = tw_barrier_level(&o, tw_at(b, TW_COL_barrier_high, i), fixings, 1.0);
    const bool out = tw_at(b, TW_COL_knock, i) > 0.5;
    const double vanilla = tw_vanilla(o.w, o.S * o.df_q, o.X * o.df, o.sd);
    if (!(L < U)) tw_fail_row(b, i, TW_ROW_CONFLICT, TW_COL_barrier_high);
    if (!(L < U)) return NAN;
    if (outside(&o, L, U)) return out ? rebate : vanilla;
    /* A rebate at the first exit has no form as short. */
    if (out && rebate > 0.0) tw_fail_row(b, i, TW_ROW_UNSUPPORTED, TW_COL_rebate);
    if (tw_is_limit(&o)) {
        const bool left = leaves_for_sure(&o, L, U);
        return left == out ? (out ? 0.0 : rebate * o.df) : vanilla;
    }
    const corridor c = corridor_of(o, L, U);
    if (out) return knocked_out(&c);
    const double inside = rebate > 0.0 ? rebate * o.df * mass(&c, L, U, 0.0) : 0.0;
    return fmax(vanilla - knocked_out(&c), 0.0) + inside;
}

/* Cash at expiry if the price stays inside. */
static double stays(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const double L = tw_at(b, TW_COL_barrier, i), U = tw_at(b, TW_COL_barrier_high, i);
    if (!(L < U)) tw_fail_row(b, i, TW_ROW_CONFLICT, TW_COL_barrier_high);
    if (!(L < U)) return NAN;
    if (outside(&o, L, U)) return 0.0;
    if (tw_is_limit(&o)) return leaves_for_sure(&o, L, U) ? 0.0 : 1.0;
    const corridor c = corridor_of(o, L, U);
    return fmin(fmax(mass(&c, L, U, 0.0), 0.0), 1.0);
}

static double payout(const tw_block *b, size_t i)
{
    return tw_at(b, TW_COL_cash, i) * tw_exp(-tw_at(b, TW_COL_r, i) * tw_at(b, TW_COL_T, i));
}

static double no_touch(const tw_block *b, size_t i) { return payout(b, i) * stays(b, i); }
static double touch(const tw_block *b, size_t i) { return payout(b, i) * (1.0 - stays(b, i)); }

static const tw_scope SCOPES[] = {
    {"double_barrier", "black_scholes", 13, 0, TW_VALUE_ONLY},
    {"double_no_touch", "black_scholes", 13, 0, TW_VALUE_ONLY},
    {"double_touch", "black_scholes", 13, 0, TW_VALUE_ONLY},
    {.instrument = NULL},
};

static void double_barrier_price(const tw_block *b, const void *params)
{
    (void)params;
    static tw_row_fn *const ROWS[] = {option_value, no_touch, touch};
    tw_price_rows(b, ROWS[b->scope - SCOPES]);
}

const tw_engine tw_engine_ikeda_kunitomo = {
    .name = "ikeda_kunitomo",
    .title = "series of options and cash between two barriers",
    .source = "Ikeda and Kunitomo (1992); Broadie, Glasserman and Kou (1997)",
    .quantlib = "AnalyticDoubleBarrierEngine",
    .scopes = SCOPES,
    .bumps = TW_CLOSED_BUMPS,
    .price = double_barrier_price,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* lookback.c - options on extremes, watched without a break: Goldman, Sosin and Gatto (1979), Conze and Viswanathan
 * (1991).
 *
 * All four are one function: what the extreme goes beyond M is worth, the excess. */
#include "pricing/closed/formulas.h"
#include "pricing/lane.h"

#include "tradewind/num.h"

#include <math.h>

/* Below this carry (times T) the quotient by it is interpolated. */
#define CARRY_SMALL 1e-5
#define CARRY_STEP 1e-3

/* Excess of the maximum over M (w 1), or of M over the minimum (w -1), for a carry b that is not small. */
static double excess_at(const tw_option_row *o, double M, double b)
{
    const double w = o->w, df_q = tw_exp((b - o->r) * o->T), x = tw_log(o->S / M);
    const double d1 = x / o->sd + (b / (o->vol * o->vol) + 0.5) * o->sd, ratio = 0.5 * o->vol * o->vol / b;
    const double tail = tw_power_tail(-x / ratio, w * (d1 - 2.0 * b * o->T / o->sd));
    const double n1 = tw_norm_cdf(w * d1);
    return w * (o->S * df_q * n1 - M * o->df * tw_norm_cdf(w * (d1 - o->sd))) +
           w * o->S * o->df * ratio * (tw_exp(b * o->T) * n1 - tail);
}

static double excess_no_carry(const tw_option_row *o, double M)
{
    const double w = o->w, d1 = tw_log(o->S / M) / o->sd + 0.5 * o->sd, n1 = tw_norm_cdf(w * d1);
    return w * (o->S * o->df * n1 - M * o->df * tw_norm_cdf(w * (d1 - o->sd))) +
           o->S * o->df * o->sd * (tw_lane_density(d1) + w * d1 * n1);
}

static double excess(const tw_option_row *o, double M)
{
    if (tw_is_limit(o)) {
        const double end = o->S * tw_exp(o->b * o->T);
        return o->df * fmax(o->w * ((o->w > 0.0 ? fmax(o->S, end) : fmin(o->S, end)) - M), 0.0);
    }
    if (fabs(o->b * o->T) >= CARRY_SMALL) return fmax(excess_at(o, M, o->b), 0.0);
    /* Newton's divided differences over -2h, -h, 0, h, 2h: the even and odd parts to fourth order. */
    const double h = CARRY_STEP / o->T, z = o->b / h, at = excess_no_carry(o, M);
    const double up = excess_at(o, M, h), down = excess_at(o, M, -h);
    const double up2 = excess_at(o, M, 2.0 * h), down2 = excess_at(o, M, -2.0 * h);
    const double slope = (8.0 * (up - down) - (up2 - down2)) / 12.0, bend = (up + down - 2.0 * at) * 0.5;
    return fmax(at + z * (slope + z * bend), 0.0);
}

/* The extreme so far: no less (more) than the spot. */
static double extreme_of(const tw_block *b, size_t i, const tw_option_row *o, double side)
{
    const double extreme = tw_at(b, TW_COL_extreme, i);
    return side > 0.0 ? fmax(extreme, o->S) : fmin(extreme, o->S);
}

static double fixed_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const double extreme = extreme_of(b, i, &o, o.w), M = o.w > 0.0 ? fmax(extreme, o.X) : fmin(extreme, o.X);
    return o.df * o.w * (M - o.X) + excess(&o, M);
}

static double floating_value(const tw_block *b, size_t i)
{
    tw_option_row o = tw_row_of(b, i);
    const double w = o.w;
    o.w = -w; /* a call is struck at the minimum */
    const double M = extreme_of(b, i, &o, o.w);
    return fmax(w * (o.S * o.df_q - M * o.df) + excess(&o, M), 0.0);
}

static const tw_scope SCOPES[] = {
    {"lookback_fixed", "black_scholes", 13, 0, TW_VALUE_ONLY},
    {"lookback_floating", "black_scholes", 13, 0, TW_VALUE_ONLY},
    {.instrument = NULL},
};

static void lookback_price(const tw_block *b, const void *params)
{
    (void)params;
    tw_price_rows(b, b->scope == SCOPES ? fixed_value : floating_value);
}

const tw_engine tw_engine_conze_viswanathan = {
    .name = "conze_viswanathan",
    .title = "closed form of lookback options",
    .source = "Goldman, Sosin and Gatto (1979); Conze and Viswanathan (1991)",
    .quantlib = "AnalyticContinuousFixedLookbackEngine",
    .scopes = SCOPES,
    .bumps = TW_CLOSED_BUMPS,
    .price = lookback_price,
};

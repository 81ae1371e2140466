/* SPDX-License-Identifier: Apache-2.0 */
/* barrier.c - options with one barrier, and touches: Reiner and Rubinstein, "Breaking down the barriers", Risk 4
 * (1991); the letters A to F are Haug's. Observation at dates: Broadie, Glasserman, Kou (1997), the barrier moved out.
 */
#include "pricing/closed/formulas.h"

#include "tradewind/num.h"

#include <math.h>

/* eta: 1 with the barrier below, -1 above. */
typedef struct terms {
    tw_option_row o;
    double H, eta, mu;
    double log_h; /* ln(H / S) */
} terms;

static terms terms_of(tw_option_row o, double H, double eta)
{
    return (terms){o, H, eta, (o.b - 0.5 * o.vol * o.vol) / (o.vol * o.vol), tw_log(H / o.S)};
}

/* A (at the strike) and B (at the barrier). */
static double plain(const terms *t, double level)
{
    const tw_option_row *o = &t->o;
    const double x = tw_log(o->S / level) / o->sd + (1.0 + t->mu) * o->sd;
    return o->w * (o->S * o->df_q * tw_norm_cdf(o->w * x) - o->X * o->df * tw_norm_cdf(o->w * (x - o->sd)));
}

/* C and D: their images. */
static double image(const terms *t, double level)
{
    const tw_option_row *o = &t->o;
    const double y = (2.0 * t->log_h + tw_log(o->S / level)) / o->sd + (1.0 + t->mu) * o->sd;
    return o->w * (o->S * o->df_q * tw_power_tail(2.0 * (t->mu + 1.0) * t->log_h, t->eta * y) -
                   o->X * o->df * tw_power_tail(2.0 * t->mu * t->log_h, t->eta * (y - o->sd)));
}

/* Probability that the barrier is not touched (side 1), or is (side -1), while the logarithm deviates by sd. */
static double untouched_by(const terms *t, double sd, double side)
{
    const double x = -t->log_h / sd + t->mu * sd, y = t->log_h / sd + t->mu * sd;
    return tw_norm_cdf(side * t->eta * x) - side * tw_power_tail(2.0 * t->mu * t->log_h, t->eta * y);
}

static double untouched(const terms *t, double side) { return untouched_by(t, t->o.sd, side); }

/* What 1 paid at the touch is worth, e^-rT P(T) + r times the integral of e^-rt P(t), with P the probability that it
 * has happened; time goes by its root, in panels. */
static double at_touch_by_time(const terms *t)
{
    enum { PANELS = 8 };
    const double T = t->o.T, r = t->o.r;
    double sum = 0.0;
    for (int panel = 0; panel < PANELS; panel++)
        for (int i = 0; i < 2 * TW_GAUSS_HALF; i++) {
            const double x = (i % 2 ? 1.0 : -1.0) * tw_gauss_node[i / 2], u = (panel + 0.5 * (1.0 + x)) / PANELS;
            sum += tw_gauss_weight[i / 2] * u * tw_exp(-r * T * u * u) * untouched_by(t, t->o.sd * u, -1.0);
        }
    return t->o.df * untouched(t, -1.0) + r * T * sum / PANELS;
}

/* The same in closed form, where the rate is not so far below 0 that there is none. */
static double at_touch(const terms *t)
{
    const double square = t->mu * t->mu + 2.0 * t->o.r / (t->o.vol * t->o.vol);
    if (square < 0.0) return at_touch_by_time(t);
    const double lambda = sqrt(square), z = t->log_h / t->o.sd + lambda * t->o.sd;
    return tw_power_tail((t->mu + lambda) * t->log_h, t->eta * z) +
           tw_power_tail((t->mu - lambda) * t->log_h, t->eta * (z - 2.0 * lambda * t->o.sd));
}

/* ---------------------------------------------------------------- barriers */

static double knocked_in(const terms *t)
{
    const tw_option_row *o = &t->o;
    const bool above = o->X > t->H, call_side = (o->w > 0.0) == (t->eta > 0.0);
    const double A = plain(t, o->X), B = plain(t, t->H), C = image(t, o->X), D = image(t, t->H);
    /* Down-in calls and up-in puts need the barrier to pay; the others are paid for beyond it too. */
    if (call_side) return above == (t->eta > 0.0) ? C : A - B + D;
    return above == (t->eta > 0.0) ? B - C + D : A;
}

static double knocked_out(const terms *t)
{
    const tw_option_row *o = &t->o;
    const bool above = o->X > t->H, call_side = (o->w > 0.0) == (t->eta > 0.0);
    const double A = plain(t, o->X), B = plain(t, t->H), C = image(t, o->X), D = image(t, t->H);
    if (call_side) return above == (t->eta > 0.0) ? A - C : B - D;
    return above == (t->eta > 0.0) ? A - B + C - D : 0.0;
}

/* The path is S e^bt. */
static double certain(const tw_option_row *o, double H, double eta, bool out, double rebate)
{
    const double end = o->S * tw_exp(o->b * o->T), vanilla = fmax(o->w * (o->S * o->df_q - o->X * o->df), 0.0);
    const bool touched = eta * (end - H) <= 0.0;
    if (!out) return touched ? vanilla : rebate * o->df;
    return touched ? rebate * tw_exp(-o->r * tw_log(H / o->S) / o->b) : vanilla;
}

static double barrier_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const double kind = tw_at(b, TW_COL_barrier_type, i), rebate = tw_at(b, TW_COL_rebate, i);
    const bool out = kind == 1.0 || kind == 3.0;
    const double eta = kind < 2.0 ? 1.0 : -1.0;
    const double H = tw_barrier_level(&o, tw_at(b, TW_COL_barrier, i), tw_at(b, TW_COL_fixings, i), -eta);
    if (kind != floor(kind)) {
        tw_fail_row(b, i, TW_ROW_RANGE, TW_COL_barrier_type);
        return NAN;
    }
    if (eta * (o.S - H) <= 0.0) return out ? rebate : tw_vanilla(o.w, o.S * o.df_q, o.X * o.df, o.sd);
    if (tw_is_limit(&o)) return certain(&o, H, eta, out, rebate);
    const terms t = terms_of(o, H, eta);
    const double lost = !(rebate > 0.0) ? 0.0 : rebate * (out ? at_touch(&t) : o.df * untouched(&t, 1.0));
    return fmax(out ? knocked_out(&t) : knocked_in(&t), 0.0) + lost;
}

/* ---------------------------------------------------------------- touches */

/* Call: the level is above the spot. */
static bool touched_now(const tw_option_row *o) { return o->w * (o->S - o->X) >= 0.0; }

static bool touched_for_sure(const tw_option_row *o) { return o->w * (o->S * tw_exp(o->b * o->T) - o->X) >= 0.0; }

static double one_touch(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const double cash = tw_at(b, TW_COL_cash, i);
    if (touched_now(&o)) return cash;
    if (tw_is_limit(&o)) return touched_for_sure(&o) ? cash * tw_exp(-o.r * tw_log(o.X / o.S) / o.b) : 0.0;
    const terms t = terms_of(o, o.X, -o.w);
    return cash * at_touch(&t);
}

static double at_expiry(const tw_block *b, size_t i, double side)
{
    const tw_option_row o = tw_row_of(b, i);
    const double pv = tw_at(b, TW_COL_cash, i) * o.df;
    if (touched_now(&o)) return side > 0.0 ? 0.0 : pv;
    if (tw_is_limit(&o)) return touched_for_sure(&o) == (side > 0.0) ? 0.0 : pv;
    const terms t = terms_of(o, o.X, -o.w);
    return pv * fmin(fmax(untouched(&t, side), 0.0), 1.0);
}

static double one_touch_expiry(const tw_block *b, size_t i) { return at_expiry(b, i, -1.0); }
static double no_touch(const tw_block *b, size_t i) { return at_expiry(b, i, 1.0); }

/* ---------------------------------------------------------------- engine */

static const tw_scope SCOPES[] = {
    {"barrier", "black_scholes", 14, 0, TW_VALUE_ONLY},
    {"one_touch", "black_scholes", 14, 0, TW_VALUE_ONLY},
    {"one_touch_expiry", "black_scholes", 14, 0, TW_VALUE_ONLY},
    {"no_touch", "black_scholes", 14, 0, TW_VALUE_ONLY},
    {.instrument = NULL},
};

static void barrier_price(const tw_block *b, const void *params)
{
    (void)params;
    static tw_row_fn *const ROWS[] = {barrier_value, one_touch, one_touch_expiry, no_touch};
    tw_price_rows(b, ROWS[b->scope - SCOPES]);
}

const tw_engine tw_engine_reiner_rubinstein = {
    .name = "reiner_rubinstein",
    .title = "closed form of options with one barrier, and of touches",
    .source = "Reiner and Rubinstein (1991); Broadie, Glasserman and Kou (1997)",
    .quantlib = "AnalyticBarrierEngine",
    .scopes = SCOPES,
    .bumps = TW_CLOSED_BUMPS,
    .price = barrier_price,
};

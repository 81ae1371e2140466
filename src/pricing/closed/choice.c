/* SPDX-License-Identifier: Apache-2.0 */
/* choice.c - options whose strike, kind or life is settled at a date between: forward start and cliquet, chooser,
 * compound. */
#include "pricing/closed/formulas.h"

#include "tradewind/num.h"

#include <math.h>

/* A date beyond expiry is none. */
static bool starts_before(const tw_block *b, size_t i)
{
    const bool ok = tw_at(b, TW_COL_start, i) <= tw_at(b, TW_COL_T, i);
    if (!ok) tw_fail_row(b, i, TW_ROW_CONFLICT, TW_COL_start);
    return ok;
}

/* ---------------------------------------------------------------- forward start, cliquet */

static double forward_start_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const double start = tw_at(b, TW_COL_start, i), rest = o.T - start;
    if (!starts_before(b, i)) return NAN;
    const double a = o.S * tw_exp(-o.q * rest), k = o.S * o.X * tw_exp(-o.r * rest);
    return tw_exp(-o.q * start) * tw_vanilla(o.w, a, k, o.vol * sqrt(rest));
}

static double cliquet_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const double n = fmax(floor(tw_at(b, TW_COL_fixings, i)), 1.0), cash = tw_at(b, TW_COL_cash, i);
    const double low = tw_at(b, TW_COL_floor_local, i), high = tw_at(b, TW_COL_cap_local, i);
    if (!(low <= high)) {
        tw_fail_row(b, i, TW_ROW_CONFLICT, TW_COL_cap_local);
        return NAN;
    }
    const double growth = tw_exp(o.b * o.T / n), sd = o.sd / sqrt(n);
    const double mean = low + tw_vanilla(1.0, growth, 1.0 + low, sd) - tw_vanilla(1.0, growth, 1.0 + high, sd);
    return cash * o.df * n * mean;
}

static const tw_scope FORWARD_START[] = {
    {"cliquet", "black_scholes", 14, 0, TW_VALUE_ONLY},
    {"forward_start", "black_scholes", 14, 0, TW_VALUE_ONLY},
    {.instrument = NULL},
};

static void forward_start_price(const tw_block *b, const void *params)
{
    (void)params;
    tw_price_rows(b, b->scope == FORWARD_START ? cliquet_value : forward_start_value);
}

const tw_engine tw_engine_rubinstein_forward = {
    .name = "rubinstein_forward",
    .title = "closed form of forward-start options, and of cliquets with local bounds",
    .source = "Rubinstein (1990)",
    .quantlib = "ForwardVanillaEngine",
    .scopes = FORWARD_START,
    .bumps = TW_CLOSED_BUMPS,
    .price = forward_start_price,
};

/* ---------------------------------------------------------------- chooser */

/* At start a chooser is a call, and e^-q(T - start) puts struck where its forward is the strike's. */
static double chooser_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    if (!starts_before(b, i)) return NAN;
    const double a = o.S * o.df_q, k = o.X * o.df;
    return tw_vanilla(1.0, a, k, o.sd) + tw_vanilla(-1.0, a, k, o.vol * sqrt(tw_at(b, TW_COL_start, i)));
}

static const tw_scope CHOOSER[] = {{"chooser", "black_scholes", 14, 0, TW_VALUE_ONLY}, {.instrument = NULL}};

static void chooser_price(const tw_block *b, const void *params)
{
    (void)params;
    tw_price_rows(b, chooser_value);
}

const tw_engine tw_engine_rubinstein_chooser = {
    .name = "rubinstein_chooser",
    .title = "closed form of the simple chooser",
    .source = "Rubinstein (1991)",
    .quantlib = "AnalyticSimpleChooserEngine",
    .scopes = CHOOSER,
    .bumps = TW_CLOSED_BUMPS,
    .price = chooser_price,
};

/* ---------------------------------------------------------------- compound */

/* The inner option at start, with the spot x. */
static double inner(const tw_option_row *o, double rest, double x)
{
    return tw_vanilla(o->w, x * tw_exp(-o->q * rest), o->X * tw_exp(-o->r * rest), o->vol * sqrt(rest));
}

/* ln of the spot at start at which the inner option is worth `price`; -inf or inf where it always, or never, is more.
 * The option's value is monotone in the spot: bisection of its logarithm cannot miss. */
static double critical(const tw_option_row *o, double rest, double price)
{
    if (o->w < 0.0 && price >= o->X * tw_exp(-o->r * rest)) return -INFINITY;
    const double middle = tw_log(o->X);
    double lo = middle - 700.0, hi = fmin(middle + 700.0, 690.0);
    for (int k = 0; k < 200 && hi - lo > 1e-15 * fabs(hi + lo); k++) {
        const double x = 0.5 * (lo + hi), off = o->w * (inner(o, rest, tw_exp(x)) - price);
        if (off > 0.0)
            hi = x;
        else
            lo = x;
    }
    return 0.5 * (lo + hi);
}

static double compound_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const double t = tw_at(b, TW_COL_start, i), z = tw_at(b, TW_COL_type_outer, i) < 0.0 ? -1.0 : 1.0;
    const double outer = tw_at(b, TW_COL_strike_outer, i), pv = outer * tw_exp(-o.r * t), sd = o.vol * sqrt(t);
    if (!starts_before(b, i)) return NAN;
    const double a = o.S * o.df_q, k = o.X * o.df;
    if (!(sd > 1e-200)) return fmax(z * (tw_vanilla(o.w, a, k, o.sd) - pv), 0.0);
    const double spot = critical(&o, o.T - t, outer), d = tw_log(o.S) + (o.b - 0.5 * o.vol * o.vol) * t;
    const double y2 = (d - spot) / sd, y1 = y2 + sd, z1 = (tw_log(o.S / o.X) + o.b * o.T) / o.sd + 0.5 * o.sd;
    const double s = z * o.w, rho = z * sqrt(t / o.T), z2 = z1 - o.sd;
    const double value =
        s * (a * tw_bivariate_cdf(s * y1, o.w * z1, rho) - k * tw_bivariate_cdf(s * y2, o.w * z2, rho)) -
        z * pv * tw_norm_cdf(s * y2);
    return fmax(value, 0.0);
}

static const tw_scope COMPOUND[] = {{"compound", "black_scholes", 13, 0, TW_VALUE_ONLY}, {.instrument = NULL}};

static void compound_price(const tw_block *b, const void *params)
{
    (void)params;
    tw_price_rows(b, compound_value);
}

const tw_engine tw_engine_geske = {
    .name = "geske",
    .title = "closed form of options on options",
    .source = "Geske (1979); Rubinstein (1991)",
    .quantlib = "AnalyticCompoundOptionEngine",
    .scopes = COMPOUND,
    .bumps = TW_CLOSED_BUMPS,
    .price = compound_price,
};

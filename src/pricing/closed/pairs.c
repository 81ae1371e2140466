/* SPDX-License-Identifier: Apache-2.0 */
/* pairs.c - options on two prices, and those paid in another currency. */
#include "pricing/closed/formulas.h"

#include "tradewind/num.h"

#include <math.h>

/* The second asset beside the row. */
typedef struct second {
    double pv, vol, correlation;
} second;

static second second_of(const tw_block *b, size_t i)
{
    const double T = tw_at(b, TW_COL_T, i);
    return (second){tw_at(b, TW_COL_spot2, i) * tw_exp(-tw_at(b, TW_COL_q2, i) * T), tw_at(b, TW_COL_vol2, i),
                    tw_at(b, TW_COL_correlation, i)};
}

/* Volatility of the first less `share` of the second. */
static double spread_vol(const tw_option_row *o, const second *x, double share)
{
    const double other = share * x->vol;
    return sqrt(fmax(o->vol * o->vol - 2.0 * x->correlation * o->vol * other + other * other, 0.0));
}

static double margrabe_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const second x = second_of(b, i);
    return tw_vanilla(1.0, o.S * o.df_q, x.pv, spread_vol(&o, &x, 1.0) * sqrt(o.T));
}

static double kirk_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const second x = second_of(b, i);
    const double all = x.pv + o.X * o.df;
    return tw_vanilla(o.w, o.S * o.df_q, all, spread_vol(&o, &x, x.pv / all) * sqrt(o.T));
}

/* Exercise where the first is above a power of the second: a lower bound, near to the value. */
static double bjerksund_stensland_spread_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const second x = second_of(b, i);
    const double a = x.pv + o.X * o.df, share = x.pv / a, vol = spread_vol(&o, &x, share), sd = vol * sqrt(o.T);
    const double parity = o.S * o.df_q - a;
    if (!(sd > 1e-200)) return fmax(o.w * parity, 0.0);
    const double level = tw_log(o.S * o.df_q / a), cross = x.correlation * o.vol * x.vol;
    const double s1 = o.vol * o.vol, s2 = x.vol * x.vol, half = 0.5 * share * share * s2;
    const double d1 = (level + (0.5 * s1 - share * cross + half) * o.T) / sd;
    const double d2 = (level + (-0.5 * s1 + cross + half - share * s2) * o.T) / sd;
    const double d3 = (level + (-0.5 * s1 + half) * o.T) / sd;
    const double call = o.S * o.df_q * tw_norm_cdf(d1) - x.pv * tw_norm_cdf(d2) - o.X * o.df * tw_norm_cdf(d3);
    return fmax(o.w > 0.0 ? call : call - parity, 0.0);
}

/* q2 is the foreign rate, vol2 that of the exchange rate. */
static double quanto_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const double cross = tw_at(b, TW_COL_correlation, i) * o.vol * tw_at(b, TW_COL_vol2, i);
    const double growth = tw_exp((tw_at(b, TW_COL_q2, i) - o.q - cross) * o.T);
    return tw_vanilla(o.w, o.df * o.S * growth, o.df * o.X, o.sd);
}

#define PAIR_ENGINE(id, TITLE, SOURCE, QUANTLIB, INSTRUMENT, DIGITS)                                                   \
    static const tw_scope id##_scopes[] = {{INSTRUMENT, "black_scholes", DIGITS, 0, TW_VALUE_ONLY},                    \
                                           {.instrument = NULL}};                                                      \
    static void id##_price(const tw_block *b, const void *params)                                                      \
    {                                                                                                                  \
        (void)params;                                                                                                  \
        tw_price_rows(b, id##_value);                                                                                  \
    }                                                                                                                  \
    const tw_engine tw_engine_##id = {.name = #id,                                                                     \
                                      .title = TITLE,                                                                  \
                                      .source = SOURCE,                                                                \
                                      .quantlib = QUANTLIB,                                                            \
                                      .scopes = id##_scopes,                                                           \
                                      .bumps = TW_CLOSED_BUMPS,                                                        \
                                      .price = id##_price};

PAIR_ENGINE(margrabe, "closed form of the exchange of two assets", "Margrabe (1978)", NULL, "exchange", 14)
PAIR_ENGINE(kirk, "spread options by one lognormal price", "Kirk (1995)", "KirkEngine", "spread", 3)
PAIR_ENGINE(bjerksund_stensland_spread, "spread options by a near-best exercise", "Bjerksund and Stensland (2011)",
            "BjerksundStenslandSpreadEngine", "spread", 4)
PAIR_ENGINE(quanto, "closed form of options paid at a fixed exchange rate", "Derman, Karasinski and Wecker (1990)",
            "QuantoVanillaEngine", "quanto", 14)

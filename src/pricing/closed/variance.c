/* SPDX-License-Identifier: Apache-2.0 */
/* variance.c - swaps on realised variance and volatility where the volatility is one number, and by a strip of options.
 */
#include "pricing/closed/formulas.h"

#include "tradewind/num.h"

#include <math.h>

static double variance_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    return tw_at(b, TW_COL_cash, i) * o.df * (o.vol * o.vol - o.X);
}

static double volatility_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    return tw_at(b, TW_COL_cash, i) * o.df * (o.vol - o.X);
}

static const tw_scope SCOPES[] = {
    {"variance_swap", "black_scholes", 14, 0, TW_VALUE_ONLY},
    {"volatility_swap", "black_scholes", 14, 0, TW_VALUE_ONLY},
    {.instrument = NULL},
};

static void variance_price(const tw_block *b, const void *params)
{
    (void)params;
    tw_price_rows(b, b->scope == SCOPES ? variance_value : volatility_value);
}

const tw_engine tw_engine_flat_variance = {
    .name = "flat_variance",
    .title = "swaps on variance and volatility under one volatility",
    .source = "Demeterfi, Derman, Kamal and Zou (1999)",
    .scopes = SCOPES,
    .bumps = TW_CLOSED_BUMPS,
    .price = variance_price,
};

/* ---------------------------------------------------------------- by a strip */

/* Strikes as shares of the spot. */
typedef struct strip {
    double step, low, high;
} strip;

static const tw_param STRIP_TABLE[] = {
    TW_PARAM(strip, step, 0.01, 1e-4, 1, "distance of strikes, as a share of the spot"),
    TW_PARAM(strip, low, 0.4, 0.001, 0.999, "lowest strike of a put"),
    TW_PARAM(strip, high, 2.0, 1.001, 100, "highest strike of a call"),
    TW_PARAM_END,
};

/* Payout of the log contract at a share k of the spot, which the options' kinks are to follow. */
static double log_payout(double k, double T) { return 2.0 / T * ((k - 1.0) - tw_log(k)); }

/* Options at 1, 1 + w step, ... , each as many as the payout's slope rises there. */
static double side_value(const tw_option_row *o, double w, double step, double last)
{
    const uint32_t n = (uint32_t)floor(fabs(last - 1.0) / step + 1e-9);
    double sum = 0.0, before = 0.0;
    for (uint32_t i = 0; i <= n; i++) {
        const double k = 1.0 + w * step * i, next = k + w * step;
        if (!(next > 0.0)) break;
        const double slope = fabs(log_payout(next, o->T) - log_payout(k, o->T)) / step;
        sum += (slope - before) * tw_vanilla(w, o->df_q, k * o->df, o->sd);
        before = slope;
    }
    return sum;
}

static double replicated(const tw_block *b, size_t i, const strip *s)
{
    const tw_option_row o = tw_row_of(b, i);
    const double options = side_value(&o, 1.0, s->step, s->high) + side_value(&o, -1.0, s->step, s->low);
    const double fair = 2.0 / o.T * (o.b * o.T - tw_expm1(o.b * o.T)) + options / o.df;
    return tw_at(b, TW_COL_cash, i) * o.df * ((o.T > 0.0 ? fair : o.vol * o.vol) - o.X);
}

static const tw_scope REPLICATION[] = {{"variance_swap", "black_scholes", 3, 0, TW_VALUE_ONLY}, {.instrument = NULL}};

static void replication_price(const tw_block *b, const void *params)
{
    static const strip preset = {0.01, 0.4, 2.0};
    for (size_t i = 0; i < b->n; i++) b->out[TW_VALUE_value][i] = replicated(b, i, params ? params : &preset);
}

const tw_engine tw_engine_variance_replication = {
    .name = "variance_replication",
    .title = "variance swaps by a strip of options",
    .source = "Demeterfi, Derman, Kamal and Zou (1999)",
    .quantlib = "ReplicatingVarianceSwapEngine",
    .params = STRIP_TABLE,
    .params_size = sizeof(strip),
    .scopes = REPLICATION,
    .bumps = TW_CLOSED_BUMPS,
    .price = replication_price,
};

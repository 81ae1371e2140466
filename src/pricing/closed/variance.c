/* SPDX-License-Identifier: Apache-2.0 */
/* variance.c - swaps on realised variance and volatility where the volatility is one number. */
#include "pricing/closed/formulas.h"

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

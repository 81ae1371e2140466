/* SPDX-License-Identifier: Apache-2.0 */
/* black.c - European options under lognormal models in closed form. */
#include "pricing/engine.h"

#include "tradewind/num.h"

#include <math.h>

/* Value of a row; the side that is out of the money is computed, so that nothing cancels. */
static double black_value(const tw_block *b, size_t i)
{
    const double T = b->col[TW_COL_T][i], sd = b->col[TW_COL_vol][i] * sqrt(T), w = b->col[TW_COL_type][i];
    const double pv_spot = b->col[TW_COL_spot][i] * tw_exp(-b->col[TW_COL_q][i] * T);
    const double pv_strike = b->col[TW_COL_strike][i] * tw_exp(-b->col[TW_COL_r][i] * T);
    const double intrinsic = fmax(w * (pv_spot - pv_strike), 0.0), otm = pv_spot < pv_strike ? 1.0 : -1.0;
    if (!(sd > 0.0)) {
        b->status[i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
        return intrinsic;
    }
    const double d1 = tw_log(pv_spot / pv_strike) / sd + 0.5 * sd;
    return intrinsic + otm * (pv_spot * tw_norm_cdf(otm * d1) - pv_strike * tw_norm_cdf(otm * (d1 - sd)));
}

static void black_price(const tw_block *b, const void *params)
{
    (void)params;
    for (size_t i = 0; i < TW_BLOCK; i++) b->out[TW_VALUE_value][i] = black_value(b, i);
}

static const tw_scope SCOPES[] = {
    {"european", "black_scholes", 15, 0, TW_VALUE_BIT(TW_VALUE_value)},
    {"european", "black76", 15, 0, TW_VALUE_BIT(TW_VALUE_value)},
    {.instrument = NULL},
};

const tw_engine tw_engine_black = {
    .name = "black",
    .title = "closed form of European options",
    .source = "Black and Scholes (1973), Merton (1973), Black (1976)",
    .quantlib = "AnalyticEuropeanEngine",
    .scopes = SCOPES,
    .bumps = {1e-4, 1e-4, 1e-4, 1e-4},
    .price = black_price,
};

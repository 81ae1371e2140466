/* SPDX-License-Identifier: Apache-2.0 */
/* smile.c - European options under the models that are a volatility by strike: SABR by Hagan's expansion, SVI by its
 * slice; then Black's formula. Bumps of the spot move the volatility as the model says, so that delta has the smile's
 * part in it. */
#include "pricing/engine.h"

#include "tradewind/num.h"
#include "tradewind/surface.h"

#include <math.h>

/* Undiscounted value out of the money by Black, at shifted forward and strike. */
static double black_otm(double F, double K, double sd)
{
    const double side = K > F ? 1.0 : -1.0;
    if (sd == 0.0) return 0.0;
    const double d1 = tw_log(F / K) / sd + 0.5 * sd;
    const double value = side * (F * tw_norm_cdf(side * d1) - K * tw_norm_cdf(side * (d1 - sd)));
    return value < 0.0 ? 0.0 : value;
}

/* The same of a normal forward. */
static double bachelier_otm(double F, double K, double sd)
{
    const double x = fabs(F - K) / sd;
    if (sd == 0.0) return 0.0;
    return sd * (0x1.9884533d43651p-2 * tw_exp(-0.5 * x * x) - x * tw_norm_cdf(-x));
}

static double sabr_otm(const tw_block *b, size_t i, double F, double K)
{
    const tw_sabr s = {b->col[TW_COL_sabr_alpha][i], b->col[TW_COL_sabr_beta][i], b->col[TW_COL_sabr_nu][i],
                       b->col[TW_COL_sabr_rho][i], b->col[TW_COL_shift][i]};
    const double T = b->col[TW_COL_T][i], root = sqrt(T);
    if (F + s.shift > 0.0 && K + s.shift > 0.0)
        return black_otm(F + s.shift, K + s.shift, tw_sabr_vol(&s, F, K, T) * root);
    return s.beta == 0.0 ? bachelier_otm(F, K, tw_sabr_normal_vol(&s, F, K, T) * root) : NAN;
}

static double svi_otm(const tw_block *b, size_t i, double F, double K)
{
    const tw_svi s = {b->col[TW_COL_svi_a][i], b->col[TW_COL_svi_b][i], b->col[TW_COL_svi_sigma][i],
                      b->col[TW_COL_svi_rho][i], b->col[TW_COL_svi_m][i]};
    return black_otm(F, K, sqrt(tw_svi_variance(&s, tw_log(K / F), NULL, NULL)));
}

static void price_row(const tw_block *b, size_t i)
{
    const double F = b->col[TW_COL_spot][i], K = b->col[TW_COL_strike][i], T = b->col[TW_COL_T][i];
    const double df = tw_exp(-b->col[TW_COL_r][i] * T), parity = fmax(b->col[TW_COL_type][i] * (F - K), 0.0);
    const bool svi = b->col[TW_COL_svi_a] != NULL;
    double *value = &b->out[TW_VALUE_value][i];
    if (T == 0.0) {
        *value = parity;
        b->status[i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
        return;
    }
    *value = df * (parity + (svi ? svi_otm(b, i, F, K) : sabr_otm(b, i, F, K)));
    if (!isnan(*value)) return;
    /* No volatility: a negative variance of the slice, or a price at or below -shift. */
    const tw_column_id at = svi ? TW_COL_svi_a : F + b->col[TW_COL_shift][i] > 0.0 ? TW_COL_strike : TW_COL_spot;
    b->status[i] = TW_ROW_STATUS(TW_ROW_CONFLICT, at);
}

static void smile_price(const tw_block *b, const void *params)
{
    (void)params;
    for (size_t i = 0; i < b->n; i++) price_row(b, i);
}

static const tw_scope SCOPES[] = {
    {"european", "sabr", 14, 0, TW_VALUE_BIT(TW_VALUE_value)},
    {"european", "svi", 14, 0, TW_VALUE_BIT(TW_VALUE_value)},
    {.instrument = NULL},
};

const tw_engine tw_engine_smile = {
    .name = "smile",
    .title = "Black's formula at the volatility of a SABR or SVI smile",
    .source = "Hagan, Kumar, Lesniewski and Woodward (2002), Gatheral (2004)",
    .scopes = SCOPES,
    .bumps = {1e-4, 1e-4, 1e-4, 1e-4, 2},
    .price = smile_price,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* merton_series.c - European options under lognormal jumps as a mean of Black values over the number of jumps.
 *
 * Given n jumps the price at expiry is lognormal, with forward F_n = F e^(n (mean + var / 2) - rate T excess) and
 * variance vol^2 T + n var; the weights are Poisson's (Merton 1976). All terms are positive: the value is right to the
 * last digits however far out of the money. Terms are added from the largest weight outwards until they count no more.
 */
#include "pricing/transform/transform.h"

#include "tradewind/num.h"

#include <math.h>

/* A row in units of its forward, and the sums over numbers of jumps: value, d / d ln F, its slope, d / d variance,
 * d / d T. */
typedef struct series {
    double w, K, T;
    double rate, excess, per_jump, jump_var, vol2, drift;
    double value, delta, gamma, by_variance, by_T;
} series;

/* Undiscounted Black value of the type w and its slopes for n jumps. */
typedef struct term {
    double value, delta, gamma, by_variance;
} term;

static term black(const series *s, double F, double variance)
{
    const double sd = sqrt(variance), w = s->w;
    if (!(sd > 0.0)) return (term){fmax(w * (F - s->K), 0.0), w * (F - s->K) > 0.0 ? w * F : 0.0, 0.0, 0.0};
    const double d1 = tw_log(F / s->K) / sd + 0.5 * sd,
                 bell = 0x1.9884533d43651p-2 * /* 1 / sqrt(2 pi) */ tw_exp(-0.5 * d1 * d1);
    const double N1 = tw_norm_cdf(w * d1), N2 = tw_norm_cdf(w * (d1 - sd));
    return (term){w * (F * N1 - s->K * N2), w * F * N1, F * bell / sd, 0.5 * F * bell / sd};
}

/* ln of Poisson's weight of n at a mean. Large n by Stirling's series and the deviance, in which nothing cancels
 * (Loader 2000). */
static double ln_weight(double n, double mean)
{
    if (!(mean > 0.0)) return n == 0.0 ? 0.0 : -INFINITY;
    if (n < 16.0) {
        double product = 1.0;
        for (int i = 2; i <= (int)n; i++) product *= i;
        return n * tw_log(mean) - mean - tw_log(product);
    }
    const double x = (mean - n) / n, per = 1.0 / n, square = per * per;
    const double stirling = per * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    return n * (tw_log1p(x) - x) - stirling - 0.5 * tw_log(0x1.921fb54442d18p2 * n);
}

/* Adds the term of n jumps; returns its size. */
static double add(series *s, double n)
{
    const double mean = s->rate * s->T, weight = tw_exp(ln_weight(n, mean));
    const double F = tw_exp(n * s->per_jump - mean * s->excess);
    const term t = black(s, F, s->vol2 * s->T + n * s->jump_var);
    s->value += weight * t.value;
    s->delta += weight * t.delta;
    s->gamma += weight * t.gamma;
    s->by_variance += weight * t.by_variance;
    s->by_T += weight *
               (t.value * (n / s->T - s->rate) + t.delta * (s->drift - s->rate * s->excess) + t.by_variance * s->vol2);
    return weight * fmax(t.value, fmax(fabs(t.delta), t.gamma));
}

/* False when there would be too many terms. */
static bool sum(series *s)
{
    const double mean = s->rate * s->T, tilted = mean * tw_exp(s->per_jump), lo = fmin(mean, tilted);
    const double hi = fmax(mean, tilted);
    if (!(hi < 1e8) || !(hi - lo < 1e5)) return false;
    const int64_t from = (int64_t)lo, end = (int64_t)(hi + 40.0 * sqrt(hi) + 200.0);
    double largest = 0.0;
    for (int64_t n = from; n <= end; n++) {
        const double size = add(s, (double)n);
        largest = fmax(largest, size);
        if ((double)n > hi && size <= 1e-18 * largest) break;
    }
    for (int64_t n = from - 1; n >= 0; n--)
        if (add(s, (double)n) <= 1e-18 * largest) break;
    return true;
}

static void price_row(const tw_block *b, size_t i)
{
    tw_psi_model model;
    const tw_terms t = tw_terms_of_row(b, i);
    if (tw_psi_of_row(b, i, &model) == TW_PSI_CERTAIN) {
        tw_terms_limit(b, i, &t);
        return;
    }
    const double vol = b->col[TW_COL_vol][i];
    series s = {.w = t.side,
                .K = tw_exp(t.k),
                .T = t.T,
                .rate = model.jumps ? model.jump_rate : 0.0,
                .excess = model.excess,
                .per_jump = model.jump_mean + 0.5 * model.jump_var,
                .jump_var = model.jump_var,
                .vol2 = vol * vol,
                .drift = t.r - t.q};
    double sums[TW_SUM_COUNT] = {0};
    const bool summed = sum(&s);
    sums[TW_SUM_1] = s.value;
    sums[TW_SUM_Z] = s.delta;
    sums[TW_SUM_ZZ] = s.gamma;
    sums[TW_SUM_T] = s.by_T - t.r * s.value;
    sums[TW_SUM_V] = 2.0 * vol * t.T * s.by_variance;
    tw_terms_store(b, i, &t, sums);
    /* What a transform cannot do, jumps alone, is fine here. */
    b->status[i] = TW_ROW_STATUS(summed ? TW_ROW_OK : TW_ROW_NO_CONVERGENCE, TW_COLUMN_COUNT);
}

static void merton_price(const tw_block *b, const void *params)
{
    (void)params;
    for (size_t i = 0; i < b->n; i++) price_row(b, i);
    tw_block_blank(b);
}

#define BIT(name) TW_VALUE_BIT(TW_VALUE_##name)
#define SUPPLIES (BIT(value) | BIT(delta) | BIT(gamma) | BIT(vega) | BIT(theta) | BIT(rho) | BIT(dividend_rho))

static const tw_scope SCOPES[] = {
    {"european", "merton76", 15, 0, SUPPLIES},
    {.instrument = NULL},
};

const tw_engine tw_engine_merton_series = {
    .name = "merton_series",
    .title = "mean of Black values over the number of jumps",
    .source = "Merton (1976)",
    .quantlib = "JumpDiffusionEngine",
    .scopes = SCOPES,
    .bumps = {1e-4, 1e-4, 1e-4, 1e-4, 2},
    .price = merton_price,
};

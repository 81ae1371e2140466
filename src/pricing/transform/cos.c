/* SPDX-License-Identifier: Apache-2.0 */
/* cos.c - options by the cosine series of the density of X = ln(S_T / F) (Fang and Oosterlee 2008).
 *
 * The density is cut off outside [a, b]. Bounds come from the moments, which are the cumulant generating function at
 * all its points and not at 0 alone: P(X > b) <= M(p) e^(-p b) for every p (Chernoff), and the least of these bounds
 * says where b has to be, however fat the tail. On [a, b] the density has coefficients
 *   A_j = 2 / (b - a) Re(e^psi(i w_j) e^(-i w_j a)),   w_j = pi j / (b - a),
 * which depend on the expiry and not on the strike: rows that share model, T, r and q share them. The put of log-strike
 * k then is, in units of the forward,
 *   e^k sum B_j (sin(w_j (k - a)) / w_j - cos(w_j (k - a))) + e^a sum B_j,   B_j = A_j / (1 + w_j^2),
 * its first slope in k the distribution function times e^k, and so on: greeks are sums of the same kind. Strikes go by
 * the lanes of a kernel, which turns (cos, sin) from term to term. Where psi decays so slowly that TERMS do not do,
 * rows go by contour.c. */
#include "pricing/transform/transform.h"

#include "base/isa.h"
#include "pricing/transform/series.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

typedef struct cos_params {
    double tolerance;
} cos_params;

static const tw_param PARAMS[] = {
    TW_PARAM(cos_params, tolerance, 1e-15, 1e-16, 1e-3,
             "probability left out of the series, and size of its last term"),
    {.name = NULL},
};

/* ---------------------------------------------------------------- the interval */

/* Least b with e^(ln M(p) - (p - 1) b) <= tolerance for one of the p: both P(X > b) and E[e^X; X > b] are below it. */
static double upper(const tw_moments *m, double ln_tolerance)
{
    double b = INFINITY;
    for (int j = 0; j < TW_MOMENTS; j++) {
        const double p = m->p[1][j], ln = m->ln[1][j] + tw_log(p * (p - 1.0));
        b = fmin(b, (ln - ln_tolerance) / (p - 1.0));
    }
    return b;
}

static double lower(const tw_moments *m, double ln_tolerance)
{
    double a = -INFINITY;
    for (int j = 0; j < TW_MOMENTS; j++) {
        const double p = m->p[0][j], ln = m->ln[0][j] + tw_log(p * (p - 1.0));
        a = fmax(a, (ln - ln_tolerance) / p);
    }
    return a;
}

/* ---------------------------------------------------------------- the series */

/* Terms until they count no more; false when there would be too many. */
static bool take_terms(const tw_psi_model *model, tw_terms_fn *terms, double tolerance, tw_series *s)
{
    tw_psi_nodes nodes;
    for (s->n = 0; s->n < TW_SERIES_TERMS;) {
        terms(model, s, s->n, &nodes);
        s->n += TW_NODES;
        if (tw_exp(nodes.psi[0][TW_NODES - 1] + nodes.wave[TW_NODES - 1]) < tolerance) break;
        if (s->n == TW_SERIES_TERMS) return false;
    }
    for (int q = 0; q < TW_WEIGHTS; q++) {
        s->A[q][0] *= 0.5;
        s->B[q][0] *= 0.5;
        s->rest[q] = 0.0;
        for (size_t j = 0; j < s->n; j++) s->rest[q] += s->B[q][j];
    }
    return true;
}

static bool series_make(const tw_psi_model *model, const tw_moments *m, tw_terms_fn *terms, double tolerance,
                        tw_series *s)
{
    s->a = lower(m, tw_log(tolerance));
    s->b = upper(m, tw_log(tolerance));
    if (!(s->b - s->a > 0.0) || !isfinite(s->b - s->a)) return false;
    s->step = 0x1.921fb54442d18p1 / (s->b - s->a);
    return take_terms(model, terms, tolerance, s);
}

/* ---------------------------------------------------------------- rows */

/* The put and its slopes in k for a weight, in units of the forward; `at` is a lane. */
static void slopes_of(const tw_series *s, const tw_series_sums *sums, int q, int at, double h[TW_SERIES_SLOPES])
{
    const double k = sums->k[at], along = k - s->a, e = tw_exp(k);
    double d[TW_SERIES_SLOPES];
    for (int i = 0; i < TW_SERIES_SLOPES; i++) d[i] = sums->sum[q][i][at];
    d[0] += s->B[q][0] * along; /* sin(w x) / w at w = 0 */
    d[1] += s->A[q][0] * along;
    h[0] = e * d[0] + tw_exp(s->a) * s->rest[q];
    h[1] = e * d[1];
    h[2] = e * (d[1] + d[2]);
    h[3] = e * (d[1] + 2.0 * d[2] + d[3]);
    h[4] = e * (d[1] + 3.0 * d[2] + 3.0 * d[3] + d[4]);
}

/* m(z) = m0 + m1 z on the integrand is m0 + m1 (1 - d/dk) on the integral: h, once, to its slopes 0 to 3. */
static void apply(const tw_payoff *m, double h[TW_SERIES_SLOPES])
{
    for (int i = 0; i + 1 < TW_SERIES_SLOPES; i++) h[i] = (m->m0 + m->m1) * h[i] - m->m1 * h[i + 1];
}

/* Sums as the contour has them: z is 1 - d/dk, z (z - 1) is d2/dk2 - d/dk, z (z - 1) (z - 2) is d/dk - d3/dk3. */
static void sums_of(const tw_terms *t, double h[TW_WEIGHTS][TW_SERIES_SLOPES], double sum[TW_SUM_COUNT])
{
    const double drift = t->r - t->q;
    double by_T[3]; /* h with weight d ln / d T, and its slopes */
    for (int i = 0; i < 3; i++) by_T[i] = h[TW_WEIGHT_T][i] + drift * (h[0][i] - h[0][i + 1]) - t->r * h[0][i];
    sum[TW_SUM_1] = h[0][0];
    sum[TW_SUM_Z] = h[0][0] - h[0][1];
    sum[TW_SUM_ZZ] = h[0][2] - h[0][1];
    sum[TW_SUM_ZZZ] = h[0][1] - h[0][3];
    sum[TW_SUM_T] = by_T[0];
    sum[TW_SUM_TZ] = by_T[0] - by_T[1];
    sum[TW_SUM_TZZ] = by_T[2] - by_T[1];
    sum[TW_SUM_V] = h[TW_WEIGHT_VOL][0];
    sum[TW_SUM_VZ] = h[TW_WEIGHT_VOL][0] - h[TW_WEIGHT_VOL][1];
    sum[TW_SUM_VV] = h[TW_WEIGHT_VOL2][0];
}

/* Rows of a group, by lanes. */
typedef struct lanes {
    const tw_series *series;
    bool all; /* slopes are wanted */
    size_t n, row[TW_SERIES_LANES];
    tw_terms terms[TW_SERIES_LANES];
    tw_series_sums sums;
} lanes;

/* Stores the row of a lane. Outside [a, b] one side is worth nothing. */
static void store(const tw_block *b, lanes *l, size_t at)
{
    const size_t i = l->row[at];
    const tw_series *s = l->series;
    tw_terms *t = &l->terms[at];
    double h[TW_WEIGHTS][TW_SERIES_SLOPES] = {{0}}, sum[TW_SUM_COUNT] = {0};
    t->side = t->k < s->b ? -1.0 : 1.0;
    t->sign = t->paid ? t->side : 1.0;
    if (t->k > s->a && t->k < s->b) {
        for (int q = 0; q < (l->all ? TW_WEIGHTS : 1); q++) {
            slopes_of(s, &l->sums, q, (int)at, h[q]);
            apply(&t->payoff, h[q]);
        }
        sums_of(t, h, sum);
    }
    tw_terms_store(b, i, t, sum);
    double *value = b->out[TW_VALUE_value];
    if ((b->wants & TW_VALUE_BIT(TW_VALUE_value)) && value[i] < 0.0) value[i] = 0.0; /* of a last digit */
    if (b->wants & TW_VALUE_BIT(TW_VALUE_error_estimate)) b->out[TW_VALUE_error_estimate][i] = 1e-14 * t->pv_spot;
}

/* Prices what the lanes hold. */
static void flush(const tw_block *b, lanes *l)
{
    if (l->n == 0) return;
    const tw_series *s = l->series;
    for (size_t at = 0; at < TW_SERIES_LANES; at++)
        l->sums.k[at] = fmin(fmax(l->terms[at < l->n ? at : 0].k, s->a), s->b);
    TW_ISA_PICK(b->isa, tw_pricing_series)(s, l->all, &l->sums);
    for (size_t at = 0; at < l->n; at++) store(b, l, at);
    l->n = 0;
}

static void by_series(const tw_block *b, const tw_group *group, const tw_series *series)
{
    const uint32_t plain = TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_error_estimate);
    lanes l = {.series = series, .all = (b->wants & ~plain) || strcmp(b->scope->instrument, "european") != 0};
    for (size_t g = 0; g < group->n; g++) {
        l.row[l.n] = group->row[g];
        l.terms[l.n++] = tw_terms_of_row(b, group->row[g]);
        if (l.n == TW_SERIES_LANES) flush(b, &l);
    }
    flush(b, &l);
}

static void cos_group(const tw_block *b, const tw_group *group, const void *params)
{
    const cos_params *set = params;
    const double tolerance = set ? set->tolerance : 1e-15;
    tw_psi_model model;
    tw_moments moments;
    if (tw_psi_of_row(b, group->row[0], &model) == TW_PSI_OK) {
        tw_moments_take(&model, TW_ISA_PICK(b->isa, tw_pricing_psi), &moments);
        if (series_make(&model, &moments, TW_ISA_PICK(b->isa, tw_pricing_terms), tolerance, b->work)) {
            by_series(b, group, b->work);
            return;
        }
    }
    tw_contour_group(b, group, 1e-13);
}

static void cos_price(const tw_block *b, const void *params) { tw_groups(b, cos_group, params); }

static size_t cos_workspace(const void *params, const tw_contracts *contracts)
{
    (void)params;
    (void)contracts;
    return sizeof(tw_series);
}

static const tw_scope SCOPES[] = {
    {"digital_asset", "bates", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_asset", "heston", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_asset", "merton76", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_asset", "variance_gamma", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_cash", "bates", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_cash", "heston", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_cash", "merton76", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_cash", "variance_gamma", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"european", "bates", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"european", "heston", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"european", "merton76", 12, 0, TW_TRANSFORM_SUPPLIES},
    {"european", "variance_gamma", 12, 0, TW_TRANSFORM_SUPPLIES},
    {.instrument = NULL},
};

const tw_engine tw_engine_cos = {
    .name = "cos",
    .title = "cosine series of the density, shared by the strikes of an expiry",
    .source = "Fang and Oosterlee (2008)",
    .quantlib = "COSHestonEngine",
    .params = PARAMS,
    .params_size = sizeof(cos_params),
    .scopes = SCOPES,
    .bumps = {1e-4, 1e-4, 1e-4, 1e-4, 2},
    .workspace = cos_workspace,
    .price = cos_price,
};

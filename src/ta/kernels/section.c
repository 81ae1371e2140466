/* SPDX-License-Identifier: Apache-2.0 */
/* section.c - operators across the symbols of one time. A symbol whose value is missing takes no part and stays
 * missing. The plain names see all symbols as one group; group_* work within each group. */
#include "ta/op.h"

typedef struct section_params {
    double q;
    int buckets;
} section_params;

/* The members of one group: their values, ascending when the operator asks for it, replaced by the results. z: the
 * second input in the same order, else NULL. */
typedef struct members {
    size_t n;
    double *x, *z;
} members;

typedef struct section {
    bool sorted;
    void (*each)(const section_params *p, const members *m);
} section;

/* What sorts: by group when there are groups, then by value when wanted, then by place. */
typedef struct ordering {
    const double *x;
    const int32_t *group;
    bool by_value;
} ordering;

static bool comes_before(const ordering *by, double a, double b)
{
    const size_t i = (size_t)a, j = (size_t)b;
    if (by->group && by->group[i] != by->group[j]) return by->group[i] < by->group[j];
    return by->by_value && by->x[i] < by->x[j];
}

static void merge(const ordering *by, const double *from, size_t n, size_t half, double *to)
{
    size_t i = 0, j = half, k = 0;
    while (i < half && j < n) to[k++] = comes_before(by, from[j], from[i]) ? from[j++] : from[i++];
    while (i < half) to[k++] = from[i++];
    while (j < n) to[k++] = from[j++];
}

/* Stable sort of places[0..n) from the bottom up; `spare` holds n. Places are doubles because the scratch is. */
static void sort_places(const ordering *by, size_t n, double *places, double *spare)
{
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t i = 0; i < n; i += 2 * width) {
            const size_t left = n - i, m = left < 2 * width ? left : 2 * width;
            merge(by, places + i, m, m < width ? m : width, spare + i);
        }
        memcpy(places, spare, n * sizeof(double));
    }
}

static size_t group_end(const int32_t *group, const double *places, size_t n, size_t from)
{
    size_t to = from + 1;
    while (to < n && (!group || group[(size_t)places[to]] == group[(size_t)places[from]])) to++;
    return to;
}

static size_t known_places(size_t n, const double *x, const double *z, double *places)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (tw_is_finite(x[i]) && (!z || tw_is_finite(z[i]))) places[m++] = (double)i;
    return m;
}

/* scratch: places[n], then x and z of a group. */
static void section_run(const section *d, const section_params *p, const ordering *by, const double *z, size_t n,
                        double *out, double *scratch)
{
    double *places = scratch, *spare = scratch + n;
    const size_t known = known_places(n, by->x, z, places);
    for (size_t i = 0; i < n; i++) out[i] = (double)NAN;
    if (by->group || by->by_value) sort_places(by, known, places, spare);
    for (size_t from = 0, to; from < known; from = to) {
        to = group_end(by->group, places, known, from);
        const members m = {to - from, spare, z ? spare + n : NULL};
        for (size_t i = from; i < to; i++) {
            m.x[i - from] = by->x[(size_t)places[i]];
            if (z) m.z[i - from] = z[(size_t)places[i]];
        }
        d->each(p, &m);
        for (size_t i = from; i < to; i++) out[(size_t)places[i]] = tw_canon(m.x[i - from]);
    }
}

static double mean_of(size_t n, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] - x[0];
    return x[0] + sum / (double)n;
}

/* ---------------------------------------------------------------- the operators */

/* Average rank of each, 1..n, in place of the sorted values. */
static void average_ranks(const members *m)
{
    for (size_t i = 0, j; i < m->n; i = j) {
        for (j = i + 1; j < m->n && m->x[j] == m->x[i];) j++;
        const double rank = 0.5 * (double)(i + 1 + j);
        for (size_t k = i; k < j; k++) m->x[k] = rank;
    }
}
static void rank_each(const section_params *p, const members *m)
{
    (void)p;
    average_ranks(m);
    for (size_t i = 0; i < m->n; i++) m->x[i] /= (double)m->n;
}
static void bucket_each(const section_params *p, const members *m)
{
    average_ranks(m);
    for (size_t i = 0; i < m->n; i++) m->x[i] = floor((m->x[i] - 0.5) * p->buckets / (double)m->n);
}
static void demean_each(const section_params *p, const members *m)
{
    const double mean = mean_of(m->n, m->x);
    (void)p;
    for (size_t i = 0; i < m->n; i++) m->x[i] -= mean;
}
static void zscore_each(const section_params *p, const members *m)
{
    double square = 0;
    demean_each(p, m);
    for (size_t i = 0; i < m->n; i++) square += m->x[i] * m->x[i];
    const double std = sqrt(square / ((double)m->n - 1.0));
    for (size_t i = 0; i < m->n; i++) m->x[i] /= std;
}
static void scale_each(const section_params *p, const members *m)
{
    double size = 0;
    (void)p;
    for (size_t i = 0; i < m->n; i++) size += tw_lane_abs(m->x[i]);
    for (size_t i = 0; i < m->n; i++) m->x[i] /= size;
}
static double sorted_quantile(const members *m, double q)
{
    const double at = q * (double)(m->n - 1);
    const size_t i = (size_t)at, j = i + 1 < m->n ? i + 1 : i;
    return m->x[i] + (m->x[j] - m->x[i]) * (at - (double)i);
}
static void winsor_each(const section_params *p, const members *m)
{
    const double lo = sorted_quantile(m, p->q), hi = sorted_quantile(m, 1.0 - p->q);
    for (size_t i = 0; i < m->n; i++) m->x[i] = m->x[i] < lo ? lo : m->x[i] > hi ? hi : m->x[i];
}
/* What is left of x after its least-squares line on z. */
static void neutralize_each(const section_params *p, const members *m)
{
    double xz = 0, zz = 0;
    const double mean = mean_of(m->n, m->z);
    demean_each(p, m);
    for (size_t i = 0; i < m->n; i++) {
        m->z[i] -= mean;
        xz += m->x[i] * m->z[i];
        zz += m->z[i] * m->z[i];
    }
    const double slope = zz > 0.0 ? xz / zz : 0.0;
    for (size_t i = 0; i < m->n; i++) m->x[i] -= slope * m->z[i];
}

static const tw_param winsor_table[] = {
    TW_PARAM_SEARCH(section_params, q, 0.01, 0, 0.5, 0.001, 0.1, true, "share cut on each side"), TW_PARAM_END};
static const tw_param bucket_table[] = {
    TW_PARAM_SEARCH(section_params, buckets, 5, 2, 1000, 2, 20, true, "number of buckets"), TW_PARAM_END};

static const section rank_def = {true, rank_each}, bucket_def = {true, bucket_each}, winsor_def = {true, winsor_each};
static const section demean_def = {false, demean_each}, zscore_def = {false, zscore_each};
static const section scale_def = {false, scale_each}, neutralize_def = {false, neutralize_each};

/* The operator `op` and its group form from the constant op##_def, its title and its meaning. */
#define SECTION(op, two, what, says, ...)                                                                              \
    static void op##_all(const void *p, size_t n, const double *const *in, const int32_t *group, double *const *out,   \
                         double *scratch)                                                                              \
    {                                                                                                                  \
        (void)group;                                                                                                   \
        section_run(&op##_def, p, &(ordering){in[0], NULL, op##_def.sorted}, (two) ? in[1] : NULL, n, out[0],          \
                    scratch);                                                                                          \
    }                                                                                                                  \
    static void op##_in(const void *p, size_t n, const double *const *in, const int32_t *group, double *const *out,    \
                        double *scratch)                                                                               \
    {                                                                                                                  \
        section_run(&op##_def, p, &(ordering){in[0], group, op##_def.sorted}, (two) ? in[1] : NULL, n, out[0],         \
                    scratch);                                                                                          \
    }                                                                                                                  \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .title = what,                                                                                        \
                 .meaning = says,                                                                                      \
                 .group = "section",                                                                                   \
                 .outputs = TW_NAMES("y"),                                                                             \
                 .params_size = sizeof(section_params),                                                                \
                 .section = op##_all,                                                                                  \
                 __VA_ARGS__};                                                                                         \
    TW_OP(group_##op) = {.name = "group_" #op,                                                                         \
                         .title = what ", in each group",                                                              \
                         .meaning = "Each group of symbols by itself, as an industry is. " says,                       \
                         .group = "section by group",                                                                  \
                         .outputs = TW_NAMES("y"),                                                                     \
                         .params_size = sizeof(section_params),                                                        \
                         .section = op##_in,                                                                           \
                         __VA_ARGS__}

SECTION(rank, false, "Rank among the symbols, as a share",
        "Where a symbol stands among the symbols of the same time, as a share: 1 is the greatest. It is "
        "blind to scale and outliers, and so the usual last step of a signal.",
        .source = "pandas rank(pct=True); qlib CSRankNorm's rank",
        .formula = "average rank / n, in (0, 1]; ties share the mean", .inputs = TW_NAMES("x"),
        .traits = TW_SECTION | TW_INVARIANT | TW_SHIFT_FREE);
SECTION(bucket, false, "Quantile bucket among the symbols",
        "Which of so many equal groups a symbol falls into at this time, by its value, counted from 0. It "
        "throws the differences within a group away.",
        .source = "definition", .formula = "floor((average rank - 1/2) buckets / n): 0 .. buckets - 1",
        .inputs = TW_NAMES("x"), .params = bucket_table, .traits = TW_SECTION | TW_INVARIANT | TW_SHIFT_FREE);
SECTION(demean, false, "Less the mean of the symbols",
        "How far a symbol is from the mean of the symbols at this time: what the market has in common is "
        "taken out. One outlier shifts all others.",
        .source = "definition", .formula = "x - mean", .inputs = TW_NAMES("x"),
        .traits = TW_SECTION | TW_SCALES | TW_SHIFT_FREE);
SECTION(zscore, false, "Standard score among the symbols",
        "How many standard deviations a symbol is from the mean of the symbols at this time. Outliers "
        "stretch the scale: pull them in with winsor first.",
        .source = "definition; qlib CSZScoreNorm", .formula = "(x - mean) / std, divisor n - 1; NaN where std is 0",
        .inputs = TW_NAMES("x"), .traits = TW_SECTION | TW_INVARIANT | TW_SHIFT_FREE);
SECTION(scale, false, "Scaled to gross exposure 1",
        "Values as shares of their gross sum, so that they can be weights of a portfolio whose longs and "
        "shorts add up to 1.",
        .source = "Kakushadze 2016 (101 Formulaic Alphas)", .formula = "x / sum |x|; NaN where the sum is 0",
        .inputs = TW_NAMES("x"), .traits = TW_SECTION | TW_INVARIANT);
SECTION(winsor, false, "Extremes pulled in to quantiles",
        "Values beyond two quantiles of the symbols are set to these: outliers keep their side and lose their force.",
        .source = "Dixon 1960", .formula = "x limited to [Q(q), Q(1-q)]", .inputs = TW_NAMES("x"),
        .params = winsor_table, .traits = TW_SECTION | TW_SCALES | TW_SHIFTS);
SECTION(neutralize, true, "What another variable does not explain across the symbols",
        "What is left of a signal when its straight-line dependence on another variable (size, beta) across "
        "the symbols is taken out.",
        .source = "ordinary least squares", .formula = "residual of x ~ a + b z; x - mean where z is flat",
        .inputs = TW_NAMES("x", "z"), .traits = TW_SECTION | TW_SCALES);

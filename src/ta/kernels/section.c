/* SPDX-License-Identifier: Apache-2.0 */
/* section.c - operators across the symbols of one time. A symbol whose value is missing takes no part and stays
 * missing. The plain names see all symbols as one group; group_* work within each group of the run; *_by within those
 * that have the same value of an input, which may change from bar to bar. See section.h. */
#include "ta/section.h"

/* ---------------------------------------------------------------- the operators */

/* Average rank of each, 1..n, in place of the sorted values. */
static void average_ranks(const tw_members *m)
{
    for (size_t i = 0, j; i < m->n; i = j) {
        for (j = i + 1; j < m->n && m->x[j] == m->x[i];) j++;
        const double rank = 0.5 * (double)(i + 1 + j);
        for (size_t k = i; k < j; k++) m->x[k] = rank;
    }
}
static void rank_each(const tw_section_params *p, const tw_members *m)
{
    (void)p;
    average_ranks(m);
    for (size_t i = 0; i < m->n; i++) m->x[i] /= (double)m->n;
}
static void bucket_each(const tw_section_params *p, const tw_members *m)
{
    average_ranks(m);
    for (size_t i = 0; i < m->n; i++) m->x[i] = floor((m->x[i] - 0.5) * p->buckets / (double)m->n);
}
static void demean_each(const tw_section_params *p, const tw_members *m)
{
    const double mean = tw_section_mean(m->n, m->x);
    (void)p;
    for (size_t i = 0; i < m->n; i++) m->x[i] -= mean;
}
static void zscore_each(const tw_section_params *p, const tw_members *m)
{
    double square = 0;
    demean_each(p, m);
    for (size_t i = 0; i < m->n; i++) square += m->x[i] * m->x[i];
    const double std = sqrt(square / ((double)m->n - p->ddof));
    for (size_t i = 0; i < m->n; i++) m->x[i] /= std;
}
static void scale_each(const tw_section_params *p, const tw_members *m)
{
    double size = 0;
    (void)p;
    for (size_t i = 0; i < m->n; i++) size += tw_lane_abs(m->x[i]);
    for (size_t i = 0; i < m->n; i++) m->x[i] /= size;
}
static double sorted_quantile(const tw_members *m, double q)
{
    const double at = q * (double)(m->n - 1);
    const size_t i = (size_t)at, j = i + 1 < m->n ? i + 1 : i;
    return m->x[i] + (m->x[j] - m->x[i]) * (at - (double)i);
}
static void winsor_each(const tw_section_params *p, const tw_members *m)
{
    const double lo = sorted_quantile(m, p->q), hi = sorted_quantile(m, 1.0 - p->q);
    for (size_t i = 0; i < m->n; i++) m->x[i] = m->x[i] < lo ? lo : m->x[i] > hi ? hi : m->x[i];
}
/* What is left of x after its least-squares line on z. */
static void neutralize_each(const tw_section_params *p, const tw_members *m)
{
    double xz = 0, zz = 0;
    const double mean = tw_section_mean(m->n, m->z);
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
    TW_PARAM_SEARCH(tw_section_params, q, 0.01, 0, 0.5, 0.001, 0.1, true, "share cut on each side"), TW_PARAM_END};
static const tw_param bucket_table[] = {
    TW_PARAM_SEARCH(tw_section_params, buckets, 5, 2, 1000, 2, 20, true, "number of buckets"), TW_PARAM_END};

static const tw_param zscore_table[] = {
    TW_PARAM(tw_section_params, ddof, 1, 0, 1, "the divisor of the variance is n - ddof"), TW_PARAM_END};

static const tw_section rank_def = {.sorted = true, .each = rank_each};
static const tw_section bucket_def = {.sorted = true, .each = bucket_each};
static const tw_section winsor_def = {.sorted = true, .each = winsor_each};
static const tw_section demean_def = {.each = demean_each}, zscore_def = {.each = zscore_each};
static const tw_section scale_def = {.each = scale_each}, neutralize_def = {.two = true, .each = neutralize_each};

TW_SECTION_OP(rank, TW_SECTION_ONE, "Rank among the symbols, as a share",
              "Where a symbol stands among the symbols of the same time, as a share: 1 is the greatest. It is "
              "blind to scale and outliers, and so the usual last step of a signal.",
              .source = "pandas rank(pct=True); qlib CSRankNorm's rank",
              .formula = "average rank / n, in (0, 1]; ties share the mean",
              .traits = TW_SECTION | TW_INVARIANT | TW_SHIFT_FREE);
TW_SECTION_OP(bucket, TW_SECTION_ONE, "Quantile bucket among the symbols",
              "Which of so many equal groups a symbol falls into at this time, by its value, counted from 0. It "
              "throws the differences within a group away.",
              .source = "definition", .formula = "floor((average rank - 1/2) buckets / n): 0 .. buckets - 1",
              .params = bucket_table, .traits = TW_SECTION | TW_INVARIANT | TW_SHIFT_FREE);
TW_SECTION_OP(demean, TW_SECTION_ONE, "Less the mean of the symbols",
              "How far a symbol is from the mean of the symbols at this time: what the market has in common is "
              "taken out. One outlier shifts all others.",
              .source = "definition", .formula = "x - mean", .traits = TW_SECTION | TW_SCALES | TW_SHIFT_FREE);
TW_SECTION_OP(zscore, TW_SECTION_ONE, "Standard score among the symbols",
              "How many standard deviations a symbol is from the mean of the symbols at this time. Outliers "
              "stretch the scale: pull them in with winsor first.",
              .source = "definition; qlib CSZScoreNorm",
              .formula = "(x - mean) / std, divisor n - ddof; NaN where std is 0", .params = zscore_table,
              .traits = TW_SECTION | TW_INVARIANT | TW_SHIFT_FREE);
TW_SECTION_OP(scale, TW_SECTION_ONE, "Scaled to gross exposure 1",
              "Values as shares of their gross sum, so that they can be weights of a portfolio whose longs and "
              "shorts add up to 1.",
              .source = "Kakushadze 2016 (101 Formulaic Alphas)", .formula = "x / sum |x|; NaN where the sum is 0",
              .traits = TW_SECTION | TW_INVARIANT);
TW_SECTION_OP(
    winsor, TW_SECTION_ONE, "Extremes pulled in to quantiles",
    "Values beyond two quantiles of the symbols are set to these: outliers keep their side and lose their force.",
    .source = "Dixon 1960", .formula = "x limited to [Q(q), Q(1-q)]", .params = winsor_table,
    .traits = TW_SECTION | TW_SCALES | TW_SHIFTS);
TW_SECTION_OP(neutralize, TW_SECTION_TWO, "What another variable does not explain across the symbols",
              "What is left of a signal when its straight-line dependence on another variable (size, beta) across "
              "the symbols is taken out.",
              .source = "ordinary least squares", .formula = "residual of x ~ a + b z; x - mean where z is flat",
              .traits = TW_SECTION | TW_SCALES);

/* SPDX-License-Identifier: Apache-2.0 */
/* section_order.c - ranks, quantiles and counts across the symbols of one time, by the rules of zipline's pipeline:
 * scipy's methods of ranking, scipy's winsorizing, numpy's percentiles, pandas' qcut. */
#include "ta/section.h"

/* ---------------------------------------------------------------- ranks */

static bool is_method(const tw_section_params *p, const char *name) { return strcmp(p->method, name) == 0; }

/* The rank that the equal values at places i .. j - 1 share; distinct: which of the different values they are. */
static double shared_rank(const tw_section_params *p, size_t i, size_t j, size_t distinct)
{
    if (is_method(p, "min")) return (double)(i + 1);
    if (is_method(p, "max")) return (double)j;
    if (is_method(p, "dense")) return (double)distinct;
    return 0.5 * (double)(i + 1 + j);
}
static void rank_number_each(const tw_section_params *p, const tw_members *m)
{
    const bool ordinal = is_method(p, "ordinal");
    size_t distinct = 0;
    for (size_t i = 0, j; i < m->n; i = j) {
        for (j = i + 1; j < m->n && m->x[j] == m->x[i];) j++;
        const double rank = shared_rank(p, i, j, ++distinct);
        for (size_t k = i; k < j; k++) m->x[k] = ordinal ? (double)(k + 1) : rank;
    }
}

/* ---------------------------------------------------------------- quantiles */

/* The quantile at a share of n sorted values, with the roundings of numpy: a share of exactly one value is this value.
 */
static double quantile_of(size_t n, const double *x, double share)
{
    const double at = share * (double)(n - 1);
    const size_t i = (size_t)at, j = i + 1 < n ? i + 1 : i;
    const double t = at - (double)i, step = x[j] - x[i];
    return t < 0.5 ? x[i] + step * t : x[j] - step * (1.0 - t);
}
static void cross_percentile_each(const tw_section_params *p, const tw_members *m)
{
    const double value = quantile_of(m->n, m->x, p->percent / 100.0);
    for (size_t i = 0; i < m->n; i++) m->x[i] = value;
}
/* The edges are those of numpy.linspace(0, 1, bins + 1), through percent and back as pandas has them. */
static double edge_of(const tw_section_params *p, const tw_members *m, int k)
{
    const double step = 1.0 / p->bins;
    return quantile_of(m->n, m->room, k * step * 100.0 / 100.0);
}
static void qcut_each(const tw_section_params *p, const tw_members *m)
{
    int k = 1;
    memcpy(m->room, m->x, m->n * sizeof(double));
    for (size_t i = 0; i < m->n; i++) {
        while (k < p->bins && edge_of(p, m, k) < m->room[i]) k++;
        m->x[i] = k - 1;
    }
}
static void winsorize_each(const tw_section_params *p, const tw_members *m)
{
    const double n = (double)m->n;
    const size_t low = (size_t)(p->min_percentile * n), high = (size_t)ceil(n * p->max_percentile);
    for (size_t i = 0; i < low; i++) m->x[i] = m->x[low];
    for (size_t i = high; i < m->n; i++) m->x[i] = m->x[high ? high - 1 : 0];
}
static tw_status winsorize_check(const void *params, tw_error *err)
{
    const tw_section_params *p = params;
    if (p->min_percentile < p->max_percentile) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "min_percentile = %g must be less than max_percentile = %g", p->min_percentile,
                   p->max_percentile);
}

/* ---------------------------------------------------------------- counts */

static void peer_count_each(const tw_section_params *p, const tw_members *m)
{
    (void)p;
    for (size_t i = 0, j; i < m->n; i = j) {
        for (j = i + 1; j < m->n && m->x[j] == m->x[i];) j++;
        const double count = (double)(j - i);
        for (size_t k = i; k < j; k++) m->x[k] = count;
    }
}

static const tw_param rank_table[] = {
    TW_PARAM_TEXT(tw_section_params, method, "ordinal", "average|min|max|dense|ordinal",
                  "rank of equal values: their mean, least or greatest, one without gaps after them, or by place"),
    TW_PARAM_END};
static const tw_param percent_table[] = {
    TW_PARAM_SEARCH(tw_section_params, percent, 50, 0, 100, 5, 95, false, "percent of the symbols below"),
    TW_PARAM_END};
static const tw_param qcut_table[] = {
    TW_PARAM_SEARCH(tw_section_params, bins, 5, 2, 1000, 2, 20, true, "number of bins"), TW_PARAM_END};
static const tw_param winsorize_table[] = {
    TW_PARAM(tw_section_params, min_percentile, 0.05, 0, 1, "share of the symbols that is raised"),
    TW_PARAM(tw_section_params, max_percentile, 0.95, 0, 1, "share of the symbols above which the rest is lowered"),
    TW_PARAM_END};

static const tw_section rank_number_def = {.sorted = true, .each = rank_number_each};
static const tw_section cross_percentile_def = {.sorted = true, .each = cross_percentile_each};
static const tw_section qcut_def = {.sorted = true, .each = qcut_each};
static const tw_section winsorize_def = {.sorted = true, .each = winsorize_each};
static const tw_section peer_count_def = {.sorted = true, .each = peer_count_each};

TW_SECTION_OP(
    rank_number, TW_SECTION_ONE, "Rank among the symbols, counted from 1",
    "Where a symbol stands among the symbols of the same time: 1 is the least; of -x, 1 is the greatest. With "
    "the method ordinal equal values are ranked by the order of the symbols, so no two have one rank.",
    .source = "scipy.stats.rankdata; zipline Factor.rank", .formula = "1 .. n, ties by method", .params = rank_table,
    .traits = TW_SECTION | TW_INVARIANT | TW_SHIFT_FREE);
TW_SECTION_OP(cross_percentile, TW_SECTION_ONE, "Percentile of the symbols",
              "The value below which so many percent of the symbols lie at this time, the same for all that take part: "
              "compare with it to keep a part of them.",
              .source = "numpy.percentile",
              .formula = "linear between the order statistics around percent / 100 (n - 1)", .params = percent_table,
              .traits = TW_SECTION | TW_SCALES | TW_SHIFTS);
TW_SECTION_OP(
    qcut, TW_SECTION_ONE, "Quantile bin among the symbols, by edges",
    "Which of so many bins a symbol falls into, counted from 0, when the edges are quantiles of the symbols. A "
    "value on an edge belongs to the bin below. Where many are equal, bins stay empty.",
    .source = "pandas.qcut; zipline Factor.quantiles", .formula = "number of inner edges Q(k / bins) below x",
    .params = qcut_table, .traits = TW_SECTION | TW_INVARIANT);
TW_SECTION_OP(
    winsorize, TW_SECTION_ONE, "Extremes set to the nearest value that stays",
    "So many of the least and of the greatest values, by share, become the nearest value that is left. Unlike "
    "winsor it counts symbols and takes no value between two of them.",
    .source = "scipy.stats.mstats.winsorize; zipline Factor.winsorize",
    .formula = "ranks up to int(min n) as the next one, ranks from ceil(max n) as the one before",
    .params = winsorize_table, .check = winsorize_check, .traits = TW_SECTION | TW_SCALES | TW_SHIFTS);

TW_SECTION_FORM(peer_count, _all, false, 0, peer_count, .title = "Symbols that have the same label",
                .meaning =
                    "How many symbols have the same value as this one, itself included: of a column of industries, "
                    "the size of its industry at this time.",
                .group = "section", .inputs = TW_NAMES("x"), .source = "zipline PeerCount",
                .formula = "number of j with x_j = x", .traits = TW_SECTION | TW_INVARIANT | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- summary */

enum { SUMMARY_MEAN, SUMMARY_STDDEV, SUMMARY_MIN, SUMMARY_MAX, SUMMARY_MEDIAN, SUMMARY_SUM, SUMMARY_COUNT, SUMMARIES };

/* Of n sorted values. */
static void summarize(size_t n, const double *x, double *y)
{
    double sum = 0, square = 0;
    for (size_t k = 0; k < SUMMARIES; k++) y[k] = (double)NAN;
    for (size_t i = 0; i < n; i++) sum += x[i];
    y[SUMMARY_SUM] = sum;
    y[SUMMARY_COUNT] = (double)n;
    if (n == 0) return;
    const double mean = tw_section_mean(n, x);
    for (size_t i = 0; i < n; i++) square += (x[i] - mean) * (x[i] - mean);
    y[SUMMARY_MEAN] = mean;
    y[SUMMARY_STDDEV] = sqrt(square / (double)n);
    y[SUMMARY_MIN] = x[0];
    y[SUMMARY_MAX] = x[n - 1];
    y[SUMMARY_MEDIAN] = 0.5 * (x[(n - 1) / 2] + x[n / 2]);
}
static void summary_all(const void *params, size_t n, const double *const *in, const int32_t *group, double *const *out,
                        double *scratch)
{
    double *places = scratch, *x = scratch + n, y[SUMMARIES];
    const tw_section_order by = {.x = in[0], .by_value = true};
    const size_t known = tw_section_known(n, &by, NULL, places);
    (void)params, (void)group;
    tw_section_sort(&by, known, places, x);
    for (size_t i = 0; i < known; i++) x[i] = in[0][(size_t)places[i]];
    summarize(known, x, y);
    for (size_t k = 0; k < SUMMARIES; k++)
        for (size_t i = 0; i < n; i++) out[k][i] = tw_is_finite(in[1][i]) ? tw_canon(y[k]) : (double)NAN;
}
TW_OP(summary) = {
    .name = "summary",
    .title = "Statistics of the symbols that have a value, for all",
    .group = "section",
    .source = "definition; zipline Factor.mean, stddev, min, max, median, sum, notnull_count",
    .formula = "of the x that are there, to every symbol whose `at` is there; stddev with divisor n",
    .meaning =
        "The mean and other statistics of the symbols at this time, given to every symbol that has the second "
        "input, also to those that have no x. Of if(chosen, x, nan) with one symbol chosen the mean is the value "
        "of that symbol: the way to compare all with an index.",
    .inputs = TW_NAMES("x", "at"),
    .outputs = TW_NAMES("mean", "stddev", "min", "max", "median", "sum", "count"),
    .section = summary_all,
    .traits = TW_SECTION};

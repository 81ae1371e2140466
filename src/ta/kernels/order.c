/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - quantiles and ranks of a window, and distances from its median.
 *
 * Quantiles: each lane keeps its window sorted. A bar replaces one value, in one pass that deletes the first value not
 * below the old one and lets the new one in, without a branch: new[i] = max(d[i-1], min(d[i], v)), d the column after
 * the deletion. A missing value sorts as +inf and is counted, so it leaves with its bar. Zeros lose their sign on
 * entry: equal values are deleted one for another, and -0 could else stay when its bar has left. Ranks: counted
 * directly over the earlier rows. */
#include "ta/direct.h"

static const tw_param window_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param talib_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 30, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param quantile_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"),
    TW_PARAM_SEARCH(tw_window, q, 0.5, 0, 1, 0, 1, false, "share of the window below"), TW_PARAM_END};
static const tw_param percentile_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 30, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"),
    TW_PARAM_SEARCH(tw_window, percentile, 50, 0, 100, 0, 100, false, "percent of the window at or below"),
    TW_PARAM_END};

/* cells: known[lanes] (bars since the last missing one), sorted[period + 1][lanes] (the last row is +inf) */
typedef struct sorted_state {
    size_t period, low;
    double weight; /* quantile = sorted[low] + weight (sorted[low + 1] - sorted[low]) */
    double cells[];
} sorted_state;

static size_t sorted_history(const void *params) { return tw_window_back(params) + 1; }
static size_t sorted_size(const void *params, size_t lanes)
{
    return sizeof(sorted_state) + (tw_window_back(params) + 3) * lanes * sizeof(double);
}
static void sorted_init(sorted_state *s, const void *params, size_t lanes, double q)
{
    s->period = tw_window_back(params) + 1;
    const double at = q * (double)(s->period - 1);
    s->low = (size_t)at;
    s->weight = at - (double)s->low;
    for (size_t l = 0; l < lanes; l++) s->cells[l] = 0.0;
    for (size_t i = lanes; i < (s->period + 2) * lanes; i++) s->cells[i] = TW_LANE_INF;
}
static void median_init(void *state, const void *params, size_t lanes) { sorted_init(state, params, lanes, 0.5); }
static void quantile_init(void *state, const void *params, size_t lanes)
{
    sorted_init(state, params, lanes, ((const tw_window *)params)->q);
}
/* The least value that at least this share of the window does not exceed. */
static void percentile_init(void *state, const void *params, size_t lanes)
{
    const tw_window *p = params;
    sorted_state *s = state;
    sorted_init(s, params, lanes, 0.0);
    const double rank = ceil(p->percentile / 100.0 * p->timeperiod);
    s->low = rank > 1.0 ? (size_t)rank - 1 : 0;
}

TW_LANE void sorted_replace(double *column, size_t period, const double *old_row, const double *new_row,
                            const size_t lanes)
{
    double before[TW_LANES], old[TW_LANES], now[TW_LANES];
    TW_EACH(l, lanes)
    {
        before[l] = -TW_LANE_INF;
        old[l] = old_row[l] == old_row[l] ? old_row[l] : TW_LANE_INF;
        now[l] = new_row[l] == new_row[l] ? new_row[l] + 0.0 : TW_LANE_INF;
    }
    for (size_t i = 0; i < period; i++) {
        double *row = column + i * lanes;
        TW_EACH(l, lanes)
        {
            const double here = row[l], next = row[l + lanes];
            const double kept = here < old[l] ? here : next;
            const double low = kept < now[l] ? kept : now[l];
            row[l] = before[l] > low ? before[l] : low;
            before[l] = kept;
        }
    }
}
/* Takes the window one bar on and counts the bars that are known. */
TW_LANE void sorted_take(sorted_state *s, const double *x, const size_t lanes)
{
    double *known = s->cells;
    sorted_replace(known + lanes, s->period, x - s->period * lanes, x, lanes);
    TW_EACH(l, lanes) known[l] = x[l] == x[l] ? known[l] + 1.0 : 0.0;
}
TW_LANE void sorted_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    sorted_state *s = state;
    const double *known = s->cells, *column = known + lanes;
    const double *low = column + s->low * lanes, weight = s->weight, period = (double)s->period;
    for (size_t t = 0; t < n; t++) {
        const double *x = in[0] + t * lanes;
        double *y = out[0] + t * lanes;
        sorted_take(s, x, lanes);
        TW_EACH(l, lanes)
        {
            const double value = weight > 0.0 ? low[l] + weight * (low[l + lanes] - low[l]) : low[l];
            y[l] = known[l] >= period ? tw_canon(value) : (double)NAN;
        }
    }
}
TW_OP_FORMS(sorted, sorted_run)

TW_OP(median) = {
    .name = "median",
    .title = "Median of a window",
    .group = "window",
    .source = "definition; pandas rolling.median",
    .formula = "middle value, or the mean of the two",
    .meaning =
        "The middle value of the window: a smoothing that single outliers cannot move. It steps rather than slides.",
    .inputs = TW_NAMES("x"),
    .outputs = TW_NAMES("median"),
    .params = window_table,
    .params_size = sizeof(tw_window),
    .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS,
    .lookback = tw_window_back,
    .history = sorted_history,
    .state_size = sorted_size,
    .init = median_init,
    .run_wide = sorted_wide,
    .run_one = sorted_one};
TW_OP(quantile) = {.name = "quantile",
                   .title = "Quantile of a window",
                   .group = "window",
                   .source = "Hyndman and Fan 1996, type 7; pandas rolling.quantile",
                   .formula = "linear between the order statistics around q (period - 1)",
                   .meaning = "The value below which the share q of the window lies. With 0.5 it is the median; 0.1 "
                              "and 0.9 make a band that outliers cannot widen.",
                   .inputs = TW_NAMES("x"),
                   .outputs = TW_NAMES("quantile"),
                   .params = quantile_table,
                   .params_size = sizeof(tw_window),
                   .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS,
                   .lookback = tw_window_back,
                   .history = sorted_history,
                   .state_size = sorted_size,
                   .init = quantile_init,
                   .run_wide = sorted_wide,
                   .run_one = sorted_one};

TW_OP(percentile) = {
    .name = "percentile",
    .title = "Percentile of a window, one of its values",
    .group = "statistic",
    .source = "Hyndman and Fan 1996, type 1; TA-Lib 0.8 PERCENTILE",
    .formula = "the k-th smallest value, k = ceil(percentile / 100 period), at least 1",
    .meaning =
        "The value of the window that a given percentage of it does not exceed: 50 is the median, 5 and 95 make a band "
        "that outliers cannot widen. It is always one of the values, so it moves in steps; quantile interpolates.",
    .inputs = TW_NAMES("real"),
    .outputs = TW_NAMES("real"),
    .params = percentile_table,
    .params_size = sizeof(tw_window),
    .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS,
    .lookback = tw_window_back,
    .history = sorted_history,
    .state_size = sorted_size,
    .init = percentile_init,
    .run_wide = sorted_wide,
    .run_one = sorted_one};

/* ---------------------------------------------------------------- median_deviation */

/* The k-th smallest distance from m. The k values next to m stand side by side, so it is the least, over all runs of k,
 * of how far the farther end is. */
TW_LANE void kth_distance(const double *column, size_t period, size_t k, const double *m, double *away,
                          const size_t lanes)
{
    TW_EACH(l, lanes) away[l] = TW_LANE_INF;
    for (size_t i = 0; i + k <= period; i++) {
        const double *first = column + i * lanes, *last = first + (k - 1) * lanes;
        TW_EACH(l, lanes)
        {
            const double below = m[l] - first[l], above = last[l] - m[l], far = above > below ? above : below;
            away[l] = far < away[l] ? far : away[l];
        }
    }
}
TW_LANE void median_deviation_run(void *state, size_t n, const double *const *in, double *const *out,
                                  const size_t lanes)
{
    sorted_state *s = state;
    const double *known = s->cells, *column = known + lanes, *low = column + s->low * lanes, weight = s->weight;
    for (size_t t = 0; t < n; t++) {
        double *y = out[0] + t * lanes, m[TW_LANES], near[TW_LANES], far[TW_LANES];
        sorted_take(s, in[0] + t * lanes, lanes);
        TW_EACH(l, lanes) m[l] = weight > 0.0 ? low[l] + weight * (low[l + lanes] - low[l]) : low[l];
        kth_distance(column, s->period, s->low + 1, m, near, lanes);
        kth_distance(column, s->period, s->low + (weight > 0.0 ? 2 : 1), m, far, lanes);
        TW_EACH(l, lanes)
        {
            const double value = near[l] + weight * (far[l] - near[l]);
            y[l] = known[l] >= (double)s->period ? tw_canon(value) : (double)NAN;
        }
    }
}
TW_OP_FORMS(median_deviation, median_deviation_run)
TW_OP(median_deviation) = {
    .name = "median_deviation",
    .title = "Median absolute deviation from the median of a window",
    .group = "statistic",
    .source = "Hampel 1974",
    .formula = "median |x[t-i] - median x|, i < period; 1.4826 times that estimates a normal "
               "standard deviation",
    .meaning =
        "The spread of a window that not even wild outliers can move, until they are half of it. It is zero where more "
        "than half of the values are the same, as for a price that seldom trades: guard a division by it.",
    .inputs = TW_NAMES("real"),
    .outputs = TW_NAMES("real"),
    .params = talib_table,
    .params_size = sizeof(tw_window),
    .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,
    .lookback = tw_window_back,
    .history = sorted_history,
    .state_size = sorted_size,
    .init = median_init,
    .run_wide = median_deviation_wide,
    .run_one = median_deviation_one};

/* ---------------------------------------------------------------- ts_rank, below */

enum { ts_rank_inputs = 1, below_inputs = 1 };

/* How many of the window are below its last value, above it, and missing. */
typedef struct counts {
    double below[TW_TILE], above[TW_TILE], missing[TW_TILE];
} counts;
TW_LANE void count_tile(counts *c, size_t period, size_t n, const double *x, const size_t lanes)
{
    TW_EACH(i, n) c->below[i] = c->above[i] = c->missing[i] = 0.0;
    for (size_t k = 0; k < period; k++) {
        const double *then = x - k * lanes;
        TW_EACH(i, n)
        {
            c->below[i] += then[i] < x[i] ? 1.0 : 0.0;
            c->above[i] += then[i] > x[i] ? 1.0 : 0.0;
            c->missing[i] += then[i] != then[i] ? 1.0 : 0.0;
        }
    }
}
TW_LANE void ts_rank_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    const size_t period = tw_window_back(state) + 1;
    counts c;
    count_tile(&c, period, n, x[0], lanes);
    TW_EACH(i, n)
    {
        const double equal = (double)period - c.below[i] - c.above[i];
        out[0][i] = c.missing[i] > 0.0 ? (double)NAN : (c.below[i] + 0.5 * (equal + 1.0)) / (double)period;
    }
}
TW_LANE void below_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    counts c;
    count_tile(&c, tw_window_back(state) + 1, n, x[0], lanes);
    TW_EACH(i, n) out[0][i] = c.missing[i] > 0.0 ? (double)NAN : c.below[i];
}
TW_DIRECT_OP(ts_rank, .title = "Rank of the last value in its window, as a share", .group = "window",
             .source = "pandas rolling.rank(pct=True); qlib Rank",
             .formula = "average rank / period, in (0, 1]; ties share the mean",
             .meaning = "How the newest value ranks within its own window, from nearly 0 to 1. It is blind to scale "
                        "and outliers, which makes it a sturdy input for learning.",
             .inputs = TW_NAMES("x"), .outputs = TW_NAMES("rank"), .params = window_table,
             .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);
TW_DIRECT_OP(below, .title = "How many values of a window are below its last one", .group = "window",
             .source = "definition", .formula = "count of x[t-i] < x[t], i < period",
             .meaning = "How many values of the window the newest one exceeds: the piece from which percentage ranks "
                        "are built. It is blind to how far above them it is.",
             .inputs = TW_NAMES("x"), .outputs = TW_NAMES("below"), .params = window_table,
             .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);

/* SPDX-License-Identifier: Apache-2.0 */
/* extremes.c - highest and lowest of a window, and where. See scan_block.h for the method. */
#include "ta/scan.h"

static const tw_param window_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param talib_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 30, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};

TW_LANE void value_term(const tw_scan_bar *bar, double *term) { term[0] = bar->x[0]; }
TW_LANE void value_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    (void)bar;
    y[0] = w[0];
}
/* A NaN on either side wins. */
TW_LANE void max_join(const double *a, const double *b, double *y)
{
    const double high = b[0] > a[0] ? b[0] : a[0];
    y[0] = b[0] != b[0] ? b[0] : high;
}
TW_LANE void min_join(const double *a, const double *b, double *y)
{
    const double low = b[0] < a[0] ? b[0] : a[0];
    y[0] = b[0] != b[0] ? b[0] : low;
}
static const tw_scan max_scan = {1, 1, 1, {-TW_LANE_INF}, value_term, max_join, value_finish, NULL};
static const tw_scan min_scan = {1, 1, 1, {TW_LANE_INF}, value_term, min_join, value_finish, NULL};

TW_SCAN_OP(max, .title = "Highest value of a window", .group = "window", .source = "definition; TA-Lib MAX",
           .formula = "max x[t-i], i < period",
           .meaning = "The greatest value of the window, this bar included. Over highs it is the upper line of a "
                      "channel; compare with its value of the bar before to find a breakout.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = talib_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_SCAN_OP(min, .title = "Lowest value of a window", .group = "window", .source = "definition; TA-Lib MIN",
           .formula = "min x[t-i], i < period",
           .meaning = "The least value of the window, this bar included. Over lows it is the lower line of a channel; "
                      "compare with its value of the bar before to find a break.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = talib_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- where
 * Parts: the value and its time u. Of equal values the older is kept, as in numpy and qlib. */

static void place_coefs(const tw_window *p, double *coef) { coef[0] = p->timeperiod; }
TW_LANE void place_term(const tw_scan_bar *bar, double *term)
{
    term[0] = bar->x[0];
    term[1] = bar->u;
}
TW_LANE void place_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    const double place = w[1] - bar->u + bar->coef[0];
    y[0] = w[0] != w[0] ? w[0] : place == place ? place : 1.0;
}
/* b where it is better or NaN, else a; select by select, which is what vectorises. */
TW_LANE void pick(bool better, const double *a, const double *b, double *y)
{
    const double value = better ? b[0] : a[0], u = better ? b[1] : a[1];
    const double last = b[0] != b[0] ? b[0] : value, last_u = b[0] != b[0] ? b[1] : u;
    y[0] = last;
    y[1] = last_u;
}
TW_LANE void argmax_join(const double *a, const double *b, double *y) { pick(b[0] > a[0], a, b, y); }
TW_LANE void argmin_join(const double *a, const double *b, double *y) { pick(b[0] < a[0], a, b, y); }
/* NaN is the place of nothing, and nothing beats a window of -inf alone, whose oldest bar is then the place. */
static const tw_scan argmax_scan = {
    1, 2, 1, {-TW_LANE_INF, TW_LANE_NAN}, place_term, argmax_join, place_finish, place_coefs};
static const tw_scan argmin_scan = {1,          2, 1, {TW_LANE_INF, TW_LANE_NAN}, place_term, argmin_join, place_finish,
                                    place_coefs};

TW_SCAN_OP(argmax, .title = "Place of the highest value in its window: 1 = oldest bar, period = this bar",
           .group = "window", .source = "qlib IdxMax",
           .formula = "1 + argmax_i x[t-period+1+i], the oldest of equals; bars ago = period - argmax",
           .meaning = "The place of the greatest value within the window, 1 for the oldest bar. Near the period it is "
                      "a recent high. It moves in jumps and knows nothing of how far the high was.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("place"), .params = window_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);
TW_SCAN_OP(argmin, .title = "Place of the lowest value in its window: 1 = oldest bar, period = this bar",
           .group = "window", .source = "qlib IdxMin",
           .formula = "1 + argmin_i x[t-period+1+i], the oldest of equals; bars ago = period - argmin",
           .meaning = "The place of the least value within the window, 1 for the oldest bar. Near the period it is a "
                      "recent low. It moves in jumps and knows nothing of how far the low was.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("place"), .params = window_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- where, counted from the first bar
 * As in TA-Lib a place holds until its bar leaves the window or a bar comes that is as good; when it leaves, the oldest
 * of the best is next. So of equals it is not the window alone that says which: the place is kept, for each lane. */

enum { STRETCH = 16 * TW_LANES };

/* cells: places[2][lanes], then the states of the scans (one or two), each `scan_cells` long. */
typedef struct index_state {
    size_t scan_cells;
    double period, bars; /* bars seen */
    double cells[];
} index_state;

static const tw_param index_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 30, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};

/* Of the window: its best value, and how many bars ago the oldest of that was. */
TW_LANE void ago_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = w[0];
    y[1] = bar->u - w[1];
}
static const tw_scan top_scan = {1, 2, 2, {-TW_LANE_INF, TW_LANE_NAN}, place_term, argmax_join, ago_finish, NULL};
static const tw_scan bottom_scan = {1, 2, 2, {TW_LANE_INF, TW_LANE_NAN}, place_term, argmin_join, ago_finish, NULL};

static size_t index_scan_cells(const void *params, size_t lanes)
{
    return tw_scan_size(&top_scan, params, lanes) / sizeof(double);
}
static size_t index_size(const void *params, size_t lanes, size_t scans)
{
    return sizeof(index_state) + (scans * index_scan_cells(params, lanes) + 2 * lanes) * sizeof(double);
}
static void index_init(void *state, const void *params, size_t lanes, const tw_scan *const *scans, size_t n)
{
    index_state *s = state;
    s->scan_cells = index_scan_cells(params, lanes);
    s->period = (double)tw_window_back(params) + 1.0;
    s->bars = 0.0;
    for (size_t l = 0; l < 2 * lanes; l++) s->cells[l] = -TW_LANE_INF;
    for (size_t k = 0; k < n; k++) tw_scan_init(scans[k], s->cells + 2 * lanes + k * s->scan_cells, params, lanes);
}

/* A stretch of `n` bars, the first of them bar `first`: values, the best of the window of each, and how many bars ago.
 */
typedef struct index_stretch {
    size_t n;
    const double *x, *best, *ago;
    double first, period, *y;
} index_stretch;

TW_LANE void index_rows(double *places, const index_stretch *w, const size_t lanes)
{
    for (size_t r = 0; r < w->n; r++) TW_EACH(l, lanes)
        {
            const size_t i = r * lanes;
            const double now = w->first + (double)r;
            const double x = w->x[i + l], best = w->best[i + l], ago = w->ago[i + l], place = places[l];
            const double oldest = ago == ago ? now - ago : now - w->period + 1.0;
            const double held = x == best ? now : place, next = place > now - w->period ? held : oldest;
            places[l] = best == best ? next : -TW_LANE_INF;
            w->y[i + l] = best == best ? next : (double)NAN;
        }
}
/* The same of one lane: in whole numbers, since the next bar waits for a comparison and two choices. */
TW_LANE void index_rows_one(double *kept, const index_stretch *w)
{
    const int64_t nowhere = INT64_MIN / 2, period = (int64_t)w->period;
    int64_t now = (int64_t)w->first, place = *kept > -TW_LANE_INF ? (int64_t)*kept : nowhere;
    for (size_t r = 0; r < w->n; r++, now++) {
        const double best = w->best[r], ago = w->ago[r];
        const int64_t oldest = now - (ago == ago ? (int64_t)ago : period - 1);
        const int64_t held = w->x[r] == best ? now : place, next = place > now - period ? held : oldest;
        place = best == best ? next : nowhere;
        w->y[r] = best == best ? (double)place : (double)NAN;
    }
    *kept = place > nowhere ? (double)place : -TW_LANE_INF;
}
/* The places of one scan, the k-th of the operator, for n bars. */
TW_LANE void index_places(index_state *s, size_t k, const tw_scan *d, size_t n, const double *in, double *out,
                          const size_t lanes)
{
    double best[STRETCH], ago[STRETCH], *const found[TW_SCAN_OUTPUTS] = {best, ago, ago};
    double *places = s->cells + k * lanes, *scan = s->cells + 2 * lanes + k * s->scan_cells;
    for (size_t t = 0, m; t < n; t += m) {
        const double *const x = in + t * lanes, *const inputs[TW_SCAN_INPUTS] = {x, x, x};
        m = n - t < STRETCH / lanes ? n - t : STRETCH / lanes;
        const index_stretch w = {m, x, best, ago, s->bars + (double)t, s->period, out + t * lanes};
        tw_scan_run(d, scan, m, inputs, found, lanes);
        if (lanes == 1)
            index_rows_one(places, &w);
        else
            index_rows(places, &w, lanes);
    }
}
TW_LANE void maxindex_places(index_state *s, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    index_places(s, 0, &top_scan, n, in[0], out[0], lanes);
}
TW_LANE void minindex_places(index_state *s, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    index_places(s, 0, &bottom_scan, n, in[0], out[0], lanes);
}
TW_LANE void minmaxindex_places(index_state *s, size_t n, const double *const *in, double *const *out,
                                const size_t lanes)
{
    index_places(s, 0, &bottom_scan, n, in[0], out[0], lanes);
    index_places(s, 1, &top_scan, n, in[0], out[1], lanes);
}

/* The operator `op` from op##_places and its scans op##_scans; the rest are fields of tw_op. */
#define INDEX(op, ...)                                                                                                 \
    TW_LANE void op##_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)      \
    {                                                                                                                  \
        index_state *s = state;                                                                                        \
        op##_places(s, n, in, out, lanes);                                                                             \
        s->bars += (double)n;                                                                                          \
    }                                                                                                                  \
    TW_OP_FORMS(op, op##_run)                                                                                          \
    static size_t op##_size(const void *params, size_t lanes) { return index_size(params, lanes, op##_count); }        \
    static void op##_init(void *state, const void *params, size_t lanes)                                               \
    {                                                                                                                  \
        index_init(state, params, lanes, op##_scans, op##_count);                                                      \
    }                                                                                                                  \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .group = "math",                                                                                      \
                 .inputs = TW_NAMES("real"),                                                                           \
                 .params = index_table,                                                                                \
                 .params_size = sizeof(tw_window),                                                                     \
                 .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,                                                   \
                 .lookback = tw_window_back,                                                                           \
                 .history = tw_window_back,                                                                            \
                 .state_size = op##_size,                                                                              \
                 .init = op##_init,                                                                                    \
                 .run_wide = op##_wide,                                                                                \
                 .run_one = op##_one,                                                                                  \
                 __VA_ARGS__}

enum { maxindex_count = 1, minindex_count = 1, minmaxindex_count = 2 };
static const tw_scan *const maxindex_scans[] = {&top_scan};
static const tw_scan *const minindex_scans[] = {&bottom_scan};
static const tw_scan *const minmaxindex_scans[] = {&bottom_scan, &top_scan};

INDEX(
    maxindex, .title = "Bar of the highest value of a window, counted from the first bar", .source = "TA-Lib MAXINDEX",
    .formula =
        "argmax x[i], t - period < i <= t; of equals the newest, or the oldest where the last place left the window",
    .meaning =
        "The number of the bar at which the window's greatest value stands, counted from the first bar of the series.",
    .outputs = TW_NAMES("integer"));
INDEX(minindex, .title = "Bar of the lowest value of a window, counted from the first bar", .source = "TA-Lib MININDEX",
      .formula =
          "argmin x[i], t - period < i <= t; of equals the newest, or the oldest where the last place left the window",
      .meaning =
          "The number of the bar at which the window's least value stands, counted from the first bar of the series.",
      .outputs = TW_NAMES("integer"));
INDEX(minmaxindex, .title = "Bars of the lowest and of the highest value of a window, counted from the first bar",
      .source = "TA-Lib MINMAXINDEX", .formula = "minindex, maxindex",
      .meaning = "The numbers of the bars at which the window's least and greatest values stand, counted from the "
                 "first bar of the series.",
      .outputs = TW_NAMES("minidx", "maxidx"));

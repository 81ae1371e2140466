/* SPDX-License-Identifier: Apache-2.0 */
/* range.c - where the close lies in the range of its window, and bands around a mean. See scan_block.h for the method.
 */
#include "ta/range.h"

static const tw_param window_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 14, 1, TW_PERIOD_MAX, 5, 60, true, "bars in the window"), TW_PARAM_END};
static const tw_param sma_bands_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 5, 2, TW_PERIOD_MAX, 5, 60, true, "bars in the window"),
    TW_PARAM_SEARCH(tw_window, nbdevup, 2, -3e37, 3e37, 1, 3, false, "standard deviations to the upper band"),
    TW_PARAM_SEARCH(tw_window, nbdevdn, 2, -3e37, 3e37, 1, 3, false, "standard deviations to the lower band"),
    TW_PARAM_END};

/* ---------------------------------------------------------------- sma_bands */

static void sma_bands_coefs(const tw_window *p, double *coef)
{
    coef[0] = 1.0 / p->timeperiod;
    coef[1] = p->nbdevup;
    coef[2] = p->nbdevdn;
}
TW_LANE void sma_bands_term(const tw_scan_bar *bar, double *term)
{
    term[0] = bar->d[0];
    term[1] = bar->d[0] * bar->d[0];
}
TW_LANE void sma_bands_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    const double mean = w[0] * bar->coef[0], v = w[1] * bar->coef[0] - mean * mean, std = sqrt(v < 0.0 ? 0.0 : v);
    y[1] = bar->anchor[0] + mean;
    y[0] = y[1] + bar->coef[1] * std;
    y[2] = y[1] - bar->coef[2] * std;
}
static const tw_scan sma_bands_scan = {1, 2, 3, {0}, sma_bands_term, tw_join_add2, sma_bands_finish, sma_bands_coefs};
TW_SCAN_OP(sma_bands, .title = "Bollinger bands about a simple average", .group = "overlap", .source = "Bollinger 1992",
           .formula = "mean + up std, mean, mean - down std; std with divisor period",
           .meaning = "A simple average with a band of so many standard deviations on either side: how far the price "
                      "usually strays. It is what bbands is made of with a simple average.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("upperband", "middleband", "lowerband"),
           .params = sma_bands_table, .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- range of high and low */

TW_LANE void willr_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = -tw_share(w[0] - bar->x[2], w[0] - w[1]);
}
static const tw_scan willr_scan = {3,   2, 1, {-TW_LANE_INF, TW_LANE_INF}, tw_range_term, tw_range_join, willr_finish,
                                   NULL};

TW_SCAN_OP(fastk, .title = "Raw stochastic: the close in the range of its window", .group = "momentum",
           .source = "Lane 1957; TA-Lib STOCHF", .formula = "100 (c - min l) / (max h - min l); 0 where the range is 0",
           .meaning = "Where the close lies in the range of the last bars: 0 at the lowest low, 100 at the highest "
                      "high. It is the raw material of the stochastic oscillators and is jumpy by itself.",
           .levels = {20, 80}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("fastk"),
           .params = window_table, .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);
TW_SCAN_OP(willr, .title = "Williams %R", .group = "momentum", .source = "Williams 1966; TA-Lib WILLR",
           .formula = "-100 (max h - c) / (max h - min l); 0 where the range is 0",
           .meaning = "How far the close is below the highest high of the window, as a share of the range, from -100 "
                      "to 0. Above -20 the market closes near its highs, below -80 near its lows. It is the raw "
                      "stochastic less 100 and shares its weakness: in a trend it stays at one end.",
           .levels = {-80, -20}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"),
           .params = window_table, .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- highest, lowest and the middle between */

static const tw_param middle_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 14, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param minmax_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 30, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};

/* Both ends of one series. */
TW_LANE void span_term(const tw_scan_bar *bar, double *term) { term[0] = term[1] = bar->x[0]; }
TW_LANE double middle_of(const double *w) { return (w[0] + w[1]) / 2.0; }
TW_LANE void middle_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    (void)bar;
    y[0] = middle_of(w);
}
TW_LANE void minmax_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    (void)bar;
    y[0] = w[1];
    y[1] = w[0];
}
static const tw_scan midpoint_scan = {1,   2, 1, {-TW_LANE_INF, TW_LANE_INF}, span_term, tw_range_join, middle_finish,
                                      NULL};
static const tw_scan midprice_scan = {
    2, 2, 1, {-TW_LANE_INF, TW_LANE_INF}, tw_range_term, tw_range_join, middle_finish, NULL};
static const tw_scan minmax_scan = {1,   2, 2, {-TW_LANE_INF, TW_LANE_INF}, span_term, tw_range_join, minmax_finish,
                                    NULL};

TW_SCAN_OP(midpoint, .title = "Middle of the range of a window", .group = "overlap", .source = "TA-Lib MIDPOINT",
           .formula = "(max x + min x) / 2 over the window",
           .meaning = "Half way between the highest and the lowest value of the window. It moves in steps, when an "
                      "extreme comes or leaves, and one spike keeps it away from the price until it has left.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = middle_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_SCAN_OP(midprice, .title = "Middle of the range of prices of a window", .group = "overlap",
           .source = "TA-Lib MIDPRICE", .formula = "(max h + min l) / 2 over the window",
           .meaning =
               "Half way between the highest high and the lowest low of the window: the middle of the trading range, "
               "as the lines of Ichimoku use it. It moves in steps, and one spike holds it for a whole window.",
           .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = middle_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_SCAN_OP(minmax, .title = "Lowest and highest value of a window", .group = "math", .source = "TA-Lib MINMAX",
           .formula = "min x[t-i], max x[t-i], i < period",
           .meaning = "The least and the greatest value of the window at once.", .inputs = TW_NAMES("real"),
           .outputs = TW_NAMES("min", "max"), .params = minmax_table, .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- true range */

static size_t trange_back(const void *params)
{
    (void)params;
    return 1;
}
TW_LANE void trange_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    const double *high = in[0], *low = in[1], *before = in[2] - lanes;
    double *y = out[0];
    (void)state;
    TW_EACH(i, n * lanes)
    {
        const double range = tw_true_range(high[i], low[i], before[i]);
        const bool missing = (high[i] != high[i]) | (low[i] != low[i]) | (before[i] != before[i]);
        y[i] = missing ? (double)NAN : range;
    }
}
TW_OP_FORMS(trange, trange_run)
TW_OP(trange) = {.name = "trange",
                 .title = "True range",
                 .group = "volatility",
                 .source = "Wilder 1978; TA-Lib TRANGE",
                 .formula = "max(h - l, |h - c'|, |l - c'|), c' the close before",
                 .meaning = "The range of a bar including the gap from the close before: what could be lost or won in "
                            "it. It is the raw material of ATR.",
                 .inputs = TW_NAMES("high", "low", "close"),
                 .outputs = TW_NAMES("real"),
                 .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,
                 .lookback = trange_back,
                 .history = trange_back,
                 .run_wide = trange_wide,
                 .run_one = trange_one};

/* ---------------------------------------------------------------- aroon
 * Parts: highest high and its time, lowest low and its time, over this bar and `period` before; newest of equals. */

static size_t aroon_back(const void *params) { return (size_t)((const tw_window *)params)->timeperiod; }
static tw_window aroon_window(const void *params)
{
    return (tw_window){.timeperiod = ((const tw_window *)params)->timeperiod + 1};
}
static void aroon_coefs(const tw_window *p, double *coef)
{
    coef[0] = p->timeperiod - 1.0;
    coef[1] = 100.0 / (p->timeperiod - 1.0);
}
TW_LANE void aroon_term(const tw_scan_bar *bar, double *term)
{
    term[0] = bar->x[0];
    term[1] = term[3] = bar->u;
    term[2] = bar->x[1];
}
TW_LANE void aroon_join(const double *a, const double *b, double *y)
{
    const double top = b[0] >= a[0] ? b[0] : a[0], top_u = b[0] >= a[0] ? b[1] : a[1];
    const double bottom = b[2] <= a[2] ? b[2] : a[2], bottom_u = b[2] <= a[2] ? b[3] : a[3];
    const double last = b[0] != b[0] ? b[0] : top, low = b[2] != b[2] ? b[2] : bottom;
    y[0] = last;
    y[1] = top_u;
    y[2] = low;
    y[3] = bottom_u;
}
TW_LANE void aroon_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    const double known = (w[0] - w[2]) * 0.0, oldest = bar->u - bar->coef[0];
    y[0] = (w[3] - oldest) * bar->coef[1] + known;
    y[1] = (w[1] - oldest) * bar->coef[1] + known;
}
static const tw_scan aroon_scan = {
    2, 4, 2, {-TW_LANE_INF, TW_LANE_NAN, TW_LANE_INF, TW_LANE_NAN}, aroon_term, aroon_join, aroon_finish, aroon_coefs};
TW_LANE void aroon_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    tw_scan_run(&aroon_scan, state, n, in, out, lanes);
}
TW_OP_FORMS(aroon, aroon_run)
static size_t aroon_size(const void *params, size_t lanes)
{
    const tw_window window = aroon_window(params);
    return tw_scan_size(&aroon_scan, &window, lanes);
}
static void aroon_init(void *state, const void *params, size_t lanes)
{
    const tw_window window = aroon_window(params);
    tw_scan_init(&aroon_scan, state, &window, lanes);
}
static const tw_param aroon_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 14, 2, TW_PERIOD_MAX, 5, 60, true, "bars back"), TW_PARAM_END};
TW_OP(aroon) = {.name = "aroon",
                .title = "Aroon: how long ago the highest high and the lowest low were",
                .group = "momentum",
                .source = "Chande 1995; TA-Lib AROON",
                .formula = "100 (period - bars ago) / period over period + 1 bars",
                .meaning = "How long ago the highest high and the lowest low of the window were: 100 is this bar, 0 "
                           "the whole window. A line near 100 shows a trend that makes new extremes. It knows only "
                           "when, not how far: a high by one tick counts as much as a surge.",
                .levels = {30, 70},
                .inputs = TW_NAMES("high", "low"),
                .outputs = TW_NAMES("aroondown", "aroonup"),
                .params = aroon_table,
                .params_size = sizeof(tw_window),
                .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
                .lookback = aroon_back,
                .history = aroon_back,
                .state_size = aroon_size,
                .init = aroon_init,
                .run_wide = aroon_wide,
                .run_one = aroon_one};

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
           .formula = "max x[t-i], i < period", .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"),
           .params = talib_table, .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_SCAN_OP(min, .title = "Lowest value of a window", .group = "window", .source = "definition; TA-Lib MIN",
           .formula = "min x[t-i], i < period", .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"),
           .params = talib_table, .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);

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
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("place"), .params = window_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);
TW_SCAN_OP(argmin, .title = "Place of the lowest value in its window: 1 = oldest bar, period = this bar",
           .group = "window", .source = "qlib IdxMin",
           .formula = "1 + argmin_i x[t-period+1+i], the oldest of equals; bars ago = period - argmin",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("place"), .params = window_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);

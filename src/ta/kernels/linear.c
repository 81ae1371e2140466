/* SPDX-License-Identifier: Apache-2.0 */
/* linear.c - least squares of a window on time, and linearly weighted means. See scan_block.h for the method.
 *
 * With u = bars since the block began, the window is u = at - period + 1 .. at, its middle at - (period - 1) / 2.
 * w: sum d, sum u d, sum d^2. coef: 1 / n, 1 / sum (u - mean u)^2, (n - 1) / 2, n. */
#include "num/vmath_arc.h"
#include "ta/scan.h"

static const tw_param line_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 14, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param weight_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};

static const tw_param wma_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 30, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};

static void line_coefs(const tw_window *p, double *coef)
{
    const double n = p->timeperiod;
    coef[0] = 1.0 / n;
    coef[1] = 12.0 / (n * (n * n - 1.0));
    coef[2] = (n - 1.0) / 2.0;
    coef[3] = n;
}
TW_LANE void line_term(const tw_scan_bar *bar, double *term)
{
    term[0] = bar->d[0];
    term[1] = bar->u * bar->d[0];
}
TW_LANE void fit_term(const tw_scan_bar *bar, double *term)
{
    line_term(bar, term);
    term[2] = bar->d[0] * bar->d[0];
}
/* sum (u - mean u) d */
TW_LANE double line_cross(const tw_scan_bar *bar, const double *w) { return w[1] - (bar->u - bar->coef[2]) * w[0]; }
TW_LANE double line_slope(const tw_scan_bar *bar, const double *w) { return line_cross(bar, w) * bar->coef[1]; }
/* Height of the line `ahead` bars after the middle of the window, less the anchor. */
TW_LANE double line_height(const tw_scan_bar *bar, const double *w, double ahead)
{
    return w[0] * bar->coef[0] + line_slope(bar, w) * ahead;
}

TW_LANE void linreg_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = bar->anchor[0] + line_height(bar, w, bar->coef[2]);
    y[1] = line_slope(bar, w);
    y[2] = bar->anchor[0] + line_height(bar, w, -bar->coef[2]);
}
TW_LANE void slope_finish(const tw_scan_bar *bar, const double *w, double *y) { y[0] = line_slope(bar, w); }
TW_LANE void tsf_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = bar->anchor[0] + line_height(bar, w, bar->coef[2] + 1.0);
}
TW_LANE void resi_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = bar->d[0] - line_height(bar, w, bar->coef[2]);
}
TW_LANE void rsquare_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    const double cross = line_cross(bar, w), m2 = w[2] - w[0] * w[0] * bar->coef[0];
    const double r = cross * cross * bar->coef[1] / m2;
    y[0] = m2 > 0.0 ? (r > 1.0 ? 1.0 : r) : (double)NAN;
}

TW_LANE void value_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = bar->anchor[0] + line_height(bar, w, bar->coef[2]);
}
TW_LANE void intercept_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = bar->anchor[0] + line_height(bar, w, -bar->coef[2]);
}
static const tw_scan linreg_scan = {1, 2, 3, {0}, line_term, tw_join_add2, linreg_finish, line_coefs};
static const tw_scan slope_scan = {1, 2, 1, {0}, line_term, tw_join_add2, slope_finish, line_coefs};
static const tw_scan tsf_scan = {1, 2, 1, {0}, line_term, tw_join_add2, tsf_finish, line_coefs};
static const tw_scan resi_scan = {1, 2, 1, {0}, line_term, tw_join_add2, resi_finish, line_coefs};
static const tw_scan rsquare_scan = {1, 3, 1, {0}, fit_term, tw_join_add3, rsquare_finish, line_coefs};
static const tw_scan linearreg_scan = {1, 2, 1, {0}, line_term, tw_join_add2, value_finish, line_coefs};
static const tw_scan linearreg_slope_scan = {1, 2, 1, {0}, line_term, tw_join_add2, slope_finish, line_coefs};
static const tw_scan linearreg_intercept_scan = {1, 2, 1, {0}, line_term, tw_join_add2, intercept_finish, line_coefs};

TW_SCAN_OP(linreg, .title = "Linear regression on time: end point, slope, start point", .group = "statistic",
           .source = "ordinary least squares; TA-Lib LINEARREG, LINEARREG_SLOPE, LINEARREG_INTERCEPT",
           .formula = "value = a + b (period-1), slope = b, intercept = a for x[t-period+1+i] ~ a + b i",
           .meaning = "The straight line that fits the window best: its end, its slope and its start at once.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("value", "slope", "intercept"), .params = line_table,
           .traits = TW_WINDOW | TW_SCALES);
TW_SCAN_OP(slope, .title = "Slope of a window on time, per bar", .group = "window",
           .source = "ordinary least squares; qlib Slope", .formula = "b of x[t-period+1+i] ~ a + b i",
           .meaning = "By how much a bar the line that fits the window best rises or falls, in units of the series. "
                      "Divide by the price to compare instruments.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("slope"), .params = line_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE);
TW_SCAN_OP(tsf, .title = "Time series forecast: the regression line one bar ahead", .group = "statistic",
           .source = "ordinary least squares; TA-Lib TSF", .formula = "a + b period",
           .meaning = "The line that fits the window best, carried one bar ahead. It is an extrapolation, not a "
                      "forecast with any knowledge: after a turn it points the wrong way for about half a window.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = line_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_SCAN_OP(resi, .title = "Distance of the last value from the regression line", .group = "window",
           .source = "ordinary least squares; qlib Resi", .formula = "x[t] - (a + b (period-1))",
           .meaning = "How far the newest value is above or below the line that fits the window best: how stretched "
                      "the price is against its own short trend.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("resi"), .params = line_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE);
TW_SCAN_OP(rsquare, .title = "Share of a window's variance explained by its trend", .group = "window",
           .source = "ordinary least squares; qlib Rsquare", .formula = "corr(x, time)^2; NaN for a flat window",
           .meaning = "How much of the movement of a window its straight line explains, from 0 to 1: near 1 it is a "
                      "clean trend, near 0 there is none. It has no direction.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("rsquare"), .params = line_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);
TW_SCAN_OP(linearreg, .title = "End of the regression line of a window on time", .group = "statistic",
           .source = "ordinary least squares; TA-Lib LINEARREG",
           .formula = "a + b (period-1) for x[t-period+1+i] ~ a + b i",
           .meaning = "The end of the straight line that fits the window best: an average that lags less, as it goes "
                      "on along the slope. It overshoots where a trend breaks.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = line_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_SCAN_OP(linearreg_slope, .title = "Slope of the regression line of a window on time", .group = "statistic",
           .source = "ordinary least squares; TA-Lib LINEARREG_SLOPE", .formula = "b of x[t-period+1+i] ~ a + b i",
           .meaning = "By how much a bar the line that fits the window best rises or falls, in units of the price. "
                      "Divide by the price to compare instruments.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = line_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE);
TW_SCAN_OP(linearreg_intercept, .title = "Start of the regression line of a window on time", .group = "statistic",
           .source = "ordinary least squares; TA-Lib LINEARREG_INTERCEPT", .formula = "a of x[t-period+1+i] ~ a + b i",
           .meaning = "The start of the line that fits the window best: where the fitted course began, a window ago.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = line_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);

/* The angles of a call's slopes in a second loop, which goes over the bars where there is one lane. */
TW_LANE void linearreg_angle_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    double *y = out[0];
    tw_scan_run(&linearreg_slope_scan, state, n, in, out, lanes);
    TW_EACH(i, n * lanes) y[i] = tw_canon(tw_lane_atan(y[i]) * 0x1.ca5dc1a63c1f8p+5); /* 180 / pi */
}
TW_OP_FORMS(linearreg_angle, linearreg_angle_run)
TW_OP(linearreg_angle) = {
    .name = "linearreg_angle",
    .title = "Slope of a window on time as an angle in degrees",
    .group = "statistic",
    .source = "ordinary least squares; TA-Lib LINEARREG_ANGLE",
    .formula = "180 / pi atan(b)",
    .meaning = "The slope of the line that fits the window best, as an angle in degrees. The angle depends on the "
               "units of the price: only its sign and its changes for one instrument mean something.",
    .inputs = TW_NAMES("real"),
    .outputs = TW_NAMES("real"),
    .params = line_table,
    .params_size = sizeof(tw_window),
    .traits = TW_WINDOW | TW_SHIFT_FREE,
    .lookback = tw_window_back,
    .history = tw_window_back,
    .state_size = linearreg_slope_size,
    .init = linearreg_slope_init,
    .run_wide = linearreg_angle_wide,
    .run_one = linearreg_angle_one};

/* ---------------------------------------------------------------- weights 1, 2, .. period */

static void weight_coefs(const tw_window *p, double *coef)
{
    const double n = p->timeperiod;
    coef[0] = 2.0 / (n * (n + 1.0));
    coef[1] = n;
}
TW_LANE void weight_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = bar->anchor[0] + (w[1] - (bar->u - bar->coef[1]) * w[0]) * bar->coef[0];
}
static const tw_scan wma_scan = {1, 2, 1, {0}, line_term, tw_join_add2, weight_finish, weight_coefs};
static const tw_scan decay_linear_scan = {1, 2, 1, {0}, line_term, tw_join_add2, weight_finish, weight_coefs};

TW_SCAN_OP(
    wma, .title = "Linearly weighted moving average", .group = "overlap", .source = "definition; TA-Lib WMA",
    .formula = "sum (period - i) x[t-i] / (period (period+1) / 2)",
    .meaning =
        "A mean that weighs the newest bar most, falling in equal steps to the oldest. It lags less than a simple mean "
        "of the same length and, unlike an exponential one, forgets a bar altogether once it has left the window.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = wma_table,
    .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_SCAN_OP(decay_linear, .title = "Linearly decaying mean", .group = "window",
           .source = "Kakushadze 2016 (101 Formulaic Alphas)",
           .formula = "sum (period - i) x[t-i] / (period (period+1) / 2)",
           .meaning = "A mean that weighs the newest bar most, falling in equal steps to the oldest, by the name that "
                      "alphas use for it.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("mean"), .params = weight_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);

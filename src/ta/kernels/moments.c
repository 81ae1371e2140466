/* SPDX-License-Identifier: Apache-2.0 */
/* moments.c - sums, means, variances and higher moments over a window. See scan_block.h for the method. */
#include "ta/scan.h"

static const tw_param window_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param talib_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 30, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param window2_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param sample_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"),
    TW_PARAM(tw_window, ddof, 1, 0, 1, "the divisor is period - ddof"), TW_PARAM_END};
static const tw_param correl_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 30, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param stddev_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 5, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"),
    TW_PARAM(tw_window, nbdev, 1, -3e37, 3e37, "by which the deviation is multiplied"),
    TW_PARAM(tw_window, ddof, 0, 0, 1, "the divisor is period - ddof"), TW_PARAM_END};
static const tw_param var_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 5, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"),
    TW_PARAM(tw_window, nbdev, 1, -3e37, 3e37, "of no effect, as in TA-Lib"),
    TW_PARAM(tw_window, ddof, 0, 0, 1, "the divisor is period - ddof"), TW_PARAM_END};
static const tw_param skew_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 3, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param kurt_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 4, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};

/* ---------------------------------------------------------------- sum, count, mean, product */

TW_LANE void sum_term(const tw_scan_bar *bar, double *term) { term[0] = bar->x[0]; }
TW_LANE void sum_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    (void)bar;
    y[0] = w[0];
}
static const tw_scan sum_scan = {1, 1, 1, {0}, sum_term, tw_join_add1, sum_finish, NULL};
TW_SCAN_OP(sum, .title = "Sum over a window", .group = "window", .source = "definition",
           .formula = "sum x[t-i], i < period",
           .meaning = "The sum of the window, computed afresh for each bar, so that rounding never builds up.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = talib_table,
           .traits = TW_WINDOW | TW_SCALES);

TW_LANE void count_term(const tw_scan_bar *bar, double *term)
{
    term[0] = bar->x[0] != bar->x[0] ? bar->x[0] : bar->x[0] != 0.0 ? 1.0 : 0.0;
}
static const tw_scan count_scan = {1, 1, 1, {0}, count_term, tw_join_add1, sum_finish, NULL};
TW_SCAN_OP(count, .title = "How often a condition held in a window", .group = "window", .source = "definition",
           .formula = "#{i < period: condition[t-i] != 0}",
           .meaning = "In how many bars of the window a condition held. Divided by the period it is a frequency.",
           .inputs = TW_NAMES("condition"), .outputs = TW_NAMES("count"), .params = window_table,
           .traits = TW_WINDOW | TW_INVARIANT);

TW_LANE void product_join(const double *a, const double *b, double *y) { y[0] = a[0] * b[0]; }
static const tw_scan product_scan = {1, 1, 1, {1}, sum_term, product_join, sum_finish, NULL};
TW_SCAN_OP(product, .title = "Product over a window", .group = "window", .source = "definition",
           .formula = "prod x[t-i], i < period",
           .meaning = "The product of the window, as of growth factors 1 + r: the growth over so many bars.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("product"), .params = window_table, .traits = TW_WINDOW);

static void mean_coefs(const tw_window *p, double *coef) { coef[0] = 1.0 / p->timeperiod; }
TW_LANE void mean_term(const tw_scan_bar *bar, double *term) { term[0] = bar->d[0]; }
TW_LANE void mean_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = bar->anchor[0] + w[0] * bar->coef[0];
}
static const tw_scan mean_scan = {1, 1, 1, {0}, mean_term, tw_join_add1, mean_finish, mean_coefs};
static const tw_scan sma_scan = {1, 1, 1, {0}, mean_term, tw_join_add1, mean_finish, mean_coefs};
TW_SCAN_OP(mean, .title = "Mean over a window", .group = "window", .source = "definition",
           .formula = "sum x[t-i] / period, i < period",
           .meaning = "The plain mean of the window: sma by another name, for the language of features.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("mean"), .params = window_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_SCAN_OP(sma, .title = "Simple moving average", .group = "overlap", .source = "definition; TA-Lib SMA",
           .formula = "sum x[t-i] / period, i < period",
           .meaning = "The plain mean of the last bars: it smooths the price and lags it by about half the window. A "
                      "price above a rising average is taken as an uptrend, and two averages of different length that "
                      "cross as a change of it. In a market without trend such crossings come often and mean little.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = talib_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- second moments
 * coef: 1 / n, 1 / (n - ddof). w: sum d, sum d^2. */

static void variance_coefs(const tw_window *p, double *coef)
{
    coef[0] = 1.0 / p->timeperiod;
    coef[1] = 1.0 / (p->timeperiod - p->ddof);
    coef[2] = p->nbdev;
}
TW_LANE void square_term(const tw_scan_bar *bar, double *term)
{
    term[0] = bar->d[0];
    term[1] = bar->d[0] * bar->d[0];
}
TW_LANE double variance_of(const tw_scan_bar *bar, const double *w)
{
    const double m2 = w[1] - w[0] * w[0] * bar->coef[0];
    return (m2 < 0.0 ? 0.0 : m2) * bar->coef[1];
}
TW_LANE void var_finish(const tw_scan_bar *bar, const double *w, double *y) { y[0] = variance_of(bar, w); }
TW_LANE void std_finish(const tw_scan_bar *bar, const double *w, double *y) { y[0] = sqrt(variance_of(bar, w)); }
TW_LANE void stddev_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = sqrt(variance_of(bar, w)) * bar->coef[2];
}
TW_LANE void zscore_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = (bar->d[0] - w[0] * bar->coef[0]) / sqrt(variance_of(bar, w));
}
static const tw_scan var_scan = {1, 2, 1, {0}, square_term, tw_join_add2, var_finish, variance_coefs};
static const tw_scan std_scan = {1, 2, 1, {0}, square_term, tw_join_add2, std_finish, variance_coefs};
static const tw_scan stddev_scan = {1, 2, 1, {0}, square_term, tw_join_add2, stddev_finish, variance_coefs};
static const tw_scan ts_zscore_scan = {1, 2, 1, {0}, square_term, tw_join_add2, zscore_finish, variance_coefs};

TW_SCAN_OP(
    var, .title = "Variance over a window", .group = "statistic", .source = "definition; TA-Lib VAR",
    .formula = "sum (x[t-i] - mean)^2 / (period - ddof)",
    .meaning =
        "The square of the spread of a window around its mean. It is in squared units, and outliers dominate it.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = var_table, .traits = TW_WINDOW | TW_SHIFT_FREE);
TW_SCAN_OP(std, .title = "Sample standard deviation over a window", .group = "window",
           .source = "definition; pandas rolling.std", .formula = "sqrt(sum (x[t-i] - mean)^2 / (period - ddof))",
           .meaning = "The spread of a window around its mean, with divisor n - 1. For a trending price it measures "
                      "mostly the trend: take returns for volatility.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("std"), .params = sample_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE);
TW_SCAN_OP(stddev, .title = "Population standard deviation over a window", .group = "statistic",
           .source = "definition; TA-Lib STDDEV", .formula = "nbdev sqrt(sum (x[t-i] - mean)^2 / (period - ddof))",
           .meaning = "How far the values of a window spread around their mean, in their own units, times nbdev. It is "
                      "the width of Bollinger bands. In a trend it measures mostly the trend.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = stddev_table,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE);
TW_SCAN_OP(ts_zscore, .title = "Standard score of the last value in its window", .group = "window",
           .source = "definition", .formula = "(x - mean) / std; NaN where std is 0",
           .meaning = "How many standard deviations the newest value is from the mean of its window. Beyond 2 is far "
                      "out by recent standards; in a trend it stays there.",
           .levels = {-2, 2}, .inputs = TW_NAMES("x"), .outputs = TW_NAMES("zscore"), .params = sample_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- third and fourth moments
 * w: sum d, d^2, d^3, d^4. Bias-corrected as in pandas (Joanes and Gill 1998, G1 and G2). */

TW_LANE void cube_term(const tw_scan_bar *bar, double *term)
{
    square_term(bar, term);
    term[2] = term[1] * bar->d[0];
}
TW_LANE void quartic_term(const tw_scan_bar *bar, double *term)
{
    cube_term(bar, term);
    term[3] = term[1] * term[1];
}
TW_LANE void join_add4(const double *a, const double *b, double *y)
{
    tw_join_add3(a, b, y);
    y[3] = a[3] + b[3];
}
static void skew_coefs(const tw_window *p, double *coef)
{
    const double n = p->timeperiod;
    coef[0] = 1.0 / n;
    coef[1] = sqrt(n * (n - 1.0)) / (n - 2.0);
}
TW_LANE void skew_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    const double k = bar->coef[0], m = w[0] * k, s2 = w[1] * k, s3 = w[2] * k;
    const double m2 = s2 - m * m, m3 = s3 - m * (3.0 * s2 - 2.0 * m * m);
    y[0] = m2 > 0.0 ? bar->coef[1] * m3 / (m2 * sqrt(m2)) : (double)NAN;
}
static void kurt_coefs(const tw_window *p, double *coef)
{
    const double n = p->timeperiod, k = (n - 1.0) / ((n - 2.0) * (n - 3.0));
    coef[0] = 1.0 / n;
    coef[1] = k * (n + 1.0);
    coef[2] = k * 3.0 * (n - 1.0);
}
TW_LANE void kurt_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    const double k = bar->coef[0], m = w[0] * k, s2 = w[1] * k, s3 = w[2] * k, s4 = w[3] * k;
    const double m2 = s2 - m * m, m4 = s4 - m * (4.0 * s3 - m * (6.0 * s2 - 3.0 * m * m));
    y[0] = m2 > 0.0 ? bar->coef[1] * m4 / (m2 * m2) - bar->coef[2] : (double)NAN;
}
static const tw_scan skew_scan = {1, 3, 1, {0}, cube_term, tw_join_add3, skew_finish, skew_coefs};
static const tw_scan kurt_scan = {1, 4, 1, {0}, quartic_term, join_add4, kurt_finish, kurt_coefs};

TW_SCAN_OP(skew, .title = "Skewness over a window", .group = "window",
           .source = "Joanes and Gill 1998, G1; pandas rolling.skew",
           .formula = "sqrt(n (n-1)) / (n-2) m3 / m2^1.5; NaN where m2 is 0",
           .meaning = "Which tail of a window is longer: above zero the large moves are upward. One outlier decides "
                      "it, and over short windows it says little.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("skew"), .params = skew_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);
TW_SCAN_OP(kurt, .title = "Excess kurtosis over a window", .group = "window",
           .source = "Joanes and Gill 1998, G2; pandas rolling.kurt",
           .formula = "(n-1) / ((n-2) (n-3)) ((n+1) m4 / m2^2 - 3 (n-1)); NaN where m2 is 0",
           .meaning = "How heavy the tails of a window are beside a normal distribution, for which it is 0. One "
                      "outlier decides it, and over short windows it says little.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("kurt"), .params = kurt_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- two series
 * coef as for a variance. w: sum d, e, d^2, e^2, d e for the two inputs less their anchors. */

TW_LANE void pair_term(const tw_scan_bar *bar, double *term)
{
    const double d = bar->d[0], e = bar->d[1];
    term[0] = d;
    term[1] = e;
    term[2] = d * e;
    term[3] = d * d;
    term[4] = e * e;
}
TW_LANE void cross_term(const tw_scan_bar *bar, double *term)
{
    term[0] = bar->d[0];
    term[1] = bar->d[1];
    term[2] = bar->d[0] * bar->d[1];
}
/* With -1 <= r <= 1 whatever the rounding. */
TW_LANE double correlation_of(const tw_scan_bar *bar, const double *w)
{
    const double k = bar->coef[0], xx = w[3] - w[0] * w[0] * k, yy = w[4] - w[1] * w[1] * k;
    const double r = (w[2] - w[0] * w[1] * k) / (sqrt(xx) * sqrt(yy));
    const double top = r > 1.0 ? 1.0 : r;
    return xx <= 0.0 || yy <= 0.0 ? (double)NAN : top < -1.0 ? -1.0 : top;
}
TW_LANE void corr_finish(const tw_scan_bar *bar, const double *w, double *y) { y[0] = correlation_of(bar, w); }
TW_LANE void correl_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    const double r = correlation_of(bar, w), known = (w[3] + w[4]) * 0.0;
    y[0] = r == r ? r : known;
}
TW_LANE void cov_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = (w[2] - w[0] * w[1] * bar->coef[0]) * bar->coef[1];
}
TW_LANE void beta_term(const tw_scan_bar *bar, double *term)
{
    cross_term(bar, term);
    term[3] = bar->d[1] * bar->d[1];
}
TW_LANE void beta_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    const double k = bar->coef[0], xx = w[3] - w[1] * w[1] * k;
    y[0] = xx > 0.0 ? (w[2] - w[0] * w[1] * k) / xx : (double)NAN;
}
static const tw_scan corr_scan = {2, 5, 1, {0}, pair_term, tw_join_add5, corr_finish, mean_coefs};
static const tw_scan correl_scan = {2, 5, 1, {0}, pair_term, tw_join_add5, correl_finish, mean_coefs};
static const tw_scan cov_scan = {2, 3, 1, {0}, cross_term, tw_join_add3, cov_finish, variance_coefs};
static const tw_scan slope_on_scan = {2, 4, 1, {0}, beta_term, join_add4, beta_finish, mean_coefs};

TW_SCAN_OP(
    corr, .title = "Correlation of two series over a window", .group = "window",
    .source = "Pearson 1895; pandas rolling.corr", .formula = "cov(x, y) / (std(x) std(y)); NaN where a std is 0",
    .meaning = "How closely two series move on a line, from -1 to 1, over the window. Two series that both trend "
               "correlate without having to do with each other: take changes. It is missing where one of them is flat.",
    .inputs = TW_NAMES("x", "y"), .outputs = TW_NAMES("corr"), .params = window2_table,
    .traits = TW_WINDOW | TW_INVARIANT | TW_COMMUTES | TW_SHIFT_FREE);
TW_SCAN_OP(correl, .title = "Correlation, 0 where a series is flat", .group = "statistic", .source = "TA-Lib CORREL",
           .formula = "cov(real0, real1) / (std(real0) std(real1)); 0 where a std is 0",
           .meaning = "How closely two series move on a line, from -1 to 1, over the window. Two prices that both "
                      "trend correlate highly without having anything to do with each other: use returns.",
           .inputs = TW_NAMES("real0", "real1"), .outputs = TW_NAMES("real"), .params = correl_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_COMMUTES | TW_SHIFT_FREE);
TW_SCAN_OP(cov, .title = "Covariance of two series over a window", .group = "window",
           .source = "definition; pandas rolling.cov", .formula = "sum (x - mean x) (y - mean y) / (period - ddof)",
           .meaning = "How much two series move together over the window, in the product of their units. It grows with "
                      "the size of the moves: correlation is the measure to compare.",
           .inputs = TW_NAMES("x", "y"), .outputs = TW_NAMES("cov"), .params = sample_table,
           .traits = TW_WINDOW | TW_COMMUTES | TW_SHIFT_FREE);
TW_SCAN_OP(slope_on, .title = "Slope of one series on another over a window", .group = "window",
           .source = "ordinary least squares", .formula = "cov(y, x) / var(x); NaN where var is 0",
           .meaning = "By how much one series moves when the other moves by one, over the window: a hedge ratio or a "
                      "beta. Over short windows it is very uncertain.",
           .inputs = TW_NAMES("y", "x"), .outputs = TW_NAMES("slope"), .params = window2_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);

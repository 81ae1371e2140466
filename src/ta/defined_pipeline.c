/* SPDX-License-Identifier: Apache-2.0 */
/* defined_pipeline.c - factors and filters of zipline's pipeline that are made of other operators. */
#include "ta/defined.h"

typedef struct window {
    int timeperiod, fastperiod, slowperiod, signalperiod;
    double n, min_percentile, max_percentile;
} window;

static const tw_param rsi_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 14, 1, TW_DEFINED_MOST, 5, 100, true, "moves in the window"), TW_PARAM_END};
static const tw_param regression_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 60, 3, TW_DEFINED_MOST, 20, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param signal_table[] = {
    TW_PARAM_SEARCH(window, fastperiod, 12, 1, TW_DEFINED_MOST, 5, 50, true, "bars of the fast average"),
    TW_PARAM_SEARCH(window, slowperiod, 26, 2, TW_DEFINED_MOST, 10, 100, true, "bars of the slow average"),
    TW_PARAM_SEARCH(window, signalperiod, 9, 1, TW_DEFINED_MOST, 3, 30, true, "bars of the signal line"), TW_PARAM_END};
static const tw_param count_table[] = {TW_PARAM(window, n, 10, 1, 1e9, "number of symbols"), TW_PARAM_END};
static const tw_param between_table[] = {
    TW_PARAM(window, min_percentile, 0, 0, 100, "lower bound, percent of the symbols"),
    TW_PARAM(window, max_percentile, 100, 0, 100, "upper bound, percent of the symbols"), TW_PARAM_END};

TW_DEFINED(cutler_rsi, .title = "Relative strength index of plain means", .group = "momentum",
           .source = "Cutler; zipline RSI (its window_length is timeperiod + 1)",
           .formula = "100 - 100 / (1 + mean up / mean down), up and down the moves of the window; missing moves are "
                      "passed over",
           .meaning =
               "How much of the movement of the window went up, from 0 to 100, by plain means where Wilder's rsi "
               "smooths: it does not depend on where the series begins. Above 70 and below 30 are read as excess.",
           .levels = {30, 70}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = rsi_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "move = diff(real, 1); up = nanmean(greater(move, 0), timeperiod);"
                     "down = nanmean(greater(-move, 0), timeperiod); real = 100 - 100 / (1 + up / down)");
TW_DEFINED(
    macd_signal, .title = "Signal line of MACD, of windows", .group = "momentum",
    .source = "Appel; zipline MovingAverageConvergenceDivergenceSignal",
    .formula = "ewma_window of (ewma_window fast - ewma_window slow), each with decay = 1 - 2 / (1 + its period)",
    .meaning = "The smoothed difference of a fast and a slow average, each over a window of its own length, so "
               "that it does not depend on where the series begins: macd has the usual recursive form.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = signal_table, .params_size = sizeof(window),
    .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,
    .define = "fast = ewma_window(real, fastperiod, greater(1 - 2 / (1 + fastperiod), 0.000000001));"
              "slow = ewma_window(real, slowperiod, greater(1 - 2 / (1 + slowperiod), 0.000000001));"
              "real = ewma_window(fast - slow, signalperiod, greater(1 - 2 / (1 + signalperiod), 0.000000001))");
TW_DEFINED(linear_regression, .title = "Straight line of one series on another, in a window", .group = "statistic",
           .source = "ordinary least squares; scipy.stats.linregress; zipline RollingLinearRegression",
           .formula = "y ~ alpha + beta x: beta = slope_on, alpha = mean y - beta mean x, r_value = corr, "
                      "p_value = correlation_p, stderr = sqrt((1 - r^2) var y / var x / (n - 2)) of the slope",
           .meaning = "The straight line that explains the first series by the second best, how well it does, and how "
                      "uncertain its slope is: of returns on those of an index, the alpha and the beta.",
           .inputs = TW_NAMES("y", "x"), .outputs = TW_NAMES("alpha", "beta", "r_value", "p_value", "stderr"),
           .params = regression_table, .params_size = sizeof(window), .traits = TW_WINDOW,
           .define = "beta = slope_on(y, x, timeperiod); alpha = mean(y, timeperiod) - beta * mean(x, timeperiod);"
                     "r_value = corr(y, x, timeperiod); p_value = correlation_p(r_value, timeperiod); spread = "
                     "nanstd(y, timeperiod) / nanstd(x, timeperiod);"
                     "stderr = sqrt(greater(1 - r_value * r_value, 0) / (timeperiod - 2)) * spread");
/* -1e300 stands for what is missing: the greatest is not missing where any of the three is there. */
TW_DEFINED(true_range, .title = "True range of what is there", .group = "volatility",
           .source = "Wilder 1978; zipline TrueRange",
           .formula = "the greatest of h - l, |h - c'|, |l - c'| that is not missing, c' the close before",
           .meaning =
               "The range of a bar, the gap from the close before included. Unlike trange it is there as soon as "
               "one of its three parts is.",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("range"), .params = NULL,
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,
           .define = "before = lag(close, 1); bar = fill(high - low, -1e300); up = fill(abs(high - before), -1e300);"
                     "down = fill(abs(low - before), -1e300); most = greater(bar, greater(up, down));"
                     "range = if(most == -1e300, nan, most)");
TW_DEFINED(top, .title = "Among the greatest", .group = "section", .source = "zipline Factor.top",
           .formula = "rank_number(-x) <= n",
           .meaning = "Whether a symbol is one of the n greatest at this time. Of equal "
                      "values at the border those go first that stand first among the symbols.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("y"), .params = count_table, .params_size = sizeof(window),
           .traits = TW_SECTION | TW_INVARIANT | TW_SHIFT_FREE | TW_LOGICAL, .define = "y = rank_number(-x) <= n");
TW_DEFINED(bottom, .title = "Among the least", .group = "section", .source = "zipline Factor.bottom",
           .formula = "rank_number(x) <= n",
           .meaning = "Whether a symbol is one of the n least at this time. Of equal "
                      "values at the border those go first that stand first among the symbols.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("y"), .params = count_table, .params_size = sizeof(window),
           .traits = TW_SECTION | TW_INVARIANT | TW_SHIFT_FREE | TW_LOGICAL, .define = "y = rank_number(x) <= n");
TW_DEFINED(percentile_between, .title = "Between two percentiles of the symbols", .group = "section",
           .source = "zipline Factor.percentile_between",
           .formula = "cross_percentile(x, min) <= x <= cross_percentile(x, max)",
           .meaning = "Whether a symbol lies between two percentiles of the symbols at this time, the bounds included.",
           .inputs = TW_NAMES("x"), .outputs = TW_NAMES("y"), .params = between_table, .params_size = sizeof(window),
           .traits = TW_SECTION | TW_LOGICAL,
           .define = "y = x >= cross_percentile(x, min_percentile) and x <= cross_percentile(x, max_percentile)");
/* Day 0, of the year 1970, was a Thursday: 3 days after a Monday. */
TW_DEFINED(business_days, .title = "Weekdays from one day to another", .group = "arithmetic",
           .source = "numpy.busday_count; zipline BusinessDaysSincePreviousEvent, BusinessDaysUntilNextEvent",
           .formula = "Mondays to Fridays in [from, to), less those in (to, from] where `to` is before `from`; days "
                      "counted from 1970-01-01",
           .meaning =
               "How many weekdays lie between two days, holidays not left out: of the day of the last report and "
               "today, its age. Negative where the second day comes first.",
           .inputs = TW_NAMES("from", "to"), .outputs = TW_NAMES("days"), .traits = TW_POINTWISE,
           .define = "late = if(to < from, 1, 0); a = floor(from) + 3 + late; b = floor(to) + 3 + late;"
                     "days = 5 * (floor(b / 7) - floor(a / 7)) + less(b % 7, 5) - less(a % 7, 5)");
TW_DEFINED(downsample, .title = "Value as of the last bar that counts", .group = "arithmetic",
           .source = "zipline Factor.downsample", .formula = "x at the last bar where `when` is not 0, missing or not",
           .meaning =
               "Holds a value from one chosen bar to the next, such as the first bar of a month, where it need not "
               "follow each bar: less turnover. Before the first chosen bar it is that of the first bar.",
           .inputs = TW_NAMES("x", "when"), .outputs = TW_NAMES("y"), .traits = TW_RECURSIVE,
           .define = "now = nz(when); y = if(hold(nz(is_missing(x)), now) != 0, nan, hold(nz(x), now))");

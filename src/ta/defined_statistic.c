/* SPDX-License-Identifier: Apache-2.0 */
/* defined_statistic.c - statistics of windows that are made of others. */
#include "ta/defined.h"

typedef struct window {
    int timeperiod, ddof;
    double base, q;
} window;

static const tw_param beta_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 5, 2, TW_DEFINED_MOST, 5, 250, true, "returns in the window"), TW_PARAM_END};
static const tw_param entropy_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 10, 1, TW_DEFINED_MOST, 5, 250, true, "bars in the window"),
    TW_PARAM(window, base, 2, 1.0001, 3e37, "base of the logarithm: 2 gives bits"), TW_PARAM_END};
static const tw_param hurst_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 100, 2, TW_DEFINED_MOST, 50, 500, true, "moves in the window"),
    TW_PARAM(window, q, 1, 0.1, 8, "power of the moves"), TW_PARAM_END};
static const tw_param kurtosis_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 30, 4, TW_DEFINED_MOST, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param stderr_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 14, 2, TW_DEFINED_MOST, 5, 250, true, "bars in the window"),
    TW_PARAM(window, ddof, 1, 0, 1, "the divisor is period - ddof"), TW_PARAM_END};
static const tw_param percentrank_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 100, 1, TW_DEFINED_MOST - 1, 5, 250, true, "bars before this one"),
    TW_PARAM_END};

TW_DEFINED(
    beta, .title = "Slope of the returns of one series on those of another", .group = "statistic",
    .source = "ordinary least squares; TA-Lib BETA",
    .formula = "cov(r1, r0) / var(r0), r the return of a bar; 0 where var is 0",
    .meaning =
        "By how much one series tends to move when the other moves by one, from their returns over the window. With "
        "the market as the first series it is the market risk of the second. Over short windows it is very uncertain.",
    .inputs = TW_NAMES("real0", "real1"), .outputs = TW_NAMES("real"), .params = beta_table,
    .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
    .define = "x = rocp(real0, 1); y = rocp(real1, 1);"
              "real = if(var(x, timeperiod) == 0, 0 * y, slope_on(y, x, timeperiod))");
TW_DEFINED(entropy, .title = "Entropy of the shares of a window", .group = "statistic",
           .source = "Shannon 1948; pandas-ta entropy",
           .formula = "-sum p log p, p = x[t-i] / sum x, in base b; 0 where all are 0, NaN where one is negative",
           .meaning = "How evenly the total of a window is spread over its bars: highest, log of timeperiod, where all "
                      "are alike, lower where a few bars hold most. It suits volume or ranges; of prices, which are "
                      "all much alike, it hardly leaves its maximum.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = entropy_table,
           .params_size = sizeof(window), .traits = TW_WINDOW,
           .define = "total = sum(real, timeperiod); of_each = if(real == 0, 0 * real, real * log(real));"
                     "real = if(total == 0, 0 * sum(of_each, timeperiod),"
                     "(log(total) - sum(of_each, timeperiod) / total) / log(base))");
/* Least squares on five points a step apart, the steps being doublings. */
TW_DEFINED(
    hurst, .title = "Generalised Hurst exponent", .group = "statistic", .source = "Di Matteo, Aste and Dacorogna 2003",
    .formula = "slope of ln mean |x[t-i] - x[t-i-k]|^q on ln k over q, i < n, k = 1, 2, 4, 8, 16; 1/2 where a mean "
               "is 0. 1/2 for a random walk, above it for a trend, below it for a series that turns back",
    .meaning = "Whether moves over longer spans grow faster than those of a random walk: above 0.5 moves tend to go "
               "on, below it they tend to turn back. From one window it is very uncertain: a walk without any memory "
               "easily shows 0.4 or 0.6.",
    .levels = {0.5}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = hurst_table,
    .params_size = sizeof(window), .traits = TW_WINDOW | TW_SHIFT_FREE,
    .define = "a = sma(abs(diff(real, 1)) ^ q, timeperiod); b = sma(abs(diff(real, 2)) ^ q, timeperiod);"
              "c = sma(abs(diff(real, 4)) ^ q, timeperiod); d = sma(abs(diff(real, 8)) ^ q, timeperiod);"
              "e = sma(abs(diff(real, 16)) ^ q, timeperiod); least = less(less(less(a, b), less(c, d)), e);"
              "real = if(least <= 0, 0.5, (2 * log(e / a) + log(d / b)) / (10 * log(2) * q))");
TW_DEFINED(kurtosis, .title = "Excess kurtosis of a window", .group = "statistic",
           .source = "Joanes and Gill 1998, G2; TA-Lib 0.8 KURTOSIS", .formula = "kurt; NaN for a flat window",
           .meaning = "How heavy the tails of a window are beside a normal distribution, for which it is 0: take it of "
                      "returns. One outlier decides it, and over short windows it says little.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = kurtosis_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "real = kurt(real, timeperiod)");
TW_DEFINED(
    stderr, .title = "Standard error of the mean of a window", .group = "statistic",
    .source = "definition; pandas-ta stderr", .formula = "std / sqrt(n)",
    .meaning = "How uncertain the mean of a window is: about two thirds of the time the true mean is within one of it, "
               "were the values independent. Prices are not, and of them it is far too small; take returns.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = stderr_table, .params_size = sizeof(window),
    .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE, .define = "real = std(real, timeperiod, ddof) / sqrt(timeperiod)");
TW_DEFINED(percentrank, .title = "Percent of the values before that this one exceeds", .group = "statistic",
           .source = "Connors 2012; TA-Lib 0.8 PERCENTRANK",
           .formula = "100 / period count of x[t-i] < x[t], 1 <= i <= period",
           .meaning = "How many percent of the values before are below this one: 100 is a new high of the window. It "
                      "is blind to how far, and in a trend it stays near an end.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = percentrank_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "real = 100 * (below(real, timeperiod + 1) / timeperiod)");

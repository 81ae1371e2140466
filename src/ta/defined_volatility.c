/* SPDX-License-Identifier: Apache-2.0 */
/* defined_volatility.c - returns, what they scatter by, and how far below its peak a series is. Logarithms are of
 * ratios near 1, so log_ratio takes them. A bar with a price that is not above 0 has none. */
#include "ta/defined.h"

typedef struct window {
    int timeperiod;
    double annualization;
    char nan[TW_TEXT_MAX];
} window;

#define ANNUAL TW_PARAM(window, annualization, 252, 0, 3e37, "bars of a year; 1 gives the volatility of a bar")

static const tw_param annual_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 20, 2, TW_DEFINED_MOST, 5, 250, true, "bars in the window"), ANNUAL,
    TW_PARAM_END};
static const tw_param range_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 20, 1, TW_DEFINED_MOST, 5, 250, true, "bars in the window"), ANNUAL,
    TW_PARAM_END};
static const tw_param satchell_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 10, 1, TW_DEFINED_MOST, 5, 250, true, "bars in the window"), ANNUAL,
    TW_PARAM_END};
static const tw_param back_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 1, 1, TW_DEFINED_MOST, 1, 250, true, "bars back"), TW_PARAM_END};
static const tw_param drawdown_table[] = {
    TW_PARAM_TEXT(window, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory"),
    TW_PARAM_END};
static const tw_param rolling_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 252, 1, TW_DEFINED_MOST, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param ui_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 14, 1, TW_DEFINED_MOST, 5, 250, true, "bars of the peak, and of the mean"),
    TW_PARAM_END};

#define SATCHELL "log_ratio(high, close) * log_ratio(high, open) + log_ratio(low, close) * log_ratio(low, open)"

/* ---------------------------------------------------------------- returns */

TW_DEFINED(log_return, .title = "Logarithmic return", .group = "momentum", .source = "definition; pandas-ta log_return",
           .formula = "ln(x[t] / x[t-n])",
           .meaning = "The continuous return over some bars: such returns add up over time, and equal gains and losses "
                      "cancel. Across instruments they do not add up: for a portfolio take percent_return.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = back_table, .params_size = sizeof(window),
           .traits = TW_WINDOW | TW_INVARIANT, .define = "real = log_ratio(real, lag(real, timeperiod))");
TW_DEFINED(percent_return, .title = "Return as a share", .group = "momentum",
           .source = "definition; pandas-ta percent_return", .formula = "(x[t] - x[t-n]) / x[t-n]; 0 where x[t-n] is 0",
           .meaning = "The simple return over some bars: 0.02 is two percent. It adds up across the instruments of a "
                      "portfolio, but not over time, where returns compound.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = back_table, .params_size = sizeof(window),
           .traits = TW_WINDOW | TW_INVARIANT, .define = "real = rocp(real, timeperiod)");

/* ---------------------------------------------------------------- volatility */

TW_DEFINED(historical_volatility, .title = "Volatility from close to close", .group = "volatility",
           .source = "Hull 2018, ch. 15", .formula = "sqrt(A) std of ln(x / x') over n returns, with divisor n - 1",
           .meaning = "Yearly volatility from the returns of closes: 0.2 means that about two years in three stay "
                      "within 20 percent, were returns normal and the future like the window. It includes gaps, has no "
                      "direction, and jumps when a large return enters and again when it leaves.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = annual_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
           .define = "real = sqrt(annualization) * std(log_ratio(real, lag(real, 1)), timeperiod)");
TW_DEFINED(
    parkinson, .title = "Parkinson's volatility", .group = "volatility", .source = "Parkinson 1980",
    .formula = "sqrt(A / (4 ln 2) mean ln(h / l)^2) over the window",
    .meaning =
        "Yearly volatility from highs and lows alone: several times as efficient as closes alone for as many bars. It "
        "misses gaps between bars, takes the price to have no drift, and is too low where trades are few.",
    .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = range_table,
    .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
    .define = "r = log_ratio(high, low); real = sqrt(annualization / (4 * log(2))) * sqrt(sma(r * r, timeperiod))");
TW_DEFINED(garman_klass, .group = "volatility", .inputs = TW_NAMES("open", "high", "low", "close"),
           .outputs = TW_NAMES("real"), .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
           .title = "Garman and Klass' volatility", .source = "Garman and Klass 1980",
           .formula = "sqrt(A mean(ln(h / l)^2 / 2 - (2 ln 2 - 1) ln(c / o)^2)) over the window, the mean at least 0",
           .meaning = "Yearly volatility from the four prices of the bars: far less noisy than closes alone give for "
                      "as many bars. It leaves out gaps between bars and takes the price to have no drift; it is too "
                      "low where there are gaps, or where trades are few and true extremes are missed.",
           .params = range_table,
           .define = "r = log_ratio(high, low); c = log_ratio(close, open);"
                     "v = sma(r * r / 2 - (2 * log(2) - 1) * (c * c), timeperiod);"
                     "real = sqrt(annualization) * sqrt(greater(v, 0))");
TW_DEFINED(rogerssatchell, .group = "volatility", .inputs = TW_NAMES("open", "high", "low", "close"),
           .outputs = TW_NAMES("real"), .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
           .title = "Rogers and Satchell's volatility", .source = "Rogers and Satchell 1991; TA-Lib 0.8 ROGERSSATCHELL",
           .formula =
               "sqrt(A mean(ln(h / c) ln(h / o) + ln(l / c) ln(l / o))) over the window, the mean at least 0; a bar "
               "with a price that is not above 0 counts 0",
           .meaning = "Yearly volatility from the four prices of the bars, correct also when the price drifts, where "
                      "Garman and Klass' is too high. Gaps between bars are not in it.",
           .params = satchell_table,
           .define = "traded = less(less(open, high), less(low, close)) > 0;"
                     "v = sma(if(traded, " SATCHELL ", 0), timeperiod);"
                     "real = sqrt(annualization) * sqrt(greater(v, 0))");
TW_DEFINED(yang_zhang, .group = "volatility", .inputs = TW_NAMES("open", "high", "low", "close"),
           .outputs = TW_NAMES("real"), .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
           .title = "Yang and Zhang's volatility", .source = "Yang and Zhang 2000",
           .formula =
               "sqrt(A (var ln(o / c') + k var ln(c / o) + (1 - k) rs)), k = 0.34 / (1.34 + (n + 1) / (n - 1)), var "
               "with divisor n - 1, rs the mean of Rogers and Satchell",
           .meaning = "Yearly volatility from the four prices of the bars that includes gaps and is not misled by a "
                      "drift: the usual choice for stocks. A bad open or extreme goes straight into it.",
           .params = annual_table,
           .define = "n = timeperiod; k = 0.34 / (1.34 + (n + 1) / (n - 1)); rs = " SATCHELL ";"
                     "v = var(log_ratio(open, lag(close, 1)), n, ddof=1) + k * var(log_ratio(close, open), n, ddof=1)"
                     "+ (1 - k) * sma(rs, n); real = sqrt(annualization) * sqrt(greater(v, 0))");

/* ---------------------------------------------------------------- below the peak */

TW_DEFINED(
    drawdown, .title = "Loss since the highest value so far", .group = "volatility",
    .source = "definition; pandas-ta drawdown", .formula = "(x - max x[s]) / max x[s], s <= t; 0 where that is 0",
    .meaning = "How much was lost since the highest point so far, as a share: -0.2 is a fifth below the peak. For an "
               "equity curve it is the pain that a holder remembers. The peak depends on where the series begins.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = drawdown_table, .params_size = sizeof(window),
    .traits = TW_RECURSIVE | TW_INVARIANT,
    .define = "peak = cummax(real, nan=nan); real = if(peak == 0, 0 * peak, (real - peak) / peak)");
TW_DEFINED(rolling_drawdown, .title = "Loss since the highest value of a window", .group = "volatility",
           .source = "definition", .formula = "(x - max x) / max x over the window; 0 where that is 0",
           .meaning =
               "How far the price is below the highest of the window, as a share: how deep the fall of the last year "
               "is with 252 daily bars. When an old peak leaves the window it shrinks without any recovery.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = rolling_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
           .define = "peak = max(real, timeperiod); real = if(peak == 0, 0 * peak, (real - peak) / peak)");
TW_DEFINED(ui, .title = "Ulcer index", .group = "volatility", .source = "Martin and McCann 1989; pandas-ta ui",
           .formula = "sqrt(mean d^2), d = 100 (x - max x) / max x, both over the window",
           .meaning =
               "The depth and length of falls within a window, in percent: only losses count, which is what holders "
               "mind about volatility. It is zero in a rise however wild, and says what was, not what may come.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = ui_table, .params_size = sizeof(window),
           .traits = TW_WINDOW | TW_INVARIANT,
           .define = "d = 100 * rolling_drawdown(real, timeperiod); real = sqrt(sma(d * d, timeperiod))");

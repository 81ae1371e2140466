/* SPDX-License-Identifier: Apache-2.0 */
/* defined_stoch.c - the stochastic oscillator and its kin: where in the range of its window a value lies, smoothed by
 * averages of a kind that is chosen (TA-Lib's matype). The outputs of one begin together: 0 times the last of them is
 * added to the others. */
#include "ta/defined.h"

typedef struct stochastic {
    int timeperiod, fastk_period, slowk_period, slowk_matype, slowd_period, slowd_matype, fastd_period, fastd_matype;
    char nan[TW_TEXT_MAX];
} stochastic;

#define NAN_PARAM                                                                                                      \
    TW_PARAM_TEXT(stochastic, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param stoch_table[] = {
    TW_PARAM_SEARCH(stochastic, fastk_period, 5, 1, TW_DEFINED_MOST, 5, 60, true, "bars of the range"),
    TW_PARAM_SEARCH(stochastic, slowk_period, 3, 1, TW_DEFINED_MOST, 1, 20, true, "bars of the average of fastk"),
    TW_PARAM(stochastic, slowk_matype, 0, 0, TW_MATYPE_LAST, TW_MATYPE_HELP),
    TW_PARAM_SEARCH(stochastic, slowd_period, 3, 1, TW_DEFINED_MOST, 1, 20, true, "bars of the average of slowk"),
    TW_PARAM(stochastic, slowd_matype, 0, 0, TW_MATYPE_LAST, TW_MATYPE_HELP),
    NAN_PARAM,
    TW_PARAM_END};
static const tw_param stochf_table[] = {
    TW_PARAM_SEARCH(stochastic, fastk_period, 5, 1, TW_DEFINED_MOST, 5, 60, true, "bars of the range"),
    TW_PARAM_SEARCH(stochastic, fastd_period, 3, 1, TW_DEFINED_MOST, 1, 20, true, "bars of the average of fastk"),
    TW_PARAM(stochastic, fastd_matype, 0, 0, TW_MATYPE_LAST, TW_MATYPE_HELP), NAN_PARAM, TW_PARAM_END};
static const tw_param stochrsi_table[] = {
    TW_PARAM_SEARCH(stochastic, timeperiod, 14, 2, TW_DEFINED_MOST, 5, 60, true, "bars of the relative strength index"),
    TW_PARAM_SEARCH(stochastic, fastk_period, 5, 1, TW_DEFINED_MOST, 5, 60, true, "bars of the range"),
    TW_PARAM_SEARCH(stochastic, fastd_period, 3, 1, TW_DEFINED_MOST, 1, 20, true, "bars of the average of fastk"),
    TW_PARAM(stochastic, fastd_matype, 0, 0, TW_MATYPE_LAST, TW_MATYPE_HELP),
    NAN_PARAM,
    TW_PARAM_END};
static const tw_param kdj_table[] = {
    TW_PARAM_SEARCH(stochastic, fastk_period, 9, 1, TW_DEFINED_MOST, 5, 60, true, "bars of the range"),
    TW_PARAM_SEARCH(stochastic, slowk_period, 3, 1, TW_DEFINED_MOST, 1, 20, true, "bars of the average of fastk"),
    TW_PARAM(stochastic, slowk_matype, 13, 0, TW_MATYPE_LAST, TW_MATYPE_HELP),
    TW_PARAM_SEARCH(stochastic, slowd_period, 3, 1, TW_DEFINED_MOST, 1, 20, true, "bars of the average of k"),
    TW_PARAM(stochastic, slowd_matype, 13, 0, TW_MATYPE_LAST, TW_MATYPE_HELP),
    NAN_PARAM,
    TW_PARAM_END};

#define SLOW "line = ma(fastk(high, low, close, fastk_period), slowk_period, slowk_matype, nan=nan);"
#define SIGNAL "ma(line, slowd_period, slowd_matype, nan=nan);"

TW_DEFINED(stoch, .title = "Stochastic oscillator", .group = "momentum", .source = "Lane 1957; TA-Lib STOCH",
           .formula = "fastk = 100 (c - min l) / (max h - min l), 0 where the range is 0, slowk = ma(fastk), slowd = "
                      "ma(slowk)",
           .meaning = "Where the close lies in the range of the last bars, smoothed, from 0 to 100, with a second "
                      "smoothing as signal. Above 80 the market closes near its highs, below 20 near its lows; "
                      "crossings out there are the usual signals. In a trend it sits at one end and gives one wrong "
                      "signal after another.",
           .levels = {20, 80}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("slowk", "slowd"),
           .params = stoch_table, .params_size = sizeof(stochastic),
           .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
           .define = SLOW "slowd = " SIGNAL "slowk = line + 0 * slowd");
TW_DEFINED(stochf, .title = "Fast stochastic oscillator", .group = "momentum", .source = "Lane 1957; TA-Lib STOCHF",
           .formula = "fastk = 100 (c - min l) / (max h - min l), 0 where the range is 0, fastd = ma(fastk)",
           .meaning = "Where the close lies in the range of the last bars, from 0 to 100, hardly smoothed. It turns "
                      "first and most often; stoch is the calmer line made from it.",
           .levels = {20, 80}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("fastk", "fastd"),
           .params = stochf_table, .params_size = sizeof(stochastic),
           .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "line = fastk(high, low, close, fastk_period); fastd = ma(line, fastd_period, fastd_matype, "
                     "nan=nan); fastk = line + 0 * fastd");
/* While prices stand still the index does too but for its last digits, whose range is nothing to divide by. */
TW_DEFINED(stochrsi, .title = "Stochastic of the relative strength index", .group = "momentum",
           .source = "Chande and Kroll 1994; TA-Lib STOCHRSI",
           .formula = "fastk = 100 (r - min r) / (max r - min r), r = rsi(x), 0 where the range is below 1e-9; fastd = "
                      "ma(fastk)",
           .meaning = "Where the RSI lies in its own recent range, from 0 to 100: it reaches its ends far more often "
                      "than the RSI, beyond 80 and 20. It is an indicator of an indicator: full swings may stand for "
                      "an RSI that moved from 48 to 52.",
           .levels = {20, 80}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("fastk", "fastd"),
           .params = stochrsi_table, .params_size = sizeof(stochastic), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "r = rsi(real, timeperiod, nan=nan); bottom = min(r, fastk_period);"
                     "range = max(r, fastk_period) - bottom;"
                     "line = if(range < 1e-9, 0 * range, 100 * ((r - bottom) / range));"
                     "fastd = ma(line, fastd_period, fastd_matype, nan=nan); fastk = line + 0 * fastd");
TW_DEFINED(kdj, .title = "Stochastic oscillator with the line that leads it", .group = "momentum",
           .source = "Lane 1957, as the KDJ of Chinese platforms; TA-Lib 0.8 KDJ",
           .formula = "k = ma(fastk), d = ma(k), j = 3 k - 2 d",
           .meaning = "The stochastic oscillator with a third line that runs ahead of the other two and beyond 0 and "
                      "100. Above 80 and below 20 are the usual extremes, crossings there the signals. j only "
                      "exaggerates what k and d say already, and in a trend all stay at one end.",
           .levels = {20, 80}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("k", "d", "j"),
           .params = kdj_table, .params_size = sizeof(stochastic),
           .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
           .define = SLOW "d = " SIGNAL "k = line + 0 * d; j = 3 * line - 2 * d");

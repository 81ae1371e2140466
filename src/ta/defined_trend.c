/* SPDX-License-Identifier: Apache-2.0 */
/* defined_trend.c - questions about a trend that are answered with 0 and 1. */
#include "ta/defined.h"

typedef struct trend {
    int timeperiod, strict, fastperiod, slowperiod, lookback;
    char nan[TW_TEXT_MAX];
} trend;

#define NAN_PARAM TW_PARAM_TEXT(trend, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param moves_table[] = {
    TW_PARAM_SEARCH(trend, timeperiod, 1, 1, TW_DEFINED_MOST, 1, 60, true, "bars back"),
    TW_PARAM(trend, strict, 0, 0, 1, "1: every move of these bars"), TW_PARAM_END};
static const tw_param run_table[] = {
    TW_PARAM_SEARCH(trend, timeperiod, 2, 1, TW_DEFINED_MOST, 1, 60, true, "bars back"), TW_PARAM_END};
static const tw_param amat_table[] = {
    TW_PARAM_SEARCH(trend, fastperiod, 8, 1, TW_DEFINED_MOST, 1, 60, true, "bars of the fast average"),
    TW_PARAM_SEARCH(trend, slowperiod, 21, 1, TW_DEFINED_MOST, 1, 60, true, "bars of the slow average"),
    TW_PARAM_SEARCH(trend, lookback, 2, 1, TW_DEFINED_MOST, 1, 60, true, "bars back"), NAN_PARAM, TW_PARAM_END};
static const tw_param ttm_table[] = {
    TW_PARAM_SEARCH(trend, timeperiod, 6, 1, TW_DEFINED_MOST, 1, 60, true, "bars in the window"), TW_PARAM_END};
static const tw_param no_table[] = {TW_PARAM_END};

TW_DEFINED(increasing, .title = "Whether a series has risen", .group = "trend",
           .source = "definition; pandas-ta-classic increasing",
           .formula = "x[t] > x[t-n]; strict: x[t-i] > x[t-i-1] for all i < n",
           .meaning = "Whether the price is higher than some bars ago or, with strict, has risen at every bar since. "
                      "It knows nothing of how far; the strict form is rare over more than a few bars.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = moves_table, .params_size = sizeof(trend),
           .traits = TW_WINDOW | TW_INVARIANT | TW_LOGICAL,
           .define = "real = choose(strict, diff(real, timeperiod), min(diff(real, 1), timeperiod)) > 0");
TW_DEFINED(decreasing, .title = "Whether a series has fallen", .group = "trend",
           .source = "definition; pandas-ta-classic decreasing",
           .formula = "x[t] < x[t-n]; strict: x[t-i] < x[t-i-1] for all i < n",
           .meaning = "Whether the price is lower than some bars ago or, with strict, has fallen at every bar since. "
                      "It knows nothing of how far; the strict form is rare over more than a few bars.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = moves_table, .params_size = sizeof(trend),
           .traits = TW_WINDOW | TW_INVARIANT | TW_LOGICAL,
           .define = "real = choose(strict, diff(real, timeperiod), max(diff(real, 1), timeperiod)) < 0");
TW_DEFINED(long_run, .title = "Whether a fast line rises and the slow one moves", .group = "trend",
           .source = "pandas-ta-classic long_run", .formula = "fast[t] > fast[t-n] and slow[t] != slow[t-n]",
           .meaning =
               "Whether a fast line is above where it was while the slow line is not standing still: a state that lets "
               "long trades through. The slow line may be falling, so it holds in rallies of a downtrend too.",
           .inputs = TW_NAMES("fast", "slow"), .outputs = TW_NAMES("real"), .params = run_table,
           .params_size = sizeof(trend), .traits = TW_WINDOW | TW_INVARIANT | TW_LOGICAL,
           .define = "real = diff(fast, timeperiod) > 0 and diff(slow, timeperiod) != 0");
TW_DEFINED(short_run, .title = "Whether a fast line falls and the slow one moves", .group = "trend",
           .source = "pandas-ta-classic short_run", .formula = "fast[t] < fast[t-n] and slow[t] != slow[t-n]",
           .meaning =
               "Whether a fast line is below where it was while the slow line is not standing still: a state that lets "
               "short trades through. The slow line may be rising, so it holds in dips of an uptrend too.",
           .inputs = TW_NAMES("fast", "slow"), .outputs = TW_NAMES("real"), .params = run_table,
           .params_size = sizeof(trend), .traits = TW_WINDOW | TW_INVARIANT | TW_LOGICAL,
           .define = "real = diff(fast, timeperiod) < 0 and diff(slow, timeperiod) != 0");
TW_DEFINED(amat, .title = "Archer's moving averages trends", .group = "trend", .source = "pandas-ta-classic amat",
           .formula = "long_run and short_run of ema(x, fast) and ema(x, slow)",
           .meaning = "Two conditions: the fast average rises, or falls, while the slow one moves as well. It is meant "
                      "as a filter that allows trades in one direction only. The slow line may move either way, so "
                      "that it holds in corrections too.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("longs", "shorts"), .params = amat_table,
           .params_size = sizeof(trend), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "fast = ema(real, fastperiod, nan=nan); slow = ema(real, slowperiod, nan=nan);"
                     "longs = long_run(fast, slow, lookback); shorts = short_run(fast, slow, lookback)");
TW_DEFINED(crossover, .title = "Whether one series crosses above another", .group = "trend",
           .source = "definition; Tulip crossover", .formula = "a > b and a' <= b'",
           .meaning =
               "The one bar at which a series rises above another, as a fast average above a slow one. Two series that "
               "lie close cross again and again: ask for a distance, or wait for a second bar, if that is costly.",
           .inputs = TW_NAMES("real0", "real1"), .outputs = TW_NAMES("real"), .params = no_table,
           .params_size = sizeof(trend), .traits = TW_WINDOW | TW_INVARIANT | TW_LOGICAL,
           .define = "real = real0 > real1 and lag(real0, 1) <= lag(real1, 1)");
TW_DEFINED(crossunder, .title = "Whether one series crosses below another", .group = "trend", .source = "definition",
           .formula = "a < b and a' >= b'",
           .meaning =
               "The one bar at which a series falls below another, as a price below its average. Two series that lie "
               "close cross again and again: ask for a distance, or wait for a second bar, if that is costly.",
           .inputs = TW_NAMES("real0", "real1"), .outputs = TW_NAMES("real"), .params = no_table,
           .params_size = sizeof(trend), .traits = TW_WINDOW | TW_INVARIANT | TW_LOGICAL,
           .define = "real = real0 < real1 and lag(real0, 1) >= lag(real1, 1)");
TW_DEFINED(ttm_trend, .title = "TTM trend", .group = "trend", .source = "Carter 2005; pandas-ta-classic ttm_trend",
           .formula = "1 where c is above the mean of (h + l) / 2 over the window, else -1",
           .meaning =
               "Whether the close is above or below the mean of the middles of the last bars, told by 1 and -1, as the "
               "colour of the bars on its charts. With so few bars it turns often in a market without trend.",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = ttm_table,
           .params_size = sizeof(trend), .traits = TW_WINDOW | TW_INVARIANT,
           .define = "real = if(close > sma(medprice(high, low), timeperiod), 1, -1)");

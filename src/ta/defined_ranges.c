/* SPDX-License-Identifier: Apache-2.0 */
/* defined_ranges.c - how wide the bars are, as averages. */
#include "ta/defined.h"

typedef struct window {
    int timeperiod, rocperiod, fastperiod, slowperiod;
    char nan[TW_TEXT_MAX];
} window;

#define NAN_PARAM TW_PARAM_TEXT(window, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param adr_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 14, 1, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), TW_PARAM_END};
static const tw_param cvi_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 10, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the average"),
    TW_PARAM_SEARCH(window, rocperiod, 10, 1, TW_DEFINED_MOST, 1, 60, true, "bars back"), NAN_PARAM, TW_PARAM_END};
static const tw_param eri_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 13, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the average"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param massi_table[] = {
    TW_PARAM_SEARCH(window, fastperiod, 9, 1, TW_DEFINED_MOST, 3, 60, true, "bars of both averages"),
    TW_PARAM_SEARCH(window, slowperiod, 25, 1, TW_DEFINED_MOST, 5, 120, true, "bars of the sum"), NAN_PARAM,
    TW_PARAM_END};

TW_DEFINED(adr, .title = "Average daily range", .group = "volatility", .source = "TA-Lib 0.8 ADR",
           .formula = "mean of h - l over the window",
           .meaning = "The mean of the ranges of the bars, from low to high, in units of the price. Gaps between bars "
                      "do not count; for markets that close overnight it is less than ATR.",
           .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = adr_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,
           .define = "real = sma(high - low, timeperiod)");
TW_DEFINED(cvi, .title = "Chaikin's volatility", .group = "volatility", .source = "Chaikin; TA-Lib 0.8 CVI",
           .formula = "100 (e[t] / e[t-k] - 1), e = ema(h - l); 0 where e[t-k] is 0",
           .meaning =
               "The change in percent of an average of the bars' ranges against some bars ago: whether ranges widen or "
               "narrow. A quick widening often goes with tops in panic, a slow narrowing with tired ones.",
           .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = cvi_table,
           .params_size = sizeof(window), .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "real = roc(ema(high - low, timeperiod, nan=nan), rocperiod)");
TW_DEFINED(eri, .title = "Elder ray", .group = "momentum", .source = "Elder 1993; TA-Lib 0.8 ERI",
           .formula = "h - ema(c), l - ema(c)",
           .meaning = "How far the high (bull power) and the low (bear power) are from an exponential average: the "
                      "strength of each side beyond the agreed value. Elder buys in an uptrend of the average while "
                      "bear power is below zero and rising. It is in units of the price.",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("bullpower", "bearpower"),
           .params = eri_table, .params_size = sizeof(window), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE,
           .define = "e = ema(close, timeperiod, nan=nan); bullpower = high - e; bearpower = low - e");
TW_DEFINED(massi, .title = "Mass index", .group = "volatility", .source = "Dorsey 1992; TA-Lib 0.8 MASSI",
           .formula = "sum over slow bars of e / ema(e, fast), e = ema(h - l, fast); 1 where that is 0",
           .meaning = "A sum of how much the averaged range is above its own average: it swells when ranges widen and "
                      "shrink again. A rise above 27 and a fall below 26.5, the reversal bulge, is taken as a sign of "
                      "a coming turn, without saying which way.",
           .levels = {26.5, 27}, .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = massi_table,
           .params_size = sizeof(window), .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "e = ema(high - low, fastperiod, nan=nan); d = ema(e, fastperiod, nan=nan); real = sum(if(d == 0, "
                     "1 + d, e / d), slowperiod)");

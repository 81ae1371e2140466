/* SPDX-License-Identifier: Apache-2.0 */
/* defined_average_oscillators.c - oscillators about zero, or within 0 and 100, that are made of averages. */
#include "ta/defined.h"

typedef struct oscillator {
    int timeperiod, fastperiod, slowperiod, signalperiod, wmaperiod, roc1period, roc2period, firstperiod, secondperiod,
        stddevperiod;
    char nan[TW_TEXT_MAX];
} oscillator;

#define NAN_PARAM                                                                                                      \
    TW_PARAM_TEXT(oscillator, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param ao_table[] = {
    TW_PARAM_SEARCH(oscillator, fastperiod, 5, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the fast average"),
    TW_PARAM_SEARCH(oscillator, slowperiod, 34, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the slow average"),
    TW_PARAM_END};
static const tw_param ac_table[] = {
    TW_PARAM_SEARCH(oscillator, fastperiod, 5, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the fast average"),
    TW_PARAM_SEARCH(oscillator, slowperiod, 34, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the slow average"),
    TW_PARAM_SEARCH(oscillator, signalperiod, 5, 1, TW_DEFINED_MOST, 3, 100, true,
                    "bars of the average of the difference"),
    TW_PARAM_END};
static const tw_param coppock_table[] = {
    TW_PARAM_SEARCH(oscillator, wmaperiod, 10, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the average"),
    TW_PARAM_SEARCH(oscillator, roc1period, 11, 1, TW_DEFINED_MOST, 3, 100, true, "bars of one change"),
    TW_PARAM_SEARCH(oscillator, roc2period, 14, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the other change"),
    TW_PARAM_END};
static const tw_param fosc_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 5, 2, TW_DEFINED_MOST, 3, 100, true, "bars of the line"), TW_PARAM_END};
static const tw_param rvi_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 14, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the averages"),
    TW_PARAM_SEARCH(oscillator, stddevperiod, 10, 2, TW_DEFINED_MOST, 3, 100, true, "bars of the deviation"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param smi_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 13, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the range"),
    TW_PARAM_SEARCH(oscillator, fastperiod, 2, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the second average"),
    TW_PARAM_SEARCH(oscillator, slowperiod, 25, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the first average"),
    TW_PARAM_SEARCH(oscillator, signalperiod, 9, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the average of the index"),
    NAN_PARAM,
    TW_PARAM_END};
static const tw_param tsi_table[] = {
    TW_PARAM_SEARCH(oscillator, firstperiod, 25, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the first average"),
    TW_PARAM_SEARCH(oscillator, secondperiod, 13, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the second average"),
    NAN_PARAM, TW_PARAM_END};

TW_DEFINED(ao, .title = "Awesome oscillator", .group = "momentum", .source = "Williams 1995; TA-Lib 0.8 AO",
           .formula = "sma(m, fast) - sma(m, slow), m = (h + l) / 2",
           .meaning = "The course of the last week of bars against that of the last month or so, from the middles of "
                      "the bars. Above zero the short one leads; crossings of zero and two peaks on one side of it are "
                      "the usual signals. It is in units of the price and, made of averages, late.",
           .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = ao_table,
           .params_size = sizeof(oscillator), .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,
           .define = "middle = medprice(high, low); real = sma(middle, fastperiod) - sma(middle, slowperiod)");
TW_DEFINED(ac, .title = "Accelerator oscillator", .group = "momentum", .source = "Williams 1995; TA-Lib 0.8 AC",
           .formula = "ao - sma(ao, signal)",
           .meaning = "Whether the momentum that the awesome oscillator shows is gaining or losing speed. It turns "
                      "before that oscillator does, and so before the price more often than the price bears out; in "
                      "quiet markets it flickers about zero.",
           .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = ac_table,
           .params_size = sizeof(oscillator), .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,
           .define = "line = ao(high, low, fastperiod, slowperiod); real = line - sma(line, signalperiod)");
TW_DEFINED(coppock, .title = "Coppock curve", .group = "momentum", .source = "Coppock 1962; TA-Lib 0.8 COPPOCK",
           .formula = "wma(roc(x, a) + roc(x, b), n)",
           .meaning = "A slow momentum for the long view, made for monthly bars of a stock index: a turn upwards from "
                      "below zero was meant as the sign to buy after a long fall. It was not made to say when to sell, "
                      "and on daily bars it is just another slow oscillator.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = coppock_table,
           .params_size = sizeof(oscillator), .traits = TW_WINDOW | TW_INVARIANT,
           .define = "real = wma(roc(real, roc1period) + roc(real, roc2period), wmaperiod)");
TW_DEFINED(fosc, .title = "Forecast oscillator", .group = "momentum",
           .source = "Chande and Kroll 1994; TA-Lib 0.8 FOSC",
           .formula = "100 (x - f') / x, f' the forecast made a bar ago (tsf); 0 where x is 0",
           .meaning = "By how much, in percent, the price beat the forecast that its regression line made a bar ago. "
                      "Above zero it rises faster than its own trend promised. As the line knows nothing of turns, the "
                      "largest misses come just after them.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = fosc_table,
           .params_size = sizeof(oscillator), .traits = TW_WINDOW | TW_INVARIANT,
           .define = "miss = real - lag(tsf(real, timeperiod), 1);"
                     "real = if(real == 0, 0 * miss, 100 * (miss / real))");
TW_DEFINED(
    rvi, .title = "Relative volatility index", .group = "volatility", .source = "Dorsey 1993; TA-Lib 0.8 RVI",
    .formula = "100 u / (u + d), u and d the rma of the deviation of bars that rise, and fall; 50 where they are 0",
    .meaning = "How much of the recent volatility came with rising bars, from 0 to 100. It is meant to confirm other "
               "signals, above 50 those to buy, below 50 those to sell, and beyond 60 and 40 to enter late or to "
               "leave. Alone it is much like an RSI.",
    .levels = {40, 60}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = rvi_table,
    .params_size = sizeof(oscillator), .traits = TW_RECURSIVE | TW_INVARIANT,
    .define = "s = stddev(real, stddevperiod); move = diff(real, 1);"
              "up = rma(if(move > 0, s, 0 * s), timeperiod, nan=nan);"
              "all = up + rma(if(move < 0, s, 0 * s), timeperiod, nan=nan);"
              "real = if(all == 0, 50 + all, 100 * (up / all))");
TW_DEFINED(
    smi, .title = "Stochastic momentum index", .group = "momentum", .source = "Blau 1993; TA-Lib 0.8 SMI",
    .formula = "200 e(c - (max h + min l) / 2) / e(max h - min l), e(x) = ema(ema(x, slow), fast); 0 where the "
               "range is 0",
    .meaning = "Where the close is against the middle of the recent range, from -100 to 100, smoothed twice: a calmer "
               "stochastic. Beyond 40 on either side are the usual extremes, crossings of the signal line the signals. "
               "In a trend it stays out there.",
    .levels = {-40, 40}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("smi", "smisignal"),
    .params = smi_table, .params_size = sizeof(oscillator), .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
    .define = "top = max(high, timeperiod); bottom = min(low, timeperiod);"
              "line = 200 * smooth_ratio(close - (top + bottom) / 2, top - bottom, slowperiod, fastperiod, nan=nan);"
              "smisignal = ema(line, signalperiod, nan=nan); smi = line + 0 * smisignal");
TW_DEFINED(tsi, .title = "True strength index", .group = "momentum", .source = "Blau 1991; TA-Lib 0.8 TSI",
           .formula = "100 e(m) / e(|m|), m = x - x', e(x) = ema(ema(x, first), second); 0 where nothing moved",
           .meaning = "Recent net movement as a share of all movement, smoothed twice, from -100 to 100: above zero "
                      "the trend is up. Beyond 25 on either side is taken as far gone. It is smooth and yet turns "
                      "early; in a strong trend it stays far gone.",
           .levels = {-25, 25}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = tsi_table,
           .params_size = sizeof(oscillator), .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "move = diff(real, 1);"
                     "real = 100 * smooth_ratio(move, abs(move), firstperiod, secondperiod, nan=nan)");

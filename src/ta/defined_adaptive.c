/* SPDX-License-Identifier: Apache-2.0 */
/* defined_adaptive.c - averages that adapt to the market, and distances from an average. */
#include "ta/defined.h"

typedef struct average {
    int timeperiod, cmoperiod, matype;
    char nan[TW_TEXT_MAX];
} average;

#define NAN_PARAM TW_PARAM_TEXT(average, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param bias_table[] = {
    TW_PARAM_SEARCH(average, timeperiod, 26, 1, TW_DEFINED_MOST, 5, 100, true, "bars of the average"),
    TW_PARAM(average, matype, 0, 0, 8,
             "kind of average: 0 sma, 1 ema, 2 wma, 3 dema, 4 tema, 5 trima, 6 kama, 7 mama, 8 t3"),
    NAN_PARAM, TW_PARAM_END};
static const tw_param dsp_table[] = {
    TW_PARAM_SEARCH(average, timeperiod, 14, 1, TW_DEFINED_MOST, 5, 100, true, "bars of the average"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param frama_table[] = {TW_PARAM_SEARCH(average, timeperiod, 16, 2, TW_DEFINED_MOST, 5, 100, true,
                                                       "bars in the window; of an odd number one less"),
                                       NAN_PARAM, TW_PARAM_END};
static const tw_param swma_table[] = {
    TW_PARAM_SEARCH(average, timeperiod, 10, 2, TW_DEFINED_MOST, 5, 100, true, "bars in the window"), TW_PARAM_END};
static const tw_param vidya_table[] = {
    TW_PARAM_SEARCH(average, timeperiod, 12, 1, TW_DEFINED_MOST, 5, 100, true,
                    "bars of the average at its fastest; 1 gives the series itself"),
    TW_PARAM_SEARCH(average, cmoperiod, 9, 2, TW_DEFINED_MOST, 3, 60, true, "moves in the oscillator"), NAN_PARAM,
    TW_PARAM_END};

TW_DEFINED(bias, .title = "Distance from a moving average, as a share", .group = "momentum", .source = "pandas-ta bias",
           .formula = "(x - ma(x, n)) / ma(x, n); 0 where that is 0",
           .meaning = "How far the price has run from its average, as a share: large values are taken as exaggerated. "
                      "How large that is differs by instrument and by times, and in a strong trend it stays large.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = bias_table,
           .params_size = sizeof(average), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "base = ma(real, timeperiod, matype, nan=nan);"
                     "real = if(base == 0, 0 * base, (real - base) / base)");
TW_DEFINED(dsp, .title = "Detrended synthetic price", .group = "cycle", .source = "pandas-ta dsp",
           .formula = "x - ema(x, n)",
           .meaning = "The price less an exponential average: what is left when the slow course is taken out. It is in "
                      "units of the price and swings around zero; in a trend it stays on one side.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = dsp_table, .params_size = sizeof(average),
           .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE,
           .define = "real = real - ema(real, timeperiod, nan=nan)");

/* The range of a half is that of the newer one some bars ago, so both are one node. */
TW_DEFINED(
    frama, .title = "Fractal adaptive moving average", .group = "overlap", .source = "Ehlers 2005; TA-Lib 0.8 FRAMA",
    .formula = "y += k (p - y), p = (h + l) / 2, k = exp(-4.6 log2((r1 + r2) / r)) at most 1, r the range of the "
               "window and r1, r2 those of its halves; 1 where r1 or r2 is 0; begun with the p of the first window, "
               "which has no value itself",
    .meaning = "An average that adapts by the roughness of the price: it follows quickly where the path is straight "
               "and nearly stands still where it fills its range. Roughness is estimated from two halves of one short "
               "window, so the speed itself is noisy.",
    .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = frama_table,
    .params_size = sizeof(average), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
    .define = "half = floor(timeperiod / 2); p = medprice(high, low);"
              "new = max(high, half) - min(low, half); old = lag(new, half);"
              "all = max(high, 2 * half) - min(low, 2 * half);"
              "k = if(less(new, old) <= 0, 1, exp(-4.6 / log(2) * log((new + old) / all)));"
              "real = skip(follow(p, k, p, nan=nan), 1, nan=nan)");
TW_DEFINED(swma, .title = "Moving average with symmetric weights", .group = "overlap", .source = "pandas-ta swma",
           .formula = "mean with weights 1, 2, .. up to the middle and down again: trima",
           .meaning = "A moving average that weighs the middle of the window most: trima by another name. Smooth, and "
                      "late by half the window.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = swma_table,
           .params_size = sizeof(average), .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS,
           .define = "real = trima(real, timeperiod)");

/* Until there are enough moves the oscillator is that of the moves so far: the sums that do not end. */
TW_DEFINED(
    vidya, .title = "Variable index dynamic average", .group = "overlap", .source = "Chande 1995; TA-Lib 0.8 VIDYA",
    .formula = "y += 2 / (n + 1) |cmo| (x - y), cmo = (x[t] - x[t-m]) / sum |x - x'| over m moves, or over those "
               "so far; 0 where that is 0; begun with the first value",
    .meaning = "An average whose speed follows how one-sided recent moves were: quick in a trend, nearly still without "
               "one. The measure of that is taken over few bars and is noisy itself.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = vidya_table, .params_size = sizeof(average),
    .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
    .define = "move = diff(real, 1); some = if(is_missing(move), 0 * real, move);"
              "early = cumsum(0 * real + 1, nan=nan) <= cmoperiod;"
              "net = abs(if(early, cumsum(some, nan=nan), diff(real, cmoperiod)));"
              "path = if(early, cumsum(abs(some), nan=nan), sum(abs(move), cmoperiod));"
              "k = if(path == 0, 0, net / path) * (2 / (timeperiod + 1));"
              "real = choose(timeperiod > 1, real, skip(follow(real, k, real, nan=nan), cmoperiod, nan=nan))");

/* SPDX-License-Identifier: Apache-2.0 */
/* defined_bands.c - bands and stops at a width that follows the market, and where in them. */
#include "ta/defined.h"

typedef struct band {
    int timeperiod, stopperiod, matype;
    double nbdevup, nbdevdn, multiplier, longfactor, shortfactor;
    char nan[TW_TEXT_MAX];
} band;

#define NAN_PARAM TW_PARAM_TEXT(band, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

#define MATYPES "kind of average: 0 sma, 1 ema, 2 wma, 3 dema, 4 tema, 5 trima, 6 kama, 7 mama, 8 t3"

static const tw_param bands_table[] = {
    TW_PARAM_SEARCH(band, timeperiod, 20, 2, TW_DEFINED_MOST, 5, 60, true, "bars in the window"),
    TW_PARAM_SEARCH(band, nbdevup, 2, -3e37, 3e37, 1, 3, false, "standard deviations to the upper band"),
    TW_PARAM_SEARCH(band, nbdevdn, 2, -3e37, 3e37, 1, 3, false, "standard deviations to the lower band"),
    TW_PARAM(band, matype, 0, 0, 8, MATYPES),
    NAN_PARAM,
    TW_PARAM_END};
static const tw_param cksp_table[] = {
    TW_PARAM_SEARCH(band, timeperiod, 10, 2, TW_DEFINED_MOST, 5, 60, true,
                    "bars of the extremes and of the average true range"),
    TW_PARAM_SEARCH(band, multiplier, 1, 0, 3e37, 0.5, 5, false, "average true ranges to the stop"),
    TW_PARAM_SEARCH(band, stopperiod, 9, 1, TW_DEFINED_MOST, 1, 60, true, "bars over which a stop is kept"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param pmax_table[] = {
    TW_PARAM_SEARCH(band, timeperiod, 10, 2, TW_DEFINED_MOST, 5, 60, true, "bars of both averages"),
    TW_PARAM_SEARCH(band, multiplier, 3, 0, 3e37, 0.5, 5, false, "average true ranges to the stop"),
    TW_PARAM(band, matype, 1, 0, 8, MATYPES), NAN_PARAM, TW_PARAM_END};
static const tw_param thermo_table[] = {
    TW_PARAM_SEARCH(band, timeperiod, 20, 1, TW_DEFINED_MOST, 5, 60, true, "bars of the average"),
    TW_PARAM_SEARCH(band, longfactor, 2, 0, 3e37, 1, 4, false, "averages below which it is calm"),
    TW_PARAM_SEARCH(band, shortfactor, 0.5, 0, 3e37, 0.2, 1, false, "averages above which it is not"),
    TW_PARAM(band, matype, 1, 0, 8, MATYPES),
    NAN_PARAM,
    TW_PARAM_END};

/* From the deviation itself: the bands lie near each other where it is small beside the price. */
TW_DEFINED(bbw, .title = "Width of Bollinger's bands in percent", .group = "volatility",
           .source = "Bollinger 2001; TA-Lib 0.8 BBW",
           .formula = "100 (up + down) std / m, the bands of bbands; 0 where m is 0",
           .meaning = "How wide Bollinger's bands are for the level of the price: lowest values, the squeeze, are read "
                      "as quiet before a larger move, without saying which way. Quiet may last for long, and what is "
                      "narrow differs by instrument: compare with its own past.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = bands_table, .params_size = sizeof(band),
           .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "m = ma(real, timeperiod, matype, nan=nan); std = stddev(real, timeperiod);"
                     "real = if(m == 0, 0 * std, 100 * ((nbdevup + nbdevdn) * std / m))");
TW_DEFINED(percentb, .title = "Place of a value in Bollinger's bands", .group = "volatility",
           .source = "Bollinger 2001; TA-Lib 0.8 PERCENTB",
           .formula = "(x - lower) / (upper - lower), the bands of bbands; 1/2 where they are one",
           .meaning = "Where the price is between Bollinger's bands: 0 on the lower, 1 on the upper, beyond them "
                      "outside. It makes touches of the bands comparable between instruments. In a trend prices walk "
                      "along a band, and it stays near 1 or 0 for long.",
           .levels = {1}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = bands_table,
           .params_size = sizeof(band), .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "std = stddev(real, timeperiod); width = (nbdevup + nbdevdn) * std;"
                     "away = choose(matype > 0, ts_zscore(real, timeperiod, 0),"
                     "(real - ma(real, timeperiod, matype, nan=nan)) / std);"
                     "known = 0 * choose(matype > 0, std, ma(real, timeperiod, matype, nan=nan));"
                     "real = if(width + known == 0, 0.5 + known, (away + nbdevdn) / (nbdevup + nbdevdn))");
TW_DEFINED(cksp, .title = "Chande and Kroll's stops", .group = "overlap",
           .source = "Chande and Kroll 1994; TA-Lib 0.8 CKSP",
           .formula = "max over s bars of max(h, n) - m atr(n), min over s bars of min(l, n) + m atr(n)",
           .meaning = "Stops that keep so many average ranges away from recent extremes, smoothed by an extreme of "
                      "their own: a close below highstop ends a long position, one above lowstop a short one. In "
                      "sideways markets they are hit again and again.",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("highstop", "lowstop"), .params = cksp_table,
           .params_size = sizeof(band), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
           .define = "width = multiplier * atr(high, low, close, timeperiod, nan=nan);"
                     "highstop = max(max(high, timeperiod) - width, stopperiod);"
                     "lowstop = min(min(low, timeperiod) + width, stopperiod)");
TW_DEFINED(pmax, .title = "Stop that trails a moving average", .group = "overlap", .source = "Ozbilgic 2020",
           .formula = "trail of ma((h + l) / 2, n) at m atr(n); side 1 long, -1 short",
           .meaning =
               "A stop that trails a moving average by so many average ranges and changes sides when the average "
               "crosses it: a trend follower with few trades. It is late twice over, by the average and by the width.",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real", "side"), .params = pmax_table,
           .params_size = sizeof(band), .traits = TW_RECURSIVE,
           .define = "line = ma(medprice(high, low), timeperiod, matype, nan=nan);"
                     "t = trail(line, multiplier * atr(high, low, close, timeperiod, nan=nan), nan=nan);"
                     "real = t.stop; side = t.side");
TW_DEFINED(
    thermo, .title = "Elder's market thermometer", .group = "volatility", .source = "Elder 2002; pandas-ta thermo",
    .formula = "x = max(|h - h'|, |l' - l|), m = ma(x, n), x < long m, x > short m",
    .meaning = "How far a bar reaches beyond the one before: how hot the market is. Elder enters while it is low for "
               "its average and takes profits when it is a multiple of it; thermolong and thermoshort compare it with "
               "the average by factors of your choice. It has no direction and is in units of the price.",
    .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("thermo", "thermoma", "thermolong", "thermoshort"),
    .params = thermo_table, .params_size = sizeof(band), .traits = TW_RECURSIVE,
    .define = "thermo = greater(abs(diff(high, 1)), abs(diff(low, 1)));"
              "thermoma = ma(thermo, timeperiod, matype, nan=nan);"
              "thermolong = thermo < longfactor * thermoma; thermoshort = thermo > shortfactor * thermoma");

/* SPDX-License-Identifier: Apache-2.0 */
/* defined_momentum.c - momentum indicators that are made of others. */
#include "ta/defined.h"

typedef struct window {
    int timeperiod;
    char nan[TW_TEXT_MAX];
} window;

static const tw_param adxr_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 14, 2, TW_DEFINED_MOST, 5, 60, true, "bars averaged, and bars back"),
    TW_PARAM_TEXT(window, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory"),
    TW_PARAM_END};
static const tw_param aroonosc_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 14, 2, TW_DEFINED_MOST, 5, 60, true, "bars back"), TW_PARAM_END};
static const tw_param cci_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 14, 2, TW_DEFINED_MOST, 5, 60, true, "bars in the window"), TW_PARAM_END};
static const tw_param cmou_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 14, 1, TW_DEFINED_MOST, 3, 100, true, "moves in the window"), TW_PARAM_END};
static const tw_param dpo_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 20, 1, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), TW_PARAM_END};
static const tw_param er_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 10, 1, TW_DEFINED_MOST, 3, 100, true, "moves in the window"), TW_PARAM_END};
static const tw_param vhf_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 28, 1, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), TW_PARAM_END};

TW_DEFINED(
    adxr, .title = "Average directional movement index rating", .group = "momentum",
    .source = "Wilder 1978; TA-Lib ADXR", .formula = "(adx[t] + adx[t-period+1]) / 2",
    .meaning = "The mean of ADX now and some bars ago: a slower ADX, meant to compare how much instruments trend.",
    .levels = {25}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = adxr_table,
    .params_size = sizeof(window), .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
    .define = "adx = adx(high, low, close, timeperiod, nan=nan); real = medprice(adx, lag(adx, timeperiod - 1))");
TW_DEFINED(aroonosc, .title = "Aroon oscillator", .group = "momentum", .source = "Chande 1995; TA-Lib AROONOSC",
           .formula = "aroonup - aroondown",
           .meaning =
               "The upward less the downward Aroon line, from -100 to 100: above zero the highest high is the more "
               "recent extreme. It moves in steps and can jump from one end to the other with a single bar.",
           .levels = {-50, 50}, .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"),
           .params = aroonosc_table, .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "real = aroon(high, low, timeperiod).aroonup - aroon(high, low, timeperiod).aroondown");
TW_DEFINED(
    cci, .title = "Commodity channel index", .group = "momentum", .source = "Lambert 1980; TA-Lib CCI",
    .formula = "(p - mean p) / (0.015 mean |p - mean p|), p = (h + l + c) / 3; 0 for a flat window",
    .meaning =
        "How far the typical price is from its mean, in units of its usual deviation: by its scaling most values lie "
        "between -100 and 100. A move out of that band is read as the start of a trend, or as an excess, depending on "
        "the school. Its scale follows the recent calm or storm, so equal readings need not be equal moves.",
    .levels = {-100, 100}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = cci_table,
    .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
    .define = "real = mad_score(typprice(high, low, close), timeperiod) * (200 / 3)");
TW_DEFINED(cmou, .title = "Chande momentum oscillator, not smoothed", .group = "momentum",
           .source = "Chande and Kroll 1994; TA-Lib 0.8 CMOU",
           .formula = "100 (x[t] - x[t-period]) / sum |x - x'|; 0 for a flat window",
           .meaning = "The net move of the window as a share of all its movement, from -100 to 100, without the "
                      "smoothing that TA-Lib's cmo has: the form in Chande's book. It forgets a bar at once when that "
                      "leaves the window, and so jumps with what falls out as well as with what comes in.",
           .levels = {-50, 50}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = cmou_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "path = sum(abs(diff(real, 1)), timeperiod); real = if(path == 0, 0 * path, 100 * diff(real, "
                     "timeperiod) / path)");
TW_DEFINED(dpo, .title = "Detrended price oscillator", .group = "momentum", .source = "TA-Lib 0.8 DPO",
           .formula = "x[t - period/2 - 1] - sma(x, period)",
           .meaning = "A price of half a window ago less the average: what is left when the slow course is taken out, "
                      "to see the length of cycles. It is shifted back in time by construction and says nothing about "
                      "now; here the past price is used, so that it never looks ahead.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = dpo_table, .params_size = sizeof(window),
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,
           .define = "real = lag(real, floor(timeperiod / 2) + 1) - sma(real, timeperiod)");
TW_DEFINED(er, .title = "Efficiency ratio", .group = "momentum", .source = "Kaufman 1995; TA-Lib 0.8 ER",
           .formula = "|x[t] - x[t-period]| / sum |x - x'|; 1 for a flat window",
           .meaning =
               "The net move of a window as a share of the way that the price went: 1 is a straight line, near 0 is "
               "all to and fro. It is the part of Kaufman's average that decides its speed. It has no direction.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = er_table, .params_size = sizeof(window),
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "path = sum(abs(diff(real, 1)), timeperiod); real = if(path == 0, 1 + path, abs(diff(real, "
                     "timeperiod)) / path)");
TW_DEFINED(qstick, .title = "Mean body of the candles of a window", .group = "momentum",
           .source = "Chande and Kroll 1994; TA-Lib 0.8 QSTICK", .formula = "mean of c - o over the window",
           .meaning = "The mean body of the candles of a window, in units of the price: above zero buyers moved prices "
                      "within bars. It does not see gaps, which for stocks are a large part of all movement.",
           .inputs = TW_NAMES("open", "close"), .outputs = TW_NAMES("real"), .params = er_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,
           .define = "real = sma(close - open, timeperiod)");
TW_DEFINED(vhf, .title = "Vertical horizontal filter", .group = "momentum", .source = "White 1991; TA-Lib 0.8 VHF",
           .formula = "(max x - min x) / sum |x - x'| over the window; 0 for a flat one",
           .meaning = "The range of a window as a share of the way that the price went: high in a trend, low where it "
                      "goes to and fro. It tells which kind of indicator may work now, those for trends or "
                      "oscillators; it has no direction and lags by the window.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = vhf_table, .params_size = sizeof(window),
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "path = sum(abs(diff(real, 1)), timeperiod); real = if(path == 0, 0 * path, (max(real, "
                     "timeperiod) - min(real, timeperiod)) / path)");
TW_DEFINED(vortex, .title = "Vortex indicator", .group = "momentum",
           .source = "Botes and Siepman 2010; TA-Lib 0.8 VORTEX",
           .formula = "sum |h - l'| / sum tr, sum |l - h'| / sum tr over the window; 0 where that is 0",
           .meaning = "Two lines that grow with upward and with downward reach from bar to bar, each as a share of the "
                      "true range; they lie around 1. The line on top names the direction, a crossing its change. In "
                      "quiet markets the lines tangle.",
           .levels = {1}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("plusvi", "minusvi"),
           .params = cmou_table, .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "tr = sum(trange(high, low, close), timeperiod); up = sum(abs(high - lag(low, 1)), timeperiod); "
                     "down = sum(abs(low - lag(high, 1)), timeperiod); plusvi = if(tr == 0, 0 * up, up / tr); minusvi "
                     "= if(tr == 0, 0 * down, down / tr)");

/* SPDX-License-Identifier: Apache-2.0 */
/* defined_trend_channels.c - channels about an average, the trend that a close beyond them turns, and turning points.
 */
#include "ta/defined.h"

typedef struct trend {
    int timeperiod, atrperiod, leftbars, rightbars;
    double nbdev, multiplier;
    char nan[TW_TEXT_MAX];
} trend;

#define NAN_PARAM TW_PARAM_TEXT(trend, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param kc_table[] = {
    TW_PARAM_SEARCH(trend, timeperiod, 20, 1, TW_DEFINED_MOST, 5, 100, true, "bars of the average"),
    TW_PARAM_SEARCH(trend, atrperiod, 10, 1, TW_DEFINED_MOST, 5, 60, true, "bars of the average true range"),
    TW_PARAM_SEARCH(trend, nbdev, 2, -3e37, 3e37, 1, 3, false, "average true ranges to a band"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param supertrend_table[] = {
    TW_PARAM_SEARCH(trend, timeperiod, 10, 1, TW_DEFINED_MOST, 5, 60, true, "bars of the average true range"),
    TW_PARAM_SEARCH(trend, multiplier, 3, 0, 3e37, 1, 5, false, "average true ranges to a band"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param fractal_table[] = {
    TW_PARAM_SEARCH(trend, leftbars, 2, 1, TW_DEFINED_MOST, 1, 20, true, "bars before the turn"),
    TW_PARAM_SEARCH(trend, rightbars, 2, 1, TW_DEFINED_MOST, 1, 20, true, "bars after it, by which it is known later"),
    TW_PARAM_END};

/* Average and range begin on the bar of the later one, as in TA-Lib. */
TW_DEFINED(kc, .title = "Keltner channel", .group = "overlap", .source = "Keltner 1960, Raschke; TA-Lib 0.8 KC",
           .formula = "m + d atr, m, m - d atr; m = ema((h + l + c) / 3)",
           .meaning = "An average with a band as wide as the usual ranges of the bars: a close outside shows unusual "
                      "strength and is taken as the start of a trend, the middle line as its support. It is smoother "
                      "than Bollinger's bands, and slower to see that volatility has changed.",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("upperband", "middleband", "lowerband"),
           .params = kc_table, .params_size = sizeof(trend), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
           .define = "price = (high + low + close) / 3; later = timeperiod - 1 - atrperiod;"
                     "begun = choose(later < 0, price, skip(price, -later, nan=nan));"
                     "h = choose(later > 0, high, skip(high, later, nan=nan));"
                     "l = choose(later > 0, low, skip(low, later, nan=nan));"
                     "c = choose(later > 0, close, skip(close, later, nan=nan));"
                     "m = ema(begun, timeperiod, nan=nan); band = nbdev * atr(h, l, c, atrperiod, nan=nan);"
                     "upperband = m + band; middleband = m + 0 * band; lowerband = m - band");
TW_DEFINED(supertrend, .title = "Supertrend", .group = "overlap", .source = "Seban 2008; TA-Lib 0.8 SUPERTREND",
           .formula = "the lower of two trailing bands (h + l) / 2 -+ multiplier atr while the trend is 1, the upper "
                      "while it is -1",
           .meaning = "A stop that trails the price by so many average ranges and changes sides when the close crosses "
                      "it: below the price the trend is up, above it down. It keeps one in the market always, and in a "
                      "sideways market it reverses again and again at a loss.",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("supertrend", "trend"),
           .params = supertrend_table, .params_size = sizeof(trend), .traits = TW_RECURSIVE,
           .define = "middle = medprice(high, low); band = multiplier * atr(high, low, close, timeperiod, nan=nan);"
                     "t = trailing_bands(middle + band, middle - band, close, nan=nan);"
                     "supertrend = t.line; trend = t.trend");
TW_DEFINED(
    fractal, .title = "Turning points, when they are known", .group = "pattern",
    .source = "Williams 1995; TA-Lib 0.8 FRACTAL",
    .formula = "100 where the high, or low, `right` bars ago is beyond those of `left` bars before and all after",
    .meaning = "Highs and lows that stand out from the bars on both sides, as marks of support, resistance and places "
               "for stops. A turn is known only when the bars on its right are complete, so the mark stands at that "
               "bar and not, as on charts, at the turn itself.",
    .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("swinghigh", "swinglow"), .params = fractal_table,
    .params_size = sizeof(trend), .traits = TW_WINDOW | TW_INVARIANT,
    .define = "top = lag(high, rightbars); bottom = lag(low, rightbars);"
              "swinghigh = 100 * (top > lag(max(high, leftbars), rightbars + 1) and top > max(high, rightbars));"
              "swinglow = 100 * (bottom < lag(min(low, leftbars), rightbars + 1) and bottom < min(low, "
              "rightbars))");

/* SPDX-License-Identifier: Apache-2.0 */
/* defined_channels.c - the range of a window of prices, and where in it. */
#include "ta/defined.h"

typedef struct window {
    int timeperiod;
} window;

static const tw_param donchian_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 20, 1, TW_DEFINED_MOST, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param trima_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 30, 2, TW_DEFINED_MOST, 5, 250, true, "bars in the window"), TW_PARAM_END};

TW_DEFINED(donchian, .title = "Donchian channel", .group = "overlap", .source = "Donchian 1960; TA-Lib 0.8 DONCHIAN",
           .formula = "max h, (max h + min l) / 2, min l over the window",
           .meaning = "The highest high and the lowest low of the window, and their middle. A new extreme is the "
                      "classic breakout signal of trend followers. The window holds this bar: to trade a break of the "
                      "channel compare with the channel of the bar before.",
           .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("upperband", "middleband", "lowerband"),
           .params = donchian_table, .params_size = sizeof(window), .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS,
           .define = "upperband = max(high, timeperiod); lowerband = min(low, timeperiod);"
                     "middleband = medprice(upperband, lowerband)");
TW_DEFINED(trima, .title = "Triangular moving average", .group = "overlap", .source = "TA-Lib TRIMA",
           .formula = "mean with weights 1, 2, .. up to the middle and down again: an average of an average",
           .meaning = "A simple average taken twice, which weighs the middle of the window most. It is very smooth and "
                      "correspondingly late: useful to see the underlying course, hardly to time an entry.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = trima_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS,
           .define = "real = sma(sma(real, floor((timeperiod + 1) / 2)), floor(timeperiod / 2) + 1)");

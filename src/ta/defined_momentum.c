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

TW_DEFINED(adxr, .title = "Average directional movement index rating", .group = "momentum",
           .source = "Wilder 1978; TA-Lib ADXR", .formula = "(adx[t] + adx[t-period+1]) / 2",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = adxr_table,
           .params_size = sizeof(window), .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "adx = adx(high, low, close, timeperiod, nan=nan); real = (adx + lag(adx, timeperiod - 1)) / 2");
TW_DEFINED(aroonosc, .title = "Aroon oscillator", .group = "momentum", .source = "Chande 1995; TA-Lib AROONOSC",
           .formula = "aroonup - aroondown", .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"),
           .params = aroonosc_table, .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "real = aroon(high, low, timeperiod).aroonup - aroon(high, low, timeperiod).aroondown");

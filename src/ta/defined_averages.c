/* SPDX-License-Identifier: Apache-2.0 */
/* defined_averages.c - moving averages that are made of others. */
#include "ta/defined.h"

typedef struct average {
    int timeperiod;
    char nan[TW_TEXT_MAX];
} average;

#define NAN_PARAM TW_PARAM_TEXT(average, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param kama_table[] = {
    TW_PARAM_SEARCH(average, timeperiod, 30, 2, TW_DEFINED_MOST, 5, 100, true, "bars of the efficiency ratio"),
    NAN_PARAM, TW_PARAM_END};

/* The first average is made from the price a bar before it, as TA-Lib does. */
TW_DEFINED(kama, .title = "Kaufman's adaptive moving average", .group = "overlap",
           .source = "Kaufman 1995; TA-Lib KAMA",
           .formula = "y += (er (2/3 - 2/31) + 2/31)^2 (x - y), er = |x[t] - x[t-n]| / sum |x[t-i] - x[t-i-1]|, i < n; "
                      "1 where that is 0",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = kama_table,
           .params_size = sizeof(average), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
           .define = "net = abs(mom(real, timeperiod)); path = sum(abs(mom(real, 1)), timeperiod);"
                     "c = if(net >= path, 1, net / path) * (2 / 3 - 2 / 31) + 2 / 31;"
                     "real = follow(real, c * c, lag(real, 1), nan=nan)");

/* SPDX-License-Identifier: Apache-2.0 */
/* defined_momentum_ma.c - oscillators made of moving averages of a kind that is chosen (TA-Lib's matype). Where TA-Lib
 * has several outputs begin together, 0 times the last of them is added to the others: that is NaN until it is there.
 */
#include "ta/defined.h"

typedef struct oscillator {
    int fastperiod, slowperiod, matype;
} oscillator;

#define KIND(field)                                                                                                    \
    TW_PARAM(oscillator, field, 0, 0, 8,                                                                               \
             "kind of average: 0 sma, 1 ema, 2 wma, 3 dema, 4 tema, 5 trima, 6 kama, 7 mama, 8 t3")
#define FAST TW_PARAM_SEARCH(oscillator, fastperiod, 12, 2, TW_DEFINED_MOST, 3, 50, true, "bars of the fast average")
#define SLOW TW_PARAM_SEARCH(oscillator, slowperiod, 26, 2, TW_DEFINED_MOST, 10, 200, true, "bars of the slow average")

static const tw_param apo_table[] = {FAST, SLOW, KIND(matype), TW_PARAM_END};

/* ---------------------------------------------------------------- differences of two averages */

#define IN_ORDER "fast = less(fastperiod, slowperiod); slow = greater(fastperiod, slowperiod);"

TW_DEFINED(apo, .title = "Absolute price oscillator", .group = "momentum", .source = "TA-Lib APO",
           .formula = "ma(x, fast) - ma(x, slow)",
           .meaning = "The distance between two moving averages, in units of the price: MACD without its signal line, "
                      "with averages of any kind. Above zero the short trend is above the long one.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = apo_table,
           .params_size = sizeof(oscillator), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE,
           .define = IN_ORDER "real = ma(real, fast, matype) - ma(real, slow, matype)");
TW_DEFINED(ppo, .title = "Percentage price oscillator", .group = "momentum", .source = "TA-Lib PPO",
           .formula = "100 (ma(x, fast) - ma(x, slow)) / ma(x, slow); 0 where that is 0",
           .meaning = "The distance between two moving averages in percent of the slow one. It reads like MACD and can "
                      "be compared between instruments and over long times, where the price has moved far.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = apo_table,
           .params_size = sizeof(oscillator), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = IN_ORDER "base = ma(real, slow, matype); line = ma(real, fast, matype) - base;"
                              "real = if(base == 0, 0 * line, 100 * (line / base))");

/* SPDX-License-Identifier: Apache-2.0 */
/* defined_kst.c - Pring's sum of four smoothed rates of change. Both outputs begin with the signal. */
#include "ta/defined.h"

typedef struct sure_thing {
    int roc1period, roc2period, roc3period, roc4period, sma1period, sma2period, sma3period, sma4period;
    int ma1period, ma2period, ma3period, ma4period, signalperiod, rocmatype, signalmatype;
    char nan[TW_TEXT_MAX];
} sure_thing;

#define RATES                                                                                                          \
    TW_PARAM_SEARCH(sure_thing, roc1period, 10, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the first rate"),            \
        TW_PARAM_SEARCH(sure_thing, roc2period, 15, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the second rate"),       \
        TW_PARAM_SEARCH(sure_thing, roc3period, 20, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the third rate"),        \
        TW_PARAM_SEARCH(sure_thing, roc4period, 30, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the fourth rate")
#define SIGNAL TW_PARAM_SEARCH(sure_thing, signalperiod, 9, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the signal")

#define MATYPES "kind of average: 0 sma, 1 ema, 2 wma, 3 dema, 4 tema, 5 trima, 6 kama, 7 mama, 8 t3"

static const tw_param kst_table[] = {
    RATES,
    TW_PARAM_SEARCH(sure_thing, sma1period, 10, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the first average"),
    TW_PARAM_SEARCH(sure_thing, sma2period, 10, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the second average"),
    TW_PARAM_SEARCH(sure_thing, sma3period, 10, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the third average"),
    TW_PARAM_SEARCH(sure_thing, sma4period, 15, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the fourth average"),
    SIGNAL,
    TW_PARAM_END};
static const tw_param kstext_table[] = {
    RATES,
    TW_PARAM_SEARCH(sure_thing, ma1period, 10, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the first average"),
    TW_PARAM_SEARCH(sure_thing, ma2period, 10, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the second average"),
    TW_PARAM_SEARCH(sure_thing, ma3period, 10, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the third average"),
    TW_PARAM_SEARCH(sure_thing, ma4period, 15, 1, TW_DEFINED_MOST, 2, 60, true, "bars of the fourth average"),
    SIGNAL,
    TW_PARAM(sure_thing, rocmatype, 0, 0, 8, MATYPES),
    TW_PARAM(sure_thing, signalmatype, 0, 0, 8, MATYPES),
    TW_PARAM_TEXT(sure_thing, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory"),
    TW_PARAM_END};

TW_DEFINED(kst, .title = "Know sure thing", .group = "momentum", .source = "Pring 1992; TA-Lib 0.8 KST",
           .formula = "sum i sma(roc(x, r_i), n_i), i = 1 .. 4; its sma",
           .meaning = "Four rates of change, each smoothed, the longer ones counting more: the momentum of several "
                      "horizons in one line. Crossings of its signal line and of zero are read as changes of trend. It "
                      "is slow by construction, and with daily bars the periods given cover only some weeks.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("kst", "kstsignal"), .params = kst_table,
           .params_size = sizeof(sure_thing), .traits = TW_WINDOW | TW_INVARIANT,
           .define = "line = sma(roc(real, roc1period), sma1period) + 2 * sma(roc(real, roc2period), sma2period)"
                     "+ 3 * sma(roc(real, roc3period), sma3period) + 4 * sma(roc(real, roc4period), sma4period);"
                     "kstsignal = sma(line, signalperiod); kst = line + 0 * kstsignal");
/* As in TA-Lib the four averages have their first value on the same bar: those with a memory that look back less far (n
 * times the period less one, and `more`) begin as much later. */
TW_DEFINED(kstext, .title = "Know sure thing, with averages of kinds that are chosen", .group = "momentum",
           .source = "Pring 1992; TA-Lib 0.8 KSTEXT", .formula = "sum i ma(roc(x, r_i), n_i), i = 1 .. 4; its ma",
           .meaning = "The same four rates of change as kst with averages of other kinds. It is read like kst; faster "
                      "averages bring earlier turns and more of them.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("kst", "kstsignal"), .params = kstext_table,
           .params_size = sizeof(sure_thing), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define =
               "n = choose(rocmatype, 1, 1, 1, 2, 3, 1, 1, 0, 6); more = choose(rocmatype, 0, 0, 0, 0, 0, 0, 1, 32, 0);"
               "b1 = roc1period + if(ma1period > 1, n * (ma1period - 1) + more, 0);"
               "b2 = roc2period + if(ma2period > 1, n * (ma2period - 1) + more, 0);"
               "b3 = roc3period + if(ma3period > 1, n * (ma3period - 1) + more, 0);"
               "b4 = roc4period + if(ma4period > 1, n * (ma4period - 1) + more, 0);"
               "memory = choose(rocmatype, 0, 1, 0, 1, 1, 0, 1, 1, 1);"
               "last = greater(greater(b1, b2), greater(b3, b4));"
               "r1 = roc(real, roc1period); x1 = choose(memory, r1, skip(r1, last - b1, nan=nan));"
               "r2 = roc(real, roc2period); x2 = choose(memory, r2, skip(r2, last - b2, nan=nan));"
               "r3 = roc(real, roc3period); x3 = choose(memory, r3, skip(r3, last - b3, nan=nan));"
               "r4 = roc(real, roc4period); x4 = choose(memory, r4, skip(r4, last - b4, nan=nan));"
               "line = ma(x1, ma1period, rocmatype, nan=nan) + 2 * ma(x2, ma2period, rocmatype, nan=nan)"
               "+ 3 * ma(x3, ma3period, rocmatype, nan=nan) + 4 * ma(x4, ma4period, rocmatype, nan=nan);"
               "kstsignal = ma(line, signalperiod, signalmatype, nan=nan); kst = line + 0 * kstsignal");

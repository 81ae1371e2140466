/* SPDX-License-Identifier: Apache-2.0 */
/* defined_momentum_ma.c - oscillators made of moving averages of a kind that is chosen (TA-Lib's matype). Where TA-Lib
 * has several outputs begin together, 0 times the last of them is added to the others: that is NaN until it is there.
 */
#include "ta/defined.h"

typedef struct oscillator {
    int fastperiod, slowperiod, signalperiod, matype, fastmatype, slowmatype, signalmatype;
    char nan[TW_TEXT_MAX];
} oscillator;

#define KIND(field, usual) TW_PARAM(oscillator, field, usual, 0, TW_MATYPE_LAST, TW_MATYPE_HELP)
#define FAST TW_PARAM_SEARCH(oscillator, fastperiod, 12, 2, TW_DEFINED_MOST, 3, 50, true, "bars of the fast average")
#define SLOW TW_PARAM_SEARCH(oscillator, slowperiod, 26, 2, TW_DEFINED_MOST, 10, 200, true, "bars of the slow average")

#define SIGNAL                                                                                                         \
    TW_PARAM_SEARCH(oscillator, signalperiod, 9, 1, TW_DEFINED_MOST, 3, 50, true,                                      \
                    "bars of the average of the difference")

static const tw_param apo_table[] = {FAST, SLOW, KIND(matype, 0), TW_PARAM_END};
static const tw_param pvo_table[] = {FAST, SLOW, KIND(matype, 1), TW_PARAM_END};
static const tw_param macdext_table[] = {
    FAST,
    KIND(fastmatype, 0),
    SLOW,
    KIND(slowmatype, 0),
    SIGNAL,
    KIND(signalmatype, 0),
    TW_PARAM_TEXT(oscillator, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory"),
    TW_PARAM_END};

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
TW_DEFINED(pvo, .title = "Percentage volume oscillator", .group = "volume", .source = "TA-Lib 0.8 PVO",
           .formula = "100 (ma(v, fast) - ma(v, slow)) / ma(v, slow); 0 where that is 0",
           .meaning = "The fast average of volume against the slow one, in percent: above zero trading is busier than "
                      "it was. It says nothing of direction and is used to confirm a breakout; within a day and around "
                      "holidays volume has its own pattern.",
           .inputs = TW_NAMES("volume"), .outputs = TW_NAMES("real"), .params = pvo_table,
           .params_size = sizeof(oscillator), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "real = ppo(volume, fastperiod, slowperiod, matype)");

/* ---------------------------------------------------------------- macd of averages of any kind
 * Both averages begin on the bar of the later one, as in TA-Lib: what an average does not look back to is left out. */

/* Bars before the first value of each, by its kind. */
#define FAST_BACK                                                                                                      \
    "fastback = if(fast > 1, choose(fastkind, fast - 1, fast - 1, fast - 1, 2 * (fast - 1), 3 * (fast - 1),"           \
    "fast - 1, fast, 32, 6 * (fast - 1), fast - 2 + floor(sqrt(fast)), 0, fast - 1,"                                   \
    "fast - 1 + floor((fast - 1) / 2), fast - 1), 0);"
#define SLOW_BACK                                                                                                      \
    "slowback = if(slow > 1, choose(slowkind, slow - 1, slow - 1, slow - 1, 2 * (slow - 1), 3 * (slow - 1),"           \
    "slow - 1, slow, 32, 6 * (slow - 1), slow - 2 + floor(sqrt(slow)), 0, slow - 1,"                                   \
    "slow - 1 + floor((slow - 1) / 2), slow - 1), 0);"
#define KINDS                                                                                                          \
    "swapped = slowperiod < fastperiod; fastkind = choose(swapped, fastmatype, slowmatype);"                           \
    "slowkind = choose(swapped, slowmatype, fastmatype);"
#define BEGUN                                                                                                          \
    "later = slowback - fastback; quick = choose(later > 0, real, skip(real, later, nan=nan));"                        \
    "calm = choose(later < 0, real, skip(real, -later, nan=nan));"

TW_DEFINED(macdext, .title = "Moving average convergence and divergence, with averages of any kind",
           .group = "momentum", .source = "Appel 1979; TA-Lib MACDEXT",
           .formula = "macd = ma(x, fast) - ma(x, slow), signal = ma(macd, signal), hist = macd - signal",
           .meaning = "MACD with a choice of average for each of its three lines. It is read like MACD; what to beware "
                      "of adds what holds for the averages chosen.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("macd", "macdsignal", "macdhist"), .params = macdext_table,
           .params_size = sizeof(oscillator), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE,
           .define = IN_ORDER KINDS FAST_BACK SLOW_BACK BEGUN
           "line = ma(quick, fast, fastkind, nan=nan) - ma(calm, slow, slowkind, nan=nan);"
           "macdsignal = ma(line, signalperiod, signalmatype, nan=nan); macd = line + 0 * macdsignal;"
           "macdhist = line - macdsignal");

/* SPDX-License-Identifier: Apache-2.0 */
/* defined_averages.c - moving averages of every kind (TA-Lib's matype), and bands about them. */
#include "ta/defined.h"

typedef struct average {
    int timeperiod, minperiod, maxperiod, matype;
    double nbdevup, nbdevdn;
    char nan[TW_TEXT_MAX];
} average;

#define NAN_PARAM TW_PARAM_TEXT(average, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")
#define MATYPE_PARAM TW_PARAM(average, matype, 0, 0, TW_MATYPE_LAST, TW_MATYPE_HELP)

static const tw_param kama_table[] = {
    TW_PARAM_SEARCH(average, timeperiod, 30, 2, TW_DEFINED_MOST, 5, 100, true, "bars of the efficiency ratio"),
    NAN_PARAM, TW_PARAM_END};
static const tw_param ma_table[] = {
    TW_PARAM_SEARCH(average, timeperiod, 30, 1, TW_DEFINED_MOST, 3, 250, true, "bars; 1 gives the series itself"),
    MATYPE_PARAM, NAN_PARAM, TW_PARAM_END};
static const tw_param hma_table[] = {
    TW_PARAM_SEARCH(average, timeperiod, 20, 2, TW_DEFINED_MOST, 5, 100, true, "bars in the longest window"),
    TW_PARAM_END};
static const tw_param zlema_table[] = {
    TW_PARAM_SEARCH(average, timeperiod, 30, 2, TW_DEFINED_MOST, 3, 250, true, "bars of the like simple average"),
    NAN_PARAM, TW_PARAM_END};
static const tw_param mavp_table[] = {
    TW_PARAM_SEARCH(average, minperiod, 2, 1, 1000, 2, 20, true, "periods below count as this"),
    TW_PARAM_SEARCH(average, maxperiod, 30, 1, 1000, 10, 100, true, "periods above count as this"),
    TW_PARAM(average, matype, 0, 0, 8,
             "kind of average: 0 sma, 1 ema, 2 wma, 3 dema, 4 tema, 5 trima, 6 kama, 7 mama, 8 t3"),
    NAN_PARAM, TW_PARAM_END};
static const tw_param bbands_table[] = {
    TW_PARAM_SEARCH(average, timeperiod, 5, 2, TW_DEFINED_MOST, 5, 60, true, "bars in the window"),
    TW_PARAM_SEARCH(average, nbdevup, 2, -3e37, 3e37, 1, 3, false, "standard deviations to the upper band"),
    TW_PARAM_SEARCH(average, nbdevdn, 2, -3e37, 3e37, 1, 3, false, "standard deviations to the lower band"),
    MATYPE_PARAM,
    NAN_PARAM,
    TW_PARAM_END};

/* The first average is made from the price a bar before it, as TA-Lib does. */
TW_DEFINED(kama, .title = "Kaufman's adaptive moving average", .group = "overlap",
           .source = "Kaufman 1995; TA-Lib KAMA",
           .formula = "y += (er (2/3 - 2/31) + 2/31)^2 (x - y), er = |x[t] - x[t-n]| / sum |x[t-i] - x[t-i-1]|, i < n; "
                      "1 where that is 0",
           .meaning = "An average that adapts: it follows quickly while the price goes straight and nearly stands "
                      "still while it goes to and fro. A flat line says that there is no trend worth following. How it "
                      "adapts rests on the efficiency ratio over a short window, which is itself noisy.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = kama_table,
           .params_size = sizeof(average), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
           .define = "net = abs(mom(real, timeperiod)); path = sum(abs(mom(real, 1)), timeperiod);"
                     "c = if(net >= path, 1, net / path) * (2 / 3 - 2 / 31) + 2 / 31;"
                     "real = follow(real, c * c, lag(real, 1), nan=nan)");

TW_DEFINED(hma, .title = "Hull moving average", .group = "overlap", .source = "Hull 2005; TA-Lib 0.8 HMA",
           .formula = "wma(2 wma(x, n / 2) - wma(x, n), sqrt n), whole parts of n / 2 and of the root",
           .meaning = "A weighted average of weighted averages combined so that most of the lag cancels: it hugs the "
                      "price and is still smooth. It overshoots after a sharp move, and a turn of the line, its usual "
                      "signal, comes early and often in vain.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = hma_table, .params_size = sizeof(average),
           .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS,
           .define = "real = wma(2 * wma(real, floor(timeperiod / 2)) - wma(real, timeperiod),"
                     "floor(sqrt(timeperiod)))");
TW_DEFINED(
    zlema, .title = "Exponential moving average without its lag", .group = "overlap",
    .source = "Ehlers and Way 2010; TA-Lib 0.8 ZLEMA", .formula = "ema(2 x - x[t-k], n), k = (n - 1) / 2, whole",
    .meaning =
        "An exponential average of the price plus what it gained over about the average's own lag: it keeps up with a "
        "steady trend. At a turn it overshoots, and the correction makes it noisier than a plain average.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = zlema_table, .params_size = sizeof(average),
    .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
    .define = "real = ema(2 * real - lag(real, floor((timeperiod - 1) / 2)), timeperiod, nan=nan)");

TW_DEFINED(ma, .title = "Moving average of a kind that is chosen", .group = "overlap", .source = "TA-Lib MA",
           .formula = "sma, ema, wma, dema, tema, trima, kama, mama, t3, hma, x itself, zlema or rma",
           .meaning = "A moving average of the kind that matype names, so that one expression can try several kinds. "
                      "What to beware of is what holds for the kind.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = ma_table, .params_size = sizeof(average),
           .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
           .define = "real = choose(if(timeperiod > 1, matype, 0), sma(real, timeperiod),"
                     "ema(real, timeperiod, nan=nan), wma(real, timeperiod), dema(real, timeperiod, nan=nan),"
                     "tema(real, timeperiod, nan=nan), trima(real, timeperiod), kama(real, timeperiod, nan=nan),"
                     "mama(real, nan=nan), t3(real, timeperiod, nan=nan), hma(real, timeperiod), real,"
                     "sma(real, timeperiod), zlema(real, timeperiod, nan=nan), rma(real, timeperiod, nan=nan))");

TW_DEFINED(
    mavp, .title = "Moving average whose period is a series", .group = "overlap", .source = "TA-Lib MAVP",
    .formula = "ma(x, p[t]), the whole part of p within minperiod and maxperiod",
    .meaning =
        "A moving average of the kind that matype names whose length a second series sets at each bar, as a measured "
        "cycle or a measure of volatility. When the length jumps, the line jumps without the price having moved.",
    .inputs = TW_NAMES("real", "periods"), .outputs = TW_NAMES("real"), .params = mavp_table,
    .params_size = sizeof(average), .traits = TW_RECURSIVE,
    .define = "real = choose(matype, vary_sma(real, periods, minperiod, maxperiod),"
              "vary_ema(real, periods, minperiod, maxperiod, nan=nan),"
              "vary_wma(real, periods, minperiod, maxperiod),"
              "vary_dema(real, periods, minperiod, maxperiod, nan=nan),"
              "vary_tema(real, periods, minperiod, maxperiod, nan=nan),"
              "vary_trima(real, periods, minperiod, maxperiod),"
              "vary_kama(real, periods, minperiod, maxperiod, nan=nan), mama(real, nan=nan) + 0 * periods,"
              "vary_t3(real, periods, minperiod, maxperiod, nan=nan))");
TW_DEFINED(bbands, .title = "Bollinger bands", .group = "overlap", .source = "Bollinger 1992; TA-Lib BBANDS",
           .formula = "m + up std, m, m - down std; m = ma(x, n, matype), std of the window with divisor n",
           .meaning =
               "A moving average with a line so many standard deviations above and below: narrow bands show a quiet "
               "market, wide ones a lively one. A touch of a band says that the price is far out by its own recent "
               "standard, not that it will turn; in a trend prices walk along a band for a long time.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("upperband", "middleband", "lowerband"),
           .params = bbands_table, .params_size = sizeof(average), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
           .define = "m = choose(matype > 0, sma_bands(real, timeperiod, nbdevup, nbdevdn),"
                     "ma(real, timeperiod, matype, nan=nan)); std = choose(matype > 0, 0, stddev(real, timeperiod));"
                     "upperband = choose(matype > 0, m.upperband, m + nbdevup * std);"
                     "middleband = choose(matype > 0, m.middleband, m + 0 * std);"
                     "lowerband = choose(matype > 0, m.lowerband, m - nbdevdn * std)");

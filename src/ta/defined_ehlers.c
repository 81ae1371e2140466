/* SPDX-License-Identifier: Apache-2.0 */
/* defined_ehlers.c - filters of Ehlers. A filter of two poles at angle w of radius a is poles() with the gain
 * 1 - 2 a cos w + a^2, here (1 - a)^2 + 4 a sin^2(w / 2), and a^2 of the last step kept. */
#include "ta/defined.h"

typedef struct filter {
    int timeperiod, poles, hp_period, length, bars;
    double alpha, gamma;
    char nan[TW_TEXT_MAX];
} filter;

#define NAN_PARAM TW_PARAM_TEXT(filter, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param ssf_table[] = {TW_PARAM_SEARCH(filter, timeperiod, 10, 2, TW_DEFINED_MOST, 5, 100, true, "bars"),
                                     TW_PARAM(filter, poles, 2, 2, 3, "poles of the filter"), NAN_PARAM, TW_PARAM_END};
static const tw_param laguerre_table[] = {TW_PARAM_SEARCH(filter, gamma, 0.8, 0, 1, 0.2, 0.9, false, "damping"),
                                          NAN_PARAM, TW_PARAM_END};
static const tw_param lrsi_table[] = {TW_PARAM_SEARCH(filter, gamma, 0.5, 0, 1, 0.2, 0.9, false, "damping"), NAN_PARAM,
                                      TW_PARAM_END};
static const tw_param decycler_table[] = {
    TW_PARAM_SEARCH(filter, hp_period, 60, 5, TW_DEFINED_MOST, 20, 200, true, "longest cycle taken away"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param roofing_table[] = {
    TW_PARAM_SEARCH(filter, hp_period, 48, 5, TW_DEFINED_MOST, 20, 200, true, "longest cycle kept"),
    TW_PARAM_SEARCH(filter, timeperiod, 10, 2, TW_DEFINED_MOST, 5, 100, true, "bars"), NAN_PARAM, TW_PARAM_END};
static const tw_param cyber_table[] = {
    TW_PARAM_SEARCH(filter, alpha, 0.07, 1e-6, 1, 0.02, 0.3, false, "share of the newest value"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param flex_table[] = {TW_PARAM_SEARCH(filter, timeperiod, 20, 2, TW_DEFINED_MOST, 5, 100, true, "bars"),
                                      NAN_PARAM, TW_PARAM_END};
static const tw_param ebsw_table[] = {
    TW_PARAM_SEARCH(filter, length, 40, 5, TW_DEFINED_MOST, 20, 100, true, "longest cycle kept"),
    TW_PARAM_SEARCH(filter, bars, 10, 2, TW_DEFINED_MOST, 5, 40, true, "shortest cycle kept"), NAN_PARAM, TW_PARAM_END};

/* Radius a and gain g of the super smoother of `bars` bars. */
#define SMOOTHER "w = 4.44288293815836624702 / bars; a = exp(-w); h = sin(w / 2); g = (1 - a) ^ 2 + 4 * a * h * h;"
/* Share of a high-pass of one pole at the angle v; cos v + sin v - 1 without the digits lost at small v. */
#define HIGH_PASS "alpha = (sin(v) - 2 * sin(v / 2) ^ 2) / cos(v);"

TW_DEFINED(ssf, .title = "Super smoother", .group = "overlap", .source = "Ehlers 2004; pandas-ta-classic ssf",
           .formula = "2 poles: a = e^(-sqrt2 pi / n), y = c x + 2 a cos(sqrt2 pi / n) y' - a^2 y''; 3 poles: those of "
                      "Butterworth, p = e^(-pi / n), with angle sqrt3 pi / n; at rest on the first value",
           .meaning =
               "An average that removes the shortest cycles, up to timeperiod, more thoroughly than an exponential one "
               "of like lag. It is read like any average, and lags like one where the price turns sharply.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = ssf_table, .params_size = sizeof(filter),
           .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
           .define = "bars = timeperiod;" SMOOTHER
                     "p = exp(-3.14159265358979323846 / timeperiod); i = sin(2.72069904635132677 / timeperiod);"
                     "c = p * p; k = (1 - p) ^ 2 + 4 * p * i * i;"
                     "real = choose(poles - 2, poles(real, real, g, a * a, 0, nan=nan),"
                     "poles(real, real, (1 - c) * k, c * (2 - k), -c * c, nan=nan))");
TW_DEFINED(laguerre, .title = "Laguerre filter", .group = "overlap", .source = "Ehlers 2004",
           .formula = "(l0 + 2 l1 + 2 l2 + l3) / 6; l0 += (1 - gamma) (x - l0), l1 = l0' + gamma (l1' - l0), l2 and l3 "
                      "likewise",
           .meaning = "A smooth average from only four memories: gamma near 1 makes it slow, near 0 close to the "
                      "price. It is read like any average; the lag grows quickly with gamma.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = laguerre_table,
           .params_size = sizeof(filter), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
           .define = "l0 = follow(real, 1 - gamma, real, nan=nan); l1 = allpass(l0, gamma, nan=nan); l2 = allpass(l1, "
                     "gamma, nan=nan); l3 = allpass(l2, gamma, nan=nan);"
                     "real = l0 + ((l1 - l0) * 2 + (l2 - l0) * 2 + (l3 - l0)) / 6");
TW_DEFINED(lrsi, .title = "Laguerre relative strength index", .group = "momentum",
           .source = "Ehlers 2004; pandas-ta-classic lrsi",
           .formula = "100 cu / (cu + cd), cu and cd the rises and falls from l3 to l2 to l1 to l0 of the Laguerre "
                      "filter; 0 where all are equal",
           .meaning = "A relative strength index from 0 to 100 over the four stages of a Laguerre filter, which swings "
                      "from end to end within few bars. Leaving the zones beyond 80 and 20 is the usual signal. In a "
                      "trend it rests at one end, and being so quick it gives many signals.",
           .levels = {20, 80}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = lrsi_table,
           .params_size = sizeof(filter), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "l0 = follow(real, 1 - gamma, real, nan=nan); l1 = allpass(l0, gamma, nan=nan); l2 = allpass(l1, "
                     "gamma, nan=nan); l3 = allpass(l2, gamma, nan=nan);"
                     "up = greater(l0 - l1, 0) + greater(l1 - l2, 0) + greater(l2 - l3, 0);"
                     "all = abs(l0 - l1) + abs(l1 - l2) + abs(l2 - l3); real = if(all == 0, all, 100 * (up / all))");
TW_DEFINED(
    decycler, .title = "Decycler", .group = "overlap", .source = "Ehlers 2015",
    .formula = "y += alpha ((x + x') / 2 - y), alpha = (cos w + sin w - 1) / cos w, w = 2 pi / n",
    .meaning =
        "The price less its cycles shorter than hp_period: what is left is trend, with little lag for its smoothness. "
        "It is read like a moving average and, like one, crossed again and again in a sideways market.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = decycler_table, .params_size = sizeof(filter),
    .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
    .define = "v = 6.28318530717958647692 / hp_period;" HIGH_PASS
              "mid = (real + lag(real, 1)) / 2; real = follow(mid, alpha, mid, nan=nan)");
TW_DEFINED(roofing, .title = "Roofing filter", .group = "cycle", .source = "Ehlers 2013",
           .formula = "super smoother of (h + h') / 2, h a high-pass of two poles: (1 - alpha / 2)^2 (x - 2 x' + x'') "
                      "+ 2 (1 - alpha) h' - (1 - alpha)^2 h'', alpha as in decycler at w = sqrt2 pi / n; begun with 0",
           .meaning = "The price without its slow trend and without its jitter: only cycles between timeperiod and "
                      "hp_period are left, as oscillators like them. It swings around zero also in a strong trend, so "
                      "its sign is no sign of the trend.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = roofing_table,
           .params_size = sizeof(filter), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE,
           .define = "v = 4.44288293815836624702 / hp_period;" HIGH_PASS
                     "move = diff(diff(real, 1), 1) * ((1 - alpha / 2) / alpha) ^ 2;"
                     "high = poles(move, 0, alpha * alpha, (1 - alpha) ^ 2, 0, nan=nan); bars = timeperiod;" SMOOTHER
                     "real = poles((high + lag(high, 1)) / 2, 0, g, a * a, 0, nan=nan)");
TW_DEFINED(cyber_cycle, .title = "Cyber cycle", .group = "cycle", .source = "Ehlers 2004",
           .formula =
               "c = (1 - alpha / 2)^2 (s - 2 s' + s'') + 2 (1 - alpha) c' - (1 - alpha)^2 c'', s = (x + 2 x' + 2 "
               "x'' + x''') / 6; begun with 0; trigger c'",
           .meaning = "The short cycle of the price with trend and jitter filtered out; trigger is the same line a bar "
                      "ago, and their crossings mark its turns. It is quick, and in a trend its turns are mere pauses.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("cycle", "trigger"), .params = cyber_table,
           .params_size = sizeof(filter), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE,
           .define = "s = real + (2 * (lag(real, 1) - real) + 2 * (lag(real, 2) - real) + (lag(real, 3) - real)) / 6;"
                     "move = diff(diff(s, 1), 1) * ((1 - alpha / 2) / alpha) ^ 2;"
                     "cycle = poles(move, 0, alpha * alpha, (1 - alpha) ^ 2, 0, nan=nan); trigger = lag(cycle, 1)");

#define FLEX                                                                                                           \
    "bars = timeperiod / 2;" SMOOTHER "mid = (real + lag(real, 1)) / 2; f = poles(mid, mid, g, a * a, 0, nan=nan);"    \
    "above = f - mean(lag(f, 1), timeperiod);"
#define FLEX_UNITS "square = follow(d * d, 0.04, 0, nan=nan); real = if(square == 0, 0 * d, d / sqrt(square))"
TW_DEFINED(
    trendflex, .title = "Trendflex", .group = "momentum", .source = "Ehlers 2020",
    .formula = "d / sqrt(m), d the mean of f - f[t-i], i = 1 .. n, m += 0.04 (d^2 - m) from 0; f the super "
               "smoother of (x + x') / 2 over n / 2 bars; 0 where m is 0",
    .meaning =
        "How far the smoothed price is above or below its recent self, on a scale of its own recent size: like reflex, "
        "but a trend keeps it on one side of zero. As it is scaled to its own size, quiet and wild markets look alike.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = flex_table, .params_size = sizeof(filter),
    .traits = TW_RECURSIVE | TW_INVARIANT, .define = FLEX "d = above;" FLEX_UNITS);
TW_DEFINED(reflex, .title = "Reflex", .group = "momentum", .source = "Ehlers 2020",
           .formula = "as trendflex, d the mean of f + i (f[t-n] - f) / n - f[t-i]: against the line from n bars ago",
           .meaning = "How far the smoothed price is off the straight line over the last bars, on a scale of its own "
                      "recent size: turns of the cycle show at about the time they happen. As it is scaled to its own "
                      "size, quiet and wild markets look alike.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = flex_table, .params_size = sizeof(filter),
           .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = FLEX "d = above + (lag(f, timeperiod) - f) * ((timeperiod + 1) / (2 * timeperiod));" FLEX_UNITS);
TW_DEFINED(ebsw, .title = "Even better sine wave", .group = "cycle", .source = "Ehlers 2013; pandas-ta-classic ebsw",
           .formula =
               "mean of f / sqrt(mean of f^2) over 3 bars; f the super smoother (bars) of (h + h') / 2, h = (1 + "
               "a) / 2 (x - x') + a h', a = (1 - sin w) / cos w, w = 2 pi / length; begun with 0; 0 where f is 0",
           .meaning = "Where the price is in its cycle, as a wave from -1 to 1: near the ends it stays while a trend "
                      "lasts, and leaving an end marks the turn. The wave is scaled to full height even when there is "
                      "hardly a cycle, so a dead market draws as bold a line as a lively one.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = ebsw_table, .params_size = sizeof(filter),
           .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "v = 6.28318530717958647692 / length;" HIGH_PASS
                     "high = follow(diff(real, 1) * ((1 - alpha / 2) / alpha), alpha, 0, nan=nan);" SMOOTHER
                     "f = poles((high + lag(high, 1)) / 2, 0, g, a * a, 0, nan=nan);"
                     "power = mean(f * f, 3); real = if(power == 0, 0 * power, mean(f, 3) / sqrt(power))");

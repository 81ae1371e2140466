/* SPDX-License-Identifier: Apache-2.0 */
/* defined_oscillators.c - oscillators of a series and of bars that are made of others. */
#include "ta/defined.h"

typedef struct oscillator {
    int timeperiod, streakperiod, rankperiod, emaperiod, fastperiod, slowperiod, cycleperiod, stddevperiod;
    int fastk_period;
    double limitmove;
    char nan[TW_TEXT_MAX];
} oscillator;

#define NAN_PARAM                                                                                                      \
    TW_PARAM_TEXT(oscillator, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")
#define LIMIT                                                                                                          \
    TW_PARAM_SEARCH(oscillator, limitmove, 3, 1e-8, 3e37, 1, 100, false, "largest move of a bar, in the unit of prices")

static const tw_param asi_table[] = {LIMIT, NAN_PARAM, TW_PARAM_END};
static const tw_param si_table[] = {LIMIT, TW_PARAM_END};
static const tw_param brar_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 26, 1, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), TW_PARAM_END};
static const tw_param cfo_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 9, 2, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), TW_PARAM_END};
static const tw_param cg_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 10, 2, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), TW_PARAM_END};
static const tw_param chop_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 14, 2, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), TW_PARAM_END};
static const tw_param cti_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 20, 2, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), TW_PARAM_END};
static const tw_param crsi_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 3, 2, TW_DEFINED_MOST, 3, 100, true, "bars of the strength of the series"),
    TW_PARAM_SEARCH(oscillator, streakperiod, 2, 2, TW_DEFINED_MOST, 3, 100, true,
                    "bars of the strength of its streaks"),
    TW_PARAM_SEARCH(oscillator, rankperiod, 100, 2, 10000, 20, 250, true, "earlier returns the last is ranked among"),
    NAN_PARAM, TW_PARAM_END};
static const tw_param fisher_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 10, 2, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param none_table[] = {TW_PARAM_END};
static const tw_param pso_table[] = {
    TW_PARAM_SEARCH(oscillator, fastk_period, 8, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the range"),
    TW_PARAM_SEARCH(oscillator, emaperiod, 5, 1, TW_DEFINED_MOST, 3, 100, true, "bars of each average"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param rvir_table[] = {
    TW_PARAM_SEARCH(oscillator, timeperiod, 14, 1, TW_DEFINED_MOST, 3, 100, true, "bars averaged"),
    TW_PARAM_SEARCH(oscillator, stddevperiod, 10, 2, TW_DEFINED_MOST, 3, 100, true, "bars of the deviation"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param stc_table[] = {
    TW_PARAM_SEARCH(oscillator, fastperiod, 23, 2, TW_DEFINED_MOST, 3, 100, true, "bars of the fast average"),
    TW_PARAM_SEARCH(oscillator, slowperiod, 50, 2, TW_DEFINED_MOST, 3, 100, true, "bars of the slow average"),
    TW_PARAM_SEARCH(oscillator, cycleperiod, 10, 2, TW_DEFINED_MOST, 3, 100, true, "bars of both ranges"), NAN_PARAM,
    TW_PARAM_END};

/* ---------------------------------------------------------------- of bars */

/* The first bar has no swing, nor has one after a gap: it adds nothing. */
TW_DEFINED(asi, .title = "Accumulative swing index", .group = "momentum", .source = "Wilder 1978; TA-Lib 0.8 ASI",
           .formula = "a += si, begun with 0",
           .meaning =
               "The swing indices added up: a line meant to show the price as it really moved, whose breaks of its own "
               "old highs and lows confirm, or deny, those of the price. Its level depends on where the series begins.",
           .inputs = TW_NAMES("open", "high", "low", "close"), .outputs = TW_NAMES("real"), .params = asi_table,
           .params_size = sizeof(oscillator), .traits = TW_RECURSIVE,
           .define = "swing = si(open, high, low, close, limitmove);"
                     "real = cumsum(if(is_missing(swing), 0 * (open + high + low + close), swing), nan=nan)");
TW_DEFINED(brar, .title = "Strength of the open and of the close before in the range", .group = "momentum",
           .source = "pandas-ta brar",
           .formula = "ar = 100 sum (h - o) / sum (o - l), br = 100 sum max(h - c', 0) / sum max(c' - l, 0); 100 where "
                      "both sums are 0",
           .meaning = "How far the bars of a window reached up against how far they reached down: ar measures from the "
                      "open, br from the close before, and 100 is balance. High values are read as heated markets, low "
                      "ones as washed out. Where there is hardly any reach down, the ratios grow without bound.",
           .levels = {100}, .inputs = TW_NAMES("open", "high", "low", "close"), .outputs = TW_NAMES("ar", "br"),
           .params = brar_table, .params_size = sizeof(oscillator), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "up = sum(high - open, timeperiod); down = sum(open - low, timeperiod);"
                     "ar = if(up == 0 and down == 0, 100, 100 * up / down); last = lag(close, 1);"
                     "above = sum(greater(high - last, 0), timeperiod);"
                     "below = sum(greater(last - low, 0), timeperiod);"
                     "br = if(above == 0 and below == 0, 100, 100 * above / below)");
TW_DEFINED(chop, .title = "Choppiness index", .group = "momentum", .source = "Dreiss 1993; TA-Lib 0.8 CHOP",
           .formula = "100 log10(sum tr / (max h - min l)) / log10(n) over the window; 100 where either is 0",
           .meaning =
               "Whether the price of a window went straight or to and fro: above 61.8 the market is called choppy, "
               "below 38.2 trending. It has no direction, and it is lowest when a trend has already gone far.",
           .levels = {38.2, 61.8}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"),
           .params = chop_table, .params_size = sizeof(oscillator), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "path = sum(trange(high, low, close), timeperiod);"
                     "range = max(high, timeperiod) - min(low, timeperiod);"
                     "real = if(less(path, range) <= 0, 100, 100 * log10(path / range) / log10(timeperiod))");
TW_DEFINED(choptr, .title = "Choppiness index, of true highs and lows", .group = "momentum",
           .source = "Dreiss 1993; TA-Lib 0.8 CHOPTR",
           .formula = "100 log10(sum tr / (max max(h, c') - min min(l, c'))) / log10(n) over the window; 100 where "
                      "either is 0",
           .meaning = "The choppiness index with gaps between bars counted in the range as well as in the path. It is "
                      "read like chop and is steadier for markets that close overnight; it has no direction either.",
           .levels = {38.2, 61.8}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"),
           .params = chop_table, .params_size = sizeof(oscillator), .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "top = greater(high, lag(close, 1)); bottom = less(low, lag(close, 1));"
                     "path = sum(top - bottom, timeperiod); range = max(top, timeperiod) - min(bottom, timeperiod);"
                     "real = if(less(path, range) <= 0, 100, 100 * log10(path / range) / log10(timeperiod))");
TW_DEFINED(fisher, .title = "Fisher transform", .group = "momentum", .source = "Ehlers 2002; TA-Lib 0.8 FISHER",
           .formula = "fisher_line of (p - min p) / (max p - min p), p = (h + l) / 2, over the window; 1/2 for a flat "
                      "one; trigger is the value before",
           .meaning =
               "The place of the price in its range, stretched so that extremes stand out as sharp peaks; trigger is "
               "the same line a bar ago. A crossing beyond about 1.5 on either side is read as a turn. The window sets "
               "the range, so in a trend it rests at one end and every pause looks like a turn.",
           .levels = {-1.5, 1.5}, .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("fisher", "trigger"),
           .params = fisher_table, .params_size = sizeof(oscillator), .traits = TW_RECURSIVE,
           .define = "p = medprice(high, low); bottom = min(p, timeperiod); range = max(p, timeperiod) - bottom;"
                     "line = fisher_line(if(range == 0, 0.5, (p - bottom) / range), nan=nan);"
                     "fisher = line.fisher; trigger = line.trigger");
TW_DEFINED(ibs, .title = "Internal bar strength", .group = "momentum", .source = "Pagonidis 2013; TA-Lib 0.8 IBS",
           .formula = "(c - l) / (h - l); 1/2 where h is not above l",
           .meaning = "Where a bar closed in its range, from 0 at the low to 1 at the high. For stock indices weak "
                      "closes below about 0.2 have tended to be followed by a rise the next day, strong ones by less; "
                      "the effect need not outlast costs, and in a bar of a few ticks it is chance.",
           .levels = {0.2, 0.8}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"),
           .params = none_table, .params_size = sizeof(oscillator),
           .traits = TW_POINTWISE | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "real = if(high > low, (close - low) / (high - low), 0.5 + 0 * close)");
TW_DEFINED(pso, .title = "Premier stochastic oscillator", .group = "momentum",
           .source = "Leibfarth 2008; TA-Lib 0.8 PSO",
           .formula = "tanh(s / 2), s = ema(ema(0.1 (k - 50), n), n), k = 100 (c - min l) / (max h - min l); 50 for a "
                      "flat window",
           .meaning = "A fast stochastic, smoothed and squeezed to -1 to 1: beyond 0.9 and, more mildly, 0.2 it is "
                      "read as overbought and oversold, and leaving the zone is the signal. The squeeze makes all "
                      "extremes look alike, and in a trend it stays at one.",
           .levels = {-0.9, 0.9}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"),
           .params = pso_table, .params_size = sizeof(oscillator), .traits = TW_RECURSIVE,
           .define = "bottom = min(low, fastk_period); range = max(high, fastk_period) - bottom;"
                     "k = if(range == 0, 50 + 0 * close, 100 * ((close - bottom) / range));"
                     "s = ema(ema(0.1 * (k - 50), emaperiod, nan=nan), emaperiod, nan=nan); real = tanh(s / 2)");
TW_DEFINED(rvir, .title = "Relative volatility index of highs and lows", .group = "volatility",
           .source = "Dorsey 1995; TA-Lib 0.8 RVIR",
           .formula = "mean of the index of h and that of l: 100 u / (u + d), u and d the rma of std where x rises and "
                      "where it falls; 50 where both are 0",
           .meaning =
               "The relative volatility index of highs and of lows, averaged, as its author revised it: steadier than "
               "that of closes. It is meant to confirm other signals, above 50 those to buy, below 50 those to sell.",
           .levels = {40, 60}, .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = rvir_table,
           .params_size = sizeof(oscillator), .traits = TW_RECURSIVE,
           .define = "s = stddev(high, stddevperiod); move = diff(high, 1);"
                     "u = rma(if(move > 0, s, 0 * s), timeperiod, nan=nan);"
                     "d = rma(if(move < 0, s, 0 * s), timeperiod, nan=nan);"
                     "low_s = stddev(low, stddevperiod); low_move = diff(low, 1);"
                     "low_u = rma(if(low_move > 0, low_s, 0 * low_s), timeperiod, nan=nan);"
                     "low_d = rma(if(low_move < 0, low_s, 0 * low_s), timeperiod, nan=nan);"
                     "real = (if(u + d == 0, 50, 100 * (u / (u + d)))"
                     "+ if(low_u + low_d == 0, 50, 100 * (low_u / (low_u + low_d)))) / 2");
TW_DEFINED(si, .title = "Swing index", .group = "momentum", .source = "Wilder 1978; TA-Lib 0.8 SI",
           .formula =
               "50 n / r max(a, b) / limit, n = c - c' + (c - o) / 2 + (c' - o') / 4, a = |h - c'|, b = |l - c'|, "
               "r = |c' - o'| / 4 + the largest of a - b / 2, b - a / 2, |h - l| by which of a, b, |h - l| is "
               "largest; 0 where r is 0",
           .meaning = "A figure for the real direction of a bar, from its close against those before and how much of "
                      "the range that was. It jumps about and is meant to be added up, as asi does. The limit move "
                      "comes from futures with daily price limits; elsewhere it only sets the scale.",
           .inputs = TW_NAMES("open", "high", "low", "close"), .outputs = TW_NAMES("real"), .params = si_table,
           .params_size = sizeof(oscillator), .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,
           .define = "last = lag(close, 1); body = last - lag(open, 1);"
                     "n = (close - last) + (close - open) / 2 + body / 4;"
                     "a = abs(high - last); b = abs(low - last); d = abs(high - low);"
                     "r = abs(body) / 4 + if(a >= b and a >= d, a - b / 2, if(b >= d, b - a / 2, d));"
                     "real = if(r == 0, 0 * n, 50 * (n / r) * (greater(a, b) / limitmove))");

/* ---------------------------------------------------------------- of a series */

/* The forecast is the end of the line and one step more. */
TW_DEFINED(cfo, .title = "Distance from the forecast of a line, in percent", .group = "momentum",
           .source = "Chande and Kroll 1994; pandas-ta cfo", .formula = "100 (x - tsf(x, n)) / x; 0 where x is 0",
           .meaning =
               "How far the price is from where its regression line points for the next bar, in percent: above zero it "
               "runs ahead of its own short trend. As the line is carried a bar further, a steady rise reads a little "
               "below zero; and each new bar bends the line as well, which keeps the values small.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = cfo_table,
           .params_size = sizeof(oscillator), .traits = TW_WINDOW | TW_INVARIANT,
           .define = "away = resi(real, timeperiod) - slope(real, timeperiod);"
                     "real = if(real == 0, 0 * away, 100 * (away / real))");
/* sum (i + 1) x[t-i] is (n + 1) sum x less the sum of wma. */
TW_DEFINED(cg, .title = "Centre of gravity", .group = "momentum", .source = "Ehlers 2002; TA-Lib 0.8 CG",
           .formula = "-sum (i + 1) x[t-i] / sum x[t-i], i < n; -(n + 1) / 2 where that sum is 0",
           .meaning = "The balance point of the last prices in their window: it rises as the newer prices are the "
                      "higher ones. With hardly any lag it is read against its own value of the bar before, at turns. "
                      "It is quick because it smooths little, and in trends it turns without the price doing so.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = cg_table,
           .params_size = sizeof(oscillator), .traits = TW_WINDOW | TW_INVARIANT,
           .define = "m = sma(real, timeperiod); half = (timeperiod + 1) / 2;"
                     "real = if(m == 0, -half, half * (wma(real, timeperiod) / m) - 2 * half)");
TW_DEFINED(
    cti, .title = "Correlation with a straight line", .group = "momentum", .source = "Ehlers 2020; TA-Lib 0.8 CTI",
    .formula = "correlation of x[t-i] with -i, i < n; 0 for a flat window",
    .meaning = "How much the price looks like a straight line, from -1 for a fall to 1 for a rise. Near the ends there "
               "is a trend, near zero none. It is blind to steepness: a slow and even drift scores as high as a surge.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = cti_table, .params_size = sizeof(oscillator),
    .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
    .define = "std = stddev(real, timeperiod); unit = sqrt((timeperiod * timeperiod - 1) / 12);"
              "real = if(std == 0, 0 * std, clip(slope(real, timeperiod) * unit / std, -1, 1))");
TW_DEFINED(crsi, .title = "Connors' relative strength index", .group = "momentum",
           .source = "Connors 2012; TA-Lib 0.8 CRSI",
           .formula = "mean of rsi(x, n), rsi(streak, m) and the percentage of the p returns before that are below the "
                      "last one",
           .meaning = "A short-term oscillator from 0 to 100, of a short RSI, an RSI of how many bars in a row rose or "
                      "fell, and the rank of the last return. Beyond 90 and 10 it is read as a move that will be given "
                      "back within a few bars. It says nothing of the trend, against which such trades go wrong most.",
           .levels = {10, 90}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = crsi_table,
           .params_size = sizeof(oscillator), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "rank = percentrank(rocp(real, 1), rankperiod);"
                     "real = (rsi(real, timeperiod, nan=nan)"
                     "+ rsi(streak(real, nan=nan), streakperiod, nan=nan) + rank) / 3");
/* Where a range is 0 its place is the last one: a weight of 0, begun with 0. */
TW_DEFINED(stc, .title = "Schaff trend cycle", .group = "momentum", .source = "Schaff 2008; TA-Lib 0.8 STC",
           .formula =
               "place of macd in its range, y += (place - y) / 2, place of y in its range, z += (place - z) / 2; "
               "the place before in a range of 0",
           .meaning = "MACD put through the stochastic twice and smoothed, from 0 to 100: it turns sooner than MACD. "
                      "Rising above 25 and falling below 75 are the usual signals. It is at one end most of the time, "
                      "and each small hesitation of a trend can send it to the other.",
           .levels = {25, 75}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = stc_table,
           .params_size = sizeof(oscillator), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "x = macd(real, fastperiod, slowperiod, 1, nan=nan).macd; x_low = min(x, cycleperiod);"
                     "x_range = max(x, cycleperiod) - x_low; x_wide = x_range > 0;"
                     "x_place = if(x_wide, 100 * ((x - x_low) / x_range), 0);"
                     "x_held = follow(x_place, if(x_wide, 1, 0), 0, nan=nan);"
                     "y = follow(x_held, 0.5, x_held, nan=nan); y_low = min(y, cycleperiod);"
                     "y_range = max(y, cycleperiod) - y_low; y_wide = y_range > 0;"
                     "y_place = if(y_wide, 100 * ((y - y_low) / y_range), 0);"
                     "y_held = follow(y_place, if(y_wide, 1, 0), 0, nan=nan);"
                     "real = follow(y_held, 0.5, y_held, nan=nan)");

/* SPDX-License-Identifier: Apache-2.0 */
/* defined_swings.c - oscillators and states of a market that traders look for swings with. */
#include "ta/defined.h"

typedef struct swing {
    int timeperiod, bb_length, kc_length, smooth, rvi_length, channel_period, average_period;
    double bb_std, kc_scalar, kc_scalar_wide, kc_scalar_normal, kc_scalar_narrow, factor;
    char nan[TW_TEXT_MAX];
} swing;

#define NAN_PARAM TW_PARAM_TEXT(swing, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

#define BANDS                                                                                                          \
    TW_PARAM_SEARCH(swing, bb_length, 20, 2, TW_DEFINED_MOST, 3, 60, true, "bars of the Bollinger bands"),             \
        TW_PARAM_SEARCH(swing, bb_std, 2, 0, 1000, 0.5, 5, false, "deviations to the Bollinger bands"),                \
        TW_PARAM_SEARCH(swing, kc_length, 20, 2, TW_DEFINED_MOST, 3, 60, true,                                         \
                        "bars of the Keltner channel and of the momentum")
static const tw_param squeeze_table[] = {
    BANDS, TW_PARAM_SEARCH(swing, kc_scalar, 1.5, 0, 1000, 0.5, 5, false, "true ranges to the Keltner channel"),
    TW_PARAM_END};
static const tw_param squeeze_pro_table[] = {
    BANDS, TW_PARAM_SEARCH(swing, kc_scalar_wide, 2, 0, 1000, 0.5, 5, false, "true ranges to the wide channel"),
    TW_PARAM_SEARCH(swing, kc_scalar_normal, 1.5, 0, 1000, 0.5, 5, false, "true ranges to the normal channel"),
    TW_PARAM_SEARCH(swing, kc_scalar_narrow, 1, 0, 1000, 0.5, 5, false, "true ranges to the narrow channel"),
    TW_PARAM_END};
static const tw_param pgo_table[] = {
    TW_PARAM_SEARCH(swing, timeperiod, 14, 1, TW_DEFINED_MOST, 3, 60, true, "bars of both averages"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param rvgi_table[] = {
    TW_PARAM_SEARCH(swing, timeperiod, 14, 1, TW_DEFINED_MOST, 3, 60, true, "bars in the window"), TW_PARAM_END};
static const tw_param psl_table[] = {
    TW_PARAM_SEARCH(swing, timeperiod, 12, 1, TW_DEFINED_MOST, 3, 60, true, "bars in the window"), TW_PARAM_END};
static const tw_param inertia_table[] = {
    TW_PARAM_SEARCH(swing, timeperiod, 20, 2, TW_DEFINED_MOST, 3, 60, true, "bars of the regression"),
    TW_PARAM_SEARCH(swing, rvi_length, 14, 2, TW_DEFINED_MOST, 3, 60, true, "bars of the volatility index"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param qqe_table[] = {
    TW_PARAM_SEARCH(swing, timeperiod, 14, 1, TW_DEFINED_MOST, 3, 60, true, "bars of the rsi"),
    TW_PARAM_SEARCH(swing, smooth, 5, 1, TW_DEFINED_MOST, 3, 60, true, "bars of its average"),
    TW_PARAM_SEARCH(swing, factor, 4.236, 0, 1000, 0.5, 5, false, "average moves to the stops"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param rsx_table[] = {
    TW_PARAM_SEARCH(swing, timeperiod, 14, 1, TW_DEFINED_MOST, 3, 60, true, "bars of smoothing"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param wave_table[] = {
    TW_PARAM_SEARCH(swing, channel_period, 10, 1, TW_DEFINED_MOST, 3, 60, true, "bars of the channel"),
    TW_PARAM_SEARCH(swing, average_period, 21, 1, TW_DEFINED_MOST, 3, 60, true, "bars of the average"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param td_table[] = {NAN_PARAM, TW_PARAM_END};

/* ---------------------------------------------------------------- squeezes */

/* The ends of the Bollinger bands from the middle of the Keltner channel, whose half width is a number of `range`. */
#define SQUEEZE                                                                                                        \
    "centre = sma(close, kc_length); away = sma(close, bb_length) - centre; band = bb_std * stddev(close, bb_length);" \
    "far = band + abs(away); near = band - abs(away); range = sma(trange(high, low, close), kc_length);"               \
    "momentum = linearreg(close - ((max(high, kc_length) + min(low, kc_length)) / 2 + centre) / 2, kc_length);"
TW_DEFINED(
    squeeze, .title = "Squeeze of Bollinger bands in a Keltner channel", .group = "volatility", .source = "Carter 2005",
    .formula = "on: Bollinger bands inside sma +- scalar sma(tr), off: both outside; momentum: end of the line of "
               "least squares through c - ((max h + min l) / 2 + sma) / 2",
    .meaning = "Whether the market is unusually quiet, Bollinger's bands being inside the channel of ranges, and which "
               "way momentum points: the end of a squeeze is taken as the start of a move in that direction. Quiet may "
               "end in nothing, and the momentum line knows only what was.",
    .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("momentum", "on", "off"), .params = squeeze_table,
    .params_size = sizeof(swing), .traits = TW_WINDOW,
    .define = SQUEEZE "on = far < kc_scalar * range; off = near > kc_scalar * range");
TW_DEFINED(squeeze_pro, .title = "Squeeze with three Keltner channels", .group = "volatility",
           .source = "Carter 2005; pandas-ta-classic squeeze_pro",
           .formula = "squeeze: on by each of three scalars, off by the widest",
           .meaning = "The squeeze with three degrees of quiet, from wide to narrow: the narrower the channel that "
                      "still holds the bands, the more tightly the spring is said to be wound. It is read like squeeze "
                      "and promises as little about the direction.",
           .inputs = TW_NAMES("high", "low", "close"),
           .outputs = TW_NAMES("momentum", "on_wide", "on_normal", "on_narrow", "off"), .params = squeeze_pro_table,
           .params_size = sizeof(swing), .traits = TW_WINDOW,
           .define = SQUEEZE "on_wide = far < kc_scalar_wide * range; on_normal = far < kc_scalar_normal * range;"
                             "on_narrow = far < kc_scalar_narrow * range; off = near > kc_scalar_wide * range");

/* ---------------------------------------------------------------- oscillators */

TW_DEFINED(pgo, .title = "Pretty good oscillator", .group = "momentum", .source = "Johnson 1995",
           .formula = "(c - sma(c)) / ema(tr); 0 where that is 0",
           .meaning = "How far the close is from its average in units of the usual range of a bar. Its author bought "
                      "above 3 and sold below -3, as breakouts, and left at zero; others read such values as excess. A "
                      "calm before a move makes any move look large.",
           .levels = {-3, 3}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"),
           .params = pgo_table, .params_size = sizeof(swing), .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE,
           .define =
               "range = ema(trange(high, low, close), timeperiod, nan=nan); away = close - sma(close, timeperiod);"
               "real = if(range == 0, 0 * away, away / range)");
TW_DEFINED(
    rvgi, .title = "Relative vigour index", .group = "momentum", .source = "Ehlers 2002; pandas-ta-classic rvgi",
    .formula = "sum w(c - o) / sum w(h - l), w(x) = (x + 2 x' + 2 x'' + x''') / 6; 0 where that is 0; signal w of it",
    .meaning = "Whether bars close above their open, as a share of their range, smoothed: closes tend to be high in a "
               "rise. Crossings of the signal line are the usual signals. Gaps are not in it, and in a trend it turns "
               "often without consequence.",
    .inputs = TW_NAMES("open", "high", "low", "close"), .outputs = TW_NAMES("rvgi", "signal"), .params = rvgi_table,
    .params_size = sizeof(swing), .traits = TW_WINDOW | TW_INVARIANT,
    .define = "body = close - open; range = high - low;"
              "b = body + 2 * lag(body, 1) + 2 * lag(body, 2) + lag(body, 3);"
              "r = range + 2 * lag(range, 1) + 2 * lag(range, 2) + lag(range, 3);"
              "moved = sum(b, timeperiod); all = sum(r, timeperiod); rvgi = if(all == 0, 0 * moved, moved / all);"
              "signal = (rvgi + 2 * lag(rvgi, 1) + 2 * lag(rvgi, 2) + lag(rvgi, 3)) / 6");
TW_DEFINED(psl, .title = "Psychological line", .group = "momentum", .source = "pandas-ta-classic psl",
           .formula = "percent of bars of the window with x > x'",
           .meaning = "The percentage of bars that closed higher, as a reading of mood: above 75 the market is called "
                      "overbought, below 25 oversold. A rise by one tick counts as much as a surge, and with 12 bars "
                      "it moves in steps of about 8.",
           .levels = {25, 75}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = psl_table,
           .params_size = sizeof(swing), .traits = TW_WINDOW | TW_INVARIANT,
           .define = "real = 100 * mean(diff(real, 1) > 0, timeperiod)");
TW_DEFINED(inertia, .title = "Inertia", .group = "momentum", .source = "Dorsey 1995; pandas-ta-classic inertia",
           .formula = "end of the line of least squares through 100 u / (u + d), u and d the ema of std(x) over bars "
                      "that rise and fall; 0 where both are 0",
           .meaning = "The relative volatility index smoothed by a regression line: above 50 the trend is taken to be "
                      "upward, below 50 downward. Being smoothed twice it is late.",
           .levels = {50}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = inertia_table,
           .params_size = sizeof(swing), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "width = stddev(real, rvi_length); move = diff(real, 1); up = ema(if(move > 0, width, 0 * width), "
                     "rvi_length, nan=nan); down = ema(if(move < 0, width, 0 * width), rvi_length, nan=nan);"
                     "all = up + down; real = linearreg(if(all == 0, all, 100 * (up / all)), timeperiod)");
TW_DEFINED(
    qqe, .title = "Quantitative qualitative estimation", .group = "momentum", .source = "pandas-ta-classic qqe",
    .formula = "r = ema(rsi); stops trail r at factor times its mean move, ema(ema(|r - r'|)) over 2 n - 1 bars; "
               "the stop of the present side, r, and both stops",
    .meaning =
        "A smoothed RSI with stops that trail it: the RSI crossing its stop is the signal to change sides, above or "
        "below 50 tells the trend. Smoothed so often it seldom turns, and then late; around 50 it crosses to and fro.",
    .levels = {50}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("qqe", "rsi_ma", "long", "short"),
    .params = qqe_table, .params_size = sizeof(swing), .traits = TW_RECURSIVE | TW_INVARIANT,
    .define = "rsi_ma = ema(rsi(real, timeperiod, nan=nan), smooth, nan=nan); m = 2 * timeperiod - 1;"
              "stops = trail_pair(rsi_ma, factor * ema(ema(abs(diff(rsi_ma, 1)), m, nan=nan), m, nan=nan), nan=nan);"
              "qqe = stops.line; long = stops.lower; short = stops.upper");
TW_DEFINED(rsx_smooth, .title = "Smoother of the rsx", .group = "overlap",
           .source = "derived by users from the output of Jurik Research's; pandas-ta-classic rsx",
           .formula = "three times y = 1.5 a - 0.5 b, a += k (x - a), b += k (a - b), k = 3 / (n + 2), from 0",
           .meaning = "The smoothing inside rsx: three stages that each take back part of their lag. It begins at zero "
                      "and is meant for changes of the price, not for the price itself.",
           .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = rsx_table, .params_size = sizeof(swing),
           .traits = TW_RECURSIVE | TW_SCALES,
           .define = "k = 3 / (timeperiod + 2);"
                     "a = follow(real, k, 0, nan=nan); b = follow(a, k, 0, nan=nan); first = 1.5 * a - 0.5 * b;"
                     "c = follow(first, k, 0, nan=nan); d = follow(c, k, 0, nan=nan); second = 1.5 * c - 0.5 * d;"
                     "e = follow(second, k, 0, nan=nan); f = follow(e, k, 0, nan=nan); real = 1.5 * e - 0.5 * f");
TW_DEFINED(rsx, .title = "Relative strength index in the manner of Jurik's", .group = "momentum",
           .source = "derived by users from the output of Jurik Research's; pandas-ta-classic rsx",
           .formula = "50 (s(m) / s(|m|) + 1), m = x - x', s the smoother; within 0 and 100; 50 where s(|m|) is 0",
           .meaning = "A relative strength index from 0 to 100 without its jitter and with hardly more lag, as users "
                      "rebuilt it from the output of a product whose formula is not public. It is read like the RSI, "
                      "with 70 and 30 as extremes where it may stay for long in a trend.",
           .levels = {30, 70}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = rsx_table,
           .params_size = sizeof(swing), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "move = diff(real, 1); part = rsx_smooth(move, timeperiod, nan=nan);"
                     "all = rsx_smooth(abs(move), timeperiod, nan=nan);"
                     "real = if(all > 0, clip(50 * (part / all + 1), 0, 100), 50 + 0 * all)");
TW_DEFINED(wavetrend, .title = "Wave trend", .group = "momentum", .source = "LazyBear 2014",
           .formula = "ema((p - e) / (0.015 ema(|p - e|))), p = (h + l + c) / 3, e = ema(p); 0 where that is 0; signal "
                      "its mean over 4 bars",
           .meaning = "How far the typical price is from its average in units of its usual distance, smoothed: beyond "
                      "60 on either side it is read as overbought or oversold, and crossings of the signal line out "
                      "there as turns. In a trend it stays out there, and the scale follows recent calm or storm.",
           .levels = {-60, 60}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("wavetrend", "signal"),
           .params = wave_table, .params_size = sizeof(swing), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "price = typprice(high, low, close); away = price - ema(price, channel_period, nan=nan);"
                     "range = ema(abs(away), channel_period, nan=nan);"
                     "wavetrend = ema(if(range == 0, 0 * away, away / (0.015 * range)), average_period, nan=nan);"
                     "signal = sma(wavetrend, 4)");
TW_DEFINED(td_seq, .title = "TD sequential", .group = "momentum", .source = "DeMark 1994",
           .formula =
               "td_count of c - c[t-4], c - l[t-2], c - h[t-2]: setups and countdowns of buys and sells; without "
               "the qualifiers of the 13th bar",
           .meaning = "Counts of bars toward exhaustion: nine closes in a row beyond those of four bars before make a "
                      "setup, and thirteen bars beyond earlier extremes then complete a countdown, where a turn is "
                      "expected. In a strong trend one count after another completes without a turn.",
           .levels = {9, 13}, .inputs = TW_NAMES("high", "low", "close"),
           .outputs = TW_NAMES("buysetup", "sellsetup", "buycountdown", "sellcountdown"), .params = td_table,
           .params_size = sizeof(swing), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "n = td_count(diff(close, 4), close - lag(low, 2), close - lag(high, 2), nan=nan);"
                     "buysetup = n.buysetup; sellsetup = n.sellsetup; buycountdown = n.buycountdown;"
                     "sellcountdown = n.sellcountdown");

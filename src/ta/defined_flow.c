/* SPDX-License-Identifier: Apache-2.0 */
/* defined_flow.c - money and volume that flow in or out. */
#include "ta/defined.h"

typedef struct flow {
    int timeperiod, fastperiod, slowperiod, signalperiod, smooth, run_length;
    double coef, vcoef;
    char nan[TW_TEXT_MAX];
} flow;

#define NAN_PARAM TW_PARAM_TEXT(flow, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param kvo_table[] = {
    TW_PARAM_SEARCH(flow, fastperiod, 34, 1, TW_DEFINED_MOST, 3, 150, true, "bars of the fast average"),
    TW_PARAM_SEARCH(flow, slowperiod, 55, 1, TW_DEFINED_MOST, 3, 150, true, "bars of the slow average"),
    TW_PARAM_SEARCH(flow, signalperiod, 13, 1, TW_DEFINED_MOST, 3, 150, true, "bars of the signal"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param vfi_table[] = {
    TW_PARAM_SEARCH(flow, timeperiod, 130, 1, TW_DEFINED_MOST, 3, 150, true, "bars in the window"),
    TW_PARAM_SEARCH(flow, coef, 0.2, 0, 1000, 0.1, 0.5, false, "deviations that a move must exceed"),
    TW_PARAM_SEARCH(flow, vcoef, 2.5, 0, 1000, 1, 5, false, "average volumes that count at most"),
    TW_PARAM_SEARCH(flow, smooth, 3, 1, TW_DEFINED_MOST, 3, 150, true, "bars of the average"),
    NAN_PARAM,
    TW_PARAM_END};
static const tw_param vwmacd_table[] = {
    TW_PARAM_SEARCH(flow, fastperiod, 12, 1, TW_DEFINED_MOST, 3, 150, true, "bars of the fast average"),
    TW_PARAM_SEARCH(flow, slowperiod, 26, 1, TW_DEFINED_MOST, 3, 150, true, "bars of the slow average"),
    TW_PARAM_SEARCH(flow, signalperiod, 9, 1, TW_DEFINED_MOST, 3, 150, true, "bars of the signal"), TW_PARAM_END};
static const tw_param tmf_table[] = {
    TW_PARAM_SEARCH(flow, timeperiod, 21, 1, TW_DEFINED_MOST, 3, 150, true, "bars of both averages"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param aobv_table[] = {
    TW_PARAM_SEARCH(flow, fastperiod, 4, 1, TW_DEFINED_MOST, 3, 150, true, "bars of the fast average"),
    TW_PARAM_SEARCH(flow, slowperiod, 12, 1, TW_DEFINED_MOST, 3, 150, true, "bars of the slow average"),
    TW_PARAM_SEARCH(flow, run_length, 2, 1, TW_DEFINED_MOST, 3, 150, true, "bars over which averages rise or fall"),
    NAN_PARAM, TW_PARAM_END};
static const tw_param no_table[] = {TW_PARAM_END};

TW_DEFINED(kvo, .title = "Klinger volume oscillator", .group = "volume", .source = "Klinger 1997; Tulip kvo",
           .formula = "ema(f, fast) - ema(f, slow), f the volume force; signal its ema",
           .meaning = "The fast less the slow average of volume force: whether volume flows in or out, against its "
                      "longer course. Crossings of the signal line, in the direction of the price's trend, are the "
                      "usual signals. It is in units of volume and crosses often.",
           .inputs = TW_NAMES("high", "low", "close", "volume"), .outputs = TW_NAMES("kvo", "signal"),
           .params = kvo_table, .params_size = sizeof(flow), .traits = TW_RECURSIVE,
           .define = "force = volume_force(high, low, close, volume, nan=nan);"
                     "kvo = ema(force, fastperiod, nan=nan) - ema(force, slowperiod, nan=nan);"
                     "signal = ema(kvo, signalperiod, nan=nan)");
TW_DEFINED(
    vfi, .title = "Volume flow indicator", .group = "volume", .source = "Katsanos 2004",
    .formula = "ema of sum(s min(v, vcoef a)) / a, a the mean volume up to the bar before; s the sign of the move "
               "of (h + l + c) / 3 where that exceeds coef c std(log move, 30), else 0; 0 where a is 0",
    .meaning = "Volume added on bars up and taken away on bars down, counting only moves that are more than noise and "
               "cutting off extreme volumes: above zero buyers have had the upper hand for half a year. The long "
               "window makes it slow, and what falls out of it moves it as much as what comes in.",
    .inputs = TW_NAMES("high", "low", "close", "volume"), .outputs = TW_NAMES("real"), .params = vfi_table,
    .params_size = sizeof(flow), .traits = TW_RECURSIVE,
    .define = "price = typprice(high, low, close); move = diff(price, 1); cut = coef * stddev(log(price / "
              "lag(price, 1)), 30) * close; base = lag(sma(volume, timeperiod), 1);"
              "counted = less(volume, vcoef * base); flow = if(move > cut, counted, if(move < -cut, -counted, "
              "0 * counted)); total = sum(flow, timeperiod);"
              "real = ema(if(base == 0, 0 * total, total / base), smooth, nan=nan)");
TW_DEFINED(vwmacd, .title = "Moving average convergence divergence weighted by volume", .group = "volume",
           .source = "Dormeier 2011; pandas-ta-classic vwmacd",
           .formula = "vwma(x, fast) - vwma(x, slow); signal its vwma; histogram their difference",
           .meaning =
               "MACD of averages in which each bar counts by its volume: moves on much volume show sooner. It is read "
               "like MACD and is in units of the price; a bar of extreme volume shapes it for a whole window.",
           .inputs = TW_NAMES("real", "volume"), .outputs = TW_NAMES("vwmacd", "signal", "hist"),
           .params = vwmacd_table, .params_size = sizeof(flow), .traits = TW_WINDOW,
           .define = "vwmacd = vwma(real, volume, less(fastperiod, slowperiod)) - vwma(real, volume, "
                     "greater(fastperiod, slowperiod)); signal = vwma(vwmacd, volume, signalperiod); hist = vwmacd - "
                     "signal");
TW_DEFINED(tmf, .title = "Twiggs money flow", .group = "volume", .source = "Twiggs 2002",
           .formula = "rma(v (2 c - h - l) / (h - l)) / rma(v), h the greater of high and c', l the lesser of low and "
                      "c'; a bar without a range counts 0; 0 where there is no volume",
           .meaning = "The volume of recent bars weighted by where each closed in its range, gaps included, as a share "
                      "of all: above zero closes near the highs carried the volume. Unlike cmf it fades old bars "
                      "gently and is not fooled by gaps; the side of zero matters more than the height.",
           .inputs = TW_NAMES("high", "low", "close", "volume"), .outputs = TW_NAMES("real"), .params = tmf_table,
           .params_size = sizeof(flow), .traits = TW_RECURSIVE | TW_INVARIANT,
           .define = "h = greater(high, lag(close, 1)); l = less(low, lag(close, 1));"
                     "flow = if(h == l, 0 * volume, ((close - l) - (h - close)) / (h - l) * volume);"
                     "base = rma(volume + 0 * l, timeperiod, nan=nan);"
                     "real = if(base == 0, 0 * base, rma(flow, timeperiod, nan=nan) / base)");
TW_DEFINED(pvol, .title = "Price times volume", .group = "volume", .source = "pandas-ta-classic pvol", .formula = "c v",
           .meaning = "The money that changed hands in a bar, roughly: how much an instrument can be traded, and what "
                      "liquidity filters ask for. As all of the volume is taken at the close it is an estimate.",
           .inputs = TW_NAMES("close", "volume"), .outputs = TW_NAMES("real"), .params = no_table,
           .params_size = sizeof(flow), .traits = TW_POINTWISE | TW_COMMUTES, .define = "real = close * volume");
TW_DEFINED(
    aobv, .title = "On-balance volume and its averages", .group = "volume", .source = "pandas-ta-classic aobv",
    .formula = "obv, its two ema; long_run and short_run of these",
    .meaning =
        "On-balance volume with two averages of it and the states of long_run and short_run: whether volume confirms a "
        "trend. It inherits the weakness of the sum, in which a close up by one tick counts as much as a surge.",
    .inputs = TW_NAMES("close", "volume"), .outputs = TW_NAMES("obv", "fast", "slow", "longs", "shorts"),
    .params = aobv_table, .params_size = sizeof(flow), .traits = TW_RECURSIVE,
    .define = "obv = obv(close, volume, nan=nan); fast = ema(obv, less(fastperiod, slowperiod), nan=nan); slow = "
              "ema(obv, greater(fastperiod, slowperiod), nan=nan);"
              "longs = long_run(fast, slow, run_length); shorts = short_run(fast, slow, run_length)");

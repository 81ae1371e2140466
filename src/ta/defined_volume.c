/* SPDX-License-Identifier: Apache-2.0 */
/* defined_volume.c - indicators of volume that are made of others. */
#include "ta/defined.h"

typedef struct window {
    int timeperiod;
    double volumedivisor;
    char nan[TW_TEXT_MAX];
} window;

#define NAN_PARAM TW_PARAM_TEXT(window, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param cmf_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 20, 1, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), TW_PARAM_END};
static const tw_param efi_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 13, 1, TW_DEFINED_MOST, 3, 100, true, "bars of the average"), NAN_PARAM,
    TW_PARAM_END};
static const tw_param emv_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 14, 1, TW_DEFINED_MOST, 3, 100, true, "bars in the window"),
    TW_PARAM(window, volumedivisor, 10000, 1, 3e37, "unit of the volume"), TW_PARAM_END};
static const tw_param vwma_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 30, 1, TW_DEFINED_MOST, 3, 100, true, "bars in the window"), TW_PARAM_END};
static const tw_param no_table[] = {TW_PARAM_END};

TW_DEFINED(
    cmf, .title = "Chaikin money flow", .group = "volume", .source = "Chaikin; TA-Lib 0.8 CMF",
    .formula = "sum v ((c - l) - (h - c)) / (h - l) / sum v over the window; 0 where there is no volume",
    .meaning = "The volume of a window weighted by where each bar closed in its range, as a share of all volume, from "
               "-1 to 1. Above zero closes near the highs carried the volume. Gaps do not count.",
    .inputs = TW_NAMES("high", "low", "close", "volume"), .outputs = TW_NAMES("real"), .params = cmf_table,
    .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
    .define =
        "range = high - low; flow = if(range > 0, ((close - low) - (high - close)) / range * volume, 0 * volume); "
        "total = sum(volume, timeperiod); real = if(total == 0, 0 * total, sum(flow, timeperiod) / total)");
TW_DEFINED(
    efi, .title = "Elder's force index", .group = "volume", .source = "Elder 1993; TA-Lib 0.8 EFI",
    .formula = "ema(v (c - c'), period)",
    .meaning =
        "The change of the close times the volume, smoothed: how much weight is behind a move. Crossings of zero show "
        "which side has it. Its scale depends on the instrument; a single bar of extreme volume colours it for long.",
    .inputs = TW_NAMES("close", "volume"), .outputs = TW_NAMES("real"), .params = efi_table,
    .params_size = sizeof(window), .traits = TW_RECURSIVE,
    .define = "real = ema(diff(close, 1) * volume, timeperiod, nan=nan)");
TW_DEFINED(emv, .title = "Ease of movement", .group = "volume", .source = "Arms 1983; TA-Lib 0.8 EMV",
           .formula =
               "mean of (p - p') (h - l) / (v / d) over the window, p = (h + l) / 2; a bar without range or volume "
               "counts 0",
           .meaning = "How far the middle of the bars moves for the volume that it takes: high above zero the price "
                      "rises without effort, near zero much volume moves little. The scale depends on instrument and "
                      "volumedivisor, and a bar of tiny volume can rule the window.",
           .inputs = TW_NAMES("high", "low", "volume"), .outputs = TW_NAMES("real"), .params = emv_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_SHIFT_FREE,
           .define = "move = diff(medprice(high, low), 1); range = high - low;"
                     "real = sma(if(range == 0 or volume == 0, 0 * move, move / (volume / volumedivisor / range)),"
                     "timeperiod)");
TW_DEFINED(marketfi, .title = "Market facilitation index", .group = "volume",
           .source = "Williams 1995; TA-Lib 0.8 MARKETFI", .formula = "(h - l) / v; 0 where there is no volume",
           .meaning = "The range of a bar for each unit of volume: how easily the price moves. It is read together "
                      "with whether volume rose: both up is a move that others join, up on falling volume one without "
                      "followers. Its scale means nothing by itself.",
           .inputs = TW_NAMES("high", "low", "volume"), .outputs = TW_NAMES("real"), .params = no_table,
           .params_size = sizeof(window), .traits = TW_POINTWISE | TW_INVARIANT,
           .define = "real = if(volume == 0, 0 * (high - low), (high - low) / volume)");
TW_DEFINED(
    rvol, .title = "Volume beside its average before", .group = "volume", .source = "TA-Lib 0.8 RVOL",
    .formula = "v[t] / sma(v, period)[t-1]",
    .meaning =
        "The volume of a bar against the mean of the bars before it: 2 is twice the usual. It shows bars at which "
        "something happened; within a day and around holidays volume has its own pattern, which this does not know.",
    .levels = {1}, .inputs = TW_NAMES("volume"), .outputs = TW_NAMES("real"), .params = cmf_table,
    .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
    .define = "real = volume / lag(sma(volume, timeperiod), 1)");
TW_DEFINED(vwma, .title = "Volume-weighted moving average", .group = "overlap", .source = "TA-Lib 0.8 VWMA",
           .formula = "sum x v / sum v over the window",
           .meaning =
               "A moving average in which each bar counts by its volume. Where it parts from the simple average of the "
               "same length, the busy bars were on that side. One bar of extreme volume rules it for a whole window.",
           .inputs = TW_NAMES("real", "volume"), .outputs = TW_NAMES("real"), .params = vwma_table,
           .params_size = sizeof(window), .traits = TW_WINDOW,
           .define = "real = sum(real * volume, timeperiod) / sum(volume, timeperiod)");

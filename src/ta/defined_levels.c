/* SPDX-License-Identifier: Apache-2.0 */
/* defined_levels.c - lines to hold a price against: clouds, stops, pivots, channels, bricks. A line that is drawn some
 * bars ahead is given as it stands at the bar: what was known so many bars ago. */
#include "ta/defined.h"

typedef struct level {
    int tenkan_period, kijun_period, senkou_period, displacement, timeperiod, kind;
    int jaw_period, jaw_offset, teeth_period, teeth_offset, lips_period, lips_offset;
    double multiplier, na, nb, nc, nd, scalar, box;
    char nan[TW_TEXT_MAX];
} level;

#define NAN_PARAM TW_PARAM_TEXT(level, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

static const tw_param ichimoku_table[] = {
    TW_PARAM_SEARCH(level, tenkan_period, 9, 1, TW_DEFINED_MOST, 2, 100, true, "bars of tenkan"),
    TW_PARAM_SEARCH(level, kijun_period, 26, 1, TW_DEFINED_MOST, 2, 100, true, "bars of kijun"),
    TW_PARAM_SEARCH(level, senkou_period, 52, 1, TW_DEFINED_MOST, 2, 100, true, "bars of senkou b"),
    TW_PARAM_SEARCH(level, displacement, 26, 0, TW_DEFINED_MOST, 2, 100, true, "bars by which spans are drawn ahead"),
    TW_PARAM_END};
static const tw_param ce_table[] = {
    TW_PARAM_SEARCH(level, timeperiod, 22, 1, TW_DEFINED_MOST, 2, 100, true,
                    "bars in the window and of the average true range"),
    TW_PARAM_SEARCH(level, multiplier, 3, 0, 1000, 1, 5, false, "average true ranges to the stop"), NAN_PARAM,
    TW_PARAM_END};
#define SESSION                                                                                                        \
    TW_PARAM_SEARCH(level, timeperiod, 1, 1, TW_DEFINED_MOST, 2, 100, true,                                            \
                    "bars of a session; 1: the bar before, as on daily bars")
static const tw_param pivots_table[] = {
    SESSION, TW_PARAM(level, kind, 0, 0, 4, "0 classic, 1 fibonacci, 2 camarilla, 3 woodie, 4 demark"), TW_PARAM_END};
static const tw_param cpr_table[] = {SESSION, TW_PARAM_END};
static const tw_param alligator_table[] = {
    TW_PARAM_SEARCH(level, jaw_period, 13, 1, TW_DEFINED_MOST, 2, 100, true, "bars of the jaw"),
    TW_PARAM_SEARCH(level, jaw_offset, 8, 0, TW_DEFINED_MOST, 2, 100, true, "bars by which the jaw is drawn ahead"),
    TW_PARAM_SEARCH(level, teeth_period, 8, 1, TW_DEFINED_MOST, 2, 100, true, "bars of the teeth"),
    TW_PARAM_SEARCH(level, teeth_offset, 5, 0, TW_DEFINED_MOST, 2, 100, true,
                    "bars by which the teeth are drawn ahead"),
    TW_PARAM_SEARCH(level, lips_period, 5, 1, TW_DEFINED_MOST, 2, 100, true, "bars of the lips"),
    TW_PARAM_SEARCH(level, lips_offset, 3, 0, TW_DEFINED_MOST, 2, 100, true, "bars by which the lips are drawn ahead"),
    NAN_PARAM,
    TW_PARAM_END};
static const tw_param gmma_table[] = {NAN_PARAM, TW_PARAM_END};
static const tw_param hwc_table[] = {
    TW_PARAM_SEARCH(level, na, 0.2, 0, 1, 0.05, 0.5, false, "share of the newest value in the level"),
    TW_PARAM_SEARCH(level, nb, 0.1, 0, 1, 0.05, 0.5, false, "share of the newest step in the slope"),
    TW_PARAM_SEARCH(level, nc, 0.1, 0, 1, 0.05, 0.5, false, "share of the newest turn in the curvature"),
    TW_PARAM_SEARCH(level, nd, 0.1, 0, 1, 0.05, 0.5, false, "share of the newest miss"),
    TW_PARAM_SEARCH(level, scalar, 1, 0, 1000, 1, 3, false, "deviations to the bands"),
    NAN_PARAM,
    TW_PARAM_END};
static const tw_param renko_table[] = {
    TW_PARAM(level, box, 0, 0, 3e37, "size of a brick; 0: the average true range of each bar"),
    TW_PARAM_SEARCH(level, timeperiod, 14, 1, TW_DEFINED_MOST, 2, 100, true, "bars of the average true range"),
    NAN_PARAM, TW_PARAM_END};

TW_DEFINED(
    ichimoku, .title = "Ichimoku kinko hyo", .group = "overlap", .source = "Hosoda 1969",
    .formula = "middle of the range of each window; senkou_a = (tenkan + kijun) / 2; span_a and span_b: senkou a "
               "and b of displacement bars ago, the cloud at this bar; chikou: c less the c it is drawn beside",
    .meaning = "Trend, support and momentum at one look: the cross of the two fast lines, the price against the "
               "cloud of span_a and span_b, and chikou, the close against the one that it is drawn beside. The "
               "lines are middles of ranges, which move in steps and late. span_a and span_b are the cloud at this "
               "bar; the senkou lines belong to bars yet to come.",
    .inputs = TW_NAMES("high", "low", "close"),
    .outputs = TW_NAMES("tenkan", "kijun", "senkou_a", "senkou_b", "span_a", "span_b", "chikou"),
    .params = ichimoku_table, .params_size = sizeof(level), .traits = TW_WINDOW,
    .define = "tenkan = medprice(max(high, tenkan_period), min(low, tenkan_period));"
              "kijun = medprice(max(high, kijun_period), min(low, kijun_period)); senkou_a = medprice(tenkan, kijun);"
              "senkou_b = medprice(max(high, senkou_period), min(low, senkou_period));"
              "span_a = lag(senkou_a, displacement); span_b = lag(senkou_b, displacement);"
              "chikou = close - lag(close, displacement)");
TW_DEFINED(ce, .title = "Chandelier exit", .group = "overlap", .source = "LeBeau, in Elder 2002; pandas-ta-classic ce",
           .formula = "long: max h - multiplier atr, short: min l + multiplier atr",
           .meaning =
               "A stop for trends: so many average ranges below the highest high for a long position, above the lowest "
               "low for a short one. It leaves a trend room according to its volatility. Both lines fall back when an "
               "old extreme leaves the window, so keep the best value if the stop must never retreat.",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("long", "short"), .params = ce_table,
           .params_size = sizeof(level), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
           .define = "width = multiplier * atr(high, low, close, timeperiod, nan=nan);"
                     "long = max(high, timeperiod) - width; short = min(low, timeperiod) + width");

/* The session before: open, high, low and close of the bars before this one. */
#define BEFORE                                                                                                         \
    "o = lag(open, timeperiod); h = lag(max(high, timeperiod), 1); l = lag(min(low, timeperiod), 1); c = lag(close, "  \
    "1);"                                                                                                              \
    "r = h - l;"
#define MEAN3 "(h + l + c) / 3"
TW_DEFINED(
    pivots, .title = "Pivot points", .group = "overlap", .source = "Person 2004; pandas-ta-classic cpr",
    .formula = "p = (h + l + c) / 3 of the session before (woodie (h + l + 2 c) / 4), r = h - l; classic, woodie: "
               "r1 = 2 p - l, r2 = p + r, r3 = h + 2 (p - l), r4 = h + 3 (p - l); fibonacci: p + 0.382, 0.618, "
               "1, 1.618 r; camarilla: c + 1.1 r / 12, 6, 4, 2; demark: x = h + l + 2 c (2 h + l + c if c > o, h "
               "+ 2 l + c if c < o), p = x / 4, r1 = x / 2 - l, s1 = x / 2 - h, others missing; s likewise",
    .meaning = "Levels of support and resistance from the range of the session before, one set for the whole session, "
               "which many look at and some therefore act on. They know nothing of what happened since. timeperiod is "
               "the number of bars in a session.",
    .inputs = TW_NAMES("open", "high", "low", "close"),
    .outputs = TW_NAMES("pivot", "r1", "r2", "r3", "r4", "s1", "s2", "s3", "s4"), .params = pivots_table,
    .params_size = sizeof(level), .traits = TW_WINDOW,
    .define = BEFORE "x = choose(kind == 4, " MEAN3 ", (h + l + c + if(c > o, h, if(c < o, l, c))) / 4);"
                     "pivot = choose(kind == 3, x, (h + l + 2 * c) / 4);"
                     "up = pivot - l; down = h - pivot;"
                     "r1 = choose(kind, pivot + up, pivot + 0.382 * r, c + r * 1.1 / 12, pivot + up, pivot + up);"
                     "s1 = choose(kind, pivot - down, pivot - 0.382 * r, c - r * 1.1 / 12, pivot - down, pivot - down);"
                     "r2 = choose(kind, pivot + r, pivot + 0.618 * r, c + r * 1.1 / 6, pivot + r, nan);"
                     "s2 = choose(kind, pivot - r, pivot - 0.618 * r, c - r * 1.1 / 6, pivot - r, nan);"
                     "r3 = choose(kind, h + 2 * up, pivot + r, c + r * 1.1 / 4, h + 2 * up, nan);"
                     "s3 = choose(kind, l - 2 * down, pivot - r, c - r * 1.1 / 4, l - 2 * down, nan);"
                     "r4 = choose(kind, h + 3 * up, pivot + 1.618 * r, c + r * 1.1 / 2, h + 3 * up, nan);"
                     "s4 = choose(kind, l - 3 * down, pivot - 1.618 * r, c - r * 1.1 / 2, l - 3 * down, nan)");
TW_DEFINED(cpr, .title = "Central pivot range", .group = "overlap", .source = "Ochoa 2010; pandas-ta-classic cpr",
           .formula = "p = (h + l + c) / 3, bc = (h + l) / 2, tc = 2 p - bc of the session before; width |tc - bc|",
           .meaning = "Where the session before found its balance: three levels close together are read as a sign of a "
                      "session that will trend, wide apart of one that will stay within. The price above or below them "
                      "tells the side. tc may lie below bc.",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("pivot", "tc", "bc", "width"),
           .params = cpr_table, .params_size = sizeof(level), .traits = TW_WINDOW,
           .define = "h = lag(max(high, timeperiod), 1); l = lag(min(low, timeperiod), 1); c = lag(close, 1);"
                     "pivot = " MEAN3 "; bc = (h + l) / 2; tc = pivot + (pivot - bc); width = abs(tc - bc)");

#define JAWS                                                                                                           \
    "mid = medprice(high, low); jaw = lag(rma(mid, jaw_period, nan=nan), jaw_offset);"                                 \
    "teeth = lag(rma(mid, teeth_period, nan=nan), teeth_offset); lips = lag(rma(mid, lips_period, nan=nan), "          \
    "lips_offset);"
TW_DEFINED(alligator, .title = "Alligator", .group = "overlap", .source = "Williams 1998",
           .formula = "Wilder's averages of (h + l) / 2, each of so many bars ago as it is drawn ahead",
           .meaning = "Three smoothed and delayed averages: entwined they say that the market has no trend, spread out "
                      "in order that it has one, with the fastest line on the side of the trend. Charts draw them "
                      "ahead of the price; here each bar has what is drawn at it. The delays make them late by design.",
           .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("jaw", "teeth", "lips"), .params = alligator_table,
           .params_size = sizeof(level), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS, .define = JAWS);
TW_DEFINED(gator, .title = "Gator oscillator", .group = "momentum", .source = "Williams 1998",
           .formula = "upper |jaw - teeth|, lower -|teeth - lips| of the alligator",
           .meaning = "How far the lines of the alligator are apart: bars that grow on both sides of zero show a trend "
                      "that opens up, bars that shrink one that ends. It has no direction, is in units of the price, "
                      "and is as late as those lines are.",
           .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("upper", "lower"), .params = alligator_table,
           .params_size = sizeof(level), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE,
           .define = JAWS "upper = abs(jaw - teeth); lower = -abs(teeth - lips)");
TW_DEFINED(gmma, .title = "Guppy multiple moving average", .group = "overlap", .source = "Guppy 2004",
           .formula = "exponential averages over 3, 5, 8, 10, 12 and 15 and over 30, 35, 40, 45, 50 and 60 bars",
           .meaning = "Two bundles of averages, for those who trade and for those who invest: apart and each spread "
                      "out there is a trend that both agree on, compressed there is doubt. A crossing of the bundles "
                      "comes late, and in a sideways market they stay tangled.",
           .inputs = TW_NAMES("real"),
           .outputs = TW_NAMES("ema3", "ema5", "ema8", "ema10", "ema12", "ema15", "ema30", "ema35", "ema40", "ema45",
                               "ema50", "ema60"),
           .params = gmma_table, .params_size = sizeof(level), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
           .define = "ema3 = ema(real, 3, nan=nan); ema5 = ema(real, 5, nan=nan); ema8 = ema(real, 8, nan=nan);"
                     "ema10 = ema(real, 10, nan=nan); ema12 = ema(real, 12, nan=nan); ema15 = ema(real, 15, nan=nan);"
                     "ema30 = ema(real, 30, nan=nan); ema35 = ema(real, 35, nan=nan); ema40 = ema(real, 40, nan=nan);"
                     "ema45 = ema(real, 45, nan=nan); ema50 = ema(real, 50, nan=nan); ema60 = ema(real, 60, nan=nan)");
TW_DEFINED(
    hwc, .title = "Holt-Winters channel", .group = "overlap", .source = "pandas-ta-classic hwc",
    .formula = "m = hwma, m + and - scalar sqrt(v'), v += nd ((x' - m')^2 - v) from 0",
    .meaning =
        "A channel around hwma as wide as its recent errors: how far the price usually strays from where its own "
        "course pointed. A price beyond it surprised the average; the channel widens for it only afterwards.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("middle", "upper", "lower"), .params = hwc_table,
    .params_size = sizeof(level), .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
    .define = "middle = hwma(real, na, nb, nc, nan=nan); miss = lag(real - middle, 1);"
              "width = scalar * sqrt(lag(follow(miss * miss, nd, 0, nan=nan), 1));"
              "upper = middle + width; lower = middle - width");
TW_DEFINED(
    renko, .title = "Renko chart, as a state of each bar", .group = "overlap", .source = "Nison 1994",
    .formula = "bricks of the close: side of the last (0: none yet), its end, bricks of this bar (negative: down)",
    .meaning = "The price in steps of one box, as the last brick of a Renko chart stands at each bar: side is the "
               "trend, and moves smaller than two boxes against it do not show. The brick's end is not a price at "
               "which one could have traded, and how it looks depends on the box more than on the market.",
    .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("side", "level", "bricks"), .params = renko_table,
    .params_size = sizeof(level), .traits = TW_RECURSIVE,
    .define = "b = bricks(close, choose(box > 0, atr(high, low, close, timeperiod, nan=nan), box), nan=nan);"
              "side = b.side; level = b.level; bricks = b.bricks");

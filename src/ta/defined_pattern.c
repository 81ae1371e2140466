/* SPDX-License-Identifier: Apache-2.0 */
/* defined_pattern.c - the candlestick patterns: each is candle_pattern over the facts and means that it needs, which
 * the patterns of a plan share (ta/candle.h). 100 rises, -100 falls, 0 is none. */
#include "ta/defined.h"

typedef struct pattern {
    double penetration;
} pattern;

static const tw_param shallow_table[] = {
    TW_PARAM(pattern, penetration, 0.3, 0, 3e37, "share of the first body that the last close goes back"),
    TW_PARAM_END};
static const tw_param deep_table[] = {
    TW_PARAM(pattern, penetration, 0.5, 0, 3e37, "share of the first body that the others may go back"), TW_PARAM_END};

/* What a pattern may need: facts and means. An input that it does not look at is the close. */
#define PRICES "open, high, low, close"
#define MOVES "candle_moves(" PRICES ")"
#define RANGE "candle_mean(high - low, 10)"
#define FACTS "candle_facts(" PRICES ", " MOVES ", candle_mean(abs(close - open), 10), " RANGE ")"
#define NEAR "candle_mean(high - low, 5)"
#define SHADOWS "candle_mean((high - greater(open, close)) + (less(open, close) - low), 10)"
#define NONE "close"

#define CALL(which, facts, near, mean, more)                                                                           \
    "integer = candle_pattern(" PRICES ", " facts ", " near ", " mean more ", pattern=\"" #which "\")"
#define PATTERN_OP(which, facts, near, mean, ...)                                                                      \
    TW_DEFINED(cdl##which, .group = "pattern", .source = "TA-Lib, pattern recognition",                                \
               .inputs = TW_NAMES("open", "high", "low", "close"), .outputs = TW_NAMES("integer"),                     \
               .traits = TW_WINDOW, .define = CALL(which, facts, near, mean, ""), __VA_ARGS__)
#define DEEP_OP(which, table, ...)                                                                                     \
    TW_DEFINED(cdl##which, .group = "pattern", .source = "TA-Lib, pattern recognition",                                \
               .inputs = TW_NAMES("open", "high", "low", "close"), .outputs = TW_NAMES("integer"), .params = table,    \
               .params_size = sizeof(pattern), .traits = TW_WINDOW,                                                    \
               .define = CALL(which, FACTS, NONE, NONE, ", penetration"), __VA_ARGS__)

PATTERN_OP(
    2crows, FACTS, NONE, NONE, .title = "Two crows",
    .formula =
        "a long white bar; a black body in a gap above; a black bar that opens in it and closes in the first body");
PATTERN_OP(
    3blackcrows, FACTS, NONE, NONE, .title = "Three black crows",
    .formula =
        "after a white bar three black ones with almost no lower shadow, each lower and opening in the body before");
PATTERN_OP(
    3inside, FACTS, NONE, NONE, .title = "Three inside up or down",
    .formula =
        "a long bar; a body that is not long inside it; a close beyond the open of the first, against its colour");
PATTERN_OP(3linestrike, MOVES, NEAR, NONE, .title = "Three-line strike",
           .formula = "three bars of a colour that go on, each opening in or near the body before; the fourth opens "
                      "beyond and closes behind the first open");
PATTERN_OP(3outside, MOVES, NONE, NONE, .title = "Three outside up or down",
           .formula = "a body that holds the one before, of the other colour; a close that goes on");
PATTERN_OP(3starsinsouth, FACTS, NONE, NONE, .title = "Three stars in the south",
           .formula = "a long black bar with a long lower shadow; a smaller black one above its low; a short black one "
                      "without shadows inside the range");
PATTERN_OP(3whitesoldiers, FACTS, NEAR, NONE, .title = "Three white soldiers",
           .formula = "three white bars with almost no upper shadow, each higher, opening in or near the body before, "
                      "not far shorter; the last is not short");
DEEP_OP(abandonedbaby, shallow_table, .title = "Abandoned baby",
        .formula = "a long bar; a doji with a gap between the ranges; a gap back and a close deep in the first body");
PATTERN_OP(advanceblock, FACTS, NEAR, SHADOWS, .title = "Advance block",
           .formula = "three white bars that rise and weaken: bodies shrink or upper shadows grow");
PATTERN_OP(belthold, FACTS, NONE, NONE, .title = "Belt hold",
           .formula = "a long white bar with almost no lower shadow, or a long black one with almost no upper one");
PATTERN_OP(breakaway, FACTS, NONE, NONE, .title = "Breakaway",
           .formula = "a long bar, a gap, two bars that go on, and a bar that closes in the gap");
PATTERN_OP(closingmarubozu, FACTS, NONE, NONE, .title = "Closing marubozu",
           .formula = "a long bar with almost no shadow at its close");
PATTERN_OP(concealbabyswall, FACTS, NONE, NONE, .title = "Concealing baby swallow",
           .formula = "two black bars without shadows; a black one in a gap below with an upper shadow into the body "
                      "before; a black one that holds its range");
PATTERN_OP(counterattack, FACTS, NEAR, NONE, .title = "Counterattack",
           .formula = "two long bars of different colours with equal closes");
DEEP_OP(darkcloudcover, deep_table, .title = "Dark cloud cover",
        .formula = "a long white bar; a black one that opens above its high and closes deep in its body");
PATTERN_OP(doji, FACTS, NONE, NONE, .title = "Doji", .formula = "|c - o| at most a tenth of the mean range of 10 bars");
PATTERN_OP(dojistar, FACTS, NONE, NONE, .title = "Doji star",
           .formula = "a long bar; a doji in a gap of the bodies in its direction");
PATTERN_OP(dragonflydoji, FACTS, NONE, NONE, .title = "Dragonfly doji",
           .formula = "a doji with a lower shadow and almost no upper one");
PATTERN_OP(engulfing, MOVES, NONE, NONE, .title = "Engulfing",
           .formula = "a body that holds the one before, of the other colour; 80 where they share an edge");
DEEP_OP(eveningdojistar, shallow_table, .title = "Evening doji star",
        .formula =
            "a long white bar; a doji in a gap above; a black bar that is not short and closes deep in the first body");
DEEP_OP(eveningstar, shallow_table, .title = "Evening star",
        .formula = "a long white bar; a body that is not long in a gap above; a black bar that is not short and closes "
                   "deep in the first body");
PATTERN_OP(gapsidesidewhite, MOVES, NEAR, NONE, .title = "Side-by-side white bars after a gap",
           .formula = "two white bars of nearly one body and open, both in a gap above, or below, the bar before");
PATTERN_OP(gravestonedoji, FACTS, NONE, NONE, .title = "Gravestone doji",
           .formula = "a doji with an upper shadow and almost no lower one");
PATTERN_OP(hammer, FACTS, NEAR, NONE, .title = "Hammer",
           .formula = "a short body over a long lower shadow, almost no upper one, near or under the low before");
PATTERN_OP(hangingman, FACTS, NEAR, NONE, .title = "Hanging man",
           .formula = "a short body over a long lower shadow, almost no upper one, near or over the high before");
PATTERN_OP(harami, FACTS, NONE, NONE, .title = "Harami",
           .formula = "a long bar; a body that is not long inside its body; 80 where they share an edge");
PATTERN_OP(haramicross, FACTS, NONE, NONE, .title = "Harami cross",
           .formula = "a long bar; a doji inside its body; 80 where they share an edge");
PATTERN_OP(highwave, FACTS, NONE, NONE, .title = "High-wave candle",
           .formula = "a short body, both shadows longer than two bodies");
PATTERN_OP(hikkake, MOVES, NONE, NONE, .title = "Hikkake",
           .formula = "an inside bar and a false break out of it; 200 where a close of the next 3 bars confirms");
PATTERN_OP(hikkakemod, MOVES, NEAR, NONE, .title = "Modified hikkake",
           .formula = "two inside bars, the first closing near its end, and a false break; 200 where a close of the "
                      "next 3 bars confirms");
PATTERN_OP(homingpigeon, FACTS, NONE, NONE, .title = "Homing pigeon",
           .formula = "a long black bar; a black body that is not long inside it");
PATTERN_OP(identical3crows, FACTS, NEAR, NONE, .title = "Identical three crows",
           .formula = "three black bars with almost no lower shadow, each lower and opening at the close before");
PATTERN_OP(inneck, FACTS, NEAR, NONE, .title = "In-neck",
           .formula = "a long black bar; a white one that opens under its low and closes at or just above its close");
PATTERN_OP(invertedhammer, FACTS, NONE, NONE, .title = "Inverted hammer",
           .formula = "a short body under a long upper shadow, almost no lower one, in a gap below");
PATTERN_OP(kicking, FACTS, NONE, NONE, .title = "Kicking",
           .formula = "two long bars without shadows, of different colours, a gap between them");
PATTERN_OP(kickingbylength, FACTS, NONE, NONE, .title = "Kicking, by the longer bar",
           .formula = "kicking, with the direction of the longer bar");
PATTERN_OP(
    ladderbottom, FACTS, NONE, NONE, .title = "Ladder bottom",
    .formula =
        "three black bars, each lower; a black one with an upper shadow; a white one that closes above its high");
PATTERN_OP(longleggeddoji, FACTS, NONE, NONE, .title = "Long-legged doji",
           .formula = "a doji with a shadow longer than the body");
PATTERN_OP(longline, FACTS, NONE, SHADOWS, .title = "Long line",
           .formula = "a long body, both shadows shorter than the mean shadow");
PATTERN_OP(marubozu, FACTS, NONE, NONE, .title = "Marubozu", .formula = "a long body, almost no shadows");
PATTERN_OP(matchinglow, MOVES, NEAR, NONE, .title = "Matching low", .formula = "two black bars with equal closes");
DEEP_OP(mathold, deep_table, .title = "Mat hold",
        .formula = "a long white bar; a short black one in a gap above and two short bodies that stay high in the "
                   "first; a white bar that closes above them");
DEEP_OP(morningdojistar, shallow_table, .title = "Morning doji star",
        .formula =
            "a long black bar; a doji in a gap below; a white bar that is not short and closes deep in the first body");
DEEP_OP(morningstar, shallow_table, .title = "Morning star",
        .formula = "a long black bar; a body that is not long in a gap below; a white bar that is not short and closes "
                   "deep in the first body");
PATTERN_OP(onneck, FACTS, NEAR, NONE, .title = "On-neck",
           .formula = "a long black bar; a white one that opens under its low and closes at its low");
PATTERN_OP(
    piercing, FACTS, NONE, NONE, .title = "Piercing",
    .formula = "a long black bar; a long white one that opens under its low and closes in the upper half of its body");
PATTERN_OP(rickshawman, FACTS, NEAR, NONE, .title = "Rickshaw man",
           .formula = "a doji with long shadows near the middle of its range");
PATTERN_OP(risefall3methods, FACTS, NONE, NONE, .title = "Rising or falling three methods",
           .formula = "a long bar; three short ones against it that touch its range; a long bar that goes on");
PATTERN_OP(
    separatinglines, FACTS, NEAR, NONE, .title = "Separating lines",
    .formula = "two bars of different colours with equal opens, the second long with almost no shadow at its open");
PATTERN_OP(shootingstar, FACTS, NONE, NONE, .title = "Shooting star",
           .formula = "a short body under a long upper shadow, almost no lower one, in a gap above");
PATTERN_OP(shortline, FACTS, NONE, SHADOWS, .title = "Short line",
           .formula = "a short body, both shadows shorter than the mean shadow");
PATTERN_OP(spinningtop, FACTS, NONE, NONE, .title = "Spinning top",
           .formula = "a short body, both shadows longer than it");
PATTERN_OP(stalledpattern, FACTS, NEAR, NONE, .title = "Stalled pattern",
           .formula = "three white bars that rise: two long ones, the second with almost no upper shadow, then a short "
                      "one at its close");
PATTERN_OP(sticksandwich, MOVES, NEAR, NONE, .title = "Stick sandwich",
           .formula = "a black bar, a white one above its close, a black one with the close of the first");
PATTERN_OP(takuri, FACTS, NONE, NONE, .title = "Takuri",
           .formula = "a doji with almost no upper shadow and a lower one longer than two bodies");
PATTERN_OP(tasukigap, MOVES, NEAR, NONE, .title = "Tasuki gap",
           .formula = "two bars of a colour with a gap; a bar of the other, nearly as long, that opens in the second "
                      "and closes in the gap");
PATTERN_OP(
    thrusting, FACTS, NEAR, NONE, .title = "Thrusting",
    .formula = "a long black bar; a white one that opens under its low and closes in the lower half of its body");
PATTERN_OP(tristar, FACTS, NONE, RANGE, .title = "Tristar",
           .formula = "three dojis, the second in a gap, the third back");
PATTERN_OP(
    unique3river, FACTS, NONE, NONE, .title = "Unique three river",
    .formula = "a long black bar; a black one with a lower low and a higher close; a short white one above that low");
PATTERN_OP(upsidegap2crows, FACTS, NONE, NONE, .title = "Upside gap two crows",
           .formula = "a long white bar; a black body that is not long in a gap above; a black one that holds it and "
                      "closes above the first");
PATTERN_OP(
    xsidegap3methods, MOVES, NONE, NONE, .title = "Gap three methods",
    .formula =
        "two bars of a colour with a gap; a bar of the other that opens in the second and closes in the first body");

/* SPDX-License-Identifier: Apache-2.0 */
/* defined_pattern.c - the candlestick patterns: each is candle_pattern over the means that it needs, which
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

/* The means that a pattern may look at. In place of one that it does not it gets the close. */
#define PRICES "open, high, low, close"
#define BODY "candle_body(open, close)"
#define RANGE "candle_range(high, low)"
#define NEAR "candle_range(high, low, 5)"
#define SHADOW "candle_shadow(open, high, low, close)"
#define NONE "close"

#define CALL(which, body, range, near, shadow, more)                                                                   \
    "integer = candle_pattern(" PRICES ", " body ", " range ", " near ", " shadow more ", pattern=\"" #which "\")"
#define PATTERN_OP(which, body, range, near, shadow, ...)                                                              \
    TW_DEFINED(cdl##which, .group = "pattern", .source = "TA-Lib, pattern recognition",                                \
               .inputs = TW_NAMES("open", "high", "low", "close"), .outputs = TW_NAMES("integer"),                     \
               .traits = TW_WINDOW, .define = CALL(which, body, range, near, shadow, ""), __VA_ARGS__)
#define DEEP_OP(which, range, table, ...)                                                                              \
    TW_DEFINED(cdl##which, .group = "pattern", .source = "TA-Lib, pattern recognition",                                \
               .inputs = TW_NAMES("open", "high", "low", "close"), .outputs = TW_NAMES("integer"), .params = table,    \
               .params_size = sizeof(pattern), .traits = TW_WINDOW,                                                    \
               .define = CALL(which, BODY, range, NONE, NONE, ", penetration"), __VA_ARGS__)

PATTERN_OP(
    2crows, BODY, NONE, NONE, NONE, .title = "Two crows",
    .formula =
        "a long white bar; a black body in a gap above; a black bar that opens in it and closes in the first body",
    .meaning = "A sign of weakness after a rise: the gap up fails, and the second black bar already trades in the body "
               "of the white one.");
PATTERN_OP(
    3blackcrows, NONE, RANGE, NONE, NONE, .title = "Three black crows",
    .formula =
        "after a white bar three black ones with almost no lower shadow, each lower and opening in the body before",
    .meaning = "Three falling black bars in a row after a rise: sellers took over bar after bar. By the time "
               "it is complete much of the fall has happened.");
PATTERN_OP(
    3inside, BODY, NONE, NONE, NONE, .title = "Three inside up or down",
    .formula =
        "a long bar; a body that is not long inside it; a close beyond the open of the first, against its colour",
    .meaning = "A harami that the third bar confirms by closing beyond the first: a turn, up or down.");
PATTERN_OP(3linestrike, NONE, NONE, NEAR, NONE, .title = "Three-line strike",
           .formula = "three bars of a colour that go on, each opening in or near the body before; the fourth opens "
                      "beyond and closes behind the first open",
           .meaning = "Three bars that go on and one that takes all of it back. By the books the trend goes on after "
                      "it; the record says rather that it turns.");
PATTERN_OP(3outside, NONE, NONE, NONE, NONE, .title = "Three outside up or down",
           .formula = "a body that holds the one before, of the other colour; a close that goes on",
           .meaning = "An engulfing pair that the third bar confirms by going further: a turn, up or down.");
PATTERN_OP(3starsinsouth, BODY, RANGE, NONE, NONE, .title = "Three stars in the south",
           .formula = "a long black bar with a long lower shadow; a smaller black one above its low; a short black one "
                      "without shadows inside the range",
           .meaning = "A fall that loses force bar by bar, with higher lows and shorter bodies: a bottom may be near. "
                      "It is very rare.");
PATTERN_OP(3whitesoldiers, BODY, RANGE, NEAR, NONE, .title = "Three white soldiers",
           .formula = "three white bars with almost no upper shadow, each higher, opening in or near the body before, "
                      "not far shorter; the last is not short",
           .meaning = "Three rising white bars in a row: buyers took over for three days on end. After a long rise, "
                      "with growing bodies, it may be the last push.");
DEEP_OP(abandonedbaby, RANGE, shallow_table, .title = "Abandoned baby",
        .formula = "a long bar; a doji with a gap between the ranges; a gap back and a close deep in the first body",
        .meaning = "A doji left alone between two gaps: the move stopped and turned at once. Rare, and hardly found in "
                   "markets that trade around the clock.");
PATTERN_OP(
    advanceblock, BODY, NONE, NEAR, SHADOW, .title = "Advance block",
    .formula = "three white bars that rise and weaken: bodies shrink or upper shadows grow",
    .meaning = "Three white bars that rise with less and less force: the advance tires. A warning more than a signal.");
PATTERN_OP(belthold, BODY, RANGE, NONE, NONE, .title = "Belt hold",
           .formula = "a long white bar with almost no lower shadow, or a long black one with almost no upper one",
           .meaning = "A long bar that opens at one end and runs to the other: against the trend it is taken as its "
                      "first strong answer. It comes often and says little alone.");
PATTERN_OP(breakaway, BODY, NONE, NONE, NONE, .title = "Breakaway",
           .formula = "a long bar, a gap, two bars that go on, and a bar that closes in the gap",
           .meaning = "A move that gaps and goes on for some bars, and then one bar that goes back into the gap: the "
                      "move is taken to be spent. Rare.");
PATTERN_OP(
    closingmarubozu, BODY, RANGE, NONE, NONE, .title = "Closing marubozu",
    .formula = "a long bar with almost no shadow at its close",
    .meaning =
        "A long bar that closes at its end, with hardly a shadow there: one side was in command up to the last trade.");
PATTERN_OP(concealbabyswall, NONE, RANGE, NONE, NONE, .title = "Concealing baby swallow",
           .formula = "two black bars without shadows; a black one in a gap below with an upper shadow into the body "
                      "before; a black one that holds its range",
           .meaning = "Four black bars in a fall, the last swallowing the one before, shadow and all: the books see "
                      "exhaustion of the sellers. Very rare.");
PATTERN_OP(counterattack, BODY, NONE, NEAR, NONE, .title = "Counterattack",
           .formula = "two long bars of different colours with equal closes",
           .meaning = "A long bar answered by one of the other colour that comes back to the same close: the attack "
                      "was parried, the turn is not yet there.");
DEEP_OP(darkcloudcover, NONE, deep_table, .title = "Dark cloud cover",
        .formula = "a long white bar; a black one that opens above its high and closes deep in its body",
        .meaning = "A new high at the open that is lost deep into the body of the bar before: a top signal. The deeper "
                   "it closes, the more it is said to weigh.");
PATTERN_OP(doji, NONE, RANGE, NONE, NONE, .title = "Doji",
           .formula = "|c - o| at most a tenth of the mean range of 10 bars",
           .meaning = "Open and close nearly equal: neither side won. Alone it says no more than that; it gains "
                      "meaning after a long move.");
PATTERN_OP(dojistar, BODY, RANGE, NONE, NONE, .title = "Doji star",
           .formula = "a long bar; a doji in a gap of the bodies in its direction",
           .meaning = "After a long bar a gap in its direction and then indecision: the move may be tired. The next "
                      "bar has to confirm it.");
PATTERN_OP(
    dragonflydoji, NONE, RANGE, NONE, NONE, .title = "Dragonfly doji",
    .formula = "a doji with a lower shadow and almost no upper one",
    .meaning =
        "The price fell and came all the way back: buyers stood below. It is read as a sign of strength after a fall.");
PATTERN_OP(engulfing, NONE, NONE, NONE, NONE, .title = "Engulfing",
           .formula = "a body that holds the one before, of the other colour; 80 where they share an edge",
           .meaning = "A body that swallows the one before, of the other colour: the other side took over within one "
                      "bar. It is one of the commoner patterns, and means something only after a move.");
DEEP_OP(eveningdojistar, RANGE, shallow_table, .title = "Evening doji star",
        .formula =
            "a long white bar; a doji in a gap above; a black bar that is not short and closes deep in the first body",
        .meaning = "A rise, a doji above a gap, and a bar that falls back deep: a top, with indecision at its height.");
DEEP_OP(eveningstar, NONE, shallow_table, .title = "Evening star",
        .formula = "a long white bar; a body that is not long in a gap above; a black bar that is not short and closes "
                   "deep in the first body",
        .meaning = "A rise, a small body above a gap, and a bar that falls back deep: the classic top of three bars.");
PATTERN_OP(
    gapsidesidewhite, NONE, NONE, NEAR, NONE, .title = "Side-by-side white bars after a gap",
    .formula = "two white bars of nearly one body and open, both in a gap above, or below, the bar before",
    .meaning =
        "Two like white bars after a gap that stays open: the move in the direction of the gap is expected to go on.");
PATTERN_OP(gravestonedoji, NONE, RANGE, NONE, NONE, .title = "Gravestone doji",
           .formula = "a doji with an upper shadow and almost no lower one",
           .meaning = "The price rose and fell all the way back: sellers stood above. It is read as a sign of weakness "
                      "after a rise.");
PATTERN_OP(hammer, BODY, RANGE, NEAR, NONE, .title = "Hammer",
           .formula = "a short body over a long lower shadow, almost no upper one, near or under the low before",
           .meaning = "A small body over a long lower shadow after a fall: prices were pushed down and bought back. "
                      "The next bar should confirm it.");
PATTERN_OP(hangingman, BODY, RANGE, NEAR, NONE, .title = "Hanging man",
           .formula = "a short body over a long lower shadow, almost no upper one, near or over the high before",
           .meaning = "The hammer's shape after a rise: there were sellers for the first time. A weak sign, which "
                      "wants a lower close to follow.");
PATTERN_OP(harami, BODY, NONE, NONE, NONE, .title = "Harami",
           .formula = "a long bar; a body that is not long inside its body; 80 where they share an edge",
           .meaning = "A small body within the long one before: the move pauses. It is a hint that it may turn, weaker "
                      "than engulfing.");
PATTERN_OP(
    haramicross, BODY, RANGE, NONE, NONE, .title = "Harami cross",
    .formula = "a long bar; a doji inside its body; 80 where they share an edge",
    .meaning = "A harami whose second bar is a doji: the pause is complete, and the hint of a turn a little stronger.");
PATTERN_OP(
    highwave, BODY, NONE, NONE, NONE, .title = "High-wave candle",
    .formula = "a short body, both shadows longer than two bodies",
    .meaning =
        "A small body between very long shadows: large swings and no decision. It marks confusion, not a direction.");
PATTERN_OP(hikkake, NONE, NONE, NONE, NONE, .title = "Hikkake",
           .formula = "an inside bar and a false break out of it; 200 where a close of the next 3 bars confirms",
           .meaning = "An inside bar, a break out of it that fails, and so a trap for those who followed: the move is "
                      "expected the other way. 200 says that it was confirmed.");
PATTERN_OP(hikkakemod, NONE, NONE, NEAR, NONE, .title = "Modified hikkake",
           .formula = "two inside bars, the first closing near its end, and a false break; 200 where a close of the "
                      "next 3 bars confirms",
           .meaning = "The trap of hikkake after a narrower build-up, meant for turns of a trend only. 200 says that "
                      "it was confirmed.");
PATTERN_OP(
    homingpigeon, BODY, NONE, NONE, NONE, .title = "Homing pigeon",
    .formula = "a long black bar; a black body that is not long inside it",
    .meaning = "A black body inside a longer black one, in a fall: the selling slackens. A weak sign of a bottom.");
PATTERN_OP(identical3crows, NONE, RANGE, NEAR, NONE, .title = "Identical three crows",
           .formula = "three black bars with almost no lower shadow, each lower and opening at the close before",
           .meaning = "Three falling black bars, each opening where the last closed: a slide without a pause.");
PATTERN_OP(inneck, BODY, NONE, NEAR, NONE, .title = "In-neck",
           .formula = "a long black bar; a white one that opens under its low and closes at or just above its close",
           .meaning = "In a fall a white bar comes back only to the close before: the recovery is too weak, the fall "
                      "is expected to go on.");
PATTERN_OP(invertedhammer, BODY, RANGE, NONE, NONE, .title = "Inverted hammer",
           .formula = "a short body under a long upper shadow, almost no lower one, in a gap below",
           .meaning = "A small body under a long upper shadow in a gap below: buyers tried for the first time in a "
                      "fall. It wants a higher close to follow.");
PATTERN_OP(kicking, BODY, RANGE, NONE, NONE, .title = "Kicking",
           .formula = "two long bars without shadows, of different colours, a gap between them",
           .meaning = "A long bar, a gap against it, and a long bar of the other colour, both without shadows: the "
                      "view of the market changed overnight. Rare and strong.");
PATTERN_OP(kickingbylength, BODY, RANGE, NONE, NONE, .title = "Kicking, by the longer bar",
           .formula = "kicking, with the direction of the longer bar",
           .meaning = "The kicking pair with the direction of the longer of its bars.");
PATTERN_OP(
    ladderbottom, NONE, RANGE, NONE, NONE, .title = "Ladder bottom",
    .formula = "three black bars, each lower; a black one with an upper shadow; a white one that closes above its high",
    .meaning = "A run of falling black bars, a first try upwards, and a white bar that gaps over it: a bottom.");
PATTERN_OP(
    longleggeddoji, NONE, RANGE, NONE, NONE, .title = "Long-legged doji",
    .formula = "a doji with a shadow longer than the body",
    .meaning = "A doji with a long shadow: the price travelled and came back to its open. Indecision on a wide range.");
PATTERN_OP(longline, BODY, NONE, NONE, SHADOW, .title = "Long line",
           .formula = "a long body, both shadows shorter than the mean shadow",
           .meaning = "A long body with short shadows: a plain strong bar, up or down. It comes often and is a piece "
                      "of other patterns.");
PATTERN_OP(
    marubozu, BODY, RANGE, NONE, NONE, .title = "Marubozu", .formula = "a long body, almost no shadows",
    .meaning = "A long body with no shadows to speak of: one side was in command from the first trade to the last.");
PATTERN_OP(matchinglow, NONE, NONE, NEAR, NONE, .title = "Matching low", .formula = "two black bars with equal closes",
           .meaning = "Two black bars that close at the same price: a floor where buyers may stand.");
DEEP_OP(mathold, NONE, deep_table, .title = "Mat hold",
        .formula = "a long white bar; a short black one in a gap above and two short bodies that stay high in the "
                   "first; a white bar that closes above them",
        .meaning =
            "A strong white bar, a rest of three small ones that give little back, and a new push: the rise goes on.");
DEEP_OP(
    morningdojistar, RANGE, shallow_table, .title = "Morning doji star",
    .formula =
        "a long black bar; a doji in a gap below; a white bar that is not short and closes deep in the first body",
    .meaning = "A fall, a doji below a gap, and a bar that climbs back deep: a bottom, with indecision at its depth.");
DEEP_OP(
    morningstar, NONE, shallow_table, .title = "Morning star",
    .formula = "a long black bar; a body that is not long in a gap below; a white bar that is not short and closes "
               "deep in the first body",
    .meaning = "A fall, a small body below a gap, and a bar that climbs back deep: the classic bottom of three bars.");
PATTERN_OP(onneck, BODY, NONE, NEAR, NONE, .title = "On-neck",
           .formula = "a long black bar; a white one that opens under its low and closes at its low",
           .meaning = "In a fall a white bar comes back only to the low before: the recovery is too weak, the fall is "
                      "expected to go on.");
PATTERN_OP(
    piercing, BODY, NONE, NONE, NONE, .title = "Piercing",
    .formula = "a long black bar; a long white one that opens under its low and closes in the upper half of its body",
    .meaning = "A new low at the open that is won back to more than half of the body before: a bottom signal, the "
               "counterpart of the dark cloud.");
PATTERN_OP(rickshawman, NONE, RANGE, NEAR, NONE, .title = "Rickshaw man",
           .formula = "a doji with long shadows near the middle of its range",
           .meaning = "A doji with long shadows and its body near the middle: as undecided as a bar can be.");
PATTERN_OP(
    risefall3methods, BODY, NONE, NONE, NONE, .title = "Rising or falling three methods",
    .formula = "a long bar; three short ones against it that touch its range; a long bar that goes on",
    .meaning =
        "A long bar, three small ones against it within its range, and a long one that goes on: a rest in a trend.");
PATTERN_OP(
    separatinglines, BODY, RANGE, NEAR, NONE, .title = "Separating lines",
    .formula = "two bars of different colours with equal opens, the second long with almost no shadow at its open",
    .meaning = "A bar against the trend, and then one that opens where that opened and runs with the trend: the trend "
               "goes on.");
PATTERN_OP(shootingstar, BODY, RANGE, NONE, NONE, .title = "Shooting star",
           .formula = "a short body under a long upper shadow, almost no lower one, in a gap above",
           .meaning = "A small body under a long upper shadow in a gap above: the rise was tried and sold. It warns of "
                      "a top; the next bar should confirm it.");
PATTERN_OP(shortline, BODY, NONE, NONE, SHADOW, .title = "Short line",
           .formula = "a short body, both shadows shorter than the mean shadow",
           .meaning = "A short body with short shadows: a quiet bar. It comes often and says little alone.");
PATTERN_OP(spinningtop, BODY, NONE, NONE, NONE, .title = "Spinning top",
           .formula = "a short body, both shadows longer than it",
           .meaning = "A small body with longer shadows on both sides: neither side won. It comes often; after a long "
                      "move it is a hint of rest.");
PATTERN_OP(
    stalledpattern, BODY, RANGE, NEAR, NONE, .title = "Stalled pattern",
    .formula = "three white bars that rise: two long ones, the second with almost no upper shadow, then a short "
               "one at its close",
    .meaning =
        "Two long white bars and a small one at their top: the advance stalls. A warning to those who are long.");
PATTERN_OP(
    sticksandwich, NONE, NONE, NEAR, NONE, .title = "Stick sandwich",
    .formula = "a black bar, a white one above its close, a black one with the close of the first",
    .meaning = "A white bar between two black ones that close at the same price: a floor was tried twice and held.");
PATTERN_OP(
    takuri, NONE, RANGE, NONE, NONE, .title = "Takuri",
    .formula = "a doji with almost no upper shadow and a lower one longer than two bodies",
    .meaning = "A dragonfly doji with a very long lower shadow: prices were pushed far down and bought back in full.");
PATTERN_OP(
    tasukigap, NONE, NONE, NEAR, NONE, .title = "Tasuki gap",
    .formula = "two bars of a colour with a gap; a bar of the other, nearly as long, that opens in the second "
               "and closes in the gap",
    .meaning =
        "A gap in the trend, and a bar that comes back into it without closing it: the trend is expected to go on.");
PATTERN_OP(thrusting, BODY, NONE, NEAR, NONE, .title = "Thrusting",
           .formula = "a long black bar; a white one that opens under its low and closes in the lower half of its body",
           .meaning = "In a fall a white bar comes back into the body before, but not to its middle: not yet a turn, "
                      "the fall may go on.");
PATTERN_OP(
    tristar, NONE, RANGE, NONE, NONE, .title = "Tristar", .formula = "three dojis, the second in a gap, the third back",
    .meaning = "Three dojis, the middle one in a gap: complete indecision after a move, read as a turn. Very rare.");
PATTERN_OP(
    unique3river, BODY, NONE, NONE, NONE, .title = "Unique three river",
    .formula = "a long black bar; a black one with a lower low and a higher close; a short white one above that low",
    .meaning =
        "A fall whose new low is bought back, and a small white bar that keeps below: a bottom is forming. Rare.");
PATTERN_OP(upsidegap2crows, BODY, NONE, NONE, NONE, .title = "Upside gap two crows",
           .formula = "a long white bar; a black body that is not long in a gap above; a black one that holds it and "
                      "closes above the first",
           .meaning = "A gap up followed by two black bars, the second swallowing the first, above the gap still: the "
                      "rise has lost its drive.");
PATTERN_OP(
    xsidegap3methods, NONE, NONE, NONE, NONE, .title = "Gap three methods",
    .formula =
        "two bars of a colour with a gap; a bar of the other that opens in the second and closes in the first body",
    .meaning = "A gap in the trend that a bar of the other colour fills: as the gap is closed, the trend is expected "
               "to go on.");

/* SPDX-License-Identifier: Apache-2.0 */
/* candle_more.c - patterns of four bars and more. */
#include "ta/candle.h"

/* ---------------------------------------------------------------- black bars */

TW_LANE double candle_3blackcrows(const candle *b)
{
    const uint64_t lower = NO_LOWER | OPEN_DOWN | OPEN_OVER_CLOSE | CLOSE_DOWN;
    return falling_if(is(b, 2, NO_LOWER | CANDLE_WAS_WHITE, CANDLE_WHITE) & is(b, 1, lower, CANDLE_WHITE) &
                      is(b, 0, lower, CANDLE_WHITE) & above(high_of(b, 3), close_of(b, 2)));
}
TW_LANE double candle_concealbabyswall(const candle *b)
{
    return rising_if(is(b, 3, BARE, CANDLE_WHITE) & is(b, 2, BARE, CANDLE_WHITE) &
                     is(b, 1, SOME_UPPER | BODY_BELOW, CANDLE_WHITE) & is(b, 0, HIGH_UP | LOW_DOWN, CANDLE_WHITE) &
                     above(high_of(b, 1), close_of(b, 2)));
}
TW_LANE double candle_ladderbottom(const candle *b)
{
    const uint64_t lower = OPEN_DOWN | CLOSE_DOWN;
    return rising_if(is(b, 3, lower, CANDLE_WHITE | CANDLE_WAS_WHITE) & is(b, 2, lower, CANDLE_WHITE) &
                     is(b, 1, SOME_UPPER, CANDLE_WHITE) & is(b, 0, CANDLE_WHITE | OPEN_UP, 0) &
                     above(close_of(b, 0), high_of(b, 1)));
}

/* ---------------------------------------------------------------- a run and its end */

TW_LANE truth opens_near_body(const candle *b, size_t k)
{
    return at_least(open_of(b, k), bottom_of(b, k + 1) - near_of(b, k + 1)) &
           at_most(open_of(b, k), top_of(b, k + 1) + near_of(b, k + 1));
}
TW_LANE double candle_3linestrike(const candle *b)
{
    const truth near = opens_near_body(b, 2) & opens_near_body(b, 1);
    const truth fall = is(b, 2, CLOSE_DOWN, CANDLE_WHITE | CANDLE_WAS_WHITE) & is(b, 1, CLOSE_DOWN, CANDLE_WHITE) &
                       is(b, 0, CANDLE_WHITE | OPEN_UNDER_CLOSE, 0);
    const truth rise = is(b, 2, CLOSE_UP | CANDLE_WHITE | CANDLE_WAS_WHITE, 0) & is(b, 1, CLOSE_UP | CANDLE_WHITE, 0) &
                       is(b, 0, OPEN_OVER_CLOSE, CANDLE_WHITE);
    return either(near & rise & below(close_of(b, 0), open_of(b, 3)),
                  near & fall & above(close_of(b, 0), open_of(b, 3)));
}
/* A long bar, a gap, a run on; then back into the gap. The third bar is of any colour. */
TW_LANE double candle_breakaway(const candle *b)
{
    const uint64_t down = HIGH_DOWN | LOW_DOWN, up = HIGH_UP | LOW_UP;
    const truth fall = is(b, 4, CANDLE_LONG, CANDLE_WHITE) & is(b, 3, BODY_BELOW, CANDLE_WHITE) & is(b, 2, down, 0) &
                       is(b, 1, down, CANDLE_WHITE) & is(b, 0, CANDLE_WHITE, 0);
    const truth rise = is(b, 4, LONG_WHITE, 0) & is(b, 3, BODY_ABOVE | CANDLE_WHITE, 0) & is(b, 2, up, 0) &
                       is(b, 1, up | CANDLE_WHITE, 0) & is(b, 0, 0, CANDLE_WHITE);
    const double close = close_of(b, 0), o3 = open_of(b, 3), c4 = close_of(b, 4);
    return either(fall & above(close, o3) & below(close, c4), rise & below(close, o3) & above(close, c4));
}

/* ---------------------------------------------------------------- a rest of three small bars */

/* The lower end of the body is in the first body, and not deep. */
TW_LANE truth rests_in(const candle *b, size_t k)
{
    const double deep = close_of(b, 4) - body_of(b, 4) * b->settings.penetration;
    return below(bottom_of(b, k), close_of(b, 4)) & above(bottom_of(b, k), deep);
}
TW_LANE double candle_mathold(const candle *b)
{
    const double highest = candle_greater(candle_greater(high_of(b, 2), high_of(b, 3)), high_of(b, 1));
    return rising_if(is(b, 4, LONG_WHITE, 0) & is(b, 3, CANDLE_SHORT | BODY_ABOVE, CANDLE_WHITE) &
                     is(b, 2, CANDLE_SHORT, 0) & is(b, 1, CANDLE_SHORT | TOP_DOWN, 0) &
                     is(b, 0, CANDLE_WHITE | OPEN_OVER_CLOSE, 0) & rests_in(b, 2) & rests_in(b, 1) &
                     below(top_of(b, 2), open_of(b, 3)) & above(close_of(b, 0), highest));
}
/* The body touches the range of the first bar. */
TW_LANE truth touches(const candle *b, size_t k)
{
    return below(bottom_of(b, k), high_of(b, 4)) & above(top_of(b, k), low_of(b, 4));
}
TW_LANE double candle_risefall3methods(const candle *b)
{
    const truth rest = touches(b, 3) & touches(b, 2) & touches(b, 1);
    const uint64_t lower = CANDLE_SHORT | CLOSE_DOWN, upper = CANDLE_SHORT | CLOSE_UP | CANDLE_WHITE;
    const truth rise = is(b, 4, LONG_WHITE, 0) & is(b, 3, CANDLE_SHORT, CANDLE_WHITE) & is(b, 2, lower, CANDLE_WHITE) &
                       is(b, 1, lower, CANDLE_WHITE) & is(b, 0, LONG_WHITE | OPEN_OVER_CLOSE, 0);
    const truth fall = is(b, 4, CANDLE_LONG, CANDLE_WHITE) & is(b, 3, CANDLE_SHORT | CANDLE_WHITE, 0) &
                       is(b, 2, upper, 0) & is(b, 1, upper, 0) & is(b, 0, CANDLE_LONG | OPEN_UNDER_CLOSE, CANDLE_WHITE);
    return either(rest & rise & above(close_of(b, 0), close_of(b, 4)),
                  rest & fall & below(close_of(b, 0), close_of(b, 4)));
}

/* ---------------------------------------------------------------- hikkake: Chesler 2003 */

/* A false break out of an inside bar, at bar k. */
typedef struct hikkake_break {
    truth up, down;
} hikkake_break;
typedef hikkake_break hikkake_test(const candle *b, size_t k);

#define INSIDE (HIGH_DOWN | LOW_UP)
#define LOWER (HIGH_DOWN | LOW_DOWN)
#define HIGHER (HIGH_UP | LOW_UP)

TW_LANE hikkake_break plain_break(const candle *b, size_t k)
{
    const truth in = is(b, k + 1, INSIDE, 0);
    return (hikkake_break){in & is(b, k, LOWER, 0), in & is(b, k, HIGHER, 0)};
}
TW_LANE hikkake_break modified_break(const candle *b, size_t k)
{
    const truth in = is(b, k + 2, INSIDE, 0) & is(b, k + 1, INSIDE, 0);
    const double near = near_of(b, k + 2), close = close_of(b, k + 2);
    return (hikkake_break){in & is(b, k, LOWER, 0) & at_most(close, low_of(b, k + 2) + near),
                           in & is(b, k, HIGHER, 0) & at_least(close, high_of(b, k + 2) - near)};
}
/* The close of bar j is beyond the inside bar before the break at k. */
TW_LANE truth beyond(const candle *b, size_t j, size_t k, hikkake_break t)
{
    return (t.up & above(close_of(b, j), high_of(b, k + 1))) | (t.down & below(close_of(b, j), low_of(b, k + 1)));
}
/* A break; or the first close within 3 bars that confirms the last break. */
TW_LANE double hikkake(const candle *b, hikkake_test *test)
{
    const hikkake_break s0 = test(b, 0), s1 = test(b, 1), s2 = test(b, 2), s3 = test(b, 3);
    const truth now = s0.up | s0.down, old1 = s1.up | s1.down, old2 = old1 | s2.up | s2.down;
    const truth first = beyond(b, 0, 1, s1), second = ~old1 & beyond(b, 0, 2, s2) & ~beyond(b, 1, 2, s2);
    const truth third = ~old2 & beyond(b, 0, 3, s3) & ~beyond(b, 1, 3, s3) & ~beyond(b, 2, 3, s3);
    const truth fallen = (first & s1.down) | (second & s2.down) | (third & s3.down);
    return sized(now, first | second | third, CANDLE_200, (now & s0.down) | (~now & fallen));
}
TW_LANE double candle_hikkake(const candle *b) { return hikkake(b, plain_break); }
TW_LANE double candle_hikkakemod(const candle *b) { return hikkake(b, modified_break); }

CANDLE(3blackcrows, NEED_RANGE, 4);
CANDLE(3linestrike, NEED_NEAR, 4);
CANDLE(breakaway, NEED_BODY, 5);
CANDLE(concealbabyswall, NEED_RANGE, 4);
CANDLE(hikkake, NEED_PRICES, 5);
CANDLE(hikkakemod, NEED_NEAR, 6);
CANDLE(ladderbottom, NEED_RANGE, 5);
CANDLE(mathold, NEED_BODY, 5);
CANDLE(risefall3methods, NEED_BODY, 5);

/* SPDX-License-Identifier: Apache-2.0 */
/* candle_two.c - patterns of two bars. */
#include "ta/candle.h"

/* ---------------------------------------------------------------- a bar and its place under or over the one before */

/* A small body at the top of a long lower shadow, or at the bottom of an upper one. */
#define HAMMER (CANDLE_SHORT | LONG_LOWER | NO_UPPER)
#define STAR (CANDLE_SHORT | LONG_UPPER | NO_LOWER)

TW_LANE double candle_hammer(const candle *b)
{
    return rising_if(is(b, 0, HAMMER, 0) & at_most(bottom_of(b, 0), low_of(b, 1) + near_of(b, 1)));
}
TW_LANE double candle_hangingman(const candle *b)
{
    return falling_if(is(b, 0, HAMMER, 0) & at_least(bottom_of(b, 0), high_of(b, 1) - near_of(b, 1)));
}
TW_LANE double candle_invertedhammer(const candle *b) { return rising_if(is(b, 0, STAR | BODY_BELOW, 0)); }
TW_LANE double candle_shootingstar(const candle *b) { return falling_if(is(b, 0, STAR | BODY_ABOVE, 0)); }
TW_LANE double candle_dojistar(const candle *b)
{
    return either(is(b, 1, CANDLE_LONG, CANDLE_WHITE) & is(b, 0, CANDLE_DOJI | BODY_BELOW, 0),
                  is(b, 1, LONG_WHITE, 0) & is(b, 0, CANDLE_DOJI | BODY_ABOVE, 0));
}

/* ---------------------------------------------------------------- one body in the other */

/* Inside, 100, or with an edge that is that of the other, 80; against the colour of the long bar before. */
TW_LANE double harami(const candle *b, uint64_t small, uint64_t not_small)
{
    const truth first = is(b, 1, CANDLE_LONG, 0);
    return sized(first & is(b, 0, small | TOP_DOWN | BOTTOM_UP, not_small),
                 first & is(b, 0, small, not_small | TOP_UP | BOTTOM_DOWN), CANDLE_80, is(b, 1, CANDLE_WHITE, 0));
}
TW_LANE double candle_harami(const candle *b) { return harami(b, 0, CANDLE_OVER); }
TW_LANE double candle_haramicross(const candle *b) { return harami(b, CANDLE_DOJI, 0); }
TW_LANE double candle_homingpigeon(const candle *b)
{
    return rising_if(is(b, 1, CANDLE_LONG, CANDLE_WHITE) & is(b, 0, OPEN_DOWN | CLOSE_UP, CANDLE_WHITE | CANDLE_OVER));
}
/* A body that holds the one before, of the other colour; 80 where they share one edge, 0 where both. */
TW_LANE double candle_engulfing(const candle *b)
{
    const truth up = is(b, 0, CANDLE_WHITE, CANDLE_WAS_WHITE | CLOSE_UNDER_OPEN | OPEN_OVER_CLOSE);
    const truth down = is(b, 0, CANDLE_WAS_WHITE, CANDLE_WHITE | OPEN_UNDER_CLOSE | CLOSE_OVER_OPEN);
    const truth over = is(b, 0, CLOSE_OVER_OPEN, 0), under = is(b, 0, OPEN_UNDER_CLOSE, 0);
    const truth high = is(b, 0, OPEN_OVER_CLOSE, 0), low = is(b, 0, CLOSE_UNDER_OPEN, 0);
    return sized((up & over & under) | (down & high & low), (up & (over | under)) | (down & (high | low)), CANDLE_80,
                 down);
}

/* ---------------------------------------------------------------- a white bar that opens under a long black one */

TW_LANE truth opens_below(const candle *b, uint64_t yes)
{
    return is(b, 1, CANDLE_LONG, CANDLE_WHITE) & is(b, 0, CANDLE_WHITE | OPEN_UNDER_LOW | yes, 0);
}
TW_LANE double middle_of_last(const candle *b) { return close_of(b, 1) + body_of(b, 1) * 0.5; }
TW_LANE double candle_inneck(const candle *b)
{
    return falling_if(opens_below(b, 0) & is(b, 0, 0, CLOSE_DOWN) &
                      at_most(close_of(b, 0), close_of(b, 1) + equal_of(b, 1)));
}
TW_LANE double candle_onneck(const candle *b)
{
    return falling_if(opens_below(b, 0) & within(close_of(b, 0), low_of(b, 1), equal_of(b, 1)));
}
TW_LANE double candle_thrusting(const candle *b)
{
    return falling_if(opens_below(b, 0) & above(close_of(b, 0), close_of(b, 1) + equal_of(b, 1)) &
                      at_most(close_of(b, 0), middle_of_last(b)));
}
TW_LANE double candle_piercing(const candle *b)
{
    return rising_if(opens_below(b, CANDLE_LONG | CLOSE_UNDER_OPEN) & above(close_of(b, 0), middle_of_last(b)));
}
TW_LANE double candle_darkcloudcover(const candle *b)
{
    return falling_if(is(b, 1, LONG_WHITE, 0) & is(b, 0, OPEN_OVER_HIGH | CLOSE_OVER_OPEN, CANDLE_WHITE) &
                      below(close_of(b, 0), close_of(b, 1) - body_of(b, 1) * b->settings.penetration));
}

/* ---------------------------------------------------------------- prices that meet */

TW_LANE double candle_counterattack(const candle *b)
{
    const truth meet = within(close_of(b, 0), close_of(b, 1), equal_of(b, 1)) & is(b, 1, CANDLE_LONG, 0);
    return either(meet & is(b, 0, LONG_WHITE, CANDLE_WAS_WHITE),
                  meet & is(b, 0, CANDLE_LONG | CANDLE_WAS_WHITE, CANDLE_WHITE));
}
TW_LANE double candle_separatinglines(const candle *b)
{
    const truth meet = within(open_of(b, 0), open_of(b, 1), equal_of(b, 1));
    return either(meet & is(b, 0, LONG_WHITE | NO_LOWER, CANDLE_WAS_WHITE),
                  meet & is(b, 0, CANDLE_LONG | CANDLE_WAS_WHITE | NO_UPPER, CANDLE_WHITE));
}
TW_LANE double candle_matchinglow(const candle *b)
{
    return rising_if(is(b, 0, 0, CANDLE_WHITE | CANDLE_WAS_WHITE) &
                     within(close_of(b, 0), close_of(b, 1), equal_of(b, 1)));
}

/* ---------------------------------------------------------------- two bars without shadows, a gap between them */

TW_LANE truth kicks_up(const candle *b)
{
    return is(b, 1, CANDLE_LONG | BARE, CANDLE_WHITE) & is(b, 0, LONG_WHITE | BARE | RANGE_ABOVE, 0);
}
TW_LANE truth kicks_down(const candle *b)
{
    return is(b, 1, LONG_WHITE | BARE, 0) & is(b, 0, CANDLE_LONG | BARE | RANGE_BELOW, CANDLE_WHITE);
}
TW_LANE double candle_kicking(const candle *b) { return either(kicks_up(b), kicks_down(b)); }
/* With the direction of the longer one; of the earlier where they are equal. */
TW_LANE double candle_kickingbylength(const candle *b)
{
    const truth up = kicks_up(b), down = kicks_down(b), longer = is(b, 0, BODY_LONGER, 0);
    return signed_if(up | down, (up & ~longer) | (down & longer));
}

CANDLE(counterattack, NEED_BODY | NEED_NEAR, 2);
CANDLE(darkcloudcover, NEED_BODY, 2);
CANDLE(dojistar, NEED_BODY | NEED_RANGE, 2);
CANDLE(engulfing, NEED_PRICES, 2);
CANDLE(hammer, NEED_BODY | NEED_RANGE | NEED_NEAR, 2);
CANDLE(hangingman, NEED_BODY | NEED_RANGE | NEED_NEAR, 2);
CANDLE(harami, NEED_BODY, 2);
CANDLE(haramicross, NEED_BODY | NEED_RANGE, 2);
CANDLE(homingpigeon, NEED_BODY, 2);
CANDLE(inneck, NEED_BODY | NEED_NEAR, 2);
CANDLE(invertedhammer, NEED_BODY | NEED_RANGE, 2);
CANDLE(kicking, NEED_BODY | NEED_RANGE, 2);
CANDLE(kickingbylength, NEED_BODY | NEED_RANGE, 2);
CANDLE(matchinglow, NEED_NEAR, 2);
CANDLE(onneck, NEED_BODY | NEED_NEAR, 2);
CANDLE(piercing, NEED_BODY, 2);
CANDLE(separatinglines, NEED_BODY | NEED_RANGE | NEED_NEAR, 2);
CANDLE(shootingstar, NEED_BODY | NEED_RANGE, 2);
CANDLE(thrusting, NEED_BODY | NEED_NEAR, 2);

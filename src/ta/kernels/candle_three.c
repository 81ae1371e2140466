/* SPDX-License-Identifier: Apache-2.0 */
/* candle_three.c - patterns of three bars. */
#include "ta/candle.h"

/* ---------------------------------------------------------------- stars */

/* How far the last close comes into the first body. */
TW_LANE truth falls_into(const candle *b)
{
    return below(close_of(b, 0), close_of(b, 2) - body_of(b, 2) * b->settings.penetration);
}
TW_LANE truth rises_into(const candle *b)
{
    return above(close_of(b, 0), close_of(b, 2) + body_of(b, 2) * b->settings.penetration);
}
TW_LANE double evening(const candle *b, uint64_t yes, uint64_t no)
{
    return falling_if(is(b, 2, LONG_WHITE, 0) & is(b, 1, BODY_ABOVE | yes, no) & is(b, 0, CANDLE_OVER, CANDLE_WHITE) &
                      falls_into(b));
}
TW_LANE double morning(const candle *b, uint64_t yes, uint64_t no)
{
    return rising_if(is(b, 2, CANDLE_LONG, CANDLE_WHITE) & is(b, 1, BODY_BELOW | yes, no) &
                     is(b, 0, CANDLE_OVER | CANDLE_WHITE, 0) & rises_into(b));
}
TW_LANE double candle_eveningstar(const candle *b) { return evening(b, 0, CANDLE_OVER); }
TW_LANE double candle_eveningdojistar(const candle *b) { return evening(b, CANDLE_DOJI, 0); }
TW_LANE double candle_morningstar(const candle *b) { return morning(b, 0, CANDLE_OVER); }
TW_LANE double candle_morningdojistar(const candle *b) { return morning(b, CANDLE_DOJI, 0); }
TW_LANE double candle_abandonedbaby(const candle *b)
{
    return either(is(b, 2, CANDLE_LONG, CANDLE_WHITE) & is(b, 1, CANDLE_DOJI | RANGE_BELOW, 0) &
                      is(b, 0, CANDLE_OVER | CANDLE_WHITE | RANGE_ABOVE, 0) & rises_into(b),
                  is(b, 2, LONG_WHITE, 0) & is(b, 1, CANDLE_DOJI | RANGE_ABOVE, 0) &
                      is(b, 0, CANDLE_OVER | RANGE_BELOW, CANDLE_WHITE) & falls_into(b));
}
/* Three dojis, all measured against the mean of the first. */
TW_LANE double candle_tristar(const candle *b)
{
    const double doji = doji_of(b, 2);
    const truth dojis = is(b, 2, CANDLE_DOJI, 0) & at_most(body_of(b, 1), doji) & at_most(body_of(b, 0), doji);
    return either(dojis & is(b, 1, BODY_BELOW, 0) & is(b, 0, BOTTOM_UP, 0),
                  dojis & is(b, 1, BODY_ABOVE, 0) & is(b, 0, TOP_DOWN, 0));
}

/* ---------------------------------------------------------------- crows */

TW_LANE double candle_2crows(const candle *b)
{
    return falling_if(is(b, 2, LONG_WHITE, 0) & is(b, 1, BODY_ABOVE, CANDLE_WHITE) &
                      is(b, 0, OPEN_DOWN | OPEN_OVER_CLOSE, CANDLE_WHITE) & above(close_of(b, 0), open_of(b, 2)) &
                      below(close_of(b, 0), close_of(b, 2)));
}
TW_LANE double candle_upsidegap2crows(const candle *b)
{
    return falling_if(is(b, 2, LONG_WHITE, 0) & is(b, 1, BODY_ABOVE, CANDLE_WHITE | CANDLE_OVER) &
                      is(b, 0, OPEN_UP | CLOSE_DOWN, CANDLE_WHITE) & above(close_of(b, 0), close_of(b, 2)));
}
TW_LANE double candle_identical3crows(const candle *b)
{
    const uint64_t lower = NO_LOWER | CLOSE_DOWN;
    return falling_if(is(b, 2, NO_LOWER, CANDLE_WHITE) & is(b, 1, lower, CANDLE_WHITE) & is(b, 0, lower, CANDLE_WHITE) &
                      within(open_of(b, 1), close_of(b, 2), equal_of(b, 2)) &
                      within(open_of(b, 0), close_of(b, 1), equal_of(b, 1)));
}

/* ---------------------------------------------------------------- three white bars, each opening in or near the last
 */

#define RISING (CANDLE_WHITE | CLOSE_UP)

TW_LANE truth opens_near(const candle *b, size_t k)
{
    return at_most(open_of(b, k), close_of(b, k + 1) + near_of(b, k + 1));
}
TW_LANE double candle_3whitesoldiers(const candle *b)
{
    const uint64_t bare = RISING | OPEN_UP | NO_UPPER;
    return rising_if(is(b, 2, CANDLE_WHITE | NO_UPPER, 0) & is(b, 1, bare, 0) & is(b, 0, bare | CANDLE_OVER, 0) &
                     opens_near(b, 1) & opens_near(b, 0) & above(body_of(b, 1), body_of(b, 2) - far_of(b, 2)) &
                     above(body_of(b, 0), body_of(b, 1) - far_of(b, 1)));
}
/* The bodies shrink, or the upper shadows grow. */
TW_LANE truth weakens(const candle *b)
{
    const double now = body_of(b, 0), last = body_of(b, 1), first = body_of(b, 2);
    const truth shrinks = below(last, first - far_of(b, 2)) & below(now, last + near_of(b, 1));
    const truth shadows = above(upper_of(b, 0), short_shadow_of(b, 0)) | above(upper_of(b, 1), short_shadow_of(b, 1));
    return shrinks | below(now, last - far_of(b, 1)) |
           (is(b, 0, BODY_SHORTER, 0) & is(b, 1, BODY_SHORTER, 0) & shadows) | is(b, 0, BODY_SHORTER | LONG_UPPER, 0);
}
TW_LANE double candle_advanceblock(const candle *b)
{
    return falling_if(is(b, 2, LONG_WHITE, 0) & is(b, 1, RISING | OPEN_UP, 0) & is(b, 0, RISING | OPEN_UP, 0) &
                      opens_near(b, 1) & opens_near(b, 0) & below(upper_of(b, 2), short_shadow_of(b, 2)) & weakens(b));
}
TW_LANE double candle_stalledpattern(const candle *b)
{
    return falling_if(is(b, 2, LONG_WHITE, 0) & is(b, 1, RISING | OPEN_UP | CANDLE_LONG | NO_UPPER, 0) &
                      is(b, 0, RISING | CANDLE_SHORT, 0) & opens_near(b, 1) &
                      at_least(open_of(b, 0), close_of(b, 1) - body_of(b, 0) - near_of(b, 1)));
}

/* ---------------------------------------------------------------- a pattern of two bars that the third confirms */

TW_LANE double candle_3inside(const candle *b)
{
    const truth first = is(b, 2, CANDLE_LONG, 0);
    return either(first & is(b, 1, TOP_DOWN | BOTTOM_UP, CANDLE_OVER | CANDLE_WAS_WHITE) & is(b, 0, CANDLE_WHITE, 0) &
                      above(close_of(b, 0), open_of(b, 2)),
                  first & is(b, 1, TOP_DOWN | BOTTOM_UP | CANDLE_WAS_WHITE, CANDLE_OVER) & is(b, 0, 0, CANDLE_WHITE) &
                      below(close_of(b, 0), open_of(b, 2)));
}
TW_LANE double candle_3outside(const candle *b)
{
    return either(is(b, 1, CANDLE_WHITE | CLOSE_OVER_OPEN | OPEN_UNDER_CLOSE, CANDLE_WAS_WHITE) & is(b, 0, CLOSE_UP, 0),
                  is(b, 1, CANDLE_WAS_WHITE | OPEN_OVER_CLOSE | CLOSE_UNDER_OPEN, CANDLE_WHITE) &
                      is(b, 0, CLOSE_DOWN, 0));
}

/* ---------------------------------------------------------------- gaps */

TW_LANE double candle_gapsidesidewhite(const candle *b)
{
    const truth alike = is(b, 0, CANDLE_WHITE, 0) & within(body_of(b, 0), body_of(b, 1), near_of(b, 1)) &
                        within(open_of(b, 0), open_of(b, 1), equal_of(b, 1));
    return either(alike & is(b, 1, CANDLE_WHITE | BODY_ABOVE, 0) & above(open_of(b, 0), top_of(b, 2)),
                  alike & is(b, 1, CANDLE_WHITE | BODY_BELOW, 0) & below(close_of(b, 0), bottom_of(b, 2)));
}
TW_LANE double candle_tasukigap(const candle *b)
{
    const truth alike = below(tw_lane_abs(body_of(b, 1) - body_of(b, 0)), near_of(b, 1));
    return either(alike & is(b, 1, CANDLE_WHITE | BODY_ABOVE, 0) &
                      is(b, 0, OPEN_UNDER_CLOSE | OPEN_UP | CLOSE_UNDER_OPEN, CANDLE_WHITE) &
                      above(close_of(b, 0), top_of(b, 2)),
                  alike & is(b, 1, BODY_BELOW, CANDLE_WHITE) &
                      is(b, 0, CANDLE_WHITE | OPEN_DOWN | OPEN_OVER_CLOSE | CLOSE_OVER_OPEN, 0) &
                      below(close_of(b, 0), bottom_of(b, 2)));
}
TW_LANE double candle_xsidegap3methods(const candle *b)
{
    const double close = close_of(b, 0), o2 = open_of(b, 2), c2 = close_of(b, 2);
    return either(is(b, 1, CANDLE_WHITE | CANDLE_WAS_WHITE | BODY_ABOVE, 0) &
                      is(b, 0, OPEN_UNDER_CLOSE | OPEN_UP, CANDLE_WHITE) & below(close, c2) & above(close, o2),
                  is(b, 1, BODY_BELOW, CANDLE_WHITE | CANDLE_WAS_WHITE) &
                      is(b, 0, CANDLE_WHITE | OPEN_DOWN | OPEN_OVER_CLOSE, 0) & below(close, o2) & above(close, c2));
}

/* ---------------------------------------------------------------- the rest */

TW_LANE double candle_sticksandwich(const candle *b)
{
    return rising_if(is(b, 1, CANDLE_WHITE, CANDLE_WAS_WHITE) & is(b, 0, 0, CANDLE_WHITE) &
                     above(low_of(b, 1), close_of(b, 2)) & within(close_of(b, 0), close_of(b, 2), equal_of(b, 2)));
}
TW_LANE double candle_unique3river(const candle *b)
{
    return rising_if(is(b, 2, CANDLE_LONG, CANDLE_WHITE) & is(b, 1, CLOSE_UP | LOW_DOWN, CANDLE_WHITE | OPEN_UP) &
                     is(b, 0, CANDLE_WHITE | CANDLE_SHORT, 0) & above(open_of(b, 0), low_of(b, 1)));
}
TW_LANE double candle_3starsinsouth(const candle *b)
{
    return rising_if(is(b, 2, CANDLE_LONG | LONG_LOWER, CANDLE_WHITE) &
                     is(b, 1, SOME_LOWER | BODY_SHORTER | OPEN_OVER_CLOSE, CANDLE_WHITE | OPEN_OVER_HIGH | LOW_DOWN) &
                     is(b, 0, CANDLE_SHORT | BARE | LOW_UP | HIGH_DOWN, CANDLE_WHITE) &
                     below(low_of(b, 1), close_of(b, 2)));
}

CANDLE(2crows, NEED_BODY, 3);
CANDLE(3inside, NEED_BODY, 3);
CANDLE(3outside, NEED_PRICES, 3);
CANDLE(3starsinsouth, NEED_BODY | NEED_RANGE, 3);
CANDLE(3whitesoldiers, NEED_BODY | NEED_RANGE | NEED_NEAR, 3);
CANDLE(abandonedbaby, NEED_BODY | NEED_RANGE, 3);
CANDLE(advanceblock, NEED_BODY | NEED_NEAR | NEED_SHADOW, 3);
CANDLE(eveningdojistar, NEED_BODY | NEED_RANGE, 3);
CANDLE(eveningstar, NEED_BODY, 3);
CANDLE(gapsidesidewhite, NEED_NEAR, 3);
CANDLE(identical3crows, NEED_RANGE | NEED_NEAR, 3);
CANDLE(morningdojistar, NEED_BODY | NEED_RANGE, 3);
CANDLE(morningstar, NEED_BODY, 3);
CANDLE(stalledpattern, NEED_BODY | NEED_RANGE | NEED_NEAR, 3);
CANDLE(sticksandwich, NEED_NEAR, 3);
CANDLE(tasukigap, NEED_NEAR, 3);
CANDLE(tristar, NEED_RANGE, 3);
CANDLE(unique3river, NEED_BODY, 3);
CANDLE(upsidegap2crows, NEED_BODY, 3);
CANDLE(xsidegap3methods, NEED_PRICES, 2);

/* SPDX-License-Identifier: Apache-2.0 */
/* candle_one.c - patterns of one bar. */
#include "ta/candle.h"

/* The direction of the bar where `t` holds. */
TW_LANE double coloured(const candle *b, truth t) { return signed_if(t, is(b, 0, 0, CANDLE_WHITE)); }

TW_LANE double candle_belthold(const candle *b)
{
    return either(is(b, 0, LONG_WHITE | NO_LOWER, 0), is(b, 0, CANDLE_LONG | NO_UPPER, CANDLE_WHITE));
}
TW_LANE double candle_closingmarubozu(const candle *b)
{
    return either(is(b, 0, LONG_WHITE | NO_UPPER, 0), is(b, 0, CANDLE_LONG | NO_LOWER, CANDLE_WHITE));
}
TW_LANE double candle_marubozu(const candle *b) { return coloured(b, is(b, 0, CANDLE_LONG | BARE, 0)); }
TW_LANE double candle_doji(const candle *b) { return rising_if(is(b, 0, CANDLE_DOJI, 0)); }
TW_LANE double candle_dragonflydoji(const candle *b)
{
    return rising_if(is(b, 0, CANDLE_DOJI | NO_UPPER | SOME_LOWER, 0));
}
TW_LANE double candle_gravestonedoji(const candle *b)
{
    return rising_if(is(b, 0, CANDLE_DOJI | NO_LOWER | SOME_UPPER, 0));
}
TW_LANE double candle_longleggeddoji(const candle *b)
{
    return rising_if(is(b, 0, CANDLE_DOJI, 0) & ~is(b, 0, 0, LONG_UPPER | LONG_LOWER));
}
TW_LANE double candle_takuri(const candle *b) { return rising_if(is(b, 0, CANDLE_DOJI | NO_UPPER | TWICE_LOWER, 0)); }
TW_LANE double candle_rickshawman(const candle *b)
{
    const double middle = low_of(b, 0) + (high_of(b, 0) - low_of(b, 0)) / 2.0, near = near_of(b, 0);
    return rising_if(is(b, 0, CANDLE_DOJI | LONG_UPPER | LONG_LOWER, 0) & at_most(bottom_of(b, 0), middle + near) &
                     at_least(top_of(b, 0), middle - near));
}
TW_LANE double candle_highwave(const candle *b)
{
    return coloured(b, is(b, 0, CANDLE_SHORT | TWICE_UPPER | TWICE_LOWER, 0));
}
TW_LANE double candle_spinningtop(const candle *b)
{
    return coloured(b, is(b, 0, CANDLE_SHORT | OVER_UPPER | OVER_LOWER, 0));
}
TW_LANE truth short_shadows(const candle *b)
{
    return below(upper_of(b, 0), short_shadow_of(b, 0)) & below(lower_of(b, 0), short_shadow_of(b, 0));
}
TW_LANE double candle_longline(const candle *b) { return coloured(b, is(b, 0, CANDLE_LONG, 0) & short_shadows(b)); }
TW_LANE double candle_shortline(const candle *b) { return coloured(b, is(b, 0, CANDLE_SHORT, 0) & short_shadows(b)); }

CANDLE(belthold, NEED_BODY | NEED_RANGE, 1);
CANDLE(closingmarubozu, NEED_BODY | NEED_RANGE, 1);
CANDLE(doji, NEED_RANGE, 1);
CANDLE(dragonflydoji, NEED_RANGE, 1);
CANDLE(gravestonedoji, NEED_RANGE, 1);
CANDLE(highwave, NEED_BODY, 1);
CANDLE(longleggeddoji, NEED_RANGE, 1);
CANDLE(longline, NEED_BODY | NEED_SHADOW, 1);
CANDLE(marubozu, NEED_BODY | NEED_RANGE, 1);
CANDLE(rickshawman, NEED_RANGE | NEED_NEAR, 1);
CANDLE(shortline, NEED_BODY | NEED_SHADOW, 1);
CANDLE(spinningtop, NEED_BODY, 1);
CANDLE(takuri, NEED_RANGE, 1);

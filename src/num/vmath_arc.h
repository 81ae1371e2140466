/* SPDX-License-Identifier: Apache-2.0 */
/* vmath_arc.h - arc sine, cosine and tangent as inline lane functions, on the terms of vmath.h.
 *
 * asin s = s + s^3 P(s^2) for s <= 1/2; above, with s = sqrt((1 - x) / 2), asin x = pi/2 - 2 asin s. The same with
 * another P for atan below tan(pi/8), to which the difference formula of the tangent brings every other argument.
 * Coefficients: src/num/fit/arcs.py. */
#ifndef TW_NUM_VMATH_ARC_H
#define TW_NUM_VMATH_ARC_H

#include <math.h>
#include <stdbool.h>

#include "num/lane.h"

#define TW_HALF_PI_HI 0x1.921fb54442d18p+0
#define TW_HALF_PI_LO 0x1.1a62633145c07p-54

/* (asin x / x - 1) / x^2 in powers of x^2 <= 1/4. */
static const double tw_asin_c[] = {
    0x1.5555555555556p-3, 0x1.3333333332ec4p-4,  0x1.6db6db6e3292ep-5, 0x1.f1c71c1d4aa0dp-6, 0x1.6e8bb1d89492bp-6,
    0x1.1c4d343fa57f6p-6, 0x1.c9cf3759fd8ffp-7,  0x1.78246f32d075cp-7, 0x1.524ea8b3aad31p-7, 0x1.653a8f8cfd43cp-8,
    0x1.1d661531b222ep-6, -0x1.e7a24f548c99fp-7, 0x1.d78189767524ep-6};

/* The same of atan, x^2 <= tan(pi/8)^2. */
static const double tw_atan_c[] = {
    -0x1.5555555555555p-2, 0x1.9999999999997p-3,  -0x1.24924924920a6p-3, 0x1.c71c71c6dd538p-4,  -0x1.745d17354bd3ep-4,
    0x1.3b13aea671ef0p-4,  -0x1.1110ce9b3f808p-4, 0x1.e1d8e103c7a90p-5,  -0x1.aebccb05d29e8p-5, 0x1.829ac6ea2558cp-5,
    -0x1.5033bdf344ecap-5, 0x1.f5c7f627c1866p-6,  -0x1.c7c2a937ca6fep-7};

/* asin(s) = s + p for the s that stands for |x|: itself to 1/2, sqrt((1 - |x|) / 2) above (NaN above 1). */
typedef struct tw_arc {
    double s, p;
} tw_arc;

TW_LANE tw_arc tw_lane_arc(double a)
{
    const double near = 0.5 * (1.0 - a), z = a > 0.5 ? near : a * a, root = sqrt(z), s = a > 0.5 ? root : a;
    return (tw_arc){s, s * z * tw_lane_poly12(z, tw_asin_c)};
}

/* turns pi/2 - times (s + p), to the last digit. */
TW_LANE double tw_lane_arc_from(double turns, double times, tw_arc v)
{
    const tw_dd t = tw_lane_two_sum(turns * TW_HALF_PI_HI, -(times * v.s));
    return t.hi + (t.lo + (turns * TW_HALF_PI_LO - times * v.p));
}

/* Arc sine; NaN outside [-1, 1]. Bound 1.2 ulp. */
TW_LANE double tw_lane_asin(double x)
{
    const double a = tw_lane_abs(x);
    const tw_arc v = tw_lane_arc(a);
    const double near = tw_lane_arc_from(1.0, 2.0, v), far = v.s + v.p, y = a > 0.5 ? near : far;
    return a <= 1.0 ? tw_lane_sign(y, x) : x != x ? x : TW_LANE_NAN;
}

/* Arc cosine; NaN outside [-1, 1]. Bound 1.2 ulp. */
TW_LANE double tw_lane_acos(double x)
{
    const double a = tw_lane_abs(x);
    const tw_arc v = tw_lane_arc(a);
    const double turns = a <= 0.5 ? 1.0 : x < 0.0 ? 2.0 : 0.0, size = a <= 0.5 ? 1.0 : 2.0;
    const double times = (x < 0.0) == (a > 0.5) ? size : -size; /* pi/2 - asin x, pi - 2 asin s, 2 asin s */
    const double y = tw_lane_arc_from(turns, a <= 0.5 ? tw_lane_sign(1.0, x) : times, v);
    return a <= 1.0 ? y : x != x ? x : TW_LANE_NAN;
}

/* The size of the arc tangent of top / bottom, which are not negative, with one division. */
TW_LANE double tw_lane_arc_of(double top, double bottom)
{
    const bool mid = top > 0x1.a827999fcef32p-2 * bottom,
               far = top > 0x1.3504f333f9de6p+1 * bottom; /* tan of pi/8, 3pi/8 */
    const double low = mid ? top - bottom : top, below = mid ? top + bottom : bottom;
    const double part = mid ? 0.5 : 0.0, turns = far ? 1.0 : part;
    const double r = (far ? -bottom : low) / (far ? top : below), z = r * r, p = r * z * tw_lane_poly12(z, tw_atan_c);
    return turns * TW_HALF_PI_HI + (r + (p + turns * TW_HALF_PI_LO));
}

/* Arc tangent. Bound 2 ulp. */
TW_LANE double tw_lane_atan(double x)
{
    const double y = tw_lane_arc_of(tw_lane_abs(x), 1.0);
    return x != x ? x : tw_lane_sign(y, x);
}

/* Arc tangent of y / x, x not 0, without that division. Bound 3 ulp. */
TW_LANE double tw_lane_atan_of(double y, double x)
{
    const double size = tw_lane_arc_of(tw_lane_abs(y), tw_lane_abs(x));
    return tw_lane_from_bits(tw_lane_bits(size) ^ ((tw_lane_bits(y) ^ tw_lane_bits(x)) & 0x8000000000000000U));
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* vmath_trig.h - sine, cosine and tangent as inline lane functions for |x| <= TW_TRIG_MAX; larger arguments need
 * tw_trig_reduce_huge (trig_huge.c), which tw_sin, tw_cos, tw_tan and the array forms call for the lanes that ask for
 * it. */
#ifndef TW_NUM_VMATH_TRIG_H
#define TW_NUM_VMATH_TRIG_H

#include "num/lane.h"

#define TW_TRIG_MAX 0x1p20

static const double tw_sin_c[] = {-0x1.5555555555548p-3, 0x1.111111110f74cp-7,   -0x1.a01a019beebd7p-13,
                                  0x1.71de355b4ef38p-19, -0x1.ae5e5114a03d2p-26, 0x1.5d8d1fe5c5607p-33};
static const double tw_cos_c[] = {0x1.555555555554bp-5,   -0x1.6c16c16c15009p-10, 0x1.a01a019c8d111p-16,
                                  -0x1.27e4f7ef88f7bp-22, 0x1.1ee9da20008d8p-29,  -0x1.8fa582fd0cdcfp-37};

/* x = n pi/2 + r.hi + r.lo, |r.hi| <= pi/4 or a hair more; only the low two bits of n count. */
typedef struct tw_angle {
    tw_dd r;
    uint64_t n;
} tw_angle;

/* Reduces a finite |x| > TW_TRIG_MAX by as many bits of 2/pi as it takes (Payne and Hanek 1983). */
tw_angle tw_trig_reduce_huge(double x);

/* Cody and Waite (1980) with pi/2 in three pieces of 33 bits, whose product with n < 2^20 is exact, and a fourth. */
TW_LANE tw_angle tw_lane_reduce(double x)
{
    const double z = x * 0x1.45f306dc9c883p-1 + 0x1.8p52, n = z - 0x1.8p52;
    const tw_dd a = tw_lane_two_sum(x - n * 0x1.921fb544p0, -(n * 0x1.0b4611a6p-34));
    const tw_dd b = tw_lane_two_sum(a.hi, -(n * 0x1.3198a2ep-69));
    const double lo = (a.lo + b.lo) - n * 0x1.b839a252049c1p-104;
    return (tw_angle){tw_lane_fast_sum(b.hi, lo), tw_lane_bits(z)};
}

/* The same of |x| <= 8: the product of n <= 5 and the first piece, of 50 bits, is exact. */
TW_LANE tw_angle tw_lane_reduce_near(double x)
{
    const double z = x * 0x1.45f306dc9c883p-1 + 0x1.8p52, n = z - 0x1.8p52;
    const double t = x - n * 0x1.921fb54442d18p0, less = n * 0x1.1a62633145c07p-54, hi = t - less;
    return (tw_angle){{hi, (t - hi) - less}, tw_lane_bits(z)};
}

/* sin of the angle turned by `quarter` right angles (1 gives cos). */
TW_LANE double tw_lane_sin_of(tw_angle a, uint64_t quarter)
{
    const double r = a.r.hi, z = r * r, h = 0.5 * z, w = 1.0 - h;
    const double s = r + (r * z * tw_lane_poly5(z, tw_sin_c) + a.r.lo * w);
    const double c = w + (((1.0 - w) - h) + (z * z * tw_lane_poly5(z, tw_cos_c) - r * a.r.lo));
    const uint64_t n = a.n + quarter, pick = (uint64_t)0 - (n & 1);
    return tw_lane_from_bits(tw_lane_bits(tw_lane_pick(pick, c, s)) ^ ((n & 2) << 62));
}

/* tan of the angle: sin / cos, turned by a right angle -cos / sin, with the low halves to first order. */
TW_LANE double tw_lane_tan_of(tw_angle a)
{
    const double r = a.r.hi, z = r * r, h = 0.5 * z, w = 1.0 - h;
    const tw_dd s = tw_lane_fast_sum(r, r * z * tw_lane_poly5(z, tw_sin_c) + a.r.lo * w);
    const tw_dd c = tw_lane_fast_sum(w, ((1.0 - w) - h) + (z * z * tw_lane_poly5(z, tw_cos_c) - r * a.r.lo));
    const uint64_t pick = (uint64_t)0 - (a.n & 1);
    const tw_dd top = {tw_lane_pick(pick, -c.hi, s.hi), tw_lane_pick(pick, -c.lo, s.lo)};
    const tw_dd bottom = {tw_lane_pick(pick, s.hi, c.hi), tw_lane_pick(pick, s.lo, c.lo)};
    const double t = top.hi / bottom.hi;
    return t + (top.lo - t * bottom.lo) / bottom.hi;
}

/* Infinities have no sine; NaN passes. */
TW_LANE double tw_lane_trig_guard(double x, double y)
{
    return tw_lane_abs(x) < TW_LANE_INF ? y : x != x ? x : TW_LANE_NAN;
}

/* sin x, |x| <= TW_TRIG_MAX. Bound 0.9 ulp. */
TW_LANE double tw_lane_sin(double x)
{
    const double y = tw_lane_trig_guard(x, tw_lane_sin_of(tw_lane_reduce(x), 0));
    return x == 0.0 ? x : y;
}

/* cos x, |x| <= TW_TRIG_MAX. Bound 0.9 ulp. */
TW_LANE double tw_lane_cos(double x) { return tw_lane_trig_guard(x, tw_lane_sin_of(tw_lane_reduce(x), 1)); }

/* tan x, |x| <= TW_TRIG_MAX. Bound 1.5 ulp. */
TW_LANE double tw_lane_tan(double x)
{
    const double y = tw_lane_trig_guard(x, tw_lane_tan_of(tw_lane_reduce(x)));
    return x == 0.0 ? x : y;
}

#endif

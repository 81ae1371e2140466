/* SPDX-License-Identifier: Apache-2.0 */
/* complex_lane.h - complex numbers in the words of num/lane.h: branch-free, the same bits on every path. */
#ifndef TW_PRICING_COMPLEX_LANE_H
#define TW_PRICING_COMPLEX_LANE_H

#include "num/vmath.h"
#include "num/vmath_arc.h"
#include "num/vmath_trig.h"

#include <math.h>

typedef struct tw_cx {
    double re, im;
} tw_cx;

TW_LANE tw_cx tw_cx_add(tw_cx a, tw_cx b) { return (tw_cx){a.re + b.re, a.im + b.im}; }
TW_LANE tw_cx tw_cx_sub(tw_cx a, tw_cx b) { return (tw_cx){a.re - b.re, a.im - b.im}; }
TW_LANE tw_cx tw_cx_mul(tw_cx a, tw_cx b) { return (tw_cx){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
TW_LANE tw_cx tw_cx_times(double a, tw_cx b) { return (tw_cx){a * b.re, a * b.im}; }
/* a / b, for sizes whose squares are numbers. */
TW_LANE tw_cx tw_cx_div(tw_cx a, tw_cx b)
{
    const double q = 1.0 / (b.re * b.re + b.im * b.im);
    return (tw_cx){(a.re * b.re + a.im * b.im) * q, (a.im * b.re - a.re * b.im) * q};
}
TW_LANE tw_cx tw_cx_pick(uint64_t mask, tw_cx a, tw_cx b)
{
    return (tw_cx){tw_lane_pick(mask, a.re, b.re), tw_lane_pick(mask, a.im, b.im)};
}

/* The root with a positive real part; of 0 a tiny number, by which one may divide. */
TW_LANE tw_cx tw_cx_sqrt(tw_cx a)
{
    const double size = sqrt(a.re * a.re + a.im * a.im);
    const double s = sqrt(0.5 * (size + tw_lane_abs(a.re)) + 1e-280), t = a.im / (2.0 * s);
    return (tw_cx){a.re >= 0.0 ? s : tw_lane_abs(t), a.re >= 0.0 ? t : tw_lane_sign(s, a.im)};
}

/* The lesser of two numbers. By masks: of clamps one after the other, written as choices, gcc 12 makes branches. */
TW_LANE double tw_cx_least(double x, double bound)
{
    return tw_lane_pick((uint64_t)0 - (uint64_t)(x > bound), bound, x);
}

/* Angles beyond the lane sine's reach come with sizes that underflow; they only must not be NaN. */
TW_LANE double tw_cx_angle(double x) { return tw_lane_sign(tw_cx_least(tw_lane_abs(x), 0x1p20), x); }

TW_LANE tw_cx tw_cx_exp(tw_cx a)
{
    const double size = tw_lane_exp(a.re);
    const tw_angle angle = tw_lane_reduce(tw_cx_angle(a.im));
    return (tw_cx){size * tw_lane_sin_of(angle, 1), size * tw_lane_sin_of(angle, 0)};
}

/* e^a - 1 without cancellation: e^x cos y - 1 = (e^x - 1) cos y - 2 sin(y/2)^2. */
TW_LANE tw_cx tw_cx_expm1(tw_cx a)
{
    const double less = tw_lane_expm1(a.re), y = tw_cx_angle(a.im);
    const tw_angle angle = tw_lane_reduce(y);
    const double half = tw_lane_sin_of(tw_lane_reduce(0.5 * y), 0), cosine = tw_lane_sin_of(angle, 1);
    return (tw_cx){less * cosine - 2.0 * half * half, (1.0 + less) * tw_lane_sin_of(angle, 0)};
}

/* ln(1 + a), principal. */
TW_LANE tw_cx tw_cx_log1p(tw_cx a)
{
    const double x = 1.0 + a.re, more = 2.0 * a.re + (a.re * a.re + a.im * a.im);
    const double at = x == 0.0 ? 1e-300 : x;
    const uint64_t left = (uint64_t)0 - (uint64_t)(x < 0.0);
    const double turn = tw_lane_pick(left, tw_lane_sign(0x1.921fb54442d18p1, a.im), 0.0);
    return (tw_cx){0.5 * tw_lane_log1p(-tw_cx_least(-more, 1.0 - 0x1p-53)), tw_lane_atan_of(a.im, at) + turn};
}

#endif

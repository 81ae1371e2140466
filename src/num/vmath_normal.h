/* SPDX-License-Identifier: Apache-2.0 */
/* vmath_normal.h - complementary error function, normal distribution and its inverse as inline lane functions.
 *
 * Both tails are e^(-s x^2) N(t) / (x + d) with t = (x - 4) / (x + 4), after Shepherd and Laframboise (1981): one
 * polynomial for all x >= 0. Squares, products and the quotient carry a low half, so that the last rounding decides. */
#ifndef TW_NUM_VMATH_NORMAL_H
#define TW_NUM_VMATH_NORMAL_H

#include <math.h>

#include "num/vmath.h"

typedef struct tw_tail_form {
    double rate, d; /* s and d above */
    double c0_low;  /* what c[0] lacks */
    double c[24];
} tw_tail_form;

/* erfc(x), 0 <= x <= 28. */
static const tw_tail_form tw_erfc_form = {
    1.0, 0.875, -0x1.386ec4730acf8p-55, {0x1.55f35d8d2d29fp-1,   -0x1.55efb0613c39bp-3,  0x1.6f7371be1c3bap-4,
                                         -0x1.c3595544906a5p-6,  -0x1.3c7c0a6c9a0ddp-7,  0x1.7c1ffdb50e721p-6,
                                         -0x1.5f13b339336c9p-6,  0x1.c3204c6605557p-7,   -0x1.aefb78b88e42p-8,
                                         0x1.227f1ace3af8cp-9,   -0x1.95d936ffc49fbp-12, -0x1.25a44521f19d6p-14,
                                         0x1.18661e0990d32p-14,  -0x1.b14d18f238d71p-17, -0x1.2e71653e5b681p-18,
                                         0x1.6a9ea5434ad28p-19,  0x1.59ceb01bf4e87p-25,  -0x1.9495e36f85ae1p-22,
                                         0x1.934984c34981dp-25,  0x1.a87edf7114617p-25,  -0x1.547a1511d8cabp-27,
                                         -0x1.b6ec917f124e6p-28, 0x1.16a50eace9aa1p-30,  0x1.46dac887ba0b2p-31}};

/* Phi(-z), 0 <= z <= 39. */
static const tw_tail_form tw_norm_form = {
    0.5, 1.25, 0x1.29b81b7ac8f18p-58, {0x1.fb8d36288361ep-2,   -0x1.1d4ad7c6f13b1p-3,  0x1.7169e9b96108fp-5,
                                       0x1.5dbfe8f5102ffp-7,   -0x1.911b6cec9bc4dp-6,  0x1.0314d6800b73bp-6,
                                       -0x1.3f851dd2adbc5p-8,  -0x1.081296f281224p-13, 0x1.53caa61b7b8b6p-11,
                                       -0x1.bbd641a1e03cbp-14, -0x1.5271695b68051p-14, 0x1.77f141102a29ap-16,
                                       0x1.a5243cd61462p-17,   -0x1.e87b24204c6ddp-19, -0x1.4881ba60e7c02p-19,
                                       0x1.e9693f633fe87p-22,  0x1.1bbd763a628f8p-21,  -0x1.8a094b9d6223cp-27,
                                       -0x1.d2df50bbdb498p-24, -0x1.271e91329a631p-26, 0x1.301f4748ba2d8p-26,
                                       0x1.932f35e417222p-28,  -0x1.b5a0c796e341dp-30, -0x1.a8130a44da15fp-31}};

/* (hi + lo) 2^(k - 2046), and e = e^(-s x^2) on the same scale. */
typedef struct tw_tail {
    tw_dd y;
    double e;
    uint64_t k;
} tw_tail;

/* e^(-s x^2) as hi + lo times 2^(k - 2046); the square is exact, its low half enters to first order. */
typedef struct tw_gauss {
    tw_dd e;
    uint64_t k;
} tw_gauss;

TW_LANE tw_gauss tw_lane_gauss(double x, double rate)
{
    const tw_dd h = tw_lane_halves(x);
    const double sq = x * x, low = ((h.hi * h.hi - sq) + 2.0 * h.hi * h.lo) + h.lo * h.lo;
    const tw_exp_parts p = tw_lane_exp_parts(-rate * sq);
    const tw_dd s = tw_lane_fast_sum(1.0, p.r);
    const double lo = (s.lo + p.q) - rate * low * (s.hi + p.q);
    return (tw_gauss){tw_lane_fast_sum(s.hi, lo), p.k};
}

/* N(t): the numerator at x, 0 <= x <= 39. */
TW_LANE tw_dd tw_lane_tail_numerator(double x, const tw_tail_form *form)
{
    const double t = (x - 4.0) / (x + 4.0);
    tw_dd n = tw_lane_fast_sum(form->c[0], t * tw_lane_poly22(t, form->c + 1));
    n.lo += form->c0_low;
    return n;
}

/* e n / (x + d): a quotient to one or two ulp, then its exact remainder divided again. */
TW_LANE tw_dd tw_lane_tail_quotient(tw_dd e, tw_dd n, double x, const tw_tail_form *form)
{
    const tw_dd d = tw_lane_two_sum(x, form->d), p = tw_lane_two_product(e.hi, n.hi);
    const double inverse = 1.0 / d.hi, q = p.hi * inverse;
    const tw_dd m = tw_lane_two_product(q, d.hi);
    const double low = p.lo + (e.hi * n.lo + e.lo * n.hi) - q * d.lo;
    return (tw_dd){q, (((p.hi - m.hi) - m.lo) + low) * inverse};
}

/* The tail at x, 0 <= x <= 39. */
TW_LANE tw_tail tw_lane_tail(double x, const tw_tail_form *form)
{
    const tw_gauss g = tw_lane_gauss(x, form->rate);
    return (tw_tail){tw_lane_tail_quotient(g.e, tw_lane_tail_numerator(x, form), x, form), g.e.hi, g.k};
}

/* The argument of the tail, and the function from it. */
TW_LANE double tw_lane_erfc_side(double x)
{
    const double a = tw_lane_abs(x);
    return a > 28.0 ? 28.0 : a;
}

TW_LANE double tw_lane_erfc_choose(double x, double tail)
{
    const double y = x < 0.0 ? 2.0 - tail : tail;
    return x != x ? x : y;
}

/* Complementary error function. Bound 1.3 ulp. */
TW_LANE double tw_lane_erfc(double x)
{
    const tw_tail t = tw_lane_tail(tw_lane_erfc_side(x), &tw_erfc_form);
    return tw_lane_erfc_choose(x, tw_lane_scale(t.y.hi + t.y.lo, t.k));
}

TW_LANE double tw_lane_norm_side(double x)
{
    const double a = tw_lane_abs(x);
    return a > 39.0 ? 39.0 : a;
}

TW_LANE double tw_lane_norm_choose(double x, double tail)
{
    const double y = x > 0.0 ? 1.0 - tail : tail;
    return x != x ? x : y;
}

/* Standard normal distribution function. Bound 1.3 ulp. */
TW_LANE double tw_lane_norm_cdf(double x)
{
    const tw_tail t = tw_lane_tail(tw_lane_norm_side(x), &tw_norm_form);
    return tw_lane_norm_choose(x, tw_lane_scale(t.y.hi + t.y.lo, t.k));
}

/* ---------------------------------------------------------------- inverse */

/* z / q in powers of q^2 for q = 1/2 - Phi(-z) <= 1/4, less the first term, which is this pair. */
#define TW_INV_HI 0x1.40d931ff62706p+1
#define TW_INV_LO -0x1.ba38cebe63691p-53
static const double tw_inv_c[] = {
    0x1.4ffddeaa22e40p+1,  0x1.71713082ca80cp+2,   0x1.f55d0d84ff741p+3,  0x1.784948767585fp+5,  0x1.2ba92995c2c29p+7,
    0x1.f0398e1b0bd8cp+8,  0x1.a723129b9d713p+10,  0x1.68beb0225e622p+12, 0x1.6e7a7f0265295p+14, 0x1.80368c9956d22p+14,
    0x1.abb6911b5449dp+19, -0x1.bbecaef2f08dep+21, 0x1.48bcf7c0503fcp+24};

/* z / (r + 1) in powers of (r - 2) / (r + 2) with r = sqrt(-ln Phi(-z)), to 4e-9. */
static const double tw_inv_guess_c[] = {
    0x1.64aaf05af24eap-1,  0x1.3ecfbfa01fa56p+0,  -0x1.a1d9e8ae478f7p-1, 0x1.e0bafe3c9641ep-2,  -0x1.2c5d9e68b5e16p-2,
    0x1.8fae21e269e85p-3,  -0x1.269d333ccc8a4p-3, 0x1.c7237a8355985p-4,  -0x1.7f81e978d2193p-4, 0x1.6d5b675c982bcp-4,
    -0x1.548ef7567f2a5p-4, 0x1.b3b5dad3771bfp-5,  -0x1.0217fefa67558p-6};

/* z with Phi(-z) = 1/2 - q, 0 <= q <= 1/4. */
TW_LANE double tw_lane_inv_central(double q)
{
    const double w = q * q;
    const tw_dd p = tw_lane_two_product(q, TW_INV_HI);
    return p.hi + (p.lo + q * (TW_INV_LO + w * tw_lane_poly12(w, tw_inv_c)));
}

/* z with Phi(-z) = m, 0 < m <= 1/4, to nine digits. */
TW_LANE double tw_lane_inv_guess(double m)
{
    const double r = sqrt(-tw_lane_log_finite(m));
    return (r + 1.0) * tw_lane_poly12((r - 2.0) / (r + 2.0), tw_inv_guess_c);
}

/* The same to the last digit, by one step of third order (Chebyshev's) from the guess z, whose tail is t: a sum of
 * two halves, so that the step itself is right to its last digits. */
TW_LANE double tw_lane_inv_step(double m, double z, tw_tail t)
{
    const double scaled = tw_lane_scale(m, 4092 - t.k);
    const double step = 0x1.40d931ff62706p+1 * ((t.y.hi - scaled) + t.y.lo) / t.e;
    return z + (step + 0.5 * z * step * step);
}

/* The smaller of p and 1 - p. */
TW_LANE double tw_lane_inv_side(double p) { return p < 0.5 ? p : 1.0 - p; }

/* The inverse at p from the tail's answer for its side, with signs and special values. */
TW_LANE double tw_lane_inv_choose(double p, double tail)
{
    const double m = tw_lane_inv_side(p);
    const double z = m < 0.25 ? tail : tw_lane_inv_central(0.5 - m);
    const double y = p < 0.5 ? -z : z;
    /* One select at a time: gcc 12 does not vectorise a select between conditions. */
    double r = p > 0.0 ? y : -TW_LANE_INF;
    r = p < 1.0 ? r : TW_LANE_INF;
    r = p < 0.0 ? TW_LANE_NAN : r;
    r = p > 1.0 ? TW_LANE_NAN : r;
    return p != p ? p : r;
}

/* Inverse of the standard normal distribution function; 0 -> -inf, 1 -> inf, NaN outside. Bound 1.1 ulp. */
TW_LANE double tw_lane_norm_inv(double p)
{
    const double side = tw_lane_inv_side(p), m = side < 0.25 ? side : 0.25, z = tw_lane_inv_guess(m);
    return tw_lane_inv_choose(p, tw_lane_inv_step(m, z, tw_lane_tail(z, &tw_norm_form)));
}

#endif

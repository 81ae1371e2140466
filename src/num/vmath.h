/* SPDX-License-Identifier: Apache-2.0 */
/* vmath.h - exp, log, log10, expm1, log1p, sinh, cosh and tanh as inline lane functions, for kernels that want them
 * inside their own loops.
 *
 * tw_lane_exp(x) and so on take and give one double and hold no branch, table or library call, so that a plain
 * loop over them vectorises; see lane.h for why the bits are the same on every path. Array and scalar forms for
 * everyone else are in tradewind/num.h and give these bits too. Measured bounds: docs/reference/num.md.
 *
 * The method of exp and log follows the classic argument reductions (Tang 1989, 1990; Muller, "Elementary Functions",
 * 3rd ed., ch. 11); polynomials are minimax fits made by the scripts in src/num/fit. */
#ifndef TW_NUM_VMATH_H
#define TW_NUM_VMATH_H

#include "num/lane.h"

/* ---------------------------------------------------------------- exp */

/* (e^r - 1 - r - r^2 / 2) / r^3. */
static const double tw_exp_c[] = {
    0x1.5555555555559p-3,  0x1.555555555554ap-5,  0x1.111111110f656p-7,  0x1.6c16c16c1c0d5p-10, 0x1.a01a01b002588p-13,
    0x1.a01a01872a7f5p-16, 0x1.71ddf81423087p-19, 0x1.27e521d15193bp-22, 0x1.af5f20f9b3c13p-26, 0x1.1f04128eea352p-29};

#define TW_LN2_HI 0x1.62e42fefap-1 /* 38 bits: k times it is exact for |k| < 2^15 */
#define TW_LN2_LO 0x1.cf79abc9e3b3ap-40

/* x = k ln 2 + (r + e), |r| <= 0.3466, and q = exp(r + e) - 1 - r. `k` is k + 2046, never negative. */
typedef struct tw_exp_parts {
    double r, q, kd;
    uint64_t k;
} tw_exp_parts;

/* For |x| < 1400. */
TW_LANE tw_exp_parts tw_lane_exp_parts(double x)
{
    /* Adding 1.5 * 2^52 rounds to an integer and leaves it in the low bits; 2046 more keeps those positive. */
    const double shift = 0x1.8p52 + 2046.0;
    const double z = x * 0x1.71547652b82fep0 + shift;
    const double kd = z - shift;
    const double rh = x - kd * TW_LN2_HI, rl = kd * TW_LN2_LO;
    const double r = rh - rl, e = (rh - r) - rl;
    /* r^2 / 2 by itself: half of what q has, and with one rounding. */
    const double r2 = r * r;
    const double q = (e + e * r) + (0.5 * r2 + r * r2 * tw_lane_poly9(r, tw_exp_c));
    return (tw_exp_parts){r, q, kd, tw_lane_bits(z) - 0x4338000000000000U};
}

/* y * 2^(k - 2046) in two factors, so that the last rounding alone makes a subnormal and 2^1024 is no obstacle. */
TW_LANE double tw_lane_scale(double y, uint64_t k)
{
    const uint64_t a = k >> 1, b = k - a;
    return y * tw_lane_from_bits(a << 52) * tw_lane_from_bits(b << 52);
}

/* e^x. Bound 0.7 ulp (0.8 where the result is subnormal). */
TW_LANE double tw_lane_exp(double x)
{
    double c = x > 710.0 ? 710.0 : x;
    c = c < -746.0 ? -746.0 : c;
    const tw_exp_parts p = tw_lane_exp_parts(c);
    const tw_dd s = tw_lane_fast_sum(1.0, p.r);
    const double y = tw_lane_scale(s.hi + (s.lo + p.q), p.k);
    return x != x ? x : y;
}

/* ---------------------------------------------------------------- log */

/* (log((1 + s) / (1 - s)) - 2 s) / s^3 in powers of s^2, s^2 <= 0.0295. */
static const double tw_log_c[] = {0x1.5555555555592p-1, 0x1.999999997ff14p-2, 0x1.24924941e29d3p-2,
                                  0x1.c71c5212484e1p-3, 0x1.74663d8f22c73p-3, 0x1.39a1d2f179cc2p-3,
                                  0x1.2f04cd28fc222p-3};

/* log10 of 2 and of e in two parts, of 38 and 26 bits. */
#define TW_LG2_HI 0x1.34413509f0000p-2
#define TW_LG2_LO 0x1.e7fbcc47c4acdp-40
#define TW_LGE_HI 0x1.bcb7b10000000p-2
#define TW_LGE_LO 0x1.49b9438ca9aaep-28

/* log(1 + f) + kd ln 2 + c for 1 + f in [sqrt(1/2), sqrt(2)) and a small correction c. */
TW_LANE double tw_lane_log_core(double f, double kd, double c)
{
    const double s = f / (2.0 + f), z = s * s, h = 0.5 * f * f;
    const double r = z * tw_lane_poly6(z, tw_log_c);
    return kd * TW_LN2_HI - ((h - (s * (h + r) + (kd * TW_LN2_LO + c))) - f);
}

/* x = 2^kd m with m in [sqrt(1/2), sqrt(2)), for normal x > 0; anything else gives a harmless number. */
typedef struct tw_log_parts {
    double m, kd;
} tw_log_parts;

TW_LANE tw_log_parts tw_lane_log_parts(double x)
{
    const uint64_t one = 1024, ix = tw_lane_bits(x);
    /* The exponent of x / sqrt(1/2), with 1024 added to stay positive in a logical shift. */
    const uint64_t k = (ix - 0x3fe6a09e667f3bcdU + (one << 52)) >> 52;
    const double m = tw_lane_from_bits(ix - (k << 52) + (one << 52));
    return (tw_log_parts){m, tw_lane_from_bits(k | 0x4330000000000000U) - (0x1p52 + 1024.0)};
}

/* The value where x is not a positive finite number: log 0 = -inf, of a negative NaN, else x (inf, NaN). */
TW_LANE double tw_lane_log_guard(double x, double y)
{
    const double edge = x == 0.0 ? -TW_LANE_INF : x < 0.0 ? TW_LANE_NAN : x;
    return x > 0.0 ? (x < TW_LANE_INF ? y : edge) : edge;
}

/* ln x for finite x > 0; harmless rubbish elsewhere. */
TW_LANE double tw_lane_log_finite(double x)
{
    const double less = x < 0x1p-1022 ? 54.0 : 0.0;
    const double scale = x < 0x1p-1022 ? 0x1p54 : 1.0;
    const tw_log_parts p = tw_lane_log_parts(x * scale);
    return tw_lane_log_core(p.m - 1.0, p.kd - less, 0.0);
}

/* ln x. Bound 0.9 ulp. */
TW_LANE double tw_lane_log(double x) { return tw_lane_log_guard(x, tw_lane_log_finite(x)); }

/* log10 x. Bound 0.8 ulp; whole powers of ten are exact. ln m is taken in a high half of 26 bits, whose product with
 * that of log10 e is exact, and a low one. */
TW_LANE double tw_lane_log10(double x)
{
    const double less = x < 0x1p-1022 ? 54.0 : 0.0, scale = x < 0x1p-1022 ? 0x1p54 : 1.0;
    const tw_log_parts p = tw_lane_log_parts(x * scale);
    const double f = p.m - 1.0, kd = p.kd - less, s = f / (2.0 + f), z = s * s, h = 0.5 * f * f;
    const double hi = tw_lane_from_bits(tw_lane_bits(f - h) & 0xfffffffff8000000U);
    const double lo = ((f - hi) - h) + s * (h + z * tw_lane_poly6(z, tw_log_c));
    const tw_dd y = tw_lane_two_sum(kd * TW_LG2_HI, hi * TW_LGE_HI);
    const double rest = kd * TW_LG2_LO + (lo * TW_LGE_HI + (hi + lo) * TW_LGE_LO);
    return tw_lane_log_guard(x, y.hi + (y.lo + rest));
}

/* ln(1 + x). Bound 1 ulp. */
TW_LANE double tw_lane_log1p(double x)
{
    const tw_dd u = tw_lane_two_sum(1.0, x);
    const tw_log_parts p = tw_lane_log_parts(u.hi);
    /* Near 1 no exponent is taken out, and 1 + x - 1 is x itself; elsewhere ln(u + d) = ln u + d / u. */
    const double f = p.kd == 0.0 ? x : p.m - 1.0;
    const double c = p.kd == 0.0 ? 0.0 : u.lo / u.hi;
    const double y = tw_lane_log_guard(u.hi, tw_lane_log_core(f, p.kd, c));
    return x == 0.0 ? x : y;
}

/* ---------------------------------------------------------------- expm1, sinh, cosh, tanh */

/* e^x - 1 = (hi + lo) 2^(k - 2046), |lo| at most half of |hi|, for -40 <= x <= 710. */
typedef struct tw_expm1_parts {
    tw_dd y;
    uint64_t k;
} tw_expm1_parts;

TW_LANE tw_expm1_parts tw_lane_expm1_parts(double x)
{
    const tw_exp_parts p = tw_lane_exp_parts(x);
    /* 2^-k: beyond k = 64 it is far below the last bit of 1. */
    const double k = (p.kd > 64.0 ? 64.0 : p.kd) + 0x1.8p52;
    const double unit = tw_lane_from_bits((0x4338000000000000U + 1023 - tw_lane_bits(k)) << 52);
    const tw_dd a = tw_lane_two_sum(1.0, -unit), b = tw_lane_two_sum(a.hi, p.r);
    return (tw_expm1_parts){{b.hi, (a.lo + b.lo) + p.q}, p.k};
}

/* e^x - 1. Bound 1 ulp. */
TW_LANE double tw_lane_expm1(double x)
{
    double c = x > 710.0 ? 710.0 : x;
    c = c < -40.0 ? -40.0 : c;
    const tw_expm1_parts p = tw_lane_expm1_parts(c);
    const double y = tw_lane_scale(p.y.hi + p.y.lo, p.k);
    return x != x || x == 0.0 ? x : y;
}

/* Hyperbolic sine: m + m / (2 m + 1) with m = (e^|x| - 1) / 2 as a sum of two. Bound 1.7 ulp. */
TW_LANE double tw_lane_sinh(double x)
{
    const double ax = tw_lane_abs(x), c = ax > 711.0 ? 711.0 : ax;
    const tw_expm1_parts p = tw_lane_expm1_parts(c);
    const double hi = tw_lane_scale(p.y.hi, p.k - 1), lo = tw_lane_scale(p.y.lo, p.k - 1), m = hi + lo;
    const double q = m / (2.0 * m + 1.0), y = hi + (lo + q);
    const double large = m < 0x1p60 ? y : m, size = ax < 0x1p-28 ? ax : large; /* halves of subnormals would round */
    return x != x ? x : tw_lane_sign(size, x);
}

/* Hyperbolic cosine: h + 1 / (4 h) with h = e^|x| / 2 as a sum of two. Bound 0.9 ulp. */
TW_LANE double tw_lane_cosh(double x)
{
    const double ax = tw_lane_abs(x), c = ax > 711.0 ? 711.0 : ax;
    const tw_exp_parts p = tw_lane_exp_parts(c);
    const tw_dd s = tw_lane_fast_sum(1.0, p.r);
    const double hi = tw_lane_scale(s.hi, p.k - 1), lo = tw_lane_scale(s.lo + p.q, p.k - 1), h = hi + lo;
    const double y = hi + (lo + 0.25 / h);
    return x != x ? x : h < 0x1p60 ? y : h;
}

/* Hyperbolic tangent. Bound 1.3 ulp. */
TW_LANE double tw_lane_tanh(double x)
{
    const double ax = tw_lane_abs(x), c = ax > 20.0 ? 20.0 : ax;
    const tw_expm1_parts p = tw_lane_expm1_parts(2.0 * c);
    /* tanh = e / (e + 2) with e = e^(2 |x|) - 1 as a sum of two; the low halves correct the quotient. */
    const tw_dd e = tw_lane_fast_sum(tw_lane_scale(p.y.hi, p.k), tw_lane_scale(p.y.lo, p.k));
    const tw_dd d = tw_lane_two_sum(e.hi, 2.0);
    const double t = e.hi / d.hi;
    const double y = t + (e.lo - t * (d.lo + e.lo)) * (0.5 - 0.5 * t);
    return x != x ? x : tw_lane_sign(y, x);
}

#endif

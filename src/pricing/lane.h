/* SPDX-License-Identifier: Apache-2.0 */
/* lane.h - the normal density, the Mills ratio and the logarithm of a ratio as inline lane functions (see num/lane.h),
 * for arguments that are numbers: kernels are given valid rows.
 *
 * Prices out of the money are differences of two tails over one density, so the tail divided by the density is what
 * is wanted: no exponential is taken twice, and nothing underflows before the last product. */
#ifndef TW_PRICING_LANE_H
#define TW_PRICING_LANE_H

#include "num/vmath.h"

#define TW_INV_SQRT_2PI 0x1.9884533d43651p-2

/* e^x = y 2^k with k whole; y to 1.1 ulp, `k` as the low bits of a double (see tw_exp_parts). |x| below 1400. */
typedef struct tw_exp_pair {
    double y;
    uint64_t k;
} tw_exp_pair;

TW_LANE tw_exp_pair tw_lane_exp_pair(double x)
{
    const double shift = 0x1.8p52 + 2046.0, z = x * 0x1.71547652b82fep0 + shift, kd = z - shift;
    const double r = (x - kd * TW_LN2_HI) - kd * TW_LN2_LO, r2 = r * r;
    const double y = 1.0 + (r + (0.5 * r2 + r * r2 * tw_lane_poly9(r, tw_exp_c)));
    return (tw_exp_pair){y, tw_lane_bits(z) - 0x4338000000000000U};
}

/* e^x for any number x, to 1.2 ulp: infinite and 0 where it has to be. */
TW_LANE double tw_lane_exp_brief(double x)
{
    double c = x < 710.0 ? x : 710.0;
    c = c > -746.0 ? c : -746.0;
    const tw_exp_pair p = tw_lane_exp_pair(c);
    return tw_lane_scale(p.y, p.k);
}

/* The normal density at x; 0 where it is below 1e-307. */
TW_LANE double tw_lane_density(double x)
{
    const double a = -0.5 * x * x, c = a > -707.0 ? a : -707.0, live = a > -707.0 ? TW_INV_SQRT_2PI : 0.0;
    const tw_exp_pair p = tw_lane_exp_pair(c);
    return live * (p.y * tw_lane_from_bits((p.k - 1023) << 52));
}

/* (u + 4) M(u) in powers of t = (u - 4) / (u + 4); by src/pricing/fit/mills.py, relative error 1.5e-16. */
static const double tw_mills_c[] = {
    0x1.e4aa012912ddep+0,  -0x1.8615d9b491668p+0,  0x1.f0d9856bc3b34p-1,   -0x1.dec30ee678416p-2,
    0x1.360ce2601cd40p-3,  -0x1.35aa3c965f1fep-6,  -0x1.1dcfea73be34ep-7,  0x1.0be6d6ae92b7fp-8,
    0x1.5e7b126dda694p-12, -0x1.2fb4413e6a967p-11, -0x1.40f142f89d40dp-18, 0x1.7181813bbfd82p-14,
    0x1.e148e558342c1p-20, -0x1.f22c41b691badp-17, -0x1.a55ac1126d4bfp-20, 0x1.598cb1ea116bbp-19,
    0x1.66476c735d8f6p-21, -0x1.b4e0a106800bdp-22, -0x1.ae16d13e019b0p-23, 0x1.a633ca509a23bp-25,
    0x1.640ce4789bc87p-25, -0x1.ba8c98e3e5e40p-29, -0x1.3188c2c87f777p-28};

/* M(u) = (1 - Phi(u)) / phi(u) for u >= 0. Relative error below 8e-16. */
TW_LANE double tw_lane_mills(double u)
{
    const double inverse = 1.0 / (u + 4.0);
    return inverse * tw_lane_poly22(1.0 - 8.0 * inverse, tw_mills_c);
}

/* M(a) and M(b) with one division. a, b up to 1e150. */
typedef struct tw_mills_pair {
    double a, b;
} tw_mills_pair;

TW_LANE tw_mills_pair tw_lane_mills_pair(double a, double b)
{
    const double p = a + 4.0, q = b + 4.0, both = 1.0 / (p * q), inv_p = q * both, inv_q = p * both;
    return (tw_mills_pair){inv_p * tw_lane_poly22(1.0 - 8.0 * inv_p, tw_mills_c),
                           inv_q * tw_lane_poly22(1.0 - 8.0 * inv_q, tw_mills_c)};
}

/* ln(S / K) for positive normal numbers, right to 2 ulp however near to each other or far apart they are. */
TW_LANE double tw_lane_log_ratio(double S, double K)
{
    const tw_log_parts a = tw_lane_log_parts(S), b = tw_lane_log_parts(K);
    const double wide = a.m > 0x1.6a09e667f3bcdp0 * b.m ? 1.0 : 0.0,
                 narrow = a.m < 0x1.6a09e667f3bcdp-1 * b.m ? 1.0 : 0.0;
    const double m = a.m * (1.0 - 0.5 * wide + narrow), kd = (a.kd - b.kd) + (wide - narrow);
    const double s = (m - b.m) / (m + b.m), z = s * s;
    return kd * TW_LN2_HI + (2.0 * s + (s * (z * tw_lane_poly6(z, tw_log_c)) + kd * TW_LN2_LO));
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* lane.h - the words that branch-free double code is written in.
 *
 * Everything here is select-only C: a loop around it vectorises with gcc and clang at SSE2, AVX2, AVX-512 and NEON,
 * and gives the same bits on each, because only + - * / sqrt, comparisons and bit casts occur and nothing is fused.
 * Integers are handled as uint64_t with biases: SSE2 and AVX2 have no 64-bit arithmetic shift, signed compare or
 * conversion to double, so none is used. */
#ifndef TW_NUM_LANE_H
#define TW_NUM_LANE_H

#include <stdint.h>
#include <string.h>

/* A function that is not inlined keeps the loop around it scalar. */
#if defined(__GNUC__)
#define TW_LANE static inline __attribute__((always_inline))
#else
#define TW_LANE static inline
#endif

#define TW_LANE_INF ((double)__builtin_inff())
#define TW_LANE_NAN ((double)__builtin_nanf(""))

/* hi + lo, unevaluated, |lo| small beside |hi|. */
typedef struct tw_dd {
    double hi, lo;
} tw_dd;

TW_LANE uint64_t tw_lane_bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

TW_LANE double tw_lane_from_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

TW_LANE double tw_lane_abs(double x) { return __builtin_fabs(x); }

/* |x| (x >= 0) with the sign of s. */
TW_LANE double tw_lane_sign(double x, double s) { return __builtin_copysign(x, s); }

/* a where the mask is all ones, b where it is 0. */
TW_LANE double tw_lane_pick(uint64_t mask, double a, double b)
{
    return tw_lane_from_bits((tw_lane_bits(a) & mask) | (tw_lane_bits(b) & ~mask));
}

/* a + b exactly (Knuth). */
TW_LANE tw_dd tw_lane_two_sum(double a, double b)
{
    const double s = a + b, t = s - a;
    return (tw_dd){s, (a - (s - t)) + (b - t)};
}

/* a + b exactly where |a| >= |b| or a = 0 (Dekker). */
TW_LANE tw_dd tw_lane_fast_sum(double a, double b)
{
    const double s = a + b;
    return (tw_dd){s, b - (s - a)};
}

/* a = hi + lo with 26 bits in each (Veltkamp); |a| < 2^995. */
TW_LANE tw_dd tw_lane_halves(double a)
{
    const double c = a * 0x1.0000002p27, hi = c - (c - a);
    return (tw_dd){hi, a - hi};
}

/* a * b exactly (Dekker): no fma, so that the baseline path has the same bits. */
TW_LANE tw_dd tw_lane_two_product(double a, double b)
{
    const tw_dd x = tw_lane_halves(a), y = tw_lane_halves(b);
    const double p = a * b;
    return (tw_dd){p, ((x.hi * y.hi - p) + x.hi * y.lo + x.lo * y.hi) + x.lo * y.lo};
}

/* c[0] + c[1] x + c[2] x^2 + c[3] x^3 + y x^4, by Horner; c is a constant table that folds into the code, and
 * longer polynomials nest these four terms at a time. */
TW_LANE double tw_lane_poly_on(double x, const double *c, double y)
{
    return c[0] + x * (c[1] + x * (c[2] + x * (c[3] + x * y)));
}

/* c[0] + ... + c[5] x^5. */
TW_LANE double tw_lane_poly5(double x, const double *c) { return tw_lane_poly_on(x, c, c[4] + x * c[5]); }

/* c[0] + ... + c[6] x^6. */
TW_LANE double tw_lane_poly6(double x, const double *c) { return tw_lane_poly_on(x, c, c[4] + x * (c[5] + x * c[6])); }

/* Long polynomials go by even and odd powers: two chains of half the length, for the same work but one product. */

/* c[0] + ... + c[9] x^9. */
TW_LANE double tw_lane_poly9(double x, const double *c)
{
    const double z = x * x;
    const double even = c[0] + z * (c[2] + z * (c[4] + z * (c[6] + z * c[8])));
    return even + x * (c[1] + z * (c[3] + z * (c[5] + z * (c[7] + z * c[9]))));
}

/* c[0] + ... + c[12] x^12. */
TW_LANE double tw_lane_poly12(double x, const double *c)
{
    const double z = x * x;
    const double even = c[0] + z * (c[2] + z * (c[4] + z * (c[6] + z * (c[8] + z * (c[10] + z * c[12])))));
    return even + x * (c[1] + z * (c[3] + z * (c[5] + z * (c[7] + z * (c[9] + z * c[11])))));
}

/* c[0] + ... + c[22] x^22. */
TW_LANE double tw_lane_poly22(double x, const double *c)
{
    const double z = x * x;
    double even = c[12] + z * (c[14] + z * (c[16] + z * (c[18] + z * (c[20] + z * c[22]))));
    even = c[0] + z * (c[2] + z * (c[4] + z * (c[6] + z * (c[8] + z * (c[10] + z * even)))));
    double odd = c[13] + z * (c[15] + z * (c[17] + z * (c[19] + z * c[21])));
    odd = c[1] + z * (c[3] + z * (c[5] + z * (c[7] + z * (c[9] + z * (c[11] + z * odd)))));
    return even + x * odd;
}

#endif

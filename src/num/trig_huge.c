/* SPDX-License-Identifier: Apache-2.0 */
/* trig_huge.c - argument reduction of sine and cosine beyond the reach of Cody and Waite. */
#include "num/vmath_trig.h"

enum { WORDS = 21 };

/* 64 zero bits, then 1280 bits of 2/pi: what an exponent of 1023 needs, with 192 to spare. */
static const uint64_t two_over_pi[WORDS] = {0,
                                            0xa2f9836e4e441529U,
                                            0xfc2757d1f534ddc0U,
                                            0xdb6295993c439041U,
                                            0xfe5163abdebbc561U,
                                            0xb7246e3a424dd2e0U,
                                            0x06492eea09d1921cU,
                                            0xfe1deb1cb129a73eU,
                                            0xe88235f52ebb4484U,
                                            0xe99c7026b45f7e41U,
                                            0x3991d639835339f4U,
                                            0x9c845f8bbdf9283bU,
                                            0x1ff897ffde05980fU,
                                            0xef2f118b5a0a6d1fU,
                                            0x6d367ecf27cb09b7U,
                                            0x4f463f669e5fea2dU,
                                            0x7527bac7ebe5f17bU,
                                            0x3d0739f78a5292eaU,
                                            0x6bfb5fb11f8d5d08U,
                                            0x56033046fc7b6babU,
                                            0xf0cfbc209af4361dU};

/* Limbs of a 192-bit number, lowest first. */
typedef struct limbs {
    uint64_t w[3];
} limbs;

/* High half of a * b, from 32-bit pieces: C11 has no 128-bit integer. */
static uint64_t multiply_high(uint64_t a, uint64_t b)
{
    const uint64_t mask = 0xffffffffU, al = a & mask, ah = a >> 32, bl = b & mask, bh = b >> 32;
    const uint64_t mid = ah * bl + (al * bl >> 32), cross = al * bh + (mid & mask);
    return ah * bh + (mid >> 32) + (cross >> 32);
}

/* The 192 bits of the table from bit `first`. */
static limbs window(unsigned first)
{
    const unsigned word = first / 64, shift = first % 64;
    limbs out;
    for (unsigned i = 0; i < 3; i++) {
        const uint64_t a = two_over_pi[word + i], b = two_over_pi[word + i + 1];
        out.w[2 - i] = shift == 0 ? a : (a << shift) | (b >> (64 - shift));
    }
    return out;
}

/* a * m modulo 2^192. */
static limbs multiply(limbs a, uint64_t m)
{
    limbs out;
    out.w[0] = a.w[0] * m;
    const uint64_t c0 = multiply_high(a.w[0], m), p1 = a.w[1] * m;
    out.w[1] = p1 + c0;
    const uint64_t c1 = multiply_high(a.w[1], m) + (out.w[1] < p1 ? 1 : 0);
    out.w[2] = a.w[2] * m + c1;
    return out;
}

/* 2^192 - a. */
static limbs negate(limbs a)
{
    limbs out;
    out.w[0] = ~a.w[0] + 1;
    out.w[1] = ~a.w[1] + (out.w[0] == 0 ? 1 : 0);
    out.w[2] = ~a.w[2] + (out.w[0] == 0 && out.w[1] == 0 ? 1 : 0);
    return out;
}

/* a / 2^190 as a sum of two doubles. */
static tw_dd fraction(limbs a)
{
    tw_dd sum = {0.0, 0.0};
    double unit = 0x1p-30; /* 2^32 / 2^62 for the high half of the top limb */
    for (int i = 5; i >= 0; i--) {
        const uint64_t half = (a.w[i / 2] >> (i % 2 * 32)) & 0xffffffffU;
        const tw_dd t = tw_lane_two_sum(sum.hi, (double)half * unit);
        sum.hi = t.hi;
        sum.lo += t.lo;
        unit *= 0x1p-32;
    }
    return tw_lane_fast_sum(sum.hi, sum.lo);
}

tw_angle tw_trig_reduce_huge(double x)
{
    const uint64_t bits = tw_lane_bits(x), m = (bits & 0xfffffffffffffU) | 0x10000000000000U;
    const unsigned e = (unsigned)(bits >> 52 & 0x7ff); /* |x| = m 2^(e - 1075) */
    /* Bit i of the table (from 1, after the 64 zeros) weighs 2^-i. Those of weight 4 or more times 2^(1075 - e) add
     * whole turns, so the window starts at weight 2: i = e - 1076, which is bit e - 1076 + 63 from the table's start.
     * |x| > 2^20 keeps that above 0. */
    limbs p = multiply(window(e - 1076 + 63), m);
    uint64_t n = p.w[2] >> 62;
    p.w[2] &= 0x3fffffffffffffffU;
    const int up = (p.w[2] >> 61 & 1) != 0; /* past half a right angle: count from the next one */
    if (up) {
        n++;
        p = negate(p);
        p.w[2] &= 0x3fffffffffffffffU;
    }
    const tw_dd f = fraction(p), t = tw_lane_two_product(f.hi, 0x1.921fb54442d18p0);
    tw_dd r = tw_lane_fast_sum(t.hi, t.lo + (f.hi * 0x1.1a62633145c07p-54 + f.lo * 0x1.921fb54442d18p0));
    const int minus = bits >> 63 != 0;
    if (up != minus) r = (tw_dd){-r.hi, -r.lo};
    return (tw_angle){r, minus ? (uint64_t)0 - n : n};
}

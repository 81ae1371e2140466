/* SPDX-License-Identifier: Apache-2.0 */
/* sobol.c - points of the Sobol sequence (Sobol 1967), and their scrambling. */
#include "pricing/paths/paths.h"

/* A primitive polynomial of degree s, coefficients a between its first and last, and s odd initial numbers: those of
 * Joe and Kuo (2008), "Constructing Sobol sequences with better two-dimensional projections", for dimensions 2 to 21.
 * What needs more dimensions is filled up with independent draws: by a Brownian bridge these 21 hold nearly all of a
 * path. */
static const struct {
    uint32_t s, a, m[7];
} DIRECTIONS[TW_SOBOL_DIMENSIONS - 1] = {
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
    {5, 4, {1, 1, 5, 5, 5}},
    {5, 7, {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1, {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
    {6, 19, {1, 1, 1, 15, 7, 5}},
    {6, 22, {1, 3, 1, 15, 13, 25}},
    {6, 25, {1, 1, 5, 5, 19, 61}},
    {7, 1, {1, 3, 7, 11, 23, 15, 103}},
    {7, 4, {1, 3, 7, 13, 13, 15, 69}},
};

/* Direction numbers of a dimension: v[i] has bit 31 - i as its lowest. */
static void directions(size_t dimension, uint32_t *v)
{
    if (dimension == 0) {
        for (uint32_t i = 0; i < 32; i++) v[i] = UINT32_C(1) << (31 - i);
        return;
    }
    const uint32_t s = DIRECTIONS[dimension - 1].s, a = DIRECTIONS[dimension - 1].a;
    for (uint32_t i = 0; i < s; i++) v[i] = DIRECTIONS[dimension - 1].m[i] << (31 - i);
    for (uint32_t i = s; i < 32; i++) {
        v[i] = v[i - s] ^ (v[i - s] >> s);
        for (uint32_t k = 1; k < s; k++)
            if (a >> (s - 1 - k) & 1u) v[i] ^= v[i - k];
    }
}

uint32_t tw_sobol_word(uint32_t index, size_t dimension)
{
    uint32_t v[32] = {0}, word = 0;
    directions(dimension, v);
    for (int bit = 0; index; bit++, index >>= 1)
        if (index & 1u) word ^= v[bit];
    return word;
}

static uint32_t reversed(uint32_t x)
{
    x = (x & 0x55555555U) << 1 | (x >> 1 & 0x55555555U);
    x = (x & 0x33333333U) << 2 | (x >> 2 & 0x33333333U);
    x = (x & 0x0f0f0f0fU) << 4 | (x >> 4 & 0x0f0f0f0fU);
    x = (x & 0x00ff00ffU) << 8 | (x >> 8 & 0x00ff00ffU);
    return x << 16 | x >> 16;
}

uint32_t tw_sobol_scramble(uint32_t word, uint32_t seed)
{
    uint32_t x = reversed(word);
    x += seed;
    x ^= x * 0x6c50b47cU;
    x ^= x * 0xb82f1e52U;
    x ^= x * 0xc7afe638U;
    x ^= x * 0x8d22f6e6U;
    return reversed(x);
}

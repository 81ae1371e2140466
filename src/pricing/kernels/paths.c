/* SPDX-License-Identifier: Apache-2.0 */
/* paths.c - draws and steps of a tile of paths. */
#include "pricing/paths/paths.h"

#include "base/isa.h"
#include "num/vmath_normal.h"

#include <math.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

enum { ROUNDS = 10 };

/* The round keys of a seed. */
typedef struct keys {
    uint32_t k0[ROUNDS], k1[ROUNDS];
} keys;

/* Words of all paths of a tile at one counter, in the low halves. */
typedef struct tile_words {
    uint64_t w[4][TW_PATHS];
} tile_words;

static keys keys_of(uint64_t seed)
{
    keys k;
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < ROUNDS; round++) {
        k.k0[round] = k0;
        k.k1[round] = k1;
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
    return k;
}

/* gcc 12 makes three multiplications of a product of two low halves, where the processor has one for it. */
#if defined(__AVX2__)
typedef __m256i quad;
TW_LANE quad quad_of(uint64_t x) { return _mm256_set1_epi64x((long long)x); }
TW_LANE quad load(const uint64_t *x) { return _mm256_loadu_si256((const __m256i *)(const void *)x); }
TW_LANE void store(uint64_t *x, quad q) { _mm256_storeu_si256((__m256i *)(void *)x, q); }
TW_LANE quad product(quad a, quad b) { return _mm256_mul_epu32(a, b); }
TW_LANE quad upper(quad a) { return _mm256_srli_epi64(a, 32); }
TW_LANE quad mix(quad a, quad b, quad c) { return _mm256_xor_si256(_mm256_xor_si256(a, b), c); }
enum { QUAD = 4 };
#else
typedef uint64_t quad;
TW_LANE quad quad_of(uint64_t x) { return x; }
TW_LANE quad load(const uint64_t *x) { return *x; }
TW_LANE void store(uint64_t *x, quad q) { *x = q; }
TW_LANE quad product(quad a, quad b) { return (a & 0xffffffffU) * (b & 0xffffffffU); }
TW_LANE quad upper(quad a) { return a >> 32; }
TW_LANE quad mix(quad a, quad b, quad c) { return a ^ b ^ c; }
enum { QUAD = 1 };
#endif

/* The words of tw_philox (base), for 64 paths. Upper halves hold rubbish until the end: no product sees them. */
static void philox(const keys *key, const tw_draws *draws, uint32_t group, tile_words *to)
{
    uint64_t path[TW_PATHS];
    const quad m0 = quad_of(0xD2511F53U), m1 = quad_of(0xCD9E8D57U);
    for (uint64_t j = 0; j < TW_PATHS; j++) path[j] = draws->first + j;
    for (size_t j = 0; j < TW_PATHS; j += QUAD) {
        quad a = quad_of(group), b = quad_of(draws->kind), c = load(path + j), d = upper(c);
        for (int round = 0; round < ROUNDS; round++) {
            const quad p0 = product(a, m0), p1 = product(c, m1);
            a = mix(upper(p1), b, quad_of(key->k0[round]));
            b = p1;
            c = mix(upper(p0), d, quad_of(key->k1[round]));
            d = p0;
        }
        store(to->w[0] + j, a);
        store(to->w[1] + j, b);
        store(to->w[2] + j, c);
        store(to->w[3] + j, d);
    }
}

/* The low half of a word as a number. */
TW_LANE double number(uint64_t w) { return tw_lane_from_bits((w & 0xffffffffU) | 0x4330000000000000U) - 0x1p52; }

/* (w + 1/2) / 2^32. */
TW_LANE double uniform(uint64_t w) { return (number(w) + 0.5) * 0x1p-32; }

/* sin x / x and cos x in powers of x^2, |x| <= pi / 4: Taylor, whose next terms are below 3e-14. */
static const double sin_c[] = {1.0,          -1.0 / 6,        1.0 / 120,         -1.0 / 5040,
                               1.0 / 362880, -1.0 / 39916800, 1.0 / 6227020800.0};
static const double cos_c[] = {1.0, -1.0 / 2, 1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600.0};
static const double cos_last = -1.0 / 87178291200.0;

/* Two normals of two words: radius by the first; of the second the upper two bits turn by quarters, the others within
 * one. */
static void box_muller(const uint64_t *restrict one, const uint64_t *restrict two, double *restrict z0,
                       double *restrict z1)
{
    for (int j = 0; j < TW_PATHS; j++) {
        const tw_log_parts p = tw_lane_log_parts(uniform(one[j]));
        const double r = sqrt(-2.0 * tw_lane_log_core(p.m - 1.0, p.kd, 0.0));
        const double part = (number(two[j] & 0x3fffffffU) + 0.5) * 0x1p-30 - 0.5;
        const double x = part * 1.57079632679489661923, x2 = x * x, x4 = x2 * x2;
        const double sine = x * tw_lane_poly6(x2, sin_c);
        const double cosine = tw_lane_poly6(x2, cos_c) + x4 * x2 * x4 * x4 * cos_last;
        /* Bit 30 has sine and cosine change places, bit 31 is their sign. */
        const uint64_t swap = 0 - (two[j] >> 30 & 1u), sign = (two[j] & 0x80000000U) << 32;
        const double turn = tw_lane_from_bits(tw_lane_bits(r) | sign);
        z0[j] = turn * tw_lane_pick(swap, sine, cosine);
        z1[j] = turn * tw_lane_pick(swap, cosine, sine);
    }
}

void TW_ISA_NAME(tw_paths_normals)(const tw_draws *draws, double *to)
{
    const keys k = keys_of(draws->seed);
    tile_words w;
    for (size_t step = 0; step < draws->steps; step += 4) {
        double *at = to + step * TW_PATHS;
        philox(&k, draws, (uint32_t)(step / 4), &w);
        box_muller(w.w[0], w.w[1], at, at + TW_PATHS);
        box_muller(w.w[2], w.w[3], at + (size_t)2 * TW_PATHS, at + (size_t)3 * TW_PATHS);
    }
}

void TW_ISA_NAME(tw_paths_uniforms)(const tw_draws *draws, double *to)
{
    const keys k = keys_of(draws->seed);
    tile_words w;
    for (size_t step = 0; step < draws->steps; step += 4) {
        philox(&k, draws, (uint32_t)(step / 4), &w);
        for (size_t i = 0; i < 4; i++) {
            double *restrict at = to + (step + i) * TW_PATHS;
            for (int j = 0; j < TW_PATHS; j++) at[j] = uniform(w.w[i][j]);
        }
    }
}

void TW_ISA_NAME(tw_paths_inverse)(size_t n, double *u)
{
    for (size_t i = 0; i < n; i++) {
        const double p = u[i], m = tw_lane_inv_side(p), tail = m < 0.25 ? m : 0.25, q = m < 0.25 ? 0.25 : 0.5 - m;
        const double far = tw_lane_inv_guess(tail), near = tw_lane_inv_central(q), z = m < 0.25 ? far : near;
        u[i] = p < 0.5 ? -z : z;
    }
}

void TW_ISA_NAME(tw_paths_walk)(const tw_walk *walk)
{
    double x[TW_PATHS];
    for (int j = 0; j < TW_PATHS; j++) x[j] = walk->x[j];
    for (size_t k = 0; k < walk->steps; k++) {
        const double drift = walk->drift[k], spread = walk->spread[k];
        const double *restrict z = walk->z + k * TW_PATHS;
        double *restrict to = walk->x + (k + 1) * TW_PATHS;
        for (int j = 0; j < TW_PATHS; j++) {
            x[j] = x[j] + (drift + spread * z[j]);
            to[j] = x[j];
        }
    }
}

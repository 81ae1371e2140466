/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons of 64 numbers to bits, the one step that gcc does not vectorise from C, and bits of 256 rows to numbers
 * and back. Every path gives the same bits, as all of it is comparisons and integers. See
 * docs/decisions/0011-bits-by-intrinsics.md. */
#ifndef TW_LEARN_SLICE_LANES_H
#define TW_LEARN_SLICE_LANES_H

#include <stdint.h>

#if defined(__AVX512BW__) || defined(__AVX2__)
#include <immintrin.h>
#endif

/* From how many conditions of a feature on values are ranked first: measured, it depends on how cheap a comparison of
 * all the rows is. Bytes have their ranks; fewer than eight conditions and what is missing are as many planes. */
#if defined(__AVX512BW__)
enum { TW_LANES_RANKED = 64 };
#elif defined(__AVX2__)
enum { TW_LANES_RANKED = 32 };
#else
enum { TW_LANES_RANKED = 16 };
#endif
enum { TW_BYTES_RANKED = 8 };

#if defined(__AVX512BW__)

/* 64 numbers in registers. */
typedef struct tw_lanes {
    __m512 a, b, c, d;
} tw_lanes;

static inline tw_lanes tw_lanes_load(const float *x)
{
    return (tw_lanes){_mm512_loadu_ps(x), _mm512_loadu_ps(x + 16), _mm512_loadu_ps(x + 32), _mm512_loadu_ps(x + 48)};
}

/* Bit i: x[i] <= t. */
static inline uint64_t tw_lanes_le(const tw_lanes *x, float t)
{
    const __m512 bound = _mm512_set1_ps(t);
    const __mmask16 a = _mm512_cmp_ps_mask(x->a, bound, _CMP_LE_OQ), b = _mm512_cmp_ps_mask(x->b, bound, _CMP_LE_OQ),
                    c = _mm512_cmp_ps_mask(x->c, bound, _CMP_LE_OQ), d = _mm512_cmp_ps_mask(x->d, bound, _CMP_LE_OQ);
    return (uint64_t)_mm512_kunpackd(_mm512_kunpackw(d, c), _mm512_kunpackw(b, a));
}

#elif defined(__AVX2__)

/* 32 numbers in the order that two packs put right: each register holds rows 4 j .. 4 j + 3 and 16 more. */
typedef struct tw_half_lanes {
    __m256 a, b, c, d;
} tw_half_lanes;

typedef struct tw_lanes {
    tw_half_lanes low, high;
} tw_lanes;

static inline __m256 tw_lanes_pair(const float *x)
{
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(x)), _mm_loadu_ps(x + 16), 1);
}

static inline tw_half_lanes tw_half_lanes_load(const float *x)
{
    return (tw_half_lanes){tw_lanes_pair(x), tw_lanes_pair(x + 4), tw_lanes_pair(x + 8), tw_lanes_pair(x + 12)};
}

static inline tw_lanes tw_lanes_load(const float *x)
{
    return (tw_lanes){tw_half_lanes_load(x), tw_half_lanes_load(x + 32)};
}

static inline uint32_t tw_half_lanes_le(const tw_half_lanes *x, __m256 bound)
{
    const __m256i a = _mm256_castps_si256(_mm256_cmp_ps(x->a, bound, _CMP_LE_OQ)),
                  b = _mm256_castps_si256(_mm256_cmp_ps(x->b, bound, _CMP_LE_OQ)),
                  c = _mm256_castps_si256(_mm256_cmp_ps(x->c, bound, _CMP_LE_OQ)),
                  d = _mm256_castps_si256(_mm256_cmp_ps(x->d, bound, _CMP_LE_OQ));
    const __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
    return (uint32_t)_mm256_movemask_epi8(bytes);
}

static inline uint64_t tw_lanes_le(const tw_lanes *x, float t)
{
    const __m256 bound = _mm256_set1_ps(t);
    return tw_half_lanes_le(&x->low, bound) | (uint64_t)tw_half_lanes_le(&x->high, bound) << 32;
}

#else

typedef struct tw_lanes {
    const float *x;
} tw_lanes;

static inline tw_lanes tw_lanes_load(const float *x) { return (tw_lanes){x}; }

static inline uint64_t tw_lanes_eight(const uint8_t *x)
{
    uint64_t eight = 0;
    for (size_t i = 0; i < 8; i++) eight |= (uint64_t)x[i] << (8 * i);
    return eight;
}

/* The low bits of eight bytes: the product puts them side by side into the top byte. */
static inline uint64_t tw_lanes_low_bits(uint64_t eight)
{
    return (eight & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080) >> 56;
}

/* 64 bytes of 0 or 1 to bits. */
static inline uint64_t tw_lanes_bits(const uint8_t *is)
{
    uint64_t bits = 0;
    for (size_t g = 0; g < 8; g++) bits |= tw_lanes_low_bits(tw_lanes_eight(is + 8 * g)) << (8 * g);
    return bits;
}

static inline uint64_t tw_lanes_le(const tw_lanes *x, float t)
{
    uint8_t is[64];
    for (size_t i = 0; i < 64; i++) is[i] = x->x[i] <= t;
    return tw_lanes_bits(is);
}

#endif

/* ---------------------------------------------------------------- bytes and planes */

/* A bit of each of 256 rows, row i's at i; or 32 of 256 bytes, row i's at tw_lanes_place(i). */
typedef uint64_t tw_lanes_plane __attribute__((vector_size(32), may_alias));
typedef uint64_t tw_lanes_kept __attribute__((vector_size(32), may_alias, aligned(1)));

/* Bytes of the eight rows whose bits are in one byte of a plane are in as many vectors, at the place of that byte. */
static inline size_t tw_lanes_place(size_t i) { return i % 8 * 32 + i / 8; }

/* Exchanges the bits of a that `which`, moved up by `by`, says with those of b that it says. */
static inline __attribute__((always_inline)) void tw_lanes_exchange(tw_lanes_plane *a, tw_lanes_plane *b, int by,
                                                                    uint64_t which)
{
    const tw_lanes_plane t = (*a >> by ^ *b) & which;
    *b ^= t;
    *a ^= t << by;
}

/* From planes to bytes whose bit k is that of plane k, and back: 32 matrices of 8 x 8 bits are turned, halves of halves
 * of halves. */
static inline __attribute__((always_inline)) void tw_lanes_turn(tw_lanes_plane x[8])
{
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; k++) tw_lanes_exchange(&x[k], &x[k + 4], 4, UINT64_C(0x0f0f0f0f0f0f0f0f));
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; k++)
        tw_lanes_exchange(&x[k + k / 2 * 2], &x[k + k / 2 * 2 + 2], 2, UINT64_C(0x3333333333333333));
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; k++) tw_lanes_exchange(&x[2 * k], &x[2 * k + 1], 1, UINT64_C(0x5555555555555555));
}

static inline __attribute__((always_inline)) void tw_lanes_number(const tw_lanes_plane *plane, size_t n_planes,
                                                                  uint8_t out[256])
{
    tw_lanes_plane x[8];
#pragma GCC unroll 8
    for (size_t k = 0; k < 8; k++) x[k] = k < n_planes ? plane[k] : (tw_lanes_plane){0};
    tw_lanes_turn(x);
#pragma GCC unroll 8
    for (size_t k = 0; k < 8; k++) *(tw_lanes_kept *)(void *)(out + 32 * k) = x[k];
}

static inline __attribute__((always_inline)) void tw_lanes_planes(const uint8_t in[256], tw_lanes_plane plane[8])
{
#pragma GCC unroll 8
    for (size_t k = 0; k < 8; k++) plane[k] = *(const tw_lanes_kept *)(const void *)(in + 32 * k);
    tw_lanes_turn(plane);
}

#endif

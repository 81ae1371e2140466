/* SPDX-License-Identifier: Apache-2.0 */
/* 64 rows at a time: comparisons to bits and bits to numbers, the two steps that gcc does not vectorise from C. Every
 * path gives the same bits, as all of it is comparisons and integers. See docs/decisions/0011-bits-by-intrinsics.md. */
#ifndef TW_LEARN_SLICE_LANES_H
#define TW_LEARN_SLICE_LANES_H

#include <stdint.h>
#include <string.h>

#if defined(__AVX512BW__) || defined(__AVX2__)
#include <immintrin.h>
#endif

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

/* 64 bytes in registers. */
typedef struct tw_byte_lanes {
    __m512i a;
} tw_byte_lanes;

static inline tw_byte_lanes tw_byte_lanes_load(const uint8_t *x) { return (tw_byte_lanes){_mm512_loadu_si512(x)}; }

/* Bit i: x[i] < t. */
static inline uint64_t tw_byte_lanes_lt(const tw_byte_lanes *x, uint8_t t)
{
    return (uint64_t)_mm512_cmplt_epu8_mask(x->a, _mm512_set1_epi8((char)t));
}

/* out[i] = the number whose bit k is bit i of plane[k * stride]. */
static inline void tw_lanes_number(const uint64_t *plane, size_t n_planes, size_t stride, uint8_t out[64])
{
    __m512i sum = _mm512_setzero_si512();
    for (size_t k = 0; k < n_planes; k++)
        sum = _mm512_mask_add_epi8(sum, (__mmask64)plane[k * stride], sum, _mm512_set1_epi8((char)(1u << k)));
    _mm512_storeu_si512(out, sum);
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

/* Less 128 each: there are comparisons of signed bytes only. */
typedef struct tw_byte_lanes {
    __m256i a, b;
} tw_byte_lanes;

static inline tw_byte_lanes tw_byte_lanes_load(const uint8_t *x)
{
    const __m256i flip = _mm256_set1_epi8((char)-128);
    return (tw_byte_lanes){_mm256_xor_si256(_mm256_loadu_si256((const __m256i *)x), flip),
                           _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(x + 32)), flip)};
}

static inline uint64_t tw_byte_lanes_lt(const tw_byte_lanes *x, uint8_t t)
{
    const __m256i bound = _mm256_set1_epi8((char)(t ^ 0x80));
    const uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(bound, x->a)),
                   b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(bound, x->b));
    return a | (uint64_t)b << 32;
}

/* 32 rows: each byte looks at the bit of its row in every plane, the highest first. */
static inline void tw_lanes_number(const uint64_t *plane, size_t n_planes, size_t stride, uint8_t out[64])
{
    const __m256i byte_of = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit_of = _mm256_set1_epi64x((long long)0x8040201008040201);
    __m256i low = _mm256_setzero_si256(), high = low;
    for (size_t k = n_planes; k-- > 0;) {
        const uint64_t bits = plane[k * stride];
        const __m256i a = _mm256_shuffle_epi8(_mm256_set1_epi32((int)(uint32_t)bits), byte_of),
                      b = _mm256_shuffle_epi8(_mm256_set1_epi32((int)(uint32_t)(bits >> 32)), byte_of);
        low = _mm256_sub_epi8(_mm256_add_epi8(low, low), _mm256_cmpeq_epi8(_mm256_and_si256(a, bit_of), bit_of));
        high = _mm256_sub_epi8(_mm256_add_epi8(high, high), _mm256_cmpeq_epi8(_mm256_and_si256(b, bit_of), bit_of));
    }
    _mm256_storeu_si256((__m256i *)out, low);
    _mm256_storeu_si256((__m256i *)(out + 32), high);
}

#else

typedef struct tw_lanes {
    const float *x;
} tw_lanes;

static inline tw_lanes tw_lanes_load(const float *x) { return (tw_lanes){x}; }

/* 64 bytes of 0 or 1 to bits: the product puts the low bits of 8 bytes side by side into the top byte. */
static inline uint64_t tw_lanes_bits(const uint8_t *is)
{
    uint64_t bits = 0;
    for (size_t g = 0; g < 8; g++) {
        uint64_t eight = 0;
        for (size_t i = 0; i < 8; i++) eight |= (uint64_t)is[8 * g + i] << (8 * i);
        bits |= eight * UINT64_C(0x0102040810204080) >> 56 << (8 * g);
    }
    return bits;
}

static inline uint64_t tw_lanes_le(const tw_lanes *x, float t)
{
    uint8_t is[64];
    for (size_t i = 0; i < 64; i++) is[i] = x->x[i] <= t;
    return tw_lanes_bits(is);
}

typedef struct tw_byte_lanes {
    const uint8_t *x;
} tw_byte_lanes;

static inline tw_byte_lanes tw_byte_lanes_load(const uint8_t *x) { return (tw_byte_lanes){x}; }

static inline uint64_t tw_byte_lanes_lt(const tw_byte_lanes *x, uint8_t t)
{
    uint8_t is[64];
    for (size_t i = 0; i < 64; i++) is[i] = x->x[i] < t;
    return tw_lanes_bits(is);
}

/* Eight bits to eight bytes of 0 or 1: each byte keeps its own bit of a copy, and a carry to its top bit says whether
 * it is set. */
static inline uint64_t tw_lanes_bytes(uint64_t bits)
{
    const uint64_t own = (bits & 255) * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);
    return (own + UINT64_C(0x007f7f7f7f7f7f7f)) >> 7 & UINT64_C(0x0101010101010101);
}

static inline void tw_lanes_number(const uint64_t *plane, size_t n_planes, size_t stride, uint8_t out[64])
{
    for (size_t g = 0; g < 8; g++) {
        uint64_t eight = 0;
        for (size_t k = 0; k < n_planes; k++) eight |= tw_lanes_bytes(plane[k * stride] >> (8 * g)) << k;
        for (size_t i = 0; i < 8; i++) out[8 * g + i] = (uint8_t)(eight >> (8 * i));
    }
}

#endif

#endif

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

/* From how many conditions of a feature on values are ranked first (as bytes they have their ranks): measured, it
 * depends on how cheap a comparison of all the rows is. */
#if defined(__AVX512BW__)
enum { TW_LANES_RANKED = 64, TW_BYTE_LANES_RANKED = 48 };
#elif defined(__AVX2__)
enum { TW_LANES_RANKED = 32, TW_BYTE_LANES_RANKED = 24 };
#else
enum { TW_LANES_RANKED = 16, TW_BYTE_LANES_RANKED = 8 };
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

/* plane[k * stride]: bit k of each of 64 bytes. */
static inline void tw_lanes_planes(const uint8_t x[64], size_t stride, uint64_t *plane)
{
    __m512i bits = _mm512_loadu_si512(x);
    for (size_t k = 8; k-- > 0; bits = _mm512_add_epi8(bits, bits)) plane[k * stride] = _mm512_movepi8_mask(bits);
}

/* out[i] = the number whose bit k is bit i of plane k, each of 256 bits. */
static inline void tw_lanes_number(const uint64_t *plane, size_t n_planes, uint8_t out[256])
{
    for (size_t w = 0; w < 4; w++) {
        __m512i sum = _mm512_setzero_si512();
        for (size_t k = 0; k < n_planes; k++)
            sum = _mm512_mask_add_epi8(sum, (__mmask64)plane[4 * k + w], sum, _mm512_set1_epi8((char)(1u << k)));
        _mm512_storeu_si512(out + 64 * w, sum);
    }
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

static inline void tw_lanes_planes(const uint8_t x[64], size_t stride, uint64_t *plane)
{
    __m256i a = _mm256_loadu_si256((const __m256i *)x), b = _mm256_loadu_si256((const __m256i *)(x + 32));
    for (size_t k = 8; k-- > 0;) {
        plane[k * stride] = (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
        a = _mm256_add_epi8(a, a);
        b = _mm256_add_epi8(b, b);
    }
}

/* The 8 x 8 bits of each 64 exchanged with their places: halves of halves of halves. */
static inline __m256i tw_lanes_turn(__m256i x, int by, long long which)
{
    const __m256i t = _mm256_and_si256(_mm256_xor_si256(x, _mm256_srli_epi64(x, by)), _mm256_set1_epi64x(which));
    return _mm256_xor_si256(x, _mm256_xor_si256(t, _mm256_slli_epi64(t, by)));
}

static inline __m256i tw_lanes_transpose(__m256i x)
{
    x = tw_lanes_turn(x, 7, 0x00aa00aa00aa00aa);
    x = tw_lanes_turn(x, 14, 0x0000cccc0000cccc);
    return tw_lanes_turn(x, 28, 0x00000000f0f0f0f0);
}

/* Bytes 2 v and 2 v + 1 of the planes, and 16 behind them, as 16 rows each. */
static inline void tw_lanes_sixteen(__m256i x, size_t v, uint8_t out[256])
{
    const __m256i rows = tw_lanes_transpose(x);
    _mm_storeu_si128((__m128i *)(out + 16 * v), _mm256_castsi256_si128(rows));
    _mm_storeu_si128((__m128i *)(out + 128 + 16 * v), _mm256_extracti128_si256(rows, 1));
}

/* Four rounds of eight bytes of each plane, side by side: half of the low or high bytes of each lane. */
static inline void tw_lanes_half(const __m256i pair[4], size_t v, uint8_t out[256])
{
    const __m256i a = _mm256_unpacklo_epi16(pair[0], pair[1]), b = _mm256_unpackhi_epi16(pair[0], pair[1]),
                  c = _mm256_unpacklo_epi16(pair[2], pair[3]), d = _mm256_unpackhi_epi16(pair[2], pair[3]);
    tw_lanes_sixteen(_mm256_unpacklo_epi32(a, c), v, out);
    tw_lanes_sixteen(_mm256_unpackhi_epi32(a, c), v + 1, out);
    tw_lanes_sixteen(_mm256_unpacklo_epi32(b, d), v + 2, out);
    tw_lanes_sixteen(_mm256_unpackhi_epi32(b, d), v + 3, out);
}

static inline __attribute__((always_inline)) void tw_lanes_number(const uint64_t *plane, size_t n_planes,
                                                                  uint8_t out[256])
{
    __m256i x[8], low[4], high[4];
    for (size_t k = 0; k < 8; k++)
        x[k] =
            k < n_planes ? _mm256_loadu_si256((const __m256i *)(const void *)(plane + 4 * k)) : _mm256_setzero_si256();
    for (size_t k = 0; k < 4; k++) {
        low[k] = _mm256_unpacklo_epi8(x[2 * k], x[2 * k + 1]);
        high[k] = _mm256_unpackhi_epi8(x[2 * k], x[2 * k + 1]);
    }
    tw_lanes_half(low, 0, out);
    tw_lanes_half(high, 4, out);
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

static inline void tw_lanes_planes(const uint8_t x[64], size_t stride, uint64_t *plane)
{
    for (size_t k = 0; k < 8; k++) plane[k * stride] = 0;
    for (size_t g = 0; g < 8; g++) {
        const uint64_t eight = tw_lanes_eight(x + 8 * g);
        for (size_t k = 0; k < 8; k++) plane[k * stride] |= tw_lanes_low_bits(eight >> k) << (8 * g);
    }
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

static inline void tw_lanes_number(const uint64_t *plane, size_t n_planes, uint8_t out[256])
{
    for (size_t g = 0; g < 32; g++) {
        uint64_t eight = 0;
        for (size_t k = 0; k < n_planes; k++) eight |= tw_lanes_bytes(plane[4 * k + g / 8] >> (8 * (g % 8))) << k;
        for (size_t i = 0; i < 8; i++) out[8 * g + i] = (uint8_t)(eight >> (8 * i));
    }
}

#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources of this folder share. */
#ifndef TW_BASE_IMPL_H
#define TW_BASE_IMPL_H

#include "tradewind/base.h"

/* 128 bits as two words. */
typedef struct tw_wide {
    uint64_t hi, lo;
} tw_wide;

enum { TW_POW5_MIN = -342, TW_POW5_MAX = 324 };

/* Leading 128 bits of 5^q at [q - TW_POW5_MIN], most significant bit set. */
extern const tw_wide tw_pow5[TW_POW5_MAX - TW_POW5_MIN + 1];

/* The full product; by halves, since ISO C has no 128-bit integer (compilers see through it). */
static inline tw_wide tw_mul_wide(uint64_t a, uint64_t b)
{
    const uint64_t a0 = a & UINT32_MAX, a1 = a >> 32, b0 = b & UINT32_MAX, b1 = b >> 32;
    const uint64_t low = a0 * b0, mid = a1 * b0 + (low >> 32), mid2 = a0 * b1 + (mid & UINT32_MAX);
    return (tw_wide){.hi = a1 * b1 + (mid >> 32) + (mid2 >> 32), .lo = (mid2 << 32) | (low & UINT32_MAX)};
}

static inline bool tw_is_digit(char c) { return c >= '0' && c <= '9'; }

/* ASCII only: what a file means must not depend on the locale. */
static inline char tw_to_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

/* True when text[0..length) is `word` (lower case) in any case. */
bool tw_text_is(const char *text, size_t length, const char *word);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What walks compare: integers in the order of the values of a feature. */
#ifndef TW_LEARN_WALK_KEYS_H
#define TW_LEARN_WALK_KEYS_H

#include "base/isa.h"
#include "tradewind/base.h"

#include <string.h>

enum { TW_WALK_KEYS_FEW = 16 }; /* keys are made so many at once */

/* The key of a number: an integer in its order, -0 beside 0; above 0 and below the largest. */
static inline uint32_t tw_walk_key(float x)
{
    const float sum = x + 0.0F;
    uint32_t bits;
    memcpy(&bits, &sum, sizeof bits);
    return bits ^ ((0U - (bits >> 31)) | UINT32_C(0x80000000));
}

/* A slot holds the key of a feature for the splits of one kind. A value of a magnitude not above `zero` is missing (-1:
 * none is), as is a NaN; then the key is `missing`, 0 or the largest. The arrays have room up to a multiple of
 * TW_WALK_KEYS_FEW. */
typedef struct tw_walk_slots {
    size_t n;
    uint32_t *feature, *flags, *missing;
    float *zero;
} tw_walk_slots;

/* key[k] of the value x[k] in slot k. */
#define TW_WALK_KERNELS(isa) void tw_walk_keys##isa(const tw_walk_slots *slots, const float *x, uint32_t *key);

TW_WALK_KERNELS(_baseline)
TW_WALK_KERNELS(_avx2)
TW_WALK_KERNELS(_avx512)

#endif

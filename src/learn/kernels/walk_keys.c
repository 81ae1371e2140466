/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/trees/walk_keys.h"

#include <math.h>

void TW_ISA_NAME(tw_walk_keys)(const tw_walk_slots *slots, const float *x, uint32_t *key)
{
    const uint32_t *restrict missing = slots->missing;
    const float *restrict zero = slots->zero;
    uint32_t *restrict out = key;
    for (size_t from = 0; from < slots->n; from += TW_WALK_KEYS_FEW)
        for (size_t k = from; k < from + TW_WALK_KEYS_FEW; k++)
            out[k] = __builtin_fabsf(x[k]) > zero[k] ? tw_walk_key(x[k]) : missing[k];
}

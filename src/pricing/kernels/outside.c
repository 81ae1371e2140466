/* SPDX-License-Identifier: Apache-2.0 */
/* outside.c - whether a column of a block keeps its bounds. */
#include "base/isa.h"
#include "pricing/engine.h"

bool TW_ISA_NAME(tw_pricing_outside)(const double *x, double lo, double hi)
{
    uint64_t bad = 0;
    for (int i = 0; i < TW_BLOCK; i++) bad |= (uint64_t) !(x[i] >= lo) | (uint64_t) !(x[i] <= hi);
    return bad != 0;
}

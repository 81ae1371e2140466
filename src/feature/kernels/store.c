/* SPDX-License-Identifier: Apache-2.0 */
/* Copying rows in and out of a plan; lanes is 16 or 1. */
#include "feature/store.h"

#include <string.h>

#include "base/isa.h"

static void copy_rows(const fx_rows *from, size_t n, size_t lanes, double *to, size_t stride)
{
    if (stride == lanes && from->stride == lanes) {
        memcpy(to, from->base, n * lanes * sizeof *to);
        return;
    }
    for (size_t t = 0; t < n; t++) memcpy(to + t * stride, from->base + t * from->stride, lanes * sizeof *to);
}

static void narrow_row(const double *restrict from, size_t lanes, float *restrict to)
{
    for (size_t i = 0; i < lanes; i++) to[i] = (float)from[i];
}

static void narrow_rows(const fx_rows *from, size_t n, size_t lanes, float *to, size_t stride)
{
    if (lanes == TW_LANES)
        for (size_t t = 0; t < n; t++) narrow_row(from->base + t * from->stride, TW_LANES, to + t * stride);
    else
        for (size_t t = 0; t < n; t++) narrow_row(from->base + t * from->stride, lanes, to + t * stride);
}

const fx_copiers TW_ISA_NAME(fx_copiers) = {copy_rows, narrow_rows};

/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - copying rows in and out of a plan, compiled once per instruction set. */
#ifndef TW_FEATURE_STORE_H
#define TW_FEATURE_STORE_H

#include "tradewind/ta.h"

/* Row t begins at base + t * stride. */
typedef struct fx_rows {
    const double *base;
    size_t stride;
} fx_rows;

typedef struct fx_copiers {
    void (*copy)(const fx_rows *from, size_t n, size_t lanes, double *to, size_t stride);
    void (*narrow)(const fx_rows *from, size_t n, size_t lanes, float *to, size_t stride);
} fx_copiers;

extern const fx_copiers fx_copiers_baseline, fx_copiers_avx2, fx_copiers_avx512;

#endif

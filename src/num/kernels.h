/* SPDX-License-Identifier: Apache-2.0 */
/* kernels.h - the functions of num that are compiled once per instruction set. */
#ifndef TW_NUM_KERNELS_H
#define TW_NUM_KERNELS_H

#include "tradewind/num.h"

typedef void tw_vector_fn(size_t n, const double *x, double *y);

/* Rows of one tw_gram call; see kernels/gram.c. */
typedef struct tw_gram_job {
    size_t n_rows, n_cols;
    const float *const *columns;
    const double *weights;
    double *out;
} tw_gram_job;

typedef struct tw_num_kernels {
    tw_vector_fn *exp, *expm1, *log, *log1p, *erfc, *norm_cdf, *norm_inv, *sin, *cos, *tanh;
    tw_vector_fn *log10, *sinh, *cosh, *tan, *asin, *acos, *atan;
} tw_num_kernels;

extern const tw_num_kernels tw_num_kernels_baseline, tw_num_kernels_avx2, tw_num_kernels_avx512;

void tw_gram_baseline(const tw_gram_job *job);
void tw_gram_avx2(const tw_gram_job *job);
void tw_gram_avx512(const tw_gram_job *job);

#endif

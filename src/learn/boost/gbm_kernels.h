/* SPDX-License-Identifier: Apache-2.0 */
/* Hot loops of growing trees, compiled once per instruction set; integers, or the same order of additions, so that each
 * gives the same bits. */
#ifndef TW_LEARN_GBM_KERNELS_H
#define TW_LEARN_GBM_KERNELS_H

#include "base/isa.h"
#include "learn/boost/gbm.h"

/* Columns are taken eight at a time: their histograms stay in the first cache. */
enum { TW_HIST_COLUMNS = 8 };

/* Adds rows to the histograms of columns 8 * from .. 8 * to - 1: hist[column * width + bin] += packed. */
typedef struct tw_hist_job {
    const uint8_t *bin; /* [row][stride] */
    size_t stride;
    const uint32_t *row;
    size_t n;
    const int64_t *packed; /* by row */
    size_t from, to;
    size_t width; /* 32, 64, 128 or 256 */
    int64_t *hist;
} tw_hist_job;

/* Bins of n values: 1 + number of edges below, 0 for NaN; edge[0 .. 2^steps - 1) ascend, +inf behind the last. */
typedef struct tw_bin_job {
    const float *x, *edge;
    size_t n;
    unsigned steps;
    uint32_t *bin;
} tw_bin_job;

/* Gains of the splits of a node, by what goes left. */
typedef struct tw_gain_job {
    const int64_t *left; /* [n] packed sums of the left child */
    size_t n;
    int64_t total;
    const tw_gbm_rule *rule;
    double *gain; /* [n]; -1 where a child is too small */
} tw_gain_job;

#define TW_GBM_KERNELS(isa)                                                                                            \
    void tw_gbm_hist##isa(const tw_hist_job *job);                                                                     \
    void tw_gbm_bin##isa(const tw_bin_job *job);                                                                       \
    double tw_gbm_gain##isa(const tw_gain_job *job); /* the highest */                                                 \
    void tw_gbm_subtract##isa(size_t n, int64_t *from, const int64_t *what);                                           \
    void tw_gbm_pack##isa(const tw_pack_job *job);

TW_GBM_KERNELS(_baseline)
TW_GBM_KERNELS(_avx2)
TW_GBM_KERNELS(_avx512)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a fit as linear learners see them: standardised features, missing ones at their mean, in blocks; and sums
 * over blocks that are the same at any thread count. */
#ifndef TW_LEARN_DESIGN_H
#define TW_LEARN_DESIGN_H

#include "learn/learn_impl.h"

enum { TW_BLOCK_ROWS = 256 };

typedef struct tw_design {
    const tw_ctx *ctx;
    const tw_rows *rows;
    size_t n_features;
    double *mean, *inverse; /* by feature: weighted mean, 1 / standard deviation (0: constant or never known) */
    double total;           /* sum of weights */
    double y_mean, y_sd;    /* of the label; y_sd 0: constant */
} tw_design;

/* Finds means and deviations. */
tw_status tw_design_new(const tw_ctx *ctx, const tw_rows *rows, tw_design *design, tw_error *err);
void tw_design_clear(tw_design *design);

/* Some rows: column[n_features] is the standardised label, label the label as it is. weight NULL: all 1. */
typedef struct tw_block {
    size_t n, n_features;
    tw_isa isa;
    const float *const *column;
    const double *label, *weight;
} tw_block;

/* Adds what a block contributes to `sum`. */
typedef void tw_block_sum(const void *arg, const tw_block *block, double *sum);

/* sum[0..n_sum) = sum over all rows, in an order that depends on the number of rows alone. */
tw_status tw_design_sum(const tw_design *design, tw_block_sum *add, const void *arg, size_t n_sum, double *sum,
                        tw_error *err);
/* The moment matrix of features and label over total weight: (n + 1) x (n + 1), row-major, full; label last. */
tw_status tw_design_gram(const tw_design *design, double *gram, tw_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Histogram gradient boosting: Friedman, Greedy function approximation, Annals of Statistics 29 (2001); histograms and
 * leaf-wise growth after Ke et al., LightGBM, NeurIPS 2017; integer histograms after Shi et al., Quantized training of
 * gradient boosting decision trees, NeurIPS 2022. Sums of integers do not depend on their order, so neither does a tree
 * on threads. */
#ifndef TW_LEARN_GBM_H
#define TW_LEARN_GBM_H

#include "learn/trees/trees.h"

typedef struct tw_gbm_params {
    char loss[TW_TEXT_MAX];
    double threshold;
    int rounds;
    double rate;
    int depth, leaves, bins;
    double rows, columns, l2, min_child, min_gain;
    int stop;
} tw_gbm_params;

/* ---------------------------------------------------------------- bins */

enum { TW_GBM_MOST_BINS = 255, TW_GBM_EDGES = 256 };

/* Train rows as bytes, a row beside the other: 0 missing, 1 .. n_bins by value. Bin b ends at edge[b - 1]. */
typedef struct tw_gbm_bins {
    size_t n_rows, n_features, stride;
    uint8_t *bin;     /* [n_rows][stride] */
    float *edge;      /* [n_features][TW_GBM_EDGES], +inf behind the last */
    uint32_t *n_bins; /* by feature */
} tw_gbm_bins;

/* Quantile bins of a sample of the rows, and every row in them. */
tw_status tw_gbm_bins_new(const tw_fit *fit, const tw_rows *train, tw_gbm_bins *bins, tw_error *err);
void tw_gbm_bins_clear(const tw_ctx *ctx, tw_gbm_bins *bins);

/* ---------------------------------------------------------------- integer gradients
 * One word holds both sums: gradient in the upper 36 bits, hessian in the lower 28. */

enum { TW_GBM_SHIFT = 28 };

static inline int64_t tw_gbm_hessian(int64_t packed) { return packed & (((int64_t)1 << TW_GBM_SHIFT) - 1); }
/* The gradient part, times 2^28. */
static inline int64_t tw_gbm_gradient(int64_t packed) { return packed - tw_gbm_hessian(packed); }

/* What an integer stands for. */
typedef struct tw_gbm_scale {
    double gradient, hessian; /* of one unit of the packed sums; gradient includes 2^-28 */
} tw_gbm_scale;

/* ---------------------------------------------------------------- growing one tree */

/* Everything trees are grown from; sampled and gradients change from tree to tree. */
typedef struct tw_gbm_grower tw_gbm_grower;

typedef struct tw_gbm_targets {
    const double *gradient, *hessian; /* by row; hessian NULL: all 1 */
    const int64_t *packed;            /* by row */
    tw_gbm_scale scale;
} tw_gbm_targets;

tw_status tw_gbm_grower_new(const tw_ctx *ctx, const tw_gbm_params *params, const tw_gbm_bins *bins,
                            tw_gbm_grower **grower, tw_error *err);
void tw_gbm_grower_free(tw_gbm_grower *grower);
/* Grows a tree of random rows and columns onto `model` and adds its leaf values to score[0..n_rows). */
tw_status tw_gbm_grow(tw_gbm_grower *grower, tw_random random, const tw_gbm_targets *targets, tw_trees *model,
                      double *score, tw_error *err);

/* A split of a node, gain 0: none. */
typedef struct tw_gbm_split {
    double gain;
    uint32_t column, bin; /* index among the sampled columns; values up to this bin go left */
    bool missing_right;
    int64_t left; /* packed sum of the left child */
} tw_gbm_split;

/* How the splits of a node are judged. */
typedef struct tw_gbm_rule {
    tw_isa isa;
    tw_gbm_scale scale;
    double l2, min_child, min_gain;
    size_t n_columns, width;
    const uint32_t *n_bins; /* by sampled column */
} tw_gbm_rule;

/* The best split of a node with these histograms and this packed sum. */
tw_gbm_split tw_gbm_best_split(const tw_gbm_rule *rule, const int64_t *histogram, int64_t total);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Histogram gradient boosting: Friedman, Greedy function approximation, Annals of Statistics 29 (2001); histograms,
 * leaf-wise growth, one-sided sampling and splits of categories after Ke et al., LightGBM, NeurIPS 2017; integer
 * histograms with stochastic rounding after Shi et al., Quantized training of gradient boosting decision trees, NeurIPS
 * 2022. Sums of integers do not depend on their order, so neither does a tree on threads. */
#ifndef TW_LEARN_GBM_H
#define TW_LEARN_GBM_H

#include "learn/boost/bins.h"
#include "learn/trees/trees.h"

enum { TW_GBM_NAMES = 1024, TW_GBM_CLASSES = 1000 };

/* Of gbm and of the forests; each has a table of those it offers. */
typedef struct tw_gbm_params {
    /* what is to be learned */
    char loss[TW_TEXT_MAX];
    double threshold, alpha, power;
    int classes, truncate;
    /* how many trees, of which rows */
    int rounds, trees, stop, block;
    double rate, rows, top, drop, skip;
    int most_dropped;
    /* how a tree is grown */
    char grow[TW_TEXT_MAX];
    int depth, leaves, bins;
    double columns, columns_node;
    double l1, l2, min_child, min_rows, min_gain;
    bool extra;
    double linear; /* penalty on the slopes of linear leaves; negative: leaves are constants */
    char monotone[TW_GBM_NAMES], interact[TW_GBM_NAMES];
    double cat_smooth, cat_l2, cat_rows;
    int cat_each, cat_most;
} tw_gbm_params;

/* ---------------------------------------------------------------- integer gradients
 * One word holds both sums: gradient in the upper 36 bits, hessian in the lower 28. */

enum { TW_GBM_SHIFT = 28 };

static inline int64_t tw_gbm_hessian(int64_t packed) { return packed & (((int64_t)1 << TW_GBM_SHIFT) - 1); }
static inline int64_t tw_gbm_gradient(int64_t packed) { return packed >> TW_GBM_SHIFT; }

/* What an integer stands for. */
typedef struct tw_gbm_scale {
    double gradient, hessian; /* of one unit of the packed sums */
} tw_gbm_scale;

/* Rounds gradients and hessians up or down at random, so that their sums are right on average: the random number of row
 * i is a hash of i and the key. */
typedef struct tw_pack_job {
    size_t n;
    const double *gradient, *hessian; /* hessian NULL: all 1, which stays 1 */
    tw_gbm_scale units;               /* per one */
    uint32_t key;
    int64_t *packed;
} tw_pack_job;

/* ---------------------------------------------------------------- splits */

/* A split of a node; gain 0: none. */
typedef struct tw_gbm_split {
    double gain;
    uint32_t column, bin; /* index among the tree's columns; a number goes left up to this bin */
    bool missing_right, category;
    uint64_t set[4]; /* bins of a category that go left */
    int64_t left;    /* packed sum of the left child */
} tw_gbm_split;

/* How the splits of a node are judged. */
typedef struct tw_gbm_rule {
    tw_isa isa;
    tw_gbm_scale scale;
    double l1, l2, min_child, min_gain;
    size_t n_columns, width;
    const uint32_t *n_bins;  /* by column of the tree */
    const bool *category;    /* likewise */
    const signed char *sign; /* likewise: the score may only rise (1) or fall (-1) with it; NULL: none may not */
    const tw_gbm_params *params;
} tw_gbm_rule;

/* A node to be split. */
typedef struct tw_gbm_place {
    int64_t total;
    double low, high;       /* bounds of its leaf values (before the rate) */
    double rows;            /* rows of it */
    const uint8_t *allowed; /* by column; NULL: all */
    uint64_t key;           /* of its random numbers */
} tw_gbm_place;

/* The best split by columns [from, to), with their histograms: hist[column * width + bin]. */
void tw_gbm_best_split(const tw_gbm_rule *rule, const tw_gbm_place *place, const int64_t *hist, size_t from, size_t to,
                       tw_gbm_split *best);
/* Of one column of categories. */
void tw_gbm_best_set(const tw_gbm_rule *rule, const tw_gbm_place *place, const int64_t *hist, uint32_t column,
                     tw_gbm_split *best);
/* Of one column of numbers, leaf values within bounds and in order. */
void tw_gbm_best_bounded(const tw_gbm_rule *rule, const tw_gbm_place *place, const int64_t *hist, uint32_t column,
                         tw_gbm_split *best);

/* A gradient sum that l1 pulls towards 0. */
static inline double tw_gbm_shrunk(double gradient, double l1)
{
    return gradient > l1 ? gradient - l1 : gradient < -l1 ? gradient + l1 : 0;
}

/* ---------------------------------------------------------------- growing one tree */

/* Everything trees are grown from; sampled and gradients change from tree to tree. */
typedef struct tw_gbm_grower tw_gbm_grower;

/* Where a grower works. */
typedef struct tw_gbm_ground {
    const tw_ctx *ctx;
    const tw_gbm_params *params;
    const tw_bins *bins;
    const tw_rows *train; /* rows among those of the bins */
    tw_trees *model;      /* what trees are grown onto */
    uint64_t seed;
} tw_gbm_ground;

typedef struct tw_gbm_targets {
    const double *gradient, *hessian; /* by train row; hessian NULL: all 1 */
    const int64_t *packed;            /* by train row */
    tw_gbm_scale scale;
    double rate; /* leaf values are multiplied by it */
    /* The value of a leaf of these rows, instead of a Newton step; or NULL. */
    double (*renew)(void *arg, const uint32_t *row, size_t n);
    void *renew_arg;
} tw_gbm_targets;

tw_status tw_gbm_grower_new(const tw_gbm_ground *ground, tw_gbm_grower **grower, tw_error *err);
void tw_gbm_grower_free(tw_gbm_grower *grower);
/* The rows of the trees that follow: row[0 .. n_in) are in them, the other train rows stand behind; each part ascends.
 * At first all are in. */
void tw_gbm_use_rows(tw_gbm_grower *grower, const uint32_t *row, size_t n_in);
/* Grows tree number n_trees of the model. */
tw_status tw_gbm_grow(tw_gbm_grower *grower, uint32_t output, const tw_gbm_targets *targets, tw_error *err);
/* score[row] += the value of the tree just grown, for all train rows. */
void tw_gbm_add_last(const tw_gbm_grower *grower, double *score);
/* score[row] += factor times the value of a tree that this grower grew, for all train rows. */
void tw_gbm_add_grown(const tw_gbm_grower *grower, size_t tree, double factor, double *score);

#endif

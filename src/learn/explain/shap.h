/* SPDX-License-Identifier: Apache-2.0 */
/* Exact Shapley values of tree ensembles.
 *
 * Once the splits on one feature are merged, what a leaf of value v adds to the game is
 *   v * product over the features j on its path of (o_j if j is known, else z_j),
 * o_j = 1 where the row keeps to the path, z_j the share of the train rows that does. With t the chance that a feature
 * is known, the multilinear extension (Owen, Management Science 18, 1972) gives its Shapley values as phi_i  = v (o_i -
 * z_i) * integral over t in [0, 1] of the product over j other than i of  t o_j + (1 - t) z_j = v * integral of P(t)
 * r_i(t),   P the product over all j,   r_j = (o_j - z_j) / (t o_j + (1 - t) z_j), and half the interaction of i and j
 * as v / 2 * integral of P r_i r_j. The integrands are polynomials, so Gauss-Legendre quadrature at half as many points
 * as a path has features is exact. At a point everything is a product from the root down and a sum from the leaves up,
 * as in Yu et al., Linear TreeShap, NeurIPS 2022; the definition is that of Lundberg et al., Nature Machine
 * Intelligence 2 (2020). Rows stand in vector lanes. */
#ifndef TW_LEARN_SHAP_H
#define TW_LEARN_SHAP_H

#include "learn/trees/scorer_impl.h"

enum {
    TW_SHAP_ROWS = 64,        /* of a block: one word of bits */
    TW_SHAP_MOST_LANES = 16,  /* that a path takes at once */
    TW_SHAP_MOST_POINTS = 128 /* so paths of up to 256 features */
};

/* Factors and ratios of a split at one point, as bits of doubles that the masks of the rows pick by xor: the left
 * child's factor is left ^ (rows on the path before, by this feature & left_prior) ^ (rows that go left & left_met);
 * the ratio of rows that leave the path is the tree's `none`, xor left_ratio of those that go left. Factors into leaves
 * hold the leaf's value. */
typedef struct tw_shap_point {
    uint64_t left, left_prior, left_met, right, right_prior, right_met;
    uint64_t left_ratio, right_ratio, prior_ratio;
} tw_shap_point;

/* A split of node `node`. `prior` is the deepest node above, or this one, that a split on the same feature led to:
 * there the rows are kept that are still on the path by this feature. 0: there is none. */
typedef struct tw_shap_split {
    uint32_t node, left, prior;
    uint32_t feature; /* among those in use */
} tw_shap_split;

/* The features of the path to a leaf: each with the node where its rows are kept, and the split and side before it. */
typedef struct tw_shap_element {
    uint32_t feature, node, split;
    bool right;
} tw_shap_element;

typedef struct tw_shap_leaf {
    uint32_t node, first, n; /* of element[] */
} tw_shap_leaf;

typedef struct tw_shap_tree {
    uint32_t n_splits, n_nodes, n_points, n_leaves, output;
    const tw_shap_split *split;     /* parents first */
    const tw_shap_point *point;     /* [split][n_points] */
    const double *weight;           /* [n_points] of the quadrature */
    const uint64_t *none;           /* [n_points] */
    const tw_shap_leaf *leaf;       /* for interactions; else NULL */
    const tw_shap_element *element; /* by leaf */
} tw_shap_tree;

/* What one thread works with. */
typedef struct tw_shap_job {
    const tw_shap_tree *tree;
    size_t n;            /* rows, at most TW_SHAP_ROWS */
    const uint64_t *met; /* by split: rows that go left */
    uint64_t *kept;      /* by node: rows that are on the path by the feature of the split above */
    double *reach;       /* [node][point][lanes] */
    double *ratio;       /* [element][point][lanes], for interactions */
    size_t n_features;   /* in use */
    double *phi;         /* [feature][TW_SHAP_ROWS], or [feature][feature][TW_SHAP_ROWS] for interactions */
} tw_shap_job;

#define TW_SHAP_KERNELS(isa)                                                                                           \
    void tw_shap_add##isa(const tw_shap_job *job);                                                                     \
    void tw_shap_add_pairs##isa(const tw_shap_job *job);

TW_SHAP_KERNELS(_baseline)
TW_SHAP_KERNELS(_avx2)
TW_SHAP_KERNELS(_avx512)

/* ---------------------------------------------------------------- programs */

/* Trees [from, to) of a model made ready, and what they need. */
typedef struct tw_shap_program {
    const tw_ctx *ctx;
    const tw_trees *model;
    size_t from, to;
    tw_tree_scorer *scorer; /* its slices say where rows go */
    tw_shap_tree *tree;
    tw_shap_split *split;
    tw_shap_point *point;
    tw_shap_leaf *leaf;
    tw_shap_element *element;
    double *weight; /* [points][points] of each quadrature in use */
    uint64_t *none;
    double *expected; /* [n_outputs] sum of the trees' values when nothing is known */
    size_t most_splits, most_nodes, most_points, most_reach, most_ratio;
} tw_shap_program;

/* Features that some split asks for: used[compact] = feature, ascending; compact[feature]. */
typedef struct tw_shap_features {
    uint32_t *used, *compact;
    size_t n;
} tw_shap_features;

tw_status tw_shap_features_new(const tw_trees *m, tw_shap_features *features, tw_error *err);
void tw_shap_features_clear(const tw_ctx *ctx, tw_shap_features *features);
/* Programs of as many trees from `from` on as fit some tens of megabytes. */
tw_status tw_shap_program_new(const tw_trees *m, size_t from, const tw_shap_features *features, bool pairs,
                              tw_shap_program *program, tw_error *err);
void tw_shap_program_clear(tw_shap_program *program);
/* Leaves are numbers, paths of a length that can be followed, and (without a background) covers known. */
tw_status tw_shap_check(const tw_trees *m, bool background, tw_error *err);

/* Points and weights of Gauss-Legendre quadrature on [0, 1], exact for degrees up to 2 n - 1. */
void tw_gauss_legendre(size_t n, double *point, double *weight);

#endif

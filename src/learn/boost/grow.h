/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources that grow a tree share. */
#ifndef TW_LEARN_GROW_H
#define TW_LEARN_GROW_H

#include "learn/boost/gbm_kernels.h"

enum { TW_NO_SLOT = -1, TW_MOST_GROUPS = 64 };

/* A node that may still be split. */
typedef struct tw_leaf {
    uint32_t node;     /* in the model */
    size_t begin, end; /* its rows: grower.row[begin .. end) */
    int64_t total;     /* packed */
    int slot, depth;   /* of its histogram, or TW_NO_SLOT */
    double low, high;  /* bounds of its value, before the rate */
    uint64_t groups;   /* of features that may go together with those above it */
    tw_gbm_split split;
} tw_leaf;

/* A split by bins, for rows that were not in the tree. */
typedef struct tw_bin_split {
    uint32_t bin; /* numbers go left up to it */
    uint32_t set; /* of sets[], with TW_SPLIT_SET */
} tw_bin_split;

typedef struct tw_bin_set {
    uint64_t word[4];
} tw_bin_set;

static inline bool tw_bin_set_has(const tw_bin_set *set, uint32_t bin) { return set->word[bin / 64] >> (bin % 64) & 1; }

struct tw_gbm_grower {
    const tw_ctx *ctx;
    const tw_gbm_params *params;
    const tw_bins *bins;
    const tw_rows *train;
    tw_trees *model;
    uint64_t seed;
    size_t n;                 /* train rows */
    uint32_t *view;           /* of each train row: its row of the bins; NULL: the same */
    const uint32_t *base_row; /* what row begins as; NULL: all, ascending */
    bool laid;                /* the bytes of all columns are */

    /* Of the tree at hand. */
    tw_gbm_rule rule;
    const tw_gbm_targets *targets;
    size_t n_blocks, stride;   /* columns by eight; bytes of a row */
    uint8_t *work;             /* [n][stride] bins of the tree's columns */
    uint32_t *column, *n_bins; /* [n_columns] features, ascending, and their bins */
    bool *category;
    signed char *sign;
    uint32_t *row, *spare; /* rows in the tree, then those left out; scratch for one side of a partition */
    size_t n_in, n_leaves;
    tw_leaf *leaves;
    uint32_t *heap; /* of leaves that may be split, the next one first */
    size_t n_heap;
    bool by_depth;

    /* Histograms. */
    size_t n_slots, n_free, slot_size;
    int64_t *hist; /* [n_slots][slot_size] */
    int *free_slots;
    uint8_t *allowed; /* [2][n_columns] */

    /* Constraints, by feature. */
    signed char *feature_sign; /* NULL: none */
    uint64_t *feature_groups;  /* NULL: all may go together */

    /* By node grown here, from the model's node first_node on. */
    uint32_t first_node;
    size_t room_splits, room_sets, n_sets;
    tw_bin_split *split;
    tw_bin_set *sets;
};

/* Sets the columns of the next tree and lays its bytes out. */
void tw_gbm_lay_columns(tw_gbm_grower *g);
/* Reads params->monotone and params->interact. */
tw_status tw_gbm_read_constraints(tw_gbm_grower *g, tw_error *err);

/* Histogram and best split of the root, and of two children; the parent's histogram becomes the larger one's. */
tw_status tw_gbm_study_root(tw_gbm_grower *g, tw_leaf *root, tw_error *err);
tw_status tw_gbm_study(tw_gbm_grower *g, int parent_slot, tw_leaf *left, tw_leaf *right, tw_error *err);

/* The value of a leaf before the rate, by the gradients themselves: one Newton step, within its bounds. */
double tw_gbm_leaf_value(const tw_gbm_grower *g, const tw_leaf *l);
/* Sets what the leaves of the tree are worth. */
tw_status tw_gbm_set_leaves(tw_gbm_grower *g, tw_error *err);

/* Where a train row goes at a node grown here. */
static inline uint32_t tw_gbm_bin_step(const tw_gbm_grower *g, uint32_t at, uint32_t row)
{
    const tw_tree_node *n = &g->model->node[at];
    const tw_bin_split *s = &g->split[at - g->first_node];
    const uint32_t bin = tw_bins_column(g->bins, n->feature)[g->view ? g->view[row] : row];
    if (bin == 0) return n->left + (n->flags & TW_SPLIT_MISSING_RIGHT);
    return n->left + (n->flags & TW_SPLIT_SET ? !tw_bin_set_has(&g->sets[s->set], bin) : bin > s->bin);
}

#endif

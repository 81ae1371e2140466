/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a scorer. */
#ifndef TW_LEARN_SCORER_IMPL_H
#define TW_LEARN_SCORER_IMPL_H

#include "learn/trees/slice.h"
#include "learn/trees/walk_keys.h"

/* ---------------------------------------------------------------- walks */

enum {
    TW_WALK_SLOTS = 4096, /* 32 kB of values and keys on the stack */
    TW_WALK_TOGETHER = 8, /* trees whose walks wait for memory together */
    TW_WALK_FAR = 65535,
    TW_PERFECT_TOGETHER = 10, /* as many places as registers hold */
    TW_PERFECT_SLOTS = 256
};

/* Goes to `step` nodes ahead, and one more when the key in its slot is above its own. At a leaf that is nowhere. */
typedef struct tw_walk_node {
    uint32_t key;
    uint16_t slot, step;
} tw_walk_node;

/* Bushy trees filled up to perfect ones of a depth: node i of tree t at [t << depth | i], the root 1, the children of i
 * 2 i and 2 i + 1, by which the row goes when its key is not above and when it is; the leaf's value where node
 * 2 ^ depth + i would be at [t << depth | i]. No table of children, five bytes a node: half the instructions and a
 * third of the memory of a walk. */
typedef struct tw_perfect_trees {
    const uint32_t *key;
    const uint8_t *slot;
    const double *value;
} tw_perfect_trees;

/* Trees [tree, tree + n) whose walks go on together, n = 0: a tree that goes step by step. Perfect ones when `perfect`
 * is there; else by nodes, and roots that are not needed repeat the first. */
typedef struct tw_walk_group {
    uint32_t tree, n, depth;
    uint32_t full; /* the depth when TW_PERFECT_TOGETHER perfect trees add to the one output; else 0 */
    uint32_t root[TW_WALK_TOGETHER]; /* of node[] */
    tw_perfect_trees perfect;        /* key NULL: none */
} tw_walk_group;

/* Trees [from, to): a slice, or (slice NULL) trees that are walked in any case. Its walks are group[first_group ..]. */
typedef struct tw_tree_scorer_part {
    size_t from, to, first_group, n_groups;
    const tw_slice *slice;
} tw_tree_scorer_part;

struct tw_tree_scorer {
    const tw_ctx *ctx;
    const tw_trees *model;
    size_t from, to;
    tw_isa isa; /* resolved */
    uint32_t first_node;
    tw_walk_node *node; /* by node - first_node */
    tw_walk_slots slots;
    tw_walk_group *group;
    size_t n_groups;
    uint32_t *perfect_key; /* backing of the groups of perfect trees */
    uint8_t *perfect_slot;
    double *perfect_value;
    tw_tree_scorer_part *part;
    size_t n_parts;
    tw_slice *slice;
    size_t n_slices;
    /* Backing of the slices. */
    tw_slice_run *run;
    float *threshold;
    tw_slice_tree *tree;
    tw_slice_split *split;
    uint32_t *member, *perfect;
    double *value;
    uint8_t *missing_right, *rank_start;
    tw_slice_byte *byte;
    uint32_t *rank_key;
    uint64_t *byte_set;
    tw_bin_edges edges;
    size_t n_conditions, n_runs;
};

/* Whether a tree may be in a slice: leaves are plain, and few enough. */
bool tw_slice_takes(const tw_trees *m, size_t tree);
/* Whether filling a tree up to a perfect one of its depth makes it cheaper: at most 256 leaves, a quarter its own. */
bool tw_tree_is_bushy(const tw_trees *m, size_t tree);
/* Fills slice[], part[] and what they point at. */
tw_status tw_tree_scorer_slice(tw_tree_scorer *s, tw_error *err);
/* Lays grids over the thresholds of the runs. */
tw_status tw_tree_scorer_rank(tw_tree_scorer *s, tw_error *err);

/* Groups the walks of all parts: bushy trees that `plain` allows as perfect ones. */
tw_status tw_tree_scorer_group(tw_tree_scorer *s, const bool *plain, tw_error *err);
/* The places of the leaves, of perfect.value[], that the trees of a perfect group lead to. */
void tw_walk_perfect(const tw_walk_group *group, const uint32_t *key, uint32_t leaf[TW_PERFECT_TOGETHER]);
/* Adds the values of a full group and of those like it that follow, up to `end`; returns the group behind them. */
const tw_walk_group *tw_walk_full(const tw_walk_group *group, const tw_walk_group *end, const uint32_t *key,
                                  double *score);

#endif

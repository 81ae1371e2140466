/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a scorer. */
#ifndef TW_LEARN_SCORER_IMPL_H
#define TW_LEARN_SCORER_IMPL_H

#include "learn/trees/slice.h"

#include <string.h>

/* ---------------------------------------------------------------- walks */

enum {
    TW_WALK_SLOTS = 4096, /* 16 kB of keys on the stack */
    TW_WALK_TOGETHER = 8, /* trees whose walks wait for memory together */
    TW_WALK_FAR = 65535
};

/* What a walk compares: an integer in the order of the values of a feature, 0 or the largest where it is missing. */
typedef struct tw_walk_slot {
    uint32_t feature, flags;
} tw_walk_slot;

/* Goes to `step` nodes ahead, and one more when the key in its slot is above its own. At a leaf that is nowhere. */
typedef struct tw_walk_node {
    uint32_t key;
    uint16_t slot, step;
} tw_walk_node;

/* Trees [tree, tree + n) whose walks go on together, n = 0: a tree that goes step by step. Roots that are not needed
 * repeat the first. */
typedef struct tw_walk_group {
    uint32_t tree, n, depth;
    uint32_t root[TW_WALK_TOGETHER]; /* of node[] */
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
    tw_walk_slot *slot;
    size_t n_slots;
    tw_walk_group *group;
    size_t n_groups;
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
    uint8_t *below;
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

/* The key of a number: an integer in its order, -0 beside 0; above 0 and below the largest. */
static inline uint32_t tw_walk_key(float x)
{
    const float sum = x + 0.0F;
    uint32_t bits;
    memcpy(&bits, &sum, sizeof bits);
    return bits ^ ((0U - (bits >> 31)) | UINT32_C(0x80000000));
}

#endif

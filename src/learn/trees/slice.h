/* SPDX-License-Identifier: Apache-2.0 */
/* Bit-sliced scoring: what the trees of a slice ask of a row is asked once, of 256 rows together.
 *
 *   condition c of the slice      -> 256 bits: which rows meet it (x <= threshold, missing by its side, or in the set)
 *   rows that reach a split r, m  -> r & m reach its left child, r & ~m its right
 *   leaves numbered left to right -> bit k of a row's leaf number is set when it reaches a subtree whose leaves all
 *                                    have it set
 *   leaf numbers as bytes         -> values, added tree after tree, TW_SLICE_TREES of them in one go
 *
 * A bushy tree is filled up to a perfect one, with splits that no row meets: then the path is the number of the leaf (a
 * bit a level, set when the row goes left), and the splits are taken in one order known beforehand.
 *
 * Trees of a model share conditions (a learner that bins has at most a few hundred a feature), so the cost of asking
 * does not grow with the number of trees; the rest is a few bit operations a split for 256 rows, whatever the shape of
 * the tree. After Ye et al., RapidScorer, KDD 2018, and Lucchese et al., QuickScorer, SIGIR 2015. */
#ifndef TW_LEARN_SLICE_H
#define TW_LEARN_SLICE_H

#include "base/isa.h"
#include "learn/trees/scorer.h"

enum {
    TW_SLICE_WORDS = 4,
    TW_SLICE_ROWS = 64 * TW_SLICE_WORDS,
    TW_SLICE_MASK = 8 * TW_SLICE_WORDS, /* bytes */
    TW_SLICE_CONDITIONS = 8192,         /* of a slice: 256 kB of masks on the stack */
    TW_SLICE_PLANES = 8,                /* bits of a leaf number */
    TW_SLICE_LEAVES = 1 << TW_SLICE_PLANES,
    TW_SLICE_SPOTS = 2 * TW_SLICE_LEAVES, /* root and pairs of children: their reach; nothing reaches the last */
    TW_SLICE_FEW = 4,                     /* members of a plane are taken so many at once */
    TW_SLICE_TREES = 20,                  /* a group: its values are added in one go over the rows */
    TW_SLICE_LEAST_PITCH = 4,             /* see tw_slice_tree */
    TW_SLICE_NEVER = TW_SLICE_CONDITIONS, /* the condition that no row meets */
    TW_SLICE_RUN = 255
};

/* Conditions [first, first + n) of a slice: of one feature, alike in what is missing, thresholds ascending, at most
 * TW_SLICE_RUN. A set is a run of its own.
 * With n_cells a value finds its rank (how many thresholds are below it) in a grid over the thresholds: cell
 * (x - low) * scale, cut to 0 .. n_cells - 1, which never falls as x grows, has start[cell] thresholds in cells before
 * it and at most `most` in itself, so that so many comparisons from there on end at the rank. */
typedef struct tw_slice_run {
    uint32_t feature, flags, first, n;
    uint32_t set;
    uint32_t n_cells, most;
    float low, scale;
    const uint8_t *start; /* [n_cells] */
    const uint32_t *key;  /* [n + most] tw_walk_key of the thresholds, then above all */
} tw_slice_run;

/* The cell of a value; a NaN is in the first. */
static inline uint32_t tw_slice_cell(float x, float low, float scale, float last)
{
    const float y = (x - low) * scale, from = y > 0 ? y : 0;
    return (uint32_t)(int32_t)(from < last ? from : last);
}

/* What a byte is compared with, and its hexadecimal digits as distances between masks, in bytes. */
typedef struct tw_slice_byte {
    uint16_t high, low;
    uint8_t most;
} tw_slice_byte;

/* Split s marks the rows that reach it at spot `reach` and those of its children at 2 s + 1 and 2 s + 2; the root is at
 * spot 0. */
typedef struct tw_slice_split {
    uint32_t condition, reach;
} tw_slice_split;

/* Plane k is the union of n_members[k] spots, behind those of plane k - 1; the last spot fills up to a multiple of
 * TW_SLICE_FEW. With `perfect` it is a tree of n_planes levels without members: where the masks of its conditions
 * are, in bytes, a node before its left subtree and that before its right. */
typedef struct tw_slice_tree {
    uint32_t n_splits, n_planes, output;
    uint32_t pitch; /* of a group's first: the values of its trees are 1 << pitch apart; else 0 */
    uint32_t n_members[TW_SLICE_PLANES];
    const tw_slice_split *split;
    const uint32_t *member, *perfect;
    const double *value; /* by leaf number */
} tw_slice_tree;

typedef struct tw_slice {
    const tw_trees *model; /* for its sets */
    const tw_slice_run *run;
    const float *threshold;       /* by condition */
    const uint8_t *missing_right; /* likewise */
    const tw_slice_tree *tree;
    size_t n_runs, n_trees;
    /* For rows of bytes, by condition: met when the byte is at most that (0 too, unless missing goes right). Sets:
     * bit b of byte_set[4 * run ..] for byte b. NULL until prepared. */
    const tw_slice_byte *byte;
    const uint64_t *byte_set;
} tw_slice;

/* At most TW_SLICE_ROWS rows: floats, or bytes when bins is given. */
typedef struct tw_slice_job {
    const tw_slice *slice;
    const float *const *features;
    const uint32_t *cell;
    const tw_bin_rows *bins;
    size_t begin, n;       /* rows of bins */
    const uint32_t *place; /* row i's scores are score[place[i] * n_outputs ..]; NULL: at i */
    size_t n_outputs;
    double *score;
} tw_slice_job;

/* Adds the values of the slice's trees; and only says which rows meet which conditions, bit i of
 * mask[TW_SLICE_WORDS * condition ..] for row i. */
#define TW_SLICE_KERNELS(isa)                                                                                          \
    void tw_slice_score##isa(const tw_slice_job *job);                                                                 \
    void tw_slice_meet##isa(const tw_slice_job *job, uint64_t *mask);

TW_SLICE_KERNELS(_baseline)
TW_SLICE_KERNELS(_avx2)
TW_SLICE_KERNELS(_avx512)

#endif

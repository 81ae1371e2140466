/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/trees/slice.h"
#include "learn/trees/slice_lanes.h"

enum { WORDS = TW_SLICE_WORDS, ROWS = TW_SLICE_ROWS };

/* A bit for each row. */
typedef uint64_t rows_bits __attribute__((vector_size(WORDS * sizeof(uint64_t)), may_alias));

/* ---------------------------------------------------------------- leaves */

/* A perfect tree, a level below the next: which of the rows `here` go left is the bit of the level; a node of the last
 * level needs no more than that. Written out for each depth, what rows reach stays in registers. */
typedef struct perfect {
    const char *mask;
    rows_bits plane[TW_SLICE_PLANES];
} perfect;

#define TW_DESCEND inline __attribute__((always_inline))
#define MASK_AT(p, place) (*(const rows_bits *)(const void *)((p)->mask + (place)))

static TW_DESCEND const uint32_t *descend_1(perfect *p, const uint32_t *at, const rows_bits *here)
{
    p->plane[0] |= *here & MASK_AT(p, at[0]);
    return at + 1;
}

#define DESCEND(levels, below)                                                                                         \
    static TW_DESCEND const uint32_t *descend_##levels(perfect *p, const uint32_t *at, const rows_bits *here)          \
    {                                                                                                                  \
        const rows_bits left = *here & MASK_AT(p, at[0]), right = *here ^ left;                                        \
        p->plane[(levels)-1] |= left;                                                                                  \
        at = descend_##below(p, at + 1, &left);                                                                        \
        return descend_##below(p, at, &right);                                                                         \
    }
DESCEND(2, 1)
DESCEND(3, 2)
DESCEND(4, 3)
DESCEND(5, 4)
DESCEND(6, 5)
DESCEND(7, 6)
DESCEND(8, 7)

#define FIND_PERFECT(levels)                                                                                           \
    static __attribute__((noinline)) void find_perfect_##levels(const tw_slice_tree *tree, const rows_bits *mask,      \
                                                                uint8_t leaf[ROWS])                                    \
    {                                                                                                                  \
        perfect p = {.mask = (const char *)mask};                                                                      \
        const rows_bits all = ~(rows_bits){0};                                                                         \
        (void)descend_##levels(&p, tree->perfect, &all);                                                               \
        tw_lanes_number(p.plane, levels, leaf);                                                                        \
    }

FIND_PERFECT(1)
FIND_PERFECT(2)
FIND_PERFECT(3)
FIND_PERFECT(4)
FIND_PERFECT(5)
FIND_PERFECT(6)
FIND_PERFECT(7)
FIND_PERFECT(8)

typedef void find_perfect(const tw_slice_tree *tree, const rows_bits *mask, uint8_t leaf[ROWS]);

static find_perfect *const perfect_of[] = {NULL,           find_perfect_1, find_perfect_2,
                                           find_perfect_3, find_perfect_4, find_perfect_5,
                                           find_perfect_6, find_perfect_7, find_perfect_8};

/* The number of the leaf that each row reaches. */
static inline void find_leaves(const tw_slice_tree *tree, const rows_bits *mask, uint8_t leaf[ROWS])
{
    if (tree->perfect) {
        perfect_of[tree->n_planes](tree, mask, leaf);
        return;
    }
    rows_bits reach[TW_SLICE_SPOTS], plane[TW_SLICE_PLANES], *below = reach + 1;
    reach[0] = ~(rows_bits){0};
    reach[TW_SLICE_SPOTS - 1] = (rows_bits){0};
    for (const tw_slice_split *s = tree->split, *end = s + tree->n_splits; s < end; s++, below += 2) {
        const rows_bits here = reach[s->reach], met = mask[s->condition];
        below[0] = here & met;
        below[1] = here & ~met;
    }
    const uint32_t *member = tree->member;
    for (size_t k = 0; k < tree->n_planes; k++) {
        rows_bits any = {0};
        for (const uint32_t *end = member + tree->n_members[k]; member < end; member += TW_SLICE_FEW)
            any |= (reach[member[0]] | reach[member[1]]) | (reach[member[2]] | reach[member[3]]);
        plane[k] = any;
    }
    tw_lanes_number(plane, tree->n_planes, leaf);
}

/* ---------------------------------------------------------------- values */

static inline size_t place_of(const tw_slice_job *job, size_t i)
{
    return (job->place ? job->place[i] : i) * job->n_outputs;
}

/* Keeps a loop as it is written: gcc would make vectors of values that it has to fetch one by one. */
#define ROW_BY_ROW() __asm__ volatile("")

typedef uint8_t leaf_numbers[ROWS];

/* The values of a group's trees, one after the other, to each row. With their distance a constant, what is left for a
 * row and tree is to get the number and to add. */
static inline __attribute__((always_inline)) void add_apart(const double *value, unsigned pitch,
                                                            const leaf_numbers *leaf, double *restrict sum)
{
    for (size_t i = 0; i < ROWS; i++) {
        ROW_BY_ROW();
        double all = sum[i];
#pragma GCC unroll 20
        for (size_t t = 0; t < TW_SLICE_TREES; t++) all += value[(t << pitch) + leaf[t][i]];
        sum[i] = all;
    }
}

static void add_group(const tw_slice_tree *tree, const leaf_numbers *leaf, double *sum)
{
    switch (tree->pitch) {
    case 4: add_apart(tree->value, 4, leaf, sum); return;
    case 5: add_apart(tree->value, 5, leaf, sum); return;
    case 6: add_apart(tree->value, 6, leaf, sum); return;
    case 7: add_apart(tree->value, 7, leaf, sum); return;
    default: add_apart(tree->value, 8, leaf, sum); return;
    }
}

static inline void add_one(const double *restrict value, const uint8_t leaf[ROWS], double sum[ROWS])
{
#pragma GCC unroll 4
    for (size_t i = 0; i < ROWS; i++) {
        ROW_BY_ROW();
        sum[i] += value[leaf[i]];
    }
}

/* One output: what rows have so far is at hand while trees are added. */
static inline void score_one(const tw_slice_job *job, const rows_bits *mask)
{
    const tw_slice *slice = job->slice;
    leaf_numbers leaf[TW_SLICE_TREES];
    double sum[ROWS] = {0};
    for (size_t i = 0; i < job->n; i++) sum[tw_lanes_place(i)] = job->score[place_of(job, i)];
    for (size_t from = 0; from < slice->n_trees; from += TW_SLICE_TREES) {
        const size_t n = slice->n_trees - from < TW_SLICE_TREES ? slice->n_trees - from : TW_SLICE_TREES;
        for (size_t t = 0; t < n; t++) find_leaves(&slice->tree[from + t], mask, leaf[t]);
        if (n == TW_SLICE_TREES)
            add_group(slice->tree + from, (const leaf_numbers *)leaf, sum);
        else
            for (size_t t = 0; t < n; t++) add_one(slice->tree[from + t].value, leaf[t], sum);
    }
    for (size_t i = 0; i < job->n; i++) job->score[place_of(job, i)] = sum[tw_lanes_place(i)];
}

static inline void score_many(const tw_slice_job *job, const rows_bits *mask)
{
    uint8_t leaf[ROWS];
    for (const tw_slice_tree *tree = job->slice->tree, *end = tree + job->slice->n_trees; tree < end; tree++) {
        find_leaves(tree, mask, leaf);
        for (size_t i = 0; i < job->n; i++)
            job->score[place_of(job, i) + tree->output] += tree->value[leaf[tw_lanes_place(i)]];
    }
}

void TW_ISA_NAME(tw_slice_score)(const tw_slice_job *job)
{
    rows_bits mask[TW_SLICE_CONDITIONS + 1];
    mask[TW_SLICE_NEVER] = (rows_bits){0};
    TW_ISA_NAME(tw_slice_meet)(job, (uint64_t *)(void *)mask);
    if (job->n_outputs == 1)
        score_one(job, mask);
    else
        score_many(job, mask);
}

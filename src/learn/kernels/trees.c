/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/trees/slice.h"
#include "learn/trees/slice_lanes.h"

#include <math.h>

enum { WORDS = TW_SLICE_WORDS, ROWS = TW_SLICE_ROWS };

/* A bit for each row. */
typedef uint64_t rows_bits __attribute__((vector_size(WORDS * sizeof(uint64_t)), may_alias));

/* ---------------------------------------------------------------- conditions */

/* Rows past the end are copies of nothing in particular: what they reach is not added. */
static inline void get_floats(const tw_slice_job *job, uint32_t feature, float x[ROWS])
{
    const float *restrict column = job->features[feature];
    const uint32_t *restrict cell = job->cell, first = cell[0];
    if (cell[job->n - 1] - first == job->n - 1) /* ascending, so side by side */
        for (size_t i = 0; i < job->n; i++) x[i] = column[first + i];
    else
        for (size_t i = 0; i < job->n; i++) x[i] = column[cell[i]];
    for (size_t i = job->n; i < ROWS; i++) x[i] = 0;
}

/* Rows of 64 where the value is missing: LightGBM's zeros too where the flags say so. */
static inline uint64_t missing_bits(const float *x, const tw_lanes *lanes, uint32_t flags)
{
    uint64_t missing = ~tw_lanes_le(lanes, INFINITY);
    if (flags & TW_SPLIT_ZERO_MISSING)
        for (size_t i = 0; i < 64; i++) missing |= (uint64_t)(__builtin_fabsf(x[i]) <= TW_SPLIT_ZERO) << i;
    return missing;
}

static inline void compare_floats(const tw_slice *slice, const tw_slice_run *run, const float x[ROWS], uint64_t *mask)
{
    const float *threshold = slice->threshold + run->first;
    for (size_t w = 0; w < WORDS; w++) {
        const tw_lanes lanes = tw_lanes_load(x + 64 * w);
        const uint64_t missing = missing_bits(x + 64 * w, &lanes, run->flags), keep = ~missing,
                       add = run->flags & TW_SPLIT_MISSING_RIGHT ? 0 : missing;
        uint64_t *out = mask + w;
        if (missing == 0)
            for (size_t c = 0; c < run->n; c++, out += WORDS) *out = tw_lanes_le(&lanes, threshold[c]);
        else
            for (size_t c = 0; c < run->n; c++, out += WORDS) *out = (tw_lanes_le(&lanes, threshold[c]) & keep) | add;
    }
}

/* A set of categories: row by row. */
static inline void find_in_set(const tw_slice *slice, const tw_slice_run *run, const float x[ROWS], uint64_t *mask)
{
    const tw_trees *m = slice->model;
    for (size_t w = 0; w < WORDS; w++) {
        const tw_lanes lanes = tw_lanes_load(x + 64 * w);
        const uint64_t missing = missing_bits(x + 64 * w, &lanes, run->flags);
        uint64_t in = 0;
        for (size_t i = 0; i < 64; i++) in |= (uint64_t)tw_tree_set_has(m, run->set, x[64 * w + i]) << i;
        mask[w] = (in & ~missing) | (run->flags & TW_SPLIT_MISSING_RIGHT ? 0 : missing);
    }
}

static inline void meet_floats(const tw_slice_job *job, uint64_t *mask)
{
    const tw_slice *slice = job->slice;
    float x[ROWS];
    for (size_t r = 0; r < slice->n_runs; r++) {
        const tw_slice_run *run = &slice->run[r];
        if (r == 0 || run->feature != run[-1].feature) get_floats(job, run->feature, x);
        if (run->flags & TW_SPLIT_SET)
            find_in_set(slice, run, x, mask + (size_t)run->first * WORDS);
        else
            compare_floats(slice, run, x, mask + (size_t)run->first * WORDS);
    }
}

static inline void get_bytes(const tw_slice_job *job, uint32_t feature, uint8_t x[ROWS])
{
    const tw_bin_rows *rows = job->bins;
    const uint8_t *column = rows->bin + feature * rows->feature_stride;
    if (rows->row)
        for (size_t i = 0; i < job->n; i++) x[i] = column[rows->row[job->begin + i] * rows->row_stride];
    else
        for (size_t i = 0; i < job->n; i++) x[i] = column[(job->begin + i) * rows->row_stride];
    for (size_t i = job->n; i < ROWS; i++) x[i] = 0;
}

/* Where missing goes right byte 0 becomes 255, above every bound; the others step down by one. */
static inline void compare_bytes(const tw_slice *slice, const tw_slice_run *run, const uint8_t x[ROWS], uint64_t *mask)
{
    const uint8_t *below = slice->below + run->first, step = run->flags & TW_SPLIT_MISSING_RIGHT;
    for (size_t w = 0; w < WORDS; w++) {
        uint8_t y[64];
        for (size_t i = 0; i < 64; i++) y[i] = (uint8_t)(x[64 * w + i] - step);
        const tw_byte_lanes lanes = tw_byte_lanes_load(y);
        for (size_t c = 0; c < run->n; c++) mask[c * WORDS + w] = tw_byte_lanes_lt(&lanes, below[c]);
    }
}

static inline void find_bytes_in_set(const uint64_t set[4], const uint8_t x[ROWS], uint64_t *mask)
{
    for (size_t w = 0; w < WORDS; w++) {
        mask[w] = 0;
        for (size_t i = 0; i < 64; i++) mask[w] |= (set[x[64 * w + i] / 64] >> (x[64 * w + i] % 64) & 1) << i;
    }
}

static inline void meet_bytes(const tw_slice_job *job, uint64_t *mask)
{
    const tw_slice *slice = job->slice;
    uint8_t x[ROWS];
    for (size_t r = 0; r < slice->n_runs; r++) {
        const tw_slice_run *run = &slice->run[r];
        if (r == 0 || run->feature != run[-1].feature) get_bytes(job, run->feature, x);
        if (run->flags & TW_SPLIT_SET)
            find_bytes_in_set(slice->byte_set + 4 * r, x, mask + (size_t)run->first * WORDS);
        else
            compare_bytes(slice, run, x, mask + (size_t)run->first * WORDS);
    }
}

/* ---------------------------------------------------------------- leaves */

/* A perfect tree, a level below the next: which of the rows `here` go left is the bit of the level; a node of the last
 * level needs no more than that. Written out for each depth, what rows reach stays in registers. */
typedef struct perfect {
    const rows_bits *mask;
    rows_bits plane[TW_SLICE_PLANES];
} perfect;

#define TW_DESCEND inline __attribute__((always_inline))

static TW_DESCEND const uint32_t *descend_1(perfect *p, const uint32_t *at, rows_bits here)
{
    p->plane[0] |= here & p->mask[at[0]];
    return at + 1;
}

#define DESCEND(levels, below)                                                                                         \
    static TW_DESCEND const uint32_t *descend_##levels(perfect *p, const uint32_t *at, rows_bits here)                 \
    {                                                                                                                  \
        const rows_bits left = here & p->mask[at[0]];                                                                  \
        p->plane[(levels)-1] |= left;                                                                                  \
        at = descend_##below(p, at + 1, left);                                                                         \
        return descend_##below(p, at, here ^ left);                                                                    \
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
        perfect p = {.mask = mask};                                                                                    \
        (void)descend_##levels(&p, tree->perfect, ~(rows_bits){0});                                                    \
        number_leaves(p.plane, levels, leaf);                                                                          \
    }

static inline void number_leaves(const rows_bits *plane, size_t n_planes, uint8_t leaf[ROWS])
{
    for (size_t w = 0; w < WORDS; w++)
        tw_lanes_number((const uint64_t *)(const void *)plane + w, n_planes, WORDS, leaf + 64 * w);
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
    number_leaves(plane, tree->n_planes, leaf);
}

static inline size_t place_of(const tw_slice_job *job, size_t i) { return job->place ? job->place[i] : i; }

/* The values of TW_SLICE_TREES trees, one after the other, to each row. */
static inline void add_together(const tw_slice_job *job, const tw_slice_tree *tree,
                                const uint8_t leaf[TW_SLICE_TREES][ROWS])
{
    for (size_t i = 0; i < job->n; i++) {
        double *score = job->score + place_of(job, i);
        double sum = *score;
#pragma GCC unroll 8
        for (size_t t = 0; t < TW_SLICE_TREES; t++) sum += tree[t].value[leaf[t][i]];
        *score = sum;
    }
}

static inline void add_one(const tw_slice_job *job, const tw_slice_tree *tree, const uint8_t leaf[ROWS])
{
    for (size_t i = 0; i < job->n; i++)
        job->score[place_of(job, i) * job->n_outputs + tree->output] += tree->value[leaf[i]];
}

void TW_ISA_NAME(tw_slice_meet)(const tw_slice_job *job, uint64_t *mask)
{
    if (job->bins)
        meet_bytes(job, mask);
    else
        meet_floats(job, mask);
}

void TW_ISA_NAME(tw_slice_score)(const tw_slice_job *job)
{
    rows_bits mask[TW_SLICE_CONDITIONS + 1];
    mask[TW_SLICE_NEVER] = (rows_bits){0};
    uint8_t leaf[TW_SLICE_TREES][ROWS];
    TW_ISA_NAME(tw_slice_meet)(job, (uint64_t *)(void *)mask);
    const tw_slice *slice = job->slice;
    for (size_t from = 0; from < slice->n_trees; from += TW_SLICE_TREES) {
        const size_t n = slice->n_trees - from < TW_SLICE_TREES ? slice->n_trees - from : TW_SLICE_TREES;
        for (size_t t = 0; t < n; t++) find_leaves(&slice->tree[from + t], mask, leaf[t]);
        if (n == TW_SLICE_TREES && job->n_outputs == 1)
            add_together(job, slice->tree + from, (const uint8_t(*)[ROWS])leaf);
        else
            for (size_t t = 0; t < n; t++) add_one(job, &slice->tree[from + t], leaf[t]);
    }
}

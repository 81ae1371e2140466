/* SPDX-License-Identifier: Apache-2.0 */
/* Random ensembles of every kind of node, and rows that try their edges. */
#ifndef TW_TREES_CASE_H
#define TW_TREES_CASE_H

#include "tw_test.h"

#include "learn/trees/trees.h"

#include <math.h>
#include <stdlib.h>

#ifndef TREES_CASE_FEATURES
#define TREES_CASE_FEATURES 12 /* sums over all subsets of them are to end */
#endif

typedef struct trees_kind {
    size_t n_outputs, n_trees, most_leaves;
    bool deep, sets, zeros, linear, covers;
    size_t n_levels; /* thresholds are drawn from so many values a feature; 0: any */
} trees_kind;

static inline size_t trees_below(tw_random *r, size_t n) { return (size_t)tw_random_below(r, n); }

/* Awkward and plain numbers. */
static inline float trees_number(tw_random *r, size_t n_levels)
{
    static const float odd[] = {0.0F,    -0.0F, 1e-35F, -1e-35F,  2e-35F,   1e-45F,
                                -1e-45F, 3e38F, -3e38F, INFINITY, -INFINITY};
    if (n_levels) return (float)(int)trees_below(r, n_levels) * 0.385F - 1.0F;
    const size_t k = trees_below(r, 60);
    return k < sizeof odd / sizeof odd[0] ? odd[k] : (float)tw_random_normal(r);
}

/* Feature 0 .. 2 hold categories, also ones that no set knows. */
static inline float trees_value(tw_random *r, uint32_t feature, const trees_kind *kind)
{
    if (trees_below(r, 9) == 0) return NAN;
    if (feature > 2 || trees_below(r, 12) == 0) return trees_number(r, kind->n_levels);
    return (float)(int)trees_below(r, 150) + (trees_below(r, 5) == 0 ? 0.75F : 0);
}

static inline void trees_split(tw_trees *m, uint32_t at, const trees_kind *kind, tw_random *r)
{
    tw_tree_node n = {.feature = (uint32_t)trees_below(r, TREES_CASE_FEATURES), .left = tw_trees_add_leaf(m)};
    (void)tw_trees_add_leaf(m);
    n.flags = (uint32_t)trees_below(r, kind->zeros ? 4 : 2);
    if (kind->sets && n.feature < 3) {
        const uint64_t word[3] = {tw_random_bits(r), tw_random_bits(r), tw_random_bits(r)};
        n.flags |= TW_SPLIT_SET;
        n.set = (uint32_t)trees_below(r, m->n_sets + 1);
        if (n.set == m->n_sets) assert_int_equal(tw_trees_add_set(m, word, trees_below(r, 4), &n.set, NULL), TW_OK);
    } else
        n.threshold = trees_number(r, kind->n_levels);
    m->node[at] = n;
    m->value[at] = 0;
    m->gain[at] = tw_random_uniform(r);
    for (uint32_t i = n.left; i < n.left + 2; i++) m->value[i] = tw_random_normal(r);
    if (!kind->covers) return;
    m->cover[n.left] = m->cover[at] * (0.1 + 0.8 * tw_random_uniform(r));
    m->cover[n.left + 1] = m->cover[at] - m->cover[n.left];
}

static inline void trees_make_linear(tw_trees *m, uint32_t leaf, tw_random *r)
{
    tw_tree_term term[3];
    const size_t n = trees_below(r, 4);
    for (size_t k = 0; k < n; k++)
        term[k] = (tw_tree_term){(uint32_t)trees_below(r, TREES_CASE_FEATURES), tw_random_normal(r)};
    assert_int_equal(tw_trees_set_linear(m, leaf, tw_random_normal(r), term, n, NULL), TW_OK);
}

/* One more tree of up to n_leaves leaves; deep ones split the leaf that was split last. */
static inline void trees_grow(tw_trees *m, const trees_kind *kind, size_t n_leaves, tw_random *r)
{
    uint32_t *leaf = calloc(n_leaves, sizeof *leaf);
    assert_int_equal(tw_trees_reserve(m, 2 * n_leaves, NULL), TW_OK);
    leaf[0] = tw_trees_add_leaf(m);
    m->value[leaf[0]] = tw_random_normal(r);
    m->cover[leaf[0]] = kind->covers ? 1000 : 0;
    for (size_t n = 1; n < n_leaves; n++) {
        const size_t k = kind->deep && trees_below(r, 8) ? n - 1 : trees_below(r, n);
        trees_split(m, leaf[k], kind, r);
        const uint32_t left = m->node[leaf[k]].left, side = (uint32_t)trees_below(r, 2);
        leaf[k] = left + side;
        leaf[n] = left + 1 - side;
    }
    for (size_t n = 0; kind->linear && n < n_leaves; n++)
        if (trees_below(r, 40) == 0) trees_make_linear(m, leaf[n], r);
    tw_trees_end_tree(m, (uint32_t)trees_below(r, m->n_outputs), 0);
    free(leaf);
}

static inline tw_trees *trees_make(const tw_ctx *ctx, const trees_kind *kind, tw_random *r)
{
    tw_trees *m;
    tw_error err;
    assert_ok(tw_trees_new(ctx, &(tw_trees_size){TREES_CASE_FEATURES, kind->n_outputs, 1, 1}, &m, &err), &err);
    for (size_t k = 0; k < kind->n_outputs; k++) m->base[k] = tw_random_normal(r);
    for (size_t t = 0; t < kind->n_trees; t++) trees_grow(m, kind, 1 + trees_below(r, kind->most_leaves), r);
    assert_ok(tw_trees_check(m, "case", &err), &err);
    assert_ok(tw_trees_measure(m, &err), &err);
    return m;
}

/* Rows as a dataset of one lane a row; half of the values near a threshold of the model. */
typedef struct trees_rows {
    float *column[TREES_CASE_FEATURES];
    const float *features[TREES_CASE_FEATURES];
    uint32_t *cell;
    tw_dataset data;
} trees_rows;

static inline float trees_near(const tw_trees *m, uint32_t feature, tw_random *r)
{
    const tw_tree_node *n = &m->node[trees_below(r, m->n_nodes)];
    if (n->feature != feature || n->flags & TW_SPLIT_SET) return (float)tw_random_normal(r);
    const float t = n->threshold;
    const size_t k = trees_below(r, 3);
    return k == 0 ? t : nextafterf(t, k == 1 ? INFINITY : -INFINITY);
}

static inline trees_rows trees_rows_make(const tw_trees *m, const trees_kind *kind, size_t n, tw_random *r)
{
    trees_rows rows = {.cell = calloc(n, sizeof *rows.cell)};
    for (uint32_t f = 0; f < TREES_CASE_FEATURES; f++) {
        rows.features[f] = rows.column[f] = calloc(n, sizeof(float));
        for (size_t i = 0; i < n; i++)
            rows.column[f][i] = trees_below(r, 2) ? trees_near(m, f, r) : trees_value(r, f, kind);
    }
    for (size_t i = 0; i < n; i++) rows.cell[i] = (uint32_t)i;
    rows.data = (tw_dataset){.n_times = n, .n_lanes = 1, .n_features = TREES_CASE_FEATURES};
    return rows;
}

static inline void trees_rows_clear(trees_rows *rows)
{
    for (size_t f = 0; f < TREES_CASE_FEATURES; f++) free(rows->column[f]);
    free(rows->cell);
}

#endif

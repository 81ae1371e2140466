/* SPDX-License-Identifier: Apache-2.0 */
/* Scoring: a block of rows by slices, what is left of them one by one. */
#include "learn/trees/scorer_impl.h"

#include <math.h>

/* A block of fewer rows is faster walked. Walks no longer than ALWAYS_WHOLE do not ask whether they are at an end. */
enum { LEAST_ROWS = 80, ALWAYS_WHOLE = 8 };

/* Rows as floats, or as bytes. */
typedef struct source {
    const tw_rows *rows;
    const tw_bin_rows *bins;
    const tw_bin_edges *edges;
} source;

static float value_at(const source *from, uint32_t feature, size_t i)
{
    if (from->rows) return from->rows->data->features[feature][from->rows->cell[i]];
    const tw_bin_rows *b = from->bins;
    const size_t row = b->row ? b->row[i] : i;
    const uint8_t bin = b->bin[row * b->row_stride + feature * b->feature_stride];
    return bin ? from->edges->edge[feature * from->edges->stride + bin - 1] : NAN;
}

/* ---------------------------------------------------------------- step by step */

static uint32_t leaf_of(const tw_trees *m, size_t tree, const source *from, size_t i)
{
    uint32_t at = m->first[tree];
    while (!tw_tree_is_leaf(m, at)) at = tw_tree_step(m, at, value_at(from, m->node[at].feature, i));
    return at;
}

/* Only rows of floats come to linear leaves: use_bins refuses them. */
static double slow_value(const tw_trees *m, size_t tree, const source *from, size_t i)
{
    const uint32_t leaf = leaf_of(m, tree, from, i);
    if (!from->rows) return m->value[leaf];
    return tw_tree_leaf_value(m, leaf, from->rows->data->features, from->rows->cell[i]);
}

/* ---------------------------------------------------------------- interleaved */

static void get_keys(const tw_tree_scorer *s, const source *from, size_t i, uint32_t *key)
{
    const tw_walk_slots *slots = &s->slots;
    float x[TW_WALK_SLOTS];
    if (from->rows) {
        const float *const *features = from->rows->data->features;
        const uint32_t cell = from->rows->cell[i];
#pragma GCC unroll 4
        for (size_t k = 0; k < slots->n; k++) x[k] = features[slots->feature[k]][cell];
    } else
        for (size_t k = 0; k < slots->n; k++) x[k] = value_at(from, slots->feature[k], i);
    for (size_t k = slots->n; k % TW_WALK_KEYS_FEW; k++) x[k] = 0;
    TW_ISA_PICK(s->isa, tw_walk_keys)(slots, x, key);
}

static inline const tw_walk_node *step(const tw_walk_node *n, const uint32_t *key)
{
    uint64_t ahead = n->step;
    ahead += n->key < key[n->slot];
    return n + ahead;
}

static inline bool is_leaf(const tw_walk_node *n) { return n->step == 0; }

/* Leaves of a group's trees, their walks side by side: each waits for memory most of the time. */
static void walk_together(const tw_walk_group *group, const tw_walk_node *node, const uint32_t *key,
                          uint32_t leaf[TW_WALK_TOGETHER])
{
    const uint32_t *root = group->root;
    const tw_walk_node *a = node + root[0], *b = node + root[1], *c = node + root[2], *d = node + root[3],
                       *e = node + root[4], *f = node + root[5], *g = node + root[6], *h = node + root[7];
    for (uint32_t left = group->depth; left; left--) {
        a = step(a, key);
        b = step(b, key);
        c = step(c, key);
        d = step(d, key);
        e = step(e, key);
        f = step(f, key);
        g = step(g, key);
        h = step(h, key);
        if (group->depth > ALWAYS_WHOLE && left % 2 == 0 && is_leaf(a) && is_leaf(b) && is_leaf(c) && is_leaf(d) &&
            is_leaf(e) && is_leaf(f) && is_leaf(g) && is_leaf(h))
            break;
    }
    leaf[0] = (uint32_t)(a - node);
    leaf[1] = (uint32_t)(b - node);
    leaf[2] = (uint32_t)(c - node);
    leaf[3] = (uint32_t)(d - node);
    leaf[4] = (uint32_t)(e - node);
    leaf[5] = (uint32_t)(f - node);
    leaf[6] = (uint32_t)(g - node);
    leaf[7] = (uint32_t)(h - node);
}

typedef struct row {
    const source *from;
    size_t i;
    const uint32_t *key;
    double *score;
} row;

/* Which values the trees of a group lead to, and where these are counted from. */
static const double *find_leaves(const tw_tree_scorer *s, const tw_walk_group *group, const uint32_t *key,
                                 uint32_t leaf[TW_PERFECT_TOGETHER])
{
    if (group->perfect.key) {
        tw_walk_perfect(group, key, leaf);
        return group->perfect.value;
    }
    walk_together(group, s->node, key, leaf);
    return s->model->value + s->first_node;
}

static void add_group(const tw_tree_scorer *s, const tw_walk_group *group, const row *r)
{
    const tw_trees *m = s->model;
    uint32_t leaf[TW_PERFECT_TOGETHER];
    if (group->n == 0) {
        r->score[m->output[group->tree]] += slow_value(m, group->tree, r->from, r->i);
        return;
    }
    const double *value = find_leaves(s, group, r->key, leaf);
    if (m->n_outputs == 1) { /* the sum stays in a register */
        double sum = *r->score;
        for (size_t t = 0; t < group->n; t++) sum += value[leaf[t]];
        *r->score = sum;
    } else
        for (size_t t = 0; t < group->n; t++) r->score[m->output[group->tree + t]] += value[leaf[t]];
}

static void score_row(const tw_tree_scorer *s, const tw_tree_scorer_part *part, const source *from, size_t i,
                      double *score)
{
    uint32_t key[TW_WALK_SLOTS];
    const row r = {from, i, key, score};
    get_keys(s, from, i, key);
    const tw_walk_group *group = s->group + part->first_group, *end = group + part->n_groups;
    while (group < end) {
        if (group->full)
            group = tw_walk_full(group, end, key, score);
        else
            add_group(s, group++, &r);
    }
}

/* ---------------------------------------------------------------- blocks */

static void score_slice(const tw_tree_scorer *s, const tw_slice *slice, const source *from, size_t begin, size_t n,
                        double *score)
{
    const size_t n_outputs = s->model->n_outputs;
    const tw_rows *rows = from->rows;
    const tw_bin_rows *bins = from->bins;
    TW_ISA_PICK(s->isa, tw_slice_score)
    (&(tw_slice_job){.slice = slice,
                     .features = rows ? rows->data->features : NULL,
                     .cell = rows ? rows->cell + begin : NULL,
                     .bins = bins,
                     .begin = begin,
                     .n = n,
                     .place = bins && bins->row ? bins->row + begin : NULL,
                     .n_outputs = n_outputs,
                     .score = bins && bins->row ? score : score + begin * n_outputs});
}

static double *score_of(const tw_tree_scorer *s, const source *from, size_t i, double *score)
{
    return score + (from->bins && from->bins->row ? from->bins->row[i] : i) * s->model->n_outputs;
}

static void score_block(const tw_tree_scorer *s, const source *from, size_t begin, size_t n, double *score)
{
    for (size_t p = 0; p < s->n_parts; p++) {
        if (s->part[p].slice) {
            score_slice(s, s->part[p].slice, from, begin, n, score);
            continue;
        }
        for (size_t i = begin; i < begin + n; i++) score_row(s, &s->part[p], from, i, score_of(s, from, i, score));
    }
}

static void score_all(const tw_tree_scorer *s, const source *from, size_t n_rows, double *score)
{
    size_t begin = 0;
    while (n_rows - begin >= LEAST_ROWS) {
        const size_t n = n_rows - begin < TW_SLICE_ROWS ? n_rows - begin : TW_SLICE_ROWS;
        score_block(s, from, begin, n, score);
        begin += n;
    }
    const tw_tree_scorer_part all = {.n_groups = s->n_groups};
    for (size_t i = begin; i < n_rows; i++) score_row(s, &all, from, i, score_of(s, from, i, score));
}

void tw_tree_scorer_add(const tw_tree_scorer *s, const tw_rows *rows, double *score)
{
    score_all(s, &(source){.rows = rows}, rows->n, score);
}

void tw_tree_scorer_add_bins(const tw_tree_scorer *s, const tw_bin_rows *rows, double *score)
{
    score_all(s, &(source){.bins = rows, .edges = &s->edges}, rows->n, score);
}

/* ---------------------------------------------------------------- models */

void tw_trees_add(const tw_trees *m, size_t from, size_t to, const tw_rows *rows, double *score)
{
    if (m->scorer && from == 0 && to == m->n_trees) {
        tw_tree_scorer_add(m->scorer, rows, score);
        return;
    }
    const source by = {.rows = rows};
    for (size_t tree = from; tree < to; tree++)
        for (size_t i = 0; i < rows->n; i++) score[i * m->n_outputs + m->output[tree]] += slow_value(m, tree, &by, i);
}

void tw_trees_margin(const tw_trees *m, const tw_rows *rows, double *margin)
{
    for (size_t i = 0; i < rows->n; i++) memcpy(margin + i * m->n_outputs, m->base, m->n_outputs * sizeof *margin);
    tw_trees_add(m, 0, m->n_trees, rows, margin);
}

tw_status tw_trees_predict(const void *trees, const tw_rows *rows, double *score, tw_error *err)
{
    const tw_trees *m = trees;
    (void)err;
    tw_trees_margin(m, rows, score);
    for (size_t i = 0; i < rows->n; i++) m->link->apply(m->link_scale, m->n_outputs, score + i * m->n_outputs);
    return TW_OK;
}

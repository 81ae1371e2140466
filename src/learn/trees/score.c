/* SPDX-License-Identifier: Apache-2.0 */
/* Scoring: a block of rows by slices, what is left of them one by one. */
#include "learn/trees/scorer_impl.h"

#include <math.h>

/* A block of fewer rows is faster walked. */
enum { LEAST_ROWS = 80, CHECKED_AFTER = 6, SHORT_WALK = 8 };

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

static void get_keys(const tw_scorer *s, const source *from, size_t i, int32_t *key)
{
    for (size_t k = 0; k < s->n_slots; k++) {
        const tw_walk_slot slot = s->slot[k];
        const float x = value_at(from, slot.feature, i);
        const bool missing = x != x || (slot.flags & TW_SPLIT_ZERO_MISSING && fabsf(x) <= TW_SPLIT_ZERO);
        const int32_t gone = slot.flags & TW_SPLIT_MISSING_RIGHT ? INT32_MAX : INT32_MIN;
        key[k] = missing ? gone : tw_walk_key(x);
    }
}

static inline uint32_t step(const tw_walk_node *node, uint32_t at, const int32_t *key)
{
    const tw_walk_node n = node[at];
    return at + n.step + (key[n.slot] > n.key);
}

/* Leaves of TW_WALK_TOGETHER trees: at[] holds their roots, then their leaves. */
static void walk_together(const tw_walk_node *node, const int32_t *key, uint32_t depth, uint32_t *at)
{
    uint32_t a = at[0], b = at[1], c = at[2], d = at[3], e = at[4], f = at[5], g = at[6], h = at[7];
    for (uint32_t k = 0; k < depth; k++) {
        a = step(node, a, key);
        b = step(node, b, key);
        c = step(node, c, key);
        d = step(node, d, key);
        e = step(node, e, key);
        f = step(node, f, key);
        g = step(node, g, key);
        h = step(node, h, key);
        if (k >= CHECKED_AFTER && depth > SHORT_WALK &&
            !(node[a].step | node[b].step | node[c].step | node[d].step | node[e].step | node[f].step | node[g].step |
              node[h].step))
            break;
    }
    const uint32_t leaf[] = {a, b, c, d, e, f, g, h};
    memcpy(at, leaf, sizeof leaf);
}

static size_t plain_ahead(const tw_scorer *s, size_t tree, size_t to)
{
    size_t n = 0;
    while (n < TW_WALK_TOGETHER && tree + n < to && s->plain[tree + n - s->from]) n++;
    return n;
}

/* One row through trees [from, to). */
static void score_row(const tw_scorer *s, const tw_scorer_part *trees, const source *rows, size_t i, double *score)
{
    const tw_trees *m = s->model;
    int32_t key[TW_WALK_SLOTS];
    get_keys(s, rows, i, key);
    for (size_t tree = trees->from; tree < trees->to;) {
        const size_t n = plain_ahead(s, tree, trees->to);
        if (n == 0) {
            score[m->output[tree]] += slow_value(m, tree, rows, i);
            tree++;
            continue;
        }
        uint32_t at[TW_WALK_TOGETHER], depth = 0;
        for (size_t t = 0; t < TW_WALK_TOGETHER; t++) {
            const size_t one = t < n ? tree + t : tree;
            at[t] = m->first[one] - s->first_node;
            depth = m->depth[one] > depth ? m->depth[one] : depth;
        }
        walk_together(s->node, key, depth, at);
        for (size_t t = 0; t < n; t++, tree++) score[m->output[tree]] += m->value[s->first_node + at[t]];
    }
}

/* ---------------------------------------------------------------- blocks */

static void score_slice(const tw_scorer *s, const tw_slice *slice, const source *from, size_t begin, size_t n,
                        double *score)
{
    const size_t n_outputs = s->model->n_outputs;
    const tw_rows *rows = from->rows;
    const tw_bin_rows *bins = from->bins;
    s->score(&(tw_slice_job){.slice = slice,
                             .features = rows ? rows->data->features : NULL,
                             .cell = rows ? rows->cell + begin : NULL,
                             .bins = bins,
                             .begin = begin,
                             .n = n,
                             .place = bins && bins->row ? bins->row + begin : NULL,
                             .n_outputs = n_outputs,
                             .score = bins && bins->row ? score : score + begin * n_outputs});
}

static double *score_of(const tw_scorer *s, const source *from, size_t i, double *score)
{
    return score + (from->bins && from->bins->row ? from->bins->row[i] : i) * s->model->n_outputs;
}

static void score_block(const tw_scorer *s, const source *from, size_t begin, size_t n, double *score)
{
    for (size_t p = 0; p < s->n_parts; p++) {
        if (s->part[p].slice) {
            score_slice(s, s->part[p].slice, from, begin, n, score);
            continue;
        }
        for (size_t i = begin; i < begin + n; i++) score_row(s, &s->part[p], from, i, score_of(s, from, i, score));
    }
}

static void score_all(const tw_scorer *s, const source *from, size_t n_rows, double *score)
{
    size_t begin = 0;
    while (n_rows - begin >= LEAST_ROWS) {
        const size_t n = n_rows - begin < TW_SLICE_ROWS ? n_rows - begin : TW_SLICE_ROWS;
        score_block(s, from, begin, n, score);
        begin += n;
    }
    const tw_scorer_part all = {s->from, s->to, NULL};
    for (size_t i = begin; i < n_rows; i++) score_row(s, &all, from, i, score_of(s, from, i, score));
}

void tw_scorer_add(const tw_scorer *s, const tw_rows *rows, double *score)
{
    score_all(s, &(source){.rows = rows}, rows->n, score);
}

void tw_scorer_add_bins(const tw_scorer *s, const tw_bin_rows *rows, double *score)
{
    score_all(s, &(source){.bins = rows, .edges = &s->edges}, rows->n, score);
}

/* ---------------------------------------------------------------- models */

void tw_trees_add(const tw_trees *m, size_t from, size_t to, const tw_rows *rows, double *score)
{
    if (m->scorer && from == 0 && to == m->n_trees) {
        tw_scorer_add(m->scorer, rows, score);
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

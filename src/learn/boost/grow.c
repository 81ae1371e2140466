/* SPDX-License-Identifier: Apache-2.0 */
/* One tree: the best leaf first, or level by level. */
#include "learn/boost/grow.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- rows of a leaf in two */

/* Rows in their order: those that go left to the front, the others behind them. `right` is by bin. */
static size_t part_rows(tw_gbm_grower *g, const tw_leaf *l, const uint8_t *column, const uint8_t *right)
{
    const size_t n = l->end - l->begin;
    uint32_t *restrict row = g->row + l->begin, *restrict spare = g->spare;
    size_t n_left = 0, n_right = 0;
    if (g->view) {
        for (size_t i = 0; i < n; i++) {
            const uint32_t r = row[i], goes_right = right[column[g->view[r]]];
            row[n_left] = r; /* at or before i: never one not read yet */
            spare[n_right] = r;
            n_left += 1 - goes_right;
            n_right += goes_right;
        }
    } else {
        for (size_t i = 0; i < n; i++) {
            const uint32_t r = row[i], goes_right = right[column[r]];
            row[n_left] = r;
            spare[n_right] = r;
            n_left += 1 - goes_right;
            n_right += goes_right;
        }
    }
    memcpy(row + n_left, spare, n_right * sizeof *row);
    return n_left;
}

static size_t partition(tw_gbm_grower *g, const tw_leaf *l)
{
    const tw_gbm_split *s = &l->split;
    const uint32_t feature = g->column[s->column];
    const tw_bin_set set = {{s->set[0], s->set[1], s->set[2], s->set[3]}};
    uint8_t right[TW_BIN_ROOM];
    right[0] = s->missing_right;
    for (uint32_t b = 1; b < TW_BIN_ROOM; b++) right[b] = s->category ? !tw_bin_set_has(&set, b) : b > s->bin;
    return part_rows(g, l, tw_bins_column(g->bins, feature), right);
}

/* ---------------------------------------------------------------- writing a split */

/* Categories of the bins that go left, as the model has them. */
static tw_status write_set(tw_gbm_grower *g, const tw_gbm_split *s, uint32_t feature, tw_tree_node *node, tw_error *err)
{
    const float *category = tw_bins_edges(g->bins, feature);
    const tw_bin_set set = {{s->set[0], s->set[1], s->set[2], s->set[3]}};
    size_t most = 0;
    for (uint32_t b = 1; b <= g->bins->n_bins[feature]; b++)
        if (tw_bin_set_has(&set, b) && (size_t)category[b - 1] > most) most = (size_t)category[b - 1];
    const size_t n_words = most / 64 + 1;
    uint64_t *word = tw_new(g->ctx, n_words, sizeof *word);
    if (!word) return tw_no_memory(err, "the categories of a split");
    for (uint32_t b = 1; b <= g->bins->n_bins[feature]; b++) {
        const size_t c = (size_t)category[b - 1];
        if (tw_bin_set_has(&set, b)) word[c / 64] |= UINT64_C(1) << (c % 64);
    }
    const tw_status status = tw_trees_add_set(g->model, word, n_words, &node->set, err);
    tw_free(g->ctx, word);
    if (status != TW_OK) return status;
    node->flags |= TW_SPLIT_SET;
    g->sets[g->n_sets++] = set;
    return TW_OK;
}

static tw_status write_split(tw_gbm_grower *g, const tw_leaf *l, uint32_t left, tw_error *err)
{
    const uint32_t feature = g->column[l->split.column];
    tw_tree_node node = {.feature = feature, .left = left};
    tw_bin_split *s = &g->split[l->node - g->first_node];
    *s = (tw_bin_split){.bin = l->split.bin, .set = (uint32_t)g->n_sets};
    node.flags = l->split.missing_right ? TW_SPLIT_MISSING_RIGHT : 0;
    if (l->split.category)
        TW_TRY(write_set(g, &l->split, feature, &node, err));
    else
        node.threshold = tw_bins_edges(g->bins, feature)[l->split.bin - 1];
    g->model->node[l->node] = node;
    g->model->gain[l->node] = l->split.gain;
    g->model->cover[l->node] = (double)tw_gbm_hessian(l->total) * g->rule.scale.hessian;
    return TW_OK;
}

/* ---------------------------------------------------------------- splitting */

/* Values on both sides of a split by a feature that may only raise (or lower) the score stay on their side of the
 * middle. */
static void bound(const tw_gbm_grower *g, const tw_leaf *parent, tw_leaf *left, tw_leaf *right)
{
    const int sign = g->rule.sign && !parent->split.category ? g->rule.sign[parent->split.column] : 0;
    if (sign == 0) return;
    const double middle = (tw_gbm_leaf_value(g, left) + tw_gbm_leaf_value(g, right)) / 2;
    if (sign > 0)
        left->high = right->low = middle;
    else
        left->low = right->high = middle;
}

static tw_status split_leaf(tw_gbm_grower *g, size_t at, tw_error *err)
{
    const tw_leaf parent = g->leaves[at];
    const size_t middle = parent.begin + partition(g, &parent);
    const uint32_t node = tw_trees_add_leaf(g->model);
    tw_trees_add_leaf(g->model);
    TW_TRY(write_split(g, &parent, node, err));
    tw_leaf *left = &g->leaves[at], *right = &g->leaves[g->n_leaves++];
    *left = (tw_leaf){.node = node,
                      .begin = parent.begin,
                      .end = middle,
                      .total = parent.split.left,
                      .slot = TW_NO_SLOT,
                      .depth = parent.depth + 1,
                      .low = parent.low,
                      .high = parent.high,
                      .groups = parent.groups};
    if (g->feature_groups) left->groups &= g->feature_groups[g->column[parent.split.column]];
    *right = *left;
    right->node = node + 1;
    right->begin = middle;
    right->end = parent.end;
    right->total = parent.total - parent.split.left;
    bound(g, &parent, left, right);
    return tw_gbm_study(g, parent.slot, left, right, err);
}

/* ---------------------------------------------------------------- which leaf next */

/* The leaf of the higher gain first, or of the lesser depth; of equal ones the first. */
static bool comes_before(const tw_gbm_grower *g, uint32_t a, uint32_t b)
{
    const tw_leaf *x = &g->leaves[a], *y = &g->leaves[b];
    if (g->by_depth && x->depth != y->depth) return x->depth < y->depth;
    if (!g->by_depth && x->split.gain != y->split.gain) return x->split.gain > y->split.gain;
    return a < b;
}

static void push_leaf(tw_gbm_grower *g, uint32_t leaf)
{
    size_t at = g->n_heap++;
    for (; at > 0 && comes_before(g, leaf, g->heap[(at - 1) / 2]); at = (at - 1) / 2)
        g->heap[at] = g->heap[(at - 1) / 2];
    g->heap[at] = leaf;
}

static uint32_t pop_leaf(tw_gbm_grower *g)
{
    const uint32_t top = g->heap[0], last = g->heap[--g->n_heap];
    size_t at = 0;
    for (size_t child = 1; child < g->n_heap; child = 2 * at + 1) {
        child += child + 1 < g->n_heap && comes_before(g, g->heap[child + 1], g->heap[child]);
        if (!comes_before(g, g->heap[child], last)) break;
        g->heap[at] = g->heap[child];
        at = child;
    }
    g->heap[at] = last;
    return top;
}

static void wait_for_split(tw_gbm_grower *g, size_t leaf)
{
    if (g->leaves[leaf].split.bin) push_leaf(g, (uint32_t)leaf);
}

static tw_status start_root(tw_gbm_grower *g, tw_error *err)
{
    int64_t total = 0;
    for (size_t i = 0; i < g->n_in; i++) total += g->targets->packed[g->row[i]];
    g->n_leaves = 1;
    g->leaves[0] = (tw_leaf){.node = tw_trees_add_leaf(g->model),
                             .end = g->n_in,
                             .total = total,
                             .slot = TW_NO_SLOT,
                             .low = -INFINITY,
                             .high = INFINITY,
                             .groups = UINT64_MAX};
    g->n_heap = 0;
    TW_TRY(tw_gbm_study_root(g, &g->leaves[0], err));
    wait_for_split(g, 0);
    return TW_OK;
}

/* ---------------------------------------------------------------- the tree */

static tw_status reserve(tw_gbm_grower *g, tw_error *err)
{
    const size_t most = 2 * (size_t)g->params->leaves, nodes = g->model->n_nodes - g->first_node + most;
    TW_TRY(tw_trees_reserve(g->model, most, err));
    if (nodes > g->room_splits) {
        const size_t room = 2 * nodes;
        tw_bin_split *split = tw_resize(g->ctx, g->split, g->room_splits * sizeof *split, room * sizeof *split);
        if (!split) return tw_no_memory(err, "the splits of trees");
        g->split = split;
        g->room_splits = room;
    }
    if (g->n_sets + most > g->room_sets) {
        const size_t room = 2 * (g->n_sets + most);
        tw_bin_set *sets = tw_resize(g->ctx, g->sets, g->room_sets * sizeof *sets, room * sizeof *sets);
        if (!sets) return tw_no_memory(err, "the categories of splits");
        g->sets = sets;
        g->room_sets = room;
    }
    return TW_OK;
}

tw_status tw_gbm_grow(tw_gbm_grower *g, uint32_t output, const tw_gbm_targets *targets, tw_error *err)
{
    g->targets = targets;
    g->rule.scale = targets->scale;
    TW_TRY(reserve(g, err));
    tw_gbm_lay_columns(g);
    TW_TRY(start_root(g, err));
    while (g->n_heap && g->n_leaves < (size_t)g->params->leaves) {
        const uint32_t at = pop_leaf(g);
        TW_TRY(split_leaf(g, at, err));
        wait_for_split(g, at);
        wait_for_split(g, g->n_leaves - 1);
    }
    TW_TRY(tw_gbm_set_leaves(g, err));
    int depth = 0;
    for (size_t k = 0; k < g->n_leaves; k++) depth = g->leaves[k].depth > depth ? g->leaves[k].depth : depth;
    tw_trees_end_tree(g->model, output, (uint32_t)depth);
    return TW_OK;
}

/* ---------------------------------------------------------------- its values */

static double value_at(const tw_gbm_grower *g, uint32_t leaf, uint32_t row)
{
    return tw_tree_leaf_value(g->model, leaf, g->train->data->features, g->train->cell[row]);
}

static uint32_t walk(const tw_gbm_grower *g, size_t tree, uint32_t row)
{
    uint32_t at = g->model->first[tree];
    while (!tw_tree_is_leaf(g->model, at)) at = tw_gbm_bin_step(g, at, row);
    return at;
}

void tw_gbm_add_last(const tw_gbm_grower *g, double *score)
{
    const size_t tree = g->model->n_trees - 1;
    for (size_t k = 0; k < g->n_leaves; k++) {
        const tw_leaf *l = &g->leaves[k];
        const double value = g->model->value[l->node];
        for (size_t i = l->begin; i < l->end; i++)
            score[g->row[i]] += g->model->linear ? value_at(g, l->node, g->row[i]) : value;
    }
    for (size_t i = g->n_in; i < g->n; i++) {
        const uint32_t r = g->row[i];
        score[r] += value_at(g, walk(g, tree, r), r);
    }
}

void tw_gbm_add_grown(const tw_gbm_grower *g, size_t tree, double factor, double *score)
{
    for (uint32_t r = 0; r < g->n; r++) score[r] += factor * value_at(g, walk(g, tree, r), r);
}

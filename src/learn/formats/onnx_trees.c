/* SPDX-License-Identifier: Apache-2.0 */
/* Trees as the lists that TreeEnsembleRegressor takes.
 *
 * A split by category becomes a chain of x == category, all of whose true branches are the same node: ONNX Runtime
 * reads that as membership. Zero as missing becomes x == 0 before the split. */
#include "learn/formats/onnx.h"

#include <math.h>

typedef enum mode { LEAF, AT_MOST, EQUAL } mode;

/* The lists by node: `n` of them in all trees, and `n_leaves` of those by leaf. */
typedef struct lists {
    const tw_trees *m;
    size_t n, n_leaves;
    int64_t *tree, *id, *feature, *yes, *no, *missing_yes;
    double *value;
    unsigned char *mode;
    int64_t *leaf_tree, *leaf_id, *leaf_output;
    double *leaf_value;
    uint32_t *entry; /* by node of the model: its first node here, from the first of its tree */
} lists;

/* ---------------------------------------------------------------- how many nodes a node becomes */

static size_t count_bits(const tw_trees *m, uint32_t set)
{
    size_t n = 0;
    for (uint32_t w = m->first_word[set]; w < m->first_word[set + 1]; w++)
        for (uint64_t bits = m->word[w]; bits; bits &= bits - 1) n++;
    return n;
}

/* Whether 0 goes another way than the comparison sends it. */
static bool zero_differs(const tw_trees *m, uint32_t i)
{
    const tw_tree_node *node = &m->node[i];
    if (!(node->flags & TW_SPLIT_ZERO_MISSING)) return false;
    const uint32_t natural = node->flags & TW_SPLIT_SET ? !tw_tree_set_has(m, node->set, 0) : 0 > node->threshold;
    return natural != (node->flags & TW_SPLIT_MISSING_RIGHT);
}

static size_t width(const tw_trees *m, uint32_t i)
{
    if (tw_tree_is_leaf(m, i) || !(m->node[i].flags & TW_SPLIT_SET)) return 1 + zero_differs(m, i);
    const size_t n = count_bits(m, m->node[i].set);
    return (n ? n : 1) + zero_differs(m, i);
}

/* ---------------------------------------------------------------- nodes */

typedef struct step {
    mode mode;
    double value;
    int64_t yes, no;
} step;

static void add(lists *l, size_t tree, uint32_t i, const step *s)
{
    const size_t at = l->n++;
    const tw_tree_node *node = &l->m->node[i];
    l->tree[at] = (int64_t)tree;
    l->id[at] = at && l->tree[at - 1] == (int64_t)tree ? l->id[at - 1] + 1 : 0;
    l->mode[at] = (unsigned char)s->mode;
    l->feature[at] = node->feature;
    l->value[at] = s->value;
    l->yes[at] = s->yes;
    l->no[at] = s->no;
    /* Missing values take the true branch where it leads to where they go, and the other one until then. */
    const uint32_t missing = node->left + (node->flags & TW_SPLIT_MISSING_RIGHT);
    l->missing_yes[at] = s->mode != LEAF && s->yes == l->entry[missing];
}

static void add_set(lists *l, size_t tree, uint32_t i, int64_t here, step s)
{
    const tw_trees *m = l->m;
    const uint32_t set = m->node[i].set, first = m->first_word[set], n = m->first_word[set + 1] - first;
    const int64_t no = s.no;
    size_t left = count_bits(m, set);
    s.mode = EQUAL;
    s.value = -1; /* no category: for an empty set */
    if (left == 0) add(l, tree, i, &s);
    for (uint32_t c = 0; c < 64 * n; c++) {
        if (!(m->word[first + c / 64] >> (c % 64) & 1)) continue;
        s.value = c;
        s.no = --left ? ++here : no;
        add(l, tree, i, &s);
    }
}

static void add_split(lists *l, size_t tree, uint32_t i)
{
    const tw_tree_node *node = &l->m->node[i];
    const int64_t left = l->entry[node->left], right = l->entry[node->left + 1];
    int64_t here = l->entry[i];
    if (zero_differs(l->m, i)) {
        const step zero = {EQUAL, 0, node->flags & TW_SPLIT_MISSING_RIGHT ? right : left, here + 1};
        add(l, tree, i, &zero);
        here++;
    }
    const step s = {AT_MOST, (double)node->threshold, left, right};
    if (node->flags & TW_SPLIT_SET)
        add_set(l, tree, i, here, s);
    else
        add(l, tree, i, &s);
}

static void add_leaf(lists *l, size_t tree, uint32_t i)
{
    const size_t at = l->n_leaves++;
    l->leaf_tree[at] = (int64_t)tree;
    l->leaf_id[at] = l->entry[i];
    l->leaf_output[at] = l->m->output[tree];
    l->leaf_value[at] = l->m->value[i];
    add(l, tree, i, &(step){.mode = LEAF});
}

static void add_tree(lists *l, size_t tree)
{
    const tw_trees *m = l->m;
    size_t next = 0;
    for (uint32_t i = m->first[tree]; i < m->first[tree + 1]; i++) {
        l->entry[i] = (uint32_t)next;
        next += width(m, i);
    }
    for (uint32_t i = m->first[tree]; i < m->first[tree + 1]; i++) {
        if (tw_tree_is_leaf(m, i))
            add_leaf(l, tree, i);
        else
            add_split(l, tree, i);
    }
}

/* ---------------------------------------------------------------- attributes */

static const char *mode_name(const void *lists_, size_t i)
{
    static const char *const names[] = {"LEAF", "BRANCH_LEQ", "BRANCH_EQ"};
    return names[((const lists *)lists_)->mode[i]];
}

static void put_lists(const lists *l, tw_buf *node)
{
    tw_onnx_put_ints(node, "nodes_treeids", l->tree, l->n);
    tw_onnx_put_ints(node, "nodes_nodeids", l->id, l->n);
    tw_onnx_put_ints(node, "nodes_featureids", l->feature, l->n);
    tw_onnx_put_texts(node, "nodes_modes", l->n, mode_name, l);
    tw_onnx_put_doubles(node, "nodes_values_as_tensor", l->value, l->n);
    tw_onnx_put_ints(node, "nodes_truenodeids", l->yes, l->n);
    tw_onnx_put_ints(node, "nodes_falsenodeids", l->no, l->n);
    tw_onnx_put_ints(node, "nodes_missing_value_tracks_true", l->missing_yes, l->n);
    tw_onnx_put_ints(node, "target_treeids", l->leaf_tree, l->n_leaves);
    tw_onnx_put_ints(node, "target_nodeids", l->leaf_id, l->n_leaves);
    tw_onnx_put_ints(node, "target_ids", l->leaf_output, l->n_leaves);
    tw_onnx_put_doubles(node, "target_weights_as_tensor", l->leaf_value, l->n_leaves);
    tw_onnx_put_doubles(node, "base_values_as_tensor", l->m->base, l->m->n_outputs);
    tw_onnx_put_int(node, "n_targets", (int64_t)l->m->n_outputs);
    tw_onnx_put_text(node, "aggregate_function", "SUM");
    tw_onnx_put_text(node, "post_transform", "NONE");
}

static tw_status check(const tw_trees *m, size_t *n_nodes, tw_error *err)
{
    if (m->n_trees == 0) return tw_fail(err, TW_BAD_VALUE, "onnx: a model of no trees cannot be written");
    *n_nodes = 0;
    for (uint32_t i = 0; i < m->n_nodes; i++) {
        *n_nodes += width(m, i);
        if (m->linear && m->linear[i].n)
            return tw_fail(err, TW_BAD_VALUE, "onnx has no linear leaves, and node %u of this model is one",
                           (unsigned)i);
    }
    if (*n_nodes > UINT32_MAX) return tw_fail(err, TW_TOO_LARGE, "onnx: %zu nodes are too many", *n_nodes);
    return TW_OK;
}

tw_status tw_onnx_put_trees(const tw_trees *m, tw_buf *node, tw_error *err)
{
    enum { N_INTS = 9, N_DOUBLES = 2 };
    size_t n = 0;
    TW_TRY(check(m, &n, err));
    int64_t *ints = tw_new(m->ctx, n, N_INTS * sizeof *ints);
    double *doubles = tw_new(m->ctx, n, N_DOUBLES * sizeof *doubles);
    unsigned char *modes = tw_new(m->ctx, n, 1);
    uint32_t *entry = tw_new(m->ctx, m->n_nodes, sizeof *entry);
    const bool there = ints && doubles && modes && entry;
    if (there) {
        lists l = {.m = m, .mode = modes, .entry = entry, .value = doubles, .leaf_value = doubles + n};
        int64_t **const columns[N_INTS] = {&l.tree,        &l.id,        &l.feature, &l.yes,        &l.no,
                                           &l.missing_yes, &l.leaf_tree, &l.leaf_id, &l.leaf_output};
        for (size_t i = 0; i < N_INTS; i++) *columns[i] = ints + i * n;
        for (size_t t = 0; t < m->n_trees; t++) add_tree(&l, t);
        put_lists(&l, node);
    }
    void *const blocks[] = {ints, doubles, modes, entry};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) tw_free(m->ctx, blocks[i]);
    return there ? TW_OK : tw_no_memory(err, "the nodes of an ONNX model");
}

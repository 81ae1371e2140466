/* SPDX-License-Identifier: Apache-2.0 */
/* The model: memory, file form, importance. */
#include "learn/gbm.h"
#include "learn/wire.h"

#include <math.h>
#include <string.h>

enum { NODE_BYTES = 4 + 4 + 4 + 1 + 8 };

tw_status tw_gbm_new(const tw_ctx *ctx, size_t n_features, size_t n_trees, size_t n_nodes, tw_gbm **model,
                     tw_error *err)
{
    tw_gbm *m = tw_new(ctx, 1, sizeof *m);
    if (!m) return tw_no_memory(err, "a tree model");
    *m = (tw_gbm){.ctx = ctx, .n_features = n_features, .room_trees = n_trees, .room_nodes = n_nodes};
    m->first = tw_new(ctx, n_trees + 1, sizeof *m->first);
    m->depth = tw_new(ctx, n_trees, sizeof *m->depth);
    m->node = tw_new(ctx, n_nodes, sizeof *m->node);
    m->value = tw_new(ctx, n_nodes, sizeof *m->value);
    m->gain = tw_new(ctx, n_features, sizeof *m->gain);
    if (!m->first || !m->depth || !m->node || !m->value || !m->gain) {
        tw_gbm_free(m);
        return tw_no_memory(err, "a tree model");
    }
    *model = m;
    return TW_OK;
}

void tw_gbm_free(void *model)
{
    tw_gbm *m = model;
    if (!m) return;
    tw_free(m->ctx, m->first);
    tw_free(m->ctx, m->depth);
    tw_free(m->ctx, m->node);
    tw_free(m->ctx, m->value);
    tw_free(m->ctx, m->gain);
    tw_free(m->ctx, m);
}

tw_status tw_gbm_reserve(tw_gbm *m, size_t n, tw_error *err)
{
    if (m->n_nodes + n <= m->room_nodes) return TW_OK;
    const size_t room = 2 * m->room_nodes + n;
    tw_gbm_node *node = tw_resize(m->ctx, m->node, m->room_nodes * sizeof *node, room * sizeof *node);
    if (node) m->node = node;
    double *value = tw_resize(m->ctx, m->value, m->room_nodes * sizeof *value, room * sizeof *value);
    if (value) m->value = value;
    if (!node || !value) return tw_no_memory(err, "the nodes of a tree model");
    m->room_nodes = room;
    return TW_OK;
}

/* Steps from the root of each tree to its deepest leaf. */
static void measure_depth(tw_gbm *m, uint32_t *scratch)
{
    memset(scratch, 0, m->n_nodes * sizeof *scratch);
    for (size_t t = 0; t < m->n_trees; t++) {
        uint32_t most = 0;
        for (uint32_t i = m->first[t]; i < m->first[t + 1]; i++) {
            const uint32_t left = m->node[i].left;
            if (scratch[i] > most) most = scratch[i];
            if (left != i) scratch[left] = scratch[left + 1] = scratch[i] + 1;
        }
        m->depth[t] = most;
    }
}

void tw_gbm_importance(const void *model, double *share)
{
    const tw_gbm *m = model;
    double total = 0;
    for (size_t f = 0; f < m->n_features; f++) total += m->gain[f];
    for (size_t f = 0; f < m->n_features; f++) share[f] = total > 0 ? m->gain[f] / total : 0;
}

tw_status tw_gbm_save(const void *model, tw_buf *out, tw_error *err)
{
    const tw_gbm *m = model;
    (void)err;
    tw_put_u64(out, m->n_features);
    tw_put_u8(out, m->logistic);
    tw_put_f64(out, m->base);
    tw_put_u32(out, (uint32_t)m->n_trees);
    tw_put_u32(out, (uint32_t)m->n_nodes);
    for (size_t t = 1; t <= m->n_trees; t++) tw_put_u32(out, m->first[t]);
    for (size_t f = 0; f < m->n_features; f++) tw_put_f64(out, m->gain[f]);
    for (size_t i = 0; i < m->n_nodes; i++) {
        tw_put_f32(out, m->node[i].threshold);
        tw_put_u32(out, m->node[i].feature);
        tw_put_u32(out, m->node[i].left);
        tw_put_u8(out, (uint8_t)m->node[i].missing_right);
        tw_put_f64(out, m->value[i]);
    }
    return TW_OK;
}

/* A node is a leaf (its own left child) or has both children further on in the same tree. So a walk always ends. */
static bool node_is_sound(const tw_gbm *m, uint32_t i, uint32_t end)
{
    const tw_gbm_node *n = &m->node[i];
    if (n->missing_right > 1 || isnan(n->threshold) || !isfinite(m->value[i])) return false;
    if (n->left == i)
        return n->threshold == INFINITY && n->missing_right == 0 && (n->feature == 0 || n->feature < m->n_features);
    return n->left > i && n->left < end - 1 && n->feature < m->n_features && m->value[i] == 0;
}

/* Every node but the root is the child of exactly one node: pairs of children are handed out in turn. */
static tw_status check_tree(const tw_gbm *m, size_t t, unsigned char *has_parent, tw_error *err)
{
    const uint32_t first = m->first[t], end = m->first[t + 1];
    if (first >= end || end > m->n_nodes)
        return tw_fail(err, TW_BAD_FILE, "gbm: tree %zu has the nodes [%u, %u) of %zu", t, (unsigned)first,
                       (unsigned)end, m->n_nodes);
    has_parent[first] = 1;
    for (uint32_t i = first; i < end; i++) {
        if (!node_is_sound(m, i, end) || !has_parent[i])
            return tw_fail(err, TW_BAD_FILE,
                           "gbm: node %u of tree %zu is not sound (feature %u, left %u, threshold %g)", (unsigned)i, t,
                           (unsigned)m->node[i].feature, (unsigned)m->node[i].left, (double)m->node[i].threshold);
        const uint32_t left = m->node[i].left;
        if (left == i) continue;
        if (has_parent[left] || has_parent[left + 1])
            return tw_fail(err, TW_BAD_FILE, "gbm: node %u of tree %zu has two parents", (unsigned)left, t);
        has_parent[left] = has_parent[left + 1] = 1;
    }
    return TW_OK;
}

static tw_status check_model(tw_gbm *m, tw_error *err)
{
    if (!isfinite(m->base)) return tw_fail(err, TW_BAD_FILE, "gbm: the base score is %g", m->base);
    for (size_t f = 0; f < m->n_features; f++)
        if (!(m->gain[f] >= 0) || !isfinite(m->gain[f]))
            return tw_fail(err, TW_BAD_FILE, "gbm: the gain of feature %zu is %g", f, m->gain[f]);
    if (m->first[m->n_trees] != m->n_nodes)
        return tw_fail(err, TW_BAD_FILE, "gbm: trees end at node %u of %zu", (unsigned)m->first[m->n_trees],
                       m->n_nodes);
    uint32_t *scratch = tw_new(m->ctx, m->n_nodes, sizeof *scratch);
    if (!scratch) return tw_no_memory(err, "the check of a tree model");
    tw_status status = TW_OK;
    for (size_t t = 0; status == TW_OK && t < m->n_trees; t++) status = check_tree(m, t, (unsigned char *)scratch, err);
    if (status == TW_OK) measure_depth(m, scratch);
    tw_free(m->ctx, scratch);
    return status;
}

static void read_all(tw_gbm *m, tw_bytes *in)
{
    for (size_t t = 1; t <= m->n_trees; t++) m->first[t] = tw_get_u32(in);
    for (size_t f = 0; f < m->n_features; f++) m->gain[f] = tw_get_f64(in);
    for (size_t i = 0; i < m->n_nodes; i++) {
        m->node[i].threshold = tw_get_f32(in);
        m->node[i].feature = tw_get_u32(in);
        m->node[i].left = tw_get_u32(in);
        m->node[i].missing_right = tw_get_u8(in);
        m->value[i] = tw_get_f64(in);
    }
}

tw_status tw_gbm_load(const tw_ctx *ctx, const void *bytes, size_t length, void **model, tw_error *err)
{
    tw_bytes in = {bytes, length, false};
    tw_gbm *m;
    const uint64_t n_features = tw_get_u64(&in);
    const uint8_t logistic = tw_get_u8(&in);
    const double base = tw_get_f64(&in);
    const uint64_t n_trees = tw_get_u32(&in), n_nodes = tw_get_u32(&in);
    /* Counts must fit the bytes before anything is allocated for them. */
    if (in.failed || logistic > 1 || n_features > in.left / 8 || n_trees > n_nodes ||
        8 * n_features + 4 * n_trees + NODE_BYTES * n_nodes != in.left)
        return tw_fail(err, TW_BAD_FILE, "gbm: %llu features, %llu trees and %llu nodes do not fit %zu bytes",
                       (unsigned long long)n_features, (unsigned long long)n_trees, (unsigned long long)n_nodes,
                       length);
    TW_TRY(tw_gbm_new(ctx, (size_t)n_features, (size_t)n_trees, (size_t)n_nodes, &m, err));
    m->logistic = logistic == 1;
    m->base = base;
    m->n_trees = (size_t)n_trees;
    m->n_nodes = (size_t)n_nodes;
    read_all(m, &in);
    tw_status status = tw_bytes_end(&in, "gbm", err);
    if (status == TW_OK) status = check_model(m, err);
    if (status != TW_OK)
        tw_gbm_free(m);
    else
        *model = m;
    return status;
}

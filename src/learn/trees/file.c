/* SPDX-License-Identifier: Apache-2.0 */
/* The file form of an ensemble, and what must hold of one that a file described. */
#include "learn/trees/trees.h"
#include "learn/wire.h"

#include <math.h>
#include <string.h>

enum { NODE_BYTES = 4 + 4 + 4 + 1 + 8 + 8 + 8, LINEAR_BYTES = 8 + 4 + 4, TERM_BYTES = 4 + 8, MOST_LINK = 32 };

/* ---------------------------------------------------------------- writing */

static void put_linear(const tw_trees *m, tw_buf *out)
{
    for (size_t i = 0; i < m->n_nodes; i++) {
        tw_put_f64(out, m->linear[i].intercept);
        tw_put_u32(out, m->linear[i].first);
        tw_put_u32(out, m->linear[i].n);
    }
    for (size_t i = 0; i < m->n_terms; i++) {
        tw_put_u32(out, m->term[i].feature);
        tw_put_f64(out, m->term[i].slope);
    }
}

static void put_node(const tw_trees *m, size_t i, tw_buf *out)
{
    const tw_tree_node *n = &m->node[i];
    if (n->flags & TW_SPLIT_SET)
        tw_put_u32(out, n->set);
    else
        tw_put_f32(out, n->threshold);
    tw_put_u32(out, n->feature);
    tw_put_u32(out, n->left);
    tw_put_u8(out, (uint8_t)n->flags);
    tw_put_f64(out, m->value[i]);
    tw_put_f64(out, m->cover[i]);
    tw_put_f64(out, m->gain[i]);
}

tw_status tw_trees_save(const void *trees, tw_buf *out, tw_error *err)
{
    const tw_trees *m = trees;
    char link[MOST_LINK] = {0};
    (void)err;
    memcpy(link, m->link->name, strlen(m->link->name));
    tw_put_u64(out, m->n_features);
    tw_buf_add(out, link, sizeof link);
    tw_put_f64(out, m->link_scale);
    const size_t counts[] = {m->n_outputs, m->n_trees, m->n_nodes, m->n_sets, m->n_words, m->n_terms};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) tw_put_u32(out, (uint32_t)counts[i]);
    tw_put_u8(out, m->linear != NULL);
    for (size_t k = 0; k < m->n_outputs; k++) tw_put_f64(out, m->base[k]);
    for (size_t t = 0; t < m->n_trees; t++) {
        tw_put_u32(out, m->first[t + 1]);
        tw_put_u32(out, m->output[t]);
    }
    for (size_t i = 0; i < m->n_nodes; i++) put_node(m, i, out);
    for (size_t s = 0; s < m->n_sets; s++) tw_put_u32(out, m->first_word[s + 1]);
    for (size_t w = 0; w < m->n_words; w++) tw_put_u64(out, m->word[w]);
    if (m->linear) put_linear(m, out);
    return TW_OK;
}

/* ---------------------------------------------------------------- checks */

static bool leaf_is_sound(const tw_trees *m, uint32_t i)
{
    const tw_tree_node *n = &m->node[i];
    if (n->flags != 0 || n->threshold != INFINITY || n->feature != 0) return false;
    const tw_tree_linear *l = m->linear ? &m->linear[i] : NULL;
    if (!l) return true;
    if (!isfinite(l->intercept) || l->first > m->n_terms || l->n > m->n_terms - l->first) return false;
    for (uint32_t k = l->first; k < l->first + l->n; k++)
        if (m->term[k].feature >= m->n_features || !isfinite(m->term[k].slope)) return false;
    return true;
}

/* A leaf (its own left child), or both children further on in the same tree: so a walk always ends. */
static bool node_is_sound(const tw_trees *m, uint32_t i, uint32_t end)
{
    const tw_tree_node *n = &m->node[i];
    if (!isfinite(m->value[i]) || !(m->cover[i] >= 0) || !isfinite(m->cover[i]) || !isfinite(m->gain[i])) return false;
    if (n->left == i) return leaf_is_sound(m, i);
    if (n->flags & ~(unsigned)(TW_SPLIT_MISSING_RIGHT | TW_SPLIT_ZERO_MISSING | TW_SPLIT_SET)) return false;
    if (n->flags & TW_SPLIT_SET ? n->set >= m->n_sets : isnan(n->threshold)) return false;
    if (m->linear && m->linear[i].n) return false;
    return n->left > i && n->left < end - 1 && n->feature < m->n_features && m->value[i] == 0;
}

/* Every node but the root is the child of exactly one node: pairs of children are handed out in turn. */
static tw_status check_tree(const tw_trees *m, size_t t, unsigned char *has_parent, const char *what, tw_error *err)
{
    const uint32_t first = m->first[t], end = m->first[t + 1];
    if (first >= end || end > m->n_nodes || m->output[t] >= m->n_outputs)
        return tw_fail(err, TW_BAD_FILE, "%s: tree %zu has the nodes [%u, %u) of %zu and output %u of %zu", what, t,
                       (unsigned)first, (unsigned)end, m->n_nodes, (unsigned)m->output[t], m->n_outputs);
    has_parent[first] = 1;
    for (uint32_t i = first; i < end; i++) {
        if (!node_is_sound(m, i, end) || !has_parent[i])
            return tw_fail(err, TW_BAD_FILE,
                           "%s: node %u of tree %zu is not sound (feature %u of %zu, left %u, threshold %g, value %g)",
                           what, (unsigned)(i - first), t, (unsigned)m->node[i].feature, m->n_features,
                           (unsigned)m->node[i].left, (double)m->node[i].threshold, m->value[i]);
        const uint32_t left = m->node[i].left;
        if (left == i) continue;
        if (has_parent[left] || has_parent[left + 1])
            return tw_fail(err, TW_BAD_FILE, "%s: node %u of tree %zu has two parents", what, (unsigned)(left - first),
                           t);
        has_parent[left] = has_parent[left + 1] = 1;
    }
    return TW_OK;
}

static tw_status check_tables(const tw_trees *m, const char *what, tw_error *err)
{
    if (m->n_outputs == 0) return tw_fail(err, TW_BAD_FILE, "%s: a model with no output", what);
    if (!isfinite(m->link_scale)) return tw_fail(err, TW_BAD_FILE, "%s: the link scale is %g", what, m->link_scale);
    for (size_t k = 0; k < m->n_outputs; k++)
        if (!isfinite(m->base[k])) return tw_fail(err, TW_BAD_FILE, "%s: the base score is %g", what, m->base[k]);
    for (size_t s = 0; s < m->n_sets; s++)
        if (m->first_word[s + 1] < m->first_word[s] || m->first_word[s + 1] > m->n_words)
            return tw_fail(err, TW_BAD_FILE, "%s: category set %zu ends at word %u of %zu", what, s,
                           (unsigned)m->first_word[s + 1], m->n_words);
    if (m->first[m->n_trees] != m->n_nodes)
        return tw_fail(err, TW_BAD_FILE, "%s: trees end at node %u of %zu", what, (unsigned)m->first[m->n_trees],
                       m->n_nodes);
    return TW_OK;
}

tw_status tw_trees_check(const tw_trees *m, const char *what, tw_error *err)
{
    TW_TRY(check_tables(m, what, err));
    unsigned char *has_parent = tw_new(m->ctx, m->n_nodes + 1, 1);
    if (!has_parent) return tw_no_memory(err, "the check of a tree model");
    tw_status status = TW_OK;
    for (size_t t = 0; status == TW_OK && t < m->n_trees; t++) status = check_tree(m, t, has_parent, what, err);
    tw_free(m->ctx, has_parent);
    return status;
}

/* ---------------------------------------------------------------- reading */

/* The numbers at the head of a file: they must fit its bytes before anything is allocated for them. */
typedef struct head {
    uint64_t n_features, n_outputs, n_trees, n_nodes, n_sets, n_words, n_terms;
    const tw_link *link;
    double link_scale;
    bool linear;
} head;

static tw_status get_head(tw_bytes *in, head *h, tw_error *err)
{
    char name[MOST_LINK + 1] = {0};
    h->n_features = tw_get_u64(in);
    const void *link = tw_get_view(in, MOST_LINK);
    if (link) memcpy(name, link, MOST_LINK);
    h->link = tw_link_find(name);
    h->link_scale = tw_get_f64(in);
    uint64_t *const counts[] = {&h->n_outputs, &h->n_trees, &h->n_nodes, &h->n_sets, &h->n_words, &h->n_terms};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) *counts[i] = tw_get_u32(in);
    const uint8_t linear = tw_get_u8(in);
    h->linear = linear == 1;
    if (in->failed || linear > 1 || h->n_features > UINT32_MAX || (h->n_terms && !h->linear))
        return tw_fail(err, TW_BAD_FILE, "trees: the head of the model is cut off or not sound");
    if (!h->link) return tw_fail(err, TW_BAD_FILE, "trees: no link '%s'", name);
    const uint64_t need = 8 * h->n_outputs + 8 * h->n_trees + NODE_BYTES * h->n_nodes + 4 * h->n_sets + 8 * h->n_words +
                          (h->linear ? LINEAR_BYTES * h->n_nodes + TERM_BYTES * h->n_terms : 0);
    if (need != in->left || h->n_nodes > UINT32_MAX / 2)
        return tw_fail(err, TW_BAD_FILE, "trees: %llu trees of %llu nodes take %llu bytes, there are %zu",
                       (unsigned long long)h->n_trees, (unsigned long long)h->n_nodes, (unsigned long long)need,
                       in->left);
    return TW_OK;
}

static void get_node(tw_trees *m, size_t i, tw_bytes *in)
{
    const uint32_t where = tw_get_u32(in);
    tw_tree_node *n = &m->node[i];
    memcpy(&n->set, &where, sizeof where);
    n->feature = tw_get_u32(in);
    n->left = tw_get_u32(in);
    n->flags = tw_get_u8(in);
    m->value[i] = tw_get_f64(in);
    m->cover[i] = tw_get_f64(in);
    m->gain[i] = tw_get_f64(in);
}

static tw_status get_linear(tw_trees *m, const head *h, tw_bytes *in, tw_error *err)
{
    m->linear = tw_new(m->ctx, m->room_nodes, sizeof *m->linear);
    m->term = tw_new(m->ctx, (size_t)h->n_terms + 1, sizeof *m->term);
    if (!m->linear || !m->term) return tw_no_memory(err, "the linear leaves of a tree model");
    m->room_terms = (size_t)h->n_terms + 1;
    m->n_terms = (size_t)h->n_terms;
    for (size_t i = 0; i < m->n_nodes; i++) {
        const double intercept = tw_get_f64(in);
        const uint32_t first = tw_get_u32(in), n = tw_get_u32(in);
        m->linear[i] = (tw_tree_linear){intercept, first, n};
    }
    for (size_t i = 0; i < m->n_terms; i++) {
        const uint32_t feature = tw_get_u32(in);
        m->term[i] = (tw_tree_term){feature, tw_get_f64(in)};
    }
    return TW_OK;
}

static tw_status get_sets(tw_trees *m, const head *h, tw_bytes *in, tw_error *err)
{
    TW_TRY(tw_trees_reserve_sets(m, (size_t)h->n_sets, (size_t)h->n_words, err));
    for (size_t s = 0; s < h->n_sets; s++) m->first_word[s + 1] = tw_get_u32(in);
    for (size_t w = 0; w < h->n_words; w++) m->word[w] = tw_get_u64(in);
    m->n_sets = (size_t)h->n_sets;
    m->n_words = (size_t)h->n_words;
    return TW_OK;
}

static tw_status get_all(tw_trees *m, const head *h, tw_bytes *in, tw_error *err)
{
    m->link = h->link;
    m->link_scale = h->link_scale;
    m->n_trees = (size_t)h->n_trees;
    m->n_nodes = (size_t)h->n_nodes;
    for (size_t k = 0; k < m->n_outputs; k++) m->base[k] = tw_get_f64(in);
    for (size_t t = 0; t < m->n_trees; t++) {
        m->first[t + 1] = tw_get_u32(in);
        m->output[t] = tw_get_u32(in);
    }
    for (size_t i = 0; i < m->n_nodes; i++) get_node(m, i, in);
    TW_TRY(get_sets(m, h, in, err));
    if (h->linear) TW_TRY(get_linear(m, h, in, err));
    TW_TRY(tw_bytes_end(in, "trees", err));
    TW_TRY(tw_trees_check(m, "trees", err));
    TW_TRY(tw_trees_measure(m, err));
    return tw_trees_compile(m, err);
}

tw_status tw_trees_load(const tw_ctx *ctx, const void *bytes, size_t length, void **trees, tw_error *err)
{
    tw_bytes in = {bytes, length, false};
    head h;
    tw_trees *m;
    TW_TRY(get_head(&in, &h, err));
    TW_TRY(tw_trees_new(
        ctx, &(tw_trees_size){(size_t)h.n_features, (size_t)h.n_outputs, (size_t)h.n_trees, (size_t)h.n_nodes}, &m,
        err));
    const tw_status status = get_all(m, &h, &in, err);
    if (status != TW_OK)
        tw_trees_free(m);
    else
        *trees = m;
    return status;
}

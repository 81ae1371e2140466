/* SPDX-License-Identifier: Apache-2.0 */
/* Ensembles: memory, building, the walk that defines what a tree says. */
#include "learn/trees/scorer.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- memory */

/* Makes *array, of `room` entries, `wanted` long; new entries are not set. */
static bool grow(const tw_ctx *ctx, void *array, size_t room, size_t wanted, size_t size)
{
    void **at = array;
    void *more = tw_resize(ctx, *at, room * size, wanted * size);
    if (!more) return false;
    *at = more;
    return true;
}

static size_t more_room(size_t room, size_t wanted) { return wanted <= room ? room : room + room / 2 + wanted; }

static bool grow_nodes(tw_trees *m, size_t wanted)
{
    const size_t old = m->room_nodes, room = more_room(old, wanted);
    if (room == old) return true;
    if (!grow(m->ctx, &m->node, old, room, sizeof *m->node) || !grow(m->ctx, &m->value, old, room, sizeof *m->value) ||
        !grow(m->ctx, &m->cover, old, room, sizeof *m->cover) || !grow(m->ctx, &m->gain, old, room, sizeof *m->gain) ||
        (m->linear && !grow(m->ctx, &m->linear, old, room, sizeof *m->linear)))
        return false;
    m->room_nodes = room;
    return true;
}

static bool grow_trees(tw_trees *m, size_t wanted)
{
    const size_t old = m->room_trees, room = more_room(old, wanted);
    if (room == old) return true;
    if (!grow(m->ctx, &m->first, old + (old > 0), room + 1, sizeof *m->first) ||
        !grow(m->ctx, &m->depth, old, room, sizeof *m->depth) ||
        !grow(m->ctx, &m->output, old, room, sizeof *m->output))
        return false;
    m->room_trees = room;
    return true;
}

static bool grow_words(tw_trees *m, size_t n_sets, size_t n_words)
{
    const size_t sets = more_room(m->room_sets, n_sets), words = more_room(m->room_words, n_words);
    if (sets != m->room_sets &&
        !grow(m->ctx, &m->first_word, m->room_sets + (m->room_sets > 0), sets + 1, sizeof *m->first_word))
        return false;
    m->room_sets = sets;
    if (words != m->room_words && !grow(m->ctx, &m->word, m->room_words, words, sizeof *m->word)) return false;
    m->room_words = words;
    return true;
}

tw_status tw_trees_new(const tw_ctx *ctx, const tw_trees_size *size, tw_trees **trees, tw_error *err)
{
    tw_trees *m = tw_new(ctx, 1, sizeof *m);
    if (!m) return tw_no_memory(err, "a tree model");
    *m = (tw_trees){.ctx = ctx,
                    .n_features = size->n_features,
                    .n_outputs = size->n_outputs,
                    .link = tw_link_find("identity"),
                    .link_scale = 1};
    m->base = tw_new(ctx, size->n_outputs, sizeof *m->base);
    const bool grown =
        m->base && grow_trees(m, size->n_trees + 1) && grow_nodes(m, size->n_nodes + 1) && grow_words(m, 1, 1);
    if (!grown || !m->first || !m->node || !m->value || !m->cover || !m->gain || !m->first_word) {
        tw_trees_free(m);
        return tw_no_memory(err, "a tree model");
    }
    m->first[0] = m->first_word[0] = 0;
    *trees = m;
    return TW_OK;
}

void tw_trees_free(void *trees)
{
    tw_trees *m = trees;
    if (!m) return;
    tw_tree_scorer_free(m->scorer);
    void *const blocks[] = {m->base,  m->first, m->depth,      m->output, m->node,   m->value,
                            m->cover, m->gain,  m->first_word, m->word,   m->linear, m->term};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) tw_free(m->ctx, blocks[i]);
    tw_free(m->ctx, m);
}

/* ---------------------------------------------------------------- building */

static void forget_scorer(tw_trees *m)
{
    tw_tree_scorer_free(m->scorer);
    m->scorer = NULL;
}

tw_status tw_trees_reserve(tw_trees *m, size_t n_nodes, tw_error *err)
{
    forget_scorer(m);
    if (m->n_nodes + n_nodes > UINT32_MAX / 2)
        return tw_fail(err, TW_TOO_LARGE, "trees: %zu nodes, at most %u", m->n_nodes + n_nodes,
                       (unsigned)(UINT32_MAX / 2));
    if (grow_nodes(m, m->n_nodes + n_nodes) && grow_trees(m, m->n_trees + 1)) return TW_OK;
    return tw_no_memory(err, "the nodes of a tree model");
}

tw_status tw_trees_reserve_sets(tw_trees *m, size_t n_sets, size_t n_words, tw_error *err)
{
    return grow_words(m, n_sets, n_words) ? TW_OK : tw_no_memory(err, "the categories of a tree model");
}

uint32_t tw_trees_add_leaf(tw_trees *m)
{
    const uint32_t i = (uint32_t)m->n_nodes++;
    m->node[i] = (tw_tree_node){.threshold = INFINITY, .left = i};
    m->value[i] = m->cover[i] = m->gain[i] = 0;
    if (m->linear) m->linear[i] = (tw_tree_linear){0};
    return i;
}

tw_status tw_trees_add_set(tw_trees *m, const uint64_t *word, size_t n_words, uint32_t *set, tw_error *err)
{
    TW_TRY(tw_trees_reserve_sets(m, m->n_sets + 1, m->n_words + n_words, err));
    if (n_words) memcpy(m->word + m->n_words, word, n_words * sizeof *word);
    m->n_words += n_words;
    *set = (uint32_t)m->n_sets++;
    m->first_word[m->n_sets] = (uint32_t)m->n_words;
    return TW_OK;
}

tw_status tw_trees_set_linear(tw_trees *m, uint32_t node, double intercept, const tw_tree_term *term, size_t n,
                              tw_error *err)
{
    if (!m->linear) {
        m->linear = tw_new(m->ctx, m->room_nodes, sizeof *m->linear);
        if (!m->linear) return tw_no_memory(err, "the linear leaves of a tree model");
    }
    const size_t room = more_room(m->room_terms, m->n_terms + n);
    if (room != m->room_terms && !grow(m->ctx, &m->term, m->room_terms, room, sizeof *m->term))
        return tw_no_memory(err, "the linear leaves of a tree model");
    m->room_terms = room;
    if (n) memcpy(m->term + m->n_terms, term, n * sizeof *term);
    m->linear[node] = (tw_tree_linear){intercept, (uint32_t)m->n_terms, (uint32_t)n};
    m->n_terms += n;
    return TW_OK;
}

void tw_trees_end_tree(tw_trees *m, uint32_t output, uint32_t depth)
{
    m->depth[m->n_trees] = depth;
    m->output[m->n_trees] = output;
    m->first[++m->n_trees] = (uint32_t)m->n_nodes;
}

/* Children stand behind their parent, so one pass reaches all. */
tw_status tw_trees_measure(tw_trees *m, tw_error *err)
{
    uint32_t *depth = tw_new(m->ctx, m->n_nodes + 1, sizeof *depth);
    if (!depth) return tw_no_memory(err, "the depth of trees");
    for (size_t t = 0; t < m->n_trees; t++) {
        m->depth[t] = 0;
        for (uint32_t i = m->first[t]; i < m->first[t + 1]; i++) {
            const uint32_t left = m->node[i].left;
            if (depth[i] > m->depth[t]) m->depth[t] = depth[i];
            if (left != i) depth[left] = depth[left + 1] = depth[i] + 1;
        }
    }
    tw_free(m->ctx, depth);
    return TW_OK;
}

void tw_trees_cut(tw_trees *m, size_t n_trees)
{
    forget_scorer(m);
    m->n_trees = n_trees;
    m->n_nodes = m->first[n_trees];
    size_t n_sets = 0, n_terms = 0;
    for (size_t i = 0; i < m->n_nodes; i++) {
        if (m->node[i].flags & TW_SPLIT_SET && m->node[i].set >= n_sets) n_sets = (size_t)m->node[i].set + 1;
        if (m->linear && m->linear[i].n && m->linear[i].first + m->linear[i].n > n_terms)
            n_terms = m->linear[i].first + m->linear[i].n;
    }
    m->n_sets = n_sets;
    m->n_words = m->first_word[n_sets];
    m->n_terms = n_terms;
}

static bool copy_arrays(tw_trees *to, const tw_trees *from)
{
    const size_t n = from->n_nodes;
    memcpy(to->base, from->base, from->n_outputs * sizeof *to->base);
    memcpy(to->first, from->first, (from->n_trees + 1) * sizeof *to->first);
    memcpy(to->depth, from->depth, from->n_trees * sizeof *to->depth);
    memcpy(to->output, from->output, from->n_trees * sizeof *to->output);
    memcpy(to->node, from->node, n * sizeof *to->node);
    memcpy(to->value, from->value, n * sizeof *to->value);
    memcpy(to->cover, from->cover, n * sizeof *to->cover);
    memcpy(to->gain, from->gain, n * sizeof *to->gain);
    if (!grow_words(to, from->n_sets, from->n_words)) return false;
    memcpy(to->first_word, from->first_word, (from->n_sets + 1) * sizeof *to->first_word);
    if (from->n_words) memcpy(to->word, from->word, from->n_words * sizeof *to->word);
    if (!from->linear) return true;
    to->linear = tw_new(to->ctx, to->room_nodes, sizeof *to->linear);
    if (!to->linear || !grow(to->ctx, &to->term, 0, from->n_terms + 1, sizeof *to->term)) return false;
    to->room_terms = from->n_terms + 1;
    memcpy(to->linear, from->linear, n * sizeof *to->linear);
    if (from->n_terms) memcpy(to->term, from->term, from->n_terms * sizeof *to->term);
    return true;
}

tw_status tw_trees_copy(const tw_ctx *ctx, const tw_trees *from, tw_trees **to, tw_error *err)
{
    tw_trees *m;
    TW_TRY(
        tw_trees_new(ctx, &(tw_trees_size){from->n_features, from->n_outputs, from->n_trees, from->n_nodes}, &m, err));
    m->link = from->link;
    m->link_scale = from->link_scale;
    m->n_trees = from->n_trees;
    m->n_nodes = from->n_nodes;
    m->n_sets = from->n_sets;
    m->n_words = from->n_words;
    m->n_terms = from->n_terms;
    if (!copy_arrays(m, from)) {
        tw_trees_free(m);
        return tw_no_memory(err, "a copy of a tree model");
    }
    *to = m;
    return TW_OK;
}

/* ---------------------------------------------------------------- the walk */

bool tw_tree_set_has(const tw_trees *m, uint32_t set, float x)
{
    const uint32_t first = m->first_word[set], n_words = m->first_word[set + 1] - first;
    if (!(x >= 0) || x >= (float)n_words * 64) return false;
    const uint32_t category = (uint32_t)x;
    return category / 64 < n_words && m->word[first + category / 64] >> (category % 64) & 1;
}

uint32_t tw_tree_step(const tw_trees *m, uint32_t i, float x)
{
    const tw_tree_node *n = &m->node[i];
    const bool missing = isnan(x) || (n->flags & TW_SPLIT_ZERO_MISSING && fabsf(x) <= TW_SPLIT_ZERO);
    if (missing) return n->left + (n->flags & TW_SPLIT_MISSING_RIGHT);
    return n->left + (n->flags & TW_SPLIT_SET ? !tw_tree_set_has(m, n->set, x) : x > n->threshold);
}

double tw_tree_leaf_value(const tw_trees *m, uint32_t leaf, const float *const *features, uint32_t cell)
{
    const tw_tree_linear *l = m->linear ? &m->linear[leaf] : NULL;
    if (!l || l->n == 0) return m->value[leaf];
    double sum = l->intercept;
    for (uint32_t k = 0; k < l->n; k++) {
        const tw_tree_term *t = &m->term[l->first + k];
        const float x = features[t->feature][cell];
        if (isnan(x)) return m->value[leaf];
        sum += t->slope * (double)x;
    }
    return sum;
}

void tw_trees_importance(const void *trees, double *share)
{
    const tw_trees *m = trees;
    double total = 0;
    for (size_t f = 0; f < m->n_features; f++) share[f] = 0;
    for (uint32_t i = 0; i < m->n_nodes; i++) {
        if (tw_tree_is_leaf(m, i)) continue;
        share[m->node[i].feature] += m->gain[i];
        total += m->gain[i];
    }
    for (size_t f = 0; f < m->n_features && total > 0; f++) share[f] /= total;
}

size_t tw_trees_outputs(const void *trees) { return ((const tw_trees *)trees)->n_outputs; }

const tw_trees *tw_trees_of(const void *trees) { return trees; }

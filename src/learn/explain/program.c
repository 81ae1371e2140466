/* SPDX-License-Identifier: Apache-2.0 */
/* Trees made ready for Shapley values: merged covers, and the constants of every split at every point. */
#include "learn/explain/shap.h"

#include <math.h>

/* Paths are followed node by node, so that their length is bounded. */
enum { PROGRAM_BYTES = 48 << 20, MOST_DEPTH = 1024, NONE = -1 };

/* ---------------------------------------------------------------- features, checks */

tw_status tw_shap_features_new(const tw_trees *m, tw_shap_features *features, tw_error *err)
{
    *features = (tw_shap_features){.used = tw_new(m->ctx, m->n_features + 1, sizeof *features->used),
                                   .compact = tw_new(m->ctx, m->n_features + 1, sizeof *features->compact)};
    if (!features->used || !features->compact) {
        tw_shap_features_clear(m->ctx, features);
        return tw_no_memory(err, "the features of an explanation");
    }
    for (uint32_t i = 0; i < m->n_nodes; i++)
        if (!tw_tree_is_leaf(m, i)) features->compact[m->node[i].feature] = 1;
    for (size_t f = 0; f < m->n_features; f++) {
        if (!features->compact[f]) continue;
        features->used[features->n] = (uint32_t)f;
        features->compact[f] = (uint32_t)features->n++;
    }
    return TW_OK;
}

void tw_shap_features_clear(const tw_ctx *ctx, tw_shap_features *features)
{
    tw_free(ctx, features->used);
    tw_free(ctx, features->compact);
}

tw_status tw_shap_check(const tw_trees *m, bool background, tw_error *err)
{
    for (size_t t = 0; t < m->n_trees; t++)
        if (m->depth[t] > MOST_DEPTH)
            return tw_fail(err, TW_TOO_LARGE, "explain: tree %zu is %u splits deep, at most %d", t,
                           (unsigned)m->depth[t], MOST_DEPTH);
    for (uint32_t i = 0; i < m->n_nodes; i++) {
        if (m->linear && m->linear[i].n)
            return tw_fail(err, TW_UNSUPPORTED,
                           "explain: a leaf of this model is a linear function; Shapley values are for leaves that are "
                           "numbers");
        if (background || tw_tree_is_leaf(m, i) || m->cover[i] > 0) continue;
        return tw_fail(err, TW_BAD_DATA,
                       "explain: this model does not say how many train rows came by each node; give a background of "
                       "rows instead");
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- one tree */

typedef struct making {
    tw_shap_program *to;
    const tw_shap_features *features;
    bool pairs;
    size_t n_splits, n_points, n_leaves, n_elements;
    double point[TW_SHAP_MOST_POINTS];
    /* Of one tree, by node. */
    uint32_t *feature, *above; /* of the split that leads here: its feature, its node */
    uint32_t *via;             /* and its number; at the root NONE */
    uint32_t *distinct;        /* features on the path */
    double *share;             /* of the rows by this feature's splits on the path, merged */
    double *whole;             /* of the rows by all splits on the path */
} making;

/* The deepest node at or above `i` that a split on `feature` led to; 0: none. */
static uint32_t prior_of(const making *k, uint32_t i, uint32_t feature)
{
    while (i != 0 && k->feature[i] != feature) i = k->above[i];
    return i;
}

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Shares of rows of a feature before a split and in one child. */
typedef struct shares {
    double before, after;
    bool again; /* the feature was asked before */
} shares;

/* Factors of the product over the path, at a point t, of rows that were off the path, left it, or stay. */
static void factors(const shares *z, double t, double value, uint64_t out[3])
{
    const double on = t + (1 - t) * z->before;
    const double off = z->before > 0 ? z->after / z->before : 0, leaves = (1 - t) * z->after / on,
                 stays = (t + (1 - t) * z->after) / on;
    const uint64_t is_off = bits_of(off * value), is_leaving = bits_of(leaves * value),
                   is_staying = bits_of(stays * value);
    out[0] = z->again ? is_off : is_leaving;
    out[1] = z->again ? is_off ^ is_leaving : 0;
    out[2] = is_leaving ^ is_staying;
}

/* (o - z) / (t o + (1 - t) z): of rows on the path, as a flip of that of rows off it, which does not depend on z. */
static uint64_t ratio_flip(double z, double t) { return bits_of(-1 / (1 - t)) ^ bits_of((1 - z) / (t + (1 - t) * z)); }

static void set_point(const shares *left, const shares *right, double t, const double value[2], tw_shap_point *out)
{
    uint64_t l[3], r[3];
    factors(left, t, value[0], l);
    factors(right, t, value[1], r);
    *out = (tw_shap_point){.left = l[0],
                           .left_prior = l[1],
                           .left_met = l[2],
                           .right = r[0],
                           .right_prior = r[1],
                           .right_met = r[2],
                           .left_ratio = ratio_flip(left->after, t),
                           .right_ratio = ratio_flip(right->after, t),
                           .prior_ratio = ratio_flip(left->before, t)};
}

/* Shares, features and paths of a tree, parents first; returns the most distinct features of a path. */
static uint32_t trace(making *k, size_t tree)
{
    const tw_trees *m = k->to->model;
    const uint32_t first = m->first[tree], n = m->first[tree + 1] - first;
    uint32_t most = 0, n_splits = 0;
    k->feature[0] = k->via[0] = (uint32_t)NONE;
    k->above[0] = k->distinct[0] = 0;
    k->share[0] = k->whole[0] = 1;
    for (uint32_t i = 0; i < n; i++) {
        const tw_tree_node *node = &m->node[first + i];
        if (k->distinct[i] > most) most = k->distinct[i];
        if (node->left == first + i) continue;
        const uint32_t prior = prior_of(k, i, node->feature);
        for (uint32_t c = node->left - first; c < node->left - first + 2; c++) {
            const double share = m->cover[first + c] / m->cover[first + i];
            k->feature[c] = node->feature;
            k->above[c] = i;
            k->via[c] = n_splits;
            k->distinct[c] = k->distinct[i] + (prior == 0);
            k->share[c] = (prior ? k->share[prior] : 1) * share;
            k->whole[c] = k->whole[i] * share;
        }
        n_splits++;
    }
    return most;
}

static void add_split(making *k, size_t tree, uint32_t i, tw_shap_tree *t)
{
    const tw_trees *m = k->to->model;
    const uint32_t first = m->first[tree], left = m->node[first + i].left - first;
    const uint32_t prior = prior_of(k, i, m->node[first + i].feature);
    const double before = prior ? k->share[prior] : 1;
    const shares l = {before, k->share[left], prior != 0}, r = {before, k->share[left + 1], prior != 0};
    double value[2];
    for (uint32_t c = 0; c < 2; c++) value[c] = tw_tree_is_leaf(m, first + left + c) ? m->value[first + left + c] : 1;
    for (size_t q = 0; q < t->n_points; q++) set_point(&l, &r, k->point[q], value, &k->to->point[k->n_points++]);
    k->to->split[k->n_splits++] = (tw_shap_split){i, left, prior, k->features->compact[m->node[first + i].feature]};
    t->n_splits++;
}

/* The path of a leaf, each feature where it was last asked. */
static void add_leaf(making *k, uint32_t i, tw_shap_tree *t)
{
    const tw_shap_program *p = k->to;
    tw_shap_leaf *leaf = &p->leaf[k->n_leaves++];
    tw_shap_element *own = p->element + k->n_elements;
    *leaf = (tw_shap_leaf){.node = i, .first = (uint32_t)(own - t->element)};
    for (uint32_t at = i; at != 0; at = k->above[at]) {
        const uint32_t feature = k->features->compact[k->feature[at]];
        bool seen = false;
        for (uint32_t e = 0; e < leaf->n; e++) seen |= own[e].feature == feature;
        if (!seen) own[leaf->n++] = (tw_shap_element){feature, at, k->via[at], at != t->split[k->via[at]].left};
    }
    k->n_elements += leaf->n;
    t->n_leaves++;
}

/* Points and weights of a quadrature; each number of points is worked out once. */
static void use_points(making *k, size_t n, tw_shap_tree *t)
{
    double *weight = k->to->weight + n * TW_SHAP_MOST_POINTS;
    uint64_t *none = k->to->none + n * TW_SHAP_MOST_POINTS;
    tw_gauss_legendre(n, k->point, weight);
    for (size_t q = 0; q < n; q++) none[q] = bits_of(-1 / (1 - k->point[q]));
    t->n_points = (uint32_t)n;
    t->weight = weight;
    t->none = none;
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static tw_status add_tree(making *k, size_t tree, tw_error *err)
{
    tw_shap_program *p = k->to;
    const tw_trees *m = p->model;
    const uint32_t first = m->first[tree], n = m->first[tree + 1] - first, most = trace(k, tree);
    tw_shap_tree *t = &p->tree[tree - p->from];
    if (most > 2 * TW_SHAP_MOST_POINTS)
        return tw_fail(err, TW_TOO_LARGE, "explain: tree %zu asks for %u features on one path, at most %d", tree,
                       (unsigned)most, 2 * TW_SHAP_MOST_POINTS);
    *t = (tw_shap_tree){.n_nodes = n,
                        .output = m->output[tree],
                        .split = p->split + k->n_splits,
                        .point = p->point + k->n_points,
                        .leaf = k->pairs ? p->leaf + k->n_leaves : NULL,
                        .element = k->pairs ? p->element + k->n_elements : NULL};
    use_points(k, most < 2 ? 1 : (most + 1) / 2, t);
    for (uint32_t i = 0; i < n; i++) {
        const bool leaf = tw_tree_is_leaf(m, first + i);
        if (leaf) p->expected[t->output] += k->whole[i] * m->value[first + i];
        if (!leaf) add_split(k, tree, i, t);
    }
    for (uint32_t i = 0; k->pairs && i < n; i++)
        if (tw_tree_is_leaf(m, first + i)) add_leaf(k, i, t);
    p->most_splits = larger(p->most_splits, t->n_splits);
    p->most_nodes = larger(p->most_nodes, n);
    p->most_reach = larger(p->most_reach, (size_t)n * t->n_points);
    p->most_ratio = larger(p->most_ratio, (size_t)most * t->n_points);
    return TW_OK;
}

/* ---------------------------------------------------------------- programs */

/* Bounds from above of what a tree takes. */
typedef struct sizes {
    size_t n_splits, n_points, n_elements;
} sizes;

static sizes sizes_of(const tw_trees *m, size_t tree, const tw_shap_features *features, bool pairs)
{
    const size_t n_splits = (m->first[tree + 1] - m->first[tree]) / 2,
                 path = m->depth[tree] < features->n ? m->depth[tree] : features->n;
    return (sizes){n_splits, n_splits * (path / 2 + 1), pairs ? (n_splits + 1) * path : 0};
}

static bool arrange(making *k, const sizes *all, size_t most_nodes)
{
    tw_shap_program *p = k->to;
    const tw_ctx *ctx = p->ctx;
    p->tree = tw_new(ctx, p->to - p->from + 1, sizeof *p->tree);
    p->split = tw_new(ctx, all->n_splits + 1, sizeof *p->split);
    p->point = tw_new(ctx, all->n_points + 1, sizeof *p->point);
    p->weight = tw_new(ctx, (TW_SHAP_MOST_POINTS + 1) * TW_SHAP_MOST_POINTS, sizeof *p->weight);
    p->none = tw_new(ctx, (TW_SHAP_MOST_POINTS + 1) * TW_SHAP_MOST_POINTS, sizeof *p->none);
    p->expected = tw_new(ctx, p->model->n_outputs, sizeof *p->expected);
    if (k->pairs) {
        p->leaf = tw_new(ctx, all->n_splits + (p->to - p->from), sizeof *p->leaf);
        p->element = tw_new(ctx, all->n_elements + 1, sizeof *p->element);
    }
    k->feature = tw_new(ctx, 4 * most_nodes, sizeof *k->feature);
    k->share = tw_new(ctx, 2 * most_nodes, sizeof *k->share);
    if (!k->feature || !k->share) return false;
    k->above = k->feature + most_nodes;
    k->via = k->above + most_nodes;
    k->distinct = k->via + most_nodes;
    k->whole = k->share + most_nodes;
    return p->tree && p->split && p->point && p->weight && p->none && p->expected &&
           (!k->pairs || (p->leaf && p->element));
}

static tw_status make(making *k, tw_error *err)
{
    tw_shap_program *p = k->to;
    const tw_trees *m = p->model;
    sizes all = {0};
    size_t most_nodes = 1;
    for (p->to = p->from; p->to < m->n_trees; p->to++) {
        const sizes one = sizes_of(m, p->to, k->features, k->pairs);
        const size_t points = all.n_points + one.n_points, elements = all.n_elements + one.n_elements;
        if (p->to > p->from && points * sizeof(tw_shap_point) + elements * sizeof(tw_shap_element) > PROGRAM_BYTES)
            break;
        all = (sizes){all.n_splits + one.n_splits, points, elements};
        most_nodes = larger(most_nodes, m->first[p->to + 1] - m->first[p->to]);
    }
    if (!arrange(k, &all, most_nodes)) return tw_no_memory(err, "the tables of an explanation");
    for (size_t t = p->from; t < p->to; t++) TW_TRY(add_tree(k, t, err));
    return tw_tree_scorer_new(m, p->from, p->to, &p->scorer, err);
}

tw_status tw_shap_program_new(const tw_trees *m, size_t from, const tw_shap_features *features, bool pairs,
                              tw_shap_program *program, tw_error *err)
{
    *program = (tw_shap_program){.ctx = m->ctx, .model = m, .from = from};
    making k = {.to = program, .features = features, .pairs = pairs};
    const tw_status status = make(&k, err);
    tw_free(m->ctx, k.feature);
    tw_free(m->ctx, k.share);
    if (status != TW_OK) tw_shap_program_clear(program);
    return status;
}

void tw_shap_program_clear(tw_shap_program *p)
{
    void *const blocks[] = {p->tree, p->split, p->point, p->leaf, p->element, p->weight, p->none, p->expected};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) tw_free(p->ctx, blocks[i]);
    tw_tree_scorer_free(p->scorer);
    *p = (tw_shap_program){0};
}

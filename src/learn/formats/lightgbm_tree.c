/* SPDX-License-Identifier: Apache-2.0 */
/* One tree of a LightGBM model. Children of a split: a split's number, or -1 - the number of a leaf. */
#include "learn/formats/lightgbm.h"

#include <math.h>

typedef struct tree {
    tw_lightgbm *l;
    tw_trees *m;
    size_t n_splits, n_leaves, n_sets, n_words, n_terms;
    const double *feature, *threshold, *decision, *left, *right, *gain, *split_cover; /* by split */
    const double *value, *leaf_cover;                                                 /* by leaf */
    const double *set_end, *word; /* set k: words [set_end[k], set_end[k + 1]) of 32 bits */
    const double *intercept, *leaf_terms, *term,
        *slope;               /* linear leaves, or NULL: by leaf, by leaf, by term, by term */
    const size_t *first_term; /* by leaf */
} tree;

static tw_status get(tree *t, const tw_field *block, const char *key, size_t n, const double **to)
{
    TW_TRY(tw_lightgbm_get_numbers(t->l, block, key, n, to));
    return *to ? TW_OK : tw_fail(t->l->err, TW_BAD_FILE, "no line %s", key);
}

static tw_status get_splits(tree *t, const tw_field *block)
{
    TW_TRY(get(t, block, "split_feature=", t->n_splits, &t->feature));
    TW_TRY(get(t, block, "threshold=", t->n_splits, &t->threshold));
    TW_TRY(get(t, block, "decision_type=", t->n_splits, &t->decision));
    TW_TRY(get(t, block, "left_child=", t->n_splits, &t->left));
    TW_TRY(get(t, block, "right_child=", t->n_splits, &t->right));
    TW_TRY(tw_lightgbm_get_numbers(t->l, block, "split_gain=", t->n_splits, &t->gain));
    return tw_lightgbm_get_numbers(t->l, block, "internal_count=", t->n_splits, &t->split_cover);
}

static tw_status get_sets(tree *t, const tw_field *block)
{
    TW_TRY(tw_lightgbm_get_count(block, "num_cat=", t->n_splits, &t->n_sets, t->l->err));
    if (t->n_sets == 0) return TW_OK;
    TW_TRY(get(t, block, "cat_boundaries=", t->n_sets + 1, &t->set_end));
    for (size_t k = 0; k <= t->n_sets; k++)
        if (!(t->set_end[k] >= (k ? t->set_end[k - 1] : 0)) || t->set_end[k] > TW_MODEL_CATEGORY)
            return tw_fail(t->l->err, TW_BAD_FILE, "cat_boundaries must ascend, entry %zu is %g", k, t->set_end[k]);
    t->n_words = (size_t)t->set_end[t->n_sets];
    return get(t, block, "cat_threshold=", t->n_words, &t->word);
}

/* How many terms each leaf has, and so which are whose. */
static tw_status get_term_counts(tree *t, const tw_field *block)
{
    TW_TRY(get(t, block, "num_features=", t->n_leaves, &t->leaf_terms));
    size_t *first = tw_arena_new(&t->l->arena, t->n_leaves + 1, sizeof *first);
    if (!first) return tw_no_memory(t->l->err, "the numbers of a tree");
    for (size_t i = 0; i < t->n_leaves; i++) {
        first[i] = t->n_terms;
        if (!(t->leaf_terms[i] >= 0 && t->leaf_terms[i] <= (double)t->l->n_features))
            return tw_fail(t->l->err, TW_BAD_FILE, "leaf %zu has %g terms, there are %zu features", i, t->leaf_terms[i],
                           t->l->n_features);
        t->n_terms += (size_t)t->leaf_terms[i];
    }
    t->first_term = first;
    return TW_OK;
}

static tw_status get_linear(tree *t, const tw_field *block)
{
    tw_field flag;
    if (!tw_lightgbm_find(block, "is_linear=", &flag) || flag.length != 1 || flag.text[0] != '1') return TW_OK;
    TW_TRY(get(t, block, "leaf_const=", t->n_leaves, &t->intercept));
    TW_TRY(get_term_counts(t, block));
    TW_TRY(get(t, block, "leaf_features=", t->n_terms, &t->term));
    return get(t, block, "leaf_coeff=", t->n_terms, &t->slope);
}

static tw_status get_tree(tree *t, const tw_field *block)
{
    TW_TRY(tw_lightgbm_get_count(block, "num_leaves=", block->length, &t->n_leaves, t->l->err));
    if (t->n_leaves == 0) return tw_fail(t->l->err, TW_BAD_FILE, "num_leaves=0: a tree has one leaf at least");
    t->n_splits = t->n_leaves - 1;
    TW_TRY(get_splits(t, block));
    TW_TRY(get(t, block, "leaf_value=", t->n_leaves, &t->value));
    TW_TRY(tw_lightgbm_get_numbers(t->l, block, "leaf_count=", t->n_leaves, &t->leaf_cover));
    TW_TRY(get_sets(t, block));
    return get_linear(t, block);
}

/* ---------------------------------------------------------------- nodes */

static double at(const double *x, size_t i) { return x ? x[i] : 0; }

static tw_status fill_terms(const tree *t, uint32_t own, size_t leaf)
{
    const size_t n = (size_t)t->leaf_terms[leaf], first = t->first_term[leaf];
    if (n == 0) {
        t->m->value[own] = t->l->factor * t->intercept[leaf];
        return TW_OK;
    }
    tw_tree_term *term = tw_arena_new(&t->l->arena, n, sizeof *term);
    if (!term) return tw_no_memory(t->l->err, "the numbers of a tree");
    for (size_t k = 0; k < n; k++) {
        const double feature = t->term[first + k];
        if (!(feature >= 0 && feature < (double)t->l->n_features))
            return tw_fail(t->l->err, TW_BAD_FILE, "leaf %zu uses feature %g of %zu", leaf, feature, t->l->n_features);
        term[k] = (tw_tree_term){(uint32_t)feature, t->l->factor * t->slope[first + k]};
    }
    return tw_trees_set_linear(t->m, own, t->l->factor * t->intercept[leaf], term, n, t->l->err);
}

static tw_status fill_leaf(const tree *t, uint32_t own, size_t leaf)
{
    t->m->value[own] = t->l->factor * t->value[leaf];
    t->m->cover[own] = at(t->leaf_cover, leaf);
    return t->intercept ? fill_terms(t, own, leaf) : TW_OK;
}

/* Words of 32 bits to words of 64. */
static tw_status fill_set(const tree *t, uint32_t own, size_t split)
{
    const double k = t->threshold[split];
    if (!(k >= 0 && k < (double)t->n_sets))
        return tw_fail(t->l->err, TW_BAD_FILE, "split %zu has the category set %g of %zu", split, k, t->n_sets);
    const size_t first = (size_t)t->set_end[(size_t)k], n = (size_t)t->set_end[(size_t)k + 1] - first;
    uint64_t *word = tw_arena_new(&t->l->arena, n / 2 + 1, sizeof *word);
    if (!word) return tw_no_memory(t->l->err, "the numbers of a tree");
    for (size_t i = 0; i < n; i++) {
        const double bits = t->word[first + i];
        if (!(bits >= 0 && bits <= (double)UINT32_MAX))
            return tw_fail(t->l->err, TW_BAD_FILE, "cat_threshold: %g is no word of 32 bits", bits);
        word[i / 2] |= (uint64_t)bits << (32 * (i % 2));
    }
    tw_tree_node *node = &t->m->node[own];
    node->flags = TW_SPLIT_SET | TW_SPLIT_MISSING_RIGHT;
    uint32_t set = 0;
    TW_TRY(tw_trees_add_set(t->m, word, (n + 1) / 2, &set, t->l->err));
    node->set = set;
    return TW_OK;
}

/* Where a feature's missing type is none, NaN is 0: which way that goes is known here. */
static void fill_threshold(const tree *t, uint32_t own, size_t split, unsigned decision)
{
    tw_tree_node *node = &t->m->node[own];
    const double threshold = t->threshold[split];
    const unsigned missing = decision & (TW_LIGHTGBM_MISSING_ZERO | TW_LIGHTGBM_MISSING_NAN);
    const bool left = missing ? (decision & TW_LIGHTGBM_DEFAULT_LEFT) != 0 : threshold >= 0;
    node->threshold = tw_float_at_most(threshold);
    node->flags =
        (left ? 0 : TW_SPLIT_MISSING_RIGHT) | (missing == TW_LIGHTGBM_MISSING_ZERO ? TW_SPLIT_ZERO_MISSING : 0);
}

static tw_status get_child(const tree *t, const double *from, size_t split, int64_t *child)
{
    const double c = from[split];
    if (!(c >= -(double)t->n_leaves && c < (double)t->n_splits))
        return tw_fail(t->l->err, TW_BAD_FILE, "split %zu has child %g; there are %zu splits and %zu leaves", split, c,
                       t->n_splits, t->n_leaves);
    *child = c >= 0 ? (int64_t)c : (int64_t)t->n_splits - 1 - (int64_t)c;
    return TW_OK;
}

/* Nodes of the source: the splits, then the leaves. */
static tw_status fill(void *arg, uint32_t own, size_t from, int64_t child[2], tw_error *err)
{
    const tree *t = arg;
    (void)err;
    if (from >= t->n_splits) return fill_leaf(t, own, from - t->n_splits);
    const double feature = t->feature[from], decision = t->decision[from];
    if (!(feature >= 0 && feature < (double)t->l->n_features) || !(decision >= 0 && decision < 12))
        return tw_fail(t->l->err, TW_BAD_FILE, "split %zu is by feature %g of %zu, decision_type %g", from, feature,
                       t->l->n_features, decision);
    TW_TRY(get_child(t, t->left, from, &child[0]));
    TW_TRY(get_child(t, t->right, from, &child[1]));
    t->m->node[own].feature = (uint32_t)feature;
    t->m->cover[own] = at(t->split_cover, from);
    t->m->gain[own] = at(t->gain, from);
    if ((unsigned)decision & TW_LIGHTGBM_CATEGORICAL) return fill_set(t, own, from);
    fill_threshold(t, own, from, (unsigned)decision);
    return TW_OK;
}

tw_status tw_lightgbm_add_tree(tw_lightgbm *l, const tw_field *block, uint32_t output, tw_trees *m)
{
    tree t = {.l = l, .m = m};
    TW_TRY(get_tree(&t, block));
    const tw_tree_source source = {.n_nodes = t.n_splits + t.n_leaves, .output = output, .fill = fill, .arg = &t};
    return tw_trees_add_source(m, &source, l->err);
}

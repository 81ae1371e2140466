/* SPDX-License-Identifier: Apache-2.0 */
/* One tree of an XGBoost model: arrays by node. */
#include "learn/formats/xgboost.h"

#include <math.h>

typedef struct tree {
    tw_xgboost *x;
    tw_trees *m;
    size_t n, n_sets, n_categories;
    const double *left, *right, *feature, *condition, *default_left;
    const double *hessian, *gain;                             /* NULL where there are none */
    const double *split_type;                                 /* NULL where there are no categories yet */
    const double *set_node, *set_first, *set_size, *category; /* by set; by category */
    const double *leaf;                                       /* values of vector leaves; NULL: plain ones */
    size_t n_leaf_rows, width, part;                          /* of vector leaves: rows, values in one, that taken */
    bool by_leaf;                                             /* rows are leaves, not nodes */
    double weight;
} tree;

/* A flag may be written as a number or as true and false: these go to the scratch. */
static tw_status get_flags(tree *t, const tw_node *map, const char *key, const double **flags)
{
    const tw_node *list = tw_node_get(map, key);
    if (!list || list->kind != TW_NODE_LIST || list->n_children != t->n || list->first->kind != TW_NODE_BOOL)
        return tw_xgboost_get_numbers(t->x, map, key, t->n, flags);
    tw_xgboost *x = t->x;
    if (x->flags_room < t->n) {
        double *more = tw_resize(x->ctx, x->flags, x->flags_room * sizeof *more, t->n * sizeof *more);
        if (!more) return tw_no_memory(t->x->err, "the nodes of a tree model");
        x->flags = more;
        x->flags_room = t->n;
    }
    size_t i = 0;
    for (const tw_node *c = list->first; c; c = c->next) x->flags[i++] = c->boolean;
    *flags = x->flags;
    return TW_OK;
}

static size_t length_of(const tw_node *map, const char *key)
{
    const tw_node *list = tw_node_get(map, key);
    return list ? list->n_children : 0;
}

static tw_status get_sets(tree *t, const tw_node *map)
{
    t->n_sets = length_of(map, "categories_nodes");
    t->n_categories = length_of(map, "categories");
    if (tw_node_get(map, "split_type")) /* since 1.3 */
        TW_TRY(tw_xgboost_get_numbers(t->x, map, "split_type", t->n, &t->split_type));
    if (t->n_sets == 0) return TW_OK;
    TW_TRY(tw_xgboost_get_numbers(t->x, map, "categories_nodes", t->n_sets, &t->set_node));
    TW_TRY(tw_xgboost_get_numbers(t->x, map, "categories_segments", t->n_sets, &t->set_first));
    TW_TRY(tw_xgboost_get_numbers(t->x, map, "categories_sizes", t->n_sets, &t->set_size));
    return tw_xgboost_get_numbers(t->x, map, "categories", t->n_categories, &t->category);
}

/* Vector leaves: 3.1 and later keep them by leaf, 2.x by node in the place of the weights. */
static tw_status get_vectors(tree *t, const tw_node *map)
{
    TW_TRY(tw_xgboost_get_count(t->x, tw_node_get(map, "tree_param"), "size_leaf_vector", TW_MODEL_OUTPUTS, &t->width));
    if (t->width == 0) t->width = 1; /* as 1.x has it */
    if (t->width == 1) return TW_OK;
    t->by_leaf = tw_node_get(map, "leaf_weights") != NULL;
    const char *key = t->by_leaf ? "leaf_weights" : "base_weights";
    t->n_leaf_rows = length_of(map, key) / t->width;
    if (t->width != t->x->n_outputs)
        return tw_node_fail(t->x->doc, map, t->x->err, "leaves of %zu values for %zu outputs", t->width,
                            t->x->n_outputs);
    return tw_xgboost_get_numbers(t->x, map, key, t->n_leaf_rows * t->width, &t->leaf);
}

static tw_status get_tree(tree *t, const tw_node *map)
{
    t->n = length_of(map, "left_children");
    if (t->n == 0) return tw_node_fail(t->x->doc, map, t->x->err, "a tree without left_children");
    TW_TRY(tw_xgboost_get_numbers(t->x, map, "left_children", t->n, &t->left));
    TW_TRY(tw_xgboost_get_numbers(t->x, map, "right_children", t->n, &t->right));
    TW_TRY(tw_xgboost_get_numbers(t->x, map, "split_indices", t->n, &t->feature));
    TW_TRY(tw_xgboost_get_numbers(t->x, map, "split_conditions", t->n, &t->condition));
    if (tw_node_get(map, "sum_hessian")) /* 2.x leaves the two out of trees with vector leaves */
        TW_TRY(tw_xgboost_get_numbers(t->x, map, "sum_hessian", t->n, &t->hessian));
    if (tw_node_get(map, "loss_changes")) TW_TRY(tw_xgboost_get_numbers(t->x, map, "loss_changes", t->n, &t->gain));
    TW_TRY(get_flags(t, map, "default_left", &t->default_left));
    TW_TRY(get_sets(t, map));
    return get_vectors(t, map);
}

/* ---------------------------------------------------------------- nodes */

/* A number of a file as an index below n; SIZE_MAX when it is none. */
static size_t as_index(double x, size_t n) { return x >= 0 && x < (double)n ? (size_t)x : SIZE_MAX; }

/* Nodes with sets ascend. */
static size_t find_set(const tree *t, size_t node)
{
    size_t lo = 0, hi = t->n_sets;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (t->set_node[mid] < (double)node)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < t->n_sets && t->set_node[lo] == (double)node ? lo : SIZE_MAX;
}

/* Categories of the set go right there, left here: so children change sides, and with them the way of missing ones. */
static tw_status fill_set(const tree *t, uint32_t own, size_t from, int64_t child[2])
{
    const size_t k = find_set(t, from);
    const size_t first = k == SIZE_MAX ? SIZE_MAX : as_index(t->set_first[k], t->n_categories + 1);
    const size_t n = first == SIZE_MAX ? SIZE_MAX : as_index(t->set_size[k], t->n_categories - first + 1);
    if (n == SIZE_MAX)
        return tw_fail(t->x->err, TW_BAD_FILE, "node %zu splits by category, and its categories are not there", from);
    const int64_t left = child[0];
    child[0] = child[1];
    child[1] = left;
    uint32_t set = 0;
    TW_TRY(tw_trees_add_categories(t->m, &(tw_categories){t->category + first, n}, &t->x->category_budget, &set,
                                   t->x->err));
    tw_tree_node *node = &t->m->node[own];
    node->set = set;
    node->flags = TW_SPLIT_SET | (t->default_left[from] != 0 ? TW_SPLIT_MISSING_RIGHT : 0);
    return TW_OK;
}

static tw_status fill_leaf(const tree *t, uint32_t own, size_t from)
{
    double value = t->condition[from];
    if (t->leaf) {
        const size_t row = t->by_leaf ? as_index(t->right[from], t->n_leaf_rows) : from;
        if (row >= t->n_leaf_rows)
            return tw_fail(t->x->err, TW_BAD_FILE, "leaf %zu has no values (%zu have)", from, t->n_leaf_rows);
        value = t->leaf[row * t->width + t->part];
    }
    t->m->value[own] = t->weight * (double)(float)value;
    return TW_OK;
}

static tw_status fill(void *arg, uint32_t own, size_t from, int64_t child[2], tw_error *err)
{
    const tree *t = arg;
    (void)err;
    t->m->cover[own] = t->hessian ? t->hessian[from] : 0;
    if (t->left[from] < 0) return fill_leaf(t, own, from);
    const size_t left = as_index(t->left[from], t->n), right = as_index(t->right[from], t->n);
    const size_t feature = as_index(t->feature[from], t->x->n_features);
    if (left == SIZE_MAX || right == SIZE_MAX || feature == SIZE_MAX)
        return tw_fail(t->x->err, TW_BAD_FILE, "node %zu has the children %g and %g and splits by feature %g of %zu",
                       from, t->left[from], t->right[from], t->feature[from], t->x->n_features);
    child[0] = (int64_t)left;
    child[1] = (int64_t)right;
    tw_tree_node *node = &t->m->node[own];
    node->feature = (uint32_t)feature;
    t->m->gain[own] = t->gain ? t->gain[from] : 0;
    if (t->split_type && t->split_type[from] == 1) return fill_set(t, own, from, child);
    /* x < t goes left: of floats, those up to the one before t. */
    node->threshold = nextafterf((float)t->condition[from], -INFINITY);
    node->flags = t->default_left[from] != 0 ? 0 : TW_SPLIT_MISSING_RIGHT;
    return TW_OK;
}

tw_status tw_xgboost_add_tree(tw_xgboost *x, const tw_node *map, uint32_t output, double weight, tw_trees *m)
{
    tree t = {.x = x, .m = m, .width = 1, .weight = weight};
    TW_TRY(get_tree(&t, map));
    for (t.part = 0; t.part < t.width; t.part++) {
        const uint32_t to = t.width > 1 ? (uint32_t)t.part : output;
        TW_TRY(
            tw_trees_add_source(m, &(tw_tree_source){.n_nodes = t.n, .output = to, .fill = fill, .arg = &t}, x->err));
    }
    return TW_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* From what a file says of trees to an ensemble and a model. */
#include "learn/formats/formats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- trees */

/* Breadth first: so children are pairs behind their parents. */
static tw_status lay(tw_trees *m, const tw_tree_source *s, uint32_t *from, bool *seen, tw_error *err)
{
    const size_t first = m->n_nodes;
    (void)tw_trees_add_leaf(m);
    seen[0] = true;
    for (size_t i = first; i < m->n_nodes; i++) {
        int64_t child[2] = {-1, -1};
        TW_TRY(s->fill(s->arg, (uint32_t)i, from[i - first], child, err));
        if (child[0] < 0 && child[1] < 0) continue;
        for (int side = 0; side < 2; side++) {
            if (child[side] < 0 || (uint64_t)child[side] >= s->n_nodes || seen[child[side]])
                return tw_fail(err, TW_BAD_FILE,
                               "node %u has node %lld as child: it is not there, or another's (%zu nodes)",
                               (unsigned)from[i - first], (long long)child[side], s->n_nodes);
            seen[child[side]] = true;
            from[tw_trees_add_leaf(m) - first] = (uint32_t)child[side];
        }
        m->node[i].left = (uint32_t)m->n_nodes - 2;
    }
    tw_trees_end_tree(m, s->output, 0);
    return TW_OK;
}

tw_status tw_trees_add_source(tw_trees *m, const tw_tree_source *source, tw_error *err)
{
    if (source->n_nodes == 0) return tw_fail(err, TW_BAD_FILE, "a tree without nodes");
    TW_TRY(tw_trees_reserve(m, source->n_nodes, err));
    uint32_t *from = tw_new(m->ctx, source->n_nodes, sizeof *from);
    bool *seen = tw_new(m->ctx, source->n_nodes, sizeof *seen);
    const tw_status status =
        from && seen ? lay(m, source, from, seen, err) : tw_no_memory(err, "the nodes of a tree model");
    tw_free(m->ctx, from);
    tw_free(m->ctx, seen);
    return status;
}

size_t tw_category_budget(size_t file_bytes) { return (1 << 20) + 16 * file_bytes; }

tw_status tw_trees_add_categories(tw_trees *m, const tw_categories *list, size_t *budget, uint32_t *set, tw_error *err)
{
    double most = -1;
    for (size_t i = 0; i < list->n; i++) {
        if (!(list->at[i] >= 0 && list->at[i] < TW_MODEL_CATEGORY) || floor(list->at[i]) != list->at[i])
            return tw_fail(err, TW_BAD_FILE, "a category is %g; they are whole numbers below %d", list->at[i],
                           (int)TW_MODEL_CATEGORY);
        if (list->at[i] > most) most = list->at[i];
    }
    const size_t n_words = list->n ? (size_t)most / 64 + 1 : 0;
    if (n_words > *budget) return tw_fail(err, TW_TOO_LARGE, "the sets of categories are too large for this file");
    *budget -= n_words;
    uint64_t *word = tw_new(m->ctx, n_words + 1, sizeof *word);
    if (!word) return tw_no_memory(err, "the categories of a tree model");
    for (size_t i = 0; i < list->n; i++) word[(size_t)list->at[i] / 64] |= UINT64_C(1) << ((size_t)list->at[i] % 64);
    const tw_status status = tw_trees_add_set(m, word, n_words, set, err);
    tw_free(m->ctx, word);
    return status;
}

float tw_float_at_most(double x)
{
    const float near = (float)x;
    return (double)near > x ? nextafterf(near, -INFINITY) : near;
}

/* ---------------------------------------------------------------- names */

tw_status tw_names_set(tw_names *names, size_t feature, const char *text, size_t length, tw_error *err)
{
    if (memchr(text, 0, length)) return tw_fail(err, TW_BAD_FILE, "the name of feature %zu holds a NUL", feature);
    names->name[feature] = tw_arena_text(&names->arena, text, length);
    return names->name[feature] ? TW_OK : tw_no_memory(err, "the names of a model's columns");
}

tw_status tw_names_init(tw_names *names, const tw_ctx *ctx, size_t n_features, tw_error *err)
{
    *names = (tw_names){.n_features = n_features};
    tw_arena_init(&names->arena, ctx);
    if (n_features > TW_MODEL_FEATURES)
        return tw_fail(err, TW_TOO_LARGE, "a model of %zu features, at most %d are read", n_features,
                       (int)TW_MODEL_FEATURES);
    names->name = tw_arena_new(&names->arena, n_features + 1, sizeof *names->name);
    names->n_levels = tw_arena_new(&names->arena, n_features + 1, sizeof *names->n_levels);
    names->level = tw_arena_new(&names->arena, n_features + 1, sizeof *names->level);
    if (!names->name || !names->n_levels || !names->level) return tw_no_memory(err, "the names of a model's columns");
    for (size_t f = 0; f < n_features; f++) {
        char text[24];
        const int length = snprintf(text, sizeof text, "f%zu", f);
        TW_TRY(tw_names_set(names, f, text, (size_t)length, err));
    }
    return TW_OK;
}

void tw_names_clear(tw_names *names) { tw_arena_clear(&names->arena); }

/* ---------------------------------------------------------------- models */

tw_status tw_model_of_trees(tw_trees *m, const tw_names *names, const char *what, tw_model **model, tw_error *err)
{
    tw_model *made = NULL;
    tw_status status = tw_trees_check(m, what, err);
    if (status == TW_OK) status = tw_trees_measure(m, err);
    if (status == TW_OK) status = tw_trees_compile(m, err);
    if (status != TW_OK) {
        tw_trees_free(m);
        return status;
    }
    TW_TRY(tw_model_take(m->ctx, "gbm", NULL, m, m->n_features, &made, err));
    const tw_schema schema = {names->n_features, names->name, names->n_levels, names->level, "", 0, NULL};
    status = tw_model_name(made, &schema, err);
    if (status != TW_OK)
        tw_model_free(made);
    else
        *model = made;
    return status;
}

tw_status tw_model_get_trees(const tw_model *model, const char *format, const tw_trees **m, tw_error *err)
{
    *m = tw_model_trees(model);
    if (*m) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "%s holds tree ensembles, this is a model of %s", format,
                   tw_model_learner(model)->name);
}

bool tw_model_ensemble(const tw_model *model, tw_ensemble *ensemble)
{
    const tw_trees *m = tw_model_trees(model);
    if (!m) return false;
    *ensemble = (tw_ensemble){.link = m->link->name,
                              .link_title = m->link->title,
                              .link_scale = m->link_scale,
                              .base = m->base,
                              .n_trees = m->n_trees,
                              .n_nodes = m->n_nodes};
    for (uint32_t i = 0; i < m->n_nodes; i++) {
        ensemble->n_leaves += tw_tree_is_leaf(m, i);
        ensemble->n_linear_leaves += m->linear && m->linear[i].n > 0;
        ensemble->n_category_splits += (m->node[i].flags & TW_SPLIT_SET) != 0;
    }
    for (size_t t = 0; t < m->n_trees; t++)
        if (m->depth[t] > ensemble->depth) ensemble->depth = m->depth[t];
    return true;
}

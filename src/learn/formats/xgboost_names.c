/* SPDX-License-Identifier: Apache-2.0 */
/* What the columns of an XGBoost model are called; since 3.1 it may hold the categories of a data frame too. */
#include "learn/formats/xgboost.h"

#include <string.h>

static tw_status no_names(const tw_xgboost *x) { return tw_no_memory(x->err, "the names of a model's columns"); }

/* Texts one behind the other as bytes, each from one offset to the next. */
static tw_status get_text_levels(const tw_xgboost *x, const tw_node *enc, size_t feature, tw_names *names)
{
    const tw_node *offsets = tw_node_get(enc, "offsets"), *values = tw_node_get(enc, "values");
    const size_t n = offsets->n_children - 1, n_bytes = values ? values->n_children : 0;
    const char **level = tw_arena_new(&names->arena, n, sizeof *level);
    char *text = tw_arena_new(&names->arena, n_bytes + n, 1);
    if (!level || !text) return no_names(x);
    for (size_t i = 0; i < n; i++) {
        const double from = offsets->numbers[i], to = offsets->numbers[i + 1];
        if (!(from >= 0 && from <= to && to <= (double)n_bytes) || (n_bytes && !values->numbers) ||
            (i == 0 && from != 0))
            return tw_node_fail(x->doc, offsets, x->err, "category %zu has the bytes [%g, %g) of %zu", i, from, to,
                                n_bytes);
        level[i] = text;
        for (size_t b = (size_t)from; b < (size_t)to; b++) {
            const double byte = values->numbers[b];
            *text++ = byte >= -128 && byte < 256 && byte != 0 ? (char)(int)byte : '?';
        }
        *text++ = '\0';
    }
    names->n_levels[feature] = n;
    names->level[feature] = level;
    return TW_OK;
}

static tw_status get_number_levels(const tw_xgboost *x, const tw_node *values, size_t feature, tw_names *names)
{
    const size_t n = values->n_children;
    const char **level = tw_arena_new(&names->arena, n, sizeof *level);
    if (!level) return no_names(x);
    for (size_t i = 0; i < n; i++) {
        char text[32];
        level[i] = tw_arena_text(&names->arena, text, tw_format_double(values->numbers[i], text));
        if (!level[i]) return no_names(x);
    }
    names->n_levels[feature] = n;
    names->level[feature] = level;
    return TW_OK;
}

static tw_status get_levels(const tw_xgboost *x, tw_names *names)
{
    const tw_node *list = tw_node_get(tw_node_get(x->model, "cats"), "enc");
    size_t f = 0;
    if (!list || list->kind != TW_NODE_LIST) return TW_OK;
    for (const tw_node *enc = list->first; enc && f < x->n_features; enc = enc->next, f++) {
        const tw_node *offsets = tw_node_get(enc, "offsets"), *values = tw_node_get(enc, "values");
        if (offsets && offsets->kind == TW_NODE_NUMBERS && offsets->n_children > 1)
            TW_TRY(get_text_levels(x, enc, f, names));
        else if (values && values->kind == TW_NODE_NUMBERS)
            TW_TRY(get_number_levels(x, values, f, names));
    }
    return TW_OK;
}

tw_status tw_xgboost_get_names(const tw_xgboost *x, tw_names *names)
{
    const tw_node *list = tw_node_get(x->learner, "feature_names");
    size_t f = 0;
    if (list && list->n_children && list->n_children != x->n_features)
        return tw_node_fail(x->doc, list, x->err, "%zu names for %zu features", list->n_children, x->n_features);
    for (const tw_node *name = list ? list->first : NULL; name; name = name->next, f++) {
        const char *text = tw_node_text(name, "");
        TW_TRY(tw_names_set(names, f, text, strlen(text), x->err));
    }
    return get_levels(x, names);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the columns of a LightGBM model are called. Categories have names where it was fitted on pandas' columns. */
#include "learn/formats/lightgbm.h"

#include <string.h>

/* What the file tells of each feature: "[lo:hi]", "none" when never split, or the categories that were seen. */
static bool is_categorical(const tw_field *info)
{
    return info->length > 0 && info->text[0] != '[' && !(info->length == 4 && memcmp(info->text, "none", 4) == 0);
}

/* Indices of the categorical features, in the arena of the names. */
static tw_status find_categorical(const tw_lightgbm *l, tw_names *names, size_t **index, size_t *n, tw_error *err)
{
    tw_field line, word;
    int64_t f;
    *n = 0;
    *index = tw_arena_new(&names->arena, l->n_features, sizeof **index);
    if (!*index) return tw_no_memory(err, "the names of a model's columns");
    if (tw_lightgbm_find(&l->tail, "[categorical_feature: ", &line)) {
        if (line.length) line.length--; /* the closing bracket */
        while (*n < l->n_features && tw_lightgbm_next_word(&line, ',', &word))
            if (tw_parse_int64(word.text, word.length, &f) && f >= 0 && (size_t)f < l->n_features)
                (*index)[(*n)++] = (size_t)f;
    } else if (tw_lightgbm_find(&l->head, "feature_infos=", &line)) {
        for (size_t i = 0; i < l->n_features && tw_lightgbm_next_word(&line, ' ', &word); i++)
            if (is_categorical(&word)) (*index)[(*n)++] = i;
    }
    return TW_OK;
}

static tw_status set_levels(const tw_node *list, size_t feature, tw_names *names, tw_error *err)
{
    size_t n = 0;
    const char **level = tw_arena_new(&names->arena, list->n_children, sizeof *level);
    if (!level) return tw_no_memory(err, "the names of a model's columns");
    for (const tw_node *c = list->first; c; c = c->next) {
        const char *text = tw_node_text(c, "");
        level[n] = tw_arena_text(&names->arena, text, strlen(text));
        if (!level[n++]) return tw_no_memory(err, "the names of a model's columns");
    }
    names->n_levels[feature] = n;
    names->level[feature] = level;
    return TW_OK;
}

/* Lists of categories stand for the categorical columns in turn. Where the numbers differ, which list is whose is not
 * known: then categories keep their codes. */
static tw_status get_levels(const tw_lightgbm *l, const tw_node *lists, tw_names *names, tw_error *err)
{
    size_t *index, n, i = 0;
    if (lists->kind != TW_NODE_LIST) return TW_OK;
    TW_TRY(find_categorical(l, names, &index, &n, err));
    if (n != lists->n_children) return TW_OK;
    for (const tw_node *list = lists->first; list; list = list->next, i++)
        if (list->kind == TW_NODE_LIST && list->n_children) TW_TRY(set_levels(list, index[i], names, err));
    return TW_OK;
}

static tw_status get_pandas(const tw_lightgbm *l, tw_names *names, tw_error *err)
{
    tw_field line;
    tw_doc *doc = NULL;
    if (!tw_lightgbm_find(&l->tail, "pandas_categorical:", &line)) return TW_OK;
    TW_TRY(tw_doc_parse_json(l->ctx, line.text, line.length, "LightGBM: pandas_categorical", &doc, err));
    const tw_status status = get_levels(l, tw_doc_root(doc), names, err);
    tw_doc_free(doc);
    return status;
}

tw_status tw_lightgbm_get_names(const tw_lightgbm *l, tw_names *names, tw_error *err)
{
    tw_field line, word;
    size_t n = 0;
    if (tw_lightgbm_find(&l->head, "feature_names=", &line)) {
        while (tw_lightgbm_next_word(&line, ' ', &word)) {
            if (n < l->n_features) TW_TRY(tw_names_set(names, n, word.text, word.length, err));
            n++;
        }
        if (n != l->n_features)
            return tw_fail(err, TW_BAD_FILE, "LightGBM: %zu feature names, max_feature_idx=%zu", n, l->n_features - 1);
    }
    return get_pandas(l, names, err);
}

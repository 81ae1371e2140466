/* SPDX-License-Identifier: Apache-2.0 */
/* XGBoost's models, JSON and UBJSON. Layout: docs.xgboost.org/en/stable/tutorials/saving_model.html and its schema. */
#include "learn/formats/xgboost.h"

#include <string.h>

/* ---------------------------------------------------------------- asking */

tw_status tw_xgboost_get_count(const tw_xgboost *x, const tw_node *map, const char *key, size_t most, size_t *count)
{
    const char *text = tw_node_text(tw_node_get(map, key), NULL);
    int64_t got;
    if (!text) return TW_OK;
    if (!tw_parse_int64(text, strlen(text), &got) || got < 0 || (uint64_t)got > most)
        return tw_fail(x->err, TW_BAD_FILE, "%s: %s is '%.40s', from 0 to %zu expected", tw_doc_name(x->doc), key, text,
                       most);
    *count = (size_t)got;
    return TW_OK;
}

tw_status tw_xgboost_get_numbers(const tw_xgboost *x, const tw_node *map, const char *key, size_t n,
                                 const double **numbers)
{
    const tw_node *list = tw_node_get(map, key);
    *numbers = list ? list->numbers : NULL;
    if (list && list->n_children == n && (list->kind == TW_NODE_NUMBERS || (n == 0 && list->kind == TW_NODE_LIST)))
        return TW_OK;
    return tw_node_fail(x->doc, list ? list : map, x->err, "%s must be a list of %zu numbers", key, n);
}

/* ---------------------------------------------------------------- the head */

static tw_status get_booster(tw_xgboost *x)
{
    const tw_node *booster = tw_node_get(x->learner, "gradient_booster");
    const char *name = tw_node_text(tw_node_get(booster, "name"), "");
    if (strcmp(name, "dart") == 0) {
        x->weight_drop = tw_node_get(booster, "weight_drop");
        booster = tw_node_get(booster, "gbtree");
    } else if (strcmp(name, "gbtree") != 0) {
        return tw_fail(x->err, TW_BAD_VALUE, "%s: the booster '%.40s' is not read; gbtree and dart are",
                       tw_doc_name(x->doc), name);
    }
    x->model = tw_node_get(booster, "model");
    const tw_node *trees = tw_node_get(x->model, "trees");
    if (!trees || trees->kind != TW_NODE_LIST)
        return tw_node_fail(x->doc, x->model, x->err, "the model has no list of trees");
    return TW_OK;
}

static tw_status get_head(tw_xgboost *x)
{
    x->learner = tw_node_get(tw_doc_root(x->doc), "learner");
    const tw_node *param = tw_node_get(x->learner, "learner_model_param");
    size_t n_classes = 0, n_targets = 1;
    if (!param) return tw_fail(x->err, TW_BAD_FILE, "%s: no learner with a learner_model_param", tw_doc_name(x->doc));
    TW_TRY(tw_xgboost_get_count(x, param, "num_feature", TW_MODEL_FEATURES, &x->n_features));
    TW_TRY(tw_xgboost_get_count(x, param, "num_class", TW_MODEL_OUTPUTS, &n_classes));
    TW_TRY(tw_xgboost_get_count(x, param, "num_target", TW_MODEL_OUTPUTS, &n_targets));
    x->n_outputs = n_classes > n_targets ? n_classes : n_targets > 1 ? n_targets : 1;
    TW_TRY(tw_xgboost_get_link(x));
    return get_booster(x);
}

/* ---------------------------------------------------------------- trees */

static tw_status add_trees(tw_xgboost *x, tw_trees *m)
{
    const tw_node *trees = tw_node_get(x->model, "trees");
    const size_t n = trees->n_children;
    const double *output = NULL, *weight = NULL;
    TW_TRY(tw_xgboost_get_numbers(x, x->model, "tree_info", n, &output));
    if (x->weight_drop)
        TW_TRY(tw_xgboost_get_numbers(x, tw_node_get(x->learner, "gradient_booster"), "weight_drop", n, &weight));
    size_t i = 0;
    for (const tw_node *tree = trees->first; tree; tree = tree->next, i++) {
        if (!(output[i] >= 0 && output[i] < (double)x->n_outputs))
            return tw_fail(x->err, TW_BAD_FILE, "%s: tree %zu is for output %g of %zu", tw_doc_name(x->doc), i,
                           output[i], x->n_outputs);
        const tw_status status = tw_xgboost_add_tree(x, tree, (uint32_t)output[i], weight ? weight[i] : 1, m);
        if (status == TW_NO_MEMORY) return status;
        if (status != TW_OK) return tw_fail_in(x->err, status, "tree %zu", i);
    }
    return TW_OK;
}

static tw_status fill_trees(tw_xgboost *x, tw_trees *m)
{
    m->link = x->link;
    TW_TRY(tw_xgboost_get_bases(x, m->base));
    const tw_status status = add_trees(x, m);
    tw_free(x->ctx, x->flags);
    return status;
}

static tw_status make_model(tw_xgboost *x, tw_model **model)
{
    tw_names names;
    tw_trees *m = NULL;
    tw_status status = tw_names_init(&names, x->ctx, x->n_features, x->err);
    if (status == TW_OK) status = tw_xgboost_get_names(x, &names);
    if (status == TW_OK) status = tw_trees_new(x->ctx, &(tw_trees_size){x->n_features, x->n_outputs, 0, 0}, &m, x->err);
    if (status == TW_OK) status = fill_trees(x, m);
    if (status == TW_OK)
        status = tw_model_of_trees(m, &names, tw_doc_name(x->doc), model, x->err);
    else
        tw_trees_free(m);
    tw_names_clear(&names);
    return status;
}

static tw_status read_doc(const tw_ctx *ctx, tw_doc *doc, size_t length, tw_model **model, tw_error *err)
{
    tw_xgboost x = {.ctx = ctx, .err = err, .doc = doc, .category_budget = tw_category_budget(length)};
    tw_status status = get_head(&x);
    if (status == TW_OK) status = make_model(&x, model);
    tw_doc_free(doc);
    return status;
}

/* ---------------------------------------------------------------- the two forms */

static tw_status read_json(const tw_ctx *ctx, const void *bytes, size_t length, tw_model **model, tw_error *err)
{
    tw_doc *doc = NULL;
    TW_TRY(tw_doc_parse_json_packed(ctx, bytes, length, "XGBoost JSON", &doc, err));
    return read_doc(ctx, doc, length, model, err);
}

static tw_status read_ubjson(const tw_ctx *ctx, const void *bytes, size_t length, tw_model **model, tw_error *err)
{
    tw_doc *doc = NULL;
    TW_TRY(tw_doc_parse_ubjson(ctx, bytes, length, "XGBoost UBJSON", &doc, err));
    return read_doc(ctx, doc, length, model, err);
}

/* A JSON document begins with a brace and then a key or blanks, a UBJSON one with a brace and a length. */
static bool is_json(const void *bytes, size_t length)
{
    const char *text = bytes;
    size_t i = 0;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) i = 3;
    while (i < length && memchr(" \t\r\n", text[i], 4)) i++;
    return i + 1 < length && text[i] == '{' && memchr("\" \t\r\n}", text[i + 1], 6);
}

static bool is_ubjson(const void *bytes, size_t length)
{
    const char *text = bytes;
    return length >= 2 && text[0] == '{' && memchr("iUIlL$#", text[1], 7);
}

const tw_format tw_format_xgboost_json = {
    .name = "xgboost_json",
    .title = "XGBoost 1.0 to 3.x, JSON (save_model(\"m.json\")): gbtree and dart",
    .source = "Chen & Guestrin 2016; XGBoost 3.2.0",
    .extension = ".json",
    .is = is_json,
    .read = read_json,
};

const tw_format tw_format_xgboost_ubjson = {
    .name = "xgboost_ubjson",
    .title = "XGBoost 1.6 to 3.x, UBJSON (save_model(\"m.ubj\")): gbtree and dart",
    .source = "Chen & Guestrin 2016; XGBoost 3.2.0",
    .extension = ".ubj",
    .is = is_ubjson,
    .read = read_ubjson,
};

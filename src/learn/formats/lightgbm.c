/* SPDX-License-Identifier: Apache-2.0 */
/* LightGBM's text models: the head, and all together. Layout: LightGBM src/boosting/gbdt_model_text.cpp,
 * src/io/tree.cpp. */
#include "learn/formats/lightgbm.h"

#include <string.h>

/* ---------------------------------------------------------------- the objective */

static const struct objective {
    const char *name, *link;
} objectives[] = {
    {"binary", "logistic"},     {"cross_entropy", "logistic"}, {"cross_entropy_lambda", "log1p_exp"},
    {"custom", "identity"},     {"fair", "identity"},          {"gamma", "exp"},
    {"huber", "identity"},      {"lambdarank", "identity"},    {"mape", "identity"},
    {"multiclass", "softmax"},  {"multiclassova", "logistic"}, {"none", "identity"},
    {"poisson", "exp"},         {"quantile", "identity"},      {"rank_xendcg", "identity"},
    {"regression", "identity"}, {"regression_l1", "identity"}, {"tweedie", "exp"},
};

static bool is_word(const tw_field *word, const char *text)
{
    return word->length == strlen(text) && memcmp(word->text, text, word->length) == 0;
}

/* The words behind the objective's name: "sigmoid:1.7", "sqrt"; others do not change what is predicted. */
static tw_status get_modifiers(tw_field words, tw_trees *m, tw_error *err)
{
    tw_field word;
    while (tw_lightgbm_next_word(&words, ' ', &word)) {
        if (is_word(&word, "sqrt")) m->link = tw_link_find("square");
        if (word.length < 8 || memcmp(word.text, "sigmoid:", 8) != 0) continue;
        if (!tw_parse_double(word.text + 8, word.length - 8, &m->link_scale))
            return tw_fail(err, TW_BAD_FILE, "LightGBM: '%.*s' is no number", (int)word.length, word.text);
    }
    return TW_OK;
}

static tw_status get_link(const tw_lightgbm *l, tw_trees *m, tw_error *err)
{
    tw_field line, name;
    if (!tw_lightgbm_find(&l->head, "objective=", &line)) return TW_OK; /* of the user's own: margins */
    (void)tw_lightgbm_next_word(&line, ' ', &name);
    for (size_t i = 0; i < sizeof objectives / sizeof objectives[0]; i++) {
        if (!is_word(&name, objectives[i].name)) continue;
        m->link = tw_link_find(objectives[i].link);
        return get_modifiers(line, m, err);
    }
    return tw_fail(err, TW_BAD_VALUE, "LightGBM: the objective '%.*s' is not known",
                   (int)(name.length < 80 ? name.length : 80), name.text);
}

/* ---------------------------------------------------------------- the head and the trees */

static tw_status get_head(tw_lightgbm *l, tw_error *err)
{
    tw_field version, average;
    size_t most_feature = 0;
    if (!tw_lightgbm_find(&l->head, "version=", &version) || version.length != 2 || version.text[0] != 'v' ||
        !memchr("234", version.text[1], 3))
        return tw_fail(err, TW_BAD_VERSION, "LightGBM: the head says no version that is read: v2, v3 or v4");
    TW_TRY(tw_lightgbm_get_count(&l->head, "max_feature_idx=", TW_MODEL_FEATURES - 1, &most_feature, err));
    TW_TRY(tw_lightgbm_get_count(&l->head, "num_tree_per_iteration=", TW_MODEL_OUTPUTS, &l->n_outputs, err));
    l->n_features = most_feature + 1;
    if (l->n_outputs == 0 || l->n_trees % l->n_outputs != 0)
        return tw_fail(err, TW_BAD_FILE, "LightGBM: %zu trees, %zu an iteration", l->n_trees, l->n_outputs);
    const bool averages = tw_lightgbm_find(&l->head, "average_output", &average) && l->n_trees > 0;
    l->factor = averages ? (double)l->n_outputs / (double)l->n_trees : 1;
    return TW_OK;
}

static tw_status add_trees(tw_lightgbm *l, tw_trees *m, tw_error *err)
{
    tw_field rest = l->trees, block;
    for (size_t i = 0; tw_lightgbm_next_tree(&rest, &block); i++) {
        const tw_status status = tw_lightgbm_add_tree(l, &block, (uint32_t)(i % l->n_outputs), m);
        if (status == TW_NO_MEMORY) return status;
        if (status != TW_OK) return tw_fail_in(err, status, "LightGBM: tree %zu", i);
        tw_arena_clear(&l->arena);
    }
    return get_link(l, m, err);
}

static tw_status make_model(tw_lightgbm *l, tw_model **model, tw_error *err)
{
    tw_names names;
    tw_trees *m = NULL;
    tw_status status = tw_names_init(&names, l->ctx, l->n_features, err);
    if (status == TW_OK) status = tw_lightgbm_get_names(l, &names, err);
    if (status == TW_OK)
        status = tw_trees_new(l->ctx, &(tw_trees_size){l->n_features, l->n_outputs, l->n_trees, 0}, &m, err);
    if (status == TW_OK) status = add_trees(l, m, err);
    if (status == TW_OK)
        status = tw_model_of_trees(m, &names, "LightGBM", model, err);
    else
        tw_trees_free(m);
    tw_names_clear(&names);
    return status;
}

static tw_status read_text(const tw_ctx *ctx, const void *bytes, size_t length, tw_model **model, tw_error *err)
{
    tw_lightgbm l = {.ctx = ctx, .err = err};
    tw_arena_init(&l.arena, ctx);
    tw_status status = tw_lightgbm_cut(&l, bytes, length, err);
    if (status == TW_OK) status = get_head(&l, err);
    if (status == TW_OK) status = make_model(&l, model, err);
    tw_arena_clear(&l.arena);
    return status;
}

static bool is_text(const void *bytes, size_t length)
{
    const char *text = bytes;
    return length >= 6 && memcmp(text, "tree", 4) == 0 && (text[4] == '\n' || (text[4] == '\r' && text[5] == '\n'));
}

const tw_format tw_format_lightgbm = {
    .name = "lightgbm",
    .title = "LightGBM 2 to 4, text (save_model(\"m.txt\"))",
    .source = "Ke et al. 2017; LightGBM 4.7.0",
    .extension = ".txt",
    .is = is_text,
    .read = read_text,
    .write = tw_lightgbm_write,
};

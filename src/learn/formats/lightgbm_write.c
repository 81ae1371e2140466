/* SPDX-License-Identifier: Apache-2.0 */
/* A model as LightGBM's text, version v4. There are no bases there: they go into the leaves of the first tree of each
 * output, which gives the same sums. */
#include "learn/formats/lightgbm.h"

#include <string.h>

typedef struct writer {
    tw_lightgbm_out o;
    const tw_schema *schema; /* or NULL */
    size_t n_rounds;
    uint32_t *tree; /* trees by output, in their order */
    size_t *of;     /* [n_outputs + 1] the first of each output */
    tw_buf trees, sizes;
} writer;

/* ---------------------------------------------------------------- the objective */

static const struct objective {
    const char *link, *one, *many; /* for one output and for several; NULL: it cannot be said, "": margins are */
} objectives[] = {
    {"exp", "poisson", NULL},
    {"identity", "regression", ""},
    {"log1p_exp", "cross_entropy_lambda", NULL},
    {"logistic", "binary", "multiclassova"},
    {"share", "regression", NULL}, /* one forest's mean of 0 and 1 is a share as it is */
    {"softmax", NULL, "multiclass"},
    {"square", "regression sqrt", NULL},
};

/* The objective that has the link, or NULL. Only logistic has a scale there. */
static const char *find_objective(const tw_trees *m)
{
    const bool logistic = strcmp(m->link->name, "logistic") == 0;
    if (logistic ? !(m->link_scale > 0) : m->link_scale != 1) return NULL;
    for (size_t i = 0; i < sizeof objectives / sizeof objectives[0]; i++)
        if (strcmp(objectives[i].link, m->link->name) == 0)
            return m->n_outputs == 1 ? objectives[i].one : objectives[i].many;
    return NULL;
}

static tw_status put_objective(const tw_trees *m, tw_buf *out, tw_error *err)
{
    const char *name = find_objective(m);
    if (!name)
        return tw_fail(err, TW_BAD_VALUE, "lightgbm has no objective for link %s with scale %g and %zu outputs",
                       m->link->name, m->link_scale, m->n_outputs);
    if (!name[0]) return TW_OK;
    tw_buf_printf(out, "objective=%s", name);
    if (m->n_outputs > 1) tw_buf_printf(out, " num_class:%zu", m->n_outputs);
    if (strcmp(m->link->name, "logistic") == 0) {
        char scale[32];
        (void)tw_format_double(m->link_scale, scale);
        tw_buf_printf(out, " sigmoid:%s", scale);
    }
    tw_buf_text(out, "\n");
    return TW_OK;
}

/* ---------------------------------------------------------------- features */

/* Names end at blanks there, and none is empty. */
static void put_name(const writer *w, size_t f, tw_buf *out)
{
    const char *name = w->schema ? w->schema->name[f] : "";
    if (!name[0]) tw_buf_printf(out, "f%zu", f);
    for (const char *c = name; *c; c++) tw_buf_add(out, *c <= ' ' && *c > 0 ? "_" : c, 1);
}

/* The categories of a feature; the first and the last of very many, which LightGBM shows and does not use. */
static void put_categories(size_t n, tw_buf *out)
{
    enum { MOST = 1024 };
    for (size_t c = 0; c < n && n <= MOST; c++) tw_buf_printf(out, "%s%zu", c ? ":" : "", c);
    if (n > MOST) tw_buf_printf(out, "0:%zu", n - 1);
}

static void put_features(const writer *w, tw_buf *out)
{
    const tw_trees *m = w->o.m;
    tw_buf_text(out, "feature_names=");
    for (size_t f = 0; f < m->n_features; f++) {
        if (f) tw_buf_text(out, " ");
        put_name(w, f, out);
    }
    tw_buf_text(out, "\nfeature_infos=");
    for (size_t f = 0; f < m->n_features; f++) {
        if (f) tw_buf_text(out, " ");
        if (!w->o.n_categories[f]) tw_buf_text(out, "[-inf:inf]");
        put_categories(w->o.n_categories[f], out);
    }
    tw_buf_text(out, "\n");
}

static size_t levels_of(const writer *w, size_t f) { return w->schema ? w->schema->n_levels[f] : 0; }

/* Whole numbers as such: pandas tells 5 from "5". */
static void put_levels(const writer *w, size_t f, tw_json *json)
{
    bool whole = true;
    int64_t x;
    for (size_t i = 0; i < levels_of(w, f); i++) {
        const char *text = w->schema->level[f][i];
        whole = whole && tw_parse_int64(text, strlen(text), &x);
    }
    tw_json_array(json);
    for (size_t i = 0; i < levels_of(w, f); i++) {
        if (whole)
            tw_json_raw(json, w->schema->level[f][i]);
        else
            tw_json_text(json, w->schema->level[f][i]);
    }
    tw_json_array_end(json);
}

/* Names of categories are told for all categorical features or for none: the lists there have no other order. */
static void put_tail(const writer *w, tw_buf *out)
{
    const size_t n = w->o.m->n_features;
    size_t n_categorical = 0, n_named = 0;
    tw_json json;
    tw_buf_text(out, "end of trees\n\nfeature_importances:\n\nparameters:\n[boosting: gbdt]\n[categorical_feature: ");
    for (size_t f = 0; f < n; f++) {
        if (!w->o.n_categories[f]) continue;
        tw_buf_printf(out, "%s%zu", n_categorical++ ? "," : "", f);
        n_named += levels_of(w, f) > 0;
    }
    tw_buf_text(out, "]\nend of parameters\n\npandas_categorical:");
    tw_json_init(&json, out, false);
    if (n_categorical && n_named == n_categorical) {
        tw_json_array(&json);
        for (size_t f = 0; f < n; f++)
            if (w->o.n_categories[f]) put_levels(w, f, &json);
        tw_json_array_end(&json);
    } else {
        tw_json_text(&json, NULL);
    }
    tw_buf_text(out, "\n");
}

/* ---------------------------------------------------------------- trees */

/* Sets that are turned round take as many words as their feature has categories, however few they hold. */
static tw_status check_size(const writer *w, tw_error *err)
{
    enum { MOST_WORDS = 1 << 26 };
    const tw_trees *m = w->o.m;
    size_t n_words = 0;
    for (size_t i = 0; i < m->n_nodes; i++)
        if (m->node[i].flags & TW_SPLIT_SET) n_words += w->o.n_categories[m->node[i].feature] / 32 + 1;
    if (n_words <= MOST_WORDS) return TW_OK;
    return tw_fail(err, TW_TOO_LARGE, "lightgbm: the sets of categories could take %zu words, %d at most are written",
                   n_words, (int)MOST_WORDS);
}

/* A tree of each output in turn; an output with fewer trees gets leaves of 0. */
static tw_status put_trees(writer *w, tw_error *err)
{
    const tw_trees *m = w->o.m;
    for (size_t i = 0; i < w->n_rounds * m->n_outputs; i++) {
        const size_t round = i / m->n_outputs, k = i % m->n_outputs, begin = w->trees.length;
        const double base = round == 0 ? m->base[k] : 0;
        tw_buf_printf(&w->trees, "Tree=%zu\n", i);
        if (w->of[k] + round < w->of[k + 1])
            TW_TRY(tw_lightgbm_put_tree(&w->o, w->tree[w->of[k] + round], base, &w->trees, err));
        else
            tw_lightgbm_put_leaf(base, &w->trees);
        tw_buf_printf(&w->sizes, "%s%zu", i ? " " : "", w->trees.length - begin);
    }
    return TW_OK;
}

static void sort_trees(writer *w)
{
    const tw_trees *m = w->o.m;
    w->n_rounds = 1;
    for (size_t t = 0; t < m->n_trees; t++) w->of[m->output[t] + 1]++;
    for (size_t k = 0; k < m->n_outputs; k++) {
        if (w->of[k + 1] > w->n_rounds) w->n_rounds = w->of[k + 1];
        w->of[k + 1] += w->of[k];
    }
    /* Filled from behind, the end of an output becomes its begin: one place on. */
    for (size_t t = m->n_trees; t-- > 0;) w->tree[--w->of[m->output[t] + 1]] = (uint32_t)t;
    memmove(w->of, w->of + 1, m->n_outputs * sizeof *w->of);
    w->of[m->n_outputs] = m->n_trees;
}

static void count_categories(writer *w)
{
    const tw_trees *m = w->o.m;
    for (size_t f = 0; f < m->n_features; f++) w->o.n_categories[f] = levels_of(w, f);
    for (size_t i = 0; i < m->n_nodes; i++) {
        const tw_tree_node *node = &m->node[i];
        if (!(node->flags & TW_SPLIT_SET)) continue;
        const size_t n = 64 * (size_t)(m->first_word[node->set + 1] - m->first_word[node->set]);
        size_t *most = &w->o.n_categories[node->feature];
        if (n > *most) *most = n;
        if (*most == 0) *most = 1;
    }
}

/* ---------------------------------------------------------------- all of it */

static tw_status put_all(writer *w, tw_buf *out, tw_error *err)
{
    const tw_trees *m = w->o.m;
    sort_trees(w);
    count_categories(w);
    TW_TRY(check_size(w, err));
    TW_TRY(put_trees(w, err));
    TW_TRY(tw_buf_check(&w->trees, err));
    TW_TRY(tw_buf_check(&w->sizes, err));
    tw_buf_printf(out,
                  "tree\nversion=v4\nnum_class=%zu\nnum_tree_per_iteration=%zu\nlabel_index=0\nmax_feature_idx=%zu\n",
                  m->n_outputs, m->n_outputs, m->n_features - 1);
    TW_TRY(put_objective(m, out, err));
    put_features(w, out);
    tw_buf_printf(out, "tree_sizes=%s\n\n", w->sizes.data);
    tw_buf_add(out, w->trees.data, w->trees.length);
    put_tail(w, out);
    return tw_buf_check(out, err);
}

tw_status tw_lightgbm_write(const tw_model *model, tw_buf *out, tw_error *err)
{
    writer w = {.schema = tw_model_schema(model)};
    TW_TRY(tw_model_get_trees(model, "lightgbm", &w.o.m, err));
    const tw_trees *m = w.o.m;
    if (m->n_features == 0) return tw_fail(err, TW_BAD_VALUE, "lightgbm: a model of no features cannot be written");
    tw_buf_init(&w.trees, m->ctx);
    tw_buf_init(&w.sizes, m->ctx);
    w.o.n_categories = tw_new(m->ctx, m->n_features, sizeof *w.o.n_categories);
    w.o.number = tw_new(m->ctx, m->n_nodes + 1, sizeof *w.o.number);
    w.o.set = tw_new(m->ctx, m->n_nodes + 1, sizeof *w.o.set);
    w.o.mean = tw_new(m->ctx, m->n_nodes + 1, sizeof *w.o.mean);
    w.tree = tw_new(m->ctx, m->n_trees + 1, sizeof *w.tree);
    w.of = tw_new(m->ctx, m->n_outputs + 1, sizeof *w.of);
    const bool there = w.o.n_categories && w.o.number && w.o.set && w.o.mean && w.tree && w.of;
    const tw_status status = there ? put_all(&w, out, err) : tw_no_memory(err, "a file of LightGBM");
    void *const blocks[] = {w.o.n_categories, w.o.number, w.o.set, w.o.mean, w.tree, w.of};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) tw_free(m->ctx, blocks[i]);
    tw_buf_clear(&w.trees);
    tw_buf_clear(&w.sizes);
    return status;
}

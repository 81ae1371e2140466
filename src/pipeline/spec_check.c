/* SPDX-License-Identifier: Apache-2.0 */
/* spec_check.c - looks at every name and parameter of a spec before anything is run: a slip in the last line must not
 * be told after an hour. */
#include "pipeline/pipeline_impl.h"

#include <string.h>

/* Where an error is to point: a value, else the map it would be in, else the spec. */
static const tw_node *place(const tw_spec *s, const char *section, const char *key)
{
    const tw_node *root = tw_doc_root(s->doc), *map = section ? tw_node_get(root, section) : root;
    const tw_node *value = tw_node_get(map, key);
    return value ? value : map ? map : root;
}

/* A parameter text of the spec: where it stands, and the table it must fit. */
typedef struct text_of_table {
    const tw_node *node;
    const tw_param *table;
    size_t size;
    const char *owner, *text;
} text_of_table;

static tw_status check_params(const tw_spec *s, const text_of_table *t, tw_error *err)
{
    tw_error why;
    void *params = tw_new(s->ctx, t->size ? t->size : 1, 1);
    if (!params) return tw_no_memory(err, "parameters of the spec");
    const tw_status status = tw_params_parse(t->table, t->owner, t->text, params, &why);
    tw_free(s->ctx, params);
    if (status == TW_OK || status == TW_NO_MEMORY) return status;
    return tw_node_fail(s->doc, t->node, err, "%s", why.message);
}

static tw_status check_label(const tw_spec *s, tw_error *err)
{
    const tw_label *label;
    tw_error why;
    if (tw_label_find(s->label.name, &label, &why) != TW_OK)
        return tw_node_fail(s->doc, place(s, "label", "name"), err, "%s", why.message);
    const text_of_table t = {place(s, "label", "params"), label->params, label->params_size, label->name,
                             s->label.params};
    return check_params(s, &t, err);
}

static tw_status check_split(const tw_spec *s, tw_error *err)
{
    const tw_splitter *splitter;
    tw_error why;
    if (tw_splitter_find(s->split.name, &splitter, &why) != TW_OK)
        return tw_node_fail(s->doc, place(s, "split", "name"), err, "%s", why.message);
    const text_of_table t = {place(s, "split", "params"), splitter->params, splitter->params_size, splitter->name,
                             s->split.params};
    return check_params(s, &t, err);
}

static tw_status check_models(const tw_spec *s, tw_error *err)
{
    size_t contenders = 0;
    for (size_t i = 0; i < s->n_models; i++) {
        const tw_choice *m = &s->models[i];
        const tw_learner *learner;
        TW_TRY(tw_learner_find(m->name, &learner, err));
        contenders += !(learner->traits & TW_LEARNER_BASELINE);
        const tw_node *params = tw_node_get(m->node, "params");
        const text_of_table t = {params ? params : m->node, learner->params, learner->params_size, learner->name,
                                 m->params};
        TW_TRY(check_params(s, &t, err));
    }
    if (!contenders)
        return tw_node_fail(s->doc, place(s, NULL, "models"), err,
                            "'models' are naive baselines only: name one at least that could beat them");
    return TW_OK;
}

static tw_status check_one_of(const tw_spec *s, const char *key, const char *what, const char *const *names,
                              tw_error *err)
{
    const char *text = tw_node_text(tw_node_get(tw_doc_root(s->doc), key), NULL);
    if (!text) return TW_OK;
    for (size_t i = 0; names[i]; i++)
        if (!strcmp(names[i], text)) return TW_OK;
    const char *near = tw_did_you_mean(text, names);
    return tw_node_fail(s->doc, place(s, NULL, key), err, "no %s '%s'%s%s%s", what, text,
                        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static tw_status check_ranking(tw_spec *s, tw_error *err)
{
    size_t n = 0;
    const tw_metric *const *metrics = tw_metrics(&n);
    const char **names = tw_arena_new(&s->arena, (n > s->n_models ? n : s->n_models) + 1, sizeof *names);
    if (!names) return tw_no_memory(err, "names of the spec");
    for (size_t i = 0; i < n; i++) names[i] = metrics[i]->name;
    TW_TRY(check_one_of(s, "rank_by", "metric", names, err));
    for (size_t i = 0; i < s->n_models; i++) names[i] = s->models[i].title;
    names[s->n_models] = NULL;
    return check_one_of(s, "fallback", "model of this spec is named", names, err);
}

static tw_status check_data(const tw_spec *s, tw_error *err)
{
    size_t size = 0;
    const tw_param *simulate = tw_simulate_params(&size);
    const text_of_table all[] = {
        {place(s, "data", "simulate"), simulate, size, "simulate", s->data.simulate},
        {place(s, "data", "import"), tw_import_params(), sizeof(tw_import_options), "import", s->data.import},
        {place(s, NULL, "portfolio"), tw_portfolio_params(), sizeof(tw_portfolio), "portfolio", s->portfolio},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) TW_TRY(check_params(s, &all[i], err));
    return TW_OK;
}

tw_status tw_spec_check(tw_spec *spec, tw_error *err)
{
    TW_TRY(check_data(spec, err));
    TW_TRY(check_label(spec, err));
    TW_TRY(check_split(spec, err));
    TW_TRY(check_models(spec, err));
    return check_ranking(spec, err);
}

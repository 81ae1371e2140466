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

/* Parameters of a table that fill no struct of ours. */
static tw_status check_params(const tw_spec *s, const tw_param *table, size_t size, const char *owner, const char *text,
                              tw_error *why)
{
    void *params = tw_new(s->ctx, size ? size : 1, 1);
    if (!params) return tw_no_memory(why, "parameters");
    const tw_status status = tw_params_parse(table, owner, text, params, why);
    tw_free(s->ctx, params);
    return status;
}

static tw_status check_label(const tw_spec *s, tw_error *err)
{
    const tw_label *label;
    tw_error why;
    if (tw_label_find(s->label.name, &label, &why) != TW_OK)
        return tw_node_fail(s->doc, place(s, "label", "name"), err, "%s", why.message);
    if (check_params(s, label->params, label->params_size, label->name, s->label.params, &why) != TW_OK)
        return tw_node_fail(s->doc, place(s, "label", "params"), err, "%s", why.message);
    return TW_OK;
}

static tw_status check_split(const tw_spec *s, tw_error *err)
{
    const tw_splitter *splitter;
    tw_error why;
    if (tw_splitter_find(s->split.name, &splitter, &why) != TW_OK)
        return tw_node_fail(s->doc, place(s, "split", "name"), err, "%s", why.message);
    if (check_params(s, splitter->params, splitter->params_size, splitter->name, s->split.params, &why) != TW_OK)
        return tw_node_fail(s->doc, place(s, "split", "params"), err, "%s", why.message);
    return TW_OK;
}

static tw_status check_models(const tw_spec *s, tw_error *err)
{
    size_t contenders = 0;
    for (size_t i = 0; i < s->n_models; i++) {
        const tw_choice *m = &s->models[i];
        const tw_learner *learner;
        tw_error why;
        TW_TRY(tw_learner_find(m->name, &learner, err));
        contenders += !(learner->traits & TW_LEARNER_BASELINE);
        if (check_params(s, learner->params, learner->params_size, learner->name, m->params, &why) == TW_OK) continue;
        const tw_node *params = tw_node_get(m->node, "params");
        return tw_node_fail(s->doc, params ? params : m->node, err, "%s", why.message);
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
    tw_error why;
    const tw_param *simulate = tw_simulate_params(&size);
    if (s->data.simulate && check_params(s, simulate, size, "simulate", s->data.simulate, &why) != TW_OK)
        return tw_node_fail(s->doc, place(s, "data", "simulate"), err, "%s", why.message);
    if (check_params(s, tw_import_params(), sizeof(tw_import_options), "import", s->data.import, &why) != TW_OK)
        return tw_node_fail(s->doc, place(s, "data", "import"), err, "%s", why.message);
    if (check_params(s, tw_portfolio_params(), sizeof(tw_portfolio), "portfolio", s->portfolio, &why) != TW_OK)
        return tw_node_fail(s->doc, place(s, NULL, "portfolio"), err, "%s", why.message);
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

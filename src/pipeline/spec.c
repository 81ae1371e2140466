/* SPDX-License-Identifier: Apache-2.0 */
/* spec.c - reads the YAML file that describes a run. Every key is known by name; an unknown one is an error that points
 * at it. */
#include "pipeline/pipeline_impl.h"

#include <stdio.h>
#include <string.h>

typedef struct reader {
    tw_spec *spec;
    tw_error *err;
} reader;

static tw_status check_keys(const reader *r, const tw_node *map, const char *where, const char *const *keys)
{
    if (!map) return TW_OK;
    if (map->kind != TW_NODE_MAP) return tw_node_fail(r->spec->doc, map, r->err, "'%s' must be a map", where);
    for (const tw_node *c = map->first; c; c = c->next) {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], c->key) != 0) i++;
        if (keys[i]) continue;
        const char *near = tw_did_you_mean(c->key, keys);
        return tw_node_fail(r->spec->doc, c, r->err, "unknown key '%s' in '%s'%s%s%s", c->key, where,
                            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return TW_OK;
}

/* Text of a scalar child, or `fallback`. Numbers are taken as they are written. */
static tw_status text_of(const reader *r, const tw_node *map, const char *key, const char *fallback, const char **out)
{
    const tw_node *node = tw_node_get(map, key);
    *out = fallback;
    if (!node) return TW_OK;
    if (node->kind == TW_NODE_LIST || node->kind == TW_NODE_MAP)
        return tw_node_fail(r->spec->doc, node, r->err, "'%s' must be text", key);
    if (node->kind != TW_NODE_NULL) *out = node->text;
    return TW_OK;
}

/* A path is relative to the folder the spec lies in. */
static tw_status path_of(const reader *r, const char *text, const char **out)
{
    if (!text || text[0] == '/' || !r->spec->folder[0]) {
        *out = text;
        return TW_OK;
    }
    const size_t n = strlen(r->spec->folder), m = strlen(text);
    char *path = tw_arena_new(&r->spec->arena, n + m + 2, 1);
    if (!path) return tw_no_memory(r->err, "a path of the spec");
    memcpy(path, r->spec->folder, n);
    path[n] = '/';
    memcpy(path + n + 1, text, m);
    *out = path;
    return TW_OK;
}

static tw_status read_csv_paths(const reader *r, const tw_node *csv)
{
    tw_spec *s = r->spec;
    const size_t n = csv->kind == TW_NODE_LIST ? csv->n_children : 1;
    s->data.csv = tw_arena_new(&s->arena, n ? n : 1, sizeof *s->data.csv);
    if (!s->data.csv) return tw_no_memory(r->err, "paths of the spec");
    if (!n) return tw_node_fail(s->doc, csv, r->err, "'csv' names no file");
    for (const tw_node *c = csv->kind == TW_NODE_LIST ? csv->first : csv; c; c = c->next) {
        if (c->kind != TW_NODE_TEXT) return tw_node_fail(s->doc, c, r->err, "'csv' must be a path or a list of paths");
        TW_TRY(path_of(r, c->text, &s->data.csv[s->data.n_csv++]));
        if (c == csv) break;
    }
    return TW_OK;
}

static tw_status read_data(const reader *r, const tw_node *root)
{
    tw_spec *s = r->spec;
    const tw_node *data = tw_node_get(root, "data");
    TW_TRY(check_keys(r, data, "data", TW_NAMES("simulate", "csv", "import", "actions", "adjust", "groups")));
    const tw_node *csv = tw_node_get(data, "csv");
    TW_TRY(text_of(r, data, "simulate", NULL, &s->data.simulate));
    TW_TRY(text_of(r, data, "import", "", &s->data.import));
    TW_TRY(text_of(r, data, "actions", NULL, &s->data.actions));
    TW_TRY(path_of(r, s->data.actions, &s->data.actions));
    TW_TRY(text_of(r, data, "groups", NULL, &s->data.groups));
    TW_TRY(path_of(r, s->data.groups, &s->data.groups));
    TW_TRY(text_of(r, data, "adjust", s->data.simulate ? "splits" : "none", &s->data.adjust));
    if (!csv == !s->data.simulate)
        return tw_node_fail(s->doc, data ? data : root, r->err, "'data' must have either 'csv' or 'simulate'");
    const char *const ways[] = {"none", "splits", "all", NULL};
    size_t i = 0;
    while (ways[i] && strcmp(ways[i], s->data.adjust) != 0) i++;
    if (!ways[i])
        return tw_node_fail(s->doc, tw_node_get(data, "adjust"), r->err,
                            "'adjust' must be none, splits or all, got '%s'", s->data.adjust);
    return csv ? read_csv_paths(r, csv) : TW_OK;
}

static tw_status read_checks(const reader *r, const tw_node *root)
{
    const tw_node *checks = tw_node_get(root, "checks");
    const char *fail;
    const tw_node *node = tw_node_get(checks, "fail_on_error");
    TW_TRY(check_keys(r, checks, "checks", TW_NAMES("which", "options", "fail_on_error")));
    TW_TRY(text_of(r, checks, "which", "all", &r->spec->checks.which));
    TW_TRY(text_of(r, checks, "options", "", &r->spec->checks.options));
    TW_TRY(text_of(r, checks, "fail_on_error", "false", &fail));
    if (node && node->kind != TW_NODE_BOOL)
        return tw_node_fail(r->spec->doc, node, r->err, "'fail_on_error' must be true or false, got '%s'", fail);
    r->spec->checks.fail_on_error = !strcmp(fail, "true");
    return TW_OK;
}

static bool is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    if (!*text || !strchr(letters, *text)) return false;
    while (*text && (strchr(letters, *text) || strchr("0123456789.", *text))) text++;
    return !*text;
}

/* Appends the children of a map name: expression. */
static tw_status append_expressions(const reader *r, const tw_node *map, tw_feature **list, size_t *n)
{
    if (!map) return TW_OK;
    if (map->kind != TW_NODE_MAP)
        return tw_node_fail(r->spec->doc, map, r->err, "'%s' must map names to expressions", map->key);
    tw_feature *all = tw_arena_new(&r->spec->arena, *n + map->n_children + 1, sizeof *all);
    if (!all) return tw_no_memory(r->err, "features of the spec");
    if (*n) memcpy(all, *list, *n * sizeof *all);
    for (const tw_node *c = map->first; c; c = c->next) {
        if (!is_name(c->key))
            return tw_node_fail(r->spec->doc, c, r->err,
                                "'%s' is no name for an expression (letters, digits, '_', '.'); "
                                "inside { } a comma ends an expression: put it in quotes",
                                c->key);
        if (c->kind == TW_NODE_LIST || c->kind == TW_NODE_MAP)
            return tw_node_fail(r->spec->doc, c, r->err, "expression of '%s' must be text", c->key);
        all[(*n)++] = (tw_feature){.name = c->key, .expression = c->text};
    }
    *list = all;
    return TW_OK;
}

static tw_status append_set(const reader *r, const tw_node *node)
{
    tw_spec *s = r->spec;
    const tw_feature_set *set;
    tw_error why;
    if (node->kind != TW_NODE_TEXT) return tw_node_fail(s->doc, node, r->err, "a set must be named");
    if (tw_feature_set_find(node->text, &set, &why) != TW_OK)
        return tw_node_fail(s->doc, node, r->err, "%s", why.message);
    tw_feature *more = NULL;
    size_t n = 0;
    TW_TRY(set->build(&s->arena, &more, &n, r->err));
    tw_feature *all = tw_arena_new(&s->arena, s->features.n + n + 1, sizeof *all);
    if (!all) return tw_no_memory(r->err, "features of the spec");
    if (s->features.n) memcpy(all, s->features.list, s->features.n * sizeof *all);
    memcpy(all + s->features.n, more, n * sizeof *all);
    s->features.list = all;
    s->features.n += n;
    return TW_OK;
}

static tw_status read_features(const reader *r, const tw_node *root)
{
    tw_spec *s = r->spec;
    const tw_node *features = tw_node_get(root, "features");
    TW_TRY(check_keys(r, features, "features", TW_NAMES("sets", "lets", "add", "max_missing")));
    const tw_node *sets = tw_node_get(features, "sets");
    if (sets && sets->kind != TW_NODE_LIST) return tw_node_fail(s->doc, sets, r->err, "'sets' must be a list of names");
    for (const tw_node *c = sets ? sets->first : NULL; c; c = c->next) TW_TRY(append_set(r, c));
    TW_TRY(append_expressions(r, tw_node_get(features, "lets"), &s->features.lets, &s->features.n_lets));
    TW_TRY(append_expressions(r, tw_node_get(features, "add"), &s->features.list, &s->features.n));
    const tw_node *missing = tw_node_get(features, "max_missing");
    s->features.max_missing = missing ? tw_node_number(missing, -1) : 0.1;
    if (!(s->features.max_missing >= 0 && s->features.max_missing < 1))
        return tw_node_fail(s->doc, missing, r->err, "'max_missing' must be in [0, 1), got '%s'",
                            tw_node_text(missing, ""));
    if (!s->features.n)
        return tw_node_fail(s->doc, features ? features : root, r->err, "no features: give 'sets' or 'add'");
    return TW_OK;
}

static tw_status read_choice(const reader *r, const tw_node *node, const char *what, const char *fallback,
                             tw_choice *out)
{
    out->node = node;
    TW_TRY(check_keys(r, node, what, TW_NAMES("name", "params")));
    TW_TRY(text_of(r, node, "name", fallback, &out->name));
    return text_of(r, node, "params", "", &out->params);
}

static tw_status read_label(const reader *r, const tw_node *root)
{
    tw_spec *s = r->spec;
    const tw_node *label = tw_node_get(root, "label");
    const char *weights;
    s->label.node = label;
    TW_TRY(check_keys(r, label, "label", TW_NAMES("name", "params", "side", "weights")));
    TW_TRY(text_of(r, label, "name", "forward_return", &s->label.name));
    TW_TRY(text_of(r, label, "params", "", &s->label.params));
    TW_TRY(text_of(r, label, "side", NULL, &s->side));
    TW_TRY(text_of(r, label, "weights", "none", &weights));
    s->uniqueness = !strcmp(weights, "uniqueness");
    if (s->uniqueness || !strcmp(weights, "none")) return TW_OK;
    return tw_node_fail(s->doc, tw_node_get(label, "weights"), r->err, "'weights' must be none or uniqueness, got '%s'",
                        weights);
}

static tw_status read_hold_out(const reader *r, const tw_node *model, const tw_learner *learner, tw_choice *m)
{
    const tw_node *hold_out = tw_node_get(model, "hold_out");
    if (!hold_out) return TW_OK;
    m->hold_out = tw_node_number(hold_out, -1);
    if (!(m->hold_out >= 0 && m->hold_out < 1))
        return tw_node_fail(r->spec->doc, hold_out, r->err, "'hold_out' must be in [0, 1), got '%s'",
                            tw_node_text(hold_out, ""));
    if (m->hold_out == 0 || learner->traits & TW_LEARNER_STOPS) return TW_OK;
    return tw_node_fail(r->spec->doc, hold_out, r->err, "'hold_out' is for learners that stop early, and %s does not",
                        learner->name);
}

static tw_status read_models(const reader *r, const tw_node *root)
{
    tw_spec *s = r->spec;
    const tw_node *models = tw_node_get(root, "models");
    if (!models || models->kind != TW_NODE_LIST || !models->first)
        return tw_node_fail(s->doc, models ? models : root, r->err, "'models' must be a list of learners");
    s->models = tw_arena_new(&s->arena, models->n_children + 1, sizeof *s->models);
    if (!s->models) return tw_no_memory(r->err, "models of the spec");
    for (const tw_node *c = models->first; c; c = c->next) {
        tw_choice *m = &s->models[s->n_models++];
        const tw_learner *learner;
        tw_error why;
        m->node = c;
        TW_TRY(check_keys(r, c, "models", TW_NAMES("learner", "params", "name", "hold_out")));
        TW_TRY(text_of(r, c, "learner", "", &m->name));
        TW_TRY(text_of(r, c, "params", "", &m->params));
        TW_TRY(text_of(r, c, "name", NULL, &m->title));
        if (!m->name[0]) return tw_node_fail(s->doc, c, r->err, "a model needs a 'learner'");
        if (tw_learner_find(m->name, &learner, &why) != TW_OK)
            return tw_node_fail(s->doc, c, r->err, "%s", why.message);
        TW_TRY(read_hold_out(r, c, learner, m));
    }
    return TW_OK;
}

static bool title_is_taken(const tw_spec *s, const char *title)
{
    for (size_t i = 0; i < s->n_models; i++)
        if (s->models[i].title && !strcmp(s->models[i].title, title)) return true;
    return false;
}

/* Names must differ, since a leaderboard row and `fallback` are told by them: without a name of its own the second
 * ridge is ridge-2. */
static tw_status name_models(const reader *r)
{
    tw_spec *s = r->spec;
    for (size_t i = 0; i < s->n_models; i++)
        for (size_t k = 0; k < i && s->models[i].title; k++)
            if (s->models[k].title && !strcmp(s->models[k].title, s->models[i].title))
                return tw_node_fail(s->doc, s->models[i].node, r->err, "two models are named '%s'", s->models[i].title);
    for (size_t i = 0; i < s->n_models; i++) {
        tw_choice *m = &s->models[i];
        if (m->title) continue;
        const size_t room = strlen(m->name) + 24;
        char *title = tw_arena_new(&s->arena, room, 1);
        if (!title) return tw_no_memory(r->err, "names of models");
        (void)snprintf(title, room, "%s", m->name);
        for (size_t k = 2; title_is_taken(s, title); k++) (void)snprintf(title, room, "%s-%zu", m->name, k);
        m->title = title;
    }
    return TW_OK;
}

/* A leaderboard without a naive baseline would have nothing to beat: `mean` is put first when the spec names none. */
static tw_status add_baseline(const reader *r)
{
    tw_spec *s = r->spec;
    for (size_t i = 0; i < s->n_models; i++) {
        const tw_learner *learner;
        TW_TRY(tw_learner_find(s->models[i].name, &learner, r->err));
        if (learner->traits & TW_LEARNER_BASELINE) return TW_OK;
    }
    memmove(s->models + 1, s->models, s->n_models * sizeof *s->models);
    s->models[0] = (tw_choice){.name = "mean", .params = ""};
    s->n_models++;
    return TW_OK;
}

static tw_status read_bins(const reader *r, const tw_node *root)
{
    const char *bins;
    TW_TRY(text_of(r, root, "bins", "per-fold", &bins));
    r->spec->shared_bins = !strcmp(bins, "shared-past");
    if (r->spec->shared_bins || !strcmp(bins, "per-fold")) return TW_OK;
    return tw_node_fail(r->spec->doc, tw_node_get(root, "bins"), r->err,
                        "'bins' must be per-fold or shared-past, got '%s'", bins);
}

static tw_status read_root(const reader *r)
{
    tw_spec *s = r->spec;
    const tw_node *root = tw_doc_root(s->doc);
    TW_TRY(check_keys(r, root, "the spec",
                      TW_NAMES("name", "out", "seed", "data", "checks", "features", "label", "split", "models",
                               "rank_by", "portfolio", "fallback", "bins")));
    TW_TRY(text_of(r, root, "name", "run", &s->name));
    TW_TRY(text_of(r, root, "out", NULL, &s->out));
    if (!s->name[0] || strchr(s->name, '/'))
        return tw_node_fail(s->doc, tw_node_get(root, "name"), r->err,
                            "'name' must not be empty or hold a '/': it names the out folder");
    if (!s->out) {
        char *out = tw_arena_new(&s->arena, strlen(s->name) + 5, 1);
        if (!out) return tw_no_memory(r->err, "the out folder");
        memcpy(out, "out/", 4);
        memcpy(out + 4, s->name, strlen(s->name));
        s->out = out;
    }
    const tw_node *seed = tw_node_get(root, "seed");
    if (seed && (!seed->is_integer || seed->integer < 0))
        return tw_node_fail(s->doc, seed, r->err, "'seed' must be an integer >= 0");
    s->seed = seed ? (uint64_t)seed->integer : 1;
    TW_TRY(text_of(r, root, "rank_by", "rank_ic", &s->rank_by));
    TW_TRY(text_of(r, root, "portfolio", "", &s->portfolio));
    TW_TRY(text_of(r, root, "fallback", NULL, &s->fallback));
    TW_TRY(read_data(r, root));
    TW_TRY(read_checks(r, root));
    TW_TRY(read_features(r, root));
    TW_TRY(read_label(r, root));
    TW_TRY(read_choice(r, tw_node_get(root, "split"), "split", "walk_forward", &s->split));
    TW_TRY(read_bins(r, root));
    TW_TRY(read_models(r, root));
    TW_TRY(add_baseline(r));
    TW_TRY(name_models(r));
    return tw_spec_check(s, r->err);
}

static tw_status keep_folder(tw_spec *s, const char *path, tw_error *err)
{
    const char *slash = strrchr(path, '/');
    s->folder = tw_arena_text(&s->arena, path, slash ? (size_t)(slash - path) : 0);
    return s->folder ? TW_OK : tw_no_memory(err, "a spec");
}

tw_status tw_spec_read(const tw_ctx *ctx, const char *path, tw_spec **spec, tw_error *err)
{
    tw_spec *s = tw_new(ctx, 1, sizeof *s);
    if (!s) return tw_no_memory(err, "a spec");
    s->ctx = ctx;
    tw_arena_init(&s->arena, ctx);
    size_t length = 0;
    tw_status status = tw_file_read(ctx, path, &s->text, &length, err);
    if (status == TW_OK) status = keep_folder(s, path, err);
    if (status == TW_OK) status = tw_doc_parse_yaml(ctx, s->text, length, path, &s->doc, err);
    if (status == TW_OK) status = read_root(&(reader){.spec = s, .err = err});
    if (status != TW_OK) {
        tw_spec_free(s);
        return status;
    }
    *spec = s;
    return TW_OK;
}

void tw_spec_free(tw_spec *spec)
{
    if (!spec) return;
    tw_doc_free(spec->doc);
    tw_free(spec->ctx, spec->text);
    tw_arena_clear(&spec->arena);
    tw_free(spec->ctx, spec);
}

const char *tw_spec_name(const tw_spec *spec) { return spec->name; }
const char *tw_spec_out(const tw_spec *spec) { return spec->out; }

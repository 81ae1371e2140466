/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - the YAML file of a sweep. */
#include "cli/sweep/job.h"
#include "tradewind/feature.h"

#include <math.h>
#include <string.h>

typedef tw_sweep_job_file job;

tw_status tw_sweep_job_keys(const job *j, const tw_node *map, const char *const *keys, tw_error *err)
{
    if (map->kind != TW_NODE_MAP) return tw_node_fail(j->doc, map, err, "a map of names to values is needed here");
    for (const tw_node *c = map->first; c; c = c->next) {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], c->key) != 0) i++;
        if (keys[i]) continue;
        const char *near = tw_did_you_mean(c->key, keys);
        return tw_node_fail(j->doc, c, err, "unknown key '%s'%s%s%s", c->key, near ? "; did you mean '" : "",
                            near ? near : "", near ? "'?" : "");
    }
    return TW_OK;
}

tw_status tw_sweep_job_text(const job *j, const tw_node *map, const char *key, const char **out, tw_error *err)
{
    const tw_node *node = tw_node_get(map, key);
    if (node && node->kind != TW_NODE_NULL) *out = node->text;
    if (node && (node->kind == TW_NODE_LIST || node->kind == TW_NODE_MAP))
        return tw_node_fail(j->doc, node, err, "'%s' must be text", key);
    return TW_OK;
}

static tw_status whole_of(const job *j, const tw_node *map, const char *key, uint64_t fallback, uint64_t *out,
                          tw_error *err)
{
    const tw_node *node = tw_node_get(map, key);
    *out = fallback;
    if (!node) return TW_OK;
    if (node->kind != TW_NODE_NUMBER || !node->is_integer || node->integer < 0)
        return tw_node_fail(j->doc, node, err, "'%s' must be a whole number, 0 or more", key);
    *out = (uint64_t)node->integer;
    return TW_OK;
}

/* ---------------------------------------------------------------- settings */

const char *tw_sweep_job_value(const job *j, const char *setting, size_t k, size_t *length)
{
    const char *at = setting;
    for (size_t i = 0; i < k; i++) at += strcspn(at, " ") + 1;
    at += strlen(j->parameter[k]) + 1;
    *length = strcspn(at, " ");
    return at;
}

static tw_status name_parameters(job *j, const char *setting, tw_error *err)
{
    size_t n = 0;
    for (const char *at = setting; *at; at += strcspn(at, " "), at += *at == ' ') n++;
    const char **name = tw_arena_new(&j->arena, n ? n : 1, sizeof *name);
    if (!name) return tw_no_memory(err, "parameters of a sweep");
    for (const char *at = setting; *at; at += strcspn(at, " "), at += *at == ' ') {
        name[j->n_parameters] = tw_arena_text(&j->arena, at, strcspn(at, "="));
        if (!name[j->n_parameters++]) return tw_no_memory(err, "parameters of a sweep");
    }
    j->parameter = name;
    return TW_OK;
}

static tw_status read_settings(job *j, const tw_node *root, tw_error *err)
{
    const tw_node *node = tw_node_get(root, "parameters"), *where = tw_node_get(root, "where");
    const tw_node *search = tw_node_get(root, "search");
    const char *text;
    uint64_t draws = 0;
    const char *const *all;
    tw_error why;
    if (!node) return tw_node_fail(j->doc, root, err, "'parameters' is missing, such as: fast=5..50/5 slow=20..200/10");
    text = "";
    TW_TRY(tw_sweep_job_text(j, root, "parameters", &text, err));
    j->where = NULL;
    TW_TRY(tw_sweep_job_text(j, root, "where", &j->where, err));
    if (search) {
        TW_TRY(tw_sweep_job_keys(j, search, TW_NAMES("random"), err));
        TW_TRY(whole_of(j, search, "random", 0, &draws, err));
    }
    if (tw_sweep_settings(&j->arena, text, &all, &j->search.n, &why) != TW_OK)
        return tw_node_fail(j->doc, node, err, "%s", why.message);
    TW_TRY(name_parameters(j, all[0], err));
    const char **kept = tw_arena_new(&j->arena, j->search.n, sizeof *kept);
    if (!kept) return tw_no_memory(err, "settings of a sweep");
    memcpy(kept, all, j->search.n * sizeof *kept);
    if (tw_sweep_where(j->ctx, j->where, kept, &j->search.n, &why) != TW_OK)
        return tw_node_fail(j->doc, where, err, "%s", why.message);
    if (j->search.n == 0) return tw_node_fail(j->doc, where, err, "'where' leaves no setting");
    if (draws) TW_TRY(tw_sweep_draw(j->ctx, (size_t)draws, j->seed, kept, &j->search.n, err));
    j->search.setting = kept;
    return TW_OK;
}

/* ---------------------------------------------------------------- rules */

/* The search under the first setting, on the first bar: what is wrong is told with the line of `node`. */
static tw_status try_search(const job *j, tw_sweep_search *s, const tw_node *node, tw_error *err)
{
    tw_sweep_result none;
    tw_error why;
    s->n = 1;
    s->prices.n_times = s->prices.n_times > 0;
    const tw_status status = tw_sweep_search_run(NULL, s, &none, &why);
    tw_sweep_clear(NULL, &none);
    return status == TW_OK ? TW_OK : tw_node_fail(j->doc, node, err, "%s", why.message);
}

static tw_status try_expression(const job *j, const tw_node *node, bool weight, tw_error *err)
{
    tw_sweep_search s = j->search;
    s.enter_long = weight ? NULL : node->text;
    s.weight = weight ? node->text : NULL;
    s.exit_long = s.enter_short = s.exit_short = NULL;
    TW_TRY(tw_params_parse(tw_sweep_rules_params(), "rules", "fill=same_close", &s.rules, err));
    return try_search(j, &s, node, err);
}

static tw_status read_expressions(job *j, const tw_node *root, tw_error *err)
{
    const char *const key[] = {"weights", "enter", "exit", "enter_short", "exit_short"};
    const char **const to[] = {&j->search.weight, &j->search.enter_long, &j->search.exit_long, &j->search.enter_short,
                               &j->search.exit_short};
    for (size_t k = 0; k < 5; k++) {
        const tw_node *node = tw_node_get(root, key[k]);
        *to[k] = NULL;
        TW_TRY(tw_sweep_job_text(j, root, key[k], to[k], err));
        if (*to[k] && k > 0 && j->search.weight)
            return tw_node_fail(j->doc, node, err, "'%s' and 'weights' at once; give signals or weights", key[k]);
        if (*to[k]) TW_TRY(try_expression(j, node, k == 0, err));
    }
    if (!j->search.enter_long && !j->search.enter_short && !j->search.weight)
        return tw_node_fail(
            j->doc, root, err,
            "'enter', 'enter_short' or 'weights' is missing: a condition such as close > sma(close, n)");
    return TW_OK;
}

static tw_status read_rules(job *j, const tw_node *root, tw_error *err)
{
    const tw_node *rules = tw_node_get(root, "rules");
    const char *text = "";
    tw_error why;
    TW_TRY(read_expressions(j, root, err));
    TW_TRY(tw_sweep_job_text(j, root, "rules", &text, err));
    if (tw_params_parse(tw_sweep_rules_params(), "rules", text, &j->search.rules, &why) != TW_OK)
        return tw_node_fail(j->doc, rules, err, "%s", why.message);
    tw_sweep_search s = j->search;
    return try_search(j, &s, rules ? rules : root, err);
}

static tw_status read_windows(job *j, const tw_node *root, tw_error *err)
{
    const tw_node *walk = tw_node_get(root, "walk_forward");
    uint64_t train, test;
    if (!walk) return TW_OK;
    TW_TRY(tw_sweep_job_keys(j, walk, TW_NAMES("train", "test", "anchored"), err));
    TW_TRY(whole_of(j, walk, "train", 504, &train, err));
    TW_TRY(whole_of(j, walk, "test", 126, &test, err));
    const tw_node *anchored = tw_node_get(walk, "anchored");
    if (anchored && anchored->kind != TW_NODE_BOOL)
        return tw_node_fail(j->doc, anchored, err, "'anchored' must be true or false");
    if (train < 2 || train >= j->n_times || test < 1)
        return tw_node_fail(j->doc, walk, err, "'train' must be in [2, %zu) and 'test' at least 1, got %llu and %llu",
                            j->n_times, (unsigned long long)train, (unsigned long long)test);
    j->windows = (tw_sweep_windows){(size_t)train, (size_t)test, anchored && anchored->boolean};
    return TW_OK;
}

static tw_status read_all(job *j, tw_error *err)
{
    const tw_node *root = tw_doc_root(j->doc), *year = tw_node_get(root, "periods_per_year");
    TW_TRY(tw_sweep_job_keys(j, root,
                             TW_NAMES("name", "seed", "data", "periods_per_year", "parameters", "where", "search",
                                      "weights", "enter", "exit", "enter_short", "exit_short", "rules", "walk_forward"),
                             err));
    j->name = "sweep";
    TW_TRY(tw_sweep_job_text(j, root, "name", &j->name, err));
    TW_TRY(whole_of(j, root, "seed", 1, &j->seed, err));
    j->search.prices.periods_per_year = tw_node_number(year, 252);
    if (!(j->search.prices.periods_per_year > 0 && j->search.prices.periods_per_year <= 1e9))
        return tw_node_fail(j->doc, year, err, "'periods_per_year' must be in (0, 1e9]");
    TW_TRY(tw_sweep_job_read_data(j, root, err));
    TW_TRY(read_settings(j, root, err));
    TW_TRY(read_rules(j, root, err));
    return read_windows(j, root, err);
}

tw_status tw_sweep_job_read(const tw_ctx *ctx, const char *path, job *j, tw_error *err)
{
    const char *slash = strrchr(path, '/');
    *j = (job){.ctx = ctx};
    tw_arena_init(&j->arena, ctx);
    j->folder = tw_arena_text(&j->arena, path, slash ? (size_t)(slash - path) + 1 : 0);
    if (!j->folder) return tw_no_memory(err, "a sweep");
    TW_TRY(tw_doc_read(ctx, path, &j->doc, err));
    return read_all(j, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_open.c - opens a bundle. Nothing in it is trusted: names stay inside the folder, checksums are verified, the
 * plan is compiled anew and must have the recorded hash. */
#include "track/track_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    tw_bundle *bundle;
    const char *path;
    const tw_node *root;
    tw_error *err;
} reader;

static tw_status bad(const reader *r, const char *what)
{
    return tw_fail(r->err, TW_BAD_FILE, "%s/bundle.json: %s", r->path, what);
}

/* Names like models/best-0.twm; never an absolute path or one that climbs out of the folder. */
static bool safe_name(const char *name)
{
    if (!name || !*name || *name == '/' || strstr(name, "..")) return false;
    for (const char *c = name; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./", *c)) return false;
    return strlen(name) < 200;
}

static tw_status read_named(const reader *r, const char *name, char **bytes, size_t *length)
{
    if (!safe_name(name)) return bad(r, "a file name leads out of the bundle");
    tw_buf path;
    tw_buf_init(&path, r->bundle->ctx);
    tw_buf_printf(&path, "%s/%s", r->path, name);
    tw_status status = tw_buf_check(&path, r->err);
    if (status == TW_OK) status = tw_file_read(r->bundle->ctx, path.data, bytes, length, r->err);
    tw_buf_clear(&path);
    return status;
}

static tw_status verify_files(const reader *r)
{
    const tw_node *files = tw_node_get(r->root, "files");
    if (!files || files->kind != TW_NODE_MAP || files->n_children > TW_BUNDLE_MAX_FILES)
        return bad(r, "'files' must be a map of at most 4096 names");
    for (const tw_node *f = files->first; f; f = f->next) {
        char *bytes = NULL;
        size_t length = 0;
        TW_TRY(read_named(r, f->key, &bytes, &length));
        char hash[17];
        tw_hash_text(tw_hash64(bytes, length, 0), hash);
        tw_free(r->bundle->ctx, bytes);
        if (strcmp(hash, tw_node_text(f, "")) != 0)
            return tw_fail(r->err, TW_BAD_FILE, "%s/%s: damaged: checksum %s, recorded %s", r->path, f->key, hash,
                           tw_node_text(f, ""));
    }
    return TW_OK;
}

static tw_status read_names(const reader *r, const char *key, const char ***names, size_t *n)
{
    const tw_node *list = tw_node_get(r->root, key);
    if (!list || list->kind != TW_NODE_LIST || !list->n_children) return bad(r, "a list of names is missing or empty");
    *names = tw_arena_new(&r->bundle->arena, list->n_children, sizeof **names);
    if (!*names) return tw_no_memory(r->err, "names of a bundle");
    *n = list->n_children;
    size_t i = 0;
    for (const tw_node *c = list->first; c; c = c->next, i++) {
        if (c->kind != TW_NODE_TEXT) return bad(r, "a name is not text");
        (*names)[i] = c->text;
    }
    return TW_OK;
}

static tw_status read_features(const reader *r, const char *key, tw_feature **features, size_t *n)
{
    const tw_node *list = tw_node_get(r->root, key);
    if (!list || list->kind != TW_NODE_LIST) return bad(r, "a list of expressions is missing");
    *n = list->n_children;
    *features = tw_arena_new(&r->bundle->arena, *n ? *n : 1, sizeof **features);
    if (!*features) return tw_no_memory(r->err, "features of a bundle");
    size_t i = 0;
    for (const tw_node *c = list->first; c; c = c->next, i++) {
        (*features)[i].name = tw_node_text(tw_node_get(c, "name"), NULL);
        (*features)[i].expression = tw_node_text(tw_node_get(c, "expression"), NULL);
        if (!(*features)[i].name || !(*features)[i].expression) return bad(r, "a feature lacks name or expression");
    }
    return TW_OK;
}

static tw_status read_plan(const reader *r)
{
    tw_bundle *b = r->bundle;
    tw_feature *lets, *features;
    tw_plan_spec spec = {0};
    TW_TRY(read_names(r, "columns", &b->columns, &b->n_columns));
    TW_TRY(read_features(r, "lets", &lets, &spec.n_lets));
    TW_TRY(read_features(r, "features", &features, &spec.n_features));
    spec.columns = b->columns;
    spec.n_columns = b->n_columns;
    spec.lets = lets;
    spec.features = features;
    TW_TRY(tw_plan_compile(b->ctx, &spec, &b->plan, r->err));
    char hash[17];
    tw_hash_text(tw_plan_hash(b->plan), hash);
    if (strcmp(hash, tw_node_text(tw_node_get(r->root, "plan_hash"), "")) != 0)
        return tw_fail(r->err, TW_BAD_VERSION,
                       "%s: its features compile to another plan here (%s) than where it was made (%s)", r->path, hash,
                       tw_node_text(tw_node_get(r->root, "plan_hash"), "none"));
    return TW_OK;
}

static tw_status read_model(const reader *r, const tw_node *entry, tw_bundle_model *out)
{
    const char *from = tw_node_text(tw_node_get(entry, "valid_from"), "");
    if (!tw_time_parse(from, strlen(from), &out->valid_from_ns)) return bad(r, "'valid_from' of a model is no time");
    char *bytes = NULL;
    size_t length = 0;
    const char *file = tw_node_text(tw_node_get(entry, "file"), "");
    if (!tw_node_get(tw_node_get(r->root, "files"), file))
        return bad(r, "a model's file is not among 'files', so its checksum is not known");
    TW_TRY(read_named(r, file, &bytes, &length));
    tw_model *model = NULL;
    const tw_status status = tw_model_load(r->bundle->ctx, bytes, length, &model, r->err);
    tw_free(r->bundle->ctx, bytes);
    if (status != TW_OK) return tw_fail_in(r->err, status, "%s", r->path);
    out->model = model;
    if (tw_model_features(model) != tw_plan_features(r->bundle->plan))
        return bad(r, "a model wants another number of features");
    if (tw_model_outputs(model) != 1) return bad(r, "a model gives several scores to a row");
    return TW_OK;
}

static tw_status read_line(const reader *r, const char *role, tw_bundle_line *line)
{
    const tw_node *node = tw_node_get(r->root, role);
    const tw_node *models = tw_node_get(node, "models");
    line->name = tw_node_text(tw_node_get(node, "name"), "");
    if (!models || models->kind != TW_NODE_LIST) return bad(r, "a line of models is missing");
    tw_bundle_model *list = tw_arena_new(&r->bundle->arena, models->n_children + 1, sizeof *list);
    if (!list) return tw_no_memory(r->err, "models of a bundle");
    line->model = list;
    for (const tw_node *m = models->first; m; m = m->next) {
        TW_TRY(read_model(r, m, &list[line->n]));
        line->n++;
        if (line->n > 1 && list[line->n - 1].valid_from_ns <= list[line->n - 2].valid_from_ns)
            return bad(r, "models must ascend in 'valid_from'");
    }
    return TW_OK;
}

static tw_status read_symbols(const reader *r)
{
    tw_bundle *b = r->bundle;
    TW_TRY(read_names(r, "symbols", &b->symbols, &b->n_symbols));
    for (size_t s = 1; s < b->n_symbols; s++)
        if (strcmp(b->symbols[s - 1], b->symbols[s]) >= 0) return bad(r, "'symbols' must ascend");
    b->group = tw_arena_new(&b->arena, b->n_symbols, sizeof *b->group);
    if (!b->group) return tw_no_memory(r->err, "groups of a bundle");
    size_t i = 0;
    const tw_node *groups = tw_node_get(r->root, "groups");
    for (const tw_node *g = groups ? groups->first : NULL; g && i < b->n_symbols; g = g->next, i++) {
        if (!g->is_integer || g->integer < 0 || g->integer > 1000000)
            return bad(r, "'groups' must be integers in [0, 1000000]");
        b->group[i] = (int32_t)g->integer;
    }
    return TW_OK;
}

static tw_status read_universe(const reader *r)
{
    tw_bundle *b = r->bundle;
    TW_TRY(read_symbols(r));
    const tw_node *bar = tw_node_get(r->root, "bar_ns"), *calendar = tw_node_get(r->root, "calendar");
    if (!bar || !bar->is_integer || bar->integer < 1) return bad(r, "'bar_ns' must be a positive integer");
    b->bar_ns = bar->integer;
    if (calendar && calendar->kind == TW_NODE_TEXT) TW_TRY(tw_calendar_find(calendar->text, &b->calendar, r->err));
    b->max_missing = tw_node_number(tw_node_get(r->root, "max_missing"), 0);
    return TW_OK;
}

/* bundle.json must be what was written: a changed digit in it would change scores. */
static tw_status verify_index(const reader *r)
{
    char *bytes = NULL, hash[17];
    size_t length = 0;
    TW_TRY(read_named(r, TW_BUNDLE_SUM, &bytes, &length));
    tw_hash_text(r->bundle->hash, hash);
    const bool same = length == strlen(hash) && !memcmp(bytes, hash, length);
    tw_free(r->bundle->ctx, bytes);
    return same ? TW_OK : bad(r, "damaged: its checksum is not the recorded one");
}

static tw_status read_index(reader *r)
{
    tw_bundle *b = r->bundle;
    char *bytes = NULL;
    size_t length = 0;
    TW_TRY(read_named(r, "bundle.json", &bytes, &length));
    b->hash = tw_hash64(bytes, length, 0);
    tw_status status = verify_index(r);
    if (status == TW_OK) status = tw_doc_parse_json(b->ctx, bytes, length, r->path, &b->doc, r->err);
    tw_free(b->ctx, bytes);
    TW_TRY(status);
    r->root = tw_doc_root(b->doc);
    const tw_node *format = tw_node_get(r->root, "format");
    if (!format || !format->is_integer) return bad(r, "no 'format'");
    if (format->integer != TW_BUNDLE_FORMAT)
        return tw_fail(r->err, TW_BAD_VERSION, "%s: bundle format %lld, this library reads %d", r->path,
                       (long long)format->integer, TW_BUNDLE_FORMAT);
    b->name = tw_node_text(tw_node_get(r->root, "name"), "");
    TW_TRY(verify_files(r));
    TW_TRY(read_universe(r));
    TW_TRY(read_plan(r));
    TW_TRY(read_line(r, "best", &b->line[TW_LINE_BEST]));
    TW_TRY(read_line(r, "fallback", &b->line[TW_LINE_FALLBACK]));
    return b->line[TW_LINE_BEST].n ? TW_OK : bad(r, "no model");
}

tw_status tw_bundle_open(const tw_ctx *ctx, const char *path, tw_bundle **bundle, tw_error *err)
{
    tw_bundle *b = tw_new(ctx, 1, sizeof *b);
    if (!b) return tw_no_memory(err, "a bundle");
    b->ctx = ctx;
    tw_arena_init(&b->arena, ctx);
    reader r = {.bundle = b, .path = path, .err = err};
    const tw_status status = read_index(&r);
    if (status != TW_OK) {
        tw_bundle_close(b);
        return status;
    }
    *bundle = b;
    return TW_OK;
}

void tw_bundle_close(tw_bundle *bundle)
{
    if (!bundle) return;
    for (int l = 0; l < TW_LINES; l++)
        for (size_t i = 0; bundle->line[l].model && i <= bundle->line[l].n; i++)
            tw_model_free((tw_model *)(uintptr_t)bundle->line[l].model[i].model); /* owned here, const for readers */
    tw_plan_free(bundle->plan);
    tw_doc_free(bundle->doc);
    tw_arena_clear(&bundle->arena);
    tw_free(bundle->ctx, bundle);
}

const char *tw_bundle_name(const tw_bundle *bundle) { return bundle->name; }
const tw_plan *tw_bundle_plan(const tw_bundle *bundle) { return bundle->plan; }
uint64_t tw_bundle_hash(const tw_bundle *bundle) { return bundle->hash; }

const char *const *tw_bundle_columns(const tw_bundle *bundle, size_t *n)
{
    *n = bundle->n_columns;
    return bundle->columns;
}

const char *const *tw_bundle_symbols(const tw_bundle *bundle, size_t *n)
{
    *n = bundle->n_symbols;
    return bundle->symbols;
}

const tw_calendar *tw_bundle_calendar(const tw_bundle *bundle, int64_t *bar_ns)
{
    *bar_ns = bundle->bar_ns;
    return bundle->calendar;
}

void tw_bundle_describe(const tw_bundle *bundle, tw_json *json)
{
    static const char *const role[TW_LINES] = {"best", "fallback"};
    char hash[17];
    tw_hash_text(bundle->hash, hash);
    tw_json_object(json);
    tw_json_key(json, "name");
    tw_json_text(json, bundle->name);
    tw_json_key(json, "hash");
    tw_json_text(json, hash);
    tw_json_key(json, "features");
    tw_json_integer(json, (int64_t)tw_plan_features(bundle->plan));
    tw_json_key(json, "symbols");
    tw_json_integer(json, (int64_t)bundle->n_symbols);
    for (int l = 0; l < TW_LINES; l++) {
        tw_json_key(json, role[l]);
        tw_json_object(json);
        tw_json_key(json, "name");
        tw_json_text(json, bundle->line[l].name);
        tw_json_key(json, "models");
        tw_json_integer(json, (int64_t)bundle->line[l].n);
        tw_json_object_end(json);
    }
    tw_json_object_end(json);
}

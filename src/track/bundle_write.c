/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_write.c - a bundle is written into a folder beside its place and renamed, so that a reader never sees half of
 * one. */
#include "track/track_impl.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void tw_hash_text(uint64_t hash, char out[17]) { (void)snprintf(out, 17, "%016" PRIx64, hash); }

/* A bundle in the making: its folder, and the list of files with checksums that bundle.json will hold. */
typedef struct writer {
    const tw_ctx *ctx;
    const char *folder;
    tw_buf files; /* JSON members: "name": "checksum", ... */
    tw_json list;
} writer;

static tw_status put_file(const writer *w, const char *name, const void *bytes, size_t length, tw_error *err)
{
    tw_buf path;
    tw_buf_init(&path, w->ctx);
    tw_buf_printf(&path, "%s/%s", w->folder, name);
    tw_status status = tw_buf_check(&path, err);
    if (status == TW_OK) status = tw_file_write(path.data, bytes, length, err);
    tw_buf_clear(&path);
    return status;
}

/* A file whose checksum bundle.json records. */
static tw_status write_file(writer *w, const char *name, const void *bytes, size_t length, tw_error *err)
{
    TW_TRY(put_file(w, name, bytes, length, err));
    char hash[17];
    tw_hash_text(tw_hash64(bytes, length, 0), hash);
    tw_json_key(&w->list, name);
    tw_json_text(&w->list, hash);
    return TW_OK;
}

static void model_file_name(const char *line, size_t i, char *out, size_t room)
{
    (void)snprintf(out, room, "models/%s-%zu.twm", line, i);
}

static tw_status write_line(writer *w, const tw_bundle_line *line, const char *role, tw_error *err)
{
    for (size_t i = 0; i < line->n; i++) {
        char name[160];
        model_file_name(role, i, name, sizeof name);
        tw_buf bytes;
        tw_buf_init(&bytes, w->ctx);
        tw_status status = tw_model_save(line->model[i].model, &bytes, err);
        if (status == TW_OK) status = write_file(w, name, bytes.data, bytes.length, err);
        tw_buf_clear(&bytes);
        TW_TRY(status);
    }
    return TW_OK;
}

static void json_names(tw_json *j, const char *key, const char *const *names, size_t n)
{
    tw_json_key(j, key);
    tw_json_array(j);
    for (size_t i = 0; i < n; i++) tw_json_text(j, names[i]);
    tw_json_array_end(j);
}

static void json_features(tw_json *j, const char *key, const tw_feature *features, size_t n)
{
    tw_json_key(j, key);
    tw_json_array(j);
    for (size_t i = 0; i < n; i++) {
        tw_json_object(j);
        tw_json_key(j, "name");
        tw_json_text(j, features[i].name);
        tw_json_key(j, "expression");
        tw_json_text(j, features[i].expression);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

static void json_line(tw_json *j, const char *role, const tw_bundle_line *line)
{
    tw_json_key(j, role);
    tw_json_object(j);
    tw_json_key(j, "name");
    tw_json_text(j, line->name);
    tw_json_key(j, "models");
    tw_json_array(j);
    for (size_t i = 0; i < line->n; i++) {
        char file[160], stamp[40];
        model_file_name(role, i, file, sizeof file);
        tw_json_object(j);
        tw_json_key(j, "file");
        tw_json_text(j, file);
        tw_json_key(j, "valid_from");
        stamp[tw_time_format(line->model[i].valid_from_ns, stamp)] = '\0';
        tw_json_text(j, stamp);
        tw_json_key(j, "learner");
        tw_json_text(j, tw_model_learner(line->model[i].model)->name);
        tw_json_key(j, "params");
        tw_json_text(j, tw_model_params(line->model[i].model));
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
    tw_json_object_end(j);
}

static void json_universe(tw_json *j, const tw_bundle_parts *parts)
{
    tw_json_key(j, "calendar");
    tw_json_text(j, parts->calendar);
    tw_json_key(j, "bar_ns");
    tw_json_integer(j, parts->bar_ns);
    json_names(j, "symbols", parts->symbols, parts->n_symbols);
    tw_json_key(j, "groups");
    tw_json_array(j);
    for (size_t i = 0; parts->group && i < parts->n_symbols; i++) tw_json_integer(j, parts->group[i]);
    tw_json_array_end(j);
}

static tw_status write_index(writer *w, const tw_bundle_parts *parts, const tw_plan *plan, tw_error *err)
{
    tw_buf text;
    tw_buf_init(&text, w->ctx);
    tw_json j;
    char hash[17];
    tw_json_init(&j, &text, true);
    tw_json_object(&j);
    tw_json_key(&j, "format");
    tw_json_integer(&j, TW_BUNDLE_FORMAT);
    tw_json_key(&j, "name");
    tw_json_text(&j, parts->name);
    tw_json_key(&j, "tradewind");
    tw_json_text(&j, tw_version());
    json_universe(&j, parts);
    json_names(&j, "columns", parts->plan.columns, parts->plan.n_columns);
    json_features(&j, "lets", parts->plan.lets, parts->plan.n_lets);
    json_features(&j, "features", parts->plan.features, parts->plan.n_features);
    tw_hash_text(tw_plan_hash(plan), hash);
    tw_json_key(&j, "plan_hash");
    tw_json_text(&j, hash);
    tw_json_key(&j, "max_missing");
    tw_json_number(&j, parts->max_missing);
    json_line(&j, "best", &parts->best);
    json_line(&j, "fallback", &parts->fallback);
    tw_json_key(&j, "files");
    tw_json_raw(&j, w->files.data);
    tw_json_object_end(&j);
    tw_status status = tw_buf_check(&text, err);
    if (status == TW_OK) status = put_file(w, "bundle.json", text.data, text.length, err);
    if (status == TW_OK) {
        tw_hash_text(tw_hash64(text.data, text.length, 0), hash);
        status = put_file(w, TW_BUNDLE_SUM, hash, strlen(hash), err);
    }
    tw_buf_clear(&text);
    return status;
}

/* Removes the files of a bundle folder one level deep; only names a bundle has, so that a wrong path cannot hurt. A
 * tidying up that cannot fail for want of memory. */
static void remove_bundle(const char *folder)
{
    static const char *const inside[] = {"models", "."};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        char path[4096];
        const int length = snprintf(path, sizeof path, "%s/%s", folder, inside[i]);
        DIR *dir = length < 0 || (size_t)length >= sizeof path ? NULL : opendir(path);
        for (struct dirent *e; dir && (e = readdir(dir));) {
            const char *end = strrchr(e->d_name, '.');
            if (end && (!strcmp(end, ".twm") || !strcmp(end, ".json") || !strcmp(end, ".yaml") || !strcmp(end, ".sum")))
                (void)unlinkat(dirfd(dir), e->d_name, 0);
        }
        if (!dir) continue;
        (void)closedir(dir);
        (void)rmdir(path);
    }
    (void)rmdir(folder);
}

static tw_status put_in_place(const tw_ctx *ctx, const char *from, const char *to, tw_error *err)
{
    tw_buf old;
    tw_buf_init(&old, ctx);
    tw_buf_printf(&old, "%s.old", to);
    tw_status status = tw_buf_check(&old, err);
    if (status == TW_OK) {
        remove_bundle(old.data);
        if (rename(to, old.data) != 0 && errno != ENOENT)
            status = tw_fail(err, TW_IO_FAILED, "%s: cannot be moved aside: %s", to, strerror(errno));
        else if (rename(from, to) != 0)
            status = tw_fail(err, TW_IO_FAILED, "%s: cannot be put in place: %s", to, strerror(errno));
        else
            remove_bundle(old.data);
    }
    tw_buf_clear(&old);
    return status;
}

static tw_status write_parts(writer *w, const tw_bundle_parts *parts, tw_error *err)
{
    tw_plan *plan = NULL;
    TW_TRY(tw_plan_compile(w->ctx, &parts->plan, &plan, err));
    tw_json_object(&w->list);
    tw_status status = write_file(w, "spec.yaml", parts->spec_text, strlen(parts->spec_text), err);
    if (status == TW_OK)
        status = write_file(w, "reference.json", parts->reference_json, strlen(parts->reference_json), err);
    if (status == TW_OK) status = write_line(w, &parts->best, "best", err);
    if (status == TW_OK) status = write_line(w, &parts->fallback, "fallback", err);
    tw_json_object_end(&w->list);
    if (status == TW_OK) status = tw_buf_check(&w->files, err);
    if (status == TW_OK) status = write_index(w, parts, plan, err);
    tw_plan_free(plan);
    return status;
}

tw_status tw_bundle_write(const tw_ctx *ctx, const char *path, const tw_bundle_parts *parts, tw_error *err)
{
    tw_buf making, models;
    tw_buf_init(&making, ctx);
    tw_buf_init(&models, ctx);
    tw_buf_printf(&making, "%s.new", path);
    tw_buf_printf(&models, "%s.new/models", path);
    tw_status status = tw_buf_check(&making, err);
    if (status == TW_OK) status = tw_buf_check(&models, err);
    if (status == TW_OK) {
        remove_bundle(making.data);
        status = tw_folder_make(models.data, err);
    }
    if (status == TW_OK) {
        writer w = {.ctx = ctx, .folder = making.data};
        tw_buf_init(&w.files, ctx);
        tw_json_init(&w.list, &w.files, false);
        status = write_parts(&w, parts, err);
        tw_buf_clear(&w.files);
    }
    if (status == TW_OK)
        status = put_in_place(ctx, making.data, path, err);
    else if (!making.failed)
        remove_bundle(making.data);
    tw_buf_clear(&making);
    tw_buf_clear(&models);
    return status;
}

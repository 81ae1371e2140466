/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a table: which column is what. */
#include "learn/table/frame.h"

#include <stdio.h>
#include <string.h>

static const char usual_missing[] = "NA,N/A,NaN,nan,NULL,null,None,?";

/* ---------------------------------------------------------------- lists and names */

/* The next name of a list, or false. */
static bool next_name(const char **list, const char **name, size_t *length)
{
    if (!*list || !**list) return false;
    *name = *list;
    *length = strcspn(*list, ",");
    *list += *length + ((*list)[*length] == ',');
    return true;
}

static size_t count_names(const char *list)
{
    const char *name;
    size_t n = 0, length;
    while (next_name(&list, &name, &length)) n++;
    return n;
}

static const char *near_column(const tw_frame *f, const char *name)
{
    const char **names = tw_new(f->ctx, (size_t)f->names.n + 1, sizeof *names);
    for (uint32_t i = 0; names && i < f->names.n; i++) names[i] = f->names.text[i];
    const char *near = names ? tw_did_you_mean(name, names) : NULL;
    tw_free(f->ctx, names);
    return near;
}

static tw_status find_column(const tw_frame *f, const char *name, size_t length, uint32_t *column, tw_error *err)
{
    const uint32_t code = tw_texts_find(&f->names, name, length);
    if (code == TW_TEXTS_NONE) {
        char text[TW_TEXT_MAX] = "";
        memcpy(text, name, length < sizeof text ? length : sizeof text - 1);
        const char *near = near_column(f, text);
        return tw_fail(err, TW_BAD_NAME, "%s has no column '%s'%s%s%s", f->path, text, near ? "; did you mean '" : "",
                       near ? near : "", near ? "'?" : "");
    }
    *column = f->by_name[code];
    if (f->column[*column].twin)
        return tw_fail(err, TW_BAD_DATA, "%s has more than one column '%s'", f->path, f->names.text[code]);
    return TW_OK;
}

/* ---------------------------------------------------------------- the header row */

static tw_status take_names(tw_frame *f, const tw_field *fields, size_t n, tw_error *err)
{
    f->n_columns = (uint32_t)n;
    f->column = tw_arena_new(&f->arena, n, sizeof *f->column);
    f->by_name = tw_arena_new(&f->arena, n, sizeof *f->by_name);
    if (!f->column || !f->by_name) return tw_no_memory(err, "the columns of a table");
    for (uint32_t c = 0; c < n; c++) {
        const tw_field name = tw_frame_trimmed(fields[c]);
        const uint32_t before = f->names.n;
        uint32_t code = 0;
        TW_TRY(tw_texts_add(&f->names, name.text, name.length, &code, err));
        f->column[c].name = f->names.text[code];
        if (code == before)
            f->by_name[code] = c;
        else
            f->column[c].twin = f->column[f->by_name[code]].twin = true;
    }
    return TW_OK;
}

static tw_status open_csv(tw_frame *f, tw_error *err)
{
    tw_source *source = NULL;
    const tw_csv_options csv = {.delimiter = f->options.delimiter};
    const tw_field *fields = NULL;
    size_t n = 0;
    TW_TRY(tw_source_open(f->ctx, f->path, &source, err));
    TW_TRY(tw_csv_open(f->ctx, source, f->path, &csv, &f->csv, err));
    TW_TRY(tw_csv_next(f->csv, &fields, &n, err));
    if (!fields) return tw_fail(err, TW_BAD_DATA, "%s is empty: the first row must name the columns", f->path);
    return take_names(f, fields, n, err);
}

/* ---------------------------------------------------------------- roles */

static tw_status set_role(tw_frame *f, const char *name, tw_role role, bool *has, tw_error *err)
{
    uint32_t c = 0;
    if (!name) return TW_OK;
    TW_TRY(find_column(f, name, strlen(name), &c, err));
    if (f->column[c].role != TW_ROLE_NONE)
        return tw_fail(err, TW_BAD_VALUE, "column '%s' cannot be two of target, weight and group", name);
    f->column[c].role = role;
    if (role == TW_ROLE_TARGET) f->target_column = c;
    *has = true;
    return TW_OK;
}

static tw_status set_roles(tw_frame *f, tw_error *err)
{
    TW_TRY(set_role(f, f->options.target, TW_ROLE_TARGET, &f->has_target, err));
    TW_TRY(set_role(f, f->options.weight, TW_ROLE_WEIGHT, &f->has_weight, err));
    return set_role(f, f->options.group, TW_ROLE_GROUP, &f->has_group, err);
}

static tw_status set_kept(tw_frame *f, tw_error *err)
{
    const char *list = f->options.keep, *name;
    size_t length;
    f->kept_column = tw_arena_new(&f->arena, count_names(list) + 1, sizeof *f->kept_column);
    if (!f->kept_column) return tw_no_memory(err, "the columns of a table");
    while (next_name(&list, &name, &length)) TW_TRY(find_column(f, name, length, &f->kept_column[f->n_kept++], err));
    return TW_OK;
}

static tw_status new_series(tw_frame *f, size_t n_features, tw_error *err)
{
    f->n_features = n_features;
    f->series = tw_arena_new(&f->arena, n_features + 1, sizeof *f->series);
    f->value = tw_arena_new(&f->arena, n_features + 1, sizeof *f->value);
    f->levels = tw_arena_new(&f->arena, n_features + 1, sizeof *f->levels);
    f->feature_name = tw_arena_new(&f->arena, n_features + 1, sizeof *f->feature_name);
    if (!f->series || !f->value || !f->levels || !f->feature_name) return tw_no_memory(err, "the features of a table");
    for (size_t i = 0; i <= n_features; i++) tw_texts_init(&f->series[i].texts, f->ctx);
    tw_frame_target(f)->name = f->has_target ? f->column[f->target_column].name : "";
    return TW_OK;
}

static void make_feature(tw_frame *f, uint32_t column, uint32_t slot)
{
    f->column[column].role = TW_ROLE_FEATURE;
    f->column[column].slot = slot;
    f->series[slot].name = f->feature_name[slot] = f->column[column].name;
}

/* ---------------------------------------------------------------- features by what is there */

/* Columns that are to be features are marked first, with slot 1. */
static tw_status mark_free_columns(tw_frame *f, uint32_t *n, tw_error *err)
{
    const char *list = f->options.ignore, *name;
    size_t length;
    uint32_t c = 0;
    *n = 0;
    for (uint32_t i = 0; i < f->n_columns; i++)
        f->column[i].slot = f->column[i].role == TW_ROLE_NONE && f->column[i].name[0];
    while (next_name(&list, &name, &length)) {
        TW_TRY(find_column(f, name, length, &c, err));
        f->column[c].slot = 0;
    }
    for (uint32_t i = 0; i < f->n_columns; i++) *n += f->column[i].slot;
    return TW_OK;
}

static tw_status make_free_features(tw_frame *f, tw_error *err)
{
    for (uint32_t c = 0, slot = 0; c < f->n_columns; c++) {
        if (!f->column[c].slot) continue;
        if (f->column[c].twin)
            return tw_fail(err, TW_BAD_DATA, "%s has more than one column '%s'", f->path, f->column[c].name);
        make_feature(f, c, slot++);
    }
    return TW_OK;
}

static tw_status declare_categories(tw_frame *f, tw_error *err)
{
    const char *list = f->options.categorical, *name;
    size_t length;
    uint32_t c = 0;
    while (next_name(&list, &name, &length)) {
        TW_TRY(find_column(f, name, length, &c, err));
        const tw_column *column = &f->column[c];
        if (column->role == TW_ROLE_FEATURE)
            f->series[column->slot].category = true;
        else if (column->role == TW_ROLE_TARGET)
            tw_frame_target(f)->category = true;
        else
            return tw_fail(err, TW_BAD_VALUE, "column '%s' cannot be categorical: it is no feature", column->name);
    }
    return TW_OK;
}

static tw_status find_features(tw_frame *f, tw_error *err)
{
    uint32_t n;
    TW_TRY(mark_free_columns(f, &n, err));
    if (n == 0) return tw_fail(err, TW_BAD_DATA, "%s has no column left to be a feature", f->path);
    TW_TRY(new_series(f, n, err));
    TW_TRY(make_free_features(f, err));
    return declare_categories(f, err);
}

/* A model without names: numbers, in the order of the columns. */
static tw_status count_features(tw_frame *f, tw_error *err)
{
    uint32_t n;
    TW_TRY(mark_free_columns(f, &n, err));
    for (size_t k = 0; k < f->n_kept; k++) {
        n -= f->column[f->kept_column[k]].slot;
        f->column[f->kept_column[k]].slot = 0;
    }
    if (n != f->options.by_position)
        return tw_fail(err, TW_BAD_DATA,
                       "%s has %u columns to score, the model was fitted on %zu and does not know their names", f->path,
                       (unsigned)n, f->options.by_position);
    TW_TRY(new_series(f, n, err));
    TW_TRY(make_free_features(f, err));
    for (size_t i = 0; i <= n; i++) f->series[i].fixed = true;
    return TW_OK;
}

/* ---------------------------------------------------------------- features by schema */

static tw_status add_levels(tw_series *s, size_t n, const char *const *level, tw_error *err)
{
    uint32_t code = 0;
    s->fixed = true;
    s->category = s->closed = n > 0;
    for (size_t i = 0; i < n; i++) {
        TW_TRY(tw_texts_add(&s->texts, level[i], strlen(level[i]), &code, err));
        if (code != i)
            return tw_fail(err, TW_BAD_DATA, "the model knows '%s' as two categories of '%s'", level[i], s->name);
    }
    return TW_OK;
}

static tw_status fail_absent(const tw_frame *f, const tw_schema *schema, tw_error *err)
{
    char text[256] = "";
    size_t n = 0, length = 0;
    for (size_t i = 0; i < schema->n_features; i++) {
        const char *name = schema->name[i];
        if (tw_texts_find(&f->names, name, strlen(name)) != TW_TEXTS_NONE) continue;
        const size_t more = strlen(name) + 4;
        if (n++ && length + more >= sizeof text) continue;
        length += (size_t)snprintf(text + length, sizeof text - length, "%s'%.200s'", length ? ", " : "", name);
    }
    return tw_fail(err, TW_BAD_DATA, "%s lacks %zu of the %zu columns that the model was fitted on: %s", f->path, n,
                   schema->n_features, text);
}

static bool has_all(const tw_frame *f, const tw_schema *schema)
{
    for (size_t i = 0; i < schema->n_features; i++)
        if (tw_texts_find(&f->names, schema->name[i], strlen(schema->name[i])) == TW_TEXTS_NONE) return false;
    return true;
}

static tw_status match_features(tw_frame *f, const tw_schema *schema, tw_error *err)
{
    uint32_t c = 0;
    if (!has_all(f, schema)) return fail_absent(f, schema, err);
    TW_TRY(new_series(f, schema->n_features, err));
    for (uint32_t i = 0; i < schema->n_features; i++) {
        TW_TRY(find_column(f, schema->name[i], strlen(schema->name[i]), &c, err));
        if (f->column[c].role != TW_ROLE_NONE)
            return tw_fail(err, TW_BAD_DATA, "column '%s' is a feature of the model and cannot be anything else",
                           schema->name[i]);
        make_feature(f, c, i);
        const size_t n = schema->level && schema->n_levels ? schema->n_levels[i] : 0;
        TW_TRY(add_levels(&f->series[i], n, n ? schema->level[i] : NULL, err));
    }
    return add_levels(tw_frame_target(f), schema->n_classes, schema->class_name, err);
}

/* ---------------------------------------------------------------- spellings of missing */

static tw_status set_missing(tw_frame *f, tw_error *err)
{
    const char *list = f->options.missing ? f->options.missing : usual_missing, *name;
    size_t length;
    f->missing = tw_arena_new(&f->arena, count_names(list) + 1, sizeof *f->missing);
    if (!f->missing) return tw_no_memory(err, "the spellings of missing values");
    while (next_name(&list, &name, &length)) {
        const char *copy = tw_arena_text(&f->arena, name, length);
        if (!copy) return tw_no_memory(err, "the spellings of missing values");
        f->missing[f->n_missing++] = copy;
    }
    return TW_OK;
}

tw_status tw_frame_header(tw_frame *f, tw_error *err)
{
    TW_TRY(open_csv(f, err));
    TW_TRY(set_missing(f, err));
    TW_TRY(set_roles(f, err));
    TW_TRY(set_kept(f, err));
    if (f->options.schema) return match_features(f, f->options.schema, err);
    return f->options.by_position ? count_features(f, err) : find_features(f, err);
}

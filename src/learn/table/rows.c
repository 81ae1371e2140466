/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a table into the arrays of a frame. */
#include "learn/table/frame.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { LANES = 16, FIRST_ROOM = 1024, ROWS_A_STEP = 4096 };

/* ---------------------------------------------------------------- room */

static tw_status resize(const tw_frame *f, void *array, size_t item, size_t room, tw_error *err)
{
    void **block = array;
    void *grown = tw_resize(f->ctx, *block, f->room * item, room * item);
    if (!grown) return tw_no_memory(err, "the rows of a table");
    *block = grown;
    return TW_OK;
}

/* Arrays are as long as the cells: whole groups of lanes. */
static tw_status grow(tw_frame *f, tw_error *err)
{
    const size_t room = f->room ? 2 * f->room : FIRST_ROOM;
    if (room > UINT32_MAX) return tw_fail(err, TW_TOO_LARGE, "%s has more than %zu rows", f->path, f->room);
    for (size_t i = 0; i < f->n_features; i++) TW_TRY(resize(f, &f->value[i], sizeof(float), room, err));
    if (f->has_target) TW_TRY(resize(f, &f->label, sizeof *f->label, room, err));
    if (f->has_weight) TW_TRY(resize(f, &f->weight, sizeof *f->weight, room, err));
    if (f->has_group) TW_TRY(resize(f, &f->group, sizeof *f->group, room, err));
    if (f->n_kept) TW_TRY(resize(f, &f->kept, f->n_kept * sizeof *f->kept, room, err));
    TW_TRY(resize(f, &f->cell, sizeof *f->cell, room, err));
    f->room = room;
    return TW_OK;
}

/* ---------------------------------------------------------------- fields */

static tw_status fail_field(const tw_frame *f, const char *column, const char *what, tw_field field, tw_error *err)
{
    char text[TW_TEXT_MAX] = "";
    memcpy(text, field.text, field.length < sizeof text ? field.length : sizeof text - 1);
    return tw_fail(err, TW_BAD_DATA, "%s:%llu: column '%s' %s, got '%s'", f->path,
                   (unsigned long long)tw_csv_line(f->csv), column, what, text);
}

static bool is_missing(const tw_frame *f, tw_field field)
{
    if (field.length == 0) return true;
    for (size_t i = 0; i < f->n_missing; i++)
        if (f->missing[i][0] == field.text[0] && strncmp(f->missing[i], field.text, field.length) == 0 &&
            f->missing[i][field.length] == '\0')
            return true;
    return false;
}

static tw_status fail_row(const tw_frame *f, const char *column, tw_status status, tw_error *err)
{
    if (status == TW_OK) return TW_OK;
    return tw_fail_in(err, status, "%s:%llu: column '%s'", f->path, (unsigned long long)tw_csv_line(f->csv), column);
}

static tw_status category_code(tw_frame *f, tw_series *s, tw_field field, double *x, tw_error *err)
{
    uint32_t code = 0;
    if (s->closed) {
        code = tw_texts_find(&s->texts, field.text, field.length);
        s->unseen += code == TW_TEXTS_NONE;
        *x = code == TW_TEXTS_NONE ? (double)NAN : (double)code;
        return TW_OK;
    }
    TW_TRY(fail_row(f, s->name, tw_texts_add(&s->texts, field.text, field.length, &code, err), err));
    *x = (double)code;
    return TW_OK;
}

static void make_category(const tw_frame *f, tw_series *s, tw_field field)
{
    s->category = true;
    s->texted = tw_csv_line(f->csv);
    memcpy(s->first_text, field.text, field.length < sizeof s->first_text ? field.length : sizeof s->first_text - 1);
}

static tw_status series_value(tw_frame *f, tw_series *s, tw_field field, double *x, tw_error *err)
{
    *x = (double)NAN;
    if (is_missing(f, field)) return TW_OK;
    if (s->category) return category_code(f, s, field, x, err);
    if (tw_parse_double(field.text, field.length, x)) {
        if (!isfinite(*x) && !isnan(*x)) return fail_field(f, s->name, "must be finite", field, err);
        if (!s->numbered) s->numbered = tw_csv_line(f->csv);
        return TW_OK;
    }
    if (s->fixed) return fail_field(f, s->name, "must be a number", field, err);
    make_category(f, s, field);
    return category_code(f, s, field, x, err);
}

static tw_status take_feature(tw_frame *f, uint32_t slot, tw_field field, tw_error *err)
{
    double x;
    TW_TRY(series_value(f, &f->series[slot], field, &x, err));
    if (fabs(x) > (double)FLT_MAX) return fail_field(f, f->series[slot].name, "must fit single precision", field, err);
    f->value[slot][f->n] = (float)x;
    return TW_OK;
}

static tw_status take_weight(tw_frame *f, const char *column, tw_field field, tw_error *err)
{
    double x;
    if (!tw_parse_double(field.text, field.length, &x) || !isfinite(x) || x < 0)
        return fail_field(f, column, "must be a weight, a number at least 0", field, err);
    f->weight[f->n] = x;
    return TW_OK;
}

static tw_status take_group(tw_frame *f, const char *column, tw_field field, tw_error *err)
{
    if (field.length == 0) return fail_field(f, column, "must name a group", field, err);
    return fail_row(f, column, tw_texts_add(&f->groups, field.text, field.length, &f->group[f->n], err), err);
}

/* False in `there`: the row has no target and is left out. */
static tw_status take_target(tw_frame *f, tw_field field, bool *there, tw_error *err)
{
    tw_series *s = tw_frame_target(f);
    double x;
    TW_TRY(series_value(f, s, field, &x, err));
    if (s->closed && s->unseen) return fail_field(f, s->name, "must be a class that was trained on", field, err);
    *there = !isnan(x);
    f->label[f->n] = x;
    return TW_OK;
}

static tw_status take_field(tw_frame *f, const tw_column *column, tw_field field, tw_error *err)
{
    switch (column->role) {
    case TW_ROLE_FEATURE: return take_feature(f, column->slot, field, err);
    case TW_ROLE_WEIGHT: return take_weight(f, column->name, field, err);
    case TW_ROLE_GROUP: return take_group(f, column->name, field, err);
    default: return TW_OK;
    }
}

static tw_status keep_texts(tw_frame *f, const tw_field *fields, tw_error *err)
{
    for (size_t k = 0; k < f->n_kept; k++) {
        const tw_field field = fields[f->kept_column[k]];
        const char *copy = tw_arena_text(&f->kept_texts, field.text, field.length);
        if (!copy) return tw_no_memory(err, "the columns that are kept");
        f->kept[f->n * f->n_kept + k] = copy;
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- rows */

static tw_status take_row(tw_frame *f, const tw_field *fields, size_t n, tw_error *err)
{
    bool there = true;
    if (n != f->n_columns)
        return tw_fail(err, TW_BAD_DATA, "%s:%llu: %zu fields, the header has %u", f->path,
                       (unsigned long long)tw_csv_line(f->csv), n, (unsigned)f->n_columns);
    if (f->n == f->room) TW_TRY(grow(f, err));
    if (f->has_target) TW_TRY(take_target(f, tw_frame_trimmed(fields[f->target_column]), &there, err));
    if (!there) {
        f->dropped++;
        return TW_OK;
    }
    for (uint32_t c = 0; c < f->n_columns; c++) TW_TRY(take_field(f, &f->column[c], tw_frame_trimmed(fields[c]), err));
    TW_TRY(keep_texts(f, fields, err));
    f->cell[f->n] = (uint32_t)f->n;
    f->n++;
    return TW_OK;
}

/* Lanes behind the last row are missing everywhere. */
static void pad(tw_frame *f)
{
    const size_t end = (f->n + LANES - 1) / LANES * LANES;
    for (size_t i = f->n; i < end; i++) {
        for (size_t k = 0; k < f->n_features; k++) f->value[k][i] = NAN;
        if (f->has_target) f->label[i] = (double)NAN;
        if (f->has_weight) f->weight[i] = 0;
        if (f->has_group) f->group[i] = 0;
    }
}

static void make_views(tw_frame *f)
{
    f->data = (tw_dataset){.n_times = (f->n + LANES - 1) / LANES,
                           .n_lanes = LANES,
                           .n_features = f->n_features,
                           .features = (const float *const *)f->value,
                           .feature_names = f->feature_name,
                           .label = f->label,
                           .weight = f->weight,
                           .levels = f->levels,
                           .group = f->group};
    f->rows = (tw_rows){&f->data, f->cell, f->n};
    for (size_t i = 0; i < f->n_features; i++) f->levels[i] = f->series[i].category ? f->series[i].texts.n : 0;
}

tw_status tw_frame_fill(tw_frame *f, size_t most, tw_error *err)
{
    f->n = 0;
    tw_arena_clear(&f->kept_texts);
    while (f->csv && f->n < most) {
        const tw_field *fields = NULL;
        size_t n = 0;
        if (f->n % ROWS_A_STEP == 0) TW_TRY(tw_progress_step(f->ctx, "reading", tw_csv_bytes(f->csv), 0, NULL));
        TW_TRY(tw_csv_next(f->csv, &fields, &n, err));
        if (!fields) {
            tw_csv_close(f->csv);
            f->csv = NULL;
            break;
        }
        TW_TRY(take_row(f, fields, n, err));
    }
    pad(f);
    make_views(f);
    return TW_OK;
}

bool tw_frame_is_mixed(const tw_frame *f)
{
    for (size_t i = 0; i <= f->n_features; i++)
        if (f->series[i].texted && f->series[i].numbered) return true;
    return false;
}

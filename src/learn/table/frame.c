/* SPDX-License-Identifier: Apache-2.0 */
/* Frames: opened, read whole or piece by piece, given away as rows of a dataset with a schema. */
#include "learn/table/frame.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- life */

static tw_status copy_text(tw_frame *f, const char **text, tw_error *err)
{
    if (!*text) return TW_OK;
    *text = tw_arena_text(&f->arena, *text, strlen(*text));
    return *text ? TW_OK : tw_no_memory(err, "the options of a table");
}

static tw_status copy_options(tw_frame *f, const tw_frame_options *options, tw_error *err)
{
    const char **texts[] = {&f->options.target,      &f->options.weight, &f->options.group,  &f->options.ignore,
                            &f->options.categorical, &f->options.keep,   &f->options.missing};
    f->options = *options;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) TW_TRY(copy_text(f, texts[i], err));
    return TW_OK;
}

static tw_status new_frame(const tw_ctx *ctx, const char *path, const tw_frame_options *options, tw_frame **frame,
                           tw_error *err)
{
    tw_frame *f = tw_new(ctx, 1, sizeof *f);
    if (!f) return tw_no_memory(err, "a table");
    f->ctx = ctx;
    tw_arena_init(&f->arena, ctx);
    tw_arena_init(&f->kept_texts, ctx);
    tw_texts_init(&f->names, ctx);
    tw_texts_init(&f->groups, ctx);
    tw_buf_init(&f->notes, ctx);
    f->path = path;
    tw_status status = copy_text(f, &f->path, err);
    if (status == TW_OK) status = copy_options(f, options, err);
    if (status == TW_OK) status = tw_frame_header(f, err);
    if (status != TW_OK)
        tw_frame_free(f);
    else
        *frame = f;
    return status;
}

void tw_frame_free(tw_frame *f)
{
    if (!f) return;
    for (size_t i = 0; f->series && i <= f->n_features; i++) tw_texts_clear(&f->series[i].texts);
    for (size_t i = 0; f->value && i < f->n_features; i++) tw_free(f->ctx, f->value[i]);
    tw_free(f->ctx, f->label);
    tw_free(f->ctx, f->weight);
    tw_free(f->ctx, f->group);
    tw_free(f->ctx, f->cell);
    tw_free(f->ctx, f->part);
    tw_free(f->ctx, f->kept);
    tw_csv_close(f->csv);
    tw_buf_clear(&f->notes);
    tw_texts_clear(&f->groups);
    tw_texts_clear(&f->names);
    tw_arena_clear(&f->kept_texts);
    tw_arena_clear(&f->arena);
    tw_free(f->ctx, f);
}

/* ---------------------------------------------------------------- reading */

/* The columns that turned out to be text are said to be categorical from the start, and the file is read again. */
static tw_status read_again(tw_frame *f, tw_error *err)
{
    const tw_field *fields = NULL;
    size_t n = 0;
    tw_source *source = NULL;
    const tw_csv_options csv = {.delimiter = f->options.delimiter};
    for (size_t i = 0; i <= f->n_features; i++) {
        tw_texts_clear(&f->series[i].texts);
        f->series[i].numbered = 0;
    }
    tw_texts_clear(&f->groups);
    f->dropped = 0;
    TW_TRY(tw_source_open(f->ctx, f->path, &source, err));
    TW_TRY(tw_csv_open(f->ctx, source, f->path, &csv, &f->csv, err));
    TW_TRY(tw_csv_next(f->csv, &fields, &n, err));
    return tw_frame_fill(f, SIZE_MAX, err);
}

static tw_status read_whole(tw_frame *f, tw_error *err)
{
    TW_TRY(tw_frame_fill(f, SIZE_MAX, err));
    const size_t n = f->n + f->dropped;
    if (tw_frame_is_mixed(f)) TW_TRY(read_again(f, err));
    if (f->n + f->dropped != n)
        return tw_fail(err, TW_BAD_DATA,
                       "%s cannot be read twice (%zu rows, then %zu): say which columns are categorical", f->path, n,
                       (size_t)(f->n + f->dropped));
    return tw_frame_settle(f, err);
}

tw_status tw_frame_read(const tw_ctx *ctx, const char *path, const tw_frame_options *options, tw_frame **frame,
                        tw_error *err)
{
    TW_TRY(new_frame(ctx, path, options, frame, err));
    const tw_status status = read_whole(*frame, err);
    if (status == TW_OK) return TW_OK;
    tw_frame_free(*frame);
    *frame = NULL;
    return status;
}

tw_status tw_frame_open(const tw_ctx *ctx, const char *path, const tw_frame_options *options, tw_frame **frame,
                        tw_error *err)
{
    if (!options->schema && !options->by_position)
        return tw_fail(err, TW_BAD_VALUE, "a table is read in pieces only against the schema of a model");
    return new_frame(ctx, path, options, frame, err);
}

tw_status tw_frame_next(tw_frame *f, size_t most, tw_error *err)
{
    TW_TRY(tw_frame_fill(f, most, err));
    return tw_frame_settle(f, err);
}

/* ---------------------------------------------------------------- what it holds */

const tw_rows *tw_frame_rows(const tw_frame *frame) { return &frame->rows; }
const tw_schema *tw_frame_schema(const tw_frame *frame) { return &frame->schema; }
uint64_t tw_frame_dropped(const tw_frame *frame) { return frame->dropped; }
const char *tw_frame_notes(const tw_frame *frame) { return frame->notes.data ? frame->notes.data : ""; }
size_t tw_frame_kept_columns(const tw_frame *frame) { return frame->n_kept; }

const char *tw_frame_kept_name(const tw_frame *frame, size_t k) { return frame->column[frame->kept_column[k]].name; }

const char *tw_frame_kept(const tw_frame *frame, size_t row, size_t k) { return frame->kept[row * frame->n_kept + k]; }

/* Groups of which a row stands before `cut` are train groups; groups have codes in order of appearance. */
static uint32_t first_valid_group(const tw_frame *f, size_t cut)
{
    uint32_t first = 0;
    for (size_t i = 0; i < cut; i++)
        if (f->group[i] >= first) first = f->group[i] + 1;
    return first;
}

tw_status tw_frame_split(tw_frame *f, double share, tw_rows *train, tw_rows *valid, tw_error *err)
{
    if (!(share > 0 && share < 1))
        return tw_fail(err, TW_BAD_VALUE, "the share of rows to validate on must be in (0, 1), got %g", share);
    const size_t cut = f->n - (size_t)(share * (double)f->n);
    const uint32_t first = f->has_group ? first_valid_group(f, cut) : 0;
    tw_free(f->ctx, f->part);
    f->part = tw_new(f->ctx, f->n, sizeof *f->part);
    if (!f->part) return tw_no_memory(err, "the rows of a table");
    size_t n_train = 0, n_valid = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->has_group ? f->group[i] < first : i < cut) f->part[n_train++] = (uint32_t)i;
    for (size_t i = 0; i < f->n; i++)
        if (f->has_group ? f->group[i] >= first : i >= cut) f->part[n_train + n_valid++] = (uint32_t)i;
    if (n_train == 0 || n_valid == 0)
        return tw_fail(err, TW_BAD_VALUE, "a share of %g leaves %zu of %zu rows to train on, %zu to validate on", share,
                       n_train, f->n, n_valid);
    *train = (tw_rows){&f->data, f->part, n_train};
    *valid = (tw_rows){&f->data, f->part + n_train, n_valid};
    return TW_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* import_fill.c - the log of rows into a panel: order the keys, place the columns, pour, set duplicates aside. */
#include "data/import.h"
#include "data/panel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row set aside when its values are known to clash, with the column and the value kept in its place. */
typedef struct duplicate {
    uint64_t line;
    uint32_t file;
    uint32_t reason;
    uint32_t column; /* of the import; UINT32_MAX none */
    double value, kept;
} duplicate;

static const char *const reasons[] = {"duplicate row", "duplicate key with other values", "not a number"};
enum { SAME, OTHER_VALUES, BAD_NUMBER };

typedef struct filler {
    tw_import *im;
    tw_panel *panel;
    int64_t bar_ns;
    bool at_end;
    int64_t *times;      /* of the panel, ascending */
    uint32_t *time_of;   /* panel time of time key k */
    uint32_t *symbol_of; /* panel symbol of symbol key k */
    const char **symbols, **columns;
    size_t n_times, n_columns;
    uint64_t *taken; /* one bit a cell */
    duplicate *late; /* rows set aside while pouring */
    size_t n_late, late_room;
} filler;

typedef struct ranked {
    int64_t time;
    const char *name;
    uint32_t key;
} ranked;

static int by_time(const void *a, const void *b)
{
    const int64_t x = ((const ranked *)a)->time, y = ((const ranked *)b)->time;
    return (x > y) - (x < y);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const ranked *)a)->name, ((const ranked *)b)->name);
}

static bool all_midnight(const tw_keys *times)
{
    for (size_t k = 0; k < times->n; k++)
        if (times->times[k] % TW_NS_PER_DAY != 0) return false;
    return true;
}

/* Ascending times without repeats, and where each key went. Daily stamps become midnight of their session date. */
static void place_times(filler *f, ranked *order, bool daily)
{
    const tw_import *im = f->im;
    for (size_t k = 0; k < im->times.n; k++) {
        const int64_t t = im->times.times[k];
        const tw_calendar *zone = im->zone ? im->zone : im->calendar;
        order[k] = (ranked){daily ? tw_import_day_of(zone, t) * TW_NS_PER_DAY : t, NULL, (uint32_t)k};
    }
    qsort(order, im->times.n, sizeof *order, by_time);
    f->n_times = 0;
    for (size_t i = 0; i < im->times.n; i++) {
        if (f->n_times == 0 || f->times[f->n_times - 1] != order[i].time) f->times[f->n_times++] = order[i].time;
        f->time_of[order[i].key] = (uint32_t)f->n_times - 1;
    }
}

static tw_status order_times(filler *f, tw_error *err)
{
    const size_t n = f->im->times.n;
    const tw_ctx *ctx = f->im->ctx;
    ranked *order = tw_new(ctx, n + 1, sizeof *order);
    f->times = tw_new(ctx, n + 1, sizeof *f->times);
    f->time_of = tw_new(ctx, n + 1, sizeof *f->time_of);
    if (!order || !f->times || !f->time_of) {
        tw_free(ctx, order);
        return tw_no_memory(err, "the times of a panel");
    }
    f->bar_ns = f->im->bar_ns ? f->im->bar_ns : all_midnight(&f->im->times) ? TW_NS_PER_DAY : 0;
    place_times(f, order, f->bar_ns == TW_NS_PER_DAY);
    if (f->bar_ns == 0) {
        f->bar_ns = tw_import_bar_width(f->times, f->n_times);
        if (f->bar_ns == TW_NS_PER_DAY) place_times(f, order, true);
    }
    tw_free(ctx, order);
    return TW_OK;
}

static tw_status order_symbols(filler *f, tw_error *err)
{
    const tw_keys *keys = &f->im->symbols;
    const tw_ctx *ctx = f->im->ctx;
    ranked *order = tw_new(ctx, keys->n + 1, sizeof *order);
    f->symbols = tw_new(ctx, keys->n + 1, sizeof *f->symbols);
    f->symbol_of = tw_new(ctx, keys->n + 1, sizeof *f->symbol_of);
    if (!order || !f->symbols || !f->symbol_of) {
        tw_free(ctx, order);
        return tw_no_memory(err, "the symbols of a panel");
    }
    for (size_t k = 0; k < keys->n; k++) order[k] = (ranked){0, keys->names[k], (uint32_t)k};
    qsort(order, keys->n, sizeof *order, by_name);
    for (size_t i = 0; i < keys->n; i++) {
        f->symbols[i] = order[i].name;
        f->symbol_of[order[i].key] = (uint32_t)i;
    }
    tw_free(ctx, order);
    return TW_OK;
}

static void add_column(filler *f, tw_import_column *column)
{
    column->place = f->n_columns;
    f->columns[f->n_columns++] = column->name;
}

static void note_ignored(tw_import_summary *summary, const char *name)
{
    const size_t used = strlen(summary->text_columns), room = sizeof summary->text_columns - used;
    if (used + strlen(name) + 7 < sizeof summary->text_columns)
        snprintf(summary->text_columns + used, room, "%s%s", used ? ", " : "", name);
    else if (room > 5 && strcmp(summary->text_columns + used - 3, "...") != 0)
        snprintf(summary->text_columns + used, room, ", ...");
}

/* open, high, low, close, volume first, then the others as met; columns of text are left out and named. */
static tw_status place_columns(filler *f, tw_error *err)
{
    static const char *const first[] = {"open", "high", "low", "close", "volume"};
    tw_import *im = f->im;
    f->columns = tw_new(im->ctx, im->n_columns + 1, sizeof *f->columns);
    if (!f->columns) return tw_no_memory(err, "the columns of a panel");
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        for (size_t c = 0; c < im->n_columns; c++)
            if (strcmp(im->columns[c].name, first[i]) == 0) add_column(f, &im->columns[c]);
    for (size_t c = 0; c < im->n_columns; c++) {
        tw_import_column *column = &im->columns[c];
        if (column->core) continue;
        column->place = SIZE_MAX;
        if (column->n_bad > column->n_good)
            note_ignored(im->summary, column->name);
        else
            add_column(f, column);
    }
    return f->n_columns ? TW_OK : tw_fail(err, TW_BAD_DATA, "import: no column holds numbers");
}

static tw_status set_aside(filler *f, const tw_row *row, duplicate late, tw_error *err)
{
    late.line = row->line;
    late.file = row->file;
    if (f->n_late == f->late_room) {
        const size_t room = f->late_room ? f->late_room * 2 : 256;
        void *more = tw_resize(f->im->ctx, f->late, f->late_room * sizeof *f->late, room * sizeof *f->late);
        if (!more) return tw_no_memory(err, "rows set aside");
        f->late = more;
        f->late_room = room;
    }
    f->late[f->n_late++] = late;
    return TW_OK;
}

/* What a second row of a key is: the same again, or another with the first column in which it differs. */
static duplicate compare(const filler *f, const tw_import_file *file, const double *values, size_t cell)
{
    for (size_t v = 0; v < file->n_values; v++) {
        const size_t place = f->im->columns[file->columns[v]].place;
        if (place == SIZE_MAX) continue;
        const double there = tw_panel_column(f->panel, place)[cell];
        if (there != values[v] && !(isnan(there) && isnan(values[v])))
            return (duplicate){.reason = OTHER_VALUES, .column = file->columns[v], .value = values[v], .kept = there};
    }
    return (duplicate){.reason = SAME, .column = UINT32_MAX};
}

/* The first column of numbers in which the row has text; UINT32_MAX when none. */
static uint32_t bad_column(const filler *f, const tw_import_file *file, const double *values)
{
    for (size_t v = 0; v < file->n_values; v++)
        if (tw_import_is_bad(values[v]) && f->im->columns[file->columns[v]].place != SIZE_MAX) return file->columns[v];
    return UINT32_MAX;
}

static tw_status pour(void *arg, const tw_row *row, const double *values, tw_error *err)
{
    filler *f = arg;
    const tw_import_file *file = &f->im->files[row->file];
    const size_t s = f->symbol_of[row->symbol], t = f->time_of[row->time];
    const size_t bit = s * f->n_times + t, cell = tw_panel_cell(f->panel, s, t);
    const uint32_t bad = bad_column(f, file, values);
    if (bad != UINT32_MAX) return set_aside(f, row, (duplicate){.reason = BAD_NUMBER, .column = bad}, err);
    if (f->taken[bit / 64] >> (bit % 64) & 1) return set_aside(f, row, compare(f, file, values, cell), err);
    f->taken[bit / 64] |= UINT64_C(1) << (bit % 64);
    for (size_t v = 0; v < file->n_values; v++) {
        const size_t place = f->im->columns[file->columns[v]].place;
        if (place != SIZE_MAX && !isnan(values[v])) tw_panel_column(f->panel, place)[cell] = values[v];
    }
    f->im->summary->kept++;
    return TW_OK;
}

static int by_file_line(const void *a, const void *b)
{
    const duplicate *x = a, *y = b;
    if (x->file != y->file) return x->file < y->file ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static tw_status reject_late(filler *f, const duplicate *late, tw_field raw, tw_error *err)
{
    char detail[160] = "";
    const char *column = late->column == UINT32_MAX ? "" : f->im->columns[late->column].name;
    if (late->reason == OTHER_VALUES)
        snprintf(detail, sizeof detail, "%.60s is %.10g, in the row kept %.10g", column, late->value, late->kept);
    else
        snprintf(detail, sizeof detail, "%.60s", column);
    const tw_import_reason why = {late->file, late->line, reasons[late->reason], detail};
    return tw_import_reject(f->im, &why, raw, err);
}

/* Rows set aside while pouring are known by line only; their text is read again. `at` moves behind this file's. */
static tw_status report_file(filler *f, size_t *at, tw_csv *csv, tw_error *err)
{
    const uint32_t file = f->late[*at].file;
    while (*at < f->n_late && f->late[*at].file == file) {
        const tw_field *fields;
        size_t n;
        const tw_status st = tw_csv_next(csv, &fields, &n, err);
        if (st == TW_BAD_SYNTAX) continue;
        if (st != TW_OK) return st;
        if (!fields) return tw_fail(err, TW_BAD_FILE, "%s: changed while it was read", f->im->files[file].path);
        if (tw_csv_line(csv) != f->late[*at].line) continue;
        TW_TRY(reject_late(f, &f->late[(*at)++], tw_csv_raw(csv), err));
    }
    return TW_OK;
}

static tw_status report_late(filler *f, tw_error *err)
{
    if (f->n_late > 1) qsort(f->late, f->n_late, sizeof *f->late, by_file_line);
    for (size_t at = 0; at < f->n_late;) {
        const char *path = f->im->files[f->late[at].file].path;
        tw_source *source;
        tw_csv *csv;
        TW_TRY(tw_source_open(f->im->ctx, path, &source, err));
        TW_TRY(tw_csv_open(f->im->ctx, source, path, NULL, &csv, err));
        const tw_status st = report_file(f, &at, csv, err);
        tw_csv_close(csv);
        if (st != TW_OK) return st;
    }
    return TW_OK;
}

static bool stamped_at_end(const filler *f)
{
    const char *stamp = f->im->options->stamp;
    if (strcmp(stamp, "end") == 0) return true;
    if (strcmp(stamp, "start") == 0 || !f->im->calendar || f->bar_ns == TW_NS_PER_DAY) return false;
    return tw_import_stamped_at_end(f->im->calendar, f->times, f->n_times);
}

static tw_status make_panel(filler *f, tw_error *err)
{
    const tw_import *im = f->im;
    const size_t cells = im->symbols.n * f->n_times;
    const tw_panel_shape shape = {
        .n_symbols = im->symbols.n,
        .n_times = f->n_times,
        .n_columns = f->n_columns,
        .symbols = f->symbols,
        .times = f->times,
        .columns = f->columns,
        .calendar = im->calendar ? tw_calendar_name(im->calendar) : NULL,
        .bar_ns = f->bar_ns,
        .stamped_at_end = stamped_at_end(f),
    };
    TW_TRY(tw_panel_new(im->ctx, &shape, im->options->out, &f->panel, err));
    f->taken = tw_new(im->ctx, cells / 64 + 1, sizeof *f->taken);
    return f->taken ? TW_OK : tw_no_memory(err, "the cells of a panel");
}

/* Nothing to make a panel of: says what the first row is set aside for. */
static tw_status no_rows(const tw_import *im, tw_error *err)
{
    if (im->options->strict && im->first.line) return tw_fail(err, TW_BAD_DATA, "%s", im->first.text);
    if (im->first.line)
        return tw_fail(err, TW_BAD_DATA, "import: none of %llu rows could be taken; the first, %s",
                       (unsigned long long)im->summary->rows, im->first.text);
    return tw_fail(err, TW_BAD_DATA, "%s: a header and no rows below it%s", im->files[0].path,
                   im->n_files > 1 ? ", and so are the other files" : "");
}

static tw_status fill(filler *f, tw_error *err)
{
    if (f->im->log.n_chunks == 0) return no_rows(f->im, err);
    TW_TRY(order_times(f, err));
    TW_TRY(order_symbols(f, err));
    TW_TRY(place_columns(f, err));
    TW_TRY(make_panel(f, err));
    TW_TRY(tw_rowlog_each(&f->im->log, pour, f, err));
    TW_TRY(report_late(f, err));
    if (f->im->options->strict && f->im->first.line) return tw_fail(err, TW_BAD_DATA, "%s", f->im->first.text);
    return tw_panel_seal(f->panel, err);
}

tw_status tw_import_fill(tw_import *im, tw_panel **panel, tw_error *err)
{
    filler f = {.im = im};
    const tw_status st = fill(&f, err);
    tw_free(im->ctx, f.times);
    tw_free(im->ctx, f.time_of);
    tw_free(im->ctx, f.symbol_of);
    tw_free(im->ctx, (void *)f.symbols);
    tw_free(im->ctx, (void *)f.columns);
    tw_free(im->ctx, f.taken);
    tw_free(im->ctx, f.late);
    if (st != TW_OK)
        tw_panel_close(f.panel);
    else
        *panel = f.panel;
    return st;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - a record from the files of a run. */
#include "backtest/tearsheet/read.h"
#include "tradewind/num.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

tw_status tw_record_no_memory(tw_error *err) { return tw_no_memory(err, "a record"); }

void *tw_record_grow(tw_arena *arena, void *old, size_t n, size_t *room, size_t size)
{
    if (n < *room) return old;
    const size_t more = *room ? *room * 2 : 64;
    void *block = tw_arena_new(arena, more, size);
    if (block && n) memcpy(block, old, n * size);
    if (block) *room = more;
    return block;
}

int64_t tw_record_day(int64_t time)
{
    return (time - (time % TW_NS_PER_DAY + TW_NS_PER_DAY) % TW_NS_PER_DAY) / TW_NS_PER_DAY;
}

tw_status tw_record_intern(tw_symbols *names, const tw_rows *rows, size_t column, uint32_t *index, tw_error *err)
{
    const tw_field *name = &rows->field[rows->place[column]];
    if (name->length == 0 || memchr(name->text, '\0', name->length))
        return tw_rows_fail(rows, column, err, "is no name");
    if (names->n == UINT32_MAX - 1) return tw_rows_fail(rows, column, err, "is one name too many");
    const size_t number = tw_symbols_add(names, name->text, name->length);
    if (number == SIZE_MAX) return tw_record_no_memory(err);
    *index = (uint32_t)number;
    return TW_OK;
}

/* ---------------------------------------------------------------- daily.csv */

enum { D_TIME, D_RETURN, D_BENCHMARK, D_PERIOD_BENCHMARK, D_EQUITY, D_CURRENCY };

typedef struct daily {
    int64_t *time;
    double *returns, *benchmark, *period, *equity, *currency;
    size_t room[6];
} daily;

static tw_status make_daily_room(tw_record_reader *r, daily *d, size_t n, tw_error *err)
{
    d->time = tw_record_grow(r->arena, d->time, n, &d->room[0], sizeof *d->time);
    d->returns = tw_record_grow(r->arena, d->returns, n, &d->room[1], sizeof(double));
    d->benchmark = tw_record_grow(r->arena, d->benchmark, n, &d->room[2], sizeof(double));
    d->period = tw_record_grow(r->arena, d->period, n, &d->room[3], sizeof(double));
    d->equity = tw_record_grow(r->arena, d->equity, n, &d->room[4], sizeof(double));
    d->currency = tw_record_grow(r->arena, d->currency, n, &d->room[5], sizeof(double));
    return d->time && d->returns && d->benchmark && d->period && d->equity && d->currency ? TW_OK
                                                                                          : tw_record_no_memory(err);
}

static tw_status optional(const tw_rows *rows, size_t column, double *x, tw_error *err)
{
    *x = NAN;
    return rows->place[column] == SIZE_MAX ? TW_OK : tw_rows_number(rows, column, x, err);
}

static tw_status read_daily_rows(tw_record_reader *r, tw_rows *rows, daily *d, tw_error *err)
{
    bool more;
    size_t n = 0;
    TW_TRY(tw_rows_next(rows, &more, err));
    for (; more; n++) {
        TW_TRY(make_daily_room(r, d, n, err));
        TW_TRY(tw_rows_time(rows, D_TIME, &d->time[n], err));
        if (n > 0 && d->time[n] <= d->time[n - 1])
            return tw_rows_fail(rows, D_TIME, err, "is not after the row before");
        TW_TRY(tw_rows_number(rows, D_RETURN, &d->returns[n], err));
        TW_TRY(optional(rows, D_BENCHMARK, &d->benchmark[n], err));
        TW_TRY(optional(rows, D_PERIOD_BENCHMARK, &d->period[n], err));
        TW_TRY(optional(rows, D_EQUITY, &d->equity[n], err));
        TW_TRY(optional(rows, D_CURRENCY, &d->currency[n], err));
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    r->record->path.n = n;
    return n ? TW_OK : tw_fail(err, TW_BAD_DATA, "%s: there are no rows below the header", rows->path);
}

/* zipline writes what the benchmark has made since the start. */
static void undo_period(size_t n, const double *period, double *benchmark)
{
    for (size_t i = 0; i < n; i++) benchmark[i] = (1 + period[i]) / (i ? 1 + period[i - 1] : 1) - 1;
}

static bool holds_something(size_t n, const double *x)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) return true;
    return false;
}

static tw_status read_daily(tw_record_reader *r, const char *path, tw_error *err)
{
    static const char *const COLUMNS[] = {TW_RECORD_DAY,
                                          "returns|return",
                                          "benchmark_returns|benchmark_return|benchmark",
                                          "benchmark_period_return",
                                          "portfolio_value|equity",
                                          "currency_gain",
                                          NULL};
    tw_rows rows;
    daily d = {0};
    TW_TRY(tw_rows_open(r->ctx, path, COLUMNS, 2, &rows, err));
    const tw_status status = read_daily_rows(r, &rows, &d, err);
    const bool by_period = rows.place[D_BENCHMARK] == SIZE_MAX;
    tw_rows_close(&rows);
    if (status != TW_OK) return status;
    const size_t n = r->record->path.n;
    r->day = tw_arena_new(r->arena, n, sizeof *r->day);
    if (!r->day) return tw_record_no_memory(err);
    for (size_t i = 0; i < n; i++) r->day[i] = tw_record_day(d.time[i]);
    if (by_period) undo_period(n, d.period, d.benchmark);
    r->record->time = d.time;
    r->record->path.returns = d.returns;
    r->record->path.benchmark = holds_something(n, d.benchmark) ? d.benchmark : NULL;
    r->record->equity = holds_something(n, d.equity) ? d.equity : NULL;
    r->record->currency_gain = holds_something(n, d.currency) ? d.currency : NULL;
    return TW_OK;
}

size_t tw_record_bar(const tw_record_reader *r, int64_t day)
{
    size_t lo = 0, hi = r->record->path.n;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (r->day[middle] <= day)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo > 0 && r->day[lo - 1] == day ? lo - 1 : SIZE_MAX;
}

/* ---------------------------------------------------------------- the record */

static double of_a_bar(double yearly, double periods) { return tw_expm1(tw_log1p(yearly) / periods); }

/* The path of a file of the folder; NULL: no memory. */
static char *path_of(tw_record_reader *r, const char *name)
{
    const size_t length = strlen(r->files->folder) + strlen(name) + 2;
    char *path = tw_arena_new(r->arena, length, 1);
    if (path) (void)snprintf(path, length, "%s/%s", r->files->folder, name);
    return path;
}

tw_status tw_record_read_file(tw_record_reader *r, const tw_record_file *file, tw_error *err)
{
    tw_rows rows;
    const char *path = path_of(r, file->name);
    if (!path) return tw_record_no_memory(err);
    FILE *there = fopen(path, "r");
    if (!there && errno == ENOENT) return TW_OK; /* a run without trades has no such file */
    if (there) fclose(there);
    TW_TRY(tw_rows_open(r->ctx, path, file->columns, file->needed, &rows, err));
    const tw_status status = file->read(r, &rows, err);
    tw_rows_close(&rows);
    return status;
}

static tw_status read_folder(tw_record_reader *r, tw_error *err)
{
    const char *path = path_of(r, "daily.csv");
    if (!path) return tw_record_no_memory(err);
    TW_TRY(read_daily(r, path, err));
    TW_TRY(tw_record_entries(r, err));
    TW_TRY(tw_record_extras(r, err));
    return tw_record_series(r, err);
}

tw_status tw_record_open(const tw_ctx *ctx, const tw_record_files *files, tw_record_read *out, tw_error *err)
{
    *out = (tw_record_read){0};
    tw_arena_init(&out->arena, ctx);
    if (!(files->periods_per_year > 0 && files->periods_per_year <= 1e9))
        return tw_fail(err, TW_BAD_VALUE, "record: periods_per_year must be in (0, 1e9], got %g",
                       files->periods_per_year);
    if (!(files->risk_free > -1 && files->risk_free < 10) || !(files->required > -1 && files->required < 10))
        return tw_fail(err, TW_BAD_VALUE, "record: rates of a year must be in (-1, 10), got %g and %g",
                       files->risk_free, files->required);
    tw_record_reader r = {.ctx = ctx,
                          .files = files,
                          .arena = &out->arena,
                          .record = &out->record,
                          .symbols = {.arena = &out->arena},
                          .orders = {.arena = &out->arena}};
    out->record.path.periods_per_year = files->periods_per_year;
    out->record.path.risk_free = of_a_bar(files->risk_free, files->periods_per_year);
    out->record.path.required = of_a_bar(files->required, files->periods_per_year);
    return read_folder(&r, err);
}

void tw_record_close(tw_record_read *record)
{
    tw_arena_clear(&record->arena);
    *record = (tw_record_read){0};
}

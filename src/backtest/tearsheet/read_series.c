/* SPDX-License-Identifier: Apache-2.0 */
/* read_series.c - what is given beside a run's folder: a benchmark, factors, traded volumes. */
#include "backtest/tearsheet/read.h"

#include <math.h>

/* Puts a value a row into the bar of its day; days that the record does not have are passed over. */
static tw_status read_series(tw_record_reader *r, tw_rows *rows, bool level, double *out, tw_error *err)
{
    bool more;
    double before = NAN;
    TW_TRY(tw_rows_next(rows, &more, err));
    while (more) {
        int64_t time;
        double x;
        TW_TRY(tw_rows_time(rows, 0, &time, err));
        TW_TRY(tw_rows_number(rows, level ? 2 : 1, &x, err));
        const size_t bar = tw_record_bar(r, tw_record_day(time));
        if (bar != SIZE_MAX) out[bar] = level ? x / before - 1 : x;
        before = x;
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    return TW_OK;
}

static double *missing(tw_record_reader *r, size_t n)
{
    double *x = tw_arena_new(r->arena, n, sizeof *x);
    for (size_t i = 0; x && i < n; i++) x[i] = NAN;
    return x;
}

static tw_status read_benchmark(tw_record_reader *r, tw_error *err)
{
    static const char *const COLUMNS[] = {TW_RECORD_DAY, "return|returns", "level|close|price|value|adj_close", NULL};
    tw_rows rows;
    double *out = missing(r, r->record->path.n);
    if (!out) return tw_record_no_memory(err);
    TW_TRY(tw_rows_open(r->ctx, r->files->benchmark, COLUMNS, 1, &rows, err));
    const bool level = rows.place[1] == SIZE_MAX;
    tw_status status = TW_OK;
    if (level && rows.place[2] == SIZE_MAX)
        status = tw_fail(err, TW_BAD_DATA, "%s:1: no column named %s or %s", rows.path, COLUMNS[1], COLUMNS[2]);
    if (status == TW_OK) status = read_series(r, &rows, level, out, err);
    tw_rows_close(&rows);
    r->record->path.benchmark = out;
    return status;
}

enum { MOST_FACTORS = 64 };

static tw_status name_factors(tw_record_reader *r, const tw_rows *rows, const char **name, tw_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        if (i == rows->place[0]) continue;
        if (n == MOST_FACTORS)
            return tw_fail(err, TW_TOO_LARGE, "%s:1: at most %d factors, got %zu", rows->path, MOST_FACTORS,
                           rows->n - 1);
        name[n] = tw_arena_text(r->arena, rows->field[i].text, rows->field[i].length);
        if (!name[n++]) return tw_record_no_memory(err);
    }
    r->record->n_factors = n;
    return TW_OK;
}

/* Factors are read column by column: the file again for each. */
static tw_status read_factor(tw_record_reader *r, const char *name, double *out, tw_error *err)
{
    const char *const columns[] = {TW_RECORD_DAY, name, NULL};
    tw_rows rows;
    TW_TRY(tw_rows_open(r->ctx, r->files->factors, columns, 2, &rows, err));
    const tw_status status = read_series(r, &rows, false, out, err);
    tw_rows_close(&rows);
    return status;
}

static tw_status read_factors(tw_record_reader *r, tw_error *err)
{
    static const char *const COLUMNS[] = {TW_RECORD_DAY, NULL};
    tw_rows rows;
    const char **name = tw_arena_new(r->arena, MOST_FACTORS, sizeof *name);
    const double **factor = tw_arena_new(r->arena, MOST_FACTORS, sizeof *factor);
    if (!name || !factor) return tw_record_no_memory(err);
    TW_TRY(tw_rows_open(r->ctx, r->files->factors, COLUMNS, 1, &rows, err));
    const tw_status status = name_factors(r, &rows, name, err);
    tw_rows_close(&rows);
    if (status != TW_OK) return status;
    for (size_t k = 0; k < r->record->n_factors; k++) {
        double *out = missing(r, r->record->path.n);
        if (!out) return tw_record_no_memory(err);
        TW_TRY(read_factor(r, name[k], out, err));
        factor[k] = out;
    }
    r->record->factor = factor;
    r->record->factor_name = name;
    return TW_OK;
}

/* The third column by bar and symbol. */
static tw_status read_cells(tw_record_reader *r, tw_rows *rows, double *out, tw_error *err)
{
    bool more;
    TW_TRY(tw_rows_next(rows, &more, err));
    while (more) {
        int64_t time;
        double x;
        TW_TRY(tw_rows_time(rows, 0, &time, err));
        TW_TRY(tw_rows_number(rows, 2, &x, err));
        const tw_field *name = &rows->field[rows->place[1]];
        const size_t bar = tw_record_bar(r, tw_record_day(time));
        const size_t symbol = tw_symbols_find(&r->symbols, name->text, name->length);
        if (bar != SIZE_MAX && symbol != SIZE_MAX) out[bar * r->record->n_symbols + symbol] = x;
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    return TW_OK;
}

/* A column of a file of days and symbols: [n][n_symbols]. */
static tw_status read_matrix(tw_record_reader *r, const char *path, const char *column, const double **matrix,
                             tw_error *err)
{
    const char *const columns[] = {TW_RECORD_DAY, TW_RECORD_SYMBOL, column, NULL};
    tw_rows rows;
    const size_t n = r->record->path.n, n_symbols = r->record->n_symbols;
    if (n_symbols == 0) return TW_OK;
    if (n > SIZE_MAX / sizeof(double) / n_symbols)
        return tw_fail(err, TW_TOO_LARGE, "%s: %zu bars of %zu symbols", path, n, n_symbols);
    double *out = missing(r, n * n_symbols);
    if (!out) return tw_record_no_memory(err);
    TW_TRY(tw_rows_open(r->ctx, path, columns, 3, &rows, err));
    const tw_status status = read_cells(r, &rows, out, err);
    tw_rows_close(&rows);
    *matrix = out;
    return status;
}

/* As factors, the file again for each. */
static tw_status read_loadings(tw_record_reader *r, tw_error *err)
{
    const size_t n = r->record->n_factors;
    if (n == 0) return tw_fail(err, TW_BAD_VALUE, "%s: loadings need the returns of their factors", r->files->loadings);
    if (r->record->n_symbols == 0) return TW_OK;
    const double **loading = tw_arena_new(r->arena, n, sizeof *loading);
    if (!loading) return tw_record_no_memory(err);
    for (size_t k = 0; k < n; k++)
        TW_TRY(read_matrix(r, r->files->loadings, r->record->factor_name[k], &loading[k], err));
    r->record->loading = loading;
    return TW_OK;
}

tw_status tw_record_series(tw_record_reader *r, tw_error *err)
{
    if (r->files->benchmark) TW_TRY(read_benchmark(r, err));
    if (r->files->factors) TW_TRY(read_factors(r, err));
    if (r->files->loadings) TW_TRY(read_loadings(r, err));
    return r->files->bars ? read_matrix(r, r->files->bars, "volume", &r->record->volume, err) : TW_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/tearsheet/rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* `name` is one of "a|b|c"; *rank says which. */
static bool is_one_of(const tw_field *name, const char *names, size_t *rank)
{
    *rank = 0;
    for (const char *p = names; p;) {
        const char *bar = strchr(p, '|');
        const size_t length = bar ? (size_t)(bar - p) : strlen(p);
        if (length == name->length && memcmp(p, name->text, length) == 0) return true;
        p = bar ? bar + 1 : NULL;
        ++*rank;
    }
    return false;
}

/* Of several names the one that stands first in the list. */
static size_t find_column(const tw_rows *rows, const char *names)
{
    size_t found = SIZE_MAX, best = SIZE_MAX, rank;
    for (size_t i = 0; i < rows->n; i++)
        if (is_one_of(&rows->field[i], names, &rank) && rank < best) {
            best = rank;
            found = i;
        }
    return found;
}

static tw_status read_header(tw_rows *rows, size_t needed, tw_error *err)
{
    TW_TRY(tw_csv_next(rows->csv, &rows->field, &rows->n, err));
    if (!rows->field) return tw_fail(err, TW_BAD_DATA, "%s: the file is empty", rows->path);
    for (size_t k = 0; k < rows->n_wanted; k++) {
        rows->place[k] = find_column(rows, rows->wanted[k]);
        const tw_field *found = rows->place[k] == SIZE_MAX ? NULL : &rows->field[rows->place[k]];
        if (found)
            (void)snprintf(rows->name[k], sizeof rows->name[k], "%.*s", found->length < 31 ? (int)found->length : 31,
                           found->text);
        if (rows->place[k] == SIZE_MAX && k < needed)
            return tw_fail(err, TW_BAD_DATA, "%s:1: no column named %s", rows->path, rows->wanted[k]);
    }
    return TW_OK;
}

tw_status tw_rows_open(const tw_ctx *ctx, const char *path, const char *const *wanted, size_t needed, tw_rows *rows,
                       tw_error *err)
{
    tw_source *source = NULL;
    *rows = (tw_rows){.path = path};
    while (rows->n_wanted < TW_ROWS_COLUMNS && wanted[rows->n_wanted]) {
        rows->wanted[rows->n_wanted] = wanted[rows->n_wanted];
        rows->n_wanted++;
    }
    TW_TRY(tw_source_open(ctx, path, &source, err));
    TW_TRY(tw_csv_open(ctx, source, path, NULL, &rows->csv, err));
    const tw_status status = read_header(rows, needed, err);
    if (status != TW_OK) tw_rows_close(rows);
    return status;
}

tw_status tw_rows_next(tw_rows *rows, bool *more, tw_error *err)
{
    TW_TRY(tw_csv_next(rows->csv, &rows->field, &rows->n, err));
    *more = rows->field != NULL;
    for (size_t k = 0; *more && k < rows->n_wanted; k++)
        if (rows->place[k] != SIZE_MAX && rows->place[k] >= rows->n)
            return tw_fail(err, TW_BAD_DATA, "%s:%llu: %zu fields, but column %s is field %zu", rows->path,
                           (unsigned long long)tw_csv_line(rows->csv), rows->n, rows->name[k], rows->place[k] + 1);
    return TW_OK;
}

void tw_rows_close(tw_rows *rows)
{
    tw_csv_close(rows->csv);
    rows->csv = NULL;
}

tw_status tw_rows_fail(const tw_rows *rows, size_t column, tw_error *err, const char *what)
{
    const tw_field *f = &rows->field[rows->place[column]];
    const int shown = f->length < 40 ? (int)f->length : 40;
    return tw_fail(err, TW_BAD_DATA, "%s:%llu: column %s: \"%.*s\" %s", rows->path,
                   (unsigned long long)tw_csv_line(rows->csv), rows->name[column], shown, f->text, what);
}

tw_status tw_rows_number(const tw_rows *rows, size_t column, double *x, tw_error *err)
{
    const tw_field *f = &rows->field[rows->place[column]];
    *x = NAN;
    if (f->length == 0) return TW_OK;
    if (!tw_parse_double(f->text, f->length, x)) return tw_rows_fail(rows, column, err, "is not a number");
    return isinf(*x) ? tw_rows_fail(rows, column, err, "is infinite") : TW_OK;
}

tw_status tw_rows_time(const tw_rows *rows, size_t column, int64_t *time, tw_error *err)
{
    const tw_field *f = &rows->field[rows->place[column]];
    return tw_time_parse(f->text, f->length, time) ? TW_OK : tw_rows_fail(rows, column, err, "is not a date or time");
}

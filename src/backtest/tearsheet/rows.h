/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h - CSV files with a header, columns taken by name; every error names file, line and column. */
#ifndef TW_BACKTEST_ROWS_H
#define TW_BACKTEST_ROWS_H

#include "tradewind/io.h"

enum { TW_ROWS_COLUMNS = 24 };

/* A file that is open. `place` are the columns wanted, SIZE_MAX for one that is not there. */
typedef struct tw_rows {
    const char *path;
    tw_csv *csv;
    const char *wanted[TW_ROWS_COLUMNS];
    size_t n_wanted, place[TW_ROWS_COLUMNS];
    char name[TW_ROWS_COLUMNS][32]; /* as the header has it, cut to fit */
    size_t n;                       /* fields of the row */
    const tw_field *field;
} tw_rows;

/* Opens a file and reads its header. A column wanted is "name|other name|..."; those after the first `needed` may lack.
 * `header` (with its rows) is left as the current row. */
tw_status tw_rows_open(const tw_ctx *ctx, const char *path, const char *const *wanted, size_t needed, tw_rows *rows,
                       tw_error *err);
/* Next row; *more is false at the end. A row with fewer fields than a wanted column needs fails. */
tw_status tw_rows_next(tw_rows *rows, bool *more, tw_error *err);
void tw_rows_close(tw_rows *rows);

/* The column's value; empty is NaN. */
tw_status tw_rows_number(const tw_rows *rows, size_t column, double *x, tw_error *err);
tw_status tw_rows_time(const tw_rows *rows, size_t column, int64_t *time, tw_error *err);
/* Fails naming the place: "daily.csv:7: column returns: ...". */
tw_status tw_rows_fail(const tw_rows *rows, size_t column, tw_error *err, const char *what);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* market.h - what the commands on rates share: cells of their files, and a curve made from a file of instruments. */
#ifndef TW_CLI_RATES_H
#define TW_CLI_RATES_H

#include "backtest/tearsheet/rows.h"
#include "cli/cli.h"
#include "tradewind/rates.h"

/* A cell that is there and not empty. */
bool tw_cli_cell_given(const tw_rows *rows, size_t column);
/* Its text; too long a one, or one with a NUL in it, is `what` no cell can be. */
tw_status tw_cli_cell_text(const tw_rows *rows, size_t column, char text[64], const char *what, tw_error *err);
tw_status tw_cli_cell_date(const tw_rows *rows, size_t column, tw_date *date, tw_error *err);
/* A number that must be there. */
tw_status tw_cli_cell_number(const tw_rows *rows, size_t column, double *x, tw_error *err);

/* Option --date, which must be given. */
tw_status tw_cli_date(const tw_cli *cli, tw_date *date, tw_error *err);

/* A curve with all that it borrows. */
typedef struct tw_cli_curve {
    tw_arena arena;
    const tw_ctx *ctx;
    tw_rate_instrument *instrument;
    size_t n;
    tw_rate_convention *convention; /* by place in tw_rate_convention_names */
    tw_holidays **holidays;
    tw_bootstrap *bootstrap;
} tw_cli_curve;

/* Where a curve comes from: a file, the convention of instruments that name none (NULL: eur), the day of valuation, and
 * a curve of discounting or NULL. */
typedef struct tw_cli_curve_file {
    const char *path, *convention;
    tw_date date;
    const tw_curve *discount;
} tw_cli_curve_file;

/* Reads instruments and solves for the curve, by --interpolation. Cleared in any case. */
tw_status tw_cli_curve_read(const tw_cli *cli, const tw_cli_curve_file *file, tw_cli_curve *curve, tw_error *err);
void tw_cli_curve_clear(tw_cli_curve *curve);

/* Appends ",x" (empty for NaN). */
void tw_cli_put_number(tw_buf *out, double x);
void tw_cli_put_date(tw_buf *out, tw_date date);
/* Writes to --out, or prints. */
tw_status tw_cli_put_out(const tw_cli *cli, const tw_buf *out, tw_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* panels.h - how commands take bars: a panel file (.twp) or CSV files. */
#ifndef TW_CLI_PANELS_H
#define TW_CLI_PANELS_H

#include "cli/cli.h"
#include "tradewind/data.h"

/* Options for reading bars, to be set among a command's options. */
#define TW_IMPORT_OPTION                                                                                               \
    {                                                                                                                  \
        "import", "\"k=v ...\"", "how to read CSV, as in 'tradewind data import --help'"                               \
    }

/* Opens paths: one .twp file, or CSV files that are imported into memory. Rejected rows are told on standard error. */
tw_status tw_cli_panel(tw_cli *cli, const char *const *paths, size_t n, tw_panel **panel, tw_error *err);
/* Tells what an import found, on `to`. */
void tw_cli_import_summary(const tw_import_summary *summary, FILE *to);
/* The column that an input of an operator is read from: its own name, else what TA-Lib's Python package takes: the
 * close, or high and low; NULL when there is none. */
const char *tw_cli_column_of(const tw_panel *panel, const char *input);
/* Writes text to --out, or to standard output. */
tw_status tw_cli_out(tw_cli *cli, const tw_buf *text, tw_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h - a table that a command writes row by row: to standard output, or to a file that is there whole or not at
 * all. */
#ifndef TW_CLI_ROWS_H
#define TW_CLI_ROWS_H

#include "cli/cli.h"

typedef struct tw_cli_rows {
    const char *path; /* NULL: standard output */
    FILE *to;
    tw_buf text; /* rows that are to be written next */
    tw_buf part; /* the file that is renamed to path at the end */
} tw_cli_rows;

tw_status tw_cli_rows_open(const tw_cli *cli, const char *path, tw_cli_rows *out, tw_error *err);
/* Writes what is in `text`, and empties it. */
tw_status tw_cli_rows_flush(tw_cli_rows *out, tw_error *err);
/* Ends the table that came to be with this status: puts the file in its place, or takes it away. Returns the status, or
 * why the file could not be put there. */
tw_status tw_cli_rows_close(tw_cli_rows *out, tw_status status, tw_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - the tear sheet of a folder, for commands that have just written one. */
#ifndef TW_CLI_BACKTEST_REPORT_H
#define TW_CLI_BACKTEST_REPORT_H

#include "cli/cli.h"

/* Writes report.html, report.json and the tables of `tradewind report` into a folder with daily.csv. */
tw_status tw_cli_report_folder(const tw_ctx *ctx, const char *folder, double periods_per_year, tw_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* values.h - a plan over a whole panel, and its values as CSV. */
#ifndef TW_CLI_VALUES_H
#define TW_CLI_VALUES_H

#include "cli/cli.h"
#include "tradewind/data.h"
#include "tradewind/feature.h"

/* Compiles the spec's features over the panel's columns, runs them over all its bars, and writes time, symbol and one
 * column a feature to --out or to standard output. `columns` of the spec are set here. */
tw_status tw_cli_values(tw_cli *cli, const tw_panel *panel, tw_plan_spec spec, tw_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - a table of contracts read, worked on and written piece by piece. */
#ifndef TW_CLI_PRICE_TABLE_H
#define TW_CLI_PRICE_TABLE_H

#include "cli/price/batch.h"

/* Options that price and iv share: the table, and what its rows are. */
#define TW_PRICE_TABLE_OPTIONS                                                                                         \
    {"instrument", "NAME", "what the rows are that do not say it (default: by their column exercise)"},                \
        {"model", "NAME", "model of the rows that do not name one (default black_scholes)"},                           \
    {                                                                                                                  \
        "keep", "LIST", "columns to put before the results (default id)"                                               \
    }

/* Reads the table of --in, does the job on its rows, writes --out. */
tw_status tw_price_table(tw_cli *cli, tw_batch_job *job, tw_error *err);

#endif

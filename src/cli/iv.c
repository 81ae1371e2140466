/* SPDX-License-Identifier: Apache-2.0 */
/* iv.c - tradewind iv --in QUOTES.csv: volatilities from prices. */
#include "cli/price/table.h"

static tw_status iv(tw_cli *cli, tw_error *err)
{
    tw_batch_job job = {.implied = true, .wants = TW_VALUE_BIT(TW_VALUE_value)};
    return tw_price_table(cli, &job, err);
}

static const tw_option options[] = {
    {"in", "FILE.csv", "quotes: CSV (plain, gzip, zstd) with a column price; - for standard input"},
    {"out", "FILE.csv", "volatilities, a row a row (default: standard output)"},
    TW_PRICE_TABLE_OPTIONS,
    {0},
};

const tw_command tw_command_iv = {
    .name = "iv",
    .positional = "",
    .title = "Volatilities from the prices of options",
    .more = "Columns as in 'tradewind price', with price in the place of vol. European and digital options.\n"
            "A price that no volatility gives says so. docs/reference/pricing.md has an example.",
    .options = options,
    .run = iv,
};

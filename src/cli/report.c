/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - tradewind report DIR: the tear sheet of a run. */
#include "cli/backtest/report.h"
#include "cli/report_page.h"

#include <stdio.h>
#include <string.h>

static const tw_option options[] = {
    {"benchmark", "FILE", "CSV of date and return, or date and level (default: the benchmark in daily.csv)"},
    {"factors", "FILE", "CSV of date and one column of returns a factor (default: the benchmark is the factor)"},
    {"loadings", "FILE", "CSV of date, symbol and one column a factor of --factors: returns by what was held"},
    {"bars", "FILE", "CSV of date, symbol and volume: what capacity is reckoned from"},
    {"sectors", "FILE", "CSV of symbol and sector: exposure and profit by sector"},
    {"risk-free", "RATE", "return of a year without risk, 0.02 for 2 % (default 0)"},
    {"required", "RATE", "return of a year asked for, in Sortino and omega (default 0)"},
    {"periods", "N", "bars a year (default 252)"},
    {"seed", "N", "of the bootstrap (default 1)"},
    {"set", "\"k=v ...\"",
     "window, top, draws, block, level, participation, impact, income, close_open, utc_offset, live"},
    {"out", "DIR", "where to write (default: the folder that is read)"},
    {0},
};

static tw_status number(const tw_cli *cli, const char *name, double preset, double *x, tw_error *err)
{
    const char *text = tw_cli_value(cli, name);
    *x = preset;
    if (text && !tw_parse_double(text, strlen(text), x))
        return tw_fail(err, TW_BAD_VALUE, "--%s must be a number, got '%s'", name, text);
    return TW_OK;
}

static tw_status read_options(const tw_cli *cli, tw_record_files *files, tw_tearsheet_options *how, tw_error *err)
{
    int64_t seed;
    *files = (tw_record_files){.folder = cli->positional[0],
                               .benchmark = tw_cli_value(cli, "benchmark"),
                               .factors = tw_cli_value(cli, "factors"),
                               .loadings = tw_cli_value(cli, "loadings"),
                               .bars = tw_cli_value(cli, "bars"),
                               .sectors = tw_cli_value(cli, "sectors")};
    TW_TRY(number(cli, "risk-free", 0, &files->risk_free, err));
    TW_TRY(number(cli, "required", 0, &files->required, err));
    TW_TRY(number(cli, "periods", 252, &files->periods_per_year, err));
    TW_TRY(tw_params_parse(tw_tearsheet_params(), "report", tw_cli_value(cli, "set"), how, err));
    TW_TRY(tw_cli_integer(cli, "seed", how->seed, 0, INT32_MAX, &seed, err));
    how->seed = (int)seed;
    return TW_OK;
}

static tw_status write_text(const tw_ctx *ctx, const char *folder, const char *name, const tw_buf *text, tw_error *err)
{
    tw_buf path;
    tw_buf_init(&path, ctx);
    tw_buf_printf(&path, "%s/%s", folder, name);
    tw_status status = tw_buf_check(&path, err);
    if (status == TW_OK) status = tw_file_write(path.data, text->data, text->length, err);
    tw_buf_clear(&path);
    return status;
}

static tw_status write_sheet(const tw_ctx *ctx, const tw_tearsheet *sheet, const char *from, const char *folder,
                             tw_error *err)
{
    tw_buf json, page;
    tw_buf_init(&json, ctx);
    tw_buf_init(&page, ctx);
    tw_status status = tw_folder_make(folder, err);
    if (status == TW_OK) status = tw_tearsheet_csv(sheet, folder, err);
    if (status == TW_OK) status = tw_tearsheet_json(sheet, &json, err);
    if (status == TW_OK) status = write_text(ctx, folder, "report.json", &json, err);
    if (status == TW_OK) status = tw_cli_report_page(ctx, sheet, from, &page, err);
    if (status == TW_OK) status = write_text(ctx, folder, "report.html", &page, err);
    tw_buf_clear(&json);
    tw_buf_clear(&page);
    return status;
}

tw_status tw_cli_report_folder(const tw_ctx *ctx, const char *folder, double periods_per_year, tw_error *err)
{
    const tw_record_files files = {.folder = folder, .periods_per_year = periods_per_year};
    tw_tearsheet_options how;
    tw_record_read read;
    tw_tearsheet sheet = {0};
    tw_params_default(tw_tearsheet_params(), &how);
    tw_status status = tw_record_open(ctx, &files, &read, err);
    if (status == TW_OK) status = tw_tearsheet_make(ctx, &read.record, &how, &sheet, err);
    if (status == TW_OK) status = write_sheet(ctx, &sheet, folder, folder, err);
    tw_tearsheet_clear(&sheet);
    tw_record_close(&read);
    return status;
}

static void print_measures(const tw_tearsheet *sheet)
{
    static const char *const SHOWN[] = {
        "annual_return", "annual_volatility", "sharpe", "sortino", "max_drawdown", "calmar", "alpha", "beta"};
    for (size_t k = 0; k < sizeof SHOWN / sizeof *SHOWN; k++)
        for (size_t i = 0; i < sheet->n_measures; i++) {
            const tw_sheet_measure *m = &sheet->measure[i];
            if (strcmp(m->measure->name, SHOWN[k]) != 0) continue;
            printf("%-20s %12.6g", SHOWN[k], m->value);
            if (m->low <= m->high) printf("   [%.6g, %.6g]", m->low, m->high);
            printf("\n");
        }
}

static tw_status report(tw_cli *cli, tw_error *err)
{
    const char *out = tw_cli_value(cli, "out");
    const char *folder = out ? out : cli->positional[0];
    tw_record_files files;
    tw_tearsheet_options how;
    tw_record_read read;
    tw_tearsheet sheet = {0};
    TW_TRY(read_options(cli, &files, &how, err));
    tw_status status = tw_record_open(cli->ctx, &files, &read, err);
    if (status == TW_OK) status = tw_tearsheet_make(cli->ctx, &read.record, &how, &sheet, err);
    if (status == TW_OK) print_measures(&sheet);
    if (status == TW_OK) status = write_sheet(cli->ctx, &sheet, files.folder, folder, err);
    if (status == TW_OK) printf("report:  %s/report.html\nnumbers: %s/report.json\n", folder, folder);
    tw_tearsheet_clear(&sheet);
    tw_record_close(&read);
    return status;
}

const tw_command tw_command_report = {
    .name = "report",
    .positional = "DIR",
    .title = "make the tear sheet of a run: report.html, report.json and tables",
    .more =
        "DIR has daily.csv (date, returns and, if there are any, portfolio_value and a benchmark; zipline's columns\n"
        "do), and txns.csv and positions.csv when there were trades; orders.csv, run_actions.csv and run_assets.csv "
        "of\n"
        "'tradewind backtest' are read as well. Numbers in brackets are confidence intervals by stationary "
        "bootstrap.\n",
    .least = 1,
    .most = 1,
    .options = options,
    .run = report,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - contracts go through piece by piece, so that a table may be larger than memory. */
#include "cli/price/table.h"
#include "cli/rows.h"

#include <math.h>

enum { ROWS_A_PIECE = 8192 };

typedef struct table {
    tw_cli *cli;
    tw_batch_job *job;
    tw_terms_reader *reader;
    tw_cli_rows out;
    tw_priced *priced;
    uint64_t rows, failed;
} table;

static void put_header(table *p)
{
    const tw_value_info *info = tw_pricing_values();
    tw_buf_text(&p->out.text, tw_terms_header(p->reader));
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        if (p->job->wants >> v & 1u) tw_buf_printf(&p->out.text, "%s,", p->job->implied ? "vol" : info[v].name);
    tw_buf_text(&p->out.text, p->job->implied ? "status,why\n" : "engine,status,why\n");
}

static void put_why(tw_buf *text, const tw_priced *priced)
{
    tw_buf why;
    if (priced->error) {
        tw_csv_write_field(text, priced->error);
    } else if (tw_row_status_code(priced->status) != TW_ROW_OK) {
        tw_buf_init(&why, text->ctx);
        tw_row_status_print(priced->status, &why);
        tw_csv_write_field(text, why.data ? why.data : "");
        tw_buf_clear(&why);
    }
}

static void put_row(table *p, const tw_terms *row, const tw_priced *priced)
{
    char digits[40];
    tw_buf *text = &p->out.text;
    tw_buf_text(text, row->keep);
    for (int v = 0; v < TW_VALUE_COUNT; v++) {
        if (!(p->job->wants >> v & 1u)) continue;
        digits[isnan(priced->value[v]) ? 0 : tw_format_double(priced->value[v], digits)] = '\0';
        tw_buf_printf(text, "%s,", digits);
    }
    if (!p->job->implied) tw_buf_printf(text, "%s,", priced->engine ? priced->engine->name : "");
    tw_buf_printf(text, "%s,", priced->error ? "ERROR" : tw_row_code_name(tw_row_status_code(priced->status)));
    put_why(text, priced);
    tw_buf_text(text, "\n");
    p->failed += priced->error || tw_row_status_code(priced->status) > TW_ROW_LIMIT;
}

static tw_status price_pieces(table *p, tw_error *err)
{
    put_header(p);
    for (;;) {
        tw_terms *rows;
        size_t n;
        TW_TRY(tw_terms_next(p->reader, ROWS_A_PIECE, &rows, &n, err));
        if (n == 0) break;
        p->job->arena = tw_terms_arena(p->reader);
        TW_TRY(tw_batch_price(p->job, rows, n, p->priced, err));
        for (size_t i = 0; i < n; i++) put_row(p, &rows[i], &p->priced[i]);
        TW_TRY(tw_cli_rows_flush(&p->out, err));
        p->rows += n;
        TW_TRY(tw_progress_step(p->cli->ctx, p->cli->command->name, p->rows, 0, NULL));
    }
    return tw_cli_rows_flush(&p->out, err);
}

static tw_status open_table(table *p, tw_error *err)
{
    const tw_terms_options options = {.path = tw_cli_value(p->cli, "in"),
                                      .keep = tw_cli_value(p->cli, "keep"),
                                      .instrument = tw_cli_value(p->cli, "instrument"),
                                      .model = tw_cli_value(p->cli, "model")};
    if (!options.path) return tw_fail(err, TW_BAD_VALUE, "%s needs --in FILE.csv", p->cli->command->name);
    TW_TRY(tw_terms_open(p->cli->ctx, &options, &p->reader, err));
    p->priced = tw_new(p->cli->ctx, ROWS_A_PIECE, sizeof *p->priced);
    return p->priced ? TW_OK : tw_no_memory(err, "values");
}

static tw_status work(table *p, tw_error *err)
{
    const char *path = tw_cli_value(p->cli, "out");
    TW_TRY(open_table(p, err));
    tw_status status = tw_cli_rows_open(p->cli, path, &p->out, err);
    if (status == TW_OK) status = price_pieces(p, err);
    TW_TRY(tw_cli_rows_close(&p->out, status, err));
    if (p->failed)
        (void)fprintf(stderr, "%llu of %llu rows have no result: their column \"why\" says why\n",
                      (unsigned long long)p->failed, (unsigned long long)p->rows);
    if (path) printf("%s: %llu rows\n", path, (unsigned long long)p->rows);
    return TW_OK;
}

tw_status tw_price_table(tw_cli *cli, tw_batch_job *job, tw_error *err)
{
    table p = {.cli = cli, .job = job};
    job->ctx = cli->ctx;
    const tw_status status = work(&p, err);
    tw_terms_close(p.reader);
    tw_free(cli->ctx, p.priced);
    return status;
}

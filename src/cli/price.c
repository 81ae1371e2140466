/* SPDX-License-Identifier: Apache-2.0 */
/* price.c - tradewind price --in CONTRACTS.csv, and price engines. */
#include "cli/price/batch.h"
#include "cli/rows.h"

#include <math.h>
#include <string.h>

enum { ROWS_A_PIECE = 8192, PARAMS_ROOM = 1024 };

typedef struct pricing {
    tw_cli *cli;
    tw_terms_reader *reader;
    tw_batch_job job;
    union {
        double number;
        char bytes[PARAMS_ROOM];
    } params;
    tw_cli_rows out;
    tw_priced *priced;
    uint64_t rows, failed;
} pricing;

/* ---------------------------------------------------------------- options */

static bool find_value(const char *text, size_t length, uint32_t *bits)
{
    const tw_value_info *info = tw_pricing_values();
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        if (strlen(info[v].name) == length && !memcmp(info[v].name, text, length)) {
            *bits |= TW_VALUE_BIT(v);
            return true;
        }
    return false;
}

static tw_status read_values(const char *list, uint32_t *wants, tw_error *err)
{
    *wants = 0;
    if (!strcmp(list, "all")) {
        *wants = TW_VALUE_BIT(TW_VALUE_COUNT) - 1;
        return TW_OK;
    }
    while (*list) {
        const size_t n = strcspn(list, ",");
        if (!find_value(list, n, wants))
            return tw_fail(err, TW_BAD_NAME, "--values: there is no \"%.*s\"; see 'tradewind price engines'", (int)n,
                           list);
        list += n + (list[n] == ',');
    }
    return TW_OK;
}

static tw_status read_engine(pricing *p, tw_error *err)
{
    const char *name = tw_cli_value(p->cli, "engine"), *params = tw_cli_value(p->cli, "params");
    const bool chosen = !name || !strcmp(name, "auto");
    if (chosen && params) return tw_fail(err, TW_BAD_VALUE, "--params are those of an engine: name it with --engine");
    if (chosen) return TW_OK;
    TW_TRY(tw_engine_find(name, &p->job.engine, err));
    if (!p->job.engine->params) {
        if (!params) return TW_OK;
        return tw_fail(err, TW_BAD_VALUE, "--params: engine %s has no settings", name);
    }
    p->job.params = &p->params;
    return tw_params_parse(p->job.engine->params, name, params, &p->params, err);
}

static tw_status open_table(pricing *p, tw_error *err)
{
    const char *values = tw_cli_value(p->cli, "values");
    const tw_terms_options options = {.path = tw_cli_value(p->cli, "in"),
                                      .keep = tw_cli_value(p->cli, "keep"),
                                      .instrument = tw_cli_value(p->cli, "instrument"),
                                      .model = tw_cli_value(p->cli, "model")};
    if (!options.path) return tw_fail(err, TW_BAD_VALUE, "price needs --in FILE.csv");
    p->job.ctx = p->cli->ctx;
    TW_TRY(read_values(values ? values : "value,delta,gamma,vega,theta,rho,dividend_rho", &p->job.wants, err));
    TW_TRY(read_engine(p, err));
    TW_TRY(tw_terms_open(p->cli->ctx, &options, &p->reader, err));
    p->priced = tw_new(p->cli->ctx, ROWS_A_PIECE, sizeof *p->priced);
    return p->priced ? TW_OK : tw_no_memory(err, "values");
}

/* ---------------------------------------------------------------- output */

static void put_header(pricing *p)
{
    const tw_value_info *info = tw_pricing_values();
    tw_buf_text(&p->out.text, tw_terms_header(p->reader));
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        if (p->job.wants >> v & 1u) tw_buf_printf(&p->out.text, "%s,", info[v].name);
    tw_buf_text(&p->out.text, "engine,status,why\n");
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

static void put_row(pricing *p, const tw_terms *row, const tw_priced *priced)
{
    char digits[40];
    tw_buf *text = &p->out.text;
    tw_buf_text(text, row->keep);
    for (int v = 0; v < TW_VALUE_COUNT; v++) {
        if (!(p->job.wants >> v & 1u)) continue;
        digits[isnan(priced->value[v]) ? 0 : tw_format_double(priced->value[v], digits)] = '\0';
        tw_buf_printf(text, "%s,", digits);
    }
    tw_buf_printf(text, "%s,%s,", priced->engine ? priced->engine->name : "",
                  priced->error ? "ERROR" : tw_row_code_name(tw_row_status_code(priced->status)));
    put_why(text, priced);
    tw_buf_text(text, "\n");
    p->failed += priced->error || tw_row_status_code(priced->status) > TW_ROW_LIMIT;
}

static tw_status price_pieces(pricing *p, tw_error *err)
{
    put_header(p);
    for (;;) {
        tw_terms *rows;
        size_t n;
        TW_TRY(tw_terms_next(p->reader, ROWS_A_PIECE, &rows, &n, err));
        if (n == 0) break;
        p->job.arena = tw_terms_arena(p->reader);
        TW_TRY(tw_batch_price(&p->job, rows, n, p->priced, err));
        for (size_t i = 0; i < n; i++) put_row(p, &rows[i], &p->priced[i]);
        TW_TRY(tw_cli_rows_flush(&p->out, err));
        p->rows += n;
        TW_TRY(tw_progress_step(p->cli->ctx, "price", p->rows, 0, NULL));
    }
    return tw_cli_rows_flush(&p->out, err);
}

static tw_status price_table(pricing *p, tw_error *err)
{
    const char *path = tw_cli_value(p->cli, "out");
    TW_TRY(open_table(p, err));
    tw_status status = tw_cli_rows_open(p->cli, path, &p->out, err);
    if (status == TW_OK) status = price_pieces(p, err);
    TW_TRY(tw_cli_rows_close(&p->out, status, err));
    if (p->failed)
        (void)fprintf(stderr, "%llu of %llu rows have no price: their column \"why\" says why\n",
                      (unsigned long long)p->failed, (unsigned long long)p->rows);
    if (path) printf("%s: %llu rows\n", path, (unsigned long long)p->rows);
    return TW_OK;
}

static tw_status price(tw_cli *cli, tw_error *err)
{
    pricing p = {.cli = cli};
    const tw_status status = price_table(&p, err);
    tw_terms_close(p.reader);
    tw_free(cli->ctx, p.priced);
    return status;
}

static const tw_option price_options[] = {
    {"in", "FILE.csv", "contracts: CSV (plain, gzip, zstd); - for standard input"},
    {"out", "FILE.csv", "values, a row a row (default: standard output)"},
    {"engine", "NAME", "engine of 'tradewind price engines', or auto: the most accurate for each row (default)"},
    {"params", "\"k=v ...\"", "settings of the engine"},
    {"instrument", "NAME", "what the rows are that do not say it (default: by their column exercise)"},
    {"model", "NAME", "model of the rows that do not name one (default black_scholes)"},
    {"values", "LIST", "value,delta,gamma,vega,theta,rho,dividend_rho (default), others, or all"},
    {"keep", "LIST", "columns to put before the values (default id)"},
    {0},
};

const tw_command tw_command_price = {
    .name = "price",
    .positional = "",
    .title = "Price options and other contracts in bulk, with greeks",
    .more = "Columns are found by name: type, spot, strike, r, q, vol, T, and what the instrument needs;\n"
            "others are left alone, empty fields do not apply. A row that cannot be priced says why.\n"
            "docs/reference/pricing.md has the columns, engines and an example.",
    .options = price_options,
    .run = price,
};

/* ---------------------------------------------------------------- the matrix */

static void print_supplied(uint32_t supplies)
{
    const tw_value_info *info = tw_pricing_values();
    for (int v = 1; v < TW_VALUE_COUNT; v++)
        if (supplies >> v & 1u) printf(" %s", info[v].name);
}

static void print_engine(const tw_engine *engine)
{
    printf("%s: %s\n  %s%s%s\n", engine->name, engine->title, engine->source, engine->quantlib ? "; QuantLib: " : "",
           engine->quantlib ? engine->quantlib : "");
    for (const tw_param *p = engine->params; p && p->name; p++) {
        if (p->kind == TW_KIND_TEXT)
            printf("  %s=%s (%s): %s\n", p->name, p->preset_text, p->choices ? p->choices : "any text", p->help);
        else
            printf("  %s=%g (%g to %g): %s\n", p->name, p->preset, p->lo, p->hi, p->help);
    }
    for (const tw_scope *s = engine->scopes; s->instrument; s++) {
        printf("  %-24s %-16s %2d digits%s%s;", s->instrument, s->model, s->digits,
               s->handles & TW_SCOPE_DIVIDENDS  ? ", dividends"
               : s->handles & TW_SCOPE_ESCROWED ? ", escrowed dividends"
                                                : "",
               s->handles & TW_SCOPE_CURVES ? ", curves" : "");
        print_supplied(s->supplies);
        printf("\n");
    }
}

static tw_status engines(tw_cli *cli, tw_error *err)
{
    size_t n;
    (void)cli;
    (void)err;
    const tw_engine *const *all = tw_engines(&n);
    for (size_t i = 0; i < n; i++) print_engine(all[i]);
    return TW_OK;
}

const tw_command tw_command_price_engines = {
    .name = "price engines",
    .positional = "",
    .title = "List the engines: instruments and models of each, how accurate, which greeks it has itself",
    .options = NULL,
    .run = engines,
};

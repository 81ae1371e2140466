/* SPDX-License-Identifier: Apache-2.0 */
/* price.c - tradewind price --in CONTRACTS.csv, and price engines. */
#include "cli/price/table.h"

#include <string.h>

enum { PARAMS_ROOM = 1024 };

typedef struct pricing {
    tw_cli *cli;
    tw_batch_job job;
    union {
        double number;
        char bytes[PARAMS_ROOM];
    } params;
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

static tw_status price(tw_cli *cli, tw_error *err)
{
    pricing p = {.cli = cli};
    const char *values = tw_cli_value(cli, "values");
    TW_TRY(read_values(values ? values : "value,delta,gamma,vega,theta,rho,dividend_rho", &p.job.wants, err));
    TW_TRY(read_engine(&p, err));
    return tw_price_table(cli, &p.job, err);
}

static const tw_option price_options[] = {
    {"in", "FILE.csv", "contracts: CSV (plain, gzip, zstd); - for standard input"},
    {"out", "FILE.csv", "values, a row a row (default: standard output)"},
    {"engine", "NAME", "engine of 'tradewind price engines', or auto: the most accurate for each row (default)"},
    {"params", "\"k=v ...\"", "settings of the engine"},
    {"values", "LIST", "value,delta,gamma,vega,theta,rho,dividend_rho (default), others, or all"},
    TW_PRICE_TABLE_OPTIONS,
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

/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - tradewind describe: every descriptor table, for machines and people. */
#include "cli/panels.h"
#include "tradewind/backtest.h"
#include "tradewind/backtest_spec.h"
#include "tradewind/book.h"
#include "tradewind/feature.h"
#include "tradewind/learn.h"
#include "tradewind/pricing.h"
#include "tradewind/serve.h"
#include "tradewind/strategy.h"
#include "tradewind/sweep.h"
#include "tradewind/ta.h"

#include <string.h>

/* The fields all descriptors share, within an object. */
static void item_fields(tw_json *j, const char *name, const char *title, const char *source, const tw_param *params)
{
    tw_json_key(j, "name");
    tw_json_text(j, name);
    tw_json_key(j, "title");
    tw_json_text(j, title);
    tw_json_key(j, "source");
    tw_json_text(j, source);
    tw_json_key(j, "params");
    tw_params_describe(params, j);
}

static void item(tw_json *j, const char *name, const char *title, const char *source, const tw_param *params)
{
    tw_json_object(j);
    item_fields(j, name, title, source, params);
    tw_json_object_end(j);
}

static void operators(tw_json *j)
{
    size_t n = 0;
    const tw_op *const *all = tw_ops(TW_ISA_BASELINE, &n);
    for (size_t i = 0; i < n; i++) tw_op_describe(all[i], j);
}

static void labels(tw_json *j)
{
    size_t n = 0;
    const tw_label *const *all = tw_labels(&n);
    for (size_t i = 0; i < n; i++) item(j, all[i]->name, all[i]->title, all[i]->source, all[i]->params);
}

static void splitters(tw_json *j)
{
    size_t n = 0;
    const tw_splitter *const *all = tw_splitters(&n);
    for (size_t i = 0; i < n; i++) item(j, all[i]->name, all[i]->title, all[i]->source, all[i]->params);
}

static void learners(tw_json *j)
{
    size_t n = 0;
    const tw_learner *const *all = tw_learners(&n);
    for (size_t i = 0; i < n; i++) item(j, all[i]->name, all[i]->title, all[i]->source, all[i]->params);
}

static void metrics(tw_json *j)
{
    size_t n = 0;
    const tw_metric *const *all = tw_metrics(&n);
    for (size_t i = 0; i < n; i++) item(j, all[i]->name, all[i]->title, all[i]->source, NULL);
}

static void measures(tw_json *j)
{
    size_t n = 0;
    const tw_measure *const *all = tw_measures(&n);
    for (size_t i = 0; i < n; i++) item(j, all[i]->name, all[i]->title, all[i]->source, NULL);
}

static void formats(tw_json *j)
{
    size_t n = 0;
    const tw_format *const *all = tw_formats(&n);
    for (size_t i = 0; i < n; i++) item(j, all[i]->name, all[i]->title, all[i]->source, NULL);
}

static void checks(tw_json *j)
{
    size_t n = 0;
    const tw_check *const *all = tw_checks(&n);
    for (size_t i = 0; i < n; i++) item(j, all[i]->name, all[i]->title, all[i]->source, all[i]->params);
}

static void sets(tw_json *j)
{
    size_t n = 0;
    const tw_feature_set *const *all = tw_feature_sets(&n);
    for (size_t i = 0; i < n; i++) item(j, all[i]->name, all[i]->title, all[i]->source, NULL);
}

static void simulator(tw_json *j)
{
    size_t bytes = 0;
    item(j, "simulate", "market simulator", "docs/reference/simulator.md", tw_simulate_params(&bytes));
}

static void sweep_rules(tw_json *j)
{
    item(j, "sweep", "how signals of a sweep become orders", "docs/reference/sweep.md", tw_sweep_rules_params());
}

static void portfolio(tw_json *j)
{
    item(j, "portfolio", "portfolio simulation of scores", "docs/reference/backtest.md", tw_portfolio_params());
}

static void queues(tw_json *j)
{
    size_t n = 0;
    const tw_book_queue_model *const *all = tw_book_queue_models(&n);
    for (size_t i = 0; i < n; i++) item(j, all[i]->name, all[i]->title, all[i]->source, all[i]->params);
}

static void sizers(tw_json *j)
{
    size_t n = 0;
    const tw_sizer *const *all = tw_sizers(&n);
    for (size_t i = 0; i < n; i++)
        item(j, all[i]->name, all[i]->title, all[i]->source ? all[i]->source : "docs/reference/backtest-spec.md",
             all[i]->params);
}

/* Of one setting of a strategy; of all that name no model when it is NULL. */
static void settings_of(tw_json *j, const char *setting)
{
    enum { MOST = 64 };
    static const char page[] = "docs/reference/strategy.md";
    tw_setting_form form[MOST];
    const size_t n = tw_setting_forms(MOST, form);
    for (size_t i = 0; i < n && i < MOST; i++) {
        if (setting ? strcmp(form[i].setting, setting) != 0 : form[i].name != NULL) continue;
        item(j, form[i].name ? form[i].name : form[i].setting, form[i].title, form[i].source ? form[i].source : page,
             form[i].params);
    }
}

static void slippages(tw_json *j) { settings_of(j, "slippage"); }
static void commissions(tw_json *j) { settings_of(j, "commission"); }
static void controls(tw_json *j) { settings_of(j, "control"); }
static void settings(tw_json *j) { settings_of(j, NULL); }

/* Names of the columns whose bits are set. */
static void columns(tw_json *j, uint64_t bits)
{
    tw_json_key(j, "columns");
    tw_json_array(j);
    for (int c = 0; c < TW_COLUMN_COUNT; c++)
        if (bits >> c & 1u) tw_json_text(j, tw_pricing_columns()[c].name);
    tw_json_array_end(j);
}

static void scope(tw_json *j, const tw_scope *s)
{
    tw_json_object(j);
    tw_json_key(j, "instrument");
    tw_json_text(j, s->instrument);
    tw_json_key(j, "model");
    tw_json_text(j, s->model);
    tw_json_key(j, "digits");
    tw_json_integer(j, s->digits);
    tw_json_key(j, "supplies");
    tw_json_array(j);
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        if (s->supplies >> v & 1u) tw_json_text(j, tw_pricing_values()[v].name);
    tw_json_array_end(j);
    tw_json_object_end(j);
}

static void engines(tw_json *j)
{
    size_t n = 0;
    const tw_engine *const *all = tw_engines(&n);
    for (size_t i = 0; i < n; i++) {
        tw_json_object(j);
        item_fields(j, all[i]->name, all[i]->title, all[i]->source, all[i]->params);
        tw_json_key(j, "scopes");
        tw_json_array(j);
        for (const tw_scope *s = all[i]->scopes; s->instrument; s++) scope(j, s);
        tw_json_array_end(j);
        tw_json_object_end(j);
    }
}

static void instruments(tw_json *j)
{
    size_t n = 0;
    const tw_instrument *const *all = tw_instruments(&n);
    for (size_t i = 0; i < n; i++) {
        tw_json_object(j);
        item_fields(j, all[i]->name, all[i]->title, "docs/reference/pricing.md", NULL);
        columns(j, all[i]->columns);
        tw_json_object_end(j);
    }
}

static void price_models(tw_json *j)
{
    size_t n = 0;
    const tw_price_model *const *all = tw_price_models(&n);
    for (size_t i = 0; i < n; i++) {
        tw_json_object(j);
        item_fields(j, all[i]->name, all[i]->title, all[i]->source, NULL);
        columns(j, all[i]->columns);
        tw_json_object_end(j);
    }
}

static void replay(tw_json *j)
{
    item(j, "replay", "replay of an order book", "docs/reference/book.md", tw_replay_params());
}

static void import(tw_json *j)
{
    item(j, "import", "reading of CSV bars", "docs/reference/data.md", tw_import_params());
}

static void serve(tw_json *j) { item(j, "serve", "the server", "docs/reference/server.md", tw_serve_params()); }

static const struct family {
    const char *name;
    void (*write)(tw_json *j);
} families[] = {
    {"checks", checks},       {"commissions", commissions}, {"controls", controls},
    {"engines", engines},     {"feature_sets", sets},       {"formats", formats},
    {"import", import},       {"instruments", instruments}, {"labels", labels},
    {"learners", learners},   {"measures", measures},       {"metrics", metrics},
    {"operators", operators}, {"portfolio", portfolio},     {"price_models", price_models},
    {"queues", queues},       {"replay", replay},           {"serve", serve},
    {"settings", settings},   {"simulate", simulator},      {"sizers", sizers},
    {"slippages", slippages}, {"splitters", splitters},     {"sweep", sweep_rules},
};
enum { N_FAMILIES = sizeof families / sizeof *families };

static tw_status check_family(const char *name, tw_error *err)
{
    const char *names[N_FAMILIES + 1] = {0};
    for (size_t i = 0; i < N_FAMILIES; i++) {
        names[i] = families[i].name;
        if (!name || !strcmp(name, names[i])) return TW_OK;
    }
    const char *near = tw_did_you_mean(name, names);
    return tw_fail(err, TW_BAD_NAME, "no family '%s'%s%s%s", name, near ? "; did you mean '" : "", near ? near : "",
                   near ? "'?" : "");
}

static tw_status describe(tw_cli *cli, tw_error *err)
{
    const char *only = cli->n_positional ? cli->positional[0] : NULL;
    TW_TRY(check_family(only, err));
    tw_buf text;
    tw_json j;
    tw_buf_init(&text, cli->ctx);
    tw_json_init(&j, &text, true);
    tw_json_object(&j);
    tw_json_key(&j, "tradewind");
    tw_json_text(&j, tw_version());
    for (size_t i = 0; i < N_FAMILIES; i++) {
        if (only && strcmp(only, families[i].name) != 0) continue;
        tw_json_key(&j, families[i].name);
        tw_json_array(&j);
        families[i].write(&j);
        tw_json_array_end(&j);
    }
    tw_json_object_end(&j);
    tw_buf_text(&text, "\n");
    const tw_status status = tw_cli_out(cli, &text, err);
    tw_buf_clear(&text);
    return status;
}

static const tw_option options[] = {
    {"json", NULL, "JSON (the only form, and the default)"},
    {"out", "FILE.json", "write there instead of standard output"},
    {0},
};

const tw_command tw_command_describe = {
    .name = "describe",
    .positional = "[FAMILY]",
    .title = "Print the descriptor tables: operators, learners, labels, metrics, checks, ...",
    .more = "FAMILY is checks, commissions, controls, engines, feature_sets, formats, import, instruments,\n"
            "labels, learners, measures, metrics, operators, portfolio, price_models, queues, replay,\n"
            "serve, settings, simulate, sizers, slippages, splitters or sweep.",
    .most = 1,
    .options = options,
    .run = describe,
};

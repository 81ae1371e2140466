/* SPDX-License-Identifier: Apache-2.0 */
/* ta.c - tradewind ta list, show and calc: the operators along time by themselves. */
#include "cli/panels.h"
#include "cli/values.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- list */

static tw_status list_json(tw_cli *cli, const char *group, tw_error *err)
{
    size_t n = 0;
    const tw_op *const *all = tw_ops(TW_ISA_BASELINE, &n);
    tw_buf text;
    tw_json json;
    tw_buf_init(&text, cli->ctx);
    tw_json_init(&json, &text, true);
    tw_json_array(&json);
    for (size_t i = 0; i < n; i++)
        if (!group || !strcmp(all[i]->group, group)) tw_op_describe(all[i], &json);
    tw_json_array_end(&json);
    tw_buf_text(&text, "\n");
    const tw_status status = tw_cli_out(cli, &text, err);
    tw_buf_clear(&text);
    return status;
}

/* An error that names the groups there are. */
static tw_status check_group(const char *group, tw_error *err)
{
    enum { MOST = 32 };
    const char *groups[MOST + 1] = {0};
    size_t n = 0, n_groups = 0;
    const tw_op *const *all = tw_ops(TW_ISA_BASELINE, &n);
    for (size_t i = 0; i < n; i++) {
        size_t g = 0;
        while (g < n_groups && strcmp(groups[g], all[i]->group) != 0) g++;
        if (g == n_groups && n_groups < MOST) groups[n_groups++] = all[i]->group;
        if (!strcmp(all[i]->group, group)) return TW_OK;
    }
    char names[256] = "";
    for (size_t g = 0, used = 0; g < n_groups && used < sizeof names - 1; g++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", g ? ", " : "", groups[g]);
    return tw_fail(err, TW_BAD_NAME, "no group '%s' (groups: %s)", group, names);
}

static tw_status list(tw_cli *cli, tw_error *err)
{
    size_t n = 0;
    const char *group = tw_cli_value(cli, "group");
    const tw_op *const *all = tw_ops(TW_ISA_BASELINE, &n);
    if (group) TW_TRY(check_group(group, err));
    if (tw_cli_value(cli, "json")) return list_json(cli, group, err);
    for (size_t i = 0; i < n; i++)
        if (!group || !strcmp(all[i]->group, group))
            printf("%-20s %-12s %s\n", all[i]->name, all[i]->group, all[i]->title);
    return TW_OK;
}

static const tw_option list_options[] = {
    {"group", "NAME", "those of one group: overlap, momentum, volume, ..."},
    {"json", NULL, "the whole descriptors as JSON"},
    {"out", "FILE.json", "with --json: write there instead of standard output"},
    {0},
};
const tw_command tw_command_ta_list = {
    .name = "ta list",
    .positional = "",
    .title = "List the operators: indicators, statistics, arithmetic",
    .options = list_options,
    .run = list,
};

/* ---------------------------------------------------------------- show */

static void print_params(const tw_op *op)
{
    for (const tw_param *p = op->params; p && p->name; p++) {
        if (p->kind == TW_KIND_TEXT)
            printf("  %-16s %s (%s): %s\n", p->name, p->preset_text, p->choices ? p->choices : "any text", p->help);
        else
            printf("  %-16s %g, from %g to %g: %s\n", p->name, p->preset, p->lo, p->hi, p->help);
    }
}

/* Paragraph of lines that fit a terminal. */
static void print_wrapped(const char *text)
{
    enum { WIDTH = 96 };
    size_t at = 0;
    while (*text) {
        const size_t word = strcspn(text, " ");
        if (at && at + 1 + word > WIDTH) printf("\n"), at = 0;
        at += (size_t)printf("%s%.*s", at ? " " : "", (int)word, text);
        text += word + (text[word] == ' ');
    }
    printf("\n\n");
}

static void print_names(const char *what, const char *const *names)
{
    printf("%-9s", what);
    for (size_t i = 0; names[i]; i++) printf("%s%s", i ? ", " : "", names[i]);
    printf("\n");
}

/* A line of blocks, one a bar, between the least and the greatest value. */
static void print_curve(const char *name, const double *y, size_t n)
{
    static const char *const blocks[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                         "\u2585", "\u2586", "\u2587", "\u2588"};
    double lo = INFINITY, hi = -INFINITY;
    for (size_t t = 0; t < n; t++) lo = fmin(lo, y[t]), hi = fmax(hi, y[t]);
    printf("  %-12.12s ", name);
    for (size_t t = 0; t < n; t++) {
        const double share = hi > lo ? (y[t] - lo) / (hi - lo) : 0.5;
        printf("%s", isfinite(y[t]) ? blocks[(size_t)(share * 7.0 + 0.5)] : " ");
    }
    if (hi >= lo) printf("  %.4g to %.4g", lo, hi);
    printf("\n");
}

enum { CURVE = 72, WARM = 240, MOST_IO = 8 };

/* A walk of prices, as much of it before the picture as usual windows need. */
static void fill_walk(const tw_op *op, double x[MOST_IO][WARM + CURVE])
{
    tw_random r = {2385, 1, 0};
    double close = 61.3;
    for (size_t t = 0; t < WARM + CURVE; t++) {
        const double open = close;
        close *= exp(0.013 * tw_random_normal(&r));
        const double high = fmax(open, close) * (1 + 0.007 * tw_random_uniform(&r));
        const double low = fmin(open, close) * (1 - 0.007 * tw_random_uniform(&r));
        for (size_t i = 0; op->inputs[i] && i < MOST_IO; i++) {
            const char *name = op->inputs[i];
            const bool is_high = !strcmp(name, "high") || !strcmp(name, "real1");
            x[i][t] = is_high                      ? high
                      : !strcmp(name, "low")       ? low
                      : !strcmp(name, "open")      ? open
                      : !strcmp(name, "volume")    ? floor(1e6 * tw_random_uniform(&r))
                      : !strcmp(name, "periods")   ? 2 + (double)(t % 20)
                      : !strcmp(name, "condition") ? (double)(close > open)
                                                   : close;
        }
    }
}

static tw_status print_chart(tw_cli *cli, const tw_op *op, tw_error *err)
{
    double x[MOST_IO][WARM + CURVE], y[MOST_IO][WARM + CURVE];
    const double *in[MOST_IO];
    double *out[MOST_IO];
    if (op->section || tw_op_inputs(op) > MOST_IO || tw_op_outputs(op) > MOST_IO) return TW_OK;
    fill_walk(op, x);
    for (size_t i = 0; i < MOST_IO; i++) in[i] = x[i], out[i] = y[i];
    TW_TRY(tw_op_apply(cli->ctx, op->name, NULL, WARM + CURVE, in, out, err));
    printf("\non a simulated walk, %d bars:\n", CURVE);
    for (size_t i = 0; op->inputs[i]; i++) print_curve(op->inputs[i], x[i] + WARM, CURVE);
    for (size_t o = 0; op->outputs[o]; o++) print_curve(op->outputs[o], y[o] + WARM, CURVE);
    return TW_OK;
}

static tw_status lookback_of(tw_cli *cli, const tw_op *op, size_t *lookback, tw_error *err)
{
    tw_plan *plan = NULL;
    *lookback = 0;
    TW_TRY(tw_plan_operator(cli->ctx, op->name, NULL, &plan, err));
    for (size_t f = 0; f < tw_plan_features(plan); f++)
        if (tw_plan_lookback(plan, f) > *lookback) *lookback = tw_plan_lookback(plan, f);
    tw_plan_free(plan);
    return TW_OK;
}

static tw_status show(tw_cli *cli, tw_error *err)
{
    const tw_op *op = NULL;
    size_t lookback;
    TW_TRY(tw_op_find(TW_ISA_BASELINE, cli->positional[0], &op, err));
    TW_TRY(lookback_of(cli, op, &lookback, err));
    printf("%s: %s\n\n", op->name, op->title);
    if (op->meaning) print_wrapped(op->meaning);
    printf("%-9s%s\n%-9s%s\n%-9s%s\n", "group", op->group, "formula", op->formula, "source", op->source);
    if (op->define) printf("%-9s%s\n", "made of", op->define);
    print_names("inputs", op->inputs);
    print_names("outputs", op->outputs);
    printf("%-9s%zu bars before the first value, with the parameters as they are\n", "lookback", lookback);
    if (op->params) printf("\nparameters:\n");
    print_params(op);
    return print_chart(cli, op, err);
}

const tw_command tw_command_ta_show = {
    .name = "ta show",
    .positional = "NAME",
    .title = "Show an operator: formula, source, parameters, a small chart",
    .least = 1,
    .most = 1,
    .run = show,
};

/* ---------------------------------------------------------------- calc */

/* What is calculated: a feature for each output. */
typedef struct calc {
    tw_cli *cli;
    tw_arena arena;
    const tw_panel *panel;
    tw_feature *features;
    size_t n;
} calc;

/* ", name=value" for every parameter; texts in quotes. */
static tw_status add_params(const calc *c, const tw_op *op, const char *params, tw_buf *text, tw_error *err)
{
    if (!op->params) return params && *params ? tw_fail(err, TW_BAD_NAME, "%s has no parameters", op->name) : TW_OK;
    void *values = tw_new(c->cli->ctx, 1, op->params_size);
    tw_buf canonical;
    tw_buf_init(&canonical, c->cli->ctx);
    tw_status status = values ? TW_OK : tw_no_memory(err, "parameters");
    if (status == TW_OK) status = tw_params_parse(op->params, op->name, params, values, err);
    if (status == TW_OK) tw_params_print(op->params, values, &canonical);
    char *at = canonical.data;
    for (const tw_param *p = op->params; status == TW_OK && p->name && at; p++) {
        const size_t length = strcspn(at, " "), name = strcspn(at, "=") + 1;
        const char *quote = p->kind == TW_KIND_TEXT ? "\"" : "";
        tw_buf_printf(text, ", %s=%s%.*s%s", p->name, quote, (int)(length - name), at + name, quote);
        at += length + (at[length] == ' ');
    }
    tw_buf_clear(&canonical);
    tw_free(c->cli->ctx, values);
    return status;
}

/* By what the features are named: their outputs; also their settings; their operators. */
typedef enum calc_names { NAMES_OF_ONE, NAMES_OF_SWEEP, NAMES_OF_ALL } calc_names;

/* The features of an operator; of `all`, one that lacks a column is left out and said so. */
static tw_status add_operator(calc *c, const tw_op *op, const char *params, calc_names names, tw_error *err)
{
    const bool all = names == NAMES_OF_ALL;
    const size_t n_outputs = tw_op_outputs(op);
    tw_buf text;
    tw_buf_init(&text, c->cli->ctx);
    tw_buf_printf(&text, "%s(", op->name);
    tw_status status = TW_OK;
    for (size_t i = 0; op->inputs[i] && status == TW_OK; i++) {
        const char *column = tw_cli_column_of(c->panel, op->inputs[i]);
        if (!column)
            status = tw_fail(err, TW_BAD_NAME, "%s needs a column '%s', which the bars lack", op->name, op->inputs[i]);
        else
            tw_buf_printf(&text, "%s%s", i ? ", " : "", column);
    }
    if (status != TW_OK && all) {
        (void)fprintf(stderr, "left out: %s\n", err->message);
        tw_buf_clear(&text);
        return TW_OK;
    }
    if (status == TW_OK) status = add_params(c, op, params, &text, err);
    for (size_t o = 0; o < n_outputs && status == TW_OK; o++) {
        tw_buf expression, name;
        tw_buf_init(&expression, c->cli->ctx), tw_buf_init(&name, c->cli->ctx);
        tw_buf_printf(&expression, n_outputs > 1 ? "%s).%s" : "%s)", text.data, op->outputs[o]);
        tw_buf_printf(&name, !all ? "%.0s%s" : n_outputs > 1 ? "%s_%s" : "%s", op->name, op->outputs[o]);
        if (names == NAMES_OF_SWEEP) tw_buf_printf(&name, "(%s)", params);
        status = tw_buf_check(&expression, err) == TW_OK ? tw_buf_check(&name, err) : TW_NO_MEMORY;
        if (status == TW_OK)
            c->features[c->n++] = (tw_feature){tw_arena_text(&c->arena, name.data, name.length),
                                               tw_arena_text(&c->arena, expression.data, expression.length)};
        tw_buf_clear(&expression), tw_buf_clear(&name);
    }
    tw_buf_clear(&text);
    return status;
}

/* The features of an operator under each of its settings. */
static tw_status add_settings(calc *c, const tw_op *op, const char *params, tw_error *err)
{
    const char *const *settings;
    size_t n = 0;
    TW_TRY(tw_sweep_settings(&c->arena, params, &settings, &n, err));
    c->features = tw_arena_new(&c->arena, n * tw_op_outputs(op), sizeof *c->features);
    if (!c->features) return tw_no_memory(err, "operators");
    for (size_t i = 0; i < n; i++) TW_TRY(add_operator(c, op, settings[i], n > 1 ? NAMES_OF_SWEEP : NAMES_OF_ONE, err));
    return TW_OK;
}

static tw_status add_operators(calc *c, tw_error *err)
{
    size_t n = 0;
    const char *name = c->cli->positional[0], *params = tw_cli_value(c->cli, "params");
    const tw_op *const *all = tw_ops(TW_ISA_BASELINE, &n), *op = NULL;
    if (strcmp(name, "all") != 0) {
        TW_TRY(tw_op_find(TW_ISA_BASELINE, name, &op, err));
        return add_settings(c, op, params, err);
    }
    if (params) return tw_fail(err, TW_BAD_VALUE, "ta calc all takes every operator as it is: --params is for one");
    size_t room = 0;
    for (size_t i = 0; i < n; i++) room += tw_op_outputs(all[i]);
    c->features = tw_arena_new(&c->arena, room, sizeof *c->features);
    if (!c->features) return tw_no_memory(err, "operators");
    for (size_t i = 0; i < n; i++)
        if (!all[i]->section &&
            strcmp(all[i]->group, "arithmetic") != 0) /* those are what expressions are written with */
            TW_TRY(add_operator(c, all[i], NULL, NAMES_OF_ALL, err));
    return TW_OK;
}

static tw_status calculate(tw_cli *cli, tw_error *err)
{
    calc c = {.cli = cli};
    tw_panel *panel = NULL;
    const char *in = tw_cli_value(cli, "in");
    if (!in) return tw_fail(err, TW_BAD_VALUE, "ta calc needs --in FILE");
    tw_arena_init(&c.arena, cli->ctx);
    tw_status status = tw_cli_panel(cli, &in, 1, &panel, err);
    c.panel = panel;
    if (status == TW_OK) status = add_operators(&c, err);
    if (status == TW_OK)
        status = tw_cli_values(cli, panel, (tw_plan_spec){.features = c.features, .n_features = c.n}, err);
    tw_panel_close(panel);
    tw_arena_clear(&c.arena);
    return status;
}

static const tw_option calc_options[] = {
    {"in", "FILE", "bars: CSV, or a panel file (.twp)"},
    {"params", "\"k=v ...\"", "parameters, as 'tradewind ta show NAME' lists them; v may be many: 5..50/5, 0|1|4"},
    {"out", "FILE.csv", "time, symbol, one column an output (default: standard output)"},
    TW_IMPORT_OPTION,
    {0},
};
const tw_command tw_command_ta_calc = {
    .name = "ta calc",
    .positional = "NAME|all",
    .title = "Compute an operator, or all of them, over bars",
    .more =
        "Columns of 'all' are NAME, or NAME_OUTPUT where there are several outputs: names that expressions can use.\n"
        "An input is read from the column of its name; 'real' is the close where there is no such column, 'real0' and\n"
        "'real1' are high and low.",
    .least = 1,
    .most = 1,
    .options = calc_options,
    .run = calculate,
};

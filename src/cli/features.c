/* SPDX-License-Identifier: Apache-2.0 */
/* features.c - tradewind features list and calc. */
#include "cli/panels.h"
#include "tradewind/feature.h"

#include <math.h>
#include <string.h>

static tw_status list(tw_cli *cli, tw_error *err)
{
    const tw_feature_set *set;
    if (!cli->n_positional) {
        size_t n = 0;
        const tw_feature_set *const *all = tw_feature_sets(&n);
        for (size_t i = 0; i < n; i++) printf("%-12s %s\n", all[i]->name, all[i]->title);
        return TW_OK;
    }
    TW_TRY(tw_feature_set_find(cli->positional[0], &set, err));
    tw_arena arena;
    tw_feature *features = NULL;
    size_t n = 0;
    tw_arena_init(&arena, cli->ctx);
    const tw_status status = set->build(&arena, &features, &n, err);
    for (size_t i = 0; status == TW_OK && i < n; i++) printf("%-12s %s\n", features[i].name, features[i].expression);
    tw_arena_clear(&arena);
    return status;
}

const tw_command tw_command_features_list = {
    .name = "features list",
    .positional = "[SET]",
    .title = "List the named feature sets, or the features of one",
    .most = 1,
    .run = list,
};

/* ---------------------------------------------------------------- calc */

/* A calculation over one panel: features by [feature][time][lane] in double. */
typedef struct calc {
    tw_cli *cli;
    tw_arena arena;
    tw_panel *panel;
    tw_plan *plan;
    tw_feature *features, *lets;
    size_t n_features, n_lets, lanes;
    double *cells;
} calc;

/* "name=expression; name=expression" into features. */
static tw_status split_expressions(calc *c, const char *text, tw_feature **out, size_t *n, tw_error *err)
{
    size_t room = 1;
    for (const char *s = text; *s; s++) room += *s == ';';
    *out = tw_arena_new(&c->arena, room, sizeof **out);
    if (!*out) return tw_no_memory(err, "expressions");
    for (const char *s = text; *s;) {
        const size_t length = strcspn(s, ";"), name = strcspn(s, "=");
        if (name >= length) return tw_fail(err, TW_BAD_SYNTAX, "'%.*s' is not name=expression", (int)length, s);
        const size_t blank = strspn(s, " ");
        size_t end = name;
        while (end > blank && s[end - 1] == ' ') end--;
        (*out)[*n].name = tw_arena_text(&c->arena, s + blank, end - blank);
        (*out)[*n].expression = tw_arena_text(&c->arena, s + name + 1, length - name - 1);
        if (!(*out)[*n].name || !(*out)[*n].expression) return tw_no_memory(err, "expressions");
        (*n)++;
        s += length + (s[length] == ';');
    }
    return TW_OK;
}

static tw_status compile(calc *c, tw_error *err)
{
    const char *set_name = tw_cli_value(c->cli, "set"), *expr = tw_cli_value(c->cli, "expr"),
               *let = tw_cli_value(c->cli, "let");
    const tw_feature_set *set;
    if (!set_name == !expr)
        return tw_fail(err, TW_BAD_VALUE, "features calc needs either --set NAME or --expr \"name=expression\"");
    if (let) TW_TRY(split_expressions(c, let, &c->lets, &c->n_lets, err));
    if (expr)
        TW_TRY(split_expressions(c, expr, &c->features, &c->n_features, err));
    else {
        TW_TRY(tw_feature_set_find(set_name, &set, err));
        TW_TRY(set->build(&c->arena, &c->features, &c->n_features, err));
    }
    const tw_panel_shape *shape = tw_panel_shape_view(c->panel);
    const tw_plan_spec spec = {.columns = shape->columns,
                               .n_columns = shape->n_columns,
                               .lets = c->lets,
                               .n_lets = c->n_lets,
                               .features = c->features,
                               .n_features = c->n_features};
    return tw_plan_compile(c->cli->ctx, &spec, &c->plan, err);
}

static tw_status execute(calc *c, tw_error *err)
{
    const size_t n_times = tw_panel_times(c->panel), n_columns = tw_panel_columns(c->panel);
    c->lanes = tw_panel_symbols(c->panel) == 1 ? 1 : tw_panel_blocks(c->panel) * TW_LANES;
    c->cells = tw_new(c->cli->ctx, c->n_features * n_times * c->lanes, sizeof *c->cells);
    tw_tiles *in = tw_arena_new(&c->arena, n_columns, sizeof *in);
    tw_tiles_out *out = tw_arena_new(&c->arena, c->n_features, sizeof *out);
    if (!c->cells || !in || !out) return tw_no_memory(err, "features");
    for (size_t k = 0; k < n_columns; k++)
        in[k] = (tw_tiles){
            .base = tw_panel_tile(c->panel, k, 0), .block_stride = n_times * TW_LANES, .time_stride = TW_LANES};
    for (size_t f = 0; f < c->n_features; f++)
        out[f] =
            (tw_tiles_out){.f64 = c->cells + f * n_times * c->lanes, .block_stride = TW_LANES, .time_stride = c->lanes};
    tw_runner *runner = NULL;
    TW_TRY(tw_runner_new(c->cli->ctx, c->plan, tw_panel_symbols(c->panel), NULL, &runner, err));
    const tw_status status = tw_runner_run(runner, n_times, in, out, err);
    tw_runner_free(runner);
    return status;
}

static void values_csv(const calc *c, tw_buf *out)
{
    const size_t n_times = tw_panel_times(c->panel);
    tw_buf_text(out, "time,symbol");
    for (size_t f = 0; f < c->n_features; f++) tw_buf_printf(out, ",%s", c->features[f].name);
    tw_buf_text(out, "\n");
    for (size_t t = 0; t < n_times; t++)
        for (size_t s = 0; s < tw_panel_symbols(c->panel); s++) {
            char text[40];
            text[tw_time_format(tw_panel_stamps(c->panel)[t], text)] = '\0';
            tw_buf_printf(out, "%s,%s", text, tw_panel_symbol(c->panel, s));
            for (size_t f = 0; f < c->n_features; f++) {
                const double x = c->cells[(f * n_times + t) * c->lanes + s];
                text[isnan(x) ? 0 : tw_format_double(x, text)] = '\0';
                tw_buf_printf(out, ",%s", text);
            }
            tw_buf_text(out, "\n");
        }
}

static tw_status write_values(calc *c, tw_error *err)
{
    tw_buf text;
    tw_buf_init(&text, c->cli->ctx);
    values_csv(c, &text);
    const tw_status status = tw_cli_out(c->cli, &text, err);
    tw_buf_clear(&text);
    return status;
}

static tw_status calculate(tw_cli *cli, tw_error *err)
{
    calc c = {.cli = cli};
    const char *in = tw_cli_value(cli, "in");
    if (!in) return tw_fail(err, TW_BAD_VALUE, "features calc needs --in FILE");
    tw_arena_init(&c.arena, cli->ctx);
    tw_status status = tw_cli_panel(cli, &in, 1, &c.panel, err);
    if (status == TW_OK) status = compile(&c, err);
    if (status == TW_OK) status = execute(&c, err);
    if (status == TW_OK) status = write_values(&c, err);
    tw_free(cli->ctx, c.cells);
    tw_plan_free(c.plan);
    tw_panel_close(c.panel);
    tw_arena_clear(&c.arena);
    return status;
}

static const tw_option options[] = {
    {"in", "FILE", "bars: CSV, or a panel file (.twp)"},
    {"expr", "\"a=...; b=...\"", "features to compute"},
    {"set", "NAME", "a named set instead, e.g. alpha158"},
    {"let", "\"a=...; b=...\"", "sub-expressions that features may use"},
    {"out", "FILE.csv", "time, symbol, one column a feature (default: standard output)"},
    TW_IMPORT_OPTION,
    {0},
};

const tw_command tw_command_features_calc = {
    .name = "features calc",
    .positional = "",
    .title = "Compute features over bars",
    .more = "The language is described in docs/reference/expressions.md.",
    .options = options,
    .run = calculate,
};

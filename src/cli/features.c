/* SPDX-License-Identifier: Apache-2.0 */
/* features.c - tradewind features list and calc. */
#include "cli/panels.h"
#include "cli/values.h"

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

/* Features over one panel, as asked for. */
typedef struct calc {
    tw_cli *cli;
    tw_arena arena;
    tw_feature *features, *lets;
    size_t n_features, n_lets;
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

static tw_status read_features(calc *c, tw_error *err)
{
    const char *set_name = tw_cli_value(c->cli, "set"), *expr = tw_cli_value(c->cli, "expr"),
               *let = tw_cli_value(c->cli, "let");
    const tw_feature_set *set;
    if (!set_name == !expr)
        return tw_fail(err, TW_BAD_VALUE, "features calc needs either --set NAME or --expr \"name=expression\"");
    if (let) TW_TRY(split_expressions(c, let, &c->lets, &c->n_lets, err));
    if (expr) return split_expressions(c, expr, &c->features, &c->n_features, err);
    TW_TRY(tw_feature_set_find(set_name, &set, err));
    return set->build(&c->arena, &c->features, &c->n_features, err);
}

static tw_status calculate(tw_cli *cli, tw_error *err)
{
    calc c = {.cli = cli};
    tw_panel *panel = NULL;
    const char *in = tw_cli_value(cli, "in");
    if (!in) return tw_fail(err, TW_BAD_VALUE, "features calc needs --in FILE");
    tw_arena_init(&c.arena, cli->ctx);
    tw_status status = tw_cli_panel(cli, &in, 1, &panel, err);
    if (status == TW_OK) status = read_features(&c, err);
    if (status == TW_OK)
        status = tw_cli_values(
            cli, panel,
            (tw_plan_spec){.lets = c.lets, .n_lets = c.n_lets, .features = c.features, .n_features = c.n_features},
            err);
    tw_panel_close(panel);
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

/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - the file of a backtest: its keys, parameters and data. */
#include "backtest/rules/currencies.h"
#include "backtest/rules/lanes.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- texts and their parameters */

static const char *param_of(tw_backtest_spec *s, const char *name, size_t length)
{
    for (size_t i = 0; i < s->n_overrides; i++)
        if (strlen(s->override[i].key) == length && memcmp(s->override[i].key, name, length) == 0)
            return s->override[i].value;
    for (const tw_node *c = s->params ? s->params->first : NULL; c; c = c->next)
        if (strlen(c->key) == length && memcmp(c->key, name, length) == 0) return c->text;
    return NULL;
}

/* Each {name} becomes the parameter's value. */
static tw_status fill_in(tw_backtest_spec *s, const tw_node *node, const char **text, tw_error *err)
{
    tw_buf out;
    tw_status status = TW_OK;
    tw_buf_init(&out, s->ctx);
    for (const char *p = node->text; *p && status == TW_OK;) {
        const size_t plain = strcspn(p, "{"), length = p[plain] ? strcspn(p + plain + 1, "}") : 0;
        tw_buf_add(&out, p, plain);
        p += plain;
        if (!*p) break;
        const char *value = param_of(s, p + 1, length);
        if (!value || !p[1 + length])
            status = tw_node_fail(s->doc, node, err, "no parameter '%.*s' among 'params'",
                                  length < 60 ? (int)length : 60, p + 1);
        if (status == TW_OK) tw_buf_text(&out, value);
        if (status == TW_OK) p += length + 2;
    }
    if (status == TW_OK) status = tw_buf_check(&out, err);
    if (status == TW_OK) *text = tw_arena_text(&s->arena, out.data ? out.data : "", out.length);
    tw_buf_clear(&out);
    return status != TW_OK || *text ? status : tw_no_memory(err, "a backtest");
}

tw_status tw_spec_text(tw_backtest_spec *s, const tw_node *node, const char **text, tw_error *err)
{
    if (node->kind == TW_NODE_LIST || node->kind == TW_NODE_MAP || node->kind == TW_NODE_NULL)
        return tw_node_fail(s->doc, node, err, "%s%s%s must be text", node->key ? "'" : "",
                            node->key ? node->key : "this", node->key ? "'" : "");
    *text = node->text;
    return strchr(node->text, '{') ? fill_in(s, node, text, err) : TW_OK;
}

/* A path is relative to the folder the spec lies in. */
static tw_status read_path(tw_backtest_spec *s, const tw_node *node, const char **path, tw_error *err)
{
    const char *text = "";
    TW_TRY(tw_spec_text(s, node, &text, err));
    const size_t n = strlen(s->folder), m = strlen(text);
    *path = text;
    if (text[0] == '/' || n == 0) return TW_OK;
    char *whole = tw_arena_new(&s->arena, n + m + 1, 1);
    if (!whole) return tw_no_memory(err, "a backtest");
    memcpy(whole, s->folder, n);
    memcpy(whole + n, text, m);
    *path = whole;
    return TW_OK;
}

static tw_status read_day(tw_backtest_spec *s, const tw_node *node, int64_t *day, tw_error *err)
{
    const char *text = "";
    int64_t time;
    TW_TRY(tw_spec_text(s, node, &text, err));
    if (!tw_time_parse(text, strlen(text), &time))
        return tw_node_fail(s->doc, node, err, "'%s' must be a date such as 2014-06-09, got '%s'",
                            node->key ? node->key : "this", text);
    *day = time / TW_NS_PER_DAY - (time % TW_NS_PER_DAY < 0);
    return TW_OK;
}

static tw_status read_number(tw_backtest_spec *s, const tw_node *node, bool whole, double *x, tw_error *err)
{
    const char *text = "";
    TW_TRY(tw_spec_text(s, node, &text, err));
    if (!tw_parse_double(text, strlen(text), x) || !isfinite(*x))
        return tw_node_fail(s->doc, node, err, "'%s' must be a number, got '%s'", node->key, text);
    if (whole && !(*x >= 0 && *x <= 1e9 && *x == floor(*x)))
        return tw_node_fail(s->doc, node, err, "'%s' must be a whole number, 0 or more, got '%s'", node->key, text);
    return TW_OK;
}

/* ---------------------------------------------------------------- maps */

static tw_status read_value(tw_backtest_spec *s, const tw_node *node, const tw_key *key, char *to, tw_error *err)
{
    void *at = to + key->offset;
    const char *text;
    double x;
    switch (key->kind) {
    case TW_KEY_TEXT: return tw_spec_text(s, node, at, err);
    case TW_KEY_PATH: return read_path(s, node, at, err);
    case TW_KEY_NUMBER: return read_number(s, node, false, at, err);
    case TW_KEY_DAY: return read_day(s, node, at, err);
    case TW_KEY_WHOLE:
        TW_TRY(read_number(s, node, true, &x, err));
        *(size_t *)at = (size_t)x;
        return TW_OK;
    case TW_KEY_FLAG:
        if (node->kind != TW_NODE_BOOL) return tw_node_fail(s->doc, node, err, "'%s' must be true or false", node->key);
        *(bool *)at = node->boolean;
        return TW_OK;
    case TW_KEY_NODE: *(const tw_node **)at = node; return TW_OK;
    case TW_KEY_EXPRESSION:
    case TW_KEY_CONDITION:
        TW_TRY(tw_spec_text(s, node, &text, err));
        return tw_spec_expression(s, s->reading, node, text, key->kind == TW_KEY_CONDITION, at, err);
    }
    return TW_OK;
}

static tw_status unknown_key(tw_backtest_spec *s, const tw_node *node, const tw_key *keys, tw_error *err)
{
    const char *names[40] = {NULL};
    for (size_t i = 0; keys[i].name && i < 39; i++) names[i] = keys[i].name;
    const char *near = tw_did_you_mean(node->key, names);
    if (strpbrk(node->key, "()"))
        return tw_node_fail(s->doc, node, err,
                            "unknown key '%s'; inside { } a comma ends an expression: put it in quotes", node->key);
    return tw_node_fail(s->doc, node, err, "unknown key '%s'%s%s%s", node->key, near ? "; did you mean '" : "",
                        near ? near : "", near ? "'?" : "");
}

tw_status tw_spec_map(tw_backtest_spec *s, const tw_node *map, const tw_key *keys, void *to, tw_error *err)
{
    if (!map) return TW_OK;
    if (map->kind != TW_NODE_MAP) return tw_node_fail(s->doc, map, err, "a map of names to values is needed here");
    for (const tw_node *c = map->first; c; c = c->next) {
        const tw_key *key = keys;
        while (key->name && strcmp(key->name, c->key) != 0) key++;
        if (!key->name) return unknown_key(s, c, keys, err);
        TW_TRY(read_value(s, c, key, to, err));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- the top of the file */

static const tw_key TOP[] = {TW_KEY("name", TEXT, tw_backtest_spec, name),
                             TW_KEY("params", NODE, tw_backtest_spec, params),
                             TW_KEY("mode", TEXT, tw_backtest_spec, mode),
                             TW_KEY("frequency", TEXT, tw_backtest_spec, frequency),
                             TW_KEY("emission", TEXT, tw_backtest_spec, emission),
                             TW_KEY("from", DAY, tw_backtest_spec, from),
                             TW_KEY("to", DAY, tw_backtest_spec, to),
                             TW_KEY("capital", NUMBER, tw_backtest_spec, capital),
                             TW_KEY("currency", TEXT, tw_backtest_spec, run.currency),
                             TW_KEY("benchmark", TEXT, tw_backtest_spec, benchmark_symbol),
                             TW_KEY("data", NODE, tw_backtest_spec, data),
                             TW_KEY("settings", NODE, tw_backtest_spec, settings),
                             TW_KEY("lists", FLAG, tw_backtest_spec, lists),
                             TW_KEY("capital_changes", NODE, tw_backtest_spec, changes),
                             TW_KEY("strategy", NODE, tw_backtest_spec, strategy_node),
                             {0}};

static const tw_key DATA[] = {TW_KEY("bars", PATH, tw_data_text, files.bars),
                              TW_KEY("minutes", PATH, tw_data_text, files.minutes),
                              TW_KEY("assets", PATH, tw_data_text, files.assets),
                              TW_KEY("actions", PATH, tw_data_text, files.actions),
                              TW_KEY("splits", PATH, tw_data_text, files.splits),
                              TW_KEY("dividends", PATH, tw_data_text, files.dividends),
                              TW_KEY("stock_dividends", PATH, tw_data_text, files.stock_dividends),
                              TW_KEY("mergers", PATH, tw_data_text, files.mergers),
                              TW_KEY("funding", PATH, tw_data_text, files.funding),
                              TW_KEY("benchmark", PATH, tw_data_text, files.benchmark),
                              TW_KEY("scores", PATH, tw_data_text, files.scores),
                              TW_KEY("calendar", TEXT, tw_data_text, files.calendar),
                              TW_KEY("symbol", TEXT, tw_data_text, files.symbol),
                              TW_KEY("skip_bad_bars", FLAG, tw_data_text, files.skip_bad_bars),
                              TW_KEY("model", NODE, tw_data_text, model),
                              TW_KEY("columns", NODE, tw_data_text, columns),
                              TW_KEY("continuous", NODE, tw_data_text, continuous),
                              TW_KEY("currencies", NODE, tw_data_text, currencies),
                              TW_KEY("rates", NODE, tw_data_text, rates),
                              {0}};

static bool is_top(const char *key)
{
    static const char *const NAMES[] = {"mode", "from", "to", "capital", NULL};
    size_t i = 0;
    while (NAMES[i] && strcmp(NAMES[i], key) != 0) i++;
    return NAMES[i] != NULL;
}

static tw_status check_override(const tw_backtest_spec *s, const tw_override *o, tw_error *err)
{
    const char *names[64] = {"mode", "from", "to", "capital", NULL};
    size_t n = 4;
    bool there = is_top(o->key);
    for (const tw_node *c = s->params ? s->params->first : NULL; c; c = c->next) {
        there = there || strcmp(c->key, o->key) == 0;
        if (n < 63) names[n++] = c->key;
    }
    if (there) return TW_OK;
    const char *near = tw_did_you_mean(o->key, names);
    return tw_fail(err, TW_BAD_NAME, "set: %s has no parameter '%s'%s%s%s", tw_doc_name(s->doc), o->key,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* What --set says of keys at the top stands in place of the file's. */
static tw_status read_overrides(tw_backtest_spec *s, tw_error *err)
{
    for (size_t i = 0; i < s->n_overrides; i++) {
        const tw_override *o = &s->override[i];
        TW_TRY(check_override(s, o, err));
        if (!is_top(o->key)) continue;
        const tw_node node = {.kind = TW_NODE_TEXT, .key = o->key, .text = o->value};
        const tw_key *key = TOP;
        while (strcmp(key->name, o->key) != 0) key++;
        tw_error why;
        const tw_status status = read_value(s, &node, key, (char *)s, &why);
        if (status == TW_NO_MEMORY) return tw_no_memory(err, "a backtest");
        if (status != TW_OK) return tw_fail(err, TW_BAD_VALUE, "set: '%s' is no value of %s", o->value, o->key);
    }
    return TW_OK;
}

static tw_status keep_overrides(tw_backtest_spec *s, const char *const *set, tw_error *err)
{
    size_t n = 0;
    while (set && set[n]) n++;
    s->override = tw_arena_new(&s->arena, n + 1, sizeof *s->override);
    if (!s->override) return tw_no_memory(err, "a backtest");
    for (size_t i = 0; i < n; i++) {
        const char *equals = strchr(set[i], '=');
        if (!equals || equals == set[i]) return tw_fail(err, TW_BAD_VALUE, "set: '%s' must be key=value", set[i]);
        s->override[i].key = tw_arena_text(&s->arena, set[i], (size_t)(equals - set[i]));
        s->override[i].value = tw_arena_text(&s->arena, equals + 1, strlen(equals + 1));
        if (!s->override[i].key || !s->override[i].value) return tw_no_memory(err, "a backtest");
    }
    s->n_overrides = n;
    return TW_OK;
}

static tw_status check_choice(tw_backtest_spec *s, const char *key, const char *value, const char *a, const char *b,
                              tw_error *err)
{
    if (strcmp(value, a) == 0 || strcmp(value, b) == 0) return TW_OK;
    return tw_node_fail(s->doc, tw_node_get(tw_doc_root(s->doc), key), err, "'%s' must be %s or %s, got '%s'", key, a,
                        b, value);
}

static tw_status read_top(tw_backtest_spec *s, tw_error *err)
{
    const tw_node *root = tw_doc_root(s->doc);
    s->name = "backtest";
    s->mode = "realistic";
    s->frequency = s->emission = "daily";
    s->from = INT64_MIN;
    s->to = INT64_MAX;
    s->capital = 1e6;
    s->params = tw_node_get(root, "params");
    TW_TRY(tw_spec_map(s, root, TOP, s, err));
    if (s->params && s->params->kind != TW_NODE_MAP && s->params->kind != TW_NODE_NULL)
        return tw_node_fail(s->doc, s->params, err, "'params' must be a map of names to values");
    TW_TRY(read_overrides(s, err));
    TW_TRY(check_choice(s, "mode", s->mode, "realistic", "zipline", err));
    TW_TRY(check_choice(s, "frequency", s->frequency, "daily", "minute", err));
    s->run.mode = s->mode[0] == 'z' ? TW_ZIPLINE : TW_REALISTIC;
    if (!tw_node_get(root, "lists")) s->lists = s->run.mode == TW_ZIPLINE;
    s->run.by_minute = s->frequency[0] == 'm';
    TW_TRY(check_choice(s, "emission", s->emission, "daily", "minute", err));
    s->run.each_minute = s->emission[0] == 'm';
    if (s->run.each_minute && (!s->run.by_minute || s->run.mode != TW_ZIPLINE))
        return tw_node_fail(s->doc, tw_node_get(root, "emission"), err,
                            "'emission: minute' needs 'frequency: minute' and 'mode: zipline'");
    s->run.capital = s->capital;
    if (!s->data) return tw_node_fail(s->doc, root, err, "'data' is missing: it names the files of the market");
    if (!s->strategy_node) return tw_node_fail(s->doc, root, err, "'strategy' is missing");
    TW_TRY(tw_spec_map(s, s->data, DATA, &s->data_text, err));
    if (!s->data_text.files.bars && !s->data_text.files.minutes)
        return tw_node_fail(s->doc, s->data, err, "'data' needs 'bars' or 'minutes'");
    return TW_OK;
}

/* ---------------------------------------------------------------- the run */

typedef struct change_text {
    int64_t date;
    size_t minute;
    double value, target;
} change_text;

static const tw_key CHANGE[] = {TW_KEY("date", DAY, change_text, date),
                                TW_KEY("minute", WHOLE, change_text, minute),
                                TW_KEY("value", NUMBER, change_text, value),
                                TW_KEY("target", NUMBER, change_text, target),
                                {0}};

static tw_status read_change(tw_backtest_spec *s, const tw_node *node, tw_error *err)
{
    change_text c = {INT64_MIN, 0, NAN, NAN};
    TW_TRY(tw_spec_map(s, node, CHANGE, &c, err));
    if (c.date == INT64_MIN || isnan(c.value) == isnan(c.target))
        return tw_node_fail(s->doc, node, err, "a change of capital needs 'date' and either 'value' or 'target'");
    if (c.minute && !s->run.by_minute)
        return tw_node_fail(s->doc, tw_node_get(node, "minute"), err, "'minute' of a change needs 'frequency: minute'");
    tw_capital_change *to = &s->change[s->run.n_changes];
    *to = (tw_capital_change){.session = tw_market_session_from(&s->market.market, c.date),
                              .minute = c.minute,
                              .is_target = isnan(c.value),
                              .value = isnan(c.value) ? c.target : c.value};
    if (s->run.n_changes &&
        (to->session < to[-1].session || (to->session == to[-1].session && to->minute < to[-1].minute)))
        return tw_node_fail(s->doc, node, err, "changes of capital must be in the order of their dates and minutes");
    s->run.n_changes++;
    return TW_OK;
}

static tw_status read_changes(tw_backtest_spec *s, tw_error *err)
{
    if (!s->changes) return TW_OK;
    if (s->changes->kind != TW_NODE_LIST)
        return tw_node_fail(s->doc, s->changes, err, "'capital_changes' must be a list");
    s->change = tw_arena_new(&s->arena, s->changes->n_children + 1, sizeof *s->change);
    if (!s->change) return tw_no_memory(err, "a backtest");
    for (const tw_node *c = s->changes->first; c; c = c->next) TW_TRY(read_change(s, c, err));
    s->run.change = s->change;
    return TW_OK;
}

/* A file of days may begin before that of minutes, so that windows of days reach back. */
static size_t first_with_minutes(const tw_asset_market *m)
{
    size_t s = 0;
    while (m->n_minutes && s < m->n_sessions && m->minute_from[s + 1] == 0) s++;
    return s;
}

static tw_status read_run(tw_backtest_spec *s, tw_error *err)
{
    const tw_asset_market *m = &s->market.market;
    const tw_node *root = tw_doc_root(s->doc);
    s->run.from = s->from == INT64_MIN ? 0 : tw_market_session_from(m, s->from);
    s->run.to = s->to == INT64_MAX ? m->n_sessions : tw_market_session_from(m, s->to + 1);
    if (s->run.by_minute && s->from == INT64_MIN) s->run.from = first_with_minutes(m);
    if (s->run.by_minute && s->to == INT64_MAX)
        while (s->run.to > s->run.from && m->n_minutes && m->minute_from[s->run.to - 1] == m->n_minutes) s->run.to--;
    if (s->run.from >= s->run.to)
        return tw_node_fail(s->doc, tw_node_get(root, "from") ? tw_node_get(root, "from") : root, err,
                            "the market has no session between 'from' and 'to'");
    s->run.benchmark = s->market.benchmark;
    if (s->benchmark_symbol) {
        const size_t asset = tw_market_find(m, s->benchmark_symbol);
        if (asset == SIZE_MAX)
            return tw_node_fail(s->doc, tw_node_get(root, "benchmark"), err, "the market has no symbol '%s'",
                                s->benchmark_symbol);
        s->run.benchmark_asset = asset + 1;
        s->run.benchmark = NULL;
    }
    return read_changes(s, err);
}

tw_status tw_spec_column(tw_backtest_spec *s, const tw_node *node, const char *name, tw_error *err)
{
    static const char *const OWN[] = {"open", "high", "low", "close", "volume"};
    tw_data_text *d = &s->data_text;
    for (size_t i = 0; i < 5; i++)
        if (strcmp(OWN[i], name) == 0) return TW_OK;
    for (size_t i = 0; i < d->n_columns; i++)
        if (strcmp(d->column[i], name) == 0) return TW_OK;
    if (d->n_columns == TW_MARKET_COLUMNS)
        return tw_node_fail(s->doc, node, err, "more than %d further columns of the bars", (int)TW_MARKET_COLUMNS);
    d->column[d->n_columns++] = name;
    d->files.columns = d->column;
    return TW_OK;
}

static tw_status read_columns(tw_backtest_spec *s, tw_error *err)
{
    const tw_node *list = s->data_text.columns;
    const char *name = "";
    if (!list) return TW_OK;
    if (list->kind != TW_NODE_LIST) return tw_node_fail(s->doc, list, err, "'columns' must be a list of names");
    for (const tw_node *c = list->first; c; c = c->next) {
        TW_TRY(tw_spec_text(s, c, &name, err));
        TW_TRY(tw_spec_column(s, c, name, err));
    }
    return TW_OK;
}

static tw_status read_file(tw_backtest_spec *s, const char *path, const char *const *set, tw_error *err)
{
    const char *slash = strrchr(path, '/');
    s->folder = tw_arena_text(&s->arena, path, slash ? (size_t)(slash - path) + 1 : 0);
    if (!s->folder) return tw_no_memory(err, "a backtest");
    TW_TRY(tw_doc_read(s->ctx, path, &s->doc, err));
    TW_TRY(keep_overrides(s, set, err));
    TW_TRY(read_top(s, err));
    TW_TRY(read_columns(s, err));
    TW_TRY(tw_spec_model(s, err));
    TW_TRY(tw_spec_rates(s, err));
    TW_TRY(tw_market_open(s->ctx, &s->data_text.files, &s->market, err));
    TW_TRY(tw_spec_currencies(s, err));
    TW_TRY(read_run(s, err));
    TW_TRY(tw_spec_score(s, err));
    TW_TRY(tw_spec_chains(s, err));
    return tw_spec_strategy(s, err);
}

tw_status tw_backtest_spec_read(const tw_ctx *ctx, const char *path, const char *const *set, tw_backtest_spec **spec,
                                tw_error *err)
{
    tw_backtest_spec *s = tw_new(ctx, 1, sizeof *s);
    if (!s) return tw_no_memory(err, "a backtest");
    s->ctx = ctx;
    tw_arena_init(&s->arena, ctx);
    tw_arena_init(&s->market.arena, ctx);
    const tw_status status = read_file(s, path, set, err);
    if (status == TW_OK)
        *spec = s;
    else
        tw_backtest_spec_free(s);
    return status;
}

void tw_backtest_spec_free(tw_backtest_spec *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->n_blocks; i++) {
        tw_formula_clear(s, &s->block[i].now);
        tw_formula_clear(s, &s->block[i].pipeline);
        tw_formula_clear(s, &s->block[i].split.market);
        tw_formula_clear(s, &s->block[i].split.account);
    }
    tw_spec_model_clear(s);
    tw_market_close(&s->market);
    tw_doc_free(s->doc);
    tw_arena_clear(&s->arena);
    tw_free(s->ctx, s);
}

size_t tw_backtest_spec_skipped(const tw_backtest_spec *s, const char **first)
{
    *first = s->market.n_skipped ? s->market.first_skipped.message : NULL;
    return s->market.n_skipped;
}

const char *tw_backtest_spec_name(const tw_backtest_spec *s) { return s->name; }
const tw_asset_market *tw_backtest_spec_market(const tw_backtest_spec *s) { return &s->market.market; }

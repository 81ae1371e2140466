/* SPDX-License-Identifier: Apache-2.0 */
/* strategy.c - the `strategy` of a spec: universe, expressions, rules, what is recorded. */
#include "backtest/rules/currencies.h"
#include "backtest/rules/lanes.h"

#include <stdio.h>
#include <string.h>

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "a backtest"); }

static const tw_key STRATEGY[] = {TW_KEY("universe", NODE, tw_strategy_text, universe),
                                  TW_KEY("window", WHOLE, tw_strategy_text, window),
                                  TW_KEY("window_of", TEXT, tw_strategy_text, window_of),
                                  TW_KEY("start_after", WHOLE, tw_strategy_text, start_after),
                                  TW_KEY("max_positions", WHOLE, tw_strategy_text, max_positions),
                                  TW_KEY("schedule", TEXT, tw_strategy_text, schedule),
                                  TW_KEY("lets", NODE, tw_strategy_text, lets),
                                  TW_KEY("entry", NODE, tw_strategy_text, entry),
                                  TW_KEY("exit", NODE, tw_strategy_text, exit),
                                  TW_KEY("size", NODE, tw_strategy_text, size),
                                  TW_KEY("rules", NODE, tw_strategy_text, rules),
                                  TW_KEY("portfolio", NODE, tw_strategy_text, portfolio),
                                  TW_KEY("pipeline", NODE, tw_strategy_text, pipeline),
                                  TW_KEY("record", NODE, tw_strategy_text, record),
                                  {0}};

/* ---------------------------------------------------------------- universe */

static tw_status add_asset(tw_block *b, const tw_node *node, tw_error *err)
{
    const char *symbol;
    TW_TRY(tw_spec_text(b->spec, node, &symbol, err));
    const size_t asset = tw_spec_find(b->spec, symbol);
    if (asset == SIZE_MAX) return tw_node_fail(b->spec->doc, node, err, "the market has no symbol '%s'", symbol);
    for (size_t i = 0; i < b->n_universe; i++)
        if (b->universe[i] == asset) return tw_node_fail(b->spec->doc, node, err, "'%s' is there already", symbol);
    b->universe[b->n_universe++] = asset;
    return TW_OK;
}

static tw_status read_universe(tw_block *b, tw_error *err)
{
    const tw_node *node = b->strategy.universe;
    const size_t n = b->spec->market.market.n_assets,
                 listed = node && node->kind == TW_NODE_LIST ? node->n_children : 1;
    b->universe = tw_arena_new(&b->spec->arena, (n > listed ? n : listed) + 1, sizeof *b->universe);
    if (!b->universe) return no_memory(err);
    if (!node || (node->kind == TW_NODE_TEXT && strcmp(node->text, "all") == 0)) {
        for (size_t i = 0; i < n; i++)
            if (!tw_spec_is_rate(b->spec, i)) b->universe[b->n_universe++] = i;
        return b->n_universe ? TW_OK
                             : tw_node_fail(b->spec->doc, node ? node : b->node, err, "'all' is nothing but rates");
    }
    if (node->kind != TW_NODE_LIST) return add_asset(b, node, err);
    for (const tw_node *c = node->first; c; c = c->next) TW_TRY(add_asset(b, c, err));
    return b->n_universe ? TW_OK : tw_node_fail(b->spec->doc, node, err, "'universe' names no symbol");
}

tw_status tw_spec_lane(const tw_block *b, const tw_node *node, const char *symbol, size_t *lane, tw_error *err)
{
    const size_t asset = tw_spec_find(b->spec, symbol);
    for (*lane = 0; asset != SIZE_MAX && *lane < b->n_universe; ++*lane)
        if (b->universe[*lane] == asset) return TW_OK;
    return tw_node_fail(b->spec->doc, node, err, "'%s' is not in the universe", symbol);
}

/* ---------------------------------------------------------------- columns and lets */

static tw_status read_lets(tw_block *b, tw_formula *f, const tw_node *map, tw_error *err)
{
    if (!map) return TW_OK;
    if (map->kind != TW_NODE_MAP)
        return tw_node_fail(b->spec->doc, map, err, "a map of names to expressions is needed here");
    f->let = tw_arena_new(&b->spec->arena, map->n_children + 1, sizeof *f->let);
    f->let_node = tw_arena_new(&b->spec->arena, map->n_children + 1, sizeof *f->let_node);
    if (!f->let || !f->let_node) return no_memory(err);
    for (const tw_node *c = map->first; c; c = c->next) {
        f->let[f->n_lets].name = c->key;
        TW_TRY(tw_spec_text(b->spec, c, &f->let[f->n_lets].expression, err));
        f->let_node[f->n_lets++] = c;
    }
    return TW_OK;
}

static const char *const BASE[TW_COLUMN_COUNT] = {
    [TW_COLUMN_PRICE] = "price",
    [TW_COLUMN_OPEN] = "open",
    [TW_COLUMN_HIGH] = "high",
    [TW_COLUMN_LOW] = "low",
    [TW_COLUMN_CLOSE] = "close",
    [TW_COLUMN_VOLUME] = "volume",
    [TW_COLUMN_SCORE] = "score",
    [TW_COLUMN_GROUP] = "group",
    [TW_COLUMN_HOLDING] = "holding",
    [TW_COLUMN_COST_BASIS] = "cost_basis",
    [TW_COLUMN_WEIGHT] = "weight",
    [TW_COLUMN_OPEN_ORDERS] = "open_orders",
    [TW_COLUMN_CASH] = "cash",
    [TW_COLUMN_PORTFOLIO_VALUE] = "portfolio_value",
    [TW_COLUMN_CALLS] = "calls",
    [TW_COLUMN_PIPELINE_SIZE] = "pipeline_size",
    [TW_COLUMN_REMEMBERED] = "remembered",
};

static const tw_key PIPELINE[] = {TW_KEY("window", WHOLE, tw_pipeline_text, window),
                                  TW_KEY("columns", NODE, tw_pipeline_text, columns),
                                  TW_KEY("lets", NODE, tw_pipeline_text, lets),
                                  TW_KEY("screen", NODE, tw_pipeline_text, screen),
                                  {0}};

static tw_status check_window(const tw_block *b, const tw_node *map, size_t window, tw_error *err)
{
    if (window >= 1 && window <= TW_MOST_WINDOW) return TW_OK;
    return tw_node_fail(b->spec->doc, tw_node_get(map, "window"), err, "'window' must be in [1, %d], got %zu",
                        (int)TW_MOST_WINDOW, window);
}

static tw_status read_pipeline(tw_block *b, tw_error *err)
{
    static const char *const COLUMNS[] = {"open", "high", "low", "close", "volume"};
    tw_formula *f = &b->pipeline;
    tw_pipeline_text p = {.window = 1};
    const char *text;
    TW_TRY(tw_spec_map(b->spec, b->strategy.pipeline, PIPELINE, &p, err));
    TW_TRY(check_window(b, b->strategy.pipeline, p.window, err));
    for (size_t i = 0; i < b->n_universe; i++)
        if (tw_lane_chain(b, i))
            return tw_node_fail(b->spec->doc, b->strategy.pipeline, err,
                                "a pipeline is of assets, and '%s' of the universe is a series of contracts",
                                tw_lane_chain(b, i)->name);
    f->column = COLUMNS;
    f->n_columns = sizeof COLUMNS / sizeof *COLUMNS;
    f->window = p.window;
    TW_TRY(read_lets(b, f, p.lets, err));
    if (!p.columns || p.columns->kind != TW_NODE_MAP)
        return tw_node_fail(b->spec->doc, p.columns ? p.columns : b->strategy.pipeline, err,
                            "a pipeline needs 'columns': a map of names to expressions");
    size_t number;
    for (const tw_node *c = p.columns->first; c; c = c->next) {
        TW_TRY(tw_spec_text(b->spec, c, &text, err));
        TW_TRY(tw_spec_expression(b->spec, f, c, text, false, &number, err));
    }
    if (!p.screen) return TW_OK;
    TW_TRY(tw_spec_text(b->spec, p.screen, &text, err));
    return tw_spec_expression(b->spec, f, p.screen, text, true, &b->screen, err);
}

/* A further column of the bars hides nothing: neither a column that is there already nor one of the pipeline. */
static tw_status check_further(const tw_block *b, const char *const *name, size_t n, tw_error *err)
{
    const tw_data_text *d = &b->spec->data_text;
    for (size_t k = 0; k < d->n_columns; k++)
        for (size_t i = 0; i < n; i++)
            if (strcmp(d->column[k], name[i]) == 0)
                return tw_node_fail(b->spec->doc, d->columns ? d->columns : d->model, err, "'%s' is a column already",
                                    name[i]);
    return TW_OK;
}

/* The columns of the strategy's expressions: its own, those of the pipeline, further ones of the bars. */
static tw_status name_columns(tw_block *b, tw_error *err)
{
    const size_t more = b->pipeline.n - (b->screen != 0), further = b->spec->data_text.n_columns;
    const char **name = tw_arena_new(&b->spec->arena, TW_COLUMN_COUNT + more + further, sizeof *name);
    if (!name) return no_memory(err);
    memcpy(name, BASE, sizeof BASE);
    for (size_t i = 0; i < more; i++) {
        const tw_node *node = b->pipeline.expression[i].node;
        for (size_t k = 0; k < TW_COLUMN_COUNT; k++)
            if (strcmp(node->key, BASE[k]) == 0)
                return tw_node_fail(b->spec->doc, node, err, "'%s' is a column already", node->key);
        name[TW_COLUMN_COUNT + i] = node->key;
    }
    for (size_t k = 0; k < further; k++) name[TW_COLUMN_COUNT + more + k] = b->spec->data_text.column[k];
    b->now.column = name;
    b->now.n_columns = TW_COLUMN_COUNT + more + further;
    return check_further(b, name, TW_COLUMN_COUNT + more, err);
}

/* ---------------------------------------------------------------- rules */

#define AMOUNT(name, unit) TW_KEY(name, EXPRESSION, tw_rule_text, amount[unit])

static const tw_key RULE[] = {TW_KEY("when", CONDITION, tw_rule_text, when),
                              TW_KEY("asset", TEXT, tw_rule_text, asset),
                              AMOUNT("shares", TW_SHARES),
                              AMOUNT("value", TW_VALUE),
                              AMOUNT("percent", TW_PERCENT),
                              AMOUNT("target_shares", TW_TARGET_SHARES),
                              AMOUNT("target_value", TW_TARGET_VALUE),
                              AMOUNT("target_percent", TW_TARGET_PERCENT),
                              TW_KEY("limit", EXPRESSION, tw_rule_text, limit),
                              TW_KEY("stop", EXPRESSION, tw_rule_text, stop),
                              TW_KEY("trail", EXPRESSION, tw_rule_text, trail),
                              TW_KEY("trail_share", EXPRESSION, tw_rule_text, trail_share),
                              TW_KEY("take_profit", EXPRESSION, tw_rule_text, take_profit),
                              TW_KEY("stop_loss", EXPRESSION, tw_rule_text, stop_loss),
                              TW_KEY("at", TEXT, tw_rule_text, at),
                              TW_KEY("life", TEXT, tw_rule_text, life),
                              TW_KEY("remember", EXPRESSION, tw_rule_text, remember),
                              TW_KEY("cancel", FLAG, tw_rule_text, cancel),
                              {0}};

static tw_status check_word(const tw_block *b, const tw_rule_text *r, const char *key, const char *word,
                            const char *const *words, tw_error *err)
{
    for (size_t i = 0; word && words[i]; i++)
        if (strcmp(word, words[i]) == 0) return TW_OK;
    if (!word) return TW_OK;
    return tw_node_fail(b->spec->doc, tw_node_get(r->node, key), err, "'%s' is no word for '%s'; known are %s, %s, ...",
                        word, key, words[0], words[1]);
}

static tw_status check_rule(const tw_block *b, tw_rule_text *r, tw_error *err)
{
    size_t amounts = 0;
    for (size_t u = 0; u <= TW_TARGET_PERCENT; u++) amounts += r->amount[u] != 0;
    if (amounts + r->cancel > 1 || (amounts + r->cancel == 0 && !r->remember))
        return tw_node_fail(b->spec->doc, r->node, err,
                            "a rule needs one of shares, value, percent, target_shares, target_value, target_percent, "
                            "or cancel: true, or remember alone; got %zu",
                            amounts + r->cancel);
    TW_TRY(check_word(b, r, "at", r->at, TW_NAMES("any_time", "open", "close"), err));
    TW_TRY(check_word(b, r, "life", r->life, TW_NAMES("until_cancelled", "day", "immediate", "all_or_nothing"), err));
    r->lane = SIZE_MAX;
    return r->asset ? tw_spec_lane(b, tw_node_get(r->node, "asset"), r->asset, &r->lane, err) : TW_OK;
}

static tw_status read_rule(tw_block *b, const tw_node *node, tw_error *err)
{
    tw_rule_text *r = &b->rule[b->n_rules++];
    r->node = node;
    r->opens = true;
    TW_TRY(tw_spec_map(b->spec, node, RULE, r, err));
    return check_rule(b, r, err);
}

/* `condition` and `more`, as one condition. */
static tw_status join(tw_block *b, const tw_node *node, const char *more, size_t *number, tw_error *err)
{
    const char *text;
    TW_TRY(tw_spec_text(b->spec, node, &text, err));
    const size_t room = strlen(text) + strlen(more) + 16;
    char *whole = tw_arena_new(&b->spec->arena, room, 1);
    if (!whole) return no_memory(err);
    (void)snprintf(whole, room, "(%s) and %s", text, more);
    return tw_spec_expression(b->spec, &b->now, node, whole, true, number, err);
}

static tw_status constant(tw_block *b, const tw_node *node, double x, size_t *number, tw_error *err)
{
    char *text = tw_arena_new(&b->spec->arena, 40, 1);
    if (!text) return no_memory(err);
    text[tw_format_double(x, text)] = '\0';
    return tw_spec_expression(b->spec, &b->now, node, text, false, number, err);
}

/* `entry` opens a position of `size` where there is none and none is on its way, `exit` closes it. */
static tw_status read_entry(tw_block *b, tw_error *err)
{
    const tw_strategy_text *t = &b->strategy;
    if (t->size && !t->entry) return tw_node_fail(b->spec->doc, t->size, err, "'size' is of an 'entry'");
    if (t->entry) {
        tw_rule_text *r = &b->rule[b->n_rules++];
        *r = (tw_rule_text){.node = t->size ? t->size : t->entry, .lane = SIZE_MAX, .opens = true};
        TW_TRY(join(b, t->entry, "holding == 0 and open_orders == 0", &r->when, err));
        TW_TRY(tw_spec_map(b->spec, t->size, RULE, r, err));
        if (!t->size)
            TW_TRY(constant(b, t->entry, 1.0 / (double)(t->max_positions ? t->max_positions : b->n_universe),
                            &r->amount[TW_TARGET_PERCENT], err));
        TW_TRY(check_rule(b, r, err));
    }
    if (!t->exit) return TW_OK;
    tw_rule_text *r = &b->rule[b->n_rules++];
    *r = (tw_rule_text){.node = t->exit, .lane = SIZE_MAX};
    TW_TRY(join(b, t->exit, "holding != 0 and open_orders == 0", &r->when, err));
    return constant(b, t->exit, 0, &r->amount[TW_TARGET_SHARES], err);
}

static tw_status read_rules(tw_block *b, tw_error *err)
{
    const tw_node *list = b->strategy.rules;
    if (list && list->kind != TW_NODE_LIST) return tw_node_fail(b->spec->doc, list, err, "'rules' must be a list");
    b->rule = tw_arena_new(&b->spec->arena, (list ? list->n_children : 0) + 2, sizeof *b->rule);
    if (!b->rule) return no_memory(err);
    TW_TRY(read_entry(b, err));
    for (const tw_node *c = list ? list->first : NULL; c; c = c->next) TW_TRY(read_rule(b, c, err));
    if (b->n_rules == 0 && !b->strategy.portfolio)
        return tw_node_fail(b->spec->doc, b->node, err, "a strategy needs 'entry', 'rules' or 'portfolio'");
    return TW_OK;
}

/* ---------------------------------------------------------------- records */

typedef struct record_map {
    const char *asset;
    size_t value;
} record_map;

static const tw_key RECORD[] = {
    TW_KEY("asset", TEXT, record_map, asset), TW_KEY("value", EXPRESSION, record_map, value), {0}};

static tw_status read_record(tw_block *b, const tw_node *node, tw_error *err)
{
    tw_record_text *to = &b->record[b->n_records++];
    record_map map = {0};
    const char *text;
    to->name = node->key;
    if (node->kind != TW_NODE_MAP) {
        TW_TRY(tw_spec_text(b->spec, node, &text, err));
        return tw_spec_expression(b->spec, &b->now, node, text, false, &to->expression, err);
    }
    TW_TRY(tw_spec_map(b->spec, node, RECORD, &map, err));
    if (!map.value) return tw_node_fail(b->spec->doc, node, err, "'value' is missing");
    to->expression = map.value;
    return map.asset ? tw_spec_lane(b, tw_node_get(node, "asset"), map.asset, &to->lane, err) : TW_OK;
}

static tw_status read_records(tw_block *b, tw_error *err)
{
    const tw_node *map = b->strategy.record;
    if (!map) return TW_OK;
    if (map->kind != TW_NODE_MAP) return tw_node_fail(b->spec->doc, map, err, "'record' must map names to expressions");
    b->record = tw_arena_new(&b->spec->arena, map->n_children + 1, sizeof *b->record);
    if (!b->record) return no_memory(err);
    for (const tw_node *c = map->first; c; c = c->next) TW_TRY(read_record(b, c, err));
    return TW_OK;
}

/* ---------------------------------------------------------------- all of it */

static tw_status read_window(tw_block *b, tw_error *err)
{
    tw_strategy_text *t = &b->strategy;
    if (!t->window_of) t->window_of = "days";
    if (strcmp(t->window_of, "days") != 0 && strcmp(t->window_of, "minutes") != 0)
        return tw_node_fail(b->spec->doc, tw_node_get(b->node, "window_of"), err,
                            "'window_of' must be days or minutes, got '%s'", t->window_of);
    if (t->window_of[0] == 'm' && !b->spec->run.by_minute)
        return tw_node_fail(b->spec->doc, tw_node_get(b->node, "window_of"), err,
                            "a window of minutes needs 'frequency: minute'");
    b->now.window = t->window;
    return check_window(b, b->node, t->window, err);
}

static tw_status make_state(tw_block *b, tw_error *err)
{
    const size_t n = b->n_universe;
    b->pipeline_row = tw_arena_new(&b->spec->arena, (b->pipeline.n + 1) * n, sizeof *b->pipeline_row);
    b->window = tw_arena_new(&b->spec->arena, b->now.window, sizeof *b->window);
    b->asset = tw_arena_new(&b->spec->arena, n, sizeof *b->asset);
    b->sum = tw_arena_new(&b->spec->arena, 2 * (b->spec->market.n_groups + 1), sizeof *b->sum);
    b->taken = tw_arena_new(&b->spec->arena, 2 * (b->spec->market.n_groups + 1), sizeof *b->taken);
    b->weight = tw_arena_new(&b->spec->arena, n, sizeof *b->weight);
    b->last_weight = tw_arena_new(&b->spec->arena, n, sizeof *b->last_weight);
    b->by = tw_arena_new(&b->spec->arena, 2 * n, sizeof *b->by);
    b->side = tw_arena_new(&b->spec->arena, n, sizeof *b->side);
    b->order = tw_arena_new(&b->spec->arena, 2 * n, sizeof *b->order);
    const bool made = b->window && b->sum && b->taken && b->asset && b->pipeline_row && b->weight && b->last_weight &&
                      b->by && b->side && b->order;
    return made ? TW_OK : no_memory(err);
}

static tw_status index_lanes(tw_block *b, tw_error *err)
{
    const size_t n = b->spec->market.market.n_assets;
    b->lane_of = tw_arena_new(&b->spec->arena, n, sizeof *b->lane_of);
    if (!b->lane_of) return no_memory(err);
    for (size_t i = 0; i < n; i++) b->lane_of[i] = SIZE_MAX;
    for (size_t i = 0; i < b->n_universe; i++)
        if (b->universe[i] < n) b->lane_of[b->universe[i]] = i;
    const int32_t *group = b->spec->market.group;
    if (!group) return TW_OK;
    b->group = tw_arena_new(&b->spec->arena, b->n_universe, sizeof *b->group);
    if (!b->group) return no_memory(err);
    for (size_t i = 0; i < b->n_universe; i++)
        b->group[i] = group[tw_lane_chain(b, i) ? tw_lane_chain(b, i)->member[0] : b->universe[i]];
    b->now.group = b->pipeline.group = b->group;
    return TW_OK;
}

static tw_status read_block(tw_block *b, tw_error *err)
{
    b->strategy.window = 1;
    b->spec->reading = &b->now;
    TW_TRY(tw_spec_map(b->spec, b->node, STRATEGY, &b->strategy, err));
    TW_TRY(read_universe(b, err));
    TW_TRY(index_lanes(b, err));
    TW_TRY(read_window(b, err));
    if (b->strategy.pipeline) TW_TRY(read_pipeline(b, err));
    TW_TRY(name_columns(b, err));
    TW_TRY(read_lets(b, &b->now, b->strategy.lets, err));
    TW_TRY(read_rules(b, err));
    if (b->strategy.portfolio) TW_TRY(tw_spec_portfolio(b, err));
    TW_TRY(read_records(b, err));
    TW_TRY(tw_formula_compile(b->spec, &b->pipeline, b->n_universe, err));
    TW_TRY(tw_formula_compile(b->spec, &b->now, b->n_universe, err));
    TW_TRY(tw_split_make(b, err));
    return make_state(b, err);
}

tw_status tw_spec_strategy(tw_backtest_spec *s, tw_error *err)
{
    const tw_node *node = s->strategy_node;
    const bool list = node->kind == TW_NODE_LIST;
    if (list && node->n_children == 0) return tw_node_fail(s->doc, node, err, "'strategy' is an empty list");
    s->block = tw_arena_new(&s->arena, list ? node->n_children : 1, sizeof *s->block);
    s->remembered = tw_arena_new(&s->arena, s->market.market.n_assets + s->n_chains, sizeof *s->remembered);
    if (!s->block || !s->remembered) return no_memory(err);
    for (const tw_node *c = list ? node->first : node; c; c = list ? c->next : NULL) {
        tw_block *b = &s->block[s->n_blocks++];
        b->spec = s;
        b->node = c;
        TW_TRY(read_block(b, err));
    }
    return TW_OK;
}

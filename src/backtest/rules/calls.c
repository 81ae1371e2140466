/* SPDX-License-Identifier: Apache-2.0 */
/* calls.c - a declared strategy as the calls of the engine. */
#include "backtest/rules/lanes.h"

#include <math.h>
#include <string.h>

/* Where in the file a call of the engine was asked for. */
static tw_status at_node(const tw_backtest_spec *s, const tw_node *node, tw_status status, tw_error *err)
{
    return status == TW_OK ? TW_OK : tw_fail_in(err, status, "%s:%u:%u", tw_doc_name(s->doc), node->line, node->column);
}

/* ---------------------------------------------------------------- set-up */

static tw_status set_one(tw_backtest_spec *s, tw_moment *now, const char *name, const tw_node *node, tw_error *err)
{
    const char *text;
    TW_TRY(tw_spec_text(s, node, &text, err));
    return at_node(s, node, tw_moment_set(now, name, text, err), err);
}

static tw_status set_all(tw_backtest_spec *s, tw_moment *now, tw_error *err)
{
    const tw_node *map = s->settings;
    if (!map) return TW_OK;
    if (map->kind != TW_NODE_MAP) return tw_node_fail(s->doc, map, err, "'settings' must map names to texts");
    for (const tw_node *c = map->first; c; c = c->next) {
        if (c->kind != TW_NODE_LIST) TW_TRY(set_one(s, now, c->key, c, err));
        for (const tw_node *e = c->kind == TW_NODE_LIST ? c->first : NULL; e; e = e->next)
            TW_TRY(set_one(s, now, c->key, e, err));
    }
    return TW_OK;
}

static tw_status initialize(void *state, tw_moment *now, tw_error *err)
{
    tw_backtest_spec *s = state;
    TW_TRY(set_all(s, now, err));
    for (size_t i = 0; i < s->n_blocks; i++) {
        tw_block *b = &s->block[i];
        if (!b->strategy.schedule) continue;
        TW_TRY(at_node(s, tw_node_get(b->node, "schedule"),
                       tw_moment_schedule_with(now, b->strategy.schedule, tw_spec_call, b, err), err));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- rules */

static double value_or(const tw_block *b, size_t number, size_t lane, double fallback)
{
    return number ? tw_block_value(b, number, lane) : fallback;
}

static tw_order_when when_of(const char *word)
{
    if (word && strcmp(word, "open") == 0) return TW_AT_OPEN;
    return word && strcmp(word, "close") == 0 ? TW_AT_CLOSE : TW_ANY_TIME;
}

static tw_order_life life_of(const char *word)
{
    static const char *const WORDS[] = {"until_cancelled", "day", "immediate", "all_or_nothing"};
    for (int i = 0; word && i < 4; i++)
        if (strcmp(word, WORDS[i]) == 0) return (tw_order_life)i;
    return TW_UNTIL_CANCELLED;
}

/* False when a price that the order needs is not known now. */
static bool style_of(const tw_block *b, const tw_rule_text *r, size_t lane, tw_order_style *style)
{
    *style = (tw_order_style){.limit = value_or(b, r->limit, lane, 0),
                              .stop = value_or(b, r->stop, lane, 0),
                              .trail = value_or(b, r->trail, lane, 0),
                              .trail_share = value_or(b, r->trail_share, lane, 0),
                              .take_profit = value_or(b, r->take_profit, lane, 0),
                              .stop_loss = value_or(b, r->stop_loss, lane, 0),
                              .when = when_of(r->at),
                              .life = life_of(r->life)};
    return isfinite(style->limit) && isfinite(style->stop) && isfinite(style->trail) && isfinite(style->trail_share) &&
           isfinite(style->take_profit) && isfinite(style->stop_loss);
}

/* Positions held or on their way, for the bound on them. */
static size_t count_positions(const tw_block *b, tw_moment *now)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_universe; i++) n += tw_lane_holding(b, now, i) != 0 || tw_lane_orders(b, now, i) > 0;
    return n;
}

static bool has_room(const tw_block *b, tw_moment *now, const tw_rule_text *r, size_t lane)
{
    if (b->strategy.max_positions == 0 || !r->opens || tw_lane_holding(b, now, lane) != 0) return true;
    return count_positions(b, now) < b->strategy.max_positions;
}

/* *done is false when the order cannot be placed now. */
static tw_status place(tw_block *b, tw_moment *now, const tw_rule_text *r, size_t lane, bool *done, tw_error *err)
{
    tw_order_request request = {.asset = b->asset[lane]};
    size_t unit = 0;
    while (unit <= TW_TARGET_PERCENT && r->amount[unit] == 0) unit++;
    if (unit > TW_TARGET_PERCENT) return TW_OK; /* the rule remembers and no more */
    request.unit = (tw_order_unit)unit;
    request.amount = tw_block_value(b, r->amount[unit], lane);
    *done = !isnan(request.amount) && style_of(b, r, lane, &request.style) && tw_moment_can_trade(now, request.asset) &&
            has_room(b, now, r, lane);
    return *done ? at_node(b->spec, r->node, tw_lane_place(b, now, lane, &request, err), err) : TW_OK;
}

static tw_status follow(tw_block *b, tw_moment *now, const tw_rule_text *r, size_t lane, tw_error *err)
{
    bool done = true;
    if (value_or(b, r->when, lane, 1) != 1) return TW_OK;
    TW_TRY(r->cancel ? tw_lane_cancel(b, now, lane, err) : place(b, now, r, lane, &done, err));
    if (r->remember && done) b->spec->remembered[b->universe[lane]] = tw_block_value(b, r->remember, lane);
    return TW_OK;
}

static tw_status follow_rules(tw_block *b, tw_moment *now, tw_error *err)
{
    for (size_t i = 0; i < b->n_rules; i++) {
        const tw_rule_text *r = &b->rule[i];
        const size_t from = r->lane == SIZE_MAX ? 0 : r->lane, to = r->lane == SIZE_MAX ? b->n_universe : r->lane + 1;
        for (size_t lane = from; lane < to; lane++) TW_TRY(follow(b, now, r, lane, err));
    }
    return TW_OK;
}

static tw_status record(tw_block *b, tw_moment *now, tw_error *err)
{
    for (size_t i = 0; i < b->n_records; i++) {
        const tw_record_text *r = &b->record[i];
        TW_TRY(tw_moment_record(now, r->name, tw_block_value(b, r->expression, r->lane), err));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- calls */

/* Bars up to now, of the kind that windows have. */
static size_t bars_there(const tw_block *b, const tw_moment *now)
{
    return (b->strategy.window_of[0] == 'm' ? tw_moment_bar(now) : tw_moment_session(now)) + 1;
}

tw_status tw_spec_call(void *block, tw_moment *now, tw_error *err)
{
    tw_block *b = block;
    b->calls++;
    if (b->calls <= b->strategy.start_after || bars_there(b, now) < b->now.window) return TW_OK;
    TW_TRY(tw_lanes_look(b, now, err));
    TW_TRY(tw_block_evaluate(b, now, err));
    TW_TRY(follow_rules(b, now, err));
    if (b->strategy.portfolio) TW_TRY(tw_portfolio_run(b, now, err));
    return record(b, now, err);
}

static tw_status handle_data(void *state, tw_moment *now, tw_error *err)
{
    tw_backtest_spec *s = state;
    for (size_t k = 0; k < s->n_chains; k++) TW_TRY(tw_chain_roll(s, &s->chain[k], now, err));
    for (size_t i = 0; i < s->n_blocks; i++)
        if (!s->block[i].strategy.schedule) TW_TRY(tw_spec_call(&s->block[i], now, err));
    return TW_OK;
}

static tw_status before_trading_start(void *state, tw_moment *now, tw_error *err)
{
    tw_backtest_spec *s = state;
    for (size_t i = 0; i < s->n_blocks; i++)
        if (s->block[i].pipeline.n) TW_TRY(tw_pipeline_run(&s->block[i], tw_moment_session(now), err));
    return TW_OK;
}

tw_status tw_backtest_spec_run(tw_backtest_spec *s, tw_strategy_result **result, tw_error *err)
{
    const tw_strategy strategy = {
        .state = s, .initialize = initialize, .before_trading_start = before_trading_start, .handle_data = handle_data};
    for (size_t i = 0; i < s->n_blocks; i++) {
        s->block[i].calls = s->block[i].pipeline_size = 0;
        s->block[i].weighed = false;
        s->block[i].split.n = 0;
    }
    for (size_t i = 0; i < s->market.market.n_assets + s->n_chains; i++) s->remembered[i] = 0;
    for (size_t k = 0; k < s->n_chains; k++) s->chain[k].looked = 0;
    return tw_strategy_simulate(s->ctx, &s->market.market, &strategy, &s->run, result, err);
}

double tw_backtest_spec_year(const tw_backtest_spec *s)
{
    double year = 252;
    const char *text = tw_node_text(tw_node_get(s->settings, "year"), "");
    if (!tw_parse_double(text, strlen(text), &year) || !(year >= 1)) return 252;
    return year;
}

tw_status tw_backtest_spec_write(const tw_backtest_spec *s, const tw_strategy_result *result, const char *failure,
                                 const char *folder, tw_error *err)
{
    const tw_result_files what = {
        .market = &s->market.market, .run = &s->run, .name = s->name, .failure = failure, .lists = s->lists};
    return tw_strategy_write(s->ctx, result, &what, folder, err);
}

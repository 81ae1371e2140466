/* SPDX-License-Identifier: Apache-2.0 */
/* calls.c - a declared strategy as the calls of the engine. */
#include "backtest/rules/spec.h"

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
    if (!s->strategy.schedule) return TW_OK;
    return at_node(s, tw_node_get(s->strategy_node, "schedule"),
                   tw_moment_schedule(now, s->strategy.schedule, tw_spec_call, err), err);
}

/* ---------------------------------------------------------------- what expressions see */

static const tw_bar_field FIELD[] = {
    [TW_COLUMN_PRICE] = TW_PRICE, [TW_COLUMN_OPEN] = TW_OPEN,   [TW_COLUMN_HIGH] = TW_HIGH,
    [TW_COLUMN_LOW] = TW_LOW,     [TW_COLUMN_CLOSE] = TW_CLOSE, [TW_COLUMN_VOLUME] = TW_VOLUME};

static bool is_used(const tw_formula *f, size_t column) { return tw_plan_uses_column(f->plan, column); }

/* A window of the market's bars, asset by asset. */
static tw_status fill_bars(tw_backtest_spec *s, tw_moment *now, size_t column, tw_error *err)
{
    const tw_formula *f = &s->now;
    for (size_t lane = 0; lane < f->n_universe; lane++) {
        const tw_window window = {.asset = s->universe[lane],
                                  .n = f->window,
                                  .field = FIELD[column],
                                  .minutes = s->strategy.window_of[0] == 'm'};
        TW_TRY(tw_moment_window(now, &window, s->window, err));
        for (size_t row = 0; row < f->window; row++) *tw_formula_cell(f, column, row, lane) = s->window[row];
    }
    return TW_OK;
}

/* Where the score of a row stands: at the close of its bar it is known. In a run by minute a day's is known when the
 * day is over, so that each row has that of the day before its own. SIZE_MAX: none is known. */
static size_t score_place(const tw_backtest_spec *s, const tw_moment *now, size_t back)
{
    const tw_asset_market *m = &s->market.market;
    const bool minute_rows = s->strategy.window_of[0] == 'm';
    const size_t bar = tw_moment_bar(now), session = tw_moment_session(now);
    if (minute_rows) {
        if (s->score_minutes) return bar - back;
        size_t day = session;
        while (m->minute_from[day] > bar - back) day--;
        return day ? day - 1 : SIZE_MAX;
    }
    const size_t late = s->run.by_minute && !s->score_minutes;
    if (back + late > session) return SIZE_MAX;
    if (!s->score_minutes) return session - back - late;
    return back || !s->run.by_minute ? m->minute_from[session - back + 1] - 1 : bar;
}

static void fill_scores(tw_backtest_spec *s, const tw_moment *now)
{
    const tw_formula *f = &s->now;
    const size_t n = s->score_minutes ? s->market.market.n_minutes : s->market.market.n_sessions;
    for (size_t row = 0; row < f->window; row++) {
        const size_t at = s->score ? score_place(s, now, f->window - 1 - row) : SIZE_MAX;
        for (size_t lane = 0; lane < f->n_universe; lane++)
            *tw_formula_cell(f, TW_COLUMN_SCORE, row, lane) =
                at == SIZE_MAX ? NAN : s->score[s->universe[lane] * n + at];
    }
}

/* A further column of the bars, as the file has it: known at the close of its bar, and so missing in the row of a day
 * that still lasts. */
static void fill_more(tw_backtest_spec *s, const tw_moment *now, size_t k)
{
    const tw_formula *f = &s->now;
    const tw_asset_market *m = &s->market.market;
    const bool minutes = s->strategy.window_of[0] == 'm';
    const double *x = minutes ? s->market.minute_column[k] : s->market.daily_column[k];
    const size_t n = minutes ? m->n_minutes : m->n_sessions, column = f->n_columns - s->data_text.n_columns + k;
    const size_t end = minutes ? tw_moment_bar(now) : tw_moment_session(now);
    for (size_t lane = 0; lane < f->n_universe; lane++)
        for (size_t row = 0; row < f->window; row++) {
            const size_t back = f->window - 1 - row;
            const bool there = x && (back || minutes || !s->run.by_minute);
            *tw_formula_cell(f, column, row, lane) = there ? x[s->universe[lane] * n + end - back] : NAN;
        }
}

/* A value of now stands in every row, so that it may be part of any expression. */
static double value_now(tw_backtest_spec *s, tw_moment *now, size_t column, size_t lane, double portfolio_value)
{
    const size_t asset = s->universe[lane];
    const tw_holding held = tw_moment_position(now, asset);
    switch (column) {
    case TW_COLUMN_HOLDING: return held.amount;
    case TW_COLUMN_COST_BASIS: return held.amount != 0 ? held.cost_basis : NAN;
    case TW_COLUMN_WEIGHT: return held.amount != 0 ? held.amount * tw_moment_price(now, asset) / portfolio_value : 0;
    case TW_COLUMN_OPEN_ORDERS: return (double)tw_moment_open_orders(now, asset, 0, NULL);
    case TW_COLUMN_CALLS: return (double)s->calls;
    case TW_COLUMN_PIPELINE_SIZE: return (double)s->pipeline_size;
    case TW_COLUMN_REMEMBERED: return s->remembered[lane];
    default: return s->pipeline_row[(column - TW_COLUMN_COUNT) * s->n_universe + lane];
    }
}

static void fill_now(tw_backtest_spec *s, tw_moment *now)
{
    const tw_formula *f = &s->now;
    const tw_strategy_account account = tw_moment_account(now);
    for (size_t column = TW_COLUMN_FIRST_NOW; column < f->n_columns - s->data_text.n_columns; column++) {
        if (!is_used(f, column)) continue;
        for (size_t lane = 0; lane < f->n_universe; lane++) {
            double x = column == TW_COLUMN_CASH ? account.cash : account.portfolio_value;
            if (column != TW_COLUMN_CASH && column != TW_COLUMN_PORTFOLIO_VALUE)
                x = value_now(s, now, column, lane, account.portfolio_value);
            for (size_t row = 0; row < f->window; row++) *tw_formula_cell(f, column, row, lane) = x;
        }
    }
}

static tw_status evaluate(tw_backtest_spec *s, tw_moment *now, tw_error *err)
{
    tw_formula *f = &s->now;
    if (f->n == 0) return TW_OK;
    for (size_t column = 0; column < TW_COLUMN_SCORE; column++)
        if (is_used(f, column)) TW_TRY(fill_bars(s, now, column, err));
    if (is_used(f, TW_COLUMN_SCORE)) fill_scores(s, now);
    for (size_t k = 0; k < s->data_text.n_columns; k++)
        if (is_used(f, f->n_columns - s->data_text.n_columns + k)) fill_more(s, now, k);
    fill_now(s, now);
    return tw_formula_run(f, err);
}

/* ---------------------------------------------------------------- rules */

static double value_or(const tw_backtest_spec *s, size_t number, size_t lane, double fallback)
{
    return number ? tw_formula_value(&s->now, number, lane) : fallback;
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
static bool style_of(const tw_backtest_spec *s, const tw_rule_text *r, size_t lane, tw_order_style *style)
{
    *style = (tw_order_style){.limit = value_or(s, r->limit, lane, 0),
                              .stop = value_or(s, r->stop, lane, 0),
                              .trail = value_or(s, r->trail, lane, 0),
                              .trail_share = value_or(s, r->trail_share, lane, 0),
                              .take_profit = value_or(s, r->take_profit, lane, 0),
                              .stop_loss = value_or(s, r->stop_loss, lane, 0),
                              .when = when_of(r->at),
                              .life = life_of(r->life)};
    return isfinite(style->limit) && isfinite(style->stop) && isfinite(style->trail) && isfinite(style->trail_share) &&
           isfinite(style->take_profit) && isfinite(style->stop_loss);
}

tw_status tw_spec_cancel(tw_moment *now, size_t asset, tw_error *err)
{
    size_t id;
    while (tw_moment_open_orders(now, asset, 1, &id) > 0) TW_TRY(tw_moment_cancel(now, id, err));
    return TW_OK;
}

/* Positions held or on their way, for the bound on them. */
static size_t count_positions(const tw_backtest_spec *s, tw_moment *now)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_universe; i++)
        n += tw_moment_holding(now, s->universe[i]) != 0 || tw_moment_open_orders(now, s->universe[i], 0, NULL) > 0;
    return n;
}

static bool has_room(const tw_backtest_spec *s, tw_moment *now, const tw_rule_text *r, size_t asset)
{
    if (s->strategy.max_positions == 0 || !r->opens || tw_moment_holding(now, asset) != 0) return true;
    return count_positions(s, now) < s->strategy.max_positions;
}

/* *done is false when the order cannot be placed now. */
static tw_status place(tw_backtest_spec *s, tw_moment *now, const tw_rule_text *r, size_t lane, bool *done,
                       tw_error *err)
{
    tw_order_request request = {.asset = s->universe[lane]};
    size_t unit = 0;
    while (unit <= TW_TARGET_PERCENT && r->amount[unit] == 0) unit++;
    if (unit > TW_TARGET_PERCENT) return TW_OK; /* the rule remembers and no more */
    request.unit = (tw_order_unit)unit;
    request.amount = tw_formula_value(&s->now, r->amount[unit], lane);
    *done = !isnan(request.amount) && style_of(s, r, lane, &request.style) && tw_moment_can_trade(now, request.asset) &&
            has_room(s, now, r, request.asset);
    return *done ? at_node(s, r->node, tw_moment_place(now, &request, NULL, err), err) : TW_OK;
}

static tw_status follow(tw_backtest_spec *s, tw_moment *now, const tw_rule_text *r, size_t lane, tw_error *err)
{
    bool done = true;
    if (value_or(s, r->when, lane, 1) != 1) return TW_OK;
    TW_TRY(r->cancel ? tw_spec_cancel(now, s->universe[lane], err) : place(s, now, r, lane, &done, err));
    if (r->remember && done) s->remembered[lane] = tw_formula_value(&s->now, r->remember, lane);
    return TW_OK;
}

static tw_status follow_rules(tw_backtest_spec *s, tw_moment *now, tw_error *err)
{
    for (size_t i = 0; i < s->n_rules; i++) {
        const tw_rule_text *r = &s->rule[i];
        const size_t from = r->lane == SIZE_MAX ? 0 : r->lane, to = r->lane == SIZE_MAX ? s->n_universe : r->lane + 1;
        for (size_t lane = from; lane < to; lane++) TW_TRY(follow(s, now, r, lane, err));
    }
    return TW_OK;
}

static tw_status record(tw_backtest_spec *s, tw_moment *now, tw_error *err)
{
    for (size_t i = 0; i < s->n_records; i++) {
        const tw_record_text *r = &s->record[i];
        TW_TRY(tw_moment_record(now, r->name, tw_formula_value(&s->now, r->expression, r->lane), err));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- calls */

/* Bars up to now, of the kind that windows have. */
static size_t bars_there(const tw_backtest_spec *s, const tw_moment *now)
{
    return (s->strategy.window_of[0] == 'm' ? tw_moment_bar(now) : tw_moment_session(now)) + 1;
}

tw_status tw_spec_call(void *state, tw_moment *now, tw_error *err)
{
    tw_backtest_spec *s = state;
    s->calls++;
    if (s->calls <= s->strategy.start_after || bars_there(s, now) < s->now.window) return TW_OK;
    TW_TRY(evaluate(s, now, err));
    TW_TRY(follow_rules(s, now, err));
    if (s->strategy.portfolio) TW_TRY(tw_portfolio_run(s, now, err));
    return record(s, now, err);
}

static tw_status handle_data(void *state, tw_moment *now, tw_error *err)
{
    tw_backtest_spec *s = state;
    return s->strategy.schedule ? TW_OK : tw_spec_call(s, now, err);
}

static tw_status before_trading_start(void *state, tw_moment *now, tw_error *err)
{
    tw_backtest_spec *s = state;
    return s->pipeline.n ? tw_pipeline_run(s, tw_moment_session(now), err) : TW_OK;
}

tw_status tw_backtest_spec_run(tw_backtest_spec *s, tw_strategy_result **result, tw_error *err)
{
    const tw_strategy strategy = {
        .state = s, .initialize = initialize, .before_trading_start = before_trading_start, .handle_data = handle_data};
    s->calls = s->pipeline_size = 0;
    s->weighed = false;
    for (size_t i = 0; i < s->n_universe; i++) s->remembered[i] = 0;
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

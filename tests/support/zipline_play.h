/* SPDX-License-Identifier: Apache-2.0 */
/* zipline_play.h - the script of a zipline_case as call-backs of a strategy: orders, cancels, and what is recorded. */
#ifndef ZIPLINE_PLAY_H
#define ZIPLINE_PLAY_H

#include "zipline_case.h"

/* ---------------------------------------------------------------- orders */

static inline tw_status zipline_order(tw_moment *now, const tw_node *op, tw_error *err)
{
    static const char *const units[] = {"shares",       "value",          "percent", "target_shares",
                                        "target_value", "target_percent", NULL};
    const tw_order_request request = {
        .asset = zipline_index(op, "asset"),
        .unit = (tw_order_unit)zipline_which(zipline_text(op, "unit"), units),
        .amount = zipline_number(op, "amount"),
        .style = {.limit = zipline_number(op, "limit"), .stop = zipline_number(op, "stop")}};
    return tw_moment_place(now, &request, NULL, err);
}

static inline tw_status zipline_cancel(tw_moment *now, const tw_node *op, tw_error *err)
{
    size_t id[256];
    const size_t n = tw_moment_open_orders(now, SIZE_MAX, 256, id);
    assert_true(n <= 256);
    return n ? tw_moment_cancel(now, id[zipline_index(op, "k") % n], err) : TW_OK;
}

/* How many orders there were: their numbers begin at 0. */
static inline size_t zipline_orders(const tw_moment *now)
{
    tw_order order;
    tw_error err;
    size_t n = 0;
    while (tw_moment_get_order(now, n, &order, &err) == TW_OK) n++;
    return n;
}

static inline tw_status zipline_cancel_any(tw_moment *now, const tw_node *op, tw_error *err)
{
    const size_t n = zipline_orders(now);
    return n ? tw_moment_cancel(now, zipline_index(op, "k") % n, err) : TW_OK;
}

/* ---------------------------------------------------------------- what is seen */

typedef tw_status zipline_look(tw_moment *now, const tw_node *op, double *value, tw_error *err);

static inline tw_bar_field zipline_field(const tw_node *op)
{
    static const char *const fields[] = {"price", "open", "high", "low", "close", "volume", NULL};
    return (tw_bar_field)zipline_which(zipline_text(op, "field"), fields);
}

static inline tw_status zipline_value(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    (void)err;
    *value = tw_moment_value(now, zipline_index(op, "asset"), zipline_field(op));
    return TW_OK;
}

static inline tw_window zipline_window(const tw_node *op)
{
    const tw_window window = {.asset = tw_node_get(op, "asset") ? zipline_index(op, "asset") : 0,
                              .n = zipline_index(op, "n"),
                              .field = zipline_field(op),
                              .minutes = zipline_number(op, "minutes") != 0};
    assert_true(window.n <= ZIPLINE_WINDOW);
    return window;
}

/* One row of a history, or (take below 0) the sum of those that are there. */
static inline double zipline_row(const tw_node *op, size_t n, const double *row)
{
    const double take = zipline_number(op, "take");
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += isnan(row[i]) ? 0 : row[i];
    return take < 0 ? sum : row[(size_t)take];
}

static inline tw_status zipline_history(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    double row[ZIPLINE_WINDOW];
    const tw_window window = zipline_window(op);
    TW_TRY(tw_moment_window(now, &window, row, err));
    *value = zipline_row(op, window.n, row);
    return TW_OK;
}

static inline tw_chain zipline_chain(const tw_node *op)
{
    return (tw_chain){.root = zipline_text(op, "root"),
                      .offset = zipline_index(op, "offset"),
                      .by_volume = zipline_number(op, "volume") != 0,
                      .adjust = (tw_chain_adjust)zipline_index(op, "adjust")};
}

static inline tw_status zipline_contract(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    const tw_chain chain = zipline_chain(op);
    size_t asset = 0;
    TW_TRY(tw_moment_contract(now, &chain, &asset, err));
    *value = asset == SIZE_MAX ? -1 : (double)asset;
    return TW_OK;
}

/* Which are listed now, and in what order. */
static inline tw_status zipline_contracts(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    const tw_chain chain = zipline_chain(op);
    size_t asset[64], n = 0;
    TW_TRY(tw_moment_contracts(now, &chain, 64, asset, &n, err));
    assert_true(n <= 64);
    *value = 0;
    for (size_t i = 0; i < n; i++) *value += (double)((i + 1) * asset[i]);
    return TW_OK;
}

static inline tw_status zipline_chain_history(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    double row[ZIPLINE_WINDOW];
    const tw_chain chain = zipline_chain(op);
    const tw_window window = zipline_window(op);
    TW_TRY(tw_moment_chain_window(now, &chain, &window, row, err));
    *value = zipline_row(op, window.n, row);
    return TW_OK;
}

static inline tw_status zipline_can_trade(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    (void)err;
    *value = tw_moment_can_trade(now, zipline_index(op, "asset"));
    return TW_OK;
}

static inline tw_status zipline_is_stale(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    (void)err;
    *value = tw_moment_is_stale(now, zipline_index(op, "asset"));
    return TW_OK;
}

static inline tw_status zipline_account(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    static const char *const names[] = {
        "cash", "portfolio_value", "positions_value", "positions_exposure", "starting_cash",
        "pnl",  "returns",         "gross_leverage",  "net_leverage",       "n_positions",
        NULL};
    (void)err;
    const tw_strategy_account a = tw_moment_account(now);
    const double values[] = {a.cash, a.portfolio_value, a.positions_value, a.positions_exposure, a.starting_cash,
                             a.pnl,  a.returns,         a.gross_leverage,  a.net_leverage,       (double)a.n_positions};
    *value = values[zipline_which(zipline_text(op, "field"), names)];
    return TW_OK;
}

static inline tw_status zipline_position(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    static const char *const names[] = {"amount", "cost_basis", "last_price", NULL};
    (void)err;
    const tw_holding held = tw_moment_position(now, zipline_index(op, "asset"));
    const double values[] = {held.amount, held.cost_basis, held.last_price};
    *value = values[zipline_which(zipline_text(op, "field"), names)];
    return TW_OK;
}

static inline tw_status zipline_see_order(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    static const char *const names[] = {"amount", "filled", "commission", "status", NULL};
    const size_t n = zipline_orders(now);
    tw_order order;
    *value = -1;
    if (n == 0) return TW_OK;
    TW_TRY(tw_moment_get_order(now, zipline_index(op, "k") % n, &order, err));
    const double values[] = {order.amount, order.filled, order.commission, (double)order.status};
    *value = values[zipline_which(zipline_text(op, "field"), names)];
    return TW_OK;
}

static inline tw_status zipline_open_orders(tw_moment *now, const tw_node *op, double *value, tw_error *err)
{
    (void)op, (void)err;
    *value = (double)tw_moment_open_orders(now, SIZE_MAX, 0, NULL);
    return TW_OK;
}

static inline tw_status zipline_record(tw_moment *now, const tw_node *op, tw_error *err)
{
    static const char *const names[] = {"value",       "history", "can_trade", "is_stale",  "account", "position",
                                        "open_orders", "order",   "contract",  "contracts", "chain",   NULL};
    static zipline_look *const looks[] = {zipline_value,    zipline_history,   zipline_can_trade,    zipline_is_stale,
                                          zipline_account,  zipline_position,  zipline_open_orders,  zipline_see_order,
                                          zipline_contract, zipline_contracts, zipline_chain_history};
    double value = NAN;
    TW_TRY(looks[zipline_which(zipline_text(op, "what"), names)](now, op, &value, err));
    return tw_moment_record(now, zipline_text(op, "name"), value, err);
}

/* ---------------------------------------------------------------- the strategy */

static inline tw_status zipline_play(tw_moment *now, const tw_node *entry, tw_error *err)
{
    static const char *const names[] = {"order", "cancel", "cancel_any", "record", NULL};
    static tw_status (*const acts[])(tw_moment *, const tw_node *, tw_error *) = {zipline_order, zipline_cancel,
                                                                                  zipline_cancel_any, zipline_record};
    for (const tw_node *op = tw_node_get(entry, "ops")->first; op; op = op->next)
        TW_TRY(acts[zipline_which(zipline_text(op, "do"), names)](now, op, err));
    return TW_OK;
}

static inline tw_status zipline_handle_data(void *state, tw_moment *now, tw_error *err)
{
    zipline_case *c = state;
    const tw_node *entry = c->script;
    if (!entry || zipline_index(entry, "at") != tw_moment_bar(now)) return TW_OK;
    c->script = entry->next;
    return zipline_play(now, entry, err);
}

static inline tw_status zipline_before(void *state, tw_moment *now, tw_error *err)
{
    zipline_case *c = state;
    const tw_node *entry = c->before;
    while (entry && zipline_index(entry, "at") < tw_moment_session(now)) entry = entry->next; /* it did not come */
    if (!entry || zipline_index(entry, "at") != tw_moment_session(now)) return TW_OK;
    c->before = entry->next;
    return zipline_play(now, entry, err);
}

static inline tw_status zipline_rule(const zipline_case *c, size_t rule, tw_moment *now, tw_error *err)
{
    const tw_node *entry = tw_node_get(c->node, "schedule")->first;
    while (rule-- > 0) entry = entry->next;
    return zipline_play(now, entry, err);
}

/* A scheduled call knows its rule by its place alone. */
#define ZIPLINE_RULE(i)                                                                                                \
    static inline tw_status zipline_rule_##i(void *state, tw_moment *now, tw_error *err)                               \
    {                                                                                                                  \
        return zipline_rule(state, i, now, err);                                                                       \
    }
ZIPLINE_RULE(0)
ZIPLINE_RULE(1)
ZIPLINE_RULE(2)
ZIPLINE_RULE(3)
ZIPLINE_RULE(4)
ZIPLINE_RULE(5)
#undef ZIPLINE_RULE

static inline tw_status zipline_initialize(void *state, tw_moment *now, tw_error *err)
{
    static const tw_strategy_call calls[] = {zipline_rule_0, zipline_rule_1, zipline_rule_2,
                                             zipline_rule_3, zipline_rule_4, zipline_rule_5};
    const zipline_case *c = state;
    size_t i = 0;
    for (const tw_node *rule = tw_node_get(c->node, "schedule")->first; rule; rule = rule->next) {
        assert_true(i < sizeof calls / sizeof *calls);
        TW_TRY(tw_moment_schedule(now, zipline_text(rule, "rule"), calls[i++], err));
    }
    return TW_OK;
}

/* Plays a case; what the library says when it stops is in `err`. */
static inline tw_status zipline_case_run(zipline_case *c, tw_strategy_result **result, tw_error *err)
{
    const tw_strategy strategy = {.state = c,
                                  .initialize = zipline_initialize,
                                  .before_trading_start = zipline_before,
                                  .handle_data = zipline_handle_data};
    return tw_strategy_simulate(NULL, &c->market, &strategy, &c->run, result, err);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The clock of a run: session start, the bar, session end; and what a strategy sees. */
#include "backtest/event/engine.h"

#include <math.h>
#include <string.h>

void *tw_list_add(const tw_ctx *ctx, tw_list *list)
{
    if (list->n == list->room) {
        const size_t room = list->room ? 2 * list->room : 256;
        if (room > SIZE_MAX / list->size) return NULL;
        void *item = tw_resize(ctx, list->item, list->room * list->size, room * list->size);
        if (!item) return NULL;
        list->item = item;
        list->room = room;
    }
    void *added = (char *)list->item + list->n++ * list->size;
    memset(added, 0, list->size);
    return added;
}

size_t tw_moment_session(const tw_moment *now) { return now->session; }

double tw_moment_price(const tw_moment *now, size_t stock)
{
    if (stock >= now->market->n_stocks) return NAN;
    const double *close = now->market->close + stock * now->market->n_sessions;
    size_t t = now->session;
    while (t > 0 && isnan(close[t])) t--;
    return close[t];
}

double tw_moment_holding(const tw_moment *now, size_t stock)
{
    return stock < now->market->n_stocks && now->lot[stock].held ? now->lot[stock].amount : 0;
}

void tw_moment_portfolio(const tw_moment *now, double *cash, double *value)
{
    *cash = now->cash;
    *value = now->value;
}

tw_status tw_moment_history(const tw_moment *now, size_t stock, size_t n, double *closes, tw_error *err)
{
    const tw_stock_market *market = now->market;
    if (stock >= market->n_stocks || n == 0 || n > now->session + 1)
        return tw_fail(err, TW_BAD_VALUE, "history: stock %zu of %zu, %zu bars of %zu", stock, market->n_stocks, n,
                       now->session + 1);
    const size_t first = now->session + 1 - n;
    const double *close = market->close + stock * market->n_sessions + first;
    for (size_t i = 0; i < n; i++) closes[i] = i && isnan(close[i]) ? closes[i - 1] : close[i];
    for (size_t a = 0; a < market->n_actions && market->action[a].session <= now->session; a++) {
        const tw_stock_action *action = &market->action[a];
        if (action->stock != stock || action->session <= first) continue;
        for (size_t i = 0; i < action->session - first; i++) closes[i] *= action->ratio;
    }
    for (size_t i = 0; i < n; i++) closes[i] = nearbyint(closes[i] * 1000) / 1000;
    return TW_OK;
}

static void start_session(tw_moment *now)
{
    const tw_stock_market *market = now->market;
    for (; now->next_action < market->n_actions; now->next_action++) {
        const tw_stock_action *action = &market->action[now->next_action];
        if (action->session > now->session) break;
        if (action->session < now->session || !action->is_split) continue;
        tw_orders_split(now, action->stock, action->ratio);
        tw_book_split(now, action->stock, action->ratio);
    }
}

static tw_status end_session(tw_moment *now, tw_error *err)
{
    for (size_t stock = 0; stock < now->market->n_stocks; stock++) {
        if (now->market->stock[stock].auto_close > now->session) continue;
        const tw_lot *lot = &now->lot[stock];
        const double price = tw_moment_price(now, stock);
        const tw_trade trade = {.session = now->session,
                                .stock = stock,
                                .amount = -lot->amount,
                                .price = isnan(price) ? lot->last_price : price};
        if (lot->held) TW_TRY(tw_book_trade(now, &trade, err));
        tw_orders_drop(now, stock);
    }
    tw_book_mark(now);
    tw_book_refresh(now);
    return TW_OK;
}

static tw_status keep_holdings(tw_moment *now, tw_session_row *row, tw_error *err)
{
    for (size_t i = 0; i < now->n_held; i++) {
        const tw_lot *lot = &now->lot[now->held[i]];
        tw_holding *kept = tw_list_add(now->ctx, &now->result->holdings);
        if (!kept) return tw_no_memory(err, "holdings");
        *kept = (tw_holding){now->session, now->held[i], lot->amount, lot->cost_basis, lot->last_price};
        row->longs_count += lot->amount * lot->last_price > 0;
        row->shorts_count += lot->amount * lot->last_price < 0;
    }
    return TW_OK;
}

static tw_status run_session(tw_moment *now, const tw_strategy *strategy, tw_error *err)
{
    tw_book_refresh(now);
    tw_session_row row = {.session = now->session, .starting_cash = now->cash, .starting_value = now->holdings_value};
    const double pnl = now->pnl, flow = now->cash_flow, returns = now->returns;
    start_session(now);
    TW_TRY(tw_engine_fill_orders(now, err));
    tw_book_mark(now);
    tw_book_refresh(now);
    TW_TRY(strategy->handle_data(strategy->state, now, err));
    TW_TRY(end_session(now, err));
    TW_TRY(keep_holdings(now, &row, err));
    row.ending_cash = now->cash;
    row.ending_value = now->holdings_value;
    row.portfolio_value = now->value;
    row.pnl = now->pnl - pnl;
    row.returns = (now->returns + 1) / (returns + 1) - 1;
    row.capital_used = now->cash_flow - flow;
    row.long_value = now->long_value;
    row.short_value = now->short_value;
    row.gross_leverage = now->value != 0 ? (now->long_value - now->short_value) / now->value : INFINITY;
    row.net_leverage = now->value != 0 ? now->holdings_value / now->value : INFINITY;
    now->max_leverage = row.max_leverage = fmax(now->max_leverage, row.gross_leverage);
    tw_session_row *kept = tw_list_add(now->ctx, &now->result->sessions);
    if (!kept) return tw_no_memory(err, "sessions");
    *kept = row;
    return TW_OK;
}

static tw_status check(const tw_stock_market *market, const tw_strategy_run *run, tw_error *err)
{
    if (run->from >= run->to || run->to > market->n_sessions)
        return tw_fail(err, TW_BAD_VALUE, "run: sessions [%zu, %zu) are empty or outside [0, %zu)", run->from, run->to,
                       market->n_sessions);
    if (!isfinite(run->capital)) return tw_fail(err, TW_BAD_VALUE, "run: capital must be a number");
    for (size_t i = 0; i < market->n_actions; i++) {
        const tw_stock_action *action = &market->action[i];
        if (action->stock >= market->n_stocks || !(action->ratio > 0 && isfinite(action->ratio)))
            return tw_fail(err, TW_BAD_DATA, "market: action %zu: stock %zu of %zu, ratio %g", i, action->stock,
                           market->n_stocks, action->ratio);
        if (i && action->session < action[-1].session)
            return tw_fail(err, TW_BAD_DATA, "market: action %zu is before the one ahead of it", i);
    }
    return TW_OK;
}

static tw_status begin(tw_moment *now, const tw_strategy_run *run, tw_error *err)
{
    const size_t n = now->market->n_stocks;
    TW_TRY(tw_models_read(run, &now->models, err));
    now->result = tw_new(now->ctx, 1, sizeof *now->result);
    now->lot = tw_new(now->ctx, n, sizeof *now->lot);
    now->held = tw_new(now->ctx, n, sizeof *now->held);
    now->queue = tw_new(now->ctx, n, sizeof *now->queue);
    if (!now->result || !now->lot || !now->held || !now->queue) return tw_no_memory(err, "a run");
    *now->result = (tw_strategy_result){.ctx = now->ctx,
                                        .sessions.size = sizeof(tw_session_row),
                                        .trades.size = sizeof(tw_trade),
                                        .holdings.size = sizeof(tw_holding)};
    for (size_t i = 0; i < n; i++) now->lot[i].head = now->lot[i].tail = TW_NO_ORDER;
    now->orders.size = sizeof(tw_ticket);
    now->cash = now->value = run->capital;
    return TW_OK;
}

tw_status tw_strategy_simulate(const tw_ctx *ctx, const tw_stock_market *market, const tw_strategy *strategy,
                               const tw_strategy_run *run, tw_strategy_result **result, tw_error *err)
{
    *result = NULL;
    TW_TRY(check(market, run, err));
    tw_moment now = {.ctx = ctx, .market = market};
    tw_status status = begin(&now, run, err);
    for (now.session = run->from; status == TW_OK && now.session < run->to; now.session++)
        status = run_session(&now, strategy, err);
    *result = now.result;
    tw_free(ctx, now.lot);
    tw_free(ctx, now.held);
    tw_free(ctx, now.queue);
    tw_free(ctx, now.orders.item);
    return status;
}

const tw_session_row *tw_strategy_sessions(const tw_strategy_result *result, size_t *n)
{
    *n = result->sessions.n;
    return result->sessions.item;
}

const tw_trade *tw_strategy_trades(const tw_strategy_result *result, size_t *n)
{
    *n = result->trades.n;
    return result->trades.item;
}

const tw_holding *tw_strategy_holdings(const tw_strategy_result *result, size_t *n)
{
    *n = result->holdings.n;
    return result->holdings.item;
}

void tw_strategy_result_free(tw_strategy_result *result)
{
    if (!result) return;
    const tw_ctx *ctx = result->ctx;
    tw_free(ctx, result->sessions.item);
    tw_free(ctx, result->trades.item);
    tw_free(ctx, result->holdings.item);
    tw_free(ctx, result);
}

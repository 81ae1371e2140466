/* SPDX-License-Identifier: Apache-2.0 */
/* What a run leaves. */
#include "backtest/event/engine.h"

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

const tw_order_row *tw_strategy_orders(const tw_strategy_result *result, size_t *n)
{
    *n = result->orders.n;
    return result->orders.item;
}

const tw_booked_action *tw_strategy_actions(const tw_strategy_result *result, size_t *n)
{
    *n = result->actions.n;
    return result->actions.item;
}

const tw_balance *tw_strategy_balances(const tw_strategy_result *result, size_t *n)
{
    *n = result->balances.n;
    return result->balances.item;
}

const tw_minute_row *tw_strategy_minutes(const tw_strategy_result *result, size_t *n)
{
    *n = result->minutes.n;
    return result->minutes.item;
}

const tw_recorded *tw_strategy_minute_recorded(const tw_strategy_result *result, size_t *n)
{
    *n = result->minute_recorded.n;
    return result->minute_recorded.item;
}

const tw_recorded *tw_strategy_recorded(const tw_strategy_result *result, size_t *n)
{
    *n = result->recorded.n;
    return result->recorded.item;
}

const char *const *tw_strategy_record_names(const tw_strategy_result *result, size_t *n)
{
    *n = result->names.n;
    return result->names.item;
}

const tw_quirk *tw_strategy_quirks(const tw_strategy_result *result, size_t *n)
{
    *n = TW_QUIRK_COUNT;
    return result->quirks;
}

const char *tw_order_kind_name(tw_order_kind kind)
{
    static const char *const NAMES[TW_ORDER_KIND_COUNT] = {"market", "limit", "stop", "stop_limit", "trail"};
    return NAMES[kind];
}

const char *tw_order_status_name(tw_order_status status)
{
    static const char *const NAMES[TW_ORDER_STATUS_COUNT] = {"open", "filled", "cancelled", "rejected"};
    return NAMES[status];
}

const char *tw_strategy_stopped(const tw_strategy_result *result)
{
    return result->stopped[0] ? result->stopped : NULL;
}

void tw_strategy_result_free(tw_strategy_result *result)
{
    if (!result) return;
    const tw_ctx *ctx = result->ctx;
    char **names = result->names.item;
    for (size_t i = 0; i < result->names.n; i++) tw_free(ctx, names[i]);
    void *const lists[] = {result->sessions.item,       result->trades.item,   result->holdings.item,
                           result->orders.item,         result->recorded.item, result->names.item,
                           result->actions.item,        result->balances.item, result->minutes.item,
                           result->minute_recorded.item};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) tw_free(ctx, lists[i]);
    tw_free(ctx, result);
}

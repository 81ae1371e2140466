/* SPDX-License-Identifier: Apache-2.0 */
/* What happens between the bars: splits, dividends and capital as a session begins; expiry, policies, controls and the
 * accounts as it ends. The order of steps is zipline's. */
#include "backtest/event/account.h"

#include <float.h>
#include <math.h>

/* Keeps what an action did. */
static tw_status book(tw_moment *now, tw_booked_action did, tw_error *err)
{
    tw_booked_action *kept = tw_list_add(now->ctx, &now->result->actions);
    if (!kept) return tw_no_memory(err, "actions");
    did.session = now->session;
    *kept = did;
    return TW_OK;
}

/* ---------------------------------------------------------------- dividends */

/* Whole shares, towards zero, unless a product is one rounding below a whole number. */
static double whole_shares(double shares)
{
    const double near = nearbyint(shares), size = fabs(shares);
    return trunc(fabs(shares - near) <= nextafter(size, INFINITY) - size ? near : shares);
}

static tw_status earn(tw_moment *now, const tw_asset_action *action, tw_error *err)
{
    const double held = now->lot[action->asset].amount;
    const double shares = action->kind == TW_STOCK_DIVIDEND ? whole_shares(held * action->amount) : 0;
    if (action->kind == TW_STOCK_DIVIDEND && shares == 0) return TW_OK;
    const size_t pay = action->pay == 0 && now->realistic ? now->session : action->pay;
    if (pay == 0) {
        now->result->quirks[TW_QUIRK_dividend_never_paid].count++;
        return TW_OK;
    }
    tw_owed *owed = tw_list_add(now->ctx, &now->owed);
    if (!owed) return tw_no_memory(err, "dividends");
    *owed = (tw_owed){.pay = pay,
                      .asset = shares != 0 ? action->paid : action->asset,
                      .cash = action->kind == TW_DIVIDEND ? held * action->amount : 0,
                      .shares = shares};
    if (shares != 0) return TW_OK; /* booked as they come */
    const double cash = owed->cash * tw_moment_rate(now, action->asset);
    const tw_booked_action did = {
        .asset = action->asset, .kind = TW_DIVIDEND, .before = held, .after = held, .cash = cash};
    return book(now, did, err);
}

static tw_status grant(tw_moment *now, const tw_owed *owed, tw_error *err)
{
    const double before = now->lot[owed->asset].amount;
    TW_TRY(tw_currency_check(now, owed->asset, err));
    tw_ledger_grant(now, owed->asset, owed->shares);
    const tw_booked_action did = {
        .asset = owed->asset, .kind = TW_STOCK_DIVIDEND, .before = before, .after = before + owed->shares};
    return book(now, did, err);
}

static tw_status pay(tw_moment *now, tw_error *err)
{
    tw_owed *owed = now->owed.item;
    double cash = 0;
    size_t kept = 0;
    for (size_t i = 0; i < now->owed.n; i++) {
        if (owed[i].pay != now->session || owed[i].cash == 0) continue;
        cash += owed[i].cash;
        if (now->realistic) /* each in its own currency */
            tw_ledger_pay(now, now->lot[owed[i].asset].currency, owed[i].cash, tw_moment_rate(now, owed[i].asset));
    }
    now->result->quirks[TW_QUIRK_dividend_not_in_pnl].count += cash != 0 && !now->realistic;
    for (size_t i = 0; i < now->owed.n; i++) {
        if (owed[i].pay == now->session && owed[i].shares != 0) TW_TRY(grant(now, &owed[i], err));
        if (owed[i].pay > now->session) owed[kept++] = owed[i];
    }
    now->owed.n = kept;
    if (!now->realistic) tw_ledger_cash(now, cash);
    return TW_OK;
}

/* Holders pay, or are paid by, those who are short. */
static tw_status fund(tw_moment *now, const tw_asset_action *action, tw_error *err)
{
    const tw_lot *lot = &now->lot[action->asset];
    if (!now->realistic || !lot->held) return TW_OK;
    const double due = -(lot->amount * lot->last_price * tw_asset_multiplier(now, action->asset) * action->amount),
                 rate = tw_moment_rate(now, action->asset), cash = due * rate;
    tw_ledger_pay(now, lot->currency, due, rate);
    const tw_booked_action did = {
        .asset = action->asset, .kind = TW_FUNDING, .before = lot->amount, .after = lot->amount, .cash = cash};
    return book(now, did, err);
}

static tw_status dividends(tw_moment *now, tw_error *err)
{
    const tw_asset_market *market = now->market;
    for (size_t i = now->next_action; i < market->n_actions && market->action[i].session <= now->session; i++) {
        const tw_asset_action *action = &market->action[i];
        const bool is_dividend = action->kind == TW_DIVIDEND || action->kind == TW_STOCK_DIVIDEND;
        if (action->session == now->session && action->kind == TW_FUNDING) TW_TRY(fund(now, action, err));
        if (action->session == now->session && is_dividend && now->lot[action->asset].held)
            TW_TRY(earn(now, action, err));
    }
    return pay(now, err);
}

static tw_status split(tw_moment *now, const tw_asset_action *action, tw_error *err)
{
    const tw_lot *lot = &now->lot[action->asset];
    tw_booked_action did = {.asset = action->asset, .kind = TW_SPLIT, .ratio = action->ratio, .before = lot->amount};
    tw_orders_split(now, action->asset, action->ratio);
    if (!lot->held) return TW_OK;
    did.cash = tw_ledger_split(now, action->asset, action->ratio);
    did.after = lot->amount;
    return book(now, did, err);
}

static tw_status splits(tw_moment *now, tw_error *err)
{
    const tw_asset_market *market = now->market;
    for (; now->next_action < market->n_actions; now->next_action++) {
        const tw_asset_action *action = &market->action[now->next_action];
        if (action->session > now->session) break;
        if (action->session < now->session || action->kind != TW_SPLIT) continue;
        TW_TRY(split(now, action, err));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- capital */

static void change_capital(tw_moment *now, const tw_capital_change *change)
{
    tw_moment_account(now); /* at last prices */
    tw_ledger_capital(now, change->is_target ? change->value - now->value : change->value);
}

void tw_capital_due(tw_moment *now, size_t minute)
{
    const tw_strategy_run *run = now->run;
    for (; now->next_change < run->n_changes; now->next_change++) {
        const tw_capital_change *change = &run->change[now->next_change];
        if (change->session > now->session || (change->session == now->session && change->minute > minute)) return;
        if (change->session == now->session && change->minute == minute) change_capital(now, change);
    }
}

/* ---------------------------------------------------------------- begin */

tw_status tw_session_begin(tw_moment *now, tw_error *err)
{
    tw_capital_due(now, 0);
    tw_ledger_refresh(now);
    now->row = (tw_session_row){.session = now->session};
    const double returns = now->returns, pnl = now->pnl, currency_gain = now->currency_gain;
    if (now->realistic) tw_account_accrue(now);
    TW_TRY(dividends(now, err));
    tw_ledger_refresh(now);
    now->row.starting_cash = now->cash;
    now->row.starting_value = now->long_value + now->short_value;
    now->row.starting_exposure = now->long_exposure + now->short_exposure;
    now->row.returns = returns; /* of the run, until the session's own are known */
    now->row.pnl = now->realistic ? pnl : now->pnl;
    now->row.currency_gain = currency_gain;
    return splits(now, err);
}

/* ---------------------------------------------------------------- end */

static bool is_expired(const tw_moment *now, size_t asset)
{
    const size_t auto_close = now->market->asset[asset].auto_close;
    return auto_close != 0 && auto_close <= now->session;
}

static tw_status close_expired(tw_moment *now, tw_error *err)
{
    for (size_t i = 0; i < now->n_held;) {
        const size_t asset = now->held[i];
        if (!is_expired(now, asset)) {
            i++;
            continue;
        }
        const double price = tw_moment_price(now, asset);
        const tw_trade trade = {.session = now->session,
                                .bar = now->bar,
                                .asset = asset,
                                .order = TW_NONE,
                                .amount = -now->lot[asset].amount,
                                .price = isnan(price) ? now->lot[asset].last_price : price,
                                .base = isnan(price) ? now->lot[asset].last_price : price,
                                .cause = TW_FILL_EXPIRY};
        TW_TRY(tw_ledger_trade(now, &trade, err));
    }
    for (size_t q = 0; q < now->n_queue;) {
        if (is_expired(now, now->queue[q]))
            TW_TRY(tw_orders_cancel_asset(now, now->queue[q], true, "the asset ended", err));
        else
            q++;
    }
    return tw_orders_report(now, true, err);
}

static tw_status keep_holdings(tw_moment *now, tw_error *err)
{
    for (size_t i = 0; i < now->n_held; i++) {
        const tw_lot *lot = &now->lot[now->held[i]];
        if (lot->amount == 0) continue;
        tw_holding *kept = tw_list_add(now->ctx, &now->result->holdings);
        if (!kept) return tw_no_memory(err, "holdings");
        *kept = tw_ledger_holding(now, now->held[i]);
    }
    return TW_OK;
}

static tw_status keep_recordings(tw_moment *now, tw_error *err)
{
    tw_recording *recording = now->recordings.item;
    for (size_t i = 0; i < now->recordings.n; i++) {
        if (!recording[i].is_new) continue;
        recording[i].is_new = false;
        tw_recorded *kept = tw_list_add(now->ctx, &now->result->recorded);
        if (!kept) return tw_no_memory(err, "recordings");
        *kept = (tw_recorded){now->session, i, recording[i].value};
    }
    return TW_OK;
}

/* Annualised numbers take a year for 252 sessions; where that many pass in far less, as in markets that never close,
 * they are of another year. */
static bool is_beyond_year(const tw_moment *now)
{
    enum { YEAR = 252, SHORT_YEAR_DAYS = 350 };
    const tw_session *session = now->market->session;
    if (!session || now->realistic || now->session < now->run->from + YEAR) return false;
    return session[now->session].day - session[now->session - YEAR].day < SHORT_YEAR_DAYS;
}

void tw_session_fill(tw_moment *now, tw_session_row *row)
{
    const tw_strategy_account account = tw_moment_account(now);
    row->ending_cash = now->cash;
    row->ending_value = account.positions_value;
    row->ending_exposure = account.positions_exposure;
    row->portfolio_value = now->value;
    row->pnl = now->pnl - row->pnl;
    row->currency_gain = now->currency_gain - row->currency_gain;
    row->returns = (now->returns + 1) / (row->returns + 1) - 1;
    row->capital_used = now->cash_flow;
    row->long_value = now->long_value;
    row->short_value = now->short_value;
    row->long_exposure = now->long_exposure;
    row->short_exposure = now->short_exposure;
    row->longs_count = now->longs;
    row->shorts_count = now->shorts;
    row->gross_leverage = account.gross_leverage;
    row->net_leverage = account.net_leverage;
    now->max_leverage = row->max_leverage = fmax(now->max_leverage, account.gross_leverage);
    row->algorithm_period_return = now->returns;
    row->trading_days = now->session - now->run->from + 1;
}

static void fill_row(tw_moment *now, tw_session_row *row)
{
    tw_session_fill(now, row);
    tw_risk_add(&now->risk, row->returns, now->benchmark ? now->benchmark[now->session - now->run->from] : 0, row);
    now->cash_flow = 0;
    now->result->quirks[TW_QUIRK_bankrupt].count += now->value <= 0 && !now->realistic;
    now->result->quirks[TW_QUIRK_annualised_by_252].count += is_beyond_year(now);
}

tw_status tw_session_end(tw_moment *now, tw_error *err)
{
    TW_TRY(close_expired(now, err));
    TW_TRY(tw_orders_end_of_day(now, err));
    now->synced = 0; /* prices are taken anew as a session ends */
    TW_TRY(tw_controls_account(now, err));
    fill_row(now, &now->row);
    TW_TRY(tw_orders_keep(now, err));
    TW_TRY(keep_holdings(now, err));
    TW_TRY(tw_currencies_keep(now, err));
    TW_TRY(keep_recordings(now, err));
    tw_session_row *kept = tw_list_add(now->ctx, &now->result->sessions);
    if (!kept) return tw_no_memory(err, "sessions");
    *kept = now->row;
    return TW_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Terms of the account in mode realistic: margin and its calls, borrowing, interest, fees, bankruptcy. */
#include "backtest/event/account.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- fees */

struct tw_fee {
    char side[TW_TEXT_MAX], asset[TW_TEXT_MAX], from[TW_TEXT_MAX];
    double bps, per_share, flat, least, most;
    size_t of;       /* an asset, or TW_NONE */
    int64_t from_ns; /* TW_NO_TIME: always */
};

static const tw_param FEE[] = {
    TW_PARAM_TEXT(tw_fee, side, "both", "both|buy|sell", "which fills"),
    TW_PARAM_TEXT(tw_fee, asset, "", NULL, "symbol; empty: every asset"),
    TW_PARAM_TEXT(tw_fee, from, "", NULL, "date it holds from; empty: always"),
    TW_PARAM(tw_fee, bps, 0, -10000, 10000, "of the money traded"),
    TW_PARAM(tw_fee, per_share, 0, -1e6, 1e6, "of a share"),
    TW_PARAM(tw_fee, flat, 0, -1e9, 1e9, "of a fill"),
    TW_PARAM(tw_fee, least, -INFINITY, -INFINITY, INFINITY, "of a fill"),
    TW_PARAM(tw_fee, most, INFINITY, -INFINITY, INFINITY, "of a fill"),
    TW_PARAM_END,
};

const tw_param *tw_fee_params(void) { return FEE; }

size_t tw_fee_size(void) { return sizeof(tw_fee); }

tw_status tw_fee_add(tw_moment *now, const char *text, tw_error *err)
{
    tw_fee fee;
    TW_TRY(tw_params_parse(FEE, "fee", text, &fee, err));
    fee.of = TW_NONE;
    fee.from_ns = TW_NO_TIME;
    if (fee.asset[0]) TW_TRY(tw_asset_find(now, fee.asset, &fee.of, err));
    if (fee.from[0] && (!now->market->session || !tw_time_parse(fee.from, strlen(fee.from), &fee.from_ns)))
        return tw_fail(err, TW_BAD_VALUE, "fee: from=%s is not a date, or the market has none", fee.from);
    tw_fee *kept = tw_list_add(now->ctx, &now->fees);
    if (!kept) return tw_no_memory(err, "a fee");
    *kept = fee;
    return TW_OK;
}

double tw_account_fees(const tw_moment *now, const tw_trade *trade)
{
    const tw_fee *fee = now->fees.item;
    const double size = fabs(trade->amount), money = size * trade->price * tw_asset_multiplier(now, trade->asset);
    double total = 0;
    for (size_t i = 0; i < now->fees.n; i++) {
        if (fee[i].of != TW_NONE && fee[i].of != trade->asset) continue;
        if (fee[i].from_ns != TW_NO_TIME && tw_moment_time(now) < fee[i].from_ns) continue;
        if (fee[i].side[0] == 's' ? trade->amount > 0 : fee[i].side[1] == 'u' && trade->amount < 0) continue;
        const double raw = fee[i].bps / 10000 * money + fee[i].per_share * size + fee[i].flat;
        total += fmin(fmax(raw, fee[i].least), fee[i].most);
    }
    return total;
}

/* ---------------------------------------------------------------- interest, borrowing */

typedef struct borrow_params {
    char asset[TW_TEXT_MAX];
    double rate, shares;
} borrow_params;

static const tw_param BORROW[] = {
    TW_PARAM_TEXT(borrow_params, asset, "", NULL, "symbol; empty: every asset"),
    TW_PARAM(borrow_params, rate, 0, -10, 100, "of the value of shares sold short, a year"),
    TW_PARAM(borrow_params, shares, INFINITY, 0, INFINITY, "most that can be borrowed"),
    TW_PARAM_END,
};

const tw_param *tw_borrow_params(void) { return BORROW; }

static const tw_param INTEREST[] = {
    TW_PARAM(tw_interest, credit, 0, -10, 100, "on cash, a year"),
    TW_PARAM(tw_interest, debit, 0, -10, 100, "on cash owed, a year"),
    TW_PARAM_END,
};

const tw_param *tw_interest_params(void) { return INTEREST; }

tw_status tw_interest_set(tw_moment *now, const char *text, tw_error *err)
{
    return tw_params_parse(INTEREST, "interest", text, &now->interest, err);
}

tw_status tw_borrow_set(tw_moment *now, const char *text, tw_error *err)
{
    borrow_params p;
    size_t one = TW_NONE;
    TW_TRY(tw_params_parse(BORROW, "borrow", text, &p, err));
    if (p.asset[0]) TW_TRY(tw_asset_find(now, p.asset, &one, err));
    for (size_t i = 0; i < now->market->n_assets; i++) {
        if (one != TW_NONE && one != i) continue;
        now->lot[i].borrow_rate = p.rate;
        now->lot[i].borrow_shares = p.shares;
    }
    return TW_OK;
}

static double days_since(const tw_moment *now)
{
    const tw_session *session = now->market->session;
    if (now->session == now->run->from) return 0;
    return session ? (double)(session[now->session].day - session[now->session - 1].day) : 1;
}

static void accrue(tw_moment *now, size_t currency, double due)
{
    if (due != 0) tw_ledger_pay(now, currency, due, tw_currency_known(now, currency, false));
}

void tw_account_accrue(tw_moment *now)
{
    static const double YEAR_DAYS = 365;
    const double years = days_since(now) / YEAR_DAYS;
    for (size_t k = 0; k < now->n_currencies; k++) {
        const double cash = (double)now->currency[k].micro / TW_MICRO;
        accrue(now, k, cash * (cash > 0 ? now->interest.credit : now->interest.debit) * years);
    }
    for (size_t i = 0; i < now->n_held; i++) {
        const tw_lot *lot = &now->lot[now->held[i]];
        if (lot->amount < 0 && now->market->asset[now->held[i]].kind == TW_EQUITY)
            accrue(now, lot->currency, lot->amount * lot->last_price * lot->borrow_rate * years);
    }
}

/* ---------------------------------------------------------------- margin */

static const tw_param MARGIN[] = {
    TW_PARAM(tw_margin, initial, 0.5, 0, 1e6, "of the exposure, to open it"),
    TW_PARAM(tw_margin, maintenance, 0.25, 0, 1e6, "of the exposure, to keep it"),
    TW_PARAM(tw_margin, future_initial, 0.1, 0, 1e6, "the same of futures"),
    TW_PARAM(tw_margin, future_maintenance, 0.08, 0, 1e6, "the same of futures"),
    TW_PARAM_END,
};

const tw_param *tw_margin_params(void) { return MARGIN; }

tw_status tw_margin_set(tw_moment *now, const char *text, tw_error *err)
{
    return tw_params_parse(MARGIN, "margin", text, &now->margin, err);
}

static double margin_of(const tw_moment *now, size_t asset, double amount, bool to_open)
{
    const double price = tw_moment_price(now, asset), exposure = fabs(amount * tw_asset_money(now, asset));
    const bool future = now->market->asset[asset].kind == TW_FUTURE;
    const double rate = future ? (to_open ? now->margin.future_initial : now->margin.future_maintenance)
                               : (to_open ? now->margin.initial : now->margin.maintenance);
    return isnan(price) ? exposure * now->lot[asset].last_price * rate : exposure * price * rate;
}

/* The holding once every open order of the asset on the side of `amount` is filled. */
static double amount_ordered(const tw_moment *now, size_t asset, double amount)
{
    double total = tw_moment_holding(now, asset);
    for (size_t i = now->lot[asset].head; i != TW_NONE; i = tw_ticket_at(now, i)->next) {
        const tw_order *order = &tw_ticket_at(now, i)->order;
        const bool pair = tw_full_ticket_at(now, i)->other != TW_NONE;
        if (!pair && (order->amount > 0) == (amount > 0)) total += order->amount - order->filled;
    }
    return total;
}

static double farther(double a, double b) { return fabs(a) > fabs(b) ? a : b; }

/* Margin of every holding, or of what it will be when the orders of a side are filled, whichever is more. */
static double required(tw_moment *now)
{
    if (now->required_at == now->bar + 1) return now->required;
    double sum = 0;
    for (size_t i = 0; i < now->n_held; i++)
        if (!now->lot[now->held[i]].queued) sum += margin_of(now, now->held[i], now->lot[now->held[i]].amount, true);
    for (size_t q = 0; q < now->n_queue; q++) {
        const size_t asset = now->queue[q];
        const double most = farther(amount_ordered(now, asset, 1), amount_ordered(now, asset, -1));
        sum += margin_of(now, asset, most, true);
    }
    now->required = sum;
    now->required_at = now->bar + 1;
    return sum;
}

bool tw_account_admits(tw_moment *now, size_t asset, double amount, const char **why)
{
    const double before = farther(amount_ordered(now, asset, amount), tw_moment_holding(now, asset));
    const double after = amount_ordered(now, asset, amount) + amount;
    const tw_lot *lot = &now->lot[asset];
    *why = "of shares to borrow";
    if (after < 0 && amount < 0 && -after > lot->borrow_shares) return false;
    *why = "of margin";
    const double more = margin_of(now, asset, after, true) - margin_of(now, asset, before, true);
    if (more <= 0) return true;
    const double equity = tw_moment_account(now).portfolio_value;
    if (!(required(now) + more <= equity)) return false;
    now->required += more;
    return true;
}

/* Every holding is reduced by one share, so that what is left can be opened anew; other orders are cancelled. */
static tw_status call_margin(tw_moment *now, double equity, tw_error *err)
{
    double initial = 0;
    for (size_t i = 0; i < now->n_held; i++)
        initial += margin_of(now, now->held[i], now->lot[now->held[i]].amount, true);
    const double kept = initial > 0 ? fmax(0, equity / initial) : 0;
    while (now->n_queue > 0) TW_TRY(tw_orders_cancel_asset(now, now->queue[0], true, "margin call", err));
    for (size_t i = 0; i < now->n_held; i++) {
        const size_t asset = now->held[i];
        const double amount = now->lot[asset].amount, given = now->market->asset[asset].lot,
                     lot = given > 0 ? given : 1;
        const double sold = copysign(ceil(fabs(amount) * (1 - kept) / lot) * lot, -amount);
        size_t id = TW_NONE;
        if (sold == 0) continue;
        TW_TRY(tw_orders_add(now, &(tw_order_request){.asset = asset}, sold, &id, err));
        tw_full_ticket_at(now, id)->is_forced = true;
    }
    now->result->quirks[TW_QUIRK_margin_call].count++;
    return TW_OK;
}

static tw_status go_bankrupt(tw_moment *now, double equity, tw_error *err)
{
    while (now->n_queue > 0) TW_TRY(tw_orders_cancel_asset(now, now->queue[0], true, "bankrupt", err));
    while (now->n_held > 0) {
        const size_t asset = now->held[0];
        const double price = now->lot[asset].last_price;
        const tw_trade trade = {.session = now->session,
                                .bar = now->bar,
                                .asset = asset,
                                .order = TW_NONE,
                                .amount = -now->lot[asset].amount,
                                .price = price,
                                .base = price,
                                .cause = TW_FILL_LIQUIDATION};
        TW_TRY(tw_ledger_trade(now, &trade, err));
    }
    (void)snprintf(now->result->stopped, sizeof now->result->stopped, "bankrupt: session %zu ended worth %.2f",
                   now->session, equity);
    return TW_OK;
}

tw_status tw_account_check(tw_moment *now, tw_error *err)
{
    const double equity = tw_moment_account(now).portfolio_value;
    if (now->too_much)
        return tw_fail(err, TW_BAD_DATA, "session %zu: the account holds or owes more than 4e12, which is not counted",
                       now->session);
    if (now->n_held == 0) return TW_OK;
    if (equity <= 0) return go_bankrupt(now, equity, err);
    double maintenance = 0;
    for (size_t i = 0; i < now->n_held; i++)
        maintenance += margin_of(now, now->held[i], now->lot[now->held[i]].amount, false);
    return equity < maintenance ? call_margin(now, equity, err) : TW_OK;
}

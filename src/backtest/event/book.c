/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger of a run: cash, holdings, cost basis. */
#include "backtest/event/engine.h"

#include <math.h>
#include <string.h>

static void move_cash(tw_moment *now, double x)
{
    now->dirty = true;
    now->cash_flow += x;
    now->cash += x;
}

double tw_round_cents(double x)
{
    double cents = nearbyint(x * 100);
    const double off = fma(x, 100, -cents); /* exact, where x * 100 was rounded */
    if (off > 0.5) cents++;
    if (off < -0.5) cents--;
    return cents / 100;
}

static tw_lot *hold(tw_moment *now, size_t stock)
{
    tw_lot *lot = &now->lot[stock];
    if (lot->held) return lot;
    lot->held = true;
    lot->amount = lot->cost_basis = lot->last_price = 0;
    now->held[now->n_held++] = stock;
    return lot;
}

static void let_go(tw_moment *now, size_t stock)
{
    size_t i = 0;
    while (now->held[i] != stock) i++;
    now->n_held--;
    memmove(now->held + i, now->held + i + 1, (now->n_held - i) * sizeof *now->held);
    now->lot[stock].held = false;
    now->lot[stock].amount = 0;
}

tw_status tw_book_trade(tw_moment *now, const tw_trade *trade, tw_error *err)
{
    tw_trade *kept = tw_list_add(now->ctx, &now->result->trades);
    if (!kept) return tw_no_memory(err, "trades");
    *kept = *trade;
    move_cash(now, -(trade->price * trade->amount));
    tw_lot *lot = hold(now, trade->stock);
    const double total = lot->amount + trade->amount;
    if (total == 0) {
        let_go(now, trade->stock);
        return TW_OK;
    }
    if (signbit(lot->amount) == signbit(trade->amount))
        lot->cost_basis = (lot->cost_basis * lot->amount + trade->amount * trade->price) / total;
    else if (fabs(trade->amount) > fabs(lot->amount))
        lot->cost_basis = trade->price;
    lot->last_price = trade->price;
    lot->amount = total;
    return TW_OK;
}

void tw_book_commission(tw_moment *now, size_t stock, double cost)
{
    tw_lot *lot = &now->lot[stock];
    if (lot->held && cost != 0) lot->cost_basis = (lot->cost_basis * lot->amount + cost) / lot->amount;
    move_cash(now, -cost);
}

void tw_book_split(tw_moment *now, size_t stock, double ratio)
{
    tw_lot *lot = &now->lot[stock];
    if (!lot->held) return;
    const double raw = lot->amount / ratio, whole = trunc(raw);
    lot->cost_basis = tw_round_cents(lot->cost_basis * ratio);
    lot->amount = whole;
    const double cash = tw_round_cents((raw - whole) * lot->cost_basis);
    if (whole == 0) let_go(now, stock);
    if (cash != 0) move_cash(now, cash);
    now->dirty = true;
}

void tw_book_mark(tw_moment *now)
{
    now->dirty = true;
    for (size_t i = 0; i < now->n_held; i++) {
        const double price = now->market->close[now->held[i] * now->market->n_sessions + now->session];
        if (!isnan(price)) now->lot[now->held[i]].last_price = price;
    }
}

void tw_book_refresh(tw_moment *now)
{
    if (!now->dirty) return;
    now->long_value = now->short_value = 0;
    for (size_t i = 0; i < now->n_held; i++) {
        const tw_lot *lot = &now->lot[now->held[i]];
        const double value = lot->amount * lot->last_price;
        *(value > 0 ? &now->long_value : &now->short_value) += value;
    }
    now->holdings_value = now->long_value + now->short_value;
    const double before = now->value;
    now->value = now->cash + now->holdings_value;
    const double pnl = now->value - before;
    now->pnl += pnl;
    now->returns = (1 + now->returns) * (1 + (before != 0 ? pnl / before : 0)) - 1;
    now->dirty = false;
}

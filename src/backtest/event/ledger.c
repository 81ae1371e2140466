/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger of a run: cash, holdings, cost basis, and what they are worth. */
#include "backtest/event/engine.h"

#include <math.h>
#include <string.h>

/* In mode realistic money is counted in millionths, so that cash and holdings add up to the last one; up to MOST, of
 * which 64 bits hold the sum of two. */
static const double MOST = 4e18;

static int64_t micros(tw_moment *now, double money)
{
    const double counted = nearbyint(money * TW_MICRO);
    if (fabs(counted) <= MOST) return (int64_t)counted;
    now->too_much = true; /* the run fails as the bar ends */
    return 0;
}

/* A sum of millionths that stays within what is counted. */
static void add_micros(tw_moment *now, int64_t *to, int64_t more)
{
    if (fabs((double)(*to + more)) > MOST)
        now->too_much = true;
    else
        *to += more;
}

void tw_ledger_count(tw_moment *now)
{
    now->micro = now->currency[0].micro;
    for (size_t k = 1; k < now->n_currencies; k++) {
        const tw_currency *c = &now->currency[k];
        if (c->micro == 0) continue;
        const double worth = (double)c->micro / TW_MICRO * c->rate;
        add_micros(now, &now->micro, c->rate == 1 ? c->micro : micros(now, worth));
    }
    now->cash = (double)now->micro / TW_MICRO;
}

void tw_ledger_pay(tw_moment *now, size_t currency, double amount, double rate)
{
    now->dirty = true;
    if (!now->realistic) {
        now->cash_flow += amount;
        now->cash += amount;
        return;
    }
    const bool exchanged = now->converts && currency != 0;
    const int64_t moved = micros(now, exchanged ? amount * rate : amount);
    add_micros(now, &now->currency[exchanged ? 0 : currency].micro, moved);
    now->cash_flow += (double)moved / TW_MICRO * (exchanged ? 1 : rate);
    tw_ledger_count(now);
}

void tw_ledger_cash(tw_moment *now, double amount) { tw_ledger_pay(now, 0, amount, 1); }

double tw_round_cents(double x)
{
    double cents = nearbyint(x * 100);
    const double off = fma(x, 100, -cents); /* exact, where x * 100 was rounded */
    if (off > 0.5) cents++;
    if (off < -0.5) cents--;
    return cents / 100;
}

static tw_lot *hold(tw_moment *now, size_t asset)
{
    tw_lot *lot = &now->lot[asset];
    if (lot->held) return lot;
    lot->held = true;
    lot->amount = lot->cost_basis = lot->last_price = 0;
    lot->priced_at = 0;
    now->held[now->n_held++] = asset;
    return lot;
}

static void let_go(tw_moment *now, size_t asset)
{
    size_t i = 0;
    while (now->held[i] != asset) i++;
    now->n_held--;
    memmove(now->held + i, now->held + i + 1, (now->n_held - i) * sizeof *now->held);
    now->lot[asset].held = false;
    now->lot[asset].amount = 0;
}

/* ---------------------------------------------------------------- trades */

/* A future costs nothing; what it gained since the last price paid for moves cash. */
static void pay_future(tw_moment *now, const tw_trade *trade)
{
    tw_lot *lot = &now->lot[trade->asset];
    const double held = lot->held ? lot->amount : 0;
    if (lot->is_paid)
        tw_ledger_pay(now, lot->currency,
                      (trade->price - lot->paid_price) * tw_asset_multiplier(now, trade->asset) * held, trade->rate);
    lot->is_paid = !lot->is_paid || held + trade->amount != 0;
    lot->paid_price = trade->price;
}

static void change_holding(tw_moment *now, const tw_trade *trade)
{
    tw_lot *lot = hold(now, trade->asset);
    const double total = lot->amount + trade->amount;
    if (total == 0) {
        let_go(now, trade->asset);
        return;
    }
    if (signbit(lot->amount) == signbit(trade->amount))
        lot->cost_basis = (lot->cost_basis * lot->amount + trade->amount * trade->price) / total;
    else if (fabs(trade->amount) > fabs(lot->amount))
        lot->cost_basis = trade->price;
    if (lot->priced_at < now->bar + 1) { /* a price of this bar is known already after a first trade */
        lot->last_price = trade->price;
        lot->priced_at = now->bar + 1;
    }
    lot->amount = total;
}

/* Cash that is exchanged goes at the rate of the trade, and the shares that come for it are counted at another until
 * rates are taken anew. */
static void pay_shares(tw_moment *now, const tw_trade *trade)
{
    const size_t currency = now->lot[trade->asset].currency;
    const double paid = trade->price * trade->amount;
    tw_ledger_pay(now, currency, -paid, trade->rate);
    if (now->converts && currency) now->currency_gain += paid * (now->currency[currency].rate - trade->rate);
}

tw_status tw_ledger_trade(tw_moment *now, const tw_trade *trade, tw_error *err)
{
    tw_trade *kept = tw_list_add(now->ctx, &now->result->trades);
    if (!kept) return tw_no_memory(err, "trades");
    *kept = *trade;
    if (kept->rate == 0) kept->rate = tw_currency_known(now, now->lot[kept->asset].currency, false);
    if (now->market->asset[trade->asset].kind == TW_FUTURE)
        pay_future(now, kept);
    else
        pay_shares(now, kept);
    now->dirty = true;
    change_holding(now, kept);
    return TW_OK;
}

void tw_ledger_commission(tw_moment *now, const tw_trade *trade)
{
    tw_lot *lot = &now->lot[trade->asset];
    const double cost = trade->commission;
    if (lot->held && lot->amount != 0)
        lot->cost_basis = (lot->cost_basis * lot->amount + cost / tw_asset_multiplier(now, trade->asset)) / lot->amount;
    tw_ledger_pay(now, lot->currency, -cost, trade->rate);
}

double tw_ledger_split(tw_moment *now, size_t asset, double ratio)
{
    tw_lot *lot = &now->lot[asset];
    if (!lot->held) return 0;
    const double raw = lot->amount / ratio, whole = trunc(raw);
    lot->cost_basis = tw_round_cents(lot->cost_basis * ratio);
    lot->amount = whole;
    const double cash = tw_round_cents((raw - whole) * lot->cost_basis);
    if (whole == 0) let_go(now, asset);
    const double rate = tw_currency_known(now, lot->currency, false);
    if (cash != 0) tw_ledger_pay(now, lot->currency, cash, rate);
    return cash * rate;
}

void tw_ledger_grant(tw_moment *now, size_t asset, double shares)
{
    hold(now, asset)->amount += shares;
    now->dirty = true;
}

void tw_ledger_capital(tw_moment *now, double amount)
{
    tw_ledger_refresh(now);
    const double flow = now->cash_flow;
    tw_ledger_cash(now, amount);
    now->cash_flow = flow;
    now->value += amount;
    now->dirty = false;
}

/* ---------------------------------------------------------------- worth */

void tw_ledger_sync(tw_moment *now)
{
    now->dirty = true;
    tw_currencies_take(now);
    for (size_t i = 0; i < now->n_held; i++) {
        tw_lot *lot = &now->lot[now->held[i]];
        if (!tw_asset_listed(now, now->held[i], now->session)) continue; /* before a session the bar seen is older */
        const double price = tw_moment_price(now, now->held[i]);
        if (isnan(price)) continue;
        lot->last_price = price;
        lot->priced_at = now->bar + 1;
    }
}

/* A future is worth nothing: its gains up to the last price are cash. */
static void weigh(tw_moment *now)
{
    now->long_value = now->short_value = now->long_exposure = now->short_exposure = 0;
    now->longs = now->shorts = 0;
    for (size_t i = 0; i < now->n_held; i++) {
        const size_t asset = now->held[i];
        const tw_lot *lot = &now->lot[asset];
        const bool future = now->market->asset[asset].kind == TW_FUTURE;
        const double exposure = lot->amount * lot->last_price * tw_asset_money(now, asset);
        const double money = now->realistic ? (double)micros(now, exposure) / TW_MICRO : exposure;
        const double value = future ? 0 : money;
        if (exposure > 0) {
            now->longs++;
            now->long_value += value;
            now->long_exposure += exposure;
        } else if (exposure < 0) {
            now->shorts++;
            now->short_value += value;
            now->short_exposure += exposure;
        }
    }
}

/* In mode realistic each pays for itself, so that the sum does not depend on their order. */
static void pay_futures(tw_moment *now)
{
    double total = 0;
    for (size_t i = 0; i < now->n_held; i++) {
        tw_lot *lot = &now->lot[now->held[i]];
        if (!lot->is_paid) continue;
        const double gain = (lot->last_price - lot->paid_price) * tw_asset_multiplier(now, now->held[i]) * lot->amount;
        if (now->realistic)
            tw_ledger_pay(now, lot->currency, gain, now->currency[lot->currency].rate);
        else
            total += gain;
        lot->paid_price = lot->last_price;
    }
    tw_ledger_cash(now, total);
}

void tw_ledger_refresh(tw_moment *now)
{
    if (!now->dirty) return;
    weigh(now);
    pay_futures(now);
    const double before = now->value;
    now->value = now->cash + (now->long_value + now->short_value);
    if (now->realistic) now->value = (double)(now->micro + micros(now, now->long_value + now->short_value)) / TW_MICRO;
    const double pnl = now->value - before;
    now->pnl += pnl;
    now->returns = (1 + now->returns) * (1 + (before != 0 ? pnl / before : 0)) - 1;
    now->dirty = false;
}

tw_holding tw_ledger_holding(const tw_moment *now, size_t asset)
{
    const tw_lot *lot = &now->lot[asset];
    return (tw_holding){now->session,    asset,           lot->amount,
                        lot->cost_basis, lot->last_price, now->currency[lot->currency].rate};
}

/* ---------------------------------------------------------------- what a strategy sees of it */

double tw_moment_holding(const tw_moment *now, size_t asset)
{
    return asset < now->market->n_assets && now->lot[asset].held ? now->lot[asset].amount : 0;
}

/* Prices are taken once a bar, when first asked for, as zipline does. */
static void look(tw_moment *now)
{
    if (now->synced != now->bar + 1) tw_ledger_sync(now);
    now->synced = now->bar + 1;
    tw_ledger_refresh(now);
}

tw_strategy_account tw_moment_account(tw_moment *now)
{
    look(now);
    const double gross = now->long_exposure - now->short_exposure, net = now->long_exposure + now->short_exposure;
    return (tw_strategy_account){
        .cash = now->cash,
        .portfolio_value = now->value,
        .positions_value = now->long_value + now->short_value,
        .positions_exposure = net,
        .starting_cash = now->run->capital,
        .pnl = now->pnl,
        .returns = now->returns,
        .gross_leverage = now->value != 0 ? gross / now->value : INFINITY,
        .net_leverage = now->value != 0 ? net / now->value : INFINITY,
        .currency_gain = now->currency_gain,
        .n_positions = now->n_held,
    };
}

tw_holding tw_moment_position(tw_moment *now, size_t asset)
{
    if (asset >= now->market->n_assets || !now->lot[asset].held)
        return (tw_holding){.session = now->session, .asset = asset, .rate = tw_moment_rate(now, asset)};
    look(now);
    return tw_ledger_holding(now, asset);
}

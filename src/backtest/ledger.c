/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/ledger.h"

#include <float.h>
#include <math.h>

/* Below 2^53, so that a cent (a millionth) more is another double. */
#define MOST_UNITS INT64_C(9000000000000000)

enum { FIRST_ROOM = 1024 };

tw_status tw_account_init(tw_account *account, const tw_ctx *ctx, const tw_market *market, tw_error *err)
{
    *account = (tw_account){.ctx = ctx, .market = market};
    account->position = tw_new(ctx, market->n_lanes, sizeof *account->position);
    return account->position ? TW_OK : tw_no_memory(err, "positions of a ledger");
}

void tw_account_clear(tw_account *account)
{
    tw_free(account->ctx, account->position);
    tw_free(account->ctx, account->event);
    *account = (tw_account){.ctx = account->ctx};
}

/* An amount that is half a cent in decimals (20.025) lies on either side of it as a double, and the products it comes
 * from add their roundings, seven at most: so much is added before rounding away from zero. */
static const double HALF_UP = 1 + 8 * DBL_EPSILON;

tw_status tw_to_cents(double amount, int64_t *cents, tw_error *err)
{
    const double x = round(amount * (double)TW_CENTS * HALF_UP);
    if (!(fabs(x) <= (double)MOST_UNITS))
        return tw_fail(err, TW_TOO_LARGE, "ledger: %g in cash is beyond 9e13", amount);
    *cents = (int64_t)x;
    return TW_OK;
}

static tw_status too_many_shares(const tw_market *market, uint32_t lane, double quantity, tw_error *err)
{
    const char *symbol = market->symbol[lane];
    return tw_fail(err, TW_TOO_LARGE, "ledger: %g shares of %s are beyond 9e9", quantity, symbol ? symbol : "?");
}

tw_status tw_to_micros(const tw_market *market, uint32_t lane, double quantity, int64_t *micros, tw_error *err)
{
    const double x = round(quantity * (double)TW_MICROS);
    if (!(fabs(x) <= (double)MOST_UNITS)) return too_many_shares(market, lane, quantity, err);
    *micros = (int64_t)x;
    return TW_OK;
}

static tw_status add_event(tw_account *account, tw_event event, tw_error *err)
{
    if (account->n == account->room) {
        const size_t room = account->room ? 2 * account->room : FIRST_ROOM;
        const size_t size = sizeof *account->event;
        tw_event *bigger = account->event ? tw_resize(account->ctx, account->event, account->room * size, room * size)
                                          : tw_new(account->ctx, room, size);
        if (!bigger) return tw_no_memory(err, "the event ledger");
        account->event = bigger;
        account->room = room;
    }
    account->event[account->n++] = event;
    return TW_OK;
}

static tw_status move_cash(tw_account *account, int64_t cents, tw_error *err)
{
    const int64_t cash = account->cash + cents; /* both are within MOST_UNITS: no overflow */
    if (cash > MOST_UNITS || cash < -MOST_UNITS)
        return tw_fail(err, TW_TOO_LARGE, "ledger: the account's cash of %g is beyond 9e13", tw_money(cash));
    account->cash = cash;
    return TW_OK;
}

static tw_status add_deal(tw_account *account, tw_event_kind kind, tw_deal deal, int64_t cents, tw_error *err)
{
    return add_event(account,
                     (tw_event){.kind = kind,
                                .time = deal.time,
                                .lane = deal.lane,
                                .quantity = tw_shares(deal.quantity),
                                .price = deal.price,
                                .cash = tw_money(cents)},
                     err);
}

tw_status tw_account_order(tw_account *account, tw_deal deal, tw_error *err)
{
    return add_deal(account, TW_EVENT_ORDER, deal, 0, err);
}

tw_status tw_account_unfilled(tw_account *account, tw_deal deal, tw_error *err)
{
    account->n_unfilled++;
    return add_deal(account, TW_EVENT_UNFILLED, deal, 0, err);
}

/* Exchanges shares for cash: the one place where a position changes. */
static tw_status trade(tw_account *account, tw_event_kind kind, tw_deal deal, tw_error *err)
{
    const int64_t held = account->position[deal.lane] + deal.quantity;
    if (held > MOST_UNITS || held < -MOST_UNITS)
        return too_many_shares(account->market, deal.lane, tw_shares(held), err);
    int64_t cents = 0;
    TW_TRY(tw_to_cents(-tw_shares(deal.quantity) * deal.price, &cents, err));
    TW_TRY(move_cash(account, cents, err));
    TW_TRY(add_deal(account, kind, deal, cents, err));
    account->position[deal.lane] = held;
    return TW_OK;
}

tw_status tw_account_fill(tw_account *account, tw_deal deal, double cost_bp, tw_error *err)
{
    TW_TRY(trade(account, TW_EVENT_FILL, deal, err));
    account->n_fills++;
    int64_t cost = 0;
    TW_TRY(tw_to_cents(fabs(tw_shares(deal.quantity) * deal.price) * cost_bp * 1e-4, &cost, err));
    if (cost == 0) return TW_OK;
    TW_TRY(move_cash(account, -cost, err));
    account->cost += cost;
    return add_deal(account, TW_EVENT_COST, (tw_deal){.time = deal.time, .lane = deal.lane}, -cost, err);
}

tw_status tw_account_settle(tw_account *account, tw_deal deal, tw_error *err)
{
    return trade(account, TW_EVENT_DELISTED, deal, err);
}

tw_status tw_account_cash(tw_account *account, tw_event_kind kind, uint32_t time, double amount, tw_error *err)
{
    int64_t cents = 0;
    TW_TRY(tw_to_cents(amount, &cents, err));
    if (cents == 0) return TW_OK;
    TW_TRY(move_cash(account, cents, err));
    if (kind == TW_EVENT_BORROW) account->borrow -= cents;
    if (kind == TW_EVENT_INTEREST) account->interest += cents;
    return add_deal(account, kind, (tw_deal){.time = time, .lane = TW_NO_LANE}, cents, err);
}

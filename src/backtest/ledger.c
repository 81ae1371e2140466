/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/ledger.h"

#include <math.h>

/* Below 2^53, so that a cent (a millionth) more is another double. */
#define MOST_UNITS INT64_C(9000000000000000)

enum { FIRST_ROOM = 1024 };

tw_status tw_ledger_init(tw_ledger *ledger, const tw_ctx *ctx, const tw_market *market, tw_error *err)
{
    *ledger = (tw_ledger){.ctx = ctx, .market = market};
    ledger->position = tw_new(ctx, market->n_lanes, sizeof *ledger->position);
    return ledger->position ? TW_OK : tw_no_memory(err, "positions of a ledger");
}

void tw_ledger_clear(tw_ledger *ledger)
{
    tw_free(ledger->ctx, ledger->position);
    tw_free(ledger->ctx, ledger->event);
    *ledger = (tw_ledger){.ctx = ledger->ctx};
}

tw_status tw_to_cents(double amount, int64_t *cents, tw_error *err)
{
    const double x = round(amount * TW_CENTS);
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
    const double x = round(quantity * TW_MICROS);
    if (!(fabs(x) <= (double)MOST_UNITS)) return too_many_shares(market, lane, quantity, err);
    *micros = (int64_t)x;
    return TW_OK;
}

static tw_status add_event(tw_ledger *ledger, tw_event event, tw_error *err)
{
    if (ledger->n == ledger->room) {
        const size_t room = ledger->room ? 2 * ledger->room : FIRST_ROOM;
        const size_t size = sizeof *ledger->event;
        tw_event *bigger = ledger->event ? tw_resize(ledger->ctx, ledger->event, ledger->room * size, room * size)
                                         : tw_new(ledger->ctx, room, size);
        if (!bigger) return tw_no_memory(err, "the event ledger");
        ledger->event = bigger;
        ledger->room = room;
    }
    ledger->event[ledger->n++] = event;
    return TW_OK;
}

static tw_status move_cash(tw_ledger *ledger, int64_t cents, tw_error *err)
{
    const int64_t cash = ledger->cash + cents; /* both are within MOST_UNITS: no overflow */
    if (cash > MOST_UNITS || cash < -MOST_UNITS)
        return tw_fail(err, TW_TOO_LARGE, "ledger: the account's cash of %g is beyond 9e13", tw_money(cash));
    ledger->cash = cash;
    return TW_OK;
}

static tw_status add_deal(tw_ledger *ledger, tw_event_kind kind, tw_deal deal, int64_t cents, tw_error *err)
{
    return add_event(ledger,
                     (tw_event){.kind = kind,
                                .time = deal.time,
                                .lane = deal.lane,
                                .quantity = tw_shares(deal.quantity),
                                .price = deal.price,
                                .cash = tw_money(cents)},
                     err);
}

tw_status tw_ledger_order(tw_ledger *ledger, tw_deal deal, tw_error *err)
{
    return add_deal(ledger, TW_EVENT_ORDER, deal, 0, err);
}

tw_status tw_ledger_unfilled(tw_ledger *ledger, tw_deal deal, tw_error *err)
{
    ledger->n_unfilled++;
    return add_deal(ledger, TW_EVENT_UNFILLED, deal, 0, err);
}

/* Exchanges shares for cash: the one place where a position changes. */
static tw_status trade(tw_ledger *ledger, tw_event_kind kind, tw_deal deal, tw_error *err)
{
    const int64_t held = ledger->position[deal.lane] + deal.quantity;
    if (held > MOST_UNITS || held < -MOST_UNITS)
        return too_many_shares(ledger->market, deal.lane, tw_shares(held), err);
    int64_t cents = 0;
    TW_TRY(tw_to_cents(-tw_shares(deal.quantity) * deal.price, &cents, err));
    TW_TRY(move_cash(ledger, cents, err));
    TW_TRY(add_deal(ledger, kind, deal, cents, err));
    ledger->position[deal.lane] = held;
    return TW_OK;
}

tw_status tw_ledger_fill(tw_ledger *ledger, tw_deal deal, double cost_bp, tw_error *err)
{
    TW_TRY(trade(ledger, TW_EVENT_FILL, deal, err));
    ledger->n_fills++;
    int64_t cost = 0;
    TW_TRY(tw_to_cents(fabs(tw_shares(deal.quantity) * deal.price) * cost_bp * 1e-4, &cost, err));
    if (cost == 0) return TW_OK;
    TW_TRY(move_cash(ledger, -cost, err));
    ledger->cost += cost;
    return add_deal(ledger, TW_EVENT_COST, (tw_deal){.time = deal.time, .lane = deal.lane}, -cost, err);
}

tw_status tw_ledger_settle(tw_ledger *ledger, tw_deal deal, tw_error *err)
{
    return trade(ledger, TW_EVENT_DELISTED, deal, err);
}

tw_status tw_ledger_cash(tw_ledger *ledger, tw_event_kind kind, uint32_t time, double amount, tw_error *err)
{
    int64_t cents = 0;
    TW_TRY(tw_to_cents(amount, &cents, err));
    if (cents == 0) return TW_OK;
    TW_TRY(move_cash(ledger, cents, err));
    if (kind == TW_EVENT_BORROW) ledger->borrow -= cents;
    if (kind == TW_EVENT_INTEREST) ledger->interest += cents;
    return add_deal(ledger, kind, (tw_deal){.time = time, .lane = TW_ACCOUNT}, cents, err);
}

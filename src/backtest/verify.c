/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - the auditor: replays the ledger with arithmetic of its own and compares bar by bar. It shares with the
 * simulation only the definition of a price and of a calendar day. */
#include "backtest/accruals.h"
#include "backtest/ledger.h"
#include "backtest/portfolio.h"

#include <float.h>
#include <math.h>

static const double HALF_CENT = 0.005, TINY = 1e-9;

typedef struct audit {
    const tw_ctx *ctx;
    const tw_market *market;
    const tw_portfolio *portfolio;
    const tw_result *result;
    bool fill_at_close;
    int64_t cash;      /* cents */
    int64_t *position; /* [n_lanes] millionths */
    int64_t *waiting;  /* [n_lanes] millionths ordered at the bar before and not yet filled or dropped */
    double *mark;      /* [n_lanes] last close, 0 before the first */
    uint32_t *missing; /* [n_lanes] bars since then */
    double cost_due;   /* of the last fill; 0 once it is paid */
    double cost, borrow, interest;
    size_t n_fills, n_unfilled, next; /* event to replay next */
} audit;

static tw_status off(const audit *a, const tw_event *event, const char *what, double wanted, double got, tw_error *err)
{
    char time[48];
    tw_time_format(a->market->time[event->time], time);
    const char *symbol = event->lane < a->market->n_lanes ? a->market->symbol[event->lane] : NULL;
    return tw_fail(err, TW_BAD_DATA, "ledger: event %zu (%s of %s at %s): %s should be %.17g, is %.17g",
                   (size_t)(event - a->result->event), tw_event_name(event->kind), symbol ? symbol : "the account",
                   time, what, wanted, got);
}

/* Half a cent, and what the doubles of an amount that large leave open about it. */
static bool same_cash(double wanted, double got)
{
    return fabs(wanted - got) <= HALF_CENT * (1 + TINY) + 8 * DBL_EPSILON * fabs(wanted);
}

/* Cash that an event should move, unrounded, and the total it belongs to. */
static tw_status check_cash(const audit *a, const tw_event *event, double wanted, tw_error *err)
{
    return same_cash(wanted, event->cash) ? TW_OK : off(a, event, "cash", wanted, event->cash, err);
}

/* Takes `event` off what was ordered for its lane: fills and drops may not exceed or turn the order. */
static tw_status use_order(audit *a, const tw_event *event, tw_error *err)
{
    const int64_t quantity = llround(event->quantity * (double)TW_MICROS), waiting = a->waiting[event->lane];
    const bool fits = quantity > 0 ? quantity <= waiting : quantity < 0 && quantity >= waiting;
    if (!fits) return off(a, event, "quantity within the order, which", tw_shares(waiting), event->quantity, err);
    a->waiting[event->lane] -= quantity;
    return TW_OK;
}

static tw_status move_shares(audit *a, const tw_event *event, tw_error *err)
{
    a->position[event->lane] += llround(event->quantity * (double)TW_MICROS);
    return check_cash(a, event, -event->quantity * event->price, err);
}

static tw_status audit_fill(audit *a, const tw_event *event, tw_error *err)
{
    const size_t cell = event->time * a->market->n_lanes + event->lane;
    const double price = a->fill_at_close ? a->market->close[cell] : a->market->open[cell];
    if (!tw_is_price(price) || event->price != price) return off(a, event, "price", price, event->price, err);
    const double most =
        a->portfolio->participation > 0 ? a->portfolio->participation * a->market->volume[cell] : HUGE_VAL;
    if (!(fabs(event->quantity) <= most + 1.0 / (double)TW_MICROS))
        return off(a, event, "size at most", most, event->quantity, err);
    TW_TRY(use_order(a, event, err));
    a->cost_due = fabs(event->quantity * event->price) * a->portfolio->cost_bp * 1e-4;
    a->n_fills++;
    return move_shares(a, event, err);
}

static tw_status audit_cost(audit *a, const tw_event *event, tw_error *err)
{
    const double due = a->cost_due;
    a->cost_due = 0;
    a->cost -= event->cash;
    return check_cash(a, event, -due, err);
}

static tw_status audit_delisted(audit *a, const tw_event *event, tw_error *err)
{
    const uint32_t lane = event->lane;
    const double bars = a->missing[lane] + 1; /* this bar's close is not taken yet */
    const size_t cell = event->time * a->market->n_lanes + lane;
    if (bars < a->portfolio->delist_after || tw_is_price(a->market->close[cell]))
        return off(a, event, "bars without a close", a->portfolio->delist_after, bars, err);
    if (event->price != a->mark[lane]) return off(a, event, "price", a->mark[lane], event->price, err);
    TW_TRY(move_shares(a, event, err));
    return a->position[lane] == 0 ? TW_OK : off(a, event, "position left", 0, tw_shares(a->position[lane]), err);
}

static tw_status audit_order(audit *a, const tw_event *event, tw_error *err)
{
    const double close = a->market->close[event->time * a->market->n_lanes + event->lane];
    if (event->price != close) return off(a, event, "price", close, event->price, err);
    a->waiting[event->lane] = llround(event->quantity * (double)TW_MICROS);
    return check_cash(a, event, 0, err);
}

static tw_status audit_unfilled(audit *a, const tw_event *event, tw_error *err)
{
    a->n_unfilled++;
    TW_TRY(use_order(a, event, err));
    return check_cash(a, event, 0, err);
}

static tw_status audit_event(audit *a, const tw_event *event, tw_error *err)
{
    if (event->kind != TW_EVENT_COST && a->cost_due > HALF_CENT)
        return off(a, event, "cost of the fill before it", a->cost_due, 0, err);
    a->cash += llround(event->cash * (double)TW_CENTS);
    if (event->lane >= a->market->n_lanes)
        return off(a, event, "lane below", (double)a->market->n_lanes, event->lane, err);
    switch (event->kind) {
    case TW_EVENT_FILL: return audit_fill(a, event, err);
    case TW_EVENT_COST: return audit_cost(a, event, err);
    case TW_EVENT_DELISTED: return audit_delisted(a, event, err);
    case TW_EVENT_UNFILLED: return audit_unfilled(a, event, err);
    case TW_EVENT_ORDER: return audit_order(a, event, err);
    default: return off(a, event, "kind", TW_EVENT_FILL, event->kind, err);
    }
}

/* What opens a bar: an amount of the account that is due by its kind. */
typedef struct due {
    tw_event_kind kind;
    size_t time;
    double amount;
} due;

/* The entry for what is due: there when it is half a cent or more, absent when it is less. */
static tw_status audit_due(audit *a, due d, double *total, tw_error *err)
{
    const tw_event *event = a->next < a->result->n_events ? &a->result->event[a->next] : NULL;
    const bool there = event && event->kind == d.kind && event->time == d.time;
    if (!there && fabs(d.amount) <= HALF_CENT * (1 + TINY)) return TW_OK;
    if (!there)
        return tw_fail(err, TW_BAD_DATA, "ledger: event %zu should be %s of %.4f at bar %zu", a->next,
                       tw_event_name(d.kind), d.amount, d.time);
    TW_TRY(check_cash(a, event, d.amount, err));
    a->cash += llround(event->cash * (double)TW_CENTS);
    *total += fabs(event->cash);
    a->next++;
    return TW_OK;
}

static double short_value(const audit *a)
{
    double value = 0;
    for (size_t l = 0; l < a->market->n_lanes; l++)
        if (a->position[l] < 0) value -= tw_shares(a->position[l]) * a->mark[l];
    return value;
}

static tw_status audit_accruals(audit *a, size_t t, tw_error *err)
{
    if (t == a->result->from) return audit_due(a, (due){TW_EVENT_CASH_IN, t, a->portfolio->capital}, &(double){0}, err);
    const double days = tw_days_before(a->market, t);
    const double borrow = tw_accrue(short_value(a), a->portfolio->borrow_bp, days);
    const double interest = tw_accrue(fmax(tw_money(a->cash), 0), a->portfolio->cash_bp, days);
    TW_TRY(audit_due(a, (due){TW_EVENT_BORROW, t, -borrow}, &a->borrow, err));
    return audit_due(a, (due){TW_EVENT_INTEREST, t, interest}, &a->interest, err);
}

/* Nothing of the orders of the bar before may be left over. */
static tw_status check_waiting(const audit *a, size_t t, tw_error *err)
{
    for (size_t l = 0; l < a->market->n_lanes; l++)
        if (a->waiting[l])
            return tw_fail(err, TW_BAD_DATA,
                           "ledger: %g shares ordered of lane %zu are neither filled nor dropped at "
                           "bar %zu",
                           tw_shares(a->waiting[l]), l, t);
    return TW_OK;
}

static void take_closes(audit *a, size_t t)
{
    const double *close = a->market->close + t * a->market->n_lanes;
    for (size_t l = 0; l < a->market->n_lanes; l++) {
        a->missing[l]++;
        if (!tw_is_price(close[l])) continue;
        a->mark[l] = close[l];
        a->missing[l] = 0;
    }
}

static tw_status compare_bar(const audit *a, size_t t, tw_error *err)
{
    const size_t i = t - a->result->from;
    double equity = tw_money(a->cash);
    for (size_t l = 0; l < a->market->n_lanes; l++) equity += tw_shares(a->position[l]) * a->mark[l];
    if (!same_cash(tw_money(a->cash), a->result->cash[i]))
        return tw_fail(err, TW_BAD_DATA, "ledger: cash at bar %zu should be %.2f, is %.2f", t, tw_money(a->cash),
                       a->result->cash[i]);
    if (!same_cash(equity, a->result->equity[i]))
        return tw_fail(err, TW_BAD_DATA, "ledger: equity at bar %zu should be %.4f, is %.4f", t, equity,
                       a->result->equity[i]);
    return TW_OK;
}

/* Events of bar t before (orders = false) or from (true) its first order. */
static tw_status audit_events(audit *a, size_t t, bool orders, tw_error *err)
{
    while (a->next < a->result->n_events) {
        const tw_event *event = &a->result->event[a->next];
        if (event->time != t || (event->kind == TW_EVENT_ORDER) != orders) break;
        TW_TRY(audit_event(a, event, err));
        a->next++;
    }
    return TW_OK;
}

static tw_status audit_bar(audit *a, size_t t, tw_error *err)
{
    TW_TRY(audit_accruals(a, t, err));
    TW_TRY(audit_events(a, t, false, err));
    TW_TRY(check_waiting(a, t, err));
    take_closes(a, t);
    TW_TRY(compare_bar(a, t, err));
    return audit_events(a, t, true, err);
}

static tw_status check_total(const char *what, double wanted, double got, tw_error *err)
{
    if (same_cash(wanted, got)) return TW_OK;
    return tw_fail(err, TW_BAD_DATA, "result: %s should be %.17g, is %.17g", what, wanted, got);
}

static tw_status audit_all(audit *a, tw_error *err)
{
    const size_t to = a->result->from + a->result->n;
    for (size_t t = a->result->from; t < to; t++) TW_TRY(audit_bar(a, t, err));
    if (a->next != a->result->n_events)
        return tw_fail(err, TW_BAD_DATA, "ledger: event %zu is not where it belongs in time", a->next);
    TW_TRY(check_total("total_cost", a->cost, a->result->total_cost, err));
    TW_TRY(check_total("total_borrow", a->borrow, a->result->total_borrow, err));
    TW_TRY(check_total("total_interest", a->interest, a->result->total_interest, err));
    TW_TRY(check_total("n_fills", (double)a->n_fills, (double)a->result->n_fills, err));
    return check_total("n_unfilled", (double)a->n_unfilled, (double)a->result->n_unfilled, err);
}

static tw_status audit_init(audit *a, tw_error *err)
{
    const size_t n = a->market->n_lanes;
    a->position = tw_new(a->ctx, n, sizeof *a->position);
    a->waiting = tw_new(a->ctx, n, sizeof *a->waiting);
    a->mark = tw_new(a->ctx, n, sizeof *a->mark);
    a->missing = tw_new(a->ctx, n, sizeof *a->missing);
    return a->position && a->waiting && a->mark && a->missing ? TW_OK : tw_no_memory(err, "replay of a ledger");
}

static void audit_clear(audit *a)
{
    tw_free(a->ctx, a->position);
    tw_free(a->ctx, a->waiting);
    tw_free(a->ctx, a->mark);
    tw_free(a->ctx, a->missing);
}

tw_status tw_result_verify(const tw_ctx *ctx, const tw_market *market, const tw_signal *signal,
                           const tw_portfolio *portfolio, const tw_result *result, tw_error *err)
{
    tw_rules rules;
    TW_TRY(tw_rules_read(portfolio, &rules, err));
    TW_TRY(tw_rules_check_market(&rules, market, signal, err));
    if (result->from != signal->from || result->n != signal->to - signal->from)
        return tw_fail(err, TW_BAD_DATA, "result: covers %zu bars from %zu, the signal %zu from %zu", result->n,
                       result->from, signal->to - signal->from, signal->from);
    audit a = {
        .ctx = ctx, .market = market, .portfolio = portfolio, .result = result, .fill_at_close = rules.fill_at_close};
    tw_status status = audit_init(&a, err);
    if (status == TW_OK) status = audit_all(&a, err);
    audit_clear(&a);
    return status;
}

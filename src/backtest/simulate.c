/* SPDX-License-Identifier: Apache-2.0 */
/* simulate.c - the clock: what happens within a bar, and in which order. */
#include "backtest/accruals.h"
#include "backtest/construct.h"
#include "backtest/orders.h"
#include "backtest/series.h"

#include <math.h>
#include <string.h>

enum { BARS_PER_STEP = 64 };

typedef struct engine {
    const tw_ctx *ctx;
    const tw_market *market;
    const tw_signal *signal;
    tw_rules rules;
    tw_account account;
    tw_marks marks;
    tw_orders orders;
    tw_candidate *candidate;
    double *weight;
    size_t next_rebalance; /* bars from the first score on; SIZE_MAX before it */
} engine;

static tw_status engine_init(engine *e, tw_error *err)
{
    const size_t n = e->market->n_lanes;
    TW_TRY(tw_account_init(&e->account, e->ctx, e->market, err));
    TW_TRY(tw_marks_init(&e->marks, e->ctx, n, err));
    e->orders.order = tw_new(e->ctx, n, sizeof *e->orders.order);
    e->candidate = tw_new(e->ctx, n, sizeof *e->candidate);
    e->weight = tw_new(e->ctx, n, sizeof *e->weight);
    if (!e->orders.order || !e->candidate || !e->weight) return tw_no_memory(err, "orders of a simulation");
    e->next_rebalance = SIZE_MAX;
    return tw_account_cash(&e->account, TW_EVENT_CASH_IN, (uint32_t)e->signal->from, e->rules.portfolio->capital, err);
}

static void engine_clear(engine *e)
{
    tw_account_clear(&e->account);
    tw_marks_clear(&e->marks);
    tw_free(e->ctx, e->orders.order);
    tw_free(e->ctx, e->candidate);
    tw_free(e->ctx, e->weight);
}

/* The days since the bar before, on what was held over them at its marks. */
static tw_status accrue(engine *e, size_t t, tw_error *err)
{
    if (t == e->signal->from) return TW_OK;
    const tw_portfolio *p = e->rules.portfolio;
    const double days = tw_days_before(e->market, t);
    if (days == 0 || (p->borrow_bp == 0 && p->cash_bp == 0)) return TW_OK;
    const double borrowed = tw_marks_value(&e->marks, e->account.position).short_value;
    const double cash = fmax(tw_money(e->account.cash), 0);
    const uint32_t time = (uint32_t)t;
    TW_TRY(tw_account_cash(&e->account, TW_EVENT_BORROW, time, -tw_accrue(borrowed, p->borrow_bp, days), err));
    return tw_account_cash(&e->account, TW_EVENT_INTEREST, time, tw_accrue(cash, p->cash_bp, days), err);
}

/* Share of equity held in names that have no bar now: it cannot be traded away and uses up gross exposure. */
static double stuck_share(const engine *e, double equity)
{
    double value = 0;
    for (size_t l = 0; l < e->marks.n_lanes; l++)
        if (e->marks.missing[l]) value += fabs(tw_shares(e->account.position[l])) * e->marks.price[l];
    return value / equity;
}

static tw_status rebalance(engine *e, size_t t, double equity, tw_error *err)
{
    const size_t n = tw_candidates(e->market, e->signal, t, e->candidate);
    if (n == 0) return TW_OK;
    memset(e->weight, 0, e->market->n_lanes * sizeof *e->weight);
    if (equity > 0) { /* else the targets stay 0: what is left is closed */
        const double gross = fmax(e->rules.portfolio->gross - stuck_share(e, equity), 0);
        tw_construct(&e->rules, gross, n, e->candidate, e->weight);
    }
    const tw_sizing sizing = {&e->rules, e->market, &e->marks, e->weight, equity, (uint32_t)t};
    return tw_orders_place(&e->orders, &sizing, &e->account, err);
}

/* True when bar t is one to decide on. The clock of rebalancings starts with the first score. */
static bool is_due(engine *e, size_t t)
{
    if (e->next_rebalance == SIZE_MAX && tw_candidates(e->market, e->signal, t, e->candidate) > 0)
        e->next_rebalance = t;
    if (t != e->next_rebalance) return false;
    e->next_rebalance += (size_t)e->rules.portfolio->rebalance;
    return t + 1 < e->signal->to; /* a later order would have no bar to fill in */
}

static double traded_value(const tw_account *account, size_t first_event)
{
    double value = 0;
    for (size_t i = first_event; i < account->n; i++)
        if (account->event[i].kind == TW_EVENT_FILL)
            value += fabs(account->event[i].quantity) * account->event[i].price;
    return value;
}

/* One bar: days pass, waiting orders fill, the close is seen, the lost are settled, decisions are made. */
static tw_status run_bar(engine *e, size_t t, tw_result *result, tw_error *err)
{
    const size_t i = t - e->signal->from, first_event = e->account.n;
    TW_TRY(accrue(e, t, err));
    TW_TRY(tw_orders_fill(&e->orders, &e->rules, &e->account, (uint32_t)t, err));
    tw_marks_take(&e->marks, e->market, t);
    TW_TRY(tw_marks_settle(&e->marks, &e->account, (uint32_t)t, e->rules.portfolio->delist_after, err));
    const tw_close close = {
        .cash = tw_money(e->account.cash),
        .worth = tw_marks_value(&e->marks, e->account.position),
        .traded = traded_value(&e->account, first_event),
    };
    tw_curves_record(result, i, &close);
    return is_due(e, t) ? rebalance(e, t, result->equity[i], err) : TW_OK;
}

static tw_status run_bars(engine *e, tw_result *result, tw_error *err)
{
    for (size_t t = e->signal->from; t < e->signal->to; t++) {
        const size_t done = t - e->signal->from;
        if (done % BARS_PER_STEP == 0 && tw_progress_step(e->ctx, "backtest", done, result->n, NULL) != TW_OK)
            return tw_fail(err, TW_CANCELLED, "simulation: stopped at bar %zu of %zu", done, result->n);
        TW_TRY(run_bar(e, t, result, err));
    }
    return TW_OK;
}

/* Hands the ledger over to the result. */
static void take_ledger(tw_result *result, tw_account *account)
{
    result->event = account->event;
    result->n_events = account->n;
    account->event = NULL;
    result->total_cost = tw_money(account->cost);
    result->total_borrow = tw_money(account->borrow);
    result->total_interest = tw_money(account->interest);
    result->n_fills = account->n_fills;
    result->n_unfilled = account->n_unfilled;
}

static tw_status simulate(engine *e, tw_result *result, tw_error *err)
{
    TW_TRY(engine_init(e, err));
    TW_TRY(tw_curves_init(e->ctx, e->signal, result, err));
    TW_TRY(run_bars(e, result, err));
    tw_curves_drawdown(result);
    TW_TRY(tw_curves_benchmark(e->ctx, e->market, result, err));
    take_ledger(result, &e->account);
    return TW_OK;
}

tw_status tw_simulate_scores(const tw_ctx *ctx, const tw_market *market, const tw_signal *signal,
                             const tw_portfolio *portfolio, tw_result *result, tw_error *err)
{
    *result = (tw_result){0};
    engine e = {.ctx = ctx, .market = market, .signal = signal};
    TW_TRY(tw_rules_read(portfolio, &e.rules, err));
    TW_TRY(tw_rules_check_market(&e.rules, market, signal, err));
    const tw_status status = simulate(&e, result, err);
    engine_clear(&e);
    if (status != TW_OK) tw_result_clear(ctx, result);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The clock of a run: session start, the call before it, the bars, session end. */
#include "backtest/event/account.h"
#include "base/isa.h"

#include <math.h>
#include <string.h>

/* From here on lists grow by more: what is not yet used costs addresses alone, and what is moved a fault a page. */
enum { MANY_BYTES = 4 << 20 };

void *tw_list_add(const tw_ctx *ctx, tw_list *list)
{
    if (list->n == list->room) {
        const size_t growth = list->room * list->size < MANY_BYTES ? 2 : 4;
        const size_t room = list->room ? growth * list->room : 64;
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

/* ---------------------------------------------------------------- recording */

tw_status tw_moment_record(tw_moment *now, const char *name, double value, tw_error *err)
{
    char **names = now->result->names.item;
    size_t i = 0;
    while (i < now->result->names.n && strcmp(names[i], name) != 0) i++;
    if (i == now->result->names.n) {
        char *copy = tw_text_copy(now->ctx, name);
        char **kept = copy ? tw_list_add(now->ctx, &now->result->names) : NULL;
        if (kept) *kept = copy;
        if (!kept || !tw_list_add(now->ctx, &now->recordings)) {
            if (!kept) tw_free(now->ctx, copy);
            return tw_no_memory(err, "a recording");
        }
    }
    ((tw_recording *)now->recordings.item)[i] = (tw_recording){value, true, true};
    return TW_OK;
}

/* ---------------------------------------------------------------- the clock */

static tw_status call(const tw_strategy *strategy, tw_strategy_call step, tw_moment *now, tw_error *err)
{
    return step ? step(strategy->state, now, err) : TW_OK;
}

static tw_status before_session(tw_moment *now, const tw_strategy *strategy, tw_error *err)
{
    now->phase = TW_PHASE_BEFORE;
    now->synced = 0; /* what is held is seen at yesterday's prices, scaled by today's actions */
    const tw_status status = call(strategy, strategy->before_trading_start, now, err);
    now->synced = 0;
    now->phase = TW_PHASE_BAR;
    return status;
}

static size_t first_bar(const tw_moment *now, size_t session)
{
    return now->run->by_minute ? now->market->minute_from[session] : session;
}

/* Capital due at a minute is reckoned at the prices of the bar before it, as zipline does. */
static tw_status run_bar(tw_moment *now, const tw_strategy *strategy, size_t bar, tw_error *err)
{
    if (now->run->by_minute) tw_capital_due(now, bar - first_bar(now, now->session) + 1);
    now->view = now->session;
    now->bar = bar;
    TW_TRY(tw_engine_fill_orders(now, err));
    if (now->realistic) TW_TRY(tw_account_check(now, err));
    if (now->result->stopped[0]) return tw_orders_report(now, false, err);
    TW_TRY(call(strategy, strategy->handle_data, now, err));
    TW_TRY(tw_rules_run(now, strategy->state, err));
    TW_TRY(tw_orders_report(now, false, err));
    return tw_minute_emit(now, err);
}

/* ---------------------------------------------------------------- a run as bars come */

struct tw_strategy_live {
    tw_moment now;
    tw_strategy strategy;
    tw_strategy_run run;
    tw_status status;       /* of the first thing that failed */
    bool in_session, waits; /* waits: before_trading_start is still to come */
    size_t next;            /* bar to run */
};

static bool is_by_clock(const tw_moment *now)
{
    return !now->realistic && now->run->by_minute && now->market->session && now->market->minute_ns;
}

/* When before_trading_start comes: 45 minutes before the open; in mode zipline by minute at 08:45 in New York, wherever
 * the market is. */
static int64_t before_time(const tw_moment *now)
{
    static const int64_t HOUR = INT64_C(3600) * TW_NS_PER_SECOND;
    const tw_asset_market *market = now->market;
    const tw_calendar *new_york;
    if (!market->session) return TW_NO_TIME;
    if (!is_by_clock(now) || tw_calendar_find("XNYS", &new_york, NULL) != TW_OK)
        return market->session[now->session].open_ns - 45 * HOUR / 60;
    const int64_t day = market->session[now->session].day * TW_NS_PER_DAY;
    const int64_t offset = tw_calendar_utc_offset(new_york, day + 13 * HOUR) * TW_NS_PER_SECOND;
    return day + 8 * HOUR + 45 * HOUR / 60 - offset;
}

/* Calls it when the next bar is the first that it comes before. */
static tw_status call_before(tw_strategy_live *live, tw_error *err)
{
    tw_moment *now = &live->now;
    if (!live->waits || (is_by_clock(now) && now->market->minute_ns[live->next] < now->before_ns)) return TW_OK;
    live->waits = false;
    now->result->quirks[TW_QUIRK_before_after_open].count += live->next > first_bar(now, now->session);
    return before_session(now, &live->strategy, err);
}

static tw_status begin_session(tw_strategy_live *live, tw_error *err)
{
    tw_moment *now = &live->now;
    TW_TRY(tw_progress_step(now->ctx, "backtest", now->session - now->run->from, now->run->to - now->run->from, NULL));
    TW_TRY(tw_session_begin(now, err));
    live->next = first_bar(now, now->session);
    live->in_session = true;
    live->waits = true;
    now->before_ns = before_time(now);
    now->phase = TW_PHASE_BAR;
    now->synced = 0;
    return TW_OK;
}

/* Runs what there is of the present session; true in *more when it ended. */
static tw_status run_session(tw_strategy_live *live, size_t n_bars, bool *more, tw_error *err)
{
    tw_moment *now = &live->now;
    const size_t first = first_bar(now, now->session), end = first_bar(now, now->session + 1);
    *more = false;
    if (!live->in_session && first >= n_bars) return TW_OK;
    if (!live->in_session) TW_TRY(begin_session(live, err));
    for (; live->next < end && live->next < n_bars && !now->result->stopped[0]; live->next++) {
        TW_TRY(call_before(live, err));
        TW_TRY(run_bar(now, &live->strategy, live->next, err));
    }
    if (live->next < end && !now->result->stopped[0]) return TW_OK;
    TW_TRY(tw_session_end(now, err));
    live->in_session = false;
    now->session++;
    *more = now->session < now->run->to && !now->result->stopped[0];
    return TW_OK;
}

tw_status tw_strategy_advance(tw_strategy_live *live, size_t n_bars, tw_error *err)
{
    bool more = live->now.session < live->run.to && !live->now.result->stopped[0];
    if (live->status != TW_OK) return tw_fail(err, TW_BAD_STATE, "the run failed before");
    while (live->status == TW_OK && more) live->status = run_session(live, n_bars, &more, err);
    return live->status;
}

/* ---------------------------------------------------------------- set-up */

static tw_status new_result(tw_moment *now, tw_error *err)
{
    static const tw_quirk QUIRKS[] = {
#define TW_QUIRK(name, meaning) {#name, meaning, 0},
#include "backtest/event/quirks.def"
#undef TW_QUIRK
    };
    now->result = tw_new(now->ctx, 1, sizeof *now->result);
    if (!now->result) return tw_no_memory(err, "a run");
    *now->result = (tw_strategy_result){.ctx = now->ctx,
                                        .sessions.size = sizeof(tw_session_row),
                                        .trades.size = sizeof(tw_trade),
                                        .holdings.size = sizeof(tw_holding),
                                        .orders.size = sizeof(tw_order_row),
                                        .actions.size = sizeof(tw_booked_action),
                                        .recorded.size = sizeof(tw_recorded),
                                        .balances.size = sizeof(tw_balance),
                                        .minutes.size = sizeof(tw_minute_row),
                                        .minute_recorded.size = sizeof(tw_recorded),
                                        .names.size = sizeof(char *)};
    memcpy(now->result->quirks, QUIRKS, sizeof QUIRKS);
    return TW_OK;
}

static tw_status new_state(tw_moment *now, tw_error *err)
{
    const size_t n = now->market->n_assets;
    now->lot = tw_new(now->ctx, n, sizeof *now->lot);
    now->held = tw_new(now->ctx, n, sizeof *now->held);
    now->queue = tw_new(now->ctx, n, sizeof *now->queue);
    if (!now->lot || !now->held || !now->queue) return tw_no_memory(err, "a run");
    for (size_t i = 0; i < n; i++) now->lot[i].head = now->lot[i].tail = TW_NONE;
    now->orders.size = now->run->mode == TW_REALISTIC ? sizeof(tw_full_ticket) : sizeof(tw_ticket);
    now->fresh.size = now->touched.size = sizeof(size_t);
    now->owed.size = sizeof(tw_owed);
    now->recordings.size = sizeof(tw_recording);
    now->rules.size = tw_rule_size();
    now->controls.size = tw_control_size();
    now->freezes.size = tw_freeze_size();
    now->fees.size = tw_fee_size();
    for (size_t i = 0; i < n; i++) now->lot[i].borrow_shares = INFINITY;
    now->realistic = now->run->mode == TW_REALISTIC;
    now->risk.year = 252;
    TW_TRY(tw_currencies_build(now, err));
    tw_ledger_capital(now, now->run->capital);
    return TW_OK;
}

/* Before its first session a run has seen the bar before, if the market has one. */
static void set_clock(tw_moment *now)
{
    const tw_asset_market *market = now->market;
    const bool by_minute = now->run->by_minute;
    const size_t first = by_minute ? market->minute_from[now->run->from] : now->run->from;
    now->bars = by_minute ? &market->minute : &market->daily;
    now->stride = by_minute ? market->n_minutes : market->n_sessions;
    now->session = now->run->from;
    now->bar = first > 0 ? first - 1 : TW_NONE;
    now->view = now->run->from > 0 ? now->run->from - 1 : 0;
    now->phase = TW_PHASE_SETUP;
    now->before_ns = before_time(now);
}

static tw_status begin(tw_moment *now, const tw_strategy *strategy, tw_error *err)
{
    TW_TRY(new_result(now, err));
    TW_TRY(new_state(now, err));
    set_clock(now);
    now->round = TW_ISA_PICK(tw_isa_resolve(now->ctx ? now->ctx->isa : TW_ISA_BEST), tw_window_round);
    TW_TRY(tw_scales_build(now, err));
    TW_TRY(tw_settings_begin(now, err));
    TW_TRY(call(strategy, strategy->initialize, now, err));
    TW_TRY(tw_settings_end(now, err));
    return tw_benchmark_build(now, err);
}

static void end(tw_moment *now)
{
    void *const blocks[] = {
        now->lot,           now->held,         now->queue,        now->scale,     now->scale_from,      now->benchmark,
        now->orders.item,   now->fresh.item,   now->touched.item, now->owed.item, now->recordings.item, now->rules.item,
        now->controls.item, now->freezes.item, now->fees.item,    now->currency,  now->minutes.returns};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tw_free(now->ctx, blocks[i]);
}

tw_status tw_strategy_open(const tw_ctx *ctx, const tw_asset_market *market, const tw_strategy *strategy,
                           const tw_strategy_run *run, tw_strategy_live **live, tw_error *err)
{
    *live = NULL;
    TW_TRY(tw_market_check(market, run, err));
    tw_strategy_live *new = tw_new(ctx, 1, sizeof *new);
    if (!new) return tw_no_memory(err, "a run");
    *new = (tw_strategy_live){.now = {.ctx = ctx, .market = market}, .strategy = *strategy, .run = *run};
    new->now.run = &new->run;
    new->status = begin(&new->now, strategy, err);
    *live = new;
    return new->status;
}

tw_status tw_strategy_close(tw_strategy_live *live, tw_strategy_result **result, tw_error *err)
{
    const tw_strategy *strategy = &live->strategy;
    tw_status status = TW_OK;
    *result = live->now.result;
    if (live->status == TW_OK && strategy->analyze) status = strategy->analyze(strategy->state, *result, err);
    end(&live->now);
    tw_free(live->now.ctx, live);
    return status;
}

tw_status tw_strategy_simulate(const tw_ctx *ctx, const tw_asset_market *market, const tw_strategy *strategy,
                               const tw_strategy_run *run, tw_strategy_result **result, tw_error *err)
{
    tw_strategy_live *live = NULL;
    *result = NULL;
    tw_status status = tw_strategy_open(ctx, market, strategy, run, &live, err);
    if (status == TW_OK) status = tw_strategy_advance(live, SIZE_MAX, err);
    if (!live) return status;
    const tw_status closed = tw_strategy_close(live, result, err);
    return status != TW_OK ? status : closed;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The clock of a run: session start, the call before it, the bars, session end. */
#include "backtest/event/engine.h"
#include "base/isa.h"

#include <math.h>
#include <string.h>

void *tw_list_add(const tw_ctx *ctx, tw_list *list)
{
    if (list->n == list->room) {
        const size_t room = list->room ? 2 * list->room : 64;
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
    ((tw_recording *)now->recordings.item)[i] = (tw_recording){value, true};
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

static tw_status run_bar(tw_moment *now, const tw_strategy *strategy, size_t minute, tw_error *err)
{
    if (minute) tw_capital_due(now, minute);
    TW_TRY(tw_engine_fill_orders(now, err));
    TW_TRY(call(strategy, strategy->handle_data, now, err));
    TW_TRY(tw_rules_run(now, strategy->state, err));
    return tw_orders_report(now, false, err);
}

static tw_status run_bars(tw_moment *now, const tw_strategy *strategy, tw_error *err)
{
    const size_t *from = now->market->minute_from;
    now->view = now->session;
    if (!now->run->by_minute) {
        now->bar = now->session;
        return run_bar(now, strategy, 0, err);
    }
    for (now->bar = from[now->session]; now->bar < from[now->session + 1]; now->bar++)
        TW_TRY(run_bar(now, strategy, now->bar - from[now->session] + 1, err));
    now->bar--;
    return TW_OK;
}

static tw_status run_session(tw_moment *now, const tw_strategy *strategy, tw_error *err)
{
    TW_TRY(tw_progress_step(now->ctx, "backtest", now->session - now->run->from, now->run->to - now->run->from, NULL));
    TW_TRY(tw_session_begin(now, err));
    TW_TRY(before_session(now, strategy, err));
    TW_TRY(run_bars(now, strategy, err));
    return tw_session_end(now, err);
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
                                        .recorded.size = sizeof(tw_recorded),
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
    now->orders.size = sizeof(tw_ticket);
    now->fresh.size = now->touched.size = sizeof(size_t);
    now->owed.size = sizeof(tw_owed);
    now->recordings.size = sizeof(tw_recording);
    now->rules.size = tw_rule_size();
    now->controls.size = tw_control_size();
    now->freezes.size = tw_freeze_size();
    now->cash = now->value = now->run->capital;
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
    void *const blocks[] = {now->lot,           now->held,        now->queue,           now->scale,
                            now->scale_from,    now->benchmark,   now->orders.item,     now->fresh.item,
                            now->touched.item,  now->owed.item,   now->recordings.item, now->rules.item,
                            now->controls.item, now->freezes.item};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tw_free(now->ctx, blocks[i]);
}

tw_status tw_strategy_simulate(const tw_ctx *ctx, const tw_asset_market *market, const tw_strategy *strategy,
                               const tw_strategy_run *run, tw_strategy_result **result, tw_error *err)
{
    *result = NULL;
    TW_TRY(tw_market_check(market, run, err));
    tw_moment now = {.ctx = ctx, .market = market, .run = run};
    tw_status status = begin(&now, strategy, err);
    for (; status == TW_OK && now.session < run->to; now.session++) status = run_session(&now, strategy, err);
    if (status == TW_OK && strategy->analyze) status = strategy->analyze(strategy->state, now.result, err);
    *result = now.result;
    end(&now);
    return status;
}

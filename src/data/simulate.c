/* SPDX-License-Identifier: Apache-2.0 */
/* simulate.c - the market simulator: parameters, the loop over sessions. */
#include "data/simulate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NUMBER(field, preset, lo, hi, help) TW_PARAM(tw_sim_params, field, preset, lo, hi, help)

const tw_param tw_sim_table[] = {
    NUMBER(symbols, 100, 1, 100000, "number of symbols"),
    NUMBER(sessions, 1260, 2, 100000, "number of sessions"),
    NUMBER(seed, 1, 0, 2147483647, "seed of all draws"),
    TW_PARAM_TEXT(tw_sim_params, start, "2015-01-02", NULL, "date on or after which the first session lies"),
    TW_PARAM_TEXT(tw_sim_params, calendar, "XNYS", NULL, "exchange calendar of the sessions"),
    NUMBER(bars, 1, 1, 1440, "bars a session: 1 = daily, 26 = a quarter of an hour of New York"),
    NUMBER(edge, 0.03, -0.5, 0.5,
           "true information coefficient of the planted signal over the horizon; 0: no edge at all"),
    NUMBER(horizon, 5, 1, 250, "sessions ahead over which edge is measured"),
    NUMBER(lookback, 5, 1, 250, "sessions of past return the planted signal looks at"),
    NUMBER(premium, 0.05, -1, 1, "expected return a year, the same for every symbol"),
    NUMBER(market_vol, 0.15, 0, 3, "volatility a year of the market factor"),
    NUMBER(sectors, 8, 1, TW_SIM_MAX_SECTORS, "number of sectors"),
    NUMBER(sector_vol, 0.08, 0, 3, "volatility a year of a sector factor"),
    NUMBER(idio_vol, 0.28, 0.001, 5, "typical volatility a year of a symbol beside the factors"),
    NUMBER(beta_spread, 0.3, 0, 2, "standard deviation of the betas around 1"),
    NUMBER(regimes, 1, 0, 3, "strength of the shocks at changes of regime (bull, bear, crisis); 0: one regime"),
    NUMBER(garch_alpha, 0.04, 0, 0.5, "weight of the last squared shock in the variance"),
    NUMBER(garch_beta, 0.89, 0, 0.99, "weight of the last variance"),
    NUMBER(leverage, 0.10, 0, 0.5, "extra weight of a negative shock"),
    NUMBER(tail, 6, 3, 100, "degrees of freedom of the shocks (Student t)"),
    NUMBER(jumps, 3, 0, 100, "jumps a year and symbol"),
    NUMBER(jump_size, 0.05, 0, 1, "standard deviation of a jump"),
    NUMBER(news, 8, 0, 200, "news a year and symbol"),
    NUMBER(news_impact, 0.03, 1e-6, 1, "standard deviation of the return that news cause"),
    NUMBER(news_lag, 0.5, 0, 1,
           "share of news that come after the close and move the next open; taken as 0 when edge = 0"),
    NUMBER(dividend_yield, 0.02, 0, 0.5, "dividends a year over price"),
    NUMBER(payers, 0.6, 0, 1, "share of symbols that pay dividends, every 63 sessions"),
    NUMBER(splits, 0.05, 0, 5, "splits a year and symbol, more of dear and of penny shares"),
    NUMBER(halts, 0.3, 0, 100, "halts a year and symbol: sessions without a bar"),
    NUMBER(late, 0.1, 0, 1, "share of symbols listed after the start"),
    NUMBER(delisted, 0.08, 0, 1, "share of symbols delisted before the end"),
    NUMBER(tick, 0.01, 0.0001, 100, "smallest step of a price"),
    TW_PARAM_END,
};

const tw_param *tw_simulate_params(size_t *params_size)
{
    if (params_size) *params_size = sizeof(tw_sim_params);
    return tw_sim_table;
}

tw_status tw_sim_event_add(tw_sim *sim, tw_sim_event event, tw_error *err)
{
    if (sim->n_events == sim->event_room) {
        const size_t room = sim->event_room ? 2 * sim->event_room : 1024;
        void *more = tw_resize(sim->ctx, sim->events, sim->event_room * sizeof event, room * sizeof event);
        if (!more) return tw_no_memory(err, "the events of a market");
        sim->events = more;
        sim->event_room = room;
    }
    sim->events[sim->n_events++] = event;
    return TW_OK;
}

static tw_status plan_sessions(tw_sim *sim, tw_error *err)
{
    const size_t n = (size_t)sim->p.sessions;
    int64_t start;
    TW_TRY(tw_calendar_find(sim->p.calendar, &sim->calendar, err));
    if (!tw_time_parse(sim->p.start, strlen(sim->p.start), &start))
        return tw_fail(err, TW_BAD_VALUE, "simulate: start must be a date, got \"%s\"", sim->p.start);
    sim->sessions = tw_arena_new(&sim->arena, n, sizeof *sim->sessions);
    sim->first_bar = tw_arena_new(&sim->arena, n + 1, sizeof *sim->first_bar);
    if (!sim->sessions || !sim->first_bar) return tw_no_memory(err, "the sessions of a market");
    size_t found = 0;
    for (int64_t day = start / TW_NS_PER_DAY; found < n; day++) {
        if (day > 100000)
            return tw_fail(err, TW_BAD_VALUE, "simulate: %zu sessions from %s reach beyond the year 2243", n,
                           sim->p.start);
        found += tw_calendar_session(sim->calendar, day, &sim->sessions[found]);
    }
    return TW_OK;
}

/* Starts of the bars of a session, breaks left out; `times` may be NULL. */
static size_t session_bars(const tw_sim *sim, const tw_session *session, int64_t *times)
{
    size_t n = 0;
    if (sim->p.bars == 1) {
        if (times) times[0] = session->day * TW_NS_PER_DAY;
        return 1;
    }
    for (int64_t t = session->open_ns; t + sim->bar_ns <= session->close_ns; t += sim->bar_ns) {
        if (!tw_calendar_is_open(sim->calendar, t)) continue;
        if (times) times[n] = t;
        n++;
    }
    return n;
}

static tw_status plan_bars(tw_sim *sim, tw_error *err)
{
    const size_t n = (size_t)sim->p.sessions;
    size_t k = 0;
    while (k + 1 < n && sim->sessions[k].half_day) k++;
    sim->bar_ns = TW_NS_PER_DAY;
    if (sim->p.bars > 1) sim->bar_ns = (sim->sessions[k].close_ns - sim->sessions[k].open_ns) / sim->p.bars;
    for (size_t t = 0; t < n; t++)
        sim->first_bar[t + 1] = sim->first_bar[t] + session_bars(sim, &sim->sessions[t], NULL);
    sim->n_times = sim->first_bar[n];
    sim->times = tw_arena_new(&sim->arena, sim->n_times + 1, sizeof *sim->times);
    if (!sim->times) return tw_no_memory(err, "the times of a market");
    for (size_t t = 0; t < n; t++) session_bars(sim, &sim->sessions[t], sim->times + sim->first_bar[t]);
    return TW_OK;
}

static tw_status make_symbols(tw_sim *sim, tw_error *err)
{
    const size_t n = (size_t)sim->p.symbols, cells = n * (size_t)sim->p.sessions;
    sim->symbols = tw_arena_new(&sim->arena, n, sizeof *sim->symbols);
    sim->names = tw_arena_new(&sim->arena, n, sizeof *sim->names);
    sim->regimes = tw_arena_new(&sim->arena, (size_t)sim->p.sessions, sizeof *sim->regimes);
    sim->signal = tw_arena_new(&sim->arena, cells, sizeof *sim->signal);
    sim->level = tw_arena_new(&sim->arena, cells, sizeof *sim->level);
    if (!sim->symbols || !sim->names || !sim->regimes || !sim->signal || !sim->level)
        return tw_no_memory(err, "the symbols of a market");
    for (size_t i = 0; i < n; i++) {
        char name[16];
        const int length = snprintf(name, sizeof name, "S%05zu", i + 1);
        sim->names[i] = tw_arena_text(&sim->arena, name, (size_t)length);
        if (!sim->names[i]) return tw_no_memory(err, "the symbols of a market");
        tw_sim_symbol_init(sim, i);
    }
    return TW_OK;
}

static tw_status make_panel(tw_sim *sim, const char *path, tw_error *err)
{
    static const char *const columns[] = {"open", "high", "low", "close", "volume", "vwap", "news"};
    const tw_panel_shape shape = {
        .n_symbols = (size_t)sim->p.symbols,
        .n_times = sim->n_times,
        .n_columns = sizeof columns / sizeof *columns,
        .symbols = sim->names,
        .times = sim->times,
        .columns = columns,
        .calendar = sim->p.calendar,
        .bar_ns = sim->bar_ns,
    };
    return tw_panel_new(sim->ctx, &shape, path, &sim->panel, err);
}

static tw_status run_session(tw_sim *sim, size_t session, tw_error *err)
{
    tw_sim_day day;
    tw_sim_market_step(sim, session, &day);
    for (size_t i = 0; i < (size_t)sim->p.symbols; i++) {
        tw_sim_bar bar;
        bool has_bar;
        TW_TRY(tw_sim_symbol_step(sim, i, session, &day, &bar, &has_bar, err));
        sim->level[session * (size_t)sim->p.symbols + i] = sim->symbols[i].log_level;
        if (has_bar) tw_sim_write_bars(sim, i, session, &bar);
    }
    return tw_sim_rank_signal(sim, session, err);
}

static tw_status make_actions(const tw_sim *sim, tw_actions **actions, tw_error *err)
{
    tw_action *list = tw_new(sim->ctx, sim->n_events + 1, sizeof *list);
    size_t n = 0;
    if (!list) return tw_no_memory(err, "the actions of a market");
    for (size_t k = 0; k < sim->n_events; k++) {
        const tw_sim_event *e = &sim->events[k];
        if (e->kind != TW_SIM_SPLIT && e->kind != TW_SIM_DIVIDEND) continue;
        const bool split = e->kind == TW_SIM_SPLIT;
        list[n++] = (tw_action){.symbol = sim->names[e->symbol],
                                .ex_day = sim->sessions[e->session].day,
                                .kind = split ? TW_ACTION_SPLIT : TW_ACTION_DIVIDEND,
                                .ratio = split ? e->size : 0,
                                .amount = split ? 0 : e->size};
    }
    const tw_status st = tw_actions_new(sim->ctx, list, n, actions, err);
    tw_free(sim->ctx, list);
    return st;
}

static tw_status run(tw_sim *sim, const char *path, tw_error *err)
{
    const tw_sim_params *p = &sim->p;
    if (p->garch_alpha + p->garch_beta + p->leverage / 2 >= 1)
        return tw_fail(err, TW_BAD_VALUE, "simulate: garch_alpha + garch_beta + leverage / 2 must be < 1, got %g",
                       p->garch_alpha + p->garch_beta + p->leverage / 2);
    TW_TRY(plan_sessions(sim, err));
    TW_TRY(plan_bars(sim, err));
    TW_TRY(make_symbols(sim, err));
    TW_TRY(make_panel(sim, path, err));
    sim->drift_per_signal = tw_sim_drift(p);
    sim->market_random = (tw_random){.seed = (uint64_t)p->seed, .stream = UINT64_MAX};
    sim->market_garch.variance = 1;
    for (size_t t = 0; t < (size_t)p->sessions; t++) {
        TW_TRY(run_session(sim, t, err));
        if (t % 64 == 0) TW_TRY(tw_progress_step(sim->ctx, "simulate", t, (uint64_t)p->sessions, NULL));
    }
    return tw_panel_seal(sim->panel, err);
}

static tw_status hand_over(tw_sim *sim, tw_panel **panel, tw_actions **actions, tw_buf *truth, tw_error *err)
{
    if (truth) {
        tw_sim_truth(sim, truth);
        TW_TRY(tw_buf_check(truth, err));
    }
    if (actions) TW_TRY(make_actions(sim, actions, err));
    *panel = sim->panel;
    sim->panel = NULL;
    return TW_OK;
}

tw_status tw_simulate(const tw_ctx *ctx, const char *params, const char *panel_path, tw_panel **panel,
                      tw_actions **actions, tw_buf *truth, tw_error *err)
{
    tw_sim sim = {.ctx = ctx};
    TW_TRY(tw_params_parse(tw_sim_table, "simulate", params, &sim.p, err));
    tw_arena_init(&sim.arena, ctx);
    tw_status st = run(&sim, panel_path, err);
    if (st == TW_OK) st = hand_over(&sim, panel, actions, truth, err);
    tw_panel_close(sim.panel);
    tw_free(ctx, sim.events);
    tw_arena_clear(&sim.arena);
    return st;
}

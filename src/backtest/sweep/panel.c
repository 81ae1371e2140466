/* SPDX-License-Identifier: Apache-2.0 */
/* panel.c - trials of a rule over many symbols: a block of settings goes through one symbol after the other, and what
 * its accounts are worth is added up bar by bar. */
#include "backtest/sweep/conditions.h"
#include "backtest/sweep/task.h"

#include <math.h>
#include <string.h>

typedef struct running {
    tw_sweep_task task; /* of the trials, on the axis of all symbols */
    const tw_sweep_panel *panel;
} running;

/* ---------------------------------------------------------------- a symbol */

static tw_sweep_search search_in(const tw_sweep_panel *p, size_t market)
{
    tw_sweep_search q = *p->search;
    q.values = p->market[market].values;
    q.prices = p->market[market].prices;
    q.prices.periods_per_year = p->search->prices.periods_per_year;
    q.rules.capital /= (double)p->n_markets;
    q.keep = (tw_sweep_keep){0};
    q.part = (tw_sweep_part){0};
    return q;
}

static tw_status run_market(const running *r, size_t market, size_t block, tw_sweep_leg *leg, tw_error *err)
{
    const tw_sweep_search q = search_in(r->panel, market);
    tw_sweep_task account = {.ctx = r->task.ctx, .job = tw_sweep_job_of(&q), .plan = r->task.plan};
    account.plan.capital = q.rules.capital;
    return tw_sweep_task_search(&account, &q, block, leg, err);
}

/* ---------------------------------------------------------------- together */

static void add_account(tw_sweep_measures *sum, const tw_sweep_measures *one, double n)
{
    sum->turnover += one->turnover / n;
    sum->exposure += one->exposure / n;
    sum->fees += one->fees;
    sum->orders += one->orders;
    sum->trades += one->trades;
    if (one->trades) sum->win_rate += round(one->win_rate * (double)one->trades); /* a count, until all are there */
    sum->ruined = sum->ruined && one->ruined;
}

/* What comes of the value alone is that of all accounts together. */
static void join_measures(tw_sweep_measures *of_value, const tw_sweep_measures *sum)
{
    of_value->turnover = sum->turnover;
    of_value->exposure = sum->exposure;
    of_value->fees = sum->fees;
    of_value->orders = sum->orders;
    of_value->trades = sum->trades;
    of_value->win_rate = sum->trades ? sum->win_rate / (double)sum->trades : NAN;
    of_value->ruined = sum->ruined;
}

/* Marks the sum as if it were one account. */
static void mark_sum(const running *r, tw_sweep_block *b, const tw_sweep_row *value)
{
    const size_t n_times = r->task.job.prices.n_times;
    const tw_sweep_keep *keep = &r->task.job.keep;
    const tw_sweep_kernels *kernels = r->task.plan.kernels;
    _Alignas(64) tw_sweep_returns returns[TW_SWEEP_BARS];
    for (size_t t = 0; t < n_times; t += TW_SWEEP_BARS) {
        const size_t left = n_times - t, n = left < TW_SWEEP_BARS ? left : TW_SWEEP_BARS;
        kernels->mark(&b->lanes, b->n, n, value + t, returns);
        if (!keep->paths) continue;
        const tw_sweep_paths paths = {keep->paths + b->first * keep->path_stride + t, keep->path_stride};
        kernels->turn((const tw_sweep_returns *)returns, n, b->n, &paths);
    }
    memcpy(b->value[0], value[n_times], sizeof b->value[0]);
}

static tw_status finish(const running *r, size_t block, const tw_sweep_row *value, const tw_sweep_measures *sum,
                        tw_error *err)
{
    tw_sweep_plan plan = r->task.plan;
    tw_sweep_block *b = tw_new(r->task.ctx, 1, sizeof *b);
    if (!b) return tw_no_memory(err, "a block of a sweep");
    plan.capital = value[0][0]; /* that of all accounts, which rounding may have made another */
    b->ctx = r->task.ctx;
    b->plan = &plan;
    tw_sweep_block_init(b, block * TW_SWEEP_LANES, r->task.job.n);
    mark_sum(r, b, value);
    for (size_t i = 0; i < b->n; i++) {
        tw_sweep_measures *m = &r->task.result->measures[b->first + i];
        *m = tw_sweep_block_measures(b, i, r->task.job.prices.n_times);
        join_measures(m, &sum[i]);
    }
    tw_free(r->task.ctx, b);
    return TW_OK;
}

static tw_status run_markets(const running *r, size_t block, tw_sweep_row *value, tw_error *err)
{
    const tw_sweep_panel *p = r->panel;
    const size_t first = block * TW_SWEEP_LANES, left = p->search->n - first;
    const size_t n = left < TW_SWEEP_LANES ? left : TW_SWEEP_LANES;
    tw_sweep_measures sum[TW_SWEEP_LANES] = {0}, one[TW_SWEEP_LANES];
    for (size_t i = 0; i < n; i++) sum[i].ruined = true;
    for (size_t m = 0; m < p->n_markets; m++) {
        const tw_sweep_sum into = {value, p->market[m].at, r->task.job.prices.n_times};
        tw_sweep_leg leg = {.measures = one, .sum = &into};
        TW_TRY(run_market(r, m, block, &leg, err));
        for (size_t i = 0; i < n; i++) add_account(&sum[i], &one[i], (double)p->n_markets);
        if (p->by_market) memcpy(p->by_market + m * p->search->n + first, one, n * sizeof *one);
    }
    return finish(r, block, (const tw_sweep_row *)value, sum, err);
}

static tw_status run_block(void *arg, size_t index, int thread, tw_error *err)
{
    const running *r = arg;
    (void)thread;
    tw_sweep_row *value = tw_new(r->task.ctx, r->task.job.prices.n_times + 1, sizeof *value);
    if (!value) return tw_no_memory(err, "values of a sweep");
    const tw_status status = run_markets(r, r->task.from + index, value, err);
    tw_free(r->task.ctx, value);
    return status;
}

/* ---------------------------------------------------------------- a panel */

static tw_status check_market(const tw_ctx *ctx, const tw_sweep_panel *p, size_t market, tw_error *err)
{
    const tw_sweep_market *m = &p->market[market];
    const tw_sweep_search q = search_in(p, market);
    const tw_sweep_job job = tw_sweep_job_of(&q);
    const size_t n_times = p->search->prices.n_times;
    tw_sweep_plan plan;
    if (m->prices.n_times == 0 || m->prices.time_stride != 1 || m->prices.trial_stride != 0)
        return tw_fail(err, TW_BAD_VALUE,
                       "sweep: market %zu has %zu bars; at least 1, time_stride 1 and trial_stride 0", market,
                       m->prices.n_times);
    for (size_t k = 0; k < m->prices.n_times; k++)
        if (m->at[k] >= n_times || (k > 0 && m->at[k] <= m->at[k - 1]))
            return tw_fail(err, TW_BAD_VALUE,
                           "sweep: bar %zu of market %zu lies at %zu of %zu, or not after the one before", k, market,
                           m->at[k], n_times);
    return tw_sweep_task_plan(ctx, &job, &plan, err);
}

tw_status tw_sweep_panel_run(const tw_ctx *ctx, const tw_sweep_panel *p, tw_sweep_result *result, tw_error *err)
{
    const tw_sweep_search *q = p->search;
    *result = (tw_sweep_result){0};
    TW_TRY(tw_sweep_check_search(q, err));
    if (p->n_markets == 0) return tw_fail(err, TW_BAD_VALUE, "sweep: a panel without symbols");
    if (q->keep.fills) return tw_fail(err, TW_BAD_VALUE, "sweep: fills over a panel are not kept");
    for (size_t m = 0; m < p->n_markets; m++) TW_TRY(check_market(ctx, p, m, err));
    running r = {.panel = p,
                 .task = {.ctx = ctx, .result = result, .job = tw_sweep_job_of(q), .markets = p->n_markets}};
    /* The prices of any symbol tell which there are. */
    r.task.job.prices = p->market[0].prices;
    r.task.job.prices.n_times = q->prices.n_times;
    r.task.job.prices.periods_per_year = q->prices.periods_per_year;
    return tw_sweep_task_run(&r.task, run_block, &r, err);
}

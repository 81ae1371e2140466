/* SPDX-License-Identifier: Apache-2.0 */
/* search.c - trials of a rule under many settings. */
#include "backtest/sweep/conditions.h"
#include "backtest/sweep/task.h"

typedef struct searching {
    tw_sweep_task task;
    const tw_sweep_search *search;
} searching;

tw_sweep_conditions tw_sweep_conditions_of(const tw_sweep_search *q, size_t block)
{
    const size_t first = block * TW_SWEEP_LANES, left = q->n - first;
    return (tw_sweep_conditions){{q->weight ? q->weight : q->enter_long, q->exit_long, q->enter_short, q->exit_short},
                                 q->weight != NULL,
                                 q->setting + first,
                                 left < TW_SWEEP_LANES ? left : TW_SWEEP_LANES,
                                 q->column,
                                 q->values,
                                 q->n_columns,
                                 q->prices.n_times};
}

tw_status tw_sweep_task_search(const tw_sweep_task *task, const tw_sweep_search *q, size_t index, tw_sweep_leg *leg,
                               tw_error *err)
{
    const size_t n_times = q->prices.n_times ? q->prices.n_times : 1;
    const tw_sweep_conditions c = tw_sweep_conditions_of(q, index);
    tw_sweep_said said = {0};
    if (c.weights)
        leg->weight = (const tw_sweep_row *)(said.weight = tw_new(task->ctx, n_times, sizeof *said.weight));
    else
        leg->bits = said.bits = tw_new(task->ctx, n_times, sizeof *said.bits);
    if (!said.weight && !said.bits) return tw_no_memory(err, "signals of a sweep");
    tw_status status = tw_sweep_find(task->ctx, &c, &said, err);
    if (status == TW_OK) status = tw_sweep_task_block(task, index, leg, err);
    tw_free(task->ctx, said.bits);
    tw_free(task->ctx, said.weight);
    return status;
}

static tw_status run_block(void *arg, size_t index, int thread, tw_error *err)
{
    const searching *s = arg;
    const size_t block = s->task.from + index;
    tw_sweep_leg leg = {.measures = s->task.result->measures + block * TW_SWEEP_LANES};
    (void)thread;
    return tw_sweep_task_search(&s->task, s->search, block, &leg, err);
}

tw_status tw_sweep_check_search(const tw_sweep_search *q, tw_error *err)
{
    if (!q->enter_long && !q->enter_short && !q->weight)
        return tw_fail(err, TW_BAD_VALUE, "sweep: no condition to enter, nor a weight");
    if (q->n_columns > TW_SWEEP_COLUMNS)
        return tw_fail(err, TW_TOO_LARGE, "sweep: %zu columns, at most %d", q->n_columns, (int)TW_SWEEP_COLUMNS);
    return TW_OK;
}

tw_sweep_job tw_sweep_job_of(const tw_sweep_search *q)
{
    /* Which sides there are is checked with the rules; the bits themselves come block by block. */
    static const uint8_t given[1] = {0};
    tw_sweep_job job = {.n = q->n, .prices = q->prices, .rules = q->rules, .keep = q->keep, .part = q->part};
    static const double weight[1] = {0};
    job.signals.enter_long = q->enter_long ? given : NULL;
    job.signals.exit_long = q->exit_long ? given : NULL;
    job.signals.enter_short = q->enter_short ? given : NULL;
    job.signals.exit_short = q->exit_short ? given : NULL;
    job.signals.weight = q->weight ? weight : NULL;
    return job;
}

tw_status tw_sweep_search_run(const tw_ctx *ctx, const tw_sweep_search *q, tw_sweep_result *result, tw_error *err)
{
    *result = (tw_sweep_result){0};
    TW_TRY(tw_sweep_check_search(q, err));
    if (q->prices.time_stride != 1 || q->prices.trial_stride != 0)
        return tw_fail(err, TW_BAD_VALUE, "sweep: a search is over one asset: time_stride 1 and trial_stride 0");
    searching s = {.search = q, .task = {.ctx = ctx, .result = result}};
    s.task.job = tw_sweep_job_of(q);
    return tw_sweep_task_run(&s.task, run_block, &s, err);
}

tw_status tw_sweep_where(const tw_ctx *ctx, const char *where, const char **setting, size_t *n, tw_error *err)
{
    static const double nothing[1] = {0};
    const double *const values[1] = {nothing};
    size_t kept = 0;
    if (!where) return TW_OK;
    for (size_t first = 0; first < *n; first += TW_SWEEP_LANES) {
        const size_t left = *n - first, m = left < TW_SWEEP_LANES ? left : TW_SWEEP_LANES;
        const tw_sweep_conditions c = {{where}, false, setting + first, m, TW_NAMES("nothing"), values, 1, 1};
        tw_sweep_bits bits = {0};
        TW_TRY(tw_sweep_find(ctx, &c, &(tw_sweep_said){.bits = &bits}, err));
        for (size_t i = 0; i < m; i++)
            if (bits.enter_long >> i & 1) setting[kept++] = setting[first + i];
    }
    *n = kept;
    return TW_OK;
}

/* Each in turn is kept with the chance that makes every set of `most` as likely as any other. */
tw_status tw_sweep_draw(const tw_ctx *ctx, size_t most, uint64_t seed, const char **setting, size_t *n, tw_error *err)
{
    (void)ctx;
    if (most == 0) return tw_fail(err, TW_BAD_VALUE, "sweep: the number of settings to draw must be at least 1");
    tw_random random = {.seed = seed};
    size_t kept = 0;
    for (size_t i = 0; i < *n && kept < most; i++)
        if (tw_random_below(&random, *n - i) < most - kept) setting[kept++] = setting[i];
    *n = kept;
    return TW_OK;
}

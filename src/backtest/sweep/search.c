/* SPDX-License-Identifier: Apache-2.0 */
/* search.c - trials of a rule under many settings: the conditions of 64 settings are one plan of the feature language,
 * whose shared parts are computed once, and run to bits. */
#include "backtest/sweep/put.h"
#include "backtest/sweep/task.h"
#include "tradewind/feature.h"

#include <stdio.h>
#include <string.h>

enum { SIDES = 4, MOST_FEATURES = SIDES * TW_SWEEP_LANES, BARS = 256 };

/* Conditions under which 64 settings at most are looked at. */
typedef struct conditions {
    const char *expression[SIDES]; /* in the order of tw_sweep_bits; NULL: none */
    const char *const *setting;    /* those of the block */
    size_t n;
    const char *const *column;
    const double *const *values;
    size_t n_columns, n_times;
} conditions;

static tw_status put_all(const conditions *c, tw_arena *arena, tw_feature *feature, size_t *n, tw_error *err)
{
    *n = 0;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < SIDES; k++) {
            tw_buf text;
            if (!c->expression[k]) continue;
            tw_buf_init(&text, arena->ctx);
            tw_sweep_put(c->expression[k], c->setting[i], &text);
            char name[TW_TEXT_MAX];
            (void)snprintf(name, sizeof name, "s%zu", i * SIDES + k);
            tw_feature *f = &feature[(*n)++];
            f->name = tw_arena_text(arena, name, strlen(name));
            f->expression = text.failed || !text.data ? NULL : tw_arena_text(arena, text.data, text.length);
            tw_buf_clear(&text);
            if (!f->name || !f->expression) return tw_no_memory(err, "conditions of a sweep");
        }
    return TW_OK;
}

static uint64_t *side_of(tw_sweep_bits *bits, size_t side)
{
    uint64_t *const all[SIDES] = {&bits->enter_long, &bits->exit_long, &bits->enter_short, &bits->exit_short};
    return all[side];
}

/* Values of one condition over some bars become a bit in each. */
static void set_bits(const double *value, size_t n, size_t side, size_t lane, tw_sweep_bits *bits)
{
    for (size_t t = 0; t < n; t++) *side_of(&bits[t], side) |= (uint64_t)(value[t] == 1) << lane;
}

static tw_status run_plan(const conditions *c, tw_runner *runner, double (*value)[BARS], tw_sweep_bits *bits,
                          tw_error *err)
{
    tw_tiles_out out[MOST_FEATURES];
    tw_tiles in[TW_SWEEP_COLUMNS];
    for (size_t f = 0; f < MOST_FEATURES; f++) out[f] = (tw_tiles_out){.f64 = value[f], .time_stride = 1};
    for (size_t t = 0; t < c->n_times; t += BARS) {
        const size_t left = c->n_times - t, n = left < BARS ? left : BARS;
        for (size_t k = 0; k < c->n_columns; k++) in[k] = (tw_tiles){.base = c->values[k] + t, .time_stride = 1};
        TW_TRY(tw_runner_run(runner, n, in, out, err));
        size_t f = 0;
        for (size_t i = 0; i < c->n; i++)
            for (size_t k = 0; k < SIDES; k++)
                if (c->expression[k]) set_bits(value[f++], n, k, i, bits + t);
    }
    return TW_OK;
}

static tw_status compile(const tw_ctx *ctx, const conditions *c, tw_plan **plan, tw_error *err)
{
    tw_feature feature[MOST_FEATURES];
    size_t n;
    tw_arena arena;
    tw_arena_init(&arena, ctx);
    tw_status status = put_all(c, &arena, feature, &n, err);
    if (status == TW_OK) {
        const tw_plan_spec spec = {
            .columns = c->column, .n_columns = c->n_columns, .features = feature, .n_features = n};
        status = tw_plan_compile(ctx, &spec, plan, err);
        if (status != TW_OK) status = tw_fail_in(err, status, "settings '%s' and after", c->setting[0]);
    }
    for (size_t f = 0; status == TW_OK && f < n; f++)
        if (!tw_plan_is_logical(*plan, f))
            status = tw_fail(err, TW_BAD_VALUE, "'%s' is a number; a signal must be a condition, such as x > 0",
                             feature[f].expression);
    tw_arena_clear(&arena);
    return status;
}

/* bits[n_times] must be zero. */
static tw_status find_bits(const tw_ctx *ctx, const conditions *c, tw_sweep_bits *bits, tw_error *err)
{
    /* The blocks share the pool already; within one there is nothing to share. */
    const tw_ctx alone = {.alloc = ctx ? ctx->alloc : NULL, .isa = ctx ? ctx->isa : TW_ISA_BEST};
    tw_plan *plan = NULL;
    tw_runner *runner = NULL;
    tw_status status = compile(&alone, c, &plan, err);
    if (status == TW_OK) status = tw_runner_new(&alone, plan, 1, NULL, &runner, err);
    if (status == TW_OK) {
        double(*value)[BARS] = tw_new(&alone, MOST_FEATURES, sizeof *value);
        status = value ? run_plan(c, runner, value, bits, err) : tw_no_memory(err, "conditions of a sweep");
        tw_free(&alone, value);
    }
    tw_runner_free(runner);
    tw_plan_free(plan);
    return status;
}

/* ---------------------------------------------------------------- a search */

typedef struct searching {
    tw_sweep_task task;
    const tw_sweep_search *search;
} searching;

static tw_status run_block(void *arg, size_t index, int thread, tw_error *err)
{
    const searching *s = arg;
    const tw_sweep_search *q = s->search;
    const size_t block = s->task.from + index, first = block * TW_SWEEP_LANES, left = q->n - first;
    const conditions c = {{q->enter_long, q->exit_long, q->enter_short, q->exit_short},
                          q->setting + first,
                          left < TW_SWEEP_LANES ? left : TW_SWEEP_LANES,
                          q->column,
                          q->values,
                          q->n_columns,
                          q->prices.n_times};
    (void)thread;
    tw_sweep_bits *bits = tw_new(s->task.ctx, q->prices.n_times ? q->prices.n_times : 1, sizeof *bits);
    if (!bits) return tw_no_memory(err, "signals of a sweep");
    tw_status status = find_bits(s->task.ctx, &c, bits, err);
    if (status == TW_OK) status = tw_sweep_task_block(&s->task, block, bits, err);
    tw_free(s->task.ctx, bits);
    return status;
}

tw_status tw_sweep_search_run(const tw_ctx *ctx, const tw_sweep_search *q, tw_sweep_result *result, tw_error *err)
{
    static const uint8_t given[1] = {0};
    *result = (tw_sweep_result){0};
    if (!q->enter_long && !q->enter_short) return tw_fail(err, TW_BAD_VALUE, "sweep: no condition to enter");
    if (q->n_columns > TW_SWEEP_COLUMNS)
        return tw_fail(err, TW_TOO_LARGE, "sweep: %zu columns, at most %d", q->n_columns, (int)TW_SWEEP_COLUMNS);
    if (q->prices.time_stride != 1 || q->prices.trial_stride != 0)
        return tw_fail(err, TW_BAD_VALUE, "sweep: a search is over one asset: time_stride 1 and trial_stride 0");
    searching s = {.search = q, .task = {.ctx = ctx, .result = result}};
    s.task.job = (tw_sweep_job){.n = q->n, .prices = q->prices, .rules = q->rules, .keep = q->keep};
    /* Which sides there are is checked with the rules; the bits themselves come block by block. */
    s.task.job.signals.enter_long = q->enter_long ? given : NULL;
    s.task.job.signals.enter_short = q->enter_short ? given : NULL;
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
        const conditions c = {{where}, setting + first, m, TW_NAMES("nothing"), values, 1, 1};
        tw_sweep_bits bits = {0};
        TW_TRY(find_bits(ctx, &c, &bits, err));
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

/* SPDX-License-Identifier: Apache-2.0 */
/* conditions.c - the conditions of 64 settings are one plan of the feature language, whose shared parts are computed
 * once, and run to bits. */
#include "backtest/sweep/conditions.h"
#include "backtest/sweep/put.h"
#include "tradewind/feature.h"

#include <stdio.h>
#include <string.h>

enum { SIDES = TW_SWEEP_SIDES, MOST_FEATURES = SIDES * TW_SWEEP_LANES, BARS = 256 };

typedef tw_sweep_conditions conditions;

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

static void set_weights(const double *value, size_t n, size_t lane, tw_sweep_row *weight)
{
    for (size_t t = 0; t < n; t++) weight[t][lane] = value[t];
}

static tw_status run_plan(const conditions *c, tw_runner *runner, double (*value)[BARS], const tw_sweep_said *said,
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
            if (c->weights)
                set_weights(value[f++], n, i, said->weight + t);
            else
                for (size_t k = 0; k < SIDES; k++)
                    if (c->expression[k]) set_bits(value[f++], n, k, i, said->bits + t);
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
    for (size_t f = 0; status == TW_OK && !c->weights && f < n; f++)
        if (!tw_plan_is_logical(*plan, f))
            status = tw_fail(err, TW_BAD_VALUE, "'%s' is a number; a signal must be a condition, such as x > 0",
                             feature[f].expression);
    tw_arena_clear(&arena);
    return status;
}

tw_status tw_sweep_find(const tw_ctx *ctx, const conditions *c, const tw_sweep_said *said, tw_error *err)
{
    /* The blocks share the pool already; within one there is nothing to share. */
    const tw_ctx alone = {.alloc = ctx ? ctx->alloc : NULL, .isa = ctx ? ctx->isa : TW_ISA_BEST};
    tw_plan *plan = NULL;
    tw_runner *runner = NULL;
    tw_status status = compile(&alone, c, &plan, err);
    if (status == TW_OK) status = tw_runner_new(&alone, plan, 1, NULL, &runner, err);
    if (status == TW_OK) {
        double(*value)[BARS] = tw_new(&alone, MOST_FEATURES, sizeof *value);
        status = value ? run_plan(c, runner, value, said, err) : tw_no_memory(err, "conditions of a sweep");
        tw_free(&alone, value);
    }
    tw_runner_free(runner);
    tw_plan_free(plan);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Runners: made, forgotten, freed. */
#include "feature/runner.h"

#include <math.h>
#include <string.h>

#include "base/isa.h"

/* Above this a plan is a mistake or an attack: 64 GiB. */
#define MOST_BYTES (UINT64_C(64) << 30)

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

/* Addresses of places, slots, a spare state for peeking, and the rows of a cross-section. */
static size_t scratch_bytes(const tw_runner *r)
{
    const fx_layout *l = &r->layout;
    const size_t row = r->n_blocks * r->lanes;
    const size_t section = l->n_phases > 1 ? (l->section_ins + l->section_outs) * row + 4 * r->n_symbols : 0;
    return round_up(l->n_places * sizeof(double *), 64) + round_up(l->scratch_count * sizeof(double), 64) +
           round_up(l->largest_state, 64) + round_up(section * sizeof(double), 64) + 64;
}

static tw_status check_size(const tw_runner *r, tw_error *err)
{
    const double bytes = (double)r->layout.block_bytes * (double)r->n_blocks;
    if (bytes <= (double)MOST_BYTES) return TW_OK;
    return tw_fail(err, TW_TOO_LARGE, "a runner may need %.0f MiB, this plan over %zu symbols needs %.0f MiB",
                   (double)MOST_BYTES / 1048576, r->n_symbols, bytes / 1048576);
}

static tw_status check_groups(const int32_t *group, size_t n, tw_error *err)
{
    for (size_t i = 0; group && i < n; i++)
        if (group[i] < 0)
            return tw_fail(err, TW_BAD_VALUE, "the group of symbol %zu must be 0 or more, got %d", i, (int)group[i]);
    return TW_OK;
}

static tw_status open_runner(tw_runner *r, const int32_t *group, tw_error *err)
{
    TW_TRY(check_groups(group, r->n_symbols, err));
    TW_TRY(fx_layout_init(&r->layout, r->ctx, r->plan, r->lanes, err));
    TW_TRY(check_size(r, err));
    const size_t threads = (size_t)tw_pool_threads(r->ctx ? r->ctx->pool : NULL);
    r->scratch_bytes = scratch_bytes(r);
    r->group = tw_new(r->ctx, r->n_symbols, sizeof *r->group);
    r->blocks = tw_new(r->ctx, r->n_blocks, r->layout.block_bytes + 1);
    r->scratch = tw_new(r->ctx, threads, r->scratch_bytes);
    r->settled = tw_new(r->ctx, threads, sizeof *r->settled);
    r->spans = tw_new(r->ctx, r->plan->n_features + r->layout.n_steps, sizeof *r->spans);
    if (!r->group || !r->blocks || !r->scratch || !r->settled || !r->spans)
        return tw_no_memory(err, "the state of a feature plan");
    if (group) memcpy(r->group, group, r->n_symbols * sizeof *group);
    r->copiers = TW_ISA_PICK(tw_isa_resolve(r->ctx ? r->ctx->isa : TW_ISA_BEST), fx_copiers);
    tw_runner_reset(r);
    return TW_OK;
}

tw_status tw_runner_new(const tw_ctx *ctx, const tw_plan *plan, size_t n_symbols, const int32_t *group,
                        tw_runner **runner, tw_error *err)
{
    if (n_symbols == 0 || n_symbols > INT32_MAX)
        return tw_fail(err, TW_BAD_VALUE, "a runner takes 1 to %d symbols, got %zu", INT32_MAX, n_symbols);
    tw_runner *made = tw_new(ctx, 1, sizeof *made);
    if (!made) return tw_no_memory(err, "a runner");
    *made = (tw_runner){.ctx = ctx, .plan = plan, .n_symbols = n_symbols, .lanes = n_symbols == 1 ? 1 : TW_LANES};
    made->n_blocks = (n_symbols + made->lanes - 1) / made->lanes;
    const tw_status status = open_runner(made, group, err);
    if (status == TW_OK)
        *runner = made;
    else
        tw_runner_free(made);
    return status;
}

void tw_runner_free(tw_runner *runner)
{
    if (!runner) return;
    const tw_ctx *ctx = runner->ctx;
    fx_layout_clear(&runner->layout, ctx);
    tw_free(ctx, runner->group);
    tw_free(ctx, runner->blocks);
    tw_free(ctx, runner->scratch);
    tw_free(ctx, runner->settled);
    tw_free(ctx, runner->spans);
    tw_free(ctx, runner);
}

static void reset_block(tw_runner *r, char *block)
{
    const fx_layout *l = &r->layout;
    for (size_t i = 0; i < l->n_steps; i++)
        if (l->steps[i].kind == FX_RUN)
            fx_state_init(l->steps[i].op, l->steps[i].params, r->lanes, block + l->steps[i].state);
    double *kept = fx_kept(r, block);
    for (size_t i = 0; i < l->kept_count; i++) kept[i] = NAN; /* before the first bar ever all is missing */
    memset(fx_positions(r, block), 0, l->n_kept * sizeof(size_t));
}

void tw_runner_reset(tw_runner *runner)
{
    for (size_t b = 0; b < runner->n_blocks; b++) reset_block(runner, fx_block(runner, b));
    runner->bars = 0;
}

uint64_t tw_runner_bars(const tw_runner *runner) { return runner->bars; }

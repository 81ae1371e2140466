/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/sweep/task.h"
#include "base/isa.h"

#include <string.h>

static const tw_param RULES[] = {
    TW_PARAM(tw_sweep_rules, capital, 100000, 1e-6, 1e15, "cash at the start"),
    TW_PARAM_TEXT(tw_sweep_rules, sizing, "all", "all|value|shares|percent", "what an entry takes"),
    TW_PARAM(tw_sweep_rules, size, 1, 0, 1e15, "value: cash; shares: their number; percent: share of cash, 0.5 = half"),
    TW_PARAM(tw_sweep_rules, fee_bp, 0, 0, 5000, "fee, basis points of traded value"),
    TW_PARAM(tw_sweep_rules, fee_fixed, 0, 0, 1e9, "fee of each order, cash"),
    TW_PARAM(tw_sweep_rules, slippage_bp, 0, 0, 5000, "basis points by which a fill is worse than its price"),
    TW_PARAM(tw_sweep_rules, whole_shares, 0, 0, 1, "trade whole shares only"),
    TW_PARAM_TEXT(tw_sweep_rules, fill, "next_open", "next_open|next_close|same_close",
                  "price of a fill; same_close is optimistic: decided and filled at one price"),
    TW_PARAM(tw_sweep_rules, stop_loss, 0, 0, 0.999, "leave when this share below (short: above) the price paid"),
    TW_PARAM(tw_sweep_rules, take_profit, 0, 0, 0.999, "leave when this share above (short: below) the price paid"),
    TW_PARAM(tw_sweep_rules, trailing, 0, 0, 0.999, "leave when this share below the best price since the entry"),
    TW_PARAM(tw_sweep_rules, band, 0, 0, 1,
             "with weights: no order while the position is at most this far from its weight"),
    TW_PARAM_END,
};

const tw_param *tw_sweep_rules_params(void) { return RULES; }

/* Rules come from a struct that anybody may have filled: what they print as must read as themselves. */
static tw_status check_rules(const tw_sweep_rules *rules, tw_error *err)
{
    tw_buf text;
    tw_sweep_rules again;
    tw_buf_init(&text, NULL);
    tw_params_print(RULES, rules, &text);
    const tw_status status =
        text.failed ? tw_no_memory(err, "rules") : tw_params_parse(RULES, "rules", text.data, &again, err);
    tw_buf_clear(&text);
    return status;
}

static int place_of(const char *text, const char *const *names)
{
    int i = 0;
    while (names[i] && strcmp(names[i], text) != 0) i++;
    return i;
}

static tw_status read_plan(const tw_ctx *ctx, const tw_sweep_rules *r, tw_sweep_plan *plan, tw_error *err)
{
    const tw_isa isa = tw_isa_resolve(ctx ? ctx->isa : TW_ISA_BEST);
    (void)isa; /* one path only, off x86 */
    TW_TRY(check_rules(r, err));
    *plan = (tw_sweep_plan){
        .terms = {.sizing = (tw_sizing)place_of(r->sizing, TW_NAMES("all", "value", "shares", "percent")),
                  .size = r->size,
                  .fee = r->fee_bp / 1e4,
                  .fixed = r->fee_fixed,
                  .slippage = r->slippage_bp / 1e4,
                  .whole = r->whole_shares},
        .fill = (tw_fill_at)place_of(r->fill, TW_NAMES("next_open", "next_close", "same_close")),
        .capital = r->capital,
        .stop_loss = r->stop_loss,
        .take_profit = r->take_profit,
        .trailing = r->trailing,
        .band = r->band,
        .kernels = TW_ISA_PICK(isa, tw_sweep_kernels)(),
        .stops = r->stop_loss > 0 || r->take_profit > 0 || r->trailing > 0,
    };
    if (plan->terms.sizing == TW_SIZE_PERCENT && r->size > 1)
        return tw_fail(err, TW_BAD_VALUE, "rules: size must be in [0, 1] with sizing=percent, got %g", r->size);
    return TW_OK;
}

static bool has_signals(const tw_sweep_signals *s)
{
    return s->enter_long || s->exit_long || s->enter_short || s->exit_short;
}

static tw_status check_weights(const tw_sweep_signals *s, const tw_sweep_plan *plan, tw_error *err)
{
    if (!s->weight && plan->band > 0)
        return tw_fail(err, TW_BAD_VALUE, "rules: band is for weights, and there are none");
    if (!s->weight) return TW_OK;
    if (has_signals(s)) return tw_fail(err, TW_BAD_VALUE, "sweep: weights and signals at once; give one of them");
    if (plan->stops) return tw_fail(err, TW_BAD_VALUE, "rules: no stops with weights, which would buy again at once");
    if (plan->terms.sizing != TW_SIZE_ALL)
        return tw_fail(err, TW_BAD_VALUE, "rules: no sizing with weights, which say what is held");
    return TW_OK;
}

static tw_status check_job(const tw_sweep_job *job, const tw_sweep_plan *plan, tw_error *err)
{
    const tw_sweep_prices *p = &job->prices;
    const tw_sweep_signals *s = &job->signals;
    if (!p->close) return tw_fail(err, TW_BAD_DATA, "sweep: closes are needed");
    if (plan->fill == TW_FILL_NEXT_OPEN && !p->open)
        return tw_fail(err, TW_BAD_DATA, "sweep: opens are needed for fill=next_open");
    if (job->n > UINT32_MAX || p->n_times > UINT32_MAX || p->trial_stride > 1)
        return tw_fail(err, TW_TOO_LARGE, "sweep: %zu trials of %zu bars, trial_stride %zu; at most 2^32 - 1 and 1",
                       job->n, p->n_times, p->trial_stride);
    if (!(p->periods_per_year > 0 && p->periods_per_year <= 1e9))
        return tw_fail(err, TW_BAD_VALUE, "sweep: periods_per_year must be in (0, 1e9], got %g", p->periods_per_year);
    if (plan->terms.sizing == TW_SIZE_PERCENT && s->enter_long && s->enter_short)
        return tw_fail(err, TW_BAD_VALUE, "sweep: sizing=percent cannot turn a position round; give one side");
    if (job->part.from % TW_SWEEP_LANES != 0 && job->part.from < job->n)
        return tw_fail(err, TW_BAD_VALUE, "sweep: trials are left out in blocks of %d; got %zu", (int)TW_SWEEP_LANES,
                       job->part.from);
    TW_TRY(check_weights(s, plan, err));
    if (job->keep.paths && job->keep.path_stride < p->n_times)
        return tw_fail(err, TW_BAD_VALUE, "sweep: path_stride %zu must be at least %zu bars", job->keep.path_stride,
                       p->n_times);
    return TW_OK;
}

/* ---------------------------------------------------------------- a block of trials */

static const void *at_or_null(const void *base, size_t bytes) { return base ? (const char *)base + bytes : NULL; }

static tw_sweep_bar bar_at(const tw_sweep_job *job, size_t t, size_t first)
{
    const tw_sweep_prices *p = &job->prices;
    const size_t at = (t * p->time_stride + first * p->trial_stride) * sizeof(double);
    return (tw_sweep_bar){.open = at_or_null(p->open, at),
                          .high = at_or_null(p->high, at),
                          .low = at_or_null(p->low, at),
                          .close = at_or_null(p->close, at),
                          .step = p->trial_stride,
                          .time = (uint32_t)t};
}

typedef tw_sweep_task run;

static void ask(const run *r, const tw_sweep_leg *leg, const tw_sweep_block *b, size_t t, tw_sweep_asked *asked)
{
    const tw_sweep_signals *s = &r->job.signals;
    const size_t at = t * s->time_stride + b->first;
    if (leg->bits)
        asked->bits = leg->bits[t];
    else if (leg->weight)
        asked->weight = leg->weight[t];
    else if (s->weight)
        asked->weight = s->weight + at;
    else
        r->plan.kernels->read(s, at, b->n, &asked->bits);
}

/* In line always: gcc takes a function that only fetches for one that does nothing, and leaves calls of it out. */
static inline __attribute__((always_inline)) void fetch(const void *from, size_t bytes)
{
    enum { LINE = 64 };
    if (!from) return;
    for (size_t i = 0; i < bytes; i += LINE) __builtin_prefetch((const char *)from + i);
    __builtin_prefetch((const char *)from + bytes - 1);
}

/* 64 bytes lie in two lines at most. */
static inline __attribute__((always_inline)) void fetch_signals(const uint8_t *signal, size_t at, size_t n)
{
    if (!signal) return;
    __builtin_prefetch(signal + at);
    __builtin_prefetch(signal + at + n - 1);
}

/* Rows lie far apart: those of some bars ahead are asked for. */
static inline __attribute__((always_inline)) void fetch_ahead(const tw_sweep_job *job, size_t t, size_t first, size_t n)
{
    enum { AHEAD = 6 };
    const tw_sweep_signals *s = &job->signals;
    if (t + AHEAD >= job->prices.n_times || job->prices.trial_stride == 0) return;
    const size_t price = ((t + AHEAD) * job->prices.time_stride + first) * sizeof(double);
    const size_t at = (t + AHEAD) * s->time_stride + first;
    fetch(at_or_null(job->prices.close, price), n * sizeof(double));
    fetch(at_or_null(job->prices.open, price), n * sizeof(double));
    fetch_signals(s->enter_long, at, n);
    fetch_signals(s->exit_long, at, n);
    fetch_signals(s->enter_short, at, n);
    fetch_signals(s->exit_short, at, n);
}

/* What the accounts are worth stays until the next bar that the symbol has. */
static void add_values(const tw_sweep_sum *sum, const tw_sweep_block *b, size_t t, size_t n_times)
{
    if (t == 0)
        for (size_t u = 0; u <= sum->at[0]; u++)
            for (size_t i = 0; i < TW_SWEEP_LANES; i++) sum->value[u][i] += b->value[0][i];
    for (size_t k = 0; k < b->n_bars; k++) {
        const size_t end = t + k + 1 < n_times ? sum->at[t + k + 1] : sum->n_times;
        for (size_t u = sum->at[t + k]; u < end; u++)
            for (size_t i = 0; i < TW_SWEEP_LANES; i++) sum->value[u + 1][i] += b->value[k + 1][i];
    }
}

static tw_status run_bars(const run *r, tw_sweep_block *b, const tw_sweep_leg *leg, tw_error *err)
{
    const tw_sweep_job *job = &r->job;
    const tw_sweep_keep *keep = &job->keep;
    const size_t n_times = job->prices.n_times, first = b->first;
    _Alignas(64) tw_sweep_returns returns[TW_SWEEP_BARS];
    tw_sweep_asked asked = {0};
    for (size_t t = 0; t < n_times; t += TW_SWEEP_BARS) {
        const size_t left = n_times - t, n = left < TW_SWEEP_BARS ? left : TW_SWEEP_BARS;
        for (size_t k = 0; k < n; k++) {
            fetch_ahead(job, t + k, first, b->n);
            const tw_sweep_bar bar = bar_at(job, t + k, first);
            ask(r, leg, b, t + k, &asked);
            TW_TRY(tw_sweep_block_bar(b, &bar, &asked, err));
        }
        if (leg->sum) add_values(leg->sum, b, t, n_times);
        tw_sweep_block_mark(b, returns);
        if (!keep->paths) continue;
        const tw_sweep_paths paths = {keep->paths + first * keep->path_stride + t, keep->path_stride};
        r->plan.kernels->turn((const tw_sweep_returns *)returns, n, b->n, &paths);
    }
    return TW_OK;
}

/* By trial, then time: a counting sort of what lies by time. */
static void sort_fills(const tw_sweep_fills *block, size_t first, tw_sweep_fill *sorted)
{
    size_t start[TW_SWEEP_LANES + 1] = {0};
    for (size_t i = 0; i < block->n; i++) start[block->fill[i].trial + 1]++;
    for (size_t i = 0; i < TW_SWEEP_LANES; i++) start[i + 1] += start[i];
    for (size_t i = 0; i < block->n; i++) {
        tw_sweep_fill *to = &sorted[start[block->fill[i].trial]++];
        *to = block->fill[i];
        to->trial += (uint32_t)first;
    }
}

static tw_status run_block(const run *r, tw_sweep_block *b, const tw_sweep_leg *leg, tw_error *err)
{
    TW_TRY(run_bars(r, b, leg, err));
    for (size_t i = 0; i < b->n; i++) leg->measures[i] = tw_sweep_block_measures(b, i, r->job.prices.n_times);
    if (r->fills) r->fills[b->first / TW_SWEEP_LANES] = (tw_sweep_fills){b->tape.fill, b->tape.n};
    b->tape.fill = NULL;
    return TW_OK;
}

tw_status tw_sweep_task_block(const tw_sweep_task *r, size_t index, const tw_sweep_leg *leg, tw_error *err)
{
    tw_sweep_block *b = tw_new(r->ctx, 1, sizeof *b);
    if (!b) return tw_no_memory(err, "a block of a sweep");
    b->ctx = r->ctx;
    b->plan = &r->plan;
    tw_sweep_block_init(b, index * TW_SWEEP_LANES, r->job.n);
    const tw_status status = run_block(r, b, leg, err);
    tw_free(r->ctx, b->tape.fill);
    tw_free(r->ctx, b);
    return status;
}

/* ---------------------------------------------------------------- all of them */

static tw_status join_fills(const run *r, tw_error *err)
{
    tw_sweep_result *out = r->result;
    size_t n = 0;
    for (size_t i = 0; i < r->n_blocks; i++) n += r->fills[i].n;
    if (n == 0) return TW_OK;
    out->fill = tw_resize(r->ctx, NULL, 0, n * sizeof *out->fill); /* as it comes: all of it is written */
    if (!out->fill) return tw_no_memory(err, "the fills of a sweep");
    for (size_t i = 0; i < r->n_blocks; i++) {
        sort_fills(&r->fills[i], i * TW_SWEEP_LANES, out->fill + out->n_fills);
        out->n_fills += r->fills[i].n;
        tw_free(r->ctx, r->fills[i].fill); /* at once: all of them twice would be the most memory of the run */
        r->fills[i].fill = NULL;
    }
    return TW_OK;
}

/* Blocks between two looks at whether to stop, which panels of many symbols take long for. */
static size_t wave_of(const run *r)
{
    enum { WAVE = 16 };
    const size_t each = r->markets > 0 ? WAVE / r->markets : WAVE;
    return (each ? each : 1) * (size_t)tw_pool_threads(r->ctx ? r->ctx->pool : NULL);
}

static tw_status tell_done(const run *r, size_t n_blocks, tw_error *err)
{
    const tw_sweep_part *part = &r->job.part;
    const size_t n = n_blocks < r->n_blocks ? n_blocks * TW_SWEEP_LANES : r->job.n;
    return part->done ? part->done(part->arg, n, r->result->measures, err) : TW_OK;
}

static tw_status run_all(run *r, tw_task *block, void *arg, tw_error *err)
{
    tw_sweep_result *out = r->result;
    const size_t wave = wave_of(r);
    out->n = r->job.n;
    out->measures = tw_new(r->ctx, out->n ? out->n : 1, sizeof *out->measures);
    r->fills = tw_new(r->ctx, r->n_blocks ? r->n_blocks : 1, sizeof *r->fills);
    if (!out->measures || !r->fills) return tw_no_memory(err, "a sweep");
    for (r->from = r->job.part.from / TW_SWEEP_LANES; r->from < r->n_blocks; r->from += wave) {
        const size_t left = r->n_blocks - r->from, n = left < wave ? left : wave;
        TW_TRY(tw_progress_step(r->ctx, "sweep", r->from, r->n_blocks, NULL));
        TW_TRY(tw_pool_run(r->ctx ? r->ctx->pool : NULL, n, block, arg, err));
        TW_TRY(tell_done(r, r->from + n, err));
    }
    return join_fills(r, err);
}

tw_status tw_sweep_task_plan(const tw_ctx *ctx, const tw_sweep_job *job, tw_sweep_plan *plan, tw_error *err)
{
    TW_TRY(read_plan(ctx, &job->rules, plan, err));
    TW_TRY(check_job(job, plan, err));
    if (job->signals.weight) plan->terms.sizing = TW_SIZE_GIVEN;
    plan->periods_per_year = job->prices.periods_per_year;
    plan->keep_fills = job->keep.fills;
    return TW_OK;
}

tw_status tw_sweep_task_run(tw_sweep_task *r, tw_task *block, void *arg, tw_error *err)
{
    *r->result = (tw_sweep_result){0};
    TW_TRY(tw_sweep_task_plan(r->ctx, &r->job, &r->plan, err));
    r->n_blocks = r->job.n / TW_SWEEP_LANES + (r->job.n % TW_SWEEP_LANES != 0);
    const tw_status status = run_all(r, block, arg, err);
    for (size_t i = 0; r->fills && i < r->n_blocks; i++) tw_free(r->ctx, r->fills[i].fill);
    tw_free(r->ctx, r->fills);
    if (status != TW_OK) tw_sweep_clear(r->ctx, r->result);
    return status;
}

static tw_status block_of_signals(void *arg, size_t index, int thread, tw_error *err)
{
    const run *r = arg;
    const size_t block = r->from + index;
    const tw_sweep_leg leg = {.measures = r->result->measures + block * TW_SWEEP_LANES};
    (void)thread;
    return tw_sweep_task_block(r, block, &leg, err);
}

tw_status tw_sweep_run(const tw_ctx *ctx, const tw_sweep_job *job, tw_sweep_result *result, tw_error *err)
{
    run r = {.ctx = ctx, .job = *job, .result = result};
    return tw_sweep_task_run(&r, block_of_signals, &r, err);
}

void tw_sweep_clear(const tw_ctx *ctx, tw_sweep_result *result)
{
    tw_free(ctx, result->measures);
    tw_free(ctx, result->fill);
    *result = (tw_sweep_result){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The executor. A plan without cross-sections takes a block through all of time, chunk by chunk, while its state is in
 * cache; with them, all blocks take a chunk together and meet at each cross-section. Nothing here allocates. */
#include <math.h>
#include <string.h>

#include "feature/runner.h"

/* Rows [t0, t0 + n) of a call, in one phase. */
typedef struct pass {
    tw_runner *runner;
    const tw_tiles *in;
    const tw_tiles_out *out;
    size_t n_call; /* rows of the whole call */
    size_t t0, n;
    const fx_phase *phase;
    bool peek;
    bool direct; /* operators may read columns and write features where the caller has them */
} pass;

/* A pass at work on one block. */
typedef struct work {
    const pass *pass;
    size_t block;
    char *memory;      /* of the block */
    double **at;       /* of every place: its first row of this pass */
    char *spare_state; /* for peeking */
} work;

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

/* ---- scratch of a thread */

static char *spare_of(const tw_runner *r, char *scratch)
{
    return (char *)(void *)fx_slots(r, scratch) + round_up(r->layout.scratch_count * sizeof(double), 64);
}

static double *section_of(const tw_runner *r, char *scratch)
{
    return (double *)(void *)(spare_of(r, scratch) + round_up(r->layout.largest_state, 64));
}

/* ---- where values are */

static double *kept_row(const tw_runner *r, char *block, const fx_place *place)
{
    const size_t row = place->history + fx_positions(r, block)[place->kept];
    return fx_kept(r, block) + place->offset + row * r->lanes;
}

static double *locate(const tw_runner *r, char *block, double *slots, const fx_place *place)
{
    if (place->kind == FX_KEPT) return kept_row(r, block, place);
    return (place->kind == FX_SCRATCH ? slots : r->layout.fixed) + place->offset;
}

/* Moves the history to the front of kept values whose slack would not hold n more rows. */
static void make_room(const tw_runner *r, char *block, size_t n)
{
    size_t *positions = fx_positions(r, block);
    for (size_t i = 0; i < r->layout.n_kept; i++) {
        const fx_place *place = r->layout.kept[i];
        if (positions[i] + n <= place->slack) continue;
        double *base = fx_kept(r, block) + place->offset;
        memmove(base, base + positions[i] * r->lanes, place->history * r->lanes * sizeof *base);
        positions[i] = 0;
    }
}

static void advance(const tw_runner *r, char *block, size_t n)
{
    size_t *positions = fx_positions(r, block);
    for (size_t i = 0; i < r->layout.n_kept; i++) positions[i] += n;
}

/* ---- steps of a block */

/* ---- columns and features in place
 *
 * A value that nobody needs longer than the chunk need not be copied: an operator reads the column, or writes the
 * feature, where the caller has it, if its rows lie side by side there. A column whose earlier rows are read, too, once
 * these are rows of the call; the last of them are kept at its end. */

static bool lies_side_by_side(const work *w, size_t time_stride)
{
    const tw_runner *r = w->pass->runner;
    return w->pass->direct && time_stride == r->lanes && fx_lanes_used(r, w->block) == r->lanes;
}

static bool lies_in_place(const work *w, size_t place, size_t time_stride)
{
    return w->pass->runner->layout.places[place].kind == FX_SCRATCH && lies_side_by_side(w, time_stride);
}

/* True when the column is read in place in the chunk that begins at t0. */
static bool reads_in_place(const work *w, const fx_step *step)
{
    const fx_layout *l = &w->pass->runner->layout;
    const fx_place *place = l->places + step->outputs[0];
    const bool has_history = place->kind == FX_KEPT && l->n_phases == 1 && w->pass->t0 >= place->history;
    return (place->kind == FX_SCRATCH || has_history) && lies_side_by_side(w, w->pass->in[step->column].time_stride);
}

/* Row t of the call, of a column. */
static const double *column_row(const work *w, const fx_step *step, size_t t)
{
    const tw_tiles *in = w->pass->in + step->column;
    return in->base + w->block * in->block_stride + t * in->time_stride;
}

static void place_columns(const work *w, const fx_step *step)
{
    if (reads_in_place(w, step))
        w->at[step->outputs[0]] = (double *)(uintptr_t)column_row(w, step, w->pass->t0); /* inputs are only read */
}

/* Behind the last chunk: the rows that the next call will look back at. */
static void keep_columns(const work *w)
{
    const pass *p = w->pass;
    const tw_runner *r = p->runner;
    for (uint32_t i = p->phase->first; i < p->phase->end; i++) {
        const fx_step *step = r->layout.steps + i;
        const fx_place *place = step->kind == FX_LOAD ? r->layout.places + step->outputs[0] : NULL;
        if (!place || place->kind != FX_KEPT || !reads_in_place(w, step)) continue;
        double *end = kept_row(r, w->memory, place);
        memcpy(end - place->history * r->lanes, column_row(w, step, p->n_call - place->history),
               place->history * r->lanes * sizeof *end);
    }
}

static void place_features(const work *w, const fx_step *step)
{
    const pass *p = w->pass;
    for (uint32_t i = 0; i < step->n_stores; i++) {
        const fx_store *s = p->runner->layout.stores + step->first_store + i;
        const tw_tiles_out *out = p->out + s->feature;
        if (out->f64 && lies_in_place(w, s->place, out->time_stride))
            w->at[s->place] = out->f64 + w->block * out->block_stride + p->t0 * out->time_stride;
    }
}

/* Values from the first to the last of a call. */
static size_t extent(const pass *p, size_t block_stride, size_t time_stride)
{
    return (p->runner->n_blocks - 1) * block_stride + (p->n_call - 1) * time_stride + p->runner->lanes;
}

static fx_span span_of_feature(const pass *p, const tw_tiles_out *out)
{
    const size_t n = extent(p, out->block_stride, out->time_stride);
    const uintptr_t begin = out->f64 ? (uintptr_t)out->f64 : (uintptr_t)out->f32;
    return (fx_span){begin, begin + n * (out->f64 ? sizeof *out->f64 : sizeof *out->f32), true};
}

static fx_span span_of_column(const pass *p, const tw_tiles *in)
{
    const uintptr_t begin = (uintptr_t)in->base;
    return (fx_span){begin, begin + extent(p, in->block_stride, in->time_stride) * sizeof *in->base, false};
}

static size_t spans_of(const pass *p)
{
    const tw_runner *r = p->runner;
    size_t n = 0;
    for (size_t f = 0; f < r->plan->n_features; f++) r->spans[n++] = span_of_feature(p, p->out + f);
    for (size_t i = 0; i < r->layout.n_loads; i++)
        r->spans[n++] = span_of_column(p, p->in + r->layout.steps[r->layout.loads[i]].column);
    return n;
}

/* By where they begin; in place, where qsort may ask for memory. Shell 1959. */
static void sort_spans(fx_span *span, size_t n)
{
    for (size_t gap = n / 2; gap; gap /= 2)
        for (size_t i = gap; i < n; i++) {
            const fx_span x = span[i];
            size_t j = i;
            for (; j >= gap && span[j - gap].begin > x.begin; j -= gap) span[j] = span[j - gap];
            span[j] = x;
        }
}

/* True when no feature lies over a column or another feature. Not asked of few rows: it would take longer than the
 * copies. */
static bool all_apart(const pass *p)
{
    enum { LEAST_ROWS = 16 };
    fx_span *span = p->runner->spans;
    if (p->n_call < LEAST_ROWS) return false;
    const size_t n = spans_of(p);
    sort_spans(span, n);
    uintptr_t end = 0, written_end = 0; /* of all so far, and of the features among them */
    for (size_t i = 0; i < n; i++) {
        if (span[i].begin < (span[i].written ? end : written_end)) return false;
        if (span[i].end > end) end = span[i].end;
        if (span[i].written && span[i].end > written_end) written_end = span[i].end;
    }
    return true;
}

static void load(const work *w, const fx_step *step)
{
    const pass *p = w->pass;
    const tw_runner *r = p->runner;
    const tw_tiles *in = p->in + step->column;
    if (reads_in_place(w, step)) return;
    const fx_rows rows = {column_row(w, step, p->t0), in->time_stride};
    double *to = w->at[step->outputs[0]];
    r->copiers.copy(&rows, p->n, r->lanes, to, r->lanes);
    for (size_t lane = fx_lanes_used(r, w->block); lane < r->lanes; lane++)
        for (size_t t = 0; t < p->n; t++) to[t * r->lanes + lane] = NAN;
}

static void fill(const work *w, const fx_step *step)
{
    double *to = w->at[step->outputs[0]];
    for (size_t i = 0; i < w->pass->n * w->pass->runner->lanes; i++) to[i] = step->constant;
}

static void run_operator(const work *w, const fx_step *step)
{
    const double *in[FX_INPUTS];
    double *out[FX_OUTPUTS];
    for (uint32_t i = 0; i < step->n_inputs; i++) in[i] = w->at[step->inputs[i]];
    for (uint32_t o = 0; o < step->n_outputs; o++) out[o] = w->at[step->outputs[o]];
    void *state = w->memory + step->state;
    if (w->pass->peek) state = memcpy(w->spare_state, state, step->state_size);
    step->run(state, w->pass->n, in, out);
}

static void store(const work *w, const fx_store *s)
{
    const pass *p = w->pass;
    const tw_runner *r = p->runner;
    const tw_tiles_out *out = p->out + s->feature;
    const size_t first = w->block * out->block_stride + p->t0 * out->time_stride, stride = out->time_stride;
    const fx_rows rows = {w->at[s->place], r->lanes};
    const size_t used = fx_lanes_used(r, w->block);
    if (out->f64 && out->f64 + first == rows.base) return; /* it was made there */
    if (out->f64)
        r->copiers.copy(&rows, p->n, r->lanes, out->f64 + first, stride);
    else
        r->copiers.narrow(&rows, p->n, r->lanes, out->f32 + first, stride);
    for (size_t lane = used; lane < r->lanes; lane++)
        for (size_t t = 0; t < p->n; t++) {
            if (out->f64)
                out->f64[first + t * stride + lane] = NAN;
            else
                out->f32[first + t * stride + lane] = NAN;
        }
}

static void run_step(const work *w, const fx_step *step)
{
    const fx_layout *l = &w->pass->runner->layout;
    switch (step->kind) {
    case FX_LOAD: load(w, step); break;
    case FX_FILL: fill(w, step); break;
    case FX_RUN: run_operator(w, step); break;
    case FX_SECTION: /* made before the blocks set out */
    case FX_STORE: break;
    }
    for (uint32_t i = 0; i < step->n_stores; i++) store(w, l->stores + step->first_store + i);
}

/* While step i of n is done: its share of the rows of the next chunk. For plans of several: the processor sees by
 * itself what one step reads, row after row, but not what comes back only after others. */
enum { SEVERAL = 2 };
static void fetch_ahead(const work *w, size_t i, size_t n)
{
    enum { LINE = 64 };
    const pass *p = w->pass;
    const fx_layout *l = &p->runner->layout;
    const size_t begin = p->t0 + p->n, rows = p->n_call - begin < p->n ? p->n_call - begin : p->n;
    const size_t lines = rows * p->runner->lanes * sizeof(double) / LINE, from = lines * i / n,
                 to = lines * (i + 1) / n;
    for (size_t s = 0; s < l->n_loads; s++) {
        const fx_step *step = l->steps + l->loads[s];
        if (!reads_in_place(w, step)) continue;
        const char *row = (const char *)column_row(w, step, begin);
        for (size_t k = from; k < to; k++) __builtin_prefetch(row + k * LINE, 0, 2);
    }
}

static void run_chunk(const pass *p, size_t block, int thread)
{
    const tw_runner *r = p->runner;
    char *scratch = fx_scratch(r, thread);
    r->settled[thread] = false;
    work w = {p, block, fx_block(r, block), (double **)(void *)scratch, spare_of(r, scratch)};
    for (size_t i = 0; i < r->layout.n_places; i++)
        w.at[i] = locate(r, w.memory, fx_slots(r, scratch), r->layout.places + i);
    for (uint32_t i = p->phase->first; p->direct && i < p->phase->end; i++) {
        const fx_step *step = r->layout.steps + i;
        if (step->kind == FX_LOAD) place_columns(&w, step);
        if (step->kind == FX_RUN) place_features(&w, step);
    }
    const uint32_t n_steps = p->phase->end - p->phase->first;
    const bool fetches = p->direct && n_steps >= r->layout.n_loads + SEVERAL;
    for (uint32_t i = p->phase->first; i < p->phase->end; i++) {
        run_step(&w, r->layout.steps + i);
        if (fetches) fetch_ahead(&w, i - p->phase->first, n_steps);
    }
}

static size_t chunk_of(const pass *p, size_t t)
{
    const size_t left = p->n_call - t, rows = p->runner->layout.rows;
    return left < rows ? left : rows;
}

/* ---- plans without cross-sections: one block through all of the call */

/* A single operator that reads and writes where the caller has the values needs no room of ours, and no end of a chunk
 * stops what the processor fetches for it. */
static bool takes_the_rest(const pass *p, size_t block)
{
    const tw_runner *r = p->runner;
    const fx_layout *l = &r->layout;
    if (!p->direct || !l->single || p->t0 < l->longest_history || fx_lanes_used(r, block) < r->lanes) return false;
    for (size_t i = 0; i < l->n_loads; i++)
        if (p->in[l->steps[l->loads[i]].column].time_stride != r->lanes) return false;
    for (size_t f = 0; f < r->plan->n_features; f++)
        if (!p->out[f].f64 || p->out[f].time_stride != r->lanes) return false;
    return true;
}

static tw_status block_task(void *arg, size_t block, int thread, tw_error *err)
{
    pass p = *(const pass *)arg;
    char *memory = fx_block(p.runner, block);
    (void)err;
    for (p.t0 = 0; p.t0 < p.n_call; p.t0 += p.n) {
        const bool rest = takes_the_rest(&p, block);
        p.n = rest ? p.n_call - p.t0 : chunk_of(&p, p.t0);
        const size_t kept = rest ? 0 : p.n; /* rows that go to kept values */
        make_room(p.runner, memory, kept);
        run_chunk(&p, block, thread);
        if (p.peek) continue;
        advance(p.runner, memory, kept);
        if (p.direct && p.t0 + p.n == p.n_call) keep_columns(&(work){.pass = &p, .block = block, .memory = memory});
    }
    return TW_OK;
}

/* ---- plans with them: all blocks through one phase of one chunk */

static tw_status phase_task(void *arg, size_t block, int thread, tw_error *err)
{
    (void)err;
    run_chunk(arg, block, thread);
    return TW_OK;
}

static tw_status room_task(void *arg, size_t block, int thread, tw_error *err)
{
    const pass *p = arg;
    (void)thread;
    (void)err;
    make_room(p->runner, fx_block(p->runner, block), p->n);
    return TW_OK;
}

/* Row t of a value, over all symbols. */
static double *row_of(const pass *p, size_t block, uint32_t place, size_t t)
{
    const tw_runner *r = p->runner;
    return locate(r, fx_block(r, block), NULL, r->layout.places + place) + t * r->lanes;
}

static void run_section(const pass *p, const fx_step *step, size_t t, double *room)
{
    const tw_runner *r = p->runner;
    const size_t width = r->n_blocks * r->lanes, row = r->lanes * sizeof(double);
    const double *in[FX_INPUTS];
    double *out[FX_OUTPUTS];
    for (uint32_t i = 0; i < step->n_inputs; i++, room += width) {
        in[i] = room;
        for (size_t b = 0; b < r->n_blocks; b++) memcpy(room + b * r->lanes, row_of(p, b, step->inputs[i], t), row);
    }
    for (uint32_t o = 0; o < step->n_outputs; o++, room += width) {
        out[o] = room;
        for (size_t s = r->n_symbols; s < width; s++) room[s] = NAN;
    }
    step->op->section(step->params, r->n_symbols, in, r->group, out, room);
    for (uint32_t o = 0; o < step->n_outputs; o++)
        for (size_t b = 0; b < r->n_blocks; b++) memcpy(row_of(p, b, step->outputs[o], t), out[o] + b * r->lanes, row);
}

static tw_status section_task(void *arg, size_t t, int thread, tw_error *err)
{
    const pass *p = arg;
    const tw_runner *r = p->runner;
    (void)err;
    for (uint32_t i = p->phase->first; i < p->phase->split; i++)
        run_section(p, r->layout.steps + i, t, section_of(r, fx_scratch(r, thread)));
    return TW_OK;
}

static tw_status run_together(pass *p, tw_error *err)
{
    const tw_runner *r = p->runner;
    tw_pool *pool = r->ctx ? r->ctx->pool : NULL;
    for (p->t0 = 0; p->t0 < p->n_call; p->t0 += p->n) {
        p->n = chunk_of(p, p->t0);
        TW_TRY(tw_pool_run(pool, r->n_blocks, room_task, p, err));
        for (size_t i = 0; i < r->layout.n_phases; i++) {
            p->phase = r->layout.phases + i;
            if (p->phase->split > p->phase->first) TW_TRY(tw_pool_run(pool, p->n, section_task, p, err));
            TW_TRY(tw_pool_run(pool, r->n_blocks, phase_task, p, err));
        }
        for (size_t b = 0; !p->peek && b < r->n_blocks; b++) advance(r, fx_block(r, b), p->n);
    }
    return TW_OK;
}

/* ---- the calls */

static tw_status check_tiles(const tw_runner *r, const tw_tiles *in, const tw_tiles_out *out, tw_error *err)
{
    const fx_layout *l = &r->layout;
    for (size_t i = 0; i < l->n_loads; i++) {
        const size_t column = l->steps[l->loads[i]].column;
        if (!in || !in[column].base)
            return tw_fail(err, TW_BAD_VALUE, "column '%.64s' is used by the plan and has no values",
                           r->plan->columns[column]);
    }
    for (size_t f = 0; f < r->plan->n_features; f++)
        if (!out || !out[f].f64 == !out[f].f32)
            return tw_fail(err, TW_BAD_VALUE, "feature '%.64s' wants a place for either f64 or f32 values",
                           r->plan->features[f].name);
    return TW_OK;
}

static tw_status run(pass *p, tw_error *err)
{
    const tw_runner *r = p->runner;
    TW_TRY(check_tiles(r, p->in, p->out, err));
    if (p->n_call == 0 || r->layout.n_phases == 0) return TW_OK;
    p->phase = r->layout.phases;
    p->direct = all_apart(p);
    if (r->layout.n_phases == 1) return tw_pool_run(r->ctx ? r->ctx->pool : NULL, r->n_blocks, block_task, p, err);
    return run_together(p, err);
}

static tw_status run_bar(const fx_bar *bar, tw_error *err)
{
    TW_TRY(check_tiles(bar->runner, bar->in, bar->out, err));
    return fx_tick(bar, err);
}

tw_status tw_runner_run(tw_runner *runner, size_t n, const tw_tiles *in, const tw_tiles_out *out, tw_error *err)
{
    if (n == 1 && runner->layout.n_phases == 1)
        TW_TRY(run_bar(&(fx_bar){runner, in, out}, err));
    else
        TW_TRY(run(&(pass){.runner = runner, .in = in, .out = out, .n_call = n}, err));
    runner->bars += n;
    return TW_OK;
}

tw_status tw_runner_peek(tw_runner *runner, const tw_tiles *in, const tw_tiles_out *out, tw_error *err)
{
    return run(&(pass){.runner = runner, .in = in, .out = out, .n_call = 1, .peek = true}, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* tick.c - one bar of a plan without cross-sections: the steps of run.c with nothing around them that only pays over
 * many rows. Where scratch and constants lie a thread finds out once; kept values have moved by a row since. */
#include <math.h>
#include <string.h>

#include "feature/runner.h"

enum { AHEAD = 2 };

/* What is at work on a block. Functions below are told the lanes, 1 or TW_LANES, as a constant. */
typedef struct tick {
    const fx_bar *bar;
    size_t block, used; /* lanes that have symbols */
    char *memory;
    double **at; /* of every place */
} tick;

static void settle(const tw_runner *r, int thread, double **at)
{
    const fx_layout *l = &r->layout;
    double *slots = fx_slots(r, fx_scratch(r, thread));
    for (size_t i = 0; i < l->n_places; i++) {
        const fx_place *place = l->places + i;
        if (place->kind != FX_KEPT) at[i] = (place->kind == FX_SCRATCH ? slots : l->fixed) + place->offset;
    }
    r->settled[thread] = true;
}

/* The row behind those that are kept; where the room ends, the history moves to the front. */
static inline void next_rows(const tick *w, const size_t lanes)
{
    const tw_runner *r = w->bar->runner;
    const fx_layout *l = &r->layout;
    size_t *positions = fx_positions(r, w->memory);
    for (size_t i = 0; i < l->n_kept; i++) {
        const fx_place *place = l->kept[i];
        double *base = fx_kept(r, w->memory) + place->offset;
        if (positions[i] >= place->slack) {
            memmove(base, base + positions[i] * lanes, place->history * lanes * sizeof *base);
            positions[i] = 0;
        }
        w->at[place - l->places] = base + (place->history + positions[i]++) * lanes;
    }
}

/* All lanes of a block, or its only one. */
static inline void copy_lanes(double *to, const double *from, const size_t lanes)
{
    if (lanes == 1)
        *to = *from;
    else
        memcpy(to, from, TW_LANES * sizeof *to);
}
static inline void load(const tick *w, const fx_step *step, const size_t lanes)
{
    const tw_tiles *in = w->bar->in + step->column;
    const double *from = in->base + w->block * in->block_stride;
    double *to = w->at[step->outputs[0]];
    if (w->used == lanes) {
        copy_lanes(to, from, lanes);
        return;
    }
    for (size_t l = 0; l < lanes; l++) to[l] = l < w->used ? from[l] : NAN;
}

static inline void run_operator(const tick *w, const fx_step *step)
{
    const double *in[FX_INPUTS];
    double *out[FX_OUTPUTS];
    for (uint32_t i = 0; i < step->n_inputs; i++) in[i] = w->at[step->inputs[i]];
    for (uint32_t o = 0; o < step->n_outputs; o++) out[o] = w->at[step->outputs[o]];
    step->run(w->memory + step->state, 1, in, out);
}

static inline void store(const tick *w, const fx_store *s, const size_t lanes)
{
    const tw_tiles_out *out = w->bar->out + s->feature;
    const size_t first = w->block * out->block_stride;
    double *from = w->at[s->place], missing[TW_LANES];
    if (w->used < lanes) {
        for (size_t l = 0; l < lanes; l++) missing[l] = l < w->used ? from[l] : NAN;
        from = missing;
    }
    if (out->f64)
        copy_lanes(out->f64 + first, from, lanes);
    else
        for (size_t l = 0; l < lanes; l++) out->f32[first + l] = (float)from[l];
}

static void fill(const tick *w, const fx_step *step, const size_t lanes)
{
    double *to = w->at[step->outputs[0]];
    for (size_t l = 0; l < lanes; l++) to[l] = step->constant;
}

/* The front of a later step's memory, which is not in the nearest cache where there are many blocks. */
static inline void fetch(const tick *w, const fx_step *step)
{
    const size_t most = step->state_size < 1024 ? step->state_size : 1024;
    for (size_t k = 0; k < most; k += 64) __builtin_prefetch(w->memory + step->state + k, 1, 3);
}

static inline void run_block(const fx_bar *bar, size_t block, int thread, const size_t lanes)
{
    const tw_runner *r = bar->runner;
    const fx_layout *l = &r->layout;
    const tick w = {bar, block, lanes == 1 ? 1 : fx_lanes_used(r, block), fx_block(r, block),
                    (double **)(void *)fx_scratch(r, thread)};
    if (!r->settled[thread]) settle(r, thread, w.at);
    next_rows(&w, lanes);
    for (const fx_step *step = l->steps, *end = step + l->n_steps; step < end; step++) {
        if (lanes > 1) fetch(&w, step + AHEAD < end ? step + AHEAD : step);
        if (step->kind == FX_RUN) run_operator(&w, step);
        if (step->kind == FX_LOAD) load(&w, step, lanes);
        if (step->kind == FX_FILL) fill(&w, step, lanes);
        for (uint32_t i = 0; i < step->n_stores; i++) store(&w, l->stores + step->first_store + i, lanes);
    }
}
static tw_status block_task(void *arg, size_t block, int thread, tw_error *err)
{
    (void)err;
    run_block(arg, block, thread, TW_LANES);
    return TW_OK;
}

tw_status fx_tick(const fx_bar *bar, tw_error *err)
{
    const tw_runner *r = bar->runner;
    if (r->lanes > 1)
        return tw_pool_run(r->ctx ? r->ctx->pool : NULL, r->n_blocks, block_task, (void *)(uintptr_t)bar, err);
    run_block(bar, 0, 0, 1);
    return TW_OK;
}

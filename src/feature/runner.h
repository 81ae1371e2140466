/* SPDX-License-Identifier: Apache-2.0 */
/* runner.h - a plan in motion: its memory. */
#ifndef TW_FEATURE_RUNNER_H
#define TW_FEATURE_RUNNER_H

#include "feature/layout.h"
#include "feature/store.h"

/* Memory of the caller that a call reads or writes. */
typedef struct fx_span {
    uintptr_t begin, end;
    bool written;
} fx_span;

struct tw_runner {
    const tw_ctx *ctx;
    const tw_plan *plan;
    fx_layout layout;
    size_t n_symbols, lanes, n_blocks;
    int32_t *group; /* of each symbol; all 0 when there are none */
    char *blocks;   /* n_blocks of layout.block_bytes */
    char *scratch;  /* of each thread */
    size_t scratch_bytes;
    bool *settled;  /* of each thread: its places are those of tick.c */
    fx_span *spans; /* room for those of a call, one a feature and one a step */
    fx_copiers copiers;
    uint64_t bars;
};

/* Memory of a block. */
static inline char *fx_block(const tw_runner *r, size_t block) { return r->blocks + block * r->layout.block_bytes; }
/* Rows written behind the history, one count for each kept value of a block. */
static inline size_t *fx_positions(const tw_runner *r, char *block)
{
    return (size_t *)(void *)(block + r->layout.positions);
}
/* First of the kept values of a block. */
static inline double *fx_kept(const tw_runner *r, char *block)
{
    return (double *)(void *)(block + r->layout.state_bytes);
}

/* Of a thread: addresses of every place, slots, then what run.c has there. */
static inline char *fx_scratch(const tw_runner *r, int thread)
{
    return r->scratch + (size_t)thread * r->scratch_bytes;
}
static inline double *fx_slots(const tw_runner *r, char *scratch)
{
    return (double *)(void *)(scratch + (r->layout.n_places * sizeof(double *) + 63) / 64 * 64);
}
/* Lanes of a block that have symbols. */
static inline size_t fx_lanes_used(const tw_runner *r, size_t block)
{
    const size_t left = r->n_symbols - block * r->lanes;
    return left < r->lanes ? left : r->lanes;
}

/* A bar of all symbols. */
typedef struct fx_bar {
    const tw_runner *runner;
    const tw_tiles *in;
    const tw_tiles_out *out;
} fx_bar;
/* Takes a plan without cross-sections one bar on. */
tw_status fx_tick(const fx_bar *bar, tw_error *err);

#endif

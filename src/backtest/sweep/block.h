/* SPDX-License-Identifier: Apache-2.0 */
/* block.h - up to 64 trials that go through time side by side. */
#ifndef TW_BACKTEST_SWEEP_BLOCK_H
#define TW_BACKTEST_SWEEP_BLOCK_H

#include "backtest/sweep/kernels.h"

/* All that is asked for at one bar: by bits, or by weights (NULL: none). */
typedef struct tw_sweep_asked {
    tw_sweep_bits bits;
    const double *weight;
} tw_sweep_asked;

typedef enum tw_fill_at { TW_FILL_NEXT_OPEN, TW_FILL_NEXT_CLOSE, TW_FILL_SAME_CLOSE } tw_fill_at;

/* Rules of a run as numbers. */
typedef struct tw_sweep_plan {
    tw_terms terms;
    tw_fill_at fill;
    double capital, stop_loss, take_profit, trailing, band;
    double periods_per_year;
    bool keep_fills, stops;
    const tw_sweep_kernels *kernels;
} tw_sweep_plan;

/* What happens in one bar, by lane. */
typedef struct tw_sweep_bar {
    const double *open, *high, *low, *close; /* [lanes] or a single one; open, high, low may be NULL */
    size_t step;                             /* between lanes: 0 for one asset, else 1 */
    uint32_t time;
} tw_sweep_bar;

typedef struct tw_sweep_block {
    _Alignas(64) tw_sweep_lanes lanes;
    uint64_t alive;
    tw_sweep_asked waiting; /* decided at the bar before */
    size_t first;           /* trial, that of lane 0 */
    size_t n, n_spent;      /* trials; those that are worth nothing */
    const tw_sweep_plan *plan;
    const tw_ctx *ctx;
    size_t n_bars; /* valued and not marked yet */
    _Alignas(64) tw_sweep_row value[TW_SWEEP_BARS + 1];
    tw_sweep_tape tape;
} tw_sweep_block;

/* Starts trials with the capital, from `first` on as many as there are lanes and trials before `end`; the block is zero
 * but for its context and plan. */
void tw_sweep_block_init(tw_sweep_block *block, size_t first, size_t end);
/* One bar, with what its close asks for, which must last until the next bar; after TW_SWEEP_BARS of them at most they
 * must be marked. NO_MEMORY when fills are kept and there is no room. */
tw_status tw_sweep_block_bar(tw_sweep_block *block, const tw_sweep_bar *bar, const tw_sweep_asked *asked,
                             tw_error *err);
/* Counts the bars since the last call, whose returns it writes. */
void tw_sweep_block_mark(tw_sweep_block *block, tw_sweep_returns *returns);
/* Measures of a lane after n_times bars. */
tw_sweep_measures tw_sweep_block_measures(const tw_sweep_block *block, size_t lane, size_t n_times);

#endif

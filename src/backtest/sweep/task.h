/* SPDX-License-Identifier: Apache-2.0 */
/* task.h - a sweep in progress: blocks of trials on the threads of a pool, wherever their signals come from. */
#ifndef TW_BACKTEST_SWEEP_TASK_H
#define TW_BACKTEST_SWEEP_TASK_H

#include "backtest/sweep/block.h"

typedef struct tw_sweep_fills {
    tw_sweep_fill *fill;
    size_t n;
} tw_sweep_fills;

typedef struct tw_sweep_task {
    const tw_ctx *ctx;
    tw_sweep_job job;
    tw_sweep_result *result;
    tw_sweep_plan plan;
    tw_sweep_fills *fills; /* of each block */
    size_t n_blocks, from; /* the blocks of a call of the pool are from + index */
    size_t markets;        /* that a block goes through; 0: one */
} tw_sweep_task;

/* What trials of a block are worth together with their accounts in other symbols: value[0] at the start, value[u + 1]
 * after bar u of an axis of n_times bars, on which bar k of the symbol lies at at[k]. */
typedef struct tw_sweep_sum {
    tw_sweep_row *value;
    const size_t *at;
    size_t n_times;
} tw_sweep_sum;

/* What one block reads and leaves. */
typedef struct tw_sweep_leg {
    const tw_sweep_bits *bits; /* [n_times], or weight; both NULL: the signals of the job */
    const tw_sweep_row *weight;
    tw_sweep_measures *measures;
    const tw_sweep_sum *sum; /* what the accounts are worth is added; NULL: it is not */
} tw_sweep_leg;

/* Checks the job and reads its rules. */
tw_status tw_sweep_task_plan(const tw_ctx *ctx, const tw_sweep_job *job, tw_sweep_plan *plan, tw_error *err);
/* Checks the job and runs `block` for each; the caller fills ctx, job and result. */
tw_status tw_sweep_task_run(tw_sweep_task *task, tw_task *block, void *arg, tw_error *err);
/* Runs a block of a search: finds what its expressions ask for, which it puts in the leg for the time being. */
tw_status tw_sweep_task_search(const tw_sweep_task *task, const tw_sweep_search *search, size_t index,
                               tw_sweep_leg *leg, tw_error *err);
/* Runs one block through all bars. */
tw_status tw_sweep_task_block(const tw_sweep_task *task, size_t index, const tw_sweep_leg *leg, tw_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* task.h - a sweep in progress: blocks of trials on the threads of a pool, wherever their signals come from. */
#ifndef TW_BACKTEST_SWEEP_TASK_H
#define TW_BACKTEST_SWEEP_TASK_H

#include "backtest/sweep/block.h"

enum { TW_SWEEP_COLUMNS = 64 }; /* of the bars, that conditions may use */

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
} tw_sweep_task;

/* Checks the job and runs `block` for each; the caller fills ctx, job and result. */
tw_status tw_sweep_task_run(tw_sweep_task *task, tw_task *block, void *arg, tw_error *err);
/* Runs one block through all bars; bits[n_times] are its signals, NULL: those of the job. */
tw_status tw_sweep_task_block(const tw_sweep_task *task, size_t index, const tw_sweep_bits *bits, tw_error *err);

#endif

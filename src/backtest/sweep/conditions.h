/* SPDX-License-Identifier: Apache-2.0 */
/* conditions.h - signals as expressions of the feature language under many settings. */
#ifndef TW_BACKTEST_SWEEP_CONDITIONS_H
#define TW_BACKTEST_SWEEP_CONDITIONS_H

#include "backtest/sweep/block.h"

enum {
    TW_SWEEP_SIDES = 4,
    TW_SWEEP_COLUMNS = 64 /* of the bars, that conditions may use */
};

/* Conditions under which 64 settings at most are looked at. */
typedef struct tw_sweep_conditions {
    const char *expression[TW_SWEEP_SIDES]; /* in the order of tw_sweep_bits; NULL: none */
    const char *const *setting;             /* those of the block */
    size_t n;
    const char *const *column;
    const double *const *values;
    size_t n_columns, n_times;
} tw_sweep_conditions;

/* When they hold, a bit a setting; bits[n_times] must be zero. */
tw_status tw_sweep_find_bits(const tw_ctx *ctx, const tw_sweep_conditions *conditions, tw_sweep_bits *bits,
                             tw_error *err);
/* Those of a block of a search. */
tw_sweep_conditions tw_sweep_conditions_of(const tw_sweep_search *search, size_t block);
/* The search as a job, but for its signals. */
tw_sweep_job tw_sweep_job_of(const tw_sweep_search *search);
/* Whether the search is one; names what is not. */
tw_status tw_sweep_check_search(const tw_sweep_search *search, tw_error *err);

#endif

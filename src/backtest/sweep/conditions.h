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
    bool weights;                           /* the first is a weight, and there are no others */
    const char *const *setting;             /* those of the block */
    size_t n;
    const char *const *column;
    const double *const *values;
    size_t n_columns, n_times;
} tw_sweep_conditions;

/* What they say at each bar: bits, a bit a setting, or weights; the other is NULL. [n_times], zero at first. */
typedef struct tw_sweep_said {
    tw_sweep_bits *bits;
    tw_sweep_row *weight;
} tw_sweep_said;

/* Works out what they say. */
tw_status tw_sweep_find(const tw_ctx *ctx, const tw_sweep_conditions *conditions, const tw_sweep_said *said,
                        tw_error *err);
/* The search as a job, but for its signals. */
tw_sweep_job tw_sweep_job_of(const tw_sweep_search *search);
/* Whether the search is one; names what is not. */
tw_status tw_sweep_check_search(const tw_sweep_search *search, tw_error *err);

#endif

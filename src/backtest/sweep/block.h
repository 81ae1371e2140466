/* SPDX-License-Identifier: Apache-2.0 */
/* block.h - up to 64 trials that go through time side by side. */
#ifndef TW_BACKTEST_SWEEP_BLOCK_H
#define TW_BACKTEST_SWEEP_BLOCK_H

#include "backtest/sweep/account.h"
#include "backtest/sweep/mark.h"

/* What the signals of one bar ask for, a bit a trial. */
typedef struct tw_sweep_bits {
    uint64_t enter_long, exit_long, enter_short, exit_short;
} tw_sweep_bits;

typedef enum tw_fill_at { TW_FILL_NEXT_OPEN, TW_FILL_NEXT_CLOSE, TW_FILL_SAME_CLOSE } tw_fill_at;

/* Rules of a run as numbers. */
typedef struct tw_sweep_plan {
    tw_terms terms;
    tw_fill_at fill;
    double capital, stop_loss, take_profit, trailing;
    double periods_per_year;
    bool keep_fills, stops;
} tw_sweep_plan;

/* What happens in one bar, by lane. */
typedef struct tw_sweep_bar {
    const double *open, *high, *low, *close; /* [lanes] or a single one when `shared`; open, high, low may be NULL */
    size_t step;                             /* between lanes: 0 for one asset, else 1 */
    uint32_t time;
} tw_sweep_bar;

/* The open trade of a lane, and what it has done so far. */
typedef struct tw_trade {
    double price, fee;   /* of the entry, fee for what is still open */
    double gain;         /* of the parts that are closed */
    double best;         /* most favourable price since, for the trailing stop */
    double traded, fees; /* sums of |value| / equity, and of fees */
    size_t orders, trades, wins;
} tw_trade;

typedef struct tw_sweep_block {
    tw_sweep_lanes lanes;
    double debt[TW_SWEEP_LANES], free[TW_SWEEP_LANES];
    tw_trade trade[TW_SWEEP_LANES];
    uint64_t is_long, is_short, alive;
    tw_sweep_bits waiting; /* decided at the bar before */
    size_t n;              /* trials */
    const tw_sweep_plan *plan;
    const tw_ctx *ctx;
    int (*mark)(tw_sweep_lanes *lanes, size_t n, float *returns);
    tw_sweep_fill *fill; /* in order of time when they are kept; trial is the lane */
    size_t n_fills, room;
} tw_sweep_block;

/* Starts n trials with the capital. */
void tw_sweep_block_init(tw_sweep_block *block, const tw_ctx *ctx, const tw_sweep_plan *plan, size_t n);
/* One bar, with what the signals of its close say; returns[64] are those of the bar. NO_MEMORY when fills are kept and
 * there is no room. */
tw_status tw_sweep_block_bar(tw_sweep_block *block, const tw_sweep_bar *bar, const tw_sweep_bits *signals,
                             float *returns, tw_error *err);
/* Measures of a lane after n_times bars. */
tw_sweep_measures tw_sweep_block_measures(const tw_sweep_block *block, size_t lane, size_t n_times);

/* Reads rules as numbers. */
tw_status tw_sweep_plan_read(const tw_sweep_rules *rules, tw_sweep_plan *plan, tw_error *err);

#endif

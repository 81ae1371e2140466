/* SPDX-License-Identifier: Apache-2.0 */
/* lanes.h - up to 64 trials side by side. */
#ifndef TW_BACKTEST_SWEEP_LANES_H
#define TW_BACKTEST_SWEEP_LANES_H

#include <stddef.h>
#include <stdint.h>

enum {
    TW_SWEEP_LANES = 64,
    TW_SWEEP_BARS = 64 /* valued one by one, marked together; a multiple of 4 */
};

/* One number a trial. */
typedef double tw_sweep_row[TW_SWEEP_LANES];
typedef float tw_sweep_returns[TW_SWEEP_LANES];

/* What an order changes, side by side for one trial: a lane's record is read and written as it lies. Counts are numbers
 * as the others, so that they move with them. */
typedef struct tw_sweep_book {
    /* `free` is cash but for the proceeds of short sales and as much again as pledge: what a new short may be as large
     * as. `debt` is what the shares that are short were sold for. */
    double debt, free;
    double price, fee, gain, best; /* of the open trade: paid, fee of what is open, gain of what is closed, and the most
                                      favourable price since */
    double traded, fees;           /* sums of |value| / equity, and of fees */
    double orders, trades, wins;   /* fills, round trips closed, those that earned */
    double since, held;            /* the bar from which there is a position; bars with one before it */
    double spare[3];
} tw_sweep_book;

/* All that a trial has and has done. */
typedef struct tw_sweep_lanes {
    tw_sweep_row cash, position;
    tw_sweep_row close;                     /* the last there was */
    tw_sweep_row peak, low_value, low_peak; /* the deepest drawdown so far is low_value / low_peak - 1 */
    tw_sweep_row sum, squares, losses;      /* of returns; losses squared */
    tw_sweep_book book[TW_SWEEP_LANES];
    uint64_t is_long, is_short; /* a bit a lane */
} tw_sweep_lanes;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* kernels.h - the arithmetic of trials side by side, compiled once per instruction set: lanes are independent, so the
 * bits are the same on all of them. */
#ifndef TW_BACKTEST_SWEEP_KERNELS_H
#define TW_BACKTEST_SWEEP_KERNELS_H

#include "backtest/sweep/lanes.h"
#include "tradewind/sweep.h"

/* What the signals of one bar ask for, a bit a trial. */
typedef struct tw_sweep_bits {
    uint64_t enter_long, exit_long, enter_short, exit_short;
} tw_sweep_bits;

/* What an entry takes. */
typedef enum tw_sizing { TW_SIZE_ALL, TW_SIZE_VALUE, TW_SIZE_SHARES, TW_SIZE_PERCENT, TW_SIZE_GIVEN } tw_sizing;

/* Rules as numbers. */
typedef struct tw_terms {
    tw_sizing sizing;
    double size, fee, fixed, slippage; /* fee and slippage as fractions */
    bool whole;
} tw_terms;

/* Orders of one bar, a bit a lane, one order a lane at most: to buy or to sell, which opens a position (out of the
 * opposite one if there is one) where the bit of `enter` is set and else closes the one there is. Without a
 * price, or for lack of cash, nothing is filled. */
typedef struct tw_sweep_orders {
    uint64_t buy, sell, enter;
    const double *price; /* of lane i at i * step */
    size_t step;
    const double *size;  /* of lane i, shares: of TW_SIZE_GIVEN alone */
    const double *worth; /* the lanes, at the bar before */
    uint32_t time;
} tw_sweep_orders;

/* Fills one after the other, by time; trial is the lane. NULL: they are not kept. */
typedef struct tw_sweep_tape {
    tw_sweep_fill *fill;
    size_t n, room; /* room for the orders of a bar must be there */
} tw_sweep_tape;

/* Closes of a bar: one for all lanes (step 0) or one each (step 1). */
typedef struct tw_sweep_closes {
    const double *close;
    size_t step;
} tw_sweep_closes;

/* Where the returns of a trial go, bar by bar: that of lane i to path + i * stride. */
typedef struct tw_sweep_paths {
    float *path;
    size_t stride;
} tw_sweep_paths;

void tw_sweep_fill_baseline(tw_sweep_lanes *lanes, const tw_terms *terms, const tw_sweep_orders *orders,
                            tw_sweep_tape *tape);
void tw_sweep_fill_avx2(tw_sweep_lanes *lanes, const tw_terms *terms, const tw_sweep_orders *orders,
                        tw_sweep_tape *tape);
void tw_sweep_fill_avx512(tw_sweep_lanes *lanes, const tw_terms *terms, const tw_sweep_orders *orders,
                          tw_sweep_tape *tape);

/* The copies for one instruction set. */
typedef struct tw_sweep_kernels {
    /* What the signals from place `at` on ask n trials for, 64 at most. */
    void (*read)(const tw_sweep_signals *signals, size_t at, size_t n, tw_sweep_bits *bits);
    /* Fills orders. */
    void (*fill)(tw_sweep_lanes *lanes, const tw_terms *terms, const tw_sweep_orders *orders, tw_sweep_tape *tape);
    /* What the first n lanes are worth at these closes. Returns how many of them are worth nothing. */
    size_t (*value)(tw_sweep_lanes *lanes, size_t n, const tw_sweep_closes *closes, double *value);
    /* Counts n_bars bars of the first n lanes: value[0] is what they were worth before, value[k + 1] after bar k, which
     * earned returns[k]. A lane that was worth nothing earns 0. */
    void (*mark)(tw_sweep_lanes *lanes, size_t n, size_t n_bars, const tw_sweep_row *value, tw_sweep_returns *returns);
    /* Turns n_bars bars of the first n lanes, which lie bar by bar, to lane by lane. */
    void (*turn)(const tw_sweep_returns *returns, size_t n_bars, size_t n, const tw_sweep_paths *paths);
} tw_sweep_kernels;

const tw_sweep_kernels *tw_sweep_kernels_baseline(void);
const tw_sweep_kernels *tw_sweep_kernels_avx2(void);
const tw_sweep_kernels *tw_sweep_kernels_avx512(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* window.h - histories of assets and of chains (window.c, chains.c). */
#ifndef TW_BACKTEST_EVENT_WINDOW_H
#define TW_BACKTEST_EVENT_WINDOW_H

#include "tradewind/strategy.h"

/* Rows put together from several contracts, already adjusted: the price before the first row, of which contract today
 * is, and whose tick rounds. */
typedef struct tw_joined {
    double before;
    size_t today, tick;
} tw_joined;

/* As tw_moment_window; with `joined` the rows are in `out` already, but for what comes after. */
tw_status tw_window_fill(const tw_moment *now, const tw_window *window, const tw_joined *joined, double *out,
                         tw_error *err);

#endif

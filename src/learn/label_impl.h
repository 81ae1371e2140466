/* SPDX-License-Identifier: Apache-2.0 */
/* What label makers share: entry prices, past volatility, the walk to a barrier. */
#ifndef TW_LEARN_LABEL_IMPL_H
#define TW_LEARN_LABEL_IMPL_H

#include "learn/learn_impl.h"

/* A position held from the decision at one cell: forward returns and barriers are made from it. */
typedef struct tw_hold {
    size_t entry, exit; /* time indices of the prices used */
    double entry_price, exit_price;
} tw_hold;

/* Fails unless the columns of `prices` that this way to enter needs are there. */
tw_status tw_label_needs(const char *label, const tw_prices *prices, bool next_open, bool range, tw_error *err);
/* Marks every cell as not known, with an empty interval at its own time. */
void tw_label_blank(const tw_prices *prices, tw_label_out *out);
/* Gives a cell its label: the value, and as interval the bars from entry to exit. */
static inline void tw_label_set(tw_label_out *out, size_t cell, double value, const tw_hold *hold)
{
    out->label[cell] = value;
    out->start[cell] = (uint32_t)hold->entry;
    out->end[cell] = (uint32_t)hold->exit;
}
/* The position entered at (t, lane) and held `horizon` bars; false when a price it needs is missing. */
bool tw_hold_horizon(const tw_prices *prices, size_t cell, size_t horizon, bool next_open, tw_hold *hold);
/* Standard deviation of the one-bar log returns of the last `window` bars up to the cell; NaN with fewer than half of
 * them. */
double tw_past_volatility(const tw_prices *prices, size_t cell, size_t window);

/* Parameters of the three barriers: of triple_barrier, and but for `value` of meta. */
typedef struct tw_barriers {
    double up, down;
    int horizon, window;
    char price[TW_TEXT_MAX], touch[TW_TEXT_MAX], value[TW_TEXT_MAX];
} tw_barriers;

/* Which barrier ended a position. */
typedef enum tw_touch { TW_TOUCH_NONE, TW_TOUCH_PROFIT, TW_TOUCH_STOP, TW_TOUCH_TIME } tw_touch;

/* Fails unless the prices that the barriers need are there. */
tw_status tw_barrier_needs(const char *label, const tw_prices *prices, const tw_barriers *barriers, tw_error *err);
/* Walks from the cell to the first barrier; TW_TOUCH_NONE when a price it needs is missing. side is +1 or -1. */
tw_touch tw_barrier_walk(const tw_prices *prices, const tw_barriers *barriers, size_t cell, double side, tw_hold *hold);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* marks.h - the price each lane is valued at: its last close, and how long ago that was. */
#ifndef TW_BACKTEST_MARKS_H
#define TW_BACKTEST_MARKS_H

#include "backtest/ledger.h"

typedef struct tw_marks {
    const tw_ctx *ctx;
    size_t n_lanes;
    double *price;     /* [n_lanes] last close seen, 0 before the first */
    uint32_t *missing; /* [n_lanes] bars since then */
} tw_marks;

/* What positions are worth. */
typedef struct tw_worth {
    double long_value, short_value; /* both >= 0 */
} tw_worth;

/* Marks before any close. */
tw_status tw_marks_init(tw_marks *marks, const tw_ctx *ctx, size_t n_lanes, tw_error *err);
/* Frees marks. */
void tw_marks_clear(tw_marks *marks);
/* Takes the closes of bar t; closes may only be shown in the order of time. */
void tw_marks_take(tw_marks *marks, const tw_market *market, size_t t);
/* Values positions at the marks. */
tw_worth tw_marks_value(const tw_marks *marks, const int64_t *position);
/* Settles, at bar `time`, held names that had no close for `after` bars. */
tw_status tw_marks_settle(const tw_marks *marks, tw_account *account, uint32_t time, int after, tw_error *err);

#endif

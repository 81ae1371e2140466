/* SPDX-License-Identifier: Apache-2.0 */
/* orders.h - target weights become orders; orders wait for one bar and are filled or dropped. */
#ifndef TW_BACKTEST_ORDERS_H
#define TW_BACKTEST_ORDERS_H

#include "backtest/marks.h"
#include "backtest/portfolio.h"

typedef struct tw_order {
    uint32_t lane;
    int64_t quantity; /* millionths of a share, signed, not 0 */
} tw_order;

/* Orders waiting for the next bar; room for one a lane. */
typedef struct tw_orders {
    tw_order *order;
    size_t n;
} tw_orders;

/* What sizing looks at: bar t, seen at its close. */
typedef struct tw_sizing {
    const tw_rules *rules;
    const tw_market *market;
    const tw_marks *marks;
    const double *weight; /* [n_lanes] shares of equity */
    double equity;
    uint32_t time;
} tw_sizing;

/* Sizes orders from the positions held to the target weights at the marks, within the turnover limit, and notes them in
 * the ledger. Names without a close at this bar are left as they are. */
tw_status tw_orders_place(tw_orders *orders, const tw_sizing *sizing, tw_account *account, tw_error *err);

/* Fills waiting orders at the prices of bar t, as far as the participation limit goes; notes the rest as unfilled. */
tw_status tw_orders_fill(tw_orders *orders, const tw_rules *rules, tw_account *account, uint32_t time, tw_error *err);

#endif

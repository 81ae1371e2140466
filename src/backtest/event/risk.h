/* SPDX-License-Identifier: Apache-2.0 */
/* risk.h - cumulative risk numbers of a run. */
#ifndef TW_BACKTEST_EVENT_RISK_H
#define TW_BACKTEST_EVENT_RISK_H

#include "tradewind/strategy.h"

/* Running sums of daily returns and the benchmark's, by Welford's recurrences. */
typedef struct tw_risk {
    double year; /* sessions of one */
    size_t n;
    double mean, squares, downside, growth, peak, drawdown; /* of the returns */
    double b_mean, b_squares, b_growth, cross;              /* of the benchmark */
} tw_risk;

/* Adds a day's return to the running sums and fills the risk numbers of a row; `year`: sessions of one. */
void tw_risk_add(tw_risk *risk, double r, double b, tw_session_row *row);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* accruals.h - what the passing of days costs and earns. */
#ifndef TW_BACKTEST_ACCRUALS_H
#define TW_BACKTEST_ACCRUALS_H

#include "tradewind/backtest.h"

/* Calendar days from bar t - 1 to bar t: 1 from Monday to Tuesday, 3 over a weekend, 0 within a day. */
double tw_days_before(const tw_market *market, size_t t);
/* A yearly rate in basis points on `value` over `days`, simple, by 365. */
double tw_accrue(double value, double bp, double days);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* portfolio.h - the parameters of a portfolio, checked and with their texts read once. */
#ifndef TW_BACKTEST_PORTFOLIO_H
#define TW_BACKTEST_PORTFOLIO_H

#include "tradewind/backtest.h"

typedef enum tw_construction { TW_TOP_K, TW_LONG_SHORT, TW_WEIGHTS } tw_construction;

/* A portfolio whose values are inside their table. */
typedef struct tw_rules {
    const tw_portfolio *portfolio;
    tw_construction construction;
    bool fill_at_close;
} tw_rules;

/* Reads a portfolio; BAD_VALUE names the parameter, its bounds and the value got. */
tw_status tw_rules_read(const tw_portfolio *portfolio, tw_rules *rules, tw_error *err);

/* Fails with BAD_DATA or BAD_VALUE when market or signal lack what the rules ask for. */
tw_status tw_rules_check_market(const tw_rules *rules, const tw_market *market, const tw_signal *signal, tw_error *err);

/* True for a price one can trade at or mark by. */
static inline bool tw_is_price(double x) { return x > 0 && x <= 1e300; }

#endif

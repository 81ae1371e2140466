/* SPDX-License-Identifier: Apache-2.0 */
/* currencies.h - which currency an asset is quoted in, and where the rates come from. */
#ifndef TW_BACKTEST_RULES_CURRENCIES_H
#define TW_BACKTEST_RULES_CURRENCIES_H

#include "backtest/rules/spec.h"

/* A rate of `data.rates`: the bars of a symbol, a column that bars of any symbol have, or a file of its own. */
struct tw_rate_text {
    const tw_node *node;
    const char *base, *quote, *symbol, *column, *file;
    size_t asset; /* SIZE_MAX: of no symbol */
};

/* Reads `data.rates`; columns that it needs are added to those read. */
tw_status tw_spec_rates(tw_backtest_spec *s, tw_error *err);
/* Finds the rates and the currencies of the assets; the market is known. */
tw_status tw_spec_currencies(tw_backtest_spec *s, tw_error *err);
/* True for an asset that is there for its rate: it has to be named to be traded. */
bool tw_spec_is_rate(const tw_backtest_spec *s, size_t asset);

#endif

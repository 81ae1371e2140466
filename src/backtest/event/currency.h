/* SPDX-License-Identifier: Apache-2.0 */
/* currency.h - cash by currency, and the rates between them (mode realistic). Number 0 is the account's own. */
#ifndef TW_BACKTEST_EVENT_CURRENCY_H
#define TW_BACKTEST_EVENT_CURRENCY_H

#include "tradewind/strategy.h"

/* A series of rates, read upwards or down; bars up to `upto` (exclusive) were looked at for 1 + the `last` known. */
typedef struct tw_rate_leg {
    const tw_rate *rate;
    bool inverse;
    size_t upto, last;
} tw_rate_leg;

typedef struct tw_currency {
    const char *name;
    tw_rate_leg leg[2];
    size_t n_legs; /* 0: no series leads to the account's */
    double rate;   /* at which what is held is counted; NaN: none known yet */
    int64_t micro; /* cash, in millionths */
} tw_currency;

/* Currencies of the market's assets; fails when the account has none and an asset does. */
tw_status tw_currencies_build(tw_moment *now, tw_error *err);
/* The rate of a currency known as the present bar opens, or ends; NaN: none. */
double tw_currency_known(const tw_moment *now, size_t currency, bool at_open);
/* The rate known as a session ends, by the series of days. */
double tw_currency_of_session(const tw_moment *now, size_t currency, size_t session, bool at_open);
/* Fails when no rate of an asset's currency is known now. */
tw_status tw_currency_check(tw_moment *now, size_t asset, tw_error *err);
/* True when the asset has a currency that is not the account's. */
bool tw_asset_is_foreign(const tw_moment *now, size_t asset);
/* Counts cash and holdings at the rates known now, and what that made. */
void tw_currencies_take(tw_moment *now);
/* Keeps the balances of a session. */
tw_status tw_currencies_keep(tw_moment *now, tw_error *err);
/* Sets what is done with cash of other currencies. */
tw_status tw_currency_set(tw_moment *now, const char *text, tw_error *err);
const tw_param *tw_currency_params(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* account.h - mode realistic: fills inside bars, and the terms of the account. */
#ifndef TW_BACKTEST_EVENT_ACCOUNT_H
#define TW_BACKTEST_EVENT_ACCOUNT_H

#include "backtest/event/engine.h"

/* Fills the open orders of an asset with the present bar. */
tw_status tw_realistic_fill(tw_moment *now, size_t asset, tw_error *err);
/* Fees of a fill by the table. */
double tw_account_fees(const tw_moment *now, const tw_trade *trade);
/* True when an order of this size may be placed; else *why says what is wanting. */
bool tw_account_admits(tw_moment *now, size_t asset, double amount, const char **why);
/* Interest and borrowing since the session before. */
void tw_account_accrue(tw_moment *now);
/* After the fills of a bar: a margin call, or the end of a bankrupt account. */
tw_status tw_account_check(tw_moment *now, tw_error *err);
/* Sets terms from text. */
tw_status tw_margin_set(tw_moment *now, const char *text, tw_error *err);
tw_status tw_interest_set(tw_moment *now, const char *text, tw_error *err);
tw_status tw_borrow_set(tw_moment *now, const char *text, tw_error *err);
tw_status tw_fee_add(tw_moment *now, const char *text, tw_error *err);
size_t tw_fee_size(void);
/* Their parameters. */
const tw_param *tw_margin_params(void);
const tw_param *tw_interest_params(void);
const tw_param *tw_borrow_params(void);
const tw_param *tw_fee_params(void);

#endif

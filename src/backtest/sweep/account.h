/* SPDX-License-Identifier: Apache-2.0 */
/* account.h - cash and one position of a trial, and what an order does to them. */
#ifndef TW_BACKTEST_SWEEP_ACCOUNT_H
#define TW_BACKTEST_SWEEP_ACCOUNT_H

#include "tradewind/sweep.h"

/* What an entry takes. */
typedef enum tw_sizing { TW_SIZE_ALL, TW_SIZE_VALUE, TW_SIZE_SHARES, TW_SIZE_PERCENT } tw_sizing;

/* Rules as numbers. */
typedef struct tw_terms {
    tw_sizing sizing;
    double size, fee, fixed, slippage; /* fee and slippage as fractions */
    bool whole;
} tw_terms;

/* `free` is cash but for the proceeds of short sales and as much again as pledge: what a new short may be as large as.
 * `debt` is what the shares that are short were sold for. */
typedef struct tw_account {
    double cash, position, debt, free;
} tw_account;

/* What an order came to: quantity signed, 0 when nothing was filled. */
typedef struct tw_execution {
    double quantity, price, fee;
} tw_execution;

/* Opens a long (side 1) or short (-1) position, out of the opposite one if there is one. Nothing is filled for lack of
 * cash. */
tw_execution tw_account_enter(tw_account *account, const tw_terms *terms, int side, double price);
/* Closes the position. */
tw_execution tw_account_leave(tw_account *account, const tw_terms *terms, double price);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* ledger.h - the account: cash in whole cents, positions in millionths of a share, and every event that moved them.
 *
 * Integers, because a sum of doubles depends on its order and a position of 0.1 + 0.2 - 0.3 is not flat. Bounds keep
 * both exact as doubles too, which is how tw_event shows them. */
#ifndef TW_BACKTEST_LEDGER_H
#define TW_BACKTEST_LEDGER_H

#include "tradewind/backtest.h"

enum { TW_CENTS = 100, TW_MICROS = 1000000 };
#define TW_NO_LANE UINT32_MAX

typedef struct tw_account {
    const tw_ctx *ctx;
    const tw_market *market; /* names of lanes, for messages */
    int64_t cash;            /* cents */
    int64_t *position;       /* [n_lanes], millionths of a share */
    tw_event *event;
    size_t n, room;
    int64_t cost, borrow, interest; /* cents, totals paid (earned) */
    size_t n_fills, n_unfilled;
} tw_account;

/* What a lane does at a time: the arguments of most entries. */
typedef struct tw_deal {
    uint32_t time, lane;
    int64_t quantity; /* millionths, signed */
    double price;
} tw_deal;

/* An account without cash or positions. */
tw_status tw_account_init(tw_account *account, const tw_ctx *ctx, const tw_market *market, tw_error *err);
/* Frees the account, its events too. */
void tw_account_clear(tw_account *account);

/* Nearest cent (half away from zero) of an amount; *cents is untouched and TOO_LARGE returned beyond 9e13. */
tw_status tw_to_cents(double amount, int64_t *cents, tw_error *err);
/* Nearest millionth of a quantity of `lane`; TOO_LARGE beyond 9e9 shares. */
tw_status tw_to_micros(const tw_market *market, uint32_t lane, double quantity, int64_t *micros, tw_error *err);
/* Shares as a number. */
static inline double tw_shares(int64_t micros) { return (double)micros / (double)TW_MICROS; }
/* Cash as a number. */
static inline double tw_money(int64_t cents) { return (double)cents / (double)TW_CENTS; }

/* Notes an order; no money moves. */
tw_status tw_account_order(tw_account *account, tw_deal deal, tw_error *err);
/* Notes what is left of an order that is dropped; no money moves. */
tw_status tw_account_unfilled(tw_account *account, tw_deal deal, tw_error *err);
/* Buys or sells at a price and pays cost_bp of the value. */
tw_status tw_account_fill(tw_account *account, tw_deal deal, double cost_bp, tw_error *err);
/* Closes a position at its last price, free of cost. */
tw_status tw_account_settle(tw_account *account, tw_deal deal, tw_error *err);
/* Moves cash of the account: CASH_IN, BORROW (amount < 0) or INTEREST. Below half a cent nothing happens. */
tw_status tw_account_cash(tw_account *account, tw_event_kind kind, uint32_t time, double amount, tw_error *err);

#endif

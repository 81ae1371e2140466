/* SPDX-License-Identifier: Apache-2.0 */
/** @file american.h
 * Floor 2: volatilities from prices of American options (as the collocation engine prices them at its accurate
 * setting). The European price at this volatility is the option's price without its right to early exercise.
 */
#ifndef TRADEWIND_AMERICAN_H
#define TRADEWIND_AMERICAN_H

#include "tradewind/pricing.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a call may use. */
typedef struct tw_implied_american_call {
    bool forward;      /* spot is the forward: options on futures (black76) */
    const tw_ctx *ctx; /* pool and instruction set; NULL: this thread, the best */
    void *workspace;   /* the caller's, 64-byte aligned, tw_implied_american_workspace bytes */
    size_t workspace_size;
} tw_implied_american_call;

/** Bytes of workspace that a call with this context needs, whatever the number of rows. */
TW_API size_t tw_implied_american_workspace(const tw_ctx *ctx);

/** Volatilities of contracts from their columns type, spot, strike, r, q, T and price (instrument and vol are not
 * read). Status of a row: BELOW_INTRINSIC (the price is at or below what exercise gives, or below what is sure),
 * ABOVE_BOUND, LIMIT (the price is what no volatility gives: 0), NO_CONVERGENCE, or that of a bad column; failed rows
 * are NaN. Right to 1e-10 where the price tells so much. `status` may be NULL. Never allocates. */
TW_API tw_status tw_implied_american(const tw_implied_american_call *call, const tw_contracts *contracts, double *vol,
                                     tw_row_status *status, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif

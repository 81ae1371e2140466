/* SPDX-License-Identifier: Apache-2.0 */
/** @file implied.h
 * Floor 2: volatilities from prices, for whole columns and whole chains of options; forwards and discounts from
 * put-call parity.
 */
#ifndef TRADEWIND_IMPLIED_H
#define TRADEWIND_IMPLIED_H

#include "tradewind/pricing.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- columns */

/** Volatilities at which the closed form of each row gives its column `price`. Instruments: european under
 * black_scholes, black76, shifted and bachelier; digital_cash and digital_asset under black_scholes and black76. The
 * columns are those of tw_price, with `price` in the place of `vol`; market gives the model (curves and surface are not
 * looked at). `status` may be NULL; rows above TW_ROW_LIMIT are NaN in `vol`. LIMIT: the price is the least there is,
 * to the last digits of the inputs, and the volatility is 0. BELOW_INTRINSIC: it is below that. ABOVE_BOUND: it is at
 * or above what an infinite volatility (or, without time, any) gives. CONFLICT: a displaced spot or strike is not
 * positive. MISSING and RANGE as tw_price. In the money the price goes to the other side by put-call parity: the answer
 * is as good as the last digits of the price allow there. A digital that two volatilities price gets the smaller. Never
 * allocates; ctx may be NULL; same bits whatever the number of threads, the rows beside a row, and the instruction set.
 */
TW_API tw_status tw_implied(const tw_ctx *ctx, const tw_contracts *quotes, const tw_price_market *market, double *vol,
                            tw_row_status *status, tw_error *err);

/* ---------------------------------------------------------------- chains */

/** Quotes of European options on one underlying, in any order: whole surfaces at once. */
typedef struct tw_chain {
    size_t n;
    const double *type, *strike, *T; /* call 1, put -1 */
    const double *bid, *ask;         /* ask NULL: bid holds prices. Crossed, negative and NaN quotes are not used */
    double spot;                     /* NaN: not known; greeks are then those in the forward, and q is r */
    double rate;                     /* NaN: found with the forward, where an expiry has two strikes or more */
} tw_chain;

/** What put-call parity says of an expiry: call - put = discount (forward - strike). */
typedef struct tw_chain_expiry {
    double T, forward, discount;
    double residual;      /* median distance of the pairs from parity, in prices */
    size_t pairs;         /* strikes with a call and a put */
    tw_row_status status; /* OK; MISSING: too few pairs; CONFLICT: they ask for a discount or forward that is none */
} tw_chain_expiry;

/** Where results go. The first array has room for `expiries_max`; the others for n, NULL where not wanted. */
typedef struct tw_chain_result {
    tw_chain_expiry *expiry; /* by T */
    size_t expiries_max, expiries;
    uint32_t *expiry_of; /* place of each quote's expiry */
    double *vol;
    tw_values values; /* at that volatility; its status is the quote's */
    void *workspace;  /* the caller's, 64-byte aligned, tw_chain_workspace bytes */
    size_t workspace_size;
} tw_chain_result;

/** Bytes of workspace, 64-byte aligned, for a chain of n quotes with this pool. */
TW_API size_t tw_chain_workspace(const tw_ctx *ctx, size_t n);
/** Forward and discount of every expiry by robust regression over its strikes (weights from the widths of the quotes,
 * least absolute deviations, then Tukey's biweight), then volatility and greeks of every quote at its middle. Fails as
 * a whole only on memory that is too small (BAD_VALUE); quotes and expiries have a status each. American quotes are
 * taken as if they were European. Never allocates; ctx may be NULL. */
TW_API tw_status tw_chain_implied(const tw_ctx *ctx, const tw_chain *chain, tw_chain_result *result, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif

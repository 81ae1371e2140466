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
 * looked at). `status` may be NULL; rows above TW_ROW_LIMIT are NaN in `vol`: LIMIT            the price is the least
 * there is, to the last digits of the inputs: the volatility is 0 BELOW_INTRINSIC  below that; ABOVE_BOUND at or above
 * what an infinite volatility (or, without time, any) gives MISSING, RANGE   as tw_price; CONFLICT of a shift: the
 * displaced spot or strike is not positive In the money the price goes to the other side by put-call parity: the answer
 * is as good as the last digits of the price allow there. A digital that two volatilities price gets the smaller. Never
 * allocates; ctx may be NULL; same bits whatever the number of threads, the rows beside a row, and the instruction set.
 */
TW_API tw_status tw_implied(const tw_ctx *ctx, const tw_contracts *quotes, const tw_market *market, double *vol,
                            tw_row_status *status, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif

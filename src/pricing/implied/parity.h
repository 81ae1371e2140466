/* SPDX-License-Identifier: Apache-2.0 */
/* parity.h - a line through the differences of calls and puts. */
#ifndef TW_PRICING_PARITY_H
#define TW_PRICING_PARITY_H

#include "tradewind/implied.h"

/* Pairs of one expiry: call - put at strikes, with the width of both quotes (0: prices, all weigh the same). */
typedef struct tw_parity {
    size_t n;
    double *strike, *gap, *width;
    double *weight, *off; /* scratch, n each */
} tw_parity;

/* Fills forward, discount, residual and status of the expiry, whose T and pairs are set. `rate` NaN: to be found. */
void tw_parity_fit(const tw_parity *pairs, double rate, tw_chain_expiry *expiry);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* implied.h - the kernels of implied volatilities.
 *
 * A block is prepared (time value, side), its priceable rows are packed into a state, seeded, and stepped until none
 * moves; rows that have settled leave the state, so that slow ones cost nobody else. */
#ifndef TW_PRICING_IMPLIED_H
#define TW_PRICING_IMPLIED_H

#include "pricing/engine.h"

/* A block of quotes, and what is made of them: distance |ln(F / K)| (or |F - K|), time value (the price out of the
 * money), its bound, the rounding of the inputs in it, target (time value over its bound, or over the distance under
 * the normal model) and the root of time. */
typedef struct tw_quote_block {
    double type[TW_BLOCK], spot[TW_BLOCK], strike[TW_BLOCK], r[TW_BLOCK], q[TW_BLOCK], T[TW_BLOCK], price[TW_BLOCK];
    double distance[TW_BLOCK], time_value[TW_BLOCK], bound[TW_BLOCK], rounding[TW_BLOCK], target[TW_BLOCK];
    double root[TW_BLOCK];
} tw_quote_block;

/* Rows under way, packed; the arrays hold numbers up to a multiple of TW_IMPLIED_TILE. */
typedef struct tw_implied_state {
    size_t n;
    uint32_t row[TW_BLOCK];
    double distance[TW_BLOCK], target[TW_BLOCK];
    double log_target[TW_BLOCK], inv_target[TW_BLOCK];
    double s[TW_BLOCK];    /* volatility times the root of time; over the distance under the normal model */
    double move[TW_BLOCK]; /* of the last step, relative */
} tw_implied_state;

enum { TW_IMPLIED_TILE = 32 };

typedef struct tw_implied_kernels {
    bool (*prepare)(tw_quote_block *block); /* true: a volatility has to be sought for every row */
    void (*seed)(tw_implied_state *state);
    void (*step)(tw_implied_state *state);
} tw_implied_kernels;

extern const tw_implied_kernels tw_implied_black_baseline, tw_implied_black_avx2, tw_implied_black_avx512;
extern const tw_implied_kernels tw_implied_bachelier_baseline, tw_implied_bachelier_avx2, tw_implied_bachelier_avx512;

/* Volatilities of a block of digitals in closed form, from its distance (signed here: ln(F / K)) and prices. */
typedef struct tw_digital_quotes {
    const tw_quote_block *block;
    const double *payout; /* NULL: the asset */
    double *vol;
    tw_row_status *status;
} tw_digital_quotes;
void tw_implied_digital(const tw_digital_quotes *quotes, size_t n);

#endif

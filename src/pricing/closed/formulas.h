/* SPDX-License-Identifier: Apache-2.0 */
/* formulas.h - what closed forms of other options are made of. Their greeks are bumps. */
#ifndef TW_PRICING_FORMULAS_H
#define TW_PRICING_FORMULAS_H

#include "pricing/engine.h"

/* A row under black_scholes: Haug's S, X, b = r - q, with discounts made. */
typedef struct tw_option_row {
    double w, S, X, r, q, b, vol, T; /* w, X: 1 where the instrument has none */
    double sd, df, df_q;             /* vol sqrt(T), e^-rT, e^-qT */
} tw_option_row;

/* Value of row i; may set its status. */
typedef double tw_row_fn(const tw_block *block, size_t i);

tw_option_row tw_row_of(const tw_block *block, size_t i);
/* A column of row i. */
static inline double tw_at(const tw_block *block, tw_column_id column, size_t i) { return block->col[column][i]; }
/* Values of a block row by row; rows without time or volatility get the status LIMIT where they have none worse. */
void tw_price_rows(const tw_block *block, tw_row_fn *value);
static inline void tw_fail_row(const tw_block *block, size_t i, tw_row_code code, tw_column_id column)
{
    block->status[i] = TW_ROW_STATUS(code, column);
}

/* Option on present values: w (a Phi(w d1) - k Phi(w d2)) with d1 = ln(a / k) / sd + sd / 2; a, k >= 0. */
double tw_vanilla(double w, double a, double k, double sd);
/* e^log_power Phi(x), where the power may overflow and the tail underflow. */
double tw_power_tail(double log_power, double x);
/* P(X < x, Y < y) of standard normals with this correlation, to 1e-15. */
double tw_bivariate_cdf(double x, double y, double correlation);

/* Gauss-Legendre rule of 20 points on (-1, 1): these and their negatives, with their weights. */
enum { TW_GAUSS_HALF = 10 };
extern const double tw_gauss_node[TW_GAUSS_HALF], tw_gauss_weight[TW_GAUSS_HALF];

/* Level of a continuously watched barrier that stands for one watched at `fixings` equal times (0: it is). up: 1, -1.
 */
double tw_barrier_level(const tw_option_row *o, double level, double fixings, double up);

/* Whether there is neither time nor volatility: the path is known. */
static inline bool tw_is_limit(const tw_option_row *o) { return !(o->sd > 1e-200); }

#define TW_VALUE_ONLY TW_VALUE_BIT(TW_VALUE_value)
/* Central differences of values good to 1e-15 of the spot. */
#define TW_CLOSED_BUMPS                                                                                                \
    {                                                                                                                  \
        2e-3, 2e-3, 1e-3, 2e-3, 6                                                                                      \
    }

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* legs.h - rate instruments as flows: fixed ones weight x D(pay), floating ones D(pay) (P(start) / P(end) - 1). P is
 * the curve of forward rates, D that of discounting; both are 1 at time 0, so a flow that is not to be discounted has
 * pay 0.
 */
#ifndef TW_PRICING_LEGS_H
#define TW_PRICING_LEGS_H

#include "pricing/rates/curve.h"

enum { TW_MOST_FLOWS = 1024 };

/* A flow of a leg. Floating: `start` to `end` earns P(start) / P(end) - 1, times `weight`; `tau` is the accrual of a
 * spread. Fixed: tau is the accrual. `known`: what is paid whatever the curves say. */
typedef struct tw_flow {
    double start, end, pay, weight, tau, known;
} tw_flow;

typedef struct tw_legs {
    size_t n_fixed, n_float;
    double last; /* the latest time in it */
    tw_date first_date, last_date;
    tw_flow fixed[TW_MOST_FLOWS], floating[TW_MOST_FLOWS];
} tw_legs;

/* Makes the flows of an instrument that are paid after the day. `fixing`: rate of a floating period that began before.
 */
tw_status tw_legs_make(const tw_rate_instrument *instrument, const tw_valuation *as_of, double fixing, tw_legs *legs,
                       tw_error *err);

/* Value of a fixed rate of 1, and of the floating leg with a spread, for a notional of 1. */
double tw_legs_annuity(size_t n, const tw_flow *fixed, const tw_curve *discount);
double tw_legs_float(size_t n, const tw_flow *floating, const tw_curve *forecast, const tw_curve *discount,
                     double spread);
/* Reverse mode of both: adds to the bars of the nodes of each curve; a NULL array is left out. */
typedef struct tw_legs_bars {
    const tw_curve *forecast, *discount;
    double *forecast_bar, *discount_bar;
} tw_legs_bars;
void tw_legs_pull_annuity(size_t n, const tw_flow *fixed, double bar, const tw_legs_bars *bars);
void tw_legs_pull_float(size_t n, const tw_flow *floating, double spread, double bar, const tw_legs_bars *bars);

/* "deposit 3M", or the instrument's own name, into `out`. */
const char *tw_instrument_text(const tw_rate_instrument *instrument, char out[64]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* bonds.h - one bond of many, as payments. */
#ifndef TW_PRICING_BONDS_H
#define TW_PRICING_BONDS_H

#include "tradewind/rates.h"

enum { TW_BOND_MOST = 1200 };

/* Payments after settlement: what, when, and how far away in years of the yield; and the accrued interest. `from`,
 * `to`: the period of a coupon, its accrual in years; no redemption in `amount` but the last. */
typedef struct tw_bond_flows {
    size_t n;
    double accrued;
    bool in_last_period; /* nothing but the last payment is to come */
    double amount[TW_BOND_MOST], time[TW_BOND_MOST], tau[TW_BOND_MOST];
    tw_date pay[TW_BOND_MOST], from[TW_BOND_MOST], to[TW_BOND_MOST];
} tw_bond_flows;

/* Makes the payments of a row; floaters at their current rate. */
tw_status tw_bond_flows_make(const tw_bonds *bonds, size_t row, tw_bond_flows *flows, tw_error *err);
/* The spread of a floater, or NaN. */
double tw_bond_spread(const tw_bonds *bonds, size_t row);

/* Value of payments at a rate, and its derivatives as fractions of it. */
typedef struct tw_bond_risk {
    double value, macaulay, modified, convexity;
} tw_bond_risk;

tw_bond_risk tw_bond_risk_at(const tw_bond_flows *flows, int compounding, double rate);
/* The rate at which the payments are worth `value`. */
tw_status tw_bond_solve(const tw_bond_flows *flows, int compounding, double value, double *rate, tw_error *err);

#endif

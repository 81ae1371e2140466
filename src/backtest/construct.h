/* SPDX-License-Identifier: Apache-2.0 */
/* construct.h - scores of one bar become target weights. */
#ifndef TW_BACKTEST_CONSTRUCT_H
#define TW_BACKTEST_CONSTRUCT_H

#include "backtest/portfolio.h"

/* A name that can be chosen. */
typedef struct tw_candidate {
    double score;
    uint32_t lane;
} tw_candidate;

/* Collects lanes with a finite score and a close at bar t, in lane order; returns how many. */
size_t tw_candidates(const tw_market *market, const tw_signal *signal, size_t t, tw_candidate *candidate);

/* Fills weight[n_lanes] with shares of equity, signed, whose absolute values sum to at most `gross`; 0 elsewhere.
 * Reorders the candidates. Ties go to the lower lane. */
void tw_construct(const tw_rules *rules, double gross, size_t n, tw_candidate *candidate, double *weight);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* slopes.h - psi of bates with its slopes in the model's parameters, and sums of them for quotes. */
#ifndef TW_PRICING_SLOPES_H
#define TW_PRICING_SLOPES_H

#include "tradewind/surface.h"

enum { TW_CALIBRATE_NODES = 112, TW_CALIBRATE_LANES = 8 };

/* psi and its slopes in v0, kappa, theta, sigma, rho, jump_rate, jump_mean, jump_vol. */
enum { TW_SLOPES = 8, TW_TERMS = TW_SLOPES + 1 };

/* Nodes z = 1/2 + i y of an expiry: weights e^psi / (z (z - 1)) dy / pi, and those times each slope. */
typedef struct tw_expiry_nodes {
    double T;
    double y[TW_CALIBRATE_NODES], dy[TW_CALIBRATE_NODES];
    double re[TW_TERMS][TW_CALIBRATE_NODES], im[TW_TERMS][TW_CALIBRATE_NODES];
} tw_expiry_nodes;

/* Fills re and im from y and dy. */
typedef void tw_slopes_fn(const tw_heston *model, tw_expiry_nodes *nodes);
void tw_pricing_slopes_baseline(const tw_heston *model, tw_expiry_nodes *nodes);
void tw_pricing_slopes_avx2(const tw_heston *model, tw_expiry_nodes *nodes);
void tw_pricing_slopes_avx512(const tw_heston *model, tw_expiry_nodes *nodes);

/* The integral at k, and its slopes: what is out of the money less the asset or the strike, in units of the forward. */
typedef void tw_quote_fn(const tw_expiry_nodes *nodes, double k, double out[TW_TERMS]);
void tw_pricing_quote_baseline(const tw_expiry_nodes *nodes, double k, double out[TW_TERMS]);
void tw_pricing_quote_avx2(const tw_expiry_nodes *nodes, double k, double out[TW_TERMS]);
void tw_pricing_quote_avx512(const tw_expiry_nodes *nodes, double k, double out[TW_TERMS]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* binomial.h - what engines on trees share: settings, dividends at dates, results from the first nodes. */
#ifndef TW_PRICING_LATTICE_BINOMIAL_H
#define TW_PRICING_LATTICE_BINOMIAL_H

#include "pricing/lattice/lattice.h"

typedef struct tw_binomial_params {
    int steps;
    char variant[TW_TEXT_MAX];
} tw_binomial_params;

/* Steps of the tree: `steps`, rounded up to odd where the variant asks for it. */
size_t tw_binomial_steps(const tw_binomial_params *p);

/* The contract of row i. */
tw_lattice_contract tw_lattice_contract_of(const tw_block *b, size_t i);
/* Row i without time or volatility; row i when the tree has a negative probability. */
void tw_lattice_limit(const tw_block *b, size_t i);
void tw_lattice_none(const tw_block *b, size_t i);
/* Value, delta, gamma and theta of row i from the values of the first three steps and the spots of the nodes of steps 1
 * and 2. */
void tw_binomial_values(const tw_block *b, size_t i, const tw_lattice_contract *c, const double *spot,
                        double (*near)[3]);

/* ---------------------------------------------------------------- dividends */

/* Dividends of a row between now and expiry. */
typedef struct tw_lattice_dividends {
    tw_dividend_model model;
    size_t n;
    const double *time, *amount;
    const uint8_t *share;
    double elapsed, r, T;
} tw_lattice_dividends;

void tw_lattice_dividends_of(const tw_block *b, size_t i, tw_lattice_dividends *to);

/* The spot is factor times the tree's, plus add. */
typedef struct tw_lattice_affine {
    double factor, add;
} tw_lattice_affine;

/* At time t; 1 and 0 under the spot model, in which the tree's values are moved instead. */
tw_lattice_affine tw_lattice_spot(const tw_lattice_dividends *d, double t);
/* Whether the spot drops in (from, to]. */
bool tw_lattice_drops(const tw_lattice_dividends *d, double from, double to);
/* Nodes of a step: times that are taken to be its own, n spots scale times level, memory for n values. */
typedef struct tw_lattice_span {
    double from, to, scale;
    size_t n;
    const double *level;
    double *other;
} tw_lattice_span;

/* Values before the dividends in (from, to] from those after them. */
void tw_lattice_drop(const tw_lattice_dividends *d, const tw_lattice_span *s, double *value);

#endif

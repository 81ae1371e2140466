/* SPDX-License-Identifier: Apache-2.0 */
/* lattice.h - recombining trees: how they are made of a contract, and what is done at their nodes. */
#ifndef TW_PRICING_LATTICE_LATTICE_H
#define TW_PRICING_LATTICE_LATTICE_H

#include "pricing/engine.h"

enum { TW_LATTICE_STEPS = 100000 };

/* A recombining binomial tree: node j of step i is spot e^((i - j) down + j up). */
typedef struct tw_binomial {
    size_t steps;
    double up, down; /* logarithms of its factors */
    double pu, pd;   /* probabilities; both in [0, 1] or the tree is none */
    double discount; /* of a step */
} tw_binomial;

/* What a tree is made for. */
typedef struct tw_lattice_contract {
    double side, spot, strike, r, q, vol, T; /* spot: of the tree, after what dividends take from it */
} tw_lattice_contract;

typedef void tw_binomial_make(const tw_lattice_contract *c, size_t steps, tw_binomial *to);

/* A way of choosing factors and probabilities. */
typedef struct tw_binomial_variant {
    const char *name;
    tw_binomial_make *make;
    bool odd; /* made for an odd number of steps: even ones are rounded up */
} tw_binomial_variant;

/* The variant of this name. */
const tw_binomial_variant *tw_binomial_variant_find(const char *name);
bool tw_binomial_valid(const tw_binomial *tree);

/* ---------------------------------------------------------------- kernels */

/* Two weights: of the lower and the upper node a step later, with the discount in them. */
typedef struct tw_roll {
    double down, up;
} tw_roll;

typedef struct tw_lattice_kernels {
    /* Spots spot e^(first + j step), j < n. */
    void (*levels)(size_t n, double spot, double first, double step, double *to);
    /* One step back of n nodes: v[j] from v[j] and v[j + 1]. */
    void (*hold)(size_t n, tw_roll w, double *v);
    /* The same, but no less than gain[j]. */
    void (*hold_or_gain)(size_t n, tw_roll w, const double *gain, double *v);
    /* The same, but no less than a level[j] + b. */
    void (*hold_or_line)(size_t n, tw_roll w, const double *level, const double *ab, double *v);
    /* One step back of n nodes with three branches: v[j] from v[j], v[j + 1], v[j + 2]; gain NULL: none. */
    void (*hold_three)(size_t n, const double *w, const double *gain, double *v);
} tw_lattice_kernels;
extern const tw_lattice_kernels tw_lattice_kernels_baseline, tw_lattice_kernels_avx2, tw_lattice_kernels_avx512;

/* ---------------------------------------------------------------- exercise */

/* Marks, of steps 0 to `steps`, those nearest to exercise: all of american options, the dates of bermudan ones, and the
 * last of all. */
void tw_lattice_exercise(const tw_block *b, size_t i, size_t steps, uint8_t *at);
/* Row i when it has no time or no volatility: value and delta. */
void tw_lattice_certain(const tw_block *b, size_t i, double *value, double *delta);

#endif

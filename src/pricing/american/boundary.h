/* SPDX-License-Identifier: Apache-2.0 */
/* boundary.h - exercise boundaries of American puts by spectral collocation, and values from them.
 *
 * Everything is scaled: the strike is 1, time runs from 0 at expiry to 1 (the horizon), so that a contract is three
 * numbers: s = vol sqrt(T), rt = r T, qt = q T. The boundary at time u = z^2 is X e^h(z) with H = h^2 a polynomial in z
 * that is 0 at 0, known by its values at Chebyshev's nodes (Andersen, Lake, Offengenden 2016). Integrals over u from 0
 * to z_i^2 are taken in the angle v, u = z_i^2 sin^2 v: both sqrt(u) and sqrt(z_i^2 - u) are smooth there, and the
 * places at which H is needed are the same for every contract: z_i sin v_k. */
#ifndef TW_PRICING_AMERICAN_BOUNDARY_H
#define TW_PRICING_AMERICAN_BOUNDARY_H

#include "pricing/engine.h"

/* Contracts that are worked on side by side, and the most nodes of a rule. */
enum { TW_AM_LANES = 16, TW_AM_NODES = 32, TW_AM_POINTS = 64, TW_AM_PRICE_POINTS = 160 };

/* Sizes of a rule: boundary nodes, quadrature points of a boundary step, steps, quadrature points of a value, steps of
 * a seed. */
typedef struct tw_am_rule {
    int nodes, points, steps, price_points, seed_steps;
    bool double_exponential; /* points of a value cluster at both ends as in tanh-sinh rules */
    bool smooth;             /* no jump to what exercise gives below a boundary that is approximate */
} tw_am_rule;

/* Points in the angle: sine, cosine, and weight of the angle. */
typedef struct tw_am_angle {
    double sine, cosine, weight;
} tw_am_angle;

/* What a rule needs that no contract changes. */
typedef struct tw_am_tables {
    tw_am_rule rule;
    double z[TW_AM_NODES];                             /* nodes, the last time first; 0 is left out */
    tw_am_angle angle[TW_AM_POINTS];                   /* of steps */
    double at[TW_AM_NODES][TW_AM_POINTS][TW_AM_NODES]; /* H at z_i sin v_k from H at the nodes */
    tw_am_angle price_angle[TW_AM_PRICE_POINTS];       /* of values */
    double price_at[TW_AM_PRICE_POINTS][TW_AM_NODES];  /* H at sin v_k */
} tw_am_tables;

/* Makes the tables of a rule. */
void tw_am_tables_make(const tw_am_rule *rule, tw_am_tables *to);

/* Boundaries side by side. */
typedef struct tw_am_boundaries {
    double s[TW_AM_LANES], rt[TW_AM_LANES], qt[TW_AM_LANES]; /* at the horizon */
    double x0[TW_AM_LANES];                                  /* ln X */
    double side[TW_AM_LANES]; /* 1: exercise below it; -1: the lower one of two, exercise above it */
    double h[TW_AM_NODES][TW_AM_LANES];
} tw_am_boundaries;

/* Values side by side: from the horizon of the boundaries (a share `reach` of the time) to today. */
typedef struct tw_am_values {
    double x[TW_AM_LANES];                                   /* ln(spot / strike) */
    double s[TW_AM_LANES], rt[TW_AM_LANES], qt[TW_AM_LANES]; /* today */
    double reach[TW_AM_LANES], share[TW_AM_LANES];           /* share: factor of the premium, 0 where there is none */
    double value[TW_AM_LANES], slope[TW_AM_LANES], bend[TW_AM_LANES]; /* by ln spot: value, first, second derivative */
} tw_am_values;

typedef struct tw_am_kernels {
    void (*seed)(const tw_am_tables *t, tw_am_boundaries *b);
    void (*step)(const tw_am_tables *t, tw_am_boundaries *b);
    void (*european)(tw_am_values *v);
    void (*premium)(const tw_am_tables *t, const tw_am_boundaries *b, tw_am_values *v);
} tw_am_kernels;
extern const tw_am_kernels tw_am_kernels_baseline, tw_am_kernels_avx2, tw_am_kernels_avx512;

#endif

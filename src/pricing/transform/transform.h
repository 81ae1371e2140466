/* SPDX-License-Identifier: Apache-2.0 */
/* transform.h - European options from the moment generating function of the logarithm of the price.
 *
 * X = ln(S_T / F) has M(z) = E[e^(z X)] = e^psi(z), M(0) = M(1) = 1, for z in a strip of the complex plane. With
 * k = ln(K / F), what is paid out of the money is, in units of the forward, an integral up a line Re z = p,
 *   (1 / 2 pi i) int e^(psi(z) + k (1 - z)) m(z) / (z (z - 1)) dz,
 * of a call for p > 1 and of a put for p < 0; m is 1 for options, (z - 1) / K for digitals that pay cash, z for those
 * that pay the asset (and - of it for puts). Greeks multiply the integrand: delta by z, gamma by z (z - 1), ... */
#ifndef TW_PRICING_TRANSFORM_H
#define TW_PRICING_TRANSFORM_H

#include "pricing/engine.h"

/* Which psi. GAUSS: a normal of variance `total`, which is every model whose variance is certain. */
typedef enum tw_psi_kind { TW_PSI_HESTON, TW_PSI_GAUSS, TW_PSI_GAMMA } tw_psi_kind;

/* A row's distribution at its expiry: all that psi depends on. */
typedef struct tw_psi_model {
    tw_psi_kind kind;
    bool jumps;
    double T;
    double v0, kappa, theta, sigma, rho;           /* HESTON; vega is by sqrt(v0) */
    double total, total_T, total_vol, total_vol2;  /* GAUSS: variance to T, its slopes in T and in volatility */
    double vol, drift, rate;                       /* GAMMA: vg_drift, vg_rate */
    double ln_forward, by_forward;                 /* GAMMA: ln q(1), 1 / q(1) */
    double jump_rate, jump_mean, jump_var, excess; /* excess: mean of a jump less 1 */
    double lo, hi;                                 /* M is finite for lo < z < hi (open; may be infinite) */
    double sd_small, sd_large;                     /* standard deviations: without jumps, and all in all */
} tw_psi_model;

enum { TW_NODES = 16 };

/* psi at nodes z, and its slopes: in T, in volatility (once and twice). Real and imaginary parts. The real part of psi
 * falls along a line up, but for the waves of jumps: `wave` is how far below their crest it is. */
typedef struct tw_psi_nodes {
    double z[2][TW_NODES], wave[TW_NODES];
    double psi[2][TW_NODES], by_T[2][TW_NODES], by_vol[2][TW_NODES], by_vol2[2][TW_NODES];
} tw_psi_nodes;

/* What is summed over nodes: Re of the integrand times these. */
typedef enum tw_sum_id {
    TW_SUM_1,    /* value */
    TW_SUM_Z,    /* delta */
    TW_SUM_ZZ,   /* gamma: z (z - 1) */
    TW_SUM_ZZZ,  /* speed: z (z - 1) (z - 2) */
    TW_SUM_T,    /* d ln / d T */
    TW_SUM_TZ,   /* charm */
    TW_SUM_TZZ,  /* color */
    TW_SUM_V,    /* vega */
    TW_SUM_VZ,   /* vanna */
    TW_SUM_VV,   /* volga */
    TW_SUM_COUNT /* of them */
} tw_sum_id;

/* m(z) = m0 + m1 z: what is paid. */
typedef struct tw_payoff {
    double m0, m1;
} tw_payoff;

/* A row's integral: from p, along z = p + bend s (cosh t - 1) + i s sinh t. */
typedef struct tw_line {
    double p, s, bend;
    double k, level; /* the integrand is divided by e^level */
    double drift, r; /* of d ln / d T: drift z - r */
    tw_payoff payoff;
    bool greeks;        /* all sums, else TW_SUM_1 alone */
    double t[TW_NODES]; /* nodes */
} tw_line;

typedef struct tw_line_sums {
    double sum[TW_SUM_COUNT][TW_NODES]; /* by lane */
    double size[TW_NODES]; /* of the last nodes' integrand times |z|^2, which gamma and volga have, for where to stop */
} tw_line_sums;

/* psi at nodes. */
typedef void tw_psi_fn(const tw_psi_model *model, tw_psi_nodes *nodes);
void tw_pricing_psi_baseline(const tw_psi_model *model, tw_psi_nodes *nodes);
void tw_pricing_psi_avx2(const tw_psi_model *model, tw_psi_nodes *nodes);
void tw_pricing_psi_avx512(const tw_psi_model *model, tw_psi_nodes *nodes);

/* Puts nodes on the line, takes psi there, adds to the sums. */
typedef void tw_line_fn(const tw_psi_model *model, const tw_line *line, tw_psi_nodes *nodes, tw_line_sums *sums);
void tw_pricing_line_baseline(const tw_psi_model *model, const tw_line *line, tw_psi_nodes *nodes, tw_line_sums *sums);
void tw_pricing_line_avx2(const tw_psi_model *model, const tw_line *line, tw_psi_nodes *nodes, tw_line_sums *sums);
void tw_pricing_line_avx512(const tw_psi_model *model, const tw_line *line, tw_psi_nodes *nodes, tw_line_sums *sums);

/* ---------------------------------------------------------------- moments on the real line */

enum { TW_MOMENTS = 48 };

/* ln M(p) - ln(p (p - 1)) at points on both sides of the strip: saddles are looked for among them, bounds of tails
 * come from them. */
typedef struct tw_moments {
    double p[2][TW_MOMENTS], ln[2][TW_MOMENTS]; /* side 0: p < 0, descending; 1: p > 1, ascending */
} tw_moments;

void tw_moments_take(const tw_psi_model *model, tw_psi_fn *psi, tw_moments *moments);

/* ---------------------------------------------------------------- rows */

/* What a row's model and expiry make of it. */
typedef enum tw_psi_case { TW_PSI_OK, TW_PSI_CERTAIN /* no variance, no jumps */, TW_PSI_FAILS } tw_psi_case;

/* The distribution of row i; FAILS sets the row's status. */
tw_psi_case tw_psi_of_row(const tw_block *block, size_t i, tw_psi_model *model);

/* The terms of a row: present values, log-moneyness, which side is out of the money. */
typedef struct tw_terms {
    double w, spot, strike, r, q, T;
    double df, dq; /* e^(-r T), e^(-q T) */
    double pv_spot, pv_strike;
    double k;    /* ln(pv_strike / pv_spot) */
    double side; /* type of what is out of the money: 1 call, -1 put */
    tw_payoff payoff;
    double sign; /* of the integral: -1 for digital puts */
    int paid;    /* 0 option, 1 cash, 2 asset */
    double cash;
} tw_terms;

tw_terms tw_terms_of_row(const tw_block *block, size_t i);
/* Values and greeks of row i from the sums (all in units of the forward, divided by nothing). */
void tw_terms_store(const tw_block *block, size_t i, const tw_terms *terms, const double sum[TW_SUM_COUNT]);
/* The same where the price at expiry is certain, with status LIMIT. */
void tw_terms_limit(const tw_block *block, size_t i, const tw_terms *terms);

/* Rows of a block that share a distribution. */
typedef struct tw_group {
    size_t n;
    uint16_t row[TW_BLOCK];
} tw_group;

/* Calls `each` for every group of the block's rows. */
typedef void tw_group_fn(const tw_block *block, const tw_group *group, const void *params);
void tw_groups(const tw_block *block, tw_group_fn *each, const void *params);

/* Puts zeros into what copies that fill a block up would have. */
void tw_block_blank(const tw_block *block);

/* Prices the rows of a group, each by its contour; what fails says so in its status. */
void tw_contour_group(const tw_block *block, const tw_group *group, double tolerance);

/* All values: everything comes from the same nodes. */
#define TW_TRANSFORM_SUPPLIES ((TW_VALUE_BIT(TW_VALUE_error_estimate) << 1) - 1)

#endif

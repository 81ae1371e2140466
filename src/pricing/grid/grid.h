/* SPDX-License-Identifier: Apache-2.0 */
/* grid.h - finite differences: what is solved for a row, and the arrays that eight rows are solved in side by side. */
#ifndef TW_PRICING_GRID_H
#define TW_PRICING_GRID_H

#include "pricing/engine.h"

/* Rows side by side. The same on every instruction set, so that a row's bits depend on none. */
enum { TW_GRID_LANES = 8 };

/* ---------------------------------------------------------------- kernels */

/* One step in time of (I - k A) w = rhs, A's row i being lower w[i - 1] - diag w[i] + upper w[i + 1]; then
 * v = alpha w - (alpha - 1) v. With alpha 2 and k half of the step that is Crank-Nicolson, with alpha 1 and k the whole
 * step it is implicit. Node i of lane j is at [i * TW_GRID_LANES + j]. */
typedef struct tw_grid_step {
    size_t n;
    const double *lower, *diag, *upper;
    double *e, *inverse, *f; /* factors */
    double *z, *v;
    const double *rhs;
    const double *floor; /* v is not below it; NULL: free */
    double *active;      /* of the iterations: 1 where the floor holds */
    double k[TW_GRID_LANES], alpha[TW_GRID_LANES];
} tw_grid_step;

typedef void tw_grid_fn(tw_grid_step *s);
typedef void tw_grid_iterate_fn(tw_grid_step *s, double penalty);

/* Factors of I - k A: elimination from the last node to the first. */
void tw_grid_factor_baseline(tw_grid_step *s);
void tw_grid_factor_avx2(tw_grid_step *s);
void tw_grid_factor_avx512(tw_grid_step *s);
/* Solves with these factors. Where there is a floor it is imposed node by node from the first on (Brennan and Schwartz
 * 1977): right where the nodes at which it holds are the first ones. */
void tw_grid_solve_baseline(tw_grid_step *s);
void tw_grid_solve_avx2(tw_grid_step *s);
void tw_grid_solve_avx512(tw_grid_step *s);
/* Solves with a floor that may hold anywhere, by iterating over the set of nodes where it does: policy iteration
 * (penalty 0), or with a penalty on what is below (Forsyth and Vetzal 2002). */
void tw_grid_iterate_baseline(tw_grid_step *s, double penalty);
void tw_grid_iterate_avx2(tw_grid_step *s, double penalty);
void tw_grid_iterate_avx512(tw_grid_step *s, double penalty);

/* ---------------------------------------------------------------- what is solved */

typedef enum tw_grid_payoff {
    TW_PAYS_NOTHING,
    TW_PAYS_VANILLA,
    TW_PAYS_CASH,
    TW_PAYS_ASSET,
    TW_PAYS_ALWAYS
} tw_grid_payoff;

/* A level at which the contract ends. */
typedef struct tw_grid_edge {
    bool on, late; /* late: its cash is paid at expiry */
    double level, cash;
} tw_grid_edge;

/* A row as the grid sees it; prices are in units of `unit`. */
typedef struct tw_grid_problem {
    tw_grid_payoff payoff;
    double sign, spot, strike, cash, less; /* less: taken off the payoff */
    tw_grid_edge edge[2];                  /* below, above */
    double r, q, vol, T, elapsed, unit;
    size_t fixings; /* edges hold at these alone; 0: always */
    bool american, bermudan, linear;
    bool known; /* what it is worth is `cash` */
    const tw_contracts *contracts;
    tw_dividend_model dividends;
    size_t row;
} tw_grid_problem;

/* What a row is made of: `main`, less `other` where there is one (a knock-in is a vanilla option less a knock-out). */
typedef struct tw_grid_pair {
    tw_grid_problem main, other;
    bool two;
} tw_grid_pair;

/* The problems of row i of a block. */
void tw_grid_pair_of(const tw_block *b, size_t i, tw_grid_pair *pair);
/* What is paid at a price of the underlying, `offset` more than the grid's (dividends of the affine models). */
double tw_grid_pays(const tw_grid_problem *p, double price);
/* What the price of the underlying has beyond the grid's at time t. */
double tw_grid_offset(const tw_grid_problem *p, double t);
/* The latest date before t at which something happens, or 0; and the first after t, or T. */
double tw_grid_date_before(const tw_grid_problem *p, double t);
double tw_grid_date_after(const tw_grid_problem *p, double t);
/* Whether edges are looked at, or it may be exercised, at t (a date of the functions above). */
bool tw_grid_fixing_at(const tw_grid_problem *p, double t);
bool tw_grid_exercise_at(const tw_grid_problem *p, double t);
/* Price after the dividends at t of one that was `price` before. */
double tw_grid_ex_dividend(const tw_grid_problem *p, double t, double price, bool *any);
/* Value without volatility or without time. */
double tw_grid_certain(const tw_grid_problem *p);

/* ---------------------------------------------------------------- solving */

typedef enum tw_grid_scheme {
    TW_GRID_CRANK_NICOLSON,
    TW_GRID_TR_BDF2,
    TW_GRID_IMPLICIT,
    TW_GRID_DOUGLAS
} tw_grid_scheme;
typedef enum tw_grid_american { TW_GRID_PROJECTED, TW_GRID_PENALTY, TW_GRID_POLICY } tw_grid_american;

typedef struct tw_grid_settings {
    size_t space, time;
    tw_grid_scheme scheme;
    tw_grid_american american;
    tw_isa isa;
} tw_grid_settings;

typedef struct tw_grid_answer {
    double value, delta, gamma, theta;
} tw_grid_answer;

/* Bytes for grids of `space` nodes. */
size_t tw_grid_bytes(size_t space);
/* Solves the problems of eight lanes. */
void tw_grid_run(const tw_grid_settings *settings, const tw_grid_problem *const *problem, void *work,
                 tw_grid_answer *answer);

/* Memory of the mesh of eight lanes; see mesh.c. */
typedef struct tw_grid_mesh {
    size_t n;
    double *x[TW_GRID_LANES];     /* coordinates, ascending: logarithm of the price, or the price where it is linear */
    double *price[TW_GRID_LANES]; /* prices there */
    bool flip[TW_GRID_LANES];     /* node 0 of the lanes is the highest, not the lowest */
    bool edge[TW_GRID_LANES][2];  /* an end is an edge of the problem */
    double *lower, *diag, *upper; /* the operator, by lanes */
} tw_grid_mesh;

/* Lays the nodes of a lane, and fills its operator. */
void tw_grid_mesh_lay(tw_grid_mesh *m, int lane, const tw_grid_problem *p, tw_isa isa);
/* Place of node i (ascending) of a lane in arrays by lanes. */
static inline size_t tw_grid_at(const tw_grid_mesh *m, int lane, size_t i)
{
    return (m->flip[lane] ? m->n - 1 - i : i) * TW_GRID_LANES + (size_t)lane;
}
/* Payoff at expiry of every node of a lane, averaged over the cell where it has a kink or jumps. */
void tw_grid_mesh_payoff(const tw_grid_mesh *m, int lane, const tw_grid_problem *p, double *v);

/* A polynomial of third degree through four nodes around x: its value and two derivatives in x. */
typedef struct tw_grid_fit {
    double value, first, second;
} tw_grid_fit;
/* The fit to values `y` at the ascending nodes `x`, at a place within them. */
tw_grid_fit tw_grid_interpolate(size_t n, const double *x, const double *y, double at);

#endif

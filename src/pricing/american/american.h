/* SPDX-License-Identifier: Apache-2.0 */
/* american.h - American options as puts on a strike of 1, and their solution by exercise boundaries. */
#ifndef TW_PRICING_AMERICAN_AMERICAN_H
#define TW_PRICING_AMERICAN_AMERICAN_H

#include "pricing/american/boundary.h"

/* How a put is exercised: at a time known now, at expiry alone, below a boundary, between two. */
typedef enum tw_am_kind { TW_AM_CERTAIN, TW_AM_EUROPEAN, TW_AM_SINGLE, TW_AM_DOUBLE } tw_am_kind;

/* Refinements of the time at which two boundaries meet. */
enum { TW_AM_MEETING_PASSES = 4 };

/* A put on a strike of 1, worth `unit` times its value. */
typedef struct tw_am_put {
    double x, s, rt, qt;  /* ln(spot / strike), vol sqrt(T), r T, q T */
    double T, unit, gain; /* gain: what exercise now gives */
    bool call;            /* it stands for a call: unit is its spot, x = ln(strike / spot) */
    tw_am_kind kind;
} tw_am_put;

/* How it is exercised when s is what it is. */
tw_am_kind tw_am_kind_of(const tw_am_put *p, double s);

/* The rule of a setting: "fast", "accurate", "high". */
const tw_am_rule *tw_am_rule_of(const char *setting);

/* Row i of a block as a put; s is 0 where the block has no volatilities. */
void tw_am_put_of(const tw_block *b, size_t i, tw_am_put *p);

/* Value and its derivatives by x; exercised: it is worth what exercise now gives. */
typedef struct tw_am_result {
    double value, slope, bend;
    bool exercised;
} tw_am_result;

/* Writes value, delta, gamma, theta and status of row i. */
void tw_am_values_out(const tw_block *b, size_t i, const tw_am_put *p, const tw_am_result *v);

/* What a solution needs: kernels, tables of its rule, tw_am_tile_size() bytes aligned to 64. */
typedef struct tw_am_solver {
    const tw_am_kernels *kernels;
    const tw_am_tables *tables;
    void *tile;
} tw_am_solver;

size_t tw_am_tile_size(void);
const tw_am_kernels *tw_am_kernels_of(tw_isa isa);
/* Values of those of n puts that need no boundary (and no tables). */
void tw_am_solve_plain(const tw_am_solver *s, const tw_am_put *puts, size_t n, tw_am_result *to);
/* Values of n puts. */
void tw_am_solve(const tw_am_solver *s, const tw_am_put *puts, size_t n, tw_am_result *to);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* curve.h - a discount curve inside: y(t) = -ln discount(t) as polynomials, whatever the interpolation. */
#ifndef TW_PRICING_CURVE_H
#define TW_PRICING_CURVE_H

#include "tradewind/rates.h"

enum { TW_CURVE_DEGREE = 4 };

/* y = c[0] + c[1] u + ... with u = t - start, up to the start of the next piece. */
typedef struct tw_piece {
    double c[TW_CURVE_DEGREE + 1];
} tw_piece;

/* Knots 0..n: knot 0 is time 0 with y = 0; knots 1..n are the nodes. start[] and piece[] hold up to 2 n + 1 pieces;
 * slope[] is what an interpolation keeps of each knot, for pull. Pointers lead into the same block. */
struct tw_curve {
    const tw_interpolation *interpolation;
    const tw_curve *base;
    size_t n, n_pieces;
    double zero_at_0; /* of interpolations of zero rates: of its own, or that of the first node */
    bool has_zero_at_0;
    double *t, *y, *slope, *start;
    tw_piece *piece;
};

/* `build` makes the pieces from the knots, with one behind the last that tw_curve_close makes. `pull` adds bar x
 * dy(t)/dy of each node (node_bar[0] is knot 1), 0 <= t < last knot; `pull_edge` the same of the forward rate at time 0
 * or at the last knot, which holds outside. */
typedef struct tw_interpolation_calls {
    void (*build)(tw_curve *curve);
    void (*pull)(const tw_curve *curve, double t, double bar, double *node_bar);
    void (*pull_edge)(const tw_curve *curve, bool end, double bar, double *node_bar);
} tw_interpolation_calls;

#define TW_INTERPOLATION(name) extern const tw_interpolation tw_interpolation_##name;
#include "pricing/rates/interpolations.def"
#undef TW_INTERPOLATION

/* Appends a piece. */
void tw_curve_add(tw_curve *curve, double start, const tw_piece *piece);
/* y, with that of the base. */
double tw_curve_y(const tw_curve *curve, double t);
/* Adds bar x dy(knot k)/dy, knot 0 having none; and of the zero rate of knot k, which at 0 may be that of knot 1. */
void tw_curve_bar_y(size_t k, double bar, double *node_bar);
void tw_curve_bar_zero(const tw_curve *curve, size_t k, double bar, double *node_bar);
/* Zero rate of knot k. */
double tw_curve_knot_zero(const tw_curve *curve, size_t k);
/* Index i of the knot with knot i <= t < knot i + 1, 0 <= t < last knot. */
size_t tw_curve_interval(const tw_curve *curve, double t);
/* Reverse mode in y: adds bar x dy(t)/dy of each node, any t. */
void tw_curve_pull(const tw_curve *curve, double t, double bar, double *node_bar);

#endif

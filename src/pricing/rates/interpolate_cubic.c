/* SPDX-License-Identifier: Apache-2.0 */
/* interpolate_cubic.c - cubic polynomials of zero rates, by their slopes at the knots. z: zero rates, s: slopes of the
 * straight lines between knots, h: widths. */
#include "pricing/rates/curve.h"

static double width(const tw_curve *c, size_t i) { return c->t[i + 1] - c->t[i]; }

static double secant(const tw_curve *c, size_t i)
{
    return (tw_curve_knot_zero(c, i + 1) - tw_curve_knot_zero(c, i)) / width(c, i);
}

static void bar_secant(const tw_curve *c, size_t i, double bar, double *node_bar)
{
    tw_curve_bar_zero(c, i + 1, bar / width(c, i), node_bar);
    tw_curve_bar_zero(c, i, -bar / width(c, i), node_bar);
}

/* z = z0 + d0 u + q u^2 + p u^3 between two knots, times t0 + u. */
static void add_hermite(tw_curve *c, size_t i)
{
    const double h = width(c, i), s = secant(c, i), d0 = c->slope[i], d1 = c->slope[i + 1], t = c->t[i];
    const double z = tw_curve_knot_zero(c, i), q = (3 * s - 2 * d0 - d1) / h, p = (d0 + d1 - 2 * s) / (h * h);
    tw_curve_add(c, t, &(tw_piece){{c->y[i], z + t * d0, d0 + t * q, q + t * p, p}});
}

/* The parts of z(t) that go to the slopes of the knots of the interval; the rest goes to z of both. */
typedef struct hermite {
    size_t i;
    double bar0, bar1;
} hermite;

static hermite pull_hermite(const tw_curve *c, double t, double bar, double *node_bar)
{
    const size_t i = tw_curve_interval(c, t);
    const double h = width(c, i), x = (t - c->t[i]) / h, x2 = x * x, x3 = x2 * x, z_bar = bar * t;
    tw_curve_bar_zero(c, i, z_bar * (1 - 3 * x2 + 2 * x3), node_bar);
    tw_curve_bar_zero(c, i + 1, z_bar * (3 * x2 - 2 * x3), node_bar);
    return (hermite){i, z_bar * h * (x - 2 * x2 + x3), z_bar * h * (x3 - x2)};
}

/* ---------------------------------------------------------------- Kruger */

/* Harmonic mean of the slopes on both sides, 0 where they differ in sign. */
static double harmonic(double a, double b) { return a * b > 0 ? 2 * a * b / (a + b) : 0; }

static void build_kruger(tw_curve *c)
{
    double *d = c->slope;
    const size_t n = c->n;
    for (size_t k = 1; k < n; k++) d[k] = harmonic(secant(c, k - 1), secant(c, k));
    d[0] = n > 1 ? (3 * secant(c, 0) - d[1]) / 2 : secant(c, 0);
    d[n] = n > 1 ? (3 * secant(c, n - 1) - d[n - 1]) / 2 : secant(c, 0);
    for (size_t i = 0; i < n; i++) add_hermite(c, i);
}

static void bar_inner_slope(const tw_curve *c, size_t k, double bar, double *node_bar)
{
    const double a = secant(c, k - 1), b = secant(c, k), sum = a + b;
    if (!(a * b > 0)) return;
    bar_secant(c, k - 1, bar * 2 * b * b / (sum * sum), node_bar);
    bar_secant(c, k, bar * 2 * a * a / (sum * sum), node_bar);
}

static void bar_kruger_slope(const tw_curve *c, size_t k, double bar, double *node_bar)
{
    if (k > 0 && k < c->n) {
        bar_inner_slope(c, k, bar, node_bar);
    } else if (c->n == 1) {
        bar_secant(c, 0, bar, node_bar);
    } else {
        bar_secant(c, k ? k - 1 : 0, 1.5 * bar, node_bar);
        bar_inner_slope(c, k ? k - 1 : 1, -bar / 2, node_bar);
    }
}

static void pull_kruger(const tw_curve *c, double t, double bar, double *node_bar)
{
    const hermite p = pull_hermite(c, t, bar, node_bar);
    bar_kruger_slope(c, p.i, p.bar0, node_bar);
    bar_kruger_slope(c, p.i + 1, p.bar1, node_bar);
}

static void edge_kruger(const tw_curve *c, bool end, double bar, double *node_bar)
{
    tw_curve_bar_zero(c, end ? c->n : 0, bar, node_bar);
    if (end) bar_kruger_slope(c, c->n, bar * c->t[c->n], node_bar);
}

static const tw_interpolation_calls kruger = {build_kruger, pull_kruger, edge_kruger};

const tw_interpolation tw_interpolation_cubic_zero = {
    .name = "cubic_zero",
    .title = "constrained cubics of zero rates, without overshoot",
    .source = "C. J. C. Kruger, Constrained cubic spline interpolation, 2003",
    .formula = "slope at a knot: harmonic mean of those of the lines beside it, 0 at an extremum",
    .local = true,
    .calls = &kruger,
};

/* ---------------------------------------------------------------- natural spline */

/* Row k of the system T d = r of the slopes: below, diagonal, above. */
typedef struct row {
    double below, diagonal, above;
} row;

static row row_of(const tw_curve *c, size_t k)
{
    if (k == 0) return (row){0, 2, 1};
    if (k == c->n) return (row){1, 2, 0};
    return (row){width(c, k), 2 * (width(c, k - 1) + width(c, k)), width(c, k - 1)};
}

static double right_side(const tw_curve *c, size_t k)
{
    if (k == 0) return 3 * secant(c, 0);
    if (k == c->n) return 3 * secant(c, c->n - 1);
    return 3 * (width(c, k) * secant(c, k - 1) + width(c, k - 1) * secant(c, k));
}

static void build_natural(tw_curve *c)
{
    double *d = c->slope, factor[TW_CURVE_MOST_NODES + 1]; /* above / pivot */
    const size_t n = c->n;
    double pivot = row_of(c, 0).diagonal;
    factor[0] = row_of(c, 0).above / pivot;
    d[0] = right_side(c, 0) / pivot;
    for (size_t k = 1; k <= n; k++) {
        const row r = row_of(c, k);
        pivot = r.diagonal - r.below * factor[k - 1];
        factor[k] = r.above / pivot;
        d[k] = (right_side(c, k) - r.below * d[k - 1]) / pivot;
    }
    for (size_t k = n; k-- > 0;) d[k] -= factor[k] * d[k + 1];
    for (size_t i = 0; i < n; i++) add_hermite(c, i);
}

static void bar_right_side(const tw_curve *c, size_t k, double bar, double *node_bar)
{
    if (k == 0 || k == c->n) {
        bar_secant(c, k ? k - 1 : 0, 3 * bar, node_bar);
        return;
    }
    bar_secant(c, k - 1, 3 * bar * width(c, k), node_bar);
    bar_secant(c, k, 3 * bar * width(c, k - 1), node_bar);
}

/* Bars of two slopes beside each other, k and k + 1: the transposed system, then its right side. */
static void bar_natural_slopes(const tw_curve *c, size_t at, const double bar[2], double *node_bar)
{
    double x[TW_CURVE_MOST_NODES + 1], factor[TW_CURVE_MOST_NODES + 1]; /* of the transpose: its above / pivot */
    const size_t n = c->n;
    double pivot = 1;
    for (size_t k = 0; k <= n; k++) {
        const double given = k == at ? bar[0] : k == at + 1 ? bar[1] : 0;
        const double below = k ? row_of(c, k - 1).above : 0, above = k < n ? row_of(c, k + 1).below : 0;
        pivot = row_of(c, k).diagonal - (k ? below * factor[k - 1] : 0);
        factor[k] = above / pivot;
        x[k] = (given - (k ? below * x[k - 1] : 0)) / pivot;
    }
    for (size_t k = n; k-- > 0;) x[k] -= factor[k] * x[k + 1];
    for (size_t k = 0; k <= n; k++) bar_right_side(c, k, x[k], node_bar);
}

static void pull_natural(const tw_curve *c, double t, double bar, double *node_bar)
{
    const hermite p = pull_hermite(c, t, bar, node_bar);
    bar_natural_slopes(c, p.i, (const double[]){p.bar0, p.bar1}, node_bar);
}

static void edge_natural(const tw_curve *c, bool end, double bar, double *node_bar)
{
    tw_curve_bar_zero(c, end ? c->n : 0, bar, node_bar);
    if (end) bar_natural_slopes(c, c->n, (const double[]){bar * c->t[c->n], 0}, node_bar);
}

static const tw_interpolation_calls natural = {build_natural, pull_natural, edge_natural};

const tw_interpolation tw_interpolation_natural_zero = {
    .name = "natural_zero",
    .title = "natural cubic spline of zero rates",
    .source = "de Boor, A Practical Guide to Splines, 1978, ch. 4",
    .formula = "second derivative of y / t continuous, 0 at both ends",
    .local = false,
    .calls = &natural,
};

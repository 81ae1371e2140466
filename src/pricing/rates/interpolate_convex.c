/* SPDX-License-Identifier: Apache-2.0 */
/* interpolate_convex.c - the monotone convex method: P. S. Hagan and G. West, Interpolation methods for curve
 * construction, Applied Mathematical Finance 13 (2006), section 6; its symbols. fd: discrete forward of an interval,
 * f: forward at a knot, g = f - fd, x in [0, 1] in the interval. */
#include "pricing/rates/curve.h"

#include <math.h>

static double width(const tw_curve *c, size_t i) { return c->t[i + 1] - c->t[i]; }

/* Discrete forward of interval i, between knots i and i + 1. */
static double discrete(const tw_curve *c, size_t i) { return (c->y[i + 1] - c->y[i]) / width(c, i); }

static void bar_discrete(const tw_curve *c, size_t i, double bar, double *node_bar)
{
    tw_curve_bar_y(i + 1, bar / width(c, i), node_bar);
    tw_curve_bar_y(i, -bar / width(c, i), node_bar);
}

/* ---------------------------------------------------------------- forwards at the knots */

/* Weight of the discrete forward behind knot k, 0 < k < n. */
static double weight(const tw_curve *c, size_t k) { return width(c, k - 1) / (width(c, k - 1) + width(c, k)); }

static double inner_forward(const tw_curve *c, size_t k)
{
    return weight(c, k) * discrete(c, k) + (1 - weight(c, k)) * discrete(c, k - 1);
}

static double free_forward(const tw_curve *c, size_t k)
{
    const size_t n = c->n;
    if (n == 1) return discrete(c, 0);
    if (k == 0) return 1.5 * discrete(c, 0) - inner_forward(c, 1) / 2;
    if (k == n) return 1.5 * discrete(c, n - 1) - inner_forward(c, n - 1) / 2;
    return inner_forward(c, k);
}

static void bar_inner(const tw_curve *c, size_t k, double bar, double *node_bar)
{
    bar_discrete(c, k, bar * weight(c, k), node_bar);
    bar_discrete(c, k - 1, bar * (1 - weight(c, k)), node_bar);
}

static void bar_free_forward(const tw_curve *c, size_t k, double bar, double *node_bar)
{
    const size_t n = c->n;
    if (n == 1) {
        bar_discrete(c, 0, bar, node_bar);
    } else if (k == 0 || k == n) {
        bar_discrete(c, k ? n - 1 : 0, 1.5 * bar, node_bar);
        bar_inner(c, k ? n - 1 : 1, -bar / 2, node_bar);
    } else {
        bar_inner(c, k, bar, node_bar);
    }
}

/* The interval with the lower discrete forward beside knot k: twice that is what keeps the forwards positive. */
static size_t lower_beside(const tw_curve *c, size_t k)
{
    if (k == 0) return 0;
    if (k == c->n) return c->n - 1;
    return discrete(c, k) < discrete(c, k - 1) ? k : k - 1;
}

static double bounded(const tw_curve *c, size_t k)
{
    const double f = free_forward(c, k), most = 2 * discrete(c, lower_beside(c, k));
    if (most <= 0) return f; /* a negative discrete forward: nothing can keep these positive */
    return f < 0 ? 0 : f > most ? most : f;
}

static void bar_bounded(const tw_curve *c, size_t k, double bar, double *node_bar)
{
    const size_t lower = lower_beside(c, k);
    const double f = free_forward(c, k), most = 2 * discrete(c, lower);
    if (most <= 0 || (f >= 0 && f <= most))
        bar_free_forward(c, k, bar, node_bar);
    else if (f > most)
        bar_discrete(c, lower, 2 * bar, node_bar);
}

/* ---------------------------------------------------------------- g between knots */

/* Shape of g in an interval: in which of the four sectors (g0, g1) lies, and where its two parts meet. */
typedef struct shape {
    int sector;
    double eta, a; /* a: level at eta, sector 4 */
} shape;

static shape shape_of(double g0, double g1)
{
    if (g0 * g1 >= 0) {
        const double sum = g0 + g1;
        return fabs(sum) > 0 ? (shape){4, g1 / sum, -g0 * g1 / sum} : (shape){0, 0, 0};
    }
    const double r = -g1 / g0; /* positive: the signs differ */
    if (r > 2) return (shape){2, (g1 + 2 * g0) / (g1 - g0), 0};
    if (r < 0.5) return (shape){3, 3 * g1 / (g1 - g0), 0};
    return (shape){1, 0, 0};
}

/* Pieces of y: the discrete forward and h times the integral of g. `add_square` appends one whose g is
 * level + rise ((t - centre) / reach)^2 from `from` (in x) on. */
typedef struct part {
    double from, level, rise, centre, reach;
} part;

static double part_integral(const part *p, double x)
{
    if (!(p->reach > 0)) return p->level * x; /* of no width: touched at a point */
    const double u = (x - p->centre) / p->reach;
    return p->level * x + p->rise * p->reach * u * u * u / 3;
}

/* y on the part, given the integral of g up to where it begins. */
static void add_part(tw_curve *c, size_t i, const part *p, double integral)
{
    const double h = width(c, i), fd = discrete(c, i), v = p->from - p->centre, reach = p->reach;
    const double square = reach > 0 ? p->rise / (reach * reach) : 0;
    const tw_piece piece = {{
        c->y[i] + h * (fd * p->from + integral),
        fd + p->level + square * v * v,
        square * v / h,
        square / (3 * h * h),
    }};
    tw_curve_add(c, c->t[i] + h * p->from, &piece);
}

/* One or two parts of an interval in sectors 2 to 4. */
static size_t parts_of(const shape *s, double g0, double g1, part out[2])
{
    const double eta = s->eta;
    const part left = {0,
                       s->sector == 3   ? g1
                       : s->sector == 4 ? s->a
                                        : g0,
                       s->sector == 2   ? 0
                       : s->sector == 3 ? g0 - g1
                                        : g0 - s->a,
                       eta, eta};
    const part right = {eta,
                        s->sector == 2   ? g0
                        : s->sector == 3 ? g1
                                         : s->a,
                        s->sector == 3   ? 0
                        : s->sector == 2 ? g1 - g0
                                         : g1 - s->a,
                        eta, 1 - eta};
    size_t n = 0;
    if (eta > 0) out[n++] = left;
    if (eta < 1) out[n++] = right;
    return n;
}

static void build_interval(tw_curve *c, size_t i)
{
    const double fd = discrete(c, i), g0 = c->slope[i] - fd, g1 = c->slope[i + 1] - fd, h = width(c, i);
    const shape s = shape_of(g0, g1);
    if (s.sector <= 1) {
        /* g = g0 (1 - 4 x + 3 x^2) + g1 (3 x^2 - 2 x); both are 0 in sector 0 */
        const tw_piece piece = {{c->y[i], fd + g0, -(2 * g0 + g1) / h, (g0 + g1) / (h * h)}};
        tw_curve_add(c, c->t[i], &piece);
        return;
    }
    part parts[2];
    const size_t n = parts_of(&s, g0, g1, parts);
    double integral = 0;
    for (size_t k = 0; k < n; k++) {
        add_part(c, i, &parts[k], integral);
        if (k + 1 < n)
            integral += part_integral(&parts[k], parts[k + 1].from) - part_integral(&parts[k], parts[k].from);
    }
}

static void build(tw_curve *c, double (*forward)(const tw_curve *, size_t))
{
    for (size_t k = 0; k <= c->n; k++) c->slope[k] = forward(c, k);
    for (size_t i = 0; i < c->n; i++) build_interval(c, i);
}

/* ---------------------------------------------------------------- reverse mode */

/* Integral of g from 0 to x, and its derivatives to g0 and g1 (it is homogeneous of degree one in them). */
typedef struct gradient {
    double value, to_g0, to_g1;
} gradient;

/* Sector 2: g0 up to eta, then g0 + (g1 - g0) ((x - eta) / (1 - eta))^2, with 1 - eta = 3 g0 / (g0 - g1). */
static gradient sector_2(double g0, double g1, double eta, double x)
{
    if (x <= eta) return (gradient){g0 * x, x, 0};
    const double v = x - eta, q = 1 - eta, d = g1 - g0;
    const double value = g0 * x + d * v * v * v / (3 * q * q);
    const double eta_g1 = -3 * g0 / (d * d); /* d eta / d g1 */
    const double to_eta = d * (-v * v / (q * q) + 2 * v * v * v / (3 * q * q * q));
    const double to_g1 = v * v * v / (3 * q * q) + to_eta * eta_g1;
    return (gradient){value, (value - g1 * to_g1) / g0, to_g1};
}

/* Sector 3: g1 + (g0 - g1) ((eta - x) / eta)^2 up to eta = 3 g1 / (g1 - g0), then g1. */
static gradient sector_3(double g0, double g1, double eta, double x)
{
    const double d = g0 - g1, v = x < eta ? eta - x : 0, q = eta;
    const double value = g1 * x + d * (q * q * q - v * v * v) / (3 * q * q);
    const double eta_g0 = 3 * g1 / (d * d); /* d eta / d g0 */
    const double to_eta = d * (1.0 / 3 - v * v / (q * q) + 2 * v * v * v / (3 * q * q * q));
    const double to_g0 = (q * q * q - v * v * v) / (3 * q * q) + to_eta * eta_g0;
    return (gradient){value, to_g0, (value - g0 * to_g0) / g1};
}

/* Sector 4: parabolas that fall from g0 to a at eta and rise to g1; a = -g0 g1 / (g0 + g1), eta = g1 / (g0 + g1). Where
 * g0 is the whole of the sum, eta is 0 and only the right part is there; and the other way round. */
static gradient sector_4(double g0, double g1, const shape *s, double x)
{
    const double sum = g0 + g1, eta = s->eta, q = 1 - eta, a = s->a;
    const double l = x < eta ? eta - x : 0, r = x > eta ? x - eta : 0;
    const double left = eta > 0 ? (eta * eta * eta - l * l * l) / (3 * eta * eta) : 0;
    const double right = q > 0 ? r * r * r / (3 * q * q) : 0;
    const double left_eta = eta > 0 ? 1.0 / 3 - l * l / (eta * eta) + 2 * l * l * l / (3 * eta * eta * eta) : 1.0 / 3;
    const double right_eta = q > 0 ? -r * r / (q * q) + 2 * r * r * r / (3 * q * q * q) : 0;
    const double to_a = x - left - right, to_eta = (g0 - a) * left_eta + (g1 - a) * right_eta;
    const double a_g0 = -eta * eta, a_g1 = -q * q, eta_g0 = -g1 / (sum * sum), eta_g1 = g0 / (sum * sum);
    return (gradient){a * x + (g0 - a) * left + (g1 - a) * right, left + to_a * a_g0 + to_eta * eta_g0,
                      right + to_a * a_g1 + to_eta * eta_g1};
}

static gradient integral_of(double g0, double g1, double x)
{
    const shape s = shape_of(g0, g1);
    const double x2 = x * x, x3 = x2 * x;
    switch (s.sector) {
    case 2: return sector_2(g0, g1, s.eta, x);
    case 3: return sector_3(g0, g1, s.eta, x);
    case 4: return sector_4(g0, g1, &s, x);
    default: return (gradient){g0 * (x - 2 * x2 + x3) + g1 * (x3 - x2), x - 2 * x2 + x3, x3 - x2};
    }
}

typedef void bar_forward(const tw_curve *c, size_t k, double bar, double *node_bar);

static void pull(const tw_curve *c, double t, double bar, double *node_bar, bar_forward *bar_knot)
{
    const size_t i = tw_curve_interval(c, t);
    const double h = width(c, i), x = (t - c->t[i]) / h, fd = discrete(c, i);
    const gradient g = integral_of(c->slope[i] - fd, c->slope[i + 1] - fd, x);
    tw_curve_bar_y(i, bar, node_bar);
    bar_discrete(c, i, bar * h * (x - g.to_g0 - g.to_g1), node_bar);
    bar_knot(c, i, bar * h * g.to_g0, node_bar);
    bar_knot(c, i + 1, bar * h * g.to_g1, node_bar);
}

/* ---------------------------------------------------------------- descriptors */

static void build_free(tw_curve *c) { build(c, free_forward); }
static void build_positive(tw_curve *c) { build(c, bounded); }

static void pull_free(const tw_curve *c, double t, double bar, double *node_bar)
{
    pull(c, t, bar, node_bar, bar_free_forward);
}

static void pull_positive(const tw_curve *c, double t, double bar, double *node_bar)
{
    pull(c, t, bar, node_bar, bar_bounded);
}

static void edge_free(const tw_curve *c, bool end, double bar, double *node_bar)
{
    bar_free_forward(c, end ? c->n : 0, bar, node_bar);
}

static void edge_positive(const tw_curve *c, bool end, double bar, double *node_bar)
{
    bar_bounded(c, end ? c->n : 0, bar, node_bar);
}

static const tw_interpolation_calls free_calls = {build_free, pull_free, edge_free};
static const tw_interpolation_calls positive_calls = {build_positive, pull_positive, edge_positive};

const tw_interpolation tw_interpolation_monotone_convex = {
    .name = "monotone_convex",
    .title = "continuous forward rates, monotone and convex where the discrete ones are",
    .source = "Hagan and West, Applied Mathematical Finance 13 (2006)",
    .formula = "quadratic pieces of the forward rate through means of the discrete ones at the knots",
    .local = true,
    .calls = &free_calls,
};

const tw_interpolation tw_interpolation_positive_convex = {
    .name = "positive_convex",
    .title = "monotone convex with forward rates bounded to be positive where the discrete ones are",
    .source = "Hagan and West, Applied Mathematical Finance 13 (2006), section 6.3",
    .formula = "monotone_convex, forwards at the knots bounded by 0 and twice the lower discrete one beside them",
    .local = true,
    .calls = &positive_calls,
};

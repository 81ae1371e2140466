/* SPDX-License-Identifier: Apache-2.0 */
/* interpolate_linear.c - straight lines between nodes: of ln discount, and of the zero rate. */
#include "pricing/rates/curve.h"

void tw_curve_bar_y(size_t k, double bar, double *node_bar)
{
    if (k > 0) node_bar[k - 1] += bar;
}

void tw_curve_bar_zero(const tw_curve *curve, size_t k, double bar, double *node_bar)
{
    if (k == 0 && curve->has_zero_at_0) return;
    const size_t of = k ? k : 1;
    node_bar[of - 1] += bar / curve->t[of];
}

double tw_curve_knot_zero(const tw_curve *curve, size_t k) { return k ? curve->y[k] / curve->t[k] : curve->zero_at_0; }

/* ---------------------------------------------------------------- log-linear */

static void build_log_linear(tw_curve *c)
{
    for (size_t i = 0; i < c->n; i++)
        tw_curve_add(c, c->t[i], &(tw_piece){{c->y[i], (c->y[i + 1] - c->y[i]) / (c->t[i + 1] - c->t[i])}});
}

static void pull_log_linear(const tw_curve *c, double t, double bar, double *node_bar)
{
    const size_t i = tw_curve_interval(c, t);
    const double x = (t - c->t[i]) / (c->t[i + 1] - c->t[i]);
    tw_curve_bar_y(i, bar * (1 - x), node_bar);
    tw_curve_bar_y(i + 1, bar * x, node_bar);
}

static void edge_log_linear(const tw_curve *c, bool end, double bar, double *node_bar)
{
    const size_t i = end ? c->n - 1 : 0;
    const double width = c->t[i + 1] - c->t[i];
    tw_curve_bar_y(i, -bar / width, node_bar);
    tw_curve_bar_y(i + 1, bar / width, node_bar);
}

static const tw_interpolation_calls log_linear = {build_log_linear, pull_log_linear, edge_log_linear};

const tw_interpolation tw_interpolation_log_linear = {
    .name = "log_linear",
    .title = "straight lines of the logarithm of discount factors",
    .source = "flat forward rates",
    .formula = "y linear between nodes",
    .local = true,
    .calls = &log_linear,
};

/* ---------------------------------------------------------------- linear zero rates */

static void build_linear_zero(tw_curve *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const double z = tw_curve_knot_zero(c, i), t = c->t[i];
        const double slope = (tw_curve_knot_zero(c, i + 1) - z) / (c->t[i + 1] - t);
        tw_curve_add(c, t, &(tw_piece){{c->y[i], z + t * slope, slope}});
    }
}

static void pull_linear_zero(const tw_curve *c, double t, double bar, double *node_bar)
{
    const size_t i = tw_curve_interval(c, t);
    const double x = (t - c->t[i]) / (c->t[i + 1] - c->t[i]);
    tw_curve_bar_zero(c, i, bar * t * (1 - x), node_bar);
    tw_curve_bar_zero(c, i + 1, bar * t * x, node_bar);
}

static void edge_linear_zero(const tw_curve *c, bool end, double bar, double *node_bar)
{
    if (!end) {
        tw_curve_bar_zero(c, 0, bar, node_bar);
        return;
    }
    const double steep = c->t[c->n] / (c->t[c->n] - c->t[c->n - 1]);
    tw_curve_bar_zero(c, c->n, bar * (1 + steep), node_bar);
    tw_curve_bar_zero(c, c->n - 1, -bar * steep, node_bar);
}

static const tw_interpolation_calls linear_zero = {build_linear_zero, pull_linear_zero, edge_linear_zero};

const tw_interpolation tw_interpolation_linear_zero = {
    .name = "linear_zero",
    .title = "straight lines of zero rates",
    .source = "definition",
    .formula = "y / t linear between nodes, flat before the first",
    .local = true,
    .calls = &linear_zero,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c - nodes, weights and interpolation of a rule: Chebyshev, Gauss-Legendre, tanh-sinh. */
#include "pricing/american/boundary.h"

#include "tradewind/num.h"

#include <math.h>

#define PI 0x1.921fb54442d18p+1

/* A point of a rule on [0, 1] at `left` from 0 and `right` from 1. */
typedef struct point {
    double left, right, weight;
} point;

static tw_am_angle angle_of(point p)
{
    return (tw_am_angle){tw_sin(0.5 * PI * p.left), tw_sin(0.5 * PI * p.right), 0.5 * PI * p.weight};
}

/* Value and slope of Legendre's polynomial of degree n. */
static void legendre(int n, double x, double *value, double *slope)
{
    double p0 = 1.0, p1 = x;
    for (int k = 2; k <= n; k++) {
        const double p2 = ((2 * k - 1) * x * p1 - (k - 1) * p0) / k;
        p0 = p1, p1 = p2;
    }
    *value = p1;
    *slope = n * (x * p1 - p0) / (x * x - 1.0);
}

static point gauss(int n, int k)
{
    double x = tw_cos(PI * (k + 0.75) / (n + 0.5)), value, slope;
    for (int i = 0; i < 6; i++) {
        legendre(n, x, &value, &slope);
        x -= value / slope;
    }
    legendre(n, x, &value, &slope);
    return (point){0.5 * (1.0 - x), 0.5 * (1.0 + x), 1.0 / ((1.0 - x * x) * slope * slope)};
}

/* Takahasi and Mori (1974), cut where weights are 1e-17. */
static point tanh_sinh(int n, int k)
{
    const double step = 6.4 / (n - 1), t = step * k - 3.2, e = tw_exp(t), g = 0.5 * PI * (e - 1.0 / e);
    const double up = 1.0 / (1.0 + tw_exp(-g)), down = 1.0 / (1.0 + tw_exp(g));
    return (point){up, down, step * 0.5 * PI * (e + 1.0 / e) * up * down};
}

/* Lagrange's polynomials of the nodes (and of 0, where H is 0) at t, in barycentric form. */
static void lagrange(const tw_am_tables *t, double at, double *to)
{
    const int n = t->rule.nodes;
    double total = (n % 2 ? -0.5 : 0.5) / at;
    for (int j = 0; j < n; j++) {
        double d = at - t->z[j];
        if (fabs(d) < 1e-300) d = 1e-300; /* at the node: its polynomial takes it all */
        to[j] = (j == 0 ? 0.5 : j % 2 ? -1.0 : 1.0) / d;
        total += to[j];
    }
    for (int j = 0; j < n; j++) to[j] /= total;
}

void tw_am_tables_make(const tw_am_rule *rule, tw_am_tables *to)
{
    to->rule = *rule;
    for (int i = 0; i < rule->nodes; i++) {
        const double c = tw_cos(0.5 * PI * i / rule->nodes);
        to->z[i] = c * c;
    }
    for (int k = 0; k < rule->points; k++) to->angle[k] = angle_of(gauss(rule->points, k));
    for (int i = 0; i < rule->nodes; i++)
        for (int k = 0; k < rule->points; k++) lagrange(to, to->z[i] * to->angle[k].sine, to->at[i][k]);
    for (int k = 0; k < rule->price_points; k++) {
        const int n = rule->price_points;
        to->price_angle[k] = angle_of(rule->double_exponential ? tanh_sinh(n, k) : gauss(n, k));
        lagrange(to, to->price_angle[k].sine, to->price_at[k]);
    }
}

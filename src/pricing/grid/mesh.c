/* SPDX-License-Identifier: Apache-2.0 */
/* mesh.c - nodes of a grid, the operator on them, and payoffs there. */
#include "pricing/grid/grid.h"

#include "tradewind/num.h"

#include <math.h>

/* Standard deviations to each side; the share of the range within which nodes are dense; the widest range. */
static const double SPREAD = 6.0, DENSE = 0.1, WIDEST = 500.0;

static double coordinate(const tw_grid_problem *p, double price) { return p->linear ? price : tw_log(price); }

/* Sum of the cash dividends to come. */
static double cash_to_come(const tw_grid_problem *p)
{
    double sum = 0.0, last = 0.0, t = tw_grid_date_after(p, 0.0);
    while (t > last) {
        bool any = false;
        const double ex = tw_grid_ex_dividend(p, t, p->spot, &any);
        if (any) sum += p->spot - ex;
        last = t;
        t = tw_grid_date_after(p, t);
    }
    return sum;
}

/* The range that matters, before edges are looked at. Where the drift is large beside the volatility the mesh adds
 * a spread of its own, about sqrt(drift * distance of nodes). */
static void range(size_t n, const tw_grid_problem *p, double *lo, double *hi)
{
    const double x = coordinate(p, p->spot);
    const double drift = p->linear ? 0.0 : (p->r - p->q - 0.5 * p->vol * p->vol) * p->T;
    const double sd = sqrt(p->vol * p->vol * p->T + drift * drift / (double)n);
    const double reach = fmin(SPREAD * sd, WIDEST), drop = cash_to_come(p);
    *lo = x - reach + fmax(fmin(drift, 0.0), -WIDEST);
    *hi = x + reach + fmin(fmax(drift, 0.0), WIDEST);
    if (drop > 0.0) *lo += p->linear ? -drop : tw_log(fmax(1.0 - drop / p->spot, 0.05));
}

/* Ends of the mesh: edges that always hold are ends where they are within the range. */
static void ends(tw_grid_mesh *m, int lane, const tw_grid_problem *p, double *lo, double *hi)
{
    range(m->n, p, lo, hi);
    for (int e = 0; e < 2; e++) {
        m->edge[lane][e] = false;
        if (!p->edge[e].on || p->fixings) continue;
        const double x = coordinate(p, p->edge[e].level);
        if (e ? x >= *hi : x <= *lo) continue;
        m->edge[lane][e] = true;
        if (e)
            *hi = x;
        else
            *lo = x;
    }
}

static double asinh_of(double z)
{
    const double a = fabs(z);
    return copysign(tw_log(a + sqrt(a * a + 1.0)), z);
}

/* Where nodes are dense: at the strike, or at the edge that is looked at now and then, or at the spot. */
static double centre(const tw_grid_problem *p, double lo, double hi)
{
    const double strike = p->strike - tw_grid_offset(p, p->T);
    const bool kink = p->payoff != TW_PAYS_NOTHING && p->payoff != TW_PAYS_ALWAYS && (p->linear || strike > 0.0);
    const double x = kink ? coordinate(p, strike) : coordinate(p, p->spot);
    return x > lo && x < hi ? x : coordinate(p, p->spot);
}

static void lay_nodes(tw_grid_mesh *m, int lane, const tw_grid_problem *p, tw_isa isa)
{
    const size_t n = m->n;
    double lo, hi, *x = m->x[lane];
    ends(m, lane, p, &lo, &hi);
    const double c = centre(p, lo, hi), a = DENSE * (hi - lo);
    const double from = asinh_of((lo - c) / a), to = asinh_of((hi - c) / a);
    for (size_t i = 0; i < n; i++) x[i] = from + (to - from) * ((double)i / (double)(n - 1));
    tw_vsinh(isa, n, x, x);
    for (size_t i = 0; i < n; i++) x[i] = c + a * x[i];
    x[0] = lo;
    x[n - 1] = hi;
    if (p->linear)
        for (size_t i = 0; i < n; i++) m->price[lane][i] = x[i];
    else
        tw_vexp(isa, n, x, m->price[lane]);
}

/* ---------------------------------------------------------------- operator */

typedef struct weights {
    double lower, upper;
} weights;

/* Weights with which the price drifts at `mu` and the coordinate has variance `var`, both exactly; a is what the price
 * changes by to the lower neighbour and b to the upper, over the price. Where they would not be positive, what drifts
 * comes from one side. */
static weights inner(double mu, double var, const double h[2], const double ab[2])
{
    const double h0 = h[0] * h[0], h1 = h[1] * h[1], d = ab[0] * h1 - ab[1] * h0;
    weights w = {(mu * h1 - ab[1] * var) / d, (ab[0] * var - mu * h0) / d};
    if (w.lower < 0.0) w = (weights){0.0, mu / ab[1]};
    if (w.upper < 0.0) w = (weights){mu / ab[0], 0.0};
    return w;
}

/* At an end that is no edge the value is taken as linear in the price. */
static double outer(double mu, double change) { return fmax(mu / change, -1.0); }

static void put_row(tw_grid_mesh *m, int lane, size_t i, weights w, double rate)
{
    const size_t at = tw_grid_at(m, lane, i);
    m->lower[at] = m->flip[lane] ? w.upper : w.lower;
    m->upper[at] = m->flip[lane] ? w.lower : w.upper;
    m->diag[at] = w.lower + w.upper + rate;
}

static void put_end(tw_grid_mesh *m, int lane, const tw_grid_problem *p, int e)
{
    const size_t i = e ? m->n - 1 : 0, inside = e ? m->n - 2 : 1;
    const double *price = m->price[lane], mu = p->linear ? 0.0 : p->r - p->q;
    if (m->edge[lane][e]) {
        put_row(m, lane, i, (weights){0.0, 0.0}, p->edge[e].late ? p->r : 0.0);
        return;
    }
    const double w = outer(mu, price[inside] / price[i] - 1.0);
    put_row(m, lane, i, e ? (weights){w, 0.0} : (weights){0.0, w}, p->r);
}

static void fill_operator(tw_grid_mesh *m, int lane, const tw_grid_problem *p)
{
    const double *x = m->x[lane], *s = m->price[lane], mu = p->linear ? 0.0 : p->r - p->q, var = p->vol * p->vol;
    for (size_t i = 1; i + 1 < m->n; i++) {
        const double h[2] = {x[i] - x[i - 1], x[i + 1] - x[i]};
        const double log_ab[2] = {s[i - 1] / s[i] - 1.0, s[i + 1] / s[i] - 1.0}, lin_ab[2] = {-h[0], h[1]};
        put_row(m, lane, i, inner(mu, var, h, p->linear ? lin_ab : log_ab), p->r);
    }
    put_end(m, lane, p, 0);
    put_end(m, lane, p, 1);
}

void tw_grid_mesh_lay(tw_grid_mesh *m, int lane, const tw_grid_problem *p, tw_isa isa)
{
    m->flip[lane] = p->american && p->sign > 0.0;
    lay_nodes(m, lane, p, isa);
    fill_operator(m, lane, p);
}

/* ---------------------------------------------------------------- payoff */

/* Mean over the cell [a, b] around the strike's coordinate k of what is paid there. */
static double cell_mean(const tw_grid_problem *p, double strike, double k, const double ab[2])
{
    const double up = ab[1] - k, down = k - ab[0], in = p->sign > 0.0 ? up : down, width = ab[1] - ab[0];
    switch (p->payoff) {
    case TW_PAYS_CASH: return p->cash * in / width;
    case TW_PAYS_ASSET:
        if (p->linear) return in * (strike + 0.5 * p->sign * in) / width;
        return strike * p->sign * tw_expm1(p->sign * in) / width;
    default:
        if (p->linear) return 0.5 * in * in / width;
        return strike * (p->sign > 0.0 ? tw_expm1(in) - in : in + tw_expm1(-in)) / width;
    }
}

void tw_grid_mesh_payoff(const tw_grid_mesh *m, int lane, const tw_grid_problem *p, double *v)
{
    const double *x = m->x[lane], offset = tw_grid_offset(p, p->T), strike = p->strike - offset;
    const bool kink = p->payoff != TW_PAYS_NOTHING && p->payoff != TW_PAYS_ALWAYS && (p->linear || strike > 0.0);
    const double k = kink ? coordinate(p, strike) : 0.0;
    for (size_t i = 0; i < m->n; i++) {
        const double ab[2] = {i ? 0.5 * (x[i - 1] + x[i]) : x[i], i + 1 < m->n ? 0.5 * (x[i] + x[i + 1]) : x[i]};
        double pays = tw_grid_pays(p, m->price[lane][i] + offset);
        if (kink && k > ab[0] && k < ab[1]) pays = cell_mean(p, strike, k, ab) - p->less;
        v[tw_grid_at(m, lane, i)] = pays;
    }
    for (int e = 0; e < 2; e++)
        if (m->edge[lane][e]) v[tw_grid_at(m, lane, e ? m->n - 1 : 0)] = p->edge[e].cash;
}

/* ---------------------------------------------------------------- interpolation */

tw_grid_fit tw_grid_interpolate(size_t n, const double *x, const double *y, double at)
{
    size_t lo = 0, hi = n - 1;
    while (hi - lo > 1) {
        const size_t mid = (lo + hi) / 2;
        if (x[mid] <= at)
            lo = mid;
        else
            hi = mid;
    }
    size_t i = lo ? lo - 1 : 0;
    if (i + 4 > n) i = n - 4;
    const double *p = x + i, *f = y + i;
    const double a = (f[1] - f[0]) / (p[1] - p[0]), b = (f[2] - f[1]) / (p[2] - p[1]),
                 c = (f[3] - f[2]) / (p[3] - p[2]);
    const double ab = (b - a) / (p[2] - p[0]), bc = (c - b) / (p[3] - p[1]), abc = (bc - ab) / (p[3] - p[0]);
    const double u = at - p[0], v = at - p[1], w = at - p[2];
    return (tw_grid_fit){f[0] + u * (a + v * (ab + w * abc)), a + (u + v) * ab + (u * v + u * w + v * w) * abc,
                         2.0 * ab + 2.0 * (u + v + w) * abc};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* boundary.c - seeds and steps of exercise boundaries, and values from them, contracts side by side. */
#include "pricing/american/boundary.h"
#include "base/isa.h"
#include "pricing/american/boundary.h"
#include "pricing/american/lane.h"

/* ---------------------------------------------------------------- seeds */

/* Li's QD+ equation at x = ln B and its slope (Li 2010; all multiplied by what would be 0 in denominators). The lower
 * one of two boundaries has the other root, and no strike: its European option is exercised for sure. */
typedef struct qd {
    double z, s, rt, qt, side;
    double er, eq, root, power, held;
} qd;

TW_LANE qd lane_qd(double z, double s, double rt, double qt, double side)
{
    qd m = {.z = z, .s = s, .rt = rt, .qt = qt, .side = side};
    const double u = z * z, b1 = 2.0 * (rt - qt) / (s * s) - 1.0, a = 2.0 * lane_growth(rt * u) / (s * s * u);
    m.er = lane_exp(-rt * u), m.eq = lane_exp(-qt * u);
    m.root = -side * sqrt(b1 * b1 + 4.0 * a);
    m.power = 0.5 * (m.root - b1);
    m.held = -m.er / m.root * (a - a * a / (m.root * m.root));
    return m;
}

/* Newton's step at x. */
TW_LANE double lane_qd_step(const qd *m, double x)
{
    const double sz = m->s * m->z, spot = lane_exp(x);
    const double d1 = (x + (m->rt - m->qt) * m->z * m->z) / sz + 0.5 * sz, d2 = d1 - sz;
    const normal n1 = lane_normal(-d1), n2 = lane_normal(-d2);
    const double p1 = m->side > 0.0 ? n1.cdf : 1.0, p2 = m->side > 0.0 ? n2.cdf : 1.0;
    const double density = m->side > 0.0 ? spot * m->eq * n1.pdf : 0.0;
    const double asset = spot * m->eq * p1, put = m->er * p2 - asset, gain = 1.0 - spot - put;
    const double weight = 2.0 / (m->s * m->s) / m->root;
    const double theta = m->rt * m->er * p2 - m->qt * asset - 0.5 * m->s / m->z * density;
    const double theta_x = (m->qt - m->rt) * density / sz - m->qt * asset + 0.5 * d2 / (m->z * m->z) * density;
    const double f = spot - asset + (m->power + m->held) * gain + weight * theta;
    const double slope = spot - asset + density / sz + (m->power + m->held) * (asset - spot) + weight * theta_x;
    const double step = -f / slope, most = 0.5 * sz;
    const double kept = step > most ? most : step;
    return kept < -most ? -most : kept;
}

/* Newton's steps at one node. */
static void seed_node(double z, int steps, const tw_am_boundaries *b, double *h)
{
    qd m[TW_AM_LANES];
    EACH(i) m[i] = lane_qd(z, b->s[i], b->rt[i], b->qt[i], b->side[i]);
    for (int k = 0; k < steps; k++) EACH(i)
        {
            const double next = h[i] + lane_qd_step(&m[i], b->x0[i] + h[i]);
            h[i] = next * b->side[i] < 0.0 ? next : 0.5 * h[i];
        }
}

/* Seeds from the nearest node on: each begins where the one before it points to. */
static void seed(const tw_am_tables *t, tw_am_boundaries *b)
{
    const int last = t->rule.nodes - 1;
    EACH(i) b->h[last][i] = -b->side[i] * 1.2 * b->s[i] * t->z[last];
    seed_node(t->z[last], t->rule.seed_steps + 2, b, b->h[last]);
    for (int n = last - 1; n >= 0; n--) {
        const double ratio = t->z[n] / t->z[n + 1], further = 0.06 + 0.94 * ratio;
        EACH(i) b->h[n][i] = b->h[n + 1][i] * further;
        seed_node(t->z[n], t->rule.seed_steps, b, b->h[n]);
    }
}

/* ---------------------------------------------------------------- steps */

/* Sums of the equation of a node: B D = N, and slopes by ln B. */
typedef struct sums {
    double n[TW_AM_LANES], n_x[TW_AM_LANES], d[TW_AM_LANES], d_x[TW_AM_LANES];
} sums;

/* What the option at the strike gives. */
static void strike_terms(double z, const tw_am_boundaries *b, const double *h, sums *f)
{
    EACH(i)
    {
        const double x = b->x0[i] + h[i], sz = b->s[i] * z;
        const double d1 = (x + (b->rt[i] - b->qt[i]) * z * z) / sz + 0.5 * sz;
        const normal n1 = lane_normal(d1);
        const double eq = b->side[i] > 0.0 ? lane_exp(-b->qt[i] * z * z) : 0.0, density = eq * n1.pdf / sz;
        f->n[i] = lane_exp(x) * density;
        f->n_x[i] = -f->n[i] * (d1 - sz) / sz;
        f->d[i] = density + eq * n1.cdf;
        f->d_x[i] = density * (1.0 - d1 / sz);
    }
}

/* H at the nodes, of which there is at least one. */
static void square(const tw_am_tables *t, const tw_am_boundaries *b, double (*squares)[TW_AM_LANES])
{
    int n = 0;
    do {
        EACH(i) squares[n][i] = b->h[n][i] * b->h[n][i];
    } while (++n < t->rule.nodes);
}

/* h at time `at`. Between nodes the polynomial may dip below 0 where the boundary starts flat: a hundredth of the
 * nearest node's part is then taken. */
static void interpolate(const tw_am_tables *t, const double *weight, double at, double (*squares)[TW_AM_LANES],
                        const double *side, double *h)
{
    const int last = t->rule.nodes - 1;
    const double near = at < t->z[last] ? at / t->z[last] : 1.0, least = 0.01 * near * near;
    double sum[TW_AM_LANES];
    EACH(i) sum[i] = weight[0] * squares[0][i];
    for (int j = 1; j <= last; j++) EACH(i) sum[i] += weight[j] * squares[j][i];
    EACH(i)
    {
        const double floor = least * squares[last][i];
        h[i] = -side[i] * sqrt(sum[i] > floor ? sum[i] : floor);
    }
}

/* What exercise at the time of one point gives; `pull`: slope of N - B D by ln B of that time. */
static void point_terms(double z, const tw_am_angle *at, const tw_am_boundaries *b, const double *h, const double *past,
                        const double *level, sums *f, double *pull)
{
    const double reach = z * at->cosine, left = reach * reach, w = 2.0 * z * at->sine * at->weight;
    EACH(i)
    {
        const double y = b->s[i] * reach, rise = h[i] - past[i], inverse = 1.0 / y;
        const double d1 = (rise + (b->rt[i] - b->qt[i]) * left) * inverse + 0.5 * y;
        const normal n1 = lane_normal(b->side[i] * d1);
        const double eq = lane_exp(-b->qt[i] * left), density = w * eq * n1.pdf / b->s[i];
        const double n = b->rt[i] * density * lane_exp(rise), n_x = n * (y - d1) * inverse;
        const double d = b->qt[i] * density, d_x = d * (1.0 - d1 * inverse);
        f->n[i] += n;
        f->n_x[i] += n_x;
        f->d[i] += d + b->qt[i] * b->side[i] * w * reach * eq * n1.cdf;
        f->d_x[i] += d_x;
        pull[i] = (level[i] * d_x - n_x) / past[i];
    }
}

typedef struct newton {
    double squares[TW_AM_NODES][TW_AM_LANES];
    double slope[TW_AM_NODES][TW_AM_NODES][TW_AM_LANES], gap[TW_AM_NODES][TW_AM_LANES];
} newton;

static void row(const tw_am_tables *t, const tw_am_boundaries *b, int n, newton *w)
{
    double past[TW_AM_LANES], level[TW_AM_LANES], pull[TW_AM_LANES];
    const int nodes = t->rule.nodes;
    sums f;
    EACH(i) level[i] = lane_exp(b->x0[i] + b->h[n][i]);
    strike_terms(t->z[n], b, b->h[n], &f);
    for (int j = 0; j < nodes; j++) EACH(i) w->slope[n][j][i] = 0.0;
    for (int k = 0; k < t->rule.points; k++) {
        interpolate(t, t->at[n][k], t->z[n] * t->angle[k].sine, w->squares, b->side, past);
        point_terms(t->z[n], &t->angle[k], b, b->h[n], past, level, &f, pull);
        for (int j = 0; j < nodes; j++) EACH(i) w->slope[n][j][i] += t->at[n][k][j] * pull[i];
    }
    for (int j = 0; j < nodes; j++) EACH(i) w->slope[n][j][i] *= b->h[j][i];
    EACH(i) w->slope[n][n][i] += f.n_x[i] - level[i] * (f.d[i] + f.d_x[i]);
    EACH(i) w->gap[n][i] = level[i] * f.d[i] - f.n[i];
}

/* Gauss elimination from the nearest node on: what is later hardly enters. */
static void solve(int nodes, newton *w)
{
    for (int p = nodes - 1; p >= 0; p--)
        for (int n = p - 1; n >= 0; n--) {
            double factor[TW_AM_LANES];
            EACH(i) factor[i] = w->slope[n][p][i] / w->slope[p][p][i];
            for (int j = p - 1; j >= 0; j--) EACH(i) w->slope[n][j][i] -= factor[i] * w->slope[p][j][i];
            EACH(i) w->gap[n][i] -= factor[i] * w->gap[p][i];
        }
    for (int p = 0; p < nodes; p++) {
        for (int j = 0; j < p; j++) EACH(i) w->gap[p][i] -= w->slope[p][j][i] * w->gap[j][i];
        EACH(i) w->gap[p][i] /= w->slope[p][p][i];
    }
}

static void step(const tw_am_tables *t, tw_am_boundaries *b)
{
    newton w;
    square(t, b, w.squares);
    for (int n = 0; n < t->rule.nodes; n++) row(t, b, n, &w);
    solve(t->rule.nodes, &w);
    for (int n = 0; n < t->rule.nodes; n++) EACH(i)
        {
            const double h = b->h[n][i], most = b->s[i] * t->z[n], go = w.gap[n][i];
            double kept = go > most ? most : go;
            kept = kept < -most ? -most : kept;
            const double next = h + (kept == kept ? kept : 0.0);
            b->h[n][i] = next * b->side[i] < 0.0 ? next : 0.5 * h;
        }
}

/* ---------------------------------------------------------------- values */

static void european(tw_am_values *v)
{
    EACH(i)
    {
        const double s = v->s[i], d1 = (v->x[i] + v->rt[i] - v->qt[i]) / s + 0.5 * s;
        const normal n1 = lane_normal(-d1), n2 = lane_normal(s - d1);
        const double asset = lane_exp(v->x[i] - v->qt[i]);
        v->value[i] = lane_exp(-v->rt[i]) * n2.cdf - asset * n1.cdf;
        v->slope[i] = -asset * n1.cdf;
        v->bend[i] = asset * (n1.pdf / s - n1.cdf);
    }
}

static void premium(const tw_am_tables *t, const tw_am_boundaries *b, tw_am_values *v)
{
    double squares[TW_AM_NODES][TW_AM_LANES], past[TW_AM_LANES], sum[TW_AM_LANES] = {0}, sum_x[TW_AM_LANES] = {0},
                                                                 sum_xx[TW_AM_LANES] = {0};
    square(t, b, squares);
    for (int k = 0; k < t->rule.price_points; k++) {
        const tw_am_angle *at = &t->price_angle[k];
        const double cosine = at->cosine * at->cosine, w = 2.0 * at->sine * at->cosine * at->weight;
        interpolate(t, t->price_at[k], at->sine, squares, b->side, past);
        EACH(i)
        {
            const double left = (1.0 - v->reach[i]) + v->reach[i] * cosine, y = v->s[i] * sqrt(left);
            const double d1 = (v->x[i] - b->x0[i] - past[i] + (v->rt[i] - v->qt[i]) * left) / y + 0.5 * y, d2 = d1 - y;
            const normal n1 = lane_normal(-d1), n2 = lane_normal(-d2);
            const double asset = lane_exp(v->x[i] - v->qt[i] * left), cash = lane_exp(-v->rt[i] * left);
            const double wi = w * v->reach[i], c1 = v->rt[i] * cash, a1 = v->qt[i] * asset;
            sum[i] += wi * (c1 * n2.cdf - a1 * n1.cdf);
            sum_x[i] += wi * ((a1 * n1.pdf - c1 * n2.pdf) / y - a1 * n1.cdf);
            sum_xx[i] += wi * ((c1 * d2 * n2.pdf - a1 * d1 * n1.pdf) / y + 2.0 * a1 * n1.pdf) / y - wi * a1 * n1.cdf;
        }
    }
    EACH(i)
    {
        v->value[i] += v->share[i] * sum[i];
        v->slope[i] += v->share[i] * sum_x[i];
        v->bend[i] += v->share[i] * sum_xx[i];
    }
}

const tw_am_kernels TW_ISA_NAME(tw_am_kernels) = {seed, step, european, premium};

/* SPDX-License-Identifier: Apache-2.0 */
/* svi_fit.c - fits an SVI slice.
 *
 * With y = (k - m) / sigma the curve is w = a + d y + c sqrt(y^2 + 1), linear in a, d = rho b sigma and c = b sigma:
 * for given m and sigma the best of them follows from seven sums, inside the diamond |d| <= c, c + |d| <= 2 sigma of
 * real slices whose wings rise by 2 at most (De Marco and Martini, Zeliade 2009). What is left is a search in two
 * dimensions, by a grid and the simplex of Nelder and Mead; at its end all five are polished together. */
#include "tradewind/surface.h"

#include "base/isa.h"
#include "pricing/surface/marquardt.h"
#include "pricing/surface/svi_sums.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* A slice's quotes: log-moneyness, total variance less its mean, weights that sum to 1; padded to whole lanes. */
typedef struct svi_job {
    tw_svi_data data;
    tw_svi_sums_fn *sums;
    double *k, *w, *weight;
    double mean, square; /* of w: mean, and mean square about it */
    double lo, hi;       /* of k */
    int evaluations;
} svi_job;

typedef struct inner {
    double a, d, c, cost;
} inner;

/* ---------------------------------------------------------------- given m and sigma */

/* Centred quadratic: cost = square - 2 g.x + x'Hx in x = (d, c). */
typedef struct quadratic {
    double h[3], g[2]; /* h: dd, dc, cc */
} quadratic;

static double value_at(const quadratic *q, double d, double c)
{
    return d * (q->h[0] * d + 2.0 * (q->h[1] * c - q->g[0])) + c * (q->h[2] * c - 2.0 * q->g[1]);
}

/* The least on the edge from p to r. */
static void try_edge(const quadratic *q, const double p[2], const double r[2], inner *best)
{
    const double u[2] = {r[0] - p[0], r[1] - p[1]};
    const double bend = u[0] * (q->h[0] * u[0] + 2.0 * q->h[1] * u[1]) + q->h[2] * u[1] * u[1];
    const double slope =
        u[0] * (q->g[0] - q->h[0] * p[0] - q->h[1] * p[1]) + u[1] * (q->g[1] - q->h[1] * p[0] - q->h[2] * p[1]);
    const double t = bend > 0.0 ? fmin(fmax(slope / bend, 0.0), 1.0) : 0.0;
    const double d = p[0] + t * u[0], c = p[1] + t * u[1], cost = value_at(q, d, c);
    if (cost < best->cost) *best = (inner){0.0, d, c, cost};
}

/* The least in the diamond. */
static inner solve(const quadratic *q, double sigma)
{
    const double det = q->h[0] * q->h[2] - q->h[1] * q->h[1];
    const double d = (q->g[0] * q->h[2] - q->g[1] * q->h[1]) / det, c = (q->g[1] * q->h[0] - q->g[0] * q->h[1]) / det;
    if (det > 1e-14 * q->h[0] * q->h[2] && fabs(d) <= c && c + fabs(d) <= 2.0 * sigma)
        return (inner){0.0, d, c, value_at(q, d, c)};
    const double corner[5][2] = {{0.0, 0.0}, {sigma, sigma}, {0.0, 2.0 * sigma}, {-sigma, sigma}, {0.0, 0.0}};
    inner best = {.cost = INFINITY};
    for (int e = 0; e < 4; e++) try_edge(q, corner[e], corner[e + 1], &best);
    return best;
}

static inner fit_inner(svi_job *job, double m, double sigma)
{
    double s[TW_SVI_SUMS];
    job->sums(&job->data, m, sigma, s);
    job->evaluations++;
    const quadratic q = {{s[2] - s[0] * s[0], s[3] - s[0] * s[1], s[4] - s[1] * s[1]}, {s[5], s[6]}};
    inner in = solve(&q, sigma);
    in.a = job->mean - in.d * s[0] - in.c * s[1];
    in.cost = fmax(in.cost + job->square, 0.0);
    /* The least variance is a + sqrt(c^2 - d^2): where that is negative the curve is lifted, at a cost. */
    const double lift = -(in.a + sqrt(fmax(in.c * in.c - in.d * in.d, 0.0)));
    if (lift > 0.0) {
        in.a += lift;
        in.cost += lift * lift;
    }
    return in;
}

/* ---------------------------------------------------------------- the search for m and sigma */

typedef struct vertex {
    double x[2]; /* m, ln sigma */
    inner in;
} vertex;

static vertex look_at(svi_job *job, double m, double ln_sigma)
{
    const double width = job->hi - job->lo, s = fmin(fmax(ln_sigma, tw_log(1e-4 * width)), tw_log(10.0 * width));
    const double at = fmin(fmax(m, job->lo - width), job->hi + width);
    return (vertex){{at, s}, fit_inner(job, at, tw_exp(s))};
}

static vertex best_of_grid(svi_job *job)
{
    static const double SIGMA[3] = {0.04, 0.15, 0.5};
    const double width = job->hi - job->lo;
    vertex best = {.in.cost = INFINITY};
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 3; j++) {
            const vertex v = look_at(job, job->lo + width * (i + 0.5) / 5.0, tw_log(SIGMA[j] * width));
            if (v.in.cost < best.in.cost) best = v;
        }
    return best;
}

static void sort3(vertex v[3])
{
    for (int i = 1; i < 3; i++)
        for (int j = i; j > 0 && v[j].in.cost < v[j - 1].in.cost; j--) {
            const vertex t = v[j];
            v[j] = v[j - 1];
            v[j - 1] = t;
        }
}

/* The point t of the way from the worst through the middle of the others. */
static vertex along(svi_job *job, const vertex v[3], double t)
{
    double x[2];
    for (int c = 0; c < 2; c++) {
        const double mid = 0.5 * (v[0].x[c] + v[1].x[c]);
        x[c] = v[2].x[c] + t * (mid - v[2].x[c]);
    }
    return look_at(job, x[0], x[1]);
}

static void simplex_step(svi_job *job, vertex v[3])
{
    const vertex over = along(job, v, 2.0);
    if (over.in.cost < v[0].in.cost) {
        const vertex further = along(job, v, 3.0);
        v[2] = further.in.cost < over.in.cost ? further : over;
    } else if (over.in.cost < v[1].in.cost) {
        v[2] = over;
    } else {
        const vertex less = along(job, v, over.in.cost < v[2].in.cost ? 1.5 : 0.5);
        if (less.in.cost < fmin(over.in.cost, v[2].in.cost)) {
            v[2] = less;
        } else {
            for (int i = 1; i < 3; i++)
                v[i] = look_at(job, 0.5 * (v[0].x[0] + v[i].x[0]), 0.5 * (v[0].x[1] + v[i].x[1]));
        }
    }
    sort3(v);
}

static vertex search(svi_job *job, vertex start, int most)
{
    const double width = job->hi - job->lo;
    vertex v[3] = {start, look_at(job, start.x[0] + 0.1 * width, start.x[1]),
                   look_at(job, start.x[0], start.x[1] + 0.4)};
    sort3(v);
    for (int end = job->evaluations + most; job->evaluations < end;) {
        simplex_step(job, v);
        if (v[2].in.cost - v[0].in.cost < 1e-6 * v[0].in.cost) break;
    }
    return v[0];
}

/* ---------------------------------------------------------------- all five */

static tw_svi slice_of(const vertex *v)
{
    const double sigma = tw_exp(v->x[1]), b = v->in.c / sigma;
    const double rho = v->in.c > 0.0 ? fmin(fmax(v->in.d / v->in.c, -1.0), 1.0) : 0.0;
    return (tw_svi){v->in.a, b, sigma, rho, v->x[0]};
}

static bool allowed(const tw_svi *s)
{
    return s->b >= 0.0 && s->sigma > 0.0 && fabs(s->rho) <= 1.0 && s->b * (1.0 + fabs(s->rho)) <= 2.0 &&
           s->a + s->b * s->sigma * sqrt(fmax(1.0 - s->rho * s->rho, 0.0)) >= 0.0;
}

static bool svi_normal(void *arg, const double *x, double *cost, double *normal, double *gradient)
{
    const svi_job *job = arg;
    const tw_svi s = {x[0], x[1], x[2], x[3], x[4]};
    if (!allowed(&s)) return false;
    *cost = 0.0;
    for (size_t i = 0; i < job->data.n; i++) {
        const double at = job->k[i] - s.m, root = sqrt(at * at + s.sigma * s.sigma), g = job->weight[i];
        const double off = s.a + s.b * (s.rho * at + root) - job->mean - job->w[i], q = at / root;
        const double J[5] = {1.0, s.rho * at + root, s.b * s.sigma / root, s.b * at, -s.b * (s.rho + q)};
        *cost += g * off * off;
        for (int c = 0; c < 5; c++) {
            gradient[c] += g * J[c] * off;
            for (int d = 0; d <= c; d++) normal[5 * c + d] += g * J[c] * J[d];
        }
    }
    for (int c = 0; c < 5; c++)
        for (int d = 0; d < c; d++) normal[5 * d + c] = normal[5 * c + d];
    return true;
}

/* Polishes a slice; leaves it where that does not help. Returns the cost. */
static double polish(svi_job *job, tw_svi *s, double cost, bool *done)
{
    double x[5] = {s->a, s->b, s->sigma, s->rho, s->m};
    int steps;
    const double now = tw_marquardt_run(&(tw_marquardt){5, svi_normal, job, 14, 1e-9}, x, &steps, done);
    if (!(now <= cost * (1.0 + 1e-9) + 1e-18)) return cost;
    *s = (tw_svi){x[0], x[1], x[2], x[3], x[4]};
    return now;
}

static double fit_once(svi_job *job, tw_svi *s, bool *done)
{
    const vertex found = search(job, best_of_grid(job), 45);
    *s = slice_of(&found);
    return polish(job, s, found.in.cost, done);
}

/* ---------------------------------------------------------------- quotes */

static bool usable(const tw_smile_quotes *q, size_t i)
{
    return q->vol[i] > 0.0 && q->vol[i] < 1e3 && q->strike[i] > 0.0 && isfinite(q->strike[i]) &&
           (!q->weight || (q->weight[i] > 0.0 && isfinite(q->weight[i])));
}

/* Takes the quotes that can be used, `more` their further weights or NULL. Returns the sum of weights in volatility. */
static double take_quotes(svi_job *job, const tw_smile_quotes *q, const double *more)
{
    double sum = 0.0, total = 0.0, mean = 0.0;
    size_t n = 0;
    for (size_t i = 0; i < q->n; i++) {
        if (!usable(q, i)) continue;
        const double of_vol = (q->weight ? q->weight[i] : 1.0) * (more ? more[n] : 1.0), by = 2.0 * q->vol[i] * q->T;
        job->k[n] = tw_log(q->strike[i] / q->forward);
        job->w[n] = q->vol[i] * q->vol[i] * q->T;
        job->weight[n] = of_vol / (by * by);
        sum += job->weight[n];
        total += of_vol;
        mean += job->weight[n] * job->w[n];
        n++;
    }
    job->mean = mean / sum;
    job->square = 0.0;
    job->lo = INFINITY;
    job->hi = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        job->w[i] -= job->mean;
        job->weight[i] /= sum;
        job->square += job->weight[i] * job->w[i] * job->w[i];
        job->lo = fmin(job->lo, job->k[i]);
        job->hi = fmax(job->hi, job->k[i]);
    }
    job->data = (tw_svi_data){n, job->k, job->w, job->weight};
    for (; job->data.n % TW_SVI_LANES; job->data.n++) {
        job->k[job->data.n] = job->k[0];
        job->w[job->data.n] = job->weight[job->data.n] = 0.0;
    }
    return total / sum;
}

/* Weights of Huber: 1 for errors within 1.345 deviations, less beyond; the deviation by the median. */
static void huber(const tw_smile_quotes *q, const tw_svi *s, double *more, double *scratch)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n; i++) {
        if (!usable(q, i)) continue;
        scratch[n] = more[n] = fabs(tw_svi_vol(s, q->forward, q->strike[i], q->T) - q->vol[i]);
        n++;
    }
    const double bound = 1.345 * 1.4826 * tw_median(n, scratch) + 1e-300;
    for (size_t i = 0; i < n; i++) more[i] = more[i] > bound ? bound / more[i] : 1.0;
}

static size_t count_usable(const tw_smile_quotes *q)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n; i++) n += usable(q, i);
    return n;
}

tw_status tw_svi_fit(const tw_ctx *ctx, const tw_smile_quotes *q, const tw_svi_fit_options *options, tw_svi *svi,
                     tw_fit_report *report, tw_error *err)
{
    const size_t usable_n = count_usable(q), room = q->n + TW_SVI_LANES;
    if (usable_n < 5 || !(q->forward > 0.0) || !(q->T > 0.0))
        return tw_fail(err, TW_BAD_VALUE,
                       "svi fit: 5 quotes, a forward and an expiry above 0 are needed, got %zu, %g, %g", usable_n,
                       q->forward, q->T);
    double *memory = tw_new(ctx, 5 * room, sizeof *memory);
    if (!memory) return tw_no_memory(err, "the quotes of a slice");
    svi_job job = {.sums = TW_ISA_PICK(tw_isa_resolve(ctx ? ctx->isa : TW_ISA_BEST), tw_pricing_svi_sums),
                   .k = memory,
                   .w = memory + room,
                   .weight = memory + 2 * room};
    double *more = memory + 3 * room, *scratch = memory + 4 * room;
    tw_fit_report of = {0};
    const bool robust = options && options->robust;
    double unit = take_quotes(&job, q, NULL), cost = 0.0;
    const bool spread = job.hi > job.lo;
    for (int round = 0; spread && round < (robust ? 4 : 1); round++) {
        if (round) {
            huber(q, svi, more, scratch);
            unit = take_quotes(&job, q, more);
        }
        cost = fit_once(&job, svi, &of.converged);
    }
    of.iterations = job.evaluations;
    of.rmse = sqrt(cost / unit);
    tw_free(ctx, memory);
    if (!spread) return tw_fail(err, TW_BAD_VALUE, "svi fit: all quotes have the same strike");
    if (options && options->free_of_arbitrage) tw_svi_repair(svi, q->T, 3.0);
    if (report) *report = of;
    return TW_OK;
}

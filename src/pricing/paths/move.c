/* SPDX-License-Identifier: Apache-2.0 */
/* move.c - from draws to paths, by model. */
#include "pricing/paths/paths.h"

#include "base/isa.h"
#include "tradewind/num.h"

#include <math.h>

enum { N = TW_PATHS };

/* ---------------------------------------------------------------- jumps */

/* Number of jumps of a Poisson law from a uniform, by inversion. */
static double count_of(double mean, double u)
{
    double p = tw_exp(-mean), sum = p, n = 0.0;
    while (u > sum && n < 1000.0 && p > 0.0) {
        n += 1.0;
        p *= mean / n;
        sum += p;
    }
    return n;
}

/* Adds lognormal jumps to a path: so many of a step are one normal of their joint mean and variance. */
static void add_jumps(tw_paths_row *row)
{
    const double fair = row->jump_rate * tw_expm1(row->jump_mean + 0.5 * row->jump_vol * row->jump_vol);
    double so_far[N] = {0.0};
    for (size_t k = 0; k < row->steps; k++) {
        const double mean = row->jump_rate * row->dt[k];
        const double *u = row->z[TW_DRAW_JUMP] + k * N, *z = row->z[TW_DRAW_SECOND] + k * N;
        for (size_t j = 0; j < N; j++) {
            const double n = count_of(mean, u[j]);
            so_far[j] += n * row->jump_mean + sqrt(n) * row->jump_vol * z[j] - fair * row->dt[k];
            row->x[(k + 1) * N + j] += so_far[j];
        }
    }
}

/* ---------------------------------------------------------------- variance gamma */

/* A draw of the gamma law of this shape and scale 1 (Marsaglia and Tsang 2000). */
static double gamma_of(double shape, tw_random *random)
{
    const double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    double v, x;
    do {
        x = tw_random_normal(random);
        v = 1.0 + c * x;
        v = v * v * v;
    } while (!(v > 0.0) || tw_log(tw_random_uniform(random)) >= 0.5 * x * x + d - d * v + d * tw_log(v));
    const double boost = shape < 1.0 ? tw_exp(tw_log(tw_random_uniform(random)) / shape) : 1.0;
    return d * v * boost;
}

static void variance_gamma(tw_paths_row *row, uint64_t seed, uint64_t first)
{
    const double nu = row->vg_rate, theta = row->vg_drift, vol = row->vol;
    const double fair = nu > 0.0 ? tw_log1p(-theta * nu - 0.5 * vol * vol * nu) / nu : -theta - 0.5 * vol * vol;
    for (size_t j = 0; j < N; j++) {
        tw_random random = {.seed = seed ^ UINT64_C(0x9e3779b97f4a7c15), .stream = first + j};
        for (size_t k = 0; k < row->steps; k++) {
            const double dt = row->dt[k], g = nu > 0.0 ? nu * gamma_of(dt / nu, &random) : dt;
            const double z = row->z[TW_DRAW_PRICE][k * N + j];
            row->x[(k + 1) * N + j] = row->x[k * N + j] + (row->mu + fair) * dt + theta * g + vol * sqrt(g) * z;
        }
    }
}

/* ---------------------------------------------------------------- square-root variance */

/* Constants of a step of the quadratic-exponential scheme (Andersen 2008), central discretisation. */
typedef struct quadratic {
    double decay, add, square, constant; /* of mean and variance of the next variance */
    double k0, k1, k2, k3, k4;
} quadratic;

static quadratic quadratic_of(const tw_paths_row *row, double dt)
{
    /* Where the variance does not move by chance there is nothing to be correlated with. */
    const double kappa = row->kappa, sigma = row->sigma_v, rho = sigma > 0.0 ? row->rho_v : 0.0,
                 e = tw_exp(-kappa * dt);
    const double lost = kappa > 0.0 ? -tw_expm1(-kappa * dt) / kappa : dt; /* (1 - e) / kappa */
    quadratic q = {.decay = e, .add = row->theta_v * kappa * lost};
    q.square = sigma * sigma * e * lost;
    q.constant = 0.5 * row->theta_v * kappa * sigma * sigma * lost * lost;
    const double ratio = sigma > 0.0 ? rho / sigma : 0.0;
    q.k0 = -ratio * kappa * row->theta_v * dt;
    q.k1 = 0.5 * dt * (kappa * ratio - 0.5) - ratio;
    q.k2 = 0.5 * dt * (kappa * ratio - 0.5) + ratio;
    q.k3 = q.k4 = 0.5 * dt * (1.0 - rho * rho);
    return q;
}

/* The next variance from a uniform, and the constant that keeps the price a martingale. */
static double next_variance(const quadratic *q, double v, double u, double *k0)
{
    const double mean = q->add + v * q->decay, s2 = v * q->square + q->constant;
    const double a = q->k2 + 0.5 * q->k4, keep = -(q->k1 + 0.5 * q->k3) * v;
    *k0 = q->k0;
    if (!(s2 > 0.0)) {
        *k0 = keep - a * mean;
        return mean;
    }
    const double psi = s2 / (mean * mean);
    if (psi <= 1.5) {
        const double inverse = 2.0 / psi, b2 = inverse - 1.0 + sqrt(inverse) * sqrt(inverse - 1.0);
        const double scale = mean / (1.0 + b2), z = tw_norm_inv(u), root = sqrt(b2) + z;
        if (2.0 * scale * a < 1.0)
            *k0 = keep - a * b2 * scale / (1.0 - 2.0 * a * scale) + 0.5 * tw_log1p(-2.0 * a * scale);
        return scale * root * root;
    }
    const double p = (psi - 1.0) / (psi + 1.0), beta = (1.0 - p) / mean;
    if (a < beta) *k0 = keep - tw_log(p + beta * (1.0 - p) / (beta - a));
    return u <= p ? 0.0 : tw_log((1.0 - p) / (1.0 - u)) / beta;
}

static void heston(tw_paths_row *row)
{
    double v[N];
    for (size_t j = 0; j < N; j++) v[j] = row->v0;
    for (size_t k = 0; k < row->steps; k++) {
        const quadratic q = quadratic_of(row, row->dt[k]);
        const double *z = row->z[TW_DRAW_PRICE] + k * N, *u = row->z[TW_DRAW_BETWEEN] + k * N;
        for (size_t j = 0; j < N; j++) {
            double k0;
            const double next = next_variance(&q, v[j], u[j], &k0);
            row->x[(k + 1) * N + j] = row->x[k * N + j] + row->mu * row->dt[k] + k0 + q.k1 * v[j] + q.k2 * next +
                                      sqrt(q.k3 * v[j] + q.k4 * next) * z[j];
            v[j] = next;
        }
    }
}

/* ---------------------------------------------------------------- all */

/* The second price at expiry: correlated with the first one, whose normals add up to what it moved. */
static void second(tw_paths_row *row)
{
    const double rest = sqrt(fmax(1.0 - row->correlation * row->correlation, 0.0));
    for (size_t j = 0; j < N; j++) row->x2[j] = 0.0;
    for (size_t k = 0; k < row->steps; k++) {
        const double spread = row->vol2 * sqrt(row->dt[k]),
                     drift = (row->mu2 - 0.5 * row->vol2 * row->vol2) * row->dt[k];
        const double *z = row->z[TW_DRAW_PRICE] + k * N, *other = row->z[TW_DRAW_SECOND] + k * N;
        for (size_t j = 0; j < N; j++) row->x2[j] += drift + spread * (row->correlation * z[j] + rest * other[j]);
    }
}

void tw_paths_move(tw_paths_row *row, uint64_t seed, uint64_t first)
{
    for (size_t j = 0; j < N; j++) row->x[j] = 0.0;
    if (row->model == TW_PATH_VARIANCE_GAMMA) {
        variance_gamma(row, seed, first);
        return;
    }
    if (row->model == TW_PATH_HESTON || row->model == TW_PATH_BATES) {
        heston(row);
    } else {
        const tw_walk walk = {row->steps, row->drift, row->spread, row->z[TW_DRAW_PRICE], row->x};
        tw_walk_fn *move = TW_ISA_PICK(row->isa, tw_paths_walk);
        move(&walk);
    }
    if (row->model == TW_PATH_MERTON || row->model == TW_PATH_BATES) add_jumps(row);
    if (row->second) second(row);
}

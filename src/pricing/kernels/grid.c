/* SPDX-License-Identifier: Apache-2.0 */
/* grid.c - tridiagonal steps of eight contracts side by side.
 *
 * A step of Crank-Nicolson is written as an implicit half step w, and v = 2 w - v: the same numbers as its two halves,
 * (I + B) / (I - B) = 2 / (I - B) - I, without the product with A. A floor under v is one of (v + floor) / 2 under w.
 */
#include "pricing/grid/grid.h"
#include "base/isa.h"

enum { L = TW_GRID_LANES, ROUNDS = 40 };

void TW_ISA_NAME(tw_grid_factor)(tw_grid_step *s)
{
    const double *restrict lower = s->lower, *restrict diag = s->diag, *restrict upper = s->upper;
    double *restrict e = s->e, *restrict inverse = s->inverse, *restrict f = s->f;
    double k[L], next[L] = {0.0};
    for (size_t j = 0; j < L; j++) k[j] = s->k[j];
    for (size_t i = s->n; i-- > 0;) {
        const size_t at = i * L, after = (i + 1 < s->n ? i + 1 : i) * L;
        for (size_t j = 0; j < L; j++) {
            const double u = k[j] * upper[at + j], pivot = 1.0 + k[j] * diag[at + j] - u * next[j];
            inverse[at + j] = 1.0 / pivot;
            next[j] = k[j] * lower[at + j] * inverse[at + j];
            f[at + j] = next[j];
            e[at + j] = u * inverse[after + j];
        }
    }
}

/* z of the elimination. */
static void eliminate(const tw_grid_step *s)
{
    const double *restrict rhs = s->rhs, *restrict e = s->e, *restrict inverse = s->inverse;
    double *restrict z = s->z;
    double y[L] = {0.0};
    for (size_t i = s->n; i-- > 0;) {
        const size_t at = i * L;
        for (size_t j = 0; j < L; j++) {
            y[j] = rhs[at + j] + e[at + j] * y[j];
            z[at + j] = y[j] * inverse[at + j];
        }
    }
}

static void substitute(const tw_grid_step *s)
{
    const double *restrict z = s->z, *restrict f = s->f;
    double *restrict v = s->v;
    double w[L] = {0.0}, alpha[L];
    for (size_t j = 0; j < L; j++) alpha[j] = s->alpha[j];
    for (size_t i = 0; i < s->n; i++) {
        const size_t at = i * L;
        for (size_t j = 0; j < L; j++) {
            w[j] = z[at + j] + f[at + j] * w[j];
            v[at + j] = alpha[j] * w[j] - (alpha[j] - 1.0) * v[at + j];
        }
    }
}

static void substitute_floor(const tw_grid_step *s)
{
    const double *restrict z = s->z, *restrict f = s->f, *restrict floor = s->floor;
    double *restrict v = s->v;
    double w[L] = {0.0}, alpha[L], less[L], part[L];
    for (size_t j = 0; j < L; j++) {
        alpha[j] = s->alpha[j];
        less[j] = alpha[j] - 1.0;
        part[j] = 1.0 / alpha[j];
    }
    for (size_t i = 0; i < s->n; i++) {
        const size_t at = i * L;
        for (size_t j = 0; j < L; j++) {
            const double free = z[at + j] + f[at + j] * w[j], g = floor[at + j], old = less[j] * v[at + j];
            const double least = (g + old) * part[j];
            w[j] = free > least ? free : least;
            const double moved = alpha[j] * w[j] - old;
            v[at + j] = moved > g ? moved : g;
        }
    }
}

void TW_ISA_NAME(tw_grid_solve)(tw_grid_step *s)
{
    eliminate(s);
    if (s->floor)
        substitute_floor(s);
    else
        substitute(s);
}

/* One round with the set `active`: rows of it are w = least (policy), or lean on it by the penalty. e holds pivots, f
 * the lower entries, inverse the right sides. */
static void round_of(const tw_grid_step *s, double penalty)
{
    const double keep = penalty > 0.0 ? 1.0 : 0.0, weight = penalty > 0.0 ? penalty : 1.0;
    double next_lower[L] = {0.0}, next_pivot[L], y[L] = {0.0}, w[L] = {0.0};
    for (size_t j = 0; j < L; j++) next_pivot[j] = 1.0;
    for (size_t i = s->n; i-- > 0;) {
        const size_t at = i * L;
        for (size_t j = 0; j < L; j++) {
            const double a = s->active[at + j], stays = 1.0 - a + a * keep, k = s->k[j], alpha = s->alpha[j];
            const double least = (s->floor[at + j] + (alpha - 1.0) * s->v[at + j]) / alpha;
            const double ratio = stays * k * s->upper[at + j] / next_pivot[j];
            const double pivot = stays * (1.0 + k * s->diag[at + j]) + a * weight - ratio * next_lower[j];
            y[j] = stays * s->rhs[at + j] + a * weight * least + ratio * y[j];
            next_lower[j] = stays * k * s->lower[at + j];
            next_pivot[j] = pivot;
            s->f[at + j] = next_lower[j];
            s->e[at + j] = pivot;
            s->z[at + j] = y[j];
        }
    }
    for (size_t i = 0; i < s->n; i++) {
        const size_t at = i * L;
        for (size_t j = 0; j < L; j++) {
            w[j] = (s->z[at + j] + s->f[at + j] * w[j]) / s->e[at + j];
            s->inverse[at + j] = w[j];
        }
    }
}

/* Nodes where the floor holds after a round: those below it, and of those that were on it the ones that would fall
 * below. Returns how many changed. */
static double choose(const tw_grid_step *s, double penalty)
{
    double changes = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        const size_t at = i * L, before = i ? at - L : at, after = i + 1 < s->n ? at + L : at;
        for (size_t j = 0; j < L; j++) {
            const double alpha = s->alpha[j], k = s->k[j], w = s->inverse[at + j];
            const double least = (s->floor[at + j] + (alpha - 1.0) * s->v[at + j]) / alpha;
            const double moves = s->lower[at + j] * s->inverse[before + j] - s->diag[at + j] * w +
                                 s->upper[at + j] * s->inverse[after + j];
            const double holds = penalty > 0.0 ? least - w : w - k * moves - s->rhs[at + j];
            const double falls = s->active[at + j] > 0.0 ? holds : least - w;
            const double now = falls > 0.0 ? 1.0 : 0.0;
            changes += now != s->active[at + j] ? 1.0 : 0.0;
            s->active[at + j] = now;
        }
    }
    return changes;
}

void TW_ISA_NAME(tw_grid_iterate)(tw_grid_step *s, double penalty)
{
    for (int round = 0; round < ROUNDS; round++) {
        round_of(s, penalty);
        if (choose(s, penalty) == 0.0) break;
    }
    for (size_t i = 0; i < s->n * L; i++) {
        const double alpha = s->alpha[i % L], v = alpha * s->inverse[i] - (alpha - 1.0) * s->v[i];
        s->v[i] = v > s->floor[i] ? v : s->floor[i];
    }
}

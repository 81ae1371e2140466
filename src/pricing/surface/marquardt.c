/* SPDX-License-Identifier: Apache-2.0 */
/* marquardt.c - Levenberg-Marquardt on normal equations, which is enough for a handful of scaled parameters. */
#include "pricing/surface/marquardt.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { MAX = TW_MARQUARDT_MAX };

typedef struct point {
    double x[MAX], cost, normal[MAX * MAX], gradient[MAX];
} point;

static bool evaluate(const tw_marquardt *p, point *at)
{
    memset(at->normal, 0, sizeof at->normal);
    memset(at->gradient, 0, sizeof at->gradient);
    return p->fn(p->arg, at->x, &at->cost, at->normal, at->gradient) && isfinite(at->cost);
}

/* The step (J'J + damping diag(J'J)) d = -J'r; false when that is singular. */
static bool step(const tw_marquardt *p, const point *from, double damping, point *to)
{
    double a[MAX * MAX], d[MAX];
    const size_t n = p->n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) a[i * n + j] = from->normal[i * n + j];
        a[i * n + i] += damping * from->normal[i * n + i] + 1e-300;
        d[i] = -from->gradient[i];
    }
    if (tw_cholesky(n, a, NULL) != TW_OK) return false;
    tw_cholesky_solve(n, a, d);
    for (size_t i = 0; i < n; i++) to->x[i] = from->x[i] + d[i];
    return true;
}

double tw_marquardt_run(const tw_marquardt *p, double *x, int *steps, bool *done)
{
    point now, next;
    double damping = 1e-3;
    memcpy(now.x, x, p->n * sizeof *x);
    *done = false;
    *steps = 1;
    if (!evaluate(p, &now)) return INFINITY;
    while (*steps < p->iterations && damping < 1e12) {
        const bool moved = step(p, &now, damping, &next);
        ++*steps;
        if (!moved || !evaluate(p, &next) || next.cost > now.cost) {
            damping *= 8.0;
            continue;
        }
        const double fall = now.cost - next.cost;
        *done = fall <= p->tolerance * now.cost || next.cost < 1e-30;
        now = next;
        damping *= 0.2;
        if (*done) break;
    }
    *done = *done || damping >= 1e12;
    memcpy(x, now.x, p->n * sizeof *x);
    return now.cost;
}

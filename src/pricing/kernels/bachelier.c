/* SPDX-License-Identifier: Apache-2.0 */
/* bachelier.c - European options on a normal forward.
 *
 * d = (F - K) / sd. Out of the money the value is e^-rT sd phi(d) (1 - |d| M(|d|)), with M the Mills ratio. */
#include "base/isa.h"
#include "num/vmath.h"
#include "pricing/black.h"
#include "pricing/lane.h"

#include <math.h>

enum { TILE = 64 };

typedef struct tile {
    double w[TILE], F[TILE], K[TILE], r[TILE], vol[TILE], T[TILE];
    double df[TILE], root[TILE], sd[TILE], inv_sd[TILE], d[TILE];
    double n[TILE];   /* e^-rT phi(d) */
    double leg[TILE]; /* e^-rT Phi(w d) */
    double value[TILE];
} tile;

#define FAR 1e9

TW_LANE void load(tile *t, const tw_black_job *job, int first)
{
    for (int i = 0; i < TILE; i++) {
        t->w[i] = job->type[first + i], t->F[i] = job->spot[first + i], t->K[i] = job->strike[first + i];
        t->r[i] = job->r[first + i], t->vol[i] = job->vol[first + i], t->T[i] = job->T[first + i];
    }
    for (int i = 0; i < TILE; i++) {
        const double root = sqrt(t->T[i]), sd = t->vol[i] * root, gap = t->F[i] - t->K[i];
        const double inv_sd = sd > TW_DEVIATION_MIN ? 1.0 / sd : 0.0, side = gap > 0.0 ? FAR : -FAR;
        double d = sd > TW_DEVIATION_MIN ? gap / sd : side;
        d = d > FAR ? FAR : d;
        d = d < -FAR ? -FAR : d;
        t->root[i] = root, t->sd[i] = sd, t->inv_sd[i] = inv_sd, t->d[i] = d;
    }
    for (int i = 0; i < TILE; i++) t->df[i] = tw_lane_exp(-t->r[i] * t->T[i]);
    for (int i = 0; i < TILE; i++) t->n[i] = t->df[i] * tw_lane_density(t->d[i]);
}

TW_LANE void values(tile *t)
{
    for (int i = 0; i < TILE; i++) {
        const double u = tw_lane_abs(t->d[i]), m = tw_lane_mills(u), tail = t->n[i] * m;
        const double hope = 1.0 - u * m, otm = t->n[i] * t->sd[i] * (hope > 0.0 ? hope : 0.0);
        const double parity = t->w[i] * (t->F[i] - t->K[i]);
        t->value[i] = otm + (parity > 0.0 ? t->df[i] * parity : 0.0);
        t->leg[i] = t->w[i] * t->d[i] < 0.0 ? tail : t->df[i] - tail;
    }
}

#define GREEK(name, expression)                                                                                        \
    if (job->wants & TW_VALUE_BIT(TW_VALUE_##name)) {                                                                  \
        double *restrict y = job->out[TW_VALUE_##name] + first;                                                        \
        for (int i = 0; i < TILE; i++) y[i] = (expression);                                                            \
    }

TW_LANE double inverse(double x) { return x > TW_DEVIATION_MIN ? 1.0 / x : 0.0; }

/* - d ln(gamma) / d T. */
TW_LANE double gamma_fade(const tile *t, int i) { return t->r[i] + (1.0 - t->d[i] * t->d[i]) * 0.5 * inverse(t->T[i]); }

TW_LANE void greeks(tile *t, const tw_black_job *job, int first)
{
    GREEK(value, t->value[i])
    GREEK(delta, t->w[i] * t->leg[i])
    GREEK(gamma, t->n[i] * t->inv_sd[i])
    GREEK(vega, t->n[i] * t->root[i])
    GREEK(theta, t->r[i] * t->value[i] - 0.5 * t->n[i] * (t->vol[i] * t->vol[i] * t->inv_sd[i]))
    GREEK(rho, -t->T[i] * t->value[i])
    GREEK(dividend_rho, 0.0)
    GREEK(vanna, -t->n[i] * (t->d[i] * inverse(t->vol[i])))
    GREEK(volga, t->n[i] * t->root[i] * (t->d[i] * t->d[i] * inverse(t->vol[i])))
    GREEK(charm, t->w[i] * (t->r[i] * t->leg[i]) + 0.5 * t->n[i] * (t->d[i] * inverse(t->T[i])))
    GREEK(speed, -t->n[i] * t->inv_sd[i] * (t->d[i] * t->inv_sd[i]))
    GREEK(color, t->n[i] * t->inv_sd[i] * gamma_fade(t, i))
}

void TW_ISA_NAME(tw_bachelier_vanilla)(const tw_black_job *job)
{
    tile stages, *t = &stages;
    for (int first = 0; first < TW_BLOCK; first += TILE) {
        load(t, job, first);
        values(t);
        greeks(t, job, first);
        for (int i = 0; i < TILE; i++)
            if (!(t->inv_sd[i] > 0.0)) job->status[first + i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
    }
}

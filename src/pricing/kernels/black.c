/* SPDX-License-Identifier: Apache-2.0 */
/* black.c - options and digitals on a lognormal price at expiry.
 *
 * Notation of Hull: d1, d2; n is the density at d1 times the discount of the spot, so that S n = K e^-rT phi(d2) is
 * shared by both legs. Each leg's tail is that density times a Mills ratio; the side that is out of the money is
 * computed first, as a difference of Mills ratios where both legs are tails, and the other follows by parity. */
#include "pricing/black.h"
#include "base/isa.h"
#include "num/vmath.h"
#include "pricing/lane.h"

#include <math.h>

/* Rows go by tiles through stages kept in arrays: several vectors are under way at once, and no stage runs out of
 * registers. */
enum { TILE = 64 };

/* What values and greeks of a tile are made of. */
typedef struct tile {
    double w[TILE], S[TILE], K[TILE], r[TILE], q[TILE], vol[TILE], T[TILE];
    double pv_S[TILE], pv_K[TILE], df_q[TILE];
    double root[TILE];   /* sqrt T */
    double inv_sd[TILE]; /* 1 / (vol sqrt T), or 0 in the limit */
    double x[TILE];      /* ln(forward / strike) */
    double d1[TILE], d2[TILE], n[TILE];
    double otm[TILE];   /* value of the option out of the money */
    double leg_S[TILE]; /* e^-qT Phi(w d1) */
    double leg_K[TILE]; /* K e^-rT Phi(w d2) */
    double value[TILE];
} tile;

/* ---------------------------------------------------------------- stages */

/* Far beyond where the density is 0, and yet squares of it are finite. */
#define FAR 1e9

TW_LANE void stage_moneyness(tile *t)
{
    for (int i = 0; i < TILE; i++) {
        t->df_q[i] = tw_lane_exp_brief(-t->q[i] * t->T[i]);
        t->pv_S[i] = t->S[i] * t->df_q[i];
        t->pv_K[i] = t->K[i] * tw_lane_exp_brief(-t->r[i] * t->T[i]);
    }
    for (int i = 0; i < TILE; i++) {
        const double root = sqrt(t->T[i]), sd = t->vol[i] * root;
        const double x = tw_lane_log_ratio(t->S[i], t->K[i]) + (t->r[i] - t->q[i]) * t->T[i];
        /* In the limit 1 / sd is 0 and the distance FAR to the side of x. */
        const double live = sd > TW_DEVIATION_MIN ? 1.0 : 0.0, divisor = sd > TW_DEVIATION_MIN ? sd : 1.0;
        const double inv_sd = live / divisor, side = x > 0.0 ? FAR : -FAR;
        double m = x * inv_sd + (1.0 - live) * side;
        m = m < FAR ? m : FAR;
        m = m > -FAR ? m : -FAR;
        t->x[i] = x, t->root[i] = root, t->inv_sd[i] = inv_sd;
        t->d1[i] = m + 0.5 * sd, t->d2[i] = m - 0.5 * sd;
    }
}

TW_LANE void stage_legs(tile *t)
{
    for (int i = 0; i < TILE; i++) t->n[i] = t->df_q[i] * tw_lane_density(t->d1[i]);
    for (int i = 0; i < TILE; i++) {
        const tw_mills_pair m = tw_lane_mills_pair(tw_lane_abs(t->d1[i]), tw_lane_abs(t->d2[i]));
        t->leg_S[i] = m.a, t->leg_K[i] = m.b;
    }
    for (int i = 0; i < TILE; i++) {
        const double d1 = t->d1[i], d2 = t->d2[i], w = t->w[i], m1 = t->leg_S[i], m2 = t->leg_K[i], n = t->n[i];
        const double density = t->S[i] * n, tail1 = n * m1, tail2 = density * m2;
        const double near = t->x[i] > 0.0 ? -d2 : d1, base = t->x[i] > 0.0 ? t->pv_K[i] : t->pv_S[i];
        const double rest = base - density * (m1 + m2), body = rest > 0.0 ? rest : 0.0;
        t->otm[i] = near < 0.0 ? density * tw_lane_abs(m1 - m2) : body;
        t->leg_S[i] = w * d1 < 0.0 ? tail1 : t->df_q[i] - tail1;
        t->leg_K[i] = w * d2 < 0.0 ? tail2 : t->pv_K[i] - tail2;
    }
}

TW_LANE void load(tile *t, const tw_black_job *job, int first)
{
    for (int i = 0; i < TILE; i++) {
        t->w[i] = job->type[first + i], t->S[i] = job->spot[first + i], t->K[i] = job->strike[first + i];
        t->r[i] = job->r[first + i], t->q[i] = job->q[first + i];
    }
    for (int i = 0; i < TILE; i++) t->vol[i] = job->vol[first + i], t->T[i] = job->T[first + i];
    stage_moneyness(t);
    stage_legs(t);
}

TW_LANE void mark_limits(const tile *t, const tw_black_job *job, int first)
{
    double live = 1.0;
    for (int i = 0; i < TILE; i++) live = live < t->inv_sd[i] ? live : t->inv_sd[i];
    if (live > 0.0) return;
    for (int i = 0; i < TILE; i++)
        if (!(t->inv_sd[i] > 0.0)) job->status[first + i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
}

/* Puts an expression in i to the value's place where it is wanted. */
#define GREEK(name, expression)                                                                                        \
    if (job->wants & TW_VALUE_BIT(TW_VALUE_##name)) {                                                                  \
        double *restrict y = job->out[TW_VALUE_##name] + first;                                                        \
        for (int i = 0; i < TILE; i++) y[i] = (expression);                                                            \
    }

/* 1 / x, and 0 at 0: what it multiplies there is 0 too. */
TW_LANE double inverse(double x) { return x > TW_DEVIATION_MIN ? 1.0 / x : 0.0; }

/* d d1 / d T and d d2 / d T. */
TW_LANE double d1_T(const tile *t, int i)
{
    return (t->r[i] - t->q[i]) * t->inv_sd[i] - t->d2[i] * 0.5 * inverse(t->T[i]);
}
TW_LANE double d2_T(const tile *t, int i)
{
    return (t->r[i] - t->q[i]) * t->inv_sd[i] - t->d1[i] * 0.5 * inverse(t->T[i]);
}

/* ---------------------------------------------------------------- vanilla */

TW_LANE void vanilla_value(tile *t)
{
    for (int i = 0; i < TILE; i++) {
        const double parity = t->w[i] * (t->pv_S[i] - t->pv_K[i]), in = t->w[i] * (t->x[i] > 0.0 ? 1.0 : -1.0);
        const double value = t->otm[i] + parity, itm = value > 0.0 ? value : 0.0;
        t->value[i] = in > 0.0 ? itm : t->otm[i];
    }
}

/* gamma, with the density: n / (S sd). */
TW_LANE double gamma_of(const tile *t, int i) { return t->n[i] * t->inv_sd[i] / t->S[i]; }

TW_LANE void vanilla_first(tile *t, const tw_black_job *job, int first){
    GREEK(delta, t->w[i] * t->leg_S[i]) GREEK(gamma, gamma_of(t, i)) GREEK(vega, t->S[i] * t->n[i] * t->root[i])
        GREEK(theta, t->w[i] * (t->q[i] * (t->S[i] * t->leg_S[i]) - t->r[i] * t->leg_K[i]) -
                         0.5 * (t->S[i] * t->n[i]) * (t->vol[i] * t->vol[i] * t->inv_sd[i]))
            GREEK(rho, t->w[i] * (t->T[i] * t->leg_K[i]))
                GREEK(dividend_rho, -t->w[i] * (t->T[i] * (t->S[i] * t->leg_S[i])))}

TW_LANE void vanilla_second(tile *t, const tw_black_job *job, int first)
{
    GREEK(vanna, -t->n[i] * t->d2[i] * inverse(t->vol[i]))
    GREEK(volga, t->S[i] * t->n[i] * t->root[i] * (t->d1[i] * t->d2[i] * inverse(t->vol[i])))
    GREEK(charm, t->w[i] * (t->q[i] * t->leg_S[i]) - t->n[i] * d1_T(t, i))
    GREEK(speed, -gamma_of(t, i) * (t->d1[i] * t->inv_sd[i] + 1.0) / t->S[i])
    GREEK(color, gamma_of(t, i) * (t->q[i] + 0.5 * inverse(t->T[i]) + t->d1[i] * d1_T(t, i)))
}

void TW_ISA_NAME(tw_black_vanilla)(const tw_black_job *job)
{
    tile stages, *t = &stages;
    for (int first = 0; first < TW_BLOCK; first += TILE) {
        load(t, job, first);
        vanilla_value(t);
        GREEK(value, t->value[i])
        vanilla_first(t, job, first);
        if (job->wants >> TW_VALUE_vanna) vanilla_second(t, job, first);
        mark_limits(t, job, first);
    }
}

/* ---------------------------------------------------------------- digitals */

/* Cash: X e^-rT Phi(w d2); density holds X e^-rT phi(d2). */
TW_LANE void cash_greeks(tile *t, const tw_black_job *job, int first, const double *density)
{
    GREEK(delta, t->w[i] * density[i] * t->inv_sd[i] / t->S[i])
    GREEK(gamma, -t->w[i] * density[i] * t->inv_sd[i] / t->S[i] / t->S[i] * (1.0 + t->d2[i] * t->inv_sd[i]))
    GREEK(vega, -t->w[i] * density[i] * (t->d1[i] * inverse(t->vol[i])))
    GREEK(theta, t->r[i] * t->value[i] - t->w[i] * density[i] * d2_T(t, i))
    GREEK(rho, t->T[i] * (t->w[i] * density[i] * t->inv_sd[i] - t->value[i]))
    GREEK(dividend_rho, -t->T[i] * (t->w[i] * density[i] * t->inv_sd[i]))
    GREEK(vanna, -t->w[i] * density[i] * t->inv_sd[i] / t->S[i] * inverse(t->vol[i]) * (1.0 - t->d1[i] * t->d2[i]))
    GREEK(volga, -t->w[i] * density[i] * inverse(t->vol[i]) * inverse(t->vol[i]) *
                     (t->d1[i] * t->d1[i] * t->d2[i] - t->d1[i] - t->d2[i]))
}

void TW_ISA_NAME(tw_black_cash)(const tw_black_job *job)
{
    tile stages, *t = &stages;
    double density[TILE];
    for (int first = 0; first < TW_BLOCK; first += TILE) {
        load(t, job, first);
        for (int i = 0; i < TILE; i++) {
            const double unit = job->payout[first + i] / t->K[i];
            t->value[i] = unit * t->leg_K[i];
            density[i] = unit * (t->S[i] * t->n[i]);
        }
        GREEK(value, t->value[i])
        cash_greeks(t, job, first, density);
        mark_limits(t, job, first);
    }
}

/* Asset: S e^-qT Phi(w d1). */
TW_LANE void asset_greeks(tile *t, const tw_black_job *job, int first)
{
    GREEK(delta, t->leg_S[i] + t->w[i] * t->n[i] * t->inv_sd[i])
    GREEK(gamma, -t->w[i] * t->n[i] * t->inv_sd[i] / t->S[i] * (t->d2[i] * t->inv_sd[i]))
    GREEK(vega, -t->w[i] * t->S[i] * t->n[i] * (t->d2[i] * inverse(t->vol[i])))
    GREEK(theta, t->q[i] * t->value[i] - t->w[i] * t->S[i] * t->n[i] * d1_T(t, i))
    GREEK(rho, t->T[i] * (t->w[i] * t->S[i] * t->n[i] * t->inv_sd[i]))
    GREEK(dividend_rho, -t->T[i] * (t->value[i] + t->w[i] * t->S[i] * t->n[i] * t->inv_sd[i]))
    GREEK(vanna, t->w[i] * t->n[i] * inverse(t->vol[i]) * (t->d2[i] * (t->d1[i] * t->inv_sd[i] - 1.0) - t->inv_sd[i]))
    GREEK(volga, -t->w[i] * t->S[i] * t->n[i] * inverse(t->vol[i]) * inverse(t->vol[i]) *
                     (t->d2[i] * t->d2[i] * t->d1[i] - t->d1[i] - t->d2[i]))
}

void TW_ISA_NAME(tw_black_asset)(const tw_black_job *job)
{
    tile stages, *t = &stages;
    for (int first = 0; first < TW_BLOCK; first += TILE) {
        load(t, job, first);
        for (int i = 0; i < TILE; i++) t->value[i] = t->S[i] * t->leg_S[i];
        GREEK(value, t->value[i])
        asset_greeks(t, job, first);
        mark_limits(t, job, first);
    }
}

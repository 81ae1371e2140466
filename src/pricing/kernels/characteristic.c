/* SPDX-License-Identifier: Apache-2.0 */
/* characteristic.c - logarithms of moment generating functions at complex points, with their slopes.
 *
 * Heston: psi = C + v0 D solves D' = m / 2 - beta D + sigma^2 D^2 / 2, C' = kappa theta D with m = z^2 - z and
 * beta = kappa - rho sigma z. With d = sqrt(beta^2 - sigma^2 m), r = (beta - d) / sigma^2 = m / (beta + d),
 * s = (1 - e^(-d T)) / (2 d) and w = sigma^2 r s,
 *   D = m s / (1 + w),   C = kappa theta (r T - (2 / sigma^2) ln(1 + w)).
 * It is the form without branch cuts of Albrecher, Mayer, Schoutens and Tistaert (2007; Lord and Kahl 2010), in terms
 * in which nothing cancels for small sigma, T or d. */
#include "base/isa.h"
#include "pricing/complex_lane.h"
#include "pricing/transform/transform.h"

/* What psi and its slopes are at a point. */
typedef struct at_point {
    tw_cx psi, by_T, by_vol, by_vol2;
} at_point;

TW_LANE at_point heston(const tw_psi_model *o, tw_cx z)
{
    const double s2 = o->sigma * o->sigma, rs = o->rho * o->sigma;
    const tw_cx m = tw_cx_sub(tw_cx_mul(z, z), z), beta = {o->kappa - rs * z.re, -rs * z.im};
    const tw_cx d = tw_cx_sqrt(tw_cx_sub(tw_cx_mul(beta, beta), tw_cx_times(s2, m)));
    /* Of beta - d and beta + d the one that does not cancel. */
    const uint64_t apart = (uint64_t)0 - (uint64_t)(beta.re * d.re + beta.im * d.im < 0.0);
    const tw_cx r = tw_cx_pick(apart, tw_cx_times(1.0 / s2, tw_cx_sub(beta, d)), tw_cx_div(m, tw_cx_add(beta, d)));
    const tw_cx gone = tw_cx_expm1((tw_cx){-d.re * o->T, -d.im * o->T});
    const tw_cx s = tw_cx_div(tw_cx_times(-0.5, gone), d), w = tw_cx_times(s2, tw_cx_mul(r, s));
    const tw_cx D = tw_cx_div(tw_cx_mul(m, s), (tw_cx){1.0 + w.re, w.im});
    const tw_cx C = tw_cx_sub(tw_cx_times(o->T, r), tw_cx_times(2.0 / s2, tw_cx_log1p(w)));
    const tw_cx turn = tw_cx_sub(tw_cx_times(0.5 * s2, D), beta);
    const tw_cx dD = tw_cx_add(tw_cx_times(0.5, m), tw_cx_mul(turn, D));
    const double kt = o->kappa * o->theta, vol = sqrt(o->v0);
    return (at_point){tw_cx_add(tw_cx_times(kt, C), tw_cx_times(o->v0, D)),
                      tw_cx_add(tw_cx_times(kt, D), tw_cx_times(o->v0, dD)), tw_cx_times(2.0 * vol, D),
                      tw_cx_times(2.0, D)};
}

TW_LANE at_point gauss(const tw_psi_model *o, tw_cx z)
{
    const tw_cx m = tw_cx_times(0.5, tw_cx_sub(tw_cx_mul(z, z), z));
    return (at_point){tw_cx_times(o->total, m), tw_cx_times(o->total_T, m), tw_cx_times(o->total_vol, m),
                      tw_cx_times(o->total_vol2, m)};
}

/* Variance gamma (Madan, Carr and Chang 1998): psi = (T / nu) (z ln q(1) - ln q(z)) with
 * q(z) = 1 - nu (drift z + vol^2 z^2 / 2). */
TW_LANE at_point gamma_time(const tw_psi_model *o, tw_cx z)
{
    const double nu = o->rate, half = 0.5 * o->vol * o->vol, T = o->T, q1 = o->by_forward;
    const tw_cx z2 = tw_cx_mul(z, z);
    const tw_cx a = tw_cx_times(-nu, tw_cx_add(tw_cx_times(o->drift, z), tw_cx_times(half, z2)));
    const tw_cx per = tw_cx_times(1.0 / nu, tw_cx_sub(tw_cx_times(o->ln_forward, z), tw_cx_log1p(a)));
    const tw_cx e = tw_cx_div(z2, (tw_cx){1.0 + a.re, a.im}), e1 = tw_cx_times(q1, z);
    const tw_cx by_vol = tw_cx_times(T, tw_cx_sub(e, e1));
    const tw_cx bend = tw_cx_sub(tw_cx_mul(e, e), tw_cx_times(q1, e1));
    return (at_point){tw_cx_times(T, per), per, tw_cx_times(o->vol, by_vol),
                      tw_cx_add(by_vol, tw_cx_times(2.0 * T * nu * half, bend))};
}

/* Jumps (Merton 1976): rate (e^(mean z + var z^2 / 2) - 1 - z excess) a year. */
TW_LANE tw_cx jumps(const tw_psi_model *o, tw_cx z, double *wave)
{
    const double half = 0.5 * o->jump_var;
    const tw_cx z2 = tw_cx_mul(z, z);
    const double size = tw_cx_least(o->jump_mean * z.re + half * z2.re, 600.0);
    const tw_cx e = tw_cx_expm1((tw_cx){size, o->jump_mean * z.im + half * z2.im});
    *wave = o->jump_rate * o->T * (tw_lane_expm1(size) - e.re);
    return tw_cx_times(o->jump_rate, (tw_cx){e.re - z.re * o->excess, e.im - z.im * o->excess});
}

TW_LANE void put(double to[2][TW_NODES], int j, tw_cx x)
{
    to[0][j] = x.re;
    to[1][j] = x.im;
}

TW_LANE void put_all(tw_psi_nodes *nodes, int j, at_point x)
{
    put(nodes->psi, j, x.psi);
    put(nodes->by_T, j, x.by_T);
    put(nodes->by_vol, j, x.by_vol);
    put(nodes->by_vol2, j, x.by_vol2);
}

TW_LANE tw_cx get(double from[2][TW_NODES], int j) { return (tw_cx){from[0][j], from[1][j]}; }

void TW_ISA_NAME(tw_pricing_psi)(const tw_psi_model *model, tw_psi_nodes *nodes)
{
    const tw_psi_model o = *model;
    if (o.kind == TW_PSI_HESTON)
        for (int j = 0; j < TW_NODES; j++) put_all(nodes, j, heston(&o, get(nodes->z, j)));
    else if (o.kind == TW_PSI_GAUSS)
        for (int j = 0; j < TW_NODES; j++) put_all(nodes, j, gauss(&o, get(nodes->z, j)));
    else
        for (int j = 0; j < TW_NODES; j++) put_all(nodes, j, gamma_time(&o, get(nodes->z, j)));
    if (!o.jumps) {
        for (int j = 0; j < TW_NODES; j++) nodes->wave[j] = 0.0;
        return;
    }
    for (int j = 0; j < TW_NODES; j++) {
        double wave;
        const tw_cx year = jumps(&o, get(nodes->z, j), &wave);
        nodes->wave[j] = wave;
        put(nodes->psi, j, tw_cx_add(get(nodes->psi, j), tw_cx_times(o.T, year)));
        put(nodes->by_T, j, tw_cx_add(get(nodes->by_T, j), year));
    }
}

/* ---------------------------------------------------------------- the integrand of a row */

/* z and dz / (i dt) at t. */
TW_LANE tw_cx place(const tw_line *l, double t, tw_cx *step)
{
    const double e = tw_lane_exp(t), less = 1.0 / e, sh = 0.5 * (e - less), ch = 0.5 * (e + less);
    *step = (tw_cx){l->s * ch, -l->bend * l->s * sh};
    return (tw_cx){l->p + l->bend * l->s * (ch - 1.0), l->s * sh};
}

/* The integrand at a node, divided by e^level. */
TW_LANE tw_cx integrand(const tw_line *l, tw_cx z, tw_cx psi, tw_cx step)
{
    const tw_cx e = tw_cx_exp((tw_cx){psi.re + l->k * (1.0 - z.re) - l->level, psi.im - l->k * z.im});
    const tw_cx m = {l->payoff.m0 + l->payoff.m1 * z.re, l->payoff.m1 * z.im};
    const tw_cx poles = tw_cx_sub(tw_cx_mul(z, z), z);
    return tw_cx_mul(e, tw_cx_div(tw_cx_mul(m, step), poles));
}

TW_LANE void add_greeks(const tw_line *l, tw_psi_nodes *nodes, int j, tw_cx g, tw_line_sums *sums)
{
    const tw_cx z = get(nodes->z, j), gz = tw_cx_mul(g, z), gzz = tw_cx_mul(gz, (tw_cx){z.re - 1.0, z.im});
    const tw_cx t = get(nodes->by_T, j), v = get(nodes->by_vol, j), v2 = get(nodes->by_vol2, j);
    const tw_cx rate = {t.re + l->drift * z.re - l->r, t.im + l->drift * z.im};
    const tw_cx volga = tw_cx_add(v2, tw_cx_mul(v, v));
    sums->sum[TW_SUM_Z][j] += gz.re;
    sums->sum[TW_SUM_ZZ][j] += gzz.re;
    sums->sum[TW_SUM_ZZZ][j] += gzz.re * (z.re - 2.0) - gzz.im * z.im;
    sums->sum[TW_SUM_T][j] += g.re * rate.re - g.im * rate.im;
    sums->sum[TW_SUM_TZ][j] += gz.re * rate.re - gz.im * rate.im;
    sums->sum[TW_SUM_TZZ][j] += gzz.re * rate.re - gzz.im * rate.im;
    sums->sum[TW_SUM_V][j] += g.re * v.re - g.im * v.im;
    sums->sum[TW_SUM_VZ][j] += gz.re * v.re - gz.im * v.im;
    sums->sum[TW_SUM_VV][j] += g.re * volga.re - g.im * volga.im;
}

void TW_ISA_NAME(tw_pricing_line)(const tw_psi_model *model, const tw_line *line, tw_psi_nodes *nodes,
                                  tw_line_sums *sums)
{
    const tw_line l = *line;
    double step[2][TW_NODES], g[2][TW_NODES];
    for (int j = 0; j < TW_NODES; j++) {
        tw_cx dz;
        put(nodes->z, j, place(&l, l.t[j], &dz));
        put(step, j, dz);
    }
    TW_ISA_NAME(tw_pricing_psi)(model, nodes);
    for (int j = 0; j < TW_NODES; j++) {
        /* The node on the axis stands for itself, every other one for its conjugate too. */
        const double weight = l.t[j] == 0.0 ? 0.5 : 1.0;
        const tw_cx z = get(nodes->z, j);
        const tw_cx x = tw_cx_times(weight, integrand(&l, z, get(nodes->psi, j), get(step, j)));
        put(g, j, x);
        sums->sum[TW_SUM_1][j] += x.re;
        sums->size[j] = (tw_lane_abs(x.re) + tw_lane_abs(x.im)) * (z.re * z.re + z.im * z.im);
    }
    if (model->jumps)
        for (int j = 0; j < TW_NODES; j++) sums->size[j] *= tw_lane_exp(nodes->wave[j]);
    if (!l.greeks) return;
    for (int j = 0; j < TW_NODES; j++) add_greeks(&l, nodes, j, get(g, j), sums);
}

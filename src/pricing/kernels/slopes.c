/* SPDX-License-Identifier: Apache-2.0 */
/* slopes.c - the gradient of the transform of heston and bates in the parameters (after Cui, del Bano Rollin and
 * Germano 2017), in the terms of characteristic.c: beta, d, r, s, w, D, C, each with its slope. */
#include "pricing/transform/slopes.h"

#include "base/isa.h"
#include "pricing/complex_lane.h"

/* What does not depend on the parameter that a slope is taken in. */
typedef struct at_node {
    double T, sigma;
    tw_cx z, m, beta, d, r, e, s, w, one_w, log, D, C;
} at_node;

TW_LANE at_node node(const tw_heston *o, double T, double y)
{
    at_node n = {.T = T, .sigma = o->sigma, .z = {0.5, y}};
    const double s2 = o->sigma * o->sigma, rs = o->rho * o->sigma;
    n.m = tw_cx_sub(tw_cx_mul(n.z, n.z), n.z);
    n.beta = (tw_cx){o->kappa - rs * n.z.re, -rs * n.z.im};
    n.d = tw_cx_sqrt(tw_cx_sub(tw_cx_mul(n.beta, n.beta), tw_cx_times(s2, n.m)));
    const uint64_t apart = (uint64_t)0 - (uint64_t)(n.beta.re * n.d.re + n.beta.im * n.d.im < 0.0);
    n.r = tw_cx_pick(apart, tw_cx_times(1.0 / s2, tw_cx_sub(n.beta, n.d)), tw_cx_div(n.m, tw_cx_add(n.beta, n.d)));
    const tw_cx gone = tw_cx_expm1((tw_cx){-n.d.re * T, -n.d.im * T});
    n.e = (tw_cx){1.0 + gone.re, gone.im};
    n.s = tw_cx_div(tw_cx_times(-0.5, gone), n.d);
    n.w = tw_cx_times(s2, tw_cx_mul(n.r, n.s));
    n.one_w = (tw_cx){1.0 + n.w.re, n.w.im};
    n.log = tw_cx_log1p(n.w);
    n.D = tw_cx_div(tw_cx_mul(n.m, n.s), n.one_w);
    n.C = tw_cx_sub(tw_cx_times(T, n.r), tw_cx_times(2.0 / s2, n.log));
    return n;
}

/* Slopes of C and D in a parameter in which beta has the slope `by` and sigma the slope `own` (1 or 0). */
TW_LANE void slope(const at_node *n, tw_cx by, double own, tw_cx *dC, tw_cx *dD)
{
    const double sigma = n->sigma, s2 = sigma * sigma;
    const tw_cx d = tw_cx_div(tw_cx_sub(tw_cx_mul(n->beta, by), tw_cx_times(own * sigma, n->m)), n->d);
    const tw_cx r = tw_cx_sub(tw_cx_times(1.0 / s2, tw_cx_sub(by, d)), tw_cx_times(2.0 * own / sigma, n->r));
    const tw_cx s = tw_cx_mul(tw_cx_div(d, n->d), tw_cx_sub(tw_cx_times(0.5 * n->T, n->e), n->s));
    const tw_cx rs = tw_cx_add(tw_cx_mul(r, n->s), tw_cx_mul(n->r, s));
    const tw_cx w = tw_cx_add(tw_cx_times(2.0 * own / sigma, n->w), tw_cx_times(s2, rs));
    const tw_cx log = tw_cx_div(w, n->one_w);
    *dD = tw_cx_sub(tw_cx_div(tw_cx_mul(n->m, s), n->one_w), tw_cx_mul(n->D, log));
    *dC = tw_cx_add(tw_cx_sub(tw_cx_times(n->T, r), tw_cx_times(2.0 / s2, log)),
                    tw_cx_times(4.0 * own / (s2 * sigma), n->log));
}

TW_LANE tw_cx both(double c, tw_cx dC, double v0, tw_cx dD)
{
    return tw_cx_add(tw_cx_times(c, dC), tw_cx_times(v0, dD));
}

TW_LANE void keep(tw_expiry_nodes *nodes, int term, int j, tw_cx x)
{
    nodes->re[term][j] = x.re;
    nodes->im[term][j] = x.im;
}

/* psi (term 0) and slopes of the diffusion. */
TW_LANE void diffusion(const tw_heston *o, tw_expiry_nodes *nodes, int j)
{
    const at_node n = node(o, nodes->T, nodes->y[j]);
    const double kt = o->kappa * o->theta;
    tw_cx dC, dD;
    keep(nodes, 0, j, both(kt, n.C, o->v0, n.D));
    keep(nodes, 1, j, n.D);
    slope(&n, (tw_cx){1.0, 0.0}, 0.0, &dC, &dD);
    keep(nodes, 2, j, tw_cx_add(tw_cx_times(o->theta, n.C), both(kt, dC, o->v0, dD)));
    keep(nodes, 3, j, tw_cx_times(o->kappa, n.C));
    slope(&n, tw_cx_times(-o->rho, n.z), 1.0, &dC, &dD);
    keep(nodes, 4, j, both(kt, dC, o->v0, dD));
    slope(&n, tw_cx_times(-o->sigma, n.z), 0.0, &dC, &dD);
    keep(nodes, 5, j, both(kt, dC, o->v0, dD));
}

/* Adds jumps to psi, and their slopes. */
TW_LANE void jump(const tw_heston *o, tw_expiry_nodes *nodes, int j)
{
    const double half = 0.5 * o->jump_vol * o->jump_vol, one = tw_lane_exp(o->jump_mean + half), T = nodes->T;
    const tw_cx z = {0.5, nodes->y[j]}, z2 = tw_cx_mul(z, z);
    const tw_cx e = tw_cx_exp((tw_cx){o->jump_mean * z.re + half * z2.re, o->jump_mean * z.im + half * z2.im});
    const tw_cx rate = {T * (e.re - 1.0 - z.re * (one - 1.0)), T * (e.im - z.im * (one - 1.0))};
    const tw_cx lean = tw_cx_times(one, z);
    const double many = o->jump_rate * T;
    nodes->re[0][j] += o->jump_rate * rate.re;
    nodes->im[0][j] += o->jump_rate * rate.im;
    keep(nodes, 6, j, rate);
    keep(nodes, 7, j, tw_cx_times(many, tw_cx_sub(tw_cx_mul(z, e), lean)));
    keep(nodes, 8, j, tw_cx_times(many * o->jump_vol, tw_cx_sub(tw_cx_mul(z2, e), lean)));
}

void TW_ISA_NAME(tw_pricing_slopes)(const tw_heston *model, tw_expiry_nodes *nodes)
{
    const tw_heston o = *model;
    for (int j = 0; j < TW_CALIBRATE_NODES; j++) diffusion(&o, nodes, j);
    for (int j = 0; j < TW_CALIBRATE_NODES; j++) jump(&o, nodes, j);
    for (int j = 0; j < TW_CALIBRATE_NODES; j++) {
        /* z (z - 1) is -(1/4 + y^2) on this line. */
        const tw_cx e = tw_cx_exp((tw_cx){nodes->re[0][j], nodes->im[0][j]});
        const double by = -nodes->dy[j] * 0x1.45f306dc9c883p-2 / (0.25 + nodes->y[j] * nodes->y[j]); /* 1 / pi */
        nodes->re[0][j] = by * e.re;
        nodes->im[0][j] = by * e.im;
    }
    for (int t = 1; t < TW_TERMS; t++)
        for (int j = 0; j < TW_CALIBRATE_NODES; j++) {
            const tw_cx x =
                tw_cx_mul((tw_cx){nodes->re[0][j], nodes->im[0][j]}, (tw_cx){nodes->re[t][j], nodes->im[t][j]});
            keep(nodes, t, j, x);
        }
}

void TW_ISA_NAME(tw_pricing_quote)(const tw_expiry_nodes *nodes, double k, double out[TW_TERMS])
{
    double c[TW_CALIBRATE_NODES], s[TW_CALIBRATE_NODES];
    const double size = tw_lane_exp(0.5 * k);
    for (int j = 0; j < TW_CALIBRATE_NODES; j++) {
        const tw_angle angle = tw_lane_reduce(tw_cx_angle(k * nodes->y[j]));
        c[j] = tw_lane_sin_of(angle, 1);
        s[j] = tw_lane_sin_of(angle, 0);
    }
    for (int t = 0; t < TW_TERMS; t++) {
        double by[TW_CALIBRATE_LANES] = {0};
        for (int first = 0; first < TW_CALIBRATE_NODES; first += TW_CALIBRATE_LANES)
            for (int l = 0; l < TW_CALIBRATE_LANES; l++)
                by[l] += nodes->re[t][first + l] * c[first + l] + nodes->im[t][first + l] * s[first + l];
        out[t] = 0.0;
        for (int l = 0; l < TW_CALIBRATE_LANES; l++) out[t] += by[l];
        out[t] *= size;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* calibrate.c - heston and bates from a surface of quotes.
 *
 * All quotes of an expiry share nodes on the line Re z = 1/2, y = sinh(t) / 2 with t equally spaced: the transform and
 * its gradient are taken there once, a quote is a sum over them for the value and one for each slope. Parameters are
 * searched as logarithms and the inverse hyperbolic tangent of rho, so that they keep their bounds; from three starts,
 * because the valley between kappa, theta and sigma is long. */
#include "tradewind/surface.h"

#include "base/isa.h"
#include "pricing/surface/marquardt.h"
#include "pricing/transform/slopes.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* A quote in units of its forward: what is out of the money, and how errors in it count. */
typedef struct quote {
    double k, price, per_vega, weight;
    size_t expiry;
} quote;

typedef struct job {
    size_t n, n_expiries, n_free; /* 5 or 8 */
    quote *quotes;
    double *T;
    tw_expiry_nodes *nodes; /* of one expiry at a time */
    tw_isa isa;
    tw_slopes_fn *slopes;
    tw_quote_fn *sums;
    double weights;
} job;

/* ---------------------------------------------------------------- parameters */

static tw_heston from_free(const job *j, const double *x)
{
    tw_heston h = {tw_exp(x[0]), tw_exp(x[1]), tw_exp(x[2]), tw_exp(x[3]), tw_tanh(x[4]), 0.0, 0.0, 0.0};
    if (j->n_free == TW_SLOPES) {
        h.jump_rate = tw_exp(x[5]);
        h.jump_mean = x[6];
        h.jump_vol = tw_exp(x[7]);
    }
    return h;
}

static void to_free(const tw_heston *h, double *x)
{
    const double least = 1e-4, rho = fmin(fmax(h->rho, -0.999), 0.999);
    x[0] = tw_log(fmax(h->v0, least));
    x[1] = tw_log(fmax(h->kappa, least));
    x[2] = tw_log(fmax(h->theta, least));
    x[3] = tw_log(fmax(h->sigma, 1e-2));
    x[4] = 0.5 * tw_log((1.0 + rho) / (1.0 - rho));
    x[5] = tw_log(fmax(h->jump_rate, 1e-2));
    x[6] = h->jump_mean;
    x[7] = tw_log(fmax(h->jump_vol, 1e-2));
}

/* Slopes of the parameters in what is free. */
static void chain_rule(const tw_heston *h, double *by)
{
    const double all[TW_SLOPES] = {h->v0,        h->kappa, h->theta,   h->sigma, 1.0 - h->rho * h->rho,
                                   h->jump_rate, 1.0,      h->jump_vol};
    memcpy(by, all, sizeof all);
}

static bool sane(const tw_heston *h)
{
    return h->v0 > 1e-8 && h->v0 < 10.0 && h->kappa > 1e-4 && h->kappa < 200.0 && h->theta > 1e-8 && h->theta < 10.0 &&
           h->sigma > 1e-3 && h->sigma < 30.0 && fabs(h->rho) < 0.9999 && h->jump_rate < 50.0 &&
           fabs(h->jump_mean) < 3.0 && h->jump_vol < 3.0;
}

/* ---------------------------------------------------------------- residuals */

/* How far up the line psi goes before e^psi is below 1e-12: the variance's part decays like a normal first, then like
 * an exponential. */
static double reach(const tw_heston *h, double T)
{
    const double mean = h->theta * T + (h->v0 - h->theta) * -tw_expm1(-h->kappa * T) / h->kappa;
    const double rate = (h->v0 + h->kappa * h->theta * T) / h->sigma * sqrt(1.0 - h->rho * h->rho);
    return fmin(fmax(7.5 / sqrt(mean), 28.0 / rate), 1e5);
}

static void place_nodes(const tw_heston *h, double T, tw_expiry_nodes *nodes)
{
    const double top = 2.0 * reach(h, T), end = tw_log(top + sqrt(top * top + 1.0)), step = end / TW_CALIBRATE_NODES;
    nodes->T = T;
    for (int j = 0; j < TW_CALIBRATE_NODES; j++) {
        const double e = tw_exp(step * j);
        nodes->y[j] = 0.25 * (e - 1.0 / e);
        nodes->dy[j] = step * 0.25 * (e + 1.0 / e) * (j ? 1.0 : 0.5);
    }
}

static void add_quote(const job *j, const quote *q, const double *by, double *cost, double *normal_gradient)
{
    double out[TW_TERMS], J[TW_SLOPES];
    const size_t n = j->n_free;
    j->sums(j->nodes, q->k, out);
    /* The integral is the call less the forward, which is the put less the strike. */
    const double off = (out[0] + fmin(1.0, tw_exp(q->k)) - q->price) * q->per_vega;
    *cost += q->weight * off * off;
    for (size_t c = 0; c < n; c++) J[c] = out[1 + c] * by[c] * q->per_vega;
    for (size_t c = 0; c < n; c++) {
        normal_gradient[n * n + c] += q->weight * J[c] * off;
        for (size_t d = 0; d < n; d++) normal_gradient[n * c + d] += q->weight * J[c] * J[d];
    }
}

static bool heston_normal(void *arg, const double *x, double *cost, double *normal, double *gradient)
{
    const job *j = arg;
    const tw_heston h = from_free(j, x);
    double by[TW_SLOPES], sums[TW_SLOPES * TW_SLOPES + TW_SLOPES] = {0};
    if (!sane(&h)) return false;
    chain_rule(&h, by);
    *cost = 0.0;
    for (size_t i = 0, e = 0; e < j->n_expiries; e++) {
        place_nodes(&h, j->T[e], j->nodes);
        j->slopes(&h, j->nodes);
        for (; i < j->n && j->quotes[i].expiry == e; i++) add_quote(j, &j->quotes[i], by, cost, sums);
    }
    memcpy(normal, sums, j->n_free * j->n_free * sizeof *sums);
    memcpy(gradient, sums + j->n_free * j->n_free, j->n_free * sizeof *sums);
    return true;
}

/* ---------------------------------------------------------------- quotes */

/* The quote of volatility vol at k: the price of what is out of the money by Black, and its vega. Where vega is so
 * small that prices say nothing, a floor takes its place. */
static quote quote_of(double k, double vol, double T, double weight)
{
    const double sd = vol * sqrt(T), side = k > 0.0 ? 1.0 : -1.0, d1 = -k / sd + 0.5 * sd;
    const double price = side * (tw_norm_cdf(side * d1) - tw_exp(k) * tw_norm_cdf(side * (d1 - sd)));
    const double vega = 0x1.9884533d43651p-2 * tw_exp(-0.5 * d1 * d1) * sqrt(T);
    return (quote){k, price, 1.0 / fmax(vega, 2e-3 * sqrt(T)), weight, 0};
}

static tw_status take_quotes(job *j, const tw_chain_quotes *q, tw_error *err)
{
    double last = 0.0;
    for (size_t i = 0; i < q->n; i++) {
        const double weight = q->weight ? q->weight[i] : 1.0, T = q->T[i];
        if (!(T >= last))
            return tw_fail(err, TW_BAD_VALUE, "heston fit: expiries must ascend, got %g after %g", T, last);
        if (!(q->vol[i] > 0.0 && q->vol[i] < 1e3 && q->strike[i] > 0.0 && q->forward[i] > 0.0 && T > 0.0 &&
              weight > 0.0))
            continue;
        if (j->n_expiries == 0 || T > last) j->T[j->n_expiries++] = T;
        last = T;
        j->quotes[j->n] = quote_of(tw_log(q->strike[i] / q->forward[i]), q->vol[i], T, weight);
        j->quotes[j->n++].expiry = j->n_expiries - 1;
        j->weights += weight;
    }
    if (j->n < j->n_free)
        return tw_fail(err, TW_BAD_VALUE, "heston fit: at least %zu quotes are needed, got %zu", j->n_free, j->n);
    return TW_OK;
}

/* Variance of the quote next to the money of the first or last expiry. */
static double money_variance(const tw_chain_quotes *q, double T)
{
    double best = INFINITY, variance = 0.04;
    for (size_t i = 0; i < q->n; i++) {
        if (q->T[i] != T || !(q->vol[i] > 0.0 && q->strike[i] > 0.0 && q->forward[i] > 0.0)) continue;
        const double far = fabs(tw_log(q->strike[i] / q->forward[i]));
        if (!(far < best)) continue;
        best = far;
        variance = q->vol[i] * q->vol[i];
    }
    return variance;
}

/* ---------------------------------------------------------------- the call */

static tw_status search(job *j, const tw_chain_quotes *q, tw_heston *heston, tw_fit_report *report, tw_error *err)
{
    const double now = money_variance(q, j->T[0]), then = money_variance(q, j->T[j->n_expiries - 1]);
    const tw_heston starts[3] = {{now, 1.5, then, 0.6, -0.5, 0.3, -0.1, 0.1},
                                 {now, 4.0, then, 0.5, -0.7, 1.0, -0.05, 0.05},
                                 {now, 0.5, then, 1.0, -0.6, 0.1, -0.3, 0.2}};
    const tw_marquardt problem = {j->n_free, heston_normal, j, 80, 1e-12};
    double best = INFINITY;
    tw_heston found = *heston;
    tw_fit_report of = {0};
    for (int s = heston->v0 > 0.0 ? -1 : 0; s < 3; s++) {
        double x[TW_SLOPES];
        int steps;
        bool done;
        to_free(s < 0 ? heston : &starts[s], x);
        const double cost = tw_marquardt_run(&problem, x, &steps, &done);
        of.iterations += steps;
        if (!(cost < best)) continue;
        best = cost;
        of.converged = done;
        found = from_free(j, x);
        if (best < 1e-16 * j->weights) break;
    }
    if (!isfinite(best)) return tw_fail(err, TW_BAD_DATA, "heston fit: no parameters give these quotes a price");
    of.rmse = sqrt(best / j->weights);
    *heston = found;
    if (report) *report = of;
    return TW_OK;
}

static tw_status fit(job *j, const tw_chain_quotes *q, tw_heston *heston, tw_fit_report *report, tw_error *err)
{
    if (!j->quotes || !j->T || !j->nodes) return tw_no_memory(err, "the quotes of a chain");
    TW_TRY(take_quotes(j, q, err));
    return search(j, q, heston, report, err);
}

tw_status tw_heston_fit(const tw_ctx *ctx, const tw_chain_quotes *quotes, bool jumps, tw_heston *heston,
                        tw_fit_report *report, tw_error *err)
{
    job j = {.n_free = jumps ? TW_SLOPES : 5,
             .isa = tw_isa_resolve(ctx ? ctx->isa : TW_ISA_BEST),
             .quotes = tw_new(ctx, quotes->n + 1, sizeof *j.quotes),
             .T = tw_new(ctx, quotes->n + 1, sizeof *j.T),
             .nodes = tw_new(ctx, 1, sizeof *j.nodes)};
    j.slopes = TW_ISA_PICK(j.isa, tw_pricing_slopes);
    j.sums = TW_ISA_PICK(j.isa, tw_pricing_quote);
    const tw_status status = fit(&j, quotes, heston, report, err);
    tw_free(ctx, j.nodes);
    tw_free(ctx, j.T);
    tw_free(ctx, j.quotes);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* surface_fit.c - a surface from the quotes of a chain: an SVI for each expiry, or one SSVI for all. */
#include "pricing/surface/marquardt.h"
#include "pricing/surface/surface.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { LEAST_QUOTES = 5 };

typedef struct fit {
    const tw_ctx *ctx;
    const tw_chain_quotes *quotes;
    tw_surface_options options;
    tw_slice *slice;
    size_t *first, *count; /* quotes of each slice */
    double *theta;         /* variance at the money of each slice, not falling */
    size_t n;
} fit;

/* ---------------------------------------------------------------- slices one by one */

static tw_smile_quotes smile_of(const tw_chain_quotes *q, size_t first, size_t n)
{
    return (tw_smile_quotes){
        n, q->T[first], q->forward[first], q->strike + first, q->vol + first, q->weight ? q->weight + first : NULL};
}

/* Where quotes of a slice are. */
static void set_range(tw_slice *s, const tw_smile_quotes *q)
{
    s->k_lo = INFINITY;
    s->k_hi = -INFINITY;
    for (size_t i = 0; i < q->n; i++) {
        if (!(q->strike[i] > 0.0 && q->vol[i] > 0.0)) continue;
        const double k = tw_log(q->strike[i] / q->forward);
        s->k_lo = fmin(s->k_lo, k);
        s->k_hi = fmax(s->k_hi, k);
    }
}

/* Fits a slice to each expiry that has quotes enough. */
static tw_status fit_slices(fit *f, tw_error *err)
{
    const tw_chain_quotes *q = f->quotes;
    const tw_svi_fit_options options = {f->options.robust, f->options.repair};
    for (size_t first = 0, next; first < q->n; first = next) {
        for (next = first + 1; next < q->n && q->T[next] == q->T[first];) next++;
        if (next < q->n && !(q->T[next] > q->T[first]))
            return tw_fail(err, TW_BAD_VALUE, "surface fit: expiries must ascend, got %g after %g", q->T[next],
                           q->T[first]);
        const tw_smile_quotes smile = smile_of(q, first, next - first);
        tw_slice *s = &f->slice[f->n];
        if (smile.n < LEAST_QUOTES) continue;
        const tw_status status = tw_svi_fit(f->ctx, &smile, &options, &s->svi, NULL, err);
        if (status == TW_NO_MEMORY) return status;
        if (status != TW_OK) continue;
        s->T = smile.T;
        s->forward = smile.forward;
        set_range(s, &smile);
        f->first[f->n] = first;
        f->count[f->n++] = smile.n;
    }
    if (f->n == 0)
        return tw_fail(err, TW_BAD_VALUE, "surface fit: no expiry has %d quotes with volatilities above 0",
                       LEAST_QUOTES);
    return TW_OK;
}

/* Raises slices that fall below the one before, within the strikes of both. */
static void repair_calendar(fit *f)
{
    for (size_t i = 1; i < f->n; i++) {
        const double less = tw_svi_calendar(&f->slice[i - 1].svi, &f->slice[i].svi, 3.0);
        if (less < 0.0) f->slice[i].svi.a -= less * (1.0 + 1e-9);
    }
}

/* ---------------------------------------------------------------- SSVI */

/* Free parameters: atanh rho, and logits of eta (1 + |rho|) / 2 and 2 gamma, which are in (0, 1). */
static tw_ssvi from_free(const double *x)
{
    const double rho = tw_tanh(x[0]), eta = 2.0 / (1.0 + fabs(rho)) / (1.0 + tw_exp(-x[1]));
    return (tw_ssvi){rho, eta, 0.5 / (1.0 + tw_exp(-x[2]))};
}

/* Adds what the quotes of slice i say to the normal equations. */
static void add_slice(const fit *f, size_t i, const tw_svi at[4], double h, double sums[13])
{
    const tw_smile_quotes q = smile_of(f->quotes, f->first[i], f->count[i]);
    for (size_t j = 0; j < q.n; j++) {
        if (!(q.vol[j] > 0.0 && q.strike[j] > 0.0)) continue;
        const double g = q.weight ? q.weight[j] : 1.0, vol = tw_svi_vol(&at[0], q.forward, q.strike[j], q.T);
        double J[3];
        for (int c = 0; c < 3; c++) J[c] = (tw_svi_vol(&at[c + 1], q.forward, q.strike[j], q.T) - vol) / h;
        sums[0] += g * (vol - q.vol[j]) * (vol - q.vol[j]);
        for (int c = 0; c < 3; c++) {
            sums[1 + c] += g * J[c] * (vol - q.vol[j]);
            for (int d = 0; d < 3; d++) sums[4 + 3 * c + d] += g * J[c] * J[d];
        }
    }
}

static bool ssvi_normal(void *arg, const double *x, double *cost, double *normal, double *gradient)
{
    const fit *f = arg;
    const double h = 1e-6;
    double sums[13] = {0};
    tw_ssvi way[4];
    for (int c = 0; c < 4; c++) {
        double y[3] = {x[0], x[1], x[2]};
        if (c) y[c - 1] += h;
        way[c] = from_free(y);
    }
    for (size_t i = 0; i < f->n; i++) {
        tw_svi at[4];
        for (int c = 0; c < 4; c++) at[c] = tw_ssvi_slice(&way[c], f->theta[i]);
        add_slice(f, i, at, h, sums);
    }
    *cost = sums[0];
    memcpy(gradient, sums + 1, 3 * sizeof *sums);
    memcpy(normal, sums + 4, 9 * sizeof *sums);
    return true;
}

/* One SSVI: variances at the money from the slices, then the three parameters by all quotes. */
static tw_status fit_ssvi(fit *f, tw_error *err)
{
    double best = INFINITY, x[3] = {0};
    for (size_t i = 0; i < f->n; i++) {
        const double w = tw_svi_variance(&f->slice[i].svi, 0.0, NULL, NULL);
        f->theta[i] = fmax(w, i ? f->theta[i - 1] * (1.0 + 1e-12) : 1e-12);
    }
    for (int start = 0; start < 4; start++) {
        double at[3] = {start % 2 ? 0.3 : -0.6, start < 2 ? 0.0 : 2.0, 0.5};
        int steps;
        bool done;
        const double cost = tw_marquardt_run(&(tw_marquardt){3, ssvi_normal, f, 60, 1e-13}, at, &steps, &done);
        if (!(cost < best)) continue;
        best = cost;
        memcpy(x, at, sizeof x);
    }
    if (!isfinite(best)) return tw_fail(err, TW_BAD_DATA, "surface fit: no SSVI gives these quotes a volatility");
    const tw_ssvi ssvi = from_free(x);
    for (size_t i = 0; i < f->n; i++) f->slice[i].svi = tw_ssvi_slice(&ssvi, f->theta[i]);
    return TW_OK;
}

/* ---------------------------------------------------------------- the call */

static double rmse_of(const fit *f, const tw_surface *surface)
{
    double sum = 0.0, weights = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        const tw_smile_quotes q = smile_of(f->quotes, f->first[i], f->count[i]);
        for (size_t j = 0; j < q.n; j++) {
            if (!(q.vol[j] > 0.0 && q.strike[j] > 0.0)) continue;
            const double g = q.weight ? q.weight[j] : 1.0,
                         w = tw_slice_at(surface, i, tw_log(q.strike[j] / q.forward)).w;
            const double off = sqrt(fmax(w, 0.0) / q.T) - q.vol[j];
            sum += g * off * off;
            weights += g;
        }
    }
    return sqrt(sum / weights);
}

static tw_status make(fit *f, tw_surface **surface, tw_surface_report *report, tw_error *err)
{
    TW_TRY(fit_slices(f, err));
    if (f->options.ssvi)
        TW_TRY(fit_ssvi(f, err));
    else if (f->options.repair)
        repair_calendar(f);
    TW_TRY(tw_surface_new(f->ctx, f->quotes->spot, f->n, f->slice, f->options.wing, surface, err));
    if (!report) return TW_OK;
    tw_surface_check(*surface, 3.0, report);
    report->rmse = rmse_of(f, *surface);
    return TW_OK;
}

tw_status tw_surface_fit(const tw_ctx *ctx, const tw_chain_quotes *quotes, const tw_surface_options *options,
                         tw_surface **surface, tw_surface_report *report, tw_error *err)
{
    fit f = {.ctx = ctx, .quotes = quotes};
    if (options) f.options = *options;
    if (quotes->n == 0 || !(quotes->spot > 0.0))
        return tw_fail(err, TW_BAD_VALUE, "surface fit: quotes and a spot above 0 are needed");
    f.slice = tw_new(ctx, quotes->n, sizeof *f.slice);
    f.first = tw_new(ctx, quotes->n, 2 * sizeof *f.first);
    f.theta = tw_new(ctx, quotes->n, sizeof *f.theta);
    const bool room = f.slice && f.first && f.theta;
    if (room) f.count = f.first + quotes->n;
    const tw_status status = room ? make(&f, surface, report, err) : tw_no_memory(err, "the quotes of a chain");
    tw_free(ctx, f.theta);
    tw_free(ctx, f.first);
    tw_free(ctx, f.slice);
    return status;
}

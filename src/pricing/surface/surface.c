/* SPDX-License-Identifier: Apache-2.0 */
/* surface.c - a surface of slices: splines, interpolation in time, what is beyond the quotes. */
#include "pricing/surface/surface.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- splines */

/* Arrays of a spline slice in the surface's memory: k, vol, w, the second slope of w, and one to work in. */
enum { SPLINE_ARRAYS = 5 };

static const double *spline_w(const tw_slice *s) { return s->vol + s->n; }
static const double *spline_bend(const tw_slice *s) { return s->vol + 2 * s->n; }

/* Second slopes of a natural cubic spline, by Thomas' elimination: its diagonal dominates. */
static void spline_make(size_t n, const double *x, const double *y, double *bend, double *upper)
{
    bend[0] = bend[n - 1] = upper[0] = 0.0;
    for (size_t i = 1; i + 1 < n; i++) {
        const double h0 = x[i] - x[i - 1], h1 = x[i + 1] - x[i];
        const double pivot = 2.0 * (h0 + h1) - h0 * upper[i - 1];
        upper[i] = h1 / pivot;
        bend[i] = (6.0 * ((y[i + 1] - y[i]) / h1 - (y[i] - y[i - 1]) / h0) - h0 * bend[i - 1]) / pivot;
    }
    for (size_t i = n - 1; i-- > 1;) bend[i] -= upper[i] * bend[i + 1];
}

/* The interval of k among n >= 2 nodes. */
static size_t interval(size_t n, const double *x, double k)
{
    size_t lo = 0, hi = n - 1;
    while (hi - lo > 1) {
        const size_t mid = (lo + hi) / 2;
        if (x[mid] <= k)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

static tw_curve_point spline_at(const tw_slice *s, double k)
{
    const double *w = spline_w(s), *bend = spline_bend(s);
    if (s->n == 1) return (tw_curve_point){w[0], 0.0, 0.0};
    const double at = fmin(fmax(k, s->k[0]), s->k[s->n - 1]);
    const size_t i = interval(s->n, s->k, at);
    const double h = s->k[i + 1] - s->k[i], v = (at - s->k[i]) / h, u = 1.0 - v, b0 = bend[i], b1 = bend[i + 1];
    tw_curve_point p = {u * w[i] + v * w[i + 1] + h * h / 6.0 * ((u * u * u - u) * b0 + (v * v * v - v) * b1),
                        (w[i + 1] - w[i]) / h + h / 6.0 * ((3.0 * v * v - 1.0) * b1 - (3.0 * u * u - 1.0) * b0),
                        u * b0 + v * b1};
    if (k == at) return p;
    /* Beyond its nodes total variance goes on along its slope, if by no more than 2 (Lee 2004) and not below 0. */
    const double out = k > at ? fmin(fmax(p.slope, 0.0), 2.0) : fmax(fmin(p.slope, 0.0), -2.0);
    return (tw_curve_point){p.w + out * (k - at), out, 0.0};
}

/* ---------------------------------------------------------------- slices */

static tw_curve_point svi_at(const tw_slice *s, double k)
{
    tw_curve_point p;
    p.w = tw_svi_variance(&s->svi, k, &p.slope, &p.bend);
    return p;
}

tw_curve_point tw_slice_at(const tw_surface *surface, size_t i, double k)
{
    const tw_slice *s = &surface->slice[i];
    const double lo = s->n ? s->k[0] : s->k_lo, hi = s->n ? s->k[s->n - 1] : s->k_hi;
    const bool inside = !(lo < hi || s->n) || (k >= lo && k <= hi);
    if (surface->wing == TW_WING_SLOPE || inside) return s->n ? spline_at(s, k) : svi_at(s, k);
    const double end = k < lo ? lo : hi;
    return (tw_curve_point){(s->n ? spline_at(s, end) : svi_at(s, end)).w, 0.0, 0.0};
}

/* First slice whose expiry is not before T; n when there is none. */
static size_t slice_after(const tw_surface *s, double T)
{
    size_t lo = 0, hi = s->n;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (s->slice[mid].T < T)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

tw_curve_point tw_surface_at(const tw_surface *s, double k, double T, double *by_T)
{
    const size_t after = slice_after(s, T), last = s->n - 1;
    if (after == 0 || after > last) {
        const size_t i = after ? last : 0;
        const tw_curve_point p = tw_slice_at(s, i, k);
        const double t = T / s->slice[i].T;
        if (by_T) *by_T = p.w / s->slice[i].T;
        return (tw_curve_point){t * p.w, t * p.slope, t * p.bend};
    }
    const tw_curve_point p = tw_slice_at(s, after - 1, k), q = tw_slice_at(s, after, k);
    const double T0 = s->slice[after - 1].T, span = s->slice[after].T - T0, v = (T - T0) / span, u = 1.0 - v;
    if (by_T) *by_T = (q.w - p.w) / span;
    return (tw_curve_point){u * p.w + v * q.w, u * p.slope + v * q.slope, u * p.bend + v * q.bend};
}

double tw_surface_vol(const tw_surface *s, double strike, double forward, double T)
{
    const double at = fmax(T, 1e-12), w = tw_surface_at(s, tw_log(strike / forward), at, NULL).w;
    return w >= 0.0 ? sqrt(w / at) : NAN;
}

void tw_surface_vols(const tw_surface *s, size_t n, const double *strike, const double *forward, const double *T,
                     double *vol)
{
    for (size_t i = 0; i < n; i++) vol[i] = tw_surface_vol(s, strike[i], forward[i], T[i]);
}

double tw_surface_forward(const tw_surface *s, double T)
{
    const size_t after = slice_after(s, T), i = after < s->n ? after : s->n - 1;
    const double T0 = i ? s->slice[i - 1].T : 0.0, F0 = i ? s->slice[i - 1].forward : s->spot;
    const double rate = tw_log(s->slice[i].forward / F0) / (s->slice[i].T - T0);
    return F0 * tw_exp(rate * (T - T0));
}

/* ---------------------------------------------------------------- new, free */

static tw_status check_slice(const tw_slice *s, size_t i, double before, tw_error *err)
{
    if (!(s->T > before && s->T <= 1000.0))
        return tw_fail(err, TW_BAD_VALUE, "surface: expiry %zu must be above %g and at most 1000, got %g", i, before,
                       s->T);
    if (!(s->forward > 0.0 && s->forward <= TW_PRICE_MAX))
        return tw_fail(err, TW_BAD_VALUE, "surface: the forward of expiry %zu must be above 0, got %g", i, s->forward);
    const tw_svi *v = &s->svi;
    if (s->n == 0 && !(isfinite(v->a) && v->b >= 0.0 && isfinite(v->b) && v->sigma >= 0.0 && isfinite(v->sigma) &&
                       fabs(v->rho) <= 1.0 && isfinite(v->m)))
        return tw_fail(err, TW_BAD_VALUE, "surface: the SVI parameters of expiry %zu are no slice", i);
    for (size_t j = 0; j < s->n; j++) {
        if (!(isfinite(s->k[j]) && (j == 0 || s->k[j] > s->k[j - 1])))
            return tw_fail(err, TW_BAD_VALUE, "surface: log-moneyness %zu of expiry %zu must ascend, got %g", j, i,
                           s->k[j]);
        if (!(s->vol[j] >= 0.0 && s->vol[j] < 1e6))
            return tw_fail(err, TW_BAD_VALUE, "surface: volatility %zu of expiry %zu must be 0 or more, got %g", j, i,
                           s->vol[j]);
    }
    return TW_OK;
}

/* Copies a slice's nodes to `memory` and makes its spline; returns the memory behind it. */
static double *take_nodes(tw_slice *s, double *memory)
{
    const size_t n = s->n;
    double *k = memory, *vol = k + n, *w = vol + n, *bend = w + n;
    if (n == 0) return memory;
    memcpy(k, s->k, n * sizeof *k);
    memcpy(vol, s->vol, n * sizeof *vol);
    for (size_t j = 0; j < n; j++) w[j] = vol[j] * vol[j] * s->T;
    spline_make(n, k, w, bend, bend + n);
    s->k = k;
    s->vol = vol;
    return memory + SPLINE_ARRAYS * n;
}

tw_status tw_surface_new(const tw_ctx *ctx, double spot, size_t n, const tw_slice *slices, tw_wing wing,
                         tw_surface **surface, tw_error *err)
{
    size_t nodes = 0;
    if (n == 0 || !(spot > 0.0)) return tw_fail(err, TW_BAD_VALUE, "surface: a spot above 0 and expiries are needed");
    for (size_t i = 0; i < n; i++) {
        TW_TRY(check_slice(&slices[i], i, i ? slices[i - 1].T : 0.0, err));
        if (slices[i].n > SIZE_MAX / 64 - nodes) return tw_fail(err, TW_TOO_LARGE, "surface: too many nodes");
        nodes += slices[i].n;
    }
    tw_surface *s = tw_new(ctx, 1, sizeof *s);
    if (!s) return tw_no_memory(err, "a surface");
    *s = (tw_surface){.ctx = ctx, .n = n, .spot = spot, .wing = wing};
    s->slice = tw_new(ctx, n, sizeof *s->slice);
    s->memory = tw_new(ctx, SPLINE_ARRAYS * nodes + 1, sizeof *s->memory);
    if (!s->slice || !s->memory) {
        tw_surface_free(s);
        return tw_no_memory(err, "the slices of a surface");
    }
    memcpy(s->slice, slices, n * sizeof *slices);
    double *memory = s->memory;
    for (size_t i = 0; i < n; i++) memory = take_nodes(&s->slice[i], memory);
    *surface = s;
    return TW_OK;
}

void tw_surface_free(tw_surface *s)
{
    if (!s) return;
    tw_free(s->ctx, s->memory);
    tw_free(s->ctx, s->slice);
    tw_free(s->ctx, s);
}

size_t tw_surface_slices(const tw_surface *s) { return s->n; }

tw_slice tw_surface_slice(const tw_surface *s, size_t i) { return s->slice[i]; }

/* ---------------------------------------------------------------- arbitrage */

/* Durrleman's g from a point of the curve. */
static double g_of(double k, tw_curve_point p)
{
    const double lean = 1.0 - 0.5 * k * p.slope / p.w;
    return lean * lean - 0.25 * p.slope * p.slope * (1.0 / p.w + 0.25) + 0.5 * p.bend;
}

void tw_surface_check(const tw_surface *s, double reach, tw_surface_report *r)
{
    enum { POINTS = 400 };
    *r = (tw_surface_report){.rmse = NAN, .least_g = INFINITY, .least_step = INFINITY};
    for (size_t i = 0; i < s->n; i++) {
        double g_least = INFINITY, step_least = INFINITY;
        for (int j = 0; j <= POINTS; j++) {
            const double t = 2.0 * j / POINTS - 1.0, k = reach * t * fabs(t); /* closer at the money */
            const tw_curve_point p = tw_slice_at(s, i, k);
            const double g = g_of(k, p), step = i ? p.w - tw_slice_at(s, i - 1, k).w : p.w;
            g_least = fmin(g_least, isnan(g) ? -INFINITY : g);
            step_least = fmin(step_least, step);
            if (g < r->least_g) {
                r->least_g = g;
                r->g_T = s->slice[i].T;
                r->g_k = k;
            }
            if (step < r->least_step) {
                r->least_step = step;
                r->step_T = s->slice[i].T;
                r->step_k = k;
            }
        }
        r->butterfly += g_least < 0.0;
        r->calendar += step_least < 0.0;
    }
}

/* ---------------------------------------------------------------- local volatility */

double tw_local_vol(const tw_surface *s, double S, double t, tw_local_code *code)
{
    static const double FLOOR = 1e-3, CAP = 10.0;
    const double at = fmax(t, 1e-6), k = tw_log(S / tw_surface_forward(s, at));
    double by_T;
    const tw_curve_point p = tw_surface_at(s, k, at, &by_T);
    const double variance = by_T / g_of(k, p), vol = sqrt(variance);
    const bool fine = variance >= FLOOR * FLOOR && p.w > 0.0;
    if (code) *code = !fine ? TW_LOCAL_FLOORED : vol > CAP ? TW_LOCAL_CAPPED : TW_LOCAL_OK;
    return !fine ? FLOOR : fmin(vol, CAP);
}

size_t tw_local_vol_grid(const tw_surface *s, size_t n_S, const double *S, size_t n_t, const double *t, double *vol)
{
    size_t bad = 0;
    for (size_t j = 0; j < n_t; j++)
        for (size_t i = 0; i < n_S; i++) {
            tw_local_code code;
            vol[j * n_S + i] = tw_local_vol(s, S[i], t[j], &code);
            bad += code != TW_LOCAL_OK;
        }
    return bad;
}

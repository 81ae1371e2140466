/* SPDX-License-Identifier: Apache-2.0 */
/* sabr.c - Hagan's expansion of the SABR model (Hagan, Kumar, Lesniewski and Woodward 2002), and what it takes to use
 * it: the alpha of a volatility at the money, a fit, and where its density is negative. */
#include "tradewind/surface.h"

#include "pricing/surface/marquardt.h"
#include "tradewind/num.h"

#include <math.h>

/* z / x(z), x(z) = ln((sqrt(1 - 2 rho z + z^2) + z - rho) / (1 - rho)). The fraction is also
 * (1 + rho) / (sqrt(...) - z + rho): of the two the one that does not cancel, so that rho may be -1 or 1. */
static double smile(double z, double rho)
{
    if (fabs(z) < 1e-8) return 1.0 - 0.5 * rho * z;
    const double root = sqrt(fmax(1.0 - 2.0 * rho * z + z * z, 0.0)), less = z * (z - 2.0 * rho) / (root + 1.0);
    const double more = z > rho ? (less + z) / (1.0 - rho) : (z - less) / (root - z + rho);
    return z / tw_log1p(more);
}

/* What time adds, as a factor: leading is the curvature term. */
static double time_factor(const tw_sabr *s, double leading, double power, double T)
{
    const double mixed = 0.25 * s->rho * s->beta * s->nu * s->alpha / power;
    return 1.0 + T * (leading + mixed + (2.0 - 3.0 * s->rho * s->rho) / 24.0 * s->nu * s->nu);
}

double tw_sabr_vol(const tw_sabr *s, double forward, double strike, double T)
{
    const double F = forward + s->shift, K = strike + s->shift, omb = 1.0 - s->beta;
    if (!(F > 0.0 && K > 0.0)) return NAN;
    const double ln = tw_log(F / K), power = tw_exp(0.5 * omb * (tw_log(F) + tw_log(K))), q = omb * omb * ln * ln;
    const double z = s->alpha > 0.0 ? s->nu / s->alpha * power * ln : 0.0;
    const double spread = power * (1.0 + q / 24.0 + q * q / 1920.0);
    const double leading = omb * omb / 24.0 * s->alpha * s->alpha / (power * power);
    return s->alpha / spread * smile(z, s->rho) * time_factor(s, leading, power, T);
}

/* beta 0: the expansion in F - K, which needs no sign. */
static double normal_model(const tw_sabr *s, double forward, double strike, double T)
{
    const double z = s->alpha > 0.0 ? s->nu / s->alpha * (forward - strike) : 0.0;
    return s->alpha * smile(z, s->rho) * time_factor(s, 0.0, 1.0, T);
}

double tw_sabr_normal_vol(const tw_sabr *s, double forward, double strike, double T)
{
    const double F = forward + s->shift, K = strike + s->shift, omb = 1.0 - s->beta;
    if (s->beta == 0.0) return normal_model(s, forward, strike, T);
    if (!(F > 0.0 && K > 0.0)) return NAN;
    const double ln = tw_log(F / K), mean = tw_log(F) + tw_log(K), power = tw_exp(0.5 * omb * mean);
    const double l2 = ln * ln, q = omb * omb * l2, z = s->alpha > 0.0 ? s->nu / s->alpha * power * ln : 0.0;
    const double spread = (1.0 + l2 / 24.0 + l2 * l2 / 1920.0) / (1.0 + q / 24.0 + q * q / 1920.0);
    const double leading = -s->beta * (2.0 - s->beta) / 24.0 * s->alpha * s->alpha / (power * power);
    return s->alpha * tw_exp(0.5 * s->beta * mean) * spread * smile(z, s->rho) * time_factor(s, leading, power, T);
}

double tw_sabr_alpha(const tw_sabr *s, double atm_vol, double forward, double T)
{
    /* A cubic in alpha, rising up to its root of use: that is between the last too low and the first too high. */
    const double F = forward + s->shift;
    if (!(F > 0.0 && atm_vol > 0.0)) return NAN;
    tw_sabr at = *s;
    double lo = 0.0, hi = atm_vol * tw_exp((1.0 - s->beta) * tw_log(F));
    at.alpha = hi;
    while (tw_sabr_vol(&at, forward, forward, T) < atm_vol) {
        lo = hi;
        hi *= 1.25;
        at.alpha = hi;
        if (hi > 1e6 * atm_vol * fmax(F, 1.0)) return NAN;
    }
    for (int i = 0; i < 100 && hi - lo > 1e-16 * hi; i++) {
        at.alpha = 0.5 * (lo + hi);
        if (tw_sabr_vol(&at, forward, forward, T) < atm_vol)
            lo = at.alpha;
        else
            hi = at.alpha;
    }
    return 0.5 * (lo + hi);
}

/* ---------------------------------------------------------------- density */

/* Undiscounted put on forward + shift: below the forward it is small, and its second differences keep their digits. */
static double put(const tw_sabr *s, double forward, double strike, double T)
{
    const double F = forward + s->shift, K = strike + s->shift, sd = tw_sabr_vol(s, forward, strike, T) * sqrt(T);
    if (!(sd > 0.0)) return fmax(K - F, 0.0);
    const double d = tw_log(F / K) / sd + 0.5 * sd;
    return K * tw_norm_cdf(sd - d) - F * tw_norm_cdf(-d);
}

/* Density at a strike, by second differences over a step small beside the smile and large beside rounding. */
static double density(const tw_sabr *s, double forward, double strike, double T)
{
    const double h = 1e-3 * (strike + s->shift);
    return (put(s, forward, strike + h, T) - 2.0 * put(s, forward, strike, T) + put(s, forward, strike - h, T)) /
           (h * h);
}

double tw_sabr_arbitrage(const tw_sabr *s, double forward, double T)
{
    /* Upwards in logarithms: rounding must not pass for a density below 0 where there is hardly any. */
    enum { POINTS = 400 };
    const double F = forward + s->shift;
    double found = 0.0;
    if (!(F > 0.0 && T > 0.0)) return 0.0;
    for (int i = 0; i <= POINTS; i++) {
        const double K = F * tw_exp(-6.907755278982137 * (1.0 - (double)i / POINTS)); /* ln 1000 */
        if (density(s, forward, K - s->shift, T) * F < -1e-8) found = K;
    }
    return found > 0.0 ? found - s->shift : 0.0;
}

/* ---------------------------------------------------------------- fit */

typedef struct sabr_fit {
    const tw_smile_quotes *quotes;
    tw_sabr sabr;
} sabr_fit;

/* Free parameters: ln alpha, ln nu, atanh rho. */
static tw_sabr from_free(const sabr_fit *f, const double *x)
{
    tw_sabr s = f->sabr;
    s.alpha = tw_exp(x[0]);
    s.nu = tw_exp(x[1]);
    s.rho = tw_tanh(x[2]);
    return s;
}

static bool usable(const tw_smile_quotes *q, const tw_sabr *s, size_t i)
{
    return q->vol[i] > 0.0 && isfinite(q->vol[i]) && q->strike[i] + s->shift > 0.0 && isfinite(q->strike[i]) &&
           (!q->weight || q->weight[i] > 0.0);
}

static bool sabr_normal(void *arg, const double *x, double *cost, double *normal, double *gradient)
{
    const sabr_fit *f = arg;
    const tw_smile_quotes *q = f->quotes;
    tw_sabr up[3], s = from_free(f, x);
    const double h = 1e-6;
    for (int c = 0; c < 3; c++) {
        double y[3] = {x[0], x[1], x[2]};
        y[c] += h;
        up[c] = from_free(f, y);
    }
    *cost = 0.0;
    for (size_t i = 0; i < q->n; i++) {
        if (!usable(q, &s, i)) continue;
        const double w = q->weight ? q->weight[i] : 1.0, at = tw_sabr_vol(&s, q->forward, q->strike[i], q->T);
        double J[3];
        for (int c = 0; c < 3; c++) J[c] = (tw_sabr_vol(&up[c], q->forward, q->strike[i], q->T) - at) / h;
        *cost += w * (at - q->vol[i]) * (at - q->vol[i]);
        for (int c = 0; c < 3; c++) {
            gradient[c] += w * J[c] * (at - q->vol[i]);
            for (int d = 0; d < 3; d++) normal[3 * c + d] += w * J[c] * J[d];
        }
    }
    return true;
}

/* Volatility of the quote next to the forward. */
static double near_money(const tw_smile_quotes *q, const tw_sabr *s)
{
    double best = INFINITY, vol = NAN;
    for (size_t i = 0; i < q->n; i++) {
        if (!usable(q, s, i) || fabs(q->strike[i] - q->forward) >= best) continue;
        best = fabs(q->strike[i] - q->forward);
        vol = q->vol[i];
    }
    return vol;
}

tw_status tw_sabr_fit(const tw_smile_quotes *q, tw_sabr *sabr, tw_fit_report *report, tw_error *err)
{
    sabr_fit f = {q, *sabr};
    size_t n = 0;
    double weights = 0.0, best = INFINITY, x[3] = {0}, at[3];
    for (size_t i = 0; i < q->n; i++) {
        if (!usable(q, sabr, i)) continue;
        n++;
        weights += q->weight ? q->weight[i] : 1.0;
    }
    if (n < 3 || !(q->forward + sabr->shift > 0.0) || !(q->T > 0.0))
        return tw_fail(err, TW_BAD_VALUE, "sabr fit: 3 quotes, a forward and an expiry above 0 are needed, got %zu", n);
    const double level = tw_log(near_money(q, sabr)) + (1.0 - sabr->beta) * tw_log(q->forward + sabr->shift);
    const tw_marquardt problem = {3, sabr_normal, &f, 60, 1e-14};
    tw_fit_report of = {0};
    for (int start = 0; start < 6; start++) {
        int steps;
        bool done;
        const double first[3] = {level, start < 3 ? -0.7 : 0.7, 0.6 * (start % 3 - 1)};
        for (int c = 0; c < 3; c++) at[c] = first[c];
        const double cost = tw_marquardt_run(&problem, at, &steps, &done);
        of.iterations += steps;
        if (cost >= best * (1.0 - 1e-9)) continue;
        best = cost;
        of.converged = done;
        for (int c = 0; c < 3; c++) x[c] = at[c];
    }
    if (!isfinite(best)) return tw_fail(err, TW_BAD_DATA, "sabr fit: no parameters give these %zu quotes a value", n);
    *sabr = from_free(&f, x);
    of.rmse = sqrt(best / weights);
    if (report) *report = of;
    return TW_OK;
}

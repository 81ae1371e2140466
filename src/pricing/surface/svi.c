/* SPDX-License-Identifier: Apache-2.0 */
/* svi.c - the forms of an SVI slice, and its arbitrage (Gatheral 2004, Gatheral and Jacquier 2014). */
#include "tradewind/surface.h"

#include "tradewind/num.h"

#include <math.h>

double tw_svi_variance(const tw_svi *s, double k, double *slope, double *bend)
{
    const double x = k - s->m, root = sqrt(x * x + s->sigma * s->sigma);
    if (slope) *slope = s->b * (s->rho + (root > 0.0 ? x / root : 0.0));
    if (bend) *bend = root > 0.0 ? s->b * (s->sigma / root) * (s->sigma / root) / root : 0.0;
    return s->a + s->b * (s->rho * x + root);
}

double tw_svi_vol(const tw_svi *s, double forward, double strike, double T)
{
    const double w = tw_svi_variance(s, tw_log(strike / forward), NULL, NULL);
    return w >= 0.0 ? sqrt(w / T) : NAN;
}

/* ---------------------------------------------------------------- forms */

tw_svi_natural tw_svi_to_natural(const tw_svi *s)
{
    const double c = sqrt(1.0 - s->rho * s->rho), omega = 2.0 * s->b * s->sigma / c;
    return (tw_svi_natural){s->a - 0.5 * omega * c * c, s->m + s->rho * s->sigma / c, s->rho, omega, c / s->sigma};
}

tw_svi tw_svi_from_natural(const tw_svi_natural *n)
{
    const double c = sqrt(1.0 - n->rho * n->rho);
    return (tw_svi){n->level + 0.5 * n->omega * c * c, 0.5 * n->omega * n->zeta, c / n->zeta, n->rho,
                    n->mu - n->rho / n->zeta};
}

tw_svi_wings tw_svi_to_wings(const tw_svi *s, double T)
{
    const double root = sqrt(s->m * s->m + s->sigma * s->sigma), w = s->a + s->b * (root - s->rho * s->m);
    const double per = s->b / sqrt(w);
    return (tw_svi_wings){w / T, 0.5 * per * (s->rho - s->m / root), per * (1.0 - s->rho), per * (1.0 + s->rho),
                          (s->a + s->b * s->sigma * sqrt(1.0 - s->rho * s->rho)) / T};
}

tw_svi tw_svi_from_wings(const tw_svi_wings *j, double T)
{
    const double w = j->v * T, root = sqrt(w), b = 0.5 * root * (j->c + j->p), rho = 1.0 - j->p * root / b;
    const double across = sqrt(1.0 - rho * rho), beta = rho - 2.0 * j->psi * root / b; /* m / sqrt(m^2 + sigma^2) */
    /* With m = t sqrt(m^2 + sigma^2): w - least is b sqrt(m^2 + sigma^2) (1 - rho t - across sqrt(1 - t^2)). */
    const double t = fmin(fmax(beta, -1.0), 1.0), height = 1.0 - rho * t - across * sqrt(1.0 - t * t);
    const double size = (w - j->v_least * T) / (b * height), sigma = size * sqrt(1.0 - t * t);
    return (tw_svi){j->v_least * T - b * sigma * across, b, sigma, rho, size * t};
}

/* ---------------------------------------------------------------- arbitrage */

double tw_svi_g(const tw_svi *s, double k)
{
    double d, dd;
    const double w = tw_svi_variance(s, k, &d, &dd), lean = 1.0 - 0.5 * k * d / w;
    return lean * lean - 0.25 * d * d * (1.0 / w + 0.25) + 0.5 * dd;
}

enum { LOOKS = 256 };

/* Places to look at: close around the vertex, wide apart in the wings. */
static double look(const tw_svi *s, double reach, int i)
{
    const double t = 2.0 * i / LOOKS - 1.0, width = fmax(s->sigma, 1e-4);
    const double k = s->m + width * tw_sinh(t * tw_log1p(2.0 * (reach + fabs(s->m)) / width));
    return fmin(fmax(k, -reach), reach);
}

/* The zero of g between two places. */
static double zero_between(const tw_svi *s, double lo, double hi)
{
    const bool up = tw_svi_g(s, hi) > 0.0;
    for (int i = 0; i < 60; i++) {
        const double mid = 0.5 * (lo + hi);
        if ((tw_svi_g(s, mid) > 0.0) == up)
            hi = mid;
        else
            lo = mid;
    }
    return 0.5 * (lo + hi);
}

size_t tw_svi_butterfly(const tw_svi *s, double reach, double *least, double *zeros, size_t room)
{
    size_t n = 0;
    double k = look(s, reach, 0), g = tw_svi_g(s, k), lowest = g;
    for (int i = 1; i <= LOOKS; i++) {
        const double next = look(s, reach, i), now = tw_svi_g(s, next);
        if ((now > 0.0) != (g > 0.0)) {
            if (zeros && n < room) zeros[n] = zero_between(s, k, next);
            n++;
        }
        lowest = now < lowest || isnan(now) ? now : lowest;
        k = next;
        g = now;
    }
    if (least) *least = lowest;
    return n;
}

static double rise(const tw_svi *earlier, const tw_svi *later, double k)
{
    return tw_svi_variance(later, k, NULL, NULL) - tw_svi_variance(earlier, k, NULL, NULL);
}

/* Least rise between two places, by thirds. */
static double least_between(const tw_svi *earlier, const tw_svi *later, double lo, double hi)
{
    for (int i = 0; i < 60; i++) {
        const double a = lo + (hi - lo) / 3.0, b = hi - (hi - lo) / 3.0;
        if (rise(earlier, later, a) < rise(earlier, later, b))
            hi = b;
        else
            lo = a;
    }
    return rise(earlier, later, 0.5 * (lo + hi));
}

double tw_svi_calendar(const tw_svi *earlier, const tw_svi *later, double reach)
{
    const tw_svi *of[2] = {earlier, later};
    double least = INFINITY;
    for (int c = 0; c < 2; c++) {
        int at = 0;
        double lowest = INFINITY;
        for (int i = 0; i <= LOOKS; i++) {
            const double now = rise(earlier, later, look(of[c], reach, i));
            if (now < lowest) {
                lowest = now;
                at = i;
            }
        }
        const double lo = look(of[c], reach, at ? at - 1 : 0), hi = look(of[c], reach, at < LOOKS ? at + 1 : LOOKS);
        least = fmin(least, fmin(lowest, least_between(earlier, later, lo, hi)));
    }
    return least;
}

static bool clean(const tw_svi *s, double reach)
{
    double least;
    tw_svi_butterfly(s, reach, &least, NULL, 0);
    return least >= 0.0;
}

bool tw_svi_repair(tw_svi *s, double T, double reach)
{
    if (clean(s, reach)) return false;
    /* The wings' slope and least variance that are known to be free of it (their section 5.1), and of the way there as
     * little as it takes. */
    const tw_svi_wings from = tw_svi_to_wings(s, T);
    const double c = from.p + 2.0 * from.psi, sum = from.p + c, least = from.v * 4.0 * from.p * c / (sum * sum);
    if (!(c > 0.0) || !isfinite(least)) return false;
    double lo = 0.0, hi = 1.0;
    for (int i = 0; i < 40; i++) {
        const double t = i ? 0.5 * (lo + hi) : 1.0;
        tw_svi_wings at = from;
        at.c += t * (c - from.c);
        at.v_least += t * (least - from.v_least);
        const tw_svi now = tw_svi_from_wings(&at, T);
        if (clean(&now, reach))
            hi = t;
        else
            lo = t;
    }
    tw_svi_wings to = from;
    to.c += hi * (c - from.c);
    to.v_least += hi * (least - from.v_least);
    *s = tw_svi_from_wings(&to, T);
    return true;
}

tw_svi tw_ssvi_slice(const tw_ssvi *s, double theta)
{
    const double phi = s->eta / (tw_exp(s->gamma * tw_log(theta) + (1.0 - s->gamma) * tw_log1p(theta)));
    return tw_svi_from_natural(&(tw_svi_natural){0.0, 0.0, s->rho, theta, phi});
}

/* SPDX-License-Identifier: Apache-2.0 */
/* bivariate.c - the bivariate normal distribution, after Genz, "Numerical computation of rectangular bivariate and
 * trivariate normal and t probabilities", Statistics and Computing 14 (2004): Gauss-Legendre over the angle for
 * moderate correlations, and for strong ones what is left beside the degenerate case. */
#include "pricing/closed/formulas.h"

#include "tradewind/num.h"

#include <math.h>

#define TWO_PI 6.283185307179586

/* Genz's h, k (upper limits with their signs turned) and correlation. */
typedef struct corner {
    double h, k, r;
} corner;

static double moderate(corner c)
{
    const double square = 0.5 * (c.h * c.h + c.k * c.k), angle = asin(c.r);
    double sum = 0.0;
    for (int i = 0; i < TW_GAUSS_HALF; i++)
        for (int side = -1; side <= 1; side += 2) {
            const double sine = tw_sin(0.5 * angle * (1.0 + side * tw_gauss_node[i]));
            sum += tw_gauss_weight[i] * tw_exp((sine * c.h * c.k - square) / (1.0 - sine * sine));
        }
    return sum * angle / (2.0 * TWO_PI) + tw_norm_cdf(-c.h) * tw_norm_cdf(-c.k);
}

/* Genz's integrand at x of (0, 2 a) less the terms that are integrated exactly. */
static double remainder_at(double x, double bs, double hk, double c, double d)
{
    const double xs = x * x, root = sqrt(1.0 - xs), power = -0.5 * (bs / xs + hk);
    if (power <= -100.0) return 0.0;
    const double full = tw_exp(-0.5 * hk * xs / ((1.0 + root) * (1.0 + root))) / root;
    return tw_exp(power) * (full - (1.0 + c * xs * (1.0 + d * xs)));
}

static double remainder_of(double h, double k, double r)
{
    const double hk = h * k, as = (1.0 - r) * (1.0 + r), a = sqrt(as), bs = (h - k) * (h - k);
    const double c = (4.0 - hk) / 8.0, d = (12.0 - hk) / 16.0, power = -0.5 * (bs / as + hk);
    double sum = 0.0;
    if (power > -100.0)
        sum = a * tw_exp(power) * (1.0 - c * (bs - as) * (1.0 - d * bs / 5.0) / 3.0 + c * d * as * as / 5.0);
    if (hk > -100.0) {
        const double b = sqrt(bs);
        sum -= tw_exp(-0.5 * hk) * sqrt(TWO_PI) * tw_norm_cdf(-b / a) * b * (1.0 - c * bs * (1.0 - d * bs / 5.0) / 3.0);
    }
    for (int i = 0; i < TW_GAUSS_HALF; i++)
        for (int side = -1; side <= 1; side += 2)
            sum += 0.5 * a * tw_gauss_weight[i] * remainder_at(0.5 * a * (1.0 + side * tw_gauss_node[i]), bs, hk, c, d);
    return -sum / TWO_PI;
}

static double strong(corner c)
{
    const double k = c.r < 0.0 ? -c.k : c.k;
    const double rest = fabs(c.r) < 1.0 ? remainder_of(c.h, k, fabs(c.r)) : 0.0;
    if (c.r > 0.0) return rest + tw_norm_cdf(-fmax(c.h, k));
    const double band = c.h < 0.0 ? tw_norm_cdf(k) - tw_norm_cdf(c.h) : tw_norm_cdf(-c.h) - tw_norm_cdf(-k);
    return (k > c.h ? band : 0.0) - rest;
}

double tw_bivariate_cdf(double x, double y, double correlation)
{
    if (x == -INFINITY || y == -INFINITY) return 0.0;
    if (x == INFINITY) return tw_norm_cdf(y);
    if (y == INFINITY) return tw_norm_cdf(x);
    const corner c = {-x, -y, correlation};
    return fmin(fmax(fabs(correlation) < 0.925 ? moderate(c) : strong(c), 0.0), 1.0);
}

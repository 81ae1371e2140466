/* SPDX-License-Identifier: Apache-2.0 */
/* Gauss-Legendre points by Newton's method on the Legendre polynomials (Abramowitz and Stegun 25.4.29). */
#include "learn/explain/shap.h"
#include "tradewind/num.h"

enum { STEPS = 8 };

/* P_n(x), and its derivative. */
static double legendre(size_t n, double x, double *slope)
{
    double before = 1, p = x;
    for (size_t k = 2; k <= n; k++) {
        const double next = ((2 * (double)k - 1) * x * p - ((double)k - 1) * before) / (double)k;
        before = p;
        p = next;
    }
    *slope = (double)n * (x * p - before) / (x * x - 1);
    return p;
}

void tw_gauss_legendre(size_t n, double *point, double *weight)
{
    const double pi = 3.14159265358979323846;
    for (size_t i = 0; i < n; i++) {
        double slope, x = tw_cos(pi * ((double)i + 0.75) / ((double)n + 0.5));
        for (int step = 0; step < STEPS; step++) x -= legendre(n, x, &slope) / slope;
        (void)legendre(n, x, &slope);
        point[i] = (1 + x) / 2;
        weight[i] = 1 / ((1 - x * x) * slope * slope);
    }
}

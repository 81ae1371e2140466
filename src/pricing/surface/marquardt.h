/* SPDX-License-Identifier: Apache-2.0 */
/* marquardt.h - small nonlinear least squares by Levenberg (1944) and Marquardt (1963). */
#ifndef TW_PRICING_MARQUARDT_H
#define TW_PRICING_MARQUARDT_H

#include <stdbool.h>
#include <stddef.h>

enum { TW_MARQUARDT_MAX = 8 };

/* Sums of squared residuals, J'J (row-major n x n) and J'r at x; false where x makes no sense. */
typedef bool tw_marquardt_fn(void *arg, const double *x, double *cost, double *normal, double *gradient);

typedef struct tw_marquardt {
    size_t n;
    tw_marquardt_fn *fn;
    void *arg;
    int iterations;   /* at most */
    double tolerance; /* relative fall of the cost that ends it */
} tw_marquardt;

/* Moves x to a local minimum. Returns the cost; `steps` gets the number of evaluations, `done` whether it stood. */
double tw_marquardt_run(const tw_marquardt *problem, double *x, int *steps, bool *done);

#endif

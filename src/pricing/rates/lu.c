/* SPDX-License-Identifier: Apache-2.0 */
/* lu.c - elimination with partial pivoting. */
#include "pricing/rates/lu.h"

#include <math.h>

static size_t pivot_row(size_t n, const double *a, size_t k)
{
    size_t best = k;
    for (size_t i = k + 1; i < n; i++)
        if (fabs(a[i * n + k]) > fabs(a[best * n + k])) best = i;
    return best;
}

static void swap_rows(size_t n, double *a, size_t *order, size_t i, size_t k)
{
    for (size_t j = 0; j < n && i != k; j++) {
        const double x = a[i * n + j];
        a[i * n + j] = a[k * n + j];
        a[k * n + j] = x;
    }
    const size_t o = order[i];
    order[i] = order[k];
    order[k] = o;
}

bool tw_lu_factor(size_t n, double *a, size_t *order)
{
    for (size_t i = 0; i < n; i++) order[i] = i;
    for (size_t k = 0; k < n; k++) {
        swap_rows(n, a, order, pivot_row(n, a, k), k);
        const double pivot = a[k * n + k];
        if (!isfinite(pivot) || !(fabs(pivot) > 0)) return false;
        for (size_t i = k + 1; i < n; i++) {
            const double factor = a[i * n + k] / pivot;
            a[i * n + k] = factor;
            for (size_t j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
        }
    }
    return true;
}

void tw_lu_solve(size_t n, const double *a, const size_t *order, const double *b, double *x)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = b[order[i]];
        for (size_t j = 0; j < i; j++) x[i] -= a[i * n + j] * x[j];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) x[i] -= a[i * n + j] * x[j];
        x[i] /= a[i * n + i];
    }
}

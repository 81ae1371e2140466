/* SPDX-License-Identifier: Apache-2.0 */
/* linear.c - Cholesky factor and least squares of small dense matrices (Golub and Van Loan, 4th ed., 4.2 and 5.3). */
#include <math.h>

#include "tradewind/num.h"

/* a[i][j] less the products of rows i and j before column j. */
static double reduced(size_t n, const double *a, size_t i, size_t j)
{
    double s = a[i * n + j];
    for (size_t k = 0; k < j; k++) s -= a[i * n + k] * a[j * n + k];
    return s;
}

tw_status tw_cholesky(size_t n, double *a, tw_error *err)
{
    for (size_t j = 0; j < n; j++) {
        const double size = fabs(a[j * n + j]), pivot = reduced(n, a, j, j);
        /* What is left of a diagonal after cancelling to its last bits carries no information. */
        if (!(pivot > (double)n * 0x1p-53 * size))
            return tw_fail(err, TW_SINGULAR, "cholesky: the matrix is not positive definite: pivot %zu of %zu is %g",
                           j + 1, n, pivot);
        const double diagonal = sqrt(pivot);
        a[j * n + j] = diagonal;
        for (size_t i = j + 1; i < n; i++) a[i * n + j] = reduced(n, a, i, j) / diagonal;
    }
    return TW_OK;
}

void tw_cholesky_solve(size_t n, const double *l, double *b)
{
    for (size_t i = 0; i < n; i++) {
        double s = b[i];
        for (size_t k = 0; k < i; k++) s -= l[i * n + k] * b[k];
        b[i] = s / l[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        double s = b[i];
        for (size_t k = i + 1; k < n; k++) s -= l[k * n + i] * b[k];
        b[i] = s / l[i * n + i];
    }
}

/* ---------------------------------------------------------------- least squares */

/* Norm of column j from row `first` on, scaled against overflow. */
static double column_norm(const double *a, size_t m, size_t n, size_t first, size_t j)
{
    double largest = 0.0, s = 0.0;
    for (size_t i = first; i < m; i++) largest = fmax(largest, fabs(a[i * n + j]));
    if (!(largest > 0.0) || !isfinite(largest)) return largest;
    for (size_t i = first; i < m; i++) s += (a[i * n + j] / largest) * (a[i * n + j] / largest);
    return largest * sqrt(s);
}

/* A matrix whose column k, from row k on, holds a reflector v scaled so that v'v = 2 v[k]. */
typedef struct reflector {
    const double *a;
    size_t m, n, k;
} reflector;

/* y -= v (v'y) / v[k], y a column with a stride. */
static void reflect(const reflector *v, double *y, size_t stride)
{
    const double *column = v->a + v->k;
    double s = 0.0;
    for (size_t i = v->k; i < v->m; i++) s += column[i * v->n] * y[i * stride];
    s /= column[v->k * v->n];
    for (size_t i = v->k; i < v->m; i++) y[i * stride] -= s * column[i * v->n];
}

/* One Householder step on column k; returns the diagonal of R, 0 when the rest of the column vanishes. */
static double eliminate(double *a, double *b, size_t m, size_t n, size_t k)
{
    const double norm = column_norm(a, m, n, k, k);
    if (!(norm > 0.0) || !isfinite(norm)) return norm;
    const double beta = a[k * n + k] > 0.0 ? -norm : norm;
    for (size_t i = k; i < m; i++) a[i * n + k] /= -beta;
    a[k * n + k] += 1.0;
    const reflector v = {a, m, n, k};
    for (size_t j = k + 1; j < n; j++) reflect(&v, a + j, n);
    reflect(&v, b, 1);
    return beta;
}

/* x from R x = Q'b, with R on and above the diagonal of a. */
static void back_substitute(const double *a, double *b, size_t n)
{
    for (size_t k = n; k-- > 0;) {
        double s = b[k];
        for (size_t j = k + 1; j < n; j++) s -= a[k * n + j] * b[j];
        b[k] = s / a[k * n + k];
    }
}

tw_status tw_least_squares(size_t m, size_t n, double *a, double *b, tw_error *err)
{
    if (m < n)
        return tw_fail(err, TW_BAD_VALUE, "least squares: needs at least as many rows as columns, got %zu x %zu", m, n);
    for (size_t k = 0; k < n; k++) {
        const double whole = column_norm(a, m, n, 0, k), diagonal = eliminate(a, b, m, n, k);
        if (!isfinite(diagonal))
            return tw_fail(err, TW_BAD_DATA, "least squares: column %zu of %zu holds a value that is not finite", k + 1,
                           n);
        if (!(fabs(diagonal) > (double)m * 0x1p-52 * whole))
            return tw_fail(err, TW_SINGULAR, "least squares: column %zu of %zu depends on those before it", k + 1, n);
        a[k * n + k] = diagonal; /* the reflection is applied to all it concerns: its place is free */
    }
    back_substitute(a, b, n);
    return TW_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - sorting, ranks, quantiles. */
#include <math.h>

#include "tradewind/num.h"

/* ---------------------------------------------------------------- argsort */

/* Ascending, NaN last, equal values in the order they had: a total order, so any sort by it is stable. */
static bool before(const double *x, size_t a, size_t b)
{
    const double u = x[a], v = x[b];
    if (u < v) return true;
    if (u > v) return false;
    const bool u_nan = isnan(u) != 0, v_nan = isnan(v) != 0;
    return u_nan != v_nan ? v_nan : a < b;
}

static void swap_index(size_t *a, size_t *b)
{
    const size_t t = *a;
    *a = *b;
    *b = t;
}

static void insertion_sort(const double *x, size_t *order, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const size_t item = order[i];
        size_t j = i;
        for (; j > 0 && before(x, item, order[j - 1]); j--) order[j] = order[j - 1];
        order[j] = item;
    }
}

static void sift_down(const double *x, size_t *heap, size_t root, size_t n)
{
    for (size_t child = 2 * root + 1; child < n; child = 2 * root + 1) {
        if (child + 1 < n && before(x, heap[child], heap[child + 1])) child++;
        if (!before(x, heap[root], heap[child])) return;
        swap_index(&heap[root], &heap[child]);
        root = child;
    }
}

static void heap_sort(const double *x, size_t *order, size_t n)
{
    for (size_t i = n / 2; i-- > 0;) sift_down(x, order, i, n);
    for (size_t i = n; i-- > 1;) {
        swap_index(&order[0], &order[i]);
        sift_down(x, order, 0, i);
    }
}

/* Median of first, middle and last to the front, where partition takes it as pivot. */
static void choose_pivot(const double *x, size_t *order, size_t n)
{
    size_t *a = &order[0], *b = &order[n / 2], *c = &order[n - 1];
    if (before(x, *b, *a)) swap_index(a, b);
    if (before(x, *c, *b)) swap_index(b, c);
    if (before(x, *b, *a)) swap_index(a, b);
    swap_index(a, b);
}

/* Hoare's partition by the item in front; returns its place. */
static size_t partition(const double *x, size_t *order, size_t n)
{
    const size_t pivot = order[0];
    size_t i = 0, j = n;
    for (;;) {
        do {
            i++;
        } while (i < n && before(x, order[i], pivot));
        do {
            j--;
        } while (before(x, pivot, order[j]));
        if (i >= j) break;
        swap_index(&order[i], &order[j]);
    }
    swap_index(&order[0], &order[j]);
    return j;
}

enum { SMALL = 24 };

/* Quicksort that turns to heapsort when it has gone too deep (Musser 1997). */
static void intro_sort(const double *x, size_t *order, size_t n, int depth)
{
    while (n > SMALL) {
        if (depth-- == 0) {
            heap_sort(x, order, n);
            return;
        }
        choose_pivot(x, order, n);
        const size_t p = partition(x, order, n);
        if (p < n - p) { /* recurse into the shorter part: the stack stays logarithmic */
            intro_sort(x, order, p, depth);
            order += p + 1;
            n -= p + 1;
        } else {
            intro_sort(x, order + p + 1, n - p - 1, depth);
            n = p;
        }
    }
    insertion_sort(x, order, n);
}

void tw_argsort(size_t n, const double *x, size_t *order)
{
    int depth = 2;
    for (size_t i = n; i > 1; i /= 2) depth += 2;
    for (size_t i = 0; i < n; i++) order[i] = i;
    intro_sort(x, order, n, depth);
}

void tw_rank(size_t n, const double *x, double *rank, size_t *order)
{
    tw_argsort(n, x, order);
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && x[order[end]] == x[order[i]]) end++;
        const double mean = 0.5 * ((double)i + 1.0 + (double)end);
        for (; i < end; i++) rank[order[i]] = mean;
    }
}

/* ---------------------------------------------------------------- quantiles */

static void swap_value(double *a, double *b)
{
    const double t = *a;
    *a = *b;
    *b = t;
}

/* The median of x[a], x[b], x[c], which it puts in order. */
static double median_of_three(double *x, size_t a, size_t b, size_t c)
{
    if (x[b] < x[a]) swap_value(&x[b], &x[a]);
    if (x[c] < x[b]) swap_value(&x[c], &x[b]);
    if (x[b] < x[a]) swap_value(&x[b], &x[a]);
    return x[b];
}

/* Narrows [*lo, *hi] to the part that holds place k, in one pass around the median of three. */
static void narrow(double *x, size_t k, size_t *lo, size_t *hi)
{
    const double pivot = median_of_three(x, *lo, *lo + (*hi - *lo) / 2, *hi);
    size_t i = *lo, j = *hi;
    while (i <= j) {
        while (x[i] < pivot) i++;
        while (pivot < x[j]) j--;
        if (i > j) break;
        swap_value(&x[i++], &x[j]);
        if (j-- == 0) break;
    }
    if (k < i && (j == SIZE_MAX || k > j)) {
        *lo = *hi = k; /* between the parts: equal to the pivot */
    } else if (k >= i) {
        *lo = i;
    } else {
        *hi = j;
    }
}

/* Hoare's selection: afterwards x[k] is the k-th smallest, nothing before it is larger, nothing after it smaller. */
static double select_place(size_t n, double *x, size_t k)
{
    size_t lo = 0, hi = n - 1;
    while (lo < hi) narrow(x, k, &lo, &hi);
    return x[k];
}

double tw_quantile(size_t n, double *x, double q)
{
    if (n == 0 || !(q >= 0.0 && q <= 1.0)) return (double)NAN;
    const double place = q * (double)(n - 1);
    size_t k = (size_t)place;
    if (k > n - 1) k = n - 1;
    const double at = select_place(n, x, k), part = place - (double)k;
    if (part <= 0.0 || k + 1 >= n) return at;
    double next = x[k + 1];
    for (size_t i = k + 2; i < n; i++) next = x[i] < next ? x[i] : next;
    return at + (next - at) * part;
}

double tw_median(size_t n, double *x) { return tw_quantile(n, x, 0.5); }

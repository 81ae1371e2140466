/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/construct.h"

#include <float.h>
#include <math.h>

size_t tw_candidates(const tw_market *market, const tw_signal *signal, size_t t, tw_candidate *candidate)
{
    const double *score = signal->score + t * market->n_lanes;
    const double *close = market->close + t * market->n_lanes;
    size_t n = 0;
    for (uint32_t l = 0; l < market->n_lanes; l++)
        if (isfinite(score[l]) && tw_is_price(close[l])) candidate[n++] = (tw_candidate){score[l], l};
    return n;
}

/* A strict total order, so that the set of the best m is unique whatever the method that finds it. */
static bool better(tw_candidate a, tw_candidate b)
{
    return a.score > b.score || (!(a.score < b.score) && a.lane < b.lane);
}

static void swap(tw_candidate *a, tw_candidate *b)
{
    const tw_candidate c = *a;
    *a = *b;
    *b = c;
}

/* Hoare's partition around the median of three: c[0..returned) are better than or equal to the pivot, the rest not
 * better. n >= 3. */
static size_t partition(tw_candidate *c, size_t n)
{
    tw_candidate *lo = &c[0], *mid = &c[n / 2], *hi = &c[n - 1];
    if (better(*mid, *lo)) swap(mid, lo);
    if (better(*hi, *mid)) swap(hi, mid);
    if (better(*mid, *lo)) swap(mid, lo);
    const tw_candidate pivot = *mid;
    size_t i = 0, j = n - 1;
    for (;;) {
        while (better(c[i], pivot)) i++;
        while (better(pivot, c[j])) j--;
        if (i >= j) return j + 1;
        swap(&c[i++], &c[j--]);
    }
}

/* Moves the best m to the front (Hoare's quickselect). */
static void select_best(tw_candidate *c, size_t n, size_t m)
{
    while (m > 0 && m < n) {
        if (n == 2) {
            if (better(c[1], c[0])) swap(&c[0], &c[1]);
            return;
        }
        const size_t front = partition(c, n);
        if (m < front) {
            n = front;
        } else {
            c += front;
            n -= front;
            m -= front;
        }
    }
}

static void set_weights(const tw_candidate *c, size_t n, double w, double *weight)
{
    for (size_t i = 0; i < n; i++) weight[c[i].lane] = w;
}

static void top_k(const tw_rules *rules, double gross, size_t n, tw_candidate *c, double *weight)
{
    size_t k = (size_t)rules->portfolio->k;
    if (k > n) k = n;
    select_best(c, n, k);
    set_weights(c, k, fmin(gross / (double)k, rules->portfolio->max_weight), weight);
}

static void long_short(const tw_rules *rules, double gross, size_t n, tw_candidate *c, double *weight)
{
    if (n < 2) return; /* one name has no other end */
    /* A share in decimals: 0.29 of 100 names is just below 29 as a double. */
    size_t m = (size_t)(rules->portfolio->quantile * (double)n * (1 + 4 * DBL_EPSILON));
    if (m == 0) m = 1;
    const double w = fmin(gross / 2 / (double)m, rules->portfolio->max_weight);
    select_best(c, n, m);
    set_weights(c, m, w, weight);
    select_best(c + m, n - m, n - 2 * m);
    set_weights(c + n - m, m, -w, weight);
}

static void by_weights(const tw_rules *rules, double gross, size_t n, tw_candidate *c, double *weight)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += fabs(c[i].score);
    const double scale = sum > 1 ? gross / sum : gross, most = rules->portfolio->max_weight;
    for (size_t i = 0; i < n; i++) weight[c[i].lane] = fmax(-most, fmin(most, c[i].score * scale));
}

void tw_construct(const tw_rules *rules, double gross, size_t n, tw_candidate *candidate, double *weight)
{
    if (n == 0) return;
    switch (rules->construction) {
    case TW_TOP_K: top_k(rules, gross, n, candidate, weight); break;
    case TW_LONG_SHORT: long_short(rules, gross, n, candidate, weight); break;
    case TW_WEIGHTS: by_weights(rules, gross, n, candidate, weight); break;
    }
}

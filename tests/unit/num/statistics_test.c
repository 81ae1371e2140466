/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics and order: edges, cancellation, ties, and sorting against a plain check. */
#include "tw_test.h"

#include <math.h>
#include <stdlib.h>

#include "tradewind/num.h"

enum { N = 5000 };

static void test_sum(void **state)
{
    (void)state;
    const double cancel[] = {1e100, 2.385, -1e100, 1e-9};
    assert_same(tw_sum(4, cancel), 2.385 + 1e-9);
    double tenth[1000];
    for (size_t i = 0; i < 1000; i++) tenth[i] = 0.1;
    assert_same(tw_sum(1000, tenth), 100.0);
    assert_same(tw_sum(0, NULL), 0.0);
    const double infinite[] = {2.385, INFINITY, 1.0};
    assert_same(tw_sum(3, infinite), INFINITY);
    assert_true(isnan(tw_mean(0, NULL)));
}

static void test_moments_far_from_zero(void **state)
{
    (void)state;
    double x[1000], centred[1000];
    tw_random random = {1, 1, 0};
    for (size_t i = 0; i < 1000; i++) {
        centred[i] = floor(512.0 * tw_random_normal(&random)) / 512.0; /* exact when shifted */
        x[i] = centred[i] + 0x1p30;
    }
    assert_near(tw_variance(1000, x, 1) / tw_variance(1000, centred, 1), 1.0, 1e-13);
    assert_near(tw_skewness(1000, x), tw_skewness(1000, centred), 1e-8);
    assert_near(tw_kurtosis(1000, x), tw_kurtosis(1000, centred), 1e-8);
    assert_near(tw_correlation(1000, x, centred), 1.0, 1e-12);
}

static void test_not_defined(void **state)
{
    (void)state;
    const double one[] = {2.385}, flat[] = {0.7, 0.7, 0.7, 0.7}, other[] = {1.0, 2.0, 4.0, 3.0};
    double scratch[8];
    size_t order[4];
    assert_true(isnan(tw_variance(1, one, 1)));
    assert_same(tw_variance(1, one, 0), 0.0);
    assert_true(isnan(tw_variance(0, NULL, 0)));
    assert_true(isnan(tw_skewness(4, flat)));
    assert_true(isnan(tw_kurtosis(4, flat)));
    assert_true(isnan(tw_skewness(0, NULL)));
    assert_true(isnan(tw_correlation(4, flat, other)));
    assert_true(isnan(tw_spearman(4, flat, other, scratch, order)));
    assert_true(isnan(tw_newey_west(0, NULL, 3)));
    assert_same(tw_newey_west(1, one, 3), 0.0);
    assert_true(isnan(tw_quantile(0, NULL, 0.5)));
    double x[] = {2.0, 1.0};
    assert_true(isnan(tw_quantile(2, x, 1.01)));
    assert_true(isnan(tw_quantile(2, x, NAN)));
}

/* Values with many ties, in one of several orders that trouble a sort. */
static void make(double *x, size_t n, int pattern)
{
    tw_random random = {3, (uint64_t)pattern, 0};
    for (size_t i = 0; i < n; i++) {
        switch (pattern) {
        case 0: x[i] = tw_random_normal(&random); break;
        case 1: x[i] = (double)i * 0.2385; break;
        case 2: x[i] = -(double)i * 0.2385; break;
        case 3: x[i] = floor(4.0 * tw_random_uniform(&random)); break;
        case 4: x[i] = 2.385; break;
        case 5: x[i] = (double)(i % 2 ? i : n - i); break; /* organ pipe */
        default: x[i] = i % 7 == 3 ? (double)NAN : tw_random_uniform(&random); break;
        }
    }
}

static void test_argsort(void **state)
{
    (void)state;
    static double x[N];
    static size_t order[N];
    static bool seen[N];
    static const size_t sizes[] = {0, 1, 2, 3, 24, 25, 26, 100, N};
    for (int pattern = 0; pattern < 7; pattern++) {
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            const size_t n = sizes[s];
            make(x, n, pattern);
            tw_argsort(n, x, order);
            memset(seen, 0, sizeof seen);
            for (size_t i = 0; i < n; i++) {
                assert_true(order[i] < n && !seen[order[i]]);
                seen[order[i]] = true;
                if (i == 0) continue;
                const double a = x[order[i - 1]], b = x[order[i]];
                const bool tie = a == b || (isnan(a) && isnan(b));
                assert_true(tie ? order[i - 1] < order[i] : isnan(b) || a < b);
            }
        }
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void test_quantile(void **state)
{
    (void)state;
    static double x[N], sorted[N];
    static const size_t sizes[] = {1, 2, 3, 4, 5, 10, 101, 1000, N};
    static const double levels[] = {0.0, 0.01, 0.2385, 0.5, 0.75, 0.999, 1.0};
    for (int pattern = 0; pattern < 6; pattern++) {
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            const size_t n = sizes[s];
            make(sorted, n, pattern);
            qsort(sorted, n, sizeof *sorted, ascending);
            for (size_t q = 0; q < sizeof levels / sizeof levels[0]; q++) {
                make(x, n, pattern);
                const double place = levels[q] * (double)(n - 1);
                const size_t k = (size_t)place;
                const double above = k + 1 < n ? sorted[k + 1] : sorted[k];
                const double part = (above - sorted[k]) * (place - (double)k);
                assert_same(tw_quantile(n, x, levels[q]), part == 0.0 ? sorted[k] : sorted[k] + part);
            }
        }
    }
    double even[] = {4.0, 1.0, 3.0, 2.385};
    assert_same(tw_median(4, even), 2.385 + 0.5 * (3.0 - 2.385));
}

static void test_rank(void **state)
{
    (void)state;
    const double x[] = {2.385, -1.0, 2.385, 0.5, 2.385, -1.0}, want[] = {5.0, 1.5, 5.0, 3.0, 5.0, 1.5};
    double rank[6], scratch[12];
    size_t order[6];
    tw_rank(6, x, rank, order);
    for (size_t i = 0; i < 6; i++) assert_same(rank[i], want[i]);
    const double y[] = {4.0, 1.0, 4.0, 2.0, 4.0, 1.0}; /* the same ranks */
    assert_near(tw_spearman(6, x, y, scratch, order), 1.0, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum),     cmocka_unit_test(test_moments_far_from_zero),
        cmocka_unit_test(test_argsort), cmocka_unit_test(test_not_defined),
        cmocka_unit_test(test_rank),    cmocka_unit_test(test_quantile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

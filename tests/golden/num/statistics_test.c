/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics, ranks, quantiles and least squares against numpy, scipy and statsmodels. */
#include "tw_test.h"

#include "statistics_golden.h"
#include "tradewind/num.h"

/* |got - want| <= tolerance * |want| */
static void check(double got, double want, double tolerance)
{
    const double off = got > want ? got - want : want - got;
    if (off > tolerance * (want < 0.0 ? -want : want))
        fail_msg("got %.17g, want %.17g, relative %.3g", got, want, off / (want < 0.0 ? -want : want));
}

static void test_moments(void **state)
{
    (void)state;
    const size_t n = GOLDEN_N;
    check(tw_sum(n, golden_x), golden_sum_x, 3e-16);
    check(tw_mean(n, golden_x), golden_mean_x, 3e-16);
    check(tw_variance(n, golden_x, 0), golden_var_x, 1e-12); /* the mean carries 1e-14 of the spread */
    check(tw_variance(n, golden_ties, 1), golden_var1_ties, 1e-14);
    check(tw_skewness(n, golden_x), golden_skew_x, 1e-10);
    check(tw_kurtosis(n, golden_x), golden_kurt_x, 1e-11);
    check(tw_skewness(n, golden_ties), golden_skew_ties, 1e-12);
    check(tw_kurtosis(n, golden_ties), golden_kurt_ties, 1e-13);
}

static void test_correlation(void **state)
{
    (void)state;
    double scratch[2 * GOLDEN_N];
    size_t order[GOLDEN_N];
    const size_t n = GOLDEN_N;
    check(tw_correlation(n, golden_x, golden_y), golden_corr_xy, 1e-11);
    check(tw_correlation(n, golden_x, golden_ties), golden_corr_x_ties, 1e-10);
    check(tw_spearman(n, golden_x, golden_y, scratch, order), golden_spearman_xy, 1e-13);
    check(tw_spearman(n, golden_x, golden_ties, scratch, order), golden_spearman_x_ties, 1e-13);
    check(tw_newey_west(n, golden_ties, 5), golden_newey_west5_ties, 1e-12);
}

static void test_order(void **state)
{
    (void)state;
    double x[GOLDEN_N], rank[GOLDEN_N];
    size_t order[GOLDEN_N];
    tw_rank(GOLDEN_N, golden_ties, rank, order);
    for (size_t i = 0; i < GOLDEN_N; i++) assert_same(rank[i], golden_rank_ties[i]);
    memcpy(x, golden_x, sizeof x);
    check(tw_quantile(GOLDEN_N, x, 0.2385), golden_q2385_x, 3e-16);
    check(tw_median(GOLDEN_N, x), golden_median_x, 3e-16);
    memcpy(x, golden_ties, sizeof x);
    check(tw_quantile(GOLDEN_N, x, 0.99), golden_q99_ties, 1e-15);
}

static void test_least_squares(void **state)
{
    (void)state;
    double a[GOLDEN_N * 4], b[GOLDEN_N];
    for (size_t i = 0; i < GOLDEN_N; i++) {
        const double d = golden_x[i] - 100.0;
        a[4 * i] = 1.0, a[4 * i + 1] = d, a[4 * i + 2] = d * d, a[4 * i + 3] = golden_ties[i];
        b[i] = golden_y[i];
    }
    tw_error err;
    assert_ok(tw_least_squares(GOLDEN_N, 4, a, b, &err), &err);
    const double scale[] = {1.0, 1.0, 1.0, 1e3}; /* the last one is noise of size 1e-4 */
    for (size_t k = 0; k < 4; k++) check(b[k], golden_beta[k], 1e-9 * scale[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_correlation),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_least_squares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

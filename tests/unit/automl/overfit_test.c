/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics of a sweep from float32 paths are those of the same numbers in doubles. */
#include "tw_test.h"

#include "tradewind/automl.h"

#include <math.h>

enum { N = 37, T = 150, STRIDE = 160 };

static float table[N * STRIDE];
static double wide[N][T];
static const double *row[N];

static void make(double edge)
{
    tw_random r = {.seed = 11};
    for (size_t i = 0; i < N; i++) {
        row[i] = wide[i];
        for (size_t t = 0; t < T; t++) {
            /* Trial 3 never trades. */
            const double x = i == 3 ? 0 : 0.01 * tw_random_normal(&r) + (i == 20 ? edge : 0);
            table[i * STRIDE + t] = (float)x;
            wide[i][t] = (double)table[i * STRIDE + t];
        }
    }
}

static void agrees_with_doubles(void **state)
{
    (void)state;
    tw_overfit o;
    tw_error err;
    tw_pbo pbo;
    tw_spa spa;
    tw_sharpe best;
    make(0.004);
    assert_ok(tw_overfit_of(NULL, &(tw_path_table){T, N, STRIDE, table, 252}, 5, &o, &err), &err);
    assert_int_equal(o.best, 20);
    assert_int_equal(o.varied, N - 1);
    assert_ok(tw_sharpe_of(T, wide[20], &best, &err), &err);
    assert_same(o.sharpe.sharpe, best.sharpe);
    assert_same(o.psr, tw_psr(&best, 0));
    assert_same(o.dsr, tw_dsr(&best, o.sharpe_variance, o.effective_trials));
    const tw_paths paths = {T, N, row};
    assert_ok(tw_pbo_cscv(NULL, &paths, 10, &pbo, &err), &err);
    assert_same(o.pbo.pbo, pbo.pbo);
    assert_same(o.pbo.slope, pbo.slope);
    const tw_spa_input input = {.differences = paths, .block = 10, .draws = o.draws, .seed = 5};
    assert_ok(tw_spa_test(NULL, &input, &spa, &err), &err);
    assert_same(o.spa.statistic, spa.statistic);
    assert_same(o.spa.p_consistent, spa.p_consistent);
    assert_true(o.spa.p_consistent < 0.05 && o.dsr > 0.9);
    tw_pool *pool;
    tw_overfit other;
    assert_ok(tw_pool_new(3, &pool, &err), &err);
    assert_ok(tw_overfit_of(&(tw_ctx){.pool = pool}, &(tw_path_table){T, N, STRIDE, table, 252}, 5, &other, &err),
              &err);
    assert_memory_equal(&o, &other, sizeof o);
    tw_pool_free(pool);
}

static void luck_is_told(void **state)
{
    (void)state;
    tw_overfit o;
    tw_error err;
    make(0);
    assert_ok(tw_overfit_of(NULL, &(tw_path_table){T, N, STRIDE, table, 252}, 5, &o, &err), &err);
    assert_true(o.psr > 0.9); /* the best of 36 looks good by itself */
    assert_true(o.dsr < 0.8 && o.spa.p_consistent > 0.1 && o.min_backtest_years > 0.5 * o.years);
    table[7] = NAN;
    assert_int_equal(tw_overfit_of(NULL, &(tw_path_table){T, N, STRIDE, table, 252}, 5, &o, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "return 7 of trial 0"));
    assert_int_equal(tw_overfit_of(NULL, &(tw_path_table){T, 1, STRIDE, table + 3 * STRIDE, 252}, 5, &o, &err),
                     TW_BAD_DATA);
}

/* The paper's own example: with five years of data, no more than 45 independent trials. */
static void minimum_backtest_length(void **state)
{
    (void)state;
    assert_true(tw_min_backtest_length(1, 45) > 4.7 && tw_min_backtest_length(1, 45) < 5.1);
    assert_near(tw_min_backtest_length(2, 45), tw_min_backtest_length(1, 45) / 4, 1e-14);
    assert_true(isinf(tw_min_backtest_length(0, 45)) && isinf(tw_min_backtest_length(NAN, 45)));
    assert_true(tw_min_backtest_length(1, 1) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_doubles), cmocka_unit_test(luck_is_told),
                                       cmocka_unit_test(minimum_backtest_length)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

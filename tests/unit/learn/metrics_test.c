/* SPDX-License-Identifier: Apache-2.0 */
/* Edges of the metrics; their values are checked in tests/golden/learn. */
#include "tradewind/learn.h"

#include "tw_test.h"

#include <math.h>

enum { N = 24 };

static uint32_t time_of[N];
static double label[N];

/* Four times of six rows. */
static void fill(void)
{
    tw_random r = {2385, 2, 0};
    for (size_t i = 0; i < N; i++) {
        time_of[i] = (uint32_t)(i / 6 + 3);
        label[i] = tw_random_normal(&r);
    }
}

static double metric(const char *name, const double *score, const double *y)
{
    double value;
    tw_error err;
    const tw_scored scored = {.n = N, .score = score, .label = y, .time = time_of};
    assert_ok(tw_metric_compute(NULL, name, &scored, &value, &err), &err);
    return value;
}

static void perfect_scores(void **state)
{
    (void)state;
    fill();
    assert_near(metric("auc", label, label), 1, 0);
    assert_near(metric("r2", label, label), 1, 1e-15);
    assert_near(metric("rmse", label, label), 0, 0);
    assert_near(metric("hit_rate", label, label), 1, 0);
    assert_near(metric("ic", label, label), 1, 1e-15);
    assert_near(metric("rank_ic", label, label), 1, 1e-15);
    assert_true(isnan(metric("log_loss", label, label))); /* no probabilities */
}

static void a_constant_score_orders_nothing(void **state)
{
    (void)state;
    double score[N];
    fill();
    for (size_t i = 0; i < N; i++) score[i] = 0.385;
    static const char *const zero[] = {"ic", "rank_ic", "ic_ir", "rank_ic_t"};
    for (size_t k = 0; k < 4; k++) assert_same(metric(zero[k], score, label), 0);
    assert_near(metric("auc", score, label), 0.5, 1e-15);
}

static void what_is_not_defined_is_nan(void **state)
{
    (void)state;
    double score[N], up[N];
    fill();
    for (size_t i = 0; i < N; i++) {
        score[i] = (double)i;
        up[i] = 2.385;
    }
    assert_true(isnan(metric("auc", score, up)));
    assert_true(isnan(metric("r2", score, up)));
    assert_true(isnan(metric("ic", score, up)));
    for (uint32_t i = 0; i < N; i++) time_of[i] = i; /* one row a time: no cross-section */
    assert_true(isnan(metric("rank_ic", score, label)));
}

/* Labels and scores of returns are no chances, grades or positive means. */
static void metrics_of_tables_are_nan_where_not_defined(void **state)
{
    (void)state;
    fill();
    static const char *const names[] = {"accuracy", "ndcg", "poisson_deviance", "gamma_deviance", "tweedie_deviance"};
    for (size_t k = 0; k < 5; k++) assert_true(isnan(metric(names[k], label, label)));
    assert_near(metric("average_precision", label, label), 1, 0);
    assert_near(metric("mape", label, label), 0, 0);
    assert_near(metric("quantile_loss", label, label), 0, 0);
}

static void ndcg_knows_times_and_groups(void **state)
{
    (void)state;
    /* Two groups that are mixed: the first in the best order, the second in the worst. */
    const double score[4] = {2.385, 0, 1, 1}, y[4] = {1, 0, 0, 3};
    const uint32_t one[4] = {0}, group[4] = {0, 1, 0, 1};
    const double low[4] = {2, 1, 1, 0.5};
    tw_scored s = {.n = 4, .score = score, .label = y, .time = one, .group = group};
    double value;
    tw_error err;
    assert_ok(tw_metric_compute(NULL, "ndcg", &s, &value, &err), &err);
    assert_near(value, 1, 1e-15);
    s.score = low;
    s.most = 1;
    assert_ok(tw_metric_compute(NULL, "ndcg", &s, &value, &err), &err);
    assert_near(value, 0.5, 1e-15);
    s.group = NULL; /* one time: the row of grade 3 comes last */
    s.most = 0;
    assert_ok(tw_metric_compute(NULL, "ndcg", &s, &value, &err), &err);
    assert_near(value, (1 + 7 / (log(5) / log(2))) / (7 + 1 / (log(3) / log(2))), 1e-14);
}

static void what_rows_of_several_scores_are_asked(void **state)
{
    (void)state;
    const double score[6] = {0.5, 0.25, 0.25, 0.1, 0.2, 0.7}, y[2] = {0, 2}, off[2] = {0, 3};
    const uint32_t time[2] = {0};
    tw_scored s = {.n = 2, .score = score, .label = y, .time = time, .n_outputs = 3};
    double value;
    tw_error err;
    assert_ok(tw_metric_compute(NULL, "accuracy", &s, &value, &err), &err);
    assert_same(value, 1);
    assert_ok(tw_metric_compute(NULL, "log_loss", &s, &value, &err), &err);
    assert_near(value, -(log(0.5) + log(0.7)) / 2, 1e-15);
    assert_int_equal(tw_metric_compute(NULL, "rmse", &s, &value, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "rmse takes one score a row, got 3");
    s.label = off;
    assert_int_equal(tw_metric_compute(NULL, "log_loss", &s, &value, &err), TW_BAD_DATA);
    s = (tw_scored){.n = 2, .score = score, .label = y, .time = time, .level = 2, .power = 2};
    assert_int_equal(tw_metric_compute(NULL, "quantile_loss", &s, &value, &err), TW_BAD_VALUE);
    assert_int_equal(tw_metric_compute(NULL, "tweedie_deviance", &s, &value, &err), TW_BAD_VALUE);
}

static void hits_leave_out_labels_of_zero(void **state)
{
    (void)state;
    const double score[4] = {1, -1, 0, 2}, y[4] = {0.5, 0.25, -1, 0};
    const uint32_t time[4] = {0};
    double value;
    assert_int_equal(tw_metric_compute(NULL, "hit_rate", &(tw_scored){.n = 4, .score = score, .label = y, .time = time},
                                       &value, NULL),
                     TW_OK);
    assert_near(value, (1 + 0 + 0.5) / 3, 1e-15);
}

static void weights_are_rows_more_than_once(void **state)
{
    (void)state;
    const double s[5] = {0.1, 0.7, 0.7, 0.4, 0.9}, y[5] = {-1, 1, -1, 1, 1}, w[5] = {2, 1, 1, 3, 1};
    const double s2[8] = {0.1, 0.1, 0.7, 0.7, 0.4, 0.4, 0.4, 0.9}, y2[8] = {-1, -1, 1, -1, 1, 1, 1, 1};
    const uint32_t time[8] = {0};
    static const char *const names[] = {"auc", "log_loss", "rmse", "mae", "r2", "hit_rate"};
    for (size_t k = 0; k < 6; k++) {
        double a, b;
        assert_int_equal(tw_metric_compute(NULL, names[k],
                                           &(tw_scored){.n = 5, .score = s, .label = y, .weight = w, .time = time}, &a,
                                           NULL),
                         TW_OK);
        assert_int_equal(
            tw_metric_compute(NULL, names[k], &(tw_scored){.n = 8, .score = s2, .label = y2, .time = time}, &b, NULL),
            TW_OK);
        assert_near(a, b, 1e-14);
    }
}

static void quantiles_and_calibration_by_hand(void **state)
{
    (void)state;
    const double score[8] = {4, 1, 3, 2, 10, 30, 20, 40}, y[8] = {0.4, 0.1, 0.3, 0.2, 1, 3, 2, 4};
    const uint32_t time[8] = {5, 5, 5, 5, 9, 9, 9, 9};
    const tw_scored scored = {.n = 8, .score = score, .label = y, .time = time};
    double out[2], mean_score[4], mean_label[4];
    assert_int_equal(tw_quantile_returns(NULL, &scored, 2, out, NULL), TW_OK);
    assert_near(out[0], (0.15 + 1.5) / 2, 1e-15);
    assert_near(out[1], (0.35 + 3.5) / 2, 1e-15);
    assert_int_equal(tw_calibration(NULL, &scored, 4, mean_score, mean_label, NULL), TW_OK);
    assert_near(mean_score[1], 3.5, 1e-15);
    assert_near(mean_label[3], 3.5, 1e-15);
    assert_int_equal(tw_quantile_returns(NULL, &scored, 1, out, NULL), TW_BAD_VALUE);
    assert_int_equal(tw_calibration(NULL, &scored, 0, out, out, NULL), TW_BAD_VALUE);
}

static void bad_rows_are_named(void **state)
{
    (void)state;
    double score[2] = {1, NAN}, y[2] = {1, 2}, value;
    uint32_t time[2] = {4, 4};
    tw_error err;
    const tw_scored scored = {.n = 2, .score = score, .label = y, .time = time};
    assert_int_equal(tw_metric_compute(NULL, "rmse", &scored, &value, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "row 1"));
    score[1] = 2;
    time[1] = 3;
    assert_int_equal(tw_metric_compute(NULL, "ic", &scored, &value, &err), TW_BAD_DATA);
    assert_int_equal(tw_metric_compute(NULL, "rank_icc", &scored, &value, &err), TW_BAD_NAME);
    assert_non_null(strstr(err.message, "rank_ic"));
}

static void no_rows_are_no_error(void **state)
{
    (void)state;
    size_t n;
    double value;
    tw_error err;
    const tw_metric *const *metrics = tw_metrics(&n);
    for (size_t i = 0; i < n; i++) {
        assert_ok(metrics[i]->compute(NULL, &(tw_scored){0}, &value, &err), &err);
        assert_true(isnan(value));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_scores),
        cmocka_unit_test(a_constant_score_orders_nothing),
        cmocka_unit_test(what_is_not_defined_is_nan),
        cmocka_unit_test(metrics_of_tables_are_nan_where_not_defined),
        cmocka_unit_test(ndcg_knows_times_and_groups),
        cmocka_unit_test(what_rows_of_several_scores_are_asked),
        cmocka_unit_test(hits_leave_out_labels_of_zero),
        cmocka_unit_test(weights_are_rows_more_than_once),
        cmocka_unit_test(quantiles_and_calibration_by_hand),
        cmocka_unit_test(bad_rows_are_named),
        cmocka_unit_test(no_rows_are_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

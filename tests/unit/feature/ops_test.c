/* SPDX-License-Identifier: Apache-2.0 */
/* The registry, descriptions, pointwise values and options of operators. */
#include <math.h>

#include "tradewind/feature.h"
#include "tw_test.h"

enum { N = 8 };

/* Runs one operator of at most two inputs over N values. */
static const double *apply(const char *name, const char *params, const double *a, const double *b)
{
    static double y[N];
    double *const out[1] = {y};
    const double *const in[2] = {a, b};
    tw_error err = {""};
    assert_ok(tw_op_apply(NULL, name, params, N, in, out, &err), &err);
    return y;
}

static const double missing = (double)NAN, inf = (double)INFINITY;

static void names_are_found_or_suggested(void **state)
{
    const tw_op *op = NULL;
    tw_error err = {""};
    (void)state;
    assert_int_equal(tw_op_find(TW_ISA_BEST, "ema", &op, &err), TW_OK);
    assert_string_equal(op->name, "ema");
    assert_int_equal(tw_op_find(TW_ISA_BEST, "emma", &op, &err), TW_BAD_NAME);
    assert_non_null(strstr(err.message, "'emma'"));
    assert_non_null(strstr(err.message, "'ema'"));
    assert_int_equal(tw_op_find(TW_ISA_BEST, "qqqqqqqq", &op, &err), TW_BAD_NAME);
}

static void mistakes_are_named(void **state)
{
    static const double x[N] = {0};
    double y[N];
    const double *const in[1] = {x};
    double *const out[1] = {y};
    tw_error err = {""};
    (void)state;
    assert_int_equal(tw_op_apply(NULL, "sma", "timeperiod=0", N, in, out, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "timeperiod"));
    assert_int_equal(tw_op_apply(NULL, "sma", "periods=3", N, in, out, &err), TW_BAD_NAME);
    assert_int_equal(tw_op_apply(NULL, "clip", "lo=2.385 hi=1", N, in, out, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "2.385"));
    assert_int_equal(tw_op_apply(NULL, "rank", NULL, N, in, out, &err), TW_UNSUPPORTED);
    assert_int_equal(tw_op_apply(NULL, "ema", "nan=drop", N, in, out, &err), TW_BAD_VALUE);
    assert_int_equal(tw_op_apply(NULL, "sma", NULL, 0, in, out, &err), TW_OK);
}

static void descriptions_hold_the_table(void **state)
{
    size_t n;
    const tw_op *const *ops = tw_ops(TW_ISA_BEST, &n);
    (void)state;
    for (size_t i = 0; i < n; i++) {
        tw_buf text;
        tw_json json;
        tw_buf_init(&text, NULL);
        tw_json_init(&json, &text, false);
        tw_op_describe(ops[i], &json);
        assert_non_null(strstr(text.data, ops[i]->name));
        assert_non_null(strstr(text.data, "\"traits\":["));
        assert_non_null(strstr(text.data, "\"params\":["));
        tw_buf_clear(&text);
    }
}

static void pointwise_values(void **state)
{
    static const double a[N] = {2.385, -2.385, 2.5, -3.5, 0.0, 1e300, -0.7, 4.1};
    static const double b[N] = {1.1, 3.0, 2.0, 2.0, 0.5, 2.0, -1.0, 0.5};
    (void)state;
    const double *y = apply("round", NULL, a, b);
    for (size_t i = 0; i < N; i++) assert_true(y[i] == nearbyint(a[i]));
    y = apply("floor", NULL, a, b);
    for (size_t i = 0; i < N; i++) assert_true(y[i] == floor(a[i]));
    y = apply("pow", NULL, a, b);
    for (size_t i = 0; i < N; i++) {
        const double want = pow(a[i], b[i]);
        assert_true(y[i] == want || fabs(y[i] - want) <= 2e-15 * fabs(want) || (isnan(y[i]) && isnan(want)));
    }
    y = apply("log1p", NULL, b, a);
    for (size_t i = 0; i < N; i++) assert_true(y[i] == log1p(b[i]) || fabs(y[i] / log1p(b[i]) - 1.0) < 1e-15);
    y = apply("clip", "lo=-1.1 hi=2.4", a, b);
    for (size_t i = 0; i < N; i++) assert_true(y[i] == fmin(fmax(a[i], -1.1), 2.4));
}

static void missing_values_are_seen_and_filled(void **state)
{
    static const double x[N] = {2.385, (double)NAN, 0.0, -1.2, (double)NAN, 3.4, (double)INFINITY, 7.7};
    (void)state;
    const double *y = apply("is_missing", NULL, x, NULL);
    for (size_t i = 0; i < N; i++) assert_true(y[i] == (isnan(x[i]) ? 1.0 : 0.0));
    y = apply("fill", "value=-2.5", x, NULL);
    assert_same(y[1], -2.5);
    assert_same(y[5], 3.4);
    y = apply("nz", NULL, x, NULL);
    assert_same(y[4], 0.0);
    y = apply("gt", NULL, x, x);
    assert_same(y[1], missing);
    assert_same(y[0], 0.0);
    y = apply("sum", "timeperiod=2", x, NULL);
    assert_same(y[2], missing);
    assert_same(y[3], -1.2);
    assert_same(y[6], inf);
    assert_same(apply("sub", NULL, x, x)[6], missing); /* inf - inf: the one NaN */
}

static void logs_of_small_numbers_keep_their_digits(void **state)
{
    static const double x[N] = {1e-300, -1e-17, 2.385e-9, -0.5, -1.0, (double)INFINITY, -2.0, 0.0};
    const double *y = apply("log1p", NULL, x, NULL);
    (void)state;
    for (size_t i = 0; i < 4; i++) assert_true(fabs(y[i] / log1p(x[i]) - 1.0) < 3e-16);
    assert_same(y[4], -inf);
    assert_same(y[5], inf);
    assert_same(y[6], missing);
    assert_same(y[7], 0.0);
}

static void places_count_from_the_oldest(void **state)
{
    static const double x[N] = {5.5, 2.385, 5.5, 1.0, 1.0, 7.1, 7.1, -2.0};
    (void)state;
    const double *y = apply("argmax", "timeperiod=4", x, NULL);
    assert_same(y[3], 1.0); /* the older of the two 5.5 */
    assert_same(y[6], 3.0);
    y = apply("argmin", "timeperiod=4", x, NULL);
    assert_same(y[4], 3.0);
    assert_same(y[7], 4.0);
    y = apply("ts_rank", "timeperiod=4", x, NULL);
    assert_same(y[4], 1.5 / 4);
    y = apply("count", "timeperiod=3", x, NULL);
    assert_same(y[2], 3.0);
}

static void fractional_weights_are_those_of_the_book(void **state)
{
    /* d = 0.4: 1, -0.4, -0.12, -0.064; with a window of 3 the last is left out */
    static const double x[N] = {0, 0, 1, 0, 0, 0, 0, 0};
    (void)state;
    const double *y = apply("fracdiff", "d=0.4 window=3", x, NULL);
    assert_same(y[1], missing);
    assert_same(y[2], 1.0);
    assert_same(y[3], -0.4);
    assert_true(fabs(y[4] + 0.12) < 1e-16);
    assert_same(y[5], 0.0);
    y = apply("fracdiff", "d=1 threshold=0.1", x, NULL); /* the first difference */
    assert_same(y[3], -1.0);
    assert_same(y[4], 0.0);
}

/* So that a parameter may be computed: mean(close, 2 ^ 3). */
static void powers_of_whole_numbers_are_whole(void **state)
{
    (void)state;
    for (int a = 1; a <= 60; a++)
        for (int k = 0; k < 26; k++) {
            const double x[N] = {a, -a}, exponent[N] = {k, k};
            double want = 1;
            for (int i = 0; i < k; i++) want *= a;
            if (want > 0x1p46) break;
            const double *y = apply("pow", NULL, x, exponent);
            assert_true(y[0] == want && y[1] == (k % 2 ? -want : want));
        }
}

/* An average over one bar is that bar, also after 1e12. */
static void averages_of_one_bar_are_the_bar(void **state)
{
    static const double x[N] = {37.1, 1e12, 37.55434116350411, -2.385, 1e-300, 1e300, 0.0073, 60000.01};
    static const char *const cases[][2] = {{"ema", "timeperiod=1"}, {"rma", "timeperiod=1 nan=reset"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const double *y = apply(cases[i][0], cases[i][1], x, x);
        for (size_t t = 0; t < N; t++) assert_true(y[t] == x[t]);
    }
}

/* log(volume) of days without trade. */
static void places_in_windows_of_infinities(void **state)
{
    static const double low[N] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, 2.385, -INFINITY};
    double high[N];
    (void)state;
    for (size_t t = 0; t < N; t++) high[t] = -low[t];
    const double *y = apply("argmax", "timeperiod=3", low, low);
    for (size_t t = 2; t < N; t++) assert_true(y[t] == (t < 6 ? 1 : t == 6 ? 3 : 2));
    y = apply("argmin", "timeperiod=3", high, high);
    for (size_t t = 2; t < N; t++) assert_true(y[t] == (t < 6 ? 1 : t == 6 ? 3 : 2));
}

/* -0 and 0 are equal, so one may stand for the other in the sorted window, but not after its bar has left. */
static void zeros_leave_no_sign(void **state)
{
    static const double x[N] = {0.0, -0.0, 0.0, 0.0, -0.0, 0.0, 0.0, 0.0};
    (void)state;
    const double *y = apply("median", "timeperiod=2", x, x);
    for (size_t t = 1; t < N; t++) assert_true(y[t] == 0.0 && !signbit(y[t]));
}

static void a_lag_of_nothing_is_the_value(void **state)
{
    static const double x[N] = {2.385, 1, 4, 1, 5, 9, 2, 6};
    (void)state;
    const double *y = apply("lag", "k=0", x, NULL);
    for (size_t i = 0; i < N; i++) assert_same(y[i], x[i]);
    y = apply("lag", "k=3", x, NULL);
    assert_same(y[2], missing);
    assert_same(y[3], 2.385);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_or_suggested),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(descriptions_hold_the_table),
        cmocka_unit_test(pointwise_values),
        cmocka_unit_test(missing_values_are_seen_and_filled),
        cmocka_unit_test(logs_of_small_numbers_keep_their_digits),
        cmocka_unit_test(places_count_from_the_oldest),
        cmocka_unit_test(fractional_weights_are_those_of_the_book),
        cmocka_unit_test(powers_of_whole_numbers_are_whole),
        cmocka_unit_test(averages_of_one_bar_are_the_bar),
        cmocka_unit_test(places_in_windows_of_infinities),
        cmocka_unit_test(zeros_leave_no_sign),
        cmocka_unit_test(a_lag_of_nothing_is_the_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan is made of: shared, folded and dropped nodes; what is known of each; names. */
#include "feature_case.h"

static const char *const bars[] = {"open", "high", "low", "close", "volume", NULL};

static size_t nodes_of(const char *expression)
{
    tw_plan *plan = case_plan(bars, expression);
    const size_t n = tw_plan_nodes(plan);
    tw_plan_free(plan);
    return n;
}

static void equal_nodes_are_one(void **state)
{
    (void)state;
    assert_int_equal(nodes_of("close"), 1);
    assert_int_equal(nodes_of("close - close"), 2);
    assert_int_equal(nodes_of("mean(close, 5) / mean(close, timeperiod=5)"), 3);
    assert_int_equal(nodes_of("mean(close, 5) / mean(close, 6)"), 4);
    assert_int_equal(nodes_of("clip(close) + clip(close, -3) + clip(close, lo=-3, hi=1.5 * 2)"), 4);
    assert_int_equal(nodes_of("linreg(close, 9).slope - linreg(close, 9).intercept"), 3);
    /* where the trait says that no bit differs, and only there */
    assert_int_equal(nodes_of("(open + close) / (close + open)"), 4);
    assert_int_equal(nodes_of("(open - close) / (close - open)"), 5);
    assert_int_equal(nodes_of("less(open, close) + less(close, open)"), 5);
}

static void constants_fold(void **state)
{
    (void)state;
    assert_int_equal(nodes_of("2.385 * 3 - exp(1) ^ 2"), 1);
    assert_int_equal(nodes_of("mean(close, 2 * 3 - 1)"), 2);
    assert_int_equal(nodes_of("if(1 < 2 and not false, close, open)"), 4);
    /* a window of a constant is missing before the first bar: it is no constant */
    assert_int_equal(nodes_of("sum(2.5, 3)"), 2);
}

static double at_bar(const char *expression, size_t t)
{
    double x[8], y[8];
    for (size_t i = 0; i < 8; i++) x[i] = 2.385 + (double)i;
    tw_plan *plan = case_plan(TW_NAMES("close"), expression);
    tw_runner *runner = case_runner(NULL, plan, 1);
    assert_ok(tw_runner_run(runner, 8, &(tw_tiles){x, 0, 1}, &(tw_tiles_out){.f64 = y, .time_stride = 1}, NULL), NULL);
    tw_runner_free(runner);
    tw_plan_free(plan);
    return y[t];
}

static void constants_have_a_beginning(void **state)
{
    (void)state;
    assert_true(isnan(at_bar("sum(2.5, 3)", 1)));
    assert_same(at_bar("sum(2.5, 3)", 2), 7.5);
    assert_same(at_bar("sum(2.5, 3) + 2.5", 7), 10);
    assert_true(isnan(at_bar("lag(2.5, 6)", 5)));
    assert_same(at_bar("lag(2.5, 6)", 6), 2.5);
    assert_same(at_bar("2.5", 0), 2.5);
}

static void what_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t lookback, age;
        bool logical, section;
    } cases[] = {
        {"close", 0, 0, false, false},
        {"lag(close, 3)", 3, 3, false, false},
        {"mean(lag(close, 3), 5) / lag(open, 1)", 7, 1, false, false},
        {"mean(close, 5) > mean(close, 20)", 19, 0, true, false},
        {"lag(close > open, 2)", 2, 2, true, false},
        {"if(close > open, high > low, volume > 1)", 0, 0, true, false},
        {"fill(close > lag(close, 1), 0)", 1, 0, true, false},
        {"fill(close > lag(close, 1), 0.5)", 1, 0, false, false},
        {"not nz(lag(close, 2) > 3)", 2, 2, true, false},
        {"if(close > open, high, low)", 0, 0, false, false},
        {"rank(mean(close, 4))", 3, 0, false, true},
        {"lag(rank(close), 2) - close", 2, 0, false, true},
        {"2.5", 0, SIZE_MAX, false, false},
        {"true", 0, SIZE_MAX, true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tw_plan *plan = case_plan(bars, cases[i].text);
        if (tw_plan_lookback(plan, 0) != cases[i].lookback || tw_plan_age(plan, 0) != cases[i].age ||
            tw_plan_is_logical(plan, 0) != cases[i].logical || tw_plan_is_section(plan, 0) != cases[i].section)
            fail_msg("%s: lookback %zu, age %zu", cases[i].text, tw_plan_lookback(plan, 0), tw_plan_age(plan, 0));
        tw_plan_free(plan);
    }
}

static void lets_in_order(void **state)
{
    (void)state;
    const tw_feature lets[] = {{"mid", "(high + low) / 2"}, {"move", "mid / lag(mid, 1) - 1"}, {"dead", "exp(volume)"}};
    const tw_feature features[] = {{"a", "mean(move, 5)"},
                                   {"b b", "std((low + high) / 2 / lag((high + low) / 2, 1) - 1, 5)"}};
    tw_plan_spec spec = {bars, 5, lets, 3, features, 2};
    tw_plan *plan = NULL;
    tw_error err = {""};
    assert_ok(tw_plan_compile(NULL, &spec, &plan, &err), &err);
    /* high, low, sum, 2, mid, lag, ratio, 1, move, mean, std */
    assert_int_equal(tw_plan_nodes(plan), 11);
    assert_true(tw_plan_uses_column(plan, 1));
    assert_false(tw_plan_uses_column(plan, 4)); /* only the let that nobody uses */
    assert_string_equal(tw_plan_feature_name(plan, 1), "b b");
    tw_plan_free(plan);
}

static void expect_spec(const tw_plan_spec *spec, tw_status status, const char *part)
{
    tw_plan *plan = NULL;
    tw_error err = {""};
    assert_int_equal(tw_plan_compile(NULL, spec, &plan, &err), status);
    if (!strstr(err.message, part)) fail_msg("'%s' is not in '%s'", part, err.message);
    assert_null(plan);
}

static void names_are_checked(void **state)
{
    (void)state;
    const tw_feature good = {"f", "close"}, uses = {"f", "close + x"};
    static const struct {
        tw_feature let;
        tw_status status;
        const char *part;
    } cases[] = {
        {{"close", "open"}, TW_EXISTS, "there is a column of this name"},
        {{"2x", "open"}, TW_BAD_NAME, "letters, digits"},
        {{"x y", "open"}, TW_BAD_NAME, "letters, digits"},
        {{"nan", "open"}, TW_BAD_NAME, "word of the language"},
        {{"", "open"}, TW_BAD_NAME, "let 1 has no name"},
        {{"x", NULL}, TW_BAD_VALUE, "no expression"},
        {{"x", "x + 1"}, TW_BAD_NAME, "let 'x', column 1: no column or sub-expression 'x'"},
        {{"y", "open"}, TW_BAD_NAME, "feature 'f', column 9: no column or sub-expression 'x'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_spec(&(tw_plan_spec){bars, 5, &cases[i].let, 1, &uses, 1}, cases[i].status, cases[i].part);
    const tw_feature twice[] = {good, good};
    expect_spec(&(tw_plan_spec){bars, 5, NULL, 0, twice, 2}, TW_EXISTS, "feature 'f' is given twice");
    expect_spec(&(tw_plan_spec){bars, 5, twice, 2, &good, 1}, TW_EXISTS, "let 'f' is given twice");
    expect_spec(&(tw_plan_spec){TW_NAMES("close", "close"), 2, NULL, 0, &good, 1}, TW_EXISTS, "column 'close'");
}

static void equal_plans_have_equal_hashes(void **state)
{
    (void)state;
    tw_plan *a = case_plan(bars, "mean(close, 5) + open"), *b = case_plan(bars, " mean( close,timeperiod = 5 )+open");
    tw_plan *c = case_plan(bars, "mean(close, 6) + open"), *d = case_plan(bars, "2 * mean(close, 5) + open");
    assert_true(tw_plan_hash(a) == tw_plan_hash(b));
    assert_true(tw_plan_hash(a) != tw_plan_hash(c));
    assert_true(tw_plan_hash(a) != tw_plan_hash(d));
    tw_plan_free(a), tw_plan_free(b), tw_plan_free(c), tw_plan_free(d);
}

static void describes_itself(void **state)
{
    (void)state;
    tw_plan *plan = case_plan(bars, "rank(linreg(close, 9).slope) > 0.5");
    tw_buf text;
    tw_json json;
    tw_buf_init(&text, NULL);
    tw_json_init(&json, &text, false);
    tw_plan_describe(plan, &json);
    const char *const parts[] = {"\"operator\":\"linreg\",\"params\":{\"timeperiod\":9}",
                                 "\"output\":\"slope\"",
                                 "\"constant\":0.5",
                                 "\"type\":\"logical\"",
                                 "\"lookback\":8",
                                 "\"phase\":1"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (!strstr(text.data, parts[i])) fail_msg("%s is not in %s", parts[i], text.data);
    tw_buf_clear(&text);
    tw_plan_free(plan);
}

static void sections_nest_to_a_bound(void **state)
{
    (void)state;
    char text[1024] = "close";
    for (int i = 0; i < 65; i++) {
        char outer[1024];
        snprintf(outer, sizeof outer, "rank(%.1000s)", text);
        memcpy(text, outer, sizeof text);
    }
    tw_error err;
    assert_int_equal(case_compile(bars, text, NULL, &err), TW_TOO_LARGE);
    assert_non_null(strstr(err.message, "nested 64 deep"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_nodes_are_one),
        cmocka_unit_test(constants_fold),
        cmocka_unit_test(constants_have_a_beginning),
        cmocka_unit_test(what_is_known),
        cmocka_unit_test(lets_in_order),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(equal_plans_have_equal_hashes),
        cmocka_unit_test(describes_itself),
        cmocka_unit_test(sections_nest_to_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Operators that are defined in the feature language: what they become, what they share, how they are spoken of. */
#include <math.h>

#include "feature_case.h"

static const char *const bars[] = {"open", "high", "low", "close", "volume", NULL};

static tw_plan *plan_of_two(const char *first, const char *second)
{
    const tw_feature features[] = {{"first", first}, {"second", second}};
    const tw_plan_spec spec = {.columns = bars, .n_columns = 5, .features = features, .n_features = 2};
    tw_plan *plan = NULL;
    tw_error err;
    assert_ok(tw_plan_compile(NULL, &spec, &plan, &err), &err);
    return plan;
}

static void a_definition_is_its_nodes(void **state)
{
    (void)state;
    tw_plan *plan = plan_of_two("donchian(high, low, 9).middleband", "medprice(max(high, 9), min(low, 9))");
    assert_int_equal(tw_plan_nodes(plan), 5); /* two columns, max, min, medprice: both features are one node */
    assert_int_equal(tw_plan_lookback(plan, 0), 8);
    tw_plan_free(plan);
    plan = plan_of_two("donchian(high, low, timeperiod=9)",
                       "donchian(high, low, 9).upperband - medprice(max(high, 9), min(low, 9))");
    assert_int_equal(tw_plan_nodes(plan), 6); /* the first output is the default; the window is shared */
    tw_plan_free(plan);
}

static void lets_keep_the_outputs(void **state)
{
    (void)state;
    const tw_feature let = {"channel", "donchian(high, low, 5)"};
    const tw_feature feature = {"width", "(channel.upperband - channel.lowerband) / channel"};
    const tw_plan_spec spec = {
        .columns = bars, .n_columns = 5, .lets = &let, .n_lets = 1, .features = &feature, .n_features = 1};
    tw_plan *plan = NULL;
    tw_error err;
    assert_ok(tw_plan_compile(NULL, &spec, &plan, &err), &err);
    tw_plan_free(plan);
}

static void one_is_chosen(void **state)
{
    (void)state;
    tw_plan *plan = plan_of_two("choose(1, open, close, nonsense(;))", "choose(2 - 2, close, mean(open, -3))");
    assert_int_equal(tw_plan_nodes(plan), 1);
    tw_plan_free(plan);
}

static void refused(const char *expression, const char *what)
{
    const tw_feature feature = {"f", expression};
    const tw_plan_spec spec = {.columns = bars, .n_columns = 5, .features = &feature, .n_features = 1};
    tw_plan *plan = NULL;
    tw_error err = {""};
    assert_int_not_equal(tw_plan_compile(NULL, &spec, &plan, &err), TW_OK);
    if (!strstr(err.message, what)) fail_msg("%s: %s", expression, err.message);
}

static void mistakes_point_at_their_place(void **state)
{
    (void)state;
    refused("close + donchian(high, low).uperband",
            "column 29: donchian has no output 'uperband' (did you mean 'upperband'?)");
    refused("donchian(high, low, 0)", "column 21: donchian: timeperiod");
    refused("donchian(high, low, 5).upperband.middleband", "has no output 'middleband'");
    refused("donchian(high, low, -5)", "look-ahead");
    refused("donchian(high)", "column 1: donchian needs 2 inputs");
    refused("choose(close, open, high)", "column 8: choose: which one must be a constant");
    refused("choose(2, open, high)", "column 8: choose: 2 of 2 expressions");
    refused("choose(0.5, open, high)", "choose: 0.5 of 2");
    refused("choose(0, open, (high", "')' wanted");
    refused("choose(1, open", "wanted, but the text ends");
    refused("choose(0)", "choose: 0 of 0");
    refused("open; close", "got ';'");
}

static void one_series_in_one_call(void **state)
{
    (void)state;
    const double high[] = {2.385, 2.41, 2.4, 2.5, 2.47}, low[] = {2.3, 2.31, 2.33, 2.4, 2.385};
    const double *const in[] = {high, low};
    double upper[5], middle[5], lower[5];
    double *const out[] = {upper, middle, lower};
    tw_error err = {""};
    assert_ok(tw_op_apply(NULL, "donchian", "timeperiod=3", 5, in, out, &err), &err);
    assert_true(isnan(upper[1]) && isnan(middle[1]) && isnan(lower[1]));
    assert_near(upper[2], 2.41, 0);
    assert_near(lower[4], 2.33, 0);
    assert_near(middle[4], (2.5 + 2.33) / 2, 0);
    assert_int_equal(tw_op_apply(NULL, "donchian", "timeperiod=0", 5, in, out, &err), TW_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_definition_is_its_nodes),
        cmocka_unit_test(lets_keep_the_outputs),
        cmocka_unit_test(one_is_chosen),
        cmocka_unit_test(mistakes_point_at_their_place),
        cmocka_unit_test(one_series_in_one_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Named sets: names as in qlib, every expression compiles, warm-up as stated. */
#include "feature_case.h"

static const char *const columns[] = {"open", "high", "low", "close", "volume", "vwap"};

static size_t find(const tw_plan *plan, const char *name)
{
    for (size_t i = 0; i < tw_plan_features(plan); i++)
        if (strcmp(tw_plan_feature_name(plan, i), name) == 0) return i;
    fail_msg("no feature '%s'", name);
    return 0;
}

static tw_plan *compile(const char *name, size_t n_columns, tw_status want)
{
    const tw_feature_set *set = NULL;
    tw_feature *features = NULL;
    tw_arena arena;
    tw_plan *plan = NULL;
    tw_error err = {""};
    tw_plan_spec spec = {.columns = columns, .n_columns = n_columns};
    tw_arena_init(&arena, NULL);
    assert_ok(tw_feature_set_find(name, &set, &err), &err);
    assert_ok(set->build(&arena, &features, &spec.n_features, &err), &err);
    spec.features = features;
    assert_int_equal(tw_plan_compile(NULL, &spec, &plan, &err), want);
    if (want != TW_OK) assert_non_null(strstr(err.message, "no column or sub-expression 'vwap'"));
    tw_arena_clear(&arena);
    return plan;
}

static void alpha158(void **state)
{
    (void)state;
    tw_plan *plan = compile("alpha158", 6, TW_OK);
    assert_int_equal(tw_plan_features(plan), 158);
    assert_string_equal(tw_plan_feature_name(plan, 0), "KMID");
    assert_string_equal(tw_plan_feature_name(plan, 13), "ROC5");
    assert_string_equal(tw_plan_feature_name(plan, 157), "VSUMD60");
    assert_int_equal(tw_plan_lookback(plan, find(plan, "KSFT2")), 0);
    assert_int_equal(tw_plan_lookback(plan, find(plan, "ROC60")), 60);
    assert_int_equal(tw_plan_lookback(plan, find(plan, "MA60")), 59);
    assert_int_equal(tw_plan_lookback(plan, find(plan, "CORD20")), 20);
    for (size_t i = 0; i < 158; i++) assert_false(tw_plan_is_section(plan, i));
    for (size_t c = 0; c < 6; c++) assert_true(tw_plan_uses_column(plan, c));
    assert_true(tw_plan_nodes(plan) < 400); /* shared: written out they are more than 1,100 */
    tw_plan_free(plan);
}

static void alpha360(void **state)
{
    (void)state;
    tw_plan *plan = compile("alpha360", 6, TW_OK);
    assert_int_equal(tw_plan_features(plan), 360);
    assert_string_equal(tw_plan_feature_name(plan, 0), "CLOSE59");
    assert_string_equal(tw_plan_feature_name(plan, 59), "CLOSE0");
    assert_string_equal(tw_plan_feature_name(plan, 359), "VOLUME0");
    assert_int_equal(tw_plan_lookback(plan, 0), 59);
    tw_plan_free(plan);
}

static void vwap_is_wanted(void **state)
{
    (void)state;
    assert_null(compile("alpha158", 5, TW_BAD_NAME));
}

/* Who has no vwap says what stands for it. */
static void vwap_may_be_a_let(void **state)
{
    (void)state;
    const tw_feature_set *set;
    tw_arena arena;
    tw_plan *plan = NULL;
    tw_feature *features;
    tw_error err = {""};
    const tw_feature let = {"vwap", "(high + low + close) / 3"};
    tw_plan_spec spec = {.columns = columns, .n_columns = 5, .lets = &let, .n_lets = 1};
    tw_arena_init(&arena, NULL);
    assert_ok(tw_feature_set_find("alpha360", &set, &err), &err);
    assert_ok(set->build(&arena, &features, &spec.n_features, &err), &err);
    spec.features = features;
    assert_ok(tw_plan_compile(NULL, &spec, &plan, &err), &err);
    tw_plan_free(plan);
    tw_arena_clear(&arena);
}

static void names(void **state)
{
    (void)state;
    const tw_feature_set *set;
    tw_error err;
    size_t n;
    const tw_feature_set *const *all = tw_feature_sets(&n);
    assert_int_equal(n, 2);
    assert_string_equal(all[0]->name, "alpha158");
    assert_int_equal(tw_feature_set_find("alpha185", &set, &err), TW_BAD_NAME);
    assert_string_equal(err.message, "no feature set 'alpha185' (did you mean 'alpha158'?)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(alpha158), cmocka_unit_test(alpha360),
                                       cmocka_unit_test(vwap_is_wanted), cmocka_unit_test(vwap_may_be_a_let),
                                       cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps: the settings that a text stands for, and a plan of all of them. */
#include <math.h>

#include "feature_case.h"

static void assert_settings(const char *text, const char *const *wanted, size_t n_wanted)
{
    const char *const *settings;
    size_t n = 0;
    tw_arena arena;
    tw_error err;
    tw_arena_init(&arena, NULL);
    assert_ok(tw_sweep_settings(&arena, text, &settings, &n, &err), &err);
    assert_int_equal(n, n_wanted);
    for (size_t i = 0; i < n; i++) assert_string_equal(settings[i], wanted[i]);
    tw_arena_clear(&arena);
}

static void texts_stand_for_settings(void **state)
{
    (void)state;
    assert_settings("", (const char *const[]){""}, 1);
    assert_settings(NULL, (const char *const[]){""}, 1);
    assert_settings("  timeperiod=5 ", (const char *const[]){"timeperiod=5"}, 1);
    assert_settings("timeperiod=5..7", (const char *const[]){"timeperiod=5", "timeperiod=6", "timeperiod=7"}, 3);
    assert_settings("k=2..9/3", (const char *const[]){"k=2", "k=5", "k=8"}, 3);
    assert_settings("k=0.1..0.3/0.1", (const char *const[]){"k=0.1", "k=0.2", "k=0.3"}, 3);
    assert_settings("k=-2..-1", (const char *const[]){"k=-2", "k=-1"}, 2);
    assert_settings("n=3|10..12/2|40", (const char *const[]){"n=3", "n=10", "n=12", "n=40"}, 4);
    assert_settings("n=1|2 nan=hold|reset",
                    (const char *const[]){"n=1 nan=hold", "n=1 nan=reset", "n=2 nan=hold", "n=2 nan=reset"}, 4);
    assert_settings("n=1..x", (const char *const[]){"n=1..x"}, 1); /* the operator will say what is wrong with it */
}

static void bad_texts_are_told(void **state)
{
    static const char *const cases[][2] = {
        {"timeperiod", "'timeperiod' must be name=value"},
        {"=5", "'=5' must be name=value"},
        {"k=9..5", "range '9..5' of 'k' must be from..to/step with from <= to and step > 0"},
        {"k=1..5/0", "range '1..5/0' of 'k' must be from..to/step with from <= to and step > 0"},
        {"k=1..5/-1", "range '1..5/-1' of 'k' must be from..to/step with from <= to and step > 0"},
        {"k=1..110000", "range '1..110000' of 'k' has 110000 values, at most 100000"},
        {"k=1..1e300", "range '1..1e300' of 'k' has"},
        {"k=1..1000 j=1..101", "a sweep may have 100000 settings"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const *settings;
        size_t n = 0;
        tw_arena arena;
        tw_error err;
        tw_arena_init(&arena, NULL);
        assert_int_not_equal(tw_sweep_settings(&arena, cases[i][0], &settings, &n, &err), TW_OK);
        if (strncmp(err.message, cases[i][1], strlen(cases[i][1])) != 0) assert_string_equal(err.message, cases[i][1]);
        tw_arena_clear(&arena);
    }
}

enum { BARS = 300 };

static void run_plan(const tw_plan *plan, const double *const *x, double y[][BARS])
{
    tw_tiles in[3];
    tw_tiles_out out[16];
    tw_runner *runner = NULL;
    tw_error err;
    assert_ok(tw_runner_new(NULL, plan, 1, NULL, &runner, &err), &err);
    for (size_t i = 0; i < 3; i++) in[i] = (tw_tiles){x[i], 0, 1};
    for (size_t f = 0; f < tw_plan_features(plan); f++) out[f] = (tw_tiles_out){.f64 = y[f], .time_stride = 1};
    assert_ok(tw_runner_run(runner, BARS, in, out, &err), &err);
    tw_runner_free(runner);
}

/* Each setting gives the bits it gives alone, and what settings share is one node. */
static void a_sweep_is_its_settings(void **state)
{
    static const char *const settings[] = {"fastk_period=5", "fastk_period=9 slowd_period=4",
                                           "fastk_period=5 slowk_period=2"};
    static double high[BARS], low[BARS], close[BARS], all[6][BARS], one[2][BARS];
    const double *const x[] = {high, low, close};
    tw_plan *plan = NULL;
    tw_error err;
    (void)state;
    tw_random r = {1964, 1, 0};
    for (size_t t = 0; t < BARS; t++) {
        close[t] = 50 + (t ? close[t - 1] - 50 : 0) * 0.98 + tw_random_normal(&r);
        high[t] = close[t] + tw_random_uniform(&r), low[t] = t % 71 == 70 ? NAN : close[t] - tw_random_uniform(&r);
    }
    assert_ok(tw_plan_sweep(NULL, "stoch", settings, 3, &plan, &err), &err);
    assert_int_equal(tw_plan_features(plan), 6);
    assert_string_equal(tw_plan_feature_name(plan, 3), "slowd(fastk_period=9 slowd_period=4)");
    run_plan(plan, x, all);
    tw_plan_free(plan);
    for (size_t i = 0; i < 3; i++) {
        assert_ok(tw_plan_operator(NULL, "stoch", settings[i], &plan, &err), &err);
        assert_string_equal(tw_plan_feature_name(plan, 0), "slowk");
        run_plan(plan, x, one);
        assert_memory_equal(one, all[2 * i], sizeof one);
        tw_plan_free(plan);
    }
    assert_int_not_equal(tw_plan_sweep(NULL, "stoch", settings, 0, &plan, &err), TW_OK);
    assert_string_equal(err.message, "stoch: a sweep takes 1 to 4096 settings, got 0");
    assert_int_not_equal(
        tw_plan_sweep(NULL, "sma", (const char *const[]){"timeperiod=3", "timeperiod=0"}, 2, &plan, &err), TW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_stand_for_settings),
        cmocka_unit_test(bad_texts_are_told),
        cmocka_unit_test(a_sweep_is_its_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Runners: layouts of values, cross-sections and groups, forgetting, memory. */
#include "feature_case.h"
#include "tw_oom.h"

enum { SYMBOLS = 19, BARS = 130, BLOCKS = 2, LANES = 16 };

static double x[BLOCKS * BARS * LANES]; /* [block][time][lane] */

static double *at(double *values, size_t t, size_t s) { return values + (s / LANES * BARS + t) * LANES + s % LANES; }

static int fill(void **state)
{
    (void)state;
    for (size_t t = 0; t < BARS; t++)
        for (size_t s = 0; s < BLOCKS * LANES; s++) *at(x, t, s) = 2.385 + (double)((t * 7 + s * 5) % 31);
    return 0;
}

static const tw_tiles tiles = {x, BARS *LANES, LANES};

static void rows_by_time_then_symbol(void **state)
{
    (void)state;
    static double tile[BLOCKS * BARS * LANES], rows[BLOCKS * BARS * LANES], in_rows[BLOCKS * BARS * LANES];
    for (size_t t = 0; t < BARS; t++)
        for (size_t s = 0; s < BLOCKS * LANES; s++) in_rows[t * BLOCKS * LANES + s] = *at(x, t, s);
    tw_plan *plan = case_plan(TW_NAMES("close"), "mean(close, 9) / lag(close, 3)");
    tw_runner *a = case_runner(NULL, plan, SYMBOLS), *b = case_runner(NULL, plan, SYMBOLS);
    const tw_tiles_out to_tile = {.f64 = tile, .block_stride = BARS * LANES, .time_stride = LANES};
    const tw_tiles from_rows = {in_rows, LANES, BLOCKS * LANES};
    const tw_tiles_out to_rows = {.f64 = rows, .block_stride = LANES, .time_stride = BLOCKS * LANES};
    assert_ok(tw_runner_run(a, BARS, &tiles, &to_tile, NULL), NULL);
    assert_ok(tw_runner_run(b, BARS, &from_rows, &to_rows, NULL), NULL);
    for (size_t t = 0; t < BARS; t++)
        for (size_t s = 0; s < BLOCKS * LANES; s++) {
            assert_same(rows[t * BLOCKS * LANES + s], *at(tile, t, s));
            assert_true(isnan(*at(tile, t, s)) == (s >= SYMBOLS || t < 8));
        }
    tw_runner_free(a), tw_runner_free(b);
    tw_plan_free(plan);
}

static void narrow_is_the_nearest(void **state)
{
    (void)state;
    static double wide[BLOCKS * BARS * LANES];
    static float narrow[BLOCKS * BARS * LANES];
    tw_plan *plan = case_plan(TW_NAMES("close"), "exp(close) / 7");
    tw_runner *runner = case_runner(NULL, plan, SYMBOLS);
    const tw_tiles_out f64 = {.f64 = wide, .block_stride = BARS * LANES, .time_stride = LANES};
    const tw_tiles_out f32 = {.f32 = narrow, .block_stride = BARS * LANES, .time_stride = LANES};
    assert_ok(tw_runner_run(runner, BARS, &tiles, &f64, NULL), NULL);
    tw_runner_reset(runner);
    assert_true(tw_runner_bars(runner) == 0);
    assert_ok(tw_runner_run(runner, BARS, &tiles, &f32, NULL), NULL);
    for (size_t i = 0; i < BLOCKS * BARS * LANES; i++)
        assert_true(narrow[i] == (float)wide[i] || (isnan(narrow[i]) && isnan(wide[i])));
    tw_runner_free(runner);
    tw_plan_free(plan);
}

/* Ranks by hand, with a window below and a lag above the cross-section. */
static double share_below(size_t t, size_t s)
{
    double below = 0, equal = 0;
    for (size_t k = 0; k < SYMBOLS; k++) {
        below += *at(x, t, k) < *at(x, t, s);
        equal += *at(x, t, k) == *at(x, t, s);
    }
    return (below + (equal + 1) / 2) / (double)SYMBOLS;
}

static void across_symbols(void **state)
{
    (void)state;
    static double y[BLOCKS * BARS * LANES];
    tw_plan *plan = case_plan(TW_NAMES("close"), "lag(rank(mean(close, 1)), 2) + 0 * close");
    tw_runner *runner = case_runner(NULL, plan, SYMBOLS);
    const tw_tiles_out out = {.f64 = y, .block_stride = BARS * LANES, .time_stride = LANES};
    assert_ok(tw_runner_run(runner, BARS, &tiles, &out, NULL), NULL);
    for (size_t t = 2; t < BARS; t++)
        for (size_t s = 0; s < SYMBOLS; s++) assert_near(*at(y, t, s), share_below(t - 2, s), 1e-15);
    tw_runner_free(runner);
    tw_plan_free(plan);
}

static void within_groups(void **state)
{
    (void)state;
    static double y[BLOCKS * BARS * LANES];
    int32_t group[SYMBOLS];
    for (int s = 0; s < SYMBOLS; s++) group[s] = s % 3;
    tw_plan *plan = case_plan(TW_NAMES("close"), "group_demean(close)");
    tw_runner *runner = NULL;
    tw_error err = {""};
    assert_ok(tw_runner_new(NULL, plan, SYMBOLS, group, &runner, &err), &err);
    const tw_tiles_out out = {.f64 = y, .block_stride = BARS * LANES, .time_stride = LANES};
    assert_ok(tw_runner_run(runner, BARS, &tiles, &out, NULL), NULL);
    for (size_t t = 0; t < BARS; t++)
        for (size_t g = 0; g < 3; g++) {
            double sum = 0;
            for (size_t s = g; s < SYMBOLS; s += 3) sum += *at(y, t, s);
            assert_near(sum, 0, 1e-12);
        }
    tw_runner_free(runner);
    group[4] = -1;
    assert_int_equal(tw_runner_new(NULL, plan, SYMBOLS, group, &runner, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "the group of symbol 4 must be 0 or more, got -1");
    tw_plan_free(plan);
}

/* A symbol that has not listed is not there, whatever an expression makes of its missing bars. */
static void symbols_that_list_later_change_nothing(void **state)
{
    static const char *const texts[] = {"rank(nz(close))",         "scale(1)",
                                        "demean(is_missing(vol))", "zscore(fill(mean(close, 2), 3))",
                                        "bucket(ema(nz(vol), 2))", "group_winsor(if(is_missing(vol), 1, close))"};
    enum { N = 5, MORE = 19, T = 40 };
    static double close[2 * T * LANES], vol[2 * T * LANES], few[2 * T * LANES], many[2 * T * LANES];
    (void)state;
    for (size_t i = 0; i < 2 * T * LANES; i++) {
        const bool listed = i < T * LANES && i % LANES < N;
        close[i] = listed ? 2.385 + (double)(i * 7 % 13) : (double)NAN;
        vol[i] = listed && i % 3 ? (double)(i % 17) : (double)NAN;
    }
    const tw_tiles in[2] = {{close, T * LANES, LANES}, {vol, T * LANES, LANES}};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        tw_plan *plan = case_plan(TW_NAMES("close", "vol"), texts[k]);
        tw_runner *a = case_runner(NULL, plan, N), *b = case_runner(NULL, plan, MORE);
        const tw_tiles_out to_few = {.f64 = few, .block_stride = T * LANES, .time_stride = LANES};
        const tw_tiles_out to_many = {.f64 = many, .block_stride = T * LANES, .time_stride = LANES};
        assert_ok(tw_runner_run(a, T, in, &to_few, NULL), NULL);
        assert_ok(tw_runner_run(b, T, in, &to_many, NULL), NULL);
        for (size_t i = 0; i < T * LANES; i++) assert_same(few[i], many[i]);
        assert_true(isfinite(few[T * LANES - LANES]) && isnan(many[T * LANES - 1]));
        tw_runner_free(a), tw_runner_free(b);
        tw_plan_free(plan);
    }
}

static void places_are_checked(void **state)
{
    (void)state;
    double y;
    tw_plan *plan = case_plan(TW_NAMES("open", "close"), "close * 2");
    tw_runner *runner = case_runner(NULL, plan, 1);
    tw_error err;
    tw_tiles in[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
    tw_tiles_out out = {.time_stride = 1};
    assert_int_equal(tw_runner_run(runner, 1, in, &out, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "column 'close' is used by the plan and has no values");
    in[1] = (tw_tiles){x, 0, 1};
    assert_int_equal(tw_runner_run(runner, 1, in, &out, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "feature 'f' wants a place for either f64 or f32 values");
    out.f64 = &y;
    assert_ok(tw_runner_run(runner, 0, in, &out, &err), &err);
    assert_ok(tw_runner_run(runner, 1, in, &out, &err), &err);
    assert_same(y, 2 * x[0]);
    assert_true(tw_runner_bars(runner) == 1);
    tw_runner_free(runner);
    assert_int_equal(tw_runner_new(NULL, plan, 0, NULL, &runner, &err), TW_BAD_VALUE);
    tw_plan_free(plan);
}

static void hunger_is_bounded(void **state)
{
    (void)state;
    tw_plan *plan = case_plan(TW_NAMES("close"), "mean(mean(mean(close, 100000), 99999), 99998)");
    tw_runner *runner = NULL;
    tw_error err = {""};
    assert_int_equal(tw_runner_new(NULL, plan, 100000, NULL, &runner, &err), TW_TOO_LARGE);
    assert_non_null(strstr(err.message, "a runner may need 65536 MiB, this plan over 100000 symbols needs"));
    tw_plan_free(plan);
}

/* run and peek, in every form, ask for no memory. */
static void running_does_not_allocate(void **state)
{
    (void)state;
    static double y[BLOCKS * BARS * LANES];
    static const char *const texts[] = {"mean(close, 9) / lag(close, 70)", "rank(std(close, 9)) - lag(rank(close), 3)"};
    const tw_tiles_out out = {.f64 = y, .block_stride = BARS * LANES, .time_stride = LANES};
    for (size_t i = 0; i < 2; i++) {
        tw_oom oom;
        tw_oom_init(&oom, 0, false);
        tw_plan *plan = case_plan(TW_NAMES("close"), texts[i]);
        tw_runner *runner = case_runner(&oom.ctx, plan, SYMBOLS);
        const size_t before = oom.calls;
        assert_ok(tw_runner_run(runner, 100, &tiles, &out, NULL), NULL);
        assert_ok(tw_runner_peek(runner, &tiles, &out, NULL), NULL);
        assert_ok(tw_runner_run(runner, 1, &tiles, &out, NULL), NULL);
        tw_runner_reset(runner);
        assert_int_equal(oom.calls, before);
        tw_runner_free(runner);
        assert_int_equal(oom.live, 0);
        tw_plan_free(plan);
    }
}

/* A feature may be written over the column it is made of, in either width. */
static void features_over_their_column(void **state)
{
    enum { ROWS = 3000 };
    static double column[ROWS], y[ROWS], over[ROWS];
    const tw_tiles in = {column, 0, 1}, same = {over, 0, 1};
    const tw_tiles_out apart = {.f64 = y, .time_stride = 1};
    const tw_tiles_out outs[] = {{.f64 = over, .time_stride = 1}, {.f32 = (float *)(void *)over, .time_stride = 1}};
    (void)state;
    for (size_t t = 0; t < ROWS; t++) column[t] = (double)(t * 2654435761U % 1009);
    tw_plan *plan = case_plan(TW_NAMES("close"), "mean(close, 9) - lag(close, 3)");
    tw_runner *runner = case_runner(NULL, plan, 1);
    assert_ok(tw_runner_run(runner, ROWS, &in, &apart, NULL), NULL);
    for (size_t w = 0; w < 2; w++) {
        memcpy(over, column, sizeof column);
        tw_runner_reset(runner);
        assert_ok(tw_runner_run(runner, ROWS, &same, &outs[w], NULL), NULL);
        for (size_t t = 8; t < ROWS; t++) {
            const double got = w ? (double)outs[w].f32[t] : over[t], wanted = w ? (double)(float)y[t] : y[t];
            assert_true(got == wanted);
        }
    }
    tw_runner_free(runner);
    tw_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_by_time_then_symbol),
        cmocka_unit_test(narrow_is_the_nearest),
        cmocka_unit_test(across_symbols),
        cmocka_unit_test(within_groups),
        cmocka_unit_test(symbols_that_list_later_change_nothing),
        cmocka_unit_test(places_are_checked),
        cmocka_unit_test(hunger_is_bounded),
        cmocka_unit_test(running_does_not_allocate),
        cmocka_unit_test(features_over_their_column),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}

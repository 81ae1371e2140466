/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps: what is refused, ruin, searches over parameters against signals worked out by hand, walk-forward. */
#include "backtest/sweep/put.h"

#include "tw_test.h"

#include "tradewind/feature.h"
#include "tradewind/sweep.h"

#include <math.h>

enum { BARS = 500 };

static double close_[BARS];

static void walk(void)
{
    tw_random r = {.seed = 5};
    double x = 100;
    for (size_t t = 0; t < BARS; t++) close_[t] = x *= 1 + 0.015 * tw_random_normal(&r);
}

static tw_sweep_rules rules_of(const char *text)
{
    tw_sweep_rules rules;
    tw_error err;
    assert_ok(tw_params_parse(tw_sweep_rules_params(), "rules", text, &rules, &err), &err);
    return rules;
}

static void names_become_values(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"sma(close, fast) > slow", "fast=5 slow=0.25", "sma(close, 5) > 0.25"},
        {"sma(close, timeperiod=timeperiod)", "timeperiod=7", "sma(close, timeperiod=7)"},
        {"x == fast and fastest > 1e5", "fast=3 e5=9", "x == 3 and fastest > 1e5"},
        {"a.b + a", "a=1", "a.b + 1"},
        {"", "a=1", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tw_buf out;
        tw_buf_init(&out, NULL);
        tw_sweep_put(cases[i][0], cases[i][1], &out);
        if (cases[i][2])
            assert_string_equal(out.data, cases[i][2]);
        else
            assert_null(out.data);
        tw_buf_clear(&out);
    }
}

/* The mean of the last n closes as the feature language has it: none before there are n. */
static double mean_of(size_t t, size_t n)
{
    double sum = 0;
    if (t + 1 < n) return NAN;
    for (size_t k = t + 1 - n; k <= t; k++) sum += close_[k];
    return sum / (double)n;
}

static void search_is_signals(void **state)
{
    (void)state;
    static uint8_t enter[BARS * 96], leave[BARS * 96];
    const char *const *grid;
    const char *kept[128];
    size_t n;
    tw_arena arena;
    tw_error err;
    tw_sweep_result got, want;
    walk();
    tw_arena_init(&arena, NULL);
    assert_ok(tw_sweep_settings(&arena, "fast=3..12 slow=5..40/5", &grid, &n, &err), &err);
    assert_int_equal(n, 80);
    memcpy(kept, grid, n * sizeof *kept);
    assert_ok(tw_sweep_where(NULL, "fast < slow", kept, &n, &err), &err);
    assert_int_equal(n, 2 + 10 * 6 + 7); /* slow 5: 3, 4; slow 10: 3 to 9; the others all */
    for (size_t i = 0; i < n; i++) {
        int fast, slow;
        assert_int_equal(sscanf(kept[i], "fast=%d slow=%d", &fast, &slow), 2);
        for (size_t t = 0; t < BARS; t++) {
            enter[t * 96 + i] = mean_of(t, (size_t)fast) > mean_of(t, (size_t)slow);
            leave[t * 96 + i] = mean_of(t, (size_t)fast) < mean_of(t, (size_t)slow);
        }
    }
    const double *const values[] = {close_};
    const tw_sweep_prices prices = {.n_times = BARS, .close = close_, .time_stride = 1, .periods_per_year = 252};
    const tw_sweep_rules rules = rules_of("fill=next_close fee_bp=5");
    const tw_sweep_search search = {.setting = kept,
                                    .n = n,
                                    .enter_long = "sma(close, fast) > sma(close, slow)",
                                    .exit_long = "sma(close, fast) < sma(close, slow)",
                                    .column = TW_NAMES("close"),
                                    .values = values,
                                    .n_columns = 1,
                                    .prices = prices,
                                    .rules = rules,
                                    .keep = {.fills = true}};
    assert_ok(tw_sweep_search_run(NULL, &search, &got, &err), &err);
    const tw_sweep_job job = {n, prices, {enter, leave, NULL, NULL, 96, NULL}, rules, {.fills = true}, {0}};
    assert_ok(tw_sweep_run(NULL, &job, &want, &err), &err);
    assert_true(want.n_fills > 500);
    assert_int_equal(got.n_fills, want.n_fills);
    assert_memory_equal(got.fill, want.fill, want.n_fills * sizeof *want.fill);
    tw_sweep_clear(NULL, &got);
    tw_sweep_clear(NULL, &want);
    tw_arena_clear(&arena);
}

static void errors_name_what_is_wrong(void **state)
{
    (void)state;
    const char *setting[] = {"n=5"};
    const double *const values[] = {close_};
    tw_error err;
    tw_sweep_result out;
    walk();
    tw_sweep_search s = {.setting = setting,
                         .n = 1,
                         .enter_long = "sma(close, n)",
                         .column = TW_NAMES("close"),
                         .values = values,
                         .n_columns = 1,
                         .prices = {.n_times = BARS, .close = close_, .time_stride = 1, .periods_per_year = 252},
                         .rules = rules_of("fill=next_close")};
    assert_int_equal(tw_sweep_search_run(NULL, &s, &out, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "'sma(close, 5)' is a number"));
    s.enter_long = "close > sme(close, n)";
    assert_int_not_equal(tw_sweep_search_run(NULL, &s, &out, &err), TW_OK);
    assert_non_null(strstr(err.message, "'n=5'"));
    s.enter_long = "close > 1";
    s.rules.fee_bp = -1;
    assert_int_equal(tw_sweep_search_run(NULL, &s, &out, &err), TW_BAD_VALUE);
    s.rules = rules_of("fill=next_open");
    assert_int_equal(tw_sweep_search_run(NULL, &s, &out, &err), TW_BAD_DATA);
    s.rules = rules_of("fill=same_close sizing=percent size=0.5");
    s.enter_short = "close < 1";
    assert_int_equal(tw_sweep_search_run(NULL, &s, &out, &err), TW_BAD_VALUE);
    s.weight = "0.1 * n";
    s.rules = rules_of("fill=same_close");
    assert_int_equal(tw_sweep_search_run(NULL, &s, &out, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "weights and signals at once"));
    s.enter_long = s.enter_short = NULL;
    s.rules = rules_of("fill=same_close trailing=0.1");
    assert_int_equal(tw_sweep_search_run(NULL, &s, &out, &err), TW_BAD_VALUE);
    s.rules = rules_of("fill=same_close sizing=shares size=3");
    assert_int_equal(tw_sweep_search_run(NULL, &s, &out, &err), TW_BAD_VALUE);
    s.weight = NULL;
    assert_int_equal(tw_sweep_search_run(NULL, &s, &out, &err), TW_BAD_VALUE);
    s.enter_long = "close > 1";
    s.rules = rules_of("fill=same_close band=0.1");
    assert_int_equal(tw_sweep_search_run(NULL, &s, &out, &err), TW_BAD_VALUE);
    assert_null(out.measures);
}

typedef struct told {
    size_t times, n, fail_at;
} told;

static tw_status tell(void *arg, size_t n, const tw_sweep_measures *measures, tw_error *err)
{
    told *t = arg;
    assert_true(n > t->n && measures[n - 1].final_value > 0);
    t->n = n;
    return ++t->times == t->fail_at ? tw_fail(err, TW_IO_FAILED, "no room") : TW_OK;
}

/* Trials that are done are neither run nor touched; the others come out as they do in one run. */
static void a_part_is_that_of_the_whole(void **state)
{
    enum { N = 1100 };
    static float path[N][BARS], again[N][BARS];
    const double *const values[] = {close_};
    tw_arena arena;
    tw_error err;
    tw_sweep_result whole, part;
    told t = {0};
    (void)state;
    walk();
    tw_arena_init(&arena, NULL);
    tw_sweep_search s = {.enter_long = "close > sma(close, n)",
                         .exit_long = "close < sma(close, n) * x",
                         .column = TW_NAMES("close"),
                         .values = values,
                         .n_columns = 1,
                         .prices = {.n_times = BARS, .close = close_, .time_stride = 1, .periods_per_year = 252},
                         .rules = rules_of("fill=next_close"),
                         .keep = {.paths = path[0], .path_stride = BARS}};
    assert_ok(tw_sweep_settings(&arena, "n=2..111 x=0.98..1.0/0.00222", &s.setting, &s.n, &err), &err);
    assert_int_equal(s.n, N);
    assert_ok(tw_sweep_search_run(NULL, &s, &whole, &err), &err);
    s.keep.paths = again[0];
    s.part = (tw_sweep_part){64, tell, &t};
    assert_ok(tw_sweep_search_run(NULL, &s, &part, &err), &err);
    assert_true(t.times == 2 && t.n == N); /* 1,024 trials, then the others */
    assert_true(again[63][BARS - 1] == 0);
    assert_memory_equal(again[64], path[64], sizeof path - 64 * sizeof *path);
    for (size_t i = 64; i < N; i++) assert_same(part.measures[i].sharpe, whole.measures[i].sharpe);
    tw_sweep_clear(NULL, &part);
    t = (told){.fail_at = 1};
    assert_int_equal(tw_sweep_search_run(NULL, &s, &part, &err), TW_IO_FAILED);
    assert_null(part.measures);
    s.part.from = 10;
    assert_int_equal(tw_sweep_search_run(NULL, &s, &part, &err), TW_BAD_VALUE);
    tw_sweep_clear(NULL, &whole);
    tw_arena_clear(&arena);
}

static void run_first(size_t n, const uint8_t *signal, float *paths, tw_sweep_result *out)
{
    enum { ALL = 70 };
    const size_t side = (size_t)BARS * ALL;
    const tw_sweep_job job = {
        n,
        {.n_times = BARS, .close = close_, .time_stride = 1, .periods_per_year = 252},
        {signal, signal + side, signal + 2 * side, signal + 3 * side, ALL, NULL},
        rules_of("fill=next_close fee_bp=5"),
        {.paths = paths, .path_stride = BARS},
        {0},
    };
    tw_error err;
    assert_ok(tw_sweep_run(NULL, &job, out, &err), &err);
}

/* Signals are read 32 and 8 at a time: a trial is the same however many lie beside it. */
static void a_trial_is_the_same_in_any_company(void **state)
{
    enum { ALL = 70 };
    static uint8_t signal[4 * BARS * ALL];
    static float path[ALL][BARS], again[ALL][BARS];
    tw_random r = {.seed = 3};
    tw_sweep_result whole, part;
    (void)state;
    walk();
    for (size_t i = 0; i < sizeof signal; i++) signal[i] = tw_random_uniform(&r) < 0.1;
    run_first(ALL, signal, path[0], &whole);
    for (size_t n = 1; n < ALL; n++) {
        run_first(n, signal, again[0], &part);
        assert_memory_equal(again, path, n * sizeof *path);
        for (size_t i = 0; i < n; i++) {
            assert_same(part.measures[i].final_value, whole.measures[i].final_value);
            assert_true(part.measures[i].orders == whole.measures[i].orders && part.measures[i].orders > 20);
        }
        tw_sweep_clear(NULL, &part);
    }
    tw_sweep_clear(NULL, &whole);
}

/* A constant weight of all is to buy and hold; a weight by a setting is that share. */
static void weights_are_shares_of_equity(void **state)
{
    (void)state;
    const char *setting[] = {"w=1", "w=0.25", "w=-0.5"};
    const double *const values[] = {close_};
    float path[3][BARS];
    tw_error err;
    tw_sweep_result out;
    walk();
    const tw_sweep_search s = {.setting = setting,
                               .n = 3,
                               .weight = "w + 0 * close",
                               .column = TW_NAMES("close"),
                               .values = values,
                               .n_columns = 1,
                               .prices = {.n_times = BARS, .close = close_, .time_stride = 1, .periods_per_year = 252},
                               .rules = rules_of("fill=same_close"),
                               .keep = {.paths = path[0], .path_stride = BARS}};
    assert_ok(tw_sweep_search_run(NULL, &s, &out, &err), &err);
    for (size_t t = 1; t < BARS; t++) {
        const double r = close_[t] / close_[t - 1] - 1;
        assert_near((double)path[0][t], r, 1e-7);
        assert_near((double)path[1][t], 0.25 * r, 1e-7);
        assert_near((double)path[2][t], -0.5 * r, 1e-7);
    }
    assert_near(out.measures[1].exposure, 1, 1e-15);
    tw_sweep_clear(NULL, &out);
}

/* Short for all, then the price doubles and more: nothing is left, and nothing happens after. */
static void a_ruined_trial_stops(void **state)
{
    (void)state;
    const double price[] = {10, 10, 15, 25, 5, 5};
    const uint8_t enter[] = {1, 0, 0, 0, 1, 1}, leave[] = {0, 0, 0, 0, 0, 0};
    float path[6];
    tw_error err;
    tw_sweep_result out;
    const tw_sweep_job job = {.n = 1,
                              .prices = {.n_times = 6, .close = price, .time_stride = 1, .periods_per_year = 252},
                              .signals = {NULL, NULL, enter, leave, 1, NULL},
                              .rules = rules_of("capital=100 fill=same_close"),
                              .keep = {.paths = path, .path_stride = 6}};
    assert_ok(tw_sweep_run(NULL, &job, &out, &err), &err);
    assert_true(out.measures[0].ruined);
    assert_int_equal(out.measures[0].orders, 1);
    assert_near((double)path[2], -0.5, 1e-6);
    assert_near((double)path[3], -2, 1e-6); /* 50 becomes -50 */
    assert_true(path[4] == 0 && path[5] == 0);
    assert_near(out.measures[0].final_value, -50, 1e-12);
    tw_sweep_clear(NULL, &out);
}

static void draws_are_sets(void **state)
{
    (void)state;
    size_t times[20] = {0};
    const char *all[20];
    char text[20][8];
    tw_error err;
    for (size_t i = 0; i < 20; i++) snprintf(text[i], sizeof text[i], "n=%zu", i);
    for (uint64_t seed = 0; seed < 2000; seed++) {
        size_t n = 20, last = 0;
        for (size_t i = 0; i < 20; i++) all[i] = text[i];
        assert_ok(tw_sweep_draw(NULL, 5, seed, all, &n, &err), &err);
        assert_int_equal(n, 5);
        for (size_t i = 0; i < n; i++) {
            const size_t at = (size_t)(all[i] - text[0]) / sizeof text[0];
            assert_true(i == 0 || at > last);
            last = at;
            times[at]++;
        }
    }
    for (size_t i = 0; i < 20; i++) assert_true(times[i] > 400 && times[i] < 600); /* 500, sd 19 */
}

static void walk_forward_takes_the_best(void **state)
{
    (void)state;
    /* Trial 0 earns at first, trial 1 later. */
    float path[2][12];
    for (size_t t = 0; t < 12; t++) {
        path[0][t] = (t < 6 ? 0.02f : -0.02f) + (t % 2 ? 0.01f : -0.01f);
        path[1][t] = -path[0][t];
    }
    float joined[8];
    size_t chosen[4];
    tw_error err;
    const tw_sweep_keep keep = {.paths = path[0], .path_stride = 12};
    tw_sweep_windows w = {4, 2, false};
    assert_ok(tw_sweep_walk_forward(NULL, &keep, 2, 12, &w, joined, chosen, &err), &err);
    /* Trained on 0-3, 2-5, 4-7 (even: the first of equals), 6-9. */
    assert_int_equal(chosen[0], 0);
    assert_int_equal(chosen[1], 0);
    assert_int_equal(chosen[3], 1);
    assert_true(joined[0] == path[0][4] && joined[7] == path[1][11]);
    w.anchored = true;
    assert_ok(tw_sweep_walk_forward(NULL, &keep, 2, 12, &w, joined, chosen, &err), &err);
    assert_int_equal(chosen[3], 0); /* 0-9: six good bars of trial 0, four bad ones */
    w.train = 12;
    assert_int_equal(tw_sweep_walk_forward(NULL, &keep, 2, 12, &w, joined, chosen, &err), TW_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_values),         cmocka_unit_test(search_is_signals),
        cmocka_unit_test(errors_name_what_is_wrong),   cmocka_unit_test(weights_are_shares_of_equity),
        cmocka_unit_test(a_part_is_that_of_the_whole), cmocka_unit_test(a_trial_is_the_same_in_any_company),
        cmocka_unit_test(a_ruined_trial_stops),        cmocka_unit_test(draws_are_sets),
        cmocka_unit_test(walk_forward_takes_the_best),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

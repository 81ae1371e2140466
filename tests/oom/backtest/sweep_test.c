/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_oom.h"

#include "tradewind/sweep.h"

#include <stdio.h>

enum { BARS = 400, TRIALS = 70 };

/* The same walk twice, the second from bar 100 on. */
typedef struct fixture {
    double close[BARS];
    uint8_t enter[BARS], leave[BARS];
    size_t at[2][BARS];
    const double *values[2][1];
    tw_sweep_market market[2];
    char text[TRIALS][16];
    const char *setting[TRIALS];
    tw_sweep_search search;
    float paths[TRIALS * BARS];
} fixture;

static void make(fixture *f)
{
    static const char *const columns[] = {"close"};
    tw_error err;
    tw_random r = {.seed = 11};
    double x = 23.85;
    for (size_t t = 0; t < BARS; t++) {
        f->close[t] = x *= 1 + 0.02 * tw_random_normal(&r);
        f->enter[t] = t % 2 == 0;
        f->leave[t] = t % 2 == 1;
        f->at[0][t] = f->at[1][t] = t;
    }
    for (size_t m = 0; m < 2; m++) {
        f->values[m][0] = f->close + 100 * m;
        f->market[m] = (tw_sweep_market){
            f->values[m],
            {.n_times = BARS - 100 * m, .close = f->close + 100 * m, .time_stride = 1, .periods_per_year = 252},
            f->at[0] + 100 * m};
    }
    for (size_t i = 0; i < TRIALS; i++) {
        (void)snprintf(f->text[i], sizeof f->text[i], "n=%zu", i + 2);
        f->setting[i] = f->text[i];
    }
    f->search = (tw_sweep_search){.setting = f->setting,
                                  .n = TRIALS,
                                  .enter_long = "close > sma(close, n)",
                                  .exit_long = "close < sma(close, n)",
                                  .column = columns,
                                  .values = f->values[0],
                                  .n_columns = 1,
                                  .prices = f->market[0].prices,
                                  .keep = {.paths = f->paths, .path_stride = BARS}};
    assert_ok(tw_params_parse(tw_sweep_rules_params(), "rules", "fill=next_close fee_bp=2", &f->search.rules, &err),
              &err);
}

static tw_status close_run(const tw_ctx *ctx, tw_status status, tw_sweep_result *result)
{
    if (status != TW_OK) {
        assert_null(result->measures);
        assert_null(result->fill);
    }
    tw_sweep_clear(ctx, result);
    return status;
}

static tw_status run_signals(const tw_ctx *ctx, void *arg)
{
    const fixture *f = arg;
    tw_sweep_result result;
    tw_error err;
    tw_sweep_job job = {.n = 1, .prices = f->search.prices, .rules = f->search.rules, .keep = {.fills = true}};
    job.prices.n_times = BARS;
    job.signals = (tw_sweep_signals){f->enter, f->leave, NULL, NULL, 1, NULL};
    return close_run(ctx, tw_sweep_run(ctx, &job, &result, &err), &result);
}

/* More fills than there is room for at first. */
static tw_status run_search(const tw_ctx *ctx, void *arg)
{
    fixture *f = arg;
    tw_sweep_result result;
    tw_error err;
    f->search.keep.fills = true;
    const tw_status status = close_run(ctx, tw_sweep_search_run(ctx, &f->search, &result, &err), &result);
    f->search.keep.fills = false;
    return status;
}

static tw_status run_panel(const tw_ctx *ctx, void *arg)
{
    const fixture *f = arg;
    const tw_sweep_panel panel = {&f->search, f->market, 2, NULL};
    tw_sweep_result result;
    tw_error err;
    return close_run(ctx, tw_sweep_panel_run(ctx, &panel, &result, &err), &result);
}

static tw_status run_walk(const tw_ctx *ctx, void *arg)
{
    const fixture *f = arg;
    static float joined[BARS];
    static size_t chosen[BARS];
    const tw_sweep_windows windows = {.train = 100, .test = 100};
    const tw_sweep_keep paths = {.paths = (float *)f->paths, .path_stride = BARS};
    tw_error err;
    return tw_sweep_walk_forward(ctx, &paths, TRIALS, BARS, &windows, joined, chosen, &err);
}

static void every_allocation_may_fail(void **state)
{
    static fixture f;
    (void)state;
    make(&f);
    assert_true(tw_oom_sweep(run_signals, &f) >= 4);
    assert_true(tw_oom_sweep(run_search, &f) >= 20);
    assert_true(tw_oom_sweep(run_panel, &f) >= 20);
    assert_true(tw_oom_sweep(run_walk, &f) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of compiling, running and taking snapshots fails in turn. */
#include "tw_oom.h"

#include "tradewind/feature.h"

static tw_status run(const tw_ctx *ctx, const tw_plan *plan)
{
    double x[4] = {2.385, 1.5, 3.25, 7}, y[2];
    tw_tiles in[2] = {{x, 0, 1}, {x + 2, 0, 1}};
    tw_tiles_out out[2] = {{.f64 = y, .time_stride = 0}, {.f64 = y + 1, .time_stride = 0}};
    tw_runner *runner;
    tw_buf bytes;
    TW_TRY(tw_runner_new(ctx, plan, 1, NULL, &runner, NULL));
    tw_buf_init(&bytes, ctx);
    tw_status status = tw_runner_run(runner, 2, in, out, NULL);
    if (status == TW_OK) status = tw_runner_snapshot(runner, &bytes, NULL);
    if (status == TW_OK) status = tw_runner_restore(runner, bytes.data, bytes.length, NULL);
    tw_buf_clear(&bytes);
    tw_runner_free(runner);
    return status;
}

static tw_status body(const tw_ctx *ctx, void *arg)
{
    static const tw_feature lets[] = {{"mid", "(open + close) / 2"}};
    static const tw_feature features[] = {{"a", "mean(mid, 5) / lag(mid, 3 - 2)"},
                                          {"b", "rank(clip(close, -1, 2 ^ 3)) + linreg(mid, 4).slope"}};
    const tw_plan_spec spec = {TW_NAMES("open", "close"), 2, lets, 1, features, 2};
    tw_plan *plan;
    (void)arg;
    TW_TRY(tw_plan_compile(ctx, &spec, &plan, NULL));
    const tw_status status = run(ctx, plan);
    tw_plan_free(plan);
    return status;
}

static tw_status build_set(const tw_ctx *ctx, void *arg)
{
    tw_feature *features;
    size_t n;
    tw_arena arena;
    const tw_feature_set *set = arg;
    tw_arena_init(&arena, ctx);
    const tw_status status = set->build(&arena, &features, &n, NULL);
    tw_arena_clear(&arena);
    return status;
}

static void plans(void **state)
{
    (void)state;
    assert_true(tw_oom_sweep(body, NULL) > 20);
}

static void sets(void **state)
{
    (void)state;
    size_t n;
    const tw_feature_set *const *all = tw_feature_sets(&n);
    for (size_t i = 0; i < n; i++) assert_true(tw_oom_sweep(build_set, (void *)(uintptr_t)all[i]) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(plans), cmocka_unit_test(sets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of a chart and of its SVG fails in turn. */
#include "tradewind/plot.h"

#include "tw_oom.h"

enum { BARS = 60 };

static tw_status draw(const tw_ctx *ctx, void *arg)
{
    tw_buf out;
    tw_buf_init(&out, ctx);
    const tw_status status = tw_chart_svg(ctx, arg, &out, NULL);
    tw_buf_clear(&out);
    return status;
}

static void a_chart_survives(void **state)
{
    (void)state;
    double y[BARS];
    int64_t times[BARS];
    tw_random r = {.seed = 3};
    for (int t = 0; t < BARS; t++) y[t] = tw_random_normal(&r), times[t] = t * TW_NS_PER_DAY;
    const tw_chart_series series[] = {{.name = "line", .y = y}, {.name = "bars", .kind = TW_CHART_HISTOGRAM, .y = y}};
    const tw_chart_panel panel = {.series = series, .n_series = 2, .levels = {-1, 1}, .share = 1};
    tw_chart chart = {"Title", "note", times, BARS, &panel, 1, 400, 300};
    assert_true(tw_oom_sweep(draw, &chart) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_chart_survives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of a tear sheet from a run's folder, and of its tables, fails in turn. */
#include "spec_case.h"
#include "tw_oom.h"

#include "tradewind/backtest_spec.h"
#include "tradewind/tearsheet.h"

static spec_case c;

/* The folder of a run. */
static void run(void)
{
    tw_backtest_spec *spec = NULL;
    tw_strategy_result *result = NULL;
    assert_int_equal(tw_backtest_spec_read(NULL, c.spec, NULL, &spec, NULL), TW_OK);
    assert_int_equal(tw_backtest_spec_run(spec, &result, NULL), TW_OK);
    assert_int_equal(tw_backtest_spec_write(spec, result, NULL, c.folder, NULL), TW_OK);
    tw_strategy_result_free(result);
    tw_backtest_spec_free(spec);
}

static tw_status report(const tw_ctx *ctx, void *arg)
{
    const tw_record_files files = {.folder = c.folder, .bars = c.bars, .periods_per_year = 252};
    tw_record_read read = {0};
    tw_tearsheet_options how;
    tw_tearsheet sheet = {0};
    tw_buf text;
    (void)arg;
    tw_buf_init(&text, ctx);
    tw_status status =
        tw_params_parse(tw_tearsheet_params(), "report", "draws=20 close_open=1 live=2021-01-07", &how, NULL);
    if (status == TW_OK) status = tw_record_open(ctx, &files, &read, NULL);
    if (status == TW_OK) status = tw_tearsheet_make(ctx, &read.record, &how, &sheet, NULL);
    if (status == TW_OK) status = tw_tearsheet_json(&sheet, &text, NULL);
    tw_buf_clear(&text);
    tw_tearsheet_clear(&sheet);
    tw_record_close(&read);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_int_equal(spec_case_open(&c), 0);
    run();
    assert_true(tw_oom_sweep(report, NULL) >= 16);
    spec_case_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of a backtest from its files fails in turn. */
#include "spec_case.h"
#include "tw_oom.h"

#include "tradewind/backtest_spec.h"

static spec_case c;

static tw_status backtest(const tw_ctx *ctx, void *arg)
{
    tw_backtest_spec *spec = NULL;
    tw_strategy_result *result = NULL;
    (void)arg;
    tw_status status = tw_backtest_spec_read(ctx, c.spec, TW_NAMES("capital=50000"), &spec, NULL);
    if (status == TW_OK) status = tw_backtest_spec_run(spec, &result, NULL);
    if (status == TW_OK) status = tw_backtest_spec_write(spec, result, NULL, c.folder, NULL);
    tw_strategy_result_free(result);
    tw_backtest_spec_free(spec);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_int_equal(spec_case_open(&c), 0);
    assert_true(tw_oom_sweep(backtest, NULL) >= 100);
    spec_case_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

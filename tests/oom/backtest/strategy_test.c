/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of a run of a strategy fails in turn. */
#include "strategy_case.h"
#include "tw_oom.h"

static strategy_case c;

static tw_status run(const tw_ctx *ctx, void *arg)
{
    tw_strategy_result *result = NULL;
    (void)arg;
    const tw_status status = tw_strategy_simulate(ctx, &c.market, &c.strategy, &c.run, &result, NULL);
    tw_strategy_result_free(result);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int mode = 0; mode < 2; mode++) {
        case_init(&c, 2385, mode ? TW_ZIPLINE : TW_REALISTIC, mode == 0);
        case_bars(&c);
        assert_true(tw_oom_sweep(run, NULL) >= 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

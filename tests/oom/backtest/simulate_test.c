/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_oom.h"

#include "backtest_case.h"

static tw_status run(const tw_ctx *ctx, void *arg)
{
    const backtest_case *c = arg;
    tw_result result;
    tw_error err;
    tw_status status = tw_simulate_scores(ctx, &c->market, &c->signal, &c->portfolio, &result, &err);
    if (status != TW_OK) {
        assert_null(result.event);
        assert_null(result.equity);
        return status;
    }
    status = tw_result_verify(ctx, &c->market, &c->signal, &c->portfolio, &result, &err);
    tw_result_clear(ctx, &result);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    backtest_case c;
    case_init(&c, 2385, 60, 40);
    case_portfolio(&c, "construction=long_short rebalance=1 quantile=0.3 borrow_bp=100"); /* ledger grows */
    assert_true(tw_oom_sweep(run, &c) >= 13);
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of a backtest from its files fails in turn. */
#include "spec_case.h"
#include "tw_oom.h"

#include "tradewind/backtest_spec.h"

#include <string.h>

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

/* The case with another spec and a list of assets beside it; the number of allocations. */
static size_t sweep_with(const char *spec, const char *bars, const char *assets)
{
    char path[600];
    tw_error err = {""};
    assert_int_equal(spec_case_open(&c), 0);
    (void)snprintf(path, sizeof path, "%s/assets.csv", c.folder);
    assert_int_equal(spec_case_write(path, assets, strlen(assets)), 0);
    assert_int_equal(spec_case_write(c.spec, spec, strlen(spec)), 0);
    if (bars) assert_int_equal(spec_case_write(c.bars, bars, strlen(bars)), 0);
    tw_backtest_spec *read = NULL;
    tw_strategy_result *result = NULL;
    size_t fills = 0;
    assert_ok(tw_backtest_spec_read(NULL, c.spec, NULL, &read, &err), &err);
    assert_ok(tw_backtest_spec_run(read, &result, &err), &err);
    (void)tw_strategy_trades(result, &fills);
    assert_true(fills > 0); /* or much of a run is not in it */
    tw_strategy_result_free(result);
    tw_backtest_spec_free(read);
    const size_t n = tw_oom_sweep(backtest, NULL);
    (void)unlink(path);
    spec_case_close(&c);
    return n;
}

/* Scores of the file of a model, and groups that are ranked in and bounded. */
static void models_and_groups_may_fail(void **state)
{
    (void)state;
    static const char SPEC[] =
        "data:\n  bars: bars.csv\n  assets: assets.csv\n  model:\n"
        "    file: " TW_SOURCE_DIR "/tests/fuzz/corpus/learn_model/elastic_net\n    lets: {last: 'lag(close, 1)'}\n"
        "    features: {a: close / last, b: volume, c: high, d: rank(close)}\n"
        "strategy:\n  window: 2\n  portfolio: {long: {where: score > 0, rank: group_rank(close), top: 2},\n"
        "              weights: equal long_total=0.5, max_group_weight: 0.2, group_neutral: false}\n"
        "  record: {group: group, score: score}\n";
    assert_true(sweep_with(SPEC, NULL, "symbol,group\nA,tech\nB,food\n") >= 100);
}

/* A series of two contracts, and what is held of it through the roll. */
static void chains_may_fail(void **state)
{
    (void)state;
    static const char BARS[] = "date,symbol,open,high,low,close,volume\n2021-01-04,Z1,100,102,99,101,5000\n"
                               "2021-01-05,Z1,101,103,100,102,5000\n2021-01-06,Z1,102,104,101,103,4000\n"
                               "2021-01-05,Z2,103,105,102,104,3000\n2021-01-06,Z2,104,106,103,105,6000\n"
                               "2021-01-07,Z2,105,107,104,106,9000\n2021-01-08,Z2,106,108,105,107,9000\n";
    static const char ASSETS[] = "symbol,kind,root,multiplier,tick,start_date,end_date,auto_close_date\n"
                                 "Z1,future,ZZ,50,0.01,2021-01-04,2021-01-06,2021-01-07\n"
                                 "Z2,future,ZZ,50,0.01,2021-01-05,2021-01-08,2021-01-08\n";
    static const char SPEC[] =
        "data: {bars: bars.csv, assets: assets.csv, continuous: {ZZ: {root: ZZ, roll: volume, adjust: mul}}}\n"
        "settings: {future_slippage: none, future_commission: per_contract cost=1 exchange_fee=0}\n"
        "strategy:\n  universe: [ZZ]\n  window: 2\n  rules: [{when: 'close > lag(close, 1)', target_shares: 3}]\n"
        "  record: {close: close, held: holding}\n";
    assert_true(sweep_with(SPEC, BARS, ASSETS) >= 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail),
                                       cmocka_unit_test(models_and_groups_may_fail), cmocka_unit_test(chains_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

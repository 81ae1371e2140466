/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of zipline's that only a comparison with it brought to light, each in its smallest form. */
#include "tw_test.h"

#include "tradewind/strategy.h"

#include <math.h>

enum { SESSIONS = 3, MINUTES = 6 };

/* Two minutes a session; the asset ends after the second session where `end` says so. */
typedef struct bench {
    double close[MINUTES], volume[MINUTES], daily[SESSIONS], daily_volume[SESSIONS];
    tw_session session[SESSIONS];
    size_t minute_from[SESSIONS + 1];
    tw_asset asset;
    tw_asset_market market;
    double seen[MINUTES], before[SESSIONS];
    bool tradable[SESSIONS];
} bench;

static void setup(bench *b)
{
    static const bench empty = {.close = {10, 10, 20, 20, 30, 30},
                                .volume = {1000, 1000, 1000, 1000, 1000, 1000},
                                .daily = {10, 20, 30},
                                .daily_volume = {100, 100, 100},
                                .minute_from = {0, 2, 4, 6},
                                .asset = {.symbol = "A"}};
    *b = empty;
    for (size_t s = 0; s < SESSIONS; s++)
        b->session[s] = (tw_session){.day = 17000 + (int64_t)s, .open_ns = (17000 + (int64_t)s) * TW_NS_PER_DAY};
    b->market = (tw_asset_market){.n_sessions = SESSIONS,
                                  .n_assets = 1,
                                  .n_minutes = MINUTES,
                                  .session = b->session,
                                  .asset = &b->asset,
                                  .daily = {.close = b->daily, .volume = b->daily_volume},
                                  .minute = {.close = b->close, .volume = b->volume},
                                  .minute_from = b->minute_from};
}

static tw_status look_before(void *state, tw_moment *now, tw_error *err)
{
    bench *b = state;
    (void)err;
    b->tradable[tw_moment_session(now)] = tw_moment_can_trade(now, 0);
    b->before[tw_moment_session(now)] = tw_moment_position(now, 0).last_price;
    return TW_OK;
}

static tw_status buy_first(void *state, tw_moment *now, tw_error *err)
{
    bench *b = state;
    b->seen[tw_moment_bar(now)] = tw_moment_account(now).returns;
    return tw_moment_bar(now) == 0 ? tw_moment_order(now, 0, 10, err) : TW_OK;
}

static tw_strategy_result *run(bench *b, const tw_capital_change *change)
{
    static const char *const settings[] = {"slippage", "none", "commission", "none", NULL};
    const tw_strategy strategy = {.state = b, .before_trading_start = look_before, .handle_data = buy_first};
    const tw_strategy_run how = {.mode = TW_ZIPLINE,
                                 .to = SESSIONS,
                                 .by_minute = true,
                                 .capital = 1000,
                                 .settings = settings,
                                 .change = change,
                                 .n_changes = change != NULL};
    tw_strategy_result *result = NULL;
    tw_error err;
    assert_ok(tw_strategy_simulate(NULL, &b->market, &strategy, &how, &result, &err), &err);
    return result;
}

/* Ten shares at 10 rise to 20 as the second session begins. Cash that comes at that minute comes at the prices before,
 * so the gain of 100 is one of 2000, not of 1000. */
static void test_capital_before_the_bar(void **state)
{
    (void)state;
    bench b;
    setup(&b);
    tw_strategy_result *result = run(&b, &(tw_capital_change){.session = 1, .minute = 1, .value = 1000});
    assert_near(b.seen[2], 0.05, 1e-12);
    tw_strategy_result_free(result);
}

static void test_no_trade_before_the_open(void **state)
{
    (void)state;
    bench b;
    size_t n = 0, count = 0;
    setup(&b);
    tw_strategy_result *result = run(&b, NULL);
    const tw_quirk *quirk = tw_strategy_quirks(result, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(quirk[i].name, "no_trade_before_open") == 0) count = quirk[i].count;
    for (size_t s = 0; s < SESSIONS; s++) assert_false(b.tradable[s]);
    assert_int_equal(count, 2); /* before the first session there was no price */
    tw_strategy_result_free(result);
}

/* A holding whose asset has ended keeps its last price; what scales the asset's history afterwards is not for it. */
static void test_price_after_the_end(void **state)
{
    (void)state;
    bench b;
    setup(&b);
    b.asset.end = 2;
    b.close[4] = b.close[5] = NAN;
    b.volume[4] = b.volume[5] = 0;
    const tw_asset_action merger = {.kind = TW_MERGER, .session = 2, .ratio = 1.5};
    b.market.action = &merger;
    b.market.n_actions = 1;
    tw_strategy_result *result = run(&b, NULL);
    assert_same(b.before[2], 20);
    tw_strategy_result_free(result);
}

static tw_status see_volumes(void *state, tw_moment *now, tw_error *err)
{
    const tw_window window = {.asset = 0, .n = tw_moment_session(now) + 1, .field = TW_VOLUME};
    return tw_moment_window(now, &window, state, err);
}

static void test_volumes_are_rounded(void **state)
{
    (void)state;
    bench b;
    tw_error err;
    double seen[SESSIONS];
    setup(&b);
    const tw_asset_action split = {.kind = TW_SPLIT, .session = 2, .ratio = 0.3333};
    b.market.action = &split;
    b.market.n_actions = 1;
    const tw_strategy strategy = {.state = seen, .handle_data = see_volumes};
    const tw_strategy_run how = {.mode = TW_ZIPLINE, .to = SESSIONS, .capital = 1000};
    tw_strategy_result *result = NULL;
    assert_ok(tw_strategy_simulate(NULL, &b.market, &strategy, &how, &result, &err), &err);
    assert_same(seen[0], 300.03); /* 100 / 0.3333 = 300.030003 */
    assert_same(seen[2], 100);
    tw_strategy_result_free(result);
}

/* A benchmark's stock dividend is refused when it begins after the run's first session and is paid before its last. */
static void test_stock_dividend_of_a_benchmark(void **state)
{
    (void)state;
    static const struct {
        size_t session, pay;
        bool refused;
    } cases[] = {{1, 1, true}, {1, 0, true}, {0, 1, false}, {1, 2, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench b;
        tw_error err;
        tw_strategy_result *result = NULL;
        setup(&b);
        const tw_asset_action dividend = {
            .kind = TW_STOCK_DIVIDEND, .session = cases[i].session, .pay = cases[i].pay, .amount = 0.1};
        b.market.action = &dividend;
        b.market.n_actions = 1;
        const tw_strategy_run how = {.mode = TW_ZIPLINE, .to = SESSIONS, .capital = 1000, .benchmark_asset = 1};
        const tw_status status = tw_strategy_simulate(NULL, &b.market, &(tw_strategy){0}, &how, &result, &err);
        assert_int_equal(status, cases[i].refused ? TW_BAD_VALUE : TW_OK);
        tw_strategy_result_free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capital_before_the_bar),        cmocka_unit_test(test_no_trade_before_the_open),
        cmocka_unit_test(test_price_after_the_end),           cmocka_unit_test(test_volumes_are_rounded),
        cmocka_unit_test(test_stock_dividend_of_a_benchmark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

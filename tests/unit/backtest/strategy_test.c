/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of strategies whose every number is known. */
#include "tw_test.h"

#include "tradewind/strategy.h"

#include <math.h>

enum { SESSIONS = 6 };

typedef struct script {
    double amount[SESSIONS];
    tw_order_style style; /* zeros: at the market */
    size_t fail_at;
    double seen[SESSIONS]; /* bits of the future must not reach it */
} script;

static tw_status play(void *state, tw_moment *now, tw_error *err)
{
    script *s = state;
    const size_t t = tw_moment_session(now);
    if (t == s->fail_at) return tw_fail(err, TW_BAD_STATE, "the strategy gave up");
    TW_TRY(tw_moment_history(now, 0, t + 1, s->seen, err));
    return tw_moment_place(now, &(tw_order_request){.amount = s->amount[t], .style = s->style}, NULL, err);
}

static const tw_asset STOCK = {.symbol = "A"};

static tw_strategy_result *run(script *s, const tw_asset_market *market, const char *slippage, const char *commission)
{
    tw_error err;
    tw_strategy_result *result = NULL;
    const tw_strategy strategy = {.state = s, .handle_data = play};
    const char *const settings[] = {"slippage", slippage, "commission", commission, NULL};
    const tw_strategy_run how = {
        .mode = TW_ZIPLINE, .to = market->n_sessions, .capital = 1000, .settings = slippage ? settings : NULL};
    assert_ok(tw_strategy_simulate(NULL, market, &strategy, &how, &result, &err), &err);
    return result;
}

static void test_volume_share(void **state)
{
    (void)state;
    const double close[SESSIONS] = {3, 3, 3, 3, 3, 3}, volume[SESSIONS] = {200, 200, 0, 200, 200, 200};
    const tw_asset_market market = {
        .n_sessions = SESSIONS, .n_assets = 1, .asset = &STOCK, .daily = {.close = close, .volume = volume}};
    script s = {.amount = {100}, .fail_at = SIZE_MAX};
    size_t n = 0;
    tw_strategy_result *result = run(&s, &market, "volume_share", "none");
    const tw_trade *trade = tw_strategy_trades(result, &n);
    assert_int_equal(n, 4); /* five shares a bar; the bar without volume fills nothing */
    assert_int_equal(trade[0].session, 1);
    assert_int_equal(trade[1].session, 3);
    assert_same(trade[0].amount, 5);
    assert_near(trade[0].price, 3.0001875, 1e-12);
    tw_strategy_result_free(result);
}

/* Facts of zipline-reloaded's tests/finance/test_slippage.py. */
static void test_limit_and_stop(void **state)
{
    (void)state;
    static const struct {
        double amount, close, limit, stop, filled, price;
    } cases[] = {
        {100, 3.5, 3.5, 0, 0, 0}, /* the impact would take it past the limit */
        {100, 3.5, 3.6, 0, 50, 3.50021875},
        {-100, 3.5, 3.5, 0, 0, 0},
        {-100, 3.5, 3.4, 0, -50, 3.49978125},
        {100, 4.0, 0, 3.5, 50, 4.00025},
        {100, 3.0, 0, 3.6, 0, 0},
        {-100, 3.0, 0, 3.4, -50, 2.9998125},
        {-100, 3.5, 0, 3.4, 0, 0},
        {100, 3.5, 3.6, 3.4, 50, 3.50021875},
        {100, 3.3, 3.6, 3.4, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double close[2] = {3.2, cases[i].close}, volume[2] = {2000, 2000};
        const tw_asset_market market = {
            .n_sessions = 2, .n_assets = 1, .asset = &STOCK, .daily = {.close = close, .volume = volume}};
        script s = {.amount = {cases[i].amount},
                    .style = {.limit = cases[i].limit, .stop = cases[i].stop},
                    .fail_at = SIZE_MAX};
        size_t n = 0;
        tw_strategy_result *result = run(&s, &market, "volume_share", "none");
        const tw_trade *trade = tw_strategy_trades(result, &n);
        assert_int_equal(n, cases[i].filled != 0);
        if (n) assert_same(trade->amount, cases[i].filled);
        if (n) assert_near(trade->price, cases[i].price, 1e-12);
        tw_strategy_result_free(result);
    }
}

static void test_per_share(void **state)
{
    (void)state;
    const double close[SESSIONS] = {1, 1, 1, 1, 1, 1}, volume[SESSIONS] = {1, 230, 170, 100, 0, 0};
    const tw_asset_market market = {
        .n_sessions = SESSIONS, .n_assets = 1, .asset = &STOCK, .daily = {.close = close, .volume = volume}};
    script s = {.amount = {500}, .fail_at = SIZE_MAX};
    size_t n = 0;
    tw_strategy_result *result =
        run(&s, &market, "volume_share volume_limit=1 price_impact=0", "per_share cost=0.0075");
    const tw_trade *trade = tw_strategy_trades(result, &n);
    assert_int_equal(n, 3);
    assert_near(trade[0].commission, 1.725, 1e-12);
    assert_near(trade[1].commission, 1.275, 1e-12);
    assert_near(trade[2].commission, 0.75, 1e-12);
    tw_strategy_result_free(result);
}

static void test_split(void **state)
{
    (void)state;
    const double close[SESSIONS] = {10, 10, 30, 30, 30, 30}, volume[SESSIONS] = {1e6, 1e6, 1e6, 1e6, 1e6, 1e6};
    const tw_asset_action split = {.session = 2, .kind = TW_SPLIT, .ratio = 3};
    const tw_asset_market market = {.n_sessions = SESSIONS,
                                    .n_assets = 1,
                                    .n_actions = 1,
                                    .asset = &STOCK,
                                    .daily = {.close = close, .volume = volume},
                                    .action = &split};
    script s = {.amount = {10}, .fail_at = SIZE_MAX};
    size_t n = 0;
    tw_strategy_result *result = run(&s, &market, "none", "none");
    const tw_holding *held = tw_strategy_holdings(result, &n);
    const tw_session_row *row = tw_strategy_sessions(result, &n);
    assert_same(held[1].amount, 3);
    assert_same(held[1].cost_basis, 30);
    assert_near(row[2].ending_cash, 910, 1e-12); /* a third of a share at 30 */
    assert_near(row[2].portfolio_value, 1000, 1e-12);
    assert_same(s.seen[0], 30); /* earlier closes as of now */
    tw_strategy_result_free(result);
}

static void test_future_does_not_reach_back(void **state)
{
    (void)state;
    double close[SESSIONS] = {3, 4, 5, 6, 7, 8}, volume[SESSIONS] = {500, 500, 500, 500, 500, 500};
    const tw_asset_market market = {
        .n_sessions = SESSIONS, .n_assets = 1, .asset = &STOCK, .daily = {.close = close, .volume = volume}};
    script s = {.amount = {7, -3, 11, 2}, .fail_at = SIZE_MAX};
    size_t n = 0;
    tw_strategy_result *one = run(&s, &market, NULL, NULL);
    for (size_t t = 3; t < SESSIONS; t++) close[t] = 100 - (double)t, volume[t] = 1;
    tw_strategy_result *two = run(&s, &market, NULL, NULL);
    const tw_session_row *a = tw_strategy_sessions(one, &n), *b = tw_strategy_sessions(two, &n);
    for (size_t t = 0; t < 3; t++) assert_same(a[t].portfolio_value, b[t].portfolio_value);
    assert_true(a[3].portfolio_value != b[3].portfolio_value);
    tw_strategy_result_free(one);
    tw_strategy_result_free(two);
}

static void test_failure_keeps_the_past(void **state)
{
    (void)state;
    const double close[SESSIONS] = {3, 3, 3, 3, 3, 3}, volume[SESSIONS] = {200, 200, 200, 200, 200, 200};
    const tw_asset_market market = {
        .n_sessions = SESSIONS, .n_assets = 1, .asset = &STOCK, .daily = {.close = close, .volume = volume}};
    script s = {.amount = {10}, .fail_at = 3};
    const tw_strategy strategy = {.state = &s, .handle_data = play};
    const tw_strategy_run how = {.mode = TW_ZIPLINE, .to = SESSIONS, .capital = 1000};
    tw_strategy_result *result = NULL;
    tw_error err;
    size_t n = 0;
    assert_int_equal(tw_strategy_simulate(NULL, &market, &strategy, &how, &result, &err), TW_BAD_STATE);
    assert_string_equal(err.message, "the strategy gave up");
    tw_strategy_sessions(result, &n);
    assert_int_equal(n, 3);
    tw_strategy_result_free(result);
}

static void test_refused(void **state)
{
    (void)state;
    const double close[1] = {3}, volume[1] = {1};
    const tw_asset_market market = {
        .n_sessions = 1, .n_assets = 1, .asset = &STOCK, .daily = {.close = close, .volume = volume}};
    script s = {.amount = {2e11}, .fail_at = SIZE_MAX};
    const tw_strategy strategy = {.state = &s, .handle_data = play};
    const char *const settings[] = {"slippage", "free", NULL};
    tw_strategy_run how = {.mode = TW_ZIPLINE, .to = 1, .capital = 1000, .settings = settings};
    tw_strategy_result *result = NULL;
    tw_error err;
    assert_int_equal(tw_strategy_simulate(NULL, &market, &strategy, &how, &result, &err), TW_BAD_NAME);
    tw_strategy_result_free(result);
    how.settings = NULL;
    assert_int_equal(tw_strategy_simulate(NULL, &market, &strategy, &how, &result, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "order of A: 2e+11 shares; at most 1e+11");
    tw_strategy_result_free(result);
    how.to = 2;
    assert_int_equal(tw_strategy_simulate(NULL, &market, &strategy, &how, &result, &err), TW_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_volume_share),
        cmocka_unit_test(test_limit_and_stop),
        cmocka_unit_test(test_per_share),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_future_does_not_reach_back),
        cmocka_unit_test(test_failure_keeps_the_past),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

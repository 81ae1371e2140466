/* SPDX-License-Identifier: Apache-2.0 */
/* Mode realistic: fills whose every number is worked out by hand. */
#include "tw_test.h"

#include "tradewind/strategy.h"

#include <math.h>

enum { MOST = 8 };

/* One asset, and one order at each bar for which `amount` is not 0. */
typedef struct script {
    double amount[MOST];
    tw_order_style style[MOST];
    size_t id[MOST];
    double cash[MOST], value[MOST];
} script;

static tw_status play(void *state, tw_moment *now, tw_error *err)
{
    script *s = state;
    const size_t t = tw_moment_bar(now);
    const tw_order_request request = {.amount = s->amount[t], .style = s->style[t]};
    if (s->amount[t] != 0) TW_TRY(tw_moment_place(now, &request, &s->id[t], err));
    const tw_strategy_account account = tw_moment_account(now);
    s->cash[t] = account.cash;
    s->value[t] = account.portfolio_value;
    return TW_OK;
}

typedef struct bars {
    size_t n;
    double open[MOST], high[MOST], low[MOST], close[MOST], volume[MOST];
} bars;

static tw_strategy_result *run_of(script *s, const bars *b, const tw_asset *asset, const char *const *settings)
{
    tw_error err;
    tw_strategy_result *result = NULL;
    const tw_asset_market market = {
        .n_sessions = b->n, .n_assets = 1, .asset = asset, .daily = {b->open, b->high, b->low, b->close, b->volume}};
    const tw_strategy strategy = {.state = s, .handle_data = play};
    const tw_strategy_run how = {.to = b->n, .capital = 10000, .settings = settings};
    assert_ok(tw_strategy_simulate(NULL, &market, &strategy, &how, &result, &err), &err);
    return result;
}

static const tw_asset SHARE = {.symbol = "A"};
static const char *const FREE[] = {"slippage", "none", "commission", "none", NULL};

static tw_strategy_result *run(script *s, const bars *b) { return run_of(s, b, &SHARE, FREE); }

static const bars FOUR = {4,
                          {10.02, 10.31, 9.47, 11.13},
                          {10.4, 10.83, 10.2, 11.4},
                          {9.7, 9.61, 9.23, 10.9},
                          {10.21, 9.84, 10.11, 11.02},
                          {1000, 2000, 3000, 4000}};

typedef struct expected {
    size_t bar;
    double amount, price;
    tw_fill_cause cause;
} expected;

static void check_fills(tw_strategy_result *result, const expected *want, size_t n)
{
    size_t got = 0;
    const tw_trade *trade = tw_strategy_trades(result, &got);
    assert_int_equal(got, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(trade[i].bar, want[i].bar);
        assert_near(trade[i].amount, want[i].amount, 1e-12);
        assert_near(trade[i].price, want[i].price, 1e-12);
        assert_int_equal(trade[i].cause, want[i].cause);
    }
    tw_strategy_result_free(result);
}

/* An order of the first close, and where it fills. */
static void check_one(double amount, tw_order_style style, const expected *want)
{
    script s = {.amount = {amount}, .style = {style}};
    check_fills(run(&s, &FOUR), want, want->amount != 0);
}

static void test_when_orders_fill(void **state)
{
    (void)state;
    check_one(7, (tw_order_style){0}, &(expected){1, 7, 10.31, TW_FILL_OPEN});
    check_one(7, (tw_order_style){.limit = 9.8}, &(expected){1, 7, 9.8, TW_FILL_LIMIT});
    check_one(7, (tw_order_style){.limit = 10.5}, &(expected){1, 7, 10.31, TW_FILL_GAP});
    check_one(7, (tw_order_style){.limit = 9.61}, &(expected){2, 7, 9.47, TW_FILL_GAP}); /* a touch is not enough */
    check_one(7, (tw_order_style){.limit = 9.2}, &(expected){0});
    check_one(-7, (tw_order_style){.limit = 10.8}, &(expected){1, -7, 10.8, TW_FILL_LIMIT});
    check_one(7, (tw_order_style){.stop = 10.6}, &(expected){1, 7, 10.6, TW_FILL_STOP});
    check_one(7, (tw_order_style){.stop = 10.1}, &(expected){1, 7, 10.31, TW_FILL_GAP});
    check_one(-7, (tw_order_style){.stop = 9.6}, &(expected){2, -7, 9.47, TW_FILL_GAP});
    check_one(-7, (tw_order_style){.stop = 9.7}, &(expected){1, -7, 9.7, TW_FILL_STOP});
    check_one(7, (tw_order_style){.stop = 10.6, .limit = 10.7}, &(expected){1, 7, 10.6, TW_FILL_STOP});
    /* the stop is reached at 10.6, worse than the limit; which trades at the next open */
    check_one(7, (tw_order_style){.stop = 10.6, .limit = 10.0}, &(expected){2, 7, 9.47, TW_FILL_GAP});
    check_one(7, (tw_order_style){.when = TW_AT_CLOSE}, &(expected){1, 7, 9.84, TW_FILL_CLOSE});
    check_one(7, (tw_order_style){.when = TW_AT_OPEN}, &(expected){1, 7, 10.31, TW_FILL_OPEN});
    check_one(7, (tw_order_style){.when = TW_AT_OPEN, .limit = 10.2}, &(expected){0});
    check_one(7, (tw_order_style){.limit = 9.4, .life = TW_DAY}, &(expected){0});
    check_one(7, (tw_order_style){.limit = 9.4}, &(expected){2, 7, 9.4, TW_FILL_LIMIT});
    check_one(7, (tw_order_style){.limit = 9.4, .life = TW_IMMEDIATE}, &(expected){0});
}

/* A sale that follows at 0.5: from the close of 10.21 to 9.71, which the first bar reaches. At 0.8 it stands at 9.41,
 * moves to 10.83 - 0.8 = 10.03 in the first bar, whose close of 9.84 is beyond it. */
static void test_trail(void **state)
{
    (void)state;
    check_one(-7, (tw_order_style){.trail = 0.5}, &(expected){1, -7, 9.71, TW_FILL_TRAIL});
    check_one(-7, (tw_order_style){.trail = 0.8}, &(expected){1, -7, 10.03, TW_FILL_TRAIL});
    /* 1.2 away it stands at 9.63 after the first bar, and the second opens beyond */
    check_one(-7, (tw_order_style){.trail = 1.2}, &(expected){2, -7, 9.47, TW_FILL_GAP});
    check_one(7, (tw_order_style){.trail_share = 0.05}, &(expected){1, 7, 10.21 * 1.05, TW_FILL_TRAIL});
}

static void test_bracket(void **state)
{
    (void)state;
    /* in at the open of 10.31; the bar reaches both 10.8 and 9.7: the loss is taken to come first */
    script s = {.amount = {7}, .style = {{.take_profit = 10.8, .stop_loss = 9.7}}};
    check_fills(run(&s, &FOUR), (expected[]){{1, 7, 10.31, TW_FILL_OPEN}, {1, -7, 9.7, TW_FILL_STOP}}, 2);
    /* the profit alone is reached in the bar of the entry */
    s = (script){.amount = {7}, .style = {{.take_profit = 10.8, .stop_loss = 9.6}}};
    check_fills(run(&s, &FOUR), (expected[]){{1, 7, 10.31, TW_FILL_OPEN}, {1, -7, 10.8, TW_FILL_LIMIT}}, 2);
    /* in at a limit inside the bar: a profit waits for the next bar, whose open is beyond the loss */
    s = (script){.amount = {7}, .style = {{.limit = 10.0, .take_profit = 10.8, .stop_loss = 9.6}}};
    check_fills(run(&s, &FOUR), (expected[]){{1, 7, 10.0, TW_FILL_LIMIT}, {2, -7, 9.47, TW_FILL_GAP}}, 2);
    /* a loss may follow at once */
    s = (script){.amount = {7}, .style = {{.limit = 10.0, .take_profit = 10.8, .stop_loss = 9.62}}};
    check_fills(run(&s, &FOUR), (expected[]){{1, 7, 10.0, TW_FILL_LIMIT}, {1, -7, 9.62, TW_FILL_STOP}}, 2);
}

static void test_volume(void **state)
{
    (void)state;
    const char *const tenth[] = {"slippage", "fixed_bps basis_points=10 volume_limit=0.1", "commission", "none", NULL};
    script s = {.amount = {450}};
    check_fills(run_of(&s, &FOUR, &SHARE, tenth),
                (expected[]){{1, 200, 10.31 * 1.001, TW_FILL_OPEN}, {2, 250, 9.47 * 1.001, TW_FILL_OPEN}}, 2);
    s = (script){.amount = {450}, .style = {{.life = TW_ALL_OR_NOTHING}}};
    check_fills(run_of(&s, &FOUR, &SHARE, tenth), NULL, 0);
    s = (script){.amount = {450}, .style = {{.life = TW_IMMEDIATE}}};
    check_fills(run_of(&s, &FOUR, &SHARE, tenth), (expected[]){{1, 200, 10.31 * 1.001, TW_FILL_OPEN}}, 1);
    /* the price of a limit holds against slippage */
    s = (script){.amount = {100}, .style = {{.limit = 10.315}}};
    check_fills(run_of(&s, &FOUR, &SHARE, tenth), (expected[]){{1, 100, 10.31, TW_FILL_GAP}}, 1);
}

/* At the first close a sale at a limit of 10.7, and one at a stop of 9.3 of which the same is left. */
static tw_status place_pair(void *state, tw_moment *now, tw_error *err)
{
    size_t *id = state;
    if (tw_moment_bar(now) != 0) return TW_OK;
    TW_TRY(tw_moment_place(now, &(tw_order_request){.amount = -700, .style = {.limit = 10.7}}, &id[0], err));
    return tw_moment_place(now, &(tw_order_request){.amount = -700, .style = {.stop = 9.3, .one_of = id[0] + 1}},
                           &id[1], err);
}

static void test_pair(void **state)
{
    (void)state;
    /* the volume of the first bar takes 200 at the limit; 500 are left of both, and go at the stop */
    const bars b = {
        4, {10, 10, 10, 9.5}, {10.1, 10.9, 10.1, 9.6}, {9.9, 9.8, 9.9, 9}, {10, 10, 10, 9.1}, {1e6, 2000, 0, 1e6}};
    const char *const tenth[] = {"slippage", "fixed_bps basis_points=0 volume_limit=0.1", "commission", "none", NULL};
    const tw_asset_market market = {
        .n_sessions = 4, .n_assets = 1, .asset = &SHARE, .daily = {b.open, b.high, b.low, b.close, b.volume}};
    size_t id[2] = {0, 0};
    const tw_strategy strategy = {.state = id, .handle_data = place_pair};
    const tw_strategy_run how = {.to = 4, .capital = 10000, .settings = tenth};
    tw_strategy_result *result = NULL;
    tw_error err;
    size_t n = 0;
    assert_ok(tw_strategy_simulate(NULL, &market, &strategy, &how, &result, &err), &err);
    const tw_order_row *row = tw_strategy_orders(result, &n);
    assert_int_equal(row[n - 1].order.status, TW_ORDER_CANCELLED); /* the limit order, once the stop took all */
    check_fills(result, (expected[]){{1, -200, 10.7, TW_FILL_LIMIT}, {3, -500, 9.3, TW_FILL_STOP}}, 2);
}

static void test_fractions(void **state)
{
    (void)state;
    const tw_asset coin = {.symbol = "BTC", .lot = 0.001, .tick = 0.1};
    script s = {.amount = {0.0239999}};
    check_fills(run_of(&s, &FOUR, &coin, FREE), (expected[]){{1, 0.023, 10.31, TW_FILL_OPEN}}, 1);
}

static void test_margin(void **state)
{
    (void)state;
    /* 10,000 carry 20,000 at an initial margin of a half: 1,958 shares at 10.21 and no more */
    size_t n = 0;
    script s = {.amount = {1959, 1}};
    tw_strategy_result *result = run(&s, &FOUR);
    const tw_order_row *row = tw_strategy_orders(result, &n);
    assert_int_equal(row[0].order.status, TW_ORDER_REJECTED);
    assert_non_null(row[0].order.reason);
    assert_int_equal(row[0].order.kind, TW_ORDER_MARKET);
    tw_strategy_result_free(result);
    s = (script){.amount = {1958}};
    result = run(&s, &FOUR);
    row = tw_strategy_orders(result, &n);
    assert_int_equal(row[0].order.status, TW_ORDER_OPEN);
    tw_strategy_result_free(result);
}

static void test_margin_call(void **state)
{
    (void)state;
    /* 1,900 bought at 10: at 6 they are worth 11,400 and the account 2,400, less than a quarter of it (2,850): all but
     * 2,400 / 5,700 of them are sold at the next open */
    const bars b = {
        5, {10, 10, 10, 6.1, 6}, {10, 10, 10, 6.2, 6}, {10, 10, 6, 6, 6}, {10, 10, 6, 6, 6}, {1e6, 1e6, 1e6, 1e6, 1e6}};
    script s = {.amount = {1900}};
    check_fills(run(&s, &b), (expected[]){{1, 1900, 10, TW_FILL_OPEN}, {3, -1100, 6.1, TW_FILL_LIQUIDATION}}, 2);
}

static void test_bankrupt(void **state)
{
    (void)state;
    const bars b = {
        5, {10, 10, 4, 4, 4}, {10, 10, 4, 4, 4}, {10, 10, 3, 4, 4}, {10, 10, 3, 4, 4}, {1e6, 1e6, 1e6, 1e6, 1e6}};
    script s = {.amount = {1900, 0, 0, 5}};
    size_t n = 0;
    tw_strategy_result *result = run(&s, &b);
    assert_string_equal(tw_strategy_stopped(result), "bankrupt: session 2 ended worth -3300.00");
    const tw_session_row *row = tw_strategy_sessions(result, &n);
    assert_int_equal(n, 3);
    assert_near(row[2].ending_cash, -3300, 1e-9);
    assert_near(row[2].ending_value, 0, 1e-9);
    tw_strategy_result_free(result);
}

static void test_account_terms(void **state)
{
    (void)state;
    /* short 100 at 10 from bar 1 on: each later session pays 100 * 10 * 0.073 / 365 = 0.2 for the shares and earns
     * 11,000 * 0.0365 / 365 = 1.1 on the cash; a sale costs 2 bps of 1,000 and 0.01 a share, capped at 1.1 */
    const bars b = {4, {10, 10, 10, 10}, {10, 10, 10, 10}, {10, 10, 10, 10}, {10, 10, 10, 10}, {1e6, 1e6, 1e6, 1e6}};
    const char *const terms[] = {"slippage",   "none",
                                 "commission", "none",
                                 "borrow",     "rate=0.073 shares=100",
                                 "interest",   "credit=0.0365",
                                 "fee",        "side=sell bps=2 per_share=0.01 most=1.1",
                                 NULL};
    script s = {.amount = {-100, -1}};
    size_t n = 0;
    tw_strategy_result *result = run_of(&s, &b, &SHARE, terms);
    const tw_trade *trade = tw_strategy_trades(result, &n);
    assert_int_equal(n, 1); /* one share more cannot be borrowed */
    assert_near(trade->fees, 1.1, 1e-12);
    assert_near(s.cash[1], 10000 + 1 + 1000 - 1.1, 1e-9);
    assert_near(s.cash[2], 10999.9 + 1.09999 - 0.2, 1e-9); /* to a millionth */
    tw_strategy_result_free(result);
}

static void test_funding(void **state)
{
    (void)state;
    const tw_asset_action funding = {.kind = TW_FUNDING, .session = 2, .amount = 0.0001};
    const tw_asset_market market = {.n_sessions = 4,
                                    .n_assets = 1,
                                    .n_actions = 1,
                                    .asset = &SHARE,
                                    .action = &funding,
                                    .daily = {FOUR.open, FOUR.high, FOUR.low, FOUR.close, FOUR.volume}};
    script s = {.amount = {-70}};
    const tw_strategy strategy = {.state = &s, .handle_data = play};
    const tw_strategy_run how = {.to = 4, .capital = 10000, .settings = FREE};
    tw_strategy_result *result = NULL;
    tw_error err;
    assert_ok(tw_strategy_simulate(NULL, &market, &strategy, &how, &result, &err), &err);
    assert_near(s.cash[1], 10000 + 70 * 10.31, 1e-9);
    assert_near(s.cash[2] - s.cash[1], 70 * 9.84 * 0.0001, 1e-9); /* a short is paid */
    tw_strategy_result_free(result);
}

static void test_explained(void **state)
{
    (void)state;
    const char *const terms[] = {"slippage", "fixed spread=0.1", "commission", "per_trade cost=1.5", NULL};
    const tw_asset_market market = {.asset = &SHARE, .n_assets = 1};
    script s = {.amount = {7}};
    size_t n = 0;
    tw_buf text;
    tw_strategy_result *result = run_of(&s, &FOUR, &SHARE, terms);
    tw_buf_init(&text, NULL);
    tw_trade_explain(&market, tw_strategy_trades(result, &n), &text);
    assert_string_equal(text.data, "bought 7 A at 10.36, order 0, at the open, 10.31, moved by 0.05; cost 1.5");
    tw_buf_clear(&text);
    tw_strategy_result_free(result);
}

/* A price that runs away takes the account past what is counted: an error that says so, and the sessions before. */
static void test_too_much(void **state)
{
    (void)state;
    const bars b = {3, {10, 10, 1e14}, {10, 10, 1e14}, {10, 10, 1e14}, {10, 10, 1e14}, {1e6, 1e6, 1e6}};
    const tw_asset_market market = {
        .n_sessions = 3, .n_assets = 1, .asset = &SHARE, .daily = {b.open, b.high, b.low, b.close, b.volume}};
    script s = {.amount = {70}};
    const tw_strategy strategy = {.state = &s, .handle_data = play};
    const tw_strategy_run how = {.to = 3, .capital = 10000, .settings = FREE};
    tw_strategy_result *result = NULL;
    tw_error err;
    size_t n = 0;
    assert_int_equal(tw_strategy_simulate(NULL, &market, &strategy, &how, &result, &err), TW_BAD_DATA);
    assert_string_equal(err.message, "session 2: the account holds or owes more than 4e12, which is not counted");
    (void)tw_strategy_sessions(result, &n);
    assert_int_equal(n, 2);
    tw_strategy_result_free(result);
}

static void test_refused(void **state)
{
    (void)state;
    const tw_asset_market market = {
        .n_sessions = 4, .n_assets = 1, .asset = &SHARE, .daily = {.close = FOUR.close, .volume = FOUR.volume}};
    script s = {.amount = {7}};
    const tw_strategy strategy = {.state = &s, .handle_data = play};
    tw_strategy_run how = {.to = 4, .capital = 10000};
    tw_strategy_result *result = NULL;
    tw_error err;
    assert_int_equal(tw_strategy_simulate(NULL, &market, &strategy, &how, &result, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "run: mode realistic needs open, high and low of the bars");
    how.mode = TW_ZIPLINE;
    s.style[0] = (tw_order_style){.trail = 1};
    assert_int_equal(tw_strategy_simulate(NULL, &market, &strategy, &how, &result, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "order of A: mode zipline knows limits and stops only");
    tw_strategy_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_when_orders_fill), cmocka_unit_test(test_trail),       cmocka_unit_test(test_bracket),
        cmocka_unit_test(test_volume),           cmocka_unit_test(test_pair),        cmocka_unit_test(test_fractions),
        cmocka_unit_test(test_margin),           cmocka_unit_test(test_margin_call), cmocka_unit_test(test_bankrupt),
        cmocka_unit_test(test_account_terms),    cmocka_unit_test(test_funding),     cmocka_unit_test(test_explained),
        cmocka_unit_test(test_too_much),         cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

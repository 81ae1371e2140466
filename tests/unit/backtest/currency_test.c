/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts with several currencies, every number worked out by hand. */
#include "tw_test.h"

#include "tradewind/strategy.h"

#include <math.h>
#include <string.h>

enum { N = 4, ASSETS = 2 };

/* Asset 0 is a share in EUR, asset 1 the dollar in JPY; EUR/USD is asked for its opens and closes. */
static const double OPEN[] = {99.5, 100, 103, 106, 149, 150, 153, 161},
                    CLOSE[] = {99, 102, 105, 104, 148, 152, 160, 162},
                    HIGH[] = {101, 103, 106, 107, 151, 155, 163, 164}, LOW[] = {98, 99, 101, 102, 147, 149, 150, 158},
                    VOLUME[] = {9e6, 9e6, 9e6, 9e6, 9e6, 9e6, 9e6, 9e6};
static const double EUR_OPEN[] = {1.11, 1.105, 1.13, 1.16}, EUR_CLOSE[] = {1.10, 1.12, 1.15, 1.20};

typedef struct script {
    double amount[ASSETS];
    tw_order_unit unit;
    tw_order_when when;
    tw_strategy_account account[N];
    double eur[N], jpy[N];
} script;

static tw_status play(void *state, tw_moment *now, tw_error *err)
{
    script *s = state;
    const size_t t = tw_moment_bar(now);
    for (size_t a = 0; t == 0 && a < ASSETS; a++) {
        const tw_order_request request = {
            .asset = a, .amount = s->amount[a], .unit = s->unit, .style = {.when = s->when}};
        if (s->amount[a] != 0) TW_TRY(tw_moment_place(now, &request, NULL, err));
    }
    s->account[t] = tw_moment_account(now);
    s->eur[t] = tw_moment_balance(now, "EUR");
    s->jpy[t] = tw_moment_balance(now, "JPY");
    return TW_OK;
}

typedef struct setup {
    tw_asset asset[ASSETS];
    tw_rate rate[2];
    tw_asset_action action[1];
    tw_asset_market market;
    tw_strategy_run run;
    const char *settings[16];
    script script;
} setup;

static void init(setup *u, const char *cash)
{
    const char *const settings[] = {"slippage", "none", "commission", "none", "currency", cash};
    memset(u, 0, sizeof *u);
    u->asset[0] = (tw_asset){.symbol = "SAP", .currency = "EUR"};
    u->asset[1] = (tw_asset){.symbol = "USDJPY", .currency = "JPY"};
    u->rate[0] = (tw_rate){"EUR", "USD", EUR_OPEN, EUR_CLOSE, NULL, NULL};
    u->rate[1] = (tw_rate){"USD", "JPY", OPEN + N, CLOSE + N, NULL, NULL};
    u->market = (tw_asset_market){.n_sessions = N,
                                  .n_assets = ASSETS,
                                  .asset = u->asset,
                                  .action = u->action,
                                  .daily = {OPEN, HIGH, LOW, CLOSE, VOLUME},
                                  .rate = u->rate,
                                  .n_rates = 2};
    memcpy(u->settings, settings, sizeof settings);
    u->run = (tw_strategy_run){.to = N, .capital = 10000, .currency = "USD", .settings = u->settings};
}

static tw_strategy_result *run(setup *u)
{
    tw_error err;
    tw_strategy_result *result = NULL;
    const tw_strategy strategy = {.state = &u->script, .handle_data = play};
    assert_ok(tw_strategy_simulate(NULL, &u->market, &strategy, &u->run, &result, &err), &err);
    return result;
}

static void fails(setup *u, const char *says)
{
    tw_error err;
    tw_strategy_result *result = NULL;
    const tw_strategy strategy = {.state = &u->script, .handle_data = play};
    assert_true(tw_strategy_simulate(NULL, &u->market, &strategy, &u->run, &result, &err) != TW_OK);
    if (!strstr(err.message, says)) fail_msg("wanted '%s' in '%s'", says, err.message);
    tw_strategy_result_free(result);
}

/* 10 shares for 1000 EUR at the second open: the account owes them, and what they gain is in EUR. */
static void test_cash_is_kept(void **state)
{
    setup u;
    size_t n = 0;
    (void)state;
    init(&u, "cash=keep");
    u.script.amount[0] = 10;
    tw_strategy_result *result = run(&u);
    assert_near(u.script.eur[1], -1000, 1e-9);
    assert_near(u.script.account[1].portfolio_value, 10000 + 20 * 1.12, 1e-9);
    assert_near(u.script.account[2].portfolio_value, 10000 + 50 * 1.15, 1e-9);
    assert_near(u.script.account[2].cash, 10000 - 1000 * 1.15, 1e-9);
    assert_near(u.script.account[3].portfolio_value, 10000 + 40 * 1.20, 1e-9);
    const tw_session_row *row = tw_strategy_sessions(result, &n);
    assert_near(row[1].currency_gain, 0, 1e-9); /* what came in at the open was owed at the open */
    assert_near(row[2].currency_gain, 20 * 0.03, 1e-9);
    assert_near(row[3].currency_gain, 50 * 0.05, 1e-9);
    assert_near(row[1].capital_used, -1000 * 1.105, 1e-9);
    const tw_trade *trade = tw_strategy_trades(result, &n);
    assert_int_equal(n, 1);
    assert_near(trade[0].rate, 1.105, 1e-12);
    assert_near(trade[0].price, 100, 1e-12);
    const tw_balance *balance = tw_strategy_balances(result, &n);
    assert_int_equal(n, 7); /* USD of four sessions, EUR of three */
    assert_string_equal(balance[2].currency, "EUR");
    assert_near(balance[2].amount, -1000, 1e-9);
    tw_buf words;
    tw_buf_init(&words, NULL);
    tw_trade_explain(&u.market, trade, &words);
    assert_string_equal(words.data, "bought 10 SAP at 100, order 0, at the open, 100; EUR at 1.105");
    tw_buf_clear(&words);
    tw_strategy_result_free(result);
}

/* The same for dollars that are exchanged at the open's rate: the shares themselves then gain with the euro. */
static void test_cash_is_converted(void **state)
{
    setup u;
    size_t n = 0;
    (void)state;
    init(&u, "cash=convert");
    u.script.amount[0] = 10;
    tw_strategy_result *result = run(&u);
    assert_near(u.script.account[1].cash, 10000 - 1105, 1e-9);
    assert_near(u.script.account[1].portfolio_value, 10000 - 1105 + 1020 * 1.12, 1e-9);
    assert_near(u.script.account[3].portfolio_value, 10000 - 1105 + 1040 * 1.20, 1e-9);
    assert_near(u.script.eur[3], 0, 0);
    const tw_session_row *row = tw_strategy_sessions(result, &n);
    assert_near(row[1].currency_gain, 1000 * (1.12 - 1.105), 1e-9);
    assert_near(row[2].currency_gain, 1020 * 0.03, 1e-9);
    assert_near(row[1].pnl - row[1].currency_gain, 20 * 1.12, 1e-9);
    tw_strategy_result_free(result);

    /* at the close it is the close's */
    init(&u, "cash=convert");
    u.script.amount[0] = 10;
    u.script.when = TW_AT_CLOSE;
    result = run(&u);
    assert_near(u.script.account[1].cash, 10000 - 1020 * 1.12, 1e-9);
    row = tw_strategy_sessions(result, &n);
    assert_near(row[1].currency_gain, 0, 1e-9);
    tw_strategy_result_free(result);
}

/* 1000 dollars bought for 150,000 yen that are owed: 10,000 yen are earned at 160, and that is 62.50 dollars. */
static void test_profit_in_yen(void **state)
{
    setup u;
    (void)state;
    init(&u, "cash=keep");
    u.script.amount[1] = 1000;
    tw_strategy_result_free(run(&u));
    assert_near(u.script.jpy[2], -150000, 1e-9);
    assert_near(u.script.account[1].portfolio_value, 10000 + 2000. / 152, 1e-6);
    assert_near(u.script.account[2].portfolio_value, 10062.5, 1e-6);

    /* as a contract for difference: yen come day by day, and are exchanged as they come */
    init(&u, "cash=convert");
    u.asset[1].kind = TW_FUTURE;
    u.settings[6] = "future_slippage", u.settings[7] = "none";
    u.settings[8] = "future_commission", u.settings[9] = "none";
    u.script.amount[1] = 1000;
    tw_strategy_result_free(run(&u));
    assert_near(u.script.account[2].portfolio_value, 10000 + 2000. / 152 + 8000. / 160, 1e-6);
    assert_near(u.script.account[2].currency_gain, 0, 0);
}

/* An account in EUR reads JPY by way of USD: 1 / 160 * 1 / 1.15. */
static void test_by_way_of_a_third(void **state)
{
    setup u;
    (void)state;
    init(&u, "cash=keep");
    u.run.currency = "EUR";
    u.script.amount[1] = 1000;
    tw_strategy_result_free(run(&u));
    assert_near(u.script.account[2].portfolio_value, 10000 + 10000. / 160 / 1.15, 1e-6);
    assert_near(u.script.account[2].portfolio_value - u.script.account[2].cash, 160000. / 160 / 1.15, 1e-6);
}

/* Sizes are of the account's money: half of 10,000 dollars in shares of 99 EUR at 1.10 are 45. */
static void test_sizes(void **state)
{
    static const double none[] = {NAN, NAN, NAN, NAN}, late[] = {1.10, NAN, 1.15, -1};
    setup u;
    size_t n = 0;
    (void)state;
    init(&u, "cash=convert");
    u.script.amount[0] = 0.5;
    u.script.unit = TW_TARGET_PERCENT;
    u.settings[3] = "per_dollar cost=0.01";
    u.settings[6] = "fee", u.settings[7] = "flat=2";
    tw_strategy_result *result = run(&u);
    const tw_trade *trade = tw_strategy_trades(result, &n);
    assert_near(trade[0].amount, 45, 0);
    assert_near(trade[0].commission, 47, 1e-9); /* EUR */
    assert_near(u.script.account[1].cash, 10000 - 4547 * 1.105, 1e-9);
    tw_strategy_result_free(result);

    /* what is not quoted holds on; an open that is not known is the close before; what is not above 0 is not quoted */
    init(&u, "cash=convert");
    u.rate[0].open = none, u.rate[0].close = late;
    u.script.amount[0] = 10;
    tw_strategy_result_free(run(&u));
    assert_near(u.script.account[1].cash, 10000 - 1000 * 1.10, 1e-9);
    assert_near(u.script.account[3].portfolio_value, 10000 - 1100 + 1040 * 1.15, 1e-9);
}

/* Margin, borrowing, interest and dividends, each at the rate of its moment. */
static void test_terms(void **state)
{
    setup u;
    size_t n = 0;
    (void)state;
    init(&u, "cash=keep");
    u.script.amount[0] = 93; /* 93 * 99 * 1.10 are 10,127.70 */
    u.settings[6] = "margin", u.settings[7] = "initial=1";
    tw_strategy_result *result = run(&u);
    (void)tw_strategy_trades(result, &n);
    assert_int_equal(n, 0);
    tw_strategy_result_free(result);

    init(&u, "cash=convert");
    u.script.amount[0] = -10;
    u.settings[6] = "borrow", u.settings[7] = "rate=0.365"; /* a thousandth a day */
    tw_strategy_result_free(run(&u));
    assert_near(u.script.account[2].cash, 10000 + 1105 - 1020 * 0.001 * 1.12, 1e-6);

    init(&u, "cash=keep");
    u.script.amount[0] = 10;
    u.settings[6] = "interest", u.settings[7] = "debit=0.365";
    tw_strategy_result_free(run(&u));
    assert_near(u.script.eur[2], -1001, 1e-6);

    init(&u, "cash=convert");
    u.script.amount[0] = 10;
    u.action[0] = (tw_asset_action){.kind = TW_DIVIDEND, .session = 2, .amount = 0.7, .pay = 3};
    u.market.n_actions = 1;
    result = run(&u);
    assert_near(u.script.account[3].cash, 10000 - 1105 + 7 * 1.15, 1e-9);
    const tw_booked_action *did = tw_strategy_actions(result, &n);
    assert_int_equal(n, 1);
    assert_near(did[0].cash, 7 * 1.12, 1e-9);
    tw_strategy_result_free(result);
}

static void test_what_is_missing(void **state)
{
    static const double none[] = {NAN, NAN, NAN, NAN};
    setup u;
    (void)state;
    init(&u, "cash=keep");
    u.script.amount[0] = 10;
    u.rate[0].close = none;
    fails(&u, "SAP, session 0: it is quoted in EUR, of which no rate in USD is known yet");
    u.market.n_rates = 0;
    fails(&u, "SAP, session 0: it is quoted in EUR, and no series of rates leads to USD");
    u.run.currency = NULL;
    fails(&u, "run: SAP is quoted in EUR, but the account has no currency");
    init(&u, "cash=spend");
    fails(&u, "currency");
    init(&u, "cash=keep");
    u.rate[1].quote = "USD";
    fails(&u, "market: rate 1 is of 'USD' in 'USD'");
}

/* A benchmark is seen from the account: (102 * 1.12) / (99 * 1.10) - 1. */
static void test_benchmark(void **state)
{
    setup u;
    size_t n = 0;
    (void)state;
    init(&u, "cash=keep");
    u.run.benchmark_asset = 1;
    tw_strategy_result *result = run(&u);
    const tw_session_row *row = tw_strategy_sessions(result, &n);
    assert_near(row[0].benchmark_period_return, 99 * 1.10 / (99.5 * 1.11) - 1, 1e-12);
    assert_near((1 + row[1].benchmark_period_return) / (1 + row[0].benchmark_period_return), 102 * 1.12 / (99 * 1.10),
                1e-12);
    tw_strategy_result_free(result);
}

/* zipline's ledger adds up what it finds, and says so here. */
static void test_zipline_ignores(void **state)
{
    setup u;
    size_t n = 0;
    (void)state;
    init(&u, "cash=keep");
    u.settings[4] = NULL;
    u.run.mode = TW_ZIPLINE;
    u.script.amount[0] = 10;
    tw_strategy_result *result = run(&u);
    assert_near(u.script.account[1].cash, 10000 - 1020, 1e-9);
    const tw_quirk *quirk = tw_strategy_quirks(result, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(quirk[i].name, "currency_ignored") == 0) assert_int_equal(quirk[i].count, 1);
    tw_strategy_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cash_is_kept),    cmocka_unit_test(test_cash_is_converted),
        cmocka_unit_test(test_profit_in_yen),   cmocka_unit_test(test_by_way_of_a_third),
        cmocka_unit_test(test_sizes),           cmocka_unit_test(test_terms),
        cmocka_unit_test(test_what_is_missing), cmocka_unit_test(test_benchmark),
        cmocka_unit_test(test_zipline_ignores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

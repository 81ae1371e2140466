/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of every run of a strategy, in both modes, by day and by minute. */
#include "strategy_case.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEEDS = 12 };

typedef void property(strategy_case *c);

static void for_all(property *holds)
{
    static strategy_case c;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int mode = 0; mode < 8; mode++) { /* from 4 on with currencies */
            case_init(&c, seed * 97, mode & 1 && mode < 4 ? TW_ZIPLINE : TW_REALISTIC, mode & 2);
            if (mode >= 4) case_quote(&c, mode & 1);
            case_bars(&c);
            holds(&c);
        }
}

static void assert_same_runs(const tw_strategy_result *a, const tw_strategy_result *b, size_t sessions)
{
    size_t n = 0, m = 0;
    const tw_session_row *x = tw_strategy_sessions(a, &n), *y = tw_strategy_sessions(b, &m);
    assert_true(n >= sessions && m >= sessions);
    assert_memory_equal(x, y, sessions * sizeof *x);
    const tw_trade *t = tw_strategy_trades(a, &n), *u = tw_strategy_trades(b, &m);
    for (size_t i = 0; i < n && t[i].session < sessions; i++) assert_memory_equal(&t[i], &u[i], sizeof t[i]);
}

static void adds_up(strategy_case *c)
{
    size_t n = 0;
    c->identity = true;
    tw_strategy_result *result = case_run(c);
    (void)tw_strategy_trades(result, &n);
    assert_true(n > 20);
    tw_strategy_result_free(result);
}

/* The cash of a run from its trades alone, where nothing else moves it: no dividends, no terms. */
static void cash_is_what_trades_moved(strategy_case *c)
{
    static const char *const none[] = {NULL};
    size_t n = 0, m = 0;
    if (c->market.n_rates) return; /* what cash of other currencies is worth depends on their last rates */
    c->market.n_actions = 0;
    c->run.settings = none;
    c->asset[4].kind = TW_EQUITY;
    c->asset[4].multiplier = 0;
    tw_strategy_result *result = case_run(c);
    const tw_trade *trade = tw_strategy_trades(result, &n);
    const tw_session_row *row = tw_strategy_sessions(result, &m);
    double cash = c->run.capital, held[CASE_ASSETS] = {0}, value = 0;
    for (size_t i = 0; i < n; i++) {
        cash -= trade[i].amount * trade[i].price + trade[i].commission;
        held[trade[i].asset] += trade[i].amount;
    }
    assert_near(row[m - 1].ending_cash, cash, 1e-3);
    const tw_holding *holding = tw_strategy_holdings(result, &n);
    for (size_t i = 0; i < n; i++)
        if (holding[i].session == row[m - 1].session) {
            assert_same(holding[i].amount, held[holding[i].asset]);
            value += holding[i].amount * holding[i].last_price;
        }
    assert_near(row[m - 1].portfolio_value, cash + value, 1e-3);
    tw_strategy_result_free(result);
}

/* From a session on every bar is another: what came before is the same to the bit. */
static void past_does_not_depend_on_the_future(strategy_case *c)
{
    const size_t from = 17 + c->seed % 11;
    tw_strategy_result *one = case_run(c);
    for (int f = 0; f < 5; f++)
        for (size_t a = 0; a < CASE_ASSETS; a++) {
            for (size_t s = from; s < CASE_SESSIONS; s++) c->daily[f][a * CASE_SESSIONS + s] = 7 + (double)f;
            for (size_t i = from * CASE_MINUTES; i < CASE_BARS; i++) c->minute[f][a * CASE_BARS + i] = 7 + (double)f;
        }
    for (int k = 0; k < 2; k++)
        for (int f = 0; f < 4; f++)
            for (size_t i = f < 2 ? from : from * CASE_MINUTES; i < CASE_BARS; i++) c->rates[k][f][i] = 3;
    tw_strategy_result *two = case_run(c);
    assert_same_runs(one, two, from);
    tw_strategy_result_free(one);
    tw_strategy_result_free(two);
}

/* Assets in other places: every asset's trades are the same, and the accounts up to the rounding of sums. */
static void places_of_assets_do_not_matter(strategy_case *c)
{
    static strategy_case other;
    size_t n = 0, m = 0;
    tw_strategy_result *one = case_run(c);
    case_init(&other, c->seed, c->run.mode, c->run.by_minute);
    for (size_t a = 0; a < CASE_ASSETS; a++) other.asset[a] = c->asset[CASE_ASSETS - 1 - a];
    for (size_t i = 0; i < CASE_ACTIONS; i++) {
        other.action[i].asset = CASE_ASSETS - 1 - c->action[i].asset;
        other.action[i].paid = CASE_ASSETS - 1 - c->action[i].paid;
    }
    if (c->market.n_rates) case_quote(&other, c->run.settings[8] != NULL);
    case_bars(&other);
    tw_strategy_result *two = case_run(&other);
    const tw_session_row *x = tw_strategy_sessions(one, &n), *y = tw_strategy_sessions(two, &m);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++) assert_near(x[i].portfolio_value, y[i].portfolio_value, 1e-3);
    const tw_trade *t = tw_strategy_trades(one, &n), *u = tw_strategy_trades(two, &m);
    assert_int_equal(n, m);
    for (size_t a = 0; a < CASE_ASSETS; a++)
        for (size_t i = 0, j = 0; i < n; i++) {
            if (t[i].asset != a) continue;
            while (u[j].asset != CASE_ASSETS - 1 - a) j++;
            assert_same(t[i].amount, u[j].amount);
            assert_same(t[i].price, u[j].price);
            assert_same(t[i].commission, u[j].commission);
            assert_int_equal(t[i].bar, u[j++].bar);
        }
    tw_strategy_result_free(one);
    tw_strategy_result_free(two);
}

/* Where a unit of every currency is worth one of the account's, nothing is other than with one currency: when cash is
 * exchanged always, and else where none bears interest, for owed and own cash bear it apart. */
static void rates_of_one_change_nothing(strategy_case *c)
{
    static const char *const none[] = {"margin", "initial=0.01 maintenance=0", "borrow", "rate=0.02", NULL};
    size_t n = 0, m = 0;
    if (c->market.n_rates == 0) return;
    if (!c->run.settings[8]) c->run.settings = none;
    for (int k = 0; k < 2; k++)
        for (int f = 0; f < 4; f++)
            for (size_t i = 0; i < CASE_BARS; i++) c->rates[k][f][i] = 1;
    tw_strategy_result *one = case_run(c);
    for (size_t a = 0; a < CASE_ASSETS; a++) c->asset[a].currency = NULL;
    c->market.n_rates = 0;
    tw_strategy_result *two = case_run(c);
    assert_same_runs(one, two, CASE_SESSIONS);
    (void)tw_strategy_balances(one, &n);
    (void)tw_strategy_balances(two, &m);
    assert_true(n >= CASE_SESSIONS && m == 0);
    tw_strategy_result_free(one);
    tw_strategy_result_free(two);
}

/* Where prices stand still and nothing costs or pays, all that is earned is of currency. */
static void still_prices_leave_gains_of_currency(strategy_case *c)
{
    static const char *const keep[] = {"slippage",
                                       "none",
                                       "commission",
                                       "none",
                                       "future_slippage",
                                       "none",
                                       "future_commission",
                                       "none",
                                       "margin",
                                       "initial=0.01 maintenance=0",
                                       NULL};
    static const char *const convert[] = {"slippage",
                                          "none",
                                          "commission",
                                          "none",
                                          "future_slippage",
                                          "none",
                                          "future_commission",
                                          "none",
                                          "margin",
                                          "initial=0.01 maintenance=0",
                                          "currency",
                                          "cash=convert",
                                          NULL};
    size_t n = 0;
    double earned = 0, of_currency = 0, moved = 0;
    if (c->market.n_rates == 0) return;
    c->run.settings = c->run.settings[8] ? convert : keep;
    c->market.n_actions = 0;
    for (int f = 0; f < 4; f++) {
        for (size_t i = 0; i < CASE_ASSETS * CASE_SESSIONS; i++) c->daily[f][i] = 23.85;
        for (size_t i = 0; i < CASE_ASSETS * CASE_BARS; i++) c->minute[f][i] = 23.85;
    }
    tw_strategy_result *result = case_run(c);
    const tw_session_row *row = tw_strategy_sessions(result, &n);
    for (size_t i = 0; i < n; i++) {
        assert_near(row[i].pnl, row[i].currency_gain, 1e-4);
        earned += row[i].pnl;
        of_currency += row[i].currency_gain;
        moved += fabs(row[i].currency_gain);
    }
    assert_near(earned, of_currency, 1e-4);
    assert_true(moved > 1 || c->run.settings == keep); /* what is owed is what is held */
    tw_strategy_result_free(result);
}

/* ---------------------------------------------------------------- live over a socket */

/* Sends every bar, one after the other, to whoever connects; in a process of its own. */
static void serve(const strategy_case *c, int listener)
{
    const size_t n = c->run.by_minute ? CASE_BARS : CASE_SESSIONS;
    const int peer = accept(listener, NULL, NULL);
    for (size_t i = 0; i < n; i++) {
        double bar[CASE_ASSETS][5];
        for (size_t a = 0; a < CASE_ASSETS; a++)
            for (int f = 0; f < 5; f++) bar[a][f] = c->run.by_minute ? c->minute[f][a * n + i] : c->daily[f][a * n + i];
        if (write(peer, bar, sizeof bar) != (ssize_t)sizeof bar) _exit(1);
    }
    close(peer);
    _exit(0);
}

static int listen_on_loopback(struct sockaddr_in *address)
{
    socklen_t size = sizeof *address;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(listener, (struct sockaddr *)address, sizeof *address), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)address, &size), 0);
    return listener;
}

static bool receive(int peer, void *bytes, size_t length)
{
    for (size_t got = 0; got < length;) {
        const ssize_t n = read(peer, (char *)bytes + got, length - got);
        if (n <= 0) return false;
        got += (size_t)n;
    }
    return true;
}

/* The daily bar of a run by minute is known once its last minute is. */
static void keep_bar(strategy_case *c, size_t i, double (*bar)[5])
{
    const size_t n = c->run.by_minute ? CASE_BARS : CASE_SESSIONS;
    for (size_t a = 0; a < CASE_ASSETS; a++) {
        for (int f = 0; f < 5; f++) (c->run.by_minute ? c->minute[f] : c->daily[f])[a * n + i] = bar[a][f];
        if (c->run.by_minute && (i + 1) % CASE_MINUTES == 0) case_day(c, a, i / CASE_MINUTES);
    }
}

static void live_is_the_backtest(strategy_case *c)
{
    static strategy_case live;
    struct sockaddr_in address;
    tw_strategy_live *run = NULL;
    tw_strategy_result *one = case_run(c), *two = NULL;
    tw_error err;
    double bar[CASE_ASSETS][5];
    int status = 0;
    size_t n = 0;
    if (c->seed != 97) {
        tw_strategy_result_free(one);
        return; /* a process each is slow under the sanitizers */
    }
    const int listener = listen_on_loopback(&address);
    const pid_t child = fork();
    if (child == 0) serve(c, listener);
    case_init(&live, c->seed, c->run.mode, c->run.by_minute);
    if (c->market.n_rates) case_quote(&live, c->run.settings[8] != NULL);
    for (int f = 0; f < 5; f++) {
        for (size_t i = 0; i < CASE_ASSETS * CASE_BARS; i++) live.minute[f][i] = 1e9;
        for (size_t i = 0; i < CASE_ASSETS * CASE_SESSIONS; i++) live.daily[f][i] = 1e9;
    }
    const int peer = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(peer, (struct sockaddr *)&address, sizeof address), 0);
    assert_ok(tw_strategy_open(NULL, &live.market, &live.strategy, &live.run, &run, &err), &err);
    for (; receive(peer, bar, sizeof bar); n++) {
        keep_bar(&live, n, bar);
        assert_ok(tw_strategy_advance(run, n + 1, &err), &err);
    }
    assert_ok(tw_strategy_close(run, &two, &err), &err);
    close(peer);
    close(listener);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_same_runs(one, two, CASE_SESSIONS);
    assert_int_equal(live.calls, c->calls);
    tw_strategy_result_free(one);
    tw_strategy_result_free(two);
}

/* ---------------------------------------------------------------- a strategy that tries to peek */

static tw_status peek(void *state, tw_moment *now, tw_error *err)
{
    strategy_case *c = state;
    double out[CASE_BARS];
    tw_error none;
    const size_t t = tw_moment_bar(now);
    for (size_t n = t + 2; n <= CASE_BARS; n++)
        assert_int_equal(tw_moment_window(now, &(tw_window){.n = n, .minutes = c->run.by_minute}, out, &none),
                         TW_BAD_VALUE);
    assert_int_equal(tw_moment_window(now, &(tw_window){.n = (size_t)-1}, out, &none), TW_BAD_VALUE);
    assert_int_equal(tw_moment_window(now, &(tw_window){.n = 0}, out, &none), TW_BAD_VALUE);
    assert_int_equal(tw_moment_window(now, &(tw_window){.n = 1, .asset = CASE_ASSETS}, out, &none), TW_BAD_VALUE);
    assert_true(isnan(tw_moment_price(now, CASE_ASSETS)));
    assert_true(isnan(tw_moment_value(now, (size_t)-1, TW_HIGH)));
    if (!c->run.by_minute) return TW_OK;
    /* today's day in a window is today so far */
    assert_ok(tw_moment_window(now, &(tw_window){.n = 1, .field = TW_HIGH}, out, err), err);
    double high = NAN;
    for (size_t i = t - t % CASE_MINUTES; i <= t; i++) high = fmax(high, c->minute[1][i]);
    if (isnan(high)) assert_true(isnan(out[0]));
    if (!isnan(high)) assert_same(out[0], high);
    return TW_OK;
}

static void nothing_shows_the_future(strategy_case *c)
{
    c->strategy.handle_data = peek;
    tw_strategy_result_free(case_run(c));
}

#define PROPERTY(name)                                                                                                 \
    static void test_##name(void **state)                                                                              \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        for_all(name);                                                                                                 \
    }
PROPERTY(adds_up)
PROPERTY(cash_is_what_trades_moved)
PROPERTY(past_does_not_depend_on_the_future)
PROPERTY(places_of_assets_do_not_matter)
PROPERTY(rates_of_one_change_nothing)
PROPERTY(still_prices_leave_gains_of_currency)
PROPERTY(live_is_the_backtest)
PROPERTY(nothing_shows_the_future)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adds_up),
        cmocka_unit_test(test_cash_is_what_trades_moved),
        cmocka_unit_test(test_rates_of_one_change_nothing),
        cmocka_unit_test(test_still_prices_leave_gains_of_currency),
        cmocka_unit_test(test_past_does_not_depend_on_the_future),
        cmocka_unit_test(test_places_of_assets_do_not_matter),
        cmocka_unit_test(test_live_is_the_backtest),
        cmocka_unit_test(test_nothing_shows_the_future),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Declared strategies whose expressions are evaluated in parts, many calls at once, give what evaluating every window
 * at its call gives: sessions, fills, recorded values and counted quirks, to the bit. */
#include "backtest/rules/spec.h"
#include "tw_temp.h"
#include "tw_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DAYS = 150, ASSETS = 3, MINUTES = 40 };

typedef struct folder {
    char path[512], bars[544], minutes[544], actions[544], spec[544];
} folder;

static double uniform(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 11) / 9007199254740992.0;
}

static void put_bar(FILE *file, const char *time, int asset, double *price, uint64_t *seed)
{
    const double open = *price * (1 + 0.004 * (uniform(seed) - 0.5));
    *price *= 1 + 0.03 * (uniform(seed) - 0.5);
    const double high = fmax(open, *price) * 1.003, low = fmin(open, *price) * 0.997;
    if (uniform(seed) < 0.06) return; /* a gap */
    (void)fprintf(file, "%s,%c,%.5f,%.5f,%.5f,%.5f,%d\n", time, 'A' + asset, open, high, low, *price,
                  1000 + (int)(uniform(seed) * 100000));
}

static void write_market(const folder *f)
{
    uint64_t seed = 7;
    FILE *bars = fopen(f->bars, "w"), *minutes = fopen(f->minutes, "w"), *actions = fopen(f->actions, "w");
    assert_true(bars && minutes && actions);
    (void)fputs("date,symbol,open,high,low,close,volume\n", bars);
    (void)fputs("time,symbol,open,high,low,close,volume\n", minutes);
    (void)fputs("ex_date,symbol,kind,ratio,amount\n", actions);
    for (int asset = 0; asset < ASSETS; asset++) {
        double price = 20 + 10 * asset;
        for (int day = 0; day < DAYS; day++) {
            char time[64];
            const tw_civil date = tw_date_from_days(tw_days_from_date(2021, 1, 4) + day);
            (void)snprintf(time, sizeof time, "%04d-%02d-%02d", date.year, date.month, date.day);
            put_bar(bars, time, asset, &price, &seed);
            if (day % 37 == 11 + asset) (void)fprintf(actions, "%s,%c,split,%g,\n", time, 'A' + asset, 0.5 + asset);
            if (day % 41 == 17) (void)fprintf(actions, "%s,%c,dividend,,0.11\n", time, 'A' + asset);
            for (int m = 0; m < MINUTES && day < 8; m++) {
                (void)snprintf(time, sizeof time, "%04d-%02d-%02d 15:%02d:00", date.year, date.month, date.day, m);
                put_bar(minutes, time, asset, &price, &seed);
            }
        }
    }
    assert_int_equal(fclose(bars) | fclose(minutes) | fclose(actions), 0);
}

static int setup(void **state)
{
    folder *f = calloc(1, sizeof *f);
    *state = f;
    if (!f) return -1;
    if (!tw_temp_folder(f->path, sizeof f->path)) return -1;
    (void)snprintf(f->bars, sizeof f->bars, "%s/bars.csv", f->path);
    (void)snprintf(f->minutes, sizeof f->minutes, "%s/minutes.csv", f->path);
    (void)snprintf(f->actions, sizeof f->actions, "%s/actions.csv", f->path);
    (void)snprintf(f->spec, sizeof f->spec, "%s/spec.yaml", f->path);
    write_market(f);
    return 0;
}

static int teardown(void **state)
{
    folder *f = *state;
    (void)remove(f->bars);
    (void)remove(f->minutes);
    (void)remove(f->actions);
    (void)remove(f->spec);
    (void)rmdir(f->path);
    free(f);
    return 0;
}

/* ---------------------------------------------------------------- comparing */

static void same_rows(const void *a, const void *b, size_t n, size_t m, size_t size)
{
    assert_int_equal(n, m);
    if (n) assert_memory_equal(a, b, n * size);
}

static void same_results(const tw_strategy_result *a, const tw_strategy_result *b)
{
    size_t n, m;
    const tw_session_row *sessions = tw_strategy_sessions(a, &n), *others = tw_strategy_sessions(b, &m);
    same_rows(sessions, others, n, m, sizeof *sessions);
    const tw_trade *trades = tw_strategy_trades(a, &n), *other_trades = tw_strategy_trades(b, &m);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(trades[i].bar, other_trades[i].bar);
        assert_int_equal(trades[i].asset, other_trades[i].asset);
        assert_same(trades[i].amount, other_trades[i].amount);
        assert_same(trades[i].price, other_trades[i].price);
    }
    const tw_recorded *x = tw_strategy_recorded(a, &n), *y = tw_strategy_recorded(b, &m);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(x[i].session, y[i].session);
        assert_true(memcmp(&x[i].value, &y[i].value, sizeof x[i].value) == 0 ||
                    (isnan(x[i].value) && isnan(y[i].value)));
    }
    const tw_quirk *quirk = tw_strategy_quirks(a, &n), *other = tw_strategy_quirks(b, &m);
    for (size_t i = 0; i < n; i++) assert_int_equal(quirk[i].count, other[i].count);
}

/* Runs a strategy both ways; gives the fills, so that a test may ask for some. */
static size_t both_ways(const folder *f, const char *top, const char *strategy, size_t least_room)
{
    tw_backtest_spec *spec = NULL;
    tw_strategy_result *parts = NULL, *whole = NULL;
    tw_error err;
    size_t fills;
    FILE *file = fopen(f->spec, "w");
    assert_non_null(file);
    (void)fprintf(file, "%s\nstrategy: %s\n", top, strategy);
    assert_int_equal(fclose(file), 0);
    assert_ok(tw_backtest_spec_read(NULL, f->spec, NULL, &spec, &err), &err);
    assert_non_null(spec->block[0].split.from);
    assert_true(spec->block[0].split.room >= least_room);
    assert_ok(tw_backtest_spec_run(spec, &parts, &err), &err);
    spec->whole = true;
    assert_ok(tw_backtest_spec_run(spec, &whole, &err), &err);
    same_results(parts, whole);
    (void)tw_strategy_trades(whole, &fills);
    tw_strategy_result_free(parts);
    tw_strategy_result_free(whole);
    tw_backtest_spec_free(spec);
    return fills;
}

static const char *const STRATEGIES[] = {
    "{window: 20, entry: 'price > mean(price, 20)', exit: 'price < mean(price, 7)', size: {percent: 0.2}}",
    "{window: 30, rules: [{when: 'ema(price, 9) > ema(price, 21) and holding == 0', shares: 5}, {when: '(holding > 0 "
    "and (close < lag(close, 3) and volume > 0))', target_shares: 0}], record: {m: 'mean(price, 30)', c: calls, w: "
    "weight}}",
    "{window: 5, rules: [{when: 'close > lag(close, 1) or holding == 0', shares: 1}, {when: 'and(close > cost_basis, "
    "holding > 2)', target_shares: 0}, {when: 'not and(close > open, high > low) and price > 0', shares: 1}]}",
    "{window: 12, rules: [{when: 'price > cost_basis * 0.99 and mean(price - cost_basis, 3) > 0', target_percent: "
    "0.1}, {when: 'holding == 0', value: 'std(close, 10) * 1000', limit: 'close * 0.995', remember: "
    "price}]}",
    "{window: 10, portfolio: {long: {rank: 'price / lag(price, 9)', top: 1, where: 'volume > 0 and cash > 0'}, "
    "weights: inverse, by: 'std(price, 10)'}}",
    "{window: 4, rules: [{when: 'rank(close) > 0.6 and holding == 0', shares: 3}, {when: 'rank(close) < 0.4', "
    "target_shares: 0}]}",
    "{window: 3, lets: {up: 'close > lag(close, 2)', in: 'holding > 0'}, rules: [{when: 'up and not in', shares: 2}, "
    "{when: 'in and not up', target_shares: 0}]}",
};

enum { N_STRATEGIES = sizeof STRATEGIES / sizeof *STRATEGIES, RANKED = 5 };

static void test_days(void **state)
{
    static const char *const MODES[] = {"zipline", "realistic"};
    for (int mode = 0; mode < 2; mode++)
        for (int i = 0; i < N_STRATEGIES; i++) {
            char top[256];
            (void)snprintf(top, sizeof top, "mode: %s\ndata: {bars: bars.csv, actions: actions.csv}", MODES[mode]);
            assert_true(both_ways(*state, top, STRATEGIES[i], i == RANKED ? 1 : 16) > 0);
        }
}

static void test_minutes(void **state)
{
    static const char *const WINDOWS[] = {"minutes", "days"};
    for (int kind = 0; kind < 2; kind++)
        for (int i = 0; i < N_STRATEGIES; i++) {
            char strategy[640];
            const char *window = kind == 0 ? STRATEGIES[i] + 1 : STRATEGIES[6] + 1;
            (void)snprintf(strategy, sizeof strategy, "{window_of: %s, %s", WINDOWS[kind], window);
            for (int mode = 0; mode < 2; mode++) {
                char top[256];
                (void)snprintf(top, sizeof top,
                               "mode: %s\nfrequency: minute\ndata: {minutes: minutes.csv, actions: actions.csv}",
                               mode ? "realistic" : "zipline");
                assert_true(both_ways(*state, top, strategy, i == RANKED ? 1 : 2) > 0);
            }
        }
}

/* A run that starts late and ends early; several blocks; a schedule, which takes one call at a time. */
static void test_edges(void **state)
{
    const char *const top = "from: 2021-02-20\nto: 2021-03-29\ndata: {bars: bars.csv, actions: actions.csv}";
    assert_true(both_ways(*state, top, STRATEGIES[0], 16) > 0);
    assert_true(both_ways(*state, top,
                          "[{window: 3, rules: [{when: 'close > lag(close, 1) and holding < 9', shares: 1}]}, "
                          "{schedule: date=week_start, window: 9, rules: [{when: 'close < mean(close, 9)', "
                          "target_shares: 0}]}]",
                          16) > 0);
    assert_true(both_ways(*state, top,
                          "{universe: [B], schedule: date=week_start, rules: [{when: cash > 0, shares: 1}]}", 1) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_minutes),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

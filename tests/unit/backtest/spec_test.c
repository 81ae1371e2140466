/* SPDX-License-Identifier: Apache-2.0 */
/* Markets from files, and a backtest that is stopped. */
#include "spec_case.h"
#include "tw_test.h"

#include "tradewind/backtest_spec.h"
#include "tradewind/ta.h"

#include <math.h>
#include <stdio.h>

static int setup(void **state)
{
    spec_case *c = calloc(1, sizeof *c);
    *state = c;
    return c ? spec_case_open(c) : -1;
}

static int teardown(void **state)
{
    spec_case_close(*state);
    free(*state);
    return 0;
}

static void test_market(void **state)
{
    const spec_case *c = *state;
    const tw_market_files files = {.bars = c->bars, .actions = c->actions};
    tw_market_read read;
    tw_error err;
    assert_ok(tw_market_open(NULL, &files, &read, &err), &err);
    const tw_asset_market *m = &read.market;
    assert_int_equal(m->n_assets, 2);
    assert_int_equal(m->n_sessions, 5);
    assert_int_equal(tw_market_find(m, "B"), 1);
    assert_true(tw_market_find(m, "C") == SIZE_MAX);
    assert_int_equal(tw_market_session_from(m, tw_days_from_date(2021, 1, 9)), 5);
    assert_same(m->daily.close[3], 6.1);
    assert_same(m->daily.high[m->n_sessions + 1], 20.5);
    assert_true(isnan(m->daily.close[m->n_sessions + 2])); /* B did not trade on the third day */
    assert_int_equal(m->n_actions, 2);
    assert_int_equal(m->action[0].kind, TW_SPLIT);
    assert_int_equal(m->action[0].session, 3);
    assert_int_equal(m->action[1].kind, TW_DIVIDEND);
    assert_same(m->action[1].ratio, 1 - 0.25 / 19.2);
    assert_null(read.benchmark);
    tw_market_close(&read);
}

/* Minutes are of the session in which they end; days are made of them, with the first open and the last close. */
static void test_minutes(void **state)
{
    static const char MINUTES[] = "time,symbol,open,high,low,close,volume\n2021-01-04 15:01,A,1,3,1,2,10\n"
                                  "2021-01-04 15:02,A,2,5,2,4,20\n2021-01-05 00:00,A,4,4,0.5,3,5\n"
                                  "2021-01-05 15:01,A,3,3,2,2.5,7\n";
    const spec_case *c = *state;
    const tw_market_files files = {.minutes = c->bars};
    tw_market_read read;
    tw_error err;
    assert_int_equal(spec_case_write(c->bars, MINUTES, sizeof MINUTES - 1), 0);
    assert_ok(tw_market_open(NULL, &files, &read, &err), &err);
    const tw_asset_market *m = &read.market;
    assert_int_equal(m->n_sessions, 2);
    assert_int_equal(m->n_minutes, 4);
    assert_int_equal(m->minute_from[1], 3);
    assert_int_equal(m->minute_from[2], 4);
    assert_same(m->daily.open[0], 1);
    assert_same(m->daily.high[0], 5);
    assert_same(m->daily.low[0], 0.5);
    assert_same(m->daily.close[0], 3);
    assert_same(m->daily.volume[0], 35);
    tw_market_close(&read);
    assert_int_equal(spec_case_write(c->bars, SPEC_CASE_BARS, sizeof SPEC_CASE_BARS - 1), 0);
}

/* A panel may hold bars that no market has, and the file says nothing of where: symbol and time do. */
static void test_bad_panel(void **state)
{
    const char *const symbols[] = {"A"}, *const columns[] = {"open", "high", "low", "close"};
    const int64_t day = tw_days_from_date(2021, 1, 4) * TW_NS_PER_DAY;
    const int64_t times[] = {day, day + TW_NS_PER_DAY, day + 2 * TW_NS_PER_DAY};
    const tw_panel_shape shape = {.n_symbols = 1,
                                  .n_times = 3,
                                  .n_columns = 4,
                                  .symbols = symbols,
                                  .times = times,
                                  .columns = columns,
                                  .bar_ns = TW_NS_PER_DAY};
    const spec_case *c = *state;
    char path[640];
    tw_panel *panel = NULL;
    tw_market_read read;
    tw_error err;
    (void)snprintf(path, sizeof path, "%s.twp", c->bars);
    assert_ok(tw_panel_new(NULL, &shape, path, &panel, &err), &err);
    for (size_t k = 0; k < 4; k++)
        for (size_t t = 0; t < 3; t++) tw_panel_tile_mut(panel, k, 0)[t * TW_LANES] = k == 1 && t == 1 ? 1.5 : 2;
    assert_ok(tw_panel_seal(panel, &err), &err);
    tw_panel_close(panel);
    tw_market_files files = {.bars = path};
    assert_int_equal(tw_market_open(NULL, &files, &read, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "symbol A, time 2021-01-05: high is below low"));
    tw_market_close(&read);
    files.skip_bad_bars = true;
    assert_ok(tw_market_open(NULL, &files, &read, &err), &err);
    assert_int_equal(read.n_skipped, 1);
    assert_non_null(strstr(read.first_skipped.message, "high is below low"));
    assert_int_equal(read.market.n_sessions, 2);
    tw_market_close(&read);
    (void)remove(path);
}

typedef struct patience {
    int polls;
} patience;

static bool cancelled(void *arg) { return --((patience *)arg)->polls < 0; }

/* What was computed before the stop is kept: the sessions of a run that goes on, to the bit. */
static void test_cancelled(void **state)
{
    const spec_case *c = *state;
    patience p = {.polls = 3};
    const tw_progress progress = {.cancelled = cancelled, .arg = &p};
    const tw_ctx ctx = {.progress = &progress};
    tw_backtest_spec *spec = NULL;
    tw_strategy_result *whole = NULL, *part = NULL;
    size_t n_whole, n_part;
    tw_error err;
    assert_ok(tw_backtest_spec_read(NULL, c->spec, NULL, &spec, &err), &err);
    assert_ok(tw_backtest_spec_run(spec, &whole, &err), &err);
    tw_backtest_spec_free(spec);
    p.polls = INT32_MAX;
    assert_ok(tw_backtest_spec_read(&ctx, c->spec, NULL, &spec, &err), &err);
    p.polls = 3;
    assert_int_equal(tw_backtest_spec_run(spec, &part, &err), TW_CANCELLED);
    const tw_session_row *a = tw_strategy_sessions(whole, &n_whole), *b = tw_strategy_sessions(part, &n_part);
    assert_int_equal(n_whole, 5);
    assert_int_equal(n_part, 3);
    for (size_t i = 0; i < n_part; i++) assert_same(a[i].portfolio_value, b[i].portfolio_value);
    tw_strategy_result_free(whole);
    tw_strategy_result_free(part);
    tw_backtest_spec_free(spec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_market),
        cmocka_unit_test(test_minutes),
        cmocka_unit_test(test_bad_panel),
        cmocka_unit_test(test_cancelled),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

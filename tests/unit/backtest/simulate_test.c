/* SPDX-License-Identifier: Apache-2.0 */
/* Small markets worked out by hand. */
#include "backtest_case.h"

enum { LANES = 16, BARS = 6 };

/* A market of one named lane (or two) with given opens and closes; Wednesday to Wednesday, so a weekend is inside. */
static void small(backtest_case *c, const double *open, const double *close, const char *portfolio)
{
    case_init(c, 1, BARS, 2);
    int64_t day = tw_days_from_date(2014, 6, 11);
    for (size_t t = 0; t < BARS; t++, day += tw_weekday(day) == 4 ? 3 : 1) c->time[t] = day * TW_NS_PER_DAY;
    for (size_t cell = 0; cell < c->cells; cell++)
        c->open[cell] = c->close[cell] = c->volume[cell] = c->score[cell] = NAN;
    for (size_t t = 0; t < BARS; t++) {
        c->open[t * LANES] = open[t];
        c->close[t * LANES] = close[t];
        c->volume[t * LANES] = 1000;
    }
    case_portfolio(c, portfolio);
}

static const double OPEN[BARS] = {23.5, 24.01, 24.3, 23.9, 25.2, 25.5};
static const double CLOSE[BARS] = {23.85, 24.5, 24.11, 24.75, 25.31, 25.02};

static void run(const backtest_case *c, tw_result *result)
{
    tw_error err;
    assert_ok(tw_simulate_scores(NULL, &c->market, &c->signal, &c->portfolio, result, &err), &err);
    assert_ok(tw_result_verify(NULL, &c->market, &c->signal, &c->portfolio, result, &err), &err);
}

static void is_event(const tw_result *result, size_t i, tw_event want)
{
    assert_true(i < result->n_events);
    const tw_event *e = &result->event[i];
    assert_string_equal(tw_event_name(e->kind), tw_event_name(want.kind));
    assert_int_equal(e->time, want.time);
    assert_int_equal(e->lane, want.lane);
    assert_same(e->quantity, want.quantity);
    assert_same(e->price, want.price);
    assert_same(e->cash, want.cash);
}

static void one_purchase(void **state)
{
    (void)state;
    backtest_case c;
    small(&c, OPEN, CLOSE, "k=1 capital=10000 cost_bp=7.3 rebalance=100");
    c.score[0] = 0.0123;
    tw_result r;
    run(&c, &r);
    assert_int_equal(r.n_events, 4);
    is_event(&r, 0, (tw_event){TW_EVENT_CASH_IN, 0, UINT32_MAX, 0, 0, 10000});
    is_event(&r, 1, (tw_event){TW_EVENT_ORDER, 0, 0, 419.287212, 23.85, 0});        /* 10000 / 23.85 */
    is_event(&r, 2, (tw_event){TW_EVENT_FILL, 1, 0, 419.287212, 24.01, -10067.09}); /* 10067.0859... */
    is_event(&r, 3, (tw_event){TW_EVENT_COST, 1, 0, 0, 0, -7.35});                  /* 7.34897... */
    assert_same(r.cash[5], -74.44);
    assert_near(r.equity[1], -74.44 + 419.287212 * 24.5, 1e-15);
    assert_near(r.equity[5], -74.44 + 419.287212 * 25.02, 1e-15);
    assert_near(r.turnover[1], 419.287212 * 24.01 / 2 / 10000, 1e-15);
    assert_near(r.returns[2], r.equity[2] / r.equity[1] - 1, 1e-15);
    assert_near(r.drawdown[2], r.equity[2] / r.equity[1] - 1, 1e-15);
    assert_same(r.returns[0], 0);
    assert_near(r.gross[1], 419.287212 * 24.5 / r.equity[1], 1e-15);
    assert_same(r.net[1], r.gross[1]);
    assert_same(r.total_cost, 7.35);
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void fill_at_the_next_close(void **state)
{
    (void)state;
    backtest_case c;
    small(&c, OPEN, CLOSE, "k=1 capital=10000 cost_bp=0 rebalance=100 fill=next_close whole_shares=true");
    c.score[0] = 0.0123;
    tw_result r;
    run(&c, &r);
    assert_int_equal(r.n_events, 3);
    is_event(&r, 2, (tw_event){TW_EVENT_FILL, 1, 0, 419, 24.5, -10265.5});
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void an_order_without_an_open_is_dropped(void **state)
{
    (void)state;
    const double open[BARS] = {23.5, NAN, 24.3, 23.9, 25.2, 25.5};
    backtest_case c;
    small(&c, open, CLOSE, "k=1 capital=10000 rebalance=100");
    c.score[0] = 0.0123;
    tw_result r;
    run(&c, &r);
    assert_int_equal(r.n_events, 3);
    is_event(&r, 2, (tw_event){TW_EVENT_UNFILLED, 1, 0, 419.287212, 0, 0});
    assert_int_equal(r.n_unfilled, 1);
    assert_same(r.equity[5], 10000);
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void a_bar_takes_a_part(void **state)
{
    (void)state;
    backtest_case c;
    small(&c, OPEN, CLOSE, "k=1 capital=10000 rebalance=100 participation=0.2385 cost_bp=0 whole_shares=true");
    c.score[0] = 0.0123;
    tw_result r;
    run(&c, &r);
    is_event(&r, 2, (tw_event){TW_EVENT_FILL, 1, 0, 238, 24.01, -5714.38});
    is_event(&r, 3, (tw_event){TW_EVENT_UNFILLED, 1, 0, 181, 24.01, 0});
    tw_result_clear(NULL, &r);
    c.volume[LANES] = NAN;
    run(&c, &r);
    is_event(&r, 2, (tw_event){TW_EVENT_UNFILLED, 1, 0, 419, 24.01, 0});
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void a_lost_name_is_settled_at_its_last_close(void **state)
{
    (void)state;
    const double open[BARS] = {23.5, 24.01, NAN, NAN, NAN, NAN}, close[BARS] = {23.85, 24.5, NAN, NAN, NAN, NAN};
    backtest_case c;
    small(&c, open, close, "k=1 capital=10000 rebalance=100 cost_bp=0 delist_after=3 whole_shares=true");
    c.score[0] = 0.0123;
    tw_result r;
    run(&c, &r);
    assert_int_equal(r.n_events, 4);
    is_event(&r, 3, (tw_event){TW_EVENT_DELISTED, 4, 0, -419, 24.5, 10265.5});
    assert_same(r.equity[3], r.equity[4]); /* marked at the last close all the while */
    assert_same(r.gross[4], 0);
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void shorts_pay_and_cash_earns_by_calendar_day(void **state)
{
    (void)state;
    backtest_case c;
    small(&c, OPEN, CLOSE,
          "construction=weights capital=100000 rebalance=100 cost_bp=0 borrow_bp=317 cash_bp=211 "
          "whole_shares=true");
    c.score[0] = -0.5;
    tw_result r;
    run(&c, &r);
    /* Wednesday: 2096 sold at Thursday's open of 24.01 */
    is_event(&r, 1, (tw_event){TW_EVENT_ORDER, 0, 0, -2096, 23.85, 0});
    is_event(&r, 2, (tw_event){TW_EVENT_INTEREST, 1, UINT32_MAX, 0, 0, 5.78}); /* 100000 * 0.0211 / 365 */
    is_event(&r, 3, (tw_event){TW_EVENT_FILL, 1, 0, -2096, 24.01, 50324.96});
    /* Friday: one day on 2096 * 24.5 short and on 150330.74 cash */
    is_event(&r, 4, (tw_event){TW_EVENT_BORROW, 2, UINT32_MAX, 0, 0, -4.46});
    is_event(&r, 5, (tw_event){TW_EVENT_INTEREST, 2, UINT32_MAX, 0, 0, 8.69});
    /* Monday: three days on 2096 * 24.11 and on 150334.97 */
    is_event(&r, 6, (tw_event){TW_EVENT_BORROW, 3, UINT32_MAX, 0, 0, -13.17});
    is_event(&r, 7, (tw_event){TW_EVENT_INTEREST, 3, UINT32_MAX, 0, 0, 26.07});
    assert_near(r.net[1], -2096 * 24.5 / r.equity[1], 1e-15);
    assert_same(r.gross[1], -r.net[1]);
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void turnover_is_limited_one_way(void **state)
{
    (void)state;
    backtest_case c;
    small(&c, OPEN, CLOSE, "k=1 capital=10000 rebalance=100 cost_bp=0 turnover_limit=0.1");
    c.score[0] = 0.0123;
    tw_result r;
    run(&c, &r);
    assert_near(r.event[1].quantity, 0.2 * 10000 / 23.85, 1e-6); /* (bought + sold) / 2 is a tenth */
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void the_first_score_starts_the_clock(void **state)
{
    (void)state;
    backtest_case c;
    small(&c, OPEN, CLOSE, "k=1 capital=10000 rebalance=2 cost_bp=0");
    c.signal.from = 1;
    c.score[2 * LANES] = 0.01;
    tw_result r;
    run(&c, &r);
    assert_int_equal(r.n, 5);
    assert_int_equal(r.event[1].time, 2);
    assert_int_equal(r.n_events, 3); /* bar 4 has no score at all: nothing is sold because of it */
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

/* The second name never gets a score; the first is stuck. Its weight comes off the gross of the rest. */
static void a_stuck_name_uses_up_gross(void **state)
{
    (void)state;
    const double open[BARS] = {23.5, 24.01, NAN, NAN, NAN, 25.5}, close[BARS] = {23.85, 24.5, NAN, NAN, NAN, 25.02};
    backtest_case c;
    small(&c, open, close, "k=1 capital=10000 rebalance=2 gross=0.7 cost_bp=0");
    for (size_t t = 0; t < BARS; t++) {
        c.open[t * LANES + 1] = c.close[t * LANES + 1] = 11.385;
        c.score[t * LANES + (t > 0)] = 0.3;
    }
    tw_result r;
    run(&c, &r);
    for (size_t i = 0; i < r.n; i++) assert_true(r.gross[i] <= 0.72);
    assert_true(r.gross[4] > 0.69);
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void benchmark_is_given_or_the_average(void **state)
{
    (void)state;
    backtest_case c;
    small(&c, OPEN, CLOSE, "capital=2385");
    for (size_t t = 0; t < BARS; t++) c.close[t * LANES + 1] = t == 2 ? NAN : 10 + (double)t * 0.1;
    tw_result r;
    run(&c, &r);
    assert_same(r.benchmark_returns[0], 0);
    assert_same(r.benchmark[0], 2385);
    assert_near(r.benchmark_returns[1], (24.5 / 23.85 - 1 + 10.1 / 10.0 - 1) / 2, 1e-14);
    assert_near(r.benchmark_returns[2], 24.11 / 24.5 - 1, 1e-14);
    assert_near(r.benchmark_returns[3], (24.75 / 24.11 - 1 + 10.3 / 10.1 - 1) / 2, 1e-14); /* over the gap */
    tw_result_clear(NULL, &r);
    const double level[BARS] = {NAN, 190.1, NAN, 191.7, 188.2, 188.9};
    c.market.benchmark = level;
    run(&c, &r);
    assert_same(r.benchmark[2], 2385);
    assert_near(r.benchmark[5], 2385 * 188.9 / 190.1, 1e-12);
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void ruin_closes_the_book(void **state)
{
    (void)state;
    const double open[BARS] = {10, 10, 24, 31, 55, 70}, close[BARS] = {10, 14, 30, 50, 60, 80};
    backtest_case c;
    small(&c, open, close, "construction=weights gross=1 capital=10000 rebalance=1 cost_bp=0 turnover_limit=0.01");
    for (size_t t = 0; t < BARS; t++) c.score[t * LANES] = t == 0 ? -1 : NAN;
    c.score[2 * LANES] = -0.9;
    c.portfolio.turnover_limit = 0;
    tw_result r;
    run(&c, &r);
    assert_true(r.equity[2] < 0 && isnan(r.gross[2]) && isnan(r.net[2]));
    assert_true(r.returns[2] < -1 && r.drawdown[2] < -1);
    assert_same(r.returns[3], 0);
    assert_same(r.equity[3], r.equity[5]); /* bought back at the open of bar 3, whatever the score */
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void ledger_is_written(void **state)
{
    (void)state;
    const char *path = "backtest_ledger_test.csv";
    backtest_case c;
    small(&c, OPEN, CLOSE, "k=1 capital=10000 cost_bp=7.3 rebalance=100");
    c.score[0] = 0.0123;
    c.symbol[0] = "BRK \"B\", old";
    tw_result r;
    run(&c, &r);
    tw_error err;
    assert_ok(tw_result_write_ledger(&c.market, &r, path, &err), &err);
    char *text = NULL;
    size_t length = 0;
    assert_ok(tw_file_read(NULL, path, &text, &length, &err), &err);
    assert_string_equal(text, "time,kind,symbol,quantity,price,cash\n"
                              "2014-06-11,cash_in,,0,0,10000.00\n"
                              "2014-06-11,order,\"BRK \"\"B\"\", old\",419.287212,23.85,0.00\n"
                              "2014-06-12,fill,\"BRK \"\"B\"\", old\",419.287212,24.01,-10067.09\n"
                              "2014-06-12,cost,\"BRK \"\"B\"\", old\",0,0,-7.35\n");
    tw_free(NULL, text);
    remove(path);
    assert_int_equal(tw_result_write_ledger(&c.market, &r, "no/such/folder/l.csv", &err), TW_NOT_FOUND);
    tw_result_clear(NULL, &r);
    case_clear(&c);
}

static void fails(backtest_case *c, tw_status want, const char *word)
{
    tw_result r;
    tw_error err = {""};
    assert_int_equal(tw_simulate_scores(NULL, &c->market, &c->signal, &c->portfolio, &r, &err), want);
    if (!strstr(err.message, word)) fail_msg("\"%s\" lacks \"%s\"", err.message, word);
    assert_null(r.equity);
    assert_null(r.event);
}

static void bad_input_is_named(void **state)
{
    (void)state;
    backtest_case c;
    small(&c, OPEN, CLOSE, "k=1");
    const backtest_case good = c;
    c.portfolio.k = 0;
    fails(&c, TW_BAD_VALUE, "k must be in [1, 100000], got 0");
    c = good;
    c.portfolio.gross = NAN;
    fails(&c, TW_BAD_VALUE, "gross");
    c = good;
    snprintf(c.portfolio.fill, sizeof c.portfolio.fill, "next");
    fails(&c, TW_BAD_VALUE, "next_open|next_close, got \"next\"");
    c = good;
    c.signal.to = BARS + 1;
    fails(&c, TW_BAD_VALUE, "[0, 7)");
    c = good;
    c.market.open = NULL;
    fails(&c, TW_BAD_DATA, "opens");
    c = good;
    c.market.volume = NULL;
    c.portfolio.participation = 0.1;
    fails(&c, TW_BAD_DATA, "volumes");
    c = good;
    c.time[3] = c.time[2];
    fails(&c, TW_BAD_DATA, "bar 3 is not after bar 2");
    c = good;
    c.time[3] = c.time[2] + 1;
    for (size_t t = 0; t < BARS; t++) {
        c.close[t * LANES] = 1e-6;
        c.score[t * LANES] = 1;
    }
    fails(&c, TW_TOO_LARGE, "shares of S000");
    case_clear(&c);
}

/* Each field of each event, and each entry of cash and equity, moved a little: the replay must object. */
static void verify_finds_every_change(void **state)
{
    (void)state;
    backtest_case c;
    case_init(&c, 5, 40, 20);
    case_portfolio(&c, "construction=long_short rebalance=2 borrow_bp=300 cash_bp=200 cost_bp=9 delist_after=2");
    tw_result r;
    run(&c, &r);
    tw_error err;
    for (size_t i = 0; i < r.n_events; i++) {
        const tw_event was = r.event[i];
        tw_event *e = &r.event[i];
        for (int k = 0; k < 5; k++) {
            if (k == 0) e->cash += 0.011;
            if (k == 1) e->time += 1;
            if (k == 2) e->kind = was.kind == TW_EVENT_FILL ? TW_EVENT_DELISTED : TW_EVENT_FILL;
            if (k == 3 && was.price != 0) e->price *= 1.0001;
            if (k == 4 && was.quantity != 0) e->quantity += 0.01;
            if (memcmp(e, &was, sizeof was) == 0) continue;
            const bool silent = was.kind == TW_EVENT_UNFILLED && k == 3; /* its price is a remark */
            const tw_status got = tw_result_verify(NULL, &c.market, &c.signal, &c.portfolio, &r, &err);
            if (got != (silent ? TW_OK : TW_BAD_DATA))
                fail_msg("change %d of event %zu (%s) gives %s", k, i, tw_event_name(was.kind), tw_status_name(got));
            *e = was;
        }
    }
    for (size_t i = 0; i < r.n; i++) {
        r.equity[i] += 0.011;
        assert_int_equal(tw_result_verify(NULL, &c.market, &c.signal, &c.portfolio, &r, &err), TW_BAD_DATA);
        r.equity[i] -= 0.011;
        r.cash[i] -= 0.011;
        assert_int_equal(tw_result_verify(NULL, &c.market, &c.signal, &c.portfolio, &r, &err), TW_BAD_DATA);
        r.cash[i] += 0.011;
    }
    r.n_events--;
    assert_int_equal(tw_result_verify(NULL, &c.market, &c.signal, &c.portfolio, &r, &err), TW_BAD_DATA);
    tw_result_clear(NULL, &r);
    tw_result_clear(NULL, NULL);
    case_clear(&c);
}

static bool stop(void *arg)
{
    (void)arg;
    return true;
}

static void can_be_cancelled(void **state)
{
    (void)state;
    backtest_case c;
    small(&c, OPEN, CLOSE, "");
    const tw_progress progress = {.cancelled = stop};
    const tw_ctx ctx = {.progress = &progress};
    tw_result r;
    assert_int_equal(tw_simulate_scores(&ctx, &c.market, &c.signal, &c.portfolio, &r, NULL), TW_CANCELLED);
    assert_null(r.equity);
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_purchase),
        cmocka_unit_test(fill_at_the_next_close),
        cmocka_unit_test(an_order_without_an_open_is_dropped),
        cmocka_unit_test(a_bar_takes_a_part),
        cmocka_unit_test(a_lost_name_is_settled_at_its_last_close),
        cmocka_unit_test(shorts_pay_and_cash_earns_by_calendar_day),
        cmocka_unit_test(turnover_is_limited_one_way),
        cmocka_unit_test(the_first_score_starts_the_clock),
        cmocka_unit_test(a_stuck_name_uses_up_gross),
        cmocka_unit_test(benchmark_is_given_or_the_average),
        cmocka_unit_test(ruin_closes_the_book),
        cmocka_unit_test(ledger_is_written),
        cmocka_unit_test(bad_input_is_named),
        cmocka_unit_test(verify_finds_every_change),
        cmocka_unit_test(can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

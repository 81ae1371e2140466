/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every market and every portfolio. */
#include "backtest_case.h"

static const char *const PORTFOLIOS[] = {
    "construction=top_k k=7 rebalance=3 cost_bp=7.3 cash_bp=211",
    "construction=top_k k=400 rebalance=1 gross=1.7 fill=next_close whole_shares=true",
    "construction=long_short quantile=0.23 rebalance=2 borrow_bp=317 cash_bp=95 delist_after=4",
    "construction=long_short quantile=0.5 rebalance=1 gross=2.385 participation=0.013 capital=7654321.09",
    "construction=weights gross=1.31 max_weight=0.087 turnover_limit=0.19 delist_after=1",
    "construction=weights rebalance=1 participation=0.2 whole_shares=true borrow_bp=1000 turnover_limit=0.031",
    "construction=long_short quantile=0.07 capital=19999.99 whole_shares=true gross=15 cost_bp=90",
};
enum { N_PORTFOLIOS = sizeof PORTFOLIOS / sizeof *PORTFOLIOS, N_SEEDS = 8 };

typedef void property(backtest_case *c, uint64_t seed);

static void for_all(property *holds)
{
    for (uint64_t seed = 1; seed <= N_SEEDS; seed++)
        for (size_t p = 0; p < N_PORTFOLIOS; p++) {
            backtest_case c;
            case_init(&c, seed * 1000 + p, 61 + 17 * (size_t)(seed % 3), 5 + 13 * (size_t)(seed % 4));
            case_portfolio(&c, PORTFOLIOS[p]);
            c.signal.from = (size_t)(seed % 5);
            c.signal.to -= (size_t)(seed % 2);
            holds(&c, seed);
            case_clear(&c);
        }
}

static void run(const backtest_case *c, tw_result *result)
{
    tw_error err;
    assert_ok(tw_simulate_scores(NULL, &c->market, &c->signal, &c->portfolio, result, &err), &err);
}

static void ledger_verifies(backtest_case *c, uint64_t seed)
{
    (void)seed;
    tw_result result;
    tw_error err;
    run(c, &result);
    assert_ok(tw_result_verify(NULL, &c->market, &c->signal, &c->portfolio, &result, &err), &err);
    assert_true(result.n_fills > 10);
    tw_result_clear(NULL, &result);
}

/* The identity the header promises, from events alone: capital + cash events + positions at the last close = equity. */
static void equity_is_cash_and_positions(backtest_case *c, uint64_t seed)
{
    (void)seed;
    tw_result result;
    run(c, &result);
    const size_t lanes = c->market.n_lanes;
    double *held = calloc(lanes, sizeof *held), *mark = calloc(lanes, sizeof *mark);
    int64_t cents = 0;
    size_t e = 0;
    for (size_t i = 0; i < result.n; i++) {
        const size_t t = result.from + i;
        for (; e < result.n_events && result.event[e].time <= t; e++) {
            const tw_event *event = &result.event[e];
            cents += llround(event->cash * 100);
            assert_same(event->cash, (double)llround(event->cash * 100) / 100);
            if (event->kind == TW_EVENT_FILL || event->kind == TW_EVENT_DELISTED) held[event->lane] += event->quantity;
        }
        double equity = (double)cents / 100;
        assert_same(result.cash[i], equity);
        for (size_t l = 0; l < lanes; l++) {
            if (!isnan(c->close[t * lanes + l])) mark[l] = c->close[t * lanes + l];
            equity += held[l] * mark[l];
        }
        assert_near(result.equity[i], equity, 1e-8);
    }
    assert_int_equal(e, result.n_events);
    free(held);
    free(mark);
    tw_result_clear(NULL, &result);
}

/* Whatever comes after bar `cut`, gaps and ends included, the events up to it are the same bits. */
static void future_never_changes_past(backtest_case *c, uint64_t seed)
{
    tw_result before, after;
    run(c, &before);
    const size_t cut = c->signal.from + 20 + (size_t)seed;
    tw_random r = {.seed = seed, .stream = 7};
    for (size_t cell = (cut + 1) * c->market.n_lanes; cell < c->cells; cell++) {
        double *columns[] = {c->open, c->close, c->volume, c->score};
        for (size_t k = 0; k < 4; k++) columns[k][cell] = tw_random_below(&r, 3) == 0 ? NAN : case_uniform(&r, 1, 900);
    }
    run(c, &after);
    size_t e = 0;
    for (; e < before.n_events && before.event[e].time <= cut; e++) {
        const tw_event *a = &before.event[e], *b = &after.event[e];
        assert_true(e < after.n_events && a->kind == b->kind && a->time == b->time && a->lane == b->lane);
        assert_same(a->quantity, b->quantity);
        assert_same(a->price, b->price);
        assert_same(a->cash, b->cash);
    }
    assert_true(e > 5 && (e == after.n_events || after.event[e].time > cut));
    for (size_t i = 0; i <= cut - before.from; i++) assert_same(before.equity[i], after.equity[i]);
    tw_result_clear(NULL, &before);
    tw_result_clear(NULL, &after);
}

static void constant_prices_without_cost_stay_flat(backtest_case *c, uint64_t seed)
{
    for (size_t cell = 0; cell < c->cells; cell++) {
        const double level = 3.25 + (double)(cell % c->market.n_lanes); /* times 1e-6 shares: whole cents are rare */
        if (!isnan(c->close[cell])) c->close[cell] = level;
        if (!isnan(c->open[cell])) c->open[cell] = level;
    }
    c->portfolio.cost_bp = c->portfolio.borrow_bp = c->portfolio.cash_bp = 0;
    tw_result result;
    run(c, &result);
    /* each trade may move half a cent between shares and cash, no more */
    for (size_t i = 0; i < result.n; i++)
        assert_true(fabs(result.equity[i] - c->portfolio.capital) <= 0.005 * (double)(result.n_events + 1));
    c->portfolio.whole_shares = true; /* prices in quarters: every trade is exact */
    tw_result_clear(NULL, &result);
    run(c, &result);
    for (size_t i = 0; i < result.n; i++) assert_near(result.equity[i], c->portfolio.capital, 1e-12);
    (void)seed;
    tw_result_clear(NULL, &result);
}

static void limits_are_kept(backtest_case *c, uint64_t seed)
{
    (void)seed;
    tw_result result;
    run(c, &result);
    const tw_portfolio *p = &c->portfolio;
    for (size_t i = 0; i + 1 < result.n; i++) {
        double ordered = 0;
        for (size_t e = 0; e < result.n_events; e++)
            if (result.event[e].kind == TW_EVENT_ORDER && result.event[e].time == result.from + i)
                ordered += fabs(result.event[e].quantity) * result.event[e].price;
        if (p->turnover_limit > 0 && result.equity[i] > 0)
            assert_true(ordered / 2 <= p->turnover_limit * result.equity[i] * (1 + 1e-9) + 0.01);
    }
    for (size_t e = 0; e < result.n_events; e++) {
        const tw_event *event = &result.event[e];
        if (event->kind != TW_EVENT_FILL) continue;
        const double volume = c->volume[event->time * c->market.n_lanes + event->lane];
        if (p->participation > 0) assert_true(fabs(event->quantity) <= p->participation * volume + 1e-6);
        if (p->whole_shares) assert_same(event->quantity, trunc(event->quantity));
    }
    tw_result_clear(NULL, &result);
}

static void test_verifies(void **state)
{
    (void)state;
    for_all(ledger_verifies);
}
static void test_identity(void **state)
{
    (void)state;
    for_all(equity_is_cash_and_positions);
}
static void test_causal(void **state)
{
    (void)state;
    for_all(future_never_changes_past);
}
static void test_flat(void **state)
{
    (void)state;
    for_all(constant_prices_without_cost_stay_flat);
}
static void test_limits(void **state)
{
    (void)state;
    for_all(limits_are_kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verifies), cmocka_unit_test(test_identity), cmocka_unit_test(test_causal),
        cmocka_unit_test(test_flat),     cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

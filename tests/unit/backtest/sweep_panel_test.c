/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep over symbols with gaps: each account is that of a sweep of its symbol alone, the trial is what they are worth
 * together. */
#include "tw_test.h"

#include "tradewind/feature.h"
#include "tradewind/sweep.h"

#include <math.h>
#include <string.h>

enum { AXIS = 300, MARKETS = 3, TRIALS = 70 };

/* Bars of each symbol; the second starts late and ends early. */
typedef struct bars {
    double open[AXIS], close[AXIS];
    size_t at[AXIS], n;
    const double *column[2];
} bars;

typedef struct fixture {
    bars bars[MARKETS];
    tw_sweep_market market[MARKETS];
    tw_arena arena;
    tw_sweep_search search;
    tw_sweep_panel panel;
    float paths[TRIALS * AXIS];
    tw_sweep_measures by_market[MARKETS * TRIALS];
} fixture;

static void make_bars(bars *b, size_t m)
{
    tw_random r = {.seed = 40 + m};
    double x = 20 + 13.7 * (double)m;
    for (size_t t = m == 1 ? 31 : 0; t < (m == 1 ? 250 : AXIS); t++) {
        if (tw_random_uniform(&r) < 0.1) continue;
        b->open[b->n] = x * (1 + 0.004 * tw_random_normal(&r));
        b->close[b->n] = x *= 1 + 0.02 * tw_random_normal(&r);
        b->at[b->n++] = t;
    }
    b->column[0] = b->open;
    b->column[1] = b->close;
}

static void make(fixture *f, const char *rules)
{
    static const char *const columns[] = {"open", "close"};
    tw_error err;
    memset(f, 0, sizeof *f);
    tw_arena_init(&f->arena, NULL);
    f->search = (tw_sweep_search){.enter_long = "sma(close, fast) > sma(close, slow)",
                                  .exit_long = "sma(close, fast) < sma(close, slow)",
                                  .enter_short = "close < 0.96 * sma(close, slow)",
                                  .exit_short = "close > sma(close, fast)",
                                  .column = columns,
                                  .n_columns = 2,
                                  .prices = {.n_times = AXIS, .periods_per_year = 252},
                                  .keep = {.paths = f->paths, .path_stride = AXIS}};
    assert_ok(tw_sweep_settings(&f->arena, "fast=2..8 slow=11..20", &f->search.setting, &f->search.n, &err), &err);
    assert_int_equal(f->search.n, TRIALS);
    assert_ok(tw_params_parse(tw_sweep_rules_params(), "rules", rules, &f->search.rules, &err), &err);
    for (size_t m = 0; m < MARKETS; m++) {
        bars *b = &f->bars[m];
        make_bars(b, m);
        f->market[m] = (tw_sweep_market){
            b->column, {.n_times = b->n, .open = b->open, .close = b->close, .time_stride = 1}, b->at};
    }
    f->panel = (tw_sweep_panel){&f->search, f->market, MARKETS, f->by_market};
}

/* One symbol alone with its part of the money. */
static void run_alone(const fixture *f, size_t m, float *paths, tw_sweep_result *out)
{
    tw_error err;
    tw_sweep_search s = f->search;
    s.values = f->market[m].values;
    s.prices = f->market[m].prices;
    s.prices.periods_per_year = 252;
    s.rules.capital /= MARKETS;
    s.keep = (tw_sweep_keep){.paths = paths, .path_stride = AXIS};
    assert_ok(tw_sweep_search_run(NULL, &s, out, &err), &err);
}

static void add_alone(const fixture *f, size_t m, double (*worth)[AXIS], double *fees)
{
    static float paths[TRIALS * AXIS];
    const bars *b = &f->bars[m];
    tw_sweep_result alone;
    run_alone(f, m, paths, &alone);
    for (size_t i = 0; i < TRIALS; i++) {
        double value = f->search.rules.capital / MARKETS;
        for (size_t t = 0, k = 0; t < AXIS; t++) {
            if (k < b->n && b->at[k] == t) value *= 1 + (double)paths[i * AXIS + k++];
            worth[i][t] += value;
        }
        fees[i] += alone.measures[i].fees;
        assert_same(f->by_market[m * TRIALS + i].final_value, alone.measures[i].final_value);
        assert_same(f->by_market[m * TRIALS + i].turnover, alone.measures[i].turnover);
        assert_int_equal(f->by_market[m * TRIALS + i].orders, alone.measures[i].orders);
    }
    tw_sweep_clear(NULL, &alone);
}

static void a_trial_is_its_accounts_together(void **state)
{
    static fixture f;
    static double worth[TRIALS][AXIS];
    double fees[TRIALS] = {0};
    tw_error err;
    tw_sweep_result got;
    (void)state;
    make(&f, "capital=30000 fee_bp=4 slippage_bp=1");
    assert_ok(tw_sweep_panel_run(NULL, &f.panel, &got, &err), &err);
    memset(worth, 0, sizeof worth);
    for (size_t m = 0; m < MARKETS; m++) add_alone(&f, m, worth, fees);
    for (size_t i = 0; i < TRIALS; i++) {
        double before = 30000;
        const tw_sweep_measures *x = &f.by_market[i], *y = x + TRIALS, *z = y + TRIALS;
        for (size_t t = 0; t < AXIS; t++) {
            assert_near((double)f.paths[i * AXIS + t], worth[i][t] / before - 1, 1e-6);
            before = worth[i][t];
        }
        assert_near(got.measures[i].final_value, x->final_value + y->final_value + z->final_value, 1e-12);
        assert_near(got.measures[i].fees, fees[i], 1e-12);
        assert_near(got.measures[i].turnover, (x->turnover + y->turnover + z->turnover) / 3, 1e-12);
        assert_int_equal(got.measures[i].trades, x->trades + y->trades + z->trades);
        assert_true(got.measures[i].trades > 0);
    }
    tw_sweep_clear(NULL, &got);
    tw_arena_clear(&f.arena);
}

/* A panel of one symbol with no gaps is a search; threads change nothing. */
static void one_symbol_is_a_search(void **state)
{
    static fixture f;
    static float paths[TRIALS * AXIS];
    tw_error err;
    tw_sweep_result got, want;
    tw_pool *pool;
    (void)state;
    make(&f, "fee_bp=4 stop_loss=0.05");
    bars *b = &f.bars[0];
    for (size_t k = 0; k < b->n; k++) b->at[k] = k;
    f.search.prices.n_times = b->n;
    f.panel.n_markets = 1;
    assert_ok(tw_pool_new(3, &pool, &err), &err);
    const tw_ctx ctx = {.pool = pool};
    assert_ok(tw_sweep_panel_run(&ctx, &f.panel, &got, &err), &err);
    f.search.rules.capital *= MARKETS;
    run_alone(&f, 0, paths, &want);
    assert_memory_equal(f.paths, paths, sizeof(float) * b->n);
    for (size_t i = 0; i < TRIALS; i++) {
        assert_same(got.measures[i].sharpe, want.measures[i].sharpe);
        assert_same(got.measures[i].max_drawdown, want.measures[i].max_drawdown);
        assert_same(got.measures[i].win_rate, want.measures[i].win_rate);
    }
    tw_sweep_clear(&ctx, &got);
    tw_sweep_clear(NULL, &want);
    tw_pool_free(pool);
    tw_arena_clear(&f.arena);
}

static void errors_name_what_is_wrong(void **state)
{
    static fixture f;
    tw_error err;
    tw_sweep_result out;
    (void)state;
    make(&f, "");
    f.bars[1].at[7] = f.bars[1].at[6];
    assert_int_equal(tw_sweep_panel_run(NULL, &f.panel, &out, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "bar 7 of market 1"));
    f.bars[1].at[7] = AXIS;
    assert_int_equal(tw_sweep_panel_run(NULL, &f.panel, &out, &err), TW_BAD_VALUE);
    f.market[1].prices.n_times = 0;
    assert_int_equal(tw_sweep_panel_run(NULL, &f.panel, &out, &err), TW_BAD_VALUE);
    f.panel.n_markets = 0;
    assert_int_equal(tw_sweep_panel_run(NULL, &f.panel, &out, &err), TW_BAD_VALUE);
    f.panel.n_markets = 1;
    f.search.keep.fills = true;
    assert_int_equal(tw_sweep_panel_run(NULL, &f.panel, &out, &err), TW_BAD_VALUE);
    f.search.keep.fills = false;
    f.market[0].prices.open = NULL;
    assert_int_equal(tw_sweep_panel_run(NULL, &f.panel, &out, &err), TW_BAD_DATA);
    assert_null(out.measures);
    tw_arena_clear(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_trial_is_its_accounts_together),
                                       cmocka_unit_test(one_symbol_is_a_search),
                                       cmocka_unit_test(errors_name_what_is_wrong)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep against a twin that goes through one trial at a time in the plainest words: random bars and signals, every
 * fill rule, stops, halts; the same on each instruction set and with threads. */
#include "tw_test.h"

#include "tradewind/sweep.h"

#include <math.h>
#include <stdlib.h>

enum { BARS = 300, TRIALS = 70, CELLS = BARS * TRIALS };

static double open_[CELLS], high[CELLS], low[CELLS], close_[CELLS];
static uint8_t signal[4][CELLS];
static double weight[CELLS];
static float paths[CELLS], again[CELLS];

static void make(uint64_t seed)
{
    tw_random r = {.seed = seed};
    for (size_t c = 0; c < TRIALS; c++) {
        double last = 40;
        for (size_t t = 0; t < BARS; t++) {
            const size_t cell = t * TRIALS + c;
            open_[cell] = last * (1 + 0.01 * tw_random_normal(&r));
            close_[cell] = open_[cell] * (1 + 0.02 * tw_random_normal(&r));
            high[cell] = fmax(open_[cell], close_[cell]) * (1 + 0.01 * tw_random_uniform(&r));
            low[cell] = fmin(open_[cell], close_[cell]) * (1 - 0.01 * tw_random_uniform(&r));
            last = close_[cell];
            if (tw_random_uniform(&r) < 0.02) open_[cell] = high[cell] = low[cell] = close_[cell] = NAN;
            weight[cell] = tw_random_uniform(&r) < 0.1 ? NAN : 0.25 * floor(6 * tw_random_uniform(&r)) - 0.5;
            for (size_t k = 0; k < 4; k++) signal[k][cell] = tw_random_uniform(&r) < 0.07;
        }
    }
}

/* ---------------------------------------------------------------- the twin */

/* Shares are a fixed number and cash is never short, so that an order is one line. */
typedef struct twin {
    const tw_sweep_rules *rules;
    double cash, shares, paid, best, value;
    size_t orders;
} twin;

static void trade(twin *w, double shares, double price)
{
    const double at = price * (1 + (shares > 0 ? 1 : -1) * w->rules->slippage_bp / 1e4), was = w->shares;
    w->cash -= shares * at + fabs(shares) * at * (w->rules->fee_bp / 1e4) + w->rules->fee_fixed;
    w->shares += shares;
    w->orders++;
    if (w->shares != 0 && (was == 0 || (was > 0) != (w->shares > 0))) w->paid = w->best = at;
}

/* What the signals of bar t want the position to be. */
static void follow(twin *w, size_t cell, double price)
{
    const bool el = signal[0][cell], xl = signal[1][cell], es = signal[2][cell], xs = signal[3][cell];
    bool up = el && !xl, down = es && !xs;
    if (!(price > 0)) return;
    if (up && down) up = down = false;
    const double size = w->rules->size;
    if (up && w->shares <= 0)
        trade(w, size - w->shares, price);
    else if (down && w->shares >= 0)
        trade(w, -size - w->shares, price);
    else if ((w->shares > 0 && xl && !el) || (w->shares < 0 && xs && !es))
        trade(w, -w->shares, price);
}

static bool stopped(twin *w, size_t cell)
{
    const tw_sweep_rules *r = w->rules;
    if (w->shares == 0 || isnan(close_[cell])) return false;
    double price = 0;
    if (w->shares > 0) {
        const double fixed = r->stop_loss > 0 ? w->paid * (1 - r->stop_loss) : 0;
        const double stop = fmax(fixed, r->trailing > 0 ? w->best * (1 - r->trailing) : 0);
        const double target = r->take_profit > 0 ? w->paid * (1 + r->take_profit) : INFINITY;
        price = open_[cell] <= stop     ? open_[cell]
                : low[cell] <= stop     ? stop
                : open_[cell] >= target ? open_[cell]
                : high[cell] >= target  ? target
                                        : 0;
        if (price == 0) w->best = fmax(w->best, high[cell]);
    } else {
        const double fixed = r->stop_loss > 0 ? w->paid * (1 + r->stop_loss) : INFINITY;
        const double stop = fmin(fixed, r->trailing > 0 ? w->best * (1 + r->trailing) : INFINITY);
        const double target = r->take_profit > 0 ? w->paid * (1 - r->take_profit) : 0;
        price = open_[cell] >= stop     ? open_[cell]
                : high[cell] >= stop    ? stop
                : open_[cell] <= target ? open_[cell]
                : low[cell] <= target   ? target
                                        : 0;
        if (price == 0) w->best = fmin(w->best, low[cell]);
    }
    if (price == 0) return false;
    trade(w, -w->shares, price);
    return true;
}

/* The position that a weight asks for; within the band of it nothing is done. */
static void weigh(twin *w, size_t cell, double price)
{
    const double want = weight[cell], equity = w->cash + w->shares * price;
    if (!(price > 0) || isnan(want)) return;
    if (want != 0 && fabs(w->shares * price / equity - want) <= w->rules->band) return;
    const double shares = want * equity / price - w->shares;
    if (fabs(shares) > 1e-12) trade(w, shares, price);
}

/* The bar is over: its return. `last` is the last price there was. */
static void check_return(twin *w, size_t t, size_t trial, double *last)
{
    const size_t cell = t * TRIALS + trial;
    if (close_[cell] > 0) *last = close_[cell];
    const double value = w->cash + w->shares * *last;
    assert_near((double)paths[trial * BARS + t], value / w->value - 1, 1e-7);
    w->value = value;
}

static void check_weights(const tw_sweep_rules *rules, const tw_sweep_result *got, size_t trial)
{
    twin w = {.rules = rules, .cash = rules->capital, .value = rules->capital};
    double last = 0;
    for (size_t t = 0; t < BARS; t++) {
        const size_t cell = t * TRIALS + trial;
        const bool same = rules->fill[0] == 's';
        const double *price = rules->fill[5] == 'o' ? open_ : close_;
        if (same || t > 0) weigh(&w, same ? cell : cell - TRIALS, price[cell]);
        check_return(&w, t, trial, &last);
    }
    assert_near(got->measures[trial].final_value, w.value, 1e-9);
    assert_int_equal(got->measures[trial].orders, w.orders);
}

/* Weights up to 0.75, so that cash is never short. */
static void weights_agree_with_the_twin(void **state)
{
    (void)state;
    static const char *const cases[] = {"fill=next_open band=0.05", "fill=same_close", "fill=next_close band=0.3"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[160];
        tw_error err;
        tw_sweep_result got;
        make(20 + i);
        tw_sweep_job job = {.n = TRIALS, .keep = {.paths = paths, .path_stride = BARS}};
        job.prices = (tw_sweep_prices){BARS, open_, high, low, close_, TRIALS, 1, 252};
        job.signals = (tw_sweep_signals){.time_stride = TRIALS, .weight = weight};
        snprintf(text, sizeof text, "capital=1e6 fee_bp=3 slippage_bp=1 %s", cases[i]);
        assert_ok(tw_params_parse(tw_sweep_rules_params(), "rules", text, &job.rules, &err), &err);
        assert_ok(tw_sweep_run(NULL, &job, &got, &err), &err);
        for (size_t c = 0; c < TRIALS; c++) check_weights(&job.rules, &got, c);
        tw_sweep_clear(NULL, &got);
    }
}

static void check_trial(const tw_sweep_rules *rules, const tw_sweep_result *got, size_t trial)
{
    twin w = {.rules = rules, .cash = rules->capital, .value = rules->capital};
    double last = 0;
    for (size_t t = 0; t < BARS; t++) {
        const size_t cell = t * TRIALS + trial;
        const bool at_open = rules->fill[5] == 'o', same = rules->fill[0] == 's';
        if (at_open && t > 0) follow(&w, cell - TRIALS, open_[cell]);
        const bool out = stopped(&w, cell);
        if (!at_open && !out && (same || t > 0)) follow(&w, same ? cell : cell - TRIALS, close_[cell]);
        check_return(&w, t, trial, &last);
    }
    assert_near(got->measures[trial].final_value, w.value, 1e-10);
    assert_int_equal(got->measures[trial].orders, w.orders);
}

static void agrees_with_the_twin(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "fill=next_open",
        "fill=next_close slippage_bp=4",
        "fill=same_close fee_fixed=1",
        "fill=next_open stop_loss=0.03",
        "fill=next_close stop_loss=0.03 take_profit=0.05",
        "fill=same_close trailing=0.04 take_profit=0.04 fee_fixed=0.5",
        "fill=next_open trailing=0.02 stop_loss=0.015 slippage_bp=2",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[160];
        tw_error err;
        tw_sweep_result got;
        make(i);
        tw_sweep_job job = {.n = TRIALS, .keep = {.paths = paths, .path_stride = BARS}};
        job.prices = (tw_sweep_prices){BARS, open_, high, low, close_, TRIALS, 1, 252};
        job.signals = (tw_sweep_signals){signal[0], signal[1], signal[2], signal[3], TRIALS, NULL};
        snprintf(text, sizeof text, "capital=1e6 sizing=shares size=10 fee_bp=3 %s", cases[i]);
        assert_ok(tw_params_parse(tw_sweep_rules_params(), "rules", text, &job.rules, &err), &err);
        assert_ok(tw_sweep_run(NULL, &job, &got, &err), &err);
        for (size_t c = 0; c < TRIALS; c++) check_trial(&job.rules, &got, c);
        tw_sweep_clear(NULL, &got);
    }
}

/* ---------------------------------------------------------------- the same bits */

static void assert_same_measures(const tw_sweep_measures *a, const tw_sweep_measures *b)
{
    assert_same(a->sharpe, b->sharpe);
    assert_same(a->sortino, b->sortino);
    assert_same(a->max_drawdown, b->max_drawdown);
    assert_same(a->turnover, b->turnover);
    assert_same(a->exposure, b->exposure);
    assert_same(a->fees, b->fees);
    assert_same(a->win_rate, b->win_rate);
    assert_same(a->final_value, b->final_value);
    assert_int_equal(a->orders, b->orders);
    assert_int_equal(a->trades, b->trades);
    assert_int_equal(a->ruined, b->ruined);
}

/* On every instruction set, with threads. */
static void check_bits(tw_sweep_job *job, tw_pool *pool)
{
    tw_error err;
    tw_sweep_result first, other;
    job->keep.paths = paths;
    assert_ok(tw_sweep_run(NULL, job, &first, &err), &err);
    job->keep.paths = again;
    for (int isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++) {
        const tw_ctx ctx = {.pool = pool, .isa = (tw_isa)isa};
        if (!tw_isa_supported((tw_isa)isa)) continue;
        memset(again, 0, sizeof again);
        assert_ok(tw_sweep_run(&ctx, job, &other, &err), &err);
        assert_memory_equal(paths, again, sizeof paths);
        assert_int_equal(other.n_fills, first.n_fills);
        assert_memory_equal(other.fill, first.fill, first.n_fills * sizeof *first.fill);
        for (size_t i = 0; i < TRIALS; i++) assert_same_measures(&other.measures[i], &first.measures[i]);
        tw_sweep_clear(&ctx, &other);
    }
    tw_sweep_clear(NULL, &first);
}

/* Each way to size, with and without stops, cash that runs out, one asset for all trials. */
static void same_whatever_the_machine(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "fee_bp=3 trailing=0.05",
        "fill=same_close fee_bp=3 slippage_bp=2",
        "fill=next_close sizing=value size=9000 capital=10000 whole_shares=1 fee_fixed=1",
        "sizing=shares size=700 capital=10000 fee_bp=5",
        "whole_shares=1 fee_fixed=20 stop_loss=0.03 take_profit=0.04 capital=2000",
        "sizing=percent size=0.4 fee_bp=30",
    };
    tw_error err;
    tw_pool *pool;
    assert_ok(tw_pool_new(3, &pool, &err), &err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make(9 + i);
        tw_sweep_job job = {.n = TRIALS, .keep = {.path_stride = BARS, .fills = true}};
        job.prices = (tw_sweep_prices){BARS, open_, high, low, close_, TRIALS, 1, 252};
        job.signals = (tw_sweep_signals){signal[0], signal[1], signal[2], signal[3], TRIALS, NULL};
        if (strstr(cases[i], "percent")) job.signals.enter_short = job.signals.exit_short = NULL;
        assert_ok(tw_params_parse(tw_sweep_rules_params(), "rules", cases[i], &job.rules, &err), &err);
        check_bits(&job, pool);
        job.prices.trial_stride = 0;
        check_bits(&job, pool);
    }
    tw_sweep_job job = {.n = TRIALS, .keep = {.path_stride = BARS, .fills = true}};
    job.prices = (tw_sweep_prices){BARS, open_, high, low, close_, TRIALS, 1, 252};
    job.signals = (tw_sweep_signals){.time_stride = TRIALS, .weight = weight};
    assert_ok(tw_params_parse(tw_sweep_rules_params(), "rules", "whole_shares=1 fee_bp=9 band=0.1", &job.rules, &err),
              &err);
    check_bits(&job, pool);
    tw_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_the_twin),
                                       cmocka_unit_test(weights_agree_with_the_twin),
                                       cmocka_unit_test(same_whatever_the_machine)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of every sweep, whatever the rules: money is conserved, the past does not know the future, trials do not
 * know each other. */
#include "tw_test.h"

#include "tradewind/sweep.h"

#include <math.h>
#include <string.h>

enum { BARS = 200, TRIALS = 130, CELLS = BARS * TRIALS, CUT = 120 };

static const char *const RULES[] = {
    "fill=same_close fee_bp=5 slippage_bp=3",
    "fill=next_open sizing=value size=2385 fee_fixed=1.5 stop_loss=0.04 take_profit=0.03",
    "fill=next_close sizing=shares size=7 whole_shares=1 trailing=0.03",
    "fill=next_open fee_bp=20 whole_shares=1",
    "fill=next_open fee_bp=5 band=0.07", /* of weights */
    "fill=same_close fee_bp=5 whole_shares=1 band=0",
};
enum { N_RULES = sizeof RULES / sizeof *RULES, FIRST_WEIGHTS = 4 };

typedef struct fixture {
    double open[CELLS], high[CELLS], low[CELLS], close[CELLS], weight[CELLS];
    uint8_t signal[4][CELLS];
    float path[CELLS];
    tw_sweep_job job;
    tw_sweep_result result;
} fixture;

static void make_cell(fixture *f, size_t t, size_t i, tw_random *r)
{
    const size_t at = t * TRIALS + i;
    const double before = t ? f->close[at - TRIALS] : 40;
    f->open[at] = before * (1 + 0.006 * tw_random_normal(r));
    f->close[at] = f->open[at] * (1 + 0.02 * tw_random_normal(r));
    f->high[at] = fmax(f->open[at], f->close[at]) * 1.002;
    f->low[at] = fmin(f->open[at], f->close[at]) * 0.998;
    f->weight[at] = tw_random_uniform(r) < 0.1 ? NAN : 1.5 * tw_random_uniform(r) - 0.5;
    for (size_t k = 0; k < 4; k++) f->signal[k][at] = tw_random_uniform(r) < 0.1;
}

static void make(fixture *f, size_t rules, uint64_t seed)
{
    tw_error err;
    memset(f, 0, sizeof *f);
    for (size_t i = 0; i < TRIALS; i++) {
        tw_random r = {.seed = seed + i};
        for (size_t t = 0; t < BARS; t++) make_cell(f, t, i, &r);
    }
    f->job = (tw_sweep_job){.n = TRIALS, .keep = {.paths = f->path, .path_stride = BARS, .fills = true}};
    f->job.prices = (tw_sweep_prices){BARS, f->open, f->high, f->low, f->close, TRIALS, 1, 252};
    f->job.signals = rules < FIRST_WEIGHTS
                         ? (tw_sweep_signals){f->signal[0], f->signal[1], f->signal[2], f->signal[3], TRIALS, NULL}
                         : (tw_sweep_signals){.time_stride = TRIALS, .weight = f->weight};
    assert_ok(tw_params_parse(tw_sweep_rules_params(), "rules", RULES[rules], &f->job.rules, &err), &err);
}

static void run(fixture *f)
{
    tw_error err;
    assert_ok(tw_sweep_run(NULL, &f->job, &f->result, &err), &err);
}

/* Cash at the end is what fills have left of the capital; with the position it is the value. */
static void money_is_conserved(void **state)
{
    static fixture f;
    (void)state;
    for (size_t k = 0; k < N_RULES; k++) {
        double cash[TRIALS], shares[TRIALS] = {0}, fees[TRIALS] = {0};
        make(&f, k, 100 + 1000 * k);
        run(&f);
        assert_true(f.result.n_fills > 10 * TRIALS);
        for (size_t i = 0; i < TRIALS; i++) cash[i] = f.job.rules.capital;
        for (size_t n = 0; n < f.result.n_fills; n++) {
            const tw_sweep_fill *x = &f.result.fill[n];
            cash[x->trial] -= x->quantity * x->price + x->fee;
            shares[x->trial] += x->quantity;
            fees[x->trial] += x->fee;
        }
        for (size_t i = 0; i < TRIALS; i++) {
            const tw_sweep_measures *m = &f.result.measures[i];
            double grown = f.job.rules.capital;
            for (size_t t = 0; t < BARS; t++) grown *= 1 + (double)f.path[i * BARS + t];
            assert_false(m->ruined);
            assert_near(m->final_value, cash[i] + shares[i] * f.close[CELLS - TRIALS + i], 1e-9);
            assert_near(m->fees, fees[i], 1e-12);
            assert_near(grown, m->final_value, 1e-5); /* returns are float32 */
        }
        tw_sweep_clear(NULL, &f.result);
    }
}

static void the_past_does_not_know_the_future(void **state)
{
    static fixture f, g;
    (void)state;
    for (size_t k = 0; k < N_RULES; k++) {
        make(&f, k, 500 + 1000 * k);
        make(&g, k, 500 + 1000 * k);
        for (size_t i = 0; i < TRIALS; i++) {
            tw_random r = {.seed = 77 + i};
            for (size_t t = CUT; t < BARS; t++) make_cell(&g, t, i, &r);
        }
        run(&f);
        run(&g);
        for (size_t i = 0; i < TRIALS; i++)
            assert_memory_equal(f.path + i * BARS, g.path + i * BARS, CUT * sizeof *f.path);
        assert_memory_not_equal(f.path, g.path, sizeof f.path);
        tw_sweep_clear(NULL, &f.result);
        tw_sweep_clear(NULL, &g.result);
    }
}

/* Backwards, each trial is in another lane beside others. */
static void reverse(fixture *to, const fixture *from)
{
    for (size_t t = 0; t < BARS; t++)
        for (size_t i = 0; i < TRIALS; i++) {
            const size_t a = t * TRIALS + i, b = t * TRIALS + TRIALS - 1 - i;
            to->open[a] = from->open[b];
            to->high[a] = from->high[b];
            to->low[a] = from->low[b];
            to->close[a] = from->close[b];
            to->weight[a] = from->weight[b];
            for (size_t k = 0; k < 4; k++) to->signal[k][a] = from->signal[k][b];
        }
}

static void trials_do_not_know_each_other(void **state)
{
    static fixture f, g;
    (void)state;
    for (size_t k = 0; k < N_RULES; k++) {
        make(&f, k, 900 + 1000 * k);
        make(&g, k, 900 + 1000 * k);
        reverse(&g, &f);
        run(&f);
        run(&g);
        for (size_t i = 0; i < TRIALS; i++) {
            const size_t j = TRIALS - 1 - i;
            assert_memory_equal(f.path + i * BARS, g.path + j * BARS, BARS * sizeof *f.path);
            assert_same(f.result.measures[i].sharpe, g.result.measures[j].sharpe);
            assert_same(f.result.measures[i].win_rate, g.result.measures[j].win_rate);
            assert_same(f.result.measures[i].max_drawdown, g.result.measures[j].max_drawdown);
        }
        tw_sweep_clear(NULL, &f.result);
        tw_sweep_clear(NULL, &g.result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(money_is_conserved),
                                       cmocka_unit_test(the_past_does_not_know_the_future),
                                       cmocka_unit_test(trials_do_not_know_each_other)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

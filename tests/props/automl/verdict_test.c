/* SPDX-License-Identifier: Apache-2.0 */
/* What the verdict says of simulated trials: 20 strategies whose daily returns correlate by 0.7, three years, with and
 * without an edge. bench/honesty asks the same of whole runs on simulated markets. -DVERDICT_RUNS=1000 gives the
 * figures of docs/decisions/0004-verdict.md. */
#include "tradewind/automl.h"

#include "tw_test.h"

#include <math.h>

#ifndef VERDICT_RUNS
#define VERDICT_RUNS 40
#endif

enum { TRIALS = 20, DAYS = 750 };

/* Trials share a factor; noise of sd 1 %, heavy tails; the rank IC t of a trial follows its luck by 0.6. */
static void simulate(uint64_t seed, double sharpe, double ic_t, tw_ledger *ledger)
{
    static double common[DAYS], own[DAYS];
    static const char *const metric_names[] = {"rank_ic_t"};
    tw_random r = {seed, 3, 0};
    tw_error err;
    for (size_t t = 0; t < DAYS; t++) common[t] = tw_random_normal(&r) * (tw_random_uniform(&r) < 0.05 ? 2.5 : 0.85);
    for (int i = -1; i < TRIALS; i++) {
        double sum = 0;
        for (size_t t = 0; t < DAYS; t++) {
            own[t] = 0.01 * (sqrt(0.7) * common[t] + sqrt(0.3) * tw_random_normal(&r) + (i < 0 ? 0 : sharpe));
            sum += own[t];
        }
        const double luck = sum / sqrt(DAYS) / 0.01 - sharpe * sqrt(DAYS);
        const double metric = i < 0 ? 0 : ic_t + 0.6 * luck + 0.8 * tw_random_normal(&r);
        if (i < 0)
            for (size_t t = 0; t < DAYS; t++) own[t] = 0; /* the naive baseline holds nothing */
        const tw_trial trial = {.name = i < 0 ? "mean" : "trial",
                                .params = "",
                                .baseline = i < 0,
                                .n_metrics = 1,
                                .metric_names = metric_names,
                                .metrics = &metric,
                                .n_returns = DAYS,
                                .returns = own};
        assert_ok(tw_ledger_add(ledger, &trial, &err), &err);
    }
}

static void run(double sharpe, double ic_t, const char *rank, int count[3])
{
    count[0] = count[1] = count[2] = 0;
    for (uint64_t seed = 1; seed <= VERDICT_RUNS; seed++) {
        tw_ledger *ledger;
        tw_board board;
        tw_error err;
        assert_ok(tw_ledger_new(NULL, &ledger, &err), &err);
        simulate(seed, sharpe, ic_t, ledger);
        assert_ok(tw_board_build(NULL, ledger, &(tw_board_spec){.rank_metric = rank, .seed = seed}, &board, &err),
                  &err);
        count[board.verdict]++;
        tw_board_clear(NULL, &board);
        tw_ledger_free(ledger);
    }
    print_message("daily Sharpe %.3f, IC t %.1f, by %s: no %d, weak %d, evidence %d of %d\n", sharpe, ic_t, rank,
                  count[0], count[1], count[2], VERDICT_RUNS);
}

static void no_edge_is_no_evidence(void **state)
{
    (void)state;
    int count[3];
    run(0, 0, "rank_ic_t", count);
    assert_true(count[TW_NO_EVIDENCE] >= 0.95 * VERDICT_RUNS);
    run(0, 0, "sharpe", count);
    assert_true(count[TW_NO_EVIDENCE] >= 0.95 * VERDICT_RUNS);
}

static void an_edge_is_evidence(void **state)
{
    (void)state;
    int count[3];
    run(0.2, 6, "rank_ic_t", count);
    assert_true(count[TW_EVIDENCE] >= 0.9 * VERDICT_RUNS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_edge_is_no_evidence), cmocka_unit_test(an_edge_is_evidence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

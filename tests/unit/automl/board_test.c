/* SPDX-License-Identifier: Apache-2.0 */
#include "tradewind/automl.h"

#include "tw_test.h"

#include <math.h>

enum { DAYS = 120 };

static const char *const names[] = {"rank_ic_t", "rmse"};

/* Returns of mean `drift` and sd 1 %, the same luck for the same seed. */
static void add(tw_ledger *ledger, const char *name, double drift, double ic_t, size_t days)
{
    double returns[DAYS];
    const double metrics[2] = {ic_t, 1 / (1 + fabs(ic_t))};
    tw_random r = {tw_hash64(name, strlen(name), 0), 1, 0};
    tw_error err;
    for (size_t t = 0; t < DAYS; t++) returns[t] = drift == 0 && ic_t == 0 ? 0 : drift + 0.01 * tw_random_normal(&r);
    const tw_trial trial = {.name = name,
                            .params = "a=1",
                            .baseline = strcmp(name, "mean") == 0 || strcmp(name, "last_value") == 0,
                            .n_metrics = 2,
                            .metric_names = names,
                            .metrics = metrics,
                            .n_returns = days,
                            .returns = returns};
    assert_ok(tw_ledger_add(ledger, &trial, &err), &err);
}

static tw_ledger *start(void)
{
    tw_ledger *ledger;
    assert_int_equal(tw_ledger_new(NULL, &ledger, NULL), TW_OK);
    return ledger;
}

static void baselines_stand_first(void **state)
{
    (void)state;
    tw_ledger *ledger = start();
    tw_board board;
    tw_error err;
    add(ledger, "ridge", 0.001, 1.5, DAYS);
    add(ledger, "mean", 0, 0, DAYS);
    add(ledger, "old", 0.001, 9, DAYS / 2); /* not comparable, but seen */
    add(ledger, "last_value", 0.001, 5, DAYS);
    add(ledger, "gbm", 0.001, 2.5, DAYS);
    add(ledger, "blank", 0.001, NAN, DAYS);
    assert_ok(tw_board_build(NULL, ledger, &(tw_board_spec){.rank_metric = "rank_ic_t", .seed = 1}, &board, &err),
              &err);
    static const char *const order[] = {"mean", "last_value", "gbm", "ridge", "blank"};
    assert_int_equal(board.n, 5);
    for (size_t i = 0; i < 5; i++) assert_string_equal(board.row[i].trial->name, order[i]);
    assert_int_equal(board.best, 2);
    assert_near(board.n_trials, 4, 0);
    assert_true(board.effective_trials >= 1 && board.effective_trials <= 4);
    assert_true(isnan(board.row[0].dsr) && board.row[2].dsr < board.row[2].psr);
    tw_board_clear(NULL, &board);
    assert_ok(tw_board_build(NULL, ledger, &(tw_board_spec){.rank_metric = "rmse", .seed = 1}, &board, &err),
              &err); /* less is better */
    assert_string_equal(board.row[board.best].trial->name, "gbm");
    tw_board_clear(NULL, &board);
    tw_ledger_free(ledger);
}

/* Trials on other bars are counted as seen, but not compared; which sample is asked for does not depend on their order.
 */
static void samples_are_not_mixed(void **state)
{
    (void)state;
    static const char *const sample[] = {"one", "one", "other", "other"}, *const name[] = {"mean", "gbm", "mean",
                                                                                           "ridge"};
    static const double returns[] = {0.01,  -0.02,  0.015, 0.007, -0.004, 0.011,
                                     0.003, -0.009, 0.02,  0.001, 0.012,  -0.006};
    double shifted[12];
    tw_ledger *ledger = start();
    tw_board board;
    tw_error err;
    for (size_t i = 0; i < 4; i++) {
        for (size_t t = 0; t < 12; t++) shifted[t] = returns[t] + 0.001 * (double)i;
        const tw_trial trial = {.name = name[i],
                                .params = "",
                                .sample = sample[i],
                                .baseline = i % 2 == 0,
                                .n_returns = 12,
                                .returns = shifted};
        assert_ok(tw_ledger_add(ledger, &trial, &err), &err);
    }
    static const size_t one[] = {0, 1}, other[] = {2, 3};
    static const size_t *const asked[] = {one, other, NULL};
    static const char *const best[] = {"gbm", "ridge", "ridge"};
    for (size_t k = 0; k < 3; k++) {
        const tw_board_spec spec = {.rank_metric = "sharpe", .own = asked[k], .n_own = 2, .seed = 1};
        assert_ok(tw_board_build(NULL, ledger, &spec, &board, &err), &err);
        assert_int_equal(board.n, 2);
        assert_string_equal(board.row[1].trial->name, best[k]);
        assert_near(board.n_trials, 2, 0);
        tw_board_clear(NULL, &board);
    }
    static const size_t beyond[] = {4};
    const tw_board_spec none = {.rank_metric = "sharpe", .own = beyond, .n_own = 1, .seed = 1};
    assert_int_equal(tw_board_build(NULL, ledger, &none, &board, &err), TW_BAD_DATA);
    tw_ledger_free(ledger);
}

/* Trials of earlier runs count and are shown, but neither the best nor the baseline is one of them. */
static void the_best_is_a_candidate(void **state)
{
    (void)state;
    tw_ledger *ledger = start();
    tw_board board;
    tw_error err;
    add(ledger, "mean", 0.0002, 0.1, DAYS);
    add(ledger, "gbm", 0.004, 9, DAYS);
    add(ledger, "last_value", 0, 0, DAYS);
    add(ledger, "ridge", 0.001, 1.5, DAYS);
    add(ledger, "logistic", 0.001, 1.2, DAYS);
    static const size_t own[] = {2, 3, 4};
    tw_board_spec spec = {.rank_metric = "rank_ic_t", .own = own, .n_own = 3, .seed = 1};
    assert_ok(tw_board_build(NULL, ledger, &spec, &board, &err), &err);
    static const char *const order[] = {"last_value", "mean", "gbm", "ridge", "logistic"};
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(board.row[i].trial->name, order[i]);
        assert_int_equal(board.row[i].own, i != 1 && i != 2);
    }
    assert_int_equal(board.n_baselines, 2);
    assert_int_equal(board.best, 3);
    assert_near(board.n_trials, 3, 0);
    assert_non_null(strstr(board.verdict_text, "that ridge beats chance and last_value"));
    tw_buf text;
    tw_buf_init(&text, NULL);
    tw_board_table(&board, &text);
    assert_non_null(strstr(text.data, " e gbm"));
    assert_non_null(strstr(text.data, " * ridge"));
    assert_non_null(strstr(text.data, "of an earlier run"));
    tw_buf_clear(&text);
    tw_board_clear(NULL, &board);
    spec.n_own = 1; /* of the candidates none is more than a baseline */
    assert_int_equal(tw_board_build(NULL, ledger, &spec, &board, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "of 1 comparable trials, 1 are baselines"));
    tw_ledger_free(ledger);
}

static tw_verdict judge(double drift, double ic_t, char text[600])
{
    tw_ledger *ledger = start();
    tw_board board;
    tw_error err;
    add(ledger, "mean", 0, 0, DAYS);
    add(ledger, "gbm", drift, ic_t, DAYS);
    assert_ok(tw_board_build(NULL, ledger, &(tw_board_spec){.rank_metric = "rank_ic_t", .seed = 1}, &board, &err),
              &err);
    const tw_verdict verdict = board.verdict;
    memcpy(text, board.verdict_text, sizeof board.verdict_text);
    tw_board_clear(NULL, &board);
    tw_ledger_free(ledger);
    return verdict;
}

static void every_condition_counts(void **state)
{
    (void)state;
    char text[600];
    assert_int_equal(judge(0.005, 4, text), TW_EVIDENCE);
    assert_non_null(strstr(text, "Evidence that gbm"));
    assert_int_equal(judge(0.005, 1.9, text), TW_NO_EVIDENCE);
    assert_int_equal(judge(0.0001, 4, text), TW_NO_EVIDENCE);
    assert_int_equal(judge(-0.005, 4, text), TW_NO_EVIDENCE);
    assert_non_null(strstr(text, "No evidence"));
    assert_int_equal(judge(0.005, NAN, text), TW_EVIDENCE); /* one symbol has no rank IC */
    assert_non_null(strstr(text, "n/a"));
    assert_string_equal(tw_verdict_text(TW_WEAK_EVIDENCE), "weak evidence");
}

static void boards_print(void **state)
{
    (void)state;
    tw_ledger *ledger = start();
    tw_board board;
    tw_buf text;
    tw_json json;
    add(ledger, "mean", 0, 0, DAYS);
    add(ledger, "gbm", 0.003, 3, DAYS);
    add(ledger, "ridge", 0.003, 2, DAYS);
    assert_int_equal(tw_board_build(NULL, ledger, &(tw_board_spec){.rank_metric = "sharpe", .seed = 1}, &board, NULL),
                     TW_OK);
    tw_buf_init(&text, NULL);
    tw_json_init(&json, &text, true);
    tw_board_json(&board, &json);
    static const char *const keys[] = {"\"verdict\"", "\"pbo\"", "\"p_consistent\"", "\"rank_ic_t\"",
                                       "\"effective_trials\""};
    for (size_t k = 0; k < 5; k++) assert_non_null(strstr(text.data, keys[k]));
    tw_buf_clear(&text);
    tw_buf_init(&text, NULL);
    tw_board_table(&board, &text);
    assert_non_null(strstr(text.data, " b mean"));
    assert_non_null(strstr(text.data, " * "));
    assert_non_null(strstr(text.data, board.verdict_text));
    tw_buf_clear(&text);
    tw_board_clear(NULL, &board);
    tw_ledger_free(ledger);
}

static void boards_refuse(void **state)
{
    (void)state;
    tw_ledger *ledger = start();
    tw_board board;
    tw_error err;
    assert_int_equal(tw_board_build(NULL, ledger, &(tw_board_spec){.rank_metric = "sharpe", .seed = 1}, &board, &err),
                     TW_BAD_DATA);
    add(ledger, "gbm", 0.001, 1, DAYS);
    assert_int_equal(tw_board_build(NULL, ledger, &(tw_board_spec){.rank_metric = "sharpe", .seed = 1}, &board, &err),
                     TW_BAD_DATA); /* no baseline */
    tw_ledger_free(ledger);
    ledger = start();
    add(ledger, "mean", 0, 0, DAYS);
    assert_int_equal(tw_board_build(NULL, ledger, &(tw_board_spec){.rank_metric = "sharpe", .seed = 1}, &board, &err),
                     TW_BAD_DATA); /* nothing but one */
    tw_ledger_free(ledger);
}

static void statistics_refuse(void **state)
{
    (void)state;
    const double flat[4] = {0.1, 0.1, 0.1, 0.1}, bad[4] = {0.1, NAN, 0.2, 0.3}, good[4] = {0.1, -0.2, 0.3, 0.05};
    const double *two[2] = {good, bad};
    tw_sharpe s;
    tw_pbo pbo;
    tw_spa spa;
    tw_error err;
    assert_int_equal(tw_sharpe_of(2, good, &s, &err), TW_BAD_DATA);
    assert_int_equal(tw_sharpe_of(4, flat, &s, &err), TW_BAD_DATA);
    assert_int_equal(tw_sharpe_of(4, bad, &s, &err), TW_BAD_DATA);
    assert_int_equal(tw_pbo_cscv(NULL, &(tw_paths){4, 2, two}, 3, &pbo, &err), TW_BAD_VALUE);
    assert_int_equal(tw_pbo_cscv(NULL, &(tw_paths){4, 2, two}, 2, &pbo, &err), TW_BAD_DATA);
    assert_int_equal(tw_pbo_cscv(NULL, &(tw_paths){4, 1, two}, 2, &pbo, &err), TW_BAD_DATA);
    const tw_spa_input input = {.differences = {4, 1, two}, .block = 1, .draws = 10, .seed = 1};
    assert_int_equal(tw_spa_test(NULL, &input, &spa, &err), TW_BAD_DATA);
    assert_int_equal(tw_sharpe_of(4, good, &s, &err), TW_OK);
    assert_true(isinf(tw_min_track_record(&s, s.sharpe, 0.95)));
    assert_same(tw_expected_max_sharpe(0.01, 1), 0);
    assert_true(tw_expected_max_sharpe(0.01, 100) > tw_expected_max_sharpe(0.01, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(baselines_stand_first),   cmocka_unit_test(samples_are_not_mixed),
        cmocka_unit_test(every_condition_counts),  cmocka_unit_test(boards_print),
        cmocka_unit_test(boards_refuse),           cmocka_unit_test(statistics_refuse),
        cmocka_unit_test(the_best_is_a_candidate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of the ledger, its file and the leaderboard fails in turn. */
#include "tradewind/automl.h"

#include "tw_oom.h"

#include <stdlib.h>
#include <unistd.h>

enum { DAYS = 40, TRIALS = 3 };

static tw_status fill(tw_ledger *ledger)
{
    static const char *const names[] = {"rank_ic_t"};
    tw_random r = {1, 1, 0};
    for (int i = 0; i < TRIALS; i++) {
        double returns[DAYS], metric = i;
        for (size_t t = 0; t < DAYS; t++) returns[t] = 0.01 * tw_random_normal(&r);
        TW_TRY(tw_ledger_add(ledger,
                             &(tw_trial){.name = i ? "gbm" : "mean",
                                         .params = "a=1",
                                         .baseline = i == 0,
                                         .n_metrics = 1,
                                         .metric_names = names,
                                         .metrics = &metric,
                                         .n_returns = DAYS,
                                         .returns = returns},
                             NULL));
    }
    return TW_OK;
}

static tw_status build(const tw_ctx *ctx, const tw_ledger *ledger)
{
    tw_board board;
    tw_buf text;
    tw_json json;
    TW_TRY(tw_board_build(ctx, ledger, &(tw_board_spec){.rank_metric = "rank_ic_t", .seed = 1}, &board, NULL));
    tw_buf_init(&text, ctx);
    tw_json_init(&json, &text, false);
    tw_board_json(&board, &json);
    tw_board_table(&board, &text);
    const tw_status status = tw_buf_check(&text, NULL);
    tw_buf_clear(&text);
    tw_board_clear(ctx, &board);
    return status;
}

static tw_status in_memory(const tw_ctx *ctx, void *arg)
{
    tw_ledger *ledger;
    (void)arg;
    TW_TRY(tw_ledger_new(ctx, &ledger, NULL));
    tw_status status = fill(ledger);
    if (status == TW_OK) status = build(ctx, ledger);
    tw_ledger_free(ledger);
    return status;
}

/* Writes a fresh file and reads it back. */
static tw_status in_a_file(const tw_ctx *ctx, void *arg)
{
    const char *path = arg;
    tw_ledger *ledger;
    (void)unlink(path);
    TW_TRY(tw_ledger_open(ctx, path, &ledger, NULL));
    tw_status status = fill(ledger);
    tw_ledger_free(ledger);
    TW_TRY(status);
    TW_TRY(tw_ledger_open(ctx, path, &ledger, NULL));
    if (tw_ledger_size(ledger) != TRIALS) status = TW_BAD_STATE;
    tw_ledger_free(ledger);
    return status;
}

static void boards_survive(void **state)
{
    (void)state;
    assert_true(tw_oom_sweep(in_memory, NULL) > 5);
}

static void ledger_files_survive(void **state)
{
    (void)state;
    char path[] = "/tmp/tw-oom-ledger-XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_true(tw_oom_sweep(in_a_file, path) > 5);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(boards_survive), cmocka_unit_test(ledger_files_survive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

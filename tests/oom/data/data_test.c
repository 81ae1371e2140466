/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of import, adjustment, checks and simulation fails in turn. */
#include "tw_oom.h"

#include "tradewind/data.h"

#include <unistd.h>

static tw_status import_body(const tw_ctx *ctx, void *arg)
{
    const char *path = arg;
    tw_import_options options;
    tw_import_summary summary;
    tw_panel *panel;
    tw_params_default(tw_import_params(), &options);
    options.rejects = "oom_rejects.csv";
    options.out = "oom_panel.tw";
    TW_TRY(tw_import_csv(ctx, &path, 1, &options, &panel, &summary, NULL));
    tw_panel_close(panel);
    TW_TRY(tw_panel_open(ctx, options.out, &panel, NULL));
    const tw_status st = tw_panel_write_csv(panel, "oom_panel.csv", NULL);
    tw_panel_close(panel);
    return st;
}

static void import_gives_all_back(void **state)
{
    (void)state;
    const char *path = "oom_import.csv";
    const char *text = "date,symbol,open,close,note\n2014-06-09,A,1,2.385,x\n2014-06-09,A,1,2.385,x\n2014-06-10,B,1,"
                       "oops,x\n2014-06-11,B,1,2.5,x\n";
    tw_error err;
    assert_ok(tw_file_write(path, text, strlen(text), &err), &err);
    assert_true(tw_oom_sweep(import_body, (void *)(uintptr_t)path) > 20);
    unlink(path);
    unlink("oom_rejects.csv");
    unlink("oom_panel.tw");
    unlink("oom_panel.csv");
}

static tw_status check_body(const tw_ctx *ctx, void *arg)
{
    (void)arg;
    tw_panel *raw, *adjusted = NULL;
    tw_actions *actions = NULL;
    tw_findings *findings = NULL;
    tw_buf truth, table;
    tw_buf_init(&truth, ctx);
    tw_buf_init(&table, ctx);
    tw_status st = tw_simulate(ctx, "symbols=3 sessions=70 edge=0.1", NULL, &raw, &actions, &truth, NULL);
    if (st == TW_OK) {
        const tw_check_input input = {.panel = raw, .actions = actions, .other = raw};
        st = tw_panel_adjust(ctx, raw, actions, TW_ADJUST_TOTAL_RETURN, 100000, &adjusted, NULL);
        if (st == TW_OK) st = tw_check_run(ctx, &input, "all", "outlier.least=0.01 outlier.score=2", &findings, NULL);
        if (st == TW_OK) {
            tw_findings_table(findings, raw, 5, &table);
            st = tw_buf_check(&table, NULL);
        }
        tw_panel_close(raw);
    }
    tw_findings_free(findings);
    tw_panel_close(adjusted);
    tw_actions_free(actions);
    tw_buf_clear(&truth);
    tw_buf_clear(&table);
    return st;
}

static void simulation_and_checks_give_all_back(void **state)
{
    (void)state;
    assert_true(tw_oom_sweep(check_body, NULL) > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(import_gives_all_back),
                                       cmocka_unit_test(simulation_and_checks_give_all_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - tradewind run SPEC: the main job. */
#include "cli/cli.h"
#include "tradewind/pipeline.h"

#include <string.h>

static void print_result(const tw_run_result *r)
{
    if (r->notes) printf("%s\n", r->notes);
    printf("%s\nverdict: %s\n\nreport:  %s\nnumbers: %s\nbundle:  %s\n%zu stages run, %zu taken from before, %.1f s\n",
           r->board_table, tw_verdict_text(r->verdict), r->report_html, r->report_json, r->bundle, r->stages_run,
           r->stages_cached, r->seconds);
}

static tw_status run(tw_cli *cli, tw_error *err)
{
    const char *budget = tw_cli_value(cli, "budget");
    tw_run_options options = {.out = tw_cli_value(cli, "out"), .fresh = tw_cli_value(cli, "fresh") != NULL};
    if (budget && (!tw_parse_double(budget, strlen(budget), &options.budget_seconds) || !(options.budget_seconds > 0)))
        return tw_fail(err, TW_BAD_VALUE, "--budget must be a number of seconds > 0, got '%s'", budget);
    tw_spec *spec = NULL;
    tw_run_result result = {0};
    TW_TRY(tw_spec_read(cli->ctx, cli->positional[0], &spec, err));
    const tw_status status = tw_run(cli->ctx, spec, &options, &result, err);
    if (status == TW_OK) print_result(&result);
    tw_run_result_clear(cli->ctx, &result);
    tw_spec_free(spec);
    return status;
}

static const tw_option options[] = {
    {"out", "DIR", "folder for results, over the spec's `out`"},
    {"budget", "SECONDS", "learners that would start later are left out, and the report says so"},
    {"fresh", NULL, "run every stage again"},
    {0},
};

const tw_command tw_command_run = {
    .name = "run",
    .positional = "SPEC.yaml",
    .title = "Run the main job of a spec: from data to models, backtest, report and bundle",
    .more = "Stages whose inputs have not changed are taken from the out folder; Ctrl-C keeps what is\n"
            "finished, and the same command goes on there. The spec is described in docs/reference/spec.md.",
    .least = 1,
    .most = 1,
    .options = options,
    .run = run,
};

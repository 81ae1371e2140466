/* SPDX-License-Identifier: Apache-2.0 */
/* sweep.c - tradewind sweep SPEC: a rule under thousands of settings, and what the choice of the best is worth. */
#include "cli/cli.h"
#include "cli/sweep/job.h"

static tw_status sweep_into(tw_cli *cli, tw_sweep_job_file *job, const char *out, tw_error *err)
{
    tw_buf words;
    TW_TRY(tw_sweep_job_read(cli->ctx, cli->positional[0], job, err));
    TW_TRY(tw_sweep_job_run(job, out, tw_cli_value(cli, "resume") != NULL, err));
    TW_TRY(tw_sweep_job_write(job, out, tw_cli_value(cli, "no-paths") == NULL, err));
    tw_sweep_job_forget(job);
    tw_buf_init(&words, cli->ctx);
    tw_sweep_job_summary(job, &words);
    if (!words.failed) printf("%s\nreport: %s/report.html\n", words.data, out);
    tw_buf_clear(&words);
    return TW_OK;
}

static tw_status sweep(tw_cli *cli, tw_error *err)
{
    tw_sweep_job_file job;
    const char *out = tw_cli_value(cli, "out");
    if (!out) return tw_fail(err, TW_BAD_VALUE, "sweep needs --out DIR");
    const tw_status status = sweep_into(cli, &job, out, err);
    tw_sweep_job_clear(&job);
    return status;
}

static const tw_option options[] = {
    {"out", "DIR", "folder for trials.csv, best.json, report.json, report.html and paths.f32"},
    {"no-paths", NULL, "leave paths.f32, the returns of every trial, out"},
    {"resume", NULL, "go on where a sweep with this spec into this folder was stopped"},
    {0},
};

const tw_command tw_command_sweep = {
    .name = "sweep",
    .positional = "SPEC.yaml",
    .title = "Try a rule under thousands of settings, with the statistics of overfitting",
    .more = "The spec is described in docs/reference/sweep.md.",
    .least = 1,
    .most = 1,
    .options = options,
    .run = sweep,
};

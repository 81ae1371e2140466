/* SPDX-License-Identifier: Apache-2.0 */
/* outputs.c - what a run leaves for other tools: the out-of-sample scores of the best model and the events of its
 * backtest, as CSV. */
#include "pipeline/pipeline_impl.h"

#include <math.h>
#include <string.h>

static char *out_path(tw_job *job, const char *name)
{
    const size_t n = strlen(job->out), m = strlen(name);
    char *path = tw_arena_new(&job->arena, n + m + 2, 1);
    if (!path) return NULL;
    memcpy(path, job->out, n);
    path[n] = '/';
    memcpy(path + n + 1, name, m);
    return path;
}

static void add_scores(const tw_job *job, tw_buf *text)
{
    const double *score = job->entry[job->best].score;
    tw_buf_text(text, "time,symbol,score\n");
    for (size_t t = 0; t < job->n_times; t++) {
        char time[40], number[40];
        const size_t n_time = tw_time_format(tw_panel_stamps(job->panel)[t], time);
        for (size_t s = 0; s < tw_panel_symbols(job->panel); s++) {
            const double x = score[t * job->n_lanes + s];
            if (isnan(x)) continue;
            const char *symbol = tw_panel_symbol(job->panel, s);
            tw_buf_add(text, time, n_time);
            tw_buf_add(text, ",", 1);
            tw_buf_add(text, symbol, strlen(symbol));
            tw_buf_add(text, ",", 1);
            tw_buf_add(text, number, tw_format_double(x, number));
            tw_buf_add(text, "\n", 1);
        }
    }
}

static tw_status write_scores(tw_job *job, tw_error *err)
{
    char *path = out_path(job, "scores.csv");
    if (!path) return tw_no_memory(err, "a path");
    tw_buf text;
    tw_buf_init(&text, job->ctx);
    add_scores(job, &text);
    tw_status status = tw_buf_check(&text, err);
    if (status == TW_OK) status = tw_file_write(path, text.data, text.length, err);
    tw_buf_clear(&text);
    return status;
}

tw_status tw_stage_outputs(tw_job *job, tw_error *err)
{
    TW_TRY(write_scores(job, err));
    char *path = out_path(job, "events.csv");
    if (!path) return tw_no_memory(err, "a path");
    return tw_result_write_ledger(&job->market, &job->entry[job->best].result, path, err);
}

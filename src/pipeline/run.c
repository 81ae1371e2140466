/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - the main job: the stages in order. What a stage finds done in the out folder it takes from there. */
#include "pipeline/pipeline_impl.h"

#include <string.h>

static const tw_stage stages[] = {
    {"data", tw_stage_data},         {"check", tw_stage_check},   {"features", tw_stage_features},
    {"label", tw_stage_label},       {"fit", tw_stage_fit},       {"backtest", tw_stage_backtest},
    {"leaderboard", tw_stage_board}, {"bundle", tw_stage_bundle}, {"outputs", tw_stage_outputs},
    {"report", tw_stage_report},
};
enum { N_STAGES = sizeof stages / sizeof *stages };

static void clear_entry(const tw_job *job, tw_entry *e)
{
    for (size_t f = 0; e->fold && f < job->folds.n; f++) tw_model_free(e->fold[f]);
    tw_model_free(e->final);
    if (e->traded != e->score) tw_free(job->ctx, e->traded);
    tw_free(job->ctx, e->score);
    tw_result_clear(job->ctx, &e->result);
}

void tw_job_clear(tw_job *job)
{
    for (size_t i = 0; i < job->n_entries; i++) clear_entry(job, &job->entry[i]);
    tw_board_clear(job->ctx, &job->board);
    tw_ledger_free(job->ledger);
    tw_job_free_bins(job);
    tw_folds_clear(job->ctx, &job->folds);
    for (size_t k = 0; k < 5; k++) tw_free(job->ctx, job->price[k]);
    tw_free(job->ctx, job->known);
    tw_free(job->ctx, job->label);
    tw_free(job->ctx, job->side);
    tw_free(job->ctx, job->label_start);
    tw_free(job->ctx, job->label_end);
    tw_free(job->ctx, job->usable);
    tw_mapping_close(job->ctx, &job->features);
    tw_plan_free(job->plan);
    tw_free(job->ctx, job->import_json);
    tw_free(job->ctx, job->findings_json);
    tw_actions_free(job->actions);
    if (job->panel != job->raw) tw_panel_close(job->panel);
    tw_panel_close(job->raw);
    tw_free(job->ctx, job->work);
    tw_folder_unlock(job->lock);
    tw_buf_clear(&job->notes);
    tw_arena_clear(&job->arena);
}

static tw_status run_stage(tw_job *job, const tw_stage *stage, tw_run_result *result, tw_error *err)
{
    const int64_t start = tw_clock_ns();
    job->stage_cached = false;
    TW_TRY(tw_progress_step(job->ctx, stage->name, 0, 0, NULL));
    TW_TRY(stage->run(job, err));
    tw_timing *t = &job->timing[job->n_timings++];
    *t = (tw_timing){
        .stage = stage->name, .seconds = (double)(tw_clock_ns() - start) / 1e9, .cached = job->stage_cached};
    if (job->stage_cached)
        result->stages_cached++;
    else
        result->stages_run++;
    return TW_OK;
}

static char *inside(const tw_job *job, const char *name)
{
    tw_buf path;
    tw_buf_init(&path, job->ctx);
    tw_buf_printf(&path, "%s/%s", job->out, name);
    char *text = path.failed ? NULL : tw_text_copy(job->ctx, path.data);
    tw_buf_clear(&path);
    return text;
}

static tw_status fill_result(const tw_job *job, tw_run_result *result, tw_error *err)
{
    result->report_html = inside(job, "report.html");
    result->report_json = inside(job, "report.json");
    result->bundle = inside(job, "bundle");
    tw_buf table;
    tw_buf_init(&table, job->ctx);
    tw_board_table(&job->board, &table);
    result->board_table = table.failed ? NULL : tw_text_copy(job->ctx, table.data);
    tw_buf_clear(&table);
    result->verdict = job->board.verdict;
    memcpy(result->verdict_text, job->board.verdict_text, sizeof result->verdict_text);
    result->seconds = (double)(tw_clock_ns() - job->started_ns) / 1e9;
    const bool noted = job->notes.length > 0;
    result->notes = noted && !job->notes.failed ? tw_text_copy(job->ctx, job->notes.data) : NULL;
    const bool whole = result->report_html && result->report_json && result->bundle && result->board_table &&
                       !job->notes.failed && (!noted || result->notes);
    return whole ? TW_OK : tw_no_memory(err, "the result of a run");
}

tw_status tw_run(const tw_ctx *ctx, const tw_spec *spec, const tw_run_options *options, tw_run_result *result,
                 tw_error *err)
{
    static const tw_run_options defaults = {0};
    static const tw_ctx plain = {0};
    tw_job job = {.ctx = ctx ? ctx : &plain,
                  .spec = spec,
                  .options = options ? options : &defaults,
                  .started_ns = tw_clock_ns(),
                  .lock = -1,
                  .fallback = SIZE_MAX};
    *result = (tw_run_result){0};
    job.out = job.options->out ? job.options->out : spec->out;
    tw_arena_init(&job.arena, job.ctx);
    tw_buf_init(&job.notes, job.ctx);
    job.work = inside(&job, "work");
    tw_status status = job.work ? tw_folder_make(job.work, err) : tw_no_memory(err, "the out folder");
    if (status == TW_OK) status = tw_folder_lock(job.ctx, job.work, &job.lock, err);
    for (size_t i = 0; i < N_STAGES && status == TW_OK; i++) status = run_stage(&job, &stages[i], result, err);
    if (status == TW_OK) status = fill_result(&job, result, err);
    tw_job_clear(&job);
    return status;
}

void tw_run_result_clear(const tw_ctx *ctx, tw_run_result *result)
{
    tw_free(ctx, result->report_html);
    tw_free(ctx, result->report_json);
    tw_free(ctx, result->bundle);
    tw_free(ctx, result->board_table);
    tw_free(ctx, result->notes);
    *result = (tw_run_result){0};
}

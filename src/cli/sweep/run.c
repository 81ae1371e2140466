/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sweep/job.h"

#include <math.h>
#include <string.h>

/* The file starts with what is needed to read it: docs/reference/sweep.md. */
static void write_head(char *file, uint64_t trials, uint64_t bars)
{
    memcpy(file, "TWPATHS1", 8);
    memcpy(file + 8, &trials, sizeof trials);
    memcpy(file + 16, &bars, sizeof bars);
}

static tw_status walk_forward(tw_sweep_job_file *j, tw_error *err)
{
    const size_t n_times = j->n_times;
    if (j->windows.train == 0) return TW_OK;
    j->n_stitched = n_times - j->windows.train;
    j->n_chosen = (j->n_stitched + j->windows.test - 1) / j->windows.test;
    j->stitched = tw_arena_new(&j->arena, j->n_stitched, sizeof *j->stitched);
    j->chosen = tw_arena_new(&j->arena, j->n_chosen, sizeof *j->chosen);
    if (!j->stitched || !j->chosen) return tw_no_memory(err, "walk-forward");
    return tw_sweep_walk_forward(j->ctx, &j->search.keep, j->search.n, n_times, &j->windows, j->stitched, j->chosen,
                                 err);
}

static tw_status run_panel(tw_sweep_job_file *j, tw_error *err)
{
    tw_sweep_search over = j->search;
    over.prices.n_times = j->n_times;
    const tw_sweep_panel panel = {&over, j->market, j->n_symbols, j->by_symbol};
    return tw_sweep_panel_run(j->ctx, &panel, &j->result, err);
}

/* Trials that were done before are not run again. */
static tw_status run_trials(tw_sweep_job_file *j, tw_error *err)
{
    const size_t before = j->part.done;
    j->search.keep = (tw_sweep_keep){.paths = j->paths, .path_stride = j->n_times};
    j->search.part = (tw_sweep_part){before, tw_sweep_job_done, j};
    TW_TRY(j->by_symbol ? run_panel(j, err) : tw_sweep_search_run(j->ctx, &j->search, &j->result, err));
    memcpy(j->result.measures, j->part.measures, before * sizeof *j->part.measures);
    return TW_OK;
}

static tw_status make_room(tw_sweep_job_file *j, tw_error *err)
{
    const size_t n = j->search.n, bars = j->n_times;
    if (bars > (SIZE_MAX / 8 - TW_SWEEP_PATHS_HEAD) / n) return tw_no_memory(err, "return paths");
    j->file = tw_new(j->ctx, TW_SWEEP_PATHS_HEAD + n * bars * sizeof *j->paths, 1);
    if (!j->file) return tw_no_memory(err, "return paths");
    j->paths = (float *)(void *)(j->file + TW_SWEEP_PATHS_HEAD);
    write_head(j->file, n, bars);
    if (j->n_symbols == 1) return TW_OK;
    if (j->n_symbols > SIZE_MAX / n) return tw_no_memory(err, "measures by symbol");
    j->by_symbol = tw_new(j->ctx, j->n_symbols * n, sizeof *j->by_symbol);
    return j->by_symbol ? TW_OK : tw_no_memory(err, "measures by symbol");
}

static tw_status run_all(tw_sweep_job_file *j, tw_error *err)
{
    TW_TRY(run_trials(j, err));
    const tw_path_table table = {j->n_times, j->search.n, j->n_times, j->paths, j->search.prices.periods_per_year};
    TW_TRY(tw_progress_step(j->ctx, "statistics", 0, 1, NULL));
    TW_TRY(tw_overfit_of(j->ctx, &table, j->seed, &j->overfit, err));
    return walk_forward(j, err);
}

tw_status tw_sweep_job_run(tw_sweep_job_file *j, const char *folder, bool resume, tw_error *err)
{
    TW_TRY(make_room(j, err));
    TW_TRY(tw_sweep_job_resume(j, folder, resume, err));
    const tw_status status = run_all(j, err);
    if (status == TW_OK) return TW_OK;
    tw_error why;
    if (tw_sweep_job_save(j, &why) != TW_OK)
        return tw_fail(err, status, "stopped; what is done cannot be saved: %s", why.message);
    if (status != TW_CANCELLED) return status;
    if (j->part.done == 0) return tw_fail(err, status, "stopped before the first trials were done");
    return tw_fail(err, status, "stopped; %zu of %zu trials are kept in %s, --resume goes on there", j->part.done,
                   j->search.n, j->part.path);
}

void tw_sweep_job_clear(tw_sweep_job_file *j)
{
    tw_sweep_clear(j->ctx, &j->result);
    tw_free(j->ctx, j->by_symbol);
    tw_free(j->ctx, j->file);
    tw_panel_close(j->panel);
    tw_doc_free(j->doc);
    tw_arena_clear(&j->arena);
}

size_t tw_sweep_job_top(const tw_sweep_job_file *j, size_t most, size_t *trial)
{
    size_t n = 0;
    for (size_t i = 0; i < j->result.n; i++) {
        const double x = j->result.measures[i].sharpe;
        if (isnan(x)) continue;
        size_t at = n < most ? n++ : most;
        for (; at > 0 && !(j->result.measures[trial[at - 1]].sharpe >= x); at--)
            if (at < most) trial[at] = trial[at - 1];
        if (at < most) trial[at] = i;
    }
    return n;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* job.h - a sweep as its file describes it, and what came of it. */
#ifndef TW_CLI_SWEEP_JOB_H
#define TW_CLI_SWEEP_JOB_H

#include "tradewind/automl.h"
#include "tradewind/data.h"
#include "tradewind/io.h"
#include "tradewind/sweep.h"

enum { TW_SWEEP_PATHS_HEAD = 64 }; /* bytes before the returns in paths.f32 */

/* What is done of the trials, for another run to go on from. */
typedef struct tw_sweep_saved {
    const char *folder, *path, *paths; /* of sweep.part and paths.part */
    uint64_t spec;                     /* hash of what decides the trials */
    size_t done, saved;                /* trials */
    tw_sweep_measures *measures;       /* of those done */
    int64_t last, took;                /* when it was saved, and how long that took, in nanoseconds */
} tw_sweep_saved;

typedef struct tw_sweep_job_file {
    const tw_ctx *ctx;
    tw_arena arena;
    tw_doc *doc;
    char *folder; /* of the file, with its '/'; "" for the working folder */
    const char *name, *where;
    const char *const *parameter; /* names, in order */
    size_t n_parameters;
    uint64_t seed;
    tw_panel *panel;
    const size_t *symbol; /* those of the panel that are traded */
    size_t n_symbols;
    tw_sweep_market *market; /* of each of them */
    const int64_t *time;     /* of the bars that any of them has */
    size_t n_times;
    tw_sweep_windows windows;     /* train 0: no walk-forward */
    tw_sweep_search search;       /* all but keep, with the bars of the first symbol */
    tw_sweep_measures *by_symbol; /* [n_symbols][search.n], when there are several */
    char *file;                   /* the bytes of paths.f32 */
    float *paths;                 /* inside it */
    tw_sweep_saved part;
    tw_sweep_result result;
    tw_overfit overfit;
    float *stitched;
    size_t *chosen, n_stitched, n_chosen;
} tw_sweep_job_file;

/* Reads the file and its data, and tries each expression under the first setting; errors name file:line:column. */
tw_status tw_sweep_job_read(const tw_ctx *ctx, const char *path, tw_sweep_job_file *job, tw_error *err);
/* Its parts: the data; whether a map has other keys than those given; the text of a scalar, as it was where there is
 * none. */
tw_status tw_sweep_job_read_data(tw_sweep_job_file *job, const tw_node *root, tw_error *err);
tw_status tw_sweep_job_keys(const tw_sweep_job_file *job, const tw_node *map, const char *const *keys, tw_error *err);
tw_status tw_sweep_job_text(const tw_sweep_job_file *job, const tw_node *map, const char *key, const char **out,
                            tw_error *err);
/* Runs the trials, the statistics and the walk-forward; stopped, it saves in the folder what is done of the trials.
 * resume: goes on from what is saved there, if anything is. */
tw_status tw_sweep_job_run(tw_sweep_job_file *job, const char *folder, bool resume, tw_error *err);
/* Its parts: finds what is saved; is told how many trials are done (arg: the job); saves them; removes what was saved.
 */
tw_status tw_sweep_job_resume(tw_sweep_job_file *job, const char *folder, bool resume, tw_error *err);
tw_status tw_sweep_job_done(void *arg, size_t n, const tw_sweep_measures *measures, tw_error *err);
tw_status tw_sweep_job_save(tw_sweep_job_file *job, tw_error *err);
void tw_sweep_job_forget(const tw_sweep_job_file *job);
/* Frees all. */
void tw_sweep_job_clear(tw_sweep_job_file *job);

/* Writes trials.csv, by_symbol.csv (of several symbols), best.json, report.json, report.html and paths.f32 (without it:
 * paths false). */
tw_status tw_sweep_job_write(const tw_sweep_job_file *job, const char *folder, bool paths, tw_error *err);
/* Appends the page. */
tw_status tw_sweep_job_page(const tw_sweep_job_file *job, tw_buf *out, tw_error *err);
/* Appends the statistics in words, a line each. */
void tw_sweep_job_summary(const tw_sweep_job_file *job, tw_buf *out);
/* Value of parameter k in a setting, of `*length` characters. */
const char *tw_sweep_job_value(const tw_sweep_job_file *job, const char *setting, size_t k, size_t *length);
/* The `most` trials with the highest Sharpe ratio, best first; returns how many there are. */
size_t tw_sweep_job_top(const tw_sweep_job_file *job, size_t most, size_t *trial);

#endif

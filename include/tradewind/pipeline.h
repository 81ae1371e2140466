/* SPDX-License-Identifier: Apache-2.0 */
/** @file pipeline.h
 * Floor 5: the main job, described by one YAML file (the spec): data -> checks -> features -> labels -> validation ->
 * models -> backtest -> leaderboard -> report -> bundle. See docs/reference/spec.md.
 */
#ifndef TRADEWIND_PIPELINE_H
#define TRADEWIND_PIPELINE_H

#include "tradewind/automl.h"
#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tw_spec tw_spec;

/** Reads and checks a spec, every name and parameter of it; errors name file:line:column and the nearest name. */
TW_API tw_status tw_spec_read(const tw_ctx *ctx, const char *path, tw_spec **spec, tw_error *err);
/** Frees a spec. NULL is fine. */
TW_API void tw_spec_free(tw_spec *spec);
/** Name given in the spec. */
TW_API const char *tw_spec_name(const tw_spec *spec);
/** Folder the run writes to: `out` of the spec, relative to the working folder. */
TW_API const char *tw_spec_out(const tw_spec *spec);

/** How to run. Zero fields mean the defaults. */
typedef struct tw_run_options {
    const char *out;       /* folder, over the spec's */
    double budget_seconds; /* learners that would start later are left out (not the baselines, nor the first of the
                              others), and the report says so; 0 none */
    bool fresh;            /* run every stage again */
} tw_run_options;

/** What a run leaves. Paths are inside the out folder; free with tw_run_result_clear. */
typedef struct tw_run_result {
    char *report_html, *report_json, *bundle;
    char *board_table; /* the leaderboard as text */
    char *notes; /* what a reader should know of this run, a line each: rows set aside, damaged results made again,
                    learners the budget left out; NULL: nothing */
    tw_verdict verdict;
    char verdict_text[600];
    double seconds;
    size_t stages_run, stages_cached;
} tw_run_result;

/** Runs the main job; stages whose inputs have not changed are taken from the out folder, which is held against other
 * processes meanwhile (BAD_STATE). */
TW_API tw_status tw_run(const tw_ctx *ctx, const tw_spec *spec, const tw_run_options *options, tw_run_result *result,
                        tw_error *err);
/** Frees what tw_run filled. */
TW_API void tw_run_result_clear(const tw_ctx *ctx, tw_run_result *result);

#ifdef __cplusplus
}
#endif
#endif

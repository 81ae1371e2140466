/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline_impl.h - what the files of this folder share: the spec in memory, the job, and the stages that fill it in
 * order. */
#ifndef TW_PIPELINE_IMPL_H
#define TW_PIPELINE_IMPL_H

#include "tradewind/automl.h"
#include "tradewind/backtest.h"
#include "tradewind/data.h"
#include "tradewind/feature.h"
#include "tradewind/io.h"
#include "tradewind/learn.h"
#include "tradewind/pipeline.h"
#include "tradewind/track.h"

/* Changes when a stage computes something else from the same inputs, so that cached results of older code are not
 * taken. */
enum { TW_STAGE_FORMAT = 2 };

/* A name with its parameter text, as labels, splitters and learners are written in a spec. */
typedef struct tw_choice {
    const char *name, *params, *title;
    double hold_out;     /* share of the train times to stop early by; models only */
    const tw_node *node; /* where it stands, for error texts */
} tw_choice;

struct tw_spec {
    const tw_ctx *ctx;
    tw_arena arena;
    tw_doc *doc;
    char *text; /* the spec as written */
    const char *folder, *name, *out;
    uint64_t seed;
    struct {
        const char *simulate; /* parameters, or NULL */
        const char **csv;
        size_t n_csv;
        const char *import, *actions, *adjust, *groups;
    } data;
    struct {
        const char *which, *options;
        bool fail_on_error;
    } checks;
    struct {
        tw_feature *lets, *list;
        size_t n_lets, n;
        double max_missing;
    } features;
    tw_choice label, split;
    const char *side; /* expression of the side a meta label judges, or NULL */
    bool uniqueness;  /* rows weigh by the uniqueness of their label */
    bool shared_bins; /* rows are binned once, by the past that folds share */
    tw_choice *models;
    size_t n_models;
    const char *rank_by, *portfolio, *fallback;
};

/* One learner of the spec on its way through the folds. */
typedef struct tw_entry {
    const tw_learner *learner;
    const char *name;
    char *params;    /* canonical */
    double hold_out; /* share of the train times that it stops early by; 0: none */
    uint64_t key;
    bool left_out;   /* the budget ran out before it started */
    bool cached;     /* every fold came from the out folder */
    tw_model **fold; /* [n_folds] */
    tw_model *final; /* fitted on every labelled row; best and fallback only */
    double *score;   /* by cell, out of sample; NaN none */
    double *traded;  /* what the backtest trades on: the scores, or the side times the score of a meta label */
    double seconds;
    size_t place; /* of its trial on the ledger */
    tw_result result;
    double *metric;     /* in the order of tw_metrics */
    double *importance; /* of the last refit, or NULL */
    int n_bins;
    tw_bins *bins; /* shared by entries of the same n_bins; NULL: each fit makes its own */
} tw_entry;

typedef struct tw_timing {
    const char *stage;
    double seconds;
    bool cached;
} tw_timing;

enum { TW_MAX_TIMINGS = 16 };

/* A mapped file: features are kept in one, so that they need not fit into memory and are there for the next run. */
typedef struct tw_mapping {
    void *bytes;
    size_t length;
    char *final_path, *path; /* path: where it is being written; NULL once in place */
} tw_mapping;

typedef struct tw_job {
    const tw_ctx *ctx;
    const tw_spec *spec;
    const tw_run_options *options;
    const char *out;
    char *work; /* folder of cached results */
    int lock;   /* of that folder */
    tw_buf notes;
    int64_t started_ns;
    tw_arena arena;

    tw_panel *raw, *panel; /* as imported; as features see it (may be the same) */
    tw_actions *actions;
    char *import_json, *findings_json;
    int32_t *group; /* [symbol], or NULL: no groups */

    tw_plan *plan;
    const char **columns;
    size_t n_columns;
    uint64_t data_key; /* of all the bars and actions are made of */
    uint64_t features_key;
    tw_mapping features;
    const float **feature;
    const char **feature_name;

    size_t n_cells, n_lanes, n_times;
    double *price[5]; /* open, high, low, close, volume by cell */
    int64_t *known;
    double *label, *side; /* side: NULL when the spec asks for none */
    uint32_t *label_start, *label_end;
    bool *usable;
    tw_dataset data;
    tw_folds folds;

    tw_ctx task_ctx;      /* of fits: no pool, since (learner, fold) is the parallel part; models keep it */
    struct tw_hush *hush; /* and what they ask whether to stop */
    tw_entry *entry;
    size_t n_entries;
    size_t best, fallback; /* entries; fallback SIZE_MAX: none */
    tw_market market;
    tw_portfolio portfolio;
    tw_ledger *ledger;
    char sample[64]; /* of the trials of this run: bars and first period */
    tw_board board;

    tw_timing timing[TW_MAX_TIMINGS];
    size_t n_timings;
    bool stage_cached; /* set by a stage that took its result from the out folder */
} tw_job;

/* A stage: reads what earlier ones put into the job, adds its own. */
typedef struct tw_stage {
    const char *name;
    tw_status (*run)(tw_job *job, tw_error *err);
} tw_stage;

tw_status tw_stage_data(tw_job *job, tw_error *err);
tw_status tw_stage_check(tw_job *job, tw_error *err);
tw_status tw_stage_features(tw_job *job, tw_error *err);
tw_status tw_stage_label(tw_job *job, tw_error *err);
tw_status tw_stage_fit(tw_job *job, tw_error *err);
tw_status tw_stage_backtest(tw_job *job, tw_error *err);
tw_status tw_stage_board(tw_job *job, tw_error *err);
tw_status tw_stage_bundle(tw_job *job, tw_error *err);
tw_status tw_stage_outputs(tw_job *job, tw_error *err);
tw_status tw_stage_report(tw_job *job, tw_error *err);

/* The last refit of a learner, on every usable row with a label: the one that goes live. */
tw_status tw_job_fit_final(tw_job *job, tw_entry *entry, tw_error *err);
/* Groups of symbols from the CSV file of the spec; none when it names no file. */
tw_status tw_job_groups(tw_job *job, tw_error *err);

/* LOOK_AHEAD, by name, for a column or a feature that goes with the label or later returns as nothing known can. */
tw_status tw_job_check_leaks(tw_job *job, tw_error *err);

/* Frees what the stages put into a job. */
void tw_job_clear(tw_job *job);
/* bins: shared-past makes them for every entry that bins; freed with the job. */
tw_status tw_job_share_bins(tw_job *job, tw_error *err);
void tw_job_free_bins(tw_job *job);

/* Path "<work>/<formatted>", in the job's arena; NULL when out of memory. */
char *tw_job_path(tw_job *job, const char *format, ...) TW_PRINTF(2, 3);
/* True when a file is there and the job does not run afresh. */
bool tw_job_has(const tw_job *job, const char *path);
/* Records the hash of a kept file beside it, so that a later run can tell it from a damaged one. */
tw_status tw_job_seal(const tw_job *job, const char *path, uint64_t hash, tw_error *err);
/* TW_OK when a kept file has the hash that was recorded, else BAD_FILE. */
tw_status tw_job_sealed(const tw_job *job, const char *path, uint64_t hash, tw_error *err);
/* Writes a text to keep, with its seal. */
tw_status tw_job_keep(const tw_job *job, const char *path, const tw_buf *text, tw_error *err);
/* A kept text as it was written: NOT_FOUND when there is none (or the job runs afresh), BAD_FILE when damaged. */
tw_status tw_job_kept(const tw_job *job, const char *path, char **text, tw_error *err);
/* True when a kept result that could not be read is to be made again, which is noted unless it was just not there. */
bool tw_job_remake(tw_job *job, tw_status status, const char *path);
/* Chains a text into a key. */
uint64_t tw_key(uint64_t key, const char *text);
/* Removes files of the work folder that start with `prefix` but not with `keep`: results of earlier inputs. */
void tw_job_forget(const tw_job *job, const char *prefix, const char *keep);

/* A file of `length` bytes to write through memory; it appears at `path` with tw_mapping_commit. */
tw_status tw_mapping_new(const tw_ctx *ctx, const char *path, size_t length, tw_mapping *mapping, tw_error *err);
tw_status tw_mapping_commit(const tw_ctx *ctx, tw_mapping *mapping, tw_error *err);
/* Maps an existing file of exactly `length` bytes, read-only. */
tw_status tw_mapping_open(const char *path, size_t length, tw_mapping *mapping, tw_error *err);
void tw_mapping_close(const tw_ctx *ctx, tw_mapping *mapping);

/* Checks every name and parameter of a spec that needs no data, so that a slip is told before anything is run. */
tw_status tw_spec_check(tw_spec *spec, tw_error *err);

/* Writes the report as JSON. */
tw_status tw_report_json(tw_job *job, tw_buf *out, tw_error *err);
/* True when a part of the report could be computed; one that is not defined is left out, while want of memory fails the
 * whole report. */
bool tw_report_has(tw_json *json, tw_status status);
/* A key with its value. */
void tw_report_text(tw_json *json, const char *key, const char *text);
void tw_report_number(tw_json *json, const char *key, double x);
void tw_report_count(tw_json *json, const char *key, size_t n);
void tw_report_numbers(tw_json *json, const char *key, const double *x, size_t n);
/* Parts of it that lie in another file. */
void tw_report_backtest(tw_job *job, tw_json *json);
tw_status tw_report_explanations(const tw_job *job, tw_json *json, tw_error *err);

#endif

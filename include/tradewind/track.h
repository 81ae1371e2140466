/* SPDX-License-Identifier: Apache-2.0 */
/** @file track.h
 * Floor 4: what outlasts a run: the bundle (plan + models + checks in one folder) and the scorer that sets it in
 * motion.
 */
#ifndef TRADEWIND_TRACK_H
#define TRADEWIND_TRACK_H

#include "tradewind/base.h"
#include "tradewind/data.h"
#include "tradewind/feature.h"
#include "tradewind/learn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- bundle
 * A folder: bundle.json (format version, plan, columns, symbols, models with the time from which each is valid,
 * checksums of every file), spec.yaml, models/, reference.json. See docs/reference/bundle.md. */

/** One refit: valid for bars stamped at or after `valid_from_ns`, until the next one's time. */
typedef struct tw_bundle_model {
    int64_t valid_from_ns;
    const tw_model *model;
} tw_bundle_model;

/** Models of one learner in order of time. */
typedef struct tw_bundle_line {
    const char *name;
    size_t n;
    const tw_bundle_model *model;
} tw_bundle_line;

/** What a bundle is made of; all borrowed during tw_bundle_write. */
typedef struct tw_bundle_parts {
    const char *name, *spec_text;
    tw_plan_spec plan;
    const char *calendar; /* name, or NULL */
    int64_t bar_ns;
    double max_missing; /* share of missing features above which a row is not scored */
    size_t n_symbols;
    const char *const *symbols;
    const int32_t *group;          /* [n_symbols] or NULL */
    tw_bundle_line best, fallback; /* fallback.n = 0: none */
    const char *reference_json;    /* statistics of inputs and scores */
} tw_bundle_parts;

/** Writes a bundle whole or not at all: into a folder beside `path`, then renamed over it. */
TW_API tw_status tw_bundle_write(const tw_ctx *ctx, const char *path, const tw_bundle_parts *parts, tw_error *err);

typedef struct tw_bundle tw_bundle;

/** Opens a bundle: every checksum is verified, the plan is compiled and compared with its hash, the models are loaded.
 */
TW_API tw_status tw_bundle_open(const tw_ctx *ctx, const char *path, tw_bundle **bundle, tw_error *err);
/** Frees a bundle; no scorer may be left. NULL is fine. */
TW_API void tw_bundle_close(tw_bundle *bundle);
/** Name of the bundle. */
TW_API const char *tw_bundle_name(const tw_bundle *bundle);
/** Its plan. */
TW_API const tw_plan *tw_bundle_plan(const tw_bundle *bundle);
/** Input columns bars must carry. */
TW_API const char *const *tw_bundle_columns(const tw_bundle *bundle, size_t *n);
/** Symbols of the training universe, in lane order. */
TW_API const char *const *tw_bundle_symbols(const tw_bundle *bundle, size_t *n);
/** The calendar of its bars, or NULL; and their width. */
TW_API const tw_calendar *tw_bundle_calendar(const tw_bundle *bundle, int64_t *bar_ns);
/** Hash over all files: identifies the bundle. */
TW_API uint64_t tw_bundle_hash(const tw_bundle *bundle);
/** Writes what the bundle is as JSON (name, learner, features, symbols, hash, models). */
TW_API void tw_bundle_describe(const tw_bundle *bundle, tw_json *json);

/* ---------------------------------------------------------------- scorer */

typedef struct tw_scorer tw_scorer;

/** A bundle in motion over symbols (NULL: those of the bundle), which are sorted into lanes as a panel sorts them. */
TW_API tw_status tw_scorer_new(const tw_ctx *ctx, const tw_bundle *bundle, const char *const *symbols, size_t n_symbols,
                               tw_scorer **scorer, tw_error *err);
/** Frees a scorer. NULL is fine. */
TW_API void tw_scorer_free(tw_scorer *scorer);
/** Symbols, in lane order. */
TW_API const char *const *tw_scorer_symbols(const tw_scorer *scorer, size_t *n);
/** Lane of a symbol, or SIZE_MAX. */
TW_API size_t tw_scorer_lane(const tw_scorer *scorer, const char *symbol);
/** Takes the bars of one time: values[column][lane], columns as tw_bundle_columns, NaN where there is no bar.
 * score[lane] is NaN where a row is not scored. Times must ascend (BAD_DATA). When the best model fails, the fallback
 * scores and *used_fallback (may be NULL) is set. When every model fails, the error says so, no row is scored, and the
 * bar is taken all the same: tw_scorer_time tells. Never allocates. */
TW_API tw_status tw_scorer_bar(tw_scorer *scorer, int64_t time_ns, const double *const *values, double *score,
                               bool *used_fallback, tw_error *err);
/** Scores a forming bar without taking it. Never allocates. */
TW_API tw_status tw_scorer_peek(tw_scorer *scorer, int64_t time_ns, const double *const *values, double *score,
                                tw_error *err);
/** Stamp of the last bar taken, or TW_NO_TIME. */
TW_API int64_t tw_scorer_time(const tw_scorer *scorer);
/** Appends the whole state. */
TW_API tw_status tw_scorer_snapshot(const tw_scorer *scorer, tw_buf *out, tw_error *err);
/** Takes a state back, of the same bundle and symbols. */
TW_API tw_status tw_scorer_restore(tw_scorer *scorer, const void *bytes, size_t length, tw_error *err);
/** Scores a whole panel, bar by bar: score by cell (time * 16 * blocks + lane). */
TW_API tw_status tw_bundle_score_panel(const tw_ctx *ctx, const tw_bundle *bundle, const tw_panel *panel, double *score,
                                       tw_error *err);
/** Index of the model of a line that is valid for a bar of this stamp, or SIZE_MAX. */
TW_API size_t tw_bundle_model_at(const tw_bundle_line *line, int64_t time_ns);

/* ---------------------------------------------------------------- folders */

/** Holds a folder against other processes, by a lock on the file `.lock` in it, until tw_folder_unlock or the end of
 * this process; BAD_STATE when another one holds it. */
TW_API tw_status tw_folder_lock(const tw_ctx *ctx, const char *folder, int *lock, tw_error *err);
/** Gives a folder back. A negative lock is fine. */
TW_API void tw_folder_unlock(int lock);

/** Marks rows with too many missing features: usable[i] for cells from..to of data; a cell without any feature is not
 * usable either. */
TW_API void tw_rows_usable(const tw_dataset *data, double max_missing, size_t from_cell, size_t to_cell, bool *usable);

#ifdef __cplusplus
}
#endif
#endif

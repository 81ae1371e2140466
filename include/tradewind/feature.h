/* SPDX-License-Identifier: Apache-2.0 */
/** @file feature.h
 * Floor 3: features as expressions, compiled to a plan (a DAG of operators with shared sub-expressions) and run by one
 * executor over history, in chunks, or bar by bar: the same bits each way.
 */
#ifndef TRADEWIND_FEATURE_H
#define TRADEWIND_FEATURE_H

#include "tradewind/base.h"
#include "tradewind/ta.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A named expression. */
typedef struct tw_feature {
    const char *name, *expression;
} tw_feature;

/** What to compile: the columns that bars carry, named sub-expressions (each may use those before it), features. */
typedef struct tw_plan_spec {
    const char *const *columns;
    size_t n_columns;
    const tw_feature *lets;
    size_t n_lets;
    const tw_feature *features;
    size_t n_features;
} tw_plan_spec;

typedef struct tw_plan tw_plan;

/** Compiles. Errors name the feature and point at the column of the expression ("feature 'x', column 14: ..."). A
 * negative lag or window is LOOK_AHEAD. The plan copies all it needs. */
TW_API tw_status tw_plan_compile(const tw_ctx *ctx, const tw_plan_spec *spec, tw_plan **plan, tw_error *err);
/** The plan of one operator: its inputs are the columns, its outputs the features; params as "timeperiod=14". */
TW_API tw_status tw_plan_operator(const tw_ctx *ctx, const char *name, const char *params, tw_plan **plan,
                                  tw_error *err);
/** The plan of one operator under n settings, each as params above: the features of setting i stand at i times the
 * number of its outputs, named "output(setting)". What the settings have in common is computed once, and all of them go
 * through the bars in one pass. */
TW_API tw_status tw_plan_sweep(const tw_ctx *ctx, const char *name, const char *const *settings, size_t n,
                               tw_plan **plan, tw_error *err);
/** Writes out the settings of a sweep, every combination of what each parameter may be, the last changing fastest:
 *  "timeperiod=5..50/5 matype=0|1" (from..to/step; without a step it is 1) gives 20. Texts live in the arena. Errors
 * name the word, range or number that is wrong; at most 100,000 settings. */
TW_API tw_status tw_sweep_settings(tw_arena *arena, const char *text, const char *const **settings, size_t *n,
                                   tw_error *err);
/** Frees a plan; no runner may be left. NULL is fine. */
TW_API void tw_plan_free(tw_plan *plan);
/** Number of features. */
TW_API size_t tw_plan_features(const tw_plan *plan);
/** Name of feature i. */
TW_API const char *tw_plan_feature_name(const tw_plan *plan, size_t i);
/** Bars before feature i can have its first value. */
TW_API size_t tw_plan_lookback(const tw_plan *plan, size_t i);
/** True when feature i depends on other symbols (a cross-sectional operator is in it). */
TW_API bool tw_plan_is_section(const tw_plan *plan, size_t i);
/** Bars between the bar at whose close feature i is given and the newest bar it looks at: 0 = known at that close,
 *  1 = known before that bar opens (`lag(x, 1)`); SIZE_MAX for a constant. Never negative: no expression looks ahead.
 */
TW_API size_t tw_plan_age(const tw_plan *plan, size_t i);
/** True when feature i is 0, 1 or NaN (a condition), false when it is a number. */
TW_API bool tw_plan_is_logical(const tw_plan *plan, size_t i);
/** Nodes of the DAG after shared sub-expressions, folding and removal of what nobody needs. */
TW_API size_t tw_plan_nodes(const tw_plan *plan);
/** True for an input column that some feature uses. */
TW_API bool tw_plan_uses_column(const tw_plan *plan, size_t column);
/** Writes the DAG (nodes, operators, parameters, inputs, lookback, shared by) as JSON. */
TW_API void tw_plan_describe(const tw_plan *plan, tw_json *json);
/** Hash of the compiled plan: columns, nodes, parameters, operator versions; equal plans give equal features. */
TW_API uint64_t tw_plan_hash(const tw_plan *plan);

/* ---------------------------------------------------------------- running */

/** Where values lie: cell (block, t, lane) is at base + block * block_stride + t * time_stride + lane (in values).
 *  A panel tile column has block_stride = n_times * 16, time_stride = 16; rows by time then symbol have block_stride =
 * 16, time_stride = n_blocks * 16. */
typedef struct tw_tiles {
    const double *base;
    size_t block_stride, time_stride;
} tw_tiles;

/** The same for results; exactly one of f64 and f32 is set (f32: rounded to nearest). */
typedef struct tw_tiles_out {
    double *f64;
    float *f32;
    size_t block_stride, time_stride;
} tw_tiles_out;

typedef struct tw_runner tw_runner;

/** A plan in motion over n_symbols symbols: blocks of 16 lanes, ceil(n / 16) of them (unused lanes are NaN); with
 *  n_symbols = 1 one lane. group[s] >= 0 for per-group operators, NULL for none. Uses ctx->pool over blocks when there
 * is one. */
TW_API tw_status tw_runner_new(const tw_ctx *ctx, const tw_plan *plan, size_t n_symbols, const int32_t *group,
                               tw_runner **runner, tw_error *err);
/** Frees a runner. NULL is fine. */
TW_API void tw_runner_free(tw_runner *runner);
/** Forgets everything: as new. */
TW_API void tw_runner_reset(tw_runner *runner);
/** Runs the next n bars: in[column] and out[feature]. Never allocates. */
TW_API tw_status tw_runner_run(tw_runner *runner, size_t n, const tw_tiles *in, const tw_tiles_out *out, tw_error *err);
/** Values for one forming bar, as if it were the next, without taking it. Never allocates. */
TW_API tw_status tw_runner_peek(tw_runner *runner, const tw_tiles *in, const tw_tiles_out *out, tw_error *err);
/** Bars taken so far. */
TW_API uint64_t tw_runner_bars(const tw_runner *runner);
/** Appends the whole state: versioned, with plan hash and checksum; independent of the instruction set. */
TW_API tw_status tw_runner_snapshot(const tw_runner *runner, tw_buf *out, tw_error *err);
/** Takes a state back. BAD_VERSION, BAD_FILE (damaged) or BAD_STATE (another plan or symbol count) leave the runner as
 * it was. */
TW_API tw_status tw_runner_restore(tw_runner *runner, const void *bytes, size_t length, tw_error *err);

/** One operator over one series, in one call: params as "timeperiod=14". in[i] and out[o] hold n values. UNSUPPORTED
 * for an operator across symbols. */
TW_API tw_status tw_op_apply(const tw_ctx *ctx, const char *name, const char *params, size_t n, const double *const *in,
                             double *const *out, tw_error *err);

/* ---------------------------------------------------------------- named sets */

/** A named list of features: "alpha158", "alpha360". */
typedef struct tw_feature_set {
    const char *name, *title, *source;
    /* Appends the features; texts live in the arena. */
    tw_status (*build)(tw_arena *arena, tw_feature **features, size_t *n, tw_error *err);
} tw_feature_set;

/** All named sets, *n of them, by name. */
TW_API const tw_feature_set *const *tw_feature_sets(size_t *n);
/** The set of this name, or BAD_NAME with the nearest name. */
TW_API tw_status tw_feature_set_find(const char *name, const tw_feature_set **set, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif

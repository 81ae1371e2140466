/* SPDX-License-Identifier: Apache-2.0 */
/* stage_features.c - the plan over history into one mapped matrix of floats, [feature][time][lane]; then labels and
 * folds. */
#include "pipeline/pipeline_impl.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static tw_status compile(tw_job *job, tw_error *err)
{
    const tw_spec *s = job->spec;
    job->n_columns = tw_panel_columns(job->panel);
    job->columns = tw_arena_new(&job->arena, job->n_columns, sizeof *job->columns);
    if (!job->columns) return tw_no_memory(err, "columns");
    for (size_t c = 0; c < job->n_columns; c++) job->columns[c] = tw_panel_column_name(job->panel, c);
    const tw_plan_spec spec = {.columns = job->columns,
                               .n_columns = job->n_columns,
                               .lets = s->features.lets,
                               .n_lets = s->features.n_lets,
                               .features = s->features.list,
                               .n_features = s->features.n};
    return tw_plan_compile(job->ctx, &spec, &job->plan, err);
}

static tw_status run_plan(tw_job *job, float *cells, tw_error *err)
{
    enum { SLICE = 252 };
    const size_t n_features = tw_plan_features(job->plan), n_times = job->n_times;
    tw_tiles *in = tw_arena_new(&job->arena, job->n_columns, sizeof *in);
    tw_tiles_out *out = tw_arena_new(&job->arena, n_features, sizeof *out);
    if (!in || !out) return tw_no_memory(err, "running the features");
    tw_runner *runner = NULL;
    TW_TRY(tw_runner_new(job->ctx, job->plan, tw_panel_symbols(job->panel), job->group, &runner, err));
    tw_status status = TW_OK;
    for (size_t t = 0; t < n_times && status == TW_OK; t += SLICE) {
        const size_t n = n_times - t < SLICE ? n_times - t : SLICE;
        for (size_t c = 0; c < job->n_columns; c++)
            in[c] = (tw_tiles){.base = tw_panel_tile(job->panel, c, 0) + t * TW_LANES,
                               .block_stride = n_times * TW_LANES,
                               .time_stride = TW_LANES};
        for (size_t f = 0; f < n_features; f++)
            out[f] = (tw_tiles_out){.f32 = cells + f * job->n_cells + t * job->n_lanes,
                                    .block_stride = TW_LANES,
                                    .time_stride = job->n_lanes};
        status = tw_runner_run(runner, n, in, out, err);
        if (status == TW_OK) status = tw_progress_step(job->ctx, "features", t + n, n_times, NULL);
    }
    tw_runner_free(runner);
    return status;
}

static tw_status make_features(tw_job *job, const char *path, size_t bytes, tw_error *err)
{
    TW_TRY(tw_mapping_new(job->ctx, path, bytes, &job->features, err));
    TW_TRY(run_plan(job, job->features.bytes, err));
    TW_TRY(tw_mapping_commit(job->ctx, &job->features, err));
    return tw_job_seal(job, path, tw_hash64(job->features.bytes, bytes, 0), err);
}

static tw_status take_features(tw_job *job, const char *path, size_t bytes, tw_error *err)
{
    if (!tw_job_has(job, path)) return TW_NOT_FOUND;
    TW_TRY(tw_mapping_open(path, bytes, &job->features, err));
    const tw_status status = tw_job_sealed(job, path, tw_hash64(job->features.bytes, bytes, 0), err);
    if (status != TW_OK) tw_mapping_close(job->ctx, &job->features);
    return status;
}

static tw_status view_features(tw_job *job, tw_error *err)
{
    const size_t n = tw_plan_features(job->plan);
    job->feature = tw_arena_new(&job->arena, n, sizeof *job->feature);
    job->feature_name = tw_arena_new(&job->arena, n, sizeof *job->feature_name);
    if (!job->feature || !job->feature_name) return tw_no_memory(err, "views of features");
    for (size_t f = 0; f < n; f++) {
        job->feature[f] = (const float *)job->features.bytes + f * job->n_cells;
        job->feature_name[f] = tw_plan_feature_name(job->plan, f);
    }
    return TW_OK;
}

tw_status tw_stage_features(tw_job *job, tw_error *err)
{
    job->n_times = tw_panel_times(job->panel);
    job->n_lanes = tw_panel_symbols(job->panel) == 1 ? 1 : tw_panel_blocks(job->panel) * TW_LANES;
    job->n_cells = job->n_times * job->n_lanes;
    if (job->n_cells > UINT32_MAX)
        return tw_fail(err, TW_TOO_LARGE, "%zu times x %zu symbols: a job takes at most 4294967295 cells", job->n_times,
                       job->n_lanes);
    TW_TRY(tw_job_groups(job, err));
    TW_TRY(compile(job, err));
    char hash[17];
    (void)snprintf(hash, sizeof hash, "%016" PRIx64, tw_plan_hash(job->plan));
    job->features_key = tw_key(tw_key(tw_panel_checksum(job->panel) + TW_STAGE_FORMAT, tw_version()), hash);
    if (job->group)
        job->features_key = tw_hash64(job->group, tw_panel_symbols(job->panel) * sizeof *job->group, job->features_key);
    char keep[48];
    (void)snprintf(keep, sizeof keep, "features-%016" PRIx64, job->features_key);
    char *path = tw_job_path(job, "%s.f32", keep);
    if (!path) return tw_no_memory(err, "paths of the features stage");
    const size_t bytes = tw_plan_features(job->plan) * job->n_cells * sizeof(float);
    tw_status status = take_features(job, path, bytes, err);
    job->stage_cached = status == TW_OK;
    if (tw_job_remake(job, status, path)) status = make_features(job, path, bytes, err);
    TW_TRY(status);
    tw_job_forget(job, "features-", keep);
    return view_features(job, err);
}

/* ---------------------------------------------------------------- labels and folds */

static const char *const price_name[5] = {"open", "high", "low", "close", "volume"};

/* Prices by cell from tiles. */
static tw_status take_prices(tw_job *job, tw_error *err)
{
    const size_t width = job->n_lanes < TW_LANES ? job->n_lanes : TW_LANES;
    for (size_t k = 0; k < 5; k++) {
        const size_t c = tw_panel_find_column(job->panel, price_name[k]);
        if (c == SIZE_MAX) {
            if (k == 4) continue; /* volume is optional */
            return tw_fail(err, TW_NOT_FOUND, "the bars have no column '%s'", price_name[k]);
        }
        job->price[k] = tw_new(job->ctx, job->n_cells, sizeof **job->price);
        if (!job->price[k]) return tw_no_memory(err, "prices by cell");
        for (size_t b = 0; b < tw_panel_blocks(job->panel); b++) {
            const double *tile = tw_panel_tile(job->panel, c, b);
            for (size_t t = 0; t < job->n_times; t++)
                memcpy(job->price[k] + t * job->n_lanes + b * TW_LANES, tile + t * TW_LANES, width * sizeof(double));
        }
    }
    return TW_OK;
}

/* The side a meta label judges, as a plan of one feature over the whole history. */
static tw_status make_side(tw_job *job, tw_error *err)
{
    const tw_feature feature = {.name = "label.side", .expression = job->spec->side};
    const tw_plan_spec spec = {.columns = job->columns,
                               .n_columns = job->n_columns,
                               .lets = job->spec->features.lets,
                               .n_lets = job->spec->features.n_lets,
                               .features = &feature,
                               .n_features = 1};
    tw_plan *plan = NULL;
    tw_runner *runner = NULL;
    job->side = tw_new(job->ctx, job->n_cells, sizeof *job->side);
    tw_tiles *in = tw_arena_new(&job->arena, job->n_columns, sizeof *in);
    if (!job->side || !in) return tw_no_memory(err, "the side of a label");
    for (size_t c = 0; c < job->n_columns; c++)
        in[c] = (tw_tiles){
            .base = tw_panel_tile(job->panel, c, 0), .block_stride = job->n_times * TW_LANES, .time_stride = TW_LANES};
    const tw_tiles_out out = {.f64 = job->side, .block_stride = TW_LANES, .time_stride = job->n_lanes};
    TW_TRY(tw_plan_compile(job->ctx, &spec, &plan, err));
    tw_status status = tw_runner_new(job->ctx, plan, tw_panel_symbols(job->panel), job->group, &runner, err);
    if (status == TW_OK) status = tw_runner_run(runner, job->n_times, in, &out, err);
    tw_runner_free(runner);
    tw_plan_free(plan);
    return status;
}

static tw_status make_labels(tw_job *job, tw_error *err)
{
    const tw_choice *choice = &job->spec->label;
    const tw_label *label;
    tw_error why;
    if (tw_label_find(choice->name, &label, &why) != TW_OK)
        return tw_node_fail(job->spec->doc, choice->node, err, "%s", why.message);
    void *params = tw_arena_new(&job->arena, label->params_size ? label->params_size : 1, 1);
    job->label = tw_new(job->ctx, job->n_cells, sizeof *job->label);
    job->label_start = tw_new(job->ctx, job->n_cells, sizeof *job->label_start);
    job->label_end = tw_new(job->ctx, job->n_cells, sizeof *job->label_end);
    if (!params || !job->label || !job->label_start || !job->label_end) return tw_no_memory(err, "labels");
    if (tw_params_parse(label->params, label->name, choice->params, params, &why) != TW_OK)
        return tw_node_fail(job->spec->doc, choice->node, err, "%s", why.message);
    const tw_prices prices = {.n_times = job->n_times,
                              .n_lanes = job->n_lanes,
                              .open = job->price[0],
                              .high = job->price[1],
                              .low = job->price[2],
                              .close = job->price[3]};
    tw_label_out out = {.label = job->label, .start = job->label_start, .end = job->label_end};
    if (job->spec->side) TW_TRY(make_side(job, err));
    return label->make(job->ctx, &prices, job->side, params, &out, err);
}

/* Says what is too short when nothing is left to learn from. */
static tw_status check_rows(const tw_job *job, tw_error *err)
{
    size_t usable = 0, labelled = 0, both = 0, lookback = 0;
    for (size_t c = 0; c < job->n_cells; c++) {
        const bool has_label = isfinite(job->label[c]);
        usable += job->usable[c];
        labelled += has_label;
        both += job->usable[c] && has_label;
    }
    for (size_t f = 0; f < job->data.n_features; f++) {
        const size_t back = tw_plan_lookback(job->plan, f);
        if (back != SIZE_MAX && back > lookback) lookback = back;
    }
    if (both) return TW_OK;
    return tw_fail(
        err, TW_BAD_DATA,
        "no bar has both features and a label: of %zu times x %zu symbols, %zu bars have features (the longest "
        "looks back %zu bars), %zu a label (%s %s)",
        job->n_times, tw_panel_symbols(job->panel), usable, lookback, labelled, job->spec->label.name,
        job->spec->label.params);
}

static tw_status make_folds(tw_job *job, tw_error *err)
{
    const tw_choice *choice = &job->spec->split;
    const tw_splitter *splitter;
    tw_error why;
    if (tw_splitter_find(choice->name, &splitter, &why) != TW_OK)
        return tw_node_fail(job->spec->doc, choice->node, err, "%s", why.message);
    void *params = tw_arena_new(&job->arena, splitter->params_size ? splitter->params_size : 1, 1);
    if (!params) return tw_no_memory(err, "splits");
    if (tw_params_parse(splitter->params, splitter->name, choice->params, params, &why) != TW_OK)
        return tw_node_fail(job->spec->doc, choice->node, err, "%s", why.message);
    TW_TRY(splitter->split(job->ctx, &job->data, job->usable, params, &job->folds, err));
    if (!job->folds.n) return tw_fail(err, TW_BAD_DATA, "%s makes no fold of %zu times", splitter->name, job->n_times);
    for (size_t f = 0; f < job->folds.n; f++) TW_TRY(tw_fold_verify(&job->data, &job->folds.fold[f], 0, err));
    return TW_OK;
}

tw_status tw_stage_label(tw_job *job, tw_error *err)
{
    TW_TRY(take_prices(job, err));
    job->known = tw_new(job->ctx, job->n_times, sizeof *job->known);
    job->usable = tw_new(job->ctx, job->n_cells, sizeof *job->usable);
    if (!job->known || !job->usable) return tw_no_memory(err, "the dataset");
    for (size_t t = 0; t < job->n_times; t++) job->known[t] = tw_panel_known(job->panel, t);
    TW_TRY(make_labels(job, err));
    job->data = (tw_dataset){.n_times = job->n_times,
                             .n_lanes = job->n_lanes,
                             .n_features = tw_plan_features(job->plan),
                             .features = job->feature,
                             .feature_names = job->feature_name,
                             .known = job->known,
                             .label = job->label,
                             .label_start = job->label_start,
                             .label_end = job->label_end};
    tw_rows_usable(&job->data, job->spec->features.max_missing, 0, job->n_cells, job->usable);
    TW_TRY(check_rows(job, err));
    TW_TRY(tw_job_check_leaks(job, err));
    return make_folds(job, err);
}

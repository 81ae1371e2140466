/* SPDX-License-Identifier: Apache-2.0 */
/* report_explain.c - what the best model decides by: Shapley values and partial dependence of its last refit over rows
 * that this refit scored out of sample. */
#include "pipeline/pipeline_impl.h"
#include "tradewind/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Rows explained; features drawn, and points of each; features with a partial dependence, points of it, single rows. */
enum { SAMPLE = 2000, SHOWN = 20, POINTS = 200, GRIDS = 6, GRID = 20, CURVES = 30 };

typedef struct explained {
    const tw_job *job;
    const tw_model *model;
    size_t n_features, n_scored; /* rows that the model scored */
    uint32_t *cell;              /* of them those explained, by time */
    tw_rows rows;
    double *phi;   /* see tw_model_shap */
    double *size;  /* [feature] mean size of its Shapley values */
    size_t *order; /* features, the largest size first */
} explained;

static size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

/* Row k of `of` at equal steps through the sample. */
static size_t spread(const explained *x, size_t k, size_t of) { return k * x->rows.n / of; }

static double shapley(const explained *x, size_t row, size_t feature)
{
    return x->phi[row * (x->n_features + 1) + feature];
}

/* Six digits: more would not be seen, and the page carries thousands of these. */
static double brief(double x)
{
    char text[32];
    double back = x;
    const int n = snprintf(text, sizeof text, "%.6g", x);
    return n > 0 && tw_parse_double(text, (size_t)n, &back) ? back : x;
}

static void brief_numbers(tw_json *j, const char *key, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) x[i] = brief(x[i]);
    tw_report_numbers(j, key, x, n);
}

/* ---------------------------------------------------------------- rows */

static void take_scored(explained *x)
{
    const tw_job *job = x->job;
    const tw_fold *fold = &job->folds.fold[job->folds.n - 1];
    const double *score = job->entry[job->best].score;
    for (size_t s = 0; s < fold->n_spans; s++) {
        const size_t to = s + 1 == fold->n_spans ? job->n_times : fold->span[s].to;
        for (size_t c = fold->span[s].from * job->n_lanes; c < to * job->n_lanes; c++)
            if (isfinite(score[c])) x->cell[x->n_scored++] = (uint32_t)c;
    }
}

/* One row of each of equal stretches, drawn: at equal steps it could be the same symbols over and over. */
static void take_sample(explained *x)
{
    size_t n = min_size(x->n_scored, SAMPLE);
    tw_random random = {.seed = x->job->spec->seed};
    for (size_t i = 0; i < n; i++) {
        const size_t from = i * x->n_scored / n, to = (i + 1) * x->n_scored / n;
        x->cell[i] = x->cell[from + tw_random_below(&random, to - from)];
    }
    x->rows = (tw_rows){.data = &x->job->data, .cell = x->cell, .n = n};
}

/* Ties keep the order of the features. */
static void put_in_order(explained *x)
{
    for (size_t f = 0; f < x->n_features; f++) {
        double sum = 0;
        for (size_t i = 0; i < x->rows.n; i++) sum += fabs(shapley(x, i, f));
        x->size[f] = sum / (double)x->rows.n;
        size_t k = f;
        for (; k > 0 && x->size[x->order[k - 1]] < x->size[f]; k--) x->order[k] = x->order[k - 1];
        x->order[k] = f;
    }
}

static tw_status explain_rows(explained *x, tw_error *err)
{
    const tw_ctx *ctx = x->job->ctx;
    x->cell = tw_new(ctx, x->job->n_cells, sizeof *x->cell);
    x->size = tw_new(ctx, x->n_features + 1, sizeof *x->size);
    x->order = tw_new(ctx, x->n_features + 1, sizeof *x->order);
    x->phi = tw_new(ctx, SAMPLE * (x->n_features + 1), sizeof *x->phi);
    if (!x->cell || !x->size || !x->order || !x->phi) return tw_no_memory(err, "explanations");
    take_scored(x);
    take_sample(x);
    if (x->rows.n == 0) return tw_fail(err, TW_UNSUPPORTED, "the last refit scored no row out of sample");
    TW_TRY(tw_model_shap(ctx, x->model, &x->rows, NULL, x->phi, err));
    put_in_order(x);
    return TW_OK;
}

/* ---------------------------------------------------------------- Shapley values */

static void report_sizes(const explained *x, tw_json *j)
{
    tw_json_key(j, "features");
    tw_json_array(j);
    for (size_t k = 0; k < x->n_features; k++) {
        tw_json_object(j);
        tw_report_text(j, "feature", x->job->feature_name[x->order[k]]);
        tw_report_number(j, "mean_abs", x->size[x->order[k]]);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

/* Whose rows the points are, and what all the values of each sum to. */
static void report_rows(const explained *x, size_t n, tw_json *j)
{
    const tw_job *job = x->job;
    double margin[POINTS];
    tw_json_key(j, "time");
    tw_json_array(j);
    for (size_t k = 0; k < n; k++)
        tw_json_integer(j, tw_panel_stamps(job->panel)[x->cell[spread(x, k, n)] / job->n_lanes]);
    tw_json_array_end(j);
    tw_json_key(j, "symbol");
    tw_json_array(j);
    for (size_t k = 0; k < n; k++)
        tw_json_text(j, tw_panel_symbol(job->panel, x->cell[spread(x, k, n)] % job->n_lanes));
    tw_json_array_end(j);
    for (size_t k = 0; k < n; k++) {
        margin[k] = 0;
        for (size_t f = 0; f <= x->n_features; f++) margin[k] += shapley(x, spread(x, k, n), f);
    }
    brief_numbers(j, "margin", margin, n);
}

/* Where a row's value stands among the sample: 0 the least, 1 the largest, equal ones in their middle; NaN missing. */
static tw_status rank_values(const explained *x, size_t feature, double *rank, tw_error *err)
{
    const tw_ctx *ctx = x->job->ctx;
    const size_t n = x->rows.n;
    double *value = tw_new(ctx, n, sizeof *value), *known = tw_new(ctx, n, sizeof *known);
    size_t *order = tw_new(ctx, n, sizeof *order), n_known = 0;
    const bool whole = value && known && order;
    for (size_t i = 0; whole && i < n; i++) {
        const float v = x->job->feature[feature][x->cell[i]];
        rank[i] = isnan(v) ? NAN : 0;
        if (!isnan(v)) value[n_known++] = (double)v;
    }
    if (whole) tw_rank(n_known, value, known, order);
    for (size_t i = 0, k = 0; whole && i < n; i++)
        if (!isnan(rank[i])) rank[i] = n_known > 1 ? (known[k++] - 1) / (double)(n_known - 1) : 0.5;
    tw_free(ctx, value);
    tw_free(ctx, known);
    tw_free(ctx, order);
    return whole ? TW_OK : tw_no_memory(err, "ranks of values");
}

static void report_feature(const explained *x, size_t feature, const double *rank, tw_json *j)
{
    const size_t n = min_size(x->rows.n, POINTS);
    double at[POINTS], value[POINTS];
    for (size_t k = 0; k < n; k++) {
        const size_t row = spread(x, k, n);
        at[k] = isnan(rank[row]) ? NAN : round(rank[row] * 1000) / 1000;
        value[k] = shapley(x, row, feature);
    }
    tw_json_object(j);
    tw_report_text(j, "feature", x->job->feature_name[feature]);
    tw_report_numbers(j, "rank", at, n);
    brief_numbers(j, "value", value, n);
    tw_json_object_end(j);
}

static tw_status report_points(const explained *x, tw_json *j, tw_error *err)
{
    double rank[SAMPLE];
    tw_json_key(j, "points");
    tw_json_object(j);
    report_rows(x, min_size(x->rows.n, POINTS), j);
    tw_json_key(j, "features");
    tw_json_array(j);
    for (size_t k = 0; k < SHOWN && k < x->n_features; k++) {
        TW_TRY(rank_values(x, x->order[k], rank, err));
        report_feature(x, x->order[k], rank, j);
    }
    tw_json_array_end(j);
    tw_json_object_end(j);
    return TW_OK;
}

/* ---------------------------------------------------------------- partial dependence */

static void report_curves(const explained *x, const double *each, size_t n, tw_json *j)
{
    const size_t n_curves = min_size(x->rows.n, CURVES);
    tw_json_key(j, "curves");
    tw_json_array(j);
    for (size_t k = 0; k < n_curves; k++) {
        tw_json_array(j);
        for (size_t p = 0; p < n; p++) tw_json_number(j, brief(each[spread(x, k, n_curves) * n + p]));
        tw_json_array_end(j);
    }
    tw_json_array_end(j);
}

static tw_status report_dependence(const explained *x, size_t feature, double *each, tw_json *j, tw_error *err)
{
    float value[GRID];
    double at[GRID], mean[GRID];
    tw_grid grid = {.n_features = 1, .feature = {(uint32_t)feature}, .value = {value}};
    TW_TRY(tw_feature_grid(x->job->ctx, &x->rows, grid.feature[0], GRID, value, &grid.n[0], err));
    if (grid.n[0] == 0) return TW_OK; /* missing in every row */
    TW_TRY(tw_partial_dependence(x->job->ctx, x->model, &x->rows, &grid, mean, each, err));
    for (size_t p = 0; p < grid.n[0]; p++) at[p] = (double)value[p];
    tw_json_object(j);
    tw_report_text(j, "feature", x->job->feature_name[feature]);
    brief_numbers(j, "at", at, grid.n[0]);
    brief_numbers(j, "mean", mean, grid.n[0]);
    report_curves(x, each, grid.n[0], j);
    tw_json_object_end(j);
    return TW_OK;
}

static tw_status report_dependences(const explained *x, tw_json *j, tw_error *err)
{
    double *each = tw_new(x->job->ctx, x->rows.n * GRID, sizeof *each);
    tw_status status = each ? TW_OK : tw_no_memory(err, "partial dependence");
    tw_json_key(j, "dependence");
    tw_json_array(j);
    for (size_t k = 0; status == TW_OK && k < GRIDS && k < x->n_features; k++)
        if (x->size[x->order[k]] > 0) status = report_dependence(x, x->order[k], each, j, err);
    tw_json_array_end(j);
    tw_free(x->job->ctx, each);
    return status;
}

/* ---------------------------------------------------------------- all of it */

static tw_status report_values(const explained *x, tw_json *j, tw_error *err)
{
    const int64_t *stamp = tw_panel_stamps(x->job->panel);
    tw_report_count(j, "rows", x->rows.n);
    tw_report_count(j, "rows_scored", x->n_scored);
    tw_json_key(j, "from");
    tw_json_integer(j, stamp[x->cell[0] / x->job->n_lanes]);
    tw_json_key(j, "to");
    tw_json_integer(j, stamp[x->cell[x->rows.n - 1] / x->job->n_lanes]);
    tw_report_number(j, "base", shapley(x, 0, x->n_features));
    report_sizes(x, j);
    TW_TRY(report_points(x, j, err));
    return report_dependences(x, j, err);
}

/* A model that cannot be taken apart is no failure of the run: the report says why. */
tw_status tw_report_explanations(const tw_job *job, tw_json *j, tw_error *err)
{
    const tw_entry *e = &job->entry[job->best];
    explained x = {.job = job, .model = e->fold[job->folds.n - 1], .n_features = job->data.n_features};
    tw_error why = {0};
    tw_status status = explain_rows(&x, &why);
    const bool has_none = status == TW_UNSUPPORTED || status == TW_BAD_DATA;
    if (has_none)
        status = TW_OK;
    else if (status != TW_OK)
        (void)tw_fail(err, status, "%s", why.message);
    tw_json_key(j, "explanations");
    tw_json_object(j);
    tw_report_text(j, "model", e->name);
    tw_report_text(j, "why_not", has_none ? why.message : NULL);
    if (!has_none && status == TW_OK) status = report_values(&x, j, err);
    if (status == TW_OK) tw_json_object_end(j); /* else lists are open that nobody will read */
    tw_free(job->ctx, x.cell);
    tw_free(job->ctx, x.size);
    tw_free(job->ctx, x.order);
    tw_free(job->ctx, x.phi);
    return status;
}

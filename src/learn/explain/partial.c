/* SPDX-License-Identifier: Apache-2.0 */
/* Partial dependence and individual conditional expectation: every row scored with one or two features set. */
#include "learn/learn_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- grids */

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* A value, and how many rows have it. */
typedef struct counted {
    float value;
    uint32_t n;
} counted;

static int by_count(const void *a, const void *b)
{
    const counted *x = a, *y = b;
    if (x->n != y->n) return x->n > y->n ? -1 : 1;
    return by_value(&x->value, &y->value);
}

static size_t count_values(const float *sorted, size_t n, counted *out)
{
    size_t n_out = 0;
    for (size_t i = 0; i < n; i++) {
        if (n_out == 0 || out[n_out - 1].value != sorted[i]) out[n_out++] = (counted){sorted[i], 0};
        out[n_out - 1].n++;
    }
    return n_out;
}

/* Of numbers the quantiles at equal steps, both ends among them; equal ones once. */
static size_t take_quantiles(const float *sorted, size_t n, size_t most, float *value)
{
    size_t n_out = 0;
    for (size_t k = 0; k < most; k++) {
        const float x = sorted[most > 1 ? k * (n - 1) / (most - 1) : n / 2];
        if (n_out == 0 || value[n_out - 1] != x) value[n_out++] = x;
    }
    return n_out;
}

static size_t take_frequent(counted *all, size_t n, size_t most, float *value)
{
    qsort(all, n, sizeof *all, by_count);
    const size_t n_out = n < most ? n : most;
    for (size_t k = 0; k < n_out; k++) value[k] = all[k].value;
    qsort(value, n_out, sizeof *value, by_value);
    return n_out;
}

tw_status tw_feature_grid(const tw_ctx *ctx, const tw_rows *rows, uint32_t feature, size_t most, float *value,
                          size_t *n, tw_error *err)
{
    const tw_dataset *data = rows->data;
    if (feature >= data->n_features)
        return tw_fail(err, TW_BAD_VALUE, "grid: feature %u of %zu", (unsigned)feature, data->n_features);
    float *sorted = tw_new(ctx, rows->n, sizeof *sorted);
    counted *all = tw_new(ctx, rows->n, sizeof *all);
    tw_status status = sorted && all ? TW_OK : tw_no_memory(err, "the grid of a feature");
    if (status == TW_OK) {
        size_t known = 0;
        for (size_t i = 0; i < rows->n; i++) {
            const float x = data->features[feature][rows->cell[i]];
            if (!isnan(x)) sorted[known++] = x;
        }
        qsort(sorted, known, sizeof *sorted, by_value);
        const size_t distinct = count_values(sorted, known, all);
        const bool categories = data->levels && data->levels[feature];
        if (known == 0 || most == 0)
            *n = 0;
        else if (categories || distinct <= most)
            *n = take_frequent(all, distinct, most, value);
        else
            *n = take_quantiles(sorted, known, most, value);
    }
    tw_free(ctx, sorted);
    tw_free(ctx, all);
    return status;
}

/* ---------------------------------------------------------------- dependence */

/* What one thread works in. */
typedef struct scratch {
    float *column[2];
    double *score;
    const float **features;
} scratch;

typedef struct work {
    const tw_ctx *ctx;
    const tw_model *model;
    const tw_rows *rows;
    const tw_grid *grid;
    size_t n_points, n_outputs;
    scratch *scratch;
    double *mean, *each;
} work;

static void set_feature(const work *w, const scratch *s, size_t which, size_t at)
{
    const float x = w->grid->value[which][at];
    for (size_t i = 0; i < w->rows->n; i++) s->column[which][w->rows->cell[i]] = x;
    s->features[w->grid->feature[which]] = s->column[which];
}

static tw_status score_point(void *arg, size_t point, int thread, tw_error *err)
{
    const work *w = arg;
    const scratch *s = &w->scratch[thread];
    const size_t k = w->n_outputs, n = w->rows->n;
    tw_dataset data = *w->rows->data;
    memcpy(s->features, data.features, data.n_features * sizeof *s->features);
    data.features = s->features;
    if (w->grid->n_features == 2) {
        set_feature(w, s, 0, point / w->grid->n[1]);
        set_feature(w, s, 1, point % w->grid->n[1]);
    } else
        set_feature(w, s, 0, point);
    TW_TRY(tw_model_predict(w->model, &(tw_rows){&data, w->rows->cell, n}, s->score, err));
    for (size_t o = 0; o < k; o++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += s->score[i * k + o];
        w->mean[point * k + o] = sum / (double)n;
    }
    for (size_t i = 0; w->each && i < n; i++)
        memcpy(w->each + (i * w->n_points + point) * k, s->score + i * k, k * sizeof *s->score);
    return TW_OK;
}

static bool scratch_new(const work *w, scratch *s)
{
    const tw_dataset *data = w->rows->data;
    for (size_t k = 0; k < w->grid->n_features; k++) {
        s->column[k] = tw_new(w->ctx, tw_data_cells(data), sizeof(float));
        if (!s->column[k]) return false;
    }
    s->score = tw_new(w->ctx, w->rows->n * w->n_outputs, sizeof *s->score);
    s->features = tw_new(w->ctx, data->n_features, sizeof *s->features);
    return s->score && s->features;
}

static tw_status check_grid(const tw_model *model, const tw_rows *rows, const tw_grid *grid, tw_error *err)
{
    if (rows->data->n_features != tw_model_features(model))
        return tw_fail(err, TW_BAD_VALUE, "partial dependence: fitted on %zu features, the rows have %zu",
                       tw_model_features(model), rows->data->n_features);
    if (rows->n == 0) return tw_fail(err, TW_BAD_VALUE, "partial dependence: there are no rows");
    if (grid->n_features < 1 || grid->n_features > 2 || (grid->n_features == 2 && grid->feature[0] == grid->feature[1]))
        return tw_fail(err, TW_BAD_VALUE, "partial dependence: one feature or two different ones, got %zu",
                       grid->n_features);
    for (size_t k = 0; k < grid->n_features; k++)
        if (grid->feature[k] >= rows->data->n_features || grid->n[k] == 0)
            return tw_fail(err, TW_BAD_VALUE, "partial dependence: feature %u of %zu over %zu values",
                           (unsigned)grid->feature[k], rows->data->n_features, grid->n[k]);
    return TW_OK;
}

static tw_status score_points(work *w, size_t n_threads, tw_error *err)
{
    w->scratch = tw_new(w->ctx, n_threads, sizeof *w->scratch);
    if (!w->scratch) return tw_no_memory(err, "partial dependence");
    for (size_t t = 0; t < n_threads; t++)
        if (!scratch_new(w, &w->scratch[t])) return tw_no_memory(err, "partial dependence");
    return tw_pool_run(w->ctx ? w->ctx->pool : NULL, w->n_points, score_point, w, err);
}

tw_status tw_partial_dependence(const tw_ctx *ctx, const tw_model *model, const tw_rows *rows, const tw_grid *grid,
                                double *mean, double *each, tw_error *err)
{
    TW_TRY(check_grid(model, rows, grid, err));
    const size_t n_threads = (size_t)tw_pool_threads(ctx ? ctx->pool : NULL);
    work w = {.ctx = ctx,
              .model = model,
              .rows = rows,
              .grid = grid,
              .n_points = grid->n[0] * (grid->n_features == 2 ? grid->n[1] : 1),
              .n_outputs = tw_model_outputs(model),
              .mean = mean,
              .each = each};
    const tw_status status = score_points(&w, n_threads, err);
    for (size_t t = 0; w.scratch && t < n_threads; t++) {
        tw_free(ctx, w.scratch[t].column[0]);
        tw_free(ctx, w.scratch[t].column[1]);
        tw_free(ctx, w.scratch[t].score);
        tw_free(ctx, (void *)w.scratch[t].features);
    }
    tw_free(ctx, w.scratch);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Permutation importance: a feature over the pool, its values dealt out anew, the metric taken again. */
#include "learn/learn_impl.h"

#include <math.h>
#include <string.h>

enum { STREAM = 0x7065726d };

/* What one thread works in. */
typedef struct scratch {
    float *column;
    uint32_t *deal;
    double *score;
    const float **features;
} scratch;

typedef struct work {
    const tw_ctx *ctx;
    const tw_model *model;
    const tw_rows *rows;
    const tw_permutation *how;
    tw_scored scored; /* but for the scores */
    double *label, *weight;
    uint32_t *time, *group;
    double sign, base;
    scratch *scratch;
    double *mean, *sd;
} work;

static tw_status measure(const work *w, const tw_rows *rows, double *score, double *value, tw_error *err)
{
    tw_scored scored = w->scored;
    TW_TRY(tw_model_predict(w->model, rows, score, err));
    scored.score = score;
    return tw_metric_compute(w->ctx, w->how->metric, &scored, value, err);
}

/* Fisher and Yates. */
static void deal(tw_random *r, size_t n, uint32_t *order)
{
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) {
        const size_t k = (size_t)tw_random_below(r, i);
        const uint32_t swap = order[i - 1];
        order[i - 1] = order[k];
        order[k] = swap;
    }
}

static tw_status permute_feature(void *arg, size_t f, int thread, tw_error *err)
{
    const work *w = arg;
    const scratch *s = &w->scratch[thread];
    const tw_dataset *data = w->rows->data;
    const uint32_t *cell = w->rows->cell;
    tw_dataset dealt = *data;
    const tw_rows rows = {&dealt, cell, w->rows->n};
    double sum = 0, squares = 0;
    memcpy(s->features, data->features, data->n_features * sizeof *s->features);
    s->features[f] = s->column;
    dealt.features = s->features;
    for (size_t k = 0; k < w->how->repeats; k++) {
        tw_random r = {w->how->seed, STREAM, (uint64_t)(f * w->how->repeats + k) << 32};
        double value;
        deal(&r, rows.n, s->deal);
        for (size_t i = 0; i < rows.n; i++) s->column[cell[i]] = data->features[f][cell[s->deal[i]]];
        TW_TRY(measure(w, &rows, s->score, &value, err));
        const double worse = w->sign * (w->base - value);
        sum += worse;
        squares += worse * worse;
    }
    const double n = (double)w->how->repeats, mean = sum / n;
    w->mean[f] = mean;
    w->sd[f] = w->how->repeats > 1 ? sqrt(fmax(squares - n * mean * mean, 0) / (n - 1)) : NAN;
    return TW_OK;
}

static tw_status gather(work *w, tw_error *err)
{
    const tw_rows *rows = w->rows;
    const tw_dataset *data = rows->data;
    w->label = tw_new(w->ctx, rows->n, sizeof *w->label);
    w->weight = tw_new(w->ctx, rows->n, sizeof *w->weight);
    w->time = tw_new(w->ctx, rows->n, sizeof *w->time);
    w->group = tw_new(w->ctx, rows->n, sizeof *w->group);
    if (!w->label || !w->weight || !w->time || !w->group) return tw_no_memory(err, "permutation importance");
    for (size_t i = 0; i < rows->n; i++) {
        const double label = data->label[rows->cell[i]];
        w->label[i] = w->how->chance ? label > w->how->threshold : label;
        w->weight[i] = tw_row_weight(rows, i);
        w->time[i] = tw_cell_time(data, rows->cell[i]);
        if (data->group) w->group[i] = data->group[rows->cell[i]];
    }
    w->scored = (tw_scored){.n = rows->n,
                            .label = w->label,
                            .weight = w->weight,
                            .time = w->time,
                            .n_outputs = tw_model_outputs(w->model),
                            .group = data->group ? w->group : NULL};
    return TW_OK;
}

static bool scratch_new(const work *w, scratch *s)
{
    const tw_dataset *data = w->rows->data;
    s->column = tw_new(w->ctx, tw_data_cells(data), sizeof *s->column);
    s->deal = tw_new(w->ctx, w->rows->n, sizeof *s->deal);
    s->score = tw_new(w->ctx, w->rows->n * tw_model_outputs(w->model), sizeof *s->score);
    s->features = tw_new(w->ctx, data->n_features, sizeof *s->features);
    return s->column && s->deal && s->score && s->features;
}

static void clear(const work *w, size_t n_threads)
{
    for (size_t t = 0; w->scratch && t < n_threads; t++) {
        const scratch *s = &w->scratch[t];
        tw_free(w->ctx, s->column);
        tw_free(w->ctx, s->deal);
        tw_free(w->ctx, s->score);
        tw_free(w->ctx, (void *)s->features);
    }
    tw_free(w->ctx, w->scratch);
    tw_free(w->ctx, w->label);
    tw_free(w->ctx, w->weight);
    tw_free(w->ctx, w->time);
    tw_free(w->ctx, w->group);
}

static tw_status permute_all(work *w, size_t n_threads, tw_error *err)
{
    TW_TRY(gather(w, err));
    w->scratch = tw_new(w->ctx, n_threads, sizeof *w->scratch);
    if (!w->scratch) return tw_no_memory(err, "permutation importance");
    for (size_t t = 0; t < n_threads; t++)
        if (!scratch_new(w, &w->scratch[t])) return tw_no_memory(err, "permutation importance");
    TW_TRY(measure(w, w->rows, w->scratch[0].score, &w->base, err));
    return tw_pool_run(w->ctx ? w->ctx->pool : NULL, w->rows->data->n_features, permute_feature, w, err);
}

tw_status tw_permutation_importance(const tw_ctx *ctx, const tw_model *model, const tw_rows *rows,
                                    const tw_permutation *how, double *mean, double *sd, tw_error *err)
{
    size_t n_metrics, at = 0;
    const tw_metric *const *metrics = tw_metrics(&n_metrics);
    while (at < n_metrics && strcmp(metrics[at]->name, how->metric) != 0) at++;
    if (at == n_metrics) return tw_fail(err, TW_BAD_NAME, "permutation: no metric '%s'", how->metric);
    if (how->repeats == 0) return tw_fail(err, TW_BAD_VALUE, "permutation: 0 repeats, at least 1");
    if (!rows->data->label) return tw_fail(err, TW_BAD_DATA, "permutation: the rows have no labels");
    if (rows->data->n_features != tw_model_features(model))
        return tw_fail(err, TW_BAD_VALUE, "permutation: fitted on %zu features, the rows have %zu",
                       tw_model_features(model), rows->data->n_features);
    const size_t n_threads = (size_t)tw_pool_threads(ctx ? ctx->pool : NULL);
    work w = {.ctx = ctx,
              .model = model,
              .rows = rows,
              .how = how,
              .sign = metrics[at]->higher_is_better ? 1 : -1,
              .mean = mean,
              .sd = sd};
    const tw_status status = permute_all(&w, n_threads, err);
    clear(&w, n_threads);
    return status;
}

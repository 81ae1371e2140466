/* SPDX-License-Identifier: Apache-2.0 */
/* The naive baseline: the mean label of the train rows, for every row. */
#include "learn/learn_impl.h"
#include "learn/wire.h"

#include <math.h>

typedef struct mean_model {
    const tw_ctx *ctx;
    size_t n_features;
    double mean;
} mean_model;

static tw_status make(const tw_ctx *ctx, size_t n_features, double mean, void **model, tw_error *err)
{
    mean_model *m = tw_new(ctx, 1, sizeof *m);
    if (!m) return tw_no_memory(err, "a mean");
    *m = (mean_model){ctx, n_features, mean};
    *model = m;
    return TW_OK;
}

static tw_status fit(const tw_fit *fit, const tw_rows *train, void **model, tw_error *err)
{
    double total = 0, sum = 0;
    for (size_t i = 0; i < train->n; i++) {
        const double w = tw_row_weight(train, i);
        total += w;
        sum += w * train->data->label[train->cell[i]];
    }
    return make(fit->ctx, train->data->n_features, sum / total, model, err);
}

static tw_status predict(const void *model, const tw_rows *rows, double *score, tw_error *err)
{
    const mean_model *m = model;
    (void)err;
    for (size_t i = 0; i < rows->n; i++) score[i] = m->mean;
    return TW_OK;
}

static tw_status save(const void *model, tw_buf *out, tw_error *err)
{
    const mean_model *m = model;
    (void)err;
    tw_put_u64(out, m->n_features);
    tw_put_f64(out, m->mean);
    return TW_OK;
}

static tw_status load(const tw_ctx *ctx, const void *bytes, size_t length, void **model, tw_error *err)
{
    tw_bytes in = {bytes, length, false};
    const uint64_t n = tw_get_u64(&in);
    const double mean = tw_get_f64(&in);
    TW_TRY(tw_bytes_end(&in, "mean", err));
    if (!isfinite(mean)) return tw_fail(err, TW_BAD_FILE, "mean: the mean is %g", mean);
    return make(ctx, (size_t)n, mean, model, err);
}

static void free_model(void *model)
{
    mean_model *m = model;
    if (m) tw_free(m->ctx, m);
}

const tw_learner tw_learner_mean = {
    .name = "mean",
    .title = "Mean of the past",
    .source = "naive baseline",
    .params = NULL,
    .params_size = 0,
    .tasks = TW_TASK_REGRESS | TW_TASK_CLASSIFY,
    .traits = TW_LEARNER_WEIGHTS | TW_LEARNER_MISSING | TW_LEARNER_BASELINE,
    .fit = fit,
    .predict = predict,
    .save = save,
    .load = load,
    .importance = NULL,
    .free = free_model,
};

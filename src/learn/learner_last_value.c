/* SPDX-License-Identifier: Apache-2.0 */
/* The naive forecast of persistence: what was last seen. With `feature` set it is that feature column, which also works
 * where no labels are at hand. Without it, it is the last label of the same symbol that was known at the time of the
 * row: the latest earlier cell whose label interval has ended by then. The mean train label where there is neither. */
#include "learn/learn_impl.h"
#include "learn/wire.h"

#include <math.h>
#include <string.h>

typedef struct params {
    char feature[TW_TEXT_MAX];
    int limit;
} params;

static const tw_param table[] = {
    TW_PARAM_TEXT(params, feature, "", NULL, "name of the feature to take; empty: the last known label"),
    TW_PARAM(params, limit, 250, 1, 100000, "bars to look back for a known label"),
    TW_PARAM_END,
};

static const uint32_t no_feature = UINT32_MAX;

typedef struct last_model {
    const tw_ctx *ctx;
    uint64_t n_features;
    uint32_t feature, limit;
    double mean;
} last_model;

static tw_status make(last_model from, void **model, tw_error *err)
{
    last_model *m = tw_new(from.ctx, 1, sizeof *m);
    if (!m) return tw_no_memory(err, "a last value");
    *m = from;
    *model = m;
    return TW_OK;
}

static tw_status find_feature(const tw_dataset *data, const char *name, uint32_t *feature, tw_error *err)
{
    *feature = no_feature;
    if (!name[0]) return TW_OK;
    for (size_t f = 0; data->feature_names && f < data->n_features; f++)
        if (strcmp(data->feature_names[f], name) == 0) *feature = (uint32_t)f;
    if (*feature != no_feature) return TW_OK;
    return tw_fail(err, TW_BAD_NAME, "last_value: no feature '%s' among the %zu features", name, data->n_features);
}

static tw_status fit(const tw_fit *fit, const tw_rows *train, void **model, tw_error *err)
{
    const params *p = fit->params;
    double total = 0, sum = 0;
    uint32_t feature;
    TW_TRY(find_feature(train->data, p->feature, &feature, err));
    for (size_t i = 0; i < train->n; i++) {
        total += tw_row_weight(train, i);
        sum += tw_row_weight(train, i) * train->data->label[train->cell[i]];
    }
    return make((last_model){fit->ctx, train->data->n_features, feature, (uint32_t)p->limit, sum / total}, model, err);
}

static double last_label(const last_model *m, const tw_dataset *data, uint32_t cell)
{
    const uint32_t t = tw_cell_time(data, cell), lanes = (uint32_t)data->n_lanes;
    for (uint32_t back = 1; back <= m->limit && back <= t; back++) {
        const uint32_t other = cell - back * lanes;
        if (!isnan(data->label[other]) && data->label_end[other] <= t) return data->label[other];
    }
    return m->mean;
}

static tw_status predict(const void *model, const tw_rows *rows, double *score, tw_error *err)
{
    const last_model *m = model;
    const tw_dataset *data = rows->data;
    if (m->feature == no_feature && (!data->label || !data->label_end))
        return tw_fail(err, TW_BAD_DATA,
                       "last_value: there are no labels here; fit it with feature=NAME to score without them");
    for (size_t i = 0; i < rows->n; i++) {
        if (m->feature == no_feature) {
            score[i] = last_label(m, data, rows->cell[i]);
            continue;
        }
        const double x = (double)data->features[m->feature][rows->cell[i]];
        score[i] = isfinite(x) ? x : m->mean;
    }
    return TW_OK;
}

static tw_status save(const void *model, tw_buf *out, tw_error *err)
{
    const last_model *m = model;
    (void)err;
    tw_put_u64(out, m->n_features);
    tw_put_u32(out, m->feature);
    tw_put_u32(out, m->limit);
    tw_put_f64(out, m->mean);
    return TW_OK;
}

static tw_status load(const tw_ctx *ctx, const void *bytes, size_t length, void **model, tw_error *err)
{
    tw_bytes in = {bytes, length, false};
    last_model m = {.ctx = ctx};
    m.n_features = tw_get_u64(&in);
    m.feature = tw_get_u32(&in);
    m.limit = tw_get_u32(&in);
    m.mean = tw_get_f64(&in);
    TW_TRY(tw_bytes_end(&in, "last_value", err));
    if (!isfinite(m.mean) || (m.feature != no_feature && m.feature >= m.n_features))
        return tw_fail(err, TW_BAD_FILE, "last_value: feature %u of %llu, mean %g", (unsigned)m.feature,
                       (unsigned long long)m.n_features, m.mean);
    return make(m, model, err);
}

static void free_model(void *model)
{
    last_model *m = model;
    if (m) tw_free(m->ctx, m);
}

const tw_learner tw_learner_last_value = {
    .name = "last_value",
    .title = "Last known value",
    .source = "naive baseline (random walk forecast)",
    .params = table,
    .params_size = sizeof(params),
    .tasks = TW_TASK_REGRESS | TW_TASK_CLASSIFY,
    .traits = TW_LEARNER_WEIGHTS | TW_LEARNER_MISSING | TW_LEARNER_BASELINE,
    .fit = fit,
    .predict = predict,
    .save = save,
    .load = load,
    .importance = NULL,
    .free = free_model,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The four families of this folder and the lookup by name. */
#include "learn/learn_impl.h"

#include <math.h>
#include <string.h>

enum { MOST_NAMES = 64 };

tw_status tw_learn_find(const char *kind, const char *name, size_t n, const char *(*name_of)(size_t), size_t *index,
                        tw_error *err)
{
    const char *names[MOST_NAMES + 1] = {NULL};
    if (!name) return tw_fail(err, TW_BAD_NAME, "%s: no name given", kind);
    for (size_t i = 0; i < n && i < MOST_NAMES; i++) {
        names[i] = name_of(i);
        if (strcmp(names[i], name) != 0) continue;
        *index = i;
        return TW_OK;
    }
    const char *near = tw_did_you_mean(name, names);
    return tw_fail(err, TW_BAD_NAME, "no %s '%s'%s%s%s", kind, name, near ? "; did you mean '" : "", near ? near : "",
                   near ? "'?" : "");
}

static const tw_label *const labels[] = {
#define TW_LABEL(name) &tw_label_##name,
#include "learn/labels.def"
#undef TW_LABEL
};
static const tw_splitter *const splitters[] = {
#define TW_SPLITTER(name) &tw_splitter_##name,
#include "learn/splitters.def"
#undef TW_SPLITTER
};
static const tw_learner *const learners[] = {
#define TW_LEARNER(name) &tw_learner_##name,
#include "learn/learners.def"
#undef TW_LEARNER
};
static const tw_metric *const metrics[] = {
#define TW_METRIC(name) &tw_metric_##name,
#include "learn/metrics.def"
#undef TW_METRIC
};

enum {
    N_LABELS = sizeof labels / sizeof labels[0],
    N_SPLITTERS = sizeof splitters / sizeof splitters[0],
    N_LEARNERS = sizeof learners / sizeof learners[0],
    N_METRICS = sizeof metrics / sizeof metrics[0]
};

static const char *label_name(size_t i) { return labels[i]->name; }
static const char *splitter_name(size_t i) { return splitters[i]->name; }
static const char *learner_name(size_t i) { return learners[i]->name; }
static const char *metric_name(size_t i) { return metrics[i]->name; }

const tw_label *const *tw_labels(size_t *n)
{
    *n = N_LABELS;
    return labels;
}

tw_status tw_label_find(const char *name, const tw_label **label, tw_error *err)
{
    size_t i = 0;
    TW_TRY(tw_learn_find("label", name, N_LABELS, label_name, &i, err));
    *label = labels[i];
    return TW_OK;
}

const tw_splitter *const *tw_splitters(size_t *n)
{
    *n = N_SPLITTERS;
    return splitters;
}

tw_status tw_splitter_find(const char *name, const tw_splitter **splitter, tw_error *err)
{
    size_t i = 0;
    TW_TRY(tw_learn_find("splitter", name, N_SPLITTERS, splitter_name, &i, err));
    *splitter = splitters[i];
    return TW_OK;
}

const tw_learner *const *tw_learners(size_t *n)
{
    *n = N_LEARNERS;
    return learners;
}

tw_status tw_learner_find(const char *name, const tw_learner **learner, tw_error *err)
{
    size_t i = 0;
    TW_TRY(tw_learn_find("learner", name, N_LEARNERS, learner_name, &i, err));
    *learner = learners[i];
    return TW_OK;
}

const tw_metric *const *tw_metrics(size_t *n)
{
    *n = N_METRICS;
    return metrics;
}

tw_status tw_metric_compute(const tw_ctx *ctx, const char *name, const tw_scored *scored, double *value, tw_error *err)
{
    size_t i = 0;
    TW_TRY(tw_learn_find("metric", name, N_METRICS, metric_name, &i, err));
    return metrics[i]->compute(ctx, scored, value, err);
}

tw_status tw_rows_check(const tw_rows *rows, const char *learner, tw_error *err)
{
    const tw_dataset *data = rows->data;
    if (!data->label) return tw_fail(err, TW_BAD_DATA, "%s: the dataset has no labels", learner);
    if (rows->n == 0) return tw_fail(err, TW_BAD_DATA, "%s: there are no rows to train on", learner);
    double total = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const uint32_t cell = rows->cell[i];
        if (cell >= tw_data_cells(data) || (i && cell <= rows->cell[i - 1]))
            return tw_fail(err, TW_BAD_VALUE, "%s: row %zu has cell %u; cells must ascend and be below %zu", learner, i,
                           (unsigned)cell, tw_data_cells(data));
        const double weight = tw_row_weight(rows, i);
        if (!isfinite(data->label[cell]) || !(weight >= 0) || !isfinite(weight))
            return tw_fail(err, TW_BAD_DATA,
                           "%s: cell %u has label %g and weight %g; both must be finite, weights >= 0", learner,
                           (unsigned)cell, data->label[cell], weight);
        total += weight;
    }
    if (!(total > 0)) return tw_fail(err, TW_BAD_DATA, "%s: the weights of all %zu rows are 0", learner, rows->n);
    return TW_OK;
}

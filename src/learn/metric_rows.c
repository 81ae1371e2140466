/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics over all rows together. */
#include "learn/metric_impl.h"

#include "tradewind/num.h"

#include <math.h>

static tw_status check_rows(const tw_scored *s, const char *what, tw_error *err)
{
    const size_t outputs = tw_scored_outputs(s);
    for (size_t i = 0; i < s->n; i++) {
        bool finite = isfinite(s->label[i]) && tw_scored_weight(s, i) >= 0;
        for (size_t k = 0; k < outputs; k++) finite &= (bool)isfinite(s->score[i * outputs + k]);
        if (!finite)
            return tw_fail(err, TW_BAD_DATA, "%s: row %zu has score %g, label %g, weight %g", what, i,
                           s->score[i * outputs], s->label[i], tw_scored_weight(s, i));
        if (i && s->time[i] < s->time[i - 1])
            return tw_fail(err, TW_BAD_DATA, "%s: row %zu has time %u after time %u", what, i, (unsigned)s->time[i],
                           (unsigned)s->time[i - 1]);
    }
    return TW_OK;
}

tw_status tw_scored_check(const tw_scored *s, const char *what, tw_error *err)
{
    if (tw_scored_outputs(s) != 1)
        return tw_fail(err, TW_BAD_VALUE, "%s takes one score a row, got %zu", what, s->n_outputs);
    return check_rows(s, what, err);
}

tw_status tw_scored_check_classes(const tw_scored *s, const char *what, tw_error *err)
{
    TW_TRY(check_rows(s, what, err));
    for (size_t i = 0; i < s->n; i++)
        if (!(s->label[i] >= 0 && s->label[i] < (double)s->n_outputs) || s->label[i] != floor(s->label[i]))
            return tw_fail(err, TW_BAD_DATA, "%s: row %zu has label %g, no class below %zu", what, i, s->label[i],
                           s->n_outputs);
    return TW_OK;
}

double tw_scored_mean(const tw_scored *s, tw_row_value *value, double with)
{
    double total = 0, sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double w = tw_scored_weight(s, i), x = value(s->score[i], s->label[i], with);
        if (isnan(x)) continue;
        total += w;
        sum += w * x;
    }
    return total > 0 ? sum / total : NAN;
}

static double square(double score, double label, double with)
{
    (void)with;
    return (score - label) * (score - label);
}

static double distance(double score, double label, double with)
{
    (void)with;
    return fabs(score - label);
}

static double label_itself(double score, double label, double with)
{
    (void)score, (void)with;
    return label;
}

/* Rows whose label is 0 say nothing about direction; a score of 0 is half right. */
static double hit(double score, double label, double with)
{
    (void)with;
    if (label == 0) return NAN;
    return score == 0 ? 0.5 : (score > 0) == (label > 0);
}

static double cross_entropy(double score, double label, double with)
{
    (void)with;
    const double p = fmin(fmax(score, 1e-15), 1 - 1e-15);
    return -(label > 0 ? tw_log(p) : tw_log1p(-p));
}

static double match(double score, double label, double with)
{
    (void)with;
    return (score > 0.5) == (label > 0);
}

static tw_status simple(const tw_scored *s, const char *name, tw_row_value *value, double *out, tw_error *err)
{
    TW_TRY(tw_scored_check(s, name, err));
    *out = tw_scored_mean(s, value, 0);
    return TW_OK;
}

static tw_status rmse(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    TW_TRY(simple(s, "rmse", square, value, err));
    *value = sqrt(*value);
    return TW_OK;
}

static tw_status mae(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    return simple(s, "mae", distance, value, err);
}

static tw_status hit_rate(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    return simple(s, "hit_rate", hit, value, err);
}

/* Whether a metric of chances is defined; when it is not, it is NaN. */
static tw_status check_chances(const tw_scored *s, const char *what, bool *defined, tw_error *err)
{
    if (tw_scored_outputs(s) > 1)
        TW_TRY(tw_scored_check_classes(s, what, err));
    else
        TW_TRY(tw_scored_check(s, what, err));
    *defined = true;
    for (size_t i = 0; i < s->n * tw_scored_outputs(s); i++) *defined &= s->score[i] >= 0 && s->score[i] <= 1;
    return TW_OK;
}

static tw_status log_loss(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    bool defined;
    TW_TRY(check_chances(s, "log_loss", &defined, err));
    if (!defined)
        *value = NAN;
    else
        *value = tw_scored_outputs(s) > 1 ? tw_class_log_loss(s) : tw_scored_mean(s, cross_entropy, 0);
    return TW_OK;
}

static tw_status accuracy(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    bool defined;
    TW_TRY(check_chances(s, "accuracy", &defined, err));
    if (!defined)
        *value = NAN;
    else
        *value = tw_scored_outputs(s) > 1 ? tw_class_accuracy(s) : tw_scored_mean(s, match, 0);
    return TW_OK;
}

static tw_status r2(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    double mean, spread = 0, total = 0;
    TW_TRY(simple(s, "r2", square, value, err));
    mean = tw_scored_mean(s, label_itself, 0);
    for (size_t i = 0; i < s->n; i++) {
        const double w = tw_scored_weight(s, i);
        spread += w * (s->label[i] - mean) * (s->label[i] - mean);
        total += w;
    }
    /* Below this the spread is the rounding of the mean. */
    *value = spread > 1e-24 * total * mean * mean ? 1 - *value * total / spread : NAN;
    return TW_OK;
}

/* Mann-Whitney: the weight of (class 1, class 0) pairs in the right order, ties one half. */
static double auc_of(const tw_scored *s, const size_t *order)
{
    double below = 0, pairs = 0, ones = 0;
    for (size_t i = 0; i < s->n;) {
        double one = 0, zero = 0;
        const double score = s->score[order[i]];
        for (; i < s->n && s->score[order[i]] == score; i++)
            *(s->label[order[i]] > 0 ? &one : &zero) += tw_scored_weight(s, order[i]);
        pairs += one * (below + zero / 2);
        below += zero;
        ones += one;
    }
    return ones > 0 && below > 0 ? pairs / (ones * below) : NAN;
}

/* Weighted precision at each cut between scores, times the recall gained there. */
static double precision_of(const tw_scored *s, const size_t *order)
{
    double above = 0, ones = 0, sum = 0;
    for (size_t i = s->n; i > 0;) {
        double one = 0;
        const double score = s->score[order[i - 1]];
        for (; i > 0 && s->score[order[i - 1]] == score; i--) {
            const double w = tw_scored_weight(s, order[i - 1]);
            above += w;
            if (s->label[order[i - 1]] > 0) one += w;
        }
        ones += one;
        if (one > 0) sum += one * ones / above;
    }
    return ones > 0 ? sum / ones : NAN;
}

typedef double by_order(const tw_scored *s, const size_t *order);

static tw_status ordered(const tw_ctx *ctx, const tw_scored *s, by_order *reduce, double *value, tw_error *err)
{
    size_t *order = tw_new(ctx, s->n, sizeof *order);
    if (!order) return tw_no_memory(err, "the order of scores");
    tw_argsort(s->n, s->score, order);
    *value = reduce(s, order);
    tw_free(ctx, order);
    return TW_OK;
}

static tw_status auc(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    TW_TRY(tw_scored_check(s, "auc", err));
    return ordered(ctx, s, auc_of, value, err);
}

static tw_status average_precision(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    TW_TRY(tw_scored_check(s, "average_precision", err));
    return ordered(ctx, s, precision_of, value, err);
}

const tw_metric tw_metric_accuracy = {"accuracy", "Share of rows of the right class",
                                      "a chance above one half is class 1; of several the first of the largest", true,
                                      accuracy};
const tw_metric tw_metric_average_precision = {"average_precision", "Area under the curve of precision and recall",
                                               "scikit-learn, average_precision_score; class 1: label > 0", true,
                                               average_precision};
const tw_metric tw_metric_auc = {"auc", "Area under the ROC curve",
                                 "Hanley, McNeil, Radiology 143 (1982); class 1: label > 0", true, auc};
const tw_metric tw_metric_hit_rate = {"hit_rate", "Share of rows whose score has the sign of the label",
                                      "labels of 0 left out, scores of 0 count one half", true, hit_rate};
const tw_metric tw_metric_log_loss = {"log_loss", "Cross-entropy", "scores are chances of label > 0, cut at 1e-15",
                                      false, log_loss};
const tw_metric tw_metric_mae = {"mae", "Mean absolute error", "mean of |score - label|", false, mae};
const tw_metric tw_metric_r2 = {"r2", "Coefficient of determination", "against the mean label of the same rows", true,
                                r2};
const tw_metric tw_metric_rmse = {"rmse", "Root mean squared error", "root of the mean of (score - label)^2", false,
                                  rmse};

/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics over all rows together. */
#include "learn/metric_impl.h"

#include "tradewind/num.h"

#include <math.h>

tw_status tw_scored_check(const tw_scored *s, const char *what, tw_error *err)
{
    for (size_t i = 0; i < s->n; i++) {
        if (!isfinite(s->score[i]) || !isfinite(s->label[i]) || !(tw_scored_weight(s, i) >= 0))
            return tw_fail(err, TW_BAD_DATA, "%s: row %zu has score %g, label %g, weight %g", what, i, s->score[i],
                           s->label[i], tw_scored_weight(s, i));
        if (i && s->time[i] < s->time[i - 1])
            return tw_fail(err, TW_BAD_DATA, "%s: row %zu has time %u after time %u", what, i, (unsigned)s->time[i],
                           (unsigned)s->time[i - 1]);
    }
    return TW_OK;
}

typedef double row_value(double score, double label);

/* Weighted mean of a value of each row; rows where it is NaN do not count. */
static double mean_of(const tw_scored *s, row_value *value)
{
    double total = 0, sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double w = tw_scored_weight(s, i), x = value(s->score[i], s->label[i]);
        if (isnan(x)) continue;
        total += w;
        sum += w * x;
    }
    return total > 0 ? sum / total : NAN;
}

static double square(double score, double label) { return (score - label) * (score - label); }
static double distance(double score, double label) { return fabs(score - label); }
static double label_itself(double score, double label) { return score - score + label; }

/* Rows whose label is 0 say nothing about direction; a score of 0 is half right. */
static double hit(double score, double label)
{
    if (label == 0) return NAN;
    return score == 0 ? 0.5 : (score > 0) == (label > 0);
}

static double cross_entropy(double score, double label)
{
    const double p = fmin(fmax(score, 1e-15), 1 - 1e-15);
    return -(label > 0 ? tw_log(p) : tw_log1p(-p));
}

static tw_status simple(const tw_scored *s, const char *name, row_value *value, double *out, tw_error *err)
{
    TW_TRY(tw_scored_check(s, name, err));
    *out = mean_of(s, value);
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

static tw_status log_loss(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    for (size_t i = 0; i < s->n; i++)
        if (!(s->score[i] >= 0 && s->score[i] <= 1)) {
            *value = NAN; /* scores are no probabilities */
            return TW_OK;
        }
    return simple(s, "log_loss", cross_entropy, value, err);
}

static tw_status r2(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    double mean, spread = 0, total = 0;
    TW_TRY(simple(s, "r2", square, value, err));
    mean = mean_of(s, label_itself);
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

static tw_status auc(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    TW_TRY(tw_scored_check(s, "auc", err));
    size_t *order = tw_new(ctx, s->n, sizeof *order);
    if (!order) return tw_no_memory(err, "auc");
    tw_argsort(s->n, s->score, order);
    *value = auc_of(s, order);
    tw_free(ctx, order);
    return TW_OK;
}

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

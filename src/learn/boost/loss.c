/* SPDX-License-Identifier: Apache-2.0 */
/* Losses of numbers, row by row. */
#include "learn/boost/loss.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

static const tw_loss *const losses[] = {
#define TW_LOSS(name) &tw_loss_##name,
#include "learn/boost/losses.def"
#undef TW_LOSS
};

const tw_loss *tw_loss_find(const char *name)
{
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
        if (strcmp(losses[i]->name, name) == 0) return losses[i];
    return NULL;
}

double tw_loss_mean(const tw_loss_rows *rows)
{
    double sum = 0, total = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const double w = tw_loss_weight(rows, i);
        sum += w * rows->label[i];
        total += w;
    }
    return sum / total;
}

double tw_weighted_quantile(size_t n, const double *value, const double *weight, double q, size_t *order)
{
    double total = 0, below = 0;
    for (size_t i = 0; i < n; i++) total += weight ? weight[i] : 1;
    tw_argsort(n, value, order);
    for (size_t k = 0; k < n; k++) {
        below += weight ? weight[order[k]] : 1;
        if (below < q * total) continue;
        if (below == q * total && k + 1 < n) return (value[order[k]] + value[order[k + 1]]) / 2;
        return value[order[k]];
    }
    return n ? value[order[n - 1]] : 0;
}

static tw_isa isa_of(const tw_loss_rows *rows) { return rows->ctx ? rows->ctx->isa : TW_ISA_BEST; }

/* Gradients get their weights, and flat hessians are the weights, where they are asked for. */
static void apply_weights(const tw_loss_rows *rows, double *gradient, double *hessian, bool flat)
{
    for (size_t i = 0; rows->weight && i < rows->n; i++) gradient[i] *= rows->weight[i];
    if (!hessian) return;
    for (size_t i = 0; flat && i < rows->n; i++) hessian[i] = tw_loss_weight(rows, i);
    for (size_t i = 0; !flat && rows->weight && i < rows->n; i++) hessian[i] *= rows->weight[i];
}

typedef double row_loss(const tw_gbm_params *p, double score, double label);

static double mean_loss(const tw_loss_rows *rows, const double *score, row_loss *one)
{
    double sum = 0, total = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const double w = tw_loss_weight(rows, i);
        total += w;
        sum += w * one(rows->params, score[i], rows->label[i]);
    }
    return sum / total;
}

static tw_status start_mean(const tw_loss_rows *rows, double *base, tw_error *err)
{
    (void)err;
    *base = tw_loss_mean(rows);
    return TW_OK;
}

static tw_status start_log_mean(const tw_loss_rows *rows, double *base, tw_error *err)
{
    const double mean = tw_loss_mean(rows);
    (void)err;
    *base = tw_log(mean > 1e-12 ? mean : 1e-12);
    return TW_OK;
}

/* ---------------------------------------------------------------- squared */

static tw_status squared_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                   tw_error *err)
{
    (void)err;
    for (size_t i = 0; i < rows->n; i++) gradient[i] = score[i] - rows->label[i];
    apply_weights(rows, gradient, hessian, true);
    return TW_OK;
}

static double squared_row(const tw_gbm_params *p, double score, double label)
{
    (void)p;
    return (score - label) * (score - label);
}

static double squared_loss(const tw_loss_rows *rows, const double *score)
{
    return mean_loss(rows, score, squared_row);
}

const tw_loss tw_loss_squared = {.name = "squared",
                                 .title = "the mean label",
                                 .link = "identity",
                                 .traits = TW_LOSS_FLAT,
                                 .least = -INFINITY,
                                 .most = INFINITY,
                                 .start = start_mean,
                                 .gradients = squared_gradients,
                                 .loss = squared_loss};

/* ---------------------------------------------------------------- quantiles */

static tw_status start_at(const tw_loss_rows *rows, double q, double *base, tw_error *err)
{
    size_t *order = tw_new(rows->ctx, rows->n, sizeof *order);
    if (!order) return tw_no_memory(err, "the quantile of labels");
    *base = tw_weighted_quantile(rows->n, rows->label, rows->weight, q, order);
    tw_free(rows->ctx, order);
    return TW_OK;
}

/* What is left of the labels of a leaf: its quantile is the value that makes the loss least. */
static double leaf_at(const tw_loss_rows *rows, const double *score, const uint32_t *row, size_t n, double q,
                      double *scratch)
{
    double *rest = scratch, *weight = scratch + n;
    size_t *order = (size_t *)(void *)(scratch + 2 * n);
    for (size_t i = 0; i < n; i++) {
        rest[i] = rows->label[row[i]] - score[row[i]];
        weight[i] = tw_loss_weight(rows, row[i]);
    }
    return tw_weighted_quantile(n, rest, weight, q, order);
}

static tw_status slope_gradients(const tw_loss_rows *rows, const double *score, double over, double under,
                                 double *gradient, double *hessian)
{
    for (size_t i = 0; i < rows->n; i++)
        gradient[i] = score[i] > rows->label[i] ? over : score[i] < rows->label[i] ? under : 0;
    apply_weights(rows, gradient, hessian, true);
    return TW_OK;
}

static tw_status absolute_start(const tw_loss_rows *rows, double *base, tw_error *err)
{
    return start_at(rows, 0.5, base, err);
}

static tw_status absolute_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                    tw_error *err)
{
    (void)err;
    return slope_gradients(rows, score, 1, -1, gradient, hessian);
}

static double absolute_row(const tw_gbm_params *p, double score, double label)
{
    (void)p;
    return fabs(score - label);
}

static double absolute_loss(const tw_loss_rows *rows, const double *score)
{
    return mean_loss(rows, score, absolute_row);
}

static double absolute_leaf(const tw_loss_rows *rows, const double *score, const uint32_t *row, size_t n,
                            double *scratch)
{
    return leaf_at(rows, score, row, n, 0.5, scratch);
}

const tw_loss tw_loss_absolute = {.name = "absolute",
                                  .title = "the median label",
                                  .link = "identity",
                                  .traits = TW_LOSS_FLAT,
                                  .least = -INFINITY,
                                  .most = INFINITY,
                                  .start = absolute_start,
                                  .gradients = absolute_gradients,
                                  .loss = absolute_loss,
                                  .leaf = absolute_leaf};

static tw_status quantile_start(const tw_loss_rows *rows, double *base, tw_error *err)
{
    return start_at(rows, rows->params->alpha, base, err);
}

static tw_status quantile_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                    tw_error *err)
{
    (void)err;
    return slope_gradients(rows, score, 1 - rows->params->alpha, -rows->params->alpha, gradient, hessian);
}

static double quantile_row(const tw_gbm_params *p, double score, double label)
{
    return label >= score ? p->alpha * (label - score) : (1 - p->alpha) * (score - label);
}

static double quantile_loss(const tw_loss_rows *rows, const double *score)
{
    return mean_loss(rows, score, quantile_row);
}

static double quantile_leaf(const tw_loss_rows *rows, const double *score, const uint32_t *row, size_t n,
                            double *scratch)
{
    return leaf_at(rows, score, row, n, rows->params->alpha, scratch);
}

const tw_loss tw_loss_quantile = {.name = "quantile",
                                  .title = "the alpha quantile of labels",
                                  .link = "identity",
                                  .traits = TW_LOSS_FLAT,
                                  .least = -INFINITY,
                                  .most = INFINITY,
                                  .start = quantile_start,
                                  .gradients = quantile_gradients,
                                  .loss = quantile_loss,
                                  .leaf = quantile_leaf};

/* ---------------------------------------------------------------- Huber */

static tw_status huber_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                 tw_error *err)
{
    const double most = rows->params->alpha;
    (void)err;
    for (size_t i = 0; i < rows->n; i++) gradient[i] = fmin(fmax(score[i] - rows->label[i], -most), most);
    apply_weights(rows, gradient, hessian, true);
    return TW_OK;
}

static double huber_row(const tw_gbm_params *p, double score, double label)
{
    const double off = fabs(score - label);
    return off <= p->alpha ? off * off / 2 : p->alpha * (off - p->alpha / 2);
}

static double huber_loss(const tw_loss_rows *rows, const double *score) { return mean_loss(rows, score, huber_row); }

const tw_loss tw_loss_huber = {.name = "huber",
                               .title = "the mean label, errors beyond alpha counting by their size alone",
                               .link = "identity",
                               .traits = TW_LOSS_FLAT,
                               .least = -INFINITY,
                               .most = INFINITY,
                               .start = start_mean,
                               .gradients = huber_gradients,
                               .loss = huber_loss};

/* ---------------------------------------------------------------- logistic */

static tw_status logistic_start(const tw_loss_rows *rows, double *base, tw_error *err)
{
    double total = 0;
    (void)err;
    for (size_t i = 0; i < rows->n; i++) total += tw_loss_weight(rows, i);
    /* Rows of one class only: as if there were half a row of the other. */
    const double least = 0.5 / (total + 1), p = fmin(fmax(tw_loss_mean(rows), least), 1 - least);
    *base = tw_log(p / (1 - p));
    return TW_OK;
}

static tw_status logistic_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                    tw_error *err)
{
    (void)err;
    for (size_t i = 0; i < rows->n; i++) gradient[i] = -score[i];
    tw_vexp(isa_of(rows), rows->n, gradient, gradient);
    for (size_t i = 0; i < rows->n; i++) {
        const double p = 1 / (1 + gradient[i]);
        gradient[i] = p - rows->label[i];
        hessian[i] = p * (1 - p);
    }
    apply_weights(rows, gradient, hessian, false);
    return TW_OK;
}

static double logistic_row(const tw_gbm_params *p, double score, double label)
{
    const double m = label > 0 ? score : -score;
    (void)p;
    return fmax(-m, 0) + tw_log1p(tw_exp(-fabs(m)));
}

static double logistic_loss(const tw_loss_rows *rows, const double *score)
{
    return mean_loss(rows, score, logistic_row);
}

const tw_loss tw_loss_logistic = {.name = "logistic",
                                  .title = "the chance of class 1",
                                  .link = "logistic",
                                  .traits = TW_LOSS_BINARY,
                                  .least = -INFINITY,
                                  .most = INFINITY,
                                  .start = logistic_start,
                                  .gradients = logistic_gradients,
                                  .loss = logistic_loss};

/* ---------------------------------------------------------------- counts and sizes: margins are logarithms */

/* Hessians of counts are made larger, so that no step goes far beyond (Poisson steps of at most 0.7 in LightGBM). */
static const double poisson_step = 0.7;

static tw_status poisson_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                   tw_error *err)
{
    const double larger = tw_exp(poisson_step);
    (void)err;
    tw_vexp(isa_of(rows), rows->n, score, gradient);
    for (size_t i = 0; i < rows->n; i++) {
        hessian[i] = gradient[i] * larger;
        gradient[i] -= rows->label[i];
    }
    apply_weights(rows, gradient, hessian, false);
    return TW_OK;
}

static double poisson_row(const tw_gbm_params *p, double score, double label)
{
    (void)p;
    return tw_exp(score) - label * score;
}

static double poisson_loss(const tw_loss_rows *rows, const double *score)
{
    return mean_loss(rows, score, poisson_row);
}

const tw_loss tw_loss_poisson = {.name = "poisson",
                                 .title = "the mean count, labels >= 0",
                                 .link = "exp",
                                 .least = 0,
                                 .most = INFINITY,
                                 .start = start_log_mean,
                                 .gradients = poisson_gradients,
                                 .loss = poisson_loss};

static tw_status gamma_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                 tw_error *err)
{
    (void)err;
    for (size_t i = 0; i < rows->n; i++) gradient[i] = -score[i];
    tw_vexp(isa_of(rows), rows->n, gradient, gradient);
    for (size_t i = 0; i < rows->n; i++) {
        hessian[i] = rows->label[i] * gradient[i];
        gradient[i] = 1 - hessian[i];
    }
    apply_weights(rows, gradient, hessian, false);
    return TW_OK;
}

static double gamma_row(const tw_gbm_params *p, double score, double label)
{
    (void)p;
    return label * tw_exp(-score) + score;
}

static double gamma_loss(const tw_loss_rows *rows, const double *score) { return mean_loss(rows, score, gamma_row); }

const tw_loss tw_loss_gamma = {.name = "gamma",
                               .title = "the mean size, labels > 0",
                               .link = "exp",
                               .least = 5e-324,
                               .most = INFINITY,
                               .start = start_log_mean,
                               .gradients = gamma_gradients,
                               .loss = gamma_loss};

static tw_status tweedie_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                   tw_error *err)
{
    const double power = rows->params->power;
    (void)err;
    for (size_t i = 0; i < rows->n; i++) {
        const double a = rows->label[i] * tw_exp((1 - power) * score[i]), b = tw_exp((2 - power) * score[i]);
        gradient[i] = b - a;
        hessian[i] = (2 - power) * b - (1 - power) * a;
    }
    apply_weights(rows, gradient, hessian, false);
    return TW_OK;
}

static double tweedie_row(const tw_gbm_params *p, double score, double label)
{
    return tw_exp((2 - p->power) * score) / (2 - p->power) - label * tw_exp((1 - p->power) * score) / (1 - p->power);
}

static double tweedie_loss(const tw_loss_rows *rows, const double *score)
{
    return mean_loss(rows, score, tweedie_row);
}

const tw_loss tw_loss_tweedie = {.name = "tweedie",
                                 .title = "the mean of sizes with many zeros, of variance mean^power; labels >= 0",
                                 .link = "exp",
                                 .least = 0,
                                 .most = INFINITY,
                                 .start = start_log_mean,
                                 .gradients = tweedie_gradients,
                                 .loss = tweedie_loss};

/* ---------------------------------------------------------------- the caller's own */

static tw_status custom_start(const tw_loss_rows *rows, double *base, tw_error *err)
{
    (void)rows;
    (void)err;
    *base = 0;
    return TW_OK;
}

static tw_status custom_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                  tw_error *err)
{
    const tw_custom_loss *c = rows->custom;
    TW_TRY(c->gradients(c->arg, rows->n, score, rows->label, gradient, hessian, err));
    for (size_t i = 0; i < rows->n; i++)
        if (!isfinite(gradient[i]) || !(hessian[i] >= 0) || !isfinite(hessian[i]))
            return tw_fail(err, TW_BAD_VALUE, "gbm: the custom loss gave row %zu the gradient %g and the hessian %g", i,
                           gradient[i], hessian[i]);
    apply_weights(rows, gradient, hessian, false);
    return TW_OK;
}

static double custom_loss(const tw_loss_rows *rows, const double *score)
{
    return rows->custom->loss(rows->custom->arg, rows->n, score, rows->label, rows->weight);
}

const tw_loss tw_loss_custom = {.name = "custom",
                                .title = "what the caller's function makes small (by the C interface)",
                                .link = "identity",
                                .least = -INFINITY,
                                .most = INFINITY,
                                .start = custom_start,
                                .gradients = custom_gradients,
                                .loss = custom_loss};

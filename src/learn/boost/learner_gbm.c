/* SPDX-License-Identifier: Apache-2.0 */
/* The boosting loop: gradients, a tree, early stopping. */
#include "learn/boost/gbm.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

static const tw_param table[] = {
    TW_PARAM_TEXT(tw_gbm_params, loss, "squared", "squared|logistic",
                  "squared: the mean label; logistic: the chance of class 1"),
    TW_PARAM(tw_gbm_params, threshold, 0, -1e9, 1e9, "logistic: a label above it is class 1"),
    TW_PARAM_SEARCH(tw_gbm_params, rounds, 100, 1, 100000, 50, 1000, true, "most trees"),
    TW_PARAM_SEARCH(tw_gbm_params, rate, 0.05, 1e-6, 1, 0.01, 0.3, true, "share of each tree that is added"),
    TW_PARAM_SEARCH(tw_gbm_params, depth, 6, 1, 64, 2, 10, false, "most splits from root to leaf"),
    TW_PARAM_SEARCH(tw_gbm_params, leaves, 63, 2, 4096, 7, 255, true,
                    "most leaves of a tree; the best leaf is split first"),
    TW_PARAM(tw_gbm_params, bins, 63, 2, TW_GBM_MOST_BINS, "bins of a feature"),
    TW_PARAM_SEARCH(tw_gbm_params, rows, 1, 0.001, 1, 0.4, 1, false, "share of the rows that a tree sees"),
    TW_PARAM_SEARCH(tw_gbm_params, columns, 0.5, 0.001, 1, 0.2, 1, false, "share of the features that a tree sees"),
    TW_PARAM_SEARCH(tw_gbm_params, l2, 10, 0, 1e9, 0.1, 1000, true, "penalty on squared leaf values"),
    TW_PARAM_SEARCH(tw_gbm_params, min_child, 50, 1e-6, 1e12, 10, 1000, true,
                    "least hessian of a leaf: its weight (squared), weight p (1 - p) (logistic)"),
    TW_PARAM(tw_gbm_params, min_gain, 0, 0, 1e300, "least gain of a split"),
    TW_PARAM(tw_gbm_params, stop, 20, 0, 100000,
             "trees without a better loss on the valid rows before it stops; 0: never"),
    TW_PARAM_END,
};

/* Bounds of the packed integers: sums over all rows must fit 36 and 28 bits. */
enum { MOST_GRADIENT = 32767, MOST_HESSIAN = 255, MOST_ROWS = 1 << 27 };

typedef struct boosting {
    const tw_fit *fit;
    const tw_gbm_params *p;
    const tw_rows *train, *valid;
    bool logistic;
    size_t n;
    double *y, *w; /* by train row; w NULL: all 1 */
    double *score, *valid_score;
    double *gradient, *hessian; /* hessian NULL: all 1 */
    int64_t *packed;
    tw_trees *model;
} boosting;

static double target(const boosting *b, double label) { return b->logistic ? label > b->p->threshold : label; }

/* ---------------------------------------------------------------- gradients */

static void squared_gradients(boosting *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const double w = b->w ? b->w[i] : 1;
        b->gradient[i] = w * (b->score[i] - b->y[i]);
        if (b->hessian) b->hessian[i] = w;
    }
}

static void logistic_gradients(boosting *b)
{
    const tw_isa isa = b->fit->ctx ? b->fit->ctx->isa : TW_ISA_BEST;
    for (size_t i = 0; i < b->n; i++) b->gradient[i] = -b->score[i];
    tw_vexp(isa, b->n, b->gradient, b->gradient);
    for (size_t i = 0; i < b->n; i++) {
        const double w = b->w ? b->w[i] : 1, p = 1 / (1 + b->gradient[i]);
        b->gradient[i] = w * (p - b->y[i]);
        b->hessian[i] = w * p * (1 - p);
    }
}

static double largest(size_t n, const double *x)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fabs(x[i]) > most ? fabs(x[i]) : most;
    return most;
}

static double room(double most, int bits, size_t n)
{
    const double fits = ldexp(1, bits) / (double)n;
    return floor(fits < most ? fits : most);
}

/* Rounds gradients and hessians to integers. The leaf values do not use them, only the choice of splits does. */
static tw_gbm_scale pack(boosting *b)
{
    const double g_most = largest(b->n, b->gradient), h_most = b->hessian ? largest(b->n, b->hessian) : 1;
    const double g_units = room(MOST_GRADIENT, 63 - TW_GBM_SHIFT, b->n),
                 h_units = b->hessian ? room(MOST_HESSIAN, TW_GBM_SHIFT - 1, b->n) : 1;
    const double g_scale = g_most > 0 ? g_units / g_most : 0, h_scale = h_most > 0 ? h_units / h_most : 0;
    const double one = (double)((int64_t)1 << TW_GBM_SHIFT);
    for (size_t i = 0; i < b->n; i++) {
        const double g = floor(b->gradient[i] * g_scale + 0.5),
                     h = b->hessian ? floor(b->hessian[i] * h_scale + 0.5) : 1;
        b->packed[i] = (int64_t)(g * one + h);
    }
    return (tw_gbm_scale){g_scale > 0 ? 1 / g_scale / one : 0, h_scale > 0 ? 1 / h_scale : 0};
}

/* ---------------------------------------------------------------- early stopping */

static double row_loss(const boosting *b, double score, double y)
{
    if (!b->logistic) return (score - y) * (score - y);
    const double m = y > 0 ? score : -score;
    return fmax(-m, 0) + tw_log1p(tw_exp(-fabs(m)));
}

static double valid_loss(const boosting *b)
{
    double sum = 0, total = 0;
    for (size_t i = 0; i < b->valid->n; i++) {
        const double w = tw_row_weight(b->valid, i);
        total += w;
        sum += w * row_loss(b, b->valid_score[i], target(b, b->valid->data->label[b->valid->cell[i]]));
    }
    return sum / total;
}

/* ---------------------------------------------------------------- the loop */

static void set_targets(boosting *b)
{
    double sum = 0, total = 0;
    for (size_t i = 0; i < b->n; i++) {
        const double w = tw_row_weight(b->train, i);
        b->y[i] = target(b, b->train->data->label[b->train->cell[i]]);
        if (b->w) b->w[i] = w;
        sum += w * b->y[i];
        total += w;
    }
    /* Rows of one class only: as if there were half a row of the other. */
    const double mean = sum / total, least = 0.5 / (total + 1), p = fmin(fmax(mean, least), 1 - least);
    const double base = b->logistic ? tw_log(p / (1 - p)) : mean;
    b->model->base[0] = base;
    if (b->logistic) b->model->link = tw_link_find("logistic");
    for (size_t i = 0; i < b->n; i++) b->score[i] = base;
    for (size_t i = 0; b->valid && i < b->valid->n; i++) b->valid_score[i] = base;
}

static tw_status boost(boosting *b, tw_gbm_grower *grower, tw_error *err)
{
    size_t best_trees = 0;
    double best_loss = b->valid ? valid_loss(b) : 0;
    for (int round = 0; round < b->p->rounds; round++) {
        TW_TRY(tw_progress_step(b->fit->ctx, "gbm", (uint64_t)round, (uint64_t)b->p->rounds, NULL));
        TW_TRY(tw_trees_reserve(b->model, 2 * (size_t)b->p->leaves, err));
        if (b->logistic)
            logistic_gradients(b);
        else
            squared_gradients(b);
        const tw_gbm_targets targets = {b->gradient, b->hessian, b->packed, pack(b)};
        const tw_random random = {b->fit->seed, ((uint64_t)round + 1) << 8, 0};
        TW_TRY(tw_gbm_grow(grower, random, &targets, b->model, b->score, err));
        if (!b->valid) continue;
        tw_trees_add(b->model, b->model->n_trees - 1, b->model->n_trees, b->valid, b->valid_score);
        const double loss = valid_loss(b);
        if (loss < best_loss) {
            best_loss = loss;
            best_trees = b->model->n_trees;
        }
        if (b->p->stop && b->model->n_trees >= best_trees + (size_t)b->p->stop) break;
    }
    if (b->valid && b->p->stop) tw_trees_cut(b->model, best_trees);
    return TW_OK;
}

static tw_status boost_binned(boosting *b, const tw_gbm_bins *bins, tw_error *err)
{
    tw_gbm_grower *grower = NULL;
    set_targets(b);
    TW_TRY(tw_gbm_grower_new(b->fit->ctx, b->p, bins, &grower, err));
    const tw_status status = boost(b, grower, err);
    tw_gbm_grower_free(grower);
    return status;
}

static tw_status bin_and_boost(boosting *b, tw_error *err)
{
    tw_gbm_bins bins;
    TW_TRY(tw_gbm_bins_new(b->fit, b->train, &bins, err));
    const tw_status status = boost_binned(b, &bins, err);
    tw_gbm_bins_clear(b->fit->ctx, &bins);
    return status;
}

/* One block for all arrays by row. */
static double *arrange(boosting *b)
{
    const bool weighted = b->train->data->weight != NULL, curved = weighted || b->logistic;
    const size_t n_valid = b->valid ? b->valid->n : 0, n = b->n;
    double *work = tw_new(b->fit->ctx, (3 + (size_t)weighted + (size_t)curved) * n + n_valid, sizeof *work), *at = work;
    if (!work) return NULL;
    b->y = at;
    b->score = (at += n);
    b->gradient = (at += n);
    if (weighted) b->w = (at += n);
    if (curved) b->hessian = (at += n);
    b->valid_score = at + n;
    return work;
}

static tw_status fit(const tw_fit *fit, const tw_rows *train, void **model, tw_error *err)
{
    const tw_gbm_params *p = fit->params;
    boosting b = {.fit = fit, .p = p, .train = train, .valid = fit->valid, .n = train->n};
    b.logistic = strcmp(p->loss, "logistic") == 0;
    if (train->n > MOST_ROWS) return tw_fail(err, TW_TOO_LARGE, "gbm: %zu rows, at most %d", train->n, (int)MOST_ROWS);
    if (train->data->n_features == 0) return tw_fail(err, TW_BAD_DATA, "gbm: there are no features");
    TW_TRY(tw_trees_new(fit->ctx,
                        &(tw_trees_size){train->data->n_features, 1, (size_t)p->rounds, 2 * (size_t)p->leaves},
                        &b.model, err));
    double *work = arrange(&b);
    b.packed = tw_new(fit->ctx, b.n, sizeof *b.packed);
    const tw_status status = work && b.packed ? bin_and_boost(&b, err) : tw_no_memory(err, "gradients");
    tw_free(fit->ctx, work);
    tw_free(fit->ctx, b.packed);
    if (status != TW_OK)
        tw_trees_free(b.model);
    else
        *model = b.model;
    return status;
}

const tw_learner tw_learner_gbm = {
    .name = "gbm",
    .title = "Gradient boosted trees",
    .source =
        "Friedman, Greedy function approximation, Annals of Statistics 29 (2001); Ke et al., LightGBM, NeurIPS 2017",
    .params = table,
    .params_size = sizeof(tw_gbm_params),
    .tasks = TW_TASK_REGRESS | TW_TASK_CLASSIFY,
    .traits = TW_LEARNER_WEIGHTS | TW_LEARNER_MISSING,
    .fit = fit,
    .predict = tw_trees_predict,
    .save = tw_trees_save,
    .load = tw_trees_load,
    .outputs = tw_trees_outputs,
    .trees = tw_trees_of,
    .importance = tw_trees_importance,
    .free = tw_trees_free,
};

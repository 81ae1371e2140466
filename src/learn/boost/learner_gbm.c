/* SPDX-License-Identifier: Apache-2.0 */
/* The boosting loop: gradients, a tree, early stopping; with dropout (Rashmi and Gilad-Bachrach, DART, AISTATS 2015)
 * and from a model that is there. */
#include "learn/boost/boost.h"
#include "learn/trees/scorer.h"

#include "tradewind/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const tw_param table[] = {
    TW_PARAM_TEXT(tw_gbm_params, loss, "squared",
                  "squared|absolute|huber|quantile|logistic|softmax|poisson|gamma|tweedie|lambdarank|ic|rank_ic|custom",
                  "what is made small: squared is the mean label, absolute its median, quantile its alpha quantile; "
                  "logistic the chance of class 1, softmax of each class; poisson, gamma and tweedie counts and sizes; "
                  "lambdarank the order within groups, ic and rank_ic the correlation with labels within dates"),
    TW_PARAM_SEARCH(tw_gbm_params, rounds, 100, 1, 100000, 50, 1000, true, "most trees (of each class)"),
    TW_PARAM_SEARCH(tw_gbm_params, rate, 0.05, 1e-6, 1, 0.01, 0.3, true, "share of each tree that is added"),
    TW_PARAM_SEARCH(tw_gbm_params, depth, 6, 1, 64, 2, 10, false, "most splits from root to leaf"),
    TW_PARAM_SEARCH(tw_gbm_params, leaves, 63, 2, 65536, 7, 255, true, "most leaves of a tree"),
    TW_PARAM(tw_gbm_params, bins, 63, 2, TW_MOST_BINS, "bins of a feature"),
    TW_PARAM_SEARCH(tw_gbm_params, rows, 1, 0.001, 1, 0.4, 1, false, "share of the rows that a tree sees"),
    TW_PARAM_SEARCH(tw_gbm_params, columns, 0.5, 0.001, 1, 0.2, 1, false, "share of the features that a tree sees"),
    TW_PARAM_SEARCH(tw_gbm_params, l2, 10, 0, 1e9, 0.1, 1000, true, "penalty on squared leaf values"),
    TW_PARAM_SEARCH(tw_gbm_params, min_child, 50, 1e-6, 1e12, 10, 1000, true,
                    "least hessian of a leaf: its weight (squared), weight p (1 - p) (logistic)"),
    TW_PARAM(tw_gbm_params, stop, 20, 0, 100000,
             "trees without a better loss on the valid rows before it stops; 0: never"),
    TW_PARAM_TEXT(tw_gbm_params, grow, "leaf", "leaf|depth", "splits the leaf of the highest gain, or level by level"),
    TW_PARAM(tw_gbm_params, min_rows, 0, 0, 1e9, "least rows of a leaf, as its hessian says"),
    TW_PARAM(tw_gbm_params, min_gain, 0, 0, 1e300, "least gain of a split"),
    TW_PARAM(tw_gbm_params, l1, 0, 0, 1e9, "penalty on the size of leaf values"),
    TW_PARAM(tw_gbm_params, columns_node, 1, 0.001, 1, "share of those that a split looks at"),
    TW_PARAM(
        tw_gbm_params, top, 0, 0, 0.999,
        "share of the rows, those of the largest gradients, that every tree sees (below rows); the others count for "
        "more then (GOSS); 0: none"),
    TW_PARAM(tw_gbm_params, extra, false, 0, 1, "looks at one place of a feature, drawn at random"),
    TW_PARAM(tw_gbm_params, linear, -1, -1, 1e9,
             "leaves are linear, with this penalty on squared slopes; below 0: constants"),
    TW_PARAM(tw_gbm_params, drop, 0, 0, 1, "DART: chance that a tree is left out while the next is grown; 0: never"),
    TW_PARAM(tw_gbm_params, skip, 0.5, 0, 1, "DART: chance that none is left out"),
    TW_PARAM(tw_gbm_params, most_dropped, 50, 1, 100000, "DART: most trees left out"),
    TW_PARAM(tw_gbm_params, threshold, 0, -1e9, 1e9, "logistic: a label above it is class 1"),
    TW_PARAM(tw_gbm_params, alpha, 0.9, 1e-9, 1e9,
             "quantile: which; huber: errors beyond it count by their size alone"),
    TW_PARAM(tw_gbm_params, power, 1.5, 1.0001, 1.9999, "tweedie: variance is mean^power"),
    TW_PARAM(tw_gbm_params, classes, 0, 0, TW_GBM_CLASSES, "softmax: classes; 0: as many as labels say"),
    TW_PARAM(tw_gbm_params, truncate, 30, 1, 100000, "lambdarank: pairs of which one is among the first so many"),
    TW_PARAM_TEXT(tw_gbm_params, monotone, "", NULL, "features with which the score may only rise or fall: \"+a,-b\""),
    TW_PARAM_TEXT(tw_gbm_params, interact, "", NULL,
                  "groups of features that may be on one way from root to leaf: \"a,b;c,d\"; others go with all"),
    TW_PARAM(tw_gbm_params, cat_each, 4, 0, 255, "up to so many categories, one is set against the rest"),
    TW_PARAM(tw_gbm_params, cat_most, 32, 1, 255, "most categories on the smaller side of a split"),
    TW_PARAM(tw_gbm_params, cat_smooth, 10, 0, 1e9,
             "rows a category must have, and hessian added when they are sorted"),
    TW_PARAM(tw_gbm_params, cat_l2, 10, 0, 1e9, "l2 on top for splits of sorted categories"),
    TW_PARAM(tw_gbm_params, cat_rows, 100, 0, 1e9, "rows that must be added from one such split to the next"),
    TW_PARAM_END,
};

enum { DROP_STREAM = 0x64726f70, NOTED = 10 };

typedef struct boosting {
    const tw_fit *fit;
    const tw_gbm_params *p;
    const tw_loss *loss;
    const tw_rows *train_rows, *valid_rows;
    tw_loss_data train, valid;
    size_t n, n_outputs;
    double *score, *gradient, *hessian; /* one output behind the other; hessian NULL: all 1 */
    double *valid_score, *valid_spread; /* row by row, and as the loss wants it */
    double *scratch;                    /* of one output: factors of rows; of a leaf: what its loss needs */
    float *size;
    int64_t *packed;
    tw_sample sample;
    tw_trees *model;
    size_t old_trees; /* of the model it goes on from */
    tw_gbm_grower *grower;
    size_t *dropped, n_dropped; /* rounds */
} boosting;

/* ---------------------------------------------------------------- scores */

/* From row by row to one output behind the other. */
static void spread(size_t n, size_t n_outputs, const double *by_row, double *out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_outputs; k++) out[k * n + i] = by_row[i * n_outputs + k];
}

static double valid_loss(boosting *b)
{
    const size_t n = b->valid_rows->n;
    if (b->n_outputs == 1) return b->loss->loss(&b->valid.rows, b->valid_score);
    spread(n, b->n_outputs, b->valid_score, b->valid_spread);
    return b->loss->loss(&b->valid.rows, b->valid_spread);
}

/* The margins to begin with: of the loss alone, or of the model it goes on from. */
static tw_status start(boosting *b, tw_error *err)
{
    tw_trees *m = b->model;
    if (b->fit->from) {
        tw_trees_margin(m, b->train_rows, b->gradient);
        spread(b->n, b->n_outputs, b->gradient, b->score);
    } else {
        TW_TRY(b->loss->start(&b->train.rows, m->base, err));
        for (size_t k = 0; k < b->n_outputs; k++)
            for (size_t i = 0; i < b->n; i++) b->score[k * b->n + i] = m->base[k];
    }
    if (b->valid_rows) tw_trees_margin(m, b->valid_rows, b->valid_score);
    return TW_OK;
}

/* ---------------------------------------------------------------- rows of a round */

static void apply_factors(boosting *b)
{
    for (size_t k = 0; k < b->n_outputs; k++)
        for (size_t i = 0; i < b->n; i++) {
            b->gradient[k * b->n + i] *= b->scratch[i];
            b->hessian[k * b->n + i] *= b->scratch[i];
        }
}

/* One-sided sampling starts when the first trees have told rows apart. */
static void sample_rows(boosting *b, size_t round)
{
    if (b->p->top > 0) {
        if ((double)round * b->p->rate < 1) return;
        for (size_t i = 0; i < b->n; i++) {
            double size = 0;
            for (size_t k = 0; k < b->n_outputs; k++)
                size += fabs(b->gradient[k * b->n + i] * b->hessian[k * b->n + i]);
            b->size[i] = (float)size;
        }
        tw_sample_top(&b->sample, round, b->p->top, b->p->rows, b->size, b->scratch);
        apply_factors(b);
    } else if (b->p->rows < 1) {
        tw_sample_share(&b->sample, round, b->p->rows);
    } else {
        return;
    }
    tw_gbm_use_rows(b->grower, b->sample.row, b->sample.n_in);
}

/* ---------------------------------------------------------------- dropout */

static size_t tree_of(const boosting *b, size_t round, size_t output)
{
    return b->old_trees + round * b->n_outputs + output;
}

static void scale_tree(tw_trees *m, size_t tree, double factor)
{
    for (uint32_t i = m->first[tree]; i < m->first[tree + 1]; i++) {
        m->value[i] *= factor;
        if (!m->linear) continue;
        m->linear[i].intercept *= factor;
        for (uint32_t t = 0; t < m->linear[i].n; t++) m->term[m->linear[i].first + t].slope *= factor;
    }
}

static void add_rounds(boosting *b, double factor)
{
    for (size_t d = 0; d < b->n_dropped; d++)
        for (size_t k = 0; k < b->n_outputs; k++)
            tw_gbm_add_grown(b->grower, tree_of(b, b->dropped[d], k), factor, b->score + k * b->n);
}

static void drop_rounds(boosting *b, size_t round)
{
    tw_random r = {b->fit->seed, DROP_STREAM + ((uint64_t)round << 32), 0};
    b->n_dropped = 0;
    if (b->p->drop <= 0 || tw_random_uniform(&r) < b->p->skip) return;
    for (size_t i = 0; i < round && b->n_dropped < (size_t)b->p->most_dropped; i++)
        if (tw_random_uniform(&r) < b->p->drop) b->dropped[b->n_dropped++] = i;
    add_rounds(b, -1);
}

/* With k trees out, the new one counts 1 / (k + 1) and they count k / (k + 1): together what they counted before. */
static void put_back(boosting *b)
{
    const double k = (double)b->n_dropped, share = k / (k + 1);
    if (b->n_dropped == 0) return;
    for (size_t d = 0; d < b->n_dropped && b->valid_rows; d++) {
        const size_t tree = tree_of(b, b->dropped[d], 0);
        memset(b->valid_spread, 0, b->valid_rows->n * b->n_outputs * sizeof *b->valid_spread);
        tw_trees_add(b->model, tree, tree + b->n_outputs, b->valid_rows, b->valid_spread);
        for (size_t i = 0; i < b->valid_rows->n * b->n_outputs; i++) b->valid_score[i] -= b->valid_spread[i] / (k + 1);
    }
    for (size_t d = 0; d < b->n_dropped; d++)
        for (size_t o = 0; o < b->n_outputs; o++) scale_tree(b->model, tree_of(b, b->dropped[d], o), share);
    add_rounds(b, 1);
}

/* ---------------------------------------------------------------- the loop */

typedef struct renewal {
    const boosting *b;
    const double *score;
} renewal;

static double renew(void *arg, const uint32_t *row, size_t n)
{
    const renewal *r = arg;
    return r->b->loss->leaf(&r->b->train.rows, r->score, row, n, r->b->scratch);
}

static tw_status grow_round(boosting *b, size_t round, tw_error *err)
{
    const size_t n = b->n;
    drop_rounds(b, round);
    TW_TRY(b->loss->gradients(&b->train.rows, b->score, b->gradient, b->hessian, err));
    sample_rows(b, round);
    for (size_t k = 0; k < b->n_outputs; k++) {
        const double *gradient = b->gradient + k * n, *hessian = b->hessian ? b->hessian + k * n : NULL;
        renewal arg = {b, b->score + k * n};
        const tw_gbm_targets targets = {
            .gradient = gradient,
            .hessian = hessian,
            .packed = b->packed,
            .scale = tw_gbm_round(b->fit, n, gradient, hessian, b->model->n_trees, b->packed),
            .rate = b->p->rate / (double)(b->n_dropped + 1),
            .renew = b->loss->leaf ? renew : NULL,
            .renew_arg = &arg,
        };
        TW_TRY(tw_gbm_grow(b->grower, (uint32_t)k, &targets, err));
        tw_gbm_add_last(b->grower, b->score + k * n);
    }
    put_back(b);
    return TW_OK;
}

/* Where the loss is said: on the valid rows, or now and then on those it learns from. */
static tw_status report(const boosting *b, size_t round, const double *valid)
{
    char note[TW_TEXT_MAX] = "";
    const tw_ctx *ctx = b->fit->ctx;
    if (ctx && ctx->progress && ctx->progress->update && (valid || round % NOTED == 0))
        (void)snprintf(note, sizeof note, "%s %s %.6g", valid ? "valid" : "train", b->loss->name,
                       valid ? *valid : b->loss->loss(&b->train.rows, b->score));
    return tw_progress_step(ctx, "gbm", (uint64_t)round, (uint64_t)b->p->rounds, note[0] ? note : NULL);
}

/* The trees of a round are compiled for the valid rows: many of them go down the same few trees. */
static tw_status score_valid(boosting *b, tw_error *err)
{
    tw_tree_scorer *scorer = NULL;
    TW_TRY(tw_tree_scorer_new(b->model, b->model->n_trees - b->n_outputs, b->model->n_trees, &scorer, err));
    tw_tree_scorer_add(scorer, b->valid_rows, b->valid_score);
    tw_tree_scorer_free(scorer);
    return TW_OK;
}

static tw_status boost(boosting *b, tw_error *err)
{
    const size_t per_round = b->n_outputs;
    size_t best = 0;
    double best_loss = b->valid_rows ? valid_loss(b) : 0, loss = best_loss;
    for (size_t round = 0; round < (size_t)b->p->rounds; round++) {
        const tw_status status = report(b, round, b->valid_rows ? &loss : NULL);
        if (status == TW_CANCELLED && b->fit->partial && round > 0) break;
        TW_TRY(status);
        TW_TRY(grow_round(b, round, err));
        if (!b->valid_rows) continue;
        TW_TRY(score_valid(b, err));
        loss = valid_loss(b);
        if (loss < best_loss) {
            best_loss = loss;
            best = round + 1;
        }
        if (b->p->stop && round + 1 >= best + (size_t)b->p->stop) break;
    }
    /* Trees that dropout has scaled since cannot be taken back to where they were. */
    if (b->valid_rows && b->p->stop && b->p->drop <= 0) tw_trees_cut(b->model, b->old_trees + best * per_round);
    return TW_OK;
}

/* ---------------------------------------------------------------- memory */

static tw_status arrange(boosting *b, tw_error *err)
{
    const tw_ctx *ctx = b->fit->ctx;
    const size_t all = b->n * b->n_outputs, valid = (b->valid_rows ? b->valid_rows->n : 0) * b->n_outputs;
    const bool curved = !(b->loss->traits & TW_LOSS_FLAT) || b->train.rows.weight || b->p->top > 0;
    b->score = tw_new(ctx, all, sizeof *b->score);
    b->gradient = tw_new(ctx, all, sizeof *b->gradient);
    if (curved) b->hessian = tw_new(ctx, all, sizeof *b->hessian);
    b->valid_score = tw_new(ctx, valid, sizeof *b->valid_score);
    b->valid_spread = tw_new(ctx, valid, sizeof *b->valid_spread);
    b->scratch = tw_new(ctx, 3 * b->n, sizeof *b->scratch);
    b->size = tw_new(ctx, b->n, sizeof *b->size);
    b->packed = tw_new(ctx, b->n, sizeof *b->packed);
    b->dropped = tw_new(ctx, (size_t)b->p->most_dropped, sizeof *b->dropped);
    if (!b->score || !b->gradient || (curved && !b->hessian) || !b->valid_score || !b->valid_spread || !b->scratch ||
        !b->size || !b->packed || !b->dropped)
        return tw_no_memory(err, "gradients");
    return tw_sample_init(&b->sample, ctx, b->fit->seed, b->n, err);
}

static void clear(boosting *b)
{
    const tw_ctx *ctx = b->fit->ctx;
    void *const blocks[] = {b->score,   b->gradient, b->hessian, b->valid_score, b->valid_spread,
                            b->scratch, b->size,     b->packed,  b->dropped};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) tw_free(ctx, blocks[i]);
    tw_sample_clear(&b->sample);
    tw_loss_data_clear(&b->train);
    tw_loss_data_clear(&b->valid);
    tw_gbm_grower_free(b->grower);
}

/* ---------------------------------------------------------------- a fit */

static tw_status begin_model(boosting *b, tw_error *err)
{
    const tw_trees *from = b->fit->from;
    const tw_trees_size size = {b->train_rows->data->n_features, b->n_outputs, (size_t)b->p->rounds, 64};
    if (!from) {
        TW_TRY(tw_trees_new(b->fit->ctx, &size, &b->model, err));
        b->model->link = tw_link_find(b->loss->link);
        return TW_OK;
    }
    if (from->n_outputs != b->n_outputs || strcmp(from->link->name, b->loss->link) != 0)
        return tw_fail(err, TW_BAD_VALUE, "gbm: %s has %zu outputs and the link %s, the model to go on from %zu and %s",
                       b->loss->name, b->n_outputs, b->loss->link, from->n_outputs, from->link->name);
    TW_TRY(tw_trees_copy(b->fit->ctx, from, &b->model, err));
    b->old_trees = from->n_trees;
    return tw_trees_compile(b->model, err);
}

static tw_status check_params(const boosting *b, tw_error *err)
{
    const tw_gbm_params *p = b->p;
    if (p->top > 0 && p->rows <= p->top)
        return tw_fail(err, TW_BAD_VALUE, "gbm: rows %g must be more than top %g", p->rows, p->top);
    if (b->loss == &tw_loss_custom && (!b->fit->custom || !b->fit->custom->gradients || !b->fit->custom->loss))
        return tw_fail(err, TW_BAD_VALUE, "gbm: loss=custom needs the caller's function");
    if (b->loss == &tw_loss_quantile && p->alpha >= 1)
        return tw_fail(err, TW_BAD_VALUE, "gbm: alpha %g is no quantile: it must be below 1", p->alpha);
    if (p->linear >= 0 && b->loss->leaf)
        return tw_fail(err, TW_BAD_VALUE, "gbm: linear leaves do not go with loss=%s: its leaves are quantiles",
                       b->loss->name);
    if (p->linear >= 0 && p->monotone[0])
        return tw_fail(err, TW_BAD_VALUE, "gbm: linear leaves do not go with monotone features");
    return TW_OK;
}

static tw_status fit_rows(boosting *b, const tw_bins *bins, tw_error *err)
{
    TW_TRY(arrange(b, err));
    TW_TRY(start(b, err));
    TW_TRY(tw_gbm_grower_new(&(tw_gbm_ground){b->fit->ctx, b->p, bins, b->train_rows, b->model, b->fit->seed},
                             &b->grower, err));
    return boost(b, err);
}

static tw_status prepare(boosting *b, tw_error *err)
{
    TW_TRY(tw_gbm_check_fit(b->fit, b->train_rows, err));
    TW_TRY(check_params(b, err));
    TW_TRY(tw_loss_outputs(b->p, b->loss, b->train_rows, &b->n_outputs, err));
    if (b->fit->from && b->loss->traits & TW_LOSS_CLASSES) b->n_outputs = ((const tw_trees *)b->fit->from)->n_outputs;
    TW_TRY(tw_loss_data_init(&b->train, b->fit, b->loss, b->train_rows, b->n_outputs, err));
    if (b->valid_rows) TW_TRY(tw_loss_data_init(&b->valid, b->fit, b->loss, b->valid_rows, b->n_outputs, err));
    return begin_model(b, err);
}

static tw_status fit(const tw_fit *fit, const tw_rows *train, void **model, tw_error *err)
{
    const tw_gbm_params *p = fit->params;
    boosting b = {.fit = fit, .p = p, .train_rows = train, .valid_rows = fit->valid, .n = train->n};
    const tw_bins *bins = NULL;
    tw_bins *made = NULL;
    b.loss = tw_loss_find(p->loss);
    tw_status status = prepare(&b, err);
    if (status == TW_OK) status = tw_gbm_get_bins(fit, train, &bins, &made, err);
    if (status == TW_OK) status = fit_rows(&b, bins, err);
    if (status == TW_OK) status = tw_trees_compile(b.model, err);
    tw_bins_free(made);
    clear(&b);
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
    .traits = TW_LEARNER_WEIGHTS | TW_LEARNER_MISSING | TW_LEARNER_WARM | TW_LEARNER_STOPS,
    .fit = fit,
    TW_LEARNER_OF_TREES,
};

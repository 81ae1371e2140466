/* SPDX-License-Identifier: Apache-2.0 */
/* Forests: each tree is grown for itself on rows of its own, and they are averaged. Breiman, Random forests, Machine
 * Learning 45 (2001); Geurts, Ernst and Wehenkel, Extremely randomized trees, Machine Learning 63 (2006). The least
 * squares of 0 and 1 are the Gini index, so chances of classes are grown as means are. */
#include "learn/boost/boost.h"

#include <math.h>
#include <string.h>

#define ROWS_AND_TREES(rows_)                                                                                          \
    TW_PARAM_TEXT(tw_gbm_params, loss, "squared", "squared|logistic|softmax",                                          \
                  "squared: the mean label; logistic: the share of labels above the threshold; softmax: the share of " \
                  "each class"),                                                                                       \
        TW_PARAM(tw_gbm_params, threshold, 0, -1e9, 1e9, "logistic: a label above it is class 1"),                     \
        TW_PARAM(tw_gbm_params, classes, 0, 0, TW_GBM_CLASSES, "softmax: classes; 0: as many as labels say"),          \
        TW_PARAM_SEARCH(tw_gbm_params, trees, 100, 1, 100000, 50, 500, true, "trees (of each class)"),                 \
        TW_PARAM_SEARCH(tw_gbm_params, rows, rows_, 0.001, 1, 0.3, 1, false, "share of the rows that a tree sees"),    \
        TW_PARAM(tw_gbm_params, block, 0, 0, 1000000,                                                                  \
                 "times in a row that a tree sees together or not at all; 0: the length of the longest label"),        \
        TW_PARAM_SEARCH(tw_gbm_params, depth, 20, 1, 64, 5, 30, false, "most splits from root to leaf"),               \
        TW_PARAM(tw_gbm_params, leaves, 65536, 2, 1 << 20, "most leaves of a tree"),                                   \
        TW_PARAM(tw_gbm_params, bins, 63, 2, TW_MOST_BINS, "bins of a feature"),                                       \
        TW_PARAM(tw_gbm_params, columns, 1, 0.001, 1, "share of the features that a tree sees"),                       \
        TW_PARAM_SEARCH(tw_gbm_params, columns_node, 0.33, 0.001, 1, 0.1, 1, false,                                    \
                        "share of those that a split looks at"),                                                       \
        TW_PARAM(tw_gbm_params, l2, 0, 0, 1e9, "penalty on squared leaf values"),                                      \
        TW_PARAM_SEARCH(tw_gbm_params, min_child, 5, 1e-6, 1e12, 1, 100, true, "least weight of a leaf"),              \
        TW_PARAM(tw_gbm_params, min_gain, 0, 0, 1e300, "least gain of a split"),                                       \
        TW_PARAM(tw_gbm_params, cat_each, 4, 0, 255, "up to so many categories, one is set against the rest"),         \
        TW_PARAM(tw_gbm_params, cat_most, 255, 1, 255, "most categories on the smaller side of a split"), TW_PARAM_END

static const tw_param forest_table[] = {ROWS_AND_TREES(0.632)};
static const tw_param extra_table[] = {ROWS_AND_TREES(1)};

/* ---------------------------------------------------------------- out of bag */

/* For each tree, of which times some label it saw has a part; prefix sums, so that an interval is asked for at once. */
typedef struct bag {
    const tw_rows *rows;
    uint32_t *seen;  /* [n_times + 2] */
    double *sum;     /* as out_of_bag */
    uint32_t *count; /* by row */
} bag;

static uint32_t last_time(const tw_rows *rows, uint32_t row)
{
    const uint32_t cell = rows->cell[row], time = tw_cell_time(rows->data, cell);
    const uint32_t end = rows->data->label_end ? rows->data->label_end[cell] : time;
    return end < time ? time : end < rows->data->n_times ? end : (uint32_t)rows->data->n_times - 1;
}

static void see(bag *b, const tw_sample *s)
{
    const size_t n = b->rows->data->n_times + 2;
    uint32_t open = 0, covered = 0;
    memset(b->seen, 0, n * sizeof *b->seen);
    for (size_t i = 0; i < s->n_in; i++) {
        b->seen[tw_cell_time(b->rows->data, b->rows->cell[s->row[i]])]++;
        b->seen[last_time(b->rows, s->row[i]) + 1]--;
    }
    for (size_t t = 0; t < n; t++) {
        open += b->seen[t];
        b->seen[t] = covered;
        covered += open > 0;
    }
}

static bool overlaps(const bag *b, uint32_t row)
{
    return b->seen[last_time(b->rows, row) + 1] > b->seen[tw_cell_time(b->rows->data, b->rows->cell[row])];
}

/* ---------------------------------------------------------------- a forest */

typedef struct forest {
    const tw_fit *fit;
    tw_gbm_params p; /* with what a forest does not offer filled in */
    const tw_loss *loss;
    const tw_rows *rows;
    tw_loss_data data;
    size_t n, n_outputs, block;
    bool timed; /* labels last: rows near each other in time are no two draws */
    double *gradient, *tree_score;
    int64_t *packed;
    tw_sample sample;
    tw_trees *model;
    tw_gbm_grower *grower;
    bag out;
} forest;

static double goal(const forest *f, size_t row, size_t output)
{
    const double label = f->data.label[row];
    return f->loss->traits & TW_LOSS_CLASSES ? (size_t)label == output : label;
}

static double mean_goal(const forest *f, size_t output)
{
    double sum = 0, total = 0;
    for (size_t i = 0; i < f->n; i++) {
        const double w = tw_loss_weight(&f->data.rows, i);
        sum += w * goal(f, i, output);
        total += w;
    }
    return sum / total;
}

static void count_out(forest *f, size_t output)
{
    for (size_t i = f->sample.n_in; i < f->n; i++) {
        const uint32_t r = f->sample.row[i];
        if (f->timed && overlaps(&f->out, r)) continue;
        f->out.sum[r * f->n_outputs + output] += f->tree_score[r] * f->p.trees;
        f->out.count[r] += output == 0;
    }
}

/* One tree of each output on the same rows. Gradients are taken from the mean, where integers tell most apart. */
static tw_status grow_trees(forest *f, size_t number, tw_error *err)
{
    if (f->p.rows < 1) {
        tw_sample_blocks(&f->sample, number, f->p.rows, f->rows, f->timed ? f->block : 0);
        tw_gbm_use_rows(f->grower, f->sample.row, f->sample.n_in);
    }
    if (f->sample.n_in == 0) return TW_OK;
    if (f->out.sum && f->timed) see(&f->out, &f->sample);
    for (size_t k = 0; k < f->n_outputs; k++) {
        const double base = f->model->base[k], *weight = f->data.weight;
        for (size_t i = 0; i < f->n; i++) f->gradient[i] = tw_loss_weight(&f->data.rows, i) * (base - goal(f, i, k));
        const tw_gbm_targets targets = {
            .gradient = f->gradient,
            .hessian = weight,
            .packed = f->packed,
            .scale = tw_gbm_round(f->fit, f->n, f->gradient, weight, f->model->n_trees, f->packed),
            .rate = 1 / (double)f->p.trees,
        };
        TW_TRY(tw_gbm_grow(f->grower, (uint32_t)k, &targets, err));
        if (!f->out.sum) continue;
        memset(f->tree_score, 0, f->n * sizeof *f->tree_score);
        tw_gbm_add_last(f->grower, f->tree_score);
        count_out(f, k);
    }
    return TW_OK;
}

/* A forest of fewer trees than it was to have is the mean of those. */
static void spread_over(tw_trees *m, double factor)
{
    for (size_t i = 0; i < m->n_nodes; i++) m->value[i] *= factor;
}

static tw_status grow_all(forest *f, tw_error *err)
{
    for (size_t t = 0; t < (size_t)f->p.trees; t++) {
        const tw_status status = tw_progress_step(f->fit->ctx, "forest", (uint64_t)t, (uint64_t)f->p.trees, NULL);
        if (status == TW_CANCELLED && f->fit->partial && t > 0) {
            spread_over(f->model, (double)f->p.trees / (double)t);
            break;
        }
        TW_TRY(status);
        TW_TRY(grow_trees(f, t, err));
    }
    return TW_OK;
}

static void write_out(const forest *f)
{
    for (size_t i = 0; f->out.sum && i < f->n; i++) {
        double *out = f->fit->out_of_bag + i * f->n_outputs;
        for (size_t k = 0; k < f->n_outputs; k++)
            out[k] = f->out.count[i] ? f->model->base[k] + f->out.sum[i * f->n_outputs + k] / f->out.count[i] : NAN;
        if (f->out.count[i]) f->model->link->apply(f->model->link_scale, f->n_outputs, out);
    }
}

/* ---------------------------------------------------------------- a fit */

static size_t longest_label(const tw_rows *rows)
{
    size_t most = 0;
    for (uint32_t i = 0; i < rows->n; i++) {
        const size_t length = last_time(rows, i) - tw_cell_time(rows->data, rows->cell[i]);
        most = length > most ? length : most;
    }
    return most;
}

static tw_status arrange(forest *f, tw_error *err)
{
    const tw_ctx *ctx = f->fit->ctx;
    f->gradient = tw_new(ctx, f->n, sizeof *f->gradient);
    f->tree_score = tw_new(ctx, f->n, sizeof *f->tree_score);
    f->packed = tw_new(ctx, f->n, sizeof *f->packed);
    if (!f->gradient || !f->tree_score || !f->packed) return tw_no_memory(err, "gradients");
    if (f->fit->out_of_bag) {
        f->out.rows = f->rows;
        f->out.seen = tw_new(ctx, f->rows->data->n_times + 2, sizeof *f->out.seen);
        f->out.sum = tw_new(ctx, f->n * f->n_outputs, sizeof *f->out.sum);
        f->out.count = tw_new(ctx, f->n, sizeof *f->out.count);
        if (!f->out.seen || !f->out.sum || !f->out.count) return tw_no_memory(err, "scores out of bag");
    }
    return tw_sample_init(&f->sample, ctx, f->fit->seed, f->n, err);
}

static tw_status begin(forest *f, tw_error *err)
{
    TW_TRY(tw_gbm_check_fit(f->fit, f->rows, err));
    TW_TRY(tw_loss_outputs(&f->p, f->loss, f->rows, &f->n_outputs, err));
    TW_TRY(tw_loss_data_init(&f->data, f->fit, f->loss, f->rows, f->n_outputs, err));
    TW_TRY(arrange(f, err));
    TW_TRY(tw_trees_new(
        f->fit->ctx, &(tw_trees_size){f->rows->data->n_features, f->n_outputs, (size_t)f->p.trees * f->n_outputs, 64},
        &f->model, err));
    for (size_t k = 0; k < f->n_outputs; k++) f->model->base[k] = mean_goal(f, k);
    if (f->loss != &tw_loss_squared) f->model->link = tw_link_find("share");
    const size_t longest = longest_label(f->rows);
    f->timed = longest > 0 || f->p.block > 0;
    f->block = f->p.block ? (size_t)f->p.block : longest + 1;
    return TW_OK;
}

static tw_status fit_rows(forest *f, tw_error *err)
{
    const tw_bins *bins = NULL;
    tw_bins *made = NULL;
    TW_TRY(tw_gbm_get_bins(f->fit, f->rows, &bins, &made, err));
    tw_status status =
        tw_gbm_grower_new(&(tw_gbm_ground){f->fit->ctx, &f->p, bins, f->rows, f->model, f->fit->seed}, &f->grower, err);
    if (status == TW_OK) status = grow_all(f, err);
    if (status == TW_OK) write_out(f);
    tw_gbm_grower_free(f->grower);
    tw_bins_free(made);
    return status;
}

static tw_status fit_forest(const tw_fit *fit, const tw_rows *train, bool extra, void **model, tw_error *err)
{
    forest f = {.fit = fit, .rows = train, .n = train->n};
    f.p = *(const tw_gbm_params *)fit->params;
    memcpy(f.p.grow, "depth", sizeof "depth");
    f.p.extra = extra;
    f.p.linear = -1;
    f.loss = tw_loss_find(f.p.loss);
    tw_status status = begin(&f, err);
    if (status == TW_OK) status = fit_rows(&f, err);
    if (status == TW_OK) status = tw_trees_compile(f.model, err);
    void *const blocks[] = {f.gradient, f.tree_score, f.packed, f.out.seen, f.out.sum, f.out.count};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) tw_free(fit->ctx, blocks[i]);
    tw_sample_clear(&f.sample);
    tw_loss_data_clear(&f.data);
    if (status != TW_OK)
        tw_trees_free(f.model);
    else
        *model = f.model;
    return status;
}

static tw_status fit_random(const tw_fit *fit, const tw_rows *train, void **model, tw_error *err)
{
    return fit_forest(fit, train, false, model, err);
}

static tw_status fit_extra(const tw_fit *fit, const tw_rows *train, void **model, tw_error *err)
{
    return fit_forest(fit, train, true, model, err);
}

const tw_learner tw_learner_random_forest = {
    .name = "random_forest",
    .title = "Random forest",
    .source = "Breiman, Random forests, Machine Learning 45 (2001)",
    .params = forest_table,
    .params_size = sizeof(tw_gbm_params),
    .tasks = TW_TASK_REGRESS | TW_TASK_CLASSIFY,
    .traits = TW_LEARNER_WEIGHTS | TW_LEARNER_MISSING | TW_LEARNER_BAGS,
    .fit = fit_random,
    TW_LEARNER_OF_TREES,
};

const tw_learner tw_learner_extra_trees = {
    .name = "extra_trees",
    .title = "Extremely randomised trees",
    .source = "Geurts, Ernst and Wehenkel, Extremely randomized trees, Machine Learning 63 (2006)",
    .params = extra_table,
    .params_size = sizeof(tw_gbm_params),
    .tasks = TW_TASK_REGRESS | TW_TASK_CLASSIFY,
    .traits = TW_LEARNER_WEIGHTS | TW_LEARNER_MISSING | TW_LEARNER_BAGS,
    .fit = fit_extra,
    TW_LEARNER_OF_TREES,
};

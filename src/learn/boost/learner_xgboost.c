/* SPDX-License-Identifier: Apache-2.0 */
/* XGBoost grows the trees, through its C API; what comes out is an ensemble of ours, so scoring, files and explanations
 * need it no more. Chen and Guestrin, XGBoost: a scalable tree boosting system, KDD 2016. */
#include "learn/boost/boost.h"
#include "learn/boost/xgboost_library.h"
#include "learn/formats/formats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The presets are XGBoost's own. */
static const tw_param table[] = {
    TW_PARAM_TEXT(tw_gbm_params, loss, "squared", "squared|absolute|logistic|softmax|poisson|gamma|tweedie",
                  "what is made small: squared is the mean label, absolute its median; logistic the chance of class 1, "
                  "softmax of each class; poisson, gamma and tweedie counts and sizes"),
    TW_PARAM(tw_gbm_params, threshold, 0, -1e9, 1e9, "logistic: a label above it is class 1"),
    TW_PARAM(tw_gbm_params, power, 1.5, 1.0001, 1.9999, "tweedie: variance is mean^power"),
    TW_PARAM(tw_gbm_params, classes, 0, 0, TW_GBM_CLASSES, "softmax: classes; 0: as many as labels say"),
    TW_PARAM_SEARCH(tw_gbm_params, rounds, 100, 1, 100000, 50, 1000, true, "most trees (of each class)"),
    TW_PARAM_SEARCH(tw_gbm_params, rate, 0.3, 1e-6, 1, 0.01, 0.3, true, "share of each tree that is added"),
    TW_PARAM_TEXT(tw_gbm_params, grow, "depth", "leaf|depth", "splits the leaf of the highest gain, or level by level"),
    TW_PARAM_SEARCH(tw_gbm_params, depth, 6, 1, 64, 2, 10, false, "most splits from root to leaf"),
    TW_PARAM(tw_gbm_params, leaves, 0, 0, 65536, "most leaves of a tree; 0: as many as depth allows"),
    TW_PARAM(tw_gbm_params, bins, 256, 2, 65536, "bins of a feature"),
    TW_PARAM_SEARCH(tw_gbm_params, rows, 1, 0.001, 1, 0.4, 1, false, "share of the rows that a tree sees"),
    TW_PARAM_SEARCH(tw_gbm_params, columns, 1, 0.001, 1, 0.2, 1, false, "share of the features that a tree sees"),
    TW_PARAM(tw_gbm_params, columns_node, 1, 0.001, 1, "share of those that a split looks at"),
    TW_PARAM(tw_gbm_params, l1, 0, 0, 1e9, "penalty on the size of leaf values"),
    TW_PARAM_SEARCH(tw_gbm_params, l2, 1, 0, 1e9, 0.1, 1000, true, "penalty on squared leaf values"),
    TW_PARAM_SEARCH(tw_gbm_params, min_child, 1, 0, 1e12, 1, 1000, true, "least hessian of a leaf"),
    TW_PARAM(tw_gbm_params, min_gain, 0, 0, 1e30, "least gain of a split"),
    TW_PARAM(tw_gbm_params, cat_each, 4, 1, 65536, "below so many categories, one is set against the rest"),
    TW_PARAM(tw_gbm_params, stop, 20, 0, 100000,
             "trees without a better loss on the valid rows before it stops; 0: never"),
    TW_PARAM_END,
};

typedef struct training {
    const tw_fit *fit;
    const tw_gbm_params *p;
    const tw_rows *train_rows;
    const tw_loss *loss;
    tw_xgboost_library lib;
    size_t n_outputs;
    tw_loss_data train, valid;
    void *matrix[2]; /* train and valid */
    void *booster;
    double *valid_score; /* one output behind the other */
} training;

/* ---------------------------------------------------------------- rows */

/* It refuses infinite values, so they become the largest that it can still cut bins above. */
static float taken(float x)
{
    const float most = 1e38F;
    return x > most ? most : x < -most ? -most : x;
}

static tw_status make_matrix(const training *t, const tw_rows *rows, void **matrix, tw_error *err)
{
    const size_t n_features = rows->data->n_features;
    float *values = tw_new(t->fit->ctx, rows->n, n_features * sizeof *values);
    if (!values) return tw_no_memory(err, "the rows for XGBoost");
    for (size_t i = 0; i < rows->n; i++)
        for (size_t f = 0; f < n_features; f++)
            values[i * n_features + f] = taken(rows->data->features[f][rows->cell[i]]);
    const tw_status status =
        tw_xgboost_check(&t->lib, t->lib.matrix_new(values, rows->n, n_features, NAN, matrix), err);
    tw_free(t->fit->ctx, values);
    return status;
}

static tw_status set_numbers(const training *t, void *matrix, const char *field, size_t n, const double *x,
                             tw_error *err)
{
    float *values = tw_new(t->fit->ctx, n, sizeof *values);
    if (!values) return tw_no_memory(err, "the rows for XGBoost");
    for (size_t i = 0; i < n; i++) values[i] = (float)x[i];
    const tw_status status = tw_xgboost_check(&t->lib, t->lib.matrix_set(matrix, field, values, n), err);
    tw_free(t->fit->ctx, values);
    return status;
}

static tw_status set_categories(const training *t, void *matrix, tw_error *err)
{
    const tw_dataset *data = t->train_rows->data;
    if (!data->levels) return TW_OK;
    const char **kind = tw_new(t->fit->ctx, data->n_features, sizeof *kind);
    if (!kind) return tw_no_memory(err, "the rows for XGBoost");
    for (size_t f = 0; f < data->n_features; f++) kind[f] = data->levels[f] ? "c" : "float";
    const tw_status status =
        tw_xgboost_check(&t->lib, t->lib.matrix_describe(matrix, "feature_type", kind, data->n_features), err);
    tw_free(t->fit->ctx, kind);
    return status;
}

static tw_status load_rows(training *t, const tw_rows *rows, tw_loss_data *data, void **matrix, tw_error *err)
{
    TW_TRY(tw_loss_data_init(data, t->fit, t->loss, rows, t->n_outputs, err));
    TW_TRY(make_matrix(t, rows, matrix, err));
    TW_TRY(set_numbers(t, *matrix, "label", rows->n, data->label, err));
    if (data->weight) TW_TRY(set_numbers(t, *matrix, "weight", rows->n, data->weight, err));
    return set_categories(t, *matrix, err);
}

/* ---------------------------------------------------------------- parameters */

static const char *objective(const char *loss)
{
    static const char *const names[][2] = {
        {"squared", "reg:squarederror"}, {"absolute", "reg:absoluteerror"}, {"logistic", "binary:logistic"},
        {"softmax", "multi:softprob"},   {"poisson", "count:poisson"},      {"gamma", "reg:gamma"},
        {"tweedie", "reg:tweedie"},
    };
    size_t i = 0;
    while (strcmp(names[i][0], loss) != 0) i++;
    return names[i][1];
}

static tw_status set_text(const training *t, const char *name, const char *value, tw_error *err)
{
    return tw_xgboost_check(&t->lib, t->lib.booster_set(t->booster, name, value), err);
}

static tw_status set_number(const training *t, const char *name, double value, tw_error *err)
{
    char text[32];
    (void)tw_format_double(value, text);
    return set_text(t, name, text, err);
}

static tw_status set_learning(const training *t, tw_error *err)
{
    const tw_gbm_params *p = t->p;
    TW_TRY(set_text(t, "verbosity", "0", err));
    TW_TRY(set_number(t, "nthread", tw_pool_threads(t->fit->ctx ? t->fit->ctx->pool : NULL), err));
    TW_TRY(set_number(t, "seed", (double)(t->fit->seed & INT32_MAX), err));
    TW_TRY(set_text(t, "objective", objective(p->loss), err));
    if (t->n_outputs > 1) TW_TRY(set_number(t, "num_class", (double)t->n_outputs, err));
    if (strcmp(p->loss, "tweedie") == 0) TW_TRY(set_number(t, "tweedie_variance_power", p->power, err));
    return TW_OK;
}

static tw_status set_growing(const training *t, tw_error *err)
{
    const tw_gbm_params *p = t->p;
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"eta", p->rate},
        {"max_depth", p->depth},
        {"max_leaves", p->leaves},
        {"max_bin", p->bins},
        {"subsample", p->rows},
        {"colsample_bytree", p->columns},
        {"colsample_bynode", p->columns_node},
        {"alpha", p->l1},
        {"lambda", p->l2},
        {"min_child_weight", p->min_child},
        {"gamma", p->min_gain},
        {"max_cat_to_onehot", p->cat_each},
    };
    TW_TRY(set_text(t, "tree_method", "hist", err));
    TW_TRY(set_text(t, "grow_policy", strcmp(p->grow, "leaf") == 0 ? "lossguide" : "depthwise", err));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        TW_TRY(set_number(t, numbers[i].name, numbers[i].value, err));
    return TW_OK;
}

/* ---------------------------------------------------------------- the loop */

static tw_status valid_loss(const training *t, double *loss, tw_error *err)
{
    static const char margins[] =
        "{\"type\":1,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,\"strict_shape\":true}";
    const size_t n = t->fit->valid->n, n_outputs = t->n_outputs;
    const uint64_t *shape = NULL;
    uint64_t n_dims = 0;
    const float *score = NULL;
    TW_TRY(tw_xgboost_check(&t->lib, t->lib.booster_predict(t->booster, t->matrix[1], margins, &shape, &n_dims, &score),
                            err));
    if (n_dims != 2 || shape[0] != n || shape[1] != n_outputs)
        return tw_fail(err, TW_UNSUPPORTED, "xgboost: version %d.%d gives other than %zu scores for each of %zu rows",
                       t->lib.major, t->lib.minor, n_outputs, n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_outputs; k++) t->valid_score[k * n + i] = (double)score[i * n_outputs + k];
    *loss = t->loss->loss(&t->valid.rows, t->valid_score);
    return TW_OK;
}

/* *kept: rounds that are kept. */
static tw_status boost(const training *t, size_t *kept, tw_error *err)
{
    const size_t rounds = (size_t)t->p->rounds;
    const bool stops = t->fit->valid && t->p->stop;
    double best_loss = INFINITY;
    size_t best = 0, round = 0;
    for (; round < rounds && !(stops && round >= best + (size_t)t->p->stop); round++) {
        const tw_status status = tw_progress_step(t->fit->ctx, "xgboost", round, rounds, NULL);
        if (status == TW_CANCELLED && t->fit->partial && round > 0) break;
        TW_TRY(status);
        TW_TRY(tw_xgboost_check(&t->lib, t->lib.booster_update(t->booster, (int)round, t->matrix[0]), err));
        if (!stops) continue;
        double loss = 0;
        TW_TRY(valid_loss(t, &loss, err));
        if (loss < best_loss) {
            best_loss = loss;
            best = round + 1;
        }
    }
    *kept = stops ? best : round;
    return TW_OK;
}

/* ---------------------------------------------------------------- a fit */

static tw_status take_trees(const training *t, size_t rounds, tw_trees **model, tw_error *err)
{
    uint64_t length = 0;
    const char *bytes = NULL;
    tw_model *read = NULL;
    TW_TRY(tw_xgboost_check(&t->lib, t->lib.booster_save(t->booster, "{\"format\":\"ubj\"}", &length, &bytes), err));
    TW_TRY(tw_format_xgboost_ubjson.read(t->fit->ctx, bytes, (size_t)length, &read, err));
    tw_status status = tw_trees_copy(t->fit->ctx, tw_model_trees(read), model, err);
    tw_model_free(read);
    TW_TRY(status);
    if (rounds * t->n_outputs < (*model)->n_trees) tw_trees_cut(*model, rounds * t->n_outputs);
    return tw_trees_compile(*model, err);
}

static tw_status train(training *t, tw_trees **model, tw_error *err)
{
    size_t rounds = 0;
    TW_TRY(tw_gbm_check_fit(t->fit, t->train_rows, err));
    TW_TRY(tw_loss_outputs(t->p, t->loss, t->train_rows, &t->n_outputs, err));
    TW_TRY(load_rows(t, t->train_rows, &t->train, &t->matrix[0], err));
    if (t->fit->valid) {
        TW_TRY(load_rows(t, t->fit->valid, &t->valid, &t->matrix[1], err));
        t->valid_score = tw_new(t->fit->ctx, t->fit->valid->n * t->n_outputs, sizeof *t->valid_score);
        if (!t->valid_score) return tw_no_memory(err, "the scores of valid rows");
    }
    TW_TRY(tw_xgboost_check(&t->lib, t->lib.booster_new(t->matrix, t->fit->valid ? 2 : 1, &t->booster), err));
    TW_TRY(set_learning(t, err));
    TW_TRY(set_growing(t, err));
    TW_TRY(boost(t, &rounds, err));
    return take_trees(t, rounds, model, err);
}

static void clear(training *t)
{
    if (t->booster) (void)t->lib.booster_free(t->booster);
    for (size_t i = 0; i < 2; i++)
        if (t->matrix[i]) (void)t->lib.matrix_free(t->matrix[i]);
    tw_free(t->fit->ctx, t->valid_score);
    tw_loss_data_clear(&t->train);
    tw_loss_data_clear(&t->valid);
    tw_xgboost_close(&t->lib);
}

static tw_status fit(const tw_fit *fit, const tw_rows *rows, void **model, tw_error *err)
{
    const tw_gbm_params *p = fit->params;
    training t = {.fit = fit, .p = p, .train_rows = rows, .loss = tw_loss_find(p->loss)};
    tw_trees *made = NULL;
    tw_status status = tw_xgboost_open(&t.lib, err);
    if (status != TW_OK) return status;
    status = train(&t, &made, err);
    clear(&t);
    if (status != TW_OK)
        tw_trees_free(made);
    else
        *model = made;
    return status;
}

static tw_status available(tw_error *err)
{
    tw_xgboost_library lib;
    TW_TRY(tw_xgboost_open(&lib, err));
    tw_xgboost_close(&lib);
    return TW_OK;
}

const tw_learner tw_learner_xgboost = {
    .name = "xgboost",
    .title = "XGBoost, by its own library",
    .source = "Chen and Guestrin, XGBoost: a scalable tree boosting system, KDD 2016",
    .params = table,
    .params_size = sizeof(tw_gbm_params),
    .tasks = TW_TASK_REGRESS | TW_TASK_CLASSIFY,
    .traits = TW_LEARNER_WEIGHTS | TW_LEARNER_MISSING | TW_LEARNER_STOPS,
    .available = available,
    .fit = fit,
    TW_LEARNER_OF_TREES,
};

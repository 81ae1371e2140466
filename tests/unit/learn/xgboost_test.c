/* SPDX-License-Identifier: Apache-2.0 */
/* The learner xgboost: its models against what XGBoost itself predicts. Skipped where the library is absent. */
#include "tradewind/learn.h"

#include "learn/boost/xgboost_library.h"
#include "learn/trees/trees.h"
#include "learn_data.h"
#include "tw_test.h"

enum { N_FEATURES = 6, SKIPPED = 77 };

static tw_status try_fit(const tw_ctx *ctx, const char *params, const tw_rows *train, const tw_rows *valid,
                         tw_model **model, tw_error *err)
{
    return tw_model_fit(
        ctx, &(tw_fit_spec){.learner = "xgboost", .params = params, .seed = 7, .train = train, .valid = valid}, model,
        err);
}

static tw_model *fit(const char *params, const tw_rows *train, const tw_rows *valid)
{
    tw_model *model = NULL;
    tw_error err;
    assert_ok(try_fit(NULL, params, train, valid, &model, &err), &err);
    return model;
}

static double *predict(const tw_model *model, const tw_rows *rows)
{
    tw_error err;
    double *score = learn_alloc(rows->n * tw_model_outputs(model), sizeof *score);
    assert_ok(tw_model_predict(model, rows, score, &err), &err);
    return score;
}

/* ---------------------------------------------------------------- the library by itself */

typedef struct setting {
    const char *name, *value;
} setting;

static void check(const tw_xgboost_library *lib, int code)
{
    tw_error err;
    assert_ok(tw_xgboost_check(lib, code, &err), &err);
}

static void *matrix_of(const tw_xgboost_library *lib, const tw_rows *rows, bool weighted)
{
    float *x = learn_alloc(rows->n * N_FEATURES, sizeof *x), *y = learn_alloc(rows->n, sizeof *y);
    float *w = learn_alloc(rows->n, sizeof *w);
    const char *kind[N_FEATURES];
    void *matrix = NULL;
    for (size_t i = 0; i < rows->n; i++) {
        for (size_t f = 0; f < N_FEATURES; f++) x[i * N_FEATURES + f] = rows->data->features[f][rows->cell[i]];
        y[i] = (float)rows->data->label[rows->cell[i]];
        w[i] = rows->data->weight ? (float)rows->data->weight[rows->cell[i]] : 1;
    }
    check(lib, lib->matrix_new(x, rows->n, N_FEATURES, NAN, &matrix));
    check(lib, lib->matrix_set(matrix, "label", y, rows->n));
    if (weighted) check(lib, lib->matrix_set(matrix, "weight", w, rows->n));
    for (size_t f = 0; f < N_FEATURES; f++) kind[f] = rows->data->levels && rows->data->levels[f] ? "c" : "float";
    if (rows->data->levels) check(lib, lib->matrix_describe(matrix, "feature_type", kind, N_FEATURES));
    free(x);
    free(y);
    free(w);
    return matrix;
}

/* Trains with the settings (to be ended by a NULL) and holds what it predicts against `score`. */
static void same_as_library(const setting *settings, const tw_rows *rows, size_t rounds, const double *score,
                            size_t n_outputs)
{
    static const char ask[] =
        "{\"type\":0,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,\"strict_shape\":true}";
    tw_xgboost_library lib;
    tw_error err;
    void *booster = NULL;
    const uint64_t *shape;
    uint64_t n_dims;
    const float *theirs;
    assert_ok(tw_xgboost_open(&lib, &err), &err);
    void *matrix = matrix_of(&lib, rows, rows->data->weight != NULL);
    check(&lib, lib.booster_new(&matrix, 1, &booster));
    check(&lib, lib.booster_set(booster, "tree_method", "hist"));
    check(&lib, lib.booster_set(booster, "nthread", "1"));
    check(&lib, lib.booster_set(booster, "seed", "7"));
    for (; settings->name; settings++) check(&lib, lib.booster_set(booster, settings->name, settings->value));
    for (size_t r = 0; r < rounds; r++) check(&lib, lib.booster_update(booster, (int)r, matrix));
    check(&lib, lib.booster_predict(booster, matrix, ask, &shape, &n_dims, &theirs));
    assert_int_equal(shape[0], rows->n);
    assert_int_equal(shape[1], n_outputs);
    for (size_t i = 0; i < rows->n * n_outputs; i++)
        assert_near(score[i], (double)theirs[i], 1e-6 * fmax(1, fabs(score[i])));
    check(&lib, lib.booster_free(booster));
    check(&lib, lib.matrix_free(matrix));
    tw_xgboost_close(&lib);
}

static void compare(const char *params, const setting *settings, const tw_rows *rows, size_t n_outputs)
{
    tw_model *model = fit(params, rows, NULL);
    double *score = predict(model, rows), least = INFINITY, most = -INFINITY;
    assert_int_equal(tw_model_outputs(model), n_outputs);
    for (size_t i = 0; i < rows->n; i++) {
        least = fmin(least, score[i * n_outputs]);
        most = fmax(most, score[i * n_outputs]);
    }
    assert_true(most > least);
    same_as_library(settings, rows, 20, score, n_outputs);
    assert_string_equal(tw_model_learner(model)->name, "xgboost");
    free(score);
    tw_model_free(model);
}

/* ---------------------------------------------------------------- tests */

/* The labels of learn_make as others: f by label. */
static void relabel(learn_data *d, double (*f)(double))
{
    for (size_t i = 0; i < d->rows.n; i++) d->label[d->all[i]] = f(d->label[d->all[i]]);
}

static double is_positive(double y) { return y > 0; }
static double third(double y) { return y < -0.5 ? 0 : y < 0.5 ? 1 : 2; }
static double count(double y) { return floor(fabs(y) * 2); }
static double size(double y) { return fabs(y) + 0.1; }

static void predicts_what_the_library_does(void **state)
{
    (void)state;
    static const struct {
        const char *params;
        double (*label)(double);
        size_t n_outputs;
        setting settings[3];
    } cases[] = {
        {"rounds=20", NULL, 1, {{"objective", "reg:squarederror"}}},
        {"rounds=20 loss=absolute", NULL, 1, {{"objective", "reg:absoluteerror"}}},
        {"rounds=20 loss=logistic threshold=0.5", is_positive, 1, {{"objective", "binary:logistic"}}},
        {"rounds=20 loss=softmax", third, 3, {{"objective", "multi:softprob"}, {"num_class", "3"}}},
        {"rounds=20 loss=softmax classes=5", third, 5, {{"objective", "multi:softprob"}, {"num_class", "5"}}},
        {"rounds=20 loss=poisson", count, 1, {{"objective", "count:poisson"}}},
        {"rounds=20 loss=gamma", size, 1, {{"objective", "reg:gamma"}}},
        {"rounds=20 loss=tweedie power=1.2",
         size,
         1,
         {{"objective", "reg:tweedie"}, {"tweedie_variance_power", "1.2"}}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        learn_data d = learn_make(61 + k, 60, N_FEATURES, 0.8, 0.1);
        d.rows.data = &d.data;
        if (cases[k].label) relabel(&d, cases[k].label);
        compare(cases[k].params, cases[k].settings, &d.rows, cases[k].n_outputs);
        learn_clear(&d);
    }
}

static void settings_arrive(void **state)
{
    (void)state;
    learn_data d = learn_make(71, 60, N_FEATURES, 0.8, 0.1);
    d.rows.data = &d.data;
    compare("rounds=20 rate=0.1 depth=3 bins=32 rows=0.7 columns=0.8 columns_node=0.9 l1=0.5 l2=3 min_child=8 "
            "min_gain=0.2",
            (const setting[]){{"eta", "0.1"},
                              {"max_depth", "3"},
                              {"max_bin", "32"},
                              {"subsample", "0.7"},
                              {"colsample_bytree", "0.8"},
                              {"colsample_bynode", "0.9"},
                              {"alpha", "0.5"},
                              {"lambda", "3"},
                              {"min_child_weight", "8"},
                              {"gamma", "0.2"},
                              {NULL, NULL}},
            &d.rows, 1);
    compare("rounds=20 grow=leaf leaves=7 depth=9",
            (const setting[]){{"grow_policy", "lossguide"}, {"max_leaves", "7"}, {"max_depth", "9"}, {NULL, NULL}},
            &d.rows, 1);
    learn_clear(&d);
}

static void weights_count(void **state)
{
    (void)state;
    learn_data d = learn_make(72, 60, N_FEATURES, 0.8, 0.1);
    d.rows.data = &d.data;
    tw_model *plain = fit("rounds=20", &d.rows, NULL);
    double *a = predict(plain, &d.rows);
    for (size_t c = 0; c < d.n_cells; c++) d.weight[c] = c % 3 ? 0.25 : 4;
    d.data.weight = d.weight;
    compare("rounds=20", (const setting[]){{NULL, NULL}}, &d.rows, 1);
    tw_model *weighted = fit("rounds=20", &d.rows, NULL);
    double *b = predict(weighted, &d.rows), apart = 0;
    for (size_t i = 0; i < d.rows.n; i++) apart = fmax(apart, fabs(a[i] - b[i]));
    assert_true(apart > 0.01);
    free(a);
    free(b);
    tw_model_free(plain);
    tw_model_free(weighted);
    learn_clear(&d);
}

/* A category of three (one against the rest) and one of forty (sets), which alone say something of the label. */
static void categories_are_split_as_such(void **state)
{
    (void)state;
    learn_data d = learn_make(73, 100, N_FEATURES, 0, 0);
    static const uint32_t levels[N_FEATURES] = {3, 0, 40, 0, 0, 0};
    tw_ensemble e;
    d.rows.data = &d.data;
    d.data.levels = levels;
    for (size_t c = 0; c < d.n_cells; c++) {
        const size_t few = c * 7 % 3, many = c * 11 % 40;
        d.features[0][c] = c % 29 ? (float)few : NAN;
        d.features[2][c] = (float)many;
        d.label[c] += (few == 1) + 2 * (double)(many * 17 % 5 == 0);
    }
    compare("rounds=20", (const setting[]){{NULL, NULL}}, &d.rows, 1);
    tw_model *model = fit("rounds=20", &d.rows, NULL);
    assert_true(tw_model_ensemble(model, &e) && e.n_category_splits > 0);
    tw_model_free(model);
    learn_clear(&d);
}

static double mean_squares(const tw_model *model, const tw_rows *rows)
{
    double *score = predict(model, rows), sum = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const double e = score[i] - rows->data->label[rows->cell[i]];
        sum += e * e;
    }
    free(score);
    return sum / (double)rows->n;
}

/* The rounds kept are those of the least loss among all that were tried. */
static void valid_rows_end_it(void **state)
{
    (void)state;
    learn_data d = learn_make(74, 120, N_FEATURES, 0.8, 0.1);
    d.rows.data = &d.data;
    const tw_rows train = {&d.data, d.all, d.rows.n / 2}, valid = {&d.data, d.all + d.rows.n / 2, d.rows.n / 2};
    tw_model *stopped = fit("rounds=200 stop=10", &train, &valid), *all = fit("rounds=200 stop=0", &train, &valid);
    const tw_trees *m = tw_model_trees(stopped);
    const size_t kept = m->n_trees;
    char params[32];
    assert_true(kept > 0 && kept < 190);
    assert_int_equal(tw_model_trees(all)->n_trees, 200);
    const double least = mean_squares(stopped, &valid);
    for (size_t rounds = kept > 3 ? kept - 3 : 1; rounds < kept + 10; rounds++) {
        (void)snprintf(params, sizeof params, "rounds=%zu", rounds);
        tw_model *other = fit(params, &train, NULL);
        assert_true(mean_squares(other, &valid) >= least - 1e-9);
        tw_model_free(other);
    }
    tw_model_free(stopped);
    tw_model_free(all);
    learn_clear(&d);
}

static bool third_round(void *arg) { return ++*(int *)arg > 3; }

static void it_can_be_cancelled(void **state)
{
    (void)state;
    learn_data d = learn_make(75, 30, N_FEATURES, 0.8, 0.1);
    d.rows.data = &d.data;
    int asked = 0;
    tw_model *model = NULL;
    tw_error err;
    const tw_progress progress = {.cancelled = third_round, .arg = &asked};
    const tw_ctx ctx = {.progress = &progress};
    assert_int_equal(try_fit(&ctx, "rounds=50", &d.rows, NULL, &model, &err), TW_CANCELLED);
    asked = 0;
    const tw_fit_spec spec = {
        .learner = "xgboost", .params = "rounds=50", .seed = 7, .train = &d.rows, .partial = true};
    assert_ok(tw_model_fit(&ctx, &spec, &model, &err), &err);
    assert_int_equal(tw_model_trees(model)->n_trees, 3);
    tw_model_free(model);
    learn_clear(&d);
}

static void what_it_cannot_do_is_refused(void **state)
{
    (void)state;
    learn_data d = learn_make(76, 30, N_FEATURES, 0.8, 0.1);
    d.rows.data = &d.data;
    tw_model *model = fit("rounds=2", &d.rows, NULL), *more = NULL;
    tw_error err;
    assert_int_equal(
        tw_model_fit(NULL, &(tw_fit_spec){.learner = "xgboost", .train = &d.rows, .from = model}, &more, &err),
        TW_BAD_VALUE);
    assert_int_equal(try_fit(NULL, "loss=gamma", &d.rows, NULL, &more, &err), TW_BAD_DATA); /* labels below 0 */
    assert_int_equal(try_fit(NULL, "loss=ic", &d.rows, NULL, &more, &err), TW_BAD_VALUE);
    tw_model_free(model);
    learn_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predicts_what_the_library_does),
        cmocka_unit_test(settings_arrive),
        cmocka_unit_test(weights_count),
        cmocka_unit_test(categories_are_split_as_such),
        cmocka_unit_test(valid_rows_end_it),
        cmocka_unit_test(it_can_be_cancelled),
        cmocka_unit_test(what_it_cannot_do_is_refused),
    };
    const tw_learner *learner;
    tw_error err;
    if (tw_learner_find("xgboost", &learner, &err) != TW_OK) return 1;
    if (learner->available(&err) != TW_OK) {
        printf("skipped: %s\n", err.message);
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

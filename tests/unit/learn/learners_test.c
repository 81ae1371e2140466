/* SPDX-License-Identifier: Apache-2.0 */
/* What single learners promise beyond the family. */
#include "tradewind/learn.h"

#include "learn_data.h"
#include "tw_test.h"

#include <math.h>

static tw_model *fit(const char *learner, const char *params, const tw_rows *train, const tw_rows *valid)
{
    tw_model *model;
    tw_error err;
    assert_ok(tw_model_fit(
                  NULL, &(tw_fit_spec){.learner = learner, .params = params, .seed = 5, .train = train, .valid = valid},
                  &model, &err),
              &err);
    return model;
}

static void last_value_never_uses_what_is_not_known_yet(void **state)
{
    (void)state;
    learn_data d = learn_make(31, 40, 2, 0.5, 0);
    d.rows.data = &d.data;
    tw_model *model = fit("last_value", "", &d.rows, NULL);
    double score;
    /* Labels end three bars after their row, so the last one known at t is that of t - 3. */
    for (uint32_t t = 3; t < 40; t++) {
        const uint32_t cell = t * 16 + 5;
        assert_int_equal(tw_model_predict(model, &(tw_rows){&d.data, &cell, 1}, &score, NULL), TW_OK);
        assert_same(score, d.label[(t - 3) * 16 + 5]);
    }
    const uint32_t early = 2 * 16 + 5;
    assert_int_equal(tw_model_predict(model, &(tw_rows){&d.data, &early, 1}, &score, NULL), TW_OK);
    double mean = 0;
    for (size_t i = 0; i < d.rows.n; i++) mean += d.label[d.all[i]] / (double)d.rows.n;
    assert_near(score, mean, 1e-12);
    tw_dataset bare = d.data;
    bare.label = NULL;
    tw_error err;
    assert_int_equal(tw_model_predict(model, &(tw_rows){&bare, &early, 1}, &score, &err), TW_BAD_DATA);
    tw_model_free(model);
    model = fit("last_value", "feature=fb", &d.rows, NULL);
    assert_int_equal(tw_model_predict(model, &(tw_rows){&bare, &early, 1}, &score, &err), TW_OK);
    assert_same(score, (double)d.features[1][early]);
    tw_model_free(model);
    assert_int_equal(
        tw_model_fit(NULL, &(tw_fit_spec){.learner = "last_value", .params = "feature=fz", .seed = 5, .train = &d.rows},
                     &model, &err),
        TW_BAD_NAME);
    learn_clear(&d);
}

static void margins_are_those_of_trees(void **state)
{
    (void)state;
    learn_data d = learn_make(7, 60, 3, 0.5, 0.1);
    d.rows.data = &d.data;
    double margin[4], score[4];
    tw_error err;
    tw_model *model = fit("gbm", "loss=logistic rounds=5 min_child=1", &d.rows, NULL);
    const tw_rows some = {&d.data, d.rows.cell, 4};
    assert_ok(tw_model_margin(model, &some, margin, &err), &err);
    assert_ok(tw_model_predict(model, &some, score, &err), &err);
    for (size_t i = 0; i < 4; i++) assert_near(1 / (1 + exp(-margin[i])), score[i], 1e-15);
    tw_model_free(model);
    model = fit("ridge", "", &d.rows, NULL);
    assert_int_equal(tw_model_margin(model, &some, margin, &err), TW_UNSUPPORTED);
    tw_model_free(model);
    learn_clear(&d);
}

static size_t model_bytes(const tw_model *model)
{
    tw_buf out;
    tw_buf_init(&out, NULL);
    assert_int_equal(tw_model_save(model, &out, NULL), TW_OK);
    const size_t n = out.length;
    tw_buf_clear(&out);
    return n;
}

/* Where there is nothing to learn, the valid rows say so and trees end early; where there is, most are kept. */
static void early_stopping_keeps_the_best(void **state)
{
    (void)state;
    for (int signal = 0; signal < 2; signal++) {
        learn_data d = learn_make(32, 300, 6, signal, 0);
        d.rows.data = &d.data;
        const tw_rows train = {&d.data, d.all, 2400}, valid = {&d.data, d.all + 2500, d.rows.n - 2500};
        const char *params = "rounds=80 min_child=5 l2=0.1 rate=0.1 stop=10";
        tw_model *all = fit("gbm", params, &train, NULL), *some = fit("gbm", params, &train, &valid);
        if (signal)
            assert_true(model_bytes(some) > model_bytes(all) / 3);
        else
            assert_true(model_bytes(some) < model_bytes(all) / 3);
        tw_model_free(all);
        tw_model_free(some);
        learn_clear(&d);
    }
}

/* A step at a missing value: the trees learn on which side of the split it belongs. */
static void missing_values_have_a_learned_direction(void **state)
{
    (void)state;
    learn_data d = learn_make(33, 200, 1, 0, 0);
    d.rows.data = &d.data;
    for (size_t c = 0; c < d.n_cells; c++) {
        if (isnan(d.label[c])) continue;
        const bool missing = c % 4 == 0;
        d.label[c] = missing || d.features[0][c] > 1 ? 3 : -1;
        if (missing) d.features[0][c] = NAN;
    }
    tw_model *model = fit("gbm", "rounds=60 rate=0.3 min_child=2 l2=0 columns=1", &d.rows, NULL);
    double *score = learn_alloc(d.rows.n, sizeof *score);
    assert_int_equal(tw_model_predict(model, &d.rows, score, NULL), TW_OK);
    for (size_t i = 0; i < d.rows.n; i++) assert_near(score[i], d.label[d.all[i]], 0.2);
    free(score);
    tw_model_free(model);
    learn_clear(&d);
}

/* With one tree of one split, a bin a value and rate 1, the answer is a table one can work out. */
static void one_split_by_hand(void **state)
{
    (void)state;
    float x[16];
    double label[16];
    uint32_t cell[16];
    for (uint32_t i = 0; i < 16; i++) {
        x[i] = (float)i;
        label[i] = i < 5 ? 1.5 : 4.25;
        cell[i] = i;
    }
    const float *columns[1] = {x};
    const tw_dataset data = {.n_times = 1, .n_lanes = 16, .n_features = 1, .features = columns, .label = label};
    const tw_rows rows = {&data, cell, 16};
    tw_model *model = fit("gbm", "rounds=1 rate=1 leaves=2 min_child=1 l2=0 columns=1", &rows, NULL);
    double score[16], share;
    assert_int_equal(tw_model_predict(model, &rows, score, NULL), TW_OK);
    for (size_t i = 0; i < 16; i++) assert_near(score[i], label[i], 1e-12);
    assert_true(tw_model_importance(model, &share));
    assert_same(share, 1);
    x[0] = 4.5F; /* the cut is halfway between 4 and 5 */
    x[1] = 4.51F;
    assert_int_equal(tw_model_predict(model, &rows, score, NULL), TW_OK);
    assert_near(score[0], 1.5, 1e-12);
    assert_near(score[1], 4.25, 1e-12);
    tw_model_free(model);
}

static void logistic_gives_chances(void **state)
{
    (void)state;
    learn_data d = learn_make(34, 300, 5, 1, 0.02);
    d.rows.data = &d.data;
    static const char *const fits[][2] = {{"logistic", ""}, {"gbm", "loss=logistic rounds=40 min_child=5"}};
    for (size_t k = 0; k < 2; k++) {
        tw_model *model = fit(fits[k][0], fits[k][1], &d.rows, NULL);
        double *score = learn_alloc(d.rows.n, sizeof *score), mean = 0, up = 0;
        assert_int_equal(tw_model_predict(model, &d.rows, score, NULL), TW_OK);
        for (size_t i = 0; i < d.rows.n; i++) {
            assert_true(score[i] > 0 && score[i] < 1);
            mean += score[i] / (double)d.rows.n;
            up += (d.label[d.all[i]] > 0) / (double)d.rows.n;
        }
        assert_near(mean, up, k ? 0.02 : 1e-6);
        free(score);
        tw_model_free(model);
    }
    learn_clear(&d);
}

/* Equal columns: the lasso keeps few weights, ridge without a penalty says the matrix is singular. */
static void equal_columns(void **state)
{
    (void)state;
    learn_data d = learn_make(35, 100, 4, 0.5, 0);
    d.rows.data = &d.data;
    memcpy(d.features[3], d.features[0], d.n_cells * sizeof(float));
    tw_model *model;
    tw_error err;
    double share[4];
    const tw_status status = tw_model_fit(
        NULL, &(tw_fit_spec){.learner = "ridge", .params = "alpha=0", .seed = 5, .train = &d.rows}, &model, &err);
    assert_true(status == TW_SINGULAR || status == TW_OK); /* rounding may leave a positive pivot */
    if (status == TW_OK) tw_model_free(model);
    model = fit("elastic_net", "alpha=0.2 l1=1", &d.rows, NULL);
    assert_true(tw_model_importance(model, share));
    assert_true(share[1] == 0 && share[2] == 0);
    tw_model_free(model);
    learn_clear(&d);
}

/* One row, no features, labels that do not differ: every learner that can be fitted gives finite scores. */
static void small_and_flat_data(void **state)
{
    (void)state;
    size_t n;
    const tw_learner *const *learners = tw_learners(&n);
    learn_data d = learn_make(37, 30, 3, 0.5, 0);
    d.rows.data = &d.data;
    tw_dataset bare = d.data;
    bare.n_features = 0;
    for (size_t c = 0; c < d.n_cells; c++) d.label[c] = isnan(d.label[c]) ? NAN : 2.385;
    const tw_rows cases[] = {d.rows, {&d.data, d.all, 1}, {&bare, d.all, d.rows.n}};
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < 3 && learn_available(learners[i]); k++) {
            tw_model *model;
            tw_error err;
            double score;
            if (k == 2 && learners[i]->trees) {
                assert_int_equal(
                    tw_model_fit(NULL, &(tw_fit_spec){.learner = learners[i]->name, .seed = 1, .train = &cases[k]},
                                 &model, &err),
                    TW_BAD_DATA);
                continue;
            }
            assert_ok(
                tw_model_fit(NULL,
                             &(tw_fit_spec){.learner = learners[i]->name, .params = "", .seed = 1, .train = &cases[k]},
                             &model, &err),
                &err);
            const tw_rows one = {cases[k].data, d.all + 100, 1};
            assert_ok(tw_model_predict(model, &one, &score, &err), &err);
            if (strcmp(learners[i]->name, "logistic") == 0)
                assert_true(score > 0.5 && score < 1);
            else if (strcmp(learners[i]->name, "xgboost") == 0) /* labels are floats, which steps of 0.3 draw near */
                assert_near(score, 2.385, 1e-5);
            else
                assert_near(score, 2.385, 1e-12);
            tw_model_free(model);
        }
    }
    learn_clear(&d);
}

static void cancelled(void *arg, const char *stage, uint64_t done, uint64_t total, const char *note)
{
    (void)stage;
    (void)total;
    (void)note;
    *(uint64_t *)arg = done;
}

static bool after_five(void *arg) { return *(uint64_t *)arg >= 5; }

static void a_fit_can_be_stopped(void **state)
{
    (void)state;
    learn_data d = learn_make(36, 60, 3, 0.5, 0);
    d.rows.data = &d.data;
    uint64_t done = 0;
    const tw_progress progress = {cancelled, after_five, &done};
    const tw_ctx ctx = {.progress = &progress};
    tw_model *model;
    assert_int_equal(
        tw_model_fit(&ctx, &(tw_fit_spec){.learner = "gbm", .params = "min_child=2", .seed = 1, .train = &d.rows},
                     &model, NULL),
        TW_CANCELLED);
    assert_int_equal(done, 5);
    learn_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(margins_are_those_of_trees),
        cmocka_unit_test(last_value_never_uses_what_is_not_known_yet),
        cmocka_unit_test(early_stopping_keeps_the_best),
        cmocka_unit_test(missing_values_have_a_learned_direction),
        cmocka_unit_test(one_split_by_hand),
        cmocka_unit_test(logistic_gives_chances),
        cmocka_unit_test(equal_columns),
        cmocka_unit_test(small_and_flat_data),
        cmocka_unit_test(a_fit_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

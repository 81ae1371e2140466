/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of labels' weights, splits, metrics, fits, saves and loads fails in turn. */
#include "tradewind/learn.h"

#include "learn_data.h"
#include "tw_oom.h"

static const char *params_of(const char *learner)
{
    if (strcmp(learner, "gbm") == 0) return "rounds=3 leaves=5 min_child=5";
    if (strcmp(learner, "xgboost") == 0) return "rounds=3 depth=2";
    return strcmp(learner, "extra_trees") == 0 || strcmp(learner, "random_forest") == 0 ? "trees=2 depth=3" : "";
}

typedef struct job {
    learn_data d;
    const tw_learner *learner;
    const tw_splitter *splitter;
    tw_buf bytes;
} job;

static tw_status fit_and_save(const tw_ctx *ctx, void *arg)
{
    job *j = arg;
    tw_model *model;
    const tw_rows valid = {&j->d.data, j->d.rows.cell, 50};
    TW_TRY(tw_model_fit(ctx,
                        &(tw_fit_spec){.learner = j->learner->name,
                                       .params = params_of(j->learner->name),
                                       .seed = 3,
                                       .train = &j->d.rows,
                                       .valid = &valid},
                        &model, NULL));
    tw_buf out;
    tw_buf_init(&out, ctx);
    const tw_status status = tw_model_save(model, &out, NULL);
    tw_buf_clear(&out);
    tw_model_free(model);
    return status;
}

static tw_status load(const tw_ctx *ctx, void *arg)
{
    job *j = arg;
    tw_model *model;
    TW_TRY(tw_model_load(ctx, j->bytes.data, j->bytes.length, &model, NULL));
    tw_model_free(model);
    return TW_OK;
}

static void learners_survive(void **state)
{
    (void)state;
    size_t n;
    const tw_learner *const *learners = tw_learners(&n);
    job j = {.d = learn_make(1, 12, 4, 0.5, 0.1)};
    j.d.rows.data = &j.d.data;
    for (size_t i = 0; i < n; i++) {
        tw_model *model;
        if (!learn_available(learners[i])) continue;
        j.learner = learners[i];
        assert_true(tw_oom_sweep(fit_and_save, &j) > 2);
        assert_int_equal(tw_model_fit(NULL,
                                      &(tw_fit_spec){.learner = learners[i]->name,
                                                     .params = params_of(learners[i]->name),
                                                     .seed = 3,
                                                     .train = &j.d.rows},
                                      &model, NULL),
                         TW_OK);
        tw_buf_init(&j.bytes, NULL);
        assert_int_equal(tw_model_save(model, &j.bytes, NULL), TW_OK);
        tw_model_free(model);
        assert_true(tw_oom_sweep(load, &j) > 2);
        tw_buf_clear(&j.bytes);
    }
    learn_clear(&j.d);
}

static tw_status split(const tw_ctx *ctx, void *arg)
{
    job *j = arg;
    _Alignas(16) char params[256];
    tw_folds folds;
    TW_TRY(tw_params_parse(j->splitter->params, j->splitter->name, "", params, NULL));
    TW_TRY(j->splitter->split(ctx, &j->d.data, NULL, params, &folds, NULL));
    tw_folds_clear(ctx, &folds);
    return TW_OK;
}

static tw_status weigh(const tw_ctx *ctx, void *arg)
{
    job *j = arg;
    return tw_uniqueness(ctx, &j->d.data, NULL, j->d.weight, NULL);
}

static tw_status measure(const tw_ctx *ctx, void *arg)
{
    job *j = arg;
    static double label[2000], out[16], more[16];
    static uint32_t time[2000];
    size_t n;
    const tw_metric *const *metrics = tw_metrics(&n);
    for (size_t i = 0; i < j->d.rows.n; i++) {
        label[i] = j->d.label[j->d.all[i]];
        time[i] = j->d.all[i] / 16;
    }
    const tw_scored scored = {.n = j->d.rows.n, .score = label, .label = label, .time = time};
    for (size_t i = 0; i < n; i++) TW_TRY(tw_metric_compute(ctx, metrics[i]->name, &scored, out, NULL));
    TW_TRY(tw_quantile_returns(ctx, &scored, 5, out, NULL));
    return tw_calibration(ctx, &scored, 5, out, more, NULL);
}

static void splits_weights_and_metrics_survive(void **state)
{
    (void)state;
    size_t n;
    const tw_splitter *const *splitters = tw_splitters(&n);
    job j = {.d = learn_make(2, 100, 1, 0.5, 0)};
    for (size_t i = 0; i < n; i++) {
        j.splitter = splitters[i];
        assert_true(tw_oom_sweep(split, &j) > 5);
    }
    assert_int_equal(tw_oom_sweep(weigh, &j), 1);
    assert_true(tw_oom_sweep(measure, &j) > 10);
    learn_clear(&j.d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(learners_survive),
                                       cmocka_unit_test(splits_weights_and_metrics_survive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

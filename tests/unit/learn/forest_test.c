/* SPDX-License-Identifier: Apache-2.0 */
/* Forests: averages of deep trees, and estimates by the trees that saw nothing of a row. */
#include "learn/trees/trees.h"

#include <math.h>
#include <stdlib.h>

#include "tw_test.h"

enum { TIMES = 300, CELLS = TIMES * 16, TRAIN = 3200 };

typedef struct table {
    float x[3][CELLS];
    const float *features[3];
    double label[CELLS], out[CELLS * 3], score[CELLS * 3];
    uint32_t cell[CELLS], start[CELLS], end[CELLS];
    tw_dataset data;
    tw_rows train, test;
} table;

static table *table_new(void)
{
    table *t = calloc(1, sizeof *t);
    assert_non_null(t);
    tw_random r = {31, 0, 0};
    for (size_t i = 0; i < CELLS; i++) {
        for (size_t f = 0; f < 3; f++) t->x[f][i] = (float)tw_random_normal(&r);
        t->label[i] = (double)t->x[0][i] * (t->x[1][i] > 0 ? 1 : -1) + 0.3 * tw_random_normal(&r);
        t->cell[i] = t->start[i] = t->end[i] = (uint32_t)i;
        t->start[i] = t->end[i] = (uint32_t)(i / 16);
    }
    for (size_t f = 0; f < 3; f++) t->features[f] = t->x[f];
    t->data = (tw_dataset){.n_times = TIMES,
                           .n_lanes = 16,
                           .n_features = 3,
                           .features = t->features,
                           .label = t->label,
                           .label_start = t->start,
                           .label_end = t->end};
    t->train = (tw_rows){&t->data, t->cell, TRAIN};
    t->test = (tw_rows){&t->data, t->cell + TRAIN, CELLS - TRAIN};
    return t;
}

static tw_model *fit(table *t, const char *learner, const char *params)
{
    tw_model *model = NULL;
    tw_error err;
    const tw_fit_spec spec = {
        .learner = learner, .params = params, .seed = 5, .train = &t->train, .out_of_bag = t->out};
    assert_ok(tw_model_fit(NULL, &spec, &model, &err), &err);
    return model;
}

static double r2(size_t n, const double *score, const double *label, size_t *counted)
{
    double mean = 0, off = 0, all = 0;
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(score[i])) mean += label[i], k++;
    mean /= (double)k;
    for (size_t i = 0; i < n; i++) {
        if (isnan(score[i])) continue;
        off += (score[i] - label[i]) * (score[i] - label[i]);
        all += (label[i] - mean) * (label[i] - mean);
    }
    *counted = k;
    return 1 - off / all;
}

static void forests_learn_and_say_how_well(void **state)
{
    (void)state;
    static const char *const learners[] = {"random_forest", "extra_trees"};
    for (size_t k = 0; k < 2; k++) {
        table *t = table_new();
        size_t n;
        tw_model *model = fit(t, learners[k], "trees=60 columns_node=0.7 rows=0.632");
        assert_int_equal(tw_model_predict(model, &t->test, t->score, NULL), TW_OK);
        const double test = r2(CELLS - TRAIN, t->score, t->label + TRAIN, &n), out = r2(TRAIN, t->out, t->label, &n);
        assert_int_equal(n, TRAIN);
        if (!(test > 0.75)) fail_msg("%s: R2 %g on the test rows", learners[k], test);
        assert_near(out, test, 0.05);
        tw_model_free(model);
        free(t);
    }
}

/* Labels of ten bars of noise, and a feature that says when it is: rows left out alone would be told by those beside
 * them, which share nine bars of their label. */
static void what_is_out_of_bag_shares_no_label(void **state)
{
    (void)state;
    enum { HORIZON = 10 };
    table *t = table_new();
    tw_random r = {8, 0, 0};
    double noise[TIMES + HORIZON];
    size_t n;
    for (size_t i = 0; i < TIMES + HORIZON; i++) noise[i] = tw_random_normal(&r);
    for (size_t i = 0; i < CELLS; i++) {
        const size_t time = i / 16;
        t->label[i] = 0;
        for (size_t k = 0; k < HORIZON; k++) t->label[i] += noise[time + k];
        t->x[0][i] = (float)time;
        t->end[i] = (uint32_t)(time + HORIZON - 1);
    }
    tw_model *model = fit(t, "random_forest", "trees=60 columns_node=1 min_child=1 bins=255");
    const double blocks = r2(TRAIN, t->out, t->label, &n);
    assert_true(n > TRAIN / 4);
    tw_model_free(model);
    for (size_t i = 0; i < CELLS; i++) t->end[i] = t->start[i]; /* as if labels did not last */
    model = fit(t, "random_forest", "trees=60 columns_node=1 min_child=1 bins=255");
    const double rows = r2(TRAIN, t->out, t->label, &n);
    assert_true(rows > 0.9);
    assert_true(blocks < 0.6);
    tw_model_free(model);
    free(t);
}

static void shares_of_classes(void **state)
{
    (void)state;
    table *t = table_new();
    for (size_t i = 0; i < CELLS; i++) t->label[i] = t->x[0][i] > 0.5F ? 2 : t->x[1][i] > 0 ? 1 : 0;
    tw_model *model = fit(t, "random_forest", "loss=softmax trees=40 columns_node=1");
    size_t right = 0, n = CELLS - TRAIN;
    assert_int_equal(tw_model_outputs(model), 3);
    assert_int_equal(tw_model_predict(model, &t->test, t->score, NULL), TW_OK);
    for (size_t i = 0; i < n; i++) {
        const double *p = t->score + 3 * i;
        assert_near(p[0] + p[1] + p[2], 1, 1e-9);
        right += p[(size_t)t->label[TRAIN + i]] > 0.5;
    }
    assert_true((double)right > 0.97 * (double)n);
    tw_model_free(model);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forests_learn_and_say_how_well),
        cmocka_unit_test(what_is_out_of_bag_shares_no_label),
        cmocka_unit_test(shares_of_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

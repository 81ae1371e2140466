/* SPDX-License-Identifier: Apache-2.0 */
/* Linear learners against scikit-learn; tests/golden/make/learn.py wrote the numbers. */
#include "tradewind/learn.h"

#include "golden_csv.h"

#include <math.h>

enum { ROWS = 160, FEATURES = 5 };

typedef struct sheet {
    size_t n, n_scores;
    float x[FEATURES][ROWS];
    double label[ROWS], score[3][ROWS];
} sheet;

static void take(const golden_line *line, void *arg)
{
    sheet *s = arg;
    if (strcmp(line->kind, "row") == 0) {
        for (size_t f = 0; f < FEATURES; f++) s->x[f][s->n] = (float)line->x[f];
        s->label[s->n++] = line->x[FEATURES];
    } else {
        for (size_t k = 0; k < 3; k++) s->score[k][s->n_scores] = line->x[k];
        s->n_scores++;
    }
}

static void check(const tw_rows *rows, const char *learner, const char *params, const double *expected)
{
    tw_model *model;
    tw_error err;
    double score[ROWS];
    assert_ok(tw_model_fit(NULL, &(tw_fit_spec){.learner = learner, .params = params, .seed = 1, .train = rows}, &model,
                           &err),
              &err);
    assert_ok(tw_model_predict(model, rows, score, &err), &err);
    for (size_t i = 0; i < ROWS; i++) assert_near(score[i], expected[i], 1e-6); /* features pass as float */
    tw_model_free(model);
}

static void scores_are_those_of_scikit_learn(void **state)
{
    (void)state;
    static sheet s;
    golden_read(TW_SOURCE_DIR "/tests/golden/learn/linear.csv", take, &s);
    assert_int_equal(s.n, ROWS);
    const float *columns[FEATURES];
    uint32_t cell[ROWS];
    for (size_t f = 0; f < FEATURES; f++) columns[f] = s.x[f];
    for (uint32_t i = 0; i < ROWS; i++) cell[i] = i;
    const tw_dataset data = {
        .n_times = ROWS / 16, .n_lanes = 16, .n_features = FEATURES, .features = columns, .label = s.label};
    const tw_rows rows = {&data, cell, ROWS};
    check(&rows, "ridge", "alpha=0.05", s.score[0]);
    check(&rows, "elastic_net", "alpha=0.08 l1=0.6", s.score[1]);
    check(&rows, "logistic", "alpha=0.02 threshold=0.02", s.score[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(scores_are_those_of_scikit_learn)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

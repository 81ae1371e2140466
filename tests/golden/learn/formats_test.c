/* SPDX-License-Identifier: Apache-2.0 */
/* Models of XGBoost and LightGBM give what the library that made them predicts; tests/golden/make/trees.py wrote models
 * and numbers. XGBoost adds up in float, LightGBM in double. */
#include "tradewind/learn.h"

#include "golden_csv.h"

#include <math.h>

enum { ROWS = 48, FEATURES = 6, MOST_OUTPUTS = 4 };
#define TREES TW_SOURCE_DIR "/tests/golden/learn/trees/"

typedef struct sheet {
    size_t n;
    float x[FEATURES][ROWS];
} sheet;

typedef struct peer {
    const char *folder;
    double tolerance;
    size_t n_models;
    const sheet *rows, *train_rows;
} peer;

static void take_row(const golden_line *line, void *arg)
{
    sheet *s = arg;
    for (size_t f = 0; f < FEATURES; f++) s->x[f][s->n] = (float)line->x[f];
    s->n++;
}

static void predict(const tw_model *model, const sheet *s, double *score)
{
    const float *columns[FEATURES];
    uint32_t cell[ROWS];
    tw_error err;
    for (size_t f = 0; f < FEATURES; f++) columns[f] = s->x[f];
    for (uint32_t i = 0; i < ROWS; i++) cell[i] = i;
    const tw_dataset data = {.n_times = ROWS / 16, .n_lanes = 16, .n_features = FEATURES, .features = columns};
    assert_ok(tw_model_predict(model, &(tw_rows){&data, cell, ROWS}, score, &err), &err);
}

static tw_model *import(const char *folder, const char *file)
{
    char path[512], *bytes;
    size_t length;
    tw_model *model;
    tw_error err;
    snprintf(path, sizeof path, TREES "%s/%.*s", folder, (int)strcspn(file, ","), file);
    assert_ok(tw_file_read(NULL, path, &bytes, &length, &err), &err);
    assert_ok(tw_model_import(NULL, bytes, length, &model, &err), &err);
    tw_free(NULL, bytes);
    return model;
}

static void take_model(const golden_line *line, void *arg)
{
    peer *p = arg;
    double score[ROWS * MOST_OUTPUTS];
    const size_t n_outputs = (size_t)line->x[1];
    tw_model *model = import(p->folder, line->name);
    assert_int_equal(tw_model_outputs(model), n_outputs);
    assert_int_equal(line->n, 2 + ROWS * n_outputs);
    predict(model, strcmp(line->kind, "model") == 0 ? p->rows : p->train_rows, score);
    for (size_t i = 0; i < ROWS * n_outputs; i++) {
        const double want = line->x[2 + i], size = fabs(want) > 1 ? fabs(want) : 1;
        if (!(fabs(score[i] - want) <= p->tolerance * size))
            fail_msg("%s/%s, row %zu: %.17g, the peer says %.17g", p->folder, line->name, i / n_outputs, score[i],
                     want);
    }
    p->n_models++;
    tw_model_free(model);
}

static void read_rows(sheet *rows, sheet *train_rows)
{
    golden_read(TREES "rows.csv", take_row, rows);
    golden_read(TREES "train_rows.csv", take_row, train_rows);
    assert_int_equal(rows->n, ROWS);
    assert_int_equal(train_rows->n, ROWS);
}

static void predictions_are_those_of_the_library(void **state)
{
    static sheet rows, train_rows;
    static const struct {
        const char *folder;
        double tolerance;
        size_t n_models;
    } peers[] = {{"xgboost-1.7.6", 1e-6, 17}, {"xgboost-2.1.4", 1e-6, 22}, {"xgboost-3.2.0", 1e-6, 36}};
    (void)state;
    read_rows(&rows, &train_rows);
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        char path[512];
        peer p = {peers[i].folder, peers[i].tolerance, 0, &rows, &train_rows};
        snprintf(path, sizeof path, TREES "%s/predictions.csv", p.folder);
        golden_read(path, take_model, &p);
        assert_int_equal(p.n_models, peers[i].n_models);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(predictions_are_those_of_the_library)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

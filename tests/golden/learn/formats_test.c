/* SPDX-License-Identifier: Apache-2.0 */
/* Models of XGBoost and LightGBM give what the library that made them predicts; tests/golden/make/trees.py wrote models
 * and numbers. XGBoost adds up in float, LightGBM in double. */
#include "tradewind/learn.h"

#include "golden_csv.h"

#include <math.h>

enum { ROWS = 32, FEATURES = 6, MOST_OUTPUTS = 4 };
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

/* Rows whose categories a model knows, or that are missing: LightGBM knows no others (docs/reference/models.md). */
static bool is_known(const sheet *s, size_t row)
{
    const float a = s->x[2][row], b = s->x[4][row];
    return (isnan(a) || (a >= 0 && a < 12)) && b >= 0 && b < 64;
}

/* Written and read again: our own file gives the same bits, LightGBM's the same but for the base, which is added to
 * leaves of a linear tree last. */
static void goes_through_the_formats(const tw_model *model, const sheet *s, const double *score)
{
    static const char *const formats[] = {"tradewind", "lightgbm"};
    const size_t n_outputs = tw_model_outputs(model);
    for (size_t f = 0; f < 2; f++) {
        tw_buf out;
        tw_error err;
        tw_model *again;
        double got[ROWS * MOST_OUTPUTS];
        tw_ensemble e;
        tw_buf_init(&out, NULL);
        const tw_status status = tw_model_export(model, formats[f], &out, &err);
        if (status != TW_OK) {
            assert_true(f == 1 && status == TW_BAD_VALUE && tw_model_ensemble(model, &e));
            assert_string_equal(e.link, "sign");
            tw_buf_clear(&out);
            continue;
        }
        assert_ok(tw_model_import(NULL, out.data, out.length, &again, &err), &err);
        predict(again, s, got);
        for (size_t i = 0; i < ROWS * n_outputs; i++)
            if (f == 0 || is_known(s, i / n_outputs)) assert_near(got[i], score[i], f == 0 ? 0 : 1e-14);
        tw_buf_clear(&out);
        tw_model_free(again);
    }
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
    goes_through_the_formats(model, strcmp(line->kind, "model") == 0 ? p->rows : p->train_rows, score);
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
    } peers[] = {{"lightgbm-2.3.1", 1e-12, 7}, {"lightgbm-3.3.5", 1e-12, 8}, {"lightgbm-4.7.0", 1e-12, 27},
                 {"xgboost-1.0.2", 1e-6, 7},   {"xgboost-1.5.2", 1e-6, 7},   {"xgboost-1.7.6", 1e-6, 18},
                 {"xgboost-2.1.4", 1e-6, 23},  {"xgboost-3.2.0", 1e-6, 38}};
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

/* SPDX-License-Identifier: Apache-2.0 */
/* Model files of XGBoost and LightGBM: what is read predicts, is written in every format, and what is written as
 * LightGBM's text is read again. */
#include "tradewind/learn.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_FEATURES = 64, MOST_OUTPUTS = 64, CELLS = 16 };

static void predict(const tw_model *model)
{
    static float column[CELLS];
    static const float *columns[MOST_FEATURES];
    static double score[CELLS * MOST_OUTPUTS], share[MOST_FEATURES];
    uint32_t cell[CELLS];
    for (uint32_t i = 0; i < CELLS; i++) {
        column[i] = i % 5 == 0 ? NAN : (float)i - 3;
        cell[i] = i;
    }
    for (size_t f = 0; f < MOST_FEATURES; f++) columns[f] = column;
    const tw_dataset data = {
        .n_times = 1, .n_lanes = CELLS, .n_features = tw_model_features(model), .features = columns};
    (void)tw_model_predict(model, &(tw_rows){&data, cell, CELLS}, score, NULL);
    (void)tw_model_importance(model, share);
}

static void write(const tw_model *model)
{
    static const char *const formats[] = {"lightgbm", "onnx", "tradewind"};
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
        tw_buf out;
        tw_model *again = NULL;
        tw_buf_init(&out, NULL);
        const bool written = tw_model_export(model, formats[f], &out, NULL) == TW_OK;
        if (written && f != 1 && tw_model_import(NULL, out.data, out.length, &again, NULL) != TW_OK) abort();
        tw_model_free(again);
        tw_buf_clear(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tw_model *model = NULL;
    tw_ensemble e;
    if (tw_model_import(NULL, data, size, &model, NULL) == TW_OK && tw_model_ensemble(model, &e) &&
        tw_model_features(model) <= MOST_FEATURES && tw_model_outputs(model) <= MOST_OUTPUTS) {
        predict(model);
        write(model);
    }
    tw_model_free(model);
    return 0;
}

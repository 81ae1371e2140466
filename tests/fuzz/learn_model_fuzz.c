/* SPDX-License-Identifier: Apache-2.0 */
/* Model files: the checksum is set right after each change, so that the reader behind it is reached; what is loaded is
 * scored, and saved to the same bytes. */
#include "tradewind/learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FEATURES = 64, MOST_OUTPUTS = 64, CELLS = 32 };

static void use(const tw_model *model)
{
    static float column[CELLS];
    static const float *columns[MOST_FEATURES];
    static double score[CELLS * MOST_OUTPUTS];
    double label[CELLS] = {0}, share[MOST_FEATURES];
    uint32_t cell[CELLS], end[CELLS] = {0};
    for (uint32_t i = 0; i < CELLS; i++) {
        column[i] = i % 5 == 0 ? NAN : (float)i - 10;
        cell[i] = i;
    }
    for (size_t f = 0; f < MOST_FEATURES; f++) columns[f] = column;
    const tw_dataset data = {.n_times = 2,
                             .n_lanes = 16,
                             .n_features = tw_model_features(model),
                             .features = columns,
                             .label = label,
                             .label_end = end};
    if (data.n_features > MOST_FEATURES || tw_model_outputs(model) > MOST_OUTPUTS) return;
    (void)tw_model_predict(model, &(tw_rows){&data, cell, CELLS}, score, NULL);
    (void)tw_model_importance(model, share);
    tw_buf out;
    tw_buf_init(&out, NULL);
    if (tw_model_save(model, &out, NULL) != TW_OK) abort();
    tw_buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[1 << 16];
    tw_model *model = NULL;
    tw_error err;
    if (size < 8 || size > sizeof bytes) return 0;
    memcpy(bytes, data, size);
    const uint64_t hash = tw_hash64(bytes, size - 8, 2); /* the version of the format */
    for (size_t i = 0; i < 8; i++) bytes[size - 8 + i] = (uint8_t)(hash >> (8 * i));
    if (tw_model_load(NULL, bytes, size, &model, &err) == TW_OK) use(model);
    tw_model_free(model);
    return 0;
}

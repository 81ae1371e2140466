/* SPDX-License-Identifier: Apache-2.0 */
/* A small bundle in a folder of its own under /tmp, made once for each fuzz process. */
#ifndef MADE_BUNDLE_H
#define MADE_BUNDLE_H

#include "tradewind/track.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct made_bundle {
    char folder[40], path[64], index[96], sum[100];
} made_bundle;

static tw_model *made_model(const char *learner, const char *params)
{
    enum { ROWS = 160 };
    static float x[2][ROWS];
    static double label[ROWS];
    static uint32_t cell[ROWS], at[ROWS];
    static const char *const names[] = {"gain", "rank"};
    for (size_t i = 0; i < ROWS; i++) {
        x[0][i] = (float)sin(1.7 * (double)i), x[1][i] = (float)cos(2.3 * (double)i);
        label[i] = 0.4 * (double)x[0][i] - 0.1 * (double)x[1][i];
        cell[i] = (uint32_t)i, at[i] = (uint32_t)(i / 16);
    }
    const float *const view[] = {x[0], x[1]};
    const tw_dataset data = {.n_times = ROWS / 16,
                             .n_lanes = 16,
                             .n_features = 2,
                             .features = view,
                             .feature_names = names,
                             .label = label,
                             .label_start = at,
                             .label_end = at};
    tw_model *model = NULL;
    const tw_rows rows = {.data = &data, .cell = cell, .n = ROWS};
    if (tw_model_fit(NULL, &(tw_fit_spec){.learner = learner, .params = params, .seed = 7, .train = &rows}, &model,
                     NULL) != TW_OK)
        abort();
    return model;
}

static void make_bundle(made_bundle *b)
{
    static const tw_feature features[] = {{"gain", "close / lag(close, 3) - 1"}, {"rank", "rank(close / volume)"}};
    static const char *const columns[] = {"close", "volume"}, *const symbols[] = {"A", "B", "C"};
    (void)snprintf(b->folder, sizeof b->folder, "/tmp/tw-fuzz-XXXXXX");
    if (!mkdtemp(b->folder)) abort();
    (void)snprintf(b->path, sizeof b->path, "%s/bundle", b->folder);
    (void)snprintf(b->index, sizeof b->index, "%s/bundle.json", b->path);
    (void)snprintf(b->sum, sizeof b->sum, "%s.sum", b->index);
    const tw_bundle_model best[] = {{0, made_model("gbm", "rounds=3 depth=2")}},
                          simple[] = {{0, made_model("ridge", "")}};
    const tw_bundle_parts parts = {.name = "made",
                                   .spec_text = "name: made\n",
                                   .calendar = "XNYS",
                                   .bar_ns = TW_NS_PER_DAY,
                                   .max_missing = 0.4,
                                   .n_symbols = 3,
                                   .symbols = symbols,
                                   .reference_json = "{}",
                                   .plan = {.columns = columns, .n_columns = 2, .features = features, .n_features = 2},
                                   .best = {"gbm", 1, best},
                                   .fallback = {"ridge", 1, simple}};
    if (tw_bundle_write(NULL, b->path, &parts, NULL) != TW_OK) abort();
    tw_model_free((tw_model *)(uintptr_t)best[0].model);
    tw_model_free((tw_model *)(uintptr_t)simple[0].model);
}

#endif

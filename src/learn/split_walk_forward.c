/* SPDX-License-Identifier: Apache-2.0 */
/* Train on the past, test on the span that follows, move on. */
#include "learn/split_impl.h"

#include <string.h>

typedef struct params {
    int refits;
    char window[TW_TEXT_MAX];
    int bars;
    double first;
    int embargo;
} params;

static const tw_param table[] = {
    TW_PARAM(params, refits, 8, 1, 1000, "number of test spans, each after a fit of its own"),
    TW_PARAM_TEXT(params, window, "expanding", "expanding|rolling", "train on all of the past, or on the last bars"),
    TW_PARAM(params, bars, 504, 10, 1000000, "bars of a rolling window"),
    TW_PARAM(params, first, 0.5, 0.01, 0.99, "share of the times before the first test span"),
    TW_PARAM(params, embargo, 0, 0, 100000, "bars between the end of the last train label and the test span"),
    TW_PARAM_END,
};

/* The last span runs to the end of the data: rows whose label is not known yet are traded too. */
static void place(const tw_cut *cut, const params *p, size_t i, tw_fold *fold)
{
    const size_t n = cut->last - cut->first, n_first = (size_t)((double)n * p->first);
    const size_t begin = cut->first + (n_first ? n_first : 1), refits = (size_t)p->refits;
    const size_t length = cut->last > begin ? cut->last - begin : 0;
    fold->n_spans = 1;
    fold->span[0].from = (uint32_t)(begin + length * i / refits);
    fold->span[0].to = (uint32_t)(i + 1 == refits ? cut->data->n_times : begin + length * (i + 1) / refits);
}

static tw_status split_all(const tw_ctx *ctx, tw_cut *cut, const params *p, tw_folds *folds, tw_error *err)
{
    const bool rolling = strcmp(p->window, "rolling") == 0;
    const size_t bars = (size_t)p->bars;
    TW_TRY(tw_folds_new(ctx, (size_t)p->refits, folds, err));
    for (size_t i = 0; i < folds->n; i++) {
        tw_fold *fold = &folds->fold[i];
        place(cut, p, i, fold);
        const size_t from = fold->span[0].from;
        cut->train_from = rolling && from > bars && from - bars > cut->first ? from - bars : cut->first;
        cut->train_to = from;
        TW_TRY(tw_cut_fold(ctx, cut, fold, err));
    }
    return TW_OK;
}

static tw_status split(const tw_ctx *ctx, const tw_dataset *data, const bool *usable, const void *params_,
                       tw_folds *folds, tw_error *err)
{
    const params *p = params_;
    tw_cut cut;
    *folds = (tw_folds){0};
    TW_TRY(tw_cut_begin(data, usable, "walk_forward", &cut, err));
    if (cut.last - cut.first < 2 * (size_t)p->refits)
        return tw_fail(err, TW_BAD_DATA, "walk_forward: %d refits need at least %d times with rows, there are %zu",
                       p->refits, 2 * p->refits, cut.last - cut.first);
    cut.gap = (size_t)p->embargo;
    const tw_status status = split_all(ctx, &cut, p, folds, err);
    if (status != TW_OK) tw_folds_clear(ctx, folds);
    return status;
}

const tw_splitter tw_splitter_walk_forward = {
    .name = "walk_forward",
    .title = "Walk forward",
    .source = "Pardo, The Evaluation and Optimization of Trading Strategies (2008)",
    .params = table,
    .params_size = sizeof(params),
    .split = split,
};

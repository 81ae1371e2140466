/* SPDX-License-Identifier: Apache-2.0 */
/* The cut of one fold: purging by label interval and embargo. Lopez de Prado, Advances in Financial Machine Learning
 * (2018), 7.4; here an interval is the label's own, not the span of the fold. */
#include "learn/split_impl.h"

#include <math.h>
#include <string.h>

static bool is_row(const tw_cut *cut, size_t cell)
{
    return !isnan(cut->data->label[cell]) && (!cut->usable || cut->usable[cell]);
}

static tw_status check_row(const tw_dataset *data, size_t cell, const char *splitter, tw_error *err)
{
    const uint32_t start = data->label_start[cell], end = data->label_end[cell], t = tw_cell_time(data, (uint32_t)cell);
    if (start <= end && end < data->n_times && start >= t) return TW_OK;
    return tw_fail(
        err, TW_BAD_DATA,
        "%s: cell %zu at time %u has the label interval [%u, %u]; it must start at or after its time and end below %zu",
        splitter, cell, (unsigned)t, (unsigned)start, (unsigned)end, data->n_times);
}

tw_status tw_cut_begin(const tw_dataset *data, const bool *usable, const char *splitter, tw_cut *cut, tw_error *err)
{
    if (!data->label || !data->label_start || !data->label_end)
        return tw_fail(err, TW_BAD_DATA, "%s: the dataset has no labels with intervals", splitter);
    if (tw_data_cells(data) > UINT32_MAX)
        return tw_fail(err, TW_TOO_LARGE, "%s: %zu cells, at most 4294967295", splitter, tw_data_cells(data));
    *cut = (tw_cut){.data = data, .usable = usable, .first = data->n_times};
    for (size_t cell = 0; cell < tw_data_cells(data); cell++) {
        if (!is_row(cut, cell)) continue;
        TW_TRY(check_row(data, cell, splitter, err));
        const size_t t = cell / data->n_lanes;
        if (t < cut->first) cut->first = t;
        cut->last = t + 1;
    }
    if (cut->first >= cut->last)
        return tw_fail(err, TW_BAD_DATA, "%s: no cell has a label and usable features", splitter);
    cut->train_from = cut->first;
    cut->train_to = cut->last;
    return TW_OK;
}

tw_status tw_folds_new(const tw_ctx *ctx, size_t n, tw_folds *folds, tw_error *err)
{
    *folds = (tw_folds){.n = n, .fold = tw_new(ctx, n, sizeof *folds->fold)};
    if (folds->fold) return TW_OK;
    folds->n = 0;
    return tw_no_memory(err, "folds");
}

void tw_folds_clear(const tw_ctx *ctx, tw_folds *folds)
{
    for (size_t i = 0; i < folds->n; i++) {
        tw_free(ctx, folds->fold[i].train);
        tw_free(ctx, folds->fold[i].test);
    }
    tw_free(ctx, folds->fold);
    *folds = (tw_folds){0};
}

size_t tw_cut_border(const tw_cut *cut, size_t parts, size_t i)
{
    return cut->first + (cut->last - cut->first) * i / parts;
}

/* Adds the interval to a difference array. */
static void cover(uint32_t *diff, size_t from, size_t to)
{
    diff[from] += 1;
    diff[to] -= 1; /* wraps and comes back in the running sum */
}

static void cover_span(const tw_cut *cut, const tw_fold *fold, size_t j, tw_touched *touched)
{
    const size_t from = fold->span[j].from, to = fold->span[j].to, lanes = cut->data->n_lanes;
    touched->span_end[j] = (uint32_t)(to - 1);
    memset(touched->in_test + from, 1, to - from);
    cover(touched->sum, from > cut->gap ? from - cut->gap : 0, to);
    for (size_t cell = from * lanes; cell < to * lanes; cell++) {
        if (!is_row(cut, cell)) continue;
        const uint32_t end = cut->data->label_end[cell];
        cover(touched->sum, cut->data->label_start[cell], (size_t)end + 1);
        if (end > touched->span_end[j]) touched->span_end[j] = end;
    }
}

static void mark_embargo(const tw_cut *cut, const tw_fold *fold, tw_touched *touched)
{
    for (size_t j = 0; cut->embargo && j < fold->n_spans; j++)
        for (size_t t = fold->span[j].to; t <= touched->span_end[j] + cut->embargo && t < cut->data->n_times; t++)
            touched->embargo[t] = 1;
}

/* Differences become counts of covered times before t. */
static void accumulate(size_t n, uint32_t *sum)
{
    uint32_t alive = 0, covered = 0;
    for (size_t t = 0; t <= n; t++) {
        alive += sum[t];
        sum[t] = covered;
        covered += alive > 0;
    }
}

tw_status tw_touched_new(const tw_ctx *ctx, const tw_cut *cut, const tw_fold *fold, tw_touched *touched, tw_error *err)
{
    const size_t n = cut->data->n_times;
    *touched = (tw_touched){
        .sum = tw_new(ctx, n + 1, sizeof *touched->sum), .in_test = tw_new(ctx, n, 1), .embargo = tw_new(ctx, n, 1)};
    if (!touched->sum || !touched->in_test || !touched->embargo) {
        tw_touched_clear(ctx, touched);
        return tw_no_memory(err, "the cut of a fold");
    }
    for (size_t j = 0; j < fold->n_spans; j++) cover_span(cut, fold, j, touched);
    accumulate(n, touched->sum);
    mark_embargo(cut, fold, touched);
    return TW_OK;
}

void tw_touched_clear(const tw_ctx *ctx, tw_touched *touched)
{
    tw_free(ctx, touched->sum);
    tw_free(ctx, touched->in_test);
    tw_free(ctx, touched->embargo);
    *touched = (tw_touched){0};
}

typedef enum part { PART_NONE, PART_TEST, PART_TRAIN, PART_PURGED, PART_EMBARGOED, N_PARTS } part;

static part part_of(const tw_cut *cut, const tw_touched *touched, size_t cell)
{
    const size_t t = cell / cut->data->n_lanes;
    if (!is_row(cut, cell)) return PART_NONE;
    if (touched->in_test[t]) return PART_TEST;
    if (t < cut->train_from || t >= cut->train_to) return PART_NONE;
    if (tw_touches(touched, cut->data->label_start[cell], cut->data->label_end[cell])) return PART_PURGED;
    return touched->embargo[t] ? PART_EMBARGOED : PART_TRAIN;
}

static tw_status collect(const tw_ctx *ctx, const tw_cut *cut, const tw_touched *touched, tw_fold *fold, tw_error *err)
{
    size_t count[N_PARTS] = {0};
    const size_t cells = tw_data_cells(cut->data);
    for (size_t cell = 0; cell < cells; cell++) count[part_of(cut, touched, cell)]++;
    fold->n_purged = count[PART_PURGED];
    fold->n_embargoed = count[PART_EMBARGOED];
    fold->train = tw_new(ctx, count[PART_TRAIN], sizeof *fold->train);
    fold->test = tw_new(ctx, count[PART_TEST], sizeof *fold->test);
    if (!fold->train || !fold->test) return tw_no_memory(err, "the rows of a fold");
    for (size_t cell = 0; cell < cells; cell++) {
        const part p = part_of(cut, touched, cell);
        if (p == PART_TRAIN)
            fold->train[fold->n_train++] = (uint32_t)cell;
        else if (p == PART_TEST)
            fold->test[fold->n_test++] = (uint32_t)cell;
    }
    return TW_OK;
}

tw_status tw_cut_fold(const tw_ctx *ctx, const tw_cut *cut, tw_fold *fold, tw_error *err)
{
    tw_touched touched;
    TW_TRY(tw_touched_new(ctx, cut, fold, &touched, err));
    const tw_status status = collect(ctx, cut, &touched, fold, err);
    tw_touched_clear(ctx, &touched);
    TW_TRY(status);
    if (fold->n_train && fold->n_test) return TW_OK;
    return tw_fail(
        err, TW_BAD_DATA,
        "fold with test times [%u, %u): %zu train rows (%zu purged, %zu embargoed) and %zu test rows; neither may be 0",
        (unsigned)fold->span[0].from, (unsigned)fold->span[fold->n_spans - 1].to, fold->n_train, fold->n_purged,
        fold->n_embargoed, fold->n_test);
}

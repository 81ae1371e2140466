/* SPDX-License-Identifier: Apache-2.0 */
/* The independent check of a fold: from its row lists alone. */
#include "learn/split_impl.h"

#include <math.h>
#include <string.h>

static tw_status check_fold(const tw_dataset *data, const tw_fold *fold, tw_error *err)
{
    if (!data->label_start || !data->label_end)
        return tw_fail(err, TW_BAD_DATA, "verify: the dataset has no label intervals");
    if (fold->n_spans == 0 || fold->n_spans > TW_MOST_SPANS)
        return tw_fail(err, TW_BAD_VALUE, "verify: a fold has 1 to %d test spans, got %zu", (int)TW_MOST_SPANS,
                       fold->n_spans);
    for (size_t j = 0; j < fold->n_spans; j++)
        if (fold->span[j].from >= fold->span[j].to || fold->span[j].to > data->n_times)
            return tw_fail(err, TW_BAD_VALUE, "verify: test span [%u, %u) of %zu times", (unsigned)fold->span[j].from,
                           (unsigned)fold->span[j].to, data->n_times);
    return TW_OK;
}

static tw_status check_cells(const tw_dataset *data, const uint32_t *cell, size_t n, const char *what, tw_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (cell[i] >= tw_data_cells(data) || (i && cell[i] <= cell[i - 1]))
            return tw_fail(err, TW_BAD_VALUE, "verify: %s row %zu is cell %u; cells ascend and are below %zu", what, i,
                           (unsigned)cell[i], tw_data_cells(data));
        const uint32_t start = data->label_start[cell[i]], end = data->label_end[cell[i]];
        if (start > end || end >= data->n_times)
            return tw_fail(err, TW_BAD_DATA, "verify: cell %u has the label interval [%u, %u]", (unsigned)cell[i],
                           (unsigned)start, (unsigned)end);
    }
    return TW_OK;
}

/* Names the test row that a train row meets. */
static tw_status overlap(const tw_dataset *data, const tw_fold *fold, uint32_t cell, tw_error *err)
{
    const uint32_t start = data->label_start[cell], end = data->label_end[cell];
    for (size_t i = 0; i < fold->n_test; i++) {
        const uint32_t other = fold->test[i];
        if (data->label_start[other] > end || data->label_end[other] < start) continue;
        return tw_fail(err, TW_LOOK_AHEAD, "train cell %u (label [%u, %u]) overlaps test cell %u (label [%u, %u])",
                       (unsigned)cell, (unsigned)start, (unsigned)end, (unsigned)other,
                       (unsigned)data->label_start[other], (unsigned)data->label_end[other]);
    }
    return tw_fail(err, TW_LOOK_AHEAD, "train cell %u (label [%u, %u]) reaches into a test span", (unsigned)cell,
                   (unsigned)start, (unsigned)end);
}

static size_t span_end(const tw_dataset *data, const tw_fold *fold, size_t j)
{
    size_t last = fold->span[j].to - 1;
    for (size_t i = 0; i < fold->n_test; i++) {
        const uint32_t t = tw_cell_time(data, fold->test[i]), end = data->label_end[fold->test[i]];
        if (t >= fold->span[j].from && t < fold->span[j].to && end > last) last = end;
    }
    return last;
}

static tw_status check_times(const tw_dataset *data, const tw_fold *fold, size_t embargo, tw_error *err)
{
    for (size_t j = 0; j < fold->n_spans; j++) {
        const size_t from = fold->span[j].from, to = fold->span[j].to, last = span_end(data, fold, j);
        for (size_t i = 0; i < fold->n_train; i++) {
            const uint32_t t = tw_cell_time(data, fold->train[i]);
            if (t >= from && t < to)
                return tw_fail(err, TW_LOOK_AHEAD, "train cell %u at time %u is inside the test span [%zu, %zu)",
                               (unsigned)fold->train[i], (unsigned)t, from, to);
            if (embargo && t >= to && t <= last + embargo)
                return tw_fail(
                    err, TW_LOOK_AHEAD,
                    "train cell %u at time %u breaks the embargo of %zu bars after the test labels end at %zu",
                    (unsigned)fold->train[i], (unsigned)t, embargo, last);
        }
    }
    return TW_OK;
}

/* sum[t]: covered times before t. */
static void cover(const tw_dataset *data, const tw_fold *fold, uint32_t *sum)
{
    for (size_t i = 0; i < fold->n_test; i++) {
        sum[data->label_start[fold->test[i]]] += 1;
        sum[data->label_end[fold->test[i]] + 1] -= 1;
    }
    for (size_t j = 0; j < fold->n_spans; j++) {
        sum[fold->span[j].from] += 1;
        sum[fold->span[j].to] -= 1;
    }
    uint32_t alive = 0, covered = 0;
    for (size_t t = 0; t <= data->n_times; t++) {
        alive += sum[t];
        sum[t] = covered;
        covered += alive > 0;
    }
}

static tw_status check_overlap(const tw_dataset *data, const tw_fold *fold, tw_error *err)
{
    uint32_t *sum = tw_new(NULL, data->n_times + 1, sizeof *sum);
    if (!sum) return tw_no_memory(err, "the check of a fold");
    cover(data, fold, sum);
    tw_status status = TW_OK;
    for (size_t i = 0; status == TW_OK && i < fold->n_train; i++) {
        const uint32_t cell = fold->train[i];
        if (sum[data->label_end[cell] + 1] > sum[data->label_start[cell]]) status = overlap(data, fold, cell, err);
    }
    tw_free(NULL, sum);
    return status;
}

tw_status tw_fold_verify(const tw_dataset *data, const tw_fold *fold, size_t embargo, tw_error *err)
{
    TW_TRY(check_fold(data, fold, err));
    TW_TRY(check_cells(data, fold->train, fold->n_train, "train", err));
    TW_TRY(check_cells(data, fold->test, fold->n_test, "test", err));
    TW_TRY(check_overlap(data, fold, err));
    return check_times(data, fold, embargo, err);
}

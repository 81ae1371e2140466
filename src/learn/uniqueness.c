/* SPDX-License-Identifier: Apache-2.0 */
/* Average uniqueness of labels: Lopez de Prado, Advances in Financial Machine Learning (2018), 4.3-4.4. */
#include "learn/learn_impl.h"

#include <math.h>
#include <string.h>

static bool counts(const tw_dataset *data, const bool *among, size_t cell)
{
    return !isnan(data->label[cell]) && (!among || among[cell]);
}

/* alive[t + 1] becomes the sum over times up to t of 1 / (labels of the lane alive then). */
static tw_status inverse_concurrency(const tw_dataset *data, const bool *among, size_t lane, double *alive,
                                     tw_error *err)
{
    memset(alive, 0, (data->n_times + 1) * sizeof *alive);
    for (size_t t = 0; t < data->n_times; t++) {
        const size_t cell = t * data->n_lanes + lane;
        if (!counts(data, among, cell)) continue;
        if (data->label_start[cell] > data->label_end[cell] || data->label_end[cell] >= data->n_times)
            return tw_fail(err, TW_BAD_DATA, "uniqueness: cell %zu has the interval [%u, %u], times are 0 to %zu", cell,
                           (unsigned)data->label_start[cell], (unsigned)data->label_end[cell], data->n_times - 1);
        alive[data->label_start[cell]] += 1;
        alive[data->label_end[cell] + 1] -= 1;
    }
    double count = 0, sum = 0;
    for (size_t t = 0; t <= data->n_times; t++) {
        count += alive[t];
        alive[t] = sum;
        sum += count > 0 ? 1 / count : 0;
    }
    return TW_OK;
}

static void weigh(const tw_dataset *data, const bool *among, size_t lane, const double *sum, double *weight)
{
    for (size_t t = 0; t < data->n_times; t++) {
        const size_t cell = t * data->n_lanes + lane;
        weight[cell] = 0;
        if (!counts(data, among, cell)) continue;
        const size_t from = data->label_start[cell], to = data->label_end[cell] + 1;
        weight[cell] = (sum[to] - sum[from]) / (double)(to - from);
    }
}

tw_status tw_uniqueness(const tw_ctx *ctx, const tw_dataset *data, const bool *among, double *weight, tw_error *err)
{
    if (!data->label || !data->label_start || !data->label_end)
        return tw_fail(err, TW_BAD_DATA, "uniqueness: the dataset has no labels with intervals");
    double *sum = tw_new(ctx, data->n_times + 1, sizeof *sum);
    if (!sum) return tw_no_memory(err, "uniqueness weights");
    tw_status status = TW_OK;
    for (size_t lane = 0; status == TW_OK && lane < data->n_lanes; lane++) {
        status = inverse_concurrency(data, among, lane, sum, err);
        if (status == TW_OK) weigh(data, among, lane, sum, weight);
    }
    tw_free(ctx, sum);
    return status;
}

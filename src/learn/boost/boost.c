/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/boost/boost.h"

#include "learn/boost/gbm_kernels.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* Bounds of the packed integers: sums over all rows must fit 36 and 28 bits. */
enum { MOST_GRADIENT = 32767, MOST_HESSIAN = 255, MOST_ROWS = 1 << 27, PACK_STREAM = 0x7061636b };
enum { GROUP_NUMBERS = 8 };

/* ---------------------------------------------------------------- rows of a loss */

static tw_status take_label(const tw_loss_rows *r, const tw_loss *loss, uint32_t cell, double label, double *out,
                            tw_error *err)
{
    if (loss->traits & TW_LOSS_BINARY) {
        *out = label > r->params->threshold;
        return TW_OK;
    }
    const bool whole = loss->traits & TW_LOSS_WHOLE;
    const double most = loss->traits & TW_LOSS_CLASSES ? (double)r->n_outputs - 1 : loss->most;
    *out = label;
    if (label >= loss->least && label <= most && (!whole || label == floor(label))) return TW_OK;
    return tw_fail(err, TW_BAD_DATA, "trees: cell %u has label %g; %s takes %s from %g to %g", (unsigned)cell, label,
                   loss->name, whole ? "whole numbers" : "numbers", loss->least, most);
}

static uint32_t group_of(const tw_rows *rows, size_t i)
{
    const uint32_t cell = rows->cell[i];
    return rows->data->group ? rows->data->group[cell] : tw_cell_time(rows->data, cell);
}

/* Rows sorted by group, in their order within each. */
static tw_status sort_groups(tw_loss_data *d, const tw_rows *rows, tw_error *err)
{
    const size_t n = rows->n;
    const tw_ctx *ctx = d->rows.ctx;
    double *key = tw_new(ctx, n, sizeof *key);
    size_t *order = tw_new(ctx, n, sizeof *order);
    d->begin = tw_new(ctx, n + 1, sizeof *d->begin);
    d->member = tw_new(ctx, n, sizeof *d->member);
    const bool done = key && order && d->begin && d->member;
    for (size_t i = 0; done && i < n; i++) key[i] = (double)group_of(rows, i);
    if (done) tw_argsort(n, key, order);
    size_t most = 0, k = 0;
    for (size_t i = 0; done && i < n; i++) {
        d->member[i] = (uint32_t)order[i];
        if (i > 0 && key[order[i]] != key[order[i - 1]]) d->begin[++k] = (uint32_t)i;
        if (i + 1 - d->begin[k] > most) most = i + 1 - d->begin[k];
    }
    if (done) d->begin[++k] = (uint32_t)n;
    tw_free(ctx, key);
    tw_free(ctx, order);
    if (!done) return tw_no_memory(err, "the groups of rows");
    d->rows.n_groups = k;
    d->rows.most_members = most;
    d->rows.begin = d->begin;
    d->rows.member = d->member;
    return TW_OK;
}

static tw_status fill_rows(tw_loss_data *d, const tw_loss *loss, const tw_rows *rows, tw_error *err)
{
    const size_t n = rows->n;
    d->label = tw_new(d->rows.ctx, n, sizeof *d->label);
    if (rows->data->weight) d->weight = tw_new(d->rows.ctx, n, sizeof *d->weight);
    if (!d->label || (rows->data->weight && !d->weight)) return tw_no_memory(err, "the labels of rows");
    for (size_t i = 0; i < n; i++) {
        TW_TRY(take_label(&d->rows, loss, rows->cell[i], rows->data->label[rows->cell[i]], &d->label[i], err));
        if (d->weight) d->weight[i] = tw_row_weight(rows, i);
    }
    d->rows.label = d->label;
    d->rows.weight = d->weight;
    if (loss->traits & TW_LOSS_GROUPS) TW_TRY(sort_groups(d, rows, err));
    const size_t room = GROUP_NUMBERS * d->rows.most_members + d->rows.n_outputs;
    d->scratch = tw_new(d->rows.ctx, room, sizeof *d->scratch);
    d->rows.scratch = d->scratch;
    return d->scratch ? TW_OK : tw_no_memory(err, "the groups of rows");
}

tw_status tw_loss_data_init(tw_loss_data *d, const tw_fit *fit, const tw_loss *loss, const tw_rows *rows,
                            size_t n_outputs, tw_error *err)
{
    *d = (tw_loss_data){
        .rows = {.ctx = fit->ctx, .params = fit->params, .custom = fit->custom, .n = rows->n, .n_outputs = n_outputs}};
    return fill_rows(d, loss, rows, err);
}

void tw_loss_data_clear(tw_loss_data *d)
{
    tw_free(d->rows.ctx, d->label);
    tw_free(d->rows.ctx, d->weight);
    tw_free(d->rows.ctx, d->scratch);
    tw_free(d->rows.ctx, d->begin);
    tw_free(d->rows.ctx, d->member);
}

tw_status tw_loss_outputs(const tw_gbm_params *p, const tw_loss *loss, const tw_rows *rows, size_t *n, tw_error *err)
{
    *n = 1;
    if (!(loss->traits & TW_LOSS_CLASSES)) return TW_OK;
    double most = 1;
    for (size_t i = 0; i < rows->n; i++) most = fmax(most, rows->data->label[rows->cell[i]]);
    *n = p->classes ? (size_t)p->classes : most < TW_GBM_CLASSES ? (size_t)most + 1 : TW_GBM_CLASSES + 1;
    if (*n < 2 || *n > TW_GBM_CLASSES)
        return tw_fail(err, TW_BAD_DATA, "trees: labels up to %g are classes 0 .. %g, at most %d of them", most, most,
                       (int)TW_GBM_CLASSES);
    return TW_OK;
}

/* ---------------------------------------------------------------- integers */

static double largest(size_t n, const double *x)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fabs(x[i]) > most ? fabs(x[i]) : most;
    return most;
}

/* Units in the largest number, so that the sum of all rows fits. Rounding up may add one to each. */
static double units(double most, int bits, size_t n)
{
    const double fits = ldexp(1, bits) / (double)n - 1;
    return floor(fits < most ? fits : most);
}

tw_gbm_scale tw_gbm_round(const tw_fit *fit, size_t n, const double *gradient, const double *hessian, uint64_t number,
                          int64_t *packed)
{
    const double g_most = largest(n, gradient), h_most = hessian ? largest(n, hessian) : 1;
    const double g_units = units(MOST_GRADIENT, 63 - TW_GBM_SHIFT, n), h_units = units(MOST_HESSIAN, TW_GBM_SHIFT, n);
    uint32_t key[4];
    tw_philox(fit->seed, PACK_STREAM, number, key);
    const tw_pack_job job = {.n = n,
                             .gradient = gradient,
                             .hessian = hessian,
                             .units = {g_most > 0 ? g_units / g_most : 0, h_most > 0 ? h_units / h_most : 0},
                             .key = key[0],
                             .packed = packed};
    TW_ISA_PICK(tw_isa_resolve(fit->ctx ? fit->ctx->isa : TW_ISA_BEST), tw_gbm_pack)(&job);
    return (tw_gbm_scale){job.units.gradient > 0 ? 1 / job.units.gradient : 0, !hessian ? 1
                                                                               : job.units.hessian > 0
                                                                                   ? 1 / job.units.hessian
                                                                                   : 0};
}

/* ---------------------------------------------------------------- what a fit is given */

tw_status tw_gbm_check_fit(const tw_fit *fit, const tw_rows *train, tw_error *err)
{
    if (train->n > MOST_ROWS)
        return tw_fail(err, TW_TOO_LARGE, "trees: %zu rows, at most %d", train->n, (int)MOST_ROWS);
    if (train->data->n_features == 0) return tw_fail(err, TW_BAD_DATA, "trees: there are no features");
    if (fit->bins && fit->bins->n_features != train->data->n_features)
        return tw_fail(err, TW_BAD_VALUE, "trees: bins of %zu features for rows of %zu", fit->bins->n_features,
                       train->data->n_features);
    return TW_OK;
}

tw_status tw_gbm_get_bins(const tw_fit *fit, const tw_rows *train, const tw_bins **bins, tw_bins **made, tw_error *err)
{
    const tw_gbm_params *p = fit->params;
    *made = NULL;
    *bins = fit->bins;
    if (fit->bins) return TW_OK;
    TW_TRY(tw_bins_new(fit->ctx, &(tw_bins_spec){train, train, p->bins, fit->seed}, made, err));
    *bins = *made;
    return TW_OK;
}

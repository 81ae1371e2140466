/* SPDX-License-Identifier: Apache-2.0 */
/* stage_bins.c - bins: shared-past. Rows are binned once for all tree learners and folds, by the edges of rows that
 * every fold trains on: so no fold sees an edge that one of its test rows has moved. */
#include "pipeline/pipeline_impl.h"

#include <math.h>
#include <string.h>

/* The number of bins a learner wants; 0 when it does not bin. */
static tw_status bins_of(const tw_job *job, const tw_entry *e, int *bins, tw_error *err)
{
    *bins = 0;
    if (!e->learner->trees) return TW_OK;
    char *params = tw_new(job->ctx, 1, e->learner->params_size + 1);
    if (!params) return tw_no_memory(err, "parameters");
    const tw_status status = tw_params_parse(e->learner->params, e->learner->name, e->params, params, err);
    for (const tw_param *p = e->learner->params; status == TW_OK && p->name; p++)
        if (!strcmp(p->name, "bins")) memcpy(bins, params + p->offset, sizeof *bins);
    tw_free(job->ctx, params);
    return status;
}

/* Rows that may be trained on, and those of them that every fold trains on. */
static tw_status choose_rows(const tw_job *job, uint32_t *all, size_t *n_all, uint32_t *past, size_t *n_past,
                             tw_error *err)
{
    uint32_t *count = tw_new(job->ctx, job->n_cells, sizeof *count);
    if (!count) return tw_no_memory(err, "rows to bin");
    for (size_t f = 0; f < job->folds.n; f++)
        for (size_t i = 0; i < job->folds.fold[f].n_train; i++) count[job->folds.fold[f].train[i]]++;

    for (size_t c = 0; c < job->n_cells; c++) {
        if (job->usable[c] && isfinite(job->label[c])) all[(*n_all)++] = (uint32_t)c;
        if (count[c] == job->folds.n) past[(*n_past)++] = (uint32_t)c;
    }
    tw_free(job->ctx, count);
    if (*n_past) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE,
                   "bins: shared-past wants rows that every fold trains on, and %s has none: use walk_forward with "
                   "window=expanding, or bins: per-fold",
                   job->spec->split.name);
}

static tw_status make_bins(tw_job *job, tw_entry *e, int bins, uint32_t *all, uint32_t *past, tw_error *err)
{
    size_t n_all = 0, n_past = 0;
    TW_TRY(choose_rows(job, all, &n_all, past, &n_past, err));
    const tw_rows rows = {&job->data, all, n_all}, edges = {&job->data, past, n_past};
    const tw_bins_spec spec = {.rows = &rows, .edges = &edges, .bins = bins, .seed = job->spec->seed};
    return tw_bins_new(job->ctx, &spec, &e->bins, err);
}

tw_status tw_job_share_bins(tw_job *job, tw_error *err)
{
    if (!job->spec->shared_bins) return TW_OK;
    uint32_t *all = tw_new(job->ctx, job->n_cells, sizeof *all), *past = tw_new(job->ctx, job->n_cells, sizeof *past);
    tw_status status = all && past ? TW_OK : tw_no_memory(err, "rows to bin");
    for (size_t i = 0; status == TW_OK && i < job->n_entries; i++) {
        tw_entry *e = &job->entry[i];
        status = bins_of(job, e, &e->n_bins, err);
        for (size_t k = 0; status == TW_OK && k < i && !e->bins; k++)
            if (e->n_bins == job->entry[k].n_bins) e->bins = job->entry[k].bins;
        if (status == TW_OK && e->n_bins && !e->bins) status = make_bins(job, e, e->n_bins, all, past, err);
    }
    tw_free(job->ctx, all);
    tw_free(job->ctx, past);
    return status;
}

void tw_job_free_bins(tw_job *job)
{
    for (size_t i = 0; job->entry && i < job->n_entries; i++) {
        tw_bins *bins = job->entry[i].bins;
        for (size_t k = i; k < job->n_entries; k++)
            if (job->entry[k].bins == bins) job->entry[k].bins = NULL;
        tw_bins_free(bins);
    }
}

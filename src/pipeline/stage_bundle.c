/* SPDX-License-Identifier: Apache-2.0 */
/* stage_bundle.c - what goes live: the best learner's models and the fallback's by the time from which each is valid,
 * and the statistics that monitoring compares with. */
#include "pipeline/pipeline_impl.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

static tw_status line_of(tw_job *job, const tw_entry *e, tw_bundle_line *line, tw_error *err)
{
    tw_bundle_model *list = tw_arena_new(&job->arena, job->folds.n + 1, sizeof *list);
    if (!list) return tw_no_memory(err, "models of the bundle");
    const int64_t *stamp = tw_panel_stamps(job->panel);
    *line = (tw_bundle_line){.name = e->name, .model = list};
    /* Only in walk-forward is a fold's model one that could have been live at its time. */
    for (size_t f = 0; f < job->folds.n && !strcmp(job->spec->split.name, "walk_forward"); f++)
        list[line->n++] =
            (tw_bundle_model){.valid_from_ns = stamp[job->folds.fold[f].span[0].from], .model = e->fold[f]};
    list[line->n++] = (tw_bundle_model){.valid_from_ns = stamp[job->n_times - 1] + 1, .model = e->final};
    return TW_OK;
}

static void quantiles_json(tw_json *json, size_t n, double *sorted_later)
{
    static const double at[] = {0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1};
    tw_json_key(json, "quantiles");
    tw_json_array(json);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        tw_json_number(json, n ? tw_quantile(n, sorted_later, at[i]) : NAN);
    tw_json_array_end(json);
}

static void statistics_json(tw_json *json, const char *name, size_t n, size_t n_missing, double *values)
{
    tw_json_object(json);
    tw_json_key(json, "name");
    tw_json_text(json, name);
    tw_json_key(json, "n");
    tw_json_integer(json, (int64_t)(n + n_missing));
    tw_json_key(json, "missing");
    tw_json_number(json, n + n_missing ? (double)n_missing / (double)(n + n_missing) : NAN);
    tw_json_key(json, "mean");
    tw_json_number(json, n ? tw_mean(n, values) : NAN);
    tw_json_key(json, "sd");
    tw_json_number(json, n > 1 ? sqrt(tw_variance(n, values, 1)) : NAN);
    quantiles_json(json, n, values);
    tw_json_object_end(json);
}

/* Statistics of every feature over a spread of the training rows, and of the scores out of sample: what monitoring
 * compares with. */
static tw_status reference_json(tw_job *job, tw_buf *out, tw_error *err)
{
    enum { SAMPLE = 20000 };
    const tw_fold *fold = &job->folds.fold[job->folds.n - 1];
    const size_t step = fold->n_train / SAMPLE + 1;
    double *values = tw_new(job->ctx, job->n_cells > SAMPLE ? job->n_cells : SAMPLE, sizeof *values);
    if (!values) return tw_no_memory(err, "reference statistics");
    tw_json j;
    tw_json_init(&j, out, false);
    tw_json_object(&j);
    tw_json_key(&j, "features");
    tw_json_array(&j);
    for (size_t f = 0; f < job->data.n_features; f++) {
        size_t n = 0, missing = 0;
        for (size_t i = 0; i < fold->n_train; i += step) {
            const float x = job->feature[f][fold->train[i]];
            if (isfinite(x))
                values[n++] = (double)x;
            else
                missing++;
        }
        statistics_json(&j, job->feature_name[f], n, missing, values);
    }
    tw_json_array_end(&j);
    size_t n = 0;
    for (size_t c = 0; c < job->n_cells; c++)
        if (isfinite(job->entry[job->best].score[c])) values[n++] = job->entry[job->best].score[c];
    tw_json_key(&j, "score");
    statistics_json(&j, job->entry[job->best].name, n, 0, values);
    tw_json_object_end(&j);
    tw_free(job->ctx, values);
    return tw_buf_check(out, err);
}

static tw_status write_bundle(tw_job *job, const char *reference, tw_error *err)
{
    const tw_panel_shape *shape = tw_panel_shape_view(job->panel);
    const tw_spec *s = job->spec;
    tw_bundle_parts parts = {.name = s->name,
                             .spec_text = s->text,
                             .calendar = shape->calendar,
                             .bar_ns = shape->bar_ns,
                             .max_missing = s->features.max_missing,
                             .n_symbols = shape->n_symbols,
                             .symbols = shape->symbols,
                             .group = job->group,
                             .reference_json = reference,
                             .plan = {.columns = job->columns,
                                      .n_columns = job->n_columns,
                                      .lets = s->features.lets,
                                      .n_lets = s->features.n_lets,
                                      .features = s->features.list,
                                      .n_features = s->features.n}};
    TW_TRY(line_of(job, &job->entry[job->best], &parts.best, err));
    if (job->fallback != SIZE_MAX) TW_TRY(line_of(job, &job->entry[job->fallback], &parts.fallback, err));
    const size_t n = strlen(job->out);
    char *path = tw_arena_new(&job->arena, n + 8, 1);
    if (!path) return tw_no_memory(err, "path of the bundle");
    memcpy(path, job->out, n);
    memcpy(path + n, "/bundle", 8);
    return tw_bundle_write(job->ctx, path, &parts, err);
}

tw_status tw_stage_bundle(tw_job *job, tw_error *err)
{
    TW_TRY(tw_job_fit_final(job, &job->entry[job->best], err));
    if (job->fallback != SIZE_MAX) TW_TRY(tw_job_fit_final(job, &job->entry[job->fallback], err));
    tw_buf reference;
    tw_buf_init(&reference, job->ctx);
    tw_status status = reference_json(job, &reference, err);
    if (status == TW_OK) status = write_bundle(job, reference.data, err);
    tw_buf_clear(&reference);
    return status;
}

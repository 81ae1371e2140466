/* SPDX-License-Identifier: Apache-2.0 */
/* stage_fit.c - every learner on every fold. One task is one (learner, fold) on one thread; each fitted model is kept
 * in the out folder under the hash of all it depends on, so that a stopped run goes on where it was. */
#include "pipeline/pipeline_impl.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Head of a kept model. */
typedef struct kept_head {
    char magic[8];
    double seconds;
} kept_head;

static const char kept_magic[8] = "twfit01";

/* Progress as fits see it: they run at the same time, and the caller is told and asked by one thread at a time. Whoever
 * finds another thread there goes on with the last answer. */
struct tw_hush {
    const tw_progress *outer;
    tw_progress inner; /* asks, but does not report */
    atomic_flag busy;
    _Atomic bool stopped;
};
typedef struct tw_hush tw_hush;

static bool hush_cancelled(void *arg)
{
    tw_hush *h = arg;
    if (!h->stopped && !atomic_flag_test_and_set(&h->busy)) {
        if (h->outer->cancelled(h->outer->arg)) h->stopped = true;
        atomic_flag_clear(&h->busy);
    }
    return h->stopped;
}

static tw_status hush_report(tw_hush *h, const tw_ctx *ctx, size_t done, size_t total, const char *note)
{
    if (atomic_flag_test_and_set(&h->busy)) return h->stopped ? TW_CANCELLED : TW_OK;
    const tw_status status = tw_progress_step(ctx, "fit", done, total, note);
    if (status == TW_CANCELLED) h->stopped = true;
    atomic_flag_clear(&h->busy);
    return status;
}

/* All tasks of the stage. Task i is learner order[i / n_folds], fold i % n_folds. */
typedef struct fitting {
    tw_job *job;
    double **score; /* [entry * n_folds + fold]: scores of the rows of the fold's spans */
    double *seconds;
    bool *from_file;
    uint32_t **cells; /* [fold] rows to score */
    size_t *n_cells;
    _Atomic size_t done, damaged; /* fits; kept models that could not be read */
    size_t n_folds, n_tasks;
} fitting;

static uint64_t entry_key(const tw_job *job, const tw_entry *e)
{
    const tw_spec *s = job->spec;
    char seed[32], missing[32], hold_out[32];
    (void)snprintf(seed, sizeof seed, "%" PRIu64, s->seed);
    missing[tw_format_double(s->features.max_missing, missing)] = '\0';
    hold_out[tw_format_double(e->hold_out, hold_out)] = '\0';
    const char *const parts[] = {s->label.name,
                                 s->label.params,
                                 s->split.name,
                                 s->split.params,
                                 e->learner->name,
                                 e->params,
                                 seed,
                                 missing,
                                 hold_out,
                                 s->side ? s->side : "",
                                 s->uniqueness ? "uniqueness of train rows" : "none",
                                 s->shared_bins ? "bins of the shared past" : ""};
    uint64_t key = job->features_key + TW_STAGE_FORMAT;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) key = tw_key(key, parts[i]);
    return key;
}

static tw_status canonical_params(tw_job *job, const tw_choice *choice, tw_entry *e, tw_error *err)
{
    tw_error why;
    void *params = tw_arena_new(&job->arena, e->learner->params_size ? e->learner->params_size : 1, 1);
    if (!params) return tw_no_memory(err, "parameters");
    if (tw_params_parse(e->learner->params, e->learner->name, choice->params, params, &why) != TW_OK)
        return choice->node ? tw_node_fail(job->spec->doc, choice->node, err, "%s", why.message)
                            : tw_fail(err, TW_BAD_VALUE, "%s", why.message);
    tw_buf text;
    tw_buf_init(&text, job->ctx);
    tw_params_print(e->learner->params, params, &text);
    e->params = text.failed ? NULL : tw_arena_text(&job->arena, text.data ? text.data : "", text.length);
    tw_buf_clear(&text);
    return e->params ? TW_OK : tw_no_memory(err, "parameters");
}

static tw_status make_entries(tw_job *job, tw_error *err)
{
    const tw_spec *s = job->spec;
    job->entry = tw_arena_new(&job->arena, s->n_models, sizeof *job->entry);
    if (!job->entry) return tw_no_memory(err, "learners");
    job->n_entries = s->n_models;
    for (size_t i = 0; i < s->n_models; i++) {
        tw_entry *e = &job->entry[i];
        e->name = s->models[i].title;
        e->hold_out = s->models[i].hold_out;
        TW_TRY(tw_learner_find(s->models[i].name, &e->learner, err));
        TW_TRY(canonical_params(job, &s->models[i], e, err));
        e->key = entry_key(job, e);
        e->fold = tw_arena_new(&job->arena, job->folds.n, sizeof(tw_model *));
        e->score = tw_new(job->ctx, job->n_cells, sizeof *e->score);
        if (!e->fold || !e->score) return tw_no_memory(err, "scores");
        for (size_t c = 0; c < job->n_cells; c++) e->score[c] = NAN;
    }
    return TW_OK;
}

/* Rows to score in a fold: every usable cell of its spans; the last fold reaches to the end, where labels are not known
 * yet. */
static tw_status rows_to_score(fitting *f, size_t fold, tw_error *err)
{
    const tw_job *job = f->job;
    const tw_fold *fd = &job->folds.fold[fold];
    size_t n = 0, room = 0;
    for (size_t s = 0; s < fd->n_spans; s++) room += (job->n_times - fd->span[s].from) * job->n_lanes;
    f->cells[fold] = tw_new(job->ctx, room ? room : 1, sizeof **f->cells);
    if (!f->cells[fold]) return tw_no_memory(err, "rows to score");
    for (size_t s = 0; s < fd->n_spans; s++) {
        const bool last = fold + 1 == f->n_folds && s + 1 == fd->n_spans;
        const size_t to = last ? job->n_times : fd->span[s].to;
        for (size_t c = fd->span[s].from * job->n_lanes; c < to * job->n_lanes; c++)
            if (job->usable[c]) f->cells[fold][n++] = (uint32_t)c;
    }
    f->n_cells[fold] = n;
    return TW_OK;
}

static tw_status read_kept(const tw_ctx *ctx, const char *path, tw_model **model, double *seconds, tw_error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    kept_head head;
    TW_TRY(tw_file_read(ctx, path, &bytes, &length, err));
    tw_status status = TW_BAD_FILE;
    if (length > sizeof head) {
        memcpy(&head, bytes, sizeof head);
        if (!memcmp(head.magic, kept_magic, sizeof head.magic)) {
            *seconds = head.seconds;
            status = tw_model_load(ctx, bytes + sizeof head, length - sizeof head, model, err);
        }
    }
    tw_free(ctx, bytes);
    return status;
}

static tw_status write_kept(const tw_ctx *ctx, const char *path, const tw_model *model, double seconds, tw_error *err)
{
    kept_head head = {.seconds = seconds};
    memcpy(head.magic, kept_magic, sizeof head.magic);
    tw_buf bytes;
    tw_buf_init(&bytes, ctx);
    tw_buf_add(&bytes, &head, sizeof head);
    tw_status status = tw_model_save(model, &bytes, err);
    if (status == TW_OK) status = tw_file_write(path, bytes.data, bytes.length, err);
    tw_buf_clear(&bytes);
    return status;
}

static tw_status fit_split(const tw_job *job, const tw_entry *e, const tw_rows *train, const tw_rows *valid,
                           tw_model **model, tw_error *err)
{
    const tw_fit_spec spec = {.learner = e->learner->name,
                              .params = e->params,
                              .seed = job->spec->seed,
                              .train = train,
                              .valid = valid,
                              .bins = e->bins};
    TW_TRY(tw_model_fit(&job->task_ctx, &spec, model, err));
    const size_t outputs = tw_model_outputs(*model);
    if (outputs == 1) return TW_OK;
    tw_model_free(*model);
    *model = NULL;
    return tw_fail(err, TW_BAD_VALUE, "a model of %zu scores a row, and a portfolio is made from one", outputs);
}

static tw_status fit_rows(const tw_job *job, const tw_entry *e, const tw_rows *train, tw_model **model, tw_error *err)
{
    if (e->hold_out <= 0) return fit_split(job, e, train, NULL, model, err);
    tw_held_out held = {.cell = tw_new(&job->task_ctx, train->n, sizeof *held.cell)};
    tw_status status = held.cell ? tw_hold_out(train, e->hold_out, &held, err) : tw_no_memory(err, "rows held out");
    const tw_rows first = {train->data, held.cell, held.n_train},
                  last = {train->data, held.cell + held.n_train, held.n_valid};
    if (status == TW_OK) status = fit_split(job, e, &first, &last, model, err);
    tw_free(&job->task_ctx, held.cell);
    return status;
}

/* Uniqueness among the rows that are learnt from: whether a label that was purged exists depends on prices of the test.
 */
static tw_status fit_by_uniqueness(const tw_job *job, const tw_entry *e, const tw_rows *train, tw_model **model,
                                   tw_error *err)
{
    tw_dataset data = job->data;
    const tw_rows rows = {.data = &data, .cell = train->cell, .n = train->n};
    double *weight = tw_new(&job->task_ctx, job->n_cells, sizeof *weight);
    bool *among = tw_new(&job->task_ctx, job->n_cells, sizeof *among);
    tw_status status = weight && among ? TW_OK : tw_no_memory(err, "weights");
    for (size_t i = 0; status == TW_OK && i < train->n; i++) among[train->cell[i]] = true;
    if (status == TW_OK) status = tw_uniqueness(&job->task_ctx, &data, among, weight, err);
    data.weight = weight;
    if (status == TW_OK) status = fit_rows(job, e, &rows, model, err);
    tw_free(&job->task_ctx, weight);
    tw_free(&job->task_ctx, among);
    return status;
}

/* One fit: which fold (or "final"), from which rows; then the model, how long it took, and whether it was kept from
 * before. */
typedef struct one_fit {
    const tw_entry *entry;
    const char *which;
    const tw_rows *train;
    tw_model *model;
    double seconds;
    bool from_file;
} one_fit;

/* From the out folder when it is there, else fitted and kept. */
static tw_status fit_or_load(fitting *f, one_fit *fit, tw_error *err)
{
    const tw_job *job = f->job;
    const tw_entry *e = fit->entry;
    char path[4096];
    if (snprintf(path, sizeof path, "%s/fit-%016" PRIx64 "-%s.twm", job->work, e->key, fit->which) >= (int)sizeof path)
        return tw_fail(err, TW_TOO_LARGE, "path of the out folder: longer than 4000 bytes");
    const bool kept = tw_job_has(job, path);
    const tw_status taken = kept ? read_kept(&job->task_ctx, path, &fit->model, &fit->seconds, err) : TW_NOT_FOUND;
    fit->from_file = taken == TW_OK;
    if (fit->from_file || taken == TW_NO_MEMORY) return taken;
    f->damaged += kept;
    const int64_t start = tw_clock_ns();
    const tw_status status = job->spec->uniqueness ? fit_by_uniqueness(job, e, fit->train, &fit->model, err)
                                                   : fit_rows(job, e, fit->train, &fit->model, err);
    if (status == TW_CANCELLED) return status; /* nothing of the learner's to tell of */
    if (status != TW_OK) return tw_fail_in(err, status, "%s, fold %s", e->name, fit->which);
    fit->seconds = (double)(tw_clock_ns() - start) / 1e9;
    return write_kept(&job->task_ctx, path, fit->model, fit->seconds, err);
}

static bool budget_is_spent(const tw_job *job)
{
    const double budget = job->options->budget_seconds;
    return budget > 0 && (double)(tw_clock_ns() - job->started_ns) / 1e9 > budget;
}

/* The first learner that is no baseline: a leaderboard needs one, so the budget never leaves it out. */
static size_t first_contender(const tw_job *job)
{
    size_t i = 0;
    while (i < job->n_entries && (job->entry[i].learner->traits & TW_LEARNER_BASELINE)) i++;
    return i;
}

static tw_status fit_task(void *arg, size_t index, int thread, tw_error *err)
{
    (void)thread;
    fitting *f = arg;
    tw_job *job = f->job;
    /* The last learners of a spec are the costly ones: started first, so that no thread idles at the end; but last when
     * there is a budget, which is to be spent on the simple ones first. */
    const size_t nth = index / f->n_folds, fold = index % f->n_folds;
    const size_t entry = job->options->budget_seconds > 0 ? nth : job->n_entries - 1 - nth;
    tw_entry *e = &job->entry[entry];
    const size_t slot = entry * f->n_folds + fold;
    const bool needed = (e->learner->traits & TW_LEARNER_BASELINE) || entry == first_contender(job);
    if (!needed && budget_is_spent(job)) return TW_OK; /* no model: seen below */
    const tw_fold *fd = &job->folds.fold[fold];
    const tw_rows train = {.data = &job->data, .cell = fd->train, .n = fd->n_train};
    char which[24];
    (void)snprintf(which, sizeof which, "%zu", fold);
    one_fit fit = {.entry = e, .which = which, .train = &train};
    const tw_status status = fit_or_load(f, &fit, err);
    e->fold[fold] = fit.model;
    if (status != TW_OK) return status;
    f->seconds[slot] = fit.seconds;
    f->from_file[slot] = fit.from_file;
    const tw_rows rows = {.data = &job->data, .cell = f->cells[fold], .n = f->n_cells[fold]};
    f->score[slot] = tw_new(job->ctx, rows.n ? rows.n : 1, sizeof **f->score);
    if (!f->score[slot]) return tw_no_memory(err, "scores of a fold");
    TW_TRY(tw_model_predict(e->fold[fold], &rows, f->score[slot], err));
    const size_t done = ++f->done;
    return hush_report(job->hush, job->ctx, done, f->n_tasks, e->name);
}

/* Out-of-sample scores of a learner: the mean over the folds in which a cell was scored (one, in walk-forward). */
static tw_status gather_scores(fitting *f, size_t entry, tw_error *err)
{
    tw_job *job = f->job;
    tw_entry *e = &job->entry[entry];
    uint16_t *count = tw_new(job->ctx, job->n_cells, sizeof *count);
    if (!count) return tw_no_memory(err, "scores");
    e->cached = true;
    for (size_t fold = 0; fold < f->n_folds; fold++) {
        const size_t slot = entry * f->n_folds + fold;
        e->left_out |= !e->fold[fold];
        e->cached &= f->from_file[slot];
        e->seconds += f->seconds[slot];
        for (size_t i = 0; i < f->n_cells[fold] && f->score[slot]; i++) {
            const uint32_t c = f->cells[fold][i];
            e->score[c] = count[c]++ ? e->score[c] + f->score[slot][i] : f->score[slot][i];
        }
    }
    for (size_t c = 0; c < job->n_cells; c++)
        if (count[c] > 1) e->score[c] /= count[c];
    tw_free(job->ctx, count);
    return TW_OK;
}

/* Bars over which labels reach: daily statistics of them overlap by so many lags. */
static size_t label_span(const tw_job *job)
{
    size_t span = 0;
    for (size_t c = 0; c < job->n_cells; c++) {
        const size_t time = c / job->n_lanes;
        if (isfinite(job->label[c]) && job->label_end[c] > time + span) span = job->label_end[c] - time;
    }
    return span;
}

/* A metric that is not defined here, as of constant scores, is NaN; want of memory is no such case. */
static tw_status compute_metrics(const tw_job *job, const tw_scored *scored, double *out, tw_error *err)
{
    size_t n = 0;
    const tw_metric *const *metrics = tw_metrics(&n);
    for (size_t m = 0; m < n; m++) {
        const tw_status status = metrics[m]->compute(job->ctx, scored, &out[m], NULL);
        if (status == TW_NO_MEMORY) return tw_no_memory(err, "metrics");
        if (status != TW_OK) out[m] = NAN;
    }
    return TW_OK;
}

static tw_status measure(tw_job *job, tw_entry *e, tw_error *err)
{
    size_t n_metrics = 0, n = 0;
    (void)tw_metrics(&n_metrics);
    e->metric = tw_arena_new(&job->arena, n_metrics, sizeof *e->metric);
    double *score = tw_new(job->ctx, job->n_cells, sizeof *score),
           *label = tw_new(job->ctx, job->n_cells, sizeof *label);
    uint32_t *time = tw_new(job->ctx, job->n_cells, sizeof *time);
    tw_status status = e->metric && score && label && time ? TW_OK : tw_no_memory(err, "metrics");
    if (status == TW_OK) {
        for (size_t c = 0; c < job->n_cells; c++)
            if (isfinite(e->score[c]) && isfinite(job->label[c]))
                score[n] = e->score[c], label[n] = job->label[c], time[n++] = (uint32_t)(c / job->n_lanes);
        const tw_scored scored = {.n = n, .score = score, .label = label, .time = time, .lags = label_span(job)};
        status = compute_metrics(job, &scored, e->metric, err);
    }
    tw_free(job->ctx, score);
    tw_free(job->ctx, label);
    tw_free(job->ctx, time);
    return status;
}

static tw_status keep_importance(tw_job *job, tw_entry *e, tw_error *err)
{
    e->importance = tw_arena_new(&job->arena, job->data.n_features, sizeof *e->importance);
    if (!e->importance) return tw_no_memory(err, "importance");
    if (!tw_model_importance(e->fold[job->folds.n - 1], e->importance)) e->importance = NULL;
    return TW_OK;
}

static tw_status open_fitting(fitting *f, tw_error *err)
{
    tw_job *job = f->job;
    const size_t slots = job->n_entries * f->n_folds;
    f->score = tw_arena_new(&job->arena, slots, sizeof *f->score);
    f->seconds = tw_arena_new(&job->arena, slots, sizeof *f->seconds);
    f->from_file = tw_arena_new(&job->arena, slots, sizeof *f->from_file);
    f->cells = tw_arena_new(&job->arena, f->n_folds, sizeof *f->cells);
    f->n_cells = tw_arena_new(&job->arena, f->n_folds, sizeof *f->n_cells);
    if (!f->score || !f->seconds || !f->from_file || !f->cells || !f->n_cells) return tw_no_memory(err, "fitting");
    for (size_t fold = 0; fold < f->n_folds; fold++) TW_TRY(rows_to_score(f, fold, err));
    return TW_OK;
}

static void close_fitting(fitting *f)
{
    for (size_t i = 0; f->score && i < f->job->n_entries * f->n_folds; i++) tw_free(f->job->ctx, f->score[i]);
    for (size_t i = 0; f->cells && i < f->n_folds; i++) tw_free(f->job->ctx, f->cells[i]);
}

static void note_damaged(fitting *f)
{
    const size_t n = f->damaged;
    if (n)
        tw_buf_printf(&f->job->notes, "%zu kept model%s in %s could not be read: fitted again\n", n, n > 1 ? "s" : "",
                      f->job->work);
}

static tw_status finish_entries(fitting *f, tw_error *err)
{
    tw_job *job = f->job;
    note_damaged(f);
    job->stage_cached = true;
    for (size_t i = 0; i < job->n_entries; i++) {
        TW_TRY(gather_scores(f, i, err));
        job->stage_cached &= job->entry[i].cached;
        if (job->entry[i].left_out) {
            tw_buf_printf(&job->notes, "%s was left out: the budget of %g s was spent\n", job->entry[i].name,
                          job->options->budget_seconds);
            continue;
        }
        TW_TRY(measure(job, &job->entry[i], err));
        TW_TRY(keep_importance(job, &job->entry[i], err));
    }
    return TW_OK;
}

static fitting new_fitting(tw_job *job)
{
    return (fitting){.job = job, .n_folds = job->folds.n, .n_tasks = job->n_entries * job->folds.n};
}

static tw_status make_task_context(tw_job *job, tw_error *err)
{
    const tw_progress *outer = job->ctx->progress;
    job->hush = tw_arena_new(&job->arena, 1, sizeof *job->hush);
    if (!job->hush) return tw_no_memory(err, "fitting");
    job->hush->outer = outer;
    job->hush->inner = (tw_progress){.cancelled = outer && outer->cancelled ? hush_cancelled : NULL, .arg = job->hush};
    atomic_flag_clear(&job->hush->busy);
    job->task_ctx = *job->ctx;
    job->task_ctx.pool = NULL;
    job->task_ctx.progress = &job->hush->inner;
    return TW_OK;
}

tw_status tw_stage_fit(tw_job *job, tw_error *err)
{
    TW_TRY(make_task_context(job, err));
    TW_TRY(make_entries(job, err));
    fitting f = new_fitting(job);
    tw_status status = open_fitting(&f, err);
    if (status == TW_OK) status = tw_job_share_bins(job, err);
    if (status == TW_OK) status = tw_pool_run(job->ctx->pool, f.n_tasks, fit_task, &f, err);
    if (status == TW_OK) status = finish_entries(&f, err);
    close_fitting(&f);
    return status;
}

/* Every usable row with a label: what the last refit, the one that goes live, learns from. */
tw_status tw_job_fit_final(tw_job *job, tw_entry *e, tw_error *err)
{
    uint32_t *cells = tw_new(job->ctx, job->n_cells, sizeof *cells);
    if (!cells) return tw_no_memory(err, "rows of the last refit");
    size_t n = 0;
    for (size_t c = 0; c < job->n_cells; c++)
        if (job->usable[c] && isfinite(job->label[c])) cells[n++] = (uint32_t)c;
    fitting f = new_fitting(job);
    const tw_rows train = {.data = &job->data, .cell = cells, .n = n};
    one_fit fit = {.entry = e, .which = "final", .train = &train};
    const tw_status status = fit_or_load(&f, &fit, err);
    e->final = fit.model;
    tw_free(job->ctx, cells);
    note_damaged(&f);
    return status;
}

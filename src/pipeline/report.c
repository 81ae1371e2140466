/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - report.json with every number of the run (docs/reference/report-json.md), and report.html: the page built
 * from web/ with that JSON put in. */
#include "pipeline/assets.h"
#include "pipeline/pipeline_impl.h"

#include <math.h>
#include <string.h>

void tw_report_text(tw_json *j, const char *key, const char *text)
{
    tw_json_key(j, key);
    tw_json_text(j, text);
}

void tw_report_number(tw_json *j, const char *key, double x)
{
    tw_json_key(j, key);
    tw_json_number(j, x);
}

void tw_report_count(tw_json *j, const char *key, size_t n)
{
    tw_json_key(j, key);
    tw_json_integer(j, (int64_t)n);
}

void tw_report_numbers(tw_json *j, const char *key, const double *x, size_t n)
{
    tw_json_key(j, key);
    tw_json_array(j);
    for (size_t i = 0; i < n; i++) tw_json_number(j, x[i]);
    tw_json_array_end(j);
}

static void field_time(tw_json *j, const char *key, int64_t time_ns)
{
    char text[40];
    text[tw_time_format(time_ns, text)] = '\0';
    tw_report_text(j, key, text);
}

static void report_head(const tw_job *job, tw_json *j)
{
    tw_report_count(j, "format", 1);
    tw_report_text(j, "version", tw_version());
    tw_report_text(j, "name", job->spec->name);
    field_time(j, "created", tw_now_ns() / TW_NS_PER_SECOND * TW_NS_PER_SECOND);
    tw_report_text(j, "spec", job->spec->text);
    tw_json_key(j, "verdict");
    tw_json_object(j);
    tw_report_text(j, "grade", tw_verdict_text(job->board.verdict));
    tw_report_text(j, "text", job->board.verdict_text);
    tw_json_object_end(j);
}

static size_t count_bars(const tw_job *job)
{
    size_t n = 0;
    for (size_t c = 0; c < job->n_cells; c++) n += isfinite(job->price[3][c]) != 0;
    return n;
}

static void report_data(const tw_job *job, tw_json *j)
{
    const tw_panel_shape *shape = tw_panel_shape_view(job->panel);
    char sum[17];
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) sum[i] = digits[tw_panel_checksum(job->panel) >> (60 - 4 * i) & 15];
    sum[16] = '\0';
    tw_json_key(j, "data");
    tw_json_object(j);
    tw_report_text(j, "source", job->spec->data.simulate ? job->spec->data.simulate : job->spec->data.csv[0]);
    tw_report_text(j, "checksum", sum);
    tw_report_count(j, "symbols", shape->n_symbols);
    tw_report_count(j, "times", job->n_times);
    tw_report_count(j, "bars", count_bars(job));
    field_time(j, "first", shape->times[0]);
    field_time(j, "last", shape->times[job->n_times - 1]);
    tw_report_text(j, "calendar", shape->calendar);
    tw_json_key(j, "import");
    tw_json_raw(j, job->import_json);
    tw_json_key(j, "quality");
    tw_json_raw(j, job->findings_json);
    tw_json_object_end(j);
}

static void report_features(const tw_job *job, tw_json *j)
{
    size_t lookback = 0;
    tw_json_key(j, "features");
    tw_json_object(j);
    tw_report_count(j, "n", job->data.n_features);
    for (size_t f = 0; f < job->data.n_features; f++)
        if (tw_plan_lookback(job->plan, f) > lookback) lookback = tw_plan_lookback(job->plan, f);
    tw_report_count(j, "lookback", lookback);
    tw_json_key(j, "names");
    tw_json_array(j);
    for (size_t f = 0; f < job->data.n_features; f++) tw_json_text(j, job->feature_name[f]);
    tw_json_array_end(j);
    tw_json_key(j, "lets");
    tw_json_array(j);
    for (size_t i = 0; i < job->spec->features.n_lets; i++) {
        tw_json_object(j);
        tw_report_text(j, "name", job->spec->features.lets[i].name);
        tw_report_text(j, "expression", job->spec->features.lets[i].expression);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
    tw_json_object_end(j);
}

static void report_choice(tw_json *j, const char *key, const tw_choice *choice)
{
    tw_json_key(j, key);
    tw_json_object(j);
    tw_report_text(j, "name", choice->name);
    tw_report_text(j, "params", choice->params);
    tw_json_object_end(j);
}

static void report_fold(const tw_job *job, const tw_fold *fold, tw_json *j)
{
    const int64_t *stamp = tw_panel_stamps(job->panel);
    tw_json_object(j);
    field_time(j, "train_from", fold->n_train ? stamp[fold->train[0] / job->n_lanes] : stamp[0]);
    field_time(j, "train_to", fold->n_train ? stamp[fold->train[fold->n_train - 1] / job->n_lanes] : stamp[0]);
    field_time(j, "test_from", stamp[fold->span[0].from]);
    field_time(j, "test_to", stamp[fold->span[fold->n_spans - 1].to - 1]);
    tw_report_count(j, "n_train", fold->n_train);
    tw_report_count(j, "n_test", fold->n_test);
    tw_report_count(j, "n_purged", fold->n_purged);
    tw_report_count(j, "n_embargoed", fold->n_embargoed);
    tw_json_object_end(j);
}

static void report_split(const tw_job *job, tw_json *j)
{
    tw_json_key(j, "split");
    tw_json_object(j);
    tw_report_text(j, "name", job->spec->split.name);
    tw_report_text(j, "params", job->spec->split.params);
    tw_json_key(j, "folds");
    tw_json_array(j);
    for (size_t f = 0; f < job->folds.n; f++) report_fold(job, &job->folds.fold[f], j);
    tw_json_array_end(j);
    tw_json_object_end(j);
}

/* The features with the largest shares, largest first; by repeated search, since few are shown. */
static void report_importance(const tw_job *job, const tw_entry *e, tw_json *j)
{
    enum { SHOWN = 30 };
    bool *taken = tw_new(job->ctx, job->data.n_features, sizeof *taken);
    j->out->failed |= !taken;
    tw_json_key(j, "importance");
    tw_json_array(j);
    for (size_t k = 0; taken && e->importance && k < SHOWN && k < job->data.n_features; k++) {
        size_t top = SIZE_MAX;
        for (size_t f = 0; f < job->data.n_features; f++)
            if (!taken[f] && (top == SIZE_MAX || e->importance[f] > e->importance[top])) top = f;
        taken[top] = true;
        if (!(e->importance[top] > 0)) break;
        tw_json_object(j);
        tw_report_text(j, "feature", job->feature_name[top]);
        tw_report_number(j, "share", e->importance[top]);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
    tw_free(job->ctx, taken);
}

static void report_models(const tw_job *job, tw_json *j)
{
    tw_json_key(j, "models");
    tw_json_array(j);
    for (size_t i = 0; i < job->n_entries; i++) {
        const tw_entry *e = &job->entry[i];
        tw_json_object(j);
        tw_report_text(j, "name", e->name);
        tw_report_text(j, "learner", e->learner->title);
        tw_report_text(j, "params", e->params);
        tw_json_key(j, "left_out");
        tw_json_bool(j, e->left_out);
        tw_report_number(j, "fit_seconds", e->seconds);
        report_importance(job, e, j);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

/* ---------------------------------------------------------------- scores of the best model */

bool tw_report_has(tw_json *json, tw_status status)
{
    json->out->failed |= status == TW_NO_MEMORY;
    return status == TW_OK;
}

typedef struct scored_rows {
    tw_scored rows;
    double *score, *label;
    uint32_t *time;
    tw_ic_path ic;
} scored_rows;

static tw_status take_scored(const tw_job *job, scored_rows *s, tw_error *err)
{
    const tw_entry *e = &job->entry[job->best];
    s->score = tw_new(job->ctx, job->n_cells, sizeof *s->score);
    s->label = tw_new(job->ctx, job->n_cells, sizeof *s->label);
    s->time = tw_new(job->ctx, job->n_cells, sizeof *s->time);
    s->ic.ic = tw_new(job->ctx, job->n_times, sizeof *s->ic.ic);
    s->ic.rank_ic = tw_new(job->ctx, job->n_times, sizeof *s->ic.rank_ic);
    s->ic.time = tw_new(job->ctx, job->n_times, sizeof *s->ic.time);
    if (!s->score || !s->label || !s->time || !s->ic.ic || !s->ic.rank_ic || !s->ic.time)
        return tw_no_memory(err, "scores for the report");
    size_t n = 0;
    for (size_t c = 0; c < job->n_cells; c++)
        if (isfinite(e->score[c]) && isfinite(job->label[c]))
            s->score[n] = e->score[c], s->label[n] = job->label[c], s->time[n++] = (uint32_t)(c / job->n_lanes);
    s->rows = (tw_scored){.n = n, .score = s->score, .label = s->label, .time = s->time};
    return tw_ic_series(job->ctx, &s->rows, 5, &s->ic, err);
}

static void free_scored(const tw_job *job, scored_rows *s)
{
    tw_free(job->ctx, s->score);
    tw_free(job->ctx, s->label);
    tw_free(job->ctx, s->time);
    tw_free(job->ctx, s->ic.ic);
    tw_free(job->ctx, s->ic.rank_ic);
    tw_free(job->ctx, s->ic.time);
}

static void report_ic(const tw_job *job, const scored_rows *s, tw_json *j)
{
    tw_json_key(j, "ic");
    tw_json_object(j);
    tw_json_key(j, "time");
    tw_json_array(j);
    for (size_t i = 0; i < s->ic.n; i++) tw_json_integer(j, tw_panel_stamps(job->panel)[s->ic.time[i]]);
    tw_json_array_end(j);
    tw_report_numbers(j, "ic", s->ic.ic, s->ic.n);
    tw_report_numbers(j, "rank_ic", s->ic.rank_ic, s->ic.n);
    tw_json_object_end(j);
}

static void report_bins(const tw_job *job, const scored_rows *s, tw_json *j)
{
    enum { BINS = 10 };
    double quantile[BINS], score[BINS], label[BINS];
    const bool has_quantiles = tw_report_has(j, tw_quantile_returns(job->ctx, &s->rows, BINS, quantile, NULL));
    tw_report_numbers(j, "quantiles", quantile, has_quantiles ? BINS : 0);
    const bool has_calibration = tw_report_has(j, tw_calibration(job->ctx, &s->rows, BINS, score, label, NULL));
    tw_json_key(j, "calibration");
    tw_json_object(j);
    tw_report_numbers(j, "score", score, has_calibration ? BINS : 0);
    tw_report_numbers(j, "label", label, has_calibration ? BINS : 0);
    tw_json_object_end(j);
}

static tw_status report_scores(const tw_job *job, tw_json *j, tw_error *err)
{
    size_t n_metrics = 0;
    const tw_metric *const *metrics = tw_metrics(&n_metrics);
    scored_rows s = {0};
    const tw_status status = take_scored(job, &s, err);
    if (status == TW_OK) {
        tw_json_key(j, "scores");
        tw_json_object(j);
        tw_report_text(j, "model", job->entry[job->best].name);
        tw_json_key(j, "metrics");
        tw_json_object(j);
        for (size_t m = 0; m < n_metrics; m++) tw_report_number(j, metrics[m]->name, job->entry[job->best].metric[m]);
        tw_json_object_end(j);
        report_ic(job, &s, j);
        report_bins(job, &s, j);
        tw_json_object_end(j);
    }
    free_scored(job, &s);
    return status;
}

static void report_run(const tw_job *job, tw_json *j)
{
    tw_json_key(j, "timings");
    tw_json_array(j);
    for (size_t i = 0; i < job->n_timings; i++) {
        tw_json_object(j);
        tw_report_text(j, "stage", job->timing[i].stage);
        tw_report_number(j, "seconds", job->timing[i].seconds);
        tw_json_key(j, "cached");
        tw_json_bool(j, job->timing[i].cached);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
    tw_json_key(j, "versions");
    tw_json_object(j);
    tw_report_text(j, "tradewind", tw_version());
    tw_report_text(j, "compiler", __VERSION__);
    tw_report_text(j, "isa", tw_isa_name(tw_isa_resolve(job->ctx->isa)));
    tw_report_count(j, "threads", (size_t)tw_pool_threads(job->ctx->pool));
    tw_json_object_end(j);
}

tw_status tw_report_json(tw_job *job, tw_buf *out, tw_error *err)
{
    tw_json j;
    tw_json_init(&j, out, false);
    tw_json_object(&j);
    report_head(job, &j);
    report_data(job, &j);
    report_features(job, &j);
    report_choice(&j, "label", &job->spec->label);
    report_split(job, &j);
    tw_json_key(&j, "leaderboard");
    tw_board_json(&job->board, &j);
    report_models(job, &j);
    TW_TRY(report_scores(job, &j, err));
    TW_TRY(tw_report_explanations(job, &j, err));
    tw_report_backtest(job, &j);
    report_run(job, &j);
    tw_json_object_end(&j);
    return tw_buf_check(out, err);
}

/* JSON inside a <script> element: a '<' could end it, so it is written as an escape. */
static void add_for_html(tw_buf *out, const tw_buf *json)
{
    size_t from = 0;
    for (size_t i = 0; i < json->length; i++)
        if (json->data[i] == '<') {
            tw_buf_add(out, json->data + from, i - from);
            tw_buf_text(out, "\\u003c");
            from = i + 1;
        }
    tw_buf_add(out, json->data + from, json->length - from);
}

static tw_status write_inside(const tw_job *job, const char *name, const tw_buf *text, tw_error *err)
{
    TW_TRY(tw_buf_check(text, err));
    tw_buf path;
    tw_buf_init(&path, job->ctx);
    tw_buf_printf(&path, "%s/%s", job->out, name);
    tw_status status = tw_buf_check(&path, err);
    if (status == TW_OK) status = tw_file_write(path.data, text->data, text->length, err);
    tw_buf_clear(&path);
    return status;
}

static tw_status write_html(const tw_job *job, const tw_buf *json, tw_error *err)
{
    static const char token[] = "__TRADEWIND_REPORT__";
    const char *page = tw_report_html, *end = tw_report_html_end, *at = page;
    const size_t n = sizeof token - 1;
    while (at + n <= end && memcmp(at, token, n) != 0) at++;
    if (at + n > end) return tw_fail(err, TW_BAD_DATA, "the built-in report page has no place for the numbers");
    tw_buf html;
    tw_buf_init(&html, job->ctx);
    tw_buf_add(&html, page, (size_t)(at - page));
    add_for_html(&html, json);
    tw_buf_add(&html, at + n, (size_t)(end - at - (ptrdiff_t)n));
    const tw_status status = write_inside(job, "report.html", &html, err);
    tw_buf_clear(&html);
    return status;
}

tw_status tw_stage_report(tw_job *job, tw_error *err)
{
    tw_buf json;
    tw_buf_init(&json, job->ctx);
    tw_status status = tw_report_json(job, &json, err);
    if (status == TW_OK) status = write_inside(job, "report.json", &json, err);
    if (status == TW_OK) status = write_html(job, &json, err);
    tw_buf_clear(&json);
    return status;
}

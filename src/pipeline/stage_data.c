/* SPDX-License-Identifier: Apache-2.0 */
/* stage_data.c - bars into a panel (imported or simulated, kept in the out folder), adjusted, and checked. */
#include "pipeline/pipeline_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct paths {
    char *panel, *actions, *summary, *rejects, *actions_rejects;
} paths;

/* Chains the content of a file into a key, in pieces: the key must change when the file does. */
static tw_status key_of_file(const tw_ctx *ctx, const char *path, uint64_t *key, tw_error *err)
{
    enum { PIECE = 1 << 20 };
    tw_source *source = NULL;
    TW_TRY(tw_source_open_file(ctx, path, &source, err));
    char *piece = tw_new(ctx, PIECE, 1);
    tw_status status = piece ? TW_OK : tw_no_memory(err, "reading a file");
    for (size_t got = 1; status == TW_OK && got;) {
        status = source->read(source, piece, PIECE, &got, err);
        if (status == TW_OK && got) *key = tw_hash64(piece, got, *key);
    }
    tw_free(ctx, piece);
    tw_source_close(source);
    return status;
}

/* The name of a file counts as well: it is the symbol when there is one file a symbol. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static tw_status data_key(const tw_job *job, uint64_t *key, tw_error *err)
{
    const tw_spec *s = job->spec;
    *key = tw_key(TW_STAGE_FORMAT, tw_version());
    *key = tw_key(*key, s->data.simulate ? s->data.simulate : "csv");
    *key = tw_key(*key, s->data.import);
    for (size_t i = 0; i < s->data.n_csv; i++) {
        *key = tw_key(*key, base_name(s->data.csv[i]));
        TW_TRY(key_of_file(job->ctx, s->data.csv[i], key, err));
    }
    if (s->data.actions) TW_TRY(key_of_file(job->ctx, s->data.actions, key, err));
    return TW_OK;
}

static void import_json(const tw_import_summary *s, size_t actions_rejected, tw_buf *out)
{
    tw_json j;
    tw_json_init(&j, out, false);
    tw_json_object(&j);
    tw_json_key(&j, "rows");
    tw_json_integer(&j, (int64_t)s->rows);
    tw_json_key(&j, "kept");
    tw_json_integer(&j, (int64_t)s->kept);
    tw_json_key(&j, "rejected");
    tw_json_integer(&j, (int64_t)s->rejected);
    tw_json_key(&j, "actions_rejected");
    tw_json_integer(&j, (int64_t)actions_rejected);
    tw_json_key(&j, "reasons");
    tw_json_array(&j);
    for (size_t i = 0; i < s->n_reasons; i++) {
        tw_json_object(&j);
        tw_json_key(&j, "reason");
        tw_json_text(&j, s->reasons[i].reason);
        tw_json_key(&j, "count");
        tw_json_integer(&j, (int64_t)s->reasons[i].count);
        tw_json_object_end(&j);
    }
    tw_json_array_end(&j);
    tw_json_key(&j, "text_columns");
    tw_json_text(&j, s->text_columns);
    tw_json_key(&j, "empty_files");
    tw_json_integer(&j, (int64_t)s->empty_files);
    tw_json_object_end(&j);
}

/* Corporate actions of the spec or of the simulation; rows that cannot be taken go to a file of their own. */
static tw_status load_actions(tw_job *job, const paths *p, size_t *rejected, tw_error *err)
{
    const char *path = job->spec->data.simulate ? p->actions : job->spec->data.actions;
    if (!path || job->actions) return TW_OK;
    return tw_actions_read(job->ctx, path, p->actions_rejects, &job->actions, rejected, err);
}

static tw_status import(tw_job *job, const paths *p, tw_error *err)
{
    const tw_spec *s = job->spec;
    tw_import_options options;
    tw_import_summary summary;
    TW_TRY(tw_params_parse(tw_import_params(), "import", s->data.import, &options, err));
    options.out = p->panel;
    options.rejects = p->rejects;
    size_t actions_rejected = 0;
    TW_TRY(tw_import_csv(job->ctx, s->data.csv, s->data.n_csv, &options, &job->raw, &summary, err));
    TW_TRY(load_actions(job, p, &actions_rejected, err));
    tw_buf text;
    tw_buf_init(&text, job->ctx);
    import_json(&summary, actions_rejected, &text);
    const tw_status status = tw_job_keep(job, p->summary, &text, err);
    tw_buf_clear(&text);
    return status;
}

static tw_status write_actions(const tw_job *job, const char *path, tw_error *err)
{
    tw_buf text;
    tw_buf_init(&text, job->ctx);
    tw_actions_csv(job->actions, &text);
    const tw_status status = tw_job_keep(job, path, &text, err);
    tw_buf_clear(&text);
    return status;
}

static tw_status simulate(tw_job *job, const paths *p, tw_error *err)
{
    tw_buf truth;
    tw_buf_init(&truth, job->ctx);
    tw_status status = tw_simulate(job->ctx, job->spec->data.simulate, p->panel, &job->raw, &job->actions, &truth, err);
    if (status == TW_OK) status = write_actions(job, p->actions, err);
    char *path = tw_job_path(job, "truth.json");
    if (status == TW_OK && !path) status = tw_no_memory(err, "a path");
    if (status == TW_OK) status = tw_job_keep(job, path, &truth, err);
    truth.length = 0;
    tw_buf_text(&truth, "null");
    if (status == TW_OK) status = tw_job_keep(job, p->summary, &truth, err);
    tw_buf_clear(&truth);
    return status;
}

static tw_status make_bars(tw_job *job, const paths *p, tw_error *err)
{
    return job->spec->data.simulate ? simulate(job, p, err) : import(job, p, err);
}

/* The kept panel, when it is whole, and so are the files that belong to it. */
static tw_status take_bars(tw_job *job, const paths *p, tw_error *err)
{
    char *actions = NULL, *summary = NULL;
    if (!tw_job_has(job, p->panel)) return TW_NOT_FOUND;
    if (job->spec->data.simulate) TW_TRY(tw_job_kept(job, p->actions, &actions, err));
    tw_free(job->ctx, actions);
    tw_status status = tw_panel_open(job->ctx, p->panel, &job->raw, err);
    if (status == TW_OK) status = tw_panel_verify(job->raw, err);
    if (status == TW_OK) status = tw_job_kept(job, p->summary, &summary, err);
    tw_free(job->ctx, summary);
    if (status != TW_OK) {
        tw_panel_close(job->raw);
        job->raw = NULL;
    }
    return status;
}

/* Says what was set aside, with the place to look at. */
static tw_status note_rejects(tw_job *job, const paths *p, tw_error *err)
{
    tw_doc *doc = NULL;
    TW_TRY(tw_doc_parse_json(job->ctx, job->import_json, strlen(job->import_json), p->summary, &doc, err));
    const tw_node *root = tw_doc_root(doc);
    const double rows = tw_node_number(tw_node_get(root, "rows"), 0),
                 rejected = tw_node_number(tw_node_get(root, "rejected"), 0),
                 actions = tw_node_number(tw_node_get(root, "actions_rejected"), 0);
    tw_doc_free(doc);
    if (rejected > 0) tw_buf_printf(&job->notes, "%.0f of %.0f rows set aside: %s\n", rejected, rows, p->rejects);
    if (actions > 0) tw_buf_printf(&job->notes, "%.0f corporate actions set aside: %s\n", actions, p->actions_rejects);
    return tw_buf_check(&job->notes, err);
}

/* Forward: with factors on the bars *before* an action, the level of a price would know of splits to come. */
static tw_status adjust(tw_job *job, tw_error *err)
{
    job->panel = job->raw;
    if (!strcmp(job->spec->data.adjust, "none") || !job->actions) return TW_OK;
    const int64_t last = tw_panel_stamps(job->raw)[tw_panel_times(job->raw) - 1];
    const tw_adjust how = !strcmp(job->spec->data.adjust, "all") ? TW_ADJUST_FORWARD_ALL : TW_ADJUST_FORWARD;
    job->panel = NULL;
    return tw_panel_adjust(job->ctx, job->raw, job->actions, how, last / TW_NS_PER_DAY, &job->panel, err);
}

tw_status tw_stage_data(tw_job *job, tw_error *err)
{
    uint64_t key = 0;
    TW_TRY(data_key(job, &key, err));
    job->data_key = key;
    char keep[32];
    (void)snprintf(keep, sizeof keep, "data-%016" PRIx64, key);
    const paths p = {.panel = tw_job_path(job, "%s.twp", keep),
                     .actions = tw_job_path(job, "%s.actions.csv", keep),
                     .summary = tw_job_path(job, "%s.json", keep),
                     .rejects = tw_job_path(job, "%s.rejects.csv", keep),
                     .actions_rejects = tw_job_path(job, "%s.actions-rejects.csv", keep)};
    if (!p.panel || !p.actions || !p.summary || !p.rejects || !p.actions_rejects)
        return tw_no_memory(err, "paths of the data stage");
    tw_status status = take_bars(job, &p, err);
    job->stage_cached = status == TW_OK;
    if (tw_job_remake(job, status, p.panel)) status = make_bars(job, &p, err);
    TW_TRY(status);
    tw_job_forget(job, "data-", keep);
    size_t length = 0;
    TW_TRY(tw_file_read(job->ctx, p.summary, &job->import_json, &length, err));
    TW_TRY(load_actions(job, &p, &(size_t){0}, err));
    TW_TRY(note_rejects(job, &p, err));
    if (!tw_panel_times(job->raw) || !tw_panel_symbols(job->raw))
        return tw_fail(err, TW_BAD_DATA, "the data hold no bar");
    return adjust(job, err);
}

static size_t count_errors(const tw_findings *findings)
{
    size_t n = 0, errors = 0;
    const tw_finding *list = tw_findings_list(findings, &n);
    for (size_t i = 0; i < n; i++) errors += list[i].severity == TW_ERROR;
    return errors;
}

static tw_status run_checks(tw_job *job, const char *path, tw_error *err)
{
    const tw_check_input input = {.panel = job->raw, .actions = job->actions};
    tw_findings *findings = NULL;
    TW_TRY(tw_check_run(job->ctx, &input, job->spec->checks.which, job->spec->checks.options, &findings, err));
    tw_buf text;
    tw_buf_init(&text, job->ctx);
    tw_json j;
    tw_json_init(&j, &text, false);
    tw_findings_json(findings, job->raw, &j);
    tw_status status = tw_job_keep(job, path, &text, err);
    const size_t errors = count_errors(findings);
    if (status == TW_OK && job->spec->checks.fail_on_error && errors)
        status = tw_fail(err, TW_BAD_DATA, "%zu findings in the data are errors (checks.fail_on_error): see %s", errors,
                         path);
    tw_buf_clear(&text);
    tw_findings_free(findings);
    return status;
}

/* Says how many findings are errors, also when the check was taken from before. */
static tw_status note_findings(tw_job *job, const char *path, tw_error *err)
{
    tw_doc *doc = NULL;
    size_t errors = 0, warnings = 0;
    TW_TRY(tw_doc_parse_json(job->ctx, job->findings_json, strlen(job->findings_json), path, &doc, err));
    const tw_node *list = tw_node_get(tw_doc_root(doc), "findings");
    for (const tw_node *f = list ? list->first : NULL; f; f = f->next) {
        const char *severity = tw_node_text(tw_node_get(f, "severity"), "");
        errors += strcmp(severity, "error") == 0;
        warnings += strcmp(severity, "warn") == 0;
    }
    tw_doc_free(doc);
    if (errors)
        tw_buf_printf(&job->notes, "quality of the bars: %zu errors, %zu warnings (listed in the report)\n", errors,
                      warnings);
    return tw_buf_check(&job->notes, err);
}

tw_status tw_stage_check(tw_job *job, tw_error *err)
{
    uint64_t key = tw_key(job->data_key + TW_STAGE_FORMAT, job->spec->checks.which); /* bars and actions */
    key = tw_key(tw_key(key, job->spec->checks.options), job->spec->checks.fail_on_error ? "fail" : "go on");
    char keep[32];
    (void)snprintf(keep, sizeof keep, "check-%016" PRIx64, key);
    char *path = tw_job_path(job, "%s.json", keep);
    if (!path) return tw_no_memory(err, "paths of the check stage");
    char *kept = NULL;
    tw_status status = job->spec->checks.fail_on_error ? TW_NOT_FOUND : tw_job_kept(job, path, &kept, err);
    tw_free(job->ctx, kept);
    job->stage_cached = status == TW_OK;
    if (tw_job_remake(job, status, path)) status = run_checks(job, path, err);
    TW_TRY(status);
    tw_job_forget(job, "check-", keep);
    size_t length = 0;
    TW_TRY(tw_file_read(job->ctx, path, &job->findings_json, &length, err));
    return note_findings(job, path, err);
}

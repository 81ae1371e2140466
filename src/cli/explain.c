/* SPDX-License-Identifier: Apache-2.0 */
/* explain.c - tradewind explain MODEL --in FILE.csv: why a model says what it says. */
#include "cli/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const methods[] = {
    [TW_EXPLAIN_SHAP] = "shap",
    [TW_EXPLAIN_INTERACTIONS] = "interactions",
    [TW_EXPLAIN_INTERVENTIONAL] = "interventional",
    [TW_EXPLAIN_IMPORTANCE] = "importance",
    [TW_EXPLAIN_PERMUTATION] = "permutation",
    [TW_EXPLAIN_PDP] = "pdp",
    [TW_EXPLAIN_ICE] = "ice",
    NULL,
};

/* ---------------------------------------------------------------- names */

const char *tw_explain_feature(const tw_explanation *e, size_t feature, char digits[32])
{
    const tw_schema *schema = tw_model_schema(e->model);
    if (schema) return schema->name[feature];
    (void)snprintf(digits, 32, "f%zu", feature);
    return digits;
}

/* As few digits as read back to the same float. */
const char *tw_explain_level(const tw_explanation *e, size_t feature, float x, char digits[32])
{
    const tw_schema *schema = tw_model_schema(e->model);
    if (schema && schema->n_levels && x >= 0 && x < (float)schema->n_levels[feature])
        return schema->level[feature][(size_t)x];
    double back = NAN;
    for (int places = 5; places <= 9 && (float)back != x; places++) {
        (void)snprintf(digits, 32, "%.*g", places, (double)x);
        if (!tw_parse_double(digits, strlen(digits), &back)) break;
    }
    return digits;
}

/* A size, and whose it is. */
typedef struct sized {
    double size;
    size_t feature;
} sized;

static int by_size(const void *a, const void *b)
{
    const sized *x = a, *y = b;
    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    return x->feature < y->feature ? -1 : x->feature > y->feature;
}

/* Mean size of Shapley values (of interactions: those beside a feature), otherwise the first column. */
static double size_of(const tw_explanation *e, size_t feature)
{
    const size_t width = e->n_features + 1;
    double sum = 0;
    if (e->method == TW_EXPLAIN_IMPORTANCE || e->method == TW_EXPLAIN_PERMUTATION) return e->value[feature];
    for (size_t i = 0; i < e->rows->n * e->n_outputs; i++) {
        if (e->method != TW_EXPLAIN_INTERACTIONS) {
            sum += fabs(e->value[i * width + feature]);
            continue;
        }
        for (size_t g = 0; g < e->n_features; g++) sum += fabs(e->value[(i * width + feature) * width + g]);
    }
    return sum;
}

tw_status tw_explain_order(const tw_explanation *e, size_t *order, tw_error *err)
{
    sized *all = tw_new(e->cli->ctx, e->n_features + 1, sizeof *all);
    if (!all) return tw_no_memory(err, "the order of features");
    for (size_t f = 0; f < e->n_features; f++) all[f] = (sized){size_of(e, f), f};
    qsort(all, e->n_features, sizeof *all, by_size);
    for (size_t f = 0; f < e->n_features; f++) order[f] = all[f].feature;
    tw_free(e->cli->ctx, all);
    return TW_OK;
}

/* ---------------------------------------------------------------- values */

static tw_status make_values(tw_explanation *e, size_t count, size_t size, tw_error *err)
{
    if (size && count > SIZE_MAX / size / sizeof(double))
        return tw_fail(err, TW_TOO_LARGE, "explain: %zu times %zu values", count, size);
    e->value = tw_new(e->cli->ctx, count * size + 1, sizeof *e->value);
    return e->value ? TW_OK : tw_no_memory(err, "an explanation");
}

static tw_status explain_rows(tw_explanation *e, tw_error *err)
{
    const size_t width = e->n_features + 1, n = e->rows->n * e->n_outputs;
    if (e->method == TW_EXPLAIN_INTERACTIONS) {
        TW_TRY(make_values(e, n, width * width, err));
        return tw_model_interactions(e->cli->ctx, e->model, e->rows, e->value, err);
    }
    const tw_rows *background = e->background_frame ? tw_frame_rows(e->background_frame) : NULL;
    TW_TRY(make_values(e, n, width, err));
    return tw_model_shap(e->cli->ctx, e->model, e->rows, background, e->value, err);
}

static tw_status find_importance(tw_explanation *e, tw_error *err)
{
    const size_t n = e->n_features;
    TW_TRY(make_values(e, 3, n, err));
    TW_TRY(tw_model_split_importance(e->model, TW_IMPORTANCE_GAIN, e->value, err));
    TW_TRY(tw_model_split_importance(e->model, TW_IMPORTANCE_SPLITS, e->value + n, err));
    return tw_model_split_importance(e->model, TW_IMPORTANCE_COVER, e->value + 2 * n, err);
}

static tw_status permute(tw_explanation *e, tw_error *err)
{
    static const char *const presets[] = {[TW_MEANS_NUMBER] = "rmse",
                                          [TW_MEANS_CHANCE] = "log_loss",
                                          [TW_MEANS_CLASSES] = "log_loss",
                                          [TW_MEANS_RANK] = "ndcg"};
    const tw_meaning meaning = tw_cli_meaning(e->model);
    char text[TW_TEXT_MAX] = "";
    int64_t repeats, seed;
    tw_permutation how = {.chance = meaning == TW_MEANS_CHANCE};
    TW_TRY(tw_cli_integer(e->cli, "repeats", 5, 1, 10000, &repeats, err));
    TW_TRY(tw_cli_integer(e->cli, "seed", 1, 0, INT64_MAX, &seed, err));
    e->metric = tw_cli_value(e->cli, "metric");
    if (!e->metric) e->metric = presets[meaning];
    how.metric = e->metric;
    how.repeats = (size_t)repeats;
    how.seed = (uint64_t)seed;
    if (tw_cli_model_param(e->model, "threshold", text, sizeof text))
        (void)tw_parse_double(text, strlen(text), &how.threshold);
    TW_TRY(make_values(e, 2, e->n_features, err));
    return tw_permutation_importance(e->cli->ctx, e->model, e->rows, &how, e->value, e->value + e->n_features, err);
}

/* ---------------------------------------------------------------- grids */

static tw_status find_feature(const tw_explanation *e, const char *name, size_t length, uint32_t *feature,
                              tw_error *err)
{
    char digits[32];
    for (size_t f = 0; f < e->n_features; f++) {
        const char *own = tw_explain_feature(e, f, digits);
        if (strlen(own) != length || memcmp(own, name, length) != 0) continue;
        *feature = (uint32_t)f;
        return TW_OK;
    }
    return tw_fail(err, TW_BAD_NAME, "the model has no feature '%.*s'", (int)length, name);
}

static tw_status fill_grid(const tw_explanation *e, tw_explain_grid *g, size_t points, tw_error *err)
{
    const tw_ctx *ctx = e->cli->ctx;
    g->n_points = 1;
    for (size_t k = 0; k < g->grid.n_features; k++) {
        char digits[32];
        g->value[k] = tw_new(ctx, points, sizeof *g->value[k]);
        if (!g->value[k]) return tw_no_memory(err, "a grid");
        TW_TRY(tw_feature_grid(ctx, e->rows, g->grid.feature[k], points, g->value[k], &g->grid.n[k], err));
        if (g->grid.n[k] == 0)
            return tw_fail(err, TW_BAD_DATA, "feature '%s' is missing in every row",
                           tw_explain_feature(e, g->grid.feature[k], digits));
        g->grid.value[k] = g->value[k];
        g->n_points *= g->grid.n[k];
    }
    g->mean = tw_new(ctx, g->n_points * e->n_outputs, sizeof *g->mean);
    if (e->method == TW_EXPLAIN_ICE) g->each = tw_new(ctx, e->rows->n * g->n_points * e->n_outputs, sizeof *g->each);
    if (!g->mean || (e->method == TW_EXPLAIN_ICE && !g->each)) return tw_no_memory(err, "partial dependence");
    return tw_partial_dependence(ctx, e->model, e->rows, &g->grid, g->mean, g->each, err);
}

/* Named features: one, or two together. */
static tw_status take_named(tw_explanation *e, const char *list, tw_error *err)
{
    tw_grid *grid = &e->grid[0].grid;
    e->n_grids = 1;
    for (const char *at = list;; at++) {
        const size_t length = strcspn(at, ",");
        if (grid->n_features == 2 || (e->method == TW_EXPLAIN_ICE && grid->n_features == 1))
            return tw_fail(err, TW_BAD_VALUE, "--feature '%s': %s", list,
                           e->method == TW_EXPLAIN_ICE ? "ice is of one feature" : "at most two");
        TW_TRY(find_feature(e, at, length, &grid->feature[grid->n_features++], err));
        at += length;
        if (!*at) return TW_OK;
    }
}

/* Those with the most gain, one by one. */
static tw_status take_best(tw_explanation *e, tw_error *err)
{
    double *share = tw_new(e->cli->ctx, e->n_features + 1, sizeof *share);
    if (!share) return tw_no_memory(err, "the order of features");
    const bool known = tw_model_importance(e->model, share);
    while (e->n_grids < e->n_features && e->n_grids < (e->method == TW_EXPLAIN_ICE ? 1 : TW_EXPLAIN_GRIDS)) {
        size_t best = 0;
        for (size_t f = 1; f < e->n_features; f++)
            if (share[f] > share[best]) best = f;
        if (!known || share[best] <= 0) break;
        share[best] = -1;
        e->grid[e->n_grids++].grid = (tw_grid){.n_features = 1, .feature = {(uint32_t)best}};
    }
    tw_free(e->cli->ctx, share);
    return e->n_grids ? TW_OK : tw_fail(err, TW_BAD_VALUE, "%s needs --feature NAME for this model", e->method_name);
}

static tw_status make_grids(tw_explanation *e, tw_error *err)
{
    int64_t points;
    const char *named = tw_cli_value(e->cli, "feature");
    TW_TRY(tw_cli_integer(e->cli, "points", 20, 2, 1000, &points, err));
    TW_TRY(named ? take_named(e, named, err) : take_best(e, err));
    for (size_t k = 0; k < e->n_grids; k++) TW_TRY(fill_grid(e, &e->grid[k], (size_t)points, err));
    return TW_OK;
}

/* ---------------------------------------------------------------- in and out */

static tw_status choose_method(tw_explanation *e, tw_error *err)
{
    const char *name = tw_cli_value(e->cli, "method");
    e->method_name = name ? name : "shap";
    for (size_t k = 0; methods[k]; k++)
        if (strcmp(e->method_name, methods[k]) == 0) {
            e->method = (tw_explain_method)k;
            return TW_OK;
        }
    const char *near = tw_did_you_mean(name, methods);
    return tw_fail(err, TW_BAD_NAME, "no method '%s'%s%s%s", name, near ? "; did you mean '" : "", near ? near : "",
                   near ? "'?" : ": see 'tradewind explain --help'");
}

static tw_status read_table(const tw_explanation *e, const char *path, const char *target, const char *keep,
                            tw_frame **frame, tw_error *err)
{
    const tw_schema *schema = tw_model_schema(e->model);
    tw_frame_options options = {
        .schema = schema, .by_position = schema ? 0 : tw_model_features(e->model), .target = target, .keep = keep};
    TW_TRY(tw_cli_table_options(e->cli, &options, err));
    return tw_frame_read(e->cli->ctx, strcmp(path, "-") == 0 ? "/dev/stdin" : path, &options, frame, err);
}

static tw_status read_tables(tw_explanation *e, tw_error *err)
{
    const char *in = tw_cli_value(e->cli, "in"), *background = tw_cli_value(e->cli, "background"),
               *target = tw_cli_value(e->cli, "target");
    const tw_schema *schema = tw_model_schema(e->model);
    if (e->method == TW_EXPLAIN_PERMUTATION) {
        if (!target && schema && schema->target && schema->target[0]) target = schema->target;
        if (!target) return tw_fail(err, TW_BAD_VALUE, "permutation needs --target COLUMN");
    } else
        target = NULL;
    if (e->method == TW_EXPLAIN_INTERVENTIONAL && !background)
        return tw_fail(err, TW_BAD_VALUE, "interventional needs --background FILE.csv");
    if (e->method == TW_EXPLAIN_IMPORTANCE) return TW_OK; /* it is in the model */
    if (!in) return tw_fail(err, TW_BAD_VALUE, "explain needs --in FILE.csv");
    TW_TRY(read_table(e, in, target, tw_cli_value(e->cli, "keep"), &e->frame, err));
    e->rows = tw_frame_rows(e->frame);
    if (e->rows->n == 0) return tw_fail(err, TW_BAD_DATA, "%s has no rows to explain", in);
    if (!tw_cli_value(e->cli, "quiet")) (void)fputs(tw_frame_notes(e->frame), stderr);
    if (e->method != TW_EXPLAIN_INTERVENTIONAL) return TW_OK;
    return read_table(e, background, NULL, NULL, &e->background_frame, err);
}

static tw_status work_out(tw_explanation *e, tw_error *err)
{
    switch (e->method) {
    case TW_EXPLAIN_IMPORTANCE: return find_importance(e, err);
    case TW_EXPLAIN_PERMUTATION: return permute(e, err);
    case TW_EXPLAIN_PDP:
    case TW_EXPLAIN_ICE: return make_grids(e, err);
    default: return explain_rows(e, err);
    }
}

static tw_status check_out(const char *path, const char **end, tw_error *err)
{
    *end = path ? strrchr(path, '.') : ".csv";
    for (const char *const *known = TW_NAMES(".csv", ".json", ".svg", ".html"); *end && *known; known++)
        if (strcmp(*end, *known) == 0) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "--out must end in .csv, .json, .svg or .html, got '%s'", path);
}

static tw_status write_out(const tw_explanation *e, const char *path, const char *end, tw_error *err)
{
    tw_buf out;
    tw_buf_init(&out, e->cli->ctx);
    tw_status status = strcmp(end, ".svg") == 0    ? tw_explain_svg(e, &out, err)
                       : strcmp(end, ".html") == 0 ? tw_explain_page(e, &out, err)
                                                   : tw_explain_table(e, strcmp(end, ".json") == 0, &out, err);
    if (status == TW_OK && path) status = tw_file_write(path, out.data, out.length, err);
    if (status == TW_OK && !path && fwrite(out.data, 1, out.length, stdout) != out.length)
        status = tw_fail(err, TW_IO_FAILED, "the explanation cannot be written: is the disk full?");
    tw_buf_clear(&out);
    return status;
}

static tw_status explain_model(tw_explanation *e, tw_error *err)
{
    const char *path = tw_cli_value(e->cli, "out"), *end = NULL;
    TW_TRY(choose_method(e, err));
    TW_TRY(check_out(path, &end, err));
    TW_TRY(tw_cli_model_read(e->cli, e->cli->positional[0], &e->model, NULL, err));
    e->n_features = tw_model_features(e->model);
    e->n_outputs = tw_model_outputs(e->model);
    TW_TRY(read_tables(e, err));
    TW_TRY(work_out(e, err));
    return write_out(e, path, end, err);
}

static tw_status explain(tw_cli *cli, tw_error *err)
{
    tw_explanation e = {.cli = cli};
    const tw_status status = explain_model(&e, err);
    for (size_t k = 0; k < TW_EXPLAIN_GRIDS; k++) {
        tw_free(cli->ctx, e.grid[k].value[0]);
        tw_free(cli->ctx, e.grid[k].value[1]);
        tw_free(cli->ctx, e.grid[k].mean);
        tw_free(cli->ctx, e.grid[k].each);
    }
    tw_free(cli->ctx, e.value);
    tw_frame_free(e.frame);
    tw_frame_free(e.background_frame);
    tw_model_free(e.model);
    return status;
}

static const tw_option options[] = {
    {"in", "FILE.csv", "rows to explain: CSV (plain, gzip, zstd); - for standard input"},
    {"method", "NAME", "shap (default), interactions, interventional, importance, permutation, pdp, ice: see below"},
    {"out", "FILE", "table: .csv, .json; picture: .svg, .html (default: CSV on standard output)"},
    {"background", "FILE.csv", "rows that features not known are taken from (interventional)"},
    {"feature", "LIST", "one feature, or two as in income,debt (pdp, ice); default: the six of most gain"},
    {"points", "N", "most values of a feature that are tried (pdp, ice; default 20)"},
    {"target", "COLUMN", "the label (permutation; default: the model's)"},
    {"metric", "NAME", "what permuting makes worse (permutation): see 'tradewind describe metrics'"},
    {"repeats", "N", "times a feature is permuted (default 5)"},
    {"seed", "N", "of what is drawn (default 1)"},
    {"keep", "LIST", "columns of the table to put before the values, as in id,date"},
    TW_TABLE_OPTIONS,
    {0},
};

const tw_command tw_command_explain = {
    .name = "explain",
    .positional = "MODEL",
    .title = "Say why a model scores rows as it does",
    .more = "shap: what each feature adds to the margin of a row, exact, for models of trees; interactions:\n"
            "of pairs of features; interventional: against the rows of a background. importance: gain,\n"
            "count and cover of the splits of a model of trees. permutation: how much worse a metric gets.\n"
            "pdp: mean prediction by the value of a feature; ice: of each row.\n"
            "docs/reference/explain.md has the definitions.",
    .least = 1,
    .most = 1,
    .options = options,
    .run = explain,
};

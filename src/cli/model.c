/* SPDX-License-Identifier: Apache-2.0 */
/* model.c - tradewind model inspect and convert: model files of this and of other libraries. */
#include "cli/panels.h"
#include "cli/tables.h"

#include <stdlib.h>
#include <string.h>

typedef struct opened {
    const tw_format *format;
    tw_model *model;
} opened;

static tw_status open_model(tw_cli *cli, opened *o, tw_error *err)
{
    return tw_cli_model_read(cli, cli->positional[0], &o->model, &o->format, err);
}

/* ---------------------------------------------------------------- inspect: features by importance */

typedef struct feature {
    size_t index, n_levels;
    const char *name; /* "" when not known */
    double share;
} feature;

static int by_share(const void *a, const void *b)
{
    const feature *x = a, *y = b;
    if (x->share != y->share) return x->share < y->share ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

static tw_status get_features(tw_cli *cli, const tw_model *model, feature **list, tw_error *err)
{
    const size_t n = tw_model_features(model);
    const tw_schema *schema = tw_model_schema(model);
    double *share = tw_new(cli->ctx, n + 1, sizeof *share);
    *list = tw_new(cli->ctx, n + 1, sizeof **list);
    if (share && *list) {
        (void)tw_model_importance(model, share);
        for (size_t f = 0; f < n; f++)
            (*list)[f] = (feature){f, schema ? schema->n_levels[f] : 0, schema ? schema->name[f] : "", share[f]};
    }
    const bool there = share && *list;
    tw_free(cli->ctx, share);
    return there ? TW_OK : tw_no_memory(err, "the features of a model");
}

/* ---------------------------------------------------------------- inspect as text */

static void print_ensemble(const tw_model *model, tw_buf *out)
{
    tw_ensemble e;
    char number[32];
    if (!tw_model_ensemble(model, &e)) return;
    (void)tw_format_double(e.link_scale, number);
    tw_buf_printf(out, "link        %s: %s%s%s\n", e.link, e.link_title, e.link_scale != 1 ? ", scale " : "",
                  e.link_scale != 1 ? number : "");
    tw_buf_text(out, "base       ");
    for (size_t k = 0; k < tw_model_outputs(model) && k < 10; k++) {
        (void)tw_format_double(e.base[k], number);
        tw_buf_printf(out, " %s", number);
    }
    tw_buf_printf(out, "%s\ntrees       %zu, %zu steps deep at most\nnodes       %zu, of these %zu leaves",
                  tw_model_outputs(model) > 10 ? " ..." : "", e.n_trees, e.depth, e.n_nodes, e.n_leaves);
    if (e.n_category_splits) tw_buf_printf(out, ", %zu splits by category", e.n_category_splits);
    if (e.n_linear_leaves) tw_buf_printf(out, "; %zu leaves are linear", e.n_linear_leaves);
    tw_buf_text(out, "\n");
}

static void print_features(const tw_model *model, const feature *list, tw_buf *out)
{
    enum { TOP = 10 };
    const size_t n = tw_model_features(model);
    tw_buf_printf(out, "features    %zu%s\n\nimportance\n", n, n > TOP ? ", the ten that matter most:" : "");
    for (size_t i = 0; i < n && i < TOP; i++) {
        char label[32];
        (void)snprintf(label, sizeof label, "feature %zu", list[i].index);
        tw_buf_printf(out, "%9.4f   %s", list[i].share, list[i].name[0] ? list[i].name : label);
        if (list[i].n_levels) tw_buf_printf(out, " (%zu categories)", list[i].n_levels);
        tw_buf_text(out, "\n");
    }
}

static void print_model(const opened *o, const feature *list, tw_buf *out)
{
    tw_buf_printf(out, "format      %s: %s\nlearner     %s\noutputs     %zu\n", o->format->name, o->format->title,
                  tw_model_learner(o->model)->name, tw_model_outputs(o->model));
    print_ensemble(o->model, out);
    print_features(o->model, list, out);
}

/* ---------------------------------------------------------------- inspect as JSON */

static void put_text(tw_json *json, const char *key, const char *text)
{
    tw_json_key(json, key);
    tw_json_text(json, text);
}

static void put_count(tw_json *json, const char *key, size_t n)
{
    tw_json_key(json, key);
    tw_json_integer(json, (int64_t)n);
}

static void put_ensemble(const tw_model *model, tw_json *json)
{
    tw_ensemble e;
    if (!tw_model_ensemble(model, &e)) return;
    put_text(json, "link", e.link);
    tw_json_key(json, "link_scale");
    tw_json_number(json, e.link_scale);
    tw_json_key(json, "base");
    tw_json_array(json);
    for (size_t k = 0; k < tw_model_outputs(model); k++) tw_json_number(json, e.base[k]);
    tw_json_array_end(json);
    put_count(json, "trees", e.n_trees);
    put_count(json, "depth", e.depth);
    put_count(json, "nodes", e.n_nodes);
    put_count(json, "leaves", e.n_leaves);
    put_count(json, "linear_leaves", e.n_linear_leaves);
    put_count(json, "category_splits", e.n_category_splits);
}

static void put_features(const tw_model *model, const feature *list, tw_json *json)
{
    const tw_schema *schema = tw_model_schema(model);
    tw_json_key(json, "features");
    tw_json_array(json);
    for (size_t i = 0; i < tw_model_features(model); i++) {
        tw_json_object(json);
        put_count(json, "index", list[i].index);
        put_text(json, "name", list[i].name);
        tw_json_key(json, "importance");
        tw_json_number(json, list[i].share);
        if (list[i].n_levels) {
            tw_json_key(json, "categories");
            tw_json_array(json);
            for (size_t c = 0; c < list[i].n_levels; c++) tw_json_text(json, schema->level[list[i].index][c]);
            tw_json_array_end(json);
        }
        tw_json_object_end(json);
    }
    tw_json_array_end(json);
}

static void put_model(const opened *o, const feature *list, tw_buf *out)
{
    tw_json json;
    tw_json_init(&json, out, true);
    tw_json_object(&json);
    put_text(&json, "format", o->format->name);
    put_text(&json, "learner", tw_model_learner(o->model)->name);
    if (strcmp(o->format->name, "tradewind") == 0) put_text(&json, "params", tw_model_params(o->model));
    put_count(&json, "outputs", tw_model_outputs(o->model));
    put_ensemble(o->model, &json);
    put_features(o->model, list, &json);
    tw_json_object_end(&json);
    tw_buf_text(out, "\n");
}

static tw_status show(tw_cli *cli, const opened *o, tw_error *err)
{
    feature *list = NULL;
    tw_buf text;
    tw_buf_init(&text, cli->ctx);
    tw_status status = get_features(cli, o->model, &list, err);
    if (status == TW_OK) {
        qsort(list, tw_model_features(o->model), sizeof *list, by_share);
        if (tw_cli_value(cli, "json"))
            put_model(o, list, &text);
        else
            print_model(o, list, &text);
        status = tw_cli_out(cli, &text, err);
    }
    tw_free(cli->ctx, list);
    tw_buf_clear(&text);
    return status;
}

static tw_status inspect(tw_cli *cli, tw_error *err)
{
    opened o = {0};
    tw_status status = open_model(cli, &o, err);
    if (status == TW_OK) status = show(cli, &o, err);
    tw_model_free(o.model);
    return status;
}

static const tw_option inspect_options[] = {
    {"json", NULL, "JSON, with all features and their categories"},
    {"out", "FILE", "write there instead of standard output"},
    {0},
};

const tw_command tw_command_model_inspect = {
    .name = "model inspect",
    .positional = "FILE",
    .title = "Say what is in a model file of tradewind, XGBoost or LightGBM",
    .more = "XGBoost: .json and .ubj; LightGBM: text. Importance is the share of each feature in the gain.\n"
            "What is read exactly and what is refused: docs/reference/models.md.",
    .least = 1,
    .most = 1,
    .options = inspect_options,
    .run = inspect,
};

/* ---------------------------------------------------------------- convert */

/* The format of --to, or the one whose files end as --out does. */
static tw_status find_format(tw_cli *cli, const char *out, const char **name, tw_error *err)
{
    size_t n = 0;
    const tw_format *const *all = tw_formats(&n), *asked;
    const char *ending = strrchr(out, '.');
    *name = tw_cli_value(cli, "to");
    if (*name) return tw_format_find(*name, &asked, err);
    for (size_t i = 0; i < n && ending; i++)
        if (all[i]->write && strcmp(all[i]->extension, ending) == 0) *name = all[i]->name;
    if (*name) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "'%s' does not say which format; give --to lightgbm, onnx or tradewind", out);
}

static tw_status write_model(const tw_model *model, const char *format, const char *path, tw_error *err)
{
    tw_buf out;
    tw_buf_init(&out, NULL);
    tw_status status = tw_model_export(model, format, &out, err);
    if (status == TW_OK) status = tw_file_write(path, out.data, out.length, err);
    tw_buf_clear(&out);
    return status;
}

static tw_status convert(tw_cli *cli, tw_error *err)
{
    opened o = {0};
    const char *format = NULL, *path = tw_cli_value(cli, "out");
    if (!path) return tw_fail(err, TW_BAD_VALUE, "model convert needs --out FILE");
    TW_TRY(find_format(cli, path, &format, err));
    tw_status status = open_model(cli, &o, err);
    if (status == TW_OK) status = write_model(o.model, format, path, err);
    tw_model_free(o.model);
    return status;
}

static const tw_option convert_options[] = {
    {"to", "FORMAT", "lightgbm, onnx or tradewind (default: by the ending of --out: .txt, .onnx, .twm)"},
    {"out", "FILE", "file to write"},
    {0},
};

const tw_command tw_command_model_convert = {
    .name = "model convert",
    .positional = "FILE",
    .title = "Write a model of tradewind, XGBoost or LightGBM in another format",
    .more = "Whatever a format cannot say is refused: docs/reference/models.md.",
    .least = 1,
    .most = 1,
    .options = convert_options,
    .run = convert,
};

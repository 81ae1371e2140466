/* SPDX-License-Identifier: Apache-2.0 */
/* fit.c - tradewind fit: a learner on a table. */
#include "cli/tables.h"

#include <string.h>

typedef struct fitting {
    tw_cli *cli;
    tw_frame_options options;
    tw_model *from, *model;
    tw_frame *train_frame, *valid_frame;
    tw_rows train, valid; /* valid.n == 0: there are none */
    tw_buf params;
    int64_t seed;
    double *out_of_bag; /* NULL: the learner has none */
    bool stopped;
} fitting;

/* ---------------------------------------------------------------- tables */

static tw_status read_options(fitting *f, tw_error *err)
{
    const char *from = tw_cli_value(f->cli, "from");
    f->options = (tw_frame_options){.target = tw_cli_value(f->cli, "target"),
                                    .weight = tw_cli_value(f->cli, "weight"),
                                    .group = tw_cli_value(f->cli, "group"),
                                    .ignore = tw_cli_value(f->cli, "ignore"),
                                    .categorical = tw_cli_value(f->cli, "categorical")};
    TW_TRY(tw_cli_table_options(f->cli, &f->options, err));
    TW_TRY(tw_cli_integer(f->cli, "seed", 1, 0, INT64_MAX, &f->seed, err));
    if (from) {
        TW_TRY(tw_cli_model_read(f->cli, from, &f->from, NULL, err));
        f->options.schema = tw_model_schema(f->from);
        if (!f->options.schema) f->options.by_position = tw_model_features(f->from);
        if (f->options.schema && f->options.schema->target[0] && !f->options.target)
            f->options.target = f->options.schema->target;
    }
    return f->options.target ? TW_OK : tw_fail(err, TW_BAD_VALUE, "fit needs --target COLUMN");
}

static tw_status read_share(fitting *f, const char *text, tw_error *err)
{
    double share;
    if (!tw_parse_double(text, strlen(text), &share) || !(share > 0 && share < 1))
        return tw_fail(err, TW_BAD_VALUE, "--valid-share must be a number in (0, 1), got '%s'", text);
    return tw_frame_split(f->train_frame, share, &f->train, &f->valid, err);
}

static tw_status read_valid(fitting *f, const char *path, tw_error *err)
{
    tw_frame_options options = f->options;
    options.schema = tw_frame_schema(f->train_frame);
    options.by_position = 0;
    TW_TRY(tw_frame_read(f->cli->ctx, path, &options, &f->valid_frame, err));
    f->valid = *tw_frame_rows(f->valid_frame);
    return f->valid.n ? TW_OK : tw_fail(err, TW_BAD_DATA, "%s has no row with a target", path);
}

static tw_status read_tables(fitting *f, tw_error *err)
{
    const char *train = tw_cli_value(f->cli, "train"), *valid = tw_cli_value(f->cli, "valid"),
               *share = tw_cli_value(f->cli, "valid-share");
    if (!train) return tw_fail(err, TW_BAD_VALUE, "fit needs --train FILE.csv");
    if (valid && share) return tw_fail(err, TW_BAD_VALUE, "--valid and --valid-share cannot both be given");
    TW_TRY(tw_frame_read(f->cli->ctx, train, &f->options, &f->train_frame, err));
    f->train = *tw_frame_rows(f->train_frame);
    if (f->train.n == 0) return tw_fail(err, TW_BAD_DATA, "%s has no row with a target", train);
    if (share) return read_share(f, share, err);
    return valid ? read_valid(f, valid, err) : TW_OK;
}

static size_t count_categorical(const tw_schema *schema)
{
    size_t n = 0;
    for (size_t i = 0; i < schema->n_features; i++) n += schema->n_levels[i] > 0;
    return n;
}

static void print_notes(const fitting *f)
{
    if (tw_cli_value(f->cli, "quiet")) return;
    (void)fputs(tw_frame_notes(f->train_frame), stderr);
    if (f->valid_frame) (void)fputs(tw_frame_notes(f->valid_frame), stderr);
}

/* ---------------------------------------------------------------- parameters */

static const tw_param *find_param(const tw_learner *learner, const char *name)
{
    for (const tw_param *p = learner->params; p && p->name; p++)
        if (strcmp(p->name, name) == 0) return p;
    return NULL;
}

static bool has_choice(const tw_param *p, const char *choice)
{
    const size_t length = strlen(choice);
    for (const char *at = p && p->choices ? p->choices : ""; *at; at += strcspn(at, "|"), at += *at == '|')
        if (strcspn(at, "|") == length && strncmp(at, choice, length) == 0) return true;
    return false;
}

/* A target of classes asks for a loss of classes, unless --params says which. */
static tw_status add_loss(fitting *f, const tw_learner *learner, size_t n_classes, tw_error *err)
{
    const char *loss = n_classes > 2 ? "softmax" : "logistic";
    const bool has = has_choice(find_param(learner, "loss"), loss);
    if (has) tw_buf_printf(&f->params, " loss=%s", loss);
    if (n_classes <= 2) return TW_OK;
    if (!has) return tw_fail(err, TW_UNSUPPORTED, "%s does not tell %zu classes apart", learner->name, n_classes);
    /* The last class may be in no row that is trained on. */
    if (find_param(learner, "classes")) tw_buf_printf(&f->params, " classes=%zu", n_classes);
    return TW_OK;
}

static bool ranks(const char *params)
{
    return strstr(params, "loss=lambdarank") || strstr(params, "loss=ic") || strstr(params, "loss=rank_ic");
}

static tw_status choose_params(fitting *f, const tw_learner *learner, tw_error *err)
{
    const char *given = tw_cli_value(f->cli, "params");
    const size_t n_classes = tw_frame_schema(f->train_frame)->n_classes;
    tw_buf_init(&f->params, f->cli->ctx);
    if (!given) given = f->from ? tw_model_params(f->from) : "";
    tw_buf_text(&f->params, given);
    if (n_classes && !strstr(given, "loss=")) TW_TRY(add_loss(f, learner, n_classes, err));
    if (ranks(given) && !f->options.group)
        return tw_fail(err, TW_BAD_VALUE, "this loss compares the rows of a group: name their column with --group");
    return tw_buf_check(&f->params, err);
}

/* ---------------------------------------------------------------- fitting */

/* Room for what a forest says of rows by the trees that did not see them. */
static tw_status make_out_of_bag(fitting *f, const tw_learner *learner, tw_error *err)
{
    const size_t n_classes = tw_frame_schema(f->train_frame)->n_classes;
    const size_t n_outputs = strstr(f->params.data ? f->params.data : "", "loss=softmax") ? n_classes : 1;
    if (!(learner->traits & TW_LEARNER_BAGS) || n_outputs == 0) return TW_OK;
    f->out_of_bag = tw_new(f->cli->ctx, f->train.n * n_outputs, sizeof *f->out_of_bag);
    return f->out_of_bag ? TW_OK : tw_no_memory(err, "scores out of bag");
}

static tw_status fit_model(fitting *f, tw_error *err)
{
    const char *name = tw_cli_value(f->cli, "learner");
    const tw_learner *learner;
    const tw_progress *progress = f->cli->ctx->progress;
    if (!name) name = f->from ? tw_model_learner(f->from)->name : "gbm";
    TW_TRY(tw_learner_find(name, &learner, err));
    TW_TRY(choose_params(f, learner, err));
    TW_TRY(make_out_of_bag(f, learner, err));
    const tw_fit_spec spec = {.learner = name,
                              .params = f->params.data,
                              .seed = (uint64_t)f->seed,
                              .train = &f->train,
                              .valid = f->valid.n ? &f->valid : NULL,
                              .from = f->from,
                              .out_of_bag = f->out_of_bag,
                              .partial = true};
    TW_TRY(tw_model_fit(f->cli->ctx, &spec, &f->model, err));
    /* A learner that is stopped may give what it has: that is kept. */
    f->stopped = progress && progress->cancelled && progress->cancelled(progress->arg);
    return tw_model_name(f->model, tw_frame_schema(f->train_frame), err);
}

static tw_status write_model(fitting *f, const char *path, tw_error *err)
{
    tw_buf bytes;
    tw_buf_init(&bytes, f->cli->ctx);
    tw_status status = tw_model_save(f->model, &bytes, err);
    if (status == TW_OK) status = tw_file_write(path, bytes.data, bytes.length, err);
    tw_buf_clear(&bytes);
    return status;
}

/* ---------------------------------------------------------------- summary */

static void print_shape(const fitting *f, const char *path)
{
    const tw_schema *schema = tw_model_schema(f->model);
    tw_ensemble e = {0};
    const bool trees = tw_model_ensemble(f->model, &e);
    const size_t categorical = count_categorical(schema);
    printf("%s: %s\nrows       %zu train", path, tw_model_learner(f->model)->name, f->train.n);
    if (f->valid.n) printf(", %zu valid", f->valid.n);
    printf("\nfeatures   %zu", schema->n_features);
    if (categorical)
        printf(", %zu of them categorical%s", categorical, trees ? "" : ": their codes are taken as numbers");
    if (schema->n_classes) printf("\nclasses    %zu", schema->n_classes);
    if (trees) printf("\ntrees      %zu", e.n_trees);
    printf("\n");
}

static tw_status print_metrics(const fitting *f, tw_error *err)
{
    double train[TW_CLI_METRICS] = {0}, out[TW_CLI_METRICS] = {0}, valid[TW_CLI_METRICS] = {0};
    TW_TRY(tw_cli_evaluate(f->cli->ctx, f->model, &f->train, NULL, train, err));
    if (f->out_of_bag) TW_TRY(tw_cli_evaluate(f->cli->ctx, f->model, &f->train, f->out_of_bag, out, err));
    if (f->valid.n) TW_TRY(tw_cli_evaluate(f->cli->ctx, f->model, &f->valid, NULL, valid, err));
    printf("\n%-16s %12s%s%s\n", "", "train", f->out_of_bag ? "   out of bag" : "", f->valid.n ? "        valid" : "");
    for (size_t i = 0; tw_cli_metric_title(f->model, i); i++) {
        printf("%-16s %12.6g", tw_cli_metric_title(f->model, i), train[i]);
        if (f->out_of_bag) printf(" %12.6g", out[i]);
        if (f->valid.n) printf(" %12.6g", valid[i]);
        printf("\n");
    }
    return TW_OK;
}

static tw_status fit_table(fitting *f, tw_error *err)
{
    const char *path = tw_cli_value(f->cli, "out");
    if (!path) return tw_fail(err, TW_BAD_VALUE, "fit needs --out MODEL");
    TW_TRY(read_options(f, err));
    TW_TRY(read_tables(f, err));
    print_notes(f);
    TW_TRY(fit_model(f, err));
    TW_TRY(write_model(f, path, err));
    print_shape(f, path);
    TW_TRY(print_metrics(f, err));
    return f->stopped ? tw_fail(err, TW_CANCELLED, "stopped; %s has what was fitted, --from goes on there", path)
                      : TW_OK;
}

static tw_status fit(tw_cli *cli, tw_error *err)
{
    fitting f = {.cli = cli};
    const tw_status status = fit_table(&f, err);
    tw_buf_clear(&f.params);
    tw_free(cli->ctx, f.out_of_bag);
    tw_model_free(f.model);
    tw_frame_free(f.valid_frame);
    tw_frame_free(f.train_frame);
    tw_model_free(f.from);
    return status;
}

static const tw_option options[] = {
    {"train", "FILE.csv", "table to fit on: CSV with a header (plain, gzip, zstd)"},
    {"target", "COLUMN", "what is to be predicted; texts are classes"},
    {"out", "MODEL", "model file to write"},
    {"learner", "NAME", "see 'tradewind describe learners' (default gbm)"},
    {"params", "\"k=v ...\"", "parameters of the learner"},
    {"valid", "FILE.csv", "table to validate on: stops the learner, and is measured"},
    {"valid-share", "X", "share of the rows to validate on instead, the last ones"},
    {"weight", "COLUMN", "weights of the rows"},
    {"group", "COLUMN", "queries, whose rows are ranked among each other"},
    {"ignore", "LIST", "columns that are no features, as in id,date"},
    {"categorical", "LIST", "columns of numbers that are categories (the target: classes)"},
    {"seed", "N", "of what the learner draws (default 1)"},
    {"from", "MODEL", "model to go on from: its columns, classes and, unless given, parameters"},
    TW_TABLE_OPTIONS,
    {0},
};

const tw_command tw_command_fit = {
    .name = "fit",
    .positional = "",
    .title = "Fit a learner on a table",
    .more = "Every column is a feature but those named by --target, --weight, --group and --ignore. A column\n"
            "with a field that is no number is categorical; a row without a target is left out. Ctrl-C\n"
            "keeps what was fitted. docs/reference/tables.md has an example.",
    .options = options,
    .run = fit,
};

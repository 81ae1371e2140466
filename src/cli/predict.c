/* SPDX-License-Identifier: Apache-2.0 */
/* predict.c - tradewind predict MODEL --in FILE.csv: a table scored piece by piece. */
#include "cli/rows.h"
#include "cli/tables.h"
#include "tradewind/io.h"

#include <math.h>
#include <string.h>

enum { ROWS_A_PIECE = 8192 };

typedef struct prediction {
    tw_cli *cli;
    tw_model *model;
    tw_frame *frame;
    tw_meaning meaning;
    bool margin;
    size_t n_outputs;
    double *score; /* of a piece */
    tw_cli_rows out;
    uint64_t rows;
} prediction;

/* ---------------------------------------------------------------- columns */

static void put_name(prediction *p, const char *before, const char *name)
{
    tw_buf whole;
    tw_buf_init(&whole, p->cli->ctx);
    tw_buf_printf(&whole, "%s%s", before, name);
    tw_csv_write_field(&p->out.text, whole.data ? whole.data : "");
    p->out.text.failed |= whole.failed;
    tw_buf_clear(&whole);
}

static void put_class_columns(prediction *p, const char *before)
{
    char digits[24];
    for (size_t k = 0; k < p->n_outputs; k++) {
        tw_buf_text(&p->out.text, k ? "," : "");
        put_name(p, before, tw_cli_class_name(p->model, k, digits));
    }
}

static void put_header(prediction *p)
{
    for (size_t k = 0; k < tw_frame_kept_columns(p->frame); k++) {
        tw_csv_write_field(&p->out.text, tw_frame_kept_name(p->frame, k));
        tw_buf_text(&p->out.text, ",");
    }
    if (p->margin && p->n_outputs > 1) {
        put_class_columns(p, "margin_");
    } else if (p->meaning == TW_MEANS_NUMBERS) {
        put_class_columns(p, "prediction_");
    } else if (p->margin) {
        tw_buf_text(&p->out.text, "margin");
    } else {
        tw_buf_text(&p->out.text, p->meaning == TW_MEANS_CHANCE    ? "prediction,class"
                                  : p->meaning == TW_MEANS_CLASSES ? "prediction,"
                                                                   : "prediction");
        if (p->meaning == TW_MEANS_CLASSES) put_class_columns(p, "p_");
    }
    tw_buf_text(&p->out.text, "\n");
}

static void put_numbers(prediction *p, const double *x, size_t n)
{
    char text[40];
    for (size_t k = 0; k < n; k++) {
        text[isnan(x[k]) ? 0 : tw_format_double(x[k], text)] = '\0';
        tw_buf_printf(&p->out.text, "%s%s", k ? "," : "", text);
    }
}

static size_t class_of(const prediction *p, const double *score)
{
    size_t best = 0;
    if (p->n_outputs == 1) return score[0] > 0.5;
    for (size_t k = 1; k < p->n_outputs; k++)
        if (score[k] > score[best]) best = k;
    return best;
}

static void put_row(prediction *p, size_t row)
{
    char digits[24];
    const double *score = p->score + row * p->n_outputs;
    for (size_t k = 0; k < tw_frame_kept_columns(p->frame); k++) {
        tw_csv_write_field(&p->out.text, tw_frame_kept(p->frame, row, k));
        tw_buf_text(&p->out.text, ",");
    }
    if (!p->margin && p->meaning == TW_MEANS_CLASSES) {
        tw_csv_write_field(&p->out.text, tw_cli_class_name(p->model, class_of(p, score), digits));
        tw_buf_text(&p->out.text, ",");
    }
    put_numbers(p, score, p->n_outputs);
    if (!p->margin && p->meaning == TW_MEANS_CHANCE) {
        tw_buf_text(&p->out.text, ",");
        tw_csv_write_field(&p->out.text, tw_cli_class_name(p->model, class_of(p, score), digits));
    }
    tw_buf_text(&p->out.text, "\n");
}

/* ---------------------------------------------------------------- pieces */

static tw_status score_rows(prediction *p, const tw_rows *rows, tw_error *err)
{
    return p->margin ? tw_model_margin(p->model, rows, p->score, err) : tw_model_predict(p->model, rows, p->score, err);
}

static tw_status score_pieces(prediction *p, tw_error *err)
{
    put_header(p);
    for (;;) {
        TW_TRY(tw_frame_next(p->frame, ROWS_A_PIECE, err));
        const tw_rows *rows = tw_frame_rows(p->frame);
        if (rows->n == 0) break;
        TW_TRY(score_rows(p, rows, err));
        for (size_t i = 0; i < rows->n; i++) put_row(p, i);
        TW_TRY(tw_cli_rows_flush(&p->out, err));
        p->rows += rows->n;
    }
    return tw_cli_rows_flush(&p->out, err); /* a table without rows has its header */
}

static tw_status open_table(prediction *p, tw_error *err)
{
    const char *in = tw_cli_value(p->cli, "in");
    const tw_schema *schema = tw_model_schema(p->model);
    tw_frame_options options = {.schema = schema,
                                .by_position = schema ? 0 : tw_model_features(p->model),
                                .keep = tw_cli_value(p->cli, "keep")};
    TW_TRY(tw_cli_table_options(p->cli, &options, err));
    TW_TRY(tw_frame_open(p->cli->ctx, strcmp(in, "-") == 0 ? "/dev/stdin" : in, &options, &p->frame, err));
    p->n_outputs = tw_model_outputs(p->model);
    p->score = tw_new(p->cli->ctx, ROWS_A_PIECE * p->n_outputs, sizeof *p->score);
    return p->score ? TW_OK : tw_no_memory(err, "predictions");
}

static tw_status predict_table(prediction *p, tw_error *err)
{
    const char *path = tw_cli_value(p->cli, "out");
    TW_TRY(open_table(p, err));
    tw_status status = tw_cli_rows_open(p->cli, path, &p->out, err);
    if (status == TW_OK) status = score_pieces(p, err);
    TW_TRY(tw_cli_rows_close(&p->out, status, err));
    if (!tw_cli_value(p->cli, "quiet")) (void)fputs(tw_frame_notes(p->frame), stderr);
    if (path) printf("%s: %llu rows\n", path, (unsigned long long)p->rows);
    return TW_OK;
}

static tw_status predict(tw_cli *cli, tw_error *err)
{
    prediction p = {.cli = cli, .margin = tw_cli_value(cli, "margin") != NULL};
    if (!tw_cli_value(cli, "in")) return tw_fail(err, TW_BAD_VALUE, "predict needs --in FILE.csv");
    TW_TRY(tw_cli_model_read(cli, cli->positional[0], &p.model, NULL, err));
    p.meaning = tw_cli_meaning(p.model);
    const tw_status status = predict_table(&p, err);
    tw_free(cli->ctx, p.score);
    tw_frame_free(p.frame);
    tw_model_free(p.model);
    return status;
}

static const tw_option options[] = {
    {"in", "FILE.csv", "table: CSV (plain, gzip, zstd); - for standard input"},
    {"out", "FILE.csv", "predictions, a row a row (default: standard output)"},
    {"keep", "LIST", "columns of the table to put before the predictions, as in id,date"},
    {"margin", NULL, "margins before the link instead: log odds of a class"},
    TW_TABLE_OPTIONS,
    {0},
};

const tw_command tw_command_predict = {
    .name = "predict",
    .positional = "MODEL",
    .title = "Predict the rows of a table with a model",
    .more = "Columns are found by name, in any order; others are ignored. A model without names takes\n"
            "numbers in the order of the columns. Written are: prediction; of two classes the chance\n"
            "of the second, and class; of more the likeliest class, and p_CLASS for each.\n"
            "docs/reference/tables.md has an example.",
    .least = 1,
    .most = 1,
    .options = options,
    .run = predict,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* explain_table.c - an explanation as a table: CSV, or JSON with the same columns and rows. */
#include "cli/explain.h"

#include "tradewind/io.h"

#include <math.h>
#include <string.h>

/* A table that is written field by field. */
typedef struct sheet {
    const tw_explanation *e;
    bool json;
    tw_buf *out;
    tw_json to;
    size_t field; /* of the row */
} sheet;

static void begin_field(sheet *s)
{
    if (s->json) return;
    if (s->field++) tw_buf_text(s->out, ",");
}

static void put_text(sheet *s, const char *text)
{
    begin_field(s);
    if (s->json)
        tw_json_text(&s->to, text);
    else
        tw_csv_write_field(s->out, text);
}

static void put_number(sheet *s, double x)
{
    char text[40];
    begin_field(s);
    if (s->json) {
        tw_json_number(&s->to, x);
        return;
    }
    text[isnan(x) ? 0 : tw_format_double(x, text)] = '\0';
    tw_buf_text(s->out, text);
}

static void begin_row(sheet *s)
{
    s->field = 0;
    if (s->json) tw_json_array(&s->to);
}

static void end_row(sheet *s)
{
    if (s->json)
        tw_json_array_end(&s->to);
    else
        tw_buf_text(s->out, "\n");
}

static void end_columns(sheet *s)
{
    end_row(s);
    if (!s->json) return;
    tw_json_key(&s->to, "rows");
    tw_json_array(&s->to);
}

static void put_columns(sheet *s, const char *const *names)
{
    for (; *names; names++) put_text(s, *names);
}

/* ---------------------------------------------------------------- parts of rows */

static void put_feature(sheet *s, size_t feature)
{
    char digits[32];
    put_text(s, tw_explain_feature(s->e, feature, digits));
}

static void put_class_column(sheet *s)
{
    if (s->e->n_outputs > 1) put_text(s, "class");
}

static void put_class(sheet *s, size_t output)
{
    char digits[24];
    if (s->e->n_outputs > 1) put_text(s, tw_cli_class_name(s->e->model, output, digits));
}

static void put_kept_columns(sheet *s)
{
    put_text(s, "row");
    for (size_t k = 0; k < tw_frame_kept_columns(s->e->frame); k++) put_text(s, tw_frame_kept_name(s->e->frame, k));
}

static void put_kept(sheet *s, size_t row)
{
    put_number(s, (double)row + 1);
    for (size_t k = 0; k < tw_frame_kept_columns(s->e->frame); k++) put_text(s, tw_frame_kept(s->e->frame, row, k));
}

static void put_level(sheet *s, size_t feature, float x)
{
    char digits[32];
    put_text(s, tw_explain_level(s->e, feature, x, digits));
}

/* ---------------------------------------------------------------- methods */

static void put_values(sheet *s)
{
    const tw_explanation *e = s->e;
    const size_t width = e->n_features + 1;
    begin_row(s);
    put_kept_columns(s);
    put_class_column(s);
    for (size_t f = 0; f < e->n_features; f++) put_feature(s, f);
    put_columns(s, TW_NAMES("base", "margin"));
    end_columns(s);
    for (size_t i = 0; i < e->rows->n * e->n_outputs; i++) {
        const double *phi = e->value + i * width;
        double margin = 0;
        begin_row(s);
        put_kept(s, i / e->n_outputs);
        put_class(s, i % e->n_outputs);
        for (size_t f = 0; f < width; f++) {
            put_number(s, phi[f]);
            margin += phi[f];
        }
        put_number(s, margin);
        end_row(s);
    }
}

/* Pairs that are not 0, each once, at their whole value; a feature's own beside itself. */
static void put_pairs(sheet *s)
{
    const tw_explanation *e = s->e;
    const size_t width = e->n_features + 1;
    begin_row(s);
    put_kept_columns(s);
    put_class_column(s);
    put_columns(s, TW_NAMES("feature", "other", "value"));
    end_columns(s);
    for (size_t i = 0; i < e->rows->n * e->n_outputs; i++)
        for (size_t f = 0; f < e->n_features; f++)
            for (size_t g = f; g < e->n_features; g++) {
                const double value = e->value[(i * width + f) * width + g] * (f == g ? 1 : 2);
                if (value == 0) continue;
                begin_row(s);
                put_kept(s, i / e->n_outputs);
                put_class(s, i % e->n_outputs);
                put_feature(s, f);
                put_feature(s, g);
                put_number(s, value);
                end_row(s);
            }
}

static void put_by_feature(sheet *s, const size_t *order)
{
    const tw_explanation *e = s->e;
    const bool permuted = e->method == TW_EXPLAIN_PERMUTATION;
    const size_t n_columns = permuted ? 2 : 3;
    begin_row(s);
    put_text(s, "feature");
    put_columns(s, permuted ? TW_NAMES("worse", "sd") : TW_NAMES("gain", "splits", "cover"));
    end_columns(s);
    for (size_t i = 0; i < e->n_features; i++) {
        begin_row(s);
        put_feature(s, order[i]);
        for (size_t c = 0; c < n_columns; c++) put_number(s, e->value[c * e->n_features + order[i]]);
        end_row(s);
    }
}

static void put_point(sheet *s, const tw_explain_grid *g, size_t point)
{
    const bool two = g->grid.n_features == 2;
    const size_t first = two ? point / g->grid.n[1] : point;
    put_feature(s, g->grid.feature[0]);
    put_level(s, g->grid.feature[0], g->grid.value[0][first]);
    if (!two) return;
    put_feature(s, g->grid.feature[1]);
    put_level(s, g->grid.feature[1], g->grid.value[1][point % g->grid.n[1]]);
}

static void put_grids(sheet *s)
{
    const tw_explanation *e = s->e;
    const bool each = e->method == TW_EXPLAIN_ICE;
    begin_row(s);
    if (each) put_kept_columns(s);
    put_columns(s, TW_NAMES("feature", "value"));
    if (e->grid[0].grid.n_features == 2) put_columns(s, TW_NAMES("other", "other_value"));
    put_class_column(s);
    put_text(s, "prediction");
    end_columns(s);
    for (size_t k = 0; k < e->n_grids; k++) {
        const tw_explain_grid *g = &e->grid[k];
        const size_t n_rows = each ? e->rows->n : 1;
        for (size_t i = 0; i < n_rows * g->n_points * e->n_outputs; i++) {
            begin_row(s);
            if (each) put_kept(s, i / e->n_outputs / g->n_points);
            put_point(s, g, i / e->n_outputs % g->n_points);
            put_class(s, i % e->n_outputs);
            put_number(s, each ? g->each[i] : g->mean[i]);
            end_row(s);
        }
    }
}

static tw_status put_rows(sheet *s, tw_error *err)
{
    const tw_explanation *e = s->e;
    tw_status status = TW_OK;
    if (e->method == TW_EXPLAIN_INTERACTIONS) {
        put_pairs(s);
    } else if (e->method == TW_EXPLAIN_PDP || e->method == TW_EXPLAIN_ICE) {
        put_grids(s);
    } else if (e->method == TW_EXPLAIN_SHAP || e->method == TW_EXPLAIN_INTERVENTIONAL) {
        put_values(s);
    } else {
        size_t *order = tw_new(e->cli->ctx, e->n_features + 1, sizeof *order);
        status = order ? tw_explain_order(e, order, err) : tw_no_memory(err, "a table");
        if (status == TW_OK) put_by_feature(s, order);
        tw_free(e->cli->ctx, order);
    }
    return status;
}

tw_status tw_explain_table(const tw_explanation *e, bool json, tw_buf *out, tw_error *err)
{
    sheet s = {.e = e, .json = json, .out = out};
    if (json) {
        tw_json_init(&s.to, out, false);
        tw_json_object(&s.to);
        tw_json_key(&s.to, "method");
        tw_json_text(&s.to, e->method_name);
        tw_json_key(&s.to, "columns");
    }
    TW_TRY(put_rows(&s, err));
    if (json) {
        tw_json_array_end(&s.to);
        tw_json_object_end(&s.to);
        tw_buf_text(out, "\n");
    }
    return tw_buf_check(out, err);
}

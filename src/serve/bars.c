/* SPDX-License-Identifier: Apache-2.0 */
/* bars.c - bars out of a request body: long-form CSV, or JSON as a list of bars or in the forms of MLflow's scoring
 * protocol. */
#include "serve/serve_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TIME = -1, SYMBOL = -2, IGNORED = -3, MAX_FIELDS = 256 };

/* What a field of the header is: TIME, SYMBOL, a column of the bundle, or IGNORED. */
static int field_role(const tw_bundle *bundle, const char *name, size_t length)
{
    static const char *const times[] = {"time", "date", "timestamp", "datetime"};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (strlen(times[i]) == length && !memcmp(times[i], name, length)) return TIME;
    if (length == 6 && !memcmp(name, "symbol", 6)) return SYMBOL;
    size_t n = 0;
    const char *const *columns = tw_bundle_columns(bundle, &n);
    for (size_t c = 0; c < n; c++)
        if (strlen(columns[c]) == length && !memcmp(columns[c], name, length)) return (int)c;
    return IGNORED;
}

/* Room for one more row, filled with NaN. */
static tw_status new_row(tw_bars *b, tw_error *err)
{
    if (b->n_rows == b->room) {
        const size_t room = b->room ? 2 * b->room : 64;
        int64_t *time = tw_arena_new(&b->arena, room, sizeof *time);
        const char **symbol = tw_arena_new(&b->arena, room, sizeof *symbol);
        double *value = tw_arena_new(&b->arena, room * b->n_columns, sizeof *value);
        if (!time || !symbol || !value) return tw_no_memory(err, "bars of a request");
        if (b->n_rows) {
            memcpy(time, b->time, b->n_rows * sizeof *time);
            memcpy(symbol, b->symbol, b->n_rows * sizeof *symbol);
            memcpy(value, b->value, b->n_rows * b->n_columns * sizeof *value);
        }
        b->time = time, b->symbol = symbol, b->value = value, b->room = room;
    }
    b->time[b->n_rows] = TW_NO_TIME;
    b->symbol[b->n_rows] = NULL;
    for (size_t c = 0; c < b->n_columns; c++) b->value[b->n_rows * b->n_columns + c] = NAN;
    b->n_rows++;
    return TW_OK;
}

static tw_status set_text(tw_bars *b, int role, const char *text, size_t length, tw_error *err)
{
    const size_t row = b->n_rows - 1;
    if (role == IGNORED) return TW_OK;
    if (role == SYMBOL) {
        b->symbol[row] = tw_arena_text(&b->arena, text, length);
        return b->symbol[row] ? TW_OK : tw_no_memory(err, "bars of a request");
    }
    if (role == TIME) {
        if (tw_time_parse(text, length, &b->time[row])) return TW_OK;
        return tw_fail(err, TW_BAD_DATA, "bar %zu: time '%.*s' is no time", row + 1, (int)(length < 40 ? length : 40),
                       text);
    }
    if (!length || tw_parse_double(text, length, &b->value[row * b->n_columns + (size_t)role])) return TW_OK;
    return tw_fail(err, TW_BAD_DATA, "bar %zu: '%.*s' is no number", row + 1, (int)(length < 40 ? length : 40), text);
}

/* A row is whole when it has a time and a symbol, and does not go back in time. */
static tw_status end_row(const tw_bars *b, tw_error *err)
{
    const size_t row = b->n_rows - 1;
    if (b->time[row] == TW_NO_TIME) return tw_fail(err, TW_BAD_DATA, "bar %zu has no 'time'", row + 1);
    if (!b->symbol[row] || !b->symbol[row][0]) return tw_fail(err, TW_BAD_DATA, "bar %zu has no 'symbol'", row + 1);
    if (row && b->time[row] < b->time[row - 1])
        return tw_fail(err, TW_BAD_DATA, "bar %zu is earlier than the one before it", row + 1);
    return TW_OK;
}

/* ---------------------------------------------------------------- CSV */

static tw_status read_csv_rows(tw_bars *b, tw_csv *csv, tw_error *err)
{
    int role[MAX_FIELDS];
    const tw_field *field;
    size_t n = 0, width = 0;
    TW_TRY(tw_csv_next(csv, &field, &width, err));
    if (!field || width > MAX_FIELDS)
        return tw_fail(err, TW_BAD_DATA, "the body must start with a header of 1 to %d fields", MAX_FIELDS);
    bool has_time = false, has_symbol = false;
    for (size_t i = 0; i < width; i++) {
        role[i] = field_role(b->bundle, field[i].text, field[i].length);
        has_time |= role[i] == TIME;
        has_symbol |= role[i] == SYMBOL;
    }
    if (!has_time || !has_symbol)
        return tw_fail(err, TW_BAD_DATA, "the header must have 'time' (or 'date') and 'symbol'");
    for (;;) {
        TW_TRY(tw_csv_next(csv, &field, &n, err));
        if (!field) return TW_OK;
        if (n != width)
            return tw_fail(err, TW_BAD_DATA, "line %llu has %zu fields, the header %zu",
                           (unsigned long long)tw_csv_line(csv), n, width);
        TW_TRY(new_row(b, err));
        for (size_t i = 0; i < n; i++) TW_TRY(set_text(b, role[i], field[i].text, field[i].length, err));
        TW_TRY(end_row(b, err));
    }
}

static tw_status read_csv(tw_bars *b, const tw_ctx *ctx, const char *body, size_t length, tw_error *err)
{
    tw_source *source = NULL;
    tw_csv *csv = NULL;
    TW_TRY(tw_source_view(ctx, body, length, &source, err));
    TW_TRY(tw_csv_open(ctx, source, "body", NULL, &csv, err));
    const tw_status status = read_csv_rows(b, csv, err);
    tw_csv_close(csv);
    return status;
}

/* ---------------------------------------------------------------- JSON */

static tw_status set_node(tw_bars *b, int role, const tw_node *node, tw_error *err)
{
    const size_t row = b->n_rows - 1;
    if (node->kind == TW_NODE_NULL || role == IGNORED) return TW_OK;
    if (node->kind == TW_NODE_NUMBER && role >= 0) {
        b->value[row * b->n_columns + (size_t)role] = node->number;
        return TW_OK;
    }
    if (node->kind == TW_NODE_NUMBER && role == TIME && node->is_integer) {
        char text[32];
        const int length = snprintf(text, sizeof text, "%lld", (long long)node->integer);
        return set_text(b, role, text, (size_t)length, err);
    }
    if (node->kind != TW_NODE_TEXT) return tw_fail(err, TW_BAD_DATA, "bar %zu: a value is of the wrong kind", row + 1);
    return set_text(b, role, node->text, strlen(node->text), err);
}

static tw_status read_records(tw_bars *b, const tw_node *list, tw_error *err)
{
    if (list->kind != TW_NODE_LIST)
        return tw_fail(err, TW_BAD_DATA, "'%s' must be a list of bars", list->key ? list->key : "bars");
    for (const tw_node *bar = list->first; bar; bar = bar->next) {
        if (bar->kind != TW_NODE_MAP) return tw_fail(err, TW_BAD_DATA, "bar %zu is not an object", b->n_rows + 1);
        TW_TRY(new_row(b, err));
        for (const tw_node *f = bar->first; f; f = f->next)
            TW_TRY(set_node(b, field_role(b->bundle, f->key, strlen(f->key)), f, err));
        TW_TRY(end_row(b, err));
    }
    return TW_OK;
}

/* {"columns": [...], "data": [[...], ...]} */
static tw_status read_split(tw_bars *b, const tw_node *split, tw_error *err)
{
    int role[MAX_FIELDS] = {0};
    size_t width = 0;
    const tw_node *columns = tw_node_get(split, "columns"), *data = tw_node_get(split, "data");
    if (!columns || columns->kind != TW_NODE_LIST || columns->n_children > MAX_FIELDS || !data ||
        data->kind != TW_NODE_LIST)
        return tw_fail(err, TW_BAD_DATA, "'dataframe_split' must have lists 'columns' (at most %d) and 'data'",
                       MAX_FIELDS);
    for (const tw_node *c = columns->first; c; c = c->next) {
        const char *name = tw_node_text(c, "");
        role[width++] = field_role(b->bundle, name, strlen(name));
    }
    for (const tw_node *row = data->first; row; row = row->next) {
        if (row->kind != TW_NODE_LIST || row->n_children != width)
            return tw_fail(err, TW_BAD_DATA, "row %zu of 'data' must have %zu values", b->n_rows + 1, width);
        TW_TRY(new_row(b, err));
        size_t i = 0;
        for (const tw_node *v = row->first; v; v = v->next) TW_TRY(set_node(b, role[i++], v, err));
        TW_TRY(end_row(b, err));
    }
    return TW_OK;
}

static tw_status read_json(tw_bars *b, const tw_ctx *ctx, const char *body, size_t length, tw_error *err)
{
    static const char *const lists[] = {"bars", "dataframe_records", "instances", "inputs"};
    tw_doc *doc = NULL;
    TW_TRY(tw_doc_parse_json(ctx, body, length, "body", &doc, err));
    const tw_node *root = tw_doc_root(doc), *list = NULL;
    for (size_t i = 0; i < sizeof lists / sizeof *lists && !list; i++) list = tw_node_get(root, lists[i]);
    const tw_node *split = tw_node_get(root, "dataframe_split");
    tw_status status;
    if (list)
        status = read_records(b, list, err);
    else if (split)
        status = read_split(b, split, err);
    else
        status =
            tw_fail(err, TW_BAD_DATA,
                    "the body must have one of 'bars', 'dataframe_records', 'dataframe_split', 'instances', 'inputs'");
    tw_doc_free(doc);
    return status;
}

static bool starts_with(const char *text, const char *prefix) { return text && !strncmp(text, prefix, strlen(prefix)); }

tw_status tw_bars_read(const tw_ctx *ctx, const tw_bundle *bundle, const char *content_type, const char *body,
                       size_t length, tw_bars *bars, tw_error *err)
{
    *bars = (tw_bars){.bundle = bundle};
    tw_arena_init(&bars->arena, ctx);
    (void)tw_bundle_columns(bundle, &bars->n_columns);
    tw_status status;
    if (!length)
        status = tw_fail(err, TW_BAD_DATA, "the body is empty");
    else if (starts_with(content_type, "text/csv"))
        status = read_csv(bars, ctx, body, length, err);
    else if (!content_type || starts_with(content_type, "application/json"))
        status = read_json(bars, ctx, body, length, err);
    else
        status =
            tw_fail(err, TW_UNSUPPORTED, "Content-Type must be text/csv or application/json, got '%s'", content_type);
    if (status != TW_OK) tw_bars_clear(bars);
    return status;
}

void tw_bars_clear(tw_bars *bars) { tw_arena_clear(&bars->arena); }

size_t tw_bars_next_time(const tw_bars *bars, size_t row)
{
    size_t next = row;
    while (next < bars->n_rows && bars->time[next] == bars->time[row]) next++;
    return next;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* arrow_export.c - columns handed out as an Arrow record batch (Arrow C data interface, "Structure definitions" and
 * "Release callback" sections). Every struct owns what hangs below it, so a consumer may move a column away. */
#include "tradewind/io.h"

#include <string.h>

/* ---------------------------------------------------------------- what the release call-backs free */

typedef struct schema_private {
    const tw_ctx *ctx;
    char *name;
    struct ArrowSchema *columns;
    struct ArrowSchema **children;
} schema_private;

typedef struct array_private {
    const tw_ctx *ctx;
    const void *buffers[3]; /* validity, then values, or offsets and bytes */
    void *blocks[3];        /* the same, to free */
    struct ArrowArray *columns;
    struct ArrowArray **children;
} array_private;

static void release_schema(struct ArrowSchema *schema)
{
    schema_private *p = schema->private_data;
    const tw_ctx *ctx = p->ctx;
    for (int64_t i = 0; i < schema->n_children; i++) {
        struct ArrowSchema *child = schema->children[i];
        if (child->release) child->release(child);
    }
    tw_free(ctx, p->name);
    tw_free(ctx, p->columns);
    tw_free(ctx, p->children);
    tw_free(ctx, p);
    schema->release = NULL;
}

static void release_array(struct ArrowArray *array)
{
    array_private *p = array->private_data;
    const tw_ctx *ctx = p->ctx;
    for (int64_t i = 0; i < array->n_children; i++) {
        struct ArrowArray *child = array->children[i];
        if (child->release) child->release(child);
    }
    for (size_t i = 0; i < 3; i++) tw_free(ctx, p->blocks[i]);
    tw_free(ctx, p->columns);
    tw_free(ctx, p->children);
    tw_free(ctx, p);
    array->release = NULL;
}

/* ---------------------------------------------------------------- schema */

static tw_status start_schema(const tw_ctx *ctx, const char *format, const char *name, struct ArrowSchema *schema,
                              tw_error *err)
{
    schema_private *p = tw_new(ctx, 1, sizeof *p);
    char *copy = tw_text_copy(ctx, name);
    if (!p || !copy) {
        tw_free(ctx, p);
        tw_free(ctx, copy);
        return tw_no_memory(err, "an Arrow schema");
    }
    *p = (schema_private){.ctx = ctx, .name = copy};
    *schema = (struct ArrowSchema){.format = format, .name = copy, .release = release_schema, .private_data = p};
    return TW_OK;
}

static const char *format_of(const tw_arrow_column *column, bool large)
{
    if (column->kind == 'g') return "g";
    if (column->kind == 't') return "tsn:UTC";
    return large ? "U" : "u";
}

static tw_status add_schema_children(const tw_ctx *ctx, size_t n, struct ArrowSchema *schema, tw_error *err)
{
    schema_private *p = schema->private_data;
    p->columns = tw_new(ctx, n, sizeof *p->columns);
    p->children = tw_new(ctx, n, sizeof(void *));
    if (!p->columns || !p->children) return tw_no_memory(err, "an Arrow schema");
    for (size_t i = 0; i < n; i++) p->children[i] = &p->columns[i];
    schema->children = p->children;
    return TW_OK;
}

/* ---------------------------------------------------------------- arrays */

static tw_status start_array(const tw_ctx *ctx, size_t n_rows, int64_t n_buffers, struct ArrowArray *array,
                             tw_error *err)
{
    array_private *p = tw_new(ctx, 1, sizeof *p);
    if (!p) return tw_no_memory(err, "an Arrow array");
    p->ctx = ctx;
    *array = (struct ArrowArray){.length = (int64_t)n_rows,
                                 .n_buffers = n_buffers,
                                 .buffers = p->buffers,
                                 .release = release_array,
                                 .private_data = p};
    return TW_OK;
}

static tw_status new_block(array_private *p, size_t i, size_t count, size_t size, tw_error *err)
{
    p->blocks[i] = tw_new(p->ctx, count > 0 ? count : 1, size);
    if (!p->blocks[i]) return tw_no_memory(err, "an Arrow column");
    p->buffers[i] = p->blocks[i];
    return TW_OK;
}

static bool is_null(const tw_arrow_column *column, size_t row)
{
    if (column->kind == 't') return column->times[row] == TW_NO_TIME;
    return column->kind == 'u' && !column->texts[row];
}

/* The validity bits, only when something is missing. */
static tw_status add_validity(const tw_arrow_column *column, size_t n_rows, struct ArrowArray *array, tw_error *err)
{
    int64_t nulls = 0;
    for (size_t i = 0; i < n_rows; i++) nulls += is_null(column, i);
    array->null_count = nulls;
    if (nulls == 0) return TW_OK;
    array_private *p = array->private_data;
    TW_TRY(new_block(p, 0, n_rows / 8 + 1, 1, err));
    unsigned char *bits = p->blocks[0];
    for (size_t i = 0; i < n_rows; i++) {
        if (!is_null(column, i)) bits[i / 8] = (unsigned char)(bits[i / 8] | 1u << i % 8);
    }
    return TW_OK;
}

static size_t text_bytes(const tw_arrow_column *column, size_t n_rows)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n_rows && column->kind == 'u'; i++) {
        if (column->texts[i]) bytes += strlen(column->texts[i]);
    }
    return bytes;
}

static tw_status add_texts(const tw_arrow_column *column, size_t n_rows, bool large, struct ArrowArray *array,
                           tw_error *err)
{
    array_private *p = array->private_data;
    TW_TRY(new_block(p, 1, n_rows + 1, large ? sizeof(int64_t) : sizeof(int32_t), err));
    TW_TRY(new_block(p, 2, text_bytes(column, n_rows), 1, err));
    int32_t *small_offsets = p->blocks[1];
    int64_t *large_offsets = p->blocks[1];
    char *bytes = p->blocks[2];
    size_t at = 0;
    for (size_t i = 0; i < n_rows; i++) {
        const size_t length = column->texts[i] ? strlen(column->texts[i]) : 0;
        if (length > 0) memcpy(bytes + at, column->texts[i], length);
        at += length;
        if (large) {
            large_offsets[i + 1] = (int64_t)at;
        } else {
            small_offsets[i + 1] = (int32_t)at;
        }
    }
    return TW_OK;
}

static tw_status add_values(const tw_arrow_column *column, size_t n_rows, struct ArrowArray *array, tw_error *err)
{
    array_private *p = array->private_data;
    TW_TRY(new_block(p, 1, n_rows, 8, err));
    const void *values = column->kind == 'g' ? (const void *)column->values : (const void *)column->times;
    if (n_rows > 0) memcpy(p->blocks[1], values, n_rows * 8);
    return TW_OK;
}

static tw_status export_column(const tw_ctx *ctx, const tw_arrow_column *column, size_t n_rows,
                               struct ArrowSchema *schema, struct ArrowArray *array, tw_error *err)
{
    const bool text = column->kind == 'u', large = text_bytes(column, n_rows) > INT32_MAX;
    TW_TRY(start_schema(ctx, format_of(column, large), column->name, schema, err));
    schema->flags = ARROW_FLAG_NULLABLE;
    TW_TRY(start_array(ctx, n_rows, text ? 3 : 2, array, err));
    TW_TRY(add_validity(column, n_rows, array, err));
    return text ? add_texts(column, n_rows, large, array, err) : add_values(column, n_rows, array, err);
}

/* ---------------------------------------------------------------- the record batch */

static tw_status add_array_children(const tw_ctx *ctx, size_t n, struct ArrowArray *array, tw_error *err)
{
    array_private *p = array->private_data;
    p->columns = tw_new(ctx, n, sizeof *p->columns);
    p->children = tw_new(ctx, n, sizeof(void *));
    if (!p->columns || !p->children) return tw_no_memory(err, "an Arrow array");
    for (size_t i = 0; i < n; i++) p->children[i] = &p->columns[i];
    array->children = p->children;
    return TW_OK;
}

static tw_status export_batch(const tw_ctx *ctx, size_t n_rows, size_t n_columns, const tw_arrow_column *columns,
                              struct ArrowSchema *schema, struct ArrowArray *array, tw_error *err)
{
    TW_TRY(start_schema(ctx, "+s", "", schema, err));
    TW_TRY(start_array(ctx, n_rows, 1, array, err));
    if (n_columns == 0) return TW_OK;
    TW_TRY(add_schema_children(ctx, n_columns, schema, err));
    TW_TRY(add_array_children(ctx, n_columns, array, err));
    for (size_t i = 0; i < n_columns; i++) {
        schema->n_children = array->n_children = (int64_t)i + 1; /* what a release frees when this fails */
        TW_TRY(export_column(ctx, &columns[i], n_rows, schema->children[i], array->children[i], err));
    }
    return TW_OK;
}

static bool is_complete(const tw_arrow_column *column, size_t n_rows)
{
    if (!column->name) return false;
    switch (column->kind) {
    case 'g': return column->values || n_rows == 0;
    case 't': return column->times || n_rows == 0;
    case 'u': return column->texts || n_rows == 0;
    default: return false;
    }
}

tw_status tw_arrow_export(const tw_ctx *ctx, size_t n_rows, size_t n_columns, const tw_arrow_column *columns,
                          struct ArrowSchema *schema, struct ArrowArray *array, tw_error *err)
{
    *schema = (struct ArrowSchema){.release = NULL};
    *array = (struct ArrowArray){.release = NULL};
    if (n_rows > INT64_MAX / 16) return tw_fail(err, TW_TOO_LARGE, "%zu rows are too many for Arrow", n_rows);
    for (size_t i = 0; i < n_columns; i++) {
        if (is_complete(&columns[i], n_rows)) continue;
        return tw_fail(err, TW_BAD_VALUE, "column %zu of %zu needs a name, a kind of g, t or u and values of it", i + 1,
                       n_columns);
    }
    const tw_status status = export_batch(ctx, n_rows, n_columns, columns, schema, array, err);
    if (status != TW_OK) {
        if (schema->release) schema->release(schema);
        if (array->release) array->release(array);
    }
    return status;
}

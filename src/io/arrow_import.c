/* SPDX-License-Identifier: Apache-2.0 */
/* arrow_import.c - a record batch of someone else's, taken into columns of double, time or text.
 *
 * The interface hands over bare pointers without sizes, so the producer is trusted for the extent of its buffers; all
 * that can be checked is: formats, counts, NULL pointers, offsets in order, dictionary indices in range, times that
 * fit. */
#include "tradewind/io.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct tw_table {
    const tw_ctx *ctx;
    tw_arena arena; /* columns, names, texts */
    size_t n_rows, n_columns;
    tw_arrow_column *columns;
    void **blocks; /* one a column: its values, times or text pointers */
};

/* ---------------------------------------------------------------- cells */

/* One column being read: row i of the batch is cell start + i of the array. */
typedef struct reader {
    tw_table *table;
    const struct ArrowSchema *schema;
    const struct ArrowArray *array;
    const unsigned char *row_bits; /* validity of the batch itself */
    size_t row_start, start;
    const char *name;
    tw_error *err;
} reader;

static bool bit(const unsigned char *bits, size_t i) { return !bits || (bits[i / 8] >> i % 8 & 1) != 0; }

static bool is_valid(const reader *r, size_t row)
{
    return bit(r->row_bits, r->row_start + row) &&
           bit(r->array->null_count != 0 ? r->array->buffers[0] : NULL, r->start + row);
}

/* Half precision (IEEE 754 binary16). */
static double from_half(uint16_t h)
{
    const int exponent = h >> 10 & 31, mantissa = h & 1023;
    double x = exponent == 0 ? ldexp(mantissa, -24) : ldexp(1024 + mantissa, exponent - 25);
    if (exponent == 31) x = mantissa ? (double)NAN : (double)INFINITY;
    return h >> 15 ? -x : x;
}

/* Number in cell i of a buffer of the primitive format `f`. */
static double number_at(char f, const void *buffer, size_t i)
{
    switch (f) {
    case 'c': return ((const int8_t *)buffer)[i];
    case 'C': return ((const uint8_t *)buffer)[i];
    case 's': return ((const int16_t *)buffer)[i];
    case 'S': return ((const uint16_t *)buffer)[i];
    case 'i': return ((const int32_t *)buffer)[i];
    case 'I': return ((const uint32_t *)buffer)[i];
    case 'l': return (double)((const int64_t *)buffer)[i];
    case 'L': return (double)((const uint64_t *)buffer)[i];
    case 'e': return from_half(((const uint16_t *)buffer)[i]);
    case 'f': return (double)((const float *)buffer)[i];
    case 'g': return ((const double *)buffer)[i];
    default: return bit(buffer, i) ? 1 : 0; /* 'b' */
    }
}

/* ---------------------------------------------------------------- checks */

static bool is_extent(int64_t length, int64_t offset)
{
    const int64_t most = INT64_MAX / 16;
    return length >= 0 && offset >= 0 && length <= most && offset <= most;
}

static tw_status fail_column(const reader *r, tw_status status, const char *what)
{
    return tw_fail(r->err, status, "Arrow column \"%.80s\" (format \"%.40s\"): %s", r->name, r->schema->format, what);
}

static bool is_integer_format(const char *format) { return strlen(format) == 1 && strchr("cCsSiIlL", format[0]); }

static bool is_number_format(const char *format) { return strlen(format) == 1 && strchr("cCsSiIlLefgb", format[0]); }

static bool is_text_format(const char *format) { return strcmp(format, "u") == 0 || strcmp(format, "U") == 0; }

/* That the array has `n_buffers` buffers and cells for n rows from its offset and `skip` on. */
static tw_status check_array(const reader *r, const struct ArrowArray *array, int64_t n_buffers, size_t skip, size_t n)
{
    if (!is_extent(array->length, array->offset)) {
        return fail_column(r, TW_BAD_DATA, "length or offset is negative or too large");
    }
    if ((uint64_t)array->length < (uint64_t)skip + n) return fail_column(r, TW_BAD_DATA, "fewer cells than rows");
    if (array->n_buffers != n_buffers || (n_buffers > 0 && !array->buffers)) {
        return fail_column(r, TW_BAD_DATA, "wrong number of buffers");
    }
    const bool missing = n > 0 && n_buffers > 1 && !array->buffers[1];
    return missing ? fail_column(r, TW_BAD_DATA, "a buffer is missing") : TW_OK;
}

/* ---------------------------------------------------------------- columns */

static tw_status new_values(const reader *r, size_t i, size_t size, void **block)
{
    *block = tw_new(r->table->ctx, r->table->n_rows > 0 ? r->table->n_rows : 1, size);
    if (!*block) return tw_no_memory(r->err, "an Arrow column");
    r->table->blocks[i] = *block;
    return TW_OK;
}

static tw_status read_numbers(const reader *r, size_t column)
{
    const size_t n = r->table->n_rows;
    const bool none = strcmp(r->schema->format, "n") == 0;
    void *block = NULL;
    TW_TRY(check_array(r, r->array, none ? 0 : 2, r->row_start, n));
    TW_TRY(new_values(r, column, sizeof(double), &block));
    double *values = block;
    for (size_t i = 0; i < n; i++) {
        values[i] =
            none || !is_valid(r, i) ? (double)NAN : number_at(r->schema->format[0], r->array->buffers[1], r->start + i);
    }
    r->table->columns[column].kind = 'g';
    r->table->columns[column].values = values;
    return TW_OK;
}

/* Nanoseconds in one unit of the time format, and whether its cells are 32 bits wide; 0 when it is no time. */
static int64_t time_unit(const char *format, bool *narrow)
{
    *narrow = strcmp(format, "tdD") == 0;
    if (*narrow) return TW_NS_PER_DAY;
    if (strcmp(format, "tdm") == 0 || strncmp(format, "tsm:", 4) == 0) return 1000000;
    if (strncmp(format, "tss:", 4) == 0) return TW_NS_PER_SECOND;
    if (strncmp(format, "tsu:", 4) == 0) return 1000;
    return strncmp(format, "tsn:", 4) == 0 ? 1 : 0;
}

static tw_status read_times(const reader *r, size_t column, int64_t unit, bool narrow)
{
    const size_t n = r->table->n_rows;
    void *block = NULL;
    TW_TRY(check_array(r, r->array, 2, r->row_start, n));
    TW_TRY(new_values(r, column, sizeof(int64_t), &block));
    int64_t *times = block;
    for (size_t i = 0; i < n; i++) {
        times[i] = TW_NO_TIME;
        if (!is_valid(r, i)) continue;
        const void *cells = r->array->buffers[1];
        const int64_t x = narrow ? ((const int32_t *)cells)[r->start + i] : ((const int64_t *)cells)[r->start + i];
        if (x > INT64_MAX / unit || x < INT64_MIN / unit) {
            return tw_fail(r->err, TW_BAD_DATA, "Arrow column \"%.80s\", row %zu: %" PRId64 " is outside 1677..2262",
                           r->name, i, x);
        }
        times[i] = x * unit;
    }
    r->table->columns[column].kind = 't';
    r->table->columns[column].times = times;
    return TW_OK;
}

static int64_t offset_at(const struct ArrowArray *array, bool large, size_t i)
{
    return large ? ((const int64_t *)array->buffers[1])[i] : ((const int32_t *)array->buffers[1])[i];
}

/* Copies text cell i of `array` (of format u or U) into the arena. */
static tw_status copy_text(const reader *r, const struct ArrowArray *array, bool large, size_t i, const char **text)
{
    const int64_t from = offset_at(array, large, i), to = offset_at(array, large, i + 1);
    if (from < 0 || to < from) return fail_column(r, TW_BAD_DATA, "text offsets are out of order");
    const char *bytes = array->buffers[2];
    const size_t length = (size_t)(to - from);
    if (length > 0 && !bytes) return fail_column(r, TW_BAD_DATA, "a buffer is missing");
    if (length > 0 && memchr(bytes + from, '\0', length)) return fail_column(r, TW_BAD_DATA, "a text holds a NUL");
    *text = tw_arena_text(&r->table->arena, length > 0 ? bytes + from : "", length);
    return *text ? TW_OK : tw_no_memory(r->err, "Arrow texts");
}

static tw_status read_texts(const reader *r, size_t column)
{
    const size_t n = r->table->n_rows;
    const bool large = r->schema->format[0] == 'U';
    void *block = NULL;
    TW_TRY(check_array(r, r->array, 3, r->row_start, n));
    TW_TRY(new_values(r, column, sizeof(char *), &block));
    const char **texts = block;
    for (size_t i = 0; i < n; i++) {
        if (is_valid(r, i)) TW_TRY(copy_text(r, r->array, large, r->start + i, &texts[i]));
    }
    r->table->columns[column].kind = 'u';
    r->table->columns[column].texts = texts;
    return TW_OK;
}

/* The words of a dictionary, copied once each; NULL for those that are null. */
static tw_status read_words(const reader *r, const char ***words)
{
    const struct ArrowArray *array = r->array->dictionary;
    const struct ArrowSchema *schema = r->schema->dictionary;
    if (!array || !schema->format || !is_text_format(schema->format)) {
        return fail_column(r, TW_UNSUPPORTED, "dictionaries are read when they hold text");
    }
    if (array->length < 0) return fail_column(r, TW_BAD_DATA, "a dictionary of negative length");
    const size_t n = (size_t)array->length, start = (size_t)array->offset;
    TW_TRY(check_array(r, array, 3, 0, n));
    *words = tw_arena_new(&r->table->arena, n > 0 ? n : 1, sizeof **words);
    if (!*words) return tw_no_memory(r->err, "Arrow texts");
    const unsigned char *bits = array->null_count != 0 ? array->buffers[0] : NULL;
    for (size_t i = 0; i < n; i++) {
        if (bit(bits, start + i)) TW_TRY(copy_text(r, array, schema->format[0] == 'U', start + i, &(*words)[i]));
    }
    return TW_OK;
}

static tw_status read_dictionary(const reader *r, size_t column)
{
    const size_t n = r->table->n_rows;
    const char **words = NULL;
    void *block = NULL;
    if (!is_integer_format(r->schema->format)) return fail_column(r, TW_BAD_DATA, "dictionary indices are no integers");
    TW_TRY(check_array(r, r->array, 2, r->row_start, n));
    TW_TRY(read_words(r, &words));
    TW_TRY(new_values(r, column, sizeof(char *), &block));
    const char **texts = block;
    for (size_t i = 0; i < n; i++) {
        if (!is_valid(r, i)) continue;
        /* As a double: exact for every index below the length of a dictionary that fits memory. */
        const double index = number_at(r->schema->format[0], r->array->buffers[1], r->start + i);
        if (!(index >= 0 && index < (double)r->array->dictionary->length)) {
            return fail_column(r, TW_BAD_DATA, "a dictionary index is out of range");
        }
        texts[i] = words[(size_t)index];
    }
    r->table->columns[column].kind = 'u';
    r->table->columns[column].texts = texts;
    return TW_OK;
}

static tw_status read_column(const reader *r, size_t column)
{
    bool narrow = false;
    const char *format = r->schema->format;
    if (r->schema->dictionary) return read_dictionary(r, column);
    if (is_number_format(format) || strcmp(format, "n") == 0) return read_numbers(r, column);
    if (is_text_format(format)) return read_texts(r, column);
    const int64_t unit = time_unit(format, &narrow);
    if (unit > 0) return read_times(r, column, unit, narrow);
    return fail_column(r, TW_UNSUPPORTED, "columns are read when they are numbers, flags, text, dates or timestamps");
}

/* ---------------------------------------------------------------- the batch */

static tw_status check_batch(const struct ArrowSchema *schema, const struct ArrowArray *array, tw_error *err)
{
    if (!schema->release || !array->release) return tw_fail(err, TW_BAD_STATE, "the Arrow data are released already");
    if (!schema->format || strcmp(schema->format, "+s") != 0) {
        return tw_fail(err, TW_UNSUPPORTED, "an Arrow record batch has the format \"+s\", got \"%.40s\"",
                       schema->format ? schema->format : "");
    }
    if (!is_extent(array->length, array->offset)) {
        return tw_fail(err, TW_BAD_DATA, "an Arrow record batch of %" PRId64 " rows from %" PRId64, array->length,
                       array->offset);
    }
    const int64_t n = array->n_children;
    if (schema->n_children != n || n < 0 || n > 1000000) {
        return tw_fail(err, TW_BAD_DATA,
                       "an Arrow record batch of %" PRId64 " columns by its schema and %" PRId64 " by its array",
                       schema->n_children, n);
    }
    const bool whole = n == 0 || (array->children && schema->children);
    return whole ? TW_OK : tw_fail(err, TW_BAD_DATA, "an Arrow record batch without its columns");
}

static tw_status import_column(tw_table *table, const struct ArrowSchema *schema, const struct ArrowArray *array,
                               size_t i, tw_error *err)
{
    const struct ArrowSchema *column_schema = schema->children[i];
    const struct ArrowArray *column = array->children[i];
    if (!column_schema || !column || !column_schema->format) {
        return tw_fail(err, TW_BAD_DATA, "Arrow column %zu of %zu is missing", i + 1, table->n_columns);
    }
    const char *name = column_schema->name ? column_schema->name : "";
    table->columns[i].name = tw_arena_text(&table->arena, name, strlen(name));
    if (!table->columns[i].name) return tw_no_memory(err, "an Arrow column");
    const bool nulls = array->null_count != 0 && array->n_buffers > 0 && array->buffers;
    const size_t row_start = (size_t)array->offset;
    if (column->offset < 0 || column->offset > INT64_MAX / 16) {
        return tw_fail(err, TW_BAD_DATA, "Arrow column \"%.80s\" starts at %" PRId64, name, column->offset);
    }
    const reader r = {.table = table,
                      .schema = column_schema,
                      .array = column,
                      .row_bits = nulls ? array->buffers[0] : NULL,
                      .row_start = row_start,
                      .start = row_start + (size_t)column->offset,
                      .name = table->columns[i].name,
                      .err = err};
    return read_column(&r, i);
}

static tw_status fill_table(tw_table *table, const struct ArrowSchema *schema, const struct ArrowArray *array,
                            tw_error *err)
{
    const size_t n = (size_t)array->n_children;
    table->n_rows = (size_t)array->length;
    table->columns = tw_arena_new(&table->arena, n > 0 ? n : 1, sizeof *table->columns);
    table->blocks = tw_arena_new(&table->arena, n > 0 ? n : 1, sizeof *table->blocks);
    if (!table->columns || !table->blocks) return tw_no_memory(err, "a table");
    table->n_columns = n;
    for (size_t i = 0; i < n; i++) TW_TRY(import_column(table, schema, array, i, err));
    return TW_OK;
}

tw_status tw_arrow_import(const tw_ctx *ctx, struct ArrowSchema *schema, struct ArrowArray *array, tw_table **out,
                          tw_error *err)
{
    *out = NULL;
    TW_TRY(check_batch(schema, array, err));
    tw_table *table = tw_new(ctx, 1, sizeof *table);
    if (!table) return tw_no_memory(err, "a table");
    table->ctx = ctx;
    tw_arena_init(&table->arena, ctx);
    const tw_status status = fill_table(table, schema, array, err);
    if (status != TW_OK) {
        tw_table_free(table);
        return status;
    }
    schema->release(schema);
    array->release(array);
    *out = table;
    return TW_OK;
}

size_t tw_table_rows(const tw_table *table) { return table->n_rows; }

size_t tw_table_columns(const tw_table *table) { return table->n_columns; }

tw_arrow_column tw_table_column(const tw_table *table, size_t i) { return table->columns[i]; }

void tw_table_free(tw_table *table)
{
    if (!table) return;
    for (size_t i = 0; i < table->n_columns; i++) tw_free(table->ctx, table->blocks[i]);
    tw_arena_clear(&table->arena);
    tw_free(table->ctx, table);
}

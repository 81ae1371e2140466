/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes describe a batch of one column: format, rows, offsets, null bits, cells. A producer is trusted for the
 * extent of its buffers, so each gets exactly what its description asks for (and the address sanitizer sees every step
 * beyond); all else - counts, order of offsets, indices, NULLs - may be wrong. */
#include "tradewind/io.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct reader {
    const uint8_t *data;
    size_t left;
} reader;

static uint8_t take(reader *r)
{
    if (r->left == 0) return 0;
    r->left--;
    return *r->data++;
}

/* A block of exactly `size` bytes of input (zeros behind its end). */
static void *take_block(reader *r, size_t size)
{
    uint8_t *block = calloc(size > 0 ? size : 1, 1);
    if (!block) abort();
    for (size_t i = 0; i < size; i++) block[i] = take(r);
    return block;
}

static const char *const formats[] = {"c",   "C",   "s",    "S",       "i",    "I",    "l", "L", "e", "f",  "g", "b",
                                      "tdD", "tdm", "tss:", "tsm:UTC", "tsu:", "tsn:", "u", "U", "n", "+l", "",  "z"};
static const uint8_t widths[] = {1, 1, 2, 2, 4, 4, 8, 8, 2, 4, 8, 1, 4, 8, 8, 8, 8, 8, 4, 8, 0, 0, 0, 0};

enum { N_FORMATS = sizeof widths, TEXT_ROOM = 32 };

/* Pulls text offsets back below the end of the text: negative and disordered ones stay. */
static void bound_offsets(void *offsets, size_t n, bool large)
{
    for (size_t i = 0; i < n; i++) {
        int64_t *wide = (int64_t *)offsets + (large ? i : 0);
        int32_t *narrow = (int32_t *)offsets + (large ? 0 : i);
        if (large && *wide > TEXT_ROOM) *wide %= TEXT_ROOM + 1;
        if (!large && *narrow > TEXT_ROOM) *narrow %= TEXT_ROOM + 1;
    }
}

typedef struct column {
    struct ArrowSchema schema;
    struct ArrowArray array;
    const void *buffers[3];
    void *blocks[3];
} column;

static void make_column(column *c, reader *r, size_t cells, size_t format)
{
    const bool text = format == 18 || format == 19;
    *c = (column){.schema = {.format = formats[format], .name = "x"}};
    c->blocks[0] = take_block(r, cells / 8 + 1);
    c->blocks[1] = take_block(r, (cells + text) * widths[format]);
    c->blocks[2] = take_block(r, TEXT_ROOM);
    if (text) bound_offsets(c->blocks[1], cells + 1, format == 19);
    const uint8_t odd = take(r);
    for (size_t i = 0; i < 3; i++) c->buffers[i] = odd & 1 << i ? NULL : c->blocks[i];
    c->array = (struct ArrowArray){.null_count = odd & 8 ? 0 : -1,
                                   .n_buffers = odd & 16       ? odd >> 6
                                                : text         ? 3
                                                : format == 20 ? 0
                                                               : 2,
                                   .buffers = odd & 32 ? NULL : c->buffers};
}

static void free_column(column *c)
{
    for (size_t i = 0; i < 3; i++) free(c->blocks[i]);
}

static void release_schema(struct ArrowSchema *schema) { schema->release = NULL; }
static void release_array(struct ArrowArray *array) { array->release = NULL; }

/* Reads every cell; the volatile sum keeps the reading in. */
static void touch(const tw_table *table)
{
    const tw_arrow_column c = tw_table_column(table, 0);
    volatile unsigned sum = 0;
    for (size_t i = 0; i < tw_table_rows(table); i++) {
        if (c.kind == 'g') sum = sum + (c.values[i] > 0);
        if (c.kind == 't') sum = sum + (c.times[i] > 0);
        if (c.kind == 'u' && c.texts[i]) sum = sum + (unsigned)strlen(c.texts[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reader r = {data, size};
    const size_t rows = take(&r) % 40, skip = take(&r) % 10, offset = take(&r) % 10, cells = rows + skip + offset;
    const size_t format = take(&r) % N_FORMATS, words = take(&r) % 10, word_offset = take(&r) % 4;
    const uint8_t odd = take(&r);
    column c, dictionary;
    make_column(&c, &r, cells, format);
    make_column(&dictionary, &r, words + word_offset, take(&r) & 1 ? 18 : take(&r) % N_FORMATS);
    c.array.length = (int64_t)(rows + skip) - (odd & 1 ? 1 : 0);
    c.array.offset = odd & 2 ? -(int64_t)offset : (int64_t)offset;
    dictionary.array.length = odd & 4 ? -1 : (int64_t)words;
    dictionary.array.offset = (int64_t)word_offset;
    if (odd & 8) c.schema.dictionary = &dictionary.schema;
    if (odd & 24) c.array.dictionary = &dictionary.array;
    void *bits = take_block(&r, (rows + skip) / 8 + 1);
    const void *batch_buffers[] = {bits};
    struct ArrowSchema *schemas[] = {&c.schema};
    struct ArrowArray *arrays[] = {&c.array};
    struct ArrowSchema schema = {.format = "+s", .n_children = 1, .children = schemas, .release = release_schema};
    struct ArrowArray array = {.length = (int64_t)rows,
                               .null_count = odd & 32 ? 1 : 0,
                               .offset = (int64_t)skip,
                               .n_buffers = 1,
                               .n_children = 1,
                               .buffers = batch_buffers,
                               .children = arrays,
                               .release = release_array};
    tw_table *table = NULL;
    tw_error err;
    const tw_status status = tw_arrow_import(NULL, &schema, &array, &table, &err);
    if (status == TW_OK) touch(table);
    if ((status == TW_OK) != (array.release == NULL)) abort();
    tw_table_free(table);
    free(bits);
    free_column(&c);
    free_column(&dictionary);
    return 0;
}

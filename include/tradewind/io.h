/* SPDX-License-Identifier: Apache-2.0 */
/** @file io.h
 * Floor 1: reading and writing files of others: CSV (plain, gzip, zstd), JSON, YAML, the Arrow C data interface.
 * All input is hostile: bounds are checked, errors carry file and line, nothing is executed.
 */
#ifndef TRADEWIND_IO_H
#define TRADEWIND_IO_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- byte sources */

/** A stream of bytes. read() returns the count read, 0 at the end, or fails. */
typedef struct tw_source tw_source;
struct tw_source {
    tw_status (*read)(tw_source *self, void *bytes, size_t room, size_t *got, tw_error *err);
    void (*close)(tw_source *self);
};

/** Opens a plain file. */
TW_API tw_status tw_source_open_file(const tw_ctx *ctx, const char *path, tw_source **source, tw_error *err);
/** Opens a file, unpacking gzip or zstd when its first bytes say so (any name). */
TW_API tw_status tw_source_open(const tw_ctx *ctx, const char *path, tw_source **source, tw_error *err);
/** Unpacks `packed` when its first bytes say gzip or zstd, else passes it through. Takes `packed`, also on failure.
 *  `name` is for messages: damaged or cut-off data fail with BAD_FILE naming it. */
TW_API tw_status tw_source_unpack(const tw_ctx *ctx, tw_source *packed, const char *name, tw_source **source,
                                  tw_error *err);
/** Reads from memory that outlives the source. */
TW_API tw_status tw_source_view(const tw_ctx *ctx, const void *bytes, size_t length, tw_source **source, tw_error *err);
/** Closes and frees a source. NULL is fine. */
TW_API void tw_source_close(tw_source *source);

/* ---------------------------------------------------------------- CSV */

/** A field of the current row: bytes without quotes ("" already one quote), not NUL-terminated, valid until the next
 * row. */
typedef struct tw_field {
    const char *text;
    size_t length;
} tw_field;

typedef struct tw_csv tw_csv;

/** How to read; zero fields mean ',' and '"' and the library's limits: 64 MiB a row, 65,536 fields a row. */
typedef struct tw_csv_options {
    char delimiter, quote;
    bool plain_quotes; /**< quotes are text like any other (files that never quote) */
    size_t max_row, max_fields;
} tw_csv_options;

/** Starts reading rows from `source`, which the reader takes and closes, also when this call fails. `name` is for error
 *  messages. A UTF-8 BOM is skipped, LF and CRLF end rows, a last row without newline counts, empty lines are skipped.
 */
TW_API tw_status tw_csv_open(const tw_ctx *ctx, tw_source *source, const char *name, const tw_csv_options *options,
                             tw_csv **csv, tw_error *err);
/** Next row. At the end *fields is NULL and *n 0. A row that cannot be split (stray quote, quote never closed, over a
 *  limit) fails with BAD_SYNTAX and name:line; it costs its first line only: the next call goes on behind that line.
 * Any other failure (the source broke) is final: rows complete before the break are delivered first. */
TW_API tw_status tw_csv_next(tw_csv *csv, const tw_field **fields, size_t *n, tw_error *err);
/** Line (from 1) at which the current row starts. */
TW_API uint64_t tw_csv_line(const tw_csv *csv);
/** The raw bytes of the current row, or of the first line of the failed one, without the line end. */
TW_API tw_field tw_csv_raw(const tw_csv *csv);
/** Bytes of the source consumed so far, for progress. */
TW_API uint64_t tw_csv_bytes(const tw_csv *csv);
/** Closes reader and source. NULL is fine. */
TW_API void tw_csv_close(tw_csv *csv);
/** Appends one field, quoted when it must be. */
TW_API void tw_csv_write_field(tw_buf *out, const char *text);

/* ---------------------------------------------------------------- documents: JSON and YAML as one tree */

typedef enum tw_node_kind {
    TW_NODE_NULL,
    TW_NODE_BOOL,
    TW_NODE_NUMBER,
    TW_NODE_TEXT,
    TW_NODE_LIST,
    TW_NODE_MAP,
    TW_NODE_NUMBERS /* a list of numbers in one piece; packed documents only */
} tw_node_kind;

/** A value of a document. Lists and maps chain their children by `next`; children of a map have a `key`. */
typedef struct tw_node {
    tw_node_kind kind;
    const char *key;  /* in a map, else NULL */
    const char *text; /* TEXT: the value; NUMBER, BOOL: as written */
    double number;    /* NUMBER */
    bool is_integer;  /* NUMBER that fits int64 exactly */
    int64_t integer;
    bool boolean;
    uint32_t line, column; /* where the value starts, from 1 */
    size_t n_children;
    struct tw_node *first, *next;
    const double *numbers; /* NUMBERS: n_children of them, and no child */
} tw_node;

typedef struct tw_doc tw_doc;

/** Parses JSON (RFC 8259) text of up to 256 MiB and 10 million values; duplicate keys, depth > 512, NUL in a text and
 *  trailing text are refused, a UTF-8 BOM is skipped, integers beyond int64 and -0 become doubles. Error text:
 *  name:line:column, columns in bytes. */
TW_API tw_status tw_doc_parse_json(const tw_ctx *ctx, const char *text, size_t length, const char *name, tw_doc **doc,
                                   tw_error *err);
/** As tw_doc_parse_json, but a list of numbers alone becomes one TW_NODE_NUMBERS: eight bytes a number, which do not
 *  count towards the 10 million values, and may be NaN, Infinity and -Infinity. For files that hold large arrays. */
TW_API tw_status tw_doc_parse_json_packed(const tw_ctx *ctx, const char *text, size_t length, const char *name,
                                          tw_doc **doc, tw_error *err);
/** Parses Universal Binary JSON (draft 12) within the bounds of JSON; packed as tw_doc_parse_json_packed does. A
 *  character is a text of one byte; high-precision numbers and no-ops are refused. Error text: name: byte N. */
TW_API tw_status tw_doc_parse_ubjson(const tw_ctx *ctx, const void *bytes, size_t length, const char *name,
                                     tw_doc **doc, tw_error *err);
/** Parses one YAML document (up to 16 MiB) of scalars, lists and maps with text keys. Plain scalars: null, true/false,
 *  decimal numbers, .nan, .inf, else text (yes, 012, 1:30, 2014-06-09 are text). An alias copies what its anchor named;
 *  copies count towards the bound of 1 million values. Refused: duplicate keys, merge keys, tags but !!str, cycles,
 *  depth > 512, a second document. An empty file is null. Error text: name:line:column. */
TW_API tw_status tw_doc_parse_yaml(const tw_ctx *ctx, const char *text, size_t length, const char *name, tw_doc **doc,
                                   tw_error *err);
/** Reads a file and parses it by its ending (.json, .yaml, .yml). */
TW_API tw_status tw_doc_read(const tw_ctx *ctx, const char *path, tw_doc **doc, tw_error *err);
/** Top value of a document. */
TW_API const tw_node *tw_doc_root(const tw_doc *doc);
/** Name the document was parsed under (its path). */
TW_API const char *tw_doc_name(const tw_doc *doc);
/** Frees a document and all its nodes. NULL is fine. */
TW_API void tw_doc_free(tw_doc *doc);
/** Child of a map by key; NULL when absent, or when node is NULL or no map. */
TW_API const tw_node *tw_node_get(const tw_node *node, const char *key);
/** Text of a text, number or flag, or `fallback` when node is NULL or anything else. */
TW_API const char *tw_node_text(const tw_node *node, const char *fallback);
/** Number of a node, or `fallback` when node is NULL or no number. */
TW_API double tw_node_number(const tw_node *node, double fallback);
/** Fails with BAD_VALUE and name:line:column: message, naming where `node` stands (NULL: name: message). */
TW_API tw_status tw_node_fail(const tw_doc *doc, const tw_node *node, tw_error *err, const char *format, ...)
    TW_PRINTF(4, 5);
/** Writes a node (and all below) as JSON. */
TW_API void tw_node_json(const tw_node *node, tw_json *json);

/* ---------------------------------------------------------------- Arrow C data interface
 * Structs as in the Arrow specification (frozen ABI). */

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4
struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};
struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif

/** One column handed in or out. kind 'g': double values[n]; 't': int64 ns UTC; 'u': UTF-8 text. */
typedef struct tw_arrow_column {
    const char *name;
    char kind;
    const double *values;
    const int64_t *times;
    const char *const *texts;
} tw_arrow_column;

/** Exports columns as a struct array (a record batch); data are copied and freed by the release call-backs. NaN stays
 * NaN (not null). */
TW_API tw_status tw_arrow_export(const tw_ctx *ctx, size_t n_rows, size_t n_columns, const tw_arrow_column *columns,
                                 struct ArrowSchema *schema, struct ArrowArray *array, tw_error *err);

typedef struct tw_table tw_table;
/** Takes a record batch (struct of columns: ints, floats, bool, utf8/large_utf8, dictionary text, date32, date64,
 * timestamps of any unit) into columns of double, time or text; nulls become NaN, TW_NO_TIME, NULL. Releases array and
 * schema on success. */
TW_API tw_status tw_arrow_import(const tw_ctx *ctx, struct ArrowSchema *schema, struct ArrowArray *array,
                                 tw_table **table, tw_error *err);
/** Rows of a table. */
TW_API size_t tw_table_rows(const tw_table *table);
/** Columns of a table. */
TW_API size_t tw_table_columns(const tw_table *table);
/** View of column i, valid until the table is freed. */
TW_API tw_arrow_column tw_table_column(const tw_table *table, size_t i);
/** Frees a table. NULL is fine. */
TW_API void tw_table_free(tw_table *table);

#ifdef __cplusplus
}
#endif
#endif

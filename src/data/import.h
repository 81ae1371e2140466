/* SPDX-License-Identifier: Apache-2.0 */
/* import.h - one import at work: what the header of a file means, the keys seen, the rows read.
 *
 * Rows are read once, decoded, and logged; when all keys are known the panel is made and the log poured into it. The
 * log keeps 64 MiB in memory and the rest in an unnamed file beside the panel, so memory does not grow with the rows.
 */
#ifndef TW_DATA_IMPORT_H
#define TW_DATA_IMPORT_H

#include "data/rejects.h"
#include "tradewind/data.h"

/* ---- keys: symbols and times seen, numbered in order of appearance */

typedef struct tw_keys {
    const tw_ctx *ctx;
    uint32_t *slots; /* open addressing, number + 1, 0 = free */
    size_t n_slots, n, room;
    int64_t *times;     /* of a time set */
    const char **names; /* of a symbol set, in `text` */
    tw_arena text;
} tw_keys;

void tw_keys_init(tw_keys *keys, const tw_ctx *ctx);
void tw_keys_clear(tw_keys *keys);
/* Number of a time, added when new. */
tw_status tw_keys_time(tw_keys *keys, int64_t time, uint32_t *number, tw_error *err);
/* Number of a name, added when new. */
tw_status tw_keys_name(tw_keys *keys, const char *name, size_t length, uint32_t *number, tw_error *err);

/* ---- log of rows */

typedef struct tw_row {
    uint32_t symbol, time, file, n_values;
    uint64_t line;
    /* n_values doubles follow */
} tw_row;

enum { TW_LOG_CHUNK = 4 << 20, TW_LOG_IN_MEMORY = 16 };

typedef struct tw_rowlog {
    const tw_ctx *ctx;
    const char *beside; /* path of the panel, NULL: never spill */
    int fd;
    size_t n_chunks, n_blocks; /* chunks filled or begun; blocks held in memory */
    unsigned char **blocks;
    size_t *used; /* bytes of each chunk */
    size_t room;
} tw_rowlog;

void tw_rowlog_init(tw_rowlog *log, const tw_ctx *ctx, const char *beside);
void tw_rowlog_clear(tw_rowlog *log);
tw_status tw_rowlog_add(tw_rowlog *log, const tw_row *row, const double *values, tw_error *err);
/* Calls `take` with every row in order; its values stand behind it. */
typedef tw_status tw_row_taker(void *arg, const tw_row *row, const double *values, tw_error *err);
tw_status tw_rowlog_each(tw_rowlog *log, tw_row_taker *take, void *arg, tw_error *err);

/* ---- columns of the panel to be */

typedef struct tw_import_column {
    const char *name;
    bool core;              /* open, high, low, close, volume: text there is a bad row */
    uint64_t n_good, n_bad; /* values of an extra column that are numbers, that are not */
    size_t place;           /* in the panel; SIZE_MAX when it is text and left out */
} tw_import_column;

typedef enum tw_role { TW_ROLE_TIME, TW_ROLE_CLOCK, TW_ROLE_MILLIS, TW_ROLE_SYMBOL, TW_ROLE_VALUE } tw_role;

/* What field i of the current file is. */
typedef struct tw_import_field {
    tw_role role;
    uint32_t value; /* VALUE: index among the values of this file */
} tw_import_field;

/* What a file's header said, kept as long as its rows. */
typedef struct tw_import_file {
    const char *path;
    size_t n_fields, n_values;
    tw_import_field *fields;
    uint32_t *columns;               /* of value v: index into the import's columns */
    int time, clock, millis, symbol; /* field numbers, -1 none */
    const char *stem;                /* the symbol when there is no symbol field */
    int64_t time_unit;               /* 0 not known yet, -1 ISO, else ns per count */
} tw_import_file;

/* Why a row cannot be taken: the kind of flaw, and the bound and value of this row. */
typedef struct tw_import_reason {
    uint32_t file;
    uint64_t line;
    const char *kind, *detail;
} tw_import_reason;

/* The reject that comes first in the files, in words; line 0: none yet. */
typedef struct tw_import_first {
    uint32_t file;
    uint64_t line;
    char text[400];
} tw_import_first;

typedef struct tw_import {
    const tw_ctx *ctx;
    const tw_import_options *options;
    const tw_calendar *calendar, *zone;
    int64_t bar_ns; /* 0: find out */
    tw_import_summary *summary;
    tw_rejects rejects;
    tw_arena arena;
    tw_keys times, symbols;
    tw_rowlog log;
    tw_import_column *columns;
    size_t n_columns, column_room;
    tw_import_file *files;
    size_t n_files;
    tw_import_first first; /* reject */
} tw_import;

/* A value that was not a number, told from a missing one until it is known whether its column is text. */
double tw_import_bad_number(void);
bool tw_import_is_bad(double x);

/* Reads a header: gives every field of `file` its role and adds new columns. */
tw_status tw_import_header(tw_import *im, tw_import_file *file, const tw_field *fields, size_t n, tw_error *err);
/* Fails for a header that is none, and says what the file seems to be. */
tw_status tw_import_header_flaw(const tw_import_file *file, const tw_field *fields, size_t n, tw_error *err);
/* Counts a reject under its reason and writes it with what the row has there; keeps the first of the files. */
tw_status tw_import_reject(tw_import *im, const tw_import_reason *why, tw_field raw, tw_error *err);
/* Text of a field for a sentence: cut, and without control characters. */
typedef struct tw_shown {
    char text[80];
} tw_shown;
tw_shown tw_import_show(tw_field f);

enum { TW_SYMBOL_MAX = 64 };
/* A field without the blanks and tabs around it. */
tw_field tw_field_trim(tw_field f);
/* Why a symbol cannot be taken, with bound and value in `detail`; NULL when it can. */
const char *tw_import_symbol_flaw(tw_field symbol, char *detail, size_t room);

/* Scratch of one file's decoding. */
typedef struct tw_decoder {
    tw_import *im;
    tw_import_file *file;
    uint32_t file_number;
    double *values;
    char last_time[64], last_symbol[TW_SYMBOL_MAX];
    size_t last_time_length, last_symbol_length;
    uint32_t time, symbol;
    char detail[200]; /* bound and value of a row that cannot be taken */
} tw_decoder;

/* Decodes one row into key and values; *reason NULL when it can be taken, else why not, with `detail`. */
tw_status tw_import_decode(tw_decoder *decoder, const tw_field *fields, size_t n, const char **reason, tw_error *err);
/* Reads all rows of file `number` into the log. */
tw_status tw_import_read(tw_import *im, size_t number, tw_error *err);
/* Makes the panel from the log. */
tw_status tw_import_fill(tw_import *im, tw_panel **panel, tw_error *err);
/* Width of bars from the times seen, and whether the stamps are bar ends. */
int64_t tw_import_bar_width(const int64_t *times, size_t n);
/* Reads "1d", "15m", "30s", "2h" into ns; false when it is no width. */
bool tw_import_parse_bar(const char *text, int64_t *bar_ns);
/* Day number of a daily bar stamped at `time`, by the wall clock of `zone` (NULL: UTC). */
int64_t tw_import_day_of(const tw_calendar *zone, int64_t time);
/* True when the stamps look like bar ends: sessions close on a stamp and do not open on one. */
bool tw_import_stamped_at_end(const tw_calendar *calendar, const int64_t *times, size_t n);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c - rows of RFC 4180 text from a stream, split in place in a sliding window.
 *
 * A row is tried on what the window holds. When the window ends first, it slides, fills up and the row is tried again
 * from its start, so that fields may point into the window. The window doubles each time until it has its usual size,
 * and beyond when a row takes more than half of it: small files cost little and long rows linear time. */
#include "io/csv_marks.h"
#include "tradewind/io.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_WINDOW = 1024, WINDOW = 256 * 1024, FIELDS = 64, MAX_ROW = 64 * 1024 * 1024, MAX_FIELDS = 65536 };

#define NO_MARK SIZE_MAX

struct tw_csv {
    const tw_ctx *ctx;
    tw_source *source;
    char *name;
    char delimiter, quote;
    bool plain_quotes;
    size_t max_row, max_fields;

    char *window; /* bytes [0, end) are read, the row at hand starts at `row` */
    size_t room, end, row;
    uint64_t dropped; /* bytes of the source before window[0] */
    bool at_end;      /* the source gave its last byte */
    bool skipping;    /* the rest of a line too long to keep is still to be passed over */
    tw_status broken; /* the source failed, behind the window's end */
    tw_error why_broken;
    tw_csv_marks marks;

    tw_field *fields;
    size_t n_fields, fields_room;
    bool escaped;      /* a field of the row holds a doubled quote */
    size_t inner_ends; /* line feeds inside quotes of the row */
    char *unquoted;    /* fields with doubled quotes, rewritten */
    size_t unquoted_room;
    uint64_t line, next_line;
    tw_field raw;
    char flaw[96];
};

/* What trying a row came to. */
typedef enum outcome {
    ROW_WHOLE,  /* the fields are there */
    ROW_FLAWED, /* `flaw` says why not */
    ROW_UNDONE, /* the window ended first */
    ROW_NO_MEMORY
} outcome;

/* What taking a field came to; a row goes on after FIELD_NEXT only. */
typedef enum taken { FIELD_NEXT, FIELD_LAST, FIELD_FLAWED, FIELD_UNDONE, FIELD_NO_MEMORY } taken;

/* ---------------------------------------------------------------- opening */

static bool options_good(const tw_csv *csv)
{
    const char *breaks = "\r\n";
    if (strchr(breaks, csv->delimiter)) return false;
    return csv->plain_quotes || (csv->quote != csv->delimiter && !strchr(breaks, csv->quote));
}

static void set_options(tw_csv *csv, const tw_csv_options *options)
{
    const tw_csv_options none = {0}, *o = options ? options : &none;
    csv->delimiter = o->delimiter ? o->delimiter : ',';
    csv->quote = o->quote ? o->quote : '"';
    csv->plain_quotes = o->plain_quotes;
    csv->max_row = o->max_row > 0 && o->max_row < MAX_ROW ? o->max_row : MAX_ROW;
    csv->max_fields = o->max_fields > 0 && o->max_fields < MAX_FIELDS ? o->max_fields : MAX_FIELDS;
}

tw_status tw_csv_open(const tw_ctx *ctx, tw_source *source, const char *name, const tw_csv_options *options,
                      tw_csv **out, tw_error *err)
{
    *out = NULL;
    tw_csv *csv = tw_new(ctx, 1, sizeof *csv);
    if (!csv) {
        tw_source_close(source);
        return tw_no_memory(err, "a CSV reader");
    }
    csv->ctx = ctx;
    csv->source = source;
    csv->next_line = 1;
    set_options(csv, options);
    csv->name = tw_text_copy(ctx, name ? name : "csv");
    csv->window = tw_new(ctx, FIRST_WINDOW, 1);
    csv->fields = tw_new(ctx, FIELDS, sizeof *csv->fields);
    csv->room = FIRST_WINDOW;
    csv->fields_room = FIELDS;
    tw_csv_marks_init(&csv->marks, csv->delimiter, csv->plain_quotes ? csv->delimiter : csv->quote);
    tw_status status = csv->name && csv->window && csv->fields ? TW_OK : tw_no_memory(err, "a CSV reader");
    if (status == TW_OK && !options_good(csv)) {
        status =
            tw_fail(err, TW_BAD_VALUE, "%s: delimiter and quote must differ and be no line ends, got '%c' and '%c'",
                    csv->name, csv->delimiter, csv->quote);
    }
    if (status != TW_OK) {
        tw_csv_close(csv);
        return status;
    }
    *out = csv;
    return TW_OK;
}

void tw_csv_close(tw_csv *csv)
{
    if (!csv) return;
    tw_source_close(csv->source);
    tw_free(csv->ctx, csv->name);
    tw_free(csv->ctx, csv->window);
    tw_free(csv->ctx, csv->fields);
    tw_free(csv->ctx, csv->unquoted);
    tw_free(csv->ctx, csv);
}

/* ---------------------------------------------------------------- the window */

static tw_status slide_window(tw_csv *csv, tw_error *err)
{
    const size_t kept = csv->end - csv->row;
    if (csv->row > 0 && kept > 0) memmove(csv->window, csv->window + csv->row, kept);
    csv->dropped += csv->row;
    csv->end = kept;
    csv->row = 0;
    if (kept <= csv->room / 2 && csv->room >= WINDOW) return TW_OK;
    char *larger = tw_resize(csv->ctx, csv->window, csv->room, 2 * csv->room);
    if (!larger) return tw_no_memory(err, "a long CSV row");
    csv->window = larger;
    csv->room *= 2;
    return TW_OK;
}

static void fill_window(tw_csv *csv)
{
    while (csv->end < csv->room && !csv->at_end && csv->broken == TW_OK) {
        size_t got = 0;
        csv->broken =
            csv->source->read(csv->source, csv->window + csv->end, csv->room - csv->end, &got, &csv->why_broken);
        if (csv->broken != TW_OK) break;
        csv->end += got;
        csv->at_end = got == 0;
    }
}

/* Gets more bytes behind the row at hand, which is then to be tried anew. */
static tw_status more_bytes(tw_csv *csv, tw_error *err)
{
    if (csv->broken != TW_OK) return tw_fail(err, csv->broken, "%s", csv->why_broken.message);
    const bool first = csv->dropped == 0 && csv->end == 0;
    if (!first) TW_TRY(slide_window(csv, err));
    fill_window(csv);
    if (first && csv->end >= 3 && memcmp(csv->window, "\xef\xbb\xbf", 3) == 0) csv->row = 3;
    tw_csv_marks_restart(&csv->marks, csv->row);
    return TW_OK;
}

/* The next mark of the window, or NO_MARK. */
static size_t search_mark(tw_csv *csv)
{
    tw_csv_marks *marks = &csv->marks;
    while (marks->next == marks->n) {
        if (marks->to >= csv->end) return NO_MARK;
        tw_csv_marks_run(marks, csv->window, csv->end);
    }
    return marks->at[marks->next++];
}

static inline size_t next_mark(tw_csv *csv)
{
    tw_csv_marks *marks = &csv->marks;
    return marks->next < marks->n ? marks->at[marks->next++] : search_mark(csv);
}

/* ---------------------------------------------------------------- one field */

static taken flaw(tw_csv *csv, const char *what)
{
    (void)snprintf(csv->flaw, sizeof csv->flaw, "field %zu: %s", csv->n_fields + 1, what);
    return FIELD_FLAWED;
}

static taken grow_fields(tw_csv *csv)
{
    if (csv->n_fields >= csv->max_fields) {
        (void)snprintf(csv->flaw, sizeof csv->flaw, "more than %zu fields", csv->max_fields);
        return FIELD_FLAWED;
    }
    tw_field *larger =
        tw_resize(csv->ctx, csv->fields, csv->fields_room * sizeof *larger, 2 * csv->fields_room * sizeof *larger);
    if (!larger) return FIELD_NO_MEMORY;
    csv->fields = larger;
    csv->fields_room *= 2;
    return FIELD_NEXT;
}

/* Adds the field window[from..to) and says that `then` follows it. */
static inline taken add_field(tw_csv *csv, size_t from, size_t to, taken then)
{
    if (csv->n_fields == csv->fields_room || csv->n_fields >= csv->max_fields) {
        const taken grown = grow_fields(csv);
        if (grown != FIELD_NEXT) return grown;
    }
    csv->fields[csv->n_fields++] = (tw_field){csv->window + from, to - from};
    return then;
}

/* Position of the quote that closes the field, past all doubled ones. */
static taken closing_quote(tw_csv *csv, size_t *close)
{
    for (;;) {
        const size_t mark = next_mark(csv);
        if (mark == NO_MARK) return csv->at_end ? flaw(csv, "the quote is never closed") : FIELD_UNDONE;
        const char byte = csv->window[mark];
        if (byte == '\n') csv->inner_ends++;
        if (byte != csv->quote) continue;
        if (mark + 1 == csv->end && !csv->at_end) return FIELD_UNDONE;
        if (mark + 1 == csv->end || csv->window[mark + 1] != csv->quote) {
            *close = mark;
            return FIELD_NEXT;
        }
        csv->escaped = true;
        (void)next_mark(csv);
    }
}

/* Takes the field whose opening quote is at `start`; moves `start` behind its delimiter or line end. */
static taken quoted_field(tw_csv *csv, size_t *start)
{
    size_t close = 0;
    const taken found = closing_quote(csv, &close);
    if (found != FIELD_NEXT) return found;
    const size_t from = *start + 1;
    size_t after = close + 1;
    if (after < csv->end && csv->window[after] == '\r') after++;
    if (after == csv->end) {
        if (!csv->at_end) return FIELD_UNDONE;
        *start = after;
        return add_field(csv, from, close, FIELD_LAST);
    }
    const char byte = csv->window[after];
    if (byte != '\n' && (byte != csv->delimiter || after != close + 1))
        return flaw(csv, "text after the closing quote");
    (void)next_mark(csv);
    *start = after + 1;
    return add_field(csv, from, close, byte == '\n' ? FIELD_LAST : FIELD_NEXT);
}

/* Takes the field that starts at `start`; moves `start` behind its delimiter or line end. */
static inline taken take_field(tw_csv *csv, size_t *start)
{
    const size_t from = *start, mark = next_mark(csv);
    if (mark != NO_MARK && csv->window[mark] == csv->delimiter) {
        *start = mark + 1;
        return add_field(csv, from, mark, FIELD_NEXT);
    }
    if (mark != NO_MARK && csv->window[mark] == csv->quote && !csv->plain_quotes) {
        return mark == from ? quoted_field(csv, start) : flaw(csv, "a quote inside an unquoted field");
    }
    if (mark == NO_MARK && !csv->at_end) return FIELD_UNDONE;
    size_t to = mark == NO_MARK ? csv->end : mark;
    *start = mark == NO_MARK ? to : to + 1;
    if (to > from && csv->window[to - 1] == '\r') to--;
    return add_field(csv, from, to, FIELD_LAST);
}

/* ---------------------------------------------------------------- one row */

/* `after` is where the next row starts. */
static outcome try_row(tw_csv *csv, size_t *after)
{
    *after = csv->row;
    csv->n_fields = csv->inner_ends = 0;
    csv->escaped = false;
    taken last = FIELD_NEXT;
    while (last == FIELD_NEXT) last = take_field(csv, after);
    if (last == FIELD_FLAWED) return ROW_FLAWED;
    if (last == FIELD_NO_MEMORY) return ROW_NO_MEMORY;
    const size_t seen = last == FIELD_LAST ? *after : csv->end;
    if (seen - csv->row > csv->max_row) {
        (void)snprintf(csv->flaw, sizeof csv->flaw, "a row of more than %zu bytes", csv->max_row);
        return ROW_FLAWED;
    }
    return last == FIELD_LAST ? ROW_WHOLE : ROW_UNDONE;
}

static tw_field without_line_end(const char *text, size_t length)
{
    if (length > 0 && text[length - 1] == '\n') length--;
    if (length > 0 && text[length - 1] == '\r') length--;
    return (tw_field){text, length};
}

/* Rewrites the fields with doubled quotes; the window keeps the row as it came. */
static tw_status undouble_quotes(tw_csv *csv, tw_error *err)
{
    if (csv->unquoted_room < csv->raw.length) {
        tw_free(csv->ctx, csv->unquoted);
        csv->unquoted = tw_new(csv->ctx, csv->raw.length, 1);
        csv->unquoted_room = csv->unquoted ? csv->raw.length : 0;
        if (!csv->unquoted) return tw_no_memory(err, "quoted CSV fields");
    }
    char *to = csv->unquoted;
    for (size_t i = 0; i < csv->n_fields; i++) {
        tw_field *field = &csv->fields[i];
        if (field->length == 0 || !memchr(field->text, csv->quote, field->length)) continue;
        const char *from = field->text, *end = field->text + field->length;
        field->text = to;
        for (; from < end; from++) {
            *to++ = *from;
            if (*from == csv->quote) from++;
        }
        field->length = (size_t)(to - field->text);
    }
    return TW_OK;
}

static tw_status give_row(tw_csv *csv, size_t after, tw_error *err)
{
    csv->raw = without_line_end(csv->window + csv->row, after - csv->row);
    csv->line = csv->next_line;
    if (csv->escaped) TW_TRY(undouble_quotes(csv, err));
    csv->next_line += 1 + csv->inner_ends;
    csv->row = after;
    return TW_OK;
}

/* Gives up the first line of the row at hand, and only that. */
static tw_status fail_row(tw_csv *csv, tw_error *err)
{
    const char *text = csv->window + csv->row;
    const char *feed = memchr(text, '\n', csv->end - csv->row);
    const size_t length = feed ? (size_t)(feed - text) + 1 : csv->end - csv->row;
    csv->raw = without_line_end(text, length);
    csv->line = csv->next_line++;
    csv->row += length;
    csv->skipping = !feed;
    tw_csv_marks_rewind(&csv->marks, csv->row);
    return tw_fail(err, TW_BAD_SYNTAX, "%s:%" PRIu64 ": %s", csv->name, csv->line, csv->flaw);
}

/* True when the first line of the row at hand is in the window as far as it may be kept. */
static bool line_is_here(const tw_csv *csv)
{
    const size_t length = csv->end - csv->row;
    return csv->at_end || length > csv->max_row || memchr(csv->window + csv->row, '\n', length);
}

static tw_status skip_line(tw_csv *csv, tw_error *err)
{
    while (csv->skipping) {
        const char *text = csv->window + csv->row, *feed = memchr(text, '\n', csv->end - csv->row);
        csv->row = feed ? csv->row + (size_t)(feed - text) + 1 : csv->end;
        csv->skipping = !feed && !csv->at_end;
        if (csv->skipping) TW_TRY(more_bytes(csv, err));
    }
    tw_csv_marks_rewind(&csv->marks, csv->row);
    return TW_OK;
}

static bool is_empty_line(const tw_csv *csv)
{
    return csv->n_fields == 1 && csv->fields[0].length == 0 && csv->raw.length == 0;
}

tw_status tw_csv_next(tw_csv *csv, const tw_field **fields, size_t *n, tw_error *err)
{
    *fields = NULL;
    *n = 0;
    if (csv->skipping) TW_TRY(skip_line(csv, err));
    for (;;) {
        if (csv->at_end && csv->row == csv->end) return TW_OK;
        size_t after = 0;
        const outcome got = try_row(csv, &after);
        if (got == ROW_NO_MEMORY) return tw_no_memory(err, "CSV fields");
        if (got == ROW_FLAWED && line_is_here(csv)) return fail_row(csv, err);
        if (got != ROW_WHOLE) {
            TW_TRY(more_bytes(csv, err));
            continue;
        }
        TW_TRY(give_row(csv, after, err));
        if (is_empty_line(csv)) continue;
        *fields = csv->fields;
        *n = csv->n_fields;
        return TW_OK;
    }
}

uint64_t tw_csv_line(const tw_csv *csv) { return csv->line; }

tw_field tw_csv_raw(const tw_csv *csv) { return csv->raw; }

uint64_t tw_csv_bytes(const tw_csv *csv) { return csv->dropped + csv->row; }

/* ---------------------------------------------------------------- writing */

void tw_csv_write_field(tw_buf *out, const char *text)
{
    if (!text) return;
    if (!strpbrk(text, ",\"\r\n") && text[0] != ' ' && (text[0] == '\0' || text[strlen(text) - 1] != ' ')) {
        tw_buf_text(out, text);
        return;
    }
    tw_buf_add(out, "\"", 1);
    for (const char *quote = strchr(text, '"'); quote; quote = strchr(text, '"')) {
        tw_buf_add(out, text, (size_t)(quote - text) + 1);
        tw_buf_add(out, "\"", 1);
        text = quote + 1;
    }
    tw_buf_text(out, text);
    tw_buf_add(out, "\"", 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - rows of a table of contracts. Columns are found by name; others are left alone, empty fields do not apply.
 */
#include "cli/price/terms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const WORDS[TW_WORD_COUNT] = {"instrument",   "model", "exercise",  "params",
                                                 "barrier_type", "dates", "dividends", "days"};

enum { NO_COLUMN = -1 };

/* What a field of the table is. */
typedef struct place {
    int column, word; /* or NO_COLUMN */
    bool keep;
} place;

struct tw_terms_reader {
    const tw_ctx *ctx;
    tw_csv *csv;
    tw_arena arena; /* of the current rows */
    tw_buf header;
    place *places;
    size_t n_places;
    tw_terms *rows;
    size_t room;
    const tw_instrument *instrument;
    const tw_price_model *model;
    const char *path;
};

static bool named(tw_field f, const char *name) { return f.length == strlen(name) && !memcmp(f.text, name, f.length); }

/* Whether a name is in a list "id,date". */
static bool listed(const char *list, tw_field f)
{
    while (list && *list) {
        const size_t n = strcspn(list, ",");
        if (n == f.length && !memcmp(list, f.text, n)) return true;
        list += n + (list[n] == ',');
    }
    return false;
}

static place find_place(tw_field f, const char *keep)
{
    place p = {NO_COLUMN, NO_COLUMN, keep ? listed(keep, f) : named(f, "id")};
    const tw_column_info *info = tw_pricing_columns();
    for (int c = 0; c < TW_COLUMN_COUNT; c++)
        if (named(f, info[c].name)) p.column = c;
    for (int w = 0; w < TW_WORD_COUNT; w++)
        if (named(f, WORDS[w])) p.word = w;
    return p;
}

static tw_status check_kept(const tw_terms_reader *r, const char *keep, tw_error *err)
{
    size_t wanted = keep && *keep, found = 0;
    for (const char *c = keep; c && *c; c++) wanted += *c == ',';
    for (size_t i = 0; i < r->n_places; i++) found += r->places[i].keep;
    if (keep && found < wanted)
        return tw_fail(err, TW_BAD_NAME, "%s: not every column of --keep %s is there", r->path, keep);
    return TW_OK;
}

static tw_status read_header(tw_terms_reader *r, const char *keep, tw_error *err)
{
    const tw_field *fields;
    TW_TRY(tw_csv_next(r->csv, &fields, &r->n_places, err));
    if (!fields)
        return tw_fail(err, TW_BAD_FILE, "%s: empty; a header with the names of the columns is needed", r->path);
    r->places = tw_new(r->ctx, r->n_places, sizeof *r->places);
    if (!r->places) return tw_no_memory(err, "contracts");
    for (size_t i = 0; i < r->n_places; i++) {
        r->places[i] = find_place(fields[i], keep);
        if (!r->places[i].keep) continue;
        char *name = tw_arena_text(&r->arena, fields[i].text, fields[i].length);
        if (!name) return tw_no_memory(err, "contracts");
        tw_csv_write_field(&r->header, name);
        tw_buf_text(&r->header, ",");
    }
    TW_TRY(check_kept(r, keep, err));
    return tw_buf_check(&r->header, err);
}

tw_status tw_terms_open(const tw_ctx *ctx, const tw_terms_options *options, tw_terms_reader **reader, tw_error *err)
{
    tw_source *source;
    tw_terms_reader *r = tw_new(ctx, 1, sizeof *r);
    if (!r) return tw_no_memory(err, "contracts");
    *reader = r;
    r->ctx = ctx;
    r->path = options->path;
    tw_arena_init(&r->arena, ctx);
    tw_buf_init(&r->header, ctx);
    if (options->instrument) TW_TRY(tw_instrument_find(options->instrument, &r->instrument, err));
    if (options->model) TW_TRY(tw_price_model_find(options->model, &r->model, err));
    TW_TRY(tw_source_open(ctx, strcmp(r->path, "-") == 0 ? "/dev/stdin" : r->path, &source, err));
    TW_TRY(tw_csv_open(ctx, source, r->path, NULL, &r->csv, err));
    return read_header(r, options->keep, err);
}

void tw_terms_close(tw_terms_reader *r)
{
    if (!r) return;
    const tw_ctx *ctx = r->ctx;
    tw_csv_close(r->csv);
    tw_arena_clear(&r->arena);
    tw_buf_clear(&r->header);
    tw_free(ctx, r->places);
    tw_free(ctx, r->rows);
    tw_free(ctx, r);
}

const char *tw_terms_header(const tw_terms_reader *r) { return r->header.data ? r->header.data : ""; }
tw_arena *tw_terms_arena(tw_terms_reader *r) { return &r->arena; }

/* ---------------------------------------------------------------- rows */

/* The number that a word of "call=1|put=-1" stands for. */
static bool read_choice(const char *choices, tw_field f, double *x)
{
    while (*choices) {
        const size_t n = strcspn(choices, "=");
        *x = strtod(choices + n + 1, NULL);
        if (n == f.length && !memcmp(choices, f.text, n)) return true;
        choices += strcspn(choices, "|");
        choices += *choices == '|';
    }
    return false;
}

static const char *bad_field(tw_terms_reader *r, const tw_column_info *info, tw_field f)
{
    tw_buf text;
    tw_buf_init(&text, r->ctx);
    tw_buf_printf(&text, "%s: \"%.*s\" is not %s", info->name, f.length > 40 ? 40 : (int)f.length, f.text,
                  info->choices ? "one of " : "a number");
    if (info->choices) tw_buf_text(&text, info->choices);
    const char *copy = text.data ? tw_arena_text(&r->arena, text.data, text.length) : NULL;
    tw_buf_clear(&text);
    return copy ? copy : "out of memory";
}

static void read_number(tw_terms_reader *r, tw_terms *row, int column, tw_field f)
{
    const tw_column_info *info = &tw_pricing_columns()[column];
    if (f.length == 0) return;
    if (info->choices && read_choice(info->choices, f, &row->col[column])) return;
    if (tw_parse_double(f.text, f.length, &row->col[column])) return;
    row->col[column] = NAN;
    if (column != TW_COL_barrier_type) row->error = bad_field(r, info, f); /* a barrier's type may be longer */
}

/* The kept fields, each with a comma behind it, as they are to be written. */
static tw_status read_kept(tw_terms_reader *r, tw_terms *row, const tw_field *fields, size_t n, tw_error *err)
{
    tw_buf kept;
    tw_buf_init(&kept, r->ctx);
    for (size_t i = 0; i < r->n_places; i++) {
        if (!r->places[i].keep) continue;
        const char *text = i < n ? tw_arena_text(&r->arena, fields[i].text, fields[i].length) : "";
        if (text) tw_csv_write_field(&kept, text);
        tw_buf_text(&kept, ",");
        kept.failed |= !text;
    }
    row->keep = kept.data ? tw_arena_text(&r->arena, kept.data, kept.length) : "";
    const bool failed = kept.failed || !row->keep;
    tw_buf_clear(&kept);
    return failed ? tw_no_memory(err, "contracts") : TW_OK;
}

static tw_status read_row(tw_terms_reader *r, tw_terms *row, const tw_field *fields, size_t n, tw_error *err)
{
    tw_field words[TW_WORD_COUNT];
    *row = (tw_terms){.instrument = r->instrument, .model = r->model};
    for (int c = 0; c < TW_COLUMN_COUNT; c++) row->col[c] = NAN;
    for (int w = 0; w < TW_WORD_COUNT; w++) words[w] = (tw_field){"", 0};
    for (size_t i = 0; i < n && i < r->n_places; i++) {
        if (r->places[i].column != NO_COLUMN) read_number(r, row, r->places[i].column, fields[i]);
        if (r->places[i].word != NO_COLUMN) words[r->places[i].word] = fields[i];
    }
    TW_TRY(tw_terms_words(row, words, &r->arena, err));
    return read_kept(r, row, fields, n, err);
}

tw_status tw_terms_next(tw_terms_reader *r, size_t most, tw_terms **rows, size_t *n, tw_error *err)
{
    tw_arena_clear(&r->arena);
    if (r->room < most) {
        tw_free(r->ctx, r->rows);
        r->rows = tw_new(r->ctx, most, sizeof *r->rows);
        r->room = r->rows ? most : 0;
        if (!r->rows) return tw_no_memory(err, "contracts");
    }
    *rows = r->rows;
    for (*n = 0; *n < most; ++*n) {
        const tw_field *fields;
        size_t count;
        TW_TRY(tw_csv_next(r->csv, &fields, &count, err));
        if (!fields) break;
        TW_TRY(read_row(r, &r->rows[*n], fields, count, err));
    }
    return TW_OK;
}

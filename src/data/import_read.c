/* SPDX-License-Identifier: Apache-2.0 */
/* import_read.c - the rows of one file into the log, bad ones into the rejects. */
#include "data/import.h"

#include <stdio.h>
#include <string.h>

enum { PROGRESS_ROWS = 1 << 16 };

static void count_reason(tw_import_summary *summary, const char *reason)
{
    const size_t room = sizeof summary->reasons / sizeof *summary->reasons;
    size_t i = 0;
    while (i < summary->n_reasons && strcmp(summary->reasons[i].reason, reason) != 0) i++;
    if (i == room) i = room - 1;
    if (i == summary->n_reasons) {
        const char *text = i + 1 == room ? "other reasons" : reason;
        const size_t n = strlen(text), most = sizeof summary->reasons[i].reason - 1;
        memcpy(summary->reasons[i].reason, text, n < most ? n : most);
        summary->n_reasons++;
    }
    summary->reasons[i].count++;
}

tw_shown tw_import_show(tw_field f)
{
    tw_shown out = {""};
    const size_t most = sizeof out.text - 4;
    size_t n = f.length < most ? f.length : most;
    while (n < f.length && n > 0 && ((unsigned char)f.text[n] & 0xC0) == 0x80) n--; /* not within a character */
    for (size_t i = 0; i < n; i++) out.text[i] = (unsigned char)f.text[i] < ' ' || f.text[i] == 127 ? '?' : f.text[i];
    if (n < f.length) memcpy(out.text + n, "...", 4);
    return out;
}

/* The first row set aside, in the order of the files: what `strict` and a failure name. */
static void keep_first(tw_import *im, const tw_import_reason *why, const char *text, tw_field raw)
{
    tw_import_first *first = &im->first;
    const bool later = why->file != first->file ? why->file > first->file : why->line >= first->line;
    if (first->line && later) return;
    first->file = why->file;
    first->line = why->line;
    snprintf(first->text, sizeof first->text, "%s:%llu: %s, in the row %s", im->files[why->file].path,
             (unsigned long long)why->line, text, tw_import_show(raw).text);
}

tw_status tw_import_reject(tw_import *im, const tw_import_reason *why, tw_field raw, tw_error *err)
{
    char text[256];
    snprintf(text, sizeof text, "%s%s%s", why->kind, why->detail[0] ? ": " : "", why->detail);
    im->summary->rejected++;
    count_reason(im->summary, why->kind);
    keep_first(im, why, text, raw);
    return tw_rejects_add(&im->rejects, im->files[why->file].path, why->line, text, raw, err);
}

static tw_status log_row(tw_decoder *d, uint64_t line, tw_error *err)
{
    const tw_row row = {d->symbol, d->time, d->file_number, (uint32_t)d->file->n_values, line};
    return tw_rowlog_add(&d->im->log, &row, d->values, err);
}

static tw_status take_row(tw_decoder *d, tw_csv *csv, const tw_field *fields, size_t n, tw_error *err)
{
    const char *reason = NULL;
    d->detail[0] = 0;
    TW_TRY(tw_import_decode(d, fields, n, &reason, err));
    if (!reason) return log_row(d, tw_csv_line(csv), err);
    const tw_import_reason why = {d->file_number, tw_csv_line(csv), reason, d->detail};
    return tw_import_reject(d->im, &why, tw_csv_raw(csv), err);
}

/* A row that is no CSV: the reader's sentence, without the file and line before it. */
static tw_status take_flaw(tw_decoder *d, tw_csv *csv, const tw_error *flaw, tw_error *err)
{
    const char *said = strstr(flaw->message, ": ");
    const tw_import_reason why = {d->file_number, tw_csv_line(csv), "row cannot be split",
                                  said ? said + 2 : flaw->message};
    return tw_import_reject(d->im, &why, tw_csv_raw(csv), err);
}

/* Under `strict` nothing after the first bad row matters; a duplicate before it is found when the rows are poured. */
static bool is_enough(const tw_import *im) { return im->options->strict && im->first.line > 0; }

static tw_status read_rows(tw_decoder *d, tw_csv *csv, tw_error *err)
{
    tw_import *im = d->im;
    while (!is_enough(im)) {
        const tw_field *fields;
        size_t n;
        tw_error flaw;
        const tw_status st = tw_csv_next(csv, &fields, &n, &flaw);
        if (st == TW_BAD_SYNTAX) {
            im->summary->rows++;
            TW_TRY(take_flaw(d, csv, &flaw, err));
            continue;
        }
        if (st != TW_OK) return tw_fail(err, st, "%s", flaw.message);
        if (!fields) break;
        im->summary->rows++;
        TW_TRY(take_row(d, csv, fields, n, err));
        if (im->summary->rows % PROGRESS_ROWS == 0)
            TW_TRY(tw_progress_step(im->ctx, "import", im->summary->bytes + tw_csv_bytes(csv), 0, d->file->path));
    }
    im->summary->bytes += tw_csv_bytes(csv);
    return TW_OK;
}

/* A symbol whose file holds a header alone is not in the panel: that is told, too. */
static void note_empty(tw_import *im, const char *path)
{
    tw_import_summary *s = im->summary;
    if (s->empty_files++ == 0) snprintf(s->empty_file, sizeof s->empty_file, "%s", path);
}

static tw_status read_file(tw_decoder *d, tw_csv *csv, tw_error *err)
{
    const tw_field *fields;
    size_t n;
    const tw_status st = tw_csv_next(csv, &fields, &n, err);
    if (st == TW_BAD_SYNTAX) return tw_fail_in(err, TW_BAD_DATA, "the header cannot be split");
    if (st != TW_OK) return st;
    if (!fields) return tw_fail(err, TW_BAD_DATA, "%s: empty, there is no header", d->file->path);
    TW_TRY(tw_import_header(d->im, d->file, fields, n, err));
    d->values = tw_new(d->im->ctx, d->file->n_values, sizeof *d->values);
    if (!d->values) return tw_no_memory(err, "a row");
    const uint64_t before = d->im->summary->rows;
    TW_TRY(read_rows(d, csv, err));
    if (d->im->summary->rows == before) note_empty(d->im, d->file->path);
    return TW_OK;
}

tw_status tw_import_read(tw_import *im, size_t number, tw_error *err)
{
    tw_decoder d = {.im = im, .file = &im->files[number], .file_number = (uint32_t)number};
    tw_source *source;
    tw_csv *csv;
    TW_TRY(tw_source_open(im->ctx, d.file->path, &source, err));
    const tw_status opened = tw_csv_open(im->ctx, source, d.file->path, NULL, &csv, err);
    if (opened != TW_OK) return opened;
    const tw_status st = read_file(&d, csv, err);
    tw_free(im->ctx, d.values);
    tw_csv_close(csv);
    return st;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* import_read.c - the rows of one file into the log, bad ones into the rejects. */
#include "data/import.h"

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

tw_status tw_import_reject(tw_import *im, const tw_import_file *file, uint64_t line, const char *reason, tw_field raw,
                           tw_error *err)
{
    if (im->options->strict)
        return tw_fail(err, TW_BAD_DATA, "%s:%llu: %s: %.*s", file->path, (unsigned long long)line, reason,
                       (int)(raw.length < 200 ? raw.length : 200), raw.text ? raw.text : "");
    im->summary->rejected++;
    count_reason(im->summary, reason);
    return tw_rejects_add(&im->rejects, file->path, line, reason, raw, err);
}

static tw_status log_row(tw_decoder *d, uint64_t line, tw_error *err)
{
    const tw_row row = {d->symbol, d->time, d->file_number, (uint32_t)d->file->n_values, line};
    return tw_rowlog_add(&d->im->log, &row, d->values, err);
}

static tw_status take_row(tw_decoder *d, tw_csv *csv, const tw_field *fields, size_t n, tw_error *err)
{
    const char *reason = NULL;
    TW_TRY(tw_import_decode(d, fields, n, &reason, err));
    if (reason) return tw_import_reject(d->im, d->file, tw_csv_line(csv), reason, tw_csv_raw(csv), err);
    return log_row(d, tw_csv_line(csv), err);
}

static tw_status read_rows(tw_decoder *d, tw_csv *csv, tw_error *err)
{
    tw_import *im = d->im;
    for (;;) {
        const tw_field *fields;
        size_t n;
        const tw_status st = tw_csv_next(csv, &fields, &n, err);
        if (st == TW_BAD_SYNTAX) {
            im->summary->rows++;
            TW_TRY(tw_import_reject(im, d->file, tw_csv_line(csv), "row cannot be split", tw_csv_raw(csv), err));
            continue;
        }
        if (st != TW_OK) return st;
        if (!fields) break;
        im->summary->rows++;
        TW_TRY(take_row(d, csv, fields, n, err));
        if (im->summary->rows % PROGRESS_ROWS == 0)
            TW_TRY(tw_progress_step(im->ctx, "import", im->summary->bytes + tw_csv_bytes(csv), 0, d->file->path));
    }
    im->summary->bytes += tw_csv_bytes(csv);
    return TW_OK;
}

static tw_status read_file(tw_decoder *d, tw_csv *csv, tw_error *err)
{
    const tw_field *fields;
    size_t n;
    TW_TRY(tw_csv_next(csv, &fields, &n, err));
    if (!fields) return tw_fail(err, TW_BAD_DATA, "%s: empty, there is no header", d->file->path);
    TW_TRY(tw_import_header(d->im, d->file, fields, n, err));
    d->values = tw_new(d->im->ctx, d->file->n_values, sizeof *d->values);
    if (!d->values) return tw_no_memory(err, "a row");
    return read_rows(d, csv, err);
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

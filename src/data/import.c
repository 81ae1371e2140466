/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - the import of CSV files: options, files, the stages in order. */
#include "data/import.h"

#include <string.h>
#include <sys/stat.h>

static const tw_param table[] = {
    TW_PARAM_TEXT(tw_import_options, columns, "", NULL, "own header names: \"date=Day,close=Last\""),
    TW_PARAM_TEXT(tw_import_options, calendar, "", NULL, "exchange calendar of the data, \"\" none"),
    TW_PARAM_TEXT(tw_import_options, bar, "auto", NULL, "width of a bar: auto, 1d, 15m, 1m, 30s"),
    TW_PARAM_TEXT(tw_import_options, stamp, "auto", "auto|start|end",
                  "what intraday stamps mark; auto: by the calendar, else start"),
    TW_PARAM_TEXT(tw_import_options, zone, "UTC", NULL, "of stamps that name none: UTC or a calendar"),
    TW_PARAM_TEXT(tw_import_options, strip, "", NULL, "ending taken off file names that serve as symbols: _daily"),
    TW_PARAM(tw_import_options, strict, 0, 0, 1, "a bad row fails the import"),
    TW_PARAM_END,
};

const tw_param *tw_import_params(void) { return table; }

/* Symbol from a path: no folder, no .csv/.txt/.gz/.zst, no `strip`. */
static char *stem_of(tw_arena *arena, const char *path, const char *strip)
{
    static const char *const endings[] = {".gz", ".zst", ".csv", ".txt"};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t k = strlen(endings[i]);
        if (n > k && memcmp(name + n - k, endings[i], k) == 0) n -= k;
    }
    const size_t k = strlen(strip);
    if (k && n > k && memcmp(name + n - k, strip, k) == 0) n -= k;
    return tw_arena_text(arena, name, n);
}

static tw_status list_files(tw_import *im, const char *const *paths, size_t n_paths, tw_error *err)
{
    if (n_paths == 0) return tw_fail(err, TW_BAD_VALUE, "import: no files");
    im->files = tw_arena_new(&im->arena, n_paths, sizeof *im->files);
    if (!im->files) return tw_no_memory(err, "the files of an import");
    for (size_t i = 0; i < n_paths; i++) {
        im->files[i].path = paths[i];
        im->files[i].stem = stem_of(&im->arena, paths[i], im->options->strip);
        if (!im->files[i].stem) return tw_no_memory(err, "the files of an import");
    }
    im->n_files = n_paths;
    return TW_OK;
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (!a || !b) return false;
    return strcmp(a, b) == 0 || (stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

/* What is written must not take the place of what is read. */
static tw_status check_paths(const tw_import *im, tw_error *err)
{
    const tw_import_options *o = im->options;
    if (is_same_file(o->out, o->rejects))
        return tw_fail(err, TW_BAD_VALUE, "import: panel and rejects would be one file, %s", o->out);
    for (size_t i = 0; i < im->n_files; i++)
        if (is_same_file(o->out, im->files[i].path) || is_same_file(o->rejects, im->files[i].path))
            return tw_fail(err, TW_BAD_VALUE, "import: %s would be overwritten by the %s", im->files[i].path,
                           is_same_file(o->out, im->files[i].path) ? "panel" : "rejects");
    return TW_OK;
}

static tw_status read_options(tw_import *im, tw_error *err)
{
    const tw_import_options *o = im->options;
    if (o->calendar[0]) TW_TRY(tw_calendar_find(o->calendar, &im->calendar, err));
    if (o->zone[0] && strcmp(o->zone, "UTC") != 0) TW_TRY(tw_calendar_find(o->zone, &im->zone, err));
    if (o->bar[0] && strcmp(o->bar, "auto") != 0 && !tw_import_parse_bar(o->bar, &im->bar_ns))
        return tw_fail(err, TW_BAD_VALUE, "import: bar must be auto or a width such as 1d, 15m, 30s; got \"%s\"",
                       o->bar);
    return TW_OK;
}

static tw_status run(tw_import *im, const char *const *paths, size_t n_paths, tw_panel **panel, tw_error *err)
{
    TW_TRY(read_options(im, err));
    TW_TRY(list_files(im, paths, n_paths, err));
    TW_TRY(check_paths(im, err));
    TW_TRY(tw_rejects_open(&im->rejects, im->ctx, im->options->rejects, err));
    const bool strict = im->options->strict;
    for (size_t i = 0; i < n_paths && !(strict && im->first.line); i++) TW_TRY(tw_import_read(im, i, err));
    const tw_status filled = tw_import_fill(im, panel, err);
    /* When no row can be taken, the rows set aside are all there is to see. */
    if (filled != TW_OK && (strict || im->summary->rejected == 0)) return filled;
    const tw_status kept = tw_rejects_commit(&im->rejects, filled == TW_OK ? err : NULL);
    if (filled == TW_OK && kept != TW_OK) tw_panel_close(*panel);
    return filled != TW_OK ? filled : kept;
}

tw_status tw_import_csv(const tw_ctx *ctx, const char *const *paths, size_t n_paths, const tw_import_options *options,
                        tw_panel **panel, tw_import_summary *summary, tw_error *err)
{
    const tw_import_options defaults = {0};
    tw_import_summary unread;
    tw_panel *made = NULL;
    tw_import im = {.ctx = ctx, .options = options ? options : &defaults, .summary = summary ? summary : &unread};
    im.rejects.fd = -1;
    *im.summary = (tw_import_summary){0};
    tw_arena_init(&im.arena, ctx);
    tw_keys_init(&im.times, ctx);
    tw_keys_init(&im.symbols, ctx);
    tw_rowlog_init(&im.log, ctx, im.options->out);
    const tw_status st = run(&im, paths, n_paths, &made, err);
    tw_rowlog_clear(&im.log);
    tw_keys_clear(&im.symbols);
    tw_keys_clear(&im.times);
    tw_free(ctx, im.columns);
    tw_rejects_clear(&im.rejects);
    tw_arena_clear(&im.arena);
    if (st == TW_OK) *panel = made;
    return st;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* live.c - a live session: a scorer with its state on disk. Each bar is in the journal before it is acknowledged; every
 * so often the whole state is written as a snapshot and the journal starts anew. After a crash: snapshot, then journal,
 * then on, to the same bits. */
#include "serve/serve_impl.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Files of a session: "symbols" (one a line; without it there is no session), "snapshot" (snapshot_head, the last
 * scores, the scorer's state, a hash over all), "journal-<bars of the snapshot>". */
typedef struct snapshot_head {
    char magic[8];
    uint64_t bars, fallbacks, used_fallback, failed;
} snapshot_head;

static const char snapshot_magic[8] = "twlive1";

static tw_status path_of(const tw_live *l, const char *name, tw_buf *path, tw_error *err)
{
    path->length = 0;
    tw_buf_printf(path, "%s/%s", l->folder, name);
    return tw_buf_check(path, err);
}

static tw_status journal_path(const tw_live *l, uint64_t bars, tw_buf *path, tw_error *err)
{
    char name[48];
    (void)snprintf(name, sizeof name, "journal-%" PRIu64, bars);
    return path_of(l, name, path, err);
}

bool tw_live_exists(const tw_ctx *ctx, const char *state, const char *name)
{
    tw_buf path;
    tw_buf_init(&path, ctx);
    tw_buf_printf(&path, "%s/%s/symbols", state, name);
    const bool exists = !path.failed && access(path.data, R_OK) == 0;
    tw_buf_clear(&path);
    return exists;
}

/* Removes a session's files, `symbols` first: what an end in the middle leaves is no session. */
static void remove_files(const tw_live *l)
{
    tw_buf path;
    tw_buf_init(&path, l->ctx);
    if (path_of(l, "symbols", &path, NULL) == TW_OK) (void)unlink(path.data);
    DIR *dir = opendir(l->folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (!strncmp(e->d_name, "journal-", 8) || !strncmp(e->d_name, "snapshot", 8) ||
            !strncmp(e->d_name, "symbols", 7))
            (void)unlinkat(dirfd(dir), e->d_name, 0);
    if (dir) (void)closedir(dir);
    tw_buf_clear(&path);
}

static tw_status make_buffers(tw_live *l, tw_error *err)
{
    (void)tw_scorer_symbols(l->scorer, &l->n_symbols);
    (void)tw_bundle_columns(l->bundle, &l->n_columns);
    l->n_lanes = l->n_symbols == 1 ? 1 : (l->n_symbols + TW_LANES - 1) / TW_LANES * TW_LANES;
    l->values = tw_new(l->ctx, l->n_columns * l->n_lanes, sizeof *l->values);
    l->view = tw_new(l->ctx, l->n_columns, sizeof *l->view);
    l->score = tw_new(l->ctx, l->n_lanes, sizeof *l->score);
    l->forming = tw_new(l->ctx, l->n_lanes, sizeof *l->forming);
    l->taken = tw_new(l->ctx, l->n_lanes, sizeof *l->taken);
    if (!l->values || !l->view || !l->score || !l->forming || !l->taken) return tw_no_memory(err, "a live session");
    for (size_t c = 0; c < l->n_columns; c++) l->view[c] = l->values + c * l->n_lanes;
    for (size_t i = 0; i < l->n_lanes; i++) l->score[i] = NAN;
    return TW_OK;
}

/* ---------------------------------------------------------------- symbols of a session */

static tw_status write_symbols(const tw_live *l, tw_buf *path, tw_error *err)
{
    size_t n = 0;
    const char *const *symbols = tw_scorer_symbols(l->scorer, &n);
    tw_buf text;
    tw_buf_init(&text, l->ctx);
    for (size_t i = 0; i < n; i++) tw_buf_printf(&text, "%s\n", symbols[i]);
    tw_status status = tw_buf_check(&text, err);
    if (status == TW_OK) status = path_of(l, "symbols", path, err);
    if (status == TW_OK) status = tw_file_write(path->data, text.data, text.length, err);
    tw_buf_clear(&text);
    return status;
}

/* Splits the text in place into lines. */
static tw_status split_lines(tw_live *l, char *text, const char ***lines, size_t *n, tw_error *err)
{
    size_t room = 1;
    for (const char *c = text; *c; c++) room += *c == '\n';
    *lines = tw_new(l->ctx, room, sizeof **lines);
    if (!*lines) return tw_no_memory(err, "symbols of a session");
    for (char *line = text; *line;) {
        char *end = strchr(line, '\n');
        if (end) *end = '\0';
        (*lines)[(*n)++] = line;
        if (!end) break;
        line = end + 1;
    }
    return TW_OK;
}

static tw_status open_scorer(tw_live *l, tw_buf *path, const tw_live_spec *spec, tw_error *err)
{
    TW_TRY(path_of(l, "symbols", path, err));
    if (access(path->data, F_OK) != 0) {
        remove_files(l); /* of a session whose removal did not get to its end */
        TW_TRY(tw_scorer_new(l->ctx, l->bundle, spec->symbols, spec->n_symbols, &l->scorer, err));
        return write_symbols(l, path, err);
    }
    char *text = NULL;
    const char **lines = NULL;
    size_t length = 0, n = 0;
    TW_TRY(tw_file_read(l->ctx, path->data, &text, &length, err));
    tw_status status = split_lines(l, text, &lines, &n, err);
    if (status == TW_OK) status = tw_scorer_new(l->ctx, l->bundle, lines, n, &l->scorer, err);
    tw_free(l->ctx, lines);
    tw_free(l->ctx, text);
    return status;
}

/* ---------------------------------------------------------------- state on disk */

static tw_status write_state(const tw_live *l, tw_buf *path, tw_error *err)
{
    snapshot_head head = {
        .bars = l->bars, .fallbacks = l->fallbacks, .used_fallback = l->used_fallback, .failed = l->failed};
    memcpy(head.magic, snapshot_magic, sizeof head.magic);
    tw_buf state;
    tw_buf_init(&state, l->ctx);
    tw_buf_add(&state, &head, sizeof head);
    tw_buf_add(&state, l->score, l->n_lanes * sizeof *l->score);
    tw_status status = tw_scorer_snapshot(l->scorer, &state, err);
    if (status == TW_OK) {
        const uint64_t hash = tw_hash64(state.data, state.length, 0);
        tw_buf_add(&state, &hash, sizeof hash);
        status = tw_buf_check(&state, err);
    }
    if (status == TW_OK) status = path_of(l, "snapshot", path, err);
    if (status == TW_OK) status = tw_file_write(path->data, state.data, state.length, err);
    tw_buf_clear(&state);
    return status;
}

/* The new journal is there before the snapshot it belongs to, so that whatever fails, one pair of the two is whole and
 * open: a snapshot that cannot be written costs nothing but a longer journal. */
static void snapshot(tw_live *l)
{
    tw_buf path, fresh, old;
    tw_journal journal = {.fd = -1};
    tw_buf_init(&path, l->ctx);
    tw_buf_init(&fresh, l->ctx);
    tw_buf_init(&old, l->ctx);
    tw_status status = journal_path(l, l->snapshot_bars, &old, NULL);
    if (status == TW_OK) status = journal_path(l, l->bars, &fresh, NULL);
    if (status == TW_OK) status = tw_journal_start(fresh.data, l->fsync, &journal, NULL);
    if (status == TW_OK) status = write_state(l, &path, NULL);
    if (status == TW_OK) {
        tw_journal_close(&l->journal);
        l->journal = journal;
        l->snapshot_bars = l->bars;
        (void)unlink(old.data);
    } else if (journal.fd >= 0) {
        tw_journal_close(&journal);
        (void)unlink(fresh.data);
    }
    tw_buf_clear(&path);
    tw_buf_clear(&fresh);
    tw_buf_clear(&old);
}

static tw_status take_state(tw_live *l, const char *path, const char *bytes, size_t length, tw_error *err)
{
    snapshot_head head;
    uint64_t hash;
    const size_t scores = l->n_lanes * sizeof *l->score, least = sizeof head + scores + sizeof hash;
    if (length < least) return tw_fail(err, TW_BAD_FILE, "%s: %zu bytes, at least %zu needed", path, length, least);
    length -= sizeof hash;
    memcpy(&head, bytes, sizeof head);
    memcpy(&hash, bytes + length, sizeof hash);
    if (memcmp(head.magic, snapshot_magic, sizeof head.magic) != 0 || tw_hash64(bytes, length, 0) != hash)
        return tw_fail(err, TW_BAD_FILE, "%s: damaged: its checksum does not fit", path);
    memcpy(l->score, bytes + sizeof head, scores);
    l->bars = l->snapshot_bars = head.bars;
    l->fallbacks = head.fallbacks;
    l->used_fallback = head.used_fallback != 0;
    l->failed = head.failed != 0;
    const size_t before = sizeof head + scores;
    const tw_status status = tw_scorer_restore(l->scorer, bytes + before, length - before, err);
    return status == TW_OK ? TW_OK : tw_fail_in(err, status, "%s", path);
}

static tw_status read_snapshot(tw_live *l, const char *path, tw_error *err)
{
    if (access(path, F_OK) != 0) return TW_OK;
    char *bytes = NULL;
    size_t length = 0;
    TW_TRY(tw_file_read(l->ctx, path, &bytes, &length, err));
    const tw_status status = take_state(l, path, bytes, length, err);
    tw_free(l->ctx, bytes);
    return status;
}

/* A bar on which every model failed is taken all the same: the features went on, there is only no score. */
static tw_status take_values(tw_live *l, int64_t time_ns, tw_error *err)
{
    const tw_status status = tw_scorer_bar(l->scorer, time_ns, l->view, l->score, &l->used_fallback, err);
    if (tw_scorer_time(l->scorer) != time_ns) return status;
    l->bars++;
    l->fallbacks += l->used_fallback;
    l->failed = status != TW_OK;
    return TW_OK;
}

static tw_status replay_record(void *arg, int64_t time_ns, const double *values, tw_error *err)
{
    tw_live *l = arg;
    memcpy(l->values, values, l->n_columns * l->n_lanes * sizeof *values);
    return take_values(l, time_ns, err);
}

static tw_status restore(tw_live *l, tw_buf *path, tw_error *err)
{
    TW_TRY(path_of(l, "snapshot", path, err));
    TW_TRY(read_snapshot(l, path->data, err));
    TW_TRY(journal_path(l, l->snapshot_bars, path, err));
    const tw_journal_taker taker = {.n_values = l->n_columns * l->n_lanes, .take = replay_record, .arg = l};
    l->journal.fsync = l->fsync;
    return tw_journal_replay(l->ctx, path->data, &taker, &l->journal, err);
}

static tw_status open_files(tw_live *l, const tw_live_spec *spec, tw_error *err)
{
    tw_buf path;
    tw_buf_init(&path, l->ctx);
    tw_buf_printf(&path, "%s/%s", spec->state, l->name);
    tw_status status = tw_buf_check(&path, err);
    if (status == TW_OK) {
        l->folder = tw_text_copy(l->ctx, path.data);
        status = l->folder ? tw_folder_make(l->folder, err) : tw_no_memory(err, "a live session");
    }
    if (status == TW_OK) status = open_scorer(l, &path, spec, err);
    if (status == TW_OK) status = make_buffers(l, err);
    if (status == TW_OK) status = restore(l, &path, err);
    tw_buf_clear(&path);
    return status;
}

tw_status tw_live_open(const tw_ctx *ctx, const tw_live_spec *spec, tw_live **live, tw_error *err)
{
    tw_live *l = tw_new(ctx, 1, sizeof *l);
    if (!l) return tw_no_memory(err, "a live session");
    l->ctx = ctx;
    l->bundle = spec->bundle;
    l->journal.fd = -1;
    l->snapshot_every = spec->options->snapshot_every;
    l->fsync = spec->options->fsync;
    l->name = tw_text_copy(ctx, spec->name);
    (void)pthread_mutex_init(&l->lock, NULL);
    const bool is_new = !tw_live_exists(ctx, spec->state, spec->name);
    const tw_status status = l->name ? open_files(l, spec, err) : tw_no_memory(err, "a live session");
    if (status != TW_OK) {
        l->snapshot_every = 0; /* nothing to save */
        tw_live_close(l, is_new);
        return tw_fail_in(err, status, "session '%s'", spec->name);
    }
    *live = l;
    return TW_OK;
}

/* ---------------------------------------------------------------- bars */

/* Rows [from, to) of one time into values; an unknown or repeated symbol is an error that names it. */
static tw_status lay_out(tw_live *l, const tw_bars *bars, size_t from, size_t to, tw_error *err)
{
    for (size_t i = 0; i < l->n_columns * l->n_lanes; i++) l->values[i] = NAN;
    memset(l->taken, 0, l->n_lanes * sizeof *l->taken);
    for (size_t r = from; r < to; r++) {
        const size_t lane = tw_scorer_lane(l->scorer, bars->symbol[r]);
        if (lane == SIZE_MAX)
            return tw_fail(err, TW_BAD_NAME, "symbol '%s' is not one of this session's %zu", bars->symbol[r],
                           l->n_symbols);
        if (l->taken[lane])
            return tw_fail(err, TW_BAD_DATA, "symbol '%s' has two bars of the same time", bars->symbol[r]);
        l->taken[lane] = true;
        for (size_t c = 0; c < l->n_columns; c++) l->values[c * l->n_lanes + lane] = bars->value[r * l->n_columns + c];
    }
    return TW_OK;
}

static tw_status check_ascends(const tw_live *l, int64_t time_ns, tw_error *err)
{
    const int64_t last = tw_scorer_time(l->scorer);
    if (last == TW_NO_TIME || time_ns > last) return TW_OK;
    char got[40], had[40];
    got[tw_time_format(time_ns, got)] = '\0';
    had[tw_time_format(last, had)] = '\0';
    return tw_fail(err, TW_EXISTS, "bar of %s: the session has taken all up to %s; send later ones", got, had);
}

static tw_status take_time(tw_live *l, const tw_bars *bars, size_t from, size_t to, tw_error *err)
{
    TW_TRY(check_ascends(l, bars->time[from], err));
    TW_TRY(lay_out(l, bars, from, to, err));
    TW_TRY(tw_journal_add(&l->journal, bars->time[from], l->values, l->n_columns * l->n_lanes, err));
    TW_TRY(take_values(l, bars->time[from], err));
    if (l->snapshot_every > 0 && l->bars - l->snapshot_bars >= (uint64_t)l->snapshot_every) snapshot(l);
    return TW_OK;
}

tw_status tw_live_take(tw_live *l, const tw_bars *bars, size_t *taken, tw_error *err)
{
    tw_status status = TW_OK;
    *taken = 0;
    (void)pthread_mutex_lock(&l->lock);
    for (size_t from = 0; from < bars->n_rows && status == TW_OK;) {
        const size_t to = tw_bars_next_time(bars, from);
        status = take_time(l, bars, from, to, err);
        *taken += status == TW_OK;
        from = to;
    }
    (void)pthread_mutex_unlock(&l->lock);
    return status;
}

static void json_time(tw_json *json, int64_t time_ns)
{
    char text[40];
    text[tw_time_format(time_ns, text)] = '\0';
    tw_json_key(json, "time");
    tw_json_text(json, time_ns == TW_NO_TIME ? NULL : text);
}

static void json_scores(const tw_live *l, const double *score, tw_json *json)
{
    size_t n = 0;
    const char *const *symbols = tw_scorer_symbols(l->scorer, &n);
    tw_json_key(json, "scores");
    tw_json_object(json);
    for (size_t i = 0; i < n; i++) {
        tw_json_key(json, symbols[i]);
        tw_json_number(json, score[i]);
    }
    tw_json_object_end(json);
}

tw_status tw_live_peek(tw_live *l, const tw_bars *bars, tw_json *json, tw_error *err)
{
    if (!bars->n_rows) return tw_fail(err, TW_BAD_DATA, "no bar to look at");
    (void)pthread_mutex_lock(&l->lock);
    tw_status status = check_ascends(l, bars->time[0], err);
    if (status == TW_OK) status = lay_out(l, bars, 0, tw_bars_next_time(bars, 0), err);
    if (status == TW_OK) status = tw_scorer_peek(l->scorer, bars->time[0], l->view, l->forming, err);
    if (status == TW_OK) {
        tw_json_object(json);
        json_time(json, bars->time[0]);
        json_scores(l, l->forming, json);
        tw_json_object_end(json);
    }
    (void)pthread_mutex_unlock(&l->lock);
    return status;
}

void tw_live_scores(tw_live *l, tw_json *json)
{
    (void)pthread_mutex_lock(&l->lock);
    tw_json_object(json);
    tw_json_key(json, "session");
    tw_json_text(json, l->name);
    json_time(json, tw_scorer_time(l->scorer));
    tw_json_key(json, "bars");
    tw_json_integer(json, (int64_t)l->bars);
    tw_json_key(json, "fallback");
    tw_json_bool(json, l->used_fallback);
    tw_json_key(json, "failed");
    tw_json_bool(json, l->failed);
    json_scores(l, l->score, json);
    tw_json_object_end(json);
    (void)pthread_mutex_unlock(&l->lock);
}

void tw_live_status(tw_live *l, tw_json *json)
{
    (void)pthread_mutex_lock(&l->lock);
    tw_json_object(json);
    tw_json_key(json, "session");
    tw_json_text(json, l->name);
    json_time(json, tw_scorer_time(l->scorer));
    tw_json_key(json, "bars");
    tw_json_integer(json, (int64_t)l->bars);
    tw_json_key(json, "symbols");
    tw_json_integer(json, (int64_t)l->n_symbols);
    tw_json_key(json, "fallbacks");
    tw_json_integer(json, (int64_t)l->fallbacks);
    tw_json_object_end(json);
    (void)pthread_mutex_unlock(&l->lock);
}

void tw_live_close(tw_live *l, bool forget)
{
    if (!l) return;
    if (!forget && l->snapshot_every > 0 && l->bars != l->snapshot_bars) snapshot(l);
    tw_journal_close(&l->journal);
    if (forget && l->folder) {
        remove_files(l);
        (void)rmdir(l->folder);
    }
    tw_scorer_free(l->scorer);
    tw_free(l->ctx, l->values);
    tw_free(l->ctx, l->view);
    tw_free(l->ctx, l->score);
    tw_free(l->ctx, l->forming);
    tw_free(l->ctx, l->taken);
    tw_free(l->ctx, l->name);
    tw_free(l->ctx, l->folder);
    (void)pthread_mutex_destroy(&l->lock);
    tw_free(l->ctx, l);
}

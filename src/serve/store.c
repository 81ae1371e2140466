/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - the folder of a session: "symbols" (one a line; without it there is no session), "snapshot" (a saved
 * replica) and a chain of journals, "journal-<bars before its first>", the first of which begins where the snapshot
 * ends.
 *
 * A snapshot is tens of megabytes, far too much for the time a bar may take. So when one is due only a new journal is
 * begun; a thread makes a replica from the files, as a restart would, writes it, and removes the journals that it
 * holds. Between any two instructions the files give one and the same session. */
#include "serve/serve_impl.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char journal_prefix[] = "journal-";

/* path = folder/name. */
static tw_status path_of(const tw_store *s, const char *name, tw_buf *path, tw_error *err)
{
    path->length = 0;
    tw_buf_printf(path, "%s/%s", s->folder, name);
    return tw_buf_check(path, err);
}

static tw_status journal_path(const tw_store *s, uint64_t bars, tw_buf *path, tw_error *err)
{
    char name[48];
    (void)snprintf(name, sizeof name, "%s%" PRIu64, journal_prefix, bars);
    return path_of(s, name, path, err);
}

bool tw_store_exists(const tw_ctx *ctx, const char *folder)
{
    tw_buf path;
    tw_buf_init(&path, ctx);
    tw_buf_printf(&path, "%s/symbols", folder);
    const bool exists = !path.failed && access(path.data, R_OK) == 0;
    tw_buf_clear(&path);
    return exists;
}

/* ---------------------------------------------------------------- files that are of no use any more */

static bool starts(const char *name, const char *prefix) { return !strncmp(name, prefix, strlen(prefix)); }

static bool is_ours(const tw_store *s, const char *name)
{
    (void)s;
    return starts(name, journal_prefix) || starts(name, "snapshot") || starts(name, "symbols");
}

/* What a crash left in the making, and journals outside the chain: those that the snapshot holds, and those beyond a
 * bar that a power cut took. */
static bool is_stale(const tw_store *s, const char *name)
{
    if (starts(name, "snapshot.tmp-") || starts(name, "symbols.tmp-")) return true;
    if (!starts(name, journal_prefix)) return false;
    const uint64_t bars = strtoull(name + strlen(journal_prefix), NULL, 10);
    return bars < s->snapshot_bars || bars > s->journal_bars;
}

static void remove_files(const tw_store *s, bool (*doomed)(const tw_store *s, const char *name))
{
    DIR *dir = opendir(s->folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (doomed(s, e->d_name)) (void)unlinkat(dirfd(dir), e->d_name, 0);
    if (dir) (void)closedir(dir);
}

/* `symbols` first: what an end in the middle leaves is no session. */
static void remove_session(const tw_store *s)
{
    tw_buf path;
    tw_buf_init(&path, s->ctx);
    if (path_of(s, "symbols", &path, NULL) == TW_OK) (void)unlink(path.data);
    tw_buf_clear(&path);
    remove_files(s, is_ours);
}

/* ---------------------------------------------------------------- symbols */

static tw_status write_symbols(const tw_store *s, const tw_names *symbols, const char *path, tw_error *err)
{
    tw_buf text;
    tw_buf_init(&text, s->ctx);
    for (size_t i = 0; i < symbols->n; i++) tw_buf_printf(&text, "%s\n", symbols->name[i]);
    tw_status status = tw_buf_check(&text, err);
    if (status == TW_OK) status = tw_file_write(path, text.data, text.length, err);
    tw_buf_clear(&text);
    return status;
}

/* Splits the text in place into lines. */
static tw_status split_lines(const tw_ctx *ctx, char *text, tw_names *lines, tw_error *err)
{
    size_t room = 1;
    for (const char *c = text; *c; c++) room += *c == '\n';
    const char **line = tw_new(ctx, room, sizeof *line);
    if (!line) return tw_no_memory(err, "symbols of a session");
    *lines = (tw_names){.name = line};
    for (char *at = text; *at;) {
        char *end = strchr(at, '\n');
        if (end) *end = '\0';
        line[lines->n++] = at;
        if (!end) break;
        at = end + 1;
    }
    return TW_OK;
}

/* A replica that has seen nothing yet, of the symbols on file. */
static tw_status replica_of(const tw_ctx *ctx, const tw_bundle *bundle, const char *symbols_path, tw_replica *replica,
                            tw_error *err)
{
    char *text = NULL;
    size_t length = 0;
    tw_names lines = {0};
    TW_TRY(tw_file_read(ctx, symbols_path, &text, &length, err));
    tw_status status = split_lines(ctx, text, &lines, err);
    if (status == TW_OK) status = tw_replica_init(ctx, bundle, &lines, replica, err);
    tw_free(ctx, (void *)(uintptr_t)lines.name);
    tw_free(ctx, text);
    return status;
}

static tw_status open_replica(const tw_store *s, const tw_names *symbols, tw_buf *path, tw_replica *replica,
                              tw_error *err)
{
    TW_TRY(path_of(s, "symbols", path, err));
    if (access(path->data, F_OK) == 0) return replica_of(s->ctx, s->bundle, path->data, replica, err);
    remove_session(s); /* whose removal did not get to its end */
    TW_TRY(tw_replica_init(s->ctx, s->bundle, symbols, replica, err));
    size_t n = 0;
    const char *const *names = tw_scorer_symbols(replica->scorer, &n);
    return write_symbols(s, &(tw_names){names, n}, path->data, err);
}

/* ---------------------------------------------------------------- replaying */

/* Who replays, and how far. */
typedef struct replay {
    tw_replica *replica;
    const _Atomic bool *stop; /* NULL: never */
} replay;

static tw_status replay_bar(void *arg, int64_t time_ns, const double *values, tw_error *err)
{
    const replay *r = arg;
    if (r->stop && *r->stop) return tw_fail(err, TW_CANCELLED, "the session ends");
    memcpy(r->replica->values, values, r->replica->n_columns * r->replica->n_lanes * sizeof *values);
    return tw_replica_bar(r->replica, time_ns, err);
}

/* What was replayed: the snapshot's bars, and the last journal, by name and by bytes of its whole records. */
typedef struct chain {
    uint64_t first, last, length;
} chain;

/* Snapshot, then each journal that begins where the last one ended, as long as there are fewer than `until` bars. */
static tw_status rebuild(const tw_store *s, replay *r, uint64_t until, tw_buf *path, chain *c, tw_error *err)
{
    tw_replica *replica = r->replica;
    const tw_journal_taker taker = {.n_values = replica->n_columns * replica->n_lanes, .take = replay_bar, .arg = r};
    TW_TRY(path_of(s, "snapshot", path, err));
    if (access(path->data, F_OK) == 0) TW_TRY(tw_replica_load(replica, path->data, err));
    *c = (chain){.first = replica->bars, .last = replica->bars};
    while (replica->bars < until) {
        TW_TRY(journal_path(s, replica->bars, path, err));
        if (access(path->data, F_OK) != 0) return TW_OK;
        c->last = replica->bars;
        TW_TRY(tw_journal_replay(s->ctx, path->data, &taker, &c->length, err));
        if (replica->bars == c->last) return TW_OK; /* an empty one is the last */
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- snapshots in the background */

/* Writes a replica that is where the open journal begins, and removes the journals that it holds. */
static void write_snapshot(tw_store *s, const tw_replica *replica)
{
    tw_buf path;
    tw_buf_init(&path, s->ctx);
    tw_status status = path_of(s, "snapshot", &path, NULL);
    if (status == TW_OK) status = tw_replica_save(replica, path.data, NULL);
    tw_buf_clear(&path);
    if (status != TW_OK) return;
    s->snapshot_bars = replica->bars;
    remove_files(s, is_stale);
}

/* Whatever fails here costs nothing but a longer chain, which the next one takes up. */
static void *write_in_background(void *arg)
{
    tw_store *s = arg;
    const tw_ctx alone = {.alloc = s->ctx->alloc,
                          .isa = s->ctx->isa}; /* the pool is for bars that somebody waits for */
    tw_replica replica = {.ctx = &alone};
    replay r = {.replica = &replica, .stop = &s->stop};
    chain c;
    tw_buf path;
    tw_buf_init(&path, s->ctx);
    tw_status status = path_of(s, "symbols", &path, NULL);
    if (status == TW_OK) status = replica_of(&alone, s->bundle, path.data, &replica, NULL);
    if (status == TW_OK) status = rebuild(s, &r, s->journal_bars, &path, &c, NULL);
    if (status == TW_OK && replica.bars == s->journal_bars && !s->stop) write_snapshot(s, &replica);
    tw_replica_clear(&replica);
    tw_buf_clear(&path);
    s->done = true;
    return NULL;
}

/* Joins the thread when it is done, or when `wait`. */
static void reap(tw_store *s, bool wait)
{
    if (!s->writing || (!wait && !s->done)) return;
    (void)pthread_join(s->writer, NULL);
    s->writing = false;
}

static tw_status begin_journal(tw_store *s, uint64_t bars)
{
    tw_buf path;
    tw_journal journal = {.fd = -1};
    tw_buf_init(&path, s->ctx);
    tw_status status = journal_path(s, bars, &path, NULL);
    if (status == TW_OK) status = tw_journal_start(path.data, s->fsync, &journal, NULL);
    tw_buf_clear(&path);
    if (status != TW_OK) return status;
    tw_journal_close(&s->journal);
    s->journal = journal;
    s->journal_bars = bars;
    return TW_OK;
}

void tw_store_check_due(tw_store *s, uint64_t bars)
{
    reap(s, false);
    if (s->snapshot_every <= 0 || s->writing || bars - s->journal_bars < (uint64_t)s->snapshot_every) return;
    if (begin_journal(s, bars) != TW_OK) return;
    s->done = false;
    s->writing = pthread_create(&s->writer, NULL, write_in_background, s) == 0;
}

/* ---------------------------------------------------------------- opening and closing */

static tw_status restore(tw_store *s, const tw_names *symbols, tw_buf *path, tw_replica *replica, tw_error *err)
{
    chain c;
    replay r = {.replica = replica};
    TW_TRY(open_replica(s, symbols, path, replica, err));
    TW_TRY(rebuild(s, &r, UINT64_MAX, path, &c, err));
    s->snapshot_bars = c.first;
    s->journal_bars = c.last;
    TW_TRY(journal_path(s, c.last, path, err));
    TW_TRY(tw_journal_append(path->data, c.length, s->fsync, &s->journal, err));
    remove_files(s, is_stale);
    return TW_OK;
}

tw_status tw_store_open(tw_store *s, const tw_names *symbols, tw_replica *replica, tw_error *err)
{
    tw_buf path;
    tw_buf_init(&path, s->ctx);
    s->journal.fd = -1;
    tw_status status = tw_folder_make(s->folder, err);
    if (status == TW_OK) status = restore(s, symbols, &path, replica, err);
    tw_buf_clear(&path);
    return status;
}

void tw_store_close(tw_store *s, const tw_replica *replica, bool forget)
{
    s->stop = true;
    reap(s, true);
    const bool save = !forget && s->journal.fd >= 0 && s->snapshot_every > 0 && replica->bars != s->snapshot_bars;
    if (save && begin_journal(s, replica->bars) == TW_OK) write_snapshot(s, replica);
    tw_journal_close(&s->journal);
    if (!forget) return;
    remove_session(s);
    (void)rmdir(s->folder);
}

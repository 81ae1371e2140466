/* SPDX-License-Identifier: Apache-2.0 */
/* serve_impl.h - what the files of this folder share: sessions, bars read from a request, answers. */
#ifndef TW_SERVE_IMPL_H
#define TW_SERVE_IMPL_H

#include "tradewind/io.h"
#include "tradewind/serve.h"
#include "tradewind/track.h"

#include <pthread.h>

/* ---------------------------------------------------------------- bars of a request */

/* Bars read from a body, grouped by time: rows [first[i], first[i+1]) have time[i]. value[row * n_columns + c] as the
 * bundle's columns. */
typedef struct tw_bars {
    tw_arena arena;
    const tw_bundle *bundle;
    size_t n_rows, room, n_columns;
    int64_t *time;
    const char **symbol;
    double *value;
} tw_bars;

/* Reads long-form CSV (time,symbol,columns) or JSON ({"bars": [{time, symbol, ...}]}, or an MLflow form) by
 * `content_type`. Times must not descend. Missing columns and null are NaN. */
tw_status tw_bars_read(const tw_ctx *ctx, const tw_bundle *bundle, const char *content_type, const char *body,
                       size_t length, tw_bars *bars, tw_error *err);
void tw_bars_clear(tw_bars *bars);
/* First row after `row` with another time. */
size_t tw_bars_next_time(const tw_bars *bars, size_t row);

/* ---------------------------------------------------------------- journal
 * Bars taken since the last snapshot, so that a session survives the end of the process at any instant. */

typedef struct tw_journal {
    int fd; /* -1: none */
    bool fsync;
    uint64_t length; /* of its whole records */
} tw_journal;

/* Starts an empty journal file. */
tw_status tw_journal_start(const char *path, bool fsync, tw_journal *journal, tw_error *err);
/* Appends one record; on TW_OK it outlasts this process. */
tw_status tw_journal_add(tw_journal *journal, int64_t time_ns, const double *values, size_t n, tw_error *err);
/* Who takes the records of a journal: values[n_values] of each time. */
typedef struct tw_journal_taker {
    size_t n_values;
    tw_status (*take)(void *arg, int64_t time_ns, const double *values, tw_error *err);
    void *arg;
} tw_journal_taker;

/* Hands each whole record of a journal file over, up to a torn one, which was never acknowledged; *length: their bytes.
 */
tw_status tw_journal_replay(const tw_ctx *ctx, const char *path, const tw_journal_taker *taker, uint64_t *length,
                            tw_error *err);
/* Opens a journal file, made when missing, for appending behind its first `length` bytes; what is behind is cut off. */
tw_status tw_journal_append(const char *path, uint64_t length, bool fsync, tw_journal *journal, tw_error *err);
void tw_journal_close(tw_journal *journal);

/* ---------------------------------------------------------------- replica
 * What the bars of a session lead to. The same bars give the same bits in each. */

typedef struct tw_names {
    const char *const *name; /* NULL: the bundle's */
    size_t n;
} tw_names;

typedef struct tw_replica {
    const tw_ctx *ctx;
    const tw_bundle *bundle;
    tw_scorer *scorer;
    size_t n_symbols, n_lanes, n_columns;
    double *values; /* [column][lane] of the bar at hand */
    const double **view;
    double *score; /* of the last bar */
    bool used_fallback;
    bool failed; /* every model failed on the last bar: no scores */
    uint64_t bars, fallbacks;
} tw_replica;

/* A replica that has seen nothing; to be cleared even when this fails. */
tw_status tw_replica_init(const tw_ctx *ctx, const tw_bundle *bundle, const tw_names *symbols, tw_replica *replica,
                          tw_error *err);
void tw_replica_clear(tw_replica *replica);
/* Takes the bar in `values`. One on which every model failed is taken all the same. */
tw_status tw_replica_bar(tw_replica *replica, int64_t time_ns, tw_error *err);
/* Writes everything to a file, and reads it back. */
tw_status tw_replica_save(const tw_replica *replica, const char *path, tw_error *err);
tw_status tw_replica_load(tw_replica *replica, const char *path, tw_error *err);

/* ---------------------------------------------------------------- store
 * The folder of a session, from which a replica can be made anew at any instant. */

typedef struct tw_store {
    const tw_ctx *ctx;
    const tw_bundle *bundle;
    char *folder;
    int snapshot_every; /* bars; 0: never */
    bool fsync;
    tw_journal journal;
    uint64_t snapshot_bars, journal_bars; /* bars in the snapshot; bars before the first of the open journal */
    pthread_t writer;                     /* of a snapshot, from the files; while it runs journal_bars stays */
    bool writing;
    _Atomic bool done, stop;
} tw_store;

/* True when the folder holds a session. */
bool tw_store_exists(const tw_ctx *ctx, const char *folder);
/* Brings the replica to where the folder's files are, or makes a session of these symbols there; ctx, bundle, folder,
 * snapshot_every and fsync are set. To be closed even when this fails. */
tw_status tw_store_open(tw_store *store, const tw_names *symbols, tw_replica *replica, tw_error *err);
/* After each bar: begins a snapshot in the background when one is due. */
void tw_store_check_due(tw_store *store, uint64_t bars);
/* Writes a last snapshot (best effort: the journals have all); `forget` removes the folder instead. */
void tw_store_close(tw_store *store, const tw_replica *replica, bool forget);

/* ---------------------------------------------------------------- sessions */

typedef struct tw_live tw_live;

/* A live session of a bundle. Calls lock; any thread may call. */
struct tw_live {
    const tw_ctx *ctx;
    char *name;
    pthread_mutex_t lock;
    tw_replica replica;
    tw_store store;
    double *forming; /* [lane] scores of a peek */
    bool *taken;     /* [lane] its bar of this time has been seen */
    size_t users;    /* requests in it; under the server's lock, as are the next two */
    bool ending;     /* to be removed when the last user has left */
    tw_live *next;
};

/* What a session is opened from. */
typedef struct tw_live_spec {
    const tw_bundle *bundle;
    const char *state, *name;
    tw_names symbols;
    const tw_serve_options *options;
} tw_live_spec;

/* True when the folder state/name holds a session. */
bool tw_live_exists(const tw_ctx *ctx, const char *state, const char *name);
/* Makes a session in its folder, or opens the one that is there. */
tw_status tw_live_open(const tw_ctx *ctx, const tw_live_spec *spec, tw_live **live, tw_error *err);
/* Takes the bars of a request, one time after another; *taken counts times. */
tw_status tw_live_take(tw_live *live, const tw_bars *bars, size_t *taken, tw_error *err);
/* Scores the first time of `bars` as a forming bar and writes {"time", "scores"} as JSON. */
tw_status tw_live_peek(tw_live *live, const tw_bars *bars, tw_json *json, tw_error *err);
/* Writes {"session", "time", "bars", "fallback", "scores": {symbol: score or null}}. */
void tw_live_scores(tw_live *live, tw_json *json);
/* Writes {"session", "time", "bars", "symbols", "fallbacks"}. */
void tw_live_status(tw_live *live, tw_json *json);
/* Snapshots (best effort: the journal has all) and frees. `forget` removes its folder instead. */
void tw_live_close(tw_live *live, bool forget);

/* Stateless: scores every row of `bars` from nothing, in a scorer of its own; writes the array of predictions, in row
 * order. */
tw_status tw_invoke(const tw_server *server, const tw_bars *bars, tw_json *json, tw_buf *csv, tw_error *err);

/* ---------------------------------------------------------------- requests */

struct tw_server {
    tw_ctx ctx;
    tw_bundle *bundle;
    char *state;
    tw_serve_options options;
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock; /* of the list and of its sessions' users */
    pthread_cond_t left;  /* a session has one user less */
    tw_live *sessions;
    int folder_lock;
    _Atomic size_t requests; /* being read, answered or sent */
    _Atomic bool draining;   /* each answer is the last of its connection */
};

/* A request with its whole body, and its answer in the making. */
typedef struct tw_request {
    tw_server *server;
    const char *method, *path, *content_type, *accept;
    tw_buf body;
    bool too_large;
    unsigned status;
    const char *type;
    tw_buf answer;
} tw_request;

/* Fills status, type and answer of a request. */
void tw_route(tw_request *request);

#endif

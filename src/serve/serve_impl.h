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

/* Hands each whole record of a journal file over; a torn last record, which was never acknowledged, is cut off. The
 * journal is then open for appending. */
tw_status tw_journal_replay(const tw_ctx *ctx, const char *path, const tw_journal_taker *taker, tw_journal *journal,
                            tw_error *err);
void tw_journal_close(tw_journal *journal);

/* ---------------------------------------------------------------- sessions */

typedef struct tw_live tw_live;

/* A live session of a bundle. Calls lock; any thread may call. */
struct tw_live {
    const tw_ctx *ctx;
    const tw_bundle *bundle;
    char *name, *folder;
    pthread_mutex_t lock;
    tw_scorer *scorer;
    tw_journal journal;
    size_t n_symbols, n_lanes, n_columns;
    double *values; /* [column][lane] of the bar at hand */
    const double **view;
    double *score, *forming; /* of the last bar; of a peek */
    bool *taken;             /* [lane] its bar of this time has been seen */
    bool used_fallback, fsync;
    bool failed; /* every model failed on the last bar: no scores */
    uint64_t bars, snapshot_bars, fallbacks;
    int snapshot_every;
    size_t users; /* requests in it; under the server's lock, as are the next two */
    bool ending;  /* to be removed when the last user has left */
    tw_live *next;
};

/* What a session is opened from; symbols NULL: the bundle's. */
typedef struct tw_live_spec {
    const tw_bundle *bundle;
    const char *state, *name;
    const char *const *symbols;
    size_t n_symbols;
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

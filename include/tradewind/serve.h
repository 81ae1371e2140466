/* SPDX-License-Identifier: Apache-2.0 */
/** @file serve.h
 * Floor 5: the server: a bundle behind HTTP, with live sessions that survive a crash to the bit. Routes:
 * docs/reference/server.md.
 */
#ifndef TRADEWIND_SERVE_H
#define TRADEWIND_SERVE_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How to serve; the table is tw_serve_params. */
typedef struct tw_serve_options {
    char address[TW_TEXT_MAX]; /* to bind */
    int port;                  /* 0: any free one */
    int threads;               /* that answer requests */
    int snapshot_every;        /* bars between snapshots of a session */
    int max_body_mib;          /* largest request body */
    int max_symbols;           /* most symbols of a session or an invocation */
    int drain_seconds;         /* at the end: how long requests under way may take */
    bool fsync;                /* bars survive a power cut, not only the end of the process */
} tw_serve_options;

/** Table of tw_serve_options, for tw_params_parse. */
TW_API const tw_param *tw_serve_params(void);

typedef struct tw_server tw_server;

/** Opens a bundle and starts to answer in threads of its own. `state` is the folder of live sessions (made when
 * missing): sessions found there go on where they were. It is held against other processes (BAD_STATE). */
TW_API tw_status tw_server_start(const tw_ctx *ctx, const char *bundle, const char *state,
                                 const tw_serve_options *options, tw_server **server, tw_error *err);
/** Port it listens on. */
TW_API int tw_server_port(const tw_server *server);
/** Stops accepting, finishes what runs (for at most drain_seconds), snapshots every session, frees all. NULL is fine.
 */
TW_API void tw_server_stop(tw_server *server);

#ifdef __cplusplus
}
#endif
#endif

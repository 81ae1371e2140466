/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - libmicrohttpd in front of the routes: bodies are collected whole, answers leave in one piece. */
#include "serve/serve_impl.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const tw_param serve_params[] = {
    TW_PARAM_TEXT(tw_serve_options, address, "127.0.0.1", NULL, "address to bind; 0.0.0.0 for all"),
    TW_PARAM(tw_serve_options, port, 8080, 0, 65535, "port; 0 takes any free one"),
    TW_PARAM(tw_serve_options, threads, 2, 1, 256, "threads that answer requests"),
    TW_PARAM(tw_serve_options, snapshot_every, 512, 0, 1000000,
             "bars between snapshots of a session; 0 only the journal"),
    TW_PARAM(tw_serve_options, max_body_mib, 64, 1, 4096, "largest request body, MiB"),
    TW_PARAM(tw_serve_options, max_symbols, 20000, 1, 1000000, "most symbols of a session or an invocation"),
    TW_PARAM(tw_serve_options, drain_seconds, 10, 0, 3600, "at the end: how long requests under way may take"),
    TW_PARAM(tw_serve_options, fsync, false, 0, 1, "flush each bar to the disk before it is acknowledged"),
    TW_PARAM_END,
};

const tw_param *tw_serve_params(void) { return serve_params; }

static enum MHD_Result send_answer(struct MHD_Connection *connection, tw_request *r)
{
    static const char no_memory[] = "{\"error_code\":\"NO_MEMORY\",\"message\":\"out of memory\"}";
    struct MHD_Response *response;
    if (r->answer.failed) {
        r->status = 507;
        response =
            MHD_create_response_from_buffer(sizeof no_memory - 1, (void *)(uintptr_t)no_memory, MHD_RESPMEM_PERSISTENT);
    } else {
        response = MHD_create_response_from_buffer(r->answer.length, r->answer.data, MHD_RESPMEM_MUST_COPY);
    }
    if (!response) return MHD_NO;
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
    if (r->server->draining) (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    const enum MHD_Result result = MHD_queue_response(connection, r->status, response);
    MHD_destroy_response(response);
    return result;
}

/* First call of a request: its method and headers are known, its body is not. */
static tw_request *new_request(tw_server *server, struct MHD_Connection *connection)
{
    tw_request *r = tw_new(&server->ctx, 1, sizeof *r);
    if (!r) return NULL;
    r->server = server;
    server->requests++;
    r->content_type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
    r->accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
    tw_buf_init(&r->body, &server->ctx);
    tw_buf_init(&r->answer, &server->ctx);
    return r;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *http, const char *upload, size_t *upload_size, void **state)
{
    (void)http;
    tw_request *r = *state;
    if (!r) {
        *state = new_request(arg, connection);
        return *state ? MHD_YES : MHD_NO;
    }
    if (*upload_size) {
        const size_t bound = (size_t)r->server->options.max_body_mib << 20;
        r->too_large |= r->body.length + *upload_size > bound;
        if (!r->too_large) tw_buf_add(&r->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    r->method = method;
    r->path = url;
    tw_route(r);
    return send_answer(connection, r);
}

static void on_done(void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    (void)connection;
    (void)why;
    tw_server *server = arg;
    tw_request *r = *state;
    if (!r) return;
    tw_buf_clear(&r->body);
    tw_buf_clear(&r->answer);
    tw_free(&server->ctx, r);
    *state = NULL;
    server->requests--;
}

/* Sessions of an earlier process go on where they were. */
static tw_status reopen_sessions(tw_server *s, tw_error *err)
{
    DIR *dir = opendir(s->state);
    tw_status status = TW_OK;
    for (struct dirent *e; dir && status == TW_OK && (e = readdir(dir));) {
        if (e->d_name[0] == '.' || !tw_live_exists(&s->ctx, s->state, e->d_name)) continue;
        tw_live *live = NULL;
        const tw_live_spec spec = {.bundle = s->bundle, .state = s->state, .name = e->d_name, .options = &s->options};
        status = tw_live_open(&s->ctx, &spec, &live, err);
        if (status == TW_OK) live->next = s->sessions, s->sessions = live;
    }
    if (dir) (void)closedir(dir);
    return status;
}

static tw_status listen_at(tw_server *s, tw_error *err)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->options.port)};
    if (inet_pton(AF_INET, s->options.address, &at.sin_addr) != 1)
        return tw_fail(err, TW_BAD_VALUE, "address must be an IPv4 address, got '%s'", s->options.address);
    s->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)s->options.port, NULL, NULL, on_request, s,
                                 MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at, MHD_OPTION_THREAD_POOL_SIZE,
                                 (unsigned)s->options.threads, MHD_OPTION_NOTIFY_COMPLETED, on_done, s,
                                 MHD_OPTION_CONNECTION_TIMEOUT, 60U, MHD_OPTION_END);
    if (s->daemon) return TW_OK;
    return tw_fail(err, TW_IO_FAILED, "cannot listen at %s:%d (in use, or not allowed)", s->options.address,
                   s->options.port);
}

tw_status tw_server_start(const tw_ctx *ctx, const char *bundle, const char *state, const tw_serve_options *options,
                          tw_server **server, tw_error *err)
{
    tw_server *s = tw_new(ctx, 1, sizeof *s);
    if (!s) return tw_no_memory(err, "a server");
    if (ctx) s->ctx = *ctx;
    s->ctx.progress = NULL;
    s->options = *options;
    s->folder_lock = -1;
    (void)pthread_mutex_init(&s->lock, NULL);
    (void)pthread_cond_init(&s->left, NULL);
    s->state = tw_text_copy(ctx, state);
    tw_status status = s->state ? tw_folder_make(state, err) : tw_no_memory(err, "a server");
    if (status == TW_OK) status = tw_folder_lock(&s->ctx, state, &s->folder_lock, err);
    if (status == TW_OK) status = tw_bundle_open(&s->ctx, bundle, &s->bundle, err);
    if (status == TW_OK) status = reopen_sessions(s, err);
    if (status == TW_OK) status = listen_at(s, err);
    if (status != TW_OK) {
        tw_server_stop(s);
        return status;
    }
    *server = s;
    return TW_OK;
}

int tw_server_port(const tw_server *server)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

/* No new connections; those that are there get the answers of the requests they have begun, and are closed. */
static void drain(tw_server *s)
{
    enum { POLL_MS = 5 };
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000};
    const int64_t end = tw_clock_ns() + s->options.drain_seconds * TW_NS_PER_SECOND;
    s->draining = true;
    const MHD_socket listener = MHD_quiesce_daemon(s->daemon);
    while (s->requests && tw_clock_ns() < end) (void)nanosleep(&pause, NULL);
    MHD_stop_daemon(s->daemon);
    if (listener != MHD_INVALID_SOCKET) (void)close(listener);
}

void tw_server_stop(tw_server *server)
{
    if (!server) return;
    const tw_ctx ctx = server->ctx;
    if (server->daemon) drain(server);
    while (server->sessions) {
        tw_live *l = server->sessions;
        server->sessions = l->next;
        tw_live_close(l, false);
    }
    tw_bundle_close(server->bundle);
    tw_folder_unlock(server->folder_lock);
    tw_free(&ctx, server->state);
    (void)pthread_cond_destroy(&server->left);
    (void)pthread_mutex_destroy(&server->lock);
    tw_free(&ctx, server);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* route.c - which request is answered by what. Routes are docs/reference/server.md. */
#include "serve/serve_impl.h"

#include <stdio.h>
#include <string.h>

static void json_start(tw_request *r, tw_json *json)
{
    r->status = 200;
    r->type = "application/json";
    r->answer.length = 0;
    tw_json_init(json, &r->answer, false);
}

/* Errors in the form of MLflow's scoring server. */
static void answer_error(tw_request *r, unsigned status, const char *code, const char *message)
{
    tw_json json;
    json_start(r, &json);
    r->status = status;
    tw_json_object(&json);
    tw_json_key(&json, "error_code");
    tw_json_text(&json, code);
    tw_json_key(&json, "message");
    tw_json_text(&json, message);
    tw_json_object_end(&json);
}

static void answer_failure(tw_request *r, tw_status status, const tw_error *err)
{
    const struct {
        tw_status status;
        unsigned http;
    } map[] = {{TW_BAD_VALUE, 400},   {TW_BAD_NAME, 400},  {TW_BAD_SYNTAX, 400},
               {TW_BAD_DATA, 400},    {TW_NOT_FOUND, 404}, {TW_EXISTS, 409},
               {TW_UNSUPPORTED, 415}, {TW_TOO_LARGE, 413}, {TW_NO_MEMORY, 507}};
    unsigned http = 500;
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        if (map[i].status == status) http = map[i].http;
    answer_error(r, http, tw_status_name(status), err->message[0] ? err->message : tw_status_text(status));
}

static void answer_text(tw_request *r, const char *text)
{
    r->status = 200;
    r->type = "text/plain";
    tw_buf_text(&r->answer, text);
}

static tw_status read_bars(tw_request *r, tw_bars *bars, tw_error *err)
{
    return tw_bars_read(&r->server->ctx, r->server->bundle, r->content_type, r->body.data, r->body.length, bars, err);
}

/* ---------------------------------------------------------------- plain routes */

static tw_status ping(tw_request *r, const char *rest, tw_error *err)
{
    (void)rest;
    (void)err;
    answer_text(r, "\n");
    return TW_OK;
}

static tw_status version(tw_request *r, const char *rest, tw_error *err)
{
    (void)rest;
    (void)err;
    answer_text(r, tw_version());
    return TW_OK;
}

static tw_status about(tw_request *r, const char *rest, tw_error *err)
{
    (void)rest;
    (void)err;
    tw_json json;
    json_start(r, &json);
    tw_bundle_describe(r->server->bundle, &json);
    return TW_OK;
}

static bool wants_csv(const tw_request *r)
{
    if (r->accept && strstr(r->accept, "text/csv")) return true;
    if (r->accept && strstr(r->accept, "application/json")) return false;
    return r->content_type && !strncmp(r->content_type, "text/csv", 8);
}

static tw_status invocations(tw_request *r, const char *rest, tw_error *err)
{
    (void)rest;
    tw_bars bars;
    tw_json json;
    const bool csv = wants_csv(r);
    TW_TRY(read_bars(r, &bars, err));
    json_start(r, &json);
    if (csv) {
        r->type = "text/csv";
    } else {
        tw_json_object(&json);
        tw_json_key(&json, "predictions");
        tw_json_array(&json);
    }
    const tw_status status = tw_invoke(r->server, &bars, csv ? NULL : &json, csv ? &r->answer : NULL, err);
    if (!csv) {
        tw_json_array_end(&json);
        tw_json_object_end(&json);
    }
    tw_bars_clear(&bars);
    return status;
}

/* ---------------------------------------------------------------- sessions */

enum { MAX_NAME = 64 };

/* "NAME" or "NAME/verb" after /v1/sessions/. Names become folder names, so they are letters, digits, '-', '_' and inner
 * dots. */
static tw_status split_session(const char *rest, char name[MAX_NAME + 1], const char **verb, tw_error *err)
{
    const size_t length = strcspn(rest, "/");
    const size_t good = strspn(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
    if (!length || length > MAX_NAME || good < length || rest[0] == '.')
        return tw_fail(err, TW_BAD_VALUE,
                       "a session name has 1 to %d letters, digits, '-', '_' or '.' (not first), got '%.*s'", MAX_NAME,
                       (int)(length < 80 ? length : 80), rest);
    memcpy(name, rest, length);
    name[length] = '\0';
    *verb = rest[length] ? rest + length + 1 : "";
    return TW_OK;
}

static tw_live *find_session(tw_server *server, const char *name)
{
    tw_live *l = server->sessions;
    while (l && strcmp(l->name, name) != 0) l = l->next;
    return l;
}

/* Sessions are opened under the lock of the list: two first requests of one name must not open it twice. */
static tw_status open_session(tw_server *s, const char *name, const tw_names *symbols, tw_error *err)
{
    tw_live *live = NULL;
    const tw_live_spec spec = {
        .bundle = s->bundle, .state = s->state, .name = name, .symbols = *symbols, .options = &s->options};
    if (symbols->n > (size_t)s->options.max_symbols)
        return tw_fail(err, TW_TOO_LARGE, "%zu symbols, at most %d are allowed (max_symbols)", symbols->n,
                       s->options.max_symbols);
    TW_TRY(tw_live_open(&s->ctx, &spec, &live, err));
    live->next = s->sessions;
    s->sessions = live;
    return TW_OK;
}

/* Finds a session (or makes it) and counts as a user of it, so that nobody deletes it meanwhile: leave_session ends
 * that (when TW_OK). */
static tw_status enter_session(tw_server *s, const char *name, bool make, tw_live **live, tw_error *err)
{
    tw_status status = TW_OK;
    (void)pthread_mutex_lock(&s->lock);
    *live = find_session(s, name);
    if (!*live && make) {
        status = open_session(s, name, &(tw_names){0}, err);
        *live = find_session(s, name);
    }
    const bool ending = *live && (*live)->ending;
    if (*live && !ending) (*live)->users++;
    (void)pthread_mutex_unlock(&s->lock);
    if (ending) return tw_fail(err, TW_NOT_FOUND, "session '%s' is being deleted", name);
    if (status != TW_OK || *live) return status;
    return tw_fail(err, TW_NOT_FOUND, "no session '%s'", name);
}

static void leave_session(tw_server *s, tw_live *live)
{
    (void)pthread_mutex_lock(&s->lock);
    live->users--;
    (void)pthread_cond_broadcast(&s->left);
    (void)pthread_mutex_unlock(&s->lock);
}

static tw_status post_bars(tw_request *r, const char *name, tw_error *err)
{
    tw_live *live;
    tw_bars bars;
    size_t taken = 0;
    TW_TRY(read_bars(r, &bars, err));
    tw_status status = enter_session(r->server, name, true, &live, err);
    if (status == TW_OK) {
        status = tw_live_take(live, &bars, &taken, err);
        if (status == TW_OK) {
            tw_json json;
            json_start(r, &json);
            tw_live_status(live, &json);
        }
        leave_session(r->server, live);
    }
    tw_bars_clear(&bars);
    return status != TW_OK && taken ? tw_fail_in(err, status, "after %zu times were taken", taken) : status;
}

static tw_status post_peek(tw_request *r, const char *name, tw_error *err)
{
    tw_live *live;
    tw_bars bars;
    TW_TRY(read_bars(r, &bars, err));
    tw_status status = enter_session(r->server, name, false, &live, err);
    if (status == TW_OK) {
        tw_json json;
        json_start(r, &json);
        status = tw_live_peek(live, &bars, &json, err);
        leave_session(r->server, live);
    }
    tw_bars_clear(&bars);
    return status;
}

/* A GET of a session: what `write` says of it. */
static tw_status get_by(tw_request *r, const char *name, void (*write)(tw_live *live, tw_json *json), tw_error *err)
{
    tw_live *live;
    tw_json json;
    TW_TRY(enter_session(r->server, name, false, &live, err));
    json_start(r, &json);
    write(live, &json);
    leave_session(r->server, live);
    return TW_OK;
}

static tw_status get_scores(tw_request *r, const char *name, tw_error *err)
{
    return get_by(r, name, tw_live_scores, err);
}
static tw_status get_session(tw_request *r, const char *name, tw_error *err)
{
    return get_by(r, name, tw_live_status, err);
}

static tw_status symbols_of(const tw_node *list, tw_arena *arena, tw_names *symbols, tw_error *err)
{
    if (!list || list->kind != TW_NODE_LIST || !list->n_children)
        return tw_fail(err, TW_BAD_DATA, "'symbols' must be a list of names");
    const char **name = tw_arena_new(arena, list->n_children, sizeof *name);
    if (!name) return tw_no_memory(err, "symbols of a session");
    *symbols = (tw_names){.name = name};
    for (const tw_node *c = list->first; c; c = c->next) {
        if (c->kind != TW_NODE_TEXT || !c->text[0] || strpbrk(c->text, "\n\r"))
            return tw_fail(err, TW_BAD_DATA, "a symbol must be text on one line");
        name[symbols->n++] = c->text;
    }
    return TW_OK;
}

/* PUT {"symbols": [...]} makes a session over symbols of one's own. */
static tw_status put_session(tw_request *r, const char *name, tw_error *err)
{
    tw_server *s = r->server;
    tw_doc *doc = NULL;
    tw_arena arena;
    tw_names symbols = {0};
    tw_arena_init(&arena, &s->ctx);
    tw_status status = tw_doc_parse_json(&s->ctx, r->body.data ? r->body.data : "", r->body.length, "body", &doc, err);
    if (status == TW_OK) status = symbols_of(tw_node_get(tw_doc_root(doc), "symbols"), &arena, &symbols, err);
    if (status == TW_OK) {
        (void)pthread_mutex_lock(&s->lock);
        if (find_session(s, name))
            status = tw_fail(err, TW_EXISTS, "there is a session '%s' already", name);
        else
            status = open_session(s, name, &symbols, err);
        (void)pthread_mutex_unlock(&s->lock);
    }
    tw_doc_free(doc);
    tw_arena_clear(&arena);
    if (status != TW_OK) return status;
    return get_session(r, name, err);
}

/* Waits for whoever is in a session. It stays in the list until its files are gone, so that nobody makes one of the
 * same name meanwhile. */
static bool remove_session(tw_server *s, const char *name)
{
    (void)pthread_mutex_lock(&s->lock);
    tw_live *live = find_session(s, name);
    const bool found = live && !live->ending;
    if (found) {
        live->ending = true;
        while (live->users) (void)pthread_cond_wait(&s->left, &s->lock);
        tw_live **at = &s->sessions;
        while (*at != live) at = &(*at)->next;
        *at = live->next;
        tw_live_close(live, true);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return found;
}

static tw_status delete_session(tw_request *r, const char *name, tw_error *err)
{
    if (!remove_session(r->server, name)) return tw_fail(err, TW_NOT_FOUND, "no session '%s'", name);
    answer_text(r, "\n");
    return TW_OK;
}

/* The list is let go while a session answers, which may wait for the bars it takes; as its user it stays there. */
static tw_status list_sessions(tw_request *r, const char *rest, tw_error *err)
{
    (void)rest;
    (void)err;
    tw_server *s = r->server;
    tw_json json;
    json_start(r, &json);
    tw_json_array(&json);
    (void)pthread_mutex_lock(&s->lock);
    for (tw_live *l = s->sessions; l; l = l->next) {
        if (l->ending) continue;
        l->users++;
        (void)pthread_mutex_unlock(&s->lock);
        tw_live_status(l, &json);
        (void)pthread_mutex_lock(&s->lock);
        l->users--;
        (void)pthread_cond_broadcast(&s->left);
    }
    (void)pthread_mutex_unlock(&s->lock);
    tw_json_array_end(&json);
    return TW_OK;
}

static const struct session_route {
    const char *method, *verb;
    tw_status (*run)(tw_request *r, const char *name, tw_error *err);
} session_routes[] = {
    {"POST", "bars", post_bars}, {"POST", "peek", post_peek}, {"GET", "scores", get_scores},
    {"GET", "", get_session},    {"PUT", "", put_session},    {"DELETE", "", delete_session},
};

static tw_status session(tw_request *r, const char *rest, tw_error *err)
{
    char name[MAX_NAME + 1];
    const char *verb = "";
    TW_TRY(split_session(rest, name, &verb, err));
    for (size_t i = 0; i < sizeof session_routes / sizeof *session_routes; i++)
        if (!strcmp(r->method, session_routes[i].method) && !strcmp(verb, session_routes[i].verb))
            return session_routes[i].run(r, name, err);
    return tw_fail(err, TW_NOT_FOUND, "no route %s %s", r->method, r->path);
}

/* ---------------------------------------------------------------- table */

static const struct route {
    const char *method, *path; /* a path that ends in '/' is a prefix; method NULL: any */
    tw_status (*run)(tw_request *r, const char *rest, tw_error *err);
} routes[] = {
    {"GET", "/ping", ping},
    {"GET", "/health", ping},
    {"GET", "/version", version},
    {"GET", "/v1/bundle", about},
    {"POST", "/invocations", invocations},
    {"GET", "/v1/sessions", list_sessions},
    {NULL, "/v1/sessions/", session},
};

static const char *match(const struct route *route, const tw_request *r)
{
    const size_t n = strlen(route->path);
    if (route->method && strcmp(route->method, r->method) != 0 &&
        !(!strcmp(route->method, "GET") && !strcmp(r->method, "HEAD")))
        return NULL;
    if (route->path[n - 1] == '/') return strncmp(r->path, route->path, n) ? NULL : r->path + n;
    return strcmp(r->path, route->path) ? NULL : r->path + n;
}

void tw_route(tw_request *r)
{
    tw_error err = {{0}};
    if (r->too_large) {
        char text[80];
        (void)snprintf(text, sizeof text, "the body is larger than %d MiB", r->server->options.max_body_mib);
        answer_error(r, 413, "TOO_LARGE", text);
        return;
    }
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        const char *rest = match(&routes[i], r);
        if (!rest) continue;
        const tw_status status = routes[i].run(r, rest, &err);
        if (status != TW_OK) answer_failure(r, status, &err);
        return;
    }
    char text[256];
    (void)snprintf(text, sizeof text, "no route %s %.200s", r->method, r->path);
    answer_error(r, 404, "ENDPOINT_NOT_FOUND", text);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* live.c - a live session: a replica of what its bars lead to, and a store from which that can be made anew. Each bar
 * is in the journal before it is acknowledged; after a crash the session goes on to the same bits. */
#include "serve/serve_impl.h"

#include <math.h>
#include <string.h>

/* state/name; NULL: no memory. */
static char *folder_of(const tw_ctx *ctx, const char *state, const char *name)
{
    tw_buf path;
    tw_buf_init(&path, ctx);
    tw_buf_printf(&path, "%s/%s", state, name);
    char *folder = path.failed ? NULL : tw_text_copy(ctx, path.data);
    tw_buf_clear(&path);
    return folder;
}

bool tw_live_exists(const tw_ctx *ctx, const char *state, const char *name)
{
    char *folder = folder_of(ctx, state, name);
    const bool exists = folder && tw_store_exists(ctx, folder);
    tw_free(ctx, folder);
    return exists;
}

static tw_status open_parts(tw_live *l, const tw_live_spec *spec, tw_error *err)
{
    if (!l->name || !l->store.folder) return tw_no_memory(err, "a live session");
    TW_TRY(tw_store_open(&l->store, &spec->symbols, &l->replica, err));
    l->forming = tw_new(l->ctx, l->replica.n_lanes, sizeof *l->forming);
    l->taken = tw_new(l->ctx, l->replica.n_lanes, sizeof *l->taken);
    return l->forming && l->taken ? TW_OK : tw_no_memory(err, "a live session");
}

tw_status tw_live_open(const tw_ctx *ctx, const tw_live_spec *spec, tw_live **live, tw_error *err)
{
    tw_live *l = tw_new(ctx, 1, sizeof *l);
    if (!l) return tw_no_memory(err, "a live session");
    l->ctx = l->replica.ctx = ctx;
    l->name = tw_text_copy(ctx, spec->name);
    l->store = (tw_store){.ctx = ctx,
                          .bundle = spec->bundle,
                          .folder = folder_of(ctx, spec->state, spec->name),
                          .snapshot_every = spec->options->snapshot_every,
                          .fsync = spec->options->fsync,
                          .journal.fd = -1};
    (void)pthread_mutex_init(&l->lock, NULL);
    const bool is_new = !tw_live_exists(ctx, spec->state, spec->name);
    const tw_status status = open_parts(l, spec, err);
    if (status != TW_OK) {
        tw_live_close(l, is_new);
        return tw_fail_in(err, status, "session '%s'", spec->name);
    }
    *live = l;
    return TW_OK;
}

/* ---------------------------------------------------------------- bars */

/* The lane of a symbol, SIZE_MAX for an unknown one. Bars mostly come in the order of the lanes: the next is tried
 * first. */
static size_t lane_of(const tw_live *l, const char *symbol, size_t next)
{
    size_t n = 0;
    const char *const *symbols = tw_scorer_symbols(l->replica.scorer, &n);
    return next < n && !strcmp(symbols[next], symbol) ? next : tw_scorer_lane(l->replica.scorer, symbol);
}

/* Rows [from, to) of one time into values; an unknown or repeated symbol is an error that names it. */
static tw_status lay_out(tw_live *l, const tw_bars *bars, size_t from, size_t to, tw_error *err)
{
    tw_replica *into = &l->replica;
    for (size_t i = 0; i < into->n_columns * into->n_lanes; i++) into->values[i] = NAN;
    memset(l->taken, 0, into->n_lanes * sizeof *l->taken);
    for (size_t r = from, lane = SIZE_MAX; r < to; r++) {
        lane = lane_of(l, bars->symbol[r], lane + 1);
        if (lane == SIZE_MAX)
            return tw_fail(err, TW_BAD_NAME, "symbol '%s' is not one of this session's %zu", bars->symbol[r],
                           into->n_symbols);
        if (l->taken[lane])
            return tw_fail(err, TW_BAD_DATA, "symbol '%s' has two bars of the same time", bars->symbol[r]);
        l->taken[lane] = true;
        for (size_t c = 0; c < into->n_columns; c++)
            into->values[c * into->n_lanes + lane] = bars->value[r * into->n_columns + c];
    }
    return TW_OK;
}

static tw_status check_ascends(const tw_live *l, int64_t time_ns, tw_error *err)
{
    const int64_t last = tw_scorer_time(l->replica.scorer);
    if (last == TW_NO_TIME || time_ns > last) return TW_OK;
    char got[40], had[40];
    got[tw_time_format(time_ns, got)] = '\0';
    had[tw_time_format(last, had)] = '\0';
    return tw_fail(err, TW_EXISTS, "bar of %s: the session has taken all up to %s; send later ones", got, had);
}

static tw_status take_time(tw_live *l, const tw_bars *bars, size_t from, size_t to, tw_error *err)
{
    tw_replica *r = &l->replica;
    TW_TRY(check_ascends(l, bars->time[from], err));
    TW_TRY(lay_out(l, bars, from, to, err));
    TW_TRY(tw_journal_add(&l->store.journal, bars->time[from], r->values, r->n_columns * r->n_lanes, err));
    TW_TRY(tw_replica_bar(r, bars->time[from], err));
    tw_store_check_due(&l->store, r->bars);
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
    const char *const *symbols = tw_scorer_symbols(l->replica.scorer, &n);
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
    if (status == TW_OK) status = tw_scorer_peek(l->replica.scorer, bars->time[0], l->replica.view, l->forming, err);
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
    json_time(json, tw_scorer_time(l->replica.scorer));
    tw_json_key(json, "bars");
    tw_json_integer(json, (int64_t)l->replica.bars);
    tw_json_key(json, "fallback");
    tw_json_bool(json, l->replica.used_fallback);
    tw_json_key(json, "failed");
    tw_json_bool(json, l->replica.failed);
    json_scores(l, l->replica.score, json);
    tw_json_object_end(json);
    (void)pthread_mutex_unlock(&l->lock);
}

void tw_live_status(tw_live *l, tw_json *json)
{
    (void)pthread_mutex_lock(&l->lock);
    tw_json_object(json);
    tw_json_key(json, "session");
    tw_json_text(json, l->name);
    json_time(json, tw_scorer_time(l->replica.scorer));
    tw_json_key(json, "bars");
    tw_json_integer(json, (int64_t)l->replica.bars);
    tw_json_key(json, "symbols");
    tw_json_integer(json, (int64_t)l->replica.n_symbols);
    tw_json_key(json, "fallbacks");
    tw_json_integer(json, (int64_t)l->replica.fallbacks);
    tw_json_object_end(json);
    (void)pthread_mutex_unlock(&l->lock);
}

void tw_live_close(tw_live *l, bool forget)
{
    if (!l) return;
    if (l->store.folder) tw_store_close(&l->store, &l->replica, forget);
    tw_replica_clear(&l->replica);
    tw_free(l->ctx, l->forming);
    tw_free(l->ctx, l->taken);
    tw_free(l->ctx, l->name);
    tw_free(l->ctx, l->store.folder);
    (void)pthread_mutex_destroy(&l->lock);
    tw_free(l->ctx, l);
}

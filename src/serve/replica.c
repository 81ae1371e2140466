/* SPDX-License-Identifier: Apache-2.0 */
/* replica.c - what the bars of a session lead to: the scorer's state, the last scores, the counts. The same bars give
 * the same bits in any replica, so one can be made from files in the background while another answers requests. */
#include "serve/serve_impl.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A saved replica: this, the last scores, the scorer's state, a hash over all. */
typedef struct saved_head {
    char magic[8];
    uint64_t bars, fallbacks, used_fallback, failed;
} saved_head;

static const char saved_magic[8] = "twlive1";

static tw_status make_buffers(tw_replica *r, tw_error *err)
{
    (void)tw_scorer_symbols(r->scorer, &r->n_symbols);
    (void)tw_bundle_columns(r->bundle, &r->n_columns);
    r->n_lanes = r->n_symbols == 1 ? 1 : (r->n_symbols + TW_LANES - 1) / TW_LANES * TW_LANES;
    r->values = tw_new(r->ctx, r->n_columns * r->n_lanes, sizeof *r->values);
    r->view = tw_new(r->ctx, r->n_columns, sizeof *r->view);
    r->score = tw_new(r->ctx, r->n_lanes, sizeof *r->score);
    if (!r->values || !r->view || !r->score) return tw_no_memory(err, "a live session");
    for (size_t c = 0; c < r->n_columns; c++) r->view[c] = r->values + c * r->n_lanes;
    for (size_t i = 0; i < r->n_lanes; i++) r->score[i] = NAN;
    return TW_OK;
}

tw_status tw_replica_init(const tw_ctx *ctx, const tw_bundle *bundle, const tw_names *symbols, tw_replica *r,
                          tw_error *err)
{
    *r = (tw_replica){.ctx = ctx, .bundle = bundle};
    TW_TRY(tw_scorer_new(ctx, bundle, symbols->name, symbols->n, &r->scorer, err));
    return make_buffers(r, err);
}

void tw_replica_clear(tw_replica *r)
{
    tw_scorer_free(r->scorer);
    tw_free(r->ctx, r->values);
    tw_free(r->ctx, r->view);
    tw_free(r->ctx, r->score);
    *r = (tw_replica){0};
}

tw_status tw_replica_bar(tw_replica *r, int64_t time_ns, tw_error *err)
{
    const tw_status status = tw_scorer_bar(r->scorer, time_ns, r->view, r->score, &r->used_fallback, err);
    if (tw_scorer_time(r->scorer) != time_ns) return status;
    r->bars++;
    r->fallbacks += r->used_fallback;
    r->failed = status != TW_OK; /* the features went on, there is only no score */
    return TW_OK;
}

tw_status tw_replica_save(const tw_replica *r, const char *path, tw_error *err)
{
    saved_head head = {
        .bars = r->bars, .fallbacks = r->fallbacks, .used_fallback = r->used_fallback, .failed = r->failed};
    memcpy(head.magic, saved_magic, sizeof head.magic);
    tw_buf state;
    tw_buf_init(&state, r->ctx);
    tw_buf_add(&state, &head, sizeof head);
    tw_buf_add(&state, r->score, r->n_lanes * sizeof *r->score);
    tw_status status = tw_scorer_snapshot(r->scorer, &state, err);
    if (status == TW_OK) {
        const uint64_t hash = tw_hash64(state.data, state.length, 0);
        tw_buf_add(&state, &hash, sizeof hash);
        status = tw_buf_check(&state, err);
    }
    if (status == TW_OK) status = tw_file_write(path, state.data, state.length, err);
    tw_buf_clear(&state);
    return status;
}

static tw_status take_saved(tw_replica *r, const char *bytes, size_t length, tw_error *err)
{
    saved_head head;
    uint64_t hash;
    const size_t scores = r->n_lanes * sizeof *r->score, least = sizeof head + scores + sizeof hash;
    if (length < least) return tw_fail(err, TW_BAD_FILE, "%zu bytes, at least %zu needed", length, least);
    length -= sizeof hash;
    memcpy(&head, bytes, sizeof head);
    memcpy(&hash, bytes + length, sizeof hash);
    if (memcmp(head.magic, saved_magic, sizeof head.magic) != 0 || tw_hash64(bytes, length, 0) != hash)
        return tw_fail(err, TW_BAD_FILE, "damaged: its checksum does not fit");
    memcpy(r->score, bytes + sizeof head, scores);
    r->bars = head.bars;
    r->fallbacks = head.fallbacks;
    r->used_fallback = head.used_fallback != 0;
    r->failed = head.failed != 0;
    const size_t before = sizeof head + scores;
    return tw_scorer_restore(r->scorer, bytes + before, length - before, err);
}

tw_status tw_replica_load(tw_replica *r, const char *path, tw_error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    TW_TRY(tw_file_read(r->ctx, path, &bytes, &length, err));
    const tw_status status = take_saved(r, bytes, length, err);
    tw_free(r->ctx, bytes);
    return status == TW_OK ? TW_OK : tw_fail_in(err, status, "%s", path);
}

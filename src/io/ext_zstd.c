/* SPDX-License-Identifier: Apache-2.0 */
/* ext_zstd.c - a source that unpacks Zstandard (RFC 8878), any number of frames, through libzstd. */
#include "io/source.h"

#include <zstd.h>

typedef struct zstd_source {
    tw_source base;
    const tw_ctx *ctx;
    tw_source *inner;
    char *name;
    ZSTD_DStream *stream;
    ZSTD_inBuffer in;
    bool in_frame;
    bool inner_end;
    bool full; /* the last step filled its room, so more may wait inside the decoder */
    unsigned char packed[TW_PACKED_CHUNK];
} zstd_source;

static void zstd_close(tw_source *self)
{
    zstd_source *zstd = (zstd_source *)self;
    (void)ZSTD_freeDStream(zstd->stream);
    tw_source_close(zstd->inner);
    tw_free(zstd->ctx, zstd->name);
    tw_free(zstd->ctx, zstd);
}

static tw_status zstd_fill(zstd_source *zstd, tw_error *err)
{
    if (zstd->in.pos < zstd->in.size || zstd->full || zstd->inner_end) return TW_OK;
    size_t got = 0;
    TW_TRY(zstd->inner->read(zstd->inner, zstd->packed, sizeof zstd->packed, &got, err));
    zstd->in = (ZSTD_inBuffer){zstd->packed, got, 0};
    zstd->inner_end = got == 0;
    return TW_OK;
}

static tw_status zstd_step(zstd_source *zstd, ZSTD_outBuffer *out, tw_error *err)
{
    const size_t hint = ZSTD_decompressStream(zstd->stream, out, &zstd->in);
    if (ZSTD_isError(hint)) {
        return tw_fail(err, TW_BAD_FILE, "%s: zstd data are damaged: %s", zstd->name, ZSTD_getErrorName(hint));
    }
    zstd->in_frame = hint != 0;
    zstd->full = out->pos == out->size && hint != 0;
    return TW_OK;
}

static tw_status zstd_read(tw_source *self, void *bytes, size_t room, size_t *got, tw_error *err)
{
    zstd_source *zstd = (zstd_source *)self;
    ZSTD_outBuffer out = {bytes, room, 0};
    *got = 0;
    while (out.pos == 0 && room > 0) {
        TW_TRY(zstd_fill(zstd, err));
        if (zstd->in.pos == zstd->in.size && !zstd->full) {
            if (zstd->in_frame) return tw_fail(err, TW_BAD_FILE, "%s: zstd data are cut off", zstd->name);
            break;
        }
        TW_TRY(zstd_step(zstd, &out, err));
    }
    *got = out.pos;
    return TW_OK;
}

tw_status tw_source_zstd(const tw_ctx *ctx, tw_source *inner, const char *name, tw_source **source, tw_error *err)
{
    zstd_source *zstd = tw_new(ctx, 1, sizeof *zstd);
    if (!zstd) {
        tw_source_close(inner);
        return tw_no_memory(err, "a zstd source");
    }
    zstd->base = (tw_source){zstd_read, zstd_close};
    zstd->ctx = ctx;
    zstd->inner = inner;
    zstd->name = tw_text_copy(ctx, name);
    zstd->stream = zstd->name ? ZSTD_createDStream() : NULL;
    if (!zstd->stream) {
        zstd_close(&zstd->base);
        return tw_no_memory(err, "a zstd source");
    }
    *source = &zstd->base;
    return TW_OK;
}

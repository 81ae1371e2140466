/* SPDX-License-Identifier: Apache-2.0 */
/* ext_gzip.c - a source that unpacks gzip (RFC 1952), any number of members, through zlib. */
#include "io/source.h"

#include <string.h>
#include <zlib.h>

typedef struct gzip_source {
    tw_source base;
    const tw_ctx *ctx;
    tw_source *inner;
    char *name;
    z_stream z;
    bool started;   /* inflateInit2 has run */
    bool in_member; /* between the header and the trailer of a member */
    bool any;       /* a first member was seen */
    bool inner_end;
    unsigned char packed[TW_PACKED_CHUNK];
} gzip_source;

static void *gzip_alloc(void *opaque, unsigned items, unsigned size)
{
    const gzip_source *gzip = opaque;
    return tw_new(gzip->ctx, items, size);
}

static void gzip_free(void *opaque, void *block)
{
    const gzip_source *gzip = opaque;
    tw_free(gzip->ctx, block);
}

static void gzip_close(tw_source *self)
{
    gzip_source *gzip = (gzip_source *)self;
    if (gzip->started) (void)inflateEnd(&gzip->z);
    tw_source_close(gzip->inner);
    tw_free(gzip->ctx, gzip->name);
    tw_free(gzip->ctx, gzip);
}

static tw_status gzip_fill(gzip_source *gzip, tw_error *err)
{
    if (gzip->z.avail_in > 0 || gzip->inner_end) return TW_OK;
    size_t got = 0;
    TW_TRY(gzip->inner->read(gzip->inner, gzip->packed, sizeof gzip->packed, &got, err));
    gzip->z.next_in = gzip->packed;
    gzip->z.avail_in = (unsigned)got;
    gzip->inner_end = got == 0;
    return TW_OK;
}

/* Between members: zero padding (tapes, block devices) ends the file, anything else must be a further member, whose
 * header zlib then checks. */
static tw_status gzip_next_member(gzip_source *gzip, bool *more, tw_error *err)
{
    *more = false;
    TW_TRY(gzip_fill(gzip, err));
    while (gzip->any && gzip->z.avail_in > 0 && *gzip->z.next_in == 0) {
        gzip->z.next_in++;
        gzip->z.avail_in--;
        TW_TRY(gzip_fill(gzip, err));
    }
    if (gzip->z.avail_in == 0) return TW_OK;
    if (gzip->any && inflateReset(&gzip->z) != Z_OK) return tw_no_memory(err, "unpacking gzip");
    gzip->any = gzip->in_member = *more = true;
    return TW_OK;
}

static tw_status gzip_fail(const gzip_source *gzip, int code, tw_error *err)
{
    if (code == Z_MEM_ERROR) return tw_no_memory(err, "unpacking gzip");
    return tw_fail(err, TW_BAD_FILE, "%s: gzip data are damaged: %s", gzip->name,
                   gzip->z.msg ? gzip->z.msg : "unexpected end of a block");
}

/* One step of inflate: takes packed bytes, gives unpacked ones (perhaps none). */
static tw_status gzip_step(gzip_source *gzip, tw_error *err)
{
    TW_TRY(gzip_fill(gzip, err));
    if (gzip->z.avail_in == 0) {
        return tw_fail(err, TW_BAD_FILE, "%s: gzip data are cut off after %lu unpacked bytes of a member", gzip->name,
                       gzip->z.total_out);
    }
    const int code = inflate(&gzip->z, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
        gzip->in_member = false;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return gzip_fail(gzip, code, err);
    }
    return TW_OK;
}

static tw_status gzip_read(tw_source *self, void *bytes, size_t room, size_t *got, tw_error *err)
{
    gzip_source *gzip = (gzip_source *)self;
    const unsigned wanted = room < TW_PACKED_CHUNK ? (unsigned)room : TW_PACKED_CHUNK;
    *got = 0;
    gzip->z.next_out = bytes;
    gzip->z.avail_out = wanted;
    while (gzip->z.avail_out == wanted && wanted > 0) {
        bool more = gzip->in_member;
        if (!more) TW_TRY(gzip_next_member(gzip, &more, err));
        if (!more) break;
        TW_TRY(gzip_step(gzip, err));
    }
    *got = wanted - gzip->z.avail_out;
    return TW_OK;
}

tw_status tw_source_gzip(const tw_ctx *ctx, tw_source *inner, const char *name, tw_source **source, tw_error *err)
{
    gzip_source *gzip = tw_new(ctx, 1, sizeof *gzip);
    if (!gzip) {
        tw_source_close(inner);
        return tw_no_memory(err, "a gzip source");
    }
    gzip->base = (tw_source){gzip_read, gzip_close};
    gzip->ctx = ctx;
    gzip->inner = inner;
    gzip->name = tw_text_copy(ctx, name);
    gzip->z = (z_stream){.zalloc = gzip_alloc, .zfree = gzip_free, .opaque = gzip};
    gzip->started = gzip->name && inflateInit2(&gzip->z, 15 + 16) == Z_OK; /* 16: gzip frames only */
    if (!gzip->started) {
        gzip_close(&gzip->base);
        return tw_no_memory(err, "a gzip source");
    }
    *source = &gzip->base;
    return TW_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - byte sources: a file, a block of memory, and the choice of how to unpack. */
#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- a file */

typedef struct file_source {
    tw_source base;
    const tw_ctx *ctx;
    int fd;
    char *path;
} file_source;

static tw_status fail_errno(tw_error *err, int error, const char *verb, const char *path)
{
    char text[128] = "unknown error";
    (void)strerror_r(error, text, sizeof text);
    return tw_fail(err, error == ENOENT ? TW_NOT_FOUND : TW_IO_FAILED, "cannot %s %s: %s", verb, path, text);
}

static tw_status file_read(tw_source *self, void *bytes, size_t room, size_t *got, tw_error *err)
{
    file_source *file = (file_source *)self;
    ssize_t n;
    *got = 0;
    do {
        n = read(file->fd, bytes, room);
    } while (n < 0 && errno == EINTR);
    if (n < 0) return fail_errno(err, errno, "read", file->path);
    *got = (size_t)n;
    return TW_OK;
}

static void file_close(tw_source *self)
{
    file_source *file = (file_source *)self;
    if (file->fd >= 0) (void)close(file->fd);
    tw_free(file->ctx, file->path);
    tw_free(file->ctx, file);
}

tw_status tw_source_open_file(const tw_ctx *ctx, const char *path, tw_source **source, tw_error *err)
{
    *source = NULL;
    file_source *file = tw_new(ctx, 1, sizeof *file);
    if (!file) return tw_no_memory(err, "a file source");
    *file = (file_source){.base = {file_read, file_close}, .ctx = ctx, .fd = -1, .path = tw_text_copy(ctx, path)};
    tw_status status = file->path ? TW_OK : tw_no_memory(err, "the name of a file");
    if (status == TW_OK) {
        file->fd = open(path, O_RDONLY | O_CLOEXEC);
        if (file->fd < 0) status = fail_errno(err, errno, "open", path);
    }
    if (status != TW_OK) {
        file_close(&file->base);
        return status;
    }
    *source = &file->base;
    return TW_OK;
}

/* ---------------------------------------------------------------- memory */

typedef struct memory_source {
    tw_source base;
    const tw_ctx *ctx;
    const char *bytes;
    size_t left;
} memory_source;

static tw_status memory_read(tw_source *self, void *bytes, size_t room, size_t *got, tw_error *err)
{
    memory_source *memory = (memory_source *)self;
    (void)err;
    *got = room < memory->left ? room : memory->left;
    if (*got > 0) memcpy(bytes, memory->bytes, *got);
    memory->bytes += *got;
    memory->left -= *got;
    return TW_OK;
}

static void memory_close(tw_source *self)
{
    memory_source *memory = (memory_source *)self;
    tw_free(memory->ctx, memory);
}

tw_status tw_source_view(const tw_ctx *ctx, const void *bytes, size_t length, tw_source **source, tw_error *err)
{
    *source = NULL;
    memory_source *memory = tw_new(ctx, 1, sizeof *memory);
    if (!memory) return tw_no_memory(err, "a memory source");
    *memory = (memory_source){.base = {memory_read, memory_close}, .ctx = ctx, .bytes = bytes, .left = length};
    if (!bytes) {
        memory->bytes = "";
        memory->left = 0;
    }
    *source = &memory->base;
    return TW_OK;
}

/* ---------------------------------------------------------------- looking at the first bytes */

enum { HEAD = 4 };

/* Gives the bytes already looked at once more, then passes the rest through: pipes cannot seek back. */
typedef struct peeked_source {
    tw_source base;
    const tw_ctx *ctx;
    tw_source *inner;
    unsigned char head[HEAD];
    size_t n_head, at;
} peeked_source;

static tw_status peeked_read(tw_source *self, void *bytes, size_t room, size_t *got, tw_error *err)
{
    peeked_source *peeked = (peeked_source *)self;
    const size_t left = peeked->n_head - peeked->at;
    if (left == 0) return peeked->inner->read(peeked->inner, bytes, room, got, err);
    *got = room < left ? room : left;
    memcpy(bytes, peeked->head + peeked->at, *got);
    peeked->at += *got;
    return TW_OK;
}

static void peeked_close(tw_source *self)
{
    peeked_source *peeked = (peeked_source *)self;
    tw_source_close(peeked->inner);
    tw_free(peeked->ctx, peeked);
}

static tw_status peek(peeked_source *peeked, tw_error *err)
{
    while (peeked->n_head < HEAD) {
        size_t got = 0;
        TW_TRY(peeked->inner->read(peeked->inner, peeked->head + peeked->n_head, HEAD - peeked->n_head, &got, err));
        if (got == 0) break;
        peeked->n_head += got;
    }
    return TW_OK;
}

static bool is_gzip(const peeked_source *peeked)
{
    return peeked->n_head >= 2 && peeked->head[0] == 0x1f && peeked->head[1] == 0x8b;
}

/* Zstandard frames, and the skippable frames that may come first (RFC 8878, sections 3.1.1 and 3.1.2). */
static bool is_zstd(const peeked_source *peeked)
{
    const unsigned char *h = peeked->head;
    if (peeked->n_head < 4) return false;
    if (h[0] == 0x28 && h[1] == 0xb5 && h[2] == 0x2f && h[3] == 0xfd) return true;
    return (h[0] & 0xf0) == 0x50 && h[1] == 0x2a && h[2] == 0x4d && h[3] == 0x18;
}

tw_status tw_source_unpack(const tw_ctx *ctx, tw_source *packed, const char *name, tw_source **source, tw_error *err)
{
    *source = NULL;
    peeked_source *peeked = tw_new(ctx, 1, sizeof *peeked);
    if (!peeked) {
        tw_source_close(packed);
        return tw_no_memory(err, "a byte source");
    }
    *peeked = (peeked_source){.base = {peeked_read, peeked_close}, .ctx = ctx, .inner = packed};
    const tw_status status = peek(peeked, err);
    if (status != TW_OK) {
        peeked_close(&peeked->base);
        return status;
    }
    if (is_gzip(peeked)) return tw_source_gzip(ctx, &peeked->base, name, source, err);
    if (is_zstd(peeked)) return tw_source_zstd(ctx, &peeked->base, name, source, err);
    *source = &peeked->base;
    return TW_OK;
}

tw_status tw_source_open(const tw_ctx *ctx, const char *path, tw_source **source, tw_error *err)
{
    tw_source *file = NULL;
    *source = NULL;
    const tw_status status = tw_source_open_file(ctx, path, &file, err);
    if (status != TW_OK || !file) return status;
    return tw_source_unpack(ctx, file, path, source, err);
}

void tw_source_close(tw_source *source)
{
    if (source) source->close(source);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* import_log.c - decoded rows, in order: the first 64 MiB in memory, the rest in an unnamed file. */
#include "data/import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void tw_rowlog_init(tw_rowlog *log, const tw_ctx *ctx, const char *beside)
{
    *log = (tw_rowlog){.ctx = ctx, .beside = beside, .fd = -1};
}

void tw_rowlog_clear(tw_rowlog *log)
{
    for (size_t i = 0; i < log->n_blocks; i++) tw_free(log->ctx, log->blocks[i]);
    tw_free(log->ctx, log->blocks);
    tw_free(log->ctx, log->used);
    if (log->fd >= 0) close(log->fd);
}

static tw_status failed(const tw_rowlog *log, const char *what, tw_error *err)
{
    return tw_fail(err, TW_IO_FAILED, "%s: cannot %s rows set aside: %s", log->beside, what, strerror(errno));
}

/* The file has no name from the start, so nothing is left behind however the import ends. */
static tw_status open_spill(tw_rowlog *log, tw_error *err)
{
    tw_buf path;
    tw_buf_init(&path, log->ctx);
    tw_buf_printf(&path, "%s.rows-XXXXXX", log->beside);
    if (!path.failed) {
        log->fd = mkstemp(path.data);
        if (log->fd >= 0) unlink(path.data);
    }
    const bool no_memory = path.failed;
    tw_buf_clear(&path);
    if (no_memory) return tw_no_memory(err, "a path");
    return log->fd >= 0 ? TW_OK : failed(log, "make a file for", err);
}

static tw_status spill(tw_rowlog *log, tw_error *err)
{
    if (log->fd < 0) TW_TRY(open_spill(log, err));
    const unsigned char *p = log->blocks[TW_LOG_IN_MEMORY];
    off_t at = (off_t)(log->n_chunks - 1 - TW_LOG_IN_MEMORY) * TW_LOG_CHUNK;
    for (size_t left = log->used[log->n_chunks - 1]; left > 0;) {
        const ssize_t n = pwrite(log->fd, p, left, at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return failed(log, "write", err);
        p += n;
        at += n;
        left -= (size_t)n;
    }
    return TW_OK;
}

static tw_status unspill(tw_rowlog *log, size_t chunk, tw_error *err)
{
    unsigned char *p = log->blocks[TW_LOG_IN_MEMORY];
    off_t at = (off_t)(chunk - TW_LOG_IN_MEMORY) * TW_LOG_CHUNK;
    for (size_t left = log->used[chunk]; left > 0;) {
        const ssize_t n = pread(log->fd, p, left, at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return failed(log, "read", err);
        p += n;
        at += n;
        left -= (size_t)n;
    }
    return TW_OK;
}

static tw_status grow(tw_rowlog *log, tw_error *err)
{
    if (log->n_chunks < log->room) return TW_OK;
    const size_t room = log->room ? log->room * 2 : 32;
    void *blocks = tw_resize(log->ctx, log->blocks, log->room * sizeof *log->blocks, room * sizeof *log->blocks);
    if (blocks) log->blocks = blocks;
    void *used =
        blocks ? tw_resize(log->ctx, log->used, log->room * sizeof *log->used, room * sizeof *log->used) : NULL;
    if (!used) return tw_no_memory(err, "the rows of an import");
    log->used = used;
    log->room = room;
    return TW_OK;
}

/* Begins a chunk: in a new block, or in the spilling block once its rows are on disk. */
static tw_status begin_chunk(tw_rowlog *log, tw_error *err)
{
    const bool spilling = log->beside && log->n_blocks > TW_LOG_IN_MEMORY;
    TW_TRY(grow(log, err));
    if (spilling) TW_TRY(spill(log, err));
    if (!spilling) {
        unsigned char *block = tw_new(log->ctx, 1, TW_LOG_CHUNK);
        if (!block) return tw_no_memory(err, "the rows of an import");
        log->blocks[log->n_blocks++] = block;
    }
    log->used[log->n_chunks++] = 0;
    return TW_OK;
}

tw_status tw_rowlog_add(tw_rowlog *log, const tw_row *row, const double *values, tw_error *err)
{
    const size_t bytes = sizeof *row + row->n_values * sizeof(double);
    if (log->n_chunks == 0 || log->used[log->n_chunks - 1] + bytes > TW_LOG_CHUNK) TW_TRY(begin_chunk(log, err));
    size_t *used = &log->used[log->n_chunks - 1];
    unsigned char *p = log->blocks[log->n_blocks - 1] + *used;
    memcpy(p, row, sizeof *row);
    if (row->n_values) memcpy(p + sizeof *row, values, row->n_values * sizeof(double));
    *used += bytes;
    return TW_OK;
}

static tw_status each_in(const unsigned char *p, size_t used, tw_row_taker *take, void *arg, tw_error *err)
{
    for (const unsigned char *const end = p + used; p < end;) {
        const tw_row *row = (const void *)p;
        const double *values = (const void *)(p + sizeof *row);
        TW_TRY(take(arg, row, values, err));
        p += sizeof *row + row->n_values * sizeof(double);
    }
    return TW_OK;
}

tw_status tw_rowlog_each(tw_rowlog *log, tw_row_taker *take, void *arg, tw_error *err)
{
    const bool spilled = log->n_chunks > log->n_blocks;
    if (spilled) TW_TRY(spill(log, err)); /* the last chunk, so that its block can hold the others */
    for (size_t i = 0; i < log->n_chunks; i++) {
        const bool on_disk = spilled && i >= TW_LOG_IN_MEMORY;
        if (on_disk) TW_TRY(unspill(log, i, err));
        TW_TRY(each_in(log->blocks[on_disk ? TW_LOG_IN_MEMORY : i], log->used[i], take, arg, err));
    }
    return TW_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "data/rejects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_AT = 1 << 20 };

static tw_status failed(const tw_rejects *rejects, const char *what, tw_error *err)
{
    return tw_fail(err, TW_IO_FAILED, "%s: cannot %s: %s", rejects->path, what, strerror(errno));
}

tw_status tw_rejects_open(tw_rejects *rejects, const tw_ctx *ctx, const char *path, tw_error *err)
{
    *rejects = (tw_rejects){.ctx = ctx, .path = path, .fd = -1};
    tw_buf_init(&rejects->text, ctx);
    if (!path) return TW_OK;
    tw_buf_printf(&rejects->text, "%s.XXXXXX", path);
    if (!rejects->text.failed) rejects->temporary = tw_text_copy(ctx, rejects->text.data);
    tw_buf_clear(&rejects->text);
    tw_buf_init(&rejects->text, ctx);
    if (!rejects->temporary) return tw_no_memory(err, "the rejects file");
    rejects->fd = mkstemp(rejects->temporary);
    if (rejects->fd < 0) {
        tw_free(ctx, rejects->temporary);
        rejects->temporary = NULL;
        return failed(rejects, "make a file beside it", err);
    }
    if (fchmod(rejects->fd, 0644) != 0) return failed(rejects, "set the mode", err);
    tw_buf_text(&rejects->text, "file,line,reason,row\n");
    return tw_buf_check(&rejects->text, err);
}

static tw_status flush(tw_rejects *rejects, tw_error *err)
{
    for (size_t done = 0; done < rejects->text.length;) {
        const ssize_t n = write(rejects->fd, rejects->text.data + done, rejects->text.length - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failed(rejects, "write", err);
        done += (size_t)n;
    }
    rejects->text.length = 0;
    return TW_OK;
}

/* The row as one quoted field, so that whatever bytes it holds it stays one record. */
static void add_quoted(tw_buf *out, tw_field row)
{
    const char *p = row.text, *const end = row.text + row.length;
    tw_buf_text(out, "\"");
    while (p < end) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        const char *stop = quote ? quote + 1 : end;
        tw_buf_add(out, p, (size_t)(stop - p));
        if (quote) tw_buf_text(out, "\"");
        p = stop;
    }
    tw_buf_text(out, "\"\n");
}

tw_status tw_rejects_add(tw_rejects *rejects, const char *file, uint64_t line, const char *reason, tw_field row,
                         tw_error *err)
{
    if (!rejects->path) return TW_OK;
    tw_csv_write_field(&rejects->text, file);
    tw_buf_printf(&rejects->text, ",%llu,", (unsigned long long)line);
    tw_csv_write_field(&rejects->text, reason);
    tw_buf_text(&rejects->text, ",");
    add_quoted(&rejects->text, row);
    TW_TRY(tw_buf_check(&rejects->text, err));
    return rejects->text.length >= FLUSH_AT ? flush(rejects, err) : TW_OK;
}

tw_status tw_rejects_commit(tw_rejects *rejects, tw_error *err)
{
    if (!rejects->path) return TW_OK;
    TW_TRY(flush(rejects, err));
    if (fsync(rejects->fd) != 0) return failed(rejects, "flush", err);
    if (rename(rejects->temporary, rejects->path) != 0) return failed(rejects, "rename", err);
    tw_free(rejects->ctx, rejects->temporary);
    rejects->temporary = NULL;
    return TW_OK;
}

void tw_rejects_clear(tw_rejects *rejects)
{
    if (rejects->fd >= 0) close(rejects->fd);
    if (rejects->temporary) unlink(rejects->temporary);
    tw_free(rejects->ctx, rejects->temporary);
    tw_buf_clear(&rejects->text);
}

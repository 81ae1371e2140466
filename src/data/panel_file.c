/* SPDX-License-Identifier: Apache-2.0 */
/* panel_file.c - a panel in a file: made under a temporary name, mapped, committed by rename. */
#include "data/panel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static tw_status system_failed(tw_error *err, const char *what, const char *path)
{
    return tw_fail(err, TW_IO_FAILED, "%s: cannot %s: %s", path, what, strerror(errno));
}

static tw_status map(tw_panel *panel, const char *path, int protection, tw_error *err)
{
    void *p = mmap(NULL, panel->bytes, protection, MAP_SHARED, panel->fd, 0);
    if (p == MAP_FAILED) return system_failed(err, "map", path);
    panel->image = p;
    panel->mapped = true;
    return TW_OK;
}

static tw_status name_temporary(tw_panel *panel, const char *path, tw_error *err)
{
    tw_buf text;
    tw_buf_init(&text, panel->ctx);
    tw_buf_printf(&text, "%s.XXXXXX", path);
    panel->path = tw_text_copy(panel->ctx, path);
    panel->temporary = text.failed ? NULL : tw_text_copy(panel->ctx, text.data);
    tw_buf_clear(&text);
    return panel->path && panel->temporary ? TW_OK : tw_no_memory(err, "the path of a panel");
}

tw_status tw_panel_file_make(tw_panel *panel, const char *path, tw_error *err)
{
    TW_TRY(name_temporary(panel, path, err));
    panel->fd = mkstemp(panel->temporary);
    if (panel->fd < 0) {
        tw_free(panel->ctx, panel->temporary);
        panel->temporary = NULL; /* nothing there to remove */
        return system_failed(err, "make a file beside", path);
    }
    if (fchmod(panel->fd, 0644) != 0 || ftruncate(panel->fd, (off_t)panel->bytes) != 0)
        return system_failed(err, "make room for", path);
    /* Blocks are reserved now: running out of disk while writing through the mapping would be a SIGBUS. */
    const int reserved = posix_fallocate(panel->fd, 0, (off_t)panel->bytes);
    if (reserved != 0 && reserved != EOPNOTSUPP && reserved != EINVAL) {
        errno = reserved;
        return system_failed(err, "make room for", path);
    }
    return map(panel, path, PROT_READ | PROT_WRITE, err);
}

/* A rename is durable once its folder is flushed too. */
static void flush_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    const size_t n = slash ? (size_t)(slash - path) : 0;
    if (n >= sizeof folder) return;
    snprintf(folder, sizeof folder, "%.*s", (int)n, path);
    const int fd = open(!slash ? "." : n == 0 ? "/" : folder, O_RDONLY | O_DIRECTORY);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

tw_status tw_panel_file_commit(tw_panel *panel, tw_error *err)
{
    if (msync(panel->image, panel->bytes, MS_SYNC) != 0 || fsync(panel->fd) != 0)
        return system_failed(err, "flush", panel->path);
    if (rename(panel->temporary, panel->path) != 0) return system_failed(err, "rename to", panel->path);
    flush_folder(panel->path);
    tw_free(panel->ctx, panel->temporary);
    panel->temporary = NULL;
    if (mprotect(panel->image, panel->bytes, PROT_READ) != 0) return system_failed(err, "protect", panel->path);
    return TW_OK;
}

tw_status tw_panel_file_map(tw_panel *panel, const char *path, tw_error *err)
{
    struct stat st;
    panel->fd = open(path, O_RDONLY);
    if (panel->fd < 0) return system_failed(err, "open", path);
    if (fstat(panel->fd, &st) != 0) return system_failed(err, "look at", path);
    if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(tw_panel_header))
        return tw_fail(err, TW_BAD_FILE, "%s: %lld bytes are too few for a panel", path, (long long)st.st_size);
    panel->bytes = (size_t)st.st_size;
    return map(panel, path, PROT_READ, err);
}

void tw_panel_file_drop(tw_panel *panel)
{
    if (panel->mapped) munmap(panel->image, panel->bytes);
    if (panel->fd >= 0) close(panel->fd);
    if (panel->temporary) unlink(panel->temporary);
    tw_free(panel->ctx, panel->temporary);
    tw_free(panel->ctx, panel->path);
}

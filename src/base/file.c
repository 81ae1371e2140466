/* SPDX-License-Identifier: Apache-2.0 */
#include "tradewind/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static tw_status fail_file(tw_error *err, const char *doing, const char *path, int code)
{
    char reason[128] = "";
    if (strerror_r(code, reason, sizeof reason) != 0) snprintf(reason, sizeof reason, "system error %d", code);
    return tw_fail(err, code == ENOENT ? TW_NOT_FOUND : TW_IO_FAILED, "cannot %s '%s': %s", doing, path, reason);
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        const ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* A new file beside `path` under a name nobody has; opened by hand since mkstemp would hide it from other users. */
static int open_beside(const char *path, tw_buf *name)
{
    for (int attempt = 0; attempt < 1000; attempt++) {
        name->length = 0;
        tw_buf_printf(name, "%s.tmp-%ld-%d", path, (long)getpid(), attempt);
        if (name->failed) {
            errno = ENOMEM;
            return -1;
        }
        const int fd = open(name->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

static int finish(int fd, const void *bytes, size_t length)
{
    int code = write_all(fd, bytes, length);
    if (code == 0 && fsync(fd) != 0) code = errno;
    if (close(fd) != 0 && code == 0) code = errno;
    return code;
}

/* The rename itself must reach the disk; some file systems refuse to sync a folder, which is no failure to write. */
static void sync_folder(const char *path, tw_buf *name)
{
    const char *slash = strrchr(path, '/');
    name->length = 0;
    tw_buf_add(name, slash ? path : ".", slash ? (size_t)(slash - path) + 1 : 1);
    if (name->failed) return;
    const int fd = open(name->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd);
    (void)close(fd);
}

tw_status tw_file_write(const char *path, const void *bytes, size_t length, tw_error *err)
{
    tw_buf name;
    tw_buf_init(&name, NULL);
    const int fd = open_beside(path, &name);
    int code = fd < 0 ? errno : finish(fd, bytes, length);
    if (code == 0 && rename(name.data, path) != 0) code = errno;
    if (code != 0 && fd >= 0) (void)unlink(name.data);
    if (code == 0) sync_folder(path, &name);
    tw_buf_clear(&name);
    if (code == ENOMEM) return tw_no_memory(err, "a file name");
    return code ? fail_file(err, "write", path, code) : TW_OK;
}

/* Reads to the end, growing as needed: the size told by the system may be 0 (pipes, /proc) or change meanwhile. */
static int read_all(const tw_ctx *ctx, int fd, tw_buf *out)
{
    struct stat info;
    if (fstat(fd, &info) != 0) return errno;
    size_t room = info.st_size > 0 ? (size_t)info.st_size + 2 : 65536;
    out->data = tw_new(ctx, room, 1);
    if (!out->data) return ENOMEM;
    for (;;) {
        const ssize_t n = read(fd, out->data + out->length, room - out->length - 1);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) break;
        out->length += (size_t)n;
        if (room - out->length > 1) continue;
        char *more = tw_resize(ctx, out->data, out->length, room * 2);
        if (!more) return ENOMEM;
        out->data = more;
        room *= 2;
    }
    out->data[out->length] = '\0';
    return 0;
}

tw_status tw_file_read(const tw_ctx *ctx, const char *path, char **bytes, size_t *length, tw_error *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_file(err, "read", path, errno);
    tw_buf out;
    tw_buf_init(&out, ctx);
    const int code = read_all(ctx, fd, &out);
    (void)close(fd);
    if (code != 0) {
        tw_buf_clear(&out);
        return code == ENOMEM ? tw_no_memory(err, path) : fail_file(err, "read", path, code);
    }
    *bytes = out.data;
    *length = out.length;
    return TW_OK;
}

static int make_one(const char *path)
{
    struct stat info;
    if (mkdir(path, 0777) == 0) return 0;
    const int code = errno;
    return code == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? 0 : code;
}

tw_status tw_folder_make(const char *path, tw_error *err)
{
    char *part = tw_text_copy(NULL, path);
    if (!part) return tw_no_memory(err, "a folder name");
    int code = 0;
    for (char *s = part; code == 0 && *s; s++) {
        if (*s != '/' || s == part) continue;
        *s = '\0';
        code = make_one(part);
        *s = '/';
    }
    if (code == 0) code = make_one(part);
    tw_free(NULL, part);
    return code ? fail_file(err, "make folder", path, code) : TW_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c - one process at a time in a folder: two runs, or two servers, would write over each other's files. */
#include "track/track_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static tw_status hold(int fd, const char *folder, tw_error *err)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_SETLK, &whole) == 0) return TW_OK;
    if (errno != EACCES && errno != EAGAIN)
        return tw_fail(err, TW_IO_FAILED, "%s: cannot be locked: %s", folder, strerror(errno));
    struct flock holder = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    (void)fcntl(fd, F_GETLK, &holder);
    return tw_fail(err, TW_BAD_STATE, "%s: in use by another process (%ld); end it first, or use another folder",
                   folder, (long)holder.l_pid);
}

tw_status tw_folder_lock(const tw_ctx *ctx, const char *folder, int *lock, tw_error *err)
{
    tw_buf path;
    tw_buf_init(&path, ctx);
    tw_buf_printf(&path, "%s/.lock", folder);
    tw_status status = tw_buf_check(&path, err);
    const int fd = status == TW_OK ? open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (status == TW_OK && fd < 0)
        status = tw_fail(err, TW_IO_FAILED, "%s: cannot be opened: %s", path.data, strerror(errno));
    tw_buf_clear(&path);
    if (status == TW_OK) status = hold(fd, folder, err);
    if (status == TW_OK)
        *lock = fd;
    else if (fd >= 0)
        (void)close(fd);
    return status;
}

void tw_folder_unlock(int lock)
{
    if (lock >= 0) (void)close(lock);
}

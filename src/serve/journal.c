/* SPDX-License-Identifier: Apache-2.0 */
/* journal.c - an append-only file of bars. A record is {length, time, values, hash}; a half-written last record fails
 * its hash and is cut off. */
#include "serve/serve_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

typedef struct record_head {
    uint64_t n_values;
    int64_t time_ns;
} record_head;

static tw_status open_at(const char *path, int flags, bool fsync, tw_journal *journal, tw_error *err)
{
    journal->fd = open(path, flags | O_CLOEXEC, 0644);
    journal->fsync = fsync;
    journal->length = 0;
    return journal->fd >= 0 ? TW_OK : tw_fail(err, TW_IO_FAILED, "%s: cannot be opened: %s", path, strerror(errno));
}

tw_status tw_journal_start(const char *path, bool fsync, tw_journal *journal, tw_error *err)
{
    return open_at(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, fsync, journal, err);
}

static uint64_t record_hash(const record_head *head, const double *values)
{
    return tw_hash64(values, head->n_values * sizeof *values, tw_hash64(head, sizeof *head, 0));
}

/* A record that did not get through is cut off again: records after a torn one would not be read back. When even that
 * fails nothing more is taken. */
static tw_status undo(tw_journal *journal, const char *what, int code, tw_error *err)
{
    if (ftruncate(journal->fd, (off_t)journal->length) != 0) tw_journal_close(journal);
    return tw_fail(err, TW_IO_FAILED, "the journal of a session cannot be %s: %s", what, strerror(code));
}

tw_status tw_journal_add(tw_journal *journal, int64_t time_ns, const double *values, size_t n, tw_error *err)
{
    record_head head = {.n_values = n, .time_ns = time_ns};
    uint64_t hash = record_hash(&head, values);
    struct iovec part[] = {{&head, sizeof head},
                           {(void *)(uintptr_t)values, n * sizeof *values}, /* writev only reads */
                           {&hash, sizeof hash}};
    const size_t size = part[0].iov_len + part[1].iov_len + part[2].iov_len;
    if (journal->fd < 0)
        return tw_fail(err, TW_IO_FAILED, "the journal of a session is closed after a failure: restart the server");
    const ssize_t wrote = writev(journal->fd, part, 3); /* a file takes all of it, unless its disk is full */
    if (wrote < 0 || (size_t)wrote != size) return undo(journal, "written", wrote < 0 ? errno : ENOSPC, err);
    if (journal->fsync && fdatasync(journal->fd) != 0) return undo(journal, "flushed", errno, err);
    journal->length += size;
    return TW_OK;
}

/* Bytes of the whole records at the start of `bytes`, each handed over. */
static tw_status replay_bytes(const char *bytes, size_t length, const tw_journal_taker *taker, size_t *whole,
                              tw_error *err)
{
    const size_t n = taker->n_values, size = sizeof(record_head) + n * sizeof(double) + sizeof(uint64_t);
    for (*whole = 0; length - *whole >= size; *whole += size) {
        record_head head;
        uint64_t hash;
        const char *at = bytes + *whole;
        memcpy(&head, at, sizeof head);
        memcpy(&hash, at + size - sizeof hash, sizeof hash);
        const double *values = (const double *)(const void *)(at + sizeof head);
        if (head.n_values != n || record_hash(&head, values) != hash) return TW_OK;
        TW_TRY(taker->take(taker->arg, head.time_ns, values, err));
    }
    return TW_OK;
}

tw_status tw_journal_replay(const tw_ctx *ctx, const char *path, const tw_journal_taker *taker, uint64_t *length,
                            tw_error *err)
{
    char *bytes = NULL;
    size_t size = 0, whole = 0;
    TW_TRY(tw_file_read(ctx, path, &bytes, &size, err));
    const tw_status status = replay_bytes(bytes, size, taker, &whole, err);
    tw_free(ctx, bytes);
    *length = whole;
    return status;
}

tw_status tw_journal_append(const char *path, uint64_t length, bool fsync, tw_journal *journal, tw_error *err)
{
    TW_TRY(open_at(path, O_WRONLY | O_CREAT | O_APPEND, fsync, journal, err));
    journal->length = length;
    if (ftruncate(journal->fd, (off_t)length) == 0) return TW_OK;
    const int code = errno;
    tw_journal_close(journal);
    return tw_fail(err, TW_IO_FAILED, "%s: cannot be cut to its last whole record: %s", path, strerror(code));
}

void tw_journal_close(tw_journal *journal)
{
    if (journal->fd >= 0) (void)close(journal->fd);
    journal->fd = -1;
}

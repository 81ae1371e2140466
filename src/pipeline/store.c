/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - results kept in the out folder under names that hold the hash of all they depend on: a file that is there
 * is done. */
#include "pipeline/pipeline_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

char *tw_job_path(tw_job *job, const char *format, ...)
{
    char name[256];
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(name, sizeof name, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof name) return NULL;
    const size_t n = strlen(job->work);
    char *path = tw_arena_new(&job->arena, n + (size_t)length + 2, 1);
    if (!path) return NULL;
    memcpy(path, job->work, n);
    path[n] = '/';
    memcpy(path + n + 1, name, (size_t)length);
    return path;
}

bool tw_job_has(const tw_job *job, const char *path) { return !job->options->fresh && access(path, R_OK) == 0; }

static tw_status seal_path(const tw_job *job, const char *path, tw_buf *seal, tw_error *err)
{
    tw_buf_init(seal, job->ctx);
    tw_buf_printf(seal, "%s.sum", path);
    return tw_buf_check(seal, err);
}

tw_status tw_job_seal(const tw_job *job, const char *path, uint64_t hash, tw_error *err)
{
    tw_buf seal;
    tw_status status = seal_path(job, path, &seal, err);
    if (status == TW_OK) status = tw_file_write(seal.data, &hash, sizeof hash, err);
    tw_buf_clear(&seal);
    return status;
}

tw_status tw_job_sealed(const tw_job *job, const char *path, uint64_t hash, tw_error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    tw_buf seal;
    tw_status status = seal_path(job, path, &seal, err);
    if (status == TW_OK) status = tw_file_read(job->ctx, seal.data, &bytes, &length, err);
    if (status == TW_OK && (length != sizeof hash || memcmp(bytes, &hash, sizeof hash) != 0))
        status = tw_fail(err, TW_BAD_FILE, "%s: damaged: its checksum is not the recorded one", path);
    if (status == TW_NOT_FOUND) status = TW_BAD_FILE; /* a file without its seal was not finished */
    tw_buf_clear(&seal);
    tw_free(job->ctx, bytes);
    return status;
}

tw_status tw_job_keep(const tw_job *job, const char *path, const tw_buf *text, tw_error *err)
{
    TW_TRY(tw_buf_check(text, err));
    TW_TRY(tw_file_write(path, text->data, text->length, err));
    return tw_job_seal(job, path, tw_hash64(text->data, text->length, 0), err);
}

tw_status tw_job_kept(const tw_job *job, const char *path, char **text, tw_error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    if (!tw_job_has(job, path)) return TW_NOT_FOUND;
    TW_TRY(tw_file_read(job->ctx, path, &bytes, &length, err));
    const tw_status status = tw_job_sealed(job, path, tw_hash64(bytes, length, 0), err);
    if (status == TW_OK)
        *text = bytes;
    else
        tw_free(job->ctx, bytes);
    return status;
}

bool tw_job_remake(tw_job *job, tw_status status, const char *path)
{
    if (status == TW_OK || status == TW_NO_MEMORY || status == TW_CANCELLED) return false;
    if (status != TW_NOT_FOUND) tw_buf_printf(&job->notes, "%s was damaged, and has been made again\n", path);
    return true;
}

uint64_t tw_key(uint64_t key, const char *text) { return tw_hash64(text, strlen(text) + 1, key); }

void tw_job_forget(const tw_job *job, const char *prefix, const char *keep)
{
    DIR *dir = opendir(job->work);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (!strncmp(e->d_name, prefix, strlen(prefix)) && strncmp(e->d_name, keep, strlen(keep)) != 0)
            (void)unlinkat(dirfd(dir), e->d_name, 0);
    if (dir) (void)closedir(dir);
}

static tw_status map_file(const char *path, int flags, size_t length, tw_mapping *mapping, tw_error *err)
{
    const bool writing = (flags & O_CREAT) != 0;
    const int fd = open(path, flags | O_CLOEXEC, 0644);
    if (fd < 0) return tw_fail(err, TW_IO_FAILED, "%s: cannot be opened: %s", path, strerror(errno));
    tw_status status = TW_OK;
    struct stat st;
    /* Room is taken now: a disk that fills up later would end the process when the page is written. */
    const int code = writing ? posix_fallocate(fd, 0, (off_t)length) : 0;
    if (code != 0)
        status = tw_fail(err, TW_IO_FAILED, "%s: no room for %zu bytes: %s", path, length, strerror(code));
    else if (fstat(fd, &st) != 0 || (size_t)st.st_size != length)
        status = tw_fail(err, TW_BAD_FILE, "%s: %lld bytes, expected %zu", path, (long long)st.st_size, length);
    if (status == TW_OK) {
        void *bytes = mmap(NULL, length, writing ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
        if (bytes == MAP_FAILED)
            status = tw_fail(err, TW_IO_FAILED, "%s: cannot be mapped: %s", path, strerror(errno));
        else
            mapping->bytes = bytes, mapping->length = length;
    }
    (void)close(fd);
    return status;
}

tw_status tw_mapping_new(const tw_ctx *ctx, const char *path, size_t length, tw_mapping *mapping, tw_error *err)
{
    const size_t n = strlen(path);
    mapping->final_path = tw_text_copy(ctx, path);
    mapping->path = tw_new(ctx, n + 5, 1);
    if (!mapping->final_path || !mapping->path) return tw_no_memory(err, "a mapped file");
    memcpy(mapping->path, path, n);
    memcpy(mapping->path + n, ".new", 5);
    return map_file(mapping->path, O_RDWR | O_CREAT | O_TRUNC, length, mapping, err);
}

tw_status tw_mapping_commit(const tw_ctx *ctx, tw_mapping *mapping, tw_error *err)
{
    if (rename(mapping->path, mapping->final_path) != 0)
        return tw_fail(err, TW_IO_FAILED, "%s: cannot be put in place: %s", mapping->final_path, strerror(errno));
    tw_free(ctx, mapping->path);
    mapping->path = NULL;
    return TW_OK;
}

tw_status tw_mapping_open(const char *path, size_t length, tw_mapping *mapping, tw_error *err)
{
    return map_file(path, O_RDONLY, length, mapping, err);
}

void tw_mapping_close(const tw_ctx *ctx, tw_mapping *mapping)
{
    if (mapping->bytes) (void)munmap(mapping->bytes, mapping->length);
    if (mapping->path) (void)unlink(mapping->path);
    tw_free(ctx, mapping->path);
    tw_free(ctx, mapping->final_path);
    *mapping = (tw_mapping){0};
}

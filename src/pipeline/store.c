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
    if (writing && ftruncate(fd, (off_t)length) != 0)
        status = tw_fail(err, TW_IO_FAILED, "%s: no room for %zu bytes: %s", path, length, strerror(errno));
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

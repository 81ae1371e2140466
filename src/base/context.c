/* SPDX-License-Identifier: Apache-2.0 */
/* Memory and progress through the caller's context. */
#define _DEFAULT_SOURCE /* madvise */
#include "tradewind/base.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A block starts at a multiple of ALIGN; the word before it holds where the allocator's own block starts. tw_alloc
 * promises no more than malloc's alignment, so that the room for both is kept in each block. */
enum { ALIGN = 64, EXTRA = ALIGN + sizeof(void *) };

/* What grows this far grows on: asked for in large pages it costs a fault every 2 MB, not every 4 KB (a backtest that
 * keeps 60 MB spent a quarter of its time on faults). Advice only, so that its failing does not matter. */
static void ask_for_large_pages(void *raw, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    static const uintptr_t LARGE = (uintptr_t)1 << 21;
    const uintptr_t from = ((uintptr_t)raw + LARGE - 1) / LARGE * LARGE, to = ((uintptr_t)raw + bytes) / LARGE * LARGE;
    if (to > from) (void)madvise((char *)raw + (from - (uintptr_t)raw), to - from, MADV_HUGEPAGE);
#else
    (void)raw, (void)bytes;
#endif
}

static void *raw_resize(const tw_ctx *ctx, void *raw, size_t bytes)
{
    return ctx && ctx->alloc ? ctx->alloc->resize(ctx->alloc->ctx, raw, bytes) : realloc(raw, bytes);
}

static void raw_free(const tw_ctx *ctx, void *raw)
{
    if (ctx && ctx->alloc)
        (void)ctx->alloc->resize(ctx->alloc->ctx, raw, 0);
    else
        free(raw);
}

static void *raw_new(const tw_ctx *ctx, size_t bytes)
{
    /* calloc leaves fresh pages untouched, which a memset would not. */
    if (!ctx || !ctx->alloc) return calloc(1, bytes);
    void *raw = ctx->alloc->resize(ctx->alloc->ctx, NULL, bytes);
    if (raw) memset(raw, 0, bytes);
    return raw;
}

static size_t aligned_offset(const void *raw)
{
    const uintptr_t first = (uintptr_t)raw + sizeof(void *);
    return (size_t)((first + ALIGN - 1) / ALIGN * ALIGN - (uintptr_t)raw);
}

static void *raw_of(void *block)
{
    void *raw;
    memcpy(&raw, (char *)block - sizeof raw, sizeof raw);
    return raw;
}

static void *block_at(void *raw, size_t offset)
{
    char *block = (char *)raw + offset;
    memcpy(block - sizeof raw, &raw, sizeof raw);
    return block;
}

void *tw_new(const tw_ctx *ctx, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - EXTRA) / size) return NULL;
    void *raw = raw_new(ctx, count * size + EXTRA);
    return raw ? block_at(raw, aligned_offset(raw)) : NULL;
}

/* realloc would fill the new place by small pages before they could be asked to be large. */
static void *grow_large(void *block, size_t old_bytes, size_t new_bytes)
{
    void *raw = malloc(new_bytes + EXTRA);
    if (!raw) return NULL;
    ask_for_large_pages(raw, new_bytes + EXTRA);
    void *grown = memcpy(block_at(raw, aligned_offset(raw)), block, old_bytes);
    free(raw_of(block));
    return grown;
}

void *tw_resize(const tw_ctx *ctx, void *block, size_t old_bytes, size_t new_bytes)
{
    static const size_t LARGE = (size_t)4 << 20;
    if (!block) return tw_new(ctx, new_bytes, 1);
    if (new_bytes > SIZE_MAX - EXTRA) return NULL;
    if (new_bytes >= LARGE && new_bytes > old_bytes && !(ctx && ctx->alloc))
        return grow_large(block, old_bytes, new_bytes);
    void *raw = raw_of(block);
    const size_t before = (size_t)((char *)block - (char *)raw);
    raw = raw_resize(ctx, raw, new_bytes + EXTRA);
    if (!raw) return NULL;
    const size_t after = aligned_offset(raw);
    if (after != before)
        memmove((char *)raw + after, (char *)raw + before, old_bytes < new_bytes ? old_bytes : new_bytes);
    return block_at(raw, after);
}

void tw_free(const tw_ctx *ctx, void *block)
{
    if (block) raw_free(ctx, raw_of(block));
}

char *tw_text_copy(const tw_ctx *ctx, const char *text)
{
    if (!text) return NULL;
    const size_t bytes = strlen(text) + 1;
    char *copy = tw_new(ctx, bytes, 1);
    if (copy) memcpy(copy, text, bytes);
    return copy;
}

tw_status tw_progress_step(const tw_ctx *ctx, const char *stage, uint64_t done, uint64_t total, const char *note)
{
    if (!ctx || !ctx->progress) return TW_OK;
    const tw_progress *progress = ctx->progress;
    if (progress->update) progress->update(progress->arg, stage, done, total, note);
    return progress->cancelled && progress->cancelled(progress->arg) ? TW_CANCELLED : TW_OK;
}

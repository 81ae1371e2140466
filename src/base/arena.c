/* SPDX-License-Identifier: Apache-2.0 */
#include "tradewind/base.h"

#include <string.h>

enum { ALIGN = 16, FIRST_ROOM = 4096, MOST_ROOM = 1 << 18 };

struct tw_arena_block {
    struct tw_arena_block *next;
    size_t used, room;
};

/* Items start at a multiple of ALIGN after the block's head. */
enum { HEAD = (sizeof(struct tw_arena_block) + ALIGN - 1) / ALIGN * ALIGN };

void tw_arena_init(tw_arena *arena, const tw_ctx *ctx) { *arena = (tw_arena){.ctx = ctx}; }

static size_t next_room(const tw_arena *arena, size_t bytes)
{
    size_t room = arena->head ? arena->head->room * 2 : FIRST_ROOM;
    if (room > MOST_ROOM) room = MOST_ROOM;
    return room < bytes ? bytes : room;
}

static struct tw_arena_block *add_block(tw_arena *arena, size_t bytes)
{
    const size_t room = next_room(arena, bytes);
    struct tw_arena_block *block = tw_new(arena->ctx, 1, HEAD + room);
    if (!block) return NULL;
    block->room = room;
    block->next = arena->head;
    arena->head = block;
    return block;
}

void *tw_arena_new(tw_arena *arena, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - HEAD - ALIGN) / size) return NULL;
    const size_t bytes = (count * size + ALIGN - 1) / ALIGN * ALIGN;
    struct tw_arena_block *block = arena->head;
    if (!block || block->room - block->used < bytes) block = add_block(arena, bytes);
    if (!block) return NULL;
    void *item = (char *)block + HEAD + block->used;
    block->used += bytes;
    return item;
}

char *tw_arena_text(tw_arena *arena, const char *text, size_t length)
{
    if (length == SIZE_MAX) return NULL;
    char *copy = tw_arena_new(arena, length + 1, 1);
    if (copy && length) memcpy(copy, text, length);
    return copy;
}

void tw_arena_clear(tw_arena *arena)
{
    while (arena->head) {
        struct tw_arena_block *next = arena->head->next;
        tw_free(arena->ctx, arena->head);
        arena->head = next;
    }
}

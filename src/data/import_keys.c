/* SPDX-License-Identifier: Apache-2.0 */
/* import_keys.c - sets of times and of symbols that number their members. */
#include "data/import.h"

#include <string.h>

void tw_keys_init(tw_keys *keys, const tw_ctx *ctx)
{
    *keys = (tw_keys){.ctx = ctx};
    tw_arena_init(&keys->text, ctx);
}

void tw_keys_clear(tw_keys *keys)
{
    tw_free(keys->ctx, keys->slots);
    tw_free(keys->ctx, keys->times);
    tw_free(keys->ctx, (void *)keys->names);
    tw_arena_clear(&keys->text);
}

static uint64_t mix(uint64_t x)
{
    x *= UINT64_C(0x9E3779B97F4A7C15); /* Fibonacci hashing; times are multiples of large powers of ten */
    return x ^ (x >> 29);
}

static uint64_t hash_of(const tw_keys *keys, size_t i)
{
    return keys->names ? tw_hash64(keys->names[i], strlen(keys->names[i]), 0) : mix((uint64_t)keys->times[i]);
}

static bool rehash(tw_keys *keys)
{
    const size_t n_slots = keys->n_slots ? keys->n_slots * 2 : 1024;
    uint32_t *slots = tw_new(keys->ctx, n_slots, sizeof *slots);
    if (!slots) return false;
    for (size_t i = 0; i < keys->n; i++) {
        size_t at = (size_t)hash_of(keys, i) & (n_slots - 1);
        while (slots[at]) at = (at + 1) & (n_slots - 1);
        slots[at] = (uint32_t)i + 1;
    }
    tw_free(keys->ctx, keys->slots);
    keys->slots = slots;
    keys->n_slots = n_slots;
    return true;
}

/* Room for one member more; `item` points at the array of members. */
static tw_status grow(tw_keys *keys, void **items, size_t item_bytes, tw_error *err)
{
    if (keys->n >= UINT32_MAX - 1)
        return tw_fail(err, TW_TOO_LARGE, "import: more than 2^32 different times or symbols");
    if (keys->n == keys->room) {
        const size_t room = keys->room ? keys->room * 2 : 512;
        void *more = tw_resize(keys->ctx, *items, keys->room * item_bytes, room * item_bytes);
        if (!more) return tw_no_memory(err, "the keys of an import");
        *items = more;
        keys->room = room;
    }
    return TW_OK;
}

/* At most half of the slots are taken. */
static tw_status grow_slots(tw_keys *keys, tw_error *err)
{
    if (2 * (keys->n + 1) <= keys->n_slots || rehash(keys)) return TW_OK;
    return tw_no_memory(err, "the keys of an import");
}

tw_status tw_keys_time(tw_keys *keys, int64_t time, uint32_t *number, tw_error *err)
{
    void *items = keys->times;
    const tw_status st = grow(keys, &items, sizeof *keys->times, err);
    keys->times = items;
    if (st != TW_OK) return st;
    TW_TRY(grow_slots(keys, err));
    size_t at = (size_t)mix((uint64_t)time) & (keys->n_slots - 1);
    for (; keys->slots[at]; at = (at + 1) & (keys->n_slots - 1))
        if (keys->times[keys->slots[at] - 1] == time) {
            *number = keys->slots[at] - 1;
            return TW_OK;
        }
    keys->times[keys->n] = time;
    keys->slots[at] = (uint32_t)++keys->n;
    *number = (uint32_t)keys->n - 1;
    return TW_OK;
}

tw_status tw_keys_name(tw_keys *keys, const char *name, size_t length, uint32_t *number, tw_error *err)
{
    void *items = (void *)keys->names;
    const tw_status st = grow(keys, &items, sizeof *keys->names, err);
    keys->names = items;
    if (st != TW_OK) return st;
    TW_TRY(grow_slots(keys, err));
    size_t at = (size_t)tw_hash64(name, length, 0) & (keys->n_slots - 1);
    for (; keys->slots[at]; at = (at + 1) & (keys->n_slots - 1)) {
        const char *there = keys->names[keys->slots[at] - 1];
        if (strlen(there) == length && memcmp(there, name, length) == 0) {
            *number = keys->slots[at] - 1;
            return TW_OK;
        }
    }
    keys->names[keys->n] = tw_arena_text(&keys->text, name, length);
    if (!keys->names[keys->n]) return tw_no_memory(err, "a symbol");
    keys->slots[at] = (uint32_t)++keys->n;
    *number = (uint32_t)keys->n - 1;
    return TW_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Texts and their codes, by hashing. */
#include "learn/table/frame.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 16 };

void tw_texts_init(tw_texts *t, const tw_ctx *ctx)
{
    *t = (tw_texts){.n = 0};
    tw_arena_init(&t->arena, ctx);
}

void tw_texts_clear(tw_texts *t)
{
    tw_free(t->arena.ctx, t->text);
    tw_free(t->arena.ctx, t->slot);
    tw_arena_clear(&t->arena);
    tw_texts_init(t, t->arena.ctx);
}

static bool is_text(const char *known, const char *text, size_t length)
{
    return strncmp(known, text, length) == 0 && known[length] == '\0';
}

/* Slot where text[0..length) is, or where it would go. */
static size_t probe(const tw_texts *t, const char *text, size_t length)
{
    size_t i = (size_t)tw_hash64(text, length, 0) & (t->n_slots - 1);
    while (t->slot[i] && !is_text(t->text[t->slot[i] - 1], text, length)) i = (i + 1) & (t->n_slots - 1);
    return i;
}

uint32_t tw_texts_find(const tw_texts *t, const char *text, size_t length)
{
    return t->n ? t->slot[probe(t, text, length)] - 1 : TW_TEXTS_NONE;
}

static void fill_slots(tw_texts *t)
{
    for (uint32_t code = 0; code < t->n; code++) t->slot[probe(t, t->text[code], strlen(t->text[code]))] = code + 1;
}

static tw_status grow(tw_texts *t, tw_error *err)
{
    const tw_ctx *ctx = t->arena.ctx;
    const uint32_t room = t->room ? 2 * t->room : FIRST_ROOM;
    const char **text = tw_resize(ctx, t->text, t->room * sizeof *text, room * sizeof *text);
    uint32_t *slot = tw_new(ctx, 2 * (size_t)room, sizeof *slot);
    if (text) t->text = text;
    if (!text || !slot) {
        tw_free(ctx, slot);
        return tw_no_memory(err, "the texts of a column");
    }
    tw_free(ctx, t->slot);
    t->slot = slot;
    t->n_slots = 2 * (size_t)room;
    t->room = room;
    fill_slots(t);
    return TW_OK;
}

tw_status tw_texts_add(tw_texts *t, const char *text, size_t length, uint32_t *code, tw_error *err)
{
    *code = tw_texts_find(t, text, length);
    if (*code != TW_TEXTS_NONE) return TW_OK;
    if (memchr(text, 0, length)) return tw_fail(err, TW_BAD_DATA, "a text has a NUL byte in it");
    if (t->n == TW_TEXTS_MOST)
        return tw_fail(err, TW_TOO_LARGE, "more than %d different texts, the next is '%.*s'", (int)TW_TEXTS_MOST,
                       (int)(length < TW_TEXT_MAX ? length : TW_TEXT_MAX), text);
    if (t->n == t->room) TW_TRY(grow(t, err));
    const char *copy = tw_arena_text(&t->arena, text, length);
    if (!copy) return tw_no_memory(err, "the texts of a column");
    *code = t->n;
    t->text[t->n++] = copy;
    t->slot[probe(t, text, length)] = t->n;
    return TW_OK;
}

/* ---------------------------------------------------------------- order */

typedef struct entry {
    const char *text;
    double number;
    bool is_number;
    uint32_t code;
} entry;

static int by_value(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->is_number != y->is_number) return x->is_number ? -1 : 1;
    if (x->is_number && x->number != y->number) return x->number < y->number ? -1 : 1;
    return strcmp(x->text, y->text);
}

tw_status tw_texts_sort(tw_texts *t, uint32_t **rank, tw_error *err)
{
    const tw_ctx *ctx = t->arena.ctx;
    entry *entries = tw_new(ctx, t->n, sizeof *entries);
    *rank = tw_new(ctx, t->n, sizeof **rank);
    if (!entries || !*rank) {
        tw_free(ctx, entries);
        tw_free(ctx, *rank);
        return tw_no_memory(err, "the order of texts");
    }
    for (uint32_t i = 0; i < t->n; i++) {
        entries[i] = (entry){.text = t->text[i], .code = i};
        entries[i].is_number = tw_parse_double(t->text[i], strlen(t->text[i]), &entries[i].number) &&
                               entries[i].number == entries[i].number;
    }
    if (t->n) qsort(entries, t->n, sizeof *entries, by_value);
    for (uint32_t i = 0; i < t->n; i++) {
        t->text[i] = entries[i].text;
        (*rank)[entries[i].code] = i;
    }
    if (t->n) memset(t->slot, 0, t->n_slots * sizeof *t->slot);
    fill_slots(t);
    tw_free(ctx, entries);
    return TW_OK;
}

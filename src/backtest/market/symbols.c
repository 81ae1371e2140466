/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/market/symbols.h"

#include <string.h>

static size_t slot_of(const tw_symbols *s, const char *text, size_t length)
{
    size_t at = (size_t)tw_hash64(text, length, 0) & (s->n_slots - 1);
    while (s->slot[at]) {
        const char *known = s->name[s->slot[at] - 1];
        if (strlen(known) == length && memcmp(known, text, length) == 0) break;
        at = (at + 1) & (s->n_slots - 1);
    }
    return at;
}

size_t tw_symbols_find(const tw_symbols *s, const char *text, size_t length)
{
    if (s->n_slots == 0) return SIZE_MAX;
    const uint32_t number = s->slot[slot_of(s, text, length)];
    return number ? number - 1 : SIZE_MAX;
}

static bool widen(tw_symbols *s)
{
    if (s->n * 2 < s->n_slots) return true;
    const size_t n = s->n_slots ? s->n_slots * 2 : 256;
    const char **name = tw_arena_new(s->arena, n / 2 + 1, sizeof *name);
    s->slot = tw_arena_new(s->arena, n, sizeof *s->slot);
    if (!name || !s->slot) return false;
    if (s->n) memcpy(name, s->name, s->n * sizeof *name);
    s->name = name;
    s->n_slots = n;
    for (size_t i = 0; i < s->n; i++) s->slot[slot_of(s, name[i], strlen(name[i]))] = (uint32_t)i + 1;
    return true;
}

size_t tw_symbols_add(tw_symbols *s, const char *text, size_t length)
{
    const size_t known = tw_symbols_find(s, text, length);
    if (known != SIZE_MAX) return known;
    if (!widen(s)) return SIZE_MAX;
    s->name[s->n] = tw_arena_text(s->arena, text, length);
    if (!s->name[s->n]) return SIZE_MAX;
    s->slot[slot_of(s, text, length)] = (uint32_t)s->n + 1;
    return s->n++;
}

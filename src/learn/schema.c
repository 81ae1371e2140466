/* SPDX-License-Identifier: Apache-2.0 */
/* Names of a model's columns: one block of pointers and texts, and its bytes:
 * there u8 | features u32 | (name, levels u32, level texts) of each | target | classes u32 | class texts;
 * a text is a u32 length and its bytes. */
#include "learn/learn_impl.h"
#include "learn/wire.h"

#include <string.h>

/* What is laid into the block, in two passes: the first counts, the second writes. */
typedef struct layout {
    char *text;         /* NULL when counting */
    const char **entry; /* likewise */
    size_t n_bytes, n_entries;
} layout;

static const char *lay_text(layout *l, const char *text, size_t length)
{
    const char *at = l->text ? l->text + l->n_bytes : NULL;
    if (l->text) {
        memcpy(l->text + l->n_bytes, text, length);
        l->text[l->n_bytes + length] = '\0';
    }
    l->n_bytes += length + 1;
    return at;
}

static const char *const *lay_texts(layout *l, const char *const *text, size_t n)
{
    const char **at = l->entry ? l->entry + l->n_entries : NULL;
    l->n_entries += n;
    for (size_t i = 0; i < n; i++) {
        const char *copy = lay_text(l, text[i], strlen(text[i]));
        if (at) at[i] = copy;
    }
    return at;
}

static size_t levels_of(const tw_schema *s, size_t f) { return s->n_levels ? s->n_levels[f] : 0; }

/* `to` NULL: counts. */
static void lay(layout *l, const tw_schema *from, tw_schema *to, size_t *n_levels, const char *const **level)
{
    const char *const *name = lay_texts(l, from->name, from->n_features);
    const char *const *class_name = lay_texts(l, from->class_name, from->n_classes);
    for (size_t f = 0; f < from->n_features; f++) {
        const size_t n = levels_of(from, f);
        const char *const *texts = lay_texts(l, n ? from->level[f] : NULL, n);
        if (!to) continue;
        n_levels[f] = n;
        level[f] = n ? texts : NULL;
    }
    const char *target = lay_text(l, from->target ? from->target : "", strlen(from->target ? from->target : ""));
    if (to) *to = (tw_schema){from->n_features, name, n_levels, level, target, from->n_classes, class_name};
}

tw_status tw_schema_copy(const tw_ctx *ctx, const tw_schema *from, tw_schema **to, tw_error *err)
{
    layout count = {0};
    lay(&count, from, NULL, NULL, NULL);
    const size_t n = from->n_features, heads = sizeof(tw_schema) + n * sizeof(size_t) + n * sizeof(char **) +
                                               count.n_entries * sizeof(char *);
    char *block = tw_new(ctx, heads + count.n_bytes, 1);
    if (!block) return tw_no_memory(err, "the names of a model's columns");
    *to = (tw_schema *)(void *)block;
    size_t *n_levels = (size_t *)(void *)(block + sizeof(tw_schema));
    const char *const **level = (const char *const **)(void *)(n_levels + n);
    layout write = {.text = block + heads, .entry = (const char **)(void *)(level + n)};
    lay(&write, from, *to, n_levels, level);
    return TW_OK;
}

/* ---------------------------------------------------------------- bytes */

static void put_text(tw_buf *out, const char *text)
{
    tw_put_u32(out, (uint32_t)strlen(text));
    tw_buf_text(out, text);
}

void tw_schema_save(const tw_schema *schema, tw_buf *out)
{
    tw_put_u8(out, schema != NULL);
    if (!schema) return;
    tw_put_u32(out, (uint32_t)schema->n_features);
    for (size_t f = 0; f < schema->n_features; f++) {
        put_text(out, schema->name[f]);
        tw_put_u32(out, (uint32_t)schema->n_levels[f]);
        for (size_t i = 0; i < schema->n_levels[f]; i++) put_text(out, schema->level[f][i]);
    }
    put_text(out, schema->target);
    tw_put_u32(out, (uint32_t)schema->n_classes);
    for (size_t i = 0; i < schema->n_classes; i++) put_text(out, schema->class_name[i]);
}

/* Where texts go while they are read: the block is as large as the bytes can need. */
typedef struct reading {
    tw_bytes *in;
    char *text, *text_end;
    const char **entry, **entry_end;
    bool bad;
} reading;

static const char *get_text(reading *r)
{
    const uint32_t length = tw_get_u32(r->in);
    const char *view = tw_get_view(r->in, length);
    if (!view || memchr(view, 0, length) || (size_t)(r->text_end - r->text) <= length) {
        r->bad = true;
        return "";
    }
    char *text = r->text;
    memcpy(text, view, length);
    text[length] = '\0';
    r->text += length + 1;
    return text;
}

static const char *const *get_texts(reading *r, size_t n)
{
    if (n > (size_t)(r->entry_end - r->entry)) {
        r->bad = true;
        return NULL;
    }
    const char **at = r->entry;
    r->entry += n;
    for (size_t i = 0; i < n; i++) at[i] = get_text(r);
    return at;
}

static void get_features(reading *r, size_t n, size_t *n_levels, const char *const **level, const char **name)
{
    for (size_t f = 0; f < n && !r->bad; f++) {
        name[f] = get_text(r);
        n_levels[f] = tw_get_u32(r->in);
        level[f] = n_levels[f] ? get_texts(r, n_levels[f]) : NULL;
    }
}

/* Every text takes four bytes at least, so a file of `left` bytes holds at most left / 4 of them. */
tw_status tw_schema_load(const tw_ctx *ctx, tw_bytes *in, tw_schema **schema, tw_error *err)
{
    *schema = NULL;
    const uint8_t there = tw_get_u8(in);
    if (there > 1 || in->failed) return tw_fail(err, TW_BAD_FILE, "model: the names of its columns are cut off");
    if (!there) return TW_OK;
    const size_t n = tw_get_u32(in), most = in->left / 4 + 1;
    if (in->failed || n > most)
        return tw_fail(err, TW_BAD_FILE, "model: %zu features do not fit %zu bytes", n, in->left);
    const size_t text_bytes = in->left + 1,
                 heads = sizeof(tw_schema) + n * sizeof(size_t) + n * sizeof(char **) + most * sizeof(char *);
    char *block = tw_new(ctx, heads + text_bytes, 1);
    if (!block) return tw_no_memory(err, "the names of a model's columns");
    size_t *n_levels = (size_t *)(void *)(block + sizeof(tw_schema));
    const char *const **level = (const char *const **)(void *)(n_levels + n);
    const char **entry = (const char **)(void *)(level + n);
    reading r = {in, block + heads, block + heads + text_bytes, entry + n, entry + most, false};
    get_features(&r, n, n_levels, level, entry);
    const char *target = get_text(&r);
    const size_t n_classes = tw_get_u32(in);
    const char *const *class_name = get_texts(&r, n_classes);
    if (r.bad || in->failed) {
        tw_free(ctx, block);
        return tw_fail(err, TW_BAD_FILE, "model: the names of its columns are cut off or not sound");
    }
    *schema = (tw_schema *)(void *)block;
    **schema = (tw_schema){n, entry, n_levels, level, target, n_classes, class_name};
    return TW_OK;
}

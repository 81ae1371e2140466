/* SPDX-License-Identifier: Apache-2.0 */
/* doc.c - the tree of a document: building, asking, telling where something is wrong, writing as JSON. */
#include "io/doc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- building */

tw_status tw_doc_start(const tw_ctx *ctx, const char *name, size_t length, size_t max_bytes, tw_doc **out,
                       tw_error *err)
{
    *out = NULL;
    if (!name) name = "document";
    if (length > max_bytes) {
        return tw_fail(err, TW_TOO_LARGE, "%s: documents are read up to %zu bytes, got %zu", name, max_bytes, length);
    }
    tw_doc *doc = tw_new(ctx, 1, sizeof *doc);
    if (!doc) return tw_no_memory(err, "a document");
    doc->ctx = ctx;
    tw_arena_init(&doc->arena, ctx);
    doc->name = tw_arena_text(&doc->arena, name, strlen(name));
    if (!doc->name) {
        tw_doc_free(doc);
        return tw_no_memory(err, "a document");
    }
    *out = doc;
    return TW_OK;
}

tw_status tw_doc_add(tw_doc *doc, tw_place *place, const char *key, tw_node **out, tw_error *err)
{
    if (place->depth > TW_DOC_DEPTH) {
        return tw_fail(err, TW_TOO_LARGE, "more than %d levels", TW_DOC_DEPTH);
    }
    if (doc->n_nodes >= doc->max_nodes) {
        return tw_fail(err, TW_TOO_LARGE, "more than %zu values", doc->max_nodes);
    }
    tw_node *node = tw_arena_new(&doc->arena, 1, sizeof *node);
    if (!node) return tw_no_memory(err, "a document");
    doc->n_nodes++;
    node->key = key;
    if (!place->parent) {
        doc->root = node;
    } else if (place->last) {
        place->last->next = node;
    } else {
        place->parent->first = node;
    }
    if (place->parent) place->parent->n_children++;
    place->last = node;
    *out = node;
    return TW_OK;
}

tw_status tw_doc_text(tw_doc *doc, const char *text, size_t length, const char **copy, tw_error *err)
{
    *copy = tw_arena_text(&doc->arena, text, length);
    return *copy ? TW_OK : tw_no_memory(err, "a document");
}

void tw_node_set_integer(tw_node *node, int64_t x)
{
    node->kind = TW_NODE_NUMBER;
    node->number = (double)x;
    node->is_integer = true;
    node->integer = x;
}

void tw_node_set_number(tw_node *node, double x)
{
    const double exact = 9007199254740992.0; /* 2^53 */
    node->kind = TW_NODE_NUMBER;
    node->number = x;
    node->is_integer = fabs(x) <= exact && floor(x) == x && !(x == 0 && signbit(x));
    node->integer = node->is_integer ? (int64_t)x : 0;
}

void tw_doc_free(tw_doc *doc)
{
    if (!doc) return;
    tw_arena_clear(&doc->arena);
    tw_free(doc->ctx, doc);
}

/* ---------------------------------------------------------------- keys that occur twice */

enum { FEW_KEYS = 12 }; /* compared pair by pair, without memory */

static const tw_node *find_twin_of_few(const tw_node *map)
{
    for (const tw_node *a = map->first; a; a = a->next) {
        for (const tw_node *b = a->next; b; b = b->next) {
            if (a->key[0] == b->key[0] && strcmp(a->key, b->key) == 0) return b;
        }
    }
    return NULL;
}

static int by_key(const void *a, const void *b)
{
    const tw_node *const *x = a, *const *y = b;
    const int order = strcmp((*x)->key, (*y)->key);
    if (order != 0) return order;
    if ((*x)->line != (*y)->line) return (*x)->line < (*y)->line ? -1 : 1;
    return ((*x)->column > (*y)->column) - ((*x)->column < (*y)->column);
}

/* `sorted` has room for all children. */
static const tw_node *find_twin(const tw_node *map, const tw_node **sorted)
{
    size_t n = 0;
    for (const tw_node *child = map->first; child; child = child->next) sorted[n++] = child;
    qsort(sorted, n, sizeof *sorted, by_key);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0) return sorted[i];
    }
    return NULL;
}

tw_status tw_doc_refuse_twins(const tw_doc *doc, const tw_node *map, tw_error *err)
{
    const tw_node *twin = NULL;
    if (map->n_children <= FEW_KEYS) {
        twin = find_twin_of_few(map);
    } else {
        const tw_node **sorted = tw_new(doc->ctx, map->n_children, sizeof *sorted);
        if (!sorted) return tw_no_memory(err, "the keys of a map");
        twin = find_twin(map, sorted);
        tw_free(doc->ctx, sorted);
    }
    if (!twin) return TW_OK;
    (void)tw_node_fail(doc, twin, err, "the key \"%.80s\" occurs twice", twin->key);
    return TW_BAD_SYNTAX;
}

/* ---------------------------------------------------------------- reading a file */

static bool ends_in(const char *path, const char *ending)
{
    const size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}

tw_status tw_doc_read(const tw_ctx *ctx, const char *path, tw_doc **doc, tw_error *err)
{
    *doc = NULL;
    const bool json = ends_in(path, ".json"), yaml = ends_in(path, ".yaml") || ends_in(path, ".yml");
    if (!json && !yaml) return tw_fail(err, TW_BAD_FILE, "%s: the name must end in .json, .yaml or .yml", path);
    char *text = NULL;
    size_t length = 0;
    TW_TRY(tw_file_read(ctx, path, &text, &length, err));
    const tw_status status = json ? tw_doc_parse_json(ctx, text, length, path, doc, err)
                                  : tw_doc_parse_yaml(ctx, text, length, path, doc, err);
    tw_free(ctx, text);
    return status;
}

/* ---------------------------------------------------------------- asking */

const tw_node *tw_doc_root(const tw_doc *doc) { return doc->root; }

const char *tw_doc_name(const tw_doc *doc) { return doc->name; }

const tw_node *tw_node_get(const tw_node *node, const char *key)
{
    if (!node || node->kind != TW_NODE_MAP) return NULL;
    const tw_node *child = node->first;
    while (child && strcmp(child->key, key) != 0) child = child->next;
    return child;
}

const char *tw_node_text(const tw_node *node, const char *fallback)
{
    return node && node->kind != TW_NODE_NULL && node->text ? node->text : fallback;
}

double tw_node_number(const tw_node *node, double fallback)
{
    return node && node->kind == TW_NODE_NUMBER ? node->number : fallback;
}

tw_status tw_node_fail(const tw_doc *doc, const tw_node *node, tw_error *err, const char *format, ...)
{
    char message[sizeof err->message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (node && node->line > 0) {
        return tw_fail(err, TW_BAD_VALUE, "%s:%u:%u: %s", doc->name, (unsigned)node->line, (unsigned)node->column,
                       message);
    }
    return tw_fail(err, TW_BAD_VALUE, "%s: %s", doc->name, message);
}

/* ---------------------------------------------------------------- writing */

/* A tw_json writer holds 64 levels. A branch below level FOLD is written by a writer of its own and pasted in. */
enum { FOLD = 56 };

static void fold_json(const tw_node *node, tw_json *json)
{
    tw_buf text;
    tw_json inner;
    tw_buf_init(&text, json->out->ctx);
    tw_json_init(&inner, &text, false);
    tw_node_json(node, &inner);
    if (text.failed || !text.data) {
        json->out->failed = true;
    } else {
        tw_json_raw(json, text.data);
    }
    tw_buf_clear(&text);
}

static void branch_json(const tw_node *node, tw_json *json)
{
    const bool map = node->kind == TW_NODE_MAP;
    if (map) {
        tw_json_object(json);
    } else {
        tw_json_array(json);
    }
    for (const tw_node *child = node->first; child; child = child->next) {
        if (map) tw_json_key(json, child->key);
        tw_node_json(child, json);
    }
    if (map) {
        tw_json_object_end(json);
    } else {
        tw_json_array_end(json);
    }
}

static void numbers_json(const tw_node *node, tw_json *json)
{
    tw_json_array(json);
    for (size_t i = 0; i < node->n_children; i++) tw_json_number(json, node->numbers[i]);
    tw_json_array_end(json);
}

void tw_node_json(const tw_node *node, tw_json *json)
{
    switch (node->kind) {
    case TW_NODE_NULL: tw_json_text(json, NULL); break;
    case TW_NODE_BOOL: tw_json_bool(json, node->boolean); break;
    case TW_NODE_TEXT: tw_json_text(json, node->text); break;
    case TW_NODE_NUMBER:
        if (node->is_integer) {
            tw_json_integer(json, node->integer);
        } else {
            tw_json_number(json, node->number);
        }
        break;
    case TW_NODE_LIST:
    case TW_NODE_MAP:
    case TW_NODE_NUMBERS:
        if (node->kind == TW_NODE_NUMBERS && json->depth < FOLD) {
            numbers_json(node, json);
        } else if (json->depth >= FOLD) {
            fold_json(node, json);
        } else {
            branch_json(node, json);
        }
        break;
    }
}

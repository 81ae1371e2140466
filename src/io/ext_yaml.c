/* SPDX-License-Identifier: Apache-2.0 */
/* ext_yaml.c - YAML through libyaml's events, built into a document.
 *
 * An alias is a copy of what its anchor named; copies count against the bound on nodes, so a file whose aliases double
 * level by level ("billion laughs") is refused early. Merge keys and tags other than !!str are refused. */
#include "io/doc.h"

#include <string.h>
#include <yaml.h>

enum { MAX_ANCHORS = 1000 };

/* A list or map still open; in a map `key` waits for its value. */
typedef struct level {
    tw_place place;
    const char *key;
} level;

typedef struct anchor {
    const char *name;
    const tw_node *node;
    struct anchor *older;
} anchor;

typedef struct builder {
    tw_doc *doc;
    yaml_parser_t parser;
    level levels[TW_DOC_DEPTH + 1]; /* levels[0] is the top */
    size_t depth;
    anchor *anchors;
    size_t n_anchors;
    size_t n_documents;
} builder;

/* ---------------------------------------------------------------- errors with positions */

static uint32_t from_one(size_t zero_based) { return zero_based < UINT32_MAX ? (uint32_t)zero_based + 1 : UINT32_MAX; }

static tw_status fail_at(const builder *b, yaml_mark_t mark, tw_error *err, const char *what, const char *detail)
{
    return tw_fail(err, TW_BAD_SYNTAX, "%s:%u:%u: %s%s%.80s", b->doc->name, (unsigned)from_one(mark.line),
                   (unsigned)from_one(mark.column), what, detail ? ": " : "", detail ? detail : "");
}

/* Puts the position before a message of the document builder (too many levels or values). */
static tw_status located(const builder *b, const yaml_event_t *event, tw_status status, tw_error *err)
{
    if (status == TW_OK || status == TW_NO_MEMORY) return status;
    const yaml_mark_t mark = event->start_mark;
    return tw_fail_in(err, status, "%s:%u:%u", b->doc->name, (unsigned)from_one(mark.line),
                      (unsigned)from_one(mark.column));
}

/* Line and column of a byte that is no text (control characters, bad UTF-8), where libyaml gives the offset alone. */
static yaml_mark_t mark_of_offset(const char *text, size_t length, size_t offset)
{
    yaml_mark_t mark = {0};
    for (size_t i = 0; i < length && i < offset; i++) {
        mark.column = text[i] == '\n' ? 0 : mark.column + 1;
        mark.line += text[i] == '\n';
    }
    return mark;
}

static tw_status fail_syntax(const builder *b, const char *text, size_t length, tw_error *err)
{
    const yaml_parser_t *p = &b->parser;
    if (p->error == YAML_MEMORY_ERROR) return tw_no_memory(err, "YAML");
    const char *problem = p->problem ? p->problem : "not YAML";
    if (p->error == YAML_READER_ERROR) {
        return fail_at(b, mark_of_offset(text, length, p->problem_offset), err, problem, NULL);
    }
    return fail_at(b, p->problem_mark, err, problem, p->context);
}

/* ---------------------------------------------------------------- nodes */

static level *top(builder *b) { return &b->levels[b->depth]; }

static bool wants_key(const builder *b)
{
    const level *l = &b->levels[b->depth];
    return l->place.parent && l->place.parent->kind == TW_NODE_MAP && !l->key;
}

static tw_status add_node(builder *b, const yaml_event_t *event, tw_node **node, tw_error *err)
{
    level *l = top(b);
    TW_TRY(located(b, event, tw_doc_add(b->doc, &l->place, l->key, node, err), err));
    l->key = NULL;
    (*node)->line = from_one(event->start_mark.line);
    (*node)->column = from_one(event->start_mark.column);
    return TW_OK;
}

static tw_status add_anchor(builder *b, const yaml_event_t *event, const yaml_char_t *name, const tw_node *node,
                            tw_error *err)
{
    if (!name) return TW_OK;
    if (++b->n_anchors > MAX_ANCHORS) return fail_at(b, event->start_mark, err, "more than 1000 anchors", NULL);
    anchor *a = tw_arena_new(&b->doc->arena, 1, sizeof *a);
    if (!a) return tw_no_memory(err, "a document");
    TW_TRY(tw_doc_text(b->doc, (const char *)name, strlen((const char *)name), &a->name, err));
    a->node = node;
    a->older = b->anchors;
    b->anchors = a;
    return TW_OK;
}

/* ---------------------------------------------------------------- scalars */

static tw_status take_key(builder *b, const yaml_event_t *event, tw_error *err)
{
    const char *text = (const char *)event->data.scalar.value;
    const size_t length = event->data.scalar.length;
    const bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (plain && length == 0) return fail_at(b, event->start_mark, err, "a key is missing", NULL);
    if (plain && strcmp(text, "<<") == 0) return fail_at(b, event->start_mark, err, "merge keys are not read", NULL);
    if (memchr(text, '\0', length)) return fail_at(b, event->start_mark, err, "a key holds a NUL", NULL);
    if (event->data.scalar.anchor) return fail_at(b, event->start_mark, err, "a key cannot have an anchor", NULL);
    return tw_doc_text(b->doc, text, length, &top(b)->key, err);
}

static bool is_text_tag(const yaml_char_t *tag)
{
    return strcmp((const char *)tag, YAML_STR_TAG) == 0 || strcmp((const char *)tag, "!") == 0;
}

static tw_status take_scalar(builder *b, const yaml_event_t *event, tw_error *err)
{
    const yaml_char_t *tag = event->data.scalar.tag;
    const char *text = (const char *)event->data.scalar.value;
    const size_t length = event->data.scalar.length;
    if (tag && !is_text_tag(tag)) return fail_at(b, event->start_mark, err, "tags are not read", (const char *)tag);
    if (wants_key(b)) return take_key(b, event, err);
    if (memchr(text, '\0', length)) return fail_at(b, event->start_mark, err, "a text holds a NUL", NULL);
    tw_node *node = NULL;
    TW_TRY(add_node(b, event, &node, err));
    TW_TRY(tw_doc_text(b->doc, text, length, &node->text, err));
    TW_TRY(add_anchor(b, event, event->data.scalar.anchor, node, err));
    node->kind = TW_NODE_TEXT;
    if (tag || event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) return TW_OK;
    return tw_node_resolve(b->doc, node, length, err);
}

/* ---------------------------------------------------------------- lists and maps */

static tw_status open_level(builder *b, const yaml_event_t *event, tw_node_kind kind, tw_error *err)
{
    const bool map = kind == TW_NODE_MAP;
    const yaml_char_t *tag = map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    const yaml_char_t *name = map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    if (tag) return fail_at(b, event->start_mark, err, "tags are not read", (const char *)tag);
    if (wants_key(b)) return fail_at(b, event->start_mark, err, "a key must be a text, not a list or map", NULL);
    tw_node *node = NULL;
    TW_TRY(add_node(b, event, &node, err));
    TW_TRY(add_anchor(b, event, name, node, err));
    node->kind = kind;
    if (b->depth == TW_DOC_DEPTH) return fail_at(b, event->start_mark, err, "more than 512 levels", NULL);
    const size_t depth = ++b->depth;
    b->levels[depth] = (level){.place = {.parent = node, .depth = depth + 1}};
    return TW_OK;
}

static tw_status close_level(builder *b, tw_error *err)
{
    const tw_node *node = b->levels[b->depth--].place.parent;
    return node->kind == TW_NODE_MAP ? tw_doc_refuse_twins(b->doc, node, err) : TW_OK;
}

/* ---------------------------------------------------------------- aliases */

static tw_status copy_children(builder *b, const tw_node *from, tw_node *to, size_t depth, tw_error *err)
{
    tw_place place = {.parent = to, .depth = depth + 1};
    for (const tw_node *child = from->first; child; child = child->next) {
        tw_node *copy = NULL;
        TW_TRY(tw_doc_add(b->doc, &place, child->key, &copy, err));
        tw_node value = *child;
        value.first = value.next = NULL;
        value.n_children = 0;
        *copy = value;
        TW_TRY(copy_children(b, child, copy, depth + 1, err));
    }
    return TW_OK;
}

static bool is_open(const builder *b, const tw_node *node)
{
    for (size_t i = 1; i <= b->depth; i++) {
        if (b->levels[i].place.parent == node) return true;
    }
    return false;
}

static tw_status take_alias(builder *b, const yaml_event_t *event, tw_error *err)
{
    const char *name = (const char *)event->data.alias.anchor;
    if (wants_key(b)) return fail_at(b, event->start_mark, err, "a key cannot be an alias", name);
    const anchor *a = b->anchors;
    while (a && strcmp(a->name, name) != 0) a = a->older;
    if (!a) return fail_at(b, event->start_mark, err, "no anchor of this name", name);
    if (is_open(b, a->node)) return fail_at(b, event->start_mark, err, "an alias inside what it names", name);
    tw_node *node = NULL;
    TW_TRY(add_node(b, event, &node, err));
    tw_node value = *a->node;
    value.key = node->key;
    value.line = node->line;
    value.column = node->column;
    value.first = value.next = NULL;
    value.n_children = 0;
    *node = value;
    return located(b, event, copy_children(b, a->node, node, top(b)->place.depth, err), err);
}

/* ---------------------------------------------------------------- the stream */

static tw_status take_event(builder *b, const yaml_event_t *event, tw_error *err)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->n_documents++ == 0) return TW_OK;
        return fail_at(b, event->start_mark, err, "more than one document", NULL);
    case YAML_ALIAS_EVENT: return take_alias(b, event, err);
    case YAML_SCALAR_EVENT: return take_scalar(b, event, err);
    case YAML_SEQUENCE_START_EVENT: return open_level(b, event, TW_NODE_LIST, err);
    case YAML_MAPPING_START_EVENT: return open_level(b, event, TW_NODE_MAP, err);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close_level(b, err);
    case YAML_STREAM_END_EVENT:
        /* A file without a value is null. */
        if (!b->doc->root) {
            tw_node *node = NULL;
            return add_node(b, event, &node, err);
        }
        return TW_OK;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT: break;
    }
    return TW_OK;
}

static tw_status parse(builder *b, const char *text, size_t length, tw_error *err)
{
    if (!yaml_parser_initialize(&b->parser)) return tw_no_memory(err, "YAML");
    yaml_parser_set_input_string(&b->parser, (const unsigned char *)text, length);
    tw_status status = TW_OK;
    for (bool more = true; more && status == TW_OK;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event)) {
            status = fail_syntax(b, text, length, err);
            break;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        status = take_event(b, &event, err);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&b->parser);
    return status;
}

tw_status tw_doc_parse_yaml(const tw_ctx *ctx, const char *text, size_t length, const char *name, tw_doc **out,
                            tw_error *err)
{
    tw_doc *doc = NULL;
    *out = NULL;
    TW_TRY(tw_doc_start(ctx, name, length, TW_YAML_BYTES, &doc, err));
    doc->max_nodes = TW_YAML_NODES;
    builder *b = tw_new(ctx, 1, sizeof *b);
    tw_status status = TW_OK;
    if (b) {
        b->doc = doc;
        b->levels[0].place.depth = 1;
        status = parse(b, text ? text : "", text ? length : 0, err);
    } else {
        status = tw_no_memory(err, "YAML");
    }
    tw_free(ctx, b);
    if (status != TW_OK) {
        tw_doc_free(doc);
        return status;
    }
    *out = doc;
    return TW_OK;
}

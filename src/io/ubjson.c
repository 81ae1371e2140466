/* SPDX-License-Identifier: Apache-2.0 */
/* ubjson.c - Universal Binary JSON (draft 12) straight into a document.
 *
 * A value is a letter and its bytes, big-endian; a list or map may give the letter of all its values ($) and how many
 * there are (#) ahead of them. Texts are checked for UTF-8 where they are shown, not here. */
#include "io/doc.h"

#include <math.h>
#include <string.h>

typedef struct reader {
    tw_doc *doc;
    const unsigned char *start, *at, *end;
    tw_error *err;
} reader;

static tw_status take_value(reader *r, tw_place *place, const char *key, unsigned char letter);

static tw_status fail_at(const reader *r, const char *what)
{
    return tw_fail(r->err, TW_BAD_SYNTAX, "%s: byte %zu: %s", r->doc->name, (size_t)(r->at - r->start), what);
}

static tw_status take_letter(reader *r, unsigned char *letter)
{
    if (r->at == r->end) return fail_at(r, "ends too early");
    *letter = *r->at++;
    return TW_OK;
}

/* ---------------------------------------------------------------- numbers */

/* Bytes of a number of this kind; 0 when it is none. */
static size_t number_size(unsigned char letter)
{
    switch (letter) {
    case 'i':
    case 'U': return 1;
    case 'I': return 2;
    case 'l':
    case 'd': return 4;
    case 'L':
    case 'D': return 8;
    default: return 0;
    }
}

static uint64_t big_endian(const unsigned char *at, size_t size)
{
    uint64_t x = 0;
    for (size_t i = 0; i < size; i++) x = x << 8 | at[i];
    return x;
}

/* A whole number of this kind at `at`. */
static int64_t whole(const unsigned char *at, unsigned char letter)
{
    const uint64_t x = big_endian(at, number_size(letter));
    switch (letter) {
    case 'i': return (int8_t)x;
    case 'I': return (int16_t)x;
    case 'l': return (int32_t)x;
    default: return (int64_t)x;
    }
}

static bool is_whole(unsigned char letter) { return number_size(letter) && letter != 'd' && letter != 'D'; }

static double number(const unsigned char *at, unsigned char letter)
{
    if (is_whole(letter)) return (double)whole(at, letter);
    const uint64_t bits = big_endian(at, number_size(letter));
    const uint32_t low = (uint32_t)bits;
    float single;
    double x;
    memcpy(&single, &low, sizeof single);
    memcpy(&x, &bits, sizeof x);
    return letter == 'd' ? (double)single : x;
}

static tw_status check_room(const reader *r, size_t count, size_t size)
{
    if (count <= (size_t)(r->end - r->at) / size) return TW_OK;
    return tw_fail(r->err, TW_BAD_SYNTAX, "%s: byte %zu: %zu values of %zu bytes, %zu bytes are left", r->doc->name,
                   (size_t)(r->at - r->start), count, size, (size_t)(r->end - r->at));
}

static tw_status take_number(reader *r, tw_node *node, unsigned char letter)
{
    TW_TRY(check_room(r, 1, number_size(letter)));
    if (is_whole(letter))
        tw_node_set_integer(node, whole(r->at, letter));
    else
        tw_node_set_number(node, number(r->at, letter));
    r->at += number_size(letter);
    return TW_OK;
}

/* A count or length: a whole number that is not negative, behind its letter. */
static tw_status take_count(reader *r, unsigned char letter, size_t *count)
{
    if (!is_whole(letter)) return fail_at(r, "a length must be a whole number");
    TW_TRY(check_room(r, 1, number_size(letter)));
    const int64_t x = whole(r->at, letter);
    r->at += number_size(letter);
    if (x < 0) return fail_at(r, "a length is negative");
    *count = (size_t)x;
    return TW_OK;
}

/* ---------------------------------------------------------------- texts */

static tw_status take_text(reader *r, unsigned char letter, const char **text)
{
    size_t length = 0;
    TW_TRY(take_count(r, letter, &length));
    TW_TRY(check_room(r, length, 1));
    if (memchr(r->at, 0, length)) return fail_at(r, "a text holds a NUL");
    TW_TRY(tw_doc_text(r->doc, (const char *)r->at, length, text, r->err));
    r->at += length;
    return TW_OK;
}

static tw_status take_character(reader *r, tw_node *node)
{
    unsigned char c = 0;
    TW_TRY(take_letter(r, &c));
    if (c == 0) return fail_at(r, "a text holds a NUL");
    const char byte = (char)c;
    node->kind = TW_NODE_TEXT;
    return tw_doc_text(r->doc, &byte, 1, &node->text, r->err);
}

/* ---------------------------------------------------------------- lists and maps */

/* What stands before the values of a list or map. */
typedef struct head {
    unsigned char letter; /* of all values; 0: each has its own */
    bool counted;
    size_t count;
} head;

static tw_status take_head(reader *r, head *h)
{
    unsigned char letter = 0;
    *h = (head){0};
    if (r->at < r->end && *r->at == '$') {
        r->at++;
        TW_TRY(take_letter(r, &h->letter));
        if (r->at == r->end || *r->at != '#') return fail_at(r, "a type without a count");
    }
    if (r->at == r->end || *r->at != '#') return TW_OK;
    r->at++;
    h->counted = true;
    TW_TRY(take_letter(r, &letter));
    TW_TRY(take_count(r, letter, &h->count));
    /* Values without bytes of their own (null, true) could be as many as a count says: they need not be read. */
    if (h->letter == 'Z' || h->letter == 'T' || h->letter == 'F') return fail_at(r, "a list of one constant");
    return check_room(r, h->count, 1);
}

/* Numbers of one kind, one behind the other, of `size` bytes each. */
static tw_status take_numbers(reader *r, tw_node *node, const head *h, size_t size)
{
    TW_TRY(check_room(r, h->count, size));
    double *x = tw_arena_new(&r->doc->arena, h->count, sizeof *x);
    if (!x) return tw_no_memory(r->err, "a document");
    for (size_t i = 0; i < h->count; i++, r->at += size) x[i] = number(r->at, h->letter);
    node->kind = TW_NODE_NUMBERS;
    node->n_children = h->count;
    node->numbers = x;
    return TW_OK;
}

/* Numbers of many kinds that were read as values, as one piece. */
static tw_status pack(reader *r, tw_node *node)
{
    for (const tw_node *c = node->first; c; c = c->next)
        if (c->kind != TW_NODE_NUMBER) return TW_OK;
    if (!node->first) return TW_OK;
    double *x = tw_arena_new(&r->doc->arena, node->n_children, sizeof *x);
    if (!x) return tw_no_memory(r->err, "a document");
    node->numbers = x;
    for (const tw_node *c = node->first; c; c = c->next) *x++ = c->number;
    node->kind = TW_NODE_NUMBERS;
    node->first = NULL;
    return TW_OK;
}

static tw_status take_item(reader *r, tw_place *place, bool map, const head *h)
{
    const char *key = NULL;
    unsigned char letter = h->letter;
    if (map) {
        TW_TRY(take_letter(r, &letter));
        TW_TRY(take_text(r, letter, &key));
        letter = h->letter;
    }
    if (!letter) TW_TRY(take_letter(r, &letter));
    return take_value(r, place, key, letter);
}

static tw_status take_branch(reader *r, tw_node *node, bool map, size_t depth)
{
    head h;
    const unsigned char bracket = map ? '}' : ']';
    tw_place place = {.parent = node, .depth = depth + 1};
    node->kind = map ? TW_NODE_MAP : TW_NODE_LIST;
    TW_TRY(take_head(r, &h));
    const size_t size = number_size(h.letter);
    if (!map && h.count && size) return take_numbers(r, node, &h, size);
    for (size_t i = 0; !h.counted || i < h.count; i++) {
        if (!h.counted && r->at < r->end && *r->at == bracket) {
            r->at++;
            break;
        }
        TW_TRY(take_item(r, &place, map, &h));
    }
    return map ? tw_doc_refuse_twins(r->doc, node, r->err) : pack(r, node);
}

/* ---------------------------------------------------------------- values */

static tw_status fill(reader *r, tw_node *node, unsigned char letter, size_t depth)
{
    switch (letter) {
    case 'Z': return TW_OK;
    case 'T':
    case 'F':
        node->kind = TW_NODE_BOOL;
        node->boolean = letter == 'T';
        node->text = node->boolean ? "true" : "false";
        return TW_OK;
    case 'C': return take_character(r, node);
    case 'S':
        node->kind = TW_NODE_TEXT;
        TW_TRY(take_letter(r, &letter));
        return take_text(r, letter, &node->text);
    case '{':
    case '[': return take_branch(r, node, letter == '{', depth);
    default: return number_size(letter) ? take_number(r, node, letter) : fail_at(r, "no such kind of value");
    }
}

static tw_status take_value(reader *r, tw_place *place, const char *key, unsigned char letter)
{
    tw_node *node = NULL;
    const tw_status status = tw_doc_add(r->doc, place, key, &node, r->err);
    if (status == TW_NO_MEMORY) return status;
    if (status != TW_OK) return tw_fail_in(r->err, status, "%s: byte %zu", r->doc->name, (size_t)(r->at - r->start));
    return fill(r, node, letter, place->depth);
}

static tw_status take_all(reader *r)
{
    tw_place top = {.depth = 1};
    unsigned char letter = 0;
    TW_TRY(take_letter(r, &letter));
    TW_TRY(take_value(r, &top, NULL, letter));
    return r->at == r->end ? TW_OK : fail_at(r, "bytes behind the value");
}

tw_status tw_doc_parse_ubjson(const tw_ctx *ctx, const void *bytes, size_t length, const char *name, tw_doc **out,
                              tw_error *err)
{
    tw_doc *doc = NULL;
    *out = NULL;
    TW_TRY(tw_doc_start(ctx, name, length, TW_JSON_BYTES, &doc, err));
    doc->max_nodes = TW_JSON_NODES;
    const unsigned char *at = bytes ? bytes : (const void *)"";
    reader r = {.doc = doc, .start = at, .at = at, .end = at + (bytes ? length : 0), .err = err};
    const tw_status status = take_all(&r);
    if (status != TW_OK)
        tw_doc_free(doc);
    else
        *out = doc;
    return status;
}

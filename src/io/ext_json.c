/* SPDX-License-Identifier: Apache-2.0 */
/* ext_json.c - JSON (RFC 8259) through jansson, copied into a document.
 *
 * jansson keeps no positions, so the nodes of a JSON document have none; errors of syntax have them. */
#include "io/doc.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static tw_status fill(tw_doc *doc, tw_node *node, json_t *value, size_t depth, tw_error *err);

static tw_status fill_list(tw_doc *doc, tw_node *node, json_t *list, size_t depth, tw_error *err)
{
    tw_place place = {.parent = node, .depth = depth + 1};
    node->kind = TW_NODE_LIST;
    const size_t n = json_array_size(list);
    for (size_t i = 0; i < n; i++) {
        tw_node *child = NULL;
        TW_TRY(tw_doc_add(doc, &place, NULL, &child, err));
        TW_TRY(fill(doc, child, json_array_get(list, i), depth + 1, err));
    }
    return TW_OK;
}

static tw_status fill_map(tw_doc *doc, tw_node *node, json_t *map, size_t depth, tw_error *err)
{
    tw_place place = {.parent = node, .depth = depth + 1};
    node->kind = TW_NODE_MAP;
    for (void *it = json_object_iter(map); it; it = json_object_iter_next(map, it)) {
        const char *name = json_object_iter_key(it), *key = NULL;
        tw_node *child = NULL;
        TW_TRY(tw_doc_text(doc, name, strlen(name), &key, err));
        TW_TRY(tw_doc_add(doc, &place, key, &child, err));
        TW_TRY(fill(doc, child, json_object_iter_value(it), depth + 1, err));
    }
    return TW_OK;
}

static tw_status fill_number(tw_doc *doc, tw_node *node, const json_t *value, tw_error *err)
{
    char text[40];
    size_t length = 0;
    if (json_is_integer(value)) {
        tw_node_set_integer(node, (int64_t)json_integer_value(value));
        length = (size_t)snprintf(text, sizeof text, "%" PRId64, node->integer);
    } else {
        tw_node_set_number(node, json_real_value(value));
        length = tw_format_double(node->number, text);
    }
    return tw_doc_text(doc, text, length, &node->text, err);
}

static tw_status fill(tw_doc *doc, tw_node *node, json_t *value, size_t depth, tw_error *err)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return fill_map(doc, node, value, depth, err);
    case JSON_ARRAY: return fill_list(doc, node, value, depth, err);
    case JSON_STRING:
        node->kind = TW_NODE_TEXT;
        return tw_doc_text(doc, json_string_value(value), json_string_length(value), &node->text, err);
    case JSON_INTEGER:
    case JSON_REAL: return fill_number(doc, node, value, err);
    case JSON_TRUE:
    case JSON_FALSE:
        node->kind = TW_NODE_BOOL;
        node->boolean = json_is_true(value);
        node->text = node->boolean ? "true" : "false";
        return TW_OK;
    case JSON_NULL: break;
    }
    return TW_OK;
}

static tw_status fail_syntax(const tw_doc *doc, const json_error_t *error, tw_error *err)
{
    if (json_error_code(error) == json_error_out_of_memory) return tw_no_memory(err, "JSON");
    const int line = error->line > 0 ? error->line : 1, column = error->column > 0 ? error->column : 1;
    return tw_fail(err, TW_BAD_SYNTAX, "%s:%d:%d: %s", doc->name, line, column, error->text);
}

/* ---------------------------------------------------------------- integers that jansson would refuse or change */

static size_t string_length(const char *text, size_t length)
{
    size_t i = 1;
    while (i < length && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
    return i < length ? i + 1 : length;
}

static size_t number_length(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && text[i] != '\0' && strchr("+-.0123456789eE", text[i])) i++;
    return i;
}

/* An integer that int64 cannot hold (good JSON all the same), or minus zero. */
static bool must_be_real(const char *text, size_t length)
{
    int64_t x = 0;
    for (size_t i = *text == '-'; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
    }
    return !tw_parse_int64(text, length, &x) || (x == 0 && *text == '-');
}

/* Copies the text with an exponent behind such integers, which makes reals of them; leaves `out` empty without any. */
static void widen_integers(const char *text, size_t length, tw_buf *out)
{
    size_t copied = 0;
    for (size_t i = 0; i < length;) {
        if (text[i] == '"') {
            i += string_length(text + i, length - i);
            continue;
        }
        const size_t n = number_length(text + i, length - i);
        i += n > 0 ? n : 1;
        if (n < 2 || !must_be_real(text + i - n, n)) continue;
        tw_buf_add(out, text + copied, i - copied);
        tw_buf_text(out, "e0");
        copied = i;
    }
    if (copied > 0) tw_buf_add(out, text + copied, length - copied);
}

/* ---------------------------------------------------------------- parsing */

static tw_status load(const tw_doc *doc, const char *text, size_t length, json_t **value, tw_error *err)
{
    json_error_t error = {0};
    tw_buf wide;
    tw_buf_init(&wide, doc->ctx);
    widen_integers(text, length, &wide);
    tw_status status = tw_buf_check(&wide, err);
    if (status == TW_OK) {
        const bool same = wide.length == 0;
        *value = json_loadb(same ? text : wide.data, same ? length : wide.length,
                            JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
        if (!*value) status = fail_syntax(doc, &error, err);
    }
    tw_buf_clear(&wide);
    return status;
}

static tw_status parse(tw_doc *doc, const char *text, size_t length, tw_error *err)
{
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length -= 3;
    }
    json_t *value = NULL;
    TW_TRY(load(doc, text, length, &value, err));
    tw_place top = {.depth = 1};
    tw_node *root = NULL;
    tw_status status = tw_doc_add(doc, &top, NULL, &root, err);
    if (status == TW_OK) status = fill(doc, root, value, 1, err);
    json_decref(value);
    return status;
}

tw_status tw_doc_parse_json(const tw_ctx *ctx, const char *text, size_t length, const char *name, tw_doc **out,
                            tw_error *err)
{
    tw_doc *doc = NULL;
    *out = NULL;
    TW_TRY(tw_doc_start(ctx, name, length, TW_JSON_BYTES, &doc, err));
    doc->max_nodes = TW_JSON_NODES;
    const tw_status status = parse(doc, text ? text : "", text ? length : 0, err);
    if (status != TW_OK) {
        tw_doc_free(doc);
        return status;
    }
    *out = doc;
    return TW_OK;
}

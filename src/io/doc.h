/* SPDX-License-Identifier: Apache-2.0 */
/* doc.h - building the one tree that JSON and YAML become. */
#ifndef TW_IO_DOC_H
#define TW_IO_DOC_H

#include "tradewind/io.h"

enum {
    TW_DOC_DEPTH = 512,
    TW_JSON_NODES = 10 * 1000 * 1000,
    TW_YAML_NODES = 1000 * 1000, /* copies made by aliases count */
    TW_JSON_BYTES = 256 * 1024 * 1024,
    TW_YAML_BYTES = 16 * 1024 * 1024
};

struct tw_doc {
    const tw_ctx *ctx;
    tw_arena arena; /* name, nodes, keys, texts */
    const char *name;
    tw_node *root;
    size_t n_nodes, max_nodes;
};

/* Where the next node goes: behind `last` among the children of `parent` (NULL: the top), `depth` levels down. */
typedef struct tw_place {
    tw_node *parent, *last;
    size_t depth;
} tw_place;

/* Starts an empty document; refuses more than max_bytes of text. */
tw_status tw_doc_start(const tw_ctx *ctx, const char *name, size_t length, size_t max_bytes, tw_doc **doc,
                       tw_error *err);
/* Adds a null node at `place`, moving it on. `key` must live in the arena. Fails on too many nodes or levels;
 * the caller puts name:line:column before the message. */
tw_status tw_doc_add(tw_doc *doc, tw_place *place, const char *key, tw_node **node, tw_error *err);
/* Copies text into the arena. */
tw_status tw_doc_text(tw_doc *doc, const char *text, size_t length, const char **copy, tw_error *err);
/* Fails with BAD_SYNTAX when two children of the map have the same key. */
tw_status tw_doc_refuse_twins(const tw_doc *doc, const tw_node *map, tw_error *err);
/* Makes a number of the node; integers held exactly by a double count as integers. */
void tw_node_set_number(tw_node *node, double x);
void tw_node_set_integer(tw_node *node, int64_t x);
/* Gives the node the kind and value that its plain YAML scalar node->text stands for: null, bool, number, else text. */
tw_status tw_node_resolve(const tw_doc *doc, tw_node *node, size_t length, tw_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What is read must be written as JSON that reads back and is then written the same. */
#ifndef TW_FUZZ_DOCUMENT_H
#define TW_FUZZ_DOCUMENT_H

#include "tradewind/io.h"

#include <stdlib.h>
#include <string.h>

static inline void require(bool holds)
{
    if (!holds) abort();
}

static inline void write_doc(const tw_doc *doc, tw_buf *out)
{
    tw_json json;
    tw_buf_init(out, NULL);
    tw_json_init(&json, out, false);
    tw_node_json(tw_doc_root(doc), &json);
    require(!out->failed);
}

typedef tw_status fuzz_parse(const tw_ctx *ctx, const char *text, size_t length, const char *name, tw_doc **doc,
                             tw_error *err);

/* `parse` reads the format that is fuzzed. */
static inline void fuzz_document(const uint8_t *data, size_t size, const char *name, fuzz_parse *parse)
{
    tw_doc *doc = NULL, *again = NULL;
    tw_buf first, second;
    tw_error err;
    if (parse(NULL, (const char *)data, size, name, &doc, &err) != TW_OK) return;
    write_doc(doc, &first);
    const tw_status status = tw_doc_parse_json(NULL, first.data, first.length, "again.json", &again, &err);
    require(status == TW_OK);
    write_doc(again, &second);
    require(first.length == second.length && memcmp(first.data, second.data, first.length) == 0);
    tw_buf_clear(&first);
    tw_buf_clear(&second);
    tw_doc_free(doc);
    tw_doc_free(again);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* absent_doc.c - what ext_json.c and ext_yaml.c answer in a build without outside libraries. */
#include "io/doc.h"

static tw_status absent(const char *name, const char *format, tw_doc **doc, tw_error *err)
{
    *doc = NULL;
    return tw_fail(err, TW_UNSUPPORTED, "%s: this build cannot read %s", name ? name : "document", format);
}

tw_status tw_doc_parse_json(const tw_ctx *ctx, const char *text, size_t length, const char *name, tw_doc **doc,
                            tw_error *err)
{
    (void)ctx, (void)text, (void)length;
    return absent(name, "JSON", doc, err);
}

tw_status tw_doc_parse_yaml(const tw_ctx *ctx, const char *text, size_t length, const char *name, tw_doc **doc,
                            tw_error *err)
{
    (void)ctx, (void)text, (void)length;
    return absent(name, "YAML", doc, err);
}

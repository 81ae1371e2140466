/* SPDX-License-Identifier: Apache-2.0 */
/* absent_yaml.c - what ext_yaml.c answers in a build without outside libraries. */
#include "io/doc.h"

tw_status tw_doc_parse_yaml(const tw_ctx *ctx, const char *text, size_t length, const char *name, tw_doc **doc,
                            tw_error *err)
{
    (void)ctx, (void)text, (void)length;
    *doc = NULL;
    return tw_fail(err, TW_UNSUPPORTED, "%s: this build cannot read YAML", name ? name : "document");
}

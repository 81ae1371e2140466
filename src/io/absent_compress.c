/* SPDX-License-Identifier: Apache-2.0 */
/* absent_compress.c - what ext_gzip.c and ext_zstd.c answer in a build without outside libraries. */
#include "io/source.h"

static tw_status absent(tw_source *inner, const char *name, const char *format, tw_error *err)
{
    tw_source_close(inner);
    return tw_fail(err, TW_UNSUPPORTED, "%s: this build cannot unpack %s", name, format);
}

tw_status tw_source_gzip(const tw_ctx *ctx, tw_source *inner, const char *name, tw_source **source, tw_error *err)
{
    (void)ctx;
    *source = NULL;
    return absent(inner, name, "gzip", err);
}

tw_status tw_source_zstd(const tw_ctx *ctx, tw_source *inner, const char *name, tw_source **source, tw_error *err)
{
    (void)ctx;
    *source = NULL;
    return absent(inner, name, "zstd", err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* source.h - what the kinds of byte source share, and the unpacking sources that need an outside library. */
#ifndef TW_IO_SOURCE_H
#define TW_IO_SOURCE_H

#include "tradewind/io.h"

/* Bytes an unpacking source asks of the packed one at a time. */
enum { TW_PACKED_CHUNK = 64 * 1024 };

/* Unpack `inner`, which they take (and close, also on failure); `name` is for messages and is copied.
 * UNSUPPORTED in a build without the outside library. */
tw_status tw_source_gzip(const tw_ctx *ctx, tw_source *inner, const char *name, tw_source **source, tw_error *err);
tw_status tw_source_zstd(const tw_ctx *ctx, tw_source *inner, const char *name, tw_source **source, tw_error *err);

#endif

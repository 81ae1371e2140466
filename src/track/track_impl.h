/* SPDX-License-Identifier: Apache-2.0 */
/* track_impl.h - what the files of this folder share: the bundle as it is held in memory. */
#ifndef TW_TRACK_IMPL_H
#define TW_TRACK_IMPL_H

#include "tradewind/io.h"
#include "tradewind/track.h"

enum { TW_BUNDLE_FORMAT = 1, TW_BUNDLE_MAX_FILES = 4096 };

/* The checksum of bundle.json itself, which records those of all other files. */
#define TW_BUNDLE_SUM "bundle.json.sum"

/* The lines of a bundle, in the order in which a scorer tries them. */
enum { TW_LINE_BEST, TW_LINE_FALLBACK, TW_LINES };

struct tw_bundle {
    const tw_ctx *ctx;
    tw_arena arena;
    tw_doc *doc; /* bundle.json: names and texts are views into it */
    const char *name;
    const char **columns, **symbols;
    int32_t *group;
    size_t n_columns, n_symbols;
    const tw_calendar *calendar;
    int64_t bar_ns;
    double max_missing;
    tw_plan *plan;
    tw_bundle_line line[TW_LINES];
    uint64_t hash;
};

/* "0123456789abcdef" of a hash; out holds 17 bytes. */
void tw_hash_text(uint64_t hash, char out[17]);

#endif

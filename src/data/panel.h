/* SPDX-License-Identifier: Apache-2.0 */
/* panel.h - the image of a panel, the same bytes in memory and in a file.
 *
 *   header | column hashes | times | names (columns, then symbols, each NUL-terminated) | padding | columns
 *
 * Every region starts at a multiple of 64 bytes, every column at a multiple of 4096; a column is [block][time][16]
 * doubles. All offsets follow from the counts in the header, so a hostile file has nothing to point astray. */
#ifndef TW_DATA_PANEL_H
#define TW_DATA_PANEL_H

#include "tradewind/data.h"

enum {
    TW_LANES = 16,
    TW_PANEL_VERSION = 1,
    TW_PANEL_BYTE_ORDER = 0x01020304,
    TW_PANEL_MAX_COLUMNS = 4096,
    TW_PANEL_MAX_NAME = 255,
};

typedef struct tw_panel_header {
    char magic[8];
    uint32_t version, byte_order;
    uint64_t header_hash; /* XXH64 of the bytes before this field as seed of those behind it, to the end of the names */
    uint64_t file_bytes;
    uint64_t n_symbols, n_times, n_columns, name_bytes;
    int64_t bar_ns;
    uint32_t stamped_at_end, reserved;
    char calendar[32];
} tw_panel_header;

/* Byte offsets that follow from the counts. */
typedef struct tw_panel_layout {
    uint64_t hashes, times, names, names_end, data, column_bytes, column_stride, total;
} tw_panel_layout;

struct tw_panel {
    const tw_ctx *ctx;
    unsigned char *image;
    size_t bytes;
    bool mapped, sealed;
    int fd;
    char *path, *temporary; /* set while a file is being written */
    tw_panel_layout layout;
    tw_panel_shape shape; /* views into the image */
    const char **names;   /* columns, then symbols */
    const tw_calendar *calendar;
};

/* Layout of the counts in `header`; false when they are out of bounds or the size overflows. */
bool tw_panel_layout_of(const tw_panel_header *header, tw_panel_layout *layout);
/* Hash of a header with all that stands before the columns. */
uint64_t tw_panel_header_hash(const unsigned char *image, const tw_panel_layout *layout);
/* Points the shape of `panel` into its image, checking names, order of symbols and times. */
tw_status tw_panel_attach(tw_panel *panel, tw_error *err);
/* Makes the file mapping of panel->bytes under a temporary name beside `path`. */
tw_status tw_panel_file_make(tw_panel *panel, const char *path, tw_error *err);
/* Flushes, renames the temporary to its path and makes the mapping read-only. */
tw_status tw_panel_file_commit(tw_panel *panel, tw_error *err);
/* Maps an existing file read-only. */
tw_status tw_panel_file_map(tw_panel *panel, const char *path, tw_error *err);
/* Unmaps, closes, removes a temporary that was not committed. */
void tw_panel_file_drop(tw_panel *panel);

/* Column c as one run of doubles. */
static inline double *tw_panel_column(const tw_panel *panel, size_t c)
{
    return (double *)(void *)(panel->image + panel->layout.data + c * panel->layout.column_stride);
}

/* Where value (s, t) stands within a column. */
static inline size_t tw_panel_cell(const tw_panel *panel, size_t s, size_t t)
{
    return ((s / TW_LANES) * panel->shape.n_times + t) * TW_LANES + s % TW_LANES;
}

#endif

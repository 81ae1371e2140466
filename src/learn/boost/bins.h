/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as bytes: made once from the rows whose quantiles are the edges, then read by every fit on rows among them. */
#ifndef TW_LEARN_BINS_H
#define TW_LEARN_BINS_H

#include "learn/learn_impl.h"

enum { TW_MOST_BINS = 255, TW_BIN_ROOM = 256 };

/* Bin 0 is missing; 1 .. n_bins[f] by value. Of a number bin b ends at edge[b - 1], +inf behind the last; of a category
 * edge[b - 1] is the category itself, the most frequent first, and those beyond the bins are in bin 0. */
struct tw_bins {
    const tw_ctx *ctx;
    size_t n_rows, n_features;
    uint32_t *cell;   /* [n_rows] ascending */
    uint8_t *byte;    /* [n_features][n_rows] */
    float *edge;      /* [n_features][TW_BIN_ROOM] */
    uint32_t *n_bins; /* [n_features] */
    bool *category;   /* [n_features] */
};

static inline const uint8_t *tw_bins_column(const tw_bins *b, size_t f) { return b->byte + f * b->n_rows; }
static inline const float *tw_bins_edges(const tw_bins *b, size_t f) { return b->edge + f * TW_BIN_ROOM; }

/* Where the cells of `rows` are among those of `bins`; BAD_VALUE names one that is not there. */
tw_status tw_bins_view(const tw_bins *bins, const tw_rows *rows, uint32_t *view, tw_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Trees compiled for scoring. Values are added to a row in the order of the trees, so a row gets the bits that walks by
 * tw_tree_step give it, whatever rows are beside it and whichever way it is scored: alone, by interleaved walks over
 * nodes of 8 bytes; in blocks, bit-sliced (slice.h). */
#ifndef TW_LEARN_SCORER_H
#define TW_LEARN_SCORER_H

#include "learn/trees/trees.h"

/* Compiles trees [from, to) of a sound model, which must outlive the scorer and not change in them. */
tw_status tw_tree_scorer_new(const tw_trees *m, size_t from, size_t to, tw_tree_scorer **scorer, tw_error *err);
void tw_tree_scorer_free(tw_tree_scorer *scorer);
/* score[i * n_outputs + k] += the leaf values of row i. Never allocates; takes up to 300 kB of stack. */
void tw_tree_scorer_add(const tw_tree_scorer *scorer, const tw_rows *rows, double *score);

/* Rows as bytes: feature f of row r is bin[r * row_stride + f * feature_stride], 0 when missing. */
typedef struct tw_bin_rows {
    const uint8_t *bin;
    size_t row_stride, feature_stride;
    const uint32_t *row; /* [n] which rows; NULL: 0 .. n - 1 */
    size_t n;
} tw_bin_rows;

/* What bytes stand for: byte b >= 1 of feature f for the values up to edge[f * stride + b - 1] and above the edge
 * before it, or for that category. */
typedef struct tw_bin_edges {
    const float *edge;
    const uint32_t *n_bins; /* by feature: bytes are 0 .. n_bins, n_bins <= 255 */
    size_t stride;
} tw_bin_edges;

/* Makes a scorer ready for rows of bytes under these edges, which must outlive it. Every threshold must be an edge, or
 * above or below all: otherwise a byte does not say where its row goes, and that is BAD_VALUE; linear leaves and zeros
 * that are missing are UNSUPPORTED. */
tw_status tw_tree_scorer_use_bins(tw_tree_scorer *scorer, const tw_bin_edges *edges, tw_error *err);
/* score[r * n_outputs + k] += the leaf values of row r, for every row r of the list. */
void tw_tree_scorer_add_bins(const tw_tree_scorer *scorer, const tw_bin_rows *rows, double *score);

#endif

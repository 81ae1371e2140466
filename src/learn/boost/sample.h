/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows a tree sees. */
#ifndef TW_LEARN_SAMPLE_H
#define TW_LEARN_SAMPLE_H

#include "learn/boost/gbm.h"

/* Rows in the tree, ascending, then those left out, ascending. */
typedef struct tw_sample {
    const tw_ctx *ctx;
    uint64_t seed;
    size_t n, n_in;
    uint32_t *row, *spare; /* [n] */
} tw_sample;

tw_status tw_sample_init(tw_sample *s, const tw_ctx *ctx, uint64_t seed, size_t n, tw_error *err);
void tw_sample_clear(tw_sample *s);
/* Each row with chance `share`; draw number `number`. */
void tw_sample_share(tw_sample *s, uint64_t number, double share);
/* The `top` share of the rows by size, and of the others enough at random to make `share` in all; their factor[row] is
 * the number of rows each stands for, that of the others 1. Ke et al., LightGBM, NeurIPS 2017, algorithm 2. */
void tw_sample_top(tw_sample *s, uint64_t number, double top, double share, const float *size, double *factor);
/* Blocks of `block` times (of single rows when 0), each with chance `share`: rows that are near each other in time are
 * much the same, so those left out must not stand beside those in the tree. */
void tw_sample_blocks(tw_sample *s, uint64_t number, double share, const tw_rows *rows, size_t block);

#endif

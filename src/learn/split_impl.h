/* SPDX-License-Identifier: Apache-2.0 */
/* What splitters share: which rows there are, and the cut of one fold by label interval. */
#ifndef TW_LEARN_SPLIT_IMPL_H
#define TW_LEARN_SPLIT_IMPL_H

#include "learn/learn_impl.h"

enum { TW_MOST_SPANS = sizeof((tw_fold *)0)->span / sizeof((tw_fold *)0)->span[0], TW_MOST_FOLDS = 2000 };

/* Everything a fold is cut from. Train rows have their decision time in [train_from, train_to). */
typedef struct tw_cut {
    const tw_dataset *data;
    const bool *usable;
    size_t first, last; /* times of the rows there are: [first, last) */
    size_t train_from, train_to;
    size_t embargo; /* bars after a test span in which no train row may be */
    size_t gap;     /* bars before a test span that no train label may reach into */
} tw_cut;

/* Checks the labels and finds the range of times that have rows; train_from and train_to are that range. */
tw_status tw_cut_begin(const tw_dataset *data, const bool *usable, const char *splitter, tw_cut *cut, tw_error *err);
/* Fills train and test of a fold whose spans are set. */
tw_status tw_cut_fold(const tw_ctx *ctx, const tw_cut *cut, tw_fold *fold, tw_error *err);
/* Room for n folds. */
tw_status tw_folds_new(const tw_ctx *ctx, size_t n, tw_folds *folds, tw_error *err);
/* Border i of `parts` equal parts of [first, last). */
size_t tw_cut_border(const tw_cut *cut, size_t parts, size_t i);

/* Times a fold's test touches. */
typedef struct tw_touched {
    uint32_t *sum;         /* [n_times + 1]: times below t that a test label or span covers */
    uint8_t *in_test;      /* [n_times] inside a span */
    uint8_t *embargo;      /* [n_times] in the embargo of a span */
    uint32_t span_end[16]; /* last time covered by span j and its labels */
} tw_touched;

/* Marks what the test rows and spans cover. */
tw_status tw_touched_new(const tw_ctx *ctx, const tw_cut *cut, const tw_fold *fold, tw_touched *touched, tw_error *err);
void tw_touched_clear(const tw_ctx *ctx, tw_touched *touched);
/* True when [start, end] meets a covered time. */
static inline bool tw_touches(const tw_touched *touched, uint32_t start, uint32_t end)
{
    return touched->sum[end + 1] > touched->sum[start];
}

#endif

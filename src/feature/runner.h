/* SPDX-License-Identifier: Apache-2.0 */
/* runner.h - a plan in motion: its memory. */
#ifndef TW_FEATURE_RUNNER_H
#define TW_FEATURE_RUNNER_H

#include "feature/layout.h"
#include "feature/store.h"

/* Memory of the caller that a call reads or writes. */
typedef struct fx_span {
    uintptr_t begin, end;
    bool written;
} fx_span;

struct tw_runner {
    const tw_ctx *ctx;
    const tw_plan *plan;
    fx_layout layout;
    size_t n_symbols, lanes, n_blocks;
    int32_t *group; /* of each symbol; all 0 when there are none */
    char *blocks;   /* n_blocks of layout.block_bytes */
    char *scratch;  /* of each thread */
    size_t scratch_bytes;
    fx_span *spans; /* room for those of a call, one a feature and one a step */
    fx_copiers copiers;
    uint64_t bars;
};

/* Memory of a block. */
static inline char *fx_block(const tw_runner *r, size_t block) { return r->blocks + block * r->layout.block_bytes; }
/* Rows written behind the history, one count for each kept value of a block. */
static inline size_t *fx_positions(const tw_runner *r, char *block)
{
    return (size_t *)(void *)(block + r->layout.positions);
}
/* First of the kept values of a block. */
static inline double *fx_kept(const tw_runner *r, char *block)
{
    return (double *)(void *)(block + r->layout.state_bytes);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* engine.h - what an engine is given: a block of valid rows. */
#ifndef TW_PRICING_ENGINE_H
#define TW_PRICING_ENGINE_H

#include "tradewind/pricing.h"

/* Rows of a block. A block is always whole: missing and invalid rows are filled up with copies of a valid one, so that
 * engines may work by vectors without a remainder. What is computed of them is not looked at, and need not be: engines
 * that go row by row stop at n. */
enum { TW_BLOCK = 256 };

typedef struct tw_block {
    size_t n;                           /* rows that count; the arrays hold TW_BLOCK valid ones */
    size_t first;                       /* their rows in the contracts, for what is by row there: from `first` on, */
    const size_t *row;                  /* or, where this is not NULL, these */
    const double *col[TW_COLUMN_COUNT]; /* columns that instrument and model use, and spot, r, q */
    double *out[TW_VALUE_COUNT];        /* never NULL for what the scope supplies */
    uint32_t wants;                     /* bits of values that are read: an engine may leave out others */
    double elapsed[TW_BLOCK]; /* years by which dates are nearer than tw_contracts says; T and start hold it already */
    tw_row_status *status;    /* TW_ROW_OK on entry */
    const tw_contracts *contracts;
    const tw_price_market *market;
    const tw_scope *scope;
    tw_isa isa; /* resolved */
    void *work; /* what the engine's workspace asked for */
} tw_block;

/* Whether any of TW_BLOCK values is outside [lo, hi] or NaN. */
typedef bool tw_outside_fn(const double *x, double lo, double hi);
bool tw_pricing_outside_baseline(const double *x, double lo, double hi);
bool tw_pricing_outside_avx2(const double *x, double lo, double hi);
bool tw_pricing_outside_avx512(const double *x, double lo, double hi);

/* Whether any of TW_BLOCK small numbers is not whole, or is `never`. */
typedef bool tw_no_choice_fn(const double *x, double never);
bool tw_pricing_no_choice_baseline(const double *x, double never);
bool tw_pricing_no_choice_avx2(const double *x, double never);
bool tw_pricing_no_choice_avx512(const double *x, double never);

#define TW_ENGINE(name) extern const tw_engine tw_engine_##name;
#include "pricing/engines.def"
#undef TW_ENGINE

/* Columns of which an instrument under a model makes use. */
uint64_t tw_pricing_uses(const tw_instrument *instrument, const tw_price_model *model);
/* Whether a line of the matrix takes dividends and curves of a call. */
bool tw_scope_takes(const tw_scope *scope, const tw_contracts *contracts, const tw_price_market *market);
/* Bit of a column. */
#define TW_COL_BIT(name) (UINT64_C(1) << TW_COL_##name)

/* Row of the contracts that row i of a block is. */
static inline size_t tw_block_row(const tw_block *block, size_t i)
{
    return block->row ? block->row[i] : block->first + i;
}

/* Dates or dividends of row i of a block. Times are as the contracts have them: `elapsed` is to be taken off. */
typedef struct tw_due {
    size_t n;
    const double *time, *amount; /* amount: NULL for dates */
    const uint8_t *share;        /* NULL: all in cash */
    double elapsed;
} tw_due;
tw_due tw_block_dates(const tw_block *block, size_t i);
tw_due tw_block_dividends(const tw_block *block, size_t i);

/* Bytes of scratch memory that bumps need. */
size_t tw_bump_workspace(void);
typedef struct tw_bump_job {
    const tw_engine *engine;
    const void *params;
    const tw_block *block; /* what the engine supplies is there already */
    uint32_t wants;
    void *work;
} tw_bump_job;
/* Fills the values of a block that are wanted and not supplied, by central differences. */
void tw_bump(const tw_bump_job *job);

#endif

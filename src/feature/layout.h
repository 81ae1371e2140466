/* SPDX-License-Identifier: Apache-2.0 */
/* layout.h - where everything of a runner lies, and what is done in which order.
 *
 * A block is up to 16 symbols. Its memory holds the states of operators and the *kept* values: those of which earlier
 * rows are read, and those that cross a cross-section. A kept value is [history + slack][lanes]; new rows are written
 * behind the old, and when the slack is used up the last `history` rows move to the front. All other values live in
 * scratch of the thread, in slots that are used again as soon as nobody needs the value. */
#ifndef TW_FEATURE_LAYOUT_H
#define TW_FEATURE_LAYOUT_H

#include "feature/plan.h"

/* Values of a chunk, rows times lanes: 8 KiB, so that what a step reads was left in the nearest cache by the step
 * before. */
enum { FX_CHUNK = 64 * TW_LANES };

typedef enum fx_place_kind { FX_SCRATCH, FX_KEPT, FX_FIXED } fx_place_kind;

/* Where one value lies; offset counts doubles from the scratch, block or fixed area. */
typedef struct fx_place {
    fx_place_kind kind;
    size_t offset;
    size_t history, slack; /* FX_KEPT, in rows */
    size_t kept;           /* FX_KEPT: index into the block's positions */
} fx_place;

typedef enum fx_step_kind { FX_LOAD, FX_FILL, FX_RUN, FX_SECTION, FX_STORE } fx_step_kind;

/* One node at work; FX_STORE only writes features (its value is made elsewhere). */
typedef struct fx_step {
    fx_step_kind kind;
    uint32_t n_inputs, n_outputs;
    uint32_t inputs[FX_INPUTS], outputs[FX_OUTPUTS]; /* places */
    size_t column;                                   /* FX_LOAD */
    double constant;                                 /* FX_FILL */
    const tw_op *op;                                 /* of the runner's instruction set */
    tw_op_run *run;                                  /* its form for the lanes of the layout */
    const void *params;
    size_t state, state_size; /* bytes in the block */
    uint32_t first_store, n_stores;
} fx_step;

/* Feature `feature` is the value at `place`. */
typedef struct fx_store {
    uint32_t feature, place;
} fx_store;

/* Steps [first, split) are cross-sections, [split, end) run block by block. */
typedef struct fx_phase {
    uint32_t first, split, end;
} fx_phase;

typedef struct fx_layout {
    size_t lanes, rows; /* of a chunk */
    fx_place *places;
    fx_step *steps;
    fx_store *stores;
    fx_phase *phases;
    const fx_place **kept;
    uint32_t *loads; /* the steps that take a column in */
    double *fixed;   /* rows of each constant */
    size_t n_places, n_steps, n_phases, n_kept, n_fixed, n_loads;
    size_t longest_history;           /* of a kept value */
    bool single;                      /* columns, and one operator all of whose outputs are features */
    size_t state_bytes;               /* of a block, before its kept values */
    size_t kept_count;                /* doubles of kept values */
    size_t positions;                 /* byte offset of size_t[n_kept] in a block */
    size_t block_bytes;               /* all of a block */
    size_t scratch_count;             /* doubles of slots a thread needs */
    size_t largest_state;             /* bytes */
    size_t section_ins, section_outs; /* most inputs and outputs of a cross-section */
} fx_layout;

/* Lays a plan out for `lanes` symbols a block on an instruction set (resolved). Cleared by the caller on failure, too.
 */
tw_status fx_layout_init(fx_layout *layout, const tw_ctx *ctx, const tw_plan *plan, size_t lanes, tw_error *err);
/* Frees it. */
void fx_layout_clear(fx_layout *layout, const tw_ctx *ctx);

#endif

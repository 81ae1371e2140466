/* SPDX-License-Identifier: Apache-2.0 */
/** @file ta.h
 * Floor 2: operators. An operator is one const descriptor and one resumable kernel; the same kernel serves a panel
 * (16 symbols side by side), a single series, a chunk and a tick, and gives the same bits in each.
 */
#ifndef TRADEWIND_TA_H
#define TRADEWIND_TA_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Symbols side by side in a tile. Kernels are compiled for TW_LANES lanes and for 1 lane from one source. */
enum { TW_LANES = 16 };

/** What holds for an operator, tested for the whole family by tests/props/ta. */
enum {
    TW_SCALES = 1 << 0,    /* f(a x) = a f(x), a a power of two */
    TW_SHIFTS = 1 << 1,    /* f(x + b) = f(x) + b, up to rounding */
    TW_INVARIANT = 1 << 2, /* f(a x) = f(x), a a power of two */
    TW_POINTWISE = 1 << 3, /* no memory: value t depends on inputs at t only */
    TW_WINDOW = 1 << 4,    /* finite window: NaN while a NaN is in it, then recovers; or passes over NaN */
    TW_RECURSIVE = 1 << 5, /* unbounded memory: nan=hold|reset|propagate */
    TW_SECTION = 1 << 6,   /* across the symbols of one time */
    TW_LOGICAL = 1 << 7,   /* result is 0, 1 or NaN */
    TW_COMMUTES = 1 << 8,  /* f(a, b) = f(b, a) to the bit */
    TW_SHIFT_FREE = 1 << 9 /* f(x + b) = f(x), up to rounding */
};

/** Runs n bars. in[i] and out[o] are [n][lanes] doubles; rows in[i][-k * lanes], k = 1 .. history, are readable and
 *  hold the inputs before this call (NaN before the first bar ever). Outputs never alias inputs. NaN is missing.
 *  The bits must not depend on how bars are cut into calls. Never allocates. */
typedef void tw_op_run(void *state, size_t n, const double *const *in, double *const *out);
/** One time of a cross-sectional operator: in[i][s], out[o][s] for n symbols; group[s] >= 0 (all 0 when there are no
 *  groups). `scratch` holds 4n doubles. NaN entries are not ranked or averaged, and stay NaN. */
typedef void tw_op_section(const void *params, size_t n, const double *const *in, const int32_t *group,
                           double *const *out, double *scratch);

/** An operator. Either run_wide and run_one, or section, or define. */
typedef struct tw_op {
    const char *name, *title, *group; /* group: "arithmetic", "window", "overlap", "momentum", "section", ... */
    const char *source;               /* paper, book or library the definition is from */
    const char *formula;              /* one line, symbols as in source */
    const char *const *inputs;        /* names of the inputs, NULL-terminated */
    const char *const *outputs;       /* names of the outputs; the first is the default */
    const tw_param *params;           /* NULL: none */
    size_t params_size;
    unsigned traits;
    size_t (*lookback)(const void *params);                      /* bars before the first value; NULL: 0 */
    size_t (*history)(const void *params);                       /* earlier rows of the inputs it reads; NULL: 0 */
    size_t (*state_size)(const void *params, size_t lanes);      /* bytes, plain data; NULL: no state */
    void (*init)(void *state, const void *params, size_t lanes); /* NULL: state is the params, copied */
    tw_status (*check)(const void *params, tw_error *err);       /* rules between parameters; NULL: none */
    tw_op_run *run_wide, *run_one;
    tw_op_section *section;
    /* Statements of the feature language, "name = expression; ...", over the inputs and parameters by their names. Each
     * output is the statement of its name. A plan holds the operators that they are made of. */
    const char *define;
    const char *meaning; /* what it measures, how it is read, what to beware of: a few sentences */
    double levels[2];    /* lines that charts of it have, as 30 and 70; 0: none */
} tw_op;

/** Operators compiled for `isa` (resolved first), in alphabetical order; *n is their count. */
TW_API const tw_op *const *tw_ops(tw_isa isa, size_t *n);
/** The operator of this name, or BAD_NAME with the nearest name. */
TW_API tw_status tw_op_find(tw_isa isa, const char *name, const tw_op **op, tw_error *err);
/** Writes a descriptor as JSON. */
TW_API void tw_op_describe(const tw_op *op, tw_json *json);
/** Inputs of an operator. */
TW_API size_t tw_op_inputs(const tw_op *op);
/** Outputs of an operator. */
TW_API size_t tw_op_outputs(const tw_op *op);

#ifdef __cplusplus
}
#endif
#endif

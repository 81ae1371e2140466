/* SPDX-License-Identifier: Apache-2.0 */
/* op.h - what every operator is written with.
 *
 * A kernel is one inline function with the lane count as its last, constant argument; TW_OP_FORMS compiles it for
 * TW_LANES lanes and for one. Inside, a loop over the lanes (TW_EACH) holds select-only arithmetic, which gcc and clang
 * vectorise; nothing is fused that is not written so, nor re-ordered, so the bits are those of the formula everywhere.
 */
#ifndef TW_TA_OP_H
#define TW_TA_OP_H

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/isa.h"
#include "num/lane.h"
#include "tradewind/ta.h"

/* Arrays of a kernel never overlap; without the hint gcc checks at run time and then keeps nothing in registers.
 * Load into locals first and select between those: under the hint gcc 12 drops stores made before a masked load. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"     /* with one lane there is no loop left to vectorise */
#pragma clang diagnostic ignored "-Wunknown-pragmas" /* gcc's; clang writes few things out by itself */
#define TW_NO_OVERLAP _Pragma("clang loop vectorize(enable)")
#else
#define TW_NO_OVERLAP _Pragma("GCC ivdep")
#endif
#define TW_EACH(i, n) TW_NO_OVERLAP for (size_t i = 0; i < (n); i++)
/* Over the few parts, inputs or outputs of one value: written out before gcc looks at the loop over lanes around it
 * (cmake/tradewind.cmake says why that wants to be told). */
#define TW_FEW(q, n) _Pragma("GCC unroll 16") for (size_t q = 0; q < (n); q++)

/* Asks for the next n values of one series while these are worked on: what a kernel reads in bursts comes too late from
 * the far caches else. Behind the end of an array nothing happens. */
TW_LANE void tw_fetch(const double *x, size_t n)
{
    enum { LINE = 8 };
    for (size_t i = 0; i < n; i += LINE) __builtin_prefetch(x + i);
}

/* The two compiled forms of `kernel(state, n, in, out, lanes)`. */
#define TW_OP_FORMS(name, kernel)                                                                                      \
    static void name##_wide(void *state, size_t n, const double *const *in, double *const *out)                        \
    {                                                                                                                  \
        kernel(state, n, in, out, TW_LANES);                                                                           \
    }                                                                                                                  \
    static void name##_one(void *state, size_t n, const double *const *in, double *const *out)                         \
    {                                                                                                                  \
        kernel(state, n, in, out, 1);                                                                                  \
    }

/* The descriptor `name` of this instruction set. */
#define TW_OP(op) const tw_op TW_ISA_NAME(tw_op_##op)

/* One NaN for all: which operand's sign and payload survive an addition is the compiler's choice. */
TW_LANE double tw_canon(double x) { return x == x ? x : (double)NAN; }

/* Neither missing nor infinite. */
TW_LANE bool tw_is_finite(double x) { return tw_lane_abs(x) <= DBL_MAX; }

/* max(x, 0), exactly; chains of selects on one value are made into branches. */
TW_LANE double tw_above_zero(double x) { return 0.5 * (x + tw_lane_abs(x)); }

/* Parameters of the window operators; each lists in its table those that it has. */
typedef struct tw_window {
    union {
        int timeperiod, maxperiod; /* of the longest window */
    };
    int minperiod, ddof;
    double q, percentile, decay, missing, nbdev, nbdevup, nbdevdn;
} tw_window;

enum { TW_PERIOD_MAX = 100000 };

static inline size_t tw_window_back(const void *params) { return (size_t)((const tw_window *)params)->timeperiod - 1; }

#endif

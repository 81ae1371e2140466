/* SPDX-License-Identifier: Apache-2.0 */
/* modulo.c - the remainder. fmod is exact, so it has the same bits on every path and in every library. */
#include "ta/op.h"

TW_LANE double mod_of(double a, double b)
{
    const double r = fmod(a, b);
    return r != 0.0 && (r < 0.0) != (b < 0.0) ? r + b : r;
}
TW_LANE void mod_run(void *state, size_t n, const double *const *in, double *const *out, size_t lanes)
{
    (void)state;
    for (size_t i = 0; i < n * lanes; i++) out[0][i] = tw_canon(mod_of(in[0][i], in[1][i]));
}
TW_OP_FORMS(mod, mod_run)
TW_OP(mod) = {.name = "mod",
              .title = "Remainder, with the sign of the divisor",
              .group = "arithmetic",
              .source = "Knuth, The Art of Computer Programming 1, 1.2.4",
              .formula = "a - b floor(a / b); NaN for b = 0",
              .meaning = "A building block: the place of a counter within a cycle, as the month of a running count of "
                         "months. As the result has the divisor's sign, counters below zero do not turn around.",
              .inputs = TW_NAMES("a", "b"),
              .outputs = TW_NAMES("y"),
              .traits = TW_POINTWISE | TW_SCALES,
              .run_wide = mod_wide,
              .run_one = mod_one};

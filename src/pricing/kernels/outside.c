/* SPDX-License-Identifier: Apache-2.0 */
/* outside.c - whether a column of a block keeps its bounds. */
#include "base/isa.h"
#include "pricing/engine.h"

bool TW_ISA_NAME(tw_pricing_outside)(const double *x, double lo, double hi)
{
    /* Selects of doubles, one at a time, are masks without a conversion; four rows a turn, for what a turn costs. */
    enum { QUARTER = TW_BLOCK / 4 };
    const double *y = x + QUARTER, *z = y + QUARTER, *w = z + QUARTER;
    double in = 1.0;
    for (int i = 0; i < QUARTER; i++) {
        const double a = x[i] >= lo ? in : 0.0, b = x[i] <= hi ? a : 0.0;
        const double c = y[i] >= lo ? b : 0.0, d = y[i] <= hi ? c : 0.0;
        const double e = z[i] >= lo ? d : 0.0, f = z[i] <= hi ? e : 0.0;
        const double g = w[i] >= lo ? f : 0.0;
        in = w[i] <= hi ? g : 0.0;
    }
    return in == 0.0;
}

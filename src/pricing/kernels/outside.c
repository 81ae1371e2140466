/* SPDX-License-Identifier: Apache-2.0 */
/* outside.c - whether a column of a block keeps its bounds, and to its choices. */
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

bool TW_ISA_NAME(tw_pricing_no_choice)(const double *x, double never)
{
    double in = 1.0;
    for (int i = 0; i < TW_BLOCK; i++) {
        const double whole = (x[i] + 0x1.8p52) - 0x1.8p52;
        const double a = x[i] == whole ? in : 0.0;
        in = x[i] != never ? a : 0.0;
    }
    return in == 0.0;
}

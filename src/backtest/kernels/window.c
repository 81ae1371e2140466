/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/event/round.h"
#include "base/isa.h"

#include <stdint.h>

/* To the nearest whole number, ties to even, in two additions: from 2^51 on every double is whole enough. A loop
 * without branches, which becomes vectors of whatever width there is; so do counts as wide as the rows, which sums of
 * doubles, kept in order, do not. */
tw_rounded TW_ISA_NAME(tw_window_round)(const double *x, double *out, size_t n, double ten)
{
    uint64_t moved = 0, missing = 0;
    for (size_t i = 0; i < n; i++) {
        const double at = x[i], scaled = at * ten, shifted = scaled + 0x1.8p52 - 0x1.8p52;
        const double rounded = (__builtin_fabs(scaled) < 0x1p51 ? shifted : scaled) / ten;
        moved += __builtin_fabs(rounded - at) > 1e-3 * __builtin_fabs(at) ? 1 : 0;
        missing += at != at ? 1 : 0;
        out[i] = rounded;
    }
    return (tw_rounded){moved, missing};
}

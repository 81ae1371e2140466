/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/event/round.h"
#include "base/isa.h"

/* To the nearest whole number, ties to even, in two additions: from 2^51 on every double is whole enough. A loop
 * without branches, which becomes vectors of whatever width there is. */
size_t TW_ISA_NAME(tw_window_round)(const double *x, double *out, size_t n, double ten)
{
    double changed = 0;
    for (size_t i = 0; i < n; i++) {
        const double at = x[i], scaled = at * ten, shifted = scaled + 0x1.8p52 - 0x1.8p52;
        const double size = at < 0 ? -at : at, scaled_size = scaled < 0 ? -scaled : scaled;
        const double rounded = (scaled_size < 0x1p51 ? shifted : scaled) / ten, off = rounded - at;
        changed += (off < 0 ? -off : off) > 1e-3 * size ? 1 : 0;
        out[i] = rounded;
    }
    return (size_t)changed;
}

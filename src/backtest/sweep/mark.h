/* SPDX-License-Identifier: Apache-2.0 */
/* mark.h - the end of a bar for 64 trials side by side: what they are worth, and the sums their measures come from. */
#ifndef TW_BACKTEST_SWEEP_MARK_H
#define TW_BACKTEST_SWEEP_MARK_H

#include <stddef.h>

enum { TW_SWEEP_LANES = 64 };

/* One number a trial. */
typedef struct tw_sweep_lanes {
    double cash[TW_SWEEP_LANES], position[TW_SWEEP_LANES];
    double now[TW_SWEEP_LANES], close[TW_SWEEP_LANES]; /* that of the bar, and the last there was */
    double value[TW_SWEEP_LANES], peak[TW_SWEEP_LANES];
    double sum[TW_SWEEP_LANES], squares[TW_SWEEP_LANES], losses[TW_SWEEP_LANES]; /* of returns; losses squared */
    double lowest[TW_SWEEP_LANES], held[TW_SWEEP_LANES]; /* least value / peak so far; bars with a position */
} tw_sweep_lanes;

/* Values the first n lanes (a multiple of 8) and writes their returns. A lane that was worth nothing stays so. True
 * when a lane has become worth nothing. */
int tw_sweep_mark_baseline(tw_sweep_lanes *lanes, size_t n, float *returns);
int tw_sweep_mark_avx2(tw_sweep_lanes *lanes, size_t n, float *returns);
int tw_sweep_mark_avx512(tw_sweep_lanes *lanes, size_t n, float *returns);

#endif

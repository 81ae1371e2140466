/* SPDX-License-Identifier: Apache-2.0 */
/* scan_beside.h - scans of one series, several blocks at a time.
 *
 * In a single series each sum waits for the one before. But a block begins anew, so TW_SCAN_SIDE blocks that follow
 * each other are worked on side by side, as lanes whose values lie `period` bars apart: the same operations on the same
 * numbers, hence the same bits, without the wait. For windows that fit on the stack. */
#ifndef TW_TA_SCAN_BESIDE_H
#define TW_TA_SCAN_BESIDE_H

#include "ta/scan_block.h"

enum { TW_SCAN_SIDE = 8, TW_SCAN_SIDE_MOST = 64 };

typedef union tw_scan_side_state {
    tw_scan_state state;
    double room[8 + TW_SCAN_COEFS + (TW_SCAN_INPUTS + TW_SCAN_PARTS * (TW_SCAN_SIDE_MOST + 1)) * TW_SCAN_SIDE];
} tw_scan_side_state;

typedef double tw_eight __attribute__((vector_size(TW_SCAN_SIDE * sizeof(double))));

/* to[u * to_step + j] = from[j * from_step + u], 8 x 8: pairs, then fours, then eights change places. */
TW_LANE void tw_eight_turn(const double *from, size_t from_step, double *to, size_t to_step)
{
    tw_eight a[8], b[8];
    for (size_t j = 0; j < 8; j++) memcpy(&a[j], from + j * from_step, sizeof a[j]);
    for (size_t j = 0; j < 8; j += 2) {
        b[j] = __builtin_shufflevector(a[j], a[j + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        b[j + 1] = __builtin_shufflevector(a[j], a[j + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (size_t j = 0; j < 8; j += 4)
        for (size_t k = 0; k < 2; k++) {
            a[j + k] = __builtin_shufflevector(b[j + k], b[j + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            a[j + k + 2] = __builtin_shufflevector(b[j + k], b[j + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (size_t k = 0; k < 4; k++) {
        b[k] = __builtin_shufflevector(a[k], a[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        b[k + 4] = __builtin_shufflevector(a[k], a[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (size_t u = 0; u < 8; u++) memcpy(to + u * to_step, &b[u], sizeof b[u]);
}

/* Blocks as lanes: row u of the blocks before, u < period, then row u of the blocks. */
TW_LANE void tw_scan_gather(const double *x, size_t period, double *side)
{
    double *now = side + period * TW_SCAN_SIDE;
    size_t u = 0;
    for (; u + 8 <= period; u += 8) tw_eight_turn(x + u, period, now + u * TW_SCAN_SIDE, TW_SCAN_SIDE);
    for (; u < period; u++)
        for (size_t j = 0; j < TW_SCAN_SIDE; j++) now[u * TW_SCAN_SIDE + j] = x[j * period + u];
    for (u = 1; u < period; u++) {             /* row 0 of the blocks before is in no window that ends in the blocks */
        double *row = side + u * TW_SCAN_SIDE; /* each block behind the one before */
        memcpy(row, now + u * TW_SCAN_SIDE - 1, TW_SCAN_SIDE * sizeof *row);
        row[0] = (x - period)[u];
    }
}

/* And back: row u of the blocks to where their values belong. */
TW_LANE void tw_scan_scatter(const double *side, size_t period, double *y)
{
    size_t u = 0;
    for (; u + 8 <= period; u += 8) tw_eight_turn(side + u * TW_SCAN_SIDE, TW_SCAN_SIDE, y + u, period);
    for (; u < period; u++)
        for (size_t j = 0; j < TW_SCAN_SIDE; j++) y[j * period + u] = side[u * TW_SCAN_SIDE + j];
}

/* The state as after the last of the blocks. */
TW_LANE void tw_scan_take_last(tw_scan_state *s, const tw_scan_state *side, const tw_scan *d)
{
    const size_t rows = d->inputs + d->parts * (s->period + 1);
    for (size_t i = 0; i < rows; i++) s->cells[i] = side->cells[i * TW_SCAN_SIDE + TW_SCAN_SIDE - 1];
}

/* TW_SCAN_SIDE whole blocks from x on. */
TW_LANE void tw_scan_beside(tw_scan_state *s, const double *const *x, double *const *y, const tw_scan *d)
{
    const size_t period = s->period, size = period * TW_SCAN_SIDE;
    double in[TW_SCAN_INPUTS][2 * TW_SCAN_SIDE_MOST * TW_SCAN_SIDE];
    double out[TW_SCAN_OUTPUTS][TW_SCAN_SIDE_MOST * TW_SCAN_SIDE];
    tw_scan_side_state side;
    const double *row[TW_SCAN_INPUTS];
    double *to[TW_SCAN_OUTPUTS];
    TW_FEW(i, d->inputs)
    {
        tw_scan_gather(x[i], period, in[i]);
        row[i] = in[i] + size;
    }
    TW_FEW(o, d->outputs) to[o] = out[o];
    side.state.period = period;
    side.state.at = 0;
    TW_FEW(i, TW_SCAN_COEFS) side.state.coef[i] = s->coef[i];
    double *last = side.state.cells + (d->inputs + d->parts * period) * TW_SCAN_SIDE;
    TW_FEW(q, d->parts)
    for (size_t j = 0; j < TW_SCAN_SIDE; j++) last[q * TW_SCAN_SIDE + j] = d->identity[q];
    tw_scan_open(&side.state, row, TW_SCAN_SIDE, d);
    tw_scan_rows(&side.state, period, row, to, TW_SCAN_SIDE, d);
    TW_FEW(o, d->outputs) tw_scan_scatter(out[o], period, y[o]);
    tw_scan_take_last(s, &side.state, d);
}

#endif

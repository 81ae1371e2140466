/* SPDX-License-Identifier: Apache-2.0 */
/* scan_block.h - moving windows that never subtract what leaves (van Herk 1992; Gil and Werman 1993).
 *
 * Time is cut into blocks of `period` bars. A window is then the end of the block before and the beginning of this one:
 * result = join(suffix of the last block, prefix of this block). The suffixes are made once a block, going backwards;
 * the prefix grows with each bar. So a bar costs three joins whatever the period, no rounding error lives longer than
 * two blocks, and a NaN or a 1e12 spike leaves with its bar.
 *
 * Operators begin their blocks at different bars (tw_scan_stagger): a set of features over windows of 5, 10, 20, 30 and
 * 60 bars would else make all its suffixes on one live bar in 60.
 *
 * Terms are taken relative to an anchor, the value of the block's first bar. Every window that ends in the block holds
 * that bar, so (mean - anchor)^2 <= period * variance: sums of squares about the anchor lose at most the factor
 * `period` to cancellation, whatever the level of the series, and a constant series gives exact zeros. */
#ifndef TW_TA_SCAN_BLOCK_H
#define TW_TA_SCAN_BLOCK_H

#include "ta/op.h"

enum { TW_SCAN_PARTS = 5, TW_SCAN_INPUTS = 3, TW_SCAN_OUTPUTS = 3, TW_SCAN_COEFS = 4 };

/* One bar of one lane, as the functions of a scan see it. `u` is its time in bars since the block began, below 0 in
 * the block before; `d` is x less the anchor. */
typedef struct tw_scan_bar {
    double x[TW_SCAN_INPUTS], d[TW_SCAN_INPUTS], anchor[TW_SCAN_INPUTS], u;
    double coef[TW_SCAN_COEFS];
} tw_scan_bar;

/* What is scanned. join(older, newer) is associative up to rounding, with `identity` neutral. */
typedef struct tw_scan {
    size_t inputs, parts, outputs;
    double identity[TW_SCAN_PARTS];
    void (*term)(const tw_scan_bar *bar, double *term);
    void (*join)(const double *older, const double *newer, double *both);
    void (*finish)(const tw_scan_bar *bar, const double *window, double *out);
    void (*coefs)(const tw_window *params, double *coef); /* NULL: none */
} tw_scan;

/* cells: anchor[inputs][lanes], prefix[parts][lanes], suffix[period][parts][lanes] (row k - 1: from bar k on). */
typedef struct tw_scan_state {
    size_t period, at; /* at: place of the next bar in its block */
    double coef[TW_SCAN_COEFS];
    double cells[];
} tw_scan_state;

static inline size_t tw_scan_size(const tw_scan *d, const void *params, size_t lanes)
{
    const size_t rows = d->inputs + d->parts * (tw_window_back(params) + 2);
    return sizeof(tw_scan_state) + rows * lanes * sizeof(double);
}

/* A block begins with the first bar. */
static inline void tw_scan_init(const tw_scan *d, void *state, const void *params, size_t lanes)
{
    tw_scan_state *s = state;
    memset(s, 0, tw_scan_size(d, params, lanes));
    s->period = tw_window_back(params) + 1;
    if (d->coefs) d->coefs(params, s->coef);
    double *last = s->cells + (d->inputs + d->parts * s->period) * lanes;
    TW_FEW(q, d->parts)
    for (size_t l = 0; l < lanes; l++) last[q * lanes + l] = d->identity[q];
}

/* Puts the first bar somewhere into a block, where is told by the operator's name (FNV-1a). Everything of the bars that
 * never were is NaN; the first whole block begins before the first whole window ends. */
static inline void tw_scan_stagger(const tw_scan *d, void *state, const char *op, size_t lanes)
{
    tw_scan_state *s = state;
    uint32_t hash = 2166136261U;
    for (; *op; op++) hash = (hash ^ (unsigned char)*op) * 16777619U;
    s->at = hash % s->period;
    if (s->at == 0) return;
    const size_t cells = (d->inputs + d->parts * s->period) * lanes; /* all but the last row, the identity */
    for (size_t i = 0; i < cells; i++) s->cells[i] = TW_LANE_NAN;
}

/* The bar at x[..][l] with the constants of its block. */
TW_LANE tw_scan_bar tw_scan_at(const double *const *x, const double *anchor, size_t l, const size_t lanes,
                               const tw_scan *d)
{
    tw_scan_bar bar;
    TW_FEW(i, d->inputs)
    {
        bar.x[i] = x[i][l];
        bar.anchor[i] = anchor[i * lanes + l];
        bar.d[i] = bar.x[i] - bar.anchor[i];
    }
    return bar;
}

/* Begins a block whose first bar is row t: sets the anchor and scans the block before, backwards. */
TW_LANE void tw_scan_open(tw_scan_state *s, const double *const *x, const size_t lanes, const tw_scan *d)
{
    const size_t row = d->parts * lanes;
    double *prefix = s->cells + d->inputs * lanes, *suffix = prefix + row;
    double anchor[TW_SCAN_INPUTS * TW_LANES], acc[TW_SCAN_PARTS * TW_LANES];

    TW_FEW(i, d->inputs) TW_EACH(l, lanes) s->cells[i * lanes + l] = anchor[i * lanes + l] = x[i][l];
    TW_FEW(q, d->parts) TW_EACH(l, lanes) prefix[q * lanes + l] = acc[q * lanes + l] = d->identity[q];
    for (size_t k = 1; k < s->period; k++) {
        const double *back[TW_SCAN_INPUTS];
        TW_FEW(i, d->inputs) back[i] = x[i] - k * lanes;
        double *to = suffix + (s->period - k - 1) * row;
        TW_EACH(l, lanes)
        {
            tw_scan_bar bar = tw_scan_at(back, anchor, l, lanes, d);
            double term[TW_SCAN_PARTS], old[TW_SCAN_PARTS], sum[TW_SCAN_PARTS];
            bar.u = -(double)k;
            TW_FEW(q, d->parts) old[q] = acc[q * lanes + l];
            d->term(&bar, term);
            d->join(term, old, sum);
            TW_FEW(q, d->parts) to[q * lanes + l] = acc[q * lanes + l] = sum[q];
        }
    }
}

/* The next `n` bars, all in the present block. */
TW_LANE void tw_scan_rows(tw_scan_state *s, size_t n, const double *const *in, double *const *out, const size_t lanes,
                          const tw_scan *d)
{
    const size_t row = d->parts * lanes;
    double *prefix = s->cells + d->inputs * lanes;
    const double *suffix = prefix + row + s->at * row;
    double acc[TW_SCAN_PARTS * TW_LANES], anchor[TW_SCAN_INPUTS * TW_LANES], coef[TW_SCAN_COEFS];

    TW_FEW(i, TW_SCAN_COEFS) coef[i] = s->coef[i];
    for (size_t i = 0; i < row; i++) acc[i] = prefix[i];
    for (size_t i = 0; i < d->inputs * lanes; i++) anchor[i] = s->cells[i];
    for (size_t r = 0; r < n; r++, suffix += row) {
        const double *x[TW_SCAN_INPUTS];
        TW_FEW(i, d->inputs) x[i] = in[i] + r * lanes;
        TW_EACH(l, lanes)
        {
            tw_scan_bar bar = tw_scan_at(x, anchor, l, lanes, d);
            double term[TW_SCAN_PARTS], head[TW_SCAN_PARTS], tail[TW_SCAN_PARTS], window[TW_SCAN_PARTS];
            double y[TW_SCAN_OUTPUTS];
            bar.u = (double)(s->at + r);
            TW_FEW(i, TW_SCAN_COEFS) bar.coef[i] = coef[i];
            TW_FEW(q, d->parts) head[q] = acc[q * lanes + l], tail[q] = suffix[q * lanes + l];
            d->term(&bar, term);
            d->join(head, term, head);
            d->join(tail, head, window);
            d->finish(&bar, window, y);
            TW_FEW(q, d->parts) acc[q * lanes + l] = head[q];
            TW_FEW(o, d->outputs) out[o][r * lanes + l] = tw_canon(y[o]);
        }
    }
    for (size_t i = 0; i < row; i++) prefix[i] = acc[i];
}

#endif

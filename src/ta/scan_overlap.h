/* SPDX-License-Identifier: Apache-2.0 */
/* scan_overlap.h - extremes of one series.
 *
 * Where a value joined with itself is itself, and of equals the same one is kept however they are joined, a window may
 * be joined from two parts that overlap: windows of 1, 2, 4, ... bars each from two of the last, then one window from
 * two of the greatest of these (the sparse table of Bender and Farach-Colton 2000). That is log2(period) passes along
 * time without a bar that waits for another, and without memory. For windows that fit on the stack; the rest of a
 * family's definition is that of its scan. */
#ifndef TW_TA_SCAN_OVERLAP_H
#define TW_TA_SCAN_OVERLAP_H

#include "ta/scan_beside.h"

enum { TW_SCAN_OVERLAP_ROWS = 256, TW_SCAN_OVERLAP_ROOM = TW_SCAN_OVERLAP_ROWS + TW_SCAN_SIDE_MOST };

/* What has an infinite value as its neutral one: highest and lowest values, and their places. */
TW_LANE bool tw_scan_is_extreme(const tw_scan *d) { return tw_lane_abs(d->identity[0]) == TW_LANE_INF; }

/* Windows of some length that end at each of `n` rows. */
typedef struct tw_scan_table {
    double part[TW_SCAN_PARTS][TW_SCAN_OVERLAP_ROOM];
} tw_scan_table;

/* to[i] = join(from[i - step], from[i]), i >= step. */
TW_LANE void tw_scan_double(const tw_scan *d, const tw_scan_table *from, tw_scan_table *to, size_t step, size_t n)
{
    TW_NO_OVERLAP
    for (size_t i = step; i < n; i++) {
        double older[TW_SCAN_PARTS], newer[TW_SCAN_PARTS], both[TW_SCAN_PARTS];
        TW_FEW(q, d->parts) older[q] = from->part[q][i - step], newer[q] = from->part[q][i];
        d->join(older, newer, both);
        TW_FEW(q, d->parts) to->part[q][i] = both[q];
    }
}

/* n rows, at most TW_SCAN_OVERLAP_ROWS, with period - 1 before them; a row's time is its place. */
TW_LANE void tw_scan_overlap_rows(const tw_scan *d, const tw_scan_state *s, size_t n, const double *const *x,
                                  double *const *y)
{
    const size_t back = s->period - 1, rows = back + n;
    tw_scan_table tables[2], *now = &tables[0], *next = &tables[1];
    TW_EACH(i, rows)
    {
        tw_scan_bar bar = {.u = (double)i};
        double term[TW_SCAN_PARTS];
        TW_FEW(k, d->inputs) bar.x[k] = (x[k] - back)[i];
        d->term(&bar, term);
        TW_FEW(q, d->parts) tables[0].part[q][i] = term[q];
    }
    size_t length = 1;
    for (; 2 * length <= s->period; length *= 2) {
        tw_scan_double(d, now, next, length, rows);
        tw_scan_table *const last = now;
        now = next, next = last;
    }
    const size_t apart = s->period - length;
    double coef[TW_SCAN_COEFS];
    TW_FEW(i, TW_SCAN_COEFS) coef[i] = s->coef[i];
    TW_EACH(i, n)
    {
        tw_scan_bar bar = {.u = (double)(back + i)};
        double older[TW_SCAN_PARTS], newer[TW_SCAN_PARTS], window[TW_SCAN_PARTS], out[TW_SCAN_OUTPUTS];
        TW_FEW(k, d->inputs) bar.x[k] = x[k][i];
        TW_FEW(k, TW_SCAN_COEFS) bar.coef[k] = coef[k];
        TW_FEW(q, d->parts)
        {
            older[q] = now->part[q][back + i - apart];
            newer[q] = now->part[q][back + i];
        }
        d->join(older, newer, window);
        d->finish(&bar, window, out);
        TW_FEW(o, d->outputs) y[o][i] = tw_canon(out[o]);
    }
}

/* What the row `back` bars ago is worth; the oldest of a window has time 0. */
TW_LANE void tw_scan_term(const tw_scan *d, const double *const *x, size_t back, size_t period, double *term)
{
    tw_scan_bar bar = {.u = (double)(period - 1 - back)};
    TW_FEW(k, d->inputs) bar.x[k] = (x[k] - back)[0];
    d->term(&bar, term);
}
TW_LANE void tw_scan_join(const tw_scan *d, double *part, const double *newer)
{
    double both[TW_SCAN_PARTS];
    d->join(part, newer, both);
    TW_FEW(q, d->parts) part[q] = both[q];
}

/* One row alone, as a live bar is. */
enum { TW_SCAN_CHAINS = 4, TW_SCAN_PIECES = 8 };

/* Parts that are extremes, each by itself: these may be joined in any order. */
TW_LANE bool tw_scan_is_values(const tw_scan *d)
{
    bool all = true;
    TW_FEW(q, d->parts) all = all & (tw_lane_abs(d->identity[q]) == TW_LANE_INF);
    return all;
}
/* Takes TW_SCAN_PIECES rows in, the oldest `back` bars ago. */
TW_LANE void tw_scan_pieces(const tw_scan *d, const double *const *x, size_t back, double part[][TW_SCAN_PIECES])
{
    TW_EACH(j, TW_SCAN_PIECES)
    {
        tw_scan_bar bar = {.u = 0.0};
        double old[TW_SCAN_PARTS], term[TW_SCAN_PARTS], both[TW_SCAN_PARTS];
        TW_FEW(k, d->inputs) bar.x[k] = (x[k] - back)[j];
        d->term(&bar, term);
        TW_FEW(q, d->parts) old[q] = part[q][j];
        d->join(old, term, both);
        TW_FEW(q, d->parts) part[q][j] = both[q];
    }
}
/* The window of values in eight pieces side by side: rows j, j + 8, ... and once more the last eight. */
TW_LANE void tw_scan_row_values(const tw_scan *d, size_t period, const double *const *x, double *window)
{
    double part[TW_SCAN_PARTS][TW_SCAN_PIECES];
    TW_FEW(q, d->parts) TW_EACH(j, TW_SCAN_PIECES) part[q][j] = d->identity[q];
    for (size_t back = period - 1; back >= TW_SCAN_PIECES; back -= TW_SCAN_PIECES) tw_scan_pieces(d, x, back, part);
    tw_scan_pieces(d, x, TW_SCAN_PIECES - 1, part);
    for (size_t half = TW_SCAN_PIECES / 2; half; half /= 2) TW_EACH(j, half)
        {
            double older[TW_SCAN_PARTS], newer[TW_SCAN_PARTS], both[TW_SCAN_PARTS];
            TW_FEW(q, d->parts) older[q] = part[q][j], newer[q] = part[q][j + half];
            d->join(older, newer, both);
            TW_FEW(q, d->parts) part[q][j] = both[q];
        }
    TW_FEW(q, d->parts) window[q] = part[q][0];
}
/* The window in order, in TW_SCAN_CHAINS parts, each from its oldest row on. */
TW_LANE void tw_scan_row_chains(const tw_scan *d, size_t period, const double *const *x, double *window)
{
    const size_t length = period / TW_SCAN_CHAINS;
    double part[TW_SCAN_CHAINS][TW_SCAN_PARTS], term[TW_SCAN_PARTS];
    TW_FEW(j, TW_SCAN_CHAINS) tw_scan_term(d, x, period - 1 - j * length, period, part[j]);
    for (size_t i = 1; i < length; i++) TW_FEW(j, TW_SCAN_CHAINS)
        {
            tw_scan_term(d, x, period - 1 - j * length - i, period, term);
            tw_scan_join(d, part[j], term);
        }
    for (size_t back = period - TW_SCAN_CHAINS * length; back-- > 0;) {
        tw_scan_term(d, x, back, period, term);
        tw_scan_join(d, part[TW_SCAN_CHAINS - 1], term);
    }
    TW_FEW(j, TW_SCAN_CHAINS - 1) tw_scan_join(d, part[0], part[j + 1]);
    TW_FEW(q, d->parts) window[q] = part[0][q];
}
TW_LANE void tw_scan_overlap_row(const tw_scan *d, const tw_scan_state *s, const double *const *x, double *const *y)
{
    double window[TW_SCAN_PARTS], out[TW_SCAN_OUTPUTS];
    tw_scan_bar bar = {.u = (double)(s->period - 1)};
    if (tw_scan_is_values(d) && s->period >= TW_SCAN_PIECES)
        tw_scan_row_values(d, s->period, x, window);
    else
        tw_scan_row_chains(d, s->period, x, window);
    TW_FEW(k, d->inputs) bar.x[k] = x[k][0];
    TW_FEW(k, TW_SCAN_COEFS) bar.coef[k] = s->coef[k];
    d->finish(&bar, window, out);
    TW_FEW(o, d->outputs) y[o][0] = tw_canon(out[o]);
}

TW_LANE void tw_scan_overlap(const tw_scan *d, const tw_scan_state *s, size_t n, const double *const *in,
                             double *const *out)
{
    for (size_t t = 0, m; t < n; t += m) {
        const double *x[TW_SCAN_INPUTS];
        double *y[TW_SCAN_OUTPUTS];
        m = n - t < TW_SCAN_OVERLAP_ROWS ? n - t : TW_SCAN_OVERLAP_ROWS;
        TW_FEW(i, d->inputs) x[i] = in[i] + t;
        TW_FEW(o, d->outputs) y[o] = out[o] + t;
        if (m == 1 && s->period >= TW_SCAN_CHAINS) {
            tw_scan_overlap_row(d, s, x, y);
            continue;
        }
        TW_FEW(i, d->inputs) tw_fetch(x[i] + m, t + m < n ? TW_SCAN_OVERLAP_ROWS : 0);
        tw_scan_overlap_rows(d, s, m, x, y);
    }
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* recur_passes.h - recursions in passes, for one series: what bars make side by side does not wait for what each hands
 * to the next. */
#ifndef TW_TA_RECUR_PASSES_H
#define TW_TA_RECUR_PASSES_H

#include "ta/recur_rows.h"

/* So few that a processor begins with the next stretch while it waits for the chain of this one. */
enum { TW_RECUR_ROWS = 32, TW_RECUR_ROWS_LEAST = 16 };
/* Terms and parts of a stretch of bars. */
typedef struct tw_recur_stretch {
    double u[TW_RECUR_TERMS][TW_RECUR_ROWS], s[TW_RECUR_PARTS][TW_RECUR_ROWS];
} tw_recur_stretch;

/* Bar i of the stretch that begins at t, whose bars and the one before are whole. */
TW_LANE tw_recur_bar tw_recur_at(const tw_recur *d, const tw_recur_lanes *a, const tw_recur_stretch *w, size_t t,
                                 size_t i)
{
    tw_recur_bar bar = {.warm = true};
    TW_FEW(k, d->inputs) bar.x[k] = a->x[k][t + i];
    TW_FEW(q, d->parts - 1) bar.s[1 + q] = q < d->lasts ? a->x[d->last[q]][t + i - 1] : w->s[1 + q][i];
    TW_FEW(k, d->terms) bar.u[k] = w->u[k][i];
    return bar;
}
/* Bars side by side. */
TW_LANE void tw_recur_terms(const tw_recur *d, const tw_recur_lanes *a, tw_recur_step *make, tw_recur_stretch *w,
                            size_t t, size_t m)
{
    TW_EACH(i, m)
    {
        tw_recur_bar bar = tw_recur_at(d, a, w, t, i);
        make(a->coef, &bar);
        TW_FEW(k, d->terms) w->u[k][i] = bar.u[k];
    }
}
TW_LANE void tw_recur_result(const tw_recur *d, const tw_recur_lanes *a, tw_recur_bar *bar, size_t at)
{
    d->finish(a->coef, bar);
    TW_FEW(o, d->outputs) a->y[o][at] = tw_canon(bar->y[o]);
}
TW_LANE void tw_recur_results(const tw_recur *d, const tw_recur_lanes *a, const tw_recur_stretch *w, size_t t, size_t m)
{
    TW_EACH(i, m)
    {
        tw_recur_bar bar = tw_recur_at(d, a, w, t, i);
        tw_recur_result(d, a, &bar, t + i);
    }
}
/* Bars in order take the parts [from, end) on. */
TW_LANE void tw_recur_chain(const tw_recur *d, tw_recur_lanes *a, tw_recur_step *next, const size_t from,
                            const size_t end, tw_recur_stretch *w, size_t t, size_t m)
{
    double s[TW_RECUR_PARTS];
    TW_FEW(q, end - from) s[from + q] = a->cells[from + q];
    for (size_t i = 0; i < m; i++) {
        tw_recur_bar bar = tw_recur_at(d, a, w, t, i);
        TW_FEW(q, end - from) bar.s[from + q] = s[from + q];
        next(a->coef, &bar);
        TW_FEW(q, end - from) s[from + q] = bar.s[from + q];
        if (d->plain && end == d->parts)
            tw_recur_result(d, a, &bar, t + i);
        else
            TW_FEW(q, end - from) w->s[from + q][i] = bar.s[from + q];
    }
    TW_FEW(q, end - from) a->cells[from + q] = s[from + q];
}
TW_LANE void tw_recur_passes(const tw_recur *d, tw_recur_lanes *a, size_t t, size_t m)
{
    tw_recur_stretch w;
    if (d->term) tw_recur_terms(d, a, d->term, &w, t, m);
    if (d->chain) tw_recur_chain(d, a, d->chain, 1 + d->lasts, d->chained, &w, t, m);
    if (d->middle) tw_recur_terms(d, a, d->middle, &w, t, m);
    if (d->rechain) tw_recur_chain(d, a, d->rechain, d->chained, d->parts, &w, t, m);
    if (!d->plain) tw_recur_results(d, a, &w, t, m);
    TW_FEW(j, d->lasts) a->cells[1 + j] = a->x[d->last[j]][t + m - 1];
    a->cells[0] += (double)m;
}
/* Bars of a single warm lane: those of whole stretches in passes, behind a whole bar. */
TW_LANE void tw_recur_series(const tw_recur *d, tw_recur_lanes *a, size_t t, size_t n)
{
    bool follows = false; /* a whole bar */
    const bool passes = d->term || (d->finish && !d->plain);
    for (size_t m; passes && n - t >= TW_RECUR_ROWS_LEAST; t += m) {
        m = n - t < TW_RECUR_ROWS ? n - t : TW_RECUR_ROWS;
        const bool whole = tw_recur_whole(d, a, t, t + m, 1);
        const size_t alone = whole ? !follows : m;
        tw_recur_one(d, a, t, t + alone);
        if (whole) tw_recur_passes(d, a, t + alone, m - alone);
        follows = whole;
    }
    tw_recur_one(d, a, t, n);
}

#endif

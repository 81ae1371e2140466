/* SPDX-License-Identifier: Apache-2.0 */
/* recur_passes.h - recursions in passes, for one series: what bars make side by side does not wait for what each hands
 * to the next. */
#ifndef TW_TA_RECUR_PASSES_H
#define TW_TA_RECUR_PASSES_H

#include "ta/recur_rows.h"

/* So few that a processor begins with the next stretch while it waits for the chain of this one. */
enum { TW_RECUR_ROWS = 32, TW_RECUR_ROWS_LEAST = 16 };
/* Rows [at, at + n), whole like the one before; their terms and parts. */
typedef struct tw_recur_stretch {
    size_t at, n;
    double u[TW_RECUR_TERMS][TW_RECUR_ROWS], s[TW_RECUR_PARTS][TW_RECUR_ROWS];
} tw_recur_stretch;

/* Bar i of a stretch. */
TW_LANE tw_recur_bar tw_recur_at(const tw_recur *d, const tw_recur_lanes *a, const tw_recur_stretch *w, size_t i)
{
    const size_t row = w->at + i;
    tw_recur_bar bar = {.warm = true};
    TW_FEW(k, d->inputs) bar.x[k] = a->x[k][row];
    TW_FEW(q, d->parts - 1) bar.s[1 + q] = q < d->lasts ? a->x[d->last[q]][row - 1] : w->s[1 + q][i];
    TW_FEW(k, d->terms) bar.u[k] = w->u[k][i];
    return bar;
}
/* Bars side by side. */
TW_LANE void tw_recur_terms(const tw_recur *d, const tw_recur_lanes *a, tw_recur_step *make, tw_recur_stretch *w)
{
    TW_EACH(i, w->n)
    {
        tw_recur_bar bar = tw_recur_at(d, a, w, i);
        make(a->coef, &bar);
        TW_FEW(k, d->terms) w->u[k][i] = bar.u[k];
    }
}
TW_LANE void tw_recur_result(const tw_recur *d, const tw_recur_lanes *a, tw_recur_bar *bar, size_t row)
{
    d->finish(a->coef, bar);
    TW_FEW(o, d->outputs) a->y[o][row] = tw_canon(bar->y[o]);
}
TW_LANE void tw_recur_results(const tw_recur *d, const tw_recur_lanes *a, const tw_recur_stretch *w)
{
    TW_EACH(i, w->n)
    {
        tw_recur_bar bar = tw_recur_at(d, a, w, i);
        tw_recur_result(d, a, &bar, w->at + i);
    }
}
/* Bars in order take the parts of the first chain on, or of the second. */
TW_LANE void tw_recur_chain(const tw_recur *d, tw_recur_lanes *a, tw_recur_stretch *w, const bool second)
{
    const size_t from = second ? d->chained : 1 + d->lasts, end = second ? d->parts : d->chained;
    double s[TW_RECUR_PARTS];
    TW_FEW(q, end - from) s[from + q] = a->cells[from + q];
    for (size_t i = 0; i < w->n; i++) {
        tw_recur_bar bar = tw_recur_at(d, a, w, i);
        TW_FEW(q, end - from) bar.s[from + q] = s[from + q];
        if (second)
            d->rechain(a->coef, &bar);
        else
            d->chain(a->coef, &bar);
        TW_FEW(q, end - from) s[from + q] = bar.s[from + q];
        if (d->plain && end == d->parts)
            tw_recur_result(d, a, &bar, w->at + i);
        else
            TW_FEW(q, end - from) w->s[from + q][i] = bar.s[from + q];
    }
    TW_FEW(q, end - from) a->cells[from + q] = s[from + q];
}
TW_LANE void tw_recur_passes(const tw_recur *d, tw_recur_lanes *a, size_t at, size_t n)
{
    tw_recur_stretch w;
    w.at = at;
    w.n = n;
    if (d->term) tw_recur_terms(d, a, d->term, &w);
    if (d->chain) tw_recur_chain(d, a, &w, false);
    if (d->middle) tw_recur_terms(d, a, d->middle, &w);
    if (d->rechain) tw_recur_chain(d, a, &w, true);
    if (!d->plain) tw_recur_results(d, a, &w);
    TW_FEW(j, d->lasts) a->cells[1 + j] = a->x[d->last[j]][at + n - 1];
    a->cells[0] += (double)n;
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

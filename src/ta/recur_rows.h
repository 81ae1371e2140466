/* SPDX-License-Identifier: Apache-2.0 */
/* recur_rows.h - recursions (recur.h), bar by bar. */
#ifndef TW_TA_RECUR_ROWS_H
#define TW_TA_RECUR_ROWS_H

#include "ta/op.h"

enum { TW_RECUR_PARTS = 9, TW_RECUR_INPUTS = 4, TW_RECUR_OUTPUTS = 4, TW_RECUR_TERMS = 3, TW_RECUR_COEFS = 8 };

/* Parameters of the recursive operators; each lists in its table those that it has. */
typedef struct tw_recur_params {
    int timeperiod, fastperiod, slowperiod, signalperiod, minperiod, maxperiod, k;
    double vfactor, fastlimit, slowlimit, acceleration, maximum, startvalue, offsetonreverse, delta;
    double accelerationinitlong, accelerationlong, accelerationmaxlong;
    double accelerationinitshort, accelerationshort, accelerationmaxshort;
    double gain, m1, m2, gamma, na, nb, nc, deviation;
    char nan[TW_TEXT_MAX];
} tw_recur_params;

#define TW_PARAM_NAN                                                                                                   \
    TW_PARAM_TEXT(tw_recur_params, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory")

/* One bar of one lane: inputs, memory (part 0: bars seen before this one), results. */
typedef struct tw_recur_bar {
    double x[TW_RECUR_INPUTS], s[TW_RECUR_PARTS], y[TW_RECUR_OUTPUTS], n; /* n: bars seen with this one */
    double u[TW_RECUR_TERMS];                                             /* what passes hand on (see tw_recur) */
    bool warm;                                                            /* a constant: every lane has all its seeds */
} tw_recur_bar;

typedef void tw_recur_step(const double *coef, tw_recur_bar *bar); /* select-only */

/* A recursion is one step; or it is in passes, so that a series is not slower than the little that each bar waits for:
 * bars side by side, as vectors, make terms; bars in order take parts of the memory on; terms again and parts again,
 * where these wait for the first; results side by side. The first parts are inputs of the bar before, if any. */
typedef struct tw_recur {
    size_t inputs, parts, outputs;
    /* Takes bar->s one bar on and sets bar->y (NaN while it has no value yet). */
    tw_recur_step *step;
    /* Sets the constants and gives the bars after which no lane is seeding any more. */
    double (*coefs)(const tw_recur_params *params, double *coef);
    size_t lasts, last[TW_RECUR_INPUTS]; /* s[1 + j] is input last[j] of the bar before */
    size_t terms, chained; /* terms in u; the first chain takes parts on up to here, the second the rest */
    tw_recur_step *term, *chain, *middle, *rechain; /* u from x and s; s from u; u from s; s from u */
    tw_recur_step *finish;                          /* y from x, u and s, not from the first parts */
    bool plain; /* the results are so little work that they are made along with the last chain */
} tw_recur;

/* cells: parts[parts][lanes] */
typedef struct tw_recur_state {
    double reset, propagate; /* 1 or 0 */
    double warm_after;       /* bars */
    double coef[TW_RECUR_COEFS];
    double cells[];
} tw_recur_state;

static inline size_t tw_recur_size(const tw_recur *d, size_t lanes)
{
    return sizeof(tw_recur_state) + d->parts * lanes * sizeof(double);
}

static inline void tw_recur_init(const tw_recur *d, void *state, const void *params, size_t lanes)
{
    const tw_recur_params *p = params;
    tw_recur_state *s = state;
    memset(s, 0, tw_recur_size(d, lanes));
    s->reset = strcmp(p->nan, "reset") == 0;
    s->propagate = strcmp(p->nan, "propagate") == 0;
    s->warm_after = d->coefs(p, s->coef);
}

/* What the memory becomes on a missing bar. A lane that has seen nothing yet has nothing to spoil. */
TW_LANE double tw_recur_missing(double old, double seen, double reset, double propagate)
{
    const double kept = reset != 0.0 ? 0.0 : old;
    return ((propagate != 0.0) & (seen != 0.0)) ? (double)NAN : kept;
}

/* Lanes of a call, in locals that stay in registers. */
typedef struct tw_recur_lanes {
    double cells[TW_RECUR_PARTS * TW_LANES], coef[TW_RECUR_COEFS], reset, propagate;
    const double *x[TW_RECUR_INPUTS];
    double *y[TW_RECUR_OUTPUTS];
} tw_recur_lanes;

/* Takes the memory of a bar on and makes its results. */
TW_LANE void tw_recur_take(const tw_recur *d, const double *coef, tw_recur_bar *bar)
{
    if (d->step) d->step(coef, bar);
    if (d->term) d->term(coef, bar);
    if (d->chain) d->chain(coef, bar);
    if (d->middle) d->middle(coef, bar);
    if (d->rechain) d->rechain(coef, bar);
    if (d->finish) d->finish(coef, bar);
    TW_FEW(j, d->lasts) bar->s[1 + j] = bar->x[d->last[j]];
}
/* Takes one lane's bar in and its memory a step on; false where an input is missing. */
TW_LANE bool tw_recur_next(const tw_recur *d, const tw_recur_lanes *a, size_t at, tw_recur_bar *bar, const double *s)
{
    bool known = true;
    TW_FEW(i, d->inputs)
    {
        bar->x[i] = a->x[i][at];
        known = known & tw_is_finite(bar->x[i]);
    }
    TW_FEW(q, d->parts) bar->s[q] = s[q];
    bar->n = bar->s[0] = s[0] + 1.0;
    tw_recur_take(d, a->coef, bar);
    return known;
}

/* Bar t of every lane. */
TW_LANE void tw_recur_row(const tw_recur *d, tw_recur_lanes *a, size_t t, const bool warm, const size_t lanes)
{
    TW_EACH(l, lanes)
    {
        tw_recur_bar bar = {.warm = warm};
        double s[TW_RECUR_PARTS];
        TW_FEW(q, d->parts) s[q] = a->cells[q * lanes + l];
        const bool known = tw_recur_next(d, a, t * lanes + l, &bar, s);
        TW_FEW(q, d->parts)
        {
            const double missing = warm ? s[q] : tw_recur_missing(s[q], s[0], a->reset, a->propagate);
            a->cells[q * lanes + l] = known ? bar.s[q] : missing;
        }
        TW_FEW(o, d->outputs) a->y[o][t * lanes + l] = known ? tw_canon(bar.y[o]) : (double)NAN;
    }
}

/* True when nothing is missing in rows [from, to) of any input. */
TW_LANE bool tw_recur_whole(const tw_recur *d, const tw_recur_lanes *a, size_t from, size_t to, const size_t lanes)
{
    uint64_t missing = 0;
    TW_FEW(i, d->inputs)
    for (size_t k = from * lanes; k < to * lanes; k++) missing |= !tw_is_finite(a->x[i][k]);
    return missing == 0;
}

/* Row t of warm lanes of which none is missing: the formula alone. With a choice in it gcc stores the memory masked,
 * and the next row waits for such a store four times as long. */
TW_LANE void tw_recur_whole_row(const tw_recur *d, tw_recur_lanes *a, size_t t, const size_t lanes)
{
    TW_EACH(l, lanes)
    {
        tw_recur_bar bar = {.warm = true};
        double s[TW_RECUR_PARTS];
        TW_FEW(q, d->parts) s[q] = a->cells[q * lanes + l];
        (void)tw_recur_next(d, a, t * lanes + l, &bar, s);
        TW_FEW(q, d->parts) a->cells[q * lanes + l] = bar.s[q];
        TW_FEW(o, d->outputs) a->y[o][t * lanes + l] = tw_canon(bar.y[o]);
    }
}

/* Bars of a single warm lane. A branch for missing values and a count beside the memory, because gcc would else have
 * the memory wait for the results (choosing both at once), or pack the count with it. */
TW_LANE void tw_recur_one(const tw_recur *d, tw_recur_lanes *a, size_t t, size_t n)
{
    size_t seen = 0;
    for (; t < n; t++) {
        tw_recur_bar bar = {.warm = true};
        const bool known = tw_recur_next(d, a, t, &bar, a->cells);
        if (!known) {
            TW_FEW(o, d->outputs) a->y[o][t] = (double)NAN;
            continue;
        }
        TW_FEW(q, d->parts - 1) a->cells[q + 1] = bar.s[q + 1];
        TW_FEW(o, d->outputs) a->y[o][t] = tw_canon(bar.y[o]);
        seen++;
    }
    a->cells[0] += (double)seen;
}

TW_LANE bool tw_recur_warm(const double *seen, double need, const size_t lanes)
{
    bool warm = true;
    for (size_t l = 0; l < lanes; l++) warm = warm & (seen[l] >= need);
    return warm;
}

/* The memory of one lane goes by name, so that it stays in registers; that of many in a loop. */
TW_LANE void tw_recur_copy(double *to, const double *from, size_t parts, const size_t lanes)
{
    if (lanes == 1)
        TW_FEW(q, parts) to[q] = from[q];
    else
        for (size_t i = 0; i < parts * lanes; i++) to[i] = from[i];
}

#endif

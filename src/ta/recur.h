/* SPDX-License-Identifier: Apache-2.0 */
/* recur.h - operators whose memory does not end: averages of Wilder's kind, cumulative sums.
 *
 * A lane's state is a few numbers, all zero before its first value. A bar on which any input is missing (or infinite:
 * it could never be forgotten) gives a missing result and, by the option nan, leaves the state as it was (hold),
 * clears it (reset) or spoils it for good (propagate). */
#ifndef TW_TA_RECUR_H
#define TW_TA_RECUR_H

#include "ta/op.h"

enum { TW_RECUR_PARTS = 9, TW_RECUR_INPUTS = 4, TW_RECUR_OUTPUTS = 4, TW_RECUR_COEFS = 8 };

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
    bool warm;                                                            /* a constant: every lane has all its seeds */
} tw_recur_bar;

typedef struct tw_recur {
    size_t inputs, parts, outputs;
    /* Takes bar->s one bar on and sets bar->y (NaN while it has no value yet); select-only. */
    void (*step)(const double *coef, tw_recur_bar *bar);
    /* Sets the constants and gives the bars after which no lane is seeding any more. */
    double (*coefs)(const tw_recur_params *params, double *coef);
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

/* Takes one lane's bar in and its memory a step on; false where an input is missing. */
TW_LANE bool tw_recur_step(const tw_recur *d, const tw_recur_lanes *a, size_t at, tw_recur_bar *bar, const double *s)
{
    bool known = true;
    TW_FEW(i, d->inputs)
    {
        bar->x[i] = a->x[i][at];
        known = known & tw_is_finite(bar->x[i]);
    }
    TW_FEW(q, d->parts) bar->s[q] = s[q];
    bar->n = bar->s[0] = s[0] + 1.0;
    d->step(a->coef, bar);
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
        const bool known = tw_recur_step(d, a, t * lanes + l, &bar, s);
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
        (void)tw_recur_step(d, a, t * lanes + l, &bar, s);
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
        const bool known = tw_recur_step(d, a, t, &bar, a->cells);
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

/* The kernel of every recursion; the caller passes a constant `d`, which folds away. The careful row serves seeds and
 * the rarer options; the warm row is the formula alone, with the same arithmetic, so that the change never shows. */
TW_LANE void tw_recur_run(const tw_recur *d, void *state, size_t n, const double *const *in, double *const *out,
                          const size_t lanes)
{
    tw_recur_state *st = state;
    const bool hold = st->reset == 0.0 && st->propagate == 0.0;
    size_t t = 0;
    tw_recur_lanes a;

    a.reset = st->reset, a.propagate = st->propagate;
    TW_FEW(i, TW_RECUR_COEFS) a.coef[i] = st->coef[i];
    tw_recur_copy(a.cells, st->cells, d->parts, lanes);
    TW_FEW(i, d->inputs) a.x[i] = in[i];
    TW_FEW(o, d->outputs) a.y[o] = out[o];
    for (; t < n && !(hold && tw_recur_warm(a.cells, st->warm_after, lanes)); t++) tw_recur_row(d, &a, t, false, lanes);
    if (lanes == 1) tw_recur_one(d, &a, t, n);
    if (lanes > 1 && tw_recur_whole(d, &a, t, n, lanes))
        for (; t < n; t++) tw_recur_whole_row(d, &a, t, lanes);
    for (; lanes > 1 && t < n; t++) tw_recur_row(d, &a, t, true, lanes);
    tw_recur_copy(st->cells, a.cells, d->parts, lanes);
}

/* The operator `op` from the constant op##_recur; the rest are fields of tw_op. */
#define TW_RECUR_OP(op, ...)                                                                                           \
    TW_LANE void op##_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)      \
    {                                                                                                                  \
        tw_recur_run(&op##_recur, state, n, in, out, lanes);                                                           \
    }                                                                                                                  \
    TW_OP_FORMS(op, op##_run)                                                                                          \
    static size_t op##_size(const void *params, size_t lanes)                                                          \
    {                                                                                                                  \
        (void)params;                                                                                                  \
        return tw_recur_size(&op##_recur, lanes);                                                                      \
    }                                                                                                                  \
    static void op##_init(void *state, const void *params, size_t lanes)                                               \
    {                                                                                                                  \
        tw_recur_init(&op##_recur, state, params, lanes);                                                              \
    }                                                                                                                  \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .params_size = sizeof(tw_recur_params),                                                               \
                 .state_size = op##_size,                                                                              \
                 .init = op##_init,                                                                                    \
                 .run_wide = op##_wide,                                                                                \
                 .run_one = op##_one,                                                                                  \
                 __VA_ARGS__}

/* A mean of the first `period` values, then v += k (x - v): Wilder's and the exponential average as TA-Lib seeds them.
 * Fused, since the next bar waits for it: 8 cycles instead of 12, and correctly rounded on every path (by libm where
 * the processor has none). n counts this value; below `period` v is the sum so far. coef: period, k. With k = 1 the
 * average is the value: x - v + v would keep what rounding made of the last one (1e12, then 37.1: 37.0999755859375). */
typedef struct tw_seed {
    double n, period, k;
} tw_seed;
/* The sum so far, the mean of a whole seed, and from then on `smooth`. */
TW_LANE double tw_seed_or(const tw_recur_bar *b, double sum, tw_seed s, double smooth)
{
    return b->warm || s.n > s.period ? smooth : s.n == s.period ? sum / s.period : sum;
}
TW_LANE double tw_seeded(const tw_recur_bar *b, double v, double x, tw_seed s)
{
    const double step = __builtin_fma(x - v, s.k, v);
    return tw_seed_or(b, v + x, s, s.k == 1.0 ? x : step);
}

/* Wilder's average, seeded the same way: by its two shares, so that the next bar waits for one fused multiplication
 * alone, 4 cycles; x itself with k = 1. The average of a constant may be off by its last digit, and stays 0 for 0: good
 * for sizes that are divided by each other, not for averages that are taken from each other. */
TW_LANE double tw_wilder(const tw_recur_bar *b, double v, double x, tw_seed s)
{
    return tw_seed_or(b, v + x, s, __builtin_fma(v, 1.0 - s.k, x * s.k));
}

/* What t3 makes of its last four averages, the oldest link first: Tillson 1998. */
static inline void tw_t3_coefs(double v, double *coef)
{
    const double v2 = v * v, v3 = v2 * v;
    coef[0] = -v3;
    coef[1] = 3.0 * (v2 + v3);
    coef[2] = -6.0 * v2 - 3.0 * (v + v3);
    coef[3] = 1.0 + 3.0 * v + v3 + 3.0 * v2;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* recur.h - operators whose memory does not end: averages of Wilder's kind, cumulative sums.
 *
 * A lane's state is a few numbers, all zero before its first value. A bar on which any input is missing (or infinite:
 * it could never be forgotten) gives a missing result and, by the option nan, leaves the state as it was (hold),
 * clears it (reset) or spoils it for good (propagate). */
#ifndef TW_TA_RECUR_H
#define TW_TA_RECUR_H

#include "ta/recur_passes.h"

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
    if (lanes == 1) tw_recur_series(d, &a, t, n);
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

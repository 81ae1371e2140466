/* SPDX-License-Identifier: Apache-2.0 */
/* regress.h - least squares of few columns, for values of holding on to an option. */
#ifndef TW_PRICING_REGRESS_H
#define TW_PRICING_REGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TW_REGRESS_MOST = 9, TW_PATH_LANES = 8 };

/* Sums of a regression on columns f[0..n): of products of two columns, and of a column and y. Lanes are kept apart, so
 * that the sums have one order on every instruction set. */
typedef struct tw_regress_sums {
    double ff[TW_REGRESS_MOST][TW_REGRESS_MOST][TW_PATH_LANES], fy[TW_REGRESS_MOST][TW_PATH_LANES];
    double rows[TW_PATH_LANES];
} tw_regress_sums;

/* Paths at a date of exercise: `s` is the price over the strike, `pay` what exercise pays, `held` what holding on was
 * worth in the end, discounted to that date (by `df` from the date after). */
typedef struct tw_exercise {
    size_t paths; /* a multiple of TW_PATH_LANES */
    int columns;
    bool laguerre;  /* else powers */
    bool all_paths; /* else those in the money alone */
    double sign, df;
    const double *s;
    double *held;
    const double *beta;
} tw_exercise;

/* held *= df, and the sums over paths. */
void tw_regress_gather_baseline(const tw_exercise *x, tw_regress_sums *sums);
void tw_regress_gather_avx2(const tw_exercise *x, tw_regress_sums *sums);
void tw_regress_gather_avx512(const tw_exercise *x, tw_regress_sums *sums);
/* Where exercise pays more than 0 and at least what the regression says of holding on, held becomes it. */
void tw_regress_decide_baseline(const tw_exercise *x);
void tw_regress_decide_avx2(const tw_exercise *x);
void tw_regress_decide_avx512(const tw_exercise *x);

#endif

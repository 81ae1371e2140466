/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h - the return paths of trials as the statistics read them, one at a time: in doubles, or in float32 that is
 * widened into a row of scratch, so that thousands of paths are never held twice. */
#ifndef TW_AUTOML_ROWS_H
#define TW_AUTOML_ROWS_H

#include "tradewind/automl.h"

/* n paths of t periods; exactly one of x and x32 is set (path i of x32 at i * stride). */
typedef struct tw_rows {
    size_t t, n;
    const double *const *x;
    const float *x32;
    size_t stride;
} tw_rows;

static inline tw_rows tw_rows_of(const tw_paths *paths)
{
    return (tw_rows){.t = paths->t, .n = paths->n, .x = paths->x};
}

/* Path i; scratch[t] is used for float32 alone. */
static inline const double *tw_row(const tw_rows *rows, size_t i, double *scratch)
{
    if (!rows->x32) return rows->x[i];
    const float *from = rows->x32 + i * rows->stride;
    for (size_t k = 0; k < rows->t; k++) scratch[k] = (double)from[k];
    return scratch;
}

/* tw_mean_correlation, tw_pbo_cscv and tw_spa_test of rows; the differences of `input` are not looked at. */
double tw_rows_mean_correlation(const tw_ctx *ctx, const tw_rows *rows);
tw_status tw_rows_pbo(const tw_ctx *ctx, const tw_rows *rows, size_t blocks, tw_pbo *out, tw_error *err);
tw_status tw_rows_spa(const tw_ctx *ctx, const tw_rows *rows, const tw_spa_input *input, tw_spa *out, tw_error *err);

#endif

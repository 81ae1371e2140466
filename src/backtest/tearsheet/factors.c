/* SPDX-License-Identifier: Apache-2.0 */
/* factors.c - which factors the returns follow: least squares with an intercept, over bars in which all are there. */
#include "backtest/tearsheet/sheet.h"
#include "tradewind/num.h"

#include <math.h>

typedef struct design {
    size_t m, k; /* rows, columns with the intercept */
    const double *const *factor;
    const double *y;
    const size_t *row; /* [m] bars */
} design;

static double cell(const design *s, size_t i, size_t j) { return j == 0 ? 1 : s->factor[j - 1][s->row[i]]; }

static size_t whole_rows(const tw_track_record *r, const design *s, size_t *row)
{
    size_t m = 0;
    for (size_t t = 0; t < r->path.n; t++) {
        bool whole = isfinite(s->y[t]);
        for (size_t j = 0; j + 1 < s->k; j++) whole = whole && isfinite(s->factor[j][t]);
        if (whole) row[m++] = t;
    }
    return m;
}

/* Sum of squared residuals, and of deviations of y from its mean. */
static void squares(const design *s, const double *loading, double *rest, double *total)
{
    double mean = 0;
    for (size_t i = 0; i < s->m; i++) mean += s->y[s->row[i]] / (double)s->m;
    *rest = *total = 0;
    for (size_t i = 0; i < s->m; i++) {
        const double y = s->y[s->row[i]];
        double fit = 0;
        for (size_t j = 0; j < s->k; j++) fit += loading[j] * cell(s, i, j);
        *rest += (y - fit) * (y - fit);
        *total += (y - mean) * (y - mean);
    }
}

/* Diagonal of (X'X)^-1 into `out`; gram and unit are scratch of k * k and k. */
static tw_status inverse_diagonal(const design *s, double *gram, double *unit, double *out)
{
    for (size_t a = 0; a < s->k; a++)
        for (size_t b = 0; b <= a; b++) {
            gram[a * s->k + b] = 0;
            for (size_t i = 0; i < s->m; i++) gram[a * s->k + b] += cell(s, i, a) * cell(s, i, b);
        }
    TW_TRY(tw_cholesky(s->k, gram, NULL));
    for (size_t a = 0; a < s->k; a++) {
        for (size_t b = 0; b < s->k; b++) unit[b] = a == b;
        tw_cholesky_solve(s->k, gram, unit);
        out[a] = unit[a];
    }
    return TW_OK;
}

static tw_status fit(tw_tearsheet *sheet, const design *s, tw_error *err)
{
    double *x = tw_sheet_series(sheet, s->m * s->k, 0), *y = tw_sheet_series(sheet, s->m, 0);
    double *error = tw_sheet_series(sheet, s->k, 0), *t = tw_sheet_series(sheet, s->k, 0);
    double *scratch = tw_sheet_series(sheet, s->k * s->k + s->k, 0);
    if (!x || !y || !error || !t || !scratch) return tw_sheet_no_memory(err);
    for (size_t i = 0; i < s->m; i++) {
        y[i] = s->y[s->row[i]];
        for (size_t j = 0; j < s->k; j++) x[i * s->k + j] = cell(s, i, j);
    }
    /* Factors that depend on each other, or do not move, have no loadings to tell. */
    if (tw_least_squares(s->m, s->k, x, y, NULL) != TW_OK) return TW_OK;
    if (inverse_diagonal(s, scratch, scratch + s->k * s->k, error) != TW_OK) return TW_OK;
    double rest, total;
    squares(s, y, &rest, &total);
    const double free = (double)(s->m - s->k);
    for (size_t j = 0; j < s->k; j++) {
        error[j] = sqrt(error[j] * rest / free);
        t[j] = y[j] / error[j];
    }
    const double r_squared = total > 0 ? 1 - rest / total : NAN;
    sheet->factors = (tw_factor_fit){.n = s->m,
                                     .n_factors = s->k - 1,
                                     .loading = y,
                                     .error = error,
                                     .t = t,
                                     .r_squared = r_squared,
                                     .adjusted = 1 - (1 - r_squared) * (double)(s->m - 1) / free};
    return TW_OK;
}

/* ---------------------------------------------------------------- over windows */

/* Of the bars in (end - window, end] those in which all is there, into rows of x and y; their count. */
static size_t fill_window(const design *s, size_t end, size_t window, double *x, double *y)
{
    size_t m = 0;
    for (size_t t = end + 1 - window; t <= end; t++) {
        bool whole = isfinite(s->y[t]);
        for (size_t j = 0; j + 1 < s->k; j++) whole = whole && isfinite(s->factor[j][t]);
        if (!whole) continue;
        x[m * s->k] = 1;
        for (size_t j = 1; j < s->k; j++) x[m * s->k + j] = s->factor[j - 1][t];
        y[m++] = s->y[t];
    }
    return m;
}

/* Loadings on several factors at once, of each window that is nine tenths there. */
tw_status tw_sheet_rolling_factors(tw_tearsheet *sheet, tw_error *err)
{
    static const double THERE = 0.9;
    const tw_track_record *r = &sheet->record;
    const design s = {.k = r->n_factors + 1, .factor = r->factor, .y = r->path.returns};
    const size_t window = (size_t)sheet->options.window;
    if (r->n_factors < 2 || window <= s.k || window > r->path.n) return TW_OK;
    double **out = tw_arena_new(&sheet->arena, s.k, sizeof *out);
    double *x = tw_sheet_series(sheet, window * s.k, 0), *y = tw_sheet_series(sheet, window, 0);
    if (!out || !x || !y) return tw_sheet_no_memory(err);
    for (size_t j = 0; j < s.k; j++) {
        out[j] = tw_sheet_series(sheet, r->path.n, NAN);
        if (!out[j]) return tw_sheet_no_memory(err);
    }
    for (size_t t = window - 1; t < r->path.n; t++) {
        const size_t m = fill_window(&s, t, window, x, y);
        if ((double)m < THERE * (double)window || m <= s.k) continue;
        if (tw_least_squares(m, s.k, x, y, NULL) != TW_OK) continue;
        for (size_t j = 0; j < s.k; j++) out[j][t] = y[j];
    }
    sheet->rolling_loading = (const double *const *)out;
    return TW_OK;
}

tw_status tw_sheet_factors(tw_tearsheet *sheet, tw_error *err)
{
    tw_track_record *r = &sheet->record;
    static const char *const ALONE[] = {"benchmark"};
    if (r->n_factors == 0 && r->path.benchmark) {
        const double **factor = tw_arena_new(&sheet->arena, 1, sizeof *factor);
        if (!factor) return tw_sheet_no_memory(err);
        *factor = r->path.benchmark;
        r->factor = factor;
        r->factor_name = ALONE;
        r->n_factors = 1;
    }
    design s = {.k = r->n_factors + 1, .factor = r->factor, .y = r->path.returns};
    if (r->n_factors == 0) return TW_OK;
    size_t *row = tw_arena_new(&sheet->arena, r->path.n, sizeof *row);
    if (!row) return tw_sheet_no_memory(err);
    s.m = whole_rows(r, &s, row);
    s.row = row;
    return s.m > s.k ? fit(sheet, &s, err) : TW_OK;
}

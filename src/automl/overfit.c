/* SPDX-License-Identifier: Apache-2.0 */
/* What the choice of the best of many trials does to its numbers: all of them from the matrix of return paths. */
#include "automl/rows.h"

#include <math.h>

enum { PBO_BLOCKS = 10, SPA_BLOCK = 10, MOST_DRAWS = 1000, LEAST_DRAWS = 100 };

/* Additions that resampling may take: a second or two. */
static const double most_additions = 2.5e9;

/* The trial with the highest Sharpe ratio, the mean and variance of the ratios of those that vary. */
static tw_status find_best(const tw_rows *rows, double *scratch, tw_overfit *o, tw_error *err)
{
    double sum = 0, squares = 0, varied = 0;
    for (size_t i = 0; i < rows->n; i++) {
        tw_sharpe s;
        const double *x = tw_row(rows, i, scratch);
        for (size_t k = 0; k < rows->t; k++)
            if (!isfinite(x[k])) return tw_fail(err, TW_BAD_DATA, "return %zu of trial %zu is %g", k, i, x[k]);
        if (tw_sharpe_of(rows->t, x, &s, NULL) != TW_OK) continue; /* a trial that never traded */
        if (varied == 0 || s.sharpe > o->sharpe.sharpe) {
            o->sharpe = s;
            o->best = i;
        }
        varied++;
        sum += s.sharpe;
        squares += s.sharpe * s.sharpe;
    }
    if (varied == 0) return tw_fail(err, TW_BAD_DATA, "none of the %zu trials has returns that vary", rows->n);
    o->varied = (size_t)varied;
    o->sharpe_variance = varied > 1 ? fmax((squares - sum * sum / varied) / (varied - 1), 0) : 0;
    return TW_OK;
}

static size_t draws_of(const tw_rows *rows)
{
    const double draws = most_additions / ((double)rows->n * (double)rows->t);
    return draws > MOST_DRAWS ? MOST_DRAWS : draws < LEAST_DRAWS ? LEAST_DRAWS : (size_t)draws;
}

tw_status tw_overfit_of(const tw_ctx *ctx, const tw_path_table *table, uint64_t seed, tw_overfit *out, tw_error *err)
{
    const tw_rows rows = {.t = table->t, .n = table->n, .x32 = table->x, .stride = table->stride};
    tw_overfit o = {.trials = rows.n, .years = (double)rows.t / table->periods_per_year, .draws = draws_of(&rows)};
    if (!table->x || rows.n == 0 || rows.t < 2 * PBO_BLOCKS)
        return tw_fail(err, TW_BAD_DATA, "%zu trials of %zu periods; at least 1 of %d", rows.n, rows.t, 2 * PBO_BLOCKS);
    double *scratch = tw_new(ctx, rows.t, sizeof *scratch);
    if (!scratch) return tw_no_memory(err, "statistics of trials");
    const tw_status status = find_best(&rows, scratch, &o, err);
    tw_free(ctx, scratch);
    TW_TRY(status);
    const double rho = tw_rows_mean_correlation(ctx, &rows), year = sqrt(table->periods_per_year);
    o.effective_trials = rho + (1 - rho) * (double)o.varied;
    o.psr = tw_psr(&o.sharpe, 0);
    o.dsr = tw_dsr(&o.sharpe, o.sharpe_variance, o.effective_trials);
    o.expected_max_sharpe = tw_expected_max_sharpe(o.sharpe_variance, o.effective_trials) * year;
    o.min_backtest_years = tw_min_backtest_length(o.sharpe.sharpe * year, o.effective_trials);
    o.pbo = (tw_pbo){NAN, NAN, NAN, 0};
    if (rows.n > 1) TW_TRY(tw_rows_pbo(ctx, &rows, PBO_BLOCKS, &o.pbo, err));
    const tw_spa_input spa = {.block = SPA_BLOCK, .draws = o.draws, .seed = seed};
    TW_TRY(tw_rows_spa(ctx, &rows, &spa, &o.spa, err));
    *out = o;
    return TW_OK;
}

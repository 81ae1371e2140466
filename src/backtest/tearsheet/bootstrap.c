/* SPDX-License-Identifier: Apache-2.0 */
/* bootstrap.c - measures, and how far they may be trusted: the same of resamples of the returns in blocks, so that what
 * follows from one bar to the next is kept. Every resample has a random stream of its own. */
#include "backtest/tearsheet/sheet.h"
#include "num/resample.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* Measures that get an interval. The order of returns is made anew, so all that is left of time is within blocks. */
static const char *const RESAMPLED[] = {
    "annual_return",
    "annual_volatility",
    "sharpe",
    "sortino",
    "calmar",
    "max_drawdown",
    "omega",
    "tail_ratio",
    "skew",
    "kurtosis",
    "value_at_risk",
    "conditional_value_at_risk",
    "alpha",
    "beta",
    "information_ratio",
};
enum { N_RESAMPLED = sizeof RESAMPLED / sizeof *RESAMPLED };

typedef struct resampling {
    const tw_return_path *path;
    const tw_measure *measure[N_RESAMPLED];
    double jump;
    uint64_t seed;
    size_t draws;
    double *scratch; /* [threads][2][n] */
    double *value;   /* [N_RESAMPLED][draws] */
} resampling;

static tw_status draw(void *arg, size_t index, int thread, tw_error *err)
{
    const resampling *s = arg;
    const size_t n = s->path->n;
    double *r = s->scratch + (size_t)thread * 2 * n, *b = r + n;
    tw_random random = {s->seed, index, 0};
    tw_return_path path = *s->path;
    size_t at = 0;
    (void)err;
    for (size_t k = 0; k < n; k++) {
        at = tw_resample_next(&random, s->jump, n, k, at);
        r[k] = s->path->returns[at];
        b[k] = path.benchmark ? s->path->benchmark[at] : NAN;
    }
    path.returns = r;
    path.benchmark = path.benchmark ? b : NULL;
    for (size_t m = 0; m < N_RESAMPLED; m++) {
        const bool lacks = s->measure[m]->needs_benchmark && !path.benchmark;
        s->value[m * s->draws + index] = lacks ? NAN : s->measure[m]->compute(&path);
    }
    return TW_OK;
}

/* Resamples in which a measure is not defined are left out. */
static void summarise(const tw_tearsheet *sheet, double *x, size_t draws, tw_sheet_measure *out)
{
    size_t n = 0;
    const double side = (1 - sheet->options.level) / 2;
    for (size_t i = 0; i < draws; i++)
        if (isfinite(x[i])) x[n++] = x[i];
    if (n == 0) return;
    out->mean = tw_mean(n, x);
    out->median = tw_quantile(n, x, 0.5);
    out->low = tw_quantile(n, x, side);
    out->high = tw_quantile(n, x, 1 - side);
}

static tw_status resample(const tw_ctx *ctx, const tw_tearsheet *sheet, tw_sheet_measure *all, tw_error *err)
{
    tw_pool *pool = ctx ? ctx->pool : NULL;
    const size_t n = sheet->record.path.n, draws = (size_t)sheet->options.draws;
    size_t place[N_RESAMPLED] = {0};
    resampling s = {.path = &sheet->record.path, .jump = 1 / sheet->block, .draws = draws};
    s.seed = (uint64_t)sheet->options.seed;
    for (size_t m = 0; m < N_RESAMPLED; m++) {
        while (strcmp(all[place[m]].measure->name, RESAMPLED[m]) != 0) place[m]++;
        s.measure[m] = all[place[m]].measure;
    }
    s.scratch = tw_new(ctx, (size_t)tw_pool_threads(pool) * 2 * n, sizeof *s.scratch);
    s.value = tw_new(ctx, N_RESAMPLED * draws, sizeof *s.value);
    tw_status status = s.scratch && s.value ? TW_OK : tw_sheet_no_memory(err);
    if (status == TW_OK) status = tw_pool_run(pool, draws, draw, &s, err);
    for (size_t m = 0; status == TW_OK && m < N_RESAMPLED; m++)
        if (isfinite(all[place[m]].value)) summarise(sheet, s.value + m * draws, draws, &all[place[m]]);
    tw_free(ctx, s.scratch);
    tw_free(ctx, s.value);
    return status;
}

tw_status tw_sheet_measures(const tw_ctx *ctx, tw_tearsheet *sheet, tw_error *err)
{
    size_t n = 0;
    const tw_measure *const *known = tw_measures(&n);
    const tw_return_path *path = &sheet->record.path;
    tw_sheet_measure *all = tw_arena_new(&sheet->arena, n, sizeof *all);
    if (!all) return tw_sheet_no_memory(err);
    for (size_t i = 0; i < n; i++) {
        all[i] = (tw_sheet_measure){.measure = known[i], .low = NAN, .high = NAN, .mean = NAN, .median = NAN};
        TW_TRY(tw_measure_compute(known[i]->name, path, &all[i].value, err));
    }
    sheet->n_measures = n;
    sheet->measure = all;
    sheet->block =
        sheet->options.block > 0 ? fmax(1, sheet->options.block) : tw_bootstrap_block(path->n, path->returns);
    return sheet->options.draws ? resample(ctx, sheet, all, err) : TW_OK;
}

/* ---------------------------------------------------------------- block length */

/* Sum of (x[i] - mean) (x[i - lag] - mean) / n; a NaN adds nothing. */
static double autocovariance(size_t n, const double *x, double mean, size_t lag)
{
    double sum = 0;
    for (size_t i = lag; i < n; i++) {
        const double product = (x[i] - mean) * (x[i - lag] - mean);
        if (!isnan(product)) sum += product;
    }
    return sum / (double)n;
}

/* Twice the lag from which on `run` autocorrelations in a row are small, as Patton's code has it; most_lags when there
 * is none. */
static size_t bandwidth(size_t n, const double *x, double mean, size_t most_lags)
{
    const double small = 2 * sqrt(tw_log10((double)n) / (double)n), variance = autocovariance(n, x, mean, 0);
    const size_t tens = (size_t)tw_log10((double)n), run = tens > 5 ? tens : 5;
    size_t quiet = 0;
    for (size_t lag = 1; lag < most_lags; lag++) {
        quiet = fabs(autocovariance(n, x, mean, lag)) < small * variance ? quiet + 1 : 0;
        if (quiet == run) {
            const size_t m = 2 * (lag - run + 1);
            return m < most_lags ? m : most_lags;
        }
    }
    return most_lags;
}

double tw_bootstrap_block(size_t n, const double *x)
{
    double mean = 0, present = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) mean += x[i], present += 1;
    if (present < 9) return 1;
    mean /= present;
    const size_t root = (size_t)ceil(sqrt((double)n)), tens = (size_t)tw_log10((double)n);
    size_t most = root + (tens > 5 ? tens : 5);
    if (most >= n) most = n - 1;
    const size_t m = bandwidth(n, x, mean, most);
    double g = 0, long_run = autocovariance(n, x, mean, 0);
    for (size_t k = 1; k <= m; k++) {
        /* a flat top, then down to 0 */
        const double share = (double)k / (double)m, weight = share <= 0.5 ? 1 : 2 * (1 - share);
        const double c = autocovariance(n, x, mean, k);
        g += 2 * weight * (double)k * c;
        long_run += 2 * weight * c;
    }
    if (!(long_run != 0)) return 1;
    const double block = cbrt(g * g / (long_run * long_run) * (double)n);
    return fmax(1, fmin(block, ceil(fmin(3 * sqrt((double)n), (double)n / 3))));
}

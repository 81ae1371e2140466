/* SPDX-License-Identifier: Apache-2.0 */
/* Test of superior predictive ability: Hansen, J. Business & Economic Statistics 23(4) (2005), with the stationary
 * bootstrap of Politis, Romano, JASA 89 (1994). Every resample has a random stream of its own. */
#include "automl/rows.h"
#include "num/resample.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { LOWER, CONSISTENT, UPPER, KINDS, TILE = 16 };

/* Trials are taken 16 at a time, side by side: [t][TILE] of their returns is all of them that is held. */
typedef struct spa {
    const tw_rows *rows;
    double block;
    uint64_t seed;
    size_t first, n_draws; /* the resamples at hand */
    uint32_t *at;          /* [n_draws][t] the period each takes */
    double *mean;          /* [n] */
    double *inverse;       /* [n] sqrt(t) / omega; 0: the difference does not vary */
    double *centre;        /* [KINDS][n] */
    double *tiles;         /* [threads][t + 1][TILE], scratch in the last rows */
    double *most;          /* [threads][n_draws][KINDS] maxima */
    size_t room;           /* most resamples at hand at once */
} spa;

/* Weight of lag i in the variance of a stationary bootstrap mean, q = 1 / block. */
static double kernel(size_t i, size_t t, double q)
{
    const double share = (double)i / (double)t, stay = 1 - q;
    return (1 - share) * pow(stay, (double)i) + share * pow(stay, (double)(t - i));
}

/* Of each trial of a tile, around its mean. */
static void long_run_variance(size_t t, const double (*x)[TILE], const double *mean, double block, double out[TILE])
{
    double sum[TILE] = {0};
    for (size_t lag = 0; lag < t; lag++) {
        const double weight = kernel(lag, t, 1 / block), twice = lag ? 2 : 1;
        if (weight < 1e-12) continue;
        double product[TILE] = {0};
        for (size_t k = lag; k < t; k++)
            for (size_t i = 0; i < TILE; i++) product[i] += (x[k][i] - mean[i]) * (x[k - lag][i] - mean[i]);
        for (size_t i = 0; i < TILE; i++) sum[i] += twice * weight * product[i];
    }
    for (size_t i = 0; i < TILE; i++) out[i] = sum[i] / (double)t;
}

static double (*tile_of(const spa *s, int thread))[TILE]
{
    const size_t t = s->rows->t;
    return (double(*)[TILE])(void *)(s->tiles + (size_t)thread * (t * TILE + t));
}

/* The returns of trials from `first` side by side; NULL says nothing is wrong, else where a return is not finite. */
static const double *load(const spa *s, size_t first, int thread, double (*tile)[TILE])
{
    const size_t t = s->rows->t, left = s->rows->n - first, n = left < TILE ? left : TILE;
    double *scratch = s->tiles + (size_t)thread * (t * TILE + t) + t * TILE;
    const double *bad = NULL;
    for (size_t i = 0; i < TILE; i++) {
        const double *x = i < n ? tw_row(s->rows, first + i, scratch) : NULL;
        for (size_t k = 0; k < t; k++) {
            tile[k][i] = x ? x[k] : 0;
            if (!bad && !isfinite(tile[k][i])) bad = &tile[k][i];
        }
    }
    return bad;
}

/* What is taken out of a resampled mean: Hansen's g; a trial far below 0 is left there in the consistent form. */
static tw_status set_up(void *arg, size_t index, int thread, tw_error *err)
{
    const spa *s = arg;
    const tw_rows *rows = s->rows;
    const size_t t = rows->t, first = index * TILE, left = rows->n - first, m = left < TILE ? left : TILE;
    double(*tile)[TILE] = tile_of(s, thread), variance[TILE], mean[TILE] = {0}, *scratch = (double *)(tile + t);
    const double *bad = load(s, first, thread, tile);
    if (bad)
        return tw_fail(err, TW_BAD_DATA, "spa: difference %zu of trial %zu is %g", (size_t)(bad - *tile) / TILE,
                       first + (size_t)(bad - *tile) % TILE, *bad);
    for (size_t i = 0; i < m; i++) mean[i] = s->mean[first + i] = tw_mean(t, tw_row(rows, first + i, scratch));
    long_run_variance(t, (const double(*)[TILE])tile, mean, s->block, variance);
    const double n = (double)t, far = t > 2 ? sqrt(2 * tw_log(tw_log(n))) : 0;
    for (size_t i = 0; i < m; i++) {
        const size_t k = first + i;
        /* Of a difference that is always the same, the rounding of its mean is left: no error to judge it by. */
        const bool varies = variance[i] > 1e-24 * mean[i] * mean[i] && variance[i] > 1e-300;
        s->inverse[k] = varies ? sqrt(n / variance[i]) : 0;
        s->centre[LOWER * rows->n + k] = fmax(mean[i], 0);
        s->centre[CONSISTENT * rows->n + k] = mean[i] * s->inverse[k] >= -far ? mean[i] : 0;
        s->centre[UPPER * rows->n + k] = mean[i];
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- resamples */

static void draw_periods(const spa *s, size_t draw, uint32_t *at)
{
    tw_random random = {s->seed, draw, 0};
    const double jump = 1 / s->block;
    const size_t t = s->rows->t;
    size_t now = 0;
    for (size_t k = 0; k < t; k++) {
        now = tw_resample_next(&random, jump, t, k, now);
        at[k] = (uint32_t)now;
    }
}

static void resample(size_t t, const double (*tile)[TILE], const uint32_t *at, double sum[TILE])
{
    double total[TILE] = {0};
    for (size_t k = 0; k < t; k++)
        for (size_t i = 0; i < TILE; i++) total[i] += tile[at[k]][i];
    memcpy(sum, total, sizeof total);
}

static tw_status resample_tile(void *arg, size_t index, int thread, tw_error *err)
{
    const spa *s = arg;
    const size_t n = s->rows->n, t = s->rows->t, first = index * TILE, left = n - first, m = left < TILE ? left : TILE;
    double(*tile)[TILE] = tile_of(s, thread), sum[TILE];
    (void)err;
    (void)load(s, first, thread, tile);
    for (size_t b = 0; b < s->n_draws; b++) {
        double *most = s->most + ((size_t)thread * s->room + b) * KINDS;
        resample(t, (const double(*)[TILE])tile, s->at + b * t, sum);
        for (size_t kind = 0; kind < KINDS; kind++)
            for (size_t i = 0; i < m; i++)
                most[kind] =
                    fmax(most[kind], (sum[i] / (double)t - s->centre[kind * n + first + i]) * s->inverse[first + i]);
    }
    return TW_OK;
}

static void count_above(const spa *s, size_t threads, double statistic, double above[KINDS])
{
    for (size_t b = 0; b < s->n_draws; b++)
        for (size_t kind = 0; kind < KINDS; kind++) {
            double most = 0;
            for (size_t thread = 0; thread < threads; thread++)
                most = fmax(most, s->most[(thread * s->room + b) * KINDS + kind]);
            above[kind] += most > statistic || statistic == 0;
        }
}

static tw_status run(spa *s, tw_pool *pool, size_t draws, tw_spa *out, tw_error *err)
{
    const size_t n = s->rows->n, n_tiles = (n + TILE - 1) / TILE, threads = (size_t)tw_pool_threads(pool);
    double above[KINDS] = {0}, statistic = 0;
    TW_TRY(tw_pool_run(pool, n_tiles, set_up, s, err));
    for (size_t i = 0; i < n; i++) statistic = fmax(statistic, s->mean[i] * s->inverse[i]);
    for (s->first = 0; s->first < draws; s->first += s->n_draws) {
        s->n_draws = draws - s->first < s->room ? draws - s->first : s->room;
        memset(s->most, 0, threads * s->room * KINDS * sizeof *s->most);
        for (size_t b = 0; b < s->n_draws; b++) draw_periods(s, s->first + b, s->at + b * s->rows->t);
        TW_TRY(tw_pool_run(pool, n_tiles, resample_tile, s, err));
        count_above(s, threads, statistic, above);
    }
    *out = (tw_spa){statistic, above[LOWER] / (double)draws, above[CONSISTENT] / (double)draws,
                    above[UPPER] / (double)draws};
    return TW_OK;
}

static tw_status check(const tw_rows *d, const tw_spa_input *input, tw_error *err)
{
    if (d->t < 10 || d->n == 0 || d->t > UINT32_MAX)
        return tw_fail(err, TW_BAD_DATA, "spa: %zu trials of %zu periods; at least 1 of 10", d->n, d->t);
    if (!(input->block >= 1) || !(input->block <= (double)d->t) || input->draws == 0)
        return tw_fail(err, TW_BAD_VALUE, "spa: block must be in [1, %zu] and draws positive, got %g and %zu", d->t,
                       input->block, input->draws);
    return TW_OK;
}

tw_status tw_rows_spa(const tw_ctx *ctx, const tw_rows *rows, const tw_spa_input *input, tw_spa *out, tw_error *err)
{
    enum { PERIODS_AT_HAND = 1 << 20 };
    TW_TRY(check(rows, input, err));
    tw_pool *pool = ctx ? ctx->pool : NULL;
    const size_t t = rows->t, n = rows->n, threads = (size_t)tw_pool_threads(pool), few = PERIODS_AT_HAND / t;
    spa s = {.rows = rows, .block = input->block, .seed = input->seed, .room = few > 0 ? few : 1};
    if (s.room > input->draws) s.room = input->draws;
    double *numbers = tw_new(ctx, (2 + KINDS) * n, sizeof *numbers);
    s.at = tw_new(ctx, s.room * t, sizeof *s.at);
    s.tiles = tw_new(ctx, threads * (TILE + 1), t * sizeof *s.tiles);
    s.most = tw_new(ctx, threads * s.room * KINDS, sizeof *s.most);
    tw_status status = numbers && s.at && s.tiles && s.most ? TW_OK : tw_no_memory(err, "spa");
    if (status == TW_OK) {
        s.mean = numbers;
        s.inverse = s.mean + n;
        s.centre = s.inverse + n;
        status = run(&s, pool, input->draws, out, err);
    }
    tw_free(ctx, numbers);
    tw_free(ctx, s.at);
    tw_free(ctx, s.tiles);
    tw_free(ctx, s.most);
    return status;
}

tw_status tw_spa_test(const tw_ctx *ctx, const tw_spa_input *input, tw_spa *out, tw_error *err)
{
    const tw_rows rows = tw_rows_of(&input->differences);
    return tw_rows_spa(ctx, &rows, input, out, err);
}

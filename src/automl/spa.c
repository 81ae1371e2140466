/* SPDX-License-Identifier: Apache-2.0 */
/* Test of superior predictive ability: Hansen, J. Business & Economic Statistics 23(4) (2005), with the stationary
 * bootstrap of Politis, Romano, JASA 89 (1994). Every resample has a random stream of its own. */
#include "num/resample.h"
#include "tradewind/automl.h"
#include "tradewind/num.h"

#include <math.h>

enum { LOWER, CONSISTENT, UPPER, KINDS };

typedef struct spa {
    size_t t, n;
    double block;
    uint64_t seed;
    const double *rows;    /* [t][n] differences, a period beside the other */
    const double *mean;    /* [n] */
    const double *inverse; /* [n] sqrt(t) / omega; 0: the difference does not vary */
    const double *centre;  /* [KINDS][n] */
    double *sums;          /* [threads][n] */
    double *draws;         /* [draws][KINDS] maxima */
} spa;

/* Weight of lag i in the variance of a stationary bootstrap mean, q = 1 / block. */
static double kernel(size_t i, size_t t, double q)
{
    const double share = (double)i / (double)t, stay = 1 - q;
    return (1 - share) * pow(stay, (double)i) + share * pow(stay, (double)(t - i));
}

static double long_run_variance(size_t t, const double *x, double mean, double block)
{
    double sum = 0;
    for (size_t lag = 0; lag < t; lag++) {
        const double weight = kernel(lag, t, 1 / block);
        if (weight < 1e-12) continue;
        double product = 0;
        for (size_t k = lag; k < t; k++) product += (x[k] - mean) * (x[k - lag] - mean);
        sum += (lag ? 2 : 1) * weight * product;
    }
    return sum / (double)t;
}

static void resample(const spa *s, size_t draw, double *sum)
{
    tw_random random = {s->seed, draw, 0};
    const double jump = 1 / s->block;
    for (size_t i = 0; i < s->n; i++) sum[i] = 0;
    size_t at = 0;
    for (size_t k = 0; k < s->t; k++) {
        at = tw_resample_next(&random, jump, s->t, k, at);
        const double *row = s->rows + at * s->n;
        for (size_t i = 0; i < s->n; i++) sum[i] += row[i];
    }
}

static tw_status draw_task(void *arg, size_t draw, int thread, tw_error *err)
{
    const spa *s = arg;
    double *sum = s->sums + (size_t)thread * s->n, *out = s->draws + draw * KINDS;
    (void)err;
    resample(s, draw, sum);
    for (size_t kind = 0; kind < KINDS; kind++) {
        out[kind] = 0;
        for (size_t i = 0; i < s->n; i++)
            out[kind] = fmax(out[kind], (sum[i] / (double)s->t - s->centre[kind * s->n + i]) * s->inverse[i]);
    }
    return TW_OK;
}

/* What is taken out of a resampled mean: Hansen's g; a trial far below 0 is left there in the consistent form. */
static void set_up(const spa *s, const tw_paths *d, double *numbers)
{
    double *mean = numbers, *inverse = mean + s->n, *centre = inverse + s->n, *rows = centre + KINDS * s->n;
    const double n = (double)s->t, far = s->t > 2 ? sqrt(2 * tw_log(tw_log(n))) : 0;
    for (size_t i = 0; i < s->n; i++) {
        const double *x = d->x[i];
        mean[i] = tw_mean(s->t, x);
        const double variance = long_run_variance(s->t, x, mean[i], s->block);
        /* Of a difference that is always the same, the rounding of its mean is left: no error to judge it by. */
        inverse[i] = variance > 1e-24 * mean[i] * mean[i] && variance > 1e-300 ? sqrt(n / variance) : 0;
        centre[LOWER * s->n + i] = fmax(mean[i], 0);
        centre[CONSISTENT * s->n + i] = mean[i] * inverse[i] >= -far ? mean[i] : 0;
        centre[UPPER * s->n + i] = mean[i];
        for (size_t k = 0; k < s->t; k++) rows[k * s->n + i] = x[k];
    }
}

static void conclude(const spa *s, size_t draws, tw_spa *out)
{
    double above[KINDS] = {0}, statistic = 0;
    for (size_t i = 0; i < s->n; i++) statistic = fmax(statistic, s->mean[i] * s->inverse[i]);
    for (size_t b = 0; b < draws; b++)
        for (size_t kind = 0; kind < KINDS; kind++)
            above[kind] += s->draws[b * KINDS + kind] > statistic || statistic == 0;
    *out = (tw_spa){statistic, above[LOWER] / (double)draws, above[CONSISTENT] / (double)draws,
                    above[UPPER] / (double)draws};
}

static tw_status check(const tw_spa_input *input, tw_error *err)
{
    const tw_paths *d = &input->differences;
    if (d->t < 10 || d->n == 0)
        return tw_fail(err, TW_BAD_DATA, "spa: %zu trials of %zu periods; at least 1 of 10", d->n, d->t);
    if (!(input->block >= 1) || !(input->block <= (double)d->t) || input->draws == 0)
        return tw_fail(err, TW_BAD_VALUE, "spa: block must be in [1, %zu] and draws positive, got %g and %zu", d->t,
                       input->block, input->draws);
    for (size_t i = 0; i < d->n; i++)
        for (size_t k = 0; k < d->t; k++)
            if (!isfinite(d->x[i][k]))
                return tw_fail(err, TW_BAD_DATA, "spa: difference %zu of trial %zu is %g", k, i, d->x[i][k]);
    return TW_OK;
}

tw_status tw_spa_test(const tw_ctx *ctx, const tw_spa_input *input, tw_spa *out, tw_error *err)
{
    const tw_paths *d = &input->differences;
    const size_t t = d->t, n = d->n, draws = input->draws;
    tw_pool *pool = ctx ? ctx->pool : NULL;
    spa s = {.t = t, .n = n, .block = input->block, .seed = input->seed};
    TW_TRY(check(input, err));
    double *numbers = tw_new(ctx, (2 + KINDS + t) * n, sizeof *numbers);
    s.sums = tw_new(ctx, (size_t)tw_pool_threads(pool) * n, sizeof *s.sums);
    s.draws = tw_new(ctx, draws * KINDS, sizeof *s.draws);
    tw_status status = numbers && s.sums && s.draws ? TW_OK : tw_no_memory(err, "spa");
    if (status == TW_OK) {
        set_up(&s, d, numbers);
        s.mean = numbers;
        s.inverse = s.mean + n;
        s.centre = s.inverse + n;
        s.rows = s.centre + KINDS * n;
        status = tw_pool_run(pool, draws, draw_task, &s, err);
    }
    if (status == TW_OK) conclude(&s, draws, out);
    tw_free(ctx, numbers);
    tw_free(ctx, s.sums);
    tw_free(ctx, s.draws);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Walk-forward optimisation on the paths of trials: two running sums a trial give the Sharpe ratio of any window. */
#include "tradewind/sweep.h"

#include <math.h>

/* Sums of a trial's returns and squares over the training window. */
typedef struct sums {
    double sum, squares;
} sums;

static void add(const tw_sweep_keep *paths, size_t n, size_t from, size_t to, double sign, sums *of)
{
    for (size_t i = 0; i < n; i++) {
        const float *path = paths->paths + i * paths->path_stride;
        for (size_t t = from; t < to; t++) {
            const double r = (double)path[t];
            of[i].sum += sign * r;
            of[i].squares += sign * r * r;
        }
    }
}

/* The first of the best; `before` when none varies. What is left of squares by rounding is no variance. */
static size_t best_of(const sums *of, size_t n, double bars, size_t before)
{
    size_t best = before;
    double most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double spread = of[i].squares - of[i].sum * of[i].sum / bars;
        if (!(spread > 1e-12 * of[i].squares) || !(spread > 1e-20)) continue;
        const double ratio = of[i].sum / sqrt(spread);
        if (ratio > most) {
            most = ratio;
            best = i;
        }
    }
    return best;
}

tw_status tw_sweep_walk_forward(const tw_ctx *ctx, const tw_sweep_keep *paths, size_t n, size_t n_times,
                                const tw_sweep_windows *w, float *stitched, size_t *chosen, tw_error *err)
{
    if (w->train < 2 || w->test < 1 || w->train >= n_times)
        return tw_fail(err, TW_BAD_VALUE,
                       "walk-forward: train must be in [2, %zu) and test at least 1, got %zu and %zu", n_times,
                       w->train, w->test);
    if (!paths->paths || n == 0)
        return tw_fail(err, TW_BAD_DATA, "walk-forward: paths of at least one trial are needed");
    sums *of = tw_new(ctx, n, sizeof *of);
    if (!of) return tw_no_memory(err, "walk-forward");
    size_t best = 0;
    add(paths, n, 0, w->train, 1, of);
    for (size_t at = w->train, from = 0; at < n_times; at += w->test) {
        const size_t end = n_times - at < w->test ? n_times : at + w->test;
        best = chosen[(at - w->train) / w->test] = best_of(of, n, (double)(at - from), best);
        for (size_t t = at; t < end; t++) stitched[t - w->train] = paths->paths[best * paths->path_stride + t];
        add(paths, n, at, end, 1, of);
        if (w->anchored) continue;
        add(paths, n, from, from + (end - at), -1, of);
        from += end - at;
    }
    tw_free(ctx, of);
    return TW_OK;
}

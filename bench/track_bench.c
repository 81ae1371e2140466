/* SPDX-License-Identifier: Apache-2.0 */
/* A live bar in the process: `bench.track BUNDLE PANEL.twp` replays the panel through tw_scorer_bar, all symbols and
 * then one of them, then all with a thread a core, and prints microseconds a bar (median, 99th percentile) over the
 * second half of the times, when every feature is warm. bench/serve_bench.py makes the bundle and runs it. */
#include "bench.h"
#include "tradewind/track.h"

#include <math.h>
#include <stdlib.h>

typedef struct replay {
    const tw_panel *panel;
    const tw_bundle *bundle;
    tw_scorer *scorer;
    size_t first, n_symbols, lanes, n_columns;
    double *values, *score;
    const double **view;
} replay;

static void gather(const replay *r, size_t t)
{
    size_t n = 0;
    const char *const *columns = tw_bundle_columns(r->bundle, &n);
    for (size_t c = 0; c < n; c++) {
        const size_t column = tw_panel_find_column(r->panel, columns[c]);
        for (size_t l = 0; l < r->lanes; l++)
            r->values[c * r->lanes + l] = l < r->n_symbols ? tw_panel_at(r->panel, column, r->first + l, t) : NAN;
    }
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Microseconds of each bar of the second half, sorted. */
static size_t time_bars(replay *r, double *us)
{
    size_t n = 0;
    tw_error err;
    for (size_t t = 0; t < tw_panel_times(r->panel); t++) {
        gather(r, t);
        const int64_t start = tw_clock_ns();
        const tw_status status = tw_scorer_bar(r->scorer, tw_panel_stamps(r->panel)[t], r->view, r->score, NULL, &err);
        const double spent = (double)(tw_clock_ns() - start) / 1e3;
        if (status != TW_OK) exit(1);
        if (t >= tw_panel_times(r->panel) / 2) us[n++] = spent;
    }
    qsort(us, n, sizeof *us, by_value);
    return n;
}

static void bench(const tw_ctx *ctx, const tw_bundle *bundle, const tw_panel *panel, size_t first, size_t n_symbols)
{
    replay r = {.panel = panel, .bundle = bundle, .first = first, .n_symbols = n_symbols};
    tw_error err;
    const char *const *symbols = tw_panel_shape_view(panel)->symbols + first;
    if (tw_scorer_new(ctx, bundle, symbols, n_symbols, &r.scorer, &err) != TW_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    (void)tw_bundle_columns(bundle, &r.n_columns);
    r.lanes = n_symbols == 1 ? 1 : (n_symbols + TW_LANES - 1) / TW_LANES * TW_LANES;
    r.values = tw_new(NULL, r.n_columns * r.lanes, sizeof *r.values);
    r.score = tw_new(NULL, r.lanes, sizeof *r.score);
    r.view = tw_new(NULL, r.n_columns, sizeof *r.view);
    double *us = tw_new(NULL, tw_panel_times(panel), sizeof *us);
    if (!r.values || !r.score || !r.view || !us) exit(1);
    for (size_t c = 0; c < r.n_columns; c++) r.view[c] = r.values + c * r.lanes;
    const size_t n = time_bars(&r, us);
    printf("{\"bench\": \"track\", \"case\": \"scorer_bar\", \"threads\": %d, \"symbols\": %zu, \"bars\": %zu, "
           "\"p50_us\": %.1f, "
           "\"p99_us\": %.1f}\n",
           tw_pool_threads(ctx->pool), n_symbols, n, us[n / 2], us[n * 99 / 100]);
    tw_free(NULL, r.values);
    tw_free(NULL, r.score);
    tw_free(NULL, r.view);
    tw_free(NULL, us);
    tw_scorer_free(r.scorer);
}

int main(int argc, char **argv)
{
    tw_bundle *bundle = NULL;
    tw_panel *panel = NULL;
    tw_error err;
    if (argc != 3) {
        fprintf(stderr, "usage: bench.track BUNDLE PANEL.twp\n");
        return 2;
    }
    if (tw_bundle_open(NULL, argv[1], &bundle, &err) != TW_OK || tw_panel_open(NULL, argv[2], &panel, &err) != TW_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    tw_ctx ctx = {.pool = NULL};
    bench(&ctx, bundle, panel, 0, tw_panel_symbols(panel));
    bench(&ctx, bundle, panel, 3, 1);
    if (tw_pool_new(0, &ctx.pool, &err) != TW_OK) return 1;
    bench(&ctx, bundle, panel, 0, tw_panel_symbols(panel));
    tw_pool_free(ctx.pool);
    tw_panel_close(panel);
    tw_bundle_close(bundle);
    return 0;
}

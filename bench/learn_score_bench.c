/* SPDX-License-Identifier: Apache-2.0 */
/* Nanoseconds a scored row on one thread: 100 trees over 50 features, of depth 6 (64 leaves) and grown leaf by leaf (63
 * leaves); one row at a time (median and 99th percentile of single calls, the clock's own cost in them), blocks of rows
 * as floats and as bytes. The trees are random: features and thresholds drawn, so that no branch of them can be
 * guessed. bench/score_peer.py times LightGBM and XGBoost on models of these shapes. */
#include <time.h>

#include "bench_trees.h"

enum { SINGLES = 20000, REPEATS = 15 };

static double score[ROWS];

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The median of single calls, and the 99th percentile. A row comes as it does live: 16 symbols side by side for each
 * feature, just written by what computes the features. */
static void time_singles(const tw_trees *m, double out[2])
{
    static double ns[SINGLES];
    static float bar[FEATURES][16];
    const float *features[FEATURES];
    for (size_t f = 0; f < FEATURES; f++) features[f] = bar[f];
    const tw_dataset data = {.n_times = 1, .n_lanes = 16, .n_features = FEATURES, .features = features};
    for (size_t i = 0; i < SINGLES; i++) {
        const tw_rows one = {&data, cells + i % 16, 1};
        for (size_t f = 0; f < FEATURES; f++) bar[f][i % 16] = columns[f][i % ROWS];
        const double start = now_ns();
        (void)tw_trees_predict(m, &one, score, NULL);
        ns[i] = now_ns() - start;
    }
    qsort(ns, SINGLES, sizeof *ns, by_value);
    out[0] = ns[SINGLES / 2];
    out[1] = ns[SINGLES / 100 * 99];
}

static double cpu_ns(void) { return (double)clock() * (1e9 / CLOCKS_PER_SEC); }

static double time_floats(const tw_trees *m, const tw_dataset *data)
{
    double ns[REPEATS];
    const tw_rows rows = {data, cells, ROWS};
    for (size_t k = 0; k < REPEATS; k++) {
        const double start = cpu_ns();
        (void)tw_trees_predict(m, &rows, score, NULL);
        ns[k] = (cpu_ns() - start) / ROWS;
    }
    qsort(ns, REPEATS, sizeof *ns, by_value);
    return ns[REPEATS / 2];
}

static double time_bytes(const tw_trees *m)
{
    double ns[REPEATS];
    const tw_bin_rows rows = {.bin = bytes, .row_stride = FEATURES, .feature_stride = 1, .n = ROWS};
    for (size_t k = 0; k < REPEATS; k++) {
        const double start = cpu_ns();
        tw_tree_scorer_add_bins(m->scorer, &rows, score);
        ns[k] = (cpu_ns() - start) / ROWS;
    }
    qsort(ns, REPEATS, sizeof *ns, by_value);
    return ns[REPEATS / 2];
}

int main(void)
{
    tw_random r = {2385, 7, 0};
    make_rows(&r);
    const tw_dataset data = {
        .n_times = ROWS / 16, .n_lanes = 16, .n_features = FEATURES, .features = (const float *const *)columns};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        tw_trees *m = make_trees(&shapes[s], &r);
        double single[2], from_bytes = NAN;
        time_singles(m, single);
        const double batch = time_floats(m, &data);
        if (shapes[s].binned) {
            tw_error err;
            check(tw_tree_scorer_use_bins(m->scorer, &(tw_bin_edges){edge, n_bins, EDGES}, &err), &err);
            from_bytes = time_bytes(m);
        }
        (void)printf("{\"bench\": \"score\", \"name\": \"%s\", \"single_ns\": %.0f, \"single_p99_ns\": %.0f, "
                     "\"batch_ns_row\": %.1f",
                     shapes[s].name, single[0], single[1], batch);
        if (shapes[s].binned) (void)printf(", \"bytes_ns_row\": %.1f", from_bytes);
        (void)printf("}\n");
        tw_trees_free(m);
    }
    return 0;
}

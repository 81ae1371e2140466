/* SPDX-License-Identifier: Apache-2.0 */
/* Nanoseconds a scored row on one thread: 100 trees over 50 features, of depth 6 (64 leaves) and grown leaf by leaf (63
 * leaves); one row at a time (median and 99th percentile of single calls, the clock's own cost in them), blocks of rows
 * as floats and as bytes. The trees are random: features and thresholds drawn, so that no branch of them can be
 * guessed. bench/score_peer.py times LightGBM and XGBoost on models of these shapes. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "learn/trees/scorer.h"

enum { FEATURES = 50, TREES = 100, ROWS = 1 << 14, LEAVES = 64, SINGLES = 20000, REPEATS = 15, EDGES = 254 };

typedef struct shape {
    const char *name;
    size_t leaves;
    bool perfect, binned;
} shape;

static const shape shapes[] = {
    {"depth 6, any threshold", 64, true, false},
    {"depth 6, 254 bins", 64, true, true},
    {"leaf-wise 63, any threshold", 63, false, false},
    {"leaf-wise 63, 254 bins", 63, false, true},
};

static float *columns[FEATURES];
static float edge[FEATURES * EDGES];
static uint8_t *bytes;
static uint32_t cells[ROWS], n_bins[FEATURES];
static double score[ROWS];

static void check(tw_status status, const tw_error *err)
{
    if (status == TW_OK) return;
    (void)fprintf(stderr, "%s\n", err->message);
    exit(1);
}

static void make_rows(tw_random *r)
{
    for (size_t f = 0; f < FEATURES; f++) {
        n_bins[f] = EDGES;
        columns[f] = malloc(ROWS * sizeof(float));
        if (!columns[f]) exit(1);
        for (size_t b = 0; b + 1 < EDGES; b++) edge[f * EDGES + b] = (float)((double)b / 42.5 - 2.97);
        edge[f * EDGES + EDGES - 1] = INFINITY;
        for (size_t i = 0; i < ROWS; i++) columns[f][i] = (float)tw_random_normal(r);
    }
    bytes = malloc((size_t)ROWS * FEATURES);
    if (!bytes) exit(1);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t f = 0; f < FEATURES; f++) {
            uint8_t b = 1;
            while (edge[f * EDGES + b - 1] < columns[f][i]) b++;
            bytes[i * FEATURES + f] = b;
            cells[i] = (uint32_t)i;
        }
}

static void split(tw_trees *m, uint32_t at, bool binned, tw_random *r)
{
    const uint32_t f = (uint32_t)tw_random_below(r, FEATURES), left = tw_trees_add_leaf(m);
    (void)tw_trees_add_leaf(m);
    const float any = (float)(tw_random_normal(r) * 0.8);
    const float near = edge[f * EDGES + (size_t)fmin(fmax(((double)any + 2.97) * 42.5, 0), EDGES - 2)];
    m->node[at] = (tw_tree_node){.threshold = binned ? near : any, .feature = f, .left = left, .flags = 1};
    m->value[at] = 0;
    m->value[left] = tw_random_normal(r) * 0.01;
    m->value[left + 1] = tw_random_normal(r) * 0.01;
}

static tw_trees *make_trees(const shape *s, tw_random *r)
{
    tw_trees *m;
    tw_error err;
    check(tw_trees_new(NULL, &(tw_trees_size){FEATURES, 1, TREES, TREES * 2 * s->leaves}, &m, &err), &err);
    for (size_t t = 0; t < TREES; t++) {
        uint32_t leaf[LEAVES] = {0};
        check(tw_trees_reserve(m, 2 * s->leaves, &err), &err);
        leaf[0] = tw_trees_add_leaf(m);
        for (size_t n = 1; n < s->leaves; n++) {
            const size_t k = s->perfect ? 0 : (size_t)tw_random_below(r, n);
            const uint32_t at = leaf[k];
            split(m, at, s->binned, r);
            if (s->perfect) memmove(leaf, leaf + 1, (n - 1) * sizeof *leaf);
            leaf[s->perfect ? n - 1 : k] = m->node[at].left;
            leaf[n] = m->node[at].left + 1;
        }
        tw_trees_end_tree(m, 0, 0);
    }
    check(tw_trees_check(m, "bench", &err), &err);
    check(tw_trees_measure(m, &err), &err);
    check(tw_trees_compile(m, &err), &err);
    return m;
}

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

/* The median of single calls, and the 99th percentile. */
static void time_singles(const tw_trees *m, const tw_dataset *data, double out[2])
{
    static double ns[SINGLES];
    for (size_t i = 0; i < SINGLES; i++) {
        const tw_rows one = {data, cells + i % ROWS, 1};
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
        time_singles(m, &data, single);
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

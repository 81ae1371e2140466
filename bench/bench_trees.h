/* SPDX-License-Identifier: Apache-2.0 */
/* Random tree models of 100 trees over 50 features, and rows: features and thresholds are drawn, so that no branch can
 * be guessed. */
#ifndef TW_BENCH_TREES_H
#define TW_BENCH_TREES_H

#include <math.h>
#include <string.h>

#include "bench.h"
#include "learn/trees/scorer.h"

enum { FEATURES = 50, TREES = 100, ROWS = 1 << 14, LEAVES = 64, EDGES = 254 };

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
    m->cover[left] = m->cover[at] * (0.2 + 0.6 * tw_random_uniform(r));
    m->cover[left + 1] = m->cover[at] - m->cover[left];
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
        m->cover[leaf[0]] = 1000;
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

#endif

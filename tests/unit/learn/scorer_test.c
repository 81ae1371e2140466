/* SPDX-License-Identifier: Apache-2.0 */
/* A compiled model gives each row the bits that walks by tw_tree_step give it: on every instruction set, in blocks of
 * every size, from floats and from bytes. */
#include "learn/trees/scorer.h"

/* Two tiles of bytes, that overlap. */
#define TREES_CASE_FEATURES 19
#include "trees_case.h"

#include <string.h>

enum { ROWS = 700 };

/* Small and large trees, chains, categories, missing zeros, linear leaves, many outputs, thresholds that recur. */
static const trees_kind kinds[] = {
    {.n_outputs = 1, .n_trees = 1, .most_leaves = 1},
    {.n_outputs = 1, .n_trees = 40, .most_leaves = 64},
    {.n_outputs = 1, .n_trees = 27, .most_leaves = 64, .n_levels = 9},
    {.n_outputs = 1, .n_trees = 60, .most_leaves = 12},
    {.n_outputs = 1, .n_trees = 100, .most_leaves = 130},
    {.n_outputs = 1, .n_trees = 21, .most_leaves = 300, .zeros = true},
    {.n_outputs = 1, .n_trees = 17, .most_leaves = 90, .deep = true, .zeros = true},
    {.n_outputs = 3, .n_trees = 24, .most_leaves = 40, .sets = true},
    {.n_outputs = 1, .n_trees = 24, .most_leaves = 40, .sets = true, .zeros = true, .n_levels = 30},
    {.n_outputs = 2, .n_trees = 20, .most_leaves = 60, .sets = true, .linear = true},
    {.n_outputs = 1, .n_trees = 3, .most_leaves = 3000},
    {.n_outputs = 5, .n_trees = 64, .most_leaves = 257, .zeros = true},
};

static double walk(const tw_trees *m, size_t tree, const trees_rows *rows, uint32_t cell)
{
    uint32_t at = m->first[tree];
    while (!tw_tree_is_leaf(m, at)) at = tw_tree_step(m, at, rows->column[m->node[at].feature][cell]);
    return tw_tree_leaf_value(m, at, rows->features, cell);
}

static double *walk_all(const tw_trees *m, const trees_rows *rows)
{
    double *margin = calloc(ROWS * m->n_outputs, sizeof *margin);
    for (uint32_t i = 0; i < ROWS; i++) {
        double *of_row = margin + i * m->n_outputs;
        memcpy(of_row, m->base, m->n_outputs * sizeof *of_row);
        for (size_t t = 0; t < m->n_trees; t++) of_row[m->output[t]] += walk(m, t, rows, i);
    }
    return margin;
}

/* Rows [from, from + n) out of all, every `stride`-th. */
static void assert_scores(const tw_trees *m, trees_rows *rows, const double *expected, size_t from, size_t n)
{
    const size_t k = m->n_outputs;
    double *margin = calloc(n * k, sizeof *margin);
    tw_trees_margin(m, &(tw_rows){&rows->data, rows->cell + from, n}, margin);
    for (size_t i = 0; i < n; i++)
        for (size_t o = 0; o < k; o++) assert_same(margin[i * k + o], expected[rows->cell[from + i] * k + o]);
    free(margin);
}

static void check_kind(const trees_kind *kind, tw_isa isa, uint64_t seed)
{
    const tw_ctx ctx = {.isa = isa};
    tw_random r = {seed, 1, 0};
    tw_trees *m = trees_make(&ctx, kind, &r);
    trees_rows rows = trees_rows_make(m, kind, ROWS, &r);
    rows.data.features = rows.features;
    double *expected = walk_all(m, &rows);
    assert_scores(m, &rows, expected, 0, ROWS); /* not compiled */
    assert_int_equal(tw_trees_compile(m, NULL), TW_OK);
    for (size_t n = 1; n <= 130; n++) assert_scores(m, &rows, expected, trees_below(&r, ROWS - n), n);
    const size_t sizes[] = {255, 256, 257, 336, 512, ROWS};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) assert_scores(m, &rows, expected, 0, sizes[k]);
    size_t n_some = 0;
    for (uint32_t i = 0; i < ROWS; i++)
        if (trees_below(&r, 2)) rows.cell[n_some++] = i; /* with gaps */
    assert_scores(m, &rows, expected, 0, n_some);
    free(expected);
    trees_rows_clear(&rows);
    tw_trees_free(m);
}

static void scores_are_those_of_walks(void **state)
{
    (void)state;
    for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++)
        for (size_t k = 0; tw_isa_supported(isa) && k < sizeof kinds / sizeof kinds[0]; k++)
            check_kind(&kinds[k], isa, 2385 + k);
}

/* A model that grows on, or is cut, is scored as it then is. */
static void changes_are_seen(void **state)
{
    (void)state;
    const trees_kind kind = kinds[1];
    tw_random r = {7, 1, 0};
    tw_trees *m = trees_make(NULL, &kind, &r);
    trees_rows rows = trees_rows_make(m, &kind, ROWS, &r);
    rows.data.features = rows.features;
    assert_int_equal(tw_trees_compile(m, NULL), TW_OK);
    trees_grow(m, &kind, 20, &r);
    double *expected = walk_all(m, &rows);
    assert_scores(m, &rows, expected, 0, ROWS);
    free(expected);
    assert_int_equal(tw_trees_measure(m, NULL), TW_OK);
    assert_int_equal(tw_trees_compile(m, NULL), TW_OK);
    tw_trees_cut(m, 9);
    expected = walk_all(m, &rows);
    assert_scores(m, &rows, expected, 0, ROWS);
    free(expected);
    trees_rows_clear(&rows);
    tw_trees_free(m);
}

/* ---------------------------------------------------------------- bytes */

enum { LEVELS = 9, STRIDE = 256 };

/* Edges where trees_number draws thresholds; for categories, bin b is category b - 1. */
static void make_edges(float *edge, uint32_t *n_bins)
{
    for (size_t f = 0; f < TREES_CASE_FEATURES; f++) {
        n_bins[f] = f < 3 ? 150 : LEVELS + 1;
        for (size_t b = 0; b < n_bins[f]; b++) edge[f * STRIDE + b] = f < 3 ? (float)b : (float)b * 0.385F - 1.0F;
        if (f >= 3) edge[f * STRIDE + LEVELS] = INFINITY;
    }
}

static void to_bytes(const trees_rows *rows, const float *edge, const uint32_t *n_bins, uint8_t *bytes)
{
    for (size_t i = 0; i < ROWS; i++)
        for (size_t f = 0; f < TREES_CASE_FEATURES; f++) {
            float *x = &rows->column[f][i];
            if (f < 3) *x = isfinite(*x) ? fminf(floorf(fabsf(*x)), 149) : NAN; /* categories that have a bin */
            uint32_t b = 1;
            while (b < n_bins[f] && edge[f * STRIDE + b - 1] < *x) b++;
            bytes[i * TREES_CASE_FEATURES + f] = isnan(*x) ? 0 : (uint8_t)b;
        }
}

/* The same bytes, feature by feature. */
static void check_columns(const tw_trees *m, const uint8_t *bytes, const double *expected)
{
    static uint8_t columns[ROWS * TREES_CASE_FEATURES];
    const size_t k = m->n_outputs;
    double *margin = calloc(ROWS * k, sizeof *margin);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t f = 0; f < TREES_CASE_FEATURES; f++) columns[f * ROWS + i] = bytes[i * TREES_CASE_FEATURES + f];
    for (size_t i = 0; i < ROWS * k; i++) margin[i] = m->base[i % k];
    tw_tree_scorer_add_bins(m->scorer, &(tw_bin_rows){columns, 1, ROWS, NULL, ROWS}, margin);
    for (size_t i = 0; i < ROWS * k; i++) assert_same(margin[i], expected[i]);
    free(margin);
}

static void check_bytes(tw_trees *m, const trees_rows *rows, const uint8_t *bytes, const double *expected, tw_random *r)
{
    const size_t k = m->n_outputs;
    uint32_t row[ROWS];
    double *margin = calloc(ROWS * k, sizeof *margin);
    for (size_t n = 1; n <= ROWS; n += n < 130 ? 1 : 57) {
        const size_t from = trees_below(r, ROWS - n + 1);
        const tw_bin_rows some = {bytes + from * TREES_CASE_FEATURES, TREES_CASE_FEATURES, 1, NULL, n};
        for (size_t i = 0; i < n * k; i++) margin[i] = m->base[i % k];
        tw_tree_scorer_add_bins(m->scorer, &some, margin);
        for (size_t i = 0; i < n * k; i++) assert_same(margin[i], expected[from * k + i]);
    }
    size_t n = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        if (trees_below(r, 2)) row[n++] = i;
        for (size_t o = 0; o < k; o++) margin[i * k + o] = m->base[o];
    }
    tw_tree_scorer_add_bins(m->scorer, &(tw_bin_rows){bytes, TREES_CASE_FEATURES, 1, row, n}, margin);
    for (size_t j = 0; j < n * k; j++) assert_same(margin[row[j / k] * k + j % k], expected[row[j / k] * k + j % k]);
    free(margin);
    (void)rows;
}

static void bytes_score_as_floats(void **state)
{
    (void)state;
    static float edge[TREES_CASE_FEATURES * STRIDE];
    static uint8_t bytes[ROWS * TREES_CASE_FEATURES];
    uint32_t n_bins[TREES_CASE_FEATURES];
    const trees_kind some[] = {{.n_outputs = 1, .n_trees = 4, .most_leaves = 20, .sets = true, .n_levels = LEVELS},
                               {.n_outputs = 1, .n_trees = 40, .most_leaves = 64, .sets = true, .n_levels = LEVELS},
                               {.n_outputs = 3, .n_trees = 20, .most_leaves = 280, .sets = true, .n_levels = LEVELS}};
    make_edges(edge, n_bins);
    for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++)
        for (size_t k = 0; tw_isa_supported(isa) && k < sizeof some / sizeof some[0]; k++) {
            const tw_ctx ctx = {.isa = isa};
            tw_random r = {38 + k, 1, 0};
            tw_trees *m = trees_make(&ctx, &some[k], &r);
            trees_rows rows = trees_rows_make(m, &some[k], ROWS, &r);
            to_bytes(&rows, edge, n_bins, bytes);
            double *expected = walk_all(m, &rows);
            assert_int_equal(tw_trees_compile(m, NULL), TW_OK);
            tw_error err;
            assert_ok(tw_tree_scorer_use_bins(m->scorer, &(tw_bin_edges){edge, n_bins, STRIDE}, &err), &err);
            check_bytes(m, &rows, bytes, expected, &r);
            check_columns(m, bytes, expected);
            free(expected);
            trees_rows_clear(&rows);
            tw_trees_free(m);
        }
}

static void bins_that_cannot_tell_are_refused(void **state)
{
    (void)state;
    const float edge[] = {0.5F, 2.385F, INFINITY};
    const struct {
        float threshold;
        uint32_t flags;
        tw_status status;
    } cases[] = {{0.5F, 0, TW_OK},
                 {2.385F, 1, TW_OK},
                 {INFINITY, 0, TW_OK},
                 {0.25F, 0, TW_BAD_VALUE},
                 {2.0F, 0, TW_BAD_VALUE},
                 {3.0F, 0, TW_BAD_VALUE},
                 {0.5F, TW_SPLIT_ZERO_MISSING, TW_UNSUPPORTED}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tw_trees *m;
        tw_error err;
        assert_ok(tw_trees_new(NULL, &(tw_trees_size){1, 1, 1, 3}, &m, &err), &err);
        for (int i = 0; i < 3; i++) (void)tw_trees_add_leaf(m);
        m->node[0] = (tw_tree_node){.threshold = cases[k].threshold, .left = 1, .flags = cases[k].flags};
        tw_trees_end_tree(m, 0, 1);
        assert_ok(tw_trees_compile(m, &err), &err);
        const uint32_t n_bins = 3;
        assert_int_equal(tw_tree_scorer_use_bins(m->scorer, &(tw_bin_edges){edge, &n_bins, 3}, &err), cases[k].status);
        tw_trees_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_those_of_walks),
        cmocka_unit_test(changes_are_seen),
        cmocka_unit_test(bytes_score_as_floats),
        cmocka_unit_test(bins_that_cannot_tell_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

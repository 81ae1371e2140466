/* SPDX-License-Identifier: Apache-2.0 */
/* Shapley values and interactions of models of LightGBM and XGBoost; tests/golden/make/shap.py wrote models and
 * numbers. */
#include "learn/explain/explain.h"

#include "tw_test.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_FEATURES = 8, MOST_ROWS = 16 };

/* Words of the file, one after the other. */
typedef struct words {
    char *text, *at;
} words;

static const char *next_word(words *w)
{
    char *save = NULL;
    const char *word = strtok_r(w->at, " \n", &save);
    assert_non_null(word);
    w->at = save;
    return word;
}

static double next_number(words *w)
{
    const char *word = next_word(w);
    double x = NAN;
    assert_true(tw_parse_double(word, strlen(word), &x));
    return x;
}

static size_t next_count(words *w) { return (size_t)next_number(w); }

/* Categories to the end of the line. */
static uint32_t next_set(tw_trees *m, words *w, char *end)
{
    uint64_t word = 0;
    uint32_t set;
    while (w->at < end) word |= UINT64_C(1) << next_count(w);
    assert_int_equal(tw_trees_add_set(m, &word, 1, &set, NULL), TW_OK);
    return set;
}

static void read_node(tw_trees *m, uint32_t first, uint32_t i, words *w)
{
    char *end = strchr(w->at, '\n');
    const char kind = next_word(w)[0];
    m->cover[i] = next_number(w);
    if (kind == 'l') {
        m->value[i] = next_number(w);
        return;
    }
    tw_tree_node n = {.feature = (uint32_t)next_count(w)};
    n.left = first + (uint32_t)next_count(w);
    if (kind == 's') {
        n.flags = TW_SPLIT_SET | TW_SPLIT_MISSING_RIGHT; /* as LightGBM has it */
        n.set = next_set(m, w, end);
    } else {
        n.flags = next_count(w) ? TW_SPLIT_MISSING_RIGHT : 0;
        n.threshold = (float)next_number(w);
    }
    m->node[i] = n;
}

static void read_tree(tw_trees *m, words *w)
{
    assert_string_equal(next_word(w), "tree");
    const uint32_t output = (uint32_t)next_count(w), n = (uint32_t)next_count(w), first = (uint32_t)m->n_nodes;
    assert_int_equal(tw_trees_reserve(m, n, NULL), TW_OK);
    for (uint32_t k = 0; k < n; k++) (void)tw_trees_add_leaf(m);
    for (uint32_t k = 0; k < n; k++) read_node(m, first, first + k, w);
    tw_trees_end_tree(m, output, 0);
}

static tw_trees *read_model(words *w)
{
    tw_trees *m;
    tw_error err;
    print_message("           %s\n", next_word(w));
    const size_t n_features = next_count(w), n_outputs = next_count(w), n_trees = next_count(w);
    assert_ok(tw_trees_new(NULL, &(tw_trees_size){n_features, n_outputs, n_trees, 64}, &m, &err), &err);
    for (size_t k = 0; k < n_outputs; k++) m->base[k] = next_number(w);
    for (size_t t = 0; t < n_trees; t++) read_tree(m, w);
    assert_ok(tw_trees_check(m, "golden", &err), &err);
    assert_ok(tw_trees_measure(m, &err), &err);
    assert_ok(tw_trees_compile(m, &err), &err);
    return m;
}

static void check_values(const tw_trees *m, const tw_rows *rows, bool pairs, words *w)
{
    assert_string_equal(next_word(w), pairs ? "pairs" : "phi");
    const size_t n = next_count(w), width = m->n_features + 1, size = pairs ? width * width : width;
    tw_error err;
    if (n == 0) return; /* LightGBM has no interactions */
    assert_int_equal(n, rows->n * m->n_outputs * size);
    double *phi = malloc(n * sizeof *phi);
    assert_ok(tw_trees_shap(NULL, m, rows, pairs, phi, &err), &err);
    for (size_t i = 0; i < n; i++) assert_near(phi[i], next_number(w), 1e-6);
    free(phi);
}

/* Values sum to the margin. */
static void check_sums(const tw_trees *m, const tw_rows *rows)
{
    const size_t width = m->n_features + 1, n = rows->n * m->n_outputs;
    double *phi = malloc(n * width * sizeof *phi), *margin = malloc(n * sizeof *margin);
    assert_int_equal(tw_trees_shap(NULL, m, rows, false, phi, NULL), TW_OK);
    tw_trees_margin(m, rows, margin);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t f = 0; f < width; f++) sum += phi[i * width + f];
        assert_near(sum, margin[i], 1e-12);
    }
    free(phi);
    free(margin);
}

static void check_model(words *w)
{
    static float column[MOST_FEATURES][MOST_ROWS];
    const float *features[MOST_FEATURES];
    uint32_t cell[MOST_ROWS];
    tw_trees *m = read_model(w);
    assert_string_equal(next_word(w), "rows");
    const size_t n = next_count(w);
    assert_true(n <= MOST_ROWS && m->n_features <= MOST_FEATURES);
    for (size_t i = 0; i < n; i++) {
        cell[i] = (uint32_t)i;
        for (size_t f = 0; f < m->n_features; f++) column[f][i] = (float)next_number(w);
    }
    for (size_t f = 0; f < m->n_features; f++) features[f] = column[f];
    const tw_dataset data = {.n_times = n, .n_lanes = 1, .n_features = m->n_features, .features = features};
    const tw_rows rows = {&data, cell, n};
    check_values(m, &rows, false, w);
    check_values(m, &rows, true, w);
    check_sums(m, &rows);
    tw_trees_free(m);
}

static void values_are_those_of_lightgbm_and_xgboost(void **state)
{
    (void)state;
    size_t length, n_models = 0;
    words w;
    tw_error err;
    assert_ok(tw_file_read(NULL, TW_SOURCE_DIR "/tests/golden/learn/shap.txt", &w.text, &length, &err), &err);
    w.at = w.text;
    for (; w.at && strncmp(w.at, "model", 5) == 0; n_models++) {
        (void)next_word(&w);
        check_model(&w);
    }
    assert_int_equal(n_models, 4);
    tw_free(NULL, w.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_those_of_lightgbm_and_xgboost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

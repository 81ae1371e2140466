/* SPDX-License-Identifier: Apache-2.0 */
/* Shapley values of trees against their definition: every coalition of the features, one after the other. */
#include "learn/explain/explain.h"

#include "trees_case.h"

#include <string.h>

enum { F = TREES_CASE_FEATURES, ROWS = 3, BACKGROUND = 5, SUBSETS = 1 << F, MOST_OUTPUTS = 2 };

/* A tree's value when the features of `known` are, the others go both ways by cover. */
static double by_cover(const tw_trees *m, uint32_t i, const float *x, unsigned known)
{
    if (tw_tree_is_leaf(m, i)) return m->value[i];
    const uint32_t left = m->node[i].left, f = m->node[i].feature;
    if (known >> f & 1) return by_cover(m, tw_tree_step(m, i, x[f]), x, known);
    return (m->cover[left] * by_cover(m, left, x, known) + m->cover[left + 1] * by_cover(m, left + 1, x, known)) /
           m->cover[i];
}

/* The others are those of a background row. */
static double by_row(const tw_trees *m, uint32_t i, const float *x, const float *other, unsigned known)
{
    while (!tw_tree_is_leaf(m, i)) {
        const uint32_t f = m->node[i].feature;
        i = tw_tree_step(m, i, known >> f & 1 ? x[f] : other[f]);
    }
    return m->value[i];
}

typedef struct game {
    double value[MOST_OUTPUTS][SUBSETS];
} game;

static void play(const tw_trees *m, const float *x, const float (*background)[F], game *g)
{
    for (size_t o = 0; o < m->n_outputs; o++)
        for (unsigned s = 0; s < SUBSETS; s++) g->value[o][s] = m->base[o];
    for (size_t t = 0; t < m->n_trees; t++)
        for (unsigned s = 0; s < SUBSETS; s++) {
            double sum = 0;
            for (size_t b = 0; background && b < BACKGROUND; b++)
                sum += by_row(m, m->first[t], x, background[b], s) / BACKGROUND;
            g->value[m->output[t]][s] += background ? sum : by_cover(m, m->first[t], x, s);
        }
}

static double factorial(unsigned n) { return n < 2 ? 1 : (double)n * factorial(n - 1); }
static unsigned size_of(unsigned s) { return (unsigned)__builtin_popcount(s); }

static double shapley(const double *value, unsigned i)
{
    double phi = 0;
    for (unsigned s = 0; s < SUBSETS; s++)
        if (!(s >> i & 1))
            phi +=
                factorial(size_of(s)) * factorial(F - size_of(s) - 1) / factorial(F) * (value[s | 1u << i] - value[s]);
    return phi;
}

/* Half the Shapley interaction index. */
static double interaction(const double *value, unsigned i, unsigned j)
{
    const unsigned a = 1u << i, b = 1u << j;
    double phi = 0;
    for (unsigned s = 0; s < SUBSETS; s++)
        if (!(s & (a | b)))
            phi += factorial(size_of(s)) * factorial(F - size_of(s) - 2) / (2 * factorial(F - 1)) *
                   (value[s | a | b] - value[s | a] - value[s | b] + value[s]);
    return phi;
}

static const trees_kind kinds[] = {
    {.n_outputs = 1, .n_trees = 3, .most_leaves = 20, .covers = true},
    {.n_outputs = 2, .n_trees = 4, .most_leaves = 12, .deep = true, .zeros = true, .covers = true},
    {.n_outputs = 1, .n_trees = 3, .most_leaves = 24, .sets = true, .covers = true},
    {.n_outputs = 1, .n_trees = 1, .most_leaves = 300, .covers = true},
};

typedef struct drawn {
    tw_trees *m;
    trees_rows rows;
    float x[ROWS][F], background[BACKGROUND][F];
} drawn;

static drawn draw(const trees_kind *kind, uint64_t seed)
{
    tw_random r = {seed, 1, 0};
    drawn d = {.m = trees_make(NULL, kind, &r)};
    d.rows = trees_rows_make(d.m, kind, ROWS + BACKGROUND, &r);
    for (size_t f = 0; f < F; f++)
        for (size_t i = 0; i < ROWS + BACKGROUND; i++)
            *(i < ROWS ? &d.x[i][f] : &d.background[i - ROWS][f]) = d.rows.column[f][i];
    return d;
}

static void values_are_those_of_all_coalitions(void **state)
{
    (void)state;
    static game g;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        drawn d = draw(&kinds[k], 91 + k);
        const size_t n_out = d.m->n_outputs;
        double phi[ROWS * MOST_OUTPUTS * (F + 1)], pairs[ROWS * MOST_OUTPUTS * (F + 1) * (F + 1)];
        tw_error err;
        d.rows.data.features = d.rows.features;
        const tw_rows rows = {&d.rows.data, d.rows.cell, ROWS};
        assert_ok(tw_trees_shap(NULL, d.m, &rows, false, phi, &err), &err);
        assert_ok(tw_trees_shap(NULL, d.m, &rows, true, pairs, &err), &err);
        for (size_t i = 0; i < ROWS; i++) {
            play(d.m, d.x[i], NULL, &g);
            for (size_t o = 0; o < n_out; o++) {
                const double *own = phi + (i * n_out + o) * (F + 1);
                const double *pair = pairs + (i * n_out + o) * (F + 1) * (F + 1);
                assert_near(own[F], g.value[o][0], 1e-12);
                assert_near(pair[(F + 1) * (F + 1) - 1], g.value[o][0], 1e-12);
                for (unsigned a = 0; a < F; a++) {
                    double rest = shapley(g.value[o], a);
                    assert_near(own[a], rest, 1e-12);
                    for (unsigned b = 0; b < F; b++) {
                        if (a == b) continue;
                        assert_near(pair[a * (F + 1) + b], interaction(g.value[o], a, b), 1e-12);
                        rest -= pair[a * (F + 1) + b];
                    }
                    assert_near(pair[a * (F + 1) + a], rest, 1e-12);
                }
            }
        }
        trees_rows_clear(&d.rows);
        tw_trees_free(d.m);
    }
}

static void background_values_are_those_of_all_coalitions(void **state)
{
    (void)state;
    static game g;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        drawn d = draw(&kinds[k], 191 + k);
        const size_t n_out = d.m->n_outputs;
        double phi[ROWS * MOST_OUTPUTS * (F + 1)];
        tw_error err;
        d.rows.data.features = d.rows.features;
        const tw_rows rows = {&d.rows.data, d.rows.cell, ROWS},
                      background = {&d.rows.data, d.rows.cell + ROWS, BACKGROUND};
        assert_ok(tw_trees_shap_background(NULL, d.m, &rows, &background, phi, &err), &err);
        for (size_t i = 0; i < ROWS; i++) {
            play(d.m, d.x[i], (const float(*)[F])d.background, &g);
            for (size_t o = 0; o < n_out; o++) {
                assert_near(phi[(i * n_out + o) * (F + 1) + F], g.value[o][0], 1e-12);
                for (unsigned a = 0; a < F; a++)
                    assert_near(phi[(i * n_out + o) * (F + 1) + a], shapley(g.value[o], a), 1e-12);
            }
        }
        trees_rows_clear(&d.rows);
        tw_trees_free(d.m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_all_coalitions),
        cmocka_unit_test(background_values_are_those_of_all_coalitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

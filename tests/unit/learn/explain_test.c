/* SPDX-License-Identifier: Apache-2.0 */
/* Explanations add up, do not depend on threads, blocks or instruction set, and refuse what they cannot answer. */
#include "learn/explain/explain.h"

#include "trees_case.h"

#include <string.h>

enum { F = TREES_CASE_FEATURES, WIDTH = F + 1, ROWS = 150 };

static const trees_kind kinds[] = {
    {.n_outputs = 1, .n_trees = 60, .most_leaves = 64, .covers = true},
    {.n_outputs = 3, .n_trees = 12, .most_leaves = 300, .zeros = true, .covers = true},
    {.n_outputs = 2, .n_trees = 20, .most_leaves = 60, .deep = true, .sets = true, .covers = true},
};

typedef struct drawn {
    tw_trees *m;
    trees_rows rows;
    tw_rows all;
} drawn;

static void draw(const tw_ctx *ctx, const trees_kind *kind, uint64_t seed, drawn *d)
{
    tw_random r = {seed, 1, 0};
    d->m = trees_make(ctx, kind, &r);
    d->rows = trees_rows_make(d->m, kind, ROWS, &r);
    d->rows.data.features = d->rows.features;
    d->all = (tw_rows){&d->rows.data, d->rows.cell, ROWS};
}

static void clear(drawn *d)
{
    trees_rows_clear(&d->rows);
    tw_trees_free(d->m);
}

static tw_status explain(const tw_ctx *ctx, int how, const drawn *d, const tw_rows *rows, double *phi)
{
    const tw_rows background = {&d->rows.data, d->rows.cell + 40, 70};
    if (how == 2) return tw_trees_shap_background(ctx, d->m, rows, &background, phi, NULL);
    return tw_trees_shap(ctx, d->m, rows, how == 1, phi, NULL);
}

/* Values, interactions and values against a background sum to the margin. */
static void values_sum_to_the_margin(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (int how = 0; how < 3; how++) {
            drawn d;
            draw(NULL, &kinds[k], 5 + k, &d);
            const size_t n = ROWS * d.m->n_outputs, size = how == 1 ? WIDTH * WIDTH : WIDTH;
            double *phi = malloc(n * size * sizeof *phi), *margin = malloc(n * sizeof *margin);
            assert_int_equal(explain(NULL, how, &d, &d.all, phi), TW_OK);
            tw_trees_margin(d.m, &d.all, margin);
            for (size_t i = 0; i < n; i++) {
                double sum = 0;
                for (size_t f = 0; f < size; f++) sum += phi[i * size + f];
                assert_near(sum, margin[i], 1e-10);
            }
            free(phi);
            free(margin);
            clear(&d);
        }
}

static void bits_do_not_depend_on_how_it_runs(void **state)
{
    (void)state;
    tw_pool *pool;
    assert_int_equal(tw_pool_new(3, &pool, NULL), TW_OK);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (int how = 0; how < 3; how++) {
            drawn d;
            const tw_ctx plain = {.isa = TW_ISA_BASELINE};
            draw(&plain, &kinds[k], 15 + k, &d);
            const size_t size = (how == 1 ? WIDTH * WIDTH : WIDTH) * d.m->n_outputs;
            double *want = malloc(ROWS * size * sizeof *want), *got = malloc(ROWS * size * sizeof *got);
            assert_int_equal(explain(&plain, how, &d, &d.all, want), TW_OK);
            for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++) {
                const tw_ctx ctx = {.isa = isa, .pool = isa == TW_ISA_AVX2 ? NULL : pool};
                if (!tw_isa_supported(isa)) continue;
                assert_int_equal(explain(&ctx, how, &d, &d.all, got), TW_OK);
                assert_memory_equal(got, want, ROWS * size * sizeof *got);
                const tw_rows some = {&d.rows.data, d.rows.cell + 77, 5};
                assert_int_equal(explain(&ctx, how, &d, &some, got), TW_OK);
                assert_memory_equal(got, want + 77 * size, 5 * size * sizeof *got);
            }
            free(want);
            free(got);
            clear(&d);
        }
    tw_pool_free(pool);
}

static void what_cannot_be_answered_is_refused(void **state)
{
    (void)state;
    const trees_kind bare = {.n_outputs = 1, .n_trees = 5, .most_leaves = 20},
                     linear = {.n_outputs = 1, .n_trees = 5, .most_leaves = 200, .linear = true, .covers = true};
    double phi[ROWS * WIDTH];
    drawn d;
    draw(NULL, &bare, 1, &d);
    assert_int_equal(explain(NULL, 0, &d, &d.all, phi), TW_BAD_DATA); /* no covers */
    assert_int_equal(explain(NULL, 2, &d, &d.all, phi), TW_OK);
    clear(&d);
    draw(NULL, &linear, 1, &d);
    assert_int_equal(explain(NULL, 0, &d, &d.all, phi), TW_UNSUPPORTED);
    assert_int_equal(explain(NULL, 2, &d, &d.all, phi), TW_UNSUPPORTED);
    clear(&d);
}

/* ---------------------------------------------------------------- models */

/* y = 3 for x0 > 0, else -1, plus x1 > 0: a tree each; feature 2 is in neither. */
static tw_model *make_model(void)
{
    static const struct {
        uint32_t feature;
        double left, right;
    } split[] = {{0, -1, 3}, {1, 0, 1}};
    tw_trees *m;
    tw_model *model;
    assert_int_equal(tw_trees_new(NULL, &(tw_trees_size){3, 1, 2, 6}, &m, NULL), TW_OK);
    for (size_t t = 0; t < 2; t++) {
        assert_int_equal(tw_trees_reserve(m, 3, NULL), TW_OK);
        const uint32_t root = tw_trees_add_leaf(m), left = tw_trees_add_leaf(m), right = tw_trees_add_leaf(m);
        m->node[root] = (tw_tree_node){.threshold = 0, .feature = split[t].feature, .left = left};
        m->value[left] = split[t].left;
        m->value[right] = split[t].right;
        m->gain[root] = 10 - (double)t;
        m->cover[root] = 8;
        m->cover[left] = m->cover[right] = 4;
        tw_trees_end_tree(m, 0, 1);
    }
    assert_int_equal(tw_trees_compile(m, NULL), TW_OK);
    assert_int_equal(tw_model_take(NULL, "gbm", NULL, m, 3, &model, NULL), TW_OK);
    return model;
}

enum { SMALL = 8 };

typedef struct small {
    float x[3][SMALL];
    const float *features[3];
    double label[SMALL];
    uint32_t cell[SMALL];
    tw_dataset data;
    tw_rows rows;
} small;

/* All signs of the three features; labels as the model says. */
static void make_small(small *s)
{
    for (uint32_t i = 0; i < SMALL; i++) {
        for (size_t f = 0; f < 3; f++) s->x[f][i] = i >> f & 1 ? 2.385F : -0.5F;
        s->label[i] = (i & 1 ? 3 : -1) + (i & 2 ? 1 : 0);
        s->cell[i] = i;
    }
    for (size_t f = 0; f < 3; f++) s->features[f] = s->x[f];
    s->data = (tw_dataset){.n_times = SMALL, .n_lanes = 1, .n_features = 3, .features = s->features, .label = s->label};
    s->rows = (tw_rows){&s->data, s->cell, SMALL};
}

static void importances_of_a_model_one_can_work_out(void **state)
{
    (void)state;
    tw_model *model = make_model();
    small s;
    double phi[SMALL * 4], out[3], sd[3];
    make_small(&s);
    assert_int_equal(tw_model_shap(NULL, model, &s.rows, NULL, phi, NULL), TW_OK);
    for (size_t i = 0; i < SMALL; i++) {
        assert_near(phi[i * 4], i & 1 ? 2 : -2, 1e-14);
        assert_near(phi[i * 4 + 1], i & 2 ? 0.5 : -0.5, 1e-14);
        assert_same(phi[i * 4 + 2], 0);
        assert_near(phi[i * 4 + 3], 1.5, 1e-14);
    }
    assert_int_equal(tw_model_split_importance(model, TW_IMPORTANCE_GAIN, out, NULL), TW_OK);
    assert_true(out[0] == 10 && out[1] == 9 && out[2] == 0);
    assert_int_equal(tw_model_split_importance(model, TW_IMPORTANCE_SPLITS, out, NULL), TW_OK);
    assert_true(out[0] == 1 && out[1] == 1 && out[2] == 0);
    assert_int_equal(tw_model_split_importance(model, TW_IMPORTANCE_COVER, out, NULL), TW_OK);
    assert_true(out[0] == 8 && out[1] == 8 && out[2] == 0);
    tw_permutation how = {.metric = "rmse", .repeats = 40, .seed = 3};
    assert_int_equal(tw_permutation_importance(NULL, model, &s.rows, &how, out, sd, NULL), TW_OK);
    /* Half of the values dealt out differ on average, by 4 and by 1: but for chance sqrt(8) and sqrt(0.5). */
    assert_true(out[0] > 2 && out[0] < 3.5 && out[1] > 0.5 && out[1] < 0.9 && sd[0] > 0);
    assert_same(out[2], 0);
    how.metric = "r2";
    assert_int_equal(tw_permutation_importance(NULL, model, &s.rows, &how, out, sd, NULL), TW_OK);
    assert_true(out[0] > out[1] && out[1] > 0);
    how.metric = "none";
    assert_int_equal(tw_permutation_importance(NULL, model, &s.rows, &how, out, sd, NULL), TW_BAD_NAME);
    tw_model_free(model);
}

static void dependence_of_a_model_one_can_work_out(void **state)
{
    (void)state;
    tw_model *model = make_model();
    small s;
    float grid[2][4];
    size_t n[2];
    double mean[4], each[SMALL * 4];
    make_small(&s);
    for (uint32_t f = 0; f < 2; f++)
        assert_int_equal(tw_feature_grid(NULL, &s.rows, f, 4, grid[f], &n[f], NULL), TW_OK);
    assert_int_equal(n[0], 2);
    assert_true(grid[0][0] == -0.5F && grid[0][1] == 2.385F);
    const tw_grid one = {1, {0}, {grid[0]}, {2}}, two = {2, {0, 1}, {grid[0], grid[1]}, {2, 2}},
                  same = {2, {1, 1}, {grid[0], grid[1]}, {2, 2}};
    assert_int_equal(tw_partial_dependence(NULL, model, &s.rows, &one, mean, each, NULL), TW_OK);
    assert_near(mean[0], -0.5, 1e-14);
    assert_near(mean[1], 3.5, 1e-14);
    for (size_t i = 0; i < SMALL; i++) {
        assert_near(each[i * 2], -1 + (i & 2 ? 1 : 0), 1e-14);
        assert_near(each[i * 2 + 1], 3 + (i & 2 ? 1 : 0), 1e-14);
    }
    assert_int_equal(tw_partial_dependence(NULL, model, &s.rows, &two, mean, NULL, NULL), TW_OK);
    const double table[] = {-1, 0, 3, 4};
    for (size_t k = 0; k < 4; k++) assert_near(mean[k], table[k], 1e-14);
    assert_int_equal(tw_partial_dependence(NULL, model, &s.rows, &same, mean, NULL, NULL), TW_BAD_VALUE);
    tw_model_free(model);
}

static void grids_are_quantiles_or_what_is_frequent(void **state)
{
    (void)state;
    float x[100], y[100], grid[5];
    uint32_t cell[100];
    const uint32_t levels[] = {0, 30};
    size_t n;
    for (uint32_t i = 0; i < 100; i++) {
        x[i] = i < 10 ? NAN : (float)i;
        y[i] = (float)(i % 7 < 4 ? 3 : i % 30);
        cell[i] = i;
    }
    const float *features[] = {x, y};
    const tw_dataset data = {.n_times = 100, .n_lanes = 1, .n_features = 2, .features = features, .levels = levels};
    const tw_rows rows = {&data, cell, 100};
    assert_int_equal(tw_feature_grid(NULL, &rows, 0, 5, grid, &n, NULL), TW_OK);
    assert_int_equal(n, 5);
    assert_true(grid[0] == 10 && grid[2] == 54 && grid[4] == 99);
    assert_int_equal(tw_feature_grid(NULL, &rows, 1, 1, grid, &n, NULL), TW_OK);
    assert_true(n == 1 && grid[0] == 3);
    assert_int_equal(tw_feature_grid(NULL, &rows, 2, 1, grid, &n, NULL), TW_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_sum_to_the_margin),
        cmocka_unit_test(bits_do_not_depend_on_how_it_runs),
        cmocka_unit_test(what_cannot_be_answered_is_refused),
        cmocka_unit_test(importances_of_a_model_one_can_work_out),
        cmocka_unit_test(dependence_of_a_model_one_can_work_out),
        cmocka_unit_test(grids_are_quantiles_or_what_is_frequent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

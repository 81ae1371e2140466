/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of compiling and explaining a model fails in turn. */
#include "learn/explain/explain.h"

#include "trees_case.h"
#include "tw_oom.h"

enum { ROWS = 70, WIDTH = TREES_CASE_FEATURES + 1 };

typedef struct job {
    const tw_trees *from;
    trees_rows rows;
    int how;
    tw_model *model;
    double *phi;
} job;

static tw_status explain(const tw_ctx *ctx, const tw_trees *m, const job *j)
{
    const tw_rows rows = {&j->rows.data, j->rows.cell, ROWS}, background = {&j->rows.data, j->rows.cell, 9};
    if (j->how == 2) return tw_trees_shap_background(ctx, m, &rows, &background, j->phi, NULL);
    return tw_trees_shap(ctx, m, &rows, j->how == 1, j->phi, NULL);
}

static tw_status copy_and_explain(const tw_ctx *ctx, void *arg)
{
    job *j = arg;
    tw_trees *m;
    j->rows.data.features = j->rows.features;
    TW_TRY(tw_trees_copy(ctx, j->from, &m, NULL));
    tw_status status = tw_trees_compile(m, NULL);
    if (status == TW_OK) status = explain(ctx, m, j);
    tw_trees_free(m);
    return status;
}

static tw_status ask_model(const tw_ctx *ctx, void *arg)
{
    job *j = arg;
    float grid[8];
    size_t n;
    double mean[8], sd[WIDTH];
    j->rows.data.features = j->rows.features;
    const tw_rows rows = {&j->rows.data, j->rows.cell, ROWS};
    const tw_permutation how = {.metric = "rmse", .repeats = 2, .seed = 3};
    TW_TRY(tw_feature_grid(ctx, &rows, 4, 8, grid, &n, NULL));
    const tw_grid one = {1, {4}, {grid}, {n}};
    TW_TRY(tw_partial_dependence(ctx, j->model, &rows, &one, mean, j->phi, NULL));
    return tw_permutation_importance(ctx, j->model, &rows, &how, j->phi, sd, NULL);
}

static void explanations_survive(void **state)
{
    (void)state;
    const trees_kind kind = {.n_outputs = 1, .n_trees = 3, .most_leaves = 300, .sets = true, .covers = true};
    static double phi[ROWS * WIDTH * WIDTH], label[ROWS];
    tw_random r = {5, 1, 0};
    tw_trees *m = trees_make(NULL, &kind, &r);
    job j = {.from = m, .rows = trees_rows_make(m, &kind, ROWS, &r), .phi = phi};
    j.rows.data.label = label;
    for (j.how = 0; j.how < 3; j.how++) assert_true(tw_oom_sweep(copy_and_explain, &j) > 20);
    assert_int_equal(tw_model_take(NULL, "gbm", NULL, m, TREES_CASE_FEATURES, &j.model, NULL), TW_OK);
    assert_true(tw_oom_sweep(ask_model, &j) > 10);
    trees_rows_clear(&j.rows);
    tw_model_free(j.model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(explanations_survive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

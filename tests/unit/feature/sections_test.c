/* SPDX-License-Identifier: Apache-2.0 */
/* Operators across symbols in their three forms, and what they refuse. */
#include <stdlib.h>

#include "feature_case.h"

enum { SYMBOLS = 19, BARS = 40, WIDTH = 32, COLUMNS = 3 };

typedef struct panel {
    double column[COLUMNS][BARS][WIDTH]; /* close, size, label; rows by time, then symbol */
    int32_t group[SYMBOLS];
} panel;

static panel *make_panel(void)
{
    panel *p = calloc(1, sizeof *p);
    assert_non_null(p);
    for (size_t s = 0; s < SYMBOLS; s++) p->group[s] = (int32_t)(s * 5 % 4);
    for (size_t t = 0; t < BARS; t++)
        for (size_t s = 0; s < WIDTH; s++) {
            p->column[0][t][s] = (t + 2 * s) % 13 == 0 ? (double)NAN : 2.385 * (double)((t * 7 + s * 11) % 9);
            p->column[1][t][s] = (double)((t * 3 + s * s) % 17);
            p->column[2][t][s] = s < SYMBOLS ? 10.0 * p->group[s] - 7.0 : (double)NAN;
        }
    return p;
}

static void run_both(const panel *p, const char *first, const char *second, double *out)
{
    const tw_feature features[2] = {{"a", first}, {"b", second}};
    const tw_plan_spec spec = {
        .columns = TW_NAMES("close", "size", "label"), .n_columns = COLUMNS, .features = features, .n_features = 2};
    tw_plan *plan = NULL;
    tw_runner *runner = NULL;
    tw_error err = {""};
    tw_tiles in[COLUMNS];
    tw_tiles_out to[2];
    for (size_t c = 0; c < COLUMNS; c++) in[c] = (tw_tiles){p->column[c][0], TW_LANES, WIDTH};
    for (size_t k = 0; k < 2; k++)
        to[k] = (tw_tiles_out){.f64 = out + k * BARS * WIDTH, .block_stride = TW_LANES, .time_stride = WIDTH};
    assert_ok(tw_plan_compile(NULL, &spec, &plan, &err), &err);
    assert_ok(tw_runner_new(NULL, plan, SYMBOLS, p->group, &runner, &err), &err);
    assert_ok(tw_runner_run(runner, BARS, in, to, &err), &err);
    tw_runner_free(runner);
    tw_plan_free(plan);
}

/* The groups of a run, as a column, split the symbols as the run does. */
static void labels_split_as_groups_do(void **state)
{
    size_t n, tried = 0;
    const tw_op *const *ops = tw_ops(TW_ISA_BEST, &n);
    panel *p = make_panel();
    double *out = calloc(2 * BARS * WIDTH, sizeof *out);
    (void)state;
    assert_non_null(out);
    for (size_t i = 0; i < n; i++) {
        char first[96], second[96];
        if (strncmp(ops[i]->name, "group_", 6) != 0) continue;
        const char *inputs = tw_op_inputs(ops[i]) == 2 ? "close, size" : "close";
        snprintf(first, sizeof first, "%s(%s)", ops[i]->name, inputs);
        snprintf(second, sizeof second, "%s_by(%s, label)", ops[i]->name + 6, inputs);
        run_both(p, first, second, out);
        for (size_t k = 0; k < BARS * WIDTH; k++) {
            const double a = out[k], b = out[BARS * WIDTH + k];
            if (k % WIDTH < SYMBOLS && !(a == b || (isnan(a) && isnan(b))))
                fail_msg("%s and %s: %.17g, %.17g at %zu", first, second, a, b, k);
        }
        tried++;
    }
    assert_true(tried >= 11);
    free(out);
    free(p);
}

/* A symbol without a label takes no part and gets nothing. */
static void no_label_no_part(void **state)
{
    panel *p = make_panel();
    double *out = calloc(2 * BARS * WIDTH, sizeof *out);
    (void)state;
    assert_non_null(out);
    for (size_t t = 0; t < BARS; t++) p->column[2][t][3] = p->column[2][t][8] = (double)NAN;
    run_both(p, "demean_by(size, label)", "demean_by(if(is_missing(label), nan, size), nz(label))", out);
    for (size_t k = 0; k < BARS * WIDTH; k++) {
        const size_t s = k % WIDTH;
        if (s >= SYMBOLS) continue;
        assert_int_equal(isnan(out[k]) != 0, s == 3 || s == 8);
        assert_true(isnan(out[k]) || out[k] == out[BARS * WIDTH + k]);
    }
    free(out);
    free(p);
}

static void check_refused(const char *expression, const char *part)
{
    const tw_feature feature = {"f", expression};
    const tw_plan_spec spec = {.columns = TW_NAMES("close"), .n_columns = 1, .features = &feature, .n_features = 1};
    tw_plan *plan = NULL;
    tw_error err = {""};
    assert_true(tw_plan_compile(NULL, &spec, &plan, &err) != TW_OK);
    if (!strstr(err.message, part)) fail_msg("%s: %s", expression, err.message);
}
static void bad_parameters_are_named(void **state)
{
    (void)state;
    check_refused("winsorize(close, 0.9, 0.1)", "min_percentile = 0.9 must be less than max_percentile = 0.1");
    check_refused("rank_number(close, \"best\")", "method");
    check_refused("qcut(close, 1)", "bins");
    check_refused("nanmean(close, -3)", "look-ahead");
    check_refused("spearman(close, close, 2000)", "timeperiod");
    check_refused("ewma_window(close, 5, 1.5)", "decay");
    check_refused("demean_by(close)", "needs 2 inputs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_split_as_groups_do),
        cmocka_unit_test(no_label_no_part),
        cmocka_unit_test(bad_parameters_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

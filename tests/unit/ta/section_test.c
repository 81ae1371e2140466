/* SPDX-License-Identifier: Apache-2.0 */
/* Operators across symbols: values worked out by hand, missing values, groups, and the same on every path. */
#include <math.h>

#include "tradewind/ta.h"
#include "tw_test.h"

enum { N = 9, MOST_OUTPUTS = 12 };

static const double missing = (double)NAN;
static const double x[N] = {2.385, (double)NAN, -1.1, 7.25, 2.385, 0.4, (double)INFINITY, 3.3, -6.0};
static const int32_t groups[N] = {4, 4, 4, 0, 0, 4, 0, 0, 7};

/* The last output to y; a third input is x again. */
static void run(tw_isa isa, const char *name, const char *params, const double *z, double *y)
{
    const tw_op *op;
    double memory[32], scratch[4 * N], others[MOST_OUTPUTS][N];
    const double *const in[3] = {x, z, x};
    double *out[MOST_OUTPUTS];
    tw_error err = {""};
    assert_ok(tw_op_find(isa, name, &op, &err), &err);
    assert_true(tw_op_inputs(op) <= 3 && tw_op_outputs(op) <= MOST_OUTPUTS);
    for (size_t o = 0; o < tw_op_outputs(op); o++) out[o] = o + 1 < tw_op_outputs(op) ? others[o] : y;
    assert_true(op->params_size <= sizeof memory);
    assert_ok(tw_params_parse(op->params, name, params, memory, &err), &err);
    op->section(memory, N, in, groups, out, scratch);
}
static void expect(const char *name, const char *params, const double *want)
{
    double y[N];
    run(TW_ISA_BEST, name, params, x, y);
    for (size_t i = 0; i < N; i++) {
        if (isnan(want[i]))
            assert_same(y[i], missing);
        else if (!(fabs(y[i] - want[i]) < 1e-14))
            fail_msg("%s: symbol %zu is %.17g, not %.17g", name, i, y[i], want[i]);
    }
}

static void ranks_share_ties(void **state)
{
    static const double all[N] = {4.5 / 7, (double)NAN, 2.0 / 7, 1, 4.5 / 7, 3.0 / 7, (double)NAN, 6.0 / 7, 1.0 / 7};
    static const double own[N] = {1, (double)NAN, 1.0 / 3, 1, 1.0 / 3, 2.0 / 3, (double)NAN, 2.0 / 3, 1};
    (void)state;
    expect("rank", NULL, all);
    expect("group_rank", NULL, own);
}
static void buckets_are_even(void **state)
{
    static const double all[N] = {1, (double)NAN, 0, 2, 1, 1, (double)NAN, 2, 0};
    (void)state;
    expect("bucket", "buckets=3", all);
}
static void means_leave(void **state)
{
    const double m = (2.385 - 1.1 + 7.25 + 2.385 + 0.4 + 3.3 - 6.0) / 7;
    const double a = (2.385 - 1.1 + 0.4) / 3, b = (7.25 + 2.385 + 3.3) / 3;
    const double all[N] = {2.385 - m, missing, -1.1 - m, 7.25 - m, 2.385 - m, 0.4 - m, missing, 3.3 - m, -6.0 - m};
    const double own[N] = {2.385 - a, missing, -1.1 - a, 7.25 - b, 2.385 - b, 0.4 - a, missing, 3.3 - b, 0};
    (void)state;
    expect("demean", NULL, all);
    expect("group_demean", NULL, own);
}
static void scores_have_unit_spread(void **state)
{
    double y[N], sum = 0, square = 0;
    (void)state;
    run(TW_ISA_BEST, "zscore", NULL, x, y);
    for (size_t i = 0; i < N; i++)
        if (y[i] == y[i]) sum += y[i], square += y[i] * y[i];
    assert_true(fabs(sum) < 1e-14 && fabs(square / 6 - 1) < 1e-14);
    run(TW_ISA_BEST, "group_zscore", NULL, x, y);
    assert_same(y[8], missing); /* alone in its group */
}
static void extremes_are_pulled_in(void **state)
{
    /* sorted: -6 -1.1 .4 2.385 2.385 3.3 7.25; q = 0.25 lies half way between places */
    const double lo = -0.35, hi = 2.8425;
    const double all[N] = {2.385, missing, lo, hi, 2.385, 0.4, missing, hi, lo};
    (void)state;
    expect("winsor", "q=0.25", all);
}
static void sizes_add_to_one(void **state)
{
    double y[N], sum = 0;
    (void)state;
    run(TW_ISA_BEST, "scale", NULL, x, y);
    for (size_t i = 0; i < N; i++) sum += y[i] == y[i] ? fabs(y[i]) : 0.0;
    assert_true(fabs(sum - 1) < 1e-15);
}
static void what_z_explains_is_gone(void **state)
{
    static const double z[N] = {1.1, 2, (double)NAN, 3.3, -0.2, 0.9, 1, 4.4, -1.5};
    double y[N], cross = 0, sum = 0;
    (void)state;
    run(TW_ISA_BEST, "neutralize", NULL, z, y);
    assert_same(y[2], missing);
    for (size_t i = 0; i < N; i++)
        if (y[i] == y[i]) cross += y[i] * z[i], sum += y[i];
    assert_true(fabs(cross) < 1e-13 && fabs(sum) < 1e-13);
}
static void paths_and_sizes_agree(void **state)
{
    size_t n;
    const tw_op *const *ops = tw_ops(TW_ISA_BEST, &n);
    (void)state;
    for (size_t i = 0; i < n; i++) {
        double best[N], other[N];
        if (!ops[i]->section) continue;
        run(TW_ISA_BEST, ops[i]->name, NULL, x, best);
        for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++) {
            if (!tw_isa_supported(isa)) continue;
            run(isa, ops[i]->name, NULL, x, other);
            assert_memory_equal(best, other, sizeof best);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_share_ties),
        cmocka_unit_test(buckets_are_even),
        cmocka_unit_test(means_leave),
        cmocka_unit_test(scores_have_unit_spread),
        cmocka_unit_test(extremes_are_pulled_in),
        cmocka_unit_test(sizes_add_to_one),
        cmocka_unit_test(what_z_explains_is_gone),
        cmocka_unit_test(paths_and_sizes_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Weights worked out by hand. */
#include "tw_test.h"

#include "backtest/rules/sizers.h"

#include <math.h>

enum { N = 4 };

static const signed char SIDE[N] = {1, 1, -1, 0};
static const double BY[N] = {2, 6, 0.5, 7};

typedef struct bench {
    tw_arena arena;
    double weight[N], last[N], scratch[N];
    const tw_sizer *sizer;
    void *params;
} bench;

static void weigh(bench *b, const char *text, const signed char *side, const double *by, bool first)
{
    tw_error err;
    assert_ok(tw_sizer_read(&b->arena, text, &b->sizer, &b->params, &err), &err);
    for (size_t i = 0; i < N; i++) b->weight[i] = 0;
    b->sizer->weigh(b->params, &(tw_sizing){.n = N,
                                            .side = side,
                                            .by = by,
                                            .last = b->last,
                                            .first = first,
                                            .weight = b->weight,
                                            .scratch = b->scratch});
}

static void expect(const bench *b, const double *want)
{
    for (size_t i = 0; i < N; i++)
        if (fabs(b->weight[i] - want[i]) > 1e-15)
            fail_msg("weight %zu: got %.17g, want %.17g", i, b->weight[i], want[i]);
}

static void test_sides(void **state)
{
    bench b = {0};
    (void)state;
    weigh(&b, "equal long_total=0.9 short_total=0.3", SIDE, BY, true);
    expect(&b, (double[N]){0.45, 0.45, -0.3, 0});
    weigh(&b, "equal slots=3", SIDE, BY, true);
    expect(&b, (double[N]){1.0 / 3, 1.0 / 3, -1.0 / 3, 0});
    weigh(&b, "fixed weight=0.2", SIDE, BY, true);
    expect(&b, (double[N]){0.2, 0.2, -0.2, 0});
    weigh(&b, "given", SIDE, BY, true);
    expect(&b, (double[N]){2, 6, 0.5, 0});
    weigh(&b, "proportional", SIDE, BY, true);
    expect(&b, (double[N]){0.25, 0.75, -1, 0});
    weigh(&b, "inverse", SIDE, BY, true);
    expect(&b, (double[N]){0.75, 0.25, -1, 0});
    tw_arena_clear(&b.arena);
}

/* A missing volatility gives no weight, and the rest is shared. */
static void test_missing(void **state)
{
    bench b = {0};
    (void)state;
    weigh(&b, "inverse", SIDE, (double[N]){NAN, 6, 0, 7}, true);
    expect(&b, (double[N]){0, 1, 0, 0});
    tw_arena_clear(&b.arena);
}

/* Weights of before moved along what is expected, then projected; the numbers are in the comments. */
static void test_olmar(void **state)
{
    static const signed char ALL[N] = {1, 1, 1, 1};
    bench b = {0};
    (void)state;
    weigh(&b, "olmar", ALL, BY, true);
    expect(&b, (double[N]){0.25, 0.25, 0.25, 0.25});
    for (size_t i = 0; i < N; i++) b.last[i] = (double[N]){0.4, 0.3, 0, 0.3}[i];
    /* mean 1; expected 0.4*1.1 + 0.3*0.9 + 0.3*1.2 = 1.07; spread 0.01 + 0.01 + 0.04 + 0.04 = 0.1; step (2 - 1.07) /
     * 0.1 = 9.3: 1.33, -0.63, -1.86, 2.16 -> projected: 1.33 and 2.16 lowered by (3.49 - 1) / 2 */
    weigh(&b, "olmar eps=2", ALL, (double[N]){1.1, 0.9, 0.8, 1.2}, false);
    for (size_t i = 0; i < N; i++) assert_true(fabs(b.weight[i] - (double[N]){0.085, 0, 0, 0.915}[i]) < 1e-12);
    /* an expectation that is met already moves nothing */
    weigh(&b, "olmar eps=1", ALL, (double[N]){1.1, 0.9, 0.8, 1.2}, false);
    expect(&b, b.last);
    tw_arena_clear(&b.arena);
}

static void test_names(void **state)
{
    bench b = {0};
    size_t n;
    tw_error err;
    (void)state;
    (void)tw_sizers(&n);
    assert_int_equal(n, 6);
    assert_int_equal(tw_sizer_read(&b.arena, "equl", &b.sizer, &b.params, &err), TW_BAD_NAME);
    assert_non_null(strstr(err.message, "did you mean 'equal'"));
    assert_int_equal(tw_sizer_read(&b.arena, "fixed weigth=1", &b.sizer, &b.params, &err), TW_BAD_NAME);
    tw_arena_clear(&b.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sides),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_olmar),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Curves of every interpolation: through their nodes, forward rates as derivatives, reverse mode against bumps, what
 * each way promises, and refusals. */
#include "rates_case.h"

enum { NODES = 9 };

static const double TIME[NODES] = {0.0821, 0.25, 0.497, 1.003, 2.01, 4.97, 7.03, 10.02, 30.1};
static const double ZERO[NODES] = {0.0391, 0.0388, 0.0362, 0.0331, 0.0285, 0.0248, 0.0252, 0.0267, 0.0229};

static tw_curve *curve_of(const tw_interpolation *way, tw_curve_quantity quantity, size_t n, const double *t,
                          const double *value)
{
    tw_curve *curve = NULL;
    tw_error err;
    const tw_curve_spec spec = {way, quantity, n, t, value, NULL};
    assert_ok(tw_curve_new(NULL, &spec, &curve, &err), &err);
    return curve;
}

static void for_each_way(void (*run)(const tw_interpolation *way))
{
    size_t n = 0;
    const tw_interpolation *const *ways = tw_interpolations(&n);
    assert_int_equal(n, 6);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) assert_true(strcmp(ways[i - 1]->name, ways[i]->name) < 0);
        run(ways[i]);
    }
}

static void goes_through(const tw_interpolation *way)
{
    tw_curve *c = curve_of(way, TW_ZEROS, NODES, TIME, ZERO);
    assert_int_equal(tw_curve_nodes(c), NODES);
    for (size_t i = 0; i < NODES; i++) {
        assert_near(tw_curve_zero(c, TIME[i]), ZERO[i], 1e-15);
        assert_near(tw_curve_zero(c, nextafter(TIME[i], 0)), ZERO[i], 1e-14);
        assert_near(tw_curve_discount(c, TIME[i]), exp(-ZERO[i] * TIME[i]), 1e-15);
    }
    assert_same(tw_curve_discount(c, 0), 1);
    assert_same(tw_curve_zero(c, 0), tw_curve_forward(c, 0));
    /* Outside, the forward rates of the ends hold. */
    const double f0 = tw_curve_forward(c, 0), fn = tw_curve_forward(c, TIME[NODES - 1]);
    assert_near(tw_curve_discount(c, -0.31), exp(0.31 * f0), 1e-15);
    assert_near(tw_curve_discount(c, 41.7), exp(-ZERO[8] * TIME[8] - fn * (41.7 - TIME[8])), 1e-15);
    assert_true(isnan(tw_curve_discount(c, NAN)));
    tw_curve_free(NULL, c);
}

static void curves_go_through_their_nodes(void **state)
{
    (void)state;
    for_each_way(goes_through);
}

static void has_slopes(const tw_interpolation *way)
{
    tw_curve *c = curve_of(way, TW_ZEROS, NODES, TIME, ZERO);
    for (double t = 0.013; t < 35; t *= 1.0371) {
        const double h = 1e-6, up = -log(tw_curve_discount(c, t + h)), down = -log(tw_curve_discount(c, t - h));
        double near = 1;
        for (size_t i = 0; i < NODES; i++) near = fmin(near, fabs(t - TIME[i]));
        if (near > 2 * h) assert_near(tw_curve_forward(c, t), (up - down) / (2 * h), 2e-9);
        assert_near(tw_curve_simple_forward(c, t, t + 0.25),
                    (tw_curve_discount(c, t) / tw_curve_discount(c, t + 0.25) - 1) / 0.25, 1e-14);
    }
    tw_curve_free(NULL, c);
}

static void forwards_are_derivatives(void **state)
{
    (void)state;
    for_each_way(has_slopes);
}

static double y_of(const tw_curve *c, double t) { return -log(tw_curve_discount(c, t)); }

/* Nodes in several shapes, so that all sectors of the convex method, extrema and bounds occur. */
static void adjoint_of(const tw_interpolation *way, const double *zero, size_t n)
{
    tw_curve *c = curve_of(way, TW_ZEROS, n, TIME, zero);
    const double times[] = {-0.2, 0.03, 0.1, 0.25, 0.3, 0.41, 0.48, 0.62, 0.9, 1.2,  1.7,  1.98, 2.7,
                            3.3,  4.1,  4.9, 5.5,  6.9, 8.1,  9.7,  11.3, 23,  29.9, 30.1, 44};
    const double h = 1e-7;
    for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
        double bar[NODES] = {0}, bumped[NODES];
        const double one = 1 / -tw_curve_discount(c, times[k]); /* so that the bars are those of y */
        tw_curve_adjoint(c, 1, &times[k], &one, bar);
        for (size_t i = 0; i < n; i++) {
            memcpy(bumped, zero, sizeof bumped);
            bumped[i] = zero[i] + h / TIME[i];
            tw_curve *up = curve_of(way, TW_ZEROS, n, TIME, bumped);
            bumped[i] = zero[i] - h / TIME[i];
            tw_curve *down = curve_of(way, TW_ZEROS, n, TIME, bumped);
            const double want = (y_of(up, times[k]) - y_of(down, times[k])) / (2 * h);
            if (fabs(bar[i] - want) > 3e-6 * (1 + fabs(want)))
                fail_msg("%s: dy(%g)/dy[%zu]: got %.12g, want %.12g", way->name, times[k], i, bar[i], want);
            tw_curve_free(NULL, up);
            tw_curve_free(NULL, down);
        }
    }
    tw_curve_free(NULL, c);
}

static void adjoint_agrees(const tw_interpolation *way)
{
    static const double jagged[NODES] = {0.021, 0.039, 0.017, 0.0411, 0.0203, 0.0304, 0.0112, 0.0291, 0.0173};
    static const double rising[NODES] = {0.001, 0.0014, 0.0023, 0.0041, 0.0093, 0.0195, 0.0242, 0.0291, 0.0352};
    adjoint_of(way, ZERO, NODES);
    adjoint_of(way, jagged, NODES);
    adjoint_of(way, rising, NODES);
    adjoint_of(way, ZERO, 1);
    adjoint_of(way, rising, 2);
}

static void reverse_mode_agrees_with_bumps(void **state)
{
    (void)state;
    for_each_way(adjoint_agrees);
}

/* Hagan and West: forwards continuous; monotone where the discrete ones are; positive when they are to be. */
static void convex_keeps_its_promises(void **state)
{
    (void)state;
    tw_error err;
    const tw_interpolation *convex = NULL, *positive = NULL;
    assert_ok(tw_interpolation_find("monotone_convex", &convex, &err), &err);
    assert_ok(tw_interpolation_find("positive_convex", &positive, &err), &err);
    tw_random r = {.seed = 5};
    for (int round = 0; round < 300; round++) {
        double f[NODES];
        for (size_t i = 0; i < NODES; i++) f[i] = 0.07 * tw_random_uniform(&r) * tw_random_uniform(&r);
        tw_curve *c = curve_of(convex, TW_FORWARDS, NODES, TIME, f),
                 *p = curve_of(positive, TW_FORWARDS, NODES, TIME, f);
        for (double t = 0.001; t < 33; t *= 1.02) {
            assert_true(tw_curve_forward(p, t) > -1e-15);
            assert_near(tw_curve_forward(c, t), tw_curve_forward(c, t + 1e-9), 1e-6);
        }
        for (size_t i = 1; i < NODES; i++) {
            assert_near(y_of(p, TIME[i]) - y_of(p, TIME[i - 1]), f[i] * (TIME[i] - TIME[i - 1]), 1e-14);
            assert_near(tw_curve_forward(c, TIME[i]), tw_curve_forward(c, TIME[i] - 1e-12), 1e-9);
        }
        tw_curve_free(NULL, c);
        tw_curve_free(NULL, p);
    }
    const double up[] = {0.01, 0.012, 0.019, 0.021, 0.029, 0.033, 0.041, 0.042, 0.051};
    tw_curve *c = curve_of(convex, TW_FORWARDS, NODES, TIME, up);
    for (double t = TIME[0]; t < TIME[NODES - 2]; t += 0.01)
        assert_true(tw_curve_forward(c, t + 0.01) >= tw_curve_forward(c, t) - 1e-15);
    tw_curve_free(NULL, c);
}

static void batches_are_the_single_calls(void **state)
{
    (void)state;
    tw_error err;
    const tw_interpolation *way = NULL;
    assert_ok(tw_interpolation_find("monotone_convex", &way, &err), &err);
    tw_curve *c = curve_of(way, TW_ZEROS, NODES, TIME, ZERO);
    double t[37], out[37];
    for (size_t i = 0; i < 37; i++) t[i] = -1 + 1.13 * (double)i;
    tw_curve_discounts(c, 37, t, out);
    for (size_t i = 0; i < 37; i++) assert_same(out[i], tw_curve_discount(c, t[i]));
    tw_curve_zeros(c, 37, t, out);
    for (size_t i = 0; i < 37; i++) assert_same(out[i], tw_curve_zero(c, t[i]));
    tw_curve_forwards(c, 37, t, out);
    for (size_t i = 0; i < 37; i++) assert_same(out[i], tw_curve_forward(c, t[i]));
    tw_curve_free(NULL, c);
}

static void spreads_add_to_their_base(void **state)
{
    (void)state;
    tw_error err;
    const tw_interpolation *way = NULL;
    assert_ok(tw_interpolation_find("cubic_zero", &way, &err), &err);
    tw_curve *base = curve_of(way, TW_ZEROS, NODES, TIME, ZERO), *moved = NULL;
    const double key[] = {1, 5, 10}, shift[] = {0, 0.0013, 0}, up = 0.0007;
    void *block = malloc(tw_curve_bytes(4));
    assert_ok(tw_curve_shifted(base, &(tw_curve_shift){1, key, &up}, block, &moved, &err), &err);
    for (double t = 0.01; t < 60; t += 0.377) assert_near(tw_curve_zero(moved, t), tw_curve_zero(base, t) + up, 1e-15);
    assert_near(tw_curve_forward(moved, 0), tw_curve_forward(base, 0) + up, 1e-15);
    assert_ok(tw_curve_shifted(base, &(tw_curve_shift){3, key, shift}, block, &moved, &err), &err);
    assert_near(tw_curve_zero(moved, 3), tw_curve_zero(base, 3) + 0.0013 / 2, 1e-15);
    assert_near(tw_curve_zero(moved, 7.5), tw_curve_zero(base, 7.5) + 0.0013 / 2, 1e-15);
    assert_near(tw_curve_zero(moved, 0.5), tw_curve_zero(base, 0.5), 1e-15);
    assert_near(tw_curve_zero(moved, 50), tw_curve_zero(base, 50), 1e-15);
    free(block);
    tw_curve_free(NULL, base);
}

static void flat_and_first_nodes(void **state)
{
    (void)state;
    tw_error err;
    void *block = malloc(tw_curve_bytes(1));
    const tw_curve *flat = tw_curve_flat(-0.0037, block);
    for (double t = -2; t < 50; t += 0.61) assert_near(tw_curve_discount(flat, t), exp(0.0037 * t), 1e-15);
    free(block);
    /* A zero rate at time 0 is used by ways that draw zero rates. */
    const double t[] = {0, 1, 2}, z[] = {0.01, 0.03, 0.035}, d[] = {1, 0.97, 0.93};
    const tw_interpolation *way = NULL;
    assert_ok(tw_interpolation_find("linear_zero", &way, &err), &err);
    tw_curve *c = curve_of(way, TW_ZEROS, 3, t, z);
    assert_near(tw_curve_zero(c, 0.25), 0.015, 1e-15);
    assert_near(tw_curve_zero(c, 0), 0.01, 1e-15);
    tw_curve_free(NULL, c);
    c = curve_of(way, TW_DISCOUNTS, 3, t, d);
    assert_int_equal(tw_curve_nodes(c), 2);
    assert_near(tw_curve_node_time(c, 1), 2, 0);
    assert_near(tw_curve_discount(c, 2), 0.93, 1e-15);
    tw_curve_free(NULL, c);
}

static void refuse(tw_curve_quantity quantity, size_t n, const double *t, const double *value, const char *message)
{
    tw_error err;
    tw_curve *curve = NULL;
    const tw_interpolation *way = NULL;
    assert_ok(tw_interpolation_find("log_linear", &way, &err), &err);
    const tw_curve_spec spec = {way, quantity, n, t, value, NULL};
    assert_int_equal(tw_curve_new(NULL, &spec, &curve, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, message);
}

static void bad_nodes_are_named(void **state)
{
    (void)state;
    const double t[] = {1, 2, 2}, same[] = {0.9, 0.8, 0.7}, at_0[] = {0, 1}, two[] = {0.99, 0.9},
                 bad[] = {0.9, -0.1, 1};
    const double nan[] = {0.01, NAN}, huge[] = {0.9, 1e308, 1}, far[] = {1, 1e10};
    refuse(TW_DISCOUNTS, 0, t, same, "curve: between 1 and 4096 nodes behind time 0 are needed, got 0");
    refuse(TW_ZEROS, 1, at_0, two, "curve: between 1 and 4096 nodes behind time 0 are needed, got 0");
    refuse(TW_DISCOUNTS, 3, t, same, "curve: node 2 (time 2, value 0.7): times must ascend from 0");
    refuse(TW_DISCOUNTS, 2, at_0, two, "curve: node 0 (time 0, value 0.99): the discount factor at 0 is 1");
    refuse(TW_DISCOUNTS, 2, t, bad, "curve: node 1 (time 2, value -0.1): a discount factor must be positive");
    refuse(TW_ZEROS, 2, t, nan, "curve: node 1 (time 2, value nan): the value must be finite");
    refuse(TW_ZEROS, 2, far, huge, "curve: node 1 (time 1e+10, value 1e+308): the discount factor is not a number");
    tw_error err;
    const tw_interpolation *way = NULL;
    assert_int_equal(tw_interpolation_find("loglinear", &way, &err), TW_BAD_NAME);
    assert_string_equal(err.message, "no interpolation of curves \"loglinear\"; did you mean \"log_linear\"?");
}

static void rates_compound(void **state)
{
    (void)state;
    tw_error err;
    static const int all[] = {TW_SIMPLE, TW_ANNUAL, TW_SEMIANNUAL, TW_QUARTERLY, TW_MONTHLY, TW_CONTINUOUS};
    for (size_t i = 0; i < 6; i++)
        for (double rate = -0.07; rate < 0.3; rate += 0.0113)
            assert_near(tw_rate_of_growth(all[i], tw_growth_of_rate(all[i], rate, 2.385), 2.385), rate, 1e-15);
    assert_near(tw_growth_of_rate(TW_SEMIANNUAL, 0.0425, 2.385), pow(1.02125, 4.77), 1e-15);
    assert_true(isnan(tw_growth_of_rate(TW_ANNUAL, -1, 1)));
    assert_true(isnan(tw_growth_of_rate(TW_SIMPLE, -0.5, 2)));
    assert_true(isnan(tw_rate_of_growth(TW_ANNUAL, 1, 0)));
    int compounding;
    assert_ok(tw_compounding_parse("semiannual", &compounding, &err), &err);
    assert_int_equal(compounding, 2);
    assert_ok(tw_compounding_parse("12", &compounding, &err), &err);
    assert_int_equal(tw_compounding_parse("0", &compounding, &err), TW_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_go_through_their_nodes),
        cmocka_unit_test(forwards_are_derivatives),
        cmocka_unit_test(reverse_mode_agrees_with_bumps),
        cmocka_unit_test(convex_keeps_its_promises),
        cmocka_unit_test(batches_are_the_single_calls),
        cmocka_unit_test(spreads_add_to_their_base),
        cmocka_unit_test(flat_and_first_nodes),
        cmocka_unit_test(bad_nodes_are_named),
        cmocka_unit_test(rates_compound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* collocation_test.c - American options by collocation: limits, extremes, symmetry, instruction sets, greeks. */
#include "price_case.h"

#define ALL ((1u << TW_VALUE_theta << 1) - 1u)

static const price_engine ACCURATE = {.name = "collocation", .settings = "setting=accurate"};
static const price_engine HIGH = {.name = "collocation", .settings = "setting=high"};

static price_result priced(const price_engine *e, price_row row)
{
    price_result to;
    price_rows(e, &row, 1, ALL, &to);
    return to;
}

static void no_time(void **state)
{
    (void)state;
    const price_result put = priced(&ACCURATE, (price_row){-1, 90, 100, 0.05, 0.02, 0.2, 0});
    assert_int_equal(tw_row_status_code(put.status), TW_ROW_LIMIT);
    assert_close(put.value[TW_VALUE_value], 10.0, 1e-13);
    assert_close(put.value[TW_VALUE_delta], -1.0, 1e-15);
    assert_close(put.value[TW_VALUE_gamma], 0.0, 1e-15);
    assert_close(priced(&ACCURATE, (price_row){1, 90, 100, 0.05, 0.02, 0.2, 0}).value[0], 0.0, 0.0);
    assert_close(priced(&ACCURATE, (price_row){1, 110, 100, 0.05, 0.02, 0.2, 0}).value[0], 10.0, 1e-13);
}

/* Without volatility the best moment is known: a put on a falling forward waits until r K = q S e^((r - q) t). */
static void no_volatility(void **state)
{
    (void)state;
    const price_row row = {-1, 100, 100, 0.05, 0.08, 0.0, 30};
    double best = 0.0;
    for (int i = 0; i <= 300000; i++) {
        const double t = i * 1e-4;
        best = fmax(best, 100.0 * exp(-0.05 * t) - 100.0 * exp(-0.08 * t));
    }
    const price_result got = priced(&ACCURATE, row);
    assert_int_equal(tw_row_status_code(got.status), TW_ROW_LIMIT);
    assert_close(got.value[TW_VALUE_value], best, 1e-8);
    const price_row nearly = {-1, 100, 100, 0.05, 0.08, 0.0005, 30};
    assert_close(priced(&HIGH, nearly).value[TW_VALUE_value], best, 1e-3);
}

/* Calls are puts with all exchanged; without a reason to exercise they are European. */
static void symmetry(void **state)
{
    (void)state;
    const price_engine european = {.name = "black", .instrument = "european"};
    for (size_t i = 0; i < 200; i++) {
        const double spot = price_draw(i, 0, 50, 150), strike = price_draw(i, 1, 50, 150);
        const double r = price_draw(i, 2, -0.05, 0.1), q = price_draw(i, 3, -0.05, 0.1);
        const double vol = price_draw(i, 4, 0.03, 1.0), T = price_draw(i, 5, 0.01, 4.0);
        const double put = price_one(&ACCURATE, (price_row){-1, spot, strike, r, q, vol, T});
        assert_close(put, price_one(&ACCURATE, (price_row){1, strike, spot, q, r, vol, T}), 1e-12 * spot);
        const double call = price_one(&ACCURATE, (price_row){1, spot, strike, fabs(r), -fabs(q), vol, T});
        assert_close(call, price_one(&european, (price_row){1, spot, strike, fabs(r), -fabs(q), vol, T}), 1e-11);
    }
}

/* Values scale with the price unit, to the ends of doubles. */
static void scale(void **state)
{
    (void)state;
    const double one = price_one(&ACCURATE, (price_row){-1, 95, 100, 0.05, 0.02, 0.3, 0.7});
    static const double UNITS[] = {1e-290, 1e-100, 1e100, 1e290};
    for (int i = 0; i < 4; i++)
        for (int side = -1; side <= 1; side += 2) {
            const price_row row = {side, 95 * UNITS[i], 100 * UNITS[i], 0.05, 0.02, 0.3, 0.7};
            const price_result got = priced(&ACCURATE, row);
            assert_int_equal(tw_row_status_code(got.status) <= TW_ROW_LIMIT || i == 0, 1);
            if (side < 0) assert_close(got.value[TW_VALUE_value] / UNITS[i], one, 1e-11);
        }
    const price_result far = priced(&ACCURATE, (price_row){-1, 1e290, 1e-290, 0.05, 0.02, 0.3, 0.7});
    assert_close(far.value[TW_VALUE_value], 0.0, 1e-290);
    assert_close(priced(&ACCURATE, (price_row){-1, 1e-290, 1e10, 0.05, 0.02, 0.3, 0.7}).value[0], 1e10, 1e-3);
    assert_close(priced(&ACCURATE, (price_row){1, 1e-290, 1e290, 0.05, 0.02, 0.3, 0.7}).value[0], 0.0, 1e-290);
}

/* Two boundaries that meet, and r = 0: by bounds, and by what the settings say of each other. */
static void two_boundaries(void **state)
{
    (void)state;
    for (size_t i = 0; i < 30; i++) {
        const double r = -price_draw(i, 0, 0.001, 0.05), q = r - price_draw(i, 1, 0.001, 0.05);
        const price_row row = {
            -1, 100, price_draw(i, 2, 80, 140), r, q, price_draw(i, 3, 0.03, 0.6), price_draw(i, 4, 0.1, 5)};
        const double value = price_one(&ACCURATE, row);
        const double bound = price_one(&(price_engine){.name = "black", .instrument = "european"}, row);
        assert_true(value >= row.strike - row.spot && value >= bound - 1e-9);
        assert_close(value, price_one(&HIGH, row), 2e-5);
    }
    const double r0 = price_one(&HIGH, (price_row){-1, 100, 110, 0, -0.04, 0.3, 2});
    assert_close(r0, price_one(&HIGH, (price_row){-1, 100, 110, 1e-7, -0.04, 0.3, 2}), 1e-4);
}

static void same_bits(void **state)
{
    (void)state;
    enum { N = 700 };
    price_row *rows = calloc(N, sizeof *rows);
    price_result *want = calloc(N, sizeof *want), *got = calloc(N, sizeof *got);
    for (size_t i = 0; i < N; i++)
        rows[i] = (price_row){i % 2 ? 1 : -1,
                              100,
                              price_draw(i, 0, 50, 200),
                              price_draw(i, 1, -0.05, 0.1),
                              price_draw(i, 2, -0.05, 0.1),
                              price_draw(i, 3, 0.03, 2),
                              price_draw(i, 4, 0.003, 5)};
    price_engine e = {.name = "collocation", .settings = "setting=fast", .isa = TW_ISA_BASELINE};
    price_rows(&e, rows, N, ALL, want);
    for (e.isa = TW_ISA_AVX2; e.isa < TW_ISA_COUNT; e.isa++) {
        price_rows(&e, rows, N, ALL, got);
        assert_memory_equal(got, want, N * sizeof *want);
    }
    for (size_t i = 0; i < N; i += 97) { /* whatever rows are beside it */
        price_rows(&e, &rows[i], 1, ALL, got);
        assert_memory_equal(got, &want[i], sizeof *want);
    }
    free(rows);
    free(want);
    free(got);
}

/* Delta, gamma and theta beside differences of values. */
static void greeks(void **state)
{
    (void)state;
    for (size_t i = 0; i < 30; i++) {
        const price_row row = {i % 2 ? 1 : -1,
                               100,
                               price_draw(i, 0, 70, 140),
                               price_draw(i, 1, -0.03, 0.1),
                               price_draw(i, 2, -0.03, 0.1),
                               price_draw(i, 3, 0.1, 0.8),
                               price_draw(i, 4, 0.1, 3)};
        const price_result got = priced(&HIGH, row);
        price_row up = row, down = row, later = row, sooner = row;
        up.spot += 0.01, down.spot -= 0.01, later.T += 1e-4, sooner.T -= 1e-4;
        const double u = price_one(&HIGH, up), d = price_one(&HIGH, down), m = got.value[TW_VALUE_value];
        if ((u > fabs(up.spot - row.strike)) != (d > fabs(down.spot - row.strike))) continue; /* over the boundary */
        assert_close(got.value[TW_VALUE_delta], (u - d) / 0.02, 2e-6);
        assert_close(got.value[TW_VALUE_gamma], (u - 2 * m + d) / 1e-4, 2e-4);
        const double theta = (price_one(&HIGH, sooner) - price_one(&HIGH, later)) / 2e-4;
        assert_close(got.value[TW_VALUE_theta], theta, 2e-3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_time), cmocka_unit_test(no_volatility),  cmocka_unit_test(symmetry),
        cmocka_unit_test(scale),   cmocka_unit_test(two_boundaries), cmocka_unit_test(same_bits),
        cmocka_unit_test(greeks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

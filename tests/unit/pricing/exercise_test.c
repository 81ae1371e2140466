/* SPDX-License-Identifier: Apache-2.0 */
/* exercise_test.c - early exercise by simulation: below the best value, near it, and the same whatever runs it. */
#include "price_rows.h"

#define LS "longstaff_schwartz"
#define REFERENCE "type=-1 spot=100 strike=100 r=0.05 q=0.02 vol=0.2 T=1"

typedef struct estimate {
    double value, error;
} estimate;

static estimate simulate(const char *model, const char *params, const char *more)
{
    char columns[512];
    (void)snprintf(columns, sizeof columns, "%s %s", REFERENCE, more);
    price_rows *p = price_rows_new(LS, params, "american", model);
    price_rows_add(p, columns);
    price_rows_run(p, TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_error_estimate));
    const estimate e = {p->value[TW_VALUE_value][0], p->value[TW_VALUE_error_estimate][0]};
    price_rows_free(p);
    return e;
}

/* Over 20 seeds the mean is below the exact value, by no more than what 50 dates and a cubic rule lose. */
static void low_bias(void **state)
{
    (void)state;
    static const char *const settings[] = {"", "basis=laguerre", "order=5", "in_the_money=0 order=6"};
    for (int k = 0; k < 4; k++) {
        double mean = 0.0, error = 0.0;
        for (int seed = 1; seed <= 20; seed++) {
            char params[128];
            (void)snprintf(params, sizeof params, "paths=16384 seed=%d %s", seed, settings[k]);
            const estimate e = simulate("black_scholes", params, "");
            mean += e.value / 20.0;
            error += e.error / 20.0;
        }
        error /= sqrt(20.0);
        print_message("\"%s\": %.4f +- %.4f (exact 6.6607)\n", settings[k], mean, error);
        assert_true(mean < 6.660686230723 + 2.0 * error);
        assert_true(mean > 6.660686230723 - 0.03 - 2.0 * error);
    }
}

static void bounds(void **state)
{
    (void)state;
    /* never exercised early: a call without yield */
    const estimate call = simulate("black_scholes", "", "type=1 q=0");
    assert_near(call.value, price_one("black", "", "european", REFERENCE " type=1 q=0"), 3.5 * call.error / 10.0);
    /* exercised at once */
    const estimate deep = simulate("black_scholes", "", "spot=50");
    assert_same(deep.value, 50.0);
    /* one date is a European option; nothing random: the best date */
    const estimate once = simulate("black_scholes", "steps=1", "strike=95");
    assert_near(once.value, price_one("black", "", "european", REFERENCE " strike=95"), 3.5 * once.error / 4.0);
    assert_near(simulate("black_scholes", "", "vol=0 strike=110").value, 10.0, 1e-12);
    assert_near(simulate("black_scholes", "", "T=0 strike=110").value, 10.0, 1e-12);
}

/* Variance that does not move by chance is Black and Scholes. */
static void moving_variance(void **state)
{
    (void)state;
    const estimate e = simulate("heston", "paths=16384", "v0=0.04 kappa=1 theta_v=0.04 sigma_v=0 rho_v=0");
    assert_true(fabs(e.value - 6.6607) < 0.03 + 3.0 * e.error);
}

/* Dates that are the equal steps of the American option give its value, bit for bit. */
static void bermudan_dates(void **state)
{
    (void)state;
    static double dates[3];
    for (int i = 0; i < 3; i++) dates[i] = (i + 1) / 4.0;
    price_rows *p = price_rows_new(LS, "paths=4096", "bermudan", "black_scholes");
    price_rows_add(p, REFERENCE);
    p->contracts.dates = (tw_dates){.n = 3, .time = dates};
    price_rows_run(p, 1);
    assert_same(p->value[0][0], simulate("black_scholes", "paths=4096 steps=4", "").value);
    price_rows_free(p);
}

static void same_bits(void **state)
{
    (void)state;
    price_rows *p = price_rows_new(LS, "paths=1024 calibration=1024 steps=10", "american", "black_scholes");
    double values[16];
    for (int i = 0; i < 16; i++) {
        char row[128];
        (void)snprintf(row, sizeof row, REFERENCE " strike=%d", 90 + 2 * i);
        price_rows_add(p, row);
    }
    price_rows_run(p, 1);
    memcpy(values, p->value[0], sizeof values);
    for (int isa = TW_ISA_BASELINE; isa <= TW_ISA_AVX512; isa++) {
        p->ctx.isa = (tw_isa)isa;
        price_rows_run(p, 1);
        assert_memory_equal(values, p->value[0], sizeof values);
    }
    price_rows_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(low_bias), cmocka_unit_test(bounds),
                                       cmocka_unit_test(moving_variance), cmocka_unit_test(bermudan_dates),
                                       cmocka_unit_test(same_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* transform_test.c - cos, contour and merton_series: limits, bits, greeks against slopes, failures. */
#include "option_case.h"

static option_case a, b;

/* Heston rows: a chain of strikes for every fourth row's expiry, parameters that move. */
static void heston_rows(option_case *c, size_t n)
{
    memset(c, 0, sizeof *c);
    c->n = n;
    for (size_t i = 0; i < n; i++) {
        const double u = (double)(i * 7919 % 1009) / 1009.0, v = (double)(i / 4 * 104729 % 997) / 997.0;
        const double T = 0.02 + 2.0 * v;
        const double x[] = {
            i % 2 ? 1.0 : -1.0, 100.0,   100.0 * exp((u - 0.5) * sqrt(T)), 0.03, 0.01, T, 0.02 + 0.1 * v, 1.5 - v, 0.05,
            0.2 + 0.5 * v,      -0.8 + v};
        const tw_column_id at[] = {TW_COL_type, TW_COL_spot,  TW_COL_strike,  TW_COL_r,       TW_COL_q,    TW_COL_T,
                                   TW_COL_v0,   TW_COL_kappa, TW_COL_theta_v, TW_COL_sigma_v, TW_COL_rho_v};
        for (size_t k = 0; k < sizeof at / sizeof *at; k++) option_put(c, i, at[k], x[k]);
    }
}

static const option_call COS = {.engine = "cos", .instrument = "european", .model = "heston"};
static const option_call CONTOUR = {.engine = "contour", .instrument = "european", .model = "heston"};

static void same_bits(void **state)
{
    (void)state;
    const option_call *const calls[] = {&COS, &CONTOUR};
    for (int e = 0; e < 2; e++) {
        heston_rows(&a, 512);
        option_price(&a, calls[e]);
        for (int isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++) {
            if (!tw_isa_supported((tw_isa)isa)) continue;
            option_call call = *calls[e];
            call.isa = (tw_isa)isa;
            heston_rows(&b, 512);
            option_price(&b, &call);
            assert_memory_equal(a.value, b.value, sizeof a.value);
        }
        /* A row alone, and without greeks. */
        for (size_t i = 3; i < 512; i += 101) {
            heston_rows(&b, 512);
            for (int k = 0; k < TW_COLUMN_COUNT; k++) b.column[k][0] = b.column[k][i];
            b.n = 1;
            option_call call = *calls[e];
            call.wants = TW_VALUE_BIT(TW_VALUE_value);
            option_price(&b, &call);
            assert_same(b.value[TW_VALUE_value][0], a.value[TW_VALUE_value][i]);
        }
    }
}

static void engines_agree(void **state)
{
    (void)state;
    heston_rows(&a, 1024);
    heston_rows(&b, 1024);
    option_price(&a, &COS);
    option_price(&b, &CONTOUR);
    for (int v = 0; v < TW_VALUE_error_estimate; v++)
        for (size_t i = 0; i < a.n; i++) assert_near(a.value[v][i], b.value[v][i], v == TW_VALUE_value ? 1e-12 : 2e-8);
}

/* Slope of one value in one column, by central differences. */
static void slope(const option_call *call, tw_value_id of, tw_column_id column, double h, double *to)
{
    heston_rows(&b, 64);
    for (size_t i = 0; i < b.n; i++) b.column[column][i] += h;
    option_price(&b, call);
    memcpy(to, b.value[of], 64 * sizeof *to);
    heston_rows(&b, 64);
    for (size_t i = 0; i < b.n; i++) b.column[column][i] -= h;
    option_price(&b, call);
    for (size_t i = 0; i < b.n; i++) to[i] = (to[i] - b.value[of][i]) / (2.0 * h);
}

static void greeks_are_slopes(void **state)
{
    (void)state;
    static const struct {
        tw_value_id value, of;
        tw_column_id column;
        double sign, h;
    } ALL[] = {{TW_VALUE_delta, TW_VALUE_value, TW_COL_spot, 1.0, 1e-3},
               {TW_VALUE_gamma, TW_VALUE_delta, TW_COL_spot, 1.0, 1e-3},
               {TW_VALUE_speed, TW_VALUE_gamma, TW_COL_spot, 1.0, 1e-3},
               {TW_VALUE_theta, TW_VALUE_value, TW_COL_T, -1.0, 1e-5},
               {TW_VALUE_charm, TW_VALUE_delta, TW_COL_T, -1.0, 1e-5},
               {TW_VALUE_color, TW_VALUE_gamma, TW_COL_T, -1.0, 1e-5},
               {TW_VALUE_rho, TW_VALUE_value, TW_COL_r, 1.0, 1e-5},
               {TW_VALUE_dividend_rho, TW_VALUE_value, TW_COL_q, 1.0, 1e-5}};
    static const char *const INSTRUMENTS[] = {"european", "digital_cash", "digital_asset"};
    double by[64];
    for (size_t k = 0; k < 3; k++)
        for (size_t g = 0; g < sizeof ALL / sizeof *ALL; g++) {
            const option_call call = {.engine = "contour", .instrument = INSTRUMENTS[k], .model = "heston"};
            slope(&call, ALL[g].of, ALL[g].column, ALL[g].h, by);
            heston_rows(&a, 64);
            option_price(&a, &call);
            for (size_t i = 0; i < a.n; i++) assert_near(a.value[ALL[g].value][i], ALL[g].sign * by[i], 2e-5);
        }
    /* By volatility now: d / d sqrt(v0) is 2 sqrt(v0) d / d v0. */
    slope(&CONTOUR, TW_VALUE_value, TW_COL_v0, 1e-6, by);
    heston_rows(&a, 64);
    option_price(&a, &CONTOUR);
    for (size_t i = 0; i < a.n; i++)
        assert_near(a.value[TW_VALUE_vega][i], 2.0 * sqrt(a.column[TW_COL_v0][i]) * by[i], 1e-6);
}

static void check_limit(const option_call *call, tw_row_code code, double want)
{
    option_price(&a, call);
    assert_int_equal(tw_row_status_code(a.status[0]), code);
    assert_near(a.value[TW_VALUE_value][0], want, 1e-12);
    for (int v = 0; v < TW_VALUE_error_estimate; v++) assert_true(isfinite(a.value[v][0]));
}

static void limits(void **state)
{
    (void)state;
    const option_call *const calls[] = {&COS, &CONTOUR};
    for (int e = 0; e < 2; e++) {
        heston_rows(&a, 1);
        a.column[TW_COL_strike][0] = 110.0;
        a.column[TW_COL_T][0] = 0.0;
        check_limit(calls[e], TW_ROW_LIMIT, 10.0);
        heston_rows(&a, 1);
        a.column[TW_COL_strike][0] = 110.0;
        a.column[TW_COL_T][0] = 1.0;
        a.column[TW_COL_v0][0] = a.column[TW_COL_theta_v][0] = 0.0;
        check_limit(calls[e], TW_ROW_LIMIT, 110.0 * exp(-0.03) - 100.0 * exp(-0.01));
        /* No volatility of variance: Black's value at the mean variance; kappa 0: at v0. */
        heston_rows(&a, 1);
        a.column[TW_COL_strike][0] = 100.0;
        a.column[TW_COL_r][0] = 0.05;
        a.column[TW_COL_q][0] = 0.02;
        a.column[TW_COL_T][0] = 1.0;
        a.column[TW_COL_kappa][0] = a.column[TW_COL_sigma_v][0] = 0.0;
        a.column[TW_COL_v0][0] = 0.04;
        check_limit(calls[e], TW_ROW_OK, 6.330080627550);
        a.column[TW_COL_sigma_v][0] = 3e-12;
        check_limit(calls[e], TW_ROW_OK, 6.330080627550);
        a.column[TW_COL_strike][0] = 1e-280;
        check_limit(calls[e], TW_ROW_OK, 0.0);
    }
}

/* rho of -1 and 1 against values beside it; extreme strikes keep their relative digits. */
static void edges(void **state)
{
    (void)state;
    heston_rows(&a, 2);
    for (size_t i = 0; i < 2; i++) {
        for (int k = 0; k < TW_COLUMN_COUNT; k++) a.column[k][i] = a.column[k][0];
        a.column[TW_COL_T][i] = 1.0;
        a.column[TW_COL_rho_v][i] = i ? -1.0 : -1.0 + 1e-9;
    }
    option_price(&a, &CONTOUR);
    assert_int_equal(tw_row_status_code(a.status[1]), TW_ROW_OK);
    assert_near(a.value[TW_VALUE_value][1], a.value[TW_VALUE_value][0], 1e-6);
    heston_rows(&a, 1);
    a.column[TW_COL_type][0] = -1.0;
    a.column[TW_COL_strike][0] = 20.0;
    option_price(&a, &CONTOUR);
    const double tiny = a.value[TW_VALUE_value][0];
    assert_true(tiny > 0.0 && tiny < 1e-20);
    a.column[TW_COL_strike][0] = 20.0e200;
    a.column[TW_COL_spot][0] = 100.0e200;
    option_price(&a, &CONTOUR);
    assert_true(fabs(a.value[TW_VALUE_value][0] / tiny / 1e200 - 1.0) < 1e-10);
}

/* Jumps alone: a mean over their number, whose term without any is what the forward is worth. */
static void jumps_alone(void **state)
{
    (void)state;
    memset(&a, 0, sizeof a);
    a.n = 1;
    const double x[] = {-1.0, 100.0, 95.0, 0.5, 0.0, 0.3, -0.1, 0.0};
    const tw_column_id at[] = {TW_COL_type, TW_COL_spot,      TW_COL_strike,    TW_COL_T,
                               TW_COL_vol,  TW_COL_jump_rate, TW_COL_jump_mean, TW_COL_jump_vol};
    for (int k = 0; k < 8; k++) option_put(&a, 0, at[k], x[k]);
    const option_call call = {.engine = "merton_series", .instrument = "european", .model = "merton76"};
    option_price(&a, &call);
    double want = 0.0, weight = exp(-0.15);
    for (int n = 0; n < 30; n++) {
        want += weight * fmax(95.0 - 100.0 * exp(-0.1 * n - 0.15 * (exp(-0.1) - 1.0)), 0.0);
        weight *= 0.15 / (n + 1);
    }
    assert_int_equal(tw_row_status_code(a.status[0]), TW_ROW_OK);
    assert_near(a.value[TW_VALUE_value][0], want, 1e-12);
    /* Jumps that multiply the price by e^100: more terms than there is time for, and it says so. */
    a.column[TW_COL_jump_mean][0] = 100.0;
    option_price(&a, &call);
    assert_int_equal(tw_row_status_code(a.status[0]), TW_ROW_NO_CONVERGENCE);
}

static void failures(void **state)
{
    (void)state;
    memset(&a, 0, sizeof a);
    a.n = 1;
    const double x[] = {1.0, 100.0, 95.0, 0.5, 0.3, 1.0, 2.0};
    const tw_column_id at[] = {TW_COL_type, TW_COL_spot,     TW_COL_strike, TW_COL_T,
                               TW_COL_vol,  TW_COL_vg_drift, TW_COL_vg_rate};
    for (int k = 0; k < 7; k++) option_put(&a, 0, at[k], x[k]);
    option_price(&a, &(option_call){.engine = "contour", .instrument = "european", .model = "variance_gamma"});
    assert_int_equal(tw_row_status_code(a.status[0]), TW_ROW_CONFLICT); /* its forward would be infinite */
    assert_int_equal(tw_row_status_column(a.status[0]), TW_COL_vg_rate);
    assert_true(isnan(a.value[TW_VALUE_value][0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits),   cmocka_unit_test(engines_agree), cmocka_unit_test(greeks_are_slopes),
        cmocka_unit_test(limits),      cmocka_unit_test(edges),         cmocka_unit_test(failures),
        cmocka_unit_test(jumps_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* surface_test.c - SABR, SVI, SSVI, surfaces, local volatility, the smile engine. */
#include "option_case.h"

#include "tradewind/num.h"
#include "tradewind/surface.h"

static double black(double F, double K, double sd)
{
    const double d = tw_log(F / K) / sd + 0.5 * sd;
    return F * tw_norm_cdf(d) - K * tw_norm_cdf(d - sd);
}

/* ---------------------------------------------------------------- SABR */

static void sabr_limits(void **state)
{
    (void)state;
    const tw_sabr s = {0.035, 0.5, 0.4, -0.3, 0.0};
    /* At the money the expansion is a polynomial; next to it nothing jumps. */
    const double F = 0.03, p = sqrt(F), T = 2.0;
    const double atm = 0.035 / p *
                       (1.0 + T * (0.25 / 24.0 * 0.035 * 0.035 / F - 0.25 * 0.3 * 0.5 * 0.4 * 0.035 / p +
                                   (2.0 - 3.0 * 0.09) / 24.0 * 0.16));
    assert_near(tw_sabr_vol(&s, F, F, T), atm, 1e-15);
    for (double e = 1e-4; e > 1e-13; e *= 0.1) assert_near(tw_sabr_vol(&s, F, F * (1.0 + e), T), atm, 0.3 * e + 1e-13);
    /* beta 1, no volatility of volatility: flat. */
    const tw_sabr flat = {0.2, 1.0, 0.0, 0.0, 0.0};
    assert_near(tw_sabr_vol(&flat, 100.0, 60.0, 3.0), 0.2, 1e-15);
    /* A correlation of 1 and -1 is like one next to it. */
    for (int sign = -1; sign <= 1; sign += 2) {
        tw_sabr one = {0.2, 0.7, 0.5, sign, 0.0}, near = one;
        near.rho *= 1.0 - 1e-9;
        assert_near(tw_sabr_vol(&one, 1.0, 1.1, 1.0), tw_sabr_vol(&near, 1.0, 1.1, 1.0), 1e-8);
    }
    /* Shifted: as F + shift, K + shift. Normal and lognormal volatilities give about the same price. */
    const tw_sabr shifted = {0.02, 0.5, 0.4, -0.2, 0.03}, plain = {0.02, 0.5, 0.4, -0.2, 0.0};
    assert_near(tw_sabr_vol(&shifted, -0.01, 0.005, 1.0), tw_sabr_vol(&plain, 0.02, 0.035, 1.0), 1e-15);
    const double normal = tw_sabr_normal_vol(&plain, 0.02, 0.025, 1.0), x = 0.005 / normal;
    const double price = normal * (0.3989422804014327 * exp(-0.5 * x * x) - x * tw_norm_cdf(-x));
    assert_near(price / black(0.02, 0.025, tw_sabr_vol(&plain, 0.02, 0.025, 1.0)), 1.0, 2e-3);
    assert_true(isnan(tw_sabr_vol(&plain, -0.01, 0.02, 1.0)));
    const tw_sabr zero = {0.006, 0.0, 0.4, -0.3, 0.0};
    assert_true(tw_sabr_normal_vol(&zero, 0.01, -0.01, 1.0) > 0.0);
}

static void sabr_alpha_and_fit(void **state)
{
    (void)state;
    const double betas[] = {0.0, 0.5, 1.0};
    double strike[13], vol[13];
    for (int c = 0; c < 3; c++) {
        tw_sabr s = {0.25 * pow(0.03, 1.0 - betas[c]), betas[c], 0.6, -0.35, 0.0}, got = {.beta = betas[c]};
        for (int i = 0; i < 13; i++) {
            strike[i] = 0.03 * exp(0.08 * (i - 6));
            vol[i] = tw_sabr_vol(&s, 0.03, strike[i], 1.5);
        }
        assert_near(tw_sabr_alpha(&s, vol[6], 0.03, 1.5) / s.alpha, 1.0, 1e-13);
        tw_fit_report report;
        const tw_smile_quotes quotes = {13, 1.5, 0.03, strike, vol, NULL};
        assert_int_equal(tw_sabr_fit(&quotes, &got, &report, NULL), TW_OK);
        assert_true(report.rmse < 1e-10);
        assert_near(got.alpha / s.alpha, 1.0, 1e-7);
        assert_near(got.nu, s.nu, 1e-7);
        assert_near(got.rho, s.rho, 1e-7);
    }
    const tw_smile_quotes few = {2, 1.5, 0.03, strike, vol, NULL};
    tw_sabr got = {.beta = 0.5};
    tw_error err;
    assert_int_equal(tw_sabr_fit(&few, &got, NULL, &err), TW_BAD_VALUE);
}

static void sabr_density(void **state)
{
    (void)state;
    /* The known defect: long expiries and a high volatility of volatility at low strikes. */
    const tw_sabr bad = {0.035, 0.25, 0.8, -0.1, 0.0}, good = {0.2, 1.0, 0.2, -0.2, 0.0};
    const double strike = tw_sabr_arbitrage(&bad, 0.05, 10.0);
    assert_true(strike > 0.0 && strike < 0.05);
    assert_true(tw_sabr_arbitrage(&good, 100.0, 0.25) == 0.0);
}

/* ---------------------------------------------------------------- SVI */

static void svi_forms(void **state)
{
    (void)state;
    const tw_svi s = {0.01, 0.12, 0.2, -0.55, 0.07};
    const tw_svi_natural n = tw_svi_to_natural(&s);
    const tw_svi_wings j = tw_svi_to_wings(&s, 0.7);
    const tw_svi from[2] = {tw_svi_from_natural(&n), tw_svi_from_wings(&j, 0.7)};
    double slope, bend;
    for (double k = -1.0; k <= 1.0; k += 0.125) {
        const double w = tw_svi_variance(&s, k, &slope, &bend), h = 1e-4;
        for (int c = 0; c < 2; c++) assert_near(tw_svi_variance(&from[c], k, NULL, NULL), w, 1e-14);
        const double natural = n.level + 0.5 * n.omega *
                                             (1.0 + n.zeta * n.rho * (k - n.mu) +
                                              sqrt(pow(n.zeta * (k - n.mu) + n.rho, 2) + 1.0 - n.rho * n.rho));
        assert_near(natural, w, 1e-14);
        const double up = tw_svi_variance(&s, k + h, NULL, NULL), down = tw_svi_variance(&s, k - h, NULL, NULL);
        assert_near(slope, (up - down) / (2.0 * h), 1e-8);
        assert_near(bend, (up - 2.0 * w + down) / (h * h), 1e-6);
    }
    assert_near(j.v * 0.7, tw_svi_variance(&s, 0.0, NULL, NULL), 1e-15);
    assert_near(tw_svi_vol(&s, 100.0, 100.0, 0.7), sqrt(j.v), 1e-15);
}

/* Axel Vogt's slice (Gatheral and Jacquier 2014, section 3.2): its density is negative around 0.8 to 1.2. */
static void svi_butterfly(void **state)
{
    (void)state;
    tw_svi vogt = {-0.0410, 0.1331, 0.4153, 0.3060, 0.3586};
    double least, zeros[4];
    assert_int_equal(tw_svi_butterfly(&vogt, 1.5, &least, zeros, 4), 2);
    assert_true(least < 0.0 && zeros[0] > 0.6 && zeros[1] < 1.3 && zeros[0] < zeros[1]);
    for (int i = 0; i < 2; i++) assert_near(tw_svi_g(&vogt, zeros[i]), 0.0, 1e-10);
    const tw_svi_wings before = tw_svi_to_wings(&vogt, 1.0);
    assert_true(tw_svi_repair(&vogt, 1.0, 1.5));
    const tw_svi_wings after = tw_svi_to_wings(&vogt, 1.0);
    assert_int_equal(tw_svi_butterfly(&vogt, 1.5, &least, NULL, 0), 0);
    assert_true(least >= 0.0);
    assert_near(after.v, before.v, 1e-12);
    assert_near(after.psi, before.psi, 1e-12);
    assert_near(after.p, before.p, 1e-12);
    assert_false(tw_svi_repair(&vogt, 1.0, 1.5));
    const tw_svi low = {0.01, 0.1, 0.2, -0.3, 0.0}, high = {0.02, 0.1, 0.2, -0.3, 0.0},
                 steep = {0.012, 0.05, 0.2, -0.3, 0};
    assert_near(tw_svi_calendar(&low, &high, 2.0), 0.01, 1e-12);
    assert_true(tw_svi_calendar(&low, &steep, 2.0) < 0.0);
}

enum { QUOTES = 60 };

static double noise(size_t i) { return (double)(i * 7919 % 1009) / 1009.0 - 0.5; }

static void svi_fits(void **state)
{
    (void)state;
    const tw_svi s = {0.004, 0.06, 0.11, -0.6, 0.03};
    double strike[QUOTES], vol[QUOTES], weight[QUOTES];
    for (size_t i = 0; i < QUOTES; i++) {
        strike[i] = 100.0 * exp(-0.6 + 1.0 * (double)i / QUOTES);
        vol[i] = tw_svi_vol(&s, 100.0, strike[i], 0.4);
        weight[i] = 1.0 + (double)(i % 3);
    }
    tw_smile_quotes quotes = {QUOTES, 0.4, 100.0, strike, vol, weight};
    tw_svi got;
    tw_fit_report report;
    assert_int_equal(tw_svi_fit(NULL, &quotes, NULL, &got, &report, NULL), TW_OK);
    assert_true(report.rmse < 1e-9);
    assert_near(got.a, s.a, 1e-7);
    assert_near(got.m, s.m, 1e-6);
    assert_near(got.rho, s.rho, 1e-5);
    /* Wild quotes pull the plain fit away, the robust one hardly. */
    for (size_t i = 0; i < QUOTES; i += 10) vol[i] += 0.2;
    tw_svi plain, robust;
    assert_int_equal(tw_svi_fit(NULL, &quotes, NULL, &plain, NULL, NULL), TW_OK);
    assert_int_equal(tw_svi_fit(NULL, &quotes, &(tw_svi_fit_options){.robust = true}, &robust, NULL, NULL), TW_OK);
    const double truth = tw_svi_vol(&s, 100.0, 100.0, 0.4);
    const double off = fabs(tw_svi_vol(&plain, 100.0, 100.0, 0.4) - truth);
    assert_true(fabs(tw_svi_vol(&robust, 100.0, 100.0, 0.4) - truth) < 0.2 * off);
    /* A flat smile, and what cannot be fitted. */
    for (size_t i = 0; i < QUOTES; i++) vol[i] = 0.25;
    assert_int_equal(tw_svi_fit(NULL, &quotes, NULL, &got, &report, NULL), TW_OK);
    assert_true(report.rmse < 1e-9);
    tw_error err;
    quotes.n = 4;
    assert_int_equal(tw_svi_fit(NULL, &quotes, NULL, &got, NULL, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "5 quotes"));
    quotes.n = QUOTES;
    for (size_t i = 0; i < QUOTES; i++) strike[i] = 100.0;
    assert_int_equal(tw_svi_fit(NULL, &quotes, NULL, &got, NULL, &err), TW_BAD_VALUE);
}

/* ---------------------------------------------------------------- surfaces */

enum { EXPIRIES = 6 };

typedef struct chain {
    double T[EXPIRIES * QUOTES], forward[EXPIRIES * QUOTES], strike[EXPIRIES * QUOTES], vol[EXPIRIES * QUOTES];
    tw_chain_quotes quotes;
} chain;

static void make_chain(chain *c, const tw_ssvi *ssvi, double size)
{
    for (size_t e = 0; e < EXPIRIES; e++)
        for (size_t j = 0; j < QUOTES; j++) {
            const size_t i = e * QUOTES + j;
            const double T = 0.1 + 0.4 * (double)e;
            const tw_svi s = tw_ssvi_slice(ssvi, 0.05 * T);
            c->T[i] = T;
            c->forward[i] = 100.0 * exp(0.02 * T);
            c->strike[i] = c->forward[i] * exp(2.5 * sqrt(0.05 * T) * (2.0 * (double)j / QUOTES - 1.0));
            c->vol[i] = tw_svi_vol(&s, c->forward[i], c->strike[i], T) + size * noise(i);
        }
    c->quotes = (tw_chain_quotes){EXPIRIES * QUOTES, 100.0, c->T, c->forward, c->strike, c->vol, NULL};
}

static void surfaces(void **state)
{
    (void)state;
    static chain c;
    const tw_ssvi ssvi = {-0.6, 0.9, 0.4};
    for (int one = 0; one < 2; one++) {
        make_chain(&c, &ssvi, 0.0);
        tw_surface *s;
        tw_surface_report report;
        const tw_surface_options options = {.ssvi = one};
        assert_int_equal(tw_surface_fit(NULL, &c.quotes, &options, &s, &report, NULL), TW_OK);
        assert_int_equal(tw_surface_slices(s), EXPIRIES);
        assert_true(report.rmse < 1e-7);
        assert_int_equal(report.butterfly + report.calendar, 0);
        double vols[EXPIRIES * QUOTES];
        tw_surface_vols(s, c.quotes.n, c.strike, c.forward, c.T, vols);
        for (size_t i = 0; i < c.quotes.n; i++) assert_near(vols[i], c.vol[i], 1e-6);
        /* Between expiries total variance at a given moneyness goes straight. */
        const double w0 = pow(tw_surface_vol(s, 120.0, 100.0, 0.5), 2) * 0.5;
        const double w1 = pow(tw_surface_vol(s, 120.0, 100.0, 0.9), 2) * 0.9;
        assert_near(pow(tw_surface_vol(s, 120.0, 100.0, 0.6), 2) * 0.6, 0.75 * w0 + 0.25 * w1, 1e-12);
        assert_near(tw_surface_vol(s, 120.0, 100.0, 0.01), tw_surface_vol(s, 120.0, 100.0, 0.1), 1e-12);
        assert_near(tw_surface_forward(s, 0.3), 100.0 * exp(0.006), 1e-10);
        tw_surface_free(s);
    }
}

static void noisy_chain_is_repaired(void **state)
{
    (void)state;
    static chain c;
    tw_surface *s;
    tw_surface_report report;
    make_chain(&c, &(tw_ssvi){-0.6, 0.9, 0.4}, 0.04);
    for (size_t i = 0; i < QUOTES; i++) c.vol[3 * QUOTES + i] *= 0.8; /* a fall from the expiry before */
    assert_int_equal(tw_surface_fit(NULL, &c.quotes, NULL, &s, &report, NULL), TW_OK);
    assert_true(report.calendar > 0 && report.least_step < 0.0);
    tw_surface_free(s);
    assert_int_equal(tw_surface_fit(NULL, &c.quotes, &(tw_surface_options){.repair = true}, &s, &report, NULL), TW_OK);
    assert_int_equal(report.calendar, 0);
    tw_surface_free(s);
    assert_int_equal(tw_surface_fit(NULL, &c.quotes, &(tw_surface_options){.ssvi = true}, &s, &report, NULL), TW_OK);
    assert_int_equal(report.calendar + report.butterfly, 0);
    tw_surface_free(s);
    c.T[QUOTES] = 0.01;
    tw_error err;
    assert_int_equal(tw_surface_fit(NULL, &c.quotes, NULL, &s, NULL, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "ascend"));
}

static void grid_of_vols(void **state)
{
    (void)state;
    const double k[] = {-0.4, -0.2, -0.05, 0.0, 0.1, 0.3}, vol[] = {0.32, 0.26, 0.22, 0.21, 0.2, 0.22};
    const tw_slice slices[] = {{.T = 0.5, .forward = 101.0, .n = 6, .k = k, .vol = vol},
                               {.T = 1.0, .forward = 102.0, .n = 6, .k = k, .vol = vol}};
    tw_surface *s;
    assert_int_equal(tw_surface_new(NULL, 100.0, 2, slices, TW_WING_FLAT, &s, NULL), TW_OK);
    for (int i = 0; i < 6; i++) {
        assert_near(tw_surface_vol(s, 100.0 * exp(k[i]), 100.0, 0.5), vol[i], 1e-12);
        assert_near(tw_surface_vol(s, 100.0 * exp(k[i]), 100.0, 0.75), vol[i], 1e-12);
    }
    assert_near(tw_surface_vol(s, 1.0, 100.0, 0.5), 0.32, 1e-12);
    tw_surface_free(s);
    assert_int_equal(tw_surface_new(NULL, 100.0, 2, slices, TW_WING_SLOPE, &s, NULL), TW_OK);
    assert_true(tw_surface_vol(s, 100.0 * exp(-0.8), 100.0, 0.5) > 0.33);
    tw_surface_free(s);
    tw_slice bad[2] = {slices[1], slices[0]};
    tw_error err;
    assert_int_equal(tw_surface_new(NULL, 100.0, 2, bad, TW_WING_FLAT, &s, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "expiry 1"));
}

/* ---------------------------------------------------------------- local volatility */

static void local_volatility(void **state)
{
    (void)state;
    /* A term structure without smile: the forward volatility. */
    const tw_slice flat[] = {{.T = 1.0, .forward = 100.0, .svi = {0.04, 0.0, 0.1, 0.0, 0.0}},
                             {.T = 2.0, .forward = 100.0, .svi = {0.13, 0.0, 0.1, 0.0, 0.0}}};
    tw_surface *s;
    tw_local_code code;
    assert_int_equal(tw_surface_new(NULL, 100.0, 2, flat, TW_WING_SLOPE, &s, NULL), TW_OK);
    assert_near(tw_local_vol(s, 80.0, 0.5, &code), 0.2, 1e-12);
    assert_near(tw_local_vol(s, 130.0, 1.5, &code), 0.3, 1e-12);
    assert_int_equal(code, TW_LOCAL_OK);
    tw_surface_free(s);
    /* Against Dupire's own formula on call prices, by differences. */
    const tw_slice smile[] = {{.T = 0.5, .forward = 100.0, .svi = {0.005, 0.06, 0.2, -0.5, 0.02}},
                              {.T = 1.0, .forward = 100.0, .svi = {0.015, 0.08, 0.25, -0.5, 0.02}}};
    assert_int_equal(tw_surface_new(NULL, 100.0, 2, smile, TW_WING_SLOPE, &s, NULL), TW_OK);
    for (double K = 70.0; K <= 140.0; K += 10.0) {
        const double T = 0.7, h = 1e-2, d = 1e-5;
        double c[3], by_T = 0.0;
        for (int i = 0; i < 3; i++) {
            const double at = K + h * (i - 1);
            c[i] = black(100.0, at, tw_surface_vol(s, at, 100.0, T) * sqrt(T));
        }
        for (int sign = -1; sign <= 1; sign += 2)
            by_T += sign * black(100.0, K, tw_surface_vol(s, K, 100.0, T + sign * d) * sqrt(T + sign * d));
        const double dupire = sqrt(by_T / d / (K * K * (c[0] - 2.0 * c[1] + c[2]) / (h * h)));
        assert_near(tw_local_vol(s, K, T, &code), dupire, 1e-4);
    }
    tw_surface_free(s);
    /* A fall of total variance: the floor, and it is said. */
    const tw_slice falls[] = {flat[1], {.T = 3.0, .forward = 100.0, .svi = {0.1, 0.0, 0.1, 0.0, 0.0}}};
    assert_int_equal(tw_surface_new(NULL, 100.0, 2, falls, TW_WING_SLOPE, &s, NULL), TW_OK);
    const double S[2] = {90.0, 110.0}, t[2] = {1.0, 2.5};
    double grid[4];
    assert_int_equal(tw_local_vol_grid(s, 2, S, 2, t, grid), 2);
    assert_near(grid[2], 1e-3, 1e-15);
    tw_surface_free(s);
}

/* ---------------------------------------------------------------- the engine */

static void smile_engine(void **state)
{
    (void)state;
    static option_case c;
    memset(&c, 0, sizeof c);
    c.n = 3;
    const tw_sabr s = {0.03, 0.5, 0.4, -0.3, 0.02};
    for (size_t i = 0; i < c.n; i++) {
        const double x[] = {
            i == 1 ? -1.0 : 1.0, 0.03, i == 2 ? -0.05 : 0.035, 0.01, 2.0, s.alpha, s.beta, s.nu, s.rho, s.shift};
        const tw_column_id at[] = {TW_COL_type,       TW_COL_spot,      TW_COL_strike,  TW_COL_r,        TW_COL_T,
                                   TW_COL_sabr_alpha, TW_COL_sabr_beta, TW_COL_sabr_nu, TW_COL_sabr_rho, TW_COL_shift};
        for (size_t k = 0; k < sizeof at / sizeof *at; k++) option_put(&c, i, at[k], x[k]);
    }
    option_price(&c, &(option_call){.engine = "smile", .instrument = "european", .model = "sabr"});
    const double want = exp(-0.02) * black(0.05, 0.055, tw_sabr_vol(&s, 0.03, 0.035, 2.0) * sqrt(2.0));
    assert_near(c.value[TW_VALUE_value][0], want, 1e-15);
    assert_near(c.value[TW_VALUE_value][0] - c.value[TW_VALUE_value][1], -0.005 * exp(-0.02), 1e-15);
    assert_int_equal(tw_row_status_code(c.status[2]), TW_ROW_CONFLICT);
    assert_int_equal(tw_row_status_column(c.status[2]), TW_COL_strike);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sabr_limits),  cmocka_unit_test(sabr_alpha_and_fit),      cmocka_unit_test(sabr_density),
        cmocka_unit_test(svi_forms),    cmocka_unit_test(svi_butterfly),           cmocka_unit_test(svi_fits),
        cmocka_unit_test(surfaces),     cmocka_unit_test(noisy_chain_is_repaired), cmocka_unit_test(grid_of_vols),
        cmocka_unit_test(smile_engine), cmocka_unit_test(local_volatility),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

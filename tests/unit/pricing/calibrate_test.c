/* SPDX-License-Identifier: Apache-2.0 */
/* calibrate_test.c - heston and bates are found again from volatilities they made, with and without noise. */
#include "option_case.h"

#include "tradewind/num.h"
#include "tradewind/surface.h"

enum { EXPIRIES = 6, STRIKES = 20, QUOTES = EXPIRIES * STRIKES };

typedef struct chain {
    double T[QUOTES], forward[QUOTES], strike[QUOTES], vol[QUOTES];
    tw_chain_quotes quotes;
} chain;

static double black_otm(double F, double K, double sd)
{
    const double side = K > F ? 1.0 : -1.0, d = tw_log(F / K) / sd + 0.5 * sd;
    return side * (F * tw_norm_cdf(side * d) - K * tw_norm_cdf(side * (d - sd)));
}

static double implied(double price, double F, double K, double T)
{
    double lo = 1e-4, hi = 5.0;
    for (int i = 0; i < 100; i++) {
        const double mid = 0.5 * (lo + hi);
        if (black_otm(F, K, mid * sqrt(T)) < price)
            lo = mid;
        else
            hi = mid;
    }
    return 0.5 * (lo + hi);
}

static void make_chain(chain *c, const tw_heston *h, double noise)
{
    static option_case o;
    static const double T[EXPIRIES] = {0.08, 0.25, 0.5, 1.0, 1.5, 2.5};
    memset(&o, 0, sizeof o);
    o.n = QUOTES;
    for (size_t i = 0; i < QUOTES; i++) {
        c->T[i] = T[i / STRIKES];
        c->forward[i] = 100.0 * exp(0.01 * c->T[i]);
        c->strike[i] = c->forward[i] * exp(0.4 * sqrt(c->T[i]) * (2.0 * (double)(i % STRIKES) / STRIKES - 1.0));
        const double x[] = {c->strike[i] > c->forward[i] ? 1.0 : -1.0,
                            c->forward[i],
                            c->strike[i],
                            0.0,
                            0.0,
                            c->T[i],
                            h->v0,
                            h->kappa,
                            h->theta,
                            h->sigma,
                            h->rho,
                            h->jump_rate,
                            h->jump_mean,
                            h->jump_vol};
        const tw_column_id at[] = {TW_COL_type,  TW_COL_spot,      TW_COL_strike,    TW_COL_r,       TW_COL_q,
                                   TW_COL_T,     TW_COL_v0,        TW_COL_kappa,     TW_COL_theta_v, TW_COL_sigma_v,
                                   TW_COL_rho_v, TW_COL_jump_rate, TW_COL_jump_mean, TW_COL_jump_vol};
        for (size_t k = 0; k < sizeof at / sizeof *at; k++) option_put(&o, i, at[k], x[k]);
    }
    option_price(&o, &(option_call){.engine = "contour", .instrument = "european", .model = "bates"});
    for (size_t i = 0; i < QUOTES; i++)
        c->vol[i] = implied(o.value[TW_VALUE_value][i], c->forward[i], c->strike[i], c->T[i]) +
                    noise * ((double)(i * 7919 % 1009) / 1009.0 - 0.5);
    c->quotes = (tw_chain_quotes){QUOTES, 100.0, c->T, c->forward, c->strike, c->vol, NULL};
}

static void check(const tw_heston *got, const tw_heston *want, double tolerance)
{
    assert_near(got->v0, want->v0, tolerance);
    assert_near(got->theta, want->theta, tolerance);
    assert_near(got->kappa / want->kappa, 1.0, 20.0 * tolerance);
    assert_near(got->sigma, want->sigma, 10.0 * tolerance);
    assert_near(got->rho, want->rho, 10.0 * tolerance);
}

static chain c;

static void heston(void **state)
{
    (void)state;
    const tw_heston all[] = {{0.04, 1.5, 0.05, 0.5, -0.6, 0, 0, 0},
                             {0.09, 0.6, 0.04, 0.3, -0.3, 0, 0, 0},
                             {0.02, 3.0, 0.06, 0.9, -0.8, 0, 0, 0}}; /* Feller's condition does not hold */
    for (int i = 0; i < 3; i++) {
        tw_heston got = {0};
        tw_fit_report report;
        make_chain(&c, &all[i], 0.0);
        assert_int_equal(tw_heston_fit(NULL, &c.quotes, false, &got, &report, NULL), TW_OK);
        assert_true(report.converged && report.rmse < 1e-7);
        check(&got, &all[i], 1e-5);
    }
    tw_heston got = {0}, base = {0};
    tw_fit_report report;
    make_chain(&c, &all[0], 0.004);
    assert_int_equal(tw_heston_fit(NULL, &c.quotes, false, &got, &report, NULL), TW_OK);
    assert_true(report.converged && report.rmse < 0.0013);
    check(&got, &all[0], 0.005);
    const tw_ctx ctx = {.isa = TW_ISA_BASELINE};
    assert_int_equal(tw_heston_fit(&ctx, &c.quotes, false, &base, NULL, NULL), TW_OK);
    assert_memory_equal(&got, &base, sizeof got);
}

static void bates(void **state)
{
    (void)state;
    const tw_heston want = {0.04, 1.5, 0.05, 0.5, -0.6, 0.5, -0.12, 0.1};
    tw_heston got = {0};
    tw_fit_report report;
    make_chain(&c, &want, 0.0);
    assert_int_equal(tw_heston_fit(NULL, &c.quotes, true, &got, &report, NULL), TW_OK);
    assert_true(report.rmse < 1e-6);
    check(&got, &want, 1e-3);
    assert_near(got.jump_rate, want.jump_rate, 1e-2);
    assert_near(got.jump_mean, want.jump_mean, 1e-2);
}

static void failures(void **state)
{
    (void)state;
    tw_heston got = {0};
    tw_error err;
    make_chain(&c, &(tw_heston){0.04, 1.5, 0.05, 0.5, -0.6, 0, 0, 0}, 0.0);
    c.quotes.n = 4;
    assert_int_equal(tw_heston_fit(NULL, &c.quotes, false, &got, NULL, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "at least 5 quotes"));
    c.quotes.n = QUOTES;
    c.T[QUOTES - 1] = 0.01;
    assert_int_equal(tw_heston_fit(NULL, &c.quotes, false, &got, NULL, &err), TW_BAD_VALUE);
    for (size_t i = 0; i < QUOTES; i++) c.vol[i] = -1.0;
    assert_int_equal(tw_heston_fit(NULL, &c.quotes, false, &got, NULL, &err), TW_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(heston), cmocka_unit_test(bates), cmocka_unit_test(failures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* grid_test.c - finite differences: orders, exercise, edges, dates, limits. */
#include "price_rows.h"

#define FD "finite_difference"
#define REFERENCE "type=-1 spot=100 strike=100 r=0.05 q=0.02 vol=0.2 T=1"

static double with(const char *instrument, const char *params, const char *more)
{
    char columns[512];
    (void)snprintf(columns, sizeof columns, "%s %s", REFERENCE, more);
    return price_one(FD, params, instrument, columns);
}

static double black(const char *more)
{
    char columns[512];
    (void)snprintf(columns, sizeof columns, "%s %s", REFERENCE, more);
    return price_one("black", "", "european", columns);
}

/* Both steps halved: errors fall by 4 for schemes of second order; time alone halved for the implicit one, by 2. */
static void orders_of_convergence(void **state)
{
    (void)state;
    const double exact = black("strike=105");
    static const char *const second[] = {"crank_nicolson", "tr_bdf2", "douglas"};
    for (int s = 0; s < 3; s++) {
        double error[3];
        for (int k = 0; k < 3; k++) {
            char params[128];
            (void)snprintf(params, sizeof params, "scheme=%s space=%d time=%d", second[s], 200 << k, 50 << k);
            error[k] = fabs(with("european", params, "strike=105") - exact);
        }
        assert_in_range((long)(100.0 * log2(error[0] / error[1])), 170, 240);
        assert_in_range((long)(100.0 * log2(error[1] / error[2])), 170, 240);
    }
    const double coarse = fabs(with("european", "scheme=implicit space=2000 time=50", "strike=105") - exact);
    const double fine = fabs(with("european", "scheme=implicit space=2000 time=100", "strike=105") - exact);
    assert_in_range((long)(100.0 * log2(coarse / fine)), 90, 110);
}

/* Against the high precision of collocation in QuantLib 1.29, and the three ways to impose the floor with one another.
 */
static void american(void **state)
{
    (void)state;
    const double projected = with("american", "", "");
    assert_near(projected, 6.660686230723, 3e-5);
    assert_near(with("american", "american=policy", ""), projected, 1e-10);
    assert_near(with("american", "american=penalty", ""), projected, 1e-8);
    assert_near(with("american", "scheme=tr_bdf2 american=policy", ""), projected, 3e-5);
    assert_near(with("american", "space=1600 time=1600", ""), 6.660686230723, 2e-6);
    /* a call that is never exercised early is the European one */
    assert_near(with("american", "", "type=1 q=0"), with("european", "", "type=1 q=0"), 1e-3 * 0.01);
    /* exercised at once: exactly what it pays */
    assert_same(with("american", "", "spot=50"), 50.0);
}

/* A put under negative rates is exercised between two prices: the floor's first nodes are free, and only the iterations
 * find that. */
static void two_exercise_prices(void **state)
{
    (void)state;
    static const char *const row = "r=-0.01 q=-0.06 vol=0.1 T=5 spot=90";
    const double value = with("american", "", row), policy = with("american", "american=policy", row);
    assert_same(value, policy);
    assert_near(with("american", "american=penalty", row), policy, 1e-6);
    assert_true(value >= black(row));
    assert_near(with("american", "space=1600 time=1600", row), value, 3e-4);
}

static void barriers_in_and_out(void **state)
{
    (void)state;
    for (int up = 0; up < 2; up++)
        for (int fixings = 0; fixings <= 12; fixings += 12) {
            char in[128], out[128];
            (void)snprintf(in, sizeof in, "barrier=%d barrier_type=%d fixings=%d", up ? 118 : 85, 2 * up, fixings);
            (void)snprintf(out, sizeof out, "barrier=%d barrier_type=%d fixings=%d", up ? 118 : 85, 2 * up + 1,
                           fixings);
            const double sum = with("barrier", "", in) + with("barrier", "", out);
            assert_near(sum, black(""), 1e-4);
        }
    /* QuantLib's closed form; a barrier that is looked at often is nearly one that always holds */
    const double always = with("barrier", "", "type=1 barrier=85 barrier_type=1");
    assert_near(always, 8.759460458736, 1e-4);
    const double daily = with("barrier", "", "type=1 barrier=85 barrier_type=1 fixings=250");
    /* Broadie, Glasserman and Kou (1997): like a barrier further off by 0.5826 vol sqrt(dt) */
    const double moved = with("barrier", "", "type=1 barrier=84.376 barrier_type=1");
    assert_true(daily > always);
    assert_near(daily, moved, 1e-4);
    /* already over it */
    assert_same(with("barrier", "", "spot=80 barrier=85 barrier_type=1 rebate=3"), 3.0);
    assert_near(with("barrier", "", "spot=80 barrier=85 barrier_type=0"), black("spot=80"), 1e-3 * 0.1);
}

static void touches_add_up(void **state)
{
    (void)state;
    const double bond = 10.0 * exp(-0.05);
    const double touch = with("one_touch_expiry", "", "type=1 strike=110 cash=10");
    assert_near(touch + with("no_touch", "", "type=1 strike=110 cash=10"), bond, 1e-6);
    assert_near(with("one_touch", "", "type=1 strike=110 cash=10"), 6.388317575470, 2e-4);
    const double two = with("double_touch", "", "barrier=90 barrier_high=115 cash=10");
    assert_near(two + with("double_no_touch", "", "barrier=90 barrier_high=115 cash=10"), bond, 1e-6);
    assert_near(with("digital_cash", "", "type=1 cash=10"), 4.945810910532, 1e-4);
    /* a call is an asset less cash */
    const double apart = with("digital_asset", "", "type=1") - with("digital_cash", "", "type=1 cash=100");
    assert_near(apart, black("type=1"), 2e-4);
}

/* The same contract in larger and smaller prices, bit for bit where the scale is a power of two. */
static void scales(void **state)
{
    (void)state;
    const double one = with("american", "", "");
    price_rows *p = price_rows_new(FD, "", "american", "black_scholes");
    for (int k = -900; k <= 900; k += 300) {
        price_rows_add(p, REFERENCE);
        const size_t row = p->contracts.n - 1;
        p->column[TW_COL_spot][row] = p->column[TW_COL_strike][row] = ldexp(100.0, k);
    }
    price_rows_run(p, TW_VALUE_BIT(TW_VALUE_value));
    for (size_t i = 0; i < p->contracts.n; i++)
        assert_same(p->value[TW_VALUE_value][i], ldexp(one, -900 + 300 * (int)i));
    price_rows_free(p);
}

static void no_time_or_no_volatility(void **state)
{
    (void)state;
    assert_same(with("american", "", "T=0 spot=90"), 10.0);
    assert_same(with("european", "", "T=0 spot=90"), 10.0);
    assert_same(with("barrier", "", "T=0 spot=90 barrier=80 barrier_type=1"), 10.0);
    assert_near(with("european", "", "vol=0 strike=110"), black("vol=0 strike=110"), 1e-14);
    assert_near(with("american", "", "vol=0 strike=110"), 10.0, 1e-14);
    /* strike 100 and r 1 %, spot 100 and q 4 %: a put is best held; 99 e^(-q t) against 100 e^(-r t) */
    assert_near(with("american", "", "vol=0 r=0.01 q=0.04"), 100.0 * (exp(-0.01) - exp(-0.04)), 1e-12);
    /* the price drifts to 103.05: over a barrier at 102 after ln(1.02) / 3 % years */
    assert_near(with("barrier", "", "vol=0 barrier=102 barrier_type=3 rebate=2"), 2.0 * exp(-0.05 * log(1.02) / 0.03),
                1e-12);
    /* nearly no volatility is nearly the limit */
    assert_near(with("american", "", "vol=1e-4 strike=110"), 10.0, 1e-9);
    assert_near(with("european", "", "vol=1e-4 strike=110"), black("vol=0 strike=110"), 1e-5);
}

/* Wide laws are priced as long as the mesh reaches them, and refused beyond: never a number that is wrong. */
static void wide_laws(void **state)
{
    (void)state;
    assert_near(with("european", "", "vol=8"), black("vol=8"), 1e-5);
    assert_near(with("european", "", "vol=8 type=1"), black("vol=8 type=1"), 1e-5);
    price_rows *p = price_rows_new(FD, "", "american", "black_scholes");
    price_rows_add(p, REFERENCE " vol=50 T=10");
    price_rows_run(p, 1);
    assert_int_equal(tw_row_status_code(p->status[0]), TW_ROW_NO_CONVERGENCE);
    assert_true(isnan(p->value[0][0]));
    price_rows_free(p);
}

static void dividends(void **state)
{
    (void)state;
    static const double time[] = {0.25, 0.75}, amount[] = {2.0, 3.0};
    double value[2][3];
    for (int call = 0; call < 2; call++)
        for (int m = 0; m < 3; m++) {
            price_rows *p = price_rows_new(FD, "", "european", "black_scholes");
            price_rows_add(p, call ? REFERENCE " type=1" : REFERENCE);
            p->contracts.dividends = (tw_dates){.n = 2, .time = time, .amount = amount};
            p->market.dividend_model = (tw_dividend_model)m;
            price_rows_run(p, TW_VALUE_BIT(TW_VALUE_value));
            value[call][m] = p->value[TW_VALUE_value][0];
            price_rows_free(p);
        }
    /* parity holds in each model, with the forward of a stock that pays them */
    const double less = 2.0 * exp(-0.03 * 0.25) + 3.0 * exp(-0.03 * 0.75);
    for (int m = 0; m < 3; m++)
        assert_near(value[1][m] - value[0][m], (100.0 - less) * exp(-0.02) - 100.0 * exp(-0.05), 1e-5);
    char spot[64];
    (void)snprintf(spot, sizeof spot, "spot=%.17g", 100.0 - less);
    assert_near(value[0][TW_DIVIDENDS_ESCROWED], black(spot), 2e-4);
    /* the model in which the whole price is lognormal until it drops moves most of the three but for the last */
    assert_true(value[0][TW_DIVIDENDS_ESCROWED] < value[0][TW_DIVIDENDS_SPOT]);
    assert_true(value[0][TW_DIVIDENDS_SPOT] < value[0][TW_DIVIDENDS_FORWARD]);
}

/* Dates at which nothing is owed leave a price alone; with many exercise dates a Bermudan is nearly an American. */
static void bermudan(void **state)
{
    (void)state;
    static double daily[250];
    for (int i = 0; i < 250; i++) daily[i] = (i + 1) / 250.0;
    double value[3];
    static const size_t count[3] = {1, 10, 250};
    for (int k = 0; k < 3; k++) {
        price_rows *p = price_rows_new(FD, "", "bermudan", "black_scholes");
        double dates[250];
        for (size_t i = 0; i < count[k]; i++) dates[i] = daily[(i + 1) * (250 / count[k]) - 1];
        price_rows_add(p, REFERENCE);
        p->contracts.dates = (tw_dates){.n = count[k], .time = dates};
        price_rows_run(p, TW_VALUE_BIT(TW_VALUE_value));
        value[k] = p->value[TW_VALUE_value][0];
        price_rows_free(p);
    }
    assert_near(value[0], with("european", "", ""), 1e-6);
    assert_true(value[0] < value[1] && value[1] < value[2]);
    assert_near(value[2], with("american", "", ""), 3e-3);
    assert_true(value[2] < with("american", "", ""));
}

/* Rows side by side, threads, instruction sets: same bits. Mixed instruments' rows of every kind are in it. */
static void same_bits(void **state)
{
    (void)state;
    price_rows *p = price_rows_new(FD, "space=60 time=30", "barrier", "black_scholes");
    static double values[PRICE_ROWS_MAX];
    for (int i = 0; i < 300; i++) {
        char row[256];
        (void)snprintf(row, sizeof row,
                       REFERENCE " type=%d strike=%d vol=%g T=%g barrier=%d barrier_type=%d fixings=%d", i % 2 ? 1 : -1,
                       80 + i % 41, 0.1 + 0.01 * (i % 37), 0.1 + 0.03 * (i % 29), i % 4 < 2 ? 90 : 112, i % 4,
                       i % 3 ? 0 : i % 7);
        price_rows_add(p, row);
    }
    price_rows_run(p, 1);
    memcpy(values, p->value[0], sizeof values);
    for (int isa = TW_ISA_BASELINE; isa <= TW_ISA_AVX512; isa++) {
        p->ctx.isa = (tw_isa)isa;
        price_rows_run(p, 1);
        assert_memory_equal(values, p->value[0], 300 * sizeof(double));
    }
    for (size_t i = 0; i < 300; i += 37) {
        price_rows *one = price_rows_new(FD, "space=60 time=30", "barrier", "black_scholes");
        one->contracts.n = 1;
        for (int c = 0; c < TW_COLUMN_COUNT; c++) {
            one->column[c][0] = p->column[c][i];
            if (p->contracts.column[c].data) one->contracts.column[c] = (tw_column){one->column[c], 1};
        }
        price_rows_run(one, 1);
        assert_same(one->value[0][0], values[i]);
        price_rows_free(one);
    }
    price_rows_free(p);
}

/* Greeks of nodes and bumps against closed forms of the European put. */
static void greeks(void **state)
{
    (void)state;
    price_rows *p = price_rows_new(FD, "", "european", "black_scholes"), *q;
    q = price_rows_new("black", "", "european", "black_scholes");
    price_rows_add(p, REFERENCE " strike=95");
    price_rows_add(q, REFERENCE " strike=95");
    const uint32_t all = (1u << TW_VALUE_error_estimate) - 1u;
    price_rows_run(p, all | TW_VALUE_BIT(TW_VALUE_error_estimate));
    price_rows_run(q, all);
    static const struct {
        tw_value_id id;
        double tolerance;
    } near[] = {{TW_VALUE_delta, 1e-5}, {TW_VALUE_gamma, 1e-5}, {TW_VALUE_theta, 1e-3}, {TW_VALUE_vega, 1e-3},
                {TW_VALUE_rho, 1e-3},   {TW_VALUE_vanna, 1e-3}, {TW_VALUE_volga, 1e-2}, {TW_VALUE_charm, 1e-3}};
    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        assert_near(p->value[near[i].id][0], q->value[near[i].id][0], near[i].tolerance);
    const double error = fabs(p->value[0][0] - q->value[0][0]), said = p->value[TW_VALUE_error_estimate][0];
    assert_true(error < 2.0 * said && said < 5.0 * error + 1e-6);
    price_rows_free(p);
    price_rows_free(q);
}

static void other_models(void **state)
{
    (void)state;
    price_rows *p = price_rows_new(FD, "", "european", "bachelier");
    price_rows_add(p, "type=1 spot=1 strike=1 r=0.03 vol=0.8 T=2");
    price_rows_run(p, 1);
    assert_near(p->value[0][0], exp(-0.06) * 0.8 * sqrt(2.0) / sqrt(2.0 * acos(-1.0)), 1e-5);
    price_rows_free(p);
    p = price_rows_new(FD, "", "european", "shifted");
    price_rows_add(p, "type=1 spot=-1 strike=-1 shift=101 r=0.03 vol=0.2 T=1");
    price_rows_run(p, 1);
    assert_near(p->value[0][0], black("type=1 r=0.03 q=0.03"), 1e-4);
    price_rows_add(p, "shift=0.5");
    price_rows_run(p, 1);
    assert_int_equal(tw_row_status_code(p->status[1]), TW_ROW_CONFLICT);
    price_rows_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_of_convergence),
        cmocka_unit_test(american),
        cmocka_unit_test(two_exercise_prices),
        cmocka_unit_test(barriers_in_and_out),
        cmocka_unit_test(touches_add_up),
        cmocka_unit_test(scales),
        cmocka_unit_test(no_time_or_no_volatility),
        cmocka_unit_test(wide_laws),
        cmocka_unit_test(dividends),
        cmocka_unit_test(bermudan),
        cmocka_unit_test(same_bits),
        cmocka_unit_test(greeks),
        cmocka_unit_test(other_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

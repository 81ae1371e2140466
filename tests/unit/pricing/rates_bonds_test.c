/* SPDX-License-Identifier: Apache-2.0 */
/* Bonds: worked examples, edges (last period, ex coupon, stubs, negative yields), measures against bumps, batches, and
 * refusals. */
#include "rates_case.h"

/* One bond and the convention it has. */
typedef struct one_bond {
    tw_date settle, issue, maturity, first;
    double coupon, spread;
    int frequency;
    tw_bond_convention convention;
} one_bond;

static one_bond bond_of(const char *settle, const char *issue, const char *maturity, double coupon)
{
    return (one_bond){.settle = date_of(settle),
                      .issue = date_of(issue),
                      .maturity = date_of(maturity),
                      .first = TW_NO_DATE,
                      .coupon = coupon,
                      .spread = NAN,
                      .frequency = 2,
                      .convention = {.day_count = day_count_of("act/act icma"),
                                     .compounding = TW_SEMIANNUAL,
                                     .street = true,
                                     .month_end = true}};
}

static tw_bonds view(const one_bond *b)
{
    return (tw_bonds){.n = 1,
                      .settle = &b->settle,
                      .issue = &b->issue,
                      .maturity = &b->maturity,
                      .first_coupon = &b->first,
                      .coupon = &b->coupon,
                      .frequency = &b->frequency,
                      .spread = &b->spread,
                      .convention = &b->convention};
}

typedef struct figures {
    double clean, dirty, accrued, yield, macaulay, modified, convexity, dv01;
    tw_status status;
    tw_error err;
} figures;

static tw_bond_values into(figures *f)
{
    *f = (figures){.status = TW_STATUS_COUNT};
    return (tw_bond_values){&f->clean,    &f->dirty,     &f->accrued, &f->yield,  &f->macaulay,
                            &f->modified, &f->convexity, &f->dv01,    &f->status, &f->err};
}

static figures at_yield(const one_bond *b, double yield)
{
    figures f;
    const tw_bonds bonds = view(b);
    const tw_bond_values out = into(&f);
    const size_t failed = tw_bonds_from_yield(&bonds, &yield, &out);
    assert_int_equal(failed, f.status != TW_OK);
    return f;
}

static figures at_price(const one_bond *b, double clean)
{
    figures f;
    const tw_bonds bonds = view(b);
    const tw_bond_values out = into(&f);
    const size_t failed = tw_bonds_from_price(&bonds, &clean, &out);
    assert_int_equal(failed, f.status != TW_OK);
    return f;
}

/* US Treasury, 31 CFR part 356, appendix B, section II, example A: 8 3/4 % of 15 May 1990 due 15 May 2020, at a yield
 * of 8.84 %. */
static void treasury_regular(void **state)
{
    (void)state;
    const one_bond b = bond_of("1990-05-15", "1990-05-15", "2020-05-15", 0.0875);
    const figures f = at_yield(&b, 0.0884);
    assert_near(f.clean, 99.057893, 5e-9);
    assert_near(f.accrued, 0, 0);
}

/* A short first period of a two-year note, by hand: the stub is a fraction of the period from 31 March. */
static void short_first_period(void **state)
{
    (void)state;
    const one_bond b = bond_of("1990-04-02", "1990-04-02", "1992-03-31", 0.085);
    const double v = 1 / 1.04295, w = 181 / 183.0; /* of the period from 31 March */
    double want = 100 * 0.0425 * w * pow(v, w);
    for (int k = 1; k < 4; k++) want += 4.25 * pow(v, w + k);
    assert_near(at_yield(&b, 0.0859).dirty, want + 100 * pow(v, w + 3), 1e-14);
}

static void yields_come_back(void **state)
{
    (void)state;
    tw_random r = {.seed = 33};
    static const int ways[] = {TW_SIMPLE, TW_ANNUAL, TW_SEMIANNUAL, TW_QUARTERLY, TW_MONTHLY, TW_CONTINUOUS};
    static const int frequencies[] = {0, 1, 2, 3, 4, 6, 12};
    for (int round = 0; round < 3000; round++) {
        one_bond b = bond_of("2024-01-03", "2020-05-15", "2030-05-15", 0);
        b.maturity = b.settle + 1 + (tw_date)tw_random_below(&r, 15000);
        b.issue = b.settle - (tw_date)tw_random_below(&r, 3000) - 1;
        b.frequency = frequencies[tw_random_below(&r, 7)];
        b.coupon = 0.12 * tw_random_uniform(&r);
        b.convention.compounding = ways[tw_random_below(&r, 6)];
        b.convention.ex_days = (int)tw_random_below(&r, 2) * 9;
        /* A simple rate below -1 / years has no meaning. */
        const double yield = b.convention.compounding == TW_SIMPLE ? 0.2 * tw_random_uniform(&r) - 0.01
                                                                   : 0.6 * tw_random_uniform(&r) - 0.2;
        const figures f = at_yield(&b, yield), back = at_price(&b, f.clean);
        assert_int_equal(f.status, TW_OK);
        assert_int_equal(back.status, TW_OK);
        assert_near(back.dirty, f.dirty, 1e-13);
        if (f.modified > 0.01) assert_near(back.yield, yield, 3e-13);
    }
}

/* Durations, convexity and dv01 are derivatives of the price. */
static void measures_agree_with_bumps(void **state)
{
    (void)state;
    static const int ways[] = {TW_SIMPLE, TW_ANNUAL, TW_SEMIANNUAL, TW_CONTINUOUS};
    for (size_t k = 0; k < 4; k++) {
        one_bond b = bond_of("2024-01-03", "2020-05-15", "2037-08-15", 0.0425);
        b.convention.compounding = ways[k];
        const double h = 1e-4, y = 0.0371;
        const figures f = at_yield(&b, y), up = at_yield(&b, y + h), down = at_yield(&b, y - h);
        assert_near(f.modified, (down.dirty - up.dirty) / (2 * h) / f.dirty, 1e-6);
        assert_near(f.convexity, (up.dirty - 2 * f.dirty + down.dirty) / (h * h) / f.dirty, 1e-4);
        assert_near(f.dv01, (down.dirty - up.dirty) / 2, 1e-6);
        assert_near(f.dirty, f.clean + f.accrued, 1e-13);
    }
}

static void the_last_period_is_simple(void **state)
{
    (void)state;
    one_bond b = bond_of("2024-02-16", "2020-05-15", "2024-05-15", 0.05);
    b.convention.simple_last = true;
    const double accrued = 2.5 * 93 / 182, w = 89 / 182.0;
    const figures f = at_yield(&b, 0.0523);
    assert_near(f.accrued, accrued, 1e-14);
    assert_near(f.dirty, 102.5 / (1 + 0.0523 / 2 * w), 1e-13);
    assert_near(at_price(&b, f.clean).yield, 0.0523, 1e-13);
    assert_near(f.modified, w / 2 / (1 + 0.0523 / 2 * w), 1e-14);
    /* Two payments to come: compounded. */
    b.settle = date_of("2023-11-14");
    assert_near(at_yield(&b, 0.0523).dirty,
                2.5 * pow(1 + 0.0523 / 2, -1 / 184.0) + 102.5 * pow(1 + 0.0523 / 2, -185 / 184.0), 1e-12);
}

/* A gilt that is ex coupon: interest is negative, and the buyer does not get the coupon. */
static void ex_coupon(void **state)
{
    (void)state;
    one_bond b = bond_of("2024-01-29", "2017-01-31", "2027-01-31", 0.04);
    b.convention.ex_days = 7;
    const figures with = at_yield(&b, 0.041);
    assert_near(with.accrued, -2.0 * 2 / 184, 1e-14);
    b.convention.ex_days = 0;
    const figures without = at_yield(&b, 0.041);
    assert_near(without.accrued, 2.0 * 182 / 184, 1e-14);
    assert_near(without.dirty - with.dirty, 2 * pow(1.0205, -2 / 184.0), 1e-13);
    b.convention.ex_days = 7;
    tw_payment payment[8];
    size_t n = 0;
    tw_error err;
    const tw_bonds bonds = view(&b);
    assert_ok(tw_bond_payments(&bonds, 0, 8, payment, &n, &err), &err);
    assert_int_equal(n, 6);
    assert_int_equal(payment[0].date, date_of("2024-07-31"));
    assert_near(payment[5].amount, 102, 1e-13);
    assert_int_equal(tw_bond_payments(&bonds, 0, 5, payment, &n, &err), TW_TOO_LARGE);
}

static void zero_coupon_and_negative_yields(void **state)
{
    (void)state;
    one_bond b = bond_of("2024-01-03", "2024-01-02", "2034-01-03", 0);
    b.frequency = 0;
    b.convention.day_count = day_count_of("act/365f");
    b.convention.compounding = TW_CONTINUOUS;
    const double t = 3653 / 365.0;
    const figures f = at_yield(&b, -0.0042);
    assert_near(f.clean, 100 * exp(0.0042 * t), 1e-13);
    assert_near(f.macaulay, t, 1e-14);
    assert_near(f.convexity, t * t, 1e-13);
    assert_near(at_price(&b, 106.31).yield, -log(1.0631) / t, 1e-15);
    /* Prices far from par still have yields. */
    assert_near(at_price(&b, 1e-6).yield, log(1e8) / t, 1e-13);
    assert_near(at_price(&b, 1e7).yield, -log(1e5) / t, 1e-13);
}

static void floaters(void **state)
{
    (void)state;
    one_bond b = bond_of("2024-01-02", "2023-07-02", "2029-07-02", 0.0391);
    b.convention.day_count = day_count_of("act/365f");
    b.spread = 0;
    figures f;
    void *block = malloc(tw_curve_bytes(1));
    const tw_bond_market market = {{.date = b.settle}, tw_curve_flat(0.037, block), NULL};
    tw_bonds bonds = view(&b);
    tw_bond_values out = into(&f);
    assert_int_equal(tw_bonds_from_curve(&bonds, &market, NULL, &out), 0);
    /* On the day of a coupon, without a spread and on one curve, it is worth its face. */
    assert_near(f.dirty, 100, 1e-13);
    b.settle = date_of("2024-02-12");
    const tw_bond_market later = {{.date = b.settle}, market.discount, NULL};
    b.coupon = 0.0391;
    out = into(&f);
    assert_int_equal(tw_bonds_from_curve(&bonds, &later, NULL, &out), 0);
    const double first = 100 * 0.0391 * 182 / 365;
    assert_near(f.dirty, (100 + first) * exp(-0.037 * 141 / 365), 1e-12);
    const double at = f.clean;
    assert_int_equal(tw_bonds_zspread(&bonds, &later, &at, &out), 0);
    assert_near(f.yield, 0, 1e-15);
    f = at_yield(&b, 0.03);
    assert_int_equal(f.status, TW_UNSUPPORTED);
    assert_string_equal(f.err.message, "bond: a floater has no yield; value it on a curve");
    free(block);
}

static void refuse(const one_bond *b, tw_status status, const char *message)
{
    const figures f = at_yield(b, 0.03);
    assert_int_equal(f.status, status);
    assert_true(isnan(f.clean) && isnan(f.dv01));
    assert_string_equal(f.err.message, message);
}

static void bad_rows_say_why(void **state)
{
    (void)state;
    const one_bond good = bond_of("2024-01-03", "2020-05-15", "2030-05-15", 0.05);
    one_bond b = good;
    b.settle = b.maturity;
    refuse(&b, TW_BAD_VALUE, "bond: it has matured on the day of settlement");
    b = good;
    b.frequency = 5;
    refuse(&b, TW_BAD_VALUE, "bond: coupons a year must be 0, 1, 2, 3, 4, 6 or 12, got 5");
    b = good;
    b.coupon = NAN;
    refuse(&b, TW_BAD_VALUE, "bond: the coupon must be a rate between -10 and 10 (0.05 is 5 %), got nan");
    b = good;
    b.convention.day_count = day_count_of("bus/252");
    refuse(&b, TW_BAD_VALUE, "bond: the day count bus/252 needs a calendar");
    b = good;
    b.issue = b.maturity;
    assert_int_equal(at_yield(&b, 0.03).status, TW_BAD_VALUE);
    b = good;
    b.first = b.maturity + 1;
    assert_int_equal(at_yield(&b, 0.03).status, TW_BAD_VALUE);
    b = good;
    b.issue = TW_DATE_MIN;
    b.maturity = TW_DATE_MAX;
    b.frequency = 12;
    assert_int_equal(at_yield(&b, 0.03).status, TW_TOO_LARGE);
    b = good;
    assert_int_equal(at_yield(&b, -2).status, TW_BAD_VALUE);
    assert_int_equal(at_price(&b, -1).status, TW_BAD_VALUE);
    assert_int_equal(at_price(&b, NAN).status, TW_BAD_VALUE);
    assert_int_equal(at_price(&b, 100).status, TW_OK);
}

static void batches_are_rows(void **state)
{
    (void)state;
    enum { ROWS = 40 };
    tw_date settle[ROWS], issue[ROWS], maturity[ROWS];
    double coupon[ROWS], yield[ROWS], clean[ROWS];
    int frequency[ROWS];
    uint32_t which[ROWS];
    tw_status status[ROWS];
    tw_error first;
    one_bond b = bond_of("2024-01-03", "2020-05-15", "2030-05-15", 0.05);
    tw_bond_convention conventions[2] = {b.convention, b.convention};
    conventions[1].compounding = TW_CONTINUOUS;
    for (int i = 0; i < ROWS; i++) {
        settle[i] = b.settle;
        issue[i] = b.issue;
        maturity[i] = i % 10 == 7 ? b.settle - i : b.maturity + 37 * i;
        coupon[i] = 0.001 * i;
        yield[i] = 0.0013 * i;
        frequency[i] = 2;
        which[i] = (uint32_t)(i % 2);
    }
    const tw_bonds bonds = {.n = ROWS,
                            .settle = settle,
                            .issue = issue,
                            .maturity = maturity,
                            .coupon = coupon,
                            .frequency = frequency,
                            .convention = conventions,
                            .which = which};
    const tw_bond_values out = {.clean = clean, .status = status, .first_error = &first};
    assert_int_equal(tw_bonds_from_yield(&bonds, yield, &out), 4);
    assert_string_equal(first.message, "bond: it has matured on the day of settlement");
    for (int i = 0; i < ROWS; i++) {
        b.maturity = maturity[i];
        b.coupon = coupon[i];
        b.convention = conventions[which[i]];
        const figures f = at_yield(&b, yield[i]);
        assert_int_equal(status[i], f.status);
        if (f.status == TW_OK) assert_same(clean[i], f.clean);
    }
}

static void conventions(void **state)
{
    (void)state;
    tw_error err;
    tw_bond_convention c;
    int frequency = 0, days = 0;
    for (const char *const *name = tw_bond_convention_names(); *name; name++) {
        assert_ok(tw_bond_convention_find(*name, &c, &err), &err);
        tw_holidays_free(NULL, calendar_of(tw_bond_convention_calendar(*name, &frequency, &days)));
        assert_true(frequency > 0 && days > 0);
    }
    assert_int_equal(tw_bond_convention_find("us_tresury", &c, &err), TW_BAD_NAME);
    assert_string_equal(err.message, "no bond convention \"us_tresury\"; did you mean \"us_treasury\"?");
    assert_null(tw_bond_convention_calendar("x", NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(treasury_regular),
        cmocka_unit_test(short_first_period),
        cmocka_unit_test(yields_come_back),
        cmocka_unit_test(measures_agree_with_bumps),
        cmocka_unit_test(the_last_period_is_simple),
        cmocka_unit_test(ex_coupon),
        cmocka_unit_test(zero_coupon_and_negative_yields),
        cmocka_unit_test(floaters),
        cmocka_unit_test(bad_rows_say_why),
        cmocka_unit_test(batches_are_rows),
        cmocka_unit_test(conventions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

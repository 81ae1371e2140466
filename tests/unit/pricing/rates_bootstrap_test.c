/* SPDX-License-Identifier: Apache-2.0 */
/* Bootstraps under every interpolation: quotes are met, the Jacobian and reverse mode agree with bumps, two curves,
 * refusals that name the instrument. */
#include "rates_case.h"

enum { N = 13 };

typedef struct desk {
    tw_holidays *target;
    tw_rate_convention money, ois;
    tw_rate_instrument instrument[N], overnight[6];
    tw_valuation as_of;
} desk;

static tw_rate_instrument make(const desk *d, tw_rate_kind kind, double quote, const char *tenor)
{
    tw_rate_instrument i = {.kind = kind,
                            .quote = quote,
                            .start_date = TW_NO_DATE,
                            .end_date = TW_NO_DATE,
                            .convention = kind == TW_OIS ? &d->ois : &d->money};
    assert_true(tw_tenor_parse(tenor, strlen(tenor), &i.tenor));
    return i;
}

static void open_desk(desk *d)
{
    tw_error err;
    *d = (desk){.as_of = {.date = date_of("2024-01-02")}, .target = calendar_of("target")};
    assert_ok(tw_rate_convention_find("eur", &d->money, &err), &err);
    assert_ok(tw_rate_convention_find("eur_ois", &d->ois, &err), &err);
    d->money.holidays = d->ois.holidays = d->target;
    d->money.float_tenor = (tw_tenor){3, 'M'};
    const tw_rate_instrument all[N] = {
        make(d, TW_SWAP, 0.0253, "10Y"), make(d, TW_DEPOSIT, 0.0390, "1M"), make(d, TW_DEPOSIT, 0.0388, "3M"),
        make(d, TW_FUTURE, 96.13, "3M"), make(d, TW_FUTURE, 96.61, "3M"),   make(d, TW_FRA, 0.0311, "3M"),
        make(d, TW_SWAP, 0.0285, "2Y"),  make(d, TW_SWAP, 0.0260, "3Y"),    make(d, TW_SWAP, 0.0248, "5Y"),
        make(d, TW_SWAP, 0.0247, "7Y"),  make(d, TW_SWAP, 0.0260, "15Y"),   make(d, TW_SWAP, 0.0256, "20Y"),
        make(d, TW_SWAP, 0.0238, "30Y"),
    };
    memcpy(d->instrument, all, sizeof all);
    d->instrument[3].start_date = tw_date_imm(2024, 3);
    d->instrument[4].start_date = tw_date_imm(2024, 6);
    d->instrument[4].convexity = 0.00013;
    d->instrument[5].start = (tw_tenor){9, 'M'};
    static const char *const tenors[6] = {"1M", "6M", "18M", "5Y", "12Y", "30Y"};
    static const double quotes[6] = {0.0388, 0.0369, 0.0291, 0.0233, 0.0239, 0.0218};
    for (size_t i = 0; i < 6; i++) d->overnight[i] = make(d, TW_OIS, quotes[i], tenors[i]);
}

static tw_bootstrap *boot(const desk *d, const tw_interpolation *way, bool overnight, const tw_curve *discount)
{
    tw_error err;
    tw_bootstrap *b = NULL;
    const tw_bootstrap_spec spec = {d->as_of, way, overnight ? 6 : N, overnight ? d->overnight : d->instrument,
                                    discount};
    assert_ok(tw_bootstrap_new(NULL, &spec, &b, &err), &err);
    return b;
}

static void quotes_are_met(void **state)
{
    (void)state;
    desk d;
    size_t n = 0, of = 0;
    open_desk(&d);
    const tw_interpolation *const *ways = tw_interpolations(&n);
    for (size_t k = 0; k < n; k++) {
        tw_bootstrap *ois = boot(&d, ways[k], true, NULL), *one = boot(&d, ways[k], false, NULL);
        tw_bootstrap *two = boot(&d, ways[k], false, tw_bootstrap_curve(ois));
        for (size_t i = 0; i < 6; i++) assert_near(tw_bootstrap_quote(ois, i), d.overnight[i].quote, 1e-13);
        for (size_t i = 0; i < N; i++) {
            assert_near(tw_bootstrap_quote(one, i), d.instrument[i].quote, 1e-13);
            assert_near(tw_bootstrap_quote(two, i), d.instrument[i].quote, 1e-13);
            assert_near(tw_time_of(&d.as_of, tw_bootstrap_node(one, i, &of)),
                        tw_curve_node_time(tw_bootstrap_curve(one), i), 0);
        }
        assert_int_equal(of, 12);
        /* 3M FRA in 9 months: its forward rate is its quote. */
        const tw_date from = date_of("2024-10-04"), to = date_of("2025-01-06");
        const double p = tw_curve_discount(tw_bootstrap_curve(one), tw_time_of(&d.as_of, from));
        const double q = tw_curve_discount(tw_bootstrap_curve(one), tw_time_of(&d.as_of, to));
        assert_near((p / q - 1) * 360 / (to - from), 0.0311, 1e-14);
        tw_bootstrap_free(two);
        tw_bootstrap_free(one);
        tw_bootstrap_free(ois);
    }
    tw_holidays_free(NULL, d.target);
}

/* Value of an off-market 8-year receiver, its bars to all quotes by reverse mode. */
typedef struct sums {
    double value, quote[N], overnight[6];
} sums;

static const tw_swap *swap_of(const desk *d, tw_swap *swap)
{
    *swap = (tw_swap){.instrument = make(d, TW_SWAP, 0, "8Y"), .notional = 1e4, .fixed_rate = 0.031, .spread = 0.0004};
    return swap;
}

static double value_of(const desk *d, const tw_interpolation *way)
{
    tw_swap swap;
    double value = NAN;
    tw_bootstrap *ois = boot(d, way, true, NULL), *two = boot(d, way, false, tw_bootstrap_curve(ois));
    const tw_swap_market market = {d->as_of, tw_bootstrap_curve(two), tw_bootstrap_curve(ois)};
    assert_int_equal(tw_swaps_value(&market, 1, swap_of(d, &swap), &(tw_swap_values){.value = &value}), 0);
    tw_bootstrap_free(two);
    tw_bootstrap_free(ois);
    return value;
}

static void reverse(const desk *d, const tw_interpolation *way, sums *s)
{
    tw_error err;
    tw_swap swap;
    double forecast[N] = {0}, discount[6] = {0};
    tw_bootstrap *ois = boot(d, way, true, NULL), *two = boot(d, way, false, tw_bootstrap_curve(ois));
    const tw_swap_market market = {d->as_of, tw_bootstrap_curve(two), tw_bootstrap_curve(ois)};
    *s = (sums){0};
    assert_ok(tw_swap_adjoint(&market, swap_of(d, &swap), forecast, discount, &err), &err);
    tw_bootstrap_adjoint(two, forecast, s->quote, discount);
    tw_bootstrap_adjoint(ois, discount, s->overnight, NULL);
    tw_bootstrap_free(two);
    tw_bootstrap_free(ois);
}

static double bumped(desk *d, double *quote, double h, const tw_interpolation *way)
{
    const double before = *quote;
    *quote = before + h;
    const double up = value_of(d, way);
    *quote = before - h;
    const double down = value_of(d, way);
    *quote = before;
    return (up - down) / (2 * h);
}

static void assert_bar(const char *way, size_t i, double got, double want)
{
    if (fabs(got - want) > 2e-5 * (1 + fabs(want))) fail_msg("%s, quote %zu: %.12g, bumped %.12g", way, i, got, want);
}

static void reverse_mode_reaches_the_quotes(void **state)
{
    (void)state;
    desk d;
    sums s;
    size_t n = 0;
    open_desk(&d);
    const tw_interpolation *const *ways = tw_interpolations(&n);
    for (size_t k = 0; k < n; k++) {
        reverse(&d, ways[k], &s);
        for (size_t i = 0; i < N; i++)
            assert_bar(ways[k]->name, i, s.quote[i],
                       bumped(&d, &d.instrument[i].quote, i == 3 || i == 4 ? 1e-4 : 1e-6, ways[k]));
        for (size_t i = 0; i < 6; i++)
            assert_bar(ways[k]->name, 100 + i, s.overnight[i], bumped(&d, &d.overnight[i].quote, 1e-6, ways[k]));
    }
    tw_holidays_free(NULL, d.target);
}

static void the_jacobian_is_that_of_bumps(void **state)
{
    (void)state;
    desk d;
    tw_error err;
    const tw_interpolation *way = NULL;
    open_desk(&d);
    assert_ok(tw_interpolation_find("log_linear", &way, &err), &err);
    tw_bootstrap *b = boot(&d, way, false, NULL);
    for (size_t i = 0; i < N; i++) {
        const double h = d.instrument[i].kind == TW_FUTURE ? 1e-4 : 1e-6;
        d.instrument[i].quote += h;
        tw_bootstrap *up = boot(&d, way, false, NULL);
        d.instrument[i].quote -= 2 * h;
        tw_bootstrap *down = boot(&d, way, false, NULL);
        d.instrument[i].quote += h;
        for (size_t j = 0; j < N; j++) {
            const double t = tw_curve_node_time(tw_bootstrap_curve(b), j);
            const double want =
                (tw_curve_zero(tw_bootstrap_curve(up), t) - tw_curve_zero(tw_bootstrap_curve(down), t)) * t / (2 * h);
            assert_near(tw_bootstrap_jacobian(b, j, i), want, 1e-7);
        }
        tw_bootstrap_free(up);
        tw_bootstrap_free(down);
    }
    tw_bootstrap_free(b);
    tw_holidays_free(NULL, d.target);
}

static void swaps_have_their_parts(void **state)
{
    (void)state;
    desk d;
    tw_error err;
    const tw_interpolation *way = NULL;
    open_desk(&d);
    assert_ok(tw_interpolation_find("monotone_convex", &way, &err), &err);
    tw_bootstrap *b = boot(&d, way, false, NULL);
    tw_swap swap[4];
    double value[4], par[4], annuity[4], fixed[4], floats[4], dv01[4];
    tw_status status[4];
    (void)swap_of(&d, &swap[0]);
    swap[1] = swap[0];
    swap[1].payer = true;
    swap[2] = swap[0];
    swap[2].instrument.end_date = swap[2].instrument.start_date = d.as_of.date;
    /* A seasoned one: its first period has a fixing. */
    swap[3] = swap[0];
    swap[3].instrument.start_date = date_of("2023-10-16");
    swap[3].fixing = 0.0396;
    const tw_curve *curve = tw_bootstrap_curve(b);
    const tw_swap_market market = {d.as_of, curve, NULL};
    const tw_swap_values out = {value, par, annuity, fixed, floats, dv01, status};
    assert_int_equal(tw_swaps_value(&market, 4, swap, &out), 1);
    assert_int_equal(status[2], TW_BAD_VALUE);
    assert_true(isnan(value[2]) && isnan(dv01[2]));
    assert_near(value[1], -value[0], 1e-12);
    assert_near(value[0], fixed[0] + floats[0], 1e-11);
    assert_near(value[0], (0.031 - par[0]) * annuity[0], 1e-11);
    void *block = malloc(tw_curve_bytes(2));
    tw_curve *moved = NULL;
    double up, down;
    const double key = 1, h = 1e-6, minus = -1e-6;
    assert_ok(tw_curve_shifted(curve, &(tw_curve_shift){1, &key, &minus}, block, &moved, &err), &err);
    for (size_t i = 0; i < 4; i += 3) {
        assert_ok(tw_curve_shifted(curve, &(tw_curve_shift){1, &key, &minus}, block, &moved, &err), &err);
        (void)tw_swaps_value(&(tw_swap_market){d.as_of, moved, NULL}, 1, &swap[i], &(tw_swap_values){.value = &down});
        assert_ok(tw_curve_shifted(curve, &(tw_curve_shift){1, &key, &h}, block, &moved, &err), &err);
        (void)tw_swaps_value(&(tw_swap_market){d.as_of, moved, NULL}, 1, &swap[i], &(tw_swap_values){.value = &up});
        assert_near(dv01[i], (down - up) / (2 * h) * 1e-4, 1e-8);
    }
    /* By hand: what the fixing pays, and the rest floats. */
    const double pay = tw_time_of(&d.as_of, date_of("2024-01-16"));
    const double first = 0.0396 * 92 / 360 * tw_curve_discount(curve, pay);
    assert_true(floats[3] < 0 && -floats[3] > 1e4 * first);
    free(block);
    tw_bootstrap_free(b);
    tw_holidays_free(NULL, d.target);
}

static void refuse(const desk *d, tw_status want, const char *message)
{
    tw_error err;
    tw_bootstrap *b = NULL;
    tw_bootstrap_spec spec = {.as_of = d->as_of, .n = N, .instrument = d->instrument};
    assert_ok(tw_interpolation_find("log_linear", &spec.interpolation, &err), &err);
    assert_int_equal(tw_bootstrap_new(NULL, &spec, &b, &err), want);
    assert_string_equal(err.message, message);
}

static void bad_instruments_are_named(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    d.instrument[2].quote = NAN;
    refuse(&d, TW_BAD_VALUE,
           "bootstrap: instrument 3 (deposit 3M): the quote must be a rate between -10 and 10 (0.05 is 5 %), got nan");
    d.instrument[2] = d.instrument[1];
    refuse(
        &d, TW_BAD_VALUE,
        "bootstrap: instrument 3 (deposit 1M): it ends on 2024-02-05 as instrument 2 (deposit 1M) does: leave one out");
    d.instrument[2].tenor.n = 0;
    refuse(
        &d, TW_BAD_VALUE,
        "bootstrap: instrument 3 (deposit 0M): deposit 0M: neither a tenor of at least one nor an end date is given");
    d.instrument[2].tenor.n = 3;
    d.instrument[12].quote = 3.1;
    refuse(&d, TW_NO_CONVERGENCE, "bootstrap: instrument 13 (swap 30Y): no discount factor meets its quote of 3.1");
    d.instrument[12].quote = 0.02;
    d.instrument[12].name = "long end";
    d.instrument[12].start_date = date_of("2023-11-01");
    refuse(&d, TW_BAD_VALUE, "bootstrap: instrument 13 (long end): it starts before the day of valuation");
    tw_holidays_free(NULL, d.target);
}

static void conventions_have_calendars(void **state)
{
    (void)state;
    tw_error err;
    tw_rate_convention c;
    for (const char *const *name = tw_rate_convention_names(); *name; name++) {
        assert_ok(tw_rate_convention_find(*name, &c, &err), &err);
        tw_holidays_free(NULL, calendar_of(tw_rate_convention_calendar(*name)));
    }
    assert_int_equal(tw_rate_convention_find("eurois", &c, &err), TW_BAD_NAME);
    assert_null(tw_rate_convention_calendar("eurois"));
    for (int k = 0; k < TW_RATE_KIND_COUNT; k++) {
        tw_rate_kind kind;
        assert_ok(tw_rate_kind_parse(tw_rate_kind_name((tw_rate_kind)k), &kind, &err), &err);
        assert_int_equal(kind, k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_are_met),
        cmocka_unit_test(reverse_mode_reaches_the_quotes),
        cmocka_unit_test(the_jacobian_is_that_of_bumps),
        cmocka_unit_test(swaps_have_their_parts),
        cmocka_unit_test(bad_instruments_are_named),
        cmocka_unit_test(conventions_have_calendars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

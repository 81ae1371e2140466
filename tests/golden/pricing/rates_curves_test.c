/* SPDX-License-Identifier: Apache-2.0 */
/* The curve of deposits and swaps of the reference file (QuantLib 1.29), log-linear and cubic, and swaps on it. */
#include "rates_case.h"

enum { N = 12 };

typedef struct setting {
    tw_holidays *target;
    tw_rate_convention convention;
    tw_rate_instrument instrument[N];
    tw_bootstrap *linear, *cubic;
    tw_valuation as_of;
} setting;

static tw_bootstrap *bootstrap_of(const setting *s, const char *way)
{
    tw_error err;
    tw_bootstrap *b = NULL;
    tw_bootstrap_spec spec = {.as_of = s->as_of, .n = N, .instrument = s->instrument};
    assert_ok(tw_interpolation_find(way, &spec.interpolation, &err), &err);
    assert_ok(tw_bootstrap_new(NULL, &spec, &b, &err), &err);
    return b;
}

/* Euribor 6M of 2 January 2024: deposits, and swaps of annual 30/360 against six months. */
static void set_up(setting *s)
{
    static const double quotes[N] = {3.90, 3.88, 3.83, 3.45, 2.85, 2.60, 2.48, 2.47, 2.53, 2.60, 2.56, 2.38};
    static const int tenors[N] = {1, 3, 6, 1, 2, 3, 5, 7, 10, 15, 20, 30};
    tw_error err;
    s->as_of.date = date_of("2024-01-02");
    s->target = calendar_of("target");
    assert_ok(tw_rate_convention_find("eur", &s->convention, &err), &err);
    s->convention.holidays = s->target;
    for (size_t i = 0; i < N; i++)
        s->instrument[i] = (tw_rate_instrument){.kind = i < 3 ? TW_DEPOSIT : TW_SWAP,
                                                .quote = quotes[i] / 100,
                                                .tenor = {tenors[i], i < 3 ? 'M' : 'Y'},
                                                .start_date = TW_NO_DATE,
                                                .end_date = TW_NO_DATE,
                                                .convention = &s->convention};
    s->linear = bootstrap_of(s, "log_linear");
    s->cubic = bootstrap_of(s, "cubic_zero");
}

static void tear_down(setting *s)
{
    tw_bootstrap_free(s->linear);
    tw_bootstrap_free(s->cubic);
    tw_holidays_free(NULL, s->target);
}

/* What QuantLib solves for is good to 1e-12. */
static const double SOLVED = 1e-12;

static void curve_row(const golden_row *row, void *arg)
{
    const setting *s = arg;
    const char *days = strstr(row->params, "days=");
    assert_non_null(days);
    const double t = strtod(days + 5, NULL) / 365;
    if (strcmp(row->name, "discount_factor_loglinear") == 0)
        assert_near(tw_curve_discount(tw_bootstrap_curve(s->linear), t), golden_value(row), SOLVED);
    else
        assert_near(tw_curve_zero(tw_bootstrap_curve(s->cubic), t), golden_value(row), SOLVED);
}

static void curves(void **state)
{
    (void)state;
    setting s = {0};
    set_up(&s);
    for (size_t i = 0; i < N; i++) {
        assert_near(tw_bootstrap_quote(s.linear, i), s.instrument[i].quote, 1e-14);
        assert_near(tw_bootstrap_quote(s.cubic, i), s.instrument[i].quote, 1e-14);
    }
    assert_int_equal(golden_rows("curve", curve_row, &s), 17);
    tear_down(&s);
}

static void swap_row(const golden_row *row, void *arg)
{
    const setting *s = arg;
    double value, par;
    const tw_swap swap = {.instrument = s->instrument[6],
                          .notional = 1e6,
                          .fixed_rate = strtod(strstr(row->params, "fixed=") + 6, NULL),
                          .payer = true};
    const tw_swap_market market = {s->as_of, tw_bootstrap_curve(s->linear), NULL};
    assert_int_equal(tw_swaps_value(&market, 1, &swap, &(tw_swap_values){.value = &value, .par = &par}), 0);
    if (strcmp(row->name, "npv") == 0)
        assert_near(value, golden_value(row), SOLVED);
    else
        assert_near(par, golden_value(row), SOLVED);
}

static void swaps(void **state)
{
    (void)state;
    setting s = {0};
    set_up(&s);
    assert_int_equal(golden_rows("swap", swap_row, &s), 4);
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(curves), cmocka_unit_test(swaps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

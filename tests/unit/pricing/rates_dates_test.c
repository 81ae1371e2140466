/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, tenors, calendars, schedules and day counts: values from calendars and rule books, and the edges. */
#include "rates_case.h"

static void dates_are_read_and_written(void **state)
{
    (void)state;
    char text[16];
    tw_date date;
    assert_true(tw_date_parse("2024-02-29", 10, &date));
    assert_int_equal(date, 19782);
    assert_int_equal(tw_date_format(date, text), 10);
    assert_string_equal(text, "2024-02-29");
    assert_true(tw_date_parse("20240229", 8, &date));
    assert_false(tw_date_parse("2023-02-29", 10, &date));
    assert_false(tw_date_parse("1899-12-31", 10, &date));
    assert_false(tw_date_parse("2200-01-01", 10, &date));
    assert_false(tw_date_parse("20240102T1", 10, &date));
    assert_false(tw_date_parse("1704153600", 10, &date) && date < 0);
    assert_int_equal(date_of("1900-01-01"), TW_DATE_MIN);
    assert_int_equal(date_of("2199-12-31"), TW_DATE_MAX);
}

static void months_end_on_days_that_exist(void **state)
{
    (void)state;
    assert_int_equal(tw_date_add_months(date_of("2024-01-31"), 1), date_of("2024-02-29"));
    assert_int_equal(tw_date_add_months(date_of("2024-03-31"), -13), date_of("2023-02-28"));
    assert_int_equal(tw_date_add_months(date_of("2024-12-15"), 1), date_of("2025-01-15"));
    /* Far away there is still a date, and no overflow. */
    assert_true(tw_date_add_months(INT32_MAX, INT32_MAX) > TW_DATE_MAX);
    assert_true(tw_date_add_months(INT32_MIN, INT32_MIN) < TW_DATE_MIN);
    assert_int_equal(tw_date_imm(2024, 3), date_of("2024-03-20"));
    assert_int_equal(tw_date_next_imm(date_of("2024-03-20")), date_of("2024-06-19"));
    assert_int_equal(tw_date_next_imm(date_of("2024-12-18")), date_of("2025-03-19"));
}

static void tenors_are_read(void **state)
{
    (void)state;
    tw_tenor t;
    assert_true(tw_tenor_parse("18M", 3, &t) && t.n == 18 && t.unit == 'M');
    assert_true(tw_tenor_parse("ON", 2, &t) && t.n == 1 && t.unit == 'B');
    assert_false(tw_tenor_parse("M", 1, &t));
    assert_false(tw_tenor_parse("3", 1, &t));
    assert_false(tw_tenor_parse("3m", 2, &t));
    assert_false(tw_tenor_parse("10001Y", 6, &t));
    assert_false(tw_tenor_parse("3\0", 2, &t));
}

static void calendars_join(void **state)
{
    (void)state;
    tw_holidays *both = calendar_of("target+nyse"), *either = calendar_of("target|nyse"), *spec = NULL;
    const tw_date labour = date_of("2024-05-01"), independence = date_of("2024-07-04"),
                  christmas = date_of("2024-12-25");
    assert_false(tw_is_business_day(both, labour));
    assert_false(tw_is_business_day(both, independence));
    assert_true(tw_is_business_day(either, labour));
    assert_true(tw_is_business_day(either, independence));
    assert_false(tw_is_business_day(either, christmas));
    tw_error err;
    const tw_date closed[] = {date_of("2024-01-03"), TW_DATE_MAX + 1}, open[] = {date_of("2024-01-06")};
    const tw_holidays_spec extra = {"weekends", 2, 1, closed, open};
    assert_ok(tw_holidays_new(NULL, &extra, &spec, &err), &err);
    assert_false(tw_is_business_day(spec, closed[0]));
    assert_true(tw_is_business_day(spec, open[0]));
    assert_int_equal(tw_business_days(spec, date_of("2024-01-01"), date_of("2024-01-08")), 5);
    tw_holidays_free(NULL, both);
    tw_holidays_free(NULL, either);
    tw_holidays_free(NULL, spec);
}

static void unknown_calendars_are_named(void **state)
{
    (void)state;
    tw_holidays *h = NULL;
    tw_error err;
    static const char *const bad[] = {"", "+", "targt", "target+", "target+nowhere", "|nyse"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(tw_holidays_new(NULL, &(tw_holidays_spec){.names = bad[i]}, &h, &err), TW_BAD_NAME);
    assert_int_equal(tw_holidays_new(NULL, &(tw_holidays_spec){.names = "targt"}, &h, &err), TW_BAD_NAME);
    assert_string_equal(err.message, "no settlement calendar \"targt\"; did you mean \"target\"?");
    size_t n = 0;
    while (tw_holidays_names()[n]) {
        assert_true(tw_holidays_title(n)[0]);
        tw_holidays_free(NULL, calendar_of(tw_holidays_names()[n++]));
    }
    assert_int_equal(n, 10);
}

/* Counting, stepping and testing of days agree, beyond the ends of the map too. */
static void business_days_add_up(void **state)
{
    (void)state;
    tw_holidays *h = calendar_of("uk+japan");
    tw_random r = {.seed = 71};
    for (int i = 0; i < 3000; i++) {
        const tw_date from = TW_DATE_MIN - 200 + (tw_date)tw_random_below(&r, TW_DATE_MAX - TW_DATE_MIN + 400);
        const tw_date to = from + (tw_date)tw_random_below(&r, 400);
        int n = 0;
        for (tw_date day = from; day < to; day++) n += tw_is_business_day(h, day);
        assert_int_equal(tw_business_days(h, from, to), n);
        assert_int_equal(tw_business_days(h, to, from), -n);
        const tw_date start = tw_add_business_days(h, from, 0), ahead = tw_add_business_days(h, start, n);
        assert_int_equal(tw_business_days(h, start, ahead), n);
        assert_int_equal(tw_add_business_days(h, ahead, -n), start);
    }
    (void)tw_add_business_days(h, TW_DATE_MAX, INT32_MAX);
    (void)tw_add_business_days(h, TW_DATE_MIN, INT32_MIN);
    assert_int_equal(tw_business_days(NULL, 10, 20), 10);
    tw_holidays_free(NULL, h);
}

static void rolls_keep_their_month(void **state)
{
    (void)state;
    tw_holidays *h = calendar_of("weekends");
    const tw_date saturday = date_of("2024-08-31"), ides = date_of("2024-06-15"), sunday = date_of("2024-06-16");
    assert_int_equal(tw_roll_date(h, saturday, TW_FOLLOWING), date_of("2024-09-02"));
    assert_int_equal(tw_roll_date(h, saturday, TW_MODIFIED_FOLLOWING), date_of("2024-08-30"));
    assert_int_equal(tw_roll_date(h, ides, TW_MODIFIED_FOLLOWING), date_of("2024-06-17"));
    assert_int_equal(tw_roll_date(h, ides, TW_HALF_MONTH_MODIFIED_FOLLOWING), date_of("2024-06-14"));
    assert_int_equal(tw_roll_date(h, ides, TW_NEAREST), date_of("2024-06-14"));
    assert_int_equal(tw_roll_date(h, sunday, TW_NEAREST), date_of("2024-06-17"));
    assert_int_equal(tw_roll_date(h, saturday, TW_UNADJUSTED), saturday);
    for (int roll = 0; roll < TW_ROLL_COUNT; roll++) {
        tw_roll back;
        tw_error err;
        assert_ok(tw_roll_parse(tw_roll_name((tw_roll)roll), &back, &err), &err);
        assert_int_equal(back, roll);
    }
    tw_holidays_free(NULL, h);
}

static void assert_dates(const tw_schedule *s, const char *const *want)
{
    tw_date dates[64];
    size_t n = 0;
    tw_error err;
    assert_ok(tw_schedule_dates(s, 64, dates, &n, &err), &err);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(want[i]);
        assert_int_equal(dates[i], date_of(want[i]));
    }
    assert_null(want[n]);
}

static void schedules(void **state)
{
    (void)state;
    tw_schedule s = {.start = date_of("2024-01-10"),
                     .end = date_of("2025-08-31"),
                     .first = TW_NO_DATE,
                     .next_to_last = TW_NO_DATE,
                     .tenor = {6, 'M'}};
    assert_dates(&s, TW_NAMES("2024-01-10", "2024-02-29", "2024-08-31", "2025-02-28", "2025-08-31"));
    s.first = date_of("2024-08-31");
    assert_dates(&s, TW_NAMES("2024-01-10", "2024-08-31", "2025-02-28", "2025-08-31"));
    s.first = TW_NO_DATE;
    s.generation = TW_FORWARD;
    assert_dates(&s, TW_NAMES("2024-01-10", "2024-07-10", "2025-01-10", "2025-07-10", "2025-08-31"));
    s.generation = TW_IMM;
    s.end = date_of("2024-09-18");
    assert_dates(&s, TW_NAMES("2024-01-10", "2024-03-20", "2024-06-19", "2024-09-18"));
    /* A standard contract traded on 10 January 2024 for a year. */
    s.generation = TW_CDS;
    s.end = date_of("2024-12-20");
    assert_dates(&s, TW_NAMES("2023-12-20", "2024-03-20", "2024-06-20", "2024-09-20", "2024-12-20"));
}

static void schedules_refuse_nonsense(void **state)
{
    (void)state;
    tw_date dates[4];
    size_t n = 0;
    tw_error err;
    const tw_schedule good = {.start = date_of("2024-01-10"),
                              .end = date_of("2034-01-10"),
                              .first = TW_NO_DATE,
                              .next_to_last = TW_NO_DATE,
                              .tenor = {6, 'M'}};
    assert_int_equal(tw_schedule_dates(&good, 4, dates, &n, &err), TW_TOO_LARGE);
    tw_schedule bad = good;
    bad.end = bad.start;
    assert_int_equal(tw_schedule_dates(&bad, 4, dates, &n, &err), TW_BAD_VALUE);
    bad = good;
    bad.tenor.n = 0;
    assert_int_equal(tw_schedule_dates(&bad, 4, dates, &n, &err), TW_BAD_VALUE);
    bad = good;
    bad.first = bad.end + 1;
    assert_int_equal(tw_schedule_dates(&bad, 4, dates, &n, &err), TW_BAD_VALUE);
    bad = good;
    bad.end = INT32_MAX;
    assert_int_equal(tw_schedule_dates(&bad, 4, dates, &n, &err), TW_BAD_VALUE);
}

/* The examples of ISDA's paper of 1999 on the three act/act methods. */
static void isda_examples(void **state)
{
    (void)state;
    const tw_day_count *isda = day_count_of("act/act isda"), *icma = day_count_of("act/act icma");
    const tw_day_count *afb = day_count_of("act/act afb");
    const tw_date from = date_of("2003-11-01"), to = date_of("2004-05-01");
    assert_near(tw_years_between(isda, from, to), 61 / 365.0 + 121 / 366.0, 1e-15);
    assert_near(tw_year_fraction(icma, &(tw_accrual){.start = from, .end = to, .frequency = 2}), 0.5, 1e-15);
    assert_near(tw_years_between(afb, from, to), 182 / 366.0, 1e-15);
    /* Short first period of annual coupons, 1 February to 1 July 1999. */
    const tw_date a = date_of("1999-02-01"), b = date_of("1999-07-01"), c = date_of("2000-07-01");
    assert_near(
        tw_year_fraction(
            icma,
            &(tw_accrual){.start = a, .end = b, .ref_start = date_of("1998-07-01"), .ref_end = b, .frequency = 1}),
        150 / 365.0, 1e-15);
    assert_near(tw_years_between(afb, b, c), 1, 1e-15);
    /* Long first period of semi-annual coupons, 15 August 2002 to 15 July 2003. */
    const tw_date dates[] = {date_of("2002-08-15"), date_of("2003-07-15"), date_of("2004-01-15")};
    const tw_accrual stub = {.start = dates[0], .end = dates[1], .frequency = 2, .n_dates = 3, .dates = dates};
    assert_near(tw_year_fraction(icma, &stub), 181 / (2 * 181.0) + 153 / (2 * 184.0), 1e-15);
    /* A payment two days after the last date: part of the period that would follow. */
    const tw_accrual late = {.start = dates[1], .end = dates[2] + 2, .frequency = 2, .n_dates = 3, .dates = dates};
    assert_near(tw_year_fraction(icma, &late), 0.5 + 2 / (2 * 182.0), 1e-15);
}

static void day_counts_have_an_order_and_a_sign(void **state)
{
    (void)state;
    size_t n = 0;
    const tw_day_count *const *all = tw_day_counts(&n);
    tw_error err;
    const tw_day_count *found = NULL;
    assert_int_equal(n, 15);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) assert_true(strcmp(all[i - 1]->name, all[i]->name) < 0);
        if (all[i]->needs_holidays) {
            assert_true(isnan(tw_years_between(all[i], 0, 400)));
            continue;
        }
        const double there = tw_years_between(all[i], 19723, 20123), back = tw_years_between(all[i], 20123, 19723);
        assert_near(back, -there, 1e-15);
        assert_true(fabs(tw_years_between(all[i], 19723, 19723)) == 0);
        assert_true(there > 0.9 && there < 1.3);
    }
    assert_int_equal(tw_day_count_find("act/360f", &found, &err), TW_BAD_NAME);
    assert_string_equal(err.message, "no day count \"act/360f\"; did you mean \"act/360\"?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_and_written),
        cmocka_unit_test(months_end_on_days_that_exist),
        cmocka_unit_test(tenors_are_read),
        cmocka_unit_test(calendars_join),
        cmocka_unit_test(unknown_calendars_are_named),
        cmocka_unit_test(business_days_add_up),
        cmocka_unit_test(rolls_keep_their_month),
        cmocka_unit_test(schedules),
        cmocka_unit_test(schedules_refuse_nonsense),
        cmocka_unit_test(isda_examples),
        cmocka_unit_test(day_counts_have_an_order_and_a_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

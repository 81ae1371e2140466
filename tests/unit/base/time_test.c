/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

static void days_and_dates_agree(void **state)
{
    (void)state;
    assert_int_equal(tw_days_from_date(1970, 1, 1), 0);
    assert_int_equal(tw_days_from_date(2000, 2, 29), 11016);
    assert_int_equal(tw_days_from_date(1600, 3, 1), -135080);
    int year = 1583, month = 1, day = 1;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int64_t days = tw_days_from_date(1583, 1, 1); year < 2500; days++) {
        assert_int_equal(tw_days_from_date(year, month, day), days);
        const tw_civil c = tw_date_from_days(days);
        assert_true(c.year == year && c.month == month && c.day == day);
        const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if (++day <= lengths[month - 1] + (month == 2 && leap)) continue;
        day = 1;
        if (++month <= 12) continue;
        month = 1;
        year++;
    }
}

static void weekdays(void **state)
{
    (void)state;
    assert_int_equal(tw_weekday(tw_days_from_date(1970, 1, 1)), 3);
    assert_int_equal(tw_weekday(tw_days_from_date(2014, 6, 9)), 0);
    assert_int_equal(tw_weekday(tw_days_from_date(1929, 10, 29)), 1);
    assert_int_equal(tw_weekday(tw_days_from_date(1969, 12, 28)), 6);
}

static int64_t ns(int64_t seconds, int64_t rest) { return seconds * TW_NS_PER_SECOND + rest; }

static void iso_and_epochs_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds, rest;
    } rows[] = {
        {"2014-06-09", 1402272000, 0},
        {"20140609", 1402272000, 0},
        {"2014-06-09 13:30", 1402320600, 0},
        {"2014-06-09T13:30:05", 1402320605, 0},
        {"2014-06-09T13:30:05Z", 1402320605, 0},
        {"20140609 13:30:05", 1402320605, 0},
        {"2014-06-09T13:30:05.25+01:00", 1402317005, 250000000},
        {"2014-06-09T13:30:05.123456789-0530", 1402340405, 123456789},
        {"2014-06-09T13:30:05.1234567891+05", 1402302605, 123456789},
        {"1969-12-31T23:59:59.5Z", -1, 500000000},
        {"2000-02-29", 951782400, 0},
        {"1402320605", 1402320605, 0},
        {"1402320605.5", 1402320605, 500000000},
        {"1402320605123", 1402320605, 123000000},
        {"1402320605123456", 1402320605, 123456000},
        {"1402320605123456789", 1402320605, 123456789},
        {"1402320605123.25", 1402320605, 123250000},
        {"-86400", -86400, 0},
        {"-1.5", -2, 500000000},
        {"0", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t t = TW_NO_TIME;
        if (!tw_time_parse(rows[i].text, strlen(rows[i].text), &t)) fail_msg("'%s' is a time", rows[i].text);
        if (t != ns(rows[i].seconds, rows[i].rest)) fail_msg("'%s' gives %lld", rows[i].text, (long long)t);
    }
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "-",
        ".",
        "abc",
        "2014-13-01",
        "2014-00-10",
        "2014-02-29",
        "1900-02-29",
        "2014-06-31",
        "2014-6-9",
        "2014-06",
        "2014-06-09T",
        "2014-06-09T25:00",
        "2014-06-09T13:60",
        "2014-06-09T13:30:60",
        "2014-06-09T13:30:05.",
        "2014-06-09 13:30x",
        "2014-06-09 13:30+1",
        "2014-06-09 13:30+24:00",
        "2014-06-09 13",
        "2014-06-09Z",
        "9999-01-01",
        "0001-01-01",
        "12e5",
        "1.2.3",
        "99999999999999999999",
        "2014-06-09  13:30",
        " 2014-06-09",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t t;
        if (tw_time_parse(wrong[i], strlen(wrong[i]), &t)) fail_msg("'%s' is no time", wrong[i]);
    }
}

static void check_format(int64_t t, const char *want)
{
    char text[40];
    assert_int_equal(tw_time_format(t, text), strlen(want));
    assert_string_equal(text, want);
}

static void times_are_written(void **state)
{
    (void)state;
    check_format(ns(1402272000, 0), "2014-06-09");
    check_format(ns(1402320600, 0), "2014-06-09T13:30:00Z");
    check_format(ns(1402320605, 250000000), "2014-06-09T13:30:05.25Z");
    check_format(ns(1402320605, 1), "2014-06-09T13:30:05.000000001Z");
    check_format(-1, "1969-12-31T23:59:59.999999999Z");
    check_format(INT64_MAX, "2262-04-11T23:47:16.854775807Z");
    check_format(INT64_MIN + 1, "1677-09-21T00:12:43.145224193Z");
    check_format(TW_NO_TIME, "none");
}

static void random_times_read_back(void **state)
{
    (void)state;
    tw_random r = {.seed = 77};
    for (int i = 0; i < 20000; i++) {
        int64_t t = (int64_t)(tw_random_bits(&r) >> 2) - (INT64_C(1) << 61), back;
        if (i % 3 == 0) t -= t % TW_NS_PER_SECOND;
        if (i % 5 == 0) t -= t % TW_NS_PER_DAY;
        char text[40];
        const size_t n = tw_time_format(t, text);
        assert_true(tw_time_parse(text, n, &back));
        assert_true(back == t);
        const tw_civil civil = tw_time_to_civil(t);
        assert_true(tw_time_from_civil(&civil) == t);
    }
}

static void the_ends_of_time_read_back(void **state)
{
    (void)state;
    const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX, -1, 0};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const tw_civil civil = tw_time_to_civil(ends[i]);
        assert_true(tw_time_from_civil(&civil) == ends[i]);
    }
}

static void clocks_go_on(void **state)
{
    (void)state;
    const int64_t before = tw_clock_ns();
    assert_true(tw_clock_ns() >= before);
    assert_true(tw_now_ns() > ns(1700000000, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_dates_agree),       cmocka_unit_test(weekdays),
        cmocka_unit_test(iso_and_epochs_are_read),    cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(times_are_written),          cmocka_unit_test(random_times_read_back),
        cmocka_unit_test(the_ends_of_time_read_back), cmocka_unit_test(clocks_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include "tradewind/data.h"

static const tw_calendar *calendar(const char *name)
{
    const tw_calendar *out = NULL;
    tw_error err;
    assert_ok(tw_calendar_find(name, &out, &err), &err);
    assert_string_equal(tw_calendar_name(out), name);
    return out;
}

static int64_t at(const char *text)
{
    int64_t t = 0;
    assert_true(tw_time_parse(text, strlen(text), &t));
    return t;
}

static int64_t day(const char *text) { return at(text) / TW_NS_PER_DAY; }

static void names_are_found(void **state)
{
    (void)state;
    tw_error err;
    const tw_calendar *c = NULL;
    size_t n = 0;
    for (; tw_calendar_names()[n]; n++) calendar(tw_calendar_names()[n]);
    assert_int_equal(n, 8);
    assert_int_equal(tw_calendar_find("XNSY", &c, &err), TW_BAD_NAME);
    assert_non_null(strstr(err.message, "no calendar \"XNSY\"; did you mean \"XN"));
    assert_null(c);
}

static void sessions_follow_the_clock_of_the_exchange(void **state)
{
    (void)state;
    static const struct {
        const char *name, *day, *open, *close;
        bool half;
    } cases[] = {
        {"XNYS", "2014-03-07", "2014-03-07 14:30", "2014-03-07 21:00", false},
        {"XNYS", "2014-03-10", "2014-03-10 13:30", "2014-03-10 20:00", false}, /* the clock changed on the 9th */
        {"XNYS", "2027-11-26", "2027-11-26 14:30", "2027-11-26 18:00", true},
        {"XLON", "2024-03-28", "2024-03-28 08:00", "2024-03-28 16:30", false},
        {"XLON", "2024-04-02", "2024-04-02 07:00", "2024-04-02 15:30", false},
        {"XLON", "1993-10-22", "1993-10-22 07:00", "1993-10-22 15:30", false}, /* summer time to October 24 */
        {"XTKS", "2024-11-01", "2024-11-01 00:00", "2024-11-01 06:00", false},
        {"XTKS", "2024-11-05", "2024-11-05 00:00", "2024-11-05 06:30", false},
        {"XETR", "2024-12-30", "2024-12-30 08:00", "2024-12-30 13:00", true},
        {"CMES", "2024-01-08", "2024-01-07 23:00", "2024-01-08 22:00", false}, /* Monday begins on Sunday */
        {"FX", "2024-07-08", "2024-07-07 21:00", "2024-07-08 21:00", false},
        {"24/7", "2024-12-25", "2024-12-25", "2024-12-26", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tw_session s;
        if (!tw_calendar_session(calendar(cases[i].name), day(cases[i].day), &s))
            fail_msg("%s %s: none", cases[i].name, cases[i].day);
        assert_int_equal(s.day, day(cases[i].day));
        assert_int_equal(s.open_ns, at(cases[i].open));
        assert_int_equal(s.close_ns, at(cases[i].close));
        assert_int_equal(s.half_day, cases[i].half);
    }
}

static void holidays_to_come(void **state)
{
    (void)state;
    static const struct {
        const char *name, *day;
    } closed[] = {
        {"XNYS", "2027-06-18"}, {"XNYS", "2032-06-18"}, {"XNYS", "2028-04-14"}, {"XNYS", "2099-12-25"},
        {"XLON", "2027-12-27"}, {"XLON", "2027-12-28"}, {"XTKS", "2026-09-22"}, {"XTKS", "2027-03-22"},
        {"XTKS", "2099-09-23"}, {"XETR", "2030-05-01"}, {"CMES", "2027-03-26"}, {"FX", "2027-01-02"},
    };
    tw_session s;
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (tw_calendar_session(calendar(closed[i].name), day(closed[i].day), &s))
            fail_msg("%s %s", closed[i].name, closed[i].day);
    assert_true(
        tw_calendar_session(calendar("XNYS"), day("2027-12-31"), &s)); /* New Year on a Saturday is not made up */
    assert_true(tw_calendar_session(calendar("XNYS"), day("2021-06-18"), &s)); /* Juneteenth since 2022 */
    for (int year = 2024; year < 2101; year++) {
        const size_t n = tw_calendar_sessions(calendar("XNYS"), tw_days_from_date(year, 1, 1),
                                              tw_days_from_date(year, 12, 31), 0, NULL);
        assert_in_range(n, 249, 253);
    }
}

static void open_and_session_of_an_instant(void **state)
{
    (void)state;
    static const struct {
        const char *name, *time, *session; /* NULL: none */
        bool open;
    } cases[] = {
        {"XNYS", "2014-06-09 13:29:59.999999999", NULL, false},
        {"XNYS", "2014-06-09 13:30", "2014-06-09", true},
        {"XNYS", "2014-06-09 19:59:59", "2014-06-09", true},
        {"XNYS", "2014-06-09 20:00", "2014-06-09", false},
        {"XNYS", "2014-06-08 15:00", NULL, false},
        {"XNYS", "2014-07-03 18:00", NULL, false},
        {"XTKS", "2024-11-06 02:29", "2024-11-06", true},
        {"XTKS", "2024-11-06 02:30", "2024-11-06", false},
        {"XTKS", "2024-11-06 03:30", "2024-11-06", true},
        {"CMES", "2024-01-07 23:00", "2024-01-08", true},
        {"CMES", "2024-01-08 22:30", NULL, false},
        {"FX", "2024-07-07 21:00", "2024-07-08", true},
        {"FX", "2024-07-08 21:00", "2024-07-09", true},
        {"FX", "2024-07-06 12:00", NULL, false},
        {"24/7", "2024-07-06 00:00", "2024-07-06", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const tw_calendar *c = calendar(cases[i].name);
        const int64_t want = cases[i].session ? day(cases[i].session) : TW_NO_TIME;
        if (tw_calendar_is_open(c, at(cases[i].time)) != cases[i].open ||
            tw_calendar_session_of(c, at(cases[i].time)) != want)
            fail_msg("%s %s", cases[i].name, cases[i].time);
    }
    assert_false(tw_calendar_is_open(calendar("XNYS"), INT64_MAX));
    assert_false(tw_calendar_is_open(calendar("XNYS"), INT64_MIN + 2));
}

static void offsets(void **state)
{
    (void)state;
    assert_int_equal(tw_calendar_utc_offset(calendar("XNYS"), at("2014-03-09 06:59:59")), -5 * 3600);
    assert_int_equal(tw_calendar_utc_offset(calendar("XNYS"), at("2014-03-09 07:00:00")), -4 * 3600);
    assert_int_equal(tw_calendar_utc_offset(calendar("XNYS"), at("2014-11-02 05:59:59")), -4 * 3600);
    assert_int_equal(tw_calendar_utc_offset(calendar("XNYS"), at("2014-11-02 06:00:00")), -5 * 3600);
    assert_int_equal(tw_calendar_utc_offset(calendar("XNYS"), at("2006-04-02 07:00:00")), -4 * 3600);
    assert_int_equal(tw_calendar_utc_offset(calendar("XETR"), at("2024-10-27 00:59:59")), 7200);
    assert_int_equal(tw_calendar_utc_offset(calendar("XETR"), at("2024-10-27 01:00:00")), 3600);
    assert_int_equal(tw_calendar_utc_offset(calendar("XETR"), at("1995-09-24 01:00:00")), 3600);
    assert_int_equal(tw_calendar_utc_offset(calendar("XTKS"), at("2024-07-01")), 9 * 3600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),  cmocka_unit_test(sessions_follow_the_clock_of_the_exchange),
        cmocka_unit_test(holidays_to_come), cmocka_unit_test(open_and_session_of_an_instant),
        cmocka_unit_test(offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_test.c - XNYS and XNAS against the exchange's sessions of 1990 to 2023; XLON, XTKS, XETR and CMES against
 * exchange_calendars 4.13.2 (calendars.csv, made by ../make/data_calendars.py). */
#include "tw_test.h"

#include "tradewind/data.h"
#include "tradewind/io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int64_t time_of(tw_field f)
{
    int64_t t = 0;
    assert_true(tw_time_parse(f.text, f.length, &t));
    return t;
}

static void compare_with_file(const char *name, const char *path)
{
    const tw_calendar *calendar;
    tw_source *source;
    tw_csv *csv;
    const tw_field *f;
    size_t n, rows = 0;
    assert_int_equal(tw_calendar_find(name, &calendar, NULL), TW_OK);
    const int64_t first = tw_days_from_date(1990, 1, 1), last = tw_days_from_date(2023, 1, 13);
    tw_session *sessions = calloc(9000, sizeof *sessions);
    const size_t count = tw_calendar_sessions(calendar, first, last, 9000, sessions);
    assert_int_equal(count, 8324);
    assert_int_equal(tw_source_open(NULL, path, &source, NULL), TW_OK);
    assert_int_equal(tw_csv_open(NULL, source, path, NULL, &csv, NULL), TW_OK);
    assert_int_equal(tw_csv_next(csv, &f, &n, NULL), TW_OK);
    size_t halves = 0;
    for (; tw_csv_next(csv, &f, &n, NULL) == TW_OK && f; rows++) {
        assert_int_equal(sessions[rows].day * TW_NS_PER_DAY, time_of(f[0]));
        assert_int_equal(sessions[rows].open_ns, time_of(f[1]));
        assert_int_equal(sessions[rows].close_ns, time_of(f[2]));
        halves += sessions[rows].half_day;
    }
    assert_int_equal(rows, count);
    assert_int_equal(halves, 69);
    tw_csv_close(csv);
    free(sessions);
}

static void test_new_york(void **state)
{
    (void)state;
    const char *path = TW_SHARED_DATA "/market/calendar/xnys_1990_2023.csv.gz";
    if (access(path, R_OK) != 0) skip();
    compare_with_file("XNYS", path);
    compare_with_file("XNAS", path);
}

typedef struct exception {
    char calendar[8];
    int64_t day;
    int close;
} exception;

static size_t read_exceptions(exception *out, size_t room)
{
    FILE *file = fopen(TW_SOURCE_DIR "/tests/golden/data/calendars.csv", "r");
    char line[128];
    size_t n = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) && n < room) {
        int y, m, d, close;
        if (sscanf(line, "%4[A-Z],%d-%d-%d,%d", out[n].calendar, &y, &m, &d, &close) != 5) continue;
        out[n].day = tw_days_from_date(y, m, d);
        out[n++].close = close;
    }
    fclose(file);
    return n;
}

/* What we hold against the peer: it leaves out Juneteenth, on which CME Globex has halted at noon since 2022. */
static bool is_known_difference(const char *name, int64_t day)
{
    const tw_civil c = tw_date_from_days(day);
    return strcmp(name, "CMES") == 0 && c.year >= 2022 && c.month == 6 && c.day >= 18 && c.day <= 20;
}

static int regular_close(const char *name, int64_t day)
{
    if (strcmp(name, "XLON") == 0) return 990;
    if (strcmp(name, "XETR") == 0) return 1050;
    if (strcmp(name, "CMES") == 0) return 1020;
    return day >= tw_days_from_date(2024, 11, 5) ? 930 : 900;
}

static void compare_with_peer(const char *name, const exception *list, size_t n)
{
    const tw_calendar *calendar;
    size_t differences = 0;
    assert_int_equal(tw_calendar_find(name, &calendar, NULL), TW_OK);
    for (int64_t day = tw_days_from_date(2000, 1, 1); day <= tw_days_from_date(2025, 12, 31); day++) {
        int want = tw_weekday(day) < 5 ? regular_close(name, day) : -1;
        for (size_t i = 0; i < n; i++)
            if (list[i].day == day && strcmp(list[i].calendar, name) == 0) want = list[i].close;
        tw_session s;
        int got = -1;
        if (tw_calendar_session(calendar, day, &s)) {
            const int64_t wall = s.close_ns + tw_calendar_utc_offset(calendar, s.close_ns) * TW_NS_PER_SECOND;
            got = (int)((wall - day * TW_NS_PER_DAY) / (60 * TW_NS_PER_SECOND));
            /* The peer lets the trading day run to 17:00; Globex halts from 16:00 to 17:00. */
            if (strcmp(name, "CMES") == 0 && got == 960) got = 1020;
        }
        if (got != want && !is_known_difference(name, day)) {
            const tw_civil c = tw_date_from_days(day);
            print_error("%s %04d-%02d-%02d: close %d, peer %d\n", name, c.year, c.month, c.day, got, want);
            differences++;
        }
    }
    assert_int_equal(differences, 0);
}

static void test_peer(void **state)
{
    (void)state;
    static exception list[2048];
    const size_t n = read_exceptions(list, 2048);
    assert_true(n > 900);
    compare_with_peer("XLON", list, n);
    compare_with_peer("XTKS", list, n);
    compare_with_peer("XETR", list, n);
    compare_with_peer("CMES", list, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_new_york), cmocka_unit_test(test_peer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

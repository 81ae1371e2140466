/* SPDX-License-Identifier: Apache-2.0 */
/* Day counts, holidays, business days and roll rules against QuantLib 1.29: every row of the reference file. */
#include "rates_case.h"

typedef struct named {
    const char *theirs, *ours;
} named;

static const named CALENDARS[] = {{"UnitedStates(NYSE)", "nyse"},
                                  {"UnitedStates(GovernmentBond)", "us_government"},
                                  {"TARGET", "target"},
                                  {"UnitedKingdom(Settlement)", "uk"},
                                  {"Japan", "japan"}};
static const named DAY_COUNTS[] = {{"Actual360", "act/360"},
                                   {"Actual365Fixed", "act/365f"},
                                   {"ActualActual(ISDA)", "act/act isda"},
                                   {"ActualActual(AFB)", "act/act afb"},
                                   {"ActualActual(ISMA;semiannual ref period = dates)", "act/act icma"},
                                   {"Thirty360(BondBasis)", "30/360"},
                                   {"Thirty360(European)", "30e/360"},
                                   {"Thirty360(USA)", "30/360 us"},
                                   {"Thirty360(ISDA)", "30e/360 isda"},
                                   {"Business252(Brazil)", "bus/252"},
                                   {"Business252(NYSE)", "bus/252"}};

enum { N_CALENDARS = sizeof CALENDARS / sizeof *CALENDARS, N_DAY_COUNTS = sizeof DAY_COUNTS / sizeof *DAY_COUNTS };

/* What was not known, or wrong, in QuantLib 1.29 (1.44 agrees with us): the funeral of President Carter; Good Fridays
 * with an employment report, on which bonds trade until noon; Black Awareness Day, a holiday of Brazil since 2024. */
static const tw_date *dates_of_then(const char *text, tw_date *dates, size_t *n)
{
    for (*n = 0; *text; text += 11) dates[(*n)++] = date_of(text);
    return dates;
}

static tw_holidays *calendar_of_then(const char *name)
{
    tw_date open[16], closed[16];
    tw_holidays_spec spec = {.names = name};
    spec.open = dates_of_then(strcmp(name, "nyse") == 0     ? "2025-01-09,"
                              : strcmp(name, "brazil") == 0 ? "2024-11-20,2025-11-20,2026-11-20,2028-11-20,2029-11-20,"
                                                              "2030-11-20,2031-11-20,"
                                                            : "",
                              open, &spec.n_open);
    spec.closed = dates_of_then(strcmp(name, "us_government") == 0 ? "2021-04-02,2023-04-07,2026-04-03," : "", closed,
                                &spec.n_closed);
    tw_holidays *holidays = NULL;
    tw_error err;
    assert_ok(tw_holidays_new(NULL, &spec, &holidays, &err), &err);
    return holidays;
}

static const char *ours(const named *table, size_t n, const char *theirs)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].theirs, theirs) == 0) return table[i].ours;
    fail_msg("no counterpart of %s", theirs);
    return "";
}

static void year_fraction(const golden_row *row, void *arg)
{
    (void)arg;
    tw_holidays *holidays = calendar_of_then(strcmp(row->name, "Business252(NYSE)") == 0 ? "nyse" : "brazil");
    const tw_day_count *day_count = day_count_of(ours(DAY_COUNTS, N_DAY_COUNTS, row->name));
    const tw_accrual a = {.start = date_of(row->params), .end = date_of(row->params + 11), .holidays = holidays};
    /* 1.29 asks whether the first day was a 30th before it makes one of the end of February; 1.44 and the rule book do
     * not. */
    const bool corrected =
        strcmp(row->name, "Thirty360(USA)") == 0 && strcmp(row->params, "2024-02-29;2024-03-31") == 0;
    /* The file has 15 digits. */
    assert_near(tw_year_fraction(day_count, &a), corrected ? 30 / 360.0 : golden_value(row), 1e-14);
    tw_holidays_free(NULL, holidays);
}

static void year_fractions(void **state)
{
    (void)state;
    assert_int_equal(golden_rows("year_fraction", year_fraction, NULL), 66);
}

/* Holidays of 2024 to 2026 as the file lists them, by calendar. */
typedef struct listed {
    tw_date date[N_CALENDARS][200];
    size_t n[N_CALENDARS];
} listed;

static void holiday(const golden_row *row, void *arg)
{
    listed *l = arg;
    for (size_t k = 0; k < N_CALENDARS; k++)
        if (strcmp(CALENDARS[k].theirs, row->name) == 0) l->date[k][l->n[k]++] = date_of(row->params);
}

/* Every weekday of the three years is closed when it is in the list, and else open. */
static void holidays(void **state)
{
    (void)state;
    listed *l = calloc(1, sizeof *l);
    assert_int_equal(golden_rows("holiday", holiday, l), 161);
    for (size_t k = 0; k < N_CALENDARS; k++) {
        tw_holidays *h = calendar_of_then(CALENDARS[k].ours);
        size_t found = 0;
        for (tw_date day = date_of("2024-01-01"); day <= date_of("2026-12-31"); day++)
            if (tw_weekday(day) < 5 && !tw_is_business_day(h, day)) {
                assert_int_equal(day, l->date[k][found]);
                found++;
            }
        assert_int_equal(found, l->n[k]);
        tw_holidays_free(NULL, h);
    }
    free(l);
}

static void business_day_count(const golden_row *row, void *arg)
{
    (void)arg;
    tw_holidays *h = calendar_of_then(ours(CALENDARS, N_CALENDARS, row->name));
    const tw_date from = date_of(row->params), to = date_of(row->params + 12);
    assert_int_equal(tw_business_days(h, from, to + 1), (int)golden_value(row));
    tw_holidays_free(NULL, h);
}

static void business_day_counts(void **state)
{
    (void)state;
    assert_int_equal(golden_rows("business_days_between", business_day_count, NULL), 55);
}

static void adjusted(const golden_row *row, void *arg)
{
    static const named rolls[] = {{"TARGET;Following", "following"},
                                  {"TARGET;Modified Following", "modified_following"},
                                  {"TARGET;Preceding", "preceding"},
                                  {"TARGET;Modified Preceding", "modified_preceding"}};
    tw_roll roll;
    tw_error err;
    assert_ok(tw_roll_parse(ours(rolls, 4, row->name), &roll, &err), &err);
    assert_int_equal(tw_roll_date(arg, date_of(row->params), roll), date_of(row->value));
}

static void rolls(void **state)
{
    (void)state;
    tw_holidays *target = calendar_of("target");
    assert_int_equal(golden_rows("adjust", adjusted, target), 12);
    tw_holidays_free(NULL, target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(year_fractions),
        cmocka_unit_test(holidays),
        cmocka_unit_test(business_day_counts),
        cmocka_unit_test(rolls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

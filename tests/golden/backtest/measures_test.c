/* SPDX-License-Identifier: Apache-2.0 */
/* Every measure against empyrical-reloaded 0.7.1 (tests/golden/make/measures.py), and on series without an answer. */
#include "tw_test.h"

#include "tradewind/backtest.h"

#include <math.h>

enum { MOST = 512 };

/* The rates and the tail of names that end in "@rates"; the script has them too. */
static const double RISK_FREE = 0.0003, REQUIRED = 0.0005, TAIL = 0.1;

typedef struct series {
    char name[32];
    double periods, r[MOST], b[MOST];
    size_t n;
} series;

/* Splits "a,b,c\n" in place; false when there are not three fields. */
static bool split(char *line, char *field[3])
{
    line[strcspn(line, "\n")] = 0;
    field[0] = line;
    for (int i = 1; i < 3; i++) {
        field[i] = strchr(field[i - 1], ',');
        if (!field[i]) return false;
        *field[i]++ = 0;
    }
    return true;
}

static double number(const char *text)
{
    double x = 0;
    assert_true(tw_parse_double(text, strlen(text), &x));
    return x;
}

static void compare(const series *s, const char *what, double got, double want, double tolerance)
{
    const bool same = isnan(want) ? isnan(got) : fabs(got - want) <= tolerance * fmax(1, fabs(want));
    if (!same) fail_msg("%s of %s: got %.17g, want %.17g", what, s->name, got, want);
}

static tw_return_path path_of(const series *s)
{
    return (tw_return_path){.n = s->n, .returns = s->r, .benchmark = s->b, .periods_per_year = s->periods};
}

static void check(const series *s, char *measure, double want)
{
    double got = 0;
    tw_error err;
    tw_return_path path = path_of(s);
    char *rates = strchr(measure, '@');
    if (rates) {
        *rates = '\0';
        path.risk_free = RISK_FREE;
        path.required = REQUIRED;
        path.tail = TAIL;
        /* empyrical is given one of the two */
        if (strcmp(measure, "sortino") == 0 || strcmp(measure, "downside_risk") == 0) path.risk_free = 0;
    }
    assert_ok(tw_measure_compute(measure, &path, &got, &err), &err);
    compare(s, measure, got, want, 1e-10);
}

/* "sharpe/21/34": the measure of the 21 bars up to bar 34. */
static void check_rolling(const series *s, char *key, double want)
{
    static double out[MOST];
    const tw_return_path path = path_of(s);
    char *window = strchr(key, '/');
    tw_error err;
    assert_non_null(window);
    *window++ = '\0';
    char *bar = strchr(window, '/');
    assert_non_null(bar);
    *bar++ = '\0';
    assert_ok(tw_measure_roll(key, &path, (size_t)number(window), out, &err), &err);
    compare(s, key, out[(size_t)number(bar)], want, 1e-10);
    assert_true(isnan(out[(size_t)number(window) - 2]));
}

/* "weekly/7/201952": the return of that week, bars seven days apart from 2019-12-23. */
static void check_aggregate(const series *s, char *key, double want)
{
    static int label[MOST];
    static double out[MOST];
    static int64_t time[MOST];
    static const char *const PERIODS[] = {"weekly", "monthly", "quarterly", "yearly"};
    char *step = strchr(key, '/');
    assert_non_null(step);
    *step++ = '\0';
    char *wanted = strchr(step, '/');
    assert_non_null(wanted);
    *wanted++ = '\0';
    const int64_t day = 86400 * (int64_t)TW_NS_PER_SECOND, first = tw_days_from_date(2019, 12, 23);
    for (size_t i = 0; i < s->n; i++) time[i] = (first + (int64_t)i * (int64_t)number(step)) * day;
    int period = 0;
    while (strcmp(PERIODS[period], key) != 0) period++;
    const tw_return_path path = path_of(s);
    const size_t n = tw_returns_aggregate(&path, time, (tw_calendar_period)period, label, out);
    size_t k = 0;
    while (k < n && label[k] != (int)number(wanted)) k++;
    assert_true(k < n);
    compare(s, key, out[k], want, 1e-10);
}

static void measures_agree_with_empyrical(void **state)
{
    (void)state;
    FILE *file = fopen(TW_SOURCE_DIR "/tests/golden/backtest/measures.csv", "r");
    assert_non_null(file);
    static series s;
    char line[256], *field[3] = {NULL};
    size_t checked = 0;
    while (fgets(line, sizeof line, file)) {
        assert_true(split(line, field));
        if (strcmp(field[0], "series") == 0) {
            s = (series){.periods = number(field[2])};
            snprintf(s.name, sizeof s.name, "%s", field[1]);
        } else if (strcmp(field[0], "r") == 0) {
            assert_true(s.n < MOST);
            s.r[s.n] = number(field[1]);
            s.b[s.n++] = number(field[2]);
        } else {
            void (*const checker)(const series *, char *, double) = field[0][0] == 'w'   ? check_rolling
                                                                    : field[0][0] == 'a' ? check_aggregate
                                                                                         : check;
            checker(&s, field[1], number(field[2]));
            checked++;
        }
    }
    fclose(file);
    assert_true(checked > 900);
}

static void undefined_is_nan(void **state)
{
    (void)state;
    const double flat[] = {0.01, 0.01, 0.01}, hole[] = {0.02, INFINITY, -0.01}, none[] = {NAN, NAN, NAN},
                 fine[] = {0.02, 0.007, -0.01};
    size_t n = 0;
    const tw_measure *const *all = tw_measures(&n);
    for (size_t i = 0; i < n; i++) {
        assert_true(isnan(
            all[i]->compute(&(tw_return_path){.n = 0, .returns = fine, .benchmark = fine, .periods_per_year = 252})));
        assert_true(isnan(
            all[i]->compute(&(tw_return_path){.n = 3, .returns = hole, .benchmark = fine, .periods_per_year = 252})));
        assert_true(isnan(
            all[i]->compute(&(tw_return_path){.n = 3, .returns = none, .benchmark = fine, .periods_per_year = 252})));
        if (!all[i]->needs_benchmark) continue;
        assert_true(isnan(
            all[i]->compute(&(tw_return_path){.n = 3, .returns = fine, .benchmark = NULL, .periods_per_year = 252})));
        assert_true(isnan(
            all[i]->compute(&(tw_return_path){.n = 3, .returns = fine, .benchmark = hole, .periods_per_year = 252})));
    }
    double x = 0;
    for (const char *const *name = TW_NAMES("sharpe", "sortino", "omega", "calmar", "skew", "kurtosis"); *name;
         name++) {
        assert_int_equal(
            tw_measure_compute(*name,
                               &(tw_return_path){.n = 3, .returns = flat, .benchmark = NULL, .periods_per_year = 252},
                               &x, NULL),
            TW_OK);
        assert_true(isnan(x));
    }
    assert_int_equal(
        tw_measure_compute(
            "beta", &(tw_return_path){.n = 3, .returns = fine, .benchmark = flat, .periods_per_year = 252}, &x, NULL),
        TW_OK);
    assert_true(isnan(x));
}

static void names_are_found_or_suggested(void **state)
{
    (void)state;
    tw_error err;
    double x = 0;
    const double r[] = {0.01, -0.02};
    const tw_return_path path = {.n = 2, .returns = r, .benchmark = r, .periods_per_year = 252};
    const tw_return_path backwards = {.n = 2, .returns = r, .benchmark = r, .periods_per_year = -3};
    assert_int_equal(tw_measure_compute("sharp", &path, &x, &err), TW_BAD_NAME);
    assert_non_null(strstr(err.message, "\"sharpe\""));
    assert_int_equal(tw_measure_compute("sharpe", &backwards, &x, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "-3"));
    size_t n = 0;
    const tw_measure *const *all = tw_measures(&n);
    for (size_t i = 0; i < n; i++) {
        assert_true(all[i]->title && all[i]->source && all[i]->unit && all[i]->compute);
        if (i > 0) assert_true(strcmp(all[i - 1]->name, all[i]->name) < 0);
        assert_int_equal(tw_measure_compute(all[i]->name, &path, &x, &err), TW_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_agree_with_empyrical),
        cmocka_unit_test(undefined_is_nan),
        cmocka_unit_test(names_are_found_or_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

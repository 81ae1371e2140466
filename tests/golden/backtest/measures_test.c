/* SPDX-License-Identifier: Apache-2.0 */
/* Every measure against empyrical-reloaded 0.7.1 (tests/golden/make/measures.py), and on series without an answer. */
#include "tw_test.h"

#include "tradewind/backtest.h"

#include <math.h>

enum { MOST = 256 };

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

static void check(const series *s, const char *measure, double want)
{
    double got = 0;
    tw_error err;
    assert_ok(tw_measure_compute(measure, &(tw_return_path){s->n, s->r, s->b, s->periods}, &got, &err), &err);
    const bool same = isnan(want) ? isnan(got) : fabs(got - want) <= 1e-10 * fmax(1, fabs(want));
    if (!same) fail_msg("%s of %s: got %.17g, want %.17g", measure, s->name, got, want);
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
            check(&s, field[1], number(field[2]));
            checked++;
        }
    }
    fclose(file);
    assert_true(checked > 150);
}

static void undefined_is_nan(void **state)
{
    (void)state;
    const double flat[] = {0.01, 0.01, 0.01}, hole[] = {0.02, NAN, -0.01}, fine[] = {0.02, 0.007, -0.01};
    size_t n = 0;
    const tw_measure *const *all = tw_measures(&n);
    for (size_t i = 0; i < n; i++) {
        assert_true(isnan(all[i]->compute(&(tw_return_path){0, fine, fine, 252})));
        assert_true(isnan(all[i]->compute(&(tw_return_path){3, hole, fine, 252})));
        if (!all[i]->needs_benchmark) continue;
        assert_true(isnan(all[i]->compute(&(tw_return_path){3, fine, NULL, 252})));
        assert_true(isnan(all[i]->compute(&(tw_return_path){3, fine, hole, 252})));
    }
    double x = 0;
    for (const char *const *name = TW_NAMES("sharpe", "sortino", "omega", "calmar", "skew", "kurtosis"); *name;
         name++) {
        assert_int_equal(tw_measure_compute(*name, &(tw_return_path){3, flat, NULL, 252}, &x, NULL), TW_OK);
        assert_true(isnan(x));
    }
    assert_int_equal(tw_measure_compute("beta", &(tw_return_path){3, fine, flat, 252}, &x, NULL), TW_OK);
    assert_true(isnan(x));
}

static void names_are_found_or_suggested(void **state)
{
    (void)state;
    tw_error err;
    double x = 0;
    const double r[] = {0.01, -0.02};
    const tw_return_path path = {2, r, r, 252}, backwards = {2, r, r, -3};
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

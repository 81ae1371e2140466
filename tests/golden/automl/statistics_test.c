/* SPDX-License-Identifier: Apache-2.0 */
/* Overfitting statistics against an independent numpy computation and arch's SPA; tests/golden/make/learn.py wrote
 * them. */
#include "tradewind/automl.h"

#include "golden_csv.h"

#include <math.h>

enum { TRIALS = 6, DAYS = 240 };

typedef struct sheet {
    size_t n, checked;
    double path[TRIALS][DAYS];
    const double *paths[TRIALS];
} sheet;

static double sharpe_value(const sheet *s, const char *name)
{
    tw_sharpe x;
    tw_error err;
    assert_ok(tw_sharpe_of(DAYS, s->path[TRIALS - 1], &x, &err), &err);
    const struct {
        const char *name;
        double value;
    } all[] = {{"sharpe", x.sharpe},
               {"skew", x.skew},
               {"kurtosis", x.kurtosis},
               {"error", x.error},
               {"error_lo", x.error_lo},
               {"psr0", tw_psr(&x, 0)},
               {"psr03", tw_psr(&x, 0.03)},
               {"expected", tw_expected_max_sharpe(0.0025, 37)},
               {"dsr", tw_dsr(&x, 0.0025, 37)},
               {"mintrl", tw_min_track_record(&x, 0.01, 0.95)}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].name, name) == 0) return all[i].value;
    return NAN;
}

static double pbo_value(const sheet *s, const char *name)
{
    tw_pbo x;
    tw_error err;
    assert_ok(tw_pbo_cscv(NULL, &(tw_paths){DAYS, TRIALS, s->paths}, 10, &x, &err), &err);
    return strcmp(name, "pbo") == 0      ? x.pbo
           : strcmp(name, "slope") == 0  ? x.slope
           : strcmp(name, "p_loss") == 0 ? x.p_loss
                                         : (double)x.combinations;
}

/* The statistic is exact; the chances come from resamples of two different generators. */
static void check_spa(const sheet *s, const char *name, double expected)
{
    tw_spa x;
    tw_error err;
    const tw_spa_input input = {.differences = {DAYS, TRIALS, s->paths}, .block = 6, .draws = 20000, .seed = 2385};
    assert_ok(tw_spa_test(NULL, &input, &x, &err), &err);
    if (strcmp(name, "statistic") == 0)
        assert_near(x.statistic, expected, 1e-12);
    else
        assert_near(strcmp(name, "lower") == 0        ? x.p_lower
                    : strcmp(name, "consistent") == 0 ? x.p_consistent
                                                      : x.p_upper,
                    expected, 0.015);
}

static void take(const golden_line *line, void *arg)
{
    sheet *s = arg;
    if (strcmp(line->kind, "path") == 0) {
        memcpy(s->path[s->n], line->x, sizeof s->path[0]);
        s->paths[s->n] = s->path[s->n];
        s->n++;
        return;
    }
    s->checked++;
    if (strcmp(line->kind, "spa") == 0)
        check_spa(s, line->name, line->x[1]);
    else if (strcmp(line->kind, "pbo") == 0)
        assert_near(pbo_value(s, line->name), line->x[1], 1e-12);
    else if (strcmp(line->kind, "effective") == 0)
        assert_near(tw_effective_trials(&(tw_paths){DAYS, TRIALS, s->paths}), line->x[1], 1e-12);
    else
        assert_near(sharpe_value(s, line->name), line->x[1], 1e-12);
}

static void statistics_are_those_of_the_peers(void **state)
{
    (void)state;
    static sheet s;
    golden_read(TW_SOURCE_DIR "/tests/golden/automl/statistics.csv", take, &s);
    assert_int_equal(s.n, TRIALS);
    assert_int_equal(s.checked, 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(statistics_are_those_of_the_peers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Risk numbers of zipline's own example runs (quantopian/zipline 014f1fc, expected frames), each day's cumulative
 * value: the measures over the returns up to that day. */
#include "tw_test.h"

#include "tradewind/backtest.h"

#include <math.h>

#define FOLDER TW_SHARED_DATA "/market/zipline_examples/"

enum { MOST_DAYS = 6000, MOST_FIELDS = 64, LINE = 8192 };

typedef struct frame {
    FILE *file;
    char header[LINE], line[LINE];
    char *name[MOST_FIELDS], *value[MOST_FIELDS];
    int n;
} frame;

static int split(char *line, char **field)
{
    int n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *c = line; c && n < MOST_FIELDS; n++) {
        field[n] = c;
        c = strchr(c, ',');
        if (c) *c++ = 0;
    }
    return n;
}

static bool frame_open(frame *f, const char *path)
{
    f->file = fopen(path, "r");
    if (!f->file) return false;
    assert_non_null(fgets(f->header, LINE, f->file));
    f->n = split(f->header, f->name);
    return true;
}

static bool frame_next(frame *f) { return fgets(f->line, LINE, f->file) && split(f->line, f->value) == f->n; }

static const char *frame_text(const frame *f, const char *name)
{
    for (int i = 0; i < f->n; i++)
        if (strcmp(f->name[i], name) == 0) return f->value[i];
    fail_msg("no column %s", name);
    return "";
}

static double frame_number(const frame *f, const char *name)
{
    double x = NAN;
    const char *text = frame_text(f, name);
    return tw_parse_double(text, strlen(text), &x) ? x : NAN;
}

/* SPY's return on a day; days are asked for in order, so the file is read once. */
static double benchmark_on(frame *spy, const char *day)
{
    while (frame_next(spy))
        if (strncmp(spy->value[0], day, 10) == 0) return frame_number(spy, "return");
    return NAN;
}

static void compare(const frame *f, size_t n, const double *r, const double *b)
{
    static const char *const pairs[][2] = {
        {"sharpe", "sharpe"},
        {"sortino", "sortino"},
        {"max_drawdown", "max_drawdown"},
        {"annual_volatility", "algo_volatility"},
        {"alpha", "alpha"},
        {"beta", "beta"},
        {"cumulative_return", "algorithm_period_return"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const double want = frame_number(f, pairs[i][1]);
        double got = 0;
        assert_int_equal(
            tw_measure_compute(pairs[i][0],
                               &(tw_return_path){.n = n, .returns = r, .benchmark = b, .periods_per_year = 252}, &got,
                               NULL),
            TW_OK);
        /* zipline leaves out what is not finite; so do we, and also ratios to a constant */
        if (isnan(want) || isnan(got)) continue;
        if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want))))
            fail_msg("%s on day %zu: got %.17g, zipline has %.17g", pairs[i][0], n, got, want);
    }
}

static void agree(const char *algorithm)
{
    static frame f, spy;
    static double r[MOST_DAYS], b[MOST_DAYS];
    char path[512];
    snprintf(path, sizeof path, FOLDER "expected/%s.daily.csv", algorithm);
    if (!frame_open(&f, path)) skip();
    assert_true(frame_open(&spy, FOLDER "SPY_benchmark.csv"));
    size_t n = 0;
    for (; frame_next(&f); n++) {
        r[n] = frame_number(&f, "returns");
        b[n] = benchmark_on(&spy, frame_text(&f, "session"));
        assert_true(isfinite(r[n]) && isfinite(b[n]));
        compare(&f, n + 1, r, b);
    }
    fclose(f.file);
    fclose(spy.file);
    assert_true(n > 200);
}

static void test_buyapple(void **state)
{
    (void)state;
    agree("buyapple");
}
static void test_averages(void **state)
{
    (void)state;
    agree("dual_moving_average");
}
static void test_ema(void **state)
{
    (void)state;
    agree("dual_ema_talib");
}
static void test_hold(void **state)
{
    (void)state;
    agree("buy_and_hold");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buyapple),
        cmocka_unit_test(test_averages),
        cmocka_unit_test(test_ema),
        cmocka_unit_test(test_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

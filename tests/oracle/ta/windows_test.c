/* SPDX-License-Identifier: Apache-2.0 */
/* Window operators against their definitions, computed from scratch for each bar in long double, on data that breaks
 * running sums: prices of 60,000 that move by a cent, prices below a cent, constants, a spike of 1e12. */
#include <float.h>
#include <stdio.h>

#include "op_driver.h"

enum { BARS = 700, LONGEST = 100 };

typedef struct window {
    const double *x[3]; /* oldest first */
    int n;
    double q;
} window;

/* The value, and the size of the terms it is made of, of which an error is a share. */
typedef struct answer {
    long double value, size;
} answer;

typedef answer oracle(const window *w);

/* ---------------------------------------------------------------- definitions */

/* About the first value: 64 bits of mantissa are too few for a mean of 60,000 that is to be right to 1e-15. */
static long double mean_about(const double *x, int n, long double base)
{
    long double sum = 0;
    for (int i = 0; i < n; i++) sum += x[i] - base;
    return sum / n;
}
static long double mean_of(const double *x, int n) { return x[0] + mean_about(x, n, x[0]); }
static long double cross_of(const double *x, const double *y, int n)
{
    const long double mx = mean_about(x, n, x[0]), my = mean_about(y, n, y[0]);
    long double sum = 0;
    for (int i = 0; i < n; i++) sum += ((long double)x[i] - x[0] - mx) * ((long double)y[i] - y[0] - my);
    return sum;
}
static long double power_of(const double *x, int n, int power)
{
    const long double m = mean_about(x, n, x[0]);
    long double sum = 0;
    for (int i = 0; i < n; i++) sum += powl((long double)x[i] - x[0] - m, power);
    return sum / n;
}
static long double size_of(const double *x, int n)
{
    long double top = 0;
    for (int i = 0; i < n; i++) top = fmaxl(top, fabsl(x[i]));
    return top;
}
static answer relative(long double value) { return (answer){value, fabsl(value)}; }

static answer sum_is(const window *w) { return (answer){mean_of(w->x[0], w->n) * w->n, w->n * size_of(w->x[0], w->n)}; }
static answer mean_is(const window *w) { return (answer){mean_of(w->x[0], w->n), size_of(w->x[0], w->n)}; }
static answer var_is(const window *w) { return relative(cross_of(w->x[0], w->x[0], w->n) / w->n); }
static answer std_is(const window *w) { return relative(sqrtl(cross_of(w->x[0], w->x[0], w->n) / (w->n - 1))); }
static answer stddev_is(const window *w) { return relative(sqrtl(power_of(w->x[0], w->n, 2))); }
static answer zscore_is(const window *w)
{
    const long double std = std_is(w).value;
    const double *x = w->x[0];
    return (answer){((long double)x[w->n - 1] - x[0] - mean_about(x, w->n, x[0])) / std, 1};
}
static answer skew_is(const window *w)
{
    const long double n = w->n, m2 = power_of(w->x[0], w->n, 2), m3 = power_of(w->x[0], w->n, 3);
    return (answer){sqrtl(n * (n - 1)) / (n - 2) * m3 / (m2 * sqrtl(m2)), 10};
}
static answer kurt_is(const window *w)
{
    const long double n = w->n, m2 = power_of(w->x[0], w->n, 2), m4 = power_of(w->x[0], w->n, 4);
    return (answer){(n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * m4 / (m2 * m2) - 3 * (n - 1)), 100};
}
static answer corr_is(const window *w)
{
    const long double xx = cross_of(w->x[0], w->x[0], w->n), yy = cross_of(w->x[1], w->x[1], w->n);
    return (answer){cross_of(w->x[0], w->x[1], w->n) / sqrtl(xx * yy), 1};
}
static answer cov_is(const window *w)
{
    const long double xx = cross_of(w->x[0], w->x[0], w->n), yy = cross_of(w->x[1], w->x[1], w->n);
    return (answer){cross_of(w->x[0], w->x[1], w->n) / (w->n - 1), sqrtl(xx * yy) / (w->n - 1)};
}
static answer beta_is(const window *w)
{
    const long double xx = cross_of(w->x[0], w->x[0], w->n), yy = cross_of(w->x[1], w->x[1], w->n);
    return (answer){cross_of(w->x[0], w->x[1], w->n) / yy, sqrtl(xx / yy)};
}
static long double slope_of(const window *w)
{
    double time[LONGEST];
    for (int i = 0; i < w->n; i++) time[i] = i;
    return cross_of(time, w->x[0], w->n) / cross_of(time, time, w->n);
}
static long double spread_of(const window *w) { return sqrtl(power_of(w->x[0], w->n, 2)); }
static answer slope_is(const window *w) { return (answer){slope_of(w), spread_of(w) / w->n}; }
static answer resi_is(const window *w)
{
    const double *x = w->x[0];
    const long double end = mean_about(x, w->n, x[0]) + slope_of(w) * (w->n - 1) / 2;
    return (answer){(long double)x[w->n - 1] - x[0] - end, spread_of(w)};
}
static answer linreg_is(const window *w)
{
    return (answer){w->x[0][w->n - 1] - resi_is(w).value, size_of(w->x[0], w->n)};
}
static answer tsf_is(const window *w) { return (answer){linreg_is(w).value + slope_of(w), size_of(w->x[0], w->n)}; }
static answer rsquare_is(const window *w)
{
    const long double n = w->n, slope = slope_of(w);
    return (answer){slope * slope * n * (n * n - 1) / 12 / (n * power_of(w->x[0], w->n, 2)), 1};
}
static answer angle_is(const window *w)
{
    return (answer){atanl(slope_of(w)) * 180 / acosl(-1.0L), 1e-3L + 60 * spread_of(w) / w->n};
}
static answer wma_is(const window *w)
{
    long double sum = 0;
    for (int i = 0; i < w->n; i++) sum += (i + 1) * (long double)w->x[0][i];
    return (answer){sum / (w->n * (w->n + 1) / 2), size_of(w->x[0], w->n)};
}
static answer sma_bands_is(const window *w)
{
    return (answer){mean_is(w).value + 2 * spread_of(w), size_of(w->x[0], w->n)};
}
static answer mad_is(const window *w)
{
    const long double m = mean_of(w->x[0], w->n);
    long double sum = 0;
    for (int i = 0; i < w->n; i++) sum += fabsl(w->x[0][i] - m);
    return (answer){sum / w->n, spread_of(w) + 1e-4L * size_of(w->x[0], w->n)};
}
static int place_of(const window *w, int sign)
{
    int best = 0;
    for (int i = 1; i < w->n; i++)
        if (sign * w->x[0][i] > sign * w->x[0][best]) best = i;
    return best;
}
static answer max_is(const window *w) { return (answer){w->x[0][place_of(w, 1)], 0}; }
static answer min_is(const window *w) { return (answer){w->x[0][place_of(w, -1)], 0}; }
static answer argmax_is(const window *w) { return (answer){place_of(w, 1) + 1, 0}; }
static answer argmin_is(const window *w) { return (answer){place_of(w, -1) + 1, 0}; }
static answer product_is(const window *w)
{
    long double y = 1;
    for (int i = 0; i < w->n; i++) y *= w->x[0][i];
    return relative(y);
}
static answer count_is(const window *w)
{
    int n = 0;
    for (int i = 0; i < w->n; i++) n += w->x[0][i] != 0;
    return (answer){n, 0};
}
static answer rank_is(const window *w)
{
    int below = 0, equal = 0;
    for (int i = 0; i < w->n; i++) {
        below += w->x[0][i] < w->x[0][w->n - 1];
        equal += w->x[0][i] == w->x[0][w->n - 1];
    }
    return relative((below + (equal + 1) / 2.0L) / w->n);
}
static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
static answer quantile_is(const window *w)
{
    double s[LONGEST + 1];
    memcpy(s, w->x[0], (size_t)w->n * sizeof s[0]);
    qsort(s, (size_t)w->n, sizeof s[0], ascending);
    s[w->n] = 0;
    const double at = w->q * (w->n - 1);
    const int i = (int)at;
    return relative(s[i] + (long double)(at - i) * (i + 1 < w->n ? s[i + 1] - s[i] : 0));
}
static answer fastk_is(const window *w)
{
    const window high = {{w->x[0]}, w->n, 0}, low = {{w->x[1]}, w->n, 0};
    const long double top = max_is(&high).value, bottom = min_is(&low).value;
    return (answer){top == bottom ? 0 : 100 * (w->x[2][w->n - 1] - bottom) / (top - bottom), 1e4};
}

/* ---------------------------------------------------------------- data */

typedef enum { CENTS, TINY, CONSTANT, SPIKE, TREND, DATA } data_kind;

static double value_of(data_kind kind, tw_random *r, double t, double last)
{
    const double draw = tw_random_normal(r);
    switch (kind) {
    case CENTS: return 60000.0 + 0.01 * draw;
    case TINY: return 0.00734 * (1 + 0.02 * draw);
    case CONSTANT: return 2.385;
    case TREND: return last * 1.003 + 0.02 * draw;
    default: return t == 350.0 ? 1e12 : 61.7 + draw;
    }
}

static void fill(op_data *d, data_kind kind)
{
    for (size_t i = 0; i < 3; i++)
        for (size_t l = 0; l < d->lanes; l++) {
            tw_random r = {11 + i, l, 0};
            double last = 37.1;
            for (size_t t = 0; t < d->n; t++) {
                last = value_of(kind, &r, (double)t, last);
                d->in[i][t * d->lanes + l] = last;
            }
        }
    /* missing values, so that windows are seen to lose them */
    for (size_t k = 0; k < 9 && k < d->lanes; k++) d->in[0][(60 * k + 41) * d->lanes + k] = (double)NAN;
}

/* ---------------------------------------------------------------- comparison */

static bool window_at(const op_data *d, size_t t, size_t lane, int n, double rows[3][LONGEST], window *w)
{
    bool whole = t + 1 >= (size_t)n;
    for (size_t j = 0; whole && j < 3; j++) {
        for (size_t i = 0; i < (size_t)n; i++) rows[j][i] = d->in[j][(t + 1 - (size_t)n + i) * d->lanes + lane];
        w->x[j] = rows[j];
    }
    return whole;
}
static bool holds_missing(const window *w, size_t inputs)
{
    for (size_t j = 0; j < inputs; j++)
        for (int i = 0; i < w->n; i++)
            if (w->x[j][i] != w->x[j][i]) return true;
    return false;
}

static void check_value(const op_case *c, const window *w, const answer *want, double got, data_kind kind)
{
    /* the conditioning of a window with a spike in it is not the operator's fault */
    const long double wild = kind == SPIKE && size_of(w->x[0], w->n) > 1e9L ? 1e-3L : 0.0L;
    const long double bound = (1e-12L + wild) * want->size;
    const bool outside = want->value != 0 && !(fabsl(want->value) <= DBL_MAX && fabsl(want->value) >= DBL_MIN);
    const bool undefined = outside || (kind == CONSTANT && want->size == 0 && !(got == 0));
    if (undefined) return;
    if (!(fabsl(got - want->value) <= bound))
        fail_msg("%s period %d, data %d: %.17g should be %.17Lg (size %.3Lg)", c->op->name, w->n, kind, got,
                 want->value, want->size);
}

static void compare(const char *name, const char *text, oracle *f, int n, double q, data_kind kind)
{
    op_case c;
    op_data d;
    double rows[3][LONGEST];
    window w = {{NULL}, n, q};
    assert_true(op_open(&c, TW_ISA_BEST, name, text));
    op_data_init(&d, BARS, TW_LANES);
    fill(&d, kind);
    op_drive(&c, &d, 0);
    for (size_t t = c.lookback; t < BARS; t += 3 + t % 5)
        for (size_t l = t % 2; l < TW_LANES; l += 5) {
            const double got = d.out[0][t * TW_LANES + l];
            if (!window_at(&d, t, l, n, rows, &w)) continue;
            if (holds_missing(&w, tw_op_inputs(c.op))) {
                if (strcmp(name, "fastk") != 0) assert_true(got != got);
                continue;
            }
            const answer want = f(&w);
            check_value(&c, &w, &want, got, kind);
        }
    op_data_clear(&d);
}

static const struct twin {
    const char *name, *more;
    oracle *f;
    int least;
    double q;
} twins[] = {{"sum", "", sum_is, 1, 0},
             {"mean", "", mean_is, 1, 0},
             {"sma", "", mean_is, 1, 0},
             {"var", "", var_is, 2, 0},
             {"std", "", std_is, 2, 0},
             {"stddev", "", stddev_is, 2, 0},
             {"ts_zscore", "", zscore_is, 2, 0},
             {"skew", "", skew_is, 3, 0},
             {"kurt", "", kurt_is, 4, 0},
             {"corr", "", corr_is, 2, 0},
             {"correl", "", corr_is, 2, 0},
             {"cov", "", cov_is, 2, 0},
             {"slope_on", "", beta_is, 2, 0},
             {"slope", "", slope_is, 2, 0},
             {"resi", "", resi_is, 2, 0},
             {"linreg", "", linreg_is, 2, 0},
             {"tsf", "", tsf_is, 2, 0},
             {"rsquare", "", rsquare_is, 2, 0},
             {"linearreg_angle", "", angle_is, 2, 0},
             {"wma", "", wma_is, 1, 0},
             {"decay_linear", "", wma_is, 1, 0},
             {"sma_bands", "", sma_bands_is, 2, 0},
             {"mad", "", mad_is, 1, 0},
             {"avgdev", "", mad_is, 1, 0},
             {"max", "", max_is, 1, 0},
             {"min", "", min_is, 1, 0},
             {"argmax", "", argmax_is, 1, 0},
             {"argmin", "", argmin_is, 1, 0},
             {"product", "", product_is, 1, 0},
             {"count", "", count_is, 1, 0},
             {"ts_rank", "", rank_is, 1, 0},
             {"median", "", quantile_is, 1, 0.5},
             {"quantile", " q=0.2", quantile_is, 1, 0.2},
             {"quantile", " q=1", quantile_is, 1, 1},
             {"fastk", "", fastk_is, 1, 0}};

static void windows_are_their_definitions(void **state)
{
    static const int periods[] = {1, 2, 5, 17, 60, LONGEST};
    (void)state;
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++)
        for (size_t p = 0; p < sizeof periods / sizeof periods[0]; p++)
            for (data_kind kind = CENTS; kind < DATA; kind++) {
                char text[64];
                if (periods[p] < twins[i].least) continue;
                snprintf(text, sizeof text, "timeperiod=%d%s", periods[p], twins[i].more);
                compare(twins[i].name, text, twins[i].f, periods[p], twins[i].q, kind);
            }
}

/* A constant has no spread, no slope and itself as its mean: exactly, at any level and period. */
static void constants_are_exact(void **state)
{
    static const char *const zero[] = {"std", "var", "slope", "resi", "cov", "mad"}, *const same[] = {"mean", "wma",
                                                                                                      "linreg",
                                                                                                      "median"};
    (void)state;
    for (size_t i = 0; i < 10; i++) {
        op_case c;
        op_data d;
        assert_true(op_open(&c, TW_ISA_BEST, i < 6 ? zero[i] : same[i - 6], "timeperiod=23"));
        op_data_init(&d, BARS, TW_LANES);
        for (size_t k = 0; k < BARS * TW_LANES; k++) d.in[0][k] = d.in[1][k] = 2.385e5 * (1.0 + (double)(k % TW_LANES));
        op_drive(&c, &d, 31);
        for (size_t k = c.lookback * TW_LANES; k < BARS * TW_LANES; k++)
            assert_true(d.out[0][k] == (i < 6 ? 0.0 : d.in[0][k]));
        op_data_clear(&d);
    }
}

/* Windows of 20,000 bars, and the bars just before and after a block of them ends. */
static void long_windows_keep_their_digits(void **state)
{
    enum { LONG = 20000, SERIES = 3 * LONG };
    static const struct twin longs[] = {{"mean", "", mean_is, 0, 0},     {"std", "", std_is, 0, 0},
                                        {"skew", "", skew_is, 0, 0},     {"corr", "", corr_is, 0, 0},
                                        {"argmax", "", argmax_is, 0, 0}, {"wma", "", wma_is, 0, 0}};
    static const size_t at[] = {LONG - 1, LONG, LONG + LONG / 2, 2 * LONG - 1, 2 * LONG, SERIES - 1};
    (void)state;
    for (size_t i = 0; i < sizeof longs / sizeof longs[0]; i++) {
        op_case c;
        op_data d;
        assert_true(op_open(&c, TW_ISA_BEST, longs[i].name, "timeperiod=20000"));
        op_data_init(&d, SERIES, 1);
        fill(&d, CENTS);
        for (size_t k = 0; k < SERIES; k++)
            if (d.in[0][k] != d.in[0][k]) d.in[0][k] = 60000.0;
        op_drive(&c, &d, 0);
        for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
            const window w = {{d.in[0] + at[k] + 1 - LONG, d.in[1] + at[k] + 1 - LONG}, LONG, 0};
            const answer want = longs[i].f(&w);
            check_value(&c, &w, &want, d.out[0][at[k]], CENTS);
        }
        op_data_clear(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_their_definitions),
        cmocka_unit_test(constants_are_exact),
        cmocka_unit_test(long_windows_keep_their_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

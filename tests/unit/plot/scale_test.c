/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include <math.h>

#include "plot/plot_impl.h"

static tw_scale fitted(double lo, double hi)
{
    tw_scale scale = {lo, hi, 0, 100};
    tw_scale_fit(&scale, 0);
    return scale;
}

static void steps_are_round(void **state)
{
    (void)state;
    static const struct {
        double lo, hi, first, step;
        size_t n;
    } cases[] = {{36.7, 69.2, 40, 5, 6},           {0, 100, 0, 20, 6},
                 {-0.013, 0.021, -0.01, 0.005, 7}, {59999.99, 60000.01, 59999.99, 0.005, 5},
                 {-7.3e6, 1.9e6, -6e6, 2e6, 4},    {1e-9, 5e-9, 1e-9, 1e-9, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const tw_scale scale = fitted(cases[i].lo, cases[i].hi);
        const tw_ticks ticks = tw_ticks_of(&scale, 5);
        assert_near(ticks.step / cases[i].step, 1, 1e-9);
        assert_near(ticks.first / cases[i].step, cases[i].first / cases[i].step, 1e-9);
        assert_int_equal(ticks.n, cases[i].n);
    }
}

/* Whatever the range, ticks lie in it, are few, and no two are written alike. */
static void any_range_has_ticks(void **state)
{
    (void)state;
    tw_random r = {.seed = 7302};
    for (int i = 0; i < 20000; i++) {
        const double size = exp(40 * (tw_random_uniform(&r) - 0.5)), at = size * 100 * tw_random_normal(&r);
        const tw_scale scale = fitted(at, at + size);
        const tw_ticks ticks = tw_ticks_of(&scale, 6);
        assert_in_range(ticks.n, 2, 12);
        assert_true(ticks.first >= scale.lo - 1e-6 * size);
        assert_true(ticks.first + (double)(ticks.n - 1) * ticks.step <= scale.hi + 1e-6 * size);
        char before[TW_TICK_TEXT] = "", text[TW_TICK_TEXT];
        for (size_t k = 0; k < ticks.n; k++) {
            tw_tick_text(&ticks, ticks.first + (double)k * ticks.step, 0, text);
            assert_string_not_equal(text, before);
            strcpy(before, text);
        }
    }
}

static void flat_and_empty_ranges(void **state)
{
    (void)state;
    const tw_scale flat = fitted(61.3, 61.3), zero = fitted(0, 0), none = fitted(INFINITY, -INFINITY);
    assert_near(tw_scale_at(&flat, 61.3), 50, 1e-9);
    assert_near(tw_scale_at(&zero, 0), 50, 1e-9);
    assert_same(none.lo, 0);
    assert_same(none.hi, 1);
    const tw_scale rounding = fitted(61.3, nextafter(61.3, 100)); /* no movement */
    assert_true(rounding.hi - rounding.lo > 1);
    const tw_scale cent = fitted(59999.99, 60000.01); /* movement */
    assert_near(tw_scale_at(&cent, 60000), 50, 1e-6);
}

static void numbers_are_written_out(void **state)
{
    (void)state;
    static const struct {
        double x;
        int decimals;
        bool lean;
        const char *text;
    } cases[] = {{1.25, 1, true, "1.3"},
                 {-0.04, 1, true, "0"},
                 {3, 1, true, "3"},
                 {3, 1, false, "3.0"},
                 {0.5, 0, true, "1"},
                 {-12.34, 2, false, "-12.34"},
                 {1234567.891, 3, true, "1234567.891"}};
    char text[TW_TICK_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t length = tw_plot_fixed(cases[i].x, cases[i].decimals, cases[i].lean, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(length, strlen(text));
    }
}

static void ticks_are_written_as_on_price_axes(void **state)
{
    (void)state;
    static const struct {
        double step, most, x;
        int more;
        const char *text;
    } cases[] = {{500, 61000, 60500, 0, "60,500"},
                 {500, 61000, -60500, 2, "-60,500.00"},
                 {5, 70, 65, 0, "65"},
                 {2e5, 1.4e6, 1.2e6, 0, "1.2M"},
                 {2e9, 9e9, -4e9, 0, "-4B"},
                 {1e15, 5e15, 2e15, 0, "2000000000000000"},
                 {2e-10, 9e-10, 4e-10, 0, "4e-10"}};
    char text[TW_TICK_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tw_ticks ticks = {.step = cases[i].step, .most = cases[i].most};
        if (ticks.step < 1) ticks.decimals = (int)-floor(log10(ticks.step));
        tw_tick_text(&ticks, cases[i].x, cases[i].more, text);
        assert_string_equal(text, cases[i].text);
    }
}

static size_t dates_of(int64_t first, int64_t step, size_t n, size_t most, tw_date_tick *out)
{
    int64_t times[3000];
    for (size_t t = 0; t < n; t++) times[t] = first + (int64_t)t * step;
    return tw_date_ticks(times, n, most, out);
}

static void dates_stand_where_something_begins(void **state)
{
    (void)state;
    tw_date_tick out[TW_TICKS_MOST];
    const int64_t day = TW_NS_PER_DAY, from = tw_days_from_date(2023, 11, 16) * day;
    assert_int_equal(dates_of(from, day, 200, 12, out), 7);
    assert_string_equal(out[0].text, "Dec");
    assert_int_equal(out[0].bar, 15);
    assert_string_equal(out[1].text, "2024");
    assert_int_equal(dates_of(from, day, 10, 12, out), 9); /* each day */
    assert_string_equal(out[0].text, "17 Nov");
    assert_true(dates_of(from, day, 3000, 12, out) >= 3);
    assert_string_equal(out[0].text, "2024");
    const int64_t open = from + 14 * 3600 * TW_NS_PER_SECOND + 30 * 60 * TW_NS_PER_SECOND;
    assert_true(dates_of(open, 60 * TW_NS_PER_SECOND, 240, 12, out) >= 4);
    assert_string_equal(out[0].text, "15:00");
    assert_int_equal(dates_of(from, day, 1, 12, out), 1); /* one bar: its own date */
    assert_string_equal(out[0].text, "2023-11-16");
    assert_int_equal(dates_of(from, day, 0, 12, out), 0);
    assert_int_equal(dates_of(from, day, 100, 0, out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_round),
        cmocka_unit_test(any_range_has_ticks),
        cmocka_unit_test(flat_and_empty_ranges),
        cmocka_unit_test(numbers_are_written_out),
        cmocka_unit_test(ticks_are_written_as_on_price_axes),
        cmocka_unit_test(dates_stand_where_something_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

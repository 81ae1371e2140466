/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include <math.h>

#include "tradewind/plot.h"

enum { MOST = 300 };

/* Bars of every kind of series at once. */
typedef struct sample {
    double open[MOST], high[MOST], low[MOST], close[MOST], volume[MOST], line[MOST], hist[MOST], marks[MOST];
    int64_t times[MOST];
    tw_chart_series price[4], below[2];
    tw_chart_panel panels[2];
    tw_chart chart;
} sample;

static void fill(sample *s, size_t n, double price)
{
    tw_random r = {.seed = 11};
    for (size_t t = 0; t < n; t++) {
        s->open[t] = price, price *= 1 + 0.01 * tw_random_normal(&r);
        s->close[t] = price;
        s->high[t] = fmax(s->open[t], price) * 1.003, s->low[t] = fmin(s->open[t], price) * 0.997;
        s->volume[t] = 1000 * tw_random_uniform(&r);
        s->line[t] = t < 14 ? (double)NAN : 50 + 10 * tw_random_normal(&r);
        s->hist[t] = tw_random_normal(&r);
        s->marks[t] = t % 10 == 3 ? 100 : t % 10 == 7 ? -100 : 0;
        s->times[t] = (19000 + (int64_t)t) * TW_NS_PER_DAY;
    }
    s->price[0] = (tw_chart_series){.name = "volume", .kind = TW_CHART_VOLUME, .y = s->volume};
    s->price[1] = (tw_chart_series){"A & <B>", TW_CHART_CANDLES, s->close, s->open, s->high, s->low};
    s->price[2] = (tw_chart_series){.name = "stop", .kind = TW_CHART_DOTS, .y = s->low};
    s->price[3] = (tw_chart_series){"marks", TW_CHART_MARKS, s->marks, NULL, s->high, s->low};
    s->below[0] = (tw_chart_series){.name = "hist", .kind = TW_CHART_HISTOGRAM, .y = s->hist};
    s->below[1] = (tw_chart_series){.name = "line", .y = s->line};
    s->panels[0] = (tw_chart_panel){s->price, 4, {0}, 1};
    s->panels[1] = (tw_chart_panel){s->below, 2, {30, 70}, 0.5};
    s->chart = (tw_chart){"Title", "note", s->times, n, s->panels, 2, 640, 400};
}

/* Whatever a painter is given is a number near the picture. */
typedef struct watch {
    size_t paths, texts, far;
} watch;

static bool is_far(double x) { return !(x > -2000 && x < 4000); }

static void watch_path(void *arg, const tw_point *points, size_t n, const tw_ink *ink)
{
    watch *w = arg;
    w->paths++;
    assert_true(n > 0 && points[0].move);
    assert_true(ink->opacity > 0 && ink->opacity <= 1);
    for (size_t i = 0; i < n; i++) w->far += is_far(points[i].x) || is_far(points[i].y);
}

static void watch_text(void *arg, const tw_chart_text *label)
{
    watch *w = arg;
    w->texts++;
    w->far += is_far(label->x) || is_far(label->y);
    assert_true(label->text && strlen(label->text) < 200);
}

static watch drawn(const tw_chart *chart)
{
    watch w = {0};
    tw_error err;
    assert_ok(tw_chart_draw(NULL, chart, &(tw_painter){watch_path, watch_text, &w}, &err), &err);
    assert_int_equal(w.far, 0);
    return w;
}

static void a_chart_is_svg(void **state)
{
    (void)state;
    static sample s;
    tw_buf out;
    tw_error err;
    tw_buf_init(&out, NULL);
    fill(&s, 120, 61.3);
    assert_ok(tw_chart_svg(NULL, &s.chart, &out, &err), &err);
    static const char start[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"400\" ";
    assert_memory_equal(out.data, start, sizeof start - 1);
    assert_string_equal(out.data + out.length - 7, "</svg>\n");
    assert_non_null(strstr(out.data, ">A &amp; &lt;B&gt; "));
    assert_non_null(strstr(out.data, ">marks 12 up, 12 down<"));
    assert_non_null(strstr(out.data, "stroke-dasharray"));
    assert_null(strstr(out.data, "nan"));
    assert_null(strstr(out.data, "inf"));
    assert_true(out.length < 20000);
    tw_buf_clear(&out);
}

static void any_values_can_be_drawn(void **state)
{
    (void)state;
    static sample s;
    static const double odd[] = {NAN, INFINITY, -INFINITY, 0, 1e12, -1e12, 1e308, -1e308, 5e-324, 1e-12};
    tw_random r = {.seed = 5};
    for (int round = 0; round < 2000; round++) {
        const size_t n = 1 + (size_t)tw_random_below(&r, 60);
        fill(&s, n, exp(20 * (tw_random_uniform(&r) - 0.5)));
        double *const all[] = {s.open, s.high, s.low, s.close, s.volume, s.line, s.hist, s.marks};
        for (size_t t = 0; t < n; t++)
            for (size_t k = 0; k < 8; k++)
                if (tw_random_below(&r, 4) == 0) all[k][t] = odd[tw_random_below(&r, sizeof odd / sizeof odd[0])];
        drawn(&s.chart);
    }
}

static void nothing_but_gaps(void **state)
{
    (void)state;
    static sample s;
    fill(&s, 40, 61.3);
    double *const all[] = {s.open, s.high, s.low, s.close, s.volume, s.line, s.hist, s.marks};
    for (size_t k = 0; k < 8; k++)
        for (size_t t = 0; t < 40; t++) all[k][t] = NAN;
    assert_true(drawn(&s.chart).texts > 4);
}

static void one_bar_and_constant_bars(void **state)
{
    (void)state;
    static sample s;
    fill(&s, 1, 61.3);
    s.line[0] = 50; /* alone between gaps: still seen */
    assert_true(drawn(&s.chart).paths > 8);
    fill(&s, 100, 61.3);
    for (size_t t = 0; t < 100; t++) s.open[t] = s.high[t] = s.low[t] = s.close[t] = s.line[t] = 61.3;
    drawn(&s.chart);
}

static void bounds_are_told(void **state)
{
    (void)state;
    static sample s;
    tw_error err;
    tw_buf out;
    tw_buf_init(&out, NULL);
    fill(&s, 40, 61.3);
    s.chart.width = 159;
    assert_int_equal(tw_chart_svg(NULL, &s.chart, &out, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "chart: width must be in [160, 20000], got 159");
    s.chart.width = 640, s.chart.height = 20001;
    assert_int_equal(tw_chart_svg(NULL, &s.chart, &out, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "chart: height must be in [120, 20000], got 20001");
    s.chart.height = 400, s.chart.n = 0;
    assert_int_equal(tw_chart_svg(NULL, &s.chart, &out, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "chart: no bars to draw");
    s.chart.n = 40, s.chart.n_panels = 7;
    assert_int_equal(tw_chart_svg(NULL, &s.chart, &out, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "chart: panels must be in [1, 6], got 7");
    tw_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chart_is_svg),   cmocka_unit_test(any_values_can_be_drawn),
        cmocka_unit_test(nothing_but_gaps), cmocka_unit_test(one_bar_and_constant_bars),
        cmocka_unit_test(bounds_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Figures: what is in them, what is left out, what is refused. */
#include "tradewind/plot.h"

#include "tw_test.h"

#include <math.h>

static const char *const names[] = {"income", "debt & more", "a name that is longer than its place in the picture is"};
static const double value[] = {1.5, -2.385, 0.25, 4, NAN, 1};

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = strstr(text, what); at; at = strstr(at + 1, what)) n++;
    return n;
}

static tw_buf drawn(const tw_figure *figure)
{
    tw_buf out;
    tw_error err;
    tw_buf_init(&out, NULL);
    assert_ok(tw_figure_svg(NULL, figure, &out, &err), &err);
    assert_int_equal(count(out.data, "<svg"), 1);
    assert_int_equal(count(out.data, "</svg>"), 1);
    assert_null(strstr(out.data, "nan"));
    return out;
}

static void bars_have_names_and_whiskers(void **state)
{
    (void)state;
    const double spread[] = {0.5, 0.25, NAN};
    tw_figure f = {.kind = TW_FIGURE_BARS, .title = "a < b", .n = 3, .name = names, .value = value, .width = 640};
    tw_buf bare = drawn(&f);
    f.spread = spread;
    tw_buf with = drawn(&f);
    assert_non_null(strstr(bare.data, "a &lt; b"));
    assert_non_null(strstr(bare.data, "debt &amp; more"));
    assert_non_null(strstr(bare.data, "a name that is longer than..."));
    assert_int_equal(count(with.data, "stroke=\"#1f2933\""), count(bare.data, "stroke=\"#1f2933\"") + 2);
    tw_buf_clear(&bare);
    tw_buf_clear(&with);
}

static void dots_are_coloured_and_gaps_left_out(void **state)
{
    (void)state;
    const double shade[] = {0, 1, NAN, 0.5, 0.5, 0.5};
    const tw_figure f = {
        .kind = TW_FIGURE_SWARM, .n = 2, .m = 3, .name = names, .value = value, .shade = shade, .width = 640};
    tw_buf out = drawn(&f);
    assert_non_null(strstr(out.data, "#2563eb"));
    assert_non_null(strstr(out.data, "#d1495b"));
    assert_non_null(strstr(out.data, "#a3a9b1"));
    tw_buf_clear(&out);
}

static void curves_break_at_gaps(void **state)
{
    (void)state;
    const double x[] = {0, 1, 2}, y[] = {1, NAN, 2, 1, 2, 3};
    tw_figure f = {.kind = TW_FIGURE_CURVES, .n = 3, .m = 2, .x = x, .value = y, .width = 400, .y_name = "chance"};
    tw_buf out = drawn(&f);
    assert_int_equal(count(out.data, "stroke=\"#2563eb\""), 1);
    assert_int_equal(count(out.data, "stroke=\"#7a828c\""), 1);
    tw_buf_clear(&out);
    f.x = NULL;
    f.name = names;
    out = drawn(&f);
    assert_non_null(strstr(out.data, "income"));
    tw_buf_clear(&out);
}

static void cells_are_a_field(void **state)
{
    (void)state;
    const tw_figure f = {
        .kind = TW_FIGURE_CELLS, .n = 3, .m = 2, .name = names, .across = names, .value = value, .width = 500};
    tw_buf out = drawn(&f);
    assert_int_equal(count(out.data, "<path"), 1 + 5); /* the ground, and all but the missing one */
    tw_buf_clear(&out);
}

static void what_cannot_be_drawn_is_refused(void **state)
{
    (void)state;
    tw_buf out;
    tw_error err;
    tw_buf_init(&out, NULL);
    tw_figure f = {.kind = TW_FIGURE_BARS, .n = 3, .name = names, .value = value, .width = 100};
    assert_int_equal(tw_figure_svg(NULL, &f, &out, &err), TW_BAD_VALUE);
    f.width = 640;
    f.n = 0;
    assert_int_equal(tw_figure_svg(NULL, &f, &out, &err), TW_BAD_VALUE);
    f.n = 1001;
    assert_int_equal(tw_figure_svg(NULL, &f, &out, &err), TW_BAD_VALUE);
    tw_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_have_names_and_whiskers),
        cmocka_unit_test(dots_are_coloured_and_gaps_left_out),
        cmocka_unit_test(curves_break_at_gaps),
        cmocka_unit_test(cells_are_a_field),
        cmocka_unit_test(what_cannot_be_drawn_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

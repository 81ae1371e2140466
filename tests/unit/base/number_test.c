/* SPDX-License-Identifier: Apache-2.0 */
/* Against the C library in the "C" locale as oracle. */
#include "tw_test.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

static bool parse(const char *text, double *x) { return tw_parse_double(text, strlen(text), x); }

static void check_as_strtod(const char *text)
{
    double x = 977;
    if (!parse(text, &x)) fail_msg("'%s' is a number", text);
    const double want = strtod(text, NULL);
    if (memcmp(&x, &want, sizeof x) != 0) fail_msg("'%s' gives %a, want %a", text, x, want);
}

static void hard_cases_round_correctly(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "2.385",
        "-0.0",
        "+17.25",
        ".5",
        "5.",
        "0e999999999999",
        "1e-999999999999",
        "1e999999999",
        "1e23",
        "8.5e22",
        "9007199254740993",
        "9007199254740992.9999999999999999999999999999999999999999999999999",
        "9007199254740993.00000000000000000000000000000000000000000000000000000001",
        "4.9406564584124654e-324",
        "2.4703282292062327208299439e-324",
        "2.4703282292062327209e-324",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "179769313486231580793728971405303415079934132710037826936173778980444968292764750946",
        "6929495552121213e-30",
        "3.2378839133029012e-319",
        "7.2057594037927933e16",
        "0.000000000000000000000000000001",
        "100000000000000016777215",
        "100000000000000016777216",
        "1090544144181609348835077142190",
        "123456789012345678901234567890e-10",
        "0.1234567890123456789012345678901234567890",
        "9355950000000000000.00000",
        "9223372036854775808.5",
        "1448997445238699",
        "0000000000000000000000000000123.4500000000000000000000000000",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) check_as_strtod(texts[i]);
}

/* The exact halfway points, of up to 767 digits, and one digit to each side. */
static void halfway_points_round_to_even(void **state)
{
    (void)state;
    tw_random r = {.seed = 2385};
    for (int i = 0; i < 400; i++) {
        uint64_t bits = tw_random_bits(&r) >> 1;
        if (i % 4 == 0) bits &= (UINT64_C(1) << 52) - 1; /* subnormal */
        double x;
        memcpy(&x, &bits, sizeof x);
        if (!(x < DBL_MAX / 4)) continue;
        const long double half = (long double)x / 2 + (long double)nextafter(x, INFINITY) / 2;
        char text[1400];
        const int n = snprintf(text, sizeof text - 2, "%.*Lf", x < 1 ? 1100 : 60, half);
        check_as_strtod(text);
        text[n] = '1';
        text[n + 1] = '\0';
        check_as_strtod(text);
        if (text[n - 1] == '0') text[n - 1] = '1';
        check_as_strtod(text);
    }
}

static void random_texts_read_as_strtod(void **state)
{
    (void)state;
    tw_random r = {.seed = 11};
    for (int i = 0; i < 60000; i++) {
        const uint64_t bits = tw_random_bits(&r);
        double x;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        char text[64];
        snprintf(text, sizeof text, "%.*e", i % 24, x);
        check_as_strtod(text);
    }
}

static void format_reads_back_and_is_shortest(void **state)
{
    (void)state;
    tw_random r = {.seed = 12};
    for (int i = 0; i < 60000; i++) {
        uint64_t bits = tw_random_bits(&r);
        if (i % 3 == 0) bits &= UINT64_MAX << (i % 53);
        double x, y;
        char text[32], shorter[64];
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        const size_t n = tw_format_double(x, text);
        assert_int_equal(n, strlen(text));
        assert_true(tw_parse_double(text, n, &y));
        assert_same(y, x);
        assert_same(strtod(text, NULL), x);
        int digits = 0;
        for (const char *s = text; *s && *s != 'e'; s++) digits += *s >= '0' && *s <= '9' && (digits || *s != '0');
        if (digits < 2 || strchr(text, 'e') == NULL) continue;
        snprintf(shorter, sizeof shorter, "%.*e", digits - 2, x);
        if (strtod(shorter, NULL) == x) fail_msg("'%s' is shorter than '%s'", shorter, text);
    }
}

static void format_has_one_form(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *text;
    } rows[] = {
        {2.385, "2.385"},
        {-0.0, "-0"},
        {0, "0"},
        {100, "100"},
        {1e15, "1000000000000000"},
        {1e16, "1e16"},
        {123456.75, "123456.75"},
        {0.0001, "0.0001"},
        {0.00001, "0.00001"},
        {1.5e-7, "1.5e-7"},
        {5e-324, "5e-324"},
        {DBL_MAX, "1.7976931348623157e308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e23, "1e23"},
        {9007199254740992, "9007199254740992"},
        {NAN, "nan"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {1.0 / 3, "0.3333333333333333"},
        {2e22, "2e22"},
    };
    char text[32];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tw_format_double(rows[i].x, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void many_zeros_and_a_large_exponent_cancel(void **state)
{
    (void)state;
    enum { ZEROS = 300000 };
    char *text = tw_new(NULL, ZEROS + 64, 1);
    double x = 0;
    memset(text, '0', ZEROS + 2);
    text[1] = '.';
    strcpy(text + ZEROS + 2, "2385e300003");
    assert_true(parse(text, &x));
    assert_same(x, 238.5);
    memset(text, '0', ZEROS);
    text[0] = '7';
    strcpy(text + ZEROS, "e-299999");
    assert_true(parse(text, &x));
    assert_same(x, 7);
    tw_free(NULL, text);
}

static void words_and_refusals(void **state)
{
    (void)state;
    double x = 0;
    assert_true(parse("NaN", &x) && isnan(x));
    assert_true(parse("-Infinity", &x) && x == -INFINITY);
    assert_true(parse("+inf", &x) && x == INFINITY);
    static const char *const wrong[] = {"",    "-",   ".",    "-.",   "e5",   "1e",  "1e+",  "1.2.3", " 1",   "1 ",
                                        "1,5", "0x1", "1e5x", "infi", "nanx", "--1", "1e-+", "i",     "1e1.5"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (parse(wrong[i], &x)) fail_msg("'%s' is no number", wrong[i]);
    assert_true(tw_parse_double("12.75xyz", 5, &x)); /* only what it is given */
    assert_same(x, 12.75);
}

static void locale_changes_nothing(void **state)
{
    (void)state;
    static const char *const commas[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE", "nl_NL.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < sizeof commas / sizeof commas[0] && !found; i++)
        found = setlocale(LC_ALL, commas[i]) != NULL;
    char text[32];
    double x = 0;
    tw_format_double(2.385, text);
    const bool read = parse("2.385", &x);
    setlocale(LC_ALL, "C");
    assert_string_equal(text, "2.385");
    assert_true(read && x == 2.385);
    if (!found) print_message("note: no locale with a decimal comma here; tried under C only\n");
}

static void integers(void **state)
{
    (void)state;
    int64_t x = 0;
    assert_true(tw_parse_int64("-9223372036854775808", 20, &x) && x == INT64_MIN);
    assert_true(tw_parse_int64("9223372036854775807", 19, &x) && x == INT64_MAX);
    assert_true(tw_parse_int64("+00042", 6, &x) && x == 42);
    static const char *const wrong[] = {"",    "-",   "9223372036854775808",    "-9223372036854775809", "1.0", " 1",
                                        "1e3", "++1", "99999999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(tw_parse_int64(wrong[i], strlen(wrong[i]), &x));
    assert_int_equal(x, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hard_cases_round_correctly),
        cmocka_unit_test(halfway_points_round_to_even),
        cmocka_unit_test(random_texts_read_as_strtod),
        cmocka_unit_test(format_reads_back_and_is_shortest),
        cmocka_unit_test(format_has_one_form),
        cmocka_unit_test(words_and_refusals),
        cmocka_unit_test(many_zeros_and_a_large_exponent_cancel),
        cmocka_unit_test(locale_changes_nothing),
        cmocka_unit_test(integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

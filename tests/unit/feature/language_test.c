/* SPDX-License-Identifier: Apache-2.0 */
/* The expression language: precedence, parameters, types, errors that point. */
#include "feature_case.h"

#include "feature/plan.h"

#include <string.h>

/* ---- values: one bar of open = 2.385, close = 7.25, volume = -3.5 */

static double value_of(const char *expression)
{
    const double bar[] = {2.385, 7.25, -3.5};
    const tw_tiles in[] = {{&bar[0], 0, 1}, {&bar[1], 0, 1}, {&bar[2], 0, 1}};
    double y = 0;
    const tw_tiles_out out = {.f64 = &y, .time_stride = 1};
    tw_plan *plan = case_plan(TW_NAMES("open", "close", "volume"), expression);
    tw_runner *runner = case_runner(NULL, plan, 1);
    assert_int_equal(tw_runner_run(runner, 1, in, &out, NULL), TW_OK);
    tw_runner_free(runner);
    tw_plan_free(plan);
    return y;
}

static void precedence(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"open + close * volume", 2.385 + 7.25 * -3.5},
        {"(open + close) * volume", (2.385 + 7.25) * -3.5},
        {"open - close - volume", 2.385 - 7.25 - -3.5},
        {"open / close / volume", 2.385 / 7.25 / -3.5},
        {"-open ^ 2", -(2.385 * 2.385)},
        {"(-open) ^ 2", 2.385 * 2.385},
        {"open ^ -1", 1 / 2.385},
        {"2 ^ 2 ^ 0.5 ^ 0", 4},
        {"open * -close", 2.385 * -7.25},
        {"--open", 2.385},
        {"- - 1e-3", 1e-3},
        {"open + 1 < close - 1", 1},
        {"not open < close", 0},
        {"not open > close and close > volume", 1},
        {"open > close or close > open and volume < 0", 1},
        {"(open > close or close > open) and volume > 0", 0},
        {"open == open", 1},
        {"open != open", 0},
        {"open >= 2.385 and open <= 2.385", 1},
        {"if(open > close, 1.5, 2.5)", 2.5},
        {"if(true, open, close)", 2.385},
        {"7.25 % 3", 1.25},
        {"-7.25 % 3", 1.75}, /* (-7.25) % 3, with the sign of the divisor */
        {"1.", 1},
        {".5e1", 5},
        {" open\n+\tclose ", 2.385 + 7.25},
        {"fill(nan, value=3.25)", 3.25},
        {"clip(close, -1, hi=2.125)", 2.125},
        {"clip(close, lo=9.5 - 2, hi=2 * 50)", 7.5},
        {"is_missing(lag(close, 1))", 1},
        {"mean(close > open, 1)", 1},
        {"mean(close, 2 ^ 3 - 7)", 7.25},
        {"and(close > open, or(open > close, not (open > close)))", 1},
        {"linreg(close + 0 * lag(close, 0), 2).slope + 0 * open", NAN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double want = cases[i].value, got = value_of(cases[i].text);
        if (!(got == want || (got != got && want != want))) fail_msg("%s = %.17g, not %.17g", cases[i].text, got, want);
    }
}

/* ---- errors */

static void errors_point(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        tw_status status;
        size_t column; /* 0: none */
        const char *part;
    } cases[] = {
        {"close / lag(emaa(close, 12), 3)", TW_BAD_NAME, 13, "unknown operator 'emaa'"},
        {"mearn(close, 12)", TW_BAD_NAME, 1, "unknown operator 'mearn' (did you mean 'mean'?)"},
        {"clos + 1", TW_BAD_NAME, 1, "no column or sub-expression 'clos' (did you mean 'close'?)"},
        {"close +", TW_BAD_SYNTAX, 8, "a value wanted, but the text ends"},
        {"", TW_BAD_SYNTAX, 1, "a value wanted, but the text ends"},
        {"(close", TW_BAD_SYNTAX, 7, "')' after the expression wanted, but the text ends"},
        {"close)", TW_BAD_SYNTAX, 6, "an operator or the end wanted, got ')'"},
        {"close close", TW_BAD_SYNTAX, 7, "an operator or the end wanted, got 'close'"},
        {"close = 3", TW_BAD_SYNTAX, 7, "to compare write '=='"},
        {"close # 3", TW_BAD_SYNTAX, 7, "no meaning"},
        {"2close", TW_BAD_SYNTAX, 1, "may not begin with a digit"},
        {"1.2.3", TW_BAD_SYNTAX, 1, "not a number"},
        {"'text'", TW_BAD_SYNTAX, 1, "a quoted text is not a value"},
        {"'text", TW_BAD_SYNTAX, 1, "not closed"},
        {"1 + 'text'", TW_BAD_VALUE, 5, "a quoted text is not a value"},
        {"open < close < volume", TW_BAD_SYNTAX, 14, "do not chain"},
        {"open + not close", TW_BAD_SYNTAX, 8, "brackets"},
        {"and close", TW_BAD_SYNTAX, 1, "a value wanted, got 'and'"},
        {"mean()", TW_BAD_VALUE, 1, "mean needs 1 input, the first 'x', got 0"},
        {"mean(timeperiod=3)", TW_BAD_VALUE, 1, "mean needs 1 input"},
        {"mean(close, 3, 4)", TW_BAD_VALUE, 1, "takes 1 input and 1 parameter, got 3"},
        {"mean(close, 3, timeperiod=3)", TW_BAD_VALUE, 1, "takes 1 input and 1 parameter, got 3"},
        {"std(close, 3, timeperiod=3)", TW_BAD_VALUE, 15, "period is given twice"},
        {"mean(close, period=3)", TW_BAD_NAME, 13, "mean has no parameter 'period' (did you mean 'timeperiod'?)"},
        {"mean(close, timeperod=3)", TW_BAD_NAME, 13, "mean has no parameter 'timeperod' (did you mean 'timeperiod'?)"},
        {"mean(x=close)", TW_BAD_VALUE, 1, "mean needs 1 input"},
        {"std(close, x=3)", TW_BAD_NAME, 12, "given by its place"},
        {"std(close, timeperiod=3, 1)", TW_BAD_SYNTAX, 26, "may not follow"},
        {"mean(close, open)", TW_BAD_VALUE, 13, "period must be a constant"},
        {"mean(close, 2.5)", TW_BAD_VALUE, 13, "period must be an integer"},
        {"mean(close, 0)", TW_BAD_VALUE, 13, "period must be an integer in [1, 100000], got '0'"},
        {"mean(close, nan)", TW_BAD_VALUE, 13, "timeperiod"},
        {"mean(close, 'x')", TW_BAD_VALUE, 13, "period must be a number"},
        {"clip(close, 3, 1)", TW_BAD_VALUE, 1, "clip: lo=3 is above hi=1"},
        {"lag(close, -1)", TW_LOOK_AHEAD, 12, "look-ahead"},
        {"lag(close, k=2-5)", TW_LOOK_AHEAD, 14, "k = -3"},
        {"mean(close, -5)", TW_LOOK_AHEAD, 13, "look-ahead"},
        {"diff(close, -0.5 * 2)", TW_LOOK_AHEAD, 13, "look-ahead"},
        {"macd(close, -3)", TW_LOOK_AHEAD, 13, "fastperiod = -3"},
        {"fracdiff(close, window=-2)", TW_LOOK_AHEAD, 24, "window = -2"},
        {"std(close, 5, -1)", TW_BAD_VALUE, 15, "ddof must be an integer in [0, 1], got '-1'"},
        {"bucket(close, -3)", TW_BAD_VALUE, 15, "buckets must be an integer in [2, 1000], got '-3'"},
        {"1 + lead(close, 1)", TW_BAD_NAME, 5, "'lead': nothing here reaches bars that have not happened yet"},
        {"1 + ref(close, -1)", TW_BAD_NAME, 5, "'ref' (the value k bars ago is lag(x, k)"},
        {"close[-1] / close", TW_BAD_SYNTAX, 6, "the value k bars ago is lag(x, k)"},
        {"close > 1 && true", TW_BAD_SYNTAX, 11, "'and', 'or' and 'not'"},
        {"close + 1e400", TW_BAD_SYNTAX, 9, "larger than any number"},
        {"1..2", TW_BAD_SYNTAX, 1, "not a number"},
        {"NaN + 1", TW_BAD_NAME, 1, "did you mean 'nan'?"},
        {"and(close > 1)", TW_BAD_VALUE, 1, "and needs 2 inputs, the first 'real0', got 1"},
        {"if(close, 1, 2)", TW_BAD_VALUE, 4, "a condition is wanted"},
        {"close and true", TW_BAD_VALUE, 1, "a condition is wanted"},
        {"not close", TW_BAD_VALUE, 5, "a condition is wanted"},
        {"\"\".x", TW_BAD_NAME, 4, "only the result of an operator"},
        {"\"\".", TW_BAD_SYNTAX, 4, "the name of an output wanted"},
        {"close.x", TW_BAD_NAME, 7, "only the result of an operator"},
        {"linreg(close, 5).slop", TW_BAD_NAME, 18, "linreg has no output 'slop' (did you mean 'slope'?)"},
        {"linreg(close, 5).", TW_BAD_SYNTAX, 18, "the name of an output wanted"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tw_error err;
        char where[32];
        const tw_status status = case_compile(TW_NAMES("open", "close", "volume"), cases[i].text, NULL, &err);
        snprintf(where, sizeof where, "feature 'f', column %zu: ", cases[i].column);
        if (status != cases[i].status || !strstr(err.message, cases[i].part) ||
            strncmp(err.message, where, strlen(where)))
            fail_msg("%s: %s: %s", cases[i].text, tw_status_name(status), err.message);
    }
}

static void error_shows_the_line(void **state)
{
    (void)state;
    tw_error err;
    assert_int_equal(case_compile(TW_NAMES("close"), "close / lag(meann(close, 12), 3)", NULL, &err), TW_BAD_NAME);
    assert_string_equal(err.message, "feature 'f', column 13: unknown operator 'meann' (did you mean 'mean'?)\n"
                                     "  close / lag(meann(close, 12), 3)\n"
                                     "              ^");
}

/* The examples of docs/reference/expressions.md. */
static void documented_examples(void **state)
{
    (void)state;
    static const tw_feature features[] = {
        {"mom", "close / lag(close, 20) - 1"},
        {"spread", "ema(close, 12) - ema(close, 26)"},
        {"signal", "macd(close, 12, 26, 9).macdsignal"},
        {"quality", "rank(mom / std(close / lag(close, 1), 20))"},
        {"breakout", "if(close > lag(max(high, 20), 1) and volume > 2 * mean(volume, 20), 1, 0)"},
        {"reset", "ema(close, 12, nan=\"reset\")"},
        {"nested", "mean(rank(close), 5)"},
    };
    const tw_plan_spec spec = {TW_NAMES("high", "close", "volume"), 3, features, 1, features, 7};
    tw_plan *plan = NULL;
    tw_error err = {""};
    assert_ok(tw_plan_compile(NULL, &spec, &plan, &err), &err);
    tw_plan_free(plan);
    assert_int_equal(case_compile(TW_NAMES("close"), "lag(close, -1) / close", NULL, &err), TW_LOOK_AHEAD);
    assert_string_equal(err.message,
                        "feature 'f', column 12: lag: k = -1 would use bars that have not happened yet (look-ahead); "
                        "it must be 0 or more\n  lag(close, -1) / close\n             ^");
}

/* ---- the conditions that `and` joins */

/* The parts of an expression, each followed by ';', or "" where it is one. */
static void assert_parts(const char *expression, const char *want)
{
    static const tw_feature up = {"up", "close > open and close > 1"};
    const tw_feature feature = {"f", expression};
    const tw_plan_spec spec = {TW_NAMES("open", "close"), 2, &up, 1, &feature, 1};
    tw_plan *plan = NULL;
    tw_error err = {""};
    tw_buf got;
    tw_buf_init(&got, NULL);
    assert_ok(tw_plan_compile(NULL, &spec, &plan, &err), &err);
    for (size_t i = 0; i < plan->features->n_parts; i++) {
        const fx_part *part = &plan->features->part[i];
        tw_buf_add(&got, expression + part->at, part->length);
        tw_buf_add(&got, ";", 1);
    }
    assert_string_equal(got.data ? got.data : "", want);
    tw_buf_clear(&got);
    tw_plan_free(plan);
}

static void conditions_come_apart(void **state)
{
    (void)state;
    assert_parts("open > 1", "");
    assert_parts("open > 1 and close > 2", "open > 1;close > 2;");
    assert_parts(" open>1 and close > 2 and up ", "open>1;close > 2;up;");
    assert_parts("(open > 1 and (close > 2 and not up)) and 3 < open", "open > 1;close > 2;not up;3 < open;");
    assert_parts("((open > 1) and (close > 2 or up))", "(open > 1);(close > 2 or up);");
    assert_parts("open > 1 or close > 2 and up", "");
    assert_parts("open > 1 and close > 2 or up", "");
    assert_parts("not (open > 1 and up)", "");
    assert_parts("up", "");
    assert_parts("and(open > 1, up)", "");
    assert_parts("if(up and open > 1, open, close) > 2 and (open > 1) == (up and true)",
                 "if(up and open > 1, open, close) > 2;(open > 1) == (up and true);");
    assert_parts("(open > 1 and up) == up", "");
    assert_parts("ema(open, 3, nan=\"hold\") > 1 and choose(0, up and open > 1, up)",
                 "ema(open, 3, nan=\"hold\") > 1;choose(0, up and open > 1, up);");
}

/* 64 conditions are parts, one more and it is one again. */
static void parts_are_bounded(void **state)
{
    (void)state;
    for (size_t n = FX_MOST_PARTS; n <= FX_MOST_PARTS + 1; n++) {
        tw_buf text, want;
        tw_buf_init(&text, NULL);
        tw_buf_init(&want, NULL);
        for (size_t i = 0; i < n; i++) tw_buf_printf(&text, "%sclose > %zu", i ? " and " : "", i);
        for (size_t i = 0; i < n && n <= FX_MOST_PARTS; i++) tw_buf_printf(&want, "close > %zu;", i);
        assert_parts(text.data, want.data ? want.data : "");
        tw_buf_clear(&text);
        tw_buf_clear(&want);
    }
}

/* ---- hostile text */

static void nesting_is_bounded(void **state)
{
    (void)state;
    static char text[FX_TEST_TEXT];
    const char *const openings[] = {"(", "-", "not ", "abs(", "2^", "if(true,1,"};
    for (size_t k = 0; k < sizeof openings / sizeof openings[0]; k++) {
        tw_error err;
        size_t n = 0;
        while (n + 16 < 60000) n += (size_t)snprintf(text + n, sizeof text - n, "%s", openings[k]);
        assert_int_equal(case_compile(TW_NAMES("close"), text, NULL, &err), TW_TOO_LARGE);
        assert_non_null(strstr(err.message, "nested deeper than 200 levels"));
    }
}

static void length_is_bounded(void **state)
{
    (void)state;
    static char text[FX_TEST_TEXT];
    memset(text, ' ', 65537);
    text[0] = '1';
    text[65537] = '\0';
    assert_int_equal(case_compile(TW_NAMES("close"), text, NULL, NULL), TW_TOO_LARGE);
    text[65536] = '\0';
    tw_plan *plan = NULL;
    assert_int_equal(case_compile(TW_NAMES("close"), text, &plan, NULL), TW_OK);
    tw_plan_free(plan);
}

/* A long sum is wide, not deep. */
static void long_sums_are_fine(void **state)
{
    (void)state;
    static char text[FX_TEST_TEXT];
    size_t n = (size_t)snprintf(text, sizeof text, "close");
    for (int i = 0; i < 3000; i++) n += (size_t)snprintf(text + n, sizeof text - n, "+lag(close,%d)", i);
    tw_plan *plan = NULL;
    assert_int_equal(case_compile(TW_NAMES("close"), text, &plan, NULL), TW_OK);
    assert_int_equal(tw_plan_lookback(plan, 0), 2999);
    tw_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precedence),          cmocka_unit_test(errors_point),
        cmocka_unit_test(documented_examples), cmocka_unit_test(error_shows_the_line),
        cmocka_unit_test(nesting_is_bounded),  cmocka_unit_test(length_is_bounded),
        cmocka_unit_test(long_sums_are_fine),  cmocka_unit_test(conditions_come_apart),
        cmocka_unit_test(parts_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

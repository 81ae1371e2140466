/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include <math.h>

typedef struct sample {
    int period;
    double width;
    bool centred;
    char nan[TW_TEXT_MAX];
    char path[TW_TEXT_MAX];
} sample;

static const tw_param table[] = {
    TW_PARAM_SEARCH(sample, period, 20, 1, 100000, 5, 250, true, "bars averaged"),
    TW_PARAM(sample, width, 2.5, 0.125, 99.5, "half-width in standard deviations"),
    TW_PARAM(sample, centred, true, 0, 1, "around the mean"),
    TW_PARAM_TEXT(sample, nan, "hold", "hold|reset|propagate", "what a gap does"),
    TW_PARAM_TEXT(sample, path, "", NULL, "any text"),
    TW_PARAM_END,
};

static void defaults_fill(void **state)
{
    (void)state;
    sample s;
    memset(&s, 0x5A, sizeof s);
    tw_params_default(table, &s);
    assert_int_equal(s.period, 20);
    assert_same(s.width, 2.5);
    assert_true(s.centred);
    assert_string_equal(s.nan, "hold");
    assert_int_equal(s.nan[TW_TEXT_MAX - 1], 0); /* no stale bytes */
    assert_string_equal(s.path, "");
    tw_params_default(NULL, NULL);
}

static void texts_are_read(void **state)
{
    (void)state;
    tw_error err;
    sample s;
    assert_ok(tw_params_parse(table, "bbands", " period=17,width=2.385\t centred=No nan=reset path=\"a \\\"b\\\", c\" ",
                              &s, &err),
              &err);
    assert_int_equal(s.period, 17);
    assert_same(s.width, 2.385);
    assert_false(s.centred);
    assert_string_equal(s.nan, "reset");
    assert_string_equal(s.path, "a \"b\", c");
    assert_ok(tw_params_parse(table, "bbands", "path='it is' width=99.5", &s, &err), &err);
    assert_string_equal(s.path, "it is");
    assert_int_equal(s.period, 20); /* defaults first */
    assert_ok(tw_params_parse(table, "bbands", NULL, &s, &err), &err);
    assert_ok(tw_params_parse(NULL, "none", " ", NULL, &err), &err);
}

static void check_error(const char *text, tw_status status, const char *message)
{
    tw_error err = {""};
    sample s;
    assert_int_equal(tw_params_parse(table, "bbands", text, &s, &err), status);
    assert_string_equal(err.message, message);
    assert_int_equal(tw_params_parse(table, "bbands", text, &s, NULL), status);
}

static void bounds_are_told(void **state)
{
    (void)state;
    check_error("period=0", TW_BAD_VALUE, "bbands: period must be an integer in [1, 100000], got '0'");
    check_error("period=100001", TW_BAD_VALUE, "bbands: period must be an integer in [1, 100000], got '100001'");
    check_error("period=2.5", TW_BAD_VALUE, "bbands: period must be an integer in [1, 100000], got '2.5'");
    check_error("period=99999999999", TW_BAD_VALUE,
                "bbands: period must be an integer in [1, 100000], got '99999999999'");
    check_error("period=", TW_BAD_VALUE, "bbands: period must be an integer in [1, 100000], got ''");
    check_error("width=0.124", TW_BAD_VALUE, "bbands: width must be a number in [0.125, 99.5], got '0.124'");
    check_error("width=nan", TW_BAD_VALUE, "bbands: width must be a number in [0.125, 99.5], got 'nan'");
    check_error("width=wide", TW_BAD_VALUE, "bbands: width must be a number in [0.125, 99.5], got 'wide'");
    check_error("centred=maybe", TW_BAD_VALUE, "bbands: centred must be true or false, got 'maybe'");
}

static void names_are_suggested(void **state)
{
    (void)state;
    check_error(
        "peroid=5", TW_BAD_NAME,
        "bbands: no parameter 'peroid'; did you mean 'period'? (parameters: period, width, centred, nan, path)");
    check_error("sigma=5", TW_BAD_NAME, "bbands: no parameter 'sigma' (parameters: period, width, centred, nan, path)");
    check_error("nan=rest", TW_BAD_VALUE,
                "bbands: nan must be one of hold|reset|propagate, got 'rest'; did you mean 'reset'?");
    check_error("nan=skip", TW_BAD_VALUE, "bbands: nan must be one of hold|reset|propagate, got 'skip'");
    tw_error err;
    assert_int_equal(tw_params_parse(NULL, "obv", "a=1", NULL, &err), TW_BAD_NAME);
    assert_string_equal(err.message, "obv: no parameter 'a' (parameters: none)");
}

static void bad_syntax_is_quoted(void **state)
{
    (void)state;
    check_error("period", TW_BAD_SYNTAX, "bbands: expected key=value, got 'period'");
    check_error("width=3 =5", TW_BAD_SYNTAX, "bbands: expected key=value, got '=5'");
    check_error("period=5 period=6", TW_BAD_SYNTAX, "bbands: period is given twice");
    check_error("path=\"open", TW_BAD_SYNTAX,
                "bbands: path must be shorter than 512 bytes with its quotes closed, got '\"open'");
    check_error("path=\"a\"b", TW_BAD_SYNTAX,
                "bbands: path must be shorter than 512 bytes with its quotes closed, got '\"a\"b'");
    check_error("path=0123456789012345678901234567890123456789012345678901234567890123", TW_BAD_VALUE,
                "bbands: path must be shorter than 64 bytes, got 64: "
                "'0123456789012345678901234567890123456789012345678901234567890123'");
}

static void a_failed_set_changes_nothing(void **state)
{
    (void)state;
    sample s;
    tw_params_default(table, &s);
    const sample before = s;
    assert_int_equal(tw_params_set(table, "bbands", "width", "1e9", &s, NULL), TW_BAD_VALUE);
    assert_int_equal(tw_params_set(table, "bbands", "nan", "x", &s, NULL), TW_BAD_VALUE);
    assert_int_equal(tw_params_set(table, "bbands", "nope", "x", &s, NULL), TW_BAD_NAME);
    assert_int_equal(s.period, before.period);
    assert_same(s.width, before.width);
    assert_string_equal(s.nan, before.nan);
}

static void printed_text_reads_back(void **state)
{
    (void)state;
    static const char *const paths[] = {"",     "plain", "with blank", "quo\"te", "back\\slash",
                                        "it's", "a,b",   "\\\"",       "=="};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        sample s, back;
        tw_error err;
        tw_buf out;
        tw_params_default(table, &s);
        s.width = 0.1 + 0.2;
        s.centred = i % 2;
        assert_ok(tw_params_set(table, "bbands", "path", paths[i], &s, &err), &err);
        tw_buf_init(&out, NULL);
        tw_params_print(table, &s, &out);
        assert_ok(tw_params_parse(table, "bbands", out.data, &back, &err), &err);
        assert_same(back.width, s.width);
        assert_string_equal(back.path, paths[i]);
        assert_int_equal(back.centred, i % 2);
        if (i == 2)
            assert_string_equal(out.data,
                                "period=20 width=0.30000000000000004 centred=false nan=hold path=\"with blank\"");
        tw_buf_clear(&out);
    }
}

static void json_of_values_and_table(void **state)
{
    (void)state;
    sample s;
    tw_buf out;
    tw_json json;
    tw_params_default(table, &s);
    tw_buf_init(&out, NULL);
    tw_json_init(&json, &out, false);
    tw_params_json(table, &s, &json);
    assert_string_equal(out.data, "{\"period\":20,\"width\":2.5,\"centred\":true,\"nan\":\"hold\",\"path\":\"\"}");
    out.length = 0;
    tw_json_init(&json, &out, false);
    tw_params_describe(table, &json);
    assert_string_equal(
        out.data,
        "[{\"name\":\"period\",\"kind\":\"int\",\"default\":20,\"lo\":1,\"hi\":100000,"
        "\"search\":{\"lo\":5,\"hi\":250,\"log\":true},\"help\":\"bars averaged\"},"
        "{\"name\":\"width\",\"kind\":\"real\",\"default\":2.5,\"lo\":0.125,\"hi\":99.5,"
        "\"help\":\"half-width in standard deviations\"},"
        "{\"name\":\"centred\",\"kind\":\"bool\",\"default\":true,\"help\":\"around the mean\"},"
        "{\"name\":\"nan\",\"kind\":\"text\",\"default\":\"hold\",\"choices\":[\"hold\",\"reset\",\"propagate\"],"
        "\"help\":\"what a gap does\"},{\"name\":\"path\",\"kind\":\"text\",\"default\":\"\",\"help\":\"any text\"}]");
    out.length = 0;
    tw_json_init(&json, &out, false);
    tw_params_describe(NULL, &json);
    tw_params_json(NULL, NULL, &json);
    assert_string_equal(out.data, "[]{}");
    tw_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_fill),           cmocka_unit_test(texts_are_read),
        cmocka_unit_test(bounds_are_told),         cmocka_unit_test(names_are_suggested),
        cmocka_unit_test(bad_syntax_is_quoted),    cmocka_unit_test(a_failed_set_changes_nothing),
        cmocka_unit_test(printed_text_reads_back), cmocka_unit_test(json_of_values_and_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include <math.h>

static void write_sample(tw_json *json)
{
    tw_json_object(json);
    tw_json_key(json, "name");
    tw_json_text(json, "sma");
    tw_json_key(json, "width");
    tw_json_number(json, 2.385);
    tw_json_key(json, "bars");
    tw_json_array(json);
    tw_json_integer(json, -9007199254740993);
    tw_json_bool(json, true);
    tw_json_text(json, NULL);
    tw_json_object(json);
    tw_json_object_end(json);
    tw_json_array(json);
    tw_json_array_end(json);
    tw_json_array_end(json);
    tw_json_key(json, "raw");
    tw_json_raw(json, "[1]");
    tw_json_object_end(json);
}

static void check_sample(bool pretty, const char *want)
{
    tw_buf out;
    tw_json json;
    tw_buf_init(&out, NULL);
    tw_json_init(&json, &out, pretty);
    write_sample(&json);
    assert_string_equal(out.data, want);
    assert_int_equal(json.depth, 0);
    tw_buf_clear(&out);
}

static void commas_and_lines(void **state)
{
    (void)state;
    check_sample(false, "{\"name\":\"sma\",\"width\":2.385,\"bars\":[-9007199254740993,true,null,{},[]],\"raw\":[1]}");
    check_sample(true,
                 "{\n  \"name\": \"sma\",\n  \"width\": 2.385,\n  \"bars\": [\n    -9007199254740993,\n    true,\n"
                 "    null,\n    {},\n    []\n  ],\n  \"raw\": [1]\n}");
}

static void check_text(const char *text, const char *want)
{
    tw_buf out;
    tw_json json;
    tw_buf_init(&out, NULL);
    tw_json_init(&json, &out, false);
    tw_json_text(&json, text);
    assert_string_equal(out.data, want);
    tw_buf_clear(&out);
}

static void texts_are_escaped(void **state)
{
    (void)state;
    check_text("", "\"\"");
    check_text("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    check_text("\b\f\n\r\t\x01\x1f\x7f", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
    check_text("Zürich €5 \xf0\x9f\x93\x88", "\"Zürich €5 \xf0\x9f\x93\x88\"");
}

static void broken_utf8_becomes_replacement(void **state)
{
    (void)state;
    check_text("\xff", "\"\\ufffd\"");
    check_text("a\x80z", "\"a\\ufffdz\"");
    check_text("\xc3", "\"\\ufffd\"");                       /* cut short */
    check_text("\xc0\xaf", "\"\\ufffd\\ufffd\"");            /* overlong '/' */
    check_text("\xe0\x80\xaf", "\"\\ufffd\\ufffd\\ufffd\""); /* overlong */
    check_text("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""); /* surrogate */
    check_text("\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
    check_text("\xe2\x82", "\"\\ufffd\\ufffd\"");
}

static void numbers_are_shortest_or_null(void **state)
{
    (void)state;
    tw_buf out;
    tw_json json;
    tw_buf_init(&out, NULL);
    tw_json_init(&json, &out, false);
    tw_json_array(&json);
    const double x[] = {0.1 + 0.2, 1e21, -2.5e-9, -0.0, 4, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof x / sizeof x[0]; i++) tw_json_number(&json, x[i]);
    tw_json_array_end(&json);
    assert_string_equal(out.data, "[0.30000000000000004,1e21,-2.5e-9,-0,4,null,null,null]");
    tw_buf_clear(&out);
}

static void sixty_four_levels(void **state)
{
    (void)state;
    tw_buf out;
    tw_json json;
    tw_buf_init(&out, NULL);
    tw_json_init(&json, &out, false);
    for (int i = 0; i < 64; i++) {
        if (i > 0 && i % 2 == 1) tw_json_key(&json, "k");
        if (i % 2)
            tw_json_array(&json);
        else
            tw_json_object(&json);
    }
    tw_json_integer(&json, 1);
    tw_json_integer(&json, 2);
    for (int i = 64; i-- > 0;) {
        if (i % 2)
            tw_json_array_end(&json);
        else
            tw_json_object_end(&json);
    }
    assert_memory_equal(out.data, "{\"k\":[{\"k\":[", 12);
    assert_non_null(strstr(out.data, "[1,2]}]}"));
    tw_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_lines),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(broken_utf8_becomes_replacement),
        cmocka_unit_test(numbers_are_shortest_or_null),
        cmocka_unit_test(sixty_four_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

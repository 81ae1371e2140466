/* SPDX-License-Identifier: Apache-2.0 */
/* json_test.c - what is JSON and what is not (RFC 8259), the tree, positions in errors, bounds. */
#include "tradewind/io.h"
#include "tw_test.h"

#include <math.h>
#include <stdlib.h>

typedef struct text {
    const char *bytes;
    size_t length;
} text;

#define T(literal)                                                                                                     \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

static const text accepted[] = {
    T("null"),
    T("true"),
    T("false"),
    T("0"),
    T("-0"),
    T("2.385"),
    T("\"\""),
    T("[]"),
    T("{}"),
    T(" \t\r\n[ ]\n"),
    T("[1]"),
    T("[1,2.385,-3e-2,4E+2,0.5e10]"),
    T("[-0.0]"),
    T("[1e-400]"),
    T("[9223372036854775807]"),
    T("[-9223372036854775808]"),
    T("[9223372036854775808]"),
    T("[123456789012345678901234567890]"),
    T("{\"a\":1,\"b\":[true,null,{}]}"),
    T("{\"\":0}"),
    T("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
    T("[\"\\u00e9\"]"),
    T("[\"\\uD834\\uDD1E\"]"),
    T("[\"\xc3\xa9\"]"),
    T("[\"\xf0\x9d\x84\x9e\"]"),
    T("[\"\x7f\"]"),
    T("[\"a/*b*/c\"]"),
    T("\xef\xbb\xbf[1]"),
    T("[[[[[[[[[[]]]]]]]]]]"),
    T("{\"a\":{\"a\":{\"a\":1}}}"),
};

static const text refused[] = {
    T(""),
    T(" "),
    T("[1,]"),
    T("[,1]"),
    T("[1 2]"),
    T("[1,,2]"),
    T("["),
    T("]"),
    T("[1"),
    T("{"),
    T("{\"a\"}"),
    T("{\"a\":}"),
    T("{\"a\":1,}"),
    T("{a:1}"),
    T("{'a':1}"),
    T("{1:1}"),
    T("{\"a\":1 \"b\":2}"),
    T("{\"a\":1,\"a\":2}"),
    T("nul"),
    T("True"),
    T("nan"),
    T("NaN"),
    T("Infinity"),
    T("-"),
    T("+1"),
    T(".5"),
    T("1."),
    T("01"),
    T("-01"),
    T("1e"),
    T("1e+"),
    T("0x1f"),
    T("1_000"),
    T("\""),
    T("\"a"),
    T("'a'"),
    T("[\"\t\"]"),
    T("[\"\n\"]"),
    T("[\"\\x41\"]"),
    T("[\"\\u12\"]"),
    T("[\"\\uD834\"]"),
    T("[\"\\uDD1E\"]"),
    T("[\"\\u0000\"]"),
    T("[\"\xff\"]"),
    T("[\"\xc0\xaf\"]"),
    T("[\"\xed\xa0\x80\"]"),
    T("[\"\xe9\"]"),
    T("[1]x"),
    T("[1][2]"),
    T("1 2"),
    T("[1]//c"),
    T("/*c*/[1]"),
    T("[1e999]"),
    T("\0"),
    T("[1]\0"),
    T("\xff\xfe[\0]\0"),
};

static tw_status parse(const char *bytes, size_t length, tw_doc **doc, tw_error *err)
{
    return tw_doc_parse_json(NULL, bytes, length, "t.json", doc, err);
}

static tw_doc *must_parse(const char *bytes)
{
    tw_doc *doc = NULL;
    tw_error err = {{0}};
    if (parse(bytes, strlen(bytes), &doc, &err) != TW_OK) fail_msg("%s", err.message);
    return doc;
}

static void test_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        tw_doc *doc = NULL;
        tw_error err = {{0}};
        if (parse(accepted[i].bytes, accepted[i].length, &doc, &err) != TW_OK) {
            fail_msg("%s: %s", accepted[i].bytes, err.message);
        }
        assert_non_null(tw_doc_root(doc));
        tw_doc_free(doc);
    }
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        tw_doc *doc = NULL;
        tw_error err = {{0}};
        const tw_status status = parse(refused[i].bytes, refused[i].length, &doc, &err);
        if (status != TW_BAD_SYNTAX) fail_msg("case %zu: %s gave %s", i, refused[i].bytes, tw_status_name(status));
        assert_null(doc);
        assert_memory_equal(err.message, "t.json:", 7);
    }
}

static void test_tree(void **state)
{
    (void)state;
    tw_doc *doc =
        must_parse("{\"model\": {\"name\": \"ridge\", \"alpha\": 2.385, \"big\": 9007199254740993, \"on\": true},"
                   " \"none\": null, \"list\": [1, \"two\", 3.0, 18446744073709551616]}");
    const tw_node *root = tw_doc_root(doc), *model = tw_node_get(root, "model"), *list = tw_node_get(root, "list");
    assert_int_equal(root->kind, TW_NODE_MAP);
    assert_int_equal(root->n_children, 3);
    assert_string_equal(tw_doc_name(doc), "t.json");
    assert_string_equal(tw_node_text(tw_node_get(model, "name"), "?"), "ridge");
    assert_string_equal(tw_node_text(tw_node_get(model, "alpha"), "?"), "2.385");
    assert_string_equal(tw_node_text(tw_node_get(model, "on"), "?"), "true");
    assert_string_equal(tw_node_text(tw_node_get(root, "none"), "?"), "?");
    assert_string_equal(tw_node_text(list, "?"), "?");
    assert_true(tw_node_number(tw_node_get(model, "alpha"), 0) == 2.385);
    assert_true(tw_node_get(model, "big")->is_integer);
    assert_true(tw_node_get(model, "big")->integer == INT64_C(9007199254740993));
    assert_true(tw_node_get(model, "on")->boolean);
    assert_true(tw_node_number(tw_node_get(model, "name"), -7.5) == -7.5);
    assert_true(tw_node_number(tw_node_get(model, "absent"), -7.5) == -7.5);
    assert_null(tw_node_get(list, "model"));
    assert_null(tw_node_get(NULL, "model"));
    const tw_node *item = list->first;
    assert_int_equal(list->n_children, 4);
    assert_true(item->is_integer && item->integer == 1 && !item->key);
    item = item->next->next;
    assert_true(item->is_integer && item->integer == 3);
    item = item->next;
    assert_true(!item->is_integer && item->number == 18446744073709551616.0);
    assert_null(item->next);
    tw_doc_free(doc);
}

static void check_error(const char *bytes, const char *start)
{
    tw_doc *doc = NULL;
    tw_error err = {{0}};
    assert_int_equal(parse(bytes, strlen(bytes), &doc, &err), TW_BAD_SYNTAX);
    if (strncmp(err.message, start, strlen(start)) != 0) fail_msg("%s does not start with %s", err.message, start);
}

static void test_positions(void **state)
{
    (void)state;
    check_error("{\n  \"a\": 1,\n  \"b\": x\n}", "t.json:3:8: ");
    check_error("[1,\n2,\n\n,3]", "t.json:4:1: ");
    check_error("[1,\r\n 1.]", "t.json:2:2: not a number");
    check_error("[\"ab\\x\"]", "t.json:1:6: no such escape");
    check_error("[\"ab\n\"]", "t.json:1:5: a control character");
    check_error("[\"\xc3\xa9\xff\"]", "t.json:1:5: not UTF-8");
    check_error("[\"ab", "t.json:1:2: the text is never closed");
    check_error("{\"a\" 1}", "t.json:1:6: expected :");
    check_error("{\"a\": 1 2}", "t.json:1:9: expected , or }");
    check_error("[1 2]", "t.json:1:4: expected , or ]");
    check_error("[1]\n[", "t.json:2:1: text behind the value");
    check_error("[1e999]", "t.json:1:2: the number is too large");
    tw_doc *doc = must_parse("\xef\xbb\xbf{\n  \"a\": [1,\n    2]}");
    const tw_node *list = tw_node_get(tw_doc_root(doc), "a");
    assert_int_equal(tw_doc_root(doc)->column, 1);
    assert_int_equal(list->line, 2);
    assert_int_equal(list->column, 8);
    assert_int_equal(list->first->next->line, 3);
    assert_int_equal(list->first->next->column, 5);
    tw_doc_free(doc);
    check_error("{\"a\": 1, \"a\": 2}", "t.json:1:15: the key \"a\" occurs twice");
}

static void test_depth_and_size(void **state)
{
    (void)state;
    char nested[2 * 513 + 1] = {0};
    for (size_t depth = 512; depth <= 513; depth++) {
        memset(nested, '[', depth);
        memset(nested + depth, ']', depth);
        tw_doc *doc = NULL;
        tw_error err = {{0}};
        assert_int_equal(parse(nested, 2 * depth, &doc, &err), depth == 512 ? TW_OK : TW_TOO_LARGE);
        if (depth == 513) assert_string_equal(err.message, "t.json:1:513: more than 512 levels");
        tw_doc_free(doc);
    }
    const size_t bytes = 3000;
    char *brackets = malloc(bytes);
    assert_non_null(brackets);
    memset(brackets, '[', bytes);
    tw_doc *doc = NULL;
    assert_int_equal(parse(brackets, bytes, &doc, NULL), TW_TOO_LARGE);
    free(brackets);
    tw_error err;
    assert_int_equal(parse("[", (size_t)300 << 20, &doc, &err), TW_TOO_LARGE);
}

/* What is written reads back the same, also far below the 64 levels a tw_json holds. */
static void test_write(void **state)
{
    (void)state;
    const char *compact = "{\"a\":[1,2.385,-0.0,\"x\\ny\",true,null,{}],\"b\":{\"c\":[]},\"d\":1e+300}";
    tw_doc *doc = must_parse(compact), *again = NULL;
    tw_buf out;
    tw_json json;
    tw_buf_init(&out, NULL);
    tw_json_init(&json, &out, false);
    tw_node_json(tw_doc_root(doc), &json);
    assert_int_equal(tw_buf_check(&out, NULL), TW_OK);
    again = must_parse(out.data);
    const tw_node *list = tw_node_get(tw_doc_root(again), "a");
    assert_int_equal(list->n_children, 7);
    assert_true(list->first->next->number == 2.385);
    assert_true(signbit(list->first->next->next->number));
    assert_true(tw_node_number(tw_node_get(tw_doc_root(again), "d"), 0) == 1e300);
    tw_buf_clear(&out);
    tw_doc_free(doc);
    tw_doc_free(again);

    char nested[2 * 500 + 1] = {0};
    memset(nested, '[', 500);
    memset(nested + 500, ']', 500);
    doc = must_parse(nested);
    tw_buf_init(&out, NULL);
    tw_json_init(&json, &out, false);
    tw_node_json(tw_doc_root(doc), &json);
    assert_int_equal(tw_buf_check(&out, NULL), TW_OK);
    size_t brackets = 0;
    for (const char *p = out.data; *p; p++) brackets += *p == '[' || *p == ']';
    assert_int_equal(brackets, 1000);
    again = must_parse(out.data);
    tw_buf_clear(&out);
    tw_doc_free(again);
    tw_doc_free(doc);
}

static void check_text(const char *json, const char *expected)
{
    tw_doc *doc = must_parse(json);
    assert_string_equal(tw_node_text(tw_doc_root(doc), "?"), expected);
    tw_doc_free(doc);
}

static void test_texts(void **state)
{
    (void)state;
    check_text("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    check_text("\"\\u0041\\u00e9\\u20AC\\ud834\\uDD1E!\"", "A\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e!");
    check_text("\"\xef\xbf\xbf\xf4\x8f\xbf\xbf\"", "\xef\xbf\xbf\xf4\x8f\xbf\xbf");
    const char *wrong[] = {
        "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\x80",     "\xe2\x82",     "\xc3("};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char json[16];
        (void)snprintf(json, sizeof json, "\"%s\"", wrong[i]);
        check_error(json, "t.json:1:2: not UTF-8");
    }
}

static void test_many_keys(void **state)
{
    (void)state;
    char json[1024] = "{";
    for (int i = 0; i < 40; i++) (void)sprintf(json + strlen(json), "\"k%d\":%d,\n", i * 7 % 40, i);
    char *end = json + strlen(json);
    (void)strcpy(end, "\"k\": 0}");
    tw_doc *doc = must_parse(json);
    assert_int_equal(tw_doc_root(doc)->n_children, 41);
    tw_doc_free(doc);
    (void)strcpy(end, "\"k14\": 0}");
    check_error(json, "t.json:41:8: the key \"k14\" occurs twice");
}

static void test_node_fail(void **state)
{
    (void)state;
    tw_doc *doc = must_parse("{\"period\": 0}");
    tw_error err;
    const tw_node *node = tw_node_get(tw_doc_root(doc), "period");
    assert_int_equal(tw_node_fail(doc, node, &err, "period must be at least %d, got %g", 1, node->number),
                     TW_BAD_VALUE);
    assert_string_equal(err.message, "t.json:1:12: period must be at least 1, got 0");
    assert_int_equal(tw_node_fail(doc, NULL, &err, "no model"), TW_BAD_VALUE);
    assert_string_equal(err.message, "t.json: no model");
    tw_doc_free(doc);
}

static void test_real_file(void **state)
{
    (void)state;
    tw_doc *doc = NULL;
    tw_error err = {{0}};
    const tw_status status = tw_doc_read(NULL, TW_SHARED_DATA "/forecast/nothing.json", &doc, &err);
    assert_true(status == TW_NOT_FOUND || status == TW_IO_FAILED);
    assert_int_equal(tw_doc_read(NULL, "spec.toml", &doc, &err), TW_BAD_FILE);
    assert_non_null(strstr(err.message, ".json, .yaml or .yml"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),  cmocka_unit_test(test_refused),        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_positions), cmocka_unit_test(test_depth_and_size), cmocka_unit_test(test_write),
        cmocka_unit_test(test_node_fail), cmocka_unit_test(test_texts),          cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_real_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_test.c - kinds of scalars, positions of every node, what is refused and where, aliases and their bound. */
#include "tradewind/io.h"
#include "tw_test.h"

#include <math.h>
#include <stdlib.h>

static tw_status parse(const char *bytes, tw_doc **doc, tw_error *err)
{
    return tw_doc_parse_yaml(NULL, bytes, strlen(bytes), "t.yaml", doc, err);
}

static tw_doc *must_parse(const char *bytes)
{
    tw_doc *doc = NULL;
    tw_error err = {{0}};
    if (parse(bytes, &doc, &err) != TW_OK) fail_msg("%s", err.message);
    return doc;
}

static void check_json(const char *yaml, const char *expected)
{
    tw_doc *doc = must_parse(yaml);
    tw_buf out;
    tw_json json;
    tw_buf_init(&out, NULL);
    tw_json_init(&json, &out, false);
    tw_node_json(tw_doc_root(doc), &json);
    assert_int_equal(tw_buf_check(&out, NULL), TW_OK);
    /* Blanks are the writer's business: compare without them. */
    size_t n = 0;
    for (size_t i = 0; i < out.length; i++) {
        if (out.data[i] != ' ') out.data[n++] = out.data[i];
    }
    out.data[n] = '\0';
    assert_string_equal(out.data, expected);
    tw_buf_clear(&out);
    tw_doc_free(doc);
}

static void test_shapes(void **state)
{
    (void)state;
    check_json("", "null");
    check_json("# only a comment\n", "null");
    check_json("---\n...\n", "null");
    check_json("a: 1\nb:\n  - x\n  - 2.385\nc: {d: [1, 2], e: }\n",
               "{\"a\":1,\"b\":[\"x\",2.385],\"c\":{\"d\":[1,2],\"e\":null}}");
    check_json("- - 1\n  - 2\n- []\n- {}\n", "[[1,2],[],{}]");
    check_json("a: |\n  one\n  two\nb: >-\n  x\n  y\n", "{\"a\":\"one\\ntwo\\n\",\"b\":\"xy\"}");
    check_json("\"\": 1\n", "{\"\":1}");
    check_json("1: a\ntrue: b\n", "{\"1\":\"a\",\"true\":\"b\"}");
}

typedef struct scalar {
    const char *yaml;
    tw_node_kind kind;
    double number;
    bool is_integer;
} scalar;

static const scalar scalars[] = {
    {"~", TW_NODE_NULL, 0, false},
    {"null", TW_NODE_NULL, 0, false},
    {"'null'", TW_NODE_TEXT, 0, false},
    {"true", TW_NODE_BOOL, 0, false},
    {"FALSE", TW_NODE_BOOL, 0, false},
    {"yes", TW_NODE_TEXT, 0, false},
    {"no", TW_NODE_TEXT, 0, false},
    {"ON", TW_NODE_TEXT, 0, false}, /* a ticker */
    {"2.385", TW_NODE_NUMBER, 2.385, false},
    {"+7", TW_NODE_NUMBER, 7, true},
    {"-0", TW_NODE_NUMBER, -0.0, false},
    {"3.0", TW_NODE_NUMBER, 3, true},
    {"5.", TW_NODE_NUMBER, 5, true},
    {".5", TW_NODE_NUMBER, 0.5, false},
    {"-1.5e-3", TW_NODE_NUMBER, -0.0015, false},
    {"1e5", TW_NODE_NUMBER, 1e5, true},
    {"20140609", TW_NODE_NUMBER, 20140609, true},
    {"9223372036854775807", TW_NODE_NUMBER, 9223372036854775807.0, true},
    {"9223372036854775808", TW_NODE_NUMBER, 9223372036854775808.0, false},
    {".inf", TW_NODE_NUMBER, HUGE_VAL, false},
    {"-.INF", TW_NODE_NUMBER, -HUGE_VAL, false},
    {"inf", TW_NODE_TEXT, 0, false},
    {"nan", TW_NODE_TEXT, 0, false},
    {"012", TW_NODE_TEXT, 0, false},
    {"0x1f", TW_NODE_TEXT, 0, false},
    {"1_000", TW_NODE_TEXT, 0, false},
    {"1:30", TW_NODE_TEXT, 0, false},
    {"2014-06-09", TW_NODE_TEXT, 0, false},
    {"1e", TW_NODE_TEXT, 0, false},
    {".", TW_NODE_TEXT, 0, false},
    {"-", TW_NODE_LIST, 0, false},
    {"\"2.385\"", TW_NODE_TEXT, 0, false},
    {"!!str 2.385", TW_NODE_TEXT, 0, false},
    {"! 2.385", TW_NODE_TEXT, 0, false},
};

static void test_scalars(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scalars / sizeof scalars[0]; i++) {
        const scalar *want = &scalars[i];
        tw_doc *doc = must_parse(want->yaml);
        const tw_node *node = tw_doc_root(doc);
        if (node->kind != want->kind) fail_msg("%s is of kind %d", want->yaml, (int)node->kind);
        if (want->kind == TW_NODE_NUMBER) {
            assert_true(node->number == want->number);
            assert_int_equal(node->is_integer, want->is_integer);
            assert_int_equal(signbit(node->number), signbit(want->number));
        }
        tw_doc_free(doc);
    }
    tw_doc *doc = must_parse(".NaN");
    assert_true(isnan(tw_doc_root(doc)->number));
    tw_doc_free(doc);
    doc = must_parse("True");
    assert_true(tw_doc_root(doc)->boolean);
    assert_string_equal(tw_node_text(tw_doc_root(doc), "?"), "True");
    tw_doc_free(doc);
}

static void test_positions(void **state)
{
    (void)state;
    tw_doc *doc =
        must_parse("# spec\ndata:\n  path: x.csv\n  bars: [open, close]\nmodels:\n  - ridge\n  - name: gbm\n");
    const tw_node *data = tw_node_get(tw_doc_root(doc), "data"), *bars = tw_node_get(data, "bars");
    assert_int_equal(tw_doc_root(doc)->line, 2);
    assert_int_equal(data->line, 3);
    assert_int_equal(data->column, 3);
    assert_int_equal(tw_node_get(data, "path")->line, 3);
    assert_int_equal(tw_node_get(data, "path")->column, 9);
    assert_int_equal(bars->first->next->line, 4);
    assert_int_equal(bars->first->next->column, 16);
    const tw_node *gbm = tw_node_get(tw_doc_root(doc), "models")->first->next;
    assert_int_equal(tw_node_get(gbm, "name")->line, 7);
    tw_error err;
    assert_int_equal(tw_node_fail(doc, bars, &err, "unknown bar \"%s\"", "opne"), TW_BAD_VALUE);
    assert_string_equal(err.message, "t.yaml:4:9: unknown bar \"opne\"");
    tw_doc_free(doc);
}

typedef struct refusal {
    const char *yaml, *message;
} refusal;

static const refusal refusals[] = {
    {"a: 1\nb: [1, 2\nc: 3\n", "t.yaml:3:"},
    {"a: 1\n b: 2\n", "t.yaml:2:3: mapping values are not allowed"},
    {"a: 'x\n", "t.yaml:2:1: found unexpected end of stream"},
    {"\ta: 1\n", "t.yaml:1:1: found character that cannot start any token"},
    {"a: 1\nb: 2\na: 3\n", "t.yaml:3:4: the key \"a\" occurs twice"},
    {"a: {x: 1, y: 2, x: 3}\n", "t.yaml:1:20: the key \"x\" occurs twice"},
    {"a: &x [1]\nb: *y\n", "t.yaml:2:4: no anchor of this name: y"},
    {"a: &x [1, *x]\n", "t.yaml:1:11: an alias inside what it names: x"},
    {"base: &b {p: 1}\nc:\n  <<: *b\n", "t.yaml:3:3: merge keys are not read"},
    {"? [1, 2]\n: x\n", "t.yaml:1:3: a key must be a text"},
    {"? {a: 1}\n: x\n", "t.yaml:1:3: a key must be a text"},
    {"a: !!python/object/apply:os.system ['x']\n", "t.yaml:1:4: tags are not read"},
    {"a: !!int 7\n", "t.yaml:1:4: tags are not read: tag:yaml.org,2002:int"},
    {"a: !!map {}\n", "t.yaml:1:4: tags are not read"},
    {"---\na: 1\n---\nb: 2\n", "t.yaml:3:1: more than one document"},
    {"a: \"x\\0y\"\n", "t.yaml:1:4: a text holds a NUL"},
    {"\"a\\0b\": 1\n", "t.yaml:1:1: a key holds a NUL"},
    {"a: 1e999\n", "t.yaml:1:4: the number 1e999 is too large"},
    {"? \n: 1\n", "t.yaml:1:2: a key is missing"},
    {"&k a: 1\n", "t.yaml:1:1: a key cannot have an anchor"},
    {"a: &x b\n*x : 1\n", "t.yaml:2:1: a key cannot be an alias: x"},
    {"a: \x01\n", "t.yaml:1:4: control characters are not allowed"},
    {"a: b\nc: \xff\n", "t.yaml:2:4: invalid leading UTF-8 octet"},
    {"%YAML 3.0\n---\na\n", "t.yaml:1:1: found incompatible YAML document"},
    {"a: @x\n", "t.yaml:1:4: found character that cannot start any token"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        tw_doc *doc = NULL;
        tw_error err = {{0}};
        const tw_status status = parse(refusals[i].yaml, &doc, &err);
        if (status != TW_BAD_SYNTAX) fail_msg("%s gave %s", refusals[i].yaml, tw_status_name(status));
        if (strncmp(err.message, refusals[i].message, strlen(refusals[i].message)) != 0) {
            fail_msg("%s gave \"%s\"", refusals[i].yaml, err.message);
        }
        assert_null(doc);
    }
}

static void test_aliases_copy(void **state)
{
    (void)state;
    check_json("a: &x {p: [1, 2]}\nb: *x\nc: &x 7\nd: *x\n",
               "{\"a\":{\"p\":[1,2]},\"b\":{\"p\":[1,2]},\"c\":7,\"d\":7}");
    tw_doc *doc = must_parse("a: &x {p: 1}\nb: *x\n");
    assert_int_equal(tw_node_get(tw_doc_root(doc), "b")->line, 2);
    assert_int_equal(tw_node_get(tw_node_get(tw_doc_root(doc), "b"), "p")->line, 1);
    tw_doc_free(doc);
}

/* Nine levels of nine: 3.5e8 values from 400 bytes. */
static void test_alias_bomb(void **state)
{
    (void)state;
    char text[2048];
    size_t at = (size_t)sprintf(text, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
        at += (size_t)sprintf(text + at, "a%d: &a%d [", i, i);
        for (int k = 0; k < 9; k++) at += (size_t)sprintf(text + at, "%s*a%d", k ? "," : "", i - 1);
        at += (size_t)sprintf(text + at, "]\n");
    }
    tw_doc *doc = NULL;
    tw_error err;
    assert_int_equal(parse(text, &doc, &err), TW_TOO_LARGE);
    assert_string_equal(err.message, "t.yaml:7:10: more than 1000000 values");
}

static void test_bounds(void **state)
{
    (void)state;
    char nested[1200] = {0};
    tw_doc *doc = NULL;
    tw_error err;
    memset(nested, '[', 512);
    memset(nested + 512, ']', 512);
    assert_int_equal(parse(nested, &doc, &err), TW_OK);
    tw_doc_free(doc);
    memset(nested, '[', 513);
    memset(nested + 513, ']', 513);
    assert_int_equal(parse(nested, &doc, &err), TW_TOO_LARGE);
    assert_string_equal(err.message, "t.yaml:1:513: more than 512 levels");
    assert_int_equal(tw_doc_parse_yaml(NULL, "a", (size_t)17 << 20, "t.yaml", &doc, &err), TW_TOO_LARGE);

    char *anchors = malloc(64 * 1024);
    assert_non_null(anchors);
    size_t at = 0;
    for (int i = 0; i < 1001; i++) at += (size_t)sprintf(anchors + at, "- &a%d 1\n", i);
    assert_int_equal(parse(anchors, &doc, &err), TW_BAD_SYNTAX);
    assert_string_equal(err.message, "t.yaml:1001:3: more than 1000 anchors");
    free(anchors);
}

static void test_many_keys(void **state)
{
    (void)state;
    const int n = 20000;
    char *text = malloc((size_t)n * 16 + 64);
    assert_non_null(text);
    size_t at = 0;
    for (int i = 0; i < n; i++) at += (size_t)sprintf(text + at, "k%d: %d\n", (i * 7919) % n, i);
    tw_doc *doc = must_parse(text);
    assert_int_equal(tw_doc_root(doc)->n_children, n);
    tw_doc_free(doc);
    (void)sprintf(text + at, "k12345: x\n");
    tw_error err;
    assert_int_equal(parse(text, &doc, &err), TW_BAD_SYNTAX);
    assert_string_equal(err.message, "t.yaml:20001:9: the key \"k12345\" occurs twice");
    free(text);
}

/* 77 tells ctest that the test was skipped: the build has no YAML reader. */
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),  cmocka_unit_test(test_scalars),      cmocka_unit_test(test_positions),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_aliases_copy), cmocka_unit_test(test_alias_bomb),
        cmocka_unit_test(test_bounds),  cmocka_unit_test(test_many_keys),
    };
    tw_doc *doc = NULL;
    if (parse("1", &doc, NULL) == TW_UNSUPPORTED) return 77;
    tw_doc_free(doc);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

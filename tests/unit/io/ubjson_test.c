/* SPDX-License-Identifier: Apache-2.0 */
/* ubjson_test.c - Universal Binary JSON: kinds, lists with a type or a count, what is refused; packed lists of JSON. */
#include "tradewind/io.h"
#include "tw_test.h"

#include <math.h>

typedef struct bytes {
    const char *at;
    size_t length;
} bytes;

#define B(literal)                                                                                                     \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

static void check(const char *what, bool same)
{
    if (!same) fail_msg("%s", what);
}

static tw_doc *parse(bytes b)
{
    tw_doc *doc = NULL;
    tw_error err = {{0}};
    assert_ok(tw_doc_parse_ubjson(NULL, b.at, b.length, "t.ubj", &doc, &err), &err);
    return doc;
}

static void values_are_read(void **state)
{
    static const struct {
        bytes b;
        const char *json;
    } cases[] = {
        {B("Z"), "null"},
        {B("T"), "true"},
        {B("F"), "false"},
        {B("i\xff"), "-1"},
        {B("U\xff"), "255"},
        {B("I\x80\x01"), "-32767"},
        {B("l\x00\x01\x00\x02"), "65538"},
        {B("L\x00\x00\x00\x01\x00\x00\x00\x00"), "4294967296"},
        {B("d\x40\x18\xa3\xd7"), "2.384999990463257"},
        {B("D\x40\x03\x14\x7a\xe1\x47\xae\x14"), "2.385"},
        {B("Cx"), "\"x\""},
        {B("Si\x02hi"), "\"hi\""},
        {B("[]"), "[]"},
        {B("[#i\x00"), "[]"},
        {B("[$d#i\x00"), "[]"},
        {B("[i\x01i\x02]"), "[1,2]"},
        {B("[#i\x02i\x01T"), "[1,true]"},
        {B("[$U#i\x03\x01\x02\xff"), "[1,2,255]"},
        {B("[$I#U\x01\xff\xfe"), "[-2]"},
        {B("[$S#i\x02i\x01xi\x01y"), "[\"x\",\"y\"]"},
        {B("{}"), "{}"},
        {B("{i\x01xi\x05U\x01y[i\x01]}"), "{\"x\":5,\"y\":[1]}"},
        {B("{#i\x01i\x01xZ"), "{\"x\":null}"},
        {B("{$i#i\x02i\x01x\x05i\x01y\x06"), "{\"x\":5,\"y\":6}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tw_doc *doc = parse(cases[i].b);
        tw_buf text;
        tw_json json;
        tw_buf_init(&text, NULL);
        tw_json_init(&json, &text, false);
        tw_node_json(tw_doc_root(doc), &json);
        check(cases[i].json, strcmp(text.data, cases[i].json) == 0);
        tw_buf_clear(&text);
        tw_doc_free(doc);
    }
}

static void bad_bytes_are_refused(void **state)
{
    static const bytes cases[] = {
        B(""),
        B("N"),
        B("Hi\x01\x31"),
        B("x"),
        B("ZZ"),
        B("i"),
        B("l\x01\x02\x03"),
        B("Si\x05hi"),
        B("Si\xffhi"),
        B("Si\x01\x00"),
        B("C\x00"),
        B("Sd\x00\x00\x00\x00"),
        B("["),
        B("[i\x01"),
        B("[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff"),
        B("[#L\x7f\xff\xff\xff\xff\xff\xff\xff"),
        B("[$Z#l\x7f\xff\xff\xff"),
        B("[$d"),
        B("[$di\x01\x00"),
        B("[#"),
        B("[#d\x00\x00\x00\x00"),
        B("{i\x01xi\x01i\x01xi\x02}"),
        B("{i\x01x"),
        B("{Z"),
        B("[i\x01}"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tw_doc *doc = NULL;
        tw_error err = {{0}};
        const tw_status status = tw_doc_parse_ubjson(NULL, cases[i].at, cases[i].length, "t.ubj", &doc, &err);
        if (status != TW_BAD_SYNTAX) fail_msg("case %zu: %s: %s", i, tw_status_name(status), err.message);
        check(err.message, strncmp(err.message, "t.ubj", 5) == 0);
        assert_null(doc);
    }
}

static void depth_is_bounded(void **state)
{
    static char deep[600];
    tw_doc *doc = NULL;
    tw_error err;
    (void)state;
    memset(deep, '[', sizeof deep);
    assert_int_equal(tw_doc_parse_ubjson(NULL, deep, sizeof deep, "t.ubj", &doc, &err), TW_TOO_LARGE);
    assert_string_equal(err.message, "t.ubj: byte 513: more than 512 levels");
}

static const tw_node *pack(const char *text, tw_doc **doc)
{
    tw_error err = {{0}};
    assert_ok(tw_doc_parse_json_packed(NULL, text, strlen(text), "t.json", doc, &err), &err);
    return tw_doc_root(*doc);
}

static void lists_of_numbers_are_one_piece(void **state)
{
    (void)state;
    tw_doc *doc;
    const tw_node *node = pack(" [ 2.385, -1e-3 ,\n7,NaN,-Infinity,Infinity]", &doc);
    assert_int_equal(node->kind, TW_NODE_NUMBERS);
    assert_int_equal(node->n_children, 6);
    assert_same(node->numbers[0], 2.385);
    assert_same(node->numbers[1], -1e-3);
    assert_same(node->numbers[2], 7);
    assert_true(isnan(node->numbers[3]));
    assert_same(node->numbers[4], -(double)INFINITY);
    assert_same(node->numbers[5], (double)INFINITY);
    tw_doc_free(doc);
    node = pack("[1,\"a\",[2,3],[]]", &doc);
    assert_int_equal(node->kind, TW_NODE_LIST);
    assert_int_equal(node->n_children, 4);
    assert_int_equal(node->first->next->next->kind, TW_NODE_NUMBERS);
    assert_int_equal(node->first->next->next->next->kind, TW_NODE_LIST);
    tw_doc_free(doc);
}

static void bad_lists_of_numbers_are_refused(void **state)
{
    static const char *const cases[] = {"[1,]",    "[1 2]", "[,1]",  "[1",   "[-]",
                                        "[1e999]", "[Inf]", "[nan]", "[01]", "[NaN1]"};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tw_doc *doc;
        tw_error err;
        check(cases[i],
              tw_doc_parse_json_packed(NULL, cases[i], strlen(cases[i]), "t.json", &doc, &err) == TW_BAD_SYNTAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(bad_bytes_are_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(lists_of_numbers_are_one_piece),
        cmocka_unit_test(bad_lists_of_numbers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

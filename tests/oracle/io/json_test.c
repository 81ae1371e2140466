/* SPDX-License-Identifier: Apache-2.0 */
/* Our JSON against jansson (2.14 when this was written): the same texts are accepted, and become the same values. Only
 * integers beyond int64 differ by intent: jansson refuses them. */
#include "tradewind/io.h"
#include "tw_test.h"

#include <jansson.h>

enum { ROUNDS = 60000, LONGEST = 200 };

static void compare(const tw_node *node, const json_t *value);

static void compare_branches(const tw_node *node, const json_t *value)
{
    const bool map = json_is_object(value);
    assert_int_equal(node->kind, map ? TW_NODE_MAP : TW_NODE_LIST);
    assert_int_equal(node->n_children, map ? json_object_size(value) : json_array_size(value));
    size_t i = 0;
    for (const tw_node *child = node->first; child; child = child->next, i++) {
        compare(child, map ? json_object_get(value, child->key) : json_array_get(value, i));
    }
}

static void compare(const tw_node *node, const json_t *value)
{
    assert_non_null(value);
    if (json_is_object(value) || json_is_array(value)) {
        compare_branches(node, value);
    } else if (json_is_string(value)) {
        assert_int_equal(node->kind, TW_NODE_TEXT);
        assert_string_equal(node->text, json_string_value(value));
    } else if (json_is_integer(value)) {
        assert_true(node->kind == TW_NODE_NUMBER && node->number == (double)json_integer_value(value));
        assert_true(node->number == 0 || (node->is_integer && node->integer == json_integer_value(value)));
    } else if (json_is_real(value)) {
        assert_int_equal(node->kind, TW_NODE_NUMBER);
        assert_same(node->number, json_real_value(value));
    } else if (json_is_null(value)) {
        assert_int_equal(node->kind, TW_NODE_NULL);
    } else {
        assert_true(node->kind == TW_NODE_BOOL && node->boolean == json_is_true(value));
    }
}

static size_t check(const char *text, size_t length)
{
    tw_doc *doc = NULL;
    tw_error err;
    json_error_t error;
    json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    const tw_status status = tw_doc_parse_json(NULL, text, length, "soup", &doc, &err);
    if (!value && json_error_code(&error) == json_error_numeric_overflow) {
        tw_doc_free(doc);
        return 0;
    }
    if ((status == TW_OK) != (value != NULL)) {
        fail_msg("<<%.*s>>: ours: %s; jansson: %s", (int)length, text, status ? err.message : "good",
                 value ? "good" : error.text);
    }
    if (value) compare(tw_doc_root(doc), value);
    tw_doc_free(doc);
    json_decref(value);
    return status == TW_OK;
}

static const char *const seeds[] = {
    "{\"symbol\": \"AAPL\", \"close\": 93.70, \"volume\": -75415000, \"halted\": false}",
    "[1, -0, 0.5e-3, 12E+2, 2.385, null, true, [], {}, [[1], {\"a\": {\"b\": [\"c\"]}}]]",
    "[\"\\u00e9\\uD834\\uDD1E\\n\\\\\\/\", \"\xc3\xa9 \xe2\x82\xac \xf0\x9d\x84\x9e\"]",
    " {\"a\":1,\"b\":2,\"a\\u0061\":3} ",
};

/* One to three bytes replaced, dropped or doubled. */
static size_t mutate(tw_random *random, const char *seed, char *text)
{
    static const char letters[] = "[]{},:\"\\ue0123456789-+.aEtfn \t\n\x01\x7f\x80\xc3\xa9\xed\xf4";
    size_t length = strlen(seed);
    memcpy(text, seed, length);
    for (uint64_t k = tw_random_below(random, 3); k < 3; k++) {
        const size_t at = tw_random_below(random, length);
        const uint64_t how = tw_random_below(random, 3);
        if (how == 0) text[at] = letters[tw_random_below(random, sizeof letters - 1)];
        if (how == 1) memmove(text + at, text + at + 1, --length - at);
        if (how == 2) memmove(text + at + 1, text + at, length++ - at);
    }
    return length;
}

static void test_mutations(void **state)
{
    (void)state;
    tw_random random = {.seed = 2385, .stream = 2};
    size_t good = 0;
    for (size_t i = 0; i < 4; i++) assert_int_equal(check(seeds[i], strlen(seeds[i])), 1);
    for (int round = 0; round < ROUNDS; round++) {
        char text[LONGEST];
        const size_t length = mutate(&random, seeds[round % 4], text);
        good += check(text, length);
    }
    assert_true(good > ROUNDS / 20 && good < ROUNDS); /* both verdicts were seen, and often */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

static void appends_grow(void **state)
{
    (void)state;
    tw_buf buf;
    tw_error err;
    tw_buf_init(&buf, NULL);
    assert_null(buf.data);
    tw_buf_add(&buf, NULL, 0);
    assert_string_equal(buf.data, "");
    for (int i = 0; i < 1000; i++) tw_buf_text(&buf, "0123456789abc");
    assert_int_equal(buf.length, 13000);
    assert_int_equal(strlen(buf.data), 13000);
    assert_memory_equal(buf.data + 12987, "0123456789abc", 14);
    assert_ok(tw_buf_check(&buf, &err), &err);
    tw_buf_clear(&buf);
    assert_null(buf.data);
    tw_buf_text(&buf, "usable again");
    assert_string_equal(buf.data, "usable again");
    tw_buf_clear(&buf);
}

static void printf_of_any_length(void **state)
{
    (void)state;
    tw_buf buf;
    tw_buf_init(&buf, NULL);
    size_t want = 0;
    for (int width = 1; width < 700; width += 3) {
        tw_buf_printf(&buf, "%*d", width, 7);
        want += (size_t)width;
        assert_int_equal(buf.length, want);
        assert_int_equal(strlen(buf.data), want);
        assert_int_equal(buf.data[want - 1], '7');
    }
    tw_buf_clear(&buf);
}

static void bytes_may_be_nul(void **state)
{
    (void)state;
    tw_buf buf;
    tw_buf_init(&buf, NULL);
    tw_buf_add(&buf, "a\0b", 3);
    tw_buf_text(&buf, "c");
    assert_int_equal(buf.length, 4);
    assert_memory_equal(buf.data, "a\0bc", 5);
    tw_buf_clear(&buf);
}

static void failure_sticks(void **state)
{
    (void)state;
    tw_error err;
    tw_buf buf;
    tw_buf_init(&buf, NULL);
    tw_buf_text(&buf, "before");
    tw_buf_add(&buf, "x", SIZE_MAX - 8); /* cannot be had */
    assert_true(buf.failed);
    tw_buf_text(&buf, "after");
    assert_string_equal(buf.data, "before");
    assert_int_equal(tw_buf_check(&buf, &err), TW_NO_MEMORY);
    assert_string_equal(err.message, "out of memory for a text of 6 bytes and more");
    tw_buf_clear(&buf);
    assert_false(buf.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(appends_grow), cmocka_unit_test(printf_of_any_length),
                                       cmocka_unit_test(bytes_may_be_nul), cmocka_unit_test(failure_sticks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

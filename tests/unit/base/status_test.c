/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

static void every_status_has_name_and_text(void **state)
{
    (void)state;
    for (int i = 0; i < TW_STATUS_COUNT; i++) {
        assert_true(strlen(tw_status_name((tw_status)i)) > 1);
        assert_true(strlen(tw_status_text((tw_status)i)) > 6);
    }
    assert_string_equal(tw_status_name(TW_OK), "OK");
    assert_string_equal(tw_status_name(TW_LOOK_AHEAD), "LOOK_AHEAD");
    assert_string_equal(tw_status_text(TW_TIMED_OUT), "time ran out");
}

static void numbers_outside_the_list_are_safe(void **state)
{
    (void)state;
    assert_string_equal(tw_status_name((tw_status)TW_STATUS_COUNT), "UNKNOWN");
    assert_string_equal(tw_status_text((tw_status)977), "unknown status");
}

static void fail_writes_and_returns(void **state)
{
    (void)state;
    tw_error err = {"old"};
    assert_int_equal(tw_fail(&err, TW_BAD_VALUE, "sma: period must be >= %d, got %d", 1, -7), TW_BAD_VALUE);
    assert_string_equal(err.message, "sma: period must be >= 1, got -7");
    assert_int_equal(tw_fail(NULL, TW_BAD_FILE, "%s", "nobody listens"), TW_BAD_FILE);
}

static void fail_in_puts_context_before(void **state)
{
    (void)state;
    tw_error err;
    (void)tw_fail(&err, TW_BAD_DATA, "close is -3.25");
    assert_int_equal(tw_fail_in(&err, TW_BAD_DATA, "%s:%d", "bars.csv", 17), TW_BAD_DATA);
    assert_string_equal(err.message, "bars.csv:17: close is -3.25");
    assert_int_equal(tw_fail_in(NULL, TW_BAD_DATA, "x"), TW_BAD_DATA);
}

static void long_messages_are_cut_at_the_end(void **state)
{
    (void)state;
    tw_error err;
    char big[1200];
    memset(big, 'b', sizeof big);
    big[sizeof big - 1] = '\0';
    (void)tw_fail(&err, TW_BAD_DATA, "%s", big);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    (void)tw_fail_in(&err, TW_BAD_DATA, "head");
    assert_memory_equal(err.message, "head: bbb", 9);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    (void)tw_fail_in(&err, TW_BAD_DATA, "%s", big);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
}

static void no_memory_names_the_purpose(void **state)
{
    (void)state;
    tw_error err;
    assert_int_equal(tw_no_memory(&err, "a panel of 2385 bars"), TW_NO_MEMORY);
    assert_string_equal(err.message, "out of memory for a panel of 2385 bars");
}

static tw_status try_it(tw_status inner, int *reached)
{
    TW_TRY(inner);
    ++*reached;
    return TW_OK;
}

static void try_returns_early(void **state)
{
    (void)state;
    int reached = 0;
    assert_int_equal(try_it(TW_SINGULAR, &reached), TW_SINGULAR);
    assert_int_equal(reached, 0);
    assert_int_equal(try_it(TW_OK, &reached), TW_OK);
    assert_int_equal(reached, 1);
    assert_string_equal(tw_version(), TW_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_name_and_text),
        cmocka_unit_test(numbers_outside_the_list_are_safe),
        cmocka_unit_test(fail_writes_and_returns),
        cmocka_unit_test(fail_in_puts_context_before),
        cmocka_unit_test(long_messages_are_cut_at_the_end),
        cmocka_unit_test(no_memory_names_the_purpose),
        cmocka_unit_test(try_returns_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_oom.h"

static void items_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    tw_oom oom;
    tw_oom_init(&oom, 0, false);
    tw_arena arena;
    tw_arena_init(&arena, &oom.ctx);
    unsigned char *items[500];
    for (size_t i = 0; i < 500; i++) {
        const size_t size = i * 7 % 131;
        items[i] = tw_arena_new(&arena, size, 1);
        assert_non_null(items[i]);
        assert_int_equal((uintptr_t)items[i] % 16, 0);
        for (size_t j = 0; j < size; j++) assert_int_equal(items[i][j], 0);
        if (size) memset(items[i], (int)(i % 251), size);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t j = 0; j < i * 7 % 131; j++) assert_int_equal(items[i][j], i % 251);
    assert_true(atomic_load(&oom.calls) < 10);
    tw_arena_clear(&arena);
    assert_int_equal(atomic_load(&oom.live), 0);
}

static void large_items_get_room(void **state)
{
    (void)state;
    tw_arena arena;
    tw_arena_init(&arena, NULL);
    for (size_t i = 1; i < 7; i++) {
        char *big = tw_arena_new(&arena, 99991 * i, sizeof(double));
        assert_non_null(big);
        memset(big, 1, 99991 * i * sizeof(double));
    }
    assert_null(tw_arena_new(&arena, SIZE_MAX / 4, 8));
    assert_null(tw_arena_text(&arena, "", SIZE_MAX));
    tw_arena_clear(&arena);
}

static void texts_end_with_nul(void **state)
{
    (void)state;
    tw_arena arena;
    tw_arena_init(&arena, NULL);
    assert_string_equal(tw_arena_text(&arena, "close,volume", 5), "close");
    assert_string_equal(tw_arena_text(&arena, NULL, 0), "");
    tw_arena_clear(&arena);
    assert_null(arena.head);
    assert_string_equal(tw_arena_text(&arena, "again", 5), "again");
    tw_arena_clear(&arena);
    tw_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(items_are_zeroed_aligned_and_apart),
                                       cmocka_unit_test(large_items_get_room), cmocka_unit_test(texts_end_with_nul)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

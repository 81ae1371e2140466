/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_oom.h"

static bool all_zero(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i]) return false;
    return true;
}

static void check_blocks(const tw_ctx *ctx)
{
    static const size_t sizes[] = {0, 1, 23, 64, 65, 4097, 300001};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *block = tw_new(ctx, sizes[i], 1);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 64, 0);
        assert_true(all_zero(block, sizes[i]));
        memset(block, 0xA7, sizes[i]);
        tw_free(ctx, block);
    }
    tw_free(ctx, NULL);
}

static void blocks_are_aligned_and_zeroed(void **state)
{
    (void)state;
    tw_oom oom;
    tw_oom_init(&oom, 0, false);
    check_blocks(NULL);
    check_blocks(&(tw_ctx){0});
    check_blocks(&oom.ctx);
    assert_int_equal(atomic_load(&oom.live), 0);
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    assert_null(tw_new(NULL, SIZE_MAX / 2 + 3, 2));
    assert_null(tw_new(NULL, SIZE_MAX, 1));
    assert_null(tw_new(NULL, 1, SIZE_MAX - 30));
    char *block = tw_new(NULL, 7, 1);
    assert_null(tw_resize(NULL, block, 7, SIZE_MAX - 3));
    tw_free(NULL, block);
}

/* An allocator whose blocks start 16 bytes further each time: alignment must not hang on luck. */
typedef struct drifting {
    unsigned drift;
    size_t live;
} drifting;

static void *drift_resize(void *arg, void *block, size_t bytes)
{
    drifting *d = arg;
    size_t head[2] = {0, 0}; /* offset, bytes */
    if (block) memcpy(head, (char *)block - 16, sizeof head);
    char *made = NULL;
    if (bytes > 0) {
        const size_t offset = 16 + 16 * (++d->drift % 5);
        made = (char *)malloc(bytes + offset) + offset;
        if (block) memcpy(made, block, head[1] < bytes ? head[1] : bytes);
        memcpy(made - 16, (size_t[2]){offset, bytes}, 16);
        d->live++;
    }
    if (block) {
        free((char *)block - head[0]);
        d->live--;
    }
    return made;
}

static void resize_keeps_content_and_alignment(void **state)
{
    (void)state;
    drifting d = {0};
    const tw_alloc alloc = {drift_resize, &d};
    const tw_ctx ctx = {.alloc = &alloc};
    size_t size = 37;
    unsigned char *block = tw_resize(&ctx, NULL, 0, size);
    for (int step = 0; step < 40; step++) {
        for (size_t i = 0; i < size; i++) block[i] = (unsigned char)(i * 31 + (size_t)step);
        const size_t next = step % 3 == 2 ? size / 2 : size * 2 - 5;
        block = tw_resize(&ctx, block, size, next);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 64, 0);
        for (size_t i = 0; i < (size < next ? size : next); i++)
            assert_int_equal(block[i], (unsigned char)(i * 31 + (size_t)step));
        size = next > 5000 ? 37 : next;
    }
    tw_free(&ctx, block);
    assert_int_equal(d.live, 0);
}

static void text_copy_copies(void **state)
{
    (void)state;
    char *copy = tw_text_copy(NULL, "EUR/USD 2.385");
    assert_string_equal(copy, "EUR/USD 2.385");
    tw_free(NULL, copy);
    assert_null(tw_text_copy(NULL, NULL));
}

typedef struct watcher {
    int updates;
    uint64_t done;
    bool stop;
} watcher;

static void on_update(void *arg, const char *stage, uint64_t done, uint64_t total, const char *note)
{
    watcher *w = arg;
    assert_string_equal(stage, "fit");
    assert_int_equal(total, 23);
    assert_null(note);
    w->updates++;
    w->done = done;
}

static bool on_cancelled(void *arg) { return ((const watcher *)arg)->stop; }

static void progress_reports_and_cancels(void **state)
{
    (void)state;
    watcher w = {0};
    const tw_progress progress = {on_update, on_cancelled, &w}, silent = {0};
    assert_int_equal(tw_progress_step(&(tw_ctx){.progress = &progress}, "fit", 7, 23, NULL), TW_OK);
    w.stop = true;
    assert_int_equal(tw_progress_step(&(tw_ctx){.progress = &progress}, "fit", 8, 23, NULL), TW_CANCELLED);
    assert_int_equal(w.updates, 2);
    assert_int_equal(w.done, 8);
    assert_int_equal(tw_progress_step(&(tw_ctx){.progress = &silent}, "fit", 8, 23, NULL), TW_OK);
    assert_int_equal(tw_progress_step(NULL, "fit", 8, 23, NULL), TW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_and_zeroed),      cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(resize_keeps_content_and_alignment), cmocka_unit_test(text_copy_copies),
        cmocka_unit_test(progress_reports_and_cancels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

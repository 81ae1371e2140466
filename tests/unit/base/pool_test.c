/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include <pthread.h>
#include <stdatomic.h>

enum { N = 5000 };

typedef struct job {
    atomic_int runs[N];
    atomic_int started;
    size_t fail_from, fail_step; /* step 0: none fails */
    int threads;
    tw_pool *pool;
} job;

static tw_status count_task(void *arg, size_t index, int thread, tw_error *err)
{
    job *j = arg;
    assert_true(thread >= 0 && thread < j->threads);
    atomic_fetch_add(&j->runs[index], 1);
    atomic_fetch_add(&j->started, 1);
    if (j->fail_step && index >= j->fail_from && (index - j->fail_from) % j->fail_step == 0)
        return tw_fail(err, index % 2 ? TW_BAD_DATA : TW_SINGULAR, "task %zu failed", index);
    return TW_OK;
}

static void each_task_runs_once(void **state)
{
    (void)state;
    static const int sizes[] = {1, 2, 3, 8};
    for (size_t k = 0; k < 4; k++) {
        tw_error err;
        tw_pool *pool;
        assert_ok(tw_pool_new(sizes[k], &pool, &err), &err);
        assert_int_equal(tw_pool_threads(pool), sizes[k]);
        for (int repeat = 0; repeat < 20; repeat++) {
            static const size_t counts[] = {0, 1, 2, 7, N};
            job j = {.threads = sizes[k]};
            const size_t n = counts[repeat % 5];
            assert_ok(tw_pool_run(pool, n, count_task, &j, &err), &err);
            for (size_t i = 0; i < N; i++) assert_int_equal(atomic_load(&j.runs[i]), i < n);
        }
        tw_pool_free(pool);
    }
    tw_pool_free(NULL);
}

static void the_lowest_failure_is_told(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 8; threads++) {
        tw_error err;
        tw_pool *pool;
        assert_ok(tw_pool_new(threads, &pool, &err), &err);
        for (int repeat = 0; repeat < 50; repeat++) {
            job j = {.threads = threads, .fail_from = 23, .fail_step = 2};
            assert_int_equal(tw_pool_run(pool, N, count_task, &j, &err), TW_BAD_DATA);
            assert_string_equal(err.message, "task 23 failed");
            assert_int_equal(tw_pool_run(pool, 0, count_task, &j, NULL), TW_OK);
        }
        job j = {.threads = threads, .fail_from = 4, .fail_step = 1};
        assert_int_equal(tw_pool_run(pool, N, count_task, &j, NULL), TW_SINGULAR);
        assert_true(atomic_load(&j.started) < N); /* the rest is skipped */
        tw_pool_free(pool);
    }
}

static void without_a_pool_it_runs_in_order(void **state)
{
    (void)state;
    tw_error err;
    job j = {.threads = 1, .fail_from = 40, .fail_step = 3};
    assert_int_equal(tw_pool_threads(NULL), 1);
    assert_int_equal(tw_pool_run(NULL, 100, count_task, &j, &err), TW_SINGULAR);
    assert_string_equal(err.message, "task 40 failed");
    assert_int_equal(atomic_load(&j.started), 41);
}

static tw_status outer_task(void *arg, size_t index, int thread, tw_error *err)
{
    (void)index, (void)thread;
    job *j = arg;
    return tw_pool_run(j->pool, 50, count_task, j, err);
}

static void nested_calls_run_inline(void **state)
{
    (void)state;
    tw_error err;
    job j = {.threads = 1}; /* inline means thread 0 */
    assert_ok(tw_pool_new(4, &j.pool, &err), &err);
    assert_ok(tw_pool_run(j.pool, 60, outer_task, &j, &err), &err);
    for (size_t i = 0; i < 50; i++) assert_int_equal(atomic_load(&j.runs[i]), 60);
    tw_pool_free(j.pool);
}

static void *other_caller(void *arg)
{
    job *j = arg;
    for (int i = 0; i < 100; i++) {
        tw_error err;
        assert_int_equal(tw_pool_run(j->pool, 64, count_task, j, &err), TW_OK);
    }
    return NULL;
}

static void callers_may_share_a_pool(void **state)
{
    (void)state;
    tw_error err;
    job j = {.threads = 3};
    assert_ok(tw_pool_new(3, &j.pool, &err), &err);
    pthread_t callers[3];
    for (int i = 0; i < 3; i++) assert_int_equal(pthread_create(&callers[i], NULL, other_caller, &j), 0);
    for (int i = 0; i < 3; i++) pthread_join(callers[i], NULL);
    for (size_t i = 0; i < 64; i++) assert_int_equal(atomic_load(&j.runs[i]), 300);
    tw_pool_free(j.pool);
}

static void thread_counts_are_checked(void **state)
{
    (void)state;
    tw_error err;
    tw_pool *pool = NULL;
    assert_int_equal(tw_pool_new(-3, &pool, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "pool: threads must be an integer in [0, 1024], got '-3'");
    assert_int_equal(tw_pool_new(1025, &pool, &err), TW_BAD_VALUE);
    assert_null(pool);
    assert_ok(tw_pool_new(0, &pool, &err), &err);
    assert_true(tw_pool_threads(pool) >= 1);
    tw_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_runs_once),
        cmocka_unit_test(the_lowest_failure_is_told),
        cmocka_unit_test(without_a_pool_it_runs_in_order),
        cmocka_unit_test(nested_calls_run_inline),
        cmocka_unit_test(callers_may_share_a_pool),
        cmocka_unit_test(thread_counts_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

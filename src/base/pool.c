/* SPDX-License-Identifier: Apache-2.0 */
#include "tradewind/base.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MOST_THREADS = 1024 };

/* One parallel loop; lives on the stack of the call that runs it. */
typedef struct loop {
    tw_task *task;
    void *arg;
    size_t n;
    atomic_size_t next;
    atomic_bool failed;
    pthread_mutex_t lock; /* guards what follows */
    size_t failed_index;
    tw_status status;
    tw_error error;
} loop;

typedef struct worker {
    tw_pool *pool;
    pthread_t handle;
    int thread;
} worker;

struct tw_pool {
    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t wake, idle;
    loop *current; /* NULL: no loop open to workers */
    uint64_t generation;
    int n_inside; /* workers inside `current` */
    bool busy, stop;
    int n_workers; /* started */
    worker *workers;
};

static void note_failure(loop *run, size_t index, tw_status status, const tw_error *error)
{
    pthread_mutex_lock(&run->lock);
    if (run->status == TW_OK || index < run->failed_index) {
        run->failed_index = index;
        run->status = status;
        run->error = *error;
    }
    pthread_mutex_unlock(&run->lock);
    atomic_store(&run->failed, true);
}

/* Indexes are taken in rising order, so every index below a failing one has been started: the lowest failure is the
 * same however the threads were timed. */
static void take_tasks(loop *run, int thread)
{
    while (!atomic_load(&run->failed)) {
        const size_t index = atomic_fetch_add(&run->next, 1);
        if (index >= run->n) return;
        tw_error error = {{0}};
        const tw_status status = run->task(run->arg, index, thread, &error);
        if (status != TW_OK) note_failure(run, index, status, &error);
    }
}

static void *worker_main(void *arg)
{
    const worker *self = arg;
    tw_pool *pool = self->pool;
    uint64_t seen = 0;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->stop && (!pool->current || pool->generation == seen)) pthread_cond_wait(&pool->wake, &pool->lock);
        if (pool->stop) break;
        seen = pool->generation;
        loop *run = pool->current;
        pool->n_inside++;
        pthread_mutex_unlock(&pool->lock);
        take_tasks(run, self->thread);
        pthread_mutex_lock(&pool->lock);
        if (--pool->n_inside == 0) pthread_cond_signal(&pool->idle);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static tw_status start_workers(tw_pool *pool, int n, tw_error *err)
{
    for (int i = 0; i < n; i++) {
        worker *w = &pool->workers[i];
        *w = (worker){.pool = pool, .thread = i + 1};
        if (pthread_create(&w->handle, NULL, worker_main, w) != 0)
            return tw_fail(err, TW_IO_FAILED, "pool: the system gave %d of %d threads", i + 1, n + 1);
        pool->n_workers++;
    }
    return TW_OK;
}

static int core_count(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MOST_THREADS ? MOST_THREADS : (int)n;
}

tw_status tw_pool_new(int n_threads, tw_pool **pool, tw_error *err)
{
    if (n_threads < 0 || n_threads > MOST_THREADS)
        return tw_fail(err, TW_BAD_VALUE, "pool: threads must be an integer in [0, %d], got '%d'", MOST_THREADS,
                       n_threads);
    const int n = (n_threads == 0 ? core_count() : n_threads) - 1;
    tw_pool *made = tw_new(NULL, 1, sizeof *made);
    worker *workers = tw_new(NULL, (size_t)n, sizeof *workers);
    if (!made || !workers) {
        tw_free(NULL, made);
        tw_free(NULL, workers);
        return tw_no_memory(err, "a thread pool");
    }
    made->workers = workers;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->wake, NULL);
    pthread_cond_init(&made->idle, NULL);
    const tw_status status = start_workers(made, n, err);
    if (status != TW_OK)
        tw_pool_free(made);
    else
        *pool = made;
    return status;
}

void tw_pool_free(tw_pool *pool)
{
    if (!pool) return;
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->n_workers; i++) pthread_join(pool->workers[i].handle, NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_cond_destroy(&pool->idle);
    pthread_mutex_destroy(&pool->lock);
    tw_free(NULL, pool->workers);
    tw_free(NULL, pool);
}

int tw_pool_threads(const tw_pool *pool) { return pool ? pool->n_workers + 1 : 1; }

static tw_status run_inline(size_t n, tw_task *task, void *arg, tw_error *err)
{
    for (size_t i = 0; i < n; i++) TW_TRY(task(arg, i, 0, err));
    return TW_OK;
}

/* False when a loop is running already: the call is nested, or comes from another thread, and waiting could lock up. */
static bool claim(tw_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    const bool free_now = !pool->busy;
    pool->busy = true;
    pthread_mutex_unlock(&pool->lock);
    return free_now;
}

static void run_shared(tw_pool *pool, loop *run)
{
    pthread_mutex_lock(&pool->lock);
    pool->current = run;
    pool->generation++;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    take_tasks(run, 0);
    pthread_mutex_lock(&pool->lock);
    pool->current = NULL; /* workers that wake late find nothing */
    while (pool->n_inside > 0) pthread_cond_wait(&pool->idle, &pool->lock);
    pool->busy = false;
    pthread_mutex_unlock(&pool->lock);
}

tw_status tw_pool_run(tw_pool *pool, size_t n, tw_task *task, void *arg, tw_error *err)
{
    if (!pool || pool->n_workers == 0 || n < 2 || !claim(pool)) return run_inline(n, task, arg, err);
    loop run = {.task = task, .arg = arg, .n = n};
    atomic_init(&run.next, 0);
    atomic_init(&run.failed, false);
    pthread_mutex_init(&run.lock, NULL);
    run_shared(pool, &run);
    pthread_mutex_destroy(&run.lock);
    if (run.status != TW_OK && err) *err = run.error;
    return run.status;
}

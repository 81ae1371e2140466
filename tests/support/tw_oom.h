/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation-failure sweep: runs a body again and again, with the first, second, third ... allocation failing, until
 * it gets through. Every failure must come back as TW_NO_MEMORY and leave no block behind. */
#ifndef TW_OOM_H
#define TW_OOM_H

#include "tw_test.h"

#include <stdatomic.h>
#include <stdlib.h>

typedef struct tw_oom {
    tw_alloc alloc;
    tw_ctx ctx;
    atomic_size_t calls; /* that ask for memory, so far */
    atomic_size_t live;  /* blocks not given back */
    size_t fail_at;      /* 1 is the first; 0 never */
    bool fail_after;     /* every later one fails too */
} tw_oom;

static inline void *tw_oom_resize(void *arg, void *block, size_t bytes)
{
    tw_oom *oom = arg;
    if (bytes == 0) {
        if (block) atomic_fetch_sub(&oom->live, 1);
        free(block);
        return NULL;
    }
    const size_t call = atomic_fetch_add(&oom->calls, 1) + 1;
    if (oom->fail_at != 0 && (call == oom->fail_at || (oom->fail_after && call > oom->fail_at))) return NULL;
    void *made = realloc(block, bytes);
    if (made && !block) atomic_fetch_add(&oom->live, 1);
    return made;
}

/* Fills `oom` so that &oom->ctx allocates through it; its address must stay. */
static inline void tw_oom_init(tw_oom *oom, size_t fail_at, bool fail_after)
{
    *oom = (tw_oom){.fail_at = fail_at, .fail_after = fail_after};
    oom->alloc = (tw_alloc){.resize = tw_oom_resize, .ctx = oom};
    oom->ctx = (tw_ctx){.alloc = &oom->alloc};
}

/* The work under test: allocates through ctx only, frees all it made, and reports what happened. */
typedef tw_status tw_oom_body(const tw_ctx *ctx, void *arg);

static inline size_t tw_oom_sweep_mode(tw_oom_body *body, void *arg, bool fail_after)
{
    for (size_t k = 1;; k++) {
        tw_oom oom;
        tw_oom_init(&oom, k, fail_after);
        const tw_status status = body(&oom.ctx, arg);
        const size_t live = atomic_load(&oom.live);
        if (live != 0) fail_msg("allocation %zu failing leaves %zu blocks", k, live);
        if (atomic_load(&oom.calls) < k) {
            if (status != TW_OK) fail_msg("no allocation failed, yet: %s", tw_status_name(status));
            return k - 1;
        }
        if (status != TW_NO_MEMORY) fail_msg("allocation %zu failing gives %s", k, tw_status_name(status));
    }
}

/* Returns how many allocations the body makes. */
static inline size_t tw_oom_sweep(tw_oom_body *body, void *arg)
{
    const size_t n = tw_oom_sweep_mode(body, arg, false);
    assert_int_equal(tw_oom_sweep_mode(body, arg, true), n);
    return n;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations that fail while a spec is read and while the main job runs: NO_MEMORY, nothing left behind, and the same
 * folder is good for the next run. The job makes many thousand allocations, so of it a spread is tried. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tradewind/pipeline.h"
#include "tw_oom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The best of these is a model of trees, which the report takes apart. */
static const char trees_text[] = "name: trees\n"
                                 "data: {simulate: symbols=5 sessions=90 seed=4}\n"
                                 "features:\n"
                                 "  add: {gain: 'close / lag(close, 3) - 1', spread: (high - low) / close}\n"
                                 "label: {name: forward_return, params: horizon=3}\n"
                                 "split: {name: walk_forward, params: refits=2 embargo=3}\n"
                                 "models: [{learner: mean}, {learner: gbm, params: rounds=4 depth=2 min_rows=5}]\n"
                                 "rank_by: ic\n";

static const char spec_text[] = "name: tiny\n"
                                "data: {simulate: symbols=3 sessions=90 seed=4}\n"
                                "features:\n"
                                "  lets: {mid: (high + low) / 2}\n"
                                "  add: {gain: 'close / lag(close, 3) - 1', spread: (high - low) / mid}\n"
                                "label: {name: forward_return, params: horizon=3}\n"
                                "split: {name: walk_forward, params: refits=2 embargo=3}\n"
                                "models: [{learner: mean}, {learner: ridge}, {learner: ridge, params: alpha=2.385}]\n"
                                "rank_by: ic\n";

typedef struct fixture {
    char folder[40], spec[64], out[64];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    if (!f) return 1;
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/tw-oom-XXXXXX");
    if (!mkdtemp(f->folder)) return 1;
    (void)snprintf(f->spec, sizeof f->spec, "%s/spec.yaml", f->folder);
    (void)snprintf(f->out, sizeof f->out, "%s/out", f->folder);
    *state = f;
    return tw_file_write(f->spec, spec_text, sizeof spec_text - 1, NULL) != TW_OK;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    char command[64];
    (void)snprintf(command, sizeof command, "rm -r %s", f->folder);
    const int code = system(command);
    free(f);
    return code;
}

static tw_status read_it(const tw_ctx *ctx, void *arg)
{
    const fixture *f = arg;
    tw_spec *spec = NULL;
    tw_error err;
    const tw_status status = tw_spec_read(ctx, f->spec, &spec, &err);
    tw_spec_free(spec);
    return status;
}

static void a_spec_is_read_or_refused(void **state) { assert_true(tw_oom_sweep(read_it, *state) > 10); }

static tw_status run_it(const tw_ctx *ctx, const fixture *f, bool fresh, tw_error *err)
{
    tw_spec *spec = NULL;
    tw_run_result result = {0};
    const tw_run_options options = {.out = f->out, .fresh = fresh};
    tw_status status = tw_spec_read(ctx, f->spec, &spec, err);
    if (status == TW_OK) status = tw_run(ctx, spec, &options, &result, err);
    tw_run_result_clear(ctx, &result);
    tw_spec_free(spec);
    return status;
}

/* A failure at allocation k, then at the next that is a 64th farther. */
static void sweep(const fixture *f, bool fresh)
{
    tw_error err;
    for (size_t k = 1;; k += k / 64 + 1) {
        tw_oom oom;
        tw_oom_init(&oom, k, false);
        const tw_status status = run_it(&oom.ctx, f, fresh, &err);
        if (atomic_load(&oom.live)) fail_msg("allocation %zu failing leaves %zu blocks", k, atomic_load(&oom.live));
        if (atomic_load(&oom.calls) < k) {
            assert_int_equal(status, TW_OK);
            return;
        }
        if (status != TW_NO_MEMORY) fail_msg("allocation %zu failing gives %s", k, tw_status_name(status));
    }
}

static void a_run_ends_cleanly_and_the_next_one_goes_on(void **state)
{
    const fixture *f = *state;
    tw_error err = {{0}};
    sweep(f, true);
    sweep(f, false);
    if (run_it(NULL, f, false, &err) != TW_OK) fail_msg("%s", err.message);
}

static bool report_has(const fixture *f, const char *text)
{
    char path[96], *json = NULL;
    size_t n = 0;
    (void)snprintf(path, sizeof path, "%s/report.json", f->out);
    assert_int_equal(tw_file_read(NULL, path, &json, &n, NULL), TW_OK);
    const bool has = strstr(json, text) != NULL;
    tw_free(NULL, json);
    return has;
}

/* The report comes last: each of the last allocations fails in turn, the explanations among them. */
static void explanations_end_cleanly(void **state)
{
    enum { LAST = 160 };
    fixture f = *(const fixture *)*state;
    tw_error err = {{0}};
    tw_oom oom;
    (void)snprintf(f.out, sizeof f.out, "%s/trees", f.folder);
    assert_int_equal(tw_file_write(f.spec, trees_text, sizeof trees_text - 1, NULL), TW_OK);
    if (run_it(NULL, &f, false, &err) != TW_OK) fail_msg("%s", err.message);
    assert_true(report_has(&f, "\"points\":{"));
    tw_oom_init(&oom, SIZE_MAX, false);
    assert_int_equal(run_it(&oom.ctx, &f, false, &err), TW_OK);
    const size_t calls = atomic_load(&oom.calls);
    assert_true(calls > LAST);
    for (size_t k = calls - LAST; k <= calls; k++) {
        tw_oom_init(&oom, k, false);
        assert_int_equal(run_it(&oom.ctx, &f, false, &err), TW_NO_MEMORY);
        if (atomic_load(&oom.live)) fail_msg("allocation %zu failing leaves %zu blocks", k, atomic_load(&oom.live));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spec_is_read_or_refused),
        cmocka_unit_test(a_run_ends_cleanly_and_the_next_one_goes_on),
        cmocka_unit_test(explanations_end_cleanly),
    };
    return cmocka_run_group_tests_name("oom.pipeline.run", tests, set_up, tear_down);
}

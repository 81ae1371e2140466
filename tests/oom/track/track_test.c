/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations that fail while a bundle is written, opened and set in motion; scoring and peeking allocate nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tradewind/track.h"
#include "tw_oom.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 160, SYMBOLS = 3 };

static const tw_feature features[] = {{"gain", "close / lag(close, 3) - 1"}, {"rank", "rank(close / sma(close, 5))"}};
static const char *const columns[] = {"close"}, *const names[] = {"gain", "rank"}, *const symbols[] = {"A", "B", "C"};

typedef struct fixture {
    char folder[40], path[64];
    tw_model *best, *simple;
} fixture;

static tw_model *fit(const char *learner, const char *params)
{
    static float x[2][ROWS];
    static double label[ROWS];
    static uint32_t cell[ROWS], start[ROWS], end[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        x[0][i] = (float)sin(1.7 * (double)i), x[1][i] = (float)cos(2.3 * (double)i);
        label[i] = 0.4 * (double)x[0][i] - 0.1 * (double)x[1][i];
        cell[i] = (uint32_t)i, start[i] = end[i] = (uint32_t)(i / 16);
    }
    const float *const view[] = {x[0], x[1]};
    const tw_dataset data = {.n_times = ROWS / 16,
                             .n_lanes = 16,
                             .n_features = 2,
                             .features = view,
                             .feature_names = names,
                             .label = label,
                             .label_start = start,
                             .label_end = end};
    tw_model *model = NULL;
    const tw_rows rows = {.data = &data, .cell = cell, .n = ROWS};
    return tw_model_fit(NULL, &(tw_fit_spec){.learner = learner, .params = params, .seed = 7, .train = &rows}, &model,
                        NULL) == TW_OK
               ? model
               : NULL;
}

static tw_status write_it(const tw_ctx *ctx, void *arg)
{
    const fixture *f = arg;
    const tw_bundle_model best[] = {{0, f->best}}, simple[] = {{0, f->simple}};
    const tw_bundle_parts parts = {.name = "made",
                                   .spec_text = "name: made\n",
                                   .calendar = "XNYS",
                                   .bar_ns = TW_NS_PER_DAY,
                                   .max_missing = 0.4,
                                   .n_symbols = SYMBOLS,
                                   .symbols = symbols,
                                   .reference_json = "{}",
                                   .plan = {.columns = columns, .n_columns = 1, .features = features, .n_features = 2},
                                   .best = {"gbm", 1, best},
                                   .fallback = {"ridge", 1, simple}};
    return tw_bundle_write(ctx, f->path, &parts, NULL);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    if (!f) return 1;
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/tw-oom-XXXXXX");
    if (!mkdtemp(f->folder)) return 1;
    (void)snprintf(f->path, sizeof f->path, "%s/bundle", f->folder);
    f->best = fit("gbm", "rounds=3 depth=2");
    f->simple = fit("ridge", "");
    *state = f;
    return !f->best || !f->simple || write_it(NULL, f) != TW_OK;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    char command[64];
    tw_model_free(f->best);
    tw_model_free(f->simple);
    (void)snprintf(command, sizeof command, "rm -r %s", f->folder);
    const int code = system(command);
    free(f);
    return code;
}

static tw_status open_it(const tw_ctx *ctx, void *arg)
{
    tw_bundle *bundle = NULL;
    const tw_status status = tw_bundle_open(ctx, ((const fixture *)arg)->path, &bundle, NULL);
    tw_bundle_close(bundle);
    return status;
}

/* A scorer over symbols of one's own, some bars, its state out and back in. */
static tw_status use_scorer(const tw_ctx *ctx, tw_scorer *s)
{
    double close[16], score[16];
    const double *const view[] = {close};
    tw_buf state;
    for (int t = 1; t < 9; t++) {
        for (int l = 0; l < 16; l++) close[l] = l < SYMBOLS ? 10 + sin(0.7 * t + l) : NAN;
        TW_TRY(tw_scorer_bar(s, t * TW_NS_PER_DAY, view, score, NULL, NULL));
    }
    tw_buf_init(&state, ctx);
    tw_status status = tw_scorer_snapshot(s, &state, NULL);
    if (status == TW_OK) status = tw_scorer_restore(s, state.data, state.length, NULL);
    tw_buf_clear(&state);
    return status;
}

static tw_status score_it(const tw_ctx *ctx, void *arg)
{
    tw_bundle *bundle = NULL;
    tw_scorer *scorer = NULL;
    tw_status status = tw_bundle_open(ctx, ((const fixture *)arg)->path, &bundle, NULL);
    if (status == TW_OK) status = tw_scorer_new(ctx, bundle, NULL, 0, &scorer, NULL);
    if (status == TW_OK) status = use_scorer(ctx, scorer);
    tw_scorer_free(scorer);
    tw_bundle_close(bundle);
    return status;
}

static void bundles_are_written_or_not(void **state) { assert_true(tw_oom_sweep(write_it, *state) > 10); }
static void bundles_open_or_not(void **state) { assert_true(tw_oom_sweep(open_it, *state) > 10); }
static void scorers_start_or_not(void **state) { assert_true(tw_oom_sweep(score_it, *state) > 10); }

static void bars_and_peeks_allocate_nothing(void **state)
{
    const fixture *f = *state;
    tw_oom oom;
    tw_bundle *bundle = NULL;
    tw_scorer *s = NULL;
    double close[16] = {10.25, 11.5, 12.385}, score[16];
    const double *const view[] = {close};
    tw_oom_init(&oom, 0, false);
    assert_int_equal(tw_bundle_open(&oom.ctx, f->path, &bundle, NULL), TW_OK);
    assert_int_equal(tw_scorer_new(&oom.ctx, bundle, NULL, 0, &s, NULL), TW_OK);
    const size_t before = atomic_load(&oom.calls);
    for (int t = 1; t < 40; t++) {
        close[0] += 0.385, close[1] *= 0.99;
        assert_int_equal(tw_scorer_peek(s, t * TW_NS_PER_DAY, view, score, NULL), TW_OK);
        assert_int_equal(tw_scorer_bar(s, t * TW_NS_PER_DAY, view, score, NULL, NULL), TW_OK);
    }
    assert_true(isfinite(score[0]) && isfinite(score[1]));
    assert_int_equal(atomic_load(&oom.calls), before);
    tw_scorer_free(s);
    tw_bundle_close(bundle);
    assert_int_equal(atomic_load(&oom.live), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bundles_are_written_or_not),
        cmocka_unit_test(bundles_open_or_not),
        cmocka_unit_test(scorers_start_or_not),
        cmocka_unit_test(bars_and_peeks_allocate_nothing),
    };
    return cmocka_run_group_tests_name("oom.track.track", tests, set_up, tear_down);
}

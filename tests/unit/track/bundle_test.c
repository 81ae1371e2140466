/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle written, opened, set in motion; then damaged in every file and refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tradewind/data.h"
#include "tradewind/track.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_SYMBOLS = 19, N_LANES = 32, N_TIMES = 90, N_FEATURES = 3 };

static const tw_feature features[N_FEATURES] = {
    {"gain", "close / lag(close, 3) - 1"}, {"rank", "rank(close / sma(close, 5))"}, {"spread", "(high - low) / close"}};
static const char *const columns[] = {"close", "high", "low"};

typedef struct fixture {
    char folder[64], path[96];
    char names[N_SYMBOLS][8];
    const char *symbols[N_SYMBOLS];
    tw_model *early, *late, *simple;
    double bars[3][N_TIMES][N_LANES];
} fixture;

static double price(size_t t, size_t s, double scale)
{
    return 40 + (double)s + 3.7 * sin(0.31 * (double)t + (double)s) + scale;
}

static void fill_bars(fixture *f)
{
    for (size_t t = 0; t < N_TIMES; t++)
        for (size_t l = 0; l < N_LANES; l++) {
            const bool known = l < N_SYMBOLS && !(l == 4 && t > 40 && t < 44);
            f->bars[0][t][l] = known ? price(t, l, 0) : NAN;
            f->bars[1][t][l] = known ? price(t, l, 0.485) : NAN;
            f->bars[2][t][l] = known ? price(t, l, -0.385) : NAN;
        }
}

/* A model fitted on made rows of the three features. */
static tw_model *fit(const char *learner, const char *params, double slope)
{
    enum { ROWS = 320 };
    static float x[N_FEATURES][ROWS];
    static double label[ROWS];
    static uint32_t cell[ROWS], start[ROWS], end[ROWS];
    static const char *const names[] = {"gain", "rank", "spread"};
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < N_FEATURES; k++) x[k][i] = (float)sin(1.7 * (double)i * (double)(k + 1));
        label[i] = slope * (double)x[0][i] - 0.3 * (double)x[2][i];
        cell[i] = (uint32_t)i, start[i] = end[i] = (uint32_t)(i / 16);
    }
    const float *const view[] = {x[0], x[1], x[2]};
    const tw_dataset data = {.n_times = ROWS / 16,
                             .n_lanes = 16,
                             .n_features = N_FEATURES,
                             .features = view,
                             .feature_names = names,
                             .label = label,
                             .label_start = start,
                             .label_end = end};
    const tw_rows rows = {.data = &data, .cell = cell, .n = ROWS};
    tw_model *model = NULL;
    tw_error err;
    assert_int_equal(tw_model_fit(NULL, &(tw_fit_spec){.learner = learner, .params = params, .seed = 7, .train = &rows},
                                  &model, &err),
                     TW_OK);
    return model;
}

static int64_t stamp(size_t t) { return (int64_t)(16000 + t) * TW_NS_PER_DAY; }

static void write_bundle(fixture *f)
{
    const tw_bundle_model best[] = {{stamp(30), f->early}, {stamp(60), f->late}}, fallback[] = {{stamp(30), f->simple}};
    const tw_bundle_parts parts = {
        .name = "made",
        .spec_text = "name: made\n",
        .calendar = "XNYS",
        .bar_ns = TW_NS_PER_DAY,
        .max_missing = 0.4,
        .n_symbols = N_SYMBOLS,
        .symbols = f->symbols,
        .reference_json = "{}",
        .plan = {.columns = columns, .n_columns = 3, .features = features, .n_features = N_FEATURES},
        .best = {"gbm", 2, best},
        .fallback = {"ridge", 1, fallback}};
    tw_error err = {{0}};
    if (tw_bundle_write(NULL, f->path, &parts, &err) != TW_OK) fail_msg("%s", err.message);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/tw-bundle-XXXXXX");
    if (!f || !mkdtemp(f->folder)) return 1;
    (void)snprintf(f->path, sizeof f->path, "%s/bundle", f->folder);
    for (size_t s = 0; s < N_SYMBOLS; s++) {
        (void)snprintf(f->names[s], sizeof f->names[s], "S%02zu", s);
        f->symbols[s] = f->names[s];
    }
    f->early = fit("gbm", "rounds=5 depth=3", 0.7);
    f->late = fit("gbm", "rounds=5 depth=3", -0.4);
    f->simple = fit("ridge", "", 0.7);
    fill_bars(f);
    write_bundle(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    char command[160];
    tw_model_free(f->early);
    tw_model_free(f->late);
    tw_model_free(f->simple);
    (void)snprintf(command, sizeof command, "rm -r %s", f->folder);
    const int code = system(command);
    free(f);
    return code;
}

static tw_bundle *open_bundle(const fixture *f)
{
    tw_bundle *bundle = NULL;
    tw_error err = {{0}};
    if (tw_bundle_open(NULL, f->path, &bundle, &err) != TW_OK) fail_msg("%s", err.message);
    return bundle;
}

static void play(const fixture *f, tw_scorer *s, size_t from, size_t to, double (*score)[N_LANES])
{
    tw_error err = {{0}};
    for (size_t t = from; t < to; t++) {
        const double *const view[] = {f->bars[0][t], f->bars[1][t], f->bars[2][t]};
        bool fallback = true;
        if (tw_scorer_bar(s, stamp(t), view, score[t], &fallback, &err) != TW_OK) fail_msg("%s", err.message);
        assert_false(fallback);
    }
}

static void restored_scorers_go_on_to_the_same_bits(void **state)
{
    const fixture *f = *state;
    static double whole[N_TIMES][N_LANES], cut[N_TIMES][N_LANES];
    tw_bundle *bundle = open_bundle(f);
    tw_scorer *a = NULL, *b = NULL;
    tw_buf bytes;
    tw_error err;
    tw_buf_init(&bytes, NULL);
    assert_int_equal(tw_scorer_new(NULL, bundle, NULL, 0, &a, &err), TW_OK);
    play(f, a, 0, N_TIMES, whole);
    tw_scorer_free(a);
    assert_int_equal(tw_scorer_new(NULL, bundle, NULL, 0, &a, &err), TW_OK);
    play(f, a, 0, 41, cut);
    assert_int_equal(tw_scorer_snapshot(a, &bytes, &err), TW_OK);
    assert_int_equal(tw_scorer_new(NULL, bundle, NULL, 0, &b, &err), TW_OK);
    assert_int_equal(tw_scorer_restore(b, bytes.data, bytes.length, &err), TW_OK);
    assert_int_equal(tw_scorer_time(b), stamp(40));
    play(f, b, 41, N_TIMES, cut);
    assert_memory_equal(whole, cut, sizeof whole);
    for (size_t t = 0; t < 30; t++) assert_true(isnan(whole[t][2]) != 0); /* before the first model is valid */
    assert_true(isnan(whole[30][2]) == 0);
    assert_true(isnan(whole[42][4]) != 0); /* no bar, no score */
    for (size_t l = N_SYMBOLS; l < N_LANES; l++) assert_true(isnan(whole[70][l]) != 0);
    tw_scorer_free(a);
    tw_scorer_free(b);
    tw_buf_clear(&bytes);
    tw_bundle_close(bundle);
}

static void time_must_ascend_and_peeks_are_not_taken(void **state)
{
    const fixture *f = *state;
    static double score[N_TIMES][N_LANES], peek[N_LANES];
    tw_bundle *bundle = open_bundle(f);
    tw_scorer *s = NULL;
    tw_error err;
    assert_int_equal(tw_scorer_new(NULL, bundle, NULL, 0, &s, &err), TW_OK);
    play(f, s, 0, 50, score);
    const double *const view[] = {f->bars[0][50], f->bars[1][50], f->bars[2][50]};
    assert_int_equal(tw_scorer_bar(s, stamp(49), view, peek, NULL, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "2013-12-10"));
    assert_int_equal(tw_scorer_peek(s, stamp(50), view, peek, &err), TW_OK);
    play(f, s, 50, 51, score);
    assert_memory_equal(peek, score[50], sizeof peek);
    tw_scorer_free(s);
    tw_bundle_close(bundle);
}

static void models_change_at_their_time(void **state)
{
    (void)state;
    const tw_bundle_model list[] = {{30, NULL}, {60, NULL}};
    const tw_bundle_line line = {"x", 2, list};
    assert_int_equal(tw_bundle_model_at(&line, 29), SIZE_MAX);
    assert_int_equal(tw_bundle_model_at(&line, 30), 0);
    assert_int_equal(tw_bundle_model_at(&line, 59), 0);
    assert_int_equal(tw_bundle_model_at(&line, 60), 1);
}

static void damage(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    const int byte = fgetc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    (void)fputc(byte ^ 0x15, file);
    (void)fclose(file);
}

static void damaged_files_are_refused_by_name(void **state)
{
    fixture *f = *state;
    static const char *const files[] = {"models/best-0.twm", "models/best-1.twm", "models/fallback-0.twm", "spec.yaml",
                                        "bundle.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[160];
        tw_bundle *bundle = NULL;
        tw_error err;
        (void)snprintf(path, sizeof path, "%s/%s", f->path, files[i]);
        damage(path, 3);
        assert_int_equal(tw_bundle_open(NULL, f->path, &bundle, &err), TW_BAD_FILE);
        assert_non_null(strstr(err.message, files[i]));
        damage(path, 3);
    }
    tw_bundle_close(open_bundle(f));
}

/* Replaces every `from` in bundle.json by `to`, as long. */
static void edit_index(const fixture *f, const char *from, const char *to)
{
    char path[160], *text = NULL;
    size_t length = 0;
    tw_error err;
    (void)snprintf(path, sizeof path, "%s/bundle.json", f->path);
    assert_int_equal(tw_file_read(NULL, path, &text, &length, &err), TW_OK);
    char *at = strstr(text, from);
    assert_non_null(at);
    for (; at; at = strstr(at, from)) memcpy(at, to, strlen(to));
    assert_int_equal(tw_file_write(path, text, length, &err), TW_OK);
    char sum[20];
    (void)snprintf(sum, sizeof sum, "%016" PRIx64, tw_hash64(text, length, 0));
    (void)strcat(path, ".sum");
    assert_int_equal(tw_file_write(path, sum, 16, &err), TW_OK);
    tw_free(NULL, text);
}

static void hostile_indexes_are_refused(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *from, *to, *says;
        tw_status status;
    } edits[] = {
        {"\"format\": 1", "\"format\": 7", "format 7", TW_BAD_VERSION},
        {"models/best-0.twm", "../../best-0.twm", "leads out", TW_BAD_FILE},
        {"lag(close, 3)", "lag(close, 4)", "another plan", TW_BAD_VERSION},
        {"\"bar_ns\": 8640", "\"bar_ns\": -640", "bar_ns", TW_BAD_FILE},
        {"\"symbols\"", "\"symbolz\"", "missing", TW_BAD_FILE},
        {"\"format\"", "[format\"", "", TW_BAD_SYNTAX},
    };
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        tw_bundle *bundle = NULL;
        tw_error err;
        edit_index(f, edits[i].from, edits[i].to);
        assert_int_equal(tw_bundle_open(NULL, f->path, &bundle, &err), edits[i].status);
        assert_non_null(strstr(err.message, edits[i].says));
        write_bundle(f);
    }
}

static void other_states_are_refused(void **state)
{
    const fixture *f = *state;
    tw_bundle *bundle = open_bundle(f);
    tw_scorer *a = NULL, *one = NULL;
    tw_buf bytes;
    tw_error err;
    const char *const symbol[] = {"S03"}, *const twice[] = {"S03", "S01", "S03"};
    tw_buf_init(&bytes, NULL);
    assert_int_equal(tw_scorer_new(NULL, bundle, twice, 3, &a, &err), TW_BAD_VALUE);
    assert_int_equal(tw_scorer_new(NULL, bundle, NULL, 0, &a, &err), TW_OK);
    assert_int_equal(tw_scorer_new(NULL, bundle, symbol, 1, &one, &err), TW_OK);
    assert_int_equal(tw_scorer_snapshot(a, &bytes, &err), TW_OK);
    assert_int_equal(tw_scorer_restore(one, bytes.data, bytes.length, &err), TW_BAD_STATE);
    assert_int_equal(tw_scorer_restore(a, bytes.data, 5, &err), TW_BAD_FILE);
    assert_int_equal(tw_scorer_restore(a, bytes.data, bytes.length - 1, &err), TW_BAD_FILE);
    bytes.data[bytes.length / 2] ^= 1;
    assert_int_equal(tw_scorer_restore(a, bytes.data, bytes.length, &err), TW_BAD_FILE);
    tw_scorer_free(a);
    tw_scorer_free(one);
    tw_buf_clear(&bytes);
    tw_bundle_close(bundle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restored_scorers_go_on_to_the_same_bits),
        cmocka_unit_test(time_must_ascend_and_peeks_are_not_taken),
        cmocka_unit_test(models_change_at_their_time),
        cmocka_unit_test(damaged_files_are_refused_by_name),
        cmocka_unit_test(hostile_indexes_are_refused),
        cmocka_unit_test(other_states_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

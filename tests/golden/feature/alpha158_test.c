/* SPDX-License-Identifier: Apache-2.0 */
/* alpha158 against the values of qlib's own code (tests/golden/make/alpha158.py). */
#include <stdlib.h>
#include <string.h>

#include "feature_case.h"

enum { SYMBOLS = 3, BARS = 96, COLUMNS = 6, FEATURES = 158, AT = 5 };

static const char *const columns[] = {"open", "high", "low", "close", "volume", "vwap"};
static const size_t at[AT] = {61, 68, 75, 83, 95};

static double bars[COLUMNS][BARS * TW_LANES], values[FEATURES][BARS * TW_LANES];

static char *read_text(const char *name)
{
    char path[512], *text;
    size_t length;
    snprintf(path, sizeof path, "%s/tests/golden/feature/%s", TW_SOURCE_DIR, name);
    assert_int_equal(tw_file_read(NULL, path, &text, &length, NULL), TW_OK);
    return text;
}

/* Cuts `*text` at the next of `ends`; returns what stood before. */
static char *take(char **text, const char *ends)
{
    char *start = *text, *end = start + strcspn(start, ends);
    *text = *end ? end + 1 : end;
    *end = '\0';
    return start;
}

static double take_number(char **text)
{
    double x;
    const char *word = take(text, ",\n");
    if (!tw_parse_double(word, strlen(word), &x)) fail_msg("not a number: '%s'", word);
    return x;
}

static void read_bars(void)
{
    char *text = read_text("alpha158_bars.csv"), *rest = text;
    take(&rest, "\n"), take(&rest, "\n");
    for (size_t i = 0; i < SYMBOLS * BARS; i++) {
        const size_t s = (size_t)take_number(&rest), t = (size_t)take_number(&rest);
        for (size_t c = 0; c < COLUMNS; c++) bars[c][t * TW_LANES + s] = take_number(&rest);
    }
    tw_free(NULL, text);
}

static tw_plan *compile(void)
{
    const tw_feature_set *set;
    tw_feature *features;
    tw_arena arena;
    tw_plan *plan;
    tw_plan_spec spec = {.columns = columns, .n_columns = COLUMNS};
    tw_arena_init(&arena, NULL);
    assert_int_equal(tw_feature_set_find("alpha158", &set, NULL), TW_OK);
    assert_int_equal(set->build(&arena, &features, &spec.n_features, NULL), TW_OK);
    spec.features = features;
    assert_int_equal(tw_plan_compile(NULL, &spec, &plan, NULL), TW_OK);
    tw_arena_clear(&arena);
    return plan;
}

static void run(const tw_plan *plan)
{
    tw_runner *runner = case_runner(NULL, plan, SYMBOLS);
    tw_tiles in[COLUMNS];
    tw_tiles_out out[FEATURES];
    for (size_t c = 0; c < COLUMNS; c++) in[c] = (tw_tiles){bars[c], 0, TW_LANES};
    for (size_t f = 0; f < FEATURES; f++) out[f] = (tw_tiles_out){.f64 = values[f], .time_stride = TW_LANES};
    assert_int_equal(tw_runner_run(runner, BARS, in, out, NULL), TW_OK);
    tw_runner_free(runner);
}

static void agrees_with_qlib(void **state)
{
    (void)state;
    tw_plan *plan = compile();
    read_bars();
    run(plan);
    char *text = read_text("alpha158_values.csv"), *rest = text;
    take(&rest, "\n"), take(&rest, "\n");
    assert_int_equal(tw_plan_features(plan), FEATURES);
    for (size_t f = 0; f < FEATURES; f++) {
        const char *name = take(&rest, ",");
        assert_string_equal(name, tw_plan_feature_name(plan, f));
        const double unit = 1e-3 * take_number(&rest);
        for (size_t i = 0; i < SYMBOLS * AT; i++) {
            const double want = take_number(&rest), got = values[f][at[i % AT] * TW_LANES + i / AT];
            if (!(fabs(got - want) <= 1e-9 * fmax(fabs(want), unit)))
                fail_msg("%s, symbol %zu, bar %zu: %.17g, qlib has %.17g", name, i / AT, at[i % AT], got, want);
        }
    }
    tw_free(NULL, text);
    tw_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_qlib)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

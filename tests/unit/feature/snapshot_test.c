/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots: what is damaged or belongs elsewhere is refused, and a refusal changes nothing. */
#include "feature_case.h"

enum { SYMBOLS = 3, BARS = 90, LANES = 16 };

static double x[BARS * LANES];

typedef struct session {
    tw_plan *plan;
    tw_runner *runner;
    tw_buf bytes;
} session;

static tw_status run(tw_runner *runner, size_t t, size_t n, double *y)
{
    return tw_runner_run(runner, n, &(tw_tiles){x + t * LANES, 0, LANES},
                         &(tw_tiles_out){.f64 = y + t * LANES, .time_stride = LANES}, NULL);
}

static int set_up(void **state)
{
    static session s;
    double y[BARS * LANES];
    for (size_t i = 0; i < BARS * LANES; i++) x[i] = 2.385 + (double)((i * 37) % 101);
    s.plan = case_plan(TW_NAMES("close"), "mean(close, 9) / lag(close, 70) + std(close, 13)");
    s.runner = case_runner(NULL, s.plan, SYMBOLS);
    tw_buf_init(&s.bytes, NULL);
    assert_ok(run(s.runner, 0, 80, y), NULL);
    assert_ok(tw_runner_snapshot(s.runner, &s.bytes, NULL), NULL);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    session *s = *state;
    tw_runner_free(s->runner);
    tw_plan_free(s->plan);
    tw_buf_clear(&s->bytes);
    return 0;
}

static void goes_on_to_the_same_bits(void **state)
{
    session *s = *state;
    double want[BARS * LANES], got[BARS * LANES];
    tw_runner *other = case_runner(NULL, s->plan, SYMBOLS);
    assert_ok(run(other, 0, 17, got), NULL); /* what it knew is forgotten */
    assert_ok(tw_runner_restore(other, s->bytes.data, s->bytes.length, NULL), NULL);
    assert_true(tw_runner_bars(other) == 80);
    tw_buf again;
    tw_buf_init(&again, NULL);
    assert_ok(tw_runner_snapshot(other, &again, NULL), NULL);
    assert_int_equal(again.length, s->bytes.length);
    assert_memory_equal(again.data, s->bytes.data, again.length);
    tw_buf_clear(&again);
    assert_ok(run(s->runner, 80, 10, want), NULL);
    assert_ok(run(other, 80, 10, got), NULL);
    for (size_t i = 80 * LANES; i < BARS * LANES; i++) assert_true(memcmp(&want[i], &got[i], 8) == 0);
    for (size_t t = 80; t < BARS; t++) assert_true(got[t * LANES] == got[t * LANES]);
    tw_runner_free(other);
}

static char flip(char byte, size_t bit) { return (char)((unsigned)(unsigned char)byte ^ 1U << bit); }

/* Each bit in turn of the header, and some of the rest; each shorter length. */
static void damage_is_found(void **state)
{
    session *s = *state;
    tw_runner *other = case_runner(NULL, s->plan, SYMBOLS);
    double before[LANES], after[LANES];
    tw_error err;
    const tw_tiles_out out = {.f64 = before, .time_stride = LANES}, out2 = {.f64 = after, .time_stride = LANES};
    assert_ok(tw_runner_restore(other, s->bytes.data, s->bytes.length, NULL), NULL);
    assert_ok(tw_runner_peek(other, &(tw_tiles){x, 0, LANES}, &out, NULL), NULL);
    for (size_t bit = 0; bit < s->bytes.length * 8; bit += bit < 1024 ? 1 : 331) {
        s->bytes.data[bit / 8] = flip(s->bytes.data[bit / 8], bit % 8);
        const tw_status status = tw_runner_restore(other, s->bytes.data, s->bytes.length, &err);
        if (status != TW_BAD_FILE && status != TW_BAD_VERSION) fail_msg("bit %zu: %s", bit, tw_status_name(status));
        s->bytes.data[bit / 8] = flip(s->bytes.data[bit / 8], bit % 8);
    }
    for (size_t length = 0; length < s->bytes.length; length += length < 200 ? 1 : 97)
        assert_int_equal(tw_runner_restore(other, s->bytes.data, length, &err), TW_BAD_FILE);
    assert_ok(tw_runner_peek(other, &(tw_tiles){x, 0, LANES}, &out2, NULL), NULL);
    assert_memory_equal(before, after, SYMBOLS * sizeof(double));
    assert_true(tw_runner_bars(other) == 80);
    tw_runner_free(other);
}

static void strangers_are_refused(void **state)
{
    session *s = *state;
    tw_error err;
    tw_plan *plan = case_plan(TW_NAMES("close"), "mean(close, 9) / lag(close, 70) + std(close, 14)");
    tw_runner *other = case_runner(NULL, plan, SYMBOLS), *wide = case_runner(NULL, s->plan, SYMBOLS + 1);
    assert_int_equal(tw_runner_restore(other, s->bytes.data, s->bytes.length, &err), TW_BAD_STATE);
    assert_non_null(strstr(err.message, "of another plan"));
    assert_int_equal(tw_runner_restore(wide, s->bytes.data, s->bytes.length, &err), TW_BAD_STATE);
    assert_string_equal(err.message, "snapshot: of 3 symbols, the runner has 4");
    tw_runner_free(other);
    tw_runner_free(wide);
    tw_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goes_on_to_the_same_bits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strangers_are_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

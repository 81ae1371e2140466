/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include "tradewind/data.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const symbols[] = {"AAPL", "BRK.B", "MSFT"};
static const char *const columns[] = {"close", "volume"};

static tw_panel_shape shape_of(const int64_t *times, size_t n)
{
    return (tw_panel_shape){.n_symbols = 3,
                            .n_times = n,
                            .n_columns = 2,
                            .symbols = symbols,
                            .times = times,
                            .columns = columns,
                            .calendar = "XNYS",
                            .bar_ns = TW_NS_PER_DAY};
}

static void days_2014(int64_t times[4])
{
    static const int june[] = {9, 10, 11, 14}; /* the 14th is a Saturday */
    for (int i = 0; i < 4; i++) times[i] = tw_days_from_date(2014, 6, june[i]) * TW_NS_PER_DAY;
}

static void fill(tw_panel *panel)
{
    tw_panel_tile_mut(panel, 0, 0)[1 * 16 + 2] = 2.385;
    tw_panel_tile_mut(panel, 1, 0)[3 * 16 + 0] = 64321.0;
}

static void memory_and_file_are_the_same_bytes(void **state)
{
    (void)state;
    tw_error err;
    int64_t times[4];
    tw_panel *memory, *file, *again;
    days_2014(times);
    const tw_panel_shape shape = shape_of(times, 4);
    const char *path = "panel_test.tw";
    assert_ok(tw_panel_new(NULL, &shape, NULL, &memory, &err), &err);
    assert_ok(tw_panel_new(NULL, &shape, path, &file, &err), &err);
    assert_int_not_equal(access(path, F_OK), 0); /* appears at the seal only */
    fill(memory);
    fill(file);
    assert_ok(tw_panel_seal(memory, &err), &err);
    assert_ok(tw_panel_seal(file, &err), &err);
    assert_int_equal(tw_panel_seal(file, &err), TW_BAD_STATE);
    assert_null(tw_panel_tile_mut(file, 0, 0));
    assert_ok(tw_panel_open(NULL, path, &again, &err), &err);
    assert_ok(tw_panel_verify(again, &err), &err);
    assert_int_equal(tw_panel_checksum(memory), tw_panel_checksum(file));
    assert_int_equal(tw_panel_checksum(again), tw_panel_checksum(file));
    assert_same(tw_panel_at(again, 0, 2, 1), 2.385);
    assert_true(isnan(tw_panel_at(again, 0, 1, 1)));
    for (size_t lane = 3; lane < 16; lane++) assert_true(isnan(tw_panel_tile(again, 0, 0)[16 + lane]));
    assert_int_equal((uintptr_t)tw_panel_tile(again, 1, 0) % 64, 0);
    assert_int_equal(tw_panel_find_symbol(again, "BRK.B"), 1);
    assert_int_equal(tw_panel_find_symbol(again, "BRK"), SIZE_MAX);
    assert_int_equal(tw_panel_find_column(again, "volume"), 1);
    tw_panel_close(memory);
    tw_panel_close(file);
    tw_panel_close(again);
    unlink(path);
}

static void a_bar_is_known_at_the_close_of_its_session(void **state)
{
    (void)state;
    tw_error err;
    int64_t times[4];
    tw_panel *panel;
    days_2014(times);
    tw_panel_shape shape = shape_of(times, 4);
    assert_ok(tw_panel_new(NULL, &shape, NULL, &panel, &err), &err);
    assert_int_equal(tw_panel_known(panel, 0), times[0] + 20 * 3600 * TW_NS_PER_SECOND); /* 16:00 in June */
    assert_int_equal(tw_panel_known(panel, 3), times[3] + TW_NS_PER_DAY); /* no session: end of the day */
    tw_panel_close(panel);
    shape.bar_ns = 900 * TW_NS_PER_SECOND;
    assert_ok(tw_panel_new(NULL, &shape, NULL, &panel, &err), &err);
    assert_int_equal(tw_panel_known(panel, 0), times[0] + 900 * TW_NS_PER_SECOND);
    tw_panel_close(panel);
    shape.stamped_at_end = true;
    assert_ok(tw_panel_new(NULL, &shape, NULL, &panel, &err), &err);
    assert_int_equal(tw_panel_known(panel, 0), times[0]);
    tw_panel_close(panel);
}

static void wrong_shapes_are_refused(void **state)
{
    (void)state;
    tw_error err;
    int64_t times[4];
    tw_panel *panel = NULL;
    days_2014(times);
    tw_panel_shape shape = shape_of(times, 4);
    static const char *const unsorted[] = {"MSFT", "AAPL", "ZTS"}, *const twice[] = {"close", "close"};
    shape.symbols = unsorted;
    assert_int_equal(tw_panel_new(NULL, &shape, NULL, &panel, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "panel: symbols must ascend, \"AAPL\" does not follow \"MSFT\"");
    shape = shape_of(times, 4);
    shape.columns = twice;
    assert_int_equal(tw_panel_new(NULL, &shape, NULL, &panel, &err), TW_BAD_VALUE);
    shape = shape_of(times, 4);
    times[2] = times[1];
    assert_int_equal(tw_panel_new(NULL, &shape, NULL, &panel, &err), TW_BAD_VALUE);
    days_2014(times);
    shape.calendar = "XNYX";
    assert_int_equal(tw_panel_new(NULL, &shape, NULL, &panel, &err), TW_BAD_NAME);
    assert_non_null(strstr(err.message, "did you mean \"XN"));
    shape = shape_of(times, 4);
    shape.n_times = SIZE_MAX / 2;
    assert_int_equal(tw_panel_new(NULL, &shape, NULL, &panel, &err), TW_TOO_LARGE);
    assert_null(panel);
}

/* Not tw_file_write: thousands of flushes would take seconds. */
static void write_plain(const char *path, const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void every_damaged_byte_is_noticed(void **state)
{
    (void)state;
    tw_error err;
    int64_t times[4];
    tw_panel *panel;
    days_2014(times);
    const tw_panel_shape shape = shape_of(times, 4);
    const char *path = "panel_damage_test.tw";
    assert_ok(tw_panel_new(NULL, &shape, path, &panel, &err), &err);
    fill(panel);
    assert_ok(tw_panel_seal(panel, &err), &err);
    tw_panel_close(panel);
    char *bytes;
    size_t n;
    assert_ok(tw_file_read(NULL, path, &bytes, &n, &err), &err);
    for (size_t i = 0; i < n; i += i < 512 ? 1 : 97) {
        bytes[i] ^= 0x5a;
        write_plain(path, bytes, n);
        tw_status st = tw_panel_open(NULL, path, &panel, &err);
        if (st == TW_OK) {
            st = tw_panel_verify(panel, &err);
            tw_panel_close(panel);
        }
        const bool padding = (i >= 285 && i < 4096) || (i >= 4096 + 512 && i < 8192) || i >= 8192 + 512;
        if (st == TW_OK && !padding) fail_msg("byte %zu of %zu changed and not noticed", i, n);
        bytes[i] ^= 0x5a;
    }
    for (size_t cut = 0; cut < n; cut += 641) {
        write_plain(path, bytes, cut);
        assert_int_not_equal(tw_panel_open(NULL, path, &panel, &err), TW_OK);
    }
    tw_free(NULL, bytes);
    unlink(path);
}

static void an_unsealed_file_goes_away(void **state)
{
    (void)state;
    tw_error err;
    int64_t times[4];
    tw_panel *panel;
    days_2014(times);
    const tw_panel_shape shape = shape_of(times, 4);
    mkdir("panel_unsealed", 0755);
    assert_ok(tw_panel_new(NULL, &shape, "panel_unsealed/x.tw", &panel, &err), &err);
    tw_panel_close(panel);
    assert_int_equal(rmdir("panel_unsealed"), 0); /* empty again */
}

static void csv_goes_out_and_comes_back(void **state)
{
    (void)state;
    tw_error err;
    int64_t times[4];
    tw_panel *panel, *again;
    days_2014(times);
    tw_panel_shape shape = shape_of(times, 4);
    const char *path = "panel_csv_test.csv";
    assert_ok(tw_panel_new(NULL, &shape, NULL, &panel, &err), &err);
    for (size_t t = 0; t < 4; t++)
        for (size_t s = 0; s < 3; s++)
            tw_panel_tile_mut(panel, 0, 0)[t * 16 + s] = 2.385 + 0.1 * (double)(t * 7 + s * 13);
    tw_panel_tile_mut(panel, 1, 0)[0] = 1e6 / 3;
    assert_ok(tw_panel_seal(panel, &err), &err);
    assert_ok(tw_panel_write_csv(panel, path, &err), &err);
    tw_import_options options;
    tw_import_summary summary;
    tw_params_default(tw_import_params(), &options);
    options.rejects = options.out = NULL;
    memcpy(options.calendar, "XNYS", 5);
    assert_ok(tw_import_csv(NULL, &path, 1, &options, &again, &summary, &err), &err);
    assert_int_equal(tw_panel_checksum(again), tw_panel_checksum(panel));
    tw_panel_close(panel);
    tw_panel_close(again);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_and_file_are_the_same_bytes),
        cmocka_unit_test(a_bar_is_known_at_the_close_of_its_session),
        cmocka_unit_test(wrong_shapes_are_refused),
        cmocka_unit_test(every_damaged_byte_is_noticed),
        cmocka_unit_test(an_unsealed_file_goes_away),
        cmocka_unit_test(csv_goes_out_and_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

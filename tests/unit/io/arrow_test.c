/* SPDX-License-Identifier: Apache-2.0 */
/* arrow_test.c - columns out as a record batch and back, columns moved away, every format read, what is refused. */
#include "tradewind/io.h"
#include "tw_test.h"

#include <math.h>

/* ---------------------------------------------------------------- round trip */

static const double closes[] = {2.385, -0.0, NAN, 1e-310, 93.7};
static const int64_t times[] = {1402272000000000000, TW_NO_TIME, -1, 0, 7};
static const char *const symbols[] = {"AAPL", NULL, "", "BRK.B", "Z\xc3\xbcrich"};
static const tw_arrow_column sample[] = {
    {.name = "close", .kind = 'g', .values = closes},
    {.name = "time", .kind = 't', .times = times},
    {.name = "symbol", .kind = 'u', .texts = symbols},
};

static void check_sample(const tw_table *table, size_t from, size_t n)
{
    assert_int_equal(tw_table_rows(table), n);
    assert_int_equal(tw_table_columns(table), 3);
    const tw_arrow_column close = tw_table_column(table, 0), time = tw_table_column(table, 1);
    const tw_arrow_column symbol = tw_table_column(table, 2);
    assert_string_equal(close.name, "close");
    assert_int_equal(close.kind, 'g');
    assert_int_equal(time.kind, 't');
    assert_int_equal(symbol.kind, 'u');
    for (size_t i = 0; i < n; i++) {
        assert_same(close.values[i], closes[from + i]);
        assert_true(time.times[i] == times[from + i]);
        if (symbols[from + i]) {
            assert_string_equal(symbol.texts[i], symbols[from + i]);
        } else {
            assert_null(symbol.texts[i]);
        }
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 5; n++) {
        struct ArrowSchema schema;
        struct ArrowArray array;
        tw_table *table = NULL;
        tw_error err;
        assert_ok(tw_arrow_export(NULL, n, 3, sample, &schema, &array, &err), &err);
        assert_string_equal(schema.format, "+s");
        assert_string_equal(schema.children[1]->format, "tsn:UTC");
        assert_int_equal(array.children[2]->null_count, n > 1);
        assert_ok(tw_arrow_import(NULL, &schema, &array, &table, &err), &err);
        assert_null(schema.release);
        assert_null(array.release);
        check_sample(table, 0, n);
        tw_table_free(table);
    }
}

static void test_slice(void **state)
{
    (void)state;
    struct ArrowSchema schema;
    struct ArrowArray array;
    tw_table *table = NULL;
    tw_error err;
    assert_ok(tw_arrow_export(NULL, 5, 3, sample, &schema, &array, &err), &err);
    array.offset = 1; /* the batch sliced, and one of its columns for itself */
    array.length = 3;
    array.children[0]->offset = 1;
    array.children[0]->length = 4;
    assert_ok(tw_arrow_import(NULL, &schema, &array, &table, &err), &err);
    assert_same(tw_table_column(table, 0).values[0], closes[2]);
    assert_true(tw_table_column(table, 1).times[0] == TW_NO_TIME);
    assert_true(tw_table_column(table, 1).times[2] == 0);
    assert_null(tw_table_column(table, 2).texts[0]);
    assert_string_equal(tw_table_column(table, 2).texts[2], "BRK.B");
    tw_table_free(table);
}

/* A consumer may move a child out; releasing the parent then leaves it alone. */
static void test_child_moved_away(void **state)
{
    (void)state;
    struct ArrowSchema schema;
    struct ArrowArray array;
    tw_error err;
    assert_ok(tw_arrow_export(NULL, 5, 3, sample, &schema, &array, &err), &err);
    struct ArrowArray moved = *array.children[0];
    array.children[0]->release = NULL;
    array.release(&array);
    schema.release(&schema);
    assert_null(array.release);
    assert_same(((const double *)moved.buffers[1])[0], 2.385);
    moved.release(&moved);
}

static void test_no_columns(void **state)
{
    (void)state;
    struct ArrowSchema schema;
    struct ArrowArray array;
    tw_table *table = NULL;
    tw_error err;
    assert_ok(tw_arrow_export(NULL, 7, 0, NULL, &schema, &array, &err), &err);
    assert_ok(tw_arrow_import(NULL, &schema, &array, &table, &err), &err);
    assert_int_equal(tw_table_rows(table), 7);
    assert_int_equal(tw_table_columns(table), 0);
    tw_table_free(table);
    const tw_arrow_column bad = {.name = "x", .kind = 'q'}, nameless = {.kind = 'g', .values = closes};
    assert_int_equal(tw_arrow_export(NULL, 1, 1, &bad, &schema, &array, &err), TW_BAD_VALUE);
    assert_int_equal(tw_arrow_export(NULL, 1, 1, &nameless, &schema, &array, &err), TW_BAD_VALUE);
    assert_null(schema.release);
}

/* ---------------------------------------------------------------- batches of others, on the stack */

/* One column of a producer; release is counted, nothing is freed. */
typedef struct batch {
    struct ArrowSchema schema, column_schema, words_schema, *schemas[1];
    struct ArrowArray array, column, words, *arrays[1];
    const void *batch_buffers[1], *buffers[3], *words_buffers[3];
    int released;
} batch;

static void release_schema(struct ArrowSchema *schema)
{
    ++*(int *)schema->private_data;
    schema->release = NULL;
}

static void release_array(struct ArrowArray *array)
{
    ++*(int *)array->private_data;
    array->release = NULL;
}

static void make_batch(batch *b, const char *format, int64_t rows, int64_t n_buffers)
{
    *b = (batch){.released = 0};
    b->schemas[0] = &b->column_schema;
    b->arrays[0] = &b->column;
    b->schema = (struct ArrowSchema){.format = "+s",
                                     .n_children = 1,
                                     .children = b->schemas,
                                     .release = release_schema,
                                     .private_data = &b->released};
    b->column_schema = (struct ArrowSchema){.format = format, .name = "x"};
    b->array = (struct ArrowArray){.length = rows,
                                   .n_buffers = 1,
                                   .buffers = b->batch_buffers,
                                   .n_children = 1,
                                   .children = b->arrays,
                                   .release = release_array,
                                   .private_data = &b->released};
    b->column = (struct ArrowArray){.length = rows, .n_buffers = n_buffers, .buffers = b->buffers};
}

static tw_table *must_import(batch *b)
{
    tw_table *table = NULL;
    tw_error err;
    assert_ok(tw_arrow_import(NULL, &b->schema, &b->array, &table, &err), &err);
    assert_int_equal(b->released, 2);
    return table;
}

static void check_refused(batch *b, tw_status status, const char *words)
{
    tw_table *table = NULL;
    tw_error err = {{0}};
    assert_int_equal(tw_arrow_import(NULL, &b->schema, &b->array, &table, &err), status);
    if (!strstr(err.message, words)) fail_msg("%s", err.message);
    assert_null(table);
    assert_int_equal(b->released, 0);
    assert_non_null(b->schema.release);
}

typedef struct numbers {
    const char *format;
    const void *cells;
    double expected[3];
} numbers;

static void test_numbers(void **state)
{
    (void)state;
    const numbers cases[] = {
        {"c", (int8_t[]){-128, 7, 127}, {-128, 7, 127}},
        {"C", (uint8_t[]){0, 7, 255}, {0, 7, 255}},
        {"s", (int16_t[]){-32768, 7, 9}, {-32768, 7, 9}},
        {"S", (uint16_t[]){1, 7, 65535}, {1, 7, 65535}},
        {"i", (int32_t[]){INT32_MIN, 7, 9}, {-2147483648.0, 7, 9}},
        {"I", (uint32_t[]){1, 7, UINT32_MAX}, {1, 7, 4294967295.0}},
        {"l", (int64_t[]){-(INT64_C(1) << 53), 7, 9}, {-9007199254740992.0, 7, 9}},
        {"L", (uint64_t[]){1, 7, UINT64_C(1) << 63}, {1, 7, 9223372036854775808.0}},
        {"e", (uint16_t[]){0x4100, 0xc000, 0x0001}, {2.5, -2, 0x1p-24}},
        {"f", (float[]){2.385f, -0.0f, 1e-40f}, {2.385f, -0.0, 1e-40f}},
        {"g", (double[]){2.385, -0.0, 1e308}, {2.385, -0.0, 1e308}},
        {"b", (uint8_t[]){5}, {1, 0, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        batch b;
        make_batch(&b, cases[i].format, 3, 2);
        b.buffers[1] = cases[i].cells;
        tw_table *table = must_import(&b);
        for (size_t k = 0; k < 3; k++) assert_same(tw_table_column(table, 0).values[k], cases[i].expected[k]);
        tw_table_free(table);
    }
    batch b;
    make_batch(&b, "e", 3, 2);
    b.buffers[1] = (uint16_t[]){0x7c00, 0xfc00, 0x7e00};
    tw_table *table = must_import(&b);
    assert_true(tw_table_column(table, 0).values[0] == HUGE_VAL && tw_table_column(table, 0).values[1] == -HUGE_VAL);
    assert_true(isnan(tw_table_column(table, 0).values[2]));
    tw_table_free(table);
}

static void test_nulls(void **state)
{
    (void)state;
    batch b;
    make_batch(&b, "i", 3, 2);
    b.buffers[0] = (uint8_t[]){5};
    b.buffers[1] = (int32_t[]){7, 8, 9};
    b.column.null_count = -1; /* not counted */
    b.batch_buffers[0] = (uint8_t[]){3};
    b.array.null_count = 1;
    tw_table *table = must_import(&b);
    const double *values = tw_table_column(table, 0).values;
    assert_true(values[0] == 7 && isnan(values[1]) && isnan(values[2]));
    tw_table_free(table);
    make_batch(&b, "n", 2, 0);
    table = must_import(&b);
    assert_true(isnan(tw_table_column(table, 0).values[1]));
    tw_table_free(table);
}

typedef struct stamps {
    const char *format;
    const void *cells;
    int64_t expected;
} stamps;

static void test_times(void **state)
{
    (void)state;
    const int64_t day = 1402272000; /* 2014-06-09 in seconds */
    const stamps cases[] = {
        {"tdD", (int32_t[]){16230}, day * 1000000000},
        {"tdm", (int64_t[]){day * 1000}, day * 1000000000},
        {"tss:", (int64_t[]){day}, day * 1000000000},
        {"tsm:UTC", (int64_t[]){day * 1000 + 7}, day * 1000000000 + 7000000},
        {"tsu:America/New_York", (int64_t[]){day * 1000000 + 7}, day * 1000000000 + 7000},
        {"tsn:UTC", (int64_t[]){-7}, -7},
    };
    batch b;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make_batch(&b, cases[i].format, 1, 2);
        b.buffers[1] = cases[i].cells;
        tw_table *table = must_import(&b);
        assert_int_equal(tw_table_column(table, 0).kind, 't');
        assert_true(tw_table_column(table, 0).times[0] == cases[i].expected);
        tw_table_free(table);
    }
    make_batch(&b, "tss:", 1, 2);
    b.buffers[1] = (int64_t[]){INT64_C(1) << 40};
    check_refused(&b, TW_BAD_DATA, "column \"x\", row 0: 1099511627776 is outside 1677..2262");
}

static void test_texts(void **state)
{
    (void)state;
    batch b;
    make_batch(&b, "U", 2, 3);
    b.buffers[1] = (int64_t[]){1, 5, 5};
    b.buffers[2] = ".AAPL";
    tw_table *table = must_import(&b);
    assert_string_equal(tw_table_column(table, 0).texts[0], "AAPL");
    assert_string_equal(tw_table_column(table, 0).texts[1], "");
    tw_table_free(table);
    make_batch(&b, "u", 2, 3);
    b.buffers[1] = (int32_t[]){0, 4, 2};
    b.buffers[2] = "AAPL";
    check_refused(&b, TW_BAD_DATA, "out of order");
    b.buffers[1] = (int32_t[]){-1, 4, 4};
    check_refused(&b, TW_BAD_DATA, "out of order");
    b.buffers[1] = (int32_t[]){0, 4, 4};
    b.buffers[2] = "A\0PL";
    check_refused(&b, TW_BAD_DATA, "holds a NUL");
    b.buffers[2] = NULL;
    check_refused(&b, TW_BAD_DATA, "a buffer is missing");
}

static void make_dictionary(batch *b, const char *format, const void *cells)
{
    make_batch(b, format, 3, 2);
    b->buffers[1] = cells;
    b->words_schema = (struct ArrowSchema){.format = "u", .name = ""};
    b->words_buffers[1] = (const int32_t[]){0, 4, 8};
    b->words_buffers[2] = "AAPLMSFT";
    b->words = (struct ArrowArray){.length = 2, .n_buffers = 3, .buffers = b->words_buffers};
    b->column_schema.dictionary = &b->words_schema;
    b->column.dictionary = &b->words;
}

static void test_dictionaries(void **state)
{
    (void)state;
    const numbers cases[] = {
        {"c", (int8_t[]){1, 0, 1}, {0}},   {"C", (uint8_t[]){1, 0, 1}, {0}},  {"s", (int16_t[]){1, 0, 1}, {0}},
        {"S", (uint16_t[]){1, 0, 1}, {0}}, {"i", (int32_t[]){1, 0, 1}, {0}},  {"I", (uint32_t[]){1, 0, 1}, {0}},
        {"l", (int64_t[]){1, 0, 1}, {0}},  {"L", (uint64_t[]){1, 0, 1}, {0}},
    };
    batch b;
    const int32_t offsets[] = {0, 4, 8};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make_dictionary(&b, cases[i].format, cases[i].cells);
        b.words_buffers[1] = offsets;
        tw_table *table = must_import(&b);
        assert_string_equal(tw_table_column(table, 0).texts[0], "MSFT");
        assert_string_equal(tw_table_column(table, 0).texts[1], "AAPL");
        assert_ptr_equal(tw_table_column(table, 0).texts[0], tw_table_column(table, 0).texts[2]);
        tw_table_free(table);
    }
    make_dictionary(&b, "i", (int32_t[]){1, 2, 0});
    b.words_buffers[1] = offsets;
    check_refused(&b, TW_BAD_DATA, "index is out of range");
    b.buffers[1] = (int32_t[]){1, -1, 0};
    check_refused(&b, TW_BAD_DATA, "index is out of range");
    b.words_schema.format = "g";
    check_refused(&b, TW_UNSUPPORTED, "dictionaries are read when they hold text");
    b.words_schema.format = "u";
    b.column_schema.format = "f";
    check_refused(&b, TW_BAD_DATA, "no integers");
}

static void test_refused(void **state)
{
    (void)state;
    batch b;
    make_batch(&b, "+l", 1, 1);
    check_refused(&b, TW_UNSUPPORTED, "column \"x\" (format \"+l\")");
    make_batch(&b, "g", 3, 2);
    check_refused(&b, TW_BAD_DATA, "a buffer is missing");
    b.column.length = 2;
    check_refused(&b, TW_BAD_DATA, "fewer cells than rows");
    b.column.length = -1;
    check_refused(&b, TW_BAD_DATA, "negative");
    b.column.length = 3;
    b.column.offset = -1;
    check_refused(&b, TW_BAD_DATA, "starts at -1");
    b.column.offset = 0;
    b.column.n_buffers = 1;
    check_refused(&b, TW_BAD_DATA, "wrong number of buffers");
    b.array.n_children = 2;
    check_refused(&b, TW_BAD_DATA, "1 columns by its schema and 2");
    b.schema.format = "g";
    check_refused(&b, TW_UNSUPPORTED, "got \"g\"");
    make_batch(&b, "g", -1, 2);
    check_refused(&b, TW_BAD_DATA, "-1 rows");
    make_batch(&b, "g", INT64_MAX, 2);
    check_refused(&b, TW_BAD_DATA, "rows from");
    make_batch(&b, "g", 1, 2);
    b.arrays[0] = NULL;
    check_refused(&b, TW_BAD_DATA, "column 1 of 1 is missing");
    b.array.release = NULL;
    tw_table *table = NULL;
    assert_int_equal(tw_arrow_import(NULL, &b.schema, &b.array, &table, NULL), TW_BAD_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_slice),   cmocka_unit_test(test_child_moved_away),
        cmocka_unit_test(test_no_columns), cmocka_unit_test(test_numbers), cmocka_unit_test(test_nulls),
        cmocka_unit_test(test_times),      cmocka_unit_test(test_texts),   cmocka_unit_test(test_dictionaries),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of the io folder fails in turn. libyaml and libzstd allocate by themselves, not through the context:
 * their own failures are not part of this sweep. */
#include "tradewind/io.h"
#include "tw_oom.h"

#include <unistd.h>

/* "a,b\n" and "1,2.385\n": two gzip members. */
static const unsigned char two_gzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0xd4, 0x49,
                                         0xe2, 0x02, 0x00, 0xc5, 0x10, 0x97, 0x24, 0x04, 0x00, 0x00, 0x00, 0x1f, 0x8b,
                                         0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x33, 0xd4, 0x31, 0xd2, 0x33,
                                         0xb6, 0x30, 0xe5, 0x02, 0x00, 0x6e, 0x20, 0x19, 0x99, 0x08, 0x00, 0x00, 0x00};

/* Rows with doubled quotes and with more fields than the reader starts with. */
static tw_status read_rows(const tw_ctx *ctx, tw_source *source)
{
    tw_csv *csv = NULL;
    const tw_field *fields = NULL;
    size_t n = 0;
    TW_TRY(tw_csv_open(ctx, source, "t.csv", NULL, &csv, NULL));
    tw_status status = TW_OK;
    do {
        status = tw_csv_next(csv, &fields, &n, NULL);
    } while (status == TW_OK && fields);
    tw_csv_close(csv);
    return status;
}

static tw_status read_text(const tw_ctx *ctx, void *arg)
{
    tw_source *source = NULL;
    TW_TRY(tw_source_view(ctx, arg, strlen(arg), &source, NULL));
    TW_TRY(tw_source_unpack(ctx, source, "t.csv", &source, NULL));
    return read_rows(ctx, source);
}

static tw_status read_gzip(const tw_ctx *ctx, void *arg)
{
    (void)arg;
    tw_source *source = NULL;
    TW_TRY(tw_source_view(ctx, two_gzip, sizeof two_gzip, &source, NULL));
    TW_TRY(tw_source_unpack(ctx, source, "t.csv.gz", &source, NULL));
    return read_rows(ctx, source);
}

static tw_status read_file(const tw_ctx *ctx, void *arg)
{
    tw_source *source = NULL;
    TW_TRY(tw_source_open(ctx, arg, &source, NULL));
    return read_rows(ctx, source);
}

static void test_csv(void **state)
{
    (void)state;
    char text[4096] = "a,\"b\"\"c\"\n";
    for (int i = 0; i < 200; i++) strcat(text, "2.385,");
    strcat(text, "\"\"\"a much longer field than the first one with quotes\"\"\"\n");
    assert_true(tw_oom_sweep(read_text, text) >= 5);

    /* A row longer than the window. */
    const size_t length = 700000;
    char *row = malloc(length + 1);
    assert_non_null(row);
    memset(row, 'x', length);
    row[length] = '\0';
    assert_true(tw_oom_sweep(read_text, row) >= 5);
    free(row);
}

static void test_sources(void **state)
{
    (void)state;
    char path[] = "/tmp/tw_oom_io_XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a,b\n", 4), 4);
    assert_int_equal(close(fd), 0);
    assert_true(tw_oom_sweep(read_file, path) >= 3);
    (void)unlink(path);
    if (read_gzip(NULL, NULL) != TW_UNSUPPORTED) assert_true(tw_oom_sweep(read_gzip, NULL) >= 5);
}

static tw_status parse_json(const tw_ctx *ctx, void *arg)
{
    tw_doc *doc = NULL;
    TW_TRY(tw_doc_parse_json(ctx, arg, strlen(arg), "t.json", &doc, NULL));
    tw_buf out;
    tw_json json;
    tw_buf_init(&out, ctx);
    tw_json_init(&json, &out, true);
    tw_node_json(tw_doc_root(doc), &json);
    const tw_status status = tw_buf_check(&out, NULL);
    tw_buf_clear(&out);
    tw_doc_free(doc);
    return status;
}

static tw_status parse_yaml(const tw_ctx *ctx, void *arg)
{
    tw_doc *doc = NULL;
    TW_TRY(tw_doc_parse_yaml(ctx, arg, strlen(arg), "t.yaml", &doc, NULL));
    tw_doc_free(doc);
    return TW_OK;
}

static void test_documents(void **state)
{
    (void)state;
    char json[1024] = "{\"a\": 18446744073709551616, \"b\": [2.385, \"text\", true, null], \"deep\": ";
    for (int i = 0; i < 130; i++) strcat(json, "[");
    for (int i = 0; i < 130; i++) strcat(json, "]");
    for (int i = 0; i < 13; i++) (void)sprintf(json + strlen(json), ", \"k%d\": 0", i);
    strcat(json, "}");
    assert_true(tw_oom_sweep(parse_json, json) >= 5);
    if (parse_yaml(NULL, "1") == TW_UNSUPPORTED) return;
    char yaml[] = "base: &b {p: 2.385, q: [1, two]}\nother: *b\nmore:\n  - x\n  - {y: z}\n";
    assert_true(tw_oom_sweep(parse_yaml, yaml) >= 3);
}

static tw_status round_trip(const tw_ctx *ctx, void *arg)
{
    const double closes[] = {2.385, -7.5};
    const int64_t times[] = {7, TW_NO_TIME};
    const char *const symbols[] = {"AAPL", NULL};
    const tw_arrow_column columns[] = {
        {.name = "close", .kind = 'g', .values = closes},
        {.name = "time", .kind = 't', .times = times},
        {.name = "symbol", .kind = 'u', .texts = symbols},
    };
    struct ArrowSchema schema;
    struct ArrowArray array;
    tw_table *table = NULL;
    (void)arg;
    TW_TRY(tw_arrow_export(ctx, 2, 3, columns, &schema, &array, NULL));
    const tw_status status = tw_arrow_import(ctx, &schema, &array, &table, NULL);
    tw_table_free(table);
    if (status != TW_OK) {
        schema.release(&schema);
        array.release(&array);
    }
    return status;
}

static void test_arrow(void **state)
{
    (void)state;
    assert_true(tw_oom_sweep(round_trip, NULL) >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_arrow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* csv_test.c - rows, corner cases of RFC 4180, recovery after a bad row, limits, and real files counted. */
#include "tradewind/io.h"
#include "tw_test.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- helpers */

/* A source that gives `step` bytes a read, and breaks at the end when told to. */
typedef struct dribble {
    tw_source base;
    const char *text;
    size_t length, step;
    bool breaks;
} dribble;

static tw_status dribble_read(tw_source *self, void *bytes, size_t room, size_t *got, tw_error *err)
{
    dribble *d = (dribble *)self;
    size_t n = d->length < d->step ? d->length : d->step;
    if (n > room) n = room;
    if (n == 0 && d->breaks) return tw_fail(err, TW_IO_FAILED, "the line went dead");
    memcpy(bytes, d->text, n);
    d->text += n;
    d->length -= n;
    *got = n;
    return TW_OK;
}

static void dribble_close(tw_source *self) { (void)self; }

static tw_csv *open_text(const char *text, size_t length, const tw_csv_options *options)
{
    tw_source *source = NULL;
    tw_csv *csv = NULL;
    assert_int_equal(tw_source_view(NULL, text, length, &source, NULL), TW_OK);
    assert_int_equal(tw_csv_open(NULL, source, "t.csv", options, &csv, NULL), TW_OK);
    return csv;
}

/* Writes all rows as "a|b;c|d;", a failed one as "!line:raw;". */
static void transcript(tw_csv *csv, char *out, size_t room)
{
    size_t at = 0;
    out[0] = '\0';
    for (;;) {
        const tw_field *fields = NULL;
        size_t n = 0;
        tw_error err = {{0}};
        const tw_status status = tw_csv_next(csv, &fields, &n, &err);
        if (status == TW_OK && !fields) return;
        if (status != TW_OK) {
            assert_int_equal(status, TW_BAD_SYNTAX);
            const tw_field raw = tw_csv_raw(csv);
            at += (size_t)snprintf(out + at, room - at, "!%llu:%.*s;", (unsigned long long)tw_csv_line(csv),
                                   (int)raw.length, raw.text);
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            at += (size_t)snprintf(out + at, room - at, "%.*s%s", (int)fields[i].length, fields[i].text,
                                   i + 1 < n ? "|" : ";");
        }
    }
}

typedef struct reading {
    const char *text, *rows;
} reading;

static void check_reading(const char *text, const char *rows, const tw_csv_options *options)
{
    char got[4096];
    tw_csv *csv = open_text(text, strlen(text), options);
    transcript(csv, got, sizeof got);
    assert_string_equal(got, rows);
    assert_int_equal(tw_csv_bytes(csv), strlen(text));
    tw_csv_close(csv);
}

/* ---------------------------------------------------------------- tests */

static const reading good[] = {
    {"", ""},
    {"a", "a;"},
    {"a,b\n1.5,2.385\n", "a|b;1.5|2.385;"},
    {"a,b\r\n1.5,2.385\r\n", "a|b;1.5|2.385;"},
    {"a,b\n1.5,2.385", "a|b;1.5|2.385;"},
    {"a,b\r\n1.5,2.385\r", "a|b;1.5|2.385;"},
    {"\xef\xbb\xbf"
     "date,close\n2014-06-09,93.7\n",
     "date|close;2014-06-09|93.7;"},
    {"\xef\xbb\xbf", ""},
    {"\n\n\r\na\n\n\nb\n\n", "a;b;"},
    {",\n", "|;"},
    {",,\n,\n", "||;|;"},
    {"a,\n", "a|;"},
    {"a,", "a|;"},
    {",a", "|a;"},
    {"\"\"", ";"},
    {"\"\"\n", ";"},
    {"\"\",\"\"\n", "|;"},
    {"\"a\",\"b\"\r\n\"c\",\"d\"\r\n", "a|b;c|d;"},
    {"\"a\",\"b\"", "a|b;"},
    {"\"a\"\r", "a;"},
    {"\"a,b\",c\n", "a,b|c;"},
    {"\"a\nb\",c\nd,e\n", "a\nb|c;d|e;"},
    {"\"a\r\nb\",c\r\n", "a\r\nb|c;"},
    {"\"a\"\"b\",c\n", "a\"b|c;"},
    {"\"\"\"\"\n", "\";"},
    {"\"\"\"\"\"\",x,\"\"\"y\"\n", "\"\"|x|\"y;"},
    {"x,\"He said \"\"buy, now\"\"\",\"2,385.5\"\n", "x|He said \"buy, now\"|2,385.5;"},
    {" a , b \n", " a | b ;"},
    {"a\rb,c\n", "a\rb|c;"},
    {"\"\n\n\n\",z\n", "\n\n\n|z;"},
    {"Z\xc3\xbcrich,\"\xe6\x97\xa5,\"\n", "Z\xc3\xbcrich|\xe6\x97\xa5,;"},
};

static void test_good_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) check_reading(good[i].text, good[i].rows, NULL);
}

static const reading bad[] = {
    {"a,b\nx\"y,1\nc,d\n", "a|b;!2:x\"y,1;c|d;"},
    {"a,\"b\"x\nc,d\n", "!1:a,\"b\"x;c|d;"},
    {"a,\"b\" ,z\r\nc,d\n", "!1:a,\"b\" ,z;c|d;"},
    {"a,\"b\nc,d\ne,f\n", "!1:a,\"b;c|d;e|f;"},
    {"a,\"b", "!1:a,\"b;"},
    {"\"", "!1:\";"},
    {"\"\"\"", "!1:\"\"\";"},
    {"a,\"b\"\rc\nd\n", "!1:a,\"b\"\rc;d;"},
    {"\"a\"\r,b\nd\n", "!1:\"a\"\r,b;d;"},
    {"ok,1\n\"open,2\nok,3\n\"q\",4\n", "ok|1;!2:\"open,2;ok|3;q|4;"},
    {"a\"\nb\"\nc\"\nd\n", "!1:a\";!2:b\";!3:c\";d;"},
    {"x,\"a\nb\"\nc\"d\ne\n", "x|a\nb;!3:c\"d;e;"},
};

static void test_bad_rows_cost_their_first_line_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) check_reading(bad[i].text, bad[i].rows, NULL);
}

static void test_options(void **state)
{
    (void)state;
    check_reading("a\tb \"so\" c\td\n", "a|b \"so\" c|d;", &(tw_csv_options){.delimiter = '\t', .plain_quotes = true});
    check_reading("a;'b;c';'it''s'\n", "a|b;c|it's;", &(tw_csv_options){.delimiter = ';', .quote = '\''});
    check_reading("a,b\n", "a|b;", &(tw_csv_options){0});
    tw_source *source = NULL;
    tw_csv *csv = NULL;
    tw_error err;
    assert_int_equal(tw_source_view(NULL, "a", 1, &source, NULL), TW_OK);
    const tw_csv_options same = {.delimiter = '\'', .quote = '\''};
    assert_int_equal(tw_csv_open(NULL, source, "t.csv", &same, &csv, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "must differ"));
    assert_null(csv);
}

static void test_messages_and_lines(void **state)
{
    (void)state;
    const char text[] = "h1,h2\n\"two\nlines\",x\n\n7,8\n1,\"2\"3\n";
    tw_csv *csv = open_text(text, sizeof text - 1, NULL);
    const tw_field *fields = NULL;
    size_t n = 0;
    const uint64_t lines[] = {1, 2, 5};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(tw_csv_next(csv, &fields, &n, NULL), TW_OK);
        assert_int_equal(n, 2);
        assert_int_equal(tw_csv_line(csv), lines[i]);
    }
    tw_error err;
    assert_int_equal(tw_csv_next(csv, &fields, &n, &err), TW_BAD_SYNTAX);
    assert_string_equal(err.message, "t.csv:6: field 2: text after the closing quote");
    assert_null(fields);
    assert_int_equal(tw_csv_next(csv, &fields, &n, &err), TW_OK);
    assert_null(fields);
    assert_int_equal(tw_csv_next(csv, &fields, &n, &err), TW_OK);
    assert_null(fields);
    tw_csv_close(csv);
}

static void test_limits(void **state)
{
    (void)state;
    const tw_csv_options few = {.max_fields = 3};
    check_reading("1,2,3\n1,2,3,4\n5\n", "1|2|3;!2:1,2,3,4;5;", &few);
    const tw_csv_options narrow = {.max_row = 8};
    check_reading("abc,def\nabcd,efgh\nx,y\n", "abc|def;!2:abcd,efgh;x|y;", &narrow);
    check_reading("\"a\nb\nc\nd\ne\nf\n\",2\nx,y\n", "!1:\"a;b;c;d;e;f;!7:\",2;x|y;", &narrow);
}

/* A line longer than the limit and than the window is passed over without being kept. */
static void test_line_longer_than_everything(void **state)
{
    (void)state;
    const size_t huge = 3 * 1024 * 1024;
    char *text = malloc(huge + 16);
    assert_non_null(text);
    memset(text, 'x', huge);
    memcpy(text + huge, "\na,2.385\n", 9);
    const tw_csv_options options = {.max_row = 1000};
    tw_csv *csv = open_text(text, huge + 9, &options);
    const tw_field *fields = NULL;
    size_t n = 0;
    tw_error err;
    assert_int_equal(tw_csv_next(csv, &fields, &n, &err), TW_BAD_SYNTAX);
    assert_string_equal(err.message, "t.csv:1: a row of more than 1000 bytes");
    assert_int_equal(tw_csv_next(csv, &fields, &n, &err), TW_OK);
    assert_int_equal(n, 2);
    assert_memory_equal(fields[1].text, "2.385", 5);
    assert_int_equal(tw_csv_line(csv), 2);
    assert_int_equal(tw_csv_next(csv, &fields, &n, &err), TW_OK);
    assert_null(fields);
    assert_int_equal(tw_csv_bytes(csv), huge + 9);
    tw_csv_close(csv);
    free(text);
}

static size_t long_text(char *text)
{
    size_t at = 0;
    for (int i = 0; i < 40000; i++) {
        at += (size_t)sprintf(text + at, i % 7 ? "%d,%d.5,AAPL\n" : "\"%d\",\"%d.5\",\"a\"\"b,\nc\"\r\n", i, i * 3);
    }
    return at;
}

/* However the source cuts its bytes, and wherever the window ends, the rows are the same. */
static void test_any_cutting_of_the_source(void **state)
{
    (void)state;
    char *text = malloc(40000 * 40);
    assert_non_null(text);
    const size_t length = long_text(text);
    const size_t steps[] = {7, 4093, 262144, 1 << 30};
    for (size_t s = 0; s < 4; s++) {
        dribble source = {{dribble_read, dribble_close}, text, length, steps[s], false};
        tw_csv *csv = NULL;
        assert_int_equal(tw_csv_open(NULL, &source.base, "t.csv", NULL, &csv, NULL), TW_OK);
        for (int i = 0; i < 40000; i++) {
            const tw_field *fields = NULL;
            size_t n = 0;
            int64_t first = -1;
            double second = 0;
            assert_int_equal(tw_csv_next(csv, &fields, &n, NULL), TW_OK);
            assert_int_equal(n, 3);
            assert_true(tw_parse_int64(fields[0].text, fields[0].length, &first) && first == i);
            assert_true(tw_parse_double(fields[1].text, fields[1].length, &second) && second == i * 3 + 0.5);
            assert_int_equal(fields[2].length, i % 7 ? 4 : 6);
            assert_memory_equal(fields[2].text, i % 7 ? "AAPL" : "a\"b,\nc", fields[2].length);
        }
        assert_int_equal(tw_csv_bytes(csv), length);
        tw_csv_close(csv);
    }
    free(text);
}

static void test_broken_source_gives_whole_rows_first(void **state)
{
    (void)state;
    const char *text = "a,b\nc,d\ne,half";
    dribble source = {{dribble_read, dribble_close}, text, strlen(text), 5, true};
    tw_csv *csv = NULL;
    assert_int_equal(tw_csv_open(NULL, &source.base, "t.csv", NULL, &csv, NULL), TW_OK);
    const tw_field *fields = NULL;
    size_t n = 0;
    tw_error err;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tw_csv_next(csv, &fields, &n, &err), TW_OK);
        assert_int_equal(n, 2);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tw_csv_next(csv, &fields, &n, &err), TW_IO_FAILED);
        assert_string_equal(err.message, "the line went dead");
        assert_null(fields);
    }
    tw_csv_close(csv);
}

/* Random soup of the characters that matter: never stuck, never out of bounds, all bytes used up, and with every line
 * either in a row or failed. */
static void test_random_soup(void **state)
{
    (void)state;
    const char letters[] = "ab,,\"\"\n\n\r\xef\xbb\xbf";
    tw_random random = {.seed = 2385, .stream = 7};
    for (int round = 0; round < 20000; round++) {
        char text[64];
        size_t length = tw_random_below(&random, sizeof text), rows = 0;
        for (size_t i = 0; i < length; i++) text[i] = letters[tw_random_below(&random, sizeof letters - 1)];
        const tw_csv_options options = {.max_fields = 5, .max_row = 20};
        tw_csv *csv = open_text(text, length, &options);
        uint64_t line = 0;
        for (;; rows++) {
            const tw_field *fields = NULL;
            size_t n = 0;
            const tw_status status = tw_csv_next(csv, &fields, &n, NULL);
            if (status == TW_OK && !fields) break;
            assert_true(status == TW_OK || status == TW_BAD_SYNTAX);
            assert_true(tw_csv_line(csv) > line);
            line = tw_csv_line(csv);
        }
        assert_true(rows <= length);
        assert_int_equal(tw_csv_bytes(csv), length);
        tw_csv_close(csv);
    }
}

static void test_write_reads_back(void **state)
{
    (void)state;
    const char *texts[] = {"plain", "", "a,b", "say \"hi\"", "two\nlines", "cr\rhere", " padded ", "\"", "2.385"};
    const size_t n_texts = sizeof texts / sizeof texts[0];
    tw_buf out;
    tw_buf_init(&out, NULL);
    for (size_t i = 0; i < n_texts; i++) {
        if (i > 0) tw_buf_text(&out, ",");
        tw_csv_write_field(&out, texts[i]);
    }
    assert_int_equal(tw_buf_check(&out, NULL), TW_OK);
    tw_csv *csv = open_text(out.data, out.length, NULL);
    const tw_field *fields = NULL;
    size_t n = 0;
    assert_int_equal(tw_csv_next(csv, &fields, &n, NULL), TW_OK);
    assert_int_equal(n, n_texts);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(fields[i].length, strlen(texts[i]));
        assert_memory_equal(fields[i].text, texts[i], fields[i].length);
    }
    tw_csv_close(csv);
    tw_buf_clear(&out);
}

/* ---------------------------------------------------------------- real files */

typedef struct real_file {
    const char *path;
    size_t rows, fields; /* header counted */
    tw_csv_options options;
} real_file;

static const real_file real_files[] = {
    {"market/sp500_5yr/bars_daily_splitadj.csv.gz", 619041, 7, {0}},
    {"market/us1000_raw/adjustments.csv", 4949, 5, {0}},
    {"market/zipline_examples/SPY_benchmark.csv", 6358, 2, {0}},
    {"market/index/vix_daily.csv.gz", 9236, 5, {0}},    /* CRLF */
    {"market/minute/aapl_15m.csv.gz", 43106, 6, {0}},   /* no last newline */
    {"text/sentfin.csv", 10754, 4, {0}},                /* CRLF, quotes, no last newline */
    {"forecast/m4_Hourly-train.csv.gz", 415, 961, {0}}, /* all quoted */
    {"forecast/m4_Weekly-train.csv.gz", 360, 2598, {0}},
    {"tabular/mlm_oil-spill.csv", 937, 50, {0}},
    {"tabular/adult_train.csv.gz", 32562, 15, {0}},
};

static bool count_file(const real_file *file)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", TW_SHARED_DATA, file->path);
    tw_source *source = NULL;
    tw_csv *csv = NULL;
    tw_error err;
    const tw_status opened = tw_source_open(NULL, path, &source, &err);
    if (opened == TW_NOT_FOUND || opened == TW_UNSUPPORTED) return false;
    assert_int_equal(opened, TW_OK);
    assert_int_equal(tw_csv_open(NULL, source, path, &file->options, &csv, &err), TW_OK);
    const tw_field *fields = NULL;
    size_t rows = 0, n = 0;
    for (;; rows++) {
        assert_int_equal(tw_csv_next(csv, &fields, &n, &err), TW_OK);
        if (!fields) break;
        assert_int_equal(n, file->fields);
    }
    assert_int_equal(rows, file->rows);
    tw_csv_close(csv);
    return true;
}

static void test_real_files(void **state)
{
    (void)state;
    size_t read = 0;
    for (size_t i = 0; i < sizeof real_files / sizeof real_files[0]; i++) read += count_file(&real_files[i]);
    if (read == 0) skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_rows),
        cmocka_unit_test(test_bad_rows_cost_their_first_line_only),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_messages_and_lines),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_line_longer_than_everything),
        cmocka_unit_test(test_any_cutting_of_the_source),
        cmocka_unit_test(test_broken_source_gives_whole_rows_first),
        cmocka_unit_test(test_random_soup),
        cmocka_unit_test(test_write_reads_back),
        cmocka_unit_test(test_real_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

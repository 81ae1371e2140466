/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include "tradewind/data.h"

#include "data/import.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct imported {
    tw_panel *panel;
    tw_import_summary summary;
    tw_error err;
    tw_status status;
} imported;

static imported import_text(const char *path, const char *text, const char *option)
{
    imported r = {0};
    tw_import_options options;
    assert_ok(tw_params_parse(tw_import_params(), "import", option, &options, &r.err), &r.err);
    options.rejects = "import_test_rejects.csv";
    options.out = NULL;
    assert_ok(tw_file_write(path, text, strlen(text), &r.err), &r.err);
    r.status = tw_import_csv(NULL, &path, 1, &options, &r.panel, &r.summary, &r.err);
    unlink(path);
    return r;
}

static double value(const imported *r, const char *symbol, const char *column, size_t t)
{
    return tw_panel_at(r->panel, tw_panel_find_column(r->panel, column), tw_panel_find_symbol(r->panel, symbol), t);
}

static uint64_t reason(const imported *r, const char *text)
{
    for (size_t i = 0; i < r->summary.n_reasons; i++)
        if (strcmp(r->summary.reasons[i].reason, text) == 0) return r->summary.reasons[i].count;
    return 0;
}

static void header_names_and_file_name(void **state)
{
    (void)state;
    imported r =
        import_text("ACME_daily.csv",
                    "Date,Open,High,Low,Close,Adj Close,Volume,PE Ratio\n2014-06-10,2.385,2.5,2.3,2.41,1.2,100,17.5\n"
                    "2014-06-09,2.3,2.4,2.2,2.385,1.1,,null\n",
                    "strip=_daily");
    assert_ok(r.status, &r.err);
    assert_int_equal(tw_panel_symbols(r.panel), 1);
    assert_string_equal(tw_panel_symbol(r.panel, 0), "ACME");
    assert_same(value(&r, "ACME", "close", 0), 2.385);
    assert_same(value(&r, "ACME", "adj_close", 1), 1.2);
    assert_same(value(&r, "ACME", "pe_ratio", 1), 17.5);
    assert_true(isnan(value(&r, "ACME", "volume", 0)));
    assert_int_equal(r.summary.rejected, 0);
    tw_panel_close(r.panel);
}

static void every_kind_of_stamp(void **state)
{
    (void)state;
    static const struct {
        const char *text, *options;
        int64_t bar_s;
    } cases[] = {
        {"ts,sym,c\n1402320600,A,1\n1402321500,A,2\n1402322400,A,3\n", "columns=symbol=sym", 900},
        {"timestamp,symbol,close\n1402320600000,A,1\n1402321500000,A,2\n1402322400000,A,3\n", "", 900},
        {"t,ticker,c\n1402320600000000,A,1\n1402321500000000,A,2\n1402322400000000,A,3\n", "columns=time=t", 900},
        {"datetime,symbol,c\n1402320600000000000,A,1\n1402321500000000000,A,2\n1402322400000000000,A,3\n", "", 900},
        {"Time,symbol,c\n2014-06-09T13:30:00Z,A,1\n2014-06-09 13:45,A,2\n2014-06-09 16:00:00+02:00,A,3\n", "", 900},
        {"date,time,symbol,c\n20140609,09:30,A,1\n20140609,09:45:00,A,2\n20140609,10:00,A,3\n", "zone=XNYS", 900},
        {"date,ms_since_midnight,symbol,c\n20140609,48600000,A,1\n20140609,49500000,A,2\n20140609,50400000,A,3\n", "",
         900},
        {"timestamp,symbol,c\n2014-06-09 09:30:00,A,1\n2014-06-09 09:45:00,A,2\n2014-06-09 10:00:00,A,3\n", "zone=XNYS",
         900},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        imported r = import_text("stamps.csv", cases[i].text, cases[i].options);
        if (r.status != TW_OK) fail_msg("case %zu: %s", i, r.err.message);
        assert_int_equal(tw_panel_times(r.panel), 3);
        assert_int_equal(tw_panel_stamps(r.panel)[0], INT64_C(1402320600) * TW_NS_PER_SECOND);
        assert_int_equal(tw_panel_stamps(r.panel)[2], INT64_C(1402322400) * TW_NS_PER_SECOND);
        assert_int_equal(tw_panel_shape_view(r.panel)->bar_ns, cases[i].bar_s * TW_NS_PER_SECOND);
        tw_panel_close(r.panel);
    }
}

static void daily_stamps_become_session_dates(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "date,symbol,close\n2014-06-09,A,1\n2014-06-10,A,2\n",
        "date,symbol,close\n20140609,A,1\n20140610,A,2\n",
        /* midnight of New York, and 16:00 there */
        "date,symbol,close\n2014-06-09T04:00:00Z,A,1\n2014-06-10T04:00:00Z,A,2\n2014-06-11T04:00:00Z,A,2\n",
        "date,symbol,close\n2014-06-09 20:00Z,A,1\n2014-06-10 20:00Z,A,2\n2014-06-11 20:00Z,A,2\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        imported r = import_text("daily.csv", texts[i], "calendar=XNYS");
        assert_ok(r.status, &r.err);
        assert_int_equal(tw_panel_stamps(r.panel)[0], tw_days_from_date(2014, 6, 9) * TW_NS_PER_DAY);
        assert_int_equal(tw_panel_shape_view(r.panel)->bar_ns, TW_NS_PER_DAY);
        tw_panel_close(r.panel);
    }
}

static const char dirty[] = "date,symbol,open,high,low,close,volume\n"
                            "2014-06-09,A,2,3,1,2.385,100\n"
                            "2014-06-09,A,2,3,1,2.385,100\n"    /* 3 duplicate row */
                            "2014-06-09,A,2,3,1,2.386,100\n"    /* 4 other values */
                            "2014-06-31,A,2,3,1,2.4,100\n"      /* 5 bad time */
                            "2014-06-10,,2,3,1,2.4,100\n"       /* 6 no symbol */
                            ",A,2,3,1,2.4,100\n"                /* 7 no time */
                            "2014-06-10,A,2,x,1,2.4,100\n"      /* 8 not a number */
                            "2014-06-10,A,2,3,1\n"              /* 9 fields missing */
                            "2014-06-10,A,2,3,1,2.4,100,7\n"    /* 10 too many */
                            "2014-06-10,A,,,,,\n"               /* 11 no value */
                            "2014-06-10,\"A\"B,2,3,1,2.4,100\n" /* 12 stray quote */
                            "2014-06-10,A,2,1,3,-2.4,100\n"     /* 13 breaks market rules: kept */
                            "20146,A,2,3,1,2.4,100\n"           /* 14 no date */
                            "2014-06-11,A,2,3,1,inf,100\n"      /* 15 not finite */
                            "2014-06-11,B,,3,1,2.4,100";        /* 16 a missing open: kept; no newline */

static void bad_rows_are_set_aside_and_named(void **state)
{
    (void)state;
    imported r = import_text("dirty.csv", dirty, "");
    assert_ok(r.status, &r.err);
    assert_int_equal(r.summary.rows, 15);
    assert_int_equal(r.summary.kept, 3);
    assert_int_equal(r.summary.rejected, 12);
    assert_int_equal(reason(&r, "duplicate row"), 1);
    assert_int_equal(reason(&r, "duplicate key with other values"), 1);
    assert_int_equal(reason(&r, "bad time"), 2);
    assert_int_equal(reason(&r, "not a number: high"), 1);
    assert_int_equal(reason(&r, "not a number: close"), 1);
    assert_int_equal(reason(&r, "no value"), 1);
    assert_int_equal(reason(&r, "fields missing"), 1);
    assert_int_equal(reason(&r, "too many fields"), 1);
    assert_int_equal(reason(&r, "row cannot be split"), 1);
    assert_same(value(&r, "A", "close", 0), 2.385);
    assert_same(value(&r, "A", "close", 1), -2.4);
    assert_int_equal(tw_panel_times(r.panel), 3);
    tw_panel_close(r.panel);
    char *text;
    size_t n;
    assert_ok(tw_file_read(NULL, "import_test_rejects.csv", &text, &n, &r.err), &r.err);
    static const char *const lines[] = {
        "dirty.csv,3,duplicate row,\"2014-06-09,A,2,3,1,2.385,100\"\n",
        "dirty.csv,4,\"duplicate key with other values: close is 2.386, in the row kept 2.385\",",
        "dirty.csv,5,bad time: '2014-06-31' is no date",
        "dirty.csv,8,not a number: high: 'x',",
        "dirty.csv,9,fields missing: 5 where the header has 7,",
        "dirty.csv,10,too many fields: 8 where the header has 7,",
        ("dirty.csv,12,row cannot be split: field 2: text after the closing quote,"
         "\"2014-06-10,\"\"A\"\"B,2,3,1,2.4,100\"\n"),
        "dirty.csv,14,bad time: '20146' is neither a date nor an epoch",
        "dirty.csv,15,not a number: close: 'inf',"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(text, lines[i])) fail_msg("not in the rejects: %s in\n%s", lines[i], text);
    tw_free(NULL, text);
    unlink("import_test_rejects.csv");
}

static void strict_names_file_and_line(void **state)
{
    (void)state;
    imported r = import_text("strict.csv", dirty, "strict=true");
    assert_int_equal(r.status, TW_BAD_DATA);
    assert_string_equal(r.err.message, "strict.csv:3: duplicate row, in the row 2014-06-09,A,2,3,1,2.385,100");
    r = import_text("strict.csv", "date,symbol,close\n2014-06-09,A,1\n2014-06-09,A,1\n", "strict=true");
    assert_string_equal(r.err.message, "strict.csv:3: duplicate row, in the row 2014-06-09,A,1");
    r = import_text("strict.csv", "date,symbol,close\n2014-06-09,A,x\n2014-06-09,B,1\n2014-06-09,B,1\n", "strict=true");
    assert_string_equal(r.err.message, "strict.csv:2: not a number: close: 'x', in the row 2014-06-09,A,x");
    assert_int_equal(r.summary.rows, 1); /* nothing behind the first bad row is read */
}

/* Symbols that look alike or break text: each would be a symbol of its own with a bar or two. */
static void symbols_are_whole_and_seen(void **state)
{
    (void)state;
    static const struct {
        const char *symbol, *reason;
    } cases[] = {{"\xEF\xBB\xBF"
                  "A",
                  "bad symbol: character U+FEFF at byte 1 cannot be seen"},
                 {"A\xE2\x80\x8B", "bad symbol: character U+200B at byte 2 cannot be seen"},
                 {"A\xC2\xA0", "bad symbol: character U+00A0 at byte 2 cannot be seen"},
                 {"\"A\nB\"", "bad symbol: character U+000A at byte 2 cannot be seen"},
                 {"\xC4", "bad symbol: byte 1 is 0xc4, which is no UTF-8"},
                 {"A\xC0\x80", "bad symbol: byte 2 is 0xc0, which is no UTF-8"},
                 {"\xED\xA0\x80", "bad symbol: byte 1 is 0xed, which is no UTF-8"},
                 {"  ", "symbol missing"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200], want[200];
        snprintf(text, sizeof text, "date,symbol,close\n2014-06-09,A,1\n2014-06-10,%s,2\n", cases[i].symbol);
        snprintf(want, sizeof want, "names.csv:3: %s, in the row", cases[i].reason);
        imported r = import_text("names.csv", text, "strict=true");
        if (r.status != TW_BAD_DATA || strncmp(r.err.message, want, strlen(want)) != 0)
            fail_msg("got %s, want %s", r.err.message, want);
    }
    imported r = import_text("names.csv", "date,symbol,close\n2014-06-09,\xC3\x84\xE6\x97\xA5,1\n", "strict=true");
    assert_ok(r.status, &r.err);
    assert_string_equal(tw_panel_symbol(r.panel, 0), "\xC3\x84\xE6\x97\xA5");
    tw_panel_close(r.panel);
}

/* 02:30 on the second Sunday of March is on no clock of New York: it must not take the place of 03:30. */
static void an_hour_that_the_clock_skips_is_set_aside(void **state)
{
    (void)state;
    imported r = import_text("wall.csv",
                             "time,close\n2020-03-08 01:30,1\n2020-03-08 02:30,2\n2020-03-08 03:30,3\n"
                             "2020-11-01 01:30,4\n2020-11-01 02:30,5\n",
                             "zone=XNYS bar=1h");
    assert_ok(r.status, &r.err);
    assert_int_equal(reason(&r, "time does not exist"), 1);
    assert_int_equal(r.summary.kept, 4);
    const int64_t *times = tw_panel_stamps(r.panel);
    assert_true(times[1] - times[0] == 3600 * TW_NS_PER_SECOND);
    assert_same(tw_panel_at(r.panel, 0, 0, 1), 3);
    tw_panel_close(r.panel);
}

static void a_number_that_would_become_zero_is_none(void **state)
{
    (void)state;
    imported r = import_text("tiny.csv", "date,close\n2014-06-09,1e-400\n2014-06-10,0e5\n2014-06-11,-0.000\n", "");
    assert_ok(r.status, &r.err);
    assert_int_equal(reason(&r, "not a number: close"), 1);
    assert_int_equal(r.summary.kept, 2);
    tw_panel_close(r.panel);
}

/* The rows set aside are there to be read when nothing else is; what is read is never written over. */
static void rejects_outlive_a_failure_and_overwrite_nothing(void **state)
{
    (void)state;
    char *text;
    size_t n;
    imported r = import_text("lost.csv", "date,symbol,close\n2014-06-09,,1\n2014-06-10,,2\n", "");
    assert_string_equal(r.err.message, "import: none of 2 rows could be taken; the first, lost.csv:2: symbol missing, "
                                       "in the row 2014-06-09,,1");
    assert_ok(tw_file_read(NULL, "import_test_rejects.csv", &text, &n, &r.err), &r.err);
    assert_non_null(strstr(text, "lost.csv,3,symbol missing"));
    tw_free(NULL, text);
    unlink("import_test_rejects.csv");
    r = import_text("import_test_rejects.csv", "date,symbol,close\n2014-06-09,A,1\n", "");
    assert_int_equal(r.status, TW_BAD_VALUE);
    assert_string_equal(r.err.message, "import: import_test_rejects.csv would be overwritten by the rejects");
}

static void a_text_column_is_left_out_and_said(void **state)
{
    (void)state;
    imported r = import_text("extra.csv",
                             "date,symbol,close,exchange,beta\n2014-06-09,A,1,NYSE,1.5\n2014-06-10,A,2,NYSE,1.5\n"
                             "2014-06-11,A,2,NYSE,oops\n",
                             "");
    assert_ok(r.status, &r.err);
    assert_string_equal(r.summary.text_columns, "exchange");
    assert_int_equal(tw_panel_find_column(r.panel, "exchange"), SIZE_MAX);
    assert_int_equal(reason(&r, "not a number"), 1);
    assert_int_equal(r.summary.kept, 2);
    tw_panel_close(r.panel);
}

static void errors_say_what_is_wrong(void **state)
{
    (void)state;
    imported r = import_text("bad.csv", "a,b\n1,2\n", "");
    assert_int_equal(r.status, TW_BAD_DATA);
    assert_non_null(strstr(r.err.message, "no field of the header is a time"));
    assert_non_null(strstr(r.err.message, "a, b"));
    r = import_text("bad.csv", "", "");
    assert_int_equal(r.status, TW_BAD_DATA);
    r = import_text("bad.csv", "date,close\n2014-06-09,1\n", "bar=soon");
    assert_int_equal(r.status, TW_BAD_VALUE);
    r = import_text("bad.csv", "date,close\nnever,1\n", "");
    assert_non_null(strstr(r.err.message, "none of 1 rows could be taken; the first, bad.csv:2: bad time: 'never'"));
    static const char *const headers[][2] = {
        {"date,close\n", "bad.csv: a header and no rows below it"},
        {"date;close\n2014-06-09;1\n",
         "bad.csv:1: fields are separated by semicolons; they must be by commas: date;close"},
        {"date,close\r2014-06-09,1\r", "bad.csv:1: line ends are a lone CR; they must be LF or CRLF"},
        {"date,close,Date\n2014-06-09,1,2\n", "bad.csv:1: the header has \"Date\" twice, fields 1 and 3"},
        {"date,ticker,close,Ticker\n2014-06-09,A,1,B\n", "bad.csv:1: the header has \"Ticker\" twice, fields 2 and 4"},
        {"date,close,close\n2014-06-09,1,2\n", "bad.csv:1: two fields mean \"close\"; name one of them with columns="},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        r = import_text("bad.csv", headers[i][0], "");
        assert_int_equal(r.status, TW_BAD_DATA);
        assert_string_equal(r.err.message, headers[i][1]);
    }
    r = import_text("bad.csv", "date,close\n2014-06-09,1\n", "calendar=NYSE");
    assert_int_equal(r.status, TW_BAD_NAME);
    unlink("import_test_rejects.csv");
}

static tw_status count_rows(void *arg, const tw_row *row, const double *values, tw_error *err)
{
    (void)err;
    uint64_t *n = arg;
    assert_int_equal(row->line, *n);
    assert_same(values[4095], (double)*n + 0.385);
    ++*n;
    return TW_OK;
}

/* 2,400 rows of 4,096 values are 79 MB: more than the log keeps in memory. */
static void the_log_spills(void **state)
{
    (void)state;
    tw_error err;
    tw_rowlog log;
    static double values[4096];
    uint64_t n = 0;
    tw_rowlog_init(&log, NULL, "spill_test.tw");
    for (uint64_t i = 0; i < 2400; i++) {
        const tw_row row = {1, 2, 0, 4096, i};
        values[4095] = (double)i + 0.385;
        assert_ok(tw_rowlog_add(&log, &row, values, &err), &err);
    }
    assert_true(log.fd >= 0);
    assert_int_equal(log.n_blocks, 17);
    assert_ok(tw_rowlog_each(&log, count_rows, &n, &err), &err);
    assert_int_equal(n, 2400);
    tw_rowlog_clear(&log);
}

static void real_files(void **state)
{
    (void)state;
    static const struct {
        const char *path, *options;
        size_t rows, symbols, times;
        int64_t bar_s;
        bool at_end;
    } files[] = {
        {"sp500_5yr/bars_daily_splitadj.csv.gz", "calendar=XNYS", 619040, 505, 1259, 86400, false},
        {"us1000_raw/bars_daily_raw.csv.gz", "calendar=XNYS", 512682, 1000, 513, 86400, false},
        {"zipline_examples/bars_daily_raw.csv.gz", "", 24626, 9, 2769, 86400, false},
        {"index/vix_daily.csv.gz", "", 9235, 1, 9235, 86400, false},
        {"minute/btcperp_1m.csv.gz", "calendar=24/7", 45031, 1, 45031, 60, false},
        {"minute/6EH4_1m.csv.gz", "calendar=CMES", 29996, 1, 29996, 60, true},
        {"minute/eurusd_1m_bidask.csv.gz", "", 18184, 1, 18184, 60, false},
        {"minute/aapl_15m.csv.gz", "calendar=XNYS", 43105, 1, 43105, 900, false},
        {"stocknet/AAPL_daily.csv", "strip=_daily", 1258, 1, 1258, 86400, false},
    };
    if (access(TW_SHARED_DATA "/market", R_OK) != 0) skip();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[512];
        const char *paths = path;
        tw_import_options options;
        tw_import_summary summary;
        tw_error err;
        tw_panel *panel;
        snprintf(path, sizeof path, "%s/market/%s", TW_SHARED_DATA, files[i].path);
        assert_ok(tw_params_parse(tw_import_params(), "import", files[i].options, &options, &err), &err);
        options.rejects = options.out = NULL;
        const tw_status status = tw_import_csv(NULL, &paths, 1, &options, &panel, &summary, &err);
        if (status == TW_UNSUPPORTED) skip(); /* built without gzip */
        assert_ok(status, &err);
        assert_int_equal(summary.rows, files[i].rows);
        assert_int_equal(summary.kept, files[i].rows);
        assert_int_equal(tw_panel_symbols(panel), files[i].symbols);
        assert_int_equal(tw_panel_times(panel), files[i].times);
        assert_int_equal(tw_panel_shape_view(panel)->bar_ns, files[i].bar_s * TW_NS_PER_SECOND);
        assert_int_equal(tw_panel_shape_view(panel)->stamped_at_end, files[i].at_end);
        tw_panel_close(panel);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_names_and_file_name),
        cmocka_unit_test(every_kind_of_stamp),
        cmocka_unit_test(daily_stamps_become_session_dates),
        cmocka_unit_test(bad_rows_are_set_aside_and_named),
        cmocka_unit_test(strict_names_file_and_line),
        cmocka_unit_test(symbols_are_whole_and_seen),
        cmocka_unit_test(an_hour_that_the_clock_skips_is_set_aside),
        cmocka_unit_test(a_number_that_would_become_zero_is_none),
        cmocka_unit_test(rejects_outlive_a_failure_and_overwrite_nothing),
        cmocka_unit_test(a_text_column_is_left_out_and_said),
        cmocka_unit_test(errors_say_what_is_wrong),
        cmocka_unit_test(the_log_spills),
        cmocka_unit_test(real_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

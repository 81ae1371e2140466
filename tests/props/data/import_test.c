/* SPDX-License-Identifier: Apache-2.0 */
/* import_test.c - random files with planted dirt: every planted row is found with its reason and line, no good row is
 * lost, and rows = kept + rejected. */
#include "tw_test.h"

#include "tradewind/data.h"
#include "tradewind/io.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

enum { SYMBOLS = 7, DAYS = 60, MOST = SYMBOLS * DAYS * 2 };

typedef struct planted {
    const char *reason[MOST + 2]; /* by line; NULL: good */
    double close[SYMBOLS][DAYS];  /* NaN: not written */
    size_t lines, bad;
} planted;

static const struct {
    const char *reason, *row; /* %D date, %S symbol */
} dirt[] = {
    {"bad time", "%D-7,%S,1,2,1,1,5"},
    {"bad time", "2014-02-30,%S,1,2,1,1,5"},
    {"bad time", "yesterday,%S,1,2,1,1,5"},
    {"bad time", "14/06/2014,%S,1,2,1,1,5"},
    {"time missing", ",%S,1,2,1,1,5"},
    {"symbol missing", "%D,,1,2,1,1,5"},
    {"not a number: open", "%D,%S,1.2.3,2,1,1,5"},
    {"not a number: close", "%D,%S,1,2,1,$1,5"},
    {"not a number: volume", "%D,%S,1,2,1,1,5k"},
    {"not a number: low", "%D,%S,1,2,-inf,1,5"},
    {"fields missing", "%D,%S,1,2"},
    {"fields missing", "%D"},
    {"too many fields", "%D,%S,1,2,1,1,5,6"},
    {"no value", "%D,%S,,,,,"},
    {"row cannot be split", "%D,%S,\"1\"2,2,1,1,5"},
};

static void write_date(tw_buf *out, size_t d)
{
    const tw_civil c = tw_date_from_days(tw_days_from_date(2014, 1, 1) + (int64_t)d);
    tw_buf_printf(out, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static void write_dirt(tw_buf *out, const char *row, size_t s, size_t d)
{
    for (; *row; row++) {
        if (*row != '%')
            tw_buf_add(out, row, 1);
        else if (*++row == 'D')
            write_date(out, d);
        else
            tw_buf_printf(out, "S%zu", s);
    }
    tw_buf_text(out, "\n");
}

static void write_good(tw_buf *out, size_t s, size_t d, double close, const char *volume)
{
    write_date(out, d);
    tw_buf_printf(out, ",S%zu,%.4f,%.4f,%.4f,%.4f,%s\n", s, close, close + 1, close - 1, close, volume);
}

static void plant(planted *p, tw_buf *out, uint64_t seed)
{
    tw_random r = {.seed = seed};
    *p = (planted){.lines = 1};
    tw_buf_text(out, "date,symbol,open,high,low,close,volume\n");
    for (size_t s = 0; s < SYMBOLS; s++)
        for (size_t d = 0; d < DAYS; d++) {
            const uint64_t kind = tw_random_below(&r, 20);
            p->close[s][d] = NAN;
            if (kind == 0) continue; /* no bar */
            if (kind <= 3) {
                const size_t k = (size_t)tw_random_below(&r, sizeof dirt / sizeof *dirt);
                write_dirt(out, dirt[k].row, s, d);
                p->reason[++p->lines] = dirt[k].reason;
                p->bad++;
                if (kind == 1) continue;
            }
            p->close[s][d] = round(1e4 * (2.385 + 90 * tw_random_uniform(&r))) / 1e4;
            write_good(out, s, d, p->close[s][d], kind == 4 ? "" : "512");
            p->lines++;
            if (kind == 5 || kind == 6) { /* once more, the same or other */
                write_good(out, s, d, p->close[s][d] + (kind == 6 ? 0.5 : 0), "512");
                p->reason[++p->lines] = kind == 5 ? "duplicate row" : "duplicate key with other values";
                p->bad++;
            }
        }
}

static void check_rejects(const planted *p, const char *path)
{
    tw_source *source;
    tw_csv *csv;
    const tw_field *f;
    size_t n, rows = 0;
    tw_error err;
    bool seen[MOST + 2] = {false};
    assert_ok(tw_source_open(NULL, path, &source, &err), &err);
    assert_ok(tw_csv_open(NULL, source, path, NULL, &csv, &err), &err);
    assert_ok(tw_csv_next(csv, &f, &n, &err), &err);
    for (;; rows++) {
        int64_t line = 0;
        assert_ok(tw_csv_next(csv, &f, &n, &err), &err);
        if (!f) break;
        assert_int_equal(n, 4);
        assert_true(tw_parse_int64(f[1].text, f[1].length, &line));
        const char *want = p->reason[line];
        const size_t length = want ? strlen(want) : 0;
        /* The reason, and behind a colon the bound and the value. */
        if (!want || f[2].length < length || memcmp(want, f[2].text, length) != 0 ||
            (f[2].length > length && f[2].text[length] != ':'))
            fail_msg("line %lld: %.*s, planted %s: %.*s", (long long)line, (int)f[2].length, f[2].text,
                     want ? want : "nothing", (int)f[3].length, f[3].text);
        assert_false(seen[line]);
        seen[line] = true;
    }
    assert_int_equal(rows, p->bad);
    tw_csv_close(csv);
}

static void check_values(const planted *p, const tw_panel *panel)
{
    const size_t close = tw_panel_find_column(panel, "close");
    size_t there = 0, cells = 0;
    for (size_t s = 0; s < tw_panel_symbols(panel); s++)
        for (size_t t = 0; t < tw_panel_times(panel); t++) cells += isnan(tw_panel_at(panel, close, s, t)) ? 0 : 1;
    for (size_t s = 0; s < SYMBOLS; s++)
        for (size_t d = 0; d < DAYS; d++) {
            if (isnan(p->close[s][d])) continue;
            char symbol[8];
            snprintf(symbol, sizeof symbol, "S%zu", s);
            const int64_t time = (tw_days_from_date(2014, 1, 1) + (int64_t)d) * TW_NS_PER_DAY;
            size_t t = 0;
            while (tw_panel_stamps(panel)[t] != time) t++;
            assert_same(tw_panel_at(panel, close, tw_panel_find_symbol(panel, symbol), t), p->close[s][d]);
            there++;
        }
    assert_int_equal(there, cells);
}

static void all_dirt_is_found_and_nothing_lost(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        static planted p;
        tw_buf text;
        tw_error err;
        tw_import_options options;
        tw_import_summary summary;
        tw_panel *panel;
        const char *path = "props_import.csv";
        tw_buf_init(&text, NULL);
        plant(&p, &text, seed);
        assert_ok(tw_file_write(path, text.data, text.length, &err), &err);
        tw_params_default(tw_import_params(), &options);
        options.rejects = "props_rejects.csv";
        options.out = NULL;
        assert_ok(tw_import_csv(NULL, &path, 1, &options, &panel, &summary, &err), &err);
        assert_int_equal(summary.rows, p.lines - 1);
        assert_int_equal(summary.rows, summary.kept + summary.rejected);
        assert_int_equal(summary.rejected, p.bad);
        check_rejects(&p, options.rejects);
        check_values(&p, panel);
        tw_panel_close(panel);
        tw_buf_clear(&text);
    }
    unlink("props_import.csv");
    unlink("props_rejects.csv");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_dirt_is_found_and_nothing_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

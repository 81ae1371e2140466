/* SPDX-License-Identifier: Apache-2.0 */
/* check_test.c - every check finds what was planted for it and is silent about a clean market; on real data the known
 * traps are found. */
#include "tw_test.h"

#include "tradewind/data.h"

#include <math.h>
#include <unistd.h>

enum { N = 120, S = 6 };
static const char *const columns[] = {"open", "high",      "low", "close", "volume",
                                      "vwap", "adj_close", "bid", "ask",   "leak"};
enum { OPEN, HIGH, LOW, CLOSE, VOLUME, VWAP, ADJ, BID, ASK, LEAK, COLUMNS };

static double *at(tw_panel *p, size_t c, size_t s, size_t t) { return &tw_panel_tile_mut(p, c, 0)[t * 16 + s]; }

/* A quiet market of six symbols on the sessions of XNYS from 2014-01-02. */
static tw_panel *quiet(size_t n_columns)
{
    static const char *const symbols[S] = {"AA", "BB", "CC", "DD", "EE", "FF"};
    const tw_calendar *xnys;
    tw_session sessions[N];
    int64_t times[N];
    tw_panel *p;
    tw_error err;
    assert_ok(tw_calendar_find("XNYS", &xnys, &err), &err);
    tw_calendar_sessions(xnys, tw_days_from_date(2014, 1, 2), tw_days_from_date(2014, 12, 1), N, sessions);
    for (size_t t = 0; t < N; t++) times[t] = sessions[t].day * TW_NS_PER_DAY;
    const tw_panel_shape shape = {.n_symbols = S,
                                  .n_times = N,
                                  .n_columns = n_columns,
                                  .symbols = symbols,
                                  .times = times,
                                  .columns = columns,
                                  .calendar = "XNYS",
                                  .bar_ns = TW_NS_PER_DAY};
    assert_ok(tw_panel_new(NULL, &shape, NULL, &p, &err), &err);
    tw_random r = {.seed = 42};
    for (size_t s = 0; s < S; s++) {
        double price = 50;
        for (size_t t = 0; t < N; t++) {
            const double open = price;
            price = round(100 * price * exp(0.01 * tw_random_normal(&r))) / 100;
            const double high = fmax(open, price) + 0.11, low = fmin(open, price) - 0.13;
            const double bar[COLUMNS] = {open,
                                         high,
                                         low,
                                         price,
                                         floor(1e6 * exp(0.2 * tw_random_normal(&r))),
                                         (high + low) / 2,
                                         0.9 * price,
                                         price - 0.01,
                                         price + 0.01,
                                         tw_random_normal(&r)};
            for (size_t c = 0; c < n_columns; c++) *at(p, c, s, t) = bar[c];
        }
    }
    return p;
}

static tw_findings *run(const tw_check_input *input, const char *which, const char *options)
{
    tw_findings *findings;
    tw_error err;
    assert_ok(tw_check_run(NULL, input, which, options, &findings, &err), &err);
    return findings;
}

/* Asserts one finding of `check` at (symbol, time) of this severity, and frees. */
static void assert_found(tw_panel *p, const tw_check_input *extra, const char *check, size_t where[2],
                         tw_severity severity)
{
    const char *options = strcmp(check, "book") == 0 ? "book.window=20" : NULL;
    tw_error err;
    tw_check_input input = extra ? *extra : (tw_check_input){0};
    size_t n, hits = 0;
    assert_ok(tw_panel_seal(p, &err), &err);
    input.panel = p;
    tw_findings *findings = run(&input, check, options);
    const tw_finding *f = tw_findings_list(findings, &n);
    for (size_t i = 0; i < n; i++) {
        hits += f[i].symbol == where[0] && f[i].time == where[1] && f[i].severity == severity;
        if (f[i].symbol != where[0] || f[i].time != where[1])
            print_error("also: %s %zu %zu %s\n", f[i].check, f[i].symbol, f[i].time, f[i].text);
    }
    if (hits != 1 || n != 1) fail_msg("%s: %zu findings, %zu of them planted", check, n, hits);
    tw_findings_free(findings);
    tw_panel_close(p);
}

#define PLACE(s, t) ((size_t[2]){(s), (t)})

static void a_quiet_market_is_clean(void **state)
{
    (void)state;
    tw_error err;
    tw_panel *p = quiet(COLUMNS);
    size_t n;
    assert_ok(tw_panel_seal(p, &err), &err);
    const tw_check_input input = {.panel = p, .other = p};
    tw_findings *findings = run(&input, "all", NULL);
    const tw_finding *f = tw_findings_list(findings, &n);
    for (size_t i = 0; i < n; i++) print_error("%s: %s\n", f[i].check, f[i].text);
    assert_int_equal(n, 0);
    tw_findings_free(findings);
    tw_panel_close(p);
}

static void bars_against_themselves(void **state)
{
    (void)state;
    tw_panel *p = quiet(5);
    *at(p, LOW, 2, 33) = *at(p, CLOSE, 2, 33) + 0.05;
    *at(p, OPEN, 2, 33) = *at(p, HIGH, 2, 33);
    assert_found(p, NULL, "ohlc", PLACE(2, 33), TW_ERROR);
    p = quiet(6);
    *at(p, VWAP, 1, 7) *= 1.2;
    assert_found(p, NULL, "ohlc", PLACE(1, 7), TW_ERROR);
    p = quiet(5);
    *at(p, OPEN, 4, 9) = NAN;
    assert_found(p, NULL, "ohlc", PLACE(4, 9), TW_WARN);
    p = quiet(5);
    *at(p, LOW, 0, 5) = -2.385;
    assert_found(p, NULL, "price_sign", PLACE(0, 5), TW_ERROR);
    p = quiet(5);
    *at(p, VOLUME, 0, 5) = -1;
    assert_found(p, NULL, "price_sign", PLACE(0, 5), TW_ERROR);
    p = quiet(5);
    *at(p, CLOSE, 3, 50) += 0.003;
    assert_found(p, NULL, "tick_size", PLACE(3, 50), TW_INFO);
    p = quiet(5);
    for (size_t t = 20; t < 26; t++) *at(p, CLOSE, 5, t) = 51.5, *at(p, VOLUME, 5, t) = 0;
    assert_found(p, NULL, "stale", PLACE(5, 20), TW_WARN);
    p = quiet(9);
    *at(p, BID, 1, 44) = *at(p, ASK, 1, 44) + 0.01;
    assert_found(p, NULL, "book", PLACE(1, 44), TW_ERROR);
    p = quiet(9);
    *at(p, ASK, 1, 100) += 0.9;
    assert_found(p, NULL, "book", PLACE(1, 100), TW_WARN);
}

static void bars_against_their_neighbours(void **state)
{
    (void)state;
    tw_panel *p = quiet(5);
    for (size_t c = OPEN; c <= CLOSE; c++) *at(p, c, 1, 80) *= 0.6;
    assert_found(p, NULL, "outlier", PLACE(1, 80), TW_ERROR);
    p = quiet(5);
    for (size_t t = 80; t < N; t++)
        for (size_t c = OPEN; c <= CLOSE; c++) *at(p, c, 1, t) *= 1.3;
    assert_found(p, NULL, "outlier", PLACE(1, 80), TW_INFO);
    p = quiet(5);
    *at(p, HIGH, 4, 55) *= 10;
    assert_found(p, NULL, "outlier", PLACE(4, 55), TW_WARN);
    p = quiet(5);
    for (size_t c = OPEN; c <= CLOSE; c++) *at(p, c, 2, 7) *= 10; /* a slipped decimal point, early in the history */
    assert_found(p, NULL, "outlier", PLACE(2, 7), TW_ERROR);
    p = quiet(5);
    for (size_t t = 60; t < N; t++) {
        for (size_t c = OPEN; c <= CLOSE; c++) *at(p, c, 3, t) = round(100 * *at(p, c, 3, t) / 3) / 100;
        *at(p, VOLUME, 3, t) *= 3;
    }
    assert_found(p, NULL, "split", PLACE(3, 60), TW_ERROR);
    p = quiet(5);
    *at(p, VOLUME, 2, 90) *= 20;
    assert_found(p, NULL, "volume", PLACE(2, 90), TW_INFO);
    p = quiet(5);
    *at(p, VOLUME, 2, 90) = 0;
    assert_found(p, NULL, "volume", PLACE(2, 90), TW_WARN);
}

static void bars_against_the_calendar(void **state)
{
    (void)state;
    tw_panel *p = quiet(5);
    for (size_t c = 0; c < 5; c++) *at(p, c, 2, 40) = NAN;
    assert_found(p, NULL, "session_gaps", PLACE(2, 40), TW_WARN);
    p = quiet(5);
    for (size_t c = 0; c < 5; c++) *at(p, c, 2, 40) = *at(p, c, 2, 39);
    assert_found(p, NULL, "duplicates", PLACE(2, 40), TW_WARN);
    p = quiet(5);
    for (size_t t = 0; t < N; t++)
        for (size_t c = 0; c < 5; c++) *at(p, c, 4, t) = *at(p, c, 1, t);
    assert_found(p, NULL, "duplicates", PLACE(4, SIZE_MAX), TW_ERROR);
}

static void actions_against_prices(void **state)
{
    (void)state;
    tw_error err;
    tw_panel *p = quiet(5);
    const tw_action wrong = {
        .symbol = "CC", .ex_day = tw_panel_stamps(p)[30] / TW_NS_PER_DAY, .kind = TW_ACTION_SPLIT, .ratio = 0.5};
    tw_actions *actions;
    assert_ok(tw_actions_new(NULL, &wrong, 1, &actions, &err), &err);
    const tw_check_input extra = {.actions = actions};
    assert_found(p, &extra, "adjustment", PLACE(2, 30), TW_ERROR); /* a split that the prices do not show */
    tw_actions_free(actions);
    p = quiet(7);
    const tw_action elsewhere = {.symbol = "AA", .ex_day = 16000, .kind = TW_ACTION_SPLIT, .ratio = 0.5};
    assert_ok(tw_actions_new(NULL, &elsewhere, 1, &actions, &err), &err);
    const tw_check_input other = {.actions = actions};
    for (size_t t = 50; t < N; t++) *at(p, ADJ, 3, t) *= 1.1;
    assert_found(p, &other, "adjustment", PLACE(3, 50), TW_ERROR); /* a factor that changes without an action */
    tw_actions_free(actions);
}

static void panels_against_others(void **state)
{
    (void)state;
    tw_error err;
    tw_panel *p = quiet(5), *other = quiet(5);
    *at(other, CLOSE, 4, 77) *= 1.01;
    assert_ok(tw_panel_seal(other, &err), &err);
    const tw_check_input extra = {.other = other};
    assert_found(p, &extra, "cross_source", PLACE(4, 77), TW_WARN);
    p = quiet(5);
    assert_found(p, &extra, "revision", PLACE(4, 77), TW_WARN);
    tw_panel_close(other);
    p = quiet(10);
    for (size_t s = 0; s < S; s++)
        for (size_t t = 0; t + 1 < N; t++) *at(p, LEAK, s, t) = *at(p, CLOSE, s, t + 1) / *at(p, CLOSE, s, t) - 1;
    assert_found(p, NULL, "look_ahead", PLACE(SIZE_MAX, SIZE_MAX), TW_ERROR);
    const char *path = "universe_test.csv",
               *text = "symbol,listed,delisted\nAA,2010-01-01,\nZZ,2010-01-01,2014-03-03\n";
    assert_ok(tw_file_write(path, text, strlen(text), &err), &err);
    const tw_check_input universe = {.universe = path};
    assert_found(quiet(5), &universe, "survivorship", PLACE(SIZE_MAX, SIZE_MAX), TW_ERROR);
    unlink(path);
}

static void a_lost_hour_is_found(void **state)
{
    (void)state;
    static const char *const symbols[] = {"AA"};
    const tw_calendar *xnys;
    tw_session sessions[60];
    int64_t times[60 * 7];
    tw_error err;
    tw_panel *p;
    size_t n = 0;
    assert_ok(tw_calendar_find("XNYS", &xnys, &err), &err);
    tw_calendar_sessions(xnys, tw_days_from_date(2014, 2, 3), tw_days_from_date(2014, 6, 1), 60, sessions);
    for (size_t d = 0; d < 60; d++) /* hours of standard time throughout: wrong from March 9 on */
        for (int64_t k = 0; k < 6; k++)
            times[n++] = sessions[d].day * TW_NS_PER_DAY + (14 * 60 + 30 + 60 * k) * 60 * TW_NS_PER_SECOND;
    const tw_panel_shape shape = {.n_symbols = 1,
                                  .n_times = n,
                                  .n_columns = 1,
                                  .symbols = symbols,
                                  .times = times,
                                  .columns = columns + CLOSE,
                                  .calendar = "XNYS",
                                  .bar_ns = 3600 * TW_NS_PER_SECOND};
    assert_ok(tw_panel_new(NULL, &shape, NULL, &p, &err), &err);
    for (size_t t = 0; t < n; t++) tw_panel_tile_mut(p, 0, 0)[t * 16] = 50;
    assert_found(p, NULL, "time_zone", PLACE(SIZE_MAX, 24 * 6), TW_ERROR);
}

static void options_and_names_are_checked(void **state)
{
    (void)state;
    tw_error err;
    tw_findings *findings = NULL;
    tw_panel *p = quiet(5);
    const tw_check_input input = {.panel = p};
    assert_int_equal(tw_check_run(NULL, &input, "ohlcv", NULL, &findings, &err), TW_BAD_NAME);
    assert_string_equal(err.message, "no check \"ohlcv\"; did you mean \"ohlc\"?");
    assert_int_equal(tw_check_run(NULL, &input, "all", "split.tolerence=0.1", &findings, &err), TW_BAD_NAME);
    assert_int_equal(tw_check_run(NULL, &input, "all", "split", &findings, &err), TW_BAD_SYNTAX);
    assert_int_equal(tw_check_run(NULL, &input, "all", "stale.sessions=1", &findings, &err), TW_BAD_VALUE);
    assert_null(findings);
    size_t n;
    tw_checks(&n);
    assert_int_equal(n, 16);
    tw_panel_close(p);
}

static tw_panel *import(const char *name)
{
    char path[512];
    const char *paths = path;
    tw_import_options options;
    tw_import_summary summary;
    tw_error err;
    tw_panel *panel;
    snprintf(path, sizeof path, "%s/market/%s", TW_SHARED_DATA, name);
    assert_ok(tw_params_parse(tw_import_params(), "import", "calendar=XNYS", &options, &err), &err);
    options.rejects = options.out = NULL;
    const tw_status status = tw_import_csv(NULL, &paths, 1, &options, &panel, &summary, &err);
    if (status == TW_UNSUPPORTED) skip(); /* built without gzip */
    assert_ok(status, &err);
    return panel;
}

static size_t count(const tw_findings *findings, const char *check, tw_severity severity)
{
    size_t n, hits = 0;
    const tw_finding *f = tw_findings_list(findings, &n);
    for (size_t i = 0; i < n; i++) hits += strcmp(f[i].check, check) == 0 && f[i].severity == severity;
    return hits;
}

static bool found(const tw_findings *findings, const tw_panel *p, const char *check, const char *symbol,
                  const char *date)
{
    size_t n;
    const tw_finding *f = tw_findings_list(findings, &n);
    int64_t time = 0;
    assert_true(tw_time_parse(date, strlen(date), &time));
    for (size_t i = 0; i < n; i++)
        if (strcmp(f[i].check, check) == 0 && f[i].symbol == tw_panel_find_symbol(p, symbol) && f[i].time != SIZE_MAX &&
            tw_panel_stamps(p)[f[i].time] == time)
            return true;
    return false;
}

static void the_traps_of_sp500(void **state)
{
    (void)state;
    if (access(TW_SHARED_DATA "/market", R_OK) != 0) skip();
    tw_panel *p = import("sp500_5yr/bars_daily_splitadj.csv.gz");
    const tw_check_input input = {.panel = p};
    tw_findings *f = run(&input, "all", NULL);
    assert_int_equal(count(f, "ohlc", TW_ERROR), 12);
    assert_int_equal(count(f, "ohlc", TW_WARN), 11);
    assert_int_equal(count(f, "split", TW_ERROR), 2);
    assert_true(found(f, p, "split", "DISCA", "2014-08-07"));
    assert_true(found(f, p, "split", "DISCK", "2014-08-07"));
    assert_true(found(f, p, "outlier", "LNT", "2016-05-19"));
    assert_true(found(f, p, "ohlc", "LNT", "2016-05-19"));
    assert_true(found(f, p, "outlier", "NWL", "2017-09-14"));
    assert_true(found(f, p, "outlier", "EBAY", "2015-07-20")); /* a spin-off: an event */
    assert_int_equal(count(f, "duplicates", TW_WARN), 754);    /* copies of 66 days, 169 of 2014-08-01 on 2014-08-04 */
    assert_true(found(f, p, "duplicates", "A", "2017-11-27")); /* the bar of 2017-11-10 */
    assert_true(found(f, p, "duplicates", "ABT", "2014-07-18"));
    assert_int_equal(count(f, "survivorship", TW_WARN), 1);
    assert_int_equal(count(f, "volume", TW_WARN), 2);
    tw_findings_free(f);
    tw_panel_close(p);
}

static void the_traps_of_us1000(void **state)
{
    (void)state;
    if (access(TW_SHARED_DATA "/market", R_OK) != 0) skip();
    tw_error err;
    size_t rejected;
    tw_actions *actions;
    tw_panel *p = import("us1000_raw/bars_daily_raw.csv.gz");
    assert_ok(
        tw_actions_read(NULL, TW_SHARED_DATA "/market/us1000_raw/adjustments.csv", NULL, &actions, &rejected, &err),
        &err);
    const tw_check_input input = {.panel = p, .actions = actions};
    tw_findings *f = run(&input, "split,adjustment,outlier,ohlc", NULL);
    assert_true(found(f, p, "adjustment", "NFLX", "2015-07-14"));
    assert_true(found(f, p, "adjustment", "CSC", "2015-11-30"));
    assert_int_equal(count(f, "adjustment", TW_ERROR), 2);
    assert_int_equal(count(f, "split", TW_ERROR), 8);
    assert_true(found(f, p, "outlier", "VNO", "2015-06-29"));
    tw_findings_free(f);
    tw_panel_close(p);
    tw_actions_free(actions);
}

static void findings_can_be_read(void **state)
{
    (void)state;
    tw_error err;
    tw_panel *p = quiet(5);
    *at(p, CLOSE, 0, 5) = 1000;
    assert_ok(tw_panel_seal(p, &err), &err);
    const tw_check_input input = {.panel = p};
    tw_findings *f = run(&input, "ohlc,book", NULL);
    tw_buf table, text;
    tw_json json;
    tw_buf_init(&table, NULL);
    tw_buf_init(&text, NULL);
    tw_findings_table(f, p, 3, &table);
    assert_non_null(strstr(table.data, "book           not run: the panel has no bid and ask"));
    assert_non_null(strstr(table.data, "ohlc          error AA         2014-01-09  2014-01-09: close above high by"));
    tw_json_init(&json, &text, false);
    tw_findings_json(f, p, &json);
    assert_non_null(strstr(
        text.data, "{\"checks\":[{\"name\":\"book\",\"title\":\"bid below ask, spreads not far beyond the usual\","
                   "\"severity\":\"error\",\"findings\":0,\"not_run\":\"the panel has no bid and ask\"}"));
    assert_non_null(
        strstr(text.data, "{\"check\":\"ohlc\",\"severity\":\"error\",\"symbol\":\"AA\",\"time\":\"2014-01-09\","));
    tw_buf_clear(&table);
    tw_buf_clear(&text);
    tw_findings_free(f);
    tw_panel_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_market_is_clean),
        cmocka_unit_test(bars_against_themselves),
        cmocka_unit_test(bars_against_their_neighbours),
        cmocka_unit_test(bars_against_the_calendar),
        cmocka_unit_test(actions_against_prices),
        cmocka_unit_test(panels_against_others),
        cmocka_unit_test(a_lost_hour_is_found),
        cmocka_unit_test(options_and_names_are_checked),
        cmocka_unit_test(the_traps_of_sp500),
        cmocka_unit_test(the_traps_of_us1000),
        cmocka_unit_test(findings_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

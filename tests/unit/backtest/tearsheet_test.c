/* SPDX-License-Identifier: Apache-2.0 */
/* Tear sheets of records that lack almost everything, and of those that are wrong; the same bits on threads. */
#include "tw_test.h"

#include "tradewind/tearsheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 300 };

typedef struct made {
    int64_t time[N];
    double returns[N], benchmark[N], equity[N];
} made;

static void make(made *m)
{
    tw_random random = {7, 1, 0};
    for (size_t t = 0; t < N; t++) {
        m->time[t] = (int64_t)(15000 + t) * TW_NS_PER_DAY;
        m->benchmark[t] = 0.01 * tw_random_normal(&random);
        m->returns[t] = 0.5 * m->benchmark[t] + 0.005 * tw_random_normal(&random);
        m->equity[t] = 1e6;
    }
}

static tw_tearsheet_options options(const char *text)
{
    tw_tearsheet_options how;
    tw_error err;
    assert_ok(tw_params_parse(tw_tearsheet_params(), "report", text, &how, &err), &err);
    return how;
}

static tw_track_record record_of(const made *m, size_t n)
{
    return (tw_track_record){
        .path = {.n = n, .returns = m->returns, .benchmark = m->benchmark, .periods_per_year = 252},
        .time = m->time,
        .equity = m->equity};
}

static void returns_alone_are_enough(void **state)
{
    (void)state;
    static made m;
    tw_error err;
    make(&m);
    const tw_tearsheet_options how = options("draws=20 window=20");
    for (size_t n = 1; n < 40; n++) {
        tw_tearsheet sheet;
        tw_track_record record = record_of(&m, n);
        record.path.benchmark = NULL;
        record.equity = NULL;
        assert_ok(tw_tearsheet_make(NULL, &record, &how, &sheet, &err), &err);
        assert_null(sheet.exposure.gross);
        assert_null(sheet.trip);
        assert_int_equal(sheet.factors.n, 0);
        assert_int_equal(sheet.n_costs, 0);
        tw_tearsheet_clear(&sheet);
    }
}

static void bars_without_returns_are_borne(void **state)
{
    (void)state;
    static made m;
    tw_error err;
    tw_tearsheet sheet;
    make(&m);
    const tw_tearsheet_options how = options("draws=20 window=20");
    for (size_t t = 0; t < N; t++) m.returns[t] = NAN;
    tw_track_record record = record_of(&m, N);
    assert_ok(tw_tearsheet_make(NULL, &record, &how, &sheet, &err), &err);
    assert_int_equal(sheet.n_drawdowns, 0);
    for (size_t i = 0; i < sheet.n_measures; i++) assert_true(isnan(sheet.measure[i].value));
    tw_tearsheet_clear(&sheet);
}

/* A cone of returns that are always the same is a line; values that are all one fall into one bin. */
static void what_never_varies_has_no_width(void **state)
{
    (void)state;
    static made m;
    tw_error err;
    tw_tearsheet sheet;
    make(&m);
    for (size_t t = 0; t < N; t++) m.returns[t] = 0.002;
    const tw_tearsheet_options how = options("draws=0 live=2011-05-01");
    const tw_track_record record = record_of(&m, N);
    assert_ok(tw_tearsheet_make(NULL, &record, &how, &sheet, &err), &err);
    const size_t from = sheet.live.from;
    assert_int_equal(from, 95); /* 2011-01-26 is day 15,000 */
    assert_true(isnan(sheet.live.mean[from - 1]));
    for (size_t t = from; t < N; t++) {
        assert_near(sheet.live.mean[t], sheet.wealth[t], 1e-9);
        assert_near(sheet.live.deviation[t], 0, 1e-6);
    }
    const tw_sheet_histogram *h = &sheet.histogram[0];
    assert_int_equal(h->n, N);
    assert_int_equal(h->bin[TW_SHEET_BINS / 2 - 1], N); /* it is in the middle, where two bins meet */
    assert_near(h->mean, 0.002, 1e-15);
    assert_int_equal(sheet.histogram[3].n, 0);
    assert_true(isnan(sheet.belief.low) && sheet.belief.chance == NULL);
    assert_null(sheet.rolling_loading);
    assert_true(isnan(sheet.matched[N - 1])); /* nothing to scale */
    assert_near(sheet.log_wealth[N - 1], N * log(1.002), 1e-9);
    tw_tearsheet_clear(&sheet);
}

/* Loadings that change half-way: of the last window they are the new ones alone; a gap of more than a tenth is none. */
static void loadings_follow_their_window(void **state)
{
    (void)state;
    static made m;
    static double one[N], two[N];
    static const double *const factors[] = {one, two};
    static const char *const names[] = {"one", "two"};
    tw_error err;
    tw_tearsheet sheet;
    tw_random random = {9, 2, 0};
    make(&m);
    for (size_t t = 0; t < N; t++) {
        one[t] = 0.01 * tw_random_normal(&random);
        two[t] = 0.01 * tw_random_normal(&random);
        m.returns[t] = t < 150 ? 0.3 * one[t] - 0.7 * two[t] : 0.001 + 1.3 * one[t] + 0.2 * two[t];
    }
    for (size_t t = 40; t < 47; t++) two[t] = NAN;
    tw_track_record record = record_of(&m, N);
    record.n_factors = 2;
    record.factor = factors;
    record.factor_name = names;
    const tw_tearsheet_options how = options("draws=0 window=60");
    assert_ok(tw_tearsheet_make(NULL, &record, &how, &sheet, &err), &err);
    assert_true(isnan(sheet.rolling_loading[1][58]) && isnan(sheet.rolling_loading[1][59]));
    assert_near(sheet.rolling_loading[1][140], 0.3, 1e-12);
    assert_near(sheet.rolling_loading[2][140], -0.7, 1e-12);
    assert_near(sheet.rolling_loading[0][N - 1], 0.001, 1e-12);
    assert_near(sheet.rolling_loading[1][N - 1], 1.3, 1e-12);
    assert_near(sheet.rolling_loading[2][N - 1], 0.2, 1e-12);
    tw_tearsheet_clear(&sheet);
}

static tw_status try_record(const tw_track_record *record, const tw_tearsheet_options *how, tw_error *err)
{
    tw_tearsheet sheet;
    const tw_status status = tw_tearsheet_make(NULL, record, how, &sheet, err);
    tw_tearsheet_clear(&sheet);
    return status;
}

static void wrong_records_are_refused(void **state)
{
    (void)state;
    static made m;
    static const char *const names[] = {"A"};
    tw_error err;
    make(&m);
    tw_tearsheet_options how = options("draws=0");
    tw_track_record record = record_of(&m, N);
    const tw_sheet_trade stranger = {m.time[3], 1, 10, 5}, late[] = {{m.time[3], 0, 10, 5}, {m.time[2], 0, 10, 5}};
    const tw_sheet_holding beyond = {N, 0, 10, 5};
    record.n_symbols = 1;
    record.symbol = names;
    record.trade = &stranger;
    record.n_trades = 1;
    assert_int_equal(try_record(&record, &how, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "symbol 1 of 1"));
    record.trade = late;
    record.n_trades = 2;
    assert_int_equal(try_record(&record, &how, &err), TW_BAD_DATA);
    record.n_trades = 0;
    record.holding = &beyond;
    record.n_holdings = 1;
    assert_int_equal(try_record(&record, &how, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "bar 300 of 300"));
    record.n_holdings = 0;
    how.level = 2;
    assert_int_equal(try_record(&record, &how, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "level"));
    how.level = 0.9;
    for (const char *const *live = TW_NAMES("soon", "2001-01-01", "2031-01-01"); *live; live++) {
        (void)snprintf(how.live, sizeof how.live, "%s", *live);
        assert_int_equal(try_record(&record, &how, &err), TW_BAD_VALUE);
        assert_non_null(strstr(err.message, "live"));
    }
    how.live[0] = '\0';
    m.time[5] = m.time[4];
    assert_int_equal(try_record(&record, &how, &err), TW_BAD_DATA);
    assert_int_equal(try_record(&(tw_track_record){0}, &how, &err), TW_BAD_DATA);
}

/* Buy 10 at 5 and 10 at 6, sell 25 at 7: one trip of 20 with a profit of 30, and 5 short; bought back at 4: 15 more. */
static void a_trip_through_zero(void **state)
{
    (void)state;
    static made m;
    static const char *const names[] = {"A"};
    tw_error err;
    tw_tearsheet sheet;
    make(&m);
    const tw_sheet_trade trade[] = {
        {m.time[1], 0, 10, 5}, {m.time[2], 0, 10, 6}, {m.time[4], 0, -25, 7}, {m.time[9], 0, 5, 4}};
    const tw_tearsheet_options how = options("draws=0");
    tw_track_record record = record_of(&m, N);
    record.n_symbols = 1;
    record.symbol = names;
    record.trade = trade;
    record.n_trades = 4;
    assert_ok(tw_tearsheet_make(NULL, &record, &how, &sheet, &err), &err);
    assert_int_equal(sheet.n_trips, 2);
    assert_true(sheet.trip[0].is_long && sheet.trip[0].quantity == 20 && sheet.trip[0].pnl == 30);
    assert_true(sheet.trip[0].opened == m.time[1] && sheet.trip[0].closed == m.time[4]);
    assert_true(!sheet.trip[1].is_long && sheet.trip[1].quantity == 5 && sheet.trip[1].pnl == 15);
    assert_int_equal(sheet.trips.winners, 2);
    assert_int_equal(sheet.short_trips.n, 1);
    tw_tearsheet_clear(&sheet);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    static made m;
    tw_error err;
    tw_pool *pool = NULL;
    tw_buf text[2];
    make(&m);
    assert_ok(tw_pool_new(3, &pool, &err), &err);
    const tw_ctx ctx[2] = {{0}, {.pool = pool}};
    const tw_tearsheet_options how = options("draws=200 window=20");
    for (int k = 0; k < 2; k++) {
        tw_tearsheet sheet;
        const tw_track_record record = record_of(&m, N);
        tw_buf_init(&text[k], NULL);
        assert_ok(tw_tearsheet_make(&ctx[k], &record, &how, &sheet, &err), &err);
        assert_ok(tw_tearsheet_json(&sheet, &text[k], &err), &err);
        for (size_t i = 0; i < sheet.n_measures; i++)
            assert_true(isnan(sheet.measure[i].low) || sheet.measure[i].low <= sheet.measure[i].high);
        tw_tearsheet_clear(&sheet);
    }
    assert_int_equal(text[0].length, text[1].length);
    assert_memory_equal(text[0].data, text[1].data, text[0].length);
    tw_buf_clear(&text[0]);
    tw_buf_clear(&text[1]);
    tw_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(returns_alone_are_enough),       cmocka_unit_test(bars_without_returns_are_borne),
        cmocka_unit_test(what_never_varies_has_no_width), cmocka_unit_test(loadings_follow_their_window),
        cmocka_unit_test(wrong_records_are_refused),      cmocka_unit_test(a_trip_through_zero),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

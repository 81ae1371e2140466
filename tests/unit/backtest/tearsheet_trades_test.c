/* SPDX-License-Identifier: Apache-2.0 */
/* Round trips across splits, dividends and stock dividends, of futures; exposures inside a day; how orders ended. */
#include "tw_test.h"

#include "tradewind/tearsheet.h"

#include <math.h>

enum { N = 12 };

static const char *const NAMES[] = {"A", "B"};
static const double MULTIPLIERS[] = {1, 50};
static const int64_t HOUR = INT64_C(3600) * TW_NS_PER_SECOND;

typedef struct made {
    int64_t time[N];
    double returns[N], equity[N];
} made;

static tw_track_record record_of(made *m)
{
    for (size_t t = 0; t < N; t++) {
        m->time[t] = (int64_t)(15000 + t) * TW_NS_PER_DAY;
        m->returns[t] = 0.001 * (double)t;
        m->equity[t] = 1e5;
    }
    return (tw_track_record){.path = {.n = N, .returns = m->returns, .periods_per_year = 252},
                             .time = m->time,
                             .equity = m->equity,
                             .n_symbols = 2,
                             .symbol = NAMES};
}

static int64_t at(size_t bar, int64_t hours) { return (int64_t)(15000 + bar) * TW_NS_PER_DAY + hours * HOUR; }

static void make_sheet(const tw_track_record *record, const char *text, tw_tearsheet *sheet)
{
    tw_tearsheet_options how;
    tw_error err;
    assert_ok(tw_params_parse(tw_tearsheet_params(), "report", text, &how, &err), &err);
    assert_ok(tw_tearsheet_make(NULL, record, &how, sheet, &err), &err);
}

static void assert_money(double got, double want) { assert_near(got, want, 1e-9 * fmax(1, fabs(want))); }

/* 107 shares at 70 become 749 of 10 by a split of 7:1, which are sold at 11: 749 gained, not 44 thousand lost. */
static void a_split_is_no_loss(void **state)
{
    (void)state;
    made m;
    tw_tearsheet sheet;
    const tw_sheet_trade trade[] = {{at(1, 20), 0, 107, 70}, {at(5, 20), 0, -749, 11}};
    const tw_sheet_action split = {.bar = 3, .symbol = 0, .kind = TW_SHEET_SPLIT, .amount = 1.0 / 7};
    tw_track_record record = record_of(&m);
    record.n_trades = 2;
    record.trade = trade;
    record.n_actions = 1;
    record.action = &split;
    make_sheet(&record, "draws=0", &sheet);
    assert_int_equal(sheet.n_trips, 1);
    assert_money(sheet.trip[0].pnl, 749);
    assert_money(sheet.trip[0].quantity, 749);
    assert_money(sheet.trip[0].returns, 0.1);
    tw_tearsheet_clear(&sheet);
}

/* 15 shares of two lots by a split of 1:2 are 7 and half a share that is paid; the 7 are sold in two steps, and what is
 * bought then is a position of its own. */
static void a_fraction_of_a_share_makes_no_trip(void **state)
{
    (void)state;
    made m;
    tw_tearsheet sheet;
    const tw_sheet_trade trade[] = {{at(1, 20), 0, 9, 10},  {at(2, 20), 0, 6, 12},  {at(5, 20), 0, -3, 30},
                                    {at(7, 20), 0, -4, 31}, {at(8, 20), 0, -2, 40}, {at(10, 20), 0, 2, 39}};
    const tw_sheet_action split = {.bar = 3, .symbol = 0, .kind = TW_SHEET_SPLIT, .amount = 2, .dropped = 0.5};
    tw_track_record record = record_of(&m);
    record.n_trades = 6;
    record.trade = trade;
    record.n_actions = 1;
    record.action = &split;
    make_sheet(&record, "draws=0", &sheet);
    assert_int_equal(sheet.n_trips, 3);
    assert_money(sheet.trip[0].pnl, 3 * 10.0); /* of the 4 left of the first lot, at 20 */
    assert_money(sheet.trip[1].pnl, 1 * 11.0 + 3 * 7.0);
    assert_true(!sheet.trip[2].is_long && sheet.trip[2].opened == at(8, 20));
    assert_money(sheet.trip[2].pnl, 2);
    tw_tearsheet_clear(&sheet);
}

static void dividends_stand_beside_the_profit(void **state)
{
    (void)state;
    made m;
    tw_tearsheet sheet;
    const tw_sheet_trade trade[] = {{at(1, 20), 0, 30, 10}, {at(4, 20), 0, -10, 9}, {at(6, 20), 0, -20, 9}};
    const tw_sheet_action paid[] = {
        {.bar = 2, .symbol = 0, .kind = TW_SHEET_INCOME, .amount = 45},
        {.bar = 5, .symbol = 0, .kind = TW_SHEET_INCOME, .amount = 10},
        {.bar = 9, .symbol = 0, .kind = TW_SHEET_INCOME, .amount = 1000} /* nothing is held */
    };
    tw_track_record record = record_of(&m);
    record.n_trades = 3;
    record.trade = trade;
    record.n_actions = 3;
    record.action = paid;
    make_sheet(&record, "draws=0", &sheet);
    assert_int_equal(sheet.n_trips, 2);
    assert_money(sheet.trip[0].pnl, -10);
    assert_money(sheet.trip[0].income, 15);
    assert_money(sheet.trip[1].income, 30 + 10);
    assert_money(sheet.trips.income, 55);
    assert_int_equal(sheet.trips.losers, 2);
    tw_tearsheet_clear(&sheet);
    make_sheet(&record, "draws=0 income=1", &sheet);
    assert_money(sheet.trip[0].pnl, 5);
    assert_int_equal(sheet.trips.winners, 2);
    tw_tearsheet_clear(&sheet);
}

/* 20 shares at 11 and 2 more for nothing cost 10 each; of a symbol that is not held they cost nothing. */
static void shares_for_nothing_make_others_cheaper(void **state)
{
    (void)state;
    made m;
    tw_tearsheet sheet;
    const tw_sheet_trade trade[] = {{at(1, 20), 0, 20, 11}, {at(4, 20), 0, -22, 12}, {at(6, 20), 1, -3, 5}};
    const tw_sheet_action granted[] = {{.bar = 2, .symbol = 0, .kind = TW_SHEET_GRANT, .amount = 2},
                                       {.bar = 2, .symbol = 1, .kind = TW_SHEET_GRANT, .amount = 3}};
    tw_track_record record = record_of(&m);
    record.n_trades = 3;
    record.trade = trade;
    record.n_actions = 2;
    record.action = granted;
    make_sheet(&record, "draws=0", &sheet);
    assert_int_equal(sheet.n_trips, 2);
    assert_money(sheet.trip[0].pnl, 44);
    assert_money(sheet.trip[1].pnl, 15);
    assert_int_equal(sheet.trips.n, 2);
    tw_tearsheet_clear(&sheet);
}

static void futures_count_by_their_multiplier(void **state)
{
    (void)state;
    made m;
    tw_tearsheet sheet;
    const tw_sheet_trade trade[] = {{at(1, 20), 1, 2, 100}, {at(3, 20), 1, -2, 103}};
    const tw_sheet_holding held[] = {{1, 1, 2, 101}, {2, 1, 2, 102}};
    tw_track_record record = record_of(&m);
    record.n_trades = 2;
    record.trade = trade;
    record.n_holdings = 2;
    record.holding = held;
    record.multiplier = MULTIPLIERS;
    make_sheet(&record, "draws=0", &sheet);
    assert_money(sheet.trip[0].pnl, 2 * 3 * 50);
    assert_money(sheet.trip[0].returns, 0.03);
    assert_money(sheet.trip[0].share, 300 / 1e5);
    assert_money(sheet.exposure.gross[2], 2 * 102 * 50 / 1e5);
    assert_money(sheet.traded[1], 2 * 100 * 50);
    assert_money(sheet.turnover[1], 2 * 100 * 50 / (2 * 101 * 50 / 2.0));
    /* a basis point of what is traded, over equity */
    const double less = 1e-4 * 2 * 100 * 50 / 1e5;
    assert_true(sheet.cost[1].annual_return < sheet.cost[0].annual_return - less);
    tw_tearsheet_clear(&sheet);
}

static void a_day_is_seen_where_it_is_busiest(void **state)
{
    (void)state;
    made m;
    tw_tearsheet sheet;
    /* 500 of A and -200 of B by 15:00; flat in the evening */
    const tw_sheet_trade trade[] = {{at(2, 14), 0, 50, 10},
                                    {at(2, 15), 1, -20, 10},
                                    {at(2, 16), 0, -20, 10},
                                    {at(2, 19), 0, -30, 10},
                                    {at(2, 19), 1, 20, 10}};
    tw_track_record record = record_of(&m);
    record.n_trades = 5;
    record.trade = trade;
    record.n_holdings = 0;
    make_sheet(&record, "draws=0 utc_offset=-5", &sheet);
    assert_true(sheet.exposure.is_intraday);
    assert_money(sheet.exposure.intraday_gross[2], 700 / 1e5);
    assert_money(sheet.exposure.intraday_net[2], 300 / 1e5);
    assert_money(sheet.exposure.intraday_gross[3], 0);
    assert_int_equal(sheet.hours.n[9], 1);
    assert_int_equal(sheet.hours.n[14], 2);
    assert_money(sheet.hours.value[14], 500.0 / 1400);
    assert_money(sheet.trips.days_mean, (2 + 4) / 2.0 / 24); /* A from 14:00 to 16:00, when its block began */
    tw_tearsheet_clear(&sheet);
}

/* ---------------------------------------------------------------- orders */

static void orders_are_counted_as_they_ended(void **state)
{
    (void)state;
    made m;
    tw_tearsheet sheet;
    const tw_sheet_order order[] = {
        {.id = 7,
         .created = at(1, 20),
         .amount = 10,
         .filled = 10,
         .arrival = 100,
         .commission = 1.5,
         .status = TW_ORDER_FILLED},
        {.id = 3,
         .created = at(1, 20),
         .amount = -8,
         .filled = -2,
         .arrival = 100,
         .kind = TW_ORDER_LIMIT,
         .status = TW_ORDER_CANCELLED,
         .reason = "end of day"},
        {.id = 4, .created = at(2, 20), .amount = 5, .arrival = NAN, .status = TW_ORDER_REJECTED, .reason = "margin"},
        {.id = 5, .created = at(3, 20), .amount = 5, .arrival = 55, .kind = TW_ORDER_LIMIT, .status = TW_ORDER_OPEN},
        {.id = 9, .created = at(3, 20), .amount = 20, .filled = 20, .arrival = 50, .status = TW_ORDER_FILLED},
        {.id = 10, .created = at(3, 20), .amount = 20, .status = TW_ORDER_CANCELLED, .reason = "end of day"},
    };
    /* the last order waits over a split of 2:1: its 50 are 25 */
    const tw_sheet_trade trade[] = {
        {at(2, 20), 0, 6, 101}, {at(2, 21), 0, 4, 102}, {at(2, 21), 0, -2, 99}, {at(5, 20), 0, 20, 25.5}};
    const uint32_t order_of[] = {7, 7, 3, 9};
    const tw_sheet_action split = {.bar = 5, .symbol = 0, .kind = TW_SHEET_SPLIT, .amount = 0.5};
    tw_track_record record = record_of(&m);
    record.n_trades = 4;
    record.trade = trade;
    record.trade_order = order_of;
    record.n_orders = sizeof order / sizeof *order;
    record.order = order;
    record.n_actions = 1;
    record.action = &split;
    make_sheet(&record, "draws=0", &sheet);
    const tw_order_stats *all = &sheet.orders, *limit = &sheet.orders_of[TW_ORDER_LIMIT];
    assert_int_equal(all->n, 6);
    assert_int_equal(all->ended[TW_ORDER_FILLED], 2);
    assert_int_equal(all->ended[TW_ORDER_CANCELLED], 2);
    assert_int_equal(limit->n, 2);
    assert_int_equal(limit->partly, 1);
    assert_money(limit->fill_rate, 0.25 / 2);
    assert_money(all->wait_longest, 2 * 86400);
    assert_money(all->wait_mean, (25 * 3600 + 2 * 86400) / 2.0);
    assert_money(all->slippage_cost, 6 * 1 + 4 * 2 + 2 * 1 + 20 * 0.5);
    assert_money(all->slippage, 26 / (1000 + 200 + 500.0) * 1e4);
    assert_money(all->commission, 1.5);
    assert_int_equal(sheet.n_reasons, 2);
    assert_string_equal(sheet.reason[0].reason, "end of day");
    assert_int_equal(sheet.reason[0].n, 2);
    assert_int_equal(sheet.reason[1].status, TW_ORDER_REJECTED);
    tw_tearsheet_clear(&sheet);
}

static tw_status try_record(const tw_track_record *record, tw_error *err)
{
    tw_tearsheet sheet;
    tw_tearsheet_options how;
    tw_params_default(tw_tearsheet_params(), &how);
    const tw_status status = tw_tearsheet_make(NULL, record, &how, &sheet, err);
    tw_tearsheet_clear(&sheet);
    return status;
}

static void wrong_extras_are_refused(void **state)
{
    (void)state;
    made m;
    tw_error err;
    const double multiplier[] = {1, 0};
    const uint32_t sector[] = {0, 3}, far = N;
    const tw_sheet_action none = {.bar = 3, .symbol = 0, .kind = TW_SHEET_SPLIT, .amount = 0}, beyond = {.bar = N};
    const tw_sheet_order stranger = {.symbol = 2};
    const tw_sheet_trade trade = {at(1, 20), 0, 1, 1};
    tw_track_record record = record_of(&m);
    record.multiplier = multiplier;
    assert_int_equal(try_record(&record, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "multiplier of symbol 1"));
    record = record_of(&m);
    record.sector = sector;
    record.n_sectors = 2;
    assert_int_equal(try_record(&record, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "sector 3 of 2"));
    record = record_of(&m);
    record.n_actions = 1;
    record.action = &none;
    assert_int_equal(try_record(&record, &err), TW_BAD_DATA);
    record.action = &beyond;
    assert_int_equal(try_record(&record, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "bar 12 of 12"));
    record = record_of(&m);
    record.n_orders = 1;
    record.order = &stranger;
    assert_int_equal(try_record(&record, &err), TW_BAD_DATA);
    record = record_of(&m);
    record.n_trades = 1;
    record.trade = &trade;
    record.trade_bar = &far;
    assert_int_equal(try_record(&record, &err), TW_BAD_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_split_is_no_loss),
        cmocka_unit_test(a_fraction_of_a_share_makes_no_trip),
        cmocka_unit_test(dividends_stand_beside_the_profit),
        cmocka_unit_test(shares_for_nothing_make_others_cheaper),
        cmocka_unit_test(futures_count_by_their_multiplier),
        cmocka_unit_test(a_day_is_seen_where_it_is_busiest),
        cmocka_unit_test(orders_are_counted_as_they_ended),
        cmocka_unit_test(wrong_extras_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

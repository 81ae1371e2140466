/* SPDX-License-Identifier: Apache-2.0 */
/* What a run writes comes back as a record; files that are wrong are named with line and column. */
#include "tw_test.h"

#include "spec_case.h"
#include "tradewind/backtest_spec.h"
#include "tradewind/tearsheet.h"

#include <math.h>

typedef struct folder {
    char path[512];
} folder;

static void put(const folder *f, const char *name, const char *text)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    assert_int_equal(spec_case_write(path, text, strlen(text)), 0);
}

static const char *const FILES[] = {"daily.csv",      "txns.csv",    "positions.csv", "orders.csv",  "run_actions.csv",
                                    "run_assets.csv", "sectors.csv", "factors.csv",   "loadings.csv"};

static void make_folder(folder *f)
{
    assert_true(tw_temp_folder(f->path, sizeof f->path));
    put(f, "daily.csv",
        "session,returns,portfolio_value\n2021-01-04,0,1000\n2021-01-05,0.01,1010\n2021-01-06,0,1010\n");
    put(f, "txns.csv",
        "session,time,symbol,amount,price,order_id\n2021-01-04,2021-01-04 14:31:00+00:00,A,3,10,x7\n"
        /* an evening that belongs to the session of the next day */
        "2021-01-05,2021-01-04 23:30:00+00:00,ES,1,4000,\n2021-01-05,2021-01-05 20:00:00+00:00,A,-6,6,x8\n");
    put(f, "positions.csv", "session,symbol,amount,price\n2021-01-04,A,3,11\n2021-01-05,ES,1,4010\n");
    put(f, "orders.csv",
        "session,order_id,symbol,created,amount,filled,commission,limit,stop,status,kind,arrival,reason\n"
        "2021-01-04,x7,A,2021-01-04 14:30:00+00:00,3,0,0,,9.5,open,stop,9.9,\n"
        "2021-01-04,x7,A,2021-01-04 14:30:00+00:00,3,3,1,,,filled,stop,9.9,\n"
        "2021-01-05,x9,B,2021-01-05 14:30:00+00:00,5,0,0,,,rejected,market,,\"for want of margin, it is said\"\n");
    put(f, "run_actions.csv",
        "session,symbol,kind,ratio,before,after,cash\n2021-01-05,A,split,0.5,3,6,0\n2021-01-05,A,dividend,,6,6,1.5\n"
        "2021-01-06,Z,dividend,,1,1,9\n");
    put(f, "run_assets.csv", "symbol,kind,root,multiplier\nES,future,ES,50\nA,equity,,1\nZ,equity,,\n");
    put(f, "sectors.csv", "symbol,sector\nA,food\n");
}

static void remove_folder(const folder *f)
{
    char path[600];
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", f->path, FILES[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(f->path), 0);
}

static tw_status open_record(const folder *f, bool sectors, tw_record_read *read, tw_error *err)
{
    char path[600];
    snprintf(path, sizeof path, "%s/sectors.csv", f->path);
    const tw_record_files files = {.folder = f->path, .periods_per_year = 252, .sectors = sectors ? path : NULL};
    return tw_record_open(NULL, &files, read, err);
}

static void a_folder_is_read_whole(void **state)
{
    (void)state;
    folder f;
    tw_record_read read;
    tw_error err;
    make_folder(&f);
    assert_ok(open_record(&f, true, &read, &err), &err);
    const tw_track_record *r = &read.record;
    assert_int_equal(r->n_symbols, 3);
    assert_int_equal(r->n_trades, 3);
    assert_int_equal(r->trade_bar[1], 1);
    assert_true(r->trade[1].time < r->time[1]);
    assert_true(r->trade_order[0] != TW_SHEET_NO_ORDER && r->trade_order[1] == TW_SHEET_NO_ORDER);
    assert_int_equal(r->n_orders, 2);
    assert_int_equal(r->order[0].id, r->trade_order[0]);
    assert_int_equal(r->order[0].kind, TW_ORDER_STOP);
    assert_int_equal(r->order[0].status, TW_ORDER_FILLED);
    assert_true(r->order[0].filled == 3 && r->order[0].arrival == 9.9 && r->order[0].commission == 1);
    assert_string_equal(r->order[1].reason, "for want of margin, it is said");
    assert_true(isnan(r->order[1].arrival));
    assert_int_equal(r->n_actions, 2); /* Z was never held */
    assert_int_equal(r->action[0].kind, TW_SHEET_SPLIT);
    assert_true(r->action[0].amount == 0.5 && r->action[0].dropped == 0);
    assert_true(r->action[1].amount == 1.5);
    assert_true(r->multiplier[1] == 50 && r->multiplier[2] == 1);
    assert_string_equal(r->sector_name[r->sector[0]], "food");
    assert_string_equal(r->sector_name[r->sector[1]], "unknown");
    tw_record_close(&read);
    remove_folder(&f);
}

static void loadings_are_those_of_the_factors(void **state)
{
    (void)state;
    folder f;
    char factors[600], loadings[600];
    tw_record_read read;
    tw_error err;
    make_folder(&f);
    put(&f, "factors.csv", "date,size,value\n2021-01-04,0.01,0.02\n2021-01-05,0.03,-0.01\n2021-01-06,0,0\n");
    put(&f, "loadings.csv",
        "date,symbol,value,size\n2021-01-04,A,0.5,1.5\n2021-01-05,ES,2,\n2021-01-05,never,7,7\n2021-03-05,A,7,7\n");
    snprintf(factors, sizeof factors, "%s/factors.csv", f.path);
    snprintf(loadings, sizeof loadings, "%s/loadings.csv", f.path);
    tw_record_files files = {.folder = f.path, .factors = factors, .loadings = loadings, .periods_per_year = 252};
    assert_ok(tw_record_open(NULL, &files, &read, &err), &err);
    const size_t n = read.record.n_symbols;
    assert_true(read.record.loading[0][0] == 1.5 && read.record.loading[1][0] == 0.5);
    assert_true(isnan(read.record.loading[0][n + 1]) && read.record.loading[1][n + 1] == 2);
    tw_record_close(&read);
    put(&f, "loadings.csv", "date,symbol,value\n2021-01-04,A,0.5\n");
    assert_int_equal(tw_record_open(NULL, &files, &read, &err), TW_BAD_DATA);
    assert_non_null(strstr(err.message, "no column named size"));
    tw_record_close(&read);
    files.factors = NULL;
    assert_int_equal(tw_record_open(NULL, &files, &read, &err), TW_BAD_VALUE);
    tw_record_close(&read);
    remove_folder(&f);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *file, *text, *part;
    } cases[] = {
        {"orders.csv", "order_id,symbol,created,amount,filled,status\nx,A,2021-01-04,1,0,lost\n",
         "orders.csv:2: column status: \"lost\""},
        {"orders.csv", "order_id,symbol,created,amount,filled,status\nx,A,yesterday,1,0,open\n", "column created"},
        {"orders.csv", "order_id,symbol,created,amount,filled\nx,A,2021-01-04,1,0\n", "no column named status"},
        {"run_actions.csv", "session,symbol,kind,ratio\n2021-01-05,A,split,0\n", "run_actions.csv:2: column kind"},
        {"run_actions.csv", "session,symbol,kind,ratio\n2021-01-05,A,split,2\n2021-01-04,A,split,2\n",
         "before the row before"},
        {"run_actions.csv", "session,symbol,kind,ratio\n2021-02-05,A,split,2\n", "does not have"},
        {"run_assets.csv", "symbol,multiplier\nA,-1\n", "run_assets.csv:2: column multiplier"},
        {"sectors.csv", "symbol\nA\n", "no column named sector"},
        {"txns.csv", "session,time,symbol,amount,price\n2021-01-05,2021-01-05,A,3,10\n2021-01-04,2021-01-06,A,3,10\n",
         "column session"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        folder f;
        tw_record_read read;
        tw_error err;
        make_folder(&f);
        put(&f, cases[i].file, cases[i].text);
        assert_int_equal(open_record(&f, true, &read, &err), TW_BAD_DATA);
        if (!strstr(err.message, cases[i].part)) fail_msg("'%s' is not in: %s", cases[i].part, err.message);
        tw_record_close(&read);
        remove_folder(&f);
    }
}

static void a_run_comes_back(void **state)
{
    (void)state;
    spec_case c;
    tw_error err;
    tw_backtest_spec *spec = NULL;
    tw_strategy_result *result = NULL;
    tw_record_read read;
    size_t n_actions, n_trades;
    assert_int_equal(spec_case_open(&c), 0);
    assert_ok(tw_backtest_spec_read(NULL, c.spec, NULL, &spec, &err), &err);
    assert_ok(tw_backtest_spec_run(spec, &result, &err), &err);
    assert_ok(tw_backtest_spec_write(spec, result, NULL, c.folder, &err), &err);
    const tw_booked_action *booked = tw_strategy_actions(result, &n_actions);
    const tw_trade *trade = tw_strategy_trades(result, &n_trades);
    assert_true(n_actions > 0 && n_trades > 0);
    const tw_record_files files = {.folder = c.folder, .periods_per_year = 252};
    assert_ok(tw_record_open(NULL, &files, &read, &err), &err);
    assert_int_equal(read.record.n_trades, n_trades);
    assert_int_equal(read.record.n_actions, n_actions);
    assert_int_equal(booked[0].kind, TW_SPLIT);
    assert_true(booked[0].after == 2 * booked[0].before && booked[0].ratio == read.record.action[0].amount);
    for (size_t i = 0; i < n_trades; i++) {
        assert_true(read.record.trade[i].price == trade[i].price && read.record.trade[i].quantity == trade[i].amount);
        assert_true(read.record.trade_order[i] != TW_SHEET_NO_ORDER);
    }
    for (size_t i = 0; i < read.record.n_orders; i++) assert_true(read.record.order[i].arrival > 0);
    tw_record_close(&read);
    tw_strategy_result_free(result);
    tw_backtest_spec_free(spec);
    spec_case_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_is_read_whole),
        cmocka_unit_test(loadings_are_those_of_the_factors),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(a_run_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

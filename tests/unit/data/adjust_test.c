/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include "tradewind/data.h"

#include <math.h>
#include <unistd.h>

/* One symbol, five sessions: 2:1 split on the third (June 11), dividend 0.5 on the fifth (June 13). */
static const double closes[] = {100, 110, 56, 57.5, 58.3};
enum { N = 5 };

static int64_t day_of(size_t t) { return tw_days_from_date(2014, 6, 9) + (int64_t)t; }

static tw_panel *make(void)
{
    static const char *const symbols[] = {"AAPL"}, *const columns[] = {"open", "close", "volume", "news"};
    int64_t times[N];
    tw_panel *panel;
    tw_error err;
    for (size_t t = 0; t < N; t++) times[t] = day_of(t) * TW_NS_PER_DAY;
    const tw_panel_shape shape = {.n_symbols = 1,
                                  .n_times = N,
                                  .n_columns = 4,
                                  .symbols = symbols,
                                  .times = times,
                                  .columns = columns,
                                  .calendar = "XNYS",
                                  .bar_ns = TW_NS_PER_DAY};
    assert_ok(tw_panel_new(NULL, &shape, NULL, &panel, &err), &err);
    for (size_t t = 0; t < N; t++) {
        tw_panel_tile_mut(panel, 0, 0)[t * 16] = closes[t] - 0.385;
        tw_panel_tile_mut(panel, 1, 0)[t * 16] = closes[t];
        tw_panel_tile_mut(panel, 2, 0)[t * 16] = 1000;
        tw_panel_tile_mut(panel, 3, 0)[t * 16] = 0.7;
    }
    assert_ok(tw_panel_seal(panel, &err), &err);
    return panel;
}

static tw_actions *list(void)
{
    const tw_action actions[] = {
        {.symbol = "AAPL", .ex_day = day_of(4), .kind = TW_ACTION_DIVIDEND, .amount = 0.5},
        {.symbol = "AAPL", .ex_day = day_of(2), .kind = TW_ACTION_SPLIT, .ratio = 0.5},
        {.symbol = "MSFT", .ex_day = day_of(1), .kind = TW_ACTION_SPLIT, .ratio = 0.1},
    };
    tw_actions *out;
    tw_error err;
    assert_ok(tw_actions_new(NULL, actions, 3, &out, &err), &err);
    return out;
}

static tw_panel *adjusted(tw_adjust how, size_t as_of)
{
    tw_panel *panel = make(), *out;
    tw_actions *actions = list();
    tw_error err;
    assert_ok(tw_panel_adjust(NULL, panel, actions, how, day_of(as_of), &out, &err), &err);
    tw_panel_close(panel);
    tw_actions_free(actions);
    return out;
}

static void splits_work_backwards_on_prices_and_volumes(void **state)
{
    (void)state;
    tw_panel *p = adjusted(TW_ADJUST_SPLITS, 4);
    const double want[] = {50, 55, 56, 57.5, 58.3};
    for (size_t t = 0; t < N; t++) {
        assert_same(tw_panel_at(p, 1, 0, t), want[t]);
        assert_same(tw_panel_at(p, 2, 0, t), t < 2 ? 2000 : 1000);
        assert_same(tw_panel_at(p, 3, 0, t), 0.7); /* news are no price */
    }
    assert_near(tw_panel_at(p, 0, 0, 0), (100 - 0.385) / 2, 1e-15);
    tw_panel_close(p);
}

static void an_action_is_invisible_before_its_day(void **state)
{
    (void)state;
    tw_panel *p = adjusted(TW_ADJUST_ALL, 1);
    assert_int_equal(tw_panel_times(p), 2); /* later bars are not there either */
    assert_same(tw_panel_at(p, 1, 0, 0), 100);
    assert_same(tw_panel_at(p, 1, 0, 1), 110);
    tw_panel_close(p);
    p = adjusted(TW_ADJUST_ALL, 2); /* from its own day on it is seen */
    assert_same(tw_panel_at(p, 1, 0, 1), 55);
    tw_panel_close(p);
    p = adjusted(TW_ADJUST_ALL, 3);
    assert_same(tw_panel_at(p, 1, 0, 3), 57.5);
    tw_panel_close(p);
    p = adjusted(TW_ADJUST_ALL, 4);
    const double ratio = 1 - 0.5 / 57.5;
    assert_near(tw_panel_at(p, 1, 0, 3), 57.5 * ratio, 1e-15);
    assert_near(tw_panel_at(p, 1, 0, 0), 50 * ratio, 1e-15);
    assert_same(tw_panel_at(p, 2, 0, 0), 2000); /* dividends do not touch volumes */
    assert_same(tw_panel_at(p, 1, 0, 4), 58.3);
    tw_panel_close(p);
}

/* A forward view never changes what was: bars up to a day are the same whatever the day of the view. */
static void total_return_goes_forward(void **state)
{
    (void)state;
    tw_panel *all = adjusted(TW_ADJUST_TOTAL_RETURN, 4);
    const size_t c = tw_panel_find_column(all, "total_return");
    const double growth = 2 * (1 + 0.5 / 58.3);
    assert_same(tw_panel_at(all, c, 0, 0), 1);
    assert_near(tw_panel_at(all, c, 0, 2), 1.12, 1e-15);
    assert_near(tw_panel_at(all, c, 0, 4), growth * 58.3 / 100, 1e-15);
    assert_same(tw_panel_at(all, 1, 0, 4), 2 * 58.3);
    for (size_t as_of = 0; as_of < N; as_of++) {
        tw_panel *seen = adjusted(TW_ADJUST_TOTAL_RETURN, as_of);
        for (size_t k = 0; k < tw_panel_columns(seen); k++)
            for (size_t t = 0; t <= as_of; t++) assert_same(tw_panel_at(seen, k, 0, t), tw_panel_at(all, k, 0, t));
        tw_panel_close(seen);
    }
    tw_panel_close(all);
}

/* Forward factors work from the day of an action on, in units of the first bar, and change no earlier bar. */
static void forward_factors_leave_the_past(void **state)
{
    (void)state;
    const double ratio = 1 - 0.5 / 57.5;
    tw_panel *splits = adjusted(TW_ADJUST_FORWARD, 4), *all = adjusted(TW_ADJUST_FORWARD_ALL, 4);
    assert_same(tw_panel_at(splits, 1, 0, 1), 110);
    assert_same(tw_panel_at(splits, 1, 0, 2), 112);
    assert_same(tw_panel_at(splits, 1, 0, 4), 2 * 58.3);
    assert_same(tw_panel_at(splits, 2, 0, 4), 500);
    assert_same(tw_panel_at(splits, 3, 0, 4), 0.7);
    assert_int_equal(tw_panel_columns(splits), 4);
    assert_same(tw_panel_at(all, 1, 0, 3), 115);
    assert_near(tw_panel_at(all, 1, 0, 4), 2 * 58.3 / ratio, 1e-13);
    assert_same(tw_panel_at(all, 2, 0, 4), 500); /* dividends do not touch volumes */
    for (size_t as_of = 0; as_of < N; as_of++) {
        tw_panel *seen = adjusted(TW_ADJUST_FORWARD_ALL, as_of);
        for (size_t t = 0; t <= as_of; t++) assert_same(tw_panel_at(seen, 1, 0, t), tw_panel_at(all, 1, 0, t));
        tw_panel_close(seen);
    }
    tw_panel_close(splits);
    tw_panel_close(all);
}

static void actions_come_from_csv(void **state)
{
    (void)state;
    const char *path = "actions_test.csv", *rejects = "actions_rejects_test.csv";
    const char *text =
        "ex_date,symbol,kind,ratio,amount\n2014-06-09,AAPL,split,0.142857,\n2014-05-08,AAPL,dividend,,3.29\n"
        "2014-05-08,AAPL,other,0.9,\n2014-05-08,AAPL,split,-1,\n2014-13-08,AAPL,split,0.5,\n2014-05-08,,split,0.5,\n"
        "2014-05-08,X,dividend,,oops\n";
    tw_error err;
    tw_actions *actions;
    size_t rejected, n;
    assert_ok(tw_file_write(path, text, strlen(text), &err), &err);
    assert_ok(tw_actions_read(NULL, path, rejects, &actions, &rejected, &err), &err);
    const tw_action *a = tw_actions_list(actions, &n);
    assert_int_equal(n, 2);
    assert_int_equal(rejected, 5);
    assert_int_equal(a[0].kind, TW_ACTION_DIVIDEND); /* by day */
    assert_same(a[0].amount, 3.29);
    assert_same(a[1].ratio, 0.142857);
    tw_actions_free(actions);
    char *bytes;
    size_t length;
    assert_ok(tw_file_read(NULL, rejects, &bytes, &length, &err), &err);
    assert_non_null(strstr(bytes, "actions_test.csv,4,kind is neither split nor dividend,"));
    assert_non_null(strstr(bytes, "actions_test.csv,6,bad date,"));
    tw_free(NULL, bytes);
    unlink(path);
    unlink(rejects);
}

static void real_action_files(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        size_t n, rejected;
    } files[] = {{"us1000_raw/adjustments.csv", 4947, 1},
                 {"zipline_examples/splits.csv", 5, 0},
                 {"zipline_examples/dividends.csv", 233, 0}};
    if (access(TW_SHARED_DATA "/market", R_OK) != 0) skip();
    for (size_t i = 0; i < 3; i++) {
        char path[512];
        tw_error err;
        tw_actions *actions;
        size_t rejected, n;
        snprintf(path, sizeof path, "%s/market/%s", TW_SHARED_DATA, files[i].path);
        assert_ok(tw_actions_read(NULL, path, NULL, &actions, &rejected, &err), &err);
        const tw_action *a = tw_actions_list(actions, &n);
        assert_int_equal(n, files[i].n);
        assert_int_equal(rejected, files[i].rejected);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(a[k].kind, i == 1 ? TW_ACTION_SPLIT : i == 2 ? TW_ACTION_DIVIDEND : a[k].kind);
        tw_actions_free(actions);
    }
}

static void an_impossible_dividend_is_refused(void **state)
{
    (void)state;
    tw_panel *panel = make(), *out = NULL;
    const tw_action action = {.symbol = "AAPL", .ex_day = day_of(1), .kind = TW_ACTION_DIVIDEND, .amount = 100};
    tw_actions *actions;
    tw_error err;
    assert_ok(tw_actions_new(NULL, &action, 1, &actions, &err), &err);
    assert_int_equal(tw_panel_adjust(NULL, panel, actions, TW_ADJUST_ALL, day_of(4), &out, &err), TW_BAD_DATA);
    assert_string_equal(err.message, "dividend of AAPL on 2014-06-10: 100 is not below the previous close of 100");
    assert_null(out);
    tw_actions_free(actions);
    tw_panel_close(panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_work_backwards_on_prices_and_volumes),
        cmocka_unit_test(an_action_is_invisible_before_its_day),
        cmocka_unit_test(total_return_goes_forward),
        cmocka_unit_test(forward_factors_leave_the_past),
        cmocka_unit_test(actions_come_from_csv),
        cmocka_unit_test(real_action_files),
        cmocka_unit_test(an_impossible_dividend_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

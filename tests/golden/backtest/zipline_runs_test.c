/* SPDX-License-Identifier: Apache-2.0 */
/* Four of zipline's example algorithms (quantopian/zipline 014f1fc, expected frames), run here: every session's
 * accounts and risk numbers, every fill and every holding. */
#include "tw_test.h"

#include "tradewind/backtest.h"
#include "tradewind/io.h"
#include "tradewind/strategy.h"

#include <math.h>
#include <stdlib.h>

#define FOLDER TW_SHARED_DATA "/market/zipline_examples/"

enum { MOST_SESSIONS = 4000, STOCKS = 9, MOST_ACTIONS = 1000, DAYS = 20000, AAPL = 7, MSFT = 8 };

/* Relative, of small values too; what is nearly nothing (a profit of 0) is held to the rounding of ten million. */
static const double TOLERANCE = 1e-9, NEARLY_NOTHING = 1e-8;

static void assert_relative(double got, double want)
{
    const double off = fabs(got - want);
    if (off <= TOLERANCE * fabs(want)) return;
    if (off > NEARLY_NOTHING || fabs(want) > NEARLY_NOTHING) fail_msg("got %.17g, want %.17g", got, want);
}

/* The market of the examples, with a session's index by its day. */
typedef struct bench {
    int index[DAYS];
    int64_t day[MOST_SESSIONS];
    double *close, *volume, spy[MOST_SESSIONS];
    tw_asset stock[STOCKS];
    tw_asset_action action[MOST_ACTIONS];
    tw_asset_market market;
} bench;

typedef struct reader {
    tw_csv *csv;
    tw_field head[64];
    char names[4096];
    const tw_field *row;
    size_t n;
} reader;

static bool reader_next(reader *r)
{
    tw_error err;
    assert_ok(tw_csv_next(r->csv, &r->row, &r->n, &err), &err);
    return r->row != NULL;
}

static bool reader_open(reader *r, const char *name)
{
    char path[512];
    tw_source *source = NULL;
    tw_error err;
    snprintf(path, sizeof path, "%s%s", FOLDER, name);
    if (tw_source_open(NULL, path, &source, &err) != TW_OK) return false;
    assert_ok(tw_csv_open(NULL, source, path, NULL, &r->csv, &err), &err);
    assert_true(reader_next(r));
    char *end = r->names;
    for (size_t i = 0; i < r->n; i++) {
        memcpy(end, r->row[i].text, r->row[i].length);
        r->head[i] = (tw_field){end, r->row[i].length};
        end += r->row[i].length;
    }
    return true;
}

static tw_field text_of(const reader *r, const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->head[i].length == strlen(name) && memcmp(r->head[i].text, name, strlen(name)) == 0) return r->row[i];
    fail_msg("no column %s", name);
    return (tw_field){0};
}

static double number_of(const reader *r, const char *name)
{
    const tw_field field = text_of(r, name);
    double x = NAN;
    return tw_parse_double(field.text, field.length, &x) ? x : NAN;
}

static int64_t day_of(const reader *r, const char *name)
{
    const tw_field field = text_of(r, name);
    int64_t time = 0;
    assert_true(tw_time_parse(field.text, 10, &time));
    return time / TW_NS_PER_DAY;
}

static size_t first_from(const bench *b, int64_t day)
{
    size_t t = 0;
    while (t < b->market.n_sessions && b->day[t] < day) t++;
    return t;
}

static size_t stock_of(const bench *b, const reader *r)
{
    const tw_field symbol = text_of(r, "symbol");
    for (size_t i = 0; i < STOCKS; i++)
        if (strlen(b->stock[i].symbol) == symbol.length && memcmp(b->stock[i].symbol, symbol.text, symbol.length) == 0)
            return i;
    fail_msg("no stock %.*s", (int)symbol.length, symbol.text);
    return 0;
}

static void read_sessions(bench *b)
{
    reader r = {0};
    assert_true(reader_open(&r, "bars_daily_raw.csv.gz"));
    while (reader_next(&r)) b->index[day_of(&r, "date")] = 1;
    tw_csv_close(r.csv);
    for (int day = 0; day < DAYS; day++) {
        if (!b->index[day]) continue;
        b->day[b->market.n_sessions] = day;
        b->index[day] = (int)b->market.n_sessions++;
    }
}

static void read_bars(bench *b)
{
    const size_t n = b->market.n_sessions;
    b->close = malloc(STOCKS * n * sizeof *b->close);
    b->volume = malloc(STOCKS * n * sizeof *b->volume);
    for (size_t i = 0; i < STOCKS * n; i++) b->close[i] = b->volume[i] = NAN;
    reader r = {0};
    assert_true(reader_open(&r, "bars_daily_raw.csv.gz"));
    while (reader_next(&r)) {
        const size_t cell = stock_of(b, &r) * n + (size_t)b->index[day_of(&r, "date")];
        b->close[cell] = number_of(&r, "close");
        b->volume[cell] = number_of(&r, "volume");
    }
    tw_csv_close(r.csv);
}

/* The examples' dividends were never paid: they scale prices and no more, as a merger does. */
static void read_actions(bench *b, const char *name, const char *date, const char *ratio)
{
    reader r = {0};
    assert_true(reader_open(&r, name));
    while (reader_next(&r)) {
        const double x = number_of(&r, ratio);
        if (isnan(x)) continue;
        assert_true(b->market.n_actions < MOST_ACTIONS);
        b->action[b->market.n_actions++] = (tw_asset_action){.session = first_from(b, day_of(&r, date)),
                                                             .asset = stock_of(b, &r),
                                                             .kind = date[1] == 'f' ? TW_SPLIT : TW_MERGER,
                                                             .ratio = x};
    }
    tw_csv_close(r.csv);
}

static int by_session(const void *a, const void *b)
{
    const tw_asset_action *x = a, *y = b;
    return (x->session > y->session) - (x->session < y->session);
}

static void read_benchmark(bench *b)
{
    reader r = {0};
    assert_true(reader_open(&r, "SPY_benchmark.csv"));
    while (reader_next(&r)) {
        const size_t t = first_from(b, day_of(&r, "date"));
        if (t < b->market.n_sessions && b->day[t] == day_of(&r, "date")) b->spy[t] = number_of(&r, "return");
    }
    tw_csv_close(r.csv);
}

static int setup(void **state)
{
    static const char *const symbols[STOCKS] = {"AMD", "CERN", "COST", "DELL", "GPS", "INTC", "MMM", "AAPL", "MSFT"};
    FILE *there = fopen(FOLDER "assets.csv", "r");
    if (!there) return 0;
    fclose(there);
    bench *b = calloc(1, sizeof *b);
    for (size_t i = 0; i < STOCKS; i++) b->stock[i] = (tw_asset){.symbol = symbols[i]};
    read_sessions(b);
    read_bars(b);
    read_actions(b, "splits.csv", "effective_date", "ratio");
    read_actions(b, "dividends.csv", "ex_date", "price_adj_ratio");
    qsort(b->action, b->market.n_actions, sizeof *b->action, by_session);
    read_benchmark(b);
    b->market.n_assets = STOCKS;
    b->market.asset = b->stock;
    b->market.daily.close = b->close;
    b->market.daily.volume = b->volume;
    b->market.action = b->action;
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    bench *b = *state;
    if (b) {
        free(b->close);
        free(b->volume);
    }
    free(b);
    return 0;
}

/* ---------------------------------------------------------------- the algorithms */

static tw_status buyapple(void *state, tw_moment *now, tw_error *err)
{
    (void)state;
    TW_TRY(tw_moment_order(now, AAPL, 10, err));
    return tw_moment_record(now, "AAPL", tw_moment_price(now, AAPL), err);
}

static tw_status buy_and_hold(void *state, tw_moment *now, tw_error *err)
{
    int *days = state;
    if ((*days)++) return TW_OK;
    TW_TRY(tw_moment_order(now, AAPL, 100, err));
    return tw_moment_order(now, MSFT, 100, err);
}

static double mean(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return sum / (double)n;
}

static tw_status dual_moving_average(void *state, tw_moment *now, tw_error *err)
{
    int *days = state;
    double closes[300], recent[100];
    if (++*days < 300) return TW_OK;
    TW_TRY(tw_moment_history(now, AAPL, 300, closes, err));
    TW_TRY(tw_moment_history(now, AAPL, 100, recent, err));
    const double slow = mean(closes, 300), fast = mean(recent, 100);
    if (fast != slow) TW_TRY(tw_moment_order_target(now, AAPL, fast > slow ? 100 : 0, err));
    TW_TRY(tw_moment_record(now, "AAPL", tw_moment_price(now, AAPL), err));
    TW_TRY(tw_moment_record(now, "short_mavg", fast, err));
    return tw_moment_record(now, "long_mavg", slow, err);
}

/* Seeded with the mean of the first n, as TA-Lib does. */
static double ema(const double *x, size_t length, size_t n)
{
    double e = mean(x, n);
    for (size_t i = n; i < length; i++) e += (x[i] - e) * (2 / ((double)n + 1));
    return e;
}

static tw_status dual_ema_talib(void *state, tw_moment *now, tw_error *err)
{
    int *invested = state;
    double closes[40];
    TW_TRY(tw_moment_history(now, AAPL, 40, closes, err));
    const double fast = ema(closes, 40, 20), slow = ema(closes, 40, 40);
    const bool turn = *invested ? fast < slow : fast > slow;
    if (turn) *invested = !*invested;
    if (turn) TW_TRY(tw_moment_order(now, AAPL, *invested ? 100 : -100, err));
    TW_TRY(tw_moment_record(now, "AAPL", tw_moment_price(now, AAPL), err));
    TW_TRY(tw_moment_record(now, "short_ema", fast, err));
    TW_TRY(tw_moment_record(now, "long_ema", slow, err));
    TW_TRY(tw_moment_record(now, "buy", turn && *invested, err));
    return tw_moment_record(now, "sell", turn && !*invested, err);
}

/* ---------------------------------------------------------------- comparison */

static void compare_accounts(const reader *r, const tw_session_row *row)
{
    const struct {
        const char *name;
        double got;
    } cells[] = {
        {"starting_cash", row->starting_cash},
        {"starting_value", row->starting_value},
        {"ending_cash", row->ending_cash},
        {"ending_value", row->ending_value},
        {"starting_exposure", row->starting_exposure},
        {"ending_exposure", row->ending_exposure},
        {"long_exposure", row->long_exposure},
        {"short_exposure", row->short_exposure},
        {"portfolio_value", row->portfolio_value},
        {"pnl", row->pnl},
        {"returns", row->returns},
        {"capital_used", row->capital_used},
        {"long_value", row->long_value},
        {"short_value", row->short_value},
        {"gross_leverage", row->gross_leverage},
        {"net_leverage", row->net_leverage},
        {"max_leverage", row->max_leverage},
        {"longs_count", (double)row->longs_count},
        {"shorts_count", (double)row->shorts_count},
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        assert_relative(cells[i].got, number_of(r, cells[i].name));
}

static void compare_risk(const reader *r, const tw_session_row *row)
{
    const struct {
        const char *name;
        double got;
    } cells[] = {
        {"sharpe", row->sharpe},
        {"sortino", row->sortino},
        {"max_drawdown", row->max_drawdown},
        {"algo_volatility", row->algo_volatility},
        {"benchmark_volatility", row->benchmark_volatility},
        {"alpha", row->alpha},
        {"beta", row->beta},
        {"algorithm_period_return", row->algorithm_period_return},
        {"benchmark_period_return", row->benchmark_period_return},
        {"trading_days", (double)row->trading_days},
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        const double want = number_of(r, cells[i].name);
        assert_int_equal(isnan(want), isnan(cells[i].got));
        if (!isnan(want)) assert_relative(cells[i].got, want);
    }
}

static void compare_sessions(const bench *b, const tw_strategy_result *result, const char *name)
{
    char file[128];
    reader r = {0};
    size_t n = 0, i = 0;
    const tw_session_row *row = tw_strategy_sessions(result, &n);
    snprintf(file, sizeof file, "expected/%s.daily.csv", name);
    assert_true(reader_open(&r, file));
    for (; reader_next(&r); i++) {
        assert_true(i < n);
        assert_int_equal(b->day[row[i].session], day_of(&r, "session"));
        compare_accounts(&r, &row[i]);
        compare_risk(&r, &row[i]);
    }
    assert_int_equal(i, n);
    tw_csv_close(r.csv);
}

/* The one trade of a stock in a session; the frames keep no order among stocks. NULL when there is none, or two. */
static const tw_trade *find_trade(const tw_trade *trade, size_t n, size_t session, size_t stock)
{
    const tw_trade *found = NULL;
    for (size_t i = 0; i < n; i++) {
        if (trade[i].session != session || trade[i].asset != stock) continue;
        if (found) return NULL;
        found = &trade[i];
    }
    return found;
}

static void compare_trades(const bench *b, const tw_strategy_result *result, const char *name)
{
    char file[128];
    reader r = {0};
    size_t n = 0, i = 0;
    const tw_trade *trade = tw_strategy_trades(result, &n);
    snprintf(file, sizeof file, "expected/%s.txns.csv", name);
    assert_true(reader_open(&r, file));
    for (; reader_next(&r); i++) {
        const tw_trade *got = find_trade(trade, n, (size_t)b->index[day_of(&r, "session")], stock_of(b, &r));
        assert_non_null(got);
        assert_same(got->amount, number_of(&r, "amount"));
        assert_relative(got->price, number_of(&r, "price"));
    }
    assert_int_equal(i, n);
    tw_csv_close(r.csv);
}

/* The frames keep no order among the holdings of a session. */
static const tw_holding *find_holding(const tw_holding *held, size_t n, size_t session, size_t stock)
{
    for (size_t i = 0; i < n; i++)
        if (held[i].session == session && held[i].asset == stock) return &held[i];
    return NULL;
}

static void compare_holdings(const bench *b, const tw_strategy_result *result, const char *name)
{
    char file[128];
    reader r = {0};
    size_t n = 0, i = 0;
    const tw_holding *held = tw_strategy_holdings(result, &n);
    snprintf(file, sizeof file, "expected/%s.positions.csv", name);
    assert_true(reader_open(&r, file));
    for (; reader_next(&r); i++) {
        const tw_holding *got = find_holding(held, n, (size_t)b->index[day_of(&r, "session")], stock_of(b, &r));
        assert_non_null(got);
        assert_same(got->amount, number_of(&r, "amount"));
        assert_relative(got->cost_basis, number_of(&r, "cost_basis"));
        assert_relative(got->last_price, number_of(&r, "last_sale_price"));
    }
    assert_int_equal(i, n);
    tw_csv_close(r.csv);
}

/* As with holdings: the order of one session made in a session, by its stock. */
static const tw_order *find_order(const tw_order_row *row, size_t n, size_t session, const tw_order *like)
{
    const tw_order *found = NULL;
    for (size_t i = 0; i < n; i++) {
        const tw_order *order = &row[i].order;
        if (row[i].session != session || order->asset != like->asset || order->created != like->created) continue;
        if (found) return NULL;
        found = order;
    }
    return found;
}

static void compare_orders(const bench *b, const tw_strategy_result *result, const char *name)
{
    char file[128];
    reader r = {0};
    size_t n = 0, i = 0;
    const tw_order_row *row = tw_strategy_orders(result, &n);
    snprintf(file, sizeof file, "expected/%s.orders.csv", name);
    assert_true(reader_open(&r, file));
    for (; reader_next(&r); i++) {
        const tw_order like = {.asset = stock_of(b, &r), .created = (size_t)b->index[day_of(&r, "created")]};
        const tw_order *got = find_order(row, n, (size_t)b->index[day_of(&r, "session")], &like);
        assert_non_null(got);
        assert_same(got->amount, number_of(&r, "amount"));
        assert_same(got->filled, number_of(&r, "filled"));
        assert_relative(got->commission, number_of(&r, "commission"));
        assert_int_equal(got->status, (int)number_of(&r, "status"));
    }
    assert_int_equal(i, n);
    tw_csv_close(r.csv);
}

/* The recorded variables of the algorithms, against the columns that bear their names. */
static void compare_recorded(const tw_strategy_result *result, const char *name)
{
    char file[128];
    reader r = {0};
    size_t n = 0, n_names = 0, n_rows = 0, next = 0;
    double now[16];
    const char *const *names = tw_strategy_record_names(result, &n_names);
    const tw_recorded *kept = tw_strategy_recorded(result, &n);
    const tw_session_row *row = tw_strategy_sessions(result, &n_rows);
    for (size_t i = 0; i < 16; i++) now[i] = NAN;
    snprintf(file, sizeof file, "expected/%s.daily.csv", name);
    assert_true(reader_open(&r, file));
    for (size_t t = 0; reader_next(&r); t++) {
        for (; next < n && kept[next].session == row[t].session; next++) now[kept[next].name] = kept[next].value;
        for (size_t i = 0; i < n_names; i++) {
            const double want = number_of(&r, names[i]);
            assert_int_equal(isnan(want), isnan(now[i]));
            if (!isnan(want)) assert_relative(now[i], want);
        }
    }
    tw_csv_close(r.csv);
}

typedef tw_status algorithm(void *state, tw_moment *now, tw_error *err);

static void check_run(const bench *b, const char *name, algorithm *handle_data, int64_t first, int64_t last)
{
    static const char *const settings[] = {"slippage", "volume_share", "commission",
                                           "per_share cost=0.0075 min_trade_cost=1", NULL};
    int memory = 0;
    tw_error err;
    tw_strategy_result *result = NULL;
    if (!b) {
        print_message("%s: skipped, no shared data\n", name);
        skip();
    }
    const tw_strategy strategy = {.state = &memory, .handle_data = handle_data};
    const tw_strategy_run run = {.mode = TW_ZIPLINE,
                                 .from = first_from(b, first),
                                 .to = first_from(b, last + 1),
                                 .capital = 1e7,
                                 .settings = settings,
                                 .benchmark = b->spy};
    assert_ok(tw_strategy_simulate(NULL, &b->market, &strategy, &run, &result, &err), &err);
    compare_sessions(b, result, name);
    compare_trades(b, result, name);
    compare_holdings(b, result, name);
    compare_orders(b, result, name);
    compare_recorded(result, name);
    tw_strategy_result_free(result);
}

static void test_buyapple(void **state)
{
    check_run(*state, "buyapple", buyapple, tw_days_from_date(2014, 1, 1), tw_days_from_date(2014, 11, 1));
}

static void test_buy_and_hold(void **state)
{
    check_run(*state, "buy_and_hold", buy_and_hold, tw_days_from_date(2008, 1, 1), tw_days_from_date(2013, 1, 1));
}

static void test_dual_moving_average(void **state)
{
    check_run(*state, "dual_moving_average", dual_moving_average, tw_days_from_date(2011, 1, 1),
              tw_days_from_date(2013, 1, 1));
}

static void test_dual_ema(void **state)
{
    check_run(*state, "dual_ema_talib", dual_ema_talib, tw_days_from_date(2014, 1, 1), tw_days_from_date(2014, 11, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buyapple),
        cmocka_unit_test(test_buy_and_hold),
        cmocka_unit_test(test_dual_moving_average),
        cmocka_unit_test(test_dual_ema),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

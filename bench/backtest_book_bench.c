/* SPDX-License-Identifier: Apache-2.0 */
/* Replay of a recorded order book (345 s of a futures contract), one thread: nanoseconds an event of the feed, each of
 * which passes at the exchange and as received; once with time alone, once with a grid of five orders a side that is
 * looked at every 100 ms, as in tests/oracle/book_test.py. bench/book_peer.py times hftbacktest on the same. */
#include <string.h>

#include "bench.h"
#include "tradewind/book.h"

#define STREAM TW_SHARED_DATA "/market/orderbook/btcusdt_l2_20240808.jsonl.gz"

enum { REPETITIONS = 15, STEP = 100000000, LEVELS = 5, SPACING = 10 };

static const double tick = 0.1, quantity = 0.01, most = 0.5;

typedef struct job {
    const tw_feed *feed;
    bool trades;
    tw_book_account account;
} job;

static void check(tw_status status, const tw_error *err)
{
    if (status == TW_OK) return;
    (void)fprintf(stderr, "%s\n", err->message);
    exit(1);
}

static bool is_wanted(const tw_book_order *o, int64_t first_bid, int64_t first_ask, double position)
{
    const int64_t away = o->side == TW_BOOK_BUY ? first_bid - o->tick : o->tick - first_ask;
    const bool room = o->side == TW_BOOK_BUY ? position < most : position > -most;
    return room && away >= 0 && away < LEVELS * SPACING && away % SPACING == 0;
}

static bool has(const tw_replay *r, tw_book_side side, int64_t at)
{
    size_t n;
    const tw_book_order *orders = tw_replay_orders(r, &n);
    for (size_t i = 0; i < n; i++)
        if (orders[i].side == side && orders[i].tick == at) return true;
    return false;
}

static void quote(tw_replay *r, tw_book_side side, int64_t first)
{
    tw_error err;
    uint64_t id;
    for (int k = 0; k < LEVELS; k++) {
        const int64_t at = first - (int64_t)side * k * SPACING;
        if (has(r, side, at)) continue;
        const tw_book_request request = {side, TW_BOOK_LIMIT, TW_BOOK_GTX, (double)at * tick, quantity};
        check(tw_replay_submit(r, &request, &id, &err), &err);
    }
}

static void act(tw_replay *r)
{
    size_t n;
    tw_error err;
    tw_replay_forget(r);
    const tw_top top = tw_replay_top(r);
    const double position = tw_replay_account(r).position;
    if (top.bid_tick < 0 || top.ask_tick == INT64_MAX || top.bid_tick >= top.ask_tick) return;
    const int64_t first_bid = top.bid_tick / SPACING * SPACING,
                  first_ask = (top.ask_tick + SPACING - 1) / SPACING * SPACING;
    const tw_book_order *orders = tw_replay_orders(r, &n);
    for (size_t i = 0; i < n; i++) {
        const tw_book_order *o = &orders[i];
        const bool open = o->status == TW_BOOK_OPEN || o->status == TW_BOOK_PARTLY_FILLED;
        if (open && o->pending == TW_BOOK_PENDING_NONE && !is_wanted(o, first_bid, first_ask, position))
            check(tw_replay_cancel(r, o->id, &err), &err);
    }
    if (position < most) quote(r, TW_BOOK_BUY, first_bid);
    if (position > -most) quote(r, TW_BOOK_SELL, first_ask);
}

static void run(void *arg)
{
    job *j = arg;
    tw_error err;
    tw_replay *r = NULL;
    tw_replay_spec spec = {.feed = j->feed};
    check(tw_params_parse(tw_replay_params(), "replay", "maker_fee=-0.00005 taker_fee=0.0007", &spec.options, &err),
          &err);
    check(tw_replay_new(NULL, &spec, &r, &err), &err);
    while (tw_replay_elapse(r, STEP) == TW_STOP_TIME)
        if (j->trades) act(r);
    j->account = tw_replay_account(r);
    tw_replay_free(r);
}

int main(void)
{
    tw_error err;
    tw_feed *feed = NULL;
    tw_feed_options options;
    tw_params_default(tw_feed_params(), &options);
    (void)strcpy(options.snapshot, "received");
    options.base_latency = 1000000;
    if (tw_feed_read_binance(NULL, STREAM, &(tw_feed_units){tick, 0.001}, &options, &feed, NULL, &err) != TW_OK) {
        (void)fprintf(stderr, "skipped: %s\n", err.message);
        return 0;
    }
    job alone = {.feed = feed}, grid = {.feed = feed, .trades = true};
    const double n = (double)tw_feed_size(feed);
    const bench_case cases[] = {{"replay, time alone", "", run, &alone, n}, {"replay, grid", "", run, &grid, n}};
    bench_stat stats[2];
    bench_run(cases, 2, REPETITIONS, stats);
    for (int i = 0; i < 2; i++) bench_line("backtest_book", &cases[i], &stats[i], NULL, NULL);
    (void)printf("{\"fills\": %llu, \"position\": %.10g, \"balance\": %.10g, \"fee\": %.10g}\n",
                 (unsigned long long)grid.account.n_trades, grid.account.position, grid.account.balance,
                 grid.account.fee);
    tw_feed_free(feed);
    return 0;
}

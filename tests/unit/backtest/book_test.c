/* SPDX-License-Identifier: Apache-2.0 */
#include "tradewind/book.h"

#include "tw_test.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static const tw_feed_units units = {0.5, 0.25};

enum { MS = 1000000 };

#define BID(ms, price, quantity)                                                                                       \
    {                                                                                                                  \
        (ms) * MS, ((ms) + 2) * MS, price, quantity, TW_FEED_DEPTH, TW_BOOK_BUY                                        \
    }
#define ASK(ms, price, quantity)                                                                                       \
    {                                                                                                                  \
        (ms) * MS, ((ms) + 2) * MS, price, quantity, TW_FEED_DEPTH, TW_BOOK_SELL                                       \
    }
#define BUYS(ms, price, quantity)                                                                                      \
    {                                                                                                                  \
        (ms) * MS, ((ms) + 2) * MS, price, quantity, TW_FEED_TRADE, TW_BOOK_BUY                                        \
    }
#define SELLS(ms, price, quantity)                                                                                     \
    {                                                                                                                  \
        (ms) * MS, ((ms) + 2) * MS, price, quantity, TW_FEED_TRADE, TW_BOOK_SELL                                       \
    }

/* Bids 99.5 (4) and 99 (8), asks 100.5 (2) and 101 (6) from 1 ms on. */
#define BOOK BID(1, 99.5, 4), BID(1, 99, 8), ASK(1, 100.5, 2), ASK(1, 101, 6)

typedef struct fixture {
    tw_feed *feed;
    tw_replay *replay;
} fixture;

static fixture replay_of(const tw_feed_event *events, size_t n, const char *options)
{
    fixture f = {NULL, NULL};
    tw_error err;
    tw_replay_spec spec = {.n_trips = 0};
    assert_ok(tw_feed_new(NULL, &units, events, n, &f.feed, &err), &err);
    assert_ok(tw_params_parse(tw_replay_params(), "replay", options, &spec.options, &err), &err);
    spec.feed = f.feed;
    assert_ok(tw_replay_new(NULL, &spec, &f.replay, &err), &err);
    return f;
}

static void done(fixture *f)
{
    tw_replay_free(f->replay);
    tw_feed_free(f->feed);
}

static uint64_t send(tw_replay *r, tw_book_side side, tw_book_force force, double price, double quantity)
{
    tw_error err;
    uint64_t id = 0;
    const tw_book_request request = {side, price > 0 ? TW_BOOK_LIMIT : TW_BOOK_MARKET, force, price, quantity};
    assert_ok(tw_replay_submit(r, &request, &id, &err), &err);
    return id;
}

#define REPLAY(options, ...)                                                                                           \
    replay_of((const tw_feed_event[]){__VA_ARGS__},                                                                    \
              sizeof((const tw_feed_event[]){__VA_ARGS__}) / sizeof(tw_feed_event), options)

/* ---------------------------------------------------------------- the book */

static void strategies_see_what_was_received(void **state)
{
    (void)state;
    fixture f = REPLAY("entry=0 response=0", BOOK, BID(10, 100, 1), BID(20, 100, 0), ASK(30, 100.5, 0), BID(40, 102, 1),
                       {50 * MS, 52 * MS, NAN, 0, TW_FEED_CLEAR, TW_BOOK_NO_SIDE});
    assert_int_equal(tw_replay_elapse(f.replay, 0), TW_STOP_TIME); /* 1 ms: nothing has been received */
    assert_int_equal(tw_replay_now(f.replay), 1 * MS);
    assert_true(isnan(tw_replay_top(f.replay).bid));
    const struct {
        int64_t until;
        double bid, ask, bid_quantity;
    } cases[] = {{3, 99.5, 100.5, 4},  {11, 99.5, 100.5, 4}, {12, 100, 100.5, 1},
                 {22, 99.5, 100.5, 4}, {32, 99.5, 101, 4},   {42, 102, NAN, 1}, /* the ask was passed */
                 {51, 102, NAN, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        assert_int_equal(tw_replay_elapse(f.replay, cases[k].until * MS - tw_replay_now(f.replay)), TW_STOP_TIME);
        const tw_top top = tw_replay_top(f.replay);
        assert_same(top.bid, cases[k].bid);
        assert_same(top.bid_quantity, cases[k].bid_quantity);
        assert_true(isnan(cases[k].ask) ? isnan(top.ask) : top.ask == cases[k].ask);
    }
    assert_same(tw_replay_quantity(f.replay, TW_BOOK_BUY, 198), 8);
    assert_int_equal(tw_replay_elapse(f.replay, 10 * MS), TW_STOP_END);
    assert_true(isnan(tw_replay_top(f.replay).bid));
    assert_same(tw_replay_quantity(f.replay, TW_BOOK_BUY, 198), 0);
    done(&f);
}

static void bad_events_are_named(void **state)
{
    (void)state;
    const struct {
        tw_feed_event event;
        const char *says;
    } cases[] = {
        {BID(1, -1, 1), "event 1 has the price -1"},
        {BID(1, 4e7, 1), "event 1 has the price 4e+07, 8e+07 ticks of 0.5; at least 0, at most 67108863"},
        {BID(1, NAN, 1), "event 1 has the price nan"},
        {BID(1, 1, -0.5), "event 1 has the quantity -0.5"},
        {BID(1, 1, INFINITY), "event 1 has the quantity inf"},
        {{5, 4, 1, 1, TW_FEED_DEPTH, TW_BOOK_BUY}, "event 1 was received at 4 ns, before it happened at 5 ns"},
        {{5, 5, 1, 1, TW_FEED_TRADE, TW_BOOK_NO_SIDE}, "event 1 has no side"},
        {{5, INT64_MAX, 1, 1, TW_FEED_TRADE, TW_BOOK_BUY}, "received at 9223372036854775807 ns, beyond"},
        {{5, 5, 1, 1, (tw_feed_kind)7, TW_BOOK_BUY}, "event 1 is of kind 7"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tw_error err;
        tw_feed *feed = NULL;
        const tw_feed_event events[] = {BID(1, 1, 1), cases[k].event};
        assert_int_equal(tw_feed_new(NULL, &units, events, 2, &feed, &err), TW_BAD_VALUE);
        assert_non_null(strstr(err.message, cases[k].says));
    }
}

/* ---------------------------------------------------------------- orders */

/* Sent at 3 ms, at the exchange at 8, answered at 15. */
static void orders_travel(void **state)
{
    (void)state;
    tw_error err;
    fixture f = REPLAY("entry=5e6 response=7e6 queue=risk_averse maker_fee=0.001", BOOK, SELLS(20, 99.5, 4),
                       SELLS(21, 99.5, 0.25), BID(40, 99.5, 4));
    tw_replay *r = f.replay;
    assert_int_equal(tw_replay_elapse(r, 2 * MS), TW_STOP_TIME);
    const uint64_t id = send(r, TW_BOOK_BUY, TW_BOOK_GTX, 99.5, 3);
    assert_int_equal(tw_replay_order(r, id)->status, TW_BOOK_SENT);
    assert_int_equal(tw_replay_cancel(r, id, &err), TW_BAD_STATE);
    assert_int_equal(tw_replay_wait(r, id, 100 * MS), TW_STOP_ANSWER);
    assert_int_equal(tw_replay_now(r), 15 * MS);
    assert_int_equal(tw_replay_order(r, id)->status, TW_BOOK_OPEN);
    assert_int_equal(tw_replay_order(r, id)->exchange_ns, 8 * MS);
    assert_int_equal(tw_replay_wait(r, id, 100 * MS), TW_STOP_ANSWER); /* four ahead at 20 ms, reached at 21 */
    assert_int_equal(tw_replay_now(r), 28 * MS);
    assert_int_equal(tw_replay_order(r, id)->status, TW_BOOK_FILLED);
    const tw_book_account a = tw_replay_account(r);
    assert_same(a.position, 3);
    assert_same(a.balance, -298.5);
    assert_near(a.fee, 0.2985, 1e-15);
    assert_near(tw_replay_equity(r, 100), 1.5 - 0.2985, 1e-15);
    assert_int_equal(tw_replay_cancel(r, id, &err), TW_OK);
    assert_int_equal(tw_replay_wait(r, id, 100 * MS), TW_STOP_ANSWER);
    assert_int_equal(tw_replay_order(r, id)->status, TW_BOOK_FILLED); /* too late: it stays what it is */
    tw_replay_forget(r);
    assert_null(tw_replay_order(r, id));
    done(&f);
}

/* The status and what was executed of an order that is sent at 3 ms and at the exchange at once. */
static tw_book_order fate(const char *options, tw_book_side side, tw_book_force force, double price, double quantity)
{
    fixture f = REPLAY(options, BOOK, BID(60, 90, 1));
    assert_int_equal(tw_replay_elapse(f.replay, 2 * MS), TW_STOP_TIME);
    const uint64_t id = send(f.replay, side, force, price, quantity);
    (void)tw_replay_elapse(f.replay, 10 * MS);
    tw_book_order order = *tw_replay_order(f.replay, id);
    order.executed = tw_replay_account(f.replay).position;
    done(&f);
    return order;
}

static void takers_take(void **state)
{
    (void)state;
    const struct {
        const char *options;
        tw_book_side side;
        tw_book_force force;
        double price, quantity;
        tw_book_status status;
        double position;
        int64_t exec_tick;
    } cases[] = {
        {"partial=0", TW_BOOK_BUY, TW_BOOK_GTC, 101, 5, TW_BOOK_FILLED, 5, 201},
        {"partial=0", TW_BOOK_BUY, TW_BOOK_GTX, 101, 5, TW_BOOK_EXPIRED, 0, 0},
        {"partial=0", TW_BOOK_SELL, TW_BOOK_IOC, 99.5, 5, TW_BOOK_FILLED, -5, 199},
        {"partial=0", TW_BOOK_SELL, TW_BOOK_IOC, 100, 5, TW_BOOK_EXPIRED, 0, 0},
        {"partial=0", TW_BOOK_BUY, TW_BOOK_GTC, 0, 5, TW_BOOK_FILLED, 5, 201},
        {"partial=1", TW_BOOK_BUY, TW_BOOK_GTC, 101, 5, TW_BOOK_FILLED, 5, 202},
        {"partial=1", TW_BOOK_BUY, TW_BOOK_GTC, 101, 50, TW_BOOK_FILLED, 50, 202},
        {"partial=1", TW_BOOK_BUY, TW_BOOK_IOC, 101, 50, TW_BOOK_EXPIRED, 8, 202},
        {"partial=1", TW_BOOK_BUY, TW_BOOK_FOK, 101, 8, TW_BOOK_FILLED, 8, 202},
        {"partial=1", TW_BOOK_BUY, TW_BOOK_FOK, 101, 8.25, TW_BOOK_EXPIRED, 0, 0},
        {"partial=1", TW_BOOK_SELL, TW_BOOK_GTC, 0, 9, TW_BOOK_FILLED, -9, 198},
        {"partial=1", TW_BOOK_SELL, TW_BOOK_IOC, 99.5, 9, TW_BOOK_EXPIRED, -4, 199},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char options[64];
        (void)snprintf(options, sizeof options, "entry=0 response=0 %s", cases[k].options);
        const tw_book_order o = fate(options, cases[k].side, cases[k].force, cases[k].price, cases[k].quantity);
        assert_int_equal(o.status, cases[k].status);
        assert_same(o.executed, cases[k].position);
        assert_int_equal(o.exec_tick, cases[k].exec_tick);
    }
}

/* What rests is filled through its price, when the other side comes to it, and by parts when the queue lets it. */
static void makers_are_reached(void **state)
{
    (void)state;
    fixture f = REPLAY("entry=0 response=0 partial=1 queue=risk_averse", BOOK, SELLS(10, 99.5, 4.5),
                       SELLS(11, 99.5, 0.5), ASK(20, 99, 1), BUYS(30, 101.5, 1), BID(60, 90, 1));
    tw_replay *r = f.replay;
    assert_int_equal(tw_replay_elapse(r, 2 * MS), TW_STOP_TIME);
    const uint64_t buy = send(r, TW_BOOK_BUY, TW_BOOK_GTC, 99.5, 3), low = send(r, TW_BOOK_BUY, TW_BOOK_GTC, 98.5, 3),
                   sell = send(r, TW_BOOK_SELL, TW_BOOK_GTC, 101, 2);
    (void)tw_replay_elapse(r, 12 * MS);
    assert_int_equal(tw_replay_order(r, buy)->status, TW_BOOK_PARTLY_FILLED);
    assert_same(tw_replay_order(r, buy)->leaves, 2); /* half a unit each: four were ahead, then none */
    (void)tw_replay_elapse(r, 10 * MS);
    assert_int_equal(tw_replay_order(r, buy)->status, TW_BOOK_FILLED); /* an ask below it */
    assert_int_equal(tw_replay_order(r, low)->status, TW_BOOK_OPEN);
    (void)tw_replay_elapse(r, 10 * MS);
    assert_int_equal(tw_replay_order(r, sell)->status, TW_BOOK_FILLED); /* a trade above it */
    assert_same(tw_replay_account(r).position, 1);
    assert_same(tw_replay_account(r).balance, -3 * 99.5 + 2 * 101);
    done(&f);
}

static void changes_and_refusals(void **state)
{
    (void)state;
    tw_error err;
    fixture f = REPLAY("entry=0 response=0 queue=risk_averse max_orders=2", BOOK, SELLS(10, 99.5, 4.25),
                       SELLS(20, 99, 8.25), BID(60, 90, 1));
    tw_replay *r = f.replay;
    uint64_t id = 0;
    const tw_book_request request = {TW_BOOK_BUY, TW_BOOK_LIMIT, TW_BOOK_GTC, 99.5, 3};
    assert_int_equal(tw_replay_submit(r, &request, &id, &err), TW_BAD_STATE);
    assert_int_equal(tw_replay_elapse(r, 2 * MS), TW_STOP_TIME);
    id = send(r, TW_BOOK_BUY, TW_BOOK_GTC, 99.5, 3);
    (void)tw_replay_elapse(r, 1 * MS);
    assert_ok(tw_replay_modify(r, id, 99.5, 2, &err), &err); /* less keeps the place */
    assert_int_equal(tw_replay_modify(r, id, 99.5, 2, &err), TW_BAD_STATE);
    (void)tw_replay_elapse(r, 1 * MS);
    assert_same(tw_replay_order(r, id)->leaves, 2);
    assert_int_equal(tw_replay_modify(r, id, 99.5, 0.1, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "quantity 0.1 of an order is not one lot of 0.25"));
    assert_int_equal(tw_replay_modify(r, id, -1, 1, &err), TW_BAD_VALUE);
    assert_int_equal(tw_replay_cancel(r, 99, &err), TW_BAD_NAME);
    const uint64_t other = send(r, TW_BOOK_BUY, TW_BOOK_GTC, 98, 1);
    assert_int_equal(tw_replay_submit(r, &request, &id, &err), TW_TOO_LARGE);
    (void)tw_replay_elapse(r, 1 * MS);
    assert_ok(tw_replay_modify(r, other, 99, 1, &err), &err); /* behind the eight there */
    (void)tw_replay_elapse(r, 8 * MS);
    assert_int_equal(tw_replay_order(r, id)->status, TW_BOOK_FILLED);
    (void)tw_replay_elapse(r, 10 * MS);
    assert_int_equal(tw_replay_order(r, other)->status, TW_BOOK_FILLED);
    assert_same(tw_replay_account(r).position, 3);
    done(&f);
}

/* Latencies between measured trips; one that never arrived is a refusal. */
static void trips_give_latencies(void **state)
{
    (void)state;
    tw_error err;
    const tw_feed_event events[] = {BOOK, BID(500, 90, 1)};
    const tw_book_trip trips[] = {
        {0, 4 * MS, 10 * MS}, {100 * MS, 108 * MS, 110 * MS}, {200 * MS, 0, 230 * MS}, {300 * MS, 310 * MS, 320 * MS}};
    tw_replay_spec spec = {.trips = trips, .n_trips = 4};
    fixture f;
    assert_ok(tw_feed_new(NULL, &units, events, 5, &f.feed, &err), &err);
    assert_ok(tw_params_parse(tw_replay_params(), "replay", "", &spec.options, &err), &err);
    spec.feed = f.feed;
    assert_ok(tw_replay_new(NULL, &spec, &f.replay, &err), &err);
    (void)tw_replay_elapse(f.replay, 49 * MS); /* 50 ms: six there, about four back */
    const uint64_t id = send(f.replay, TW_BOOK_BUY, TW_BOOK_GTC, 99, 1);
    assert_int_equal(tw_replay_wait(f.replay, id, 500 * MS), TW_STOP_ANSWER);
    assert_int_equal(tw_replay_order(f.replay, id)->exchange_ns, 56 * MS);
    assert_int_equal(tw_replay_now(f.replay), 56 * MS + 4000000);
    (void)tw_replay_elapse(f.replay, 150 * MS - tw_replay_now(f.replay));
    const uint64_t refused = send(f.replay, TW_BOOK_BUY, TW_BOOK_GTC, 99, 1);
    assert_int_equal(tw_replay_wait(f.replay, refused, 500 * MS), TW_STOP_ANSWER);
    assert_int_equal(tw_replay_order(f.replay, refused)->status, TW_BOOK_REJECTED);
    assert_int_equal(tw_replay_now(f.replay), 170 * MS);
    done(&f);
}

/* ---------------------------------------------------------------- the recorded form */

static tw_status read_text(const char *text, const char *snapshot, tw_feed **feed, tw_feed_summary *summary,
                           tw_error *err)
{
    char path[64];
    const char *folder = getenv("TMPDIR");
    tw_feed_options options;
    (void)snprintf(path, sizeof path, "%s/book_XXXXXX", folder && strlen(folder) < 40 ? folder : "/tmp");
    const int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    tw_params_default(tw_feed_params(), &options);
    (void)snprintf(options.snapshot, sizeof options.snapshot, "%s", snapshot);
    const tw_status status = tw_feed_read_binance(NULL, path, &units, &options, feed, summary, err);
    unlink(path);
    return status;
}

#define UPDATE(local, ms, first, last, before, bids)                                                                   \
    "10000000000" local "00000 {\"stream\":\"x@depth\",\"data\":{\"e\":\"depthUpdate\",\"T\":" ms ",\"U\":" first      \
    ",\"u\":" last ",\"pu\":" before ",\"b\":[" bids "],\"a\":[]}}\n"
#define SNAPSHOT(local, ms, made, bids)                                                                                \
    "10000000000" local "00000 {\"lastUpdateId\":" made ",\"T\":" ms ",\"bids\":[" bids "],\"asks\":[]}\n"

static const char stream[] = UPDATE("100", "1000000000009", "1", "4", "0", "[\"50\",\"9\"]")
    UPDATE("110", "1000000000010", "5", "8", "4", "[\"60\",\"1\"]")
        UPDATE("120", "1000000000011", "9", "12", "8", "[\"61\",\"2\"]")
            SNAPSHOT("130", "1000000000010", "9", "[\"60\",\"1\"],[\"59\",\"7\"]")
                UPDATE("140", "1000000000013", "13", "14", "12", "[\"62\",\"3\"]");

static void snapshots_are_spliced(void **state)
{
    (void)state;
    tw_error err;
    tw_feed *feed = NULL;
    tw_feed_summary summary;
    assert_ok(read_text(stream, "exact", &feed, &summary, &err), &err);
    assert_int_equal(summary.lines, 5);
    assert_int_equal(summary.depth_messages, 4);
    assert_int_equal(summary.dropped, 2); /* those up to 8; the one of 9 to 12 is partly newer, and it is absolute */
    assert_int_equal(tw_feed_size(feed), 5);
    const double prices[] = {NAN, 60, 59, 61, 62};
    for (size_t i = 0; i < 5; i++) {
        const tw_feed_event e = tw_feed_at(feed, i);
        assert_true(isnan(prices[i]) ? e.kind == TW_FEED_CLEAR : e.price == prices[i]);
        assert_true(e.local_ns >= INT64_C(1000000000013000000));
    }
    tw_feed_free(feed);
    assert_ok(read_text(stream, "received", &feed, &summary, &err), &err);
    assert_int_equal(tw_feed_size(feed), 7);
    tw_feed_free(feed);
}

static void bad_streams_are_named(void **state)
{
    (void)state;
    const struct {
        const char *text, *says;
    } cases[] = {
        {"x\n", ":1: does not begin with a local time"},
        {"1000000000012000000 {\n", ":1"},
        {"1000000000012000000 {\"data\":{\"e\":\"trade\",\"T\":1}}\n", ":1: a trade without price"},
        {"1000000000012000000 {\"data\":{\"e\":\"depthUpdate\",\"T\":1}}\n", ":1: a depth message without U, u or pu"},
        {UPDATE("100", "1", "1", "4", "0", "[\"-5\",\"9\"]"), ":1: a level is not a price and a quantity"},
        {UPDATE("100", "1", "1", "4", "0", "") UPDATE("110", "1", "6", "8", "5", ""),
         ":2: depth updates from 6 follow 5, but the last one seen is 4"},
        {UPDATE("100", "1", "1", "4", "0", "[\"5\",\"9\"]"), "no depth snapshot"},
        {"9000000000014000000 {\"e\":\"trade\"}\n", ":1: does not begin with a local time"},
        {"1000000000014000000 {\"e\":\"trade\",\"T\":1100000000011,\"p\":\"1\",\"q\":\"1\",\"m\":true}\n",
         ": local times are up to 1e+08 s behind those of the exchange, at most a day"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tw_error err;
        tw_feed *feed = NULL;
        assert_true(read_text(cases[k].text, "exact", &feed, NULL, &err) != TW_OK);
        if (!strstr(err.message, cases[k].says)) fail_msg("%s", err.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strategies_see_what_was_received),
        cmocka_unit_test(bad_events_are_named),
        cmocka_unit_test(orders_travel),
        cmocka_unit_test(takers_take),
        cmocka_unit_test(makers_are_reached),
        cmocka_unit_test(changes_and_refusals),
        cmocka_unit_test(trips_give_latencies),
        cmocka_unit_test(snapshots_are_spliced),
        cmocka_unit_test(bad_streams_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of reading a feed and of a replay fails in turn. */
#include "tradewind/book.h"

#include "tw_oom.h"

enum { N = 400, ORDERS = 300 };

static tw_feed_event event[N];

static void make_events(void)
{
    tw_random r = {2385, 1, 0};
    for (size_t i = 0; i < N; i++) {
        const bool buys = tw_random_below(&r, 2), trades = tw_random_below(&r, 5) == 0;
        const double away = (double)tw_random_below(&r, 600);
        event[i] = (tw_feed_event){.exchange_ns = (int64_t)i * 1000,
                                   .local_ns = (int64_t)i * 1000 + 500,
                                   .price = buys ? 1000 - away : 1001 + away,
                                   .quantity = (double)tw_random_below(&r, 5),
                                   .kind = trades ? TW_FEED_TRADE : TW_FEED_DEPTH,
                                   .side = buys ? TW_BOOK_BUY : TW_BOOK_SELL};
    }
}

/* More messages on their way than the rings have room for at first: they grow, or time stops. */
static tw_status replay(const tw_ctx *ctx, const tw_feed *feed)
{
    tw_replay_spec spec = {.feed = feed};
    tw_replay *r = NULL;
    uint64_t id;
    TW_TRY(tw_params_parse(tw_replay_params(), "replay", "entry=1e5 response=1e5", &spec.options, NULL));
    TW_TRY(tw_replay_new(ctx, &spec, &r, NULL));
    tw_replay_stop stop = tw_replay_next(r, false, 1000000);
    for (size_t i = 0; stop != TW_STOP_NO_MEMORY && i < ORDERS; i++)
        assert_ok(tw_replay_submit(r,
                                   &(tw_book_request){TW_BOOK_BUY, TW_BOOK_LIMIT, TW_BOOK_GTC, 900 + (double)i / 10, 1},
                                   &id, NULL),
                  NULL);
    while (stop != TW_STOP_END && stop != TW_STOP_NO_MEMORY) stop = tw_replay_next(r, true, 1000000);
    tw_replay_free(r);
    return stop == TW_STOP_NO_MEMORY ? TW_NO_MEMORY : TW_OK;
}

static tw_status run(const tw_ctx *ctx, void *arg)
{
    tw_feed *feed = NULL;
    (void)arg;
    TW_TRY(tw_feed_new(ctx, &(tw_feed_units){1, 1}, event, N, &feed, NULL));
    const tw_status status = replay(ctx, feed);
    tw_feed_free(feed);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    make_events();
    assert_true(tw_oom_sweep(run, NULL) >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads bytes as a recorded stream, both ways; what can be read is replayed. */
#include "tradewind/book.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const tw_feed *feed)
{
    tw_replay_spec spec = {.feed = feed};
    tw_replay *r = NULL;
    uint64_t id;
    tw_params_default(tw_replay_params(), &spec.options);
    if (tw_replay_new(NULL, &spec, &r, NULL) != TW_OK) return;
    (void)tw_replay_next(r, true, INT64_MAX);
    for (int side = -1; side <= 1; side += 2)
        (void)tw_replay_submit(r, &(tw_book_request){(tw_book_side)side, TW_BOOK_LIMIT, TW_BOOK_GTC, 10, 1}, &id, NULL);
    while (tw_replay_next(r, true, INT64_MAX) != TW_STOP_END) (void)tw_replay_top(r);
    tw_replay_free(r);
}

static void read_as(const char *path, const char *how)
{
    const tw_feed_units units = {0.5, 0.25};
    tw_feed_options options;
    tw_feed_summary s;
    tw_feed *feed = NULL;
    tw_params_default(tw_feed_params(), &options);
    (void)tw_params_set(tw_feed_params(), "feed", "snapshot", how, &options, NULL);
    if (tw_feed_read_binance(NULL, path, &units, &options, &feed, &s, NULL) != TW_OK) return;
    if (s.lines != s.depth_messages + s.trades + s.snapshots + s.other) abort();
    replay(feed);
    tw_feed_free(feed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[PATH_MAX];
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/book_fuzz_XXXXXX", folder ? folder : ".");
    const int fd = mkstemp(path);
    if (fd < 0) return 0;
    if (write(fd, data, size) == (ssize_t)size) {
        read_as(path, "exact");
        read_as(path, "received");
    }
    close(fd);
    unlink(path);
    return 0;
}

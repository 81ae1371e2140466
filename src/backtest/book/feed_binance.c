/* SPDX-License-Identifier: Apache-2.0 */
/* A recorded Binance futures stream: lines of "local time in ns, blank, JSON". Depth messages carry the first and last
 * of their updates (U, u) and the last of the message before (pu); a snapshot, asked for over another connection, says
 * after which update it was made. Exact reading is the exchange's own recipe: keep the messages, drop what the snapshot
 * has, then apply one after the other. */
#include "backtest/book/book_impl.h"
#include "tradewind/io.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const tw_param TABLE[] = {
    TW_PARAM_TEXT(tw_feed_options, snapshot, "exact", "exact|received", "how deltas and a snapshot come together"),
    TW_PARAM(tw_feed_options, base_latency, 0, 0, 1000000000, "ns added where the local clock was behind"),
    TW_PARAM_END,
};

const tw_param *tw_feed_params(void) { return TABLE; }

enum { NS_PER_MS = 1000000, STAMP = 19, FIRST_ROOM = 1 << 16 };

typedef struct reading {
    const tw_ctx *ctx;
    const char *name;
    bool exact;
    uint64_t line;
    int64_t local; /* of the line */
    tw_feed_event *event;
    size_t n, room;
    bool lost;                     /* out of memory */
    int64_t last_update, snapshot; /* u of the last message; lastUpdateId of the last snapshot, -1 before */
    size_t kept;                   /* events before the first snapshot: [0, kept) */
    int64_t *update;               /* [kept_room] u of the message of each of them */
    size_t update_room;
    tw_feed_summary summary;
} reading;

static tw_status bad(const reading *r, tw_error *err, const char *what)
{
    return tw_fail(err, TW_BAD_DATA, "%s:%llu: %s", r->name, (unsigned long long)r->line, what);
}

/* ---------------------------------------------------------------- events */

static void add(reading *r, const tw_feed_event *event)
{
    if (r->n == r->room) {
        const size_t room = r->room ? 2 * r->room : FIRST_ROOM;
        tw_feed_event *more = tw_resize(r->ctx, r->event, r->room * sizeof *more, room * sizeof *more);
        if (!more) {
            r->lost = true;
            return;
        }
        r->event = more;
        r->room = room;
    }
    r->event[r->n++] = *event;
}

/* A number written as text. */
static bool number_of(const tw_node *node, double *x)
{
    const char *text = tw_node_text(node, NULL);
    return text && tw_parse_double(text, strlen(text), x) && isfinite(*x) && *x >= 0;
}

static bool integer_of(const tw_node *node, int64_t *x)
{
    if (!node || node->kind != TW_NODE_NUMBER || !node->is_integer || node->integer < 0) return false;
    *x = node->integer;
    return true;
}

/* ["price", "quantity"], ... */
static tw_status add_levels(reading *r, const tw_node *levels, const tw_feed_event *like, tw_error *err)
{
    if (!levels || levels->kind != TW_NODE_LIST) return bad(r, err, "no list of levels");
    for (const tw_node *level = levels->first; level; level = level->next) {
        tw_feed_event event = *like;
        if (level->kind != TW_NODE_LIST || level->n_children != 2 || !number_of(level->first, &event.price) ||
            !number_of(level->first->next, &event.quantity))
            return bad(r, err, "a level is not a price and a quantity");
        add(r, &event);
    }
    return TW_OK;
}

static tw_status time_of(const reading *r, const tw_node *data, int64_t *time, tw_error *err)
{
    int64_t ms;
    if (!integer_of(tw_node_get(data, "T"), &ms) || ms > TW_FEED_LAST / NS_PER_MS) return bad(r, err, "no time T");
    *time = ms * NS_PER_MS;
    return TW_OK;
}

/* ---------------------------------------------------------------- messages */

static tw_status take_trade(reading *r, const tw_node *data, tw_error *err)
{
    const tw_node *maker = tw_node_get(data, "m");
    tw_feed_event event = {.local_ns = r->local, .kind = TW_FEED_TRADE};
    if (strcmp(tw_node_text(tw_node_get(data, "X"), "MARKET"), "MARKET") != 0) { /* insurance fund and the like */
        r->summary.other++;
        return TW_OK;
    }
    TW_TRY(time_of(r, data, &event.exchange_ns, err));
    if (!maker || maker->kind != TW_NODE_BOOL || !number_of(tw_node_get(data, "p"), &event.price) ||
        !number_of(tw_node_get(data, "q"), &event.quantity))
        return bad(r, err, "a trade without price p, quantity q or side m");
    event.side = maker->boolean ? TW_BOOK_SELL : TW_BOOK_BUY; /* m: the buyer was the maker */
    add(r, &event);
    r->summary.trades++;
    return TW_OK;
}

static tw_status check_sequence(const reading *r, int64_t first, int64_t before, tw_error *err)
{
    if (!r->exact || r->last_update < 0 || before == r->last_update) return TW_OK;
    return tw_fail(err, TW_BAD_DATA, "%s:%llu: depth updates from %lld follow %lld, but the last one seen is %lld",
                   r->name, (unsigned long long)r->line, (long long)first, (long long)before,
                   (long long)r->last_update);
}

/* Which update each event of a message is of, as long as no snapshot has come. */
static void keep_updates(reading *r, int64_t update)
{
    if (!r->exact || r->snapshot >= 0) return;
    if (r->n > r->update_room) {
        const size_t room = r->room;
        int64_t *more = tw_resize(r->ctx, r->update, r->update_room * sizeof *more, room * sizeof *more);
        if (!more) {
            r->lost = true;
            return;
        }
        r->update = more;
        r->update_room = room;
    }
    for (; r->kept < r->n; r->kept++) r->update[r->kept] = update;
}

static tw_status take_depth(reading *r, const tw_node *data, tw_error *err)
{
    int64_t first = 0, last = 0, before = 0;
    tw_feed_event bid = {.local_ns = r->local, .kind = TW_FEED_DEPTH, .side = TW_BOOK_BUY}, ask;
    TW_TRY(time_of(r, data, &bid.exchange_ns, err));
    if (!integer_of(tw_node_get(data, "U"), &first) || !integer_of(tw_node_get(data, "u"), &last) ||
        !integer_of(tw_node_get(data, "pu"), &before))
        return bad(r, err, "a depth message without U, u or pu");
    TW_TRY(check_sequence(r, first, before, err));
    r->last_update = last;
    r->summary.depth_messages++;
    if (r->exact && last < r->snapshot) {
        r->summary.dropped++;
        return TW_OK;
    }
    ask = bid;
    ask.side = TW_BOOK_SELL;
    keep_updates(r, -1); /* trades since */
    TW_TRY(add_levels(r, tw_node_get(data, "b"), &bid, err));
    TW_TRY(add_levels(r, tw_node_get(data, "a"), &ask, err));
    keep_updates(r, last);
    return TW_OK;
}

/* ---------------------------------------------------------------- snapshots */

/* Clears what the snapshot covers, then puts its levels. */
static tw_status add_side(reading *r, const tw_node *levels, const tw_feed_event *like, tw_error *err)
{
    const size_t at = r->n;
    tw_feed_event clear = *like;
    if (!levels || levels->kind != TW_NODE_LIST) return bad(r, err, "a snapshot without bids and asks");
    if (!levels->first) return TW_OK;
    clear.kind = TW_FEED_CLEAR;
    clear.price = NAN;
    add(r, &clear);
    TW_TRY(add_levels(r, levels, like, err));
    if (!r->exact && !r->lost) r->event[at].price = r->event[r->n - 1].price;
    return TW_OK;
}

/* Messages that came before the snapshot: those it has are dropped, later ones are known from now on. What was traded
 * stays. */
static void sort_out(reading *r, tw_feed_event *later, size_t *n_later)
{
    size_t n = 0;
    int64_t last_dropped = -1;
    for (size_t i = 0; i < r->n; i++) {
        const int64_t update = i < r->kept ? r->update[i] : -1;
        if (update < 0)
            r->event[n++] = r->event[i];
        else if (update >= r->snapshot) {
            later[*n_later] = r->event[i];
            later[(*n_later)++].local_ns = r->local;
        } else if (update != last_dropped) {
            last_dropped = update;
            r->summary.dropped++;
        }
    }
    r->n = n;
}

static tw_status take_snapshot(reading *r, const tw_node *data, tw_error *err)
{
    int64_t made = 0;
    size_t n_later = 0;
    tw_feed_event bid = {.local_ns = r->local, .kind = TW_FEED_DEPTH, .side = TW_BOOK_BUY}, ask;
    TW_TRY(time_of(r, data, &bid.exchange_ns, err));
    if (!integer_of(tw_node_get(data, "lastUpdateId"), &made)) return bad(r, err, "a snapshot without lastUpdateId");
    ask = bid;
    ask.side = TW_BOOK_SELL;
    r->summary.snapshots++;
    const bool sorts = r->exact && r->snapshot < 0;
    tw_feed_event *later = tw_new(r->ctx, sorts ? r->n + 1 : 1, sizeof *later);
    if (!later) return tw_no_memory(err, "a feed");
    r->snapshot = made;
    if (sorts) sort_out(r, later, &n_later);
    tw_status status = add_side(r, tw_node_get(data, "bids"), &bid, err);
    if (status == TW_OK) status = add_side(r, tw_node_get(data, "asks"), &ask, err);
    for (size_t i = 0; i < n_later; i++) add(r, &later[i]);
    tw_free(r->ctx, later);
    return status;
}

static tw_status take_message(reading *r, const tw_node *message, tw_error *err)
{
    const tw_node *data = tw_node_get(message, "data");
    const char *kind = tw_node_text(tw_node_get(data ? data : message, "e"), "");
    if (strcmp(kind, "trade") == 0) return take_trade(r, data ? data : message, err);
    if (strcmp(kind, "depthUpdate") == 0) return take_depth(r, data ? data : message, err);
    if (tw_node_get(message, "lastUpdateId")) return take_snapshot(r, message, err);
    r->summary.other++;
    return TW_OK;
}

static tw_status take_line(reading *r, const tw_field *line, tw_error *err)
{
    char name[320];
    tw_doc *doc = NULL;
    r->summary.lines++;
    if (line->length <= STAMP || line->text[STAMP] != ' ' || !tw_parse_int64(line->text, STAMP, &r->local) ||
        r->local < 0 || r->local > TW_FEED_LAST)
        return bad(r, err, "does not begin with a local time of 19 digits and a blank");
    (void)snprintf(name, sizeof name, "%s:%llu", r->name, (unsigned long long)r->line);
    TW_TRY(tw_doc_parse_json(r->ctx, line->text + STAMP + 1, line->length - STAMP - 1, name, &doc, err));
    const tw_status status = take_message(r, tw_doc_root(doc), err);
    tw_doc_free(doc);
    return status == TW_OK && r->lost ? tw_no_memory(err, "a feed") : status;
}

static tw_status read_lines(reading *r, tw_csv *lines, tw_error *err)
{
    for (;;) {
        const tw_field *field = NULL;
        size_t n = 0;
        TW_TRY(tw_csv_next(lines, &field, &n, err));
        if (!field) return TW_OK;
        r->line = tw_csv_line(lines);
        TW_TRY(take_line(r, field, err));
    }
}

/* ---------------------------------------------------------------- clocks */

/* A local clock behind that of the exchange receives events before they happen; by more than a day it is no clock. */
static tw_status set_clock_right(reading *r, int base_latency, tw_error *err)
{
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < r->n; i++) {
        const int64_t latency = r->event[i].local_ns - r->event[i].exchange_ns;
        if (latency < least) least = latency;
    }
    if (least >= 0) return TW_OK;
    if (least < -TW_NS_PER_DAY)
        return tw_fail(err, TW_BAD_DATA, "%s: local times are up to %g s behind those of the exchange, at most a day",
                       r->name, (double)-least / (double)TW_NS_PER_SECOND);
    r->summary.clock_shift = base_latency - least;
    for (size_t i = 0; i < r->n; i++) r->event[i].local_ns += r->summary.clock_shift;
    return TW_OK;
}

static tw_status read_all(reading *r, const char *path, tw_error *err)
{
    tw_source *source = NULL;
    tw_csv *lines = NULL;
    TW_TRY(tw_source_open(r->ctx, path, &source, err));
    TW_TRY(
        tw_csv_open(r->ctx, source, path, &(tw_csv_options){.delimiter = '\x01', .plain_quotes = true}, &lines, err));
    const tw_status status = read_lines(r, lines, err);
    tw_csv_close(lines);
    if (status != TW_OK) return status;
    if (r->exact && r->snapshot < 0 && r->summary.depth_messages)
        return tw_fail(err, TW_BAD_DATA, "%s: no depth snapshot; snapshot=received reads deltas alone", path);
    return TW_OK;
}

tw_status tw_feed_read_binance(const tw_ctx *ctx, const char *path, const tw_feed_units *units,
                               const tw_feed_options *options, tw_feed **feed, tw_feed_summary *summary, tw_error *err)
{
    reading r = {.ctx = ctx,
                 .name = path,
                 .exact = strcmp(options->snapshot, "received") != 0,
                 .last_update = -1,
                 .snapshot = -1};
    tw_status status = read_all(&r, path, err);
    if (status == TW_OK) status = set_clock_right(&r, options->base_latency, err);
    if (status == TW_OK) status = tw_feed_new(ctx, units, r.event, r.n, feed, err);
    tw_free(ctx, r.event);
    tw_free(ctx, r.update);
    if (status == TW_OK && summary) *summary = r.summary;
    return status;
}

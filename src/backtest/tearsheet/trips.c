/* SPDX-License-Identifier: Apache-2.0 */
/* trips.c - fills to round trips, as pyfolio does it: fills of a symbol on one side that follow each other within eight
 * hours are one block at their mean price; a block against what is open closes it, first in first out, and is one
 * round trip; what is left of it opens the other side. */
#include "backtest/tearsheet/sheet.h"

#include <math.h>

static const int64_t TOGETHER = INT64_C(8) * 3600 * TW_NS_PER_SECOND;

typedef struct lot {
    int64_t time;
    double quantity, price;
} lot;

typedef struct trader {
    const tw_track_record *record;
    const size_t *order; /* trades by symbol, then time */
    lot *open;           /* oldest at `first` */
    size_t first, last;
    tw_round_trip *trip;
    size_t n_trips;
} trader;

/* Trade indices by symbol, stable: counting sort. start[s] .. start[s + 1] are those of symbol s. */
static void sort_by_symbol(const tw_track_record *r, size_t *order, size_t *start)
{
    for (size_t i = 0; i < r->n_trades; i++) start[r->trade[i].symbol + 1]++;
    for (size_t s = 0; s < r->n_symbols; s++) start[s + 1] += start[s];
    for (size_t i = 0; i < r->n_trades; i++) order[start[r->trade[i].symbol]++] = i;
    for (size_t s = r->n_symbols; s > 0; s--) start[s] = start[s - 1];
    start[0] = 0;
}

/* The block that starts at order[from]; *to is behind its last fill. */
static lot block_at(const trader *t, size_t from, size_t end, size_t *to)
{
    const tw_sheet_trade *trade = t->record->trade, *first = &trade[t->order[from]], *before = first;
    lot out = {first->time, 0, 0};
    for (*to = from; *to < end; ++*to) {
        const tw_sheet_trade *now = &trade[t->order[*to]];
        if ((now->quantity > 0) != (first->quantity > 0) || now->time - before->time > TOGETHER) break;
        out.quantity += now->quantity;
        out.price += now->quantity * now->price;
        before = now;
    }
    out.price /= out.quantity;
    return out;
}

/* Takes the block off the oldest lots. */
static void close_lots(trader *t, lot block, uint32_t symbol)
{
    tw_round_trip trip = {.symbol = symbol,
                          .is_long = block.quantity < 0,
                          .opened = t->open[t->first].time,
                          .closed = block.time,
                          .share = NAN};
    double left = fabs(block.quantity), invested = 0;
    while (left > 0 && t->first < t->last) {
        lot *oldest = &t->open[t->first];
        const double part = fmin(left, fabs(oldest->quantity));
        trip.pnl += part * (trip.is_long ? block.price - oldest->price : oldest->price - block.price);
        invested += part * fabs(oldest->price);
        trip.quantity += part;
        left -= part;
        oldest->quantity += trip.is_long ? -part : part;
        if (oldest->quantity == 0) t->first++;
    }
    trip.returns = invested > 0 ? trip.pnl / invested : NAN;
    t->trip[t->n_trips++] = trip;
    if (left > 0) t->open[t->last++] = (lot){block.time, block.quantity > 0 ? left : -left, block.price};
}

static void trade_symbol(trader *t, uint32_t symbol, size_t from, size_t end)
{
    t->first = t->last = 0;
    for (size_t to = from; from < end; from = to) {
        const lot block = block_at(t, from, end, &to);
        if (block.quantity == 0 || block.price < 0) continue;
        const bool against = t->first < t->last && (t->open[t->first].quantity > 0) != (block.quantity > 0);
        if (against)
            close_lots(t, block, symbol);
        else
            t->open[t->last++] = block;
    }
}

/* ---------------------------------------------------------------- numbers */

typedef enum side { BOTH, LONG_ONLY, SHORT_ONLY } side;

/* Trips [from, to) of one side; x has room for them. */
typedef struct choice {
    const tw_round_trip *trip;
    size_t from, to;
    side side;
    double *x;
} choice;

static bool chosen(const choice *c, size_t i)
{
    return c->side == BOTH || c->trip[i].is_long == (c->side == LONG_ONLY);
}

static double ratio(double a, double b) { return b != 0 ? a / b : NAN; }

static void count_money(const choice *c, tw_trip_stats *s)
{
    s->largest_win = s->largest_loss = NAN;
    for (size_t i = c->from; i < c->to; i++) {
        const double pnl = c->trip[i].pnl;
        if (!chosen(c, i)) continue;
        s->largest_win = fmax(s->n ? s->largest_win : pnl, pnl);
        s->largest_loss = fmin(s->n ? s->largest_loss : pnl, pnl);
        s->n++;
        s->winners += pnl > 0;
        s->losers += pnl < 0;
        s->even += pnl == 0;
        s->pnl += pnl;
        *(pnl > 0 ? &s->gross_profit : &s->gross_loss) += pnl;
    }
    s->profit_factor = ratio(s->gross_profit, -s->gross_loss);
    s->mean = ratio(s->pnl, (double)s->n);
    s->mean_win = ratio(s->gross_profit, (double)s->winners);
    s->mean_loss = ratio(s->gross_loss, (double)s->losers);
    s->win_over_loss = s->losers ? ratio(s->mean_win, -s->mean_loss) : NAN;
}

/* Median of the chosen trips' shares that win (way 1), lose (-1), or of all (0). */
static double median_share(const choice *c, int way)
{
    size_t n = 0;
    for (size_t i = c->from; i < c->to; i++) {
        const double share = c->trip[i].share;
        if (!chosen(c, i) || isnan(share)) continue;
        if (way == 0 || (way > 0 ? share > 0 : share < 0)) c->x[n++] = share;
    }
    return tw_sheet_median(n, c->x);
}

static void count_returns(const choice *c, tw_trip_stats *s)
{
    double sum = 0, win = 0, loss = 0;
    size_t n = 0, wins = 0, losses = 0;
    s->return_best = s->return_worst = NAN;
    for (size_t i = c->from; i < c->to; i++) {
        const double share = c->trip[i].share;
        if (!chosen(c, i) || isnan(share)) continue;
        s->return_best = n ? fmax(s->return_best, share) : share;
        s->return_worst = n ? fmin(s->return_worst, share) : share;
        n++;
        sum += share;
        if (share > 0) win += share, wins++;
        if (share < 0) loss += share, losses++;
    }
    s->return_mean = ratio(sum, (double)n);
    s->return_win = ratio(win, (double)wins);
    s->return_loss = ratio(loss, (double)losses);
    s->return_median = median_share(c, 0);
    s->return_median_win = median_share(c, 1);
    s->return_median_loss = median_share(c, -1);
}

static void count_days(const choice *c, tw_trip_stats *s)
{
    double sum = 0;
    size_t n = 0;
    s->days_longest = s->days_shortest = NAN;
    for (size_t i = c->from; i < c->to; i++) {
        if (!chosen(c, i)) continue;
        const double days = (double)(c->trip[i].closed - c->trip[i].opened) / (double)TW_NS_PER_DAY;
        s->days_longest = n ? fmax(s->days_longest, days) : days;
        s->days_shortest = n ? fmin(s->days_shortest, days) : days;
        c->x[n++] = days;
        sum += days;
    }
    s->days_mean = ratio(sum, (double)n);
    s->days_median = tw_sheet_median(n, c->x);
}

static tw_trip_stats stats_of(choice c)
{
    tw_trip_stats s = {0};
    count_money(&c, &s);
    count_returns(&c, &s);
    count_days(&c, &s);
    return s;
}

static tw_status count_trips(tw_tearsheet *sheet, tw_error *err)
{
    const size_t n = sheet->n_trips, n_symbols = sheet->record.n_symbols;
    tw_trip_stats *by_symbol = tw_arena_new(&sheet->arena, n_symbols + 1, sizeof *by_symbol);
    choice c = {.trip = sheet->trip, .to = n, .x = tw_sheet_series(sheet, n, 0)};
    if (!by_symbol || !c.x) return tw_sheet_no_memory(err);
    sheet->trips = stats_of(c);
    c.side = LONG_ONLY;
    sheet->long_trips = stats_of(c);
    c.side = SHORT_ONLY;
    sheet->short_trips = stats_of(c);
    c.side = BOTH;
    c.to = 0;
    for (uint32_t s = 0; s < n_symbols; s++) {
        c.from = c.to;
        while (c.to < n && sheet->trip[c.to].symbol == s) c.to++;
        by_symbol[s] = stats_of(c);
    }
    sheet->symbol_trips = by_symbol;
    return TW_OK;
}

tw_status tw_sheet_trips(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    if (r->n_trades == 0) return TW_OK;
    size_t *order = tw_arena_new(&sheet->arena, r->n_trades, sizeof *order);
    size_t *start = tw_arena_new(&sheet->arena, r->n_symbols + 1, sizeof *start);
    trader t = {.record = r, .order = order};
    t.open = tw_arena_new(&sheet->arena, r->n_trades, sizeof *t.open);
    t.trip = tw_arena_new(&sheet->arena, r->n_trades, sizeof *t.trip);
    if (!order || !start || !t.open || !t.trip) return tw_sheet_no_memory(err);
    sort_by_symbol(r, order, start);
    for (uint32_t s = 0; s < r->n_symbols; s++) trade_symbol(&t, s, start[s], start[s + 1]);
    for (size_t i = 0; r->equity && i < t.n_trips; i++) {
        const size_t bar = tw_sheet_bar(sheet, t.trip[i].closed);
        if (bar != SIZE_MAX) t.trip[i].share = t.trip[i].pnl / r->equity[bar];
    }
    sheet->trip = t.trip;
    sheet->n_trips = t.n_trips;
    return count_trips(sheet, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* trips.c - fills to round trips, as pyfolio does it: fills of a symbol on one side that follow each other within eight
 * hours are one block at their mean price; a block against what is open closes it, first in first out, and is one
 * round trip; what is left of it opens the other side. Splits and stock dividends change what is open. */
#include "backtest/tearsheet/sheet.h"

#include <math.h>

static const int64_t TOGETHER = INT64_C(8) * 3600 * TW_NS_PER_SECOND;
static const double DUST = 1e-9; /* share of a block that rounding left */

typedef struct lot {
    int64_t time;
    uint32_t bar; /* UINT32_MAX: none */
    double quantity, price, income;
} lot;

/* Indices of items by symbol, in their order; [start[s], start[s + 1]) are those of symbol s. */
typedef struct by_symbol {
    size_t *item, *start;
} by_symbol;

typedef struct trader {
    const tw_tearsheet *sheet;
    const tw_track_record *record;
    by_symbol trades, actions;
    const double *last_price; /* [n_symbols] of holdings as the record ends; NULL: they are left open */
    lot *open;                /* oldest at `first` */
    size_t first, last;
    tw_round_trip *trip;
    size_t n_trips;
} trader;

/* Counting sort, stable: `symbol` has the symbol of item i at i * stride bytes. */
static bool sort_by_symbol(tw_tearsheet *sheet, size_t n, const uint32_t *symbol, size_t stride, by_symbol *out)
{
    const size_t n_symbols = sheet->record.n_symbols;
    size_t *item = tw_arena_new(&sheet->arena, n + 1, sizeof *item);
    size_t *start = tw_arena_new(&sheet->arena, n_symbols + 2, sizeof *start);
    if (!item || !start) return false;
    for (size_t i = 0; i < n; i++) start[*(const uint32_t *)(const void *)((const char *)symbol + i * stride) + 1]++;
    for (size_t s = 0; s < n_symbols; s++) start[s + 1] += start[s];
    for (size_t i = 0; i < n; i++)
        item[start[*(const uint32_t *)(const void *)((const char *)symbol + i * stride)]++] = i;
    for (size_t s = n_symbols; s > 0; s--) start[s] = start[s - 1];
    start[0] = 0;
    *out = (by_symbol){item, start};
    return true;
}

/* ---------------------------------------------------------------- what actions do to lots */

static double open_quantity(const trader *t)
{
    double total = 0;
    for (size_t i = t->first; i < t->last; i++) total += t->open[i].quantity;
    return total;
}

static void scale_lots(trader *t, double times)
{
    for (size_t i = t->first; i < t->last; i++) {
        t->open[i].quantity *= times;
        t->open[i].price /= times;
    }
}

/* The fraction of a share that a split left was paid at its cost: no profit, and no trip. */
static void drop(trader *t, double shares)
{
    while (shares > 0 && t->first < t->last) {
        lot *oldest = &t->open[t->first];
        const double part = fmin(shares, fabs(oldest->quantity));
        oldest->quantity -= copysign(part, oldest->quantity);
        shares -= part;
        if (oldest->quantity == 0) t->first++;
    }
}

/* Shares that come for nothing make those that are held cheaper. */
static void grant(trader *t, const tw_sheet_action *a)
{
    const double held = open_quantity(t);
    if (held != 0 && (held > 0) == (a->amount > 0))
        scale_lots(t, (held + a->amount) / held);
    else if (held == 0 && a->amount != 0)
        t->open[t->last++] = (lot){t->record->time[a->bar], a->bar, a->amount, 0, 0};
}

static void earn(trader *t, double cash)
{
    const double held = open_quantity(t);
    for (size_t i = t->first; held != 0 && i < t->last; i++) t->open[i].income += cash * t->open[i].quantity / held;
}

static void act(trader *t, const tw_sheet_action *a)
{
    if (a->kind == TW_SHEET_INCOME) earn(t, a->amount);
    if (a->kind == TW_SHEET_GRANT) grant(t, a);
    if (a->kind != TW_SHEET_SPLIT) return;
    scale_lots(t, 1 / a->amount);
    drop(t, a->dropped);
}

/* ---------------------------------------------------------------- trading */

/* The block that starts at from; *to is behind its last fill, and none but the first is of bar `until` or later. */
static lot block_at(const trader *t, size_t from, size_t end, uint32_t until, size_t *to)
{
    const tw_sheet_trade *trade = t->record->trade, *first = &trade[t->trades.item[from]], *before = first;
    lot out = {.time = first->time, .bar = t->record->trade_bar[t->trades.item[from]]};
    for (*to = from; *to < end; ++*to) {
        const tw_sheet_trade *now = &trade[t->trades.item[*to]];
        if ((now->quantity > 0) != (first->quantity > 0) || now->time - before->time > TOGETHER) break;
        if (*to > from && t->record->trade_bar[t->trades.item[*to]] >= until) break;
        out.quantity += now->quantity;
        out.price += now->quantity * now->price;
        before = now;
    }
    out.price /= out.quantity;
    return out;
}

/* Takes a part off the oldest lot; what rounding leaves of it goes with it. */
static void take_part(trader *t, double part, double dust, tw_round_trip *trip)
{
    lot *oldest = &t->open[t->first];
    const double income = oldest->income * (part / fabs(oldest->quantity));
    trip->income += income;
    oldest->income -= income;
    oldest->quantity -= copysign(part, oldest->quantity);
    if (fabs(oldest->quantity) <= dust) t->first++;
}

/* Takes the block off the oldest lots. */
static void close_lots(trader *t, lot block, uint32_t symbol)
{
    tw_round_trip trip = {.symbol = symbol,
                          .is_long = block.quantity < 0,
                          .opened = t->open[t->first].time,
                          .closed = block.time,
                          .share = NAN};
    const double dust = DUST * fabs(block.quantity);
    double left = fabs(block.quantity), invested = 0;
    while (left > dust && t->first < t->last) {
        const lot *oldest = &t->open[t->first];
        const double part = fmin(left, fabs(oldest->quantity));
        trip.pnl += part * (trip.is_long ? block.price - oldest->price : oldest->price - block.price);
        invested += part * fabs(oldest->price);
        trip.quantity += part;
        left -= part;
        take_part(t, part, dust, &trip);
    }
    const double multiplier = tw_sheet_multiplier(t->record, symbol);
    trip.pnl *= multiplier;
    invested *= multiplier;
    if (t->sheet->options.income) trip.pnl += trip.income;
    trip.returns = invested > 0 ? trip.pnl / invested : NAN;
    if (t->record->equity && block.bar != UINT32_MAX) trip.share = trip.pnl / t->record->equity[block.bar];
    t->trip[t->n_trips++] = trip;
    if (left > dust) t->open[t->last++] = (lot){block.time, block.bar, copysign(left, block.quantity), block.price, 0};
}

/* What is held as the record ends is closed at its last price. */
static void close_open(trader *t, uint32_t symbol)
{
    const double held = open_quantity(t);
    if (!t->last_price || held == 0 || isnan(t->last_price[symbol])) return;
    const uint32_t bar = (uint32_t)t->record->path.n - 1;
    close_lots(t, (lot){t->record->time[bar], bar, -held, t->last_price[symbol], 0}, symbol);
    t->trip[t->n_trips - 1].still_open = true;
}

/* Actions of a symbol up to a bar; the bar of the next one comes back, UINT32_MAX: none. */
static uint32_t act_until(trader *t, uint32_t symbol, uint32_t bar, size_t *next)
{
    const tw_sheet_action *action = t->record->action;
    const size_t end = t->actions.start[symbol + 1];
    while (*next < end && action[t->actions.item[*next]].bar <= bar) act(t, &action[t->actions.item[(*next)++]]);
    return *next < end ? action[t->actions.item[*next]].bar : UINT32_MAX;
}

static void trade_symbol(trader *t, uint32_t symbol)
{
    const size_t end = t->trades.start[symbol + 1];
    size_t next = t->actions.start[symbol];
    uint32_t until = UINT32_MAX;
    t->first = t->last = 0;
    for (size_t from = t->trades.start[symbol], to = from; from < end; from = to) {
        const uint32_t bar = t->record->trade_bar[t->trades.item[from]];
        if (bar != UINT32_MAX) until = act_until(t, symbol, bar, &next);
        const lot block = block_at(t, from, end, until, &to);
        if (block.quantity == 0 || block.price < 0) continue;
        const bool against = t->first < t->last && (t->open[t->first].quantity > 0) != (block.quantity > 0);
        if (against)
            close_lots(t, block, symbol);
        else
            t->open[t->last++] = block;
    }
    (void)act_until(t, symbol, UINT32_MAX, &next);
    close_open(t, symbol);
}

/* Price of each symbol that is held as the record ends, NaN for others. */
static bool find_last_prices(tw_tearsheet *sheet, trader *t)
{
    const tw_track_record *r = &sheet->record;
    double *price = tw_sheet_series(sheet, r->n_symbols, NAN);
    t->last_price = price;
    for (size_t i = r->n_holdings; price && i-- > 0 && r->holding[i].bar + 1 == r->path.n;)
        price[r->holding[i].symbol] = r->holding[i].price;
    return price != NULL;
}

static bool make_room(tw_tearsheet *sheet, trader *t)
{
    static const tw_sheet_action none;
    const tw_track_record *r = &sheet->record;
    const tw_sheet_action *action = r->action ? r->action : &none;
    const size_t trips = r->n_trades + r->n_symbols;
    t->open = tw_arena_new(&sheet->arena, trips + r->n_actions, sizeof *t->open);
    t->trip = tw_arena_new(&sheet->arena, trips, sizeof *t->trip);
    if (!t->open || !t->trip || (sheet->options.close_open && !find_last_prices(sheet, t))) return false;
    return sort_by_symbol(sheet, r->n_trades, &r->trade->symbol, sizeof *r->trade, &t->trades) &&
           sort_by_symbol(sheet, r->n_actions, &action->symbol, sizeof *action, &t->actions);
}

tw_status tw_sheet_trips(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    trader t = {.sheet = sheet, .record = r};
    if (r->n_trades == 0) return TW_OK;
    if (!make_room(sheet, &t)) return tw_sheet_no_memory(err);
    for (uint32_t s = 0; s < r->n_symbols; s++) trade_symbol(&t, s);
    sheet->trip = t.trip;
    sheet->n_trips = t.n_trips;
    return tw_sheet_trip_stats(sheet, err);
}

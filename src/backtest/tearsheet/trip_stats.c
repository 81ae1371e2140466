/* SPDX-License-Identifier: Apache-2.0 */
/* trip_stats.c - round trips in numbers: all, by side, by symbol, by sector. */
#include "backtest/tearsheet/sheet.h"

#include <math.h>

typedef enum side { BOTH, LONG_ONLY, SHORT_ONLY } side;

/* Trips [from, to) of one side, or of one sector; x has room for them. */
typedef struct choice {
    const tw_round_trip *trip;
    size_t from, to;
    side side;
    const uint32_t *sector; /* of symbols; NULL: all */
    uint32_t wanted;
    double *x;
} choice;

static bool chosen(const choice *c, size_t i)
{
    if (c->sector && c->sector[c->trip[i].symbol] != c->wanted) return false;
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
        s->income += c->trip[i].income;
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

static tw_status count_sectors(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    if (!r->sector) return TW_OK;
    tw_trip_stats *stats = tw_arena_new(&sheet->arena, r->n_sectors + 1, sizeof *stats);
    choice c = {
        .trip = sheet->trip, .to = sheet->n_trips, .sector = r->sector, .x = tw_sheet_series(sheet, sheet->n_trips, 0)};
    if (!stats || !c.x) return tw_sheet_no_memory(err);
    for (; c.wanted < r->n_sectors; c.wanted++) stats[c.wanted] = stats_of(c);
    sheet->sector_trips = stats;
    return TW_OK;
}

tw_status tw_sheet_trip_stats(tw_tearsheet *sheet, tw_error *err)
{
    TW_TRY(count_trips(sheet, err));
    return count_sectors(sheet, err);
}

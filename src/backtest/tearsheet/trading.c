/* SPDX-License-Identifier: Apache-2.0 */
/* trading.c - what is traded in a bar and in an hour of the day, and what a run that is flat overnight holds meanwhile:
 * at the moment of a day when its fills so far, netted by symbol, are worth most (pyfolio's estimate_intraday). */
#include "backtest/tearsheet/sheet.h"

#include <math.h>

static const double INTRADAY = 0.25; /* names held overnight for each one traded in a day */

static void find_hours(tw_tearsheet *sheet)
{
    static const int64_t HOUR = INT64_C(3600) * TW_NS_PER_SECOND;
    const tw_track_record *r = &sheet->record;
    tw_trade_hours *h = &sheet->hours;
    const int64_t ahead = (int64_t)(sheet->options.utc_offset * (double)HOUR);
    double total = 0;
    for (size_t i = 0; i < r->n_trades; i++) {
        const int64_t time = r->trade[i].time % TW_NS_PER_DAY + ahead + 2 * TW_NS_PER_DAY;
        const size_t hour = (size_t)(time % TW_NS_PER_DAY / HOUR);
        const double value = fabs(tw_sheet_trade_value(r, &r->trade[i]));
        h->n[hour]++;
        h->value[hour] += value;
        total += value;
    }
    for (int k = 0; k < 24 && total > 0; k++) h->value[k] /= total;
}

static tw_status find_traded(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    double *value = tw_sheet_series(sheet, r->path.n, 0), *shares = tw_sheet_series(sheet, r->path.n, 0);
    if (!value || !shares) return tw_sheet_no_memory(err);
    for (size_t i = 0; i < r->n_trades; i++) {
        const uint32_t bar = r->trade_bar[i];
        if (bar == UINT32_MAX) continue;
        value[bar] += fabs(tw_sheet_trade_value(r, &r->trade[i]));
        shares[bar] += fabs(r->trade[i].quantity);
    }
    sheet->traded = value;
    sheet->traded_shares = shares;
    return TW_OK;
}

/* ---------------------------------------------------------------- inside a day */

typedef struct day {
    double *value;          /* [n_symbols] traded so far, signed; then what is held with it */
    size_t *seen, n_traded; /* [n_symbols] 1 + bar a symbol was last traded in; names traded, day by day */
    double *gross, *net;    /* [n] */
} day;

/* Fills [from, to) are those of a bar; what comes back is behind the last of the busiest moment. Fills at one instant
 * are one step. */
static size_t busiest(const tw_track_record *r, size_t from, size_t to, day *d)
{
    double most = 0, gross = 0;
    size_t found = from;
    for (size_t i = from; i < to; i++) {
        const tw_sheet_trade *t = &r->trade[i];
        gross -= fabs(d->value[t->symbol]);
        d->value[t->symbol] += tw_sheet_trade_value(r, t);
        gross += fabs(d->value[t->symbol]);
        d->n_traded += d->seen[t->symbol] != (size_t)r->trade_bar[i] + 1;
        d->seen[t->symbol] = (size_t)r->trade_bar[i] + 1;
        if ((i + 1 < to && r->trade[i + 1].time == t->time) || !(gross > most)) continue;
        most = gross;
        found = i + 1;
    }
    return found;
}

static void follow_day(const tw_track_record *r, size_t from, size_t to, day *d)
{
    for (size_t s = 0; s < r->n_symbols; s++) d->value[s] = 0;
    const size_t until = busiest(r, from, to, d);
    for (size_t s = 0; s < r->n_symbols; s++) d->value[s] = 0;
    for (size_t i = from; i < until; i++) d->value[r->trade[i].symbol] += tw_sheet_trade_value(r, &r->trade[i]);
}

/* Adds what was held as the bar before ended: holdings from *at on, which moves behind them. */
static void add_held(const tw_track_record *r, size_t bar, size_t *at, double *value)
{
    while (*at < r->n_holdings && r->holding[*at].bar + 1 < bar) ++*at;
    for (; *at < r->n_holdings && r->holding[*at].bar + 1 == bar; ++*at)
        value[r->holding[*at].symbol] += tw_sheet_holding_value(r, &r->holding[*at]);
}

static void follow_days(const tw_track_record *r, day *d)
{
    size_t from = 0, held = 0;
    while (from < r->n_trades && r->trade_bar[from] == UINT32_MAX) from++;
    for (size_t bar = 0; bar < r->path.n; bar++) {
        size_t to = from;
        while (to < r->n_trades && r->trade_bar[to] == bar) to++;
        follow_day(r, from, to, d);
        while (to < r->n_trades && r->trade_bar[to] == UINT32_MAX) to++;
        from = to;
        add_held(r, bar, &held, d->value);
        const double before = bar ? r->equity[bar - 1] : r->equity[0] / (1 + r->path.returns[0]);
        for (size_t s = 0; s < r->n_symbols; s++) {
            d->gross[bar] += fabs(d->value[s]) / before;
            d->net[bar] += d->value[s] / before;
        }
    }
}

static tw_status find_intraday(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    day d = {.value = tw_sheet_series(sheet, r->n_symbols, 0),
             .gross = tw_sheet_series(sheet, r->path.n, 0),
             .net = tw_sheet_series(sheet, r->path.n, 0),
             .seen = tw_arena_new(&sheet->arena, r->n_symbols + 1, sizeof(size_t))};
    if (!d.value || !d.gross || !d.net || !d.seen) return tw_sheet_no_memory(err);
    follow_days(r, &d);
    sheet->exposure.intraday_gross = d.gross;
    sheet->exposure.intraday_net = d.net;
    sheet->exposure.is_intraday = (double)r->n_holdings < INTRADAY * (double)d.n_traded;
    return TW_OK;
}

tw_status tw_sheet_trading(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    if (r->n_trades == 0) return TW_OK;
    find_hours(sheet);
    TW_TRY(find_traded(sheet, err));
    return r->equity ? find_intraday(sheet, err) : TW_OK;
}

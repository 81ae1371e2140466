/* SPDX-License-Identifier: Apache-2.0 */
/* read_trades.c - what was traded and held: txns.csv and positions.csv. */
#include "backtest/tearsheet/read.h"

#include <math.h>

enum { DAY, SYMBOL, AMOUNT, PRICE, RATE, TIME, ORDER };

/* What both files have in common. */
typedef struct entry {
    size_t bar;
    uint32_t symbol;
    double amount, price;
} entry;

static tw_status read_entry(tw_record_reader *r, const tw_rows *rows, entry *e, tw_error *err)
{
    int64_t day;
    TW_TRY(tw_rows_time(rows, DAY, &day, err));
    e->bar = tw_record_bar(r, tw_record_day(day));
    if (e->bar == SIZE_MAX) return tw_rows_fail(rows, DAY, err, "is a day that daily.csv does not have");
    TW_TRY(tw_record_intern(&r->symbols, rows, SYMBOL, &e->symbol, err));
    TW_TRY(tw_rows_number(rows, AMOUNT, &e->amount, err));
    TW_TRY(tw_rows_number(rows, PRICE, &e->price, err));
    if (rows->place[RATE] != SIZE_MAX) { /* prices of other currencies, to the account's */
        double rate;
        TW_TRY(tw_rows_number(rows, RATE, &rate, err));
        e->price *= rate;
    }
    if (isnan(e->amount)) return tw_rows_fail(rows, AMOUNT, err, "is not a number");
    return isnan(e->price) ? tw_rows_fail(rows, PRICE, err, "is not a number") : TW_OK;
}

/* ---------------------------------------------------------------- txns.csv */

typedef struct trades {
    tw_sheet_trade *trade;
    uint32_t *bar, *order;
    size_t n, room[3];
} trades;

static tw_status read_trade(tw_record_reader *r, tw_rows *rows, trades *all, tw_error *err)
{
    entry e;
    const size_t n = all->n;
    const bool ordered = rows->place[ORDER] != SIZE_MAX && rows->field[rows->place[ORDER]].length > 0;
    TW_TRY(read_entry(r, rows, &e, err));
    all->trade = tw_record_grow(r->arena, all->trade, n, &all->room[0], sizeof *all->trade);
    all->bar = tw_record_grow(r->arena, all->bar, n, &all->room[1], sizeof *all->bar);
    all->order = tw_record_grow(r->arena, all->order, n, &all->room[2], sizeof *all->order);
    if (!all->trade || !all->bar || !all->order) return tw_record_no_memory(err);
    tw_sheet_trade *t = &all->trade[n];
    *t = (tw_sheet_trade){0, e.symbol, e.amount, e.price};
    all->bar[n] = (uint32_t)e.bar;
    all->order[n] = TW_SHEET_NO_ORDER;
    TW_TRY(tw_rows_time(rows, TIME, &t->time, err));
    if (ordered) TW_TRY(tw_record_intern(&r->orders, rows, ORDER, &all->order[n], err));
    if (n > 0 && t->time < all->trade[n - 1].time) return tw_rows_fail(rows, TIME, err, "is before the row before");
    if (n > 0 && e.bar < all->bar[n - 1]) return tw_rows_fail(rows, DAY, err, "is before the row before");
    all->n++;
    return TW_OK;
}

static tw_status read_trades(tw_record_reader *r, tw_rows *rows, tw_error *err)
{
    trades all = {0};
    bool more;
    TW_TRY(tw_rows_next(rows, &more, err));
    while (more) {
        TW_TRY(read_trade(r, rows, &all, err));
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    r->record->trade = all.trade;
    r->record->trade_bar = all.bar;
    r->record->trade_order = all.order;
    r->record->n_trades = all.n;
    return TW_OK;
}

/* ---------------------------------------------------------------- positions.csv */

static tw_status read_holdings(tw_record_reader *r, tw_rows *rows, tw_error *err)
{
    tw_sheet_holding *all = NULL;
    size_t n = 0, room = 0;
    bool more;
    TW_TRY(tw_rows_next(rows, &more, err));
    for (; more; n++) {
        entry e;
        TW_TRY(read_entry(r, rows, &e, err));
        all = tw_record_grow(r->arena, all, n, &room, sizeof *all);
        if (!all) return tw_record_no_memory(err);
        all[n] = (tw_sheet_holding){(uint32_t)e.bar, e.symbol, e.amount, e.price};
        if (n > 0 && all[n].bar < all[n - 1].bar) return tw_rows_fail(rows, DAY, err, "is before the row before");
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    r->record->holding = all;
    r->record->n_holdings = n;
    return TW_OK;
}

tw_status tw_record_entries(tw_record_reader *r, tw_error *err)
{
    static const char *const TRADES[] = {TW_RECORD_DAY, TW_RECORD_SYMBOL, "amount|quantity", "price",
                                         "rate",        TW_RECORD_TIME,   "order_id",        NULL};
    static const char *const HOLDINGS[] = {TW_RECORD_DAY,           TW_RECORD_SYMBOL, "amount|quantity",
                                           "last_sale_price|price", "rate",           NULL};
    TW_TRY(tw_record_read_file(r, &(tw_record_file){"txns.csv", TRADES, 4, read_trades}, err));
    return tw_record_read_file(r, &(tw_record_file){"positions.csv", HOLDINGS, 4, read_holdings}, err);
}

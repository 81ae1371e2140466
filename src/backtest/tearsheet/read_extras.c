/* SPDX-License-Identifier: Apache-2.0 */
/* read_extras.c - what a run of tradewind knows beside its trades: what actions did to holdings, how orders ended, how
 * assets count. A folder without these files is read as one of shares without splits. */
#include "backtest/tearsheet/read.h"

#include <math.h>
#include <string.h>

static bool says(const tw_rows *rows, size_t column, const char *text)
{
    const tw_field *f = &rows->field[rows->place[column]];
    return strlen(text) == f->length && memcmp(text, f->text, f->length) == 0;
}

static bool is_there(const tw_rows *rows, size_t column) { return rows->place[column] != SIZE_MAX; }

/* A number, `preset` where the column or the field is empty. */
static tw_status number_or(const tw_rows *rows, size_t column, double preset, double *x, tw_error *err)
{
    *x = NAN;
    if (is_there(rows, column)) TW_TRY(tw_rows_number(rows, column, x, err));
    if (isnan(*x)) *x = preset;
    return TW_OK;
}

/* Symbol of a row; SIZE_MAX for one that was neither traded nor held. */
static size_t known_symbol(const tw_record_reader *r, const tw_rows *rows, size_t column)
{
    const tw_field *f = &rows->field[rows->place[column]];
    return tw_symbols_find(&r->symbols, f->text, f->length);
}

/* ---------------------------------------------------------------- run_actions.csv */

enum { A_DAY, A_SYMBOL, A_KIND, A_RATIO, A_BEFORE, A_AFTER, A_CASH };

static const char *const ACTIONS[] = {TW_RECORD_DAY, TW_RECORD_SYMBOL, "kind", "ratio",
                                      "before",      "after",          "cash", NULL};

static tw_status read_split(const tw_rows *rows, tw_sheet_action *a, tw_error *err)
{
    double before, after;
    TW_TRY(number_or(rows, A_RATIO, NAN, &a->amount, err));
    TW_TRY(number_or(rows, A_BEFORE, NAN, &before, err));
    TW_TRY(number_or(rows, A_AFTER, NAN, &after, err));
    if (!(a->amount > 0)) return tw_rows_fail(rows, A_KIND, err, "needs a ratio above 0");
    const double dropped = before / a->amount - after;
    a->dropped = isfinite(dropped) ? fabs(dropped) : 0;
    return TW_OK;
}

/* *kept is false for what changes nothing in a sheet. */
static tw_status read_action(tw_record_reader *r, const tw_rows *rows, tw_sheet_action *a, bool *kept, tw_error *err)
{
    static const char *const KINDS[] = {"split", "stock_dividend", "dividend", "funding"};
    static const tw_sheet_action_kind MEANING[] = {TW_SHEET_SPLIT, TW_SHEET_GRANT, TW_SHEET_INCOME, TW_SHEET_INCOME};
    const size_t symbol = known_symbol(r, rows, A_SYMBOL);
    size_t kind = 0;
    int64_t day;
    double before;
    while (kind < 4 && !says(rows, A_KIND, KINDS[kind])) kind++;
    TW_TRY(tw_rows_time(rows, A_DAY, &day, err));
    const size_t bar = tw_record_bar(r, tw_record_day(day));
    if (bar == SIZE_MAX) return tw_rows_fail(rows, A_DAY, err, "is a day that daily.csv does not have");
    *kept = kind < 4 && symbol != SIZE_MAX;
    if (!*kept) return TW_OK;
    *a = (tw_sheet_action){.bar = (uint32_t)bar, .symbol = (uint32_t)symbol, .kind = MEANING[kind]};
    if (a->kind == TW_SHEET_SPLIT) return read_split(rows, a, err);
    if (a->kind == TW_SHEET_INCOME) return number_or(rows, A_CASH, 0, &a->amount, err);
    TW_TRY(number_or(rows, A_BEFORE, 0, &before, err));
    TW_TRY(number_or(rows, A_AFTER, before, &a->amount, err));
    a->amount -= before;
    return TW_OK;
}

static tw_status read_actions(tw_record_reader *r, tw_rows *rows, tw_error *err)
{
    tw_sheet_action *all = NULL;
    size_t n = 0, room = 0;
    bool more, kept = false;
    TW_TRY(tw_rows_next(rows, &more, err));
    while (more) {
        all = tw_record_grow(r->arena, all, n, &room, sizeof *all);
        if (!all) return tw_record_no_memory(err);
        TW_TRY(read_action(r, rows, &all[n], &kept, err));
        if (kept && n > 0 && all[n].bar < all[n - 1].bar)
            return tw_rows_fail(rows, A_DAY, err, "is before the row before");
        n += kept;
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    r->record->action = all;
    r->record->n_actions = n;
    return TW_OK;
}

/* ---------------------------------------------------------------- orders.csv */

enum {
    O_ID,
    O_SYMBOL,
    O_CREATED,
    O_AMOUNT,
    O_FILLED,
    O_STATUS,
    O_COMMISSION,
    O_LIMIT,
    O_STOP,
    O_KIND,
    O_ARRIVAL,
    O_REASON,
    O_RATE
};

static const char *const ORDERS[] = {"order_id|id", TW_RECORD_SYMBOL, "created", "amount", "filled",
                                     "status",      "commission",     "limit",   "stop",   "kind",
                                     "arrival",     "reason",         "rate",    NULL};

/* Orders in the making: the place of an id is 1 + its index. */
typedef struct orders {
    tw_sheet_order *order;
    uint32_t *place;
    size_t n, room, n_places;
} orders;

static bool make_place(tw_record_reader *r, orders *all, uint32_t id)
{
    if (id < all->n_places) return true;
    const size_t n = ((size_t)id + 64) * 2;
    uint32_t *place = tw_arena_new(r->arena, n, sizeof *place);
    if (!place) return false;
    if (all->n_places) memcpy(place, all->place, all->n_places * sizeof *place);
    all->place = place;
    all->n_places = n;
    return true;
}

static tw_status read_kind(const tw_rows *rows, tw_order_kind *kind, tw_error *err)
{
    double limit, stop;
    TW_TRY(number_or(rows, O_LIMIT, NAN, &limit, err));
    TW_TRY(number_or(rows, O_STOP, NAN, &stop, err));
    const bool limited = !isnan(limit), stopped = !isnan(stop);
    *kind = stopped ? (limited ? TW_ORDER_STOP_LIMIT : TW_ORDER_STOP) : limited ? TW_ORDER_LIMIT : TW_ORDER_MARKET;
    for (int k = 0; is_there(rows, O_KIND) && k < TW_ORDER_KIND_COUNT; k++)
        if (says(rows, O_KIND, tw_order_kind_name((tw_order_kind)k))) *kind = (tw_order_kind)k;
    return TW_OK;
}

/* What an order is from its first row on. */
static tw_status begin_order(tw_record_reader *r, const tw_rows *rows, tw_sheet_order *o, tw_error *err)
{
    TW_TRY(tw_record_intern(&r->symbols, rows, O_SYMBOL, &o->symbol, err));
    TW_TRY(tw_rows_time(rows, O_CREATED, &o->created, err));
    double rate;
    TW_TRY(number_or(rows, O_ARRIVAL, NAN, &o->arrival, err));
    TW_TRY(number_or(rows, O_RATE, 1, &rate, err));
    o->arrival *= rate;
    return read_kind(rows, &o->kind, err);
}

static tw_status read_status(const tw_rows *rows, tw_sheet_order *o, tw_error *err)
{
    int k = 0;
    while (k < TW_ORDER_STATUS_COUNT && !says(rows, O_STATUS, tw_order_status_name((tw_order_status)k))) k++;
    if (k == TW_ORDER_STATUS_COUNT)
        return tw_rows_fail(rows, O_STATUS, err, "is none of open, filled, cancelled, rejected");
    o->status = (tw_order_status)k;
    return TW_OK;
}

static tw_status read_reason(tw_record_reader *r, const tw_rows *rows, tw_sheet_order *o, tw_error *err)
{
    const tw_field *f = is_there(rows, O_REASON) ? &rows->field[rows->place[O_REASON]] : NULL;
    o->reason = NULL;
    if (!f || f->length == 0) return TW_OK;
    o->reason = tw_arena_text(r->arena, f->text, f->length);
    return o->reason ? TW_OK : tw_record_no_memory(err);
}

static tw_status read_order(tw_record_reader *r, const tw_rows *rows, orders *all, tw_error *err)
{
    uint32_t id;
    double rate;
    TW_TRY(tw_record_intern(&r->orders, rows, O_ID, &id, err));
    if (!make_place(r, all, id)) return tw_record_no_memory(err);
    if (!all->place[id]) {
        all->order = tw_record_grow(r->arena, all->order, all->n, &all->room, sizeof *all->order);
        if (!all->order) return tw_record_no_memory(err);
        all->order[all->n] = (tw_sheet_order){.id = id};
        TW_TRY(begin_order(r, rows, &all->order[all->n], err));
        all->place[id] = (uint32_t)++all->n;
    }
    tw_sheet_order *o = &all->order[all->place[id] - 1];
    TW_TRY(number_or(rows, O_AMOUNT, 0, &o->amount, err));
    TW_TRY(number_or(rows, O_FILLED, 0, &o->filled, err));
    TW_TRY(number_or(rows, O_COMMISSION, 0, &o->commission, err));
    TW_TRY(number_or(rows, O_RATE, 1, &rate, err));
    o->commission *= rate;
    TW_TRY(read_status(rows, o, err));
    return read_reason(r, rows, o, err);
}

static tw_status read_orders(tw_record_reader *r, tw_rows *rows, tw_error *err)
{
    orders all = {0};
    bool more;
    TW_TRY(tw_rows_next(rows, &more, err));
    while (more) {
        TW_TRY(read_order(r, rows, &all, err));
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    r->record->order = all.order;
    r->record->n_orders = all.n;
    return TW_OK;
}

/* ---------------------------------------------------------------- run_assets.csv, sectors */

enum { S_SYMBOL, S_MULTIPLIER, S_SECTOR };

static const char *const ASSETS[] = {TW_RECORD_SYMBOL, "multiplier|price_multiplier", "sector", NULL};

static tw_status read_assets(tw_record_reader *r, tw_rows *rows, tw_error *err)
{
    double *multiplier = tw_arena_new(r->arena, r->symbols.n + 1, sizeof *multiplier);
    uint32_t *sector = tw_arena_new(r->arena, r->symbols.n + 1, sizeof *sector);
    tw_symbols sectors = {.arena = r->arena};
    bool more;
    if (!multiplier || !sector) return tw_record_no_memory(err);
    if (tw_symbols_add(&sectors, "unknown", strlen("unknown")) == SIZE_MAX) return tw_record_no_memory(err);
    for (size_t i = 0; i < r->symbols.n; i++) multiplier[i] = 1;
    TW_TRY(tw_rows_next(rows, &more, err));
    while (more) {
        const size_t symbol = known_symbol(r, rows, S_SYMBOL);
        const bool named = is_there(rows, S_SECTOR) && rows->field[rows->place[S_SECTOR]].length > 0;
        if (symbol != SIZE_MAX) {
            TW_TRY(number_or(rows, S_MULTIPLIER, 1, &multiplier[symbol], err));
            if (!(multiplier[symbol] > 0)) return tw_rows_fail(rows, S_MULTIPLIER, err, "is not above 0");
            if (named) TW_TRY(tw_record_intern(&sectors, rows, S_SECTOR, &sector[symbol], err));
        }
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    if (is_there(rows, S_MULTIPLIER)) r->record->multiplier = multiplier;
    if (!is_there(rows, S_SECTOR)) return TW_OK;
    r->record->sector = sector;
    r->record->sector_name = sectors.name;
    r->record->n_sectors = sectors.n;
    return TW_OK;
}

static tw_status read_sectors(tw_record_reader *r, tw_error *err)
{
    tw_rows rows;
    TW_TRY(tw_rows_open(r->ctx, r->files->sectors, ASSETS, 1, &rows, err));
    tw_status status = TW_OK;
    if (!is_there(&rows, S_SECTOR)) status = tw_fail(err, TW_BAD_DATA, "%s:1: no column named sector", rows.path);
    if (status == TW_OK) status = read_assets(r, &rows, err);
    tw_rows_close(&rows);
    return status;
}

tw_status tw_record_extras(tw_record_reader *r, tw_error *err)
{
    TW_TRY(tw_record_read_file(r, &(tw_record_file){"orders.csv", ORDERS, 6, read_orders}, err));
    r->record->symbol = r->symbols.name;
    r->record->n_symbols = r->symbols.n;
    TW_TRY(tw_record_read_file(r, &(tw_record_file){"run_actions.csv", ACTIONS, 3, read_actions}, err));
    TW_TRY(tw_record_read_file(r, &(tw_record_file){"run_assets.csv", ASSETS, 1, read_assets}, err));
    return r->files->sectors ? read_sectors(r, err) : TW_OK;
}

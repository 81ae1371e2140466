/* SPDX-License-Identifier: Apache-2.0 */
/* actions.c - assets, what changes them, and series by date. */
#include "backtest/market/read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DATE, SYMBOL, A, B, C };

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "a market"); }

tw_status tw_market_row_day(const tw_rows *rows, int64_t *day, tw_error *err)
{
    int64_t time;
    TW_TRY(tw_rows_time(rows, DATE, &time, err));
    *day = time / TW_NS_PER_DAY - (time % TW_NS_PER_DAY < 0);
    return TW_OK;
}

tw_status tw_market_row_asset(const tw_market_reader *r, const tw_rows *rows, size_t *asset, tw_error *err)
{
    const tw_field *f = &rows->field[rows->place[SYMBOL]];
    *asset = tw_symbols_find(&r->symbols, f->text, f->length);
    return *asset == SIZE_MAX ? tw_market_row_fail(rows, NULL, err, "the market has no such symbol") : TW_OK;
}

static bool is_given(const tw_rows *rows, size_t column)
{
    return rows->place[column] != SIZE_MAX && rows->field[rows->place[column]].length > 0;
}

/* A number that the row must have. */
static tw_status need_number(const tw_rows *rows, size_t column, double *x, tw_error *err)
{
    const tw_field *f = &rows->field[rows->place[column]];
    if (tw_parse_double(f->text, f->length, x) && isfinite(*x)) return TW_OK;
    return tw_market_row_fail(rows, &column, err, "is not a number");
}

/* Calls `read` for every row of a file. */
typedef tw_status row_reader(tw_market_reader *r, const tw_rows *rows, tw_error *err);

static tw_status each_row(tw_market_reader *r, const char *path, const char *const *columns, size_t needed,
                          row_reader *read, tw_error *err)
{
    tw_rows rows;
    bool more;
    TW_TRY(tw_rows_open(r->ctx, path, columns, needed, &rows, err));
    tw_status status = tw_rows_next(&rows, &more, err);
    while (status == TW_OK && more) {
        status = read(r, &rows, err);
        if (status == TW_OK) status = tw_rows_next(&rows, &more, err);
    }
    tw_rows_close(&rows);
    return status;
}

/* ---------------------------------------------------------------- assets */

enum { FIRST, NAME, END, CLOSE, KIND, ROOT, MULTIPLIER, TICK, LOT, GROUP, CURRENCY };

static const char *const ASSET_COLUMNS[] = {"start_date",
                                            "symbol",
                                            "end_date",
                                            "auto_close_date",
                                            "kind",
                                            "root|root_symbol",
                                            "multiplier|price_multiplier",
                                            "tick|tick_size",
                                            "lot",
                                            "group|sector",
                                            "currency",
                                            NULL};

static tw_status asset_fail(const tw_rows *rows, size_t column, tw_error *err, const char *what)
{
    const tw_field *f = &rows->field[rows->place[NAME]], *x = &rows->field[rows->place[column]];
    return tw_fail(err, TW_BAD_DATA, "%s:%llu: symbol %.*s: %s \"%.*s\" %s", rows->path,
                   (unsigned long long)tw_csv_line(rows->csv), (int)(f->length < 40 ? f->length : 40), f->text,
                   rows->name[column], (int)(x->length < 40 ? x->length : 40), x->text, what);
}

static tw_status read_name(tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    const tw_field *f = &rows->field[rows->place[NAME]];
    const size_t n = r->symbols.n;
    if (f->length == 0 || memchr(f->text, '\0', f->length)) return asset_fail(rows, NAME, err, "is no symbol");
    const size_t asset = tw_symbols_add(&r->symbols, f->text, f->length);
    if (asset == SIZE_MAX) return no_memory(err);
    return asset < n ? asset_fail(rows, NAME, err, "is there already") : TW_OK;
}

/* The session from which a day's date counts: the first on or after it, or after it when `past`. */
static tw_status asset_session(const tw_market_reader *r, const tw_rows *rows, size_t column, bool past,
                               size_t *session, tw_error *err)
{
    int64_t time;
    if (!is_given(rows, column)) return TW_OK;
    const tw_field *f = &rows->field[rows->place[column]];
    if (!tw_time_parse(f->text, f->length, &time)) return asset_fail(rows, column, err, "is not a date");
    *session = tw_market_session_from(&r->to->market, time / TW_NS_PER_DAY + past);
    return TW_OK;
}

static tw_status asset_number(const tw_rows *rows, size_t column, double *x, tw_error *err)
{
    if (!is_given(rows, column)) return TW_OK;
    const tw_field *f = &rows->field[rows->place[column]];
    if (tw_parse_double(f->text, f->length, x) && *x > 0 && isfinite(*x)) return TW_OK;
    return asset_fail(rows, column, err, "must be a number above 0");
}

static tw_status asset_text(tw_market_reader *r, const tw_rows *rows, size_t column, const char **text, tw_error *err)
{
    if (!is_given(rows, column)) return TW_OK;
    const tw_field *f = &rows->field[rows->place[column]];
    if (memchr(f->text, '\0', f->length)) return asset_fail(rows, column, err, "is no name");
    *text = tw_arena_text(&r->to->arena, f->text, f->length);
    return *text ? TW_OK : no_memory(err);
}

static tw_status asset_kind(tw_market_reader *r, const tw_rows *rows, tw_asset *a, tw_error *err)
{
    const tw_field *kind = is_given(rows, KIND) ? &rows->field[rows->place[KIND]] : NULL;
    if (kind && kind->length == 6 && memcmp(kind->text, "future", 6) == 0)
        a->kind = TW_FUTURE;
    else if (kind && !(kind->length == 6 && memcmp(kind->text, "equity", 6) == 0))
        return asset_fail(rows, KIND, err, "must be equity or future");
    TW_TRY(asset_text(r, rows, ROOT, &a->root, err));
    return asset_text(r, rows, CURRENCY, &a->currency, err);
}

static tw_status asset_group(tw_market_reader *r, const tw_rows *rows, size_t asset, tw_error *err)
{
    if (!is_given(rows, GROUP)) return TW_OK;
    const tw_field *f = &rows->field[rows->place[GROUP]];
    if (memchr(f->text, '\0', f->length)) return asset_fail(rows, GROUP, err, "is no name");
    const size_t group = tw_symbols_add(&r->groups, f->text, f->length);
    if (group == SIZE_MAX) return no_memory(err);
    r->group[asset] = (int32_t)group + 1;
    return TW_OK;
}

static tw_status read_asset(tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    const tw_field *f = &rows->field[rows->place[NAME]];
    const size_t n = r->to->market.n_sessions;
    tw_asset *a = &r->asset[tw_symbols_find(&r->symbols, f->text, f->length)];
    TW_TRY(asset_session(r, rows, FIRST, false, &a->first, err));
    TW_TRY(asset_session(r, rows, END, true, &a->end, err));
    TW_TRY(asset_session(r, rows, CLOSE, false, &a->auto_close, err));
    if (a->end == n) a->end = 0;
    if (a->auto_close == n) a->auto_close = 0;
    TW_TRY(asset_kind(r, rows, a, err));
    TW_TRY(asset_group(r, rows, (size_t)(a - r->asset), err));
    TW_TRY(asset_number(rows, MULTIPLIER, &a->multiplier, err));
    TW_TRY(asset_number(rows, TICK, &a->tick, err));
    return asset_number(rows, LOT, &a->lot, err);
}

/* The names come first in the list of wanted columns when only they are needed. */
tw_status tw_market_assets(tw_market_reader *r, bool names_only, tw_error *err)
{
    static const char *const NAMES[] = {"symbol", "symbol", NULL};
    if (!names_only) return each_row(r, r->files->assets, ASSET_COLUMNS, 0, read_asset, err);
    r->listed = true;
    TW_TRY(each_row(r, r->files->assets, NAMES, 2, read_name, err));
    return r->symbols.n ? TW_OK : tw_fail(err, TW_BAD_DATA, "%s: there is no asset", r->files->assets);
}

/* ---------------------------------------------------------------- actions */

/* The list while it is read: the market's own is const. */
static tw_asset_action *add_action(tw_market_reader *r)
{
    tw_asset_market *m = &r->to->market;
    const size_t n = m->n_actions;
    tw_asset_action *all = r->action;
    if (n == r->action_room) {
        r->action_room = n ? n * 2 : 64;
        all = tw_arena_new(&r->to->arena, r->action_room, sizeof *all);
        if (!all) return NULL;
        if (n) memcpy(all, r->action, n * sizeof *all);
        r->action = all;
    }
    m->n_actions++;
    return &all[n];
}

/* Session and asset of a row; *there is false for a day outside the market, where nothing is changed by it. */
static tw_status action_place(const tw_market_reader *r, const tw_rows *rows, tw_asset_action *a, bool *there,
                              tw_error *err)
{
    int64_t day;
    const tw_asset_market *m = &r->to->market;
    TW_TRY(tw_market_row_asset(r, rows, &a->asset, err));
    TW_TRY(tw_market_row_day(rows, &day, err));
    a->session = tw_market_session_from(m, day);
    *there = a->session < m->n_sessions && day >= m->session[0].day;
    return TW_OK;
}

static tw_status keep_action(tw_market_reader *r, const tw_asset_action *a, tw_error *err)
{
    tw_asset_action *to = add_action(r);
    if (!to) return no_memory(err);
    *to = *a;
    return TW_OK;
}

static tw_status read_scale(tw_market_reader *r, const tw_rows *rows, tw_asset_action_kind kind, tw_error *err)
{
    bool there;
    tw_asset_action a = {.kind = kind};
    static const size_t ratio = A;
    TW_TRY(action_place(r, rows, &a, &there, err));
    TW_TRY(need_number(rows, A, &a.ratio, err));
    if (!(a.ratio > 0)) return tw_market_row_fail(rows, &ratio, err, "must be above 0");
    return there ? keep_action(r, &a, err) : TW_OK;
}

static tw_status read_split(tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    return read_scale(r, rows, TW_SPLIT, err);
}

static tw_status read_merger(tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    return read_scale(r, rows, TW_MERGER, err);
}

/* The session in which it is paid; one past the market's end when that is later. */
static tw_status pay_session(const tw_market_reader *r, const tw_rows *rows, size_t column, size_t *pay, tw_error *err)
{
    int64_t time;
    if (!is_given(rows, column)) return TW_OK;
    const tw_field *f = &rows->field[rows->place[column]];
    if (!tw_time_parse(f->text, f->length, &time)) return tw_market_row_fail(rows, &column, err, "is not a date");
    *pay = tw_market_session_from(&r->to->market, time / TW_NS_PER_DAY);
    return TW_OK;
}

/* 1 - amount / close of the session before; 0 (no scaling) when that is not known. */
static double dividend_ratio(const tw_market_reader *r, const tw_asset_action *a)
{
    const tw_asset_market *m = &r->to->market;
    if (a->session == 0) return 0;
    const double ratio = 1 - a->amount / m->daily.close[a->asset * m->n_sessions + a->session - 1];
    return ratio > 0 ? ratio : 0;
}

static tw_status read_dividend(tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    bool there;
    tw_asset_action a = {.kind = TW_DIVIDEND};
    static const size_t ratio = C;
    TW_TRY(action_place(r, rows, &a, &there, err));
    TW_TRY(need_number(rows, A, &a.amount, err));
    TW_TRY(pay_session(r, rows, B, &a.pay, err));
    if (!there) return TW_OK;
    a.ratio = dividend_ratio(r, &a);
    if (is_given(rows, C)) TW_TRY(need_number(rows, C, &a.ratio, err));
    if (a.ratio < 0) return tw_market_row_fail(rows, &ratio, err, "must be 0 or more");
    return keep_action(r, &a, err);
}

static tw_status read_stock_dividend(tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    bool there;
    tw_asset_action a = {.kind = TW_STOCK_DIVIDEND};
    static const size_t payment = B;
    TW_TRY(action_place(r, rows, &a, &there, err));
    TW_TRY(need_number(rows, A, &a.amount, err));
    a.paid = a.asset;
    if (is_given(rows, B)) {
        const tw_field *f = &rows->field[rows->place[B]];
        a.paid = tw_symbols_find(&r->symbols, f->text, f->length);
    }
    if (a.paid == SIZE_MAX) return tw_market_row_fail(rows, &payment, err, "is not in the market");
    TW_TRY(pay_session(r, rows, C, &a.pay, err));
    return there ? keep_action(r, &a, err) : TW_OK;
}

static tw_status read_funding(tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    bool there;
    tw_asset_action a = {.kind = TW_FUNDING};
    TW_TRY(action_place(r, rows, &a, &there, err));
    TW_TRY(need_number(rows, A, &a.amount, err));
    return there ? keep_action(r, &a, err) : TW_OK;
}

/* A row of a list that has both kinds: a split has a ratio, a dividend an amount and perhaps a ratio. */
static tw_status read_either(tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    bool there;
    tw_asset_action a = {.kind = TW_SPLIT};
    static const size_t kind = A, ratio = B;
    const tw_field *word = &rows->field[rows->place[A]];
    if (word->length == 8 && memcmp(word->text, "dividend", 8) == 0)
        a.kind = TW_DIVIDEND;
    else if (!(word->length == 5 && memcmp(word->text, "split", 5) == 0))
        return tw_market_row_fail(rows, &kind, err, "must be split or dividend");
    TW_TRY(action_place(r, rows, &a, &there, err));
    if (a.kind == TW_DIVIDEND) TW_TRY(need_number(rows, C, &a.amount, err));
    if (!there) return TW_OK;
    if (a.kind == TW_DIVIDEND) a.ratio = dividend_ratio(r, &a);
    if (a.kind == TW_SPLIT || is_given(rows, B)) TW_TRY(need_number(rows, B, &a.ratio, err));
    if (a.ratio < 0 || (a.kind == TW_SPLIT && a.ratio == 0))
        return tw_market_row_fail(rows, &ratio, err, "must be above 0");
    return keep_action(r, &a, err);
}

/* By session, then as zipline applies them to histories: splits, mergers, dividends; then by asset. */
static int by_session(const void *left, const void *right)
{
    static const int RANK[] = {
        [TW_SPLIT] = 0, [TW_MERGER] = 1, [TW_DIVIDEND] = 2, [TW_STOCK_DIVIDEND] = 3, [TW_FUNDING] = 4};
    const tw_asset_action *a = left, *b = right;
    if (a->session != b->session) return a->session < b->session ? -1 : 1;
    if (a->kind != b->kind) return RANK[a->kind] < RANK[b->kind] ? -1 : 1;
    return (a->asset > b->asset) - (a->asset < b->asset);
}

tw_status tw_market_actions(tw_market_reader *r, tw_error *err)
{
    static const char *const SPLIT[] = {"effective_date|ex_date|date", "symbol", "ratio", NULL};
    static const char *const DIVIDEND[] = {"ex_date|date",          "symbol", "amount", "pay_date",
                                           "price_adj_ratio|ratio", NULL};
    static const char *const STOCK[] = {"ex_date|date", "symbol", "ratio", "payment_symbol", "pay_date", NULL};
    static const char *const FUNDING[] = {"date|time|timestamp", "symbol", "rate|funding_rate", NULL};
    static const char *const EITHER[] = {"ex_date|effective_date|date", "symbol", "kind", "ratio", "amount", NULL};
    const tw_market_files *f = r->files;
    if (f->actions) TW_TRY(each_row(r, f->actions, EITHER, 5, read_either, err));
    if (f->splits) TW_TRY(each_row(r, f->splits, SPLIT, 3, read_split, err));
    if (f->dividends) TW_TRY(each_row(r, f->dividends, DIVIDEND, 3, read_dividend, err));
    if (f->stock_dividends) TW_TRY(each_row(r, f->stock_dividends, STOCK, 3, read_stock_dividend, err));
    if (f->mergers) TW_TRY(each_row(r, f->mergers, SPLIT, 3, read_merger, err));
    if (f->funding) TW_TRY(each_row(r, f->funding, FUNDING, 3, read_funding, err));
    const size_t n = r->to->market.n_actions;
    if (n) qsort(r->action, n, sizeof *r->action, by_session);
    r->to->market.action = r->action;
    return TW_OK;
}

/* ---------------------------------------------------------------- series */

static tw_status read_return(tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    int64_t day;
    double x;
    const tw_asset_market *m = &r->to->market;
    TW_TRY(tw_market_row_day(rows, &day, err));
    TW_TRY(tw_rows_number(rows, 1, &x, err));
    const size_t s = tw_market_session_from(m, day);
    if (s < m->n_sessions && m->session[s].day == day) r->series[s] = isnan(x) ? 0 : x;
    return TW_OK;
}

static tw_status read_score(tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    int64_t day;
    size_t asset;
    const tw_asset_market *m = &r->to->market;
    TW_TRY(tw_market_row_day(rows, &day, err));
    TW_TRY(tw_market_row_asset(r, rows, &asset, err));
    const size_t s = tw_market_session_from(m, day);
    if (s < m->n_sessions && m->session[s].day == day)
        TW_TRY(need_number(rows, A, &r->series[asset * m->n_sessions + s], err));
    return TW_OK;
}

tw_status tw_market_series(tw_market_reader *r, tw_error *err)
{
    static const char *const RETURN[] = {"date|session|time", "return|returns", NULL};
    static const char *const SCORE[] = {"date|session|time", "symbol", "score", NULL};
    const size_t n = r->to->market.n_sessions, cells = n * r->to->market.n_assets;
    if (r->files->benchmark) {
        r->to->benchmark = r->series = tw_arena_new(&r->to->arena, n, sizeof *r->series);
        if (!r->series) return no_memory(err);
        TW_TRY(each_row(r, r->files->benchmark, RETURN, 2, read_return, err));
    }
    if (!r->files->scores) return TW_OK;
    r->to->score = r->series = tw_arena_new(&r->to->arena, cells, sizeof *r->series);
    if (!r->series) return no_memory(err);
    for (size_t i = 0; i < cells; i++) r->series[i] = NAN;
    return each_row(r, r->files->scores, SCORE, 3, read_score, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - a record from the files of a run. */
#include "backtest/tearsheet/rows.h"
#include "tradewind/num.h"
#include "tradewind/tearsheet.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TIME "session|date|time|dt|timestamp|period_close"
#define SYMBOL "symbol|sid|asset"

typedef struct reading {
    const tw_ctx *ctx;
    const tw_record_files *files;
    tw_arena *arena;
    tw_track_record *record;
    /* days of the record's bars */
    int64_t *day;
    /* symbols, and a hash table of them: index + 1, 0 free; at most half full */
    char **symbol;
    uint32_t *slot;
    size_t n_slots, symbol_room;
} reading;

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "a record"); }

/* Room for one more item behind n; what was there before stays in the arena, unused. */
static void *grow(tw_arena *arena, void *old, size_t n, size_t *room, size_t size)
{
    if (n < *room) return old;
    const size_t more = *room ? *room * 2 : 64;
    void *block = tw_arena_new(arena, more, size);
    if (block && n) memcpy(block, old, n * size);
    if (block) *room = more;
    return block;
}

static int64_t day_of(int64_t time)
{
    return (time - (time % TW_NS_PER_DAY + TW_NS_PER_DAY) % TW_NS_PER_DAY) / TW_NS_PER_DAY;
}

/* ---------------------------------------------------------------- symbols */

static size_t slot_of(const reading *r, const tw_field *name)
{
    size_t at = (size_t)tw_hash64(name->text, name->length, 0) & (r->n_slots - 1);
    while (r->slot[at]) {
        const char *known = r->symbol[r->slot[at] - 1];
        if (strlen(known) == name->length && memcmp(known, name->text, name->length) == 0) break;
        at = (at + 1) & (r->n_slots - 1);
    }
    return at;
}

static bool widen_slots(reading *r)
{
    const size_t n = r->record->n_symbols;
    r->n_slots = r->n_slots ? r->n_slots * 2 : 256;
    r->slot = tw_arena_new(r->arena, r->n_slots, sizeof *r->slot);
    for (size_t i = 0; r->slot && i < n; i++) {
        const tw_field name = {r->symbol[i], strlen(r->symbol[i])};
        r->slot[slot_of(r, &name)] = (uint32_t)i + 1;
    }
    return r->slot != NULL;
}

static tw_status intern(reading *r, const tw_rows *rows, size_t column, uint32_t *index, tw_error *err)
{
    const tw_field *name = &rows->field[rows->place[column]];
    const size_t n = r->record->n_symbols;
    if (name->length == 0 || memchr(name->text, '\0', name->length))
        return tw_rows_fail(rows, column, err, "is no name");
    if (n * 2 >= r->n_slots && !widen_slots(r)) return no_memory(err);
    const size_t at = slot_of(r, name);
    if (!r->slot[at]) {
        r->symbol = grow(r->arena, r->symbol, n, &r->symbol_room, sizeof *r->symbol);
        if (!r->symbol) return no_memory(err);
        r->symbol[n] = tw_arena_text(r->arena, name->text, name->length);
        if (!r->symbol[n]) return no_memory(err);
        r->slot[at] = (uint32_t)++r->record->n_symbols;
    }
    *index = r->slot[at] - 1;
    return TW_OK;
}

/* ---------------------------------------------------------------- daily.csv */

enum { D_TIME, D_RETURN, D_BENCHMARK, D_PERIOD_BENCHMARK, D_EQUITY };

typedef struct daily {
    int64_t *time;
    double *returns, *benchmark, *period, *equity;
    size_t room[5];
} daily;

static tw_status make_daily_room(reading *r, daily *d, size_t n, tw_error *err)
{
    d->time = grow(r->arena, d->time, n, &d->room[0], sizeof *d->time);
    d->returns = grow(r->arena, d->returns, n, &d->room[1], sizeof(double));
    d->benchmark = grow(r->arena, d->benchmark, n, &d->room[2], sizeof(double));
    d->period = grow(r->arena, d->period, n, &d->room[3], sizeof(double));
    d->equity = grow(r->arena, d->equity, n, &d->room[4], sizeof(double));
    return d->time && d->returns && d->benchmark && d->period && d->equity ? TW_OK : no_memory(err);
}

static tw_status optional(const tw_rows *rows, size_t column, double *x, tw_error *err)
{
    *x = NAN;
    return rows->place[column] == SIZE_MAX ? TW_OK : tw_rows_number(rows, column, x, err);
}

static tw_status read_daily_rows(reading *r, tw_rows *rows, daily *d, tw_error *err)
{
    bool more;
    size_t n = 0;
    TW_TRY(tw_rows_next(rows, &more, err));
    for (; more; n++) {
        TW_TRY(make_daily_room(r, d, n, err));
        TW_TRY(tw_rows_time(rows, D_TIME, &d->time[n], err));
        if (n > 0 && d->time[n] <= d->time[n - 1])
            return tw_rows_fail(rows, D_TIME, err, "is not after the row before");
        TW_TRY(tw_rows_number(rows, D_RETURN, &d->returns[n], err));
        TW_TRY(optional(rows, D_BENCHMARK, &d->benchmark[n], err));
        TW_TRY(optional(rows, D_PERIOD_BENCHMARK, &d->period[n], err));
        TW_TRY(optional(rows, D_EQUITY, &d->equity[n], err));
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    r->record->path.n = n;
    return n ? TW_OK : tw_fail(err, TW_BAD_DATA, "%s: there are no rows below the header", rows->path);
}

/* zipline writes what the benchmark has made since the start. */
static void undo_period(size_t n, const double *period, double *benchmark)
{
    for (size_t i = 0; i < n; i++) benchmark[i] = (1 + period[i]) / (i ? 1 + period[i - 1] : 1) - 1;
}

static bool holds_something(size_t n, const double *x)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) return true;
    return false;
}

static tw_status read_daily(reading *r, const char *path, tw_error *err)
{
    static const char *const COLUMNS[] = {TIME,
                                          "returns|return",
                                          "benchmark_returns|benchmark_return|benchmark",
                                          "benchmark_period_return",
                                          "portfolio_value|equity",
                                          NULL};
    tw_rows rows;
    daily d = {0};
    TW_TRY(tw_rows_open(r->ctx, path, COLUMNS, 2, &rows, err));
    const tw_status status = read_daily_rows(r, &rows, &d, err);
    const bool by_period = rows.place[D_BENCHMARK] == SIZE_MAX;
    tw_rows_close(&rows);
    if (status != TW_OK) return status;
    const size_t n = r->record->path.n;
    r->day = tw_arena_new(r->arena, n, sizeof *r->day);
    if (!r->day) return no_memory(err);
    for (size_t i = 0; i < n; i++) r->day[i] = day_of(d.time[i]);
    if (by_period) undo_period(n, d.period, d.benchmark);
    r->record->time = d.time;
    r->record->path.returns = d.returns;
    r->record->path.benchmark = holds_something(n, d.benchmark) ? d.benchmark : NULL;
    r->record->equity = holds_something(n, d.equity) ? d.equity : NULL;
    return TW_OK;
}

/* Last bar of a day, or SIZE_MAX. */
static size_t bar_of(const reading *r, int64_t day)
{
    size_t lo = 0, hi = r->record->path.n;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (r->day[middle] <= day)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo > 0 && r->day[lo - 1] == day ? lo - 1 : SIZE_MAX;
}

/* ---------------------------------------------------------------- txns.csv, positions.csv */

enum { T_TIME, T_SYMBOL, T_AMOUNT, T_PRICE };

/* What both files have in common. */
typedef struct entry {
    int64_t time;
    size_t bar;
    uint32_t symbol;
    double amount, price;
} entry;

static tw_status read_entry(reading *r, const tw_rows *rows, entry *e, tw_error *err)
{
    TW_TRY(tw_rows_time(rows, T_TIME, &e->time, err));
    e->bar = bar_of(r, day_of(e->time));
    if (e->bar == SIZE_MAX) return tw_rows_fail(rows, T_TIME, err, "is a day that daily.csv does not have");
    TW_TRY(intern(r, rows, T_SYMBOL, &e->symbol, err));
    TW_TRY(tw_rows_number(rows, T_AMOUNT, &e->amount, err));
    TW_TRY(tw_rows_number(rows, T_PRICE, &e->price, err));
    if (isnan(e->amount)) return tw_rows_fail(rows, T_AMOUNT, err, "is not a number");
    return isnan(e->price) ? tw_rows_fail(rows, T_PRICE, err, "is not a number") : TW_OK;
}

static tw_status read_trades(reading *r, tw_rows *rows, tw_error *err)
{
    tw_sheet_trade *all = NULL;
    size_t n = 0, room = 0;
    bool more;
    TW_TRY(tw_rows_next(rows, &more, err));
    for (; more; n++) {
        entry e;
        TW_TRY(read_entry(r, rows, &e, err));
        all = grow(r->arena, all, n, &room, sizeof *all);
        if (!all) return no_memory(err);
        all[n] = (tw_sheet_trade){e.time, e.symbol, e.amount, e.price};
        if (n > 0 && e.time < all[n - 1].time) return tw_rows_fail(rows, T_TIME, err, "is before the row before");
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    r->record->trade = all;
    r->record->n_trades = n;
    return TW_OK;
}

static tw_status read_holdings(reading *r, tw_rows *rows, tw_error *err)
{
    tw_sheet_holding *all = NULL;
    size_t n = 0, room = 0;
    bool more;
    TW_TRY(tw_rows_next(rows, &more, err));
    for (; more; n++) {
        entry e;
        TW_TRY(read_entry(r, rows, &e, err));
        all = grow(r->arena, all, n, &room, sizeof *all);
        if (!all) return no_memory(err);
        all[n] = (tw_sheet_holding){(uint32_t)e.bar, e.symbol, e.amount, e.price};
        if (n > 0 && all[n].bar < all[n - 1].bar) return tw_rows_fail(rows, T_TIME, err, "is before the row before");
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    r->record->holding = all;
    r->record->n_holdings = n;
    return TW_OK;
}

/* A file with the columns above. */
typedef struct entries {
    const char *const *columns;
    tw_status (*read)(reading *r, tw_rows *rows, tw_error *err);
} entries;

static tw_status read_entries(reading *r, const char *path, const entries *what, tw_error *err)
{
    tw_rows rows;
    FILE *there = fopen(path, "r");
    if (!there && errno == ENOENT) return TW_OK; /* a run without trades has no such file */
    if (there) fclose(there);
    TW_TRY(tw_rows_open(r->ctx, path, what->columns, 4, &rows, err));
    const tw_status status = what->read(r, &rows, err);
    tw_rows_close(&rows);
    return status;
}

/* ---------------------------------------------------------------- other series */

/* Puts a value a row into the bar of its day; days that the record does not have are passed over. */
static tw_status read_series(reading *r, tw_rows *rows, bool level, double *out, tw_error *err)
{
    bool more;
    double before = NAN;
    TW_TRY(tw_rows_next(rows, &more, err));
    while (more) {
        int64_t time;
        double x;
        TW_TRY(tw_rows_time(rows, 0, &time, err));
        TW_TRY(tw_rows_number(rows, level ? 2 : 1, &x, err));
        const size_t bar = bar_of(r, day_of(time));
        if (bar != SIZE_MAX) out[bar] = level ? x / before - 1 : x;
        before = x;
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    return TW_OK;
}

static double *missing(reading *r, size_t n)
{
    double *x = tw_arena_new(r->arena, n, sizeof *x);
    for (size_t i = 0; x && i < n; i++) x[i] = NAN;
    return x;
}

static tw_status read_benchmark(reading *r, tw_error *err)
{
    static const char *const COLUMNS[] = {TIME, "return|returns", "level|close|price|value|adj_close", NULL};
    tw_rows rows;
    double *out = missing(r, r->record->path.n);
    if (!out) return no_memory(err);
    TW_TRY(tw_rows_open(r->ctx, r->files->benchmark, COLUMNS, 1, &rows, err));
    const bool level = rows.place[1] == SIZE_MAX;
    tw_status status = TW_OK;
    if (level && rows.place[2] == SIZE_MAX)
        status = tw_fail(err, TW_BAD_DATA, "%s:1: no column named %s or %s", rows.path, COLUMNS[1], COLUMNS[2]);
    if (status == TW_OK) status = read_series(r, &rows, level, out, err);
    tw_rows_close(&rows);
    r->record->path.benchmark = out;
    return status;
}

enum { MOST_FACTORS = 64 };

static tw_status name_factors(reading *r, const tw_rows *rows, const char **name, tw_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        if (i == rows->place[0]) continue;
        if (n == MOST_FACTORS)
            return tw_fail(err, TW_TOO_LARGE, "%s:1: at most %d factors, got %zu", rows->path, MOST_FACTORS,
                           rows->n - 1);
        name[n] = tw_arena_text(r->arena, rows->field[i].text, rows->field[i].length);
        if (!name[n++]) return no_memory(err);
    }
    r->record->n_factors = n;
    return TW_OK;
}

/* Factors are read column by column: the file again for each. */
static tw_status read_factor(reading *r, const char *name, double *out, tw_error *err)
{
    const char *const columns[] = {TIME, name, NULL};
    tw_rows rows;
    TW_TRY(tw_rows_open(r->ctx, r->files->factors, columns, 2, &rows, err));
    const tw_status status = read_series(r, &rows, false, out, err);
    tw_rows_close(&rows);
    return status;
}

static tw_status read_factors(reading *r, tw_error *err)
{
    static const char *const COLUMNS[] = {TIME, NULL};
    tw_rows rows;
    const char **name = tw_arena_new(r->arena, MOST_FACTORS, sizeof *name);
    const double **factor = tw_arena_new(r->arena, MOST_FACTORS, sizeof *factor);
    if (!name || !factor) return no_memory(err);
    TW_TRY(tw_rows_open(r->ctx, r->files->factors, COLUMNS, 1, &rows, err));
    const tw_status status = name_factors(r, &rows, name, err);
    tw_rows_close(&rows);
    if (status != TW_OK) return status;
    for (size_t k = 0; k < r->record->n_factors; k++) {
        double *out = missing(r, r->record->path.n);
        if (!out) return no_memory(err);
        TW_TRY(read_factor(r, name[k], out, err));
        factor[k] = out;
    }
    r->record->factor = factor;
    r->record->factor_name = name;
    return TW_OK;
}

static tw_status read_volume_rows(reading *r, tw_rows *rows, double *out, tw_error *err)
{
    bool more;
    TW_TRY(tw_rows_next(rows, &more, err));
    while (more) {
        int64_t time;
        double x;
        TW_TRY(tw_rows_time(rows, 0, &time, err));
        TW_TRY(tw_rows_number(rows, 2, &x, err));
        const size_t bar = bar_of(r, day_of(time)), at = slot_of(r, &rows->field[rows->place[1]]);
        if (bar != SIZE_MAX && r->slot[at]) out[bar * r->record->n_symbols + r->slot[at] - 1] = x;
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    return TW_OK;
}

static tw_status read_volume(reading *r, tw_error *err)
{
    static const char *const COLUMNS[] = {TIME, SYMBOL, "volume", NULL};
    tw_rows rows;
    const size_t n = r->record->path.n, n_symbols = r->record->n_symbols;
    if (n_symbols == 0) return TW_OK;
    if (n > SIZE_MAX / sizeof(double) / n_symbols)
        return tw_fail(err, TW_TOO_LARGE, "%s: %zu bars of %zu symbols", r->files->bars, n, n_symbols);
    double *out = missing(r, n * n_symbols);
    if (!out) return no_memory(err);
    TW_TRY(tw_rows_open(r->ctx, r->files->bars, COLUMNS, 3, &rows, err));
    const tw_status status = read_volume_rows(r, &rows, out, err);
    tw_rows_close(&rows);
    r->record->volume = out;
    return status;
}

/* ---------------------------------------------------------------- the record */

static double of_a_bar(double yearly, double periods) { return tw_expm1(tw_log1p(yearly) / periods); }

static tw_status read_folder(reading *r, tw_error *err)
{
    static const char *const TRADES[] = {TIME, SYMBOL, "amount|quantity", "price", NULL};
    static const char *const HOLDINGS[] = {TIME, SYMBOL, "amount|quantity", "last_sale_price|price", NULL};
    static const char *const NAMES[] = {"daily.csv", "txns.csv", "positions.csv"};
    char *path[3];
    for (int i = 0; i < 3; i++) {
        const size_t length = strlen(r->files->folder) + strlen(NAMES[i]) + 2;
        path[i] = tw_arena_new(r->arena, length, 1);
        if (!path[i]) return no_memory(err);
        (void)snprintf(path[i], length, "%s/%s", r->files->folder, NAMES[i]);
    }
    TW_TRY(read_daily(r, path[0], err));
    TW_TRY(read_entries(r, path[1], &(entries){TRADES, read_trades}, err));
    TW_TRY(read_entries(r, path[2], &(entries){HOLDINGS, read_holdings}, err));
    r->record->symbol = (const char *const *)r->symbol;
    if (r->files->benchmark) TW_TRY(read_benchmark(r, err));
    if (r->files->factors) TW_TRY(read_factors(r, err));
    return r->files->bars ? read_volume(r, err) : TW_OK;
}

tw_status tw_record_open(const tw_ctx *ctx, const tw_record_files *files, tw_record_read *out, tw_error *err)
{
    *out = (tw_record_read){0};
    tw_arena_init(&out->arena, ctx);
    if (!(files->periods_per_year > 0 && files->periods_per_year <= 1e9))
        return tw_fail(err, TW_BAD_VALUE, "record: periods_per_year must be in (0, 1e9], got %g",
                       files->periods_per_year);
    if (!(files->risk_free > -1 && files->risk_free < 10) || !(files->required > -1 && files->required < 10))
        return tw_fail(err, TW_BAD_VALUE, "record: rates of a year must be in (-1, 10), got %g and %g",
                       files->risk_free, files->required);
    reading r = {.ctx = ctx, .files = files, .arena = &out->arena, .record = &out->record};
    out->record.path.periods_per_year = files->periods_per_year;
    out->record.path.risk_free = of_a_bar(files->risk_free, files->periods_per_year);
    out->record.path.required = of_a_bar(files->required, files->periods_per_year);
    return read_folder(&r, err);
}

void tw_record_close(tw_record_read *record)
{
    tw_arena_clear(&record->arena);
    *record = (tw_record_read){0};
}

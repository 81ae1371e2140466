/* SPDX-License-Identifier: Apache-2.0 */
/* market.c - a market from files: assets, sessions, and bars in their places. */
#include "backtest/market/read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN, HIGH, LOW, CLOSE, VOLUME, N_VALUES };

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "a market"); }

static int64_t day_of_time(int64_t time)
{
    const int64_t rest = time % TW_NS_PER_DAY;
    return time / TW_NS_PER_DAY - (rest < 0);
}

/* Minutes are stamped at their end: one that ends at midnight is of the day before. TW_NO_TIME: outside hours. */
static int64_t day_of(const tw_market_reader *r, const tw_bar_row *row, bool minute)
{
    if (!minute) return day_of_time(row->time);
    const tw_calendar *calendar = r->to->market.calendar;
    return calendar ? tw_calendar_session_of(calendar, row->time - 1) : day_of_time(row->time - 1);
}

static tw_status place_fail(const tw_market_reader *r, const tw_bar_rows *rows, const tw_bar_row *row, tw_error *err,
                            const char *what)
{
    char time[48];
    time[tw_time_format(row->time, time)] = '\0';
    return tw_fail(err, TW_BAD_DATA, "%s:%u: symbol %s, time %s: %s", rows->path, row->line,
                   r->symbols.name[row->asset], time, what);
}

/* ---------------------------------------------------------------- sessions */

/* Widens the range to the days of some bars. */
static tw_status day_range(const tw_market_reader *r, const tw_bar_rows *rows, bool minute, int64_t *range,
                           tw_error *err)
{
    for (size_t i = 0; i < rows->n; i++) {
        const int64_t day = day_of(r, &rows->row[i], minute);
        if (day == TW_NO_TIME) return place_fail(r, rows, &rows->row[i], err, "the exchange is closed at this time");
        if (day < range[0]) range[0] = day;
        if (day > range[1]) range[1] = day;
    }
    return TW_OK;
}

static tw_status calendar_sessions(tw_market_reader *r, const int64_t *range, tw_error *err)
{
    tw_asset_market *m = &r->to->market;
    m->n_sessions = tw_calendar_sessions(m->calendar, range[0], range[1], 0, NULL);
    if (m->n_sessions == 0)
        return tw_fail(err, TW_BAD_DATA, "calendar %s has no session in the days of the bars", r->files->calendar);
    r->session = tw_arena_new(&r->to->arena, m->n_sessions, sizeof *r->session);
    if (!r->session) return no_memory(err);
    (void)tw_calendar_sessions(m->calendar, range[0], range[1], m->n_sessions, r->session);
    return TW_OK;
}

static void mark_days(tw_market_reader *r, const tw_bar_rows *rows, bool minute, int64_t first, unsigned char *there)
{
    for (size_t i = 0; i < rows->n; i++) {
        unsigned char *day = &there[day_of(r, &rows->row[i], minute) - first];
        r->to->market.n_sessions += !*day;
        *day = 1;
    }
}

/* Without a calendar every day that has a bar is a session, from midnight to midnight UTC. */
static tw_status found_sessions(tw_market_reader *r, const tw_bar_rows *daily, const tw_bar_rows *minute,
                                const int64_t *range, tw_error *err)
{
    tw_asset_market *m = &r->to->market;
    const size_t n = (size_t)(range[1] - range[0]) + 1;
    unsigned char *there = tw_new(r->ctx, n, 1);
    if (!there) return no_memory(err);
    mark_days(r, daily, false, range[0], there);
    mark_days(r, minute, true, range[0], there);
    r->session = tw_arena_new(&r->to->arena, m->n_sessions, sizeof *r->session);
    for (size_t i = 0, k = 0; r->session && i < n; i++) {
        if (!there[i]) continue;
        const int64_t day = range[0] + (int64_t)i;
        r->session[k++] =
            (tw_session){.day = day, .open_ns = day * TW_NS_PER_DAY, .close_ns = (day + 1) * TW_NS_PER_DAY};
    }
    tw_free(r->ctx, there);
    return r->session ? TW_OK : no_memory(err);
}

static tw_status find_sessions(tw_market_reader *r, const tw_bar_rows *daily, const tw_bar_rows *minute, tw_error *err)
{
    int64_t range[2] = {INT64_MAX, INT64_MIN};
    if (r->files->calendar) TW_TRY(tw_calendar_find(r->files->calendar, &r->to->market.calendar, err));
    TW_TRY(day_range(r, daily, false, range, err));
    TW_TRY(day_range(r, minute, true, range, err));
    TW_TRY(r->to->market.calendar ? calendar_sessions(r, range, err) : found_sessions(r, daily, minute, range, err));
    r->to->market.session = r->session;
    return TW_OK;
}

size_t tw_market_session_from(const tw_asset_market *m, int64_t day)
{
    size_t lo = 0, hi = m->n_sessions;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (m->session[middle].day < day)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

size_t tw_market_find(const tw_asset_market *m, const char *symbol)
{
    for (size_t i = 0; i < m->n_assets; i++)
        if (strcmp(m->asset[i].symbol, symbol) == 0) return i;
    return SIZE_MAX;
}

/* ---------------------------------------------------------------- bars */

static tw_status make_values(tw_market_reader *r, size_t n, double **value, tw_error *err)
{
    const size_t assets = r->to->market.n_assets;
    if (n > SIZE_MAX / sizeof(double) / (assets + 1))
        return tw_fail(err, TW_TOO_LARGE, "market: %zu assets of %zu bars", assets, n);
    for (size_t k = 0; k < N_VALUES + r->n_more; k++) {
        value[k] = tw_arena_new(&r->to->arena, assets * n, sizeof **value);
        if (!value[k]) return no_memory(err);
        for (size_t i = 0; i < assets * n; i++) value[k][i] = NAN;
    }
    return TW_OK;
}

static void put_row(double *const *value, size_t cell, const tw_bar_rows *rows, size_t i)
{
    for (size_t k = 0; k < N_VALUES; k++) value[k][cell] = rows->row[i].value[k];
    for (size_t k = 0; k < rows->n_more; k++) value[N_VALUES + k][cell] = rows->more[i * rows->n_more + k];
}

/* Rows to their places; `seen` has a flag for every place. */
static tw_status put_daily(tw_market_reader *r, const tw_bar_rows *rows, unsigned char *seen, tw_error *err)
{
    const tw_asset_market *m = &r->to->market;
    for (size_t i = 0; i < rows->n; i++) {
        const tw_bar_row *row = &rows->row[i];
        const int64_t day = day_of(r, row, false);
        const size_t s = tw_market_session_from(m, day), cell = row->asset * m->n_sessions + s;
        if (s == m->n_sessions || m->session[s].day != day)
            return place_fail(r, rows, row, err, "the calendar has no session on this day");
        if (seen[cell]++) return place_fail(r, rows, row, err, "there is a bar of this day already");
        put_row(r->value, cell, rows, i);
    }
    return TW_OK;
}

static int by_time(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static size_t minute_at(const tw_asset_market *m, int64_t time)
{
    const int64_t *found = bsearch(&time, m->minute_ns, m->n_minutes, sizeof time, by_time);
    return (size_t)(found - m->minute_ns);
}

static tw_status put_minutes(tw_market_reader *r, const tw_bar_rows *rows, unsigned char *seen, tw_error *err)
{
    const tw_asset_market *m = &r->to->market;
    for (size_t i = 0; i < rows->n; i++) {
        const tw_bar_row *row = &rows->row[i];
        const size_t cell = row->asset * m->n_minutes + minute_at(m, row->time);
        if (seen[cell]++) return place_fail(r, rows, row, err, "there is a bar of this minute already");
        put_row(r->minute_value, cell, rows, i);
    }
    return TW_OK;
}

static tw_status put_bars(tw_market_reader *r, const tw_bar_rows *rows, bool minute, tw_error *err)
{
    const tw_asset_market *m = &r->to->market;
    const size_t n = minute ? m->n_minutes : m->n_sessions;
    TW_TRY(make_values(r, n, minute ? r->minute_value : r->value, err));
    unsigned char *seen = tw_new(r->ctx, m->n_assets * n + 1, 1);
    if (!seen) return no_memory(err);
    const tw_status status = minute ? put_minutes(r, rows, seen, err) : put_daily(r, rows, seen, err);
    tw_free(r->ctx, seen);
    return status;
}

/* The stamps of all assets, each once, and where the sessions begin among them. */
static tw_status index_minutes(tw_market_reader *r, const tw_bar_rows *rows, tw_error *err)
{
    tw_asset_market *m = &r->to->market;
    int64_t *time = tw_arena_new(&r->to->arena, rows->n, sizeof *time);
    size_t *from = tw_arena_new(&r->to->arena, m->n_sessions + 1, sizeof *from), n = 0, s = 0;
    if (!time || !from) return no_memory(err);
    for (size_t i = 0; i < rows->n; i++) time[i] = rows->row[i].time;
    qsort(time, rows->n, sizeof *time, by_time);
    for (size_t i = 0; i < rows->n; i++)
        if (i == 0 || time[i] != time[i - 1]) time[n++] = time[i];
    for (size_t i = 0; i < n; i++) {
        const int64_t day = day_of(r, &(tw_bar_row){.time = time[i]}, true);
        while (s < m->n_sessions && m->session[s].day < day) from[++s] = i;
    }
    while (s < m->n_sessions) from[++s] = n;
    m->minute_ns = time;
    m->minute_from = from;
    m->n_minutes = n;
    return TW_OK;
}

static void sum_minute(double *const *to, size_t cell, double *const *from, size_t minute, size_t n_more)
{
    for (size_t k = N_VALUES; k < N_VALUES + n_more; k++)
        if (!isnan(from[k][minute])) to[k][cell] = from[k][minute];
    if (isnan(from[CLOSE][minute])) return;
    if (isnan(to[OPEN][cell])) to[OPEN][cell] = from[OPEN][minute];
    to[HIGH][cell] = fmax(to[HIGH][cell], from[HIGH][minute]);
    to[LOW][cell] = fmin(to[LOW][cell], from[LOW][minute]);
    to[CLOSE][cell] = from[CLOSE][minute];
    if (!isnan(from[VOLUME][minute]))
        to[VOLUME][cell] = (isnan(to[VOLUME][cell]) ? 0 : to[VOLUME][cell]) + from[VOLUME][minute];
}

/* Days made of their minutes, where no file of days has them. */
static tw_status sum_minutes(tw_market_reader *r, bool all, tw_error *err)
{
    const tw_asset_market *m = &r->to->market;
    if (all) TW_TRY(make_values(r, m->n_sessions, r->value, err));
    for (size_t a = 0; a < m->n_assets; a++)
        for (size_t s = 0; s < m->n_sessions; s++) {
            const size_t cell = a * m->n_sessions + s;
            if (!isnan(r->value[CLOSE][cell])) continue;
            for (size_t i = m->minute_from[s]; i < m->minute_from[s + 1]; i++)
                sum_minute(r->value, cell, r->minute_value, a * m->n_minutes + i, r->n_more);
        }
    return TW_OK;
}

/* An array without any number counts as absent. */
static const double *known(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) return x;
    return NULL;
}

static tw_bars bars_of(double *const *value, size_t n)
{
    return (tw_bars){.open = known(value[OPEN], n),
                     .high = known(value[HIGH], n),
                     .low = known(value[LOW], n),
                     .close = value[CLOSE],
                     .volume = value[VOLUME]};
}

/* ---------------------------------------------------------------- all of it */

static tw_status make_assets(tw_market_reader *r, tw_error *err)
{
    tw_asset_market *m = &r->to->market;
    r->asset = tw_arena_new(&r->to->arena, r->symbols.n, sizeof *r->asset);
    r->group = tw_arena_new(&r->to->arena, r->symbols.n, sizeof *r->group);
    if (!r->asset || !r->group) return no_memory(err);
    for (size_t i = 0; i < r->symbols.n; i++) r->asset[i].symbol = r->symbols.name[i];
    m->asset = r->asset;
    m->n_assets = r->symbols.n;
    return TW_OK;
}

static tw_status build(tw_market_reader *r, const tw_bar_rows *daily, const tw_bar_rows *minute, tw_error *err)
{
    tw_asset_market *m = &r->to->market;
    TW_TRY(make_assets(r, err));
    TW_TRY(find_sessions(r, daily, minute, err));
    if (minute->n) {
        TW_TRY(index_minutes(r, minute, err));
        TW_TRY(put_bars(r, minute, true, err));
        m->minute = bars_of(r->minute_value, m->n_assets * m->n_minutes);
    }
    if (daily->n) TW_TRY(put_bars(r, daily, false, err));
    if (minute->n) TW_TRY(sum_minutes(r, daily->n == 0, err));
    m->daily = bars_of(r->value, m->n_assets * m->n_sessions);
    r->to->n_columns = r->n_more;
    for (size_t k = 0; k < r->n_more; k++) {
        r->to->daily_column[k] = r->value[N_VALUES + k];
        r->to->minute_column[k] = r->minute_value[N_VALUES + k];
    }
    if (r->files->assets) TW_TRY(tw_market_assets(r, false, err));
    r->to->n_groups = r->groups.n;
    r->to->group_name = r->groups.name;
    r->to->group = r->groups.n ? r->group : NULL;
    TW_TRY(tw_market_actions(r, err));
    return tw_market_series(r, err);
}

tw_status tw_market_open(const tw_ctx *ctx, const tw_market_files *files, tw_market_read *read, tw_error *err)
{
    tw_bar_rows daily = {0}, minute = {0};
    tw_market_reader r = {
        .ctx = ctx, .files = files, .to = read, .symbols = {.arena = &read->arena}, .groups = {.arena = &read->arena}};
    *read = (tw_market_read){0};
    tw_arena_init(&read->arena, ctx);
    while (files->columns && files->columns[r.n_more]) r.n_more++;
    if (r.n_more > TW_MARKET_COLUMNS)
        return tw_fail(err, TW_TOO_LARGE, "market: %zu further columns; at most %d", r.n_more, (int)TW_MARKET_COLUMNS);
    if (!files->bars && !files->minutes) return tw_fail(err, TW_BAD_VALUE, "market: a file of bars is needed");
    tw_status status = files->assets ? tw_market_assets(&r, true, err) : TW_OK;
    if (status == TW_OK && files->bars) status = tw_market_bars(&r, files->bars, &daily, err);
    if (status == TW_OK && files->minutes) status = tw_market_bars(&r, files->minutes, &minute, err);
    if (status == TW_OK) status = build(&r, &daily, &minute, err);
    tw_bar_rows_clear(ctx, &daily);
    tw_bar_rows_clear(ctx, &minute);
    return status;
}

void tw_market_close(tw_market_read *read) { tw_arena_clear(&read->arena); }

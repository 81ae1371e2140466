/* SPDX-License-Identifier: Apache-2.0 */
/* orders.c - how orders ended: filled or not and why, how long that took, and what was paid more than the price that an
 * order met when it was placed (its arrival price). */
#include "backtest/market/symbols.h"
#include "backtest/tearsheet/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What filled of an order: values are signed, `fair` at the arrival price. */
typedef struct filled {
    double paid, fair;
    int64_t last; /* time of the last fill */
    bool any;
} filled;

/* An order by its id, or by when it was placed. */
typedef struct key {
    int64_t value;
    size_t order;
} key;

static int by_value(const void *a, const void *b)
{
    const key *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* ---------------------------------------------------------------- fills to orders */

typedef struct matcher {
    const tw_track_record *record;
    key *by_id, *by_time; /* [n_orders] ascending */
    double *scale;        /* [n_symbols] of prices by splits so far */
    double *arrival;      /* [n_orders] on the scale of before the first split; NaN: not yet */
    filled *filled;       /* [n_orders] */
    size_t next_action, next_order;
} matcher;

static tw_status open_matcher(tw_tearsheet *sheet, matcher *m, tw_error *err)
{
    const tw_track_record *r = m->record;
    tw_arena *arena = &sheet->arena;
    m->by_id = tw_arena_new(arena, r->n_orders, sizeof *m->by_id);
    m->by_time = tw_arena_new(arena, r->n_orders, sizeof *m->by_time);
    m->filled = tw_arena_new(arena, r->n_orders, sizeof *m->filled);
    m->arrival = tw_sheet_series(sheet, r->n_orders, NAN);
    m->scale = tw_sheet_series(sheet, r->n_symbols, 1);
    if (!m->by_id || !m->by_time || !m->filled || !m->arrival || !m->scale) return tw_sheet_no_memory(err);
    for (size_t i = 0; i < r->n_orders; i++) {
        m->by_id[i] = (key){r->order[i].id, i};
        m->by_time[i] = (key){r->order[i].created, i};
    }
    qsort(m->by_id, r->n_orders, sizeof *m->by_id, by_value);
    qsort(m->by_time, r->n_orders, sizeof *m->by_time, by_value);
    return TW_OK;
}

/* Orders placed up to `time` get their arrival prices on today's scale. */
static void place_orders(matcher *m, int64_t time)
{
    const tw_track_record *r = m->record;
    for (; m->next_order < r->n_orders && m->by_time[m->next_order].value <= time; m->next_order++) {
        const size_t i = m->by_time[m->next_order].order;
        m->arrival[i] = r->order[i].arrival / m->scale[r->order[i].symbol];
    }
}

static void apply_splits(matcher *m, uint32_t bar)
{
    const tw_track_record *r = m->record;
    for (; m->next_action < r->n_actions && r->action[m->next_action].bar <= bar; m->next_action++) {
        const tw_sheet_action *a = &r->action[m->next_action];
        if (a->kind != TW_SHEET_SPLIT) continue;
        place_orders(m, r->time[a->bar]);
        m->scale[a->symbol] *= a->amount;
    }
}

static size_t order_of(const matcher *m, uint32_t id)
{
    size_t lo = 0, hi = m->record->n_orders;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (m->by_id[middle].value < id)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo < m->record->n_orders && m->by_id[lo].value == id ? m->by_id[lo].order : SIZE_MAX;
}

static void match(matcher *m)
{
    const tw_track_record *r = m->record;
    for (size_t i = 0; r->trade_order && i < r->n_trades; i++) {
        const tw_sheet_trade *t = &r->trade[i];
        if (r->trade_bar[i] != UINT32_MAX) apply_splits(m, r->trade_bar[i]);
        const size_t order = r->trade_order[i] == TW_SHEET_NO_ORDER ? SIZE_MAX : order_of(m, r->trade_order[i]);
        if (order == SIZE_MAX) continue;
        place_orders(m, t->time);
        filled *f = &m->filled[order];
        const double fair = m->arrival[order] * m->scale[t->symbol];
        f->any = true;
        f->last = t->time;
        f->paid += tw_sheet_trade_value(r, t);
        f->fair += t->quantity * fair * tw_sheet_multiplier(r, t->symbol);
    }
}

/* ---------------------------------------------------------------- numbers */

static bool is_partly(const tw_sheet_order *o)
{
    return o->filled != 0 && fabs(o->filled) < fabs(o->amount) && o->status != TW_ORDER_FILLED;
}

static void count_waits(const matcher *m, int kind, double *x, tw_order_stats *s)
{
    const tw_track_record *r = m->record;
    double sum = 0;
    size_t n = 0;
    s->wait_longest = NAN;
    for (size_t i = 0; i < r->n_orders; i++) {
        const tw_sheet_order *o = &r->order[i];
        if ((kind >= 0 && (int)o->kind != kind) || o->status != TW_ORDER_FILLED || !m->filled[i].any) continue;
        const double wait = (double)(m->filled[i].last - o->created) / (double)TW_NS_PER_SECOND;
        s->wait_longest = n ? fmax(s->wait_longest, wait) : wait;
        sum += wait;
        x[n++] = wait;
    }
    s->wait_mean = n ? sum / (double)n : NAN;
    s->wait_median = tw_sheet_median(n, x);
}

/* Orders of a kind, of all when it is below 0. */
static tw_order_stats stats_of(const matcher *m, int kind, double *x)
{
    const tw_track_record *r = m->record;
    tw_order_stats s = {0};
    double rate = 0, fair = 0;
    for (size_t i = 0; i < r->n_orders; i++) {
        const tw_sheet_order *o = &r->order[i];
        const filled *f = &m->filled[i];
        if (kind >= 0 && (int)o->kind != kind) continue;
        s.n++;
        s.ended[o->status]++;
        s.partly += is_partly(o);
        rate += o->status == TW_ORDER_FILLED ? 1 : o->amount != 0 ? fmin(1, fabs(o->filled / o->amount)) : 0;
        s.commission += o->commission;
        if (!f->any || !isfinite(f->fair)) continue;
        s.slippage_cost += f->paid - f->fair;
        fair += fabs(f->fair);
    }
    s.fill_rate = s.n ? rate / (double)s.n : NAN;
    s.slippage = fair > 0 ? s.slippage_cost / fair * 1e4 : NAN;
    count_waits(m, kind, x, &s);
    return s;
}

/* ---------------------------------------------------------------- reasons */

static int by_count(const void *a, const void *b)
{
    const tw_order_reason *x = a, *y = b;
    if (x->n != y->n) return x->n > y->n ? -1 : 1;
    if (x->status != y->status) return x->status < y->status ? -1 : 1;
    return strcmp(x->reason ? x->reason : "", y->reason ? y->reason : "");
}

/* Texts of reasons are numbered; a number and a status is one line of the table. */
static tw_status find_reasons(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    tw_symbols names = {.arena = &sheet->arena};
    tw_order_reason *all = tw_arena_new(&sheet->arena, r->n_orders * 2, sizeof *all);
    if (!all) return tw_sheet_no_memory(err);
    for (size_t i = 0; i < r->n_orders; i++) {
        const tw_sheet_order *o = &r->order[i];
        const char *text = o->reason ? o->reason : "";
        if (o->status < TW_ORDER_CANCELLED) continue;
        const size_t number = tw_symbols_add(&names, text, strlen(text));
        if (number == SIZE_MAX) return tw_sheet_no_memory(err);
        tw_order_reason *line = &all[number * 2 + (o->status == TW_ORDER_REJECTED)];
        *line = (tw_order_reason){o->reason, o->status, line->n + 1};
    }
    for (size_t i = 0; i < names.n * 2; i++)
        if (all[i].n) all[sheet->n_reasons++] = all[i];
    qsort(all, sheet->n_reasons, sizeof *all, by_count);
    sheet->reason = all;
    return TW_OK;
}

tw_status tw_sheet_orders(tw_tearsheet *sheet, tw_error *err)
{
    matcher m = {.record = &sheet->record};
    if (sheet->record.n_orders == 0) return TW_OK;
    double *x = tw_sheet_series(sheet, sheet->record.n_orders, 0);
    if (!x) return tw_sheet_no_memory(err);
    TW_TRY(open_matcher(sheet, &m, err));
    match(&m);
    sheet->orders = stats_of(&m, -1, x);
    for (int k = 0; k < TW_ORDER_KIND_COUNT; k++) sheet->orders_of[k] = stats_of(&m, k, x);
    return find_reasons(sheet, err);
}

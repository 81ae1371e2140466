/* SPDX-License-Identifier: Apache-2.0 */
/* panel.c - the bars of a market as a panel: symbols sorted, times at which something traded. */
#include "backtest/rules/model.h"
#include "tradewind/ta.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_COLUMNS = 5 };

static const char *const NAME[N_COLUMNS] = {"open", "high", "low", "close", "volume"};

typedef struct named {
    const char *symbol;
    size_t asset;
} named;

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "the bars of a model"); }

static int by_symbol(const void *a, const void *b)
{
    return strcmp(((const named *)a)->symbol, ((const named *)b)->symbol);
}

static const tw_bars *bars_of(const tw_market_panel *p) { return p->minutes ? &p->market->minute : &p->market->daily; }

static size_t n_bars(const tw_market_panel *p) { return p->minutes ? p->market->n_minutes : p->market->n_sessions; }

static int64_t stamp_of(const tw_market_panel *p, size_t bar)
{
    return p->minutes ? p->market->minute_ns[bar] : p->market->session[bar].day * TW_NS_PER_DAY;
}

/* The five, then the further ones; NULL for one that the bars lack. */
static const double *column_of(const tw_market_panel *p, size_t c)
{
    const tw_bars *bars = bars_of(p);
    const double *const all[N_COLUMNS] = {bars->open, bars->high, bars->low, bars->close, bars->volume};
    if (c < N_COLUMNS) return all[c];
    return p->minutes ? p->read->minute_column[c - N_COLUMNS] : p->read->daily_column[c - N_COLUMNS];
}

static const char *name_of(const tw_market_panel *p, size_t c)
{
    return c < N_COLUMNS ? NAME[c] : p->more[c - N_COLUMNS];
}

/* Bars at which nothing has a close are none of the panel's times: a day on which no file has a row. */
static size_t find_times(tw_market_panel *p)
{
    const size_t n = n_bars(p);
    const double *close = bars_of(p)->close;
    size_t times = 0;
    for (size_t i = 0; i < n; i++) {
        bool there = false;
        for (size_t a = 0; a < p->market->n_assets && !there; a++) there = !isnan(close[a * n + i]);
        if (there) p->bar[times++] = i;
    }
    return times;
}

static tw_status sort_symbols(tw_market_panel *p, const char **symbols, tw_error *err)
{
    const size_t n = p->market->n_assets;
    named *list = tw_new(p->ctx, n, sizeof *list);
    if (!list) return no_memory(err);
    for (size_t i = 0; i < n; i++) list[i] = (named){p->market->asset[i].symbol, i};
    qsort(list, n, sizeof *list, by_symbol);
    for (size_t i = 0; i < n; i++) {
        symbols[i] = list[i].symbol;
        p->asset[i] = list[i].asset;
    }
    tw_free(p->ctx, list);
    return TW_OK;
}

static void fill(const tw_market_panel *p)
{
    const size_t n = n_bars(p), times = tw_panel_times(p->panel);
    for (size_t c = 0; c < tw_panel_columns(p->panel); c++) {
        size_t k = 0;
        while (strcmp(name_of(p, k), tw_panel_column_name(p->panel, c)) != 0) k++;
        for (size_t s = 0; s < p->market->n_assets; s++) {
            const double *x = column_of(p, k) + p->asset[s] * n;
            double *to = tw_panel_tile_mut(p->panel, c, s / TW_LANES) + s % TW_LANES;
            for (size_t t = 0; t < times; t++) to[t * TW_LANES] = x[p->bar[t]];
        }
    }
}

static tw_status make_raw(tw_market_panel *p, const char **symbols, int64_t *times, tw_error *err)
{
    const char *columns[N_COLUMNS + TW_MARKET_COLUMNS];
    tw_panel_shape shape = {.n_symbols = p->market->n_assets,
                            .n_times = find_times(p),
                            .symbols = symbols,
                            .times = times,
                            .columns = columns,
                            .calendar = p->calendar,
                            .bar_ns = p->minutes ? 60 * TW_NS_PER_SECOND : TW_NS_PER_DAY,
                            .stamped_at_end = p->minutes};
    TW_TRY(sort_symbols(p, symbols, err));
    for (size_t t = 0; t < shape.n_times; t++) times[t] = stamp_of(p, p->bar[t]);
    for (size_t c = 0; c < N_COLUMNS + p->read->n_columns; c++)
        if (column_of(p, c)) columns[shape.n_columns++] = name_of(p, c);
    TW_TRY(tw_panel_new(p->ctx, &shape, NULL, &p->panel, err));
    fill(p);
    return tw_panel_seal(p->panel, err);
}

/* What adjusts prices, in the form panels take. A dividend's ratio is found anew from the panel's closes. */
static tw_status actions_of(const tw_market_panel *p, tw_actions **actions, tw_error *err)
{
    const tw_asset_market *m = p->market;
    tw_action *list = tw_new(p->ctx, m->n_actions + 1, sizeof *list);
    size_t n = 0;
    if (!list) return no_memory(err);
    for (size_t i = 0; i < m->n_actions; i++) {
        const tw_asset_action *a = &m->action[i];
        if (a->kind != TW_SPLIT && a->kind != TW_DIVIDEND) continue;
        const bool split = a->kind == TW_SPLIT;
        if (!split && !(a->amount > 0)) continue;
        list[n++] = (tw_action){.symbol = m->asset[a->asset].symbol,
                                .ex_day = m->session[a->session].day,
                                .kind = split ? TW_ACTION_SPLIT : TW_ACTION_DIVIDEND,
                                .ratio = split ? a->ratio : 0,
                                .amount = split ? 0 : a->amount};
    }
    const tw_status status = tw_actions_new(p->ctx, list, n, actions, err);
    tw_free(p->ctx, list);
    return status;
}

static tw_status adjust(tw_market_panel *p, tw_error *err)
{
    tw_actions *actions = NULL;
    tw_panel *raw = p->panel;
    if (p->how == TW_AS_TRADED || p->market->n_actions == 0) return TW_OK;
    TW_TRY(actions_of(p, &actions, err));
    const int64_t last = p->market->session[p->market->n_sessions - 1].day;
    p->panel = NULL;
    const tw_status status = tw_panel_adjust(
        p->ctx, raw, actions, p->how == TW_FOR_ALL ? TW_ADJUST_FORWARD_ALL : TW_ADJUST_FORWARD, last, &p->panel, err);
    tw_panel_close(raw);
    tw_actions_free(actions);
    return status;
}

tw_status tw_market_panel_make(tw_market_panel *p, tw_error *err)
{
    const size_t n = n_bars(p);
    const char **symbols = tw_new(p->ctx, p->market->n_assets, sizeof *symbols);
    int64_t *times = tw_new(p->ctx, n + 1, sizeof *times);
    p->asset = tw_new(p->ctx, p->market->n_assets, sizeof *p->asset);
    p->bar = tw_new(p->ctx, n + 1, sizeof *p->bar);
    tw_status status = TW_OK;
    if (!symbols || !times || !p->asset || !p->bar) status = no_memory(err);
    if (status == TW_OK) status = make_raw(p, symbols, times, err);
    if (status == TW_OK) status = adjust(p, err);
    tw_free(p->ctx, symbols);
    tw_free(p->ctx, times);
    return status;
}

void tw_market_panel_clear(tw_market_panel *p)
{
    tw_panel_close(p->panel);
    tw_free(p->ctx, p->asset);
    tw_free(p->ctx, p->bar);
}

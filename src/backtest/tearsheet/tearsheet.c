/* SPDX-License-Identifier: Apache-2.0 */
/* tearsheet.c - checks a record and makes the sheet's parts one after the other. */
#include "backtest/tearsheet/sheet.h"
#include "tradewind/num.h"

#include <math.h>

static const tw_param table[] = {
    TW_PARAM(tw_tearsheet_options, window, 126, 2, 1000000, "bars of rolling measures"),
    TW_PARAM(tw_tearsheet_options, top, 10, 1, 1000, "drawdowns listed"),
    TW_PARAM(tw_tearsheet_options, draws, 1000, 0, 1000000, "bootstrap resamples; 0: no confidence intervals"),
    TW_PARAM(tw_tearsheet_options, block, 0, 0, 1e6, "mean block length; 0: by the rule of Politis and White"),
    TW_PARAM(tw_tearsheet_options, level, 0.9, 0.01, 0.999, "of the confidence intervals"),
    TW_PARAM(tw_tearsheet_options, seed, 1, 0, 2147483647, "of the resamples"),
    TW_PARAM(tw_tearsheet_options, participation, 0.2, 1e-6, 1, "most of a bar's volume, for days to liquidate"),
    TW_PARAM(tw_tearsheet_options, impact, 0.1, 0, 100, "cost of trading all of a bar's volume, as a share of value"),
    TW_PARAM(tw_tearsheet_options, income, 0, 0, 1, "1: dividends and funding count in the profit of round trips"),
    TW_PARAM(tw_tearsheet_options, utc_offset, 0, -14, 14, "hours that clocks are ahead of UTC, for trades by hour"),
    TW_PARAM_TEXT(tw_tearsheet_options, live, "", NULL,
                  "date from which returns were not known when the strategy was made; empty: none"),
    TW_PARAM(tw_tearsheet_options, close_open, 0, 0, 1,
             "1: what is held at the end counts as a round trip closed then"),
    TW_PARAM_END,
};

const tw_param *tw_tearsheet_params(void) { return table; }

tw_status tw_sheet_no_memory(tw_error *err) { return tw_no_memory(err, "a tear sheet"); }

double *tw_sheet_series(tw_tearsheet *sheet, size_t n, double value)
{
    double *x = tw_arena_new(&sheet->arena, n + 1, sizeof *x);
    for (size_t i = 0; x && i < n; i++) x[i] = value;
    return x;
}

static int64_t day_of(int64_t time)
{
    const int64_t day = time / TW_NS_PER_DAY;
    return time % TW_NS_PER_DAY < 0 ? day - 1 : day;
}

/* The bar whose UTC day is that of `time` (of several the last), or SIZE_MAX. */
static size_t bar_of(const tw_track_record *r, int64_t time)
{
    const int64_t day = day_of(time);
    size_t lo = 0, hi = r->path.n;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (day_of(r->time[middle]) <= day)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo > 0 && day_of(r->time[lo - 1]) == day ? lo - 1 : SIZE_MAX;
}

/* Trades without bars get those of their days; UINT32_MAX: none. */
static tw_status place_trades(tw_tearsheet *sheet, tw_error *err)
{
    tw_track_record *r = &sheet->record;
    if (r->trade_bar || r->n_trades == 0) return TW_OK;
    uint32_t *bar = tw_arena_new(&sheet->arena, r->n_trades, sizeof *bar);
    if (!bar) return tw_sheet_no_memory(err);
    for (size_t i = 0; i < r->n_trades; i++) {
        const size_t found = bar_of(r, r->trade[i].time);
        bar[i] = found == SIZE_MAX ? UINT32_MAX : (uint32_t)found;
    }
    r->trade_bar = bar;
    return TW_OK;
}

double tw_sheet_multiplier(const tw_track_record *r, uint32_t symbol)
{
    return r->multiplier ? r->multiplier[symbol] : 1;
}

double tw_sheet_trade_value(const tw_track_record *r, const tw_sheet_trade *trade)
{
    return trade->quantity * trade->price * tw_sheet_multiplier(r, trade->symbol);
}

double tw_sheet_holding_value(const tw_track_record *r, const tw_sheet_holding *holding)
{
    return holding->quantity * holding->price * tw_sheet_multiplier(r, holding->symbol);
}

double tw_sheet_median(size_t m, double *x) { return m ? tw_median(m, x) : NAN; }

/* ---------------------------------------------------------------- checks */

static tw_status check_path(const tw_track_record *r, tw_error *err)
{
    if (r->path.n == 0 || !r->path.returns || !r->time)
        return tw_fail(err, TW_BAD_DATA, "tear sheet: a record needs returns and times");
    if (r->path.n > UINT32_MAX)
        return tw_fail(err, TW_TOO_LARGE, "tear sheet: at most %u bars, got %zu", UINT32_MAX, r->path.n);
    for (size_t i = 0; i < r->path.n; i++) {
        if (isinf(r->path.returns[i])) return tw_fail(err, TW_BAD_DATA, "tear sheet: return %zu is infinite", i);
        if (i > 0 && r->time[i] <= r->time[i - 1])
            return tw_fail(err, TW_BAD_DATA, "tear sheet: time %zu is not after the one before", i);
    }
    return TW_OK;
}

static tw_status check_trades(const tw_track_record *r, tw_error *err)
{
    for (size_t i = 0; i < r->n_trades; i++) {
        const tw_sheet_trade *t = &r->trade[i];
        if (t->symbol >= r->n_symbols || !isfinite(t->quantity) || !isfinite(t->price))
            return tw_fail(err, TW_BAD_DATA, "tear sheet: trade %zu: symbol %u of %zu, quantity %g, price %g", i,
                           t->symbol, r->n_symbols, t->quantity, t->price);
        const bool back = i > 0 && r->trade_bar && r->trade_bar[i] < r->trade_bar[i - 1];
        if (back || (i > 0 && t->time < r->trade[i - 1].time))
            return tw_fail(err, TW_BAD_DATA, "tear sheet: trade %zu is before the one before it", i);
        if (r->trade_bar && r->trade_bar[i] >= r->path.n)
            return tw_fail(err, TW_BAD_DATA, "tear sheet: trade %zu: bar %u of %zu", i, r->trade_bar[i], r->path.n);
    }
    return TW_OK;
}

static tw_status check_holdings(const tw_track_record *r, tw_error *err)
{
    for (size_t i = 0; i < r->n_holdings; i++) {
        const tw_sheet_holding *h = &r->holding[i];
        if (h->symbol >= r->n_symbols || h->bar >= r->path.n || !isfinite(h->quantity) || !isfinite(h->price))
            return tw_fail(err, TW_BAD_DATA,
                           "tear sheet: holding %zu: bar %u of %zu, symbol %u of %zu, quantity %g, price %g", i, h->bar,
                           r->path.n, h->symbol, r->n_symbols, h->quantity, h->price);
        if (i > 0 && h->bar < r->holding[i - 1].bar)
            return tw_fail(err, TW_BAD_DATA, "tear sheet: holding %zu is of a bar before that of the one before", i);
    }
    return TW_OK;
}

static tw_status check_symbols(const tw_track_record *r, tw_error *err)
{
    for (size_t s = 0; s < r->n_symbols; s++) {
        if (r->multiplier && !(r->multiplier[s] > 0 && isfinite(r->multiplier[s])))
            return tw_fail(err, TW_BAD_DATA, "tear sheet: multiplier of symbol %zu must be above 0, got %g", s,
                           r->multiplier[s]);
        if (r->sector && r->sector[s] >= r->n_sectors)
            return tw_fail(err, TW_BAD_DATA, "tear sheet: symbol %zu: sector %u of %zu", s, r->sector[s], r->n_sectors);
    }
    return TW_OK;
}

static tw_status check_extras(const tw_track_record *r, tw_error *err)
{
    for (size_t i = 0; i < r->n_actions; i++) {
        const tw_sheet_action *a = &r->action[i];
        const bool bad = a->kind >= TW_SHEET_ACTION_KINDS || !isfinite(a->amount) || !(a->dropped >= 0);
        if (bad || a->symbol >= r->n_symbols || a->bar >= r->path.n || (a->kind == TW_SHEET_SPLIT && a->amount <= 0))
            return tw_fail(err, TW_BAD_DATA, "tear sheet: action %zu: bar %u of %zu, symbol %u of %zu, amount %g", i,
                           a->bar, r->path.n, a->symbol, r->n_symbols, a->amount);
        if (i > 0 && a->bar < r->action[i - 1].bar)
            return tw_fail(err, TW_BAD_DATA, "tear sheet: action %zu is of a bar before that of the one before", i);
    }
    for (size_t i = 0; i < r->n_orders; i++) {
        const tw_sheet_order *o = &r->order[i];
        if (o->symbol >= r->n_symbols || o->kind >= TW_ORDER_KIND_COUNT || o->status >= TW_ORDER_STATUS_COUNT)
            return tw_fail(err, TW_BAD_DATA, "tear sheet: order %zu: symbol %u of %zu, kind %d, status %d", i,
                           o->symbol, r->n_symbols, (int)o->kind, (int)o->status);
    }
    return check_symbols(r, err);
}

static tw_status check_options(const tw_tearsheet_options *o, tw_error *err)
{
    const char *base = (const char *)o;
    for (const tw_param *p = table; p->name; p++) {
        if (p->kind == TW_KIND_TEXT) continue;
        const double x = p->kind == TW_KIND_INT ? *(const int *)(const void *)(base + p->offset)
                                                : *(const double *)(const void *)(base + p->offset);
        if (!(x >= p->lo && x <= p->hi))
            return tw_fail(err, TW_BAD_VALUE, "tear sheet: %s must be in [%g, %g], got %g", p->name, p->lo, p->hi, x);
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- making */

tw_status tw_tearsheet_make(const tw_ctx *ctx, const tw_track_record *record, const tw_tearsheet_options *options,
                            tw_tearsheet *sheet, tw_error *err)
{
    *sheet = (tw_tearsheet){.record = *record, .options = *options};
    tw_arena_init(&sheet->arena, ctx);
    TW_TRY(check_options(options, err));
    TW_TRY(check_path(record, err));
    TW_TRY(check_trades(record, err));
    TW_TRY(check_holdings(record, err));
    TW_TRY(check_extras(record, err));
    TW_TRY(place_trades(sheet, err));
    TW_TRY(tw_sheet_measures(ctx, sheet, err));
    TW_TRY(tw_sheet_path(sheet, err));
    TW_TRY(tw_sheet_periods(sheet, err));
    TW_TRY(tw_sheet_trading(sheet, err));
    TW_TRY(tw_sheet_exposure(sheet, err));
    TW_TRY(tw_sheet_trips(sheet, err));
    TW_TRY(tw_sheet_orders(sheet, err));
    TW_TRY(tw_sheet_factors(sheet, err));
    TW_TRY(tw_sheet_rolling_factors(sheet, err));
    TW_TRY(tw_sheet_compared(sheet, err));
    TW_TRY(tw_sheet_live_part(sheet, err));
    TW_TRY(tw_sheet_histograms(sheet, err));
    TW_TRY(tw_sheet_beliefs(sheet, err));
    TW_TRY(tw_sheet_attribution(sheet, err));
    return tw_sheet_costs(sheet, err);
}

void tw_tearsheet_clear(tw_tearsheet *sheet)
{
    tw_arena_clear(&sheet->arena);
    *sheet = (tw_tearsheet){0};
}

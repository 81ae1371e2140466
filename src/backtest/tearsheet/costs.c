/* SPDX-License-Identifier: Apache-2.0 */
/* costs.c - what dearer trading or a larger capital would leave, and how fast positions could be sold. */
#include "backtest/tearsheet/sheet.h"

#include <math.h>
#include <stdlib.h>

static const double BASIS_POINTS[TW_SHEET_COSTS] = {0, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 50};
static const double CAPITAL[TW_SHEET_CAPITALS] = {1e5, 1e6, 5e6, 1e7, 2.5e7, 5e7, 1e8, 2.5e8, 5e8};
enum { VOLUME_BARS = 5 };

static tw_cost_step step_of(const tw_tearsheet *sheet, double at, const double *returns)
{
    tw_return_path path = sheet->record.path;
    tw_cost_step out = {.at = at, .annual_return = NAN, .sharpe = NAN};
    path.returns = returns;
    (void)tw_measure_compute("annual_return", &path, &out.annual_return, NULL);
    (void)tw_measure_compute("sharpe", &path, &out.sharpe, NULL);
    return out;
}

/* Returns less `cost` of the value traded in a bar, over equity. */
static tw_status sweep_costs(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    const double *traded = sheet->traded;
    double *returns = tw_sheet_series(sheet, r->path.n, 0);
    if (!returns) return tw_sheet_no_memory(err);
    for (size_t k = 0; k < TW_SHEET_COSTS; k++) {
        for (size_t t = 0; t < r->path.n; t++)
            returns[t] = r->path.returns[t] - (traded[t] != 0 ? traded[t] * 1e-4 * BASIS_POINTS[k] / r->equity[t] : 0);
        sheet->cost[k] = step_of(sheet, BASIS_POINTS[k], returns);
    }
    sheet->n_costs = TW_SHEET_COSTS;
    return TW_OK;
}

/* ---------------------------------------------------------------- capacity */

/* Shares and value traded by bar and symbol. */
typedef struct traded {
    double *shares, *value;
} traded;

static bool gather(tw_tearsheet *sheet, traded *out)
{
    const tw_track_record *r = &sheet->record;
    out->shares = tw_sheet_series(sheet, r->path.n * r->n_symbols, 0);
    out->value = tw_sheet_series(sheet, r->path.n * r->n_symbols, 0);
    for (size_t i = 0; out->shares && out->value && i < r->n_trades; i++) {
        const tw_sheet_trade *t = &r->trade[i];
        const uint32_t bar = r->trade_bar[i];
        if (bar == UINT32_MAX) continue;
        out->shares[bar * r->n_symbols + t->symbol] += fabs(t->quantity);
        out->value[bar * r->n_symbols + t->symbol] += fabs(tw_sheet_trade_value(r, t));
    }
    return out->shares && out->value;
}

/* Returns at `times` the capital: each symbol's trading costs impact * (shares / volume)^2 of its value. */
static void at_capital(const tw_tearsheet *sheet, const traded *x, double times, double *returns)
{
    const tw_track_record *r = &sheet->record;
    for (size_t t = 0; t < r->path.n; t++) {
        double penalty = 0;
        for (size_t s = 0; s < r->n_symbols; s++) {
            const size_t c = t * r->n_symbols + s;
            const double share = times * x->shares[c] / r->volume[c];
            if (x->shares[c] > 0 && isfinite(share)) penalty += share * share * sheet->options.impact * x->value[c];
        }
        /* value and wealth grow with the capital alike */
        returns[t] = r->path.returns[t] - (penalty > 0 ? penalty / (sheet->wealth[t] * r->equity[0]) : 0);
    }
}

static int by_share(const void *a, const void *b)
{
    const tw_liquidity *x = a, *y = b;
    if (x->share != y->share) return x->share > y->share ? -1 : 1;
    return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

/* For each symbol the bar whose volume its trades took the most of. */
static tw_status find_consumed(tw_tearsheet *sheet, const traded *x, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    tw_liquidity *most = tw_arena_new(&sheet->arena, r->n_symbols, sizeof *most);
    if (!most) return tw_sheet_no_memory(err);
    for (uint32_t s = 0; s < r->n_symbols; s++) {
        tw_liquidity *found = &most[sheet->n_consumed];
        *found = (tw_liquidity){.symbol = s, .days = NAN};
        for (size_t t = 0; t < r->path.n; t++) {
            const double share = x->shares[t * r->n_symbols + s] / r->volume[t * r->n_symbols + s];
            if (!isfinite(share) || !(share > found->share)) continue;
            found->share = share;
            found->bar = t;
        }
        sheet->n_consumed += found->share > 0;
    }
    qsort(most, sheet->n_consumed, sizeof *most, by_share);
    sheet->consumed = most;
    return TW_OK;
}

static tw_status sweep_capital(tw_tearsheet *sheet, tw_error *err)
{
    traded x;
    double *returns = tw_sheet_series(sheet, sheet->record.path.n, 0);
    if (!returns || !gather(sheet, &x)) return tw_sheet_no_memory(err);
    for (size_t k = 0; k < TW_SHEET_CAPITALS; k++) {
        at_capital(sheet, &x, CAPITAL[k] / sheet->record.equity[0], returns);
        sheet->capital[k] = step_of(sheet, CAPITAL[k], returns);
    }
    sheet->n_capitals = TW_SHEET_CAPITALS;
    return find_consumed(sheet, &x, err);
}

static int by_days(const void *a, const void *b)
{
    const tw_liquidity *x = a, *y = b;
    if (x->days != y->days) return x->days > y->days ? -1 : 1;
    return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

/* Mean volume of the bars before this one; NaN when one is not known or there was none. */
static double usual_volume(const tw_track_record *r, size_t bar, size_t symbol)
{
    double sum = 0;
    if (bar < VOLUME_BARS) return NAN;
    for (size_t t = bar - VOLUME_BARS; t < bar; t++) sum += r->volume[t * r->n_symbols + symbol];
    return sum > 0 ? sum / VOLUME_BARS : NAN;
}

static tw_status find_liquidity(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    tw_liquidity *worst = tw_arena_new(&sheet->arena, r->n_symbols, sizeof *worst);
    if (!worst) return tw_sheet_no_memory(err);
    for (size_t i = 0; i < r->n_holdings; i++) {
        const tw_sheet_holding *h = &r->holding[i];
        tw_liquidity *w = &worst[h->symbol];
        const double days = fabs(h->quantity) / (sheet->options.participation * usual_volume(r, h->bar, h->symbol));
        const double share = tw_sheet_holding_value(r, h) / r->equity[h->bar];
        if (days > w->days) *w = (tw_liquidity){h->symbol, h->bar, days, share};
    }
    for (size_t s = 0; s < r->n_symbols; s++)
        if (worst[s].days > 0) worst[sheet->n_liquidity++] = worst[s];
    qsort(worst, sheet->n_liquidity, sizeof *worst, by_days);
    sheet->liquidity = worst;
    return TW_OK;
}

tw_status tw_sheet_costs(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    if (!r->equity) return TW_OK;
    if (r->n_trades) TW_TRY(sweep_costs(sheet, err));
    if (!r->volume || r->n_symbols == 0) return TW_OK;
    if (r->n_trades) TW_TRY(sweep_capital(sheet, err));
    return r->n_holdings ? find_liquidity(sheet, err) : TW_OK;
}

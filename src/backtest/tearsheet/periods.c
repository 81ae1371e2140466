/* SPDX-License-Identifier: Apache-2.0 */
/* periods.c - returns of days, weeks, months, quarters and years, and of times of stress. */
#include "backtest/tearsheet/sheet.h"
#include "tradewind/num.h"

#include <math.h>

static const double QUANTILES[7] = {0, 0.05, 0.25, 0.5, 0.75, 0.95, 1};

static tw_status quantiles(tw_tearsheet *sheet, tw_sheet_period *period, tw_error *err)
{
    double *x = tw_sheet_series(sheet, period->n, 0);
    size_t n = 0;
    if (!x) return tw_sheet_no_memory(err);
    for (size_t i = 0; i < period->n; i++)
        if (!isnan(period->returns[i])) x[n++] = period->returns[i];
    for (size_t q = 0; q < 7; q++) period->quantile[q] = n ? tw_quantile(n, x, QUANTILES[q]) : NAN;
    return TW_OK;
}

/* ---------------------------------------------------------------- times of stress */

typedef struct span {
    const char *name;
    int from[3], to[3];
} span;

static const span SPANS[] = {
#define TW_STRESS(name, y0, m0, d0, y1, m1, d1) {name, {y0, m0, d0}, {y1, m1, d1}},
#include "backtest/tearsheet/stress.def"
#undef TW_STRESS
};
enum { N_SPANS = sizeof SPANS / sizeof *SPANS };

static size_t first_from(const tw_track_record *r, int64_t time)
{
    size_t i = 0;
    while (i < r->path.n && r->time[i] < time) i++;
    return i;
}

static int64_t start_of(const int date[3]) { return tw_days_from_date(date[0], date[1], date[2]) * TW_NS_PER_DAY; }

static double measured(const char *name, const tw_return_path *path)
{
    double value = NAN;
    (void)tw_measure_compute(name, path, &value, NULL);
    return value;
}

static tw_stress stress_of(const tw_track_record *r, const char *name, size_t from, size_t to)
{
    tw_stress out = {.name = name, .from = from, .to = to, .benchmark = NAN, .least = NAN, .largest = NAN};
    tw_return_path part = r->path, market = r->path;
    part.n = market.n = to - from;
    part.returns += from;
    part.benchmark = market.benchmark = NULL;
    out.returns = measured("cumulative_return", &part);
    out.drawdown = measured("max_drawdown", &part);
    if (r->path.benchmark) {
        market.returns = r->path.benchmark + from;
        out.benchmark = measured("cumulative_return", &market);
    }
    double sum = 0;
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        const double x = r->path.returns[i];
        if (isnan(x)) continue;
        sum += x;
        n++;
        out.least = fmin(isnan(out.least) ? x : out.least, x);
        out.largest = fmax(isnan(out.largest) ? x : out.largest, x);
    }
    out.mean = n ? sum / (double)n : NAN;
    return out;
}

static tw_status find_stress(tw_tearsheet *sheet, tw_error *err)
{
    tw_stress *all = tw_arena_new(&sheet->arena, N_SPANS, sizeof *all);
    if (!all) return tw_sheet_no_memory(err);
    for (size_t k = 0; k < N_SPANS; k++) {
        const size_t from = first_from(&sheet->record, start_of(SPANS[k].from));
        const size_t to = first_from(&sheet->record, start_of(SPANS[k].to) + TW_NS_PER_DAY);
        if (from < to) all[sheet->n_stress++] = stress_of(&sheet->record, SPANS[k].name, from, to);
    }
    sheet->stress = all;
    return TW_OK;
}

tw_status tw_sheet_periods(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    sheet->daily = (tw_sheet_period){.n = r->path.n, .returns = r->path.returns};
    TW_TRY(quantiles(sheet, &sheet->daily, err));
    for (int k = 0; k < 4; k++) {
        tw_sheet_period *period = &sheet->period[k];
        int *label = tw_arena_new(&sheet->arena, r->path.n, sizeof *label);
        double *returns = tw_sheet_series(sheet, r->path.n, 0);
        if (!label || !returns) return tw_sheet_no_memory(err);
        period->n = tw_returns_aggregate(&r->path, r->time, (tw_calendar_period)k, label, returns);
        period->label = label;
        period->returns = returns;
        TW_TRY(quantiles(sheet, period, err));
    }
    return find_stress(sheet, err);
}

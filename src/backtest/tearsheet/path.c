/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - wealth and drawdowns, rolling measures. */
#include "backtest/tearsheet/sheet.h"

#include <math.h>
#include <stdlib.h>

/* Monday to Friday from one day to another, both counted. */
static int64_t weekdays(int64_t from_ns, int64_t to_ns)
{
    const tw_civil a = tw_time_to_civil(from_ns), b = tw_time_to_civil(to_ns);
    const int64_t from = tw_days_from_date(a.year, a.month, a.day), to = tw_days_from_date(b.year, b.month, b.day);
    int64_t n = (to - from + 1) / 7 * 5;
    for (int64_t day = to - (to - from + 1) % 7 + 1; day <= to; day++) n += tw_weekday(day) < 5;
    return n;
}

static int by_depth(const void *a, const void *b)
{
    const tw_drawdown *x = a, *y = b;
    if (x->depth != y->depth) return x->depth > y->depth ? -1 : 1;
    return x->peak < y->peak ? -1 : x->peak > y->peak;
}

/* Every run of bars below the peak before it. What is lost before the first bar has no peak to be seen from. */
static size_t find_drawdowns(const tw_tearsheet *sheet, tw_drawdown *all)
{
    const tw_track_record *r = &sheet->record;
    const double *wealth = sheet->wealth;
    size_t n = 0, peak = 0;
    bool under = false;
    for (size_t i = 1; i < r->path.n; i++) {
        if (wealth[i] >= wealth[peak]) {
            if (under) {
                all[n - 1].recovery = i;
                all[n - 1].weekdays = weekdays(r->time[all[n - 1].peak], r->time[i]);
            }
            peak = i;
            under = false;
            continue;
        }
        if (!under) all[n++] = (tw_drawdown){.peak = peak, .valley = i, .recovery = SIZE_MAX, .weekdays = -1};
        under = true;
        tw_drawdown *d = &all[n - 1];
        if (wealth[i] < wealth[d->valley]) d->valley = i;
        d->depth = (wealth[peak] - wealth[d->valley]) / wealth[peak];
    }
    qsort(all, n, sizeof *all, by_depth);
    return n;
}

static tw_status roll(tw_tearsheet *sheet, tw_error *err)
{
    static const char *const NAMES[TW_SHEET_ROLLING] = {"sharpe", "annual_volatility", "sortino", "max_drawdown",
                                                        "beta"};
    const tw_return_path *path = &sheet->record.path;
    for (size_t i = 0; i < TW_SHEET_ROLLING; i++) {
        sheet->rolling_name[i] = NAMES[i];
        if (i + 1 == TW_SHEET_ROLLING && !path->benchmark) continue;
        double *out = tw_sheet_series(sheet, path->n, NAN);
        if (!out) return tw_sheet_no_memory(err);
        TW_TRY(tw_measure_roll(NAMES[i], path, (size_t)sheet->options.window, out, err));
        sheet->rolling[i] = out;
    }
    return TW_OK;
}

/* What changes of rates made, in money and as shares of the equity before. */
static void add_currency(tw_tearsheet *sheet)
{
    const tw_track_record *r = &sheet->record;
    sheet->currency_gain = sheet->currency_return = r->currency_gain ? 0 : NAN;
    for (size_t t = 0; r->currency_gain && t < r->path.n; t++) {
        if (isnan(r->currency_gain[t])) continue;
        sheet->currency_gain += r->currency_gain[t];
        if (!r->equity) continue;
        const double before = t ? r->equity[t - 1] : r->equity[0] / (1 + r->path.returns[0]);
        if (before != 0 && isfinite(before)) sheet->currency_return += r->currency_gain[t] / before;
    }
}

tw_status tw_sheet_path(tw_tearsheet *sheet, tw_error *err)
{
    const tw_return_path *path = &sheet->record.path;
    double *wealth = tw_sheet_series(sheet, path->n, 1), *under = tw_sheet_series(sheet, path->n, 0);
    tw_drawdown *all = tw_arena_new(&sheet->arena, path->n / 2 + 1, sizeof *all);
    if (!wealth || !under || !all) return tw_sheet_no_memory(err);
    double peak = 1;
    for (size_t i = 0; i < path->n; i++) {
        const double r = path->returns[i];
        wealth[i] = (i ? wealth[i - 1] : 1) * (isnan(r) ? 1 : 1 + r);
        peak = fmax(peak, wealth[i]);
        under[i] = wealth[i] / peak - 1;
    }
    add_currency(sheet);
    sheet->wealth = wealth;
    sheet->underwater = under;
    const size_t n = find_drawdowns(sheet, all), top = (size_t)sheet->options.top;
    sheet->drawdown = all;
    sheet->n_drawdowns = n < top ? n : top;
    return roll(sheet, err);
}

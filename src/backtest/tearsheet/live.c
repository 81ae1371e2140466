/* SPDX-License-Identifier: Apache-2.0 */
/* live.c - returns beside the benchmark's, and those of a live time beside what the time before let expect. */
#include "backtest/tearsheet/sheet.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* Mean and variance (over n - less) of the values that are there. */
typedef struct moments {
    size_t n;
    double mean, variance;
} moments;

static moments moments_of(size_t n, const double *x, size_t less)
{
    moments m = {0};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) m.n++, sum += x[i];
    m.mean = sum / (double)m.n;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) squares += (x[i] - m.mean) * (x[i] - m.mean);
    m.variance = m.n > less ? squares / (double)(m.n - less) : NAN;
    return m;
}

static const double FLAT = 1e-12; /* of the mean: less is rounding */

tw_status tw_sheet_compared(tw_tearsheet *sheet, tw_error *err)
{
    const tw_return_path *path = &sheet->record.path;
    double *log_wealth = tw_sheet_series(sheet, path->n, NAN);
    if (!log_wealth) return tw_sheet_no_memory(err);
    for (size_t t = 0; t < path->n; t++)
        if (sheet->wealth[t] > 0) log_wealth[t] = tw_log(sheet->wealth[t]);
    sheet->log_wealth = log_wealth;
    if (!path->benchmark) return TW_OK;
    double *matched = tw_sheet_series(sheet, path->n, NAN), wealth = 1;
    if (!matched) return tw_sheet_no_memory(err);
    const moments own = moments_of(path->n, path->returns, 1), other = moments_of(path->n, path->benchmark, 1);
    const double scale = sqrt(own.variance), volatility = sqrt(other.variance);
    const bool varies = scale > FLAT * fabs(own.mean);
    for (size_t t = 0; t < path->n && varies; t++) {
        if (!isnan(path->returns[t])) wealth *= 1 + path->returns[t] / scale * volatility;
        matched[t] = wealth;
    }
    sheet->matched = matched;
    return TW_OK;
}

/* ---------------------------------------------------------------- the live time */

/* Draws are of single bars and independent, so that growth over t of them has the mean (1 + m)^t and the second moment
 * ((1 + m)^2 + v)^t: what pyfolio's resamples come to as they grow in number. */
static tw_status make_cone(tw_tearsheet *sheet, tw_error *err)
{
    const tw_return_path *path = &sheet->record.path;
    const size_t from = sheet->live.from;
    double *mean = tw_sheet_series(sheet, path->n, NAN), *deviation = tw_sheet_series(sheet, path->n, NAN);
    if (!mean || !deviation) return tw_sheet_no_memory(err);
    const moments m = moments_of(from, path->returns, 0);
    const double start = sheet->wealth[from - 1], first = 1 + m.mean, second = first * first + m.variance;
    double growth = 1, squared = 1;
    for (size_t t = from; t < path->n; t++) {
        growth *= first;
        squared *= second;
        mean[t] = start * growth;
        deviation[t] = start * sqrt(fmax(0, squared - growth * growth));
    }
    sheet->live.mean = mean;
    sheet->live.deviation = deviation;
    return TW_OK;
}

static tw_status measure_part(tw_tearsheet *sheet, size_t from, size_t to, const double **values, tw_error *err)
{
    tw_return_path part = sheet->record.path;
    double *out = tw_sheet_series(sheet, sheet->n_measures, NAN);
    if (!out) return tw_sheet_no_memory(err);
    part.n = to - from;
    part.returns += from;
    if (part.benchmark) part.benchmark += from;
    for (size_t i = 0; i < sheet->n_measures; i++)
        TW_TRY(tw_measure_compute(sheet->measure[i].measure->name, &part, &out[i], err));
    *values = out;
    return TW_OK;
}

tw_status tw_sheet_live_part(tw_tearsheet *sheet, tw_error *err)
{
    const char *date = sheet->options.live;
    const tw_track_record *r = &sheet->record;
    int64_t time;
    size_t from = 0;
    sheet->live.from = SIZE_MAX;
    if (!date[0]) return TW_OK;
    if (!memchr(date, '\0', sizeof sheet->options.live) || !tw_time_parse(date, strlen(date), &time))
        return tw_fail(err, TW_BAD_VALUE, "tear sheet: live must be a date such as 2016-01-01, got '%.40s'", date);
    while (from < r->path.n && r->time[from] < time) from++;
    if (from == 0 || from == r->path.n)
        return tw_fail(err, TW_BAD_VALUE, "tear sheet: live=%s: there must be bars before it and from it on", date);
    sheet->live.from = from;
    TW_TRY(make_cone(sheet, err));
    TW_TRY(measure_part(sheet, 0, from, &sheet->live.before, err));
    return measure_part(sheet, from, r->path.n, &sheet->live.after, err);
}

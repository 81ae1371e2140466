/* SPDX-License-Identifier: Apache-2.0 */
/* exposure.c - what is held in each bar, as shares of equity, and how much of it is traded. */
#include "backtest/tearsheet/sheet.h"

#include <math.h>

enum { GROSS, NET, LONG_SIDE, SHORT_SIDE, MAX_LONG, MEDIAN_LONG, MEDIAN_SHORT, MAX_SHORT, HELD, LONGS, SHORTS, SERIES };

typedef struct shares {
    double *series[SERIES];
    double *longs, *shorts; /* [n_symbols or more] of one bar */
} shares;

/* Holdings [from, to) are those of one bar. */
static void look_at(const tw_track_record *r, size_t from, size_t to, shares *s)
{
    const uint32_t bar = r->holding[from].bar;
    size_t n_long = 0, n_short = 0;
    double up = 0, down = 0;
    for (size_t i = from; i < to; i++) {
        const double share = tw_sheet_holding_value(r, &r->holding[i]) / r->equity[bar];
        if (share > 0) s->longs[n_long++] = share, up += share;
        if (share < 0) s->shorts[n_short++] = share, down += share;
    }
    for (size_t i = 0; i < n_long; i++) s->series[MAX_LONG][bar] = fmax(s->series[MAX_LONG][bar], s->longs[i]);
    for (size_t i = 0; i < n_short; i++) s->series[MAX_SHORT][bar] = fmin(s->series[MAX_SHORT][bar], s->shorts[i]);
    s->series[MEDIAN_LONG][bar] = tw_sheet_median(n_long, s->longs);
    s->series[MEDIAN_SHORT][bar] = tw_sheet_median(n_short, s->shorts);
    s->series[LONG_SIDE][bar] = up;
    s->series[SHORT_SIDE][bar] = down;
    s->series[GROSS][bar] = up - down;
    s->series[NET][bar] = up + down;
    s->series[HELD][bar] = (double)(n_long + n_short);
    s->series[LONGS][bar] = (double)n_long;
    s->series[SHORTS][bar] = (double)n_short;
}

static tw_status find_turnover(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    double *turnover = tw_sheet_series(sheet, r->path.n, 0), *held = tw_sheet_series(sheet, r->path.n, 0);
    if (!turnover || !held) return tw_sheet_no_memory(err);
    for (size_t i = 0; i < r->n_holdings; i++)
        held[r->holding[i].bar] += fabs(tw_sheet_holding_value(r, &r->holding[i]));
    for (size_t t = 0; t < r->path.n; t++) {
        const double mean = (held[t] + (t ? held[t - 1] : 0)) / 2;
        turnover[t] = sheet->traded[t] != 0 || mean != 0 ? sheet->traded[t] / mean : 0;
    }
    sheet->turnover = turnover;
    return TW_OK;
}

tw_status tw_sheet_exposure(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    shares s;
    if (!r->equity || r->n_holdings == 0) return TW_OK;
    for (int k = 0; k < SERIES; k++) {
        const bool name = k >= MAX_LONG && k <= MAX_SHORT;
        s.series[k] = tw_sheet_series(sheet, r->path.n, name ? NAN : 0);
        if (!s.series[k]) return tw_sheet_no_memory(err);
    }
    s.longs = tw_sheet_series(sheet, r->n_holdings, 0);
    s.shorts = tw_sheet_series(sheet, r->n_holdings, 0);
    if (!s.longs || !s.shorts) return tw_sheet_no_memory(err);
    for (size_t from = 0, to = 0; from < r->n_holdings; from = to) {
        while (to < r->n_holdings && r->holding[to].bar == r->holding[from].bar) to++;
        look_at(r, from, to, &s);
    }
    tw_exposure *e = &sheet->exposure;
    e->gross = s.series[GROSS];
    e->net = s.series[NET];
    e->long_side = s.series[LONG_SIDE];
    e->short_side = s.series[SHORT_SIDE];
    e->max_long = s.series[MAX_LONG];
    e->median_long = s.series[MEDIAN_LONG];
    e->median_short = s.series[MEDIAN_SHORT];
    e->max_short = s.series[MAX_SHORT];
    e->names = s.series[HELD];
    e->longs = s.series[LONGS];
    e->shorts = s.series[SHORTS];
    TW_TRY(tw_sheet_names(sheet, err));
    return r->n_trades ? find_turnover(sheet, err) : TW_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - what is held by sector, and the largest holdings. */
#include "backtest/tearsheet/sheet.h"

#include <math.h>
#include <stdlib.h>

static tw_status find_sectors(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    if (!r->sector) return TW_OK;
    double **series = tw_arena_new(&sheet->arena, r->n_sectors + 1, sizeof *series);
    if (!series) return tw_sheet_no_memory(err);
    for (size_t k = 0; k < r->n_sectors; k++) {
        series[k] = tw_sheet_series(sheet, r->path.n, 0);
        if (!series[k]) return tw_sheet_no_memory(err);
    }
    for (size_t i = 0; i < r->n_holdings; i++) {
        const tw_sheet_holding *h = &r->holding[i];
        series[r->sector[h->symbol]][h->bar] += tw_sheet_holding_value(r, h) / r->equity[h->bar];
    }
    sheet->exposure.sector = (const double *const *)series;
    return TW_OK;
}

/* ---------------------------------------------------------------- the largest */

/* Largest and least share of each symbol; 0: never held on that side. */
typedef struct extremes {
    double *most, *least;
} extremes;

static bool find_extremes(tw_tearsheet *sheet, extremes *x)
{
    const tw_track_record *r = &sheet->record;
    x->most = tw_sheet_series(sheet, r->n_symbols, 0);
    x->least = tw_sheet_series(sheet, r->n_symbols, 0);
    for (size_t i = 0; x->most && x->least && i < r->n_holdings; i++) {
        const tw_sheet_holding *h = &r->holding[i];
        const double share = tw_sheet_holding_value(r, h) / r->equity[h->bar];
        x->most[h->symbol] = fmax(x->most[h->symbol], share);
        x->least[h->symbol] = fmin(x->least[h->symbol], share);
    }
    return x->most && x->least;
}

typedef struct ranked {
    double size, share;
    uint32_t symbol;
} ranked;

static int by_size(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

/* The top of `n` ranked symbols. */
static tw_status keep_top(tw_tearsheet *sheet, size_t n, ranked *all, tw_top_holdings *top, tw_error *err)
{
    const size_t wanted = (size_t)sheet->options.top, kept = n < wanted ? n : wanted;
    uint32_t *symbol = tw_arena_new(&sheet->arena, kept + 1, sizeof *symbol);
    double *share = tw_sheet_series(sheet, kept, 0);
    if (!symbol || !share) return tw_sheet_no_memory(err);
    qsort(all, n, sizeof *all, by_size);
    for (size_t i = 0; i < kept; i++) {
        symbol[i] = all[i].symbol;
        share[i] = all[i].share;
    }
    *top = (tw_top_holdings){kept, symbol, share};
    return TW_OK;
}

static tw_status find_top(tw_tearsheet *sheet, tw_error *err)
{
    const size_t n_symbols = sheet->record.n_symbols;
    tw_exposure *e = &sheet->exposure;
    tw_top_holdings *const tops[] = {&e->top_long, &e->top_short, &e->top_any};
    ranked *all = tw_arena_new(&sheet->arena, n_symbols + 1, sizeof *all);
    extremes x;
    if (!all || !find_extremes(sheet, &x)) return tw_sheet_no_memory(err);
    for (int k = 0; k < 3; k++) {
        size_t n = 0;
        for (uint32_t s = 0; s < n_symbols; s++) {
            const double any = x.most[s] >= -x.least[s] ? x.most[s] : x.least[s];
            const double share = k == 0 ? x.most[s] : k == 1 ? x.least[s] : any;
            if (share != 0) all[n++] = (ranked){fabs(share), share, s};
        }
        TW_TRY(keep_top(sheet, n, all, tops[k], err));
    }
    return TW_OK;
}

tw_status tw_sheet_names(tw_tearsheet *sheet, tw_error *err)
{
    TW_TRY(find_sectors(sheet, err));
    return find_top(sheet, err);
}

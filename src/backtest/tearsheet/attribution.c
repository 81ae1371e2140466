/* SPDX-License-Identifier: Apache-2.0 */
/* attribution.c - returns by what was held (pyfolio's perf_attrib): exposures from the loadings of the holdings, and
 * what factors earned by them. */
#include "backtest/tearsheet/sheet.h"

#include <math.h>

static double measured(const tw_tearsheet *sheet, const char *name, const double *returns)
{
    tw_return_path path = sheet->record.path;
    double value = NAN;
    path.returns = returns;
    (void)tw_measure_compute(name, &path, &value, NULL);
    return value;
}

static tw_return_part part_of(const tw_tearsheet *sheet, const double *returns)
{
    return (tw_return_part){.returns = returns,
                            .exposure = NAN,
                            .annual_return = measured(sheet, "annual_return", returns),
                            .cumulative_return = measured(sheet, "cumulative_return", returns),
                            .sharpe = measured(sheet, "sharpe", returns)};
}

/* Bars without a holding have no exposure; those with holdings of which no loading is known have one that is not known.
 */
static void find_exposure(const tw_track_record *r, const double *loading, double *exposure)
{
    for (size_t from = 0, to = 0; from < r->n_holdings; from = to) {
        const uint32_t bar = r->holding[from].bar;
        bool known = false;
        for (to = from; to < r->n_holdings && r->holding[to].bar == bar; to++) {
            const double x = loading[(size_t)bar * r->n_symbols + r->holding[to].symbol];
            if (isnan(x)) continue;
            exposure[bar] += tw_sheet_holding_value(r, &r->holding[to]) / r->equity[bar] * x;
            known = true;
        }
        if (!known) exposure[bar] = NAN;
    }
}

static double mean_of(size_t n, const double *x)
{
    double sum = 0;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) sum += x[i], m++;
    return m ? sum / (double)m : NAN;
}

/* The factor's exposures and what they earned; `common` becomes the sum so far. */
static tw_status attribute(tw_tearsheet *sheet, size_t k, double **exposure, tw_return_part *part, double *common)
{
    const tw_track_record *r = &sheet->record;
    double *earned = tw_sheet_series(sheet, r->path.n, 0);
    exposure[k] = tw_sheet_series(sheet, r->path.n, 0);
    if (!earned || !exposure[k]) return TW_NO_MEMORY;
    find_exposure(r, r->loading[k], exposure[k]);
    for (size_t t = 0; t < r->path.n; t++) {
        earned[t] = exposure[k][t] * r->factor[k][t];
        common[t] += earned[t];
    }
    *part = part_of(sheet, earned);
    part->exposure = mean_of(r->path.n, exposure[k]);
    return TW_OK;
}

tw_status tw_sheet_attribution(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    tw_attribution *a = &sheet->attribution;
    if (!r->loading || !r->equity || r->n_holdings == 0 || r->n_factors == 0) return TW_OK;
    double *common = tw_sheet_series(sheet, r->path.n, 0), *specific = tw_sheet_series(sheet, r->path.n, 0);
    double **exposure = tw_arena_new(&sheet->arena, r->n_factors, sizeof *exposure);
    tw_return_part *part = tw_arena_new(&sheet->arena, r->n_factors, sizeof *part);
    if (!common || !specific || !exposure || !part) return tw_sheet_no_memory(err);
    for (size_t k = 0; k < r->n_factors; k++)
        if (attribute(sheet, k, exposure, &part[k], common) != TW_OK) return tw_sheet_no_memory(err);
    for (size_t t = 0; t < r->path.n; t++) specific[t] = r->path.returns[t] - common[t];
    *a = (tw_attribution){.n = r->path.n,
                          .total = part_of(sheet, r->path.returns),
                          .common = part_of(sheet, common),
                          .specific = part_of(sheet, specific),
                          .factor = part,
                          .exposure = (const double *const *)exposure};
    return TW_OK;
}

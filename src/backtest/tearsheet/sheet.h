/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h - the parts that a tear sheet is made of. Each fills its fields of the sheet from its record; memory comes
 * from the sheet's arena. */
#ifndef TW_BACKTEST_SHEET_H
#define TW_BACKTEST_SHEET_H

#include "tradewind/tearsheet.h"

/* Measures and their intervals. */
tw_status tw_sheet_measures(const tw_ctx *ctx, tw_tearsheet *sheet, tw_error *err);
/* Wealth, drawdowns, rolling measures, returns by period, times of stress. */
tw_status tw_sheet_path(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_periods(tw_tearsheet *sheet, tw_error *err);
/* Exposure and turnover; the gross value held, [n], comes back for what follows. */
tw_status tw_sheet_exposure(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_trips(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_factors(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_costs(tw_tearsheet *sheet, tw_error *err);

/* n doubles of the sheet, all `value`; NULL when out of memory. */
double *tw_sheet_series(tw_tearsheet *sheet, size_t n, double value);
/* The bar whose UTC day is that of `time`, or SIZE_MAX. */
size_t tw_sheet_bar(const tw_tearsheet *sheet, int64_t time);
/* Median of the m values x, which are reordered; NaN of none. */
double tw_sheet_median(size_t m, double *x);
/* Value traded in each bar by the trades of its day, [n]; NULL when out of memory. */
double *tw_sheet_traded(tw_tearsheet *sheet);
/* NO_MEMORY for a tear sheet. */
tw_status tw_sheet_no_memory(tw_error *err);

#endif

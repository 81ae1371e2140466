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
/* What is traded in a bar, in an hour, and at the busiest moment of a day; of use to those that follow. */
tw_status tw_sheet_trading(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_exposure(tw_tearsheet *sheet, tw_error *err);
/* Sectors and the largest holdings: parts of the exposure. */
tw_status tw_sheet_names(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_trips(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_trip_stats(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_orders(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_factors(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_rolling_factors(tw_tearsheet *sheet, tw_error *err);
/* Comparisons, what is live, histograms, belief: of what was made before. */
tw_status tw_sheet_compared(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_live_part(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_histograms(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_beliefs(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_attribution(tw_tearsheet *sheet, tw_error *err);
tw_status tw_sheet_costs(tw_tearsheet *sheet, tw_error *err);

/* n doubles of the sheet, all `value`; NULL when out of memory. */
double *tw_sheet_series(tw_tearsheet *sheet, size_t n, double value);
/* What one share at a price of 1 is in money. */
double tw_sheet_multiplier(const tw_track_record *record, uint32_t symbol);
/* Signed worth of a trade, and of a holding. */
double tw_sheet_trade_value(const tw_track_record *record, const tw_sheet_trade *trade);
double tw_sheet_holding_value(const tw_track_record *record, const tw_sheet_holding *holding);
/* Median of the m values x, which are reordered; NaN of none. */
double tw_sheet_median(size_t m, double *x);
/* NO_MEMORY for a tear sheet. */
tw_status tw_sheet_no_memory(tw_error *err);

#endif

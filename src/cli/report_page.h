/* SPDX-License-Identifier: Apache-2.0 */
/* report_page.h - a tear sheet as a page. */
#ifndef TW_CLI_REPORT_PAGE_H
#define TW_CLI_REPORT_PAGE_H

#include "tradewind/tearsheet.h"

/* Appends the sheet as one HTML page that needs nothing else. `title` is text, not HTML. */
tw_status tw_cli_report_page(const tw_ctx *ctx, const tw_tearsheet *sheet, const char *title, tw_buf *out,
                             tw_error *err);

/* The page's tables. */
void tw_page_measures(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_drawdowns(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_months(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_quantiles(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_stress(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_holdings(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_hours(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_orders(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_trips(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_factors(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_attribution(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_costs(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_live(const tw_tearsheet *sheet, tw_buf *out);
/* Its pictures without an axis of bars (report_plots.c). */
void tw_page_histograms(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_belief(const tw_tearsheet *sheet, tw_buf *out);
tw_status tw_page_lives(const tw_ctx *ctx, const tw_tearsheet *sheet, tw_buf *out, tw_error *err);
/* Parts of tables: heads as "a|b|c", rows that begin with a name and end, numbers as people read them (NaN is a dash),
 * shares in per cent. */
void tw_page_open_table(tw_buf *out, const char *columns);
void tw_page_close_table(tw_buf *out);
void tw_page_name(tw_buf *out, const char *text);
void tw_page_end_row(tw_buf *out);
void tw_page_cell(tw_buf *out, const char *format, double x);
void tw_page_share(tw_buf *out, double x);
void tw_page_plain(tw_buf *out, double x);
void tw_page_money(tw_buf *out, double x);
void tw_page_whole(tw_buf *out, size_t n);
void tw_page_date(tw_buf *out, int64_t time);

/* Text with &, < and > escaped. */
void tw_page_text(tw_buf *out, const char *text);

#endif

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
void tw_page_trips(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_factors(const tw_tearsheet *sheet, tw_buf *out);
void tw_page_costs(const tw_tearsheet *sheet, tw_buf *out);
/* Text with &, < and > escaped. */
void tw_page_text(tw_buf *out, const char *text);

#endif

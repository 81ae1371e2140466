/* SPDX-License-Identifier: Apache-2.0 */
/* charts.h - a chart as the text of a file. */
#ifndef TW_CLI_CHARTS_H
#define TW_CLI_CHARTS_H

#include "tradewind/plot.h"

/* Appends the chart as a PNG. UNSUPPORTED in a build without cairo. */
tw_status tw_cli_png(const tw_ctx *ctx, const tw_chart *chart, tw_buf *out, tw_error *err);
/* Appends the chart as a page that needs nothing else, with the values of the bar under the pointer. */
tw_status tw_cli_chart_page(const tw_ctx *ctx, const tw_chart *chart, tw_buf *out, tw_error *err);

#endif

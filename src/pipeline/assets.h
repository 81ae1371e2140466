/* SPDX-License-Identifier: Apache-2.0 */
/* assets.h - files built from web/ that are put into the library by assets.S. */
#ifndef TW_PIPELINE_ASSETS_H
#define TW_PIPELINE_ASSETS_H

/* web/dist/report.html: the page with the token __TRADEWIND_REPORT__ where report.json goes. */
extern const char tw_report_html[], tw_report_html_end[];

#endif

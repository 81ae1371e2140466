/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - a result while it is written. */
#ifndef TW_BACKTEST_FILES_FILES_H
#define TW_BACKTEST_FILES_FILES_H

#include "tradewind/backtest_spec.h"
#include "tradewind/io.h"

typedef struct tw_writer {
    const tw_ctx *ctx;
    const tw_strategy_result *result;
    const tw_result_files *what;
    const char *folder;
    const tw_session_row *row;
    const tw_trade *trade;
    const tw_order_row *order;
    const tw_holding *holding;
    const tw_booked_action *action;
    const tw_recorded *recorded;
    const char *const *record_name;
    bool has_currencies;
    size_t n_rows, n_trades, n_orders, n_holdings, n_actions, n_recorded, n_names;
} tw_writer;

/* A number (nothing for NaN), the date of a session, an instant, the end of a bar. */
enum { TW_OUT_TIME = 48 };
void tw_out_number(tw_buf *out, double x);
void tw_out_count(tw_buf *out, size_t n);
/* The last as text without an end; its length. */
size_t tw_bar_text(const tw_writer *w, size_t bar, char *text);
void tw_out_day(const tw_writer *w, size_t session, tw_buf *out);
void tw_out_time(int64_t time, tw_buf *out);
void tw_out_bar(const tw_writer *w, size_t bar, tw_buf *out);

/* daily.csv (daily.c). */
void tw_daily_put(const tw_writer *w, tw_buf *out);
/* minute.csv: the same by the minute, without lists. */
void tw_minutes_put(const tw_writer *w, tw_buf *out);
/* run_actions.csv and run_assets.csv (assets.c): what reports need to know of a run beside its trades. */
void tw_actions_put(const tw_writer *w, tw_buf *out);
void tw_assets_put(const tw_writer *w, tw_buf *out);

#endif

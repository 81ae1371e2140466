/* SPDX-License-Identifier: Apache-2.0 */
/* read.h - a market being put together from files. */
#ifndef TW_BACKTEST_MARKET_READ_H
#define TW_BACKTEST_MARKET_READ_H

#include "backtest/market/symbols.h"
#include "backtest/tearsheet/rows.h"
#include "tradewind/backtest_spec.h"

enum { TW_BAR_VALUES = 5 + TW_MARKET_COLUMNS };

/* One bar of a file. */
typedef struct tw_bar_row {
    int64_t time;
    uint32_t asset, line;
    double value[5]; /* open, high, low, close, volume */
} tw_bar_row;

typedef struct tw_bar_rows {
    const char *path;
    tw_bar_row *row;
    double *more; /* [row][n_more]: further columns */
    size_t n, room, n_more;
} tw_bar_rows;

typedef struct tw_market_reader {
    const tw_ctx *ctx;
    const tw_market_files *files;
    tw_market_read *to;
    tw_symbols symbols;
    bool listed; /* the assets are given by a file: no other may come */
    tw_asset *asset;
    tw_symbols groups;
    int32_t *group; /* [asset] */
    tw_session *session;
    double *value[TW_BAR_VALUES], *minute_value[TW_BAR_VALUES]; /* the five, then further columns */
    size_t n_more;
    tw_asset_action *action;
    size_t action_room;
    double *series; /* being filled */
} tw_market_reader;

/* Fails naming where a row stands, and the value in column *place when that is not NULL:
 * "FILE:7: symbol AAPL, time 2014-06-09: ...". */
tw_status tw_market_row_fail(const tw_rows *rows, const size_t *place, tw_error *err, const char *what);
/* The asset and session of a row; columns 0 and 1 are date and symbol. */
tw_status tw_market_row_asset(const tw_market_reader *r, const tw_rows *rows, size_t *asset, tw_error *err);
tw_status tw_market_row_day(const tw_rows *rows, int64_t *day, tw_error *err);

void tw_bar_rows_clear(const tw_ctx *ctx, tw_bar_rows *rows);
/* Reads rows of bars; symbols are added unless the assets are listed. Freed with tw_bar_rows_clear. */
tw_status tw_market_bars(tw_market_reader *r, const char *path, tw_bar_rows *rows, tw_error *err);
/* Reads assets.csv: names first, then (sessions known) the rest. */
tw_status tw_market_assets(tw_market_reader *r, bool names_only, tw_error *err);
/* Reads actions, benchmark and scores; sessions and bars are known. */
tw_status tw_market_actions(tw_market_reader *r, tw_error *err);
tw_status tw_market_series(tw_market_reader *r, tw_error *err);

#endif

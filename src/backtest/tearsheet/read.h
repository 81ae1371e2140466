/* SPDX-License-Identifier: Apache-2.0 */
/* read.h - a record while its files are read. */
#ifndef TW_BACKTEST_TEARSHEET_READ_H
#define TW_BACKTEST_TEARSHEET_READ_H

#include "backtest/market/symbols.h"
#include "backtest/tearsheet/rows.h"
#include "tradewind/tearsheet.h"

/* Columns of days, of instants and of symbols, the better name first. */
#define TW_RECORD_DAY "session|date|time|dt|timestamp|period_close"
#define TW_RECORD_TIME "time|dt|timestamp|period_close|session|date"
#define TW_RECORD_SYMBOL "symbol|sid|asset"

typedef struct tw_record_reader {
    const tw_ctx *ctx;
    const tw_record_files *files;
    tw_arena *arena;
    tw_track_record *record;
    int64_t *day; /* of the record's bars */
    tw_symbols symbols, orders;
} tw_record_reader;

/* Room for one more item behind n; what was there before stays in the arena, unused. NULL: no memory. */
void *tw_record_grow(tw_arena *arena, void *old, size_t n, size_t *room, size_t size);
tw_status tw_record_no_memory(tw_error *err);
/* Days since 1970 of an instant, by UTC. */
int64_t tw_record_day(int64_t time);
/* Last bar of a day, or SIZE_MAX. */
size_t tw_record_bar(const tw_record_reader *r, int64_t day);
/* Number of the name in a column, which is added to `names` when new. */
tw_status tw_record_intern(tw_symbols *names, const tw_rows *rows, size_t column, uint32_t *index, tw_error *err);

/* A file of the folder, which need not be there; the first `needed` columns must. */
typedef struct tw_record_file {
    const char *name;
    const char *const *columns;
    size_t needed;
    tw_status (*read)(tw_record_reader *r, tw_rows *rows, tw_error *err);
} tw_record_file;

tw_status tw_record_read_file(tw_record_reader *r, const tw_record_file *file, tw_error *err);

/* txns.csv and positions.csv. */
tw_status tw_record_entries(tw_record_reader *r, tw_error *err);
/* What a run of tradewind knows besides: orders.csv, run_actions.csv, run_assets.csv. No symbol is added after. */
tw_status tw_record_extras(tw_record_reader *r, tw_error *err);
/* Benchmark, factors and volumes, where they are given. */
tw_status tw_record_series(tw_record_reader *r, tw_error *err);

#endif

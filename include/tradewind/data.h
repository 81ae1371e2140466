/* SPDX-License-Identifier: Apache-2.0 */
/** @file data.h
 * Floor 2: market data: the panel of symbols x time, import, exchange calendars, corporate actions, quality checks,
 * the market simulator.
 */
#ifndef TRADEWIND_DATA_H
#define TRADEWIND_DATA_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- calendars */

/** One session of an exchange. `day` counts days since 1970-01-01; open and close are UTC. */
typedef struct tw_session {
    int64_t day, open_ns, close_ns;
    bool half_day;
} tw_session;

typedef struct tw_calendar tw_calendar;

/** NULL-terminated names: "XNYS", "XNAS", "XLON", "XTKS", "XETR", "CMES" (CME Globex), "24/7", "FX" (24/5). */
TW_API const char *const *tw_calendar_names(void);
/** The calendar of this name (const, lives for ever), or BAD_NAME with the nearest name. */
TW_API tw_status tw_calendar_find(const char *name, const tw_calendar **calendar, tw_error *err);
/** Name of a calendar. */
TW_API const char *tw_calendar_name(const tw_calendar *calendar);
/** True, and *session filled, when `day` has a session. */
TW_API bool tw_calendar_session(const tw_calendar *calendar, int64_t day, tw_session *session);
/** Sessions of first_day..last_day, both included: their count; the first `room` are stored (sessions may be NULL). */
TW_API size_t tw_calendar_sessions(const tw_calendar *calendar, int64_t first_day, int64_t last_day, size_t room,
                                   tw_session *sessions);
/** True when the exchange trades at this instant (regular hours, breaks excluded). */
TW_API bool tw_calendar_is_open(const tw_calendar *calendar, int64_t time_ns);
/** Day of the session to which an instant belongs (of the trading day for overnight sessions), or TW_NO_TIME. */
TW_API int64_t tw_calendar_session_of(const tw_calendar *calendar, int64_t time_ns);
/** Offset from UTC, in seconds, of the exchange's wall clock at an instant. */
TW_API int tw_calendar_utc_offset(const tw_calendar *calendar, int64_t time_ns);

/* ---------------------------------------------------------------- panel */

typedef struct tw_panel tw_panel;

/** The shape of a panel to make. Symbols and times ascend strictly. Daily bars carry midnight UTC of the session date.
 */
typedef struct tw_panel_shape {
    size_t n_symbols, n_times, n_columns;
    const char *const *symbols;
    const int64_t *times;
    const char *const *columns; /* "open", "high", "low", "close", "volume", ... */
    const char *calendar;       /* name, or NULL */
    int64_t bar_ns;             /* width of a bar; TW_NS_PER_DAY for daily */
    bool stamped_at_end;        /* intraday: times are bar ends (else starts) */
} tw_panel_shape;

/** A new panel filled with NaN, in memory (path NULL) or in a file that appears, whole and checksummed, at
 * tw_panel_seal. */
TW_API tw_status tw_panel_new(const tw_ctx *ctx, const tw_panel_shape *shape, const char *path, tw_panel **panel,
                              tw_error *err);
/** Ends writing: checksums every column, writes atomically; tiles are read-only from now on. */
TW_API tw_status tw_panel_seal(tw_panel *panel, tw_error *err);
/** Maps a panel file; its header is checked, its columns are when tw_panel_verify is called. */
TW_API tw_status tw_panel_open(const tw_ctx *ctx, const char *path, tw_panel **panel, tw_error *err);
/** Reads all columns against their checksums. */
TW_API tw_status tw_panel_verify(const tw_panel *panel, tw_error *err);
/** Frees or unmaps; an unsealed file is removed. NULL is fine. */
TW_API void tw_panel_close(tw_panel *panel);

TW_API size_t tw_panel_symbols(const tw_panel *panel); /**< number of symbols */
TW_API size_t tw_panel_times(const tw_panel *panel);   /**< number of times */
TW_API size_t tw_panel_columns(const tw_panel *panel); /**< number of columns */
TW_API size_t tw_panel_blocks(const tw_panel *panel);  /**< blocks of 16 symbols */
/** Symbol s. */
TW_API const char *tw_panel_symbol(const tw_panel *panel, size_t s);
/** Index of a symbol, or SIZE_MAX. */
TW_API size_t tw_panel_find_symbol(const tw_panel *panel, const char *symbol);
/** Name of column c. */
TW_API const char *tw_panel_column_name(const tw_panel *panel, size_t c);
/** Index of a column, or SIZE_MAX. */
TW_API size_t tw_panel_find_column(const tw_panel *panel, const char *name);
/** Stamps of the bars, ascending. */
TW_API const int64_t *tw_panel_stamps(const tw_panel *panel);
/** Time at which bar t was known: session close of a daily bar (by the calendar; end of the UTC day without one), end
 * of an intraday bar. */
TW_API int64_t tw_panel_known(const tw_panel *panel, size_t t);
/** Shape as given to tw_panel_new (views into the panel). */
TW_API const tw_panel_shape *tw_panel_shape_view(const tw_panel *panel);
/** Column c of block b: [n_times][16]; lanes beyond the last symbol are NaN. */
TW_API const double *tw_panel_tile(const tw_panel *panel, size_t c, size_t b);
/** The same, for writing, before tw_panel_seal. */
TW_API double *tw_panel_tile_mut(tw_panel *panel, size_t c, size_t b);
/** Value of column c, symbol s, time t. */
TW_API double tw_panel_at(const tw_panel *panel, size_t c, size_t s, size_t t);
/** Checksum over shape and data: equal panels have equal sums. Known after seal or open. */
TW_API uint64_t tw_panel_checksum(const tw_panel *panel);

/* ---------------------------------------------------------------- import */

/** How to read bars. Zero fields mean the defaults in the table tw_import_params. */
typedef struct tw_import_options {
    char columns[256];          /* "date=Day,close=Last": own names for header fields */
    char calendar[TW_TEXT_MAX]; /* of the data; "" none */
    char bar[TW_TEXT_MAX];      /* "auto", "1d", "1m", "15m", ... */
    char stamp[TW_TEXT_MAX];    /* intraday stamps: "auto" | "start" | "end" */
    char zone[TW_TEXT_MAX];     /* of stamps without zone: "UTC" or a calendar's name */
    char strip[TW_TEXT_MAX];    /* ending taken off a file's name when that is the symbol: "_daily" */
    bool strict;                /* a bad row fails the import */
    const char *rejects;        /* path of the rejects CSV (file,line,reason,row), or NULL */
    const char *out;            /* path of the panel file, or NULL for memory */
} tw_import_options;

/** The table of the text and flag fields of tw_import_options (not of its paths). */
TW_API const tw_param *tw_import_params(void);

/** What an import found. rows = kept + rejected, always. */
typedef struct tw_import_summary {
    uint64_t rows, kept, rejected;
    uint64_t bytes;         /* unpacked */
    char text_columns[256]; /* extra columns that hold mostly text and are not in the panel, ", " between */
    size_t n_reasons;
    struct {
        char reason[96];
        uint64_t count;
    } reasons[24];
    uint64_t empty_files; /* files with a header and no row below it */
    char empty_file[256]; /* the first of them */
} tw_import_summary;

/** Reads CSV files (one per symbol, named by the file, or long form with a symbol column; gz, zst) into a panel. A row
 * that cannot be taken (fields missing, not a number, bad time, duplicate of (symbol, time)) is set aside with file,
 * line and reason, and counted. Values that can be read but break a market rule (high < low, price <= 0) are kept:
 * tw_check_run finds them. */
TW_API tw_status tw_import_csv(const tw_ctx *ctx, const char *const *paths, size_t n_paths,
                               const tw_import_options *options, tw_panel **panel, tw_import_summary *summary,
                               tw_error *err);
/** Writes a panel as long-form CSV (stamp,symbol,columns...); rows whose values are all missing are left out. */
TW_API tw_status tw_panel_write_csv(const tw_panel *panel, const char *path, tw_error *err);

/* ---------------------------------------------------------------- corporate actions */

typedef enum tw_action_kind { TW_ACTION_SPLIT, TW_ACTION_DIVIDEND } tw_action_kind;

/** One action. Split: prices before ex_day are multiplied by `ratio` (0.5 = 2:1). Dividend: `amount` per share in cash;
 *  `ratio` = 1 - amount / previous close, or 0 to have it computed from the panel. */
typedef struct tw_action {
    const char *symbol;
    int64_t ex_day;
    tw_action_kind kind;
    double ratio, amount;
} tw_action;

typedef struct tw_actions tw_actions;

/** Reads actions from CSV: ex_date (or effective_date), symbol, kind, ratio, amount. Rows it cannot take are counted in
 * *rejected and named in `rejects` (path or NULL), never dropped silently. */
TW_API tw_status tw_actions_read(const tw_ctx *ctx, const char *path, const char *rejects, tw_actions **actions,
                                 size_t *rejected, tw_error *err);
/** Makes a list from memory (copied, sorted by symbol, day). */
TW_API tw_status tw_actions_new(const tw_ctx *ctx, const tw_action *list, size_t n, tw_actions **actions,
                                tw_error *err);
/** The sorted list. */
TW_API const tw_action *tw_actions_list(const tw_actions *actions, size_t *n);
/** Appends the list as CSV, in the form tw_actions_read takes. */
TW_API void tw_actions_csv(const tw_actions *actions, tw_buf *out);
/** Frees a list. NULL is fine. */
TW_API void tw_actions_free(tw_actions *actions);

typedef enum tw_adjust {
    TW_ADJUST_SPLITS,
    TW_ADJUST_ALL,
    TW_ADJUST_TOTAL_RETURN,
    TW_ADJUST_FORWARD,
    TW_ADJUST_FORWARD_ALL
} tw_adjust;

/** A copy of the panel as seen on `as_of_day`: actions with ex_day <= as_of_day apply to bars before their ex_day,
 * later ones are invisible, bars after as_of_day are left out. SPLITS: prices and volumes; ALL: dividends too, by
 * ratio; TOTAL_RETURN: split-adjusted prices forward, and a column "total_return" (dividends reinvested at the ex-day
 * close, 1.0 at the first bar).
 *  FORWARD, FORWARD_ALL: the same actions as factors on the bars from their ex_day on, in units of a symbol's first
 *  bar: nothing that happens later changes an earlier bar, so a level of price may be a feature. */
TW_API tw_status tw_panel_adjust(const tw_ctx *ctx, const tw_panel *panel, const tw_actions *actions, tw_adjust how,
                                 int64_t as_of_day, tw_panel **adjusted, tw_error *err);

/* ---------------------------------------------------------------- quality checks */

typedef enum tw_severity { TW_INFO, TW_WARN, TW_ERROR } tw_severity;

/** One finding. time index SIZE_MAX: concerns the symbol (or panel) as a whole; symbol SIZE_MAX: the panel. */
typedef struct tw_finding {
    const char *check;
    tw_severity severity;
    size_t symbol, time;
    double value, bound; /* what was seen, what was allowed */
    char text[160];      /* one sentence with the numbers */
} tw_finding;

/** What checks look at; NULL fields are not there and checks that need them say "not run" and why. */
typedef struct tw_check_input {
    const tw_panel *panel;
    const tw_actions *actions;
    const tw_panel *other; /* a second source, for cross-source and revision checks */
    const char *universe;  /* path of symbol,listed,delisted CSV, or NULL */
} tw_check_input;

typedef struct tw_findings tw_findings;

/** A check: descriptor of the family (session_gaps, duplicates, ohlc, price_sign, tick_size, stale, outlier, split,
 *  adjustment, volume, book, time_zone, cross_source, look_ahead, survivorship, revision). */
typedef struct tw_check {
    const char *name, *title, *source;
    tw_severity severity;
    const tw_param *params;
    size_t params_size;
    tw_status (*run)(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                     tw_error *err);
} tw_check;

/** All checks, by name. */
TW_API const tw_check *const *tw_checks(size_t *n);
/** Runs checks: `which` is "all" or "name name=..."-free list "ohlc,split"; options may be set as "split.tolerance=0.02
 * stale.sessions=5". */
TW_API tw_status tw_check_run(const tw_ctx *ctx, const tw_check_input *input, const char *which, const char *options,
                              tw_findings **findings, tw_error *err);
/** Adds a finding (for checks). */
TW_API tw_status tw_findings_add(tw_findings *findings, const tw_finding *finding);
/** Says that a check could not run and why (for checks). */
TW_API tw_status tw_findings_not_run(tw_findings *findings, const char *check, const char *why);
/** The findings in order of severity, symbol, time. */
TW_API const tw_finding *tw_findings_list(const tw_findings *findings, size_t *n);
/** Writes {"checks": [{name, severity, findings, not_run?}], "findings": [...]} as JSON. */
TW_API void tw_findings_json(const tw_findings *findings, const tw_panel *panel, tw_json *json);
/** Writes a table for people. At most `limit` findings a check are listed, the rest counted. */
TW_API void tw_findings_table(const tw_findings *findings, const tw_panel *panel, size_t limit, tw_buf *out);
/** Frees findings. NULL is fine. */
TW_API void tw_findings_free(tw_findings *findings);

/* ---------------------------------------------------------------- simulator */

/** The market simulator: every effect a documented parameter (the table tw_simulate_params). */
TW_API const tw_param *tw_simulate_params(size_t *params_size);
/** Simulates a market from "symbols=100 sessions=1260 seed=1 edge=0.03 ...": raw bars as traded (open, high, low,
 * close, volume, vwap), the actions (splits, dividends), news that move prices as a column "news", and `truth` as JSON:
 * regimes, jumps, halts, the planted edge (its signal, horizon and true IC) and all parameters. */
TW_API tw_status tw_simulate(const tw_ctx *ctx, const char *params, const char *panel_path, tw_panel **panel,
                             tw_actions **actions, tw_buf *truth, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif

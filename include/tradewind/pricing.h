/* SPDX-License-Identifier: Apache-2.0 */
/** @file pricing.h
 * Floor 2: options in batches. Arrays of contracts in, arrays of values and greeks out, a status for every row. No
 * evaluation date, no globals: times are years from now. An engine prices instruments under models; tw_engines holds
 * them all, and with each the instruments and models it is for (the applicability matrix).
 */
#ifndef TRADEWIND_PRICING_H
#define TRADEWIND_PRICING_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- columns */

#define TW_PRICE_MIN 1e-300 /**< prices are above 0 (except under models of either sign: bachelier) */
#define TW_PRICE_MAX 1e300

/** Columns of contracts: TW_COL_type, TW_COL_spot, ... */
typedef enum tw_column_id {
#define TW_COLUMN(name, lo, hi, preset, choices, help) TW_COL_##name,
#include "tradewind/pricing_columns.def"
#undef TW_COLUMN
    TW_COLUMN_COUNT
} tw_column_id;

/** What a column may hold. */
typedef struct tw_column_info {
    const char *name;
    double lo, hi, preset; /* preset NaN: has to be given where an instrument or model uses it */
    const char *choices;   /* "call=1|put=-1": words for values, or NULL */
    const char *help;
} tw_column_info;

/** The columns, TW_COLUMN_COUNT of them, by id. */
TW_API const tw_column_info *tw_pricing_columns(void);
/** Id of the column of this name; false when there is none. */
TW_API bool tw_pricing_column_find(const char *name, tw_column_id *id);

/** A column: row i has data[i * step]. Step 1: an array; step 0: one value for all rows. data NULL: not given. */
typedef struct tw_column {
    const double *data;
    size_t step;
} tw_column;

/** Lists of dates (and amounts) of rows: row i has entries start[i] to start[i + 1] - 1; start NULL: all `n` entries
 * are every row's. Times are years from now, ascending, above 0. n 0: none. */
typedef struct tw_dates {
    size_t n;
    const size_t *start;
    const double *time;
    const double *amount; /* of dividends: cash, or the share of the spot where `share` is set; else NULL */
    const uint8_t *share; /* of dividends: 1 where amount is a share of the spot; NULL: all are cash */
} tw_dates;

/* ---------------------------------------------------------------- values */

/** What is computed: TW_VALUE_value, TW_VALUE_delta, ... */
typedef enum tw_value_id {
#define TW_VALUE(name, help) TW_VALUE_##name,
#include "tradewind/pricing_values.def"
#undef TW_VALUE
    TW_VALUE_COUNT
} tw_value_id;

/** Name and meaning of a value. */
typedef struct tw_value_info {
    const char *name, *help;
} tw_value_info;

/** The values, TW_VALUE_COUNT of them, by id. */
TW_API const tw_value_info *tw_pricing_values(void);
/** Bit of a value in sets of them. */
#define TW_VALUE_BIT(id) (1u << (unsigned)(id))

/** What became of a row: TW_ROW_OK, TW_ROW_LIMIT, ... Up to TW_ROW_LIMIT there are numbers, above there are NaN. */
typedef enum tw_row_code {
#define TW_ROW(name, text) TW_ROW_##name,
#include "tradewind/pricing_rows.def"
#undef TW_ROW
    TW_ROW_COUNT
} tw_row_code;

/** A row's status: its code, and the column it is about (or TW_COLUMN_COUNT). 0 is TW_ROW_OK. */
typedef uint16_t tw_row_status;
/** Makes a status. */
#define TW_ROW_STATUS(code, column)                                                                                    \
    ((tw_row_status)((unsigned)(code) | (((unsigned)(column) + 1u) % (TW_COLUMN_COUNT + 1u)) << 8))
/** Code of a status. */
TW_API tw_row_code tw_row_status_code(tw_row_status status);
/** Column of a status; TW_COLUMN_COUNT when it is about none. */
TW_API tw_column_id tw_row_status_column(tw_row_status status);
/** Appends a status in words: name of the column, its bounds, why. */
TW_API void tw_row_status_print(tw_row_status status, tw_buf *out);
/** "OK", "RANGE", ... Never NULL. */
TW_API const char *tw_row_code_name(tw_row_code code);

/** Where results go: arrays of n, NULL where not wanted. */
typedef struct tw_values {
    double *value[TW_VALUE_COUNT];
    tw_row_status *status; /* may be NULL; failed rows are NaN in every array */
} tw_values;

/* ---------------------------------------------------------------- instruments and models */

/** An instrument: what is due when. */
typedef struct tw_instrument {
    const char *name, *title;
    uint64_t columns; /* bits of the columns it uses besides spot, r and q */
    bool dates;       /* it needs tw_contracts.dates; averages may have them, in place of equally spaced fixings */
} tw_instrument;

/** All instruments, by name. */
TW_API const tw_instrument *const *tw_instruments(size_t *n);
/** The instrument of this name, or BAD_NAME with the nearest name. */
TW_API tw_status tw_instrument_find(const char *name, const tw_instrument **instrument, tw_error *err);

/** A model: how the price of the underlying moves. */
typedef struct tw_price_model {
    const char *name, *title, *source;
    uint64_t columns; /* bits of the columns it uses */
    bool any_sign;    /* prices and strikes may be 0 or negative */
    bool forward;     /* spot is the forward: q is r */
} tw_price_model;

/** All models, by name. */
TW_API const tw_price_model *const *tw_price_models(size_t *n);
/** The model of this name, or BAD_NAME with the nearest name. */
TW_API tw_status tw_price_model_find(const char *name, const tw_price_model **model, tw_error *err);

/** Contracts of one instrument, n rows, with the market each of them sees (spot, r, q, vol) beside its terms. */
typedef struct tw_contracts {
    size_t n;
    const tw_instrument *instrument;
    tw_column column[TW_COLUMN_COUNT];
    tw_dates dates;     /* exercise, monitoring or fixing dates, for instruments that have them */
    tw_dates dividends; /* paid by the underlying at their times */
} tw_contracts;

/** How cash dividends enter a diffusion. SPOT: the spot drops by the amount at its time (needs a grid, a tree or
 * paths). ESCROWED: the spot less the present value of dividends to come is lognormal. FORWARD: the strike is raised by
 * their value at expiry instead. */
typedef enum tw_dividend_model { TW_DIVIDENDS_SPOT, TW_DIVIDENDS_ESCROWED, TW_DIVIDENDS_FORWARD } tw_dividend_model;

struct tw_curve;   /* tradewind/rates.h */
struct tw_surface; /* tradewind/surface.h */

/** What rows share. Where a curve or the surface is given it takes the place of the column: r is then the zero rate of
 * `rate` to the row's expiry, q that of `yield` plus that of `borrow`, vol what `surface` has for its strike and T. */
typedef struct tw_price_market {
    const tw_price_model *model;
    tw_dividend_model dividend_model;
    const struct tw_curve *rate, *yield, *borrow;
    const struct tw_surface *surface;
} tw_price_market;

/* ---------------------------------------------------------------- engines */

enum {
    TW_SCOPE_DIVIDENDS = 1, /* dividends of tw_contracts under each tw_dividend_model */
    TW_SCOPE_CURVES = 2,    /* sees how rates and volatility move over time, not only their means to expiry */
    TW_SCOPE_ESCROWED = 4   /* dividends, but for those by which the spot drops (TW_DIVIDENDS_SPOT) */
};

/** One line of the matrix: an engine prices this instrument under this model. */
typedef struct tw_scope {
    const char *instrument, *model;
    int digits;        /* of the value for a usual contract: engine "auto" takes the most */
    unsigned handles;  /* TW_SCOPE_... */
    uint32_t supplies; /* bits of the values it computes itself; of others bumps are taken */
} tw_scope;

/** Sizes of bumps for values that an engine does not supply: central differences, of the spot by `spot` times spot, and
 * so on; time in years. */
typedef struct tw_bumps {
    double spot, vol, rate, time;
    int points; /* 2, or 4 or 6: values beside each other that a difference takes; 0: 2 */
} tw_bumps;

struct tw_block;

/** An engine. price works on a block of valid rows and never allocates. */
typedef struct tw_engine {
    const char *name, *title, *source;
    const char *quantlib; /* what its peer is called there: "AnalyticEuropeanEngine"; or NULL */
    const tw_param *params;
    size_t params_size;
    const tw_scope *scopes; /* ends with a NULL instrument */
    tw_bumps bumps;
    size_t (*workspace)(const void *params, const tw_contracts *contracts); /* bytes a thread; NULL: none */
    void (*price)(const struct tw_block *block, const void *params);
} tw_engine;

/** All engines, by name. */
TW_API const tw_engine *const *tw_engines(size_t *n);
/** The engine of this name, or BAD_NAME with the nearest name. */
TW_API tw_status tw_engine_find(const char *name, const tw_engine **engine, tw_error *err);
/** The line of an engine's matrix for an instrument and a model, or NULL. */
TW_API const tw_scope *tw_engine_scope(const tw_engine *engine, const tw_instrument *instrument,
                                       const tw_price_model *model);
/** The engine with the most digits for what contracts and market need, or UNSUPPORTED. */
TW_API tw_status tw_engine_auto(const tw_contracts *contracts, const tw_price_market *market, const tw_engine **engine,
                                tw_error *err);

/** An engine with its settings and what it may use. */
typedef struct tw_pricer {
    const tw_engine *engine;
    const void *params; /* the engine's params struct; NULL: its defaults */
    const tw_ctx *ctx;  /* pool and instruction set; NULL: this thread, the best */
    void *workspace;    /* the caller's, 64-byte aligned, tw_price_workspace bytes */
    size_t workspace_size;
} tw_pricer;

/** Bytes of workspace that tw_price needs for these contracts with this pricer's pool, whatever their number. */
TW_API size_t tw_price_workspace(const tw_pricer *pricer, const tw_contracts *contracts, const tw_price_market *market);
/** Prices every row. Fails as a whole only when the call makes no sense (UNSUPPORTED: the engine has no such instrument
 * or model; BAD_VALUE: a column is missing, or the workspace is too small); what is wrong with a row is in its status.
 * Never allocates; same bits whatever the number of threads, the rows beside a row, and the instruction set. */
TW_API tw_status tw_price(const tw_pricer *pricer, const tw_contracts *contracts, const tw_price_market *market,
                          const tw_values *out, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif

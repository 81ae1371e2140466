/* SPDX-License-Identifier: Apache-2.0 */
/* price_case.h - vanilla contracts for tests of engines: a table of rows, priced by an engine with settings. */
#ifndef TW_TESTS_PRICE_CASE_H
#define TW_TESTS_PRICE_CASE_H

#include "tw_test.h"

#include "tradewind/pricing.h"

#include <math.h>
#include <stdlib.h>

enum { PRICE_COLUMNS = 7, PRICE_PARAMS = 1024 };

static const tw_column_id PRICE_COLUMN[PRICE_COLUMNS] = {TW_COL_type, TW_COL_spot, TW_COL_strike, TW_COL_r,
                                                         TW_COL_q,    TW_COL_vol,  TW_COL_T};

typedef struct price_row {
    double type, spot, strike, r, q, vol, T;
} price_row;

/* An engine with its settings; instrument and model NULL: american, black_scholes. */
typedef struct price_engine {
    const char *name, *settings, *instrument, *model;
    tw_isa isa;
} price_engine;

typedef struct price_result {
    double value[TW_VALUE_COUNT];
    tw_row_status status;
} price_result;

/* What comes out of n rows: the values of `wants`; contracts may hold more columns and dates. */
static inline void price_contracts(const price_engine *e, tw_contracts *contracts, tw_dividend_model dividends,
                                   uint32_t wants, price_result *to)
{
    const size_t n = contracts->n;
    const tw_engine *engine = NULL;
    tw_error err = {0};
    tw_price_market market = {.dividend_model = dividends};
    assert_int_equal(tw_engine_find(e->name, &engine, &err), TW_OK);
    assert_int_equal(tw_instrument_find(e->instrument ? e->instrument : "american", &contracts->instrument, &err),
                     TW_OK);
    assert_int_equal(tw_price_model_find(e->model ? e->model : "black_scholes", &market.model, &err), TW_OK);
    double params[PRICE_PARAMS / sizeof(double)] = {0};
    assert_true(engine->params_size <= sizeof params);
    if (engine->params && tw_params_parse(engine->params, e->name, e->settings, params, &err) != TW_OK)
        fail_msg("%s", err.message);
    const tw_ctx ctx = {.isa = e->isa};
    tw_pricer pricer = {.engine = engine, .params = params, .ctx = &ctx};
    pricer.workspace_size = tw_price_workspace(&pricer, contracts, &market);
    pricer.workspace = aligned_alloc(64, pricer.workspace_size);
    tw_values out = {.status = calloc(n, sizeof *out.status)};
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        if (wants >> v & 1u) out.value[v] = calloc(n, sizeof(double));
    if (tw_price(&pricer, contracts, &market, &out, &err) != TW_OK) fail_msg("%s", err.message);
    for (size_t i = 0; i < n; i++) {
        for (int v = 0; v < TW_VALUE_COUNT; v++) to[i].value[v] = out.value[v] ? out.value[v][i] : NAN;
        to[i].status = out.status[i];
    }
    for (int v = 0; v < TW_VALUE_COUNT; v++) free(out.value[v]);
    free(out.status);
    free(pricer.workspace);
}

/* The same of rows. */
static inline void price_rows(const price_engine *e, const price_row *rows, size_t n, uint32_t wants, price_result *to)
{
    tw_contracts contracts = {.n = n};
    for (int c = 0; c < PRICE_COLUMNS; c++) /* a row is its columns one after the other */
        contracts.column[PRICE_COLUMN[c]] = (tw_column){(const double *)rows + c, PRICE_COLUMNS};
    price_contracts(e, &contracts, TW_DIVIDENDS_SPOT, wants, to);
}

/* Value alone of one row. */
static inline double price_one(const price_engine *e, price_row row)
{
    price_result to;
    price_rows(e, &row, 1, TW_VALUE_BIT(TW_VALUE_value), &to);
    return to.value[TW_VALUE_value];
}

/* Numbers that look random and are the same everywhere: Weyl's sequence of step `k`, in [lo, hi]. */
static inline double price_draw(size_t i, int k, double lo, double hi)
{
    static const double STEP[] = {0.7548776662466927, 0.5698402909980532, 0.8191725133961645, 0.6710436067037893,
                                  0.4142135623730951, 0.7320508075688772, 0.2360679774997898, 0.6457513110645906};
    const double x = 0.5 + (double)(i + 1) * STEP[k];
    return lo + (hi - lo) * (x - floor(x));
}

#endif

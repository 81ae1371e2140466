/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts priced one by one, and rows of shared/data/golden/quantlib_golden.csv. */
#ifndef TW_TEST_PRICING_CASE_H
#define TW_TEST_PRICING_CASE_H

#include "tw_test.h"

#include "tradewind/pricing.h"

#include <math.h>
#include <stdlib.h>

/* A contract: NaN columns are not given. */
typedef struct pricing_case {
    const char *engine, *instrument, *model;
    double col[TW_COLUMN_COUNT];
    tw_dates dates, dividends;
    tw_dividend_model dividend_model;
    tw_isa isa;
    const void *params; /* of the engine; NULL: its defaults */
} pricing_case;

typedef struct pricing_result {
    double v[TW_VALUE_COUNT];
    tw_row_status status;
} pricing_result;

static inline pricing_case pricing_case_of(const char *engine, const char *instrument, const char *model)
{
    pricing_case c = {.engine = engine, .instrument = instrument, .model = model};
    for (int i = 0; i < TW_COLUMN_COUNT; i++) c.col[i] = NAN;
    return c;
}

/* Prices the contract: the values of `wants` (bits). */
static inline pricing_result pricing_some(const pricing_case *c, uint32_t wants)
{
    tw_pricer pricer = {0};
    tw_contracts contracts = {.n = 1, .dates = c->dates, .dividends = c->dividends};
    tw_price_market market = {.dividend_model = c->dividend_model};
    tw_error err;
    pricing_result result;
    tw_values out = {.status = &result.status};
    const tw_ctx ctx = {.isa = c->isa};
    pricer.ctx = &ctx, pricer.params = c->params;
    assert_ok(tw_engine_find(c->engine, &pricer.engine, &err), &err);
    assert_ok(tw_instrument_find(c->instrument, &contracts.instrument, &err), &err);
    assert_ok(tw_price_model_find(c->model, &market.model, &err), &err);
    for (int i = 0; i < TW_COLUMN_COUNT; i++)
        if (!isnan(c->col[i])) contracts.column[i] = (tw_column){&c->col[i], 0};
    for (int v = 0; v < TW_VALUE_COUNT; v++) out.value[v] = wants >> v & 1u ? &result.v[v] : NULL;
    pricer.workspace_size = tw_price_workspace(&pricer, &contracts, &market);
    pricer.workspace = aligned_alloc(64, pricer.workspace_size);
    assert_ok(tw_price(&pricer, &contracts, &market, &out, &err), &err);
    free(pricer.workspace);
    return result;
}

/* The value with every greek; or alone. */
static inline pricing_result pricing_of(const pricing_case *c)
{
    return pricing_some(c, TW_VALUE_BIT(TW_VALUE_COUNT) - 1u);
}

static inline double pricing_value(const pricing_case *c)
{
    return pricing_some(c, TW_VALUE_BIT(TW_VALUE_value)).v[TW_VALUE_value];
}

/* ---------------------------------------------------------------- golden rows */

enum { GOLDEN_FIELDS = 31, GOLDEN_VALUE = 23 };

/* Fields of the file: id, instrument, engine, params, spot, strike, r, q, vol, T, type, exercise, days, barrier_type,
 * barrier, rebate, cash, fixings, v0, kappa, theta_v, sigma_v, rho_v, value and greeks. */
typedef struct golden_row {
    char *field[GOLDEN_FIELDS];
} golden_row;

static inline double golden_number(const golden_row *row, int field)
{
    return row->field[field][0] ? strtod(row->field[field], NULL) : NAN;
}

typedef void golden_row_fn(const golden_row *row, void *arg);

/* Gives every row of an instrument and engine whose params hold `text` to `take`; returns how many. Skips the test
 * where the file is not there. */
static inline int golden_rows(const char *instrument, const char *engine, const char *text, golden_row_fn *take,
                              void *arg)
{
    FILE *file = fopen(TW_SHARED_DATA "/golden/quantlib_golden.csv", "r");
    char line[4096];
    int n = 0;
    if (!file) {
        print_message("skipped: no shared/data/golden/quantlib_golden.csv\n");
        skip();
    }
    while (fgets(line, sizeof line, file)) {
        golden_row row = {{0}};
        char *at = line;
        line[strcspn(line, "\r\n")] = '\0';
        for (int f = 0; f < GOLDEN_FIELDS; f++) {
            row.field[f] = at;
            at += strcspn(at, ",");
            if (*at) *at++ = '\0';
        }
        if (strcmp(row.field[1], instrument) || strcmp(row.field[2], engine) || !strstr(row.field[3], text)) continue;
        take(&row, arg);
        n++;
    }
    assert_int_equal(fclose(file), 0);
    return n;
}

/* The columns that most instruments have. */
static inline void golden_columns(const golden_row *row, pricing_case *c)
{
    static const struct {
        tw_column_id column;
        int field;
    } MAP[] = {{TW_COL_spot, 4}, {TW_COL_strike, 5},  {TW_COL_r, 6},        {TW_COL_q, 7},     {TW_COL_vol, 8},
               {TW_COL_T, 9},    {TW_COL_rebate, 15}, {TW_COL_barrier, 14}, {TW_COL_cash, 16}, {TW_COL_fixings, 17}};
    for (size_t i = 0; i < sizeof MAP / sizeof *MAP; i++) c->col[MAP[i].column] = golden_number(row, MAP[i].field);
    c->col[TW_COL_type] = row->field[10][0] == 'p' ? -1.0 : 1.0;
}

#endif

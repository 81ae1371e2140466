/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of contracts for an engine, filled by name of column, and what it makes of them. */
#ifndef TW_TEST_PRICE_ROWS_H
#define TW_TEST_PRICE_ROWS_H

#include "tw_test.h"

#include "tradewind/pricing.h"

#include <math.h>
#include <stdlib.h>

enum { PRICE_ROWS_MAX = 1024 };

typedef struct price_rows {
    const tw_engine *engine;
    tw_contracts contracts;
    tw_price_market market;
    void *params;
    tw_ctx ctx;
    double column[TW_COLUMN_COUNT][PRICE_ROWS_MAX];
    double value[TW_VALUE_COUNT][PRICE_ROWS_MAX];
    tw_row_status status[PRICE_ROWS_MAX];
} price_rows;

/* The engine with these settings, for an instrument under a model; no rows yet. */
static inline price_rows *price_rows_new(const char *engine, const char *params, const char *instrument,
                                         const char *model)
{
    price_rows *p = calloc(1, sizeof *p);
    tw_error err = {0};
    assert_ok(tw_engine_find(engine, &p->engine, &err), &err);
    assert_ok(tw_instrument_find(instrument, &p->contracts.instrument, &err), &err);
    assert_ok(tw_price_model_find(model, &p->market.model, &err), &err);
    p->params = calloc(1, p->engine->params_size + 1);
    assert_ok(tw_params_parse(p->engine->params, engine, params, p->params, &err), &err);
    return p;
}

static inline void price_rows_free(price_rows *p)
{
    free(p->params);
    free(p);
}

/* Sets columns of a row from "spot=100 strike=90"; others keep what the row before had. Returns the row. */
static inline size_t price_rows_add(price_rows *p, const char *text)
{
    const size_t row = p->contracts.n++;
    char copy[2048], *rest = copy;
    assert_true(row < PRICE_ROWS_MAX && strlen(text) < sizeof copy);
    memcpy(copy, text, strlen(text) + 1);
    for (int c = 0; c < TW_COLUMN_COUNT && row; c++) p->column[c][row] = p->column[c][row - 1];
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *equals = strchr(word, '=');
        tw_column_id id;
        assert_non_null(equals);
        *equals = '\0';
        assert_true(tw_pricing_column_find(word, &id));
        p->column[id][row] = strtod(equals + 1, NULL);
        p->contracts.column[id] = (tw_column){p->column[id], 1};
    }
    return row;
}

/* Prices all rows: the values of `wants` (bits). */
static inline void price_rows_run(price_rows *p, uint32_t wants)
{
    tw_error err = {0};
    tw_values out = {.status = p->status};
    for (int v = 0; v < TW_VALUE_COUNT; v++) out.value[v] = wants >> v & 1u ? p->value[v] : NULL;
    tw_pricer pricer = {.engine = p->engine, .params = p->params, .ctx = &p->ctx};
    pricer.workspace_size = tw_price_workspace(&pricer, &p->contracts, &p->market);
    pricer.workspace = aligned_alloc(64, (pricer.workspace_size + 63) / 64 * 64);
    assert_ok(tw_price(&pricer, &p->contracts, &p->market, &out, &err), &err);
    free(pricer.workspace);
}

/* Value of one contract. */
static inline double price_one(const char *engine, const char *params, const char *instrument, const char *columns)
{
    price_rows *p = price_rows_new(engine, params, instrument, "black_scholes");
    price_rows_add(p, columns);
    price_rows_run(p, TW_VALUE_BIT(TW_VALUE_value));
    const double value = p->value[TW_VALUE_value][0];
    assert_true(tw_row_status_code(p->status[0]) <= TW_ROW_LIMIT);
    price_rows_free(p);
    return value;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A call of tw_price on columns by name, for tests. */
#ifndef TW_TEST_OPTION_CASE_H
#define TW_TEST_OPTION_CASE_H

#include "tw_test.h"

#include "tradewind/pricing.h"

#include <math.h>
#include <stdlib.h>

enum { OPTION_ROWS = 2048 };

typedef struct option_case {
    size_t n;
    double column[TW_COLUMN_COUNT][OPTION_ROWS];
    bool given[TW_COLUMN_COUNT];
    double value[TW_VALUE_COUNT][OPTION_ROWS];
    tw_row_status status[OPTION_ROWS];
} option_case;

/* Puts x into a column of row i. */
static inline void option_put(option_case *c, size_t i, tw_column_id column, double x)
{
    c->column[column][i] = x;
    c->given[column] = true;
}

/* What to price by: engine, instrument, model, instruction set, and the values wanted (0: all). */
typedef struct option_call {
    const char *engine, *instrument, *model;
    tw_isa isa;
    uint32_t wants;
} option_call;

static inline void option_price(option_case *c, const option_call *call)
{
    tw_error err = {{0}};
    const tw_ctx ctx = {.isa = call->isa};
    tw_pricer pricer = {.ctx = &ctx};
    tw_contracts contracts = {.n = c->n};
    tw_price_market market = {0};
    tw_values out = {.status = c->status};
    assert_ok(tw_engine_find(call->engine, &pricer.engine, &err), &err);
    assert_ok(tw_instrument_find(call->instrument, &contracts.instrument, &err), &err);
    assert_ok(tw_price_model_find(call->model, &market.model, &err), &err);
    for (int k = 0; k < TW_COLUMN_COUNT; k++)
        if (c->given[k]) contracts.column[k] = (tw_column){c->column[k], 1};
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        if (!call->wants || (call->wants >> v & 1u)) out.value[v] = c->value[v];
    pricer.workspace_size = tw_price_workspace(&pricer, &contracts, &market);
    pricer.workspace = aligned_alloc(64, pricer.workspace_size);
    assert_ok(tw_price(&pricer, &contracts, &market, &out, &err), &err);
    free(pricer.workspace);
}

#endif

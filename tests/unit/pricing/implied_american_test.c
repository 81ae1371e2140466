/* SPDX-License-Identifier: Apache-2.0 */
/* implied_american_test.c - volatilities from prices of American options: round trips, impossible prices. */
#include "price_case.h"
#include "tradewind/american.h"

enum { N = 3000 };

static const price_engine ENGINE = {.name = "collocation"};

typedef struct quotes {
    price_row row[N];
    double price[N], vol[N];
    tw_row_status status[N];
} quotes;

static void solve(quotes *q, size_t n, tw_isa isa)
{
    tw_contracts contracts = {.n = n};
    for (int c = 0; c < PRICE_COLUMNS; c++)
        if (PRICE_COLUMN[c] != TW_COL_vol)
            contracts.column[PRICE_COLUMN[c]] = (tw_column){(const double *)q->row + c, PRICE_COLUMNS};
    contracts.column[TW_COL_price] = (tw_column){q->price, 1};
    const tw_ctx ctx = {.isa = isa};
    tw_implied_american_call call = {.ctx = &ctx, .workspace_size = tw_implied_american_workspace(&ctx)};
    call.workspace = aligned_alloc(64, call.workspace_size);
    tw_error err = {0};
    if (tw_implied_american(&call, &contracts, q->vol, q->status, &err) != TW_OK) fail_msg("%s", err.message);
    free(call.workspace);
}

static void round_trip(void **state)
{
    (void)state;
    quotes *q = calloc(1, sizeof *q);
    price_result *priced = calloc(N, sizeof *priced);
    for (size_t i = 0; i < N; i++)
        q->row[i] = (price_row){i % 2 ? 1 : -1,
                                100,
                                price_draw(i, 0, 60, 160),
                                price_draw(i, 1, -0.05, 0.12),
                                price_draw(i, 2, -0.05, 0.12),
                                exp(price_draw(i, 3, log(0.03), log(2))),
                                exp(price_draw(i, 4, log(0.01), log(5)))};
    price_rows(&ENGINE, q->row, N, TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_vega), priced);
    for (size_t i = 0; i < N; i++) q->price[i] = priced[i].value[TW_VALUE_value];
    solve(q, N, TW_ISA_BEST);
    size_t checked = 0;
    for (size_t i = 0; i < N; i++) {
        const double vega = priced[i].value[TW_VALUE_vega];
        if (vega < 0.01) continue; /* the price says nothing of the volatility: it may be what exercise gives */
        if (tw_row_status_code(q->status[i]) == TW_ROW_BELOW_INTRINSIC) continue;
        assert_int_equal(tw_row_status_code(q->status[i]), TW_ROW_OK);
        assert_close(q->vol[i], q->row[i].vol, 1e-10 * fmax(1.0, 1.0 / vega));
        checked++;
    }
    assert_true(checked > N * 3 / 5);
    double *vol = calloc(N, sizeof *vol);
    memcpy(vol, q->vol, sizeof q->vol);
    solve(q, 300, TW_ISA_BASELINE);
    assert_memory_equal(vol, q->vol, 300 * sizeof *vol);
    free(vol);
    free(priced);
    free(q);
}

static tw_row_code code_of(double price, price_row row, double *vol)
{
    quotes *q = calloc(1, sizeof *q);
    q->row[0] = row, q->price[0] = price;
    solve(q, 1, TW_ISA_BEST);
    const tw_row_code code = tw_row_status_code(q->status[0]);
    *vol = q->vol[0];
    free(q);
    return code;
}

static void impossible(void **state)
{
    (void)state;
    const price_row put = {-1, 90, 100, 0.05, 0.02, 0, 1}, call = {1, 90, 100, 0.05, 0.02, 0, 1};
    double vol;
    assert_int_equal(code_of(9.5, put, &vol), TW_ROW_BELOW_INTRINSIC);
    assert_true(isnan(vol));
    assert_int_equal(code_of(10.0, put, &vol), TW_ROW_BELOW_INTRINSIC);
    assert_int_equal(code_of(100.0, put, &vol), TW_ROW_ABOVE_BOUND);
    assert_int_equal(code_of(150.0, put, &vol), TW_ROW_ABOVE_BOUND);
    assert_int_equal(code_of(90.0, call, &vol), TW_ROW_ABOVE_BOUND);
    assert_int_equal(code_of(-1.0, call, &vol), TW_ROW_BELOW_INTRINSIC);
    assert_int_equal(code_of(0.0, call, &vol), TW_ROW_LIMIT);
    assert_close(vol, 0.0, 0.0);
    price_row expired = put;
    expired.T = 0;
    assert_int_equal(code_of(10.0, expired, &vol), TW_ROW_LIMIT);
    assert_int_equal(code_of(11.0, expired, &vol), TW_ROW_ABOVE_BOUND);
    assert_int_equal(code_of(NAN, put, &vol), TW_ROW_MISSING);
}

/* The volatility prices the European option beside it: what QuantLib users ask for and do not get. */
static void de_americanise(void **state)
{
    (void)state;
    const price_row row = {-1, 100, 110, 0.06, 0.01, 0.27, 0.75};
    double vol;
    assert_int_equal(code_of(price_one(&ENGINE, row), row, &vol), TW_ROW_OK);
    assert_close(vol, 0.27, 1e-10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(impossible),
                                       cmocka_unit_test(de_americanise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

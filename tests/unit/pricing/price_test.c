/* SPDX-License-Identifier: Apache-2.0 */
/* price_test.c - the call around engines: columns, statuses, blocks, threads, bumps. */
#include "tw_test.h"

#include "tradewind/pricing.h"
#include "tradewind/rates.h"
#include "tradewind/surface.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 10007 };

typedef struct bench {
    const tw_engine *engine;
    tw_contracts contracts;
    tw_price_market market;
    double *columns[7];
} bench;

static const tw_column_id USED[7] = {TW_COL_type, TW_COL_spot, TW_COL_strike, TW_COL_r, TW_COL_q, TW_COL_vol, TW_COL_T};

static void set_up(bench *b)
{
    *b = (bench){.contracts.n = ROWS};
    assert_int_equal(tw_engine_find("black", &b->engine, NULL), TW_OK);
    assert_int_equal(tw_instrument_find("european", &b->contracts.instrument, NULL), TW_OK);
    assert_int_equal(tw_price_model_find("black_scholes", &b->market.model, NULL), TW_OK);
    for (int c = 0; c < 7; c++) {
        b->columns[c] = calloc(ROWS, sizeof(double));
        b->contracts.column[USED[c]] = (tw_column){b->columns[c], 1};
    }
    for (size_t i = 0; i < ROWS; i++) {
        const double u = (double)(i * 7919 % ROWS) / ROWS, v = (double)(i * 104729 % ROWS) / ROWS;
        const double row[7] = {i % 2 ? 1.0 : -1.0, 100.0,          60.0 + 90.0 * u, -0.02 + 0.1 * v,
                               0.05 * u,           0.05 + 0.6 * v, 0.02 + 3.0 * u};
        for (int c = 0; c < 7; c++) b->columns[c][i] = row[c];
    }
}

static void tear_down(bench *b)
{
    for (int c = 0; c < 7; c++) free(b->columns[c]);
}

static tw_status price(const bench *b, const tw_ctx *ctx, const tw_values *out, tw_error *err)
{
    tw_pricer pricer = {.engine = b->engine, .ctx = ctx};
    pricer.workspace_size = tw_price_workspace(&pricer, &b->contracts, &b->market);
    pricer.workspace = aligned_alloc(64, pricer.workspace_size);
    const tw_status status = tw_price(&pricer, &b->contracts, &b->market, out, err);
    free(pricer.workspace);
    return status;
}

/* Reference contract of Hull's kind: spot and strike 100, r 5 %, q 2 %, vol 20 %, a year. */
static const double REFERENCE[7] = {1.0, 100.0, 100.0, 0.05, 0.02, 0.2, 1.0};

static void one_contract(void **state)
{
    (void)state;
    bench b;
    set_up(&b);
    double out[TW_VALUE_COUNT];
    tw_row_status status;
    tw_values values = {.status = &status};
    for (int v = 0; v < TW_VALUE_COUNT; v++) values.value[v] = &out[v];
    b.contracts.n = 1;
    for (int c = 0; c < 7; c++) b.columns[c][0] = REFERENCE[c];
    assert_int_equal(price(&b, NULL, &values, NULL), TW_OK);
    assert_int_equal(tw_row_status_code(status), TW_ROW_OK);
    /* QuantLib 1.29 */
    assert_close(out[TW_VALUE_value], 9.227005508154, 1e-12);
    assert_close(out[TW_VALUE_delta], 0.586851146135, 1e-7);
    assert_close(out[TW_VALUE_gamma], 0.018950578755, 1e-6);
    assert_close(out[TW_VALUE_vega], 37.901157510017, 1e-5);
    assert_close(out[TW_VALUE_theta], -5.089318913998, 1e-5);
    assert_close(out[TW_VALUE_rho], 49.458109105322, 1e-5);
    tear_down(&b);
}

static void rows_are_their_own(void **state)
{
    (void)state;
    bench b;
    set_up(&b);
    double *whole = calloc(ROWS, sizeof *whole), *threads = calloc(ROWS, sizeof *threads), alone, gamma[ROWS];
    tw_pool *pool = NULL;
    assert_int_equal(tw_pool_new(3, &pool, NULL), TW_OK);
    const tw_ctx with_pool = {.pool = pool};
    assert_int_equal(price(&b, NULL, &(tw_values){.value[TW_VALUE_value] = whole}, NULL), TW_OK);
    assert_int_equal(
        price(&b, &with_pool, &(tw_values){.value[TW_VALUE_value] = threads, .value[TW_VALUE_gamma] = gamma}, NULL),
        TW_OK);
    assert_memory_equal(whole, threads, ROWS * sizeof *whole);
    b.contracts.n = 1;
    for (size_t i = 0; i < ROWS; i += 1009) {
        for (int c = 0; c < 7; c++) b.contracts.column[USED[c]].data = b.columns[c] + i;
        assert_int_equal(price(&b, NULL, &(tw_values){.value[TW_VALUE_value] = &alone}, NULL), TW_OK);
        assert_memory_equal(&alone, &whole[i], sizeof alone);
    }
    tw_pool_free(pool);
    free(whole);
    free(threads);
    tear_down(&b);
}

static void a_column_for_all(void **state)
{
    (void)state;
    bench b;
    set_up(&b);
    double *each = calloc(ROWS, sizeof *each), *shared = calloc(ROWS, sizeof *shared);
    const double r = 0.031;
    for (size_t i = 0; i < ROWS; i++) b.columns[3][i] = r;
    assert_int_equal(price(&b, NULL, &(tw_values){.value[TW_VALUE_value] = each}, NULL), TW_OK);
    b.contracts.column[TW_COL_r] = (tw_column){&r, 0};
    assert_int_equal(price(&b, NULL, &(tw_values){.value[TW_VALUE_value] = shared}, NULL), TW_OK);
    assert_memory_equal(each, shared, ROWS * sizeof *each);
    free(each);
    free(shared);
    tear_down(&b);
}

static void expect(const bench *b, const tw_row_status *status, size_t row, tw_row_code code, tw_column_id column)
{
    (void)b;
    assert_int_equal(tw_row_status_code(status[row]), code);
    assert_int_equal(tw_row_status_column(status[row]), column);
}

static void bad_rows_say_why(void **state)
{
    (void)state;
    bench b;
    set_up(&b);
    double *good = calloc(ROWS, sizeof *good), *value = calloc(ROWS, sizeof *value);
    tw_row_status *status = calloc(ROWS, sizeof *status);
    assert_int_equal(price(&b, NULL, &(tw_values){.value[TW_VALUE_value] = good}, NULL), TW_OK);
    b.columns[1][5] = NAN;
    b.columns[2][300] = -1.0;
    b.columns[6][301] = -0.5;
    b.columns[5][302] = INFINITY;
    b.columns[6][9000] = 0.0;
    for (size_t i = 2560; i < 2816; i++) b.columns[0][i] = 2.0; /* a block without a valid row */
    assert_int_equal(price(&b, NULL, &(tw_values){.value[TW_VALUE_value] = value, .status = status}, NULL), TW_OK);
    expect(&b, status, 5, TW_ROW_MISSING, TW_COL_spot);
    expect(&b, status, 300, TW_ROW_RANGE, TW_COL_strike);
    expect(&b, status, 301, TW_ROW_RANGE, TW_COL_T);
    expect(&b, status, 302, TW_ROW_RANGE, TW_COL_vol);
    expect(&b, status, 2700, TW_ROW_RANGE, TW_COL_type);
    expect(&b, status, 9000, TW_ROW_LIMIT, TW_COLUMN_COUNT);
    for (size_t i = 0; i < ROWS; i++) {
        const bool failed = tw_row_status_code(status[i]) > TW_ROW_LIMIT;
        assert_int_equal(isnan(value[i]), failed);
        if (!failed && i != 9000) assert_memory_equal(&value[i], &good[i], sizeof *value);
    }
    free(good);
    free(value);
    free(status);
    tear_down(&b);
}

static void types_are_choices(void **state)
{
    (void)state;
    bench b;
    set_up(&b);
    double *value = calloc(ROWS, sizeof *value);
    tw_row_status *status = calloc(ROWS, sizeof *status);
    b.columns[0][4] = 0.0;
    b.columns[0][1000] = 0.5;
    assert_int_equal(price(&b, NULL, &(tw_values){.value[TW_VALUE_value] = value, .status = status}, NULL), TW_OK);
    expect(&b, status, 4, TW_ROW_RANGE, TW_COL_type);
    expect(&b, status, 1000, TW_ROW_RANGE, TW_COL_type);
    expect(&b, status, 1001, TW_ROW_OK, TW_COLUMN_COUNT);
    free(value);
    free(status);
    tear_down(&b);
}

/* A row under curves and a surface is the row with their numbers. */
static void curves_and_a_surface(void **state)
{
    (void)state;
    bench b;
    set_up(&b);
    static const double TIMES[] = {0.5, 1.0, 4.0}, ZEROS[] = {0.01, 0.03, 0.05};
    double *flat = calloc(ROWS, sizeof *flat), *curved = calloc(ROWS, sizeof *curved), yield_block[256],
           borrow_block[256];
    assert_true(tw_curve_bytes(1) <= sizeof yield_block);
    tw_curve *rate = NULL;
    tw_surface *surface = NULL;
    tw_curve_spec spec = {.n = 3, .t = TIMES, .value = ZEROS, .quantity = TW_ZEROS};
    assert_int_equal(tw_interpolation_find("linear_zero", &spec.interpolation, NULL), TW_OK);
    const tw_slice slices[] = {{.T = 1.0, .forward = 101.0, .svi = {0.04, 0.1, 0.2, -0.4, 0.01}},
                               {.T = 2.0, .forward = 102.0, .svi = {0.09, 0.12, 0.25, -0.3, 0.0}}};
    assert_int_equal(tw_curve_new(NULL, &spec, &rate, NULL), TW_OK);
    assert_int_equal(tw_surface_new(NULL, 100.0, 2, slices, TW_WING_SLOPE, &surface, NULL), TW_OK);
    b.market.rate = rate, b.market.surface = surface;
    b.market.yield = tw_curve_flat(0.012, yield_block), b.market.borrow = tw_curve_flat(0.003, borrow_block);
    assert_int_equal(price(&b, NULL, &(tw_values){.value[TW_VALUE_value] = curved}, NULL), TW_OK);
    for (size_t i = 0; i < ROWS; i++) {
        const double T = b.columns[6][i], r = tw_curve_zero(rate, T), q = 0.015;
        b.columns[3][i] = r, b.columns[4][i] = q;
        b.columns[5][i] = tw_surface_vol(surface, b.columns[2][i], b.columns[1][i] * exp((r - q) * T), T);
    }
    b.market = (tw_price_market){.model = b.market.model};
    assert_int_equal(price(&b, NULL, &(tw_values){.value[TW_VALUE_value] = flat}, NULL), TW_OK);
    for (size_t i = 0; i < ROWS; i++) assert_true(fabs(flat[i] - curved[i]) <= 1e-11);
    tw_curve_free(NULL, rate);
    tw_surface_free(surface);
    free(flat);
    free(curved);
    tear_down(&b);
}

static void calls_that_make_no_sense(void **state)
{
    (void)state;
    bench b;
    tw_error err;
    double value;
    set_up(&b);
    b.contracts.n = 1;
    const tw_values out = {.value[TW_VALUE_value] = &value};
    b.contracts.column[TW_COL_vol].data = NULL;
    assert_int_equal(price(&b, NULL, &out, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "needs a column \"vol\""));
    assert_int_equal(tw_instrument_find("cliquet", &b.contracts.instrument, &err), TW_OK);
    assert_int_equal(price(&b, NULL, &out, &err), TW_UNSUPPORTED);
    assert_string_equal(err.message, "pricing: engine black does not price cliquet under black_scholes");
    assert_int_equal(tw_engine_find("blck", &b.engine, &err), TW_BAD_NAME);
    assert_non_null(strstr(err.message, "black"));
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_contract),
        cmocka_unit_test(rows_are_their_own),
        cmocka_unit_test(a_column_for_all),
        cmocka_unit_test(bad_rows_say_why),
        cmocka_unit_test(calls_that_make_no_sense),
        cmocka_unit_test(types_are_choices),
        cmocka_unit_test(curves_and_a_surface),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

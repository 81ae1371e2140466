/* SPDX-License-Identifier: Apache-2.0 */
/* lattice_test.c - trees: convergence, variants, limits, dates, dividends, barriers, instruction sets. */
#include "price_case.h"

#define ALL ((1u << TW_VALUE_theta << 1) - 1u)

static const price_row ROW = {-1, 100, 105, 0.05, 0.02, 0.25, 1.0};

static void variants_converge(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"crr",  "equal_probabilities", "jarrow_rudd", "joshi4", "leisen_reimer",
                                        "tian", "trigeorgis"};
    const double american = price_one(&(price_engine){.name = "collocation"}, ROW);
    for (size_t k = 0; k < sizeof NAMES / sizeof *NAMES; k++) {
        char settings[64];
        snprintf(settings, sizeof settings, "variant=%s steps=1000", NAMES[k]);
        assert_close(price_one(&(price_engine){.name = "binomial", .settings = settings}, ROW), american, 4e-3);
    }
}

static void three_branches(void **state)
{
    (void)state;
    const price_engine tree = {.name = "trinomial", .settings = "steps=800"}, truth = {.name = "collocation"};
    price_result got, want;
    price_rows(&tree, &ROW, 1, ALL, &got);
    price_rows(&truth, &ROW, 1, ALL, &want);
    static const double MOST[] = {3e-3, 1e-3, 1e-3, 0.1, 0.02};
    for (int v = 0; v <= TW_VALUE_theta; v++) assert_close(got.value[v], want.value[v], MOST[v]);
    const price_engine european = {.name = "trinomial", .settings = "steps=800", .instrument = "european"};
    assert_close(price_one(&european, ROW), price_one(&(price_engine){.name = "black", .instrument = "european"}, ROW),
                 3e-3);
    price_rows(&(price_engine){.name = "trinomial", .settings = "steps=3"},
               &(price_row){1, 100, 100, 0.2, 0.0, 0.02, 1.0}, 1, ALL, &got);
    assert_int_equal(tw_row_status_code(got.status), TW_ROW_NOT_POSITIVE);
}

static void refusals_and_limits(void **state)
{
    (void)state;
    price_result got;
    const price_engine crr = {.name = "binomial", .settings = "variant=crr steps=11"};
    price_rows(&crr, &(price_row){1, 100, 100, 0.2, 0.0, 0.02, 1.0}, 1, ALL, &got);
    assert_int_equal(tw_row_status_code(got.status), TW_ROW_NOT_POSITIVE);
    assert_true(isnan(got.value[TW_VALUE_value]) && isnan(got.value[TW_VALUE_vega]));
    price_rows(&crr, &(price_row){-1, 90, 100, 0.05, 0.0, 0.2, 0.0}, 1, ALL, &got);
    assert_int_equal(tw_row_status_code(got.status), TW_ROW_LIMIT);
    assert_close(got.value[TW_VALUE_value], 10.0, 1e-13);
    /* Deep in the money, where QuantLib's tree has no delta. */
    price_rows(&(price_engine){.name = "binomial", .settings = "variant=leisen_reimer steps=101"},
               &(price_row){1, 1000, 10, 0.05, 0.02, 0.1, 0.5}, 1, ALL, &got);
    assert_int_equal(tw_row_status_code(got.status), TW_ROW_OK);
    assert_close(got.value[TW_VALUE_value], 990.0, 1e-9);
    assert_close(got.value[TW_VALUE_delta], 1.0, 1e-9);
}

/* Dates lie between none and all. */
static void bermudan(void **state)
{
    (void)state;
    const double date[] = {0.25, 0.5, 0.75};
    tw_contracts contracts = {.n = 1, .dates = {.n = 3, .time = date}};
    for (int c = 0; c < PRICE_COLUMNS; c++)
        contracts.column[PRICE_COLUMN[c]] = (tw_column){(const double *)&ROW + c, 0};
    price_result got;
    price_contracts(&(price_engine){.name = "binomial", .instrument = "bermudan"}, &contracts, TW_DIVIDENDS_SPOT, ALL,
                    &got);
    const double american = price_one(&(price_engine){.name = "binomial"}, ROW);
    const double european = price_one(&(price_engine){.name = "binomial", .instrument = "european"}, ROW);
    assert_true(got.value[0] > european + 0.05 && got.value[0] < american - 0.01);
    assert_true(isfinite(got.value[TW_VALUE_vega]) && isfinite(got.value[TW_VALUE_theta]));
}

static double with_dividends(const char *instrument, tw_dividend_model model, const uint8_t *share, double amount)
{
    const double time[] = {0.4}, paid[] = {amount};
    tw_contracts contracts = {.n = 1, .dividends = {.n = 1, .time = time, .amount = paid, .share = share}};
    for (int c = 0; c < PRICE_COLUMNS; c++)
        contracts.column[PRICE_COLUMN[c]] = (tw_column){(const double *)&ROW + c, 0};
    price_result got;
    price_contracts(&(price_engine){.name = "binomial", .instrument = instrument}, &contracts, model, 1, &got);
    return got.value[0];
}

static void dividends(void **state)
{
    (void)state;
    static const uint8_t SHARE[] = {1};
    const price_engine black = {.name = "black", .instrument = "european"};
    /* A share of the spot is the same under each model, and for a European option a lower spot. */
    price_row lower = ROW;
    lower.spot *= 0.96;
    for (int model = TW_DIVIDENDS_SPOT; model <= TW_DIVIDENDS_FORWARD; model++) {
        const double got = with_dividends("european", (tw_dividend_model)model, SHARE, 0.04);
        assert_close(got, price_one(&black, lower), 4e-3);
    }
    const double american = with_dividends("american", TW_DIVIDENDS_SPOT, SHARE, 0.04);
    assert_close(with_dividends("american", TW_DIVIDENDS_ESCROWED, SHARE, 0.04), american, 1e-2);
    assert_close(with_dividends("american", TW_DIVIDENDS_FORWARD, SHARE, 0.04), american, 1e-2);
    /* Cash: escrowed is a lower spot, forward a higher strike; the spot model lies between. */
    lower.spot = 100 - 4 * exp(-0.05 * 0.4);
    const double escrowed = with_dividends("european", TW_DIVIDENDS_ESCROWED, NULL, 4);
    assert_close(escrowed, price_one(&black, lower), 1e-3);
    price_row higher = ROW;
    higher.strike = 105 + 4 * exp(0.05 * 0.6);
    const double forward = with_dividends("european", TW_DIVIDENDS_FORWARD, NULL, 4);
    assert_close(forward, price_one(&black, higher), 1e-3);
    const double spot = with_dividends("european", TW_DIVIDENDS_SPOT, NULL, 4);
    assert_true(spot > escrowed && spot < forward);
}

/* In and out together are the option without a barrier; observations at times touch less. */
static void barriers(void **state)
{
    (void)state;
    for (int up = 0; up < 2; up++) {
        double value[3] = {0, 0, 0};
        for (int k = 0; k < 3; k++) {
            const double type = 2 * up + (k > 0), barrier = up ? 120 : 85, fixings = k == 2 ? 50 : 0;
            tw_contracts contracts = {.n = 1};
            for (int c = 0; c < PRICE_COLUMNS; c++)
                contracts.column[PRICE_COLUMN[c]] = (tw_column){(const double *)&ROW + c, 0};
            contracts.column[TW_COL_barrier_type].data = &type;
            contracts.column[TW_COL_barrier].data = &barrier;
            contracts.column[TW_COL_fixings].data = &fixings;
            price_result got;
            price_contracts(&(price_engine){.name = "binomial_barrier", .instrument = "barrier"}, &contracts,
                            TW_DIVIDENDS_SPOT, 1, &got);
            assert_int_equal(tw_row_status_code(got.status), TW_ROW_OK);
            value[k] = got.value[0];
        }
        const double whole = price_one(&(price_engine){.name = "black", .instrument = "european"}, ROW);
        assert_close(value[0] + value[1], whole, 2e-2);
        assert_true(value[2] > value[1] + 0.02);
    }
}

static void same_bits(void **state)
{
    (void)state;
    enum { N = 20 };
    price_row rows[N];
    static price_result want[N], got[N];
    for (size_t i = 0; i < N; i++)
        rows[i] =
            (price_row){i % 2 ? 1 : -1, 100, price_draw(i, 0, 80, 120), 0.05, 0.02, price_draw(i, 1, 0.1, 0.5), 1};
    static const char *const SETTINGS[] = {"variant=crr steps=200", "variant=leisen_reimer steps=200"};
    for (int k = 0; k < 2; k++) {
        price_engine e = {.name = "binomial", .settings = SETTINGS[k], .isa = TW_ISA_BASELINE};
        price_rows(&e, rows, N, ALL, want);
        for (e.isa = TW_ISA_AVX2; e.isa < TW_ISA_COUNT; e.isa++) {
            price_rows(&e, rows, N, ALL, got);
            assert_memory_equal(got, want, sizeof want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variants_converge), cmocka_unit_test(refusals_and_limits), cmocka_unit_test(three_branches),
        cmocka_unit_test(bermudan),          cmocka_unit_test(dividends),           cmocka_unit_test(barriers),
        cmocka_unit_test(same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

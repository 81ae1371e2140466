/* SPDX-License-Identifier: Apache-2.0 */
/* lattice_test.c - trees beside QuantLib 1.29's (shared/data/golden/quantlib_golden.csv). Its drift is a difference
 * quotient, good for 4e-10 of a value. */
#include "quantlib_golden.h"

typedef struct pairing {
    const char *instrument, *engine, *params, *settings;
} pairing;

#define TREE(name) "BinomialVanillaEngine<" name ">"

static const pairing VANILLA[] = {
    {"american", TREE("CoxRossRubinstein"), "steps=101", "variant=crr steps=101"},
    {"american", TREE("CoxRossRubinstein"), "steps=801", "variant=crr steps=801"},
    {"american", TREE("LeisenReimer"), "steps=101", "variant=leisen_reimer steps=101"},
    {"american", TREE("LeisenReimer"), "steps=801", "variant=leisen_reimer steps=801"},
    {"european", TREE("CoxRossRubinstein"), "steps=101", "variant=crr steps=101"},
    {"european", TREE("CoxRossRubinstein"), "steps=801", "variant=crr steps=801"},
    {"european", TREE("JarrowRudd"), "steps=101", "variant=jarrow_rudd steps=101"},
    {"european", TREE("Joshi4"), "steps=101", "variant=joshi4 steps=101"},
    {"european", TREE("LeisenReimer"), "steps=101", "variant=leisen_reimer steps=101"},
    {"european", TREE("LeisenReimer"), "steps=101", "variant=leisen_reimer steps=100"}, /* rounded up */
    {"european", TREE("LeisenReimer"), "steps=801", "variant=leisen_reimer steps=801"},
    {"european", TREE("Tian"), "steps=101", "variant=tian steps=101"},
};

/* Value, delta, gamma, vega, theta. */
static const double EXACT[GOLDEN_GREEKS] = {1e-9, 1e-9, 1e-9, 0.0, 1e-7, 0.0};

static void vanilla(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VANILLA / sizeof *VANILLA; i++) {
        const pairing *p = &VANILLA[i];
        golden *g = golden_read_rows(p->instrument, p->engine, p->params);
        price_result *got = calloc(GOLDEN_ROWS, sizeof *got);
        const price_engine e = {.name = "binomial", .settings = p->settings, .instrument = p->instrument};
        price_rows(&e, g->row, g->n, golden_wants(EXACT), got);
        golden_compare(g, got, EXACT);
        free(got);
        free(g);
    }
}

static void set_columns(tw_contracts *contracts, const golden *g)
{
    contracts->n = g->n;
    for (int c = 0; c < PRICE_COLUMNS; c++)
        contracts->column[PRICE_COLUMN[c]] = (tw_column){(const double *)g->row + c, PRICE_COLUMNS};
}

static void bermudan(void **state)
{
    (void)state;
    golden *g = golden_read_rows("bermudan", TREE("CoxRossRubinstein"), "steps=804");
    const double dates[] = {91 / 365.0, 182 / 365.0, 273 / 365.0, 364 / 365.0};
    for (size_t i = 0; i < g->n; i++) assert_string_equal(g->exercise[i], "bermudan(91 182 273 364d)");
    price_result *got = calloc(GOLDEN_ROWS, sizeof *got);
    tw_contracts contracts = {.dates = {.n = 4, .time = dates}};
    set_columns(&contracts, g);
    const price_engine e = {.name = "binomial", .settings = "variant=crr steps=804", .instrument = "bermudan"};
    price_contracts(&e, &contracts, TW_DIVIDENDS_SPOT, golden_wants(EXACT), got);
    golden_compare(g, got, EXACT);
    free(got);
    free(g);
}

/* Theta there is a difference over two steps, not that of the equation. */
static const double BARRIER[GOLDEN_GREEKS] = {1e-9, 1e-9, 1e-9, 0.0, 2e-4, 0.0};

static void barrier(void **state)
{
    (void)state;
    golden *g = golden_read_rows(
        "barrier", "BinomialBarrierEngine<CoxRossRubinstein;DiscretizedDermanKaniBarrierOption>", "steps=400");
    price_result *got = calloc(GOLDEN_ROWS, sizeof *got);
    tw_contracts contracts = {.n = 0};
    set_columns(&contracts, g);
    contracts.column[TW_COL_barrier_type] = (tw_column){g->barrier_type, 1};
    contracts.column[TW_COL_barrier] = (tw_column){g->barrier, 1};
    contracts.column[TW_COL_rebate] = (tw_column){g->rebate, 1};
    const price_engine e = {.name = "binomial_barrier", .settings = "steps=400", .instrument = "barrier"};
    price_contracts(&e, &contracts, TW_DIVIDENDS_SPOT, golden_wants(BARRIER), got);
    golden_compare(g, got, BARRIER);
    free(got);
    free(g);
}

/* Four cash dividends, beside a closed form (escrowed) and grids, which are good for about 2e-3. */
static void dividends_of(const char *engine, const char *params, tw_dividend_model model, const double *tolerance)
{
    golden *g = golden_read_rows("vanilla_cash_dividends", engine, params);
    price_result *got = calloc(GOLDEN_ROWS, sizeof *got);
    const double time[] = {80 / 365.0, 171 / 365.0, 262 / 365.0, 353 / 365.0}, amount[] = {0.75, 0.75, 0.75, 0.75};
    static const char *const KINDS[] = {"american", "european"};
    for (int kind = 0; kind < 2; kind++) {
        golden *some = calloc(1, sizeof *some);
        some->engine = engine, some->params = params;
        for (size_t i = 0; i < g->n; i++) {
            if (strcmp(g->exercise[i], KINDS[kind]) != 0) continue;
            some->row[some->n] = g->row[i];
            memcpy(some->want[some->n++], g->want[i], sizeof g->want[i]);
        }
        tw_contracts contracts = {.dividends = {.n = 4, .time = time, .amount = amount}};
        set_columns(&contracts, some);
        const price_engine e = {
            .name = "binomial", .settings = "variant=leisen_reimer steps=801", .instrument = KINDS[kind]};
        if (some->n) price_contracts(&e, &contracts, model, golden_wants(tolerance), got);
        golden_compare(some, got, tolerance);
        free(some);
    }
    free(got);
    free(g);
}

static void dividends(void **state)
{
    (void)state;
    static const double CLOSED[GOLDEN_GREEKS] = {1e-4, 3e-4, 1e-4, 0.0, 0.0, 0.0};
    static const double GRID[GOLDEN_GREEKS] = {8e-3, 2e-3, 1e-3, 0.0, 0.0, 0.0};
    dividends_of("AnalyticDividendEuropeanEngine", "escrowed;0.75 at 80 171 262 353d", TW_DIVIDENDS_ESCROWED, CLOSED);
    dividends_of("FdBlackScholesVanillaEngine", "tGrid=400;xGrid=400;CashDividendModel=Spot;0.75 at 80 171 262 353d",
                 TW_DIVIDENDS_SPOT, GRID);
    dividends_of("FdBlackScholesVanillaEngine",
                 "tGrid=400;xGrid=400;CashDividendModel=Escrowed;0.75 at 80 171 262 353d", TW_DIVIDENDS_ESCROWED, GRID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vanilla), cmocka_unit_test(bermudan), cmocka_unit_test(barrier),
                                       cmocka_unit_test(dividends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

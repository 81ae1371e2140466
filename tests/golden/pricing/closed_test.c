/* SPDX-License-Identifier: Apache-2.0 */
/* closed_test.c - closed forms against QuantLib 1.29 (shared/data; skipped without it). */
#include "pricing_case.h"

typedef void prepare_fn(const golden_row *row, pricing_case *c);

typedef struct family {
    const char *instrument, *engine, *text; /* of the golden file */
    const char *ours, *ours_instrument, *model;
    int rows;
    double tolerance, greeks; /* relative to the spot */
    prepare_fn *prepare;      /* columns that are not by name */
} family;

static void barrier(const golden_row *row, pricing_case *c)
{
    static const char *const TYPES[4] = {"downin", "downout", "upin", "upout"};
    for (int k = 0; k < 4; k++)
        if (strcmp(row->field[13], TYPES[k]) == 0) c->col[TW_COL_barrier_type] = k;
}

static void double_barrier(const golden_row *row, pricing_case *c)
{
    double low, high;
    const char *at = strchr(row->field[13], '(');
    assert_int_equal(sscanf(at, "(%lf;%lf)", &low, &high), 2);
    c->col[TW_COL_barrier] = low, c->col[TW_COL_barrier_high] = high;
    c->col[TW_COL_knock] = strncmp(row->field[13], "knockout", 8) == 0;
}

static void lookback(const golden_row *row, pricing_case *c)
{
    (void)row;
    c->col[TW_COL_extreme] = c->col[TW_COL_cash];
}

/* Dates are whole days there. */
static void asian(const golden_row *row, pricing_case *c)
{
    static double times[1000];
    const double n = c->col[TW_COL_fixings], days = golden_number(row, 12);
    if (isnan(n)) return;
    for (int k = 0; k < (int)n; k++) times[k] = round(days * (k + 1) / n) / 365.0;
    c->dates = (tw_dates){.n = (size_t)n, .time = times};
}

static void dividends(const golden_row *row, pricing_case *c)
{
    static const double TIMES[4] = {80.0 / 365.0, 171.0 / 365.0, 262.0 / 365.0, 353.0 / 365.0};
    static double amounts[4];
    for (int k = 0; k < 4; k++) amounts[k] = golden_number(row, 16);
    c->dividends = (tw_dates){.n = 4, .time = TIMES, .amount = amounts};
    c->dividend_model = TW_DIVIDENDS_ESCROWED;
}

#define BSM "black_scholes"
static const family FAMILIES[] = {
    {"european", "AnalyticEuropeanEngine", "", "black", "european", BSM, 324, 1e-14, 2e-14, NULL},
    {"black76", "blackFormula", "", "black", "european", "black76", 40, 1e-14, 1e-14, NULL},
    {"bachelier", "bachelierBlackFormula", "", "black", "european", "bachelier", 40, 1e-14, 1e-14, NULL},
    {"digital", "AnalyticEuropeanEngine", "cash-or", "black", "digital_cash", BSM, 60, 1e-14, 2e-13, NULL},
    {"digital", "AnalyticEuropeanEngine", "asset-or", "black", "digital_asset", BSM, 60, 1e-14, 2e-13, NULL},
    {"vanilla_cash_dividends", "AnalyticDividendEuropeanEngine", "", "black", "european", BSM, 12, 1e-14, 1e-12,
     dividends},
    {"digital", "AnalyticDigitalAmericanEngine", "at hit", "reiner_rubinstein", "one_touch", BSM, 24, 1e-14, 1e-7,
     NULL},
    {"digital", "AnalyticDigitalAmericanEngine", "at expiry", "reiner_rubinstein", "one_touch_expiry", BSM, 24, 1e-14,
     1e-7, NULL},
    {"barrier", "AnalyticBarrierEngine", "", "reiner_rubinstein", "barrier", BSM, 192, 1e-13, 1e-7, barrier},
    {"double_barrier", "AnalyticDoubleBarrierEngine", "", "ikeda_kunitomo", "double_barrier", BSM, 24, 1e-13, 1e-7,
     double_barrier},
    {"asian", "AnalyticContinuousGeometricAveragePriceAsianEngine", "", "kemna_vorst", "asian_geometric", BSM, 24,
     1e-14, 1e-7, asian},
    {"asian", "AnalyticDiscreteGeometricAveragePriceAsianEngine", "", "kemna_vorst", "asian_geometric", BSM, 72, 1e-14,
     1e-7, asian},
    {"asian", "TurnbullWakemanAsianEngine", "", "turnbull_wakeman", "asian_arithmetic", BSM, 72, 1e-13, 1e-7, asian},
    {"lookback", "AnalyticContinuousFixedLookbackEngine", "", "conze_viswanathan", "lookback_fixed", BSM, 36, 1e-13,
     1e-7, lookback},
    {"lookback", "AnalyticContinuousFloatingLookbackEngine", "", "conze_viswanathan", "lookback_floating", BSM, 24,
     1e-13, 1e-7, lookback},
};

typedef struct comparison {
    const family *f;
    double worst[TW_VALUE_COUNT];
} comparison;

static void compare(const golden_row *row, void *arg)
{
    comparison *to = arg;
    pricing_case c = pricing_case_of(to->f->ours, to->f->ours_instrument, to->f->model);
    golden_columns(row, &c);
    if (to->f->prepare) to->f->prepare(row, &c);
    const pricing_result got = pricing_some(&c, 2 * TW_VALUE_BIT(TW_VALUE_dividend_rho) - 1);
    assert_true(tw_row_status_code(got.status) == TW_ROW_OK);
    for (int v = 0; v <= TW_VALUE_dividend_rho; v++) {
        const double want = golden_number(row, GOLDEN_VALUE + v), off = fabs(got.v[v] - want) / c.col[TW_COL_spot];
        const double bound = v == TW_VALUE_value ? to->f->tolerance : to->f->greeks;
        if (isnan(want)) continue;
        to->worst[v] = fmax(to->worst[v], off);
        if (!(off <= bound))
            fail_msg("row %s, %s: got %.17g, QuantLib has %.17g", row->field[0], tw_pricing_values()[v].name, got.v[v],
                     want);
    }
}

static void as_quantlib(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++) {
        const family *f = &FAMILIES[i];
        comparison to = {.f = f};
        const int n = golden_rows(f->instrument, f->engine, f->text, compare, &to);
        assert_int_equal(n, f->rows);
        print_message("%s by %s: %d rows, worst value %.1e, delta %.1e, gamma %.1e, vega %.1e, theta %.1e, rho %.1e\n",
                      f->ours_instrument, f->ours, n, to.worst[0], to.worst[1], to.worst[2], to.worst[3], to.worst[4],
                      to.worst[5]);
    }
}

/* Curran's bound against simulations, in their standard errors. */
static void check_simulated(const golden_row *row, void *arg)
{
    double *worst = arg;
    pricing_case c = pricing_case_of("curran", "asian_arithmetic", BSM);
    golden_columns(row, &c);
    asian(row, &c);
    const double error = golden_number(row, 30), want = golden_number(row, GOLDEN_VALUE);
    const double off = fabs(pricing_value(&c) - want);
    *worst = fmax(*worst, off / error);
    if (!(off <= 4.0 * error))
        fail_msg("row %s: got %.17g, simulated %.17g +- %.2g", row->field[0], pricing_value(&c), want, error);
}

static void averages_as_simulated(void **state)
{
    (void)state;
    double worst = 0.0;
    const int n = golden_rows("asian", "MCDiscreteArithmeticAPEngine<PseudoRandom>", "", check_simulated, &worst);
    assert_int_equal(n, 72);
    print_message("curran: at most %.2g standard errors of a simulation away\n", worst);
}

/* A strip of strikes 1 or 5 apart. */
static void check_strip(const golden_row *row, void *arg)
{
    (void)arg;
    pricing_case c = pricing_case_of("variance_replication", "variance_swap", BSM);
    const double wide[3] = {0.05, 0.4, 2.0};
    golden_columns(row, &c);
    c.col[TW_COL_cash] = 50000.0;
    c.params = strstr(row->field[3], "dk=5") ? wide : NULL;
    assert_near(pricing_value(&c) / golden_number(row, GOLDEN_VALUE), 1.0, 1e-12);
}

static void variance_as_quantlib(void **state)
{
    (void)state;
    const int n = golden_rows("variance_swap", "ReplicatingVarianceSwapEngine", "", check_strip, NULL);
    assert_int_equal(n, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_quantlib), cmocka_unit_test(averages_as_simulated),
                                       cmocka_unit_test(variance_as_quantlib)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

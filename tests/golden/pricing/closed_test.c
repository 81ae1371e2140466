/* SPDX-License-Identifier: Apache-2.0 */
/* closed_test.c - closed forms against QuantLib 1.29 (shared/data; skipped without it). */
#include "pricing_case.h"

typedef struct family {
    const char *instrument, *engine, *text; /* of the golden file */
    const char *ours, *ours_instrument, *model;
    int rows;
    double tolerance, greeks; /* relative to the spot, times the size of the payout */
} family;

static const family FAMILIES[] = {
    {"european", "AnalyticEuropeanEngine", "", "black", "european", "black_scholes", 324, 1e-14, 2e-14},
    {"black76", "blackFormula", "", "black", "european", "black76", 40, 1e-14, 1e-14},
    {"bachelier", "bachelierBlackFormula", "", "black", "european", "bachelier", 40, 1e-14, 1e-14},
    {"digital", "AnalyticEuropeanEngine", "cash-or", "black", "digital_cash", "black_scholes", 60, 1e-14, 2e-13},
    {"digital", "AnalyticEuropeanEngine", "asset-or", "black", "digital_asset", "black_scholes", 60, 1e-14, 2e-13},
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
    const pricing_result got = pricing_of(&c);
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
        if (n == 0) skip();
        assert_int_equal(n, f->rows);
        print_message("%s by %s: %d rows, worst value %.1e, delta %.1e, gamma %.1e, vega %.1e, theta %.1e, rho %.1e\n",
                      f->ours_instrument, f->ours, n, to.worst[0], to.worst[1], to.worst[2], to.worst[3], to.worst[4],
                      to.worst[5]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_quantlib)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

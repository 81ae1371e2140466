/* SPDX-License-Identifier: Apache-2.0 */
/* The four bonds of the reference file (QuantLib 1.29): settled on 3 January 2024, on a flat curve of 4 % and at yields
 * of 1, 4 and 8 %. */
#include "rates_case.h"

typedef struct bench {
    tw_holidays *holidays;
    tw_curve *flat;
    double yield, clean, dirty, accrued, macaulay, modified, convexity;
} bench;

/* "coupon=0.05;issue=2020-05-15;maturity=2030-05-15;semiannual;ActActISMA;settle T+1 govt calendar" */
static const tw_day_count *accrual_of(const char *params)
{
    if (strstr(params, "ActActISMA")) return day_count_of("act/act icma");
    return day_count_of(strstr(params, "30/360") ? "30/360" : "act/365f");
}

static void value_bond(bench *b, const golden_row *row)
{
    const double coupon = strtod(row->params + strlen("coupon="), NULL);
    const tw_date settle = date_of("2024-01-03"), issue = date_of(strstr(row->params, "issue=") + 6);
    const tw_date maturity = date_of(strstr(row->params, "maturity=") + 9);
    const int frequency = coupon > 0 ? 2 : 0;
    const tw_bond_convention convention = {.day_count = accrual_of(row->params),
                                           .holidays = b->holidays,
                                           .roll = TW_MODIFIED_FOLLOWING,
                                           .compounding = TW_SEMIANNUAL};
    const tw_bonds bonds = {.n = 1,
                            .settle = &settle,
                            .issue = &issue,
                            .maturity = &maturity,
                            .coupon = &coupon,
                            .frequency = &frequency,
                            .convention = &convention};
    tw_error err = {""};
    const tw_bond_values out = {&b->clean,    &b->dirty,     &b->accrued, NULL, &b->macaulay,
                                &b->modified, &b->convexity, NULL,        NULL, &err};
    const tw_bond_market market = {{.date = date_of("2024-01-02")}, b->flat, NULL};
    const char *at = strstr(row->name, "_0.");
    if (!at) {
        assert_int_equal(tw_bonds_from_curve(&bonds, &market, NULL, &out), 0);
        return;
    }
    const double yield = strtod(at + 1, NULL);
    assert_int_equal(tw_bonds_from_yield(&bonds, &yield, &out), 0);
    assert_int_equal(tw_bonds_from_price(&bonds, &b->clean, &(tw_bond_values){.yield = &b->yield}), 0);
}

static void bond_row(const golden_row *row, void *arg)
{
    bench *b = arg;
    value_bond(b, row);
    const struct {
        const char *name;
        const double *got;
    } figures[] = {{"clean_price", &b->clean},
                   {"dirty_price", &b->dirty},
                   {"accrued", &b->accrued},
                   {"modified_duration", &b->modified},
                   {"macaulay_duration", &b->macaulay},
                   {"convexity", &b->convexity},
                   {"yield_from", &b->yield}};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        if (strncmp(row->name, figures[i].name, strlen(figures[i].name)) == 0) {
            /* Yields of QuantLib are good to the 1e-14 it was asked for; 1e-12 relative of the others. */
            const double want = golden_value(row), off = fabs(*figures[i].got - want);
            if (off > 1e-12 * fabs(want) + 2e-14)
                fail_msg("%s, %s: got %.16g, want %.16g", row->name, row->params, *figures[i].got, want);
            return;
        }
    fail_msg("no figure for %s", row->name);
}

static void bonds(void **state)
{
    (void)state;
    void *block = malloc(tw_curve_bytes(1));
    bench b = {.holidays = calendar_of("us_government"), .flat = tw_curve_flat(0.04, block)};
    assert_int_equal(golden_rows("bond", bond_row, &b), 72);
    tw_holidays_free(NULL, b.holidays);
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bonds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* american_test.c - what American options obey whatever the numbers: bounds, order, convexity, symmetry, agreement. */
#include "price_case.h"

#define VALUE TW_VALUE_BIT(TW_VALUE_value)

enum { CASES = 150, POINTS = 41 };

static const price_engine ENGINES[] = {
    {.name = "collocation", .settings = "setting=accurate"},
    {.name = "collocation", .settings = "setting=fast"},
    {.name = "binomial", .settings = "variant=crr steps=200"},
};
/* How far each may be off, for a strike of 100. */
static const double ERROR[] = {1e-4, 5e-3, 0.15};

static price_row row_at(size_t i)
{
    return (price_row){i % 2 ? 1 : -1,
                       100,
                       price_draw(i, 0, 70, 140),
                       price_draw(i, 1, -0.04, 0.1),
                       price_draw(i, 2, -0.04, 0.1),
                       price_draw(i, 3, 0.08, 0.9),
                       price_draw(i, 4, 0.02, 4)};
}

static void bounds(void **state)
{
    (void)state;
    static price_row row[CASES];
    static price_result got[CASES], european[CASES];
    for (size_t i = 0; i < CASES; i++) row[i] = row_at(i);
    price_rows(&(price_engine){.name = "black", .instrument = "european"}, row, CASES, VALUE, european);
    for (size_t k = 0; k < sizeof ENGINES / sizeof *ENGINES; k++) {
        price_rows(&ENGINES[k], row, CASES, VALUE, got);
        for (size_t i = 0; i < CASES; i++) {
            const price_row *r = &row[i];
            const double value = got[i].value[0], growth = fmax(r->type > 0 ? -r->q : -r->r, 0.0);
            assert_true(value >= fmax(r->type * (r->spot - r->strike), 0.0));
            assert_true(value >= european[i].value[0] - ERROR[k]);
            assert_true(value <= (r->type > 0 ? r->spot : r->strike) * exp(growth * r->T) + 1e-9);
        }
    }
}

/* Calls rise and puts fall with the spot, at most as fast as it, and both curve upward. */
static void along_the_spot(void **state)
{
    (void)state;
    for (size_t c = 0; c < 20; c++) {
        price_row row[POINTS];
        price_result got[POINTS];
        for (size_t i = 0; i < POINTS; i++) {
            row[i] = row_at(c);
            row[i].spot = 60 + 2 * (double)i;
        }
        price_rows(&ENGINES[0], row, POINTS, VALUE, got);
        for (size_t i = 1; i + 1 < POINTS; i++) {
            const double slope = (got[i + 1].value[0] - got[i].value[0]) / 2,
                         before = got[i].value[0] - got[i - 1].value[0];
            assert_true(row[i].type * slope >= -1e-6);
            assert_true(slope >= before / 2 - 1e-5);
        }
    }
}

/* More time and more volatility never hurt. */
static void along_time_and_volatility(void **state)
{
    (void)state;
    for (size_t c = 0; c < 40; c++) {
        price_row row[POINTS];
        price_result got[POINTS];
        for (size_t i = 0; i < POINTS; i++) {
            row[i] = row_at(c / 2);
            if (c % 2)
                row[i].vol = 0.05 + 0.02 * (double)i;
            else
                row[i].T = 0.02 + 0.1 * (double)i;
        }
        price_rows(&ENGINES[0], row, POINTS, VALUE, got);
        for (size_t i = 1; i < POINTS; i++) assert_true(got[i].value[0] >= got[i - 1].value[0] - 2e-5);
    }
}

/* P(S, K, r, q) = C(K, S, q, r), and values scale with spot and strike. */
static void symmetry_and_scale(void **state)
{
    (void)state;
    for (size_t i = 0; i < 60; i++) {
        const price_row r = row_at(i);
        const price_row other = {-r.type, r.strike, r.spot, r.q, r.r, r.vol, r.T};
        const price_row larger = {r.type, 7 * r.spot, 7 * r.strike, r.r, r.q, r.vol, r.T};
        const double value = price_one(&ENGINES[0], r);
        assert_close(price_one(&ENGINES[0], other), value, 1e-11);
        assert_close(price_one(&ENGINES[0], larger), 7 * value, 1e-10);
    }
}

static void engines_agree(void **state)
{
    (void)state;
    static price_row row[CASES];
    static price_result want[CASES], got[CASES];
    for (size_t i = 0; i < CASES; i++) row[i] = row_at(i);
    price_rows(&(price_engine){.name = "collocation", .settings = "setting=high"}, row, CASES, VALUE, want);
    for (size_t k = 0; k < sizeof ENGINES / sizeof *ENGINES; k++) {
        price_rows(&ENGINES[k], row, CASES, VALUE, got);
        for (size_t i = 0; i < CASES; i++) assert_close(got[i].value[0], want[i].value[0], ERROR[k]);
    }
}

/* Whatever the numbers: a value within its bounds and finite greeks, or a reason. */
static void extremes(void **state)
{
    (void)state;
    static const price_engine LIST[] = {
        {.name = "collocation", .settings = "setting=fast"},
        {.name = "qd_plus"},
        {.name = "barone_adesi_whaley"},
        {.name = "bjerksund_stensland"},
        {.name = "ju"},
        {.name = "binomial", .settings = "steps=21"},
        {.name = "trinomial", .settings = "steps=21"},
    };
    enum { ROWS = 1500 };
    static price_row row[ROWS];
    static price_result got[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        const double spot = pow(10, price_draw(i, 0, -290, 290)), rate = i % 3 ? 10 : 0.05;
        row[i] = (price_row){i % 2 ? 1 : -1,
                             spot,
                             i % 5 ? spot * price_draw(i, 1, 0.5, 2) : pow(10, price_draw(i, 1, -290, 290)),
                             price_draw(i, 2, -rate, rate),
                             i % 7 ? price_draw(i, 3, -rate, rate) : 0,
                             i % 11 ? pow(10, price_draw(i, 4, -6, 5)) : 0,
                             i % 13 ? pow(10, price_draw(i, 5, -6, 3)) : 0};
    }
    for (size_t k = 0; k < sizeof LIST / sizeof *LIST; k++) {
        price_rows(&LIST[k], row, ROWS, VALUE | TW_VALUE_BIT(TW_VALUE_delta), got);
        for (size_t i = 0; i < ROWS; i++) {
            const price_row *r = &row[i];
            if (tw_row_status_code(got[i].status) > TW_ROW_LIMIT) continue;
            const double value = got[i].value[0], most = r->type > 0 ? r->spot : r->strike;
            assert_true(isfinite(value) && isfinite(got[i].value[TW_VALUE_delta]));
            assert_true(value >= (1 - 1e-12) * r->type * (r->spot - r->strike) && value >= 0);
            /* A tree's forward is right to the order of a step only. */
            if (k < 5 && (r->type > 0 ? r->q : r->r) >= 0) assert_true(value <= most * (1 + 1e-9));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds),
        cmocka_unit_test(along_the_spot),
        cmocka_unit_test(along_time_and_volatility),
        cmocka_unit_test(symmetry_and_scale),
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

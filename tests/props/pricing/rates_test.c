/* SPDX-License-Identifier: Apache-2.0 */
/* Random terms, most of them senseless, never do more than fail with a status; and what succeeds is the same bits
 * whether one thread works or four share calendars, curves and batches. */
#include "rates_case.h"

enum { ROWS = 3000, THREADS = 4, PIECES = 60 };

static tw_date any_date(tw_random *r)
{
    static const tw_date odd[] = {TW_NO_DATE, INT32_MAX, TW_DATE_MIN, TW_DATE_MAX, 0, TW_DATE_MAX + 1, -1000000000};
    if (tw_random_below(r, 12) == 0) return odd[tw_random_below(r, sizeof odd / sizeof *odd)];
    return 19000 + (tw_date)tw_random_below(r, 12000);
}

static double any_number(tw_random *r, double usual)
{
    static const double odd[] = {NAN, INFINITY, -INFINITY, 0, -0.0, 1e300, -1e300, 1e-300, -1};
    if (tw_random_below(r, 10) == 0) return odd[tw_random_below(r, sizeof odd / sizeof *odd)];
    return usual * (2 * tw_random_uniform(r) - 0.4);
}

typedef struct table {
    tw_date settle[ROWS], issue[ROWS], maturity[ROWS], first[ROWS], next[ROWS];
    double coupon[ROWS], spread[ROWS], redemption[ROWS], given[ROWS];
    int frequency[ROWS];
    uint32_t which[ROWS];
    tw_bond_convention convention[8];
    tw_holidays *holidays;
    tw_bond_market market;
    void *block;
} table;

static void fill(table *t, tw_random *r)
{
    size_t n = 0;
    const tw_day_count *const *counts = tw_day_counts(&n);
    static const int ways[] = {TW_SIMPLE, TW_ANNUAL, TW_SEMIANNUAL, TW_CONTINUOUS};
    t->holidays = calendar_of("us_government+uk");
    t->block = malloc(tw_curve_bytes(1));
    t->market = (tw_bond_market){{.date = 19724}, tw_curve_flat(0.031, t->block), NULL};
    for (size_t k = 0; k < 8; k++)
        t->convention[k] = (tw_bond_convention){.day_count = counts[tw_random_below(r, n)],
                                                .holidays = k ? t->holidays : NULL,
                                                .roll = (tw_roll)tw_random_below(r, TW_ROLL_COUNT),
                                                .month_end = k % 2,
                                                .compounding = ways[tw_random_below(r, 4)],
                                                .street = k % 3 == 0,
                                                .simple_last = k % 2 == 0,
                                                .ex_days = (int)(k % 3) * 7,
                                                .ex_business = k % 4 == 1};
    for (size_t i = 0; i < ROWS; i++) {
        t->issue[i] = any_date(r);
        t->settle[i] = any_date(r);
        t->maturity[i] = any_date(r);
        t->first[i] = tw_random_below(r, 4) ? TW_NO_DATE : any_date(r);
        t->next[i] = tw_random_below(r, 4) ? TW_NO_DATE : any_date(r);
        t->coupon[i] = any_number(r, 0.05);
        t->spread[i] = tw_random_below(r, 3) ? NAN : any_number(r, 0.01);
        t->redemption[i] = any_number(r, 100);
        t->given[i] = any_number(r, tw_random_below(r, 2) ? 100 : 0.05);
        t->frequency[i] = (int)tw_random_below(r, 14) - 1;
        t->which[i] = (uint32_t)tw_random_below(r, 8);
    }
}

static tw_bonds slice(const table *t, size_t from, size_t to)
{
    return (tw_bonds){to - from,      t->settle + from, t->issue + from,     t->maturity + from,   t->first + from,
                      t->next + from, t->coupon + from, t->frequency + from, t->redemption + from, t->spread + from,
                      t->convention,  t->which + from};
}

typedef struct results {
    double clean[4][ROWS], dv01[4][ROWS], yield[4][ROWS];
    tw_status status[4][ROWS];
} results;

static void value_slice(const table *t, size_t from, size_t to, results *out)
{
    const tw_bonds bonds = slice(t, from, to);
    for (size_t k = 0; k < 4; k++) {
        const tw_bond_values v = {.clean = out->clean[k] + from,
                                  .yield = out->yield[k] + from,
                                  .dv01 = out->dv01[k] + from,
                                  .status = out->status[k] + from};
        if (k == 0) (void)tw_bonds_from_yield(&bonds, t->given + from, &v);
        if (k == 1) (void)tw_bonds_from_price(&bonds, t->given + from, &v);
        if (k == 2) (void)tw_bonds_from_curve(&bonds, &t->market, t->given + from, &v);
        if (k == 3) (void)tw_bonds_zspread(&bonds, &t->market, t->given + from, &v);
    }
}

typedef struct shared {
    const table *table;
    results *out;
} shared;

static tw_status piece(void *arg, size_t index, int thread, tw_error *err)
{
    const shared *s = arg;
    (void)thread, (void)err;
    value_slice(s->table, index * (ROWS / PIECES), (index + 1) * (ROWS / PIECES), s->out);
    return TW_OK;
}

static void any_bond_has_a_status_and_the_same_bits(void **state)
{
    (void)state;
    tw_error err;
    tw_random r = {.seed = 41};
    table *t = calloc(1, sizeof *t);
    results *one = calloc(1, sizeof *one), *many = calloc(1, sizeof *many);
    tw_pool *pool = NULL;
    fill(t, &r);
    value_slice(t, 0, ROWS, one);
    assert_ok(tw_pool_new(THREADS, &pool, &err), &err);
    shared s = {t, many};
    assert_ok(tw_pool_run(pool, PIECES, piece, &s, &err), &err);
    assert_memory_equal(one, many, sizeof *one);
    size_t good = 0;
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < ROWS; i++) {
            /* A NaN has a reason, and a reason a NaN. */
            assert_int_equal(one->status[k][i] != TW_OK, isnan(one->clean[k][i]));
            good += one->status[k][i] == TW_OK;
        }
    assert_true(good > 500);
    tw_pool_free(pool);
    tw_holidays_free(NULL, t->holidays);
    free(t->block);
    free(t);
    free(one);
    free(many);
}

static void any_instrument_has_a_status(void **state)
{
    (void)state;
    tw_error err;
    tw_random r = {.seed = 42};
    static const char units[] = "BDWMYX";
    tw_holidays *target = calendar_of("target");
    const tw_interpolation *const *ways = NULL;
    size_t n_ways = 0, good = 0;
    ways = tw_interpolations(&n_ways);
    tw_rate_convention convention;
    assert_ok(tw_rate_convention_find("eur", &convention, &err), &err);
    convention.holidays = target;
    for (int round = 0; round < 2000; round++) {
        tw_rate_instrument i[3];
        tw_bootstrap *b = NULL;
        const bool dated = tw_random_below(&r, 5) == 0;
        for (int k = 0; k < 3; k++)
            i[k] = (tw_rate_instrument){
                .kind = (tw_rate_kind)tw_random_below(&r, TW_RATE_KIND_COUNT),
                .quote = any_number(&r, tw_random_below(&r, 4) ? 0.04 : 97),
                .start = {tw_random_below(&r, 3) ? 0 : (int)tw_random_below(&r, 9), units[tw_random_below(&r, 6)]},
                .tenor = {tw_random_below(&r, 20) ? (int)tw_random_below(&r, 40) - 1 : INT32_MAX - 1,
                          units[tw_random_below(&r, 6)]},
                .start_date = dated ? any_date(&r) : TW_NO_DATE,
                .end_date = dated ? any_date(&r) : TW_NO_DATE,
                .convention = &convention};
        const tw_bootstrap_spec spec = {
            {.date = round % 50 ? 19724 : any_date(&r)}, ways[tw_random_below(&r, n_ways)], 3, i, NULL};
        if (tw_bootstrap_new(NULL, &spec, &b, &err) != TW_OK) continue;
        for (size_t k = 0; k < 3; k++) {
            const double rate = i[k].kind == TW_FUTURE ? 100 : 1;
            assert_near(tw_bootstrap_quote(b, k), i[k].quote, 1e-11 * rate);
        }
        good++;
        tw_bootstrap_free(b);
    }
    assert_true(good > 100);
    tw_holidays_free(NULL, target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_bond_has_a_status_and_the_same_bits),
                                       cmocka_unit_test(any_instrument_has_a_status)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

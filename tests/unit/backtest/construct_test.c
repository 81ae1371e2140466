/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/construct.h"

#include "tw_test.h"

#include <math.h>

enum { MOST = 700 };

static double weight[MOST];

static void construct(const char *portfolio, double gross, size_t n, const double *score)
{
    tw_portfolio p;
    tw_rules rules;
    tw_error err;
    tw_candidate c[MOST];
    assert_ok(tw_params_parse(tw_portfolio_params(), "portfolio", portfolio, &p, &err), &err);
    assert_ok(tw_rules_read(&p, &rules, &err), &err);
    for (size_t i = 0; i < n; i++) c[i] = (tw_candidate){score[i], (uint32_t)i};
    memset(weight, 0, sizeof weight);
    tw_construct(&rules, gross, n, c, weight);
}

static void weights_are(size_t n, const double *want)
{
    for (size_t i = 0; i < n; i++) assert_near(weight[i], want[i], 1e-15);
}

static void by_hand(void **state)
{
    (void)state;
    const double score[] = {0.31, -0.07, 0.31, 0.9, -2.385};
    construct("construction=top_k k=2", 1.2, 5, score);
    weights_are(5, (double[]){0.6, 0, 0, 0.6, 0}); /* the tie of 0 and 2 goes to 0 */
    construct("construction=top_k k=9 max_weight=0.17", 1, 5, score);
    weights_are(5, (double[]){0.17, 0.17, 0.17, 0.17, 0.17});
    construct("construction=long_short quantile=0.45", 1, 5, score);
    weights_are(5, (double[]){0.25, -0.25, 0, 0.25, -0.25});
    construct("construction=long_short quantile=0.01", 1, 5, score);
    weights_are(5, (double[]){0, 0, 0, 0.5, -0.5});
    construct("construction=long_short", 1, 1, score);
    weights_are(1, (double[]){0});
    construct("construction=weights", 1, 2, score);
    weights_are(2, (double[]){0.31, -0.07}); /* below one together: taken as they are */
    construct("construction=weights max_weight=0.5", 1.5, 5, score);
    weights_are(5, (double[]){0.31 * 1.5 / 3.975, -0.07 * 1.5 / 3.975, 0.31 * 1.5 / 3.975, 0.9 * 1.5 / 3.975, -0.5});
    construct("construction=top_k", 1, 0, score);
    weights_are(5, (double[]){0, 0, 0, 0, 0});
}

/* Every k of random, tied, sorted and reversed scores: those chosen are the ones with fewer than k better. */
static void selection_is_exact(void **state)
{
    (void)state;
    double score[MOST];
    tw_random r = {.seed = 3};
    for (int kind = 0; kind < 4; kind++)
        for (size_t n = 1; n < MOST; n = n * 2 + 1) {
            for (size_t i = 0; i < n; i++)
                score[i] = kind == 0   ? tw_random_normal(&r)
                           : kind == 1 ? (double)tw_random_below(&r, 3)
                           : kind == 2 ? (double)i
                                       : -(double)i;
            const size_t k = 1 + (size_t)tw_random_below(&r, n);
            char text[64];
            snprintf(text, sizeof text, "construction=top_k k=%zu", k);
            construct(text, 1, n, score);
            for (size_t i = 0; i < n; i++) {
                size_t better = 0;
                for (size_t j = 0; j < n; j++) better += score[j] > score[i] || (score[j] == score[i] && j < i);
                assert_int_equal(weight[i] > 0, better < k);
            }
        }
}

/* Shares of 1 % to 50 %, as they are written: 0.29 of 100 names is 29, though the double is below that. */
static void quantiles_are_decimal(void **state)
{
    (void)state;
    double score[MOST];
    for (size_t i = 0; i < MOST; i++) score[i] = (double)i;
    for (size_t percent = 1; percent <= 50; percent++)
        for (size_t n = 50; n < MOST; n += 50) {
            char text[64];
            snprintf(text, sizeof text, "construction=long_short quantile=%g", (double)percent / 100);
            construct(text, 1, n, score);
            size_t longs = 0;
            for (size_t i = 0; i < n; i++) longs += weight[i] > 0;
            assert_int_equal(longs, percent * n / 100 > 0 ? percent * n / 100 : 1);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(selection_is_exact),
                                       cmocka_unit_test(quantiles_are_decimal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

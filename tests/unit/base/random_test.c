/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

#include <math.h>

/* Known answers: Random123 1.14, tests/kat_vectors, philox4x32 10. */
static void philox_known_answers(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed, stream, counter;
        uint32_t words[4];
    } rows[] = {
        {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {UINT64_C(0x299f31d0a4093822),
         UINT64_C(0x0370734413198a2e),
         UINT64_C(0x85a308d3243f6a88),
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t words[4];
        tw_philox(rows[i].seed, rows[i].stream, rows[i].counter, words);
        assert_memory_equal(words, rows[i].words, sizeof words);
    }
}

static void draws_are_places_not_history(void **state)
{
    (void)state;
    tw_random r = {.seed = 2385, .stream = 9};
    uint64_t first[50];
    for (size_t i = 0; i < 50; i++) first[i] = tw_random_bits(&r);
    for (size_t i = 50; i-- > 0;) {
        tw_random there = {.seed = 2385, .stream = 9, .counter = i};
        assert_int_equal(tw_random_bits(&there), first[i]);
    }
    tw_random other = {.seed = 2385, .stream = 10};
    assert_int_not_equal(tw_random_bits(&other), first[0]);
}

static void uniforms_are_open_and_even(void **state)
{
    (void)state;
    tw_random r = {.seed = 4};
    enum { N = 200000, BINS = 64 };
    int bin[BINS] = {0};
    double sum = 0;
    for (int i = 0; i < N; i++) {
        const double u = tw_random_uniform(&r);
        assert_true(u > 0 && u < 1);
        sum += u;
        bin[(int)(u * (double)BINS)]++;
    }
    const double n = N, expected = n / (double)BINS;
    double chi2 = 0;
    for (int i = 0; i < BINS; i++) chi2 += pow(bin[i] - expected, 2) / expected;
    assert_near(sum / n, 0.5, 4 * sqrt(1.0 / 12 / n));
    assert_true(chi2 > 30 && chi2 < 110); /* 63 degrees of freedom: 1e-4 either side */
}

static void below_is_in_range_and_even(void **state)
{
    (void)state;
    tw_random r = {.seed = 5};
    int count[7] = {0};
    for (int i = 0; i < 70000; i++) count[tw_random_below(&r, 7)]++;
    for (int i = 0; i < 7; i++) assert_in_range(count[i], 9600, 10400);
    assert_int_equal(tw_random_below(&r, 1), 0);
    const uint64_t big = (UINT64_C(1) << 63) + 12345; /* nearly every second draw is turned down */
    for (int i = 0; i < 1000; i++) assert_true(tw_random_below(&r, big) < big);
}

/* Each normal must be the inverse cdf of the uniform at its place: Phi(z) = erfc(-z / sqrt 2) / 2. */
static void normals_invert_the_cdf(void **state)
{
    (void)state;
    double sum = 0, sum2 = 0, sum4 = 0, widest = 0;
    enum { N = 200000 };
    for (uint64_t i = 0; i < N; i++) {
        tw_random a = {.seed = 6, .counter = i}, b = a;
        const double p = tw_random_uniform(&a), z = tw_random_normal(&b);
        const double tail = p < 0.5 ? p : 1 - p, got = 0.5 * erfc(fabs(z) / sqrt(2));
        assert_true((z < 0) == (p < 0.5));
        assert_true(fabs(got / tail - 1) < 3e-13 * (1 + z * z)); /* 1e-16 in z is z times that in the tail */
        sum += z;
        sum2 += z * z;
        sum4 += z * z * z * z;
        widest = fmax(widest, fabs(z));
    }
    const double n = N;
    assert_near(sum / n, 0, 4 / sqrt(n));
    assert_near(sum2 / n, 1, 4 * sqrt(2.0 / n));
    assert_near(sum4 / n, 3, 4 * sqrt(96.0 / n));
    assert_true(widest > 4 && widest < 6.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_known_answers),       cmocka_unit_test(draws_are_places_not_history),
        cmocka_unit_test(uniforms_are_open_and_even), cmocka_unit_test(below_is_in_range_and_even),
        cmocka_unit_test(normals_invert_the_cdf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Vector maths: special values, agreement of all forms and paths, and the same bits on every platform. */
#include "tw_test.h"

#include <float.h>
#include <math.h>

#include "num/vmath_trig.h"
#include "tradewind/num.h"

typedef struct function {
    const char *name;
    void (*vector)(tw_isa isa, size_t n, const double *x, double *y);
    double (*scalar)(double x);
    uint64_t hash; /* of the values at the arguments of fill(): regression, made by this code on x86-64 with gcc 12 */
} function;

static const function functions[] = {
    {"exp", tw_vexp, tw_exp, 0x5d203c5cadb3c8b5U},
    {"expm1", tw_vexpm1, tw_expm1, 0x021de6bb4512aa85U},
    {"log", tw_vlog, tw_log, 0x39965e90a07481f7U},
    {"log1p", tw_vlog1p, tw_log1p, 0x21dc8e38bb72a683U},
    {"erfc", tw_verfc, tw_erfc, 0x97e94dd7e094fd21U},
    {"norm_cdf", tw_vnorm_cdf, tw_norm_cdf, 0xb616466e61082393U},
    {"norm_inv", tw_vnorm_inv, tw_norm_inv, 0x8e36b5889d647a74U},
    {"sin", tw_vsin, tw_sin, 0x563f9578893ea8bbU},
    {"cos", tw_vcos, tw_cos, 0x6e6cd80bcfb58c50U},
    {"tanh", tw_vtanh, tw_tanh, 0x0ed0b751179ebe21U},
    {"log10", tw_vlog10, tw_log10, 0x3fb160ac71cba9fbU},
    {"sinh", tw_vsinh, tw_sinh, 0x5d93873a82b9af53U},
    {"cosh", tw_vcosh, tw_cosh, 0x1cf3eb5a09969876U},
    {"tan", tw_vtan, tw_tan, 0x1fa4fbbdf2bfb8b1U},
    {"asin", tw_vasin, tw_asin, 0xe0a00051a9fa64f6U},
    {"acos", tw_vacos, tw_acos, 0x504f9b6b385e5b14U},
    {"atan", tw_vatan, tw_atan, 0x993b7d2914c00b3cU},
};

enum { FUNCTIONS = sizeof functions / sizeof functions[0], N = 4099 };

/* Every kind of double: random bits of all exponents, and a middle range where the functions are busy. */
static void fill(double *x)
{
    tw_random random = {2385, 17, 0};
    for (size_t i = 0; i < N; i++) {
        const uint64_t bits = tw_random_bits(&random);
        memcpy(&x[i], &bits, sizeof x[i]);
        if (i % 3 == 1) x[i] = 40.0 * (tw_random_uniform(&random) - 0.5);
        if (i % 3 == 2) x[i] = tw_random_uniform(&random);
        if (isnan(x[i])) x[i] = 2.385;
    }
}

static void test_same_bits(void **state)
{
    (void)state;
    static const tw_isa isas[] = {TW_ISA_BEST, TW_ISA_BASELINE, TW_ISA_AVX2, TW_ISA_AVX512};
    static double x[N], want[N], got[N];
    fill(x);
    for (size_t f = 0; f < FUNCTIONS; f++) {
        for (size_t i = 0; i < N; i++) want[i] = functions[f].scalar(x[i]);
        for (size_t k = 0; k < sizeof isas / sizeof isas[0]; k++) {
            if (!tw_isa_supported(isas[k])) continue;
            functions[f].vector(isas[k], N, x, got);
            assert_memory_equal(got, want, sizeof got);
            memcpy(got, x, sizeof got);
            functions[f].vector(isas[k], N, got, got); /* in place */
            assert_memory_equal(got, want, sizeof got);
        }
    }
}

static void test_platform_bits(void **state)
{
    (void)state;
    static double x[N], y[N];
    fill(x);
    bool same = true;
    for (size_t f = 0; f < FUNCTIONS; f++) {
        functions[f].vector(TW_ISA_BEST, N, x, y);
        for (size_t i = 0; i < N; i++)
            if (isnan(y[i])) y[i] = 0.0; /* which NaN is not part of the promise */
        const uint64_t hash = tw_hash64(y, sizeof y, 0);
        if (hash == functions[f].hash) continue;
        print_error("%s: hash 0x%016llx\n", functions[f].name, (unsigned long long)hash);
        same = false;
    }
    assert_true(same);
}

static void test_short_arrays(void **state)
{
    (void)state;
    double x[40], y[41], whole[40];
    for (size_t i = 0; i < 40; i++) x[i] = 0.013 + 0.0237 * (double)i;
    for (size_t f = 0; f < FUNCTIONS; f++) {
        functions[f].vector(TW_ISA_BEST, 40, x, whole);
        for (size_t n = 0; n <= 40; n++) {
            for (size_t i = 0; i < 41; i++) y[i] = -2.385;
            functions[f].vector(TW_ISA_BEST, n, x, y);
            assert_memory_equal(y, whole, n * sizeof *y);
            assert_same(y[n], -2.385); /* nothing past the end */
        }
    }
}

static void check_all_paths(size_t f, double x, double want)
{
    double in[3] = {0.3, x, 0.4}, out[3];
    static const tw_isa isas[] = {TW_ISA_BASELINE, TW_ISA_AVX2, TW_ISA_AVX512};
    for (size_t k = 0; k <= 3; k++) {
        if (k < 3 && !tw_isa_supported(isas[k])) continue;
        if (k < 3) functions[f].vector(isas[k], 3, in, out);
        const double got = k < 3 ? out[1] : functions[f].scalar(x);
        if (isnan(want) ? isnan(got) : memcmp(&got, &want, sizeof got) == 0) continue;
        fail_msg("%s(%a) is %.17g, want %.17g", functions[f].name, x, got, want);
    }
}

static void test_special_values(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double x, y;
    } cases[] = {
        {"exp", 0.0, 1.0},
        {"exp", -0.0, 1.0},
        {"exp", INFINITY, INFINITY},
        {"exp", -INFINITY, 0.0},
        {"exp", 0x1.62e42fefa39efp9, 0x1.fffffffffff2ap1023}, /* the last finite one */
        {"exp", 0x1.62e42fefa39f0p9, INFINITY},
        {"exp", -0x1.74910d52d3051p9, 0x1p-1074}, /* the last that is not 0 */
        {"exp", -0x1.74910d52d3052p9, 0.0},
        {"exp", DBL_MAX, INFINITY},
        {"exp", -DBL_MAX, 0.0},
        {"exp", 0x1p-1074, 1.0},
        {"expm1", 0.0, 0.0},
        {"expm1", -0.0, -0.0},
        {"expm1", INFINITY, INFINITY},
        {"expm1", -INFINITY, -1.0},
        {"expm1", 0x1p-1074, 0x1p-1074},
        {"expm1", -0x1p-1074, -0x1p-1074},
        {"expm1", 710.0, INFINITY},
        {"expm1", -60.0, -1.0},
        {"log", 1.0, 0.0},
        {"log", 0.0, -INFINITY},
        {"log", -0.0, -INFINITY},
        {"log", INFINITY, INFINITY},
        {"log", -2.385, NAN},
        {"log", -INFINITY, NAN},
        {"log", -0x1p-1074, NAN},
        {"log", 0x1p-1074, -0x1.74385446d71c3p9},
        {"log", DBL_MAX, 0x1.62e42fefa39efp9},
        {"log1p", 0.0, 0.0},
        {"log1p", -0.0, -0.0},
        {"log1p", -1.0, -INFINITY},
        {"log1p", -0x1.0000000000001p0, NAN},
        {"log1p", INFINITY, INFINITY},
        {"log1p", -INFINITY, NAN},
        {"log1p", 0x1p-1074, 0x1p-1074},
        {"log1p", -0x1p-1074, -0x1p-1074},
        {"log1p", DBL_MAX, 0x1.62e42fefa39efp9},
        {"erfc", 0.0, 1.0},
        {"erfc", -0.0, 1.0},
        {"erfc", INFINITY, 0.0},
        {"erfc", -INFINITY, 2.0},
        {"erfc", 28.0, 0.0},
        {"erfc", 0x1p-1074, 1.0},
        {"erfc", -7.0, 2.0},
        {"norm_cdf", 0.0, 0.5},
        {"norm_cdf", -0.0, 0.5},
        {"norm_cdf", INFINITY, 1.0},
        {"norm_cdf", -INFINITY, 0.0},
        {"norm_cdf", -40.0, 0.0},
        {"norm_cdf", 9.0, 1.0},
        {"norm_inv", 0.5, 0.0},
        {"norm_inv", 0.0, -INFINITY},
        {"norm_inv", -0.0, -INFINITY},
        {"norm_inv", 1.0, INFINITY},
        {"norm_inv", 0x1.0000000000001p0, NAN},
        {"norm_inv", -0x1p-1074, NAN},
        {"norm_inv", INFINITY, NAN},
        {"norm_inv", -INFINITY, NAN},
        {"sin", 0.0, 0.0},
        {"sin", -0.0, -0.0},
        {"sin", 0x1p-1074, 0x1p-1074},
        {"sin", INFINITY, NAN},
        {"sin", -INFINITY, NAN},
        {"sin", 1e22, -0.8522008497671888},
        {"cos", 0.0, 1.0},
        {"cos", -0.0, 1.0},
        {"cos", INFINITY, NAN},
        {"cos", -INFINITY, NAN},
        {"tanh", 0.0, 0.0},
        {"tanh", -0.0, -0.0},
        {"tanh", INFINITY, 1.0},
        {"tanh", -INFINITY, -1.0},
        {"tanh", 0x1p-1074, 0x1p-1074},
        {"tanh", -0x1p-1074, -0x1p-1074},
        {"tanh", -20.0, -1.0},
        {"log10", 0.0, -INFINITY},
        {"log10", -2.385, NAN},
        {"log10", INFINITY, INFINITY},
        {"log10", 1e15, 15.0},
        {"log10", 1e-5, -5.0},
        {"sinh", -0.0, -0.0},
        {"sinh", 0x1p-1074, 0x1p-1074},
        {"sinh", 711.0, INFINITY},
        {"sinh", -INFINITY, -INFINITY},
        {"cosh", -0.0, 1.0},
        {"cosh", 711.0, INFINITY},
        {"cosh", -INFINITY, INFINITY},
        {"tan", -0.0, -0.0},
        {"tan", 0x1p-1074, 0x1p-1074},
        {"tan", INFINITY, NAN},
        {"asin", -0.0, -0.0},
        {"asin", 1.0, 0x1.921fb54442d18p+0},
        {"asin", -0x1.0000000000001p0, NAN},
        {"asin", INFINITY, NAN},
        {"acos", 1.0, 0.0},
        {"acos", -1.0, 0x1.921fb54442d18p+1},
        {"acos", 0.0, 0x1.921fb54442d18p+0},
        {"acos", 0x1.0000000000001p0, NAN},
        {"acos", -INFINITY, NAN},
        {"atan", -0.0, -0.0},
        {"atan", 1.0, 0x1.921fb54442d18p-1},
        {"atan", INFINITY, 0x1.921fb54442d18p+0},
        {"atan", -INFINITY, -0x1.921fb54442d18p+0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        for (size_t f = 0; f < FUNCTIONS; f++)
            if (strcmp(cases[c].name, functions[f].name) == 0) check_all_paths(f, cases[c].x, cases[c].y);
    for (size_t f = 0; f < FUNCTIONS; f++) {
        check_all_paths(f, NAN, NAN);
        check_all_paths(f, -NAN, NAN);
    }
}

/* Angles on both sides of the switch to the long reduction agree with each other through sin^2 + cos^2 and with the
 * angle a whole number of turns away. */
static void test_huge_angles(void **state)
{
    (void)state;
    tw_random random = {5, 9, 0};
    for (int i = 0; i < 2000; i++) {
        const double x = ldexp(1.0 + tw_random_uniform(&random), (int)tw_random_below(&random, 1023));
        const double s = tw_sin(x), c = tw_cos(x);
        assert_near(s * s + c * c, 1.0, 4e-16);
        assert_same(tw_sin(-x), -s);
        assert_same(tw_cos(-x), c);
        assert_near(tw_tan(x) / (s / c), 1.0, 1e-15);
    }
    /* The double nearest to a multiple of pi/2 (Muller, table 11.1): cos is 4.7e-19, and needs every bit of 2/pi. */
    assert_same(tw_cos(0x1.6ac5b262ca1ffp849), -0x1.14ae72e6ba22fp-61);
    assert_near(tw_sin(0x1p20 + 0x1p-32), tw_sin(0x1p20) + 0x1p-32 * tw_cos(0x1p20), 1e-15);
}

/* The short reduction gives the same sine to the last digit, at multiples of pi/2 too. */
static void test_near_angles(void **state)
{
    (void)state;
    for (int i = -8000; i <= 8000; i++) {
        const double x = i % 2 ? i / 1000.0 : i / 2 * 0x1.921fb54442d18p0 / 800.0;
        const tw_angle a = tw_lane_reduce_near(x);
        assert_near(tw_lane_sin_of(a, 0), tw_sin(x), DBL_EPSILON / 2 * fmax(fabs(tw_sin(x)), 1e-16));
        assert_near(tw_lane_sin_of(a, 1), tw_cos(x), DBL_EPSILON / 2 * fmax(fabs(tw_cos(x)), 1e-16));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),    cmocka_unit_test(test_platform_bits),
        cmocka_unit_test(test_short_arrays), cmocka_unit_test(test_special_values),
        cmocka_unit_test(test_huge_angles),  cmocka_unit_test(test_near_angles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

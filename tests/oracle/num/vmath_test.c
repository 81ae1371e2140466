/* SPDX-License-Identifier: Apache-2.0 */
/* Vector maths against MPFR: the largest error in units in the last place over random and hard arguments, printed
 * and held to the documented bound; every instruction set of this machine and the scalar forms give the same bits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <mpfr.h>

#include "tradewind/num.h"

enum { BLOCK = 512 };

typedef void vector_fn(tw_isa isa, size_t n, const double *x, double *y);
typedef void exact_fn(mpfr_t y, const mpfr_t x, double guess);

/* Arguments: uniform in [lo, hi], or with a uniform logarithm of the size (`log`, sign of lo's kind), or lo + k hi. */
typedef enum shape { UNIFORM, LOGARITHMIC, MULTIPLES } shape;

typedef struct range {
    shape shape;
    double lo, hi;
    size_t n;
} range;

typedef struct function {
    const char *name;
    vector_fn *vector;
    double (*scalar)(double);
    exact_fn *exact;
    double bound;
    range ranges[6];
} function;

static void exact_exp(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_exp(y, x, MPFR_RNDN); }
static void exact_expm1(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_expm1(y, x, MPFR_RNDN); }
static void exact_log(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_log(y, x, MPFR_RNDN); }
static void exact_log1p(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_log1p(y, x, MPFR_RNDN); }
static void exact_erfc(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_erfc(y, x, MPFR_RNDN); }
static void exact_sin(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_sin(y, x, MPFR_RNDN); }
static void exact_cos(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_cos(y, x, MPFR_RNDN); }
static void exact_tanh(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_tanh(y, x, MPFR_RNDN); }
static void exact_log10(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_log10(y, x, MPFR_RNDN); }
static void exact_sinh(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_sinh(y, x, MPFR_RNDN); }
static void exact_cosh(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_cosh(y, x, MPFR_RNDN); }
static void exact_tan(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_tan(y, x, MPFR_RNDN); }
static void exact_asin(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_asin(y, x, MPFR_RNDN); }
static void exact_acos(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_acos(y, x, MPFR_RNDN); }
static void exact_atan(mpfr_t y, const mpfr_t x, double g) { (void)g, mpfr_atan(y, x, MPFR_RNDN); }

static void exact_norm_cdf(mpfr_t y, const mpfr_t x, double g)
{
    (void)g;
    mpfr_t half;
    mpfr_init2(half, 130);
    mpfr_set_d(half, 0.5, MPFR_RNDN);
    mpfr_sqrt(half, half, MPFR_RNDN);
    mpfr_mul(y, x, half, MPFR_RNDN);
    mpfr_neg(y, y, MPFR_RNDN);
    mpfr_erfc(y, y, MPFR_RNDN);
    mpfr_div_2ui(y, y, 1, MPFR_RNDN);
    mpfr_clear(half);
}

/* Phi^-1(p) by one Newton step from a double that is right to a few ulp: the error is squared, so 100 bits are. */
static void exact_norm_inv(mpfr_t y, const mpfr_t p, double guess)
{
    mpfr_t x, density, cdf;
    mpfr_inits2(130, x, density, cdf, (mpfr_ptr)0);
    mpfr_set_d(x, guess, MPFR_RNDN);
    if (mpfr_cmp_d(p, 0.25) >= 0 && mpfr_cmp_d(p, 0.75) <= 0) { /* relative accuracy near 1/2 */
        mpfr_t half;
        mpfr_init2(half, 130);
        mpfr_set_d(half, 0.5, MPFR_RNDN);
        mpfr_sqrt(half, half, MPFR_RNDN);
        mpfr_mul(cdf, x, half, MPFR_RNDN);
        mpfr_erf(cdf, cdf, MPFR_RNDN);
        mpfr_div_2ui(cdf, cdf, 1, MPFR_RNDN);
        mpfr_sub_d(density, p, 0.5, MPFR_RNDN);
        mpfr_sub(cdf, cdf, density, MPFR_RNDN);
        mpfr_clear(half);
    } else {
        exact_norm_cdf(cdf, x, 0.0);
        mpfr_sub(cdf, cdf, p, MPFR_RNDN);
    }
    mpfr_sqr(density, x, MPFR_RNDN);
    mpfr_div_2ui(density, density, 1, MPFR_RNDN);
    mpfr_exp(density, density, MPFR_RNDN);
    mpfr_mul(cdf, cdf, density, MPFR_RNDN);
    mpfr_const_pi(density, MPFR_RNDN);
    mpfr_mul_2ui(density, density, 1, MPFR_RNDN);
    mpfr_sqrt(density, density, MPFR_RNDN);
    mpfr_mul(cdf, cdf, density, MPFR_RNDN);
    mpfr_sub(y, x, cdf, MPFR_RNDN);
    mpfr_clears(x, density, cdf, (mpfr_ptr)0);
}

/* |got - exact| in ulps of the exact value's binade, subnormals included. */
static double error_in_ulp(double got, const mpfr_t exact)
{
    const double near = mpfr_get_d(exact, MPFR_RNDN);
    if (got == near && (got == 0.0 || isinf(got))) return 0.0;
    if (!isfinite(got) || !isfinite(near)) return HUGE_VAL;
    int e;
    (void)frexp(near, &e);
    mpfr_t d;
    mpfr_init2(d, 64);
    mpfr_sub_d(d, exact, got, MPFR_RNDN);
    mpfr_mul_2si(d, d, 53 - (e < -1021 ? -1021 : e), MPFR_RNDN);
    const double ulp = fabs(mpfr_get_d(d, MPFR_RNDN));
    mpfr_clear(d);
    return ulp;
}

static double draw(const range *r, size_t i, tw_random *random)
{
    const double u = tw_random_uniform(random);
    if (r->shape == UNIFORM) return r->lo + (r->hi - r->lo) * u;
    if (r->shape == MULTIPLES) { /* the doubles around multiples of hi */
        const double x = r->lo + floor(u * 4e5) * r->hi;
        return i % 3 == 0 ? x : nextafter(x, i % 3 == 1 ? HUGE_VAL : -HUGE_VAL);
    }
    const double a = log(fabs(r->lo)), b = log(fabs(r->hi));
    return (r->lo < 0.0 ? -1.0 : 1.0) * exp(a + (b - a) * u);
}

/* Every path and the scalar form against y, bit by bit. */
static void check_bits(const function *f, size_t n, const double *x, const double *y)
{
    static const tw_isa isas[] = {TW_ISA_BASELINE, TW_ISA_AVX2, TW_ISA_AVX512};
    double other[BLOCK];
    for (size_t k = 0; k < sizeof isas / sizeof isas[0]; k++) {
        if (!tw_isa_supported(isas[k])) continue;
        f->vector(isas[k], n, x, other);
        assert_memory_equal(y, other, n * sizeof *y);
    }
    for (size_t i = 0; i < n; i++) other[i] = f->scalar(x[i]);
    assert_memory_equal(y, other, n * sizeof *y);
}

static double worst_of_block(const function *f, size_t n, const double *x, double *at)
{
    double y[BLOCK], worst = 0.0;
    f->vector(TW_ISA_BEST, n, x, y);
    check_bits(f, n, x, y);
    mpfr_t arg, exact;
    mpfr_init2(arg, 53);
    mpfr_init2(exact, 110);
    for (size_t i = 0; i < n; i++) {
        mpfr_set_d(arg, x[i], MPFR_RNDN);
        f->exact(exact, arg, y[i]);
        const double e = error_in_ulp(y[i], exact);
        if (e > worst) worst = e, *at = x[i];
    }
    mpfr_clears(arg, exact, (mpfr_ptr)0);
    return worst;
}

static bool measure(const function *f, double share)
{
    double worst = 0.0, at = 0.0, x[BLOCK];
    size_t total = 0;
    tw_random random = {20240229, (uint64_t)f->name[0], 0};
    for (const range *r = f->ranges; r->n != 0; r++) {
        double range_worst = 0.0, range_at = 0.0;
        const size_t n = (size_t)((double)r->n * share) / BLOCK + 1;
        for (size_t b = 0; b < n; b++) {
            double where = 0.0;
            for (size_t i = 0; i < BLOCK; i++) x[i] = draw(r, i, &random);
            const double e = worst_of_block(f, BLOCK, x, &where);
            if (e > range_worst) range_worst = e, range_at = where;
        }
        total += n * BLOCK;
        printf("  %-8s shape %d [%g, %g]: %.4f ulp at %a\n", f->name, (int)r->shape, r->lo, r->hi, range_worst,
               range_at);
        if (range_worst > worst) worst = range_worst, at = range_at;
    }
    printf("%s: %.4f ulp at %a (bound %g), %zu arguments\n", f->name, worst, at, f->bound, total);
    return worst <= f->bound;
}

#define HALF_PI 1.5707963267948966

static const function functions[] = {
    {"exp",
     tw_vexp,
     tw_exp,
     exact_exp,
     0.8,
     {{UNIFORM, -1, 1, 200000},
      {UNIFORM, -745.14, 709.79, 200000},
      {UNIFORM, -745.14, -707, 80000},
      {LOGARITHMIC, 1e-18, 1, 60000}}},
    {"expm1",
     tw_vexpm1,
     tw_expm1,
     exact_expm1,
     1.0,
     {{UNIFORM, -1, 1, 200000},
      {UNIFORM, -45, 60, 200000},
      {UNIFORM, 600, 709.78, 40000},
      {LOGARITHMIC, 1e-310, 1, 60000},
      {LOGARITHMIC, -1e-310, -1, 60000}}},
    {"log",
     tw_vlog,
     tw_log,
     exact_log,
     0.9,
     {{UNIFORM, 0.6, 1.6, 300000},
      {LOGARITHMIC, 2.3e-308, 1.7e308, 200000},
      {LOGARITHMIC, 5e-324, 2.3e-308, 40000},
      {UNIFORM, 0.99999, 1.00001, 60000}}},
    {"log1p",
     tw_vlog1p,
     tw_log1p,
     exact_log1p,
     1.0,
     {{UNIFORM, -0.9999, 1.2, 300000}, {LOGARITHMIC, 1e-310, 1e300, 100000}, {LOGARITHMIC, -1e-310, -0.9999, 100000}}},
    {"erfc",
     tw_verfc,
     tw_erfc,
     exact_erfc,
     1.3,
     {{UNIFORM, -6.1, 28, 100000},
      {UNIFORM, -1, 3, 100000},
      {UNIFORM, 26, 27.3, 20000},
      {LOGARITHMIC, 1e-18, 1, 30000}}},
    {"norm_cdf",
     tw_vnorm_cdf,
     tw_norm_cdf,
     exact_norm_cdf,
     1.3,
     {{UNIFORM, -38.6, 9, 100000},
      {UNIFORM, -3, 3, 100000},
      {UNIFORM, -38.6, -37, 20000},
      {LOGARITHMIC, -1e-18, -1, 30000}}},
    {"norm_inv",
     tw_vnorm_inv,
     tw_norm_inv,
     exact_norm_inv,
     1.1,
     {{UNIFORM, 1e-9, 1, 60000},
      {UNIFORM, 0.2, 0.3, 30000},
      {LOGARITHMIC, 5e-324, 1, 60000},
      {UNIFORM, 0.4999, 0.5001, 20000},
      {LOGARITHMIC, 1e-5, 0.5, 40000}}},
    {"sin",
     tw_vsin,
     tw_sin,
     exact_sin,
     0.9,
     {{UNIFORM, -4, 4, 200000},
      {UNIFORM, -1048576, 1048576, 100000},
      {MULTIPLES, 0, HALF_PI, 60000},
      {LOGARITHMIC, 1e-310, 1, 60000},
      {LOGARITHMIC, 1e6, 1.7e308, 60000}}},
    {"cos",
     tw_vcos,
     tw_cos,
     exact_cos,
     0.9,
     {{UNIFORM, -4, 4, 200000},
      {UNIFORM, -1048576, 1048576, 100000},
      {MULTIPLES, HALF_PI, HALF_PI, 60000},
      {LOGARITHMIC, 1e-310, 1, 60000},
      {LOGARITHMIC, -1e6, -1.7e308, 60000}}},
    {"tanh",
     tw_vtanh,
     tw_tanh,
     exact_tanh,
     1.3,
     {{UNIFORM, -1, 1, 200000}, {UNIFORM, -21, 21, 100000}, {LOGARITHMIC, 1e-310, 1, 60000}}},
    {"log10",
     tw_vlog10,
     tw_log10,
     exact_log10,
     0.8,
     {{UNIFORM, 0.6, 1.6, 200000}, {LOGARITHMIC, 2.3e-308, 1.7e308, 200000}, {LOGARITHMIC, 5e-324, 2.3e-308, 40000}}},
    {"sinh",
     tw_vsinh,
     tw_sinh,
     exact_sinh,
     1.7,
     {{UNIFORM, -1, 1, 200000},
      {UNIFORM, -45, 45, 100000},
      {UNIFORM, 700, 710.4, 40000},
      {LOGARITHMIC, 1e-310, 1, 60000}}},
    {"cosh",
     tw_vcosh,
     tw_cosh,
     exact_cosh,
     0.9,
     {{UNIFORM, -1, 1, 200000},
      {UNIFORM, -45, 45, 100000},
      {UNIFORM, 700, 710.4, 40000},
      {LOGARITHMIC, 1e-310, 1, 60000}}},
    {"tan",
     tw_vtan,
     tw_tan,
     exact_tan,
     1.5,
     {{UNIFORM, -4, 4, 200000},
      {UNIFORM, -1048576, 1048576, 100000},
      {MULTIPLES, HALF_PI, HALF_PI, 60000},
      {LOGARITHMIC, 1e-310, 1, 60000},
      {LOGARITHMIC, 1e6, 1.7e308, 60000}}},
    {"asin",
     tw_vasin,
     tw_asin,
     exact_asin,
     1.2,
     {{UNIFORM, -1, 1, 300000}, {UNIFORM, 0.49, 0.51, 60000}, {LOGARITHMIC, 1e-310, 1, 60000}}},
    {"acos",
     tw_vacos,
     tw_acos,
     exact_acos,
     1.2,
     {{UNIFORM, -1, 1, 300000},
      {UNIFORM, 0.49, 0.51, 60000},
      {UNIFORM, 0.9999, 1, 60000},
      {LOGARITHMIC, -1e-310, -1, 60000}}},
    {"atan",
     tw_vatan,
     tw_atan,
     exact_atan,
     2.0,
     {{UNIFORM, -1, 1, 200000},
      {UNIFORM, -12, 12, 200000},
      {UNIFORM, 0.41, 0.42, 60000},
      {LOGARITHMIC, 1e-310, 1e300, 60000}}},
};

static void test_errors(void **state)
{
    (void)state;
    /* The documented maxima are those of TW_ORACLE_SHARE=10, two to six million arguments each. */
    const char *text = getenv("TW_ORACLE_SHARE");
    const char *only = getenv("TW_ORACLE_ONLY"); /* one function by name */
    const double share = text != NULL ? atof(text) : 0.2;
    bool within = true;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (only == NULL || strcmp(only, functions[i].name) == 0) within = measure(&functions[i], share) && within;
    assert_true(within);
}

int main(void)
{
    mpfr_set_emin(-2000);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Vector maths and tw_gram, nanoseconds an element (an element of tw_gram: one multiplication and one addition),
 * against libm called in a loop and, where glibc has it, libmvec with AVX2 and AVX-512. */
#include <math.h>

#include "bench.h"
#include "tradewind/num.h"

enum { N = 8192, GRAM_ROWS = 20000, GRAM_COLUMNS = 160, REPETITIONS = 41 };

typedef void vector_fn(tw_isa isa, size_t n, const double *x, double *y);

typedef struct function {
    const char *name;
    vector_fn *ours;
    double (*libm)(double);
    bench_fn *mvec_avx2, *mvec_avx512;
    double lo, hi;
} function;

typedef struct job {
    const function *f;
    tw_isa isa;
    double x[N], y[N];
} job;

static void run_ours(void *arg)
{
    job *j = arg;
    j->f->ours(j->isa, N, j->x, j->y);
}

static void run_libm(void *arg)
{
    job *j = arg;
    for (size_t i = 0; i < N; i++) j->y[i] = j->f->libm(j->x[i]);
}

static double libm_norm_cdf(double x) { return 0.5 * erfc(-x * 0.70710678118654752); }

#if defined(TW_HAVE_MVEC)
#define MVEC(function)                                                                                                 \
    __attribute__((target("avx2"))) v4 _ZGVdN4v_##function(v4);                                                        \
    __attribute__((target("avx512f"))) v8 _ZGVeN8v_##function(v8);                                                     \
    __attribute__((target("avx2"))) static void mvec_avx2_##function(void *arg)                                        \
    {                                                                                                                  \
        job *j = arg;                                                                                                  \
        for (size_t i = 0; i < N; i += 4) {                                                                            \
            v4 x;                                                                                                      \
            memcpy(&x, j->x + i, sizeof x);                                                                            \
            x = _ZGVdN4v_##function(x);                                                                                \
            memcpy(j->y + i, &x, sizeof x);                                                                            \
        }                                                                                                              \
    }                                                                                                                  \
    __attribute__((target("avx512f"))) static void mvec_avx512_##function(void *arg)                                   \
    {                                                                                                                  \
        job *j = arg;                                                                                                  \
        for (size_t i = 0; i < N; i += 8) {                                                                            \
            v8 x;                                                                                                      \
            memcpy(&x, j->x + i, sizeof x);                                                                            \
            x = _ZGVeN8v_##function(x);                                                                                \
            memcpy(j->y + i, &x, sizeof x);                                                                            \
        }                                                                                                              \
    }
#define MVEC_OF(function) mvec_avx2_##function, mvec_avx512_##function
typedef double v4 __attribute__((vector_size(32)));
typedef double v8 __attribute__((vector_size(64)));
MVEC(exp)
MVEC(expm1)
MVEC(log)
MVEC(log1p)
MVEC(erfc)
MVEC(sin)
MVEC(cos)
MVEC(tanh)
MVEC(atan)
MVEC(acos)
MVEC(asin)
MVEC(tan)
MVEC(cosh)
MVEC(sinh)
MVEC(log10)
#else
#define MVEC_OF(function) NULL, NULL
#endif

static const function functions[] = {
    {"exp", tw_vexp, exp, MVEC_OF(exp), -20, 20},
    {"expm1", tw_vexpm1, expm1, MVEC_OF(expm1), -3, 3},
    {"log", tw_vlog, log, MVEC_OF(log), 1e-3, 1e3},
    {"log1p", tw_vlog1p, log1p, MVEC_OF(log1p), -0.9, 3},
    {"erfc", tw_verfc, erfc, MVEC_OF(erfc), -4, 6},
    {"norm_cdf", tw_vnorm_cdf, libm_norm_cdf, NULL, NULL, -6, 6},
    {"norm_inv", tw_vnorm_inv, NULL, NULL, NULL, 1e-6, 0.999999},
    {"sin", tw_vsin, sin, MVEC_OF(sin), -100, 100},
    {"cos", tw_vcos, cos, MVEC_OF(cos), -100, 100},
    {"tanh", tw_vtanh, tanh, MVEC_OF(tanh), -4, 4},
    {"log10", tw_vlog10, log10, MVEC_OF(log10), 1e-3, 1e3},
    {"sinh", tw_vsinh, sinh, MVEC_OF(sinh), -4, 4},
    {"cosh", tw_vcosh, cosh, MVEC_OF(cosh), -4, 4},
    {"tan", tw_vtan, tan, MVEC_OF(tan), -100, 100},
    {"asin", tw_vasin, asin, MVEC_OF(asin), -1, 1},
    {"acos", tw_vacos, acos, MVEC_OF(acos), -1, 1},
    {"atan", tw_vatan, atan, MVEC_OF(atan), -4, 4},
};

static const tw_isa isas[] = {TW_ISA_BASELINE, TW_ISA_AVX2, TW_ISA_AVX512};

static void bench_function(const function *f)
{
    static job j;
    static job per_isa[3];
    tw_random random = {7, 3, 0};
    for (size_t i = 0; i < N; i++) j.x[i] = f->lo + (f->hi - f->lo) * tw_random_uniform(&random);
    j.f = f;
    bench_case cases[6];
    bench_stat stats[6];
    int n = 0, peers = 0;
    for (int k = 0; k < 3; k++) {
        if (!tw_isa_supported(isas[k])) continue;
        per_isa[k] = j;
        per_isa[k].isa = isas[k];
        cases[n++] = (bench_case){f->name, tw_isa_name(isas[k]), run_ours, &per_isa[k], N};
    }
    peers = n;
    if (f->libm != NULL) cases[n++] = (bench_case){f->name, "libm", run_libm, &j, N};
    if (f->mvec_avx2 != NULL && tw_isa_supported(TW_ISA_AVX2))
        cases[n++] = (bench_case){f->name, "libmvec avx2", f->mvec_avx2, &j, N};
    if (f->mvec_avx512 != NULL && tw_isa_supported(TW_ISA_AVX512))
        cases[n++] = (bench_case){f->name, "libmvec avx512", f->mvec_avx512, &j, N};
    bench_run(cases, n, REPETITIONS, stats);
    for (int k = 0; k < peers; k++) {
        if (peers == n) bench_line("num", &cases[k], &stats[k], NULL, NULL);
        for (int p = peers; p < n; p++) bench_line("num", &cases[k], &stats[k], &cases[p], &stats[p]);
    }
}

typedef struct gram_job {
    tw_isa isa;
    const float *columns[GRAM_COLUMNS];
    double out[GRAM_COLUMNS * GRAM_COLUMNS];
} gram_job;

static void run_gram(void *arg)
{
    gram_job *j = arg;
    tw_gram(j->isa, GRAM_ROWS, GRAM_COLUMNS, j->columns, NULL, j->out);
}

static void bench_gram(void)
{
    static float data[GRAM_COLUMNS][GRAM_ROWS];
    static gram_job jobs[3];
    tw_random random = {11, 5, 0};
    for (size_t c = 0; c < GRAM_COLUMNS; c++)
        for (size_t r = 0; r < GRAM_ROWS; r++) data[c][r] = (float)tw_random_normal(&random);
    bench_case cases[3];
    bench_stat stats[3];
    int n = 0;
    for (int k = 0; k < 3; k++) {
        if (!tw_isa_supported(isas[k])) continue;
        jobs[k].isa = isas[k];
        for (size_t c = 0; c < GRAM_COLUMNS; c++) jobs[k].columns[c] = data[c];
        const double pairs = (double)(GRAM_ROWS * GRAM_COLUMNS * (GRAM_COLUMNS + 1)) / 2;
        cases[n++] = (bench_case){"gram", tw_isa_name(isas[k]), run_gram, &jobs[k], pairs};
    }
    bench_run(cases, n, 9, stats);
    for (int k = 0; k < n; k++) bench_line("num", &cases[k], &stats[k], NULL, NULL);
}

int main(void)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) bench_function(&functions[i]);
    bench_gram();
    return 0;
}

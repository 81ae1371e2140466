/* SPDX-License-Identifier: Apache-2.0 */
/* Cholesky, least squares and the Gram matrix. */
#include "tw_test.h"

#include <math.h>

#include "tradewind/num.h"

enum { N = 23, M = 61 };

static double normal(tw_random *random) { return tw_random_normal(random); }

static void test_cholesky(void **state)
{
    (void)state;
    static double root[N * N], a[N * N], l[N * N], x[N], b[N];
    tw_random random = {4, 1, 0};
    tw_error err;
    for (size_t i = 0; i < N * N; i++) root[i] = normal(&random);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            double s = i == j ? 0.2385 : 0.0;
            for (size_t k = 0; k < N; k++) s += root[i * N + k] * root[j * N + k];
            a[i * N + j] = s;
        }
        x[i] = normal(&random);
    }
    for (size_t i = 0; i < N; i++) {
        b[i] = 0.0;
        for (size_t j = 0; j < N; j++) b[i] += a[i * N + j] * x[j];
    }
    memcpy(l, a, sizeof l);
    assert_ok(tw_cholesky(N, l, &err), &err);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j <= i; j++) {
            double s = 0.0;
            for (size_t k = 0; k <= j; k++) s += l[i * N + k] * l[j * N + k];
            assert_near(s, a[i * N + j], 1e-13);
        }
    }
    tw_cholesky_solve(N, l, b);
    for (size_t i = 0; i < N; i++) assert_near(b[i], x[i], 1e-11);
}

static void test_cholesky_refuses(void **state)
{
    (void)state;
    tw_error err;
    double indefinite[] = {2.385, 3.1, 3.1, 1.7};
    assert_int_equal(tw_cholesky(2, indefinite, &err), TW_SINGULAR);
    assert_non_null(strstr(err.message, "pivot 2 of 2"));
    double dependent[] = {0.09, 0.21, 0.21, 0.49}; /* (0.3, 0.7) (0.3, 0.7)' */
    assert_int_equal(tw_cholesky(2, dependent, NULL), TW_SINGULAR);
    double missing[] = {2.385, NAN, NAN, 1.7};
    assert_int_equal(tw_cholesky(2, missing, &err), TW_SINGULAR);
    assert_int_equal(tw_cholesky(0, NULL, &err), TW_OK);
}

/* The residual of a least-squares fit is orthogonal to every column. */
static void test_least_squares(void **state)
{
    (void)state;
    static double a[M * N], b[M], kept[M * N], y[M];
    tw_random random = {8, 2, 0};
    tw_error err;
    for (size_t i = 0; i < M * N; i++) kept[i] = a[i] = normal(&random) * (i % N == 3 ? 1e6 : 1.0);
    for (size_t i = 0; i < M; i++) y[i] = b[i] = 1.0 + normal(&random);
    assert_ok(tw_least_squares(M, N, a, b, &err), &err);
    for (size_t j = 0; j < N; j++) {
        double dot = 0.0, size = 0.0;
        for (size_t i = 0; i < M; i++) {
            double residual = y[i];
            for (size_t k = 0; k < N; k++) residual -= kept[i * N + k] * b[k];
            dot += residual * kept[i * N + j];
            size += fabs(kept[i * N + j]);
        }
        assert_near(dot / size, 0.0, 1e-14);
    }
}

static void test_least_squares_refuses(void **state)
{
    (void)state;
    tw_error err;
    double wide[] = {2.385, 1.1}, b[4] = {1.0, 2.0, 3.0, 4.0};
    assert_int_equal(tw_least_squares(1, 2, wide, b, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "1 x 2"));
    double dependent[] = {1, 2.5, 2, 5, 3, 7.5, 4, 10};
    assert_int_equal(tw_least_squares(4, 2, dependent, b, &err), TW_SINGULAR);
    assert_non_null(strstr(err.message, "column 2 of 2"));
    double zero[] = {0, 1, 0, 2, 0, 3, 0, 5};
    assert_int_equal(tw_least_squares(4, 2, zero, b, &err), TW_SINGULAR);
    double bad[] = {1, 2.5, INFINITY, 5, 3, 7, 4, 10};
    assert_int_equal(tw_least_squares(4, 2, bad, b, &err), TW_BAD_DATA);
}

/* ---------------------------------------------------------------- Gram matrix */

enum { COLUMNS = 45, ROWS = 300 };

static float data[COLUMNS][ROWS];
static double weights[ROWS];

/* The documented order of summation, written down as plainly as it can be. */
static void plain_gram(size_t n_rows, size_t n_cols, const double *w, double *out)
{
    for (size_t start = 0; start < n_rows; start += 128) {
        const size_t end = start + 128 < n_rows ? start + 128 : n_rows;
        for (size_t i = 0; i < n_cols; i++) {
            for (size_t j = i; j < n_cols; j++) {
                double s = 0.0;
                for (size_t r = start; r < end; r++) {
                    const double a = w != NULL ? w[r] * (double)data[i][r] : (double)data[i][r];
                    const double product = a * (double)data[j][r];
                    s = s + product;
                }
                out[i * n_cols + j] += s;
            }
        }
    }
}

static void check_gram(size_t n_rows, size_t n_cols, const double *w)
{
    static const tw_isa isas[] = {TW_ISA_BEST, TW_ISA_BASELINE, TW_ISA_AVX2, TW_ISA_AVX512};
    static double want[COLUMNS * COLUMNS], got[COLUMNS * COLUMNS];
    const float *columns[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) columns[c] = data[c];
    for (size_t i = 0; i < n_cols * n_cols; i++) want[i] = 0.125 * (double)i; /* it adds to what is there */
    plain_gram(n_rows, n_cols, w, want);
    for (size_t k = 0; k < sizeof isas / sizeof isas[0]; k++) {
        if (!tw_isa_supported(isas[k])) continue;
        for (size_t i = 0; i < n_cols * n_cols; i++) got[i] = 0.125 * (double)i;
        tw_gram(isas[k], n_rows, n_cols, columns, w, got);
        assert_memory_equal(got, want, n_cols * n_cols * sizeof got[0]);
    }
}

static void test_gram(void **state)
{
    (void)state;
    tw_random random = {6, 3, 0};
    for (size_t r = 0; r < ROWS; r++) {
        for (size_t c = 0; c < COLUMNS; c++) data[c][r] = (float)normal(&random);
        weights[r] = 0.1 + tw_random_uniform(&random);
    }
    static const size_t rows[] = {0, 1, 127, 128, 129, 300}, columns[] = {1, 2, 7, 8, 9, 16, 31, 32, 33, 45};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t j = 0; j < sizeof columns / sizeof columns[0]; j++) {
            check_gram(rows[i], columns[j], NULL);
            check_gram(rows[i], columns[j], weights);
        }
    }
}

/* A NaN or infinity stays in the entries of its own column. */
static void test_gram_missing(void **state)
{
    (void)state;
    static const tw_isa isas[] = {TW_ISA_BASELINE, TW_ISA_AVX2, TW_ISA_AVX512};
    data[3][17] = NAN;
    data[8][4] = INFINITY;
    const float *columns[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) columns[c] = data[c];
    for (size_t k = 0; k < 3; k++) {
        if (!tw_isa_supported(isas[k])) continue;
        double out[11 * 11] = {0.0};
        tw_gram(isas[k], ROWS, 11, columns, NULL, out);
        for (size_t i = 0; i < 11; i++)
            for (size_t j = i; j < 11; j++)
                assert_int_equal(isfinite(out[i * 11 + j]) != 0, i != 3 && j != 3 && i != 8 && j != 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cholesky),      cmocka_unit_test(test_cholesky_refuses),
        cmocka_unit_test(test_least_squares), cmocka_unit_test(test_least_squares_refuses),
        cmocka_unit_test(test_gram),          cmocka_unit_test(test_gram_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

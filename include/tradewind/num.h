/* SPDX-License-Identifier: Apache-2.0 */
/** @file num.h
 * Floor 1: vector maths, statistics, small dense linear algebra. Everything gives the same bits on every
 * instruction set and at any thread count.
 */
#ifndef TRADEWIND_NUM_H
#define TRADEWIND_NUM_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- vector maths
 * y[i] = f(x[i]), i < n; y may be x. Error bounds in units in the last place are those stated here, measured by
 * tests/oracle/num against MPFR (docs/reference/num.md); results are the same bits for every isa. NaN in, NaN out;
 * no errno. Operator kernels that want these inside their own loops include "num/vmath.h". */

TW_API void tw_vexp(tw_isa isa, size_t n, const double *x, double *y);   /**< e^x, 0.8 ulp */
TW_API void tw_vexpm1(tw_isa isa, size_t n, const double *x, double *y); /**< e^x - 1, 1 ulp */
TW_API void tw_vlog(tw_isa isa, size_t n, const double *x, double *y);   /**< ln x, 0.9 ulp */
TW_API void tw_vlog1p(tw_isa isa, size_t n, const double *x, double *y); /**< ln(1 + x), 1 ulp */
TW_API void tw_verfc(tw_isa isa, size_t n, const double *x, double *y);  /**< complementary error function, 1.3 ulp */
TW_API void tw_vnorm_cdf(tw_isa isa, size_t n, const double *x, double *y); /**< standard normal cdf, 1.3 ulp */
TW_API void tw_vnorm_inv(tw_isa isa, size_t n, const double *p,
                         double *y);                                   /**< its inverse, 1.1 ulp; 0 -> -inf, 1 -> inf */
TW_API void tw_vsin(tw_isa isa, size_t n, const double *x, double *y); /**< sine of any finite x, 0.9 ulp */
TW_API void tw_vcos(tw_isa isa, size_t n, const double *x, double *y); /**< cosine, as tw_vsin */
TW_API void tw_vtanh(tw_isa isa, size_t n, const double *x, double *y);  /**< hyperbolic tangent, 1.3 ulp */
TW_API void tw_vlog10(tw_isa isa, size_t n, const double *x, double *y); /**< log10 x, 0.8 ulp */
TW_API void tw_vsinh(tw_isa isa, size_t n, const double *x, double *y);  /**< hyperbolic sine, 1.7 ulp */
TW_API void tw_vcosh(tw_isa isa, size_t n, const double *x, double *y);  /**< hyperbolic cosine, 0.9 ulp */
TW_API void tw_vtan(tw_isa isa, size_t n, const double *x, double *y);   /**< tangent of any finite x, 1.5 ulp */
TW_API void tw_vasin(tw_isa isa, size_t n, const double *x, double *y);  /**< arc sine, 1.2 ulp */
TW_API void tw_vacos(tw_isa isa, size_t n, const double *x, double *y);  /**< arc cosine, 1.2 ulp */
TW_API void tw_vatan(tw_isa isa, size_t n, const double *x, double *y);  /**< arc tangent, 2 ulp */

/* One value, the same bits as the vector forms. */
TW_API double tw_exp(double x);      /**< e^x */
TW_API double tw_expm1(double x);    /**< e^x - 1 */
TW_API double tw_log(double x);      /**< ln x */
TW_API double tw_log1p(double x);    /**< ln(1 + x) */
TW_API double tw_erfc(double x);     /**< complementary error function */
TW_API double tw_norm_cdf(double x); /**< standard normal cdf */
TW_API double tw_norm_inv(double p); /**< inverse of the standard normal cdf */
TW_API double tw_sin(double x);      /**< sine */
TW_API double tw_cos(double x);      /**< cosine */
TW_API double tw_tanh(double x);     /**< hyperbolic tangent */
TW_API double tw_log10(double x);    /**< log10 x */
TW_API double tw_sinh(double x);     /**< hyperbolic sine */
TW_API double tw_cosh(double x);     /**< hyperbolic cosine */
TW_API double tw_tan(double x);      /**< tangent */
TW_API double tw_asin(double x);     /**< arc sine */
TW_API double tw_acos(double x);     /**< arc cosine */
TW_API double tw_atan(double x);     /**< arc tangent */

/* ---------------------------------------------------------------- statistics
 * Over x[0..n), compensated, in index order. A NaN entry makes a moment NaN; ranks and quantiles must not be given
 * any. NaN where the statistic is not defined (too few values, no spread). */

TW_API double tw_sum(size_t n, const double *x);                /**< compensated sum (Neumaier), fixed order */
TW_API double tw_mean(size_t n, const double *x);               /**< arithmetic mean */
TW_API double tw_variance(size_t n, const double *x, int ddof); /**< two-pass variance, divisor n - ddof */
TW_API double tw_skewness(size_t n, const double *x);           /**< m3 / m2^1.5 */
TW_API double tw_kurtosis(size_t n, const double *x);           /**< raw: m4 / m2^2, 3 for a normal */
TW_API double tw_correlation(size_t n, const double *x, const double *y); /**< Pearson, within [-1, 1] */
/** Average ranks 1..n (ties share the mean); `order` is scratch for n indices. */
TW_API void tw_rank(size_t n, const double *x, double *rank, size_t *order);
/** Spearman correlation: Pearson of average ranks; `scratch` holds 2n doubles, `order` n indices. */
TW_API double tw_spearman(size_t n, const double *x, const double *y, double *scratch, size_t *order);
/** Linear-interpolated quantile (R type 7, numpy's default) of x, which is reordered. q in [0, 1], else NaN. */
TW_API double tw_quantile(size_t n, double *x, double q);
/** Median of x, which is reordered. */
TW_API double tw_median(size_t n, double *x);
/** Variance of the mean of x by Newey-West (1987) with Bartlett weights and `lags` lags, autocovariances over n. */
TW_API double tw_newey_west(size_t n, const double *x, size_t lags);
/** Fills order[0..n) with the indices 0..n-1 so that x[order[i]] ascends; ties by index (stable), NaN last. In place,
 *  n log n at worst. */
TW_API void tw_argsort(size_t n, const double *x, size_t *order);

/* ---------------------------------------------------------------- small dense linear algebra
 * Row-major a[i * n + j]. */

/** In place a = L L': reads and writes the lower triangle and the diagonal only. TW_SINGULAR when not positive
 *  definite, or so nearly not that a pivot is down to its rounding errors. */
TW_API tw_status tw_cholesky(size_t n, double *a, tw_error *err);
/** Solves L L' x = b in place, with L from tw_cholesky. */
TW_API void tw_cholesky_solve(size_t n, const double *l, double *b);
/** Least squares min |A x - b| by Householder QR; a (m x n, m >= n) and b are overwritten, x = b[0..n). TW_BAD_VALUE
 *  when m < n, TW_BAD_DATA for a column that is not finite, TW_SINGULAR for one that depends on those before it. */
TW_API tw_status tw_least_squares(size_t m, size_t n, double *a, double *b, tw_error *err);
/** out[i * n_cols + j] += sum over rows r of (w[r] x[i][r]) x[j][r] for i <= j (the lower triangle is left alone);
 *  x = columns[c][r] are floats, sums are double, weights may be NULL. Rows are added in order within blocks of 128,
 *  blocks in order, each product and sum rounded: so the bits depend on nothing but the data. Calls into the
 *  same out on consecutive multiples of 128 rows equal one call. NaN and infinities stay in their own columns. */
TW_API void tw_gram(tw_isa isa, size_t n_rows, size_t n_cols, const float *const *columns, const double *weights,
                    double *out);

#ifdef __cplusplus
}
#endif
#endif

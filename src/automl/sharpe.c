/* SPDX-License-Identifier: Apache-2.0 */
/* Sharpe ratios and what selection does to them; ratios are per period. */
#include "automl/rows.h"
#include "tradewind/num.h"

#include <math.h>

static const double euler_mascheroni = 0.57721566490153286061, euler = 2.71828182845904523536;

/* Variance of the estimate but for 1 / (n - 1): Mertens, Comments on variance of the IID estimator in Lo (2002). */
static double spread(const tw_sharpe *s)
{
    return 1 - s->skew * s->sharpe + (s->kurtosis - 1) / 4 * s->sharpe * s->sharpe;
}

/* Influence of one return on the ratio: Lo, The statistics of Sharpe ratios, Financial Analysts J. 58 (2002), appendix.
 */
static double influence(const tw_sharpe *s, double x)
{
    const double z = (x - s->mean) / s->sd;
    return z - s->sharpe / 2 * (z * z - 1);
}

/* Newey-West variance of the mean influence with Bartlett weights and 4 (n / 100)^(2/9) lags. */
static double error_lo(const tw_sharpe *s, size_t n, const double *x)
{
    const size_t lags = (size_t)(4 * tw_exp(2.0 / 9 * tw_log((double)n / 100)));
    double sum = 0;
    for (size_t lag = 0; lag <= lags && lag < n; lag++) {
        double product = 0;
        for (size_t t = lag; t < n; t++) product += influence(s, x[t]) * influence(s, x[t - lag]);
        sum += (lag ? 2 * (1 - (double)lag / (double)(lags + 1)) : 1) * product;
    }
    return sqrt(sum > 0 ? sum : 0) / (double)n;
}

tw_status tw_sharpe_of(size_t n, const double *x, tw_sharpe *out, tw_error *err)
{
    if (n < 3) return tw_fail(err, TW_BAD_DATA, "sharpe: at least 3 returns, got %zu", n);
    for (size_t t = 0; t < n; t++)
        if (!isfinite(x[t])) return tw_fail(err, TW_BAD_DATA, "sharpe: return %zu is %g", t, x[t]);
    tw_sharpe s = {.n = n, .mean = tw_mean(n, x), .sd = sqrt(tw_variance(n, x, 1))};
    if (!(s.sd > 1e-14 * fabs(s.mean))) return tw_fail(err, TW_BAD_DATA, "sharpe: the %zu returns do not vary", n);
    s.sharpe = s.mean / s.sd;
    s.skew = tw_skewness(n, x);
    s.kurtosis = tw_kurtosis(n, x);
    s.error = sqrt(fmax(spread(&s), 0) / (double)(n - 1));
    s.error_lo = error_lo(&s, n, x);
    *out = s;
    return TW_OK;
}

double tw_psr(const tw_sharpe *s, double benchmark)
{
    const double v = spread(s);
    if (!(v > 0)) return s->sharpe > benchmark ? 1 : 0;
    return tw_norm_cdf((s->sharpe - benchmark) * sqrt((double)(s->n - 1) / v));
}

double tw_expected_max_sharpe(double variance, double n_trials)
{
    if (!(n_trials > 1) || !(variance > 0)) return 0;
    const double g = euler_mascheroni;
    const double z = (1 - g) * tw_norm_inv(1 - 1 / n_trials) + g * tw_norm_inv(1 - 1 / (n_trials * euler));
    return z > 0 ? sqrt(variance) * z : 0;
}

double tw_dsr(const tw_sharpe *s, double variance_of_trials, double n_trials)
{
    return tw_psr(s, tw_expected_max_sharpe(variance_of_trials, n_trials));
}

double tw_min_backtest_length(double sharpe_per_year, double n_trials)
{
    if (!(sharpe_per_year > 0)) return INFINITY;
    const double z = tw_expected_max_sharpe(1, n_trials) / sharpe_per_year;
    return z * z;
}

double tw_min_track_record(const tw_sharpe *s, double benchmark, double confidence)
{
    if (!(s->sharpe > benchmark)) return INFINITY;
    const double z = tw_norm_inv(confidence) / (s->sharpe - benchmark);
    return 1 + spread(s) * z * z;
}

/* Sum over all pairs of correlations = variance of the sum of standardised series. */
static double mean_correlation(const tw_rows *rows, double *sum, double *scratch)
{
    const size_t t = rows->t;
    size_t varied = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const double *x = tw_row(rows, i, scratch), mean = tw_mean(t, x), sd = sqrt(tw_variance(t, x, 0));
        if (!(sd > 1e-14 * fabs(mean))) continue;
        varied++;
        for (size_t k = 0; k < t; k++) sum[k] += (x[k] - mean) / sd;
    }
    if (varied < 2) return 0;
    const double m = (double)varied;
    return (tw_variance(t, sum, 0) - m) / (m * (m - 1));
}

double tw_rows_mean_correlation(const tw_ctx *ctx, const tw_rows *rows)
{
    double *sum = tw_new(ctx, rows->t, 2 * sizeof *sum);
    if (!sum || rows->t < 2 || rows->n < 2) {
        tw_free(ctx, sum);
        return 0; /* as if independent: the cautious side */
    }
    const double rho = mean_correlation(rows, sum, sum + rows->t);
    tw_free(ctx, sum);
    return rho < 0 ? 0 : rho > 1 ? 1 : rho;
}

double tw_mean_correlation(const tw_paths *returns)
{
    const tw_rows rows = tw_rows_of(returns);
    return tw_rows_mean_correlation(NULL, &rows);
}

double tw_effective_trials(const tw_paths *returns)
{
    const double rho = tw_mean_correlation(returns);
    return rho + (1 - rho) * (double)returns->n;
}

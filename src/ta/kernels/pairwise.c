/* SPDX-License-Identifier: Apache-2.0 */
/* pairwise.c - exponentially weighted windows, the slope that allows for gaps, and the correlation of ranks. Each sum
 * is over one window alone, oldest value first. */
#include "ta/present.h"

enum { ewma_window_inputs = 1, ewmstd_window_inputs = 1, simple_beta_inputs = 2, spearman_inputs = 2 };
enum { SPEARMAN_MOST = 1000 }; /* bars: the work goes with their square */

static const tw_param mean_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 30, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"),
    TW_PARAM(tw_window, decay, 0.875, 1e-9, 1, "weight of a bar as a share of that of the next: 1 - 2 / (1 + span)"),
    TW_PARAM_END};
static const tw_param std_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 30, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"),
    TW_PARAM(tw_window, decay, 0.875, 1e-9, 1, "weight of a bar as a share of that of the next: 1 - 2 / (1 + span)"),
    TW_PARAM_END};
static const tw_param beta_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 252, 3, TW_PERIOD_MAX, 20, 500, true, "bars in the window"),
    TW_PARAM(tw_window, missing, 0.25, 0, 1, "share of the window that may be missing"), TW_PARAM_END};
static const tw_param spearman_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 2, SPEARMAN_MOST, 5, 250, true, "bars in the window"), TW_PARAM_END};

/* ---------------------------------------------------------------- exponential weights */

/* sum w, sum w^2: one number each for all values. */
typedef struct weights {
    double sum, square;
} weights;

TW_LANE weights weights_of(const tw_window *p)
{
    weights w = {0.0, 0.0};
    for (int k = 0; k < p->timeperiod; k++) {
        w.sum = w.sum * p->decay + 1.0;
        w.square = w.square * p->decay * p->decay + 1.0;
    }
    return w;
}
TW_LANE void weigh(const tw_window *p, size_t n, const double *x, double *mean, const size_t lanes)
{
    TW_EACH(i, n) mean[i] = 0.0;
    for (size_t k = tw_window_back(p) + 1; k-- > 0;) {
        const double *then = x - k * lanes;
        TW_EACH(i, n) mean[i] = mean[i] * p->decay + then[i];
    }
}
TW_LANE void ewma_window_tile(const void *state, size_t n, const double *const *x, double *const *out,
                              const size_t lanes)
{
    const weights w = weights_of(state);
    double sum[TW_TILE];
    weigh(state, n, x[0], sum, lanes);
    TW_EACH(i, n) out[0][i] = tw_canon(sum[i] / w.sum);
}
TW_LANE void ewmstd_window_tile(const void *state, size_t n, const double *const *x, double *const *out,
                                const size_t lanes)
{
    const tw_window *p = state;
    const weights w = weights_of(p);
    const double unbiased = w.sum * w.sum / (w.sum * w.sum - w.square);
    double mean[TW_TILE], square[TW_TILE];
    weigh(p, n, x[0], mean, lanes);
    TW_EACH(i, n)
    {
        mean[i] /= w.sum;
        square[i] = 0.0;
    }
    for (size_t k = tw_window_back(p) + 1; k-- > 0;) {
        const double *then = x[0] - k * lanes;
        TW_EACH(i, n)
        {
            const double d = then[i] - mean[i];
            square[i] = square[i] * p->decay + d * d;
        }
    }
    TW_EACH(i, n) out[0][i] = tw_canon(sqrt(square[i] / w.sum * unbiased));
}
TW_PRESENT_OP(
    ewma_window, .title = "Exponentially weighted mean of a window",
    .source = "zipline ExponentialWeightedMovingAverage",
    .formula = "sum d^i x[t-i] / sum d^i, i < period; d = decay = 1 - 2 / (1 + span) = 2^(-1 / halflife) = com / (1 + "
               "com)",
    .meaning = "A mean that weighs each bar by a share of the next one's weight and forgets what has left the "
               "window altogether, unlike ema. A missing value makes the whole window missing.",
    .inputs = TW_NAMES("x"), .outputs = TW_NAMES("mean"), .params = mean_table,
    .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_PRESENT_OP(
    ewmstd_window, .title = "Exponentially weighted standard deviation of a window",
    .source = "zipline ExponentialWeightedMovingStdDev",
    .formula = "sqrt(sum w (x - mean)^2 / sum w * (sum w)^2 / ((sum w)^2 - sum w^2)), w = decay^i, i < period",
    .meaning = "The spread of a window about its exponentially weighted mean, with the same weights. It "
               "forgets what has left the window altogether, unlike ewm_std.",
    .inputs = TW_NAMES("x"), .outputs = TW_NAMES("std"), .params = std_table,
    .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- simple_beta */

TW_LANE bool both(double y, double x) { return (y == y) & (x == x); }

TW_LANE void simple_beta_tile(const void *state, size_t n, const double *const *in, double *const *out,
                              const size_t lanes)
{
    const tw_window *p = state;
    const double period = p->timeperiod, least = period - floor(p->missing * period);
    double count[TW_TILE], mean[TW_TILE], xy[TW_TILE], xx[TW_TILE];
    TW_EACH(i, n) count[i] = mean[i] = xy[i] = xx[i] = 0.0;
    for (size_t k = tw_window_back(p) + 1; k-- > 0;) {
        const double *y = in[0] - k * lanes, *x = in[1] - k * lanes;
        TW_EACH(i, n)
        {
            mean[i] += both(y[i], x[i]) ? x[i] : 0.0;
            count[i] += both(y[i], x[i]) ? 1.0 : 0.0;
        }
    }
    TW_EACH(i, n) mean[i] /= count[i];
    for (size_t k = tw_window_back(p) + 1; k-- > 0;) {
        const double *y = in[0] - k * lanes, *x = in[1] - k * lanes;
        TW_EACH(i, n)
        {
            const double d = x[i] - mean[i];
            xy[i] += both(y[i], x[i]) ? d * y[i] : 0.0;
            xx[i] += both(y[i], x[i]) ? d * d : 0.0;
        }
    }
    TW_EACH(i, n)
    {
        const double slope = xy[i] / count[i] / (xx[i] / count[i]);
        out[0][i] = count[i] >= least ? tw_canon(slope) : (double)NAN;
    }
}
TW_PRESENT_OP(
    simple_beta, .title = "Slope of one series on another, where both are there", .source = "zipline SimpleBeta",
    .formula = "sum (x - mean x) y / sum (x - mean x)^2 over the bars of the window that have both; NaN where "
               "more than int(missing period) have not",
    .meaning = "By how much the first series moves when the second moves by one: of returns on those of an "
               "index, the market risk. Up to a share of the window may be missing.",
    .inputs = TW_NAMES("y", "x"), .outputs = TW_NAMES("beta"), .params = beta_table,
    .traits = TW_WINDOW | TW_INVARIANT);

/* ---------------------------------------------------------------- spearman. Twice the ranks about their mean are whole
 * numbers, so the sums are exact in any order. */

typedef struct ranks {
    double x[TW_TILE], y[TW_TILE];
} ranks;

/* How many of the window are below the values `at` rows back, less how many are above: twice the rank about its mean.
 */
TW_LANE void rank_tile(ranks *r, size_t period, size_t at, size_t n, const double *const *in, const size_t lanes)
{
    const double *x = in[0] - at * lanes, *y = in[1] - at * lanes;
    TW_EACH(i, n) r->x[i] = r->y[i] = 0.0;
    for (size_t k = 0; k < period; k++) {
        const double *u = in[0] - k * lanes, *v = in[1] - k * lanes;
        TW_EACH(i, n)
        {
            r->x[i] += (u[i] < x[i] ? 1.0 : 0.0) - (u[i] > x[i] ? 1.0 : 0.0);
            r->y[i] += (v[i] < y[i] ? 1.0 : 0.0) - (v[i] > y[i] ? 1.0 : 0.0);
        }
    }
}
TW_LANE void spearman_tile(const void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    const size_t period = tw_window_back(state) + 1;
    double xy[TW_TILE], xx[TW_TILE], yy[TW_TILE], missing[TW_TILE];
    TW_EACH(i, n) xy[i] = xx[i] = yy[i] = missing[i] = 0.0;
    for (size_t k = 0; k < period; k++) {
        const double *x = in[0] - k * lanes, *y = in[1] - k * lanes;
        ranks r;
        rank_tile(&r, period, k, n, in, lanes);
        TW_EACH(i, n)
        {
            xy[i] += r.x[i] * r.y[i];
            xx[i] += r.x[i] * r.x[i];
            yy[i] += r.y[i] * r.y[i];
            missing[i] += both(x[i], y[i]) ? 0.0 : 1.0;
        }
    }
    TW_EACH(i, n) out[0][i] = missing[i] > 0.0 ? (double)NAN : tw_canon(xy[i] / sqrt(xx[i]) / sqrt(yy[i]));
}
TW_PRESENT_OP(spearman, .title = "Correlation of the ranks of two series in a window",
              .source = "Spearman 1904; scipy.stats.spearmanr; zipline RollingSpearman",
              .formula = "corr of the average ranks of x and y within the window; NaN where one is flat",
              .meaning = "How far two series rise and fall together, by order alone: a bent but steady relation has 1, "
                         "and no outlier decides it. The work goes with the square of the window.",
              .inputs = TW_NAMES("x", "y"), .outputs = TW_NAMES("r"), .params = spearman_table,
              .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE | TW_COMMUTES);

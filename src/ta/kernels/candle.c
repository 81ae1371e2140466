/* SPDX-License-Identifier: Apache-2.0 */
/* candle.c - what candlestick patterns share: means of the bars before. A mean is missing where its bar or one of those
 * is, infinite ones too. */
#include "ta/op.h"

/* ---------------------------------------------------------------- means of the bars before */

enum { CANDLE_PERIOD_MAX = 100 };

typedef struct mean_params {
    int timeperiod;
} mean_params;
static const tw_param mean_table[] = {
    TW_PARAM_SEARCH(mean_params, timeperiod, 10, 1, CANDLE_PERIOD_MAX, 2, 30, true, "bars before this one"),
    TW_PARAM_END};

static size_t mean_back(const void *params) { return (size_t)((const mean_params *)params)->timeperiod; }
static size_t mean_size(const void *params, size_t lanes)
{
    (void)params, (void)lanes;
    return sizeof(mean_params);
}

/* The oldest bar is added first. */
TW_LANE void means(size_t n, const double *x, double *y, const size_t period, const size_t lanes)
{
    const double *oldest = x - period * lanes;
    TW_EACH(i, n)
    {
        double sum = oldest[i];
        if (period <= 16) /* a constant */
            TW_FEW(k, period - 1) sum += oldest[i + (k + 1) * lanes];
        else
            for (size_t k = 1; k < period; k++) sum += oldest[i + k * lanes];
        const double now = x[i], mean = sum / (double)period;
        y[i] = tw_is_finite(now + mean) ? mean : TW_LANE_NAN;
    }
}

/* The periods of TA-Lib are constants, so that the loop over the bars before becomes one over values side by side. */
TW_LANE void candle_mean_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    const size_t period = mean_back(state);
    switch (period) {
    case 5: means(n * lanes, in[0], out[0], 5, lanes); break;
    case 10: means(n * lanes, in[0], out[0], 10, lanes); break;
    default: means(n * lanes, in[0], out[0], period, lanes); break;
    }
}
TW_OP_FORMS(candle_mean, candle_mean_run)
TW_OP(candle_mean) = {.name = "candle_mean",
                      .title = "Mean of the bars before this one",
                      .group = "pattern",
                      .source = "TA-Lib, candle settings",
                      .formula = "sum x[t-i] / period, 1 <= i <= period; missing where x is, or one of these",
                      .meaning = "What is usual for bodies, ranges or shadows: the mean that candlestick patterns "
                                 "compare a bar with, when they call it long or short. It leaves the bar itself out.",
                      .inputs = TW_NAMES("x"),
                      .outputs = TW_NAMES("mean"),
                      .params = mean_table,
                      .params_size = sizeof(mean_params),
                      .traits = TW_WINDOW | TW_SCALES,
                      .lookback = mean_back,
                      .history = mean_back,
                      .state_size = mean_size,
                      .run_wide = candle_mean_wide,
                      .run_one = candle_mean_one};

/* SPDX-License-Identifier: Apache-2.0 */
/* candle.c - what candlestick patterns share: mean lengths of the bars before. A mean is missing where its bar or one
 * of those is, infinite ones too. */
#include "ta/candle.h"

enum { CANDLE_PERIOD_MAX = 100, STRETCH = 64 * TW_LANES }; /* STRETCH: values, of one lane or of all */

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

/* A mean length: of the prices that the operator takes, `inputs` of them. */
typedef struct candle_mean {
    double (*length)(const double *prices);
    size_t inputs;
} candle_mean;
enum { PRICES = 4 };

/* A stretch of n values: lengths first, with those of the bars before. The periods of TA-Lib are constants, so that the
 * loop over the bars before becomes one over values side by side. */
TW_LANE void mean_stretch(const candle_mean *d, size_t period, size_t n, const double *const *x, double *y,
                          const size_t lanes)
{
    double lengths[CANDLE_PERIOD_MAX * TW_LANES + STRETCH];
    const size_t before = period * lanes;
    const double *from[PRICES];
    TW_FEW(q, PRICES) from[q] = x[q < d->inputs ? q : 0] - before;
    TW_EACH(i, before + n)
    {
        double prices[PRICES];
        TW_FEW(q, d->inputs) prices[q] = from[q][i];
        lengths[i] = d->length(prices);
    }
    switch (period) {
    case 5: means(n, lengths + before, y, 5, lanes); break;
    case 10: means(n, lengths + before, y, 10, lanes); break;
    default: means(n, lengths + before, y, period, lanes); break;
    }
}
/* One bar of one lane: straight from the prices, the same sum. */
TW_LANE void mean_row(const candle_mean *d, size_t period, const double *const *x, double *y)
{
    double prices[PRICES], sum = 0.0;
    for (size_t back = period; back > 0; back--) {
        TW_FEW(q, d->inputs) prices[q] = *(x[q] - back);
        sum = back == period ? d->length(prices) : sum + d->length(prices);
    }
    TW_FEW(q, d->inputs) prices[q] = x[q][0];
    const double mean = sum / (double)period;
    y[0] = tw_is_finite(d->length(prices) + mean) ? mean : TW_LANE_NAN;
}
TW_LANE void mean_run(const candle_mean *d, const void *state, size_t n, const double *const *in, double *y,
                      const size_t lanes)
{
    const size_t period = mean_back(state), values = n * lanes;
    if (lanes == 1 && n == 1) {
        mean_row(d, period, in, y);
        return;
    }
    for (size_t i = 0; i < values; i += STRETCH) {
        const double *x[PRICES];
        TW_FEW(q, PRICES) x[q] = in[q < d->inputs ? q : 0] + i;
        mean_stretch(d, period, values - i < STRETCH ? values - i : STRETCH, x, y + i, lanes);
    }
}

/* The operator candle_##which from the constant which##_mean; the rest are fields of tw_op. */
#define MEAN_OP(which, ...)                                                                                            \
    TW_LANE void candle_##which##_run(void *state, size_t n, const double *const *in, double *const *out,              \
                                      const size_t lanes)                                                              \
    {                                                                                                                  \
        mean_run(&which##_mean, state, n, in, out[0], lanes);                                                          \
    }                                                                                                                  \
    TW_OP_FORMS(candle_##which, candle_##which##_run)                                                                  \
    TW_OP(candle_##which) = {.name = "candle_" #which,                                                                 \
                             .group = "pattern",                                                                       \
                             .source = "TA-Lib, candle settings",                                                      \
                             .outputs = TW_NAMES("mean"),                                                              \
                             .params = mean_table,                                                                     \
                             .params_size = sizeof(mean_params),                                                       \
                             .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE,                                          \
                             .lookback = mean_back,                                                                    \
                             .history = mean_back,                                                                     \
                             .state_size = mean_size,                                                                  \
                             .run_wide = candle_##which##_wide,                                                        \
                             .run_one = candle_##which##_one,                                                          \
                             __VA_ARGS__}

TW_LANE double body_length(const double *p) { return tw_lane_abs(p[1] - p[0]); }
TW_LANE double range_length(const double *p) { return p[0] - p[1]; }
TW_LANE double shadow_length(const double *p)
{
    return (p[1] - candle_greater(p[0], p[3])) + (candle_less(p[0], p[3]) - p[2]);
}

static const candle_mean body_mean = {body_length, 2}, range_mean = {range_length, 2};
static const candle_mean shadow_mean = {shadow_length, 4};

MEAN_OP(body, .title = "Mean body of the bars before this one",
        .formula = "sum |c[t-i] - o[t-i]| / period, 1 <= i <= period; missing where this bar is, or one of these",
        .meaning = "What is usual for bodies: candlestick patterns call a bar long or short beside it. It leaves the "
                   "bar itself out.",
        .inputs = TW_NAMES("open", "close"));
MEAN_OP(range, .title = "Mean range of the bars before this one",
        .formula = "sum (h[t-i] - l[t-i]) / period, 1 <= i <= period; missing where this bar is, or one of these",
        .meaning = "What is usual for ranges, the bar itself left out: shares of it say in candlestick patterns what a "
                   "doji is, what no shadow, and which prices are near or equal.",
        .inputs = TW_NAMES("high", "low"));
MEAN_OP(shadow, .title = "Mean of both shadows of the bars before this one",
        .formula =
            "sum (h - max(o, c) + min(o, c) - l) / period over the period bars before; missing where this bar is, "
            "or one of these",
        .meaning = "What is usual for the two shadows of a bar together, the bar itself left out: half of it is what "
                   "candlestick patterns call a short shadow less than.",
        .inputs = TW_NAMES("open", "high", "low", "close"));

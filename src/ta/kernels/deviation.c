/* SPDX-License-Identifier: Apache-2.0 */
/* deviation.c - mean absolute deviations, which no pair of scans can join, and the commodity channel index. */
#include "ta/direct.h"

static const tw_param window_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param avgdev_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 14, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param cci_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 14, 2, TW_PERIOD_MAX, 5, 60, true, "bars in the window"), TW_PARAM_END};

typedef double row_value(const double *const *x, size_t at);

TW_LANE double same_value(const double *const *x, size_t at) { return x[0][at]; }
TW_LANE double typical_price(const double *const *x, size_t at) { return (x[0][at] + x[1][at] + x[2][at]) / 3.0; }

/* Of a tile: the mean of value(x, i) over the window, summed about the newest, and the mean distance from it. */
typedef struct deviations {
    double mean[TW_TILE], away[TW_TILE];
} deviations;

TW_LANE void measure(deviations *m, const void *state, size_t n, const double *const *x, row_value *value,
                     const size_t lanes)
{
    const size_t period = tw_window_back(state) + 1;
    const double share = 1.0 / (double)period;
    TW_EACH(i, n) m->mean[i] = m->away[i] = 0.0;
    for (size_t k = 1; k < period; k++) {
        const double *const then[TW_DIRECT_INPUTS] = {x[0] - k * lanes, x[1] - k * lanes, x[2] - k * lanes};
        TW_EACH(i, n) m->mean[i] += value(then, i) - value(x, i);
    }
    TW_EACH(i, n) m->mean[i] = value(x, i) + m->mean[i] * share;
    for (size_t k = 0; k < period; k++) {
        const double *const then[TW_DIRECT_INPUTS] = {x[0] - k * lanes, x[1] - k * lanes, x[2] - k * lanes};
        TW_EACH(i, n) m->away[i] += tw_lane_abs(value(then, i) - m->mean[i]);
    }
    TW_EACH(i, n) m->away[i] *= share;
}

enum { mad_inputs = 1, avgdev_inputs = 1, cci_inputs = 3 };
TW_LANE void mad_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    deviations m;
    measure(&m, state, n, x, same_value, lanes);
    TW_EACH(i, n) out[0][i] = tw_canon(m.away[i]);
}
TW_LANE void avgdev_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    mad_tile(state, n, x, out, lanes);
}
TW_LANE void cci_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    deviations m;
    measure(&m, state, n, x, typical_price, lanes);
    TW_EACH(i, n)
    {
        const double away = typical_price(x, i) - m.mean[i], cci = away / (0.015 * m.away[i]);
        out[0][i] = tw_canon(m.away[i] == 0.0 ? away * 0.0 : cci);
    }
}

TW_DIRECT_OP(mad, .title = "Mean absolute deviation from the mean of a window", .group = "window",
             .source = "definition; qlib Mad", .formula = "mean |x[t-i] - mean x|, i < period",
             .meaning = "The mean distance of the values of a window from their mean: a measure of spread that "
                        "outliers move less than the standard deviation.",
             .inputs = TW_NAMES("x"), .outputs = TW_NAMES("mad"), .params = window_table,
             .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE);
TW_DIRECT_OP(avgdev, .title = "Average deviation", .group = "statistic", .source = "TA-Lib AVGDEV",
             .formula = "mean |x[t-i] - mean x|, i < period",
             .meaning = "The mean distance of the values of a window from their mean: a measure of spread that "
                        "outliers move less than the standard deviation.",
             .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = avgdev_table,
             .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE);
TW_DIRECT_OP(
    cci, .title = "Commodity channel index", .group = "momentum", .source = "Lambert 1980; TA-Lib CCI",
    .formula = "(p - mean p) / (0.015 mean |p - mean p|), p = (h + l + c) / 3; 0 for a flat window",
    .meaning =
        "How far the typical price is from its mean, in units of its usual deviation: by its scaling most values lie "
        "between -100 and 100. A move out of that band is read as the start of a trend, or as an excess, depending on "
        "the school. Its scale follows the recent calm or storm, so equal readings need not be equal moves.",
    .levels = {-100, 100}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = cci_table,
    .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);

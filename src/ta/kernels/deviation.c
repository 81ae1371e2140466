/* SPDX-License-Identifier: Apache-2.0 */
/* deviation.c - mean absolute deviations, which no pair of scans can join. */
#include "ta/direct.h"

static const tw_param window_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param avgdev_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 14, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
/* Of a tile: the mean over the window, summed about the newest, and the mean distance from it. */
typedef struct deviations {
    double mean[TW_TILE], away[TW_TILE];
} deviations;

TW_LANE void measure(deviations *m, const void *state, size_t n, const double *x, const size_t lanes)
{
    const size_t period = tw_window_back(state) + 1;
    const double share = 1.0 / (double)period;
    TW_EACH(i, n) m->mean[i] = m->away[i] = 0.0;
    for (size_t k = 1; k < period; k++) {
        const double *then = x - k * lanes;
        TW_EACH(i, n) m->mean[i] += then[i] - x[i];
    }
    TW_EACH(i, n) m->mean[i] = x[i] + m->mean[i] * share;
    for (size_t k = 0; k < period; k++) {
        const double *then = x - k * lanes;
        TW_EACH(i, n) m->away[i] += tw_lane_abs(then[i] - m->mean[i]);
    }
    TW_EACH(i, n) m->away[i] *= share;
}

enum { mad_inputs = 1, avgdev_inputs = 1, mad_score_inputs = 1 };
TW_LANE void mad_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    deviations m;
    measure(&m, state, n, x[0], lanes);
    TW_EACH(i, n) out[0][i] = tw_canon(m.away[i]);
}
TW_LANE void avgdev_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    mad_tile(state, n, x, out, lanes);
}
TW_LANE void mad_score_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    deviations m;
    measure(&m, state, n, x[0], lanes);
    TW_EACH(i, n)
    {
        const double away = x[0][i] - m.mean[i], score = away / m.away[i];
        out[0][i] = tw_canon(m.away[i] == 0.0 ? away * 0.0 : score);
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
TW_DIRECT_OP(mad_score, .title = "Distance from the mean of a window, in mean absolute deviations", .group = "window",
             .source = "definition", .formula = "(x - mean x) / mean |x - mean x|; 0 for a flat window",
             .meaning = "How far a value is out of the ordinary of its window. Like the z-score, with a measure of "
                        "spread that outliers move less.",
             .inputs = TW_NAMES("x"), .outputs = TW_NAMES("score"), .params = window_table,
             .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);
